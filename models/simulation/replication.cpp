#include "models/simulation/replication.h"

#include <algorithm>
#include <cmath>

#include "models/simulation/ending.h"
#include "models/simulation/state.h"

namespace understudy::models {

namespace {
/// Tells how far a replication is. Asked between blocks of events, so that the events pay nothing for it.
class Advance {
public:
    Advance(const Model& model, std::atomic<std::int64_t>* to) : to_(to), unit_(share_of(model)) {
        if (unit_ == ShareOf::simulated_time) whole_ = static_cast<double>(model.length);
        if (unit_ == ShareOf::tasks)
            for (const PipelineRow& pipeline : model.pipelines)
                whole_ +=
                    static_cast<double>(pipeline.due.size()) * static_cast<double>(pipeline.tasks.size());
    }
    void tell(const Simulation& simulation) {
        if (!to_ || unit_ == ShareOf::nothing) return;
        const double done = unit_ == ShareOf::simulated_time
                                ? static_cast<double>(simulation.now())
                                : static_cast<double>(simulation.state().tasks_ended());
        reach(static_cast<std::int64_t>(std::min(1.0, done / whole_) * parts_of_a_replication));
    }
    void end() {
        if (to_) reach(parts_of_a_replication);
    }

private:
    void reach(std::int64_t parts) {
        if (parts <= told_) return;
        to_->fetch_add(parts - told_, std::memory_order_relaxed);
        told_ = parts;
    }
    std::atomic<std::int64_t>* to_;
    ShareOf unit_;
    double whole_ = 0;
    std::int64_t told_ = 0;
};

/// What steady averages have added in each of the equal parts of a replication. Looked at between events: these pay
/// nothing for it.
class Course {
public:
    Course(const Model& model, const ReplicationOptions& options)
        : model_(model), begin_(options.warm_up), count_(static_cast<Time>(options.parts)) {
        if (model.length == kernel::never || model.length - begin_ < count_) count_ = 0;
        parts_.resize(model.probes.size());
        before_.resize(count_ > 0 ? model.probes.size() : 0);
    }
    /// The end of the part that is not over yet; that of the run where there is none.
    Time end_of_part() const {
        if (ended_ >= count_) return model_.length;
        const Time span = model_.length - begin_, next = ended_ + 1;
        return begin_ + span / count_ * next + span % count_ * next / count_;
    }
    bool goes_on() const { return ended_ + 1 < count_; }
    /// All that happens in the part has.
    void end_part(Simulation& simulation) {
        if (ended_ == count_) return;
        ++ended_;
        const Meter& meter = simulation.state().look(simulation);
        for (Index probe = 0; probe < model_.probes.size(); ++probe) {
            if (!model_.probes[probe].is_steady_average()) continue;
            const kernel::Part now = meter.so_far(probe, simulation.now());
            kernel::Part& before = before_[probe];
            parts_[probe].push_back({now.sum - before.sum, now.base - before.base});
            before = now;
        }
    }
    /// Nothing of a replication that did not come to its end, nor of workers without number.
    std::vector<std::vector<kernel::Part>> take() {
        for (std::vector<kernel::Part>& parts : parts_) {
            const bool finite = std::all_of(parts.begin(), parts.end(),
                                            [](const kernel::Part& part) { return std::isfinite(part.sum); });
            if (ended_ < count_ || !finite) parts.clear();
        }
        return std::move(parts_);
    }

private:
    const Model& model_;
    Time begin_, count_, ended_ = 0;
    std::vector<kernel::Part> before_;              ///< by probe: all parts that have ended
    std::vector<std::vector<kernel::Part>> parts_;  ///< by probe
};
}  // namespace

ShareOf share_of(const Model& model) {
    if (model.length != kernel::never) return ShareOf::simulated_time;
    std::size_t tasks = 0;
    for (const PipelineRow& pipeline : model.pipelines) {
        // Endless, or due whenever something else says so.
        if (pipeline.kind == Schedule::Kind::every || pipeline.due.empty()) return ShareOf::nothing;
        tasks += pipeline.tasks.size();
    }
    return tasks > 0 && model.loads.empty() ? ShareOf::tasks : ShareOf::nothing;
}

std::optional<ReplicationOutcome> run_replication(const std::shared_ptr<const Model>& model,
                                                  const ReplicationOptions& options) {
    Simulation simulation(State(model, options.seed, options.index, options.sink, options.recorded,
                                options.full, options.mirrored));
    State& state = simulation.state();
    Advance advance(*model, options.progress);
    Course course(*model, options);
    ReplicationOutcome outcome;
    bool whole = true, given_up = false;
    Stillness stillness;
    // False if that is not to be reached.
    const auto run_to = [&](Time end) {
        while (simulation.run_events(1 << 16, end)) {
            given_up = options.stop && *options.stop;
            if (given_up) return false;
            advance.tell(simulation);
            if (stillness.found(simulation)) {
                outcome.stopped = Stillness::reason;
                return false;
            }
        }
        return !simulation.stopped();
    };
    try {
        state.start(simulation, options.warm_up);
        while (run_to(course.end_of_part()) && course.goes_on()) {
            simulation.run_until(course.end_of_part());
            course.end_part(simulation);
            given_up = options.stop && *options.stop;
            if (given_up) break;
            advance.tell(simulation);
        }
        if (given_up) return std::nullopt;
    } catch (const Outgrown&) {
        outcome.stopped = outgrown_reason;
        whole = false;
    }
    outcome.broken_off = !outcome.stopped.empty();
    if (outcome.stopped.empty()) outcome.stopped = state.stop_reason();
    outcome.deadlock = state.deadlocked(simulation);
    if (outcome.stopped.empty() && model->length != kernel::never) {
        simulation.run_until(model->length);
        if (!simulation.stopped()) course.end_part(simulation);
    }
    end_replication(simulation, whole, outcome);
    outcome.parts = course.take();
    advance.end();
    return outcome;
}

}  // namespace understudy::models
