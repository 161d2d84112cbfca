// Recorded workflows as a catalog: WfFormat instances and traces of Nextflow, as the readers of logs have them.
//
// What ran is a pipeline: that of the instance's name; of Nextflow the first part of its processes' names where all share
// it ("NFCORE_RNASEQ"), else "nextflow". Each task is a job; a further file of the same pipeline is a further run of its
// jobs, which are the same by id (WfFormat) or name (Nextflow; the second task of a name is "NAME #2":
// studies::job_names). The time that a task held its resources is a duration. Of an attempt that was tried again nothing is taken
// but a note. WfFormat says what waited for what; of Nextflow it is inferred (models/replay/dependencies.h), and that of
// the latest trace counts. Workers are as many as were seen at work at once; where a log has no instants, as many of the
// largest task as the cores of all machines hold.
//
// Instances of one name with other tasks are none of the same workflow and are a problem, by file. The catalog does not
// depend on the order of files. Not thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/import_problems.h"

namespace simdjson::dom {
class element;
}

namespace understudy::formats {

class RecordedWorkflows {
public:
    /// Whether this is the document of an instance, run or not.
    static bool looks_like_instance(const simdjson::dom::element& value);
    /// Whether a file begins as a trace of Nextflow does.
    static bool looks_like_trace(const std::filesystem::path& file);

    /// Reads it as a log of `source`, which is `wfformat` or `nextflow`; what makes it unusable goes to `problems`.
    /// `process_graph`: of a trace; else one beside it is looked for.
    void add(const std::filesystem::path& file, CatalogSource source,
             const std::optional<std::filesystem::path>& process_graph, ImportProblems& problems);
    bool empty() const { return runs_.empty(); }
    /// All of it as a catalog; nothing is left here.
    Catalog take(ImportProblems& problems);

private:
    struct Run {
        CatalogSource source = CatalogSource::wfformat;
        std::string label;  ///< of the pipeline
        std::filesystem::path file;
        models::RecordedRun log;
        std::vector<std::string> jobs;  ///< the label of the job of each task
    };
    std::vector<Run> runs_;
};

}  // namespace understudy::formats
