#include "tools/studies/calibrate_overheads.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "kernel/exact_math.h"
#include "kernel/special_functions.h"
#include "tools/studies/data_tag.h"
#include "tools/studies/replay_twin.h"

namespace understudy::studies {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

enum Which : std::size_t { level, launch, per_gb, slowdown, all_of_them };
/// Seconds, seconds, seconds per GB, and by how much more than 1 work takes.
using Overheads = std::array<double, all_of_them>;

constexpr int most_rounds = 6;
constexpr double level_of_intervals = 0.95;

/// min |A x - b|, x >= 0 (Lawson and Hanson 1974, algorithm NNLS).
VectorXd non_negative_least_squares(const MatrixXd& a, const VectorXd& b) {
    const Index n = a.cols();
    VectorXd x = VectorXd::Zero(n);
    std::vector<bool> positive(static_cast<std::size_t>(n), false);
    for (int round = 0; round < 100; ++round) {
        const VectorXd pull = a.transpose() * (b - a * x);
        Index best = -1;
        for (Index i = 0; i < n; ++i)
            if (!positive[static_cast<std::size_t>(i)] && pull(i) > 1e-10 &&
                (best < 0 || pull(i) > pull(best)))
                best = i;
        if (best < 0) break;
        positive[static_cast<std::size_t>(best)] = true;
        for (int inner = 0; inner < 100; ++inner) {
            std::vector<Index> chosen;
            for (Index i = 0; i < n; ++i)
                if (positive[static_cast<std::size_t>(i)]) chosen.push_back(i);
            if (chosen.empty()) break;
            MatrixXd part(a.rows(), static_cast<Index>(chosen.size()));
            for (std::size_t k = 0; k < chosen.size(); ++k)
                part.col(static_cast<Index>(k)) = a.col(chosen[k]);
            const VectorXd s = part.colPivHouseholderQr().solve(b);
            double step = 1;
            bool inside = true;
            for (std::size_t k = 0; k < chosen.size(); ++k)
                if (const double to = s(static_cast<Index>(k)); to <= 0) {
                    inside = false;
                    const double from = x(chosen[k]);
                    step = std::min(step, from > to ? from / (from - to) : 0.0);
                }
            for (std::size_t k = 0; k < chosen.size(); ++k)
                x(chosen[k]) += step * (s(static_cast<Index>(k)) - x(chosen[k]));
            if (inside) break;
            for (const Index i : chosen)
                if (x(i) <= 1e-12) {
                    x(i) = 0;
                    positive[static_cast<std::size_t>(i)] = false;
                }
        }
    }
    return x;
}

/// What the pool's nodes have together; 0 where they are slots.
double cores_of(const models::Scenario& twin, const models::Workers& workers) {
    double cores = workers.groups.empty() ? static_cast<double>(workers.count) * workers.type.cores : 0;
    for (const auto& [name, count] : workers.groups)
        for (const models::WorkerType& type : twin.twin.types)
            if (type.name == name) cores += static_cast<double>(count) * type.cores;
    return cores;
}

/// The edits of these overheads on a scenario of one pool. Nodes launch side by side; so that one launcher serves them
/// all they become one node with all their cores. Slots share its work: each takes as many times longer as there are. Of
/// speeds that are there already a part.
std::vector<CalibrationEdit> edits_of(const models::Scenario& twin, const Overheads& overheads) {
    std::vector<CalibrationEdit> edits;
    const models::Pool& pool = twin.twin.pools.front();
    const double cores = cores_of(twin, pool.workers), speed = 1 / (1 + overheads[slowdown]);
    const bool launches = overheads[launch] > 0 || overheads[per_gb] > 0;
    const bool several = pool.workers.count > 1 || !pool.workers.groups.empty();
    const bool as_one = launches && several && cores > 0;
    const double slots = several && !as_one ? static_cast<double>(pool.workers.count) : 1;
    const auto add = [&](std::string path, double value) {
        // Whole microseconds, so that the file shows what was run.
        edits.push_back({std::move(path),
                         law_of(kernel::Distribution::constant(std::round(value * 1e6) / 1e6)),
                         {},
                         false});
    };
    if (as_one) {
        edits.push_back({pool.name + ".workers", {}, 1.0, false});
        edits.push_back({pool.name + ".cores", {}, cores, false});
    }
    if (overheads[launch] > 0) add(pool.name + ".launch", slots * overheads[launch]);
    if (overheads[per_gb] > 0)
        for (const models::Pipeline& pipeline : twin.twin.pipelines)
            for (const models::Task& task : pipeline.tasks)
                if (const auto bytes = tagged_bytes(task.description); bytes && !task.work.runs_on.empty())
                    add(pipeline.name + "." + task.name + ".launch",
                        slots * (overheads[launch] + overheads[per_gb] * *bytes / gigabyte));
    if (overheads[slowdown] > 0) {
        if (pool.workers.groups.empty() || as_one)
            edits.push_back({pool.name + ".speed", {}, pool.workers.type.speed * speed, false});
        else
            for (const auto& [name, count] : pool.workers.groups)
                for (const models::WorkerType& type : twin.twin.types)
                    if (type.name == name) edits.push_back({name + ".speed", {}, type.speed * speed, false});
    }
    if (overheads[level] > 0)
        for (const models::Pipeline& pipeline : twin.twin.pipelines)
            add(pipeline.name + ".defaults", overheads[level]);
    return edits;
}

/// One log: its twin without overheads, and what they would multiply if they added up.
struct Case {
    const models::RecordedRun* run = nullptr;
    models::Scenario bare;
    double recorded = 0, naive = 0;
    std::array<double, all_of_them> amount{};
};

/// The longest chain of tasks.
std::size_t levels_of(const models::RecordedRun& run) {
    std::vector<std::size_t> level_of(run.tasks.size(), 0), waiting(run.tasks.size(), 0);
    std::vector<std::vector<std::uint32_t>> children(run.tasks.size());
    std::vector<std::uint32_t> ready;
    for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
        waiting[i] = run.tasks[i].parents.size();
        for (const std::uint32_t parent : run.tasks[i].parents) children[parent].push_back(i);
        if (waiting[i] == 0) ready.push_back(i);
    }
    std::size_t most = 1;
    while (!ready.empty()) {
        const std::uint32_t i = ready.back();
        ready.pop_back();
        most = std::max(most, level_of[i] + 1);
        for (const std::uint32_t child : children[i]) {
            level_of[child] = std::max(level_of[child], level_of[i] + 1);
            if (--waiting[child] == 0) ready.push_back(child);
        }
    }
    return most;
}

