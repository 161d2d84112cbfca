#include "tools/reports/text_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::RunResult;
using studies::Verdict;

namespace {

void put_head(Page& page, const RunResult& result) {
    const std::string name =
        result.provenance.scenario_name.empty() ? "run" : result.provenance.scenario_name;
    const Headline head = headline(result);
    const bool promised = result.reason != studies::Reason::no_objectives;
    const int left =
        page.width() - 2 - text_width(head.word) - (head.why.empty() ? 0 : 2 + text_width(head.why));
    page.line(page.styled(shorten(name, std::max(left, 12)), bold) + ": " +
              (promised ? page.verdict(result.verdict, 0) : page.styled(head.word, bold)) +
              (head.why.empty() ? "" : ", " + head.why));
    page.what_was_set(result.provenance.set);
    page.wrapped("", run_line(result));
    if (result.interrupted) page.wrapped("", "Interrupted: only what had finished is counted.");
}

void put_objectives(Page& page, const RunResult& result) {
    if (result.objectives.empty()) return;
    page.heading("Objectives, " + basis_of_intervals(result));
    constexpr int column = 16;
    const std::string indent(column, ' ');
    for (const auto& objective : result.objectives) {
        // The colour codes are not counted by the wrapping, so the word is put in front afterwards.
        Page text({page.width(), false, 0});
        text.wrapped(indent, objective.text);
        const EstimateText estimate = estimate_text(objective.estimate, objective.unit);
        std::string below = estimate.value;
        if (!objective.estimate.value) below = "no estimate";
        if (!estimate.interval.empty()) {
            below += fmt::format(" ({}{}{})", estimate.interval, estimate.parts.empty() ? "" : "; ",
                                 estimate.parts);
        }
        if (objective.estimate.value && objective.estimate.replications < result.replications_done)
            below += fmt::format(", of {} of {} replications", objective.estimate.replications,
                                 result.replications_done);
        std::string why = reason_words(objective.reason);
        if (!objective.explanation.empty()) why += (why.empty() ? "" : "; ") + objective.explanation;
        if (!why.empty()) below += ": " + why;
        text.wrapped(indent, below);
        std::string lines = text.take();
        lines.replace(0, column, "  " + page.verdict(objective.verdict, column - 2));
        lines.pop_back();
        page.line(lines);
    }
}

void put_least_certain(Page& page, const RunResult& result) {
    const auto list = studies::least_certain(result);
    if (list.empty()) return;
    page.heading("Least certain, and how many more replications settle it");
    constexpr int estimate_width = 15, half_width = 11, distance_width = 10, more_width = 9;
    const int name_width = page.width() - 2 - estimate_width - half_width - distance_width - more_width;
    const auto row = [&](const std::string& name, const std::string& estimate, const std::string& half,
                         const std::string& distance, const std::string& replications) {
        return "  " + padded(name, name_width, false) + padded(estimate, estimate_width, true) +
               padded(half, half_width, true) + padded(distance, distance_width, true) +
               padded(replications, more_width, true);
    };
    page.line(page.styled(row("", "estimate", "half width", "to limit", "more"), dim));
    for (const studies::Uncertain& uncertain : list) {
        const UncertainText text = uncertain_text(uncertain);
        // A name that is too long for its column has a line of its own.
        std::string name = uncertain.objective->text;
        if (text_width(name) >= name_width) {
            page.wrapped("  ", name);
            name.clear();
        }
        page.line(row(name, text.estimate, text.half_width, text.distance, text.more));
    }
}

/// Right-aligned behind another column, also where it is too wide.
std::string column(const std::string& text, int width) {
    return text.empty() ? "" : padded(text_width(text) >= width ? "  " + text : text, width, true);
}

void put_loads(Page& page, const RunResult& result) {
    auto list = loads(result);
    if (list.empty()) return;
    if (list.size() > 3) list.resize(3);
    page.heading("Most loaded, " + basis_of_intervals(result));
    const int name_width = page.width() - 2 - 14 - 14 - 20;
    page.line(page.styled("  " + padded("", name_width, false) + padded("expected", 14, true) +
                              padded("simulated", 14, true) + padded("interval", 20, true),
                          dim));
    const auto row = [&](const std::string& name, const std::string& expected, const EstimateText& simulated,
                         bool is_doubtful = false) {
        page.named(
            is_doubtful ? "! " : "  ", name, name_width + 2,
            padded(expected, 14, true) + padded(simulated.value, 14, true) + column(simulated.interval, 20));
    };
    const auto about = [](bool exact, const std::string& value) { return exact ? value : "about " + value; };
    for (const auto& load : list) {
        const bool exact = load.forecast == nullptr || load.forecast->exact || !load.expected;
        const std::string expected = human(load.expected, "fraction");
        const bool bound = load.forecast != nullptr && load.forecast->at_most && load.expected;
        row(load.element, bound ? "up to " + expected : about(exact, expected),
            estimate_text(load.simulated, "fraction"));
    }
    for (const studies::MetricResult* metric : expected_times(result, list)) {
        const std::optional<double> expected = metric->expected.value;
        const HumanUnit shown = shared_unit({expected, metric->estimate.value}, metric->unit);
        row(metric->name,
            about(metric->expected.kind == models::Answer::Kind::exact, human_in(shown, expected)),
            estimate_text(metric->estimate, metric->unit, expected), !doubt_text(*metric, result).empty());
    }
    // What holds for several of them is said once.
    std::vector<std::pair<std::string, std::string>> caveats;
    for (const auto& load : list) {
        if (load.forecast == nullptr) continue;
        if (!load.forecast->stable)
            page.wrapped("  ! ", fmt::format("{}: {}; its line grows without end", load.element,
                                             what_is_short(*load.forecast)));
        if (load.forecast->caveat.empty()) continue;
        const auto same = std::find_if(caveats.begin(), caveats.end(), [&](const auto& known) {
            return known.first == load.forecast->caveat;
        });
        if (same == caveats.end())
            caveats.emplace_back(load.forecast->caveat, load.element);
        else
            same->second += ", " + load.element;
    }
    for (const auto& [caveat, elements] : caveats) page.wrapped("    ", elements + ": " + caveat);
}

void put_metrics(Page& page, const RunResult& result, int most) {
    const auto groups = group_metrics(result);
    if (!groups.empty()) page.heading("Metrics, " + basis_of_intervals(result));
    const int value_width = 15, interval_width = 24;
    const int name_width = page.width() - 4 - value_width - interval_width;
    int shown = 0, hidden = 0;
    for (const auto& group : groups) {
        if (shown >= most) {
            hidden += static_cast<int>(group.metrics.size());
            continue;
        }
        page.line("  " + page.styled(group.element.empty() ? "whole system"
                                                           : shorten(group.element, page.width() - 2),
                                     bold));
        for (const auto* metric : group.metrics) {
            if (shown >= most) {
                ++hidden;
                continue;
            }
            ++shown;
            const EstimateText estimate = estimate_text(metric->estimate, metric->unit);
            std::string name = name_in_group(metric->name, group.element);
            // The reason stands beside the name, or where that is too long below it.
            const std::string doubt = doubt_text(*metric, result);
            const bool beside = text_width(name) + 2 + text_width(doubt) < name_width;
            if (!doubt.empty() && beside) name += ": " + doubt;
            page.named(doubt.empty() ? "    " : "  ! ", name, 4 + name_width,
                       padded(estimate.value, value_width, true) + column(estimate.interval, interval_width));
            if (!doubt.empty() && !beside) page.wrapped("        ", doubt);
            if (!estimate.parts.empty()) page.wrapped("        ", estimate.parts);
        }
    }
    if (const std::string note = note_on_extremes(result); !note.empty()) page.wrapped("  ", note);
    if (hidden > 0)
        page.wrapped("  ", fmt::format("... and {} more: --json, or the result file, has all.", hidden));
    std::vector<const studies::MetricResult*> missing;
    for (const auto& metric : result.metrics) {
        if (!metric.estimate.value) missing.push_back(&metric);
    }
    if (missing.empty()) return;
    page.heading("Without data");
    std::size_t listed = 0;
    for (const auto* metric : missing) {
        if (++listed > 10) break;
        page.wrapped("  ", metric->no_data.empty() ? metric->name : metric->name + ": " + metric->no_data);
    }
    if (missing.size() > 10) page.wrapped("  ", fmt::format("... and {} more", missing.size() - 10));
}

}  // namespace

std::string text_report(const RunResult& result, const TextOptions& options) {
    Page page(options);
    put_head(page, result);
    put_objectives(page, result);
    put_least_certain(page, result);
    page.warnings(result.warnings);
    put_loads(page, result);
    put_metrics(page, result, options.metrics);
    if (!result.fingerprint.empty()) {
        page.line();
        page.wrapped("", fmt::format("{} events, fingerprint {}",
                                     human_number(static_cast<double>(result.events)), result.fingerprint));
    }
    return page.take();
}

}  // namespace understudy::reports
