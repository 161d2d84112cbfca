#include "tools/reports/analytic_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "models/listed.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using models::Answer;
using studies::AnalyticMetric;
using studies::AnalyticResult;

namespace {

std::string value_text(const Answer& answer, const std::string& unit) {
    const std::string value = human(answer.value, unit);
    return answer.kind == Answer::Kind::exact ? value : "about " + value;
}

/// "exact", "within 15 %", "rough": how far to trust a value.
std::string trust(const Answer& answer) {
    if (answer.kind == Answer::Kind::exact) return "exact";
    if (!std::isfinite(answer.error)) return "error unknown";
    if (answer.error >= 1) return "rough";
    // One percent is as fine as such bounds are known.
    return fmt::format("within {:.0f} %", std::max(1.0, std::ceil(100 * answer.error - 1e-9)));
}

void put_objectives(Page& page, const AnalyticResult& result) {
    if (result.objectives.empty()) return;
    page.heading("Objectives");
    constexpr int column = 16;
    const std::string indent(column, ' ');
    for (const auto& objective : result.objectives) {
        Page text({page.width(), false, 0});
        text.wrapped(indent, objective.text);
        std::string below = "no answer";
        if (objective.answer.kind != Answer::Kind::refused)
            below = fmt::format("{}, {} ({})", value_text(objective.answer, objective.unit),
                                trust(objective.answer), objective.answer.method);
        const bool refused =
            objective.answer.kind == Answer::Kind::refused && objective.reason == studies::Reason::data;
        std::string why = refused ? "" : reason_words(objective.reason);
        if (!objective.explanation.empty()) why += (why.empty() ? "" : "; ") + objective.explanation;
        if (!why.empty()) below += ": " + why;
        text.wrapped(indent, below);
        std::string lines = text.take();
        lines.replace(0, column, "  " + page.verdict(objective.verdict, column - 2));
        lines.pop_back();
        page.line(lines);
    }
}

/// Texts in order of first appearance, each with what it holds for.
class Grouped {
public:
    void add(const std::string& text, const std::string& of) {
        const auto [found, fresh] = index_.try_emplace(text, list_.size());
        if (fresh) list_.emplace_back(text, std::vector<std::string>());
        auto& names = list_[found->second].second;
        if (std::find(names.begin(), names.end(), of) == names.end()) names.push_back(of);
    }
    void put(Page& page, const std::string& heading, std::size_t most) const {
        if (list_.empty()) return;
        page.heading(heading);
        for (const auto& [text, names] : list_) {
            page.wrapped("  - ", text + ": " + models::listed(names, most));
        }
    }

private:
    std::vector<std::pair<std::string, std::vector<std::string>>> list_;
    std::unordered_map<std::string, std::size_t> index_;
};

void put_answers(Page& page, const AnalyticResult& result, int most) {
    std::vector<std::pair<std::string, std::vector<const AnalyticMetric*>>> groups;
    std::unordered_map<std::string, std::size_t> index;
    int answered = 0;
    for (const AnalyticMetric& metric : result.metrics) {
        if (metric.answer.kind == Answer::Kind::refused) continue;
        ++answered;
        const auto [found, fresh] = index.try_emplace(metric.element, groups.size());
        if (fresh) groups.push_back({metric.element, {}});
        groups[found->second].second.push_back(&metric);
    }
    std::stable_partition(groups.begin(), groups.end(),
                          [](const auto& group) { return group.first.empty(); });
    if (answered > 0) page.heading("Answers");
    const int value_width = 20, trust_width = 15, method_width = 18;
    const int name_width = std::max(20, page.width() - 6 - value_width - trust_width - method_width);
    int shown = 0;
    for (const auto& [element, metrics] : groups) {
        if (shown >= most) break;
        page.line("  " +
                  page.styled(element.empty() ? "whole system" : shorten(element, page.width() - 2), bold));
        for (const AnalyticMetric* metric : metrics) {
            if (shown >= most) break;
            ++shown;
            page.named("    ", name_in_group(metric->name, element), 4 + name_width,
                       padded(value_text(metric->answer, metric->unit), value_width, true) + "  " +
                           padded(shorten(trust(metric->answer), trust_width), trust_width, false) +
                           shorten(metric->answer.method, method_width));
        }
    }
    if (answered > shown)
        page.wrapped("  ", fmt::format("... and {} more: --json has all.", answered - shown));
}

}  // namespace

std::string analytic_report(const AnalyticResult& result, const TextOptions& options) {
    Page page(options);
    const bool promised = result.reason != studies::Reason::no_objectives;
    const std::string name =
        result.provenance.scenario_name.empty() ? "run" : result.provenance.scenario_name;
    std::string why = result.reason == studies::Reason::data ? "formulas do not answer all of it"
                                                             : reason_words(result.reason);
    // What is known before any formula (unstable, critical) is the better reason.
    if (!result.answers_something() && result.reason == studies::Reason::data)
        why = "formulas say nothing of it";
    if (result.reason == studies::Reason::constraint) why = "formulas do not tell whether constraints hold";
    page.line(page.styled(shorten(name, page.width() - 40), bold) + ": " +
              (promised ? page.verdict(result.verdict, 0) : page.styled("no objectives", bold)) +
              (promised && !why.empty() ? ", " + why : ""));
    page.what_was_set(result.provenance.set);
    page.wrapped("", "The steady state by formulas; nothing was simulated.");
    put_objectives(page, result);
    page.warnings(result.warnings);
    put_answers(page, result, options.metrics);
    Grouped caveats, refusals;
    for (const AnalyticMetric& metric : result.metrics) {
        if (metric.answer.kind == Answer::Kind::approximate && !metric.answer.why.empty())
            caveats.add(metric.answer.why, metric.element.empty() ? "whole system" : metric.element);
        if (metric.answer.kind == Answer::Kind::refused) refusals.add(metric.answer.why, metric.name);
    }
    caveats.put(page, "Approximate, because", 6);
    for (const std::string& constraint : result.constraints)
        refusals.add("whether an alert of the level fail is raised", constraint);
    refusals.put(page, "Not answered; simulate it", 4);
    return page.take();
}

}  // namespace understudy::reports
