// Promised: what Airflow exports of DAGs, tasks, instances and pools is one catalog, whatever the form and the order of the
// files; nothing is made up of what they do not say, and what is no part of a twin is told. Shown on a DAG of three tasks in
// each form.
#include "tools/formats/catalogs/airflow.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/foreign_yaml.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/logs/input.h"

namespace understudy::formats {

namespace {

const std::string serialized =
    R"({"__version":1,"dag":{"_dag_id":"orders","timetable":{"__type":"airflow.timetables.interval.CronDataIntervalTimetable","__var":{"expression":"0 5 * * *","timezone":"Europe/Berlin"}},
 "max_active_runs":1,"max_active_tasks":8,"tags":["gold"],"default_args":{"__var":{"owner":"data-eng","retries":2},"__type":"dict"},"tasks":[
 {"__type":"operator","__var":{"task_id":"extract","_task_type":"BashOperator","downstream_task_ids":["clean"],"retry_delay":300.0}},
 {"task_id":"clean","downstream_task_ids":["load"],"owner":"spark-team","pool":"spark","pool_slots":4,"retries":0},
 {"task_id":"load","downstream_task_ids":[],"trigger_rule":"all_done","priority_weight":7}]}})";

const std::string tasks =
    R"({"tasks":[
 {"task_id":"extract","owner":"data-eng","downstream_task_ids":["clean"],"operator_name":"BashOperator","pool":"default_pool","pool_slots":1.0,"retries":2.0,"retry_delay":{"__type":"TimeDelta","days":0,"seconds":300,"microseconds":0},"trigger_rule":"all_success"},
 {"task_id":"clean","owner":"data-eng","downstream_task_ids":["load"],"pool":"spark","pool_slots":4.0,"retries":0.0},
 {"task_id":"load","owner":"data-eng","downstream_task_ids":[],"trigger_rule":"none_failed_min_one_success"}],"total_entries":3})";

const std::string factory = R"(default:
  default_args: {owner: data-eng, retries: 2, retry_delay_sec: 300}
orders:
  schedule: "0 5 * * *"
  tasks:
    extract: {operator: airflow.operators.bash.BashOperator, bash_command: "echo 1"}
    clean: {operator: x.SparkOperator, pool: spark, pool_slots: 4, dependencies: [extract], task_group_name: work}
    load: {operator: x.LoadOperator, dependencies: [work]}
)";

/// Runs of orders on several days: extract, of which the second needs two tries; clean, mapped; load, skipped once.
std::string instances() {
    std::string rows =
        "task_id,dag_id,run_id,map_index,start_date,end_date,state,try_number,pool,pool_slots,operator\n";
    const auto row = [&](const char* task, int day, int map, const char* from, const char* to,
                         const char* state, int number) {
        const auto at = [&](const char* clock) {
            return *clock == 0 ? std::string() : fmt::format("2026-03-{:02} {}+00", day, clock);
        };
        rows += fmt::format(
            "{},orders,scheduled__2026-03-{:02}T05:00:00+00:00,{},{},{},{},{},default_pool,1,Op\n", task, day,
            map, at(from), at(to), state, number);
    };
    for (int day = 9; day < 13; ++day) {
        if (day == 10) row("extract", day, -1, "05:00:00", "05:00:30", "failed", 1);
        row("extract", day, -1, day == 10 ? "05:05:30" : "05:00:00", "05:10:00", "success",
            day == 10 ? 2 : 1);
        row("clean", day, 0, "05:10:00", "05:11:00", "success", 1);
        row("clean", day, 1, "05:10:30", "05:12:00", "success", 1);
        if (day == 11)
            row("load", day, -1, "", "", "skipped", 1);
        else
            row("load", day, -1, "05:12:00", day == 12 ? "" : "05:13:00", day == 12 ? "running" : "success",
                1);
    }
    return rows;
}

struct Files {
    AirflowExports all;
    ImportProblems problems;

    Files& json(const std::string& text, const std::string& file = "dag_tasks.json") {
        simdjson::dom::parser parser;
        JsonValue value;
        REQUIRE(parser.parse(text).get(value) == simdjson::SUCCESS);
        CHECK(AirflowExports::looks_like_export(value));
        all.add(value, file, 1, problems);
        return *this;
    }
    Files& yaml(const std::string& text) {
        const ForeignYaml yaml = read_foreign_yaml(text);
        REQUIRE(AirflowExports::looks_like_factory(yaml.root));
        all.add_factory(yaml.root, "dag.yaml", problems);
        return *this;
    }
    Files& csv(const std::string& text) {
        CHECK(AirflowExports::looks_like_instances(text));
        Input input("task_instance.csv", text);
        all.add_instances(input, problems);
        return *this;
    }
    Catalog take() {
        CHECK(problems.show() == "");
        return all.take();
    }
};

