// understudy run: simulate a scenario and judge its objectives.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "tools/cli/command.h"
#include "tools/cli/going_on.h"
#include "tools/cli/input_uncertainty.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/analytic_json.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/language/configuration.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/values.h"
#include "tools/formats/results/trace_writer.h"
#include "tools/reports/analytic_report.h"
#include "tools/reports/text_report.h"
#include "tools/studies/analytic.h"
#include "tools/studies/input_uncertainty.h"
#include "tools/studies/least_certain.h"
#include "tools/studies/redrawn_inputs.h"

namespace understudy::cli {

namespace {

/// The sinks of the traced replications, made when they begin and closed when they end.
class TracedReplications {
public:
    TracedReplications(formats::TraceWriter& writer, bool all) : writer_(writer), all_(all) {}
    models::TraceSink* begin(std::int64_t number) {
        if (!all_ && number != 1) return nullptr;
        auto sink = writer_.replication(number);
        const std::lock_guard lock(mutex_);
        return (sinks_[number] = std::move(sink)).get();
    }
    void end(std::int64_t number) {
        const std::lock_guard lock(mutex_);
        const auto found = sinks_.find(number);
        if (found == sinks_.end()) return;
        found->second->complete();
        sinks_.erase(found);
    }
    void abandon() { sinks_.clear(); }

private:
    formats::TraceWriter& writer_;
    bool all_;
    std::mutex mutex_;
    std::map<std::int64_t, std::unique_ptr<formats::ReplicationTrace>> sinks_;
};

/// `bytes` in a unit of the family that `limit` is written in (GB or GiB), so that the two can be compared.
std::string beside_limit(const std::string& limit, double bytes) {
    const bool binary = limit.find('i') != std::string::npos;
    std::string_view prefixes = binary ? "KMGTPE" : "kMGTPE";
    const double step = binary ? 1024 : 1000;
    std::string unit = "B";
    for (; bytes >= step && !prefixes.empty(); prefixes.remove_prefix(1)) {
        bytes /= step;
        unit = prefixes.substr(0, 1);
        unit += binary ? "iB" : "B";
    }
    return fmt::format("{:.{}f}{}", bytes, bytes < 10 ? 1 : 0, unit);
}

double bytes_of(const std::string& text) {
    try {
        return formats::read_quantity(text, formats::Dimension::size).value;
    } catch (const formats::Fault& fault) {
        throw UsageError("--trace-limit " + text + ": " + std::string(fault.what()) +
                         (fault.hint.empty() ? "" : "; " + fault.hint));
    }
}

/// Meets a folder that is not there, or may not be written to, before the run and not after it.
void require_writable(const std::filesystem::path& target) {
    std::error_code none;
    const auto kind = std::filesystem::status(target, none).type();
    if (kind == std::filesystem::file_type::not_found || kind == std::filesystem::file_type::regular)
        const formats::AtomicFile tried(target);
}

/// Refuses what only a simulation heeds.
void require_no_simulation(const Options& options, const std::string& why) {
    for (const char* name :
         {"seed", "replications", "precision", "threads", "out", "trace", "input-uncertainty"})
        if (options.has(name)) throw UsageError(why + ": --" + name + " has no meaning with it");
}

int answer_by_formulas(const studies::PreparedRun& prepared, const std::vector<std::string>& set, bool json) {
    studies::AnalyticResult result = studies::answer_analytically(prepared, UNDERSTUDY_VERSION);
    result.provenance.set = set;
    if (json) {
        fmt::print("{}", formats::analytic_as_json(result));
    } else {
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", reports::analytic_report(result, look));
    }
    return exit_code_of(result.verdict);
}

/// Says on stderr how long it takes to settle what is not decided. Never in the report: times differ from run to run.
void say_how_long(const studies::RunResult& result) {
    const std::int64_t more = studies::more_replications_for_all(result);
    const std::int64_t made = result.replications_done - result.reused;
    if (more == 0 || made <= 0 || result.interrupted) return;
    // As many at a time as there are threads.
    const auto turns = [&](std::int64_t number) {
        return std::ceil(static_cast<double>(number) / static_cast<double>(result.threads));
    };
    const double seconds = result.seconds / turns(made) * turns(more);
    fmt::print(stderr, "understudy: note: {} more replication{} would take about {} with {} thread{}\n", more,
               more == 1 ? "" : "s", span_text(std::max(1.0, seconds)), result.threads,
               result.threads == 1 ? "" : "s");
}

}  // namespace

int run_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("run"));
    options.positional("scenario", 1, "the scenario file");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value before the run; may be repeated");
    options.add()("change", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
                  "apply a change file before the run; may be repeated");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::int64_t>()->value_name("N"), "independent repetitions");
    options.add()("precision", po::value<std::string>()->value_name("SHARE"),
                  "as many more as it takes for intervals this narrow, such as 2%");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"), "write the result as HDF5");
    options.add()("json", "print one JSON document instead of the table");
    options.add()("trace", po::value<std::string>()->value_name("first|all")->implicit_value("first"),
                  "keep every event of the first replication, or of all, in --out");
    options.add()("trace-limit", po::value<std::string>()->value_name("SIZE"),
                  "refuse a trace that would take more (default: 10GiB)");
    options.add()("trace-compression", po::value<std::string>()->value_name("deflate|none"),
                  "of the finished file (default: deflate)");
    options.add()("fresh", "simulate all replications, also those that --out has already");
    add_input_options(options, "times that those parameters are drawn anew (default: 100)");
    options.add()("analytic", "answer by formulas what they can, and simulate nothing");
    if (!options.parse(arguments)) return exit_met;
    const bool traced = options.has("trace");
    const std::string which = traced ? options.get<std::string>("trace") : "";
    if (traced && which != "first" && which != "all")
        throw UsageError("--trace is 'first' or 'all', not '" + which +
                         "'; alone it goes behind the scenario, or as --trace=first");
    if (!options.has("scenario")) throw UsageError("run needs a scenario file; understudy init writes one");
    const std::string path = options.get<std::string>("scenario");
    const std::vector<std::string> set = overrides_from(options);
    std::vector<std::string> overrides = set;
    std::optional<std::uint64_t> seed;
    std::optional<std::int64_t> replications;
    if (options.has("seed")) seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    if (options.has("replications")) replications = options.get<std::int64_t>("replications");
    for (auto& edit : run_overrides(seed, replications)) overrides.push_back(std::move(edit));
    if (options.has("precision"))
        overrides.push_back("run.precision=" +
                            share_from("--precision", options.get<std::string>("precision")));
    if (traced && !options.has("out")) throw UsageError("--trace needs --out FILE to write to");
    if (options.has("fresh") && !options.has("out"))
        throw UsageError("--fresh needs --out FILE, whose replications it does not reuse");
    std::optional<std::uint64_t> threads;
    if (options.has("threads"))
        threads = whole_number("--threads", options.get<std::string>("threads"), 1, most_threads);
    if (options.has("out"))
        require_replaceable(options.get<std::string>("out"), OutputKind::result, {path},
                            options.has("fresh"));
    for (const char* of_traces : {"trace-limit", "trace-compression"})
        if (!traced && options.has(of_traces))
            throw UsageError("--" + std::string(of_traces) + " needs --trace");
    const std::string compression =
        options.has("trace-compression") ? options.get<std::string>("trace-compression") : "deflate";
    if (compression != "deflate" && compression != "none")
        throw UsageError("--trace-compression is 'deflate' or 'none', not '" + compression + "'");
    const std::string most = options.has("trace-limit") ? options.get<std::string>("trace-limit") : "10GiB";
    const double limit = bytes_of(most);

    if (options.has("analytic")) require_no_simulation(options, "--analytic simulates nothing");
    std::vector<std::string> changes;
    if (options.has("change")) changes = options.get<std::vector<std::string>>("change");
    const bool uncertain = asks_for_inputs(options);
    auto whole = read_effective_input(path, overrides, changes);
    if (!whole) return exit_usage;
    formats::ScenarioReading* const reading = &whole->reading;
    std::vector<studies::UncertainInput> inputs;
    std::int64_t draws = studies::usual_input_draws;
    if (uncertain) {
        inputs = uncertain_inputs(path, *reading);
        if (reading->scenario->run.replications < 2)
            throw UsageError("--input-uncertainty needs two replications or more: -n 10");
        draws = input_draws_from(options, studies::fewest_input_draws(reading->scenario->run.confidence));
    }
    models::Detail& detail = reading->scenario->run.detail;
    if (detail == models::Detail::analytic) require_no_simulation(options, path + " has 'detail: analytic'");
    if (options.has("analytic")) detail = models::Detail::analytic;
    auto prepared = prepare_scenario(std::move(*reading->scenario), path);
    if (!prepared) return exit_usage;
    if (prepared->scenario.run.detail == models::Detail::analytic)
        return answer_by_formulas(*prepared, set, options.has("json"));

    studies::RunOptions run;
    run.version = UNDERSTUDY_VERSION;
    run.set = set;
    if (options.has("out")) run.origins = formats::origins_of(*whole);
    run.stop = &interrupt_requested();
    if (threads) run.threads = static_cast<unsigned>(*threads);
    studies::RunProgress how_far;
    run.progress = &how_far;

    std::unique_ptr<formats::TraceWriter> writer;
    std::unique_ptr<TracedReplications> sinks;
    if (traced) {
        const double rows = studies::estimate_trace_rows(*prepared) *
                            (which == "all" ? static_cast<double>(prepared->scenario.run.replications) : 1.0);
        const double bytes = static_cast<double>(formats::estimate_trace_bytes(
            static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(rows)));
        if (bytes > limit)
            throw UsageError(
                fmt::format("the trace would take about {}, more than --trace-limit {}; trace fewer "
                            "replications, shorten the run, or raise the limit",
                            beside_limit(most, bytes), most));
        const studies::Provenance provenance = studies::provenance_of(*prepared, run);
        formats::TraceWriterOptions how;
        how.compression =
            compression == "none" ? formats::TraceCompression::none : formats::TraceCompression::deflate;
        writer = std::make_unique<formats::TraceWriter>(options.get<std::string>("out"),
                                                        prepared->model->trace_header(), provenance, how);
        sinks = std::make_unique<TracedReplications>(*writer, which == "all");
        run.sink = [&](std::int64_t number) { return sinks->begin(number); };
        run.traced = [&](std::int64_t number) { sinks->end(number); };
    }
    std::optional<GoingOn> going_on;
    if (!traced && options.has("out")) {
        require_writable(options.get<std::string>("out"));
        going_on.emplace(options.get<std::string>("out"), options.has("fresh"), *prepared, run);
    }
    Progress progress;
    progress.show(how_far);
    studies::RunResult result =
        studies::run(*prepared, run, going_on ? going_on->take_earlier() : std::nullopt);
    if (uncertain && !result.interrupted)
        studies::add_input_uncertainty(*prepared, inputs, draws, run, result);
    progress.clear();
    if (going_on) going_on->end(result);
    if (result.interrupted && result.replications_done == 0 && options.has("out")) {
        // Nothing that is worth the result that may stand there.
        if (writer) {
            sinks->abandon();
            writer->abandon();
        }
        fmt::print(stderr, "understudy: interrupted before a replication had ended; {} was not written\n",
                   options.get<std::string>("out"));
    } else if (const std::int64_t there =
                   writer && result.interrupted ? replications_in(options.get<std::string>("out")) : 0;
               there > result.replications_done) {
        sinks->abandon();
        writer->abandon();
        fmt::print(
            stderr,
            "understudy: note: interrupted after {} of {} replications: {} has {} and stays as it was\n",
            result.replications_done, result.provenance.replications, options.get<std::string>("out"), there);
    } else if (writer) {
        sinks->abandon();
        if (const auto missing = writer->finish(result))
            fmt::print(stderr, "understudy: warning: {}\n", *missing);
    } else if (going_on) {
        going_on->write(result);
    }
    if (options.has("json")) {
        fmt::print("{}", formats::result_as_json(result));
    } else {
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", reports::text_report(result, look));
    }
    say_how_long(result);
    return exit_code_of(result.verdict, result.interrupted);
}

}  // namespace understudy::cli
