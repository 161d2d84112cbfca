// Promised: any table of tasks by a mapping, and tables that speak our words without one. Shown on small
// tables.
#include "tools/formats/logs/csv.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

using namespace kernel;

namespace {

models::RecordedRun read(const std::string& text, const std::map<std::string, std::string>& columns = {}) {
    Input input("table.csv", text);
    return read_csv(input, columns);
}

std::string refused(const std::string& text, const std::map<std::string, std::string>& columns = {}) {
    try {
        read(text, columns);
    } catch (const FileError& error) {
        return error.what();
    }
    return "read";
}

using Parents = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("a mapping names the columns; dates, parents and states") {
    const models::RecordedRun run = read(
        "Job,Begin,End,State,Waits for,Host\n"
        "\"load, daily\",2024-05-01T00:00:10Z,2024-05-01T00:01:00Z,SUCCESS,,h1\n"
        "clean,2024-05-01T00:01:05Z,2024-05-01T00:02:00Z,failed,\"load, daily;nobody\",h2\n"
        "report,2024-05-01T00:03:00Z,2024-05-01T00:04:00Z,queued,clean,h1\n",
        {{"id", "Job"},
         {"started", "Begin"},
         {"completed", "End"},
         {"status", "State"},
         {"parents", "Waits for"},
         {"node", "Host"}});
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.has_dependencies);
    CHECK(run.tasks[0].started == 0);
    CHECK(run.tasks[0].completed == 50 * second);
    CHECK(run.tasks[1].failed);
    CHECK(run.tasks[1].parents == Parents{0});
    CHECK(run.nodes.size() == 2);
    CHECK(run.epoch_ns == 1714521610LL * second);
    CHECK(run.resolution == second);
    CHECK(noted(run, "neither completed nor failed") == 1);
    CHECK(noted(run, "parents that the table does not have") == 1);
}

