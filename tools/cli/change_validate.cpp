// understudy change validate: every check that a change has to pass before it is rehearsed.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "tools/cli/change.h"
#include "tools/cli/change_case.h"
#include "tools/cli/progress.h"
#include "tools/formats/checks/check_files.h"
#include "tools/formats/language/suggestions.h"
#include "tools/reports/change_markdown.h"
#include "tools/reports/validation_report.h"

namespace understudy::cli {

namespace {

std::optional<studies::ChangeImpact> impact_of_case(const ChangeCase& one) {
    if (!one.candidate) return std::nullopt;
    // What failed is part of how severe it is.
    studies::ChangeReview review = *one.validation.review;
    review.checks = one.validation.checks;
    return studies::impact_of_change(*one.base, *one.candidate, one.changed, review);
}

std::string markdown_of(const ChangeCase& one) {
    const auto impact = impact_of_case(one);
    return reports::change_markdown(one.validation, impact ? &*impact : nullptr);
}

std::string shown(const ChangeCase& one, const std::string& format) {
    if (format == "json") return formats::validation_as_json(one.validation);
    if (format == "markdown") return markdown_of(one);
    if (format == "junit") return formats::checks_as_junit(one.validation);
    if (format == "sarif") return formats::checks_as_sarif(one.validation, UNDERSTUDY_VERSION);
    reports::TextOptions look;
    look.width = terminal_width();
    look.colour = takes_colour();
    return reports::validation_report(one.validation, look);
}

/// Where a job of GitHub Actions shows what it has to say. Others may have written there: it is added to.
void add_to_step_summary(const ChangeCase& one) {
    const char* const file = std::getenv("GITHUB_STEP_SUMMARY");
    if (file == nullptr || *file == 0) return;
    std::ofstream out(file, std::ios::app | std::ios::binary);
    out << markdown_of(one);
    out.flush();
    if (!out)
        fmt::print(stderr, "understudy: warning: nothing was added to GITHUB_STEP_SUMMARY ({})\n", file);
}

}  // namespace

int change_validate(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("validate"));
    options.positional("change", 1, "a change file");
    options.add()("base", po::value<std::string>()->value_name("BASE"),
                  "the scenario or version that it is applied to (default: what it names)");
    options.add()("format", po::value<std::string>()->value_name("FORMAT"),
                  "text (default), json, markdown for a pull request, junit or sarif");
    options.add()("json", "print one JSON document: the same as --format json");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("change")) throw UsageError("change validate needs a change file");
    std::string format = options.has("format") ? options.get<std::string>("format") : "text";
    const std::vector<std::string> known = {"text", "json", "markdown", "junit", "sarif"};
    if (std::find(known.begin(), known.end(), format) == known.end()) {
        const std::string hint = formats::did_you_mean(format, known);
        throw UsageError("--format is text, json, markdown, junit or sarif, not '" + format + "'" +
                         (hint.empty() ? "" : "; " + hint));
    }
    if (options.has("json")) {
        if (options.has("format") && format != "json")
            throw UsageError("--json is --format json: leave one out");
        format = "json";
    }
    const auto one = read_change_case(options.get<std::string>("change"),
                                      options.has("base") ? options.get<std::string>("base") : "");
    if (!one) return exit_usage;
    fmt::print("{}", shown(*one, format));
    add_to_step_summary(*one);
    return one->validation.stale ? exit_stale : one->validation.failed() ? exit_violated : exit_met;
}

}  // namespace understudy::cli
