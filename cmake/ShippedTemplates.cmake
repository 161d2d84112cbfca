# The templates of scenarios/templates, which the program carries inside (tools/formats/language/templates.h).
include(${CMAKE_CURRENT_LIST_DIR}/EmbedFiles.cmake)
embed_files(understudy_formats understudy::formats::shipped shipped_templates.h
  ${PROJECT_SOURCE_DIR}/scenarios/templates/kafka-topic.yaml
  ${PROJECT_SOURCE_DIR}/scenarios/templates/nightly-batch.yaml
  ${PROJECT_SOURCE_DIR}/scenarios/templates/rate-limited-api.yaml
  ${PROJECT_SOURCE_DIR}/scenarios/templates/warehouse-load.yaml)
