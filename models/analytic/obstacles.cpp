#include "models/analytic/obstacles.h"

#include <algorithm>
#include <set>

#include "models/analytic/network.h"

namespace understudy::models {

std::string trouble_of(const Load& load) {
    const std::string name = quoted(load.name);
    if (!load.profile.empty()) return name + " varies over time (profile)";
    if (load.arrivals.kind == Arrivals::Kind::states) return name + " comes in bursts (states)";
    if (load.arrivals.kind == Arrivals::Kind::recorded) return name + " is recorded, and not a law";
    if (load.arrivals.kind == Arrivals::Kind::saturated) return name + " is saturated";
    if (load.count != unlimited) return name + " ends after so many items (count)";
    if (load.from > 0 || load.until != kernel::never) return name + " is on for a time only (from, until)";
    if (!load.delay.empty()) return name + " comes late (delay)";
    if (load.arrivals.kind == Arrivals::Kind::every &&
        (load.arrivals.interval.terms.size() != 1 || !load.arrivals.interval.terms.front().field.empty() ||
         load.arrivals.interval.terms.front().recorded))
        return "the times between arrivals of " + name + " are not one law";
    return "";
}

bool in_groups_of_one(const Load& load) {
    return load.items.empty() || (load.items.is_constant() && load.items.terms[0].law.mean() == 1);
}

std::string trouble_of(const Workers& workers, const std::string& name) {
    if (workers.scale || workers.least) return "the number of workers of " + name + " follows the work";
    if (!workers.steps.empty() || !workers.shifts.empty())
        return "the number of workers of " + name + " changes over time";
    if (!workers.outages.empty()) return "workers of " + name + " fail or pause (outages)";
    if (!workers.poll.empty()) return "workers of " + name + " look for work now and then (poll)";
    if (!workers.launch.empty() || !workers.release.empty())
        return name + " holds workers beyond the service (launch, release)";
    if (!workers.speedup.empty())
        return "the speed of " + name + " depends on how many are at work (speedup)";
    switch (workers.order) {
        case Order::cyclic: return name + " goes from stage to stage (order: cyclic)";
        case Order::deadline: return name + " goes by deadlines";
        default: break;
    }
    if (workers.preempt && workers.interrupted != Interrupted::resume)
        return "work that is cut off at " + name + " does not resume";
    return "";
}

std::string trouble_of(const Stage& stage) {
    const std::string name = quoted(stage.name);
    if (stage.join) return name + " joins parts or inputs";
    if (stage.batch) return name + " gathers batches";
    if (stage.window) return name + " gathers windows";
    if (stage.take > 1) return "workers of " + name + " take up several items at once (take)";
    if (!stage.holds_until.empty()) return name + " keeps workers beyond its service (holds_until)";
    if (!stage.work.spends.empty()) return name + " waits for a budget";
    if (!stage.work.transfers.over.empty()) return name + " moves data over a link (transfers)";
    if (!stage.work.fails_after.empty() && stage.work.failure > 0)
        return "attempts that fail take another time at " + name + " (fails_after)";
    if (stage.work.timeout) return name + " cuts attempts off (timeout)";
    if (stage.emits.items != 1) return name + " makes several items of one (emits)";
    if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::block)
        return "a full queue at " + name + " blocks what comes before it";
    if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::retry)
        return "items that find the queue of " + name + " full come back";
    const std::size_t needs = stage.work.runs_on.size() + (stage.work.workers ? 1 : 0);
    if (needs > 1) return name + " needs several pools at once";
    for (const Need& need : stage.work.runs_on) {
        if (need.count > 1) return name + " needs several workers at once";
        if (need.cores > 0 || need.memory_bytes > 0) return name + " needs cores or memory of nodes";
        if (!need.skill.empty()) return "not every worker can do " + name;
    }
    if (!stage.work.launch.empty()) return name + " holds workers beyond the service (launch)";
    if (!tries_of(stage.work)) return "the pauses before retries at " + name + " depend on the item";
    return "";
}

