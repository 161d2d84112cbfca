# The schema of what --json prints, which the program carries inside (tools/formats/json/output_schema.h).
include(${CMAKE_CURRENT_LIST_DIR}/EmbedFiles.cmake)
embed_files(understudy_formats understudy::formats::shipped shipped_schemas.h
  ${PROJECT_SOURCE_DIR}/scenarios/schema/output.schema.json)
