#include "models/analytic/capacity.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "kernel/time.h"

namespace understudy::models {

namespace {

bool takes_all(const Need& need) { return need.cores <= 0 && need.memory_bytes <= 0; }

bool is_node(const WorkerKind& kind) { return kind.cores > 0 || kind.memory_bytes > 0; }

/// Containers of the need that one worker holds.
double fits_on_one(const WorkerKind& kind, const Need& need) {
    if (!is_node(kind) || takes_all(need)) return 1;
    double fit = INFINITY;
    if (kind.cores > 0 && need.cores > 0) fit = std::floor(kind.cores / need.cores + 1e-9);
    if (kind.memory_bytes > 0 && need.memory_bytes > 0)
        fit = std::min(fit, std::floor(kind.memory_bytes / static_cast<double>(need.memory_bytes)));
    return fit;
}

/// Of a law that takes nothing from items.
double mean_of(const Law& law) {
    double mean = 0;
    for (const Term& term : law.terms) mean += term.law.mean();
    return mean;
}

std::string percent(double fraction) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g%%", 100 * fraction);
    return text;
}

/// Averages over the time, of all workers together.
struct Totals {
    double workers = 0, cores = 0, memory = 0, speed = 0;
    bool all_have_cores = true, all_have_memory = true, differ_in_speed = false, vary = false;
};

Totals totals_of(const std::vector<Staff>& staff) {
    Totals totals;
    double first_speed = 0;
    for (const Staff& one : staff)
        for (const WorkerKind& kind : one.workers) {
            if (one.share <= 0 || kind.count <= 0) continue;
            const double count = one.share * kind.count;
            totals.workers += count;
            totals.cores += kind.cores > 0 ? count * kind.cores : 0;
            totals.memory += kind.memory_bytes > 0 ? count * kind.memory_bytes : 0;
            totals.speed += std::isinf(count) ? 0 : count * kind.speed;
            totals.all_have_cores = totals.all_have_cores && kind.cores > 0;
            totals.all_have_memory = totals.all_have_memory && kind.memory_bytes > 0;
            if (first_speed == 0) first_speed = kind.speed;
            totals.differ_in_speed = totals.differ_in_speed || kind.speed != first_speed;
        }
    const bool endless = std::isinf(totals.workers);
    totals.speed = endless || totals.workers <= 0 ? first_speed : totals.speed / totals.workers;
    if (totals.speed <= 0) totals.speed = 1;
    totals.vary = staff.size() > 1;
    return totals;
}

/// How many there are at an instant, of those that change.
double count_at(const std::vector<std::pair<kernel::Time, std::int64_t>>& steps, kernel::Time at) {
    std::int64_t count = 0;
    for (const auto& [from, there] : steps)
        if (from <= at) count = there;
    return static_cast<double>(count);
}

std::vector<WorkerKind> workers_at(const Workers& workers, const std::vector<WorkerType>& types,
                                   WorkerKind kind, kernel::Time at) {
    if (!workers.steps.empty()) kind.count = count_at(workers.steps, at);
    if (workers.groups.empty()) return {kind};
    std::vector<WorkerKind> all;
    for (const auto& [name, most] : workers.groups) {
        const auto shifts = workers.shifts.find(name);
        const double count =
            shifts == workers.shifts.end() ? static_cast<double>(most) : count_at(shifts->second, at);
        for (const WorkerType& type : types)
            if (type.name == name)
                all.push_back({count, type.cores, static_cast<double>(type.memory_bytes), type.speed});
    }
    return all;
}

}  // namespace

std::vector<Staff> staff_of(const Workers& workers, const std::vector<WorkerType>& types, double length_s) {
    const WorkerType& own = workers.type;
    WorkerKind kind{workers.count == unlimited ? INFINITY : static_cast<double>(workers.count), own.cores,
                    static_cast<double>(own.memory_bytes), own.speed};
    // A shared pool does as much as its speed-up says, however many workers that is.
    if (!workers.speedup.empty()) {
        kind.count = 0;
        for (const auto& [present, total] : workers.speedup) kind.count = std::max(kind.count, total);
    }
    std::set<kernel::Time> instants = {0};
    for (const auto& [at, count] : workers.steps) instants.insert(at);
    for (const auto& [type, steps] : workers.shifts)
        for (const auto& [at, count] : steps) instants.insert(at);
    const double end = workers.steps_period ? kernel::to_seconds(*workers.steps_period)
                                            : std::max(instants.size() > 1 ? length_s : 0,
                                                       kernel::to_seconds(*instants.rbegin()));
    std::vector<Staff> result;
    for (auto at = instants.begin(); at != instants.end(); ++at) {
        const double from = kernel::to_seconds(*at);
        const double to = std::next(at) != instants.end() ? kernel::to_seconds(*std::next(at)) : end;
        const double share = end > 0 ? std::max(0.0, to - from) / end : at == instants.begin() ? 1.0 : 0.0;
        if (share > 0) result.push_back({share, workers_at(workers, types, kind, *at)});
    }
    return result;
}

