#include "tools/reports/compare_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/numbers.h"

namespace understudy::reports {

using kernel::Difference;
using kernel::Standing;
using studies::ComparedDifference;
using studies::ComparedMeasure;
using studies::ComparedRun;
using studies::Comparison;

namespace {

std::string padded(const std::string& text, int width, bool right = false) {
    const std::string spaces(static_cast<std::size_t>(std::max(0, width - text_width(text))), ' ');
    return right ? spaces + text : text + spaces;
}

bool is_same(const ComparedDifference& one) {
    return one.difference && one.difference->estimate.low == 0 && one.difference->estimate.high == 0;
}

bool is_decided(const ComparedDifference& one) {
    return one.difference && one.difference->order != Difference::Order::undecided;
}

/// "-4.9 s (-5.3 to -4.5), -12 %": signs say the direction.
std::string difference_text(const ComparedDifference& one, const std::string& unit) {
    if (!one.difference) return one.why;
    const kernel::Estimate& estimate = one.difference->estimate;
    if (is_same(one)) return "the same";
    // Differences of shares are points, which "%" would hide.
    const HumanUnit look = human_unit(std::max(std::fabs(estimate.low), std::fabs(estimate.high)), unit);
    const std::string suffix = unit == "fraction" ? " points" : look.suffix;
    const auto number = [&](double value) {
        const std::string text = human_number(value * look.factor, 3);
        return value > 0 ? "+" + text : text;
    };
    std::string text = fmt::format("{}{} ({} to {})", number(estimate.centre), suffix, number(estimate.low),
                                   number(estimate.high));
    if (one.relative && unit != "fraction")
        text += fmt::format(", {}{} %", *one.relative > 0 ? "+" : "", human_number(100 * *one.relative, 2));
    return text;
}

std::string order_text(const ComparedDifference& one, std::optional<bool> lower_is_better) {
    if (!one.difference || is_same(one)) return "";
    if (one.difference->order == Difference::Order::undecided) return "undecided";
    const bool lower = one.difference->order == Difference::Order::candidate_lower;
    std::string text = lower ? "lower" : "higher";
    if (lower_is_better) text += lower == *lower_is_better ? ", better" : ", worse";
    return text;
}

std::string place_text(const Standing& standing) {
    switch (standing.place) {
        case Standing::Place::best: return "best";
        case Standing::Place::not_best: return "not the best";
        case Standing::Place::undecided: break;
    }
    return "may be the best";
}

/// Broken at spaces; lines after the first are indented.
std::string wrapped(const std::string& text, int width) {
    std::string all, line;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = text.find_first_of(" \n", at);
        if (end == std::string::npos) end = text.size();
        const std::string word = text.substr(at, end - at);
        const bool breaks = end < text.size() && text[end] == '\n';
        if (!line.empty() && text_width(line) + 1 + text_width(word) > width) {
            all += line + "\n";
            line = "  " + shorten(word, width - 2);
        } else {
            line += (line.empty() ? "" : " ") + shorten(word, width);
        }
        if (breaks || end == text.size()) {
            all += line + "\n";
            line.clear();
        }
        at = end + 1;
    }
    return all;
}

std::string head(const std::vector<ComparedRun>& runs, const Comparison& comparison, int width) {
    std::string text;
    int names = 4, scenarios = 8;
    for (const ComparedRun& run : runs) {
        names = std::max(names, text_width(run.name));
        scenarios = std::max(scenarios, text_width(run.result.provenance.scenario_name));
    }
    names = std::min(names, width / 2);
    scenarios = std::min(scenarios, width / 4);
    for (const ComparedRun& run : runs)
        text +=
            shorten(fmt::format("{}  {}  {}{}", padded(shorten(run.name, names), names),
                                padded(shorten(run.result.provenance.scenario_name, scenarios), scenarios),
                                run.result.reason == studies::Reason::no_objectives
                                    ? "no objectives"
                                    : studies::name_of(run.result.verdict),
                                &run == runs.data() ? ", the baseline" : ""),
                    width) +
            "\n";
    const std::int64_t fewest =
        std::min_element(runs.begin(), runs.end(), [](const ComparedRun& a, const ComparedRun& b) {
            return a.result.replications_done < b.result.replications_done;
        })->result.replications_done;
    std::int64_t most = fewest;
    for (const ComparedRun& run : runs) most = std::max(most, run.result.replications_done);
    std::string how =
        comparison.paired
            ? fmt::format("{} replications each in pairs, under the same random numbers (seed {})", fewest,
                          runs.front().result.provenance.seed) +
                  (fewest == most ? "" : fmt::format(", of up to {}", most))
            : fmt::format("as independent samples: {}", comparison.why_independent);
    how += fmt::format("; {} confidence", human(comparison.confidence, "fraction"));
    return text + wrapped(how + (runs.size() > 2 ? ", of all intervals of a measure together" : ""), width);
}

/// The measure and a line for each run.
std::string block(const ComparedMeasure& measure, const std::vector<ComparedRun>& runs,
                  const Comparison& comparison, int width) {
    std::string text = "\n" + shorten(measure.name, width) + "\n";
    int names = 4;
    for (const ComparedRun& run : runs) names = std::max(names, text_width(run.name));
    names = std::min(names, width / 3);
    const auto line = [&](std::size_t i, const std::string& rest) {
        const auto& value = measure.estimates[i].value;
        std::string row = fmt::format("  {} {}  {}", padded(shorten(runs[i].name, names), names),
                                      padded(human(value, measure.unit), 12, true), rest);
        if (!measure.standings.empty()) row += ", " + place_text(measure.standings[i]);
        row.erase(row.find_last_not_of(' ') + 1);
        text += text_width(row) <= width
                    ? row + "\n"
                    : fmt::format("  {} {}\n", padded(shorten(runs[i].name, names), names),
                                  padded(human(value, measure.unit), 12, true)) +
                          wrapped("    " + rest, width);
    };
    line(0, measure.standings.empty() ? "" : "baseline");
    for (std::size_t i = 1; i < runs.size(); ++i) {
        const ComparedDifference& one = measure.differences[i - 1];
        const std::string order = order_text(one, measure.lower_is_better);
        std::string rest = difference_text(one, measure.unit) + (order.empty() ? "" : ": " + order);
        if (comparison.paired && one.difference && !one.paired)
            rest += " (not in pairs: too few cross the quantile)";
        line(i, rest);
    }
    return text;
}

/// How much pairing has narrowed intervals: the median over what differs.
std::string pairing_text(const Comparison& comparison) {
    std::vector<double> ratios;
    for (const ComparedMeasure& measure : comparison.measures)
        for (const ComparedDifference& one : measure.differences)
            if (one.paired && std::isfinite(one.difference->variance_ratio) && !is_same(one))
                ratios.push_back(one.difference->variance_ratio);
    if (!comparison.paired || ratios.empty()) return "";
    const auto middle = ratios.begin() + std::ssize(ratios) / 2;
    std::nth_element(ratios.begin(), middle, ratios.end());
    return fmt::format("Pairs vary {} times {} than independent runs would (median of {}).\n",
                       human_number(*middle >= 1 ? *middle : 1 / *middle, 2), *middle >= 1 ? "less" : "more",
                       ratios.size() == 1 ? "one measure" : fmt::format("{} measures", ratios.size()));
}

}  // namespace

