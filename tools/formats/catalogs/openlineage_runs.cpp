// What runs say: those of one job, and those of a pipeline together.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "models/listed.h"
#include "tools/formats/catalogs/openlineage_state.h"
#include "tools/formats/catalogs/schedule_guess.h"
#include "tools/formats/catalogs/tasks_in_turn.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

/// A job that is called something else at its end than at its start is one, with the later name. Where several jobs have
/// starts and ends of one run, each has a run of its own. Counts the runs.
void OpenLineageEvents::State::unite_renamed(Catalog& catalog) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
    order.reserve(runs.size());
    for (const RunRecord& one : runs) order.emplace_back(one.run, static_cast<std::uint32_t>(order.size()));
    std::sort(order.begin(), order.end());
    std::int64_t shared = 0;
    for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
        ++catalog.counts.runs;
        for (to = from + 1; to < order.size() && order[to].first == order[from].first;) ++to;
        if (to - from == 1) continue;
        std::vector<std::uint32_t> only_started, only_ended, neither, both;
        for (std::size_t at = from; at < to; ++at) {
            const RunRecord& one = runs[order[at].second];
            auto& kind = one.started()     ? (one.has_ended() ? both : only_started)
                         : one.has_ended() ? only_ended
                                           : neither;
            kind.push_back(order[at].second);
        }
        const auto give = [&](std::uint32_t what, RunRecord& into) {
            into.start = std::min(into.start, runs[what].start);
            if (runs[what].nominal < into.nominal) {
                into.nominal = runs[what].nominal;
                into.nominal_offset = runs[what].nominal_offset;
            }
            into.instance = std::max(into.instance, runs[what].instance);
            if (into.parent_job == nobody) {
                into.parent_job = runs[what].parent_job;
                into.parent = runs[what].parent;
            }
            runs[what].job = nobody;
        };
        if (only_started.size() == 1 && only_ended.size() == 1) {
            give(only_started.front(), runs[only_ended.front()]);
            both.push_back(only_ended.front());
            only_started.clear();
            only_ended.clear();
        }
        if (const std::size_t told = both.size() + only_started.size() + only_ended.size(); told > 0) {
            for (const std::uint32_t one : neither) runs[one].job = nobody;
            shared += told > 1;
        }
    }
    if (shared > 0)
        catalog.notes.push_back(fmt::format("{} run id{} shared by several jobs: each has a run of its own",
                                            shared, shared == 1 ? " is" : "s are"));
}

/// Durations and ends of runs; what failed and was tried again within one run of the pipeline, or for one nominal time;
/// instances of a mapped task as one. `repeated` counts jobs that do the same several times in one run of the pipeline.
void OpenLineageEvents::State::describe_runs(CatalogJob& job, std::vector<std::uint32_t> list,
                                             std::size_t& repeated) const {
    const auto group_of = [&](std::uint32_t run) {
        const RunRecord& one = runs[run];
        return one.parent != 0          ? std::tuple(1, one.parent, std::int64_t{0})
               : one.nominal != no_time ? std::tuple(2, std::uint64_t{0}, one.nominal)
                                        : std::tuple(3, std::uint64_t{run}, std::int64_t{0});
    };
    const auto order_of = [&](std::uint32_t run) {
        const RunRecord& one = runs[run];
        return std::tuple(group_of(run), one.instance, one.start, one.end, one.ended, one.run);
    };
    if (std::any_of(list.begin(), list.end(),
                    [&](std::uint32_t run) { return std::get<0>(group_of(run)) < 3; }))
        std::sort(list.begin(), list.end(), [&](std::uint32_t a, std::uint32_t b) {
            const std::uint64_t one = runs[a].parent, other = runs[b].parent;
            return one != other && one != 0 && other != 0 ? one < other : order_of(a) < order_of(b);
        });
    double pauses = 0;
    std::int64_t tries = 0, groups = 0, instances = 0;
    bool repeats = false;
    for (std::size_t from = 0, to = 0; from < list.size(); from = to) {
        for (to = from + 1; to < list.size() && group_of(list[to]) == group_of(list[from]);) ++to;
        const bool mapped = std::get<0>(group_of(list[from])) == 1 && runs[list[from]].instance >= 0 &&
                            runs[list[from]].instance != runs[list[to - 1]].instance;
        std::int64_t again = 0, first = no_time, last = std::numeric_limits<std::int64_t>::min(), here = 1;
        for (std::size_t i = from; i < to; ++i) {
            const RunRecord& run = runs[list[i]];
            const bool complete = run.ended == End::complete, usable = run.started() && run.has_ended();
            if (run.has_ended()) ++(complete ? job.completed : job.failed);
            if (i > from) {
                const RunRecord& before = runs[list[i - 1]];
                const bool other = before.instance != run.instance;
                here += other;
                if (!other && before.has_ended() && before.ended != End::complete && run.started() &&
                    run.start >= before.end) {
                    job.retries = std::max(job.retries, ++again);
                    pauses += kernel::to_seconds(run.start - before.end);
                    ++tries;
                } else {
                    again = 0;
                    repeats = repeats || (!other && before.ended == End::complete && complete &&
                                          std::get<0>(group_of(list[from])) == 1);
                }
            }
            if (!usable || run.end < run.start) continue;
            if (mapped && complete) {
                first = std::min(first, run.start);
                last = std::max(last, run.end);
            } else {
                (complete ? job.durations : job.failed_durations)
                    .push_back(kernel::to_seconds(run.end - run.start));
            }
        }
        if (mapped && first != no_time) job.durations.push_back(kernel::to_seconds(last - first));
        const RunRecord& newest = runs[list[to - 1]];
        job.given_up += newest.has_ended() && newest.ended != End::complete;
        ++groups;
        instances += here;
    }
    repeated += repeats;
    if (tries > 0) job.backoff = pauses / static_cast<double>(tries);
    if (groups > 0) job.instances = static_cast<double>(instances) / static_cast<double>(groups);
    std::sort(job.durations.begin(), job.durations.end());
    std::sort(job.failed_durations.begin(), job.failed_durations.end());
}

