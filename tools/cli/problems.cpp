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
#include "tools/formats/checks/check_files.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/printable.h"
#include "tools/formats/store/store.h"
#include "tools/studies/change_check.h"

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
        if (!is_warning || told.emplace(line).second)
            fmt::print(stderr, "{}", formats::printable_lines(line));
    }
}

const char* name_of(bool error) { return error ? "error" : "warning"; }

void tell_problem(const formats::ToldProblem& one) {
    print_lines(fmt::format("{}{}{}: {}{}{}\n", one.place, one.place.empty() ? "" : ": ", name_of(one.error),
                            one.message, one.hint.empty() ? "" : "; ", one.hint));
}

/// Each as a check that was made of what was given; `what` an error is of.
studies::Checks refused_checks(const std::vector<formats::ToldProblem>& problems, const std::string& what) {
    studies::Checks checks;
    for (const formats::ToldProblem& one : problems)
        checks.push_back({one.error ? what : "warning",
                          one.error ? studies::Check::Status::failed : studies::Check::Status::warned, "",
                          one.message, one.place, one.hint});
    return checks;
}

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

void print_problem(const formats::ToldProblem& problem) {
    if (keeper != nullptr)
        keeper->keep(problem);
    else
        tell_problem(problem);
}

int refusing_in(const std::string& format, const std::string& of, const std::function<int()>& work,
                const std::function<std::string(const std::vector<formats::ToldProblem>&)>& document) {
    if (format != "json" && format != "junit" && format != "sarif") return work();
    KeptProblems kept;
    std::string what = "input";
    int code = exit_usage;
    bool refused = true;
    try {
        code = work();
        refused = code == exit_usage;
    } catch (const UsageError& wrong) {
        kept.keep({true, "", wrong.what(), ""});
    } catch (const formats::StoreBusy& wrong) {
        kept.keep({true, "", wrong.what(), ""});
        code = exit_busy;
    } catch (const formats::FileError& wrong) {
        print_refusal(wrong.what(), false);
    } catch (const formats::NoSuchVersion& wrong) {
        kept.keep({true, "", wrong.what(), ""});
    } catch (const formats::StaleBase& wrong) {
        kept.keep({true, of, wrong.what(), ""});
        what = "base";
        code = exit_stale;
    }
    const std::vector<formats::ToldProblem> told = kept.take();
    if (!refused)  // warnings of what was read all the same
        for (const formats::ToldProblem& one : told) tell_problem(one);
    else if (format == "json")
        fmt::print("{}", document(told));
    else if (format == "junit")
        fmt::print("{}", formats::checks_as_junit(refused_checks(told, what), of));
    else
        fmt::print("{}", formats::checks_as_sarif(refused_checks(told, what), of, UNDERSTUDY_VERSION));
    return code;
}

KeptProblems::KeptProblems() {
    kernel::require(keeper == nullptr, "problems are kept twice");
    keeper = this;
}

KeptProblems::~KeptProblems() { keeper = nullptr; }

std::vector<formats::ToldProblem> KeptProblems::take() { return std::exchange(kept_, {}); }

}  // namespace understudy::cli
