#include "tools/studies/replay_prediction.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "kernel/exact_math.h"
#include "kernel/statistics.h"
#include "tools/studies/replay.h"

namespace understudy::studies {

using models::RecordedRun;

namespace {

/// What is assumed of a platform: its storage's link over a node's network, how far that grows, the power of a change of
/// the bandwidth that the storage can use, and how much of what a node wrote it keeps in its memory.
struct Assumed {
    double split = 1, grows_to = 1, gain = 1, kept = 0;
};

struct Range {
    const char* what;
    double Assumed::*value;
    double low, central, high;
};

// A server's link is that of a machine like the others, half of it where its disks or its protocol limit it, more where
// it has several. Ranges of a distributed storage and of what is unexplained: docs/calibration.md.
constexpr Range of_server[] = {
    {"the bandwidth of the server over that of a node's network", &Assumed::split, 0.8, 1, 1.5},
};
constexpr Range of_distributed[] = {
    {"how far the bandwidth of the storage grows with the nodes", &Assumed::grows_to, 2, 3.5, 5},
    {"the power of a faster network that the storage gains", &Assumed::gain, 0.26, 0.585, 1},
    {"how much of what a node wrote itself it reads from its memory", &Assumed::kept, 0, 0.7, 1},
};
constexpr double unexplained_server = 0.08, unexplained_distributed = 0.17;
/// From run to run, where there is one recording only: the median of recordings with repeats.
constexpr double usual_noise = 0.02;
constexpr double normal_90 = 1.645;

double bandwidth_in(const models::Scenario& scenario) {
    for (const models::Pool& pool : scenario.twin.pools)
        if (pool.name == replay_link) return pool.workers.bandwidth;
    return 0;
}

/// Of the fastest node.
double network_in(const models::Scenario& scenario) {
    double network = 0;
    for (const models::Pool& pool : scenario.twin.pools)
        network = std::max(network, pool.workers.type.network);
    return network;
}

double cores_in(const models::Scenario& scenario) {
    double cores = 0;
    for (const models::Pool& pool : scenario.twin.pools)
        if (pool.workers.bandwidth <= 0)
            cores += static_cast<double>(pool.workers.count) * std::max(1.0, pool.workers.type.cores);
    return cores;
}

class Predictor {
public:
    explicit Predictor(const PredictionInput& input) : in_(input) {}

    std::optional<Prediction> predict() {
        Assumed central = central_values();
        std::vector<double> recorded, predicted;
        if (!find_factors(*in_.runs.front(), central)) return std::nullopt;
        for (const RecordedRun* run : in_.runs) {
            const std::optional<double> makespan = makespan_of(*run);
            const std::optional<double> as_it_is = simulate(*run, central, false);
            const std::optional<double> changed = as_it_is ? simulate(*run, central, true) : std::nullopt;
            if (!makespan || !changed) return std::nullopt;
            if (recorded.empty()) out_.self_replay = *as_it_is / *makespan - 1;
            recorded.push_back(*makespan);
            predicted.push_back(*makespan * *changed / *as_it_is);
        }
        out_.recordings = std::ssize(recorded);
        set_noise(recorded);
        const double first = predicted.front();
        out_.recorded_s = median(recorded);
        out_.predicted_s = median(predicted);
        if (!sweep(central, first)) return std::nullopt;
        add_interval();
        add_baselines();
        return std::move(out_);
    }

private:
    static double median(std::vector<double> values) {
        std::sort(values.begin(), values.end());
        return kernel::sorted_quantile(values, 0.5);
    }

    std::vector<Range> ranges() const {
        if (in_.storage == Storage::server) return {std::begin(of_server), std::end(of_server)};
        return {std::begin(of_distributed), std::end(of_distributed)};
    }

    Assumed central_values() const {
        Assumed assumed;
        for (const Range& range : ranges()) assumed.*range.value = range.central;
        return assumed;
    }

