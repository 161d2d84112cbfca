#include "tools/cli/scenario_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "tools/cli/command.h"
#include "tools/cli/problems.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/logs/log_reader.h"
#include "tools/formats/printable.h"
#include "tools/formats/results/result_reader.h"

namespace understudy::cli {

namespace {

/// A pipe would lose what is looked at.
bool is_regular(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

std::vector<std::string> set_by_environment() {
    std::vector<std::string> set;
    const char* const named = std::getenv("UNDERSTUDY_SET");
    std::string_view left = named == nullptr ? "" : named;
    while (!left.empty()) {
        const std::size_t end = std::min(left.find_first_of(";\n"), left.size());
        std::string_view one = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (!one.empty()) set.emplace_back(one);
    }
    return set;
}

std::optional<studies::PreparedRun> prepare(models::Scenario scenario, const std::string& shown) {
    models::Problems problems;
    auto prepared = studies::prepare(std::move(scenario), problems);
    print_problems(problems, shown);
    return prepared;
}

}  // namespace

std::vector<std::string> overrides_from(const Options& options) {
    std::vector<std::string> overrides;
    // Once in a process, though a verb that calls another asks again.
    static bool said = false;
    for (const std::string& one : set_by_environment()) {
        overrides.push_back(std::string(formats::from_environment) + one);
        if (!said) fmt::print(stderr, "understudy: note: UNDERSTUDY_SET sets {}\n", formats::printable(one));
    }
    said = true;
    if (options.has("set"))
        for (const std::string& one : options.get<std::vector<std::string>>("set")) overrides.push_back(one);
    return overrides;
}

void refuse_environment(const std::string& why) {
    const std::vector<std::string> set = set_by_environment();
    if (set.empty()) return;
    throw UsageError(fmt::format("UNDERSTUDY_SET sets {}: {}", formats::printable(set.front()), why));
}

void leave_out_environment() {
    if (!set_by_environment().empty())
        fmt::print(
            stderr,
            "understudy: note: UNDERSTUDY_SET is left out: this goes by what files and versions say\n");
}

std::string as_after_set(const std::string& override) {
    const std::size_t begin =
        override.starts_with(formats::from_environment) ? formats::from_environment.size() : 0;
    return override.substr(begin);
}

std::optional<models::Scenario> read_scenario_input(const std::string& path,
                                                    const std::vector<std::string>& overrides,
                                                    const std::vector<std::string>& changes) {
    auto reading = read_scenario_and_changes(path, overrides, changes);
    if (!reading) return std::nullopt;
    return std::move(reading->scenario);
}

std::optional<formats::ScenarioReading> read_scenario_and_changes(const std::string& path,
                                                                  const std::vector<std::string>& overrides,
                                                                  const std::vector<std::string>& changes) {
    auto whole = read_effective_input(path, overrides, changes);
    if (!whole) return std::nullopt;
    return std::move(whole->reading);
}

std::optional<formats::EffectiveDocument> read_effective_input(const std::string& path,
                                                               const std::vector<std::string>& overrides,
                                                               const std::vector<std::string>& changes) {
    if (formats::looks_like_hdf5(path))
        throw UsageError(path + " is a result, not a scenario; understudy report draws it");
    if (is_regular(path) && !is_of_the_language(path))
        if (const std::string log = formats::kind_of_log(path); !log.empty())
            throw UsageError(path + " is " + log + ", not a scenario; use understudy replay");
    formats::EffectiveDocument whole = formats::read_effective_document(path, overrides, changes);
    print_problems(whole.reading.diagnostics);
    if (!whole.reading.scenario) return std::nullopt;
    return whole;
}

std::optional<studies::PreparedRun> prepare_file(const std::string& path,
                                                 const std::vector<std::string>& overrides,
                                                 const std::vector<std::string>& changes) {
    auto scenario = read_scenario_input(path, overrides, changes);
    if (!scenario) return std::nullopt;
    return prepare(std::move(*scenario), path);
}

std::optional<studies::PreparedRun> prepare_scenario(models::Scenario scenario, const std::string& shown) {
    return prepare(std::move(scenario), shown);
}

std::string kind_of(const std::string& path) {
    std::string text;
    if (!is_regular(path) || formats::read_text_file(path, text)) return "";
    return formats::kind_of_file(text);
}

std::string kind_of_broken(const std::string& path) {
    std::string text;
    if (!is_regular(path) || formats::read_text_file(path, text)) return "unknown";
    const std::string kind = formats::kind_of_file(text);
    return kind.empty() ? formats::kind_by_lines(text) : kind;
}

bool is_of_the_language(const std::string& path) {
    if (!is_regular(path)) return false;
    std::ifstream file(path, std::ios::binary);
    constexpr int most_lines = 1000;
    std::string line;
    for (int i = 0; i < most_lines && std::getline(file, line); ++i) {
        const std::size_t begin = line.find_first_not_of(" \t\r\xEF\xBB\xBF{\"'");
        if (begin == std::string::npos || line[begin] == '#' || line.starts_with("---")) continue;
        return line.compare(begin, 10, "understudy") == 0;
    }
    return false;
}

std::vector<std::string> run_overrides(std::optional<std::uint64_t> seed,
                                       std::optional<std::int64_t> replications) {
    std::vector<std::string> overrides;
    if (seed) overrides.push_back("run.seed=" + std::to_string(*seed));
    if (replications) overrides.push_back("run.replications=" + std::to_string(*replications));
    return overrides;
}

int exit_code_of(studies::Verdict verdict, bool interrupted) {
    if (interrupted) return exit_inconclusive;
    switch (verdict) {
        case studies::Verdict::met: return exit_met;
        case studies::Verdict::violated: return exit_violated;
        case studies::Verdict::inconclusive: return exit_inconclusive;
    }
    return exit_inconclusive;
}

}  // namespace understudy::cli
