// Promised: whatever log it is, what has begun and not ended counts as well; ids are those that other parts of the log have;
// instants that do not count from 1970 are marked; logs without instants, and files that are no logs, are refused.
// Shown: small logs of each kind by hand, cut off in the middle.
#include "tools/formats/logs/event_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

using Told = models::ObservedEvent::Kind;

namespace {

models::ObservedEvents events_in(const std::string& name, const std::string& text,
                                 const EventOptions& options = {}) {
    const ScratchFolder scratch;
    auto read = read_events(scratch.write(name, text), options);
    if (const auto* failure = std::get_if<LogFailure>(&read)) FAIL(failure->message);
    return std::get<models::ObservedEvents>(read);
}

std::string refused_events(const std::string& name, const std::string& text) {
    const ScratchFolder scratch;
    const auto read = read_events(scratch.write(name, text));
    REQUIRE(std::holds_alternative<LogFailure>(read));
    return std::get<LogFailure>(read).message;
}

std::int64_t count(const models::ObservedEvents& events, Told kind) {
    std::int64_t found = 0;
    for (const auto& event : events.events) found += event.kind == kind ? 1 : 0;
    return found;
}

}  // namespace

TEST_CASE("a table of tasks of which some wait and some work") {
    const auto log = events_in("log.csv",
                               "id,process,tag,submitted_s,started_s,completed_s,status\n"
                               "1,clean,x,0,10,20,ok\n2,clean,y,5,15,,running\n3,clean,z,18,,,queued\n"
                               "1,clean,x,0,10,20,ok\n4,clean,w,1,2,9,failed\n5,clean,v,1,2,3,whatever\n");
    CHECK(log.from_start);
    CHECK(count(log, Told::submitted) == 4);
    CHECK(count(log, Told::started) == 3);
    CHECK(count(log, Told::ended) == 1);
    CHECK(count(log, Told::failed) == 1);
    CHECK(log.events.front().item == "x");
    CHECK(log.events.front().id == "1");
    CHECK_FALSE(log.notes.empty());  // "whatever"
}

TEST_CASE("a Nextflow trace of a run that goes on; ids are hashes") {
    const auto log =
        events_in("trace.txt",
                  "task_id\thash\tname\tprocess\ttag\tstatus\tsubmit\tstart\tcomplete\n"
                  "1\tab/1\tA (s)\tA\ts\tCOMPLETED\t1700000000000\t1700000001000\t1700000009000\n"
                  "2\tab/2\tB (s)\tB\ts\tRUNNING\t1700000009000\t1700000010000\t-\n"
                  "3\tab/3\tB (t)\tB\tt\tSUBMITTED\t1700000009000\t-\t-\n"
                  "4\tab/4\tC (t)\tC\tt\tCACHED\t1700000009000\t-\t-\n");
    CHECK_FALSE(log.from_start);
    CHECK(log.events.size() == 6);
    CHECK(log.events.front().ns == 1'700'000'000'000'000'000);
    CHECK(log.events.front().id == "ab/1");
    CHECK(log.events.front().name == "A (s)");
    CHECK(count(log, Told::ended) == 1);
}

TEST_CASE("a process log whose last steps go on, in both forms of tables and in XES") {
    const auto steps =
        events_in("steps.csv",
                  "case_id,activity,start_time,end_time\n"
                  "7,check,2026-03-09T10:00:00,2026-03-09T10:10:00\n8,check,2026-03-09T10:05:00,\n");
    CHECK(steps.events.size() == 3);
    CHECK(count(steps, Told::started) == 2);
    CHECK(steps.events.front().item == "7");
    CHECK(steps.events.front().id.empty());
    const auto lines =
        events_in("lines.csv",
                  "case_id,activity,lifecycle,timestamp\n"
                  "7,check,schedule,2026-03-09T09:59:00\n7,check,start,2026-03-09T10:00:00\n"
                  "7,check,complete,2026-03-09T10:10:00\n8,check,schedule,2026-03-09T10:05:00\n"
                  "9,check,start,2026-03-09T10:05:00\n9,check,suspend,2026-03-09T10:06:00\n");
    CHECK(count(lines, Told::submitted) == 2);
    CHECK(count(lines, Told::started) == 2);
    CHECK(count(lines, Told::ended) == 1);
    const auto xes = events_in(
        "log.xes",
        "<?xml version=\"1.0\"?><log><trace><string key=\"concept:name\" value=\"c1\"/><event><string "
        "key=\"concept:name\" value=\"check\"/><string key=\"lifecycle:transition\" value=\"start\"/><date "
        "key=\"time:timestamp\" value=\"2026-03-09T10:00:00+01:00\"/></event></trace></log>");
    CHECK(xes.events.size() == 1);
    CHECK(xes.events.front().item == "c1");
}

