// What a transformation does, held against the dataset that it writes: checks, at the place of the edit.
//
//     columns          the result has the columns that the dataset declares
//     types            its values are of their types: as ISO 8601 where they are dates or times, texts no longer than may be
//     not null, unique, range, enum   as declared
//     rows             differences by key: a warning, for a change is meant to change something
//     key              the key tells rows apart, in both
//     records          rows out of the sample, baseline and candidate
// Pure, thread-safe.
#pragma once

#include "models/scenario.h"
#include "tools/studies/change_check.h"
#include "tools/studies/schema_review.h"
#include "tools/studies/transformation.h"

namespace understudy::studies {

/// `candidate`: the scenario with the change made, whose dataset is what the result is held against.
Checks checks_of(const Transformation& transformation, const models::Scenario& candidate);

/// What is known of the rows that the new code makes, against those of the old.
enum class Remade {
    alike,      ///< each row was compared by its key, and they are the same within the tolerance
    different,  ///< rows, their number or their keys differ, or without a key what is known of a column does
    unknown,    ///< no key was given, and nothing that was looked at differs: values may stand in other rows
};
Remade remade_by(const Transformation& transformation);

/// Breaking where values or rows of what somebody reads differ or were not compared, non-breaking else; `why` is told.
ChangeCategory category_of(const Transformation& transformation, const models::Scenario& candidate,
                           std::string& why);

/// The dataset that the task or stage writes and of which columns are declared; null: none.
const models::Dataset* written_dataset(const models::Scenario& scenario, const std::string& task);

}  // namespace understudy::studies
