#include "tools/studies/side_by_side.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/graph.h"

namespace understudy::studies {

namespace {

using models::Action;
using models::Stage;

/// What all draws of sides go by.
constexpr const char* sides_name = "(sides)";

bool needs_pool(const models::Work& work, const std::string& pool) {
    return std::any_of(work.runs_on.begin(), work.runs_on.end(),
                       [&](const models::Need& need) { return need.pool == pool; });
}

/// A stage or task whose workers are those of a stage, or are held until it is done; empty: none.
std::string user_of(const models::Scenario& scenario, const std::string& stage) {
    for (const Stage& other : scenario.twin.stages)
        if (other.holds_until == stage || needs_pool(other.work, stage)) return other.name;
    for (const models::Pipeline& pipeline : scenario.twin.pipelines)
        for (const models::Task& task : pipeline.tasks)
            if (needs_pool(task.work, stage)) return pipeline.name + "." + task.name;
    return "";
}

bool has_key(const models::Scenario& scenario) {
    return std::any_of(scenario.loads.begin(), scenario.loads.end(),
                       [](const models::Load& load) { return !load.key.empty(); }) ||
           std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(),
                       [](const Stage& stage) { return !stage.emits.key.empty(); });
}

Action share_action(const SideBySide::Router& router, double share) {
    Action action;
    action.verb = Action::Verb::set;
    action.target = router.name;
    action.key = "writes";
    action.to.shares = {{router.candidate, share}, {router.baseline, 1 - share}};
    return action;
}

/// The stage that shares out what `stage` reads of one stream, and the streams behind it.
Stage router_of(const SideBySide::Router& router, const std::string& stream, bool by_key) {
    Stage stage;
    stage.name = router.name;
    stage.reads = {stream};
    stage.writes.rule = models::Writes::Rule::share;
    if (by_key) stage.writes.attribute = "key";
    stage.writes.targets.push_back({router.candidate, 0, {}});
    stage.writes.targets.push_back({router.baseline, 1, {}});
    return stage;
}

/// Both read from partitions as they did before; what is said of the data themselves stays where it was.
void add_datasets(models::Twin& twin, const SideBySide::Router& router, const std::string& stream) {
    const auto found = std::find_if(twin.datasets.begin(), twin.datasets.end(),
                                    [&](const models::Dataset& dataset) { return dataset.name == stream; });
    if (found == twin.datasets.end() || (found->partitions == 0 && !found->retention)) return;
    models::Dataset one;
    one.partitions = found->partitions;
    one.by = found->by;
    one.retention = found->retention;
    for (const std::string& name : {router.baseline, router.candidate}) {
        one.name = name;
        twin.datasets.push_back(one);
    }
}

/// What is there at the start has come by the baseline's stream.
void rename_from(models::InitialState& state, const std::string& stage, const std::string& stream,
                 const std::string& now) {
    for (models::ElementState& element : state.elements)
        for (models::PresentItems& items : element.items)
            if (element.element == stage && items.from == stream) items.from = now;
}

}  // namespace

bool holds_back_writers(const Stage& stage) {
    return stage.queue.capacity != models::unlimited && stage.queue.full == models::Queue::Full::block;
}

std::string candidate_name(const std::string& stage) { return stage + " (candidate)"; }

std::string why_not_shared_out(const models::Scenario& scenario, const Stage& baseline,
                               const Stage& candidate, bool by_key) {
    if (baseline.reads != candidate.reads) return "its two variants read different streams";
    if (holds_back_writers(baseline) || holds_back_writers(candidate))
        return "its full queue blocks who writes to it ('full: block'), and of two queues only one may be "
               "full, so that what shares out would have to keep what waits";
    if (const std::string user = user_of(scenario, baseline.name); !user.empty())
        return "'" + user + "' holds, or works with, the workers of this stage";
    for (const Stage* one : {&baseline, &candidate}) {
        if (!one->join) continue;
        if (one->join->of == models::Join::Of::inputs && !one->join->by_key)
            return "it joins its inputs as they arrive, and partners could come to different sides";
        if (!by_key) return "it joins, and partners could come to different sides: take 'by: key'";
    }
    if (by_key && !has_key(scenario)) return "no item has a key to be told apart by: take 'by: random'";
    return "";
}

