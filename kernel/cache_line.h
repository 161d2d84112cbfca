// One line of a processor's cache: what lies in one is fetched with one look. Only the time goes by it.
#pragma once

#include <cstddef>

namespace understudy::kernel {

/// Bytes, of any x86-64.
inline constexpr std::size_t cache_line = 64;

}  // namespace understudy::kernel
