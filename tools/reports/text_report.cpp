#include "tools/reports/text_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::RunResult;
using studies::Verdict;

namespace {

constexpr const char* bold = "\033[1m";
constexpr const char* dim = "\033[2m";
constexpr const char* plain = "\033[0m";

class Page {
public:
    explicit Page(const TextOptions& options)
        : width_(std::max(options.width, 60)), colour_(options.colour) {}

    void line(std::string text = "") {
        text.erase(text.find_last_not_of(' ') + 1);
        out_ += text;
        out_ += '\n';
    }
    void heading(const std::string& text) {
        line();
        line(styled(text, bold));
    }

    /// `text` broken at spaces, each line behind `first` or as many spaces.
    void wrapped(const std::string& first, const std::string& text) {
        const int indent = text_width(first);
        std::string current;
        std::string front = first;
        const auto put = [&] {
            line(front + current);
            front.assign(static_cast<std::size_t>(indent), ' ');
            current.clear();
        };
        std::size_t at = 0;
        while (at < text.size()) {
            std::size_t end = text.find_first_of(" \n", at);
            if (end == std::string::npos) end = text.size();
            std::string word = text.substr(at, end - at);
            at = end + 1;
            if (word.empty()) continue;
            const int used = text_width(current);
            if (used > 0 && indent + used + 1 + text_width(word) > width_) put();
            if (!current.empty()) current += ' ';
            current += shorten(word, width_ - indent);
        }
        put();
    }

    std::string styled(const std::string& text, const char* style) const {
        return colour_ ? style + text + plain : text;
    }
    std::string verdict(Verdict verdict, int pad) const {
        std::string word = name_of(verdict);
        const std::size_t length = word.size();
        const char* style = verdict == Verdict::met        ? "\033[1;32m"
                            : verdict == Verdict::violated ? "\033[1;31m"
                                                           : "\033[1;33m";
        word = styled(word, style);
        if (static_cast<int>(length) < pad) word.append(static_cast<std::size_t>(pad) - length, ' ');
        return word;
    }
    int width() const { return width_; }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
    int width_;
    bool colour_;
};

std::string padded(const std::string& text, int width, bool right) {
    const int missing = std::max(0, width - text_width(text));
    const std::string spaces(static_cast<std::size_t>(missing), ' ');
    return right ? spaces + text : text + spaces;
}

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
    if (!result.provenance.set.empty())
        page.wrapped("set ", fmt::format("{}", fmt::join(result.provenance.set, ", ")));
    page.wrapped("", run_line(result));
    if (result.interrupted) page.wrapped("", "Interrupted: only what had finished is counted.");
}

void put_objectives(Page& page, const RunResult& result) {
    if (result.objectives.empty()) return;
    page.heading(fmt::format("Objectives, intervals at {} confidence", human(result.confidence, "fraction")));
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
            below += fmt::format(" ({})", estimate.interval);
        }
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

void put_warnings(Page& page, const RunResult& result) {
    if (result.warnings.empty()) return;
    page.heading("Warnings");
    for (const auto& warning : result.warnings) page.wrapped("  - ", warning.text);
}

void put_loads(Page& page, const RunResult& result) {
    auto list = loads(result);
    if (list.empty()) return;
    if (list.size() > 3) list.resize(3);
    page.heading("Most loaded");
    const int name_width = page.width() - 2 - 14 - 14 - 20;
    page.line(page.styled("  " + padded("", name_width, false) + padded("expected", 14, true) +
                              padded("simulated", 14, true) + padded("interval", 20, true),
                          dim));
    for (const auto& load : list) {
        const EstimateText simulated = estimate_text(load.simulated, "fraction");
        std::string expected = human(load.expected, "fraction");
        if (load.forecast != nullptr && !load.forecast->exact && load.expected)
            expected = "about " + expected;
        page.line("  " + padded(shorten(load.element, name_width - 1), name_width, false) +
                  padded(expected, 14, true) + padded(simulated.value, 14, true) +
                  padded(simulated.interval, 20, true));
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
    if (!groups.empty()) page.heading("Metrics");
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
            const std::string name = name_in_group(metric->name, group.element);
            page.line("    " + padded(shorten(name, name_width - 1), name_width, false) +
                      padded(estimate.value, value_width, true) +
                      padded(estimate.interval, interval_width, true));
        }
    }
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
    put_warnings(page, result);
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
