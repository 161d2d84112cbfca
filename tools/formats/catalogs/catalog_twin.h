// A catalog as a scenario: datasets, pipelines with their tasks, pools, the schedules and promises that are known.
//
// - A dataset has its label, owner, contract and columns. A job is a task that reads and writes datasets; `after` is what
//   these do not say already. Where jobs wait for each other in a circle, reads (then `after`) are left out until none is
//   left, those of the first job by label first, and a note says which.
// - Its service is what was recorded: one duration as it is; of several, a lognormal law with their mean and coefficient
//   of variation; of runs that failed only where none completed. `failure` is the share of its runs that failed, which
//   take as long as those did (`fails_after`); where some were tried again, that of its tries, with `retry`. A task that
//   was in part of the runs of its pipeline takes no time in the others, as a mix. No duration: the task takes no time, and
//   `assumed` says so.
// - Workers are a pool for each pipeline: as many as are known, else unlimited. Among tasks that wait, the one that started
//   first in the recording is first.
// - A pipeline has its schedule, or runs once; the run then goes on until nothing is left to do, else for 14 of the longest
//   period (fewer where that would be more than 20 000 runs of the shortest).
// - What nothing in the twin writes is a load, where it was recorded how much runs read of it (recorded_volumes.h); a task
//   emits as much more or less than it reads as was recorded.
// - Promises are objectives (promised_objectives.h), judged over replications also where nothing is random. A placeholder
//   that writes a contract's table goes where something else writes it.
//
// Pipelines of two sources may have the same label: the later one has its source behind it, "shop (openlineage)", also where
// an earlier import of another source has the label. Every element has the tag of its source ("dbt", "openlineage", "odcs",
// "wfformat", "nextflow", "airflow"), and a task of several recorded runs has how many ("200 runs"): what an import made is
// told from what people added (twin_changes.h). The same catalog gives the same bytes. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/knowledge/knowledge_graph.h"
#include "models/scenario.h"
#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

struct CatalogTwin {
    models::Scenario scenario;
    std::string text;                          ///< the same as a file
    std::vector<std::string> pipeline_labels;  ///< what those of the catalog are called, in its order
    std::vector<std::string> notes;            ///< those of the catalog, and what became of it
    std::vector<std::string> assumed;
    std::vector<std::string> not_used;
    /// Of a knowledge graph: those that it was exported from, and that come before it, in order.
    std::vector<models::KeptVersion> versions = {};
};

/// Names that labels have already, by kind of element: "dataset", "pipeline", "pool", and "task" with the label of the
/// pipeline and a line break before the task's; and "source of pipeline": the tag of the source by the label.
using KnownNames = std::map<std::string, std::map<std::string, std::string>>;

/// The tag of a task that says of how many recorded runs its service and failure are; and what such a tag says, 0: it is none.
std::string runs_tag(std::int64_t runs);
std::int64_t runs_in_tag(std::string_view tag);

/// `name`: of the scenario; empty: the catalog's title. Needs a job; std::invalid_argument without.
CatalogTwin scenario_of(const Catalog& catalog, const std::string& name = "", const KnownNames& known = {});

/// What a second import leaves of objectives, for whose they are is not known: a line for each that the import has and the
/// twin has not, with those of the same measure that it has. Both are documents of scenarios.
std::vector<std::string> objectives_left(const Node& twin, const Node& import);

}  // namespace understudy::formats
