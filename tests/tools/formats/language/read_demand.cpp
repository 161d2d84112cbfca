// Promised: cases of demand are read with their loads, settings and chances, and a penalty in the unit of what is
// minimised; every mistake is told at its place, those that only the base shows as well.
// Shown: studies read whole; files with mistakes and their messages (more of them: tests/rejected/demand*.yaml).
#include "tools/formats/language/read_demand.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

const std::string head =
    "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: cheapest\nsubject_to: [all objectives]\n"
    "vary: {server.workers: 2..6}\n";
const std::string costly = head + "minimise: rate cost()\n";

studies::Study read_whole(const std::string& text) {
    const auto reading = read_study(text, "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    return *reading.study;
}

std::string errors_of(const std::string& text) { return read_study(text, "s.yaml").diagnostics.show(); }

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("cases with loads, settings and chances") {
    const studies::Study study = read_whole(costly + R"(demand:
  low: {load: 0.8x, chance: 25%}
  other: {chance: 12.5%, load: 1.50x, set: {jobs.work.mean: 2s, server.order: lifo}}
  slow: {set: {jobs.work.mean: 3s}, chance: 62.5%}
penalty: 200EUR/h
)");
    REQUIRE(study.demand.size() == 3);
    CHECK(study.demand[0].name == "low");
    CHECK(study.demand[0].load == "0.8x");
    CHECK(study.demand[0].overrides == Texts{"load=0.8x"});
    CHECK(*study.demand[0].chance == 0.25);
    CHECK(study.demand[1].overrides == Texts{"load=1.50x", "jobs.work.mean=2s", "server.order=lifo"});
    CHECK(study.demand[2].load.empty());
    CHECK(study.demand[2].overrides == Texts{"jobs.work.mean=3s"});
    CHECK(*study.penalty == doctest::Approx(200));
    // A part of the base's own sections is no part of a case's.
    CHECK(read_whole(costly).demand.empty());
    CHECK_FALSE(read_whole(costly).penalty.has_value());
}

TEST_CASE("chances are left out, and thirds add up") {
    const studies::Study study = read_whole(costly + "demand: {low: {load: 1x}, high: {load: 2x}}\n");
    CHECK_FALSE(study.demand[0].chance.has_value());
    read_whole(
        costly +
        "demand: {a: {load: 1x, chance: 10%}, b: {load: 2x, chance: 20%}, c: {load: 3x, chance: 70%}}\n");
}

TEST_CASE("a penalty is in the unit of what is minimised") {
    const std::string cases = "demand: {low: {load: 1x}, high: {load: 2x}}\n";
    const auto penalty = [&](const std::string& minimised, const std::string& amount) {
        return *read_whole(head + minimised + cases + "penalty: " + amount + "\n").penalty;
    };
    CHECK(penalty("minimise: rate cost()\n", "48EUR/d") == doctest::Approx(2));
    CHECK(penalty("minimise: total cost()\n", "5EUR") == 5);
    CHECK(penalty("prices: {server.workers: 2EUR}\n", "7EUR") == 7);
    CHECK(penalty("minimise: avg waiting(server)\n", "3") == 3);
    CHECK(errors_of(costly + cases + "penalty: 5EUR\n") ==
          "s.yaml:9:10: error: '5EUR' is not a cost per time; write '5EUR/h'\n");
    // Of what nothing is known the unit is not known either: one error.
    CHECK(errors_of(head + "minimise: rate cots()\n" + cases + "penalty: 5EUR\n").find("s.yaml:9") ==
          std::string::npos);
    CHECK(errors_of(head + "prices: {server.workers: 2EUR}\n" + cases + "penalty: 5EUR/h\n") ==
          "s.yaml:9:10: error: '5EUR/h' is not an amount of money, such as '4EUR'\n");
}

TEST_CASE("what has no meaning together") {
    const std::string cases = "demand: {low: {load: 1x}, high: {load: 2x}}\n";
    CHECK(errors_of("understudy: 1\nstudy: a\nbase: b.yaml\nmethod: grid\nvary: {server.workers: 2..6}\n" +
                    cases + "penalty: 3EUR\n") ==
          "s.yaml:6:1: error: 'grid' does not use 'demand'; leave it out, or write 'method: cheapest'\n"
          "s.yaml:7:1: error: 'grid' does not use 'penalty'; leave it out, or write 'method: cheapest'\n");
    CHECK(errors_of(
              "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: cheapest\nminimise: rate cost()\n"
              "subject_to: [all objectives]\nvary: {load: [1x, 2x], jobs.work.mean: [1s, 2s]}\n"
              "demand: {low: {load: 1x}, slow: {set: {jobs.fields.work.mean: 3s}}, other: {set: {jobs.work: "
              "1s}}}\n") ==
          "s.yaml:8:22: error: 'load' varies as well; leave it out of 'vary'\n"
          "s.yaml:8:40: error: 'jobs.fields.work.mean' varies as well; a case sets what does not vary\n"
          "s.yaml:8:83: error: 'jobs.work' varies as well; a case sets what does not vary\n");
}

TEST_CASE("what only the base shows is told at the value") {
    const tests::ScratchFolder folder;
    std::ofstream(folder / "b.yaml")
        << "understudy: 1\nscenario: b\n"
           "twin: {stages: {server: {reads: jobs, workers: 2, cost: 1EUR/h, service: 1s}}}\n"
           "load: {jobs: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\n"
           "objectives: [avg wait(server) < 1s]\n";
    const auto errors = [&](const std::string& rest) {
        auto reading = read_study(costly + rest, (folder / "s.yaml").string());
        INFO(reading.diagnostics.show());
        REQUIRE(reading.study.has_value());
        check_demand(reading);
        std::string shown = reading.diagnostics.show();
        const std::string path = folder.path().string() + "/";
        for (auto at = shown.find(path); at != std::string::npos; at = shown.find(path))
            shown.erase(at, path.size());
        return shown;
    };
    CHECK(errors("demand: {low: {load: 1x}, high: {load: 2x, set: {server.service: 2s}}}\n") == "");
    CHECK(errors("demand: {low: {load: 1x}, high: {load: 2x, set: {sever.service: 2s, server.order: "
                 "newest}}}\n") ==
          "s.yaml:8:65: error: sever.service=2s: nothing is called 'sever'; did you mean 'server'?\n");
    CHECK(errors("demand: {low: {load: 1x}, high: {set: {server.service: 2EUR}}}\n")
              .starts_with("s.yaml:8:56: error: server.service=2EUR: "));
}
