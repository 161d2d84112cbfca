#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "tools/reports/html_chart.h"
#include "tools/reports/html_page.h"
#include "tools/reports/html_stress_parts.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::BreakingPointResult;
using studies::Level;

namespace {

struct DrawnLevel {
    std::string name;
    const Level* level;
};

/// Of no more than a chart has lines: where it breaks, where it holds and the knee; the highest where nothing is known.
std::vector<DrawnLevel> drawn_levels(const BreakingPointResult& result) {
    std::vector<DrawnLevel> drawn;
    const auto add = [&](std::size_t number, const char* what) {
        const Level& level = result.levels[number];
        const bool there = std::any_of(drawn.begin(), drawn.end(),
                                       [&](const DrawnLevel& one) { return one.level == &level; });
        if (!there && !level.series.empty()) drawn.push_back({level.value + what, &level});
    };
    if (result.breaks_at) add(*result.breaks_at, " breaks");
    if (result.holds_at) add(*result.holds_at, " holds");
    if (result.knee) add(result.knee->at, " knee");
    if (drawn.empty() && !result.levels.empty()) add(result.levels.size() - 1, "");
    return drawn;
}

std::string series_chart(const std::string& name, const std::vector<DrawnLevel>& drawn,
                         const BreakingPointResult& result) {
    Chart chart{name, "mean over replications", "", {}, {}, false};
    double end_s = 0;
    for (const auto& [what, level] : drawn)
        for (const Level::Series& one : level->series)
            if (one.name == name)
                end_s = std::max(end_s, one.stretch_s * static_cast<double>(one.means.size()));
    for (const auto& [what, level] : drawn)
        for (const Level::Series& one : level->series) {
            if (one.name != name || !(end_s > 0)) continue;
            chart.unit = one.unit;
            ChartLine line{what, {}};
            for (std::size_t i = 0; i < one.means.size(); ++i) {
                const double from = one.stretch_s * static_cast<double>(i);
                line.points.push_back({(from + one.stretch_s / 2) / end_s,
                                       one.means[i],
                                       {},
                                       {},
                                       fmt::format("{} at {}: {} from {} to {}", result.factor, level->value,
                                                   human(one.means[i], one.unit), human(from, "s"),
                                                   human(from + one.stretch_s, "s")),
                                       ""});
            }
            chart.lines.push_back(std::move(line));
        }
    ChartAcross across;
    across.name = "time since the start of the run";
    for (const double share : {0.0, 1.0, 0.5, 0.25, 0.75})
        across.ticks.push_back({share, human(share * end_s, "s")});
    return chart_html(chart, across);
}

}  // namespace

std::string html_level_series(const BreakingPointResult& result) {
    const std::vector<DrawnLevel> drawn = drawn_levels(result);
    if (drawn.empty()) return "";
    std::string charts;
    for (const Level::Series& one : drawn.front().level->series)
        charts += series_chart(one.name, drawn, result);
    if (charts.empty()) return "";
    return fmt::format(
        "<section id=\"over-time\" class=\"long\"><h2>Over time<small>what waits for workers anywhere, and "
        "the "
        "lag of all consumers{}</small></h2>\n<div class=\"charts drawn\">\n{}</div>\n</section>\n",
        result.warm_up_s.value_or(0) > 0 ? ", the warm-up of " + human(*result.warm_up_s, "s") + " included"
                                         : "",
        charts);
}

}  // namespace understudy::reports
