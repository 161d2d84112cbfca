#include "tools/studies/bottlenecks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "kernel/sequential_test.h"
#include "models/compile/compile.h"
#include "models/graph.h"
#include "tools/studies/judge.h"
#include "tools/studies/mean_estimate.h"
#include "tools/studies/observations.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

namespace {

using models::Aggregate;
using models::Metric;

constexpr std::size_t most_stations = 12;
constexpr double faster = 1.1;

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.12g", value);
    return text;
}

/// In the largest unit of which it is a whole number: "20min".
std::string time_text(kernel::Time time) {
    constexpr std::pair<kernel::Time, const char*> units[] = {
        {kernel::day, "d"},    {kernel::hour, "h"},         {kernel::minute, "min"},
        {kernel::second, "s"}, {kernel::millisecond, "ms"}, {kernel::microsecond, "us"}};
    if (time == 0) return "0s";
    for (const auto& [unit, name] : units)
        if (time % unit == 0) return std::to_string(time / unit) + name;
    return std::to_string(time) + "ns";
}

/// One setting's replications: values by probe, then replication.
using MeansSeen = std::vector<std::vector<double>>;

/// Of the pairs of which both have data.
std::optional<kernel::Difference> difference_of(const std::vector<double>& one,
                                                const std::vector<double>& other, double level) {
    std::vector<double> first, second;
    for (std::size_t r = 0; r < std::min(one.size(), other.size()); ++r)
        if (std::isfinite(one[r]) && std::isfinite(other[r])) {
            first.push_back(one[r]);
            second.push_back(other[r]);
        }
    return kernel::paired_difference(first, second, level);
}

