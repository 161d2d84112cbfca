#include "tools/studies/calibrate_arrivals.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <unordered_set>

#include "kernel/bursts.h"
#include "kernel/fit.h"
#include "kernel/goodness_of_fit.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tools/studies/arrivals_by_hour.h"
#include "tools/studies/burst_arrivals.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_tries.h"
#include "tools/studies/dispersion_of_counts.h"
#include "tools/studies/fisher.h"
#include "tools/studies/loads_read_alone.h"
#include "tools/studies/rate_changes.h"
#include "tools/studies/seen_load.h"
#include "tools/studies/set_times.h"

namespace understudy::studies {

using kernel::Time;

namespace {

constexpr std::size_t fewest_arrivals = 10, fewest_arrivals_to_hold_out = 50, most_gaps = 20'000;
constexpr double level_of_rates = 0.95, level_of_tests = 0.01, most_p_to_warn = 0.05;
/// The variance of a whole number whose expectation is half.
constexpr double most_of_whole_counts = 0.25;
constexpr double day_s = 86'400;

std::string two_digits(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.2g", value);
    return text;
}

std::string of_unit(double value, const char* unit) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3g%s", value, unit);
    return text;
}

std::string rate_in_words(double per_s) {
    return per_s >= 1          ? of_unit(per_s, "/s")
           : per_s * 3600 >= 1 ? of_unit(per_s * 3600, "/h")
                               : of_unit(per_s * day_s, "/d");
}

std::string span_in_words(double seconds) {
    return seconds < 120         ? of_unit(seconds, " s")
           : seconds < 2 * 3600  ? of_unit(seconds / 60, " min")
           : seconds < 2 * day_s ? of_unit(seconds / 3600, " h")
                                 : of_unit(seconds / day_s, " days");
}

std::string seconds_or_minutes(Time time) {
    return time < 2 * kernel::minute ? two_digits(kernel::to_seconds(time)) + " s"
                                     : std::to_string(time / kernel::minute) + " min";
}

class LoadFit {
public:
    LoadFit(const models::Scenario& twin, const SeenLoad& seen, const CalibrationOptions& options,
            Calibration& into, Validation& validation)
        : twin_(twin), seen_(seen), options_(options), into_(into), validation_(validation) {}

    void fit() {
        look_at(seen_.logs);
        if (!fit_when()) return;
        if (seen_.batches) fit_sizes();
        if (std::any_of(seen_.logs.begin(), seen_.logs.end(),
                        [](const LogOfLoad& log) { return log.by_start; }))
            into_.assumed.push_back(name() + ": what the log says of no submission arrived when it started");
    }

private:
    const std::string& name() const { return seen_.load->name; }
    std::string path() const { return name() + ".arrivals"; }
    void unidentified(const std::string& why) { into_.unidentified.push_back(name() + " " + why); }

    void look_at(std::vector<LogOfLoad> logs) {
        logs_ = std::move(logs);
        gaps_ = span_s_ = 0;
        for (const LogOfLoad& log : logs_) {
            gaps_ += static_cast<double>(log.gaps());
            span_s_ += log.span_s();
        }
        const auto began = [](const LogOfLoad& log) { return log.run->epoch_ns + log.instants.front(); };
        if (std::all_of(logs_.begin(), logs_.end(),
                        [](const LogOfLoad& log) { return log.run->epoch_ns != 0; }))
            std::stable_sort(logs_.begin(), logs_.end(),
                             [&](const LogOfLoad& a, const LogOfLoad& b) { return began(a) < began(b); });
    }

    /// Instants of all logs, one after the other, in seconds, or in arrivals that the hours of the day have one expect.
    std::vector<double> on_one_clock() const {
        std::vector<double> all;
        double at = 0;
        for (const LogOfLoad& log : logs_)
            for (std::size_t i = 0; i < log.instants.size(); ++i) {
                if (i > 0)
                    at += by_hour_ ? expected_between(*by_hour_, days_->parts,
                                                      local_ns(twin_.run, *log.run, log.instants[i - 1]),
                                                      local_ns(twin_.run, *log.run, log.instants[i]))
                                   : kernel::to_seconds(log.instants[i] - log.instants[i - 1]);
                // The first of a later log ends no gap.
                if (i > 0 || all.empty()) all.push_back(at);
            }
        return all;
    }

