// What a change does to the columns of datasets, held against who reads them and what was promised of them: its category by
// rule.
//
// A difference is
//     breaking      if readers of the old schema cannot read all that is written with the new one (it is not forward
//                   compatible), and somebody reads the column as lineage has it, or a contract governs the dataset
//     forward-only  if they can, but what was written before does not fit the new schema: it holds from now on, and what is
//                   there has to be rebuilt before it can be relied on
//     non-breaking  else
// Readers are those that lineage knows before the change or after it, of jobs that are there before and after: a change that says
// of a reader that it reads the column no more does not make itself safe. Of jobs whose columns nobody has told it is not
// known whether they read a column; they are named and change no category. Pure, thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/schema/schema_difference.h"
#include "tools/studies/change_check.h"

namespace understudy::studies {

enum class ChangeCategory { non_breaking, forward_only, breaking };
/// "non-breaking", "forward-only", "breaking".
const char* name_of(ChangeCategory category);

/// All by the names of the base.
struct SchemaReader {
    std::string job;
    std::size_t steps = 0;  ///< datasets on the way; 1: it reads the column itself
    std::string column;     ///< what it reads: the column, or one that is made of it
    std::string owner;      ///< may be empty
};

/// A column that is made of another.
struct MadeColumn {
    std::string name;       ///< as the base has it, or the candidate where it is new
    std::size_t steps = 0;  ///< columns on the way; 1: made of it itself
    std::string of;         ///< the column that it is made of
};

struct SchemaFinding {
    models::SchemaDifference difference;
    std::vector<SchemaReader> readers;
    std::vector<MadeColumn> columns;   ///< that are made of it
    std::vector<std::string> unknown;  ///< jobs that may read it
    std::size_t jobs_downstream = 0;   ///< of the dataset
    std::string contract;              ///< file; empty: none governs the dataset
    ChangeCategory category = ChangeCategory::non_breaking;
};

struct SchemaReview {
    std::vector<SchemaFinding> findings;
    std::map<std::string, models::Compatibility> by_dataset;  ///< of those that differ, by the base's names
    models::Compatibility compatibility = models::Compatibility::full;
    ChangeCategory category = ChangeCategory::non_breaking;
};

/// Scenarios as read; `renamed_columns` as of models::schema_differences().
SchemaReview review_schema(const models::Scenario& base, const models::Scenario& candidate,
                           const std::map<std::string, std::string>& renamed_columns);

/// One for each finding, or one that has passed. Without places.
Checks checks_of(const SchemaReview& review);

}  // namespace understudy::studies
