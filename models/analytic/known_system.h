// What is known of single stages and small systems that have a mechanism which the network's formulas (network.h) leave out:
// arrivals that go by states, units that several classes take of one pool, workers that pause, fail or start, bundles.
//
// A system is recognised only where nothing else takes part: loads come straight to it, by Poisson arrivals unless said,
// and all other mechanisms of its stages, workers and loads are off (models/analytic/obstacles.h). It answers a closed list
// of measures, each by its own formula; what is not on the list is not known. Values are those of the steady state, in the
// units of models/measure.h. Pure, thread-safe; what would take long is refused.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/analytic/answer.h"
#include "models/analytic/traffic.h"
#include "models/analytic/transforms.h"
#include "models/graph.h"
#include "models/measure.h"
#include "models/scenario.h"

namespace understudy::models {

class KnownSystem {
public:
    explicit KnownSystem(std::string method) : method_(std::move(method)) {}

    /// `scope`: an element; empty: all that there is. `load`: only items of it; empty: all.
    void set(Aggregate aggregate, Metric metric, const std::string& scope, double value,
             const std::string& load = "") {
        values_[{aggregate, metric, scope, load}] = value;
    }
    /// Quantiles, the variance and the deviation. Of a law of which one is not known the function gives nothing.
    struct Spread {
        std::function<std::optional<double>(double p)> quantile;
        std::optional<double> variance;
    };
    void set_spread(Metric metric, const std::string& scope, Spread spread, const std::string& load = "") {
        spreads_[{Aggregate::quantile, metric, scope, load}] = std::move(spread);
    }
    void set_law(Metric metric, const std::string& scope, const Phases& law, const std::string& load = "");
    /// Of `latency(from -> to)`.
    void set_way(const std::string& from, const std::string& to, double mean, const Phases& law);
    /// Values are approximate: off by that share at most, and why.
    void approximate(double error, std::string why) {
        error_ = error;
        why_ = std::move(why);
    }

    /// Nothing where the measure is not on the list.
    std::optional<Answer> answer(const Measure& measure) const;

private:
    struct Key {
        Aggregate aggregate = Aggregate::average;
        Metric metric = Metric::latency;
        std::string scope, load, scope_to = {};
        auto operator<=>(const Key&) const = default;
    };
    Answer as_answer(double value) const;

    std::string method_, why_;
    double error_ = 0;
    std::map<Key, double> values_;
    std::map<Key, Spread> spreads_;
};

/// All that are found in a scenario; `open` says of which stages something is left to find.
std::vector<KnownSystem> known_systems(const Scenario& scenario, const ScenarioGraph& graph,
                                       const TrafficSolution& traffic, const std::vector<bool>& open);

}  // namespace understudy::models
