// Scenarios of tests/models/analytic, from their text to answers.
#pragma once

#include <memory>
#include <string>

#include "models/analytic/analytic_model.h"

namespace understudy::tests {

/// A scenario and what formulas say of it.
struct Answered {
    explicit Answered(models::Scenario given);
    models::Answer operator()(const std::string& measure) const;

    models::Scenario scenario;
    models::ScenarioGraph graph;
    models::TrafficSolution traffic;
    models::AnalyticModel model;
};

/// What is expected of a station; fails the test where there is none of that name.
const models::StationForecast& station_of(const Answered& answered, const std::string& name);

/// `text` is all but the first two keys. Fails the test where it is refused.
std::unique_ptr<Answered> answered(const std::string& text);

}  // namespace understudy::tests
