// Promised: parents of recorded tasks from the graph of processes, tags and times, by the rules that the
// header states; never a parent that completed too late, never a cycle, bounded for large runs. Shown rule by
// rule.
#include "models/replay/dependencies.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace understudy::models {

using namespace kernel;

namespace {

using Parents = std::vector<std::uint32_t>;

class RunBuilder {
public:
    RunBuilder& edge(const char* from, const char* to) {
        run.process_edges.push_back({from, to});
        return *this;
    }
    /// Submitted and completed in seconds; started a second after the submission.
    RunBuilder& task(std::string_view process, std::string_view tag, double submitted, double completed,
                     int attempt = 1, bool failed = false) {
        RecordedTask task;
        task.id = std::to_string(run.tasks.size() + 1);
        task.process = std::string(process);
        task.tag = std::string(tag);
        task.name.append(process).append(" (").append(tag).append(")");
        task.submitted = from_seconds(submitted);
        task.started = *task.submitted;
        task.completed = from_seconds(completed);
        task.attempt = attempt;
        task.failed = failed;
        run.tasks.push_back(task);
        return *this;
    }
    RecordedRun run;
};

}  // namespace

TEST_CASE("one task before: it is the parent") {
    RunBuilder built;
    built.edge("A", "B").task("A", "", 0, 10).task("B", "x", 12, 20).task("B", "y", 12, 20);
    const DependencyCounts counts = infer_dependencies(built.run);
    CHECK(counts.single == 2);
    CHECK(built.run.tasks[1].parents == Parents{0});
    CHECK(built.run.tasks[2].parents == Parents{0});
    CHECK(counts.roots == 1);
    CHECK(counts.links == 2);
}

TEST_CASE("equal tags pair tasks while the process before still runs") {
    RunBuilder built;
    built.edge("A", "B")
        .task("A", "x", 0, 10)
        .task("A", "y", 0, 30)
        .task("B", "x", 12, 20)
        .task("B", "y", 32, 40);
    CHECK(infer_dependencies(built.run).equal_tag == 2);
    CHECK(built.run.tasks[2].parents == Parents{0});
    CHECK(built.run.tasks[3].parents == Parents{1});
}

TEST_CASE("a tag that is the beginning of others gathers them, at a boundary of words") {
    RunBuilder built;
    built.edge("A", "B")
        .task("A", "T0_R1", 0, 10)
        .task("A", "T0_R2", 0, 11)
        .task("A", "T0A_R1", 0, 12)
        .task("A", "Z_R1", 0, 50)
        .task("B", "T0", 14, 20)
        .task("B", "T0A", 14, 20)
        .task("B", "Z", 52, 60);
    CHECK(infer_dependencies(built.run).prefix_tag == 3);
    CHECK(built.run.tasks[4].parents == Parents{0, 1});
    CHECK(built.run.tasks[5].parents == Parents{2});
    CHECK(built.run.tasks[6].parents == Parents{3});
}

TEST_CASE("the reverse: one before, several with longer tags after; and tags within") {
    RunBuilder built;
    built.edge("A", "B")
        .edge("B", "C")
        .task("A", "s1", 0, 10)
        .task("A", "s2", 0, 30)
        .task("B", "s1.part1", 12, 20)
        .task("B", "s1.part2", 12, 40)
        .task("B", "s2.part1", 32, 60)
        .task("C", "of s1.part1 alone", 22, 30);
    const DependencyCounts counts = infer_dependencies(built.run);
    CHECK(counts.prefix_tag == 3);
    CHECK(counts.inner_tag == 1);
    CHECK(built.run.tasks[3].parents == Parents{0});
    CHECK(built.run.tasks[4].parents == Parents{1});
    CHECK(built.run.tasks[5].parents == Parents{2});
}

TEST_CASE("a barrier goes before tags: nothing was submitted until all had completed") {
    RunBuilder built;
    built.edge("A", "B")
        .task("A", "x", 0, 10)
        .task("A", "y", 0, 30)
        .task("B", "x", 31, 40)
        .task("B", "y", 31, 40);
    CHECK(infer_dependencies(built.run).barrier == 2);
    CHECK(built.run.tasks[2].parents == Parents{0, 1});
    CHECK(built.run.tasks[3].parents == Parents{0, 1});
}

TEST_CASE("without tags: all that had completed, else the share in order") {
    RunBuilder built;
    built.edge("A", "B");
    for (int i = 0; i < 6; ++i) built.task("A", "", 0, 10 * (i + 1));
    for (int i = 0; i < 3; ++i) built.task("B", "", 20 * (i + 1) + 2, 100);
    const DependencyCounts counts = infer_dependencies(built.run);
    CHECK(counts.by_order == 2);
    CHECK(built.run.tasks[6].parents == Parents{0, 1});
    CHECK(built.run.tasks[7].parents == Parents{2, 3});
    CHECK(counts.all_before == 1);
    CHECK(built.run.tasks[8].parents == Parents{0, 1, 2, 3, 4, 5});
}

