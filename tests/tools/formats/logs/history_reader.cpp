// Promised: what twins are made of can be fitted to: OpenLineage events, dbt's run results and process logs become recorded
// runs, with the runs that they are part of, failures, and what had not ended; other logs stay what they are.
// Shown: small files of each kind.
#include "tools/formats/logs/history_reader.h"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

namespace {

models::RecordedRun history_in(const std::string& name, const std::string& text) {
    const ScratchFolder scratch;
    auto read = read_history(scratch.write(name, text));
    if (const auto* failure = std::get_if<LogFailure>(&read)) FAIL(failure->message);
    return std::get<models::RecordedRun>(read);
}

std::string event(const std::string& type, const std::string& time, const std::string& run) {
    return R"({"eventType":")" + type + R"(","eventTime":"2026-03-02T)" + time +
           R"(Z","run":{"runId":"00000000-0000-0000-0000-00000000000)" + run +
           R"(","facets":{"parent":{"run":{"runId":"00000000-0000-0000-0000-0000000000ff"},"job":{"namespace":"n","name":"dag"}}}},"job":{"namespace":"n","name":"dag.load"},"inputs":[],"outputs":[],"producer":"p","schemaURL":"s"})"
           "\n";
}

}  // namespace

TEST_CASE("history: runs of OpenLineage") {
    const auto run =
        history_in("events.ndjson", event("START", "01:00:00", "1") + event("FAIL", "01:00:30", "1") +
                                        event("START", "01:05:00", "2") + event("COMPLETE", "01:06:40", "2") +
                                        event("START", "02:00:00", "3"));
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.resolution == kernel::second);
    CHECK(run.tasks[0].failed != run.tasks[1].failed);
    for (const models::RecordedTask& task : run.tasks) {
        CHECK(task.process == run.tasks[0].process);
        CHECK(task.run == run.tasks[0].run);
        CHECK(!task.run.empty());
        CHECK(*models::time_held(task) == (task.failed ? 30 : 100) * kernel::second);
    }
    REQUIRE(run.open.size() == 1);
    CHECK(!run.open[0].completed);
    CHECK(run.epoch_ns > 0);
    // As a text in messages of Kafka.
    std::string messages;
    for (const std::string& one : {event("START", "01:00:00", "1"), event("COMPLETE", "01:00:30", "1")})
        messages += nlohmann::json{{"offset", 1}, {"value", one}}.dump() + "\n";
    CHECK(history_in("messages.ndjson", messages).tasks.size() == 1);
}

TEST_CASE("history: what runs of OpenLineage read and wrote") {
    const auto with = [](std::string text, const std::string& inputs, const std::string& outputs) {
        const std::string none = R"("inputs":[],"outputs":[])";
        text.replace(text.find(none), none.size(),
                     "\"inputs\":[" + inputs + "],\"outputs\":[" + outputs + "]");
        return text;
    };
    const auto input = [](const std::string& name, const std::string& facet) {
        return R"({"namespace":"db","name":")" + name + R"(","inputFacets":{)" + facet + "}}";
    };
    const std::string end = with(
        event("COMPLETE", "01:00:30", "1"),
        input("a", R"("inputStatistics":{"rowCount":10,"size":1000},"dataQualityMetrics":{"bytes":7})") +
            "," + input("b", R"("dataQualityMetrics":{"rowCount":5,"bytes":500})"),
        R"({"namespace":"db","name":"o","outputFacets":{"outputStatistics":{"rowCount":3,"size":250}}})");
    // The same event twice, and the start with what was known then.
    const auto run = history_in("events.ndjson", with(event("START", "01:00:00", "1"),
                                                      input("a", R"("inputStatistics":{"size":10})"), "") +
                                                     end + end);
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].read_bytes == 1500);
    CHECK(run.tasks[0].write_bytes == 250);
}

TEST_CASE("history: instances of Airflow's tasks") {
    const auto run = history_in("instances.json",
                                R"({"task_instances":[
{"dag_id":"orders","dag_run_id":"r1","task_id":"a","start_date":"2026-03-09T05:00:00Z","end_date":"2026-03-09T05:00:30Z","state":"failed","try_number":1,"map_index":-1},
{"dag_id":"orders","dag_run_id":"r1","task_id":"a","start_date":"2026-03-09T05:01:00Z","end_date":"2026-03-09T05:06:00Z","state":"success","try_number":2,"map_index":-1},
{"dag_id":"orders","dag_run_id":"r1","task_id":"b","start_date":null,"end_date":null,"state":"skipped","try_number":0,"map_index":-1},
{"dag_id":"orders","dag_run_id":"r2","task_id":"a","start_date":"2026-03-10T05:00:00Z","end_date":null,"state":"running","try_number":1,"map_index":-1}],"total_entries":4})");
    CHECK(run.format == "airflow");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].failed);
    CHECK(run.tasks[1].attempt == 2);
    CHECK(*models::time_held(run.tasks[1]) == 5 * kernel::minute);
    for (const models::RecordedTask& task : run.tasks) {
        CHECK(task.process == "orders.a");
        CHECK(task.workflow == "orders");
        CHECK(task.run == "orders r1");
    }
    REQUIRE(run.open.size() == 1);
    CHECK(run.open[0].run == "orders r2");
}