/// How much its runs read of each dataset, and how much more or less they wrote of it.
void OpenLineageEvents::State::describe_volumes(CatalogJob& job, const std::vector<std::uint32_t>& list,
                                                const std::vector<std::uint32_t>& dataset_place) const {
    if (volumes_of.empty()) return;
    std::map<std::size_t, std::vector<double>> by_dataset;
    double all_read = 0, all_written = 0;
    for (const std::uint32_t number : list) {
        const RunRecord& run = runs[number];
        if (run.ended != End::complete) continue;
        double read = 0, written = 0;
        for (const Volume& volume : largest_volumes(run)) {
            const auto bytes = static_cast<double>(volume.bytes);
            (volume.written ? written : read) += bytes;
            if (!volume.written) by_dataset[dataset_place[volume.dataset]].push_back(bytes);
        }
        if (!(read > 0) || !(written > 0)) continue;
        all_read += read;
        all_written += written;
    }
    for (auto& [dataset, bytes] : by_dataset) {
        std::sort(bytes.begin(), bytes.end());
        job.volumes.push_back({dataset, std::move(bytes)});
    }
    if (all_read > 0) job.emits = all_written / all_read;
}

/// In how many runs of its pipeline each task was, of those that were seen whole: that ended and in which nothing failed, or,
/// where the pipeline sends no events itself, without a first or last one that lacks what all others have.
void OpenLineageEvents::State::count_pipeline_runs(Catalog& catalog,
                                                   const std::vector<std::vector<std::uint32_t>>& of_task,
                                                   const std::vector<std::uint32_t>& tops) const {
    // One for each run of a task, in order of the pipeline's runs: of millions no map is built.
    struct Seen {
        std::uint64_t parent;
        std::uint32_t task;
        std::int64_t end;
        End ended;
        std::int64_t first;
    };
    const auto by_parent = [](const Seen& a, const Seen& b) {
        return std::tie(a.parent, a.task, a.end, a.ended) < std::tie(b.parent, b.task, b.end, b.ended);
    };
    std::vector<std::vector<Seen>> were_in(tops.size());
    std::vector<bool> known(tops.size());
    for (std::size_t p = 0; p < tops.size(); ++p) known[p] = tops[p] != nobody;
    for (std::size_t t = 0; t < of_task.size(); ++t) {
        const std::size_t p = catalog.jobs[t].pipeline;
        for (const std::uint32_t number : of_task[t]) {
            const RunRecord& run = runs[number];
            known[p] = known[p] && run.parent != 0 && run.parent_job == tops[p];
            if (!known[p]) break;
            were_in[p].push_back({run.parent, static_cast<std::uint32_t>(t), run.end, run.ended,
                                  run.started()     ? run.start
                                  : run.has_ended() ? run.end
                                                    : run.seen});
        }
    }
    std::map<std::uint32_t, std::size_t> pipeline_of;
    for (std::size_t p = 0; p < tops.size(); ++p)
        if (known[p]) pipeline_of.emplace(tops[p], p);
    std::vector<std::vector<std::pair<std::uint64_t, bool>>> own(tops.size());  // whether it was seen whole
    for (const RunRecord& run : runs)
        if (run.job != nobody)
            if (const auto found = pipeline_of.find(run.job); found != pipeline_of.end())
                own[found->second].emplace_back(run.run, run.started() && run.ended == End::complete);
    std::vector<std::int64_t> counted(tops.size());
    std::vector<std::int64_t> present(of_task.size());
    /// One run of the pipeline: its part of what was seen.
    struct Whole {
        std::uint64_t parent;
        std::size_t from, to;
        std::int64_t first;
        bool failed;
    };
    for (const auto& [top, p] : pipeline_of) {
        std::vector<Seen>& all = were_in[p];
        std::sort(all.begin(), all.end(), by_parent);
        std::sort(own[p].begin(), own[p].end());
        const auto for_each_task = [&](const Whole& whole, const auto& tell) {
            for (std::size_t i = whole.from; i < whole.to; ++i)
                if (i + 1 == whole.to || all[i + 1].task != all[i].task) tell(all[i]);
        };
        std::vector<Whole> wholes;
        for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
            Whole whole{all[from].parent, from, from, no_time, false};
            for (; to < all.size() && all[to].parent == whole.parent; ++to)
                whole.first = std::min(whole.first, all[to].first);
            whole.to = to;
            for_each_task(whole, [&](const Seen& newest) {
                whole.failed = whole.failed || newest.ended != End::complete;
            });
            wholes.push_back(whole);
        }
        if (!own[p].empty()) {
            std::erase_if(wholes, [&](const Whole& whole) {
                return !std::binary_search(own[p].begin(), own[p].end(), std::pair(whole.parent, true));
            });
        } else if (wholes.size() > 2) {
            // The log may begin or end in the middle of one: where it lacks what all between them have.
            std::sort(wholes.begin(), wholes.end(), [](const Whole& a, const Whole& b) {
                return std::tie(a.first, a.parent) < std::tie(b.first, b.parent);
            });
            std::map<std::uint32_t, std::size_t> inner;
            for (std::size_t i = 1; i + 1 < wholes.size(); ++i)
                for_each_task(wholes[i], [&](const Seen& one) { ++inner[one.task]; });
            const auto lacks_something = [&](const Whole& whole) {
                std::set<std::uint32_t> has;
                for_each_task(whole, [&](const Seen& one) { has.insert(one.task); });
                return std::any_of(inner.begin(), inner.end(), [&](const auto& one) {
                    return one.second == wholes.size() - 2 && !has.contains(one.first);
                });
            };
            const bool first = lacks_something(wholes.front()), last = lacks_something(wholes.back());
            if (last) wholes.pop_back();
            if (first) wholes.erase(wholes.begin());
        }
        for (const Whole& whole : wholes) {
            if (whole.failed) continue;
            ++counted[p];
            for_each_task(whole, [&](const Seen& one) { ++present[one.task]; });
        }
    }
    for (std::size_t t = 0; t < of_task.size(); ++t) {
        catalog.jobs[t].present_in = present[t];
        catalog.jobs[t].runs_of_pipeline = counted[catalog.jobs[t].pipeline];
    }
}

