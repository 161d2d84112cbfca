// Reads recorded work to fit a twin to, whatever file it is in: the logs of log_reader.h, and what twins are made of -
// OpenLineage events, instances of Airflow's tasks (the answer of its API or its table), dbt's run results, process logs in XES or as
// tables.
//
// Of events a task is a run of a job with its parent as the run of a pipeline and what its inputs and outputs say of their
// sizes, of instances a try, of dbt's results a node, of a process log a
// step with its case as the run and its resource as the node, submitted when it was handed over, where the log says that. What had begun and not ended is RecordedRun::open. Steps
// without a start have no duration and are left out, with a note. Steps that a log suspends have `worked`, and all of a process
// log `advance`, as a twin that is made of it has them (models/step_times.h). Thread-safe.
#pragma once

#include <filesystem>
#include <variant>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/logs/log_reader.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

/// By its beginning: instances of Airflow's tasks, as the answer of its API or as its table.
bool looks_like_instances(const std::filesystem::path& file);
/// By its beginning: dbt's run results.
bool looks_like_results(const std::filesystem::path& file);

/// Each run of what catalogs are read from (Catalog::runs).
std::variant<Catalog, LogFailure> read_runs(const std::filesystem::path& file, CatalogSource as);

/// When it was handed over; what is said to be so after it began is a note.
std::optional<std::int64_t> submission_of(const CatalogRun& run, NoteList& notes);

LogResult read_history(const std::filesystem::path& file, const LogOptions& options = {});

}  // namespace understudy::formats
