// Promised: the format follows from the content; a graph of processes beside the log is found; every file is
// read or refused with a reason, fast. Shown on small files of each kind, on hostile ones, and on the
// recordings of
// ../shared/data where they exist (this test says so when it skips them).
#include "tools/formats/logs/log_reader.h"

#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <random>

#include "models/replay/dependencies.h"
#include "tests/source_folder.h"
#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

namespace {

const std::string trace =
    "task_id,process,tag,name,status,submit,start,complete\n"
    "1,FETCH,s,FETCH (s),COMPLETED,1700000000000,1700000001000,1700000005000\n"
    "2,ALIGN,s,ALIGN (s),COMPLETED,1700000006000,1700000007000,1700000009000\n";

const std::string graph = "digraph \"d\" {\np1 [label=\"FETCH\"];\np2 [label=\"ALIGN\"];\np1 -> p2;\n}\n";

}  // namespace

TEST_CASE("content decides, not the name") {
    const ScratchFolder folder;
    CHECK(must_read(folder.write("a.json", trace)).format == "nextflow");
    CHECK(must_read(folder.write("b.txt", gzipped(trace))).format == "nextflow");
    CHECK(must_read(folder.write("c.csv", "{\"workflow\": {\"tasks\": [{\"name\": \"a\", \"runtime\": 1}]}}"))
              .format == "wfformat");
    CHECK(must_read(folder.write("d", "# ninja log v5\n0\t5\t0\ta.o\tx\n")).format == "ninja");
    CHECK(must_read(folder.write("e.tsv", "id\tduration\na\t5\n")).format == "csv");
    LogOptions options;
    options.columns = {{"id", "task_id"}, {"started", "start"}, {"completed", "complete"}};
    CHECK(must_read(folder.write("f", trace), options).format == "csv");
}

TEST_CASE("a graph beside the log or up to three folders above is used") {
    for (const char* place : {"", "a/", "a/b/", "a/b/c/"}) {
        const ScratchFolder folder;
        folder.write("dag.dot", graph);
        const models::RecordedRun run =
            must_read(folder.write(std::filesystem::path(place) / "trace.csv", trace));
        REQUIRE(run.process_edges.size() == 1);
        CHECK(run.process_edges[0].from == "FETCH");
        CHECK(noted(run, "graph of processes: ") == 1);
    }
    const ScratchFolder folder;
    folder.write("dag.dot", graph);
    CHECK(must_read(folder.write("a/b/c/d/trace.csv", trace)).process_edges.empty());
    LogOptions options;
    options.search_graph = false;
    CHECK(must_read(folder.write("trace.csv", trace), options).process_edges.empty());
    options.dependencies = folder.path() / "dag.dot";
    CHECK(must_read(folder.write("a/b/c/d/trace.csv", trace), options).process_edges.size() == 1);
}

TEST_CASE("a graph is found under the names that Nextflow and nf-core give it") {
    const std::string part = "digraph \"d\" {\np1 [label=\"ALIGN\"];\n}\n";
    for (const char* name : {"pipeline_dag_2024-01-01_10-00-00.dot", "dag-20240101-36000.dot"}) {
        CAPTURE(name);
        const ScratchFolder folder;
        folder.write(name, graph);
        // The word by itself, and what is drawn, decide.
        folder.write("dagger.dot", "digraph \"d\" {\np1 [label=\"FETCH\"];\np2 [label=\"ALIGN\"];\n}\n");
        folder.write("a_dag.dot", part);
        folder.write("another_dag_2024-01-01_10-00-00.dot", part);
        const models::RecordedRun run =
            must_read(folder.write("execution_trace_2024-01-01_10-00-00.txt", trace));
        CHECK(run.process_edges.size() == 1);
        CHECK(noted(run, "graph of processes: " + (folder.path() / name).string()) == 1);
    }
}

TEST_CASE("of several graphs that draw as much, it is the one of the trace's own time") {
    const ScratchFolder folder;
    for (const char* day : {"01", "02", "03"}) {
        const std::string time = std::string("2024-01-") + day + "_10-00-00";
        folder.write("pipeline_dag_" + time + ".dot", graph);
        folder.write("execution_trace_" + time + ".txt", trace);
    }
    folder.write("old/pipeline_dag_2024-01-02_10-00-00.dot",
                 "digraph \"d\" {\np1 [label=\"X\"];\np2 [label=\"Y\"];\n}\n");
    folder.write("old/execution_trace_2024-01-02_10-00-00.txt", trace);
    for (const char* place : {"", "old/"}) {
        CAPTURE(place);
        const models::RecordedRun run =
            must_read(folder.path() / (std::string(place) + "execution_trace_2024-01-02_10-00-00.txt"));
        const auto used = folder.path() / "pipeline_dag_2024-01-02_10-00-00.dot";
        CHECK(noted(run, "graph of processes: " + used.string()) == 1);
        CHECK(run.process_edges.size() == 1);
        // One that is of something else does not hide those further up.
        CHECK(noted(run, "not used") == (*place == 0 ? 0 : 1));
    }
}

