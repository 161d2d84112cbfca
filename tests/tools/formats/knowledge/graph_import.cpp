// Promised: a graph that was exported comes back as a scenario with the same knowledge graph, of every kind of thing and
// relation; foreign graphs are read as the mapping says, in whatever order, with what is not understood counted and named;
// what is no Turtle is refused with its place; onto a twin that there is, only what the graph says anew is set. Shown: the
// vertices and edges of a scenario with all kinds before and after, statements shuffled, a small graph in DPROD and terms of
// its own, mistakes, and edits.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/range/iterator_range.hpp>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/scratch_folder.h"
#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/knowledge/graph_mapping.h"
#include "tools/formats/knowledge/graph_merge.h"
#include "tools/formats/knowledge/graph_reader.h"
#include "tools/formats/knowledge/graph_twin.h"
#include "tools/formats/knowledge/graph_writer.h"
#include "tools/formats/knowledge/json_ld_reader.h"
#include "tools/formats/language/scenario_reader.h"

namespace understudy::formats {

namespace {

constexpr const char* every_kind = R"(understudy: 1
scenario: shop
twin:
  pools: {spark: {workers: 4, owner: platform, tags: [big, "a\ttab"]}, loader: {workers: 2}}
  budgets: {quota: {capacity: 10, refill: 5/s, owner: platform}}
  datasets:
    raw: {owner: "Zoë \"the\" <owner>", label: "s3://bucket/a b?x=1", description: "two\nlines\tand a tab", tags: [pii, new, EU], columns: {id: {type: bigint}, "e mail": {}}}
    clean_orders: {owner: orders, contract: contracts/orders.yaml, columns: {id: {derives_from: [raw.id]}, both: {derives_from: [raw.id, "raw.e mail"]}}}
    outside: {label: "nobody\twrites it"}
  stages:
    ingest: {reads: clicks, writes: raw, runs_on: loader, service: 2s, spends: quota}
    clean: {reads: raw, writes: [clean_orders, copies], runs_on: {spark: 1, loader: 1}, service: lognormal(mean 3s cv 1), dead_letter: parked}
    score: {reads: [clean_orders, copies], workers: 3, service: 1s}
    park: {reads: parked, writes: exit}
    sink: {reads: score, writes: exit, label: a sink}
  pipelines:
    nightly:
      schedule: every 1d
      owner: finance
      tasks:
        fetch: {reads: {clean_orders: new, outside: all}, runs_on: spark, service: 10min}
        small: {after: [fetch], runs_on: spark, service: 1min}
        big: {after: [fetch], runs_on: spark, service: 30min, writes: big_table}
        publish: {after: [small], reads: {big_table: new}, runs_on: loader, service: 2min, writes: report}
    late: {schedule: updated report, tasks: {send: {reads: {report: new}}}}
    fast: {schedule: each score, tasks: {look: {runs_on: loader, service: 1s}}}
load: {clicks: {arrivals: poisson(1/s), owner: "the\tweb"}, more: {arrivals: poisson(1/h), writes: clicks}}
run: {length: 8h, start: 2026-03-09T00:00}
objectives: [p(95) latency(clean) < 40s, max freshness(report) < 2d, avg latency() < 1h, share landed(report) by 06:30 >= 98%]
)";

models::Scenario scenario_from(const std::string& text) {
    auto reading = read_scenario(text, "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    REQUIRE(!reading.diagnostics.has_errors());
    return *reading.scenario;
}

GraphReading graph_of(const std::string& text, const GraphMapping& mapping = default_mapping()) {
    const understudy::tests::ScratchFolder folder;
    return read_graph({folder.write("g.ttl", text)}, mapping);
}

CatalogTwin twin_of(const std::string& text, const GraphMapping& mapping = default_mapping()) {
    const GraphReading reading = graph_of(text, mapping);
    INFO((reading.problems.empty() ? "" : reading.problems.front()));
    REQUIRE(reading.graph);
    return scenario_of(*reading.graph);
}

/// All that a knowledge graph says, a line for each.
std::set<std::string> lines_of(const models::KnowledgeGraph& knowledge) {
    const models::Knowledge& g = knowledge.graph();
    std::set<std::string> lines;
    const auto shown = [&](models::KnowledgeIndex v) {
        return std::string(models::name_of(g[v].thing)) + ":" + g[v].name;
    };
    for (const auto v : boost::make_iterator_range(boost::vertices(g))) {
        std::string line = shown(v) + " '" + g[v].label + "' '" + g[v].description + "'";
        std::vector<std::string> tags = g[v].tags;
        std::sort(tags.begin(), tags.end());
        for (const std::string& tag : tags) line += " #" + tag;
        lines.insert(line + " " + std::to_string(g[v].mean_service));
    }
    for (const auto e : boost::make_iterator_range(boost::edges(g)))
        lines.insert(shown(boost::source(e, g)) + " " + models::name_of(g[e].relation) + " " +
                     shown(boost::target(e, g)));
    return lines;
}

bool holds(const std::vector<std::string>& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace

TEST_CASE("an exported graph comes back the same") {
    const models::Scenario scenario = scenario_from(every_kind);
    const models::KnowledgeGraph knowledge(scenario);
    const std::set<std::string> before = lines_of(knowledge);
    REQUIRE(before.size() > 80);
    for (const std::string& text : {write_turtle(knowledge, "shop"), write_ntriples(knowledge, "shop"),
                                    write_json_ld(knowledge, "shop")}) {
        const CatalogTwin twin = twin_of(text);
        CHECK(twin.scenario.name == "shop");
        const std::set<std::string> after = lines_of(models::KnowledgeGraph(twin.scenario));
        for (const std::string& line : before) {
            INFO(line);
            CHECK(after.contains(line));
        }
        CHECK(after.size() == before.size());
        CHECK(twin.not_used == std::vector<std::string>{});
    }
}

TEST_CASE("versions of a stored twin come back as they were, and are not merged") {
    const models::Scenario scenario = scenario_from(every_kind);
    std::vector<models::KeptVersion> versions;
    for (int number = 1; number <= 11; ++number)
        versions.push_back({"orders", "orders@" + std::to_string(number),
                            number % 2 == 0 ? "Zoë <z@x>" : "ana",
                            "2026-03-09T05:00:0" + std::to_string(number % 10) + "Z",
                            number == 3   ? "two\n\"lines\""
                            : number == 4 ? ""
                                          : "why " + std::to_string(number)});
    const models::KnowledgeGraph knowledge(scenario, versions), without(scenario);
    for (const std::string& text : {write_turtle(knowledge, "shop"), write_ntriples(knowledge, "shop"),
                                    write_json_ld(knowledge, "shop")}) {
        const CatalogTwin twin = twin_of(text);
        CHECK(twin.scenario.name == "shop");
        CHECK(twin.not_used == std::vector<std::string>{});
        CHECK(lines_of(models::KnowledgeGraph(twin.scenario)) == lines_of(without));
        REQUIRE(twin.versions.size() == versions.size());
        for (std::size_t i = 0; i < versions.size(); ++i) {
            CHECK(twin.versions[i].twin == versions[i].twin);
            CHECK(twin.versions[i].name == versions[i].name);
            CHECK(twin.versions[i].author == versions[i].author);
            CHECK(twin.versions[i].time == versions[i].time);
            CHECK(twin.versions[i].reason == versions[i].reason);
        }
        // With a scenario that is the same, the graph is.
        CHECK(lines_of(models::KnowledgeGraph(twin.scenario, twin.versions)) == lines_of(knowledge));
    }
    CHECK(twin_of(write_turtle(without, "shop")).versions.empty());
}

TEST_CASE("the order of statements does not matter, nor does saying them twice") {
    const models::KnowledgeGraph knowledge(scenario_from(every_kind));
    const std::string text = write_ntriples(knowledge, "shop");
    std::vector<std::string> lines;
    std::istringstream stream(text + text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    std::mt19937 random(7);
    std::shuffle(lines.begin(), lines.end(), random);
    std::string shuffled;
    for (const std::string& line : lines) shuffled += line + "\n";
    CHECK(twin_of(shuffled).text == twin_of(text).text);
}

TEST_CASE("data products, ports and versions of others") {
    const CatalogTwin twin = twin_of(R"(
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix dprod: <https://www.omg.org/spec/DPROD/> . @prefix ex: <https://example.org/> .
ex:sales a dprod:DataProduct ; dct:title "Sales figures" ; dprod:dataProductOwner ex:finance ;
    dprod:inputPort ex:in ; dprod:outputPort [ a dcat:DataService ; dcat:servesDataset ex:report ] ; ex:colour "red" .
ex:in a dcat:DataService ; dprod:isAccessServiceOf ex:file . ex:file a dcat:Distribution ; dprod:isDistributionOf ex:orders .
ex:orders a dcat:Dataset . ex:report a dcat:Dataset ; dct:conformsTo ex:contract .
ex:report_v2 a dcat:Dataset ; dct:isVersionOf ex:report .
ex:mail a dprod:DataProduct ; dprod:inputDataset ex:report_v2 .
ex:board a ex:Dashboard .
)");
    const auto& pipelines = twin.scenario.twin.pipelines;
    REQUIRE(pipelines.size() == 2);
    const models::Pipeline& mail = pipelines[0].name == "mail" ? pipelines[0] : pipelines[1];
    const models::Pipeline& sales = pipelines[0].name == "mail" ? pipelines[1] : pipelines[0];
    CHECK(sales.name == "Sales_figures");
    CHECK(sales.description.label == "https://example.org/sales");
    CHECK(sales.description.owner == "finance");
    REQUIRE(sales.tasks.size() == 1);
    REQUIRE(sales.tasks[0].reads.size() == 1);
    CHECK(sales.tasks[0].reads[0].dataset == "orders");
    CHECK(sales.tasks[0].writes == std::vector<std::string>{"report"});
    REQUIRE(mail.tasks.size() == 1);
    CHECK(mail.tasks[0].reads[0].dataset == "report");
    CHECK(holds(twin.not_used, "1 statement of https://example.org/colour"));
    CHECK(holds(twin.not_used, "1 thing of the class https://example.org/Dashboard"));
    CHECK(holds(twin.assumed, "2 data products of which nobody says what it does are each one task"));
    CHECK(holds(twin.assumed, "1 version of a thing is taken for the thing"));
    CHECK(holds(twin.assumed, "2 pipelines run once"));
}

TEST_CASE("relations that PROV-O qualifies, with times") {
    const std::string text = R"(@prefix prov: <http://www.w3.org/ns/prov#> . @prefix ex: <http://ex.org/> .
ex:raw a prov:Entity . ex:clean a prov:Entity . ex:recipe a prov:Entity , prov:Plan .
ex:wash a prov:Activity ; prov:qualifiedUsage [ a prov:Usage ; prov:entity ex:raw ; prov:atTime "2026-03-09T05:00:01" ] ;
    prov:startedAtTime "2026-03-09T05:00:00" ; prov:qualifiedEnd [ a prov:End ; prov:atTime "2026-03-09T05:01:30.5" ] ;
    prov:qualifiedStart [ a prov:Start ; prov:hadActivity ex:all ] ;
    prov:qualifiedAssociation [ a prov:Association ; prov:agent ex:engine ; prov:hadPlan ex:recipe ] .
ex:engine a prov:SoftwareAgent .
ex:clean prov:qualifiedGeneration [ a prov:Generation ; prov:activity ex:wash ] .
ex:all a prov:Activity ; prov:used ex:raw ; prov:startedAtTime "2026-03-09T05:00:00" ; prov:endedAtTime "2026-03-09T05:02:00" .
ex:sum prov:qualifiedDerivation [ prov:entity ex:clean ; prov:hadActivity ex:add ] .
ex:loose prov:qualifiedGeneration [ a prov:Generation ] .
)";
    const CatalogTwin twin = twin_of(text);
    REQUIRE(twin.scenario.twin.pipelines.size() == 1);
    std::map<std::string, models::Task> tasks;
    for (const models::Task& task : twin.scenario.twin.pipelines[0].tasks) tasks.emplace(task.name, task);
    REQUIRE(tasks.size() == 3);
    CHECK(tasks.at("wash").reads.at(0).dataset == "raw");
    CHECK(tasks.at("wash").writes == std::vector<std::string>{"clean"});
    CHECK(tasks.at("wash").work.runs_on.at(0).pool == "engine");
    CHECK(tasks.at("add").reads.at(0).dataset == "clean");
    CHECK(tasks.at("add").writes == std::vector<std::string>{"sum"});
    CHECK(twin.text.find("service: 90.5s") != std::string::npos);
    CHECK(twin.text.find("service: 2min") == std::string::npos);
    CHECK(twin.text.find("recipe") == std::string::npos);
    CHECK(holds(twin.assumed, "1 activity that started others takes no time of its own"));
    CHECK(holds(twin.not_used, "1 relation: 'produces' that says more of itself than of what"));
    // In whatever order: statements begin where lines do.
    std::istringstream stream(text);
    std::string head, line, reversed, statement;
    std::getline(stream, head);
    while (std::getline(stream, line)) {
        if (!line.starts_with(' ')) reversed.insert(0, std::exchange(statement, ""));
        statement += line + "\n";
    }
    CHECK(twin_of(head + "\n" + statement + reversed).text == twin.text);
}

TEST_CASE("datasets that are made of datasets") {
    const CatalogTwin twin = twin_of(R"(@prefix prov: <http://www.w3.org/ns/prov#> . @prefix : <urn:x:> .
:raw a prov:Entity . :report a prov:Entity ; prov:wasDerivedFrom :raw , :more .
:clean prov:wasGeneratedBy :wash ; prov:wasDerivedFrom :raw . :wash prov:used :raw .
:sum prov:wasGeneratedBy :add ; prov:wasDerivedFrom :raw , :clean . :add prov:used :clean .
:odd prov:wasGeneratedBy :guess ; prov:wasDerivedFrom :raw .
)");
    std::map<std::string, std::string> reads;
    for (const models::Task& task : twin.scenario.twin.pipelines.at(0).tasks)
        for (const auto& input : task.reads) reads[task.name] += input.dataset + " ";
    CHECK(reads == std::map<std::string, std::string>{
                       {"add", "clean "}, {"guess", "raw "}, {"report", "more raw "}, {"wash", "raw "}});
    CHECK(holds(twin.assumed,
                "1 dataset is made of others by nobody that the graph names: a task stands for who does"));
    CHECK(
        holds(twin.assumed, "1 dataset is made of another that its maker is not said to read: it reads it"));
    CHECK(twin.not_used == std::vector<std::string>{});
}

TEST_CASE("lists are what is in them") {
    const CatalogTwin twin = twin_of(R"(@prefix : <https://example.org/lake/> .
@prefix dprod: <https://ekgf.github.io/dprod/> . @prefix dct: <http://purl.org/dc/terms/> .
:sales a dprod:DataProduct ; dprod:inputDataset ( :orders ( :customers ) ) , () ; dprod:outputDataset :revenue ; dct:title [] .
)");
    const models::Task& task = twin.scenario.twin.pipelines.at(0).tasks.at(0);
    REQUIRE(task.reads.size() == 2);
    CHECK(task.reads[0].dataset == "customers");
    CHECK(task.reads[1].dataset == "orders");
    CHECK(twin.text.find("nil") == std::string::npos);
    CHECK(task.name == "sales");
    CHECK(twin.not_used ==
          std::vector<std::string>{"1 relation: dct:title has a node without a name where a text is meant"});
}

TEST_CASE("terms of others by a mapping") {
    Diagnostics diagnostics("m.yaml");
    const GraphMapping mapping = read_mapping(R"(prefixes: {ex: "https://example.org/"}
classes: {ex:Table: dataset, ex:Job: task, ex:Cluster: pool, ex:Team: owner}
properties: {ex:reads: consumes, ex:feeds: inverse consumes, ex:makes: produces, ex:on: runs on, ex:team: owned by, ex:name: title, ex:size: none}
)",
                                              diagnostics);
    CHECK(diagnostics.show() == "");
    const std::string text = R"(@prefix : <https://example.org/> .
:t1 a :Table ; :size 5 ; :feeds :load_job . :t2 a :Table ; :name "Second, table" .
:load_job a :Job ; :makes :t2 ; :on :c ; :team :t . :c a :Cluster . :t a :Team . :t1 :team :c .
)";
    const CatalogTwin twin = twin_of(text, mapping);
    REQUIRE(twin.scenario.twin.pipelines.size() == 1);
    const models::Task& task = twin.scenario.twin.pipelines[0].tasks.at(0);
    CHECK(task.name == "load_job");
    CHECK(task.reads.at(0).dataset == "t1");
    CHECK(task.writes == std::vector<std::string>{"Second_table"});
    CHECK(task.work.runs_on.at(0).pool == "c");
    CHECK(task.description.owner == "t");
    CHECK(twin.not_used == std::vector<std::string>{"1 relation: a dataset 'owned by' a pool"});
    // Without it nothing of this is understood.
    CHECK_THROWS_AS(twin_of(text), std::invalid_argument);
}

TEST_CASE("tasks that wait for each other") {
    const CatalogTwin twin = twin_of(R"(@prefix prov: <http://www.w3.org/ns/prov#> . @prefix : <urn:x:> .
:a prov:used :one . :two prov:wasGeneratedBy :a . :b prov:used :two . :one prov:wasGeneratedBy :b . :c prov:wasInformedBy :b .
)");
    CHECK(holds(twin.notes, "tasks wait for each other in a circle: 1 read or order is left out"));
    CHECK(holds(twin.assumed, "5 things without a class are what their relations make of them"));
    REQUIRE(twin.scenario.twin.pipelines.size() == 1);
    CHECK(twin.scenario.twin.pipelines[0].tasks.size() == 3);
}

TEST_CASE("every form of RDF says the same") {
    const std::string whole = "http://www.w3.org/ns/prov#";
    const std::string turtle = "@prefix prov: <" + whole + "> .\n";
    const std::string context = R"("@context": {"prov": ")" + whole + R"("})";
    const std::string forms[] = {
        turtle + "<urn:a> prov:used <urn:d> . <urn:e> prov:wasGeneratedBy <urn:a> .",
        turtle + "GRAPH <urn:g> { <urn:a> prov:used <urn:d> . <urn:e> prov:wasGeneratedBy <urn:a> . }",
        turtle + "{ <urn:a> prov:used <urn:d> . }\n<urn:g> { <urn:e> prov:wasGeneratedBy <urn:a> . }",
        "# quads\n<urn:a> <" + whole + "used> <urn:d> .\n<urn:e> <" + whole +
            "wasGeneratedBy> <urn:a> <urn:g> .\n",
        "{" + context +
            R"(, "@id": "urn:a", "prov:used": {"@id": "urn:d"}, "@reverse": {"prov:wasGeneratedBy": {"@id": "urn:e"}}})",
        "{" + context + R"(, "@graph": [{"@id": "urn:a", "prov:used": [{"@id": "urn:d"}]},
                                        {"@id": "urn:e", "prov:wasGeneratedBy": {"@id": "urn:a"}}]})",
        // Terms with types, other names of keywords, a base, and a prefix that stands behind what is made of it.
        R"({"@context": [{"used": {"@id": "p:used", "@type": "@id"}, "id": "@id", "p": "prov:", "@base": "urn:x",
                          "made": {"@reverse": "p:wasGeneratedBy", "@type": "@vocab"}, "prov": ")" +
            whole + R"(", "E": "urn:e"}], "id": "urn:a", "used": "urn:d", "made": ["E"], "unknown": 1})",
        R"([{"@id": "urn:a", ")" + whole + R"(used": {"@set": [{"@id": "urn:d"}]}},
            {"@context": {"@vocab": ")" +
            whole + R"("}, "@id": "urn:e", "wasGeneratedBy": {"@id": "urn:a"}}])"};
    const CatalogTwin expected = twin_of(forms[0]);
    CHECK(expected.text.find("a: {reads: {d: new}, writes: e, label: urn:a}") != std::string::npos);
    for (const std::string& text : forms) {
        CAPTURE(text);
        CHECK(twin_of(text).text == expected.text);
    }
    CHECK(holds(twin_of(forms[1]).not_used, "the graphs that 2 statements are in: all are of one"));
}

