// Queues of which arrivals and services go by phases: MAP/PH/c, first come first served.
//
// Markovian arrivals (Neuts 1979) are those of a chain that makes some of its moves with an arrival: Poisson processes of
// which the rate goes by states (MMPP), independent times between arrivals with a phase-type law, and several of such
// together. With phase-type services at c workers the number present and all phases are a quasi-birth-and-death process
// (Neuts 1981, ch. 3; Fischer and Meier-Hellstern 1993 for MMPP/G/1), whose phases are those of arrivals times the ways in
// which workers are in phases of service. Pure, thread-safe; what has too many phases is refused.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "models/analytic/transforms.h"
#include "models/scenario.h"

namespace understudy::models {

/// A chain; its diagonal is ignored.
struct MarkovArrivals {
    Eigen::MatrixXd silent;    ///< rates of moves without an arrival
    Eigen::MatrixXd arrivals;  ///< and with one, staying included

    /// Arrivals per second in the long run.
    double rate() const;
};
MarkovArrivals poisson_arrivals(double rate);
/// Independent times between arrivals.
MarkovArrivals renewal_arrivals(const Phases& between);
/// Of a load's `states`, of which each arrival counts with probability `share`; nothing where stays are not phase-type.
std::optional<MarkovArrivals> arrivals_by_states(const std::vector<Arrivals::State>& states, double share);
/// Both, independently.
MarkovArrivals together(const MarkovArrivals& one, const MarkovArrivals& other);

struct PhaseQueue {
    double rate = 0, present = 0, line = 0;
    double waits = 0;                 ///< share of arrivals that find all workers busy
    double empty = 0, saturated = 0;  ///< shares of time
    std::vector<double> number;       ///< P(n present); empty where it was not asked for
    /// Of exponential services.
    std::optional<Phases> wait_law, latency_law;
};

/// More phases at a level take longer than an answer at once may.
inline constexpr double most_queue_phases = 60;
/// How many phases there are while all workers are busy.
double queue_phases(std::size_t of_arrivals, std::size_t of_service, double workers);

/// Load below 1. Nothing where there are too many phases, or services may take no time at all.
std::optional<PhaseQueue> phase_queue(const MarkovArrivals& arrivals, const Phases& service, double workers);

}  // namespace understudy::models
