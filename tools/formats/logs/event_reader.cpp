#include "tools/formats/logs/event_reader.h"

#include <fmt/format.h>

#include <utility>

#include "models/replay/local_dates.h"
#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/catalog_kind.h"
#include "tools/formats/catalogs/openlineage.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/logs/history_reader.h"
#include "tools/formats/logs/process_reader.h"
#include "tools/formats/printable.h"
#include "tools/studies/batch_twin.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

using models::ObservedEvent;
using models::ObservedEvents;
using Told = ObservedEvent::Kind;

/// Instants before that do not count from 1970, but from some beginning of the log's own.
constexpr std::int64_t first_date = 3650 * kernel::day;

class Collector {
public:
    explicit Collector(ObservedEvents& into) : into_(into) {}
    void add(Told kind, const std::optional<std::int64_t>& ns, const ObservedEvent& of) {
        if (!ns) return;
        ObservedEvent event = of;
        event.kind = kind;
        event.ns = *ns;
        into_.events.push_back(std::move(event));
    }
    /// 0: not known.
    void add_amount(Told kind, const std::optional<std::int64_t>& ns, ObservedEvent of,
                    const std::string& dataset, std::int64_t records, std::int64_t bytes) {
        if (records == 0 && bytes == 0) return;
        of.dataset = dataset;
        of.records = records;
        of.bytes = bytes;
        add(kind, ns, of);
    }

private:
    ObservedEvents& into_;
};

void note_zone(ObservedEvents& all, const std::string& zone) {
    all.notes.push_back({fmt::format("dates say no zone: taken as of {}, the zone of the twin", zone), 1, 0});
}

ObservedEvents of_tasks(const models::RecordedRun& run, const EventOptions& options) {
    ObservedEvents all{run.source, run.format, run.epoch_ns < first_date, {}, run.notes};
    if (!run.zone.empty() && run.zone == options.zone) note_zone(all, options.zone);
    Collector events(all);
    const auto instant = [&](const std::optional<kernel::Time>& time) {
        return time ? std::optional(run.epoch_ns + *time) : std::nullopt;
    };
    const bool batch = run.format == "swf";
    // Jobs of a batch system have no kind but the class that import makes of them.
    const std::vector<std::string> classes = batch ? studies::job_classes(run) : std::vector<std::string>{};
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        const models::RecordedTask& task = run.tasks[i];
        // It has run, and who knows when.
        if (batch && task.realtime && !task.completed) continue;
        ObservedEvent event;
        // Pipelines may have tasks of the same name.
        const auto named = [&](const std::string& name) {
            return task.workflow.empty() ? name : fmt::format("{}.{}", task.workflow, name);
        };
        event.process = named(task.process);
        if (batch)
            event.name = classes[i];
        else if (task.name != task.process)
            event.name = named(task.name);
        event.id = task.id;
        event.item = task.tag.empty() && run.format == "csv" ? task.id : task.tag;
        event.run = task.run.empty() ? options.run : task.run;
        event.attempt = task.attempt;
        events.add(Told::submitted, instant(task.submitted), event);
        events.add(Told::started, instant(task.started), event);
        events.add(task.failed ? Told::failed : Told::ended, instant(task.completed), event);
        // Of tables alone: what other logs count of programs' own reads and writes is not what lands anywhere.
        if (run.format != "csv" || task.id.empty()) continue;
        events.add_amount(Told::read, instant(task.started), event, "", 0, task.read_bytes);
        events.add_amount(Told::wrote, instant(task.completed), event, "", 0, task.write_bytes);
    }
    // dbt writes its results when the invocation is over, with all that it did not come to among them.
    if (run.format == "dbt") {
        std::optional<ObservedEvent> last;
        for (const ObservedEvent& event : all.events)
            if (!last || event.ns >= last->ns) last = event;
        if (last) events.add(Told::over, last->ns, *last);
    }
    return all;
}

ObservedEvents of_process(const models::ProcessLog& log, const EventOptions& options) {
    ObservedEvents all{log.source, log.format, false, {}, log.notes};
    Collector events(all);
    ObservedEvent event;
    event.run = options.run;
    for (const models::ProcessCase& one : log.cases) {
        event.item = one.id;
        for (const models::ProcessStep& step : one.steps) {
            event.process = log.activities[step.activity];
            if (step.submitted) events.add(Told::submitted, log.epoch_ns + *step.submitted, event);
            if (step.start) events.add(Told::started, log.epoch_ns + *step.start, event);
            events.add(Told::ended, log.epoch_ns + step.end, event);
        }
    }
    for (const models::UnfinishedStep& step : log.unfinished) {
        event.item = step.one;
        event.process = log.activities[step.activity];
        using Is = models::UnfinishedStep::Told;
        events.add(Told::submitted, step.submitted_ns, event);
        events.add(step.told == Is::began  ? Told::started
                   : step.told == Is::gone ? Told::ended
                                           : Told::submitted,
                   step.ns, event);
    }
    if (log.local_dates && !options.zone.empty()) {
        models::LocalDates(options.zone).move(all);
        note_zone(all, options.zone);
    }
    return all;
}

