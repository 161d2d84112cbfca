set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# The same seed gives the same bytes on every x86-64: no contraction into fused multiply-add, no -march=native,
# no -ffast-math. Function sections keep the binary small.
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wshadow -ffp-contract=off)
include_directories(${PROJECT_SOURCE_DIR})

set(UNDERSTUDY_SANITIZE "" CACHE STRING "Sanitizers to build with, for -fsanitize= (address,undefined or thread)")
if(UNDERSTUDY_SANITIZE)
  add_compile_options(-fsanitize=${UNDERSTUDY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${UNDERSTUDY_SANITIZE})
  if(UNDERSTUDY_SANITIZE MATCHES undefined)
    # These five are at every pointer, and slow to compile (alignment and pointer-overflow alone took 24 of 64 s of the
    # formulas' largest unit): what they find ends at the address sanitizer as well, is of classes with virtual functions, of which there are few, or of bytes read as
    # numbers where they lie, which no reader does (all copy).
    add_compile_options(-fno-sanitize=null,object-size,alignment,pointer-overflow,vptr)
  endif()
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths are taken from the project's folder on, so that another clone finds what this one has built.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()