std::vector<std::string> shared_by(const models::Scenario& scenario, const std::vector<Stage>& baseline) {
    std::vector<std::string> shared;
    const auto any = [&](auto uses) {
        return std::any_of(baseline.begin(), baseline.end(), [&](const Stage& stage) { return uses(stage); });
    };
    for (const models::Pool& pool : scenario.twin.pools)
        if (any([&](const Stage& stage) { return needs_pool(stage.work, pool.name); }))
            shared.push_back(pool.name);
    for (const models::Budget& budget : scenario.twin.budgets)
        if (any([&](const Stage& stage) {
                return std::any_of(stage.work.spends.begin(), stage.work.spends.end(),
                                   [&](const models::Spend& spend) { return spend.budget == budget.name; });
            }))
            shared.push_back(budget.name);
    return shared;
}

std::optional<std::int64_t> countable_workers(const Stage& stage) {
    if (!stage.work.workers) return std::nullopt;
    const models::Workers& workers = *stage.work.workers;
    if (workers.count <= 0 || workers.count == models::unlimited || workers.least || workers.scale ||
        !workers.steps.empty() || !workers.groups.empty() || workers.bandwidth > 0)
        return std::nullopt;
    return workers.count;
}

SideBySide side_by_side(models::Scenario scenario, const std::vector<Stage>& stages,
                        const std::vector<Stage>& candidates, bool by_key) {
    SideBySide result;
    models::Twin& twin = scenario.twin;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        Stage ours = stages[i], theirs = candidates[i];
        const std::string name = ours.name;
        theirs.name = candidate_name(name);
        // Each writes where it wrote, which is its own name unless it says otherwise.
        for (Stage* stage : {&ours, &theirs})
            if (stage->writes.targets.empty())
                stage->writes.targets = models::targets_of(name, stage->writes);
        for (std::size_t input = 0; input < ours.reads.size(); ++input) {
            const std::string stream = ours.reads[input], to = name + " < " + stream;
            const SideBySide::Router router = {to, to + " (baseline)", to + " (candidate)"};
            twin.stages.push_back(router_of(router, stream, by_key));
            twin.renamed[router.name] = sides_name;
            add_datasets(twin, router, stream);
            ours.reads[input] = router.baseline;
            theirs.reads[input] = router.candidate;
            rename_from(twin.state, name, stream, router.baseline);
            result.routers.push_back(router);
        }
        const bool fails_by_itself = theirs.work.workers && !theirs.work.workers->outages.empty();
        if (!fails_by_itself) twin.renamed[theirs.name] = twin.drawn_as(name);
        for (Stage& stage : twin.stages)
            if (stage.name == name) stage = ours;
        twin.stages.push_back(theirs);
        result.stages.push_back(std::move(theirs));
        const std::size_t actions = scenario.actions.size();
        for (std::size_t a = 0; a < actions; ++a) {
            const Action& action = scenario.actions[a];
            if (action.target != name || (!action.at && !action.every && !action.when)) continue;
            Action same = action;
            same.name.clear();
            same.target = candidate_name(name);
            scenario.actions.push_back(std::move(same));
        }
    }
    result.scenario = std::move(scenario);
    return result;
}

std::vector<Action> share_actions(const SideBySide& twin, double share, bool by_share) {
    std::vector<Action> actions;
    for (const SideBySide::Router& router : twin.routers) actions.push_back(share_action(router, share));
    if (!by_share) return actions;
    for (const Stage& stage : twin.stages) {
        const auto workers = countable_workers(stage);
        if (!workers) continue;
        Action action;
        action.verb = Action::Verb::set;
        action.target = stage.name;
        action.key = "workers";
        // A share such as 0.07 is not exactly that: 7 of 100 are 7, not 8.
        action.to.number = std::max(1.0, std::ceil(share * static_cast<double>(*workers) - 1e-9));
        actions.push_back(std::move(action));
    }
    return actions;
}

}  // namespace understudy::studies
