#include "tools/studies/whereabouts.h"

#include <algorithm>
#include <utility>

namespace understudy::studies {

using kernel::Time;
using models::Index;
using models::TraceEvent;
using models::TraceRow;

void Whereabouts::add(const Whereabouts& other) {
    for (const auto& [element, spell] : other.spells) {
        Spell& mine = spells[element];
        mine.wait += spell.wait;
        mine.service += spell.service;
        mine.other += spell.other;
    }
    for (const auto& [element, all] : other.rivals)
        for (const auto& [who, rival] : all) {
            Rival& mine = rivals[element][who];
            mine.element = rival.element;
            mine.time += rival.time;
        }
}

WhereaboutsListener::WhereaboutsListener(const models::Model& model, const std::set<Known>& whom)
    : model_(model), who_(model), whom_(whom) {}

/// The time up to now goes to where it was; from now on it is at `element`.
void WhereaboutsListener::turn(Trail& trail, Time now, std::uint32_t element, Phase phase) {
    Whereabouts::Spell& spell = trail.been.spells[trail.element];
    if (trail.resumes && *trail.resumes < now) {
        spell.other += *trail.resumes - trail.since;
        spell.wait += now - *trail.resumes;
    } else {
        (trail.phase == Phase::wait      ? spell.wait
         : trail.phase == Phase::service ? spell.service
                                         : spell.other) += now - trail.since;
    }
    trail.element = element;
    trail.phase = phase;
    trail.since = now;
    trail.resumes.reset();
    trail.gathered = false;
}

std::optional<Time> WhereaboutsListener::waits_since(const Trail& trail, Time now) {
    if (trail.resumes) return *trail.resumes < now ? trail.resumes : std::nullopt;
    return trail.phase == Phase::wait ? std::optional(trail.since) : std::nullopt;
}

/// Both work with something of the same pool, from one line.
bool WhereaboutsListener::rivals(std::uint32_t one, std::uint32_t other) const {
    const Index first = who_.stage_of(one), second = who_.stage_of(other);
    if (first == models::none || second == models::none) return false;
    const models::StageRow &a = model_.stages[first], &b = model_.stages[second];
    if (a.partitions > 0 || b.partitions > 0) return false;
    if (a.line_pool != models::none && a.line_pool == b.line_pool) return true;
    return std::any_of(a.needs.begin(), a.needs.end(), [&](const models::NeedRow& need) {
        return std::any_of(b.needs.begin(), b.needs.end(),
                           [&](const models::NeedRow& too) { return need.pool == too.pool; });
    });
}

void WhereaboutsListener::kept_waiting(Trail& trail, const AtWork& by, Time now) const {
    const auto since = waits_since(trail, now);
    if (!since || by.who == trail.root || !rivals(trail.element, by.element)) return;
    const Time time = now - std::max(*since, by.since);
    if (time <= 0) return;
    Whereabouts::Rival& rival = trail.been.rivals[trail.element][by.who];
    rival.element = by.element;
    rival.time += time;
}

void WhereaboutsListener::starts(const TraceRow& row, const std::optional<Known>& who) {
    if (const auto mine = trails_.find(row.item); mine != trails_.end())
        for (Trail& trail : mine->second) {
            // Those still at work; who has stopped meanwhile has been counted then.
            for (const auto& [item, by] : at_work_) kept_waiting(trail, by, row.time);
            turn(trail, row.time, row.element, Phase::service);
        }
    if (who) at_work_.insert_or_assign(row.item, AtWork{*who, row.element, row.time});
}

void WhereaboutsListener::stops_work(const TraceRow& row) {
    const auto work = at_work_.find(row.item);
    if (work == at_work_.end()) return;
    for (auto& [item, trails] : trails_)
        for (Trail& trail : trails) kept_waiting(trail, work->second, row.time);
    at_work_.erase(work);
}

/// A join goes on as one of its parts, and with the way of the one that came last. A batch has the ways of its members.
void WhereaboutsListener::came_together(const TraceRow& row, const std::optional<Known>& who) {
    const Trail* last = nullptr;
    for (const auto& [item, trails] : trails_)
        for (const Trail& trail : trails)
            if (trail.gathered && trail.element == row.element && who && trail.root == *who &&
                (last == nullptr || trail.since > last->since))
                last = &trail;
    if (last != nullptr) trails_[row.item] = Trails{Trail(*last)};
    if (const auto mine = trails_.find(row.item); mine != trails_.end())
        for (Trail& trail : mine->second) turn(trail, row.time, row.element, Phase::wait);
}

void WhereaboutsListener::task_over(const TraceRow& row, Trails& trails) {
    for (Trail& trail : trails) {
        turn(trail, row.time, row.element, Phase::other);
        const auto run = runs_.find(trail.root);
        if (run != runs_.end())
            run->second.visits.push_back({row.element, trail.entered, row.time, std::move(trail.been)});
    }
    trails_.erase(row.item);
}

void WhereaboutsListener::follow(const TraceRow& row, const std::optional<Known>& who) {
    const bool wanted = who && whom_.contains(*who);
    const bool task = who_.is_task(row.element);
    switch (row.event) {
        case TraceEvent::arrive:
            if (wanted && !trails_.contains(row.item)) {
                Trail born{*who};
                born.element = row.element;
                born.since = row.time;
                trails_[row.item].push_back(std::move(born));
            }
            return;
        case TraceEvent::copy:
            if (const auto of = trails_.find(static_cast<std::uint64_t>(row.value)); of != trails_.end()) {
                const Trails copied = of->second;
                trails_[row.item] = copied;
            }
            return;
        case TraceEvent::member:
            if (task && wanted) {
                Trail submitted{*who};
                submitted.element = row.element;
                submitted.phase = Phase::wait;
                submitted.since = submitted.entered = row.time;
                trails_[row.item].push_back(std::move(submitted));
            } else if (const auto mine = trails_.find(row.item); !task && mine != trails_.end()) {
                Trails joined = std::move(mine->second);
                trails_.erase(mine);
                Trails& whole = trails_[static_cast<std::uint64_t>(row.value)];
                std::move(joined.begin(), joined.end(), std::back_inserter(whole));
            }
            return;
        default: break;
    }
    const auto mine = trails_.find(row.item);
    if (mine == trails_.end()) return;
    Trails& trails = mine->second;
    switch (row.event) {
        case TraceEvent::enter:
        case TraceEvent::interrupt:
            for (Trail& trail : trails) {
                trail.lost = false;
                turn(trail, row.time, row.element, Phase::wait);
            }
            break;
        case TraceEvent::gather:
            for (Trail& trail : trails) {
                turn(trail, row.time, row.element, Phase::other);
                trail.gathered = true;
            }
            break;
        case TraceEvent::retry:
            for (Trail& trail : trails) {
                turn(trail, row.time, row.element, Phase::other);
                trail.resumes = kernel::later(row.time, kernel::from_seconds(row.value));
            }
            break;
        case TraceEvent::finish:
            if (task) return task_over(row, trails);
            [[fallthrough]];
        case TraceEvent::fail:
        case TraceEvent::block:
            for (Trail& trail : trails) turn(trail, row.time, row.element, Phase::other);
            break;
        case TraceEvent::land:
            for (Trail& trail : trails) trail.lost = false;
            break;
        case TraceEvent::drop:
        case TraceEvent::expire:
        case TraceEvent::give_up:
            if (task) return task_over(row, trails);
            for (Trail& trail : trails) {
                turn(trail, row.time, row.element, Phase::other);
                trail.lost = true;
            }
            break;
        case TraceEvent::leave:
            for (Trail& trail : trails) {
                turn(trail, row.time, models::no_element, Phase::other);
                if (!trail.lost) found_.insert_or_assign(trail.root, std::move(trail.been));
            }
            trails_.erase(mine);
            break;
        default: break;
    }
}

void WhereaboutsListener::heard(const TraceRow& row) {
    const auto who = who_.of(row);
    switch (row.event) {
        case TraceEvent::due:
        case TraceEvent::begin:
        case TraceEvent::end:
            if (who) of_pipeline(row, *who);
            return;
        case TraceEvent::skip:
        case TraceEvent::act: return;
        case TraceEvent::start: return starts(row, who);
        case TraceEvent::close: return came_together(row, who);
        case TraceEvent::finish:
        case TraceEvent::fail:
        case TraceEvent::interrupt: stops_work(row); break;
        default: break;
    }
    follow(row, who);
}

void WhereaboutsListener::of_pipeline(const TraceRow& row, const Known& known) {
    const auto waits_for = [&](Run& run, const Known& other, Time since) {
        const Time time = row.time - std::max(run.due, since);
        if (time <= 0) return;
        Whereabouts::Rival& rival = run.been.rivals[row.element][other];
        rival.element = row.element;
        rival.time += time;
    };
    if (row.event == TraceEvent::due) {
        if (whom_.contains(known)) runs_[known].due = row.time;
        return;
    }
    const auto mine = runs_.find(known);
    if (row.event == TraceEvent::begin) {
        if (mine != runs_.end()) {
            mine->second.begun = row.time;
            mine->second.been.spells[row.element].wait += row.time - mine->second.due;
            for (const auto& [other, since] : begun_)
                if (other.of == known.of) waits_for(mine->second, other, since);
        }
        begun_[known] = row.time;
        return;
    }
    if (const auto begun = begun_.find(known); begun != begun_.end()) {
        for (auto& [other, run] : runs_)
            if (other.of == known.of && !run.begun) waits_for(run, known, begun->second);
        begun_.erase(begun);
    }
    if (mine != runs_.end()) run_over(known, row.time);
}

/// Backwards from its end: the task that ended last, then of those before it the one that did, and so on.
void WhereaboutsListener::run_over(const Known& known, Time now) {
    Run& run = runs_[known];
    const models::PipelineRow& pipeline = model_.pipelines[known.of];
    const auto before = [&](Index task, Index next) {
        const auto& after = pipeline.successors[task];
        return std::find(after.begin(), after.end(), next) != after.end();
    };
    Time at = now;
    Index next = models::none;
    for (;;) {
        const Visit* last = nullptr;
        for (const Visit& visit : run.visits) {
            const Index task = model_.stages[who_.stage_of(visit.task)].task;
            const bool leads = next == models::none || before(task, next);
            if (leads && visit.ended <= at && (last == nullptr || visit.ended > last->ended)) last = &visit;
        }
        if (last == nullptr) break;
        const std::uint32_t waiting =
            next == models::none ? pipeline.element : model_.stages[pipeline.tasks[next]].element;
        run.been.spells[waiting].other += at - last->ended;
        run.been.add(last->been);
        at = last->entered;
        next = model_.stages[who_.stage_of(last->task)].task;
    }
    const std::uint32_t first =
        next == models::none ? pipeline.element : model_.stages[pipeline.tasks[next]].element;
    run.been.spells[first].other += at - run.begun.value_or(run.due);
    found_.insert_or_assign(known, std::move(run.been));
    runs_.erase(known);
}

}  // namespace understudy::studies
