#include "tools/studies/credibility.h"

#include <algorithm>
#include <cmath>

#include "tools/studies/judge.h"
#include "tools/studies/rehearse.h"

namespace understudy::studies {

namespace {

/// The share that the answer is about; nothing where it is of no size, or of any.
std::optional<double> share_at_stake(const Accepted& entry) {
    if (!entry.candidate) return std::nullopt;
    if (entry.kind == Accepted::Kind::objective) {
        if (*entry.candidate == 0) return std::nullopt;
        return std::fabs(entry.limit - *entry.candidate) / std::fabs(*entry.candidate);
    }
    if (!entry.baseline || *entry.baseline == 0 || *entry.candidate == *entry.baseline) return std::nullopt;
    return std::fabs(*entry.candidate - *entry.baseline) / std::fabs(*entry.baseline);
}

/// Of a metric that the measure is of; else of durations, the largest.
const CalibrationError* error_for(const Accepted& entry, const std::vector<CalibrationError>& calibration) {
    const CalibrationError* found = nullptr;
    const auto take = [&](const CalibrationError& one) {
        if (found == nullptr || one.error > found->error) found = &one;
    };
    for (const CalibrationError& one : calibration)
        if (one.of_metric && entry.measure.find(one.of) != std::string::npos) take(one);
    if (found != nullptr || entry.unit != "s") return found;
    for (const CalibrationError& one : calibration)
        if (!one.of_metric) take(one);
    return found;
}

/// Whether an increase that was off by a share of the baseline's value, either way, would be judged otherwise.
bool could_turn(const Accepted& entry, double error) {
    if (entry.kind == Accepted::Kind::objective || !entry.baseline || !entry.candidate) return true;
    const double unit = entry.relative ? 1 : std::fabs(*entry.baseline);
    const double difference = *entry.candidate - *entry.baseline;
    const double estimate = entry.relative ? difference / std::fabs(*entry.baseline) : difference;
    const double low = std::min(estimate, entry.estimate.low.value_or(estimate)) - error * unit;
    const double high = std::max(estimate, entry.estimate.high.value_or(estimate)) + error * unit;
    const bool met = entry.verdict == Verdict::met;
    return holds(entry.comparison, low, entry.limit) != met ||
           holds(entry.comparison, high, entry.limit) != met;
}

}  // namespace

void judge_credibility(Accepted& entry, const std::vector<CalibrationError>& calibration,
                       const std::string& trusted) {
    const CalibrationError* error = error_for(entry, calibration);
    const auto effect = share_at_stake(entry);
    if (error == nullptr || !effect) return;
    entry.effect = effect;
    entry.calibration_error = error->error;
    if (*effect >= error->error || !trusted.empty() || entry.verdict == Verdict::inconclusive ||
        !could_turn(entry, error->error))
        return;
    entry.verdict = Verdict::inconclusive;
    entry.reason = Reason::not_credible;
    entry.explanation = "the twin was off by " + percent(std::round(error->error * 1000) / 1000) +
                        " in the median of " + std::to_string(error->held_out) + " that were held out (" +
                        error->source + "), more than the " + percent(std::round(*effect * 1000) / 1000) +
                        " that this is about";
    entry.smallest_effect.reset();
    entry.replications_needed = 0;
    entry.more_would_help = false;
}

}  // namespace understudy::studies
