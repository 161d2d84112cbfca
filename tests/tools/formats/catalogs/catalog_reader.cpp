// Promised: events are read however a platform hands them out, one after the other, in lists, within answers and messages,
// and say the same each time; what is not read says what it is and what to do; answers of which pages are missing say so.
// Shown: one run of three events in each form.
#include "tools/formats/catalogs/catalog_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/scratch_folder.h"
#include "tools/formats/catalogs/json_values.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;

std::vector<Json> some_events() {
    std::vector<Json> events;
    for (const auto& [type, time] :
         {std::pair("START", "05:00:00"), {"RUNNING", "05:00:01"}, {"COMPLETE", "05:01:00"}})
        events.push_back({{"eventType", type},
                          {"eventTime", std::string("2026-03-09T") + time + "Z"},
                          {"run", {{"runId", "r"}}},
                          {"job", {{"namespace", "ns"}, {"name", "a \"{[\\ job"}}},
                          {"inputs", Json::array()}});
    return events;
}

/// `make(event)` for each, one after the other.
template <class Make>
std::string each(const Make& make) {
    std::string text;
    for (const Json& event : some_events()) text += make(event);
    return text;
}

CatalogReading reading_of(const std::string& text, const std::string& name = "events.json") {
    const tests::ScratchFolder folder;
    return read_catalog({folder.write(name, text)}, {});
}

bool has(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("events in every form are the same run") {
    Json messages = Json::array(), list = Json::array();
    for (const Json& event : some_events()) {
        messages.push_back({{"topic", "t"}, {"value", event}});
        list.push_back(event);
    }
    const std::string forms[] = {
        each([](const Json& event) { return event.dump() + "\n"; }),
        each([](const Json& event) { return "\n" + event.dump(2) + "\n"; }),
        each([](const Json& event) { return event.dump(2); }),
        each([](const Json& event) { return event.dump(); }),
        // Lines, and then a value over several.
        list[0].dump() + "\n" + list[1].dump(1) + "\n" + list[2].dump(1), list.dump(), list.dump(1),
        Json::array({list[0]}).dump() + "\n" + Json::array({list[1], list[2]}).dump(),
        Json{{"events", list}, {"totalCount", 3}}.dump(), Json{{"events", list}, {"totalCount", 3}}.dump(2),
        each([](const Json& event) {
            return Json{{"key", nullptr}, {"value", event}}.dump() + "\n";
        }),
        each([](const Json& event) {
            return Json{{"key", "{"}, {"value", event.dump()}}.dump() + "\n";
        }) + R"({"key": "r", "value": null})",
        each([](const Json& event) {
            return Json{{"offset", 1}, {"payload", event.dump()}}.dump(2);
        }),
        messages.dump()};
    for (const std::string& text : forms) {
        CAPTURE(text.substr(0, 200));
        const CatalogReading reading = reading_of(text);
        CHECK(reading.problems.show() == "");
        REQUIRE(reading.catalog);
        CHECK(reading.catalog->counts.events == 3);
        CHECK(reading.catalog->counts.files == 1);
        CHECK(reading.catalog->jobs.at(0).durations == std::vector<double>{60});
        CHECK_FALSE(has(reading.catalog->not_used, "other pages"));
    }
    CHECK(has(reading_of(forms[10]).catalog->notes, "3 events are in `value` of what carries them"));
    const CatalogReading page = reading_of(Json{{"events", list}, {"totalCount", 60}}.dump());
    REQUIRE(page.catalog);
    CHECK(has(page.catalog->not_used, "answers hold 3 of 60 events: read the other pages as well"));
}

TEST_CASE("what is no event and no value is told where it stands") {
    const auto problem = [](const std::string& text) {
        std::string shown = reading_of(text).problems.show();
        return shown.substr(std::min(shown.size(), shown.find("events.json")));
    };
    const std::string event = some_events().front().dump(1), line = some_events().front().dump() + "\n";
    const auto lines = std::count(event.begin(), event.end(), '\n') + 1;
    CHECK(problem(event + "\n{\n \"eventTime\": soon\n}\n")
              .find("events.json:" + std::to_string(lines + 2) + ": error: is no valid JSON") == 0);
    CHECK(problem(event + "\nwords\n")
              .find("events.json:" + std::to_string(lines + 1) +
                    ": error: is no valid JSON: breaks at byte 1 of the line") == 0);
    // What breaks off is told in its line where it has but one, else at the end of the file.
    CHECK(problem(event + "\n{\n")
              .find("events.json:" + std::to_string(lines + 1) + ": error: is no valid JSON") == 0);
    CHECK(problem(line + "{\"key\": 1, \"value\": null}\n")
              .find("events.json:2: error: is no OpenLineage event") == 0);
    CHECK(problem(R"({"topic": "t", "offset": 0})").find("it has `topic`, `offset`") != std::string::npos);
    for (const char* words :
         {"[2026-03-02T05:00:00.000+0000] {console.py:29} INFO - ", "26/03/02 INFO ConsoleTransport: "})
        CHECK(problem(words + line).find("grep -o '{\"event.*}'") != std::string::npos);
}

TEST_CASE("values that stand one after the other end where their brackets do") {
    JsonValueEnds ends;
    CHECK(ends.scan(R"( {"a": "}\"}"}[1,)") == std::vector<std::size_t>{14});
    CHECK(ends.is_inside());
    CHECK(ends.scan(R"({}] "x")") == std::vector<std::size_t>{3});
    CHECK(ends.is_broken());
}

}  // namespace understudy::formats