    /// Goes on with what came since then, on one clock of seconds.
    void take_last_stretch(double since) {
        std::vector<LogOfLoad> later;
        double at = 0;
        for (const LogOfLoad& log : logs_) {
            LogOfLoad kept{{}, log.run, log.by_start};
            for (const Time instant : log.instants)
                if (at + kernel::to_seconds(instant - log.instants.front()) >= since)
                    kept.instants.push_back(instant);
            at += log.span_s();
            if (!kept.instants.empty()) later.push_back(std::move(kept));
        }
        look_at(std::move(later));
    }

    /// `a_unit_s`: seconds of the clock that the change was found on.
    void say_change(const RateChange& change, double a_unit_s, double arrivals) {
        changed_ = true;
        const double last_s = (change.span - change.since) * a_unit_s;
        const auto rate = [&](double one) { return rate_in_words(one / a_unit_s); };
        std::string what;
        if (change.trend)
            what = std::string(change.after > change.before ? "grows" : "falls") + " from " +
                   rate(change.before) + " to " + rate(change.after);
        else
            what = "is " + rate(change.after) + " for " +
                   span_in_words((change.stretch_until - change.stretch_from) * a_unit_s) + ", " +
                   span_in_words(change.stretch_from * a_unit_s) + " after the first arrival, and " +
                   rate(change.before) + " at other times";
        into_.warnings.push_back(path() + ": the rate is not constant: within the logs it " + what +
                                 "; what is fitted is the last stretch, " + rate_in_words(arrivals / last_s) +
                                 " in the last " + span_in_words(last_s) + " of " +
                                 span_in_words(change.span * a_unit_s));
        into_.assumed.push_back(name() + ": the rate stays that of the last " + span_in_words(last_s) +
                                " of the logs");
        unidentified(
            "has a rate that changes within the logs: whether it goes on to change, or comes again, "
            "they do not tell");
    }

    /// When they come: arrivals, or batches of them. False where that is left as it is.
    bool fit_when() {
        if (seen_.load->profile.empty())
            if (const auto beat = beat_of(instants())) {
                fit_beat(*beat);
                return true;
            }
        if (const auto times = set_times_of(twin_.run, seen_.logs);
            times && (twin_.run.start || !times->weekdays_only)) {
            fit_set_times(*times);
            return true;
        }
        if (gaps_ + 1 < static_cast<double>(fewest_arrivals) || !(span_s_ > 0)) {
            unidentified("has fewer than " + std::to_string(fewest_arrivals) +
                         (seen_.batches ? " batches of arrivals in the logs, at no even times: left as it is"
                                        : " arrivals in the logs"));
            if (seen_.batches)
                into_.warnings.push_back(path() +
                                         ": arrivals come in batches, which the logs show too few of to say "
                                         "when: a run of the twin has others, and other queues");
            return false;
        }
        days_ = whole_days(twin_.run, seen_.logs);
        by_hour_ = days_ ? hours_of(*days_, twin_.run.start.has_value()) : std::nullopt;
        if (!by_hour_ && !seen_.load->profile.empty()) {
            unidentified(
                "has a profile, and the logs do not tell how its rate goes by the hour: left as it is");
            return false;
        }
        if (by_hour_)
            fit_hours();
        else
            fit_gaps();
        return true;
    }

    std::vector<std::vector<Time>> instants() const {
        std::vector<std::vector<Time>> all;
        for (const LogOfLoad& log : seen_.logs) all.push_back(log.instants);
        return all;
    }

    std::string one_of_them() const { return seen_.batches ? "a batch" : "an arrival"; }

    void edit_even(Time interval) {
        CalibrationEdit edit;
        edit.path = path();
        edit.arrivals.emplace();
        edit.arrivals->kind = models::Arrivals::Kind::every;
        edit.arrivals->interval = law_of(kernel::Distribution::constant(kernel::to_seconds(interval)));
        into_.edits.push_back(std::move(edit));
    }

    void edit_first(Time first) {
        CalibrationEdit edit;
        edit.path = name() + ".first";
        edit.law = law_of(kernel::Distribution::constant(kernel::to_seconds(first)));
        into_.edits.push_back(std::move(edit));
    }

    /// Batches begin with their first; what comes alone is as often before its time as after it.
    void say_spread(Time spread) {
        if (!seen_.batches && spread >= kernel::second)
            into_.assumed.push_back(name() + ": each comes at its time; those of one time lie up to " +
                                    seconds_or_minutes(spread) + " apart in the logs");
    }

