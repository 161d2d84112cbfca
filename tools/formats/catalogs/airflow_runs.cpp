#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "tools/formats/catalogs/airflow_state.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/schedule_guess.h"
#include "tools/formats/catalogs/tasks_in_turn.h"

namespace understudy::formats {

namespace {

double in_seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

}  // namespace

void AirflowExports::State::describe_runs(Catalog& catalog) {
    std::map<std::pair<std::size_t, std::string>, std::vector<const AirflowTry*>> of_run;
    std::map<std::pair<std::size_t, std::string>, std::vector<std::pair<std::int64_t, std::int64_t>>>
        at_work;                                           // by pipeline and run
    std::set<std::pair<std::string, std::string>> broken;  // runs that do not tell what is left out of choice
    for (const AirflowTry& one : tries) {
        const std::size_t job = places_.at({one.dag, one.task});
        if (airflow_outcome(one.state) == AirflowOutcome::failed || one.state == "upstream_failed")
            broken.emplace(one.dag, one.run);
        of_run[{job, one.run}].push_back(&one);
        if (one.start && one.end && *one.end >= *one.start &&
            airflow_outcome(one.state) != AirflowOutcome::never)
            at_work[{catalog.jobs[job].pipeline, one.run}].emplace_back(*one.start, *one.end);
    }
    std::int64_t skipped = 0, unknown = 0, earlier = 0, unfinished = 0;
    std::map<std::size_t, std::pair<std::size_t, std::size_t>> instances;
    for (const auto& [key, all] : of_run) {
        CatalogJob& job = catalog.jobs[key.first];
        std::map<std::int64_t, std::vector<const AirflowTry*>> mapped;
        for (const AirflowTry* one : all)
            if (airflow_outcome(one->state) == AirflowOutcome::never)
                ++skipped;
            else
                mapped[one->map_index].push_back(one);
        if (!broken.contains({all.front()->dag, key.second})) {
            ++job.runs_of_pipeline;
            job.present_in += !mapped.empty();
        }
        if (mapped.empty()) continue;
        std::optional<std::int64_t> start, end;
        bool failed = false, complete = true;
        for (auto& [index, of_index] : mapped) {
            std::sort(of_index.begin(), of_index.end(), [](const AirflowTry* a, const AirflowTry* b) {
                return std::tie(a->number, a->start) < std::tie(b->number, b->start);
            });
            std::int64_t again = 0;
            for (std::size_t k = 0; k < of_index.size(); ++k) {
                const AirflowTry& one = *of_index[k];
                const bool last = k + 1 == of_index.size();
                // Before another try it has failed, whatever its state says.
                const AirflowOutcome outcome = last ? airflow_outcome(one.state) : AirflowOutcome::failed;
                unknown += outcome == AirflowOutcome::unknown;
                unfinished += outcome == AirflowOutcome::open;
                ++catalog.counts.runs;
                catalog.counts.failed_runs += outcome == AirflowOutcome::failed;
                const bool usable = one.start && one.end && *one.end >= *one.start &&
                                    outcome != AirflowOutcome::unknown && outcome != AirflowOutcome::open;
                catalog.counts.usable_durations += usable;
                catalog.counts.runs_without_both += !one.start && !one.end;
                catalog.counts.runs_without_start += !one.start && one.end;
                catalog.counts.runs_without_end += one.start && !one.end;
                catalog.counts.runs_that_end_before_they_start +=
                    one.start && one.end && *one.end < *one.start;
                if (outcome == AirflowOutcome::failed && !last) {
                    ++job.failed;
                    job.retries = std::max(job.retries, ++again);
                    if (usable) job.failed_durations.push_back(in_seconds(*one.end - *one.start));
                    if (one.end && of_index[k + 1]->start && *of_index[k + 1]->start > *one.end)
                        pauses_[key.first].push_back(in_seconds(*of_index[k + 1]->start - *one.end));
                    continue;
                }
                if (of_index.front()->number > 1) ++earlier;
                failed = failed || outcome == AirflowOutcome::failed;
                complete = complete && usable;
                if (!usable) continue;
                start = std::min(start.value_or(*one.start), *one.start);
                end = std::max(end.value_or(*one.end), *one.end);
            }
        }
        const bool ended = std::all_of(mapped.begin(), mapped.end(), [](const auto& one) {
            const AirflowOutcome outcome = airflow_outcome(one.second.back()->state);
            return outcome == AirflowOutcome::completed || outcome == AirflowOutcome::failed;
        });
        if (!ended) continue;
        (failed ? job.failed : job.completed) += 1;
        job.given_up += failed && job.retries > 0;
        if (complete && start)
            (failed ? job.failed_durations : job.durations).push_back(in_seconds(*end - *start));
        instances[key.first].first += mapped.size();
        instances[key.first].second += 1;
    }
    for (const auto& [job, count] : instances)
        catalog.jobs[job].instances = static_cast<double>(count.first) / static_cast<double>(count.second);
    for (const auto& [job, pauses] : pauses_) {
        double sum = 0;
        for (const double pause : pauses) sum += pause;
        catalog.jobs[job].backoff = sum / static_cast<double>(pauses.size());
    }
    for (CatalogJob& job : catalog.jobs) {
        std::sort(job.durations.begin(), job.durations.end());
        std::sort(job.failed_durations.begin(), job.failed_durations.end());
        std::sort(job.after.begin(), job.after.end());
    }
    TasksInTurn turns;
    for (auto& [of, spans] : at_work) turns.add_run(of.first, std::move(spans));
    turns.tell(catalog);
    const auto due = due_by_schedule();
    for (CatalogPipeline& pipeline : catalog.pipelines) {
        const auto found = due.find(pipeline.title);
        if (found == due.end()) continue;
        std::vector<NominalTime> times;
        for (const std::int64_t one : found->second) times.push_back({one, 0});
        pipeline.first_ns = times.front().instant;
        if (!pipeline.schedule.empty()) continue;
        if (const auto schedule = regular_schedule(times)) {
            pipeline.schedule = schedule->text;
            pipeline.period = schedule->period;
            pipeline.first_ns = schedule->first;
            catalog.assumed.push_back(fmt::format(
                "{} runs as its recorded runs were due: no file says its schedule", pipeline.label));
        }
    }
    const auto say = [&](std::int64_t count, const char* one, const char* several) {
        if (count > 0) catalog.notes.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
    };
    say(skipped, "instance never ran (skipped, upstream_failed, removed)",
        "instances never ran (skipped, upstream_failed, removed)");
    say(unfinished, "instance has not ended: its duration is not known",
        "instances have not ended: their durations are not known");
    say(unknown, "instance has a state that is not known, and is left out",
        "instances have a state that is not known, and are left out");
    say(earlier,
        "instance was tried before, and only its later tries are there: those before are not counted",
        "instances were tried before, and only their later tries are there: those before are not "
        "counted");
}

std::vector<CatalogRun> AirflowExports::State::each_run() const {
    std::vector<CatalogRun> all;
    // By task and run of its DAG, with its instance and number.
    std::map<std::tuple<std::string, std::string, std::string>,
             std::map<std::pair<std::int64_t, std::int64_t>, const AirflowTry*>>
        of_run;
    for (const AirflowTry& one : tries)
        if (airflow_outcome(one.state) != AirflowOutcome::never)
            of_run[{one.dag, one.task, one.run}][{one.map_index, one.number}] = &one;
    for (const auto& [key, list] : of_run) {
        const bool mapped = list.begin()->first.first != list.rbegin()->first.first;
        std::optional<CatalogRun> whole;
        for (auto at = list.begin(); at != list.end(); ++at) {
            const AirflowTry& one = *at->second;
            const auto next = std::next(at);
            const bool last = next == list.end() || next->first.first != at->first.first;
            const AirflowOutcome outcome = last ? airflow_outcome(one.state) : AirflowOutcome::failed;
            if (outcome == AirflowOutcome::unknown) continue;
            CatalogRun run;
            run.job = clean_label(one.dag + "." + one.task);
            run.title = one.task;
            run.pipeline = clean_label(one.dag);
            run.parent = clean_label(one.dag + " " + one.run);
            run.id = fmt::format("{} {} {}", run.parent, one.task, one.number);
            run.host = one.host;
            run.submitted = one.queued;
            run.start = one.start;
            if (outcome != AirflowOutcome::open) run.end = one.end;
            run.nominal = one.due;
            run.attempt = static_cast<int>(std::max<std::int64_t>(1, one.number));
            run.failed = outcome == AirflowOutcome::failed;
            if (!mapped) {
                all.push_back(std::move(run));
                continue;
            }
            // What was tried again is within the time of the whole, and no failure of it.
            run.failed = run.failed && last;
            if (!whole) {
                whole = std::move(run);
                whole->attempt = 1;
                continue;
            }
            if (run.submitted)
                whole->submitted = std::min(whole->submitted.value_or(*run.submitted), *run.submitted);
            if (whole->host != run.host) whole->host.clear();
            if (run.start) whole->start = std::min(whole->start.value_or(*run.start), *run.start);
            whole->end =
                whole->end && run.end ? std::optional(std::max(*whole->end, *run.end)) : std::nullopt;
            whole->failed = whole->failed || run.failed;
        }
        if (whole) all.push_back(std::move(*whole));
    }
    return all;
}

}  // namespace understudy::formats
