#include "models/knowledge/column_readers.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <tuple>

#include "models/knowledge/column_lineage.h"

namespace understudy::models {

namespace {

class ReaderSearch {
public:
    explicit ReaderSearch(const Knowledge& g) : g_(g) {}

    ColumnReaders search(KnowledgeIndex start) {
        std::deque<KnowledgeIndex> waiting = {start};
        steps_[start] = 0;
        while (!waiting.empty()) {
            const KnowledgeIndex column = waiting.front();
            waiting.pop_front();
            look_at(column, waiting);
        }
        ColumnReaders result;
        for (const auto& [job, reached] : jobs_) result.jobs.push_back(reached);
        for (const auto& [column, from] : made_of_) result.columns.push_back({column, steps_[column], from});
        for (const KnowledgeIndex job : unknown_)
            if (!jobs_.contains(job)) result.unknown.push_back(job);
        for (auto* list : {&result.jobs, &result.columns})
            std::sort(list->begin(), list->end(), [](const Reached& a, const Reached& b) {
                return std::tuple(a.steps, a.vertex) < std::tuple(b.steps, b.vertex);
            });
        return result;
    }

private:
    void look_at(KnowledgeIndex column, std::deque<KnowledgeIndex>& waiting) {
        const ColumnLineage lineage = lineage_of_column(g_, column);
        for (const KnowledgeIndex other : lineage.made) {
            if (steps_.contains(other)) continue;
            steps_[other] = steps_[column] + 1;
            made_of_.emplace(other, column);
            waiting.push_back(other);
        }
        for (const KnowledgeIndex job : lineage.reading)
            jobs_.emplace(job, Reached{job, steps_[column] + 1, column});
        unknown_.insert(lineage.unknown.begin(), lineage.unknown.end());
    }

    const Knowledge& g_;
    std::map<KnowledgeIndex, std::size_t> steps_;       ///< of columns
    std::map<KnowledgeIndex, KnowledgeIndex> made_of_;  ///< column to the one that it was reached through
    std::map<KnowledgeIndex, Reached> jobs_;  ///< columns come in order of steps: the first is the least
    std::set<KnowledgeIndex> unknown_;
};

}  // namespace

ColumnReaders readers_of(const KnowledgeGraph& knowledge, KnowledgeIndex column) {
    const Knowledge& g = knowledge.graph();
    ReaderSearch search(g);
    ColumnReaders result = search.search(column);
    if (const auto dataset = dataset_of_column(g, column))
        for (const Reached& one : impact_of(knowledge, *dataset).reached)
            result.jobs_downstream +=
                g[one.vertex].thing == Thing::stage || g[one.vertex].thing == Thing::task ? 1 : 0;
    return result;
}

}  // namespace understudy::models
