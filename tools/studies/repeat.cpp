#include "tools/studies/repeat.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

namespace understudy::studies {

Repetition repeat(const PreparedRun& prepared, const RunResult& recorded,
                  const std::vector<std::int64_t>& numbers, const std::vector<models::RecordedDraws>& draws,
                  RunOptions options) {
    options.recorded = [&](std::int64_t number) { return &draws[static_cast<std::size_t>(number - 1)]; };
    Repetition repetition;
    repetition.result = run(prepared, options);
    const RunResult& result = repetition.result;
    std::map<std::string_view, const MetricResult*> before;
    for (const MetricResult& metric : recorded.metrics) before.emplace(metric.name, &metric);
    for (const MetricResult& metric : result.metrics) {
        const auto found = before.find(metric.name);
        if (found == before.end()) continue;
        for (std::int64_t r = 0; r < std::min(std::ssize(numbers), result.replications_done); ++r) {
            const double now = metric.by_replication[static_cast<std::size_t>(r)];
            const double then =
                found->second
                    ->by_replication[static_cast<std::size_t>(numbers[static_cast<std::size_t>(r)] - 1)];
            ++repetition.compared;
            if (std::memcmp(&now, &then, sizeof now) != 0) ++repetition.different;
        }
    }
    return repetition;
}

}  // namespace understudy::studies
