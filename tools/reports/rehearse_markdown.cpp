#include "tools/reports/rehearse_markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

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

/// A row of the table, and how early it stands there: what is not met must not hide behind what is.
struct EntryRow {
    enum class Rank { violated, inconclusive, warned, met } rank = Rank::met;
    std::string text;
};
using EntryRows = std::vector<EntryRow>;

EntryRow::Rank row_rank(Verdict verdict) {
    switch (verdict) {
        case Verdict::met: return EntryRow::Rank::met;
        case Verdict::violated: return EntryRow::Rank::violated;
        case Verdict::inconclusive: return EntryRow::Rank::inconclusive;
    }
    return EntryRow::Rank::inconclusive;
}

const char* rank_name(EntryRow::Rank rank) {
    switch (rank) {
        case EntryRow::Rank::violated: return "violated";
        case EntryRow::Rank::inconclusive: return "inconclusive";
        case EntryRow::Rank::warned: return "no longer promised";
        case EntryRow::Rank::met: return "met";
    }
    return "";
}

std::string under(const studies::RehearsalResult& result) {
    return result.stress.empty() ? "" : "<br>under " + in_markdown(result.stress);
}

void add_row(EntryRows& rows, Verdict verdict, const std::string& what, const std::string& found) {
    rows.push_back({row_rank(verdict), fmt::format("| {} | {} | {} |\n", sign_of(verdict), what, found)});
}

/// What is accepted, under a stress or none.
void add_accepted_rows(EntryRows& rows, const studies::RehearsalResult& result) {
    const std::string none = not_rehearsed_text(result);
    for (const studies::Accepted& entry : result.accepted) {
        std::string found = in_markdown(none.empty() ? found_text(entry) : none);
        if (const std::string why = why_text(entry); none.empty() && !why.empty())
            found += "<br>" + in_markdown(why, 400);
        add_row(rows, entry.verdict, in_markdown(entry.text) + under(result), found);
    }
}

/// Before what is met, so that no green one hides it.
void add_dropped_rows(EntryRows& rows, const studies::RehearsalResult& result) {
    for (const studies::NoLongerPromised& one : result.no_longer_promised)
        rows.push_back({EntryRow::Rank::warned,
                        fmt::format("| :warning: no longer promised | {}{} | {}{} |\n", in_markdown(one.text),
                                    under(result), in_markdown(would_be_text(one)),
                                    one.now.empty() ? "" : "<br>now " + in_markdown(one.now))});
}

void add_rollout_rows(EntryRows& rows, const studies::RehearsalResult& result) {
    if (!result.canary) return;
    if (result.canary->replications == 0)
        return add_row(rows, result.canary->verdict, "the rollout" + under(result),
                       in_markdown(result.canary->why, 400));
    for (const studies::CanaryResult::Case& one : result.canary->cases)
        add_row(rows, one.verdict,
                "the rollout " + canary_promise_text(one) +
                    (one.text.empty() ? "" : "<br>" + in_markdown(one.text)) + under(result),
                in_markdown(canary_found_text(one)));
}

void add_way_back_row(EntryRows& rows, const studies::RehearsalResult& result) {
    if (!result.rollback) return;
    const studies::RollbackResult& way = *result.rollback;
    const std::string found =
        !way.why.empty() ? way.why : "well again in all of " + std::to_string(way.replications);
    add_row(rows, way.verdict, "the way back<br>well again once " + in_markdown(way.until),
            in_markdown(found, 400));
}

/// "and 12 more: 2 inconclusive, 10 met".
std::string more_rows(const EntryRows& rows) {
    if (rows.size() <= most_entries) return "";
    std::map<EntryRow::Rank, std::size_t> left;
    for (std::size_t i = most_entries; i < rows.size(); ++i) ++left[rows[i].rank];
    std::vector<std::string> parts;
    for (const auto& [rank, count] : left) parts.push_back(fmt::format("{} {}", count, rank_name(rank)));
    return fmt::format("| | and {} more: {} | |\n", rows.size() - most_entries, fmt::join(parts, ", "));
}

}  // namespace

std::string rehearse_markdown(const studies::RehearsalResult& result, const std::string& digest,
                              const std::string& change) {
    const std::string name =
        result.runs.empty() ? std::string() : result.runs.back().result.provenance.scenario_name;
    std::string text = fmt::format("## Rehearsal{}: {}{}\n\n", name.empty() ? "" : " of " + in_markdown(name),
                                   sign_of(result.verdict), result.interrupted ? ", interrupted" : "");
    text +=
        fmt::format("{} replications of each{}, seed {}; all intervals together hold at {:.4g} %.\n\n",
                    result.replications, result.independent ? "" : " in pairs under the same random numbers",
                    result.seed, 100 * result.confidence);
    if (!result.runs.empty() && !result.runs[0].result.provenance.set.empty())
        text += "Set in both: " +
                in_markdown(fmt::format("{}", fmt::join(result.runs[0].result.provenance.set, ", ")), 400) +
                "\n\n";
    if (!result.trusted.empty())
        text += "**OVERRIDE**: the twin is taken for credible, whatever its error: " +
                in_markdown(result.trusted, 400) + "\n\n";
    for (std::size_t i = 0; i < std::min(result.warnings.size(), most_warnings); ++i)
        text += ":warning: " + in_markdown(result.warnings[i], 400) + "\n\n";
    text += "| | accepted is | found |\n| --- | --- | --- |\n";
    EntryRows rows;
    add_dropped_rows(rows, result);
    add_accepted_rows(rows, result);
    for (const studies::RehearsalResult& stressed : result.stresses) add_accepted_rows(rows, stressed);
    add_rollout_rows(rows, result);
    for (const studies::RehearsalResult& stressed : result.stresses) add_rollout_rows(rows, stressed);
    add_way_back_row(rows, result);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const EntryRow& a, const EntryRow& b) { return a.rank < b.rank; });
    for (std::size_t i = 0; i < std::min(rows.size(), most_entries); ++i) text += rows[i].text;
    text += more_rows(rows);
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
