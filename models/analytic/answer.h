// What can be said of measures without a simulation: exact, approximate, or refused with the reason.
//
// Values are those of the steady state, in the units of models/measure.h. A value is `exact` where a product form or a
// closed form gives it; rounding is all that it is off by. It is `approximate` where a formula is known to be near,
// with the mechanism that spoils exactness and how far such values were found to be off. Everything else is refused:
// measures of a part of the run, extremes, what has no formula, and what has no steady state. Pure, thread-safe; a few
// milliseconds for hundreds of stations.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/analytic/network.h"
#include "models/analytic/traffic.h"
#include "models/graph.h"
#include "models/measure.h"
#include "models/scenario.h"

namespace understudy::models {

struct Answer {
    enum class Kind { exact, approximate, refused };
    Kind kind = Kind::refused;
    double value = 0;      ///< unless refused
    double error = 0;      ///< of an approximation: as a share of the value; infinite: not known
    std::string method;    ///< unless refused: "Erlang C"
    std::string why;       ///< of an approximation its caveat; of a refusal the reason
    bool unstable = false, critical = false;  ///< of a refusal: there is no steady state
};
const char* name_of(Answer::Kind kind);

class AnalyticModel {
public:
    /// Keeps references to the scenario and the solution.
    AnalyticModel(const Scenario& scenario, const ScenarioGraph& graph, const TrafficSolution& traffic);

    Answer answer(const Measure& measure) const;

private:
    struct Part;
    Answer of_stage(const Measure& measure, std::size_t stage) const;
    Answer of_station(const Measure& measure, std::size_t station) const;
    Answer of_whole(const Measure& measure, std::size_t load) const;
    Answer whole_quantile(const Measure& measure) const;
    Answer utilisation(const std::string& element, std::size_t station) const;
    Answer cost_rate() const;
    const StationForecast* forecast_of(const std::string& element) const;
    std::string starts_empty() const;

    const Scenario& scenario_;
    const TrafficSolution& traffic_;
    Network network_;
    std::map<std::string, const StationForecast*> forecasts_;
    std::map<std::string, std::size_t> stages_, stations_, loads_;
    std::string refused_;  ///< why nothing is known of any measure
};

}  // namespace understudy::models
