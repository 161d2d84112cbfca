#include "tools/studies/rare_services.h"

#include <algorithm>
#include <cmath>
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

/// What an item of the one load that comes to a stage has, where no stage on the way gives it another; else nothing.
const Law* carried(const Term& term, const Surroundings& at, const Scenario& scenario) {
    if (at.loads.size() != 1) return nullptr;
    const auto load = std::find_if(scenario.loads.begin(), scenario.loads.end(),
                                   [&](const models::Load& one) { return at.loads.contains(one.name); });
    if (load == scenario.loads.end()) return nullptr;
    const std::string& field = term.field.empty() ? term.per_field : term.field;
    for (const models::Stage& stage : scenario.twin.stages) {
        const bool before = stage.name != at.place && at.before.contains(stage.name);
        if (before && (stage.batch || std::any_of(stage.emits.fields.begin(), stage.emits.fields.end(),
                                                  [&](const auto& given) { return given.first == field; })))
            return nullptr;
    }
    if (!field.empty()) {
        const auto found = std::find_if(load->fields.begin(), load->fields.end(),
                                        [&](const auto& given) { return given.first == field; });
        return found == load->fields.end() ? nullptr : &found->second;
    }
    return term.per == models::Per::bytes ? &load->size : &load->records;
}

bool is_plain(const Term& term) {
    return term.field.empty() && !term.recorded && term.per == models::Per::once;
}

/// The one law that a term varies by, and what times it the term is; nothing where it varies by several.
struct Varies {
    kernel::Distribution law = kernel::Distribution::constant(0);
    double scale = 1;
};
std::optional<Varies> varies_by(const Term& term, const Surroundings& at, const Scenario& scenario) {
    if (term.recorded || term.per == models::Per::item) return std::nullopt;
    if (is_plain(term)) return Varies{term.law, 1};
    // A field times something of the item, and a draw times what itself is random, are of two laws.
    if (!term.field.empty() && term.per != models::Per::once) return std::nullopt;
    if (term.field.empty() && term.law.variance() > 0) return std::nullopt;
    const Law* law = carried(term, at, scenario);
    if (law == nullptr || law->terms.size() != 1 || !is_plain(law->terms[0])) return std::nullopt;
    const double unit = term.per == models::Per::bytes ? term.per_amount : 1;
    return Varies{law->terms[0].law, term.field.empty() ? term.law.mean() / unit : 1};
}

/// The random term of a service, as a part of its second moment.
std::optional<std::pair<kernel::Distribution, double>> random_term(const Law& service, const Surroundings& at,
                                                                   const Scenario& scenario) {
    double mean = 0;
    std::optional<Varies> random;
    for (const Term& term : service.terms) {
        const auto varies = varies_by(term, at, scenario);
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

}  // namespace

std::vector<RareServices> rare_services(const Scenario& scenario, const models::ScenarioGraph& graph,
                                        std::span<const StationForecast> forecast) {
    std::map<std::string_view, const StationForecast*> stations;
    for (const StationForecast& station : forecast) stations.emplace(station.element, &station);
    std::vector<RareServices> all;
    for (const models::Stage& stage : scenario.twin.stages) {
        const auto station = stations.find(stage.name);
        if (!stage.work.workers || station == stations.end() || !is_held_up(stage, *station->second))
            continue;
        // With a million services even a cv of 10 is seen; most stages have far less, and need no look at their surroundings.
        const bool is_tame = std::all_of(
            stage.work.service.terms.begin(), stage.work.service.terms.end(), [](const Term& term) {
                return is_plain(term) && std::isfinite(term.law.upper_end()) && term.law.cv() < 0.5;
            });
        if (is_tame) continue;
        RareServices services(around(graph.find(VertexKind::stage, stage.name), graph));
        const auto random = random_term(stage.work.service, services, scenario);
        if (!random) continue;
        std::tie(services.law, services.part) = *random;
        services.per_second = station->second->arrival_rate;
        all.push_back(std::move(services));
    }
    return all;
}

bool waits_behind(const models::Measure& measure, const RareServices& services) {
    using models::Aggregate;
    using models::Metric;
    if (measure.aggregate != Aggregate::average && measure.aggregate != Aggregate::variance &&
        measure.aggregate != Aggregate::deviation)
        return false;
    switch (measure.metric) {
        case Metric::wait:
        case Metric::waiting:
        case Metric::present:
        case Metric::age: return services.is_of(measure);
        case Metric::latency: return services.is_on_the_way(measure);
        default: return false;
    }
}

double unseen_part(const RareServices& services, double seconds) {
    return services.part * kernel::rare_share(services.law, services.per_second * seconds);
}

double times_until_seen(const RareServices& services, double seconds, double most) {
    constexpr double furthest = 1e6;
    double low = 1, high = 1;
    while (high < furthest && unseen_part(services, high * seconds) > most) {
        low = high;
        high *= 2;
    }
    for (int halving = 0; halving < 12 && high > 1; ++halving) {
        const double middle = (low + high) / 2;
        (unseen_part(services, middle * seconds) > most ? low : high) = middle;
    }
    return std::min(high, furthest);
}

}  // namespace understudy::studies
