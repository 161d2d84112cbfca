// Promised: the cheapest setting that keeps its promises is found with few replications, formulas or none, and whatever is
// cheaper is shown to break one; where dearer is not better that is noticed; what cannot be answered says why; any number of
// threads gives the same answer.
// Shown: the problems of tests/theory/capacity, whose optima are proven (capacity_dev.json), and small ones made up.
#include "tools/studies/cheapest.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "tests/source_folder.h"
#include "tools/formats/json/cheapest_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/studies/setting_costs.h"

using namespace understudy;
using studies::CheapestResult;
using studies::Verdict;

namespace {

struct Problem {
    studies::Study study;
    studies::ReadBase read;
};

Problem problem(const studies::Study& study, const std::string& base) {
    return {study, [study, base](const std::vector<std::string>& overrides) {
                std::vector<std::string> all = study.overrides;
                all.insert(all.end(), overrides.begin(), overrides.end());
                auto reading = base.empty() ? formats::read_scenario_file(study.base, all)
                                            : formats::read_scenario(base, "b.yaml", all);
                if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
                return std::move(*reading.scenario);
            }};
}

Problem known(const std::string& id) {
    const auto reading =
        formats::read_study_file(tests::source_folder() + "/tests/theory/capacity/" + id + ".yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    return problem(*reading.study, "");
}

Problem made_up(const std::string& rest, const std::string& base) {
    const auto reading =
        formats::read_study("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: cheapest\n" + rest, "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    return problem(*reading.study, "understudy: 1\nscenario: b\n" + base);
}

CheapestResult answer(const Problem& problem, bool formulas = true, unsigned threads = 2) {
    studies::StudyOptions options;
    options.formulas = formulas;
    options.run.threads = threads;
    return studies::cheapest(problem.study, problem.read, options);
}

using Values = std::vector<std::string>;

const char* const lognormal_queue = R"(
twin: {stages: {server: {reads: jobs, workers: 8, cost: 3EUR/h, service: lognormal(mean 1s cv 1.5)}}}
load: {jobs: {arrivals: poisson(5/s)}}
run: {length: 30min, warm_up: 1min, seed: 3}
objectives: [p(95) wait(server) < 1s]
)";

}  // namespace

TEST_CASE("known optima, by formulas and by simulation alone") {
    const std::vector<std::tuple<std::string, Values, double, std::int64_t>> problems = {
        {"c1", {"62"}, 62, 750}, {"c2", {"24", "56"}, 104, 1650}, {"c10", {"7", "11", "3"}, 34, 453}};
    for (const auto& [id, values, cost, most] : problems)
        for (const bool formulas : {true, false}) {
            CAPTURE(id);
            CAPTURE(formulas);
            const CheapestResult result = answer(known(id), formulas);
            CHECK(result.verdict == Verdict::met);
            REQUIRE(result.best.has_value());
            CHECK(result.best->values == values);
            CHECK(*result.best->cost == doctest::Approx(cost));
            CHECK(result.best->replications > 0);
            CHECK(result.replications <= most);
            CHECK_FALSE(result.certificate.empty());
            for (const studies::Candidate& one : result.certificate) {
                CHECK(*one.cost < *result.best->cost);
                CHECK(one.verdict == Verdict::violated);
            }
            CHECK((result.by_formula > 0) == formulas);
        }
}

TEST_CASE("known optima of thousands of settings, and of a line that blocks") {
    const CheapestResult network = answer(known("c4"));
    REQUIRE(network.best.has_value());
    CHECK(network.best->values == Values{"5", "6", "6", "4"});
    CHECK(network.settings == 7920);
    const CheapestResult line = answer(known("c6"));
    REQUIRE(line.best.has_value());
    CHECK(*line.best->cost == 6);
    CHECK((line.best->values == Values{"3", "3"} || line.best->values == Values{"4", "2"}));
    CHECK(line.by_formula > 0);
}

TEST_CASE("formulas are asked of hardly more settings than the proof has") {
    const Problem grid = made_up(
        "minimise: rate cost()\nsubject_to: [avg latency() < 8s]\n"
        "vary: {a.workers: 1..14, b.workers: 1..14, c.workers: 1..14, d.workers: 1..14}\n",
        R"(
twin:
  stages:
    a: {reads: jobs, workers: 1, cost: 1EUR/h, service: exponential(mean 1s)}
    b: {reads: a, workers: 1, cost: 1.1EUR/h, service: exponential(mean 1.5s)}
    c: {reads: b, workers: 1, cost: 1.3EUR/h, service: exponential(mean 2s)}
    d: {reads: c, workers: 1, cost: 1.7EUR/h, service: exponential(mean 2.5s)}
load: {jobs: {arrivals: poisson(3/s)}}
run: {length: 1000s, warm_up: 100s, replications: 5}
)");
    std::atomic<std::size_t> reads{0};
    const CheapestResult result = answer({grid.study, [&](const std::vector<std::string>& overrides) {
                                              ++reads;
                                              return grid.read(overrides);
                                          }});
    CHECK(result.settings == 38416);
    CHECK(result.verdict == Verdict::met);
    CHECK(result.certificate.size() > 500);
    CHECK(reads.load() < 1.5 * static_cast<double>(result.certificate.size()));
    for (const studies::Candidate& one : result.certificate) CHECK(one.verdict == Verdict::violated);
}

TEST_CASE("the same answer for any number of threads") {
    const Problem one =
        made_up("minimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 5..12}\n",
                lognormal_queue);
    const std::string json = formats::cheapest_as_json(one.study, answer(one, true, 1));
    CHECK(json == formats::cheapest_as_json(one.study, answer(one, true, 3)));
    const CheapestResult result = answer(one);
    CHECK(result.verdict == Verdict::met);
    REQUIRE(result.current.has_value());
    CHECK(*result.current->cost == doctest::Approx(24));
    // Five workers are offered all that they can do: no simulation is needed to refuse them.
    for (const studies::Candidate& one_of : result.tried) CHECK(one_of.values != Values{"5"});
}

TEST_CASE("where more makes it worse, each value is looked at") {
    // More in flight at once: the slower stage that cannot hold them drops more.
    const Problem worse = made_up(
        "minimise: rate cost()\nsubject_to: [share lost(second) < 2%]\nvary: {first.workers: [1, 2, 6]}\n",
        R"(
twin:
  stages:
    first: {reads: jobs, workers: 2, cost: 1EUR/h, queue: {capacity: 0, full: drop}, service: 1s}
    second: {reads: first, workers: 1, queue: {capacity: 2, full: drop}, service: 900ms}
load: {jobs: {arrivals: poisson(4/s)}}
run: {length: 20min, warm_up: 1min, seed: 5}
)");
    const CheapestResult result = answer(worse);
    REQUIRE(result.best.has_value());
    CHECK(result.best->values == Values{"1"});
    CHECK(result.distrusted == std::vector<std::string>{"first.workers"});
    CHECK_FALSE(result.warnings.empty());
}

TEST_CASE("what formulas refuse of a dearer setting, a cheaper one may keep") {
    const auto queue = [](const std::string& more) {
        return "twin: {stages: {server: {reads: jobs, workers: 3, cost: 1EUR/h" + more +
               ", service: exponential(mean 1s)}}}\n";
    };
    // Too many workers are idle: five wait little and are busy enough.
    const CheapestResult busy =
        answer(made_up("minimise: rate cost()\n"
                       "subject_to: [avg wait(server) <= 1s, avg utilisation(server) >= 70%]\n"
                       "vary: {server.workers: 1..200}\n",
                       queue("") + "load: {jobs: {arrivals: poisson(4/s)}}\n"
                                   "run: {length: 2000s, warm_up: 100s, replications: 5, seed: 3}\n"));
    CHECK(busy.verdict == Verdict::met);
    REQUIRE(busy.best.has_value());
    CHECK(busy.best->values == Values{"5"});
    CHECK(busy.distrusted == std::vector<std::string>{"server.workers"});
    // A longer queue loses less and waits longer; workers are always good.
    const CheapestResult places =
        answer(made_up("minimise: rate cost()\nprices: {server.queue.capacity: 0.1EUR}\n"
                       "subject_to: [share lost() <= 16%, avg wait(server) <= 1s]\n"
                       "vary: {server.queue.capacity: 0..50}\n",
                       "twin: {stages: {server: {reads: jobs, workers: 2, cost: 1EUR/h, queue: {capacity: 3, "
                       "full: drop}, service: exponential(mean 1s)}}}\n"
                       "load: {jobs: {arrivals: poisson(2/s)}}\n"
                       "run: {length: 2000s, warm_up: 100s, replications: 5, seed: 3}\n"));
    CHECK(places.verdict == Verdict::met);
    REQUIRE(places.best.has_value());
    CHECK(places.best->values == Values{"4"});
    // What comes first holds back what would wait behind it: no formula knows, and a simulation is asked.
    const CheapestResult held_back = answer(
        made_up("minimise: rate cost()\nsubject_to: [avg wait(t) <= 1s]\nvary: {s.workers: 1..3}\n",
                "twin: {stages: {s: {reads: j, workers: 1, cost: 1EUR/h, service: exponential(mean 1s), "
                "writes: k}, t: {reads: k, workers: 1, service: exponential(mean 500ms)}}}\n"
                "load: {j: {arrivals: poisson(1.5/s)}}\n"
                "run: {length: 5000s, warm_up: 100s, replications: 5, seed: 3}\n"));
    CHECK(held_back.verdict == Verdict::met);
    REQUIRE(held_back.best.has_value());
    CHECK(held_back.best->values == Values{"1"});
}

TEST_CASE("a value that is its limit is kept by formula, and does not take all replications") {
    const auto workers = [](const std::string& limit, const std::string& service) {
        return made_up("minimise: rate cost()\nsubject_to: [avg utilisation(server) " + limit +
                           "]\nvary: {server.workers: 1..4}\n",
                       "twin: {stages: {server: {reads: jobs, workers: 1, cost: 1EUR/h, service: " + service +
                           "}}}\nload: {jobs: {arrivals: poisson(7/s)}}\n"
                           "run: {length: 20s, warm_up: 5s, replications: 5, seed: 3}\n");
    };
    const CheapestResult kept = answer(workers("<= 70%", "exponential(mean 100ms)"));
    CHECK(kept.verdict == Verdict::met);
    REQUIRE(kept.best.has_value());
    CHECK(kept.best->values == Values{"1"});
    CHECK(kept.replications < 100);
    const CheapestResult broken = answer(workers("< 70%", "exponential(mean 100ms)"));
    REQUIRE(broken.best.has_value());
    CHECK(broken.best->values == Values{"2"});
    // Without formulas one worker is never decided: the next dearer one is found all the same.
    Problem open = workers("<= 70%", "exponential(mean 100ms)");
    open.study.replications = 1000;
    const CheapestResult undecided = answer(open, false);
    CHECK(undecided.verdict == Verdict::inconclusive);
    REQUIRE(undecided.best.has_value());
    CHECK(undecided.best->values == Values{"2"});
}

TEST_CASE("nothing will do") {
    const CheapestResult result =
        answer(made_up("minimise: rate cost()\nsubject_to: [all objectives, avg wait(server) < 1us]\nvary: "
                       "{server.workers: 6..9}\n",
                       lognormal_queue));
    CHECK(result.verdict == Verdict::violated);
    CHECK_FALSE(result.best.has_value());
    REQUIRE(result.certificate.size() == 1);
    CHECK(result.certificate[0].values == Values{"9"});
    CHECK(result.certificate[0].verdict == Verdict::violated);
}

TEST_CASE("replications that are spent, and a stop, leave what is known") {
    Problem few = made_up(
        "minimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 5..12}\n"
        "budget: {replications: 6}\n",
        lognormal_queue);
    const CheapestResult result = answer(few);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.reason == studies::Reason::precision);
    CHECK(result.replications <= 6);
    CHECK(result.explanation.find("replications were spent") != std::string::npos);
    const std::atomic<bool> stop{true};
    studies::StudyOptions options;
    options.run.stop = &stop;
    CHECK(studies::cheapest(few.study, few.read, options).verdict == Verdict::inconclusive);
}

