// One replication of a rehearsed rollout: the way of the candidate in each case, forked where it goes in. Values; internal to
// canary.h. No I/O; thread-safe: rounds share the prepared twin alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/canary.h"

namespace understudy::studies {

/// What one simulation has measured in the end.
struct CanaryEnd {
    std::vector<std::optional<double>> values;  ///< by measure of the twin
    double missed = 0;                          ///< deadlines of runs
};

/// The way of one candidate in one simulation.
struct CanaryWay {
    bool passed = false;
    std::size_t step = 0;   ///< at which it was stopped
    std::size_t cause = 0;  ///< guard, or their number: what detects
    bool without_data = false;
    bool within = false;      ///< by a check within a bake
    bool unfinished = false;  ///< passed, as the run ended
    double noticed_s = 0;     ///< from going in
    double after_s = 0;       ///< from going in
    CanaryEnd ended;
};

/// All of one replication.
struct CanaryRound {
    bool given_up = false;
    std::vector<CanaryWay> ways;  ///< by case
    CanaryEnd without;
    std::string
        stopped;  ///< what an action of the scenario said as it ended the replication; empty: none did
};

/// `given_up` where it was asked to stop; of `options` the warm-up and the stop.
CanaryRound play_canary_round(const PreparedCanary& prepared, const CanaryOptions& options,
                              std::int64_t index);

}  // namespace understudy::studies
