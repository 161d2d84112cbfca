// What a change touches, what it is expected to do, and how risky that makes it: from the graph and the formulas, with nothing
// simulated.
//
// Risk is a product of four factors from 1 to 5, as the risk priority number of failure mode and effects analysis (IEC
// 60812:2018) is one of three:
//
//     reach           1 + 4 x the share of jobs, datasets and pipelines that it reaches
//     severity        the worst that is known of it, by the table in change_impact.cpp
//     uncertainty     1 + 4 x the share of what is at stake of which formulas, or lineage, do not tell what becomes of it
//     reversibility   1 it can be set back; 3 what is written meanwhile, or made anew for it, has to be rebuilt; 5 data are gone
//
// from 1 to 625; low up to 16 (as if each were 2), moderate up to 81 (3), high up to 256 (4), else very high. It orders
// changes; it is no probability. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/analytic/answer.h"
#include "tools/studies/change_review.h"
#include "tools/studies/promises.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// An element that the change adds, takes away or alters.
struct ChangedElement {
    enum class Kind { added, removed, changed };
    Kind kind = Kind::changed;
    std::string type;               ///< "pool", "task", ...; of what has no name: the section, such as "run"
    std::string name;               ///< may be empty
    std::vector<std::string> keys;  ///< of a changed one: "service.mean", "columns.email.type"
};

struct AffectedThing {
    std::string kind, name, label, owner;
    std::size_t steps = 0;
    std::string through;  ///< what it was reached through
};

/// What formulas expect of an objective.
struct ExpectedEffect {
    std::string text, unit;
    double limit = 0;
    bool at_most = true;                 ///< it promises to stay below the limit
    models::Answer baseline, candidate;  ///< refused where they say nothing
    Verdict before = Verdict::inconclusive, after = Verdict::inconclusive;
    std::string explanation;  ///< of the candidate's; may be empty
    bool at_stake =
        false;  ///< the graph leads from the change to it, be it by a pool or budget that is shared
};

struct RiskFactor {
    const char* name = "";
    double value = 1;
    std::string why;
};

struct ChangeImpact {
    std::vector<ChangedElement> changed;
    std::vector<AffectedThing>
        affected;             ///< in order of steps, kind and name; the changed ones are not among them
    std::size_t things = 0;   ///< jobs, datasets and pipelines that there are
    std::size_t reached = 0;  ///< of these, those changed or affected
    std::vector<std::string> owners, contracts, promises, unknown;
    /// On the pools and budgets of what is changed, and not affected otherwise: they may have to wait.
    std::vector<std::string> competing;
    std::vector<ExpectedEffect> effects;  ///< one for each objective of the candidate
    std::vector<WeakerPromise> no_longer_promised;
    std::vector<RiskFactor> factors;  ///< reach, severity, uncertainty, reversibility
    double risk = 1;
    const char* level = "low";
    ChangeCategory category = ChangeCategory::non_breaking;
};

ChangeImpact impact_of_change(const PreparedRun& base, const PreparedRun& candidate,
                              std::vector<ChangedElement> changed, const ChangeReview& review);

}  // namespace understudy::studies
