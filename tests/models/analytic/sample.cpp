#include "tests/models/analytic/sample.h"

#include <doctest/doctest.h>

#include <utility>

#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_reader.h"

namespace understudy::tests {

Answered::Answered(models::Scenario given)
    : scenario(std::move(given)),
      graph(scenario),
      traffic(models::solve_traffic(scenario, graph)),
      model(scenario, graph, traffic) {}

models::Answer Answered::operator()(const std::string& measure) const {
    return model.answer(formats::read_measure(measure));
}

std::unique_ptr<Answered> answered(const std::string& text) {
    auto reading = formats::read_scenario("understudy: 1\nscenario: sample\n" + text, "sample.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::make_unique<Answered>(std::move(*reading.scenario));
}

const models::StationForecast& station_of(const Answered& answered, const std::string& name) {
    for (const models::StationForecast& station : answered.traffic.stations)
        if (station.element == name) return station;
    FAIL("no such station");
    return answered.traffic.stations.front();
}

}  // namespace understudy::tests
