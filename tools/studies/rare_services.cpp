#include "tools/studies/rare_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "kernel/rare_values.h"

namespace understudy::studies {

using models::EdgeKind;
using models::GraphIndex;
using models::Law;
using models::Scenario;
using models::Term;
using models::VertexKind;

namespace {

/// The one load that comes to each vertex.
class LoadsAt {
public:
    LoadsAt(const Scenario& scenario, const models::ScenarioGraph& graph)
        : scenario_(scenario), graph_(graph) {}

    /// Nothing where it is none or several.
    const models::Load* only_one(GraphIndex vertex) {
        if (at_.empty()) follow_all();
        return at_[vertex] < 0 ? nullptr : &scenario_.loads[static_cast<std::size_t>(at_[vertex])];
    }

private:
    static constexpr std::int64_t none = -1, several = -2;

    void follow_all() {
        const models::Graph& g = graph_.graph();
        at_.assign(boost::num_vertices(g), none);
        std::vector<GraphIndex> open;
        for (std::size_t load = 0; load < scenario_.loads.size(); ++load) {
            // Where several have been, all that comes behind has them already.
            const auto arrive = [&](GraphIndex vertex) {
                const auto mark = at_[vertex] == none ? static_cast<std::int64_t>(load) : several;
                if (at_[vertex] == static_cast<std::int64_t>(load) || at_[vertex] == several) return;
                at_[vertex] = mark;
                open.push_back(vertex);
            };
            arrive(graph_.find(VertexKind::load, scenario_.loads[load].name));
            while (!open.empty()) {
                const GraphIndex at = open.back();
                open.pop_back();
                for (auto [e, end] = boost::out_edges(at, g); e != end; ++e)
                    if (g[*e].kind != EdgeKind::runs_on && g[*e].kind != EdgeKind::spends)
                        arrive(boost::target(*e, g));
            }
        }
    }

    const Scenario& scenario_;
    const models::ScenarioGraph& graph_;
    std::vector<std::int64_t> at_;
};

/// What items of a load have, where no stage gives them another.
const Law* carried(const Term& term, const models::Load& load, const Scenario& scenario) {
    const std::string& field = term.field.empty() ? term.per_field : term.field;
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.batch || std::any_of(stage.emits.fields.begin(), stage.emits.fields.end(),
                                       [&](const auto& given) { return given.first == field; }))
            return nullptr;
    if (!field.empty()) {
        const auto found = std::find_if(load.fields.begin(), load.fields.end(),
                                        [&](const auto& given) { return given.first == field; });
        return found == load.fields.end() ? nullptr : &found->second;
    }
    return term.per == models::Per::bytes ? &load.size : &load.records;
}

bool is_plain(const Term& term) {
    return term.field.empty() && !term.recorded && term.per == models::Per::once;
}

/// The one law that a term varies by, and what times it the term is; nothing where it varies by several.
struct Varies {
    kernel::Distribution law = kernel::Distribution::constant(0);
    double scale = 1;
};
std::optional<Varies> varies_by(const Term& term, const Scenario& scenario, const models::Load* load) {
    if (term.recorded || term.per == models::Per::item) return std::nullopt;
    if (is_plain(term)) return Varies{term.law, 1};
    // A field times something of the item, and a draw times what itself is random, are of two laws.
    if (!term.field.empty() && term.per != models::Per::once) return std::nullopt;
    if (term.field.empty() && term.law.variance() > 0) return std::nullopt;
    const Law* law = load == nullptr ? nullptr : carried(term, *load, scenario);
    if (law == nullptr || law->terms.size() != 1 || !is_plain(law->terms[0])) return std::nullopt;
    const double unit = term.per == models::Per::bytes ? term.per_amount : 1;
    return Varies{law->terms[0].law, term.field.empty() ? term.law.mean() / unit : 1};
}

/// The random term of a service, as a part of its second moment.
std::optional<std::pair<kernel::Distribution, double>> random_term(const Law& service,
                                                                   const Scenario& scenario,
                                                                   const models::Load* load) {
    double mean = 0;
    std::optional<Varies> random;
    for (const Term& term : service.terms) {
        const auto varies = varies_by(term, scenario, load);
        if (!varies) return std::nullopt;
        mean += varies->scale * varies->law.mean();
        if (varies->law.variance() == 0) continue;
        if (random) return std::nullopt;
        random = varies;
    }
    // Without a variance it is a heavy tail (heavy_tails.h).
    if (!random || !std::isfinite(random->law.variance()) || !(random->law.lower_end() >= 0))
        return std::nullopt;
    const double squared = random->scale * random->scale;
    const double moment = random->law.variance() + random->law.mean() * random->law.mean();
    return std::pair(random->law, squared * moment / (squared * random->law.variance() + mean * mean));
}

/// Is there a line in which one slow service holds up all?
bool is_held_up(const models::Stage& stage, const StationForecast& station) {
    const models::Workers& workers = *stage.work.workers;
    const bool one_to_spare = station.workers - std::floor(station.offered_load) <= 1;
    const bool waits = stage.queue.capacity == models::unlimited && stage.queue.timeout.empty();
    return one_to_spare && waits && !station.scales && station.stable && station.arrival_rate > 0 &&
           workers.order != models::Order::shared && !workers.preempt && !stage.batch && !stage.work.timeout;
}

/// Is that measure a mean, or a spread, of what waits at a place, or of what the wait is a part of?
bool sees_waits(const models::Measure& measure, const Surroundings& place) {
    using models::Aggregate;
    using models::Metric;
    if (measure.aggregate != Aggregate::average && measure.aggregate != Aggregate::variance &&
        measure.aggregate != Aggregate::deviation)
        return false;
    switch (measure.metric) {
        case Metric::wait:
        case Metric::waiting:
        case Metric::present:
        case Metric::age: return place.is_of(measure);
        case Metric::latency: return place.is_on_the_way(measure);
        default: return false;
    }
}

/// The part of the wait that hangs on services of which so many seconds see fewer than three.
double unseen_part(const RareServices& services, double seconds) {
    return services.part * kernel::rare_share(services.law, services.per_second * seconds);
}

/// How many times as many seconds it takes until enough is seen.
double times_until_seen(const RareServices& services, double seconds) {
    constexpr double furthest = 1e6;
    double low = 1, high = 1;
    while (high < furthest && unseen_part(services, high * seconds) > most_unseen) {
        low = high;
        high *= 2;
    }
    for (int halving = 0; halving < 12 && high > 1; ++halving) {
        const double middle = (low + high) / 2;
        (unseen_part(services, middle * seconds) > most_unseen ? low : high) = middle;
    }
    return std::min(high, furthest);
}

/// Of thousands of places the worst stand for all in what is measured of several.
constexpr std::size_t most_followed = 20;

}  // namespace

