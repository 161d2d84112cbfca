// A checksum at the end of a finished result file. Internal to tools/formats/results.
//
// The HDF5 library may crash on a damaged file, and a flipped bit in a number is found by nobody. So the
// bytes are checked before the library sees them. The seal stands behind the end of the HDF5 data, where HDF5
// does not look; a program that changes the file through HDF5 cuts it off, and the file is then read as one
// without a seal.
//
// 32 bytes: "understudy xxh3 " (16), bytes before the seal (8), their 64-bit XXH3 (8), little-endian. XXH3 rather
// than a CRC because it costs a third: sealing was a fifth of what writing an uncompressed trace took.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

/// XXH3 of `first` and what follows it.
std::uint64_t checksum_of(std::string_view first, std::string_view then);
void put_little_endian(std::string& out, std::uint64_t value, int bytes);
std::uint64_t get_little_endian(const char* from, int bytes);

/// For bytes in memory.
std::string seal_of(std::string_view bytes);
/// For what stands in a file so far; throws FileError where it cannot be read.
std::string seal_of_file(const std::filesystem::path& file);

/// Whether the file ends with a seal, broken or not. Reads no more than that.
bool is_sealed(const std::filesystem::path& file);

enum class Seal { intact, broken, none };
/// Reads the whole file where there is a seal.
Seal check_seal(const std::filesystem::path& file);

/// Whether the HDF5 library comes through the file alive, for files without a seal: tried in a process of its
/// own, which reads everything. `access`: how it is opened, HDF5's properties. Do not call while other threads use
/// HDF5.
bool survives_reading(const std::filesystem::path& file, std::int64_t access);

}  // namespace understudy::formats
