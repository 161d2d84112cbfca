#include "tools/reports/forecast_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <utility>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

/// Times on the run's clock for people: "26h15" after its start, or where that has a date the time of day, with the day
/// where it is another than that of the begin. Seconds where minutes would not tell times apart.
class Clock {
public:
    explicit Clock(const studies::Forecast& forecast) : calendar_(forecast.calendar) {
        seconds_ = forecast.until - forecast.as_of < kernel::hour;
        day_ = calendar_ ? day_of(forecast.as_of) : "";
    }

    std::string text(kernel::Time time, bool seconds) const {
        if (calendar_) {
            if (!seconds) time = rounded(time, kernel::minute);
            const std::string iso = calendar_->text(time);  // 2026-03-09T05:00:00+01:00
            const std::string of_day = iso.substr(11, seconds ? 8 : 5);
            return iso.substr(0, 10) == day_ ? of_day : iso.substr(5, 5) + " " + of_day;
        }
        const kernel::Time unit = seconds ? kernel::second : kernel::minute;
        const auto all = rounded(std::abs(time), unit) / unit;
        const std::string sign = time < 0 && all > 0 ? "-" : "";
        if (!seconds) return fmt::format("{}{}h{:02}", sign, all / 60, all % 60);
        return fmt::format("{}{}h{:02}:{:02}", sign, all / 3600, all / 60 % 60, all % 60);
    }
    std::string text(kernel::Time time) const { return text(time, seconds_); }

    /// The day of the begin, and then its time; without a date its time alone.
    std::string begin(kernel::Time as_of) const { return (day_.empty() ? "" : day_ + " ") + text(as_of); }

    /// When something is over: in the middle, and between when and when.
    std::pair<std::string, std::string> range(const studies::Predicted& value) const {
        bool seconds = seconds_;
        constexpr double coarse = 600;  // minutes do not tell much of what lies so near together
        if (value.low && value.high && std::isfinite(*value.high))
            seconds =
                seconds || (*value.high - *value.low < coarse && !(whole(*value.low) && whole(*value.high)));
        const auto one = [&](const std::optional<double>& at) {
            if (!at) return std::string("-");
            return std::isinf(*at) ? std::string("not by then") : text(kernel::from_seconds(*at), seconds);
        };
        return {one(value.middle), value.low && value.high ? one(value.low) + " .. " + one(value.high) : "-"};
    }

private:
    static kernel::Time rounded(kernel::Time time, kernel::Time unit) {
        return (time + unit / 2) / unit * unit;
    }
    static bool whole(double seconds) { return std::abs(seconds - std::round(seconds / 60) * 60) < 0.5; }
    std::string day_of(kernel::Time time) const { return calendar_->text(time).substr(0, 10); }

    std::shared_ptr<const models::Calendar> calendar_;
    std::string day_;
    bool seconds_ = false;
};

std::string range_of(const studies::Predicted& value, const std::string& unit) {
    if (!value.low || !value.high) return "-";
    const HumanUnit shown = shared_unit({value.low, value.high}, unit);
    return human_in(shown, value.low, 3) + " .. " + human_in(shown, value.high, 3);
}

/// "97 %", and never all or none unless it is.
std::string share_of(std::int64_t part, std::int64_t all) {
    if (all == 0) return "no data";
    const double share = 100 * static_cast<double>(part) / static_cast<double>(all);
    return fmt::format("{:.0f} %",
                       part == all || part == 0 ? share : std::clamp(std::round(share), 1.0, 99.0));
}

/// A name, with a mark where what becomes of it may depend on what the state does not hold.
std::string marked(const std::string& name, bool lacks) { return lacks ? name + " *" : name; }

std::string table_of_runs(const studies::Forecast& forecast, const Clock& clock, int width) {
    std::vector<std::vector<std::string>> rows = {{"run", "due", "over by then", "at", "range"}};
    const bool fails = std::any_of(forecast.runs.begin(), forecast.runs.end(),
                                   [](const studies::PredictedRun& run) { return run.failed > 0; });
    if (fails) rows[0].emplace_back("fails");
    for (const studies::PredictedRun& run : forecast.runs) {
        const auto [middle, range] = clock.range(run.end);
        rows.push_back({marked(run.pipeline, run.lacks) + (run.open ? ", under way" : ""),
                        clock.text(run.due), share_of(run.over, forecast.futures), middle, range});
        if (fails) rows.back().push_back(share_of(run.failed, forecast.futures));
    }
    // Of what no clock starts there is no next run that could be named.
    for (const studies::PredictedPipeline& one : forecast.pipelines) {
        const bool told =
            std::any_of(forecast.runs.begin(), forecast.runs.end(),
                        [&](const studies::PredictedRun& run) { return run.pipeline == one.name; });
        if (told) continue;
        const auto [middle, range] = clock.range(one.end);
        rows.push_back({one.name + ", all", "-", share_of(one.done, forecast.futures), middle, range});
        if (fails) rows.back().emplace_back("");
    }
    return rows.size() > 1 ? "\n" + table(rows, width) : "";
}

