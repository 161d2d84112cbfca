// What a candidate has to keep to be accepted in the place of its baseline, as read. Units as in models/measure.h. Values
// only.
#pragma once

#include <string>
#include <vector>

#include "models/measure.h"

namespace understudy::models {

/// What a candidate may have more of than its baseline: candidate less baseline, compared with the margin.
struct Increase {
    Measure measure;
    Comparison comparison = Comparison::less;
    double margin =
        0;  ///< in the measure's unit; of a relative one a fraction of the baseline. May be negative
    bool relative = false;  ///< the difference is divided by the baseline
    std::string text;       ///< as written: "increase p(99) latency(checkout) < 5%"
};

/// Entries of `accept`.
struct Acceptance {
    bool all_objectives = false;        ///< those of the candidate's scenario
    std::vector<Objective> objectives;  ///< besides, of the candidate alone
    std::vector<Increase> increases;
};

}  // namespace understudy::models
