# precompile(TARGET HEADERS...): what most sources of a target include and takes longer to read than their own code.
# A source still includes what it uses: the debug preset builds without precompiled headers, and finds an include that
# is missing.
# Where the sources of a target are compiled together (UNITY_BUILD) they read each header once as it is.
function(precompile target)
  get_target_property(together ${target} UNITY_BUILD)
  if(together)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE
    <algorithm> <chrono> <cmath> <functional> <map> <memory> <mutex> <optional> <set> <sstream> <string>
    <unordered_map> <vector> ${ARGN})
endfunction()