    /// Even times: at what place of the period, where the twin's clock has a date.
    void fit_beat(const Beat& beat) {
        const double period = kernel::to_seconds(beat.period);
        CalibratedElement& one =
            element(of_batches("every"), std::to_string(static_cast<std::int64_t>(seen_.all())) +
                                             (seen_.batches ? " batches" : " arrivals at even times"));
        one.numbers.push_back({"period", "s", period, {}, {}});
        edit_even(beat.period);
        if (beat.missed > 0)
            into_.assumed.push_back(name() + ": " + one_of_them() + " each time; in the logs " +
                                    std::to_string(beat.missed) + " of " + std::to_string(beat.beats) +
                                    " times had none");
        say_spread(beat.spread);
        const LogOfLoad& log = seen_.logs.front();
        if (!twin_.run.start || log.run->epoch_ns == 0)
            into_.assumed.push_back(name() + ": the first " + (seen_.batches ? "batch " : "") + "comes " +
                                    (seen_.load->first ? "when the twin says" : "after one period") +
                                    ", as log and `run.start` do not both have dates");
        else
            edit_first(
                rounded_offset(beat, local_ns(twin_.run, *log.run, beat.offset) - twin_.run.start->ns));
        if (twin_.run.start && beat.period >= kernel::hour && twin_.run.zone != "UTC" &&
            !twin_.run.zone.empty())
            into_.assumed.push_back(name() + ": an even period, also where clocks are changed");
        hold_out_arrivals(0);
    }

    /// Times of the day, each with a window of its own in a profile.
    void fit_set_times(const SetTimes& times) {
        ByProfile by = profile_of(times, twin_.run.start.value_or(models::LocalInstant{}));
        CalibratedElement& one =
            element(of_batches("at set times"),
                    std::to_string(times.days) + (times.weekdays_only ? " whole weekdays" : " whole days"));
        one.numbers.push_back({"times a day", "", static_cast<double>(times.of_day.size()), {}, {}});
        edit_even(by.interval);
        edit_first(by.first);
        add_profile(std::move(by.profile));
        if (times.other_days > 0)
            into_.assumed.push_back(name() + ": as many each day; " + std::to_string(times.other_days) +
                                    " of " + std::to_string(times.days) + " days had others");
        if (times.weekdays_only)
            into_.assumed.push_back(name() + ": nothing comes on Saturdays and Sundays, as in the logs");
        say_spread(times.spread);
        say_midnight();
    }

    /// What the load has from now on.
    void add_profile(models::Profile profile) {
        CalibrationEdit added, named;
        profile.name = free_name(name() + "_day");
        added.path = profile.name;
        named.path = name() + ".profile";
        named.text = profile.name;
        added.profile = std::move(profile);
        into_.edits.push_back(std::move(added));
        into_.edits.push_back(std::move(named));
    }

    void say_midnight() {
        if (!twin_.run.start)
            into_.assumed.push_back(name() +
                                    ": the run begins at midnight, as `run.start` says no other time");
    }

    /// How many come together.
    void fit_sizes() {
        std::vector<double> all;
        for (const auto& log : seen_.batches->sizes) all.insert(all.end(), log.begin(), log.end());
        const LawOfSizes found = law_of_sizes(all);
        CalibratedElement& one = into_.elements.emplace_back();
        one.path = name() + ".items";
        one.family = found.family;
        one.how = std::to_string(all.size()) + " batches, their arrivals at most " +
                  two_digits(seen_.batches->most_apart_s) + " s apart";
        one.observations = std::ssize(all);
        CalibratedNumber mean{"mean", "", found.mean, {}, {}};
        if (const kernel::Moments moments = kernel::moments_of(all); moments.variance() > 0) {
            const auto n = static_cast<double>(all.size());
            const double wide =
                kernel::student_quantile(0.5 + level_of_rates / 2, n - 1) * std::sqrt(moments.variance() / n);
            mean.low = std::max(1.0, found.mean - wide);
            mean.high = found.mean + wide;
            into_.assumed.push_back(name() + ": the sizes of batches are known, and drawn independently");
        }
        one.numbers.push_back(std::move(mean));
        CalibrationEdit edit;
        edit.path = name() + ".items";
        edit.law = found.law;
        into_.edits.push_back(std::move(edit));
        warn_of_sizes_by_hour();
    }

