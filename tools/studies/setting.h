// A study's base with some parameters set: ready to run, asked what the study is about.
//
// No I/O: the scenario comes from whoever can read it. Thread-safe where that is.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/measure.h"
#include "models/scenario.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// The scenario with these overrides besides the study's own; throws BadSetting where there is none.
using ReadBase = std::function<models::Scenario(const std::vector<std::string>& overrides)>;
/// What is wrong with a setting, for people; whole lines.
class BadSetting : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// When an alert was raised, in seconds; no data where it never was.
struct Moment {
    enum class Which { first, last };
    Which which = Which::first;
    std::string text;             ///< of the alert
    bool others = false;          ///< instead: of any other than those of the study itself (study.h)
    kernel::Time not_before = 0;  ///< those from then on
};

/// From when on, how often and over how long objectives are looked at while a run goes on (watched_run.h).
struct Watch {
    kernel::Time from = 0, step = kernel::second;
    std::size_t steps = 1;  ///< those of which each look is, up to it
};

/// What levels come to together over the time of a run (courses.h).
struct Course {
    std::string name;  ///< for people: "waiting"
    std::vector<models::Measure> levels;
};

/// What each setting of a study is asked: evidence is numbered in this order.
struct Asked {
    std::vector<models::Objective> objectives;
    std::vector<models::Measure> measures;
    std::vector<Moment> moments = {};
    std::optional<Watch> watch = {};
    // Besides evidence.
    std::vector<Course> courses = {};
    std::vector<models::Measure> durations = {};  ///< whose histograms are kept (durations.h)
};

/// "spark.workers=9"
std::string override_of(const std::string& path, const std::string& value);

/// Throws BadSetting.
PreparedRun prepare_setting(const ReadBase& read, const std::vector<std::string>& overrides,
                            const Asked& asked, Measured extra = Measured::asked);

/// Which stations are offered as much as they can do, or more; empty: none, or the run has no steady state to speak of.
std::string overload_of(const PreparedRun& prepared);

}  // namespace understudy::studies