/// How long a pipeline says that its runs took, and how much of that none of its tasks was at work.
void OpenLineageEvents::State::compare_with_own_runs(
    Catalog& catalog, const std::vector<std::vector<std::uint32_t>>& of_task,
    const std::vector<std::vector<std::uint32_t>>& of_pipeline) const {
    std::vector<std::map<std::uint64_t, std::vector<std::pair<std::int64_t, std::int64_t>>>> work(
        of_pipeline.size());
    for (std::size_t t = 0; t < of_task.size(); ++t) {
        const std::size_t p = catalog.jobs[t].pipeline;
        std::map<std::pair<std::uint64_t, std::int64_t>, std::vector<const RunRecord*>> tries;
        for (const std::uint32_t number : of_task[t])
            if (const RunRecord& run = runs[number]; run.parent != 0 && run.started() && run.has_ended()) {
                work[p][run.parent].emplace_back(run.start, run.end);
                tries[{run.parent, run.instance}].push_back(&run);
            }
        // The pause before another try is one of the twin, too.
        if (of_pipeline[p].empty() || !(catalog.jobs[t].backoff > 0)) continue;
        for (auto& [of, those] : tries) {
            std::sort(those.begin(), those.end(),
                      [](const RunRecord* a, const RunRecord* b) { return a->start < b->start; });
            for (std::size_t i = 1; i < those.size(); ++i)
                if (those[i - 1]->ended != End::complete && those[i]->start > those[i - 1]->end)
                    work[p][of.first].emplace_back(those[i - 1]->end, those[i]->start);
        }
    }
    std::vector<std::pair<double, std::string>> idle;
    TasksInTurn turns;
    for (std::size_t p = 0; p < of_pipeline.size(); ++p) {
        double whole = 0, without = 0;
        std::int64_t count = 0;
        kernel::Time span = 0;
        for (const std::uint32_t number : of_pipeline[p]) {
            const RunRecord& run = runs[number];
            const auto found = work[p].find(run.run);
            if (!run.started() || !run.has_ended() || run.end < run.start || found == work[p].end()) continue;
            std::sort(found->second.begin(), found->second.end());
            std::int64_t at = run.start, gap = 0;
            for (const auto& [start, end] : found->second) {
                if (start > at) gap += std::min(start, run.end) - at;
                at = std::clamp(std::max(at, end), run.start, run.end);
            }
            gap += run.end - at;
            span = run.end - run.start;
            whole += kernel::to_seconds(span);
            without += kernel::to_seconds(gap);
            ++count;
        }
        for (auto& [run, spans] : work[p]) turns.add_run(p, std::move(spans));
        if (count == 0) continue;
        if (count == 1) catalog.pipelines[p].recorded_span = span;
        const auto mean = [&](double sum) { return sum / static_cast<double>(count); };
        // Below a hundredth it is what clocks and schedulers take.
        if (without > 0.01 * whole && mean(without) >= 1)
            idle.emplace_back(-mean(without),
                              fmt::format("{} ({:.4g}s of {:.4g}s)", catalog.pipelines[p].label,
                                          mean(without), mean(whole)));
    }
    turns.tell(catalog);
    if (idle.empty()) return;
    std::sort(idle.begin(), idle.end());
    catalog.assumed.push_back(
        fmt::format("for part of {} none of the tasks was at work, in the mean of the runs, and that time is "
                    "not in the twin: {}",
                    idle.size() == 1 ? "its time" : "their time",
                    models::listed(idle, 5, "", [](const auto& one) { return one.second; })));
}