TEST_CASE("what never ran is no failure, and hands its parents on") {
    const models::RecordedRun run = read(
        "task_id,start_date,end_date,state,parents\n"
        "a,2025-01-01T00:00:00Z,2025-01-01T00:01:00Z,success,\n"
        "b,2025-01-01T00:01:00Z,2025-01-01T00:01:00Z,skipped,a\n"
        "c,2025-01-01T00:01:00Z,2025-01-01T00:01:00Z,upstream_failed,b\n"
        "d,2025-01-01T00:01:10Z,2025-01-01T00:02:10Z,success,c\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK_FALSE(run.tasks[1].failed);
    CHECK(run.tasks[1].started == 70 * second);
    CHECK(run.tasks[1].parents == Parents{0});
    CHECK(run.left_out == 2);
    CHECK(noted(run, "never ran (skipped, upstream_failed)") == 2);
    CHECK(noted(run, "what they waited for is waited for instead") == 2);
}

TEST_CASE("states of Airflow are what import takes them for") {
    const models::RecordedRun run = read(
        "task_id,start_date,end_date,state\n"
        "a,2025-01-01T00:00:00Z,2025-01-01T00:01:00Z,success\n"
        "a,2025-01-01T00:01:00Z,2025-01-01T00:02:00Z,up_for_retry\n"
        "a,2025-01-01T00:01:00Z,2025-01-01T00:02:00Z,shutdown\n"
        "b,2025-01-01T00:02:00Z,2025-01-01T00:03:00Z,removed\n");
    REQUIRE(run.tasks.size() == 3);
    CHECK_FALSE(run.tasks[0].failed);
    CHECK(run.tasks[1].failed);
    CHECK(run.tasks[2].failed);
    CHECK(noted(run, "never ran (skipped, upstream_failed)") == 1);
}

TEST_CASE("a task of a pipeline is there once in each of its runs") {
    const std::string table =
        "dag_id,run_id,task_id,start_date,end_date,state,try_number\n"
        "sales,day1,extract,2026-03-02T01:00:00Z,2026-03-02T01:10:00Z,success,1\n"
        "hr,day1,extract,2026-03-02T02:00:00Z,2026-03-02T02:10:00Z,success,1\n"
        "sales,day2,extract,2026-03-03T01:00:00Z,2026-03-03T01:04:00Z,failed,1\n"
        "sales,day2,extract,2026-03-03T01:09:00Z,2026-03-03T01:19:00Z,success,2\n";
    const models::RecordedRun run = read(table);
    REQUIRE(run.tasks.size() == 4);
    CHECK(run.tasks[0].name == "extract");
    CHECK(run.tasks[0].workflow == "sales");
    CHECK(run.tasks[0].run == "day1");
    CHECK(run.tasks[0].id != run.tasks[1].id);
    CHECK(run.tasks[0].id != run.tasks[2].id);
    CHECK(run.tasks[3].attempt == 2);
    // Among no runs it is an id, and plain words for runs are no columns of ours.
    const models::RecordedRun plain =
        read("task_id,run,start_date,end_date\na,7,2026-03-02T01:00:00Z,2026-03-02T01:10:00Z\n");
    CHECK(plain.tasks[0].id == "a");
    CHECK(plain.tasks[0].run.empty());
}

TEST_CASE("dates that say no zone are of the zone that is known") {
    const auto with = [](const std::string& first, const std::string& second) {
        Input input("table.csv",
                    "id,start,end\na,2025-07-01T09:00:00" + first + ",2025-07-01 09:01:00" + second + "\n");
        return read_csv(input, {}, NotEnded::left_out, "Europe/Berlin");
    };
    const std::int64_t nine = 1751360400LL * second;  // by UTC
    CHECK(with("", "").zone == "Europe/Berlin");
    CHECK(with("", "").epoch_ns == nine - 2 * hour);
    CHECK(with("", "").tasks[0].completed == minute);
    CHECK(with("Z", "+00:00").zone.empty());
    CHECK(with("Z", "+00:00").epoch_ns == nine);
    CHECK(with("-0500", "-05:00").epoch_ns == nine + 5 * hour);
    CHECK(noted(with("Z", ""), "some dates say their zone") == 1);
    CHECK(read("id,start,end\na,2025-07-01T09:00:00,2025-07-01T09:01:00\n").epoch_ns == nine);
    Input numbers("table.csv", "id,start,end\na,1751360400,1751360460\n");
    CHECK(read_csv(numbers, {}, NotEnded::left_out, "Europe/Berlin").epoch_ns == nine);
}

TEST_CASE("units come from the column's name, else from the size") {
    const models::RecordedRun run =
        read("name;start_ms;took (min)\na;1500;2\n",
             {{"name", "name"}, {"started", "start_ms"}, {"duration", "took (min)"}});
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].started == 0);
    CHECK(run.tasks[0].completed == 2 * minute);
    CHECK(noted(run, "taken by their size") == 0);
    const models::RecordedRun plain =
        read("name,started,completed\na,1700000000,1700000002\nb,1700000001.5,1700000003\n");
    CHECK(plain.tasks[1].started == 1500 * millisecond);
    CHECK(noted(plain, "taken by their size") == 4);
}