TEST_CASE("prices count beside what is minimised, and order words too") {
    const CheapestResult result =
        answer(made_up("minimise: rate cost()\nprices: {server.workers: 2EUR}\nsubject_to: [all objectives]\n"
                       "vary: {server.workers: 6..12, server.order: [fifo, lifo]}\n",
                       lognormal_queue));
    REQUIRE(result.best.has_value());
    CHECK(*result.best->cost == doctest::Approx(5 * std::stod(result.best->values[0])));
    // The order costs nothing, so that neither is taken to be better: both are in the proof.
    std::set<std::string> orders;
    for (const studies::Candidate& one : result.certificate) orders.insert(one.values[1]);
    CHECK(orders.size() == 2);
}

TEST_CASE("costs that only a simulation knows: the cheapest of those that are met is selected") {
    // Workers that follow the work cost what they are used for, and one that is always there besides.
    const CheapestResult result =
        answer(made_up("minimise: rate cost()\nsubject_to: [p(95) wait(server) < 2s]\nvary: {server.workers: "
                       "[1..8, 4..8, 7..8]}\n",
                       R"(
twin: {stages: {server: {reads: jobs, workers: 2..8, scale: {waiting: 1}, keep_alive: 20s, cost: 3EUR/h, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(2/s)}}
run: {length: 20min, warm_up: 2min, seed: 3}
)"));
    CHECK(result.cost_simulated);
    CHECK(result.verdict == Verdict::met);
    REQUIRE(result.best.has_value());
    CHECK(result.best->values == Values{"1..8"});
    CHECK(result.best->replications >= 10);
    REQUIRE(result.tried.size() == 3);
    CHECK(*result.tried[0].cost < *result.tried[1].cost);
    CHECK(*result.tried[1].cost < *result.tried[2].cost);
    CHECK_THROWS_AS(
        answer(made_up("minimise: rate cost()\nsubject_to: [p(95) wait(server) < 2s]\n"
                       "vary: {server.workers: [1..8, 4..8], server.keep_alive: 1s..1000s step 1s}\n",
                       "twin: {stages: {server: {reads: jobs, workers: 2..8, scale: {waiting: 1}, "
                       "cost: 3EUR/h, service: 1s}}}\n"
                       "load: {jobs: {arrivals: poisson(2/s)}}\nrun: {length: 1min}\n")),
        studies::BadSetting);
}

TEST_CASE("a cost without data: the setting is left out, and named") {
    const auto vary = [](const std::string& factor) {
        return answer(made_up(
            "minimise: avg latency(seldom)\nsubject_to: [p(95) wait(server) < 20s]\nvary: {" + factor + "}\n",
            R"(
twin:
  stages:
    server: {reads: jobs, workers: 3, service: exponential(mean 1s)}
    seldom: {reads: odd, workers: 2, service: uniform(1s..2s)}
load: {jobs: {arrivals: poisson(2/s)}, odd: {arrivals: poisson(0.001/s)}}
run: {length: 20min, warm_up: 2min, seed: 3}
)"));
    };
    // 1.08 items a replication: a third has none.
    const CheapestResult none = vary("server.workers: [3, 4]");
    CHECK(none.cost_simulated);
    CHECK(none.verdict == Verdict::inconclusive);
    CHECK(none.reason == studies::Reason::data);
    CHECK_FALSE(none.best.has_value());
    CHECK(none.explanation.find("'avg latency(seldom)' has no data in ") != std::string::npos);
    REQUIRE(none.certificate.size() == 2);
    CHECK(none.certificate[0].verdict == Verdict::met);
    CHECK(none.certificate[0].reason == studies::Reason::data);
    // Of two the other is selected, and the answer says what it does not know.
    const CheapestResult other = vary("odd.arrivals: [poisson(0.001/s), poisson(0.1/s)]");
    CHECK(other.verdict == Verdict::inconclusive);
    CHECK(other.reason == studies::Reason::data);
    REQUIRE(other.best.has_value());
    CHECK(other.best->values == Values{"poisson(0.1/s)"});
    CHECK(other.certificate.size() == 1);
}

TEST_CASE(
    "a promise of what never comes ends after a few looks; settings where it comes are found all the same") {
    const std::string base = R"(
twin:
  stages:
    server: {reads: jobs, workers: 3, cost: 2EUR/h, service: lognormal(mean 1s cv 1.5)}
    seldom: {reads: odd, workers: 2, service: uniform(1s..2s)}
load: {jobs: {arrivals: poisson(1.5/s)}, odd: {arrivals: every 1000h}}
run: {length: 20min, warm_up: 2min, seed: 7}
objectives: [p(90) wait(server) < 3s, avg latency(seldom) < 3s]
)";
    const std::string rest =
        "minimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 2..6";
    const CheapestResult never = answer(made_up(rest + "}\n", base));
    CHECK(never.verdict == Verdict::inconclusive);
    CHECK(never.reason == studies::Reason::data);
    CHECK(never.replications < 300);
    CHECK(never.explanation.find("'avg latency(seldom) < 3s'") != std::string::npos);
    REQUIRE(never.current.has_value());
    CHECK(never.current->verdict == Verdict::inconclusive);
    const CheapestResult found =
        answer(made_up(rest + ", odd.arrivals: [every 1000h, poisson(0.1/s)]}\n", base));
    CHECK(found.verdict == Verdict::met);
    REQUIRE(found.best.has_value());
    CHECK(found.best->values == Values{"3", "poisson(0.1/s)"});
    // Costs that are simulated.
    const CheapestResult selected =
        answer(made_up("minimise: rate cost()\nsubject_to: [avg latency(seldom) < 3s]\nvary: "
                       "{server.workers: [1..3, 2..3]}\n",
                       R"(
twin:
  stages:
    server: {reads: jobs, workers: 1..3, scale: {waiting: 1}, cost: 2EUR/h, service: exponential(mean 1s)}
    seldom: {reads: odd, workers: 2, service: uniform(1s..2s)}
load: {jobs: {arrivals: poisson(1.5/s)}, odd: {arrivals: every 1000h}}
run: {length: 20min, warm_up: 2min, seed: 7}
)"));
    CHECK(selected.cost_simulated);
    CHECK(selected.reason == studies::Reason::data);
    CHECK(selected.replications < 100);
}

TEST_CASE("of a hundred thousand settings hardly any is read") {
    Problem large = made_up(
        "minimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 1..100000}\n",
        "twin: {stages: {server: {reads: jobs, workers: 8, cost: 3EUR/h, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(50/s)}}\nrun: {length: 5min, warm_up: 10s, seed: 3}\n"
        "objectives: [avg wait(server) < 10ms]\n");
    large.study.factors[0].now = {"8", 8};
    int reads = 0;
    large.read = [&, read = large.read](const std::vector<std::string>& overrides) {
        ++reads;
        return read(overrides);
    };
    const CheapestResult result = answer(large, true, 1);
    CHECK(result.settings == 100'000);
    CHECK(result.verdict == Verdict::met);
    REQUIRE(result.best.has_value());
    CHECK(*result.best->cost == doctest::Approx(3 * std::stod(result.best->values[0])));
    REQUIRE(result.current.has_value());
    CHECK(*result.current->cost == doctest::Approx(24));
    CHECK(reads < 300);
}

TEST_CASE("costs that follow no line are read one by one") {
    // From 600 on a unit costs nothing more, of which both ends alone tell nothing.
    Problem bent = made_up(
        "minimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 1..1100}\n",
        "twin: {stages: {server: {reads: jobs, workers: 8, cost: 3EUR/h, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(2/s)}}\nrun: {length: 1min, warm_up: 10s, seed: 3}\n"
        "objectives: [avg wait(server) < 10ms]\n");
    const studies::ReadBase read = [&, read = bent.read](std::vector<std::string> overrides) {
        for (std::string& one : overrides)
            if (one.starts_with("server.workers=") && std::stoi(one.substr(15)) > 600)
                one = "server.workers=600";
        return read(overrides);
    };
    const studies::SettingCosts costs = studies::setting_costs(bent.study, read);
    REQUIRE(costs.costs.size() == 1100);
    CHECK(costs.costs[0] == doctest::Approx(3));
    CHECK(costs.costs[598] == doctest::Approx(3 * 599));
    CHECK(costs.costs[1099] == doctest::Approx(1800));
}

TEST_CASE("the base is told where the study does not try what it is, with what it costs") {
    const auto outside = [](const std::string& vary, const std::string& more) {
        Problem asked =
            made_up("minimise: rate cost()\nsubject_to: [all objectives]\nvary: {" + vary + "}\n" + more,
                    lognormal_queue);
        asked.study.factors[0].now = {"8", 8};
        return answer(asked);
    };
    const CheapestResult dear = outside("server.workers: 9..12", "");
    REQUIRE(dear.best.has_value());
    REQUIRE(dear.current.has_value());
    CHECK(dear.current->values == Values{"8"});
    CHECK(*dear.current->cost == doctest::Approx(24));
    CHECK(dear.current->verdict == Verdict::met);
    CHECK(std::any_of(dear.warnings.begin(), dear.warnings.end(), [](const std::string& warning) {
        return warning.find("as it is now it costs less and keeps its promises") != std::string::npos;
    }));
    const CheapestResult priced = outside("server.workers: 9..12", "prices: {server.workers: 2EUR}\n");
    CHECK(*priced.current->cost == doctest::Approx(40));
    const CheapestResult inside = outside("server.workers: 5..12", "");
    CHECK(*inside.current->cost == doctest::Approx(24));
    for (const std::string& warning : inside.warnings)
        CHECK(warning.find("as it is now") == std::string::npos);
}

TEST_CASE("a run that is too short for its warm-up is not searched") {
    std::string base = lognormal_queue;
    base.replace(base.find("length: 30min, warm_up: 1min"), 28, "length: 20s, warm_up: auto");
    const CheapestResult result = answer(made_up(
        "minimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 5..12}\n", base));
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.reason == studies::Reason::warm_up);
    CHECK(result.replications <= 10);  // pilots
    CHECK(result.settings == 8);
    CHECK(result.cost_unit == "EUR/h");
    CHECK(result.explanation.find("'run.length'") != std::string::npos);
}

TEST_CASE("what cannot be answered says why") {
    CHECK_THROWS_AS(
        answer(made_up("minimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 6..9}\n",
                       "twin: {stages: {server: {reads: jobs, workers: 8, service: 1s}}}\n"
                       "load: {jobs: {arrivals: poisson(5/s)}}\nrun: {length: 1min}\n")),
        studies::BadSetting);
}
