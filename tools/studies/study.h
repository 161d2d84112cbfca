// One question asked of one scenario whose parameters are varied: what a study file says. Values only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/measure.h"
#include "models/scenario.h"
#include "models/schedule.h"

namespace understudy::studies {

/// A parameter and what it may be.
struct Factor {
    struct Value {
        std::string text;              ///< as after --set
        std::optional<double> number;  ///< in the parameter's unit; none: a word, or a law
    };
    std::string path;                       ///< "spark.workers", as after --set
    std::string written;                    ///< what it may be, as written: "4..16"
    std::function<std::string(double)> at;  ///< its value at a place in (0, 1), as text
    std::vector<Value> values;  ///< all that it may be, in order; empty: any of a law or an interval
    std::vector<Value> steps;   ///< one at a time: these, in order
    std::optional<Value> now;   ///< what it is in the base; none: that is not known
};

/// What one unit of a parameter costs, added to what is minimised.
struct Price {
    std::string path;
    double each = 0;
    std::string currency;
};

/// Something that goes wrong in a run.
struct Disturbance {
    std::string name;
    std::string override;  ///< of the base: adds it as an action of that name
    kernel::Time at = 0;
    std::optional<kernel::Time> lasts;  ///< none: to the end, or nothing that lasts
};

/// When it is well again after a disturbance. What is watched is told by alerts, which overrides of the base add.
struct Recovered {
    static constexpr const char* well = "(well again)";
    static constexpr const char* unwell = "(not well)";
    std::string text;  ///< the condition as written
    std::vector<std::string>
        overrides;         ///< an alert `well` whenever it becomes true, `unwell` when it becomes false
    models::Measure peak;  ///< the most there is of what it is about: "max waiting(fetch)"
};

/// How fast the load grows, so that a factor becomes a date.
struct Growth {
    enum class Period { day, week, month, year };
    std::string written;  ///< "3% per month"
    double rate = 0;      ///< fraction, above 0
    Period per = Period::month;
    models::LocalInstant start;
    std::optional<models::LocalInstant> until;  ///< after `start`; of cheapest: to what day it plans
};

/// What may come in place of what the base has.
struct DemandCase {
    std::string name;
    std::string load;                    ///< what all loads are multiplied by: "0.8x"; empty: nothing
    std::vector<std::string> overrides;  ///< of the base, that of `load` first; at least one
    std::optional<double> chance;        ///< a fraction; all cases of a study have one, or none
};

struct Study {
    enum class Method { cheapest, frontier, breaking_point, grid, latin, one_at_a_time, morris, sobol };

    std::string name, description;
    std::string base;                  ///< the scenario's file
    std::vector<std::string> changes;  ///< files, applied to it in order
    Method method = Method::one_at_a_time;
    std::vector<Factor> factors;  ///< at least one; of breaking_point one, none: all loads from 1x on
    std::vector<models::Measure> measures;    ///< none: what the base promises and measures
    std::optional<models::Measure> minimise;  ///< of cheapest and frontier
    std::vector<Price> prices;
    bool all_objectives = false;                ///< of the base have to hold, besides:
    std::vector<models::Objective> objectives;  ///< that have to hold
    std::optional<double> confidence;           ///< none: that of the base
    std::optional<std::int64_t> replications;   ///< all together; none: as many as are usual for the method
    std::optional<double> seconds;              ///< it may take; none: as many as it takes
    std::vector<std::string> overrides;         ///< of the base, in any case
    std::vector<std::string>
        set;  ///< those of them that whoever asked added, as after --set, without the seed
    // Of cheapest:
    std::vector<DemandCase> demand;  ///< two or more; none: what comes is what the base has
    std::optional<double>
        penalty;  ///< what it costs where promises are broken, in the unit of what is minimised
    // Of breaking_point:
    std::vector<Disturbance> disturbances;
    std::optional<Recovered> recovered;
    std::optional<kernel::Time> window;  ///< in which objectives are looked at after one; none: see recovery.h
    // Of both:
    std::optional<Growth> growth;
};
/// As in study files: "cheapest".
const char* name_of(Study::Method method);

/// What is promised and measured by the base, unless the study names measures of its own.
std::vector<models::Measure> measures_of(const Study& study, const models::Scenario& base);

}  // namespace understudy::studies
