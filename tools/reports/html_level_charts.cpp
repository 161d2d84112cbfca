#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/reports/html_chart.h"
#include "tools/reports/html_page.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"
#include "tools/reports/stress_words.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::BreakingPointResult;
using studies::Estimate;
using studies::Level;
using studies::Verdict;

namespace {

/// Where the levels stand across: by their numbers where these rise or fall, else one beside the other.
class LevelsAcross {
public:
    explicit LevelsAcross(const BreakingPointResult& result) : result_(result) {
        // More could not be told apart.
        const std::size_t each = 1 + result.levels.size() / most_drawn;
        const auto matters = [&](std::size_t i) {
            return i == result.holds_at || i == result.breaks_at || (result.knee && i == result.knee->at);
        };
        for (std::size_t i = 0; i < result.levels.size(); ++i)
            if (matters(i) || (result.levels[i].replications > 0 && i % each == 0)) shown_.push_back(i);
        place();
        across_.name = result.factor;
        if (result.holds_at) across_.holds = x(*result.holds_at);
        if (result.breaks_at) across_.breaks = x(*result.breaks_at);
        if (result.knee) across_.best = {x(result.knee->low), x(result.knee->at), x(result.knee->high)};
        if (result.holds_at) tick(*result.holds_at, "holds");
        if (result.breaks_at) tick(*result.breaks_at, "breaks");
        if (!shown_.empty()) {
            tick(shown_.front(), "");
            tick(shown_.back(), "");
        }
        if (result.knee) tick(result.knee->at, "knee");
        for (const std::size_t level : shown_) tick(level, "");
    }

    const ChartAcross& across() const { return across_; }
    const std::vector<std::size_t>& shown() const { return shown_; }
    double x(std::size_t level) const {
        const auto found = std::lower_bound(shown_.begin(), shown_.end(), level);
        return places_.empty() || found == shown_.end()
                   ? 0
                   : places_[static_cast<std::size_t>(found - shown_.begin())];
    }

private:
    static constexpr std::size_t most_drawn = 200;

    void place() {
        std::vector<double> numbers;
        bool all = true, positive = true;
        for (const std::size_t level : shown_) {
            numbers.push_back(result_.levels[level].number.value_or(NAN));
            all = all && std::isfinite(numbers.back());
            positive = positive && numbers.back() > 0;
        }
        all = all && (std::is_sorted(numbers.begin(), numbers.end(), std::less_equal<>()) ||
                      std::is_sorted(numbers.begin(), numbers.end(), std::greater_equal<>()));
        constexpr double far_apart = 10;
        if (all && positive && !numbers.empty()) {
            const double low = std::min(numbers.front(), numbers.back());
            const double high = std::max(numbers.front(), numbers.back());
            if (high >= far_apart * low)
                for (double& number : numbers) number = std::log(number);
        }
        for (std::size_t i = 0; i < shown_.size(); ++i) {
            const double of_number = all && shown_.size() > 1
                                         ? (numbers[i] - numbers.front()) / (numbers.back() - numbers.front())
                                         : NAN;
            places_.push_back(std::isfinite(of_number) ? of_number
                              : shown_.size() > 1
                                  ? static_cast<double>(i) / static_cast<double>(shown_.size() - 1)
                                  : 0.5);
        }
    }
    void tick(std::size_t level, const char* look) {
        const double at = x(level);
        const bool there = std::any_of(across_.ticks.begin(), across_.ticks.end(),
                                       [&](const ChartAcross::Tick& one) { return one.x == at; });
        if (!there) across_.ticks.push_back({at, result_.levels[level].value, look});
    }

    const BreakingPointResult& result_;
    std::vector<std::size_t> shown_;
    std::vector<double> places_;
    ChartAcross across_;
};

class LevelCharts {
public:
    explicit LevelCharts(const BreakingPointResult& result) : result_(result), levels_(result) {}

    std::string measured() {
        std::string html = latency();
        html += chart_html(
            {"rate completed()", "", "items/s", {named("completed", "rate completed()")}, {}, true},
            levels_.across());
        html += busiest();
        for (const char* share : {"share lost()", "share dead_lettered()"}) {
            const ChartLine line = named(share, share);
            if (std::any_of(line.points.begin(), line.points.end(),
                            [](const ChartPoint& point) { return point.value > 0; }))
                html += chart_html({share, "", "fraction", {line}, {}, true}, levels_.across());
        }
        return html + lags();
    }

