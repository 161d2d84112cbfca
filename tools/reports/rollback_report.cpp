#include "tools/reports/rollback_report.h"

#include <fmt/format.h>

#include "tools/reports/difference_text.h"
#include "tools/reports/numbers.h"
#include "tools/reports/table.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

using studies::RollbackResult;

std::string stretch_text(const RollbackResult& result, const RollbackResult::Stretch& stretch) {
    if (stretch.seen == 0) return "not before the end of the run";
    std::string text = with_interval(stretch.seconds, "s");
    if (stretch.seen < result.replications)
        text += fmt::format(" in {} of {}", stretch.seen, result.replications);
    return text;
}

std::string more_text(const RollbackResult::Count& count, const std::string& unit) {
    const studies::Estimate& estimate = count.more;
    if (!estimate.value) return "-";
    return difference_text(*estimate.value, estimate.low, estimate.high, unit);
}

}  // namespace

std::string last_safe_text(const RollbackResult& result) {
    if (!result.loses_data.empty()) return "none: the data are gone as soon as it is in";
    if (result.safe_tried == 0) return "the run is too short to tell";
    if (result.never_safe > 0)
        return fmt::format("there is none in {} of {} replications, even deciding at once: {}",
                           result.never_safe, result.safe_tried, fmt::join(result.unsafe_because, "; or "));
    if (result.safe.seen == 0) return "nothing more is lost whenever it is decided before the end of the run";
    std::string text = fmt::format("{} after the failure; later, {}", with_interval(result.safe.seconds, "s"),
                                   fmt::join(result.unsafe_because, "; or "));
    if (result.safe.seen < result.safe_tried)
        text += fmt::format(" (in {} of {} replications)", result.safe.seen, result.safe_tried);
    return text;
}

std::vector<std::vector<std::string>> rollback_rows(const RollbackResult& result) {
    std::vector<std::vector<std::string>> rows;
    const auto row = [&](const std::string& what, const std::string& text) { rows.push_back({what, text}); };
    row("goes in after", stretch_text(result, result.in));
    row("then fails after", stretch_text(result, result.failed));
    row("detected after", stretch_text(result, result.detected));
    row("decided after", stretch_text(result, result.decided));
    for (const RollbackResult::Step& step : result.steps)
        row("  " + step.text, step.takes.seen == 0 ? "-" : with_interval(step.takes.seconds, "s"));
    row("drained after", stretch_text(result, result.drained));
    row("well again after",
        stretch_text(result, result.recovered) + (result.recovered.seen > 0 ? ", from the failure" : ""));
    row(result.backlog_of, with_interval(result.backlog.with, result.backlog_unit));
    row("lost", more_text(result.lost, "items"));
    row("duplicated", more_text(result.duplicated, "items"));
    row("late", more_text(result.late, "items"));
    if (result.missed) row("missed deadlines", more_text(*result.missed, "runs"));
    return rows;
}

void put_rollback(Page& page, const RollbackResult& result) {
    const bool seen = result.replications > 0;
    page.heading(seen ? fmt::format("The way back, in {} fork{} of as many simulations", result.replications,
                                    result.replications == 1 ? "" : "s")
                      : "The way back");
    page.line("  " + page.verdict(result.verdict, 14) + "well again once " + result.until);
    if (!result.why.empty()) page.wrapped(std::string(16, ' '), result.why);
    page.warnings("  warning: ", result.warnings, "--json has all");
    // Rows of nothing would read as findings about the plan.
    if (!seen) return;
    const auto rows = rollback_rows(result);
    std::string text = table(rows, page.width());
    text.pop_back();
    page.line(text);
    page.wrapped("  last safe moment to decide: ", last_safe_text(result));
    for (const std::string& edit : result.loses_data)
        page.wrapped("  no way back once it is in: ", edit + " (the data are gone)");
    for (const RollbackResult::Promise& promise : result.promises) {
        if (promise.with.value == promise.without.value) continue;
        const UnitsBeside units = units_beside(promise.with.value, promise.without.value, promise.unit);
        page.wrapped("  ", fmt::format("{}: {} with it, {} without", promise.text,
                                       human_in(units.first, promise.with.value),
                                       human_in(units.second, promise.without.value)));
    }
}

}  // namespace understudy::reports