TEST_CASE("what was aborted or withdrawn has ended, wherever it began") {
    const auto event = [](const std::string& clock, const std::string& transition) {
        return "<event><string key=\"concept:name\" value=\"check\"/><string key=\"lifecycle:transition\" "
               "value=\"" +
               transition + "\"/><date key=\"time:timestamp\" value=\"2026-03-09T" + clock +
               ":00Z\"/></event>";
    };
    const auto trace = [](const std::string& name, const std::string& events) {
        return "<trace><string key=\"concept:name\" value=\"" + name + "\"/>" + events + "</trace>";
    };
    const auto log =
        events_in("log.xes", "<log>" + trace("1", event("10:00", "start") + event("10:05", "ate_abort")) +
                                 trace("2", event("10:00", "schedule") + event("10:06", "withdraw")) +
                                 trace("3", event("10:07", "ate_abort")) + "</log>");
    std::vector<std::pair<std::string, Told>> told;
    for (const auto& one : log.events) told.emplace_back(one.item, one.kind);
    std::sort(told.begin(), told.end());
    CHECK(told == std::vector<std::pair<std::string, Told>>{{"1", Told::started},
                                                            {"1", Told::ended},
                                                            {"2", Told::submitted},
                                                            {"2", Told::ended},
                                                            {"3", Told::ended}});
}

TEST_CASE("dates that say no zone are of the zone that is known, and a note says so") {
    EventOptions berlin;
    berlin.zone = "Europe/Berlin";
    const std::int64_t nine = 1751360400LL * kernel::second;  // 2025-07-01T09:00 by UTC
    for (const std::string text :
         {"id,process,started,completed\n1,check,2025-07-01 09:00:00,2025-07-01 09:05:00\n",
          "case_id,activity,start_time,end_time\n1,check,2025-07-01 09:00:00,2025-07-01 "
          "09:05:00\n"}) {
        const auto there = events_in("log.csv", text, berlin);
        REQUIRE(there.events.size() == 2);
        CHECK(there.events[0].ns == nine - 2 * kernel::hour);
        REQUIRE(there.notes.size() > 0);
        CHECK(there.notes.back().text ==
              "dates say no zone: taken as of Europe/Berlin, the zone of the twin");
        CHECK(events_in("log.csv", text).events[0].ns == nine);
    }
    const auto said = events_in(
        "log.csv",
        "case_id,activity,start_time,end_time\n1,check,2025-07-01T09:00:00Z,2025-07-01T09:05:00Z\n", berlin);
    CHECK(said.events[0].ns == nine);
    CHECK(said.notes.empty());
}

