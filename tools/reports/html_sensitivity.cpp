#include "tools/reports/html_sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "tools/reports/html_bars.h"
#include "tools/reports/html_chart.h"
#include "tools/reports/html_dots.h"
#include "tools/reports/html_study.h"
#include "tools/reports/html_survey_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/scalability_text.h"
#include "tools/reports/sensitivity_words.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::SensitivityOfMeasure;
using studies::SensitivityResult;
using studies::Study;
using Setting = studies::SensitivityOfMeasure::Setting;

namespace {

constexpr std::size_t most_factors_drawn = 24;

/// The parts of the page about one measure.
class MeasurePage {
public:
    MeasurePage(const Study& study, const SensitivityOfMeasure& measure) : study_(study), measure_(measure) {}

    std::string all() {
        std::string html = fmt::format("<h3>{}</h3>\n", escape_html(measure_.name));
        if (!measure_.why.empty())
            return html + fmt::format("<p>No answer: {}</p>\n", escape_html(sentence(measure_.why)));
        switch (study_.method) {
            case Study::Method::one_at_a_time: return html + settings();
            case Study::Method::morris: return html + effects();
            default: return measure_.indices ? html + indices() : html;
        }
    }

private:
    const std::string& path(std::size_t factor) const { return study_.factors[factor].path; }
    const std::string& step(const Setting& setting) const {
        return study_.factors[setting.factor].steps[setting.step].text;
    }

    static std::string drawn(const std::string& charts) {
        return charts.empty() ? "" : "<div class=\"charts drawn\">\n" + charts + "</div>\n";
    }
    static std::string cell(const std::string& text) {
        return fmt::format("<td class=\"number\">{}</td>", escape_html(text));
    }
    static std::string left_out(std::size_t count) {
        return count > most_factors_drawn
                   ? fmt::format("<p class=\"soft\">The {} largest are drawn; the table has all.</p>\n",
                                 most_factors_drawn)
                   : "";
    }
    static Bar bar_of(const std::string& name, const kernel::Estimate& estimate, const std::string& text,
                      const std::string& title, int look) {
        return {name, estimate.centre, estimate.low, estimate.high, text, title, look};
    }

    // ---- one at a time

    HumanUnit shown_of_settings() const {
        std::vector<std::optional<double>> values = {measure_.at_base};
        for (const Setting& setting : measure_.settings)
            if (setting.why.empty()) values.push_back(setting.value);
        return shared_unit(values, measure_.unit);
    }
    /// Of one factor: those that move it farthest to either side, or all where they are few.
    std::vector<const Setting*> drawn_steps(std::size_t factor) const {
        constexpr std::size_t most = 4;
        std::vector<const Setting*> steps;
        for (const Setting& setting : measure_.settings)
            if (setting.factor == factor && setting.difference) steps.push_back(&setting);
        if (steps.size() <= most) return steps;
        const auto less = [](const Setting* a, const Setting* b) {
            return a->difference->estimate.centre < b->difference->estimate.centre;
        };
        const auto [low, high] = std::minmax_element(steps.begin(), steps.end(), less);
        std::vector<const Setting*> ends = {*low};
        if (*high != *low) ends.push_back(*high);
        return ends;
    }

    std::string settings() const {
        const HumanUnit shown = shown_of_settings();
        const std::vector<std::size_t> order = by_size(measure_.settings, study_.factors.size());
        BarChart chart{"Less the base", measure_.unit == "fraction" ? "in points" : "", measure_.unit, {}};
        for (std::size_t i = 0; i < order.size() && i < most_factors_drawn; ++i) {
            BarGroup group{path(order[i]), {}};
            for (const Setting* setting : drawn_steps(order[i])) {
                const kernel::Estimate& estimate = setting->difference->estimate;
                group.bars.push_back(bar_of(step(*setting), estimate,
                                            short_words(estimate.centre, estimate.centre, shown),
                                            path(order[i]) + " " + step(*setting) + ": " +
                                                effect_words(estimate, measure_.unit, shown),
                                            estimate.centre < 0 ? 1 : 0));
            }
            if (!group.bars.empty()) chart.groups.push_back(std::move(group));
        }
        std::string charts = bars_html(chart);
        for (const std::size_t factor : order) charts += against(factor, shown);
        std::string html = drawn(charts) + left_out(order.size());
        for (const auto& [factor, law] : measure_.scaling)
            for (const std::string& line : scalability_words(path(factor), law, measure_.unit))
                html += fmt::format("<p>{}</p>\n", escape_html(line));
        return html + setting_table(shown);
    }

