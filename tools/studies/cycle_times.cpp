#include "tools/studies/cycle_times.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <unordered_map>

#include "kernel/random.h"
#include "kernel/wasserstein.h"
#include "tools/studies/process_twin.h"

namespace understudy::studies {

using kernel::Time;
using models::ProcessCase;
using models::ProcessLog;

namespace {

/// Of cases drawn again, which cost nothing.
constexpr std::size_t fewest_draws = 200;

/// When a case ended, and how far it had come by the end of the log; from its begin.
struct SeenCase {
    Time all = 0;      ///< until its last step had ended
    Time by_then = 0;  ///< until the last step that had ended by the end of the log
};

/// How a stage is seen to have done its part.
enum class Told : std::uint8_t { never, entered, finished };

/// Follows cases through a simulation: when activities have ended, which those without a service do as they begin.
class CaseListener : public models::TraceListener {
public:
    /// `came`: by case, whether its begin is when it came.
    CaseListener(const std::vector<Told>& told, const std::vector<Time>& room, const std::vector<bool>& came)
        : seen(room.size()), told_(told), room_(room), came_(came) {}

    void heard(const models::TraceRow& row) override {
        if (row.event == models::TraceEvent::arrive) {
            const std::size_t number = cases_.size();
            if (number < room_.size()) cases_.emplace(row.item, Case{number, row.time, came_[number]});
            return;
        }
        if (row.element >= told_.size()) return;
        const Told wanted =
            row.event == models::TraceEvent::enter ? Told::entered
            : row.event == models::TraceEvent::finish || row.event == models::TraceEvent::start
                ? Told::finished
                : Told::never;
        if (wanted == Told::never || told_[row.element] != wanted) return;
        const auto known = cases_.find(row.item);
        if (known == cases_.end()) return;
        // Where nobody recorded what it had waited for its first step, a case of the log begins with that.
        if (row.event == models::TraceEvent::start) {
            if (!known->second.began) known->second.begin = row.time;
            known->second.began = true;
            return;
        }
        known->second.began = true;
        SeenCase& one = seen[known->second.number];
        one.all = row.time - known->second.begin;
        if (one.all <= room_[known->second.number]) one.by_then = one.all;
    }
    void heard(const models::TraceDraw&) override {}

    std::vector<SeenCase> seen;

private:
    struct Case {
        std::size_t number = 0;
        Time begin = 0;
        bool began = false;
    };
    const std::vector<Told>& told_;
    const std::vector<Time>& room_;
    const std::vector<bool>& came_;
    std::unordered_map<std::uint64_t, Case> cases_;
};

class CycleTimes {
public:
    CycleTimes(const ProcessLog& log, const CycleTimeOptions& options) : log_(log), options_(options) {
        split_ = static_cast<std::size_t>(options.first * static_cast<double>(log.cases.size()));
        split_ = std::clamp<std::size_t>(split_, 1, log.cases.size() - 1);
        for (const ProcessCase& one : log.cases)
            for (const models::ProcessStep& step : one.steps) end_ = std::max(end_, step.end);
        for (std::size_t c = split_; c < log.cases.size(); ++c) {
            room_.push_back(end_ - log.cases[c].begin());
            came_.push_back(log.cases[c].steps.front().submitted.has_value());
        }
        result_.fitted_to = static_cast<std::int64_t>(split_);
        result_.predicted = std::ssize(room_);
        result_.complete_only = cut_cases(log).empty();
    }

    CycleTimeValidation validate() {
        for (std::size_t c = split_; c < log_.cases.size(); ++c)
            recorded_.emplace_back(kernel::to_seconds(models::cycle_time(log_.cases[c])), 1.0);
        summarise(recorded_, result_.mean_s, result_.median_s, result_.p90_s);
        compare("bootstrap", drawn_again());
        for (const bool fitted : {false, true}) {
            const auto simulated = simulate(fitted);
            if (result_.interrupted) {
                result_.forecasts.clear();
                break;
            }
            compare(fitted ? "fitted" : "unfitted", simulated);
        }
        return std::move(result_);
    }

private:
    /// By draw: all later cases.
    using Draws = std::vector<std::vector<SeenCase>>;

    static void summarise(const kernel::WeightedValues& values, double& mean, double& median, double& p90) {
        double sum = 0, weights = 0;
        for (const auto& [value, weight] : values) {
            sum += value * weight;
            weights += weight;
        }
        mean = sum / weights;
        median = kernel::weighted_quantile(values, 0.5);
        p90 = kernel::weighted_quantile(values, 0.9);
    }

    /// An earlier case for each later one.
    Draws drawn_again() const {
        kernel::Stream stream(
            kernel::stream_key(options_.seed, 0, "cycle times", kernel::Purpose::bootstrap));
        Draws draws(std::max<std::size_t>(fewest_draws, static_cast<std::size_t>(options_.replications)));
        for (auto& draw : draws)
            for (const Time room : room_) {
                const ProcessCase& any = log_.cases[stream.below(split_)];
                SeenCase one;
                one.all = models::cycle_time(any);
                for (const models::ProcessStep& step : any.steps)
                    if (step.end - any.begin() <= room)
                        one.by_then = std::max(one.by_then, step.end - any.begin());
                draw.push_back(one);
            }
        return draws;
    }

