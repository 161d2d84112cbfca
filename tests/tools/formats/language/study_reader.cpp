// Promised: study files are read with every error at its place, and what a parameter may be becomes the values it takes.
// Shown: ranges, lists and laws; files with mistakes and their messages.
#include "tools/formats/language/study_reader.h"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::formats;

namespace {

std::string errors_of(const std::string& text) { return read_study(text, "s.yaml").diagnostics.show(); }

studies::Factor factor(const std::string& may_be) {
    const auto reading = read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary:\n  x.y: " + may_be + "\n", "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    REQUIRE(reading.study->factors.size() == 1);
    return reading.study->factors[0];
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what a parameter may be is a range, a list or a law") {
    const auto whole = factor("4..6");
    CHECK(whole.path == "x.y");
    CHECK(whole.written == "4..6");
    CHECK(whole.at(0.34) == "5");
    CHECK(factor("[poisson(1/s), poisson(2/s)]").at(0.6) == "poisson(2/s)");
    CHECK(factor("uniform(1s..3s)").at(0.5) == "2s");
}

TEST_CASE("a study is read whole") {
    const auto reading = read_study(R"(understudy: 1
study: which
description: which assumption matters
base: ../base.yaml
method: morris
vary: {a.workers: 1..4, load.x: uniform(1..2)}
measures: [p(99) latency(a)]
confidence: 90%
budget: {replications: 500}
run: {length: 2h, seed: 4}
)",
                                    "studies/s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    const studies::Study& study = *reading.study;
    CHECK(study.name == "which");
    CHECK(study.base == "base.yaml");
    CHECK(study.method == studies::Study::Method::morris);
    CHECK(study.factors.size() == 2);
    CHECK(study.measures.at(0).text == "p(99) latency(a)");
    CHECK(*study.confidence == doctest::Approx(0.9));
    CHECK(*study.replications == 500);
    CHECK(study.overrides == Texts{"run.length=2h", "run.seed=4"});
}

TEST_CASE("a value that stands in a list twice is no second setting") {
    CHECK(errors_of("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: grid\nvary:\n"
                    "  a: [3, 3, 4]\n  b: [1s, 2s, 1000ms]\n  c: [fifo, lifo, fifo]\n") ==
          "s.yaml:6:10: error: '3' is the same as '3' before it; write each value once\n"
          "s.yaml:7:15: error: '1000ms' is the same as '1s' before it; write each value once\n"
          "s.yaml:8:19: error: 'fifo' is the same as 'fifo' before it; write each value once\n");
}

TEST_CASE("mistakes, each at its place and all at once") {
    CHECK(errors_of("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary:\n"
                    "  a: 3..3\n  b: fast\n  c: [1]\n  d: 1..2x\n  e: normal(2)\n  f: exponential(mean "
                    "1s) per item\n"
                    "  g: {}\nmeasure: [x]\n") ==
          "s.yaml:6:6: error: the range has one value; leave the parameter out, or widen the range\n"
          "s.yaml:7:6: error: 'fast' is not a range; write 'low..high', such as '2..20'\n"
          "s.yaml:8:6: error: the list has no two different values; such as '[2, 4, 8]'\n"
          "s.yaml:9:9: error: the ends of '1..2x' are of two kinds; give both the same unit\n"
          "s.yaml:10:13: error: '2' has no name; parameters are named: write 'normal(mean 10s sd 2s)'\n"
          "s.yaml:11:6: error: 'exponential(mean 1s) per item' is not one law that a value is drawn from; "
          "such as "
          "'uniform(500ms..1s)'\n"
          "s.yaml:12:6: error: a parameter takes what it may be; a range '4..16', a list '[2, 4]' or a law "
          "'uniform(1s..2s)'\n"
          "s.yaml:13:1: error: unknown key 'measure'; did you mean 'measures'?\n");
    CHECK(errors_of("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: cheapest\nvary: {a: 1..2, b: 1s..2s}\n"
                    "confidence: 100%\n") ==
          "s.yaml:4:9: error: 'cheapest' of what: neither 'minimise' nor 'prices' is given; such as "
          "'minimise: rate cost()'\n"
          "s.yaml:4:9: error: 'cheapest' with nothing to hold; such as 'subject_to: [all objectives]'\n"
          "s.yaml:5:20: error: 'b' may be anything in between; 'cheapest' takes values one by one: a range "
          "with "
          "'step', or a list\n"
          "s.yaml:6:13: error: a confidence lies between 0% and 100%; such as 95%\n");
    CHECK(errors_of("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary: {a: 1..2}\n"
                    "subject_to: avg wait(a) < 1s\nminimise: cost\nprices: {b: 1EUR, a: 1s}\n") ==
          "s.yaml:6:1: error: 'sobol' does not use 'subject_to'; leave it out, or write 'method: cheapest'\n"
          "s.yaml:6:13: error: 'subject_to' takes a list, not 'avg wait(a) < 1s'; such as '[all "
          "objectives]', or "
          "objectives each with '- '\n"
          "s.yaml:7:1: error: 'sobol' does not use 'minimise'; leave it out, or write 'method: cheapest'\n"
          "s.yaml:7:11: error: unknown aggregate 'cost'; a measure reads 'avg waiting(server)', 'p(95) "
          "latency(server)', 'share lost(server)', 'rate completed(server)', 'at end lag(server)'\n"
          "s.yaml:8:1: error: 'sobol' does not use 'prices'; leave it out, or write 'method: cheapest'\n"
          "s.yaml:8:10: error: 'b' has a price and does not vary; prices are of parameters under 'vary'\n"
          "s.yaml:8:22: error: '1s' is not an amount of money, such as '4EUR'\n");
    CHECK(errors_of("understudy: 1\nstudy: a\n") ==
          "s.yaml:1:1: error: a study needs 'base'; such as 'base: orders.yaml'\n"
          "s.yaml:1:1: error: a study needs 'method'; such as 'method: sobol'\n"
          "s.yaml:1:1: error: a study needs 'vary'; such as 'vary: {spark.workers: 4..16}'\n");
    CHECK(errors_of("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary: {run.seed: 1..4}\n") ==
          "s.yaml:5:8: error: 'run.seed' is the same for all settings; set it under 'run'\n");
    CHECK(errors_of("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary: {}\n") ==
          "s.yaml:5:7: error: 'vary' names no parameter; parameters with what they may be: 'vary: "
          "{spark.workers: "
          "4..16}'\n");
    CHECK(errors_of("understudy: 1\nscenario: a\ntwin: {}\n") ==
          "s.yaml:2:1: error: this is a scenario, not a study; understudy run takes it\n");
}

namespace {

const std::string breaking = "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: breaking_point\n";

}  // namespace

TEST_CASE("a study of a breaking point") {
    const auto reading = read_study(breaking + R"(subject_to: [all objectives]
vary: {load: 1x..3x step 0.05x}
disturb:
  surge: {at: 2h, for: 10min, set: jobs.arrivals, to: 6x}
recovered: waiting(fetch) < 100 for 5min
growth: {rate: 3% per month, start: 2026-06-01}
budget: {time: 30min}
)",
                                    "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study);
    const studies::Study& study = *reading.study;
    CHECK(study.factors.at(0).values.size() == 41);
    CHECK(study.factors.at(0).values.at(1).text == "1.05x");
    CHECK(study.seconds == 1800);
    REQUIRE(study.disturbances.size() == 1);
    CHECK(study.disturbances[0].override ==
          "actions+={name: surge, at: 2h, for: 10min, set: jobs.arrivals, to: 6x}");
    CHECK(study.disturbances[0].at == 2 * kernel::hour);
    CHECK(study.disturbances[0].lasts == 10 * kernel::minute);
    CHECK(study.recovered->peak.text == "max waiting(fetch)");
    REQUIRE(study.recovered->overrides.size() == 2);
    CHECK(study.recovered->overrides[0].find("waiting(fetch) < 100 for 5min") != std::string::npos);
    CHECK(study.recovered->overrides[1].find("waiting(fetch) >= 100") != std::string::npos);
    CHECK(study.growth->rate == doctest::Approx(0.03));
    CHECK(study.growth->per == studies::Growth::Period::month);
}

TEST_CASE("mistakes in a study of a breaking point") {
    CHECK(errors_of(breaking + "vary: {load: 1x..3x, a.b: 1..2}\n") ==
          "s.yaml:4:9: error: 'breaking_point' with nothing that could break; such as 'subject_to: [all "
          "objectives]'\n"
          "s.yaml:5:22: error: 'breaking_point' raises one parameter; leave the others out\n");
    const std::string right = breaking + "subject_to: [all objectives]\nvary: {load: 1x..3x}\n";
    CHECK(errors_of(right) == "");
    CHECK(errors_of(right + "disturb: {}\n").find("'disturb' names nothing that goes wrong") !=
          std::string::npos);
    CHECK(errors_of(right + "disturb: {a: {fail: b}}\n") ==
          "s.yaml:7:11: error: 'a' does not say when it happens; such as 'at: 2h'\n");
    CHECK(errors_of(right + "disturb: {a: {when: waiting(b) > 1, name: c, fail: b}}\n") ==
          "s.yaml:7:15: error: a disturbance has no 'when'; it happens once: 'at: 2h'\n"
          "s.yaml:7:37: error: a disturbance has no 'name'; it is called by its key\n");
    CHECK(
        errors_of(right + "disturb: {a: {at: 1h, stop: now}}\n") ==
        "s.yaml:7:23: error: a disturbance has no 'stop'; a run that has ended shows no recovery; let 'run: "
        "{length: ...}' end it\n");
    CHECK(errors_of(right + "recovered: waiting(b) < 1\n") ==
          "s.yaml:7:1: error: 'recovered' from nothing; say what goes wrong under 'disturb'\n");
    CHECK(errors_of(right + "window: 30s\n") ==
          "s.yaml:7:1: error: a 'window' after nothing; say what goes wrong under 'disturb'\n");
    CHECK(errors_of(right + "disturb: {a: {at: 1h, fail: b}}\nwindow: 0s\n") ==
          "s.yaml:8:9: error: a window takes time; such as 'window: 30s'\n");
    CHECK(errors_of(right + "growth: {rate: 3% per fortnight, start: 2026-06-01}\n") ==
          "s.yaml:7:23: error: 'fortnight' is no period of growth; write day, week, month or year\n");
    CHECK(errors_of(right + "growth: {rate: 0% per month, start: 2026-06-01}\n") ==
          "s.yaml:7:16: error: nothing grows by 0%; leave 'growth' out\n");
    CHECK(
        errors_of(right + "growth: {rate: 3% per month, start: 2026-06-01, until: 2027-06-01}\n") ==
        "s.yaml:7:49: error: 'breaking_point' finds the day by itself; leave 'until' out, or write 'method: "
        "cheapest' for a plan\n");
    CHECK(errors_of(breaking + "subject_to: [all objectives]\nvary: {a.b: 1..3}\n"
                               "growth: {rate: 3% per month, start: 2026-06-01}\n") ==
          "s.yaml:7:1: error: 'a.b' takes no multiples that could grow; such as 'vary: {load: 1x..3x}'\n");
    CHECK(errors_of(breaking + "subject_to: [all objectives]\nvary: {a.b: uniform(1s..2s)}\n") ==
          "s.yaml:6:13: error: 'a.b' is drawn from a law, and has no order of levels; write a range or a "
          "list, from the "
          "lowest load to the highest\n");
    CHECK(errors_of(right + "minimise: rate cost()\n") ==
          "s.yaml:7:1: error: 'breaking_point' does not use 'minimise'; leave it out, or write 'method: "
          "cheapest'\n");
}

TEST_CASE("a plan for growth goes to a day, and follows one load") {
    const std::string plan =
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: cheapest\nminimise: rate cost()\n"
        "subject_to: [all objectives]\n";
    const std::string growth = "growth: {rate: 3% per month, start: 2026-06-01, until: 2028-06-01}\n";
    CHECK(errors_of(plan + "vary: {a.b: 1..3}\n" + growth) == "");
    CHECK(errors_of(plan + "vary: {a.b: 1..3}\ngrowth: {rate: 3% per month, start: 2026-06-01}\n") ==
          "s.yaml:8:1: error: 'growth' to no day; say to which day the plan goes, such as 'until: "
          "2028-06-01'\n");
    CHECK(errors_of(plan + "vary: {a.b: 1..3}\n"
                           "growth: {rate: 3% per month, start: 2026-06-01, until: 2026-06-01}\n") ==
          "s.yaml:8:56: error: nothing has grown by then; a day after 'start'\n");
    CHECK(errors_of(plan + "vary: {load: [1x, 2x]}\n" + growth) ==
          "s.yaml:8:1: error: 'load' is varied while the load grows; leave one of them out\n");
    CHECK(errors_of(plan + "vary: {a.b: 1..3}\ndemand: {low: {load: 1x}, high: {load: 2x}}\n" + growth) ==
          "s.yaml:8:1: error: both 'demand' and 'growth'; a plan follows one load; make a study of each\n");
}