class OverheadFit {
public:
    OverheadFit(const std::vector<models::RecordedRun>& runs, const std::atomic<bool>* stop) : stop_(stop) {
        for (const models::RecordedRun& run : runs) {
            if (!tells_overheads(run)) continue;
            Case one;
            one.run = &run;
            ReplayTwin twin = build_twin(run, Submissions::inferred);
            one.bare = std::move(twin.scenario);
            one.recorded = *recorded_makespan(run);
            const auto naive = simulated_makespan(one.bare, 1, stop_);
            if (!naive) continue;
            one.naive = *naive;
            double work = 0, bytes = 0;
            for (const models::RecordedTask& task : run.tasks) {
                work += kernel::to_seconds(models::time_held(task).value_or(0));
                bytes += static_cast<double>(task.read_bytes + task.write_bytes);
            }
            one.amount = {static_cast<double>(levels_of(run)), static_cast<double>(run.tasks.size()),
                          bytes / gigabyte, work / std::max(1.0, twin.total_cores)};
            cases_.push_back(std::move(one));
        }
    }

    const std::vector<Case>& cases() const { return cases_; }
    const Overheads& solution() const { return best_; }
    bool stopped() const { return stop_ != nullptr && *stop_; }
    /// Makespans at the solution.
    double simulated(std::size_t i) const { return makespans_(static_cast<Index>(i)); }

