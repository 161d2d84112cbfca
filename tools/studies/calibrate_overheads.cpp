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
#include "tools/studies/non_negative_least_squares.h"
#include "tools/studies/replay_twin.h"

namespace understudy::studies {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

enum Which : std::size_t { level, launch, per_gb, slowdown, all_of_them };
/// Seconds, seconds, seconds per GB, and by how much more than 1 work takes.
using Overheads = std::array<double, all_of_them>;
/// As changes call them.
constexpr std::array<const char*, all_of_them> names_of_overheads = {"each_level", "each_task", "each_GB",
                                                                     "more_work"};

constexpr int most_rounds = 12, most_halves = 5;
/// What is less than this part of the squared error is no gain.
constexpr double least_gain = 1e-3;
constexpr double level_of_intervals = 0.95;
/// Slopes are taken where makespans are another by at most so much: beyond, they are of another platform.
constexpr double farthest = 0.03;

/// What the pool's nodes have together; 0 where they are slots.
double cores_of(const models::Scenario& twin, const models::Workers& workers) {
    double cores = workers.groups.empty() ? static_cast<double>(workers.count) * workers.type.cores : 0;
    for (const auto& [name, count] : workers.groups)
        for (const models::WorkerType& type : twin.twin.types)
            if (type.name == name) cores += static_cast<double>(count) * type.cores;
    return cores;
}

double number_of(const models::Workers& workers) {
    auto number = static_cast<double>(workers.count);
    for (const auto& [name, count] : workers.groups) number += static_cast<double>(count);
    return number;
}

/// What overheads make of a scenario, and how much of each is in what.
struct Added {
    std::vector<CalibrationEdit> edits;
    std::vector<FittedTogether::Made> makes;
};

/// The edits of these overheads on a scenario of one pool. Nodes launch side by side; so that one launcher serves them
/// all they become one node with all their cores. Slots share its work: each takes as many times longer as there are. Of
/// speeds that are there already a part. `unsure`: of these also what is 0 is written, as another log would have more.
Added added_by(const models::Scenario& twin, const Overheads& overheads,
               const std::array<bool, all_of_them>& unsure) {
    Added added;
    const models::Pool& pool = twin.twin.pools.front();
    const double cores = cores_of(twin, pool.workers), speed = 1 / (1 + overheads[slowdown]);
    const auto has = [&](Which which) { return overheads[which] > 0 || unsure[which]; };
    const bool launches = overheads[launch] > 0 || overheads[per_gb] > 0;
    const bool several = pool.workers.count > 1 || !pool.workers.groups.empty();
    const bool as_one = launches && several && cores > 0;
    const double slots = several && !as_one ? number_of(pool.workers) : 1;
    // In millionths, so that the file shows what was run.
    const auto rounded = [](double value) { return std::round(value * 1e6) / 1e6; };
    const auto takes = [&](const std::string& path, const std::string& key, const Overheads& amounts) {
        double value = 0;
        for (std::size_t k = 0; k < all_of_them; ++k) value += amounts[k] * overheads[k];
        value = rounded(value);
        added.edits.push_back({path, law_of(kernel::Distribution::constant(value)), {}, false});
        added.makes.push_back({path + key, {amounts.begin(), amounts.end()}, value});
    };
    const auto slower = [&](std::string path, double before) {
        const double value = rounded(before * speed);
        added.makes.push_back({path, {0, 0, 0, 1}, value});
        added.edits.push_back({std::move(path), {}, value, false});
    };
    if (as_one) {
        added.edits.push_back({pool.name + ".workers", {}, 1.0, false});
        added.edits.push_back({pool.name + ".cores", {}, cores, false});
    }
    if (has(launch)) takes(pool.name + ".launch", "", {0, slots, 0, 0});
    if (has(per_gb))
        for (const models::Pipeline& pipeline : twin.twin.pipelines)
            for (const models::Task& task : pipeline.tasks)
                if (const auto bytes = tagged_bytes(task.description); bytes && !task.work.runs_on.empty())
                    takes(pipeline.name + "." + task.name + ".launch", "",
                          {0, slots, slots * *bytes / gigabyte, 0});
    if (has(slowdown)) {
        if (pool.workers.groups.empty() || as_one)
            slower(pool.name + ".speed", pool.workers.type.speed);
        else
            for (const auto& [name, count] : pool.workers.groups)
                for (const models::WorkerType& type : twin.twin.types)
                    if (type.name == name) slower(name + ".speed", type.speed);
    }
    if (has(level))
        for (const models::Pipeline& pipeline : twin.twin.pipelines)
            takes(pipeline.name + ".defaults", ".delay", {1, 0, 0, 0});
    return added;
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
        apply_calibration(added_by(scenario, overheads, {}).edits, scenario);
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
        best_ = at;
        makespans_ = all(at);
        double best = error_of(makespans_);
        for (int round = 0; round < most_rounds && !stopped(); ++round) {
            slopes_ = slopes(best_, makespans_);
            const Overheads next = overheads_of(step(best_, makespans_, slopes_, -1));
            // As far along the way as it gets better: where launches begin to queue the slope is another one.
            bool better = false;
            double part = 1;
            for (int half = 0; half < most_halves && !better && !stopped(); ++half, part /= 2) {
                for (std::size_t k = 0; k < all_of_them; ++k) at[k] = best_[k] + part * (next[k] - best_[k]);
                VectorXd makespans = all(at);
                const double error = error_of(makespans);
                better = error < best * (1 - least_gain);
                if (!better) continue;
                best = error;
                best_ = at;
                makespans_ = std::move(makespans);
            }
            if (!better) return;
        }
        if (!stopped()) slopes_ = slopes(best_, makespans_);
    }

