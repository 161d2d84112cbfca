#include "tools/cli/output_format.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "tools/formats/language/suggestions.h"

namespace understudy::cli {

namespace {

/// "text, json or markdown".
std::string listed(const Formats& known) {
    return fmt::format("{} or {}", fmt::join(known.begin(), known.end() - 1, ", "), known.back());
}

}  // namespace

void add_format_options(Options& options, const Formats& known) {
    const std::string help = listed(known) + " (default: " + known.front() + ")";
    options.add()("format", boost::program_options::value<std::string>()->value_name("FORMAT"), help.c_str());
    options.add()("json", "print one JSON document: the same as --format json");
}

std::string format_from(const Options& options, const Formats& known) {
    std::string format = options.has("format") ? options.get<std::string>("format") : known.front();
    if (std::find(known.begin(), known.end(), format) == known.end()) {
        const std::string hint = formats::did_you_mean(format, known);
        throw UsageError("--format is " + listed(known) + ", not '" + format + "'" +
                         (hint.empty() ? "" : "; " + hint));
    }
    if (options.has("json")) {
        if (options.has("format") && format != "json")
            throw UsageError("--json is --format json: leave one out");
        format = "json";
    }
    return format;
}

void add_to_step_summary(const std::function<std::string()>& markdown) {
    const char* const file = std::getenv("GITHUB_STEP_SUMMARY");
    if (file == nullptr || *file == 0) return;
    // Others may have written there: it is added to.
    std::ofstream out(file, std::ios::app | std::ios::binary);
    out << markdown();
    out.flush();
    if (!out)
        fmt::print(stderr, "understudy: warning: nothing was added to GITHUB_STEP_SUMMARY ({})\n", file);
}

}  // namespace understudy::cli
