// Stages that are limited by something else than the number of their workers: units that several classes share, stores, and
// places behind them.
#include <algorithm>
#include <cmath>

#include "models/analytic/blocked_line.h"
#include "models/analytic/known_system_finder.h"
#include "models/analytic/multi_rate_loss.h"
#include "models/analytic/obstacles.h"
#include "models/analytic/shared_units.h"
#include "models/analytic/stock.h"

namespace understudy::models {

namespace {

bool is_whole_number(double value, double least, double most) {
    return value >= least && value <= most && value == std::floor(value);
}

}  // namespace

/// Classes that take several units of one pool each, and are lost where these are not free.
std::optional<KnownSystem> KnownSystemFinder::units(std::size_t at) const {
    const auto& needs = s_.twin.stages[at].work.runs_on;
    if (s_.twin.stages[at].work.workers || needs.size() != 1) return std::nullopt;
    const std::string pool = needs.front().pool;
    const auto one_of = [&](std::size_t i) -> std::optional<Lone> {
        Stage plain = s_.twin.stages[i];
        if (plain.queue.capacity != 0 || plain.queue.full != Queue::Full::drop ||
            !plain.queue.timeout.empty() || plain.work.runs_on.size() != 1)
            return std::nullopt;
        plain.queue = Queue{};
        plain.work.runs_on.front().count = 1;
        const Workers* workers = workers_of(plain);
        return workers == nullptr ? std::nullopt : lone(i, plain, *workers, true);
    };
    const auto all = sharers(at, pool, one_of);
    constexpr std::int64_t most_units = 100'000;
    if (all.empty() || all.front().workers->count > most_units) return std::nullopt;
    const auto units = static_cast<long>(all.front().workers->count);
    std::vector<UnitsClass> classes;
    std::set<std::size_t> stages;
    std::vector<Coming> comings;
    for (const Lone& one : all) {
        const long count = one.stage->work.runs_on.front().count;
        if (count < 1 || count > units) return std::nullopt;
        classes.push_back({one.rate * one.service.mean, count});
        stages.insert(static_cast<std::size_t>(one.stage - s_.twin.stages.data()));
        comings.insert(comings.end(), one.comings.begin(), one.comings.end());
    }
    constexpr double most_effort = 2e7;
    effort_ += static_cast<double>(units) * static_cast<double>(classes.size());
    if (effort_ > most_effort) return std::nullopt;
    const UnitsAnswer answer = multi_rate_loss(classes, units);
    KnownSystem system("Kaufman and Roberts");
    using A = Aggregate;
    double present = 0, let_in = 0, offered = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string& name = all[i].stage->name;
        const double rate = all[i].rate, lost = answer.lost[i];
        system.set(A::share, Metric::lost, name, lost);
        system.set(A::share, Metric::dropped, name, lost);
        system.set(A::share, Metric::completed, name, 1 - lost);
        system.set(A::rate, Metric::lost, name, rate * lost);
        system.set(A::rate, Metric::dropped, name, rate * lost);
        system.set(A::rate, Metric::arrived, name, rate);
        system.set(A::rate, Metric::completed, name, rate * (1 - lost));
        system.set(A::average, Metric::present, name, rate * (1 - lost) * all[i].service.mean);
        system.set(A::average, Metric::latency, name, all[i].service.mean);
        system.set(A::average, Metric::service, name, all[i].service.mean);
        system.set(A::average, Metric::wait, name, 0);
        system.set(A::average, Metric::waiting, name, 0);
        present += rate * (1 - lost) * all[i].service.mean;
        let_in += rate * (1 - lost);
        offered += rate;
    }
    system.set(A::average, Metric::busy, pool, answer.taken);
    system.set(A::average, Metric::utilisation, pool, answer.taken / static_cast<double>(units));
    system.set(A::share, Metric::empty, pool, answer.none_taken);
    system.set(A::share, Metric::saturated, pool, answer.all_taken);
    if (is_whole(stages, comings)) {
        system.set(A::average, Metric::present, "", present);
        system.set(A::average, Metric::latency, "", present / let_in);
        system.set(A::rate, Metric::arrived, "", offered);
        system.set(A::rate, Metric::completed, "", let_in);
        system.set(A::share, Metric::lost, "", 1 - let_in / offered);
    }
    return system;
}

