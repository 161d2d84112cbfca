#include "tools/reports/rehearse_markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/reports/accepted_text.h"
#include "tools/reports/canary_report.h"
#include "tools/reports/markdown.h"
#include "tools/reports/rehearse_report.h"

namespace understudy::reports {

namespace {

using studies::Verdict;

constexpr std::size_t most_entries = 60;
constexpr std::size_t most_report = 30'000;
constexpr std::size_t most_warnings = 5;
constexpr std::size_t most_characters = 65'000;  // GitHub takes 65 536

const char* sign_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::met: return ":white_check_mark: met";
        case Verdict::violated: return ":x: violated";
        case Verdict::inconclusive: return ":grey_question: inconclusive";
    }
    return "";
}

/// Rows of a table: what is accepted, under a stress or none.
void put_rows(std::string& text, std::size_t& rows, const studies::RehearsalResult& result) {
    for (const studies::Accepted& entry : result.accepted) {
        if (++rows > most_entries) continue;
        std::string found = in_markdown(found_text(entry));
        if (const std::string why = why_text(entry); !why.empty()) found += "<br>" + in_markdown(why, 400);
        text += fmt::format("| {} | {}{} | {} |\n", sign_of(entry.verdict), in_markdown(entry.text),
                            result.stress.empty() ? "" : "<br>under " + in_markdown(result.stress), found);
    }
}

/// At the head of the table, so that no green one hides it.
void put_dropped_rows(std::string& text, std::size_t& rows, const studies::RehearsalResult& result) {
    for (const studies::NoLongerPromised& one : result.no_longer_promised) {
        if (++rows > most_entries) continue;
        text += fmt::format("| :warning: no longer promised | {}{} | {}{} |\n", in_markdown(one.text),
                            result.stress.empty() ? "" : "<br>under " + in_markdown(result.stress),
                            in_markdown(would_be_text(one)),
                            one.now.empty() ? "" : "<br>now " + in_markdown(one.now));
    }
}

void put_rollout(std::string& text, const studies::RehearsalResult& result) {
    if (!result.canary) return;
    for (const studies::CanaryResult::Case& one : result.canary->cases)
        text += fmt::format("| {} | the rollout {}{}{} | {} |\n", sign_of(one.verdict),
                            canary_promise_text(one), one.text.empty() ? "" : "<br>" + in_markdown(one.text),
                            result.stress.empty() ? "" : "<br>under " + in_markdown(result.stress),
                            in_markdown(canary_found_text(one)));
}

void put_way_back(std::string& text, const studies::RehearsalResult& result) {
    if (!result.rollback) return;
    const studies::RollbackResult& way = *result.rollback;
    const std::string found =
        !way.why.empty() ? way.why : "well again in all of " + std::to_string(way.replications);
    text += fmt::format("| {} | the way back<br>well again once {} | {} |\n", sign_of(way.verdict),
                        in_markdown(way.until), in_markdown(found, 400));
}

}  // namespace

std::string rehearse_markdown(const studies::RehearsalResult& result, const std::string& digest,
                              const std::string& change) {
    const std::string name =
        result.runs.empty() ? std::string() : result.runs.back().result.provenance.scenario_name;
    std::string text = fmt::format("## Rehearsal{}: {}\n\n", name.empty() ? "" : " of " + in_markdown(name),
                                   sign_of(result.verdict));
    text +=
        fmt::format("{} replications of each{}, seed {}; all intervals together hold at {:.4g} %.\n\n",
                    result.replications, result.independent ? "" : " in pairs under the same random numbers",
                    result.seed, 100 * result.confidence);
    if (!result.trusted.empty())
        text += "**OVERRIDE**: the twin is taken for credible, whatever its error: " +
                in_markdown(result.trusted, 400) + "\n\n";
    for (std::size_t i = 0; i < std::min(result.warnings.size(), most_warnings); ++i)
        text += ":warning: " + in_markdown(result.warnings[i], 400) + "\n\n";
    text += "| | accepted is | found |\n| --- | --- | --- |\n";
    std::size_t rows = 0;
    put_dropped_rows(text, rows, result);
    put_rows(text, rows, result);
    for (const studies::RehearsalResult& stressed : result.stresses) put_rows(text, rows, stressed);
    put_rollout(text, result);
    for (const studies::RehearsalResult& stressed : result.stresses) put_rollout(text, stressed);
    put_way_back(text, result);
    if (rows > most_entries) text += fmt::format("| | and {} more | |\n", rows - most_entries);
    TextOptions look;
    look.width = 80;
    std::string report = rehearse_report(result, digest, look);
    if (report.size() > most_report) {
        report.resize(report.rfind('\n', most_report) + 1);
        report += "... and more; --format json has all\n";
    }
    report = "\n<details><summary>The whole report</summary>\n\n" + fenced(report) + "\n</details>\n";
    if (change.empty()) return text + report;
    const bool fits = text.size() + change.size() + report.size() < most_characters;
    return text + "\n" +
           (fits ? change : "What the change touches is too much for a comment: see 'change impact'.\n") +
           report;
}

}  // namespace understudy::reports
