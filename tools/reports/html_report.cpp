#include "tools/reports/html_report.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "report_assets.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::RunResult;

namespace {

std::string head_of(const RunResult& result) {
    const std::string name =
        result.provenance.scenario_name.empty() ? "Run" : result.provenance.scenario_name;
    const Headline head = headline(result);
    const bool promised = result.reason != studies::Reason::no_objectives;
    std::string html = fmt::format("<header><div><h1>{}</h1><p class=\"soft\">{}</p>", escape_html(name),
                                   escape_html(run_line(result)));
    if (!result.provenance.set.empty())
        html += fmt::format("<p>Set: <span class=\"mono\">{}</span></p>",
                            escape_html(fmt::format("{}", fmt::join(result.provenance.set, ", "))));
    int counts[3] = {0, 0, 0};
    for (const auto& objective : result.objectives) ++counts[static_cast<int>(objective.verdict)];
    if (!result.objectives.empty()) {
        html += fmt::format("<p>{} of {} objectives met, {} violated, {} inconclusive</p>", counts[0],
                            result.objectives.size(), counts[1], counts[2]);
    }
    if (result.interrupted) html += "<p><strong>Interrupted: only what had finished is counted.</strong></p>";
    html +=
        fmt::format("</div><div><span class=\"badge {}\">{}</span>{}</div></header>\n",
                    promised ? name_of(result.verdict) : "none", head.word,
                    head.why.empty() ? "" : fmt::format("<p class=\"soft\">{}</p>", escape_html(head.why)));
    return html;
}

std::string origins_of(const studies::Provenance& from) {
    if (from.origins.empty()) return "";
    constexpr std::size_t most = 2'000;
    const std::size_t shown = std::min(most, from.origins.size());
    std::string rows;
    for (std::size_t i = 0; i < shown; ++i)
        rows += fmt::format(
            "<tr><td class=\"mono\">{}</td><td class=\"mono\">{}</td><td class=\"mono\">{}</td></tr>\n",
            escape_html(from.origins[i].path), escape_html(from.origins[i].value),
            escape_html(from.origins[i].origin));
    return fmt::format(
        "<details><summary>What is set, and where</summary>\n<div class=\"wide\"><table "
        "id=\"origins\"><thead><tr>"
        "<th>path</th><th>value</th><th>origin</th></tr></thead><tbody>\n{}</tbody></table></div>{}</"
        "details>\n",
        rows,
        shown < from.origins.size() ? "<p class=\"soft\">cut off here; the result file has all of it</p>"
                                    : "");
}

std::string provenance_of(const RunResult& result) {
    const auto& from = result.provenance;
    std::vector<HtmlEntry> entries;
    const auto entry = [&](const char* name, std::string value) {
        entries.push_back({name, std::move(value)});
    };
    entry("scenario", from.scenario_name);
    entry("digest", from.scenario_digest);
    entry("set", fmt::format("{}", fmt::join(from.set, ", ")));
    entry("seed", std::to_string(from.seed));
    entry("replications", fmt::format("{} of {}", result.replications_done, from.replications));
    entry("length", result.length_s ? human(*result.length_s, "s") : "until empty");
    entry("warm-up", result.warm_up_s
                         ? human(*result.warm_up_s, "s") +
                               (result.warm_up_reason.empty() ? "" : " (" + result.warm_up_reason + ")")
                         : result.warm_up_reason);
    entry("start", result.start);
    entry("confidence", human(result.confidence, "fraction"));
    entry("intervals", result.interval_reason);
    entry("inputs", result.input_reason);
    entry("aggregated", fmt::format("{}", fmt::join(result.aggregated, ", ")));
    entry("events", fmt::format("{}", result.events));
    entry("fingerprint", result.fingerprint);
    entry("understudy", from.version);
    std::string html =
        "<section id=\"provenance\" class=\"long\"><h2>Where this comes from</h2>\n" + html_entries(entries);
    html += origins_of(from);
    if (!from.scenario_text.empty()) {
        constexpr std::size_t most = 200'000;
        const bool cut = from.scenario_text.size() > most;
        html += fmt::format("<details><summary>The scenario</summary><pre>{}</pre>{}</details>\n",
                            escape_html(std::string_view(from.scenario_text).substr(0, most)),
                            cut ? "<p class=\"soft\">cut off here; the result file has all of it</p>" : "");
    }
    return html + "</section>\n";
}

}  // namespace

std::string html_report(const RunResult& result) {
    const HtmlSeries series = html_series(result);
    std::vector<std::string> warnings;
    for (const auto& warning : result.warnings) warnings.push_back(warning.text);
    const std::string name =
        result.provenance.scenario_name.empty() ? "understudy" : result.provenance.scenario_name;
    HtmlPage page;
    page.title = name + ": " + headline(result).word;
    page.styles = std::string(assets::dygraph_min_css) + '\n';
    page.header = head_of(result);
    page.sections = {{"objectives", "Objectives", html_objectives(result)},
                     {"warnings", "Warnings", html_warnings(warnings)},
                     {"series", "Over time", series.section},
                     {"graph", "Graph", html_graph(result)},
                     {"load", "Load", html_load(result)},
                     {"metrics", "Metrics", html_metrics(result)},
                     {"provenance", "Where this comes from", provenance_of(result)}};
    page.footer = fmt::format("Made by understudy {} from the result alone. Charts: dygraphs (MIT licence).",
                              result.provenance.version);
    page.scripts =
        "<script type=\"application/json\" id=\"series-data\">" + series.data + "</script>\n<script>\n";
    if (!series.section.empty()) page.scripts += safe_script(assets::dygraph_min_js);
    page.scripts += "\n</script>\n<script>\n" + safe_script(assets::report_js) + "</script>\n";
    return html_page(page);
}

}  // namespace understudy::reports
