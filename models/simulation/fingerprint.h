// The fingerprint of a replication: one number for all that happened, in its order.
//
// A polynomial in an odd base over 2^64, of which each event is a coefficient: one multiplication after
// another is all that an event has to wait for. Two runs that differ anywhere have different fingerprints but
// for one chance in about 2^60; it is no protection against forgery. Internal to models/simulation.
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
            : now_(static_cast<std::uint64_t>(now) * 0xBF58476D1CE4E5B9ULL),
              item_(item * 0x94D049BB133111EBULL) {}

    private:
        friend class Fingerprint;
        std::uint64_t now_, item_;
    };
    /// What happens at an element, to an item's first attempt.
    static constexpr std::uint64_t what(TraceEvent event, std::uint64_t element) {
        return (element + (static_cast<std::uint64_t>(event) << 56)) * what_factor;
    }
    void add(const Who& who, std::uint64_t what) {
        // Sums of products under an exclusive or: no two of the parts can make up for each other.
        sum_ = sum_ * 0xD1342543DE82EF95ULL + (who.now_ ^ (who.item_ + what));
    }

    std::uint64_t value() const { return kernel::mix_bits(sum_); }

private:
    static constexpr std::uint64_t what_factor = 0x9E3779B97F4A7C15ULL;

    std::uint64_t sum_;
};

}  // namespace understudy::models
