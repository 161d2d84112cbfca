// Attempts of service, put together from a trace's rows. Internal to tools/formats/traces.
//
// A visit begins with `enter` and may have several attempts: each begins with `start` and ends with `finish`,
// `fail` or `interrupt`. Items and elements make a visit's name; visits of one name at once (copies of one
// task of a run) are told apart by their attempt, their worker and when their drawn work is to end, and where that
// does not help end in the order in which they began.
//
// Who was not worked on where he entered, and is done there, goes on elsewhere, leaves the system or becomes part of a
// batch, has made no attempt there: so it is at stages without workers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/trace.h"

namespace understudy::formats {

struct Attempt {
    std::uint64_t item = 0;
    std::uint32_t element = 0;
    std::uint16_t attempt = 0;  ///< 0-based
    std::int32_t worker = -1;
    std::optional<kernel::Time> enter, start, complete;
    kernel::Time due = 0;     ///< start and drawn work; later where something slows it down
    const char* status = "";  ///< as in trace_export.h
};

class Attempts {
public:
    using Tell = std::function<void(const Attempt&)>;
    /// `tell` gets each attempt once it has ended.
    explicit Attempts(Tell tell) : tell_(std::move(tell)) {}
    void row(const models::TraceRow& row);
    /// Those that have not ended, by (element, item); `status` running or waiting. At the end of the trace.
    std::vector<Attempt> open() const;

private:
    struct Name {
        std::uint64_t item;
        std::uint32_t element;
        bool operator==(const Name&) const = default;
    };
    struct NameHash {
        std::size_t operator()(const Name& name) const {
            return static_cast<std::size_t>((name.item * 0x9e3779b97f4a7c15ull) ^
                                            (name.element * 0xc2b2ae3d27d4eb4full));
        }
    };
    using Visits = std::vector<Attempt>;

    void end(const models::TraceRow& row, const char* status);
    /// The item waits no longer where it came to last, unless that is `at`.
    void passed(std::uint64_t item, std::uint32_t at);
    Tell tell_;
    std::unordered_map<Name, Visits, NameHash> visits_;
    std::unordered_map<std::uint64_t, std::uint32_t>
        waits_at_;  ///< by item: the element it entered and waits at
};

}  // namespace understudy::formats
