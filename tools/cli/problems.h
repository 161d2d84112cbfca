// What is wrong with files, or worth a warning: told on stderr, a line each, as it is found, or kept for who prints a
// document of it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "models/problem.h"
#include "tools/formats/json/problems_json.h"
#include "tools/formats/language/diagnostics.h"

namespace understudy::cli {

void print_problems(const formats::Diagnostics& diagnostics);
/// As of the file `shown`.
void print_problems(const models::Problems& problems, const std::string& shown);
/// Lines as Diagnostics::show() makes them.
void print_problems(const std::string& lines);

void print_problem(const formats::ToldProblem& problem);

/// Why a file cannot be read: lines with their places, or a text that names the file.
void print_refusal(const std::string& message, bool located);

/// Does `work`, which either prints its answer, or refuses what it was given: it returns exit_usage without having printed, or
/// throws. Then `format` json, junit or sarif is a document of what was wrong, instead of lines on stderr: a gate that finds
/// nothing where findings stand takes it for none. Other formats: as if `work` were called. `of`: the file that is looked at.
/// `document`: that in JSON, where a verb knows more of what it refuses than what is wrong with it.
int refusing_in(const std::string& format, const std::string& of, const std::function<int()>& work,
                const std::function<std::string(const std::vector<formats::ToldProblem>&)>& document =
                    formats::refused_as_json);

/// As long as it lives, what would be printed goes there. One at a time; the main thread alone.
class KeptProblems {
public:
    KeptProblems();
    ~KeptProblems();
    KeptProblems(const KeptProblems&) = delete;
    KeptProblems& operator=(const KeptProblems&) = delete;
    /// Since this was asked last, in the order in which it was found.
    std::vector<formats::ToldProblem> take();

    void keep(formats::ToldProblem problem) { kept_.push_back(std::move(problem)); }

private:
    std::vector<formats::ToldProblem> kept_;
};

}  // namespace understudy::cli