std::string compare_report(const std::vector<ComparedRun>& runs, const Comparison& comparison,
                           const CompareLook& look) {
    const int width = std::max(look.width, 60);
    std::string text = head(runs, comparison, width);
    for (const std::string& warning : comparison.warnings) text += wrapped("warning: " + warning, width);
    std::size_t same = 0, undecided = 0;
    for (const ComparedMeasure& measure : comparison.measures) {
        const auto& differences = measure.differences;
        const bool decided = std::any_of(differences.begin(), differences.end(), is_decided);
        if (!decided) ++(std::all_of(differences.begin(), differences.end(), is_same) ? same : undecided);
        if (decided || look.all) text += block(measure, runs, comparison, width);
    }
    text += "\n";
    const auto count = [](std::size_t n) { return fmt::format("{} measure{}", n, n == 1 ? "" : "s"); };
    const std::size_t differ = comparison.measures.size() - same - undecided;
    text += fmt::format("{} differ{}, {} the same to the last digit, {} undecided{}\n", count(differ),
                        differ == 1 ? "s" : "", same, undecided,
                        !look.all && same + undecided > 0 ? "; --all shows them" : "");
    text += wrapped(pairing_text(comparison), width);
    if (!comparison.only_in_some.empty()) {
        constexpr std::size_t shown = 5;
        text += "Not in all:\n";
        for (std::size_t i = 0; i < std::min(shown, comparison.only_in_some.size()); ++i)
            text += "  " + comparison.only_in_some[i] + "\n";
        if (comparison.only_in_some.size() > shown)
            text += fmt::format("  and {} more; --json has all\n", comparison.only_in_some.size() - shown);
    }
    return text;
}

}  // namespace understudy::reports
