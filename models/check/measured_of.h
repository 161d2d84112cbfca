// What each metric is measured of: the whole system, or elements of some kinds.
//
// A measure of anything else would be 0 for ever, and a promise of it always kept. What an element has to have besides (a
// window, workers of its own, a budget that is filled now and then) is for Checker::check_scope(). Pure, thread-safe.
#pragma once

#include <string>

#include "models/measure.h"

namespace understudy::models {

/// A stage is a task as well; whatever is written is a stream; a stage with workers of its own is a pool as well.
struct Measurable {
    bool whole = false, load = false, stream = false, stage = false, pool = false, pipeline = false,
         budget = false;
    /// "a stage, a task or a pipeline"
    std::string kinds() const;
};

Measurable measured_of(Metric metric);

/// Whether a stage or a task has it of each item by the number that it entered with; batches and rounds have none.
bool is_numbered(Metric metric);

/// What stands for a metric of the whole system that is not measured of it: "present(), ..."; may be empty.
std::string instead_of_whole(Metric metric);

}  // namespace understudy::models
