// What can be said of measures without a simulation.
//
// What is refused, with the reason: measures of a part of the run, extremes, what has no formula, and what has no
// steady state. Pure, thread-safe; a few milliseconds for hundreds of stations.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/analytic/answer.h"
#include "models/analytic/known_system.h"
#include "models/analytic/network.h"
#include "models/analytic/traffic.h"
#include "models/graph.h"
#include "models/measure.h"
#include "models/scenario.h"

namespace understudy::models {

class AnalyticModel {
public:
    /// Keeps references to the scenario and the solution.
    AnalyticModel(const Scenario& scenario, const ScenarioGraph& graph, const TrafficSolution& traffic);

    Answer answer(const Measure& measure) const;

private:
    struct Part;
    Answer of_network(const Measure& measure) const;
    std::optional<Answer> of_known_system(const Measure& measure) const;
    Answer look_up(const Measure& measure) const;
    Answer of_stage(const Measure& measure, std::size_t stage) const;
    Answer of_station(const Measure& measure, std::size_t station) const;
    Answer of_whole(const Measure& measure, std::size_t load) const;
    Answer whole_quantile(const Measure& measure) const;
    bool comes_back(std::size_t stage) const;
    Answer utilisation(const std::string& element, std::size_t station) const;
    Answer cost_rate() const;
    const StationForecast* forecast_of(const std::string& element) const;
    std::string starts_empty() const;

    const Scenario& scenario_;
    const TrafficSolution& traffic_;
    Network network_;
    std::vector<KnownSystem> known_;
    std::map<std::string, const StationForecast*> forecasts_;
    std::map<std::string, std::size_t> stages_, stations_, loads_;
    std::string refused_;  ///< why nothing is known of any measure
    // of the whole scenario, looked up once for all measures
    std::vector<std::optional<double>> items_in_each_;  ///< by stage
    std::string trouble_;
    bool loses_after_tries_, tries_again_at_once_, shares_pools_;
};

}  // namespace understudy::models