std::vector<RareServices> rare_services(const Scenario& scenario, const models::ScenarioGraph& graph,
                                        std::span<const StationForecast> forecast) {
    std::map<std::string_view, const StationForecast*> stations;
    for (const StationForecast& station : forecast) stations.emplace(station.element, &station);
    LoadsAt loads(scenario, graph);
    std::vector<RareServices> all;
    for (const models::Stage& stage : scenario.twin.stages) {
        const auto station = stations.find(stage.name);
        if (!stage.work.workers || station == stations.end() || !is_held_up(stage, *station->second))
            continue;
        const std::vector<Term>& terms = stage.work.service.terms;
        const models::Load* load = std::all_of(terms.begin(), terms.end(), is_plain)
                                       ? nullptr
                                       : loads.only_one(graph.find(VertexKind::stage, stage.name));
        if (const auto random = random_term(stage.work.service, scenario, load))
            all.push_back({stage.name, random->first, random->second, station->second->arrival_rate});
    }
    return all;
}

HardlySeen::HardlySeen(std::span<const RareServices> all, const Scenario& scenario, double seconds,
                       const std::function<double(const std::string&)>& mean_wait) {
    for (const RareServices& services : all) {
        const double unseen = unseen_part(services, seconds);
        if (unseen <= most_unseen) continue;
        Place place{
            unseen, mean_wait(services.place), services.per_second, times_until_seen(services, seconds), {}};
        place.surroundings.place = services.place;
        place.surroundings.here = {services.place};
        places_.push_back(std::move(place));
    }
    if (places_.empty()) return;
    std::stable_sort(places_.begin(), places_.end(),
                     [](const Place& a, const Place& b) { return a.unseen > b.unseen; });
    const models::ScenarioGraph graph(scenario);
    for (std::size_t i = 0; i < places_.size(); ++i) {
        Surroundings& surroundings = places_[i].surroundings;
        by_name_.emplace(surroundings.place, i);
        if (i < most_followed)
            surroundings = around(graph.find(VertexKind::stage, surroundings.place), graph);
    }
}

std::optional<Unseen> HardlySeen::of(const models::Measure& measure, double value) const {
    if (const auto own = by_name_.find(measure.scope); own != by_name_.end())
        if (auto found = at(places_[own->second], measure, value)) return found;
    for (std::size_t i = 0; i < std::min(places_.size(), most_followed); ++i)
        if (auto found = at(places_[i], measure, value)) return found;
    return std::nullopt;
}

std::optional<Unseen> HardlySeen::at(const Place& place, const models::Measure& measure, double value) {
    if (!sees_waits(measure, place.surroundings)) return std::nullopt;
    const bool is_number =
        measure.metric == models::Metric::present || measure.metric == models::Metric::waiting;
    const double wait = is_number ? place.wait * place.per_second : place.wait;
    // Spreads have the square of it, and more than that of what is rare.
    const bool is_mean = measure.aggregate == models::Aggregate::average;
    const double counts = is_mean && value > wait ? wait / value : 1;
    if (place.unseen * counts <= most_unseen) return std::nullopt;
    return Unseen{
        fmt::format("{:.2g} % of what waits at '{}' hangs on services so rare that fewer than three of them "
                    "were to be seen",
                    100 * place.unseen, place.surroundings.place),
        place.times};
}

}  // namespace understudy::studies
