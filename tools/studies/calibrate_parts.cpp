#include "tools/studies/calibrate_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "models/problem.h"
#include "tools/studies/run.h"

namespace understudy::studies {

using kernel::Time;

namespace {

constexpr double level_of_predictions = 0.9;
/// Rarer than that it makes no difference.
constexpr double least_share_of_a_rival = 0.01;

/// When the last work of a replication ended, and whether all that it had to do was done.
class LastEnd : public models::TraceListener {
public:
    void heard(const models::TraceRow& row) override {
        using models::TraceEvent;
        if (row.event == TraceEvent::finish) last = std::max(last, row.time);
        if (row.event == TraceEvent::give_up || row.event == TraceEvent::skip) whole = false;
    }
    void heard(const models::TraceDraw&) override {}
    Time last = 0;
    bool whole = true;
};

/// Makes the edit of a load or a profile; false if it is of something else.
bool change_arrivals(const CalibrationEdit& edit, const std::string& name, const std::string& key,
                     models::Scenario& scenario) {
    if (edit.profile) {
        scenario.profiles.push_back(*edit.profile);
        return true;
    }
    for (models::Load& load : scenario.loads) {
        if (load.name != name) continue;
        if (key == "arrivals" && edit.arrivals)
            load.arrivals = *edit.arrivals;
        else if (key == "profile" && edit.text)
            load.profile = *edit.text;
        else if (key == "writes" && edit.writes)
            load.writes = *edit.writes;
        else if (key == "items" && edit.law)
            load.items = *edit.law;
        else if (key == "size" && edit.law)
            load.size = *edit.law;
        else if (key == "first" && edit.law)
            load.first = kernel::from_seconds(edit.law->terms.front().law.mean());
        else
            return false;
        return true;
    }
    return false;
}

struct Target {
    models::Work* work = nullptr;
    models::Workers* workers = nullptr;
    models::Task* task = nullptr;
    models::WorkerType* type = nullptr;
    models::Writes* writes = nullptr;
};

Target target_of(models::Scenario& scenario, const std::string& name) {
    Target target;
    for (models::Pipeline& pipeline : scenario.twin.pipelines)
        for (models::Task& task : pipeline.tasks)
            if (pipeline.name + "." + task.name == name) target.task = &task, target.work = &task.work;
    for (models::Stage& stage : scenario.twin.stages)
        if (stage.name == name) target.work = &stage.work, target.writes = &stage.writes;
    for (models::Pool& pool : scenario.twin.pools)
        if (pool.name == name) target.workers = &pool.workers;
    for (models::WorkerType& type : scenario.twin.types)
        if (type.name == name) target.type = &type;
    return target;
}

}  // namespace

void apply_calibration(const std::vector<CalibrationEdit>& edits, models::Scenario& scenario) {
    // A pipeline of thousands of tasks is searched once, not once for each edit.
    std::map<std::string, models::Task*> tasks;
    for (models::Pipeline& pipeline : scenario.twin.pipelines)
        for (models::Task& task : pipeline.tasks) tasks.emplace(pipeline.name + "." + task.name, &task);
    for (const CalibrationEdit& edit : edits) {
        const std::size_t dot = edit.path.rfind('.');
        const std::string name = edit.path.substr(0, dot), key = edit.path.substr(dot + 1);
        if (change_arrivals(edit, name, key, scenario)) continue;
        if (key == "defaults") {
            for (models::Pipeline& pipeline : scenario.twin.pipelines)
                if (pipeline.name == name)
                    for (models::Task& task : pipeline.tasks)
                        if (task.delay.empty()) task.delay = *edit.law;
            continue;
        }
        if (key == "max_active_tasks") {
            for (models::Pipeline& pipeline : scenario.twin.pipelines)
                if (pipeline.name == name)
                    pipeline.max_active_tasks = static_cast<std::int64_t>(*edit.number);
            continue;
        }
        Target target;
        if (const auto known = tasks.find(name); known != tasks.end())
            target.task = known->second, target.work = &known->second->work;
        else
            target = target_of(scenario, name);
        // Workers of its own are a pool of its name.
        if (target.work != nullptr && target.work->workers) target.workers = &*target.work->workers;
        if (key == "writes" && target.writes != nullptr)
            *target.writes = *edit.writes;
        else if (key == "retry" && target.work != nullptr)
            target.work->retry = *edit.retry;
        else if (key == "transfers" && target.work != nullptr)
            target.work->transfers = *edit.transfers;
        else if (key == "delay" && target.task != nullptr)
            target.task->delay = *edit.law;
        else if (key == "service" && target.work != nullptr)
            target.work->service = *edit.law;
        else if (key == "fails_after" && target.work != nullptr)
            target.work->fails_after = *edit.law;
        else if (key == "failure" && target.work != nullptr)
            target.work->failure = *edit.number;
        else if (key == "launch" && target.work != nullptr && !target.work->workers)
            target.work->launch = *edit.law;
        else if (key == "launch" && target.workers != nullptr)
            target.workers->launch = *edit.law;
        else if (key == "workers" && target.workers != nullptr) {
            target.workers->count = static_cast<std::int64_t>(*edit.number);
            target.workers->groups.clear();
        } else if (key == "cores" && target.workers != nullptr)
            target.workers->type.cores = *edit.number;
        else if (key == "release" && target.workers != nullptr)
            target.workers->release = *edit.law;
        else if (key == "speed" && target.workers != nullptr)
            target.workers->type.speed = *edit.number;
        else if (key == "speed" && target.type != nullptr)
            target.type->speed = *edit.number;
        else
            kernel::broken_invariant("an edit of a calibration has a path that the twin has not: " +
                                     edit.path);
    }
}

std::optional<kernel::Moments> simulated_makespans(models::Scenario scenario, std::int64_t replications,
                                                   const std::atomic<bool>* stop) {
    if (scenario.loads.empty()) {
        for (models::Pipeline& pipeline : scenario.twin.pipelines) {
            pipeline.schedule = {};
            pipeline.schedule.text = "once";
        }
        scenario.run.length.reset();
        scenario.run.warm_up = 0;
    }
    scenario.run.replications = replications;
    scenario.run.precision.reset();
    scenario.objectives.clear();
    scenario.measures.clear();
    scenario.twin.state = {};  // a makespan is that of a run which nothing was there before
    models::Problems problems;
    const auto prepared = prepare(std::move(scenario), problems, Measured::asked);
    if (!prepared) return std::nullopt;
    std::vector<LastEnd> ends(static_cast<std::size_t>(replications));
    RunOptions options;
    options.threads = 1;
    options.stop = stop;
    options.sink = [&](std::int64_t number) -> models::TraceSink* {
        return number >= 1 && number <= replications ? &ends[static_cast<std::size_t>(number - 1)] : nullptr;
    };
    const RunResult result = run(*prepared, options);
    if (result.interrupted) return std::nullopt;
    // What was given up ends early, and is in no recorded makespan.
    kernel::Moments makespans;
    for (const LastEnd& end : ends)
        if (end.whole) makespans.add(kernel::to_seconds(end.last));
    if (makespans.count() == 0) return std::nullopt;
    return makespans;
}

std::optional<double> simulated_makespan(models::Scenario scenario, std::int64_t replications,
                                         const std::atomic<bool>* stop) {
    const auto makespans = simulated_makespans(std::move(scenario), replications, stop);
    return makespans ? std::optional(makespans->mean()) : std::nullopt;
}

std::optional<double> recorded_makespan(const models::RecordedRun& run) {
    if (run.makespan) return kernel::to_seconds(*run.makespan);
    std::optional<Time> first, last;
    for (const models::RecordedTask& task : run.tasks) {
        const auto begin = task.submitted ? task.submitted : task.started;
        if (begin) first = first ? std::min(*first, *begin) : *begin;
        if (task.completed) last = last ? std::max(*last, *task.completed) : *task.completed;
    }
    if (!first || !last || *last <= *first) return std::nullopt;
    return kernel::to_seconds(*last - *first);
}

void judge_left_out(std::vector<HeldOut>& predictions, std::size_t fewest) {
    std::vector<double> errors(predictions.size());
    std::size_t known = 0;
    double squares = 0;
    const auto is_known = [](const HeldOut& one) { return one.predicted > 0 && one.recorded > 0; };
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        const HeldOut& one = predictions[i];
        if (!is_known(one)) continue;
        errors[i] = kernel::exact::log(one.predicted / one.recorded);
        squares += errors[i] * errors[i];
        ++known;
    }
    if (known < std::max<std::size_t>(2, fewest)) return;
    const auto others = static_cast<double>(known - 1);
    const double factor = kernel::student_quantile(0.5 + level_of_predictions / 2, others);
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        if (!is_known(predictions[i])) continue;
        const double of_others = std::max(0.0, squares - errors[i] * errors[i]) / others;
        predictions[i].has_interval = true;
        predictions[i].covered = std::fabs(errors[i]) <= std::sqrt(of_others) * factor;
    }
}