std::string table_of_alerts(const studies::Forecast& forecast, int width) {
    if (forecast.alerts.empty()) return "";
    std::vector<std::vector<std::string>> rows = {{"alert", "level", "raised in", "verdict"}};
    for (const studies::PredictedAlert& one : forecast.alerts)
        rows.push_back({one.text, one.level, share_of(one.raised, forecast.futures),
                        one.level != "fail" ? ""
                        : one.lacks.empty() ? studies::name_of(one.verdict)
                                            : studies::name_of(one.verdict) + std::string(" *")});
    return "\n" + table(rows, width);
}

std::string what_is_missing(const studies::Forecast& forecast) {
    if (forecast.missing.empty()) return "";
    std::string text = "\nthe state does not hold, and no future has:\n";
    for (const studies::NotInState& one : forecast.missing)
        text += fmt::format("  {}: {}\n", one.element, one.what);
    return text +
           "* may depend on that: ranges hold what comes less often than they say, and objectives\n"
           "and constraints are inconclusive.\n";
}

}  // namespace

std::string forecast_report(const studies::Forecast& forecast, int width) {
    const Clock clock(forecast);
    const bool judges = forecast.promises();
    std::string text =
        fmt::format("{}: from {} to {}, {} futures: {}\n", forecast.provenance.scenario_name,
                    clock.begin(forecast.as_of), clock.text(forecast.until), forecast.futures,
                    judges || forecast.broken_off > 0 ? studies::name_of(forecast.verdict) : "no objectives");
    Page head({width, false, 0});
    head.what_was_set(forecast.provenance.set);
    text += head.take();
    if (!forecast.input_reason.empty())
        text += "parameters as logs give them: " + forecast.input_reason + "\n";
    if (forecast.interrupted)
        text += fmt::format("interrupted: fewer futures than were asked for{}\n",
                            forecast.coverage > 0 ? "" : ", and too few for ranges");
    if (forecast.broken_off > 0)
        text += fmt::format("warning: {} of them could not go on to the end: {}\n", forecast.broken_off,
                            forecast.why_broken_off);
    text += table_of_runs(forecast, clock, width);
    if (!forecast.drains.empty()) {
        std::vector<std::vector<std::string>> rows = {{"there now", "items", "gone by then", "at", "range"}};
        for (const studies::PredictedDrain& one : forecast.drains) {
            const auto [middle, range] = clock.range(one.at);
            rows.push_back({marked(one.name, one.lacks), std::to_string(one.present),
                            share_of(one.drained, forecast.futures), middle, range});
        }
        text += "\n" + table(rows, width);
    }
    if (!forecast.objectives.empty()) {
        std::vector<std::vector<std::string>> rows = {{"objective", "holds in", "will be", "verdict"}};
        for (const studies::PredictedObjective& one : forecast.objectives)
            rows.push_back({one.text, share_of(one.holds, one.of), range_of(one.value, one.unit),
                            studies::name_of(one.verdict) + std::string(one.lacks.empty() ? "" : " *")});
        text += "\n" + table(rows, width);
    }
    text += table_of_alerts(forecast, width);
    if (!forecast.backlogs.empty()) {
        std::vector<std::vector<std::string>> rows = {{"waiting at"}};
        for (const kernel::Time at : forecast.instants) rows[0].push_back(clock.text(at));
        for (const studies::PredictedBacklog& one : forecast.backlogs) {
            std::vector<std::string> row = {marked(one.name, one.lacks)};
            for (const studies::Predicted& at : one.at) row.push_back(range_of(at, ""));
            rows.push_back(std::move(row));
        }
        text += "\n" + table(rows, width);
    }
    text += what_is_missing(forecast);
    if (forecast.coverage > 0)
        text += fmt::format(
            "\nRanges are {:.4g} % prediction intervals: where this one future will lie, as far as the\n"
            "model is right{}. More futures do not make them narrower.\n",
            100 * forecast.coverage,
            forecast.input_reason.empty() ? "" : "; they also hold what its log leaves open");
    return text;
}

}  // namespace understudy::reports
