#include "tools/studies/calibrate_lags.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tools/studies/law_of.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::RecordedTask;

/// A difference that a log in milliseconds does not show.
constexpr double same_lag_s = 0.0005;

double lag_in_milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

double mean_of_lag_law(const models::Law& law) {
    double mean = 0;
    for (const models::Term& term : law.terms) mean += term.law.mean();
    return mean;
}

bool is_constant_lag(const models::Law& law) {
    return std::all_of(law.terms.begin(), law.terms.end(), [](const models::Term& term) {
        return term.law.kind() == kernel::Distribution::Kind::constant;
    });
}

double mean_of_seconds(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// What a pool's nodes have room for; slots are cores of one node, for nobody says on which of them a task ran.
models::CapacityInUse room_of_nodes(const models::Scenario& twin, const models::Workers& workers) {
    const auto many = [](std::int64_t count) {
        return count == models::unlimited ? std::numeric_limits<double>::infinity()
                                          : static_cast<double>(count);
    };
    models::CapacityInUse capacity{0, std::numeric_limits<std::int64_t>::max(), 0};
    const auto add = [&](const models::WorkerType& type) {
        capacity.node_cores = std::max(capacity.node_cores, type.cores);
        if (type.memory_bytes > 0) capacity.node_memory_bytes = type.memory_bytes;
    };
    add(workers.type);
    double slots = many(workers.count);
    for (const auto& [name, count] : workers.groups) {
        slots += many(count);
        for (const models::WorkerType& type : twin.twin.types)
            if (type.name == name) add(type);
    }
    if (!(capacity.node_cores > 0)) capacity.node_cores = slots;
    return capacity;
}

bool pool_has_nodes(const models::Scenario& twin, const models::Workers& workers) {
    return workers.type.cores > 0 ||
           std::any_of(workers.groups.begin(), workers.groups.end(), [&](const auto& group) {
               return std::any_of(twin.twin.types.begin(), twin.twin.types.end(),
                                  [&](const models::WorkerType& type) {
                                      return type.name == group.first && type.cores > 0;
                                  });
           });
}

CalibratedNumber number_of_lag(const char* name, const models::PooledLag& lag) {
    CalibratedNumber number{name, "s", kernel::to_seconds(lag.mean), {}, {}};
    if (lag.runs > 1) {
        const double wide = kernel::student_quantile(0.975, static_cast<double>(lag.runs - 1)) * lag.error_s;
        number.low = std::max(0.0, number.estimate - wide);
        number.high = number.estimate + wide;
    }
    return number;
}

/// When all had ended that a task waited for; of those without an end, what they waited for.
Time end_of_parents(const std::vector<RecordedTask>& tasks, std::size_t of) {
    Time last = 0;
    std::set<std::uint32_t> open(tasks[of].parents.begin(), tasks[of].parents.end()), seen;
    while (!open.empty()) {
        const std::uint32_t parent = *open.begin();
        open.erase(open.begin());
        if (!seen.insert(parent).second) continue;
        if (tasks[parent].completed)
            last = std::max(last, *tasks[parent].completed);
        else
            open.insert(tasks[parent].parents.begin(), tasks[parent].parents.end());
    }
    return last;
}

std::string gates_in_repeats(const models::PooledLag& lag, const char* one, const char* many) {
    return std::to_string(lag.gates) + (lag.gates == 1 ? one : many) + " in " + std::to_string(lag.runs) +
           (lag.runs == 1 ? " repeat" : " repeats");
}

}  // namespace

LagsOfRepeats::LagsOfRepeats(const models::Scenario& twin, const std::vector<MatchedRepeat>& repeats) {
    // Without a submission nobody knows since when a task waited.
    std::vector<MatchedRepeat> told;
    for (const MatchedRepeat& repeat : repeats)
        if (std::any_of(repeat.run->tasks.begin(), repeat.run->tasks.end(),
                        [](const RecordedTask& task) { return task.submitted && models::has_times(task); }))
            told.push_back(repeat);
    repeats_ = std::ssize(repeats);
    with_submissions_ = std::ssize(told);
    if (told.empty()) return;
    measure_pools(twin, told);
    find_windows_of(twin, told);
}