    /// An analysis of variance of the sizes by the hour of the day.
    void warn_of_sizes_by_hour() {
        std::map<std::int64_t, kernel::Moments> by_hour;
        kernel::Moments all;
        for (std::size_t i = 0; i < seen_.logs.size(); ++i) {
            const LogOfLoad& log = seen_.logs[i];
            if (log.run->epoch_ns == 0) return;
            for (std::size_t k = 0; k < log.instants.size(); ++k) {
                constexpr std::int64_t day_ns = static_cast<std::int64_t>(day_s) * kernel::second;
                const std::int64_t of_day =
                    (local_ns(twin_.run, *log.run, log.instants[k]) % day_ns + day_ns) % day_ns;
                by_hour[of_day / kernel::hour].add(seen_.batches->sizes[i][k]);
                all.add(seen_.batches->sizes[i][k]);
            }
        }
        double within = 0;
        for (const auto& [hour, sizes] : by_hour) within += sizes.squared_distances();
        const double groups = static_cast<double>(by_hour.size()), n = static_cast<double>(all.count());
        const double between = all.squared_distances() - within, below = n - groups;
        const double least = 1e-9 * all.mean() * all.mean();
        if (groups < 2 || below < 2 * groups || !(between > n * least)) return;
        const double f = between / (groups - 1) / std::max(within / below, least);
        if (fisher_survival(f, groups - 1, below) >= level_of_tests) return;
        unidentified(
            "has batches whose size goes by the hour of the day: the twin's are drawn from those of "
            "all hours");
        into_.warnings.push_back(name() +
                                 ".items: batches are larger at some hours than at others, which the twin "
                                 "does not show: queues at those hours will be longer than in a run");
    }

    CalibratedElement& element(const std::string& family, const std::string& how) {
        CalibratedElement& one = into_.elements.emplace_back();
        one.path = path();
        one.family = family;
        one.how = how;
        one.observations = static_cast<std::int64_t>(gaps_) + std::ssize(logs_);
        return one;
    }

    CalibratedNumber rate_of(double count, double exposure_s, double dispersion) const {
        const double by = std::max(dispersion, 1e-3);
        const kernel::Interval rate = kernel::rate_interval(count / by, exposure_s / by, level_of_rates);
        return {"rate", "/s", rate.estimate, rate.low, rate.high};
    }

    /// Of a constant, and of hardly any gaps, nothing is known.
    void add_uncertain(std::string of, std::optional<kernel::Family> family, double observations) {
        if (observations >= 2 && family != kernel::Family::constant)
            into_.uncertain.push_back({std::move(of), family, std::floor(observations), 0, {}});
    }

    void edit_poisson(double rate) {
        CalibrationEdit edit;
        edit.path = path();
        edit.arrivals.emplace();
        // Four digits as it is written, by the hour.
        edit.arrivals->rate = four_digits(rate * 3600) / 3600;
        into_.edits.push_back(std::move(edit));
    }

    void fit_hours() {
        double arrivals = days_->all();
        // Weekends bring so much less exposure as they bring less.
        double exposure_s = arrivals / by_hour_->per_day * day_s;
        const auto trend = trend_of(on_one_clock());
        if (trend) {
            const std::vector<double> all = on_one_clock();
            const double a_unit_s = day_s / by_hour_->per_day;
            arrivals =
                static_cast<double>(all.end() - std::lower_bound(all.begin(), all.end(), trend->since));
            exposure_s = (trend->span - trend->since) * a_unit_s;
            say_change(*trend, a_unit_s, arrivals);
            by_hour_->per_day = arrivals / exposure_s * day_s;
        }
        const ByHour& found = *by_hour_;
        const std::string days = std::to_string(days_->counts.size());
        CalibratedElement& one = element(of_batches("poisson, by the hour"),
                                         days + " whole days in " + std::to_string(days_->parts) + " parts");
        one.numbers.push_back(rate_of(arrivals, exposure_s, std::max(1.0, found.dispersion)));
        one.numbers.push_back({"dispersion", "", found.dispersion, {}, {}});
        edit_poisson(found.per_day / day_s);
        models::Profile profile;
        profile.period = kernel::hour * 24;
        for (std::size_t h = 0; h < found.levels.size(); ++h) {
            const double level = std::round(found.levels[h] * 1e3) / 1e3;
            if (profile.points.empty() || profile.points.back().second != level)
                profile.points.emplace_back(static_cast<Time>(h) * (24 / days_->parts) * kernel::hour, level);
        }
        if (found.weekend) {
            profile.weekend = std::round(*found.weekend * 1e3) / 1e3;
            one.numbers.push_back({"weekend", "x", *found.weekend, {}, {}});
        }
        // The steps hold all that is known of the rate: each is drawn by its own arrivals.
        add_uncertain(free_name(name() + "_day"), {}, arrivals / std::max(1.0, found.dispersion));
        add_profile(std::move(profile));
        say_midnight();
        if (!warn_of_bursts(found.dispersion, 1, found.degrees) && !trend) warn_of_gaps_within_hours();
        if (trend)
            hold_out_of(on_one_clock(), std::max(1.0, found.dispersion));
        else
            hold_out_days();
    }

