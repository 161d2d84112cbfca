#include "tools/formats/logs/event_reader.h"

#include <fmt/format.h>

#include <utility>

#include "models/replay/local_dates.h"
#include "tools/formats/catalogs/catalog_reader.h"
#include "tools/formats/catalogs/openlineage.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/logs/process_reader.h"
#include "tools/formats/printable.h"

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
    for (const models::RecordedTask& task : run.tasks) {
        ObservedEvent event;
        // Pipelines may have tasks of the same name.
        const auto named = [&](const std::string& name) {
            return task.workflow.empty() ? name : fmt::format("{}.{}", task.workflow, name);
        };
        event.process = named(task.process);
        if (task.name != task.process) event.name = named(task.name);
        event.id = task.id;
        event.item = task.tag.empty() && run.format == "csv" ? task.id : task.tag;
        event.run = task.run.empty() ? options.run : task.run;
        event.attempt = task.attempt;
        events.add(Told::submitted, instant(task.submitted), event);
        events.add(Told::started, instant(task.started), event);
        events.add(task.failed ? Told::failed : Told::ended, instant(task.completed), event);
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
            if (step.start) events.add(Told::started, log.epoch_ns + *step.start, event);
            events.add(Told::ended, log.epoch_ns + step.end, event);
        }
    }
    for (const models::UnfinishedStep& step : log.unfinished) {
        event.item = step.one;
        event.process = log.activities[step.activity];
        using Is = models::UnfinishedStep::Told;
        events.add(step.told == Is::scheduled ? Told::submitted
                   : step.told == Is::gone    ? Told::ended
                                              : Told::started,
                   step.ns, event);
    }
    if (log.local_dates && !options.zone.empty()) {
        models::LocalDates(options.zone).move(all);
        note_zone(all, options.zone);
    }
    return all;
}

ObservedEvents of_lineage(const Catalog& catalog, const fs::path& file) {
    ObservedEvents all{file.string(), "openlineage", false, {}, {}};
    Collector events(all);
    for (const CatalogRun& run : catalog.runs) {
        ObservedEvent event;
        event.process = run.job;
        if (run.title != run.job) event.name = run.title;
        event.id = run.id;
        event.run = run.parent;
        events.add(Told::due, run.nominal, event);
        events.add(Told::started, run.start, event);
        events.add(Told::seen, run.seen, event);
        events.add(run.failed ? Told::failed : Told::ended, run.end, event);
    }
    return all;
}

/// Texts that are no UTF-8 as what prints of them and the bytes that do not: a store holds texts, and what it gives back has
/// to be what the log says.
void show_bytes(ObservedEvents& all) {
    std::int64_t shown = 0;
    for (ObservedEvent& event : all.events)
        for (std::string* text : {&event.process, &event.name, &event.id, &event.item, &event.run})
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
    if (table || (!lineage && !kind_of_log(file).empty())) {
        LogOptions how;
        how.columns = options.columns;
        how.search_graph = false;
        how.unfinished = true;
        how.zone = options.zone;
        LogResult read = read_log(file, how);
        if (auto* failure = std::get_if<LogFailure>(&read)) return std::move(*failure);
        return with_instants(of_tasks(std::get<models::RecordedRun>(read), options));
    }
    std::error_code none;
    if (!fs::exists(file, none)) return LogFailure{file.string() + ": no such file"};
    CatalogOptions how;
    how.as = CatalogSource::openlineage;
    how.runs = true;
    const CatalogReading reading = read_catalog({file}, how);
    if (!reading.catalog) {
        std::string text = reading.problems.show();
        while (text.ends_with('\n')) text.pop_back();
        return LogFailure{text, true};
    }
    return with_instants(of_lineage(*reading.catalog, file));
}

}  // namespace understudy::formats