    /// "+2.23 min", without what bars show.
    std::string short_words(double value, double sign, const HumanUnit& shown) const {
        if (value == 0) return "the same";
        return (sign > 0 ? "+" : "") + human_number(value * shown.factor, 3) +
               (measure_.unit == "fraction" ? " points" : shown.suffix);
    }

    /// A number with many steps, as a line.
    std::string against(std::size_t factor, const HumanUnit& shown) const {
        constexpr std::size_t fewest = 4;
        std::vector<std::string> texts;
        std::vector<const Setting*> steps;
        for (const Setting& setting : measure_.settings)
            if (setting.factor == factor && setting.difference) {
                steps.push_back(&setting);
                texts.push_back(step(setting));
            }
        const ValuesAcross across(path(factor), texts);
        if (texts.size() < fewest || !across.numeric()) return "";
        Chart chart{"Less the base, by " + path(factor), "", measure_.unit, {}, {}, true};
        ChartLine line{"", {}};
        for (const Setting* setting : steps) {
            const kernel::Estimate& estimate = setting->difference->estimate;
            line.points.push_back(
                {across.x(step(*setting)), estimate.centre, estimate.low, estimate.high,
                 path(factor) + " " + step(*setting) + ": " + effect_words(estimate, measure_.unit, shown),
                 ""});
        }
        std::stable_sort(line.points.begin(), line.points.end(),
                         [](const ChartPoint& a, const ChartPoint& b) { return a.x < b.x; });
        chart.lines.push_back(std::move(line));
        return chart_html(chart, across.across());
    }

    std::string setting_table(const HumanUnit& shown) const {
        std::vector<std::string> rows = {"<td class=\"name\">base</td><td></td>" +
                                         cell(human_in(shown, measure_.at_base)) +
                                         "<td></td><td></td><td></td>"};
        for (const Setting& setting : measure_.settings) {
            std::string& row = rows.emplace_back(
                fmt::format("<td class=\"name\">{}</td>", escape_html(path(setting.factor))) +
                cell(step(setting)));
            if (!setting.why.empty()) {
                row += fmt::format("<td></td><td></td><td></td><td class=\"soft note\">{}</td>",
                                   escape_html(setting.why));
                continue;
            }
            row += cell(human_in(shown, setting.value));
            const bool compared = setting.difference.has_value();
            const std::string less =
                compared ? effect_words(setting.difference->estimate, measure_.unit, shown) : "";
            row += cell(less) + cell(setting.per_unit ? slope_words(*setting.per_unit, measure_.unit) : "");
            const bool open = compared && less != "the same" &&
                              setting.difference->order == kernel::Difference::Order::undecided;
            row += fmt::format("<td class=\"soft note\">{}</td>", open ? "undecided" : "");
        }
        return html_table(
            "<th>setting</th><th class=\"number\"></th><th class=\"number\">value</th><th "
            "class=\"number\">less "
            "the base</th><th class=\"number\">for each one of it, from the step before</th><th></th>",
            rows, 400, "settings");
    }

    // ---- Morris

    std::string effects() const {
        std::vector<std::optional<double>> values;
        for (const kernel::ElementaryEffects& one : measure_.effects)
            values.insert(values.end(), {one.mean.centre, one.magnitude.centre, one.standard_deviation});
        const HumanUnit shown = shared_unit(values, measure_.unit);
        const std::vector<std::size_t> order = by_size(measure_.effects);
        DotChart plane{"Size, and whether it bends or joins", "", "size", measure_.unit, measure_.unit, {}};
        plane.from_zero = true;
        BarChart bars{
            "Effect over its range", measure_.unit == "fraction" ? "in points" : "", measure_.unit, {}};
        std::vector<std::string> rows;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const kernel::ElementaryEffects& one = measure_.effects[order[i]];
            const std::string& factor = path(order[i]);
            const std::string effect = effect_words(one.mean, measure_.unit, shown);
            const std::string size = size_words(one.magnitude, measure_.unit, shown);
            const std::string bends = human_in(shown, one.standard_deviation, 3);
            if (i < most_factors_drawn) {
                Dot dot;
                dot.x = one.magnitude.centre;
                dot.x_low = one.magnitude.low;
                dot.x_high = one.magnitude.high;
                dot.value = one.standard_deviation;
                dot.name = factor;
                dot.title = factor + ": size " + size + ", bends or joins " + bends;
                plane.dots.push_back(std::move(dot));
                bars.groups.push_back(
                    {factor,
                     {bar_of("", one.mean, short_words(one.mean.centre, one.mean.centre, shown),
                             factor + ": " + effect, one.mean.centre < 0 ? 1 : 0)}});
            }
            rows.push_back(fmt::format("<td class=\"name\">{}</td>", escape_html(factor)) + cell(effect) +
                           cell(size) + cell(bends));
        }
        return drawn(bars_html(bars) + dots_html(plane)) + left_out(order.size()) +
               html_table(
                   "<th>factor</th><th class=\"number\">effect over its range</th><th "
                   "class=\"number\">size</th><th class=\"number\">bends or joins</th>",
                   rows, 400, "factors");
    }

