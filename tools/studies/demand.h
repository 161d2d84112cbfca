// The setting that is regretted least where demand is uncertain: several cases may come, each with more or less load.
//
// Each case has a cheapest setting that keeps its promises (cheapest.h). These are the choices, and besides them: the
// base as it is, where it is in the grid; what has of each parameter as much as the cheapest of any case; and where a
// penalty makes it worth while in a case to break what is promised, the cheapest setting of all. Each choice is
// judged in each case, and regret.h says which of them is the answer.
//
// What is known is kept: a setting is simulated in a case as far as either the search or the judging wants it, and
// nothing twice. In a case, by this order: formulas that are exact decide; what has no less of anything than the
// case's cheapest is met, and what costs less is violated, as the search has proven it under the hypothesis that it tests
// (lattice.h); else the setting's own replications do, by the test of the search (setting_test.h). Afterwards the searches
// go over the hypothesis again with all that was simulated, and where one of them has a new answer, all is judged anew.
//
// `confidence` is that of the whole answer: the chance that anything in the table is not as it says is at most 1 -
// confidence. One half of that goes to the searches of the cases in equal parts, each of which shares out its part as
// cheapest.h does. The other half is shared in equal parts by all judgements that there may be: as many as cases times
// choices, of which there are two more than cases, and with a penalty twice as many as that. Which settings are judged
// depends on what was simulated; but where all searches are right these are the cheapest that there are, whatever was
// seen, so that the inequality holds for them.
//
// Where chances are not known there are regrets, and no expected cost. All cases share the study's seed and one warm-up:
// the longest of those that are found in each where its search begins. Replications are of all cases together. The
// result depends on the study and its base alone. No I/O. Throws BadSetting, also where what a setting costs is not
// known before a run.
//
// Source: Savage (1951, J. Am. Stat. Assoc. 46:55), minimax regret; Bonferroni's inequality.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/candidate.h"
#include "tools/studies/cheapest.h"
#include "tools/studies/regret.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::studies {

struct DemandResult {
    struct Choice {
        std::vector<std::string> values;  ///< by factor
        std::vector<std::string> why;     ///< it is a choice: "the cheapest in high"
        std::vector<Candidate> in_case;   ///< what it costs and keeps in each
        Regret regret;
    };
    double confidence = 0.95;
    std::uint64_t seed = 1;
    std::string cost_unit;     ///< "EUR/h"; may be empty
    std::size_t settings = 0;  ///< in each case
    /// Met: the least-regret choice is known. Violated: no choice has a finite largest regret.
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;  ///< of a verdict that is not met, for people
    std::vector<CheapestResult>
        cases;                    ///< by case: its cheapest and the proof, with its part of the confidence
    std::vector<Choice> choices;  ///< cheapest first, by their costs in all cases together
    std::optional<std::size_t> best;           ///< the least-regret choice, going by what is known
    std::optional<std::size_t> best_expected;  ///< the one of least expected cost, where chances are known
    std::int64_t replications = 0;             ///< simulated in all, those of the pilots as well
    double completed = 0;                      ///< items that left the system in those that count
    std::optional<double> warm_up_s;
    std::string warm_up_reason;
    std::vector<std::string> warnings;
    bool interrupted = false;
};

/// The study has cases of demand.
DemandResult least_regret(const Study& study, const ReadBase& read, const StudyOptions& options);

}  // namespace understudy::studies
