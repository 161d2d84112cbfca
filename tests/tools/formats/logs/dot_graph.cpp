// Promised: every statement of the DOT language is read, whatever blanks are between its signs, and what is none of it is
// refused with its place. Shown: edges in each way in which they may be written, and mistakes.
#include "tools/formats/logs/dot_graph.h"

#include <doctest/doctest.h>

namespace understudy::formats {

namespace {

/// "a>b a>c", in the order written.
std::string edges_of(const std::string& statements) {
    const DotReading reading = read_dot("digraph g {" + statements + "}");
    REQUIRE_MESSAGE(reading.graph, reading.problem);
    std::string all;
    for (const auto& [from, to] : reading.graph->edges)
        all += (all.empty() ? "" : " ") + reading.graph->nodes[from].id + ">" + reading.graph->nodes[to].id;
    return all;
}

std::string wrong(const std::string& text) {
    const DotReading reading = read_dot(text);
    CHECK_FALSE(reading.graph);
    return std::to_string(reading.line) + ":" + std::to_string(reading.column) + ": " + reading.problem;
}

}  // namespace

TEST_CASE("edges of DOT in each way in which they may be written") {
    CHECK(edges_of("a->b;b->c") == "a>b b>c");
    CHECK(edges_of("a -> b -> c [color=red]") == "a>b b>c");
    CHECK(edges_of("a -> {b c}") == "a>b a>c");
    CHECK(edges_of("{a; b} -> subgraph s {c -> d} -> e") == "c>d a>c a>d b>c b>d c>e d>e");
    CHECK(edges_of("subgraph s {a} subgraph s {b} -> c") == "a>c b>c");
    CHECK(edges_of("\"a-1\"->\"b \\\"2\\\"\"") == "a-1>b \"2\"");
    CHECK(edges_of("\"a\" + \"b\" -> \"c\\\nd\"") == "ab>cd");
    CHECK(edges_of("\"a\\\\\" -> \"b\\\\\\\"\"") == "a\\\\>b\\\\\"");
    CHECK(edges_of("a:n -> b:p:sw a -> c") == "a>b a>c");
    CHECK(edges_of("a -> /* no */ b // -> c\n# -> d\n a->-1.5") == "a>b a>-1.5");
    CHECK(edges_of("\"node\" -> \"subgraph\"") == "node>subgraph");
}

TEST_CASE("a graph begins with the first word of a line") {
    CHECK(start_of_dot("digraph g {}") == 0);
    CHECK(start_of_dot("no digraph {\n\t strict  digraph{}") == 23);
    CHECK(start_of_dot("digraphs {\nstrictdigraph {\n") == std::string_view::npos);
    CHECK(start_of_dot("a digraph {\n\ndigraph") == std::string_view::npos);
}

TEST_CASE("a subgraph that comes again and again is read in no more time than its text has") {
    std::string text = "digraph g {";
    for (int i = 0; i < 50'000; ++i) text += "subgraph x { n" + std::to_string(i) + " }\n";
    const DotReading reading = read_dot(text + "a -> subgraph x { b } }");
    REQUIRE(reading.graph);
    CHECK(reading.graph->nodes.size() == 50'002);
    CHECK(reading.graph->edges.size() == 50'001);
}

TEST_CASE("nodes of DOT have what is said of themselves") {
    const DotReading reading = read_dot(
        "a log line\nstrict digraph\n{ rankdir=LR; NODE [shape=box]; edge[color=red] a [label=x, shape=box]; "
        "b;\n"
        " a [label=\"y\"][width=1]; c [label=\"\\N\"] d [label=<<b>z</b>>] }\nand more }");
    REQUIRE_MESSAGE(reading.graph, reading.problem);
    CHECK(reading.graph->name.empty());
    const std::vector<DotGraph::Node>& nodes = reading.graph->nodes;
    REQUIRE(nodes.size() == 4);
    CHECK(nodes[0].label() == "y");
    CHECK(nodes[0].attributes.size() == 3);
    CHECK(nodes[1].label() == "b");
    CHECK(nodes[1].attributes.empty());
    CHECK(nodes[2].label() == "c");
    CHECK(nodes[3].label() == "<<b>z</b>>");
}

TEST_CASE("what is no DOT is refused with its place") {
    CHECK(wrong("graph x {\n}\n") == "1:1: is no graph ('digraph NAME {')");
    CHECK(wrong("digraph x {\n a-b -> c\n}") ==
          "2:3: '-' behind 'a': a name with '-' in it stands in quotes");
    CHECK(wrong("digraph x {\n a -- b\n}").find("2:4: '--' has no direction") == 0);
    CHECK(wrong("digraph x {\n a - > b\n}").find("2:4: '-' is no part of a graph") == 0);
    CHECK(wrong("digraph x {\n a -> b # c\n}").find("2:9: '#'") == 0);
    CHECK(wrong("digraph x {\n a -> ;\n}") == "2:7: ';' where 'a name' is expected");
    CHECK(wrong("digraph x {\n a [label=]\n}") == "2:11: ']' where 'a value' is expected");
    CHECK(wrong("digraph x {\n a -> {b\n") == "3:1: the graph breaks off: '}' is missing");
    CHECK(wrong("digraph x {\n /* a\n") == "2:2: a '/*' that is not closed");
    CHECK(wrong("digraph x {\n \"a\" + b\n}") == "2:8: a '+' that joins no text in quotes");
    std::string many = "digraph x {{";
    for (int i = 0; i < 1001; ++i) many += " n" + std::to_string(i);
    CHECK(wrong(many + "} -> {" + many.substr(12) + "}}").find("more than 1000000 edges") !=
          std::string::npos);
    std::string deep = "digraph x ";
    for (int i = 0; i < 100'000; ++i) deep += "{";
    CHECK(wrong(deep).find("subgraphs within more than 200 others") != std::string::npos);
}

}  // namespace understudy::formats
