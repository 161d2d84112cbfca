// Promised: the knowledge graph says what a change may touch, what a thing is made of, what connects two things, what goes
// round, and the shortest that a pipeline can take. Shown: a small twin whose answers are counted by hand, properties that
// hold on graphs by chance (impact and lineage are each other's reverse, paths are ways), and a large one in little work.
#include "models/knowledge/knowledge_queries.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>

#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::models;

namespace {

const std::string twin = R"(understudy: 1
scenario: shop
twin:
  pools: {spark: {workers: 4, owner: platform}, loader: {workers: 2}}
  datasets:
    raw: {owner: ingestion, columns: {id: {type: bigint}, email: {type: varchar}}}
    clean_orders: {owner: orders, contract: contracts/orders.yaml, label: "db.orders"}
    report: {owner: finance}
  stages:
    ingest: {reads: clicks, writes: raw, runs_on: loader, service: 2s}
    clean: {reads: raw, writes: clean_orders, runs_on: spark, service: 3s}
    score: {reads: clean_orders, runs_on: spark, service: 1s, writes: exit}
  pipelines:
    nightly:
      schedule: every 1d
      tasks:
        fetch: {reads: {clean_orders: new}, runs_on: spark, service: 10min}
        small: {after: [fetch], runs_on: spark, service: 1min}
        big: {after: [fetch], runs_on: spark, service: 30min, writes: big_table}
        publish: {after: [small, big], runs_on: loader, service: 2min, writes: report}
load: {clicks: {arrivals: poisson(1/s)}}
run: {length: 8h}
objectives:
  - p(95) latency(clean) < 40s
  - avg utilisation(spark) < 90%
  - avg latency() < 10min
)";

Scenario scenario_of(const std::string& text) {
    auto reading = formats::read_scenario(text, "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return *reading.scenario;
}

std::string text_of(const KnowledgeGraph& knowledge, KnowledgeIndex v) {
    return std::string(name_of(knowledge.graph()[v].thing)) + " " + knowledge.graph()[v].name;
}

std::vector<std::string> texts(const KnowledgeGraph& knowledge, const std::vector<Reached>& all) {
    std::vector<std::string> result;
    for (const Reached& one : all)
        result.push_back(std::to_string(one.steps) + " " + text_of(knowledge, one.vertex));
    return result;
}

std::vector<std::string> texts(const KnowledgeGraph& knowledge, const std::vector<KnowledgeIndex>& all) {
    std::vector<std::string> result;
    for (const KnowledgeIndex v : all) result.push_back(text_of(knowledge, v));
    return result;
}

using Texts = std::vector<std::string>;

/// Stages that each read some streams before theirs, or later ones.
std::string random_flow(int stages, const std::vector<int>& from) {
    std::string text = "understudy: 1\nscenario: random\ntwin:\n  stages:\n";
    for (int i = 0; i < stages; ++i) {
        const int one = from[static_cast<std::size_t>(i)];
        text += "    s" + std::to_string(i) +
                ": {reads: " + (one == i ? std::string("jobs") : "s" + std::to_string(one)) +
                ", workers: 1, service: 1s}\n";
    }
    return text + "load: {jobs: {arrivals: poisson(0.1/s)}}\nrun: {length: 1h}\n";
}

}  // namespace

TEST_CASE("what a change touches") {
    const KnowledgeGraph knowledge(scenario_of(twin));
    const Impact clean = impact_of(knowledge, *knowledge.find("clean"));
    CHECK(texts(knowledge, clean.reached) ==
          Texts{"1 dataset clean_orders", "2 stage score", "2 task nightly.fetch", "3 pipeline nightly",
                "3 task nightly.big", "3 task nightly.small", "4 dataset big_table", "4 task nightly.publish",
                "5 dataset report"});
    // The one about the whole system hangs on each job; that of the pool does not hang on a stage.
    CHECK(texts(knowledge, clean.promises) ==
          Texts{"promise avg latency() < 10min", "promise p(95) latency(clean) < 40s"});
    CHECK(texts(knowledge, clean.owners) == Texts{"owner finance", "owner orders"});
    CHECK(texts(knowledge, clean.contracts) == Texts{"contract contracts/orders.yaml"});
    CHECK(clean.competing.empty());
    const Impact score = impact_of(knowledge, *knowledge.find("score"));
    CHECK(score.reached.empty());
    CHECK(texts(knowledge, score.competing) ==
          Texts{"stage clean", "task nightly.big", "task nightly.fetch", "task nightly.small"});
    // A pool: all that runs on it and what comes of that.
    const Impact spark = impact_of(knowledge, *knowledge.find("spark"));
    CHECK(texts(knowledge, spark.promises).size() == 3);
    CHECK(texts(knowledge, spark.reached)[0] == "1 stage clean");
    // Of a pipeline all tasks; a label is a name; the owner has what is his.
    CHECK(impact_of(knowledge, *knowledge.find("nightly")).reached.size() == 6);
    CHECK(knowledge.find("db.orders") == knowledge.find("clean_orders"));
    CHECK(texts(knowledge, impact_of(knowledge, *knowledge.find("finance")).reached) ==
          Texts{"1 dataset report"});
}

