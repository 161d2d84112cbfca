#include "tools/formats/catalogs/recorded_workflows.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "kernel/statistics.h"
#include "models/replay/dependencies.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/logs/log_reader.h"
#include "tools/studies/job_names.h"
#include "tools/studies/most_at_once.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

using models::RecordedRun;
using models::RecordedTask;

/// The first part that the processes of all tasks share: "NFCORE_RNASEQ" of "NFCORE_RNASEQ:RNASEQ:FASTQC"; else empty.
std::string common_workflow(const RecordedRun& run) {
    std::string common;
    for (const RecordedTask& task : run.tasks) {
        const std::size_t end = task.process.find(':');
        if (end == std::string::npos) return "";
        const std::string first = task.process.substr(0, end);
        if (common.empty()) common = first;
        if (first != common) return "";
    }
    return common;
}

/// By task: the attempt of the same job that came after it. Of two with one number the later row counts.
std::vector<std::optional<std::size_t>> next_attempts(const RecordedRun& run,
                                                      const std::vector<std::string>& labels) {
    std::map<std::string_view, std::vector<std::size_t>> attempts;
    for (std::size_t i = 0; i < run.tasks.size(); ++i) attempts[labels[i]].push_back(i);
    std::vector<std::optional<std::size_t>> next(run.tasks.size());
    for (auto& [label, those] : attempts) {
        std::stable_sort(those.begin(), those.end(), [&](std::size_t a, std::size_t b) {
            return run.tasks[a].attempt < run.tasks[b].attempt;
        });
        for (std::size_t k = 1; k < those.size(); ++k) next[those[k - 1]] = those[k];
    }
    return next;
}

std::int64_t most_at_work(const RecordedRun& run) {
    std::vector<std::pair<kernel::Time, kernel::Time>> stretches;
    for (const RecordedTask& task : run.tasks)
        if (models::has_times(task)) stretches.emplace_back(*task.started, *task.completed);
    return studies::most_at_once(stretches);
}

/// How many of its largest task the machines hold; 0: the log does not say their cores.
std::int64_t slots_of_machines(const RecordedRun& run) {
    double cores = 0, largest = 1;
    for (const models::RecordedNode& node : run.nodes) {
        if (!(node.cores > 0)) return 0;
        cores += node.cores;
    }
    for (const RecordedTask& task : run.tasks) largest = std::max(largest, task.cpus);
    return cores > 0 ? std::max<std::int64_t>(1, static_cast<std::int64_t>(cores / largest)) : 0;
}

kernel::Time span_of(const RecordedRun& run) {
    std::optional<kernel::Time> first, last;
    for (const RecordedTask& task : run.tasks) {
        if (!models::has_times(task)) continue;
        first = std::min(first.value_or(*task.started), *task.started);
        last = std::max(last.value_or(*task.completed), *task.completed);
    }
    return first ? *last - *first : run.makespan.value_or(0);
}

void sort_all(std::vector<CatalogJob>& jobs) {
    for (CatalogJob& job : jobs) {
        std::sort(job.durations.begin(), job.durations.end());
        std::sort(job.failed_durations.begin(), job.failed_durations.end());
        std::sort(job.after.begin(), job.after.end());
        job.after.erase(std::unique(job.after.begin(), job.after.end()), job.after.end());
    }
}

}  // namespace

bool RecordedWorkflows::looks_like_instance(const simdjson::dom::element& value) {
    const auto workflow = member(value, "workflow");
    if (!workflow || member(value, "run") || member(value, "job")) return false;
    return member(*workflow, "specification") || member(*workflow, "tasks") || member(*workflow, "jobs");
}

bool RecordedWorkflows::looks_like_trace(const fs::path& file) { return kind_of_log(file) == nextflow_log; }

void RecordedWorkflows::add(const fs::path& file, CatalogSource source,
                            const std::optional<fs::path>& process_graph, ImportProblems& problems) {
    LogOptions options;
    if (source == CatalogSource::nextflow) options.dependencies = process_graph;
    LogResult result = read_log(file, options);
    if (const auto* failure = std::get_if<LogFailure>(&result)) {
        std::string what = failure->message;
        if (const std::string begin = file.string() + ": "; what.starts_with(begin))
            what.erase(0, begin.size());
        problems.add(file, 0, what);
        return;
    }
    Run run;
    run.source = source;
    run.file = file;
    run.log = std::move(std::get<RecordedRun>(result));
    const bool instance = source == CatalogSource::wfformat;
    if (run.log.format != word_for(source)) {
        problems.add(file, 0, instance ? "is no WfFormat instance" : "is no trace of Nextflow");
        return;
    }
    if (instance) {
        run.label = run.log.workflow.empty() ? file.stem().string() : run.log.workflow;
    } else {
        models::infer_dependencies(run.log);
        // Those of a twin wait for nothing else, either.
        for (RecordedRun::Note& note : run.log.notes)
            if (note.text == models::late_roots_note)
                note.text =
                    "submitted late and without any parent found: starts with those that wait for nothing";
        run.label = common_workflow(run.log);
    }
    run.jobs = studies::job_names(run.log);
    run.label = clean_text(run.label);
    if (run.label.empty()) run.label = word_for(source);
    runs_.push_back(std::move(run));
}

