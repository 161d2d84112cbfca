// Workers that fail, start and are put off, with exponential times all through: how many are present and how many workers are
// there is a quasi-birth-and-death process. And customers that find all workers busy and come again.
//
// Pure, thread-safe; the work goes with the cube of the workers.
#pragma once

#include <optional>

namespace understudy::models {

struct WorkersAnswer {
    double present = 0, line = 0;
    double workers = 0;   ///< that are there, on average
    double starting = 0;  ///< on average
    double empty = 0;     ///< share of time in which nobody is present
};

struct Failures {
    double up = 0, repair = 0;  ///< means
    bool all_together = false;  ///< all fail, and are repaired, at once
    bool while_busy = false;    ///< a worker fails only while it is at work; not with all_together
};
/// M/M/c whose workers fail, each repaired by itself; who was at work goes on at another worker, or first in line
/// (Mitrany and Avi-Itzhak 1968; White and Christie 1958 for one worker).
std::optional<WorkersAnswer> failing_workers(double rate, double service, int workers,
                                             const Failures& failures);

/// M/M/k/setup: `least` workers are always there; of the others one starts for each that waits, up to `most` in all, is put
/// off as soon as it has nothing to do, and its start is cancelled when nobody waits for it any more (Gandhi, Doroudi,
/// Harchol-Balter and Scheller-Wolf 2013).
std::optional<WorkersAnswer> starting_workers(double rate, double service, int least, int most, double start);

struct RetrialAnswer {
    double orbit = 0;    ///< pausing, on average
    double blocked = 0;  ///< share of arrivals that find all workers busy
    double busy = 0;     ///< workers, on average
};
/// M/M/c without a line: who finds all busy comes again after an exponential pause, as often as it takes (Falin and Templeton
/// 1997, eq. 1.31 of one worker, and ch. 2; the orbit of several is cut where less than 10^-13 is beyond). Nothing where that is too far.
std::optional<RetrialAnswer> retrials(double rate, double service, int workers, double pause);

}  // namespace understudy::models
