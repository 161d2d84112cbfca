#include "tools/reports/batch_report.h"

#include <fmt/format.h>

#include <vector>

#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

void list_of_batch(std::string& text, const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    text += fmt::format("{}:\n", title);
    for (const std::string& line : lines) text += "  " + line + "\n";
}

}  // namespace

std::string batch_report(const models::RecordedRun& run, const studies::BatchTwin& twin,
                         const std::string& scenario) {
    std::string text = fmt::format("{} ({})\n", scenario, run.format);
    text += fmt::format("  {:<14} {:>12}\n", "jobs", twin.jobs);
    text += fmt::format("  {:<14} {:>12}\n", "left out", run.left_out + twin.left_out);
    text += fmt::format("  {:<14} {:>12}\n", "classes", twin.classes);
    text += fmt::format("  {:<14} {:>12}\n", "offered load", human(twin.offered, "fraction"));
    list_of_batch(text, "assumed", twin.assumed);
    list_of_batch(text, "not in the twin", twin.not_in_twin);
    std::vector<std::string> notes;
    for (const models::RecordedRun::Note& note : run.notes)
        notes.push_back(
            note.text + (note.count > 1 ? fmt::format(" ({} times)", note.count) : std::string()) +
            (note.first_line > 0 ? fmt::format(", first in line {}", note.first_line) : std::string()));
    list_of_batch(text, "notes", notes);
    return text;
}

}  // namespace understudy::reports
