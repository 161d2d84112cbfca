# embed_files(TARGET NAMESPACE HEADER FILES...): the files as constants of the program.
#
# Writes HEADER (found as "HEADER") and a source of the target's: for a file `report.css` the constant
# NAMESPACE::report_css of type std::string_view. Changed files are embedded anew at the next build.
function(embed_files target namespace header)
  set(folder ${PROJECT_BINARY_DIR}/embedded)
  set(declarations "")
  set(definitions "")
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    # Through hexadecimal digits: no quoting can go wrong.
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(................................................................)" "\\1\"\n\"" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
    string(APPEND declarations "extern const std::string_view ${name};\n")
    string(APPEND definitions "static const char bytes_of_${name}[] =\n\"${bytes}\";\n"
      "constinit const std::string_view ${name}(bytes_of_${name}, sizeof bytes_of_${name} - 1);\n")
  endforeach()
  string(REGEX REPLACE "\\.h$" ".cpp" source ${header})
  set(preamble "// Written by cmake/EmbedFiles.cmake.\n")
  file(CONFIGURE OUTPUT ${folder}/${header} CONTENT
    "${preamble}#pragma once\n#include <string_view>\nnamespace ${namespace} {\n${declarations}}  // namespace ${namespace}\n")
  file(CONFIGURE OUTPUT ${folder}/${source} CONTENT
    "${preamble}#include \"${header}\"\nnamespace ${namespace} {\n${definitions}}  // namespace ${namespace}\n" @ONLY)
  target_sources(${target} PRIVATE ${folder}/${source})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
