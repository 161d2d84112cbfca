// Promised: ninja's log of versions 5 to 7 as tasks, builds in one log told apart, dependencies from each of
// ninja's own reports. Shown on a small build: gen makes gen.h, two objects (one needs gen.h), one library of
// both.
#include "tools/formats/logs/ninja.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

using namespace kernel;

namespace {

const std::string build =
    "# ninja log v5\n"
    "100\t400\t0\tgen.h\taaaa\n"
    "100\t400\t0\tgen.inc\taaaa\n"
    "100\t900\t0\tb.o\tbbbb\n"
    "400\t1200\t0\ta.o\tcccc\n"
    "1200\t1300\t0\tlib.a\tdddd\n";

models::RecordedRun read(const std::string& log, const std::string& dependencies = "") {
    Input input(".ninja_log", log);
    if (dependencies.empty()) return read_ninja(input, nullptr);
    Input more("graph.txt", dependencies);
    return read_ninja(input, &more);
}

std::string refused(const std::string& log, const std::string& dependencies = "") {
    try {
        read(log, dependencies);
    } catch (const FileError& error) {
        return error.what();
    }
    return "read";
}

using Parents = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("outputs of one command are one task, instants from the first start") {
    const models::RecordedRun run = read(build);
    REQUIRE(run.tasks.size() == 4);
    CHECK(run.format == "ninja");
    CHECK(run.tasks[0].id == "gen.h");
    CHECK(run.tasks[0].started == 0);
    CHECK(run.tasks[0].completed == 300 * millisecond);
    CHECK(run.tasks[1].process == "o");
    CHECK(run.tasks[3].realtime == 100 * millisecond);
    CHECK_FALSE(run.has_dependencies);
    CHECK_FALSE(run.tasks[0].submitted);
}

TEST_CASE("the graph gives dependencies through files and phony commands, and rules as kinds") {
    const models::RecordedRun run = read(build, R"(digraph ninja {
rankdir="LR"
node [fontsize=10, shape=box, height=0.25]
edge [fontsize=10]
"0x1" [label="all"]
"0x2" -> "0x1" [label=" phony"]
"0x2" [label="lib.a"]
"0x10" [label="AR", shape=ellipse]
"0x10" -> "0x2"
"0x3" -> "0x10" [arrowhead=none]
"0x4" -> "0x10" [arrowhead=none]
"0x3" [label="a.o"]
"0x4" [label="b.o"]
"0x11" [label="CXX", shape=ellipse]
"0x11" -> "0x3"
"0x5" -> "0x11" [arrowhead=none]
"0x6" -> "0x11" [arrowhead=none style=dotted]
"0x5" [label="a.cpp"]
"0x6" [label="headers"]
"0x7" -> "0x6" [label=" phony"]
"0x7" [label="gen.inc"]
"0x8" -> "0x4" [label=" CXX"]
"0x8" [label="b.cpp"]
}
)");
    CHECK(run.has_dependencies);
    CHECK(run.tasks[0].parents.empty());
    CHECK(run.tasks[1].parents.empty());
    CHECK(run.tasks[2].parents == Parents{0});
    CHECK(run.tasks[3].parents == Parents{1, 2});
    CHECK(run.tasks[1].process == "CXX");
    CHECK(run.tasks[3].process == "AR");
}

TEST_CASE("headers and sources that are built, from -t deps and -t compdb") {
    const models::RecordedRun deps = read(build,
                                          "a.o: #deps 2, deps mtime 1 (VALID)\n    a.cpp\n    gen.h\n\nb.o: "
                                          "#deps 1, deps mtime 1 (VALID)\n    b.cpp\n");
    CHECK(deps.tasks[2].parents == Parents{0});
    CHECK(deps.tasks[1].parents.empty());
    const models::RecordedRun database = read(
        build, "[{\"directory\": \"d\", \"command\": \"c\", \"file\": \"gen.h\", \"output\": \"a.o\"}, 3]");
    CHECK(database.tasks[2].parents == Parents{0});
}

TEST_CASE("a dependency that the times contradict is left out") {
    const models::RecordedRun run = read(build, "gen.h: #deps 1, deps mtime 1 (VALID)\n    lib.a\n");
    CHECK(run.tasks[0].parents.empty());
    CHECK(noted(run, "contradict") == 1);
}

TEST_CASE("of several builds the largest, of several times of one output the last") {
    const models::RecordedRun run = read(build + "0\t50\t0\ta.o\tcccc\n50\t70\t0\tlib.a\tdddd\n");
    CHECK(run.tasks.size() == 4);
    CHECK(noted(run, "other builds") == 2);
    const models::RecordedRun twice =
        read("# ninja log v6\n0\t10\t0\ta.o\tx\n0\t20\t0\tb.o\ty\n20\t30\t0\ta.o\tz\n");
    CHECK(twice.tasks.size() == 2);
    CHECK(noted(twice, "built again") == 1);
}

TEST_CASE("a log that ninja has rewritten says so") {
    std::string log = "# ninja log v7\n";
    for (int i = 0; i < 20; ++i)
        log += "0\t" + std::to_string(i % 2 == 0 ? 900 - i : 100 + i) + "\t0\tf" + std::to_string(i) +
               ".o\th" + std::to_string(i) + "\n";
    const models::RecordedRun run = read(log);
    CHECK(run.tasks.size() == 20);
    CHECK(noted(run, "rewritten") == 1);
}

TEST_CASE("broken lines are counted") {
    const models::RecordedRun run = read(build + "x\ty\n-5\t3\t0\tq\tz\n9\t3\t0\tq\tz\n");
    CHECK(run.tasks.size() == 4);
    CHECK(noted(run, "no entry of ninja") == 3);
    CHECK(first_line_of(run, "no entry of ninja") == 7);
}

TEST_CASE("what is not ninja's is refused") {
    CHECK(refused("# ninja log v4\n").find("version 4") != std::string::npos);
    CHECK(refused("# ninja log v5\n").find("no finished command") != std::string::npos);
    CHECK(refused("hello\n").find("no log of ninja") != std::string::npos);
    CHECK(refused(build, "hello").find("ninja -t graph") != std::string::npos);
}

}  // namespace understudy::formats
