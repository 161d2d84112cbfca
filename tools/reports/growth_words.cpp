#include "tools/reports/growth_words.h"

#include <fmt/format.h>

namespace understudy::reports {

using studies::GrowthPlanResult;

namespace {

std::string last_day(const GrowthPlanResult& result) { return result.until.value_or("the last day"); }

}  // namespace

std::string times_load(double multiple) { return fmt::format("{:.4g}x", multiple); }

std::string span_of(const std::string& first, const std::string& last) {
    return first == last ? first : first + " to " + last;
}

std::string growth_words(const studies::Study& study, const GrowthPlanResult& result) {
    return fmt::format("{} from {} to {}: {} the load", study.growth->written,
                       result.steps.empty() ? "the start" : result.steps.front().from.value_or(""),
                       last_day(result), times_load(result.last_load));
}

std::string basis_words(const GrowthPlanResult& result) {
    return fmt::format("{} step{}, {} replications, {} confidence, seed {}", result.steps.size(),
                       result.steps.size() == 1 ? "" : "s", result.replications,
                       studies::percent(result.confidence), result.seed);
}

bool is_known(const GrowthPlanResult::Step& step) {
    return step.cheapest.best && step.cheapest.verdict == studies::Verdict::met;
}

std::string holds_until_words(const GrowthPlanResult& result, const GrowthPlanResult::Step& step) {
    return !is_known(step)    ? studies::name_of(step.cheapest.verdict)
           : step.to_the_end  ? last_day(result) + " at least"
           : step.holds_until ? *step.holds_until
                              : "not known";
}

}  // namespace understudy::reports
