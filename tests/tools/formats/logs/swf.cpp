// Promised: the Standard Workload Format as jobs with submission, start, completion, processors and the time asked for; -1
// is not known; what cannot be used is counted; lines that are no jobs are refused, all at once, with line and column.
// Shown: a header and lines by hand, plain and gzip.
#include "tools/formats/logs/swf.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/tools/formats/logs/sample_log.h"
#include "tools/formats/logs/log_problems.h"

namespace understudy::formats {

using kernel::second;

namespace {

const std::string header =
    "; Version: 2.2\n"
    "; Computer: IBM SP2\n"
    ";\n"
    "; UnixStartTime: 843480031\n"
    "; TimeZone: 3600\n"
    "; TimeZoneString: Europe/Stockholm\n"
    "; MaxNodes: 50\n"
    "; MaxProcs: 100\n"
    "; Partition:  1 main \n"
    "; Partition:  2 debug \n";

models::RecordedRun read(const std::string& text) {
    Input input("log.swf", text);
    return read_swf(input);
}

std::string refused(const std::string& text) {
    try {
        read(text);
    } catch (const FileError& error) {
        return error.what();
    }
    return "read";
}

}  // namespace

TEST_CASE("a job has its instants, processors and the time that was asked for") {
    const models::RecordedRun run =
        read(header +
             "\n"
             "    1      60  120   30.5   8 -1 -1  10  3600 -1  1  7  1 -1 -1  1 -1 -1\r\n"
             "\t2\t100 0 10 -1 -1 -1 4 -1 -1 0 7 1 -1 -1 2 -1 -1\n");
    CHECK(run.format == "swf");
    CHECK(run.workflow == "IBM SP2");
    CHECK(run.processors == 100);
    CHECK(run.epoch_ns == 843480031 * second);
    CHECK(run.zone == "Europe/Stockholm");
    CHECK(run.utc_offset == 3600 * second);
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[0].id == "1");
    CHECK(run.tasks[0].submitted == 60 * second);
    CHECK(run.tasks[0].started == 180 * second);
    CHECK(run.tasks[0].completed == 180 * second + 30'500'000'000);
    CHECK(run.tasks[0].cpus == 8);
    CHECK(run.tasks[0].requested == 3600 * second);
    CHECK(run.tasks[0].pool == "main");
    CHECK_FALSE(run.tasks[0].failed);
    CHECK(run.tasks[1].cpus == 4);
    CHECK_FALSE(run.tasks[1].requested);
    CHECK(run.tasks[1].pool == "debug");
    CHECK(run.tasks[1].failed);
    CHECK(noted(run, "did not say how long") == 1);
    CHECK(run.left_out == 0);
}

TEST_CASE("what is not known stays so, and what cannot be used is counted") {
    const models::RecordedRun run = read(
        "; MaxNodes: 4\n"
        "1 0 -1 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n"    // no wait
        "2 1 0 -1 1 70 -1 1 9 -1 -1 1 1 -1 3 -1 -1 -1\n"   // processor time for run time
        "3 2 0 -1 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n"    // no time at all
        "4 3 0 5 -1 -1 -1 -1 9 -1 1 1 1 -1 3 -1 -1 -1\n"   // no processors
        "5 4 9 0 1 -1 -1 1 9 -1 5 1 1 -1 3 -1 -1 -1\n"     // cancelled in line
        "6 5 9 8 1 -1 -1 1 9 -1 5 1 1 -1 3 -1 -1 -1\n"     // cancelled at work
        "6 5 9 8 1 -1 -1 1 9 -1 2 1 1 -1 3 -1 -1 -1\n"     // a part of 6
        "9 -1 9 8 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n");  // no submission
    REQUIRE(run.tasks.size() == 3);
    CHECK(run.processors == 4);
    CHECK_FALSE(run.tasks[0].started);
    CHECK(run.tasks[0].realtime == 5 * second);
    CHECK(run.tasks[1].completed == 71 * second);
    CHECK(run.tasks[2].failed);
    CHECK(run.tasks[2].pool.empty());  // one queue tells nothing apart
    CHECK(run.left_out == 4);
    CHECK(noted(run, "processor time stands for it") == 1);
    CHECK(first_line_of(run, "processor time stands for it") == 3);
    CHECK(noted(run, "cancelled before they ran") == 1);
    CHECK(noted(run, "parts of jobs") == 1);
    CHECK(noted(run, "without a submit time") == 1);
    CHECK(noted(run, "without processors") == 1);
    CHECK(noted(run, "that no line has") == 1);  // 7 and 8 are missing, 6 comes twice
}

TEST_CASE("for who follows what happens, what runs, waits and was withdrawn is there") {
    const std::string jobs =
        "1 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n"
        "2 200 50 -1 1 -1 -1 1 9 -1 -1 1 1 -1 3 -1 -1 -1\n"  // at work
        "3 300 -1 -1 1 -1 -1 1 9 -1 -1 1 1 -1 3 -1 -1 -1\n"  // in line
        "4 310 20 -1 1 -1 -1 1 9 -1 5 1 1 -1 3 -1 -1 -1\n"   // cancelled in line
        "5 320 5 -1 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n"    // has ended, and nobody knows when
        "6 330 5 -1 1 7 -1 1 9 -1 -1 1 1 -1 3 -1 -1 -1\n";   // processor time for run time
    CHECK(read(jobs).tasks.size() == 2);
    Input input("log.swf", jobs);
    const models::RecordedRun run = read_swf(input, NotEnded::among_tasks);
    REQUIRE(run.tasks.size() == 5);
    CHECK(run.tasks[1].started == 250 * second);
    CHECK_FALSE(run.tasks[1].completed);
    CHECK_FALSE(run.tasks[1].realtime);
    CHECK(run.tasks[2].submitted == 300 * second);
    CHECK_FALSE(run.tasks[2].started);
    CHECK_FALSE(run.tasks[2].realtime);
    CHECK_FALSE(run.tasks[3].started);
    CHECK(run.tasks[3].completed == 330 * second);
    CHECK_FALSE(run.tasks[3].failed);
    CHECK(run.tasks[4].completed == 342 * second);
    CHECK(run.left_out == 1);
}

TEST_CASE("a line that repeats another to the letter is the same job") {
    const std::string jobs =
        "1 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n"
        "2 1 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n"
        "3 1 0 0 1 -1 -1 1 9 -1 5 1 1 -1 3 -1 -1 -1\n";
    const models::RecordedRun run = read(jobs + jobs + "2 9 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n");
    CHECK(run.tasks.size() == 3);
    CHECK(run.left_out == 1);
    CHECK(noted(run, "repeat another to the letter") == 3);
    CHECK(first_line_of(run, "repeat another to the letter") == 4);
    CHECK(noted(run, "job numbers that come twice") == 1);
    // Without a number nothing says that they are one.
    const std::string unnumbered = "-1 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n";
    CHECK(read(unnumbered + unnumbered).tasks.size() == 2);
}

TEST_CASE("numbers of the header may have groups of three") {
    const auto processors = [](const std::string& text) {
        return read("; MaxProcs: " + text + "\n1 0 0 5 2 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n").processors;
    };
    CHECK(processors("1,152") == 1152);
    CHECK(processors("1,024,000 cores") == 1'024'000);
    for (const char* const none : {"1,15", "1,1525", ",152", "1,,152", "1,1.5", "1152,", "1,15a"}) {
        CAPTURE(none);
        CHECK(processors(none) == 0);
    }
}

TEST_CASE("columns behind the last are not read where every line has as many") {
    const auto run = read(
        "; MaxProcs: 4\n1 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1 7 x\n"
        "2 9 0 6 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1 8 y\n");
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[1].realtime == 6 * second);
    CHECK(std::any_of(run.notes.begin(), run.notes.end(), [](const auto& note) {
        return note.text.find("columns behind the 18") != std::string::npos && note.count == 2;
    }));
    CHECK(refused("1 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1 7 x\n"
                  "2 9 0 6 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n") ==
          "log.swf:2:41: error: the first job (line 1) has 20 numbers, 2 more than the format, and this line "
          "has "
          "18");
}

