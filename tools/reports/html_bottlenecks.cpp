#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/html_page.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/html_signed_bar.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"
#include "tools/reports/stress_words.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::BottlenecksResult;
using studies::Estimate;
using studies::Remedy;
using studies::Station;

namespace {

std::string stations_table(const std::vector<Station>& stations) {
    const bool expected = std::any_of(stations.begin(), stations.end(),
                                      [](const Station& one) { return one.expected.has_value(); });
    std::string html =
        "<div class=\"wide\"><table><thead><tr><th>station</th><th class=\"aside\"></th><th "
        "class=\"number\">utilisation</th><th class=\"number\">full at a throughput of</th>";
    if (expected) html += "<th class=\"number\">by formulas</th>";
    html += "</tr></thead><tbody>\n";
    for (const Station& station : stations) {
        html += "<tr>" + html_cell(station.name, "name") +
                fmt::format("<td class=\"aside\">{}</td>", html_meter(station.utilisation.value)) +
                html_cell(with_interval(station.utilisation, "fraction")) +
                html_cell(with_interval(station.ceiling, "items/s"));
        if (expected) html += html_cell(expected_words(station));
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
        html += "<tr>" + html_cell(station.name, "name") +
                html_cell(with_interval(station.active_period, "s")) +
                html_cell(with_interval(station.bottleneck, "fraction")) +
                html_cell(human(station.shifting.value, "fraction")) + "</tr>\n";
    html += "</tbody></table></div>\n<p class=\"soft\">";
    std::string said;
    for (const std::string& words : activity_words(first)) said += (said.empty() ? "" : "; ") + words;
    return html + escape_html(said) + "</p>\n";
}

std::string remedies_table(const BottlenecksResult& found) {
    if (found.remedies.empty()) return "<p>Nothing can be added.</p>\n";
    constexpr std::size_t most = 60;
    SignedAxis axis;
    for (const Remedy& remedy : found.remedies) axis.take(remedy.gain);
    std::string html = fmt::format(
        "<div class=\"wide\"><table id=\"remedies\"><thead><tr><th>station</th><th>what</th><th "
        "class=\"aside\"></th><th class=\"number\">{} better by</th><th "
        "class=\"aside\"></th></tr></thead><tbody>\n",
        escape_html(found.target));
    for (std::size_t i = 0; i < found.remedies.size() && i < most; ++i) {
        const Remedy& remedy = found.remedies[i];
        html +=
            "<tr>" + html_cell(remedy.element, "name") + html_cell(remedy.text, "") +
            fmt::format("<td class=\"aside\">{}</td>", html_signed_bar(remedy.gain, axis,
                                                                       !remedy.decided          ? "open"
                                                                       : *remedy.gain.value < 0 ? "worse"
                                                                                                : "better")) +
            html_cell(with_interval(remedy.gain, found.target_unit)) +
            html_cell(remedy.decided ? "" : "not decided", "soft aside") + "</tr>\n";
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
