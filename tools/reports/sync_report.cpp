#include "tools/reports/sync_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/formats/language/values.h"
#include "tools/formats/printable.h"
#include "tools/reports/state_table.h"

namespace understudy::reports {

namespace {

void section(std::string& text, const char* title, const std::vector<std::string>& lines) {
    constexpr std::size_t shown = 20;
    if (lines.empty()) return;
    text += fmt::format("{}:\n", title);
    for (std::size_t i = 0; i < std::min(shown, lines.size()); ++i) text += "  " + lines[i] + "\n";
    if (lines.size() > shown) text += fmt::format("  and {} more\n", lines.size() - shown);
}

}  // namespace

std::string sync_report(const formats::Synced& synced, int width) {
    const studies::Followed& followed = synced.followed;
    std::int64_t read = 0, fresh = 0;
    for (const formats::SyncedLog& log : synced.logs) {
        read += log.events;
        fresh += log.new_events;
    }
    std::string text = fmt::format("{}: as of {}{} on the run's clock, {} of {} events new\n",
                                   synced.twin.name, synced.instant.empty() ? "" : synced.instant + ", ",
                                   formats::print_duration(followed.state.as_of), fresh, read);
    if (followed.later > 0)
        text +=
            fmt::format("{} later than that: kept for later syncs\n",
                        followed.later == 1 ? "1 event is" : fmt::format("{} events are", followed.later));
    if (const std::string counts = state_table(synced.before, followed.state, width); !counts.empty())
        text += "\n" + counts + "\n";
    std::vector<std::string> unmapped, notes;
    for (const studies::NotFollowed& other : followed.unmapped)
        unmapped.push_back(fmt::format("{} ({} event{}): {}", formats::printable(other.name), other.events,
                                       other.events == 1 ? "" : "s", other.why));
    for (const formats::SyncedLog& log : synced.logs)
        for (const models::RecordedRun::Note& note : log.notes)
            notes.push_back(fmt::format("{}: {}{}", log.file, note.text,
                                        note.count > 1 ? fmt::format(" ({})", note.count) : ""));
    section(text, "not in the twin", unmapped);
    section(text, "not in the state", followed.left_out);
    section(text, "assumed", followed.assumed);
    section(text, "notes", notes);
    return text;
}

}  // namespace understudy::reports
