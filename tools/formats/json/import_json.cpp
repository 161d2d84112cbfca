#include "tools/formats/json/import_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

void add_update(nlohmann::ordered_json& document, const TwinUpdate& update) {
    document["edits"] = {{"added", update.added}, {"set", update.set}, {"removed", update.removed}};
    document["overwritten"] = nlohmann::ordered_json::array();
    for (const Overwritten& one : update.overwritten) {
        nlohmann::ordered_json json = {{"what", one.what}, {"version", one.version}};
        if (!one.author.empty()) json["author"] = one.author;
        if (!one.kind.empty()) json["kind"] = one.kind;
        if (one.imported) json["imported"] = *one.imported;
        if (one.set) json["set"] = *one.set;
        if (one.now) json["now"] = *one.now;
        document["overwritten"].push_back(std::move(json));
    }
}

}  // namespace

std::string import_as_json(const Catalog& catalog, const CatalogTwin& twin,
                           const std::optional<TwinUpdate>& update, const std::optional<Committed>& version) {
    using Json = nlohmann::ordered_json;
    Json document;
    document["scenario"] = twin.scenario.name;
    if (version) {
        document["version"] = version_text(version->version.twin, version->version.number);
        document["added"] = version->added;
        document["sha256"] = version->version.sha256;
    }
    Json counts = Json::object();
    for (const auto& [name, count] : catalog.counts.listed()) counts[name] = count;
    document["counts"] = counts;
    Json pipelines = Json::array();
    for (const models::Pipeline& pipeline : twin.scenario.twin.pipelines) {
        Json one = {
            {"name", pipeline.name}, {"label", pipeline.description.label}, {"tasks", pipeline.tasks.size()}};
        for (std::size_t k = 0; k < catalog.pipelines.size(); ++k) {
            const CatalogPipeline& from = catalog.pipelines[k];
            if (twin.pipeline_labels.at(k) != pipeline.description.label) continue;
            if (!from.schedule.empty()) one["schedule"] = from.schedule;
            if (from.workers > 0) one["workers"] = from.workers;
            if (from.recorded_span > 0) one["recorded_span_s"] = kernel::to_seconds(from.recorded_span);
        }
        pipelines.push_back(std::move(one));
    }
    document["pipelines"] = pipelines;
    if (update) add_update(document, *update);
    if (!twin.versions.empty()) {
        document["versions"] = Json::array();
        for (const models::KeptVersion& one : twin.versions)
            document["versions"].push_back({{"version", one.name},
                                            {"twin", one.twin},
                                            {"author", one.author},
                                            {"time", one.time},
                                            {"reason", one.reason}});
    }
    Json notes = twin.notes;
    if (update)
        for (const std::string& note : update->notes) notes.push_back(note);
    document["notes"] = notes;
    document["assumed"] = twin.assumed;
    document["not_used"] = twin.not_used;
    return json_text(document);
}

std::string with_outcome(const std::string& document, const std::optional<TwinUpdate>& update,
                         const std::optional<Committed>& version) {
    auto json = nlohmann::ordered_json::parse(document);
    if (version) {
        json["version"] = version_text(version->version.twin, version->version.number);
        json["added"] = version->added;
        json["sha256"] = version->version.sha256;
    }
    if (update) {
        add_update(json, *update);
        json["kept"] = update->notes;
    }
    return json_text(json);
}

}  // namespace understudy::formats
