#include "tools/reports/process_report.h"

#include <fmt/format.h>

#include <vector>

#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

void list_of_process(std::string& text, const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    text += fmt::format("{}:\n", title);
    for (const std::string& line : lines) text += "  " + line + "\n";
}

void cycle_times(std::string& text, const studies::CycleTimeValidation& found) {
    text += fmt::format("cycle times of the last {} cases, forecast from the first {}:\n", found.predicted,
                        found.fitted_to);
    text += fmt::format("  {:<10} {:>10} {:>10} {:>10} {:>12} {:>18}\n", "", "mean", "median", "p90",
                        "distance", "if it went on");
    const auto line = [&](const std::string& name, double mean, double median, double p90) {
        text += fmt::format("  {:<10} {:>10} {:>10} {:>10}", name, human(mean, "s"), human(median, "s"),
                            human(p90, "s"));
    };
    line("recorded", found.mean_s, found.median_s, found.p90_s);
    text += "\n";
    for (const studies::CycleTimeForecast& one : found.forecasts) {
        line(one.name, one.mean_s, one.median_s, one.p90_s);
        text += fmt::format(" {:>12} {:>18}\n", human(one.distance_s, "s"),
                            human(one.distance_without_end_s, "s"));
    }
    text += found.complete_only ? "  distance: of Wasserstein, from the recorded. The log has only cases "
                                  "that had ended by its end: so have "
                                  "all forecasts\n"
                                : "  distance: of Wasserstein, from the recorded. The log ends before some "
                                  "cases do: so do all forecasts\n";
}

}  // namespace

std::string process_report(const models::ProcessLog& log, const studies::ProcessTwin& twin,
                           const std::string& scenario,
                           const std::optional<studies::CycleTimeValidation>& validation) {
    std::int64_t steps = 0;
    for (const models::ProcessCase& one : log.cases) steps += std::ssize(one.steps);
    std::string text = fmt::format("{} ({})\n", scenario, log.format);
    const auto count = [&](const char* name, std::int64_t number) {
        text += fmt::format("  {:<18} {:>9}\n", name, number);
    };
    count("events", log.events);
    count("cases", std::ssize(log.cases));
    count("steps", steps);
    count("steps with start", log.steps_with_start);
    if (log.steps_with_submission > 0) count("handed over", log.steps_with_submission);
    count("activities", std::ssize(log.activities));
    count("resources", std::ssize(log.resources));
    count("first activities", twin.first_steps);
    count("links", twin.links);
    if (validation) {
        cycle_times(text, *validation);
        list_of_process(text, "warnings", studies::warnings_of(*validation));
    }
    list_of_process(text, "assumed", twin.assumed);
    list_of_process(text, "cannot be known from this log", twin.unknown);
    std::vector<std::string> notes;
    for (const models::RecordedRun::Note& note : log.notes)
        notes.push_back(
            note.text + (note.count > 1 ? fmt::format(" ({} times)", note.count) : std::string()) +
            (note.first_line > 0 ? fmt::format(", first in line {}", note.first_line) : std::string()));
    list_of_process(text, "notes", notes);
    return text;
}

}  // namespace understudy::reports