/// The schedules of pipelines of which nothing says when they were due, where their runs began regularly: their own, else
/// those that their tasks name as their parent; where no run is one of a parent, the tasks that wait for no other.
void OpenLineageEvents::State::schedule_as_begun(
    Catalog& catalog, const std::vector<bool>& untold, const std::vector<std::vector<std::uint32_t>>& of_task,
    const std::vector<std::vector<std::uint32_t>>& of_pipeline) const {
    std::vector<std::vector<std::size_t>> tasks(untold.size());
    for (std::size_t t = 0; t < of_task.size(); ++t) tasks[catalog.jobs[t].pipeline].push_back(t);
    const auto starts_of = [&](const std::vector<std::uint32_t>& list) {
        std::vector<std::int64_t> starts;
        for (const std::uint32_t number : list)
            if (runs[number].started()) starts.push_back(runs[number].start);
        return starts;
    };
    std::vector<std::string> guessed, apart;
    std::int64_t irregular = 0;
    for (std::size_t p = 0; p < untold.size(); ++p) {
        if (!untold[p]) continue;
        CatalogPipeline& pipeline = catalog.pipelines[p];
        std::vector<std::pair<std::string, std::vector<std::int64_t>>> series = {
            {pipeline.label, starts_of(of_pipeline[p])}};
        std::vector<std::pair<std::uint64_t, std::int64_t>> of_parent;
        std::set<std::size_t> written;
        for (const std::size_t t : tasks[p]) {
            written.insert(catalog.jobs[t].writes.begin(), catalog.jobs[t].writes.end());
            for (const std::uint32_t number : of_task[t])
                if (runs[number].parent != 0 && runs[number].started())
                    of_parent.emplace_back(runs[number].parent, runs[number].start);
        }
        if (series.front().second.empty() && !of_parent.empty()) {
            std::sort(of_parent.begin(), of_parent.end());
            for (std::size_t i = 0; i < of_parent.size(); ++i)
                if (i == 0 || of_parent[i].first != of_parent[i - 1].first)
                    series.front().second.push_back(of_parent[i].second);
        } else if (series.front().second.empty()) {
            series.clear();
            for (const std::size_t t : tasks[p]) {
                const CatalogJob& job = catalog.jobs[t];
                const bool waits = !job.after.empty() ||
                                   std::any_of(job.reads.begin(), job.reads.end(), [&](std::size_t one) {
                                       return written.contains(one) &&
                                              !std::binary_search(job.writes.begin(), job.writes.end(), one);
                                   });
                if (!waits) series.emplace_back(job.label, starts_of(of_task[t]));
            }
        }
        std::map<std::string, std::string> found;  // with who began so
        std::optional<GuessedSchedule> schedule;
        std::size_t most = 0;
        bool all = !series.empty();
        for (auto& [who, starts] : series) {
            most = std::max(most, starts.size());
            schedule = schedule_as_begun_at(std::move(starts));
            if (schedule)
                found.emplace(schedule->text, who);
            else
                all = false;
        }
        if (all && found.size() == 1) {
            pipeline.schedule = schedule->text;
            pipeline.period = schedule->period;
            pipeline.first_ns = schedule->first;
            guessed.push_back(fmt::format(
                "{} ({}, as {} runs began{}{})", pipeline.label, schedule->text, most,
                schedule->late >= kernel::second
                    ? " up to " + print_duration(schedule->late / kernel::second * kernel::second) + " late"
                    : "",
                schedule->outside > 0 ? fmt::format(", but for {}", schedule->outside) : ""));
        } else if (!found.empty()) {
            std::string text;
            for (const auto& [when, who] : found) text += (text.empty() ? "" : ", ") + who + " " + when;
            apart.push_back(
                fmt::format("{} ({}{})", pipeline.label, text, all ? "" : ", others not regularly"));
        } else if (most >= fewest_starts) {
            ++irregular;
        }
    }
    if (!guessed.empty())
        catalog.assumed.push_back(fmt::format(
            "{} as {} runs began, as no schedule and no nominal time is told: {}",
            guessed.size() == 1 ? "1 pipeline is due" : fmt::format("{} pipelines are due", guessed.size()),
            guessed.size() == 1 ? "its" : "their", models::listed(guessed, 5)));
    if (!apart.empty())
        catalog.notes.push_back(fmt::format(
            "the jobs of {} began regularly, but not all at the same times, and no schedule is told: {}",
            apart.size() == 1 ? "1 pipeline" : fmt::format("{} pipelines", apart.size()),
            models::listed(apart, 5)));
    if (irregular > 0)
        catalog.notes.push_back(
            fmt::format("{} no schedule and no nominal times, and runs that began at no regular times",
                        irregular == 1 ? "1 pipeline has" : fmt::format("{} pipelines have", irregular)));
}

