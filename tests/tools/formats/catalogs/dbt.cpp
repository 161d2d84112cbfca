// Promised: the graph, the tests and the durations of dbt as jobs in dbt's own order; a build waits for tests; artifacts in
// any order say the same. Shown on a project of four nodes.
#include "tools/formats/catalogs/dbt.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/json_members.h"

namespace understudy::formats {

namespace {

const std::string manifest =
    R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "project_name": "p"},
 "nodes": {
  "model.p.a": {"resource_type": "model", "name": "a", "relation_name": "`db`.`s`.`a`", "config": {"materialized": "view"}, "depends_on": {"nodes": ["source.p.w.raw"]}, "columns": {"id": {"name": "id"}}},
  "model.p.e": {"resource_type": "model", "name": "e", "config": {"materialized": "ephemeral"}, "depends_on": {"nodes": ["model.p.a"]}},
  "model.p.b": {"resource_type": "model", "name": "b", "database": "db", "schema": "s", "alias": "bb", "config": {"materialized": "table"}, "depends_on": {"nodes": ["model.p.e"]}},
  "test.p.t": {"resource_type": "test", "name": "t", "column_name": "id", "attached_node": "model.p.a", "test_metadata": {"name": "unique"}, "depends_on": {"nodes": ["model.p.a"]}}
 },
 "sources": {"source.p.w.raw": {"resource_type": "source", "name": "raw", "identifier": "raw", "database": "db", "schema": "w"}}})";

std::string results(const std::string& command) {
    return R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "generated_at": "2026-03-09T05:00:00Z"},
 "args": {"which": ")" +
           command + R"(", "threads": 3}, "results": [
  {"unique_id": "model.p.a", "status": "success", "execution_time": 2.0, "thread_id": "1", "timing": [{"name": "execute", "started_at": "2026-03-09T05:00:00Z", "completed_at": "2026-03-09T05:00:02Z"}]},
  {"unique_id": "test.p.t", "status": "fail", "execution_time": 1.0, "thread_id": "1", "timing": []},
  {"unique_id": "model.p.b", "status": "skipped", "execution_time": 0.0, "thread_id": "1", "timing": []}]})";
}

Catalog catalog_of(std::vector<std::string> artifacts) {
    DbtArtifacts all;
    ImportProblems problems;
    for (const std::string& text : artifacts) {
        simdjson::dom::parser parser;
        JsonValue value;
        REQUIRE(parser.parse(text).get(value) == simdjson::SUCCESS);
        REQUIRE(DbtArtifacts::looks_like_artifact(value));
        CHECK(all.add(value, "file", problems));
    }
    CHECK(problems.show() == "");
    return all.take();
}

const CatalogJob& job(const Catalog& catalog, const std::string& label) {
    const auto found = std::find_if(catalog.jobs.begin(), catalog.jobs.end(),
                                    [&](const CatalogJob& one) { return one.label == label; });
    REQUIRE(found != catalog.jobs.end());
    return *found;
}

}  // namespace

TEST_CASE("a manifest alone") {
    const Catalog catalog = catalog_of({manifest});
    CHECK(catalog.jobs.size() == 2);
    CHECK(catalog.datasets.size() == 3);
    CHECK(catalog.counts.tests == 1);
    CHECK(catalog.counts.edges == 4);
    CHECK(job(catalog, "model.p.b").after.size() == 1);
    CHECK(std::any_of(catalog.datasets.begin(), catalog.datasets.end(),
                      [](const auto& d) { return d.label == "db.s.bb"; }));
    const auto a = std::find_if(catalog.datasets.begin(), catalog.datasets.end(),
                                [](const auto& d) { return d.label == "db.s.a"; });
    CHECK(a->columns.at(0).unique == true);
    CHECK(a->tags == std::vector<std::string>{"materialized=view"});
}

