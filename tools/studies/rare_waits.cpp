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

bool is_exactly_none(const models::Answer& answer) {
    return answer.kind == models::Answer::Kind::exact && answer.value == 0;
}

/// Whether there are as many workers as it takes, always, where a measure is of.
bool has_all_workers(const models::Scenario& scenario, const std::string& scope) {
    if (std::any_of(scenario.actions.begin(), scenario.actions.end(),
                    [](const models::Action& action) { return action.verb != models::Action::Verb::alert; }))
        return false;
    const auto all = [](const models::Workers& workers) {
        return workers.count == models::unlimited && !workers.least && workers.steps.empty() &&
               workers.groups.empty() && workers.outages.empty();
    };
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.name == scope)
            return stage.work.workers && all(*stage.work.workers) && stage.work.spends.empty();
    return false;
}

/// Whether formulas know it of where a measure is of, or nothing is ever in line there.
bool nobody_waits(const PreparedRun& prepared, const models::Measure& measure) {
    if (has_all_workers(prepared.scenario, measure.scope)) return true;
    for (std::size_t k = 0; k < prepared.measures.size(); ++k) {
        const models::Measure& mean = prepared.measures[k];
        if (mean.scope == measure.scope && is_exactly_none(prepared.answers[k]) &&
            (is_plain_mean_of(mean, models::Metric::wait) || is_plain_mean_of(mean, models::Metric::waiting)))
            return true;
    }
    return false;
}

/// One item that waits is one more in line, for about a stay, in one replication.
double least_extreme(const PreparedRun& prepared, const models::Measure& measure, std::size_t number,
                     const std::vector<Seen>& seen) {
    const std::vector<double>& values = seen[number].by_replication;
    const auto zeros = std::count(values.begin(), values.end(), 0.0);
    if (2 * zeros < std::ssize(values) || nobody_waits(prepared, measure)) return 0;
    const double size = measure.metric == models::Metric::waiting ? 1 : mean_stay(prepared, measure, seen);
    return size / static_cast<double>(std::max<std::int64_t>(seen[number].together, 1));
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
        const bool waits =
            measure.metric == models::Metric::wait || measure.metric == models::Metric::waiting;
        if (waits && measure.aggregate == models::Aggregate::maximum) {
            seen[i].least = least_extreme(prepared, measure, i, seen);
            continue;
        }
        const bool line = is_plain_mean_of(measure, models::Metric::waiting) && prepared.scenario.run.length;
        if (!(line || is_plain_mean_of(measure, models::Metric::wait)) || !all_zero(seen[i])) continue;
        if (is_exactly_none(prepared.answers[i])) continue;
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
