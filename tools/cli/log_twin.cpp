#include "tools/cli/log_twin.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>
#include <variant>

#include "tools/cli/command.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/formats/catalogs/clean_labels.h"
#include "tools/formats/catalogs/log_changes.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/batch_json.h"
#include "tools/formats/json/process_json.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/logs/csv_columns.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_reader.h"
#include "tools/formats/logs/process_reader.h"
#include "tools/reports/batch_report.h"
#include "tools/reports/process_report.h"
#include "tools/studies/batch_twin.h"
#include "tools/studies/cycle_times.h"
#include "tools/studies/process_twin.h"

namespace understudy::cli {

namespace {

namespace fs = std::filesystem;

void tell_of_failure(const formats::LogFailure& failure) { print_refusal(failure.message, failure.located); }

/// That a later import knows what this one has made.
void tag_all(models::Scenario& scenario, const std::string& tag) {
    const auto add = [&](models::Description& description) {
        if (std::find(description.tags.begin(), description.tags.end(), tag) == description.tags.end())
            description.tags.push_back(tag);
    };
    for (models::Load& load : scenario.loads) add(load.description);
    for (models::Pool& pool : scenario.twin.pools) add(pool.description);
    for (models::Stage& stage : scenario.twin.stages) add(stage.description);
}

LogTwinReading read_process(const fs::path& file, const std::string& name, bool validate,
                            const formats::ColumnsSaid& columns) {
    Progress progress;
    progress.show("reading " + file.filename().string());
    const auto read = formats::read_process_log(file, {}, false, columns);
    progress.clear();
    if (const auto* failure = std::get_if<formats::LogFailure>(&read)) {
        tell_of_failure(*failure);
        return {};
    }
    models::ProcessLog log = std::get<models::ProcessLog>(read);
    log.source = file.filename().string();
    studies::ProcessTwin twin = studies::build_process_twin(log);
    twin.scenario.name = name.empty() ? formats::name_after(file) : name;
    formats::clean_labels(twin.scenario);
    std::optional<studies::CycleTimeValidation> validation;
    if (validate) {
        studies::RunProgress how_far;
        progress.show(how_far);
        studies::CycleTimeOptions options;
        options.stop = &interrupt_requested();
        options.progress = &how_far;
        validation = studies::validate_cycle_times(log, options);
        progress.clear();
        if (!validation)
            throw formats::FileError(file,
                                     fmt::format("has {} cases; --validate needs 10", log.cases.size()));
        if (validation->interrupted) {
            fmt::print(stderr,
                       "understudy: interrupted before the forecasts were made; nothing was compared\n");
            return {std::nullopt, exit_inconclusive};
        }
    }
    LogTwin result;
    result.tag = "process_log";
    result.title = "The twin of the process in " + log.source;
    result.report = reports::process_report(log, twin, twin.scenario.name, validation);
    result.json = formats::process_as_json(log, twin, twin.scenario.name, validation);
    result.scenario = std::move(twin.scenario);
    return {std::move(result), exit_met};
}

LogTwinReading read_batch(const fs::path& file, const std::string& name) {
    Progress progress;
    progress.show("reading " + file.filename().string());
    formats::LogResult read = formats::read_log(file);
    progress.clear();
    if (const auto* failure = std::get_if<formats::LogFailure>(&read)) {
        tell_of_failure(*failure);
        return {};
    }
    models::RecordedRun& run = std::get<models::RecordedRun>(read);
    run.source = file.filename().string();
    studies::BatchTwin twin = studies::build_batch_twin(run);
    twin.scenario.name = name.empty() ? formats::name_after(file) : name;
    LogTwin result;
    result.tag = "swf";
    result.title = "The twin of the batch system in " + run.source;
    result.report = reports::batch_report(run, twin, twin.scenario.name);
    result.json = formats::batch_as_json(run, twin, twin.scenario.name);
    result.scenario = std::move(twin.scenario);
    return {std::move(result), exit_met};
}

}  // namespace

std::optional<LogKind> log_kind_of(const fs::path& file, const formats::ColumnsSaid& columns) {
    if (formats::looks_like_process_log(file, columns)) return LogKind::process;
    if (formats::kind_of_log(file) == formats::swf_log) return LogKind::batch;
    return std::nullopt;
}

std::string told_as(const fs::path& file, LogKind kind) {
    return file.string() + (kind == LogKind::process ? " is a process log" : " is the log of a batch system");
}

void refuse_dag(const Options& options, const fs::path& file, LogKind kind) {
    if (options.has("dag")) throw UsageError("--dag is for traces of Nextflow, and " + told_as(file, kind));
}

LogTwinReading read_log_twin(const fs::path& file, LogKind kind, const std::string& name, bool validate,
                             const formats::ColumnsSaid& columns) {
    LogTwinReading reading =
        kind == LogKind::process ? read_process(file, name, validate, columns) : read_batch(file, name);
    if (reading.twin) tag_all(reading.twin->scenario, reading.twin->tag);
    return reading;
}

void add_columns_option(Options& options) {
    options.add()("columns", boost::program_options::value<std::string>()->value_name("FILE"),
                  "of a table of a process: which column is what, lines such as 'case: order_no'");
}

formats::ColumnsSaid columns_said(const Options& options, const std::vector<fs::path>& paths) {
    if (!options.has("columns")) return {};
    formats::ColumnsSaid columns = formats::read_columns_file(options.get<std::string>("columns"));
    if (paths.size() != 1 || log_kind_of(paths.front(), columns) != LogKind::process) {
        // What cannot be read at all says so itself.
        if (paths.size() == 1 && fs::is_regular_file(paths.front())) formats::Input(paths.front()).peek(1);
        throw UsageError(
            "--columns is for one table of a process (CSV), and says what its case is: 'case: order_no'");
    }
    return columns;
}

formats::TwinUpdate update_from_log(const formats::Node& earlier, const formats::Node& now,
                                    const LogTwin& twin, const fs::path& file) {
    try {
        return formats::update_of_log(earlier, now, twin.tag);
    } catch (const std::invalid_argument& error) {
        throw formats::FileError(file, fmt::format("makes a twin that the earlier one cannot become: {}; "
                                                   "import it as one of its own",
                                                   error.what()));
    }
}

}  // namespace understudy::cli