TEST_CASE("texts, lists and nodes within nodes of JSON-LD") {
    std::vector<std::string> lines;
    const auto statements_of = [&](const std::string& text) {
        lines.clear();
        const auto shown = [](const RdfNode& node) {
            return node.kind == RdfNode::Kind::blank     ? "_:" + std::string(node.text)
                   : node.kind == RdfNode::Kind::literal ? '"' + std::string(node.text) + '"'
                                                         : std::string(node.text);
        };
        const RdfRead read = read_json_ld(text, [&](const RdfNode& s, const RdfNode& p, const RdfNode& o) {
            lines.push_back(shown(s) + " " + shown(p) + " " + shown(o));
        });
        if (read.problem)
            lines = {std::to_string(read.problem->line) + ":" + std::to_string(read.problem->column) + ": " +
                     read.problem->what};
        std::sort(lines.begin(), lines.end());
        return lines;
    };
    using Lines = std::vector<std::string>;
    CHECK(
        statements_of(
            R"({"@id": "u:a", "u:p": ["x", 3, true, null, {"@value": "y", "@language": "de"}, {"@value": 1.5}]})") ==
        Lines{"u:a u:p \"1.5\"", "u:a u:p \"3\"", "u:a u:p \"true\"", "u:a u:p \"x\"", "u:a u:p \"y\""});
    CHECK(
        statements_of(
            R"({"@context": {"l": {"@id": "u:l", "@container": "@language"}}, "@id": "u:a", "l": {"de": "x", "en": ["y"]}})") ==
        Lines{"u:a u:l \"x\"", "u:a u:l \"y\""});
    CHECK(
        statements_of(
            R"({"@context": {"m": {"@id": "u:m", "@container": "@id"}}, "@id": "u:a", "m": {"u:b": {"u:p": 1}}})") ==
        Lines{"u:a u:m u:b", "u:b u:p \"1\""});
    CHECK(statements_of(R"({"@id": "u:a", "u:l": {"@list": ["x"]}, "u:n": {"u:p": {"@id": "_:b"}}})") ==
          Lines{"_:json-ld 1 http://www.w3.org/1999/02/22-rdf-syntax-ns#first \"x\"",
                "_:json-ld 1 http://www.w3.org/1999/02/22-rdf-syntax-ns#rest "
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil",
                "_:json-ld 2 u:p _:b", "u:a u:l _:json-ld 1", "u:a u:n _:json-ld 2"});
    CHECK(
        statements_of(
            R"({"@context": {"@base": "http://x/y/"}, "@id": "z", "@type": "T", "u:p": {"@id": "../w"}})") ==
        Lines{"http://x/y/z http://www.w3.org/1999/02/22-rdf-syntax-ns#type http://x/y/T",
              "http://x/y/z u:p http://x/w"});
    CHECK(statements_of("{\"a\": 1,\n \"@context\": \"https://c\"}")
              .front()
              .find("2:14: the context 'https://c' is at another place") == 0);
    CHECK(statements_of(R"({"@context": {"a": "b:c", "b": "a:d"}, "@id": "u:a"})")
              .front()
              .find("is made of itself") != std::string::npos);
    CHECK(statements_of(R"({"@context": {"a": {"@id": "u:a", "@context": {}}}})")
              .front()
              .find("a context of its own") != std::string::npos);
    CHECK(statements_of("{\"@id\":\n x}").front() == "2:2: is no valid JSON");
    std::string deep;
    for (int i = 0; i < 400; ++i) deep += R"({"@id": "u:a", "u:p": )";
    CHECK(statements_of(deep + "1" + std::string(400, '}')).front().find("nested more than 256 deep") !=
          std::string::npos);
}

TEST_CASE("what is wrong with a file is told with its place") {
    const auto problem = [](const std::string& text) {
        const GraphReading reading = graph_of(text);
        REQUIRE(!reading.graph);
        REQUIRE(reading.problems.size() == 1);
        return reading.problems[0].substr(reading.problems[0].find("g.ttl"));
    };
    CHECK(problem("<urn:a> <urn:b> <urn:c> .\n  <urn:a> x:b <urn:c> .\n") ==
          "g.ttl:2:22: error: the prefix 'x:' is not declared");
    CHECK(problem("<urn:a> <urn:b> <urn:c>").find("g.ttl:1:23: error: is no Turtle: ") == 0);
    CHECK(problem("<urn:a> <urn:b> \"text\n\" .").find("g.ttl:2:1: error: is no Turtle: ") == 0);
    std::string deep = "<urn:a> <urn:b> ";
    for (int i = 0; i < 100000; ++i) deep += "[ <urn:b> ";
    CHECK(problem(deep).find("error: nodes nested more than 128 deep") != std::string::npos);
    CHECK(problem("<?xml version=\"1.0\"?>\n<rdf:RDF/>").find("g.ttl:1:1: error: is XML; read are Turtle") ==
          0);
    CHECK(problem(R"({"prefix": {}, "used": {}})").find("g.ttl:1:1: error: is JSON, and no JSON-LD") == 0);
    CHECK(problem(std::string("a\0b", 3)).find("error: is no text") != std::string::npos);
    CHECK(
        problem("<urn:a> <urn:b> \"" + std::string(20 << 20, 'x')).find("a statement of more than 16 MiB") !=
        std::string::npos);
    // Brackets in texts, names and comments nest nothing.
    std::string flat = "# " + std::string(200, '[') + "\n<urn:[[[a> <urn:b> \"\"\"" + std::string(200, '[') +
                       " \"\" \\\"\"\"\", '', \"" + std::string(200, '(') + "\" .";
    CHECK(graph_of(flat.replace(flat.find("[[[a"), 4, "a")).graph);
}

TEST_CASE("what is wrong with a mapping is told with its place") {
    Diagnostics diagnostics("m.yaml");
    read_mapping(R"(prefix: {}
classes: {ex:Table: dataset, prov:Activity: tusk, dataset: dataset}
properties: {prov:used: inverse label, dcat:theme: consume}
)",
                 diagnostics);
    CHECK(diagnostics.show() ==
          "m.yaml:1:1: error: unknown key 'prefix'; did you mean 'prefixes'?\n"
          "m.yaml:2:11: error: the prefix 'ex:' is not declared; write it into 'prefixes', with its IRI\n"
          "m.yaml:2:45: error: 'tusk' is not a kind of thing; did you mean 'task'?\n"
          "m.yaml:2:51: error: 'dataset' is no term; write 'prefix:name', or an IRI\n"
          "m.yaml:3:25: error: 'inverse label' is not a relation; it is one of produces, consumes, triggered "
          "by, "
          "follows, part of, derives from, runs on, spends, owned by, governed by, promised of, agent, "
          "serves, version "
          "of, identifier, title, label, description, tag, mean service, none\n"
          "m.yaml:3:52: error: 'consume' is not a relation; did you mean 'consumes'?\n");
}

