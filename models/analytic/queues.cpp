#include "models/analytic/queues.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "kernel/exact_math.h"

namespace understudy::models {

namespace {

using kernel::Distribution;
namespace exact = kernel::exact;

constexpr double pi = 3.14159265358979323846;
/// More states than these are not listed.
constexpr std::size_t most_states = 20'000;

/// An exponential law with an atom at 0, or a law with the density of one above it.
Phases delayed(double share, double rate) { return {{share}, {{-rate}}}; }

/// Erlang's loss probability, by its recursion in the number of workers.
double loss_of(double offered, double workers) {
    double loss = 1;
    for (double c = 1; c <= workers; ++c) loss = offered * loss / (c + offered * loss);
    return loss;
}

void set_latency_law(Station& station, const WorkLaw& service) {
    if (!station.wait_law || !service.law) return;
    if (const auto phases = as_phases(*service.law))
        station.latency_law = in_series(*station.wait_law, *phases);
}

double variance_of(const WorkLaw& law) { return law.second - law.mean * law.mean; }

/// Wait of an M/G/1 queue, mean and second moment.
double pollaczek(double rate, const WorkLaw& service) {
    return rate * service.second / (2 * (1 - rate * service.mean));
}

}  // namespace

WorkLaw work_law(const Distribution& law) {
    WorkLaw work;
    work.law = law;
    work.mean = law.mean();
    work.second = law.variance() + work.mean * work.mean;
    work.third = third_moment(law);
    work.exponential = law.kind() == Distribution::Kind::exponential && !law.is_truncated();
    return work;
}

WorkLaw exponential_law(double mean) { return work_law(Distribution::exponential(mean)); }

WorkLaw mixed(const std::vector<double>& shares, const std::vector<WorkLaw>& laws) {
    WorkLaw all;
    all.third = 0;
    bool alike = true, known = true;
    std::vector<Distribution> parts;
    for (std::size_t i = 0; i < laws.size(); ++i) {
        all.mean += shares[i] * laws[i].mean;
        all.second += shares[i] * laws[i].second;
        if (all.third && laws[i].third)
            *all.third += shares[i] * *laws[i].third;
        else
            all.third.reset();
        known = known && laws[i].law;
        if (laws[i].law) parts.push_back(*laws[i].law);
        alike = alike && laws[i].law && *laws[i].law == *laws.front().law;
    }
    if (laws.empty()) return all;
    if (alike) return laws.front();
    if (known) all.law = Distribution::mixture(shares, std::move(parts));
    return all;
}

Station erlang_c(double rate, double service, double workers) {
    const double offered = rate * service, load = offered / workers;
    const double loss = loss_of(offered, workers);
    const double waits = loss / (1 - load * (1 - loss));
    const double free = (workers - offered) / service;  // rate at which the line shrinks
    Station station;
    station.method = workers == 1 ? "M/M/1" : "Erlang C";
    station.rate = rate;
    station.service = service;
    station.waits = station.saturated = waits;
    station.wait = waits / free;
    station.line = rate * station.wait;
    station.wait_variance = waits * (2 - waits) / (free * free);
    station.latency_variance = *station.wait_variance + service * service;
    station.wait_law = delayed(waits, free);
    if (workers == 1)
        station.latency_law = delayed(1, free);
    else
        set_latency_law(station, exponential_law(service));
    if (workers < most_states / 2 && load < 0.999)
        station.present = birth_and_death(
            [&](std::size_t) { return rate; },
            [&](std::size_t n) { return std::min(static_cast<double>(n), workers) / service; }, most_states);
    if (!station.present.empty()) station.empty = station.present.front();
    if (workers == 1) station.empty = 1 - load;
    return station;
}

Station bounded(double rate, double service, double workers, double places) {
    const double most = workers + places;
    Station station;
    station.method = "M/M/c/K";
    station.service = service;
    station.present = birth_and_death(
        [&](std::size_t n) { return static_cast<double>(n) < most ? rate : 0.0; },
        [&](std::size_t n) { return std::min(static_cast<double>(n), workers) / service; }, most_states);
    const auto full = static_cast<std::size_t>(most);
    station.lost = full < station.present.size() ? station.present[full] : 0;
    station.rate = rate * (1 - station.lost);
    station.empty = station.present.front();
    station.saturated = 0;
    double waits = 0;
    // Who is let in and finds n >= c waits for n - c + 1 ends of service: phases in a row, entered by how many.
    const auto c = static_cast<std::size_t>(workers);
    const std::size_t phases = static_cast<std::size_t>(places);
    std::vector<double> start(phases, 0);
    for (std::size_t n = c; n < station.present.size(); ++n) {
        *station.saturated += station.present[n];
        station.line += static_cast<double>(n - c) * station.present[n];
        if (n >= full) continue;
        waits += station.present[n] / (1 - station.lost);
        start[phases - (n - c + 1)] = station.present[n] / (1 - station.lost);
    }
    station.waits = waits;
    station.wait = station.line / station.rate;
    if (phases > 0 && phases <= most_phases) {
        std::vector<std::vector<double>> rates(phases, std::vector<double>(phases, 0));
        for (std::size_t i = 0; i < phases; ++i) {
            rates[i][i] = -workers / service;
            if (i + 1 < phases) rates[i][i + 1] = workers / service;
        }
        station.wait_law = Phases{start, rates};
        station.wait_variance = variance(*station.wait_law);
        station.latency_variance = *station.wait_variance + service * service;
        set_latency_law(station, exponential_law(service));
    }
    return station;
}

Station erlang_b(double rate, double service, double workers) {
    Station station;
    station.method = "Erlang B";
    station.lost = loss_of(rate * service, workers);
    station.rate = rate * (1 - station.lost);
    station.service = service;
    station.waits = 0;
    station.saturated = station.lost;
    if (workers < static_cast<double>(most_states)) {
        station.present =
            birth_and_death([&](std::size_t n) { return static_cast<double>(n) < workers ? rate : 0.0; },
                            [&](std::size_t n) { return static_cast<double>(n) / service; }, most_states);
        station.empty = station.present.front();
    }
    return station;
}

Station impatient(double rate, double service, double workers, double patience) {
    Station station;
    station.method = "Erlang A";
    station.service = service;
    station.gives_up = true;
    station.present = birth_and_death([&](std::size_t) { return rate; },
                                      [&](std::size_t n) {
                                          const auto there = static_cast<double>(n);
                                          return std::min(there, workers) / service +
                                                 std::max(0.0, there - workers) / patience;
                                      },
                                      most_states * 10);
    station.empty = station.present.front();
    double saturated = 0;
    for (std::size_t n = static_cast<std::size_t>(workers); n < station.present.size(); ++n) {
        saturated += station.present[n];
        station.line += (static_cast<double>(n) - workers) * station.present[n];
    }
    station.saturated = station.waits = saturated;
    station.wait = station.line / rate;
    station.lost = station.wait / patience;
    station.rate = rate * (1 - station.lost);
    return station;
}

Station patient_until(double rate, double service, double workers, double patience) {
    // Of the virtual wait x: its density goes with exp(rate H(x) - c x / service), where H(x) = min(x, patience).
    const double drain = workers / service, slope = rate - drain;
    const auto integral = [](double growth, double until) {  // of exp(growth x), from 0 to `until`
        return std::fabs(growth * until) < 1e-12 ? until : exact::expm1(growth * until) / growth;
    };
    const double peak = exact::exp(slope * patience);
    const double first = integral(slope, patience);
    const double all = first + peak / drain;
    // Of x exp(slope x) up to the patience; beyond it H is the patience.
    double weighted;
    if (std::fabs(slope * patience) < 1e-4) {
        const double t = patience, g = slope;
        weighted = t * t / 2 + g * t * t * t / 3 + g * g * t * t * t * t / 8;
    } else {
        weighted = (patience * peak - first) / slope;
    }
    const double waited = weighted + patience * peak / drain;
    // Those not waiting, in the units of the density: the inverse of Erlang's loss with one worker fewer.
    const double others = 1 / (loss_of(rate * service, workers - 1) * rate);
    Station station;
    station.method = "M/M/c+D";
    station.service = service;
    station.gives_up = true;
    const double whole = others + all;
    station.waits = station.saturated = all / whole;
    station.lost = (1 + slope * all) / (rate * whole);
    station.wait = waited / whole;
    station.line = rate * station.wait;
    station.rate = rate * (1 - station.lost);
    return station;
}

Station one_server(double rate, const WorkLaw& service) {
    if (service.exponential) return erlang_c(rate, service.mean, 1);
    const double load = rate * service.mean;
    Station station;
    station.method = "M/G/1";
    station.rate = rate;
    station.service = service.mean;
    station.waits = station.saturated = load;
    station.empty = 1 - load;
    station.wait = pollaczek(rate, service);
    station.line = rate * station.wait;
    if (service.third && std::isfinite(*service.third)) {
        station.wait_variance = station.wait * station.wait + rate * *service.third / (3 * (1 - load));
        station.latency_variance = *station.wait_variance + variance_of(service);
    }
    if (service.law)
        if (const auto phases = as_phases(*service.law)) {
            station.wait_law = wait_of_one_server(rate, *phases);
            set_latency_law(station, service);
        }
    station.one_server = service.law;
    return station;
}

Station constant_service(double rate, double service, double workers) {
    // Roots within the unit circle of z^c = exp(a (z - 1)), found as fixed points; they come in conjugate pairs.
    const double offered = rate * service;
    const auto c = static_cast<long>(workers);
    double waiting = (offered * offered - workers * (workers - 1)) / (2 * (workers - offered)), product = 1;
    const auto power = [&](const std::complex<double>& z, double turn) {  // exp(a (z - 1) / c + i turn)
        const double size = exact::exp(offered * (z.real() - 1) / workers);
        const double angle = offered * z.imag() / workers + turn;
        return std::complex<double>(size * exact::cos(angle), size * exact::sin(angle));
    };
    for (long k = 1; 2 * k <= c; ++k) {
        const double turn = 2 * pi * static_cast<double>(k) / workers;
        std::complex<double> z(0, 0);
        constexpr int most_rounds = 200;
        for (int round = 0; round < most_rounds; ++round) {
            const std::complex<double> f = power(z, turn);
            // Newton's step for z - f(z), whose derivative is 1 - a f / c.
            const std::complex<double> step = (z - f) / (1.0 - offered / workers * f);
            z -= step;
            if (std::norm(step) < 1e-30) break;
        }
        const double distance = std::norm(1.0 - z);
        const bool real = 2 * k == c;
        waiting += (real ? 1 : 2) * (1 - z.real()) / distance;
        product *= real ? 1 - z.real() : distance;
    }
    Station station;
    station.method = workers == 1 ? "M/G/1" : "Crommelin";
    station.rate = rate;
    station.service = service;
    station.line = waiting;
    station.wait = waiting / rate;
    station.waits = station.saturated = 1 - (workers - offered) / product;
    if (workers == 1) {
        station.empty = 1 - offered;
        station.one_server = Distribution::constant(service);
        station.wait_variance = station.latency_variance =
            station.wait * station.wait + rate * service * service * service / (3 * (1 - offered));
    }
    return station;
}

Station unlimited_workers(double rate, const WorkLaw& service) {
    Station station;
    station.method = "M/G/infinity";
    station.rate = rate;
    station.service = service.mean;
    station.waits = 0;
    station.wait_variance = 0;
    station.latency_variance = variance_of(service);
    station.service_law = service.law;
    const double there = rate * service.mean;
    if (there < static_cast<double>(most_states) / 2)
        station.present = birth_and_death([&](std::size_t) { return there; },
                                          [](std::size_t n) { return static_cast<double>(n); }, most_states);
    station.empty = exact::exp(-there);
    return station;
}

Station shared_workers(double rate, const WorkLaw& service, double workers) {
    // As many are present as in M/M/c.
    Station station = erlang_c(rate, service.mean, workers);
    station.method = workers == 1 ? "M/G/1-PS" : "M/G/c-PS";
    const double there = station.number(), load = rate * service.mean / workers;
    station.wait = there / rate - service.mean;
    // Nobody stands in line: all are at work, more slowly.
    station.line = there - rate * service.mean;
    station.waits = 0;
    station.wait_law.reset();
    station.latency_law.reset();
    station.wait_variance.reset();
    station.latency_variance.reset();
    if (workers == 1 && service.exponential) {
        const double mean = there / rate;
        station.latency_variance = mean * mean * (2 + load) / (2 - load);
    }
    return station;
}

Station last_come_preemptive(double rate, const WorkLaw& service) {
    Station station = erlang_c(rate, service.mean, 1);
    const double load = rate * service.mean, free = 1 - load;
    station.method = "M/G/1 LCFS-PR";
    station.wait = service.mean / free - service.mean;
    station.line = rate * station.wait;
    station.waits.reset();
    station.wait_law.reset();
    station.latency_law.reset();
    station.wait_variance.reset();
    const double mean = service.mean / free;
    station.latency_variance = service.second / (free * free * free) - mean * mean;
    return station;
}

Station in_groups(double groups, double size, double size_second, const WorkLaw& service) {
    Station station;
    station.method = "M^X/G/1";
    station.rate = groups * size;
    station.service = service.mean;
    const double load = station.rate * service.mean;
    station.empty = 1 - load;
    station.saturated = load;
    // The wait of the first of a group, as M/G/1 with the work of the group, and the wait for those before it in it.
    const double work_second =
        size * (service.second - service.mean * service.mean) + size_second * service.mean * service.mean;
    station.wait = groups * work_second / (2 * (1 - load)) + (size_second / size - 1) / 2 * service.mean;
    station.line = station.rate * station.wait;
    // All wait but the first of those that find nobody.
    station.waits = 1 - (1 - load) / size;
    return station;
}

std::vector<double> priority_waits(const std::vector<UrgencyClass>& classes, bool preemptive) {
    double residual = 0;
    for (const UrgencyClass& one : classes) residual += one.rate * one.service.second / 2;
    std::vector<double> waits;
    double above = 0, until_here = 0;
    for (const UrgencyClass& one : classes) {
        const double own = one.rate * one.service.mean;
        const double free_above = 1 - above, free = 1 - above - own;
        until_here += one.rate * one.service.second / 2;
        if (preemptive) {
            const double latency = one.service.mean / free_above + until_here / (free_above * free);
            waits.push_back(latency - one.service.mean);
        } else {
            waits.push_back(residual / (free_above * free));
        }
        above += own;
    }
    return waits;
}

std::vector<double> priority_waits(const std::vector<double>& rates, double service, double workers) {
    double all = 0;
    for (const double rate : rates) all += rate;
    const double waits = erlang_c(all, service, workers).waits.value_or(0);
    std::vector<double> result;
    double above = 0;
    for (const double rate : rates) {
        const double own = rate * service / workers;
        result.push_back(waits * service / workers / ((1 - above) * (1 - above - own)));
        above += own;
    }
    return result;
}

std::optional<Station> renewal(const Distribution& between, double service, double workers) {
    constexpr double most_workers = 40;
    if (workers > most_workers) return std::nullopt;
    const double rate = 1 / between.mean(), drain = workers / service, load = rate * service / workers;
    // The root below 1 of x = A(c mu (1 - x)), by Newton's method on the left of it, where the function is convex.
    const auto excess = [&](double x) { return laplace(between, drain * (1 - x)) - x; };
    double low = 0, high = 1;
    // excess(0) > 0, and below 0 between the root and 1.
    for (double gap = 0.5; gap > 1e-15; gap /= 2)
        if (excess(1 - gap) < 0) {
            high = 1 - gap;
            break;
        }
    if (high == 1) return std::nullopt;  // too close to the critical load for this
    for (int i = 0; i < 200 && high - low > 1e-16 * high; ++i) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (excess(middle) > 0 ? low : high) = middle;
    }
    const double sigma = 0.5 * (low + high);
    // Takacs 1962, theorem 2.3.1: what an arrival finds is geometric from c - 1 on.
    const auto c = static_cast<long>(workers);
    long double sum = 0, product = 1, choose = 1;
    for (long j = 1; j <= c; ++j) {
        const long double phi = laplace(between, static_cast<double>(j) / service);
        product *= phi / (1 - phi);
        choose *= static_cast<long double>(c - j + 1) / static_cast<long double>(j);
        const long double below = static_cast<long double>(c) * (1 - sigma) - static_cast<long double>(j);
        long double ratio = (static_cast<long double>(c) * (1 - phi) - static_cast<long double>(j)) / below;
        if (std::fabs(below) < 1e-6L) {
            // Both are 0 where j is c (1 - sigma): the slope of the one over that of the other, -1.
            constexpr double step = 1e-4;
            const double at = static_cast<double>(j) / service;
            const double slope =
                (laplace(between, at * (1 + step)) - laplace(between, at * (1 - step))) / (2 * step);
            ratio = 1 + static_cast<long double>(c) * slope / static_cast<long double>(j);
        }
        sum += choose / (product * (1 - phi)) * ratio;
    }
    const double share = static_cast<double>(1 / (1 / (1 - static_cast<long double>(sigma)) + sum));
    const double waits = share / (1 - sigma);
    if (!(waits > 0 && waits < 1)) return std::nullopt;
    Station station;
    station.method = "GI/M/c";
    station.rate = rate;
    station.service = service;
    station.waits = waits;
    const double free = drain * (1 - sigma);
    station.wait = waits / free;
    station.line = rate * station.wait;
    station.wait_variance = waits * (2 - waits) / (free * free);
    station.latency_variance = *station.wait_variance + service * service;
    station.wait_law = delayed(waits, free);
    set_latency_law(station, exponential_law(service));
    // Ways up and down between two numbers present are as many: rate P(finds n - 1) = min(n, c) P(n) / service.
    if (sigma > 0) station.saturated = load * waits / sigma;
    if (c == 1) station.empty = 1 - load;
    return station;
}