namespace {

/// The runs of one pipeline, the earliest first, into a catalog.
class PipelineOfRuns {
public:
    PipelineOfRuns(Catalog& into, std::size_t pipeline) : c_(into), pipeline_(pipeline) {}

    void add(const RecordedRun& log, const std::vector<std::string>& labels, CatalogSource source) {
        const Next next = next_attempts(log, labels);
        std::int64_t left_out = 0;
        for (std::size_t i = 0; i < log.tasks.size(); ++i) {
            const std::size_t job = job_of(labels[i], log.tasks[i].name, source);
            // What came to an end and was done once more tells of another run than the one that the twin has.
            if (next[i] && !log.tasks[i].failed)
                ++left_out;
            else
                take(log.tasks[i], job);
        }
        if (left_out > 0)
            c_.notes.push_back(
                fmt::format("{}: {} attempt{} left out: done again later, though it did not fail", log.source,
                            left_out, left_out == 1 ? " is" : "s are"));
        count_tries(log, labels, next);
        for (std::size_t i = 0; i < log.tasks.size(); ++i)
            if (!next[i]) link(log, labels, next, i);
        for (const RecordedRun::Note& note : log.notes)
            c_.notes.push_back(fmt::format("{}: {}{}", log.source, note.text,
                                           note.count > 1 ? fmt::format(" ({} times)", note.count) : ""));
    }

    /// What waited for what, and the order of starts, are to be those of the runs that follow.
    void forget_order() {
        for (auto& [label, job] : by_label_) {
            c_.jobs[job].after.clear();
            c_.jobs[job].rank.reset();
        }
    }