    std::string promise(std::size_t number) {
        const studies::Candidate::Promise* first = nullptr;
        ChartLine line;
        for (const std::size_t i : levels_.shown()) {
            const Level& level = result_.levels[i];
            if (number >= level.promises.size()) continue;
            const auto& one = level.promises[number];
            first = &one;
            if (!one.estimate.value) continue;
            const Verdict verdict = verdict_at(level, one);
            ChartPoint point = point_at(i, one.estimate, one.unit, studies::name_of(verdict));
            point.look = std::string("is-") + studies::name_of(verdict);
            line.points.push_back(std::move(point));
        }
        if (first == nullptr) return "";
        Chart chart{first->text, "", first->unit, {line}};
        if (std::isfinite(first->limit))
            chart.limits = {{"limit " + human(first->limit, first->unit), first->limit}};
        return chart_html(chart, levels_.across());
    }

private:
    ChartPoint point_at(std::size_t level, const Estimate& estimate, const std::string& unit,
                        const std::string& what) const {
        return {levels_.x(level),
                *estimate.value,
                estimate.low,
                estimate.high,
                fmt::format("{} at {}: {} {}", result_.factor, result_.levels[level].value, what,
                            with_interval(estimate, unit)),
                ""};
    }

    ChartLine named(const std::string& name, std::string_view measure) const {
        ChartLine line{name, {}};
        for (const std::size_t i : levels_.shown())
            for (const Level::Measured& one : result_.levels[i].measures)
                if (one.name == measure && one.estimate.value)
                    line.points.push_back(point_at(i, one.estimate, one.unit, one.name));
        return line;
    }

    std::string latency() const {
        Chart chart{"latency()", "", "s", {}};
        for (const char* what : {"avg", "p(95)", "p(99)"}) {
            const std::string measure = std::string(what) + " latency()";
            chart.lines.push_back(named(what, measure));
            for (const Level& level : result_.levels)
                for (const auto& promise : level.promises) {
                    const bool of_it =
                        promise.text.starts_with(measure + " ") && std::isfinite(promise.limit);
                    const bool there =
                        std::any_of(chart.limits.begin(), chart.limits.end(),
                                    [&](const ChartLimit& one) { return one.text == promise.text; });
                    if (of_it && !there) chart.limits.push_back({promise.text, promise.limit});
                }
        }
        return chart_html(chart, levels_.across());
    }

    std::string busiest() const {
        ChartLine line{"busiest", {}};
        std::string name;
        bool same = true;
        for (const std::size_t i : levels_.shown()) {
            const Level& level = result_.levels[i];
            const Estimate* const utilisation = busiest_of(level);
            if (utilisation == nullptr) continue;
            same = same && (name.empty() || name == level.most_loaded);
            name = level.most_loaded;
            line.points.push_back(
                point_at(i, *utilisation, "fraction", fmt::format("avg utilisation({})", level.most_loaded)));
        }
        return chart_html({same ? fmt::format("avg utilisation({})", name) : "avg utilisation of the busiest",
                           same ? "the busiest" : "",
                           "fraction",
                           {line},
                           {},
                           true},
                          levels_.across());
    }

    /// Of each consumer of a topic, mean and greatest.
    std::string lags() const {
        constexpr std::string_view begin = "avg lag(";
        constexpr std::size_t most = 6;
        std::vector<std::string> seen;
        std::string html;
        for (const std::size_t i : levels_.shown())
            for (const Level::Measured& one : result_.levels[i].measures) {
                const bool known = std::find(seen.begin(), seen.end(), one.name) != seen.end();
                if (!one.name.starts_with(begin) || known || seen.size() == most) continue;
                seen.push_back(one.name);
                const std::string of = one.name.substr(4);
                html += chart_html({of, "", one.unit, {named("avg", one.name), named("max", "max " + of)}},
                                   levels_.across());
            }
        return html;
    }

