#include "tools/studies/change_review.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "models/compile/compile.h"
#include "models/graph.h"
#include "models/reach.h"
#include "tools/studies/promises.h"
#include "tools/studies/stability.h"
#include "tools/studies/transformation_checks.h"

namespace understudy::studies {

namespace {

const StationForecast* forecast_of(const PreparedRun& prepared, const std::string& element) {
    for (const StationForecast& station : prepared.forecast)
        if (station.element == element) return &station;
    return nullptr;
}

/// What becomes of what a stage is offered and cannot do, where it does not wait for ever; else empty.
std::string fate_of_too_much(const models::Stage& stage, const models::Twin& twin) {
    const models::Queue& queue = stage.queue;
    if (!queue.timeout.empty()) return "gives up waiting";
    if (queue.capacity != models::unlimited && queue.full == models::Queue::Full::drop) return "is dropped";
    if (queue.capacity != models::unlimited && queue.full == models::Queue::Full::retry &&
        stage.work.retry.times != models::unlimited)
        return "is dropped after its last try";
    for (const models::Dataset& dataset : twin.datasets)
        if (dataset.retention &&
            std::find(stage.reads.begin(), stage.reads.end(), dataset.name) != stage.reads.end())
            return "is forgotten before it is read";
    return "";
}

/// The same of all stages that work on a pool or as a stage of that name; empty where none of it is lost.
std::string fate_at(const std::string& element, const models::Twin& twin) {
    for (const models::Stage& stage : twin.stages) {
        const auto& pools = stage.work.runs_on;
        const bool here = stage.name == element ||
                          std::any_of(pools.begin(), pools.end(),
                                      [&](const models::Need& need) { return need.pool == element; });
        if (!here) continue;
        if (std::string fate = fate_of_too_much(stage, twin); !fate.empty()) return fate;
    }
    return "";
}

/// What no backlog shows: a queue that is full does not grow, and loses what it is offered besides.
std::string lost_text(const StationForecast& station, const std::string& fate) {
    const double share = 1 - 1 / station.load;
    return "; no backlog grows, as what is too much " + fate + ": " +
           (station.at_most && !station.exact ? "about " : "") + percent(std::round(1000 * share) / 1000) +
           " of what comes";
}

/// What comes to it, or what comes of what, is not known before a run; its load says nothing then.
bool is_unknown(const StationForecast& station) {
    return !station.load_known() && station.load == 0 && !station.caveat.empty() && station.stable;
}

/// Actions give it more, or less, of what comes or can be done on the way: what is offered is that of the start.
bool is_set_on_the_way(const models::Scenario& scenario) {
    return std::any_of(scenario.actions.begin(), scenario.actions.end(),
                       [](const models::Action& action) { return action.verb == models::Action::Verb::set; });
}

/// It may be what an overload at the start is meant for. What is done once and undone is none, nor is a load that rises, workers
/// that do not, or what the station does not depend on.
bool may_relieve(const models::Action& action, const std::string& station, const models::Scenario& scenario,
                 const models::ScenarioGraph& graph) {
    const bool is_load = action.target == "load" ||
                         std::any_of(scenario.loads.begin(), scenario.loads.end(),
                                     [&](const models::Load& load) { return load.name == action.target; });
    if (action.at && action.lasts && *action.lasts != kernel::never) return false;
    if (action.verb == models::Action::Verb::pause) return is_load;
    if (action.verb != models::Action::Verb::set) return false;
    const bool of_arrivals =
        action.target == "load" || (is_load && (action.key == "arrivals" || action.key == "users"));
    if (of_arrivals && action.to.times && action.to.number >= 1) return false;
    if (action.key == "workers" && action.to.times && action.to.number <= 1) return false;
    if (action.target == "load") return true;
    const models::Measure busy =
        models::measure_of(models::Aggregate::average, models::Metric::utilisation, station, 0);
    return !models::that_may_change(busy, {action.target}, scenario, graph).empty();
}

/// One check for all of which there is the same to say.
void tell_unknown(const PreparedRun& candidate, Checks& out) {
    std::map<std::string, std::string> names;
    for (const StationForecast& station : candidate.forecast)
        if (is_unknown(station)) {
            std::string& all = names[station.caveat];
            all += (all.empty() ? "" : ", ") + station.element;
        }
    for (const auto& [why, all] : names)
        out.push_back({"stability", Check::Status::skipped, "", "not known of " + all + ": " + why, "",
                       "rehearse it: a run sees what is offered"});
}

/// What each station is offered, held against what it can do, before and after.
void check_stability(const PreparedRun& base, const PreparedRun& candidate, Checks& out) {
    const bool ends = !candidate.scenario.run.length;
    const bool set = is_set_on_the_way(candidate.scenario);
    const models::ScenarioGraph graph(candidate.scenario);
    std::size_t stable = 0, unknown = 0;
    const StationForecast* fullest = nullptr;
    for (const StationForecast& station : candidate.forecast) {
        const std::string fate = station.stable && std::isfinite(station.load) && station.load > 1 + 1e-9
                                     ? fate_at(station.element, candidate.scenario.twin)
                                     : "";
        if (is_unknown(station)) {
            ++unknown;
            continue;
        }
        // An upper bound says nothing here; what actions set later changes nothing of how it begins.
        const bool begins_so = station.stable && set && fate.empty() && !station.at_most &&
                               std::isfinite(station.load) && station.load > 1 + 1e-9;
        const bool relieved =
            begins_so &&
            std::any_of(candidate.scenario.actions.begin(), candidate.scenario.actions.end(),
                        [&](const models::Action& action) {
                            return may_relieve(action, station.element, candidate.scenario, graph);
                        });
        if (station.stable && !station.critical && fate.empty() && !begins_so) {
            ++stable;
            // Of what is cancelled once others are done nobody knows how much is left to do: that is at most its load.
            if (station.load <= 1 + 1e-9 && (fullest == nullptr || station.load > fullest->load))
                fullest = &station;
            continue;
        }
        const StationForecast* before = forecast_of(base, station.element);
        const std::string name = base.scenario.twin.drawn_as(station.element);
        if (before == nullptr && name != station.element) before = forecast_of(base, name);
        const bool was = before != nullptr &&
                         (!before->stable || before->critical || (begins_so && before->load > 1 + 1e-9));
        Check check{"stability",
                    ends || was || relieved || !fate.empty() ? Check::Status::warned : Check::Status::failed,
                    station.element,
                    "",
                    "",
                    "add workers, or lower load or service"};
        check.message = how_much_is_offered(station);
        if (before != nullptr && std::isfinite(before->load))
            check.message += ", " + percent(before->load) + " before";
        check.message += !fate.empty() ? lost_text(station, fate)
                         : relieved    ? "; so it begins, and what actions set later is left out"
                         : ends        ? "; the run ends when it is empty"
                         : was         ? "; its backlog grew without end before, too"
                                       : "; its backlog grows without end";
        out.push_back(std::move(check));
    }
    tell_unknown(candidate, out);
    if (stable + unknown < candidate.forecast.size() || (stable == 0 && unknown > 0)) return;
    Check check{"stability", Check::Status::passed, "", "", "", ""};
    check.message = candidate.forecast.empty() ? "nothing in it has workers"
                    : fullest == nullptr
                        ? "nothing is offered more than it can do"
                        : std::string(unknown > 0 ? "no other pool or stage" : "no pool or stage") +
                              " is offered more than it can do; the most loaded is " + fullest->element +
                              ", at " + percent(std::round(1000 * fullest->load) / 1000);
    out.push_back(std::move(check));
}

/// Warnings that the base does not have.
void check_warnings(const PreparedRun& base, const PreparedRun& candidate, Checks& out) {
    std::set<std::string> known;
    for (const Warning& warning : base.warnings) known.insert(warning.text);
    for (const Warning& warning : candidate.warnings)
        // Overloads are the matter of 'stability'.
        if (!known.contains(warning.text) && warning.text.find("is offered ") == std::string::npos)
            out.push_back({"warnings", Check::Status::warned, "", warning.text, "", ""});
}

/// Who is judged by his own objectives passes where he has none.
void check_promises(const models::Scenario& base, const models::Scenario& candidate, Checks& out) {
    for (const WeakerPromise& one : weaker_promises(base, candidate, Counterparts(base, candidate)))
        out.push_back({"promises", Check::Status::warned, one.text,
                       one.now.empty() ? "is no longer promised"
                                       : "is no longer promised: '" + one.now + "' allows more",
                       "", "have those agree to whom it was promised, or keep it"});
}

void check_needs(const models::Scenario& scenario, Checks& out) {
    std::size_t needs = 0;
    const auto count = [&](const models::Work& work) { needs += work.runs_on.size() + work.spends.size(); };
    for (const models::Stage& stage : scenario.twin.stages) count(stage.work);
    for (const models::Pipeline& pipeline : scenario.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) count(task.work);
    out.push_back({"needs", Check::Status::passed, "",
                   std::to_string(needs) +
                       (needs == 1 ? " need of a pool or budget can" : " needs of pools and budgets can") +
                       " be met",
                   "", ""});
}

}  // namespace

ChangeReview review_change(const PreparedRun& base, const PreparedRun& candidate,
                           const std::map<std::string, std::string>& renamed_columns,
                           std::vector<Transformation> transformations) {
    ChangeReview review;
    review.transformations = std::move(transformations);
    check_needs(candidate.scenario, review.checks);
    check_stability(base, candidate, review.checks);
    check_warnings(base, candidate, review.checks);
    check_promises(base.scenario, candidate.scenario, review.checks);
    review.schema = review_schema(base.scenario, candidate.scenario, renamed_columns);
    Checks of_schema = checks_of(review.schema);
    review.checks.insert(review.checks.end(), std::make_move_iterator(of_schema.begin()),
                         std::make_move_iterator(of_schema.end()));
    review.category = review.schema.category;
    for (const SchemaFinding& finding : review.schema.findings)
        if (finding.category == review.category && review.category != ChangeCategory::non_breaking)
            review.why.push_back(finding.difference.path() + " " + models::name_of(finding.difference.kind));
    const auto take = [&](ChangeCategory category, const std::string& why) {
        if (category > review.category) review.why.clear();
        if (category >= review.category) review.why.push_back(why);
        review.category = std::max(review.category, category);
    };
    review.outputs = review_outputs(base.scenario, candidate.scenario, review.transformations);
    for (Check& check : checks_of(review.outputs)) review.checks.push_back(std::move(check));
    for (const OutputFinding& finding : review.outputs) take(finding.category, why_of(finding));
    for (const Transformation& one : review.transformations) {
        Checks of_it = checks_of(one, candidate.scenario);
        review.checks.insert(review.checks.end(), std::make_move_iterator(of_it.begin()),
                             std::make_move_iterator(of_it.end()));
        std::string why;
        const ChangeCategory category = category_of(one, candidate.scenario, why);
        take(category, why);
    }
    if (review.why.empty())
        review.why.emplace_back(review.schema.findings.empty()
                                    ? "no column and no row of what is read changes"
                                    : "nothing that is read changes its shape");
    return review;
}

}  // namespace understudy::studies
