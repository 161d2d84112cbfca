// Broken invariants of ours end the program, in release builds too: a wrong number is worse than none.
//
// For mistakes of this code only. What a user wrote is reported as a problem with its place, never through this.
#pragma once

#include <source_location>
#include <string_view>

namespace understudy::kernel {

/// Prints place and reason to stderr and aborts.
[[noreturn]] void broken_invariant(std::string_view reason,
                                   std::source_location place = std::source_location::current());

/// Aborts unless `holds`.
inline void require(bool holds, std::string_view reason,
                    std::source_location place = std::source_location::current()) {
    if (!holds) [[unlikely]]
        broken_invariant(reason, place);
}

}  // namespace understudy::kernel
