// Promised: a scenario is one document, whatever files it is made of: includes are merged, nothing overrides silently, and
// what is wrong is shown in the file it stands in. Shown: a scenario in three files against the same in one; what is
// declared twice, missing, or includes itself.
#include "tools/formats/language/base_document.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

namespace fs = std::filesystem;

const std::string head = "understudy: 1\nscenario: ";
const std::string platform = head + R"(platform
twin:
  pools:
    spark: {workers: $(size)}
  datasets:
    orders: {contract: contracts/orders.yaml}
parameters: {size: 4}
logs:
  calls: {file: calls.csv, format: csv, columns: {took: ms}}
measures:
  - avg busy(spark)
)";
const std::string shop = head + R"(shop
include: [parts/platform.yaml]
twin:
  stages:
    clean: {reads: clicks, runs_on: spark, service: sample(calls.took)}
load:
  clicks: {arrivals: poisson(1/s)}
run: {length: 1h}
measures:
  - avg waiting(clean)
)";

std::string show(const ScenarioReading& reading) { return reading.diagnostics.show(); }

}  // namespace

TEST_CASE("a scenario in several files is the same as in one") {
    const tests::CurrentFolder folder;
    folder.write("parts/platform.yaml", platform);
    folder.write("parts/calls.csv", "took\n100\n250\n");
    folder.write("shop.yaml", shop);
    const auto parts = read_scenario_file("shop.yaml");
    INFO(show(parts));
    REQUIRE(parts.scenario);
    CHECK(parts.scenario->twin.pools[0].workers.count == 4);
    CHECK(parts.scenario->measures.size() == 2);
    CHECK(parts.scenario->logs[0].file == "parts/calls.csv");
    CHECK(parts.scenario->twin.datasets[0].contract == "parts/contracts/orders.yaml");
    CHECK(parts.scenario->text.find("include") == std::string::npos);
    folder.write("one.yaml", write_scenario(*parts.scenario));
    const auto one = read_scenario_file("one.yaml");
    INFO(show(one));
    REQUIRE(one.scenario);
    CHECK(write_scenario(*one.scenario) == write_scenario(*parts.scenario));
    // Overrides see all of it.
    CHECK(read_scenario_file("shop.yaml", {"size=7"}).scenario->twin.pools[0].workers.count == 7);
    CHECK(read_scenario_file("shop.yaml", {"spark.workers=8"}).scenario->twin.pools[0].workers.count == 8);
}

TEST_CASE("what is read with many overrides is read from its files once") {
    const tests::CurrentFolder folder;
    folder.write("parts/platform.yaml", platform);
    folder.write("parts/calls.csv", "took\n100\n250\n");
    folder.write("shop.yaml", shop);
    const ScenarioSource source("shop.yaml");
    const ScenarioSource copy = source;
    for (const char* const size : {"5", "7"}) {
        const std::vector<std::string> overrides = {std::string("size=") + size};
        const auto again = read_scenario_file("shop.yaml", overrides);
        REQUIRE(again.scenario);
        CHECK(copy.read(overrides).scenario->simulated_digest == again.scenario->simulated_digest);
    }
    CHECK(show(source.read({"spark.worker=8"})) == show(read_scenario_file("shop.yaml", {"spark.worker=8"})));
    folder.write("parts/platform.yaml", "nothing of the kind");
    fs::remove("shop.yaml");
    CHECK(source.read({"size=6"}).scenario->twin.pools[0].workers.count == 6);
    CHECK(show(ScenarioSource("shop.yaml").read({})) == show(read_scenario_file("shop.yaml")));
}

TEST_CASE("nothing overrides silently") {
    const tests::CurrentFolder folder;
    folder.write("parts/platform.yaml", platform + "run: {length: 2h}\n");
    folder.write("parts/calls.csv", "took\n100\n");
    std::string both = shop;
    both.replace(both.find("  stages:"), 9, "  pools: {spark: {workers: 2}}\n  stages:");
    folder.write("shop.yaml", both);
    CHECK(show(read_scenario_file("shop.yaml"))
              .find("parts/platform.yaml:5:5: error: 'spark' is declared twice; also at shop.yaml:5:11\n") !=
          std::string::npos);
    CHECK(show(read_scenario_file("shop.yaml"))
              .find("parts/platform.yaml:13:1: error: 'run' is given in the file") != std::string::npos);
}

TEST_CASE("what is wrong in a part is shown there") {
    const tests::CurrentFolder folder;
    folder.write("shop.yaml", shop);
    CHECK(
        show(read_scenario_file("shop.yaml")).starts_with("shop.yaml:3:11: error: 'parts/platform.yaml': "));
    folder.write("parts/platform.yaml",
                 head + "platform\ninclude: ../shop.yaml\ntwin: {pools: {spark: {workrs: 4}}}\n");
    const std::string said = show(read_scenario_file("shop.yaml"));
    CHECK(said.find("parts/platform.yaml:3:10: error: '../shop.yaml' includes itself") != std::string::npos);
    CHECK(said.find("parts/platform.yaml:4:24: error: unknown key 'workrs'; did you mean 'workers'?") !=
          std::string::npos);
    folder.write("parts/platform.yaml", "understudy: 1\nstudy: other\n");
    CHECK(show(read_scenario_file("shop.yaml"))
              .find("parts/platform.yaml:2:1: error: this is a study, not a scenario") != std::string::npos);
}

TEST_CASE("changes are applied in order, before overrides") {
    const tests::CurrentFolder folder;
    const std::string change = "understudy: 1\nchange: more\nedits:\n  - {set: spark.workers, to: ";
    folder.write("parts/platform.yaml", platform);
    folder.write("parts/calls.csv", "took\n100\n");
    folder.write("nine.yaml", change + "9}\n");
    folder.write("ten.yaml", change + "10}\n");
    std::string with = shop;
    with.insert(with.find("twin:"), "changes: [nine.yaml]\n");
    folder.write("shop.yaml", with);
    const auto workers = [](const ScenarioReading& reading) {
        INFO(show(reading));
        REQUIRE(reading.scenario);
        return reading.scenario->twin.pools[0].workers.count;
    };
    CHECK(workers(read_scenario_file("shop.yaml")) == 9);
    CHECK(workers(read_scenario_file("shop.yaml", {}, {"ten.yaml"})) == 10);
    CHECK(workers(read_scenario_file("shop.yaml", {"spark.workers=11"}, {"ten.yaml"})) == 11);
    CHECK(show(read_scenario_file("shop.yaml", {}, {"none.yaml"})).find("none.yaml: error: no such file") !=
          std::string::npos);
}
