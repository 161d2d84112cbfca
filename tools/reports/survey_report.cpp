#include "tools/reports/survey_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/scalability_text.h"
#include "tools/reports/table.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

using studies::Estimate;
using studies::SurveyResult;

constexpr int longest_shown_value = 14;
constexpr std::size_t most_rows = 60;

std::string setting_text(const studies::Study& study, const SurveyResult& result,
                         const SurveyResult::Setting& setting) {
    std::string text;
    for (std::size_t f = 0; f < setting.values.size(); ++f)
        text += (f == 0 ? "" : ", ") + study.factors[f].path + " " +
                shorten(setting.values[f], longest_shown_value);
    return text + ": " + human_number(*setting.cost, 6) +
           (result.cost_unit.empty() ? "" : " " + result.cost_unit);
}

/// What is left out, and what costs no more and does better.
void add_beaten(Page& page, const studies::Study& study, const SurveyResult& result, std::size_t beaten) {
    page.line();
    page.line(
        beaten == 1
            ? "One more setting is beaten by what costs no more and does better, or the same for less:"
            : fmt::format(
                  "{} more settings are beaten by what costs no more and does better, or the same for less:",
                  beaten));
    std::size_t shown = 0;
    for (const SurveyResult::Setting& setting : result.settings) {
        if (!setting.beaten_by || ++shown > most_rows) continue;
        page.wrapped("  ", setting_text(study, result, setting) + ", by " +
                               setting_text(study, result, result.settings[*setting.beaten_by]));
    }
    if (beaten > most_rows) page.line(fmt::format("  and {} more; --json has all", beaten - most_rows));
}

/// A table for each measure where there are many, so that a line fits.
void add_measure(Page& page, const studies::Study& study, const SurveyResult& result, std::size_t measure) {
    page.heading(result.measures[measure]);
    const bool frontier = study.method == studies::Study::Method::frontier;
    std::vector<std::vector<std::string>> rows(1);
    for (const studies::Factor& factor : study.factors) rows[0].push_back(shorten(factor.path, 24));
    const bool costs = !result.settings.empty() && result.settings.front().cost;
    if (costs) rows[0].push_back("cost");
    rows[0].push_back("");
    std::size_t beaten = 0, shown = 0;
    for (const SurveyResult::Setting& setting : result.settings) {
        if (frontier && setting.beaten_by) {
            ++beaten;
            continue;
        }
        if (++shown > most_rows) continue;
        std::vector<std::string>& row = rows.emplace_back();
        for (const std::string& value : setting.values) row.push_back(shorten(value, longest_shown_value));
        if (costs)
            row.push_back(human_number(*setting.cost, 6) +
                          (result.cost_unit.empty() ? "" : " " + result.cost_unit));
        const Estimate& estimate = setting.measures[measure];
        row.push_back((estimate.value ? with_interval(estimate, result.units[measure]) : "no data") +
                      (setting.overload.empty() ? "" : ", overloaded"));
    }
    std::string text = table(rows, page.width());
    text.pop_back();
    page.line(text);
    if (shown > most_rows)
        page.line(fmt::format("  and {} more settings; --json has all", shown - most_rows));
    if (beaten > 0) add_beaten(page, study, result, beaten);
    for (const SurveyResult::Scaling& one : result.scaling)
        if (one.measure == measure)
            add_scalability(page, study.factors[0].path, one.law, result.units[measure]);
}

}  // namespace

std::string survey_report(const studies::Study& study, const SurveyResult& result, const TextOptions& look) {
    Page page(look);
    page.wrapped("", fmt::format("{}: {} of {} settings, {} replications each, {} intervals, seed {}",
                                 study.name, studies::name_of(study.method), result.asked, result.each,
                                 studies::percent(result.confidence), result.seed));
    page.what_was_set(study.set);
    if (result.warm_up_s && *result.warm_up_s > 0)
        page.wrapped(
            "", fmt::format("warm-up of {} cut ({})", human(*result.warm_up_s, "s"), result.warm_up_reason));
    if (result.interrupted)
        page.line(
            fmt::format("interrupted: {} of {} settings had been run", result.settings.size(), result.asked));
    if (result.settings.empty()) return page.take();
    const std::size_t shown = study.method == studies::Study::Method::frontier
                                  ? std::min<std::size_t>(1, result.measures.size())
                                  : result.measures.size();
    for (std::size_t m = 0; m < shown; ++m) add_measure(page, study, result, m);
    return page.take();
}

}  // namespace understudy::reports