    Draws simulate(bool fitted) {
        ProcessTwin twin = build_process_twin(log_, {fitted, split_});
        models::Scenario& scenario = twin.scenario;
        auto instants = std::make_shared<std::vector<double>>();
        for (std::size_t c = split_; c < log_.cases.size(); ++c)
            instants->push_back(kernel::to_seconds(log_.cases[c].begin() - log_.cases[split_].begin()));
        scenario.loads.front().arrivals.kind = models::Arrivals::Kind::recorded;
        scenario.loads.front().arrivals.instants = instants;
        scenario.run.length.reset();
        scenario.run.warm_up = 0;
        scenario.run.replications = options_.replications;
        scenario.run.seed = options_.seed;
        models::Problems problems;
        const auto prepared = prepare(std::move(scenario), problems, Measured::asked);
        if (!prepared)
            throw std::logic_error("the twin of a process cannot be run: " + problems.front().message);
        std::vector<Told> told(prepared->model->elements.size(), Told::never);
        for (const std::string& stage : twin.stage_of)
            if (!stage.empty()) told[prepared->model->element_named(stage)] = Told::entered;
        for (const models::Stage& stage : prepared->scenario.twin.stages)
            if (Told& one = told[prepared->model->element_named(stage.name)];
                one == Told::entered && !stage.work.service.empty())
                one = Told::finished;
        Draws draws(static_cast<std::size_t>(options_.replications));
        std::vector<std::unique_ptr<CaseListener>> listeners;
        for (std::size_t i = 0; i < draws.size(); ++i)
            listeners.push_back(std::make_unique<CaseListener>(told, room_, came_));
        RunOptions how;
        how.threads = options_.threads;
        how.stop = options_.stop;
        how.progress = options_.progress;
        how.sink = [&](std::int64_t number) -> models::TraceSink* {
            return number >= 1 && number <= std::ssize(listeners)
                       ? listeners[static_cast<std::size_t>(number - 1)].get()
                       : nullptr;
        };
        const RunResult run = studies::run(*prepared, how);
        result_.interrupted = run.interrupted;
        for (std::size_t i = 0; i < draws.size(); ++i) draws[i] = std::move(listeners[i]->seen);
        return draws;
    }

    void compare(const char* name, const Draws& draws) {
        kernel::WeightedValues all, seen;
        for (std::size_t c = 0; c < room_.size(); ++c) {
            std::int64_t in_time = 0;
            for (const auto& draw : draws) in_time += draw[c].all <= room_[c] ? 1 : 0;
            for (const auto& draw : draws) {
                all.emplace_back(kernel::to_seconds(draw[c].all), 1.0);
                if (!result_.complete_only)
                    seen.emplace_back(kernel::to_seconds(draw[c].by_then), 1.0);
                else if (in_time == 0)
                    // None ended in time: the log has one that did, in no more than all the time there was.
                    seen.emplace_back(kernel::to_seconds(room_[c]), 1.0);
                else if (draw[c].all <= room_[c])
                    seen.emplace_back(kernel::to_seconds(draw[c].all),
                                      static_cast<double>(draws.size()) / static_cast<double>(in_time));
            }
        }
        CycleTimeForecast forecast;
        forecast.name = name;
        summarise(seen, forecast.mean_s, forecast.median_s, forecast.p90_s);
        forecast.distance_s = kernel::wasserstein_distance(seen, recorded_);
        forecast.distance_without_end_s = kernel::wasserstein_distance(all, recorded_);
        result_.forecasts.push_back(std::move(forecast));
    }

    const ProcessLog& log_;
    CycleTimeOptions options_;
    std::size_t split_ = 0;
    Time end_ = 0;
    std::vector<Time> room_;  ///< by later case: from its begin to the end of the log
    std::vector<bool> came_;  ///< by later case: that is when it came, before its first step
    kernel::WeightedValues recorded_;
    CycleTimeValidation result_;
};

}  // namespace

std::vector<std::string> warnings_of(const CycleTimeValidation& found) {
    const auto distance = [&](const char* name) {
        for (const CycleTimeForecast& one : found.forecasts)
            if (one.name == name) return one.distance_s;
        return 0.0;
    };
    // As near as earlier cases are is as near as chance allows.
    if (!(distance("fitted") > std::max(distance("unfitted"), distance("bootstrap")))) return {};
    return {
        "the fitted twin is farther from the later cases than the one without a fit: what the log shows "
        "between steps, or how steps follow each other, is not what makes their times"};
}

std::optional<CycleTimeValidation> validate_cycle_times(const ProcessLog& log,
                                                        const CycleTimeOptions& options) {
    if (log.cases.size() < 10) return std::nullopt;
    return CycleTimes(log, options).validate();
}

}  // namespace understudy::studies
