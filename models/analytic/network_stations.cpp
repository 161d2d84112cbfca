// Which formula a station of an open network has.
#include <algorithm>
#include <cmath>

#include "models/analytic/network_solver.h"
#include "models/analytic/shortest_first.h"

namespace understudy::models {

bool NetworkSolver::urgency_matters(const NetworkStation& station) const {
    const Workers* workers = workers_of(station);
    const auto& urgent = urgency_[static_cast<std::size_t>(&station - net_.stations.data())];
    return workers != nullptr && workers->order == Order::priority &&
           std::any_of(urgent.begin(), urgent.end(), [&](double one) { return one != urgent.front(); });
}

/// Why what leaves a station is not Poisson though what comes is; empty: it is.
std::string NetworkSolver::not_quasi_reversible(const NetworkStation& station) const {
    const std::string name = quoted(station.element);
    const Workers* workers = workers_of(station);
    const Stage* stage = only_stage(static_cast<std::size_t>(&station - net_.stations.data()));
    if (station.carried) return "work at " + name + " goes by values that items carry to several stages";
    if (std::isinf(station.workers)) return "";
    if (stage != nullptr && (stage->queue.capacity != unlimited || !stage->queue.timeout.empty()))
        return name + " loses items";
    if (station.lanes > 1) return name + " deals items to partitions";
    if (urgency_matters(station)) return name + " goes by priorities";
    if (workers != nullptr && workers->order == Order::shared) return "";
    if (workers != nullptr && workers->order == Order::shortest) return name + " goes by how long work takes";
    if (workers != nullptr && workers->order == Order::lifo && workers->preempt) return "";
    for (const Visit& visit : station.visits) {
        if (!visit.service.exponential) return "services at " + name + " are not exponential";
        if (std::fabs(visit.service.mean - station.visits.front().service.mean) >
            nothing * station.visits.front().service.mean)
            return "services at " + name + " differ";
    }
    if (workers != nullptr && workers->order == Order::fair && station.visits.size() > 1)
        return name + " shares fairly among loads";
    return "";
}

/// The law of the times between arrivals, where they are independent: one load, or one dealt in turn.
std::optional<kernel::Distribution> NetworkSolver::renewal_input(std::size_t at) const {
    if (into_[at].size() != 1 || into_[at].front().load == SIZE_MAX) return std::nullopt;
    const Flow& flow = into_[at].front();
    const Load& load = s_.loads[flow.load];
    if (!in_groups_of_one(load)) return std::nullopt;
    const double lanes = net_.stations[at].lanes;
    if (load.arrivals.kind == Arrivals::Kind::poisson) {
        const double in_turn = (flow.in_turn ? std::round(1 / flow.share) : 1) * lanes;
        if (!flow.in_turn && flow.share != 1) return std::nullopt;
        constexpr double most = 1e6;
        if (in_turn > most || in_turn == 1) return std::nullopt;  // 1: they are Poisson
        return kernel::Distribution::erlang(in_turn, in_turn / load.arrivals.rate);
    }
    if (flow.share != 1 || lanes != 1) return std::nullopt;
    return load.arrivals.interval.terms.front().law;
}

/// Each visit of a station that treats all alike gets its wait.
void NetworkSolver::share_out(NetworkStation& station) {
    for (Visit& visit : station.visits) {
        visit.wait = station.queue.wait;
        visit.latency = station.queue.wait + visit.service.mean;
        visit.waits = station.queue.waits;
        if (station.line_is_shared) {
            visit.latency = visit.service.mean * station.queue.latency() / station.queue.service;
            visit.wait = 0;
        }
    }
}

void NetworkSolver::solve_losing(NetworkStation& station, const Stage& stage, bool poisson) {
    const std::string name = quoted(station.element);
    const Workers* workers = workers_of(station);
    const bool plain = workers != nullptr && workers->order == Order::fifo && stage.reads.size() == 1 &&
                       station.lanes == 1 && stage.work.failure == 0;
    const WorkLaw service = service_of(station);
    const bool patience = !stage.queue.timeout.empty(), places = stage.queue.capacity != unlimited;
    if (!poisson) {
        station.refused = name + " loses items, and what comes is not Poisson";
        return;
    }
    const double rate = rate_of(station), excess = rate - station.workers / service.mean;
    // Chains are counted one by one: what is longer takes too long, or is truncated.
    constexpr double most_waiting = 1e4, most_impatient = 1e5;
    const bool too_long =
        places && static_cast<double>(stage.queue.capacity) + station.workers > most_waiting;
    if (plain && places && !patience && stage.queue.capacity == 0) {
        station.queue = erlang_b(rate, service.mean, station.workers);
    } else if (plain && service.exponential && places && !patience && !too_long) {
        station.queue =
            bounded(rate, service.mean, station.workers, static_cast<double>(stage.queue.capacity));
    } else if (plain && service.exponential && patience && !places && stage.queue.timeout.terms.size() == 1) {
        const Term& term = stage.queue.timeout.terms.front();
        const bool known =
            term.field.empty() && !term.recorded && term.per == Per::once && !term.law.is_truncated();
        if (known && term.law.is_constant() && term.law.mean() > 0)
            station.queue = patient_until(rate, service.mean, station.workers, term.law.mean());
        else if (known && term.law.kind() == kernel::Distribution::Kind::exponential && term.law.mean() > 0 &&
                 station.workers + std::max(0.0, excess) * term.law.mean() +
                         30 * std::sqrt(rate * term.law.mean()) <
                     most_impatient)
            station.queue = impatient(rate, service.mean, station.workers, term.law.mean());
        else
            station.refused = "no formula for how long items wait at " + name + " before they give up";
    } else {
        station.refused = name + " loses items, and no formula is known for how many";
    }
    if (!station.refused.empty()) return;
    net_.whole_refused = name + " loses items";
    for (const std::size_t to : behind_[static_cast<std::size_t>(&station - net_.stations.data())])
        refuse(to, name + " loses items, and what passes is not Poisson");
}

namespace {

/// Of orders whose means alone are known.
void forget_laws(Station& queue) {
    queue.wait_law.reset();
    queue.latency_law.reset();
    queue.one_server.reset();
    queue.wait_variance.reset();
    queue.latency_variance.reset();
    queue.present.clear();
}

}  // namespace

void NetworkSolver::solve_by_urgency(NetworkStation& station, const WorkLaw& service) {
    const Workers* workers = workers_of(station);
    const auto& urgent = urgency_[static_cast<std::size_t>(&station - net_.stations.data())];
    std::set<double, std::greater<>> levels(urgent.begin(), urgent.end());
    std::vector<UrgencyClass> classes;
    std::vector<double> rates;
    for (const double level : levels) {
        UrgencyClass one;
        std::vector<double> shares;
        std::vector<WorkLaw> laws;
        for (std::size_t v = 0; v < station.visits.size(); ++v)
            if (urgent[v] == level) {
                one.rate += station.visits[v].rate();
                shares.push_back(station.visits[v].rate());
                laws.push_back(station.visits[v].service);
            }
        for (double& share : shares) share /= one.rate;
        one.service = mixed(shares, laws);
        rates.push_back(one.rate);
        classes.push_back(std::move(one));
    }
    station.queue = one_server(rate_of(station), service);
    station.common_wait = false;
    std::vector<double> waits;
    if (station.workers == 1) {
        waits = priority_waits(classes, workers->preempt);
        station.queue.method = workers->preempt ? "M/G/1 priorities" : "Cobham";
    } else if (not_quasi_reversible(station).ends_with("goes by priorities") &&
               std::all_of(station.visits.begin(), station.visits.end(), [&](const Visit& visit) {
                   return visit.service.exponential &&
                          std::fabs(visit.service.mean - service.mean) <= nothing * service.mean;
               })) {
        station.queue = erlang_c(rate_of(station), service.mean, station.workers);
        waits = priority_waits(rates, service.mean, station.workers);
        station.queue.method = "M/M/c priorities";
    } else {
        station.refused = "no formula for priorities among several workers of " + quoted(station.element) +
                          " whose services are not one exponential law";
        return;
    }
    station.queue.wait = 0;
    for (std::size_t v = 0; v < station.visits.size(); ++v) {
        Visit& visit = station.visits[v];
        const auto level = static_cast<std::size_t>(std::distance(levels.begin(), levels.find(urgent[v])));
        visit.wait = waits[level];
        visit.latency = visit.wait + visit.service.mean;
        if (!workers->preempt) visit.waits = station.queue.waits;
        station.queue.wait += visit.wait * visit.rate() / rate_of(station);
    }
    station.queue.line = station.queue.wait * rate_of(station);
    forget_laws(station.queue);
    if (workers->preempt) station.queue.waits.reset();
}

/// One worker of a constant service behind one that takes no less: items come too far apart to wait, as long as none
/// comes again.
bool NetworkSolver::is_paced(std::size_t at, const WorkLaw& service) const {
    if (net_.stations[at].workers != 1 || !service.constant() || into_[at].empty()) return false;
    const auto& visits = net_.stations[at].visits;
    if (std::any_of(visits.begin(), visits.end(), [](const Visit& visit) { return visit.attempts != 1; }))
        return false;
    const std::size_t before = into_[at].front().from;
    const bool one_source = std::all_of(into_[at].begin(), into_[at].end(), [&](const Flow& flow) {
        return flow.from == before && flow.from != at;
    });
    if (!one_source || before == SIZE_MAX || net_.stations[before].workers != 1) return false;
    const Workers* workers = workers_of(net_.stations[before]);
    const bool one_by_one = workers != nullptr && workers->order != Order::shared && !workers->preempt;
    const WorkLaw pace = service_of(net_.stations[before]);
    return one_by_one && pace.constant() && pace.mean >= service.mean && net_.stations[at].lanes == 1 &&
           net_.stations[before].lanes == 1;
}

/// No service takes longer than it takes as many items to come as there are workers: each has done before its turn comes
/// again.
bool NetworkSolver::is_in_time(std::size_t at, const WorkLaw& service) const {
    const auto between = renewal_input(at);
    const NetworkStation& station = net_.stations[at];
    if (!between || !service.law || station.visits.size() != 1 || station.visits.front().attempts != 1 ||
        station.lanes != 1)
        return false;
    // As the simulation rounds them.
    const double longest = service.law->upper_end();
    return std::isfinite(longest) &&
           static_cast<double>(kernel::from_seconds(longest)) <=
               static_cast<double>(kernel::from_seconds(between->lower_end())) * station.workers;
}

void NetworkSolver::approximate(std::size_t at, const WorkLaw& service) {
    NetworkStation& station = net_.stations[at];
    if (!std::isfinite(station.arrival_scv)) {
        station.refused = spoilt_[at];
        return;
    }
    const bool in_time = is_in_time(at, service);
    if (in_time || is_paced(at, service)) {
        const bool regular = service.constant() && renewal_input(at) && renewal_input(at)->is_constant();
        station.queue.method = regular ? "D/D/c" : in_time ? "G/G/c, no wait" : "paced";
        station.queue.rate = rate_of(station);
        station.queue.service = service.mean;
        station.queue.waits = 0;
        station.queue.wait_variance = 0;
        station.queue.latency_variance = service.law->variance();
        station.queue.service_law = service.law;
        if (station.workers > 1) return;
        station.queue.saturated = rate_of(station) * service.mean;
        station.queue.empty = 1 - *station.queue.saturated;
        return;
    }
    const bool direct = into_[at].size() == 1 && into_[at].front().load != SIZE_MAX &&
                        std::all_of(station.visits.begin(), station.visits.end(),
                                    [](const Visit& visit) { return visit.attempts == 1; });
    // One worker that bursts come to as they are has a formula for them, with an error that grows as they do.
    constexpr double most_at_one_worker = 3;
    const bool tame = direct && station.workers == 1 &&
                      std::sqrt(external_scv(into_[at].front().load)) <= most_at_one_worker;
    if (!bursty_[at].empty() && !tame) {
        station.refused = bursty_[at];
        return;
    }
    station.queue = by_variability(rate_of(station) / station.lanes, station.arrival_scv, service,
                                   station.lanes > 1 ? 1 : station.workers, renewal_input(at));
    if (!direct && !spoilt_[at].empty()) {
        // What the variability of arrivals through a network adds, to the wait and of a service: docs/analytic.md.
        constexpr double of_wait = 0.2, of_service = 0.34;
        if (station.queue.wait > 0)
            station.queue.error += of_wait + of_service * service.mean / station.queue.wait;
        station.queue.method = "QNA";
    }
    station.queue.caveat = spoilt_[at].empty() ? not_quasi_reversible(station) : spoilt_[at];
}

namespace {

/// All values are whole and at least 1, as numbers of items are.
bool counts_items(const kernel::Distribution& law) {
    using Kind = kernel::Distribution::Kind;
    const auto whole = [](double value) { return value >= 1 && value == std::floor(value); };
    if (law.is_truncated()) return false;
    if (law.is_constant()) return whole(law.mean());
    if (law.kind() == Kind::geometric) return law.parameter("scale").value_or(1) == 1;
    if (law.kind() == Kind::empirical)
        return law.parameter("scale").value_or(1) == 1 &&
               std::all_of(law.values().begin(), law.values().end(), whole);
    return law.kind() == Kind::mixture &&
           std::all_of(law.components().begin(), law.components().end(), counts_items);
}

}  // namespace

/// One worker, whose items come several at once, by Poisson arrivals of one load.
void NetworkSolver::solve_groups(std::size_t at, const WorkLaw& service) {
    NetworkStation& station = net_.stations[at];
    station.refused = spoilt_[at];
    const Flow& flow = into_[at].front();
    const Workers* workers = workers_of(station);
    if (into_[at].size() != 1 || flow.load == SIZE_MAX || flow.share != 1 || workers == nullptr ||
        workers->order != Order::fifo || station.workers != 1 || station.visits.size() != 1 ||
        station.carried || station.visits.front().attempts != 1)
        return;
    const Load& load = s_.loads[flow.load];
    const Term& items = load.items.terms.front();
    const bool known = load.arrivals.kind == Arrivals::Kind::poisson && load.items.terms.size() == 1 &&
                       items.field.empty() && !items.recorded && items.per == Per::once &&
                       counts_items(items.law);
    if (!known) return;
    station.refused.clear();
    station.queue = in_groups(load.arrivals.rate, items.law.mean(),
                              items.law.variance() + items.law.mean() * items.law.mean(), service);
    net_.whole_refused = "of the items that come at once the last one counts";
    share_out(station);
}

/// Orders in which work is shared or cut off, or that look at who comes.
void NetworkSolver::solve_by_order(std::size_t at, const WorkLaw& service, bool poisson) {
    NetworkStation& station = net_.stations[at];
    const Workers* workers = workers_of(station);
    const double rate = rate_of(station);
    if (!poisson) {
        station.refused = "no formula for the order of " + quoted(station.element) + ": " + spoilt_[at];
    } else if (workers->order == Order::shared) {
        station.queue = shared_workers(rate, service, station.workers);
        station.line_is_shared = true;
        share_out(station);
    } else if (workers->order == Order::lifo) {
        station.queue = last_come_preemptive(rate, service);
        for (Visit& visit : station.visits) {
            visit.latency = visit.service.mean / (1 - rate * service.mean);
            visit.wait = visit.latency - visit.service.mean;
        }
    } else if (workers->order == Order::shortest) {
        solve_by_length(station, service);
    } else {
        solve_by_urgency(station, service);
    }
}

/// Who has the least to do first.
void NetworkSolver::solve_by_length(NetworkStation& station, const WorkLaw& service) {
    const Workers* workers = workers_of(station);
    std::optional<double> wait;
    if (station.workers == 1 && station.lanes == 1 && station.alike)
        wait =
            wait_of_shortest_first(rate_of(station), *station.visits.front().service.law, workers->preempt);
    std::vector<double> shares;
    std::vector<kernel::Distribution> laws;
    for (const Visit& visit : station.visits) {
        if (!visit.service.law) break;
        shares.push_back(visit.rate() / rate_of(station));
        laws.push_back(*visit.service.law);
    }
    constexpr std::size_t most_classes = 20;  // some milliseconds each
    std::optional<std::vector<double>> waits;
    if (!wait && !workers->preempt && station.workers == 1 && station.lanes == 1 && !station.carried &&
        laws.size() == station.visits.size() && laws.size() <= most_classes)
        waits = waits_of_shortest_first(rate_of(station), shares, laws);
    if (waits) {
        wait = 0;
        for (std::size_t v = 0; v < shares.size(); ++v) *wait += shares[v] * (*waits)[v];
    }
    if (!wait) {
        station.refused =
            "no formula for the shortest first at " + quoted(station.element) +
            (workers->preempt ? " but of one worker and one law of services" : " but of one worker");
        return;
    }
    station.queue = one_server(rate_of(station), service);
    station.queue.method = workers->preempt ? "Schrage and Miller" : "Phipps";
    station.queue.wait = *wait;
    station.queue.line = *wait * rate_of(station);
    station.common_wait = false;
    forget_laws(station.queue);
    if (workers->preempt) station.queue.waits.reset();
    share_out(station);
    if (!waits) return;
    for (std::size_t v = 0; v < shares.size(); ++v) {
        Visit& visit = station.visits[v];
        visit.wait = (*waits)[v];
        visit.latency = visit.wait + visit.service.mean;
    }
}

/// One line, or several that are dealt to, in an order that does not look at who waits.
void NetworkSolver::solve_line(std::size_t at, const WorkLaw& service, bool poisson) {
    NetworkStation& station = net_.stations[at];
    const std::string name = quoted(station.element);
    const Stage* stage = only_stage(at);
    const double lanes = station.lanes, workers = lanes > 1 ? 1 : station.workers;
    const double rate = rate_of(station) / lanes;
    const bool dealt_by_chance =
        lanes > 1 && stage != nullptr &&
        std::any_of(s_.twin.datasets.begin(), s_.twin.datasets.end(), [&](const Dataset& dataset) {
            return stage->reads.front() == dataset.name && dataset.by == Dataset::By::random;
        });
    const bool random_input = poisson && (lanes == 1 || dealt_by_chance);
    const auto between = renewal_input(at);
    std::optional<Station> renewed;
    if (!random_input && !dealt_by_chance && between && service.exponential && !station.carried &&
        station.visits.front().attempts == 1)
        renewed = renewal(*between, service.mean, workers);
    if (renewed) {
        station.queue = *renewed;
    } else if (random_input && service.exponential) {
        station.queue = erlang_c(rate, service.mean, workers);
    } else if (random_input && service.constant()) {
        station.queue = constant_service(rate, service.mean, workers);
    } else if (random_input && workers == 1) {
        station.queue = one_server(rate, service);
    } else if (lanes > 1) {
        station.refused = name + " deals items to partitions, and no formula is known";
    } else {
        approximate(at, service);
    }
    if (!station.refused.empty()) return;
    if (station.carried && station.queue.exact && !(poisson && workers == 1)) {
        station.queue.exact = false;
        station.queue.error = INFINITY;
        station.queue.caveat = "work at " + name + " goes by values that items carry to several stages";
    }
    const Workers* declared = workers_of(station);
    const Order order = declared != nullptr ? declared->order : Order::fifo;
    if (order == Order::lifo || order == Order::random)
        reorder(station.queue, order, service, random_input && station.workers == 1);
    share_out(station);
}

/// In another order than fifo waits have the same mean and another spread: known of one worker, Poisson (Takacs 1963),
/// in random order for exponential services (Kingman 1962).
void NetworkSolver::reorder(Station& queue, Order order, const WorkLaw& service, bool known) {
    std::optional<double> second;
    if (queue.wait_variance) second = *queue.wait_variance + queue.wait * queue.wait;
    queue.wait_law.reset();
    queue.latency_law.reset();
    queue.one_server.reset();
    queue.wait_variance.reset();
    queue.latency_variance.reset();
    if (!second || !queue.exact || !known || (order == Order::random && !service.exponential)) return;
    const double load = queue.rate * service.mean;
    const double by = order == Order::lifo ? 1 - load : 1 - load / 2;
    queue.wait_variance = *second / by - queue.wait * queue.wait;
}

void NetworkSolver::solve_station(std::size_t at, bool poisson) {
    NetworkStation& station = net_.stations[at];
    const std::string name = quoted(station.element);
    const Workers* workers = workers_of(station);
    const WorkLaw service = service_of(station);
    station.alike = std::all_of(station.visits.begin(), station.visits.end(), [&](const Visit& visit) {
        return visit.service.law && station.visits.front().service.law &&
               *visit.service.law == *station.visits.front().service.law;
    });
    if (std::isinf(station.workers)) {
        station.queue = unlimited_workers(rate_of(station), service);
        if (!poisson) {
            // Nobody waits, whatever comes; how many are there at an instant is another matter.
            station.queue.present.clear();
            station.queue.empty.reset();
        }
        share_out(station);
        return;
    }
    for (const std::size_t i : stages_of_[at]) {
        const Stage& stage = s_.twin.stages[i];
        if (stage.queue.capacity == unlimited && stage.queue.timeout.empty()) continue;
        if (only_stage(at) == nullptr) {
            station.refused = quoted(stage.name) + " loses items, on a pool with others";
            return;
        }
        solve_losing(station, stage, poisson);
        if (station.refused.empty()) share_out(station);
        return;
    }
    const Order order = workers != nullptr ? workers->order : Order::fifo;
    const bool preempts = workers != nullptr && workers->preempt;
    if (!std::isfinite(service.second) && order != Order::shared && !preempts)
        station.refused = "services at " + name + " have no variance: waits have no mean";
    else if (order == Order::fair && station.visits.size() > 1)
        station.refused = name + " shares fairly among loads (order: fair)";
    else if (!poisson && groups_in_[at])
        solve_groups(at, service);
    else if (order == Order::shared || (order == Order::lifo && preempts) || order == Order::shortest ||
             urgency_matters(station))
        solve_by_order(at, service, poisson);
    else
        solve_line(at, service, poisson);
}

}  // namespace understudy::models
