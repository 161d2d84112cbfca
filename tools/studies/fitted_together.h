// Numbers that one fit has found together, whose errors go with or against each other, and what they make in a twin: what a
// platform adds to each task, to each GB, from level to level and to the work (calibrate_overheads.h) comes from the same
// makespans, so that more of one is less of another. Values only.
#pragma once

#include <string>
#include <vector>

namespace understudy::studies {

struct FittedTogether {
    /// None is below 0, also where it is drawn anew.
    struct Number {
        std::string name;  ///< "each_task"
        double value = 0;
        double error = 0;                  ///< standard error, above 0
        std::vector<double> correlations;  ///< of its error with those of all numbers before it, in order
        friend bool operator==(const Number&, const Number&) = default;
    };
    /// A path whose value has so much of each number: a `launch` or a `delay`, which is a constant, so many seconds; a
    /// `speed`, at which work takes by so much longer, as a share of what it would take without.
    struct Made {
        std::string path;  ///< "pool.launch", "pipeline.task.launch", "pipeline.defaults.delay", "type.speed"
        std::vector<double> amounts;  ///< by number
        double fitted = 0;            ///< what the fit gave it; whoever sets another value knows it
    };
    std::vector<Number> numbers;
    double degrees = 0;  ///< of freedom, of the standard errors
    std::vector<Made> makes;
};

}  // namespace understudy::studies
