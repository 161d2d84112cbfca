// What contracts promise of data, as objectives of the scenario that the catalog becomes.
//
// - `freshness`: `max freshness(orders) < 4h`.
// - `latency`: what tasks write is born as it lands, so that `latency(orders)` could not fail: it is that of the pipelines that
//   write it, from when a run is due to its end, `max latency(nightly) < 4h`.
// - There by 09:00 each day: of the days, in as good as all (99 percent: of all, no number of runs is enough to say so) what
//   is due first has landed by then, `share landed(orders) by 09:00 >= 99%`. Of what is due several times a day the first is
//   meant, `... by 09:00 during 0h..1h each 1d`: the data of that day are there, and later runs add to them. What is due
//   later than at 09:00 has to be there on the next morning, `by +11h`.
//
// How fresh data are, and by when they are there, is a matter of how often they are written: where nothing says that, such a
// promise is left out, with the reason. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/schedule.h"
#include "tools/formats/catalogs/catalog.h"

namespace understudy::formats {

/// A dataset of which something may be promised.
struct PromisedDataset {
    std::string name;                    ///< in the scenario
    std::vector<std::string> pipelines;  ///< that write it
    std::vector<std::string> schedules;  ///< of what writes it, in the language's words, where that is known
};

struct PromisedObjectives {
    std::vector<std::string> objectives;  ///< sorted, each once
    std::vector<std::string> assumed, not_used;
    /// That a run has for fourteen days of all that has to be there by a time of day.
    kernel::Time length = 0;
};

/// `datasets`: by index in the catalog. The run starts at `start`, a midnight in UTC, and is never longer than `longest`.
PromisedObjectives objectives_of(const std::vector<CatalogPromise>& promises,
                                 const std::map<std::size_t, PromisedDataset>& datasets,
                                 models::LocalInstant start, kernel::Time longest);

}  // namespace understudy::formats
