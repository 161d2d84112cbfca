// Promised: `twin: NAME@VERSION` is read as if the twin of that version stood there, with its parameters' values and the
// logs that it uses; the same bytes whatever name the version is called by; what is wrong is said where the name stands,
// or in the version.
// Shown: with versions from a map instead of a store.
#include "tools/formats/language/stored_twins.h"

#include <doctest/doctest.h>

#include <map>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy::formats;

namespace {

const std::string stages = "stages: {server: {reads: jobs, workers: 2, service: 1s}}";
const std::string rest = "load: {jobs: {arrivals: poisson(1/min)}}\nrun: {length: 1h}\n";

class Versions : public StoredTwins {
public:
    Versions() { use_stored_twins(this); }
    ~Versions() override { use_stored_twins(nullptr); }
    StoredText find(const std::string& name, const std::string&) override {
        if (name == "orders@latest") return find("orders@1", "");
        if (!texts.contains(name)) throw Fault(0, "'orders' has no version 7", "the latest is 1");
        return {name, texts.at(name), "."};
    }
    std::vector<understudy::models::KeptVersion> history(const std::string& name,
                                                         const std::string&) override {
        return {{"orders", name, "ana@example", "2026-03-09T05:00:00Z", "As it runs"}};
    }
    std::map<std::string, std::string> texts = {
        {"orders@1",
         "understudy: 1\nscenario: orders\nparameters: {n: 2}\ntwin: {stages: {server: {reads: jobs, "
         "workers: $(n), service: 1s}}}\n" +
             rest},
        {"orders@2",
         "understudy: 1\nscenario: orders\ntwin: {stages: {server: {reads: jobs, workers: two, service: "
         "1s}}}\n" +
             rest}};
};

ScenarioReading read(const std::string& twin) {
    return read_scenario("understudy: 1\nscenario: small\ntwin: " + twin + "\n" + rest, "s.yaml");
}

}  // namespace

TEST_CASE("a stored twin is read as if it stood in the file") {
    const Versions versions;
    const auto stored = read("orders@1"), latest = read("orders@latest"), written = read("{" + stages + "}");
    REQUIRE(stored.scenario);
    CHECK(stored.scenario->text == written.scenario->text);
    CHECK(stored.scenario->simulated_digest == written.scenario->simulated_digest);
    CHECK(latest.scenario->text == written.scenario->text);
}

TEST_CASE("a version is read where a file is asked for") {
    const Versions versions;
    const ScenarioReading whole = read_scenario_file("orders@1", {"n=5"});
    REQUIRE(whole.scenario);
    CHECK(whole.scenario->name == "orders");
    CHECK(whole.scenario->twin.stages[0].work.workers->count == 5);
    CHECK(
        read_scenario_file("orders@7").diagnostics.show() ==
        "orders@7: error: no such file, and no stored version: 'orders' has no version 7; the latest is 1\n");
}

TEST_CASE("what is wrong with a stored twin is said where it stands") {
    CHECK(read("orders@1").diagnostics.show() ==
          "s.yaml:3:7: error: there is no store of twins to take 'orders@1' from; 'understudy twin create "
          "NAME FILE' "
          "makes one\n");
    const Versions versions;
    CHECK(read("orders@7").diagnostics.show() ==
          "s.yaml:3:7: error: 'orders' has no version 7; the latest is 1\n");
    const std::string said = read("orders@2").diagnostics.show();
    CHECK(said.starts_with("orders@2:"));  // with line and column, as of a file
    CHECK(said.substr(0, said.find('\n')).find(": error: ") != std::string::npos);
}
