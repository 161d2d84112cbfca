// In which form a verb tells its answer: --format, and --json for the one that programs read.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/cli/command.h"

namespace understudy::cli {

/// The forms that a verb knows, the usual one first.
using Formats = std::vector<std::string>;

void add_format_options(Options& options, const Formats& known);
/// UsageError for a form that there is not, with the nearest, and for two at once.
std::string format_from(const Options& options, const Formats& known);

/// Adds to the page of a job of GitHub Actions, where there is one (GITHUB_STEP_SUMMARY); else `markdown` is not asked.
void add_to_step_summary(const std::function<std::string()>& markdown);

}  // namespace understudy::cli
