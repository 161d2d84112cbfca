#include "models/knowledge/column_lineage.h"

#include <boost/range/iterator_range.hpp>
#include <set>

namespace understudy::models {

namespace {

enum class Reads { it, perhaps, nothing_of_it };

bool is_told(const Knowledge& g, KnowledgeIndex column) {
    if (g[column].origin_told) return true;
    for (const auto e : boost::make_iterator_range(boost::out_edges(column, g)))
        if (g[e].relation == Relation::derives_from) return true;
    return false;
}

Reads reads(const Knowledge& g, KnowledgeIndex job, const std::set<KnowledgeIndex>& made_of_it) {
    bool writes_columns = false, all_told = true;
    for (const auto out : boost::make_iterator_range(boost::out_edges(job, g))) {
        if (g[out].relation != Relation::produces) continue;
        for (const auto in : boost::make_iterator_range(boost::in_edges(boost::target(out, g), g))) {
            if (g[in].relation != Relation::part_of) continue;
            const KnowledgeIndex column = boost::source(in, g);
            if (made_of_it.contains(column)) return Reads::it;
            writes_columns = true;
            all_told = all_told && is_told(g, column);
        }
    }
    return writes_columns && all_told ? Reads::nothing_of_it : Reads::perhaps;
}

}  // namespace

std::optional<KnowledgeIndex> dataset_of_column(const Knowledge& graph, KnowledgeIndex column) {
    if (graph[column].thing != Thing::column) return std::nullopt;
    for (const auto e : boost::make_iterator_range(boost::out_edges(column, graph)))
        if (graph[e].relation == Relation::part_of) return boost::target(e, graph);
    return std::nullopt;
}

ColumnLineage lineage_of_column(const Knowledge& graph, KnowledgeIndex column) {
    ColumnLineage lineage;
    for (const auto e : boost::make_iterator_range(boost::in_edges(column, graph)))
        if (graph[e].relation == Relation::derives_from) lineage.made.push_back(boost::source(e, graph));
    const auto dataset = dataset_of_column(graph, column);
    if (!dataset) return lineage;
    const std::set<KnowledgeIndex> made(lineage.made.begin(), lineage.made.end());
    for (const auto e : boost::make_iterator_range(boost::in_edges(*dataset, graph))) {
        if (graph[e].relation != Relation::consumes) continue;
        const KnowledgeIndex job = boost::source(e, graph);
        switch (reads(graph, job, made)) {
            case Reads::it: lineage.reading.push_back(job); break;
            case Reads::perhaps: lineage.unknown.push_back(job); break;
            case Reads::nothing_of_it: break;
        }
    }
    return lineage;
}

}  // namespace understudy::models
