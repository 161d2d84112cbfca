#include "tools/studies/rare_waits.h"

#include <algorithm>
#include <cstddef>

namespace understudy::studies {

namespace {

bool all_zero(const Seen& seen) {
    const auto& all = seen.sections.all();
    if (all.empty())
        return seen.with_data > 0 && std::all_of(seen.by_replication.begin(), seen.by_replication.end(),
                                                 [](double value) { return !(value != 0); });
    return std::all_of(all.begin(), all.end(), [](const kernel::Observed& one) { return one.mean == 0; });
}

/// The mean stay where a measure is of, in seconds; 0 where nobody was there, or nobody asked.
double mean_stay(const PreparedRun& prepared, const models::Measure& measure, const std::vector<Seen>& seen) {
    for (std::size_t k = 0; k < seen.size(); ++k) {
        const models::Measure& stay = prepared.measures[k];
        if (!is_plain_mean_of(stay, models::Metric::latency) || stay.scope != measure.scope ||
            stay.of_load != measure.of_load || !stay.scope_to.empty())
            continue;
        double sum = 0, weight = 0;
        for (const kernel::Observed& one : seen[k].sections.all())
            if (one.weight > 0) {
                sum += one.mean * one.weight;
                weight += one.weight;
            }
        if (weight > 0) return sum / weight;
    }
    return 0;
}

}  // namespace

bool is_plain_mean_of(const models::Measure& measure, models::Metric metric) {
    return measure.aggregate == models::Aggregate::average && measure.metric == metric && !measure.items &&
           !measure.during;
}

void allow_for_rare_waits(const PreparedRun& prepared, kernel::Time warm_up, std::vector<Seen>& seen) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
        seen[i].least = 0;
        const models::Measure& measure = prepared.measures[i];
        const bool line = is_plain_mean_of(measure, models::Metric::waiting) && prepared.scenario.run.length;
        if (!(line || is_plain_mean_of(measure, models::Metric::wait)) || !all_zero(seen[i])) continue;
        const models::Answer& known = prepared.answers[i];
        if (known.kind == models::Answer::Kind::exact && known.value == 0) continue;
        // What the stay is divided by in the mean of one value: the time, or the items.
        double among = 0;
        if (line) {
            const auto together = static_cast<double>(seen[i].together);
            among = together * kernel::to_seconds(*prepared.scenario.run.length - warm_up);
        } else {
            for (const kernel::Observed& one : seen[i].sections.all())
                among += one.weight / static_cast<double>(seen[i].sections.all().size());
        }
        if (among > 0) seen[i].least = mean_stay(prepared, measure, seen) / among;
    }
}

}  // namespace understudy::studies
