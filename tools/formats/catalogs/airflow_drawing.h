// A DAG as `airflow dags show` draws it, in the language of Graphviz: its tasks and which follows which.
//
// Groups of tasks are clusters, and the small circles at which their arrows join are no tasks: who comes to one comes to all
// behind it. What logs of Airflow stand before the graph is passed over. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace understudy::formats {

struct AirflowDrawing {
    std::string dag;
    std::map<std::string, std::set<std::string>> tasks;  ///< with those right before each
};

struct AirflowDrawingReading {
    std::optional<AirflowDrawing> drawing;
    std::int64_t line = 0, column = 0;  ///< where there is none: of what is wrong
    std::string problem;
};

/// By the beginning of a file. `any`: as well where nothing says that Airflow drew it.
bool looks_like_airflow_drawing(std::string_view head, bool any = false);
AirflowDrawingReading read_airflow_drawing(std::string_view text);

}  // namespace understudy::formats
