#include "tools/formats/store/write_ahead_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

namespace {

constexpr std::uint32_t magic = 0x377f0682;  // the last bit: checksums are of big-endian words

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

using Sum = std::pair<std::uint32_t, std::uint32_t>;

/// Goes on from `sum` over whole pairs of words.
Sum sum_of(Sum sum, std::string_view bytes, bool big) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        const auto word = [&](std::size_t i) { return big ? big_endian(bytes, i) : little_endian(bytes, i); };
        sum.first += word(at) + sum.second;
        sum.second += word(at + 4) + sum.first;
    }
    return sum;
}

Sum sum_in(std::string_view bytes, std::size_t at) {
    return {big_endian(bytes, at), big_endian(bytes, at + 4)};
}

void put_sum(std::string& bytes, std::size_t at, Sum sum) {
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[at + i] = static_cast<char>(sum.first >> (24 - 8 * i));
        bytes[at + 4 + i] = static_cast<char>(sum.second >> (24 - 8 * i));
    }
}

bool is_big_endian(std::string_view log_head) { return (big_endian(log_head, 0) & 1) != 0; }

/// Modulo 2^32, of an odd number.
std::uint32_t inverse_of(std::uint32_t odd) {
    std::uint32_t inverse = odd;
    for (int digits = 3; digits < 32; digits *= 2) inverse *= 2 - odd * inverse;
    return inverse;
}

/// Whether a frame with a wrong checksum has the right one with another size of the database in its head: that size,
/// which only the last frame of a transaction has, is not 0 there then. `computed` is of the head as it is.
/// Checksums are sums: another size adds to them what its difference comes to through the pairs of words behind it.
bool had_another_size(Sum stored, Sum computed, std::size_t page) {
    Sum one{0, 1};
    for (std::size_t pair = 0; pair < page / 8; ++pair) {
        one.first += one.second;
        one.second += one.first;
    }
    const Sum wrong{stored.first - computed.first, stored.second - computed.second};
    // Neighbours among Fibonacci's numbers are never both even.
    const std::uint32_t more =
        one.first % 2 != 0 ? wrong.first * inverse_of(one.first) : wrong.second * inverse_of(one.second);
    return more * one.first == wrong.first && more * one.second == wrong.second;
}

std::string read_all(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw FileError(path, "cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::int64_t page_number_in_frame(std::string_view frame) { return big_endian(frame, 0); }

std::size_t sum_before_frame(std::size_t offset, std::size_t page_bytes) {
    return offset == log_head_bytes ? log_head_bytes - 8 : offset - page_bytes - 8;
}

void seal_frame(std::string_view log_head, std::string_view before, std::string& frame) {
    const bool big = is_big_endian(log_head);
    const std::string_view all = frame;
    put_sum(frame, 16,
            sum_of(sum_of(sum_in(before, 0), all.substr(0, 8), big), all.substr(frame_head_bytes), big));
}

std::string damage_of_write_ahead_log(const std::filesystem::path& log) {
    std::error_code none;
    if (!std::filesystem::exists(log, none)) return "";
    const std::string bytes = read_all(log);
    // The head is written at once, before any frame.
    if (bytes.size() <= log_head_bytes + frame_head_bytes) return "";
    const std::string_view all = bytes;
    const bool big = is_big_endian(all);
    if ((big_endian(all, 0) & ~1u) != magic || sum_of({0, 0}, all.substr(0, 24), big) != sum_in(all, 24))
        return "its head is not as it was written";
    const std::size_t page = big_endian(all, 8);
    const std::uint32_t salts[] = {big_endian(all, 16), big_endian(all, 20)};
    Sum before = sum_in(all, 24);
    std::size_t broken = 0;  // the first frame that is wrong, from 1
    for (std::size_t number = 1, at = log_head_bytes; at + frame_head_bytes + page <= all.size();
         ++number, at += frame_head_bytes + page) {
        const std::string_view head = all.substr(at, frame_head_bytes);
        const std::string_view data = all.substr(at + frame_head_bytes, page);
        const int same =
            (big_endian(head, 8) == salts[0] ? 1 : 0) + (big_endian(head, 12) == salts[1] ? 1 : 0);
        // What an earlier use of the file has left behind the end of this one.
        if (same == 0) break;
        const Sum computed = sum_of(sum_of(before, head.substr(0, 8), big), data, big);
        const bool right = same == 2 && computed == sum_in(head, 16);
        const bool commits = big_endian(head, 4) != 0;
        const std::string message =
            fmt::format("frame {} is not as it was written", broken == 0 ? number : broken);
        if (right && commits && broken != 0) return message;
        if (!right) {
            // Zeros are where a power cut lost what nobody had been told to be safe.
            const bool lost = std::all_of(data.begin(), data.end(), [](char byte) { return byte == 0; });
            if (broken == 0) broken = number;
            if ((commits && !lost) || same == 1) return message;
            if (same == 2 && had_another_size(sum_in(head, 16), computed, page)) return message;
        }
        before = sum_in(head, 16);
    }
    return "";
}

}  // namespace understudy::formats