/// Classes that take several units of one pool each, and stand in one line.
std::optional<KnownSystem> KnownSystemFinder::gangs(std::size_t at) const {
    const auto& needs = s_.twin.stages[at].work.runs_on;
    if (s_.twin.stages[at].work.workers || needs.size() != 1) return std::nullopt;
    const std::string pool = needs.front().pool;
    const auto one_of = [&](std::size_t i) -> std::optional<Lone> {
        Stage plain = s_.twin.stages[i];
        if (plain.work.runs_on.size() != 1) return std::nullopt;
        plain.work.runs_on.front().count = 1;
        const Workers* workers = workers_of(plain);
        return workers == nullptr || workers->backfill != Backfill::never ? std::nullopt
                                                                          : lone(i, plain, *workers, true);
    };
    const auto all = sharers(at, pool, one_of);
    if (all.empty() || all.front().workers->count == unlimited) return std::nullopt;
    const std::int64_t units = all.front().workers->count;
    constexpr std::int64_t most_units = 20;
    std::vector<GangClass> classes;
    std::vector<Coming> comings;
    std::set<std::size_t> stages;
    double rate = 0, offered = 0;
    std::int64_t largest = 1;
    for (const Lone& one : all) {
        const std::int64_t count = one.stage->work.runs_on.front().count;
        if (units > most_units || count < 1 || count > units || !one.alike || !one.service.exponential)
            return std::nullopt;
        classes.push_back({one.rate, one.service.mean, static_cast<int>(count)});
        comings.insert(comings.end(), one.comings.begin(), one.comings.end());
        stages.insert(static_cast<std::size_t>(one.stage - s_.twin.stages.data()));
        rate += one.rate;
        offered += one.rate * one.service.mean * static_cast<double>(count);
        largest = std::max(largest, count);
    }
    constexpr double most_effort = 2e7, most_of_one = 5e6;
    if (largest == 1 || !is_below(offered, static_cast<double>(units)) || effort_ + most_of_one > most_effort)
        return std::nullopt;
    effort_ += most_of_one;
    const auto answer = gangs_in_line(classes, static_cast<int>(units));
    if (!answer) return std::nullopt;
    KnownSystem system("gangs, matrix-geometric");
    using A = Aggregate;
    double present = 0, line = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        Lone alone = all[i];
        alone.pool = alone.stage->name;
        set_station(system, alone, answer->present[i], answer->line[i]);
        system.set(A::average, Metric::service, alone.stage->name, alone.service.mean);
        present += answer->present[i];
        line += answer->line[i];
    }
    system.set(A::average, Metric::busy, pool, answer->taken);
    system.set(A::average, Metric::utilisation, pool, answer->taken / static_cast<double>(units));
    system.set(A::average, Metric::waiting, pool, line);
    if (is_whole(stages, comings)) {
        system.set(A::average, Metric::present, "", present);
        system.set(A::average, Metric::latency, "", present / rate);
        system.set(A::rate, Metric::arrived, "", rate);
        system.set(A::rate, Metric::completed, "", rate);
    }
    return system;
}

/// Two lines with a worker each, and who comes joins the shorter one.
std::optional<KnownSystem> KnownSystemFinder::shorter_line(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* declared = workers_of(stage);
    if (declared == nullptr || !stage.work.workers || declared->count != 2 || stage.reads.size() != 1)
        return std::nullopt;
    const bool shorter =
        std::any_of(s_.twin.datasets.begin(), s_.twin.datasets.end(), [&](const Dataset& dataset) {
            return dataset.name == stage.reads.front() && dataset.by == Dataset::By::shortest;
        });
    if (!shorter) return std::nullopt;
    const auto found = lone(at, stage, *declared, false, 2);
    if (!found || !found->poisson || !found->alike || !found->service.exponential ||
        !is_below(found->rate * found->service.mean, 2))
        return std::nullopt;
    constexpr double most_effort = 2e7, most_of_one = 1.5e6;
    effort_ += most_of_one;
    if (effort_ > most_effort) return std::nullopt;
    const auto answer = shortest_of_two(found->rate, found->service.mean);
    if (!answer) return std::nullopt;
    KnownSystem system("shorter of two lines");
    const double busy = found->rate * found->service.mean;
    set_station(system, *found, answer->present, answer->present - busy);
    system.set(Aggregate::average, Metric::service, stage.name, found->service.mean);
    system.set(Aggregate::average, Metric::busy, found->pool, busy);
    system.set(Aggregate::average, Metric::utilisation, found->pool, busy / 2);
    system.set(Aggregate::share, Metric::saturated, stage.name, answer->both_busy);
    system.set(Aggregate::share, Metric::empty, stage.name, answer->empty);
    // Who comes finds a free worker unless both are busy.
    system.set(Aggregate::share, Metric::waited, stage.name, answer->both_busy);
    return system;
}

