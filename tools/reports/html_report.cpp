#include "tools/reports/html_report.h"

#include <fmt/format.h>

#include "report_assets.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::RunResult;

namespace {

/// A script for inside <script>: in the strings and comments of a program `<\/script` is the same as
/// `</script`.
std::string safe_script(std::string_view script) {
    std::string safe;
    safe.reserve(script.size());
    for (std::size_t i = 0; i < script.size(); ++i) {
        safe += script[i];
        if (script[i] == '<' && i + 1 < script.size() && (script[i + 1] == '/' || script[i + 1] == '!')) {
            // "</script" and "<!--" both change how a browser reads the rest.
            const std::string_view rest = script.substr(i + 1, 7);
            std::string lower;
            for (const char c : rest) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
            if (lower.rfind("/script", 0) == 0 || lower.rfind("!--", 0) == 0) safe += '\\';
        }
    }
    return safe;
}

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

std::string warnings_of(const RunResult& result) {
    if (result.warnings.empty()) return "";
    std::string html = "<section id=\"warnings\"><h2>Warnings</h2>\n<ul class=\"warnings\">\n";
    constexpr std::size_t most = 100;
    for (std::size_t i = 0; i < result.warnings.size() && i < most; ++i) {
        html += fmt::format("<li>{}</li>\n", escape_html(result.warnings[i].text));
    }
    html += "</ul>\n";
    if (result.warnings.size() > most) {
        html += fmt::format("<p class=\"soft\">and {} more</p>\n", result.warnings.size() - most);
    }
    return html + "</section>\n";
}

std::string provenance_of(const RunResult& result) {
    const auto& from = result.provenance;
    std::string html = "<section id=\"provenance\" class=\"long\"><h2>Where this comes from</h2>\n<dl>";
    const auto entry = [&](const char* name, const std::string& value) {
        if (!value.empty())
            html += fmt::format("<dt>{}</dt><dd class=\"mono\">{}</dd>", name, escape_html(value));
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
    html += "</dl>\n";
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

std::string escape_html(std::string_view text) {
    std::string html;
    html.reserve(text.size() + text.size() / 8);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        switch (c) {
            case '&': html += "&amp;"; continue;
            case '<': html += "&lt;"; continue;
            case '>': html += "&gt;"; continue;
            case '"': html += "&quot;"; continue;
            case '\'': html += "&#39;"; continue;
            default: break;
        }
        if (c < 0x80) {
            // Control characters are not allowed in HTML.
            html += c >= 0x20 || c == '\n' || c == '\t' ? text.substr(i, 1) : std::string_view(" ");
            continue;
        }
        const std::size_t length = c >= 0xf0 && c < 0xf5 ? 4 : (c >= 0xe0 ? 3 : 2);
        bool good = c >= 0xc2 && c < 0xf5 && i + length <= text.size();
        for (std::size_t k = 1; good && k < length; ++k) {
            good = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
        }
        if (!good) {
            html += "\xef\xbf\xbd";
            continue;
        }
        html += text.substr(i, length);
        i += length - 1;
    }
    return html;
}

std::string html_report(const RunResult& result) {
    const HtmlSeries series = html_series(result);
    const std::string objectives = html_objectives(result), warnings = warnings_of(result),
                      graph = html_graph(result), metrics = html_metrics(result);
    const std::string title =
        result.provenance.scenario_name.empty() ? "understudy" : result.provenance.scenario_name;
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}: "
        "{}</title>\n<style>\n",
        escape_html(title), headline(result).word);
    html += assets::dygraph_min_css;
    html += '\n';
    html += assets::report_css;
    html += "</style></head>\n<body><main>\n";
    html += head_of(result);
    html += "<nav>";
    const auto link = [&](const char* id, const char* name, bool there) {
        if (there) html += fmt::format("<a href=\"#{}\">{}</a>", id, name);
    };
    link("objectives", "Objectives", !objectives.empty());
    link("warnings", "Warnings", !warnings.empty());
    link("series", "Over time", !series.section.empty());
    link("graph", "Graph", !graph.empty());
    link("load", "Load", metrics.find("id=\"load\"") != std::string::npos);
    link("metrics", "Metrics", metrics.find("id=\"metrics\"") != std::string::npos);
    link("provenance", "Where this comes from", true);
    html += "</nav>\n" + objectives + warnings + series.section + graph + metrics + provenance_of(result);
    html += fmt::format(
        "<footer>Made by understudy {} from the result alone. Charts: dygraphs (MIT licence).</footer>\n",
        escape_html(result.provenance.version));
    html += "</main>\n<script type=\"application/json\" id=\"series-data\">" + series.data +
            "</script>\n<script>\n";
    if (!series.section.empty()) html += safe_script(assets::dygraph_min_js);
    html += "\n</script>\n<script>\n" + safe_script(assets::report_js) + "</script>\n</body></html>\n";
    return html;
}

}  // namespace understudy::reports