void LagsOfRepeats::measure_pools(const models::Scenario& twin, const std::vector<MatchedRepeat>& repeats) {
    for (const models::Pool& pool : twin.twin.pools) {
        const bool nodes = pool_has_nodes(twin, pool.workers);
        const models::CapacityInUse capacity = room_of_nodes(twin, pool.workers);
        std::vector<models::RecordedRun> own(repeats.size());
        std::vector<std::vector<std::string>> paths(repeats.size());
        for (const models::Pipeline& pipeline : twin.twin.pipelines)
            for (const models::Task& task : pipeline.tasks) {
                if (task.work.runs_on.empty() || task.work.runs_on.front().pool != pool.name) continue;
                const models::Need& need = task.work.runs_on.front();
                const std::string path = pipeline.name + "." + task.name;
                for (std::size_t r = 0; r < repeats.size(); ++r) {
                    own[r].resolution = repeats[r].run->resolution;
                    // `is`: the path of the task where it is that, and not another attempt, whose launch is none of it.
                    const auto add = [&](std::size_t which, const std::string& is) {
                        RecordedTask recorded = repeats[r].run->tasks[which];
                        recorded.parents.clear();
                        recorded.cpus = nodes ? need.cores : static_cast<double>(need.count);
                        recorded.memory_bytes = need.memory_bytes;
                        if (!nodes) recorded.node.clear();
                        own[r].tasks.push_back(std::move(recorded));
                        paths[r].push_back(is);
                    };
                    if (const auto known = repeats[r].task_of.find(path); known != repeats[r].task_of.end()) {
                        add(known->second, path);
                        tasks_[path].pool = pools_.size();
                    }
                    // What freed a place counts, whatever came of it.
                    if (const auto others = repeats[r].other_attempts.find(path);
                        others != repeats[r].other_attempts.end())
                        for (const std::size_t which : others->second) add(which, "");
                }
            }
        std::vector<models::RunOfPlatform> runs;
        for (const models::RecordedRun& run : own) runs.push_back({&run, capacity});
        OfPool of_pool{&pool, models::measure_dispatch(runs)};
        for (std::size_t r = 0; r < own.size(); ++r) {
            const models::DispatchLags& lags = of_pool.lags.of_run[r];
            for (std::size_t k = 0; k < lags.launch_of.size(); ++k) {
                if (lags.launch_of[k] && !paths[r][k].empty())
                    tasks_[paths[r][k]].launches_s.push_back(kernel::to_seconds(*lags.launch_of[k]));
            }
        }
        pools_.push_back(std::move(of_pool));
    }
}

void LagsOfRepeats::find_windows_of(const models::Scenario& twin, const std::vector<MatchedRepeat>& repeats) {
    for (const models::Pipeline& pipeline : twin.twin.pipelines) {
        OfPipeline of_pipeline;
        of_pipeline.pipeline = &pipeline;
        std::int64_t most_without = 0;
        for (const MatchedRepeat& repeat : repeats) {
            const std::vector<RecordedTask>& recorded = repeat.run->tasks;
            std::vector<Time> ready(recorded.size(), kernel::never);
            for (const models::Task& task : pipeline.tasks)
                if (const auto known = repeat.task_of.find(pipeline.name + "." + task.name);
                    known != repeat.task_of.end())
                    ready[known->second] = end_of_parents(recorded, known->second);
            const models::SubmissionWindow window = models::find_window(*repeat.run, ready);
            if (window.size > 0) {
                ++of_pipeline.windows;
                of_pipeline.window = std::max(of_pipeline.window, window.size);
            } else {
                most_without = std::max(most_without, models::most_in_flight(*repeat.run));
            }
        }
        of_pipeline.broken = most_without > of_pipeline.window;
        pipelines_.push_back(of_pipeline);
    }
}

