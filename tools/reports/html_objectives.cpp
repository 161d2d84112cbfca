#include <fmt/format.h>

#include <vector>

#include "tools/reports/html_card.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::ObjectiveResult;
using studies::RunResult;

namespace {

std::string least_certain_table(const RunResult& result) {
    const auto list = studies::least_certain(result);
    if (list.empty()) return "";
    std::string html =
        "<h3>Least certain</h3>\n<div class=\"wide\"><table "
        "id=\"least-certain\"><thead><tr><th>objective</th>"
        "<th class=\"number\">estimate</th><th class=\"number\">half width of the interval</th>"
        "<th class=\"number\">to limit</th><th class=\"number\">more replications</th></tr></thead><tbody>\n";
    for (const studies::Uncertain& uncertain : list) {
        const UncertainText text = uncertain_text(uncertain);
        html += fmt::format("<tr><td class=\"name\">{}</td>", escape_html(uncertain.objective->text));
        for (const std::string& cell : {text.estimate, text.half_width, text.distance, text.more})
            html += fmt::format("<td class=\"number\">{}</td>", escape_html(cell));
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

}  // namespace

std::string html_objective_card(const ObjectiveResult& objective) {
    const EstimateText estimate = estimate_text(objective.estimate, objective.unit);
    std::string why = reason_words(objective.reason);
    if (!objective.explanation.empty()) why += (why.empty() ? "" : "; ") + objective.explanation;
    Card card;
    card.verdict = objective.verdict;
    card.text = objective.text;
    if (objective.estimate.value) card.value = estimate.value;
    card.interval = estimate.interval;
    card.notes = {why};
    card.estimate = objective.estimate;
    card.comparison = objective.comparison;
    card.limit = objective.limit;
    card.by_replication = objective.by_replication;
    card.share = objective.unit == "fraction";
    card.number = [&](double value, int digits) { return human(value, objective.unit, digits); };
    return html_card(card);
}

std::string html_objectives(const RunResult& result) {
    if (result.objectives.empty()) return "";
    std::string html = fmt::format(
        "<section id=\"objectives\"><h2>Objectives<small>estimate, interval at {} confidence; a dot is a "
        "replication, "
        "the red side is past the limit</small></h2>\n",
        human(result.confidence, "fraction"));
    constexpr std::size_t most = 200;
    for (std::size_t i = 0; i < result.objectives.size() && i < most; ++i)
        html += html_objective_card(result.objectives[i]);
    if (result.objectives.size() > most) {
        html += fmt::format("<p class=\"soft\">{} more are in the result file.</p>",
                            result.objectives.size() - most);
    }
    return html + least_certain_table(result) + "</section>\n";
}

}  // namespace understudy::reports
