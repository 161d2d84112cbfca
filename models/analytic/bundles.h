// Items that are served, or gathered, several at a time.
//
// Pure, thread-safe; times in seconds.
#pragma once

#include <optional>

namespace understudy::models {

struct BundledAnswer {
    double wait = 0, line = 0;
    double waits = 0;  ///< share of items that find all workers busy
    double busy = 0;   ///< workers, on average
    double empty = 0;  ///< share of time in which nobody is present
    double taken = 0;  ///< items of a bundle, on average
    double drain = 0;  ///< those who wait do so for an exponential time of this rate
};
/// M/M^[1,K]/c: a free worker takes up at once all who wait, K at most, for one exponential service (Bailey 1954; Chaudhry and
/// Templeton 1983, sec. 4.1). While all are busy the line is geometric. `rate` below K workers / service.
BundledAnswer bundled_service(double rate, double service, double workers, long most);

struct GatheredAnswer {
    double items = 0;      ///< of a batch, on average
    double forming = 0;    ///< from its first item until it closes
    double gathering = 0;  ///< of an item
    double filled = 0;     ///< share of batches that close because they are full
    double number = 0;     ///< gathered and not gone, on average
};
/// Poisson arrivals are gathered: a batch closes with so many items (0: any number), or so long after its first one
/// (absent: never); by renewal and reward (Ross 1996, sec. 3.6).
GatheredAnswer gathered(double rate, long items, const std::optional<double>& after);

}  // namespace understudy::models
