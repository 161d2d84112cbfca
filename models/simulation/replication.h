// One replication of a compiled model, from its start to its end.
//
// The same model, seed, index and warm-up give the same outcome, bit for bit, on any thread and any x86-64.
// Thread-safe: replications of one model may run at once, each with a sink of its own.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/batch_means.h"
#include "kernel/intervals.h"
#include "kernel/pooled.h"
#include "models/compile/model.h"
#include "models/simulation/alert.h"
#include "models/simulation/recorded_draws.h"
#include "models/trace_sink.h"

namespace understudy::models {

struct ReplicationOptions {
    std::uint64_t seed = 1;
    std::uint64_t index = 0;
    /// Draws 1 - u for each u that the replication of this index draws otherwise: as likely, and low where that is high.
    bool mirrored = false;
    kernel::Time warm_up = 0;                 ///< what comes before it is not measured
    TraceSink* sink = nullptr;                ///< not owned
    const RecordedDraws* recorded = nullptr;  ///< not owned; draws come from it where it has them
    /// Equal parts of what comes after the warm-up that steady averages are kept by; 0: they are not. Else the outcome is
    /// the same. For runs that have a length.
    std::size_t parts = 0;
    bool full = false;                        ///< nothing takes the plain path; the outcome is the same
    const std::atomic<bool>* stop = nullptr;  ///< once true, the replication is given up
    /// Not owned, may be shared: grows by `parts_of_a_replication` in all, now and then while it goes on.
    std::atomic<std::int64_t>* progress = nullptr;
};

constexpr std::int64_t parts_of_a_replication = 1'000'000;

/// What tells how much of a replication is done before it ends.
enum class ShareOf {
    simulated_time,
    tasks,    ///< of a run until empty whose only work are pipelines due at instants that are known
    nothing,  ///< of other runs until empty: they are seen to be done when they are
};
ShareOf share_of(const Model& model);

struct ReplicationOutcome {
    std::vector<std::optional<double>> values;              ///< by probe
    std::vector<std::optional<kernel::Tally>> tallies;      ///< by probe; of shares, what they are made of
    std::vector<std::optional<kernel::Observed>> observed;  ///< by probe; of averages, spreads and quantiles
    std::vector<std::vector<std::uint64_t>>
        missed;  ///< by probe; runs, by identity, that had not landed by their deadline
    std::vector<std::uint64_t> overdue;            ///< by probe: of these, how many had not come to their end
    std::vector<std::vector<double>> series;       ///< by probe; empty where none is kept
    std::vector<std::vector<kernel::Part>> parts;  ///< by probe; finite; empty where none are kept
    std::uint64_t fingerprint = 0;                 ///< over all that happened
    std::uint64_t events = 0;
    kernel::Time end = 0;          ///< the clock at the end
    std::uint64_t items_left = 0;  ///< not done at the end
    std::string stopped;           ///< why it ended early; empty: it did not
    /// It was broken off because the model cannot go on: too many items, or time stands still.
    bool broken_off = false;
    std::vector<std::string> deadlock;  ///< elements that wait for each other; empty: none
    std::vector<Alert> alerts;
    std::uint64_t draws_missing = 0;     ///< that `recorded` did not have
    std::uint64_t log_rows_missing = 0;  ///< values of items that a log has no row of
};

/// Nothing if it was given up.
std::optional<ReplicationOutcome> run_replication(const std::shared_ptr<const Model>& model,
                                                  const ReplicationOptions& options);

}  // namespace understudy::models
