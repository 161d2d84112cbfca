#include "models/replay/dispatch.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

namespace understudy::models {

using kernel::Time;

namespace {

/// Of the tasks that started on a node before, those are looked at: older ones have long ended.
constexpr std::size_t most_before = 2000;
/// Fewer launches one after the other prove nothing.
constexpr std::size_t fewest_launches = 10;
constexpr Time shortest_launch = kernel::second;
constexpr Time long_ago = -kernel::never;

using TaskLags = std::vector<std::optional<Time>>;

/// Gates are alike within a run, so that runs and not gates say how sure their mean is: a ratio estimator over clusters.
PooledLag pooled(const std::vector<const TaskLags*>& by_run) {
    PooledLag lag;
    std::vector<std::pair<double, double>> sums;  // seconds, gates
    double sum = 0, count = 0;
    for (const TaskLags* values : by_run) {
        double of_run = 0, gates = 0;
        for (const auto& value : *values)
            if (value) {
                of_run += kernel::to_seconds(*value);
                ++gates;
            }
        sums.emplace_back(of_run, gates);
        sum += of_run;
        count += gates;
        lag.runs += gates > 0 ? 1 : 0;
    }
    if (count == 0) return lag;
    lag.mean = kernel::from_seconds(sum / count);
    lag.gates = static_cast<std::int64_t>(count);
    if (lag.runs < 2) return lag;
    double squares = 0;
    for (const auto& [of_run, gates] : sums) {
        const double off = of_run - sum / count * gates;
        squares += off * off;
    }
    const auto runs = static_cast<double>(lag.runs);
    lag.error_s = std::sqrt(runs / (runs - 1) * squares) / count;
    return lag;
}

/// What is left of a lag when the launch is another.
PooledLag without_launch(PooledLag lag, const PooledLag& launch) {
    if (lag.gates == 0 || launch.gates == 0) return lag;
    lag.mean = std::max<Time>(0, lag.mean - launch.mean);
    lag.error_s = std::sqrt(lag.error_s * lag.error_s + launch.error_s * launch.error_s);
    return lag;
}

class Gates {
public:
    Gates(const RecordedRun& run, const CapacityInUse& capacity) : run_(run), capacity_(capacity) {
        for (std::size_t i = 0; i < run.tasks.size(); ++i)
            if (has_times(run.tasks[i]) && run.tasks[i].submitted) by_node_[run.tasks[i].node].push_back(i);
        for (auto& [node, tasks] : by_node_) {
            std::vector<Time>& ends = ends_[node];
            for (const std::size_t i : tasks) ends.push_back(*run.tasks[i].completed);
            std::sort(ends.begin(), ends.end());
            std::sort(tasks.begin(), tasks.end(), [&](std::size_t a, std::size_t b) {
                const RecordedTask &x = run.tasks[a], &y = run.tasks[b];
                if (*x.started != *y.started) return *x.started < *y.started;
                return *x.submitted != *y.submitted ? *x.submitted < *y.submitted : a < b;
            });
        }
    }

    /// By task, behind the gate it waited for.
    struct Lags {
        TaskLags launch, release, reaction;
    };
    Lags lags(bool serial) const {
        const TaskLags none_seen(run_.tasks.size());
        Lags lags = {none_seen, none_seen, none_seen};
        for (const auto& [node, tasks] : by_node_)
            for (std::size_t k = 0; k < tasks.size(); ++k) {
                const RecordedTask& task = run_.tasks[tasks[k]];
                const Time submitted = *task.submitted, started = *task.started;
                const Time before = k > 0 ? *run_.tasks[tasks[k - 1]].started : long_ago;
                const Time room = std::min(started, room_since(tasks, k));
                if (serial && before >= std::max(submitted, room))
                    lags.launch[tasks[k]] = started - before;
                else if (room > submitted)
                    lags.release[tasks[k]] = started - room;
                else
                    lags.reaction[tasks[k]] = std::max<Time>(0, started - submitted);
            }
        return lags;
    }

private:
    /// The completion that had to come before tasks[k] fitted: of those at work when it was submitted, latest
    /// completion first, the one with which it would have been too much.
    Time room_since(const std::vector<std::size_t>& tasks, std::size_t k) const {
        const RecordedTask& task = run_.tasks[tasks[k]];
        // A start at the very instant of a completion had waited for it, also where the log does not say what
        // tasks took. In whole seconds it may be chance.
        const std::vector<Time>& ends = ends_.at(task.node);
        if (run_.resolution < kernel::second && std::binary_search(ends.begin(), ends.end(), *task.started) &&
            *task.submitted < *task.started)
            return *task.started;
        std::vector<std::size_t> at_work;
        for (std::size_t j = k > most_before ? k - most_before : 0; j < k; ++j)
            if (*run_.tasks[tasks[j]].completed > *task.submitted) at_work.push_back(tasks[j]);
        std::sort(at_work.begin(), at_work.end(), [&](std::size_t a, std::size_t b) {
            const Time x = *run_.tasks[a].completed, y = *run_.tasks[b].completed;
            return x != y ? x > y : a < b;
        });
        double cores = task.cpus;
        std::int64_t memory = task.memory_bytes;
        for (const std::size_t j : at_work) {
            cores += run_.tasks[j].cpus;
            memory += run_.tasks[j].memory_bytes;
            if (cores > capacity_.node_cores + 1e-9 || memory > capacity_.node_memory_bytes)
                return *run_.tasks[j].completed;
        }
        return long_ago;
    }

