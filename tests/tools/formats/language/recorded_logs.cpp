// Promised: laws, fields and arrivals are taken from logs of every format that the language names, of all their tasks or of
// one process; what they do not have is said. Shown: a log of each format, and what is asked of it.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

const std::string trace =
    "task_id\tprocess\ttag\tname\tstatus\tsubmit\tstart\tcomplete\trealtime\trchar\n"
    "1\tALIGN\ta\tALIGN (a)\tCOMPLETED\t1700000000000\t1700000002000\t1700000012000\t9000\t2000\n"
    "2\tSORT\ta\tSORT (a)\tCOMPLETED\t1700000020000\t1700000020000\t1700000023000\t3000\t500\n"
    "3\tALIGN\tb\tALIGN (b)\tCOMPLETED\t1700000010000\t1700000011000\t1700000031000\t18000\t4000\n";

std::string scenario(const std::string& log, const std::string& service,
                     const std::string& arrivals = "every 1s") {
    return "understudy: 1\nscenario: s\nlogs:\n  log: " + log +
           "\ntwin:\n  stages:\n    s: {reads: x, workers: 1, service: " + service +
           "}\nload: {x: {arrivals: " + arrivals + "}}\nrun: {length: 1h}\n";
}

/// The values that a service is taken from, in seconds.
std::string values(const std::string& log, const std::string& column) {
    const auto reading = read_scenario(scenario(log, "recorded(log." + column + ")"), "s.yaml");
    if (!reading.scenario) return reading.diagnostics.show();
    return fmt::format("{}",
                       fmt::join(*reading.scenario->twin.stages[0].work.service.terms[0].recorded, " "));
}

}  // namespace

TEST_CASE(
    "recorded logs: columns of a Nextflow trace, of all tasks and of a process, in the order of submission") {
    const tests::CurrentFolder folder;
    folder.write("trace.txt", trace);
    const std::string log = "{file: trace.txt, format: nextflow}";
    CHECK(values(log, "duration") == "10 20 3");
    CHECK(values(log, "realtime") == "9 18 3");
    CHECK(values(log, "wait") == "2 1 0");
    CHECK(values(log, "ALIGN.duration") == "10 20");
    CHECK(values(log, "SORT.work") == "3");
    const auto arrivals =
        read_scenario(scenario(log, "sample(log.ALIGN.duration)", "recorded(log.submitted)"), "s.yaml");
    REQUIRE(arrivals.scenario);
    CHECK(*arrivals.scenario->loads[0].arrivals.instants == std::vector<double>{0, 10, 20});
    CHECK(arrivals.scenario->twin.stages[0].work.service.terms[0].law.mean() == doctest::Approx(15));
    // What was read is written as it was asked for.
    const auto again = read_scenario(write_scenario(*arrivals.scenario), "again.yaml");
    INFO(again.diagnostics.show());
    REQUIRE(again.scenario);
    CHECK(write_scenario(*again.scenario) == write_scenario(*arrivals.scenario));
}