std::vector<CalibrationEdit> LagsOfRepeats::edits() const {
    std::vector<CalibrationEdit> edits;
    const auto set = [&](const std::string& path, const models::Law& before, double seconds) {
        const double value = lag_in_milliseconds(seconds);
        if (is_constant_lag(before) && std::fabs(mean_of_lag_law(before) - value) < same_lag_s) return;
        edits.push_back({path, law_of(kernel::Distribution::constant(value)), {}, false});
    };
    for (const OfPool& one : pools_) {
        const models::PooledLags& lags = one.lags;
        if (lags.launch.gates > 0)
            set(one.pool->name + ".launch", one.pool->workers.launch, kernel::to_seconds(lags.launch.mean));
        if (lags.release.gates > 0)
            set(one.pool->name + ".release", one.pool->workers.release,
                kernel::to_seconds(lags.release.mean));
    }
    for (const OfPipeline& of_pipeline : pipelines_) {
        const models::Pipeline& pipeline = *of_pipeline.pipeline;
        for (const models::Task& task : pipeline.tasks) {
            const std::string path = pipeline.name + "." + task.name;
            const auto known = tasks_.find(path);
            if (known == tasks_.end() || task.work.runs_on.empty()) continue;
            const OfTask& one = known->second;
            const models::PooledLags& lags = pools_[one.pool].lags;
            if (!task.work.launch.empty() && lags.launch.gates > 0)
                set(path + ".launch", task.work.launch,
                    one.launches_s.empty() ? kernel::to_seconds(lags.launch.mean)
                                           : mean_of_seconds(one.launches_s));
        }
        if (of_pipeline.window > 0 && !of_pipeline.broken && of_pipeline.window != pipeline.max_active_tasks)
            edits.push_back(
                {pipeline.name + ".max_active_tasks", {}, static_cast<double>(of_pipeline.window), false});
    }
    return edits;
}

void LagsOfRepeats::report(Calibration& into) const {
    if (with_submissions_ == 0) {
        into.unidentified.emplace_back(
            "lags of the scheduler: no repeat says when tasks were submitted and began, so that the twin's "
            "own stay");
        return;
    }
    if (with_submissions_ < repeats_)
        into.notes.push_back(std::to_string(repeats_ - with_submissions_) +
                             " of the repeats say nothing of submissions: lags of the scheduler are those of "
                             "the others");
    for (const OfPool& one : pools_) {
        const models::PooledLags& lags = one.lags;
        const auto add = [&](const char* key, const models::PooledLag& lag, const char* of_one,
                             const char* of_many) {
            CalibratedElement element;
            element.path = one.pool->name + "." + key;
            element.family = key == std::string_view("reaction") ? "part of delays, which stay" : "constant";
            element.how = gates_in_repeats(lag, of_one, of_many);
            element.observations = lag.gates;
            element.numbers.push_back(number_of_lag("mean", lag));
            into.elements.push_back(std::move(element));
        };
        if (lags.launch.gates > 0)
            add("launch", lags.launch, " start that waited for the one before on its node",
                " starts that waited for the one before on their node");
        if (lags.release.gates > 0)
            add("release", lags.release, " start that waited for a completion",
                " starts that waited for completions");
        if (lags.reaction.gates > 0)
            add("reaction", lags.reaction, " start that waited for nothing but its submission",
                " starts that waited for nothing but their submission");
        const auto stays = [&](const char* what, const models::Law& law, const char* why) {
            if (!law.empty())
                into.unidentified.push_back(one.pool->name + "." + what + ": " + why +
                                            ", so that the twin's stays");
        };
        if (lags.launch.gates == 0)
            stays("launch", one.pool->workers.launch,
                  "no starts follow each other on a node as if each waited for the one before");
        if (lags.release.gates == 0)
            stays("release", one.pool->workers.release, "no task waited for one that ended");
    }
    for (const OfPipeline& one : pipelines_) {
        const std::string window = one.pipeline->name + ".max_active_tasks";
        if (one.window > 0 && !one.broken) {
            CalibratedElement element;
            element.path = window;
            element.family = "number";
            element.how = "the most in flight, in " + std::to_string(one.windows) +
                          (one.windows == 1 ? " repeat in which" : " repeats in which") +
                          " tasks waited for that";
            element.observations = one.windows;
            element.numbers.push_back({"tasks", "", static_cast<double>(one.window), {}, {}});
            into.elements.push_back(std::move(element));
        } else if (one.window > 0) {
            into.unidentified.push_back(
                window + ": in " + std::to_string(one.windows) + (one.windows == 1 ? " repeat" : " repeats") +
                " tasks seem to wait for a place among " + std::to_string(one.window) +
                ", and another repeat had more in flight: it stays as it is");
        } else if (one.pipeline->max_active_tasks != models::unlimited) {
            into.unidentified.push_back(window +
                                        ": in no repeat did tasks wait for a place: it stays as it is");
        }
    }
}

}  // namespace understudy::studies
