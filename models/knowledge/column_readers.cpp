#include "models/knowledge/column_readers.h"

#include <algorithm>
#include <boost/range/iterator_range.hpp>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>

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

    std::optional<KnowledgeIndex> dataset_of(KnowledgeIndex column) const {
        for (const auto e : boost::make_iterator_range(boost::out_edges(column, g_)))
            if (g_[e].relation == Relation::part_of) return boost::target(e, g_);
        return std::nullopt;
    }

private:
    void look_at(KnowledgeIndex column, std::deque<KnowledgeIndex>& waiting) {
        std::set<KnowledgeIndex> made;
        for (const auto e : boost::make_iterator_range(boost::in_edges(column, g_))) {
            const KnowledgeIndex other = boost::source(e, g_);
            if (g_[e].relation != Relation::derives_from) continue;
            made.insert(other);
            if (steps_.contains(other)) continue;
            steps_[other] = steps_[column] + 1;
            made_of_.emplace(other, column);
            waiting.push_back(other);
        }
        const auto dataset = dataset_of(column);
        if (!dataset) return;
        for (const auto e : boost::make_iterator_range(boost::in_edges(*dataset, g_))) {
            if (g_[e].relation != Relation::consumes) continue;
            const KnowledgeIndex job = boost::source(e, g_);
            const Written written = written_by(job, made);
            if (written.of_it)
                jobs_.emplace(job, Reached{job, steps_[column] + 1, column});
            else if (!written.told)
                unknown_.insert(job);
        }
    }

    struct Written {
        bool of_it = false;  ///< a column that is made of the one that is asked about
        bool told = false;   ///< a column of which it is known what it is made of
    };
    Written written_by(KnowledgeIndex job, const std::set<KnowledgeIndex>& made) const {
        Written written;
        for (const auto out : boost::make_iterator_range(boost::out_edges(job, g_))) {
            if (g_[out].relation != Relation::produces) continue;
            for (const auto in : boost::make_iterator_range(boost::in_edges(boost::target(out, g_), g_))) {
                if (g_[in].relation != Relation::part_of) continue;
                const KnowledgeIndex column = boost::source(in, g_);
                written.of_it = written.of_it || made.contains(column);
                for (const auto from : boost::make_iterator_range(boost::out_edges(column, g_)))
                    written.told = written.told || g_[from].relation == Relation::derives_from;
            }
        }
        return written;
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
    if (const auto dataset = search.dataset_of(column))
        for (const Reached& one : impact_of(knowledge, *dataset).reached)
            result.jobs_downstream +=
                g[one.vertex].thing == Thing::stage || g[one.vertex].thing == Thing::task ? 1 : 0;
    return result;
}

}  // namespace understudy::models
