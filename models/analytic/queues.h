// Single stations in their steady state: what arrives as a stream of customers, is served by so many equal workers, and
// leaves. Closed forms where there are some, approximations that say so where there are none.
//
// Times are in seconds, rates per second. `wait` is in line, of one visit; latency is wait and service. A load of 1 or
// more has no steady state and is the caller's to refuse: rate * service < workers is required, except where customers
// are lost or give up. Pure, thread-safe; microseconds, but for laws whose transform is integrated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/distribution.h"
#include "models/analytic/transforms.h"

namespace understudy::models {

/// A service, or the time between two arrivals.
struct WorkLaw {
    double mean = 0;
    double second = 0;                        ///< E[X^2]; infinite where it diverges
    std::optional<double> third;              ///< E[X^3], where it is known
    std::optional<kernel::Distribution> law;  ///< the law itself, where it is known
    bool exponential = false;

    /// Squared coefficient of variation.
    double scv() const { return mean > 0 ? second / (mean * mean) - 1 : 0; }
    bool constant() const { return law && law->is_constant(); }
};
WorkLaw work_law(const kernel::Distribution& law);
WorkLaw exponential_law(double mean);
/// Of a visit that is of kind i with probability shares[i] (they sum to 1).
WorkLaw mixed(const std::vector<double>& shares, const std::vector<WorkLaw>& laws);

/// What is known of a station. What is absent has no formula here.
struct Station {
    std::string method;  ///< "Erlang C": what gave the means
    bool exact = true;
    double error = 0;    ///< of an approximation: how far off its mean wait was found to be, as a share of it
    std::string caveat;  ///< of an approximation: when it fails
    double rate = 0;     ///< of visits that are served
    double service = 0;  ///< mean
    double wait = 0;     ///< mean in line, of those that are let in
    double line = 0;     ///< mean number in line
    double lost = 0;     ///< share that finds no place, or gives up
    bool gives_up =
        false;  ///< what is lost has waited: `wait` is of all, and a latency of those served is not known
    std::optional<double> waits;      ///< share of visits that wait at all
    std::optional<double> saturated;  ///< share of time in which all workers are busy
    std::optional<double> empty;      ///< share of time in which nobody is there
    std::optional<double> wait_variance, latency_variance;
    std::optional<Phases> wait_law, latency_law;
    std::optional<kernel::Distribution> service_law;  ///< where it is the law of the latency
    std::optional<kernel::Distribution> one_server;   ///< of M/G/1, fifo: that of services
    /// P(n present) by n, up to where next to nothing is left.
    std::vector<double> present;

    double latency() const { return wait + service; }
    double number() const { return line + rate * service; }
};

// ---- Poisson arrivals

/// M/M/c (Erlang 1917).
Station erlang_c(double rate, double service, double workers);
/// M/M/c/K with `places` in line; what finds none is lost (Gross and Harris 1998, sec. 2.5). Fewer than 20 000 in all.
Station bounded(double rate, double service, double workers, double places);
/// M/G/c/c: no line; insensitive to the law of service (Erlang 1917; Sevastyanov 1957).
Station erlang_b(double rate, double service, double workers);
/// M/M/c+M: those in line give up after an exponential patience (Palm 1957). Of 200 000 customers at most: more may
/// not be there with any probability that counts.
Station impatient(double rate, double service, double workers, double patience);
/// M/M/c+D: after a constant patience (Barrer 1957; Zeltyn and Mandelbaum 2005, eqs. 3.1 to 3.8).
Station patient_until(double rate, double service, double workers, double patience);
/// M/G/1 (Pollaczek 1930, Khinchine 1932; second moment Takacs 1962); M/PH/1 with its laws (Neuts 1981).
Station one_server(double rate, const WorkLaw& service);
/// M/D/c (Crommelin 1932).
Station constant_service(double rate, double service, double workers);
/// M/G/infinity (Takacs 1962): as many are present as a Poisson law says.
Station unlimited_workers(double rate, const WorkLaw& service);
/// Processor sharing by `workers` of speed 1, each for one customer at most: insensitive (Kelly 1979, sec. 3.3). Of
/// one worker with exponential services the variance of the latency is known (Coffman, Muntz and Trotter 1970).
Station shared_workers(double rate, const WorkLaw& service, double workers);
/// One worker, last come first served, who comes takes the place of who is at work: a latency is a busy period
/// (Kleinrock 1975, sec. 5.8). Its `wait` is all of the latency that is not service.
Station last_come_preemptive(double rate, const WorkLaw& service);
/// M/G/1 in which arrivals are of several at once: `groups` per second, whose size has these moments (Chaudhry and
/// Templeton 1983).
Station in_groups(double groups, double size, double size_second, const WorkLaw& service);

/// Classes by priority, the most urgent first.
struct UrgencyClass {
    double rate = 0;
    WorkLaw service;
};
/// Waits of each class: M/G/1 without preemption (Cobham 1954), or where who is more urgent takes the place of who is
/// less so, which resumes (Conway, Maxwell and Miller 1967); a wait is then the latency less the service.
std::vector<double> priority_waits(const std::vector<UrgencyClass>& classes, bool preemptive);
/// M/M/c without preemption: one exponential service for all (Kella and Yechiali 1985).
std::vector<double> priority_waits(const std::vector<double>& rates, double service, double workers);

// ---- Other arrivals

/// GI/M/c: independent times between arrivals, of any law (Takacs 1962, ch. 2; Kleinrock 1975, sec. 6.4). Nothing where
/// rounding would spoil it (hundreds of workers).
std::optional<Station> renewal(const kernel::Distribution& between, double service, double workers);

/// GI/G/c by the variability of arrivals and services: the wait of M/G/c times (ca^2 + cs^2) / (1 + cs^2) (Kingman
/// 1962; Allen 1990) and a correction for light loads. That goes with the variability as in Kraemer and Langenbach-Belz
/// (1976), from what it is for exponential services, which is known (renewal() above; of arrivals of which only the
/// variability is known, for a gamma or a hyperexponential law). The wait of M/G/c itself: exact for one worker; else
/// from M/M/c and the time until one of all is free (Tijms, van Hoorn and Federgruen 1981). `arrival_scv` is the
/// squared coefficient of variation of the times between arrivals, `between` their law, where it is known.
Station by_variability(double rate, double arrival_scv, const WorkLaw& service, double workers,
                       const std::optional<kernel::Distribution>& between = std::nullopt);

/// Probabilities of 0, 1, 2, ... of a birth and death process, until next to nothing is left or `most` states.
template <class Birth, class Death>
std::vector<double> birth_and_death(Birth&& birth, Death&& death, std::size_t most) {
    // From the state that is the most likely on both sides the numbers fall: no overflow, nothing lost by rounding.
    std::vector<double> shares = {1};
    double sum = 1;
    for (std::size_t n = 0; n + 1 < most; ++n) {
        const double up = birth(n);
        if (!(up > 0)) break;
        shares.push_back(shares.back() * up / death(n + 1));
        sum += shares.back();
        if (shares.back() < 1e-18 * sum && up < death(n + 1)) break;
        if (sum > 1e200) {
            for (double& share : shares) share /= sum;
            sum = 1;
        }
    }
    for (double& share : shares) share /= sum;
    return shares;
}

}  // namespace understudy::models