double four_digits(double value) {
    if (!(value > 0)) return 0;
    // Powers of ten that are whole are exact, so that what comes out is the number that its digits say.
    double unit = 1, parts = 1;
    while (value / unit >= 10000) unit *= 10;
    while (value * parts < 1000 && parts < 1e12) parts *= 10;
    return parts > 1 ? std::round(value * parts) / parts : std::round(value / unit) * unit;
}

kernel::Distribution shortened(kernel::Distribution law) {
    if (law.kind() == kernel::Distribution::Kind::mixture) {
        std::vector<kernel::Distribution> parts;
        for (const kernel::Distribution& part : law.components()) parts.push_back(shortened(part));
        const double share = std::round(law.weights()[0] * 1e4) / 1e4;
        return kernel::Distribution::mixture({share, 1 - share}, std::move(parts));
    }
    for (const std::string_view name : law.parameter_names()) {
        // A lower end that is rounded up would have no room for the least value.
        const auto value = law.parameter(name);
        if (!value || law.kind() == kernel::Distribution::Kind::uniform) continue;
        if (const auto other = law.with_parameter(name, four_digits(*value)); other && !other->problem())
            law = *other;
    }
    return law;
}

Validation summarised(Validation validation) {
    std::vector<double> errors, sizes;
    double covered = 0, with_interval = 0;
    for (const HeldOut& one : validation.held_out) {
        if (!(one.recorded > 0)) continue;
        errors.push_back(one.predicted / one.recorded - 1);
        sizes.push_back(std::fabs(errors.back()));
        with_interval += one.has_interval ? 1 : 0;
        covered += one.has_interval && one.covered ? 1 : 0;
    }
    if (errors.empty()) return validation;
    std::sort(errors.begin(), errors.end());
    std::sort(sizes.begin(), sizes.end());
    validation.bias = kernel::sorted_quantile(errors, 0.5);
    validation.error = kernel::sorted_quantile(sizes, 0.5);
    validation.p90 = kernel::sorted_quantile(sizes, 0.9);
    if (with_interval > 0) validation.coverage = covered / with_interval;
    return validation;
}