TEST_CASE("exposures are who uses the data, and sources have promises where something writes them") {
    std::string text = manifest;
    text.replace(
        text.find("\"database\": \"db\", \"schema\": \"w\"}"), 0,
        R"("freshness": {"warn_after": {"count": 12, "period": "hour"}, "error_after": {"count": 1, "period": "day"}}, )");
    text.insert(
        text.size() - 1,
        R"(, "exposures": {"exposure.p.dash": {"name": "dash", "type": "dashboard", "label": "Board of a",
   "owner": {"name": "Jane", "email": "j@x"}, "depends_on": {"nodes": ["model.p.e", "metric.p.m"]}}})");
    const Catalog catalog = catalog_of({text, results("run")});
    CHECK(catalog.counts.exposures == 1);
    CHECK(catalog.counts.jobs == 3);
    CHECK(catalog.counts.edges == catalog_of({manifest, results("run")}).counts.edges);
    const CatalogJob& board = job(catalog, "exposure.p.dash");
    CHECK(board.is_use);
    CHECK(board.owner == "Jane");
    REQUIRE(board.reads.size() == 1);  // through what is no table
    CHECK(catalog.datasets[board.reads[0]].label == "db.s.a");
    REQUIRE(catalog.promises.size() == 1);
    CHECK(catalog.promises[0].limit == kernel::day);
    const CatalogTwin twin = scenario_of(catalog);
    const auto& tasks = twin.scenario.twin.pipelines.at(0).tasks;
    const auto found =
        std::find_if(tasks.begin(), tasks.end(), [](const auto& task) { return task.name == "Board_of_a"; });
    REQUIRE(found != tasks.end());
    CHECK(found->work.runs_on.empty());
    CHECK(found->description.owner == "Jane");
    CHECK(found->description.tags == std::vector<std::string>{"dbt", "exposure", "dashboard"});
    CHECK(twin.text.find("objectives") == std::string::npos);
    CHECK(std::count(twin.not_used.begin(), twin.not_used.end(),
                     "max freshness(raw) < 1d: nothing in the twin writes it") == 1);
}

TEST_CASE("who uses a metric uses the tables behind it, and what is nothing in a twin is listed") {
    const auto reads_of = [](const std::string& sections) {
        std::string text = manifest;
        text.insert(
            text.size() - 1,
            R"(, "exposures": {"exposure.p.dash": {"name": "dash", "depends_on": {"nodes": ["metric.p.revenue"]}}}, )" +
                sections);
        Catalog catalog = catalog_of({text});
        std::vector<std::string> labels;
        for (const std::size_t dataset : job(catalog, "exposure.p.dash").reads)
            labels.push_back(catalog.datasets[dataset].label);
        return std::pair(labels, catalog.not_used);
    };
    using Words = std::vector<std::string>;
    // On a metric, that on a semantic model, that on an ephemeral model (v10 and later).
    const auto [through_models, unused] = reads_of(
        R"("metrics": {"metric.p.revenue": {"name": "revenue", "depends_on": {"nodes": ["metric.p.sum"]}},
                       "metric.p.sum": {"name": "sum", "depends_on": {"nodes": ["semantic_model.p.m"]}}},
           "semantic_models": {"semantic_model.p.m": {"name": "m", "depends_on": {"nodes": ["model.p.e"]}}},
           "saved_queries": {"saved_query.p.q": {"name": "q", "depends_on": {"nodes": ["metric.p.sum"]}},
                             "saved_query.p.r": {"name": "r", "depends_on": {"nodes": []}}})");
    CHECK(through_models == Words{"db.s.a"});
    CHECK(unused == Words{"2 metrics: who uses one is taken to use the tables behind it", "2 saved queries",
                          "1 semantic model", "1 test: without results of a run it is no task"});
    // On a model itself (v4 to v9).
    CHECK(reads_of(R"("metrics": {"metric.p.revenue": {"depends_on": {"nodes": ["model.p.b"]}}})").first ==
          Words{"db.s.bb"});
}

TEST_CASE("owners with several addresses are all named, a name before addresses") {
    const auto owner_of = [](const std::string& owner) {
        std::string text = manifest;
        text.insert(text.size() - 1, R"(, "exposures": {"exposure.p.dash": {"name": "dash", "owner": )" +
                                         owner + R"(, "depends_on": {"nodes": ["model.p.a"]}}})");
        return job(catalog_of({text}), "exposure.p.dash").owner;
    };
    CHECK(owner_of(R"({"email": ["a@x", "b@x"], "name": null})") == "a@x; b@x");
    CHECK(owner_of(R"({"email": ["a@x", "b@x"], "name": "Ana"})") == "Ana");
    CHECK(owner_of(R"({"email": "a@x"})") == "a@x");
    CHECK(owner_of(R"(["ana", {"name": "ben"}])") == "ana; ben");
    CHECK(owner_of(R"("ana")") == "ana");
    std::string text = manifest;
    text.replace(text.find("\"name\": \"b\","), 0, R"("group": "finance", )");
    text.insert(
        text.size() - 1,
        R"(, "groups": {"group.p.finance": {"name": "finance", "owner": {"email": ["a@x", "b@x"]}}})");
    const Catalog catalog = catalog_of({text});
    CHECK(std::any_of(catalog.datasets.begin(), catalog.datasets.end(),
                      [](const auto& d) { return d.label == "db.s.bb" && d.owner == "a@x; b@x"; }));
}

TEST_CASE("results of a run that ran nothing take nothing away") {
    std::string nothing = results("build");
    nothing = nothing.substr(0, nothing.find("\"results\": [")) + "\"results\": []}";
    const Catalog alone = catalog_of({manifest}), with = catalog_of({manifest, nothing});
    CHECK(!alone.jobs.empty());
    CHECK(with.jobs.size() == alone.jobs.size());
    CHECK(std::find(with.notes.begin(), with.notes.end(),
                    "results of a run are without any node: left out") != with.notes.end());
}