    /// How sure the solution is: least squares without a bound around it. Of overheads that makespans do not go by
    /// nothing is known; nothing of any where makespans do not tell them apart.
    struct Sure {
        std::vector<std::size_t> told;  ///< which overheads makespans go by
        VectorXd unit;  ///< each in units of what it alone would explain, so that none is lost to rounding
        VectorXd free;  ///< the least squares without a bound, in these units
        MatrixXd covariance;
        double degrees = 0;
        double off = 0;  ///< by which makespans are off, as a share
    };

    /// Where launches begin to queue a slope is another one: those that count are as far away as the solution may be off by.
    std::optional<Sure> sure() const {
        const auto near = around(slopes_);
        if (!near) return std::nullopt;
        auto wide = around(slopes_along(*near));
        return wide ? std::move(wide) : near;
    }

    /// Limits of each overhead, by Student's law of least squares without a bound: what lies at its bound has an interval all
    /// the same, of which what is below 0 is no part.
    std::array<std::optional<std::pair<double, double>>, all_of_them> limits(const Sure& at,
                                                                             double confidence) const {
        std::array<std::optional<std::pair<double, double>>, all_of_them> found;
        const double factor = kernel::student_quantile(0.5 + confidence / 2, at.degrees);
        for (std::size_t i = 0; i < at.told.size(); ++i) {
            const std::size_t k = at.told[i];
            const auto row = static_cast<Index>(i);
            const double half = factor * std::sqrt(std::max(0.0, at.covariance(row, row)));
            found[k] = std::pair(std::clamp((at.free(row) - half) * at.unit(row), 0.0, best_[k]),
                                 std::max((at.free(row) + half) * at.unit(row), best_[k]));
        }
        return found;
    }

    /// Fitted to all but one.
    Overheads without(std::size_t left_out) const {
        return overheads_of(step(best_, makespans_, slopes_, static_cast<Index>(left_out)));
    }

private:
    std::optional<Sure> around(const MatrixXd& slope) const {
        Sure at;
        for (std::size_t k = 0; k < all_of_them; ++k)
            if (slope.col(static_cast<Index>(k)).cwiseAbs().maxCoeff() > 0) at.told.push_back(k);
        const auto columns = static_cast<Index>(at.told.size());
        if (columns == 0 || slope.rows() <= columns) return std::nullopt;
        at.degrees = static_cast<double>(slope.rows() - columns);
        const auto [all, b] = linear(best_, makespans_, slope, -1);
        MatrixXd a(all.rows(), columns);
        at.unit.resize(columns);
        VectorXd bounded(columns);
        for (Index i = 0; i < columns; ++i) {
            const std::size_t k = at.told[static_cast<std::size_t>(i)];
            at.unit(i) = 1 / all.col(static_cast<Index>(k)).norm();
            a.col(i) = all.col(static_cast<Index>(k)) * at.unit(i);
            bounded(i) = best_[k] / at.unit(i);
        }
        const Eigen::FullPivHouseholderQR<MatrixXd> decomposition(a);
        constexpr double apart = 1e-6;
        if (const auto r = decomposition.matrixQR().diagonal().cwiseAbs().eval();
            !(r.minCoeff() > apart * r.maxCoeff()))
            return std::nullopt;
        at.free = decomposition.solve(b);
        // What is left at the bound counts: it is what the solution is off by.
        const double left = std::max((b - a * at.free).squaredNorm(), (b - a * bounded).squaredNorm());
        at.off = std::sqrt(left / at.degrees);
        at.covariance = (a.transpose() * a).inverse() * (at.off * at.off);
        return at;
    }

