// Promised: the committed JSON Schemas are what the table of keys says, every key has its words, and the
// table's defaults are those of the values. Shown: the files of scenarios/schema compared with what is
// generated; a walk over the table; a scenario with and without its defaults written out.
#include "tools/formats/language/schema.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "tests/source_folder.h"
#include "tools/formats/language/keys.h"

using namespace understudy::formats;

TEST_CASE("the committed schemas are up to date") {
    for (const std::string& kind : schema_kinds()) {
        CAPTURE(kind);
        const std::string path =
            understudy::tests::source_folder() + "/scenarios/schema/" + kind + ".schema.json";
        if (std::getenv("UNDERSTUDY_UPDATE_EXPECTED") != nullptr)
            std::ofstream(path, std::ios::binary) << write_schema(kind);
        std::ifstream stream(path, std::ios::binary);
        std::ostringstream text;
        text << stream.rdbuf();
        // Not CHECK(a == b): a difference of 100 kB helps nobody.
        const bool same = text.str() == write_schema(kind);
        CHECK_MESSAGE(same, "run the tests with UNDERSTUDY_UPDATE_EXPECTED=1 and look at the difference");
    }
}

TEST_CASE("a schema is JSON whose references exist") {
    for (const std::string& kind : schema_kinds()) {
        const auto schema = nlohmann::json::parse(write_schema(kind));
        CHECK(schema["additionalProperties"] == false);
        std::vector<const nlohmann::json*> open = {&schema};
        while (!open.empty()) {
            const nlohmann::json& node = *open.back();
            open.pop_back();
            if (node.is_object() && node.contains("$ref")) {
                const std::string reference = node["$ref"];
                CAPTURE(reference);
                CHECK(schema["definitions"].contains(reference.substr(std::string("#/definitions/").size())));
            }
            if (node.is_structured())
                for (const auto& child : node) open.push_back(&child);
        }
    }
}

TEST_CASE("the table is complete") {
    std::set<std::string_view> places;
    for (const KeyPlace& place : all_places()) CHECK(places.insert(place.name).second);
    for (const KeyPlace& place : all_places()) {
        std::set<std::string_view> names;
        for (const Key& key : place.keys) {
            CAPTURE(std::string(place.name));
            CAPTURE(std::string(key.name));
            CHECK(names.insert(key.name).second);
            CHECK_FALSE(key.about.empty());
            const bool refers =
                key.takes == Takes::map || key.takes == Takes::map_of || key.takes == Takes::list_of;
            if (refers) CHECK(places.contains(key.detail));
            if (key.takes == Takes::choice) {
                REQUIRE_FALSE(choices_of(key).empty());
                bool known = key.standard.empty() || key.name == "route";
                for (const std::string_view choice : choices_of(key)) known = known || choice == key.standard;
                CHECK(known);
            }
        }
    }
}