/// The orders of a twin's tasks, as text.
std::string orders(const Catalog& catalog) {
    std::string text;
    for (const CatalogJob& job : catalog.jobs)
        for (const std::size_t before : job.after)
            text += catalog.jobs[before].title + " > " + job.title + "\n";
    return text;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("a serialized DAG") {
    const Catalog catalog = Files().json(serialized).take();
    CHECK(catalog.counts.jobs == 3);
    CHECK(catalog.counts.orders == 2);
    CHECK(orders(catalog) == "extract > clean\nclean > load\n");
    REQUIRE(catalog.pipelines.size() == 1);
    const CatalogPipeline& dag = catalog.pipelines[0];
    CHECK(dag.label == "orders");
    CHECK(dag.schedule == "daily at 05:00 Europe/Berlin");
    CHECK(dag.period == kernel::day);
    CHECK(dag.tags == std::vector<std::string>{"gold"});
    const CatalogTwin twin = scenario_of(catalog);
    const models::Pipeline& pipeline = twin.scenario.twin.pipelines.at(0);
    CHECK(pipeline.max_active_runs == 1);
    CHECK(pipeline.max_active_tasks == 8);
    CHECK(twin.text.find("runs_on: {spark: 4}") != std::string::npos);
    CHECK(twin.text.find("owner: spark-team") != std::string::npos);
    CHECK(twin.text.find("owner: data-eng") != std::string::npos);
    CHECK(twin.text.find("trigger_rule: all_done") != std::string::npos);
    CHECK(says(twin.assumed, "3 tasks take no time"));
    CHECK(says(twin.assumed, "1 pool has as many workers as are asked for"));
    CHECK(says(twin.not_used, "retries of 2 tasks that never failed"));
    CHECK(says(twin.not_used, "priority_weight of 1 task"));
}

TEST_CASE("tasks by the REST API are of the DAG whose instances they fit") {
    const Catalog alone = Files().json(tasks).take();
    CHECK(alone.pipelines.at(0).label == "dag_tasks");
    CHECK(says(alone.assumed, "the tasks of 'dag_tasks' name no DAG"));
    CHECK(says(alone.not_used, "trigger_rule none_failed_min_one_success of 1 task"));
    CHECK(orders(alone) == "extract > clean\nclean > load\n");

    const std::string pools =
        R"({"pools":[{"name":"spark","slots":16,"description":"the cluster"},{"name":"idle","slots":1}],"total_entries":3})";
    const Catalog one = Files().json(tasks).json(pools).csv(instances()).take();
    const Catalog other = Files().csv(instances()).json(pools).json(tasks).take();
    CHECK(scenario_of(one).text == scenario_of(other).text);
    REQUIRE(one.pipelines.size() == 1);
    CHECK(one.pipelines[0].label == "orders");
    CHECK(one.pipelines[0].schedule == "daily at 05:00");
    CHECK(one.counts.runs == 16);
    CHECK(one.counts.usable_durations == 15);
    CHECK(one.counts.failed_runs == 1);
    CHECK(one.counts.runs_without_end == 1);
    REQUIRE(one.jobs.size() == 3);
    const CatalogJob &clean = one.jobs[0], &extract = one.jobs[1], &load = one.jobs[2];
    CHECK(clean.durations == std::vector<double>{120, 120, 120, 120});
    CHECK(clean.instances == 2);
    CHECK(one.pools.at(*clean.pool).workers == 16);
    CHECK(extract.durations == std::vector<double>{270, 600, 600, 600});
    CHECK(extract.failed_durations == std::vector<double>{30});
    CHECK(extract.retries == 1);
    CHECK(extract.backoff == 300);
    CHECK(extract.may_retry == 2);
    CHECK(load.durations == std::vector<double>{60, 60});
    // The run in which something failed does not tell who is left out by choice.
    CHECK(load.present_in == 2);
    CHECK(load.runs_of_pipeline == 3);
    CHECK(says(one.notes, "1 instance never ran"));
    CHECK(says(one.notes, "1 instance has not ended"));
    CHECK(says(one.not_used, "1 pool that no task is in"));
    CHECK(says(one.not_used, "dag_tasks.json has 2 of 3 pools: read the other pages as well"));
    const CatalogTwin twin = scenario_of(one);
    CHECK(twin.text.find("retry: {times: 2, backoff: 5min}") != std::string::npos);
    CHECK(twin.text.find("workers: 16") != std::string::npos);
}

TEST_CASE("tasks by the REST API are of the one DAG of which no file has any") {
    const std::string details =
        R"({"dag_id":"orders","schedule_interval":{"__type":"CronExpression","value":"0 5 * * *"},"timezone":"Europe/Berlin","max_active_runs":1,"is_paused":true,"fileloc":"/x"})";
    const Catalog one = Files().json(details, "details.json").json(tasks).take();
    const Catalog other = Files().json(tasks).json(details, "details.json").take();
    CHECK(scenario_of(one).text == scenario_of(other).text);
    REQUIRE(one.pipelines.size() == 1);
    CHECK(one.pipelines[0].label == "orders");
    CHECK(one.pipelines[0].schedule == "daily at 05:00 Europe/Berlin");
    CHECK(one.pipelines[0].max_active_runs == 1);
    CHECK(one.jobs.size() == 3);
    CHECK(says(one.assumed, "of the DAG 'orders', of which no other file has any"));
    CHECK(!says(one.notes, "without a task"));
    CHECK(says(one.not_used, "that orders is paused"));
    // Of two DAGs, or two answers, nobody can tell.
    const std::string second = R"({"dag_id":"other","schedule_interval":null,"fileloc":"/y"})";
    CHECK(Files().json(details, "a.json").json(second, "b.json").json(tasks).take().pipelines.at(0).label ==
          "dag_tasks");
    CHECK(Files().json(details, "a.json").json(tasks).json(tasks, "more.json").take().pipelines.size() == 2);
}

TEST_CASE("a timetable without an expression is told") {
    const auto with_timetable = [](const std::string& type) {
        std::string text = serialized;
        const std::size_t from = text.find("{\"__type\":\"airflow.timetables"),
                          to = text.find("}}", from) + 2;
        text.replace(from, to - from, R"({"__type":"airflow.timetables.simple.)" + type + R"(","__var":{}})");
        return Files().json(text).take();
    };
    CHECK(says(with_timetable("AssetTriggeredTimetable").not_used, "the AssetTriggeredTimetable of orders"));
    CHECK(!says(with_timetable("NullTimetable").not_used, "Timetable"));
    CHECK(!says(Files().json(serialized).take().not_used, "imetable"));
}

TEST_CASE("each try by itself, and a mapped task as one") {
    Files files;
    files.csv(instances());
    const Catalog all = files.all.take(true);
    const auto tries_of = [&](const std::string& job, const std::string& run) {
        std::vector<const CatalogRun*> found;
        for (const CatalogRun& one : all.runs)
            if (one.job == job && one.parent == "orders scheduled__2026-03-" + run + "T05:00:00+00:00")
                found.push_back(&one);
        return found;
    };
    const auto again = tries_of("orders.extract", "10");
    REQUIRE(again.size() == 2);
    CHECK(again[0]->failed);
    CHECK(again[1]->attempt == 2);
    CHECK(!again[1]->failed);
    CHECK(*again[0]->end - *again[0]->start == 30 * kernel::second);
    const auto mapped = tries_of("orders.clean", "09");
    REQUIRE(mapped.size() == 1);
    CHECK(*mapped[0]->end - *mapped[0]->start == 2 * kernel::minute);
    CHECK(tries_of("orders.load", "11").empty());
    REQUIRE(tries_of("orders.load", "12").size() == 1);
    CHECK(!tries_of("orders.load", "12")[0]->end);
}

TEST_CASE("instances alone that were one after the other are told, with an order they are not") {
    std::string rows = "dag_id,task_id,run_id,start_date,end_date,state,try_number\n";
    for (int day = 1; day < 4; ++day)
        rows += fmt::format(
            "d,a,r{0},2026-03-0{0}T02:00:00Z,2026-03-0{0}T02:01:00Z,success,1\n"
            "d,b,r{0},2026-03-0{0}T02:01:00Z,2026-03-0{0}T02:02:40Z,success,1\n",
            day);
    const auto tells = [&](const std::string& more, const std::string& definition) {
        Files files;
        files.csv(rows + more);
        if (!definition.empty()) files.json(definition);
        return says(files.take().assumed, "were one after the other in what was recorded");
    };
    CHECK(tells("", ""));
    CHECK(
        !tells("d,b,r4,2026-03-04T02:00:00Z,2026-03-04T02:02:40Z,success,1\n"
               "d,a,r4,2026-03-04T02:01:00Z,2026-03-04T02:02:00Z,success,1\n",
               ""));
    CHECK(!tells(
        "",
        R"({"dag":{"_dag_id":"d","tasks":[{"task_id":"a","downstream_task_ids":["b"]},{"task_id":"b"}]}})"));
}

TEST_CASE("instances by the REST API") {
    const Catalog catalog = Files()
                                .json(
                                    R"({"task_instances":[
{"dag_id":"orders","dag_run_id":"manual__x","task_id":"a","start_date":"2026-03-09T05:00:10Z","end_date":"2026-03-09T05:05:10Z","duration":300.0,"state":"success","try_number":2,"map_index":-1,"pool":"default_pool","pool_slots":1,"operator":"BashOperator"},
{"dag_id":"orders","dag_run_id":"manual__x","task_id":"b","start_date":null,"end_date":null,"state":"upstream_failed","try_number":0,"pool":"default_pool"}],"total_entries":2})")
                                .take();
    CHECK(catalog.counts.jobs == 2);
    CHECK(catalog.counts.usable_durations == 1);
    CHECK(catalog.jobs.at(0).durations == std::vector<double>{300});
    CHECK(catalog.jobs.at(0).failed == 0);
    CHECK(says(catalog.notes, "1 instance was tried before"));
    CHECK(catalog.pools.empty());
    CHECK(!catalog.jobs.at(0).has_order);
}

