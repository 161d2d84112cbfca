#include "models/analytic/known_system.h"

#include <cmath>

#include "models/analytic/known_system_finder.h"

namespace understudy::models {

void KnownSystem::set_law(Metric metric, const std::string& scope, const Phases& law,
                          const std::string& load) {
    set_spread(metric, scope, {[law](double p) { return models::quantile(law, p); }, variance(law)}, load);
}

void KnownSystem::set_way(const std::string& from, const std::string& to, double mean, const Phases& law) {
    values_[{Aggregate::average, Metric::latency, from, "", to}] = mean;
    spreads_[{Aggregate::quantile, Metric::latency, from, "", to}] = {
        [law](double p) { return models::quantile(law, p); }, variance(law)};
}

Answer KnownSystem::as_answer(double value) const {
    Answer answer;
    answer.kind = error_ > 0 ? Answer::Kind::approximate : Answer::Kind::exact;
    answer.value = value;
    answer.error = error_;
    answer.method = method_;
    answer.why = why_;
    return answer;
}

std::optional<Answer> KnownSystem::answer(const Measure& measure) const {
    const auto found =
        values_.find({measure.aggregate, measure.metric, measure.scope, measure.of_load, measure.scope_to});
    if (found != values_.end() && std::isfinite(found->second)) return as_answer(found->second);
    const bool quantile = measure.aggregate == Aggregate::quantile;
    if (!quantile && measure.aggregate != Aggregate::variance && measure.aggregate != Aggregate::deviation)
        return std::nullopt;
    const auto spread = spreads_.find(
        {Aggregate::quantile, measure.metric, measure.scope, measure.of_load, measure.scope_to});
    if (spread == spreads_.end()) return std::nullopt;
    std::optional<double> value = spread->second.variance;
    if (quantile) value = spread->second.quantile ? spread->second.quantile(measure.quantile) : std::nullopt;
    if (!value || !std::isfinite(*value)) return std::nullopt;
    return as_answer(measure.aggregate == Aggregate::deviation ? std::sqrt(*value) : *value);
}

std::vector<KnownSystem> known_systems(const Scenario& scenario, const ScenarioGraph& graph,
                                       const TrafficSolution& traffic, const std::vector<bool>& open) {
    return KnownSystemFinder(scenario, graph, traffic).find(open);
}

}  // namespace understudy::models
