#include "tools/reports/html_survey_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "tools/reports/candidate_words.h"
#include "tools/reports/html_cells.h"
#include "tools/reports/html_dots.h"
#include "tools/reports/html_page.h"
#include "tools/reports/numbers.h"
#include "tools/reports/value_numbers.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::Estimate;
using studies::Study;
using studies::SurveyResult;

namespace {

constexpr std::size_t most_panels = 12, most_lines = 3;

std::vector<std::string> values_of(const SurveyResult& result, std::size_t factor) {
    std::vector<std::string> values;
    for (const SurveyResult::Setting& setting : result.settings) values.push_back(setting.values[factor]);
    return values;
}

/// One measure of a grid.
class GridDrawing {
public:
    GridDrawing(const Study& study, const SurveyResult& result, std::size_t measure)
        : study_(study), result_(result), measure_(measure) {
        for (std::size_t f = 0; f < study.factors.size(); ++f)
            factors_.emplace_back(study.factors[f].path, values_of(result, f));
        for (const SurveyResult::Setting& setting : result.settings)
            if (const auto& value = setting.measures[measure].value) {
                low_ = std::min(low_, *value);
                high_ = std::max(high_, *value);
            }
        // Numbers go across rather than words, and of them what has the most values.
        order_.resize(factors_.size());
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
            const auto rank = [&](std::size_t f) {
                return std::pair(factors_[f].numeric() && factors_[f].values().size() > 1,
                                 factors_[f].values().size());
            };
            return rank(a) > rank(b);
        });
    }

    std::string all() {
        if (!(low_ <= high_)) return "<p class=\"soft\">No setting has data.</p>\n";
        const bool cells = order_.size() > 1 && factors_[order_[1]].values().size() > most_lines;
        std::map<std::vector<std::string>, std::vector<const SurveyResult::Setting*>> panels;
        std::vector<std::vector<std::string>> in_order;
        for (const SurveyResult::Setting& setting : result_.settings) {
            std::vector<std::string> rest;
            for (std::size_t i = 2; i < order_.size(); ++i) rest.push_back(setting.values[order_[i]]);
            auto& panel = panels[rest];
            if (panel.empty()) in_order.push_back(rest);
            panel.push_back(&setting);
        }
        std::string html;
        for (std::size_t i = 0; i < in_order.size() && i < most_panels; ++i) {
            std::string title;
            for (std::size_t k = 0; k < in_order[i].size(); ++k)
                title += (k == 0 ? "" : ", ") + study_.factors[order_[k + 2]].path + " " + in_order[i][k];
            html += cells ? as_cells(title, panels[in_order[i]]) : as_lines(title, panels[in_order[i]]);
        }
        if (!cells && !html.empty()) html = "<div class=\"charts drawn\">\n" + html + "</div>\n";
        if (in_order.size() > most_panels)
            html += fmt::format("<p class=\"soft\">{} of {} combinations are drawn; the table has all.</p>\n",
                                most_panels, in_order.size());
        return html;
    }

