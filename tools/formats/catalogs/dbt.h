// Artifacts of dbt as a catalog: manifest.json (the graph), catalog.json (types of columns), run_results.json (what ran, and
// for how long).
//
// Models, seeds, snapshots and sources are datasets; what runs are jobs: with results of a run the nodes in them, else all
// models, seeds and snapshots but ephemeral ones, which are part of those that refer to them. The order of jobs is that of
// the graph, through nodes that did not run too; in a `dbt build` a node also follows the tests of all that it is made of,
// as dbt has it; a unit test runs before its model. What failed and was run again by `dbt retry` was tried again. Durations
// are dbt's execution times; the order of starts is kept, since among nodes that are ready dbt's own queue decides. Workers
// are the threads: `args.threads`, else the threads that are named in the results. Of one recorded run, what a thread takes
// between two nodes is the pool's `release`.
//
// Artifacts may come in any order, several run results too. Not thread-safe.
#pragma once

#include <filesystem>
#include <memory>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/import_problems.h"

namespace simdjson::dom {
class element;
}

namespace understudy::formats {

class DbtArtifacts {
public:
    DbtArtifacts();
    ~DbtArtifacts();
    DbtArtifacts(const DbtArtifacts&) = delete;
    DbtArtifacts& operator=(const DbtArtifacts&) = delete;

    /// Whether it is an artifact of dbt, of whatever kind.
    static bool looks_like_artifact(const simdjson::dom::element& value);
    /// False where it is of a kind that nothing is taken from (sources.json, semantic_manifest.json, ...). What makes it
    /// unusable goes to `problems`.
    bool add(const simdjson::dom::element& artifact, const std::filesystem::path& file,
             ImportProblems& problems);
    bool empty() const;
    /// All of it as a catalog; nothing is left here.
    Catalog take();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace understudy::formats
