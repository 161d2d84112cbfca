#include "tools/studies/seen.h"

#include <limits>
#include <utility>

namespace understudy::studies {

void Seen::add(models::ReplicationOutcome& outcome, std::size_t probe, std::size_t replication) {
    const auto& value = outcome.values[probe];
    by_replication.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
    had_data.push_back(value ? 1 : 0);
    parts.clear();
    if (replication == 0) parts = std::move(outcome.parts[probe]);
    kernel::Observed one;
    if (const auto& tally = outcome.tallies[probe]) {
        tallies.resize(by_replication.size());
        tallies.back() = *tally;
        counted.count += tally->count;
        counted.trials += tally->trials;
        one.weight = static_cast<double>(tally->trials);
        one.mean = static_cast<double>(tally->count) / one.weight;
    } else if (outcome.observed[probe]) {
        one = std::move(*outcome.observed[probe]);
    } else {
        if (!tallies.empty()) tallies.resize(by_replication.size());
        with_data += value ? 1 : 0;
        return;
    }
    // A spread has data with the first item, though one alone has none of its own.
    had_data.back() = one.weight > 0 ? 1 : 0;
    with_data += had_data.back();
    sections.add(replication, one);
}

}  // namespace understudy::studies
