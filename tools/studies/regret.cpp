#include "tools/studies/regret.h"

#include <algorithm>
#include <cmath>

#include "kernel/invariant.h"

namespace understudy::studies {

namespace {

double rounded(double value) {
    constexpr double places = 1e9;
    return std::fabs(value) < 1e6 ? std::round(value * places) / places : value;
}

double total_cost(const std::vector<ChoiceOutcome>& in_cases) {
    double sum = 0;
    for (const ChoiceOutcome& outcome : in_cases) sum += outcome.cost;
    return rounded(sum);
}

Regret regret_of(const std::vector<ChoiceOutcome>& in_cases, const std::vector<std::optional<double>>& best,
                 const std::vector<double>& chances, std::optional<double> penalty) {
    Regret regret;
    bool all_known = true, all_decided = true;
    double kept = 0, expected = 0;
    for (std::size_t i = 0; i < in_cases.size(); ++i) {
        const ChoiceOutcome& outcome = in_cases[i];
        const auto comes = comes_to(outcome, penalty);
        if (comes && std::isinf(*comes))
            regret.in_case.emplace_back(INFINITY);
        else if (comes && best[i])
            regret.in_case.emplace_back(rounded(*comes - *best[i]));
        else
            regret.in_case.emplace_back();
        // What is not decided costs what it costs, and may cost the penalty besides.
        if (regret.in_case.back())
            regret.at_least = std::max(regret.at_least, *regret.in_case.back());
        else if (best[i])
            regret.at_least = std::max(regret.at_least, rounded(outcome.cost - *best[i]));
        all_known = all_known && regret.in_case.back();
        all_decided = all_decided && comes;
        if (chances.empty()) continue;
        if (outcome.verdict == Verdict::met) kept += chances[i];
        if (comes) expected += chances[i] * *comes;
    }
    if (all_known || std::isinf(regret.at_least)) regret.largest = regret.at_least;
    if (!chances.empty() && all_decided) {
        regret.chance_kept = rounded(kept);
        regret.expected_cost = rounded(expected);
    }
    return regret;
}

}  // namespace

std::optional<double> comes_to(const ChoiceOutcome& outcome, std::optional<double> penalty) {
    if (outcome.verdict == Verdict::inconclusive) return std::nullopt;
    if (outcome.verdict == Verdict::met) return outcome.cost;
    return penalty && outcome.possible ? outcome.cost + *penalty : INFINITY;
}

Regrets regrets_of(const std::vector<std::vector<ChoiceOutcome>>& outcomes,
                   const std::vector<std::optional<double>>& best, const std::vector<double>& chances,
                   std::optional<double> penalty) {
    kernel::require(chances.empty() || chances.size() == best.size(), "a chance for each case");
    Regrets regrets;
    for (const auto& in_cases : outcomes) {
        kernel::require(in_cases.size() == best.size(), "an outcome for each case");
        regrets.choices.push_back(regret_of(in_cases, best, chances, penalty));
    }
    // Whether the first of two that come to `one` and `other` is to be preferred.
    const auto before = [&](std::size_t a, double one, std::size_t b, double other) {
        if (one != other) return one < other;
        const double cost = total_cost(outcomes[a]), more = total_cost(outcomes[b]);
        return cost != more ? cost < more : a < b;
    };
    for (std::size_t c = 0; c < outcomes.size(); ++c) {
        const Regret& regret = regrets.choices[c];
        const auto better = [&](const std::optional<double>& value, const std::optional<std::size_t>& than,
                                std::optional<double> Regret::*of) {
            return value && std::isfinite(*value) &&
                   (!than || before(c, *value, *than, *(regrets.choices[*than].*of)));
        };
        if (better(regret.largest, regrets.least, &Regret::largest)) regrets.least = c;
        if (better(regret.expected_cost, regrets.expected, &Regret::expected_cost)) regrets.expected = c;
    }
    regrets.least_is_sure = regrets.least && std::all_of(best.begin(), best.end(),
                                                         [](const auto& one) { return one.has_value(); });
    for (std::size_t c = 0; c < outcomes.size() && regrets.least_is_sure; ++c)
        if (!regrets.choices[c].largest)
            regrets.least_is_sure = !before(c, regrets.choices[c].at_least, *regrets.least,
                                            *regrets.choices[*regrets.least].largest);
    return regrets;
}

}  // namespace understudy::studies
