// Promised: every file of tests/rejected is answered with exactly the lines of its `.expected`, as a person
// sees them: place, what is wrong, what to do. All errors of a file at once, sorted; a file with errors gives
// nothing. Shown: each NAME.yaml is read and its diagnostics are compared with NAME.expected, byte by
// byte. After a wanted change of words, run with UNDERSTUDY_UPDATE_EXPECTED=1 and read the difference.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/source_folder.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/policy_reader.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/formats/language/templates.h"

namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("rejected files are answered word by word") {
    const std::filesystem::path folder = understudy::tests::source_folder() + "/tests/rejected";
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() >= 45);
    for (const std::filesystem::path& file : files) {
        const std::string name = file.filename().string();
        CAPTURE(name);
        std::string shown;
        bool taken = false;
        const auto read = [&](const auto& reading, bool whole) {
            shown = reading.diagnostics.show();
            taken = whole;
        };
        if (understudy::formats::kind_of_file(content(file)) == "study") {
            const auto reading = understudy::formats::read_study(content(file), name);
            read(reading, reading.study.has_value());
        } else if (understudy::formats::kind_of_file(content(file)) == "change") {
            understudy::formats::Diagnostics out(name, content(file));
            const bool read_whole = understudy::formats::read_change(content(file), out, 0).has_value();
            shown = out.show();
            taken = read_whole && !out.has_errors();
        } else if (understudy::formats::kind_of_file(content(file)) == "template") {
            understudy::formats::Diagnostics out(name, content(file));
            taken = understudy::formats::read_template(content(file), out).has_value();
            shown = out.show();
        } else if (understudy::formats::kind_of_file(content(file)) == "policy") {
            const auto reading = understudy::formats::read_policy(content(file), name);
            read(reading, reading.policy.has_value());
        } else {
            const auto reading = understudy::formats::read_scenario(content(file), name, {}, folder.string());
            read(reading, reading.scenario.has_value());
        }
        std::filesystem::path expected = file;
        expected.replace_extension(".expected");
        if (std::getenv("UNDERSTUDY_UPDATE_EXPECTED") != nullptr)
            std::ofstream(expected, std::ios::binary) << shown;
        CHECK(shown == content(expected));
        CHECK_FALSE(shown.empty());
        CHECK(taken == (shown.find(": error: ") == std::string::npos));
        // Nothing of this machine may show up in what people see.
        CHECK(shown.find(understudy::tests::source_folder()) == std::string::npos);
    }
}