TEST_CASE("lineage events: first START, last end, who is part of whom") {
    const std::string job = "\"job\":{\"namespace\":\"n\",\"name\":\"a.b\"},\"producer\":\"p\"}\n";
    const std::string run =
        "\"run\":{\"runId\":\"r1\",\"facets\":{\"nominalTime\":{\"nominalStartTime\":\"2026-03-09T05:00:"
        "00Z\"},"
        "\"parent\":{\"run\":{\"runId\":\"top\"},\"job\":{\"namespace\":\"n\",\"name\":\"a\"}}}},";
    const auto log = events_in(
        "log.ndjson", "{\"eventType\":\"START\",\"eventTime\":\"2026-03-09T05:01:00Z\"," + run + job +
                          "{\"eventType\":\"START\",\"eventTime\":\"2026-03-09T05:00:30Z\"," + run + job +
                          "{\"eventType\":\"RUNNING\",\"eventTime\":\"2026-03-09T05:02:00Z\"," + run + job);
    REQUIRE(log.events.size() == 3);
    CHECK(log.events[0].kind == Told::due);
    CHECK(log.events[1].kind == Told::started);
    CHECK(log.events[2].kind == Told::seen);
    CHECK(log.events[1].process == "n/a.b");
    CHECK(log.events[1].name == "a.b");
    CHECK_FALSE(log.events[1].id.empty());
    CHECK_FALSE(log.events[1].run.empty());
    CHECK(log.events[1].run != log.events[1].id);
}

TEST_CASE("what lineage events and tables say of sizes is told once for each time it is said") {
    const auto told = [](const std::string& type, const std::string& at, const std::string& size) {
        return R"({"eventType":")" + type + R"(","eventTime":"2026-03-09T05:0)" + at +
               R"(:00Z","run":{"runId":"r1"},"job":{"namespace":"n","name":"a"},"producer":"p",)"
               R"("inputs":[{"namespace":"db","name":"raw","inputFacets":{"inputStatistics":{"size":)" +
               size +
               R"(,"rowCount":7}}}],"outputs":[{"namespace":"db","name":"out","outputFacets":{"outputStatistics":{"rowCount":3,"size":0}}}]})"
               "\n";
    };
    const std::string start = told("START", "1", "1000"), end = told("COMPLETE", "4", "1200");
    const auto log = events_in("log.ndjson", end + start + start);
    CHECK(count(log, Told::read) == 2);
    CHECK(count(log, Told::wrote) == 2);
    const auto first = std::find_if(log.events.begin(), log.events.end(),
                                    [](const auto& event) { return event.kind == Told::read; });
    CHECK(first->dataset == "db/raw");
    CHECK(first->bytes == 1000);
    CHECK(first->records == 7);
    CHECK(first->id == log.events.front().id);
    // All parts of a log tell together what the whole tells.
    auto parts = events_in("first.ndjson", start).events;
    models::unite(parts, events_in("second.ndjson", end).events);
    CHECK(parts == log.events);
    const auto table = events_in("log.csv",
                                 "id,process,started_s,completed_s,read_bytes,written_bytes\n"
                                 "1,clean,10,20,500,30\n2,clean,15,,700,\n");
    CHECK(count(table, Told::read) == 2);
    CHECK(count(table, Told::wrote) == 1);
    CHECK(table.events.back().dataset.empty());
}

TEST_CASE("instances of Airflow's tasks tell the same as answers of its API and as tables") {
    const auto answer = events_in("now.json",
                                  R"({"task_instances":[
{"dag_id":"etl","task_id":"extract","dag_run_id":"r1","queued_when":"2026-03-11T04:00:01Z","start_date":"2026-03-11T04:00:05Z",
 "end_date":"2026-03-11T04:05:05Z","state":"success","try_number":1},
{"dag_id":"etl","task_id":"clean","dag_run_id":"r1","queued_when":"2026-03-11T04:06:07Z","start_date":"2026-03-11T04:06:10Z","end_date":null,
 "state":"running","try_number":2}],"total_entries":2})");
    const auto table =
        events_in("now.csv",
                  "dag_id,task_id,run_id,queued_dttm,start_date,end_date,state,try_number\n"
                  "etl,extract,r1,2026-03-11T04:00:01Z,2026-03-11T04:00:05Z,2026-03-11T04:05:05Z,success,1\n"
                  "etl,clean,r1,2026-03-11T04:06:07Z,2026-03-11T04:06:10Z,,running,2\n");
    CHECK(answer.format == "airflow");
    CHECK(answer.events.size() == 5);
    CHECK(answer.events == table.events);
}

