#include "tools/reports/growth_plan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

using PlanStep = studies::GrowthPlanResult::Step;

std::string span_of(const std::string& first, const std::string& last) {
    return first == last ? first : first + " to " + last;
}

std::string times_load(double multiple) { return fmt::format("{:.4g}x", multiple); }

}  // namespace

std::string growth_plan_report(const studies::Study& study, const studies::GrowthPlanResult& result,
                               const TextOptions& look) {
    Page page(look);
    const std::string until = result.until.value_or("the last day");
    page.line(page.styled(study.name, bold) + ": " + page.verdict(result.verdict, 0) +
              (result.reason == studies::Reason::none || result.reason == studies::Reason::limit
                   ? std::string()
                   : fmt::format(" ({})", studies::name_of(result.reason))));
    page.wrapped("", fmt::format("{} from {} to {}: {} the load", study.growth->written,
                                 result.steps.empty() ? "the start" : result.steps.front().from.value_or(""),
                                 until, times_load(result.last_load)));
    page.wrapped("", fmt::format("{} step{}, {} replications, {} confidence, seed {}", result.steps.size(),
                                 result.steps.size() == 1 ? "" : "s", result.replications,
                                 studies::percent(result.confidence), result.seed));
    if (!result.explanation.empty()) page.wrapped("", result.explanation);
    page.warnings("warning: ", result.warnings, "--json has all");
    if (result.steps.empty()) return page.take();
    page.heading("Plan");
    std::vector<std::vector<std::string>> rows(1, {"from", "load"});
    for (const studies::Factor& factor : study.factors) rows[0].push_back(factor.path);
    rows[0].insert(rows[0].end(), {"cost", "holds until"});
    for (const PlanStep& step : result.steps) {
        std::vector<std::string> row = {step.from.value_or("-"), times_load(step.load)};
        const auto& best = step.cheapest.best;
        const bool known = best && step.cheapest.verdict == studies::Verdict::met;
        for (std::size_t f = 0; f < study.factors.size(); ++f) row.push_back(known ? best->values[f] : "?");
        row.push_back(known && best->cost
                          ? human_number(*best->cost, 6) +
                                (step.cheapest.cost_unit.empty() ? "" : " " + step.cheapest.cost_unit)
                          : "");
        row.push_back(!known              ? studies::name_of(step.cheapest.verdict)
                      : step.to_the_end   ? until + " at least"
                      : !step.holds_until ? "not known"
                                          : *step.holds_until);
        rows.push_back(std::move(row));
    }
    std::string text = table(rows, page.width());
    text.pop_back();
    page.line(text);
    rows.clear();
    for (const PlanStep& step : result.steps) {
        if (!step.holds_until || !step.breaks_by) continue;
        std::string promises;
        for (const std::string& one : step.broken) promises += (promises.empty() ? "" : "; ") + one;
        rows.push_back({span_of(*step.holds_until, *step.breaks_by),
                        span_of(times_load(*step.holds_at), times_load(*step.breaks_at)),
                        shorten(promises, std::max(24, page.width() - 48))});
    }
    if (rows.empty()) return page.take();
    page.heading("When each breaks");
    text = table(rows, page.width());
    text.pop_back();
    page.line(text);
    return page.take();
}

}  // namespace understudy::reports
