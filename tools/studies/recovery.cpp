#include "tools/studies/recovery.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "models/compile/compile.h"
#include "tools/studies/judge.h"
#include "tools/studies/mean_estimate.h"
#include "tools/studies/setting_test.h"

namespace understudy::studies {

namespace {

using models::Aggregate;
using models::Metric;

/// Stretches of time from a disturbance to the end of the run, in which promises are looked at.
constexpr int stretches = 20;
/// Pairs from one look at the clock to the next.
constexpr std::int64_t at_a_time = 10;
/// What is measured before the stretches: the peak and what is lost, late and dead-lettered.
constexpr std::size_t counted = 4;

/// Whether a promise can be looked at in any stretch of time.
bool goes_on(const models::Measure& measure) {
    if (measure.during || !measure.during_action.empty() || measure.items || measure.by_clock ||
        measure.by_offset)
        return false;
    switch (measure.aggregate) {
        case Aggregate::average:
        case Aggregate::quantile:
        case Aggregate::maximum:
        case Aggregate::minimum:
        case Aggregate::share:
        case Aggregate::rate: return true;
        default: return false;
    }
}

Estimate more_than(const std::vector<double>& without, const std::vector<double>& with, double confidence) {
    Estimate result;
    result.level = confidence;
    result.replications = std::ssize(with);
    if (const auto difference = kernel::paired_difference(without, with, confidence)) {
        result.value = difference->estimate.centre;
        result.low = difference->estimate.low;
        result.high = difference->estimate.high;
    }
    return result;
}

/// All disturbances that happen at one instant, and what they have in common.
class Instant {
public:
    Instant(const Study& study, const models::Scenario& base,
            const std::vector<models::Objective>& objectives, kernel::Time at)
        : study_(study), base_(base), objectives_(objectives), at_(at) {
        const kernel::Time end = base.run.length.value_or(kernel::never);
        const auto add = [&](models::Measure measure, kernel::Time from, kernel::Time to,
                             const std::string& text) {
            measure.during = models::Measure::Window{from, to, std::nullopt};
            measure.text = text;
            asked_.measures.push_back(std::move(measure));
        };
        asked_.objectives = objectives;
        models::Measure peak;
        peak.aggregate = Aggregate::maximum;
        peak.metric = Metric::present;
        peak.text = "max present()";
        if (study.recovered) peak = study.recovered->peak;
        peak_ = peak;
        add(peak, at, end, "the most there is");
        models::Measure total;
        total.aggregate = Aggregate::total;
        total.metric = Metric::lost;
        add(total, at, end, "lost");
        total.metric = Metric::late;
        add(total, at, end, "late");
        total.metric = Metric::dead_lettered;
        add(total, at, end, "dead-lettered");
        for (std::size_t i = 0; i < objectives.size() && base.run.length && end > at; ++i) {
            if (!goes_on(objectives[i].measure)) continue;
            for (int s = 0; s < stretches; ++s) {
                const kernel::Time from = at + (end - at) / stretches * s,
                                   to = at + (end - at) / stretches * (s + 1);
                looks_.push_back({i, to});
                add(objectives[i].measure, from, to, "stretch " + std::to_string(looks_.size()));
            }
        }
        asked_.moments = {{Moment::Which::first, "", true, at},
                          {Moment::Which::last, Recovered::well, false, 0},
                          {Moment::Which::last, Recovered::unwell, false, 0}};
    }

    const Asked& asked() const { return asked_; }

    RecoveryResult result(const Disturbance& disturbance, const std::vector<std::vector<double>>& without,
                          const std::vector<std::vector<double>>& with, const SettingTest& test,
                          double confidence) const {
        RecoveryResult result;
        result.name = disturbance.name;
        result.at_s = kernel::to_seconds(at_);
        if (disturbance.lasts) result.lasts_s = kernel::to_seconds(*disturbance.lasts);
        result.replications = std::ssize(with);
        const std::size_t first = objectives_.size();
        result.peak_of = peak_.text;
        result.peak_unit = models::unit_of(peak_, base_);
        result.peak = mean_estimate(column(with, first), confidence);
        result.peak_without = mean_estimate(column(without, first), confidence);
        result.lost = mean_estimate(column(with, first + 1), confidence);
        result.lost_more = more_than(column(without, first + 1), column(with, first + 1), confidence);
        result.late = mean_estimate(column(with, first + 2), confidence);
        result.late_more = more_than(column(without, first + 2), column(with, first + 2), confidence);
        result.dead_lettered_more =
            more_than(column(without, first + 3), column(with, first + 3), confidence);
        detect(without, with, confidence, result);
        if (study_.recovered) result.drained = drain(disturbance, with, confidence);
        const WrongChances wrong{(1 - confidence) / 2, (1 - confidence) / 2};
        for (std::size_t i = 0; i < objectives_.size(); ++i)
            result.promises.push_back({objectives_[i].text, models::unit_of(objectives_[i].measure, base_),
                                       objectives_[i].limit, test.verdict_of(i, wrong),
                                       test.estimate(i, confidence)});
        return result;
    }

private:
    /// A promise, and the end of the stretch in which it is looked at.
    struct Look {
        std::size_t objective = 0;
        kernel::Time end = 0;
    };

    static std::vector<double> column(const std::vector<std::vector<double>>& rows, std::size_t at) {
        std::vector<double> values;
        for (const std::vector<double>& row : rows)
            if (std::isfinite(row[at])) values.push_back(row[at]);
        return values;
    }

