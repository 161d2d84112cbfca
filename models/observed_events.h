// What a log says has happened in production, whatever log it came from: beginnings and ends of pieces of work.
//
// The readers of tools/formats/logs fill it (event_reader.h); tools/studies/follow.h makes the state of a twin of it.
// Events are a set: their order and how often each was read say nothing, and the union of two sets is what both say. So
// parts of a log in any order, with repetitions, come to the same. What a log does not have stays empty. Values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "models/recorded_run.h"

namespace understudy::models {

struct ObservedEvent {
    enum class Kind : std::uint8_t {
        due,        ///< when the run of a pipeline that it belongs to was to begin, by its schedule
        submitted,  ///< handed over; waits from then on
        started,    ///< began to be worked on
        seen,       ///< was at work; of work whose start is not known
        ended,      ///< done
        failed,     ///< over, without success
        read,       ///< it was told how much it reads of `dataset`
        wrote,      ///< or writes
        over,  ///< the run of a pipeline that it belongs to has ended by then: what has not begun will not
    };
    static constexpr bool is_amount(Kind kind) { return kind == Kind::read || kind == Kind::wrote; }
    std::int64_t ns = 0;  ///< since 1970-01-01T00:00Z
    Kind kind = Kind::started;
    std::string process;  ///< what kind of work it is: a job's label, a process, an activity
    std::string name;     ///< a more particular name of it; may be empty
    /// Which piece of work, unlike all others of that process and attempt. Empty: the log does not say; of an item the end
    /// then ends what has been going on longest.
    std::string id;
    std::string item;  ///< what it is done for, through all processes: a case, a sample; empty: not known
    std::string run;   ///< the id of the run that it is part of; empty: not known
    std::int32_t attempt = 1;
    // Of an amount: of which dataset (empty: of all together), and how much; 0: not known. Of several that are told of one
    // piece the largest counts.
    std::string dataset;
    std::int64_t records = 0, bytes = 0;

    auto operator<=>(const ObservedEvent&) const = default;
};

/// Of one log.
struct ObservedEvents {
    std::string source;  ///< the file's name, for reports
    std::string format;  ///< openlineage, nextflow, csv, xes, ...
    /// Instants count from some other beginning than 1970: from the start of the twin's clock, as it seems.
    bool from_start = false;
    std::vector<ObservedEvent> events;  ///< as in the log
    std::vector<RecordedRun::Note> notes;
};

/// Sorted, each once.
void make_set(std::vector<ObservedEvent>& events);
/// Those of `more` that `known` does not have, in order; both are sets.
std::vector<ObservedEvent> unknown_of(const std::vector<ObservedEvent>& known,
                                      const std::vector<ObservedEvent>& more);
/// Adds a set to a set.
void unite(std::vector<ObservedEvent>& into, const std::vector<ObservedEvent>& more);

}  // namespace understudy::models
