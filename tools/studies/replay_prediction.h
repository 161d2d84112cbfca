// What a recorded run would have taken on another platform: the twin with phases (models/replay/phases.h), edited, with an
// interval, and what dumber ways say beside it.
//
// - The prediction is the makespan of the edited twin over that of the twin as it is, times the recorded makespan: what
//   the twin gets wrong of its own recording it gets wrong of both. With several recordings of one configuration it is
//   the median over them.
// - What one recording cannot tell is assumed, and swept one at a time from its low to its high value, the phases found
//   anew under each: where the bandwidth sits, how far it grows with the nodes, how much of a faster network the storage
//   can use, and how much of what a node wrote to distributed storage it reads from its memory. The one that moves the
//   prediction most is named.
// - The interval holds 90 percent: squares of the sweeps' deviations (of the logarithm, upwards and downwards by
//   themselves), of 1.645 standard deviations from run to run, and of what predictions of this kind were off by on
//   recordings with both sides (docs/calibration.md), which no assumption explains.
// - Within the noise: the predicted effect is smaller than two standard deviations of the difference of two runs.
// - Linear: all the recorded time shrinks as cores times bandwidth grow. No change: the recorded makespan. Amdahl: a + b/N
//   through two recorded numbers of nodes.
// - The gate: a twin whose own recording it plays with more than 5 percent of error warns.
//
// No I/O; deterministic.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/replay_twin.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// What tasks read from and write to.
enum class Storage {
    server,       ///< one machine behind one link, as NFS
    distributed,  ///< many machines, whose bandwidth grows with the nodes that ask, as Ceph
};
const char* name_of(Storage storage);

/// The platform that is assumed of a storage where nothing else is said; `network`: of one node, bytes per second.
models::StoragePlatform platform_of(Storage storage, double network);
/// Workers of the pools that are no links.
double nodes_in(const models::Scenario& scenario);

/// A twin that misses its own recording by more than this warns.
inline constexpr double self_replay_gate = 0.05;

/// One assumption at its low and its high value.
struct SweptAssumption {
    std::string what;
    double low = 0, central = 0, high = 0;
    double at_low_s = 0, at_high_s = 0;  ///< predicted makespan
};

struct Prediction {
    double recorded_s = 0;  ///< median of the recordings
    double predicted_s = 0;
    double low_s = 0, high_s = 0;  ///< holds 90 percent
    double self_replay = 0;        ///< relative error of the twin on its own recording, of the first
    std::int64_t recordings = 1;
    double noise = 0;           ///< standard deviation from run to run, of the logarithm
    bool noise_assumed = true;  ///< else from the recordings
    bool within_noise = false;
    double unexplained = 0;  ///< half the width that no assumption explains, of the logarithm
    std::vector<SweptAssumption> swept;
    std::string dominates;  ///< what makes the interval as wide as it is
    double linear_s = 0, no_change_s = 0;
    std::optional<double> amdahl_s;
};

struct PredictionInput {
    std::vector<const models::RecordedRun*> runs;  ///< of one configuration, dependencies inferred; not empty
    const models::RecordedRun* beside = nullptr;   ///< of another number of nodes, for Amdahl; may be null
    Submissions submissions = Submissions::inferred;
    Storage storage = Storage::server;
    double network = 125e6;
    /// The edited scenario; absent: that has been told, and the study is given up.
    std::function<std::optional<models::Scenario>(models::Scenario)> edit;
    std::function<std::optional<PreparedRun>(models::Scenario)> prepare;
    const std::atomic<bool>* stop = nullptr;
};

/// Absent where `edit` or `prepare` gave nothing, or it was stopped.
std::optional<Prediction> predict(const PredictionInput& input);

/// From the first submission (or start) to the last completion.
std::optional<double> makespan_of(const models::RecordedRun& run);

}  // namespace understudy::studies
