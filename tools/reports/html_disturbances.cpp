#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "tools/reports/html_page.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"
#include "tools/reports/stress_words.h"

namespace understudy::reports {

using studies::RecoveryResult;
using studies::Verdict;

namespace {

std::string survival_badge(Verdict survived) {
    static constexpr const char* words[] = {"survived", "not survived", "not known"};
    return fmt::format("<span class=\"badge {}\">{}</span>", studies::name_of(survived),
                       words[static_cast<int>(survived)]);
}

std::string disturbance_html(const RecoveryResult& one) {
    std::string html =
        fmt::format("<div class=\"disturbance\"><h3>{}</h3>\n", escape_html(disturbance_words(one)));
    if (!one.why.empty()) return html + fmt::format("<p>not known: {}</p></div>\n", escape_html(one.why));
    html += fmt::format("<p>{} {}</p>\n<div class=\"wide\"><table class=\"facts-table\"><tbody>\n",
                        survival_badge(one.survived), escape_html(one.not_survived));
    const std::vector<RecoveryLine> lines = recovery_lines(one);
    double longest = one.lasts_s.value_or(0);
    for (const RecoveryLine& line : lines) longest = std::max(longest, line.seconds.value_or(0));
    const auto row = [&](const std::string& name, std::optional<double> seconds, const std::string& text,
                         const char* look) {
        const std::string bar =
            seconds && longest > 0
                ? fmt::format("<span class=\"length\"><i class=\"{}\" style=\"width:{:.1f}%\"></i></span>",
                              look, std::max(0.6, 100 * *seconds / longest))
                : std::string();
        html += fmt::format("<tr><th>{}</th><td class=\"aside\">{}</td><td>{}</td></tr>\n", name, bar,
                            escape_html(text));
    };
    if (one.lasts_s) row("lasts", one.lasts_s, human(*one.lasts_s, "s"), "it");
    for (const RecoveryLine& line : lines) row(line.name, line.seconds, line.text, "");
    html += "</tbody></table></div>\n";
    if (!one.promises.empty()) {
        html += "<p class=\"soft\">Over the whole run, with it:</p><ul class=\"plain\">\n";
        constexpr std::size_t most = 50;
        for (std::size_t i = 0; i < one.promises.size() && i < most; ++i)
            html += fmt::format("<li>{} <span class=\"mono\">{}</span></li>\n",
                                html_badge(one.promises[i].verdict), escape_html(one.promises[i].text));
        html += "</ul>\n";
        if (one.promises.size() > most)
            html += fmt::format("<p class=\"soft\">and {} more; --json has all</p>\n",
                                one.promises.size() - most);
    }
    return html + "</div>\n";
}

}  // namespace

std::string html_disturbances(const studies::BreakingPointResult& result) {
    if (result.disturbances.empty()) return "";
    constexpr std::size_t most = 100;
    std::string html =
        "<section id=\"disturbances\" class=\"long\"><h2>Disturbances<small>with the load as it is, each in "
        "pairs with and without it; bars are lengths of time</small></h2>\n";
    for (std::size_t i = 0; i < result.disturbances.size() && i < most; ++i)
        html += disturbance_html(result.disturbances[i]);
    if (result.disturbances.size() > most)
        html += fmt::format("<p class=\"soft\">and {} more; --json has all</p>\n",
                            result.disturbances.size() - most);
    return html + "</section>\n";
}

}  // namespace understudy::reports
