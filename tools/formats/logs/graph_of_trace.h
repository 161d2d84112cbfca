// The graph of processes of a Nextflow trace: found beside it, held against it, and taken over into the run.
//
// Named by LogOptions::dependencies, it has to draw at least half of the trace's processes. Else it is looked for in the
// trace's folder and up to three above, the nearest first, under the names that it gets: `dag.html`, `dag.dot`, `dag.mmd`,
// and any of these endings with the word `dag` in the name, as Nextflow (`dag-20240101-36000.html`) and nf-core
// (`pipeline_dag_2024-01-01_10-00-00.html`) write it. Of several in a folder that draw at least half, it is the one that draws
// most; of those that draw as many the one whose name ends as the trace's does, so that each run of a folder has its own.
// Notes say which was used, and which was not. Thread-safe.
#pragma once

#include <filesystem>

#include "models/recorded_run.h"
#include "tools/formats/logs/log_reader.h"

namespace understudy::formats {

/// Sets RecordedRun::process_edges. FileError where a graph that was named cannot be used.
void add_graph_of_trace(models::RecordedRun& run, const std::filesystem::path& trace,
                        const LogOptions& options);

}  // namespace understudy::formats