TEST_CASE("recorded logs: each format by its tasks") {
    const tests::CurrentFolder folder;
    folder.write("log.swf",
                 "; UnixStartTime: 0\n1 0 5 10 4 -1 -1 4 60 -1 1 1 1 1 1 -1 -1 -1\n"
                 "2 30 0 20 8 -1 -1 8 60 -1 1 1 1 1 1 -1 -1 -1\n");
    CHECK(values("{file: log.swf, format: swf}", "run") == "10 20");
    CHECK(values("{file: log.swf, format: swf}", "wait") == "5 0");
    CHECK(values("{file: log.swf, format: swf}", "requested") == "60 60");
    folder.write(
        "log.xes",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<log xmlns=\"http://www.xes-standard.org/\">\n<trace>"
        "<string key=\"concept:name\" value=\"c1\"/>\n"
        "<event><string key=\"concept:name\" value=\"check\"/><string key=\"lifecycle:transition\" "
        "value=\"start\"/><date key=\"time:timestamp\" value=\"2026-03-09T10:00:00Z\"/></event>\n"
        "<event><string key=\"concept:name\" value=\"check\"/><string key=\"lifecycle:transition\" "
        "value=\"complete\"/><date key=\"time:timestamp\" value=\"2026-03-09T10:05:00Z\"/></event>\n"
        "</trace></log>\n");
    CHECK(values("{file: log.xes, format: xes}", "check.duration") == "300");
    const auto event = [](const char* type, const char* time, const char* run) {
        return fmt::format(
            "{{\"eventType\":\"{}\",\"eventTime\":\"2026-03-09T05:{}Z\",\"run\":{{\"runId\":\"{}\"}},"
            "\"job\":{{\"namespace\":\"n\",\"name\":\"load\"}}}}\n",
            type, time, run);
    };
    const std::string a = "0195f7a2-0000-7000-8000-000000000001", b = "0195f7a2-0000-7000-8000-000000000002";
    folder.write("log.ndjson", event("START", "00:00", a.c_str()) + event("START", "01:00", b.c_str()) +
                                   event("COMPLETE", "01:30", b.c_str()) +
                                   event("COMPLETE", "02:00", a.c_str()));
    CHECK(values("{file: log.ndjson, format: openlineage}", "duration") == "120 30");
    folder.write(".ninja_log", "# ninja log v5\n100\t400\t0\tgen.h\taaaa\n400\t1200\t0\ta.o\tcccc\n");
    CHECK(values("{file: .ninja_log, format: ninja}", "duration") == "0.3 0.8");
    folder.write("w.json", R"({"name": "w", "schemaVersion": "1.5", "workflow": {"specification": {"tasks": [
        {"name": "split", "id": "split", "children": [], "parents": []}], "files": []},
        "execution": {"makespanInSeconds": 2, "tasks": [{"id": "split", "runtimeInSeconds": 1.25}]}}})");
    CHECK(values("{file: w.json, format: wfformat}", "runtime") == "1.25");
    folder.write("run_results.json", R"({"metadata": {}, "results": [
        {"unique_id": "model.shop.b", "status": "success", "execution_time": 4.5, "timing": [{"name": "execute",
         "started_at": "2026-03-09T05:00:10Z", "completed_at": "2026-03-09T05:00:14.5Z"}]},
        {"unique_id": "model.shop.a", "status": "success", "execution_time": 2, "timing": [{"name": "execute",
         "started_at": "2026-03-09T05:00:00Z", "completed_at": "2026-03-09T05:00:02Z"}]},
        {"unique_id": "model.shop.c", "status": "skipped", "execution_time": 0, "timing": []}]})");
    CHECK(values("{file: run_results.json, format: dbt}", "execution_time") == "2 4.5");
    CHECK(values("{file: run_results.json, format: dbt}", "started") == "0 10");
}

TEST_CASE("recorded logs: what they do not have is said") {
    const tests::CurrentFolder folder;
    folder.write("trace.txt", trace);
    const std::string log = "{file: trace.txt, format: nextflow}";
    CHECK(values(log, "durations") ==
          "s.yaml:7:53: error: a log of nextflow has no column 'durations'; did you mean 'duration'?\n");
    CHECK(values(log, "ALIGNS.duration").find("trace.txt has no task of 'ALIGNS'; did you mean 'ALIGN'?") !=
          std::string::npos);
    CHECK(values(log, "requested").find("no task of trace.txt says its 'requested'") != std::string::npos);
    CHECK(values("{file: trace.txt, format: swf}", "run")
              .find("trace.txt: not of the format 'swf', but a Nextflow trace") != std::string::npos);
    CHECK(values("{file: missing.txt, format: nextflow}", "run").find("missing.txt: no such file") !=
          std::string::npos);
    CHECK(values("{file: trace.txt, format: nextflow, columns: {realtime: s}}", "run")
              .find("error: 'columns' of a log of nextflow; its columns are known: submitted") !=
          std::string::npos);
}
