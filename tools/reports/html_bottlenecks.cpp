#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/html_page.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/stress_words.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::BottlenecksResult;
using studies::Estimate;
using studies::Remedy;
using studies::Station;

namespace {

std::string cell(const std::string& text, const char* look = "number") {
    return fmt::format("<td class=\"{}\">{}</td>", look, escape_html(text));
}

std::string stations_table(const std::vector<Station>& stations) {
    const bool expected = std::any_of(stations.begin(), stations.end(),
                                      [](const Station& one) { return one.expected.has_value(); });
    std::string html =
        "<div class=\"wide\"><table><thead><tr><th>station</th><th class=\"aside\"></th><th "
        "class=\"number\">utilisation</th><th class=\"number\">full at a throughput of</th>";
    if (expected) html += "<th class=\"number\">by formulas</th>";
    html += "</tr></thead><tbody>\n";
    for (const Station& station : stations) {
        html += "<tr>" + cell(station.name, "name") +
                fmt::format("<td class=\"aside\">{}</td>", html_meter(station.utilisation.value)) +
                cell(with_interval(station.utilisation, "fraction")) +
                cell(with_interval(station.ceiling, "items/s"));
        if (expected) html += cell(expected_words(station));
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string activity_table(const std::vector<Station>& stations, const studies::ByActivity& first) {
    std::string html =
        "<div class=\"wide\"><table><thead><tr><th>station</th><th class=\"number\">active without a break "
        "for</th><th class=\"number\">the bottleneck</th><th class=\"number\">of that, "
        "shifting</th></tr></thead><tbody>\n";
    for (const Station& station : stations)
        html += "<tr>" + cell(station.name, "name") + cell(with_interval(station.active_period, "s")) +
                cell(with_interval(station.bottleneck, "fraction")) +
                cell(human(station.shifting.value, "fraction")) + "</tr>\n";
    html += "</tbody></table></div>\n<p class=\"soft\">";
    std::string said;
    for (const std::string& words : activity_words(first)) said += (said.empty() ? "" : "; ") + words;
    return html + escape_html(said) + "</p>\n";
}

/// From the least to the most that any of them gains, 0 among it.
struct GainAxis {
    double low = 0, high = 0;
    explicit GainAxis(const std::vector<Remedy>& remedies) {
        for (const Remedy& remedy : remedies)
            for (const std::optional<double>& end : {remedy.gain.value, remedy.gain.low, remedy.gain.high}) {
                low = std::min(low, end.value_or(0));
                high = std::max(high, end.value_or(0));
            }
    }
};

std::string gain_bar(const Estimate& gain, const GainAxis& axis, bool decided) {
    if (!gain.value || !(axis.high > axis.low)) return "";
    constexpr double width = 220;
    const auto x = [&](double value) {
        return 4 + (value - axis.low) / (axis.high - axis.low) * (width - 8);
    };
    const double from = std::min(x(0), x(*gain.value)), to = std::max(x(0), x(*gain.value));
    const char* look = !decided ? "open" : *gain.value < 0 ? "worse" : "better";
    std::string svg = fmt::format(
        "<svg class=\"gain\" viewBox=\"0 0 {} 16\" width=\"{}\" height=\"16\" aria-hidden=\"true\"><rect "
        "class=\"{}\" x=\"{:.1f}\" y=\"3\" width=\"{:.1f}\" height=\"10\"/>",
        width, width, look, from, std::max(1.0, to - from));
    if (gain.low && gain.high)
        svg +=
            fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"8\" y2=\"8\"/>", x(*gain.low), x(*gain.high));
    return svg +
           fmt::format("<line class=\"zero\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"16\"/></svg>", x(0));
}

std::string remedies_table(const BottlenecksResult& found) {
    if (found.remedies.empty()) return "<p>Nothing can be added.</p>\n";
    constexpr std::size_t most = 60;
    const GainAxis axis(found.remedies);
    std::string html = fmt::format(
        "<div class=\"wide\"><table id=\"remedies\"><thead><tr><th>station</th><th>what</th><th "
        "class=\"aside\"></th><th class=\"number\">{} better by</th><th "
        "class=\"aside\"></th></tr></thead><tbody>\n",
        escape_html(found.target));
    for (std::size_t i = 0; i < found.remedies.size() && i < most; ++i) {
        const Remedy& remedy = found.remedies[i];
        html += "<tr>" + cell(remedy.element, "name") + cell(remedy.text, "") +
                fmt::format("<td class=\"aside\">{}</td>", gain_bar(remedy.gain, axis, remedy.decided)) +
                cell(with_interval(remedy.gain, found.target_unit)) +
                cell(remedy.decided ? "" : "not decided", "soft aside") + "</tr>\n";
    }
    html += "</tbody></table></div>\n";
    if (found.remedies.size() > most)
        html +=
            fmt::format("<p class=\"soft\">and {} more; --json has all</p>\n", found.remedies.size() - most);
    if (!found.ranked)
        html +=
            "<p class=\"soft\">Neighbours in this order are not all told apart; more replications "
            "would.</p>\n";
    return html;
}

}  // namespace

std::string html_bottlenecks(const BottlenecksResult& found) {
    std::string html =
        "<section id=\"help\" class=\"long\"><h2>What would help<small>with the load as it is</small></h2>\n";
    if (!found.why.empty())
        return html + fmt::format("<p>not known: {}</p></section>\n", escape_html(found.why));
    html += fmt::format("<p>{} is {}; each remedy alone makes it better by:</p>\n",
                        "<span class=\"mono\">" + escape_html(found.target) + "</span>",
                        escape_html(with_interval(found.target_now, found.target_unit)));
    html += remedies_table(found);
    const auto tight = [](const std::vector<Station>& stations, const studies::ByActivity& first) {
        return stations_table(stations) + "<h3>Where the bottleneck is, by active periods</h3>\n" +
               activity_table(stations, first);
    };
    html += "<h3>Where it is tight, as it is now</h3>\n" + tight(found.stations, found.by_activity);
    if (found.fixed)
        html += fmt::format("<h3>Then, with {} twice as fast</h3>\n<p>{} is {}</p>\n",
                            escape_html(found.fixed->element),
                            "<span class=\"mono\">" + escape_html(found.target) + "</span>",
                            escape_html(with_interval(found.fixed->target, found.target_unit))) +
                tight(found.fixed->stations, found.fixed->by_activity);
    return html + "</section>\n";
}

}  // namespace understudy::reports
