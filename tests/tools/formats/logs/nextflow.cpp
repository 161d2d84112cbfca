// Promised: a Nextflow trace is read by its header, raw or readable; every row is used or counted with its
// reason; nothing is invented. Shown on small traces of each kind.
#include "tools/formats/logs/nextflow.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

using namespace kernel;

namespace {

models::RecordedRun read(const std::string& text) {
    Input input("trace.txt", text);
    return read_nextflow(input);
}

const std::string raw_header =
    "task_id,hostname,process,tag,name,status,cpus,memory,attempt,submit,start,complete,realtime,%cpu,read_"
    "bytes,write_bytes\n";

}  // namespace

TEST_CASE("a raw trace: instants from the first submission, all fields") {
    const models::RecordedRun run =
        read(raw_header +
             "2,n2,ALIGN,s1,ALIGN "
             "(s1),COMPLETED,4,2147483648,1,1700000005500,1700000008000,1700000020000,11000,350.5,1000,2000\n"
             "1,n1,SPLIT,-,SPLIT,COMPLETED,1,-,1,1700000000500,1700000001000,1700000005000,3500,99,-,-\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.format == "nextflow");
    CHECK(run.epoch_ns == 1700000000500LL * millisecond);
    CHECK(run.resolution == second);
    CHECK_FALSE(run.has_dependencies);
    CHECK_FALSE(run.makespan);
    CHECK(run.notes.empty());
    const models::RecordedTask& align = run.tasks[0];
    CHECK(align.id == "2");
    CHECK(align.process == "ALIGN");
    CHECK(align.tag == "s1");
    CHECK(align.node == "n2");
    CHECK(align.submitted == 5 * second);
    CHECK(align.started == 7500 * millisecond);
    CHECK(align.completed == 19500 * millisecond);
    CHECK(align.realtime == 11 * second);
    CHECK(align.cpus == 4);
    CHECK(align.memory_bytes == 2147483648);
    CHECK(align.cpu_percent == 350.5);
    CHECK(align.read_bytes == 1000);
    CHECK(align.write_bytes == 2000);
    CHECK(run.tasks[1].tag.empty());
    CHECK(run.tasks[1].memory_bytes == 0);
    REQUIRE(run.nodes.size() == 2);
    CHECK(run.nodes[0].name == "n1");
}

TEST_CASE("a row whose instant is none is left out with its line, and not taken for one without submission") {
    const std::string header = "task_id\tname\tstatus\tsubmit\tduration\trealtime\n";
    const models::RecordedRun run = read(header +
                                         "1\tA (1)\tCOMPLETED\t2026-03-09 02:00:05.000\t10s\t9s\n"
                                         "2\tA (2)\tCOMPLETED\t03/09/2026 02:00:05\t10s\t9s\n"
                                         "3\tA (3)\tCOMPLETED\t-\t10s\t9s\n"
                                         "4\tA (4)\tCOMPLETED\t0\t10s\t9s\n");
    CHECK(run.tasks.size() == 3);
    CHECK(run.left_out == 1);
    CHECK(noted(run, "`submit` is neither a date such as") == 1);
    const auto note = std::find_if(run.notes.begin(), run.notes.end(),
                                   [](const auto& one) { return one.text.find("`submit`") == 0; });
    REQUIRE(note != run.notes.end());
    CHECK(note->first_line == 3);
    try {
        read(header + "2\tA (2)\tCOMPLETED\t03/09/2026 02:00:05\t10s\t9s\n");
        FAIL("it was read");
    } catch (const FileError& error) {
        CHECK(std::string(error.what()).find("`submit` is neither a date") != std::string::npos);
    }
}

TEST_CASE("Nextflow's default trace: readable values, no start and completion") {
    const models::RecordedRun run = read(
        "task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tduration\trealtime\t%cpu\tpeak_rss\tpeak_"
        "vmem\trchar\twchar\n"
        "1\tab/cdef01\t30031\tgreet (you)\tCOMPLETED\t0\t2024-05-01 12:00:00.250\t5.8s\t866ms\t3.8%\t4.1 "
        "MB\t7.5 MB\t1\t0\n"
        "2\tab/cdef02\t30032\tgreet (all (of) you)\tCOMPLETED\t0\t2024-05-01 12:00:01.250\t1m "
        "2s\t1m\t3.8%\t4.1 MB\t7.5 MB\t1\t0\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].process == "greet");
    CHECK(run.tasks[0].tag == "you");
    CHECK(run.tasks[1].tag == "all (of) you");
    CHECK(run.tasks[0].submitted == 0);
    CHECK(run.tasks[0].completed == 5800 * millisecond);
    CHECK(run.tasks[0].started == 5800 * millisecond - 866 * millisecond);
    CHECK(run.resolution == millisecond);
    CHECK(noted(run, "without completion") == 2);
    CHECK(noted(run, "without start") == 2);
}

TEST_CASE("chosen fields are a trace as well, where one of them is a trace's own") {
    CHECK(looks_like_nextflow({"name", "status", "submit", "duration", "realtime"}));
    CHECK(looks_like_nextflow({"process", "exit", "start", "complete"}));
    // A table of anybody.
    CHECK_FALSE(looks_like_nextflow({"name", "status", "start", "complete"}));
    CHECK_FALSE(looks_like_nextflow({"name", "realtime", "duration", "owner"}));
    const models::RecordedRun run = read(
        "name\tstatus\tsubmit\tduration\trealtime\n"
        "R:A (s 0)\tCOMPLETED\t2025-10-26 01:00:00.000\t10.5s\t500ms\n");
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].process == "R:A");
    CHECK(run.tasks[0].completed == 10500 * millisecond);
    // Its dates are of the zone that is known, and say so.
    Input again("trace.txt",
                "name\tstart\tcomplete\trealtime\nA\t2025-07-01 09:00:00.000\t2025-07-01 10:00:00.000\t1h\n");
    const models::RecordedRun there = read_nextflow(again, NotEnded::left_out, "Europe/Berlin");
    CHECK(there.zone == "Europe/Berlin");
    CHECK(there.epoch_ns == 1751353200LL * second);
}

