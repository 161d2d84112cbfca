// SHA-256 (FIPS 180-4, 2015) of bytes, by libcrypto. What has to be bound to others' signatures is named by it; seals and
// digests that only guard against accidents are faster (seal.h). Thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::formats {

/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);
/// Of what stands in a file, of any size; nothing where it cannot be read.
std::optional<std::string> sha256_of_file(const std::filesystem::path& file);

}  // namespace understudy::formats