    /// Slopes between points as far from the solution as it may be off by, but not too far, along the axes of what it may be off by
    /// together, and on this side of the bound.
    MatrixXd slopes_along(const Sure& at) const {
        const Eigen::SelfAdjointEigenSolver<MatrixXd> axes(at.covariance);
        const auto columns = static_cast<Index>(at.told.size());
        MatrixXd slope = slopes_;
        MatrixXd by_axis(slope.rows(), columns);
        for (Index axis = 0; axis < columns; ++axis) {
            const double wide =
                std::min(1.0, farthest / at.off) * std::sqrt(std::max(0.0, axes.eigenvalues()(axis)));
            double ways[2] = {0, 0};
            VectorXd ends[2];
            for (const int side : {0, 1}) {
                double way = side == 0 ? -wide : wide;
                for (Index i = 0; i < columns; ++i) {
                    const double here = best_[at.told[static_cast<std::size_t>(i)]] / at.unit(i);
                    const double moves = axes.eigenvectors()(i, axis) * way;
                    if (here + moves < 0) way *= here / -moves;
                }
                Overheads moved = best_;
                for (Index i = 0; i < columns; ++i)
                    moved[at.told[static_cast<std::size_t>(i)]] +=
                        axes.eigenvectors()(i, axis) * way * at.unit(i);
                for (double& one : moved) one = std::max(0.0, one);
                ways[side] = way;
                ends[side] = all(moved);
            }
            if (!(ways[1] - ways[0] > 0.1 * wide)) {
                // No way to go: the slope at the solution.
                by_axis.col(axis).setZero();
                for (Index i = 0; i < columns; ++i)
                    by_axis.col(axis) += slope.col(static_cast<Index>(at.told[static_cast<std::size_t>(i)])) *
                                         axes.eigenvectors()(i, axis) * at.unit(i);
            } else {
                by_axis.col(axis) = (ends[1] - ends[0]) / (ways[1] - ways[0]);
            }
        }
        const MatrixXd in_units = by_axis * axes.eigenvectors().transpose();
        for (Index i = 0; i < columns; ++i)
            slope.col(static_cast<Index>(at.told[static_cast<std::size_t>(i)])) =
                in_units.col(i) / at.unit(i);
        return slope;
    }

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

/// How sure all of them are together, as changes say it; nothing where the makespans leave nothing open.
std::optional<UncertainInput> uncertain_overheads(const OverheadFit::Sure& sure, const Overheads& found,
                                                  const std::vector<FittedTogether::Made>& makes) {
    constexpr double digits_of_correlations = 1e9;
    UncertainInput input;
    input.path = "overheads";
    FittedTogether& together = input.together.emplace();
    together.degrees = sure.degrees;
    for (std::size_t i = 0; i < sure.told.size(); ++i) {
        const auto row = static_cast<Index>(i);
        const double error = std::sqrt(std::max(0.0, sure.covariance(row, row)));
        FittedTogether::Number& number = together.numbers.emplace_back();
        number.name = names_of_overheads[sure.told[i]];
        number.value = found[sure.told[i]];
        number.error = four_digits(error * sure.unit(row));
        if (!(number.error > 0)) return std::nullopt;
        for (Index other = 0; other < row; ++other) {
            const double correlation =
                sure.covariance(row, other) / (error * std::sqrt(sure.covariance(other, other)));
            number.correlations.push_back(
                std::round(std::clamp(correlation, -1.0, 1.0) * digits_of_correlations) /
                digits_of_correlations);
        }
    }
    for (const FittedTogether::Made& made : makes) {
        FittedTogether::Made& of_told = together.makes.emplace_back(made);
        of_told.amounts.clear();
        for (const std::size_t k : sure.told) of_told.amounts.push_back(made.amounts[k]);
    }
    return input;
}

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
    Added added = added_by(twin, found, {});
    const auto sure = fit.sure();
    std::array<std::optional<std::pair<double, double>>, all_of_them> limits;
    if (sure) {
        limits = fit.limits(*sure, level_of_intervals);
        std::array<bool, all_of_them> unsure{};
        for (const std::size_t k : sure->told) unsure[k] = true;
        Added with_open = added_by(twin, found, unsure);
        if (auto uncertain = uncertain_overheads(*sure, found, with_open.makes)) {
            added = std::move(with_open);
            into.uncertain.push_back(std::move(*uncertain));
        }
    }
    into.edits.insert(into.edits.end(), added.edits.begin(), added.edits.end());
    const models::Pool& pool = twin.twin.pools.front();
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
    if (n > positive && !sure)
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
