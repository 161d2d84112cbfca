// Closed networks: so many users of each class go round, think, and ask for work at stations; exact where the network
// has a product form (Baskett, Chandy, Muntz and Palacios 1975).
//
// The normalising constants are found by convolution (Buzen 1973; Reiser and Kobayashi 1975), from which throughputs,
// numbers and utilisations follow as they do by mean value analysis (Reiser and Lavenberg 1980). All terms are
// positive, so that nothing is lost to rounding where stations have several workers; the marginal probabilities of
// mean value analysis are differences there. Times in seconds. Pure, thread-safe; the work grows with the product of
// the populations, and what is too large is refused.
#pragma once

#include <optional>
#include <vector>

namespace understudy::models {

struct ClosedStation {
    double workers = 1;          ///< infinity: nobody waits
    std::vector<double> demand;  ///< by class: mean work in one round, over all visits
};

struct ClosedNetwork {
    std::vector<long> users;    ///< by class
    std::vector<double> think;  ///< by class: mean, in one round
    std::vector<ClosedStation> stations;
};

struct ClosedAnswer {
    std::vector<double> rounds;  ///< by class: per second
    struct OfStation {
        std::vector<double> number;  ///< by class: mean number present
        std::vector<double> waits;   ///< by class: share of visits that find all workers busy
        double saturated = 0;        ///< share of time in which all workers are busy
        double empty = 0;            ///< in which nobody is there
    };
    std::vector<OfStation> stations;
};

/// By approximate mean value analysis, however many users there are: who comes finds as many of his class as there are on
/// average, but for the share that he is himself (Schweitzer 1979, Bard 1979), in time that grows with classes times
/// stations. A station of several workers is taken as one that is as fast as all of them, and a delay for the rest of a
/// service (Seidmann, Schweitzer and Shalev-Oren 1987). Fails where few users of a class make the line that they then stand
/// in, and where workers are neither idle nor all busy; how far off it was found to be: docs/analytic.md. What a mean does
/// not tell, `waits`, `saturated` and `empty`, is NaN. Nothing where it does not settle.
std::optional<ClosedAnswer> approximate_closed(const ClosedNetwork& network);

/// Nothing where it is too large. A class with neither thinking nor work is not allowed; one user at least.
std::optional<ClosedAnswer> solve_closed(const ClosedNetwork& network);

}  // namespace understudy::models
