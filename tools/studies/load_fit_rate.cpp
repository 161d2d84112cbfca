#include <algorithm>
#include <cmath>

#include "kernel/goodness_of_fit.h"
#include "tools/studies/burst_arrivals.h"
#include "tools/studies/dispersion_of_counts.h"
#include "tools/studies/load_fit.h"
#include "tools/studies/rate_words.h"

namespace understudy::studies {

namespace {

/// The variance of a whole number whose expectation is half.
constexpr double most_of_whole_counts = 0.25;
constexpr double most_p_to_warn = 0.05;

}  // namespace

std::vector<double> LoadFit::on_one_clock() const {
    std::vector<double> all;
    double at = 0;
    for (const LogOfLoad& log : logs_)
        for (std::size_t i = 0; i < log.instants.size(); ++i) {
            if (i > 0)
                at += by_hour_ ? expected_between(*by_hour_, days_->parts,
                                                  local_ns(twin_.run, *log.run, log.instants[i - 1]),
                                                  local_ns(twin_.run, *log.run, log.instants[i]))
                      : shape_ ? shape_->seconds_between(log, i - 1, i)
                               : kernel::to_seconds(log.instants[i] - log.instants[i - 1]);
            // The first of a later log ends no gap.
            if (i > 0 || all.empty()) all.push_back(at);
        }
    return all;
}

void LoadFit::take_last_stretch(double since) {
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

void LoadFit::say_change(const RateChange& change, double a_unit_s, double arrivals) {
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

CalibratedNumber LoadFit::rate_of(double count, double exposure_s, double dispersion) const {
    const double by = std::max(dispersion, 1e-3);
    const kernel::Interval rate = kernel::rate_interval(count / by, exposure_s / by, level_of_rates);
    return {"rate", "/s", rate.estimate, rate.low, rate.high};
}

void LoadFit::add_uncertain(std::string of, double observations, double share_of_weekends) {
    if (!(observations >= 2)) return;
    const double n = std::floor(observations);
    into_.uncertain.push_back({std::move(of), {}, n, 0, {}});
    if (share_of_weekends > 0)
        into_.uncertain.back().weekends = std::clamp(std::round(n * share_of_weekends), 1.0, n - 1);
}

void LoadFit::edit_poisson(double rate) {
    CalibrationEdit edit;
    edit.path = path();
    edit.arrivals.emplace();
    // Four digits as it is written, by the hour.
    edit.arrivals->rate = four_digits(rate * 3600) / 3600;
    into_.edits.push_back(std::move(edit));
}

void LoadFit::fit_hours() {
    double arrivals = days_->all();
    // Weekends bring so much less exposure as they bring less.
    double exposure_s = arrivals / by_hour_->per_day * day_s;
    const auto trend = trend_of(on_one_clock());
    if (trend) {
        const std::vector<double> all = on_one_clock();
        const double a_unit_s = day_s / by_hour_->per_day;
        arrivals = static_cast<double>(all.end() - std::lower_bound(all.begin(), all.end(), trend->since));
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
    models::Profile profile = profile_by_hour();
    if (found.weekend) one.numbers.push_back({"weekend", "x", *found.weekend, {}, {}});
    if (!found.weekend_levels.empty()) one.how += ", weekends by hours of their own";
    // The steps hold all that is known of the rate: each is drawn by its own arrivals. Weekends that nothing came on stay so.
    add_uncertain(free_name(name_of_profile(profile)), arrivals / std::max(1.0, found.dispersion),
                  profile.weekend.value_or(0) > 0 ? days_->of_weekends() / days_->all() : 0);
    add_profile(std::move(profile));
    say_midnight();
    if (!warn_of_bursts(found.dispersion, 1, found.degrees) && !trend) warn_of_gaps_within_hours();
    if (trend)
        hold_out_of(on_one_clock(), std::max(1.0, found.dispersion));
    else
        hold_out_days();
}

models::Profile LoadFit::profile_by_hour() const {
    const ByHour& found = *by_hour_;
    const bool of_a_week = !found.weekend_levels.empty();
    models::Profile profile;
    profile.period = of_a_week ? kernel::week : kernel::day;
    for (std::int64_t day = 0; day < (of_a_week ? 7 : 1); ++day)
        for (std::size_t h = 0; h < found.levels.size(); ++h) {
            // Weeks begin with a Monday.
            const double level = std::round(found.level(h, of_a_week && day >= 5) * 1e3) / 1e3;
            if (profile.points.empty() || profile.points.back().second != level)
                profile.points.emplace_back(
                    day * kernel::day + static_cast<Time>(h) * (24 / days_->parts) * kernel::hour, level);
        }
    if (!of_a_week && found.weekend) profile.weekend = std::round(*found.weekend * 1e3) / 1e3;
    return profile;
}

void LoadFit::warn_of_gaps_within_hours() {
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

void LoadFit::warn_of_gaps(double p) {
    into_.warnings.push_back(path() + ": gaps between arrivals are not those of the fitted ones (p " +
                             std::to_string(p).substr(0, 5) +
                             "): they come together, or apart, in a way that the twin does not show, and "
                             "queues may be longer than in a run");
    unidentified("has gaps between arrivals that no law fits");
}

bool LoadFit::fit_scale() {
    shape_ = ProfileInLogs::find(twin_, *seen_.load, logs_);
    if (!shape_) return false;
    const std::vector<double> all = on_one_clock();
    double arrivals = gaps_, exposure_s = all.back();
    if (!(exposure_s > 0)) return false;
    const auto trend = trend_of(all);
    if (trend) {
        arrivals = static_cast<double>(all.end() - std::lower_bound(all.begin(), all.end(), trend->since));
        exposure_s = trend->span - trend->since;
        say_change(*trend, 1, arrivals);
    }
    std::vector<std::vector<double>> gaps;
    for (const LogOfLoad& log : logs_) {
        auto& of_log = gaps.emplace_back();
        for (std::size_t i = 1; i < log.instants.size(); ++i)
            of_log.push_back(shape_->seconds_between(log, i - 1, i));
    }
    const auto [dispersion, degrees] = dispersion_of_counts(gaps);
    CalibratedElement& one = element(of_batches("poisson, by its profile"),
                                     std::to_string(static_cast<std::int64_t>(gaps_)) + " gaps");
    one.numbers.push_back(rate_of(arrivals, exposure_s, std::max(1.0, dispersion)));
    if (degrees > 0) one.numbers.push_back({"dispersion", "", dispersion, {}, {}});
    edit_poisson(arrivals / exposure_s);
    add_uncertain(path(), arrivals / std::max(1.0, dispersion));
    into_.assumed.push_back(name() +
                            ": the logs do not tell how its rate goes by the hour: its profile keeps its "
                            "shape, and its rate is that of the logs");
    warn_of_bursts(dispersion, 1, degrees);
    hold_out_of(all, std::max(1.0, dispersion));
    return true;
}

void LoadFit::fit_gaps() {
    if (const auto trend = trend_of(on_one_clock())) {
        take_last_stretch(trend->since);
        say_change(*trend, 1, gaps_);
    }
    fit_law_of_gaps();
}

void LoadFit::fit_law_of_gaps() {
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
        into_.warnings.push_back(path() + ": of gaps " + why_refused(*choice->refused, span_s_ / gaps_, "s") +
                                 ": " + one.family + " is taken");
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
        if (const double n = std::floor(gaps_ * std::min(1.0, of_counts / dispersion)); n >= 2)
            add_uncertain_law(path(), choice->chosen, choice->runner_up, n, into_);
    } else {
        edit_poisson(gaps_ / span_s_);
        add_uncertain(path(), gaps_ / std::max(1.0, dispersion));
    }
    if (!warn_of_bursts(dispersion, of_counts, degrees) && one_fit && one_fit->p <= most_p_to_warn)
        warn_of_gaps(one_fit->p);
    hold_out_arrivals(std::max(usual, dispersion));
}

std::vector<std::vector<double>> LoadFit::by_log(std::size_t most) const {
    std::vector<std::vector<double>> all;
    std::size_t taken = 0;
    for (const LogOfLoad& log : logs_) {
        auto& gaps = all.emplace_back();
        for (std::size_t i = 1; i < log.instants.size() && taken < most; ++i, ++taken)
            gaps.push_back(kernel::to_seconds(log.instants[i] - log.instants[i - 1]));
    }
    return all;
}

std::optional<kernel::FittedBursts> LoadFit::likelier_bursts(const kernel::FittedLaw& law) const {
    const std::vector<std::vector<double>> gaps = by_log(most_gaps);
    // The law was fitted to the same gaps.
    auto found = kernel::fit_bursts(gaps, level_of_rates);
    return found && found->aic < law.aic ? found : std::nullopt;
}

double LoadFit::share_that_varies_more(const kernel::Bursts& bursts, double dispersion) const {
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

void LoadFit::take_bursts(const kernel::FittedBursts& found, double dispersion, double better) {
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
                                 four_digits(bursts.burst_rate * 3600) / 3600, four_digits(bursts.calm_stay),
                                 four_digits(bursts.burst_stay)});
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

bool LoadFit::warn_of_bursts(double dispersion, double usual, double degrees) {
    if (!varies_more(dispersion, usual, degrees)) return false;
    into_.warnings.push_back(path() + ": arrivals come in bursts: their counts vary " +
                             two_digits(dispersion / usual) +
                             " times as much as those of the fitted arrivals, and queues will be longer "
                             "than a run shows");
    return true;
}

}  // namespace understudy::studies
