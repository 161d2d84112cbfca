// Services that vary so much that a run has hardly seen those that most of the waiting comes from.
//
// What waits in a line goes by the second moment of services. Where a part of it that counts is in services so rare that
// all replications together see fewer than three of them, the mean that was seen is too low in most runs, and its interval
// with it: of M/G/1 queues whose intervals were to hold 95 percent, they held 92 to 97 up to a part of 4 percent, 90 to 95
// at 5 to 10, and half at 17 (docs/statistics.md). Followed are services with one random term, of a law of their own or of what
// the items of one load carry, at stages with workers of their own of which at most one is to spare: with more, those that
// are slow hold up few. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/distribution.h"
#include "models/graph.h"
#include "models/measure.h"
#include "models/scenario.h"
#include "tools/studies/result.h"
#include "tools/studies/surroundings.h"

namespace understudy::studies {

struct RareServices {
    std::string place;         ///< a stage
    kernel::Distribution law;  ///< what services vary by
    double part = 1;           ///< of their second moment that is the law's
    double per_second = 0;     ///< how many there are
};
std::vector<RareServices> rare_services(const models::Scenario& scenario, const models::ScenarioGraph& graph,
                                        std::span<const StationForecast> forecast);

/// More of a mean than this is not to hang on services that were hardly seen.
inline constexpr double most_unseen = 0.04;

/// What a mean hangs on and was hardly seen.
struct Unseen {
    std::string why;
    double times = 1;  ///< as many replications would see enough; at most a million; infinite: not known
};

/// After a run.
class HardlySeen {
public:
    /// `seconds`: of all replications together, without warm-up. `mean_wait(place)`: seconds, 0 where it was not measured.
    HardlySeen(std::span<const RareServices> all, const models::Scenario& scenario, double seconds,
               const std::function<double(const std::string&)>& mean_wait);

    /// Of means and spreads of what waits at such places, or of stays and numbers that the wait is a part of: its part of
    /// `value` counts. Nothing where enough was seen.
    std::optional<Unseen> of(const models::Measure& measure, double value) const;

private:
    struct Place {
        double unseen = 0;  ///< part of the wait
        double wait = 0, per_second = 0, times = 1;
        Surroundings surroundings;
    };
    static std::optional<Unseen> at(const Place& place, const models::Measure& measure, double value);

    std::vector<Place> places_;  ///< the worst first; of the first ones what is around them is known
    std::map<std::string, std::size_t> by_name_;
};

}  // namespace understudy::studies
