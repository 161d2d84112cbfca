// understudy rehearse: a candidate beside its baseline, until it is clear whether it may be accepted.
#include "tools/studies/rehearse.h"

#include <fmt/core.h>

#include <optional>

#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/way_back.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/results/rehearsal_writer.h"
#include "tools/reports/rehearse_report.h"
#include "tools/studies/rehearse_change.h"

namespace understudy::cli {

namespace {

struct ReadPair {
    models::Scenario baseline, candidate;
    models::Acceptance acceptance;
    std::vector<std::string> stresses;  ///< names of actions
    bool rollback = false;              ///< the change tells its way back
};

/// What is rehearsed, from files and options: the one place that knows what a candidate may be. Nothing if there was an
/// error, which has been said then.
std::optional<ReadPair> read_pair(const std::string& baseline, const std::string& candidate,
                                  const std::vector<std::string>& overrides,
                                  const std::vector<std::string>& entries) {
    const bool change = kind_of(candidate) == "change";
    auto first = read_scenario_input(baseline, overrides);
    if (!first) return std::nullopt;
    auto second = change ? read_scenario_input(baseline, overrides, {candidate})
                         : read_scenario_input(candidate, overrides);
    if (!second) return std::nullopt;
    ReadPair pair{std::move(*first), std::move(*second), {}, {}, false};
    std::string& currency = pair.candidate.currency;
    const formats::Change said =
        change ? formats::read_change_file(candidate).change.value() : formats::Change{};
    for (const formats::Node& stress : said.stress) pair.stresses.push_back(stress.text);
    pair.rollback = said.rollback.has_value();
    if (change && entries.empty()) {
        if (!currency.empty() && !said.currency.empty() && said.currency != currency)
            throw UsageError(candidate + ": 'accept' is in " + said.currency + ", the scenario in " +
                             currency);
        pair.acceptance = said.accept;
        if (currency.empty()) currency = said.currency;
    }
    for (const std::string& text : entries) {
        try {
            formats::read_accepted(text, currency, pair.acceptance);
        } catch (const formats::Fault& fault) {
            throw UsageError("--accept '" + text + "': " + std::string(fault.what()) +
                             (fault.hint.empty() ? "" : "; " + fault.hint));
        }
    }
    if (pair.acceptance.objectives.empty() && pair.acceptance.increases.empty())
        pair.acceptance.all_objectives = true;
    return pair;
}

/// The pairs as they are, and under each stress; nothing if there was an error, which has been said then.
std::optional<studies::PreparedChange> prepare_pairs(ReadPair read, const std::string& baseline,
                                                     const std::string& candidate) {
    std::vector<std::string> happens = {""};
    happens.insert(happens.end(), read.stresses.begin(), read.stresses.end());
    studies::PreparedChange change;
    for (const std::string& stress : happens) {
        studies::PairProblems problems;
        auto pair = studies::prepare_pair(studies::under_stress(read.baseline, read.stresses, stress),
                                          studies::under_stress(read.candidate, read.stresses, stress),
                                          read.acceptance, problems);
        if (stress.empty() || !pair) {
            print_problems(problems.baseline, baseline);
            if (candidate != baseline) print_problems(problems.candidate, candidate);
            print_problems(problems.acceptance, "--accept");
        }
        if (!pair) return std::nullopt;
        if (stress.empty())
            change.pair = std::move(*pair);
        else
            change.stresses.push_back({stress, std::move(*pair)});
    }
    return change;
}

/// The base that a change names; nothing if there was an error in it, which has been said then. UsageError where it names
/// none.
std::optional<std::string> base_of_change(const std::string& file) {
    if (kind_of(file) != "change")
        throw UsageError(
            "rehearse needs what is there and what is to be: two scenarios, or one and a change file; a "
            "change alone is rehearsed beside its base");
    const formats::ChangeReading reading = formats::read_change_file(file);
    fmt::print(stderr, "{}", reading.diagnostics.show());
    if (!reading.change) return std::nullopt;
    const std::string base = formats::base_of(*reading.change, file);
    if (base.empty()) throw UsageError(file + " names no base; give the scenario before it");
    return base;
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
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write the answer and what it stands on as HDF5");
    options.add()("json", "print one JSON document instead of the table");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("baseline"))
        throw UsageError(
            "rehearse needs what is there and what is to be: two scenarios, or one and a change file");
    const bool alone = !options.has("candidate");
    const std::string candidate = options.get<std::string>(alone ? "baseline" : "candidate");
    const auto named = alone ? base_of_change(candidate) : options.get<std::string>("baseline");
    if (!named) return exit_usage;
    const std::string& baseline = *named;

    std::vector<std::string> overrides, accept;
    if (options.has("set")) overrides = options.get<std::vector<std::string>>("set");
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

    auto read = read_pair(baseline, candidate, overrides, accept);
    if (!read) return exit_usage;
    if (read->baseline.run.detail == models::Detail::analytic ||
        read->candidate.run.detail == models::Detail::analytic)
        throw UsageError("'detail: analytic' simulates nothing, and a rehearsal is a simulation");
    const bool has_rollback = read->rollback;
    auto change = prepare_pairs(std::move(*read), baseline, candidate);
    if (!change) return exit_usage;
    if (has_rollback) {
        change->rollback = prepare_way_back(baseline, overrides, candidate);
        if (!change->rollback) return exit_usage;
    }

    studies::RunProgress how_far;
    how.run.progress = &how_far;
    Progress progress;
    progress.show(how_far);
    const studies::RehearsalResult result = studies::rehearse_change(std::move(*change), how);
    progress.clear();
    const std::string answer = formats::rehearsal_as_json(result);
    if (!out.empty() && result.replications == 0)
        fmt::print(stderr,
                   "understudy: interrupted before there was a pair of replications; {} was not written\n",
                   out);
    else if (!out.empty())
        formats::write_rehearsal(out, result, answer);
    if (options.has("json")) {
        fmt::print("{}", answer);
    } else {
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", reports::rehearse_report(result, formats::rehearsal_digest(result), look));
    }
    return exit_code_of(result.verdict);
}

}  // namespace understudy::cli
