#include "tools/studies/dependence.h"

#include <algorithm>

#include "kernel/autocorrelation.h"

namespace understudy::studies {

namespace {

/// So many independent stretches have to be beyond a quantile. Measured in tests/tools/studies/coverage.cpp: with eight,
/// intervals of p(99) held in four runs of five; with twelve, as many as 12 of 1000 runs of a third of the length that it
/// takes saw a short memory by chance, and were judged.
constexpr double least_beyond = 14;

}  // namespace

States::States(const PreparedRun& prepared) {
    const models::Scenario& scenario = prepared.scenario;
    if (!scenario.run.length || !scenario.twin.pipelines.empty() || scenario.loads.empty()) return;
    needed_.emplace(scenario);
    const models::ScenarioGraph& graph = needed_->graph();
    const models::GraphIndex none = models::Graph::null_vertex();
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) {
        const models::Measure& measure = prepared.measures[i];
        if (measure.metric != models::Metric::present || !measure.of_load.empty() ||
            !prepared.model->probes[i].series)
            continue;
        const std::size_t position = all_.size();
        if (measure.scope.empty()) {
            all_.push_back(i);
            continue;
        }
        const auto stage = graph.find(models::VertexKind::stage, measure.scope);
        const bool is_pool = graph.find(models::VertexKind::pool, measure.scope) != none;
        if (stage == none && !is_pool) continue;
        all_.push_back(i);
        if (is_pool) of_pool_[measure.scope].push_back(position);
        if (stage == none) continue;
        for (const models::GraphIndex pool : graph.out(stage, models::EdgeKind::runs_on))
            if (const std::string& name = graph.graph()[pool].name; !is_pool || name != measure.scope)
                of_pool_[name].push_back(position);
    }
    // Of thousands of stations each would take longer than the run: then the whole has to do.
    constexpr std::size_t most_states = 512;
    if (all_.size() <= most_states) return;
    std::erase_if(all_, [&](std::size_t probe) { return !prepared.measures[probe].scope.empty(); });
    of_pool_.clear();
}

std::vector<std::size_t> States::of(const models::Measure& measure) const {
    std::vector<std::size_t> positions;
    if (needed_ && !measure.scope.empty())
        for (const std::string& pool : needed_->by(measure))
            if (const auto found = of_pool_.find(pool); found != of_pool_.end())
                positions.insert(positions.end(), found->second.begin(), found->second.end());
    if (positions.empty())
        for (std::size_t i = 0; i < all_.size(); ++i) positions.push_back(i);
    return positions;
}

std::vector<std::optional<Dependence>> dependence(const PreparedRun& prepared,
                                                  std::span<const std::vector<std::vector<double>>> series,
                                                  kernel::Time warm_up) {
    std::vector<std::optional<Dependence>> found(prepared.measures.size());
    const kernel::Time sample = prepared.model->sample;
    if (sample <= 0 || !prepared.scenario.run.length) return found;
    // What grows without end remembers everything, whatever else is steady.
    for (const StationForecast& station : prepared.forecast)
        if (!station.stable || station.critical) return found;
    const States states(prepared);
    const auto cut = static_cast<std::size_t>(warm_up / sample);
    std::vector<double> remembers;  // in places, by state
    std::size_t replications = 0;
    for (const std::size_t probe : states.all()) {
        replications = series[probe].size();
        if (replications < 2) return found;
        std::vector<std::vector<double>> counted;
        for (const std::vector<double>& one : series[probe])
            counted.emplace_back(one.begin() + static_cast<std::ptrdiff_t>(std::min(cut, one.size())),
                                 one.end());
        remembers.push_back(kernel::relaxation(counted));
    }
    const auto length = static_cast<double>(*prepared.scenario.run.length);
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::size_t longest = states.all().size();
        for (const std::size_t state : states.of(prepared.measures[i]))
            if (longest == states.all().size() || remembers[state] > remembers[longest]) longest = state;
        if (longest == states.all().size() || remembers[longest] < 2) continue;
        const double time = remembers[longest] * static_cast<double>(sample);
        found[i] = Dependence{
            length / time,
            static_cast<double>(replications) * (length - static_cast<double>(warm_up)) / (2 * time),
            prepared.measures[states.all()[longest]].scope};
    }
    return found;
}

bool is_short(const std::optional<Dependence>& dependence, double least) {
    return dependence && dependence->lengths < least;
}

bool is_short(std::span<const std::optional<Dependence>> dependence, std::size_t count, double least) {
    const auto first = dependence.first(std::min(count, dependence.size()));
    return std::any_of(first.begin(), first.end(), [&](const auto& one) { return is_short(one, least); });
}

double times_for_tail(const models::Measure& measure, const Seen& seen) {
    if (measure.aggregate != models::Aggregate::quantile || seen.stretches <= 0 || seen.sections.empty())
        return 0;
    double items = 0;
    for (const kernel::Observed& section : seen.sections.all()) {
        if (section.of == kernel::Observed::Of::time) items = seen.stretches;
        items += section.weight;
    }
    if (items < seen.stretches) return 0;
    return least_beyond / (seen.stretches * std::min(measure.quantile, 1 - measure.quantile));
}

}  // namespace understudy::studies
