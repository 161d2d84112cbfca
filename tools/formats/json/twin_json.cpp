#include "tools/formats/json/twin_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "tools/formats/json/difference_json.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/state_counts.h"

namespace understudy::formats {

namespace {

using TwinJson = nlohmann::ordered_json;

std::string document(const TwinJson& json) { return json_text(json); }

void put_version(TwinJson& json, const Version& version) {
    json["version"] = version_text(version.twin, version.number);
    json["number"] = version.number;
    json["latest"] = version.latest;
    json["tags"] = version.tags;
    json["sha256"] = version.sha256;
    json["author"] = version.signature.author;
    json["time"] = version.signature.time;
    json["reason"] = version.signature.reason;
    if (!version.change.empty()) json["change_sha256"] = version.change;
    json["record"] = version.record;
}

TwinJson twin_head(const StoredTwin& twin) {
    return {{"twin", twin.name}, {"kind", twin.kind}, {"label", twin.label}, {"versions", twin.versions}};
}

TwinJson all_tags(const StoredTwin& twin) {
    TwinJson tags = TwinJson::object();
    for (const auto& [tag, number] : twin.tags) tags[tag] = number;
    return tags;
}

}  // namespace

std::string twins_as_json(const std::vector<StoredTwin>& twins) {
    TwinJson all = TwinJson::array();
    for (const StoredTwin& twin : twins) {
        TwinJson one = twin_head(twin);
        one["all_tags"] = all_tags(twin);
        put_version(one["latest"], twin.latest);
        all.push_back(std::move(one));
    }
    return document({{"twins", std::move(all)}});
}

std::string version_as_json(const StoredTwin& twin, const Version& version, const VersionSummary& summary,
                            const VersionParts& parts) {
    TwinJson json = twin_head(twin);
    put_version(json, version);
    TwinJson counts = TwinJson::object();
    for (const auto& [name, count] : summary.counts) counts[name] = count;
    json["holds"] = std::move(counts);
    json["owners"] = summary.owners;
    if (parts.state) json["as_of_s"] = kernel::to_seconds(parts.state->as_of);
    json["state"] = state_counts_as_json(parts.state.value_or(models::InitialState{}));
    if (parts.text) json["text"] = *parts.text;
    if (parts.change) json["change"] = *parts.change;
    if (parts.origin) {
        json["made"]["action"] = parts.origin->action;
        if (!parts.origin->from.empty()) json["made"]["from"] = parts.origin->from;
        json["made"]["elements"] = elements_as_json(parts.origin->differences);
    }
    return document(json);
}

std::string committed_as_json(const StoredTwin& twin, const Committed& committed) {
    TwinJson json = twin_head(twin);
    json["added"] = committed.added;
    put_version(json, committed.version);
    return document(json);
}

std::string history_as_json(const std::string& twin, const std::vector<Record>& records) {
    TwinJson all = TwinJson::array();
    for (const Record& record : records) {
        TwinJson one = {{"sequence", record.sequence}, {"action", record.action}, {"number", record.version}};
        if (!record.tag.empty()) one["tag"] = record.tag;
        if (!record.kind.empty()) one["kind"] = record.kind;
        if (!record.label.empty()) one["label"] = record.label;
        if (!record.content.empty()) one["sha256"] = record.content;
        if (!record.change.empty()) one["change_sha256"] = record.change;
        one["author"] = record.author;
        one["time"] = record.time;
        one["reason"] = record.reason;
        one["previous"] = record.previous;
        one["record"] = record.hash;
        all.push_back(std::move(one));
    }
    return document({{"twin", twin}, {"records", std::move(all)}});
}

std::string tags_as_json(const StoredTwin& twin) {
    return document({{"twin", twin.name}, {"all_tags", all_tags(twin)}});
}

std::string deleted_as_json(const std::string& twin, const Deleted& deleted) {
    return document({{"twin", twin}, {"versions", deleted.versions}, {"tags", deleted.tags}});
}

std::string differences_as_json(const std::string& from, const std::string& to,
                                const std::vector<ElementDifference>& differences,
                                const models::InitialState& before, const models::InitialState& after) {
    return document({{"from", from},
                     {"to", to},
                     {"elements", elements_as_json(differences)},
                     {"state", state_counts_as_json(before, after)}});
}

std::string check_as_json(const StoreCheck& check) {
    TwinJson json = {
        {"ok", check.problems.empty()}, {"twins", check.twins},       {"versions", check.versions},
        {"records", check.records},     {"pages", check.pages},       {"last_record", check.head},
        {"problems", check.problems},   {"mendable", check.mendable}, {"warnings", check.warnings}};
    return document(json);
}

}  // namespace understudy::formats