TEST_CASE("lines that are no jobs are refused, all of them, with line and column") {
    CHECK(refused("; Version: 2\n1 0 x 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n1 2 3\n"
                  "2 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1 7\n"
                  "3 0 9e99 1e10 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n") ==
          "log.swf:2:5: error: 'x' is no number (wait time)\n"
          "log.swf:3:5: error: a job has 18 numbers, and this line has 3\n"
          "log.swf:4:44: error: a job has 18 numbers, and this line has 19\n"
          "log.swf:5:5: error: '9e99' is out of range (wait time)\n"
          "log.swf:5:10: error: '1e10' is out of range (run time)");
    std::string many;
    for (int i = 0; i < 150; ++i) many += "x\n";
    const std::string message = refused(many);
    CHECK(std::count(message.begin(), message.end(), '\n') == 100);
    CHECK(message.find("\nand 1 more") != std::string::npos);
    CHECK(refused("; Version: 2\n") == "log.swf: has a header and no job");
    CHECK(refused("1 0 0 -1 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n") ==
          "log.swf: has 1 jobs and none with a run time and processors");
}

TEST_CASE("a column that nothing is made of may hold any number") {
    const models::RecordedRun run =
        read(header + "1 60 120 30 8 -1 4294967296 10 3600 9e12 1 7e10 1 -1 -1 1 -1 9e9\n");
    REQUIRE(run.tasks.size() == 1);
    CHECK(run.tasks[0].realtime == 30 * second);
    CHECK(refused(header + "1 60 120 30 8 -1 much 10 3600 -1 1 7 1 -1 -1 1 -1 -1\n")
              .find("'much' is no number") != std::string::npos);
}

