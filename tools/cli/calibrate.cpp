// understudy calibrate: a twin's parameters fitted to recorded runs, as a change to review.
#include "tools/studies/calibrate.h"

#include <fmt/core.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "models/replay/dependencies.h"
#include "tools/cli/base_version.h"
#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/calibration_json.h"
#include "tools/formats/language/calibration_change.h"
#include "tools/formats/language/document.h"
#include "tools/formats/logs/csv_columns.h"
#include "tools/formats/logs/history_reader.h"
#include "tools/reports/calibration_report.h"
#include "tools/studies/batch_twin.h"

namespace understudy::cli {

namespace {

namespace fs = std::filesystem;

int calibrate_to_logs(const Options& options) {
    if (!options.has("twin") || !options.has("logs"))
        throw UsageError(
            "calibrate needs a twin and the logs of recorded runs; see understudy calibrate --help");
    const std::string twin_path = options.get<std::string>("twin");
    std::vector<fs::path> paths, inputs = {twin_path};
    for (const std::string& path : options.get<std::vector<std::string>>("logs")) {
        if (is_of_the_language(path))
            throw UsageError(path + " is a scenario, not a log; the twin comes first, and there is one");
        paths.emplace_back(path);
        inputs.emplace_back(path);
    }
    for (const char* input : {"dag", "columns"})
        if (options.has(input)) inputs.emplace_back(options.get<std::string>(input));
    refuse_environment(
        "what is fitted is the twin as it is written, to which the change is made; unset it, or write it "
        "into "
        "the scenario");
    const std::string out = options.has("out") ? options.get<std::string>("out") : "";
    if (!out.empty()) require_replaceable(out, OutputKind::scenario, inputs);
    auto twin = read_scenario_input(twin_path, {});
    if (!twin) return exit_usage;

    formats::LogOptions how;
    how.zone = twin->run.zone;
    how.open = true;
    if (options.has("dag")) how.dependencies = options.get<std::string>("dag");
    if (options.has("columns")) how.columns = formats::read_columns_file(options.get<std::string>("columns"));
    std::vector<models::RecordedRun> runs;
    Progress progress;
    bool failed = false;
    for (const fs::path& path : paths) {
        if (interrupt_requested()) break;
        progress.show("reading " + path.filename().string());
        formats::LogResult read = formats::read_history(path, how);
        if (const auto* failure = std::get_if<formats::LogFailure>(&read)) {
            progress.clear();
            print_refusal(failure->message, failure->located);
            failed = true;
            continue;
        }
        models::RecordedRun& run = std::get<models::RecordedRun>(read);
        run.source = path.string();
        // What it says of parents is of replays, and not of what is fitted.
        std::vector<models::RecordedRun::Note> notes = run.notes;
        models::infer_dependencies(run);
        run.notes = std::move(notes);
        // Jobs of a batch system have no kind but the class that import made of them.
        if (run.format == "swf") studies::name_job_classes(run, *twin);
        runs.push_back(std::move(run));
    }
    if (failed) return exit_usage;
    progress.show("fitting");
    studies::CalibrationOptions fitting;
    fitting.seed = options.get<std::uint64_t>("seed");
    fitting.stop = &interrupt_requested();
    const studies::Calibration calibration = studies::calibrate(*twin, runs, fitting);
    progress.clear();
    if (calibration.interrupted || interrupt_requested()) {
        fmt::print(stderr, "understudy: interrupted before the fit had ended; nothing was written\n");
        return exit_inconclusive;
    }
    const std::string name = twin->name + "-calibration";
    const formats::Node change =
        formats::calibration_change(calibration, name, base_named(twin_path, out),
                                    options.has("author") ? options.get<std::string>("author") : "");
    if (!out.empty() && !calibration.edits.empty()) formats::write_file(out, formats::write_document(change));
    if (options.has("json"))
        fmt::print("{}", formats::calibration_as_json(calibration, change));
    else
        fmt::print("{}", reports::calibration_report(calibration, twin_path, out));
    if (calibration.edits.empty()) {
        fmt::print(
            stderr,
            "understudy: nothing of the twin was found in the logs; elements are matched by their label "
            "or name, tasks by the kind or name that the log has\n");
        return exit_inconclusive;
    }
    return exit_met;
}

}  // namespace

int calibrate_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("calibrate"));
    options.positional("twin", 1, "the scenario to fit, a file or a stored version");
    options.positional(
        "logs", -1,
        "recorded runs: Nextflow traces, WfFormat instances, .ninja_log, CSV tables, OpenLineage "
        "events, Airflow's task instances, dbt run results, process logs (XES, CSV), batch systems (SWF)");
    options.add()("dag", po::value<std::string>()->value_name("FILE"),
                  "dependencies of all logs: Nextflow's dag.html, or the output of ninja -t graph");
    options.add()("columns", po::value<std::string>()->value_name("FILE"),
                  "columns of CSV tables: lines 'start: started_at'");
    options.add()("seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"),
                  "of the samples that goodness of fit is judged by");
    options.add()("author", po::value<std::string>()->value_name("WHO"), "who is named in the change");
    options.add()("out,o", po::value<std::string>()->value_name("CHANGE"), "write the change");
    options.add()("json", "print one JSON document instead of the report");
    if (!options.parse(arguments)) return exit_met;
    return refusing_in(options.has("json") ? "json" : "", "", [&] { return calibrate_to_logs(options); });
}

}  // namespace understudy::cli
