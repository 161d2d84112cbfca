# What the HTML report carries inside: Debian's dygraphs (libjs-dygraphs) and our own script and styles.
include(${CMAKE_CURRENT_LIST_DIR}/EmbedFiles.cmake)

find_path(DYGRAPHS_FOLDER dygraph.min.js
  PATHS /usr/share/javascript/dygraphs /usr/share/nodejs/dygraphs/dist NO_DEFAULT_PATH
  DOC "Folder of dygraph.min.js and dygraph.min.css (package libjs-dygraphs)")
if(NOT DYGRAPHS_FOLDER)
  message(FATAL_ERROR "dygraph.min.js not found: install libjs-dygraphs or set DYGRAPHS_FOLDER")
endif()

embed_files(understudy_reports understudy::reports::assets report_assets.h
  ${DYGRAPHS_FOLDER}/dygraph.min.js
  ${DYGRAPHS_FOLDER}/dygraph.min.css
  ${PROJECT_SOURCE_DIR}/tools/reports/html/report.js
  ${PROJECT_SOURCE_DIR}/tools/reports/html/report.css)
