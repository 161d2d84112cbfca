// Where chosen items and runs of one simulation spend their time, and who is at work while they wait: told by its trace.
// Internal to tools/studies; moved.h says what the words mean.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "models/compile/model.h"
#include "models/trace_sink.h"
#include "tools/studies/who_is_who.h"

namespace understudy::studies {

/// What one of those that are followed has been through.
struct Whereabouts {
    struct Spell {
        kernel::Time wait = 0, service = 0, other = 0;
    };
    struct Rival {
        std::uint32_t element = models::no_element;  ///< where it was last at work
        kernel::Time time = 0;                       ///< for which it was, meanwhile
    };
    std::map<std::uint32_t, Spell> spells;                   ///< by element
    std::map<std::uint32_t, std::map<Known, Rival>> rivals;  ///< by the element at which it waited

    void add(const Whereabouts& other);
};

/// Hears a whole simulation; then found() has those of `whom` that were gone at its end and not lost.
class WhereaboutsListener : public models::TraceListener {
public:
    /// `model` must outlive it.
    WhereaboutsListener(const models::Model& model, const std::set<Known>& whom);
    void heard(const models::TraceRow& row) override;
    void heard(const models::TraceDraw&) override {}

    const std::map<Known, Whereabouts>& found() const { return found_; }

private:
    enum class Phase : std::uint8_t { wait, service, other };
    /// An item's way so far.
    struct Trail {
        Known root;
        Whereabouts been = {};
        std::uint32_t element = models::no_element;
        Phase phase = Phase::other;
        kernel::Time since = 0;
        std::optional<kernel::Time> resumes = {};  ///< in a pause: when it is back in line
        bool gathered = false, lost = false;
        kernel::Time entered = 0;  ///< of a task
    };
    using Trails = std::vector<Trail>;  ///< of a batch: of all in it that are followed
    struct AtWork {
        Known who;
        std::uint32_t element;
        kernel::Time since;
    };
    struct Visit {
        std::uint32_t task;
        kernel::Time entered, ended;
        Whereabouts been;
    };
    struct Run {
        kernel::Time due = 0;
        std::optional<kernel::Time> begun = {};
        Whereabouts been = {};
        std::vector<Visit> visits = {};
    };

    static void turn(Trail& trail, kernel::Time now, std::uint32_t element, Phase phase);
    static std::optional<kernel::Time> waits_since(const Trail& trail, kernel::Time now);
    bool rivals(std::uint32_t one, std::uint32_t other) const;
    void kept_waiting(Trail& trail, const AtWork& by, kernel::Time now) const;
    void starts(const models::TraceRow& row, const std::optional<Known>& who);
    void stops_work(const models::TraceRow& row);
    void came_together(const models::TraceRow& row, const std::optional<Known>& who);
    void follow(const models::TraceRow& row, const std::optional<Known>& who);
    void task_over(const models::TraceRow& row, Trails& trails);
    void of_pipeline(const models::TraceRow& row, const Known& run);
    void run_over(const Known& known, kernel::Time now);

    const models::Model& model_;
    WhoIsWho who_;
    std::set<Known> whom_;
    std::map<Known, Whereabouts> found_;
    std::unordered_map<std::uint64_t, Trails> trails_;   ///< by item
    std::unordered_map<std::uint64_t, AtWork> at_work_;  ///< by item: all
    std::map<Known, Run> runs_;                          ///< due, and followed
    std::map<Known, kernel::Time> begun_;                ///< all runs under way
};

}  // namespace understudy::studies
