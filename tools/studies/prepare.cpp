// What can be known of a run before anything is simulated.
#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "models/analytic/analytic_model.h"
#include "models/compile/compile.h"
#include "models/reach.h"
#include "tools/studies/run.h"
#include "tools/studies/stability.h"

namespace understudy::studies {

namespace {

using models::Measure;

/// Which measures are kept as series: each level of each element once, and of each load that is asked of alone.
std::vector<bool> series_of(const std::vector<Measure>& measures) {
    std::vector<bool> keep;
    std::set<std::tuple<models::Metric, std::string, std::string>> known;
    for (const Measure& measure : measures) {
        const bool level = models::kind_of(measure.metric) == models::MetricKind::level &&
                           measure.aggregate != models::Aggregate::at;
        keep.push_back(level && known.emplace(measure.metric, measure.scope, measure.of_load).second);
    }
    return keep;
}

/// The contract and the columns of a dataset, in lines.
std::string note_of(const models::Scenario& scenario, const std::string& stream) {
    std::string note;
    const auto line = [&](const std::string& text) { note += (note.empty() ? "" : "\n") + text; };
    for (const models::Dataset& dataset : scenario.twin.datasets) {
        if (dataset.name != stream) continue;
        if (!dataset.contract.empty()) line("contract: " + dataset.contract);
        for (const models::Column& column : dataset.columns)
            line("column " + column.name + (column.type.empty() ? "" : ": " + column.type));
    }
    return note;
}

void describe_graph(const models::Scenario& scenario, const models::ScenarioGraph& scenario_graph,
                    PreparedRun& prepared) {
    const models::Graph& graph = scenario_graph.graph();
    for (auto [v, end] = boost::vertices(graph); v != end; ++v) {
        const bool stream = graph[*v].kind == models::VertexKind::stream;
        prepared.nodes.push_back({graph[*v].name, models::name_of(graph[*v].kind), graph[*v].label,
                                  std::nullopt, stream ? note_of(scenario, graph[*v].name) : ""});
    }
    for (auto [e, end] = boost::edges(graph); e != end; ++e)
        prepared.edges.push_back({graph[boost::source(*e, graph)].name, graph[boost::target(*e, graph)].name,
                                  models::name_of(graph[*e].kind), graph[*e].share});
}

void warn_of_load(PreparedRun& prepared, models::Problems& problems) {
    if (!prepared.scenario.run.length) return;
    for (const StationForecast& station : prepared.forecast) {
        if (station.stable && !station.critical) continue;
        if (std::isinf(station.load) && station.offered_load == 0) {
            // Where it goes round stands in the scenario, and is said there (models/check).
            prepared.warnings.push_back({"'" + station.element + "': " + station.caveat});
            continue;
        }
        std::string text = "'" + station.element + "' " + how_much_is_offered(station);
        text +=
            station.critical ? ": its backlog grows without end, slowly" : ": its backlog grows without end";
        prepared.warnings.push_back({text});
        problems.push_back(
            {models::Problem::Severity::warning, "", text,
             station.budget.empty()
                 ? "add workers, or lower load or service"
                 : "fill '" + station.budget + "' faster, or lower the load; more workers help nothing"});
    }
}

void warn_of_closed_loops(PreparedRun& prepared) {
    for (const models::Load& load : prepared.scenario.loads)
        if (load.arrivals.kind == models::Arrivals::Kind::users)
            prepared.warnings.push_back({"load '" + load.name +
                                         "' is a closed loop and throttles itself: its users wait for their "
                                         "answers, so that a slow or stalled "
                                         "system is asked less and few of them see it; whom that would hide "
                                         "a promise from needs 'arrivals'"});
}

/// What the state that it begins with does not hold: a run has none of it.
void warn_of_what_is_missing(PreparedRun& prepared) {
    for (const std::string& what : prepared.scenario.twin.state.missing())
        prepared.warnings.push_back({"not in the state that the run begins with: " + what});
}

void warn_of_heavy_tails(PreparedRun& prepared, models::Problems& problems) {
    for (const HeavyTail& tail : prepared.heavy_tails) {
        const std::string text = warning_of(tail);
        prepared.warnings.push_back({text});
        problems.push_back(
            {models::Problem::Severity::warning, "", text, "give the law a max, or look at quantiles"});
    }
}

/// What formulas say of all that there is, simulated or not.
void foresee(const models::Scenario& scenario, const models::ScenarioGraph& graph, PreparedRun& prepared) {
    models::TrafficSolution traffic = models::solve_traffic(scenario, graph);
    const models::AnalyticModel formulas(scenario, graph, traffic);
    for (const Measure& measure : prepared.measures) prepared.answers.push_back(formulas.answer(measure));
    prepared.forecast = std::move(traffic.stations);
    describe_graph(scenario, graph, prepared);
}

/// Leaves out of a scenario what no promise and no measure depends on. What it was with that is given back.
std::optional<models::Scenario> leave_out_aggregated(PreparedRun& prepared) {
    if (prepared.scenario.run.detail != models::Detail::partial) return std::nullopt;
    std::vector<Measure> asked = prepared.scenario.measures;
    for (const models::Objective& objective : prepared.scenario.objectives)
        asked.push_back(objective.measure);
    models::Scenario whole = prepared.scenario;
    models::ReachedPart reached =
        models::reached_by(asked, std::move(prepared.scenario), models::ScenarioGraph(whole));
    prepared.scenario = std::move(reached.scenario);
    prepared.aggregated = std::move(reached.left_out);
    return whole;
}

}  // namespace

std::optional<PreparedRun> prepare(models::Scenario taken, models::Problems& problems, Measured measured) {
    PreparedRun prepared;
    prepared.scenario = std::move(taken);
    const std::optional<models::Scenario> with_aggregated = leave_out_aggregated(prepared);
    const models::Scenario& scenario = prepared.scenario;
    const models::ScenarioGraph graph(scenario);
    std::set<std::string> known;
    // What is promised twice, or promised and asked for, is measured, shown and compared once. Where somebody counts on the
    // numbers, one text may stand for several: a guard is measured anew in each bake.
    const auto add = [&](const Measure& measure) {
        if (known.insert(measure.text).second || measured != Measured::usual)
            prepared.measures.push_back(measure);
    };
    for (const models::Objective& objective : scenario.objectives) add(objective.measure);
    prepared.promised = prepared.measures.size();
    for (const Measure& measure : scenario.measures) add(measure);
    if (measured == Measured::usual) {
        std::vector<Measure> usual = models::default_measures(scenario, graph);
        // What a precision is of, where nothing else is asked for, stands first (precise_probes()).
        std::stable_partition(usual.begin(), usual.end(), [&](const Measure& measure) {
            return scenario.run.precision && known.empty() && measure.scope.empty() &&
                   measure.metric == models::Metric::latency &&
                   measure.aggregate == models::Aggregate::average;
        });
        // Of the whole system nothing is known where a part of it is not simulated.
        for (const Measure& measure : usual)
            if (prepared.aggregated.empty() || !measure.scope.empty()) add(measure);
    }
    prepared.model =
        models::compile(scenario, graph, prepared.measures, series_of(prepared.measures), problems);
    if (!prepared.model) return std::nullopt;
    if (measured == Measured::asked_untold) {
        prepared.forecast =
            with_aggregated
                ? models::solve_traffic(*with_aggregated, models::ScenarioGraph(*with_aggregated)).stations
                : models::solve_traffic(scenario, graph).stations;
        return prepared;
    }
    if (with_aggregated)
        foresee(*with_aggregated, models::ScenarioGraph(*with_aggregated), prepared);
    else
        foresee(scenario, graph, prepared);
    warn_of_load(prepared, problems);
    warn_of_closed_loops(prepared);
    warn_of_what_is_missing(prepared);
    prepared.heavy_tails = heavy_tails(scenario, graph, prepared.forecast);
    warn_of_heavy_tails(prepared, problems);
    prepared.rare_services = rare_services(scenario, graph, prepared.forecast);
    return prepared;
}

double estimate_trace_rows(const PreparedRun& prepared) {
    if (!prepared.scenario.run.length) return 0;
    double per_second = 0;
    // An item's way through a station takes about five rows: enter, start, finish, leave, land.
    for (const StationForecast& station : prepared.forecast) per_second += 5 * station.arrival_rate;
    return per_second * kernel::to_seconds(*prepared.scenario.run.length);
}

}  // namespace understudy::studies
