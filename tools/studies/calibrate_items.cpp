#include "tools/studies/calibrate_items.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "kernel/statistics.h"
#include "models/measure.h"
#include "tools/studies/arrivals_by_hour.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/run.h"
#include "tools/studies/seen_load.h"

namespace understudy::studies {

namespace {

using kernel::Time;

/// All of 39 beyond one value: 5 percent, both sides together.
constexpr std::int64_t courses_of_chance = 39;
/// Fewer attempts at a stage have no mean worth a comparison.
constexpr std::int64_t fewest_attempts = 30;
/// More arrivals than this tell nothing that the first of them do not.
constexpr std::size_t most_arrivals = 20'000;

/// How long attempts were at a stage.
struct Stayed {
    double sum = 0;
    std::int64_t attempts = 0;
};

/// Each load as this log has it; nothing where one is not in it as it came.
std::optional<std::map<std::string, std::vector<Time>>> arrivals_in(
    const models::Scenario& twin, const std::map<std::string, SeenLoad>& loads) {
    std::map<std::string, std::vector<Time>> arrivals;
    for (const auto& [stage, seen] : loads)
        if (seen.logs.size() == 1 && !seen.logs.front().by_start)
            arrivals.emplace(seen.load->name, seen.logs.front().instants);
    if (arrivals.empty() || arrivals.size() != twin.loads.size()) return std::nullopt;
    return arrivals;
}

/// The first that came in the log, on the clock of the run: at its time of the week, where both have dates.
Time place_in_week(const models::Scenario& twin, const models::RecordedRun& log, Time first) {
    constexpr Time week = 7 * kernel::day;
    if (!twin.run.start || log.epoch_ns == 0) return 0;
    const Time from = local_ns(twin.run, log, first) - twin.run.start->ns;
    return (from % week + week) % week;
}

class ItemsOfLog {
public:
    ItemsOfLog(const models::Scenario& fitted, const WorkingElements& elements, const SeenRun& log)
        : fitted_(fitted), elements_(elements), log_(log) {}

    std::vector<SelfReplay> replay(const std::atomic<bool>* stop) {
        const auto arrivals = arrivals_in(fitted_, loads_seen(fitted_, elements_, {log_}));
        if (!arrivals) return {};
        Time first = kernel::never, last = 0;
        for (const auto& [load, instants] : *arrivals) {
            first = std::min(first, instants.front());
            last = std::max(last, instants[std::min(instants.size(), most_arrivals) - 1]);
        }
        const auto recorded = stayed(last);
        if (recorded.empty()) return {};
        models::Scenario again = as_it_came(*arrivals, first, last, recorded);
        models::Problems problems;
        const auto prepared = prepare(std::move(again), problems, Measured::asked);
        if (!prepared) return {};
        RunOptions options;
        options.threads = 1;
        options.stop = stop;
        const RunResult result = run(*prepared, options);
        if (result.interrupted) return {};
        return compare(recorded, result);
    }

private:
    std::map<std::string, Stayed> stayed(Time last) const {
        std::map<std::string, Stayed> all;
        for (const models::RecordedTask* task : log_.ended) {
            if (!task->submitted || !models::has_times(*task) || *task->submitted > last) continue;
            const auto found = elements_.of(*task);
            if (found.size() != 1 || !found.front()->pipeline.empty()) continue;
            Stayed& at = all[found.front()->path];
            at.sum += kernel::to_seconds(*task->completed - *task->submitted);
            ++at.attempts;
        }
        const std::map<std::string, Stayed> seen = all;
        std::erase_if(all, [&](const auto& one) {
            return one.second.attempts < fewest_attempts || !(one.second.sum > 0) ||
                   comes_of_the_unseen(one.first, seen);
        });
        return all;
    }

