// One question asked of one scenario whose parameters are varied: what a study file says. Values only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/measure.h"

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
};

/// What one unit of a parameter costs, added to what is minimised.
struct Price {
    std::string path;
    double each = 0;
    std::string currency;
};

struct Study {
    enum class Method { cheapest, frontier, breaking_point, grid, latin, one_at_a_time, morris, sobol };

    std::string name, description;
    std::string base;  ///< the scenario's file
    Method method = Method::one_at_a_time;
    std::vector<Factor> factors;              ///< at least one
    std::vector<models::Measure> measures;    ///< none: what the base promises and measures
    std::optional<models::Measure> minimise;  ///< of cheapest and frontier
    std::vector<Price> prices;
    bool all_objectives = false;                ///< of the base have to hold, besides:
    std::vector<models::Objective> objectives;  ///< that have to hold
    std::optional<double> confidence;           ///< none: that of the base
    std::optional<std::int64_t> replications;   ///< all together; none: as many as are usual for the method
    std::vector<std::string> overrides;         ///< of the base, in any case
};
/// As in study files: "cheapest".
const char* name_of(Study::Method method);

}  // namespace understudy::studies
