// Workers, what is needed of them, and how an item is worked on.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "models/check/checker.h"

namespace understudy::models {

namespace {

std::string percent(double fraction) {
    char text[40];
    std::snprintf(text, sizeof text, "%.10g%%", fraction * 100);
    return text;
}

}  // namespace

void Checker::check_workers(const Workers& workers, const std::string& path) {
    const auto check_type = [&](const std::string& type, const std::string& place) {
        used_types_.insert(type);
        if (is(type, Kind::type) || may_be_unread(type)) return;
        const std::set<std::string> types = names_of({Kind::type});
        error_of_value(place, "no type is called " + quoted(type),
                       near(type, types).empty() ? "declare it under 'types'" : near(type, types));
    };
    if (!workers.type_name.empty()) check_type(workers.type_name, path + ".type");
    for (const auto& [type, count] : workers.groups) check_type(type, path + ".workers." + type);
    bool any = workers.count > 0;
    for (const auto& [type, count] : workers.groups) any = any || count > 0;
    for (const auto& [time, count] : workers.steps) any = any || count > 0;
    if (!any && (!workers.groups.empty() || !workers.steps.empty()))
        error(path + ".workers", "there is never a worker", "write at least one number above 0");
    if (workers.count == unlimited && workers.type.cores > 0)
        error(path + ".workers", "unlimited workers with cores",
              "nodes are counted: write how many there are");
    if (workers.preempt && workers.order != Order::priority && workers.order != Order::shortest &&
        workers.order != Order::lifo && workers.order != Order::deadline)
        error(path + ".preempt", "'preempt' needs an order in which some items are better than others",
              "add 'order: priority', 'shortest', 'deadline' or 'lifo'");
    if (workers.order == Order::deadline &&
        std::none_of(s_.loads.begin(), s_.loads.end(),
                     [](const Load& load) { return load.deadline.has_value(); }))
        warn(path + ".order", "'order: deadline', and no load has one", "add 'deadline: 30min' to the loads");
    if (workers.order == Order::shared) {
        const auto refuse = [&](bool there, const char* key, const char* why) {
            if (there) error(path + "." + key, "'" + std::string(key) + "' beside 'order: shared'", why);
        };
        const char* nodes = "all are served at once, each by a part of the whole: leave it out";
        refuse(!workers.groups.empty(), "workers", "write one number, and 'speed'");
        refuse(workers.type.cores > 0, "cores", nodes);
        refuse(workers.type.memory_bytes > 0, "memory", nodes);
        refuse(workers.backfill != Backfill::never, "backfill", "nobody waits in line: leave it out");
        refuse(!workers.launch.empty(), "launch", nodes);
    } else if (!workers.speedup.empty()) {
        error(path + ".speedup", "'speedup' is how fast all are served at once", "add 'order: shared'");
    }
    if (workers.steps.size() > 0 && workers.type.cores > 0)
        warn(path + ".workers", "nodes that come and go by steps",
             "items that need cores stay where they are until their end");
}

std::vector<Checker::Capacity> Checker::nodes_of(const Workers& workers) const {
    std::vector<Capacity> nodes;
    if (!workers.groups.empty()) {
        for (const auto& [name, count] : workers.groups)
            for (const WorkerType& type : s_.twin.types)
                if (type.name == name)
                    nodes.push_back({static_cast<double>(count), type.cores, type.memory_bytes});
        return nodes;
    }
    std::int64_t most = workers.count;
    for (const auto& [time, count] : workers.steps) most = std::max(most, count);
    nodes.push_back({static_cast<double>(most), workers.type.cores, workers.type.memory_bytes});
    return nodes;
}

void Checker::check_need(const Need& need, const std::string& path) {
    used_pools_.insert(need.pool);
    const Workers* workers = nullptr;
    for (const Pool& pool : s_.twin.pools)
        if (pool.name == need.pool) workers = &pool.workers;
    if (workers == nullptr && may_be_unread(need.pool)) return;
    if (workers == nullptr) {
        const std::set<std::string> pools = names_of({Kind::pool});
        std::string hint = near(need.pool, pools);
        if (hint.empty())
            hint = is(need.pool, Kind::stage) ? "a stage's own workers cannot be shared; make them a pool"
                                              : "declare it: 'pools: {" + need.pool + ": {workers: 4}}'";
        error_of_value(path, "no pool is called " + quoted(need.pool), hint);
        return;
    }
    if (is_unread("twin.pools." + need.pool) || is_unread("twin.types." + workers->type_name)) return;
    if (workers->order == Order::shared) {
        if (need.count != 1 || need.cores > 0 || need.memory_bytes > 0)
            error(path, "pool " + quoted(need.pool) + " serves all at once, in equal parts",
                  "there is nothing to ask for: write 'runs_on: " + need.pool + "'");
        return;
    }
    for (const auto& [type, count] : workers->groups)
        if (is_unread("twin.types." + type)) return;
    const bool containers = need.cores > 0 || need.memory_bytes > 0;
    double room = 0, slots = 0, most_cores = 0;
    std::int64_t most_memory = 0;
    bool nodes_have_cores = false, unknown = false;
    for (const Capacity& node : nodes_of(*workers)) {
        slots += node.count;
        nodes_have_cores = nodes_have_cores || node.cores > 0 || node.memory > 0;
        most_cores = std::max(most_cores, node.cores);
        most_memory = std::max(most_memory, node.memory);
        double per_node = 1e18;
        if (need.cores > 0 && node.cores > 0)
            per_node = std::min(per_node, std::floor(node.cores / need.cores + 1e-9));
        if (need.cores > 0 && node.cores <= 0) per_node = 0;
        if (need.memory_bytes > 0 && node.memory > 0)
            per_node = std::min(per_node, std::floor(static_cast<double>(node.memory) /
                                                     static_cast<double>(need.memory_bytes)));
        room += node.count * per_node;
        unknown = unknown || node.count >= 9e18;
    }
    const std::string has = "pool " + quoted(need.pool) + " has ";
    if (!containers) {
        if (static_cast<double>(need.count) > slots)
            error_of_value(
                path, has + count_text(slots) + ", and " + std::to_string(need.count) + " are needed at once",
                "it would wait for ever: ask for less, or add workers");
    } else if (!nodes_have_cores) {
        error_of_value(
            path, "the workers of pool " + quoted(need.pool) + " have neither cores nor memory",
            "say what a worker is: 'cores: 16, memory: 64GiB', or ask for workers: '" + need.pool + ": 8'");
    } else if (!unknown && room < static_cast<double>(need.count)) {
        error_of_value(path,
                       need.count == 1
                           ? "no worker of pool " + quoted(need.pool) + " is large enough: the largest has " +
                                 amount_text(most_cores, most_memory)
                           : "pool " + quoted(need.pool) + " has room for " + number_text(room) +
                                 " of these, and " + std::to_string(need.count) + " are needed at once",
                       "it would wait for ever: ask for less, or add workers");
    }
}

std::string Checker::number_text(double number) {
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", number);
    return text;
}

std::string Checker::count_text(double workers) {
    return number_text(workers) + (workers == 1 ? " worker" : " workers");
}

std::string Checker::amount_text(double cores, std::int64_t memory) {
    std::string text;
    if (cores > 0) text = number_text(cores) + (cores == 1 ? " core" : " cores");
    if (memory > 0)
        text += (text.empty() ? "" : " and ") + number_text(static_cast<double>(memory) / (1 << 30)) + " GiB";
    return text;
}

void Checker::check_work(const Work& work, const std::string& path, const std::string& what, bool looks) {
    if (work.workers) check_workers(*work.workers, path);
    for (const Need& need : work.runs_on) {
        // The short form has no map under runs_on; the path then ends at the value itself.
        check_need(need, path + ".runs_on." + need.pool);
    }
    if (work.runs_on.size() > 1)
        for (const Need& need : work.runs_on)
            for (const Pool& pool : s_.twin.pools)
                if (pool.name == need.pool && pool.workers.order == Order::shared)
                    error(path + ".runs_on." + need.pool,
                          "pool " + quoted(need.pool) + " serves all at once, and cannot be held with others",
                          "use it in a stage of its own");
    for (const Need& need : work.runs_on)
        if (!work.launch.empty())
            for (const Pool& pool : s_.twin.pools)
                if (pool.name == need.pool && pool.workers.order == Order::shared)
                    error(path + ".launch", "'launch' beside a pool that serves all at once",
                          "it has no nodes on which starts could queue: leave it out");
    if (!work.service.empty() && !work.workers && work.runs_on.empty())
        error(path + ".service", what + " has a service but nobody to do it",
              "add 'workers: 1', 'workers: unlimited' for a pure delay, or 'runs_on: POOL'");
    if (work.service.empty() && work.timeout && !looks)
        warn(path + ".timeout", "a timeout without a service never strikes",
             "remove it, or say how long the work takes: 'service: ...'");
    if (work.failure >= 1 && work.retry.times == unlimited)
        error(path + ".failure", "all attempts fail and are retried for ever",
              "lower 'failure', or limit 'retry.times'");
    else if (work.failure >= 1)
        warn(path + ".failure", "all attempts fail", "nothing ever comes out of " + what);
    const bool has_reason = work.failure > 0 || work.timeout.has_value();
    if (work.retry.times > 0 && !has_reason && !retry_for_queue_ && !looks)
        warn(path + ".retry", "nothing fails here, so nothing is retried", "add 'failure' or 'timeout'");
    if (work.timeout && !work.service.empty() && work.service.is_constant() &&
        static_cast<double>(*work.timeout) * 1e-9 < work.service.terms[0].law.mean()) {
        if (work.retry.times == unlimited)
            error(path + ".timeout", "every attempt is cut off and retried for ever",
                  "the timeout is shorter than the service");
        else
            warn(path + ".timeout", "every attempt is cut off", "the timeout is shorter than the service");
    }
    check_law(work.service, path + ".service");
    check_spends(work, path);
}

void Checker::check_partitions(const Dataset& dataset) {
    const std::string of = "partitions of " + quoted(dataset.name);
    std::size_t readers = 0;
    for (const Stage& stage : s_.twin.stages) {
        if (std::find(stage.reads.begin(), stage.reads.end(), dataset.name) == stage.reads.end()) continue;
        ++readers;
        const std::string path = "twin.stages." + stage.name;
        if (is_unread(path)) continue;
        const auto dealt_alike = [&](const std::string& stream) {
            return std::any_of(s_.twin.datasets.begin(), s_.twin.datasets.end(), [&](const Dataset& other) {
                return other.name == stream && other.partitions == dataset.partitions;
            });
        };
        if (!std::all_of(stage.reads.begin(), stage.reads.end(), dealt_alike))
            error(path + ".reads", "the " + of + " beside streams that are not dealt to as many",
                  "give them a stage of their own, or all the same 'partitions'");
        if (stage.batch || stage.window)
            error(path + (stage.batch ? ".batch" : ".window"),
                  "gathering items of several " + of + " is not supported yet",
                  "work on them in one stage and gather in the next");
        const bool by_key = stage.join && stage.join->of == Join::Of::inputs && stage.join->by_key;
        if (by_key && dataset.by != Dataset::By::key)
            warn("twin.datasets." + dataset.name + ".by",
                 "stage " + quoted(stage.name) + " joins by key what is dealt " +
                     "otherwise: the partner may be in another partition",
                 "write 'by: key'");
        if (!stage.work.workers) {
            error(path, "the " + of + " read by shared workers, or by none, are not supported yet",
                  "give the stage workers of its own: 'workers: " + std::to_string(dataset.partitions) + "'");
            continue;
        }
        const Workers& workers = *stage.work.workers;
        std::int64_t most = workers.groups.empty() ? workers.count : 0;
        for (const auto& [type, count] : workers.groups) most += count;
        for (const auto& [time, count] : workers.steps) most = std::max(most, count);
        if (most == unlimited || workers.order == Order::shared)
            error(path, "the " + of + " belong to one worker each, and these are not counted",
                  "write how many there are: 'workers: " + std::to_string(dataset.partitions) + "'");
        else if (most > dataset.partitions)
            warn(path + ".workers", "more workers than " + of, "those beyond them never do anything");
        if (workers.order != Order::fifo && workers.order != Order::shared)
            error(path + ".order", "the " + of + " are read in the order in which they came",
                  "leave 'order' out");
    }
    if (dataset.by == Dataset::By::shortest && readers > 1)
        error("twin.datasets." + dataset.name + ".by",
              "the shortest of the " + of + " differs between its readers", "deal them out by 'round_robin'");
}

void Checker::check_law(const Law& law, const std::string& path) {
    for (const Term& term : law.terms)
        if (term.field.empty() && !term.recorded && std::isinf(term.law.variance()) &&
            std::isfinite(term.law.mean()))
            warn(path, "this law has infinite variance",
                 "means of it converge slowly and intervals are too narrow; bound it with 'max'");
        else if (term.field.empty() && !term.recorded && std::isinf(term.law.mean()))
            warn(path, "this law has an infinite mean", "no average of it exists; bound it with 'max'");
}

void Checker::check_writes(const Writes& writes, const std::string& path) {
    for (const Writes::Target& target : writes.targets)
        for (const std::string& load : target.loads)
            if (!is(load, Kind::load) && !may_be_unread(load))
                error_of_value(path + ".writes." + target.stream, "no load is called " + quoted(load),
                               near(load, names_of({Kind::load})));
    if (writes.rule != Writes::Rule::share && writes.rule != Writes::Rule::split) return;
    double sum = 0;
    for (const Writes::Target& target : writes.targets) sum += target.share;
    if (std::abs(sum - 1) > 1e-9)
        error_of_value(path + ".writes", "the shares sum to " + percent(sum) + ", not 100%",
                       sum < 1 ? "say where the rest goes; 'exit' leaves the system" : "lower one of them");
}

}  // namespace understudy::models
