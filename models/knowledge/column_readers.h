// Who reads a column: jobs that make other columns out of it, and out of these, and so on.
//
// As lineage has it (column_lineage.h). Narrower than impact_of(): what else depends on such a job is late or wrong only if
// that job is. Pure, thread-safe; linear in the columns reached and the jobs around them.
#pragma once

#include <cstddef>
#include <vector>

#include "models/knowledge/knowledge_queries.h"

namespace understudy::models {

struct ColumnReaders {
    /// Stages and tasks; `steps`: datasets on the way, 1 for those that read it itself; `from`: the column that they read.
    std::vector<Reached> jobs;
    std::vector<Reached> columns;         ///< that are made of it
    std::vector<KnowledgeIndex> unknown;  ///< jobs that may read it, or what is made of it
    /// Stages and tasks that come after its dataset in any way.
    std::size_t jobs_downstream = 0;
};

/// `column` is a column's vertex.
ColumnReaders readers_of(const KnowledgeGraph& knowledge, KnowledgeIndex column);

}  // namespace understudy::models