namespace {

/// Some workers are without number.
bool serves_without_end(const Scenario& scenario) {
    const auto endless = [](const Workers& workers) { return workers.count == unlimited; };
    return std::any_of(scenario.twin.pools.begin(), scenario.twin.pools.end(),
                       [&](const Pool& pool) { return endless(pool.workers); }) ||
           std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(), [&](const Stage& stage) {
               return stage.work.workers && endless(*stage.work.workers);
           });
}

}  // namespace

bool tries_again(const Scenario& scenario) {
    return std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(), [](const Stage& stage) {
        return stage.work.failure > 0 && stage.work.retry.times > 0;
    });
}

bool tries_again_at_once(const Scenario& scenario) {
    return std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(), [](const Stage& stage) {
        const Retry& retry = stage.work.retry;
        const bool no_pause = std::all_of(retry.backoff.begin(), retry.backoff.end(), [](const Law& law) {
            return law.is_constant() && law.terms.front().law.mean() == 0;
        });
        return stage.work.failure > 0 && retry.times > 0 && no_pause && retry.first.value_or(0) == 0;
    });
}

bool loses_after_tries(const Scenario& scenario) {
    return std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(), [](const Stage& stage) {
        return stage.work.failure > 0 && stage.work.retry.times > 0 && stage.work.retry.times != unlimited;
    });
}

bool shares_pools(const Scenario& scenario) {
    std::set<std::string> pools;
    for (const Stage& stage : scenario.twin.stages)
        for (const Need& need : stage.work.runs_on)
            if (!pools.insert(need.pool).second) return true;
    return false;
}

std::string trouble_of(const Scenario& scenario) {
    const auto& stages = scenario.twin.stages;
    if (!scenario.twin.state.empty())
        return "it begins in the middle of things (state), and formulas know what is there in the long run";
    const bool again = tries_again(scenario);
    for (const Load& load : scenario.loads) {
        if (load.count != unlimited || load.from > 0 || load.until != kernel::never) return trouble_of(load);
        if (!in_groups_of_one(load) && serves_without_end(scenario))
            return quoted(load.name) + " brings several items at once (items)";
        if (again && load.arrivals.kind == Arrivals::Kind::users)
            return "users of " + quoted(load.name) + " wait for attempts that are made again";
        if (again && load.arrivals.kind == Arrivals::Kind::every)
            return quoted(load.name) + " is regular, and attempts that are made again are not";
    }
    // Without a stage that reads several streams there is no loop.
    const bool merges =
        std::any_of(stages.begin(), stages.end(), [](const Stage& stage) { return stage.reads.size() > 1; });
    const auto looks_back = [](const Workers& workers) {
        return workers.order == Order::lifo || workers.order == Order::random;
    };
    const auto of_workers = [&](const Workers& workers, const std::string& name) -> std::string {
        if (!workers.release.empty() || !workers.launch.empty()) return trouble_of(workers, quoted(name));
        if (looks_back(workers) && (again || shares_pools(scenario) || merges))
            return "the order of " + quoted(name) + " has no formula among several stages or with retries";
        return "";
    };
    for (const Pool& pool : scenario.twin.pools)
        if (std::string why = of_workers(pool.workers, pool.name); !why.empty()) return why;
    for (const Stage& stage : stages) {
        if (stage.work.workers)
            if (std::string why = of_workers(*stage.work.workers, stage.name); !why.empty()) return why;
        if (!stage.work.launch.empty()) return trouble_of(stage);
        if (stage.queue.capacity != unlimited && stages.size() > 1)
            return "what comes through " + quoted(stage.name) + ", whose queue may be full, has no formula";
        if (stage.work.failure > 0 && stage.work.service.empty())
            return quoted(stage.name) + " fails without a service";
    }
    return "";
}

}  // namespace understudy::models
