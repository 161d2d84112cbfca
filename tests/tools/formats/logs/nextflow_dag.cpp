// Promised: the graph of processes from all three drawings of Nextflow, with everything between processes
// contracted. Shown on one small graph in each form: FETCH -> (map) -> ALIGN -> SORT, FETCH -> (mix) ->
// REPORT <- SORT.
#include "tools/formats/logs/nextflow_dag.h"

#include <doctest/doctest.h>

namespace understudy::formats {

namespace {

using Edges = std::vector<std::pair<std::string, std::string>>;

Edges edges(const std::string& text, const std::vector<std::string>& known = {}) {
    Edges result;
    for (const models::ProcessEdge& edge : contracted(parse_process_graph(text, "dag"), known))
        result.emplace_back(edge.from, edge.to);
    return result;
}

const Edges expected = {
    {"W:ALIGN", "W:SORT"}, {"W:FETCH", "W:ALIGN"}, {"W:FETCH", "W:REPORT"}, {"W:SORT", "W:REPORT"}};

const std::string page = R"(<html><script>
elements: {
nodes: [
{ data: { id: 'p0', label: 'Channel.of'}, classes: 'ORIGIN' },
{ data: { id: 'p1', label: 'W:FETCH'}, classes: 'PROCESS' },
{ data: { id: 'p2', label: 'map'}, classes: 'OPERATOR' },
{ data: { id: 'p3', label: 'W:ALIGN'}, classes: 'PROCESS' },
{ data: { id: 'p4', label: 'W:SORT'}, classes: 'PROCESS' },
{ data: { id: 'p5', label: 'mix'}, classes: 'OPERATOR' },
{ data: { id: 'p6', label: 'W:REPORT'}, classes: 'PROCESS' },
{ data: { id: 'p7'}, classes: 'NODE' },
],
edges: [
{ data: { source: 'p0', target: 'p1'} },
{ data: { source: 'p1', target: 'p2', label: 'reads' } },
{ data: { source: 'p2', target: 'p3' } },
{ data: { source: 'p3', target: 'p4' } },
{ data: { source: 'p1', target: 'p5' } },
{ data: { source: 'p4', target: 'p5' } },
{ data: { source: 'p5', target: 'p6' } },
{ data: { source: 'p5', target: 'p5' } },
{ data: { source: 'p6', target: 'p7' } },
],
}, </script></html>
)";

const std::string mermaid = R"(<html><pre class="mermaid">
flowchart TB
    subgraph " "
    v0["Channel.of"]
    end
    subgraph W
    v1([FETCH])
    v2(( ))
    v3([ALIGN])
    v4([SORT])
    v6([REPORT])
    end
    v5(( ))
    subgraph " "
    v7[" "]
    end
    v0 --> v1
    v1 -->|reads| v2
    v2 --> v3
    v3 --> v4
    v1 --> v5
    v4 --> v5
    v5 --> v6
    v6 --> v7
</pre><script>var v8 = 1</script></html>
)";

const std::string older_mermaid = R"(flowchart TD
    p0((Channel.of))
    p1[W:FETCH]
    p2([map])
    p3[W:ALIGN]
    p4[W:SORT]
    p5([mix])
    p6[W:REPORT]
    p0 --> p1
    p1 -->|reads| p2
    p2 --> p3
    p3 --> p4
    p1 --> p5
    p4 --> p5
    p5 --> p6
)";

const std::string dot = R"(digraph "graph" {
p0 [shape=point,label="",fixedsize=true,width=0.1,xlabel="Channel.of"];
p1 [label="W:FETCH"];
p0 -> p1;

p1 [label="W:FETCH"];
p2 [shape=circle,label="",fixedsize=true,width=0.1,xlabel="map"];
p1 -> p2 [label="reads"];

p3 [label="W:ALIGN"];
p2 -> p3;
p4 [label="W:SORT"];
p3 -> p4;
p5 [shape=circle,label="",fixedsize=true,width=0.1,xlabel="mix"];
p1 -> p5;
p4 -> p5;
p6 [label="W:REPORT"];
p5 -> p6;
}
)";

}  // namespace

TEST_CASE("the page of older versions") { CHECK(edges(page) == expected); }

TEST_CASE("the page of newer versions: workflows are subgraphs") {
    CHECK(edges(mermaid) == expected);
    CHECK(edges(mermaid, {"W:FETCH", "W:ALIGN", "W:SORT", "W:REPORT"}) == expected);
}

TEST_CASE("mermaid of versions before 23") { CHECK(edges(older_mermaid) == expected); }

TEST_CASE("dot") { CHECK(edges(dot) == expected); }

TEST_CASE("dot by hand: without blanks, in chains, to several, without labels") {
    CHECK(edges("digraph \"g\" {\n v0 [label=\"A\"];\n v1 [label=\"B\"];\n v0->v1;\n}\n") ==
          Edges{{"A", "B"}});
    CHECK(edges("digraph{A->B->{C \"D\"}}") == Edges{{"A", "B"}, {"B", "C"}, {"B", "D"}});
    // What the log does not know stands between processes.
    CHECK(edges("strict digraph {\n A -> flowchart -> \"W:B\" // flowchart TB\n}\n", {"W:A", "W:B"}) ==
          Edges{{"W:A", "W:B"}});
    CHECK_THROWS_WITH_AS(parse_process_graph("digraph {\n p1 [label=\"A\"];\n p1 -> ;\n}\n", "x.dot"),
                         "x.dot:3:8: error: ';' where 'a name' is expected", FileError);
}

TEST_CASE("where operators look like processes the log decides") {
    const std::string verbose =
        "flowchart TB\n v1([FETCH])\n v2([map])\n v3([ALIGN])\n v1 --> v2\n v2 --> v3\n";
    CHECK(edges(verbose, {"W:FETCH", "W:ALIGN"}) == Edges{{"W:FETCH", "W:ALIGN"}});
    CHECK(edges(verbose, {"A:FETCH", "B:FETCH", "W:ALIGN"}).empty());
}

TEST_CASE("a loop of operators ends, a process that feeds itself has no edge to itself") {
    CHECK(edges("digraph {\np1 [label=\"A\"];\np2 [shape=circle];\np1 -> p2;\np2 -> p2;\np2 -> p1;\n}\n")
              .empty());
}

TEST_CASE("what is no graph is refused") {
    CHECK_THROWS_WITH_AS(parse_process_graph("<html>hello</html>", "x.html"),
                         doctest::Contains("x.html: is no graph"), FileError);
    CHECK_THROWS_WITH_AS(parse_process_graph("digraph \"x\" {\n}\n", "x.dot"),
                         doctest::Contains("draws no process"), FileError);
}

}  // namespace understudy::formats