ObservedEvents of_runs(const Catalog& catalog, CatalogSource source) {
    ObservedEvents all{"", word_for(source), false, {}, {}};
    Collector events(all);
    NoteList notes;
    for (const CatalogRun& run : catalog.runs) {
        ObservedEvent event;
        event.process = run.job;
        event.run = run.parent;
        if (source == CatalogSource::airflow) {
            // As a table of instances has them, so that both may tell of one run.
            if (const std::string dag = run.pipeline + " "; event.run.starts_with(dag))
                event.run.erase(0, dag.size());
            event.id = event.item = event.run;
            event.attempt = run.attempt;
        } else {
            if (run.title != run.job) event.name = run.title;
            event.id = run.id;
        }
        events.add(Told::due, run.nominal, event);
        events.add(Told::submitted, submission_of(run, notes), event);
        events.add(Told::started, run.start, event);
        events.add(Told::seen, run.seen, event);
        events.add(run.failed ? Told::failed : Told::ended, run.end, event);
        for (const CatalogAmount& one : run.amounts)
            events.add_amount(one.written ? Told::wrote : Told::read, one.ns, event, one.dataset, one.records,
                              one.bytes);
    }
    all.notes = notes.take();
    return all;
}

/// Of a file that tells of no events.
LogFailure no_events(const fs::path& file, const std::string& what) {
    return {fmt::format(
        "{}: {}, and says of nothing when it began or ended; a state follows from OpenLineage events, "
        "Nextflow traces, tables of tasks (as of Airflow's task_instance), the answer of Airflow's API "
        "on task instances, dbt's run_results.json, logs of batch systems, and process logs in XES or "
        "as tables",
        file.string(), what)};
}

/// Texts that are no UTF-8 as what prints of them and the bytes that do not: a store holds texts, and what it gives back has
/// to be what the log says.
void show_bytes(ObservedEvents& all) {
    std::int64_t shown = 0;
    for (ObservedEvent& event : all.events)
        for (std::string* text :
             {&event.process, &event.name, &event.id, &event.item, &event.run, &event.dataset})
            if (not_utf8_at(*text) != std::string::npos) {
                *text = printable(*text);
                ++shown;
            }
    if (shown > 0)
        all.notes.push_back({"names and ids that are no UTF-8, taken with '\\x..' for such bytes", shown, 0});
}

}  // namespace

bool looks_like_lineage(const fs::path& file) {
    try {
        Input input(file);
        return OpenLineageEvents::looks_like_events(input.peek(1U << 16));
    } catch (const FileError&) {
        return false;
    }
}

std::variant<ObservedEvents, LogFailure> read_events(const fs::path& file, const EventOptions& options) {
    const auto with_instants = [&](ObservedEvents all) -> std::variant<ObservedEvents, LogFailure> {
        if (all.events.empty())
            return LogFailure{file.string() +
                              ": says of nothing when it began or ended; a state follows from instants"};
        all.source = file.string();
        show_bytes(all);
        models::make_set(all.events);
        return all;
    };
    const bool process = are_of_a_process(options.columns);
    const bool table = !say_only_dates(options.columns) && !process;
    const bool lineage = looks_like_lineage(file);
    if (!table && !lineage && looks_like_process_log(file, options.columns)) {
        auto read = read_process_log(file, {}, true, options.columns);
        if (auto* failure = std::get_if<LogFailure>(&read)) return std::move(*failure);
        return with_instants(of_process(std::get<models::ProcessLog>(read), options));
    }
    const bool results = !table && !process && looks_like_results(file);
    if (table || results || (!lineage && !kind_of_log(file).empty())) {
        LogOptions how;
        how.columns = options.columns;
        how.search_graph = false;
        how.unfinished = true;
        how.zone = options.zone;
        LogResult read = results ? read_history(file, how) : read_log(file, how);
        if (auto* failure = std::get_if<LogFailure>(&read)) return std::move(*failure);
        return with_instants(of_tasks(std::get<models::RecordedRun>(read), options));
    }
    std::error_code none;
    if (!fs::exists(file, none)) return LogFailure{file.string() + ": no such file"};
    const CatalogSource as =
        !lineage && looks_like_instances(file) ? CatalogSource::airflow : CatalogSource::openlineage;
    if (const auto kind = lineage || as == CatalogSource::airflow ? std::nullopt : kind_of_catalog(file);
        kind && !kind->tells_of_runs)
        return no_events(file, kind->what);
    const auto read = read_runs(file, as);
    if (const auto* failure = std::get_if<LogFailure>(&read)) return *failure;
    return with_instants(of_runs(std::get<Catalog>(read), as));
}

}  // namespace understudy::formats