TEST_CASE("a try that several files have is one try, as the latest has it") {
    const std::string head = "dag_id,run_id,task_id,state,try_number,start_date,end_date,queued_dttm\n";
    const std::string then = "orders,r,a,running,1,2026-03-09T05:00:10Z,,2026-03-09T05:00:00Z\n";
    const std::string now =
        R"({"task_instances":[{"dag_id":"orders","dag_run_id":"r","task_id":"a","state":"success","try_number":1,"start_date":"2026-03-09T05:00:10Z","end_date":"2026-03-09T05:05:10Z"}]})";
    for (const bool backwards : {false, true}) {
        Files files;
        if (backwards) files.json(now);
        files.csv(head + then);
        if (!backwards) files.json(now);
        const Catalog catalog = files.take();
        CHECK(catalog.counts.runs == 1);
        CHECK(catalog.jobs.at(0).failed == 0);
        CHECK(catalog.jobs.at(0).durations == std::vector<double>{300});
    }
}

TEST_CASE("runs of DAGs say when they were due, and lists of the command line are read") {
    std::string runs, states, named;
    for (int day = 2; day < 9; ++day) {
        const std::string due = fmt::format("2026-03-{:02}T04:00:00", day);
        runs += fmt::format(
            R"({{"dag_run_id":"r{}","dag_id":"orders","logical_date":"{}Z","state":"success","run_type":"scheduled"}},)",
            day, due);
        // By hand, at another time of each day.
        runs += fmt::format(
            R"({{"dag_run_id":"h{0}","dag_id":"orders","logical_date":"2026-03-{0:02}T1{0}:07:00Z","run_type":"manual"}},)",
            day);
        for (const char* task : {"a", "b"})
            states += fmt::format(
                R"({{"dag_id":"orders","logical_date":"{0}+00:00","task_id":"{1}","state":"success","start_date":"{0}+00:00","end_date":"2026-03-{2:02}T04:10:00+00:00"}},)",
                due, task, day);
        named += fmt::format(
            R"({{"dag_id":"orders","dag_run_id":"r{0}","task_id":"a","state":"success","try_number":2,"start_date":"2026-03-{0:02}T04:05:00Z","end_date":"2026-03-{0:02}T04:10:00Z"}},)",
            day);
    }
    for (std::string* list : {&runs, &states, &named}) list->pop_back();
    runs = R"({"dag_runs":[)" + runs + R"(],"total_entries":20})";
    states = "[" + states + "]";
    named = R"({"task_instances":[)" + named + "]}";
    const auto seconds_of = [](const Catalog& catalog, std::size_t job) {
        return catalog.jobs.at(job).durations;
    };
    const Catalog alone = Files().json(states).take();
    CHECK(seconds_of(alone, 0) == std::vector<double>(7, 600));
    CHECK(alone.pipelines.at(0).schedule == "daily at 04:00");
    // Whose instances name their runs say more of them; the runs say when they were due.
    for (const bool backwards : {false, true}) {
        Files files;
        std::vector<std::string> all = {runs, states, named};
        if (backwards) std::reverse(all.begin(), all.end());
        for (const std::string& text : all) files.json(text);
        const Catalog catalog = files.take();
        CHECK(seconds_of(catalog, 0) == std::vector<double>(7, 300));
        CHECK(seconds_of(catalog, 1) == std::vector<double>(7, 600));
        CHECK(catalog.counts.runs == 14);
        CHECK(catalog.pipelines.at(0).schedule == "daily at 04:00");
        CHECK(says(catalog.not_used, "has 14 of 20 dag_runs: read the other pages as well"));
    }
    const Catalog listed =
        Files()
            .json(R"([{"dag_id":"orders","fileloc":"/o.py","owners":"ana, ben","is_paused":"True"}])")
            .json(R"([{"pool":"default_pool","slots":"12","description":"all"}])")
            .json(named)
            .take();
    CHECK(listed.pipelines.at(0).owner == "ana; ben");
    CHECK(says(listed.not_used, "orders is paused"));
    REQUIRE(listed.pools.size() == 1);
    CHECK(listed.pools[0].workers == 12);
}

