#include "tools/cli/rehearsal.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "tools/cli/change_case.h"
#include "tools/cli/change_input.h"
#include "tools/cli/command.h"
#include "tools/cli/input_uncertainty.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/rollout.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/way_back.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/changed_scenario.h"
#include "tools/formats/language/configuration.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/printable.h"
#include "tools/formats/store/twin_calibration.h"
#include "tools/reports/change_markdown.h"
#include "tools/reports/rehearse_markdown.h"
#include "tools/studies/redrawn_inputs.h"
#include "tools/studies/rehearse_change.h"
#include "tools/studies/transformation_checks.h"

namespace understudy::cli {

namespace {

struct ReadPair {
    models::Scenario baseline, candidate;
    std::vector<studies::ValueOrigin> baseline_origins, candidate_origins;
    models::Acceptance acceptance;
    std::map<std::string, std::string> places;  ///< of entries that the change accepts: `file:line:column`
    std::vector<std::string> stresses;          ///< names of actions
    studies::PairOfInputs inputs;               ///< where they are asked for
    bool rollout = false;                       ///< the change is brought in in steps
    bool rollback = false;                      ///< the change tells its way back
};

/// What is rehearsed, from files and options: the one place that knows what a candidate may be. Nothing if there was an
/// error, which has been said then.
std::optional<ReadPair> read_pair(const std::string& baseline, const std::string& candidate,
                                  const std::vector<std::string>& overrides,
                                  const std::vector<std::string>& entries, bool inputs) {
    const bool change = kind_of(candidate) == "change";
    auto first = read_effective_input(baseline, overrides, {});
    if (!first) return std::nullopt;
    auto second = change ? read_effective_input(baseline, overrides, {candidate})
                         : read_effective_input(candidate, overrides, {});
    if (!second) return std::nullopt;
    ReadPair pair;
    if (inputs)
        pair.inputs = uncertain_inputs_of_pair(baseline, first->reading, change ? baseline : candidate,
                                               second->reading);
    pair.baseline_origins = formats::origins_of(*first);
    pair.candidate_origins = formats::origins_of(*second);
    pair.baseline = std::move(*first->reading.scenario);
    pair.candidate = std::move(*second->reading.scenario);
    std::string& currency = pair.candidate.currency;
    const formats::ChangeReading reading =
        change ? formats::read_change_file(candidate)
               : formats::ChangeReading{formats::Change{}, formats::Diagnostics{}};
    const formats::Change& said = reading.change.value();
    if (const auto problem = why_never_in(said, pair.candidate.run)) {
        print_problems({*problem}, reading.diagnostics.show(said.rollout.place));
        return std::nullopt;
    }
    for (const formats::Node& stress : said.stress) pair.stresses.push_back(stress.text);
    pair.rollout = said.rollout.in_steps;
    pair.rollback = said.rollback.has_value();
    if (change && entries.empty()) {
        if (!currency.empty() && !said.currency.empty() && said.currency != currency)
            throw UsageError(candidate + ": 'accept' is in " + said.currency + ", the scenario in " +
                             currency);
        pair.acceptance = said.accept;
        for (const formats::Node& entry : said.accept_entries)
            pair.places[entry.text] = reading.diagnostics.show(entry.place);
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

/// How far off the twin of the baseline is known to be. UsageError for a file that does not say it.
std::vector<studies::CalibrationError> calibration_from(const RehearsalOfFiles& what) {
    if (what.calibration.empty()) return formats::calibration_of_scenario(what.baseline);
    std::vector<studies::CalibrationError> all;
    for (const std::string& file : what.calibration) {
        const formats::ChangeReading reading = formats::read_change_file(file);
        if (!reading.change) {
            print_problems(reading.diagnostics);
            throw UsageError("--calibration " + file + ": it cannot be read");
        }
        if (reading.change->validation.empty())
            throw UsageError(
                "--calibration " + file +
                ": it says no errors on held-out runs (validation); understudy calibrate writes them");
        for (studies::CalibrationError one : reading.change->validation) {
            one.source = reading.change->name;
            all.push_back(std::move(one));
        }
    }
    return all;
}

/// What a simulation does not see: rows hold other values than before, as many as there are; and what `change validate`
/// refuses, such as a column that somebody reads and that goes.
std::vector<std::string> warnings_of_checks(const std::string& baseline, const std::string& change,
                                            const models::Scenario& candidate) {
    std::vector<std::string> warnings;
    if (kind_of(change) != "change") return warnings;
    const auto one = read_change_case(change, baseline);
    if (!one || !one->validation.review) return warnings;  // told by who makes the pair
    std::set<std::string> of_rows;
    for (const studies::Transformation& transformation : one->validation.review->transformations)
        for (const studies::Check& check : studies::checks_of(transformation, candidate)) {
            of_rows.insert(check.name);
            if (check.status == studies::Check::Status::passed) continue;
            if (check.status == studies::Check::Status::skipped && check.name != "rows") continue;
            warnings.push_back(fmt::format("{}: {}{}{}: 'change validate' has it", transformation.task,
                                           check.message,
                                           check.about == transformation.task ? "" : " (" + check.about + ")",
                                           check.name == "records" ? "" : "; no simulation sees it"));
        }
    for (const studies::Check& check : one->validation.checks)
        // Of an overload the simulation tells, of another base whoever takes it.
        if (check.status == studies::Check::Status::failed && !of_rows.contains(check.name) &&
            check.name != "stability" && check.name != "base")
            warnings.push_back(fmt::format("'change validate' fails, {}: {}{}", check.name,
                                           check.about.empty() ? "" : check.about + ": ", check.message));
    return warnings;
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
            for (const models::Problem& problem : problems.acceptance) {
                const auto place = read.places.find(problem.path);
                print_problems({problem}, place == read.places.end() ? "--accept" : place->second);
            }
        }
        if (!pair) return std::nullopt;
        if (stress.empty())
            change.pair = std::move(*pair);
        else
            change.stresses.push_back({stress, std::move(*pair), std::nullopt});
    }
    return change;
}

/// Empty for a scenario.
std::string change_section(const std::string& candidate, const std::string& baseline) {
    if (kind_of(candidate) != "change") return "";
    const auto one = read_change_case(candidate, baseline);
    if (!one) return "";
    const auto impact = impact_of(*one);
    return reports::change_markdown(one->validation, impact ? &*impact : nullptr);
}

}  // namespace

std::string markdown_of(const RehearsalOfFiles& what, const studies::RehearsalResult& result) {
    return reports::rehearse_markdown(result, formats::rehearsal_digest(result),
                                      change_section(what.candidate, what.baseline));
}

void add_credibility_options(Options& options) {
    namespace po = boost::program_options;
    options.add()(
        "calibration", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
        "a calibration of the baseline, whose errors on held-out runs count; may be repeated (default: "
        "the last one in the history of a stored twin)");
    options.add()("credible", po::value<std::string>()->value_name("REASON"),
                  "take the twin for credible whatever its error, for this reason, which is kept");
}

void take_credibility(const Options& options, RehearsalOfFiles& what) {
    if (options.has("calibration")) what.calibration = options.get<std::vector<std::string>>("calibration");
    if (!options.has("credible")) return;
    what.how.trusted = options.get<std::string>("credible");
    if (what.how.trusted.find_first_not_of(' ') == std::string::npos ||
        !formats::is_printable(what.how.trusted))
        throw UsageError("--credible takes a reason, which is kept: say why the twin can be trusted here");
}

int exit_code_of(const studies::RehearsalResult& result) {
    return result.verdict == studies::Verdict::inconclusive && result.reason == studies::Reason::not_credible
               ? exit_stale
               : exit_code_of(result.verdict);
}

std::optional<std::string> base_of_change(const std::string& file) {
    if (kind_of(file) != "change")
        throw UsageError(
            "rehearse needs what is there and what is to be: two scenarios, or one and a change file; a "
            "change alone is rehearsed beside its base");
    const formats::ChangeReading reading = formats::read_change_file(file);
    print_problems(reading.diagnostics);
    if (!reading.change) return std::nullopt;
    auto base = base_named_by(reading, file);
    if (base && base->empty()) throw UsageError(file + " names no base; give the scenario before it");
    return base;
}

std::optional<studies::RehearsalResult> rehearse_files(const RehearsalOfFiles& what) {
    auto read = read_pair(what.baseline, what.candidate, what.overrides, what.accept, what.inputs);
    if (!read) return std::nullopt;
    if (read->baseline.run.detail == models::Detail::analytic ||
        read->candidate.run.detail == models::Detail::analytic)
        throw UsageError("'detail: analytic' simulates nothing, and a rehearsal is a simulation");
    studies::RehearseOptions how = what.how;
    how.inputs = std::move(read->inputs);
    const std::vector<std::string> unseen =
        warnings_of_checks(what.baseline, what.candidate, read->candidate);
    std::vector<studies::ValueOrigin> origins[] = {std::move(read->baseline_origins),
                                                   std::move(read->candidate_origins)};
    const bool has_rollout = read->rollout, has_rollback = read->rollback;
    auto change = prepare_pairs(std::move(*read), what.baseline, what.candidate);
    if (!change) return std::nullopt;
    change->pair.warnings.insert(change->pair.warnings.end(), unseen.begin(), unseen.end());
    if (what.inputs)
        how.inputs.draws = what.draws(studies::fewest_input_draws(studies::level_of(*change, how)));
    if (has_rollout) {
        change->canary = prepare_rollout(what.baseline, what.overrides, what.candidate);
        if (!change->canary) return std::nullopt;
        for (studies::PreparedChange::Stressed& one : change->stresses) {
            one.canary = prepare_rollout(what.baseline, what.overrides, what.candidate, one.name);
            if (!one.canary) return std::nullopt;
        }
    }
    if (has_rollback) {
        change->rollback = prepare_way_back(what.baseline, what.overrides, what.candidate);
        if (!change->rollback) return std::nullopt;
    }
    studies::RunProgress how_far;
    how.run.progress = &how_far;
    how.explain = true;
    how.write = [](const models::Scenario& scenario) { return formats::write_scenario(scenario); };
    how.calibration = calibration_from(what);
    Progress progress;
    progress.show(how_far);
    studies::RehearsalResult result = studies::rehearse_change(std::move(*change), how);
    progress.clear();
    for (std::size_t i = 0; i < result.runs.size() && i < std::size(origins); ++i)
        result.runs[i].result.provenance.origins = std::move(origins[i]);
    return result;
}

}  // namespace understudy::cli
