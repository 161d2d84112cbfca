#include "tools/cli/rehearsal.h"

#include <fmt/core.h>

#include <utility>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/cli/rollout.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/way_back.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/objectives.h"
#include "tools/studies/rehearse_change.h"

namespace understudy::cli {

namespace {

struct ReadPair {
    models::Scenario baseline, candidate;
    models::Acceptance acceptance;
    std::vector<std::string> stresses;  ///< names of actions
    bool rollout = false;               ///< the change is brought in in steps
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
    ReadPair pair{std::move(*first), std::move(*second), {}, {}, false, false};
    std::string& currency = pair.candidate.currency;
    const formats::Change said =
        change ? formats::read_change_file(candidate).change.value() : formats::Change{};
    for (const formats::Node& stress : said.stress) pair.stresses.push_back(stress.text);
    pair.rollout = said.rollout.in_steps;
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

}  // namespace

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

std::optional<studies::RehearsalResult> rehearse_files(const RehearsalOfFiles& what) {
    auto read = read_pair(what.baseline, what.candidate, what.overrides, what.accept);
    if (!read) return std::nullopt;
    if (read->baseline.run.detail == models::Detail::analytic ||
        read->candidate.run.detail == models::Detail::analytic)
        throw UsageError("'detail: analytic' simulates nothing, and a rehearsal is a simulation");
    const bool has_rollout = read->rollout, has_rollback = read->rollback;
    auto change = prepare_pairs(std::move(*read), what.baseline, what.candidate);
    if (!change) return std::nullopt;
    if (has_rollout) {
        change->canary = prepare_rollout(what.baseline, what.overrides, what.candidate);
        if (!change->canary) return std::nullopt;
    }
    if (has_rollback) {
        change->rollback = prepare_way_back(what.baseline, what.overrides, what.candidate);
        if (!change->rollback) return std::nullopt;
    }
    studies::RehearseOptions how = what.how;
    studies::RunProgress how_far;
    how.run.progress = &how_far;
    Progress progress;
    progress.show(how_far);
    studies::RehearsalResult result = studies::rehearse_change(std::move(*change), how);
    progress.clear();
    return result;
}

}  // namespace understudy::cli