    std::string of_batches(const std::string& family) const {
        return seen_.batches ? "batches, " + family : family;
    }

    /// Of Poisson arrivals the expected arrivals from one to the next have an exponential law of mean 1.
    void warn_of_gaps_within_hours() {
        kernel::Sample gaps;
        for (const LogOfLoad& log : seen_.logs) {
            if (log.run->epoch_ns == 0) continue;
            gaps.resolution =
                std::max(gaps.resolution, kernel::to_seconds(log.run->resolution) * gaps_ / span_s_);
            for (std::size_t i = 1; i < log.instants.size() && gaps.observed.size() < most_gaps; ++i)
                gaps.observed.push_back(expected_between(*by_hour_, days_->parts,
                                                         local_ns(twin_.run, *log.run, log.instants[i - 1]),
                                                         local_ns(twin_.run, *log.run, log.instants[i])));
        }
        if (gaps.observed.size() < fewest_arrivals || gaps.resolution > 1.0 / 3) return;
        const auto fitted = kernel::fit(kernel::Family::exponential, gaps);
        if (!fitted) return;
        const auto fit = kernel::goodness_of_fit(*fitted, gaps, options_.seed);
        if (fit && fit->p < level_of_tests) warn_of_gaps(fit->p);
    }

    void warn_of_gaps(double p) {
        into_.warnings.push_back(path() + ": gaps between arrivals are not those of the fitted ones (p " +
                                 std::to_string(p).substr(0, 5) +
                                 "): they come together, or apart, in a way that the twin does not show, and "
                                 "queues may be longer than in a run");
        unidentified("has gaps between arrivals that no law fits");
    }

    /// That no profile, and nothing else of the twin, has yet.
    std::string free_name(const std::string& wanted) const {
        const auto taken = [&](const std::string& one) {
            const auto among = [&](const auto& elements) {
                return std::any_of(elements.begin(), elements.end(),
                                   [&](const auto& element) { return element.name == one; });
            };
            const models::Twin& twin = twin_.twin;
            return among(twin_.profiles) || among(twin_.loads) || among(twin.types) || among(twin.pools) ||
                   among(twin.budgets) || among(twin.datasets) || among(twin.stages) || among(twin.pipelines);
        };
        std::string name = wanted;
        for (int i = 2; taken(name); ++i) name = wanted + "_" + std::to_string(i);
        return name;
    }

    void fit_gaps() {
        if (const auto trend = trend_of(on_one_clock())) {
            take_last_stretch(trend->since);
            say_change(*trend, 1, gaps_);
        }
        fit_law_of_gaps();
    }