class Search {
public:
    Search(const Study& study, const ReadBase& read, const StudyOptions& options, kernel::Time warm_up)
        : read_(read),
          base_(read({})),
          work_(read, options, 1'000'000'000),
          confidence_(base_.run.confidence) {
        objectives_ = study.objectives;
        if (study.all_objectives)
            objectives_.insert(objectives_.begin(), base_.objectives.begin(), base_.objectives.end());
        choose_measures();
        warm_up_ = warm_up;
        question_ = work_.ask({objectives_, measures_, {}}, base_.run.seed, warm_up_, "what would help");
    }

    BottlenecksResult run() {
        work_.progress().name_part("what would help");
        BottlenecksResult result = find();
        work_.finish();
        work_.progress().name_part("");
        return result;
    }

private:
    BottlenecksResult find() {
        if (stations_.empty()) {
            result_.why = "there are no workers that could be too few";
            return std::move(result_);
        }
        MeansSeen base;
        foresee(most_remedies(), 0);
        if (!simulate(*question_, {{&base, {}}}, kernel::values_at_look(1))) return given_up();
        choose_target(base);
        if (!target_) {
            result_.why = "there is neither a promise nor a latency that could become better";
            return std::move(result_);
        }
        keep_busiest(base);
        list_remedies();
        foresee(tried_.size(), kernel::values_at_look(1));
        for (int look = 1;; ++look) {
            std::vector<Job> jobs = {{&base, {}}};
            for (Tried& one : tried_) jobs.push_back({&one.seen, {one.remedy.override}});
            if (!simulate(*question_, jobs, kernel::values_at_look(look))) return given_up();
            result_.replications = kernel::values_at_look(look);
            rank(base, look);
            if (result_.ranked || result_.replications >= static_cast<std::uint64_t>(base_.run.replications))
                break;
        }
        result_.stations = stations_of(base, {});
        if (!add_activity({}, result_.stations, result_.by_activity)) return given_up();
        result_.target_now = mean_estimate(with_data(base[*target_]), confidence_);
        if (!fix_first()) return given_up();
        return std::move(result_);
    }

    struct Job {
        MeansSeen* seen;
        std::vector<std::string> overrides;
    };
    struct Tried {
        Remedy remedy;
        MeansSeen seen;
    };
    /// What the scenario says of the workers of a station.
    struct Worker {
        std::string name;
        const models::Workers* workers;
        std::size_t utilisation = 0;  ///< probe
        /// Probes, where not all workers are there all the time.
        std::optional<std::size_t> busy = std::nullopt, there = std::nullopt;
    };

    BottlenecksResult given_up() {
        result_.interrupted = work_.end() == UnitWork::End::interrupted;
        result_.why = work_.why_ended();
        return std::move(result_);
    }

    /// More of them there are not.
    std::size_t most_remedies() const {
        constexpr std::size_t each = 3;
        return each * std::min(stations_.size(), most_stations) + base_.twin.stages.size();
    }

    /// For progress: all looks at so many remedies, and after them at where the bottleneck is, as it is and with the
    /// first one fixed. Of the scenario as it is there are so many replications already.
    void foresee(std::size_t remedies, std::uint64_t done) {
        std::uint64_t most = 0;
        for (int look = 1; most == 0 || most < static_cast<std::uint64_t>(base_.run.replications); ++look)
            most = kernel::values_at_look(look);
        work_.count_all_units(static_cast<std::int64_t>((1 + remedies + 3) * most - done));
    }

    void choose_measures() {
        if (!base_.loads.empty()) {
            completed_ = objectives_.size() + measures_.size();
            measures_.push_back(models::measure_of(Aggregate::rate, Metric::completed));
            latency_ = objectives_.size() + measures_.size();
            measures_.push_back(models::measure_of(Aggregate::average, Metric::latency));
        }
        const auto add = [&](const std::string& name, const models::Workers& workers) {
            if (workers.count == models::unlimited) return;
            const auto ask = [&](Metric metric) {
                measures_.push_back(models::measure_of(Aggregate::average, metric, name));
                return objectives_.size() + measures_.size() - 1;
            };
            Worker& station = stations_.emplace_back(Worker{name, &workers, ask(Metric::utilisation)});
            if (!workers.least && workers.steps.empty()) return;
            station.busy = ask(Metric::busy);
            if (!workers.steps.empty()) station.there = ask(Metric::workers);
        };
        for (const models::Pool& pool : base_.twin.pools) add(pool.name, pool.workers);
        for (const models::Stage& stage : base_.twin.stages)
            if (stage.work.workers) add(stage.name, *stage.work.workers);
        for (const models::Pipeline& pipeline : base_.twin.pipelines)
            for (const models::Task& task : pipeline.tasks)
                if (task.work.workers) add(pipeline.name + "." + task.name, *task.work.workers);
    }

    /// Adds replications up to that number. False where the work ended.
    bool simulate(UnitWork::Question& question, const std::vector<Job>& jobs, std::uint64_t upto) {
        std::vector<Unit> units;
        std::vector<MeansSeen*> whose;
        const Asked& asked = question.simulator.asked();
        for (const Job& job : jobs) job.seen->resize(asked.objectives.size() + asked.measures.size());
        for (std::uint64_t number = 0; number < upto; ++number)
            for (const Job& job : jobs)
                if (number >= job.seen->front().size()) {
                    units.push_back({job.overrides, number, 1});
                    whose.push_back(job.seen);
                }
        return work_.run(question, units, [&](std::size_t index, const UnitOutcome& outcome) {
            for (const UnitOutcome::Replication& one : outcome.replications)
                for (std::size_t probe = 0; probe < one.evidence.size(); ++probe)
                    (*whose[index])[probe].push_back(one.evidence[probe].value);
        });
    }

    void choose_target(const MeansSeen& base) {
        for (std::size_t i = 0; i < objectives_.size() && !target_; ++i) {
            const Estimate now = mean_estimate(with_data(base[i]), confidence_);
            if (!now.value) continue;
            if (!holds(objectives_[i].comparison, *now.value, objectives_[i].limit)) target_ = i;
        }
        if (!target_ && latency_ && !with_data(base[*latency_]).empty()) target_ = latency_;
        if (!target_ && !objectives_.empty()) target_ = 0;
        if (!target_) return;
        const models::Measure& measure = *target_ < objectives_.size()
                                             ? objectives_[*target_].measure
                                             : measures_[*target_ - objectives_.size()];
        result_.target = measure.text;
        result_.target_unit = models::unit_of(measure, base_);
        result_.lower_is_better = true;
        if (*target_ < objectives_.size()) {
            const models::Comparison comparison = objectives_[*target_].comparison;
            result_.lower_is_better =
                comparison == models::Comparison::less || comparison == models::Comparison::at_most;
        }
    }

    void keep_busiest(const MeansSeen& base) {
        std::stable_sort(stations_.begin(), stations_.end(), [&](const Worker& a, const Worker& b) {
            return mean_estimate(with_data(base[a.utilisation]), confidence_).value.value_or(0) >
                   mean_estimate(with_data(base[b.utilisation]), confidence_).value.value_or(0);
        });
        if (stations_.size() > most_stations) stations_.resize(most_stations);
    }

    void add_remedy(Remedy::Kind kind, const std::string& element, const std::string& path,
                    const std::string& value, const std::string& text) {
        Remedy remedy;
        remedy.kind = kind;
        remedy.element = element;
        remedy.override = override_of(path, value);
        remedy.text = text;
        try {
            prepare_setting(read_, {remedy.override}, {objectives_, measures_, {}});
        } catch (const BadSetting&) {
            return;  // there is no such setting
        }
        tried_.push_back({std::move(remedy), {}});
    }

    /// Those whose number is one number, or a range.
    static bool is_counted(const models::Workers& workers) {
        return workers.count > 0 && workers.count != models::unlimited && workers.steps.empty() &&
               workers.groups.empty();
    }
    static std::string count_text(std::optional<std::int64_t> least, std::int64_t most) {
        return (least ? std::to_string(*least) + ".." : "") + std::to_string(most);
    }

    void add_worker(const Worker& station) {
        const models::Workers& workers = *station.workers;
        const std::string now = count_text(workers.least, workers.count);
        const auto add = [&](const std::string& what, const std::string& then) {
            add_remedy(Remedy::Kind::worker, station.name, station.name + ".workers", then,
                       what + " (" + now + " to " + then + ")");
        };
        if (!workers.least) return add("one more worker", count_text({}, workers.count + 1));
        add("one more worker at most", count_text(workers.least, workers.count + 1));
        if (*workers.least < workers.count)
            add("one more worker at least", count_text(*workers.least + 1, workers.count));
    }

    /// Where their number goes by the clock: one more whenever there are any.
    void add_worker_to_shifts(const Worker& station) {
        const models::Workers& workers = *station.workers;
        std::string steps;
        std::optional<std::int64_t> least, most;
        for (const auto& [at, count] : workers.steps) {
            if (count == models::unlimited) return;
            const std::int64_t then = count > 0 ? count + 1 : 0;
            steps += (steps.empty() ? "" : ", ") + time_text(at) + ": " + std::to_string(then);
            if (count == 0) continue;
            least = std::min(least.value_or(count), count);
            most = std::max(most.value_or(count), count);
        }
        if (!most) return;
        std::string then = "{steps: {" + steps + "}";
        if (workers.steps_period) then += ", period: " + time_text(*workers.steps_period);
        if (workers.leave_when_done) then += ", leave: done";
        const auto of = [&](std::int64_t more) {
            return count_text(*least < *most ? std::optional(*least + more) : std::nullopt, *most + more);
        };
        add_remedy(Remedy::Kind::worker, station.name, station.name + ".workers", then + "}",
                   "one more worker in each shift (" + of(0) + " to " + of(1) + ")");
    }

    void list_remedies() {
        for (const Worker& station : stations_) {
            const models::Workers& workers = *station.workers;
            if (is_counted(workers)) add_worker(station);
            if (!workers.steps.empty()) add_worker_to_shifts(station);
            if (workers.groups.empty())
                add_remedy(Remedy::Kind::speed, station.name, station.name + ".speed",
                           number_text(workers.type.speed * faster), "workers a tenth faster");
        }
        for (const models::Stage& stage : base_.twin.stages) {
            const bool shown = std::any_of(stations_.begin(), stations_.end(), [&](const Worker& station) {
                return station.name == stage.name ||
                       std::any_of(stage.work.runs_on.begin(), stage.work.runs_on.end(),
                                   [&](const models::Need& need) { return need.pool == station.name; });
            });
            const std::int64_t places = stage.queue.capacity;
            if (shown && places != models::unlimited && places > 0 && places < models::unlimited / 2)
                add_remedy(Remedy::Kind::places, stage.name, stage.name + ".queue.capacity",
                           std::to_string(2 * places),
                           "twice the places (" + std::to_string(places) + " to " +
                               std::to_string(2 * places) + ")");
        }
    }

    /// Whoever looks until something is told apart is wrong more often than each look is: a look has a part of the
    /// chance, so that what is said of it holds whenever the looks end.
    void rank(const MeansSeen& base, int look) {
        const double sign = result_.lower_is_better ? -1 : 1;
        const double level = 1 - (1 - confidence_) * kernel::part_of_look(look);
        for (Tried& one : tried_) {
            const auto changed = difference_of(base[*target_], one.seen[*target_], level);
            const auto fill = [&](Estimate& into, const std::optional<kernel::Difference>& from,
                                  double times) {
                into = {};
                into.level = confidence_;
                if (!from) return;
                into.replications = static_cast<std::int64_t>(from->estimate.count);
                into.value = times * from->estimate.centre;
                into.low = std::min(times * from->estimate.low, times * from->estimate.high);
                into.high = std::max(times * from->estimate.low, times * from->estimate.high);
            };
            fill(one.remedy.gain, changed, sign);
            one.remedy.decided = changed && changed->order != kernel::Difference::Order::undecided;
            if (latency_)
                fill(one.remedy.latency, difference_of(base[*latency_], one.seen[*latency_], level), 1);
            if (completed_)
                fill(one.remedy.throughput, difference_of(base[*completed_], one.seen[*completed_], level),
                     1);
        }
        std::stable_sort(tried_.begin(), tried_.end(), [](const Tried& a, const Tried& b) {
            return a.remedy.gain.value.value_or(-INFINITY) > b.remedy.gain.value.value_or(-INFINITY);
        });
        result_.ranked = true;
        const double each = kernel::each_of(level, std::max<std::size_t>(1, tried_.size()));
        for (std::size_t i = 0; i + 1 < tried_.size() && result_.ranked; ++i) {
            const auto apart = difference_of(tried_[i].seen[*target_], tried_[i + 1].seen[*target_], each);
            result_.ranked = apart && apart->order != kernel::Difference::Order::undecided;
        }
        result_.remedies.clear();
        for (const Tried& one : tried_) result_.remedies.push_back(one.remedy);
    }

    /// By replication: what leaves the system over the part that is busy of all the workers that there may be.
    std::vector<double> ceilings(const Worker& worker, const MeansSeen& seen) const {
        std::vector<double> ratios;
        // Of nodes that come and go nothing says how many cores are busy.
        const models::WorkerType& type = worker.workers->type;
        if (worker.workers->least && (type.cores > 0 || type.memory_bytes > 0)) return ratios;
        for (std::size_t r = 0; r < seen[worker.utilisation].size(); ++r) {
            double busy = seen[worker.utilisation][r];
            if (worker.busy)
                busy = seen[*worker.busy][r] /
                       (worker.there ? seen[*worker.there][r] : static_cast<double>(worker.workers->count));
            if (busy > 0) ratios.push_back(seen[*completed_][r] / busy);
        }
        return ratios;
    }

    std::vector<Station> stations_of(const MeansSeen& seen, const std::vector<std::string>& overrides) {
        const PreparedRun prepared = prepare_setting(read_, overrides, {objectives_, measures_, {}});
        std::optional<double> throughput;  // by formula
        if (completed_ && prepared.answers[*completed_].kind == models::Answer::Kind::exact)
            throughput = prepared.answers[*completed_].value;
        std::vector<Station> all;
        for (const Worker& worker : stations_) {
            Station station;
            station.name = worker.name;
            station.utilisation = mean_estimate(with_data(seen[worker.utilisation]), confidence_);
            const models::Answer& answer = prepared.answers[worker.utilisation];
            if (answer.kind == models::Answer::Kind::exact) station.expected = answer.value;
            if (throughput && station.expected && *station.expected > 0)
                station.expected_ceiling = *throughput / *station.expected;
            if (completed_) station.ceiling = mean_estimate(with_data(ceilings(worker, seen)), confidence_);
            all.push_back(std::move(station));
        }
        std::stable_sort(all.begin(), all.end(), [](const Station& a, const Station& b) {
            return a.utilisation.value.value_or(0) > b.utilisation.value.value_or(0);
        });
        return all;
    }

    static constexpr std::pair<Aggregate, Metric> of_activity[] = {
        {Aggregate::average, Metric::active_period},
        {Aggregate::share, Metric::bottleneck},
        {Aggregate::share, Metric::shifting}};

    /// What is asked of activity makes a simulation slower, so remedies are tried without.
    void ask_about_activity() {
        std::vector<models::Measure> measures;
        for (const Worker& station : stations_)
            for (const auto& [aggregate, metric] : of_activity)
                measures.push_back(models::measure_of(aggregate, metric, station.name));
        activity_question_ =
            work_.ask({{}, std::move(measures), {}}, base_.run.seed, warm_up_, "active periods");
    }

    /// The station whose values are highest on average; of two replications and more, in pairs with the next.
    std::optional<Foremost> foremost(const MeansSeen& seen, std::size_t which) const {
        constexpr std::size_t each = std::size(of_activity);
        std::vector<std::pair<double, std::size_t>> order;
        for (std::size_t s = 0; s < stations_.size(); ++s)
            if (const auto mean = mean_estimate(with_data(seen[s * each + which]), confidence_).value)
                order.emplace_back(-*mean, s);
        std::sort(order.begin(), order.end());
        if (order.empty() || order.front().first == 0) return std::nullopt;
        Foremost first{stations_[order[0].second].name, order.size() == 1};
        if (order.size() > 1) {
            const auto apart = difference_of(seen[order[0].second * each + which],
                                             seen[order[1].second * each + which], confidence_);
            first.decided = apart && apart->order != kernel::Difference::Order::undecided;
        }
        return first;
    }

    /// False where the work ended.
    bool add_activity(const std::vector<std::string>& overrides, std::vector<Station>& into,
                      ByActivity& first) {
        if (!activity_question_) ask_about_activity();
        MeansSeen seen;
        if (!simulate(*activity_question_, {{&seen, overrides}}, result_.replications)) return false;
        constexpr std::size_t each = std::size(of_activity);
        for (std::size_t s = 0; s < stations_.size(); ++s) {
            const auto station = std::find_if(
                into.begin(), into.end(), [&](const Station& one) { return one.name == stations_[s].name; });
            const auto estimate = [&](std::size_t which) {
                const double most = which == 0 ? INFINITY : 1;
                return mean_estimate(with_data(seen[s * each + which]), confidence_, {0, most});
            };
            station->active_period = estimate(0);
            station->bottleneck = estimate(1);
            station->shifting = estimate(2);
        }
        first = {foremost(seen, 0), foremost(seen, 1)};
        return true;
    }

    /// The workers of the first remedy's station twice as fast, whatever the remedy was. False where the work ended.
    bool fix_first() {
        for (const Tried& one : tried_) {
            const auto station = std::find_if(stations_.begin(), stations_.end(),
                                              [&](const Worker& w) { return w.name == one.remedy.element; });
            if (station == stations_.end() || !station->workers->groups.empty()) continue;
            BottlenecksResult::Fixed fixed;
            fixed.element = station->name;
            fixed.override =
                override_of(station->name + ".speed", number_text(2 * station->workers->type.speed));
            MeansSeen seen;
            if (!simulate(*question_, {{&seen, {fixed.override}}}, result_.replications)) return false;
            fixed.stations = stations_of(seen, {fixed.override});
            if (!add_activity({fixed.override}, fixed.stations, fixed.by_activity)) return false;
            fixed.target = mean_estimate(with_data(seen[*target_]), confidence_);
            result_.fixed = std::move(fixed);
            return true;
        }
        return true;
    }

    const ReadBase& read_;
    models::Scenario base_;
    UnitWork work_;
    double confidence_;
    std::vector<models::Objective> objectives_;
    std::vector<models::Measure> measures_;
    std::optional<std::size_t> completed_, latency_, target_;  ///< probes
    std::vector<Worker> stations_;
    std::vector<Tried> tried_;
    kernel::Time warm_up_ = 0;
    std::unique_ptr<UnitWork::Question> question_, activity_question_;
    BottlenecksResult result_;
};

}  // namespace

const char* name_of(Remedy::Kind kind) {
    constexpr const char* names[] = {"worker", "speed", "places"};
    return names[static_cast<int>(kind)];
}

BottlenecksResult bottlenecks(const Study& study, const ReadBase& read, const StudyOptions& options,
                              kernel::Time warm_up) {
    return Search(study, read, options, warm_up).run();
}

}  // namespace understudy::studies