/// Demands of one on a budget: tokens, or stock that is ordered.
std::optional<KnownSystem> KnownSystemFinder::store(std::size_t at) const {
    const auto& spends = s_.twin.stages[at].work.spends;
    if (spends.size() != 1) return std::nullopt;
    const Spend spend = spends.front();
    if (spend.amount != 1 || !spend.field.empty() || spenders_.at(spend.budget) != 1) return std::nullopt;
    Stage plain = s_.twin.stages[at];
    plain.work.spends.clear();
    const auto found = bare(at, plain);
    const auto budget = std::find_if(s_.twin.budgets.begin(), s_.twin.budgets.end(),
                                     [&](const Budget& one) { return one.name == spend.budget; });
    if (!found || !found->poisson || budget == s_.twin.budgets.end()) return std::nullopt;
    constexpr double most = 10'000;
    std::optional<StockAnswer> answer;
    std::string method;
    std::optional<Phases> wait;
    double refills = 0;
    const double rate = found->rate;
    if (budget->refill == Budget::Refill::ticks && is_whole_number(budget->capacity, 1, most)) {
        const auto interval = one_law(budget->interval);
        const auto size = static_cast<long>(budget->capacity);
        if (!interval || !is_below(rate * interval->mean, 1)) return std::nullopt;
        if (interval->exponential) {
            method = "tokens as M/M/1";
            answer = random_tokens(rate, 1 / interval->mean, size);
            wait = Phases{{answer->waits}, {{rate - 1 / interval->mean}}};
        } else if (interval->constant()) {
            method = "tokens as M/D/1";
            answer = regular_tokens(rate, interval->mean, size);
        }
    } else if (budget->refill == Budget::Refill::reorder && std::isinf(budget->capacity) &&
               is_whole_number(budget->at_most, 0, most) && is_whole_number(budget->amount, 1, most) &&
               is_whole_number(budget->initial, 0, 1e9)) {
        const auto lead = one_law(budget->after);
        constexpr double most_steps = 1e7;
        if (!lead || !lead->constant() || budget->amount * (100 + 2 * rate * lead->mean) > most_steps)
            return std::nullopt;
        method = "(r, Q)";
        answer = ordered_stock(rate, static_cast<long>(budget->at_most), static_cast<long>(budget->amount),
                               lead->mean);
        refills = rate / budget->amount;
    }
    if (!answer) return std::nullopt;
    KnownSystem system(method);
    const std::string& name = found->stage->name;
    using A = Aggregate;
    set_station(system, *found, answer->line, answer->line);
    system.set(A::share, Metric::waited, name, answer->waits);
    system.set(A::average, Metric::level, budget->name, answer->level);
    if (refills > 0) system.set(A::rate, Metric::refilled, budget->name, refills);
    if (wait) {
        system.set_law(Metric::wait, name, *wait);
        system.set_law(Metric::latency, name, *wait);
        if (found->whole) system.set_law(Metric::latency, "", *wait);
    }
    return system;
}

