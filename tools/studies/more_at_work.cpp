#include "tools/studies/more_at_work.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/most_at_once.h"

namespace understudy::studies {

namespace {

/// Workers that a pool or a stage has at most; nothing where that is no count of equal places.
std::optional<std::int64_t> most_at_work(const models::Workers& workers) {
    if (workers.order == models::Order::shared || !workers.speedup.empty()) return std::nullopt;
    std::int64_t most = workers.count;
    for (const auto& [from, count] : workers.steps) most = std::max(most, count);
    if (!workers.groups.empty()) {
        most = 0;
        for (const auto& [type, count] : workers.groups) most += count;
    }
    if (!workers.shifts.empty() || most <= 0 || most == models::unlimited) return std::nullopt;
    return most;
}

}  // namespace

void warn_of_more_at_work(const models::Scenario& twin, const std::vector<SeenRun>& runs, Calibration& into) {
    models::Scenario fitted = twin;
    apply_calibration(into.edits, fitted);
    const WorkingElements elements(fitted, runs);
    std::map<std::string, std::optional<std::int64_t>> pools;
    for (const models::Pool& pool : fitted.twin.pools) pools[pool.name] = most_at_work(pool.workers);
    std::map<std::string, std::pair<std::int64_t, std::string>>
        worst;  // by who has the workers: how many, in which log
    std::map<std::string, std::int64_t> places;
    for (const SeenRun& log : runs) {
        if (log.run == nullptr) continue;
        std::map<std::string, std::vector<std::pair<kernel::Time, kernel::Time>>> at_work;
        for (const models::RecordedTask* task : log.ended) {
            // Of what was suspended it is not known when it was at work.
            if (!models::has_times(*task) || *task->completed <= *task->started || task->worked) continue;
            const auto found = elements.of(*task);
            if (found.size() != 1) continue;
            const models::Work& work = *found.front()->work;
            std::string name = found.front()->path;
            std::optional<std::int64_t> there = work.workers ? most_at_work(*work.workers) : std::nullopt;
            if (!work.workers && work.runs_on.size() == 1 && work.runs_on.front().count == 1 &&
                !(work.runs_on.front().cores > 0) && work.runs_on.front().memory_bytes == 0) {
                name = work.runs_on.front().pool;
                if (const auto known = pools.find(name); known != pools.end()) there = known->second;
            }
            if (!there) continue;
            places[name] = *there;
            at_work[name].emplace_back(*task->started, *task->completed);
        }
        for (const auto& [name, stretches] : at_work) {
            auto& known = worst[name];
            if (const std::int64_t most = most_at_once(stretches); most > known.first)
                known = {most, log.run->source};
        }
    }
    for (const auto& [name, most] : worst)
        if (most.first > places.at(name))
            into.warnings.push_back(name + ": " + std::to_string(most.first) + " were at work at once in " +
                                    most.second + ", and the twin has " + std::to_string(places.at(name)) +
                                    (places.at(name) == 1 ? " worker" : " workers") +
                                    ": waits for them are not those that were recorded");
}

}  // namespace understudy::studies
