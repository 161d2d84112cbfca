// What is found of a plan in files, a rollout or a way back: ready to be rehearsed, or what is wrong with it.
#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>
#include <utility>

#include "models/problem.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/language/diagnostics.h"

namespace understudy::cli {

template <class Prepared>
struct FoundPlan {
    std::optional<Prepared> prepared;  ///< nothing if there was an error
    formats::Diagnostics diagnostics;  ///< of the files
    models::Problems problems;         ///< of what they say together
};

/// What is ready; else nothing, and on stderr what is wrong. `change`: the file, for what has no place in it.
template <class Prepared>
std::optional<Prepared> prepared_or_said(FoundPlan<Prepared> found, const std::string& change) {
    if (found.prepared) return std::move(found.prepared);
    if (found.problems.empty())
        print_problems(found.diagnostics);
    else
        print_problems(found.problems, change);
    return std::nullopt;
}

}  // namespace understudy::cli
