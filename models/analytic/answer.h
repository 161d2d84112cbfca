// What a formula says of one measure: a value that is exact, one that is approximate, or why there is none.
//
// Values are those of the steady state, in the units of models/measure.h. A value is `exact` where a product form or a
// closed form gives it: rounding is all that it is off by. It is `approximate` where a formula is known to be near,
// with the mechanism that spoils exactness and how far such values were found to be off. Values only.
#pragma once

#include <string>

namespace understudy::models {

struct Answer {
    enum class Kind { exact, approximate, refused };
    Kind kind = Kind::refused;
    double value = 0;    ///< unless refused
    double error = 0;    ///< of an approximation: as a share of the value; infinite: not known
    std::string method;  ///< unless refused: "Erlang C"
    std::string why;     ///< of an approximation its caveat; of a refusal the reason
    bool unstable = false, critical = false;  ///< of a refusal: there is no steady state
};

inline const char* name_of(Answer::Kind kind) {
    constexpr const char* names[] = {"exact", "approximate", "refused"};
    return names[static_cast<int>(kind)];
}

}  // namespace understudy::models