TEST_CASE("results of dbt: a node of an invocation is a piece of work") {
    const auto results = [](const std::string& invocation) {
        return R"({"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v5.json","invocation_id":")" +
               invocation + R"("},"results":[
{"unique_id":"model.shop.orders","status":"success","timing":[
 {"name":"compile","started_at":"2026-03-11T04:00:00Z","completed_at":"2026-03-11T04:00:01Z"},
 {"name":"execute","started_at":"2026-03-11T04:00:01Z","completed_at":"2026-03-11T04:01:00Z"}]},
{"unique_id":"model.shop.lines","status":"error","timing":[
 {"name":"execute","started_at":"2026-03-11T04:00:01Z","completed_at":"2026-03-11T04:00:30Z"}]},
{"unique_id":"model.shop.sums","status":"skipped","timing":[]}]})";
    };
    const auto log = events_in("run_results.json", results("i1"));
    CHECK(log.events.size() == 5);
    CHECK(count(log, Told::failed) == 1);
    CHECK(log.events.back().kind == Told::over);
    CHECK(log.events.back().process == "model.shop.orders");
    CHECK(log.events.back().run == "i1");
    CHECK(events_in("run_results.json", results("i2")).events.back().id != log.events.back().id);
}

TEST_CASE(
    "jobs of a batch system have their class as their name; those of which it is not known when count for "
    "nothing") {
    const auto log = events_in("jobs.swf",
                               "; MaxProcs: 32\n; UnixStartTime: 1772000000\n"
                               "1 173 10 841 1 -1 -1 1 1682 -1 1 1 1 -1 1 1 -1 -1\n"
                               "2 416 0 1740 3 -1 -1 2 -1 -1 1 1 1 -1 1 1 -1 -1\n"
                               "3 588 -1 100 8 -1 -1 8 200 -1 1 1 1 -1 1 1 -1 -1\n"
                               "4 600 20 -1 1 -1 -1 1 1682 -1 -1 1 1 -1 1 1 -1 -1\n"
                               "5 610 -1 -1 1 -1 -1 1 1682 -1 -1 1 1 -1 1 1 -1 -1\n"
                               "6 611 4 -1 1 -1 -1 1 1682 -1 5 1 1 -1 1 1 -1 -1\n");
    // Of the first two all, of the one that runs that it has begun, of the one that was withdrawn that it is gone.
    CHECK(log.events.size() == 6 + 2 + 1 + 2);
    CHECK(count(log, Told::submitted) == 5);
    CHECK(count(log, Told::started) == 3);
    CHECK(count(log, Told::ended) == 3);
    CHECK_FALSE(log.from_start);
    CHECK(log.events[0].process == "job");
    CHECK(log.events[0].name == "run_jobs_of_1_to_1h");
    CHECK(log.events[0].id == "1");
    CHECK(log.events.back().name == "run_jobs_of_4");
}

TEST_CASE("what tells of no events is refused by its name, with what is taken") {
    const std::string said = refused_events(
        "etl.json",
        R"({"dag": {"dag_id": "etl", "schedule_interval": "0 5 * * *", "tasks": [{"task_id": "a"}]}})");
    CHECK(said.find("is an export of Airflow, and says of nothing when it began") != std::string::npos);
    CHECK(said.find("task instances") != std::string::npos);
    CHECK(refused_events("c.yaml", "apiVersion: v3.0.2\nkind: DataContract\nid: x\nversion: 1.0.0\n")
              .find("is a data contract") != std::string::npos);
}

TEST_CASE("what tells of no instants is refused") {
    CHECK(refused_events("log.csv", "id,process,duration_s\n1,a,5\n").find("usable time") !=
          std::string::npos);
    CHECK(refused_events("log.txt", "hello\n").find("log.txt") != std::string::npos);
    CHECK(refused_events("log.ndjson", "{\"eventTime\":\"2026-03-09T05:00:00Z\"}\n").find("lacks") !=
          std::string::npos);
}

}  // namespace understudy::formats
