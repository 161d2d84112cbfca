#include "tools/formats/logs/history_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "models/process_log.h"
#include "models/replay/local_dates.h"
#include "models/step_times.h"
#include "tools/formats/catalogs/airflow.h"
#include "tools/formats/catalogs/catalog_reader.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/logs/dbt_status.h"
#include "tools/formats/logs/event_reader.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_reader.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

using models::RecordedRun;
using models::RecordedTask;

constexpr std::size_t sniffed = 1U << 16;
/// One file of results has one line, and that may be long.
constexpr std::size_t most_result_bytes = std::size_t{256} << 20;

/// Moves instants to the first of them, and says what they are multiples of.
void set_history_clock(RecordedRun& run) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    bool seconds = true, milliseconds = true;
    for (std::vector<RecordedTask>* tasks : {&run.tasks, &run.open})
        for (RecordedTask& task : *tasks)
            for (const std::optional<kernel::Time>* instant :
                 {&task.submitted, &task.started, &task.completed})
                if (*instant) {
                    first = std::min(first, **instant);
                    seconds = seconds && **instant % kernel::second == 0;
                    milliseconds = milliseconds && **instant % kernel::millisecond == 0;
                }
    if (first == std::numeric_limits<std::int64_t>::max()) first = 0;
    run.epoch_ns += first;
    for (std::vector<RecordedTask>* tasks : {&run.tasks, &run.open})
        for (RecordedTask& task : *tasks)
            for (std::optional<kernel::Time>* instant : {&task.submitted, &task.started, &task.completed})
                if (*instant) **instant -= first;
    run.resolution = seconds ? kernel::second : milliseconds ? kernel::millisecond : kernel::nanosecond;
}

/// Of runs of jobs: OpenLineage and instances of Airflow.
RecordedRun history_of_runs(const Catalog& catalog, const char* format) {
    RecordedRun run;
    run.format = format;
    NoteList notes;
    for (const CatalogRun& one : catalog.runs) {
        RecordedTask task;
        task.id = one.id;
        task.name = task.process = one.job;
        task.workflow = one.pipeline;
        task.run = one.parent;
        task.attempt = one.attempt;
        task.read_bytes = one.read_bytes;
        task.write_bytes = one.write_bytes;
        task.node = one.host;
        task.submitted = submission_of(one, notes);
        task.started = one.start;
        task.completed = one.end;
        task.failed = one.failed;
        // What is queued has come.
        if (!one.start && (one.end || !one.submitted))
            notes.leave_out("runs without a start: how long they took is not known");
        else
            (one.end ? run.tasks : run.open).push_back(std::move(task));
    }
    run.left_out = notes.left_out();
    run.notes = notes.take();
    return run;
}

/// Is it at work or in line at the end of the log? What was handed over and then left alone need not be.
bool has_come(const models::UnfinishedStep& step) {
    using Is = models::UnfinishedStep::Told;
    return step.told == Is::began || step.told == Is::waits;
}

/// The last instant that it tells of anything.
kernel::Time end_of(const models::ProcessLog& log) {
    kernel::Time last = 0;
    for (const models::ProcessCase& one : log.cases)
        for (const models::ProcessStep& step : one.steps) last = std::max(last, step.end);
    for (const models::UnfinishedStep& step : log.unfinished)
        if (has_come(step)) last = std::max(last, step.ns - log.epoch_ns);
    return last;
}

RecordedRun history_of_process(const models::ProcessLog& log) {
    RecordedRun run;
    run.format = log.format;
    run.notes = log.notes;
    NoteList notes;
    for (const models::ProcessCase& one : log.cases) {
        const std::vector<models::StepTimes> times = models::step_times(log, one);
        for (std::size_t i = 0; i < one.steps.size(); ++i) {
            const models::ProcessStep& step = one.steps[i];
            if (!step.start) {
                notes.leave_out("steps without a start: how long they took is not known");
                continue;
            }
            RecordedTask task;
            task.id = std::to_string(run.tasks.size());
            task.name = task.process = log.activities[step.activity];
            task.run = one.id;
            if (step.resource != models::nobody) task.node = log.resources[step.resource];
            if (times[i].submitted) task.submitted = log.epoch_ns + *times[i].submitted;
            task.started = log.epoch_ns + *step.start;
            task.completed = log.epoch_ns + step.end;
            if (step.stretches > 0) task.worked = times[i].worked;
            task.advance = times[i].advance;
            run.tasks.push_back(std::move(task));
        }
    }
    std::map<std::string, const models::ProcessCase*> cases;
    for (const models::ProcessCase& one : log.cases) cases[one.id] = &one;
    const kernel::Time end = end_of(log);
    for (const models::UnfinishedStep& step : log.unfinished) {
        if (!has_come(step)) continue;
        const bool began = step.told == models::UnfinishedStep::Told::began;
        RecordedTask task;
        task.id = "open " + std::to_string(run.open.size());
        task.name = task.process = log.activities[step.activity];
        task.run = step.one;
        if (began) task.started = step.ns;
        task.submitted = began ? step.submitted_ns : step.ns;
        if (const auto known = cases.find(step.one); known != cases.end() && began) {
            const kernel::Time begin = step.ns - log.epoch_ns;
            task.advance = models::advance_so_far(*known->second, begin, end);
            if (task.submitted)
                *task.submitted = log.epoch_ns + models::submission_in_turn(*known->second, begin,
                                                                            *task.submitted - log.epoch_ns);
        }
        run.open.push_back(std::move(task));
    }
    run.left_out = notes.left_out();
    for (RecordedRun::Note& note : notes.take()) run.notes.push_back(std::move(note));
    return run;
}