    const BreakingPointResult& result_;
    LevelsAcross levels_;
};

std::string chart_legend(const BreakingPointResult& result) {
    std::string html = "<div class=\"legend\"><span>Bands: interval at " +
                       studies::percent(result.confidence) + " confidence.</span>";
    const auto swatch = [&](const char* look, const std::string& text) {
        html += fmt::format("<span><span class=\"swatch {}\"></span>{}</span>", look, escape_html(text));
    };
    if (result.breaks_at) swatch("breaks", "it breaks from " + result.levels[*result.breaks_at].value);
    if (result.breaks_at && result.holds_at)
        swatch("unknown", fmt::format("not known, between {} and {}", result.levels[*result.holds_at].value,
                                      result.levels[*result.breaks_at].value));
    if (result.knee)
        swatch("best",
               fmt::format("knee at {}, between {} and {}", result.levels[result.knee->at].value,
                           result.levels[result.knee->low].value, result.levels[result.knee->high].value));
    return html + "</div>\n";
}

/// Those that break first, then others that are not kept, then the rest.
std::vector<std::size_t> promises_by_interest(const BreakingPointResult& result) {
    std::vector<std::pair<int, std::size_t>> ranked;
    const std::vector<NotKept> open = not_kept(result);
    for (const Level& level : result.levels) {
        if (level.replications == 0) continue;
        for (std::size_t i = 0; i < level.promises.size(); ++i) {
            const std::string& text = level.promises[i].text;
            const auto& first = result.breaks_first;
            const auto found = std::find_if(open.begin(), open.end(),
                                            [&](const NotKept& one) { return one.promise->text == text; });
            ranked.emplace_back(std::find(first.begin(), first.end(), text) != first.end() ? 0
                                : found != open.end()                                      ? 1
                                                                                           : 2,
                                i);
        }
        break;
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::size_t> list;
    for (const auto& [rank, promise] : ranked) list.push_back(promise);
    return list;
}

std::string not_kept_table(const BreakingPointResult& result) {
    const std::vector<NotKept> list = not_kept(result);
    if (list.empty())
        return "<p class=\"soft\">Every objective is kept at all levels that were simulated.</p>\n";
    constexpr std::size_t most = 300;
    std::string html = fmt::format(
        "<div class=\"wide\"><table id=\"not-kept\"><thead><tr><th>objective</th><th "
        "class=\"number\">{}</th><th></th><th class=\"number\">estimate</th></tr></thead><tbody>\n",
        escape_html(result.factor));
    std::string before;
    for (std::size_t i = 0; i < list.size() && i < most; ++i) {
        const NotKept& one = list[i];
        html += fmt::format(
            "<tr><td class=\"mono name\">{}</td><td class=\"number\">{}</td><td>{}</td><td "
            "class=\"number\">{}</td></tr>\n",
            one.promise->text == before ? "" : escape_html(one.promise->text), escape_html(one.level->value),
            html_badge(one.verdict),
            one.promise->estimate.value ? escape_html(with_interval(one.promise->estimate, one.promise->unit))
                                        : "no data");
        before = one.promise->text;
    }
    html += "</tbody></table></div>\n";
    if (list.size() > most)
        html += fmt::format("<p class=\"soft\">and {} more; --json has all</p>\n", list.size() - most);
    return html;
}

}  // namespace

std::string html_level_charts(const BreakingPointResult& result) {
    const std::string charts = LevelCharts(result).measured();
    const std::string knee = knee_words(result);
    if (charts.empty() && knee.empty()) return "";
    std::string html = fmt::format("<section id=\"against\" class=\"long\"><h2>Against {}</h2>\n",
                                   escape_html(result.factor));
    if (!charts.empty())
        html += "<div class=\"charts drawn\">\n" + charts + "</div>\n" + chart_legend(result);
    if (!knee.empty()) html += fmt::format("<p>Knee: {}.</p>\n", escape_html(knee));
    return html + "</section>\n";
}

std::string html_broken(const BreakingPointResult& result) {
    constexpr std::size_t most = 16;
    LevelCharts levels(result);
    std::string charts;
    const std::vector<std::size_t> promises = promises_by_interest(result);
    if (promises.empty()) return "";
    for (std::size_t i = 0; i < promises.size() && i < most; ++i) charts += levels.promise(promises[i]);
    std::string html =
        "<section id=\"objectives\" class=\"long\"><h2>What breaks<small>a dot is a level: green where the "
        "objective is met, red where it is violated, amber where that is open</small></h2>\n";
    if (!charts.empty()) html += "<div class=\"charts drawn\">\n" + charts + "</div>\n";
    if (promises.size() > most)
        html +=
            fmt::format("<p class=\"soft\">{} more objectives are not drawn.</p>\n", promises.size() - most);
    return html + not_kept_table(result) + "</section>\n";
}

}  // namespace understudy::reports