    models::StoragePlatform platform_of(const Assumed& assumed) const {
        models::StoragePlatform platform;
        platform.network = in_.network;
        platform.bandwidth = in_.network * assumed.split;
        platform.grows_to = assumed.grows_to;
        platform.kept_by_writer = assumed.kept;
        platform.reads_counted = in_.storage == Storage::server;
        platform.faster = std::max({platform.faster, network_factor_, bandwidth_factor_});
        return platform;
    }

    /// What the edits change, told by the twin as it is taken to be. False where they cannot be made.
    bool find_factors(const RecordedRun& run, const Assumed& central) {
        ReplayTwin twin = build_twin(run, in_.submissions, platform_of(central));
        const double bandwidth = bandwidth_in(twin.scenario), network = network_in(twin.scenario),
                     cores = cores_in(twin.scenario);
        recorded_nodes_ = nodes_in(twin.scenario);
        const std::optional<models::Scenario> edited = in_.edit(std::move(twin.scenario));
        if (!edited) return false;
        if (bandwidth > 0) bandwidth_factor_ = bandwidth_in(*edited) / bandwidth;
        if (network > 0) network_factor_ = network_in(*edited) / network;
        if (cores > 0) cores_factor_ = cores_in(*edited) / cores;
        nodes_ = nodes_in(*edited);
        return true;
    }

    /// The makespan under an assumption, edited or not.
    std::optional<double> simulate(const RecordedRun& run, const Assumed& assumed, bool edited) {
        if (in_.stop != nullptr && *in_.stop) return std::nullopt;
        models::StoragePlatform platform = platform_of(assumed);
        if (edited && nodes_ != recorded_nodes_) platform.moved_to_nodes = nodes_;
        ReplayTwin twin = build_twin(run, in_.submissions, platform);
        std::optional<models::Scenario> scenario = std::move(twin.scenario);
        if (edited) {
            const double before = bandwidth_in(*scenario);
            scenario = in_.edit(std::move(*scenario));
            if (!scenario) return std::nullopt;
            // Under another split the same change is the same factor.
            for (models::Pool& pool : scenario->twin.pools)
                if (pool.name == replay_link && before > 0)
                    pool.workers.bandwidth = before * kernel::exact::pow(bandwidth_factor_, assumed.gain);
        }
        const std::optional<PreparedRun> prepared = in_.prepare(std::move(*scenario));
        if (!prepared) return std::nullopt;
        const ReplayResult result = replay(run, twin, *prepared, in_.stop);
        if (result.interrupted) return std::nullopt;
        return result.simulated_makespan_s;
    }

    void set_noise(const std::vector<double>& recorded) {
        out_.noise = usual_noise;
        if (recorded.size() < 3) return;
        kernel::Moments logs;
        for (const double makespan : recorded) logs.add(kernel::exact::log(makespan));
        out_.noise = std::max(usual_noise / 2, std::sqrt(logs.variance()));
        out_.noise_assumed = false;
    }

    bool sweep(const Assumed& central, double predicted) {
        const RecordedRun& run = *in_.runs.front();
        const double recorded = *makespan_of(run);
        for (const Range& range : ranges()) {
            if (range.value == &Assumed::gain && bandwidth_factor_ == 1) continue;
            if (range.value == &Assumed::kept && nodes_ == recorded_nodes_) continue;
            SweptAssumption swept{range.what, range.low, range.central, range.high, 0, 0};
            for (const bool high : {false, true}) {
                Assumed assumed = central;
                assumed.*range.value = high ? range.high : range.low;
                const std::optional<double> as_it_is = simulate(run, assumed, false);
                const std::optional<double> changed = as_it_is ? simulate(run, assumed, true) : std::nullopt;
                if (!changed) return false;
                // Of the median over all recordings what it is of the first.
                (high ? swept.at_high_s : swept.at_low_s) =
                    out_.predicted_s * recorded * *changed / *as_it_is / predicted;
            }
            out_.swept.push_back(std::move(swept));
        }
        return true;
    }

