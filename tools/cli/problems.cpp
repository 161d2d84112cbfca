#include "tools/cli/problems.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "kernel/invariant.h"
#include "tools/cli/command.h"
#include "tools/formats/files/file_error.h"

namespace understudy::cli {

namespace {

KeptProblems* keeper = nullptr;

/// A warning is told once, however often a command reads what it is of.
void print_lines(std::string_view lines) {
    static std::set<std::string, std::less<>> told;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        const std::string_view line = lines.substr(0, end == std::string_view::npos ? end : end + 1);
        lines.remove_prefix(line.size());
        const bool is_warning = line.find(": warning: ") < line.find(": error: ");
        if (!is_warning || told.emplace(line).second) fmt::print(stderr, "{}", line);
    }
}

const char* name_of(bool error) { return error ? "error" : "warning"; }

}  // namespace

void print_problems(const formats::Diagnostics& diagnostics) {
    if (keeper == nullptr) {
        print_lines(diagnostics.show());
        return;
    }
    for (const formats::Diagnostic& one : diagnostics.all())
        keeper->keep({one.severity == formats::Diagnostic::Severity::error, diagnostics.show(one.place),
                      one.message, one.hint});
}

void print_problems(const models::Problems& problems, const std::string& shown) {
    for (const models::Problem& problem : problems) {
        const bool error = problem.severity == models::Problem::Severity::error;
        const std::string what =
            problem.path.empty() ? problem.message : fmt::format("{}: {}", problem.path, problem.message);
        if (keeper != nullptr)
            keeper->keep({error, shown, what, problem.hint});
        else
            print_lines(fmt::format("{}: {}: {}{}{}\n", shown, name_of(error), what,
                                    problem.hint.empty() ? "" : "; ", problem.hint));
    }
}

void print_problems(const std::string& lines) {
    if (keeper == nullptr) {
        print_lines(lines);
        return;
    }
    std::string_view left = lines;
    while (!left.empty()) {
        const std::string_view line = left.substr(0, left.find('\n'));
        left.remove_prefix(std::min(line.size() + 1, left.size()));
        if (line.empty()) continue;
        std::size_t begin = 0, end = std::string_view::npos;
        bool error = true;
        for (const bool is_error : {true, false}) {
            const std::string between = fmt::format(": {}: ", name_of(is_error));
            if (const std::size_t at = line.find(between); at < end) {
                end = at;
                begin = at + between.size();
                error = is_error;
            }
        }
        keeper->keep({error, std::string(end == std::string_view::npos ? "" : line.substr(0, end)),
                      std::string(line.substr(begin)), ""});
    }
}

void print_refusal(const std::string& message, bool located) {
    if (located)
        print_problems(message + "\n");
    else if (keeper != nullptr)
        keeper->keep({true, message.substr(0, message.find(": ")), message, ""});
    else
        fmt::print(stderr, "understudy: error: {}\n", message);
}

int refusing_as_json(bool as_json, const std::function<int()>& work) {
    if (!as_json) return work();
    KeptProblems kept;
    int code = exit_usage;
    try {
        code = work();
    } catch (const UsageError& wrong) {
        kept.keep({true, "", wrong.what(), ""});
    } catch (const formats::FileError& wrong) {
        print_refusal(wrong.what(), false);
    }
    const std::vector<formats::ToldProblem> told = kept.take();
    if (code == exit_usage) {
        fmt::print("{}", formats::refused_as_json(told));
        return code;
    }
    // Warnings of what was read all the same.
    for (const formats::ToldProblem& one : told)
        print_lines(fmt::format("{}: {}: {}{}{}\n", one.place, name_of(one.error), one.message,
                                one.hint.empty() ? "" : "; ", one.hint));
    return code;
}

KeptProblems::KeptProblems() {
    kernel::require(keeper == nullptr, "problems are kept twice");
    keeper = this;
}

KeptProblems::~KeptProblems() { keeper = nullptr; }

std::vector<formats::ToldProblem> KeptProblems::take() { return std::exchange(kept_, {}); }

}  // namespace understudy::cli
