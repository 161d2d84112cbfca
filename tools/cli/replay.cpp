// understudy replay: a recorded run as a twin, run and compared; or the trace of one of our own runs once
// more.
#include "tools/studies/replay.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "models/replay/dependencies.h"
#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/catalogs/clean_labels.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/replay_json.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/language/values.h"
#include "tools/formats/logs/csv_columns.h"
#include "tools/formats/logs/log_reader.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"
#include "tools/formats/results/trace_reader.h"
#include "tools/reports/replay_report.h"
#include "tools/reports/text_report.h"
#include "tools/studies/repeat.h"

namespace understudy::cli {

namespace {

/// The same run again from what its trace says was drawn.
int replay_trace(const std::filesystem::path& path, bool json, const std::string& out) {
    const formats::ResultFile file = formats::read_result(path);
    const formats::TraceReader trace(path);
    if (trace.replications().empty() || file.partial)
        throw formats::FileError(path, "holds no finished trace; run the scenario with --trace to have one");
    // Of an interrupted run only the replications that had finished are in its metrics.
    std::vector<std::int64_t> numbers = trace.replications();
    const std::int64_t cut_off =
        std::erase_if(numbers, [&](std::int64_t number) { return number > file.result.replications_done; });
    if (numbers.empty())
        throw formats::FileError(path, "was interrupted before a traced replication had ended");
    if (cut_off > 0)
        fmt::print(stderr, "{}: note: {} traced replication{} that had not ended {} left out\n",
                   path.string(), cut_off, cut_off == 1 ? "" : "s", cut_off == 1 ? "is" : "are");
    const std::int64_t traced = std::ssize(numbers);
    std::vector<std::string> overrides = {fmt::format("run.replications={}", traced)};
    if (file.result.warm_up_s)
        overrides.push_back(
            fmt::format("run.warm_up={}ns", static_cast<std::int64_t>(*file.result.warm_up_s * 1e9 + 0.5)));
    const auto reading =
        formats::read_scenario(file.result.provenance.scenario_text, path.string(), overrides);
    if (!reading.scenario)
        throw formats::FileError(
            path, "holds a scenario that this version cannot read:\n" + reading.diagnostics.show());
    models::Scenario scenario = *reading.scenario;
    scenario.run.seed = file.result.provenance.seed;
    auto prepared = prepare_scenario(scenario, path.string());
    if (!prepared) return exit_usage;
    std::vector<models::RecordedDraws> draws(static_cast<std::size_t>(traced));
    for (std::int64_t i = 0; i < traced; ++i)
        trace.for_each_draw(numbers[static_cast<std::size_t>(i)], [&](const models::TraceDraw& draw) {
            draws[static_cast<std::size_t>(i)].add(draw);
        });
    studies::RunOptions options;
    options.version = UNDERSTUDY_VERSION;
    options.stop = &interrupt_requested();
    studies::RunProgress how_far;
    options.progress = &how_far;
    Progress progress;
    progress.show(how_far);
    const studies::Repetition repetition = studies::repeat(*prepared, file.result, numbers, draws, options);
    const studies::RunResult& result = repetition.result;
    progress.clear();
    if (!out.empty()) {
        formats::write_result(out, result);
        formats::remove_leftover(out);
    }
    if (json)
        fmt::print("{}", formats::result_as_json(result));
    else
        fmt::print("{}\n", reports::text_report(result, {terminal_width(), takes_colour(), 200}));
    fmt::print(stderr, "{} of {} metric values equal those of the recorded run, bit for bit\n",
               repetition.compared - repetition.different, repetition.compared);
    return repetition.different == 0 && !result.interrupted ? exit_met : exit_inconclusive;
}

std::optional<models::RecordedRun> read_or_tell(const std::filesystem::path& path,
                                                const formats::LogOptions& how) {
    formats::LogResult read = formats::read_log(path, how);
    if (const auto* failure = std::get_if<formats::LogFailure>(&read)) {
        fmt::print(stderr, "{}{}\n", failure->located ? "" : "understudy: error: ", failure->message);
        return std::nullopt;
    }
    return std::move(std::get<models::RecordedRun>(read));
}

struct StorageGiven {
    studies::Storage kind = studies::Storage::server;
    double network = 125e6;  ///< bytes per second
};

/// --storage and what goes with it.
std::optional<StorageGiven> storage_from(const Options& options) {
    const std::string word = options.has("storage") ? options.get<std::string>("storage") : "none";
    if (word != "none" && word != "server" && word != "distributed")
        throw UsageError("--storage is 'none', 'server' or 'distributed', not '" + word + "'");
    if (word == "none") {
        for (const char* option : {"network", "repeat", "beside"})
            if (options.has(option))
                throw UsageError(fmt::format(
                    "--{} is for a twin that moves data: add --storage server, or distributed", option));
        return std::nullopt;
    }
    for (const char* option : {"repeat", "beside"})
        if (options.has(option) && !options.has("set"))
            throw UsageError(fmt::format(
                "--{} is for a prediction: say what is to change, such as --set cluster.workers=4", option));
    StorageGiven given;
    if (word == "distributed") given.kind = studies::Storage::distributed;
    if (options.has("network")) {
        const std::string text = options.get<std::string>("network");
        try {
            given.network = formats::read_quantity(text, formats::Dimension::bandwidth).value;
        } catch (const formats::Fault& fault) {
            throw UsageError("--network " + text + ": " + fault.what());
        }
        if (given.network <= 0) throw UsageError("--network " + text + ": nothing ever gets through");
    }
    return given;
}

}  // namespace

int replay_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("replay"));
    options.positional(
        "log", 1, "a Nextflow trace, WfFormat instance, .ninja_log, SWF log, CSV table, or our own result");
    options.add()(
        "dag", po::value<std::string>()->value_name("FILE"),
        "dependencies: Nextflow's dag.html, or the output of ninja -t graph (a dag beside the log is found)");
    options.add()(
        "submissions", po::value<std::string>()->value_name("recorded|inferred"),
        "hand tasks over when they were, or once what they wait for has ended (default, if that is known)");
    options.add()("columns", po::value<std::string>()->value_name("FILE"),
                  "columns of a CSV table: lines 'start: started_at'");
    options.add()("backfill", po::value<std::string>()->value_name("none|any|easy"),
                  "of a batch system: who may go ahead of the first of the line (default: easy)");
    options.add()(
        "rules", po::value<std::string>()->value_name("inferred|none"),
        "of a batch system: with the hours and processors that the log shows (default), or without");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change the twin before it runs, such as cluster.workers=4; may be repeated");
    options.add()(
        "storage", po::value<std::string>()->value_name("none|server|distributed"),
        "tasks read from and write to one server, or storage that grows with the nodes; the twin then moves "
        "data over links (default: none)");
    options.add()("network", po::value<std::string>()->value_name("BANDWIDTH"),
                  "of a node of the recorded platform, with --storage (default: 1Gbit/s)");
    options.add()("repeat", po::value<std::vector<std::string>>()->composing()->value_name("LOG"),
                  "another recording of the same configuration, for a prediction; may be repeated");
    options.add()("beside", po::value<std::string>()->value_name("LOG"),
                  "a recording with another number of nodes, for Amdahl's law beside a prediction");
    options.add()("save-twin", po::value<std::string>()->value_name("FILE"),
                  "write the twin, with what --set changes, as a scenario");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "of our own trace: the result as HDF5");
    options.add()("json", "print one JSON document instead of the table");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("log")) throw UsageError("replay needs a log; see understudy replay --help");
    const std::filesystem::path path = options.get<std::string>("log");
    if (is_of_the_language(path.string()))
        throw UsageError(path.string() + " is a scenario, not a log; use understudy run");
    std::vector<std::filesystem::path> inputs = {path};
    for (const char* input : {"dag", "columns", "beside"})
        if (options.has(input)) inputs.emplace_back(options.get<std::string>(input));
    if (options.has("repeat"))
        for (const std::string& log : options.get<std::vector<std::string>>("repeat"))
            inputs.emplace_back(log);
    if (options.has("out")) {
        if (!formats::looks_like_hdf5(path))
            throw UsageError(
                "--out keeps the result of a trace of our own; of another log --json is the report");
        require_replaceable(options.get<std::string>("out"), OutputKind::result, inputs);
    }
    if (options.has("save-twin"))
        require_replaceable(options.get<std::string>("save-twin"), OutputKind::scenario, inputs);
    if (formats::looks_like_hdf5(path)) {
        for (const char* option : {"dag", "submissions", "columns", "backfill", "rules", "set", "save-twin",
                                   "storage", "network", "repeat", "beside"})
            if (options.has(option))
                throw UsageError(fmt::format(
                    "--{} is for logs of others; the trace of a result of ours runs again as it was, and "
                    "understudy run --set runs its scenario changed",
                    option));
        return replay_trace(path, options.has("json"),
                            options.has("out") ? options.get<std::string>("out") : "");
    }

    const std::string word = options.has("submissions") ? options.get<std::string>("submissions") : "";
    if (!word.empty() && word != "recorded" && word != "inferred")
        throw UsageError("--submissions is 'recorded' or 'inferred', not '" + word + "'");
    studies::QueueTwinOptions queue;
    if (options.has("backfill")) {
        const std::string& way = options.get<std::string>("backfill");
        if (way != "none" && way != "any" && way != "easy")
            throw UsageError("--backfill is 'none', 'any' or 'easy', not '" + way + "'");
        queue.backfill = way == "none"  ? models::Backfill::never
                         : way == "any" ? models::Backfill::any
                                        : models::Backfill::easy;
    }
    if (options.has("rules")) {
        const std::string& rules = options.get<std::string>("rules");
        if (rules != "inferred" && rules != "none")
            throw UsageError("--rules is 'inferred' or 'none', not '" + rules + "'");
        queue.rules = rules == "none" ? studies::QueueRules::none : studies::QueueRules::inferred;
    }
    const std::optional<StorageGiven> storage = storage_from(options);
    formats::LogOptions how;
    if (options.has("dag")) how.dependencies = options.get<std::string>("dag");
    if (options.has("columns")) how.columns = formats::read_columns_file(options.get<std::string>("columns"));
    studies::RunProgress how_far;
    Progress progress;
    progress.show("reading " + path.filename().string());
    std::optional<models::RecordedRun> first = read_or_tell(path, how);
    progress.clear();
    if (!first) return exit_usage;
    models::RecordedRun& run = *first;
    const bool is_queue = studies::is_queue_of_jobs(run);
    for (const char* option : {"backfill", "rules"})
        if (options.has(option) && !is_queue)
            throw UsageError(fmt::format("--{} is for logs of batch systems (SWF), and {} is none", option,
                                         path.filename().string()));
    progress.show("building the twin");
    if (!is_queue) models::infer_dependencies(run);
    studies::Submissions submissions = studies::default_submissions(run);
    if (!word.empty()) {
        submissions = word == "recorded" ? studies::Submissions::recorded : studies::Submissions::inferred;
        if (const std::string reason = studies::why_not(run, submissions); !reason.empty())
            throw formats::FileError(path, "cannot be replayed with --submissions " + word + ": " + reason);
    }
    if (storage) {
        const std::string reason = is_queue ? "a batch system tells nothing of data"
                                   : submissions == studies::Submissions::recorded
                                       ? "with recorded submissions a twin predicts nothing; --dag says who "
                                         "waited for whom"
                                       : studies::why_no_phases(run);
        if (!reason.empty()) throw formats::FileError(path, "cannot be replayed with --storage: " + reason);
    }
    auto platform =
        storage ? std::optional(studies::platform_of(storage->kind, storage->network)) : std::nullopt;
    studies::ReplayTwin twin =
        is_queue ? studies::build_queue_twin(run, queue) : studies::build_twin(run, submissions, platform);
    if (twin.scenario.twin.pipelines.front().tasks.empty())
        throw formats::FileError(
            path, "has no task with a duration; replay needs start and completion, or run times");
    std::vector<std::string> overrides;
    if (options.has("set")) overrides = options.get<std::vector<std::string>>("set");
    for (std::string& edit : studies::placement_edits(twin.scenario, overrides))
        overrides.push_back(std::move(edit));
    models::Scenario scenario = std::move(twin.scenario);
    scenario.name = formats::name_after(path);
    formats::clean_labels(scenario);
    const auto text_of = [&](const models::Scenario& its) {
        return formats::write_scenario(
            its,
            {"The twin of " + path.filename().string() + ", made by understudy replay.",
             "Edit it (the number of nodes, their cores) and run it with understudy run. Where the nodes",
             "change, leave out 'placement: recorded', so that tasks go where most cores are free."});
    };
    const auto edited = [&](models::Scenario its) -> std::optional<models::Scenario> {
        auto reading = formats::read_scenario(text_of(its), "twin", overrides);
        if (!reading.diagnostics.has_errors() && reading.scenario) return std::move(reading.scenario);
        progress.clear();
        print_problems(reading.diagnostics);
        return std::nullopt;
    };
    if (!overrides.empty()) {
        const double recorded_nodes = studies::nodes_in(scenario);
        std::optional<models::Scenario> changed = edited(std::move(scenario));
        if (!changed) return exit_usage;
        // On other nodes tasks find more or less in the memory of those who wrote it.
        if (platform && platform->kept_by_writer > 0 && studies::nodes_in(*changed) != recorded_nodes) {
            platform->moved_to_nodes = studies::nodes_in(*changed);
            twin = studies::build_twin(run, submissions, platform);
            twin.scenario.name = formats::name_after(path);
            changed = edited(std::move(twin.scenario));
            if (!changed) return exit_usage;
        }
        scenario = std::move(*changed);
    }
    if (options.has("save-twin"))
        formats::write_file(options.get<std::string>("save-twin"), text_of(scenario));
    progress.clear();
    auto prepared = prepare_scenario(std::move(scenario), "twin");
    if (!prepared) return exit_usage;
    progress.show(how_far);
    studies::ReplayResult result = studies::replay(run, twin, *prepared, &interrupt_requested(), &how_far);
    progress.clear();
    if (result.interrupted) {
        fmt::print(stderr, "understudy: interrupted before the twin's run had ended; nothing was compared\n");
        return exit_inconclusive;
    }
    if (is_queue && queue.rules == studies::QueueRules::inferred && overrides.empty() &&
        !result.waits.empty()) {
        // The same without what was inferred: how far that goes, and how far the discipline alone.
        queue.rules = studies::QueueRules::none;
        prepared.reset();  // a large one fills gigabytes, and is not needed any more
        studies::ReplayTwin plain = studies::build_queue_twin(run, queue);
        auto ready = prepare_scenario(std::move(plain.scenario), "twin");
        if (!ready) return exit_usage;
        const studies::ReplayResult other =
            studies::replay(run, plain, *ready, &interrupt_requested(), nullptr);
        for (std::size_t i = 0; i < result.waits.size() && !other.interrupted; ++i)
            result.waits[i].without_rules_s = other.waits[i].simulated_s;
    }
    if (storage && !overrides.empty()) {
        progress.show("predicting");
        std::vector<models::RecordedRun> others;
        if (options.has("repeat"))
            for (const std::string& log : options.get<std::vector<std::string>>("repeat")) {
                std::optional<models::RecordedRun> other = read_or_tell(log, how);
                if (!other) return exit_usage;
                models::infer_dependencies(*other);
                if (const std::string reason = studies::why_no_phases(*other); !reason.empty())
                    throw formats::FileError(log, "cannot be a repeat: " + reason);
                others.push_back(std::move(*other));
            }
        std::optional<models::RecordedRun> beside;
        if (options.has("beside")) {
            beside = read_or_tell(options.get<std::string>("beside"), how);
            if (!beside) return exit_usage;
        }
        studies::PredictionInput input;
        input.runs = {&run};
        for (const models::RecordedRun& other : others) input.runs.push_back(&other);
        input.beside = beside ? &*beside : nullptr;
        input.submissions = submissions;
        input.storage = storage->kind;
        input.network = storage->network;
        input.edit = edited;
        input.prepare = [](models::Scenario its) { return prepare_scenario(std::move(its), "twin"); };
        input.stop = &interrupt_requested();
        result.prediction = studies::predict(input);
        progress.clear();
        if (!result.prediction) return interrupt_requested() ? exit_inconclusive : exit_usage;
    }
    result.source = path.filename().string();
    result.changed = overrides;
    if (options.has("json"))
        fmt::print("{}", formats::replay_as_json(result));
    else
        fmt::print("{}", reports::replay_report(result));
    return exit_met;
}

}  // namespace understudy::cli
