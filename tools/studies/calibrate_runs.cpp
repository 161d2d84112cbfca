#include "tools/studies/calibrate_runs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/task_amounts.h"

namespace understudy::studies {

namespace {

/// At first; more where their mean is too uncertain to be told from the gate of 5 percent, as long as they are not too many
/// tasks.
constexpr std::int64_t replays_of_a_run = 50, most_replays = 5000, most_tasks_replayed = 200'000;
constexpr double sure_enough = 0.01;  ///< the error of a mean, of the mean
/// Fewer runs have no mean worth a comparison.
constexpr std::int64_t fewest_runs = 5;

struct WholeRun {
    std::int64_t first = 0, last = 0;  ///< nanoseconds since the epoch of the log
    std::set<std::string> ended;
    std::map<std::string, int> least_attempt;  ///< by element
};

bool is_working(const models::Task& task) { return task.work.workers || !task.work.runs_on.empty(); }

/// A task whose work goes by how much it reads, in a pipeline that reads what others write; empty: there is none.
std::string waits_on_amounts(const models::Pipeline& pipeline) {
    std::set<std::string> own;
    for (const models::Task& task : pipeline.tasks) own.insert(task.writes.begin(), task.writes.end());
    const bool reads_others =
        std::any_of(pipeline.tasks.begin(), pipeline.tasks.end(), [&](const models::Task& task) {
            return std::any_of(task.reads.begin(), task.reads.end(),
                               [&](const models::TaskInput& input) { return !own.contains(input.dataset); });
        });
    if (!reads_others) return "";
    const auto found = std::find_if(pipeline.tasks.begin(), pipeline.tasks.end(), goes_by_amounts);
    return found == pipeline.tasks.end() ? "" : found->name;
}

double error_of_mean(const kernel::Moments& moments) {
    return std::sqrt(moments.variance() / static_cast<double>(moments.count()));
}

/// Runs of a pipeline by itself.
std::optional<kernel::Moments> surely_simulated(const models::Scenario& alone,
                                                const std::atomic<bool>* stop) {
    const auto first = simulated_makespans(alone, replays_of_a_run, stop);
    if (!first || first->count() < 2 || !(first->mean() > 0)) return first;
    const double times = error_of_mean(*first) / (sure_enough * first->mean());
    const std::int64_t most = std::clamp<std::int64_t>(
        most_tasks_replayed / std::ssize(alone.twin.pipelines.front().tasks), replays_of_a_run, most_replays);
    const double wanted = static_cast<double>(replays_of_a_run) * times * times;
    if (wanted <= static_cast<double>(replays_of_a_run) || most == replays_of_a_run) return first;
    return simulated_makespans(
        alone, static_cast<std::int64_t>(std::min(std::ceil(wanted), static_cast<double>(most))), stop);
}

/// Whether a twin whose mean is the recorded one would have as far a mean of these by chance.
bool is_by_chance(const kernel::Moments& simulated, double recorded) {
    constexpr double level = 0.95;
    if (simulated.count() < 2) return false;
    const double t = kernel::student_quantile(0.5 + level / 2, static_cast<double>(simulated.count()) - 1);
    return std::fabs(simulated.mean() - recorded) <= t * error_of_mean(simulated);
}

}  // namespace

void replay_whole_runs(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                       const CalibrationOptions& options, Calibration& into) {
    const WorkingElements elements(twin, runs);
    std::map<std::string, std::map<std::string, WholeRun>> seen;  // by pipeline, by run
    for (const SeenRun& log : runs)
        for (const models::RecordedTask* task : log.ended) {
            if (task->run.empty() || !models::has_times(*task)) continue;
            const std::vector<const WorkingElement*> found = elements.of(*task);
            if (found.size() != 1 || found.front()->pipeline.empty()) continue;
            const std::int64_t first = log.run->epoch_ns + task->submitted.value_or(*task->started);
            const std::int64_t last = log.run->epoch_ns + *task->completed;
            auto [at, added] =
                seen[found.front()->pipeline].try_emplace(task->run, WholeRun{first, last, {}, {}});
            WholeRun& run = at->second;
            run.first = std::min(run.first, first);
            run.last = std::max(run.last, last);
            if (!task->failed) run.ended.insert(found.front()->path);
            int& least = run.least_attempt.try_emplace(found.front()->path, task->attempt).first->second;
            least = std::min(least, task->attempt);
        }
    for (const models::Pipeline& pipeline : twin.twin.pipelines) {
        const auto known = seen.find(pipeline.name);
        // What a sensor waits for comes from elsewhere.
        if (known == seen.end() ||
            std::any_of(pipeline.tasks.begin(), pipeline.tasks.end(),
                        [](const models::Task& task) { return task.waits_for.has_value(); }))
            continue;
        const auto working =
            static_cast<std::size_t>(std::count_if(pipeline.tasks.begin(), pipeline.tasks.end(), is_working));
        double sum = 0;
        std::int64_t count = 0;
        for (const auto& [name, run] : known->second)
            if (run.ended.size() == working) {
                sum += kernel::to_seconds(run.last - run.first);
                ++count;
            }
        if (count < fewest_runs || !(sum > 0)) continue;
        const auto lost = std::count_if(known->second.begin(), known->second.end(), [](const auto& one) {
            return std::any_of(one.second.least_attempt.begin(), one.second.least_attempt.end(),
                               [](const auto& least) { return least.second > 1; });
        });
        if (lost > 0) {
            into.notes.push_back(pipeline.name + ": no self-replay, as " + std::to_string(lost) +
                                 (lost == 1 ? " run has tries that are" : " runs have tries that are") +
                                 " not in the log, and took time");
            continue;
        }
        models::Scenario alone = twin;
        apply_calibration(into.edits, alone);
        std::erase_if(alone.twin.pipelines,
                      [&](const models::Pipeline& other) { return other.name != pipeline.name; });
        // By itself it would find nothing to read, and its tasks would take no time.
        if (const std::string task = waits_on_amounts(alone.twin.pipelines.front()); !task.empty()) {
            into.notes.push_back(pipeline.name + ": no self-replay, as " + task +
                                 " goes by how much there is of what others write");
            continue;
        }
        alone.twin.stages.clear();
        alone.loads.clear();
        const auto simulated = surely_simulated(alone, options.stop);
        if (!simulated || !(simulated->mean() > 0)) continue;
        const double recorded = sum / static_cast<double>(count);
        into.self_replays.push_back({pipeline.name + ", the mean of " + std::to_string(count) + " runs",
                                     simulated->mean(), recorded, is_by_chance(*simulated, recorded)});
    }
}

}  // namespace understudy::studies
