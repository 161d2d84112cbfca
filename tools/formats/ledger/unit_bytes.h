// Units and what they have shown as bytes, for ledgers and for messages between processes: little-endian, texts with
// their length in front, doubles bit for bit. Reading throws std::out_of_range where bytes are missing or make no
// sense. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "tools/studies/units.h"

namespace understudy::formats {

class ByteWriter {
public:
    template <class T>
    void number(T value) {
        static_assert(std::is_unsigned_v<T>);
        for (std::size_t i = 0; i < sizeof(T); ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
    }
    void real(double value);
    void text(std::string_view value);
    void unit(const studies::Unit& unit);
    void outcome(const studies::UnitOutcome& outcome);
    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
    T number() {
        static_assert(std::is_unsigned_v<T>);
        const std::string_view part = take(sizeof(T));
        T value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value = static_cast<T>(value | static_cast<T>(T{static_cast<unsigned char>(part[i])} << (8 * i)));
        return value;
    }
    double real();
    std::string text();
    studies::Unit unit();
    studies::UnitOutcome outcome();
    bool at_end() const { return bytes_.empty(); }

private:
    std::string_view take(std::size_t length);
    /// So many entries of at least `least` bytes each.
    std::size_t entries(std::size_t least);
    std::string_view bytes_;
};

/// 64-bit XXH3.
std::uint64_t checksum_of(std::string_view bytes);

}  // namespace understudy::formats
