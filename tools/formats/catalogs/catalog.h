// What catalogs, lineage events and contracts say of a platform, whatever wrote it: pipelines of jobs, the datasets that
// these read and write, how long their runs took, what was promised of the data.
//
// A plain value, the same for the same facts in whatever order and however often they were read: lists are in the order
// of labels, durations ascending. What a source does not say stays empty. Times are seconds where they are durations of
// runs, kernel::Time elsewhere. Thread safety: values.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/time.h"

namespace understudy::formats {

enum class CatalogSource { openlineage, dbt, odcs, wfformat, nextflow, airflow };
/// "OpenLineage", "dbt", "ODCS", "WfFormat", "Nextflow", "Airflow": for people.
const char* name_of(CatalogSource source);
/// "openlineage", "dbt", "odcs", "wfformat", "nextflow", "airflow": as options and tags have it.
const char* word_for(CatalogSource source);
std::optional<CatalogSource> source_named(std::string_view word);

/// A column of another dataset that values are made of.
struct ColumnOrigin {
    std::size_t dataset = 0;  ///< index in Catalog::datasets
    std::string column;
    auto operator<=>(const ColumnOrigin&) const = default;
};

struct CatalogColumn {
    std::string name, type;
    std::optional<bool> nullable, unique;
    std::vector<std::string> values;  ///< all it may hold; empty: not said
    std::vector<ColumnOrigin> derives_from;
    bool of_nothing = false;  ///< it is said that no column goes into it
};

struct CatalogDataset {
    std::string label;  ///< in the outside world, unique: "bigquery/shop.orders"
    std::string title;  ///< what the name in the scenario is made from: "shop.orders"
    std::string owner, description;
    std::string contract;              ///< file, as it was given
    std::vector<std::string> aliases;  ///< other labels that it has
    std::vector<std::string> tags;
    std::vector<CatalogColumn> columns;
    bool has_all_columns = false;  ///< its schema was read, not only what is said of some of its columns
    CatalogSource source = CatalogSource::openlineage;
};

/// How the tag begins that says how dbt makes a dataset: "materialized=view".
inline constexpr std::string_view materialised_tag = "materialized=";

/// What several pipelines may share.
struct CatalogPool {
    std::string label, title;  ///< as of datasets
    std::string description;
    std::int64_t workers = 0;  ///< 0: not known
    CatalogSource source = CatalogSource::openlineage;
};

/// How much runs read of a dataset: one for each that says so.
struct CatalogVolume {
    std::size_t dataset = 0;
    std::vector<double> bytes;  ///< ascending
};

struct CatalogJob {
    std::string label, title;  ///< as of datasets
    std::string owner, description;
    std::vector<std::string> tags;
    std::size_t pipeline = 0;
    std::vector<std::size_t> reads, writes;  ///< datasets, ascending
    std::vector<std::size_t> after;          ///< jobs of the same pipeline, ascending
    bool has_order = false;                  ///< all is said of what it comes after
    std::vector<double> durations;           ///< seconds, of runs that completed, ascending
    std::vector<double> failed_durations;    ///< seconds, of runs that failed or were aborted, ascending
    std::int64_t completed = 0, failed = 0;  ///< runs that ended, whether or not their duration is known
    std::int64_t retries = 0;   ///< the most that followed a failure within one run of the pipeline
    std::int64_t given_up = 0;  ///< runs of the pipeline whose last try of it failed
    double backoff = 0;         ///< seconds from a failure to the next try, the mean
    std::optional<std::int64_t> may_retry;  ///< how often it is tried again at most, as its platform is told
    double retry_delay = 0;                 ///< seconds, as its platform is told
    std::string trigger_rule;               ///< in the language's words; empty: not said
    std::optional<std::size_t> pool;        ///< index in Catalog::pools; none: the workers of its pipeline
    std::int64_t pool_slots = 1;            ///< that it takes of it
    std::int64_t present_in = 0,  ///< runs of the pipeline, none of whose jobs failed, that it had a run in
        runs_of_pipeline = 0;     ///< of so many; 0: not known
    bool in_twin =
        false;  ///< stands in the twin that is imported onto, and only that it writes is said (contract_tables.h)
    bool is_use =
        false;  ///< somebody who uses the data, and nothing that runs: it takes no time and no workers
    std::vector<CatalogVolume> volumes;  ///< of runs that completed, by dataset
    double emits = 0;      ///< bytes written over bytes read, of runs that say both; 0: not known
    double instances = 1;  ///< runs in a run of the pipeline, the mean; a duration is from first to last
    std::optional<std::size_t> rank;  ///< place in the order of starts of the recorded run
    CatalogSource source = CatalogSource::openlineage;
};

struct CatalogPipeline {
    std::string label, title, owner, description;
    std::string schedule;       ///< in the language's words; empty: not known
    kernel::Time period = 0;    ///< of the schedule
    std::int64_t first_ns = 0;  ///< first instant of the schedule that was seen, since 1970
    std::vector<std::string> tags;
    bool of_no_parent = false;  ///< jobs that share a namespace and a schedule, which its label may have
    bool has_all = false;       ///< the source says all that there is (a manifest), not what was seen of it
    std::int64_t workers = 0;   ///< jobs at work at once; 0: not known
    std::int64_t max_active_runs = 0, max_active_tasks = 0;  ///< 0: not said
    std::optional<std::string>
        in_twin;               ///< its schedule there, of one that stands in the twin that is imported onto
    kernel::Time release = 0;  ///< between the end of a job and the start that it made room for, the mean
    kernel::Time recorded_span =
        0;  ///< from the first start to the last end of the one recorded run, of its tasks or as it says; 0: not known
    CatalogSource source = CatalogSource::openlineage;
};

/// What a run was told to read or write of a dataset, at an instant (ns since 1970).
struct CatalogAmount {
    std::string dataset;  ///< label
    bool written = false;
    std::int64_t ns = 0;
    std::int64_t records = 0, bytes = 0;  ///< 0: not known
};

/// What a job says of one of its runs, for who follows what happens and who fits a twin to it.
struct CatalogRun {
    std::string job;       ///< label
    std::string title;     ///< of the job
    std::string pipeline;  ///< label of the job's, where the run says it
    std::string id,
        parent;  ///< of the run, and of the run that it is part of; of lineage 16 hexadecimal digits; empty: none
    std::string host;  ///< where it ran; empty: not known, or at several
    // Nanoseconds since 1970: when it was queued, first START, first RUNNING, the end, when it was due.
    std::optional<std::int64_t> submitted, start, seen, end, nominal;
    int attempt = 1;
    std::int64_t read_bytes = 0, write_bytes = 0;  ///< 0: not known
    std::vector<CatalogAmount> amounts;            ///< each that was told
    bool failed = false;
};

/// What a contract promises of a dataset and a scenario can judge.
struct CatalogPromise {
    enum class Metric {
        latency,
        freshness,
        landed  ///< there by a time of day, each day
    };
    Metric metric = Metric::freshness;
    std::size_t dataset = 0;
    kernel::Time limit = 0;  ///< of `landed` since midnight
    std::string zone;        ///< of `landed`: an IANA name; empty: UTC
    auto operator<=>(const CatalogPromise&) const = default;
};

/// What was read, for reports. Those of other sources than were read are 0.
struct CatalogCounts {
    std::int64_t files = 0, files_left_out = 0;
    std::int64_t events = 0,
                 repeated_events = 0;  ///< OpenLineage; repeated: same run, type and time as another
    std::int64_t jobs = 0;             ///< with events of their own; nodes of dbt that a run may do
    std::int64_t parents = 0;  ///< jobs that only others name: as their parent, or before or after them
    std::int64_t runs = 0, usable_durations = 0, runs_without_start = 0, runs_without_end = 0,
                 runs_without_both = 0, runs_that_end_before_they_start = 0, failed_runs = 0;
    std::int64_t tests = 0, exposures = 0;
    std::int64_t datasets = 0, columns = 0;
    std::int64_t edges = 0;           ///< a job reads or writes a dataset
    std::int64_t orders = 0;          ///< a job waits for another, as a recorded workflow has it
    std::int64_t column_origins = 0;  ///< a column is made of a column
    std::int64_t contracts = 0, promises = 0;
    std::int64_t statements = 0, unmapped_statements = 0;  ///< of a knowledge graph

