// What is there when a simulation begins: a state of a twin, as of an instant, by the names of its elements.
//
// Written by people (`state: {clean: {waiting: 12000}}`), by snapshots of a simulation, and by what follows a log. All
// times are lengths that lie back from `as_of`: an item of 20 min has been born 20 min before. What is not said is 0,
// and who is not said to have been born before is born at `as_of`. Values only; nothing here points into a model, so
// that a changed twin takes up what it still has.
//
// A simulation with a state runs on the scenario's own clock: until `as_of` nothing arrives and no pipeline is due, while
// workers, outages, budgets and actions are what they would be by then; there the items are put in and loads begin.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"

namespace understudy::models {

/// So many items that are alike, at one place of a stage; or instances of a task.
struct PresentItems {
    enum class Where { waiting, working, retrying, gathering };
    Where where = Where::waiting;
    std::int64_t items = 1;       ///< at least 1
    kernel::Time age = 0;         ///< since birth; at least `here`
    kernel::Time here = 0;        ///< since they came to the stage
    kernel::Time served = 0;      ///< since the present attempt began; at most `here`
    /// Work of the attempt that is done, at speed 1; absent: `served` times the speed of its workers.
    std::optional<kernel::Time> done;
    /// Of those in line: since they joined it, where that was later than they came (after a pause); at most `here`.
    std::optional<kernel::Time> waited;
    /// Of those in line: which they are in it, 1 first, where how long they have waited does not tell. Who has none stands
    /// behind who has.
    std::optional<std::int64_t> place;
    std::int64_t attempt = 0;     ///< retries made so far, up to 65534
    /// Work that is left, where that is known, or of a pause before a retry (absent: none is).
    std::optional<kernel::Time> left;
    std::string load;  ///< they are arrivals of; empty: of none, or of the only one that there is
    std::string from;  ///< which of the streams that the stage reads they came by; empty: the first
    /// What is absent is drawn as that of their load; without one it is 1, and 0 of the others.
    std::optional<double> records, size, priority, key;
    std::map<std::string, double> fields;
    /// Stages further up whose workers each of them keeps (`holds_until`).
    std::vector<std::string> holds;
    /// A batch that has formed: what is in it, oldest first. Then this is one item; empty: it is no batch.
    std::vector<PresentItems> batch;

    bool operator==(const PresentItems&) const = default;
};

/// Of what landed in a dataset.
struct PresentAmount {
    double records = 0, size = 0;  ///< bytes

    bool operator==(const PresentAmount&) const = default;
};

/// By dataset: what a task has still to read of it.
using UnreadAmounts = std::map<std::string, PresentAmount>;

/// A task of a run that has begun. Those that are not named have not begun.
struct PresentTask {
    enum class Is { waiting, working, retrying, done, failed, skipped };
    std::string task;
    Is is = Is::working;
    PresentItems how;  ///< of its one instance, where it has not ended
    /// Of a task with several instances that has not ended: those that have not either, alike ones together; who is not
    /// told of has not begun. And how many have ended, well or not.
    std::vector<PresentItems> instances;
    std::int64_t ended = 0, ended_badly = 0;
    /// Of one that has not ended: what has landed since it began, and so is left for the next run.
    UnreadAmounts unread;
};

/// A run of a pipeline that is not over.
struct PresentRun {
    kernel::Time age = 0;            ///< since it was due
    std::vector<PresentTask> tasks;  ///< empty: it has not begun
    std::vector<std::string> holds;  ///< tasks whose workers it keeps (`holds_until`), each once for each instance
};

/// So many users of a load that think, and for how long they have.
struct ThinkingUsers {
    std::int64_t users = 1;
    kernel::Time since = 0;
};

/// Of one element: what its kind has.
struct ElementState {
    std::string element;
    std::vector<PresentItems> items;     ///< of a stage, oldest first
    std::vector<PresentRun> runs;        ///< of a pipeline, in the order they were due
    std::optional<kernel::Time> newest;  ///< of a dataset: the age of the newest that has landed (its freshness)
    std::optional<kernel::Time> landed;  ///< of a dataset: since something has landed; absent: `newest`
    /// Of a dataset: all that has landed in it; absent: the most that a task has to read of it.
    std::optional<double> records, size;
    /// Of a pipeline, by task: what landed since its last success, which its next run reads; absent: nothing.
    std::map<std::string, UnreadAmounts> unread;
    std::optional<double> level;         ///< of a budget
    std::optional<std::int64_t> arrived; ///< of a load: how many have come
    std::optional<kernel::Time> since;   ///< of a load: since the last came
    std::string arrivals_state;          ///< of a load with states: in which it is; empty: in the first
    std::optional<kernel::Time> stayed;  ///< for how long it has been
    std::vector<ThinkingUsers> thinking; ///< of a load of users; who is neither told of nor at work begins to think
    /// What is there of it and is not told here, a line each for people. A simulation begins without it; who forecasts
    /// says so, and promises nothing that may depend on it.
    std::vector<std::string> missing;
};

struct InitialState {
    kernel::Time as_of = 0;              ///< on the scenario's clock
    std::vector<ElementState> elements;  ///< each once

    bool empty() const { return as_of == 0 && elements.empty(); }
    /// All that is missing, a line each.
    std::vector<std::string> missing() const {
        std::vector<std::string> all;
        for (const ElementState& element : elements)
            all.insert(all.end(), element.missing.begin(), element.missing.end());
        return all;
    }
};

}  // namespace understudy::models
