#include "models/analytic/phase_queue.h"

#include <Eigen/LU>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include "models/analytic/quasi_birth_death.h"

namespace understudy::models {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd kronecker(const MatrixXd& a, const MatrixXd& b) {
    MatrixXd product(a.rows() * b.rows(), a.cols() * b.cols());
    for (Eigen::Index i = 0; i < a.rows(); ++i)
        for (Eigen::Index j = 0; j < a.cols(); ++j)
            product.block(i * b.rows(), j * b.cols(), b.rows(), b.cols()) = a(i, j) * b;
    return product;
}

MatrixXd identity(Eigen::Index n) { return MatrixXd::Identity(n, n); }

/// In the long run, of a chain with these rates between its states.
VectorXd shares_of_states(const MatrixXd& rates) {
    MatrixXd equations = rates.transpose();
    equations.diagonal() -= rates.rowwise().sum();
    equations.row(0).setOnes();
    VectorXd right = VectorXd::Zero(rates.rows());
    right(0) = 1;
    return equations.partialPivLu().solve(right);
}

/// How many workers are in each phase of service, for so many at work.
using Placed = std::vector<int>;
std::vector<Placed> placings(int workers, std::size_t phases) {
    std::vector<Placed> all;
    Placed now(phases, 0);
    const std::function<void(std::size_t, int)> fill = [&](std::size_t at, int left) {
        if (at + 1 == phases) {
            now[at] = left;
            all.push_back(now);
            return;
        }
        for (int n = 0; n <= left; ++n) {
            now[at] = n;
            fill(at + 1, left - n);
        }
    };
    fill(0, workers);
    return all;
}

/// Moves of service between the ways in which workers are in phases.
class Services {
public:
    explicit Services(const Phases& law) : law_(law), exits_(exits_of(law)) {}

    MatrixXd begins(int workers) const {
        const auto from = placings(workers, law_.count()), to = placings(workers + 1, law_.count());
        return moves(from, to, [&](const Placed& at, const auto& add) {
            for (std::size_t s = 0; s < law_.count(); ++s) {
                Placed next = at;
                ++next[s];
                add(next, law_.start[s]);
            }
        });
    }
    MatrixXd goes_on(int workers) const {
        const auto all = placings(workers, law_.count());
        return moves(all, all, [&](const Placed& at, const auto& add) {
            for (std::size_t s = 0; s < law_.count(); ++s)
                for (std::size_t t = 0; t < law_.count(); ++t) {
                    if (at[s] == 0 || s == t) continue;
                    Placed next = at;
                    --next[s];
                    ++next[t];
                    add(next, at[s] * law_.rates[s][t]);
                }
        });
    }
    /// `again`: the worker takes up who waits.
    MatrixXd ends(int workers, bool again) const {
        const auto from = placings(workers, law_.count());
        const auto to = again ? from : placings(workers - 1, law_.count());
        return moves(from, to, [&](const Placed& at, const auto& add) {
            for (std::size_t s = 0; s < law_.count(); ++s) {
                if (at[s] == 0) continue;
                Placed next = at;
                --next[s];
                if (!again) {
                    add(next, at[s] * exits_[s]);
                    continue;
                }
                for (std::size_t t = 0; t < law_.count(); ++t) {
                    ++next[t];
                    add(next, at[s] * exits_[s] * law_.start[t]);
                    --next[t];
                }
            }
        });
    }

private:
    template <class Each>
    static MatrixXd moves(const std::vector<Placed>& from, const std::vector<Placed>& to, const Each& each) {
        std::map<Placed, Eigen::Index> position;
        for (std::size_t i = 0; i < to.size(); ++i) position[to[i]] = static_cast<Eigen::Index>(i);
        MatrixXd rates =
            MatrixXd::Zero(static_cast<Eigen::Index>(from.size()), static_cast<Eigen::Index>(to.size()));
        for (std::size_t i = 0; i < from.size(); ++i)
            each(from[i], [&](const Placed& next, double rate) {
                rates(static_cast<Eigen::Index>(i), position.at(next)) += rate;
            });
        return rates;
    }

    const Phases& law_;
    std::vector<double> exits_;
};

/// The wait where services are exponential: who comes and finds k in line waits for k + 1 of them at all c workers. With
/// probabilities p R^k of what is found that is a phase-type law, whose phases are those of arrivals.
Phases wait_behind(const LevelLaw& law, const VectorXd& finds, double drain) {
    const Eigen::Index n = law.ratio.rows();
    // P(wait > t) = p exp(-drain (1 - R) t) (1 - R)^-1 finds, scaled so that each phase ends in the end.
    const VectorXd ends = (identity(n) - law.ratio).partialPivLu().solve(finds);
    Phases wait;
    std::vector<Eigen::Index> used;
    for (Eigen::Index i = 0; i < n; ++i)
        if (ends(i) > 0) used.push_back(i);
    for (const Eigen::Index i : used) {
        wait.start.push_back(law.levels.back()(i) * ends(i));
        wait.rates.emplace_back();
        for (const Eigen::Index j : used)
            wait.rates.back().push_back(drain * (law.ratio(i, j) - (i == j ? 1 : 0)) * ends(j) / ends(i));
    }
    return wait;
}

}  // namespace

double MarkovArrivals::rate() const {
    return shares_of_states(silent + arrivals).dot(arrivals.rowwise().sum());
}

MarkovArrivals poisson_arrivals(double rate) {
    return {MatrixXd::Zero(1, 1), MatrixXd::Constant(1, 1, rate)};
}

