// Promised: what `airflow dags show` draws is read as tasks and what is before each, through the joins of groups; with a
// definition of the DAG it adds nothing, and without one it is told what is not known; what is no such graph is refused with
// its place. Shown: a drawing as Airflow makes it, and mistakes.
#include "tools/formats/catalogs/airflow_drawing.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/scratch_folder.h"
#include "tools/formats/catalogs/catalog_reader.h"
#include "tools/formats/catalogs/catalog_twin.h"

namespace understudy::formats {

namespace {

const std::string drawn =
    R"([2026-03-09T05:00:00.000+0000] {dagbag.py:545} INFO - Filling up the DagBag from /dags
digraph "shop.orders" {
	graph [label="shop.orders" labelloc=t rankdir=LR]
	extract [color="#000000" fillcolor="#f0ede4" label=extract shape=rectangle style="filled,rounded"]
	subgraph cluster_clean {
		color="#000000" fillcolor="#6495ed7f" label=clean shape=rectangle style=filled
		"clean.upstream_join_id" [color="#000000" fillcolor=CornflowerBlue height=0.2 label="" shape=circle style="filled,rounded" width=0.2]
		"clean.downstream_join_id" [color="#000000" fillcolor=CornflowerBlue height=0.2 label="" shape=circle style="filled,rounded" width=0.2]
		"clean.a" [label=a shape=rectangle]
		"clean.b" [label="b \"2\"" shape=rectangle]
	}
	/* edges */
	extract -> "clean.upstream_join_id"
	"clean.upstream_join_id" -> "clean.a"
	"clean.upstream_join_id" -> "clean.b"
	"clean.a" -> "clean.downstream_join_id" -> publish
	"clean.b" -> "clean.downstream_join_id"
	extract -> audit [label=Sundays]
}
)";

std::string wrong(const std::string& text) {
    const AirflowDrawingReading reading = read_airflow_drawing(text);
    CHECK_FALSE(reading.drawing);
    return std::to_string(reading.line) + ":" + std::to_string(reading.column) + ": " + reading.problem;
}

bool any_has(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("tasks of a drawn DAG follow each other through joins") {
    CHECK(looks_like_airflow_drawing(drawn));
    CHECK_FALSE(looks_like_airflow_drawing("digraph flow {\np0 [shape=point];\n}\n"));
    CHECK(looks_like_airflow_drawing("digraph flow {\na -> b\n}\n", true));
    CHECK_FALSE(looks_like_airflow_drawing("kind: DataContract\n# digraph\n", true));
    const AirflowDrawingReading reading = read_airflow_drawing(drawn);
    REQUIRE_MESSAGE(reading.drawing, reading.problem);
    CHECK(reading.drawing->dag == "shop.orders");
    using Names = std::set<std::string>;
    CHECK(reading.drawing->tasks == std::map<std::string, Names>{{"audit", {"extract"}},
                                                                 {"clean.a", {"extract"}},
                                                                 {"clean.b", {"extract"}},
                                                                 {"extract", {}},
                                                                 {"publish", {"clean.a", "clean.b"}}});
}

TEST_CASE("what is no drawn DAG is refused with its place") {
    CHECK(wrong("digraph x {\n  a -> ]\n}\n") == "2:8: ']' where 'a name' is expected");
    CHECK(wrong("digraph x {\n  a -> b\n") == "3:1: the graph breaks off: '}' is missing");
    CHECK(wrong("digraph x {\n  a [label=\"b]\n}\n") == "2:12: a quote that is not closed");
    CHECK(wrong("digraph x {\n  a & b\n}\n") == "2:5: '&' is no part of a graph");
    CHECK(wrong("digraph x {\n}\n") == "1:9: a graph without a task");
    CHECK(wrong("digraph {\n a -> b\n}\n").find("a graph without a name") != std::string::npos);
    CHECK(wrong("graph x {\n}\n").find("is no graph") != std::string::npos);
}

TEST_CASE("a drawing is a pipeline, and says what it has not told") {
    const tests::ScratchFolder folder;
    const auto file = folder.write("orders.dot", drawn);
    const CatalogReading alone = read_catalog({file}, {});
    REQUIRE_MESSAGE(alone.catalog, alone.problems.show());
    CHECK(alone.catalog->jobs.size() == 5);
    CHECK(alone.catalog->counts.orders == 5);
    CHECK(any_has(alone.catalog->assumed, "the DAG 'shop.orders' is only drawn"));
    const CatalogTwin twin = scenario_of(*alone.catalog);
    REQUIRE(twin.scenario.twin.pipelines.size() == 1);
    CHECK(twin.scenario.twin.pipelines[0].name == "shop_orders");
    CHECK(twin.scenario.twin.pipelines[0].tasks.size() == 5);
    // In a folder it is found, and with a definition it has nothing to add.
    folder.write(
        "orders.json",
        R"({"dag":{"_dag_id":"shop.orders","schedule_interval":"0 5 * * *","tasks":[{"task_id":"extract"}]}})");
    const CatalogReading both = read_catalog({folder.path()}, {});
    REQUIRE_MESSAGE(both.catalog, both.problems.show());
    CHECK(both.catalog->counts.files == 2);
    CHECK(both.catalog->jobs.size() == 5);
    CHECK_FALSE(any_has(both.catalog->assumed, "only drawn"));
    const CatalogReading broken =
        read_catalog({folder.write("b.dot", drawn.substr(0, drawn.size() - 3))}, {});
    CHECK(broken.problems.show().find("b.dot:18:34: error: the graph breaks off") != std::string::npos);
}

}  // namespace understudy::formats
