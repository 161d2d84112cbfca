// What Airflow exports of its DAGs as a catalog: pipelines with tasks, their order, pools, retries and schedules, and how long
// their instances took.
//
// Read are, in any order and together:
//     definitions    the serialized DAG (`{"dag": {"dag_id": ...}}`); `GET dags/ID/tasks` (`{"tasks": [...]}`), which does not
//                    name its DAG and is that of the instances that fit, else called after its file; a DAG or a list of them
//                    (`GET dags/ID/details`, `GET dags`); the YAML of dag-factory; what `airflow dags show` draws, of which
//                    only tasks and their order are known
//     instances      `GET .../taskInstances` (`{"task_instances": [...]}`); the table `task_instance` as CSV; what `airflow
//                    tasks states-for-dag-run -o json` prints (a list), which is that of the runs that were due then
//     runs           `GET dags/ID/dagRuns` (`{"dag_runs": [...]}`); what `airflow dags list-runs -o json` prints (a list): when
//                    runs were due that a schedule started
//     pools          `GET pools` (`{"pools": [...]}`)
// An instance that ended is a run of its task: its tries, as far as they are there, are failures and the last one; of mapped
// tasks from the start of the first to the end of the last. The result does not depend on the order of files. Not thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/import_problems.h"
#include "tools/formats/language/document.h"

namespace simdjson::dom {
class element;
}

namespace understudy::formats {

class Input;

class AirflowExports {
public:
    AirflowExports();
    ~AirflowExports();
    AirflowExports(const AirflowExports&) = delete;
    AirflowExports& operator=(const AirflowExports&) = delete;

    static bool looks_like_export(const simdjson::dom::element& value);
    /// Of dag-factory.
    static bool looks_like_factory(const Node& root);
    /// By the beginning of a file: a table.
    static bool looks_like_instances(std::string_view head);
    /// By the beginning of a file: the answer of `GET .../taskInstances`.
    static bool looks_like_answer_of_instances(std::string_view head);

    void add(const simdjson::dom::element& value, const std::filesystem::path& file, std::int64_t line,
             ImportProblems& problems);
    void add_factory(const Node& root, const std::filesystem::path& file, ImportProblems& problems);
    void add_instances(Input& table, ImportProblems& problems);
    /// Of `airflow dags show` (airflow_drawing.h).
    void add_drawing(std::string_view text, const std::filesystem::path& file, ImportProblems& problems);
    bool empty() const;
    /// All of it as a catalog; nothing is left here. `runs`: with each try of each instance (Catalog::runs), of mapped tasks
    /// with all instances as one.
    Catalog take(bool runs = false);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace understudy::formats
