#include "tools/reports/compare_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/difference_text.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using kernel::Difference;
using kernel::Standing;
using studies::ComparedDifference;
using studies::ComparedMeasure;
using studies::ComparedRun;
using studies::Comparison;

namespace {

bool is_same(const ComparedDifference& one) {
    return one.difference && one.difference->estimate.low == 0 && one.difference->estimate.high == 0;
}

bool is_decided(const ComparedDifference& one) {
    return one.difference && one.difference->order != Difference::Order::undecided;
}

/// "-4.9 s (-5.3 to -4.5), -12 %".
std::string compared_text(const ComparedDifference& one, const std::string& unit, const HumanUnit& shown) {
    if (!one.difference) return one.why;
    const kernel::Estimate& estimate = one.difference->estimate;
    std::string text = difference_text(estimate.centre, estimate.low, estimate.high, unit, shown);
    if (one.relative && unit != "fraction" && !is_same(one))
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

/// Its verdict, and why that is not met.
std::string verdict_text(const studies::RunResult& run) {
    if (run.reason == studies::Reason::no_objectives) return "no objectives";
    const std::string why = reason_words(run.reason);
    return std::string(name_of(run.verdict)) + (why.empty() ? "" : ", " + why);
}

/// How they are compared with the baseline, and which of them otherwise.
std::string how_text(const std::vector<ComparedRun>& runs, const Comparison& comparison) {
    const ComparedRun& baseline = runs.front();
    std::int64_t fewest = baseline.result.replications_done, most = fewest;
    std::vector<std::string> paired, others;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        const bool in_pairs =
            i - 1 < comparison.why_not.size() ? comparison.why_not[i - 1].empty() : comparison.paired;
        if (!in_pairs) {
            others.push_back(fmt::format(
                "{} ({})", runs[i].name,
                i - 1 < comparison.why_not.size() ? comparison.why_not[i - 1] : comparison.why_independent));
            continue;
        }
        paired.push_back(runs[i].name);
        fewest = std::min(fewest, runs[i].result.replications_done);
        most = std::max(most, runs[i].result.replications_done);
    }
    std::string how;
    if (!paired.empty()) {
        const auto pairs = static_cast<std::int64_t>(comparison.pairs);
        how = fmt::format("{} replications each in {}pairs, under the same random numbers (seed {})", fewest,
                          pairs > 0 && pairs < fewest ? fmt::format("{} ", pairs) : "",
                          baseline.result.provenance.seed);
        if (fewest != most) how += fmt::format(", of up to {}", most);
        if (!others.empty())
            how = fmt::format("{} with the baseline: {}; as independent samples: {}", fmt::join(paired, ", "),
                              how, fmt::join(others, ", "));
    } else {
        how = fmt::format("as independent samples: {}", comparison.why_independent);
    }
    return how + fmt::format("; {} confidence", human(comparison.confidence, "fraction")) +
           (runs.size() > 2 ? ", of all intervals of a measure together" : "");
}

void put_head(Page& page, const std::vector<ComparedRun>& runs, const Comparison& comparison) {
    int names = 4, scenarios = 8;
    for (const ComparedRun& run : runs) {
        names = std::max(names, text_width(run.name));
        scenarios = std::max(scenarios, text_width(run.result.provenance.scenario_name));
    }
    names = std::min(names, page.width() / 2);
    scenarios = std::min(scenarios, page.width() / 4);
    for (const ComparedRun& run : runs)
        page.line(shorten(
            fmt::format("{}  {}  {}{}", padded(shorten(run.name, names), names, false),
                        padded(shorten(run.result.provenance.scenario_name, scenarios), scenarios, false),
                        verdict_text(run.result), &run == runs.data() ? ", the baseline" : ""),
            page.width()));
    page.wrapped("", how_text(runs, comparison));
}

/// The measure and a line for each run, or more where that is too long for one.
void put_block(Page& page, const ComparedMeasure& measure, const std::vector<ComparedRun>& runs,
               const Comparison& comparison) {
    page.line();
    page.line(shorten(measure.name, page.width()));
    int names = 4;
    for (const ComparedRun& run : runs) names = std::max(names, text_width(run.name));
    names = std::min(names, page.width() / 3);
    std::vector<std::optional<double>> values;
    for (const auto& estimate : measure.estimates) values.push_back(estimate.value);
    const HumanUnit shown = shared_unit(values, measure.unit);
    const auto line = [&](std::size_t i, std::string rest) {
        if (!measure.standings.empty()) rest += ", " + place_text(measure.standings[i]);
        if (!measure.doubts[i].empty())
            rest += (rest.empty() ? "" : "; ") + ("doubtful: " + measure.doubts[i]);
        const std::string row = fmt::format("  {} {}", padded(shorten(runs[i].name, names), names, false),
                                            padded(human_in(shown, measure.estimates[i].value), 12, true));
        if (text_width(row) + 2 + text_width(rest) <= page.width()) {
            page.line(row + "  " + rest);
        } else {
            page.line(row);
            page.wrapped("    ", rest);
        }
    };
    line(0, measure.standings.empty() ? "" : "baseline");
    for (std::size_t i = 1; i < runs.size(); ++i) {
        const ComparedDifference& one = measure.differences[i - 1];
        const std::string order = order_text(one, measure.lower_is_better);
        std::string rest = compared_text(one, measure.unit, shown) + (order.empty() ? "" : ": " + order);
        const bool was_to_be =
            i - 1 < comparison.why_not.size() ? comparison.why_not[i - 1].empty() : comparison.paired;
        if (was_to_be && one.difference && !one.paired) rest += " (not in pairs: too few cross the quantile)";
        line(i, rest);
    }
}

/// How much pairing has narrowed intervals: the median over what differs. Pairs that are equal but for rounding, as of
/// runs that share all but their number, say nothing of how it helps.
std::string pairing_text(const Comparison& comparison) {
    constexpr double as_good_as_equal = 1e4;
    std::vector<double> ratios;
    for (const ComparedMeasure& measure : comparison.measures)
        for (const ComparedDifference& one : measure.differences)
            if (one.paired && one.difference && one.difference->variance_ratio < as_good_as_equal &&
                one.difference->variance_ratio > 0 && !is_same(one))
                ratios.push_back(one.difference->variance_ratio);
    if (!comparison.paired || ratios.empty()) return "";
    const auto middle = ratios.begin() + std::ssize(ratios) / 2;
    std::nth_element(ratios.begin(), middle, ratios.end());
    return fmt::format("Pairs vary {} times {} than independent runs would (median of {}).",
                       human_number(*middle >= 1 ? *middle : 1 / *middle, 2), *middle >= 1 ? "less" : "more",
                       ratios.size() == 1 ? "one measure" : fmt::format("{} measures", ratios.size()));
}

}  // namespace

