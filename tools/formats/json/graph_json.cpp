#include "tools/formats/json/graph_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using models::KnowledgeGraph;
using models::KnowledgeIndex;

Json thing(const KnowledgeGraph& knowledge, KnowledgeIndex v) {
    const models::Knowledge& g = knowledge.graph();
    Json json = {{"kind", models::name_of(g[v].thing)}, {"name", g[v].name}};
    if (!g[v].label.empty()) json["label"] = g[v].label;
    if (std::string owner = models::owners_of(g, v); !owner.empty()) json["owner"] = std::move(owner);
    if (g[v].thing == models::Thing::version) {
        json["time"] = g[v].time;
        json["reason"] = g[v].description;
    }
    return json;
}

Json things(const KnowledgeGraph& knowledge, const std::vector<KnowledgeIndex>& all) {
    Json list = Json::array();
    for (const KnowledgeIndex v : all) list.push_back(thing(knowledge, v));
    return list;
}

Json names(const KnowledgeGraph& knowledge, const std::vector<KnowledgeIndex>& all) {
    Json list = Json::array();
    for (const KnowledgeIndex v : all) list.push_back(knowledge.graph()[v].name);
    return list;
}

Json reached(const KnowledgeGraph& knowledge, const std::vector<models::Reached>& all) {
    Json list = Json::array();
    for (const models::Reached& one : all) {
        Json row = thing(knowledge, one.vertex);
        row["steps"] = one.steps;
        row["through"] = knowledge.graph()[one.from].name;
        list.push_back(std::move(row));
    }
    return list;
}

std::string text_of(const Json& document) { return json_text(document); }

}  // namespace

std::string impact_as_json(const KnowledgeGraph& knowledge, KnowledgeIndex start,
                           const models::Impact& impact) {
    Json document;
    document["of"] = thing(knowledge, start);
    document["affected"] = reached(knowledge, impact.reached);
    document["promises"] = names(knowledge, impact.promises);
    document["contracts"] = names(knowledge, impact.contracts);
    document["owners"] = names(knowledge, impact.owners);
    document["competing"] = things(knowledge, impact.competing);
    document["unknown"] = things(knowledge, impact.unknown);
    return text_of(document);
}

std::string lineage_as_json(const KnowledgeGraph& knowledge, KnowledgeIndex start,
                            const std::vector<models::Reached>& lineage) {
    Json document;
    document["of"] = thing(knowledge, start);
    document["sources"] = reached(knowledge, lineage);
    return text_of(document);
}

std::string path_as_json(const KnowledgeGraph& knowledge, KnowledgeIndex from, KnowledgeIndex to,
                         const std::vector<KnowledgeIndex>& way) {
    Json document;
    document["from"] = thing(knowledge, from);
    document["to"] = thing(knowledge, to);
    document["path"] = things(knowledge, way);
    return text_of(document);
}

std::string cycles_as_json(const KnowledgeGraph& knowledge,
                           const std::vector<std::vector<KnowledgeIndex>>& cycles) {
    Json document;
    document["cycles"] = Json::array();
    for (const auto& group : cycles) document["cycles"].push_back(things(knowledge, group));
    return text_of(document);
}

std::string critical_as_json(const KnowledgeGraph& knowledge, const std::vector<models::CriticalPath>& paths,
                             const std::vector<models::Reach>& reaches) {
    Json document;
    document["paths"] = Json::array();
    for (const models::CriticalPath& path : paths) {
        Json tasks = Json::array();
        for (std::size_t i = 0; i < path.tasks.size(); ++i) {
            const models::KnowledgeVertex& task = knowledge.graph()[path.tasks[i]];
            tasks.push_back(
                {{"name", task.name}, {"begins_s", path.begins[i]}, {"seconds", task.least_seconds}});
        }
        document["paths"].push_back({{"pipeline", knowledge.graph()[path.pipeline].name},
                                     {"seconds", path.seconds},
                                     {"tasks", std::move(tasks)}});
    }
    document["most_depends_on"] = Json::array();
    for (const models::Reach& one : reaches) {
        Json row = thing(knowledge, one.vertex);
        row["promises"] = one.promises;
        row["things"] = one.things;
        document["most_depends_on"].push_back(std::move(row));
    }
    return text_of(document);
}

}  // namespace understudy::formats