    double makespan(const Case& one, const Overheads& overheads) const {
        models::Scenario scenario = one.bare;
        apply_calibration(edits_of(scenario, overheads), scenario);
        return simulated_makespan(std::move(scenario), 1, stop_).value_or(0);
    }

    void solve() {
        const auto n = static_cast<Index>(cases_.size());
        MatrixXd amounts(n, Index{all_of_them});
        VectorXd missing(n);
        for (Index i = 0; i < n; ++i) {
            const Case& one = cases_[static_cast<std::size_t>(i)];
            for (std::size_t k = 0; k < all_of_them; ++k)
                amounts(i, static_cast<Index>(k)) = one.amount[k] / one.recorded;
            missing(i) = (one.recorded - one.naive) / one.recorded;
        }
        Overheads at = overheads_of(non_negative_least_squares(amounts, missing));
        double best = INFINITY;
        for (int round = 0; round < most_rounds && !stopped(); ++round) {
            const VectorXd makespans = all(at);
            const double worse = error_of(makespans);
            const bool better = worse < best - 1e-6;
            if (!better && round > 2) break;
            const MatrixXd slope = slopes(at, makespans);
            if (better) {
                best = worse;
                best_ = at;
                makespans_ = makespans;
                slopes_ = slope;
            }
            const Overheads next = overheads_of(step(at, makespans, slope, -1));
            // Not all of the way: where launches begin to queue the slope is another one.
            for (std::size_t k = 0; k < all_of_them; ++k)
                at[k] = round == 0 ? next[k] : 0.7 * next[k] + 0.3 * at[k];
        }
    }

    /// Limits of each overhead, by Student's law of least squares without a bound: what lies at its bound has an interval all
    /// the same, of which what is below 0 is no part. Nothing where the makespans do not tell it from the others.
    std::array<std::optional<std::pair<double, double>>, all_of_them> limits(double confidence) const {
        std::array<std::optional<std::pair<double, double>>, all_of_them> found;
        std::vector<Index> told;
        for (Index k = 0; k < Index{all_of_them}; ++k)
            if (slopes_.col(k).cwiseAbs().maxCoeff() > 0) told.push_back(k);
        const auto degrees = slopes_.rows() - static_cast<Index>(told.size());
        if (told.empty() || degrees < 1) return found;
        const auto [all, b] = linear(best_, makespans_, slopes_, -1);
        MatrixXd a(all.rows(), static_cast<Index>(told.size()));
        // Each overhead in units of what it alone would explain, so that none is lost to rounding.
        VectorXd unit(static_cast<Index>(told.size()));
        for (Index i = 0; i < unit.size(); ++i) {
            unit(i) = 1 / all.col(told[static_cast<std::size_t>(i)]).norm();
            a.col(i) = all.col(told[static_cast<std::size_t>(i)]) * unit(i);
        }
        const Eigen::FullPivHouseholderQR<MatrixXd> decomposition(a);
        constexpr double apart = 1e-6;
        if (const auto r = decomposition.matrixQR().diagonal().cwiseAbs().eval();
            !(r.minCoeff() > apart * r.maxCoeff()))
            return found;
        const VectorXd free = decomposition.solve(b);
        VectorXd bounded(unit.size());
        for (Index i = 0; i < unit.size(); ++i)
            bounded(i) = best_[static_cast<std::size_t>(told[static_cast<std::size_t>(i)])] / unit(i);
        // What is left at the bound counts: it is what the solution is off by.
        const double left = std::max((b - a * free).squaredNorm(), (b - a * bounded).squaredNorm());
        const MatrixXd covariance = (a.transpose() * a).inverse() * (left / static_cast<double>(degrees));
        const double factor = kernel::student_quantile(0.5 + confidence / 2, static_cast<double>(degrees));
        for (Index i = 0; i < unit.size(); ++i) {
            const auto k = static_cast<std::size_t>(told[static_cast<std::size_t>(i)]);
            const double half = factor * std::sqrt(std::max(0.0, covariance(i, i)));
            found[k] = std::pair(std::clamp((free(i) - half) * unit(i), 0.0, best_[k]),
                                 std::max((free(i) + half) * unit(i), best_[k]));
        }
        return found;
    }

