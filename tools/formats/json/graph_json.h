// Answers of the knowledge graph as one JSON document each. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/knowledge/knowledge_queries.h"

namespace understudy::formats {

std::string impact_as_json(const models::KnowledgeGraph& knowledge, models::KnowledgeIndex start,
                           const models::Impact& impact);
std::string lineage_as_json(const models::KnowledgeGraph& knowledge, models::KnowledgeIndex start,
                            const std::vector<models::Reached>& lineage);
std::string path_as_json(const models::KnowledgeGraph& knowledge, models::KnowledgeIndex from,
                         models::KnowledgeIndex to, const std::vector<models::KnowledgeIndex>& way);
std::string cycles_as_json(const models::KnowledgeGraph& knowledge,
                           const std::vector<std::vector<models::KnowledgeIndex>>& cycles);
std::string critical_as_json(const models::KnowledgeGraph& knowledge,
                             const std::vector<models::CriticalPath>& paths,
                             const std::vector<models::Reach>& reaches);

}  // namespace understudy::formats
