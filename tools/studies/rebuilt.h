// What a change makes of what was written before: which jobs have to write it anew.
//
// By rule, from what `change validate` found (change_review.h):
//     a transformation that makes other rows (or whose rows nobody compared): its job, and every job that reads what a job to
//     be rebuilt writes
//     a job that emits other rows or reads other datasets, and a dataset that other jobs write (output_review.h): the job, or
//     those that write the dataset now, and every job that reads what differs
//     a column that does not hold what was written before, or was made of other columns (a difference that is not backward
//     compatible): the jobs that write its dataset, those that read the column as lineage has it, and those of which nobody
//     knows whether they do
// Who reads other columns alone is left out. A difference that holds what was written before needs nothing, and so does a
// change of anything but data. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/change_review.h"

namespace understudy::studies {

struct RebuiltJob {
    std::string name;      ///< `pipeline.task`, or a stage
    std::string pipeline;  ///< empty: it is a stage
    std::string why;       ///< "the rows that it writes differ", "reads paid"
    int steps = 0;        ///< from what differs: 0, it writes that itself; 1, it reads what such a job writes
    std::string through;  ///< the dataset or column that makes it so; empty: it is what differs
};

/// In the order of the scenario: pipelines' tasks, then stages. `candidate` as the change makes it.
std::vector<RebuiltJob> jobs_to_rebuild(const models::Scenario& candidate, const ChangeReview& review);

}  // namespace understudy::studies
