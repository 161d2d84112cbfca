#include "tools/studies/recovery.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "models/compile/compile.h"
#include "tools/studies/constraints.h"
#include "tools/studies/evidence.h"
#include "tools/studies/harm.h"
#include "tools/studies/mean_estimate.h"
#include "tools/studies/setting_test.h"
#include "tools/studies/watched_run.h"

namespace understudy::studies {

namespace {

using models::Aggregate;
using models::Metric;

/// Looks in the time of a window, and at most in all.
constexpr std::int64_t looks_a_window = 20, most_looks = 100'000;
/// A window is so much of how long a disturbance lasts, or of the rest of the run.
constexpr std::int64_t windows_a_disturbance = 10;
/// Pairs from one look at the clock to the next.
constexpr std::int64_t at_a_time = 10;
/// What is measured: the peak, what is lost, dead-lettered and left, then what is late, by stage.
constexpr std::size_t peaks = 0, losses = 1, dead_letters = 2, lefts = 3, lates = 4;

kernel::Time window_of(const Study& study, const Disturbance& disturbance, const models::Scenario& base) {
    if (study.window) return *study.window;
    if (disturbance.lasts) return std::max<kernel::Time>(1, *disturbance.lasts / windows_a_disturbance);
    const kernel::Time rest = base.run.length.value_or(kernel::never) - disturbance.at;
    return std::clamp<kernel::Time>(rest / windows_a_disturbance, 1, kernel::minute);
}

/// What is so of one and not of the other.
Turns but_not(const Turns& one, const Turns& other) {
    std::vector<double> instants = one.at;
    instants.insert(instants.end(), other.at.begin(), other.at.end());
    std::sort(instants.begin(), instants.end());
    Turns result;
    for (const double instant : instants) {
        const bool so = one.is_so(instant) && !other.is_so(instant);
        if (so != (result.at.size() % 2 == 1)) result.at.push_back(instant);
    }
    return result;
}

/// What is so of any.
Turns any_of(const std::vector<Turns>& all) {
    std::vector<double> instants;
    for (const Turns& one : all) instants.insert(instants.end(), one.at.begin(), one.at.end());
    std::sort(instants.begin(), instants.end());
    Turns result;
    for (const double instant : instants) {
        const bool so =
            std::any_of(all.begin(), all.end(), [&](const Turns& one) { return one.is_so(instant); });
        if (so != (result.at.size() % 2 == 1)) result.at.push_back(instant);
    }
    return result;
}

/// The first instant at which it begins to be so, not before another.
double first_begin(const Turns& turns, double from) {
    for (std::size_t i = 0; i < turns.at.size(); i += 2)
        if (turns.at[i] >= from) return turns.at[i];
    return INFINITY;
}

/// From when on, not before `from`, it is not so for `lasts`, which are over by `end`; infinite: never.
double over_since(const Turns& turns, double from, double lasts, double end) {
    for (double since = from;;) {
        const auto next = std::upper_bound(turns.at.begin(), turns.at.end(), since);
        if (!turns.is_so(since)) {
            if (since + lasts > end) return INFINITY;
            if (next == turns.at.end() || *next - since >= lasts) return since;
        }
        if (next == turns.at.end()) return INFINITY;
        since = *next;
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

/// All disturbances that happen at one instant and are looked at in windows of one length, and what they have in common.
class Instant {
public:
    Instant(const Study& study, const models::Scenario& base,
            const std::vector<models::Objective>& objectives, kernel::Time at, kernel::Time window)
        : study_(study),
          base_(base),
          objectives_(objectives),
          at_(at),
          end_(base.run.length.value_or(kernel::never)),
          window_(window) {
        const auto add = [&](models::Measure measure) {
            measure.during = models::Measure::Window{at_, end_, std::nullopt};
            asked_.measures.push_back(std::move(measure));
        };
        asked_.objectives = objectives;
        peak_.aggregate = Aggregate::maximum;
        peak_.metric = Metric::present;
        peak_.text = "max present()";
        if (study.recovered) peak_ = study.recovered->peak;
        add(peak_);
        asked_.measures.back().text = "the most there is";
        for (const Metric metric : {Metric::lost, Metric::dead_lettered}) {
            models::Measure total;
            total.aggregate = Aggregate::total;
            total.metric = metric;
            total.text = models::name_of(metric);
            add(std::move(total));
        }
        models::Measure left;
        left.aggregate = Aggregate::at;
        left.metric = Metric::present;
        left.at = base.run.length;
        left.text = "what is left";
        asked_.measures.push_back(std::move(left));
        for (models::Measure& late : late_of(base)) add(std::move(late));
        asked_.moments = {{Moment::Which::first, "", true, at}};
        const kernel::Time step = std::max({kernel::Time{1}, window / looks_a_window,
                                            base.run.length ? (end_ - at_) / most_looks : kernel::Time{1}});
        asked_.watch = Watch{at, step, static_cast<std::size_t>(std::max<kernel::Time>(1, window / step))};
    }

    const Asked& asked() const { return asked_; }
    void keep(const MeasuredDurations& durations) { asked_.durations = durations.measures; }

    RecoveryResult result(const Disturbance& disturbance, const std::vector<std::vector<Evidence>>& without,
                          const std::vector<std::vector<Evidence>>& with, const SettingTest& test,
                          double confidence) const {
        RecoveryResult result;
        result.name = disturbance.name;
        result.at_s = kernel::to_seconds(at_);
        if (disturbance.lasts) result.lasts_s = kernel::to_seconds(*disturbance.lasts);
        result.replications = std::ssize(with);
        result.peak_of = peak_.text;
        result.peak_unit = models::unit_of(peak_, base_);
        const auto mean = [&](std::size_t measure) {
            return mean_estimate(column(with, measure), confidence, {0, INFINITY});
        };
        const auto more = [&](std::size_t measure) {
            return more_than(column(without, measure), column(with, measure), confidence);
        };
        result.peak = mean(peaks);
        result.peak_without = mean_estimate(column(without, peaks), confidence, {0, INFINITY});
        result.lost = mean(losses);
        result.lost_more = more(losses);
        result.late = mean_estimate(all_late(with), confidence, {0, INFINITY});
        result.late_more = more_than(all_late(without), all_late(with), confidence);
        result.dead_lettered_more = more(dead_letters);
        result.left = mean(lefts);
        result.left_more = more(lefts);
        const WrongChances wrong{(1 - confidence) / 2, (1 - confidence) / 2};
        for (std::size_t i = 0; i < objectives_.size(); ++i)
            result.promises.push_back({objectives_[i].text, models::unit_of(objectives_[i].measure, base_),
                                       objectives_[i].limit, test.verdict_of(i, wrong),
                                       test.estimate(i, confidence)});
        follow(disturbance, without, with, confidence, result);
        if (test.breaks_constraint()) {
            result.survived = Verdict::violated;
            result.not_survived = "it breaks the " + constraint_names(base_);
        }
        return result;
    }

private:
    /// What one replication shows of the course of things.
    struct Course {
        double alert = INFINITY;
        std::vector<Turns> broken;  ///< by objective
        Turns unwell;
    };

    Course course_of(const std::vector<Evidence>& evidence) const {
        Course course;
        std::size_t place = objectives_.size() + asked_.measures.size();
        const double alert = evidence.at(place++).value;
        if (std::isfinite(alert)) course.alert = alert;
        for (std::size_t i = 0; i < objectives_.size(); ++i)
            course.broken.push_back(Turns::of_evidence(evidence, place));
        course.unwell = Turns::of_evidence(evidence, place);
        return course;
    }

    std::vector<double> column(const std::vector<std::vector<Evidence>>& rows, std::size_t measure) const {
        std::vector<double> values;
        for (const std::vector<Evidence>& row : rows)
            if (const double value = row.at(objectives_.size() + measure).value; std::isfinite(value))
                values.push_back(value);
        return values;
    }

    /// Of all stages that have windows.
    std::vector<double> all_late(const std::vector<std::vector<Evidence>>& rows) const {
        std::vector<double> values(rows.size(), 0);
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t late = lates; late < asked_.measures.size(); ++late)
                if (const double value = rows[i].at(objectives_.size() + late).value; std::isfinite(value))
                    values[i] += value;
        return values;
    }

    bool is_watched(std::size_t objective) const {
        return base_.run.length && can_be_watched(objectives_[objective].measure);
    }

    void follow(const Disturbance& disturbance, const std::vector<std::vector<Evidence>>& rows_without,
                const std::vector<std::vector<Evidence>>& rows_with, double confidence,
                RecoveryResult& result) const {
        const double at = kernel::to_seconds(at_),
                     end = base_.run.length ? kernel::to_seconds(end_) : INFINITY,
                     window = kernel::to_seconds(window_);
        double over = kernel::to_seconds(kernel::later(at_, disturbance.lasts.value_or(0)));
        // What does not end within the run is what it is from its beginning on.
        if (over >= end) over = at;
        bool any_watched = false;
        for (std::size_t i = 0; i < objectives_.size(); ++i) any_watched = any_watched || is_watched(i);
        std::vector<double> detected, kept, drained;
        std::map<std::string, int> by;
        std::int64_t survived = 0;
        for (std::size_t r = 0; r < rows_with.size(); ++r) {
            const Course with = course_of(rows_with[r]), without_it = course_of(rows_without[r]);
            double first = INFINITY;
            std::string what;
            if (with.alert < without_it.alert) {
                first = with.alert;
                what = "an alert";
            }
            std::vector<Turns> broken;  // those that it breaks, whoever else does
            double first_broken = INFINITY;
            for (std::size_t i = 0; i < objectives_.size(); ++i) {
                const double begins = first_begin(but_not(with.broken[i], without_it.broken[i]), at);
                if (!std::isfinite(begins)) continue;
                broken.push_back(with.broken[i]);
                first_broken = std::min(first_broken, begins);
                if (begins < first) {
                    first = begins;
                    what = objectives_[i].text;
                }
            }
            if (std::isfinite(first)) {
                detected.push_back(first - at);
                ++by[what];
            }
            /// From when on it is over, from a first time on at which it was so.
            const auto settled = [&](const Turns& turns, double begins) {
                if (!std::isfinite(begins)) return 0.0;
                return over_since(turns, std::max(over, begins), window, end) - over;
            };
            bool all = true;
            if (const double time = settled(any_of(broken), first_broken); std::isfinite(time))
                kept.push_back(time);
            else
                all = false;
            if (study_.recovered) {
                const double time =
                    settled(with.unwell, first_begin(but_not(with.unwell, without_it.unwell), at));
                if (std::isfinite(time))
                    drained.push_back(time);
                else
                    all = false;
            }
            survived += all ? 1 : 0;
        }
        const auto timing = [&](const std::vector<double>& times) {
            return RecoveryResult::Timing{std::ssize(times), mean_estimate(times, confidence, {0, INFINITY})};
        };
        result.detected = timing(detected);
        std::vector<std::pair<int, std::string>> order;
        for (const auto& [what, times_seen] : by) order.emplace_back(-times_seen, what);
        std::sort(order.begin(), order.end());
        for (const auto& [times_seen, what] : order) result.detected_by.push_back(what);
        if (any_watched || study_.recovered) result.window_s = window;
        if (any_watched) result.kept_again = timing(kept);
        if (study_.recovered) result.drained = timing(drained);
        judge(survived, result);
    }

    void judge(std::int64_t survived, RecoveryResult& result) const {
        result.survived = Verdict::met;
        for (std::size_t i = 0; i < objectives_.size(); ++i) {
            const Verdict verdict = result.promises[i].verdict;
            if (is_watched(i) || verdict == Verdict::met || result.survived == Verdict::violated) continue;
            result.survived = verdict;
            result.not_survived = objectives_[i].text + " is " + name_of(verdict) + " over the whole run";
        }
        const std::int64_t missed = result.replications - survived;
        if (missed == 0) return;
        result.survived = Verdict::violated;
        result.not_survived = "not well again by the end of the run in " + std::to_string(missed) + " of " +
                              std::to_string(result.replications) + " replications";
    }

    const Study& study_;
    const models::Scenario& base_;
    const std::vector<models::Objective>& objectives_;
    kernel::Time at_, end_, window_;
    models::Measure peak_;
    Asked asked_;
};

/// Those that happen at one instant and are looked at in windows of one length share their runs without any.
std::map<std::pair<kernel::Time, kernel::Time>, std::vector<std::size_t>> instants_of(
    const Study& study, const models::Scenario& base) {
    std::map<std::pair<kernel::Time, kernel::Time>, std::vector<std::size_t>> instants;
    for (std::size_t d = 0; d < study.disturbances.size(); ++d)
        instants[{study.disturbances[d].at, window_of(study, study.disturbances[d], base)}].push_back(d);
    return instants;
}

}  // namespace

std::int64_t units_of_recovery(const Study& study, const models::Scenario& base) {
    const std::size_t settings = study.disturbances.size() + instants_of(study, base).size();
    return static_cast<std::int64_t>(settings) * base.run.replications;
}

std::vector<RecoveryResult> recovery(const Study& study, const ReadBase& read,
                                     const std::vector<models::Objective>& objectives, double confidence,
                                     kernel::Time warm_up, const MeasuredDurations& durations, UnitWork& work,
                                     std::vector<SeenDurations>& seen) {
    const models::Scenario base = read({});
    std::vector<RecoveryResult> results(study.disturbances.size());
    for (std::size_t d = 0; d < results.size(); ++d) {
        results[d].name = study.disturbances[d].name;
        results[d].at_s = kernel::to_seconds(study.disturbances[d].at);
    }
    const std::vector<std::string> watched =
        study.recovered ? study.recovered->overrides : std::vector<std::string>();
    std::map<std::size_t, SeenDurations> of_disturbance;
    work.count_all_units(units_of_recovery(study, base));
    work.progress().name_part("disturbances");
    for (const auto& [at_and_window, disturbances] : instants_of(study, base)) {
        const auto& [at, window] = at_and_window;
        Instant instant(study, base, objectives, at, window);
        instant.keep(durations);
        // What happens before the warm-up's end is to be seen as well.
        const auto question =
            work.ask(instant.asked(), base.run.seed, std::min(warm_up, at),
                     "disturbances at " + std::to_string(at) + " in windows of " + std::to_string(window));
        // The first runs are without any of them.
        std::vector<std::vector<std::vector<Evidence>>> rows(disturbances.size() + 1);
        std::vector<SettingTest> tests(disturbances.size() + 1, SettingTest(objectives));
        std::vector<SeenDurations> lasted(disturbances.size() + 1, SeenDurations(durations));
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
                    rows[whose[index]].push_back(one.evidence);
                    lasted[whose[index]].add(one.durations);
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
            const std::vector<std::vector<Evidence>> without_it(
                rows[0].begin(), rows[0].begin() + static_cast<std::ptrdiff_t>(pairs));
            rows[s].resize(pairs);
            tests[s].look();
            results[disturbances[s - 1]] = instant.result(study.disturbances[disturbances[s - 1]], without_it,
                                                          rows[s], tests[s], confidence);
            if (durations.measures.empty()) continue;
            SeenDurations& of = of_disturbance[disturbances[s - 1]];
            of = std::move(lasted[s]);
            of.label = study.disturbances[disturbances[s - 1]].name;
            if (base.run.length)
                of.replication_s = kernel::to_seconds(*base.run.length - std::min(warm_up, at));
        }
    }
    work.progress().name_part("");
    for (auto& [disturbance, of] : of_disturbance) seen.push_back(std::move(of));
    return results;
}

}  // namespace understudy::studies