namespace {

/// A law with that mean and squared coefficient of variation: gamma below 1, a mixture of two exponential laws with
/// balanced means above.
Distribution fitted(double mean, double scv) {
    if (scv < 1e-6) return Distribution::constant(mean);
    if (scv <= 1) return Distribution::gamma(mean, std::sqrt(scv));
    const double share = 0.5 * (1 + std::sqrt((scv - 1) / (scv + 1)));
    return Distribution::mixture({share, 1 - share}, {Distribution::exponential(mean / (2 * share)),
                                                      Distribution::exponential(mean / (2 * (1 - share)))});
}

/// What Kraemer and Langenbach-Belz (1976) take from (ca^2 + cs^2) / 2 times the wait of M/M/1, where arrivals are more
/// regular than Poisson; nothing where they are less so, as in Whitt 1983 (eq. 45).
double light_load(double load, double arrival_scv, double service_scv) {
    const double variability = arrival_scv + service_scv;
    if (!(variability > 0)) return 0;
    if (arrival_scv >= 1) return 1;
    return exact::exp(-2 * (1 - load) * (1 - arrival_scv) * (1 - arrival_scv) / (3 * load * variability));
}

/// Wait of GI/G/1 after Kraemer and Langenbach-Belz.
double one_worker(double rate, double arrival_scv, double service, double service_scv) {
    const double load = rate * service;
    return load * service / (1 - load) * (arrival_scv + service_scv) / 2 *
           light_load(load, arrival_scv, service_scv);
}

}  // namespace

