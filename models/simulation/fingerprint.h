// The fingerprint of a replication: one number for all that happened.
//
// A sum over 2^64 of one term for each event, which depends on when it happened, to whom, where and what, so that
// events may be added in any order; of events of one instant the order is not told. Two runs that differ otherwise have
// different fingerprints but for one chance in about 2^60; it is no protection against forgery. Internal to models/simulation.
#pragma once

#include <cstdint>

#include "kernel/random.h"
#include "models/compile/model.h"

namespace understudy::models {

class Fingerprint {
public:
    explicit Fingerprint(std::uint64_t start) : sum_(kernel::mix_bits(start)) {}

    void add(kernel::Time now, TraceEvent event, Index element, std::uint64_t item, std::uint16_t attempt) {
        add(Who(now, item), what(event, (static_cast<std::uint64_t>(attempt) << 40) ^ element));
    }

    /// An item at an instant, for several events in turn.
    class Who {
    public:
        Who(kernel::Time now, std::uint64_t item)
            : now_(static_cast<std::uint64_t>(now) * 0xBF58476D1CE4E5B9ULL + 0xD1342543DE82EF95ULL),
              item_((item * 0x94D049BB133111EBULL) ^ 0xA0761D6478BD642FULL) {}

    private:
        friend class Fingerprint;
        std::uint64_t now_, item_;
    };
    /// What happens at an element, to an item's first attempt.
    static constexpr std::uint64_t what(TraceEvent event, std::uint64_t element) {
        return (element + (static_cast<std::uint64_t>(event) << 56)) * what_factor;
    }
    void add(const Who& who, std::uint64_t what) {
        // Both halves of a product of all 128 bits: neither factor can be changed without changing the sum.
        const Product product = static_cast<Product>(who.now_ ^ what) * (who.item_ + what);
        sum_ += static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
    /// What was added to another that began with 0.
    void add(const Fingerprint& other) { sum_ += other.sum_; }
    static Fingerprint none() { return {}; }

    std::uint64_t value() const { return kernel::mix_bits(sum_); }

private:
    __extension__ using Product = unsigned __int128;
    Fingerprint() = default;

    static constexpr std::uint64_t what_factor = 0x9E3779B97F4A7C15ULL;

    std::uint64_t sum_ = 0;
};

}  // namespace understudy::models
