#include "tools/reports/import_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/formats/catalogs/set_by_hand.h"
#include "tools/formats/language/values.h"

namespace understudy::reports {

namespace {

std::string words(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

void list_lines(std::string& text, const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    text += fmt::format("{}:\n", title);
    for (const std::string& line : lines) text += "  " + line + "\n";
}

std::string version_line(const models::KeptVersion& version) {
    std::string line = version.name;
    if (!version.author.empty()) line += ", by " + version.author;
    if (!version.time.empty()) line += fmt::format("{} {}", version.author.empty() ? "," : "", version.time);
    if (!version.reason.empty()) line += ": " + version.reason;
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

}  // namespace

std::string origin_of(const formats::CatalogTwin& twin) {
    return "It was " + version_line(twin.versions.back());
}

std::string import_report(const formats::Catalog& catalog, const formats::CatalogTwin& twin,
                          const std::optional<formats::TwinUpdate>& update) {
    std::string text = twin.scenario.name + "\n";
    std::size_t width = 0;
    const auto counts = catalog.counts.listed();
    for (const auto& [name, count] : counts) width = std::max(width, name.size());
    for (const auto& [name, count] : counts)
        text += fmt::format("  {:<{}} {:>9}\n", words(name), width, count);
    constexpr std::size_t shown = 20;
    const auto& pipelines = twin.scenario.twin.pipelines;
    if (!pipelines.empty()) text += "pipelines:\n";
    for (std::size_t i = 0; i < std::min(shown, pipelines.size()); ++i) {
        const models::Pipeline& pipeline = pipelines[i];
        text += fmt::format("  {}: {} task{}", pipeline.name, pipeline.tasks.size(),
                            pipeline.tasks.size() == 1 ? "" : "s");
        for (std::size_t k = 0; k < catalog.pipelines.size(); ++k) {
            const formats::CatalogPipeline& from = catalog.pipelines[k];
            if (twin.pipeline_labels.at(k) != pipeline.description.label) continue;
            text += ", " + (from.schedule.empty() ? "once" : from.schedule);
            if (from.workers > 0) text += fmt::format(", {} at once", from.workers);
            if (from.recorded_span > 0)
                text += fmt::format(", recorded {:.4g}s from the first start to the last end",
                                    kernel::to_seconds(from.recorded_span));
        }
        text += "\n";
    }
    if (pipelines.size() > shown) text += fmt::format("  and {} more\n", pipelines.size() - shown);
    std::vector<std::string> versions;
    for (std::size_t i = 0; i < std::min(shown, twin.versions.size()); ++i)
        versions.push_back(version_line(*(twin.versions.rbegin() + static_cast<std::ptrdiff_t>(i))));
    if (twin.versions.size() > shown)
        versions.push_back(fmt::format("and {} before them", twin.versions.size() - shown));
    list_lines(text, "was", versions);
    list_lines(text, "notes", twin.notes);
    list_lines(text, "assumed", twin.assumed);
    list_lines(text, "not used", twin.not_used);
    if (update) text += update_report(*update);
    return text;
}

std::string update_report(const formats::TwinUpdate& update) {
    const std::size_t all = update.added + update.set + update.removed;
    std::string text = all == 0 ? (update.notes.empty() ? "no edits: the twin says all of this already\n"
                                                        : "no edits: what differs is left as it is\n")
                                : fmt::format("{} edits: {} added, {} set, {} removed\n", all, update.added,
                                              update.set, update.removed);
    list_lines(text, "kept", update.notes);
    std::vector<std::string> overwritten;
    for (const formats::Overwritten& one : update.overwritten)
        overwritten.push_back(formats::overwritten_text(one));
    list_lines(text, "overwritten", overwritten);
    return text;
}

}  // namespace understudy::reports