    /// Of what a stage that takes time and that the log has no name for (the waits of an import) hands on, the log does not
    /// tell when it stood in line at which of both.
    bool comes_of_the_unseen(const std::string& name, const std::map<std::string, Stayed>& seen) const {
        const auto& stages = fitted_.twin.stages;
        const auto reader = std::find_if(stages.begin(), stages.end(),
                                         [&](const models::Stage& one) { return one.name == name; });
        if (reader == stages.end()) return false;
        return std::any_of(stages.begin(), stages.end(), [&](const models::Stage& writer) {
            if (writer.work.service.empty() || seen.contains(writer.name)) return false;
            const auto reads = [&](const std::string& stream) {
                return std::find(reader->reads.begin(), reader->reads.end(), stream) != reader->reads.end();
            };
            if (writer.writes.targets.empty()) return reads(writer.name);
            return std::any_of(writer.writes.targets.begin(), writer.writes.targets.end(),
                               [&](const models::Writes::Target& target) { return reads(target.stream); });
        });
    }

    models::Scenario as_it_came(const std::map<std::string, std::vector<Time>>& arrivals, Time first,
                                Time last, const std::map<std::string, Stayed>& recorded) const {
        models::Scenario again = fitted_;
        const Time begin = place_in_week(again, *log_.run, first);
        for (models::Load& load : again.loads) {
            auto instants = std::make_shared<std::vector<double>>();
            for (const Time instant : arrivals.at(load.name))
                if (instant <= last) instants->push_back(kernel::to_seconds(instant - first + begin));
            load.arrivals = {};
            load.arrivals.kind = models::Arrivals::Kind::recorded;
            load.arrivals.instants = std::move(instants);
            load.profile.clear();
            load.items = {};
            load.first.reset();
            load.count = models::unlimited;
            load.from = 0;
            load.until = kernel::never;
        }
        again.actions.clear();
        again.objectives.clear();
        again.measures.clear();
        for (const auto& [stage, at] : recorded)
            for (const models::Metric metric : {models::Metric::wait, models::Metric::service})
                again.measures.push_back(models::measure_of(models::Aggregate::average, metric, stage));
        again.twin.state = {};
        again.run.length.reset();
        again.run.warm_up = 0;
        again.run.replications = courses_of_chance;
        again.run.precision.reset();
        again.run.variance_reduction = models::VarianceReduction::off;
        again.run.detail = models::Detail::full;
        return again;
    }

    std::vector<SelfReplay> compare(const std::map<std::string, Stayed>& recorded,
                                    const RunResult& result) const {
        std::map<std::string, std::vector<double>> simulated;
        for (const MetricResult& metric : result.metrics) {
            auto& sums = simulated[metric.element];
            sums.resize(metric.by_replication.size(), 0);
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += metric.by_replication[i];
        }
        std::vector<SelfReplay> replays;
        for (const auto& [stage, at] : recorded) {
            const std::vector<double>& all = simulated[stage];
            if (all.empty() || std::any_of(all.begin(), all.end(), [](double x) { return !(x > 0); }))
                continue;
            const auto [least, most] = std::minmax_element(all.begin(), all.end());
            SelfReplay replay;
            replay.source = stage + " in " + log_.run->source;
            replay.simulated_s = kernel::moments_of(all).mean();
            replay.recorded_s = at.sum / static_cast<double>(at.attempts);
            replay.by_chance = *least <= replay.recorded_s && replay.recorded_s <= *most;
            replays.push_back(std::move(replay));
        }
        return replays;
    }

    const models::Scenario& fitted_;
    const WorkingElements& elements_;
    const SeenRun& log_;
};

}  // namespace

void replay_items(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                  const CalibrationOptions& options, Calibration& into) {
    // What pipelines take of shared workers comes by their schedules, which need not be those of the log.
    if (!twin.twin.pipelines.empty() || twin.twin.stages.empty()) return;
    models::Scenario fitted = twin;
    apply_calibration(into.edits, fitted);
    const WorkingElements elements(fitted, runs);
    for (const SeenRun& log : runs) {
        if (log.run == nullptr || !has_instants(*log.run)) continue;
        for (SelfReplay& one : ItemsOfLog(fitted, elements, log).replay(options.stop))
            into.self_replays.push_back(std::move(one));
    }
    if (options.stop != nullptr && *options.stop) into.interrupted = true;
}

}  // namespace understudy::studies
