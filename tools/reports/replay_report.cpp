#include "tools/reports/replay_report.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <cmath>

#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

/// `text` after `head`, broken at blanks so that no line passes 80 columns.
void paragraph(std::string& out, const std::string& head, const std::string& text) {
    std::string line = head;
    std::string word;
    auto put = [&] {
        if (word.empty()) return;
        if (line.size() + 1 + word.size() > 80 && line.size() > 4) {
            out += line + "\n";
            line = "    " + word;
        } else {
            line += (line.back() == ' ' ? "" : " ") + word;
        }
        word.clear();
    };
    for (const char c : text) {
        if (c == ' ')
            put();
        else
            word += c;
    }
    put();
    out += line + "\n";
}

void list(std::string& out, const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out += fmt::format("\n{}\n", title);
    for (const std::string& line : lines) paragraph(out, "  -", line);
}

/// Means, and of all jobs also without the rules that were inferred.
void waits(std::string& out, const std::vector<studies::WaitComparison>& waits, bool changed) {
    const auto line = [&](const std::string& name, double recorded, double simulated) {
        const std::string off =
            recorded > 0 ? fmt::format("{:+.1f} %", 100 * (simulated / recorded - 1)) : std::string("-");
        const HumanUnit shown = shared_unit({recorded, simulated}, "s");
        out += fmt::format("  {:<14} {:>14} {:>14} {:>12}\n", shorten(name, 14), human_in(shown, recorded),
                           human_in(shown, simulated), off);
    };
    for (const studies::WaitComparison& one : waits) {
        line(one.queue.empty() ? "mean wait" : "  " + one.queue, one.recorded_s, one.simulated_s);
        if (one.without_rules_s && !changed) line("  no rules", one.recorded_s, *one.without_rules_s);
    }
}

void critical_path(std::string& out, const std::vector<studies::CriticalStep>& path) {
    constexpr std::size_t shown_at_each_end = 6;
    if (path.empty()) return;
    out += fmt::format("\nThe end waited for (critical path, {})\n",
                       path.size() == 1 ? "1 task" : fmt::format("{} tasks", path.size()));
    out += fmt::format("  {:<48} {:>9} {:>10}  {}\n", "", "start", "work", "began after");
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path.size() > 2 * shown_at_each_end && i >= shown_at_each_end &&
            i + shown_at_each_end < path.size()) {
            if (i == shown_at_each_end)
                out += fmt::format("  ... {} more\n", path.size() - 2 * shown_at_each_end);
            continue;
        }
        const studies::CriticalStep& step = path[i];
        const char* after = step.after == studies::CriticalStep::After::task      ? "its parent"
                            : step.after == studies::CriticalStep::After::workers ? "room"
                                                                                  : "-";
        out += fmt::format("  {:<48} {:>9} {:>10}  {}\n", shorten(step.task, 48), human(step.start_s, "s"),
                           human(step.end_s - step.start_s, "s"), after);
    }
}

void prediction(std::string& out, const studies::Prediction& its) {
    out += fmt::format("\nPredicted from {}\n",
                       its.recordings == 1 ? "1 recording" : fmt::format("{} recordings", its.recordings));
    const auto line = [&](const std::string& name, double seconds, const std::string& rest) {
        const double effect = 100 * (seconds / its.recorded_s - 1);
        out += fmt::format("  {:<14} {:>14} {:>12}{}\n", name, human(seconds, "s"),
                           fmt::format("{:+.1f} %", effect), rest.empty() ? "" : "   " + rest);
    };
    line("makespan", its.predicted_s,
         fmt::format("90 % within {} and {}", human(its.low_s, "s"), human(its.high_s, "s")));
    line("  linear", its.linear_s, "");
    line("  no change", its.no_change_s, "");
    if (its.amdahl_s) line("  Amdahl", *its.amdahl_s, "a + b/N through both recordings");
    if (its.within_noise)
        paragraph(
            out, " ",
            fmt::format(
                "The effect is within the noise: two runs of one configuration differ by {:.1f} % ({}).",
                100 * its.noise * std::sqrt(2.0), its.noise_assumed ? "assumed" : "from the recordings"));
    paragraph(out, " ", "What makes the interval as wide: " + its.dominates + ".");
    for (const studies::SweptAssumption& one : its.swept)
        paragraph(out, "  -",
                  fmt::format("{}: {:.3g} assumed; {} at {:.3g}, {} at {:.3g}", one.what, one.central,
                              human(one.at_low_s, "s"), one.low, human(one.at_high_s, "s"), one.high));
    if (std::abs(its.self_replay) > studies::self_replay_gate)
        paragraph(
            out, " ",
            fmt::format(
                "warning: the twin plays its own recording with an error of {:+.1f} %, which is more than "
                "{:.0f} %. Something holds these tasks up that it does not know of, or their phases are "
                "not what they were taken for: do not rely on the prediction alone.",
                100 * its.self_replay, 100 * studies::self_replay_gate));
}

}  // namespace

std::string replay_report(const studies::ReplayResult& result) {
    std::string out = fmt::format("{} ({}), submissions {}\n\n", shorten(result.source, 50), result.format,
                                  studies::name_of(result.submissions));
    const bool changed = !result.changed.empty();
    if (changed) out += fmt::format("what if {}\n\n", fmt::join(result.changed, ", "));
    out += fmt::format("  {:<14} {:>14} {:>14} {:>12}\n", "", "recorded", "simulated",
                       changed ? "change" : "error");
    const std::string error =
        result.relative_error ? fmt::format("{:+.2f} %", 100 * *result.relative_error) : std::string("-");
    const HumanUnit shown = shared_unit({result.recorded_makespan_s, result.simulated_makespan_s}, "s");
    out += fmt::format("  {:<14} {:>14} {:>14} {:>12}\n", "makespan",
                       human_in(shown, result.recorded_makespan_s),
                       human_in(shown, result.simulated_makespan_s), error);
    out +=
        fmt::format("  {:<14} {:>14} {:>14}\n", "utilisation", human(result.recorded_utilisation, "fraction"),
                    human(result.simulated_utilisation, "fraction"));
    waits(out, result.waits, changed);
    if (result.prediction) prediction(out, *result.prediction);
    out += fmt::format("\n  {} tasks matched, {} left out\n", result.matched, result.left_out);
    auto errors = [&](const char* name, const std::optional<studies::ErrorSummary>& summary) {
        if (summary)
            out += fmt::format("  {:<14} median {:>9}   p90 {:>9}   bias {}{}\n", name,
                               human(summary->median, "s"), human(summary->p90, "s"),
                               summary->bias < 0 ? "-" : "+", human(std::fabs(summary->bias), "s"));
    };
    // A prediction has no errors: nobody recorded it.
    if (!changed) {
        errors("start error", result.start_error);
        errors("end error", result.end_error);
    }
    critical_path(out, result.critical_path);
    list(out, "Assumed", result.assumed);
    list(out, "Cannot be known from this log", result.unknown);
    list(out, "What the recorded scheduler did and the twin does not", result.not_in_twin);
    list(out, "The log", result.notes);
    return out;
}

}  // namespace understudy::reports
