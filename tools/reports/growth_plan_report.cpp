#include "tools/reports/growth_plan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/candidate_words.h"
#include "tools/reports/growth_words.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

using PlanStep = studies::GrowthPlanResult::Step;

}  // namespace

std::string growth_plan_report(const studies::Study& study, const studies::GrowthPlanResult& result,
                               const TextOptions& look) {
    Page page(look);
    page.line(page.styled(study.name, bold) + ": " + page.verdict(result.verdict, 0) +
              (result.reason == studies::Reason::none || result.reason == studies::Reason::limit
                   ? std::string()
                   : fmt::format(" ({})", studies::name_of(result.reason))));
    page.what_was_set(study.set);
    page.wrapped("", growth_words(study, result));
    page.wrapped("", basis_words(result));
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
        const bool known = is_known(step);
        for (std::size_t f = 0; f < study.factors.size(); ++f) row.push_back(known ? best->values[f] : "?");
        row.push_back(known && best->cost ? cost_words(*best->cost, step.cheapest.cost_unit) : "");
        row.push_back(holds_until_words(result, step));
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
