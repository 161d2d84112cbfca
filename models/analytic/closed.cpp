#include "models/analytic/closed.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace understudy::models {

namespace {

/// Functions of how many of each class there are, up to the populations; extended range, as constants grow with them.
using Constants = std::vector<long double>;

class Lattice {
public:
    explicit Lattice(const ClosedNetwork& network) : network_(network) {
        for (const long users : network.users) {
            stride_.push_back(size_);
            size_ *= static_cast<std::size_t>(users) + 1;
        }
        const std::size_t classes = network.users.size();
        // Units of time in which one round of each class takes about as long as one unit, so that constants stay in
        // range.
        for (std::size_t r = 0; r < classes; ++r) {
            double total = network.think[r], largest = 0;
            for (const ClosedStation& station : network.stations) {
                total += station.demand[r];
                if (std::isfinite(station.workers))
                    largest = std::max(largest, station.demand[r] / station.workers);
            }
            unit_.push_back(std::max(largest, total / static_cast<double>(network.users[r])));
        }
    }

    std::size_t size() const { return size_; }
    std::size_t all() const { return size_ - 1; }
    double unit(std::size_t r) const { return unit_[r]; }
    long count(std::size_t at, std::size_t r) const {
        return static_cast<long>(at / stride_[r]) % (network_.users[r] + 1);
    }
    /// One of class r fewer; the caller knows that there is one.
    std::size_t without(std::size_t at, std::size_t r) const { return at - stride_[r]; }
    long total(std::size_t at) const {
        long sum = 0;
        for (std::size_t r = 0; r < stride_.size(); ++r) sum += count(at, r);
        return sum;
    }

    /// All who think, and all stations where nobody waits.
    Constants delays() const {
        Constants g(size_, 1);
        for (std::size_t r = 0; r < stride_.size(); ++r) {
            double delay = network_.think[r];
            for (const ClosedStation& station : network_.stations)
                if (std::isinf(station.workers)) delay += station.demand[r];
            Constants factor = {1};
            for (long n = 1; n <= network_.users[r]; ++n)
                factor.push_back(factor.back() * static_cast<long double>(delay / unit_[r]) /
                                 static_cast<long double>(n));
            for (std::size_t at = 0; at < size_; ++at)
                g[at] *= factor[static_cast<std::size_t>(count(at, r))];
        }
        return g;
    }

    /// A station of one worker, in place.
    void add_one_worker(Constants& g, const ClosedStation& station) const {
        for (std::size_t at = 0; at < size_; ++at)
            for (std::size_t r = 0; r < stride_.size(); ++r)
                if (count(at, r) > 0)
                    g[at] += static_cast<long double>(station.demand[r] / unit_[r]) * g[without(at, r)];
    }

    /// The weights of what may be at a station: n! / (n1! n2! ...) d1^n1 d2^n2 ... over the speeds with 1 to n.
    Constants weights(const ClosedStation& station) const {
        Constants f(size_, 0);
        f[0] = 1;
        for (std::size_t at = 1; at < size_; ++at) {
            // By the last that came: f(n) = sum of d_r f(n - e_r) / speed(n).
            for (std::size_t r = 0; r < stride_.size(); ++r)
                if (count(at, r) > 0)
                    f[at] += static_cast<long double>(station.demand[r] / unit_[r]) * f[without(at, r)];
            f[at] /= std::min(static_cast<long double>(total(at)), static_cast<long double>(station.workers));
        }
        return f;
    }

    /// Calls visit(part, rest) for all ways to divide `whole`, where every class of `part` is within it.
    template <class Visit>
    void for_each_part(std::size_t whole, Visit&& visit) const {
        for (std::size_t part = 0; part <= whole; ++part) {
            bool within = true;
            for (std::size_t r = 0; r < stride_.size() && within; ++r)
                within = count(part, r) <= count(whole, r);
            if (within) visit(part, whole - part);
        }
    }

    void add(Constants& g, const ClosedStation& station) const {
        if (std::isinf(station.workers)) return;
        if (station.workers == 1) {
            add_one_worker(g, station);
            return;
        }
        const Constants f = weights(station);
        Constants sum(size_, 0);
        for (std::size_t at = 0; at < size_; ++at)
            for_each_part(at, [&](std::size_t part, std::size_t rest) { sum[at] += f[part] * g[rest]; });
        g = std::move(sum);
    }

private:
    const ClosedNetwork& network_;
    std::vector<std::size_t> stride_;
    std::size_t size_ = 1;
    std::vector<double> unit_;
};

/// Steps of the innermost loops; some nanoseconds each.
double work_of(const ClosedNetwork& network) {
    double lattice = 1;
    for (const long users : network.users) lattice *= static_cast<double>(users) + 1;
    const auto classes = static_cast<double>(network.users.size());
    double single = 0, several = 0;
    for (const ClosedStation& station : network.stations)
        if (std::isfinite(station.workers)) (station.workers == 1 ? single : several) += 1;
    // Each station of several workers is left out once, and all others are put together again.
    return lattice * classes * (2 * single + several * single) +
           lattice * lattice * classes * several * (several + 1);
}

}  // namespace

