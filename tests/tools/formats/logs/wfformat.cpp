// Promised: WfFormat of all its versions with dependencies, machines, runtimes and makespan; what is no run
// is refused with what it lacks. Shown on one small workflow per version.
#include "tools/formats/logs/wfformat.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

using namespace kernel;

namespace {

models::RecordedRun read(const std::string& text) {
    Input input("workflow.json", text);
    return read_wfformat(input);
}

std::string refused(const std::string& text) {
    try {
        read(text);
    } catch (const FileError& error) {
        return error.what();
    }
    return "read";
}

using Parents = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("1.5: specification and execution") {
    const models::RecordedRun run =
        read(R"({"name": "w", "schemaVersion": "1.5", "runtimeSystem": {"name": "Pegasus"},
      "workflow": {
        "specification": {"tasks": [
          {"name": "split_ID01", "id": "split_ID01", "children": ["work_ID02", "work_ID03"], "parents": [], "inputFiles": ["f"]},
          {"name": "work_ID02", "id": "work_ID02", "children": [], "parents": ["split_ID01"]},
          {"name": "work_ID03", "id": "work_ID03", "children": ["join_ID04"], "parents": []},
          {"name": "join_ID04", "id": "join_ID04", "children": [], "parents": ["work_ID02"]}],
          "files": [{"id": "f", "sizeInBytes": 5}]},
        "execution": {"makespanInSeconds": 100.5, "executedAt": "x",
          "tasks": [
            {"id": "split_ID01", "runtimeInSeconds": 1.25, "machines": ["m1"], "coreCount": 2, "avgCPU": 97.5, "memoryInBytes": 99,
             "readBytes": 10, "writtenBytes": 20, "command": {"program": "p", "arguments": ["-a", ["deep"]]}},
            {"id": "work_ID02", "runtimeInSeconds": 2, "machines": ["m2"]},
            {"id": "work_ID03", "runtimeInSeconds": 3},
            {"id": "join_ID04", "runtimeInSeconds": 4, "machines": ["m1", "m2"], "avgCPU": 990}],
          "machines": [{"nodeName": "m1", "cpu": {"coreCount": 8}, "memoryInBytes": 1000}, {"nodeName": "m2", "cpu": {"coreCount": 4}}]}}})");
    REQUIRE(run.tasks.size() == 4);
    CHECK(run.format == "wfformat");
    CHECK(run.workflow == "w");
    CHECK(run.has_dependencies);
    CHECK(run.makespan == 100500 * millisecond);
    CHECK(run.tasks[0].process == "split");
    CHECK(run.tasks[0].realtime == 1250 * millisecond);
    CHECK_FALSE(run.tasks[0].started);
    CHECK(run.tasks[0].cpus == 2);
    CHECK(run.tasks[0].node == "m1");
    CHECK(run.tasks[0].memory_bytes == 0);
    // Its files, where they are listed; else what was counted.
    CHECK(run.tasks[0].read_bytes == 5);
    CHECK(run.tasks[0].write_bytes == 20);
    CHECK(run.tasks[1].cpus == 1);
    CHECK(run.tasks[0].parents.empty());
    CHECK(run.tasks[1].parents == Parents{0});
    CHECK(run.tasks[2].parents == Parents{0});
    CHECK(run.tasks[3].parents == Parents{1, 2});
    REQUIRE(run.nodes.size() == 2);
    CHECK(run.nodes[0].cores == 8);
    CHECK(run.nodes[0].memory_bytes == 1000);
    CHECK(noted(run, "several machines") == 1);
    CHECK(noted(run, "core count is too low") == 1);
}

TEST_CASE("1.6: when each task was executed") {
    const auto with = [](const std::string& second) {
        return read(R"({"name": "w", "schemaVersion": "1.6", "workflow": {
        "specification": {"tasks": [{"name": "a", "id": "a", "children": ["b"]}, {"name": "b", "id": "b"}]},
        "execution": {"makespanInSeconds": 40, "tasks": [
            {"id": "a", "runtimeInSeconds": 10.5, "executedAt": "2026-08-04T15:20:00+00:00"},
            {"id": "b", "runtimeInSeconds": 20)" +
                    second + "}]}}}");
    };
    const models::RecordedRun run = with(R"(, "executedAt": "2026-08-04T15:20:17+00:00")");
    CHECK(run.epoch_ns == 1785856800LL * second);
    CHECK(run.tasks[0].started == 0);
    CHECK(run.tasks[0].completed == 10500 * millisecond);
    CHECK(run.tasks[1].started == 17 * second);
    CHECK(run.zone.empty());
    // Starts of some order nothing.
    const models::RecordedRun half = with("");
    CHECK_FALSE(half.tasks[0].started);
    CHECK(noted(half, "without executedAt, which others have") == 1);
    CHECK(noted(with(R"(, "executedAt": "noon")"), "executedAt is no date and time") == 1);
}

TEST_CASE("1.0: jobs in one list, transfers and auxiliary jobs are tasks, memory in KiB") {
    const models::RecordedRun run = read(
        R"({"name": "old", "schemaVersion": "1.0", "wms": {"name": "Pegasus"}, "workflow": {"makespan": 30,
      "jobs": [
        {"name": "stage_in", "type": "transfer", "runtime": 2.5, "parents": [], "machine": "m"},
        {"name": "work_ID1", "type": "compute", "runtime": 5, "parents": ["stage_in", "ghost"], "machine": "m", "cores": 3, "bytesRead": 7},
        {"name": "clean_up", "type": "auxiliary", "runtime": 0, "parents": ["work_ID1"], "machine": "elsewhere"}],
      "machines": [{"nodeName": "m", "memory": 4, "cpu": {"count": 4}}]}})");
    REQUIRE(run.tasks.size() == 3);
    CHECK(run.tasks[1].parents == Parents{0});
    CHECK(run.tasks[1].cpus == 3);
    CHECK(run.tasks[1].read_bytes == 7);
    CHECK(run.tasks[2].parents == Parents{1});
    CHECK(run.nodes.size() == 2);
    CHECK(run.nodes[0].cores == 4);
    CHECK(run.nodes[0].memory_bytes == 4096);
    CHECK(run.nodes[1].cores == 0);
    CHECK(noted(run, "transfer jobs") == 1);
    CHECK(noted(run, "auxiliary jobs") == 1);
    CHECK(noted(run, "parents that the file does not have") == 1);
    CHECK(noted(run, "machine that is not listed") == 1);
}

