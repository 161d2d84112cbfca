// What becomes of the copies of an item: which of them come to a join of parts, and which come together again.
#include <algorithm>

#include "models/compile/compiler.h"
#include "models/joined_copies.h"

namespace understudy::models {

/// After streams, loads, stages and pipelines.
void Compiler::add_copies() {
    const std::set<GraphIndex> leading = leading_to_joins(scenario, graph);
    if (leading.empty()) return;
    std::vector<bool> stage_leads(model.stages.size());
    for (const GraphIndex at : leading) stage_leads[find(graph.graph()[at].name)->stage] = true;
    const auto stream_leads = [&](Index stream) {
        if (stream == none) return false;
        const auto& readers = model.streams[stream].readers;
        return std::any_of(readers.begin(), readers.end(), [&](Index stage) { return stage_leads[stage]; });
    };
    const auto lead = [&](Outlet& outlet) {
        for (const Index stream : outlet.streams) outlet.copies.lead_to_join.push_back(stream_leads(stream));
    };
    for (LoadRow& load : model.loads) lead(load.outlet);
    for (StageRow& stage : model.stages) lead(stage.outlet);
    for (StreamRow& stream : model.streams) {
        for (const Index stage : stream.readers) stream.copies.lead_to_join.push_back(stage_leads[stage]);
        stream.copies.lead_to_join.resize(stream.readers.size() + stream.runs_each.size());
    }
    for (const CopyingPlace& place : joined_copies(scenario, graph)) {
        const auto index = static_cast<Index>(model.copying_places.size());
        CopyingPlaceRow& row = model.copying_places.emplace_back();
        row.joins.resize(model.stages.size());
        for (const GraphIndex join : place.joins) row.joins[find(graph.graph()[join].name)->stage] = true;
        const GraphVertex& at = graph.graph()[place.at];
        const Element* names = find(at.name);
        Copies& copies = at.kind == VertexKind::stream ? model.streams[names->stream].copies
                         : at.kind == VertexKind::load ? model.loads[names->load].outlet.copies
                                                       : model.stages[names->stage].outlet.copies;
        const auto joined = [&](VertexKind kind, Index element) {
            return place.ways.contains(graph.find(kind, model.elements[element].name));
        };
        copies.place = index;
        copies.joined.resize(copies.lead_to_join.size());
        for (std::size_t i = 0; i < copies.joined.size(); ++i) {
            if (at.kind != VertexKind::stream) {
                const Index stream = at.kind == VertexKind::load
                                         ? model.loads[names->load].outlet.streams[i]
                                         : model.stages[names->stage].outlet.streams[i];
                copies.joined[i] =
                    stream != none && joined(VertexKind::stream, model.streams[stream].element);
            } else if (const auto& readers = model.streams[names->stream].readers; i < readers.size()) {
                copies.joined[i] = joined(VertexKind::stage, model.stages[readers[i]].element);
            }
        }
    }
}

}  // namespace understudy::models
