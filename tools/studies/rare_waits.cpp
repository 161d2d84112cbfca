#include "tools/studies/rare_waits.h"

#include <algorithm>

namespace understudy::studies {

namespace {

bool is_mean_of(const models::Measure& measure, models::Metric metric) {
    return measure.aggregate == models::Aggregate::average && measure.metric == metric && !measure.items &&
           !measure.during;
}

bool all_zero(const Seen& seen) {
    const auto& all = seen.sections.all();
    return !all.empty() && std::all_of(all.begin(), all.end(), [](const kernel::Observed& one) {
        return one.mean == 0 && one.weight > 0;
    });
}

}  // namespace

void allow_for_rare_waits(const PreparedRun& prepared, std::vector<Seen>& seen) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
        seen[i].least = 0;
        const models::Measure& wait = prepared.measures[i];
        if (!is_mean_of(wait, models::Metric::wait) || !all_zero(seen[i])) continue;
        const models::Answer& known = prepared.answers[i];
        if (known.kind == models::Answer::Kind::exact && known.value == 0) continue;
        for (std::size_t k = 0; k < seen.size(); ++k) {
            const models::Measure& stay = prepared.measures[k];
            if (!is_mean_of(stay, models::Metric::latency) || stay.scope != wait.scope ||
                stay.of_load != wait.of_load || !stay.scope_to.empty())
                continue;
            double sum = 0, weight = 0, items = 0;
            for (const kernel::Observed& one : seen[k].sections.all()) {
                sum += one.mean * one.weight;
                weight += one.weight;
            }
            for (const kernel::Observed& one : seen[i].sections.all()) items += one.weight;
            if (!(weight > 0) || !(items > 0)) continue;
            const auto sections = static_cast<double>(seen[i].sections.all().size());
            seen[i].least = sum / weight / (items / sections);
            break;
        }
    }
}

bool none_was_seen(const Seen& seen) { return seen.least > 0; }

}  // namespace understudy::studies
