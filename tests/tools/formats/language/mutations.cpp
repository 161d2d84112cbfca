// Promised: whatever happens to a scenario file, reading it ends with a scenario or with errors that have
// places, and what is read can be written and read again. Shown: thousands of mutations of the sample with
// every key: bytes changed, pieces cut, swapped, repeated, words of the language put in the wrong place. Also
// the seeds of the fuzzing runs with sanitizers.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/tools/formats/language/sample.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy::formats;

namespace {

class Mutator {
public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    std::string mutate(std::string text) {
        const int times = 1 + static_cast<int>(below(4));
        for (int i = 0; i < times; ++i) once(text);
        return text;
    }

private:
    std::size_t below(std::size_t n) {
        return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
    }

    std::string piece(const std::string& text) {
        const std::size_t from = below(text.size());
        return text.substr(from, below(40));
    }

    /// A place between words, so that what is put there reaches deeper than the YAML.
    std::size_t boundary(const std::string& text) {
        std::size_t at = below(text.size() + 1);
        while (at > 0 && at < text.size() && text[at] != ' ' && text[at] != ',' && text[at] != '}') ++at;
        return at;
    }

    void once(std::string& text) {
        static const std::vector<std::string> words = {"0s",
                                                       "unlimited",
                                                       "exit",
                                                       "1e300s",
                                                       "-5",
                                                       "0",
                                                       "1",
                                                       "{}",
                                                       "[]",
                                                       "~",
                                                       "yes",
                                                       "100%",
                                                       "0%",
                                                       "mix(",
                                                       ")",
                                                       "load",
                                                       "load.x",
                                                       "$(",
                                                       "$(pace)",
                                                       "workers: 3, ",
                                                       "service: 1s, ",
                                                       "reads: files, ",
                                                       "after: [publish], ",
                                                       "writes: {files: 100%}, ",
                                                       "every 1s",
                                                       "recorded(a.b)",
                                                       "99999999999999999999",
                                                       "infinity",
                                                       "ä",
                                                       "\"",
                                                       "'",
                                                       "\n",
                                                       "\n  ",
                                                       "\n    x: ",
                                                       ": ",
                                                       ", ",
                                                       " per item",
                                                       " + ",
                                                       "batch: {items: 2}, ",
                                                       "join: {of: parts}, ",
                                                       "5x",
                                                       "cores: 1, ",
                                                       "9223372036854775807",
                                                       "1..2",
                                                       "0x1F"};
        switch (below(7)) {
            case 0: text[below(text.size())] = static_cast<char>(below(256)); break;
            case 1: text.erase(below(text.size()), below(20)); break;
            case 2: text.insert(below(text.size() + 1), piece(text)); break;
            case 3: text.insert(boundary(text), words[below(words.size())]); break;
            case 4: {
                const std::size_t at = boundary(text);
                const std::size_t end = text.find_first_of(",}\n", at);
                if (end != std::string::npos) text.replace(at, end - at, " " + words[below(words.size())]);
                break;
            }
            case 5: {
                const std::string words_of_text = piece(text);
                text.replace(below(text.size()), words_of_text.size(), words_of_text);
                break;
            }
            default: {
                // A line twice, or gone.
                const std::size_t start = text.rfind('\n', below(text.size()));
                if (start == std::string::npos) break;
                const std::size_t end = std::min(text.find('\n', start + 1), text.size());
                const std::string line = text.substr(start, end - start);
                if (below(2) == 0)
                    text.insert(end, line);
                else
                    text.erase(start, end - start);
                break;
            }
        }
        if (text.empty()) text = " ";
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("mutated scenarios are read or refused, never worse") {
    int accepted = 0;
    for (unsigned seed = 1; seed <= 3000; ++seed) {
        CAPTURE(seed);
        const std::string text = Mutator(seed).mutate(understudy::tests::full_sample);
        const auto reading = read_scenario(text, "m.yaml");
        REQUIRE(reading.scenario.has_value() == !reading.diagnostics.has_errors());
        for (const Diagnostic& diagnostic : reading.diagnostics.all()) {
            REQUIRE_FALSE(diagnostic.message.empty());
            REQUIRE(diagnostic.place.line >= 0);
        }
        reading.diagnostics.show();
        if (!reading.scenario) continue;
        ++accepted;
        const std::string written = write_scenario(*reading.scenario);
        const auto again = read_scenario(written, "w.yaml");
        INFO(written);
        INFO(again.diagnostics.show());
        REQUIRE(again.scenario);
        REQUIRE(write_scenario(*again.scenario) == written);
    }
    // Both ways are taken.
    CHECK(accepted > 50);
    CHECK(accepted < 2900);
}

TEST_CASE("mutated overrides are taken or refused") {
    for (unsigned seed = 1; seed <= 500; ++seed) {
        CAPTURE(seed);
        const std::string override_text = Mutator(seed).mutate("nightly.clean.service=30s + 25s per GiB");
        const auto reading = read_scenario(understudy::tests::full_sample, "m.yaml", {override_text});
        REQUIRE(reading.scenario.has_value() == !reading.diagnostics.has_errors());
    }
}
