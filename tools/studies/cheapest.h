// The cheapest setting of a grid that keeps its promises, and the proof: it is met, and all that is cheaper is violated.
//
// Formulas say where to begin and decide what they know exactly (predictor.h). What they do not know is simulated under
// common random numbers, as few replications as tell (setting_test.h). That a dearer setting is at least as good is
// taken for true while searching and tested on all settings that were simulated; a factor that breaks it is searched
// value by value. The certificate names, of all cheaper settings, the largest ones: what is violated there is violated at
// each other cheaper one.
//
// `confidence` is that of the whole answer: the chance that the setting does not keep its promises, or that one in the
// certificate does, is at most 1 - confidence; a quarter of it goes to the first and the rest to the certificate's
// entries in equal parts. Where costs are only known by simulation all settings are simulated
// (cheapest_by_selection.h). The result depends on the study and its base alone. No I/O. Throws BadSetting.
//
// Source: Bonferroni's inequality over the certificate's entries and over looks (kernel/sequential_test.h); the search is our
// own (docs/capacity.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/candidate.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::studies {

struct CheapestResult {
    double confidence = 0.95;
    std::uint64_t seed = 1;
    std::string cost_unit;        ///< "EUR/h"; may be empty
    bool cost_simulated = false;  ///< else it is known before a run
    std::size_t settings = 0;
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;             ///< of a verdict that is not met, for people
    std::optional<Candidate> best;       ///< the cheapest that is known to be met
    std::vector<Candidate> certificate;  ///< cheaper ones, dearest first
    std::optional<Candidate> current;    ///< the base as it is
    std::vector<Candidate> tried;        ///< all that were simulated, cheapest first
    std::int64_t replications = 0;       ///< simulated in all, those of the pilots as well
    double completed = 0;        ///< items that left the system in those that count, after the warm-up
    std::size_t by_formula = 0;  ///< settings that formulas decided
    std::vector<std::string> distrusted;  ///< factors along which dearer was not always at least as good
    std::optional<double> warm_up_s;
    std::string warm_up_reason;
    std::vector<std::string> warnings;
    bool interrupted = false;
};

CheapestResult cheapest(const Study& study, const ReadBase& read, const StudyOptions& options);

}  // namespace understudy::studies
