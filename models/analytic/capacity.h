// What the workers of a pool can do: how many of a need they hold at once, and how much of that is asked for.
//
// A node holds whole needs only, by cores and by memory, as a simulation's own placement does
// (models/simulation/units.cpp): two nodes of 4 cores hold two needs of 3 cores, not 2.67; ten workers hold one
// gang of six. Where all needs of a pool are alike this is exact. Needs of different sizes leave gaps that depend
// on the order they come in: then the load lies between two bounds. Pure, thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

/// So many workers that are alike.
struct WorkerKind {
    double count = 0;         ///< infinity: unlimited
    double cores = 0;         ///< 0: not told
    double memory_bytes = 0;  ///< 0: not told
    double speed = 1;
};

/// The workers of a pool, and for what share of the time it has them.
struct Staff {
    double share = 1;
    std::vector<WorkerKind> workers;
};

/// One for each time between two changes of `steps` and `shifts`, weighted by how long it holds within a run of `length_s` (0: not known).
std::vector<Staff> staff_of(const Workers& workers, const std::vector<WorkerType>& types, double length_s);

/// Share of the time that a worker is not taken away by outages; those of the calendar's days are left out.
double availability_of(const Workers& workers);

/// How many of the need these workers hold at once.
double fits(const std::vector<WorkerKind>& workers, const Need& need);

/// What one stage or task asks of a pool.
struct Demand {
    Need need;
    double rate = 0;        ///< times per second
    double service_s = 0;   ///< at speed 1, each time
    double overhead_s = 0;  ///< held as well, at any speed: its launch and its release
    double launch_s = 0;    ///< of the overhead: one after the other on each worker
};

struct Occupancy {
    double offered = 0;  ///< workers (or cores, where nodes have cores) needed on average
    double there = 0;    ///< workers (or cores) on average; infinity: unlimited
    double load = 0;     ///< share of what can be done that is asked for, at least; from 1 on it is too much
    double load_at_most = 0;  ///< the same where needs get in each other's way most; equal if they are alike
    std::string caveat;       ///< why `offered` or `load` is not exact; empty: they are
};
Occupancy occupancy(const std::vector<Staff>& staff, const std::vector<Demand>& demands);

}  // namespace understudy::models
