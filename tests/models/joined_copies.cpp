// Promised: places whose copies come together again are found with the joins and the ways that lead there, those that tear
// copies apart as well, and long chains of them take no more than a place for each join ahead. Shown: random graphs beside
// the same by following each way from each place; a chain of 300.
#include "models/joined_copies.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "kernel/random.h"
#include "models/check.h"

using namespace understudy;
using models::GraphIndex;

namespace {

models::Stage& add_stage(models::Scenario& scenario, const std::string& name, std::vector<std::string> reads,
                         const std::vector<std::string>& writes) {
    models::Stage& stage = scenario.twin.stages.emplace_back();
    stage.name = name;
    stage.reads = std::move(reads);
    for (const std::string& stream : writes) stage.writes.targets.emplace_back().stream = stream;
    return stage;
}

models::Join of_parts() {
    models::Join join;
    join.of = models::Join::Of::parts;
    return join;
}

/// What copies come to from a vertex, step by step.
std::set<GraphIndex> followed(const models::Scenario& scenario, const models::ScenarioGraph& graph,
                              GraphIndex from) {
    std::set<GraphIndex> seen;
    std::vector<GraphIndex> open = {from};
    while (!open.empty()) {
        const GraphIndex at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        const models::GraphVertex& vertex = graph.graph()[at];
        if (vertex.kind == models::VertexKind::stage) {
            const models::Stage& stage = scenario.twin.stages[vertex.position];
            if (stage.batch || (stage.join && stage.join->of == models::Join::Of::inputs)) continue;
        }
        for (const models::EdgeKind kind : {models::EdgeKind::writes, models::EdgeKind::reads})
            for (const GraphIndex next : graph.out(at, kind)) open.push_back(next);
    }
    return seen;
}

/// Stages in a row, each of which reads some stream before it and writes one or two behind, or back.
models::Scenario random_scenario(kernel::Stream& random) {
    models::Scenario scenario;
    constexpr std::uint64_t stages = 12;
    const auto stream = [](std::uint64_t i) { return "q" + std::to_string(i); };
    models::Load& load = scenario.loads.emplace_back();
    load.name = "load";
    load.writes.targets.emplace_back().stream = stream(0);
    for (std::uint64_t i = 0; i < stages; ++i) {
        std::vector<std::string> writes = {stream(i + 1)};
        if (random.below(2) == 0) writes.push_back(stream(i + 2));
        if (random.below(8) == 0) writes.push_back(stream(random.below(i + 1)));
        std::vector<std::string> reads = {stream(i)};
        if (i > 0 && random.below(4) == 0) reads.push_back(stream(i - 1));
        models::Stage& stage = add_stage(scenario, "s" + std::to_string(i), std::move(reads), writes);
        if (random.below(3) == 0)
            stage.writes.rule = models::Writes::Rule::share;
        else
            stage.writes.rule = models::Writes::Rule::copy;
        if (random.below(4) == 0) {
            stage.join = of_parts();
            if (random.below(4) == 0) stage.join->of = models::Join::Of::inputs;
        }
        if (random.below(12) == 0) stage.batch = models::Batch{};
    }
    return scenario;
}

}  // namespace

TEST_CASE("copies that come together again, as each way tells") {
    kernel::Stream random(kernel::stream_key(7, 0, "copies", kernel::Purpose::other));
    std::size_t places = 0;
    for (int round = 0; round < 300; ++round) {
        const models::Scenario scenario = random_scenario(random);
        const models::ScenarioGraph graph(scenario);
        std::map<GraphIndex, std::map<GraphIndex, std::set<GraphIndex>>> expected;
        for (auto [v, end] = boost::vertices(graph.graph()); v != end; ++v) {
            const models::GraphVertex& vertex = graph.graph()[*v];
            std::vector<GraphIndex> ways;
            if (vertex.kind == models::VertexKind::stream)
                ways = graph.out(*v, models::EdgeKind::reads);
            else if (vertex.kind == models::VertexKind::stage &&
                     scenario.twin.stages[vertex.position].writes.rule == models::Writes::Rule::copy)
                ways = graph.out(*v, models::EdgeKind::writes);
            for (const GraphIndex way : ways)
                for (const GraphIndex at : followed(scenario, graph, way)) {
                    if (graph.graph()[at].kind != models::VertexKind::stage) continue;
                    const models::Stage& stage = scenario.twin.stages[graph.graph()[at].position];
                    if (stage.join && stage.join->of == models::Join::Of::parts) expected[*v][at].insert(way);
                }
            std::erase_if(expected[*v], [](const auto& one) { return one.second.size() < 2; });
            if (expected[*v].empty()) expected.erase(*v);
        }
        const auto found = models::joined_copies(scenario, graph);
        REQUIRE(found.size() == expected.size());
        for (const models::CopyingPlace& place : found) {
            CHECK(place.joins == expected.at(place.at));
            std::set<GraphIndex> ways;
            for (const auto& [join, leading] : place.joins) ways.insert(leading.begin(), leading.end());
            CHECK(place.ways == ways);
        }
        places += found.size();
    }
    CHECK(places > 300);
}

TEST_CASE("a long chain of copies and joins") {
    models::Scenario scenario;
    constexpr std::size_t length = 300;
    models::Load& load = scenario.loads.emplace_back();
    load.name = "load";
    load.writes.targets.emplace_back().stream = "q0";
    for (std::size_t i = 0; i < length; ++i) {
        const std::string at = std::to_string(i);
        add_stage(scenario, "s" + at, {"q" + at}, {"l" + at, "r" + at}).writes.rule =
            models::Writes::Rule::copy;
        add_stage(scenario, "x" + at, {"l" + at}, {"m" + at});
        add_stage(scenario, "y" + at, {"r" + at}, {"m" + at});
        add_stage(scenario, "j" + at, {"m" + at}, {"q" + std::to_string(i + 1)}).join = of_parts();
    }
    const models::ScenarioGraph graph(scenario);
    std::size_t joins = 0;
    for (const models::CopyingPlace& place : models::joined_copies(scenario, graph))
        joins += place.joins.size();
    CHECK(joins == length * (length + 1) / 2);
    CHECK(models::torn_copies(scenario, graph).empty());
    const models::JoinsAhead ahead(scenario, graph);
    CHECK(ahead.from(graph.find(models::VertexKind::stream, "q0")).size() == length);
    CHECK(ahead.from(graph.find(models::VertexKind::stage, "x299")).size() == 1);
}
