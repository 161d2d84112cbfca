// How the items of a twin's loads come, fitted to the instants at which logs saw them: the part of calibrate.h for loads.
//
// A load is seen where a stage reads it and nothing else, and tasks of the logs are of that stage: it arrives when the
// first attempt was submitted, in logs without submissions when it started. Only arrivals that are Poisson,
// `every` or two states in the twin are fitted: others say more than a log of them could.
//
// - The rate: of the gaps between arrivals, 95 percent limits by Jeffreys' prior (kernel::rate_interval) on as many fewer
//   arrivals as their counts vary more than Poisson's do (the dispersion, as of quasi-likelihood: McCullagh and Nelder
//   1989, 4.5).
// - A clock: arrivals, or batches, at an even beat (calibrate_batches.h) are `every` with `first`; at set times of the day, or
//   on weekdays alone, they get a profile with a window for each (set_times.h).
// - Does it change with the hour? Logs with dates and at least three whole local days: counts by parts of the day, square
//   roots so that their variance is 1 at any rate, an analysis of variance of parts and days, at 1 percent (Brown, Gans,
//   Mandelbaum, Sakov, Shen, Zeltyn and Zhao 2005, JASA 100:469, on the rates of calls). Then the load gets a profile of a
//   day, as fine as tells the most (arrivals_by_hour.h). From two weeks on weekends are held against the other days (Welch 1947),
//   and become the profile's `weekend`; where they have hours of their own as well, the profile is of a week.
//   Where a load has a profile of a day or a week already, and the logs do not tell how the rate goes by the hour, that keeps
//   its shape, and the rate is how many came over what its curve adds up to while they did (profile_in_logs.h).
// - Does it change within the log (rate_changes.h)? Then the last stretch is fitted, and a warning says how it went.
// - Else the law of the gaps by choose_family(): exponential ones are Poisson. Where the log's instants are coarser than a
//   third of a gap the gaps say nothing, and Poisson is assumed.
// - Bursts: where counts vary more than the fitted arrivals' would (chi-squared, at 1 percent), two rates that go to and
//   fro are fitted (kernel/bursts.h), and taken where they are likelier (AIC): the load gets two states. Where they are
//   not, by the hour, or where counts vary more than those of the fitted bursts do (a parametric bootstrap, at 1
//   percent), a warning says so.
// - The last fifth is predicted from what came before.
//
// Internal to tools/studies; deterministic.
#pragma once

#include <vector>

#include "tools/studies/calibrate_parts.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// What has not ended has come all the same.
void calibrate_arrivals(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                        const CalibrationOptions& options, Calibration& into);

}  // namespace understudy::studies
