// M/G/1, first come first served, whose worker is not there at times although somebody waits: it looks for work now and then,
// is switched off and starts again, starts for several only, or fails.
//
// Where arrivals after an instant do not depend on what the worker did before it, the number present is that of M/G/1 and,
// independently, that at an instant at which the worker is away (Fuhrmann and Cooper 1985, proposition 3). The latter follows
// from how many are there when the worker begins, Q: its mean is E[Q (Q - 1)] / (2 E[Q]), and nobody is there for 1 / E[Q] of
// it. Pure, thread-safe.
#pragma once

#include <optional>

#include "models/analytic/queues.h"

namespace understudy::models {

/// How many are there when a worker begins: factorial moments.
struct Beginning {
    double first = 1, second = 0;
    /// Where no wait depends on who comes later; else the spread of waits is not known.
    std::optional<double> third;
    double at_once = 0;  ///< probability that one comes who finds the worker ready
};

/// A worker that has found nothing looks again after `pause`, until there is something: multiple vacations (Levy and
/// Yechiali 1975).
Beginning after_pauses(double rate, const WorkLaw& pause);
/// A worker that has found nothing for `ready` (absent: at once) is put off, and is started, which takes `start`, when so
/// many are there (Yadin and Naor 1963; Welch 1964; Medhi and Templeton 1992).
Beginning after_start(double rate, long begins_at, const WorkLaw& start, const std::optional<WorkLaw>& ready);
/// A worker that fails while it has nothing to do, at a rate, and is away for `repair` (Avi-Itzhak and Naor 1963, model A).
Beginning after_failures(double rate, double failures, const WorkLaw& repair);

/// From the begin of a service to its end where the worker fails while it is at work, at a rate, and resumes after each
/// repair (Gaver 1962): the service and a Poisson number of repairs.
WorkLaw completion(const WorkLaw& service, double failures, const WorkLaw& repair);

struct PausedAnswer {
    double wait = 0;   ///< mean
    double empty = 0;  ///< share of time in which nobody is there
    double waits = 0;  ///< share of arrivals
    std::optional<double> wait_variance;
};
/// The load, rate times the mean of `service`, is below 1.
PausedAnswer paused_worker(double rate, const WorkLaw& service, const Beginning& beginning);

}  // namespace understudy::models
