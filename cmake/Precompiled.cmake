# precompile(TARGET HEADERS...): what most sources of a target include and takes longer to read than their own code.
# A source still includes what it uses: the debug preset builds without precompiled headers, and finds an include that
# is missing.
# Where the sources of a target are compiled together (UNITY_BUILD) they read each header once as it is.
# A compiler cache is left out: each precompiled header differs from the last by some of its bytes, so that sources were
# hardly ever found again, and a damaged one that was kept once failed every later build with an error inside of GCC.
function(precompile target)
  get_target_property(together ${target} UNITY_BUILD)
  if(together)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE
    <algorithm> <chrono> <cmath> <functional> <map> <memory> <mutex> <optional> <set> <sstream> <string>
    <unordered_map> <vector> ${ARGN})
  set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "")
endfunction()
