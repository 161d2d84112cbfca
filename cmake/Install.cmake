# What `cmake --install` puts in place, and the Debian package that `cpack -G DEB` makes of it.
include(GNUInstallDirs)

install(TARGETS understudy RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES tools/completion/understudy.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME understudy)
install(DIRECTORY scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/understudy)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME understudy)
set(CPACK_PACKAGE_VENDOR "The Understudy authors")
set(CPACK_PACKAGE_CONTACT "The Understudy authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION_FILE ${PROJECT_SOURCE_DIR}/cmake/package-description.txt)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)  # calendars and zones
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS openssh-client)  # signed approvals
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)    # needs dpkg-shlibdeps, from dpkg-dev
include(CPack)