TEST_CASE("columns in any order, semicolons, readable memory") {
    const models::RecordedRun run = read(
        "complete;name;memory;start;submit;status;task_id\n"
        "1700000009000;A (x);1.5 GB;1700000003000;1700000000000;COMPLETED;7\n");
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].memory_bytes == 1610612736);
    CHECK(run.tasks[0].started == 3 * second);
    CHECK(run.tasks[0].completed == 9 * second);
}

TEST_CASE("failed attempts stay, cached and unfinished ones are counted") {
    const models::RecordedRun run =
        read(raw_header +
             "1,n,A,x,A (x),FAILED,1,1,1,1700000000000,1700000001000,1700000002000,1000,1,0,0\n"
             "2,n,A,x,A (x),COMPLETED,1,1,2,1700000003000,1700000004000,1700000005000,1000,1,0,0\n"
             "3,n,A,y,A (y),ABORTED,1,1,1,1700000003000,-,-,-,-,-,-\n"
             "4,n,A,z,A (z),CACHED,1,1,1,1600000003000,1600000003000,1600000004000,1000,1,0,0\n"
             "5,n,A,v,A (v),RUNNING,1,1,1,1700000003000,1700000003000,-,-,-,-,-\n"
             "6,n,A,w,A (w),BEWITCHED,1,1,1,1700000003000,1700000003000,-,-,-,-,-\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].failed);
    CHECK_FALSE(run.tasks[1].failed);
    CHECK(run.tasks[1].attempt == 2);
    CHECK(noted(run, "failed before it took any time") == 1);
    CHECK(noted(run, "cached") == 1);
    CHECK(first_line_of(run, "cached") == 5);
    CHECK(noted(run, "not finished") == 1);
    CHECK(noted(run, "unknown status") == 1);
}

TEST_CASE(
    "what still ran when the trace ended is kept apart where that is asked for, and repeated rows are taken "
    "once") {
    const std::string row =
        "1,n,A,x,A (x),COMPLETED,1,1,1,1700000000000,1700000001000,1700000002000,1000,1,0,0\n";
    Input input("trace.txt", raw_header + row + row +
                                 "5,n,A,v,A (v),RUNNING,1,1,1,1700000000500,1700000001500,-,-,-,-,-\n");
    const models::RecordedRun run = read_nextflow(input, NotEnded::apart);
    CHECK(run.tasks.size() == 1);
    REQUIRE(run.open.size() == 1);
    CHECK(run.open[0].started == 1500 * millisecond);
    CHECK(run.open[0].process == "A");
    CHECK(!run.open[0].completed);
    CHECK(run.left_out == 0);
    CHECK(noted(run, "not ended when the log did") == 1);
    CHECK(noted(run, "repeat another to the letter") == 1);
}

TEST_CASE("broken rows are counted with the first line, the rest is read") {
    const models::RecordedRun run =
        read(raw_header +
             "1,n,A,x,A (x),COMPLETED,1,1,1,1700000000000,1700000001000,1700000002000,1000,1,0,0\n"
             "2,n,A,x\n"
             "garbage\n"
             "3,n,A,y,A (y),COMPLETED,many,lots,1,1700000000000,1700000001000,1700000002000,1000,1,0,0\n"
             "4,n,A,y,A (y),COMPLETED,1,1,1,1700000000000,1700000009000,1700000002000,1000,1,0,0\n"
             "5,n,,,,COMPLETED,1,1,1,1700000000000,1700000001000,1700000002000,1000,1,0,0\n");
    CHECK(run.tasks.size() == 2);
    CHECK(noted(run, "number of fields") == 2);
    CHECK(first_line_of(run, "number of fields") == 3);
    CHECK(noted(run, "cpus not understood") == 1);
    CHECK(noted(run, "memory not understood") == 1);
    CHECK(noted(run, "without any usable time") == 1);
    CHECK(noted(run, "without process and name") == 1);
}

TEST_CASE("a tag that holds the separator is put together where the name proves it") {
    const models::RecordedRun run =
        read(raw_header +
             "1,n,A,x,y,A (x,y),COMPLETED,1,1,1,1700000000000,1700000001000,1700000002000,1000,1,0,0\n"
             "2,n,A,x,y,B (x,y),COMPLETED,1,1,1,1700000000000,1700000001000,1700000002000,1000,1,0,0\n");
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].tag == "x,y");
    CHECK(run.tasks[0].name == "A (x,y)");
    CHECK(run.tasks[0].completed == 2 * second);
    CHECK(noted(run, "holds the separator") == 1);
    CHECK(noted(run, "number of fields") == 1);
}