TEST_CASE("durations alone are enough, ids may repeat") {
    const models::RecordedRun run = read("process,duration,cpus,memory\nA,5s,2,1 GB\nA,2h 5m,x,\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].realtime == 5 * second);
    CHECK(run.tasks[1].realtime == 2 * hour + 5 * minute);
    CHECK(run.tasks[1].id == "A#2");
    CHECK(run.tasks[0].memory_bytes == 1073741824);
    CHECK(noted(run, "cpus not understood") == 1);
}

TEST_CASE("our own export needs no mapping") {
    const models::RecordedRun run = read(
        "item,element,attempt,enter_ns,start_ns,complete_ns,worker,status\n"
        "i1,clean,1,0,1500000000,4000000000,pool-1,failed\n"
        "i1,clean,2,4000000000,4000000000,5250000000,pool-2,completed\ni2,clean,1,6000000000,,,,waiting\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].process == "clean");
    CHECK(run.tasks[0].failed);
    CHECK(run.tasks[1].attempt == 2);
    CHECK(run.tasks[1].completed == 5250 * millisecond);
    CHECK(run.tasks[1].node == "pool-2");
}

TEST_CASE("broken rows are counted, the rest is read") {
    const models::RecordedRun run = read("id,started,completed\na,1,2\nb,1\nc,5,4\n\"d,1,2\ne,,\nf,3,4\n");
    CHECK(run.tasks.size() == 2);
    CHECK(noted(run, "number of fields") == 1);
    CHECK(noted(run, "before it started") == 1);
    CHECK(noted(run, "quote never closes") == 1);
    CHECK(first_line_of(run, "quote never closes") == 5);
    CHECK(noted(run, "without any usable time") == 1);
}

TEST_CASE("sizes take the unit of the column's name, as times do") {
    for (const auto& [column, bytes] : std::map<std::string, std::int64_t>{{"ram_gb", 2LL << 30},
                                                                           {"memory_mb", 2LL << 20},
                                                                           {"peak_rss_gib", 2LL << 30},
                                                                           {"RAM [KiB]", 2LL << 10},
                                                                           {"mem (bytes)", 2},
                                                                           {"rss", 2}}) {
        CAPTURE(column);
        const models::RecordedRun mapped = read("id,took_s," + column + "\na,1,2\n",
                                                {{"id", "id"}, {"duration", "took_s"}, {"memory", column}});
        CHECK(mapped.tasks.at(0).memory_bytes == bytes);
        const models::RecordedRun guessed = read("id,took_s," + column + "\na,1,2\nb,1,3 GB\nc,1,0.5\n");
        CHECK(guessed.tasks.at(0).memory_bytes == bytes);
        // A value with a unit of its own keeps it.
        CHECK(guessed.tasks.at(1).memory_bytes == 3LL << 30);
        CHECK(noted(guessed, "columns were recognised by their names") == 1);
        CHECK(noted(guessed, "powers of 1024") == (bytes > 2 ? 1 : 0));
    }
}

TEST_CASE("other words for begin and end, with or without a unit") {
    for (const std::string begin : {"start", "Begin", "begin_ms", "start_time", "started_at"})
        for (const std::string end :
             {"end", "end_time", "complete", "completed", "finish", "finished", "Finish (ms)", "ended_at"}) {
            CAPTURE(begin);
            CAPTURE(end);
            const models::RecordedRun run =
                read("job_id," + begin + "," + end + "\na,2024-05-01T00:00:00Z,2024-05-01T00:01:00Z\n");
            CHECK(run.tasks.at(0).completed == minute);
        }
    // The same words name fields in a mapping.
    CHECK(read("j,a,b\nx,1,3\n", {{"id", "j"}, {"start", "a"}, {"end", "b"}}).tasks.at(0).completed ==
          2 * second);
    CHECK(refused("j,a,b\nx,1,3\n", {{"id", "j"}, {"start", "a"}, {"begin", "b"}, {"end", "b"}})
              .find("two columns") != std::string::npos);
    // Our word counts where both are there.
    CHECK(read("id,end,completed,started\na,9,3,1\n").tasks.at(0).completed == 2 * second);
}

TEST_CASE("rows that are not in the run are counted") {
    CHECK(read("id,started,completed\na,1,2\nb,1\nc,5,4\n\"d,1,2\ne,,\nf,3,4\n").left_out == 4);
    CHECK(read("id,started,completed\na,1,2\n").left_out == 0);
}

TEST_CASE("what had not ended when the log did is kept apart where that is asked for") {
    const std::string text =
        "id,process,submitted_s,start_s,end_s,status\n"
        "a,work,0,10,20,ok\n"
        "b,work,5,15,,running\n"
        "c,work,6,,,queued\n"
        "d,work,7,16,,\n"
        "e,work,8,17,,ok\n"
        "f,work,9,18,19,odd\n";
    CHECK(read(text).open.empty());
    CHECK(read(text).left_out == 5);
    Input input("table.csv", text);
    const models::RecordedRun run = read_csv(input, {}, NotEnded::apart);
    REQUIRE(run.tasks.size() == 1);
    REQUIRE(run.open.size() == 3);
    CHECK(run.open[0].id == "b");
    CHECK(run.open[0].started == 15 * second);
    CHECK(!run.open[0].completed);
    CHECK(run.open[1].submitted == 6 * second);
    CHECK(run.open[2].id == "d");
    // One says that it is done and not when, another an end and no outcome.
    CHECK(run.left_out == 2);
    CHECK(noted(run, "not ended when the log did") == 3);
}

TEST_CASE("rows that stand in a table twice are taken once") {
    const models::RecordedRun run = read(
        "id,process,start_s,end_s\n"
        "a,work,0,10\n"
        "a,work,0,10\n"
        "a,work,0,11\n"
        ",work,5,6\n"
        ",work,5,6\n");
    // Without an id, two that begin and end together are two.
    CHECK(run.tasks.size() == 4);
    CHECK(noted(run, "repeat another to the letter") == 1);
    CHECK(read("process,duration\nwork,5\nwork,5\n").tasks.size() == 2);
}

TEST_CASE("durations as others write them, and what is taken for what is said") {
    const auto took = [](const std::string& text) { return *read(text).tasks[0].realtime; };
    CHECK(took("process,duration\nwork,PT1M3.5S\n") == minute + 3500 * millisecond);
    CHECK(took("process,duration\nwork,P1DT2H\n") == day + 2 * hour);
    CHECK(took("process;duration\nwork;12,5\n") == 12500 * millisecond);
    CHECK(took("process,durationMs\nwork,1500\n") == 1500 * millisecond);
    CHECK(took("processName,process,runTime\nx,work,15\n") == 15 * second);
    CHECK(refused("process,duration\nwork,P1Y\n") != "read");
    CHECK(refused("process,duration\nwork,PT\n") != "read");
    CHECK(noted(read("process,duration\nwork,5\n"), "plain numbers of `duration` are taken as seconds") == 1);
    CHECK(noted(read("process,duration_ms\nwork,5\n"), "taken as seconds") == 0);
    CHECK(noted(read("process;duration\nwork;12,5\n"), "a comma within a number") == 1);
}

TEST_CASE("instants of one row are numbers of one unit") {
    const std::string said = refused(
        "id,process,started,completed\n"
        "1,work,0,10\n"
        "2,work,5,1e12\n"
        "3,work,6,1e12\n");
    CHECK(said.starts_with("table.csv:3: error: the instants are numbers of different units"));
    CHECK(said.find("\ntable.csv:4: error:") != std::string::npos);
}

TEST_CASE("a row whose instant is none is left out with its line, and not taken for one without instants") {
    const models::RecordedRun run = read(
        "id,start_s,end_s,duration_s,parents\n"
        "1,0,10,10,\n"
        "2,x,y,20,1\n"
        "3,10,30,20,2\n"
        "4,,,50,\n"
        "5,03/09/2026 02:00:05,30,20,\n"
        "6,30,None,5,\n"
        "7,40,y,5,\n");
    REQUIRE(run.tasks.size() == 4);
    CHECK(run.left_out == 3);
    CHECK(noted(run, "`start_s` is neither a date such as 2026-03-09T02:00:05 nor a number: left out") == 2);
    CHECK(noted(run, "`end_s` is neither a date") == 1);
    CHECK(noted(run, "with a duration and no instant") == 1);
    CHECK(run.tasks[1].parents == Parents{0});  // by way of the one that is left out
    CHECK(run.tasks[3].completed == 35 * second);
    CHECK(refused("id,start,end,duration\n1,3 Sept 2026 02:00:05,,20\n").find("(1 from line 2 on)") !=
          std::string::npos);
    // What says nothing is as if it were not there, and durations alone have no instants to lack.
    for (const std::string none : {"", "-", "null", "NaN", "NaT", "n/a", "Unknown"}) {
        CAPTURE(none);
        CHECK(read("id,start,end,duration\n1," + none + ",,20\n").notes.size() ==
              read("id,start,end,duration\n1,,,20\n").notes.size());
    }
    CHECK(noted(read("id,duration_s\n1,20\n"), "no instant") == 0);
}

TEST_CASE("decimal commas, where columns are separated by something else, also in instants") {
    const models::RecordedRun run = read("id;start_s;end_s\n1;0,5;1,5\n2;1;2,25\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK(*run.tasks[0].completed - *run.tasks[0].started == second);
    CHECK(*run.tasks[1].completed - *run.tasks[1].started == 1250 * millisecond);
    CHECK(noted(run, "a comma within a number") == 3);
    const models::RecordedRun milliseconds = read("id\tstart_ms\tduration_ms\na\t500,5\t10\n");
    CHECK(*milliseconds.tasks[0].completed - *milliseconds.tasks[0].started == 10 * millisecond);
    const models::RecordedRun dates = read("id;start;end\na;2026-03-09 02:00:05,250;2026-03-09 02:00:06,5\n");
    CHECK(*dates.tasks[0].completed - *dates.tasks[0].started == 1250 * millisecond);
    // By their size they are of one unit all the same, or not.
    CHECK(refused("id;process;started;completed\n1;work;5;1000000000000,5\n").find("different units") !=
          std::string::npos);
}

TEST_CASE("a column of workflows says what a task is one of") {
    const models::RecordedRun run = read(
        "task_id,dag_id,start_date,end_date\n"
        "extract,sales,2024-05-01T00:00:10Z,2024-05-01T00:01:00Z\n");
    CHECK(run.tasks[0].workflow == "sales");
}

TEST_CASE("a mapping that does not fit is refused with what there is") {
    CHECK(refused("a,b\n1,2\n", {{"id", "a"}, {"duration", "x"}}).find("columns are a, b") !=
          std::string::npos);
    CHECK(refused("a,b\n1,2\n", {{"colour", "a"}}).find("`colour`") != std::string::npos);
    CHECK(refused("a,b\n1,2\n", {{"id", "a"}}).find("lacks the times") != std::string::npos);
    CHECK(refused("a,b\n1,2\n", {{"duration", "b"}}).find("tells tasks apart") != std::string::npos);
    CHECK(refused("a,b\n1,2\n").find("--columns") != std::string::npos);
    CHECK(refused("id,duration\n").find("no row") != std::string::npos);
}

TEST_CASE(
    "exports of jobs of other systems keep how they came out, since when they waited and where they ran") {
    const models::RecordedRun github = read(
        "run_id,job_name,runner_name,created_at,started_at,completed_at,status,conclusion\n"
        "1,build,r1,2024-01-16T13:28:00Z,2024-01-16T13:29:00Z,2024-01-16T13:40:00Z,completed,success\n"
        "1,test,r2,2024-01-16T13:40:30Z,2024-01-16T13:41:00Z,2024-01-16T13:50:00Z,completed,failure\n"
        "2,deploy,,2024-01-17T13:40:30Z,,,completed,skipped\n");
    REQUIRE(github.tasks.size() == 2);
    CHECK_FALSE(github.tasks[0].failed);
    CHECK(github.tasks[1].failed);
    CHECK(github.tasks[0].submitted == 0);
    CHECK(github.tasks[0].started == minute);
    CHECK(github.tasks[1].node == "r2");
    CHECK(noted(github, "never ran") == 1);
    const models::RecordedRun gitlab = read(
        "id,name,runner,queued_duration,started_at,finished_at,status\n"
        "1,build,r1,60,2024-01-16T13:29:00Z,2024-01-16T13:40:00Z,success\n");
    CHECK(gitlab.tasks[0].submitted == 0);
    CHECK(gitlab.tasks[0].started == minute);
    CHECK(gitlab.tasks[0].completed == 12 * minute);
    const models::RecordedRun azure = read(
        "id,name,workerName,queueTime,startTime,finishTime,state,result\n"
        "1,build,a1,2024-01-16T13:28:00Z,2024-01-16T13:29:00Z,2024-01-16T13:40:00Z,completed,failed\n"
        "2,test,a1,2024-01-16T13:28:00Z,2024-01-16T13:29:00Z,2024-01-16T13:40:00Z,completed,"
        "succeededWithIssues\n");
    CHECK(azure.tasks[0].failed);
    CHECK_FALSE(azure.tasks[1].failed);
    CHECK(azure.tasks[0].submitted == 0);
    CHECK(azure.tasks[0].node == "a1");
    // A result may be anything; what is none of an outcome leaves nothing out.
    const models::RecordedRun other = read("id,start_s,end_s,result,seen\n1,10,20,17,2024-01-16T13:28:00Z\n");
    REQUIRE(other.tasks.size() == 1);
    CHECK_FALSE(other.tasks[0].failed);
    CHECK(noted(other, "`result` holds none of the words of an outcome") == 1);
    CHECK(noted(other, "column 'seen' holds times and is not used") == 1);
}

TEST_CASE("dates as people write them, in an order that the table says") {
    for (const auto& [from, to] : {std::pair("2017/01/16 13:29:00", "2017/01/16 13:40:00"),
                                   {"16.01.2017 13:29", "16.01.2017 13:40"},
                                   {"1/16/2017 1:29 PM", "1/16/2017 1:40 PM"},
                                   {"1/16/2017 13:29", "1/16/2017 13:40"}}) {
        const models::RecordedRun run =
            read("id;start;end\n1;" + std::string(from) + ";" + std::string(to) + "\n");
        CHECK(run.tasks[0].completed == 11 * minute);
        CHECK(run.epoch_ns == 1484573340LL * second);
    }
    // The first date that can only be read in one way comes last, and rows stay in their order.
    const std::string open = "id,start,end\na,3/4/2026 9:00,3/4/2026 9:30\nb,13/4/2026 9:00,13/4/2026 9:30\n";
    const models::RecordedRun run = read(open);
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].id == "a");
    CHECK(run.tasks[1].started == 10 * day);
    const std::string never = "id,start,end\na,3/4/2026 9:00,3/4/2026 9:30\n";
    CHECK(refused(never).find("table.csv:2: error: '3/4/2026 9:00' may have the day or the month first") ==
          0);
    CHECK(read(never, {{"dates", "Month first"}}).epoch_ns == 1772614800LL * second);
    CHECK(
        refused(never, {{"dates", "year first"}}).find("is 'day first' or 'month first', not 'year first'") !=
        std::string::npos);
}

TEST_CASE("days of a spreadsheet are no seconds") {
    CHECK(refused("id,start,end\n1,42751.561805556,42751.569444444\n")
              .find("table.csv:2: '42751.561805556' looks like the day number of a spreadsheet") == 0);
    CHECK(read("id,start_s,end_s\n1,42751.5,42752.5\n").tasks[0].completed == second);
    CHECK(read("id,start,end\n1,0,42752.5\n").tasks.size() == 1);
}

TEST_CASE("titles that a mapping gives go by their letters, else whatever their case") {
    CHECK(read("Job,Begin,End\n1,0,10\n", {{"id", "job"}, {"started", "BEGIN"}, {"completed", "end"}})
              .tasks.size() == 1);
    CHECK(
        read("job,Job,s,e\n1,2,0,10\n", {{"id", "Job"}, {"started", "S"}, {"completed", "e"}}).tasks[0].id ==
        "2");
}

}  // namespace understudy::formats
