#include "tools/studies/input_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "models/compile/compile.h"
#include "models/graph.h"
#include "models/problem.h"
#include "models/simulation/replication.h"
#include "tools/studies/increase.h"
#include "tools/studies/judge.h"
#include "tools/studies/more_replications.h"
#include "tools/studies/promised_probe.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

constexpr double no_shift = std::numeric_limits<double>::quiet_NaN();
/// Fewer of the draws with data than this tell no interval.
constexpr double enough_draws = 0.8;

/// The k-th of n is the k / (n + 1) quantile, with straight lines between.
double quantile_of(const std::vector<double>& ascending, double p) {
    const double at = p * static_cast<double>(ascending.size() + 1) - 1;
    if (at <= 0) return ascending.front();
    const auto below = static_cast<std::size_t>(at);
    if (below + 1 >= ascending.size()) return ascending.back();
    return ascending[below] + (at - static_cast<double>(below)) * (ascending[below + 1] - ascending[below]);
}

/// As independent errors add. Not std::hypot, which differs between processors; squares of what people measure do not
/// overflow.
double root_of_squares(double a, double b) { return std::sqrt(a * a + b * b); }

void judge_again(ObjectiveResult& objective) {
    const Estimate& estimate = objective.estimate;
    if (!estimate.input) return;
    const WidenedVerdict verdict = verdict_of(estimate, objective.comparison, objective.limit);
    const bool decided = objective.verdict != Verdict::inconclusive;
    if (!verdict.unsettled || (!decided && objective.reason != Reason::precision)) return;
    if (verdict.inputs_decide || decided) {
        objective.more_replications = verdict.more_replications;
        objective.explanation = explanation_of(verdict, false);
    } else if (objective.more_replications > 0 && verdict.more_replications > objective.more_replications) {
        objective.more_replications = verdict.more_replications;
        objective.explanation = more_replications(verdict.more_replications) + " would settle it";
    }
    objective.verdict = Verdict::inconclusive;
    objective.reason = Reason::precision;
}

}  // namespace

std::optional<DrawnShifts> shifts_of(const PreparedRun& prepared, const models::Scenario& drawn,
                                     const RunResult& usual, std::int64_t draw, const std::atomic<bool>& stop,
                                     std::atomic<std::int64_t>* progress) {
    models::Problems problems;
    const models::ScenarioGraph graph(drawn);
    const std::shared_ptr<const models::Model> model = models::compile(
        drawn, graph, prepared.measures, std::vector<bool>(prepared.measures.size(), false), problems);
    if (!model) return DrawnShifts();
    const std::int64_t of = usual.replications_done;
    const std::int64_t indices[shifts_a_draw] = {draw % of, (draw + of / 2) % of};
    std::vector<std::vector<std::optional<double>>> values;
    for (const std::int64_t index : indices) {
        models::ReplicationOptions one;
        one.seed = prepared.scenario.run.seed;
        number(one, prepared.scenario.run, static_cast<std::uint64_t>(index));
        one.warm_up = usual.pilots.warm_up;
        one.stop = &stop;
        one.progress = progress;
        auto outcome = models::run_replication(model, one);
        if (!outcome) return std::nullopt;
        if (outcome->broken_off || !outcome->deadlock.empty()) return DrawnShifts();
        values.push_back(std::move(outcome->values));
    }
    DrawnShifts shifts(usual.metrics.size());
    for (std::size_t i = 0; i < shifts.size(); ++i)
        for (std::size_t k = 0; k < shifts_a_draw; ++k)
            shifts[i][k] = values[k][i].value_or(no_shift) -
                           usual.metrics[i].by_replication[static_cast<std::size_t>(indices[k])];
    return shifts;
}

std::string why_left_out(std::int64_t simulated, std::int64_t draws) {
    if (simulated == draws) return "";
    return fmt::format("with {} of {} draws of the inputs the twin could not be simulated to its end; {}",
                       draws - simulated, draws,
                       are_enough(simulated, draws) ? "they are left out of the intervals"
                                                    : "intervals are as if the parameters were known");
}

bool are_enough(std::int64_t with_data, std::int64_t draws) {
    return with_data >= 2 && static_cast<double>(with_data) >= enough_draws * static_cast<double>(draws);
}