    bool broken(const Look& look, double value) const {
        const models::Objective& objective = objectives_[look.objective];
        return std::isfinite(value) && !holds(objective.comparison, value, objective.limit);
    }

    void detect(const std::vector<std::vector<double>>& without, const std::vector<std::vector<double>>& with,
                double confidence, RecoveryResult& result) const {
        const std::size_t first_look = objectives_.size() + counted, alert = first_look + looks_.size();
        std::vector<double> times;
        std::map<std::string, int> by;
        for (std::size_t r = 0; r < with.size(); ++r) {
            double at = INFINITY;
            std::string what;
            if (std::isfinite(with[r][alert]) && !(without[r][alert] <= with[r][alert])) {
                at = with[r][alert];
                what = "an alert";
            }
            for (std::size_t i = 0; i < looks_.size(); ++i) {
                const double end = kernel::to_seconds(looks_[i].end);
                if (end >= at || !broken(looks_[i], with[r][first_look + i]) ||
                    broken(looks_[i], without[r][first_look + i]))
                    continue;
                at = end;
                what = objectives_[looks_[i].objective].text;
            }
            if (!std::isfinite(at)) continue;
            times.push_back(at - kernel::to_seconds(at_));
            ++by[what];
        }
        result.detected = {std::ssize(times), mean_estimate(times, confidence)};
        std::vector<std::pair<int, std::string>> order;
        for (const auto& [what, times_seen] : by) order.emplace_back(-times_seen, what);
        std::sort(order.begin(), order.end());
        for (const auto& [times_seen, what] : order) result.detected_by.push_back(what);
    }

    RecoveryResult::Timing drain(const Disturbance& disturbance, const std::vector<std::vector<double>>& with,
                                 double confidence) const {
        const std::size_t alert = objectives_.size() + counted + looks_.size();
        const double end = kernel::to_seconds(at_ + disturbance.lasts.value_or(0));
        std::vector<double> times;
        for (const std::vector<double>& row : with) {
            const double well = row[alert + 1], unwell = row[alert + 2];
            if (!std::isfinite(unwell))
                times.push_back(0);
            else if (well >= unwell)
                times.push_back(std::max(0.0, well - end));
        }
        return {std::ssize(times), mean_estimate(times, confidence)};
    }

    const Study& study_;
    const models::Scenario& base_;
    const std::vector<models::Objective>& objectives_;
    kernel::Time at_;
    models::Measure peak_;
    Asked asked_;
    std::vector<Look> looks_;
};

}  // namespace

std::vector<RecoveryResult> recovery(const Study& study, const ReadBase& read,
                                     const std::vector<models::Objective>& objectives, double confidence,
                                     kernel::Time warm_up, UnitWork& work) {
    const models::Scenario base = read({});
    std::map<kernel::Time, std::vector<std::size_t>> by_instant;
    for (std::size_t d = 0; d < study.disturbances.size(); ++d)
        by_instant[study.disturbances[d].at].push_back(d);
    std::vector<RecoveryResult> results(study.disturbances.size());
    for (std::size_t d = 0; d < results.size(); ++d) {
        results[d].name = study.disturbances[d].name;
        results[d].at_s = kernel::to_seconds(study.disturbances[d].at);
    }
    const std::vector<std::string> watched =
        study.recovered ? study.recovered->overrides : std::vector<std::string>();
    for (const auto& [at, disturbances] : by_instant) {
        const Instant instant(study, base, objectives, at);
        // What happens before the warm-up's end is to be seen as well.
        const auto question = work.ask(instant.asked(), base.run.seed, std::min(warm_up, at), false);
        // The first runs are without any of them.
        std::vector<std::vector<std::vector<double>>> rows(disturbances.size() + 1);
        std::vector<SettingTest> tests(disturbances.size() + 1, SettingTest(objectives));
        for (std::int64_t first = 0; first < base.run.replications; first += at_a_time) {
            std::vector<Unit> units;
            std::vector<std::size_t> whose;
            for (std::int64_t number = first; number < std::min(first + at_a_time, base.run.replications);
                 ++number)
                for (std::size_t s = 0; s <= disturbances.size(); ++s) {
                    Unit unit{watched, static_cast<std::uint64_t>(number), 1};
                    if (s > 0) unit.overrides.push_back(study.disturbances[disturbances[s - 1]].override);
                    units.push_back(std::move(unit));
                    whose.push_back(s);
                }
            work.run(*question, units, [&](std::size_t index, const UnitOutcome& outcome) {
                tests[whose[index]].add(outcome);
                for (const UnitOutcome::Replication& one : outcome.replications) {
                    std::vector<double> row;
                    for (const Evidence& evidence : one.evidence) row.push_back(evidence.value);
                    rows[whose[index]].push_back(std::move(row));
                }
            });
            if (work.end() != UnitWork::End::none) break;
        }
        for (std::size_t s = 1; s < rows.size(); ++s) {
            const std::size_t pairs = std::min(rows[0].size(), rows[s].size());
            if (pairs == 0) {
                results[disturbances[s - 1]].why = work.why_ended();
                continue;
            }
            std::vector<std::vector<double>> without(rows[0].begin(),
                                                     rows[0].begin() + static_cast<std::ptrdiff_t>(pairs));
            rows[s].resize(pairs);
            tests[s].look();
            results[disturbances[s - 1]] = instant.result(study.disturbances[disturbances[s - 1]], without,
                                                          rows[s], tests[s], confidence);
        }
    }
    return results;
}

}  // namespace understudy::studies
