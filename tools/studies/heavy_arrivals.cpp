#include "tools/studies/heavy_arrivals.h"

#include <algorithm>
#include <set>
#include <utility>

#include "models/analytic/traffic.h"
#include "tools/studies/moments_of_law.h"

namespace understudy::studies {

using models::Arrivals;
using models::EdgeKind;
using models::Load;
using models::Scenario;
using models::VertexKind;

namespace {

/// A time that an arrival may be away for, or that a number of them goes by.
struct Irregular {
    std::string cause;
    double moments = all_moments;
    void least(const std::string& other, double moments_below) {
        if (moments_below < moments) *this = {other, moments_below};
    }
};

std::string stay_of(const Load& load, const Arrivals::State& state) {
    return "the stay of '" + state.name + "' of '" + load.name + "'";
}

/// From one arrival to the next.
Irregular between_arrivals(const Load& load) {
    Irregular found;
    if (load.arrivals.kind == Arrivals::Kind::every)
        found.least("the time between arrivals of '" + load.name + "'",
                    moments_below(load.arrivals.interval));
    if (load.arrivals.kind == Arrivals::Kind::states)
        for (const Arrivals::State& state : load.arrivals.states)
            if (state.rate == 0) found.least(stay_of(load, state), moments_below(state.stay));
    return found;
}

Irregular of_numbers(const Load& load) {
    Irregular found = between_arrivals(load);
    if (load.arrivals.kind == Arrivals::Kind::states && load.arrivals.states.size() > 1)
        for (const Arrivals::State& state : load.arrivals.states)
            found.least(stay_of(load, state), moments_below(state.stay));
    return found;
}

class FinderOfArrivals {
public:
    FinderOfArrivals(const Scenario& scenario, const models::ScenarioGraph& graph)
        : scenario_(scenario), graph_(graph) {}

    std::vector<HeavyTail> find() {
        using What = HeavyTail::What;
        // Of a run that ends by itself there is no long run.
        if (!scenario_.run.length) return {};
        // What is around each element takes long in a large twin, where mostly no load has a tail.
        if (std::none_of(scenario_.loads.begin(), scenario_.loads.end(), [](const Load& load) {
                return std::min(of_numbers(load).moments, between_arrivals(load).moments) < all_moments;
            }))
            return {};
        for (const Load& load : scenario_.loads) {
            const Irregular numbers = of_numbers(load);
            if (numbers.moments > 2) continue;
            Surroundings at = around(graph_.find(VertexKind::load, load.name), graph_);
            add_pools(at);
            add(std::move(at), What::number, numbers, numbers.moments);
        }
        for (const models::Dataset& dataset : scenario_.twin.datasets) {
            const auto vertex = graph_.find(VertexKind::stream, dataset.name);
            if (vertex == models::Graph::null_vertex()) continue;
            Surroundings at = around(vertex, graph_);
            const auto [left, why] = left_until_next(at);
            add(std::move(at), What::freshness, why, left);
        }
        for (const models::Stage& stage : scenario_.twin.stages) {
            const bool gathers = stage.batch && !stage.batch->after;
            const bool awaits =
                stage.join && stage.join->of == models::Join::Of::inputs && !stage.join->within;
            if (!gathers && !awaits) continue;
            const Surroundings at = around(graph_.find(VertexKind::stage, stage.name), graph_);
            if (gathers) {
                const auto [left, why] = left_until_next(at);
                add(at, What::gathering, why, left + 1);
                add(at, What::age, why, left);
            }
            if (awaits) look_at_inputs(stage, at);
        }
        return std::move(tails_);
    }

private:
    /// What is left of the time until something comes there.
    std::pair<double, Irregular> left_until_next(const Surroundings& at) const {
        // What pipelines write has their schedules.
        for (const models::Pipeline& pipeline : scenario_.twin.pipelines)
            if (at.before.contains(pipeline.name)) return {all_moments, {}};
        double left = at.loads.empty() ? all_moments : 0;
        Irregular why;
        for (const Load& load : scenario_.loads) {
            if (!at.loads.contains(load.name)) continue;
            const Irregular one = between_arrivals(load);
            left += one.moments - 1;
            why.least(one.cause, one.moments);
        }
        return {left, why};
    }

    /// Who is there waits for what comes by itself, but not for his own other half.
    void look_at_inputs(const models::Stage& stage, const Surroundings& at) {
        std::vector<Surroundings> inputs;
        for (const std::string& stream : stage.reads)
            inputs.push_back(around(graph_.find(VertexKind::stream, stream), graph_));
        for (const Surroundings& awaited : inputs) {
            const bool by_itself = std::any_of(inputs.begin(), inputs.end(), [&](const Surroundings& other) {
                return std::none_of(other.loads.begin(), other.loads.end(),
                                    [&](const std::string& load) { return awaited.loads.contains(load); });
            });
            if (!by_itself) continue;
            const auto [left, why] = left_until_next(awaited);
            add(at, HeavyTail::What::gathering, why, left);
            add(at, HeavyTail::What::age, why, left);
        }
    }

    void add_pools(Surroundings& at) const {
        const models::Graph& g = graph_.graph();
        std::set<std::string> pools;
        for (auto [v, end] = boost::vertices(g); v != end; ++v)
            if (at.behind.contains(g[*v].name))
                for (const models::GraphIndex pool : graph_.out(*v, EdgeKind::runs_on))
                    pools.insert(g[pool].name);
        at.behind.merge(pools);
    }

    void add(Surroundings at, HeavyTail::What what, const Irregular& why, double moments) {
        if (moments > 2) return;
        HeavyTail tail(std::move(at));
        tail.what = what;
        tail.cause = why.cause;
        tail.shape = why.moments;
        tail.moments = moments;
        tail.in_line = false;
        tails_.push_back(std::move(tail));
    }

    const Scenario& scenario_;
    const models::ScenarioGraph& graph_;
    std::vector<HeavyTail> tails_;
};

}  // namespace

std::vector<HeavyTail> tails_of_arrivals(const Scenario& scenario, const models::ScenarioGraph& graph) {
    return FinderOfArrivals(scenario, graph).find();
}

std::map<std::string, HeavyBurst> heavy_bursts(const Scenario& scenario, const models::ScenarioGraph& graph,
                                               std::span<const StationForecast> forecast) {
    std::map<std::string, HeavyBurst> bursts;
    if (!scenario.run.length) return bursts;
    std::set<std::string> stable;
    for (const StationForecast& station : forecast)
        if (station.stable) stable.insert(station.element);
    for (std::size_t i = 0; i < scenario.loads.size(); ++i) {
        const Load& load = scenario.loads[i];
        if (load.arrivals.kind != Arrivals::Kind::states) continue;
        for (const Arrivals::State& state : load.arrivals.states) {
            const double moments = moments_below(state.stay);
            if (moments > 3) continue;
            Scenario lasting = scenario;
            lasting.loads[i].arrivals.kind = Arrivals::Kind::poisson;
            lasting.loads[i].arrivals.rate = state.rate;
            for (const StationForecast& station : models::forecast(lasting, graph)) {
                if (station.stable || !stable.contains(station.element)) continue;
                const auto [place, is_new] =
                    bursts.emplace(station.element, HeavyBurst{stay_of(load, state), moments});
                if (!is_new && moments < place->second.moments)
                    place->second = {stay_of(load, state), moments};
            }
        }
    }
    return bursts;
}

}  // namespace understudy::studies