TEST_CASE("a build waits for tests, a run does not") {
    const Catalog build = catalog_of({results("build"), manifest});
    CHECK(build.jobs.size() == 3);
    CHECK(build.pipelines.at(0).workers == 3);
    CHECK(job(build, "model.p.b").after.size() == 2);
    CHECK(job(build, "model.p.b").durations.empty());
    CHECK(job(build, "test.p.t").failed == 1);
    CHECK(job(build, "model.p.a").durations == std::vector<double>{2});
    // A microbatch model some of whose batches failed: what comes behind it is skipped.
    std::string part = results("build");
    part.replace(part.find("success"), 7, "partial success");
    CHECK(job(catalog_of({part, manifest}), "model.p.a").failed == 1);
    CHECK(job(catalog_of({manifest, results("run")}), "model.p.b").after.size() == 1);
    CHECK(scenario_of(build).text == scenario_of(catalog_of({manifest, results("build")})).text);
}

TEST_CASE("several runs make a law") {
    std::string slower = results("build");
    slower.replace(slower.find("2.0"), 3, "4.0");
    const std::string text = scenario_of(catalog_of({manifest, results("build"), slower})).text;
    CHECK(text.find("lognormal(mean 3s cv 0.4714)") != std::string::npos);
}

TEST_CASE("types of columns come from the warehouse") {
    const Catalog catalog = catalog_of(
        {manifest, R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"},
      "nodes": {"model.p.a": {"metadata": {"schema": "s", "name": "a"}, "columns": {"ID": {"name": "ID", "type": "INT", "index": 1}, "X": {"name": "X", "type": "TEXT", "index": 2}}}}, "sources": {}})"});
    const auto a = std::find_if(catalog.datasets.begin(), catalog.datasets.end(),
                                [](const auto& d) { return d.label == "db.s.a"; });
    REQUIRE(a->columns.size() == 2);
    CHECK(a->columns[0].name == "id");
    CHECK(a->columns[0].type == "INT");
}

TEST_CASE("a unit test comes before its model, a function is a node") {
    std::string with_both = manifest;
    with_both.insert(
        with_both.rfind('}'),
        R"(, "unit_tests": {"unit_test.p.b.u": {"resource_type": "unit_test", "name": "u", "model": "b", "depends_on": {"nodes": ["model.p.b"]}}},
 "functions": {"function.p.f": {"resource_type": "function", "name": "f", "depends_on": {"nodes": []}}})");
    std::string ran = results("build");
    ran.insert(
        ran.rfind(']'),
        R"(, {"unique_id": "unit_test.p.b.u", "status": "pass", "execution_time": 0.5}, {"unique_id": "function.p.f", "status": "success", "execution_time": 1})");
    const Catalog catalog = catalog_of({with_both, ran});
    const auto names_before = [&](const std::string& label) {
        std::vector<std::string> names;
        for (const std::size_t k : job(catalog, label).after) names.push_back(catalog.jobs[k].label);
        std::sort(names.begin(), names.end());
        return names;
    };
    CHECK(names_before("unit_test.p.b.u") == std::vector<std::string>{"model.p.a", "test.p.t"});
    CHECK(names_before("model.p.b") == std::vector<std::string>{"model.p.a", "test.p.t", "unit_test.p.b.u"});
    CHECK(job(catalog, "unit_test.p.b.u").reads.empty());
    CHECK(std::none_of(catalog.notes.begin(), catalog.notes.end(), [](const std::string& note) {
        return note.find("not in the manifest") != std::string::npos;
    }));
}

TEST_CASE("what dbt retry ran again was tried again") {
    const auto run = [](const std::string& command, const std::string& hour, const std::string& status) {
        return R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "generated_at": "2026-03-09T)" +
               hour + R"(:30:00Z"}, "args": {"which": ")" + command +
               R"("}, "results": [{"unique_id": "model.p.a", "status": ")" + status +
               R"(", "execution_time": 60, "timing": [{"name": "execute", "started_at": "2026-03-09T)" +
               hour + R"(:00:00Z", "completed_at": "2026-03-09T)" + hour + R"(:01:00Z"}]}]})";
    };
    const Catalog again = catalog_of({manifest, run("run", "05", "error"), run("retry", "06", "success")});
    CHECK(job(again, "model.p.a").retries == 1);
    CHECK(job(again, "model.p.a").backoff == 59 * 60);
    const Catalog anew = catalog_of({manifest, run("run", "05", "error"), run("run", "06", "success")});
    CHECK(job(anew, "model.p.a").retries == 0);
    // All that the manifest has is there, whether it ran or not.
    CHECK(std::count(again.there.begin(), again.there.end(), "model.p.b") == 1);
}

}  // namespace understudy::formats
