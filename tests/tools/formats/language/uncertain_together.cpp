// Promised: how sure numbers are that were fitted together is read from a change as it was written, to the last digit; a
// path that somebody has set since is certain, and where all are set the whole is.
// Shown: a fit of three numbers written and read again; scenarios with some and all of its paths set by hand.
#include "tools/formats/language/uncertain_together.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tools/formats/language/calibration_change.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/uncertainty.h"
#include "tools/studies/law_of.h"

using namespace understudy;
using studies::FittedTogether;

namespace {

studies::Calibration fitted() {
    studies::Calibration found;
    found.edits = {{"hpc.launch", studies::law_of(kernel::Distribution::constant(2.25)), {}, false},
                   {"hpc.speed", {}, 0.833333, false},
                   {"flow.a.launch", studies::law_of(kernel::Distribution::constant(5.5)), {}, false},
                   {"flow.defaults", studies::law_of(kernel::Distribution::constant(0)), {}, false}};
    studies::UncertainInput input;
    input.path = "overheads";
    input.together = {{{"each_level", 0, 1.25, {}},
                       {"each_task", 2.25, 0.125, {-0.987654321}},
                       {"each_GB", 1.3, 1e-9, {0.25, -0.3}},
                       {"more_work", 0.2, 3, {0.5, -0.5, 1e-9}}},
                      4,
                      {{"hpc.launch", {0, 1, 0, 0}, 2.25},
                       {"hpc.speed", {0, 0, 0, 1}, 0.833333},
                       {"flow.a.launch", {0, 1, 2.5, 0}, 5.5},
                       {"flow.defaults.delay", {1, 0, 0, 0}, 0}}};
    found.uncertain = {input};
    return found;
}

std::string scenario(const std::string& speed, const std::string& launch, const std::string& delay,
                     const std::string& launch_of_a) {
    return "understudy: 1\nscenario: s\ntwin:\n  pools: {hpc: {workers: 1, cores: 8, speed: " + speed +
           ", launch: " + launch + "}}\n  pipelines: {flow: {schedule: once, defaults: {delay: " + delay +
           ", runs_on: hpc}, tasks: {a: {service: 1s, launch: " + launch_of_a + "}}}}\nrun: {length: 1h}\n";
}

}  // namespace

TEST_CASE("what was fitted together is read as it was written") {
    const studies::Calibration found = fitted();
    const std::string text =
        formats::write_document(formats::calibration_change(found, "fit", {"s.yaml", ""}, "ana"));
    CAPTURE(text);
    formats::Diagnostics out("fit.yaml", text);
    const auto change = formats::read_change(text, out, 0);
    INFO(out.show());
    REQUIRE(change);
    CHECK_FALSE(out.has_errors());
    REQUIRE(change->uncertain.size() == 1);
    const studies::UncertainInput &read = change->uncertain[0], &written = found.uncertain[0];
    CHECK(read.path == written.path);
    REQUIRE(read.together);
    CHECK(read.together->numbers == written.together->numbers);
    CHECK(read.together->degrees == written.together->degrees);
    REQUIRE(read.together->makes.size() == written.together->makes.size());
    for (std::size_t i = 0; i < read.together->makes.size(); ++i) {
        const FittedTogether::Made &a = read.together->makes[i], &b = written.together->makes[i];
        CHECK(a.path == b.path);
        CHECK(a.amounts == b.amounts);
        CHECK(a.fitted == b.fitted);
    }
    // And written again it is the same.
    CHECK(formats::write_flow(formats::uncertainty_node(change->uncertain)) ==
          formats::write_flow(formats::uncertainty_node(found.uncertain)));
}

TEST_CASE("paths that somebody has set since are certain") {
    const auto left = [](const std::string& scenario) {
        const formats::ScenarioReading reading = formats::read_scenario(scenario, "s.yaml");
        INFO(reading.diagnostics.show());
        REQUIRE(reading.scenario);
        std::vector<studies::UncertainInput> inputs = fitted().uncertain;
        formats::keep_as_fitted(*reading.scenario, inputs);
        std::string paths;
        for (const studies::UncertainInput& input : inputs)
            for (const FittedTogether::Made& made : input.together->makes) paths += made.path + " ";
        return paths;
    };
    CHECK(left(scenario("0.833333", "2.25s", "0s", "5.5s")) ==
          "hpc.launch hpc.speed flow.a.launch flow.defaults.delay ");
    CHECK(left(scenario("1", "2.25s", "0s", "6s")) == "hpc.launch flow.defaults.delay ");
    CHECK(left(scenario("1", "2s", "1s", "exponential(mean 5.5s)")).empty());
}