    void rank_by_start(const RecordedRun& log, const std::vector<std::string>& labels) {
        std::vector<std::pair<kernel::Time, std::size_t>> starts;
        for (std::size_t i = 0; i < log.tasks.size(); ++i)
            if (log.tasks[i].started) starts.emplace_back(*log.tasks[i].started, i);
        std::stable_sort(starts.begin(), starts.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::size_t rank = 0;
        for (const auto& [at, i] : starts)
            if (CatalogJob& job = c_.jobs[by_label_.at(labels[i])]; !job.rank) job.rank = rank++;
    }

    std::size_t jobs() const { return by_label_.size(); }

private:
    using Next = std::vector<std::optional<std::size_t>>;

    std::size_t job_of(const std::string& label, const std::string& title, CatalogSource source) {
        const auto [at, fresh] = by_label_.emplace(label, c_.jobs.size());
        if (fresh) {
            CatalogJob job;
            job.label = label;
            job.title = clean_text(title);
            if (job.title.empty()) job.title = label;
            job.pipeline = pipeline_;
            job.source = source;
            c_.jobs.push_back(std::move(job));
        }
        return at->second;
    }

    void take(const RecordedTask& task, std::size_t number) {
        CatalogJob& job = c_.jobs[number];
        CatalogCounts& counts = c_.counts;
        ++counts.runs;
        ++(task.failed ? job.failed : job.completed);
        counts.failed_runs += task.failed;
        const auto held = models::time_held(task);
        if (!held) {
            ++counts.runs_without_both;
            return;
        }
        counts.usable_durations += !task.failed;
        (task.failed ? job.failed_durations : job.durations).push_back(kernel::to_seconds(*held));
    }

    /// How often in a row a job was tried again, after what pauses, and whether its last try failed.
    void count_tries(const RecordedRun& log, const std::vector<std::string>& labels, const Next& next) {
        std::vector<bool> later(log.tasks.size());
        for (const auto& after : next)
            if (after) later[*after] = true;
        for (std::size_t first = 0; first < log.tasks.size(); ++first) {
            if (later[first]) continue;
            const std::size_t number = by_label_.at(labels[first]);
            CatalogJob& job = c_.jobs[number];
            std::int64_t again = 0;
            std::size_t at = first;
            for (; next[at]; at = *next[at]) {
                const RecordedTask &task = log.tasks[at], &following = log.tasks[*next[at]];
                if (!task.failed) continue;
                job.retries = std::max(job.retries, ++again);
                const auto ready = following.submitted ? following.submitted : following.started;
                if (task.completed && ready)
                    pauses_[number].add(std::max(0.0, kernel::to_seconds(*ready - *task.completed)));
            }
            job.given_up += log.tasks[at].failed;
        }
        for (const auto& [number, pauses] : pauses_) c_.jobs[number].backoff = pauses.mean();
    }

    /// Through attempts that were tried again, to what those waited for.
    void link(const RecordedRun& log, const std::vector<std::string>& labels, const Next& next,
              std::size_t task) {
        CatalogJob& job = c_.jobs[by_label_.at(labels[task])];
        std::set<std::size_t> seen = {task};
        std::vector<std::size_t> open = {task};
        while (!open.empty()) {
            const std::size_t at = open.back();
            open.pop_back();
            for (const std::uint32_t parent : log.tasks[at].parents) {
                if (!seen.insert(parent).second) continue;
                if (next[parent])
                    open.push_back(parent);
                else if (const std::size_t before = by_label_.at(labels[parent]); &c_.jobs[before] != &job)
                    job.after.push_back(before);
            }
        }
    }

    Catalog& c_;
    std::size_t pipeline_;
    std::map<std::string, std::size_t> by_label_;
    std::map<std::size_t, kernel::Moments> pauses_;  ///< by job, seconds from a failure to the next try
};

}  // namespace

Catalog RecordedWorkflows::take(ImportProblems& problems) {
    Catalog all;
    std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) {
        return std::tie(a.source, a.label, a.log.epoch_ns, a.file) <
               std::tie(b.source, b.label, b.log.epoch_ns, b.file);
    });
    for (auto first = runs_.begin(); first != runs_.end();) {
        const auto last = std::find_if(first, runs_.end(), [&](const Run& run) {
            return run.source != first->source || run.label != first->label;
        });
        const bool instances = first->source == CatalogSource::wfformat;
        CatalogPipeline pipeline;
        pipeline.label = pipeline.title = first->label;
        pipeline.source = first->source;
        PipelineOfRuns runs(all, all.pipelines.size());
        const std::set<std::string> jobs(first->jobs.begin(), first->jobs.end());
        std::size_t not_everywhere = 0;
        for (auto run = first; run != last; ++run) {
            run->log.source = run->file.string();
            const std::set<std::string> own(run->jobs.begin(), run->jobs.end());
            if (instances && own != jobs)
                problems.add(run->file, 0,
                             fmt::format("is an instance of '{}' with other tasks than {} has: import it by "
                                         "itself, for a twin of its own",
                                         run->label, first->file.string()));
            // A trace infers what waited for what, so that several need not agree.
            if (!instances) runs.forget_order();
            runs.add(run->log, run->jobs, run->source);
            if (!instances) runs.rank_by_start(run->log, run->jobs);
            pipeline.workers =
                std::max(pipeline.workers, instances ? slots_of_machines(run->log) : most_at_work(run->log));
            not_everywhere += own != jobs;
        }
        if (std::next(first) == last) pipeline.recorded_span = span_of(first->log);
        if (not_everywhere > 0 && !instances)
            all.notes.push_back(fmt::format(
                "{}: {} of {} traces have other tasks than the earliest; the twin has the tasks of all",
                pipeline.label, not_everywhere, last - first));
        if (pipeline.workers > 0)
            all.assumed.push_back(
                instances
                    ? fmt::format("'{}' has {} workers: as many of its largest task as the cores of the "
                                  "recorded machines hold",
                                  pipeline.label, pipeline.workers)
                    : fmt::format("'{}' has {} workers: as many tasks as were at work at once",
                                  pipeline.label, pipeline.workers));
        all.counts.jobs += static_cast<std::int64_t>(runs.jobs());
        all.pipelines.push_back(std::move(pipeline));
        first = last;
    }
    sort_all(all.jobs);
    for (const CatalogJob& job : all.jobs) all.counts.orders += static_cast<std::int64_t>(job.after.size());
    if (all.pipelines.size() == 1) all.title = all.pipelines.front().title;
    if (!runs_.empty())
        all.not_used.emplace_back(
            "machines, needs of cores and memory, delays before a start, and files: understudy replay has "
            "what logs tell of them");
    runs_.clear();
    return all;
}

}  // namespace understudy::formats
