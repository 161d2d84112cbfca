#include "models/analytic/uncertain_flows.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "models/analytic/attempts.h"
#include "models/joined_copies.h"

namespace understudy::models {

namespace {

bool is_constant(const Term& term) {
    return term.field.empty() && !term.recorded && term.per == Per::once &&
           term.law.kind() == kernel::Distribution::Kind::constant;
}

/// Something of every item goes to each of the targets of a split.
bool all_get_some(const Scenario& scenario, const Writes& writes) {
    // Records are whole, and nobody but this split changes how many an item has.
    std::ptrdiff_t splits = 0;
    for (const Stage& stage : scenario.twin.stages) {
        if (stage.emits.records != 1 || stage.batch || stage.window || stage.join) return false;
        splits += stage.writes.rule == Writes::Rule::split;
    }
    double fewest = INFINITY;
    for (const Load& load : scenario.loads) {
        splits += load.writes.rule == Writes::Rule::split;
        if (!load.records.empty() &&
            (load.records.terms.size() != 1 || !is_constant(load.records.terms.front())))
            return false;
        fewest = std::min(fewest, load.records.empty() ? 1 : load.records.terms.front().law.mean());
    }
    return splits == 1 &&
           std::all_of(writes.targets.begin(), writes.targets.end(),
                       [&](const Writes::Target& target) { return target.share * fewest >= 1 - 1e-9; });
}

bool all_have_as_many_parts(const Scenario& scenario, double parts) {
    for (const Load& load : scenario.loads) {
        if (load.items.empty() ? parts > 1 : load.items.terms.size() != 1) return false;
        if (!load.items.empty() &&
            (!is_constant(load.items.terms.front()) || load.items.terms.front().law.mean() < parts))
            return false;
    }
    return true;
}

}  // namespace

bool forgets_what_waits(const Scenario& scenario, const Stage& stage) {
    return std::any_of(
        scenario.twin.datasets.begin(), scenario.twin.datasets.end(), [&](const Dataset& dataset) {
            return dataset.retention &&
                   std::find(stage.reads.begin(), stage.reads.end(), dataset.name) != stage.reads.end();
        });
}

bool sheds(const Scenario& scenario, const Stage& stage) {
    // Who may try again only so often is dropped in the end.
    const bool drops = stage.queue.full == Queue::Full::drop ||
                       (stage.queue.full == Queue::Full::retry && stage.work.retry.times != unlimited);
    return (stage.queue.capacity != unlimited && drops) || !stage.queue.timeout.empty() ||
           forgets_what_waits(scenario, stage);
}

UncertainFlows uncertain_flows(const Scenario& scenario, const ScenarioGraph& graph, double parts) {
    UncertainFlows found;
    std::set<std::string> join_copies;
    for (const CopyingPlace& place : joined_copies(scenario, graph))
        for (const auto& [join, ways] : place.joins) join_copies.insert(graph.graph()[join].name);
    using Reasons = std::map<std::string, std::string>;
    const auto add_behind = [&](std::vector<std::string> open, Reasons& stages, const std::string& why) {
        while (!open.empty()) {
            const std::string stream = open.back();
            open.pop_back();
            for (const Stage& stage : scenario.twin.stages) {
                if (std::find(stage.reads.begin(), stage.reads.end(), stream) == stage.reads.end()) continue;
                if (!stages.emplace(stage.name, why).second) continue;
                for (const auto& target : targets_of(stage.name, stage.writes)) open.push_back(target.stream);
                if (!stage.dead_letter.empty()) open.push_back(stage.dead_letter);
            }
        }
    };
    const auto streams_of = [](const std::string& name, const Writes& writes) {
        std::vector<std::string> streams;
        for (const auto& target : targets_of(name, writes)) streams.push_back(target.stream);
        return streams;
    };
    const std::string parted = "an item of few records does not come to all that its records are split over";
    for (const Load& load : scenario.loads)
        if (load.writes.rule == Writes::Rule::split && !all_get_some(scenario, load.writes))
            add_behind(streams_of(load.name, load.writes), found.fewer, parted);
    for (const Stage& stage : scenario.twin.stages) {
        const std::vector<std::string> streams = streams_of(stage.name, stage.writes);
        const auto fewer = [&](const std::string& why) {
            found.fewer.emplace(stage.name, why);
            add_behind(streams, found.fewer, why);
        };
        const auto more = [&](const std::string& why) {
            found.more.emplace(stage.name, why);
            add_behind(streams, found.more, why);
        };
        if (sheds(scenario, stage)) {
            fewer("some of what would come is dropped or gives up before");
            if (!stage.dead_letter.empty())
                add_behind({stage.dead_letter}, found.more,
                           "what is dropped elsewhere comes here, and how much is not known");
        }
        if (stage.work.timeout && !cut_off(stage.work)) {
            const std::string why = "how many attempts are cut off by the timeout is not known";
            fewer(why);
            if (stage.work.retry.times != 0) found.more.emplace(stage.name, why);
            if (!stage.dead_letter.empty()) add_behind({stage.dead_letter}, found.more, why);
        }
        if (stage.window) fewer("how many items a window holds is not known beforehand");
        if (stage.batch && stage.batch->items <= 0) {
            fewer("the size of batches is not known beforehand");
            more("the size of batches is not known beforehand");
        } else if (stage.batch && stage.batch->after) {
            more("batches may close before they are full");
        }
        if (stage.join && stage.join->of != Join::Of::inputs && !all_have_as_many_parts(scenario, parts))
            more("items have different numbers of parts, which are joined");
        if (join_copies.contains(stage.name))
            fewer("copies of an item are joined here, and the equations count each");
        if (stage.writes.rule == Writes::Rule::split && !all_get_some(scenario, stage.writes))
            add_behind(streams, found.fewer, parted);
    }
    return found;
}

}  // namespace understudy::models
