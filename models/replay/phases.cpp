#include "models/replay/phases.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "kernel/statistics.h"
#include "models/max_min.h"

namespace understudy::models {

using kernel::Time;

namespace {

/// What starting and cleaning up takes at most.
constexpr Time longest_fixed = 3 * kernel::second;
/// Of the mean: by so much tasks that are taken for alike deviate in the mean.
constexpr double alike = 0.5;
/// So much more the first on a node read than those that found it there, and for so long at least; and so much more than
/// it counts a process would have read that waits for something else.
constexpr double many_times = 20, shortest_read_s = 2;
/// Percent of one core.
constexpr double one_core = 100;

/// A transfer of a recorded task, and what it comes to.
struct Moved {
    std::size_t task = 0, way = 0;
    Time from = 0, until = 0;
    double bytes = 0;
};

class PhaseSearch {
public:
    PhaseSearch(const RecordedRun& run, const StoragePlatform& platform) : run_(run), platform_(platform) {}

    RecordedPhases find() {
        result_.of.resize(run_.tasks.size());
        reading_.assign(run_.tasks.size(), 0);
        std::map<std::string_view, std::size_t> nodes;
        for (const RecordedTask& task : run_.tasks)
            if (has_times(task) && !task.node.empty()) nodes.try_emplace(task.node, nodes.size());
        result_.nodes = std::max<std::int64_t>(1, std::ssize(nodes));
        for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
            const RecordedTask& task = run_.tasks[i];
            if (has_times(task) && task.realtime && *task.realtime <= *task.completed - *task.started &&
                task.cpu_percent > 0)
                by_process_[task.process].push_back(i);
        }
        count_waiting();
        double held = 0, moving = 0;
        do {
            moved_.clear();
            for (const auto& [process, tasks] : by_process_) take_apart(process, tasks, nodes);
            invert();
        } while ((platform_.reads_counted && find_other_waits()) || find_reads_at_work());
        result_.waited_elsewhere.assign(elsewhere_.begin(), elsewhere_.end());
        result_.read_at_work.assign(at_work_.begin(), at_work_.end());
        for (const auto& [process, tasks] : by_process_) {
            find_common_data(tasks);
            for (const bool out : {false, true}) make_alike(tasks, out);
        }
        if (platform_.kept_by_writer > 0 && platform_.moved_to_nodes > 0) read_with_other_nodes();
        double in = 0, out = 0;
        for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
            if (!result_.of[i]) continue;
            ++result_.tasks;
            held += kernel::to_seconds(*time_held(run_.tasks[i]));
            in += static_cast<double>(result_.of[i]->in_bytes);
            out += static_cast<double>(result_.of[i]->out_bytes);
        }
        for (const Moved& one : moved_) moving += kernel::to_seconds(one.until - one.from);
        result_.share_moving = held > 0 ? moving / held : 0;
        result_.share_in = in + out > 0 ? in / (in + out) : 0;
        return std::move(result_);
    }

private:
    void take_apart(std::string_view process, const std::vector<std::size_t>& tasks,
                    const std::map<std::string_view, std::size_t>& nodes) {
        const bool waits_are_work = elsewhere_.count(process) > 0, works_unseen = at_work_.count(process) > 0;
        std::vector<double> busy;
        Time fixed = longest_fixed;
        for (const std::size_t i : tasks) {
            const RecordedTask& task = run_.tasks[i];
            busy.push_back(task.cpu_percent);
            fixed = std::min(fixed, *time_held(task) - *task.realtime);
        }
        std::sort(busy.begin(), busy.end());
        const double full = std::max(one_core, kernel::sorted_quantile(busy, 0.95));
        for (const std::size_t i : tasks) {
            const RecordedTask& task = run_.tasks[i];
            const Time ran = *task.realtime;
            const double busy_share = waits_are_work ? 1
                                      : works_unseen ? 0
                                                     : std::min(1.0, task.cpu_percent / full);
            const Time worked = kernel::from_seconds(kernel::to_seconds(ran) * busy_share);
            const auto node = nodes.find(task.node);
            const std::size_t way = node == nodes.end() ? 0 : 2 * node->second;
            result_.of[i] = TaskPhases{0, 0, worked + fixed};
            reading_[i] = ran - worked;
            if (worked < ran) moved_.push_back({i, way, *task.started, *task.started + ran - worked});
            const Time wrote = *time_held(task) - ran - fixed;
            if (wrote > 0) moved_.push_back({i, way + 1, *task.completed - wrote, *task.completed});
        }
    }