TEST_CASE("a graph of another workflow, or none, does not stop the log unless it was asked for") {
    const ScratchFolder folder;
    folder.write("other/dag.dot", "digraph \"d\" {\np1 [label=\"X\"];\np2 [label=\"Y\"];\np1 -> p2;\n}\n");
    const models::RecordedRun other = must_read(folder.write("other/trace.csv", trace));
    CHECK(other.process_edges.empty());
    CHECK(noted(other, "not used") == 1);
    folder.write("broken/dag.html", "<html></html>");
    const std::filesystem::path log = folder.write("broken/trace.csv", trace);
    CHECK(noted(must_read(log), "not used") == 1);
    LogOptions options;
    options.dependencies = folder.path() / "broken/dag.html";
    CHECK(must_refuse(log, options).find("is no graph") != std::string::npos);
}

TEST_CASE("what is no log is refused by name") {
    const ScratchFolder folder;
    CHECK(must_refuse(folder.path() / "none").find("no such file") != std::string::npos);
    CHECK(must_refuse(folder.path()).find("is a folder") != std::string::npos);
    CHECK(must_refuse(folder.write("a", "")).find("is empty") != std::string::npos);
    CHECK(must_refuse(folder.write("b", "hello\nworld\n")).find("none of the logs we read") !=
          std::string::npos);
    CHECK(must_refuse(folder.write("c", "colour,taste\nred,sweet\n")).find("colour, taste") !=
          std::string::npos);
    CHECK(must_refuse(folder.write("d", "<?xml version=\"1.0\"?><log/>")).find("XML") != std::string::npos);
    CHECK(must_refuse(folder.write("e", "\x89HDF\r\n")).find("HDF5") != std::string::npos);
}

TEST_CASE("what import makes twins of is called by its name, and not broken") {
    const ScratchFolder folder;
    const std::string event =
        R"({"eventType": "COMPLETE", "eventTime": "2026-03-09T05:00:00Z", "run": {"runId": "r"},)"
        R"( "job": {"namespace": "n", "name": "j"}, "inputs": [], "outputs": [], "producer": "p"})";
    const auto carried = [](const std::string& key, const std::string& value) {
        return "{\"offset\": 1, \"" + key + "\": " + value + "}\n";
    };
    const auto quoted = [](const std::string& text) { return nlohmann::json(text).dump(); };
    const std::string results =
        R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"},)"
        "\n \"results\": []}\n";
    const std::string instances = R"({"task_instances": [{"task_id": "t", "dag_id": "d"}]})";
    const auto says = [](const std::string& message, const char* what, bool runs) {
        CAPTURE(message);
        CHECK(message.find(what) != std::string::npos);
        CHECK(message.find("understudy import makes a twin of it") != std::string::npos);
        CHECK((message.find("understudy calibrate") != std::string::npos) == runs);
    };
    for (const std::string& text :
         {event + "\n" + event + "\n", "[" + event + "]", gzipped(event + "\n" + event),
          carried("value", event) + carried("value", event), carried("value", quoted(event))})
        says(must_refuse(folder.write("a", text)), "holds OpenLineage events", true);
    says(must_refuse(folder.write("b", results)), "is an artifact of dbt", true);
    says(must_refuse(folder.write("c", instances)), "is an export of Airflow", true);
    says(must_refuse(folder.write("d", "# orders, v2\nkind: DataContract\napiVersion: v3.0.0\nid: x\n")),
         "is a data contract", false);
    // What is none of these is broken.
    CHECK(must_refuse(folder.write("e", "{\"workflow\": {")).find("is no valid JSON") != std::string::npos);
}

TEST_CASE("the output of ninja -t graph beside a ninja log is used if it draws the log's files") {
    const std::string log = "# ninja log v5\n0\t5\t0\ta.o\tx\n5\t9\t0\tapp\ty\n";
    const std::string drawing =
        "digraph ninja {\n\"1\" [label=\"a.o\"]\n\"2\" [label=\"app\"]\n\"1\" -> \"2\" [label=\" "
        "link\"]\n}\n";
    for (const char* name : {"graph.dot", "build.graph", ".graph"}) {
        CAPTURE(name);
        const ScratchFolder folder;
        folder.write("another.graph", "digraph ninja {\n\"1\" [label=\"z.o\"]\n}\n");
        folder.write(name, drawing);
        const models::RecordedRun run = must_read(folder.write(".ninja_log", log));
        REQUIRE(run.tasks.size() == 2);
        CHECK(run.has_dependencies);
        CHECK(run.tasks[1].parents == std::vector<std::uint32_t>{0});
        CHECK(noted(run, std::string("dependencies: ") + (folder.path() / name).string()) == 1);
        LogOptions options;
        options.search_graph = false;
        CHECK_FALSE(must_read(folder.path() / ".ninja_log", options).has_dependencies);
    }
    const ScratchFolder folder;
    folder.write("graph.dot", graph);
    const models::RecordedRun other = must_read(folder.write(".ninja_log", log));
    CHECK_FALSE(other.has_dependencies);
    CHECK(noted(other, "draws 0 of 2 tasks of this log: not used") == 1);
}

