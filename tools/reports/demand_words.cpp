#include "tools/reports/demand_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/candidate_words.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::DemandResult;
using studies::Verdict;

std::string basis_words(const studies::Study& study, const DemandResult& result) {
    return fmt::format("{} settings of {} {} in {} cases, {} replications, {} confidence, seed {}",
                       result.settings, study.factors.size(),
                       study.factors.size() == 1 ? "parameter" : "parameters", study.demand.size(),
                       result.replications, studies::percent(result.confidence), result.seed);
}

std::string price_words(const std::optional<double>& value, const std::string& unit) {
    return !value ? "not known" : std::isinf(*value) ? "no price" : cost_words(*value, unit);
}

std::string cost_words(const DemandResult::Choice& choice, const std::string& unit) {
    const auto less = [](const auto& a, const auto& b) { return *a.cost < *b.cost; };
    const auto [low, high] = std::minmax_element(choice.in_case.begin(), choice.in_case.end(), less);
    return *low->cost == *high->cost ? cost_words(*low->cost, unit)
                                     : human_number(*low->cost, 6) + " to " + cost_words(*high->cost, unit);
}

std::string regret_words(const DemandResult::Choice& choice, std::size_t in_case) {
    const Verdict verdict = choice.in_case[in_case].verdict;
    const std::optional<double>& regret = choice.regret.in_case[in_case];
    std::string text = verdict == Verdict::violated       ? "broken"
                       : verdict == Verdict::inconclusive ? "not known"
                       : regret                           ? ""
                                                          : "kept";
    if (regret && std::isfinite(*regret)) text += (text.empty() ? "" : ", ") + human_number(*regret, 6);
    return text;
}

}  // namespace understudy::reports