    /// Each that is not 0, under the name that JSON has.
    std::vector<std::pair<std::string, std::int64_t>> listed() const;
};

struct Catalog {
    std::string title;  ///< what the scenario may be called; may be empty
    std::vector<CatalogDataset> datasets;
    std::vector<CatalogJob> jobs;
    std::vector<CatalogPipeline> pipelines;
    std::vector<CatalogPool> pools;
    std::vector<CatalogPromise> promises;
    std::vector<CatalogRun> runs;  ///< where they were asked for (CatalogOptions::runs), in no order
    CatalogCounts counts;
    std::vector<std::string> there;  ///< labels of jobs that a source has that says all there is, done or not
    std::vector<std::string> notes;  ///< what is odd in what was read, and what follows
    std::vector<std::string> assumed;   ///< what was taken for true that no source says
    std::vector<std::string> not_used;  ///< what was read and does not reach the scenario
};

/// For each of `more` the one of `into` that it is, or none: of the same label, or where one label is the end of exactly one of
/// the other source ("orders" and "shop.public.orders"), without regard to case.
std::vector<std::optional<std::size_t>> same_datasets(const std::vector<CatalogDataset>& into,
                                                      const std::vector<CatalogDataset>& more);

/// Adds all of `more`. Datasets that are the same (same_datasets) are one. What both know is kept as
/// `into` has it. Pipelines
/// of one source, label and schedule are one, and jobs of one label in them.
void unite(Catalog& into, Catalog more);

}  // namespace understudy::formats
