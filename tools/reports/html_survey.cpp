#include "tools/reports/html_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/candidate_words.h"
#include "tools/reports/html_study.h"
#include "tools/reports/html_survey_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/scalability_text.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::Study;
using studies::SurveyResult;

namespace {

/// So that a page stays small whatever the number of settings.
std::size_t measures_drawn(const SurveyResult& result) {
    constexpr std::size_t most_dots = 3000, most = 12;
    const std::size_t settings = std::max<std::size_t>(1, result.settings.size());
    return std::min(result.measures.size(), std::clamp<std::size_t>(most_dots / settings, 1, most));
}

std::size_t on_frontier(const SurveyResult& result) {
    return static_cast<std::size_t>(std::count_if(result.settings.begin(), result.settings.end(),
                                                  [](const auto& one) { return !one.beaten_by; }));
}

std::string survey_header(const Study& study, const SurveyResult& result) {
    StudyHead head;
    head.basis = fmt::format("{} of {} settings, {} replications each, {} intervals, seed {}",
                             studies::name_of(study.method), result.asked, result.each,
                             studies::percent(result.confidence), result.seed);
    const bool frontier = study.method == Study::Method::frontier;
    if (frontier && !result.measures.empty())
        head.lead =
            fmt::format("{} of {} settings are not beaten by what costs no more and does better of {}",
                        on_frontier(result), result.settings.size(), result.measures.front());
    if (result.interrupted)
        head.lines.push_back(
            fmt::format("interrupted: {} of {} settings had been run", result.settings.size(), result.asked));
    head.facts = html_fact("settings", std::to_string(result.settings.size()),
                           fmt::format("{} replications in all", result.replications));
    if (frontier && !result.settings.empty()) {
        head.facts += html_fact("on the frontier", std::to_string(on_frontier(result)),
                                fmt::format("{} beaten", result.settings.size() - on_frontier(result)));
        const auto& cheapest = result.settings.front();
        if (cheapest.cost)
            head.facts += html_fact("cheapest", cost_words(*cheapest.cost, result.cost_unit),
                                    setting_words(study, cheapest.values));
    }
    const auto overloaded = std::count_if(result.settings.begin(), result.settings.end(),
                                          [](const auto& one) { return !one.overload.empty(); });
    if (overloaded > 0)
        head.facts += html_fact("overloaded", std::to_string(overloaded), "settings have no steady state");
    return html_study_head(study, head);
}

std::string survey_frontier(const Study& study, const SurveyResult& result) {
    if (study.method != Study::Method::frontier || result.measures.empty()) return "";
    std::string html;
    for (std::size_t m = 0; m < measures_drawn(result); ++m) html += html_frontier(study, result, m);
    if (html.empty()) return "";
    return fmt::format(
        "<section id=\"frontier\" class=\"long\"><h2>Cost against what is measured<small>full: on the "
        "frontier, "
        "with its values of {}; a ring: beaten; lines through them are intervals</small></h2>\n<div "
        "class=\"charts drawn\">\n{}</div>\n</section>\n",
        [&] {
            std::vector<std::string> paths;
            for (const studies::Factor& factor : study.factors) paths.push_back(escape_html(factor.path));
            return fmt::format("{}", fmt::join(paths, ", "));
        }(),
        html);
}

std::string survey_measures(const Study& study, const SurveyResult& result) {
    if (study.method == Study::Method::frontier || result.settings.empty()) return "";
    std::string html;
    for (std::size_t m = 0; m < measures_drawn(result); ++m) {
        html += fmt::format("<h3>{}</h3>\n", escape_html(result.measures[m]));
        html += study.method == Study::Method::latin ? html_scatter(study, result, m)
                                                     : html_grid(study, result, m);
        for (const SurveyResult::Scaling& one : result.scaling)
            if (one.measure == m)
                for (const std::string& line :
                     scalability_words(study.factors[0].path, one.law, result.units[m]))
                    html += fmt::format("<p>{}</p>\n", escape_html(line));
    }
    if (result.measures.size() > measures_drawn(result))
        html += fmt::format("<p class=\"soft\">{} more measures are not drawn; the table has them.</p>\n",
                            result.measures.size() - measures_drawn(result));
    return fmt::format(
        "<section id=\"measures\" class=\"long\"><h2>By what varies<small>{}</small></h2>\n{}</section>\n",
        study.method == Study::Method::latin
            ? "a dot is a setting, a diamond one that is overloaded; lines "
              "through them are intervals"
            : "bands, and numbers below, are intervals; the darker, the more",
        html);
}

std::string survey_table(const Study& study, const SurveyResult& result) {
    if (result.settings.empty()) return "";
    const bool frontier = study.method == Study::Method::frontier;
    std::string head;
    for (const studies::Factor& factor : study.factors)
        head += fmt::format("<th class=\"number\">{}</th>", escape_html(factor.path));
    if (result.settings.front().cost) head += "<th class=\"number\">cost</th>";
    for (const std::string& measure : result.measures)
        head += fmt::format("<th class=\"number\">{}</th>", escape_html(measure));
    head += "<th></th>";
    std::vector<std::string> rows;
    for (const SurveyResult::Setting& setting : result.settings) {
        std::string& row = rows.emplace_back();
        const auto cell = [&](const std::string& text) {
            row += fmt::format("<td class=\"number\">{}</td>", escape_html(text));
        };
        for (const std::string& value : setting.values) cell(value);
        if (setting.cost) cell(cost_words(*setting.cost, result.cost_unit));
        for (std::size_t m = 0; m < result.measures.size(); ++m) {
            const auto& estimate = setting.measures[m];
            cell(estimate.value ? with_interval(estimate, result.units[m]) : "no data");
        }
        std::string note =
            setting.beaten_by
                ? "beaten by " + setting_words(study, result.settings[*setting.beaten_by].values)
                : "";
        if (!setting.overload.empty()) note += (note.empty() ? "" : "; ") + setting.overload;
        row += fmt::format(
            "<td class=\"soft note\">{}{}</td>",
            frontier && !setting.beaten_by ? "<span class=\"mark holds\">on the frontier</span> " : "",
            escape_html(note));
    }
    return "<section id=\"settings\" class=\"long\"><h2>Settings</h2>\n" +
           html_table(head, rows, 400, "settings") + "</section>\n";
}

}  // namespace

std::string html_survey(const Study& study, const SurveyResult& result, const AnswerOrigin& origin) {
    return html_study(
        study, origin, studies::name_of(study.method), survey_header(study, result),
        {{"frontier", "Frontier", survey_frontier(study, result)},
         {"measures", "Measures", survey_measures(study, result)},
         {"settings", "Settings", survey_table(study, result)},
         {"provenance", "Where this comes from",
          html_study_origin(study, origin,
                            {{"method", studies::name_of(study.method)},
                             {"varied", vary_words(study)},
                             {"seed", std::to_string(result.seed)},
                             {"replications", std::to_string(result.replications)},
                             {"warm-up", warm_up_words(result.warm_up_s, result.warm_up_reason)},
                             {"confidence", human(result.confidence, "fraction")}})}});
}

}  // namespace understudy::reports
