// Promised: what a name in a log may be called in a twin.
// Shown: names as schedulers write them.
#include "tools/studies/log_names.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace understudy;

TEST_CASE("names of logs are tried whole, then by their ends, then as labels") {
    CHECK(studies::names_in_a_twin("airflow/dag.clean") ==
          std::vector<std::string>{"airflow/dag.clean", "dag.clean", "clean", "airflow_dag_clean"});
    CHECK(studies::names_in_a_twin("").empty());
}