TEST_CASE("where the order contradicts the times, the last completed before") {
    RunBuilder built;
    built.edge("A", "B")
        .task("A", "", 0, 10)
        .task("A", "", 0, 20)
        .task("A", "", 0, 90)
        .task("B", "", 25, 30)
        .task("B", "", 26, 30);
    const DependencyCounts counts = infer_dependencies(built.run);
    CHECK(counts.last_before == 1);
    CHECK(built.run.tasks[4].parents == Parents{1});
}

TEST_CASE("an edge that the graph does not show: the task of the same tag before") {
    RunBuilder built;
    built.task("A", "x", 0, 10).task("A", "y", 0, 20).task("B", "x", 12, 30).task("C", "x", 100, 110);
    const DependencyCounts counts = infer_dependencies(built.run);
    CHECK(counts.tag_alone == 2);
    CHECK(built.run.tasks[2].parents == Parents{0});
    CHECK(built.run.tasks[3].parents == Parents{2});
    CHECK(counts.late_roots == 0);
}

TEST_CASE("a later attempt waits for the one before, and a failed one feeds nobody") {
    RunBuilder built;
    built.edge("A", "B").task("A", "x", 0, 10, 1, true).task("A", "x", 12, 20, 2).task("B", "x", 22, 30);
    const DependencyCounts counts = infer_dependencies(built.run);
    CHECK(counts.retries == 1);
    CHECK(built.run.tasks[1].parents == Parents{0});
    CHECK(built.run.tasks[2].parents == Parents{1});
}

TEST_CASE("a parent may complete within the log's resolution after the submission, not later") {
    RunBuilder near;
    near.edge("A", "B").task("A", "x", 0, 10.9).task("B", "x", 10, 20);
    infer_dependencies(near.run);
    CHECK(near.run.tasks[1].parents == Parents{0});
    RunBuilder far;
    far.edge("A", "B").task("A", "x", 0, 11.5).task("B", "x", 10, 20);
    const DependencyCounts counts = infer_dependencies(far.run);
    CHECK(far.run.tasks[1].parents.empty());
    CHECK(counts.none == 1);
}

TEST_CASE("no cycles where processes feed each other and tasks are shorter than the resolution") {
    RunBuilder built;
    built.edge("A", "B").edge("B", "A");
    for (int i = 0; i < 5; ++i) built.task("A", "x", 0, 0.1).task("B", "x", 0, 0.1);
    infer_dependencies(built.run);
    for (std::uint32_t i = 0; i < built.run.tasks.size(); ++i)
        for (const std::uint32_t parent : built.run.tasks[i].parents) CHECK(parent < i);
}

TEST_CASE("recorded dependencies stay, runs without times are said to be") {
    RunBuilder built;
    built.edge("A", "B").task("A", "x", 0, 10).task("B", "x", 12, 20);
    built.run.has_dependencies = true;
    CHECK(infer_dependencies(built.run).roots == 2);
    CHECK(built.run.tasks[1].parents.empty());

    RecordedRun empty;
    RecordedTask task;
    task.realtime = second;
    empty.tasks.assign(3, task);
    CHECK(infer_dependencies(empty).without_time == 3);
}

TEST_CASE("a barrier of two large processes stays bounded, its last completions stand for all") {
    RunBuilder built;
    built.edge("A", "B");
    for (int i = 0; i < 2000; ++i) built.task("A", "", 0, 10 + i * 0.01);
    for (int i = 0; i < 2000; ++i) built.task("B", "", 100, 200);
    DependencyOptions options;
    options.most_links = 10000;
    const DependencyCounts counts = infer_dependencies(built.run, options);
    CHECK(counts.links <= 10000);
    CHECK(counts.barrier == 2000);
    CHECK(built.run.tasks.back().parents.back() == 1999);
    CHECK(built.run.notes.back().text.find("too large") != std::string::npos);
}

TEST_CASE("many tags that are beginnings of each other take bounded time") {
    RunBuilder built;
    built.edge("A", "B");
    std::string tag;
    for (int i = 0; i < 3000; ++i) {
        tag += 'a';
        built.task("A", tag, 0, 10 + i);
    }
    for (int i = 0; i < 3000; ++i) built.task("B", "b", 12 + i, 5000);
    CHECK(infer_dependencies(built.run).roots > 0);
}

}  // namespace understudy::models