std::vector<CatalogRun> OpenLineageEvents::State::each_run() const {
    std::vector<CatalogRun> all;
    const std::vector<std::uint32_t> same = same_datasets();
    const auto digits = [](std::uint64_t id) { return id == 0 ? "" : fmt::format("{:016x}", id); };
    const auto known = [](std::int64_t time) { return time == no_time ? std::nullopt : std::optional(time); };
    for (const RunRecord& run : runs) {
        CatalogRun one;
        one.job = jobs[run.job].label;
        one.title = jobs[run.job].title;
        one.id = digits(run.run);
        one.parent = digits(run.parent);
        one.start = known(run.start);
        one.seen = known(run.seen);
        one.nominal = known(run.nominal);
        if (run.has_ended()) one.end = run.end;
        one.failed = run.has_ended() && run.ended != End::complete;
        for (const Volume& volume : largest_volumes(run))
            (volume.written ? one.write_bytes : one.read_bytes) += volume.bytes;
        if (const auto told = volumes_of.find(run.id.low64); told != volumes_of.end())
            for (const Volume& volume : std::set<Volume>(told->second.begin(), told->second.end()))
                one.amounts.push_back({datasets[same[volume.dataset]].label, volume.written, volume.time,
                                       volume.records, volume.bytes});
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace understudy::formats