    const RecordedRun& run_;
    CapacityInUse capacity_;
    std::map<std::string_view, std::vector<std::size_t>> by_node_;
    std::map<std::string_view, std::vector<Time>> ends_;  ///< completions, ascending
};

bool launches_are_serial(const std::vector<Gates::Lags>& by_run) {
    std::vector<Time> seen;
    for (const Gates::Lags& lags : by_run)
        for (const auto& value : lags.launch)
            if (value) seen.push_back(*value);
    std::sort(seen.begin(), seen.end());
    return seen.size() >= fewest_launches && seen[seen.size() / 4] >= shortest_launch;
}

/// How many tasks were submitted and not yet completed, as a step function of time.
class InFlight {
public:
    explicit InFlight(const RecordedRun& run) {
        struct Change {
            Time time;
            int step;
        };
        std::vector<Change> changes;
        for (const RecordedTask& task : run.tasks) {
            if (!task.submitted || !task.completed) continue;
            changes.push_back({*task.submitted, 1});
            changes.push_back({std::max(*task.submitted, *task.completed), -1});
        }
        std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
            return a.time != b.time ? a.time < b.time : a.step < b.step;
        });
        std::int64_t level = 0;
        for (const Change& change : changes) {
            level += change.step;
            if (level > most_) most_ = level, times_at_most_ = 0;
            if (level == most_ && change.step > 0) ++times_at_most_;
            times_.push_back(change.time);
            levels_.push_back(level);
        }
    }

    std::int64_t most() const { return most_; }
    std::int64_t times_at_most() const { return times_at_most_; }

    /// Prepares for share_full(): from this level on the window counts as full.
    void set_full(std::int64_t level) {
        full_.assign(times_.size(), 0);
        for (std::size_t i = 1; i < times_.size(); ++i)
            full_[i] =
                full_[i - 1] + (levels_[i - 1] >= level ? kernel::to_seconds(times_[i] - times_[i - 1]) : 0);
        full_level_ = level;
    }
    /// Share of the time from `from` to `to` for which it was full.
    double share_full(Time from, Time to) const {
        return to > from ? (full_until(to) - full_until(from)) / kernel::to_seconds(to - from) : 0;
    }

private:
    double full_until(Time time) const {
        const auto after = std::upper_bound(times_.begin(), times_.end(), time);
        if (after == times_.begin()) return 0;
        const auto at = static_cast<std::size_t>(after - times_.begin()) - 1;
        return full_[at] + (levels_[at] >= full_level_ ? kernel::to_seconds(time - times_[at]) : 0);
    }

    std::vector<Time> times_;
    std::vector<std::int64_t> levels_;
    std::vector<double> full_;
    std::int64_t most_ = 0, times_at_most_ = 0, full_level_ = 0;
};

}  // namespace

PooledLags measure_dispatch(std::span<const RunOfPlatform> runs) {
    std::vector<Gates> gates;
    std::vector<Gates::Lags> lags;
    for (const RunOfPlatform& one : runs) {
        gates.emplace_back(*one.run, one.capacity);
        lags.push_back(gates.back().lags(true));
    }
    const auto over_runs = [&](TaskLags Gates::Lags::*gate) {
        std::vector<const TaskLags*> by_run;
        for (const Gates::Lags& of_run : lags) by_run.push_back(&(of_run.*gate));
        return pooled(by_run);
    };
    PooledLags result;
    const PooledLag launch = over_runs(&Gates::Lags::launch);
    const bool serial = launches_are_serial(lags);
    if (serial)
        result.launch = launch;
    else
        for (std::size_t i = 0; i < lags.size(); ++i) lags[i] = gates[i].lags(false);
    result.reaction = without_launch(over_runs(&Gates::Lags::reaction), result.launch);
    result.release = without_launch(over_runs(&Gates::Lags::release), result.launch);
    for (Gates::Lags& of_run : lags) {
        DispatchLags own{result.launch.mean, result.reaction.mean, result.release.mean, {}, {}};
        if (result.launch.mean > 0) {
            own.launch_of = std::move(of_run.launch);
            own.reaction_of = std::move(of_run.reaction);
            for (auto& reaction : own.reaction_of)
                if (reaction) reaction = std::max<Time>(0, *reaction - result.launch.mean);
        }
        result.of_run.push_back(std::move(own));
    }
    return result;
}

DispatchLags measure_dispatch(const RecordedRun& run, const CapacityInUse& capacity) {
    const RunOfPlatform alone[] = {{&run, capacity}};
    return std::move(measure_dispatch(alone).of_run.front());
}

SubmissionWindow find_window(const RecordedRun& run, const std::vector<Time>& ready) {
    // A window that tasks wait for is full again and again, and is seen in the tasks that waited.
    constexpr std::int64_t fewest_times_full = 3;
    constexpr std::int64_t fewest_held_back = 10;
    constexpr double nearly_full = 0.9;  // completions are seen, and places filled again, a few at a time
    constexpr double most_of_the_wait = 0.8;
    constexpr Time shortest_wait = 30 * kernel::second;
    SubmissionWindow window;
    window.held_back.assign(run.tasks.size(), false);
    InFlight in_flight(run);
    if (in_flight.times_at_most() < fewest_times_full) return window;
    in_flight.set_full(static_cast<std::int64_t>(nearly_full * static_cast<double>(in_flight.most())));
    std::int64_t held_back = 0;
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        const RecordedTask& task = run.tasks[i];
        if (!task.submitted || ready[i] == kernel::never || *task.submitted - ready[i] < shortest_wait)
            continue;
        window.held_back[i] = in_flight.share_full(ready[i], *task.submitted) >= most_of_the_wait;
        held_back += window.held_back[i] ? 1 : 0;
    }
    if (held_back >= fewest_held_back)
        window.size = in_flight.most();
    else
        window.held_back.assign(run.tasks.size(), false);
    return window;
}

std::int64_t most_in_flight(const RecordedRun& run) { return InFlight(run).most(); }

}  // namespace understudy::models
