#include "kernel/random.h"

namespace understudy::kernel {

namespace {

std::uint64_t absorb(std::uint64_t state, std::uint64_t word) {
    // The state is multiplied as well, so that the order of words matters even where words repeat.
    return mix_bits(state * 0x9FB21C651E98DF25ULL + mix_bits(word + 0x9E3779B97F4A7C15ULL));
}

}  // namespace

std::uint64_t stable_hash(std::string_view bytes, std::uint64_t start) {
    std::uint64_t state = absorb(start, bytes.size());
    for (std::size_t first = 0; first < bytes.size(); first += 8) {
        const std::string_view chunk = bytes.substr(first, 8);
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < chunk.size(); ++i)
            word |= static_cast<std::uint64_t>(static_cast<unsigned char>(chunk[i])) << (8 * i);
        state = absorb(state, word);
    }
    return state;
}

StreamKey stream_key(std::uint64_t seed, std::uint64_t replication, std::string_view element, Purpose purpose,
                     std::string_view part) {
    std::uint64_t state = absorb(0, seed);
    state = absorb(state, replication);
    state = stable_hash(element, state);
    state = absorb(state, static_cast<std::uint64_t>(purpose));
    return StreamKey{stable_hash(part, state)};
}

}  // namespace understudy::kernel