TEST_CASE("the YAML of dag-factory") {
    const Catalog catalog = Files().yaml(factory).take();
    CHECK(catalog.pipelines.at(0).schedule == "daily at 05:00");
    CHECK(catalog.pipelines.at(0).owner == "data-eng");
    REQUIRE(catalog.jobs.size() == 3);
    CHECK(orders(catalog) == "work.clean > load\nextract > work.clean\n");
    CHECK(catalog.jobs[0].may_retry == 2);
    CHECK(catalog.jobs[0].retry_delay == 300);
    Files wrong;
    std::string text = factory;
    wrong.yaml(text.replace(text.find("[work]"), 6, "[wrok]"));
    CHECK(wrong.problems.show() ==
          "dag.yaml:8: error: 'load' depends on 'wrok', which is no task of orders\n");
}

TEST_CASE("what is wrong with instances is told with its line") {
    Files files;
    files.csv("task_id,dag_id,start_date,end_date,state\na,d,yesterday,,running\n,d,,,success\na,d,1\n");
    CHECK(files.problems.show() ==
          "task_instance.csv:2: error: start_date 'yesterday' is no time such as '2026-03-09T05:00:00Z'\n"
          "task_instance.csv:3: error: lacks dag_id or task_id\n"
          "task_instance.csv:4: error: has 3 fields, and the header 5\n");
}