Station by_variability(double rate, double arrival_scv, const WorkLaw& service, double workers,
                       const std::optional<Distribution>& between) {
    const double load = rate * service.mean / workers, scv = service.scv();
    const bool poisson = !between && std::fabs(arrival_scv - 1) < 1e-12;
    Station station;
    station.method = poisson ? "Tijms" : "Allen-Cunneen";
    station.exact = false;
    station.rate = rate;
    station.service = service.mean;
    if (workers == 1) {
        station.wait = pollaczek(rate, service);
        station.empty = 1 - load;
        station.saturated = load;
    } else {
        // Between a light load, where one waits for the first of c at work, and a heavy one.
        const Distribution law = service.law ? *service.law : fitted(service.mean, scv);
        const double light = mean_least_excess(law, workers) * workers / service.mean;
        station.wait =
            erlang_c(rate, service.mean, workers).wait * ((1 - load) * light + load * (1 + scv) / 2);
    }
    if (!poisson) {
        const auto markov =
            renewal(between ? *between : fitted(1 / rate, arrival_scv), service.mean, workers);
        const double with_exponential = markov ? markov->wait
                                               : erlang_c(rate, service.mean, workers).wait *
                                                     (arrival_scv + 1) / 2 * light_load(load, arrival_scv, 1);
        const double with_poisson = erlang_c(rate, service.mean, workers).wait;
        if (scv <= 1) {
            // Between constant and exponential services; of constant ones each worker gets every c-th arrival, and is
            // a queue of its own.
            const auto between_extremes = [&](double variability, double exponential) {
                return (1 - scv) * one_worker(rate / workers, variability / workers, service.mean, 0) +
                       scv * exponential;
            };
            // What that lacks of Poisson arrivals is known, and fades with the variability of arrivals.
            const double lacking = station.wait - between_extremes(1, with_poisson);
            station.wait =
                between_extremes(arrival_scv, with_exponential) + std::min(1.0, arrival_scv) * lacking;
        } else {
            // What regular arrivals save fades with the variability of services, as in Kraemer's correction of one
            // worker; of many workers each sees arrivals that are more regular still.
            const double saved = with_exponential / (with_poisson * (arrival_scv + 1) / 2);
            const double power = arrival_scv < 1 ? 1 - (scv - 1) / (arrival_scv + scv) / workers
                                                 : (arrival_scv + 4) / (arrival_scv + 4 * scv);
            station.wait *= (arrival_scv + scv) / (1 + scv) * (saved > 0 ? exact::pow(saved, power) : 0);
        }
    }
    // Of the wait itself, and of a service: where waits are short beside it nothing is known of them.
    // Less still the more irregular arrivals are.
    constexpr double of_wait = 0.2;
    const double of_service = 0.06 + 0.25 * std::max(0.0, arrival_scv - 1);
    station.error = station.wait > 0 ? of_wait + of_service * service.mean / station.wait : INFINITY;
    station.line = rate * station.wait;
    return station;
}

}  // namespace understudy::models
