#include "tools/studies/repeat.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace understudy::studies {

Repetition repeat(const PreparedRun& prepared, const RunResult& recorded,
                  const std::vector<std::int64_t>& numbers, const std::vector<models::RecordedDraws>& draws,
                  RunOptions options) {
    options.recorded = [&](std::int64_t number) { return &draws[static_cast<std::size_t>(number - 1)]; };
    Repetition repetition;
    repetition.result = run(prepared, options);
    const RunResult& result = repetition.result;
    for (std::size_t i = 0; i < std::min(result.metrics.size(), recorded.metrics.size()); ++i)
        for (std::int64_t r = 0; r < std::min(std::ssize(numbers), result.replications_done); ++r) {
            const double now = result.metrics[i].by_replication[static_cast<std::size_t>(r)];
            const double then =
                recorded.metrics[i]
                    .by_replication[static_cast<std::size_t>(numbers[static_cast<std::size_t>(r)] - 1)];
            ++repetition.compared;
            if (std::memcmp(&now, &then, sizeof now) != 0) ++repetition.different;
        }
    return repetition;
}

}  // namespace understudy::studies