    void fit_law_of_gaps() {
        kernel::Sample gaps;
        for (const LogOfLoad& log : logs_) {
            gaps.resolution = std::max(gaps.resolution, kernel::to_seconds(log.run->resolution));
            for (std::size_t i = 1; i < log.instants.size() && gaps.observed.size() < most_gaps; ++i)
                gaps.observed.push_back(kernel::to_seconds(log.instants[i] - log.instants[i - 1]));
        }
        const bool coarse = gaps.resolution > span_s_ / gaps_ / 3;
        const auto choice = coarse ? std::nullopt : kernel::choose_family(gaps);
        const bool renewal = choice && choice->chosen.family != kernel::Family::exponential;
        const auto [dispersion, degrees] = dispersion_of_counts(by_log());
        // Of a law of gaps counts vary by its squared variation in the long run (Cox 1962).
        const double cv = renewal ? std::sqrt(choice->chosen.law.variance()) / choice->chosen.law.mean() : 1;
        const double usual = std::isfinite(cv) ? cv * cv : 1;
        // But counts are whole: where arrivals are regular that is most of what they vary by.
        const double of_counts = usual + std::max(0.0, 1 - usual) * most_of_whole_counts / arrivals_a_window;
        if (choice && varies_more(dispersion, of_counts, degrees)) {
            if (const auto bursts = likelier_bursts(choice->chosen)) {
                take_bursts(*bursts, dispersion, choice->chosen.aic - bursts->aic);
                return;
            }
            if (!changed_)
                if (const auto stretch = stretch_of(on_one_clock(), options_.seed)) {
                    take_last_stretch(stretch->since);
                    say_change(*stretch, 1, gaps_);
                    fit_law_of_gaps();
                    return;
                }
        }
        std::optional<kernel::GoodnessOfFit> one_fit;
        CalibratedElement& one = element(
            of_batches(renewal ? "every " + std::string(kernel::name_of(choice->chosen.family)) : "poisson"),
            std::to_string(static_cast<std::int64_t>(gaps_)) + " gaps");
        one.numbers.push_back(
            rate_of(gaps_, span_s_, renewal ? std::max(usual, dispersion) : std::max(1.0, dispersion)));
        if (degrees > 0) one.numbers.push_back({"dispersion", "", dispersion, {}, {}});
        if (choice && choice->refused)
            into_.warnings.push_back(
                path() + ": " + std::string(kernel::name_of(choice->refused->family)) +
                " gaps are likelier, but have no finite mean, and so no rate: " + one.family + " is taken");
        if (choice) {
            const kernel::FittedLaw fitted = kernel::with_intervals(choice->chosen, gaps, level_of_rates);
            one_fit = one.fit = kernel::goodness_of_fit(fitted, gaps, options_.seed);
            if (choice->runner_up) {
                one.runner_up = std::string(kernel::name_of(choice->runner_up->family));
                one.aic_gap = choice->runner_up->aic - fitted.aic;
            }
            if (renewal)
                for (const kernel::FittedParameter& parameter : fitted.parameters)
                    if (parameter.name != "mean")
                        one.numbers.push_back(
                            {std::string(parameter.name),
                             parameter.name == "cv" || parameter.name == "shape" || parameter.name == "share"
                                 ? ""
                                 : "s",
                             parameter.estimate, parameter.low, parameter.high});
        }
        if (coarse)
            into_.assumed.push_back(name() +
                                    ": Poisson arrivals; the log's instants are too coarse to see the gaps");
        if (renewal) {
            CalibrationEdit edit;
            edit.path = path();
            edit.arrivals.emplace();
            edit.arrivals->kind = models::Arrivals::Kind::every;
            edit.arrivals->interval = law_of(shortened(choice->chosen.law));
            into_.edits.push_back(std::move(edit));
            // Where counts vary more than by the law of the gaps, so many fewer gaps say as much.
            add_uncertain(path(), choice->chosen.family, gaps_ * std::min(1.0, of_counts / dispersion));
        } else {
            edit_poisson(gaps_ / span_s_);
            add_uncertain(path(), {}, gaps_ / std::max(1.0, dispersion));
        }
        if (!warn_of_bursts(dispersion, of_counts, degrees) && one_fit && one_fit->p <= most_p_to_warn)
            warn_of_gaps(one_fit->p);
        hold_out_arrivals(std::max(usual, dispersion));
    }

    /// Gaps of each log, as many as are looked at.
    std::vector<std::vector<double>> by_log(std::size_t most = SIZE_MAX) const {
        std::vector<std::vector<double>> all;
        std::size_t taken = 0;
        for (const LogOfLoad& log : logs_) {
            auto& gaps = all.emplace_back();
            for (std::size_t i = 1; i < log.instants.size() && taken < most; ++i, ++taken)
                gaps.push_back(kernel::to_seconds(log.instants[i] - log.instants[i - 1]));
        }
        return all;
    }

    /// Two rates that go to and fro, where they explain the gaps better than a law of them does.
    std::optional<kernel::FittedBursts> likelier_bursts(const kernel::FittedLaw& law) const {
        const std::vector<std::vector<double>> gaps = by_log(most_gaps);
        // The law was fitted to the same gaps.
        auto found = kernel::fit_bursts(gaps, level_of_rates);
        return found && found->aic < law.aic ? found : std::nullopt;
    }

    /// How often logs of the fitted bursts, as long as these, have counts that vary as much.
    double share_that_varies_more(const kernel::Bursts& bursts, double dispersion) const {
        constexpr int logs_drawn = 199;
        int more = 1;
        for (int i = 0; i < logs_drawn; ++i) {
            kernel::Stream stream(kernel::stream_key(options_.seed, static_cast<std::uint64_t>(i), path(),
                                                     kernel::Purpose::bootstrap, "bursts"));
            std::vector<std::vector<double>> drawn;
            for (const LogOfLoad& log : logs_)
                drawn.push_back(bursts.gaps(std::min(log.gaps(), most_gaps), stream));
            more += dispersion_of_counts(drawn).first >= dispersion ? 1 : 0;
        }
        return more / (logs_drawn + 1.0);
    }