std::string compare_report(const std::vector<ComparedRun>& runs, const Comparison& comparison,
                           const CompareLook& look) {
    TextOptions options;
    options.width = look.width;
    Page page(options);
    put_head(page, runs, comparison);
    page.warnings("warning: ", comparison.warnings, "--json has all");
    std::size_t same = 0, undecided = 0;
    for (const ComparedMeasure& measure : comparison.measures) {
        const auto& differences = measure.differences;
        const bool decided = std::any_of(differences.begin(), differences.end(), is_decided);
        if (!decided) ++(std::all_of(differences.begin(), differences.end(), is_same) ? same : undecided);
        if (decided || look.all) put_block(page, measure, runs, comparison);
    }
    page.line();
    const auto count = [](std::size_t n) { return fmt::format("{} measure{}", n, n == 1 ? "" : "s"); };
    const std::size_t differ = comparison.measures.size() - same - undecided;
    page.line(fmt::format("{} differ{}, {} the same to the last digit, {} undecided{}", count(differ),
                          differ == 1 ? "s" : "", same, undecided,
                          !look.all && same + undecided > 0 ? "; --all shows them" : ""));
    if (const std::string pairing = pairing_text(comparison); !pairing.empty()) page.wrapped("", pairing);
    if (!comparison.only_in_some.empty()) {
        constexpr std::size_t shown = 5;
        page.line("Not in all:");
        for (std::size_t i = 0; i < std::min(shown, comparison.only_in_some.size()); ++i)
            page.line("  " + comparison.only_in_some[i]);
        if (comparison.only_in_some.size() > shown)
            page.line(fmt::format("  and {} more; --json has all", comparison.only_in_some.size() - shown));
    }
    return page.take();
}

}  // namespace understudy::reports