private:
    using Settings = std::vector<const SurveyResult::Setting*>;

    std::string unit() const { return result_.units[measure_]; }

    std::string as_lines(const std::string& title, const Settings& settings) const {
        const ValuesAcross& across = factors_[order_[0]];
        Chart chart{title.empty() ? result_.measures[measure_] : title, "", unit(), {}};
        std::vector<std::string> lines = {""};
        if (order_.size() > 1) lines = factors_[order_[1]].values();
        for (const std::string& name : lines) {
            ChartLine line{order_.size() > 1 ? shorten(last_word(order_[1]) + " " + name, 16) : "", {}};
            for (const SurveyResult::Setting* setting : settings) {
                if (order_.size() > 1 && setting->values[order_[1]] != name) continue;
                const Estimate& estimate = setting->measures[measure_];
                if (!estimate.value) continue;
                line.points.push_back({across.x(setting->values[order_[0]]), *estimate.value, estimate.low,
                                       estimate.high, setting_title(study_, result_, *setting, measure_),
                                       ""});
            }
            std::stable_sort(line.points.begin(), line.points.end(),
                             [](const ChartPoint& a, const ChartPoint& b) { return a.x < b.x; });
            chart.lines.push_back(std::move(line));
        }
        if (order_.size() == 1) add_law(chart, across);
        return chart_html(chart, across.across());
    }
    /// ".workers" of "spark.workers".
    std::string last_word(std::size_t factor) const {
        const std::string& path = study_.factors[factor].path;
        return path.substr(path.rfind('.') + 1);
    }
    /// The law that was fitted, beside what was measured.
    void add_law(Chart& chart, const ValuesAcross& across) const {
        for (const SurveyResult::Scaling& scaling : result_.scaling) {
            if (scaling.measure != measure_ || !across.numeric()) continue;
            chart.lines.front().name = "measured";
            ChartLine line{"law", {}};
            for (const std::string& value : across.values()) {
                const double at = scaling.law.at(across.number(value));
                if (std::isfinite(at))
                    line.points.push_back(
                        {across.x(value), at, {}, {}, "the law at " + value + ": " + human(at, unit()), ""});
            }
            chart.lines.push_back(std::move(line));
        }
    }

    std::string as_cells(const std::string& title, const Settings& settings) const {
        const ValuesAcross &across = factors_[order_[0]], &down = factors_[order_[1]];
        CellTable table;
        table.across = study_.factors[order_[0]].path;
        table.down = study_.factors[order_[1]].path;
        for (const std::string& value : across.values()) table.columns.push_back({value, ""});
        for (const std::string& value : down.values()) table.rows.push_back({value, ""});
        table.cells.resize(table.columns.size() * table.rows.size());
        for (const SurveyResult::Setting* setting : settings) {
            const auto place = [](const ValuesAcross& all, const std::string& value) {
                return static_cast<std::size_t>(std::find(all.values().begin(), all.values().end(), value) -
                                                all.values().begin());
            };
            Cell& cell = table.cells[place(down, setting->values[order_[1]]) * table.columns.size() +
                                     place(across, setting->values[order_[0]])];
            const Estimate& estimate = setting->measures[measure_];
            cell.title = setting_title(study_, result_, *setting, measure_);
            cell.text = estimate.value ? human(*estimate.value, unit(), 3) : "no data";
            if (!setting->overload.empty()) cell.note = "overloaded";
            if (estimate.value) {
                cell.share = high_ > low_ ? (*estimate.value - low_) / (high_ - low_) : 0;
                if (estimate.low && estimate.high)
                    cell.note = human(*estimate.low, unit(), 3) + " to " + human(*estimate.high, unit(), 3) +
                                (cell.note.empty() ? "" : ", " + cell.note);
            }
        }
        return (title.empty() ? "" : "<h4>" + escape_html(title) + "</h4>\n") + cells_html(table);
    }

    const Study& study_;
    const SurveyResult& result_;
    std::size_t measure_;
    std::vector<ValuesAcross> factors_;
    std::vector<std::size_t> order_;
    double low_ = INFINITY, high_ = -INFINITY;
};

}  // namespace

ValuesAcross::ValuesAcross(const std::string& path, const std::vector<std::string>& values) {
    for (const std::string& value : values)
        if (std::find(values_.begin(), values_.end(), value) == values_.end()) values_.push_back(value);
    if (const auto numbers = numbers_of(values_)) {
        numeric_ = true;
        unit_ = numbers->unit;
        std::vector<std::size_t> order(values_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return numbers->values[a] < numbers->values[b];
        });
        std::vector<std::string> sorted;
        for (const std::size_t i : order) {
            sorted.push_back(values_[i]);
            numbers_.push_back(numbers->values[i]);
        }
        values_ = std::move(sorted);
    }
    constexpr double far_apart_across = 10;
    const bool logarithmic = numeric_ && values_.size() > 1 && numbers_.front() > 0 &&
                             numbers_.back() >= far_apart_across * numbers_.front();
    for (std::size_t i = 0; i < values_.size(); ++i) {
        double at =
            values_.size() > 1 ? static_cast<double>(i) / static_cast<double>(values_.size() - 1) : 0.5;
        if (numeric_ && values_.size() > 1) {
            const auto scaled = [&](double number) { return logarithmic ? std::log(number) : number; };
            const double first = scaled(numbers_.front()), last = scaled(numbers_.back());
            if (last > first) at = (scaled(numbers_[i]) - first) / (last - first);
        }
        places_.push_back(at);
    }
    across_.name = path + (logarithmic ? ", logarithmic" : "");
    if (values_.empty()) return;
    // The ends first, then halves of what lies between.
    std::vector<std::size_t> first = {0, values_.size() - 1, values_.size() / 2};
    for (std::size_t i = 0; i < values_.size(); ++i) first.push_back(i);
    for (const std::size_t i : first) {
        const bool there = std::any_of(across_.ticks.begin(), across_.ticks.end(),
                                       [&](const ChartAcross::Tick& one) { return one.x == places_[i]; });
        if (!there) across_.ticks.push_back({places_[i], shorten(values_[i], 14)});
    }
}

