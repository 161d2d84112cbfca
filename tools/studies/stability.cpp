#include "tools/studies/stability.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "kernel/intervals.h"

namespace understudy::studies {

namespace {

using models::EdgeKind;
using models::GraphIndex;
using models::VertexKind;

void add_pools_of(GraphIndex worker, const models::ScenarioGraph& graph, std::set<std::string>& pools) {
    for (const GraphIndex pool : graph.out(worker, EdgeKind::runs_on)) pools.insert(graph.graph()[pool].name);
}

/// Whatever comes before the vertices in the flow, themselves included.
std::set<GraphIndex> upstream_of(std::vector<GraphIndex> open, const models::ScenarioGraph& graph) {
    std::set<GraphIndex> seen(open.begin(), open.end());
    const models::Graph& g = graph.graph();
    while (!open.empty()) {
        const GraphIndex at = open.back();
        open.pop_back();
        auto visit = [&](GraphIndex next) {
            if (seen.insert(next).second) open.push_back(next);
        };
        for (auto [e, end] = boost::in_edges(at, g); e != end; ++e)
            if (g[*e].kind != EdgeKind::runs_on && g[*e].kind != EdgeKind::spends)
                visit(boost::source(*e, g));
        if (g[at].kind == VertexKind::pipeline)
            for (const GraphIndex task : graph.out(at, EdgeKind::part_of)) visit(task);
    }
    return seen;
}

bool is_of_the_station_alone(const models::Measure& measure) {
    using models::Metric;
    return measure.scope_to.empty() && measure.metric != Metric::freshness &&
           measure.metric != Metric::landed && measure.metric != Metric::cost;
}

}  // namespace

PoolsNeeded::PoolsNeeded(const models::Scenario& scenario)
    : graph_(scenario),
      blocks_(std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(),
                          [](const models::Stage& stage) {
                              return stage.queue.capacity != models::unlimited &&
                                     stage.queue.full == models::Queue::Full::block;
                          })) {}

std::set<std::string> PoolsNeeded::by(const models::Measure& measure) const {
    const models::Graph& g = graph_.graph();
    std::set<std::string> pools;
    const GraphIndex none = models::Graph::null_vertex();
    const GraphIndex stage = graph_.find(VertexKind::stage, measure.scope);
    const GraphIndex task = graph_.find(VertexKind::task, measure.scope);
    const GraphIndex pool = graph_.find(VertexKind::pool, measure.scope);
    if (!blocks_ && is_of_the_station_alone(measure) && (stage != none || task != none || pool != none)) {
        if (stage != none) add_pools_of(stage, graph_, pools);
        if (task != none) add_pools_of(task, graph_, pools);
        if (pool != none) pools.insert(measure.scope);
        return pools;
    }
    std::vector<GraphIndex> from;
    for (const std::string& name : {measure.scope, measure.scope_to})
        for (const VertexKind kind :
             {VertexKind::stream, VertexKind::stage, VertexKind::task, VertexKind::pipeline})
            if (const GraphIndex vertex = graph_.find(kind, name); !name.empty() && vertex != none)
                from.push_back(vertex);
    if (from.empty() || blocks_) {
        for (auto [v, end] = boost::vertices(g); v != end; ++v)
            if (g[*v].kind == VertexKind::pool) pools.insert(g[*v].name);
        return pools;
    }
    for (const GraphIndex vertex : upstream_of(from, graph_))
        if (g[vertex].kind == VertexKind::stage || g[vertex].kind == VertexKind::task)
            add_pools_of(vertex, graph_, pools);
    return pools;
}

std::optional<GrownLine> grown_line(std::span<const std::vector<double>> waiting, std::size_t from,
                                    double confidence) {
    constexpr std::size_t quarters = 4, fewest = 2;
    constexpr double half_as_much_again = 1.5, least_in_line = 1;
    double sums[quarters] = {};
    std::vector<double> rises;
    for (const std::vector<double>& one : waiting) {
        if (one.size() < from + quarters * fewest) return std::nullopt;
        const std::size_t length = (one.size() - from) / quarters;
        double means[quarters] = {};
        for (std::size_t q = 0; q < quarters; ++q) {
            for (std::size_t i = 0; i < length; ++i) means[q] += one[from + q * length + i];
            means[q] /= static_cast<double>(length);
            sums[q] += means[q];
        }
        rises.push_back(means[2] + means[3] - means[0] - means[1]);
    }
    const auto rise = kernel::student_interval(rises, confidence);
    if (!rise || rise->low <= 0) return std::nullopt;
    const double n = 2 * static_cast<double>(rises.size());
    const GrownLine found{(sums[0] + sums[1]) / n, (sums[2] + sums[3]) / n};
    const bool steadily = sums[0] < sums[1] && sums[1] < sums[2] && sums[2] < sums[3];
    if (!steadily || found.second < least_in_line || found.second < half_as_much_again * found.first)
        return std::nullopt;
    return found;
}

bool varies_over_time(const models::Scenario& scenario) {
    if (!scenario.twin.pipelines.empty()) return true;
    for (const models::Action& action : scenario.actions)
        if (action.verb != models::Action::Verb::alert) return true;
    for (const models::Load& load : scenario.loads)
        if (!load.profile.empty() || load.arrivals.kind == models::Arrivals::Kind::recorded ||
            load.from > 0 || load.until != kernel::never || load.count != models::unlimited)
            return true;
    auto steps = [](const models::Workers& workers) { return !workers.steps.empty(); };
    for (const models::Pool& pool : scenario.twin.pools)
        if (steps(pool.workers)) return true;
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.work.workers && steps(*stage.work.workers)) return true;
    return false;
}

std::string strays(const StationForecast& expected, const Estimate& simulated) {
    constexpr double points = 0.05;
    if (!expected.utilisation || expected.scales || !expected.stable || expected.critical || !simulated.low)
        return "";
    const double at = std::min(1.0, *expected.utilisation);
    if (at >= *simulated.low && at <= *simulated.high) return "";
    if (expected.at_most && *simulated.value < at) return "";
    if (std::fabs(at - *simulated.value) <= points) return "";
    char text[160];
    std::snprintf(text, sizeof text,
                  "was expected at %.3g%% utilisation and came out at %.3g%% (%.3g to %.3g%%)", 100 * at,
                  100 * *simulated.value, 100 * *simulated.low, 100 * *simulated.high);
    return "'" + expected.element + "' " + text +
           (expected.caveat.empty() ? "" : "; what is expected is approximate: " + expected.caveat);
}

std::string how_much_is_offered(const StationForecast& station) {
    if (!station.budget.empty() && std::isfinite(station.load))
        return "would spend " + percent(station.load) + " of what budget '" + station.budget +
               "' is filled by";
    if (std::isfinite(station.load))
        return "is offered " + percent(station.load) + " of what its workers can do";
    return std::isfinite(station.offered_load)
               ? "is offered work, and none of its workers can do any"
               : "is offered infinitely much work, as the mean of what it does is infinite";
}

}  // namespace understudy::studies