    void add_interval() {
        out_.unexplained = in_.storage == Storage::server ? unexplained_server : unexplained_distributed;
        const double of_noise = normal_90 * out_.noise;
        const double common = of_noise * of_noise + out_.unexplained * out_.unexplained;
        double up = common, down = common, most = std::max(of_noise, out_.unexplained);
        out_.dominates = of_noise > out_.unexplained
                             ? "the variation from run to run"
                             : "what predictions of this kind were off by for no known reason";
        for (const SweptAssumption& one : out_.swept) {
            const double a = kernel::exact::log(one.at_low_s / out_.predicted_s);
            const double b = kernel::exact::log(one.at_high_s / out_.predicted_s);
            const double above = std::max({0.0, a, b}), below = std::max({0.0, -a, -b});
            up += above * above;
            down += below * below;
            if (std::max(above, below) <= most) continue;
            most = std::max(above, below);
            out_.dominates = one.what;
        }
        out_.low_s = out_.predicted_s * kernel::exact::exp(-std::sqrt(down));
        out_.high_s = out_.predicted_s * kernel::exact::exp(std::sqrt(up));
        out_.within_noise = std::abs(kernel::exact::log(out_.predicted_s / out_.recorded_s)) <
                            2 * std::sqrt(2.0) * out_.noise;
    }

    void add_baselines() {
        out_.no_change_s = out_.recorded_s;
        out_.linear_s = out_.recorded_s / (cores_factor_ * bandwidth_factor_);
        if (in_.beside == nullptr) return;
        const double n = nodes_of(*in_.runs.front()), m = nodes_of(*in_.beside);
        const std::optional<double> other = makespan_of(*in_.beside);
        if (!other || n == m || nodes_ <= 0) return;
        const double b = (out_.recorded_s - *other) / (1 / n - 1 / m);
        out_.amdahl_s = std::max(0.0, out_.recorded_s - b / n + b / nodes_);
    }

    static double nodes_of(const RecordedRun& run) {
        std::set<std::string> nodes;
        for (const models::RecordedTask& task : run.tasks)
            if (!task.node.empty()) nodes.insert(task.node);
        return std::max(1.0, static_cast<double>(nodes.size()));
    }

    const PredictionInput& in_;
    Prediction out_;
    double bandwidth_factor_ = 1, network_factor_ = 1, cores_factor_ = 1, nodes_ = 0, recorded_nodes_ = 0;
};

}  // namespace

const char* name_of(Storage storage) { return storage == Storage::server ? "server" : "distributed"; }

models::StoragePlatform platform_of(Storage storage, double network) {
    models::StoragePlatform platform;
    platform.network = platform.bandwidth = network;
    platform.reads_counted = storage == Storage::server;
    if (storage == Storage::distributed)
        for (const Range& range : of_distributed) {
            if (range.value == &Assumed::grows_to) platform.grows_to = range.central;
            if (range.value == &Assumed::kept) platform.kept_by_writer = range.central;
        }
    return platform;
}

double nodes_in(const models::Scenario& scenario) {
    double nodes = 0;
    for (const models::Pool& pool : scenario.twin.pools)
        if (pool.workers.bandwidth <= 0) nodes += static_cast<double>(pool.workers.count);
    return nodes;
}

std::optional<double> makespan_of(const RecordedRun& run) {
    if (run.makespan) return kernel::to_seconds(*run.makespan);
    std::optional<kernel::Time> first, last;
    for (const models::RecordedTask& task : run.tasks) {
        const auto begin = task.submitted ? task.submitted : task.started;
        if (begin) first = first ? std::min(*first, *begin) : *begin;
        if (task.completed) last = last ? std::max(*last, *task.completed) : *task.completed;
    }
    if (!first || !last || *last <= *first) return std::nullopt;
    return kernel::to_seconds(*last - *first);
}

std::optional<Prediction> predict(const PredictionInput& input) { return Predictor(input).predict(); }

}  // namespace understudy::studies