    // ---- Sobol

    std::string indices() const {
        const kernel::SobolIndices& found = *measure_.indices;
        const std::vector<std::size_t> order = by_size(found);
        BarChart bars{"Share of the variance", "alone, and with others", "fraction", {}};
        const auto bounded = [](const kernel::Estimate& estimate) {
            kernel::Estimate shown = estimate;
            for (double* value : {&shown.centre, &shown.low, &shown.high})
                *value = std::clamp(*value, 0.0, 1.0);
            return shown;
        };
        std::vector<std::string> rows;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const std::string& factor = path(order[i]);
            const kernel::Estimate &alone = found.first[order[i]], &with = found.total[order[i]];
            const auto bar = [&](const char* name, const kernel::Estimate& share, int look) {
                const kernel::Estimate shown = bounded(share);
                return bar_of(name, shown, fmt::format("{:.0f} %", 100 * shown.centre),
                              factor + " " + name + ": " + share_words(share), look);
            };
            if (i < most_factors_drawn)
                bars.groups.push_back({factor, {bar("alone", alone, 0), bar("with others", with, 1)}});
            rows.push_back(fmt::format("<td class=\"name\">{}</td>", escape_html(factor)) +
                           cell(share_words(alone)) + cell(share_words(with)) +
                           fmt::format("<td class=\"soft note\">{}</td>",
                                       with.centre < alone.centre ? "the same but for chance" : ""));
        }
        return fmt::format("<p>{}</p>\n", escape_html(sentence(spread_words(found, measure_.unit)))) +
               drawn(bars_html(bars)) + left_out(order.size()) +
               html_table(
                   "<th>factor</th><th class=\"number\">alone</th><th class=\"number\">with "
                   "others</th><th></th>",
                   rows, 400, "factors");
    }

    const Study& study_;
    const SensitivityOfMeasure& measure_;
};

std::string sensitivity_header(const Study& study, const SensitivityResult& result) {
    StudyHead head;
    head.basis =
        basis_words(study, result) + fmt::format(", {} intervals", studies::percent(result.confidence));
    if (!result.no_rows.empty()) head.lead = "no answer: " + result.no_rows;
    if (result.interrupted) head.lines.push_back("interrupted: of what had been run");
    // Of each measure what moves it most.
    constexpr std::size_t most = 6;
    for (std::size_t m = 0; m < result.measures.size() && m < most; ++m) {
        const SensitivityOfMeasure& measure = result.measures[m];
        std::vector<std::size_t> order;
        if (!measure.effects.empty())
            order = by_size(measure.effects);
        else if (measure.indices)
            order = by_size(*measure.indices);
        else if (!measure.settings.empty())
            order = by_size(measure.settings, study.factors.size());
        if (!order.empty() && measure.why.empty())
            head.facts += html_fact("moves most", study.factors[order.front()].path, measure.name);
    }
    return html_study_head(study, head);
}

const char* legend_of(Study::Method method) {
    return method == Study::Method::one_at_a_time ? "bars are means, lines on them intervals"
           : method == Study::Method::morris
               ? "upward: how much effects differ from place to place; lines are intervals"
               : "lines on bars are intervals";
}

}  // namespace

std::string html_sensitivity(const Study& study, const SensitivityResult& result,
                             const AnswerOrigin& origin) {
    constexpr std::size_t most = 40;
    std::string measures;
    if (result.no_rows.empty())
        for (std::size_t m = 0; m < result.measures.size() && m < most; ++m)
            measures += MeasurePage(study, result.measures[m]).all();
    if (result.measures.size() > most)
        measures += fmt::format("<p class=\"soft\">and {} more measures; --json has all</p>\n",
                                result.measures.size() - most);
    if (!measures.empty())
        measures = fmt::format(
            "<section id=\"measures\" class=\"long\"><h2>What moves it<small>{}</small></h2>\n{}</section>\n",
            legend_of(study.method), measures);
    return html_study(
        study, origin, studies::name_of(study.method), sensitivity_header(study, result),
        {{"warnings", "Warnings", html_warnings(result.warnings)},
         {"measures", "Measures", measures},
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
