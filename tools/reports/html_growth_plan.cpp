#include "tools/reports/html_growth_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "tools/reports/candidate_words.h"
#include "tools/reports/growth_words.h"
#include "tools/reports/html_chart.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"
#include "tools/reports/value_numbers.h"

namespace understudy::reports {

using studies::GrowthPlanResult;
using studies::Study;

namespace {

using Step = GrowthPlanResult::Step;

/// Days since some day, of "2026-06-01".
std::optional<double> day_number(const std::string& day) {
    int year = 0, month = 0, of_month = 0;
    if (std::sscanf(day.c_str(), "%d-%d-%d", &year, &month, &of_month) != 3) return std::nullopt;
    if (month < 1 || month > 12 || of_month < 1 || of_month > 31) return std::nullopt;
    // Of the civil calendar, counted from March, so that a leap day ends its year.
    const int y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    const double century = std::floor(y / 100.0);
    return std::floor(365.25 * y) - century + std::floor(century / 4) + std::floor((153.0 * m + 2) / 5) +
           of_month;
}

class PlanPage {
public:
    PlanPage(const Study& study, const GrowthPlanResult& result) : study_(study), result_(result) {
        for (const Step& step : result.steps) {
            if (!is_known(step)) break;
            known_.push_back(&step);
        }
        place();
    }

    std::string header() const {
        StudyHead head;
        head.basis = basis_words(result_);
        head.lead = growth_words(study_, result_);
        head.lines = {result_.explanation};
        head.verdict = result_.verdict;
        head.reason = result_.reason;
        if (!known_.empty()) {
            head.facts += step_fact("now", *known_.front());
            if (known_.size() > 1) head.facts += step_fact("at last", *known_.back());
            if (const auto& first = known_.front(); first->breaks_by)
                head.facts +=
                    html_fact("as it is now breaks by", *first->breaks_by,
                              fmt::format("holds until {}", first->holds_until.value_or("-")), "is-violated");
        }
        head.facts += html_fact("steps", std::to_string(known_.size()),
                                fmt::format("to {} the load", times_load(result_.last_load)));
        return html_study_head(study_, head);
    }

    std::string charts() const {
        if (known_.empty()) return "";
        std::string html;
        for (std::size_t f = 0; f < study_.factors.size(); ++f) {
            std::vector<std::string> texts;
            for (const Step* step : known_) texts.push_back(step->cheapest.best->values[f]);
            const auto numbers = numbers_of(texts);
            if (numbers)
                html += steps_chart(study_.factors[f].path, numbers->unit,
                                    [&](std::size_t i) { return numbers->values[i]; });
        }
        if (std::all_of(known_.begin(), known_.end(),
                        [](const Step* step) { return step->cheapest.best->cost.has_value(); }))
            html += steps_chart("cost", known_.front()->cheapest.cost_unit,
                                [&](std::size_t i) { return *known_[i]->cheapest.best->cost; });
        html += load_chart();
        return fmt::format(
            "<section id=\"plan\" class=\"long\"><h2>The plan over {}<small>amber: between the highest load "
            "at "
            "which a step is met and the lowest at which it is violated</small></h2>\n<div class=\"charts "
            "drawn\">\n{}</div>\n</section>\n",
            dated_ ? "time" : "load", html);
    }

    std::string table() const {
        if (result_.steps.empty()) return "";
        std::string head = "<th>from</th><th class=\"number\">load</th>";
        for (const studies::Factor& factor : study_.factors)
            head += fmt::format("<th class=\"number\">{}</th>", escape_html(factor.path));
        head +=
            "<th class=\"number\">cost</th><th>holds until</th><th>breaks</th><th class=\"number\">at</th>"
            "<th>what breaks</th>";
        std::vector<std::string> rows;
        for (const Step& step : result_.steps) {
            const bool known = is_known(step);
            const auto& best = step.cheapest.best;
            std::string& row = rows.emplace_back();
            row = fmt::format("<td class=\"name\">{}</td><td class=\"number\">{}</td>",
                              escape_html(step.from.value_or("-")), times_load(step.load));
            for (std::size_t f = 0; f < study_.factors.size(); ++f)
                row +=
                    fmt::format("<td class=\"number\">{}</td>", known ? escape_html(best->values[f]) : "?");
            row += fmt::format(
                "<td class=\"number\">{}</td><td>{}</td>",
                known && best->cost ? escape_html(cost_words(*best->cost, step.cheapest.cost_unit)) : "",
                known ? escape_html(holds_until_words(result_, step)) : html_badge(step.cheapest.verdict));
            const bool breaks = step.holds_until && step.breaks_by;
            row += fmt::format("<td>{}</td><td class=\"number\">{}</td><td class=\"soft note\">{}</td>",
                               breaks ? escape_html(span_of(*step.holds_until, *step.breaks_by)) : "",
                               breaks ? span_of(times_load(*step.holds_at), times_load(*step.breaks_at)) : "",
                               breaks ? escape_html(fmt::format("{}", fmt::join(step.broken, "; "))) : "");
        }
        return "<section id=\"steps\" class=\"long\"><h2>Steps</h2>\n" +
               html_table(head, rows, 400, "steps") + "</section>\n";
    }

private:
    std::string step_fact(const char* name, const Step& step) const {
        const auto& best = *step.cheapest.best;
        return html_fact(name, best.cost ? cost_words(*best.cost, step.cheapest.cost_unit) : "no cost",
                         setting_words(study_, best.values) + ", from " +
                             (step.from ? *step.from : times_load(step.load)));
    }

