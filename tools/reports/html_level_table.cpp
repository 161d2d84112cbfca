#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "tools/reports/html_page.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"
#include "tools/reports/stress_words.h"

namespace understudy::reports {

using studies::BreakingPointResult;
using studies::Estimate;
using studies::Level;

namespace {

struct LevelColumn {
    std::string measure, title;
    const char* aside;  ///< left out where there is little room
};

bool is_measured(const BreakingPointResult& result, std::string_view name) {
    return std::any_of(result.levels.begin(), result.levels.end(),
                       [&](const Level& level) { return measure_named(level, name) != nullptr; });
}

std::vector<LevelColumn> level_columns(const BreakingPointResult& result) {
    std::vector<LevelColumn> columns = {
        {"rate completed()", "completed", ""}, {"avg latency()", "avg", ""},
        {"p(95) latency()", "p(95)", ""},      {"p(99) latency()", "p(99)", " aside"},
        {"share lost()", "lost", ""},          {"share dead_lettered()", "dead-lettered", ""}};
    constexpr std::size_t most_lags = 4;
    std::size_t lags = 0;
    for (const Level& level : result.levels) {
        if (level.measures.empty()) continue;
        for (const Level::Measured& one : level.measures)
            if (one.name.starts_with("max lag(") && lags++ < most_lags)
                columns.push_back({one.name, one.name, " aside"});
        break;
    }
    std::erase_if(columns, [&](const LevelColumn& one) { return !is_measured(result, one.measure); });
    return columns;
}

std::string level_row(const BreakingPointResult& result, std::size_t index,
                      const std::vector<LevelColumn>& columns, bool busiest) {
    const Level& level = result.levels[index];
    std::string marks;
    const auto mark = [&](bool here, const char* look, const char* word) {
        if (here) marks += fmt::format(" <span class=\"mark {}\">{}</span>", look, word);
    };
    mark(index == result.holds_at, "holds", "holds");
    mark(index == result.breaks_at, "breaks", "breaks");
    mark(result.knee && index == result.knee->at, "knee", "knee");
    std::string html = fmt::format("<tr><td class=\"number\">{}</td><td class=\"verdict\">{}{}</td>",
                                   escape_html(level.value), html_badge(level.verdict), marks);
    for (const LevelColumn& column : columns) {
        std::string text;
        for (const Level::Measured& one : level.measures)
            if (one.name == column.measure && one.estimate.value)
                text = human(*one.estimate.value, one.unit, 3);
        html += fmt::format("<td class=\"number{}\">{}</td>", column.aside, escape_html(text));
    }
    if (busiest) {
        const Estimate* const utilisation = busiest_of(level);
        html += utilisation == nullptr
                    ? std::string("<td></td>")
                    : fmt::format("<td class=\"bar\">{} {} <span class=\"soft\">{}</span></td>",
                                  html_meter(utilisation->value), human(*utilisation->value, "fraction", 3),
                                  escape_html(shorten(level.most_loaded, 24)));
    }
    // Where nothing was simulated a formula decided; else it may have beside that.
    const std::string why = level.why.empty() && level.by_formula ? "by formula" : level.why;
    return html + fmt::format("<td class=\"number aside\">{}</td><td class=\"soft note\">{}</td></tr>\n",
                              level.replications, escape_html(why));
}

}  // namespace

std::string html_level_table(const BreakingPointResult& result) {
    if (result.levels.empty()) return "";
    constexpr std::size_t most = 400;
    const std::vector<LevelColumn> columns = level_columns(result);
    const bool busiest = std::any_of(result.levels.begin(), result.levels.end(),
                                     [](const Level& level) { return busiest_of(level) != nullptr; });
    std::string html = fmt::format(
        "<section id=\"levels\" class=\"long\"><h2>Levels</h2>\n<div class=\"wide\"><table><thead><tr><th "
        "class=\"number\">{}</th><th></th>",
        escape_html(result.factor));
    for (const LevelColumn& column : columns)
        html += fmt::format("<th class=\"number{}\">{}</th>", column.aside, escape_html(column.title));
    if (busiest) html += "<th>busiest</th>";
    html += "<th class=\"number aside\">replications</th><th></th></tr></thead><tbody>\n";
    for (std::size_t i = 0; i < result.levels.size() && i < most; ++i)
        html += level_row(result, i, columns, busiest);
    html += "</tbody></table></div>\n";
    if (result.levels.size() > most)
        html +=
            fmt::format("<p class=\"soft\">and {} more; --json has all</p>\n", result.levels.size() - most);
    return html + "</section>\n";
}

}  // namespace understudy::reports
