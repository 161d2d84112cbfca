#include "tools/studies/cheapest.h"

#include <utility>

#include "kernel/invariant.h"
#include "models/compile/compile.h"
#include "tools/studies/cheapest_by_selection.h"
#include "tools/studies/cheapest_search.h"

namespace understudy::studies {

namespace {

/// The base is beside the answer, and not worth more.
constexpr int looks_at_current = 3;

}  // namespace

CheapestResult cheapest(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(!study.factors.empty(), "a study varies something");
    const models::Scenario base = read({});
    const std::vector<models::Objective> objectives = promised(study, base);
    CheapestResult result;
    result.confidence = study.confidence.value_or(base.run.confidence);
    result.seed = base.run.seed;
    UnitWork work(read, options, study.replications.value_or(usual_budget));
    work.count_all_units();
    // A quarter for the answer, the rest for what it stands on.
    const double all = 1 - result.confidence;
    CheapestSearch search(
        {study, read, objectives, options.formulas, result.confidence, {all / 4, 0.75 * all}}, work);
    if (!search.lay_out())
        return cheapest_by_selection(study, objectives, search.costs_not_known(), read, options);
    const Asked asked{objectives, {}};
    const WarmUpChoice choice = work.find_warm_up(search.begins_at(), asked);
    result.warm_up_s = kernel::to_seconds(choice.cut);
    result.warm_up_reason = choice.reason;
    result.explanation = choice.interrupted;
    if (choice.interrupted.empty()) {
        const auto question = work.ask({objectives, {completed_items()}}, result.seed, choice.cut, true);
        search.ask(*question);
        if (options.first_looks)
            work.run(*question, work.within_budget(search.first_looks()),
                     [](std::size_t, const UnitOutcome&) {});
        else
            search.search();
        std::vector<std::string> units;
        for (const models::Objective& objective : objectives)
            units.push_back(models::unit_of(objective.measure, base));
        const auto place = search.place_of_base();
        search.conclude(result, units);
        result.current =
            place ? search.current(*place, units) : search.current_elsewhere(looks_at_current, units);
        result.completed = search.completed();
        if (choice.too_short) {
            result.verdict = Verdict::inconclusive;
            result.reason = Reason::warm_up;
            result.explanation = "the run is too short to tell its warm-up from its steady state";
        }
    }
    result.interrupted = work.end() == UnitWork::End::interrupted;
    result.replications = work.replications();
    work.finish();
    return result;
}

}  // namespace understudy::studies
