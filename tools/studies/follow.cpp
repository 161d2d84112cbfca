#include "tools/studies/follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "kernel/exact_math.h"
#include "tools/studies/follow_jobs.h"
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

void leave_out(ElementStates& states, Followed& followed, const std::string& element,
               const std::string& what) {
    states[element].missing.push_back(what);
    followed.left_out.push_back(element + ": " + what);
}

kernel::Time pause_before_retry(const models::Retry& retry, std::int64_t failures) {
    if (retry.first) {
        const double pause =
            static_cast<double>(*retry.first) *
            kernel::exact::pow(retry.factor, static_cast<double>(std::max<std::int64_t>(failures - 1, 0)));
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
    if (items.waited) *items.waited += time;
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
            items.waited = -left;
        }
    }
    return items;
}

namespace {

/// What events are of; each pair of names is looked up once.
class ElementsOfEvents {
public:
    explicit ElementsOfEvents(const models::Scenario& twin) : names_(twin) {}
    const FollowedElement& of(const std::string& name, const std::string& process) {
        const auto [at, fresh] = found_.try_emplace({name, process});
        if (fresh) at->second = names_.find(name, process);
        return at->second;
    }
    const FollowedNames& names() const { return names_; }
    bool has(const models::ObservedEvent& event) {
        const auto is = of(event.name, event.process).is;
        return is != FollowedElement::Is::nothing && is != FollowedElement::Is::ambiguous;
    }

private:
    const FollowedNames names_;
    std::map<std::pair<std::string, std::string>, FollowedElement> found_;
};

std::vector<NotFollowed> not_followed(ElementsOfEvents& elements,
                                      const std::vector<models::ObservedEvent>& events) {
    std::map<std::string, NotFollowed> others;
    for (const models::ObservedEvent& event : events) {
        if (elements.has(event)) continue;
        const FollowedElement& element = elements.of(event.name, event.process);
        const std::string& called = event.process.empty() ? event.name : event.process;
        NotFollowed& other = others[called];
        other.name = called;
        ++other.events;
        other.why = element.why;
    }
    std::vector<NotFollowed> all;
    for (auto& [name, other] : others) all.push_back(std::move(other));
    return all;
}

}  // namespace

std::optional<std::int64_t> last_told(const models::Scenario& twin,
                                      const std::vector<models::ObservedEvent>& events) {
    ElementsOfEvents elements(twin);
    for (auto event = events.rbegin(); event != events.rend(); ++event)
        if (event->kind != models::ObservedEvent::Kind::due && elements.has(*event)) return event->ns;
    return std::nullopt;
}

std::vector<std::int64_t> instants_told(const models::Scenario& twin,
                                        const std::vector<models::ObservedEvent>& events) {
    ElementsOfEvents elements(twin);
    std::vector<std::int64_t> instants;
    for (const models::ObservedEvent& event : events)
        if (elements.has(event)) instants.push_back(event.ns);
    return instants;
}

std::vector<NotFollowed> not_followed(const models::Scenario& twin,
                                      const std::vector<models::ObservedEvent>& events) {
    ElementsOfEvents elements(twin);
    return not_followed(elements, events);
}

namespace {

/// What a future depends on and no log has.
void leave_out_what_no_log_tells(const models::Scenario& twin, ElementStates& states, Followed& followed) {
    using Kind = models::Arrivals::Kind;
    for (const models::Load& load : twin.loads) {
        if (load.arrivals.kind == Kind::states)
            leave_out(states, followed, load.name,
                      "in which state it is: no log tells, it begins in the first");
        if (load.arrivals.kind == Kind::users)
            leave_out(states, followed, load.name,
                      "how long its users have been thinking: no log tells, they begin to");
    }
    for (const models::Budget& budget : twin.twin.budgets)
        leave_out(states, followed, budget.name, "what it holds: no log tells, it is as 'initial' says");
    const bool items = std::any_of(states.begin(), states.end(),
                                   [](const auto& state) { return !state.second.items.empty(); });
    for (const models::Stage& stage : twin.twin.stages)
        if (!stage.holds_until.empty() && items)
            leave_out(states, followed, stage.name, "which items further on keep its workers (holds_until)");
}

}  // namespace

Followed follow(const models::Scenario& twin, const std::vector<models::ObservedEvent>& events,
                const FollowOptions& options) {
    Followed followed;
    ElementsOfEvents names(twin);
    for (const models::ObservedEvent& event : events)
        if (names.has(event)) ++(event.ns > options.now_ns ? followed.later : followed.used);
    followed.unmapped = not_followed(names, events);

    const std::vector<Piece> pieces = pieces_of(events, options.now_ns);
    std::vector<FollowedElement> elements;
    for (const Piece& piece : pieces) elements.push_back(names.of(piece.name, piece.process));

    tell_jobs_apart(pieces, names.names(), elements);

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
        if (base.arrived) states[base.element].arrived = base.arrived;
        for (const auto& [task, unread] : base.unread)
            for (const auto& [dataset, amount] : unread)
                leave_out(states, followed, base.element,
                          "how much '" + base.element + "." + task + "' has to read of '" + dataset +
                              "': no log tells, it reads what lands from now on");
        // What nobody knew then nobody knows now.
        for (const std::string& what : base.missing) states[base.element].missing.push_back(what);
    }
    leave_out_what_no_log_tells(twin, states, followed);
    for (const auto& [dataset, born] : newest) states[dataset].newest = options.now_ns - born;
    followed.state.as_of = options.now_ns - options.clock_ns;
    for (auto& [name, state] : states) {
        state.element = name;
        const bool holds = !state.items.empty() || !state.runs.empty() || state.newest || state.arrived ||
                           !state.unread.empty() || !state.missing.empty();
        if (holds) followed.state.elements.push_back(std::move(state));
    }
    return followed;
}

}  // namespace understudy::studies