double availability_of(const Workers& workers) {
    double share = 1;
    for (const Outage& outage : workers.outages) {
        const double lasts = mean_of(outage.lasts);
        // By busy time as well: so much longer takes all the work.
        if (!outage.up.empty())
            share *= mean_of(outage.up) / (mean_of(outage.up) + lasts);
        else if (outage.every && outage.every->kind == Schedule::Kind::every && outage.every->period > 0)
            share *= std::max(0.0, 1 - lasts / kernel::to_seconds(outage.every->period));
    }
    return share;
}

double fits(const std::vector<WorkerKind>& workers, const Need& need) {
    double room = 0;
    for (const WorkerKind& kind : workers)
        if (kind.count > 0) room += kind.count * fits_on_one(kind, need);
    return std::isinf(room) ? room
                            : std::floor(room / static_cast<double>(std::max<std::int64_t>(1, need.count)));
}

Occupancy occupancy(const std::vector<Staff>& staff, const std::vector<Demand>& demands) {
    const Totals totals = totals_of(staff);
    // Needs that are alike, however many ask for them: what matters is what one of them takes.
    using Shape = std::tuple<std::int64_t, double, std::int64_t>;
    std::map<Shape, double> load_by_shape;
    double workers_held = 0, cores_held = 0, memory_held = 0, launching = 0;
    bool share_nodes = false;
    for (const Demand& demand : demands) {
        const Need& need = demand.need;
        const auto count = static_cast<double>(need.count);
        const double held = demand.rate * (demand.service_s / totals.speed + demand.overhead_s);
        double at_once = 0;
        for (const Staff& one : staff) {
            at_once += one.share * fits(one.workers, need);
            for (const WorkerKind& kind : one.workers)
                share_nodes = share_nodes || fits_on_one(kind, need) > 1;
        }
        load_by_shape[{need.count, need.cores, need.memory_bytes}] += held <= 0     ? 0
                                                                      : at_once > 0 ? held / at_once
                                                                                    : INFINITY;
        const bool whole = takes_all(need);
        workers_held += held * count;
        cores_held +=
            held * count * (whole && totals.workers > 0 ? totals.cores / totals.workers : need.cores);
        memory_held += held * count *
                       (whole && totals.workers > 0 ? totals.memory / totals.workers
                                                    : static_cast<double>(need.memory_bytes));
        launching += demand.rate * demand.launch_s;
    }
    Occupancy result;
    const bool by_cores = totals.cores > 0;
    result.offered = by_cores ? cores_held : workers_held;
    result.there = by_cores ? totals.cores : totals.workers;
    for (const auto& [shape, load] : load_by_shape) {
        result.load = std::max(result.load, load);
        result.load_at_most += load;
    }
    if (load_by_shape.size() > 1) {
        // Whatever the order, nothing is there twice.
        if (totals.workers > 0 && !share_nodes)
            result.load = std::max(result.load, workers_held / totals.workers);
        if (totals.cores > 0 && totals.all_have_cores)
            result.load = std::max(result.load, cores_held / totals.cores);
        if (totals.memory > 0 && totals.all_have_memory)
            result.load = std::max(result.load, memory_held / totals.memory);
    }
    if (launching > 0 && totals.workers > 0) result.load = std::max(result.load, launching / totals.workers);
    result.load_at_most = std::max(result.load, result.load_at_most);

    if (load_by_shape.size() > 1 && result.load_at_most > result.load * (1 + 1e-9))
        result.caveat = "needs of different sizes share the workers: they ask for between " +
                        percent(result.load) + " and " + percent(result.load_at_most) +
                        " of what can be done";
    else if (load_by_shape.size() > 1)
        result.caveat = "needs of different sizes share the workers, and may get in each other's way";
    else if (launching > 0 && share_nodes)
        result.caveat = "starts wait for each other on a worker: for how long is not known beforehand";
    else if (totals.differ_in_speed)
        result.caveat = "the workers differ in speed, and who works is not known beforehand";
    else if (totals.vary)
        result.caveat =
            "the number of workers varies over time: the mean says nothing about when they are few";
    else if (!by_cores && share_nodes)
        result.caveat = "a worker counts as busy while it holds anything, and may hold several";
    return result;
}

}  // namespace understudy::models
