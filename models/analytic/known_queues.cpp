// Queues of one stage whose arrivals or services go by phases.
#include <cmath>

#include "models/analytic/known_system_finder.h"
#include "models/analytic/phase_queue.h"

namespace understudy::models {

/// MMPP/M/c, PH/PH/c, M/PH/c and what is between them.
std::optional<KnownSystem> KnownSystemFinder::phases(std::size_t at) const {
    const auto found = lone(at);
    if (!found || !keeps_up(found->pool) || !found->alike || found->workers->count == unlimited)
        return std::nullopt;
    const auto service = as_phases(*found->service.law);
    const auto workers = static_cast<double>(found->workers->count);
    if (!service || service->count() == 0) return std::nullopt;
    std::optional<MarkovArrivals> arrivals;
    bool by_states = false;
    double poisson = 0;
    for (const Coming& one : found->comings) {
        const Load& load = s_.loads[one.load];
        std::optional<MarkovArrivals> own;
        if (load.arrivals.kind == Arrivals::Kind::poisson) {
            poisson += one.rate;
            continue;
        }
        if (load.arrivals.kind == Arrivals::Kind::states) {
            by_states = true;
            own = arrivals_by_states(load.arrivals.states, one.share);
        } else if (const auto between = as_phases(load.arrivals.interval.terms.front().law)) {
            own = renewal_arrivals(*between);
        }
        if (!own) return std::nullopt;
        // A constant time has no phases, and one that may be 0 brings several at once.
        if (std::fabs(own->rate() / one.rate - 1) > 1e-9) return std::nullopt;
        const double size =
            static_cast<double>(own->silent.rows() * (arrivals ? arrivals->silent.rows() : 1));
        if (size > most_queue_phases) return std::nullopt;
        arrivals = arrivals ? together(*arrivals, *own) : own;
    }
    if (!arrivals)
        arrivals = poisson_arrivals(poisson);
    else if (poisson > 0)
        arrivals = together(*arrivals, poisson_arrivals(poisson));
    const double size =
        queue_phases(static_cast<std::size_t>(arrivals->silent.rows()), service->count(), workers);
    // Some 30 products of matrices, and some for each worker: what a moment has time for, in all stations together.
    constexpr double most_effort = 2e7;
    effort_ += size * size * size * (workers / 3 + 4);
    if (size > most_queue_phases || effort_ > most_effort) return std::nullopt;
    const auto queue = phase_queue(*arrivals, *service, workers);
    if (!queue) return std::nullopt;
    KnownSystem system(by_states ? "MMPP, matrix-geometric" : "matrix-geometric");
    const std::string& name = found->stage->name;
    using A = Aggregate;
    set_station(system, *found, queue->present, queue->line);
    const double busy = queue->present - queue->line;
    system.set(A::average, Metric::utilisation, found->pool, busy / workers);
    system.set(A::average, Metric::busy, found->pool, busy);
    system.set(A::average, Metric::service, name, found->service.mean);
    system.set(A::share, Metric::waited, name, queue->waits);
    for (const std::string& scope : {name, found->pool}) {
        system.set(A::share, Metric::empty, scope, queue->empty);
        system.set(A::share, Metric::idle, scope, queue->empty);
        system.set(A::share, Metric::occupied, scope, 1 - queue->empty);
        system.set(A::share, Metric::saturated, scope, queue->saturated);
    }
    if (queue->wait_law) system.set_law(Metric::wait, name, *queue->wait_law);
    if (queue->latency_law) {
        system.set_law(Metric::latency, name, *queue->latency_law);
        if (found->whole) system.set_law(Metric::latency, "", *queue->latency_law);
    }
    if (!queue->number.empty()) {
        double mean = 0, second = 0;
        for (std::size_t n = 0; n < queue->number.size(); ++n) {
            mean += static_cast<double>(n) * queue->number[n];
            second += static_cast<double>(n) * static_cast<double>(n) * queue->number[n];
        }
        const auto number = queue->number;
        system.set_spread(Metric::present, name,
                          {[number](double p) -> std::optional<double> {
                               double sum = 0;
                               for (std::size_t n = 0; n < number.size(); ++n) {
                                   sum += number[n];
                                   if (sum >= p) return static_cast<double>(n);
                               }
                               return std::nullopt;
                           },
                           second - mean* mean});
    }
    return system;
}

}  // namespace understudy::models
