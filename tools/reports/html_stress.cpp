#include "tools/reports/html_stress.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/html_page.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/stress_words.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::BreakingPointResult;
using studies::Verdict;

namespace {

/// "it holds" -> "It holds."
std::string sentence(std::string text) {
    if (text.empty()) return text;
    if (text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text.back() == '.' ? text : text + '.';
}

/// One of the things that a reader looks for first.
std::string fact(const char* name, const std::string& value, const std::string& note, const char* look = "") {
    return fmt::format("<div class=\"fact {}\"><span>{}</span><b>{}</b><small>{}</small></div>\n", look, name,
                       escape_html(value), escape_html(note));
}

std::string facts_of(const BreakingPointResult& result) {
    const auto at = [&](std::size_t level) { return result.levels[level].value; };
    std::string html;
    if (result.holds_at) html += fact("holds at", at(*result.holds_at), result.factor, "is-met");
    if (result.breaks_at) html += fact("breaks by", at(*result.breaks_at), result.factor, "is-violated");
    if (result.knee) {
        const auto& [low, middle, high, below, above] = *result.knee;
        html += fact("knee", at(middle),
                     fmt::format("{} to {}{}", at(low), at(high),
                                 below && above ? ", or beyond"
                                 : below        ? ", or below"
                                 : above        ? ", or above"
                                                : ""));
    }
    if (result.holds_until) html += fact("holds until", *result.holds_until, "as the load grows", "is-met");
    if (result.breaks_by) html += fact("breaks by", *result.breaks_by, "as the load grows", "is-violated");
    if (!result.disturbances.empty()) {
        const auto survived = std::count_if(result.disturbances.begin(), result.disturbances.end(),
                                            [](const studies::RecoveryResult& one) {
                                                return one.survived == Verdict::met && one.why.empty();
                                            });
        html +=
            fact("disturbances survived", fmt::format("{} of {}", survived, result.disturbances.size()), "");
    }
    return html.empty() ? "" : "<div class=\"facts\">\n" + html + "</div>\n";
}

std::string header_of(const studies::Study& study, const BreakingPointResult& result) {
    const auto line = [](const std::string& text, const char* look = "") {
        return text.empty() ? std::string() : fmt::format("<p{}>{}</p>\n", look, escape_html(text));
    };
    std::string html = fmt::format("<header><div><h1>{}</h1>\n", escape_html(study.name));
    html += line(basis_words(result), " class=\"soft\"");
    if (!study.set.empty())
        html += fmt::format("<p>Set: <span class=\"mono\">{}</span></p>\n",
                            escape_html(fmt::format("{}", fmt::join(study.set, ", "))));
    html += line(sentence(breaking_words(result)), " class=\"lead\"");
    for (const std::string& promise : result.breaks_first)
        html += fmt::format("<p>First to break: <span class=\"mono\">{}</span></p>\n", escape_html(promise));
    if (result.breaks_first.empty() && result.breaks_at)
        html += line(sentence(result.levels[*result.breaks_at].why));
    html += line(sentence(growth_words(study, result))) + line(sentence(result.explanation));
    const std::string why = result.reason == studies::Reason::limit ? "" : reason_words(result.reason);
    html += fmt::format("</div><div>{}{}</div></header>\n", html_badge(result.verdict),
                        why.empty() ? "" : fmt::format("<p class=\"soft\">{}</p>", escape_html(why)));
    return html + facts_of(result);
}

std::string origin_of(const studies::Study& study, const BreakingPointResult& result,
                      const StressOrigin& origin) {
    const auto joined = [](const std::vector<std::string>& texts) {
        return fmt::format("{}", fmt::join(texts, ", "));
    };
    return "<section id=\"provenance\" class=\"long\"><h2>Where this comes from</h2>\n" +
           html_entries({{"study", study.name},
                         {"base", study.base},
                         {"base digest", origin.base},
                         {"changes", joined(study.changes)},
                         {"set", joined(study.set)},
                         {"raised", result.factor},
                         {"seed", std::to_string(result.seed)},
                         {"replications", std::to_string(result.replications)},
                         {"warm-up", result.warm_up_s
                                         ? human(*result.warm_up_s, "s") + " (" + result.warm_up_reason + ")"
                                         : std::string()},
                         {"confidence", human(result.confidence, "fraction")},
                         {"growth", study.growth ? study.growth->written : std::string()},
                         {"understudy", origin.version}}) +
           "</section>\n";
}

}  // namespace

std::string html_badge(Verdict verdict) {
    return fmt::format("<span class=\"badge {0}\">{0}</span>", studies::name_of(verdict));
}

std::string html_stress(const studies::Study& study, const BreakingPointResult& result,
                        const studies::BottlenecksResult* bottlenecks, const StressOrigin& origin) {
    HtmlPage page;
    page.title = study.name + ": " + breaking_words(result);
    page.header = header_of(study, result);
    page.sections = {
        {"warnings", "Warnings", html_warnings(result.warnings)},
        {"against", "Charts", html_level_charts(result)},
        {"objectives", "What breaks", html_broken(result)},
        {"over-time", "Over time", html_level_series(result)},
        {"levels", "Levels", html_level_table(result)},
        {"disturbances", "Disturbances", html_disturbances(result)},
        {"help", "What would help", bottlenecks == nullptr ? "" : html_bottlenecks(*bottlenecks)},
        {"provenance", "Where this comes from", origin_of(study, result, origin)}};
    page.footer = fmt::format("Made by understudy {} from the answer alone.", origin.version);
    return html_page(page);
}

}  // namespace understudy::reports
