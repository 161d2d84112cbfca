// Reads what a log says has happened, whatever log it is: OpenLineage events, Nextflow traces, tables of tasks, instances of
// Airflow's tasks (the answer of its API), dbt's run results, process logs in XES or as tables, logs of batch systems. For who
// follows production (tools/studies/follow.h). What else import reads is refused by its name.
//
// The format follows from the content. Other than where a twin is made of a log, work that has not ended counts as well, as
// far as the log has it: a START without an end, a row without a completion, `start` without `complete` (and, in process
// logs, `schedule`). Ids are those that other parts of the same log have too: runs of OpenLineage, hashes of Nextflow, ids of
// tables; steps of a process have none. Of instances of Airflow it is that of their run, as in a table of them, of dbt's results
// with the node, and jobs of a batch system have their class (tools/studies/batch_twin.h) as their more particular name. The item is the case of a process and the tag of a task, of tables without tags the
// id. How much a run reads and writes of a dataset is told by OpenLineage (statistics of inputs and outputs), how much in all by
// tables (`read_bytes`, `written_bytes`). Logs without instants are refused. Names and ids are UTF-8; bytes that are not become `\xfc`, and a note says how many
// texts had some.
//
// Memory: the whole log. Thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include "models/observed_events.h"
#include "tools/formats/logs/log_reader.h"

namespace understudy::formats {

struct EventOptions {
    std::map<std::string, std::string> columns;  ///< as LogOptions
    /// Of which run of a pipeline the log is, where it does not say so itself.
    std::string run;
    /// As LogOptions; a note says of which zone dates that say none were taken.
    std::string zone;
};

/// By its beginning: events of OpenLineage, one a line or a list of them.
bool looks_like_lineage(const std::filesystem::path& file);

std::variant<models::ObservedEvents, LogFailure> read_events(const std::filesystem::path& file,
                                                             const EventOptions& options = {});

}  // namespace understudy::formats
