#include "tools/studies/calibrate_seen.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

namespace understudy::studies {

namespace {

using models::RecordedRun;
using models::RecordedTask;

/// Has the log an id of its own for the task? Readers take the name where it has none.
bool has_id(const RecordedTask& task) {
    return !task.id.empty() && task.id != task.name && !task.id.starts_with(task.name + "#");
}

class Once {
public:
    explicit Once(std::size_t runs) : runs_(runs) {}

    /// Was the attempt told of before?
    bool again(const RecordedRun& run, std::size_t place, const RecordedTask& task) {
        if (!comparable(run, task)) return false;
        return !ended_.insert(begin_of(run, place, task) + instant(run, task.completed)).second;
    }
    void began(const RecordedRun& run, std::size_t place, const RecordedTask& task) {
        if (!task.id.empty()) begun_.insert(begin_of(run, place, task));
    }
    bool has_begun(const RecordedRun& run, std::size_t place, const RecordedTask& task) const {
        return !task.id.empty() && begun_.contains(begin_of(run, place, task));
    }

private:
    bool comparable(const RecordedRun& run, const RecordedTask& task) const {
        return runs_ > 1 && run.epoch_ns != 0 && has_id(task) && (task.started || task.submitted);
    }
    static std::string instant(const RecordedRun& run, const std::optional<kernel::Time>& time) {
        return (time ? std::to_string(run.epoch_ns + *time) : "-") + "\x1f";
    }
    /// Logs without dates have clocks of their own.
    static std::string begin_of(const RecordedRun& run, std::size_t place, const RecordedTask& task) {
        std::string text = run.epoch_ns == 0 ? std::to_string(place) : "";
        for (const std::string* part : {&task.workflow, &task.process, &task.name, &task.tag, &task.id})
            (text += "\x1f") += *part;
        return text + "\x1f" + std::to_string(task.attempt) + "\x1f" + instant(run, task.submitted) +
               instant(run, task.started);
    }

    std::size_t runs_;
    std::unordered_set<std::string> ended_, begun_;
};

}  // namespace

std::vector<SeenRun> seen_once(const std::vector<RecordedRun>& runs, const std::vector<bool>& chosen,
                               Calibration& into) {
    std::vector<SeenRun> all(runs.size());
    Once once(runs.size());
    const bool any_open =
        std::any_of(runs.begin(), runs.end(), [](const RecordedRun& run) { return !run.open.empty(); });
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!chosen[i]) continue;
        SeenRun& seen = all[i];
        seen.run = &runs[i];
        std::int64_t again = 0;
        for (const RecordedTask& task : runs[i].tasks) {
            for (const auto& instant : {task.submitted, task.started, task.completed})
                if (instant) seen.end = std::max(seen.end, *instant);
            if (task.started && !task.completed && !task.realtime) {
                seen.open.push_back(&task);
                continue;
            }
            if (once.again(runs[i], i, task)) {
                ++again;
                continue;
            }
            if (any_open) once.began(runs[i], i, task);
            seen.ended.push_back(&task);
        }
        for (const RecordedTask& task : runs[i].open) {
            for (const auto& instant : {task.submitted, task.started})
                if (instant) seen.end = std::max(seen.end, *instant);
            seen.open.push_back(&task);
        }
        if (again > 0)
            into.notes.push_back(runs[i].source + ": " + std::to_string(again) +
                                 (again == 1 ? " task is" : " tasks are") +
                                 " in another log as well: taken once");
    }
    // Seen under way by one log, and at its end, or under way for longer, by another that comes behind it.
    Once under_way(runs.size());
    for (std::size_t i = runs.size(); i-- > 0;) {
        if (!chosen[i]) continue;
        std::erase_if(all[i].open, [&](const RecordedTask* task) {
            return once.has_begun(runs[i], i, *task) || under_way.has_begun(runs[i], i, *task);
        });
        for (const RecordedTask* task : all[i].open) under_way.began(runs[i], i, *task);
    }
    return all;
}

}  // namespace understudy::studies
