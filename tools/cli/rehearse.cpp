// understudy rehearse: a candidate beside its baseline, until it is clear whether it may be accepted.
#include "tools/studies/rehearse.h"

#include <fmt/core.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "tools/cli/base_version.h"
#include "tools/cli/command.h"
#include "tools/cli/input_uncertainty.h"
#include "tools/cli/output_format.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/rehearsal.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/checks/check_files.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/results/rehearsal_writer.h"
#include "tools/reports/rehearsal_checks.h"
#include "tools/reports/rehearse_report.h"

namespace understudy::cli {

namespace {

const Formats rehearsal_formats = {"text", "json", "markdown", "junit", "sarif"};

/// What is rehearsed beside another base than the change names, or was made for, is not what is requested of it.
void warn_of_another_base(const std::string& candidate, const std::string& baseline) {
    if (kind_of(candidate) != "change") return;
    const formats::ChangeReading reading = formats::read_change_file(candidate);
    if (!reading.change) return;  // told by who reads it
    const std::string base = formats::base_of(*reading.change, candidate);
    std::error_code none;
    if (base.empty()) return;
    if (base == baseline || std::filesystem::equivalent(base, baseline, none)) {
        if (const auto stale = stale_base(*reading.change, candidate, base))
            fmt::print(stderr, "understudy: warning: {} {}; {}\n", base, stale->message, stale->fix);
        return;
    }
    const auto version = [](const std::string& name) {
        formats::ScenarioText text;
        const bool stored = formats::names_stored_version(name) && !formats::read_scenario_text(name, text);
        return stored ? text.shown : std::string();
    };
    if (!version(base).empty() && version(base) == version(baseline)) return;
    fmt::print(stderr,
               "understudy: warning: {} names {} as its base, and is rehearsed beside {}; without a baseline "
               "it is rehearsed beside its own\n",
               candidate, base, baseline);
}

int rehearse_with(const Options& options, const std::string& format) {
    const bool alone = !options.has("candidate");
    const std::string candidate = options.get<std::string>(alone ? "baseline" : "candidate");
    const auto named = alone ? base_of_change(candidate) : options.get<std::string>("baseline");
    if (!named) return exit_usage;
    const std::string& baseline = *named;
    if (alone)
        if (const auto change = formats::read_change_file(candidate).change)
            require_current_base(*change, candidate, baseline);

    if (!alone) warn_of_another_base(candidate, baseline);

    const std::vector<std::string> set = overrides_from(options);
    std::vector<std::string> overrides = set, accept;
    if (options.has("accept")) accept = options.get<std::vector<std::string>>("accept");
    std::optional<std::uint64_t> seed;
    if (options.has("seed")) seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    for (std::string& edit : run_overrides(seed, std::nullopt)) overrides.push_back(std::move(edit));
    if (options.has("confidence"))
        overrides.push_back("run.confidence=" +
                            share_from("--confidence", options.get<std::string>("confidence")));
    constexpr std::uint64_t most_replications = 100'000;
    studies::RehearseOptions how;
    how.run.version = UNDERSTUDY_VERSION;
    how.run.set = set;
    how.run.stop = &interrupt_requested();
    how.independent = options.has("independent");
    if (options.has("replications"))
        how.most = static_cast<std::int64_t>(
            whole_number("--replications", options.get<std::string>("replications"), 2, most_replications));
    if (options.has("threads"))
        how.run.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));
    const std::string out = options.has("out") ? options.get<std::string>("out") : "";
    if (!out.empty()) require_replaceable(out, OutputKind::result, {baseline, candidate});

    RehearsalOfFiles what{baseline, candidate, overrides, accept, {}, how};
    take_credibility(options, what);
    what.inputs = asks_for_inputs(options);
    if (what.inputs) what.draws = [&](std::int64_t fewest) { return input_draws_from(options, fewest); };
    const auto finished = rehearse_files(what);
    if (!finished) return exit_usage;
    const studies::RehearsalResult& result = *finished;
    const std::string answer = formats::rehearsal_as_json(result);
    if (!out.empty() && result.replications == 0)
        fmt::print(stderr,
                   "understudy: interrupted before there was a pair of replications; {} was not written\n",
                   out);
    else if (!out.empty())
        formats::write_rehearsal(out, result, answer);
    const auto markdown = [&] { return markdown_of(what, result); };
    if (format == "json") {
        fmt::print("{}", answer);
    } else if (format == "markdown") {
        fmt::print("{}", markdown());
    } else if (format == "junit") {
        fmt::print("{}", formats::checks_as_junit(reports::rehearsal_checks(result), candidate));
    } else if (format == "sarif") {
        fmt::print(
            "{}", formats::checks_as_sarif(reports::rehearsal_checks(result), candidate, UNDERSTUDY_VERSION));
    } else {
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", reports::rehearse_report(result, formats::rehearsal_digest(result), look));
    }
    add_to_step_summary(markdown);
    return exit_code_of(result);
}

}  // namespace

int rehearse_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("rehearse"));
    options.positional("baseline", 1,
                       "the scenario file of what is there; may be left out beside a change that names it");
    options.positional("candidate", 1, "what is to be: a scenario file, or a change to the baseline");
    options.add()("accept", po::value<std::vector<std::string>>()->composing()->value_name("TEXT"),
                  "what has to hold: 'increase avg latency() < 5%', an objective, or 'all objectives' of the "
                  "candidate; may be repeated (default: what the change says, else all objectives)");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value in both; may be repeated");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "of each, at most (default: 200)");
    options.add()("confidence", po::value<std::string>()->value_name("SHARE"),
                  "of all that is accepted together (default: the candidate's)");
    options.add()("independent", "give the candidate random numbers of its own");
    add_input_options(options,
                      "times that those parameters are drawn anew (default: 100, or as many as the level of "
                      "its intervals takes)");
    add_credibility_options(options);
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write the answer and what it stands on as HDF5");
    add_format_options(options, rehearsal_formats);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("baseline"))
        throw UsageError(
            "rehearse needs what is there and what is to be: two scenarios, or one and a change file");
    const std::string format = format_from(options, rehearsal_formats);
    return refusing_in(format, options.get<std::string>(options.has("candidate") ? "candidate" : "baseline"),
                       [&] { return rehearse_with(options, format); });
}

}  // namespace understudy::cli