TEST_CASE("a compressed log that breaks off is said to be cut") {
    const ScratchFolder folder;
    const std::string whole = gzipped(trace);
    for (const std::size_t size : {std::size_t{10}, std::size_t{14}, whole.size() / 2}) {
        CAPTURE(size);
        const LogResult result = read_log(folder.write("cut.csv.gz", whole.substr(0, size)));
        if (const auto* failure = std::get_if<LogFailure>(&result)) {
            CHECK(failure->message.find("cut") != std::string::npos);
            CHECK(failure->message.find("is empty") == std::string::npos);
        } else {
            CHECK(noted(std::get<models::RecordedRun>(result), "breaks off") == 1);
        }
    }
}

TEST_CASE("a log is told by its beginning, a scenario is none") {
    const ScratchFolder folder;
    CHECK(kind_of_log(folder.write("a", gzipped(trace))) == "a Nextflow trace");
    CHECK(kind_of_log(folder.write("b", "# ninja log v5\n0\t5\t0\ta.o\tx\n")) == "a ninja log");
    CHECK(kind_of_log(folder.write("c", "{\"workflow\": {\"tasks\": []}}")) == "a WfFormat instance");
    CHECK(kind_of_log(folder.write("d", "id,end,start\na,2,1\n")) == "a table of tasks");
    CHECK(kind_of_log(folder.write("e", "colour,taste\nred,sweet\n")) == "a table");
    for (const char* none : {"", "understudy: 1\nscenario: a, b\n", "{understudy: 1, scenario: x}\n",
                             "hello, world\n", "load: {a, b}\ntwin: {a, b}\n", "\x89HDF\r\n"})
        CHECK(kind_of_log(folder.write("f", none)) == "");
    CHECK(kind_of_log(folder.path() / "missing") == "");
}

TEST_CASE("random bytes and damaged logs neither crash nor hang") {
    const ScratchFolder folder;
    std::mt19937_64 random(7);
    std::string noise(3 << 20, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    CHECK(must_refuse(folder.write("noise", noise)).find("is no text") != std::string::npos);
    const std::vector<std::string> logs = {trace, "# ninja log v5\n0\t5\t0\ta.o\tx\n5\t9\t0\tb\ty\n",
                                           "id,started,completed\na,1,2\n\"b\",3,4\n",
                                           "{\"workflow\": {\"tasks\": [{\"name\": \"a\", \"runtime\": 1, "
                                           "\"parents\": [\"b\"]}, {\"name\": \"b\", \"runtime\": 2}]}}"};
    for (int round = 0; round < 4000; ++round) {
        std::string text = logs[static_cast<std::size_t>(round) % logs.size()];
        for (int change = 0; change < 1 + round % 5; ++change) {
            const std::size_t at = random() % text.size();
            if (random() % 3 == 0)
                text.erase(at, 1 + random() % 4);
            else if (random() % 2 == 0)
                text.insert(at, 1, ",;\t\n\"{}[]0-9eE"[random() % 15]);
            else
                text[at] = static_cast<char>(32 + random() % 95);
            if (text.empty()) text.push_back('x');
        }
        LogResult result = read_log(folder.write("damaged", text));
        if (auto* run = std::get_if<models::RecordedRun>(&result)) {
            models::infer_dependencies(*run);
            for (const models::RecordedTask& task : run->tasks)
                for (const std::uint32_t parent : task.parents) CHECK(parent < run->tasks.size());
        }
    }
}

TEST_CASE("every recording of ../shared/data is read or refused with a reason, none over 2 s") {
    const std::filesystem::path data =
        std::filesystem::path(understudy::tests::source_folder()) / "../shared/data";
    if (!std::filesystem::exists(data / "nextflow-traces")) {
        MESSAGE("skipped: no ../shared/data");
        return;
    }
    int read = 0, refused = 0, traces = 0, with_graph = 0;
    for (const char* part : {"nextflow-traces", "wfformat"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(data / part)) {
            if (!entry.is_regular_file()) continue;
            const std::string file = entry.path().string();
            CAPTURE(file);
            const auto before = std::chrono::steady_clock::now();
            LogResult result = read_log(entry.path());
            const bool is_trace = entry.path().filename() == "trace.csv.gz";
            traces += is_trace ? 1 : 0;
            if (auto* run = std::get_if<models::RecordedRun>(&result)) {
                ++read;
                models::infer_dependencies(*run);
                CHECK_FALSE(run->tasks.empty());
                with_graph += run->process_edges.empty() ? 0 : 1;
            } else {
                ++refused;
                CHECK_FALSE(is_trace);
                const std::string& message = std::get<LogFailure>(result).message;
                CHECK(message.find(entry.path().filename().string()) != std::string::npos);
            }
            CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
        }
    }
    MESSAGE(read << " read, " << refused << " refused, " << traces << " traces, " << with_graph
                 << " with a graph beside them");
    CHECK(read >= traces);
}

}  // namespace understudy::formats