std::optional<ClosedAnswer> solve_closed(const ClosedNetwork& network) {
    constexpr long most_users = 4000;  // the range of long double
    constexpr double most_work = 4e6;
    if (std::accumulate(network.users.begin(), network.users.end(), 0L) > most_users) return std::nullopt;
    if (work_of(network) > most_work) return std::nullopt;
    const Lattice lattice(network);
    const std::size_t classes = network.users.size();
    const std::size_t all = lattice.all();
    const Constants thinking = lattice.delays();
    Constants g = thinking;
    for (const ClosedStation& station : network.stations) lattice.add(g, station);
    if (!(g[all] > 0) || !std::isfinite(g[all])) return std::nullopt;

    ClosedAnswer answer;
    for (std::size_t r = 0; r < classes; ++r)
        answer.rounds.push_back(static_cast<double>(g[lattice.without(all, r)] / g[all]) / lattice.unit(r));
    for (std::size_t m = 0; m < network.stations.size(); ++m) {
        const ClosedStation& station = network.stations[m];
        ClosedAnswer::OfStation of;
        of.number.assign(classes, 0);
        of.waits.assign(classes, 0);
        const auto demand = [&](std::size_t r) {
            return static_cast<long double>(station.demand[r] / lattice.unit(r));
        };
        if (std::isinf(station.workers)) {
            for (std::size_t r = 0; r < classes; ++r) of.number[r] = answer.rounds[r] * station.demand[r];
        } else if (station.workers == 1) {
            Constants twice = g;
            lattice.add_one_worker(twice, station);
            const auto busy = [&](std::size_t population) {
                long double sum = 0;
                for (std::size_t s = 0; s < classes; ++s)
                    if (lattice.count(population, s) > 0)
                        sum += demand(s) * g[lattice.without(population, s)];
                return static_cast<double>(sum / g[population]);
            };
            for (std::size_t r = 0; r < classes; ++r) {
                of.number[r] = static_cast<double>(demand(r) * twice[lattice.without(all, r)] / g[all]);
                of.waits[r] = busy(lattice.without(all, r));
            }
            of.saturated = busy(all);
            of.empty = 1 - of.saturated;
        } else {
            Constants others = thinking;
            for (std::size_t o = 0; o < network.stations.size(); ++o)
                if (o != m) lattice.add(others, network.stations[o]);
            const Constants f = lattice.weights(station);
            const auto workers = static_cast<long>(station.workers);
            const auto busy = [&](std::size_t population) {
                long double sum = 0;
                lattice.for_each_part(population, [&](std::size_t part, std::size_t rest) {
                    if (lattice.total(part) >= workers) sum += f[part] * others[rest];
                });
                return static_cast<double>(sum / g[population]);
            };
            lattice.for_each_part(all, [&](std::size_t part, std::size_t rest) {
                const auto share = static_cast<double>(f[part] * others[rest] / g[all]);
                for (std::size_t r = 0; r < classes; ++r)
                    of.number[r] += share * static_cast<double>(lattice.count(part, r));
            });
            for (std::size_t r = 0; r < classes; ++r) of.waits[r] = busy(lattice.without(all, r));
            of.saturated = busy(all);
            of.empty = static_cast<double>(others[all] / g[all]);
        }
        answer.stations.push_back(std::move(of));
    }
    return answer;
}

std::optional<ClosedAnswer> approximate_closed(const ClosedNetwork& network) {
    // Some nanoseconds each: an answer at once, or none.
    const auto most_rounds =
        static_cast<int>(1e7 / static_cast<double>(network.users.size() * (network.stations.size() + 1)));
    constexpr double settled = 1e-10;
    const std::size_t classes = network.users.size(), stations = network.stations.size();
    // By class: the delay of thinking, of workers without number, and of what of a service is no waiting for others.
    std::vector<double> delay = network.think;
    std::vector<std::vector<double>> work(stations, std::vector<double>(classes, 0));
    std::vector<std::vector<double>> extra = work, number = work;
    for (std::size_t m = 0; m < stations; ++m) {
        const ClosedStation& station = network.stations[m];
        for (std::size_t r = 0; r < classes; ++r) {
            work[m][r] = std::isinf(station.workers) ? 0 : station.demand[r] / station.workers;
            extra[m][r] = station.demand[r] - work[m][r];
            delay[r] += extra[m][r];
            number[m][r] = station.demand[r] > 0
                               ? static_cast<double>(network.users[r]) / static_cast<double>(stations)
                               : 0;
        }
    }
    ClosedAnswer answer;
    answer.rounds.assign(classes, 0);
    for (int round = 0; round < most_rounds; ++round) {
        double moved = 0;
        std::vector<double> total(stations, 0);
        for (std::size_t m = 0; m < stations; ++m)
            total[m] = std::accumulate(number[m].begin(), number[m].end(), 0.0);
        std::vector<std::vector<double>> next = number;
        for (std::size_t r = 0; r < classes; ++r) {
            const auto users = static_cast<double>(network.users[r]);
            double takes = delay[r];
            for (std::size_t m = 0; m < stations; ++m) {
                next[m][r] = work[m][r] * (1 + total[m] - number[m][r] / users);
                takes += next[m][r];
            }
            answer.rounds[r] = users / takes;
            for (std::size_t m = 0; m < stations; ++m) {
                next[m][r] *= answer.rounds[r];
                moved = std::max(moved, std::fabs(next[m][r] - number[m][r]) / users);
            }
        }
        number = std::move(next);
        if (!(moved > settled)) break;
        if (round + 1 == most_rounds) return std::nullopt;
    }
    for (std::size_t m = 0; m < stations; ++m) {
        ClosedAnswer::OfStation of;
        for (std::size_t r = 0; r < classes; ++r)
            of.number.push_back(number[m][r] + answer.rounds[r] * extra[m][r]);
        of.waits.assign(classes, NAN);
        of.saturated = of.empty = NAN;
        answer.stations.push_back(std::move(of));
    }
    return answer;
}

}  // namespace understudy::models