TEST_CASE("onto a twin only what the graph says anew is set") {
    const models::Scenario earlier = scenario_from(every_kind);
    Diagnostics none;
    const Node document = read_document(every_kind, none);
    const std::string graph = write_turtle(models::KnowledgeGraph(earlier), "shop");
    const auto edits = [&](const std::string& text) {
        const GraphReading reading = graph_of(text);
        REQUIRE(reading.graph);
        const CatalogTwin twin = scenario_of(*reading.graph, "", names_in(document));
        const TwinUpdate update = update_of(
            document, with_what_is_known(read_document(twin.text, none), twin.scenario, document, earlier),
            {});
        std::string lines;
        for (const Node& edit : update.edits) lines += write_flow(edit) + "\n";
        return std::pair(lines, updated(document, update));
    };
    CHECK(edits(graph).first == "");
    const std::string prefix = "urn:understudy:twin:shop/";
    const std::string us = "urn:understudy:vocabulary#";
    const auto say = [&](const std::string& s, const std::string& p, const std::string& o) {
        return "<" + prefix + s + "> <" + us + p + "> <" + prefix + o + "> .\n";
    };
    const auto [lines, twin] = edits(graph + say("stage/score", "consumes", "dataset/outside") +
                                     say("dataset/outside", "ownedBy", "owner/orders") +
                                     say("task/nightly.small", "spends", "budget/quota") +
                                     say("column/raw.id", "derivesFrom", "column/clean_orders.id"));
    CHECK(
        lines ==
        "{add: outside_source, as: load, value: {arrivals: every 1h, count: 1, first: 0s, writes: outside}}\n"
        "{set: outside.owner, to: orders}\n"
        "{set: raw.columns, to: {id: {type: bigint, derives_from: [clean_orders.id]}, e mail: {}}}\n"
        "{set: score.reads, to: [clean_orders, copies, outside]}\n"
        "{set: nightly.small.spends, to: quota}\n");
    CHECK(scenario_from(write_document(twin)).twin.stages.size() == 5);
}

}  // namespace understudy::formats
