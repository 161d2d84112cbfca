// How many runs an experiment makes: few in the tests, as many as UNDERSTUDY_COVERAGE says where somebody asks for the
// numbers of the documentation.
#pragma once

#include <cstdlib>

namespace understudy::tests {

inline bool coverage_is_asked() { return std::getenv("UNDERSTUDY_COVERAGE") != nullptr; }

inline int runs_of(int usual) {
    const char* const asked = std::getenv("UNDERSTUDY_COVERAGE");
    return asked != nullptr ? std::atoi(asked) : usual;
}

}  // namespace understudy::tests
