// Promised: all errors of a file come at once, those of reading and those of meaning (references, needs,
// cycles), and none of them is a consequence of another. Shown: where one value of a good scenario is
// spoiled, whichever it is, every error lies on its line; errors of meaning stand beside a typo elsewhere,
// and what rests on the spoiled element is left alone.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/source_folder.h"
#include "tools/formats/language/scenario_reader.h"

namespace {

using understudy::formats::Diagnostic;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::vector<std::string> lines;
    std::ifstream stream(path, std::ios::binary);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

std::vector<std::string> errors_of(const std::string& text) {
    std::vector<std::string> errors;
    const auto reading = understudy::formats::read_scenario(text, "file");
    for (const Diagnostic& diagnostic : reading.diagnostics.all())
        if (diagnostic.severity == Diagnostic::Severity::error)
            errors.push_back(reading.diagnostics.show(diagnostic));
    return errors;
}

}  // namespace

TEST_CASE("a spoiled value has no consequences elsewhere in the file") {
    std::vector<std::filesystem::path> files = {understudy::tests::source_folder() +
                                                "/scenarios/orders-nightly/scenario.yaml"};
    for (const auto& entry :
         std::filesystem::directory_iterator(understudy::tests::source_folder() + "/tests/theory"))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    REQUIRE(files.size() > 30);
    const std::regex value(": ([^ {\\[,\\]}#][^,}\\]#]*)");
    int spoiled = 0;
    for (const std::filesystem::path& file : files) {
        const std::vector<std::string> lines = lines_of(file);
        // Its logs lie beside it, and are read from elsewhere here.
        if (std::any_of(lines.begin(), lines.end(),
                        [](const std::string& line) { return line.starts_with("logs:"); }))
            continue;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const std::string& line = lines[i];
            if (line.starts_with("#") || line.starts_with("understudy:")) continue;
            for (std::sregex_iterator found(line.begin(), line.end(), value), end; found != end; ++found) {
                std::vector<std::string> changed = lines;
                changed[i].replace(static_cast<std::size_t>(found->position(1)),
                                   static_cast<std::size_t>(found->length(1)), "5 ?x");
                ++spoiled;
                const std::string place = "file:" + std::to_string(i + 1) + ":";
                for (const std::string& error : errors_of(joined(changed))) {
                    CAPTURE(file.filename().string());
                    CAPTURE(changed[i]);
                    CAPTURE(error);
                    CHECK(error.starts_with(place));
                }
            }
        }
    }
    CHECK(spoiled > 500);
}

TEST_CASE("errors of meaning stand beside errors of reading") {
    const auto has = [](const std::vector<std::string>& errors, const std::string& part) {
        return std::any_of(errors.begin(), errors.end(),
                           [&](const std::string& e) { return e.find(part) != std::string::npos; });
    };
    const std::string file =
        "understudy: 1\nscenario: sample\ntwin:\n  pools: {small: {workers: two}, large: {workers: 2}}\n"
        "  stages:\n    a: {reads: jobs, runs_on: {small: 8}, service: 1s}\n"
        "    b: {reads: a, runs_on: {large: 8}, service: 1s}\n"
        "    c: {reads: bb, workers: 1, servise: 1s, writes: d}\n"
        "    e: {reads: [d, f], workers: 1, service: 1s}\n"
        "load: {jobs: {arrivals: poisson(1/h)}}\nrun: {length: 1h}\n";
    const auto errors = errors_of(file);
    CAPTURE(errors);
    CHECK(errors.size() == 5);
    CHECK(has(errors, "'two' is not a count"));
    CHECK(has(errors, "pool 'large' has 2 workers, and 8 are needed at once"));
    CHECK(has(errors, "unknown key 'servise'"));
    CHECK(has(errors, "nothing writes 'f'"));
    // Beside an error in the same element, too.
    CHECK(has(errors, "nothing writes 'bb'"));
    // 'small' may be large enough.
}