TEST_CASE("schedules and lengths of time as versions of Airflow write them") {
    CHECK(airflow_seconds("300.0") == 300);
    CHECK(airflow_seconds("0:05:00") == 300);
    CHECK(airflow_seconds("1 day, 1:00:00") == 90000);
    CHECK(!airflow_seconds("5:00"));
    CHECK(!airflow_seconds("soon"));
    const auto schedule = [](const std::string& text, const std::string& zone = "") {
        const auto found = schedule_of_airflow(text, zone);
        return found ? found->text : "none";
    };
    CHECK(schedule("0 5 * * 1-5") == "weekdays at 05:00");
    CHECK(schedule("@hourly", "UTC") == "cron 0 * * * *");
    CHECK(schedule("@daily", "Europe/Berlin") == "daily at 00:00 Europe/Berlin");
    CHECK(schedule("timedelta 5400") == "every 90min");
    CHECK(schedule("@continuous") == "none");
    CHECK(schedule("0 5 * * *", "Nowhere") == "none");
    CHECK(schedule("0 0 5 * * ?") == "none");
    CHECK(schedule_of_cron("0 5 * * *", "Europe/Berlin")->period == kernel::day);
    CHECK(schedule_of_cron("@monthly")->period == 28 * kernel::day);
    CHECK(schedule_of_cron("@yearly")->period == 365 * kernel::day);
    CHECK(schedule_of_cron("0 5,8 * * *")->period == 3 * kernel::hour);
    const auto of = [](const std::string& text) {
        simdjson::dom::parser parser;
        JsonValue value;
        REQUIRE(parser.parse(text).get(value) == simdjson::SUCCESS);
        return airflow_schedule(value).text;
    };
    CHECK(of(R"({"schedule_interval":{"__type":"CronExpression","value":"0 5 * * *"}})") == "0 5 * * *");
    CHECK(of(R"({"schedule_interval":{"__type":"TimeDelta","days":1,"seconds":0}})") == "timedelta 86400");
    CHECK(of(R"({"timetable_summary":"1 day, 0:00:00"})") == "timedelta 86400");
    CHECK(of(R"({"timetable_summary":"None"})").empty());
}

}  // namespace understudy::formats
