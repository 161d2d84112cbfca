// Promised: everything the reference shows is read, and nothing is wrong with it. Shown: all example files and all snippets
// of the 70 kinds, where the folder ../shared is there; said and skipped where it is not.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/source_folder.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/language/study_reader.h"

using namespace understudy::formats;

namespace {

const std::filesystem::path shared = understudy::tests::source_folder() + "/../shared/language";

std::string content(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::string errors_in(const Diagnostics& diagnostics) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics.all())
        if (diagnostic.severity == Diagnostic::Severity::error)
            text += diagnostics.show(diagnostic) + "\n";
    return text;
}

void check_round_trip(const ScenarioReading& reading) {
    if (!reading.scenario) return;
    const std::string text = write_scenario(*reading.scenario);
    const auto again = read_scenario(text, "written.yaml");
    INFO(text);
    INFO(again.diagnostics.show());
    REQUIRE(again.scenario);
    CHECK(write_scenario(*again.scenario) == text);
}

}  // namespace

TEST_CASE("the example files") {
    if (!std::filesystem::exists(shared)) {
        MESSAGE("skipped: ../shared/language is not there");
        return;
    }
    int files = 0, studies = 0;
    for (const auto& entry : std::filesystem::directory_iterator(shared / "examples")) {
        const std::string name = entry.path().filename().string();
        const std::string text = content(entry.path());
        CAPTURE(name);
        if (kind_of_file(text) == "study") {
            ++studies;
            CHECK(errors_in(read_study(text, name).diagnostics) == "");
        }
        if (kind_of_file(text) != "scenario") continue;
        ++files;
        const auto reading = read_scenario(text, name);
        CHECK(errors_in(reading.diagnostics) == "");
        check_round_trip(reading);
    }
    CHECK(files >= 10);
    CHECK(studies >= 4);
}

TEST_CASE("the 70 kinds") {
    if (!std::filesystem::exists(shared / "kinds.md")) {
        MESSAGE("skipped: ../shared/language/kinds.md is not there");
        return;
    }
    std::istringstream lines(content(shared / "kinds.md"));
    std::string line, kind, snippet;
    bool inside = false;
    int snippets = 0, read = 0;
    while (std::getline(lines, line)) {
        if (line.starts_with("### ")) kind = line.substr(4);
        if (line.starts_with("```yaml")) {
            inside = true;
            snippet.clear();
        } else if (line.starts_with("```") && inside) {
            inside = false;
            ++snippets;
            const bool ends = snippet.find("count: 100") != std::string::npos ||
                              (snippet.find("load:") == std::string::npos &&
                               snippet.find("schedule: once") != std::string::npos);
            const std::string text = "understudy: 1\nscenario: kind\n" + snippet +
                                     (ends ? "run: {until: empty}\n" : "run: {length: 100h}\n");
            CAPTURE(kind);
            const auto reading = read_scenario(text, "kind.yaml");
            CHECK(errors_in(reading.diagnostics) == "");
            read += reading.scenario.has_value() ? 1 : 0;
            check_round_trip(reading);
        } else if (inside) {
            snippet += line + "\n";
        }
    }
    CHECK(snippets >= 55);
    MESSAGE(read, " of ", snippets, " snippets are read");
}
