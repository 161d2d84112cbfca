// What becomes of the copies of an item: which of them come to a join of parts, and which come together again.
#include <algorithm>

#include "models/compile/compiler.h"
#include "models/joined_copies.h"

namespace understudy::models {

/// After streams, loads, stages and pipelines.
void Compiler::add_copies() {
    const std::vector<CopyingPlace> places = joined_copies(scenario, graph);
    const auto& stages = scenario.twin.stages;
    if (std::none_of(stages.begin(), stages.end(),
                     [](const Stage& stage) { return stage.join && stage.join->of == Join::Of::parts; }))
        return;
    const JoinsAhead joins_ahead(scenario, graph);
    const auto ahead = [&](VertexKind kind, Index element) {
        std::vector<bool> joins(model.stages.size());
        for (const GraphIndex join : joins_ahead.from(graph.find(kind, model.elements[element].name)))
            joins[find(graph.graph()[join].name)->stage] = true;
        return joins;
    };
    const auto look_ahead = [&](Outlet& outlet) {
        if (outlet.streams.size() < 2) return;
        for (const Index stream : outlet.streams)
            outlet.copies.joins_ahead.push_back(
                stream == none ? std::vector<bool>(model.stages.size())
                               : ahead(VertexKind::stream, model.streams[stream].element));
    };
    for (LoadRow& load : model.loads) look_ahead(load.outlet);
    for (StageRow& stage : model.stages) look_ahead(stage.outlet);
    for (StreamRow& stream : model.streams) {
        if (stream.readers.size() + stream.runs_each.size() < 2) continue;
        for (const Index stage : stream.readers)
            stream.copies.joins_ahead.push_back(ahead(VertexKind::stage, model.stages[stage].element));
        // What a pipeline runs for comes to no join.
        stream.copies.joins_ahead.resize(stream.readers.size() + stream.runs_each.size(),
                                         std::vector<bool>(model.stages.size()));
    }
    for (const CopyingPlace& place : places) {
        const GraphVertex& at = graph.graph()[place.at];
        const Element* names = find(at.name);
        Copies& copies = at.kind == VertexKind::stream ? model.streams[names->stream].copies
                         : at.kind == VertexKind::load ? model.loads[names->load].outlet.copies
                                                       : model.stages[names->stage].outlet.copies;
        // The vertex that each way begins with.
        std::vector<GraphIndex> ways(copies.joins_ahead.size(), Graph::null_vertex());
        for (std::size_t i = 0; i < ways.size(); ++i) {
            if (at.kind == VertexKind::stream) {
                const auto& readers = model.streams[names->stream].readers;
                if (i < readers.size())
                    ways[i] =
                        graph.find(VertexKind::stage, model.elements[model.stages[readers[i]].element].name);
                continue;
            }
            const Index stream = at.kind == VertexKind::load ? model.loads[names->load].outlet.streams[i]
                                                             : model.stages[names->stage].outlet.streams[i];
            if (stream != none)
                ways[i] = graph.find(VertexKind::stream, model.elements[model.streams[stream].element].name);
        }
        copies.place = static_cast<Index>(model.copying_places.size());
        CopyingPlaceRow& row = model.copying_places.emplace_back();
        for (const GraphIndex way : ways) copies.joined.push_back(place.ways.count(way) > 0);
        for (const auto& [join, leading] : place.joins)
            for (std::size_t i = 0; i < ways.size(); ++i)
                if (leading.count(ways[i]) > 0)
                    row.joins[find(graph.graph()[join].name)->stage].push_back(static_cast<std::uint16_t>(i));
    }
}

}  // namespace understudy::models
