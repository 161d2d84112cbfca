// SHA-256, by libcrypto: addresses of contents, chains of records. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace understudy::formats {

/// 64 hexadecimal digits, in lower case.
std::string sha256_hex(std::string_view bytes);

}  // namespace understudy::formats
