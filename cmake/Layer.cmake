# add_layer(FOLDER DEPENDS ...): one static library for all sources below FOLDER, named after its last part.
function(add_layer folder)
  cmake_parse_arguments(LAYER "" "" "DEPENDS" ${ARGN})
  get_filename_component(name ${folder} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  add_library(understudy_${name} STATIC ${sources})
  target_link_libraries(understudy_${name} PUBLIC ${LAYER_DEPENDS})
  target_compile_features(understudy_${name} PUBLIC cxx_std_20)
endfunction()
