// Keyed random streams: every draw has an address, so adding or removing an element shifts no other draw.
//
// A StreamKey is a 64-bit hash of (seed, replication, element name, purpose, part). From a key come either a
// Stream (a sequence, xoshiro256++) or single draws addressed by two counters (keyed_bits, keyed_uniform),
// which have no state and are used where routing or several workers would otherwise shuffle which item gets
// which draw.
//
// Stability: keys, sequences and keyed draws are part of the results' fingerprint. They depend on bytes and
// integers only, in little-endian order whatever the machine, and do not change between versions without a
// changelog entry. Purposes have fixed numbers: add new ones at the end, never renumber.
//
// Sources: xoshiro256++ 1.0, Blackman and Vigna 2021 (ACM TOMS 47:4, section 10.7); SplitMix64, Steele, Lea
// and Flood 2014 (OOPSLA, figure 16) with the finaliser "Mix13" of Stafford; unbiased bounded integers,
// Lemire 2019 (ACM TOMACS 29:1, algorithm 5). Thread safety: everything is a plain value; one Stream must not
// be advanced by two threads at once.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace understudy::kernel {

/// What a stream is drawn for; part of its key.
enum class Purpose : std::uint32_t {
    other = 0,
    arrival = 1,
    service = 2,
    failure = 3,
    route = 4,
    backoff = 5,
    timeout = 6,
    size = 7,
    records = 8,
    key = 9,
    field = 10,
    outage = 11,
    repair = 12,
    delay = 13,
    items = 14,
    order = 15,
    think = 16,
    setup = 17,
    priority = 18,
    state = 19,
    sample = 20,
    bootstrap = 21,
    check = 22,
    lane = 23,
};

/// The address of a stream.
struct StreamKey {
    std::uint64_t value = 0;
    friend bool operator==(StreamKey, StreamKey) = default;
};

/// A bijection of 64 bits in which every input bit flips every output bit with probability near one half.
constexpr std::uint64_t mix_bits(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/// A stable 64-bit hash of bytes (any length, including none), also for other uses such as fingerprints of
/// names. Not for untrusted input: collisions can be constructed.
std::uint64_t stable_hash(std::string_view bytes, std::uint64_t start = 0);

/// The key of a stream. `part` distinguishes several streams of one element and purpose (the name of a field,
/// of a branch, of a dataset); ("ab", "c") and ("a", "bc") are different.
StreamKey stream_key(std::uint64_t seed, std::uint64_t replication, std::string_view element, Purpose purpose,
                     std::string_view part = {});

/// 64 bits as a double in the open interval (0, 1): an odd multiple of 2^-53, so that 0 and 1 never occur, 1
/// - u is exact and as likely as u. Uses the upper 52 bits (with 53 bits and a half the largest would round
/// to 1).
inline double open_unit(std::uint64_t bits) {
    return (static_cast<double>(static_cast<std::int64_t>(bits >> 12)) + 0.5) * 0x1p-52;
}

/// 64 random bits for the pair (a, b) under a key, for example (item, attempt); no state, any order of calls.
constexpr std::uint64_t keyed_bits(StreamKey key, std::uint64_t a, std::uint64_t b) {
    // Two rounds, the key in both: neither counters nor keys in arithmetic progression give related draws.
    const std::uint64_t first = mix_bits(key.value ^ mix_bits(a + 0x9E3779B97F4A7C15ULL));
    return mix_bits(first + (b + 1) * 0xD1342543DE82EF95ULL + std::rotl(key.value, 32));
}

/// The same as a double in (0, 1), see open_unit().
inline double keyed_uniform(StreamKey key, std::uint64_t item, std::uint64_t attempt) {
    return open_unit(keyed_bits(key, item, attempt));
}

/// A sequence of random bits; trivially copyable, so that a copied simulation continues with the same draws.
class Stream {
public:
    /// The stream of key 0; only to be assigned to.
    Stream() : Stream(StreamKey{}) {}

    /// Starts the sequence of a key.
    explicit Stream(StreamKey key) {
        std::uint64_t counter = key.value;
        for (std::uint64_t& word : state_) word = mix_bits(counter += 0x9E3779B97F4A7C15ULL);
    }

    /// The next 64 bits.
    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// The next draw in (0, 1), see open_unit().
    double uniform() { return open_unit(next()); }

    /// An integer in 0..n-1, each equally likely; n of at least 1. Takes one draw, seldom more.
    std::uint64_t below(std::uint64_t n) {
        __extension__ using Wide = unsigned __int128;
        Wide product = static_cast<Wide>(next()) * n;
        if (static_cast<std::uint64_t>(product) < n) [[unlikely]] {
            const std::uint64_t threshold = (0 - n) % n;
            while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(next()) * n;
        }
        return static_cast<std::uint64_t>(product >> 64);
    }

    friend bool operator==(const Stream&, const Stream&) = default;

private:
    std::array<std::uint64_t, 4> state_;
};

}  // namespace understudy::kernel