TEST_CASE("what a thing is made of, and the way between two") {
    const KnowledgeGraph knowledge(scenario_of(twin));
    const auto report = texts(knowledge, lineage_of(knowledge, *knowledge.find("report")));
    CHECK(report.front() == "1 task nightly.publish");
    CHECK(report.back() == "9 load clicks");
    CHECK(std::count(report.begin(), report.end(), "4 dataset clean_orders") == 1);
    CHECK(std::none_of(report.begin(), report.end(),
                       [](const std::string& one) { return one.ends_with("score"); }));
    CHECK(texts(knowledge, path_between(knowledge, *knowledge.find("raw"), *knowledge.find("report"))) ==
          Texts{"dataset raw", "stage clean", "dataset clean_orders", "task nightly.fetch",
                "task nightly.small", "task nightly.publish", "dataset report"});
    CHECK(path_between(knowledge, *knowledge.find("report"), *knowledge.find("raw")).empty());
}

TEST_CASE("columns that lineage names and no dataset declares") {
    // As of events whose sources have no schema: `raw` declares nothing, and one name has a dot.
    const KnowledgeGraph knowledge(scenario_of(R"(understudy: 1
scenario: lineage
twin:
  datasets:
    raw: {label: nobody says its columns}
    clean: {columns: {id: {derives_from: [raw.k, raw.part.of]}}}
  pipelines:
    nightly: {schedule: once, tasks: {wash: {reads: {raw: new}, writes: clean}}}
run: {until: empty, replications: 1}
)"));
    const auto column = knowledge.find(Thing::column, "raw.k");
    REQUIRE(column);
    CHECK(knowledge.find(Thing::column, "raw.part.of"));
    CHECK(texts(knowledge, impact_of(knowledge, *column).reached) ==
          std::vector<std::string>{"1 column clean.id", "1 task nightly.wash", "2 dataset clean",
                                   "2 pipeline nightly"});
    const Knowledge& g = knowledge.graph();
    std::size_t derived = 0, parts = 0;
    for (auto [e, end] = boost::edges(g); e != end; ++e) {
        derived += g[*e].relation == Relation::derives_from;
        parts += g[*e].relation == Relation::part_of && g[boost::source(*e, g)].thing == Thing::column;
    }
    CHECK(derived == 2);
    CHECK(parts == 3);
}

TEST_CASE("versions of a twin that is kept") {
    const auto reading = formats::read_scenario(twin, "shop.yaml");
    REQUIRE(reading.scenario);
    std::vector<KeptVersion> versions;
    for (int number = 1; number <= 11; ++number)
        versions.push_back({"shop", "shop@" + std::to_string(number), number == 11 ? "bo" : "ana",
                            "2026-03-09T05:00:00Z", "step " + std::to_string(number)});
    const KnowledgeGraph knowledge(*reading.scenario, versions), without(*reading.scenario);
    CHECK_FALSE(without.version());
    CHECK_FALSE(without.find(Thing::twin, "shop"));
    const Knowledge& g = knowledge.graph();
    CHECK(boost::num_vertices(g) == boost::num_vertices(without.graph()) + 14);  // a twin, two authors
    CHECK(boost::num_edges(g) == boost::num_edges(without.graph()) + 11 + 10 + 11);
    REQUIRE(knowledge.version());
    CHECK(g[*knowledge.version()].name == "shop@11");
    CHECK(g[*knowledge.version()].description == "step 11");
    CHECK(owners_of(g, *knowledge.version()) == "bo");
    // From the first on, and back from the last.
    const Impact later = impact_of(knowledge, *knowledge.find("shop@9"));
    REQUIRE(later.reached.size() == 2);
    CHECK(g[later.reached[0].vertex].name == "shop@10");
    CHECK(g[later.reached[1].vertex].name == "shop@11");
    CHECK(lineage_of(knowledge, *knowledge.version()).size() == 10);
    CHECK(impact_of(knowledge, *knowledge.find(Thing::twin, "shop")).reached.size() == 11);
    CHECK(path_between(knowledge, *knowledge.find("shop@1"), *knowledge.find("shop@11")).size() == 11);
    CHECK(cycles_in(knowledge) == cycles_in(without));
}

TEST_CASE("the critical path of a pipeline, and what most hangs on") {
    const KnowledgeGraph knowledge(scenario_of(twin));
    const auto paths = critical_paths(knowledge);
    REQUIRE(paths.size() == 1);
    CHECK(paths[0].seconds == 42 * 60);
    CHECK(texts(knowledge, paths[0].tasks) ==
          Texts{"task nightly.fetch", "task nightly.big", "task nightly.publish"});
    const auto reaches = most_depends_on(knowledge, 3);
    REQUIRE(reaches.size() == 3);
    CHECK(reaches[0].promises >= reaches[1].promises);
    CHECK(reaches[0].promises == 3);
    for (const Reach& one : most_depends_on(knowledge, 100)) {
        const Impact impact = impact_of(knowledge, one.vertex);
        CHECK(one.things == impact.reached.size());
        CHECK(one.promises == impact.promises.size());
    }
}

TEST_CASE("the critical path waits for delays, and for instants before which a task does not begin") {
    const KnowledgeGraph knowledge(scenario_of(R"(understudy: 1
scenario: late
twin:
  pipelines:
    p:
      schedule: every 100h
      tasks:
        a: {workers: 1, service: 10min}
        b: {after: a, workers: 1, service: 5min, delay: 2min}
        d: {after: b, workers: 1, service: 1min, not_before: 2h}
        e: {after: d, workers: 1, service: 3min}
    q: {schedule: every 100h, tasks: {a: {workers: 1, service: 1h, not_before: 10min}, b: {after: a, workers: 1, service: 1min, not_before: 1h}}}
run: {length: 5h}
)"));
    const auto paths = critical_paths(knowledge);
    REQUIRE(paths.size() == 2);
    CHECK(texts(knowledge, paths[0].tasks) == Texts{"task p.d", "task p.e"});
    CHECK(paths[0].begins == std::vector<double>{7200, 7260});
    CHECK(paths[0].seconds == 7440);
    CHECK(texts(knowledge, paths[1].tasks) == Texts{"task q.a", "task q.b"});
    CHECK(paths[1].begins == std::vector<double>{600, 4200});
    CHECK(paths[1].seconds == 4260);
}

TEST_CASE("the critical path goes by the fastest workers and by what tasks move") {
    const auto paths_of = [](const std::string& twin) {
        return critical_paths(KnowledgeGraph(
            scenario_of("understudy: 1\nscenario: s\ntwin:\n" + twin + "run: {length: 5h}\n")));
    };
    // As a run of it takes where nobody is in its way.
    const auto fast = paths_of(R"(  pools: {crew: {workers: 3, cores: 2, speed: 2}}
  pipelines:
    p:
      schedule: every 100h
      tasks:
        a: {runs_on: {crew: {cores: 1}}, service: 100s}
        b: {after: a, runs_on: {crew: {cores: 1}}, service: 60s}
        e: {after: a, runs_on: {crew: {cores: 1}}, service: 35s, expand: 4}
        c: {after: [b, e], runs_on: {crew: {cores: 1}}, service: 40s, delay: 7s}
)");
    CHECK(fast[0].seconds == doctest::Approx(107));
    CHECK(fast[0].begins == std::vector<double>{0, 50, 87});
    // `last` hangs on who moves more, not on who works longer; what is moved once may be there already.
    const auto moving = [&](const std::string& kept) {
        return paths_of(R"(  pools:
    crew: {workers: 3, network: 200MB/s}
    wan: {bandwidth: 100MB/s}
  pipelines:
    p:
      schedule: every 100h
      tasks:
        heavy: {runs_on: crew, service: 10s, transfers: {over: wan, in: 6GB, out: 4GB)" +
                        kept + R"(}}
        light: {runs_on: crew, service: 30s}
        last: {after: [heavy, light], runs_on: crew, service: 5s}
)");
    };
    CHECK(moving("")[0].seconds == doctest::Approx(115));
    CHECK(moving("")[0].begins.at(1) == doctest::Approx(110));
    CHECK(moving(", once: model")[0].seconds == doctest::Approx(55));
    // A bound for whichever worker takes it: of several types the fastest that has the skill.
    const auto typed = [&](const std::string& skill) {
        return paths_of(R"(  types:
    old: {speed: 0.5, network: 10MB/s, skills: [sql]}
    new: {speed: 4}
  pools:
    crew: {workers: {old: 2, new: 1}}
    wan: {bandwidth: 100MB/s, grows: {with: crew, to: 2}}
  pipelines:
    p:
      schedule: every 100h
      tasks: {a: {runs_on: {crew: {count: 1)" +
                        skill + R"(}}, service: 8s, transfers: {over: wan, out: 1GB}}}
)")[0]
            .seconds;
    };
    CHECK(typed("") == doctest::Approx(2 + 5));
    CHECK(typed(", skill: sql") == doctest::Approx(16 + 100));
}

TEST_CASE("what goes round") {
    CHECK(cycles_in(KnowledgeGraph(scenario_of(twin))).empty());
    const KnowledgeGraph round(scenario_of(R"(understudy: 1
scenario: round
twin:
  stages:
    a: {reads: [jobs, again], workers: 1, service: 1s}
    b: {reads: a, workers: 1, service: 1s, writes: {again: 10%, exit: 90%}}
    c: {reads: jobs, workers: 1, service: 1s, writes: exit}
load: {jobs: {arrivals: poisson(0.1/s)}}
run: {length: 1h}
)"));
    const auto cycles = cycles_in(round);
    REQUIRE(cycles.size() == 1);
    CHECK(texts(round, cycles[0]) == Texts{"dataset a", "dataset again", "stage a", "stage b"});
    // A pipeline that an update begins and whose task reads it does not go round; one whose task writes it does.
    const auto updated = [](const std::string& task) {
        return scenario_of(R"(understudy: 1
scenario: updated
twin:
  datasets: {d: {}}
  pipelines:
    p: {schedule: every 1h, tasks: {a: {workers: 1, service: 1min, writes: d}}}
    q: {schedule: updated d, tasks: {x: {workers: 1, service: 1min, )" +
                           task + "}}}\nrun: {length: 1h}\n");
    };
    CHECK(cycles_in(KnowledgeGraph(updated("reads: d"))).empty());
    CHECK(cycles_in(KnowledgeGraph(updated("reads: d, writes: d"))).size() == 1);
}

TEST_CASE("impact and lineage are each other's reverse") {
    rc::check([] {
        const int stages = *rc::gen::inRange(1, 12);
        std::vector<int> from;
        for (int i = 0; i < stages; ++i) from.push_back(*rc::gen::inRange(0, i + 1));
        const KnowledgeGraph knowledge(scenario_of(random_flow(stages, from)));
        const Knowledge& g = knowledge.graph();
        // What is counted for many at once is what each reaches.
        for (const Reach& one : most_depends_on(knowledge, boost::num_vertices(g))) {
            const Impact impact = impact_of(knowledge, one.vertex);
            RC_ASSERT(one.things == impact.reached.size());
            RC_ASSERT(one.promises == impact.promises.size());
        }
        std::set<std::pair<KnowledgeIndex, KnowledgeIndex>> onward, back;
        for (KnowledgeIndex v = 0; v < boost::num_vertices(g); ++v) {
            for (const Reached& one : impact_of(knowledge, v).reached) {
                onward.insert({v, one.vertex});
                const auto way = path_between(knowledge, v, one.vertex);
                RC_ASSERT(way.size() == one.steps + 1);
            }
            for (const Reached& one : lineage_of(knowledge, v)) back.insert({one.vertex, v});
        }
        RC_ASSERT(onward == back);
    });
}
