#include "tools/studies/burst_arrivals.h"

#include <string>
#include <utility>

#include "kernel/distribution.h"
#include "tools/studies/law_of.h"

namespace understudy::studies {

namespace {

models::Arrivals::State state_of(std::string name, double rate, double stay, std::string next) {
    models::Arrivals::State state;
    state.name = std::move(name);
    state.rate = rate;
    state.stay = law_of(kernel::Distribution::exponential(stay));
    state.next = {{std::move(next), 1.0}};
    return state;
}

/// Of an exponential stay that is nothing else.
std::optional<double> mean_stay(const models::Law& stay) {
    if (stay.terms.size() != 1) return std::nullopt;
    const models::Term& term = stay.terms.front();
    if (!term.field.empty() || term.recorded || term.per != models::Per::once ||
        term.law.kind() != kernel::Distribution::Kind::exponential)
        return std::nullopt;
    return term.law.mean();
}

}  // namespace

models::Arrivals arrivals_of(const kernel::Bursts& bursts) {
    models::Arrivals arrivals;
    arrivals.kind = models::Arrivals::Kind::states;
    arrivals.states = {state_of("calm", bursts.calm_rate, bursts.calm_stay, "burst"),
                       state_of("burst", bursts.burst_rate, bursts.burst_stay, "calm")};
    return arrivals;
}

std::optional<kernel::Bursts> bursts_of(const models::Arrivals& arrivals) {
    if (arrivals.kind != models::Arrivals::Kind::states || arrivals.states.size() != 2) return std::nullopt;
    const models::Arrivals::State& calm = arrivals.states[0];
    const models::Arrivals::State& burst = arrivals.states[1];
    const auto calm_stay = mean_stay(calm.stay), burst_stay = mean_stay(burst.stay);
    if (!calm_stay || !burst_stay) return std::nullopt;
    return kernel::Bursts{calm.rate, burst.rate, *calm_stay, *burst_stay};
}

}  // namespace understudy::studies
