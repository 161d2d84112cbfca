#include "tools/studies/follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "tools/studies/follow_parts.h"

namespace understudy::studies {

namespace {

double mean_of_pause(const models::Law& law) {
    double mean = 0;
    for (const models::Term& term : law.terms)
        if (term.field.empty() && !term.recorded && term.per == models::Per::once) mean += term.law.mean();
    return mean;
}

}  // namespace

std::string counted(std::int64_t count, const std::string& one, const std::string& many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

kernel::Time pause_before_retry(const models::Retry& retry, std::int64_t failures) {
    if (retry.first) {
        const double pause =
            static_cast<double>(*retry.first) *
            std::pow(retry.factor, static_cast<double>(std::max<std::int64_t>(failures - 1, 0)));
        return pause < static_cast<double>(retry.max) ? static_cast<kernel::Time>(pause) : retry.max;
    }
    if (retry.backoff.empty()) return 0;
    const auto place = std::min<std::size_t>(static_cast<std::size_t>(std::max<std::int64_t>(failures, 1)),
                                             retry.backoff.size());
    return kernel::from_seconds(mean_of_pause(retry.backoff[place - 1]));
}

models::PresentItems later_by(models::PresentItems items, kernel::Time time, const models::Work& work) {
    using Where = models::PresentItems::Where;
    items.age += time;
    items.here += time;
    if (items.where == Where::working) {
        items.served += time;
        const double speed = work.workers && work.workers->groups.empty() ? work.workers->type.speed : 1;
        if (items.done) *items.done += kernel::from_seconds(kernel::to_seconds(time) * speed);
        if (items.left) items.left = std::max<kernel::Time>(0, *items.left - time);
    } else if (items.where == Where::retrying) {
        const kernel::Time left = items.left.value_or(0) - time;
        items.left = left;
        if (left <= 0) {
            items.left.reset();
            items.where = Where::waiting;
        }
    }
    return items;
}

Followed follow(const models::Scenario& twin, const std::vector<models::ObservedEvent>& events,
                const FollowOptions& options) {
    Followed followed;
    const std::vector<Piece> pieces = pieces_of(events, options.now_ns);
    for (const models::ObservedEvent& event : events) followed.later += event.ns > options.now_ns ? 1 : 0;

    const FollowedNames names(twin);
    std::map<std::pair<std::string, std::string>, FollowedElement> found;
    std::map<std::string, NotFollowed> unmapped;
    std::vector<FollowedElement> elements;
    for (const Piece& piece : pieces) {
        const auto [at, fresh] = found.try_emplace({piece.name, piece.process});
        if (fresh) at->second = names.find(piece.name, piece.process);
        elements.push_back(at->second);
        using Is = FollowedElement::Is;
        if (at->second.is != Is::nothing && at->second.is != Is::ambiguous) {
            followed.used += piece.events;
            continue;
        }
        const std::string& called = piece.process.empty() ? piece.name : piece.process;
        NotFollowed& other = unmapped[called];
        other.name = called;
        other.events += piece.events;
        other.why = at->second.is == Is::nothing ? "nothing is called so" : "may be " + at->second.path;
    }
    for (auto& [name, other] : unmapped) followed.unmapped.push_back(std::move(other));

    const FollowParts parts{twin, options, pieces, elements};
    std::map<std::string, models::ElementState> states;
    std::map<std::string, std::int64_t> newest;
    follow_stages(parts, states, newest, followed);
    follow_runs(parts, states, newest, followed);

    for (const models::ElementState& base : twin.twin.state.elements) {
        if (base.newest && options.base_ns) {
            const std::int64_t born = *options.base_ns - *base.newest;
            const auto [at, fresh] = newest.emplace(base.element, born);
            if (!fresh) at->second = std::max(at->second, born);
        }
        if (base.level)
            followed.assumed.push_back(
                fmt::format("{}: what it holds is not in the log, and is as 'initial' says", base.element));
        if (base.arrived) states[base.element].arrived = base.arrived;
    }
    for (const auto& [dataset, born] : newest) states[dataset].newest = options.now_ns - born;
    followed.state.as_of = options.now_ns - options.clock_ns;
    for (auto& [name, state] : states) {
        state.element = name;
        const bool holds = !state.items.empty() || !state.runs.empty() || state.newest || state.arrived;
        if (holds) followed.state.elements.push_back(std::move(state));
    }
    return followed;
}

}  // namespace understudy::studies
