// What exports of Airflow have said so far, and what comes of it. Internal to the files of Airflow: airflow.cpp reads
// definitions and pools into it, airflow_factory.cpp the YAML of dag-factory, airflow_instances.cpp what ran;
// airflow_catalog.cpp makes the catalog, airflow_runs.cpp tells what runs say. Not thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/airflow.h"
#include "tools/formats/catalogs/json_members.h"

namespace understudy::formats {

/// Of several files that differ the first in order, whatever the order of files.
inline void keep_first(std::string& into, const std::string& text) {
    if (!text.empty() && (into.empty() || text < into)) into = text;
}
template <class Number>
void keep_first(std::optional<Number>& into, const std::optional<Number>& number) {
    if (number && (!into || *number < *into)) into = number;
}

struct AirflowTask {
    bool defined = false;  ///< not only named by another, or by an instance
    std::string owner, description, pool, trigger_rule;
    std::string seen_pool;  ///< of an instance: counts where no definition names one
    std::optional<std::int64_t> slots, seen_slots, retries;
    std::optional<double> retry_delay;
    std::set<std::string> after, tags, unused;
};

struct AirflowDag {
    std::string description, schedule, zone, other_timetable;
    bool is_paused = false;
    std::set<std::string> owners, tags;
    std::optional<std::int64_t> max_active_runs, max_active_tasks;
    std::map<std::string, AirflowTask> tasks;
    bool drawn = false, told = false;  ///< as a picture; by a definition
};

/// One try of one instance.
struct AirflowTry {
    std::string dag, run, task;
    std::int64_t map_index = -1, number = 1;
    std::string state, host;
    std::optional<std::int64_t> queued, start, end, due;
    auto operator<=>(const AirflowTry&) const = default;
};

/// What is known of one run of a DAG.
struct AirflowRun {
    std::optional<std::int64_t> due;
    bool by_schedule = true;
};

struct AirflowExports::State {
    std::map<std::string, AirflowDag> dags;
    /// Tasks of DAGs that their files do not name, with the file's.
    std::map<std::string, std::map<std::string, AirflowTask>> nameless;
    std::map<std::string, std::pair<std::string, std::int64_t>> pools;  ///< description, slots
    std::set<AirflowTry> tries;
    std::map<std::pair<std::string, std::string>, AirflowRun> runs;  ///< by DAG and id
    std::set<std::string> unused;

    void read_task(std::map<std::string, AirflowTask>& tasks, const JsonValue& wrapped,
                   const std::optional<JsonValue>& defaults);
    void read_dag(const JsonValue& object);
    void read_instance(const JsonValue& object);
    void read_run(const JsonValue& object);
    void take(AirflowTry one, const std::string& pool, std::optional<double> slots, const std::string& kind);

    Catalog catalog(bool with_runs);
    /// Definitions without a name are of the one DAG whose instances are all of their tasks; where there is but one such
    /// answer, and one DAG that has no task, they are of that; else of one that is called as their file.
    void name_the_nameless(Catalog& catalog);
    CatalogPipeline pipeline(const std::string& id, const AirflowDag& dag, Catalog& catalog);
    /// Instances that name no run are of the one that was due when they were, and are told by others of it that name it.
    void find_runs_of_instances();
    /// What several files say of one try is one: as the latest has it, and what that does not say of the others.
    void unite_tries();
    /// When a schedule started runs, by DAG.
    std::map<std::string, std::set<std::int64_t>> due_by_schedule() const;
    /// What instances say of their tasks, and of when their DAGs run.
    void describe_runs(Catalog& catalog);
    /// Each try of each instance, of mapped tasks all instances as one.
    std::vector<CatalogRun> each_run() const;

    std::map<std::pair<std::string, std::string>, std::size_t> places_;  ///< of jobs, by DAG and task
    std::map<std::size_t, std::vector<double>> pauses_;  ///< of jobs: from a failure to the next try
};

/// The first of these that says something.
std::string first_text(const JsonValue& object, std::initializer_list<const char*> keys);

}  // namespace understudy::formats