std::string mean_against(const kernel::Distribution& law, double recorded, const std::string& unit) {
    const double mean = law.mean();
    if (!std::isfinite(mean)) return "no finite mean";
    if (unit == "s" && mean >= longest_simulated_s) return "a mean of more than 292 years";
    const std::string behind = unit.empty() ? "" : " " + unit;
    char text[120];
    std::snprintf(text, sizeof text, "a mean of %.4g%s, and the log one of %.4g%s", mean, behind.c_str(),
                  recorded, behind.c_str());
    return text;
}

std::string why_refused(const kernel::FittedLaw& refused, double recorded, const std::string& unit) {
    return std::string(kernel::name_of(refused.family)) + " is likelier, but has " +
           mean_against(refused.law, recorded, unit);
}

void add_uncertain_law(const std::string& path, const kernel::FittedLaw& chosen,
                       const std::optional<kernel::FittedLaw>& runner_up, double observations,
                       Calibration& into, double unit) {
    if (chosen.family == kernel::Family::constant || !(observations >= 1)) return;
    UncertainInput& input = into.uncertain.emplace_back();
    input.path = path;
    input.family = chosen.family;
    input.observations = observations;
    if (!runner_up) return;
    // Akaike weights (Burnham and Anderson 2002, Model Selection and Multimodel Inference, 2.9) of these two.
    const double share = 1 / (1 + kernel::exact::exp((runner_up->aic - chosen.aic) / 2));
    if (share >= least_share_of_a_rival)
        input.rival = {runner_up->family, shortened(runner_up->law).scaled(unit),
                       std::round(share * 1e3) / 1e3};
}

bool has_instants(const models::RecordedRun& run) {
    return std::any_of(run.tasks.begin(), run.tasks.end(),
                       [](const models::RecordedTask& task) { return models::has_times(task); });
}

}  // namespace understudy::studies