TEST_CASE("1.3: parents by name where ids are others") {
    const models::RecordedRun run = read(R"({"workflow": {"makespan": 9, "tasks": [
        {"name": "a_a_01", "id": "a_01", "category": "a", "runtime": 1, "parents": [], "children": ["b_b_02"]},
        {"name": "b_b_02", "id": "b_02", "category": "b", "runtime": 1, "parents": ["a_a_01"], "children": []}]}})");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[1].parents == Parents{0});
    CHECK(run.tasks[1].process == "b");
    CHECK(run.tasks[1].id == "b_02");
}

TEST_CASE("oddities are counted: no runtime, executed twice, not specified, ids again") {
    const models::RecordedRun run = read(R"({"workflow": {"specification": {"tasks": [
        {"name": "a", "id": "1"}, {"name": "b", "id": "1"}, {"name": "c", "id": "3"}, 7, {}]},
        "execution": {"tasks": [{"id": "1", "runtimeInSeconds": 1}, {"id": "1", "runtimeInSeconds": 2}, {"id": "9", "runtimeInSeconds": 3},
        {"id": "3", "runtimeInSeconds": -3}]}}})");
    CHECK(run.tasks.size() == 3);
    CHECK(run.tasks[1].id == "1#2");
    CHECK(noted(run, "no recorded makespan") == 1);
    CHECK(noted(run, "executed more than once") == 1);
    CHECK(noted(run, "not in the specification") == 1);
    CHECK(noted(run, "not executed") == 1);
    CHECK(noted(run, "negative runtime") == 1);
    CHECK(noted(run, "entry that is no task") == 1);
    CHECK(noted(run, "without id and name") == 1);
}

TEST_CASE("what is no recorded workflow is refused") {
    CHECK(refused("{\"a\": 1}").find("lacks `workflow`") != std::string::npos);
    CHECK(refused("{\"workflow\": {\"file\": \"x\"}}").find("neither `specification` nor `tasks`") !=
          std::string::npos);
    CHECK(refused("{\"workflow\": {\"specification\": {\"tasks\": []}}}").find("was not run") !=
          std::string::npos);
    CHECK(refused("{\"workflow\": {\"tasks\": []}}").find("has no task") != std::string::npos);
    CHECK(refused("{\"workflow\": {\"tasks\": [{\"name\": \"a\"}]}}").find("no task with a runtime") !=
          std::string::npos);
    CHECK(refused("{\"workflow\":\n {\"tasks\": [}").find("breaks at line 2") != std::string::npos);
    CHECK(refused("{\"workflow\": {\"tasks\": [{\"name\": \"a\", \"runtime\": 1, \"parents\": [\"b\"]}, "
                  "{\"name\": \"b\", \"runtime\": 1, \"parents\": [\"a\"]}]}}")
              .find("form a cycle") != std::string::npos);
    CHECK(refused("{\"workflow\": {\"tasks\": [{\"name\": \"a\", \"runtime\": 1e30}]}}")
              .find("the runtime of task `a`, 1e+30 s, is longer than 292 years") != std::string::npos);
    CHECK(refused(std::string(1000000, '[')).find("nested too deeply") != std::string::npos);
}

TEST_CASE("a long list takes no quadratic time") {
    std::string text = "{\"workflow\": {\"makespan\": 1, \"tasks\": [";
    for (int i = 0; i < 50000; ++i)
        text +=
            fmt::format("{}{{\"name\": \"t_{}\", \"runtime\": 1, \"files\": [1, 2]}}", i > 0 ? "," : "", i);
    CHECK(read(text + "]}}").tasks.size() == 50000);
}

}  // namespace understudy::formats