TEST_CASE("history: the answer of Airflow's API and its table say the same") {
    const auto answer = history_in("instances.json",
                                   R"({"task_instances":[
{"dag_id":"o","dag_run_id":"r1","task_id":"a","map_index":-1,"try_number":1,"state":"success","hostname":"n1","queued_when":"2026-03-09T05:00:00Z","scheduled_when":"2026-03-09T04:59:59Z","start_date":"2026-03-09T05:00:04Z","end_date":"2026-03-09T05:00:30Z"},
{"dag_id":"o","dag_run_id":"r1","task_id":"m","map_index":0,"try_number":1,"state":"success","hostname":"n1","queued_when":"2026-03-09T05:01:00Z","start_date":"2026-03-09T05:01:03Z","end_date":"2026-03-09T05:02:00Z"},
{"dag_id":"o","dag_run_id":"r1","task_id":"m","map_index":1,"try_number":1,"state":"success","hostname":"n2","queued_when":"2026-03-09T05:01:01Z","start_date":"2026-03-09T05:01:05Z","end_date":"2026-03-09T05:04:00Z"},
{"dag_id":"o","dag_run_id":"r2","task_id":"a","map_index":-1,"try_number":1,"state":"success","hostname":"","queued_when":"2026-03-10T05:00:09Z","start_date":"2026-03-10T05:00:04Z","end_date":"2026-03-10T05:00:30Z"},
{"dag_id":"o","dag_run_id":"r2","task_id":"m","map_index":0,"try_number":1,"state":"queued","hostname":"","queued_when":"2026-03-10T05:01:00Z","start_date":null,"end_date":null}],"total_entries":5})");
    const auto table = history_in(
        "task_instance.csv",
        "dag_id,run_id,task_id,map_index,try_number,state,hostname,queued_dttm,start_date,end_date\n"
        "o,r1,a,-1,1,success,n1,2026-03-09 05:00:00+00:00,2026-03-09 05:00:04+00:00,2026-03-09 "
        "05:00:30+00:00\n"
        "o,r1,m,0,1,success,n1,2026-03-09 05:01:00+00:00,2026-03-09 05:01:03+00:00,2026-03-09 "
        "05:02:00+00:00\n"
        "o,r1,m,1,1,success,n2,2026-03-09 05:01:01+00:00,2026-03-09 05:01:05+00:00,2026-03-09 "
        "05:04:00+00:00\n"
        "o,r2,a,-1,1,success,,2026-03-10 05:00:09+00:00,2026-03-10 05:00:04+00:00,2026-03-10 05:00:30+00:00\n"
        "o,r2,m,0,1,queued,,2026-03-10 05:01:00+00:00,,\n");
    CHECK(answer.epoch_ns == table.epoch_ns);
    for (const models::RecordedRun* run : {&answer, &table}) {
        REQUIRE(run->tasks.size() == 3);
        const models::RecordedTask& first = run->tasks[0];
        CHECK(first.process == "o.a");
        CHECK(first.node == "n1");
        REQUIRE(first.submitted);
        CHECK(*first.started - *first.submitted == 4 * kernel::second);
        // After it began it cannot have been queued.
        CHECK(!run->tasks[1].submitted);
        REQUIRE(run->notes.size() == 1);
        CHECK(run->notes[0].text == submitted_late_note);
        // Of mapped ones from the first to the last.
        const models::RecordedTask& mapped = run->tasks[2];
        CHECK(mapped.node.empty());
        CHECK(*mapped.started - *mapped.submitted == 3 * kernel::second);
        CHECK(*models::time_held(mapped) == 177 * kernel::second);
        REQUIRE(run->open.size() == 1);
        CHECK(run->open[0].submitted);
        CHECK(!run->open[0].started);
    }
}

TEST_CASE("history: results of dbt") {
    const auto run = history_in(
        "run_results.json",
        R"({"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","invocation_id":"i"},"results":[
{"unique_id":"model.shop.a","status":"success","execution_time":10,"timing":[{"name":"compile","started_at":"2026-03-01T01:00:00Z","completed_at":"2026-03-01T01:00:00.500000Z"},{"name":"execute","started_at":"2026-03-01T01:00:00.500000Z","completed_at":"2026-03-01T01:00:10Z"}]},
{"unique_id":"model.shop.b","status":"error","execution_time":3,"timing":[]},
{"unique_id":"model.shop.c","status":"skipped","execution_time":0,"timing":[]},
{"unique_id":"model.shop.d","status":"partial success","execution_time":5,"timing":[]}]})");
    REQUIRE(run.tasks.size() == 3);
    CHECK(run.tasks[2].failed);
    CHECK(run.tasks[0].process == "model.shop.a");
    CHECK(run.tasks[0].run == "i");
    CHECK(*models::time_held(run.tasks[0]) == 10 * kernel::second);
    CHECK(run.tasks[1].failed);
    CHECK(*models::time_held(run.tasks[1]) == 3 * kernel::second);
    CHECK(run.left_out == 1);
}

