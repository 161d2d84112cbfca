#include "tools/reports/html_stress.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/html_page.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"
#include "tools/reports/stress_words.h"

namespace understudy::reports {

using studies::BreakingPointResult;
using studies::Verdict;

namespace {

std::string facts_of(const BreakingPointResult& result) {
    const auto at = [&](std::size_t level) { return result.levels[level].value; };
    std::string html;
    if (result.holds_at) html += html_fact("holds at", at(*result.holds_at), result.factor, "is-met");
    if (result.breaks_at) html += html_fact("breaks by", at(*result.breaks_at), result.factor, "is-violated");
    if (result.knee) {
        const auto& [low, middle, high, below, above] = *result.knee;
        html += html_fact("knee", at(middle),
                          fmt::format("{} to {}{}", at(low), at(high),
                                      below && above ? ", or beyond"
                                      : below        ? ", or below"
                                      : above        ? ", or above"
                                                     : ""));
    }
    if (result.holds_until)
        html += html_fact("holds until", *result.holds_until, "as the load grows", "is-met");
    if (result.breaks_by)
        html += html_fact("breaks by", *result.breaks_by, "as the load grows", "is-violated");
    if (!result.disturbances.empty()) {
        const auto survived = std::count_if(result.disturbances.begin(), result.disturbances.end(),
                                            [](const studies::RecoveryResult& one) {
                                                return one.survived == Verdict::met && one.why.empty();
                                            });
        html += html_fact("disturbances survived",
                          fmt::format("{} of {}", survived, result.disturbances.size()), "");
    }
    return html;
}

std::string header_of(const studies::Study& study, const BreakingPointResult& result) {
    StudyHead head;
    head.basis = basis_words(result);
    head.lead = breaking_words(result);
    for (const std::string& promise : result.breaks_first)
        head.markup.push_back(
            fmt::format("<p>First to break: <span class=\"mono\">{}</span></p>\n", escape_html(promise)));
    if (result.breaks_first.empty() && result.breaks_at)
        head.lines.push_back(result.levels[*result.breaks_at].why);
    head.lines.push_back(growth_words(study, result));
    head.lines.push_back(result.explanation);
    head.verdict = result.verdict;
    head.reason = result.reason;
    head.facts = facts_of(result);
    return html_study_head(study, head);
}

}  // namespace

std::string html_stress(const studies::Study& study, const BreakingPointResult& result,
                        const studies::BottlenecksResult* bottlenecks, const AnswerOrigin& origin) {
    return html_study(
        study, origin, breaking_words(result), header_of(study, result),
        {{"warnings", "Warnings", html_warnings(result.warnings)},
         {"against", "Charts", html_level_charts(result)},
         {"objectives", "What breaks", html_broken(result)},
         {"over-time", "Over time", html_level_series(result)},
         {"levels", "Levels", html_level_table(result)},
         {"disturbances", "Disturbances", html_disturbances(result)},
         {"help", "What would help", bottlenecks == nullptr ? "" : html_bottlenecks(*bottlenecks)},
         {"provenance", "Where this comes from",
          html_study_origin(study, origin,
                            {{"raised", result.factor},
                             {"seed", std::to_string(result.seed)},
                             {"replications", std::to_string(result.replications)},
                             {"warm-up", warm_up_words(result.warm_up_s, result.warm_up_reason)},
                             {"confidence", human(result.confidence, "fraction")},
                             {"growth", study.growth ? study.growth->written : std::string()}})}});
}

}  // namespace understudy::reports