    /// Fitted to all but one.
    Overheads without(std::size_t left_out) const {
        return overheads_of(step(best_, makespans_, slopes_, static_cast<Index>(left_out)));
    }

private:
    static Overheads overheads_of(const VectorXd& x) {
        Overheads overheads{};
        for (std::size_t k = 0; k < all_of_them; ++k) overheads[k] = x(static_cast<Index>(k));
        return overheads;
    }

    VectorXd all(const Overheads& at) const {
        VectorXd makespans(static_cast<Index>(cases_.size()));
        for (std::size_t i = 0; i < cases_.size(); ++i)
            makespans(static_cast<Index>(i)) = makespan(cases_[i], at);
        return makespans;
    }

    double error_of(const VectorXd& makespans) const {
        double sum = 0;
        for (std::size_t i = 0; i < cases_.size(); ++i) {
            const double error = makespans(static_cast<Index>(i)) / cases_[i].recorded - 1;
            sum += error * error;
        }
        return sum / static_cast<double>(cases_.size());
    }

    MatrixXd slopes(const Overheads& at, const VectorXd& makespans) const {
        MatrixXd slope(makespans.size(), Index{all_of_them});
        for (std::size_t k = 0; k < all_of_them; ++k) {
            double amount = 0, recorded = 0;
            for (const Case& one : cases_) amount += one.amount[k], recorded += one.recorded;
            if (!(amount > 0)) {
                slope.col(static_cast<Index>(k)).setZero();
                continue;
            }
            // A step that moves the makespans by about a thousandth.
            const double h = std::max(0.05 * at[k], 1e-3 * recorded / amount);
            Overheads moved = at;
            moved[k] += h;
            slope.col(static_cast<Index>(k)) = (all(moved) - makespans) / h;
        }
        return slope;
    }

    /// The linear model around a point, of all cases but one: what overheads multiply, and what they have to come to.
    std::pair<MatrixXd, VectorXd> linear(const Overheads& at, const VectorXd& makespans,
                                         const MatrixXd& slope, Index left_out) const {
        VectorXd here(Index{all_of_them});
        for (std::size_t k = 0; k < all_of_them; ++k) here(static_cast<Index>(k)) = at[k];
        const Index n = makespans.size() - (left_out >= 0 ? 1 : 0);
        MatrixXd a(n, Index{all_of_them});
        VectorXd b(n);
        for (Index i = 0, row = 0; i < makespans.size(); ++i) {
            if (i == left_out) continue;
            const double recorded = cases_[static_cast<std::size_t>(i)].recorded;
            a.row(row) = slope.row(i) / recorded;
            b(row) = (recorded - makespans(i) + slope.row(i).dot(here)) / recorded;
            ++row;
        }
        return {std::move(a), std::move(b)};
    }

    VectorXd step(const Overheads& at, const VectorXd& makespans, const MatrixXd& slope,
                  Index left_out) const {
        const auto [a, b] = linear(at, makespans, slope, left_out);
        return non_negative_least_squares(a, b);
    }

    const std::atomic<bool>* stop_;
    std::vector<Case> cases_;
    Overheads best_{};
    VectorXd makespans_;
    MatrixXd slopes_;
};

}  // namespace

bool tells_overheads(const models::RecordedRun& run) {
    return !has_instants(run) && recorded_makespan(run) &&
           std::any_of(run.tasks.begin(), run.tasks.end(),
                       [](const models::RecordedTask& task) { return models::time_held(task).has_value(); });
}