TEST_CASE("ids that occur again stay apart") {
    const models::RecordedRun run = read(
        "task_id,name,status,submit,duration,realtime\n"
        "1,A (x),COMPLETED,1700000000000,5000,4000\n1,A (y),COMPLETED,1700000000000,5000,4000\n"
        "1,A (z),COMPLETED,1700000000000,5000,4000\n");
    REQUIRE(run.tasks.size() == 3);
    CHECK(run.tasks[1].id == "1#2");
    CHECK(run.tasks[2].id == "1#3");
    CHECK(noted(run, "task_id occurs again") == 2);
}

TEST_CASE("seconds that the log cut off do not make a task end before it starts") {
    const models::RecordedRun run = read(
        "task_id,name,status,submit,start,complete\n"
        "1,A (x),COMPLETED,1700000000900,1700000000950,1700000000000\n");
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].completed == run.tasks[0].started);
}

TEST_CASE("a trace without what is needed is refused with what it lacks") {
    CHECK_THROWS_WITH_AS(read("task_id,hash,submit,status\n1,a,1,COMPLETED\n"),
                         doctest::Contains("`process` and `name`"), FileError);
    CHECK_THROWS_WITH_AS(read("task_id,hash,name,status\n1,a,A,COMPLETED\n"),
                         doctest::Contains("column of time"), FileError);
    CHECK_THROWS_WITH_AS(read(raw_header), doctest::Contains("no task"), FileError);
    CHECK_THROWS_WITH_AS(read(raw_header + "1,n,A,x,A (x),CACHED,1,1,1,1,2,3,1,1,0,0\n"),
                         doctest::Contains("cached"), FileError);
}

TEST_CASE("without a column of attempts, who comes after a failure of its name is its retry") {
    const std::string header = "task_id,hash,name,status,submit,duration,realtime\n";
    const models::RecordedRun run = read(header +
                                         "1,a,A (x),FAILED,1700000000000,5000,4000\n"
                                         "2,b,A (y),COMPLETED,1700000000000,5000,4000\n"
                                         "3,c,A (x),FAILED,1700000006000,5000,4000\n"
                                         "4,d,A (x),COMPLETED,1700000012000,5000,4000\n"
                                         "5,e,A (y),COMPLETED,1700000013000,5000,4000\n");
    REQUIRE(run.tasks.size() == 5);
    CHECK(run.tasks[0].attempt == 1);
    CHECK(run.tasks[1].attempt == 1);
    CHECK(run.tasks[2].attempt == 2);
    CHECK(run.tasks[3].attempt == 3);
    CHECK(run.tasks[4].attempt == 1);
    CHECK(noted(run, "taken as its retry") == 2);
    // Who was submitted while it ran is another.
    const models::RecordedRun other = read(header +
                                           "1,a,A (x),FAILED,1700000000000,5000,4000\n"
                                           "2,b,A (x),COMPLETED,1700000001000,5000,4000\n");
    CHECK(other.tasks[1].attempt == 1);
    CHECK(noted(other, "taken as its retry") == 0);
    // One that was lost before anybody knew how long it took.
    const models::RecordedRun lost = read(header +
                                          "1,a,A (x),FAILED,1700000000000,-,0ms\n"
                                          "2,b,A (x),COMPLETED,1700000001000,5000,4000\n");
    REQUIRE(lost.tasks.size() == 2);
    CHECK(lost.tasks[0].completed == lost.tasks[0].submitted);
    CHECK(lost.tasks[1].attempt == 2);
}

}  // namespace understudy::formats
