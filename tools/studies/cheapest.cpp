#include "tools/studies/cheapest.h"

#include <utility>

#include "kernel/invariant.h"
#include "tools/studies/cheapest_case.h"

namespace understudy::studies {

CheapestResult cheapest(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(!study.factors.empty(), "a study varies something");
    const models::Scenario base = read({});
    const std::vector<models::Objective> objectives = promised(study, base);
    const double confidence = study.confidence.value_or(base.run.confidence);
    UnitWork work(read, options, study.replications.value_or(usual_budget));
    work.count_all_units();
    CheapestCase one({study, read, objectives, options.formulas}, 1 - confidence, work);
    const WarmUpChoice choice = work.find_warm_up(one.begins_at(), {objectives, {}});
    CheapestResult result = one.unanswered();
    if (choice.too_short) {
        result.reason = Reason::warm_up;
        result.explanation = too_short_for_warm_up;
    } else if (choice.interrupted.empty()) {
        const auto question = work.ask(one.asked(), base.run.seed, choice.cut);
        one.ask(*question);
        if (options.first_looks) {
            one.look_first();
        } else {
            result = one.decide();
            one.look_at_current(result);
        }
    }
    result.confidence = confidence;
    result.seed = base.run.seed;
    result.warm_up_s = kernel::to_seconds(choice.cut);
    result.warm_up_reason = choice.reason;
    if (!choice.interrupted.empty()) result.explanation = choice.interrupted;
    result.interrupted = work.end() == UnitWork::End::interrupted;
    result.replications = work.replications();
    work.finish();
    return result;
}

}  // namespace understudy::studies