void calibrate_overheads(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                         const CalibrationOptions& options, Calibration& into) {
    OverheadFit fit(runs, options.stop);
    const std::size_t n = fit.cases().size();
    if (n == 0) return;
    if (twin.twin.pools.size() != 1 || twin.twin.pipelines.empty()) {
        into.unidentified.push_back(
            "dispatch, staging and levels: the logs tell them of a pipeline on one pool, and the twin is no "
            "such");
        return;
    }
    fit.solve();
    Overheads found = fit.solution();
    Validation validation;
    validation.of = "makespan";
    if (n > 1)
        for (std::size_t i = 0; i < n && !fit.stopped(); ++i) {
            const Case& one = fit.cases()[i];
            validation.held_out.push_back(
                {one.run->source, fit.makespan(one, fit.without(i)), one.recorded, false, false});
        }
    if (fit.stopped()) {
        into.interrupted = true;
        return;
    }
    judge_left_out(validation.held_out, 4);
    if (n > 1) into.validations.push_back(summarised(validation));

    for (double& value : found) value = four_digits(value);
    const std::vector<CalibrationEdit> edits = edits_of(twin, found);
    into.edits.insert(into.edits.end(), edits.begin(), edits.end());
    const models::Pool& pool = twin.twin.pools.front();
    const auto limits = fit.limits(level_of_intervals);
    const auto number = [&](std::size_t which, const char* name, const char* unit, double add) {
        CalibratedNumber one{name, unit, found[which] + add, {}, {}};
        if (limits[which]) {
            one.low = std::min(limits[which]->first, found[which]) + add;
            one.high = std::max(limits[which]->second, found[which]) + add;
        }
        return one;
    };
    CalibratedElement launches{pool.name + ".launch",
                               "constant",
                               "makespans of " + std::to_string(n) + (n == 1 ? " log" : " logs"),
                               static_cast<std::int64_t>(n),
                               {},
                               {},
                               {},
                               {}};
    launches.numbers = {number(launch, "each task", "s", 0), number(per_gb, "each GB", "s/GB", 0)};
    CalibratedElement levels = launches, slower = launches;
    levels.path = twin.twin.pipelines.front().name + ".defaults.delay";
    levels.numbers = {number(level, "each level", "s", 0)};
    slower.path = pool.name + ".speed";
    slower.numbers = {number(slowdown, "work takes", "x", 1)};
    for (const CalibratedElement* element : {&launches, &levels, &slower}) into.elements.push_back(*element);

    std::int64_t own_delays = 0, sizes = 0;
    for (const models::Pipeline& pipeline : twin.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) {
            own_delays += !task.delay.empty() && !task.work.runs_on.empty() ? 1 : 0;
            sizes += tagged_bytes(task.description) ? 1 : 0;
        }
    if (own_delays > 0)
        into.assumed.push_back(std::to_string(own_delays) + " tasks of the twin keep a delay of their own");
    if (found[per_gb] > 0 && sizes == 0)
        into.warnings.push_back(
            "staging takes time for each GB, and no task of the twin has a tag data=...B that says how many: "
            "it takes "
            "none there");
    into.assumed.push_back(
        "durations are the twin's own: tasks of one name in two logs without instants are not the same work");
    if (found[launch] > 0 || found[per_gb] > 0)
        into.assumed.push_back(
            "one launcher starts and stages one task after the other on the whole platform: its nodes become "
            "one with "
            "all their cores, and their number is set by cores from here on");
    std::size_t positive = 0;
    for (const double value : found) positive += value > 0 ? 1 : 0;
    if (n <= positive)
        into.unidentified.push_back(
            "how what is missing divides into launches, staging, levels and slower work: " +
            std::to_string(n) + (n == 1 ? " makespan tells" : " makespans tell") + " the sum");
    if (n > positive &&
        std::none_of(limits.begin(), limits.end(), [](const auto& one) { return one.has_value(); }))
        into.unidentified.push_back(
            "how sure launches, staging, levels and slower work are: " + std::to_string(n) +
            " makespans do not tell them apart well enough for intervals");
    into.unidentified.push_back("when tasks started and waited: the logs have no instants");
    for (std::size_t i = 0; i < n; ++i) {
        const Case& one = fit.cases()[i];
        into.self_replays.push_back({one.run->source, fit.simulated(i), one.recorded});
    }
}

}  // namespace understudy::studies