std::optional<PartOfInterval> offset_of(const std::vector<Shifts>& by_draw, double level) {
    std::vector<double> means;
    double within = 0;
    for (const Shifts& one : by_draw) {
        if (!std::isfinite(one[0]) || !std::isfinite(one[1])) continue;
        means.push_back((one[0] + one[1]) / 2);
        within += (one[0] - one[1]) * (one[0] - one[1]) / 2;
    }
    if (!are_enough(std::ssize(means), std::ssize(by_draw))) return std::nullopt;
    const auto n = static_cast<double>(means.size());
    double sum = 0, squares = 0;
    for (const double one : means) sum += one;
    const double mean = sum / n;
    for (const double one : means) squares += (one - mean) * (one - mean);
    const double between = squares / (n - 1), noise = within / n / 2;
    const double kept = between > noise ? std::sqrt((between - noise) / between) : 0;
    for (double& one : means) one = mean + kept * (one - mean);
    std::sort(means.begin(), means.end());
    return PartOfInterval{quantile_of(means, (1 - level) / 2), quantile_of(means, (1 + level) / 2)};
}

std::optional<PartOfInterval> offset_of(const std::vector<DrawnShifts>& draws, std::size_t measure,
                                        double level) {
    std::vector<Shifts> by_draw;
    for (const DrawnShifts& draw : draws) by_draw.push_back(draw[measure]);
    return offset_of(by_draw, level);
}

void widen(Estimate& estimate, const PartOfInterval& offset, const kernel::Range& range) {
    if (!estimate.value || !estimate.low || !estimate.high) return;
    const double value = *estimate.value;
    const auto within = [&](double bound) { return std::clamp(bound, range.low, range.high); };
    estimate.simulation = PartOfInterval{*estimate.low, *estimate.high};
    estimate.input = PartOfInterval{within(value + offset.low), within(value + offset.high)};
    estimate.low = std::min(
        *estimate.low, within(value - root_of_squares(value - *estimate.low, std::min(0.0, offset.low))));
    estimate.high = std::max(
        *estimate.high, within(value + root_of_squares(*estimate.high - value, std::max(0.0, offset.high))));
}

void widen(kernel::Estimate& estimate, const PartOfInterval& offset) {
    estimate.low =
        estimate.centre - root_of_squares(estimate.centre - estimate.low, std::min(0.0, offset.low));
    estimate.high =
        estimate.centre + root_of_squares(estimate.high - estimate.centre, std::max(0.0, offset.high));
}

WidenedVerdict verdict_of(const Estimate& widened, models::Comparison comparison, double limit) {
    const auto crosses = [&](double low, double high) {
        return holds(comparison, low, limit) != holds(comparison, high, limit);
    };
    WidenedVerdict verdict;
    verdict.unsettled = crosses(*widened.low, *widened.high);
    if (!verdict.unsettled) return verdict;
    verdict.inputs_decide = crosses(widened.input->low, widened.input->high);
    if (verdict.inputs_decide) return verdict;
    // What the simulation may be off by, beside what the inputs take of the distance.
    const double value = *widened.value, away = std::fabs(value - limit);
    const double taken = limit < value ? value - widened.input->low : widened.input->high - value;
    const double left = std::sqrt(std::max(0.0, away * away - taken * taken));
    const Estimate simulated{value, widened.simulation->low, widened.simulation->high, widened.level,
                             widened.replications};
    const std::int64_t more =
        replications_to_settle(simulated, limit < value ? value - left : value + left, Narrows::as_student);
    if (more <= most_that_help) verdict.more_replications = more;
    return verdict;
}

std::string explanation_of(const WidenedVerdict& verdict, bool of_each) {
    if (verdict.inputs_decide)
        return "the parameters are not known well enough: a longer log would settle it, more replications "
               "would not";
    std::string text = "the parameters are not known well enough for so few replications";
    if (verdict.more_replications > 0)
        text += "; " + more_replications(verdict.more_replications) + (of_each ? " of each" : "") +
                " would settle it";
    return text;
}

void put_input_part(const PreparedRun& prepared, const std::vector<DrawnShifts>& draws, RunResult& result) {
    for (std::size_t i = 0; i < result.metrics.size(); ++i) {
        MetricResult& metric = result.metrics[i];
        const kernel::Range range = range_of(prepared.measures[i]);
        if (const auto offset = offset_of(draws, i, metric.estimate.level))
            widen(metric.estimate, *offset, range);
    }
    for (std::size_t i = 0; i < result.objectives.size(); ++i) {
        const std::size_t probe = probe_of(prepared, prepared.scenario.objectives[i]);
        Estimate& promised = result.objectives[i].estimate;
        if (const auto offset = offset_of(draws, probe, promised.level))
            widen(promised, *offset, range_of(prepared.measures[probe]));
        judge_again(result.objectives[i]);
    }
}

}  // namespace understudy::studies
