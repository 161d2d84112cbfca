#include "tools/reports/forecast_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/numbers.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

std::string clock_of(double seconds) {
    if (std::isinf(seconds)) return "not by then";
    const auto minutes = static_cast<long long>(std::llround(seconds / 60));
    return fmt::format("{}h{:02}", minutes / 60, minutes % 60);
}

std::string clock_of(const std::optional<double>& seconds) { return seconds ? clock_of(*seconds) : "-"; }

std::string range_of(const studies::Predicted& value, const std::string& unit) {
    if (!value.low || !value.high) return "-";
    return human(*value.low, unit, 3) + " .. " + human(*value.high, unit, 3);
}

/// "97 %", and never all or none unless it is.
std::string share_of(std::int64_t part, std::int64_t all) {
    if (all == 0) return "no data";
    const double share = 100 * static_cast<double>(part) / static_cast<double>(all);
    return fmt::format("{:.0f} %",
                       part == all || part == 0 ? share : std::clamp(std::round(share), 1.0, 99.0));
}

}  // namespace

std::string forecast_report(const studies::Forecast& forecast, int width) {
    std::string text = fmt::format(
        "{}: from {} to {}, {} futures: {}\n", forecast.provenance.scenario_name,
        clock_of(kernel::to_seconds(forecast.as_of)), clock_of(kernel::to_seconds(forecast.until)),
        forecast.futures, forecast.objectives.empty() ? "no objectives" : studies::name_of(forecast.verdict));
    if (!forecast.input_reason.empty())
        text += "parameters as logs give them: " + forecast.input_reason + "\n";
    if (forecast.interrupted)
        text += fmt::format("interrupted: fewer futures than were asked for{}\n",
                            forecast.coverage > 0 ? "" : ", and too few for ranges");
    if (forecast.broken_off > 0)
        text += fmt::format("warning: {} of them could not go on to the end: {}\n", forecast.broken_off,
                            forecast.why_broken_off);
    if (!forecast.pipelines.empty()) {
        std::vector<std::vector<std::string>> rows = {{"pipeline", "under way", "all done", "by", "range"}};
        for (const studies::PredictedPipeline& one : forecast.pipelines)
            rows.push_back({one.name, std::to_string(one.open), share_of(one.done, forecast.futures),
                            clock_of(one.end.middle),
                            one.end.low && one.end.high
                                ? clock_of(*one.end.low) + " .. " + clock_of(*one.end.high)
                                : "-"});
        text += "\n" + table(rows, width);
    }
    if (!forecast.objectives.empty()) {
        std::vector<std::vector<std::string>> rows = {{"objective", "holds in", "will be", "verdict"}};
        for (const studies::PredictedObjective& one : forecast.objectives)
            rows.push_back({one.text, share_of(one.holds, one.of), range_of(one.value, one.unit),
                            studies::name_of(one.verdict)});
        text += "\n" + table(rows, width);
    }
    if (!forecast.backlogs.empty()) {
        std::vector<std::vector<std::string>> rows = {{"waiting at"}};
        for (const kernel::Time at : forecast.instants) rows[0].push_back(clock_of(kernel::to_seconds(at)));
        for (const studies::PredictedBacklog& one : forecast.backlogs) {
            std::vector<std::string> row = {one.name};
            for (const studies::Predicted& at : one.at) row.push_back(range_of(at, ""));
            rows.push_back(std::move(row));
        }
        text += "\n" + table(rows, width);
    }
    if (forecast.coverage > 0)
        text += fmt::format(
            "\nRanges are {:.4g} % prediction intervals: where this one future will lie, as far as the\n"
            "model is right{}. More futures do not make them narrower.\n",
            100 * forecast.coverage,
            forecast.input_reason.empty() ? "" : "; they also hold what its log leaves open");
    return text;
}

}  // namespace understudy::reports