    void take_bursts(const kernel::FittedBursts& found, double dispersion, double better) {
        const kernel::Bursts& bursts = found.fit;
        CalibratedElement& one =
            element("bursts", std::to_string(static_cast<std::int64_t>(gaps_)) + " gaps, two rates");
        one.runner_up = "independent gaps";
        one.aic_gap = better;
        const auto number = [&](const char* name, const char* unit, const kernel::Interval& of) {
            one.numbers.push_back({name, unit, of.estimate, of.low, of.high});
        };
        number("calm rate", "/s", found.calm_rate);
        number("burst rate", "/s", found.burst_rate);
        number("calm stay", "s", found.calm_stay);
        number("burst stay", "s", found.burst_stay);
        one.numbers.push_back(rate_of(gaps_, span_s_, bursts.dispersion(span_s_)));
        one.numbers.push_back({"dispersion", "", dispersion, {}, {}});
        CalibrationEdit edit;
        edit.path = path();
        // Rates are written by the hour.
        edit.arrivals = arrivals_of({four_digits(bursts.calm_rate * 3600) / 3600,
                                     four_digits(bursts.burst_rate * 3600) / 3600,
                                     four_digits(bursts.calm_stay), four_digits(bursts.burst_stay)});
        into_.edits.push_back(std::move(edit));
        into_.uncertain.push_back({path(), {}, gaps_, 0, {}});
        into_.assumed.push_back(name() + ": bursts come at random, and a run begins between two of them");
        if (share_that_varies_more(bursts, dispersion) < level_of_tests)
            into_.warnings.push_back(path() +
                                     ": counts of arrivals vary more than those of the fitted bursts: there "
                                     "are longer or stronger ones, and queues will be longer than a run "
                                     "shows");
        hold_out_arrivals(std::max(bursts.dispersion(span_s_ / 5), dispersion));
    }

    bool warn_of_bursts(double dispersion, double usual, double degrees) {
        if (!varies_more(dispersion, usual, degrees)) return false;
        into_.warnings.push_back(path() + ": arrivals come in bursts: their counts vary " +
                                 two_digits(dispersion / usual) +
                                 " times as much as those of the fitted arrivals, and queues will be longer "
                                 "than a run shows");
        return true;
    }

    /// `variance`: of the recorded count about the predicted one, where counts are Poisson's.
    void add_held_out(double predicted, double recorded, double variance, double dispersion, double known) {
        if (!(predicted > 0) || !(known > 1)) return;
        HeldOut one{path(), predicted, recorded, false, true};
        const double error = std::sqrt(std::max(dispersion, 1e-3) * variance);
        one.covered =
            std::fabs(predicted - recorded) <= kernel::student_quantile(0.95, known - 1) * error + 0.5;
        validation_.held_out.push_back(std::move(one));
    }

    /// The last fifth of the days, weekends by those before them where they differ from other days.
    void hold_out_days() {
        const std::size_t n = days_->counts.size(), first = n - std::max<std::size_t>(n / 5, 1);
        struct Kind {
            double days = 0, count = 0, to_come = 0;
        };
        Kind kinds[2];
        double recorded = 0;
        for (std::size_t d = 0; d < n; ++d) {
            double count = 0;
            for (const double one : days_->counts[d]) count += one;
            Kind& kind = kinds[by_hour_->weekend && days_->weekend[d] ? 1 : 0];
            if (d < first) {
                ++kind.days;
                kind.count += count;
            } else {
                ++kind.to_come;
                recorded += count;
            }
        }
        double predicted = 0, variance = 0, known = 0;
        for (const Kind& kind : kinds) {
            if (kind.to_come == 0) continue;
            if (kind.days == 0) return;
            const double times = kind.to_come / kind.days;
            predicted += times * kind.count;
            variance += times * kind.count * (1 + times);
            known += kind.count;
        }
        add_held_out(predicted, recorded, variance, std::max(1.0, by_hour_->dispersion), known);
    }

    void hold_out_arrivals(double dispersion) {
        for (const LogOfLoad& log : seen_.logs) {
            std::vector<double> instants;
            for (const Time instant : log.instants)
                instants.push_back(kernel::to_seconds(instant - log.instants.front()));
            hold_out_of(instants, dispersion);
        }
    }

