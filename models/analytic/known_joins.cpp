// Items that are made of parts, or in pairs.
#include <algorithm>
#include <cmath>

#include "models/analytic/known_system_finder.h"
#include "models/analytic/obstacles.h"
#include "models/analytic/order_statistics.h"

namespace understudy::models {

namespace {

/// As many items of each arrival as a constant law says; 0 if it says something else.
long parts_of(const Load& load) {
    if (!load.items.is_constant()) return 0;
    const double items = load.items.terms.front().law.mean();
    constexpr double most = 10'000;
    return items >= 2 && items <= most && items == std::floor(items) ? static_cast<long>(items) : 0;
}

}  // namespace

/// All of a scenario: arrivals of several parts, a stage for these, and one that joins them.
std::optional<KnownSystem> KnownSystemFinder::parts() const {
    if (s_.twin.stages.size() != 2 || s_.loads.size() != 1 || !s_.twin.pipelines.empty()) return std::nullopt;
    const std::size_t joining = s_.twin.stages[1].join ? 1 : 0;
    const Stage &worked = s_.twin.stages[1 - joining], &joined = s_.twin.stages[joining];
    const Load& load = s_.loads.front();
    const auto goes_only_to = [](const std::string& name, const Writes& writes, const std::string& stream) {
        const auto targets = targets_of(name, writes);
        return targets.size() == 1 && targets.front().stream == stream;
    };
    const long k = parts_of(load);
    if (!joined.join || worked.join || k < 2 || worked.reads.size() != 1 || joined.reads.size() != 1 ||
        load.arrivals.kind != Arrivals::Kind::poisson || !trouble_of(load).empty() ||
        !goes_only_to(load.name, load.writes, worked.reads.front()) ||
        !goes_only_to(worked.name, worked.writes, joined.reads.front()))
        return std::nullopt;
    // The join is nothing but that, and nobody reads what it makes.
    Stage plain = joined;
    plain.join.reset();
    const Join& join = *joined.join;
    const auto is_bare = [](const Stage& stage) {
        return trouble_of(stage).empty() && stage.queue.capacity == unlimited &&
               stage.queue.timeout.empty() && stage.work.failure == 0;
    };
    if (!is_bare(plain) || joined.work.workers || !joined.work.runs_on.empty() ||
        !joined.work.service.empty() || join.of != Join::Of::parts || join.within || join.pass_unmatched ||
        join.needs > k)
        return std::nullopt;
    for (const auto& target : targets_of(joined.name, joined.writes))
        if (readers_.contains(target.stream)) return std::nullopt;
    const Workers* workers = workers_of(worked);
    const bool simple = workers != nullptr && worked.work.workers && is_bare(worked) &&
                        trouble_of(*workers, "").empty() && workers->order == Order::fifo &&
                        !workers->preempt && workers->groups.empty() && workers->type.cores == 0 &&
                        workers->type.memory_bytes == 0 && !users_.contains(worked.name);
    if (!simple) return std::nullopt;
    const CarriedWork work = work_.of(1 - joining, 0, workers->type.speed);
    if (!work.unknown.empty() || !work.law.exponential) return std::nullopt;
    // What all parts of an arrival carry is the same: they would not be independent.
    for (const Term& term : worked.work.service.terms)
        if (!term.field.empty() || term.recorded || term.per != Per::once) return std::nullopt;
    const double mean = work.law.mean, arrivals = load.arrivals.rate;
    const long needed = join.needs > 0 ? static_cast<long>(join.needs) : k;
    using A = Aggregate;
    bool lanes = false;
    for (const Dataset& dataset : s_.twin.datasets) {
        if (dataset.name == joined.reads.front() && (dataset.partitions > 0 || dataset.retention))
            return std::nullopt;
        if (dataset.name != worked.reads.front()) continue;
        if (dataset.retention) return std::nullopt;
        if (dataset.partitions == 0) continue;
        if (dataset.partitions != k || dataset.by != Dataset::By::round_robin || workers->count != k)
            return std::nullopt;
        lanes = true;
    }
    const auto set_all = [&](KnownSystem& system, double latency) {
        system.set(A::average, Metric::latency, "", latency);
        system.set(A::average, Metric::present, "", arrivals * latency);
        system.set(A::rate, Metric::completed, joined.name, arrivals);
    };
    if (!lanes && workers->count == unlimited && !join.cancel_rest) {
        KnownSystem system("order statistics");
        const auto all_done = time_of_kth(k, k, mean);
        set_all(system, mean_of_kth(k, k, mean));
        if (all_done) system.set_law(Metric::latency, "", *all_done);
        system.set(A::average, Metric::latency, worked.name, mean);
        system.set(A::average, Metric::present, worked.name, arrivals * static_cast<double>(k) * mean);
        system.set(A::average, Metric::wait, worked.name, 0);
        if (needed == k)
            system.set(A::average, Metric::gathering, joined.name, mean_of_kth(k, k, mean) - mean);
        if (const auto enough = time_of_kth(k, needed, mean))
            system.set_way(load.name, joined.name, mean_of_kth(k, needed, mean), *enough);
        return system;
    }
    if (!lanes) return std::nullopt;
    if (needed == 1 && join.cancel_rest) {
        // All lines are always alike: their workers are as one that is as fast as all.
        const double drain = static_cast<double>(k) / mean;
        if (!is_below(arrivals, drain)) return std::nullopt;
        KnownSystem system("M/M/1 of the first copy");
        set_all(system, 1 / (drain - arrivals));
        const Phases law{{1}, {{arrivals - drain}}};
        system.set_law(Metric::latency, "", law);
        system.set_way(load.name, joined.name, 1 / (drain - arrivals), law);
        return system;
    }
    const double load_of_each = arrivals * mean;
    if (needed != k || join.cancel_rest || !is_below(load_of_each, 1)) return std::nullopt;
    // Two lines: Flatto and Hahn 1984. More of them: Nelson and Tantawi 1988, eq. 13.
    const double two = (12 - load_of_each) / 8 * mean / (1 - load_of_each);
    if (k == 2) {
        KnownSystem system("Flatto and Hahn");
        set_all(system, two);
        return system;
    }
    KnownSystem system("Nelson and Tantawi");
    double harmonic = 0;
    for (long i = 1; i <= k; ++i) harmonic += 1 / static_cast<double>(i);
    const double ratio = harmonic / 1.5;
    set_all(system, (ratio + 4.0 / 11 * (1 - ratio) * load_of_each) * two);
    constexpr double error = 0.1;
    constexpr long most = 32;
    if (k > most) return std::nullopt;
    system.approximate(error, "between two lines, whose mean is known, and more of them it is interpolated");
    return system;
}

/// Two streams that pair off as they come, with places for those who wait: a birth and death process of how many more have
/// come of one than of the other.
std::optional<KnownSystem> KnownSystemFinder::pairs(std::size_t at) const {
    constexpr std::int64_t most_places = 100'000;
    if (!s_.twin.stages[at].join) return std::nullopt;
    Stage plain = s_.twin.stages[at];
    if (plain.join->of != Join::Of::inputs || plain.join->by_key || plain.join->within ||
        plain.join->pass_unmatched || plain.join->cancel_rest || plain.reads.size() != 2 ||
        plain.queue.full != Queue::Full::drop || plain.queue.capacity < 1 ||
        plain.queue.capacity > most_places || !plain.queue.timeout.empty() ||
        (plain.join->needs != 0 && plain.join->needs != 2))
        return std::nullopt;
    const auto places = static_cast<long>(plain.queue.capacity);
    plain.join.reset();
    plain.queue = Queue{};
    const auto found = bare(at, plain);
    if (!found || !found->poisson || found->comings.size() != 2) return std::nullopt;
    // One load to each input.
    const Stage& stage = *found->stage;
    const auto of_input = [&](const std::string& stream) {
        const auto writes = loads_.find(stream);
        return writes == loads_.end() || writes->second.size() != 1 ? SIZE_MAX : writes->second.front();
    };
    const std::size_t inputs[] = {of_input(stage.reads[0]), of_input(stage.reads[1])};
    double rates[] = {0, 0};
    for (const Coming& one : found->comings)
        for (int side = 0; side < 2; ++side)
            if (one.load == inputs[side]) rates[side] = one.rate;
    if (!(rates[0] > 0 && rates[1] > 0)) return std::nullopt;
    const auto shares = birth_and_death(
        [&](std::size_t n) { return n < static_cast<std::size_t>(2 * places) ? rates[0] : 0.0; },
        [&](std::size_t) { return rates[1]; }, static_cast<std::size_t>(2 * places + 1));
    double waiting[] = {0, 0};
    for (std::size_t n = 0; n < shares.size(); ++n) {
        const double more = static_cast<double>(n) - static_cast<double>(places);
        waiting[0] += std::max(0.0, more) * shares[n];
        waiting[1] += std::max(0.0, -more) * shares[n];
    }
    const double lost[] = {shares.size() > static_cast<std::size_t>(2 * places) ? shares.back() : 0,
                           shares.front()};
    KnownSystem system("birth and death");
    using A = Aggregate;
    for (int side = 0; side < 2; ++side) {
        const std::string& load = s_.loads[inputs[side]].name;
        system.set(A::share, Metric::lost, stage.name, lost[side], load);
        system.set(A::share, Metric::dropped, stage.name, lost[side], load);
        system.set(A::average, Metric::waiting, stage.name, waiting[side], load);
    }
    const double all = rates[0] + rates[1];
    const double share = (rates[0] * lost[0] + rates[1] * lost[1]) / all;
    system.set(A::rate, Metric::completed, stage.name, rates[0] * (1 - lost[0]));
    system.set(A::average, Metric::waiting, stage.name, waiting[0] + waiting[1]);
    system.set(A::average, Metric::gathering, stage.name, (waiting[0] + waiting[1]) / (all * (1 - share)));
    system.set(A::share, Metric::lost, stage.name, share);
    system.set(A::share, Metric::dropped, stage.name, share);
    system.set(A::rate, Metric::arrived, stage.name, all);
    return system;
}

/// A pipeline that takes arrivals one by one, as parts at workers of its own, and has one run at a time: M/PH/1.
std::optional<KnownSystem> KnownSystemFinder::one_run_at_a_time() const {
    if (s_.twin.pipelines.size() != 1 || s_.loads.size() != 1 || !s_.twin.stages.empty()) return std::nullopt;
    const Pipeline& pipeline = s_.twin.pipelines.front();
    const Load& load = s_.loads.front();
    const auto targets = targets_of(load.name, load.writes);
    if (pipeline.schedule.kind != Schedule::Kind::each || pipeline.max_active_runs != 1 ||
        pipeline.max_active_tasks != unlimited || pipeline.timeout || pipeline.tasks.size() != 1 ||
        targets.size() != 1 || targets.front().stream != pipeline.schedule.name ||
        load.arrivals.kind != Arrivals::Kind::poisson || !trouble_of(load).empty() || !in_groups_of_one(load))
        return std::nullopt;
    const Task& task = pipeline.tasks.front();
    // As a stage it has no mechanism of its own, and neither has it as a task.
    Stage stage;
    stage.name = task.name;
    stage.work = task.work;
    stage.emits = task.emits;
    const bool plain = trouble_of(stage).empty() && task.work.failure == 0 && task.reads.empty() &&
                       task.writes.empty() && !task.waits_for &&
                       task.trigger_rule == TriggerRule::all_success && !task.cancel_rest &&
                       !task.not_before && task.delay.empty() && task.worker.empty() &&
                       task.holds_until.empty() && task.work.workers;
    if (!plain) return std::nullopt;
    const Workers& workers = *task.work.workers;
    const auto part = one_law(task.work.service);
    if (!part || !part->exponential || !trouble_of(workers, "").empty() || workers.order != Order::fifo ||
        workers.preempt || !workers.groups.empty() || workers.type.cores != 0 ||
        workers.type.memory_bytes != 0 || task.expand < 1 || workers.count < task.expand)
        return std::nullopt;
    for (const Dataset& dataset : s_.twin.datasets)
        if (dataset.name == pipeline.schedule.name) return std::nullopt;
    const double mean = part->mean / workers.type.speed;
    const auto law = time_of_kth(static_cast<long>(task.expand), static_cast<long>(task.expand), mean);
    if (!law) return std::nullopt;
    WorkLaw run;
    run.mean = mean_of_kth(static_cast<long>(task.expand), static_cast<long>(task.expand), mean);
    run.second = variance_of_kth(static_cast<long>(task.expand), static_cast<long>(task.expand), mean) +
                 run.mean * run.mean;
    const double rate = load.arrivals.rate;
    if (!is_below(rate * run.mean, 1)) return std::nullopt;
    const Station queue = one_server(rate, run);
    KnownSystem system("M/PH/1, one run at a time");
    using A = Aggregate;
    const std::string& name = pipeline.name;
    system.set(A::average, Metric::utilisation, name, rate * run.mean);
    system.set(A::average, Metric::wait, name, queue.wait);
    system.set(A::average, Metric::latency, name, queue.wait + run.mean);
    system.set(A::average, Metric::waiting, name, queue.line);
    system.set(A::average, Metric::present, name, queue.number());
    const Phases wait = wait_of_one_server(rate, *law);
    system.set_law(Metric::wait, name, wait);
    if (const auto latency = in_series(wait, *law)) system.set_law(Metric::latency, name, *latency);
    return system;
}

}  // namespace understudy::models
