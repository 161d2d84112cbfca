#include "tools/cli/change_plans.h"

#include <algorithm>
#include <utility>

#include "tools/cli/rollout.h"
#include "tools/cli/way_back.h"
#include "tools/studies/rehearse.h"

namespace understudy::cli {

namespace {

using studies::Check;
using studies::Checks;

void add_failed(const char* name, const std::string& place, const models::Problem& problem, Checks& out) {
    if (problem.severity == models::Problem::Severity::error)
        out.push_back({name, Check::Status::failed, "", problem.message, place, problem.hint});
}

/// What stands in the files, or else is wrong with what they say together.
void add_failed(const char* name, const std::string& place, const formats::Diagnostics& diagnostics,
                const models::Problems& problems, Checks& out) {
    for (const formats::Diagnostic& one : diagnostics.all())
        if (one.severity == formats::Diagnostic::Severity::error)
            out.push_back(
                {name, Check::Status::failed, "", one.message, diagnostics.show(one.place), one.hint});
    for (const models::Problem& problem : problems) add_failed(name, place, problem, out);
}

void check_accept(const formats::ChangeReading& said, const models::Scenario& before,
                  const models::Scenario& after, Checks& out) {
    const formats::Change& change = *said.change;
    const auto place_of = [&](const std::string& text) {
        for (const formats::Node& entry : change.accept_entries)
            if (entry.text == text) return said.diagnostics.show(entry.place);
        return std::string();
    };
    if (!after.currency.empty() && !change.currency.empty() && after.currency != change.currency) {
        out.push_back({"accept", Check::Status::failed, "",
                       "limits are in " + change.currency + ", the scenario in " + after.currency,
                       place_of(change.accept_entries.front().text), "write them in " + after.currency});
        return;
    }
    models::Scenario candidate = after;
    if (candidate.currency.empty()) candidate.currency = change.currency;
    studies::PairProblems problems;
    studies::prepare_pair(before, std::move(candidate), change.accept, problems);
    for (const models::Problem& problem : problems.acceptance)
        add_failed("accept", place_of(problem.path), problem, out);
}

}  // namespace

Checks checks_of_plans(const formats::ChangeReading& said, const std::string& base, const std::string& file,
                       const models::Scenario& before, const models::Scenario& after) {
    Checks checks;
    const formats::Change& change = *said.change;
    const auto passed_unless_failed = [&](const char* name, const char* message) {
        if (std::none_of(checks.begin(), checks.end(),
                         [&](const Check& check) { return std::string(name) == check.name; }))
            checks.push_back({name, Check::Status::passed, "", message, "", ""});
    };
    if (!change.accept_entries.empty()) {
        check_accept(said, before, after, checks);
        passed_unless_failed("accept", "what is accepted is of what is there, before and after");
    }
    const std::string at_rollout = said.diagnostics.show(change.rollout.place);
    if (const auto problem = why_never_in(change, after.run))
        add_failed("rollout", at_rollout, *problem, checks);
    if (change.rollout.in_steps) {
        const FoundRollout found = find_rollout(base, {}, file);
        if (!found.prepared) add_failed("rollout", at_rollout, found.diagnostics, found.problems, checks);
        passed_unless_failed("rollout", "its steps have two sides, and guards that can be judged");
    }
    if (change.rollback) {
        const FoundWayBack found = find_way_back(base, {}, file);
        if (!found.prepared)
            add_failed("rollback", said.diagnostics.show(change.rollback->until.place), found.diagnostics,
                       found.problems, checks);
        passed_unless_failed("rollback", "its conditions and steps are of what is there");
    }
    return checks;
}

}  // namespace understudy::cli