/// Single exponential workers in a row, that keep what they have done where the next one has no place for it. All of a
/// scenario: what comes there follows from what goes on behind it.
std::optional<KnownSystem> KnownSystemFinder::blocking() const {
    if (s_.loads.size() != 1 || !s_.twin.pipelines.empty() || s_.twin.stages.size() < 2 || cancels_)
        return std::nullopt;
    const Load& load = s_.loads.front();
    const bool saturated = load.arrivals.kind == Arrivals::Kind::saturated;
    Load plain_load = load;
    if (saturated) plain_load.arrivals.kind = Arrivals::Kind::poisson;
    const auto only_target = [](const std::string& name, const Writes& writes) -> std::string {
        const auto targets = targets_of(name, writes);
        return targets.size() == 1 ? targets.front().stream : "";
    };
    if (!trouble_of(plain_load).empty() || !in_groups_of_one(load) ||
        (!saturated && load.arrivals.kind != Arrivals::Kind::poisson))
        return std::nullopt;
    // In the order in which one reads the other.
    std::vector<const Stage*> row;
    std::vector<double> services;
    std::vector<long> places;
    std::string stream = only_target(load.name, load.writes);
    while (row.size() < s_.twin.stages.size()) {
        const auto readers = readers_.find(stream);
        if (stream.empty() || readers == readers_.end() || readers->second.size() != 1) return std::nullopt;
        const std::size_t i = readers->second.front();
        Stage plain = s_.twin.stages[i];
        const Stage& stage = s_.twin.stages[i];
        const bool first = row.empty();
        const Queue::Full full = first && !saturated ? Queue::Full::drop : Queue::Full::block;
        const bool endless_first = first && !saturated && stage.queue.capacity == unlimited;
        constexpr std::int64_t most_places = 10'000;
        if (!endless_first && (stage.queue.capacity > most_places || stage.queue.full != full))
            return std::nullopt;
        if (!stage.queue.timeout.empty() || stage.reads.size() != 1 || plain.work.failure > 0)
            return std::nullopt;
        for (const Dataset& dataset : s_.twin.datasets)
            if (dataset.name == stream && (dataset.partitions > 0 || dataset.retention)) return std::nullopt;
        plain.queue = Queue{};
        const Workers* workers = workers_of(stage);
        const bool plain_worker = workers != nullptr && stage.work.workers && workers->count == 1 &&
                                  trouble_of(*workers, "").empty() && workers->order == Order::fifo &&
                                  !workers->preempt && workers->groups.empty() && workers->type.cores == 0 &&
                                  workers->type.memory_bytes == 0 && users_.find(stage.name) == users_.end();
        if (!plain_worker || !trouble_of(plain).empty()) return std::nullopt;
        const CarriedWork work = work_.of(i, 0, workers->type.speed);
        if (!work.unknown.empty() || work.carried_twice || !work.law.exponential) return std::nullopt;
        if (std::find(row.begin(), row.end(), &stage) != row.end()) return std::nullopt;
        row.push_back(&stage);
        services.push_back(work.law.mean);
        places.push_back(endless_first ? -1 : static_cast<long>(stage.queue.capacity));
        stream = only_target(stage.name, stage.writes);
    }
    if (readers_.contains(stream)) return std::nullopt;
    std::optional<BlockedAnswer> answer;
    if (saturated) {
        answer = saturated_line(services, places);
    } else if (row.size() == 2) {
        constexpr long most_second = 50;
        constexpr double most_effort = 2e7;
        if (places[1] > most_second) return std::nullopt;
        const auto size = static_cast<double>(places[1] + 3);
        effort_ += size * size * size * (places[0] < 0 ? 4 : static_cast<double>(places[0]) / 3 + 4);
        if (effort_ > most_effort) return std::nullopt;
        answer = fed_pair(load.arrivals.rate, services[0], services[1],
                          places[0] < 0 ? std::nullopt : std::optional<long>(places[0]), places[1]);
    }
    if (!answer) return std::nullopt;
    KnownSystem system("blocking after service");
    using A = Aggregate;
    double present = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string& name = row[i]->name;
        system.set(A::average, Metric::utilisation, name, answer->works[i]);
        system.set(A::share, Metric::blocked, name, answer->blocked[i]);
        if (i > 0 || !saturated) {
            system.set(A::average, Metric::present, name, answer->present[i]);
            system.set(A::average, Metric::waiting, name, answer->line[i]);
            present += answer->present[i];
        }
        system.set(A::rate, Metric::completed, name, answer->throughput);
    }
    system.set(A::rate, Metric::completed, "", answer->throughput);
    if (!saturated) {
        if (places[0] >= 0) {
            system.set(A::share, Metric::lost, row[0]->name, answer->lost);
            system.set(A::share, Metric::dropped, row[0]->name, answer->lost);
            system.set(A::share, Metric::lost, "", answer->lost);
        }
        system.set(A::rate, Metric::arrived, row[0]->name, load.arrivals.rate);
        system.set(A::average, Metric::latency, row[0]->name, answer->present[0] / answer->throughput);
        system.set(A::average, Metric::latency, row[1]->name, answer->present[1] / answer->throughput);
        system.set(A::average, Metric::present, "", present);
        system.set(A::average, Metric::latency, "", present / answer->throughput);
    }
    return system;
}

}  // namespace understudy::models
