#include "tools/formats/catalogs/tasks_in_turn.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "models/listed.h"

namespace understudy::formats {

void TasksInTurn::add_run(std::size_t pipeline, std::vector<std::pair<std::int64_t, std::int64_t>> spans) {
    if (seen_.size() <= pipeline) seen_.resize(pipeline + 1);
    Seen& seen = seen_[pipeline];
    if (spans.empty() || seen.together) return;
    std::sort(spans.begin(), spans.end());
    const std::int64_t first = spans.front().first;
    std::int64_t at = first;
    for (const auto& [start, end] : spans) {
        seen.several = seen.several || at > first;
        seen.together = seen.together || start < at - kernel::second;
        at = std::max(at, end);
    }
}

void TasksInTurn::tell(Catalog& catalog) const {
    std::vector<std::string> in_turn;
    for (std::size_t p = 0; p < seen_.size(); ++p) {
        const auto free = std::count_if(catalog.jobs.begin(), catalog.jobs.end(), [&](const CatalogJob& job) {
            return job.pipeline == p && job.after.empty() && job.reads.empty();
        });
        if (seen_[p].several && !seen_[p].together && free > 1) in_turn.push_back(catalog.pipelines[p].label);
    }
    if (in_turn.empty()) return;
    catalog.assumed.push_back(fmt::format(
        "the tasks of {} pipeline{} were one after the other in what was recorded, nothing that was "
        "read says that they have to be, and in the twin those that wait for nothing start together: {}",
        in_turn.size(), in_turn.size() == 1 ? "" : "s", models::listed(in_turn, 1)));
}

}  // namespace understudy::formats
