#include "tools/studies/run.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <set>

#include "kernel/intervals.h"
#include "kernel/random.h"
#include "kernel/replications.h"
#include "models/analytic/analytic_model.h"
#include "models/compile/compile.h"
#include "tools/studies/judge.h"
#include "tools/studies/pilots.h"
#include "tools/studies/precision.h"
#include "tools/studies/stability.h"

namespace understudy::studies {

namespace {

using models::Measure;

/// Which measures are kept as series: each level of each element once.
std::vector<bool> series_of(const std::vector<Measure>& measures) {
    std::vector<bool> keep;
    std::set<std::pair<models::Metric, std::string>> known;
    for (const Measure& measure : measures) {
        const bool level = models::kind_of(measure.metric) == models::MetricKind::level &&
                           measure.aggregate != models::Aggregate::at;
        keep.push_back(level && known.emplace(measure.metric, measure.scope).second);
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

void describe_graph(const models::ScenarioGraph& scenario_graph, PreparedRun& prepared) {
    const models::Graph& graph = scenario_graph.graph();
    for (auto [v, end] = boost::vertices(graph); v != end; ++v) {
        const bool stream = graph[*v].kind == models::VertexKind::stream;
        prepared.nodes.push_back({graph[*v].name, models::name_of(graph[*v].kind), graph[*v].label,
                                  std::nullopt, stream ? note_of(prepared.scenario, graph[*v].name) : ""});
    }
    for (auto [e, end] = boost::edges(graph); e != end; ++e)
        prepared.edges.push_back({graph[boost::source(*e, graph)].name, graph[boost::target(*e, graph)].name,
                                  models::name_of(graph[*e].kind), graph[*e].share});
}

void warn_of_load(PreparedRun& prepared, models::Problems& problems) {
    if (!prepared.scenario.run.length) return;
    for (const StationForecast& station : prepared.forecast) {
        if (station.stable && !station.critical) continue;
        std::string text =
            "'" + station.element + "' is offered " + percent(station.load) + " of what its workers can do";
        text +=
            station.critical ? ": its backlog grows without end, slowly" : ": its backlog grows without end";
        prepared.warnings.push_back({text});
        problems.push_back(
            {models::Problem::Severity::warning, "", text, "add workers, or lower load or service"});
    }
}

void warn_of_heavy_tails(PreparedRun& prepared, models::Problems& problems) {
    for (const HeavyTail& tail : prepared.heavy_tails) {
        char shape[32];
        std::snprintf(shape, sizeof shape, "%.4g", tail.shape);
        const std::string text = "what waits at '" + tail.stage +
                                 "' has no variance, as its service is pareto with " + "shape " + shape +
                                 ": intervals of its means hold less often than they say";
        prepared.warnings.push_back({text});
        problems.push_back(
            {models::Problem::Severity::warning, "", text, "give the law a max, or look at quantiles"});
    }
}

}  // namespace

RunProgress::Now RunProgress::now() const {
    const std::lock_guard lock(mutex_);
    Now now = now_;
    const double whole = static_cast<double>(now.of) * static_cast<double>(models::parts_of_a_replication);
    if (now.of > 0)
        now.share = std::min(1.0, static_cast<double>(parts_.load(std::memory_order_relaxed)) / whole);
    return now;
}

void RunProgress::begin(Phase phase, std::int64_t of, std::int64_t then, models::ShareOf share_of) {
    const std::lock_guard lock(mutex_);
    now_ = {phase, 0, of, 0, share_of, then, std::chrono::steady_clock::now()};
    parts_.store(0, std::memory_order_relaxed);
}

void RunProgress::one_ended() {
    const std::lock_guard lock(mutex_);
    ++now_.ended;
}

std::optional<PreparedRun> prepare(models::Scenario taken, models::Problems& problems, Measured measured) {
    PreparedRun prepared;
    prepared.scenario = std::move(taken);
    const models::Scenario& scenario = prepared.scenario;
    const models::ScenarioGraph graph(scenario);
    std::set<std::string> known;
    auto add = [&](const Measure& measure) {
        prepared.measures.push_back(measure);
        known.insert(measure.text);
    };
    for (const models::Objective& objective : scenario.objectives) add(objective.measure);
    for (const Measure& measure : scenario.measures) add(measure);
    if (measured == Measured::usual)
        for (const Measure& measure : models::default_measures(scenario, graph))
            if (!known.contains(measure.text)) add(measure);
    prepared.model =
        models::compile(scenario, graph, prepared.measures, series_of(prepared.measures), problems);
    if (!prepared.model) return std::nullopt;
    models::TrafficSolution traffic = models::solve_traffic(scenario, graph);
    const models::AnalyticModel formulas(scenario, graph, traffic);
    for (const Measure& measure : prepared.measures) prepared.answers.push_back(formulas.answer(measure));
    prepared.forecast = std::move(traffic.stations);
    describe_graph(graph, prepared);
    warn_of_load(prepared, problems);
    prepared.heavy_tails = heavy_tails(scenario, prepared.forecast);
    warn_of_heavy_tails(prepared, problems);
    return prepared;
}

namespace {

std::string hexadecimal(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

/// Pools whose lines grew over the run. Where load or workers vary over time a line that grew may shrink again:
/// that is said, and judged by nobody.
std::set<std::string> growing_lines(const PreparedRun& prepared,
                                    const std::vector<std::vector<std::vector<double>>>& series,
                                    kernel::Time warm_up, std::vector<Warning>& warnings) {
    const models::Scenario& scenario = prepared.scenario;
    std::set<std::string> growing;
    if (!scenario.run.length || prepared.model->sample <= 0) return growing;
    const auto from = static_cast<std::size_t>(warm_up / prepared.model->sample);
    const bool varies = varies_over_time(scenario);
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) {
        const Measure& measure = prepared.measures[i];
        if (measure.metric != models::Metric::waiting || !measure.of_load.empty() ||
            !prepared.model->probes[i].series)
            continue;
        const auto forecast =
            std::find_if(prepared.forecast.begin(), prepared.forecast.end(),
                         [&](const StationForecast& station) { return station.element == measure.scope; });
        if (forecast == prepared.forecast.end()) continue;
        const auto grew = growth(series[i], from, scenario.run.confidence);
        if (!grew) continue;
        const bool foreseen = !forecast->stable || forecast->critical;
        if (!varies) growing.insert(measure.scope);
        if (foreseen) continue;
        char text[160];
        const int digits = grew->second < 10 ? 1 : 0;
        std::snprintf(
            text, sizeof text,
            "the number in line grew over the run, from %.*f in its first half to %.*f in its second", digits,
            grew->first, digits, grew->second);
        warnings.push_back({"'" + measure.scope + "': " + text +
                            (varies ? "; where load varies over time it may shrink again in a longer run"
                                    : ", though the forecast calls it stable")});
    }
    return growing;
}

Doubts doubts_of(const Measure& measure, const PreparedRun& prepared, const models::ScenarioGraph& graph,
                 const std::set<std::string>& growing) {
    Doubts doubts;
    for (const std::string& pool : depends_on(measure, prepared.scenario, graph)) {
        doubts.growing = doubts.growing || growing.contains(pool);
        for (const StationForecast& station : prepared.forecast) {
            if (station.element != pool) continue;
            doubts.unstable = doubts.unstable || (!station.stable && !station.critical);
            doubts.critical = doubts.critical || station.critical;
        }
    }
    return doubts;
}

void warn_of_strays(const PreparedRun& prepared, RunResult& result) {
    // What actions do is not in the forecast, and a run until empty, or broken off, has no mean.
    const auto& actions = prepared.scenario.actions;
    if (!prepared.scenario.run.length || !result.broken_off.empty() ||
        std::any_of(actions.begin(), actions.end(),
                    [](const models::Action& action) { return action.verb != models::Action::Verb::alert; }))
        return;
    // Thousands of stations have tens of thousands of metrics.
    std::map<std::string_view, const MetricResult*> by_name;
    for (const MetricResult& metric : result.metrics) by_name.emplace(metric.name, &metric);
    for (const StationForecast& station : result.forecast)
        if (const auto found = by_name.find("avg utilisation(" + station.element + ")");
            found != by_name.end())
            if (const std::string text = strays(station, found->second->estimate); !text.empty())
                result.warnings.push_back({text});
}

/// Sections of a run, that what they keep for quantiles stays within half a gigabyte or so; enough for an interval in
/// any case.
std::size_t most_sections(const std::vector<Measure>& measures) {
    constexpr std::size_t bytes_of_quantiles = 16 << 10, bytes = 512 << 20;
    const auto quantiles =
        static_cast<std::size_t>(std::count_if(measures.begin(), measures.end(), [](const Measure& measure) {
            return measure.aggregate == models::Aggregate::quantile;
        }));
    return std::clamp<std::size_t>(bytes / (bytes_of_quantiles * (quantiles + 1)), 16, kernel::most_sections);
}

}  // namespace

Provenance provenance_of(const PreparedRun& prepared, const std::string& version) {
    const models::Scenario& scenario = prepared.scenario;
    return {scenario.name,
            scenario.text,
            hexadecimal(kernel::stable_hash(scenario.text)),
            scenario.run.seed,
            scenario.run.replications,
            version,
            {}};
}

RunResult run(const PreparedRun& prepared, const RunOptions& options) {
    const models::Scenario& scenario = prepared.scenario;
    const models::Run& settings = scenario.run;
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.stop ? *options.stop : never_stop;
    const unsigned threads = options.threads ? options.threads : kernel::default_threads();

    RunResult result;
    result.provenance = provenance_of(prepared, options.version);
    result.confidence = settings.confidence;
    result.currency = scenario.currency;
    if (prepared.model->calendar) result.start = prepared.model->calendar->text(0);
    if (settings.length) result.length_s = kernel::to_seconds(*settings.length);
    result.interval_s = kernel::to_seconds(prepared.model->sample);
    result.forecast = prepared.forecast;
    result.nodes = prepared.nodes;
    result.edges = prepared.edges;
    result.warnings = prepared.warnings;

    RunProgress unseen;
    RunProgress& progress = options.progress ? *options.progress : unseen;

    const Pilots pilots{prepared, options, threads, stop, progress};
    const WarmUpChoice warm_up = choose_warm_up(pilots);
    bool gap = !warm_up.interrupted.empty();
    if (!gap) result.warm_up_s = kernel::to_seconds(warm_up.cut);
    result.warm_up_reason = warm_up.reason;

    const std::size_t probes = prepared.measures.size();
    Seen nothing;
    nothing.sections = kernel::Sections(most_sections(prepared.measures));
    std::vector<Seen> seen(probes, nothing);
    std::vector<std::vector<std::vector<double>>> series(probes);
    std::uint64_t fingerprint = 0;
    std::map<std::string, std::int64_t> remarks;
    std::uint64_t draws_missing = 0;
    auto simulate = [&](std::int64_t index) {
        models::ReplicationOptions one;
        one.seed = settings.seed;
        one.index = static_cast<std::uint64_t>(index);
        one.warm_up = warm_up.cut;
        one.stop = &stop;
        one.progress = progress.parts();
        if (options.sink) one.sink = options.sink(index + 1);
        if (options.recorded) one.recorded = options.recorded(index + 1);
        auto outcome = models::run_replication(prepared.model, one);
        if (outcome && options.traced) options.traced(index + 1);
        return outcome;
    };
    auto reduce = [&](std::int64_t index, std::optional<models::ReplicationOutcome> outcome) {
        if (gap || !outcome) {
            gap = true;  // given up: what comes after it is not a prefix any more
            return;
        }
        for (std::size_t i = 0; i < probes; ++i) {
            seen[i].add(*outcome, i, static_cast<std::size_t>(index));
            if (prepared.model->probes[i].series) series[i].push_back(std::move(outcome->series[i]));
        }
        fingerprint = kernel::mix_bits(fingerprint ^ outcome->fingerprint);
        result.events += outcome->events;
        draws_missing += outcome->draws_missing;
        if (!outcome->stopped.empty()) ++remarks["a replication ended early: " + outcome->stopped];
        std::string broken_off = outcome->broken_off ? outcome->stopped : "";
        if (!outcome->deadlock.empty()) {
            broken_off.clear();
            for (const auto& name : outcome->deadlock)
                broken_off += (broken_off.empty() ? "deadlock at " : ", ") + name;
            ++remarks[broken_off + ": items wait for each other's places for ever"];
        }
        if (result.broken_off.empty()) result.broken_off = broken_off;
        for (const auto& [time, text] : outcome->alerts) ++remarks["alert: " + text];
        result.replications_done = index + 1;
        progress.one_ended();
    };
    std::int64_t wanted = settings.replications;
    if (settings.precision && !gap) {
        const PrecisionPlan plan = plan_replications(pilots, warm_up.cut, nothing);
        if (plan.interrupted.empty())
            wanted = plan.replications;
        else
            result.warnings.push_back({plan.interrupted});
        gap = !plan.interrupted.empty();
    }
    const auto simulate_up_to = [&](std::int64_t last) {
        progress.begin(RunProgress::Phase::replications, last - result.replications_done, 0,
                       models::share_of(*prepared.model));
        kernel::replicate(result.replications_done, last, threads, stop, simulate, reduce);
    };
    if (!gap) simulate_up_to(wanted);
    // Rarely, as the plan allows for chance: those that count turn out too few.
    if (settings.precision)
        while (!gap && !stop && result.replications_done == wanted) {
            const std::int64_t needed = replications_needed(prepared, seen, false);
            if (needed <= wanted) break;
            simulate_up_to(wanted = std::min(needed, 2 * wanted));
        }
    progress.begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing);
    if (settings.precision && result.replications_done == wanted)
        say_of_precision(prepared, seen, wanted, result);

    result.provenance.replications = wanted;
    result.interrupted = result.replications_done < wanted;
    result.fingerprint = hexadecimal(fingerprint);
    for (const auto& [text, count] : remarks)
        result.warnings.push_back({text + (count > 1 ? " (" + std::to_string(count) + " times)" : "")});
    if (draws_missing > 0 && options.recorded)
        result.warnings.push_back(
            {std::to_string(draws_missing) + " draws were not in the recording and drawn anew"});
    if (!warm_up.interrupted.empty()) result.warnings.push_back({warm_up.interrupted});
    if (warm_up.too_short)
        result.warnings.push_back({"the run is too short to tell its warm-up from its steady state"});

    std::optional<models::ScenarioGraph> graph;  // large scenarios that promise nothing need none
    if (settings.length && !scenario.objectives.empty()) graph.emplace(scenario);
    const std::set<std::string> growing = growing_lines(prepared, series, warm_up.cut, result.warnings);
    for (std::size_t i = 0; i < probes; ++i) {
        const Measure& measure = prepared.measures[i];
        const std::string& element = measure.scope_to.empty() ? measure.scope : measure.scope_to;
        if (i < scenario.objectives.size()) {
            Doubts doubts;
            if (graph) doubts = doubts_of(measure, prepared, *graph, growing);
            doubts.warm_up = warm_up.too_short;
            doubts.broken_off = result.broken_off;
            result.objectives.push_back(judge(scenario.objectives[i], seen[i], settings.confidence, doubts));
            result.objectives.back().unit = models::unit_of(measure, scenario);
        }
        MetricResult metric;
        metric.name = measure.text;
        metric.element = element;
        metric.unit = models::unit_of(measure, scenario);
        metric.expected = prepared.answers[i];
        metric.estimate = estimate(measure, seen[i], settings.confidence);
        if (!metric.estimate.value) metric.no_data = "nothing was observed";
        metric.by_section = by_section(measure, seen[i], settings.confidence);
        metric.by_replication = std::move(seen[i].by_replication);
        metric.sections = seen[i].sections.all();
        if (prepared.model->probes[i].series && !series[i].empty()) {
            Measure level = measure;
            level.aggregate = models::Aggregate::average;
            result.series.push_back({std::string(models::name_of(measure.metric)) + "(" + measure.scope + ")",
                                     element, models::unit_of(level, scenario), std::move(series[i])});
        }
        result.metrics.push_back(std::move(metric));
    }
    warn_of_strays(prepared, result);
    for (GraphNode& node : result.nodes)
        for (std::size_t i = 0; i < probes; ++i)
            if (prepared.measures[i].metric == models::Metric::utilisation &&
                prepared.measures[i].aggregate == models::Aggregate::average &&
                prepared.measures[i].scope == node.name && (node.kind == "pool" || node.kind == "stage"))
                node.utilisation = result.metrics[i].estimate.value;
    conclude(result);
    return result;
}

double estimate_trace_rows(const PreparedRun& prepared) {
    if (!prepared.scenario.run.length) return 0;
    double per_second = 0;
    // An item's way through a station takes about five rows: enter, start, finish, leave, land.
    for (const StationForecast& station : prepared.forecast) per_second += 5 * station.arrival_rate;
    return per_second * kernel::to_seconds(*prepared.scenario.run.length);
}

}  // namespace understudy::studies
