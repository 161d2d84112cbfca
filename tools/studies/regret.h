// Which of several choices is regretted least, where nobody knows which of several cases will come.
//
// In a case a choice comes to its cost there, and to the penalty besides where it breaks what is promised: once, however
// much breaks. Without a penalty what breaks has no price: it comes to infinity. The regret in a case is what the choice
// comes to less what the best of all settings comes to there. The least-regret choice is that whose largest regret is
// the smallest; of equal ones the cheapest, going by its costs in all cases together without penalties, then the first.
// The least expected cost, where chances are known, is chosen likewise. Sums are rounded to nine places, so that
// what is equal is so in whatever order it was added up.
//
// Costs, penalties and regrets are in one unit. Values only, pure, thread-safe.
//
// Source: Savage (1951, J. Am. Stat. Assoc. 46:55), minimax regret.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "tools/studies/result.h"

namespace understudy::studies {

/// A choice in a case.
struct ChoiceOutcome {
    Verdict verdict = Verdict::inconclusive;  ///< whether it keeps what is promised
    double cost = 0;
    bool possible = true;  ///< else there is no such setting in the case, whatever it costs
};

struct Regret {
    std::vector<std::optional<double>> in_case;  ///< nothing: not known; infinity: it has no price
    std::optional<double> largest;               ///< the same
    double at_least = 0;                         ///< `largest` is this or more, whatever is not known yet
    std::optional<double> chance_kept;           ///< that what is promised holds; nothing: not known
    std::optional<double> expected_cost;         ///< nothing: not known; infinity: it has no price
};

struct Regrets {
    std::vector<Regret> choices;
    std::optional<std::size_t> least;     ///< of finite largest regrets that are known
    bool least_is_sure = false;           ///< nothing that is not known yet changes it
    std::optional<std::size_t> expected;  ///< of the least finite expected cost that is known
};

/// `outcomes`: by choice, then case. `best`: what the best of all settings comes to in each case; nothing: not known;
/// infinity: none keeps its promises, and what breaks them has no price. `chances`: by case; empty: not known.
Regrets regrets_of(const std::vector<std::vector<ChoiceOutcome>>& outcomes,
                   const std::vector<std::optional<double>>& best, const std::vector<double>& chances,
                   std::optional<double> penalty);

/// What it comes to; nothing: not known.
std::optional<double> comes_to(const ChoiceOutcome& outcome, std::optional<double> penalty);

}  // namespace understudy::studies