    /// Over time, or over load where days are not known.
    void place() {
        if (known_.empty()) return;
        std::vector<double> at;
        const auto end = result_.until ? day_number(*result_.until) : std::nullopt;
        for (const Step* step : known_)
            if (const auto day = step->from ? day_number(*step->from) : std::nullopt) at.push_back(*day);
        dated_ = end && at.size() == known_.size() && *end > at.front();
        // Of a plan that goes on: to its end; else to where its last step breaks.
        const Step& last = *known_.back();
        if (dated_) {
            at.push_back(*end);
            first_ = at.front();
            last_ = at.back();
        } else {
            first_ = std::log(known_.front()->load);
            last_ = std::max(std::log(std::max(result_.last_load, 1e-9)), first_ + 1e-9);
        }
        ends_ = x(result_.until, result_.last_load);
        if (!last.to_the_end) {
            if (last.breaks_at)
                ends_ = x(last.breaks_by, *last.breaks_at);
            else if (last.holds_at)
                ends_ = x(last.holds_until, *last.holds_at);
        }
        across_.name = dated_ ? "time" : "load, logarithmic";
        const auto tick = [&](const std::optional<std::string>& day, double load) {
            across_.ticks.push_back({x(day, load), dated_ ? *day : times_load(load)});
        };
        tick(known_.front()->from, known_.front()->load);
        if (!dated_ || result_.until) tick(result_.until, result_.last_load);
        for (std::size_t i = 1; i < known_.size(); ++i) tick(known_[i]->from, known_[i]->load);
        for (const Step* step : known_)
            if (step->holds_at && step->breaks_at && (!dated_ || (step->holds_until && step->breaks_by)))
                across_.open.push_back(
                    {x(step->holds_until, *step->holds_at), 0, x(step->breaks_by, *step->breaks_at)});
    }
    double x(const std::optional<std::string>& day, double load) const {
        const double at = dated_ ? (day ? day_number(*day).value_or(last_) : last_) : std::log(load);
        return std::clamp((at - first_) / (last_ - first_), 0.0, 1.0);
    }

    template <class Value>
    std::string steps_chart(const std::string& name, const std::string& unit, Value value_of) const {
        Chart chart{name, "", unit, {}, {}, true};
        ChartLine line{name, {}};
        for (std::size_t i = 0; i < known_.size(); ++i) {
            const Step& step = *known_[i];
            const double from = x(step.from, step.load);
            const double to = i + 1 < known_.size() ? x(known_[i + 1]->from, known_[i + 1]->load) : ends_;
            const std::string title =
                fmt::format("{} from {}, at {} the load; holds until {}", human(value_of(i), unit),
                            step.from.value_or(times_load(step.load)), times_load(step.load),
                            step.breaks_by && step.holds_until ? span_of(*step.holds_until, *step.breaks_by)
                                                               : holds_until_words(result_, step));
            for (const double at : {from, std::max(from, to)})
                line.points.push_back({at, value_of(i), {}, {}, title, ""});
        }
        chart.lines.push_back(std::move(line));
        return chart_html(chart, across_);
    }

    std::string load_chart() const {
        Chart chart{"load", "as a multiple of what it is", "", {}, {}, true};
        ChartLine line{"load", {}};
        for (const Step* step : known_)
            line.points.push_back({x(step->from, step->load),
                                   step->load,
                                   {},
                                   {},
                                   times_load(step->load) + " on " + step->from.value_or("-"),
                                   ""});
        line.points.push_back({x(result_.until, result_.last_load),
                               result_.last_load,
                               {},
                               {},
                               times_load(result_.last_load) + " on " + result_.until.value_or("-"),
                               ""});
        chart.lines.push_back(std::move(line));
        return dated_ ? chart_html(chart, across_) : "";
    }

    const Study& study_;
    const GrowthPlanResult& result_;
    std::vector<const Step*> known_;  ///< up to the first that is not
    bool dated_ = false;
    double first_ = 0, last_ = 1;  ///< days, or logarithms of loads
    double ends_ = 1;              ///< of the last step, across
    ChartAcross across_;
};

}  // namespace

std::string html_growth_plan(const Study& study, const GrowthPlanResult& result, const AnswerOrigin& origin) {
    const PlanPage page(study, result);
    return html_study(
        study, origin, growth_words(study, result), page.header(),
        {{"warnings", "Warnings", html_warnings(result.warnings)},
         {"plan", "Plan", page.charts()},
         {"steps", "Steps", page.table()},
         {"provenance", "Where this comes from",
          html_study_origin(study, origin,
                            {{"varied", vary_words(study)},
                             {"growth", study.growth->written},
                             {"seed", std::to_string(result.seed)},
                             {"replications", std::to_string(result.replications)},
                             {"warm-up", warm_up_words(result.warm_up_s, result.warm_up_reason)},
                             {"confidence", human(result.confidence, "fraction")}})}});
}

}  // namespace understudy::reports