    /// What each transfer had, by the rates of all that were under way with it. Ways: in and out of each node in turn.
    void invert() {
        const auto ways = static_cast<std::size_t>(2 * result_.nodes);
        const auto n = static_cast<double>(result_.nodes);
        std::vector<double> capacities(ways + 1, platform_.network);
        capacities[ways] = platform_.bandwidth * n * platform_.grows_to / (n + platform_.grows_to - 1);
        std::vector<FlowClass> classes(ways);
        for (std::size_t way = 0; way < ways; ++way)
            classes[way] = {0, static_cast<std::uint32_t>(ways), static_cast<std::uint32_t>(way)};
        struct Edge {
            Time time;
            bool begins;
            std::size_t which;
        };
        std::vector<Edge> edges;
        for (std::size_t k = 0; k < moved_.size(); ++k) {
            edges.push_back({moved_[k].from, true, k});
            edges.push_back({moved_[k].until, false, k});
        }
        // Ends first, so that what follows at the same instant does not share with it.
        std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
            if (a.time != b.time) return a.time < b.time;
            return a.begins != b.begins ? !a.begins : a.which < b.which;
        });
        std::vector<double> clocks(ways, 0), rates(ways, 0);
        Time since = 0;
        for (const Edge& edge : edges) {
            if (edge.time > since) {
                max_min_rates(classes, capacities, rates);
                for (std::size_t way = 0; way < ways; ++way)
                    if (classes[way].flows > 0)
                        clocks[way] += rates[way] * kernel::to_seconds(edge.time - since);
                since = edge.time;
            }
            Moved& one = moved_[edge.which];
            if (edge.begins) {
                ++classes[one.way].flows;
                one.bytes = clocks[one.way];
            } else {
                --classes[one.way].flows;
                one.bytes = clocks[one.way] - one.bytes;
            }
        }
        for (const Moved& one : moved_) {
            TaskPhases& phases = *result_.of[one.task];
            (one.way % 2 == 0 ? phases.in_bytes : phases.out_bytes) = std::llround(one.bytes);
        }
    }

    /// Processes that count hardly any of what they would have read: were there more than are known?
    bool find_other_waits() {
        struct Reads {
            double counted = 0, moved = 0, waited_s = 0;
        };
        Reads all;
        std::map<std::string_view, Reads> by_process;
        for (const auto& [process, tasks] : by_process_) {
            if (elsewhere_.count(process) > 0) continue;
            Reads& its = by_process[process];
            for (const std::size_t i : tasks) {
                its.counted += static_cast<double>(run_.tasks[i].read_bytes);
                its.moved += static_cast<double>(result_.of[i]->in_bytes);
                its.waited_s += kernel::to_seconds(reading_[i]);
            }
            all.counted += its.counted, all.moved += its.moved;
        }
        const std::size_t before = elsewhere_.size();
        for (const auto& [process, its] : by_process) {
            const auto tasks = static_cast<double>(by_process_[process].size());
            if (its.counted > 0 && its.waited_s >= shortest_read_s * tasks &&
                many_times * its.counted * all.moved < its.moved * all.counted)
                elsewhere_.insert(process);
        }
        return elsewhere_.size() > before;
    }

    /// Processes that read on while they worked: were there more than are known?
    bool find_reads_at_work() {
        const double over_the_link = 1 - platform_.kept_by_writer / static_cast<double>(result_.nodes);
        const std::size_t before = at_work_.size();
        for (const auto& [process, tasks] : by_process_) {
            if (elsewhere_.count(process) > 0 || at_work_.count(process) > 0) continue;
            double in_waits = 0, in_all = 0, written = 0, ran_s = 0, waited_s = 0;
            for (const std::size_t i : tasks) {
                const double ran = kernel::to_seconds(*run_.tasks[i].realtime),
                             waited = kernel::to_seconds(reading_[i]);
                const auto in = static_cast<double>(result_.of[i]->in_bytes);
                ran_s += ran, waited_s += waited;
                in_waits += in;
                if (waited > 0) in_all += in * ran / waited;
                written += written_for(i);
            }
            const double asked = written * over_the_link;
            if (waited_s >= shortest_read_s * static_cast<double>(tasks.size()) &&
                platform_.faster * (ran_s - waited_s) < ran_s && asked * asked > in_waits * in_all)
                at_work_.insert(process);
        }
        return at_work_.size() > before;
    }

    void count_waiting() {
        waiting_.assign(run_.tasks.size(), 0);
        for (const RecordedTask& task : run_.tasks)
            for (const std::uint32_t parent : task.parents) ++waiting_[parent];
    }

    /// What tasks before wrote for this one.
    double written_for(std::size_t i) const {
        double written = 0;
        for (const std::uint32_t parent : run_.tasks[i].parents)
            if (result_.of[parent])
                written += static_cast<double>(result_.of[parent]->out_bytes) / waiting_[parent];
        return written;
    }

    /// Do later tasks on a node find in its memory what the first ones read?
    void find_common_data(const std::vector<std::size_t>& tasks) {
        std::map<std::string_view, std::vector<std::size_t>> by_node;
        for (const std::size_t i : tasks) by_node[run_.tasks[i].node].push_back(i);
        double first = 0, later = 0, firsts = 0, laters = 0, first_s = 0;
        for (auto& [node, its] : by_node) {
            std::sort(its.begin(), its.end(), [&](std::size_t a, std::size_t b) {
                return *run_.tasks[a].started != *run_.tasks[b].started
                           ? *run_.tasks[a].started < *run_.tasks[b].started
                           : a < b;
            });
            Time read_by = kernel::never;
            for (const std::size_t i : its) {
                const Time began = *run_.tasks[i].started;
                const auto bytes = static_cast<double>(result_.of[i]->in_bytes);
                if (began < read_by) {
                    first += bytes, firsts += 1, first_s += kernel::to_seconds(reading_[i]);
                } else {
                    later += bytes, laters += 1;
                }
                read_by = std::min(read_by, began + reading_[i]);
            }
        }
        if (firsts == 0 || laters < firsts || first_s < shortest_read_s * firsts) return;
        if (first / firsts < many_times * later / laters) return;
        for (const std::size_t i : tasks) {
            result_.of[i]->in_bytes = std::llround(first / firsts);
            result_.of[i]->once = true;
        }
    }

    void make_alike(const std::vector<std::size_t>& tasks, bool out) {
        const auto amount = [&](std::size_t i) -> std::int64_t& {
            return out ? result_.of[i]->out_bytes : result_.of[i]->in_bytes;
        };
        const auto n = static_cast<double>(tasks.size());
        double sum = 0, deviation = 0;
        for (const std::size_t i : tasks) sum += static_cast<double>(amount(i));
        const double mean = sum / n;
        if (mean <= 0) return;
        for (const std::size_t i : tasks) deviation += std::abs(static_cast<double>(amount(i)) - mean);
        if (deviation / n > alike * mean) return;
        for (const std::size_t i : tasks) amount(i) = std::llround(mean);
    }

    /// Reads what was found in memory on the recorded nodes and would not be on as many as it is moved to, or the reverse.
    void read_with_other_nodes() {
        const auto before = static_cast<double>(result_.nodes);
        const double after = platform_.moved_to_nodes;
        for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
            if (!result_.of[i] || result_.of[i]->once) continue;
            const double written = written_for(i);
            const auto in = static_cast<double>(result_.of[i]->in_bytes);
            // Of all that was written 1/before was at hand, and 1/after will be.
            const double more = after > before ? std::max(0.0, written - in) * (1 - before / after)
                                               : -std::min(in, written * (1 / after - 1 / before));
            result_.of[i]->in_bytes = std::llround(in + platform_.kept_by_writer * more);
        }
    }

    const RecordedRun& run_;
    const StoragePlatform& platform_;
    RecordedPhases result_;
    std::map<std::string_view, std::vector<std::size_t>> by_process_;
    std::vector<Moved> moved_;
    std::vector<Time> reading_;             ///< by task: for how long
    std::vector<double> waiting_;           ///< by task: how many wait for it
    std::set<std::string_view> elsewhere_;  ///< processes whose waits are work
    std::set<std::string_view> at_work_;    ///< processes that read while they work
};

}  // namespace

RecordedPhases find_phases(const RecordedRun& run, const StoragePlatform& platform) {
    return PhaseSearch(run, platform).find();
}

}  // namespace understudy::models