MarkovArrivals renewal_arrivals(const Phases& between) {
    const auto n = static_cast<Eigen::Index>(between.count());
    const std::vector<double> exits = exits_of(between);
    MarkovArrivals all{MatrixXd::Zero(n, n), MatrixXd::Zero(n, n)};
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j) {
            const auto s = static_cast<std::size_t>(i), t = static_cast<std::size_t>(j);
            if (i != j) all.silent(i, j) = between.rates[s][t];
            all.arrivals(i, j) = exits[s] * between.start[t];
        }
    return all;
}

std::optional<MarkovArrivals> arrivals_by_states(const std::vector<Arrivals::State>& states, double share) {
    std::vector<Phases> stays;
    std::vector<Eigen::Index> first;
    Eigen::Index size = 0;
    for (const Arrivals::State& state : states) {
        if (state.stay.terms.size() != 1) return std::nullopt;
        const Term& term = state.stay.terms.front();
        if (!term.field.empty() || term.recorded || term.per != Per::once) return std::nullopt;
        auto phases = as_phases(term.law);
        if (!phases) return std::nullopt;
        double start = 0;
        for (const double one : phases->start) start += one;
        if (std::fabs(start - 1) > 1e-12) return std::nullopt;
        first.push_back(size);
        size += static_cast<Eigen::Index>(phases->count());
        stays.push_back(std::move(*phases));
    }
    MarkovArrivals all{MatrixXd::Zero(size, size), MatrixXd::Zero(size, size)};
    for (std::size_t i = 0; i < states.size(); ++i) {
        const std::vector<double> exits = exits_of(stays[i]);
        auto next = states[i].next;
        if (next.empty()) {
            if (states.size() != 2) return std::nullopt;
            next.emplace_back(states[1 - i].name, 1.0);
        }
        for (std::size_t s = 0; s < stays[i].count(); ++s) {
            const Eigen::Index row = first[i] + static_cast<Eigen::Index>(s);
            all.arrivals(row, row) = states[i].rate * share;
            for (std::size_t t = 0; t < stays[i].count(); ++t)
                if (s != t) all.silent(row, first[i] + static_cast<Eigen::Index>(t)) += stays[i].rates[s][t];
            for (const auto& [name, part] : next)
                for (std::size_t j = 0; j < states.size(); ++j) {
                    if (states[j].name != name) continue;
                    for (std::size_t t = 0; t < stays[j].count(); ++t)
                        all.silent(row, first[j] + static_cast<Eigen::Index>(t)) +=
                            exits[s] * part * stays[j].start[t];
                }
        }
    }
    return all;
}

MarkovArrivals together(const MarkovArrivals& one, const MarkovArrivals& other) {
    const Eigen::Index n = one.silent.rows(), m = other.silent.rows();
    return {kronecker(one.silent, identity(m)) + kronecker(identity(n), other.silent),
            kronecker(one.arrivals, identity(m)) + kronecker(identity(n), other.arrivals)};
}

double queue_phases(std::size_t of_arrivals, std::size_t of_service, double workers) {
    double ways = 1;  // c + m - 1 over m - 1
    for (std::size_t i = 1; i < of_service; ++i)
        ways *= (workers + static_cast<double>(i)) / static_cast<double>(i);
    return static_cast<double>(of_arrivals) * ways;
}

std::optional<PhaseQueue> phase_queue(const MarkovArrivals& arrivals, const Phases& service, double workers) {
    const Eigen::Index n = arrivals.silent.rows();
    constexpr double most_workers = 200;
    if (workers > most_workers || service.count() == 0 ||
        queue_phases(static_cast<std::size_t>(n), service.count(), workers) > most_queue_phases)
        return std::nullopt;
    double start = 0;
    for (const double one : service.start) start += one;
    if (std::fabs(start - 1) > 1e-12) return std::nullopt;
    const int c = static_cast<int>(workers);
    const Services services(service);
    QuasiBirthDeath chain;
    for (int at = 0; at <= c; ++at) {
        const auto ways = static_cast<Eigen::Index>(placings(at, service.count()).size());
        chain.up.push_back(
            kronecker(arrivals.arrivals, at < c ? services.begins(at) : MatrixXd(identity(ways))));
        chain.within.push_back(kronecker(arrivals.silent, identity(ways)) +
                               kronecker(identity(n), services.goes_on(at)));
        chain.down.push_back(at > 0 ? kronecker(identity(n), services.ends(at, false)) : MatrixXd());
    }
    chain.down_again = kronecker(identity(n), services.ends(c, true));
    const auto law = solve_levels(chain);
    if (!law) return std::nullopt;
    PhaseQueue queue;
    queue.rate = arrivals.rate();
    std::vector<double> present, line(static_cast<std::size_t>(c) + 1, 0);
    for (int at = 0; at <= c; ++at) present.push_back(at);
    queue.present = law->mean(present);
    queue.line = law->mean(line);
    queue.empty = law->levels.front().sum();
    queue.saturated = law->tail().sum();
    const VectorXd finds = kronecker(arrivals.arrivals.rowwise().sum() / queue.rate,
                                     MatrixXd::Ones(chain.within.back().rows() / n, 1));
    queue.waits = law->tail().dot(finds);
    constexpr Eigen::Index few = 10;
    constexpr std::size_t most_levels = 5000;
    if (finds.size() <= few) queue.number = law->by_level(most_levels);
    if (service.count() == 1) {
        const double mean = -1 / service.rates[0][0];
        queue.wait_law = wait_behind(*law, finds, workers / mean);
        queue.latency_law = in_series(*queue.wait_law, service);
    }
    return queue;
}

}  // namespace understudy::models
