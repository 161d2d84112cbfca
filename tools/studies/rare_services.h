// Services that vary so much that a run has hardly seen those that most of the waiting comes from.
//
// What waits in a line goes by the second moment of services. Where a part of it that counts is in services so rare that
// all replications together see fewer than three of them, the mean that was seen is too low in most runs, and its interval
// with it: of M/G/1 queues whose intervals were to hold 95 percent, they held 93 or more up to a part of 3 percent, 90 at 5
// to 10, and half at 17 (docs/statistics.md). Followed are services with one random term, of a law of their own or of what
// the items of one load carry, at stages with workers of their own of which at most one is to spare: with more, those that
// are slow hold up few. Pure, thread-safe.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "kernel/distribution.h"
#include "models/graph.h"
#include "models/measure.h"
#include "models/scenario.h"
#include "tools/studies/result.h"
#include "tools/studies/surroundings.h"

namespace understudy::studies {

struct RareServices : Surroundings {
    explicit RareServices(Surroundings at) : Surroundings(std::move(at)) {}

    kernel::Distribution law;  ///< what services vary by
    double part = 1;           ///< of their second moment that is the law's
    double per_second = 0;     ///< how many there are
};
std::vector<RareServices> rare_services(const models::Scenario& scenario, const models::ScenarioGraph& graph,
                                        std::span<const StationForecast> forecast);

/// More of a mean than this is not to hang on services that were hardly seen.
inline constexpr double most_unseen = 0.04;

/// Is that measure a mean, or a spread, of what waits there, or of stays that the wait is a part of?
bool waits_behind(const models::Measure& measure, const RareServices& services);

/// The part of the wait that hangs on services of which so many seconds, of all replications together, see fewer than three.
double unseen_part(const RareServices& services, double seconds);

/// How many times as many seconds it takes until the part is no more than `most`, in (0, 1); at least 1, at most a million.
double times_until_seen(const RareServices& services, double seconds, double most);

}  // namespace understudy::studies
