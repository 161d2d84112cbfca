// The cheapest setting in one case of what may come, the base with some overrides: by a search of the grid
// (cheapest_search.h), or by a selection where costs are only known by simulation (cheapest_by_selection.h).
//
// Internal to tools/studies. The work, and the question that settings are asked, may be shared with other cases:
//
//     CheapestCase one(terms, work);
//     ... a warm-up for one.begins_at(), and a question that asks one.asked() ...
//     one.ask(*question);
//     CheapestResult answer = one.decide();
//
// Not thread-safe. Throws BadSetting as the base does.
#pragma once

#include <string>
#include <vector>

#include "tools/studies/cheapest.h"
#include "tools/studies/cheapest_search.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

class CheapestCase {
public:
    /// `wrong`: the chance that the answer is, a quarter of it that it breaks its promise; the terms' risks are found from
    /// it. The references have to outlive it.
    CheapestCase(CheapestSearch::Terms terms, double wrong, UnitWork& work);

    /// What is set where it begins.
    std::vector<std::string> begins_at();
    Asked asked() const;
    void ask(UnitWork::Question& question);
    /// Does no more than what it looks at first whatever it sees.
    void look_first();
    /// An answer that says what was asked, and nothing of it.
    CheapestResult unanswered() const;
    /// All of the answer but its warm-up and what the work knows.
    CheapestResult decide();
    /// The base beside it, and a warning where that is no setting and costs less than the answer.
    void look_at_current(CheapestResult& answer);

private:
    static void warn_of_cheaper(CheapestResult& answer);

    CheapestSearch::Terms terms_;
    UnitWork& work_;
    CheapestSearch search_;
    UnitWork::Question* question_ = nullptr;
    bool selects_ = false;            ///< costs are only known by simulation
    std::vector<std::string> units_;  ///< of promises
};

}  // namespace understudy::studies
