#include "tools/formats/language/schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tools/formats/language/keys.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;

// Shapes, not grammars: what an editor can tell while one types. Any of them may be made by a parameter.
constexpr const char* number_shape = R"(\d+(\.\d+)?([eE][+-]?\d+)?)";
constexpr const char* parameter_shape = R"(.*\$\(.+\).*)";

Json text_with(const std::string& pattern) {
    return {{"type", "string"}, {"pattern", fmt::format("^({}|{})$", pattern, parameter_shape)}};
}

Json either(std::vector<Json> schemas) {
    Json result;
    result["anyOf"] = Json(std::move(schemas));
    return result;
}

Json parameter_text() { return {{"type", "string"}, {"pattern", fmt::format("^{}$", parameter_shape)}}; }

Json names() { return either({{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}); }

std::string definition_of(std::string_view place) {
    std::string name(place);
    for (char& c : name)
        if (c == ' ') c = '_';
    return name;
}

class SchemaWriter {
public:
    explicit SchemaWriter(std::string_view kind) : kind_(kind) {}

    Json write() {
        Json root;
        root["$schema"] = "http://json-schema.org/draft-07/schema#";
        root["title"] = fmt::format("Understudy {} (language version 1)", kind_);
        const Json body = place(kind_);
        for (const auto& [key, value] : body.items()) root[key] = value;
        root["properties"]["understudy"]["enum"] = {1, "1"};
        Json definitions = Json::object();
        // Places refer to places; the set of those still to write grows while it is walked.
        while (!wanted_.empty()) {
            const std::string next = *wanted_.begin();
            wanted_.erase(wanted_.begin());
            if (!written_.insert(next).second) continue;
            definitions[definition_of(next)] = place(next);
        }
        if (!definitions.empty()) root["definitions"] = std::move(definitions);
        return root;
    }

private:
    Json reference(std::string_view name) {
        if (!written_.contains(std::string(name))) wanted_.insert(std::string(name));
        return {{"$ref", "#/definitions/" + definition_of(name)}};
    }

    Json place(std::string_view name) {
        const KeyPlace& keys = place_named(name);
        Json result;
        result["type"] = "object";
        result["additionalProperties"] = false;
        Json required = Json::array(), properties = Json::object();
        for (const Key& key : keys.keys) {
            if (key.required) required.push_back(key.name);
            properties[std::string(key.name)] = property(key);
        }
        if (!required.empty()) result["required"] = std::move(required);
        result["properties"] = std::move(properties);
        return result;
    }

    Json property(const Key& key) {
        Json value = shape(key);
        // draft-07 ignores what stands beside a $ref, so it is wrapped.
        if (value.contains("$ref")) value = {{"allOf", Json::array({value})}};
        value["description"] = key.about;
        if (!key.standard.empty()) value["default"] = key.standard;
        if (!key.example.empty()) value["examples"] = Json::array({key.example});
        return value;
    }

    Json shape(const Key& key) {
        const std::string num = number_shape;
        switch (key.takes) {
            case Takes::text: return {{"type", {"string", "number", "boolean"}}};
            case Takes::texts:
            case Takes::names: return names();
            case Takes::name: return {{"type", "string"}};
            case Takes::flag: return either({{{"type", "boolean"}}, parameter_text()});
            case Takes::count: return either({{{"type", "integer"}, {"minimum", 0}}, parameter_text()});
            case Takes::count_or_unlimited:
                return either(
                    {{{"type", "integer"}, {"minimum", 0}}, {{"enum", {"unlimited"}}}, parameter_text()});
            case Takes::number: return either({{{"type", "number"}, {"minimum", 0}}, parameter_text()});
            case Takes::duration:
                return text_with(fmt::format("({}(ns|us|ms|s|min|h|d|w))+|P[0-9WDTHMS.]+", num));
            case Takes::size: return text_with(num + "(B|[kMGTP]B|[KMGTP]iB|[KMGT]i|[kMG]?bit)");
            case Takes::share:
            case Takes::factor_share: return text_with(num + "%");
            case Takes::cost: return text_with(num + "[A-Z]{3}/(s|min|h|d|w|[kMGTP]?B|[KMGTP]iB)");
            case Takes::bandwidth: return text_with(num + "([kMGTP]?B|[KMGTP]iB|[kMG]?bit)/(s|min|h|d|w)");
            case Takes::law_duration:
            case Takes::law_size:
                return either({{{"type", "string"}}, {{"type", "object"}, {"required", {"phase_type"}}}});
            case Takes::law_number:
            case Takes::law_any:
                return either(
                    {{{"type", {"string", "number"}}}, {{"type", "object"}, {"required", {"phase_type"}}}});
            case Takes::choice: {
                Json words = Json::array();
                for (const std::string_view choice : choices_of(key)) words.push_back(choice);
                return either({{{"enum", words}}, parameter_text()});
            }
            case Takes::schedule:
                return text_with(
                    "once|(every|each|updated) .+|(daily|weekdays|mon|tue|wed|thu|fri|sat|sun|monthly) at "
                    "\\d\\d:\\d\\d.*|cron .+");
            case Takes::condition: return {{"type", "string"}};
            case Takes::objectives:
            case Takes::measures: return {{"type", "array"}, {"items", {{"type", "string"}}}};
            case Takes::instant: return text_with(R"(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)");
            case Takes::map: return reference(key.detail);
            case Takes::map_of: return {{"type", "object"}, {"additionalProperties", reference(key.detail)}};
            case Takes::list_of: return {{"type", "array"}, {"items", reference(key.detail)}};
            case Takes::special: break;
        }
        // So many items, or groups of them.
        if (key.detail == "present")
            return either({{{"type", "integer"}, {"minimum", 0}},
                           parameter_text(),
                           {{"type", "array"}, {"items", reference(key.detail)}}});
        // A form of its own: a map where `detail` names one, or any of the shapes that occur.
        if (!key.detail.empty()) return either({{{"type", "string"}}, reference(key.detail)});
        return {{"type", {"string", "number", "array", "object"}}};
    }

    std::string_view kind_;
    std::set<std::string> wanted_, written_;
};

}  // namespace

const std::vector<std::string>& schema_kinds() {
    static const std::vector<std::string> kinds = {"scenario", "change", "study", "template", "policy"};
    return kinds;
}

std::string write_schema(std::string_view kind) { return SchemaWriter(kind).write().dump(2) + "\n"; }

}  // namespace understudy::formats