TEST_CASE("history: steps of a process") {
    const std::string log =
        "case,activity,start,end,resource\n"
        "1,Check,2026-03-01T08:00:00Z,2026-03-01T08:10:00Z,Ann\n"
        "1,Pay,2026-03-01T09:00:00Z,2026-03-01T09:01:00Z,Bob\n"
        "2,Check,2026-03-01T08:30:00Z,2026-03-01T08:50:00Z,Ann\n";
    const auto run = history_in("log.csv", log);
    REQUIRE(run.tasks.size() == 3);
    CHECK(run.tasks[0].process == "Check");
    CHECK(run.tasks[0].run == "1");
    CHECK(run.tasks[0].node == "Ann");
    CHECK(*models::time_held(run.tasks[0]) == 10 * kernel::minute);
    // A table of tasks is one still.
    CHECK(history_in("tasks.csv", "id,process,start_s,end_s,status\n1,work,0,5,ok\n").format == "csv");
    const ScratchFolder scratch;
    CHECK(std::holds_alternative<LogFailure>(read_history(scratch.write("no.json", "{\"a\": 1}\n"))));
}

TEST_CASE("history: steps of a process were submitted when they were handed over, and what waits has come") {
    const std::string log =
        "case,activity,submitted,start,end\n"
        "1,Check,2026-03-01T07:50:00Z,2026-03-01T08:00:00Z,2026-03-01T08:10:00Z\n"
        "1,Pay,2026-03-01T07:50:00Z,2026-03-01T09:00:00Z,2026-03-01T09:01:00Z\n"
        "2,Check,2026-03-01T08:40:00Z,2026-03-01T08:50:00Z,\n"
        "3,Check,2026-03-01T09:05:00Z,,\n";
    const auto run = history_in("log.csv", log);
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].submitted == 0);
    CHECK(run.tasks[0].started == 10 * kernel::minute);
    // Not before its turn.
    CHECK(run.tasks[1].submitted == 20 * kernel::minute);
    REQUIRE(run.open.size() == 2);
    CHECK(run.open[0].submitted == 50 * kernel::minute);
    CHECK(run.open[0].started == 60 * kernel::minute);
    CHECK(run.open[1].submitted == 75 * kernel::minute);
    CHECK_FALSE(run.open[1].started);
}

TEST_CASE("history: steps of a process that go on at once") {
    const std::string log =
        "case,activity,start,end,resource\n"
        "1,Check,2026-03-01T08:00:00Z,2026-03-01T08:10:00Z,Ann\n"
        "1,Ask,2026-03-01T08:05:00Z,2026-03-01T08:30:00Z,Bob\n"
        "1,Pay,2026-03-01T09:00:00Z,2026-03-01T09:01:00Z,Bob\n"
        "2,Check,2026-03-01T08:07:00Z,2026-03-01T08:50:00Z,Ann\n";
    const auto run = history_in("log.csv", log);
    REQUIRE(run.tasks.size() == 4);
    std::map<std::string, const models::RecordedTask*> of_one;
    for (const models::RecordedTask& task : run.tasks)
        if (task.run == "1") of_one[task.process] = &task;
    CHECK(*models::time_held(*of_one["Ask"]) == 25 * kernel::minute);
    CHECK(of_one["Ask"]->advance == 20 * kernel::minute);
    CHECK(of_one["Check"]->advance == 10 * kernel::minute);
    CHECK(of_one["Pay"]->advance == kernel::minute);
    CHECK(!of_one["Ask"]->worked);
}

TEST_CASE("history: a step that was suspended began when it did, and was worked on for less") {
    const auto event = [](const char* activity, const char* transition, const char* time) {
        return std::string("<event><string key=\"concept:name\" value=\"") + activity +
               "\"/><string key=\"lifecycle:transition\" value=\"" + transition +
               "\"/><date key=\"time:timestamp\" value=\"2026-03-01T" + time + ":00Z\"/></event>";
    };
    const auto run =
        history_in("log.xes", "<log><trace><string key=\"concept:name\" value=\"1\"/>" +
                                  event("Check", "start", "08:00") + event("Check", "suspend", "08:10") +
                                  event("Ask", "start", "08:20") + event("Check", "resume", "09:00") +
                                  event("Check", "complete", "09:05") + event("File", "start", "09:30") +
                                  "</trace></log>");
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].started == 0);
    CHECK(run.tasks[0].completed == 65 * kernel::minute);
    CHECK(*models::time_held(run.tasks[0]) == 15 * kernel::minute);
    CHECK(run.tasks[0].advance == 15 * kernel::minute);
    // What had not ended: from when what began before it had.
    REQUIRE(run.open.size() == 2);
    for (const models::RecordedTask& open : run.open)
        CHECK(open.advance == (open.process == "Ask" ? 25 * kernel::minute : 0));
}

}  // namespace understudy::formats
