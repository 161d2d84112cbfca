// Workers, what is needed of them, and how an item is worked on.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "models/check/checker.h"

namespace understudy::models {

namespace {

std::string percent(double fraction) {
    char text[40];
    std::snprintf(text, sizeof text, "%.10g%%", fraction * 100);
    return text;
}

/// There is no one line whose head could wait for another pool as well.
bool has_lines_of_its_own(const Workers& workers) {
    return workers.order == Order::shared || workers.order == Order::cyclic || workers.order == Order::fair;
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
    for (const auto& [name, count] : workers.groups)
        for (const WorkerType& type : s_.twin.types)
            if (type.name == name && type.cost_per_byte > 0)
                error(path + ".workers." + name,
                      "workers by type, one of which costs by size, are not supported yet",
                      "write one kind of workers, with 'cost: 0.09EUR/GB'");
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
    check_order(workers, path);
    check_range(workers, path);
    check_growth(workers, path);
    check_poll(workers, path);
    for (const Outage& outage : workers.outages)
        check_outage(outage, workers, path + ".outages." + outage.name);
    if (workers.steps.size() > 0 && workers.type.cores > 0)
        warn(path + ".workers", "nodes that come and go by steps",
             "items that need cores stay where they are until their end");
}

void Checker::check_order(const Workers& workers, const std::string& path) {
    if (workers.order != Order::fair && !workers.weights.empty())
        error(path + ".weights", "'weights' without 'order: fair'", "add it, or leave 'weights' out");
    for (const auto& [load, weight] : workers.weights)
        if (!is(load, Kind::load) && !may_be_unread(load)) {
            const std::set<std::string> loads = names_of({Kind::load});
            error_of_value(path + ".weights." + load, "no load is called " + quoted(load), near(load, loads));
        }
    if (workers.order == Order::fair && workers.backfill == Backfill::easy)
        error(path + ".backfill", "a fair order has many lines, and 'easy' looks at one head",
              "write 'backfill: any', or leave it out");
    if (workers.order != Order::cyclic) {
        const char* cyclic = "add 'order: cyclic', or leave it out";
        if (!workers.turning.empty()) error(path + ".switch", "'switch' without 'order: cyclic'", cyclic);
        if (workers.visits != Visits::exhaustive)
            error(path + ".visits", "'visits' without 'order: cyclic'", cyclic);
        return;
    }
    check_law_of_workers(workers.turning, path + ".switch");
    std::int64_t most = workers.count;
    for (const auto& step : workers.steps) most = std::max(most, step.second);
    if (most >= most_told_apart)
        error(path + ".workers", "unlimited workers do not go from stage to stage",
              "write how many there are");
    if (has_nodes(workers))
        error(path + ".order", "nodes that hold several items do not go from stage to stage",
              "leave 'cores' and 'memory' out");
    if (workers.backfill != Backfill::never)
        error(path + ".backfill", "a worker takes who waits where it is, and nobody else",
              "leave 'backfill' out");
    if (workers.least || !workers.poll.empty())
        error(path + (workers.least ? ".workers" : ".poll"),
              "workers that go from stage to stage are never idle", "write one number of workers");
}

bool Checker::has_nodes(const Workers& workers) const {
    const auto is_node = [](const WorkerType& type) { return type.cores > 0 || type.memory_bytes > 0; };
    if (is_node(workers.type)) return true;
    for (const auto& [name, count] : workers.groups)
        for (const WorkerType& type : s_.twin.types)
            if (type.name == name && is_node(type)) return true;
    return false;
}

void Checker::check_range(const Workers& workers, const std::string& path) {
    if (!workers.least) {
        const char* range = "write a range, such as 'workers: 0..8'";
        if (workers.scale) error(path + ".scale", "'scale' has no range to move in", range);
        if (!workers.start_up.empty())
            error(path + ".start_up", "'start_up' without a range: no worker ever starts", range);
        if (!workers.keep_alive.empty())
            error(path + ".keep_alive", "'keep_alive' without a range: no worker is ever put off", range);
        return;
    }
    if (!workers.scale)
        return error(path + ".workers", "a range, and nothing says how many of it",
                     "add 'scale: {waiting: 1}', or '{utilisation: 70%, every: 1min}'");
    check_law_of_workers(workers.start_up, path + ".start_up");
    check_law_of_workers(workers.keep_alive, path + ".keep_alive");
    if (workers.order == Order::shared)
        error(path + ".workers", "a range of workers beside 'order: shared'",
              "write one number, and 'speedup'");
    if (workers.count >= most_told_apart)
        error(path + ".workers", "a range of a million workers", "write a smaller one");
    const Scale& scale = *workers.scale;
    if (scale.waiting > 0) {
        const char* at_once = "'waiting' moves at once: leave it out, or scale by 'lag' or 'utilisation'";
        if (scale.every) error(path + ".scale.every", "'every' beside 'waiting'", at_once);
        if (scale.cooldown > 0) error(path + ".scale.cooldown", "'cooldown' beside 'waiting'", at_once);
        if (scale.step != unlimited) error(path + ".scale.step", "'step' beside 'waiting'", at_once);
        if (scale.pause > 0) error(path + ".scale.pause", "'pause' beside 'waiting'", at_once);
        return;
    }
    if (!scale.every)
        error(path + ".scale", "nothing says how often this is decided", "add 'every: 1min'");
    else if (*scale.every <= 0)
        error(path + ".scale.every", "every 0s never lets time pass", "write a longer time");
    if (!workers.keep_alive.empty())
        error(path + ".keep_alive", "'keep_alive' beside a scaling that puts workers off itself",
              "it belongs to 'scale: {waiting: ...}': leave it out");
    if (scale.utilisation > 0 && *workers.least < 1)
        error(path + ".workers", "without a worker nothing is ever busy, and none would be started",
              "let the range begin at 1");
}

void Checker::check_poll(const Workers& workers, const std::string& path) {
    if (workers.poll.empty()) return;
    check_law_of_workers(workers.poll, path + ".poll");
    if (workers.poll.is_constant() && workers.poll.terms[0].law.mean() <= 0)
        error(path + ".poll", "it looks again at once, and time never passes", "write a time above 0s");
    std::int64_t most = workers.count;
    for (const auto& step : workers.steps) most = std::max(most, step.second);
    if (workers.order == Order::shared || most >= most_told_apart)
        error(path + ".poll", "with unlimited workers, or one for all, nobody looks for work",
              "write how many workers there are, in an order other than 'shared'");
    if (has_nodes(workers))
        error(path + ".poll", "nodes that hold several items do not look for work one by one",
              "leave 'poll' out");
    if (workers.least)
        error(path + ".poll", "'poll' beside a range of workers is not supported yet",
              "write one number of workers");
}

void Checker::check_outage(const Outage& outage, const Workers& workers, const std::string& path) {
    check_law_of_workers(outage.up, path + ".up");
    check_law_of_workers(outage.lasts, path + ".for");
    if (!outage.up.empty() && outage.up.is_constant() && outage.up.terms[0].law.mean() <= 0)
        error(path + ".up", "it fails again as soon as it is repaired, and time never passes",
              "write a time above 0s");
    if (outage.every) {
        const Schedule& every = *outage.every;
        if (every.kind == Schedule::Kind::each || every.kind == Schedule::Kind::updated)
            error(path + ".every", "an outage cannot wait for data", "write a schedule of time");
        if (every.kind == Schedule::Kind::every && every.period <= 0)
            error(path + ".every", "every 0s never lets time pass", "write a longer period");
        if (every.kind == Schedule::Kind::calendar && lacks_start())
            error(path + ".every", "a schedule of the calendar needs the date at which the run starts",
                  "add it: 'run: {start: 2026-03-09T00:00, ...}'");
        if (outage.busy_clock)
            error(path + ".clock", "a schedule goes by the calendar, not by busy time",
                  "leave 'clock' out, or write 'up' instead of 'every'");
    }
    if (outage.takes_all) return;
    std::int64_t most = workers.count;
    for (const auto& step : workers.steps) most = std::max(most, step.second);
    if (workers.order == Order::shared)
        error(path + ".takes", "all are served at once, and nobody by one worker", "write 'takes: all'");
    else if (most >= most_told_apart)
        error(path + ".takes", "unlimited workers do not fail one by one", "write 'takes: all'");
}

/// A bit of each in 64 of them (compile/resources.cpp).
void Checker::check_skills() {
    constexpr std::size_t most = 64;
    std::set<std::string> skills;
    for (const WorkerType& type : s_.twin.types) skills.insert(type.skills.begin(), type.skills.end());
    for (const Pool& pool : s_.twin.pools)
        skills.insert(pool.workers.type.skills.begin(), pool.workers.type.skills.end());
    for (const Stage& stage : s_.twin.stages)
        if (stage.work.workers)
            skills.insert(stage.work.workers->type.skills.begin(), stage.work.workers->type.skills.end());
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            if (task.work.workers)
                skills.insert(task.work.workers->type.skills.begin(), task.work.workers->type.skills.end());
    if (skills.size() > most)
        error("twin", std::to_string(skills.size()) + " different skills are more than can be told apart",
              "name at most 64");
}

void Checker::check_law_of_workers(const Law& law, const std::string& path) {
    for (const Term& term : law.terms)
        if (!term.field.empty() || term.recorded || term.per != Per::once)
            error(path, "this happens to workers, and there is no item to take a value from",
                  "write a duration, or a law such as exponential(mean 1h)");
    check_law(law, path);
}

std::vector<Checker::Capacity> Checker::nodes_of(const Workers& workers) const {
    std::vector<Capacity> nodes;
    if (!workers.groups.empty()) {
        for (const auto& [name, count] : workers.groups)
            for (const WorkerType& type : s_.twin.types)
                if (type.name == name)
                    nodes.push_back({static_cast<double>(count), type.cores, type.memory_bytes, type.skills});
        return nodes;
    }
    std::int64_t most = workers.count;
    for (const auto& [time, count] : workers.steps) most = std::max(most, count);
    nodes.push_back(
        {static_cast<double>(most), workers.type.cores, workers.type.memory_bytes, workers.type.skills});
    return nodes;
}

void Checker::check_need(const Need& need, const std::string& path) {
    used_pools_.insert(need.pool);
    run_on_.insert(need.pool);
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
    const bool cyclic = workers->order == Order::cyclic;
    if (cyclic && (need.count != 1 || containers))
        error(path, "a worker of pool " + quoted(need.pool) + " goes from stage to stage by itself",
              "nobody can ask for several: write 'runs_on: " + need.pool + "'");
    bool skilled = need.skill.empty();
    for (const Capacity& node : nodes_of(*workers)) {
        const bool can = need.skill.empty() ||
                         std::find(node.skills.begin(), node.skills.end(), need.skill) != node.skills.end();
        if (!can) continue;
        skilled = skilled || node.count > 0;
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
    if (workers->least && need.count > std::max<std::int64_t>(1, *workers->least))
        error_of_value(
            path,
            std::to_string(need.count) + " are needed at once, and pool " + quoted(need.pool) +
                " may come down to " + std::to_string(*workers->least),
            "no scaling knows of such needs: let the range begin at " + std::to_string(need.count));
    if (!skilled)
        return error_of_value(
            path, "no worker of pool " + quoted(need.pool) + " can " + quoted(need.skill),
            "give some of them the skill: 'types: {expert: {skills: [" + need.skill + "]}}'");
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
                if (pool.name == need.pool && has_lines_of_its_own(pool.workers))
                    error(path + ".runs_on." + need.pool,
                          "pool " + quoted(need.pool) +
                              (pool.workers.order == Order::shared ? " serves all at once"
                                                                   : " has several lines") +
                              ", and cannot be held with others",
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
    if (work.service.empty() && !work.expected.empty())
        warn(path + ".expected", "nothing is expected of what takes no time",
             "remove it, or say how long the work takes: 'service: ...'");
    if (work.failure >= 1 && work.retry.times == unlimited)
        error(path + ".failure", "all attempts fail and are retried for ever",
              "lower 'failure', or limit 'retry.times'");
    else if (work.failure >= 1)
        warn(path + ".failure", "all attempts fail", "nothing ever comes out of " + what);
    if (!work.fails_after.empty() && work.service.empty())
        error(
            path + ".fails_after", "an attempt that takes no time fails at once",
            "say how long the work takes where it does not fail: 'service: ...', or leave 'fails_after' out");
    else if (!work.fails_after.empty() && work.failure == 0 &&
             std::none_of(s_.actions.begin(), s_.actions.end(), [](const Action& action) {
                 return action.verb == Action::Verb::set && action.key == "failure";
             }))
        warn(path + ".fails_after", "nothing fails here, so nothing takes that long",
             "add 'failure', or leave 'fails_after' out");
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
    check_law(work.expected, path + ".expected");
    check_law(work.fails_after, path + ".fails_after");
    check_spends(work, path);
    check_transfers(work, path);
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
        const bool by_key = stage.join && stage.join->of == Join::Of::inputs && stage.join->by_key;
        if (by_key && dataset.by != Dataset::By::key)
            warn("twin.datasets." + dataset.name + ".by",
                 "stage " + quoted(stage.name) + " joins by key what is dealt " +
                     "otherwise: the partner may be in another partition",
                 "write 'by: key'");
        if (!stage.work.workers) {
            if (stage.take > 1)
                error(path + ".take",
                      "the " + of + " read several at once by shared workers are not supported yet",
                      "give the stage workers of its own: 'workers: " + std::to_string(dataset.partitions) +
                          "', or leave 'take' out");
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
