// Stages whose workers are not always there: they look for work now and then, start and are put off, fail, or go round.
#include <algorithm>
#include <cmath>

#include "models/analytic/known_system_finder.h"
#include "models/analytic/polling.h"
#include "models/analytic/worker_chains.h"

namespace understudy::models {

/// What is known of one worker that is away at times; `service` as it counts, from its begin to its end.
void KnownSystemFinder::set_paused(KnownSystem& system, const Lone& lone, const WorkLaw& service,
                                   const PausedAnswer& answer) const {
    using A = Aggregate;
    const std::string& name = lone.stage->name;
    const double latency = answer.wait + service.mean;
    set_station(system, lone, lone.rate * latency, lone.rate * answer.wait);
    system.set(A::average, Metric::service, name, service.mean);
    system.set(A::share, Metric::waited, name, answer.waits);
    system.set(A::share, Metric::empty, name, answer.empty);
    if (!answer.wait_variance) return;
    const double variance = *answer.wait_variance + service.second - service.mean * service.mean;
    system.set_spread(Metric::wait, name, {nullptr, *answer.wait_variance});
    system.set_spread(Metric::latency, name, {nullptr, variance});
    if (lone.whole) system.set_spread(Metric::latency, "", {nullptr, variance});
}

std::optional<KnownSystem> KnownSystemFinder::pauses(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* declared = workers_of(stage);
    if (declared == nullptr || declared->poll.empty() || declared->count != 1) return std::nullopt;
    const auto pause = one_law(declared->poll);
    Workers plain = *declared;
    plain.poll = Law{};
    const auto found = lone(at, stage, plain);
    if (!pause || !found || !found->poisson || !is_below(found->rate * found->service.mean, 1) ||
        !std::isfinite(found->service.second) || !std::isfinite(pause->second))
        return std::nullopt;
    KnownSystem system("M/G/1, vacations");
    set_paused(system, *found, found->service,
               paused_worker(found->rate, found->service, after_pauses(found->rate, *pause)));
    return system;
}

/// A range of workers that starts by what waits.
std::optional<KnownSystem> KnownSystemFinder::starts(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* declared = workers_of(stage);
    if (declared == nullptr || !declared->scale || !declared->least || declared->count == unlimited)
        return std::nullopt;
    const Scale& scale = *declared->scale;
    const bool by_line = scale.waiting >= 1 && scale.waiting == std::floor(scale.waiting) && scale.lag == 0 &&
                         scale.utilisation == 0 && !scale.every && scale.cooldown == 0 &&
                         scale.step == unlimited && scale.pause == 0;
    if (!by_line) return std::nullopt;
    Workers plain = *declared;
    plain.scale.reset();
    plain.least.reset();
    plain.start_up = plain.keep_alive = Law{};
    const auto found = lone(at, stage, plain);
    if (!found || !found->poisson) return std::nullopt;
    const auto takes_none = [](const Law& law) {
        return law.empty() || (law.is_constant() && law.terms.front().law.mean() == 0);
    };
    const auto start = takes_none(declared->start_up) ? work_law(kernel::Distribution::constant(0))
                                                      : one_law(declared->start_up);
    if (!start || !std::isfinite(start->second) || !std::isfinite(found->service.second)) return std::nullopt;
    const std::string& name = stage.name;
    using A = Aggregate;
    const double rate = found->rate, mean = found->service.mean;
    if (declared->count == 1 && *declared->least == 0) {
        std::optional<WorkLaw> ready;
        if (!takes_none(declared->keep_alive)) {
            ready = one_law(declared->keep_alive);
            if (!ready) return std::nullopt;
        }
        if (!is_below(rate * mean, 1)) return std::nullopt;
        const auto begins_at = static_cast<long>(scale.waiting);
        const Beginning beginning = after_start(rate, begins_at, *start, ready);
        const PausedAnswer answer = paused_worker(rate, found->service, beginning);
        KnownSystem system(begins_at > 1 ? "M/G/1, N-policy" : "M/G/1, setup");
        set_paused(system, *found, found->service, answer);
        // Who has to wait no time for a start is not one who waits.
        if (!(start->mean > 0)) system.set(A::share, Metric::waited, name, NAN);
        const double cycles = rate * (1 - rate * mean) / beginning.first;  // a second
        const double off = 1 - beginning.at_once;
        system.set(A::average, Metric::workers, found->pool, rate * mean + cycles * beginning.at_once / rate);
        system.set(A::average, Metric::starting, found->pool, cycles * off * start->mean);
        return system;
    }
    constexpr std::int64_t most_workers = 40;
    if (scale.waiting != 1 || !takes_none(declared->keep_alive) || !start->exponential || !found->alike ||
        !found->service.exponential || declared->count > most_workers ||
        !is_below(rate * mean, static_cast<double>(declared->count)))
        return std::nullopt;
    const auto k = static_cast<double>(declared->count - *declared->least + 1);
    constexpr double most_effort = 2e7;
    effort_ += k * k * k * (k / 3 + 4);
    if (effort_ > most_effort) return std::nullopt;
    const auto answer = starting_workers(rate, mean, static_cast<int>(*declared->least),
                                         static_cast<int>(declared->count), start->mean);
    if (!answer) return std::nullopt;
    KnownSystem system("M/M/k, setup");
    set_station(system, *found, answer->present, answer->line);
    system.set(A::average, Metric::service, name, mean);
    system.set(A::average, Metric::busy, found->pool, rate * mean);
    system.set(A::average, Metric::workers, found->pool, answer->workers);
    system.set(A::average, Metric::starting, found->pool, answer->starting);
    system.set(A::share, Metric::empty, name, answer->empty);
    return system;
}

/// Workers that fail at random, and resume what they had at work.
std::optional<KnownSystem> KnownSystemFinder::failures(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* declared = workers_of(stage);
    if (declared == nullptr || declared->outages.size() != 1 || declared->count == unlimited)
        return std::nullopt;
    const Outage& outage = declared->outages.front();
    if (outage.every || outage.interrupted.value_or(declared->interrupted) != Interrupted::resume)
        return std::nullopt;
    const auto up = one_law(outage.up), repair = one_law(outage.lasts);
    Workers plain = *declared;
    plain.outages.clear();
    const auto found = lone(at, stage, plain);
    if (!up || !up->exponential || !repair || !found || !found->poisson) return std::nullopt;
    const std::string& name = stage.name;
    using A = Aggregate;
    const double rate = found->rate, mean = found->service.mean, fails = 1 / up->mean;
    const auto workers = static_cast<double>(declared->count);
    if (declared->count == 1 && std::isfinite(repair->second) && std::isfinite(found->service.second)) {
        const WorkLaw work = completion(found->service, fails, *repair);
        if (!is_below(rate * work.mean, 1)) return std::nullopt;
        Beginning beginning;  // one worker that is there whenever it has nothing to do
        beginning.third = 0;
        beginning.at_once = 1;
        if (!outage.busy_clock) beginning = after_failures(rate, fails, *repair);
        KnownSystem system(outage.busy_clock ? "M/G/1, completion times" : "M/G/1, breakdowns");
        set_paused(system, *found, work, paused_worker(rate, work, beginning));
        // An item that waits for a repair is in line again, and its service goes on.
        system.set(A::average, Metric::waiting, name,
                   rate * (work.mean - mean) + rate * paused_worker(rate, work, beginning).wait);
        const double down =
            outage.busy_clock ? rate * mean * fails * repair->mean : repair->mean / (repair->mean + up->mean);
        for (const std::string& scope : {name, found->pool}) {
            system.set(A::share, Metric::up, scope, 1 - down);
            system.set(A::share, Metric::down, scope, down);
            system.set(A::share, Metric::occupied, scope, rate * work.mean);
            system.set(A::share, Metric::idle, scope, 1 - rate * mean);
        }
        system.set(A::average, Metric::busy, found->pool, rate * mean);
        system.set(A::average, Metric::utilisation, found->pool, rate * mean);
        return system;
    }
    constexpr std::int64_t most_workers = 40;
    const bool exponential = repair->exponential && found->alike && found->service.exponential;
    if (!exponential || declared->count > most_workers || (outage.takes_all && outage.busy_clock))
        return std::nullopt;
    constexpr double most_effort = 2e7;
    const double size = outage.takes_all ? 2 : workers + 1;
    effort_ += size * size * size * (workers / 3 + 4);
    if (effort_ > most_effort) return std::nullopt;
    const double there = workers * up->mean / (up->mean + repair->mean);
    if (!outage.busy_clock && !is_below(rate * mean, there)) return std::nullopt;
    const auto answer = failing_workers(rate, mean, static_cast<int>(declared->count),
                                        {up->mean, repair->mean, outage.takes_all, outage.busy_clock});
    if (!answer) return std::nullopt;
    KnownSystem system("M/M/c, breakdowns");
    set_station(system, *found, answer->present, answer->present - rate * mean);
    // How often a wait begins again is not known.
    system.set(A::average, Metric::wait, name, NAN);
    system.set(A::share, Metric::empty, name, answer->empty);
    for (const std::string& scope : {name, found->pool}) {
        system.set(A::share, Metric::up, scope, answer->workers / workers);
        system.set(A::share, Metric::down, scope, 1 - answer->workers / workers);
    }
    system.set(A::average, Metric::busy, found->pool, rate * mean);
    return system;
}

/// One worker that goes round among stages.
std::optional<KnownSystem> KnownSystemFinder::polling(std::size_t at) const {
    const Stage& first = s_.twin.stages[at];
    const Workers* declared = workers_of(first);
    if (declared == nullptr || first.work.workers || declared->order != Order::cyclic ||
        declared->count != 1 || declared->visits == Visits::limited)
        return std::nullopt;
    const auto turning = one_law(declared->turning);
    Workers plain = *declared;
    plain.order = Order::fifo;
    plain.turning = Law{};
    const std::string pool = first.work.runs_on.front().pool;
    auto all = sharers(at, pool, [&](std::size_t i) { return lone(i, s_.twin.stages[i], plain, true); });
    if (!turning || !std::isfinite(turning->second) || all.size() < 2) return std::nullopt;
    std::sort(all.begin(), all.end(),
              [](const Lone& a, const Lone& b) { return a.stage->name < b.stage->name; });
    std::vector<PolledLine> lines;
    double load = 0, rate = 0;
    std::vector<Coming> comings;
    std::set<std::size_t> stages;
    for (const Lone& one : all) {
        lines.push_back({one.rate, one.service, declared->visits == Visits::gated});
        load += one.rate * one.service.mean;
        rate += one.rate;
        comings.insert(comings.end(), one.comings.begin(), one.comings.end());
        stages.insert(static_cast<std::size_t>(one.stage - s_.twin.stages.data()));
        if (!std::isfinite(one.service.second)) return std::nullopt;
    }
    constexpr std::size_t most_lines = 30;
    if (lines.size() > most_lines || !is_below(load, 1)) return std::nullopt;
    const auto waits = polling_waits(lines, *turning);
    if (!waits) return std::nullopt;
    KnownSystem system(declared->visits == Visits::gated ? "polling, gated" : "polling, exhaustive");
    using A = Aggregate;
    double line = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double wait = (*waits)[i];
        Lone alone = all[i];
        alone.pool = alone.stage->name;
        set_station(system, alone, alone.rate * (wait + alone.service.mean), alone.rate * wait);
        system.set(A::average, Metric::service, alone.stage->name, alone.service.mean);
        line += alone.rate * wait;
    }
    system.set(A::average, Metric::cycle, pool, polling_cycle(lines, *turning));
    system.set(A::average, Metric::present, pool, line + load);
    system.set(A::average, Metric::waiting, pool, line);
    system.set(A::average, Metric::busy, pool, load);
    system.set(A::average, Metric::utilisation, pool, load);
    if (is_whole(stages, comings)) {
        system.set(A::average, Metric::present, "", line + load);
        system.set(A::average, Metric::latency, "", (line + load) / rate);
        system.set(A::rate, Metric::arrived, "", rate);
        system.set(A::rate, Metric::completed, "", rate);
    }
    return system;
}

}  // namespace understudy::models
