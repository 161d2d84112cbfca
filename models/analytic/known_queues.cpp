// Queues of one stage whose arrivals or services go by phases.
#include <cmath>

#include "models/analytic/bundles.h"
#include "models/analytic/known_system_finder.h"
#include "models/analytic/phase_queue.h"
#include "models/analytic/worker_chains.h"

namespace understudy::models {

/// MMPP/M/c, PH/PH/c, M/PH/c and what is between them.
std::optional<KnownSystem> KnownSystemFinder::phases(std::size_t at) const {
    const auto found = lone(at);
    if (!found) return std::nullopt;
    if (found->workers->count == unlimited && !found->poisson) {
        // Nobody waits, whatever comes.
        KnownSystem system("Little's law");
        set_station(system, *found, found->rate * found->service.mean, 0);
        system.set(Aggregate::average, Metric::service, found->stage->name, found->service.mean);
        return system;
    }
    if (!found->alike || found->workers->count == unlimited) return std::nullopt;
    const auto service = as_phases(*found->service.law);
    const auto workers = static_cast<double>(found->workers->count);
    if (!service || service->count() == 0 || !is_below(found->rate * found->service.mean, workers))
        return std::nullopt;
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

/// A worker takes up all who wait, up to so many, for one exponential service: M/M^[1,K]/c.
std::optional<KnownSystem> KnownSystemFinder::bundles(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const long most = stage.take;
    const Workers* declared = workers_of(stage);
    constexpr long most_taken = 1'000'000, most_workers = 10'000;
    if (most <= 1 || most > most_taken || declared == nullptr || declared->count > most_workers)
        return std::nullopt;
    Stage plain = stage;
    plain.take = 1;
    const auto found = lone(at, plain, *declared);
    if (!found || !found->poisson || !found->alike || !found->service.exponential) return std::nullopt;
    const auto workers = static_cast<double>(found->workers->count);
    const double mean = found->service.mean;
    if (!is_below(found->rate * mean, workers * static_cast<double>(most))) return std::nullopt;
    const BundledAnswer queue = bundled_service(found->rate, mean, workers, most);
    KnownSystem system("M/M^[1,K]/c");
    const std::string& name = found->stage->name;
    using A = Aggregate;
    set_station(system, *found, queue.line + found->rate * mean, queue.line);
    system.set(A::average, Metric::utilisation, found->pool, queue.busy / workers);
    system.set(A::average, Metric::busy, found->pool, queue.busy);
    system.set(A::average, Metric::taken, name, queue.taken);
    system.set(A::average, Metric::service, name, mean);
    system.set(A::share, Metric::waited, name, queue.waits);
    system.set(A::share, Metric::saturated, name, queue.waits);
    system.set(A::share, Metric::empty, name, queue.empty);
    system.set(A::share, Metric::idle, name, queue.empty);
    system.set(A::share, Metric::occupied, name, 1 - queue.empty);
    const Phases wait{{queue.waits}, {{-queue.drain}}};
    system.set_law(Metric::wait, name, wait);
    if (const auto latency = in_series(wait, Phases{{1}, {{-1 / mean}}})) {
        system.set_law(Metric::latency, name, *latency);
        if (found->whole) system.set_law(Metric::latency, "", *latency);
    }
    return system;
}

namespace {

/// Closed by numbers and time alone.
bool counts(const Batch& batch) {
    constexpr std::int64_t most = 1'000'000;
    return batch.records == 0 && batch.size_bytes == 0 && batch.items >= 0 && batch.items <= most &&
           (batch.items > 0 || (batch.after && *batch.after > 0));
}

void set_gathered(KnownSystem& system, const std::string& name, double rate, const GatheredAnswer& batch) {
    using A = Aggregate;
    system.set(A::average, Metric::gathering, name, batch.gathering);
    system.set(A::average, Metric::forming, name, batch.forming);
    system.set(A::average, Metric::batch, name, batch.items);
    system.set(A::rate, Metric::batched, name, rate / batch.items);
    system.set(A::share, Metric::filled, name, batch.filled);
}

}  // namespace

/// Batches of so many items and no time, at workers of their own: their arrivals are Erlang's, as GI/M/c or PH/PH/c.
std::optional<KnownSystem> KnownSystemFinder::full_batches(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* declared = workers_of(stage);
    if (!stage.batch || !counts(*stage.batch) || stage.batch->after || declared == nullptr)
        return std::nullopt;
    Stage plain = stage;
    plain.batch.reset();
    const auto found = lone(at, plain, *declared);
    if (!found || !found->poisson || !found->alike || found->workers->count == unlimited) return std::nullopt;
    const auto items = found->stage->batch->items;
    const auto k = static_cast<double>(items), workers = static_cast<double>(found->workers->count);
    const double mean = found->service.mean;
    if (!is_below(found->rate / k * mean, workers)) return std::nullopt;
    const auto between = kernel::Distribution::erlang(k, k / found->rate);
    double wait = 0;
    const auto services = as_phases(*found->service.law);
    const auto phases_between = as_phases(between);
    if (const auto queue = found->service.exponential ? renewal(between, mean, workers) : std::nullopt) {
        wait = queue->wait;
    } else if (services && phases_between) {
        constexpr double most_effort = 2e7;
        const double size = queue_phases(phases_between->count(), services->count(), workers);
        effort_ += size * size * size * (workers / 3 + 4);
        if (size > most_queue_phases || effort_ > most_effort) return std::nullopt;
        const auto by_phases = phase_queue(renewal_arrivals(*phases_between), *services, workers);
        if (!by_phases) return std::nullopt;
        wait = by_phases->line * k / found->rate;
    } else {
        return std::nullopt;
    }
    const GatheredAnswer batch = gathered(found->rate, items, std::nullopt);
    const double latency = batch.gathering + wait + mean;
    KnownSystem system("full batches");
    const std::string& name = found->stage->name;
    using A = Aggregate;
    set_gathered(system, name, found->rate, batch);
    system.set(A::average, Metric::latency, name, latency);
    system.set(A::average, Metric::wait, name, wait);
    system.set(A::average, Metric::service, name, mean);
    // In line and at work are batches.
    system.set(A::average, Metric::present, name, found->rate / k * (wait + mean));
    system.set(A::average, Metric::waiting, name, found->rate / k * wait);
    system.set(A::rate, Metric::arrived, name, found->rate);
    system.set(A::rate, Metric::completed, name, found->rate);
    if (found->whole) {
        system.set(A::average, Metric::latency, "", latency);
        system.set(A::average, Metric::present, "", found->rate * latency);
        system.set(A::rate, Metric::arrived, "", found->rate);
        system.set(A::rate, Metric::completed, "", found->rate);
    }
    return system;
}

/// Batches that close with so many items or after so long, and go on at once.
std::optional<KnownSystem> KnownSystemFinder::gathering(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    if (!stage.batch || !counts(*stage.batch)) return std::nullopt;
    Stage plain = stage;
    plain.batch.reset();
    const auto found = bare(at, plain);
    if (!found || !found->poisson) return std::nullopt;
    const Batch& declared = *found->stage->batch;
    std::optional<double> after;
    if (declared.after) after = kernel::to_seconds(*declared.after);
    const GatheredAnswer batch = gathered(found->rate, declared.items, after);
    KnownSystem system("renewal and reward");
    const std::string& name = found->stage->name;
    using A = Aggregate;
    set_gathered(system, name, found->rate, batch);
    system.set(A::average, Metric::latency, name, batch.gathering);
    system.set(A::rate, Metric::arrived, name, found->rate);
    system.set(A::rate, Metric::completed, name, found->rate);
    if (found->whole) {
        system.set(A::average, Metric::latency, "", batch.gathering);
        system.set(A::average, Metric::present, "", batch.number);
        system.set(A::rate, Metric::arrived, "", found->rate);
        system.set(A::rate, Metric::completed, "", found->rate);
    }
    return system;
}

/// Who finds all workers busy comes again after an exponential pause.
std::optional<KnownSystem> KnownSystemFinder::coming_again(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* declared = workers_of(stage);
    const Retry& retry = stage.work.retry;
    constexpr std::int64_t most_workers = 12;
    if (stage.queue.capacity != 0 || stage.queue.full != Queue::Full::retry || retry.times != unlimited ||
        retry.first || retry.backoff.size() != 1 || declared == nullptr || declared->count > most_workers)
        return std::nullopt;
    const auto pause = one_law(retry.backoff.front());
    Stage plain = stage;
    plain.queue = Queue{};
    const auto found = lone(at, plain, *declared);
    if (!pause || !pause->exponential || !found || !found->poisson || !found->alike ||
        !found->service.exponential)
        return std::nullopt;
    const auto workers = static_cast<double>(found->workers->count);
    const double mean = found->service.mean, rate = found->rate;
    if (!is_below(rate * mean, workers)) return std::nullopt;
    constexpr double most_effort = 2e7, orbits = 1000;
    effort_ += (workers + 1) * (workers + 1) * (workers + 1) * orbits;
    if (effort_ > most_effort) return std::nullopt;
    const auto answer = retrials(rate, mean, static_cast<int>(found->workers->count), pause->mean);
    if (!answer) return std::nullopt;
    KnownSystem system("M/M/c retrial");
    const std::string& name = found->stage->name;
    using A = Aggregate;
    const double latency = answer->orbit / rate + mean;
    system.set(A::average, Metric::retrying, name, answer->orbit);
    system.set(A::average, Metric::backoff, name, answer->orbit / rate);
    system.set(A::share, Metric::retried, name, answer->blocked);
    system.set(A::share, Metric::saturated, name, answer->blocked);
    system.set(A::average, Metric::present, name, rate * mean);
    system.set(A::average, Metric::waiting, name, 0);
    system.set(A::average, Metric::wait, name, 0);
    system.set(A::average, Metric::latency, name, latency);
    system.set(A::average, Metric::utilisation, found->pool, rate * mean / workers);
    system.set(A::average, Metric::busy, found->pool, rate * mean);
    system.set(A::rate, Metric::arrived, name, rate);
    system.set(A::rate, Metric::completed, name, rate);
    // Each pause is one try more.
    system.set(A::rate, Metric::retried, name, answer->orbit / pause->mean);
    if (found->whole) {
        system.set(A::average, Metric::latency, "", latency);
        system.set(A::average, Metric::present, "", rate * latency);
        system.set(A::rate, Metric::arrived, "", rate);
        system.set(A::rate, Metric::completed, "", rate);
    }
    return system;
}

}  // namespace understudy::models
