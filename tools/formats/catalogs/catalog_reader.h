// Reads catalogs from files and folders: OpenLineage events, artifacts of dbt, exports of Airflow, contracts of ODCS, instances
// of WfFormat and traces of Nextflow, alone or together.
//
// The kind follows from the content, never from a file's name. Events may be one a line, values over several lines one after
// the other (read in bounded memory, plain or gzip, whatever the length of the file; a value up to 256 MiB), lists of them, or
// within what carries them: answers of an API with a list of them, messages of a queue with one, also as text. Of a
// folder all files below it that end in .json, .jsonl, .ndjson, .yaml or .yml (.gz behind that too) are looked at, in the
// order of their names, and traces of Nextflow and task instances of Airflow (.csv, .tsv, .txt); those that are none of
// these formats are left out and named in the notes, while a file that was named itself is refused for it. Everything that
// is wrong is reported, and nothing is read by halves: with any problem there is no catalog. Thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/import_problems.h"

namespace understudy::formats {

struct CatalogOptions {
    std::optional<CatalogSource>
        as;             ///< takes files for this, and refuses all else; else each as what it looks like
    bool runs = false;  ///< each run by itself as well (Catalog::runs); 200 bytes more for each
    /// Of the processes of all traces of Nextflow; else one beside each is looked for.
    std::optional<std::filesystem::path> process_graph;
};

struct CatalogReading {
    std::optional<Catalog> catalog;  ///< empty if there was any problem
    ImportProblems problems;
};

CatalogReading read_catalog(const std::vector<std::filesystem::path>& paths,
                            const CatalogOptions& options = {});

}  // namespace understudy::formats
