// What a change does to the rows that jobs write, where it neither says other columns (schema_review.h) nor runs other SQL on a
// sample (transformation_checks.h): it goes by what jobs emit, read and write.
//
//     a job emits other rows: other items, records, fields or keys, another join or window (sizes and priorities are none of
//     a row)                                    breaking if what it writes is read, as rows of other SQL are
//     a job reads other datasets                forward-only: who reads its rows still can, and what was written before is
//                                               made of other data, as a column that is made of other columns
//     other jobs write a dataset                breaking if it is read: rows are missing there, or others among them
// Of what nobody reads each is non-breaking. A dataset that nothing writes any more is the matter of schema_review.h. Where SQL
// was run of the same job, what that made of its sample counts instead. Readers are those of before the change and after it, of
// jobs that are there both times. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/change_check.h"
#include "tools/studies/schema_review.h"
#include "tools/studies/transformation.h"

namespace understudy::studies {

struct OutputFinding {
    enum class Kind { emitted, read, written };
    Kind kind = Kind::emitted;
    std::string about;    ///< a job, or the dataset that other jobs write, by the base's name
    std::string message;  ///< what differs: "emits other items and another window"
    /// Jobs of the candidate of which what they wrote is not what they would write now; empty: those who did it are gone.
    std::vector<std::string> jobs;
    std::vector<std::string> datasets;  ///< of the candidate, whose rows differ
    std::vector<std::string> readers;   ///< by the base's names
    std::string because;                ///< whose writing makes it so; empty: `about` itself
    ChangeCategory category = ChangeCategory::non_breaking;
};
/// "emits", "reads", "writes": the key of the job.
const char* name_of(OutputFinding::Kind kind);

/// Jobs in the order of the candidate, then datasets.
std::vector<OutputFinding> review_outputs(const models::Scenario& base, const models::Scenario& candidate,
                                          const std::vector<Transformation>& transformations);

/// Why it is of its category, in a sentence.
std::string why_of(const OutputFinding& finding);

/// One for each. Without places.
Checks checks_of(const std::vector<OutputFinding>& findings);

}  // namespace understudy::studies
