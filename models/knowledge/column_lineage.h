// Which jobs read a column, as lineage has it (`derives_from`): the rule that all questions about columns go by.
//
// A job that reads the dataset and writes a column that is made of the one asked about reads it. One that writes columns of
// which nobody says what they are made of may read it; `derives_from: []` says of a column that it is made of nothing. All
// others, whose columns are all told and none is made of it, do not read it. Pure, thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "models/knowledge/knowledge_graph.h"

namespace understudy::models {

struct ColumnLineage {
    std::vector<KnowledgeIndex> made;     ///< columns that are made of it
    std::vector<KnowledgeIndex> reading;  ///< jobs that read it
    std::vector<KnowledgeIndex> unknown;  ///< jobs that may
};

/// One step on from a column; in the order of edges.
ColumnLineage lineage_of_column(const Knowledge& graph, KnowledgeIndex column);

/// Nothing for what is no column.
std::optional<KnowledgeIndex> dataset_of_column(const Knowledge& graph, KnowledgeIndex column);

}  // namespace understudy::models