TEST_CASE("it is told by its beginning, or by its name") {
    CHECK(looks_like_swf("; Version: 2.2\n"));
    CHECK(looks_like_swf(";Computer: a\n"));
    CHECK(looks_like_swf("\n  1 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\nx"));
    CHECK_FALSE(looks_like_swf(";case;activity\n1;2;3\n"));
    CHECK_FALSE(looks_like_swf("1 2 3\n"));
    CHECK_FALSE(looks_like_swf(""));
    const ScratchFolder folder;
    const std::string job = "1 0 0 5 1 -1 -1 1 9 -1 1 1 1 -1 3 -1 -1 -1\n";
    CHECK(must_read(folder.write("a.log", header + job)).format == "swf");
    CHECK(must_read(folder.write("a.swf.gz", gzipped(header + job))).tasks.size() == 1);
    const auto named = folder.write("b.swf", "id\tsubmit\twait\n1\t2\t3\n");
    CHECK(must_refuse(named).starts_with(named.string() + ":1:1: error: 'id' is no number (job number)\n"));
}

TEST_CASE("of nodes with several processors as many as were in use") {
    const std::string jobs =
        "1 0 0 100 30 -1 -1 30 200 -1 1 1 1 -1 1 1 -1 -1\n"
        "2 50 0 100 40 -1 -1 40 200 -1 1 1 1 -1 1 1 -1 -1\n"
        "3 150 0 100 60 -1 -1 60 200 -1 1 1 1 -1 1 1 -1 -1\n";
    const models::RecordedRun run = read("; MaxNodes: 50\n" + jobs);
    CHECK(run.processors == 70);
    REQUIRE(!run.notes.empty());
    CHECK(run.notes.back().text.find("MaxNodes is 50, and 70 processors were in use at once") == 0);
    CHECK(read("; MaxNodes: 100\n" + jobs).processors == 100);
    CHECK(read("; MaxNodes: 50\n; MaxProcs: 60\n" + jobs).processors == 60);
}

}  // namespace understudy::formats
