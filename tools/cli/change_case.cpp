#include "tools/cli/change_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>
#include <system_error>
#include <utility>

#include "tools/cli/base_version.h"
#include "tools/cli/change_input.h"
#include "tools/cli/change_plans.h"
#include "tools/cli/command.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/language/changed_scenario.h"
#include "tools/formats/language/listed_measures.h"
#include "tools/formats/language/relative_paths.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/version_diff.h"
#include "tools/studies/counterparts.h"

namespace understudy::cli {

namespace {

using studies::Check;

/// Whether what the change is based on is what there is; what has moved since, if not.
void check_base(const formats::Change& change, const std::string& file, const std::string& base,
                formats::Validation& into) {
    Check check{"base", Check::Status::passed, into.base, "", "", ""};
    const auto versions = version_of_base(base);
    if (versions) into.latest = versions->latest.shown;
    if (const auto stale = stale_base(change, file, base)) {
        into.stale = true;
        into.moved = stale->moved;
        check.status = Check::Status::failed;
        check.message = stale->message;
        check.fix = stale->fix;
    } else if (!versions) {
        check.message = is_numbered(base)            ? "is there"
                        : change.base_sha256.empty() ? "is what there is now"
                                                     : "is as it was when the change was made";
    } else {
        check.message = versions->is_latest()
                            ? "is the latest version"
                            : fmt::format("is the latest version but for its state, which {} has",
                                          versions->latest.shown);
    }
    into.checks.push_back(std::move(check));
}

std::vector<studies::ChangedElement> changed_elements(
    const std::vector<formats::ElementDifference>& differences) {
    std::vector<studies::ChangedElement> changed;
    for (const formats::ElementDifference& difference : differences) {
        studies::ChangedElement element;
        element.kind = difference.kind == formats::ElementDifference::Kind::added
                           ? studies::ChangedElement::Kind::added
                       : difference.kind == formats::ElementDifference::Kind::removed
                           ? studies::ChangedElement::Kind::removed
                           : studies::ChangedElement::Kind::changed;
        element.type = difference.type;
        element.name = difference.name;
        if (element.kind == studies::ChangedElement::Kind::changed)
            for (const formats::KeyDifference& key : difference.keys) element.keys.push_back(key.key);
        changed.push_back(std::move(element));
    }
    return changed;
}

/// What was looked at while the change was made and read.
struct Step {
    formats::ReadingStep step;
    const char* name;
    const char* passed;
};
constexpr std::array<Step, 7> steps{
    {{formats::ReadingStep::edits, "edits", ""},
     {formats::ReadingStep::transformation, "transformation", "the SQL runs on its sample"},
     {formats::ReadingStep::configuration, "configuration", "keys are known and values in range"},
     {formats::ReadingStep::graph, "graph", "names lead somewhere, and nothing goes round"},
     {formats::ReadingStep::needs, "needs", ""},  // what passes is counted by the review
     {formats::ReadingStep::objectives, "objectives", "measures are of what is there"},
     {formats::ReadingStep::stress, "stress", "it is rehearsed under actions that are there"}}};

/// One check for each problem, and one for each step without any.
void check_reading(const formats::ChangedReading& reading, const formats::Change& change,
                   formats::Validation& into) {
    bool failed = false;
    for (const Step& step : steps) {
        bool any = false, warned = false;
        // What is doubtful about where names lead is of the graph, which then does not pass besides.
        const bool graph = step.step == formats::ReadingStep::graph;
        for (const formats::FoundProblem& problem : reading.problems) {
            const bool error = problem.diagnostic.severity == formats::Diagnostic::Severity::error;
            if (problem.step != step.step) continue;
            any = any || error;
            warned = warned || (graph && !error);
            into.checks.push_back({error || graph ? step.name : "warnings",
                                   error ? Check::Status::failed : Check::Status::warned, "",
                                   problem.diagnostic.message, problem.place, problem.diagnostic.hint});
        }
        failed = failed || any;
        if (any || warned || step.step == formats::ReadingStep::needs) continue;
        const bool transforms = std::any_of(
            change.edits.begin(), change.edits.end(),
            [](const formats::Edit& edit) { return edit.kind == formats::Edit::Kind::transform; });
        if (step.step == formats::ReadingStep::transformation && !transforms) continue;
        if (step.step == formats::ReadingStep::stress && change.stress.empty()) continue;
        Check check{step.name, failed ? Check::Status::skipped : Check::Status::passed, "", step.passed, "",
                    ""};
        if (failed) check.message = "only what could be read was looked at";
        if (step.step == formats::ReadingStep::edits)
            check.message = fmt::format("{} edit{} to {}", change.edits.size(),
                                        change.edits.size() == 1 ? " applies" : "s apply", into.base);
        into.checks.push_back(std::move(check));
    }
}

std::string shown_place(const formats::ChangeReading& reading, formats::Place place) {
    formats::Diagnostic here;
    here.place = place;
    const std::string shown = reading.diagnostics.show(here);
    return shown.substr(0, shown.find(": error: "));
}

/// Where the change says what a check is about.
std::string place_in(const formats::ChangeReading& reading, const formats::Change& change,
                     std::string about) {
    if (change.edits.size() == 1) return shown_place(reading, change.edits.front().place);
    if (about.empty()) return "";
    const formats::Edit* best = nullptr;
    std::size_t longest = 0;
    std::string measure = about;  // by the names that it has where an edit is made
    for (const formats::Edit& edit : change.edits) {
        if (edit.kind == formats::Edit::Kind::rename)
            measure = studies::with_names(measure, {{edit.name, edit.to}});
        if (edit.of_measure && formats::same_measured_text(edit.name, measure))
            return shown_place(reading, edit.place);
        for (std::string name : {edit.name, edit.to}) {
            if (const std::size_t at = name.find(".columns."); at != std::string::npos) name.erase(at, 8);
            const bool leads =
                name == about || about.starts_with(name + ".") || name.starts_with(about + ".");
            const std::size_t common = std::min(name.size(), about.size());
            if (!name.empty() && leads && common > longest) {
                best = &edit;
                longest = common;
            }
        }
    }
    return best == nullptr ? "" : shown_place(reading, best->place);
}

/// Of datasets that change: whoever goes by a contract has to find it.
void check_contracts(const models::Scenario& after, const std::string& folder,
                     const std::vector<studies::ChangedElement>& changed,
                     const std::function<std::string(const std::string&)>& place, formats::Validation& into) {
    for (const models::Dataset& dataset : after.twin.datasets) {
        const bool changes = std::any_of(changed.begin(), changed.end(), [&](const auto& element) {
            return element.type == "dataset" && element.name == dataset.name;
        });
        if (!changes || dataset.contract.empty() || formats::is_there(dataset.contract, folder)) continue;
        into.checks.push_back({"files", Check::Status::warned, dataset.name,
                               "its contract, " + dataset.contract + ", is no file that is there",
                               place(dataset.name), "put it there, relative to the scenario"});
    }
}

/// What the change says of its kind, held against what it does.
void check_kind(const formats::Change& change, std::string place, formats::Validation& into) {
    Check check{"kind", Check::Status::passed, "", "", std::move(place), ""};
    std::vector<std::string> names, shown;
    for (const formats::FoundKind& one : into.kinds) {
        names.push_back(one.kind);
        shown.push_back(fmt::format("{} ({})", one.kind, one.because));
    }
    const std::string found = fmt::format("{}", fmt::join(shown, ", "));
    const std::string fix =
        names.size() == 1 ? fmt::format("say 'kind: {}'", names.front())
                          : fmt::format("say one of them: 'kind: {}'", fmt::join(names, "' or 'kind: "));
    if (names.empty()) {
        check.status = Check::Status::warned;
        check.message = "the edits change nothing";
        check.fix = "set something to another value";
    } else if (change.kind.empty()) {
        check.status = Check::Status::warned;
        check.message = "it says no kind; found: " + found;
        check.fix = fix;
    } else if (formats::is_origin(change.kind)) {
        check.message = fmt::format("comes by {}; found: {}", change.kind, found);
    } else if (std::find(names.begin(), names.end(), change.kind) == names.end()) {
        check.status = Check::Status::failed;
        check.message = fmt::format("it says '{}', and is not: found: {}", change.kind, found);
        check.fix = fix;
    } else {
        check.message = found;
    }
    if (check.status == Check::Status::passed) check.place.clear();
    into.checks.push_back(std::move(check));
}

std::optional<studies::PreparedRun> prepare_alone(models::Scenario scenario, models::Problems& problems) {
    return studies::prepare(std::move(scenario), problems, studies::Measured::asked);
}

}  // namespace

std::optional<studies::ChangeImpact> impact_of(const ChangeCase& one) {
    if (!one.candidate) return std::nullopt;
    // What failed is part of how severe it is.
    studies::ChangeReview review = *one.validation.review;
    review.checks = one.validation.checks;
    return studies::impact_of_change(*one.base, *one.candidate, one.changed, review);
}

std::optional<ChangeCase> read_change_case(const std::string& file, const std::string& base_given) {
    require_change(file);
    formats::ChangeReading said = formats::read_change_file(file);
    if (!said.change) {
        print_problems(said.diagnostics);
        return std::nullopt;
    }
    ChangeCase one;
    one.change = *said.change;
    const auto base_found = base_given.empty() ? base_named_by(said, file) : base_given;
    if (!base_found) return std::nullopt;
    const std::string& base = *base_found;
    if (base.empty()) throw UsageError(file + " names no base; --base names one");
    // What is no scenario at all has better messages there.
    if (kind_of(base) != "scenario" && !formats::names_stored_version(base) && !read_scenario_input(base, {}))
        return std::nullopt;
    formats::ScenarioReading as_it_is = formats::read_scenario_file(base);
    if (!as_it_is.scenario) {
        print_problems(as_it_is.diagnostics);
        return std::nullopt;
    }
    std::set<std::string> warned_before;
    for (const formats::Diagnostic& warning : as_it_is.diagnostics.all())
        warned_before.insert(warning.message);
    auto& before = as_it_is.scenario;
    formats::ScenarioText named;
    if (const auto problem = formats::read_scenario_text(base, named))
        throw UsageError(base + ": " + problem->what);
    formats::Validation& validation = one.validation;
    validation.change = one.change.name;
    validation.file = file;
    validation.kind = one.change.kind;
    validation.base = named.shown;
    check_base(one.change, file, base, validation);

    models::Problems problems;
    const std::string text_before = before->text;
    const models::Scenario scenario_before = *before;
    one.base = prepare_alone(std::move(*before), problems);
    if (!one.base) {
        print_problems(problems, base);
        return std::nullopt;
    }
    formats::ChangedReading reading = formats::read_changed_scenario(base, file);
    std::erase_if(reading.problems, [&](const formats::FoundProblem& problem) {
        return problem.diagnostic.severity == formats::Diagnostic::Severity::warning &&
               warned_before.contains(problem.diagnostic.message);
    });
    check_reading(reading, one.change, validation);
    if (!reading.scenario) {
        validation.checks.push_back(
            {"schema", Check::Status::skipped, "", "the change cannot be made as it is", "", ""});
        validation.checks.push_back(
            {"stability", Check::Status::skipped, "", "the change cannot be made as it is", "", ""});
        return one;
    }
    one.changed = changed_elements(formats::differences(text_before, reading.scenario->text));
    validation.kinds = formats::kinds_of_change(text_before, reading.scenario->text, one.change.edits);
    check_kind(one.change, shown_place(said, one.change.kind_place), validation);
    check_contracts(
        *reading.scenario, named.folder, one.changed,
        [&](const std::string& about) { return place_in(said, one.change, about); }, validation);
    for (Check& check : checks_of_plans(said, base, file, scenario_before, *reading.scenario))
        validation.checks.push_back(std::move(check));
    problems.clear();
    one.candidate = prepare_alone(std::move(*reading.scenario), problems);
    for (const models::Problem& problem : problems)
        if (problem.severity == models::Problem::Severity::error)
            validation.checks.push_back({"graph", Check::Status::failed, problem.path, problem.message,
                                         place_in(said, one.change, problem.path), problem.hint});
    if (!one.candidate) return one;
    validation.review =
        studies::review_change(*one.base, *one.candidate, formats::renamed_columns(one.change.edits),
                               std::move(reading.transformations));
    for (Check& check : validation.review->checks) {
        if (check.place.empty() && check.status != Check::Status::passed)
            check.place = place_in(said, one.change, check.because.empty() ? check.about : check.because);
        validation.checks.push_back(std::move(check));
    }
    validation.review->checks.clear();
    return one;
}

void require_current_base(const ChangeCase& one) {
    if (!one.validation.stale) return;
    for (const studies::Check& check : one.validation.checks)
        if (check.name == "base")
            throw formats::StaleBase(fmt::format("{} {}; {}", check.about, check.message, check.fix));
}

void print_failed_checks(const ChangeCase& one) {
    for (const studies::Check& check : one.validation.checks)
        if (check.status == studies::Check::Status::failed)
            print_problem({true, check.place, check.message, check.fix});
}

}  // namespace understudy::cli
