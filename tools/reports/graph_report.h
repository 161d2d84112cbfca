// Answers of the knowledge graph for a terminal. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/knowledge/knowledge_queries.h"
#include "tools/reports/text_report.h"

namespace understudy::reports {

std::string impact_report(const models::KnowledgeGraph& knowledge, models::KnowledgeIndex start,
                          const models::Impact& impact, const TextOptions& look);
std::string lineage_report(const models::KnowledgeGraph& knowledge, models::KnowledgeIndex start,
                           const std::vector<models::Reached>& lineage, const TextOptions& look);
/// `way` may be empty: there is none.
std::string path_report(const models::KnowledgeGraph& knowledge, models::KnowledgeIndex from,
                        models::KnowledgeIndex to, const std::vector<models::KnowledgeIndex>& way,
                        const TextOptions& look);
/// Who answers for the thing and for what it touches.
std::string owners_report(const models::KnowledgeGraph& knowledge, models::KnowledgeIndex start,
                          const models::Impact& impact, const TextOptions& look);
std::string cycles_report(const models::KnowledgeGraph& knowledge,
                          const std::vector<std::vector<models::KnowledgeIndex>>& cycles,
                          const TextOptions& look);
std::string critical_report(const models::KnowledgeGraph& knowledge,
                            const std::vector<models::CriticalPath>& paths,
                            const std::vector<models::Reach>& reaches, const TextOptions& look);

}  // namespace understudy::reports