std::size_t ValuesAcross::place_of(const std::string& value) const {
    return static_cast<std::size_t>(std::find(values_.begin(), values_.end(), value) - values_.begin());
}
double ValuesAcross::x(const std::string& value) const { return places_.at(place_of(value)); }
double ValuesAcross::number(const std::string& value) const { return numbers_.at(place_of(value)); }

std::string setting_title(const Study& study, const SurveyResult& result,
                          const SurveyResult::Setting& setting, std::size_t measure) {
    const Estimate& estimate = setting.measures[measure];
    std::string text = setting_words(study, setting.values);
    if (setting.cost) text += ", " + cost_words(*setting.cost, result.cost_unit);
    text += ": " + (estimate.value ? with_interval(estimate, result.units[measure]) : std::string("no data"));
    if (setting.beaten_by)
        text += "; beaten by " + setting_words(study, result.settings[*setting.beaten_by].values);
    return setting.overload.empty() ? text : text + "; overloaded: " + setting.overload;
}

std::string html_grid(const Study& study, const SurveyResult& result, std::size_t measure) {
    return GridDrawing(study, result, measure).all();
}

std::string html_scatter(const Study& study, const SurveyResult& result, std::size_t measure) {
    std::string html;
    for (std::size_t f = 0; f < study.factors.size() && f < most_panels; ++f) {
        const ValuesAcross across(study.factors[f].path, values_of(result, f));
        if (!across.numeric()) continue;
        DotChart chart{result.measures[measure], "", study.factors[f].path, across.unit(),
                       result.units[measure],    {}};
        for (const SurveyResult::Setting& setting : result.settings) {
            const Estimate& estimate = setting.measures[measure];
            if (!estimate.value) continue;
            Dot dot;
            dot.x = across.number(setting.values[f]);
            dot.value = *estimate.value;
            dot.low = estimate.low;
            dot.high = estimate.high;
            dot.title = setting_title(study, result, setting, measure);
            if (!setting.overload.empty()) dot.shape = Dot::Shape::diamond;
            chart.dots.push_back(std::move(dot));
        }
        html += dots_html(chart);
    }
    return html.empty() ? "" : "<div class=\"charts drawn\">\n" + html + "</div>\n";
}

std::string html_frontier(const Study& study, const SurveyResult& result, std::size_t measure) {
    DotChart chart{result.measures[measure], "", "cost", result.cost_unit, result.units[measure], {}};
    chart.joined = measure == 0;
    // Those that are beaten lie below.
    for (const bool beaten : {true, false})
        for (const SurveyResult::Setting& setting : result.settings) {
            const Estimate& estimate = setting.measures[measure];
            if (setting.beaten_by.has_value() != beaten || !estimate.value || !setting.cost) continue;
            Dot dot;
            dot.x = *setting.cost;
            dot.value = *estimate.value;
            dot.low = estimate.low;
            dot.high = estimate.high;
            dot.title = setting_title(study, result, setting, measure);
            dot.shape = beaten ? Dot::Shape::ring : Dot::Shape::circle;
            dot.look = beaten ? "soft" : "l0";
            if (!beaten) dot.name = fmt::format("{}", fmt::join(setting.values, ", "));
            chart.dots.push_back(std::move(dot));
        }
    return dots_html(chart);
}

}  // namespace understudy::reports
