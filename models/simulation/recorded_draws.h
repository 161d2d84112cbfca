// Random choices as a trace recorded them, to run the same again without a generator.
//
// Addressed as they were drawn: by element, what for, item and attempt. Immutable once filled; thread-safe to
// read.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "kernel/random.h"
#include "models/trace.h"

namespace understudy::models {

class RecordedDraws {
public:
    /// Elements are those of the model that will replay; where a draw repeats, the last one counts.
    void add(const TraceDraw& draw) {
        values_[address(draw.element, draw.purpose, draw.identity, draw.attempt)] = draw.value;
    }

    std::optional<double> find(std::uint32_t element, kernel::Purpose purpose, std::uint64_t identity,
                               std::uint16_t attempt) const {
        const auto found =
            values_.find(address(element, static_cast<std::uint16_t>(purpose), identity, attempt));
        if (found == values_.end()) return std::nullopt;
        return found->second;
    }
    std::size_t size() const { return values_.size(); }

private:
    static std::uint64_t address(std::uint32_t element, std::uint16_t purpose, std::uint64_t identity,
                                 std::uint16_t attempt) {
        return kernel::mix_bits(identity) ^
               kernel::mix_bits((std::uint64_t{element} << 32) | (std::uint64_t{purpose} << 16) | attempt);
    }
    std::unordered_map<std::uint64_t, double> values_;
};

}  // namespace understudy::models