/// `run_results.json` of dbt.
RecordedRun history_of_results(const fs::path& file) {
    Input input(file);
    const nlohmann::json root = nlohmann::json::parse(input.read_all(most_result_bytes), nullptr, false);
    if (root.is_discarded() || !root.is_object() || !root.contains("results") || !root["results"].is_array())
        throw FileError(file, "is no valid JSON of dbt's run results");
    const auto text_of = [](const nlohmann::json& of, const char* key) {
        const auto found = of.is_object() ? of.find(key) : of.end();
        return found != of.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    RecordedRun run;
    run.format = "dbt";
    NoteList notes;
    const std::string invocation =
        root.contains("metadata") ? text_of(root["metadata"], "invocation_id") : std::string();
    for (const nlohmann::json& result : root["results"]) {
        RecordedTask task;
        task.name = task.process = text_of(result, "unique_id");
        task.run = invocation;
        task.id = invocation.empty() ? task.process : fmt::format("{}/{}", invocation, task.process);
        const std::string status = plain_word(text_of(result, "status"));
        task.failed = has_failed_in_dbt(status);
        if (result.is_object() && result.contains("timing") && result["timing"].is_array())
            for (const nlohmann::json& part : result["timing"]) {
                const auto begin = date_instant(text_of(part, "started_at"));
                const auto end = date_instant(text_of(part, "completed_at"));
                if (begin) task.started = std::min(task.started.value_or(*begin), *begin);
                if (end) task.completed = std::max(task.completed.value_or(*end), *end);
            }
        if (!models::has_times(task) && result.is_object() && result.contains("execution_time") &&
            result["execution_time"].is_number())
            task.realtime = kernel::from_seconds(result["execution_time"].get<double>());
        if (task.process.empty() || !has_run_in_dbt(status) || !models::time_held(task))
            notes.leave_out("results of what did not run, or of which it is not known when");
        else
            run.tasks.push_back(std::move(task));
    }
    run.left_out = notes.left_out();
    run.notes = notes.take();
    return run;
}

LogResult with_clock(RecordedRun run, const fs::path& file) {
    run.source = file.string();
    set_history_clock(run);
    if (run.tasks.empty() && run.open.empty())
        return LogFailure{file.string() + ": says of nothing how long it took"};
    return run;
}

}  // namespace

std::optional<std::int64_t> submission_of(const CatalogRun& run, NoteList& notes) {
    if (!run.submitted || !run.start || *run.submitted <= *run.start) return run.submitted;
    notes.add(submitted_late_note);
    return std::nullopt;
}

bool looks_like_results(const fs::path& file) {
    try {
        Input input(file);
        const std::string_view head = input.peek(sniffed);
        return trimmed(head).substr(0, 1) == "{" && head.find("/run-results/") != std::string_view::npos;
    } catch (const FileError&) {
        return false;
    }
}

bool looks_like_instances(const fs::path& file) {
    try {
        Input input(file);
        const std::string_view head = input.peek(sniffed);
        return AirflowExports::looks_like_answer_of_instances(head) ||
               AirflowExports::looks_like_instances(head);
    } catch (const FileError&) {
        return false;
    }
}

std::variant<Catalog, LogFailure> read_runs(const fs::path& file, CatalogSource as) {
    CatalogOptions how;
    how.as = as;
    how.runs = true;
    CatalogReading reading = read_catalog({file}, how);
    if (reading.catalog) return std::move(*reading.catalog);
    std::string text = reading.problems.show();
    while (text.ends_with('\n')) text.pop_back();
    return LogFailure{text, true};
}

LogResult read_history(const fs::path& file, const LogOptions& options) {
    try {
        const bool process = are_of_a_process(options.columns);
        if ((!say_only_dates(options.columns) && !process) || options.dependencies)
            return read_log(file, options);
        const bool lineage = looks_like_lineage(file);
        if (lineage || (options.columns.empty() && looks_like_instances(file))) {
            const CatalogSource as = lineage ? CatalogSource::openlineage : CatalogSource::airflow;
            const auto read = read_runs(file, as);
            if (const auto* failure = std::get_if<LogFailure>(&read)) return *failure;
            return with_clock(history_of_runs(std::get<Catalog>(read), word_for(as)), file);
        }
        if (looks_like_results(file)) return with_clock(history_of_results(file), file);
        // A table of tasks says more of them than one of a process.
        if (process || (kind_of_log(file) != "a table of tasks" && looks_like_process_log(file))) {
            auto read = read_process_log(file, {}, true, options.columns);
            if (auto* failure = std::get_if<LogFailure>(&read)) return std::move(*failure);
            const models::ProcessLog& log = std::get<models::ProcessLog>(read);
            LogResult result = with_clock(history_of_process(log), file);
            if (auto* run = std::get_if<RecordedRun>(&result);
                run != nullptr && log.local_dates && !options.zone.empty())
                models::LocalDates(options.zone).move(*run);
            return result;
        }
    } catch (const FileError& error) {
        return LogFailure{error.what()};
    }
    return read_log(file, options);
}

}  // namespace understudy::formats
