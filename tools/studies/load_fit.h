// How the items of one load come: what calibrate_arrivals.h fits, load by load.
//
// load_fit.cpp looks which of these it is, load_fit_clock.cpp fits even beats and set times, load_fit_rate.cpp rates, laws of
// gaps and bursts, load_fit_batches.cpp how many come together; load_fit_held_out.cpp predicts the last fifth.
//
// Internal to calibrate_arrivals.cpp. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/bursts.h"
#include "kernel/fit.h"
#include "tools/studies/arrivals_by_hour.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/profile_in_logs.h"
#include "tools/studies/rate_changes.h"
#include "tools/studies/seen_load.h"
#include "tools/studies/set_times.h"

namespace understudy::studies {

using kernel::Time;

class LoadFit {
public:
    LoadFit(const models::Scenario& twin, const SeenLoad& seen, const CalibrationOptions& options,
            Calibration& into, Validation& validation)
        : twin_(twin), seen_(seen), options_(options), into_(into), validation_(validation) {}

    void fit();

private:
    static constexpr std::size_t fewest_arrivals = 10, most_gaps = 20'000;
    static constexpr double level_of_rates = 0.95, level_of_tests = 0.01;
    static constexpr double day_s = 86'400;

    const std::string& name() const { return seen_.load->name; }
    std::string path() const { return name() + ".arrivals"; }
    void unidentified(const std::string& why) { into_.unidentified.push_back(name() + " " + why); }
    std::string one_of_them() const { return seen_.batches ? "a batch" : "an arrival"; }

    // load_fit.cpp
    void look_at(std::vector<LogOfLoad> logs);
    /// When they come: arrivals, or batches of them. False where that is left as it is.
    bool fit_when();
    std::vector<std::vector<Time>> instants() const;
    std::string of_batches(const std::string& family) const;
    /// That no profile, and nothing else of the twin, has yet.
    std::string free_name(const std::string& wanted) const;
    CalibratedElement& element(const std::string& family, const std::string& how);
    std::string name_of_profile(const models::Profile& profile) const {
        return name() + (profile.period == kernel::week ? "_week" : "_day");
    }
    /// What the load has from now on.
    void add_profile(models::Profile profile);
    void say_midnight();

    // load_fit_clock.cpp
    /// Even times: at what place of the period, where the twin's clock has a date.
    void fit_beat(const Beat& beat);
    /// Times of the day, each with a window of its own in a profile.
    void fit_set_times(const SetTimes& times);
    void edit_even(Time interval);
    void edit_first(Time first);
    /// Batches begin with their first; what comes alone is as often before its time as after it.
    void say_spread(Time spread);

    // load_fit_batches.cpp
    /// How many come together.
    void fit_sizes();
    /// An analysis of variance of the sizes by the hour of the day.
    void warn_of_sizes_by_hour();

    // load_fit_rate.cpp
    void fit_hours();
    /// Of the day, or of the week where weekends have hours of their own.
    models::Profile profile_by_hour() const;
    /// The rate of a profile that the load has; false where the logs and it do not lie on one clock.
    bool fit_scale();
    void fit_gaps();
    void fit_law_of_gaps();
    void take_bursts(const kernel::FittedBursts& found, double dispersion, double better);
    /// Instants of all logs, one after the other, in seconds, or in arrivals that the hours of the day have one expect.
    std::vector<double> on_one_clock() const;
    /// Gaps of each log, as many as are looked at.
    std::vector<std::vector<double>> by_log(std::size_t most = SIZE_MAX) const;
    /// Two rates that go to and fro, where they explain the gaps better than a law of them does.
    std::optional<kernel::FittedBursts> likelier_bursts(const kernel::FittedLaw& law) const;
    /// How often logs of the fitted bursts, as long as these, have counts that vary as much.
    double share_that_varies_more(const kernel::Bursts& bursts, double dispersion) const;
    CalibratedNumber rate_of(double count, double exposure_s, double dispersion) const;
    /// Of hardly any nothing is known.
    void add_uncertain(std::string of, double observations, double share_of_weekends = 0);
    void edit_poisson(double rate);
    /// Goes on with what came since then, on one clock of seconds.
    void take_last_stretch(double since);
    /// `a_unit_s`: seconds of the clock that the change was found on.
    void say_change(const RateChange& change, double a_unit_s, double arrivals);
    /// Of Poisson arrivals the expected arrivals from one to the next have an exponential law of mean 1.
    void warn_of_gaps_within_hours();
    void warn_of_gaps(double p);
    bool warn_of_bursts(double dispersion, double usual, double degrees);

    // load_fit_held_out.cpp
    /// The last fifth of the days, weekends by those before them where they differ from other days.
    void hold_out_days();
    void hold_out_arrivals(double dispersion);
    void hold_out_of(const std::vector<double>& instants, double dispersion);
    /// `variance`: of the recorded count about the predicted one, where counts are Poisson's.
    void add_held_out(double predicted, double recorded, double variance, double dispersion, double known);

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
    std::optional<ProfileInLogs> shape_;
};

}  // namespace understudy::studies
