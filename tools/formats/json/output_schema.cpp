#include "tools/formats/json/output_schema.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "kernel/invariant.h"
#include "shipped_schemas.h"

namespace understudy::formats {

namespace {

using Schema = nlohmann::ordered_json;

constexpr std::string_view reference = "#/definitions/";

/// A blank in a name, as a reference has it.
constexpr std::string_view blank = "%20";

std::string reference_to(std::string name) {
    for (std::size_t at = 0; (at = name.find(' ', at)) != std::string::npos; at += blank.size())
        name.replace(at, 1, blank);
    return std::string(reference) + name;
}

std::string referred(std::string name) {
    name.erase(0, reference.size());
    for (std::size_t at = 0; (at = name.find(blank, at)) != std::string::npos; ++at)
        name.replace(at, blank.size(), " ");
    return name;
}

Schema document() { return Schema::parse(shipped::output_schema_json); }

/// Not an object that several of them have.
bool is_verb(const Schema& schema) { return !schema.contains("x-object"); }

/// Takes over what a schema refers to, and what that does.
void take_referred(const Schema& schema, const Schema& from, Schema& into) {
    if (!schema.is_structured()) return;
    if (schema.is_object() && schema.contains("$ref") && schema["$ref"].is_string()) {
        const std::string name = referred(schema["$ref"].get<std::string>());
        if (!into.contains(name)) {
            into[name] = from.at(name);
            take_referred(from.at(name), from, into);
        }
    }
    for (const Schema& inner : schema) take_referred(inner, from, into);
}

}  // namespace

std::vector<std::string> verbs_of_output() {
    std::vector<std::string> verbs;
    const Schema all = document();
    for (const auto& [name, schema] : all["definitions"].items())
        if (is_verb(schema)) verbs.push_back(name);
    return verbs;
}

std::string output_schema() { return std::string(shipped::output_schema_json); }

std::string output_schema(const std::string& verb) {
    const Schema all = document();
    const Schema& definitions = all["definitions"];
    kernel::require(definitions.contains(verb), "a verb has a schema");
    Schema one = {{"$schema", all["$schema"]}, {"title", "What " + verb + " --json prints"}};
    one["allOf"] = {{{"$ref", reference_to(verb)}}};
    one["definitions"] = Schema::object();
    one["definitions"][verb] = definitions[verb];
    take_referred(definitions[verb], definitions, one["definitions"]);
    return one.dump(1) + "\n";
}

}  // namespace understudy::formats
