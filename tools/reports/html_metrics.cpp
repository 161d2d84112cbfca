#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/html_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::RunResult;

namespace {

constexpr std::size_t most_rows = 2500, open_groups = 12, most_loads = 25, most_missing = 100;

std::string group_html(const MetricGroup& group, bool open) {
    std::string html = fmt::format(
        "<details{}><summary>{}<small>{} metric{}</small></summary><div "
        "class=\"wide\"><table><thead><tr><th>metric</th>"
        "<th class=\"number\">estimate</th><th class=\"number\">interval</th><th "
        "class=\"number\">replications</th></tr></thead>"
        "<tbody>\n",
        open ? " open" : "", group.element.empty() ? "Whole system" : escape_html(group.element),
        group.metrics.size(), group.metrics.size() == 1 ? "" : "s");
    for (const auto* metric : group.metrics) {
        const EstimateText estimate = estimate_text(metric->estimate, metric->unit);
        html += fmt::format(
            "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"number soft\">{}</td><td class=\"number "
            "soft\">{}</td></tr>\n",
            escape_html(name_in_group(metric->name, group.element)), escape_html(estimate.value),
            escape_html(estimate.parts.empty() ? estimate.interval
                                               : estimate.interval + " (" + estimate.parts + ")"),
            metric->estimate.replications);
    }
    return html + "</tbody></table></div></details>\n";
}

}  // namespace

std::string html_meter(std::optional<double> utilisation) {
    if (!utilisation) return "";
    return fmt::format("<span class=\"meter\"><i class=\"u{}\" style=\"width:{:.1f}%\"></i></span>",
                       load_class(*utilisation), 100 * std::clamp(*utilisation, 0.0, 1.0));
}

std::string html_load(const RunResult& result) {
    auto list = loads(result);
    if (list.empty()) return "";
    const std::size_t all = list.size();
    if (list.size() > most_loads) list.resize(most_loads);
    const auto knows_load = [](const Load& load) {
        return load.forecast != nullptr && load.forecast->load_known();
    };
    // Of a run until empty nothing is expected: columns of nothing are left out.
    const bool offered = std::any_of(list.begin(), list.end(), knows_load);
    const bool expected =
        std::any_of(list.begin(), list.end(), [](const Load& load) { return load.expected.has_value(); });
    const auto number = [](const std::string& text, const char* tag = "td", const char* more = "") {
        return fmt::format("<{0} class=\"number{2}\">{1}</{0}>", tag, text, more);
    };
    std::string html = fmt::format(
        "<section id=\"load\" class=\"long\"><h2>Load<small>{}</small></h2>\n<div "
        "class=\"wide\"><table><thead><tr>"
        "<th>element</th>{}{}{}{}<th class=\"aside\"></th><th>note</th></tr></thead><tbody>\n",
        expected ? "utilisation expected from the traffic equations, and simulated" : "simulated utilisation",
        offered ? number("work offered", "th", " aside") : "", number("workers", "th"),
        expected ? number("expected", "th") : "", number("simulated", "th"));
    for (const auto& load : list) {
        const auto* forecast = load.forecast;
        const EstimateText simulated = estimate_text(load.simulated, "fraction");
        std::string note = forecast == nullptr ? "" : forecast->caveat;
        if (forecast != nullptr && !forecast->stable) note = what_is_short(*forecast) + ". " + note;
        const std::string interval =
            simulated.interval.empty()
                ? ""
                : " <span class=\"soft\">(" + escape_html(simulated.interval) + ")</span>";
        html += fmt::format(
            "<tr><td class=\"name\">{}</td>{}{}{}{}<td class=\"aside\">{}</td><td class=\"soft "
            "note\">{}</td></tr>\n",
            escape_html(load.element),
            offered ? number(knows_load(load) ? human_number(forecast->offered_load) : "", "td", " aside")
                    : "",
            number(forecast == nullptr ? "" : human_number(forecast->workers)),
            expected ? number((forecast != nullptr && forecast->at_most ? "up to " : "") +
                              (load.expected ? human(load.expected, "fraction") : ""))
                     : "",
            number(escape_html(simulated.value) + interval, "td", " simulated"),
            html_meter(load.simulated.value ? load.simulated.value : load.expected), escape_html(note));
    }
    html += "</tbody></table></div>\n";
    if (all > list.size())
        html += fmt::format("<p class=\"soft\">{} less loaded ones are left out.</p>\n", all - list.size());
    return html + "</section>\n";
}

std::string html_metrics(const RunResult& result) {
    std::string html;
    const auto groups = group_metrics(result);
    if (!groups.empty()) {
        html +=
            "<section id=\"metrics\" class=\"long\"><h2>Metrics</h2>\n<div class=\"controls\"><input "
            "id=\"search\" "
            "type=\"search\" placeholder=\"Search metrics\" aria-label=\"Search metrics\"><button "
            "id=\"toggle\" "
            "type=\"button\">Open or close all</button></div>\n<div class=\"elements\">\n";
        std::size_t rows = 0, left_out = 0;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (rows + groups[i].metrics.size() > most_rows && i > 0) {
                left_out += groups[i].metrics.size();
                continue;
            }
            rows += groups[i].metrics.size();
            html += group_html(groups[i], groups.size() <= open_groups || i == 0);
        }
        html += "</div>\n";
        if (const std::string note = note_on_extremes(result); !note.empty())
            html += fmt::format("<p class=\"soft\">{}</p>\n", escape_html(note));
        if (left_out > 0)
            html += fmt::format("<p class=\"soft\">{} more metrics are in the result file.</p>\n", left_out);
        html += "</section>\n";
    }
    std::string missing;
    std::size_t count = 0;
    for (const auto& metric : result.metrics) {
        if (metric.estimate.value || ++count > most_missing) continue;
        missing +=
            fmt::format("<tr><td>{}</td><td class=\"soft\">{}</td></tr>\n", escape_html(metric.name),
                        escape_html(metric.no_data.empty() ? "no data in any replication" : metric.no_data));
    }
    if (count > 0) {
        html += "<section><h2>Without data</h2>\n<div class=\"wide\"><table><tbody>\n" + missing +
                "</tbody></table></div>\n";
        if (count > most_missing)
            html += fmt::format("<p class=\"soft\">and {} more</p>\n", count - most_missing);
        html += "</section>\n";
    }
    return html;
}

}  // namespace understudy::reports