    void hold_out_of(const std::vector<double>& instants, double dispersion) {
        if (instants.size() < fewest_arrivals_to_hold_out) return;
        // By time, so that what is left out does not end with an arrival of its choice.
        const double cut = instants.back() / 5 * 4;
        const auto end = std::upper_bound(instants.begin(), instants.end(), cut);
        double since = 0;
        if (changed_) {
            const std::vector<double> known(instants.begin(), end);
            auto change = trend_of(known);
            if (!change) change = stretch_of(known, options_.seed);
            if (change) since = change->since;
        }
        const auto begin = std::lower_bound(instants.begin(), end, since);
        // The first of all begins the clock.
        const double before = static_cast<double>(end - begin) - (since > 0 ? 0 : 1);
        const double predicted = before / (cut - since) * (instants.back() - cut);
        add_held_out(predicted, static_cast<double>(instants.end() - end),
                     predicted * (1 + predicted / before), dispersion, before);
    }

    const models::Scenario& twin_;
    const SeenLoad& seen_;
    const CalibrationOptions& options_;
    Calibration& into_;
    Validation& validation_;
    std::vector<LogOfLoad> logs_;  ///< what is looked at: all, or the last stretch
    double gaps_ = 0, span_s_ = 0;
    bool changed_ = false;  ///< the rate, within the logs
    std::optional<Days> days_;
    std::optional<ByHour> by_hour_;
};

bool can_be_fitted(const models::Load& load) {
    return load.arrivals.kind == models::Arrivals::Kind::poisson ||
           load.arrivals.kind == models::Arrivals::Kind::every || bursts_of(load.arrivals);
}

/// What comes in batches is looked at by when they began.
void take_together(SeenLoad& seen) {
    std::vector<std::vector<Time>> logs;
    Time resolution = 0;
    for (const LogOfLoad& log : seen.logs) {
        logs.push_back(log.instants);
        resolution = std::max(resolution, log.run->resolution);
    }
    seen.batches = batches_of(logs, resolution);
    for (std::size_t i = 0; seen.batches && i < seen.logs.size(); ++i)
        seen.logs[i].instants = seen.batches->starts[i];
}

/// By the path of the stage.
std::map<std::string, SeenLoad> loads_by_stage(const models::Scenario& twin) {
    std::map<std::string, SeenLoad> loads;
    for (const auto& [stage, load] : loads_read_alone(twin)) loads[stage] = {load, stage, {}, {}};
    return loads;
}

}  // namespace

void calibrate_arrivals(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                        const CalibrationOptions& options, Calibration& into) {
    const WorkingElements elements(twin, runs);
    std::map<std::string, SeenLoad> loads = loads_by_stage(twin);
    if (loads.empty()) return;
    // What is tried again came once.
    std::map<std::string, Attempts> attempts;
    for (const SeenRun& run : runs)
        for (const models::RecordedTask* task : run.ended)
            if (const auto found = elements.of(*task);
                found.size() == 1 && loads.contains(found.front()->path))
                attempts[found.front()->path].add(run, *task);
    std::unordered_set<const models::RecordedTask*> later;
    for (const auto& [path, of_load] : attempts)
        for (const models::RecordedTask* task : of_load.tries().later) later.insert(task);
    for (const SeenRun& run : runs) {
        if (run.run == nullptr) continue;
        std::map<std::string, LogOfLoad> of_run;
        for (const auto* tasks : {&run.ended, &run.open})
            for (const models::RecordedTask* task : *tasks) {
                if (task->attempt > 1 || later.contains(task)) continue;
                const auto& instant = task->submitted ? task->submitted : task->started;
                if (!instant) continue;
                const std::vector<const WorkingElement*> found = elements.of(*task);
                if (found.size() != 1 || !loads.contains(found.front()->path)) continue;
                LogOfLoad& seen = of_run[found.front()->path];
                seen.run = run.run;
                seen.by_start = seen.by_start || !task->submitted;
                seen.instants.push_back(*instant);
            }
        for (auto& [path, seen] : of_run) {
            std::sort(seen.instants.begin(), seen.instants.end());
            loads[path].logs.push_back(std::move(seen));
        }
    }
    Validation validation;
    validation.of = "arrivals";
    for (auto& [path, seen] : loads) {
        if (options.stop != nullptr && *options.stop) {
            into.interrupted = true;
            return;
        }
        if (seen.logs.empty()) continue;
        take_together(seen);
        if (!can_be_fitted(*seen.load) || (!seen.load->items.empty() && !seen.batches)) {
            into.notes.push_back(seen.load->name + ": its arrivals are left as they are: " +
                                 (can_be_fitted(*seen.load)
                                      ? "they come in groups, which the logs do not tell"
                                      : "the twin says more of them than the logs could"));
            continue;
        }
        LoadFit(twin, seen, options, into, validation).fit();
    }
    if (!validation.held_out.empty()) into.validations.push_back(summarised(validation));
}

}  // namespace understudy::studies
