#include "tools/studies/precision.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "kernel/special_functions.h"
#include "tools/studies/heavy_tails.h"
#include "tools/studies/judge.h"
#include "tools/studies/promised_probe.h"

namespace understudy::studies {

namespace {

/// The half width that is narrow enough; the wider side of an interval counts.
double wanted(const Estimate& estimate, double precision, double scale) {
    const double size = *estimate.value != 0 ? std::fabs(*estimate.value) : std::fabs(scale);
    return precision / (1 + precision) * size;
}

double half_width(const Estimate& estimate) {
    return std::max(*estimate.high - *estimate.value, *estimate.value - *estimate.low);
}

double scale_of(const PreparedRun& prepared, std::size_t probe) {
    for (const models::Objective& objective : prepared.scenario.objectives)
        if (probe_of(prepared, objective) == probe) return objective.limit;
    return 0;
}

/// No number of replications gives it an interval that holds.
bool never_precise(const PreparedRun& prepared, std::size_t probe) {
    return !why_no_variance(prepared.measures[probe], prepared.heavy_tails).empty();
}

}  // namespace

std::int64_t most_replications(const PreparedRun& prepared) {
    constexpr double most_values = 2e8;
    const models::Model& model = *prepared.model;
    if (!prepared.scenario.run.length || model.sample <= 0) return most_for_precision;
    const auto series = std::count_if(model.probes.begin(), model.probes.end(),
                                      [](const models::ProbeRow& probe) { return probe.series; });
    const double values = static_cast<double>(series) * static_cast<double>(*prepared.scenario.run.length) /
                          static_cast<double>(model.sample);
    return std::max(prepared.scenario.run.replications,
                    static_cast<std::int64_t>(std::min(static_cast<double>(most_for_precision),
                                                       most_values / std::max(values, 1.0))));
}

bool is_precise(const Estimate& estimate, double precision, double scale) {
    if (!estimate.value || !estimate.low) return false;
    const double want = wanted(estimate, precision, scale);
    return half_width(estimate) <= want || !(want > 0);
}

std::optional<double> replications_for(const Estimate& estimate, double precision, double scale) {
    if (!estimate.value || !estimate.low || estimate.replications < 2) return std::nullopt;
    const double want = wanted(estimate, precision, scale), have = half_width(estimate);
    if (!(want > 0)) return 0;
    const auto n = static_cast<double>(estimate.replications);
    // The normal approximation of Wilson and Hilferty 1931 to the lower fifth of chi-square over its degrees of freedom.
    const double freedom = n - 1, spread = 2 / (9 * freedom);
    const double root = std::max(0.2, 1 - spread + kernel::normal_quantile(0.2) * std::sqrt(spread));
    const double chance = 1 / (root * root * root);
    return n * (have / want) * (have / want) * chance;
}

std::size_t precise_probes(const PreparedRun& prepared) {
    if (prepared.promised > 0) return prepared.promised;
    return std::max<std::size_t>(prepared.scenario.measures.size(), 1);
}

std::int64_t replications_needed(const PreparedRun& prepared, const std::vector<Seen>& seen, bool planned) {
    const models::Run& run = prepared.scenario.run;
    double most = 0;
    for (std::size_t i = 0; i < std::min(precise_probes(prepared), seen.size()); ++i) {
        if (seen[i].with_data == 0) continue;  // more of them would see nothing either
        if (never_precise(prepared, i)) continue;
        Estimate found = estimate(prepared.measures[i], seen[i], run.confidence);
        const double scale = scale_of(prepared, i);
        if (!planned && is_precise(found, *run.precision, scale)) continue;
        const auto together = static_cast<double>(seen[i].together);
        found.replications /= seen[i].together;  // those that are independent
        const auto needed = replications_for(found, *run.precision, scale);
        most = std::max(most,
                        needed ? together * *needed : 2 * static_cast<double>(seen[i].by_replication.size()));
    }
    const auto limit = static_cast<double>(most_replications(prepared));
    return static_cast<std::int64_t>(std::ceil(std::min(most, limit)));
}

void say_of_precision(const PreparedRun& prepared, const std::vector<Seen>& seen, std::int64_t replications,
                      RunResult& result) {
    const models::Run& run = prepared.scenario.run;
    result.replications_reason = "for intervals within " + percent(*run.precision) + " of their estimates";
    for (std::size_t i = 0; i < std::min(precise_probes(prepared), seen.size()); ++i) {
        const Estimate found = estimate(prepared.measures[i], seen[i], run.confidence);
        if (never_precise(prepared, i)) {
            result.warnings.push_back({"no precision was aimed for in '" + prepared.measures[i].text +
                                       "': no number of replications gives it an interval that holds"});
            continue;
        }
        if (is_precise(found, *run.precision, scale_of(prepared, i))) continue;
        result.warnings.push_back({"'" + prepared.measures[i].text + "' is not within " +
                                   percent(*run.precision) + " after " + std::to_string(replications) +
                                   " replications, the most that a precision may take here"});
    }
}

}  // namespace understudy::studies
