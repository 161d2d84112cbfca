// Deadlocks: workers that wait for each other's places, and will do so for ever whatever still arrives.
#include <algorithm>
#include <map>
#include <set>

#include "models/simulation/state.h"

namespace understudy::models {

void State::look_for_deadlock() {
    // At which doors a holding waits, of those doors that will never open: all at first, until one is seen that
    // may. What might help from outside (an action, a step, patience, a cancelled part) counts as help.
    std::map<Index, std::vector<Index>> waits;  // by holding
    std::set<Index> shut;
    // What may open by itself is left out at once: thousands may stand at such a door.
    const auto may_open_by_itself = [&](Index stage) {
        const StageRow& row = model_->stages[stage];
        if (keeps_parts_ || row.needs.empty() || !row.spends.empty() || row.join != none ||
            row.batch != none || row.queue_timeout != none || stages_[stage].halted > 0 || fits(row))
            return true;
        for (const NeedRow& need : row.needs) {
            const PoolRow& pool = model_->pools[need.pool];
            if (!pool.steps.empty() || !pool.outages.empty() || pool.has_lives || is_down(need.pool) ||
                pools_[need.pool].capacity < need.count)
                return true;
            for (const ActionRow& action : model_->actions)
                if (std::find(action.pools.begin(), action.pools.end(), need.pool) != action.pools.end())
                    return true;
        }
        return false;
    };
    for (Index s = 0; s < stages_.size(); ++s) {
        const auto& doors = stages_[s].doors;
        if (std::all_of(doors.begin(), doors.end(), [](const auto& door) { return door.empty(); }) ||
            may_open_by_itself(s))
            continue;
        for (const std::deque<AtDoor>& door : doors)
            for (const AtDoor& at : door) {
                if (at.item == none || at.holding == none || holdings_[at.holding].stage == none) continue;
                waits[at.holding].push_back(s);
                shut.insert(s);
            }
    }
    const auto is_stuck = [&](Index holding) {
        const auto found = waits.find(holding);
        return found != waits.end() && std::any_of(found->second.begin(), found->second.end(),
                                                   [&](Index door) { return shut.contains(door); });
    };
    const auto holders = [&](Index stage) {
        std::vector<Index> result;
        for (Index h = 0; h < holdings_.size(); ++h) {
            if (!holdings_[h].in_use || holdings_[h].stage == none) continue;
            for (const NeedRow& held : model_->stages[holdings_[h].stage].needs)
                for (const NeedRow& need : model_->stages[stage].needs)
                    if (held.pool == need.pool && (result.empty() || result.back() != h)) result.push_back(h);
        }
        return result;
    };
    const auto may_open = [&](Index stage) {
        const std::vector<Index> all = holders(stage);
        return !std::all_of(all.begin(), all.end(), is_stuck);
    };
    for (bool changed = true; changed && !shut.empty();) {
        changed = false;
        for (auto door = shut.begin(); door != shut.end();) {
            const bool opens = may_open(*door);
            changed = changed || opens;
            door = opens ? shut.erase(door) : std::next(door);
        }
    }
    if (shut.empty()) return;
    // From a door to who holds what it needs, to the door that one waits at, until a door comes again.
    std::vector<Index> way;
    Index at = *shut.begin();
    while (std::find(way.begin(), way.end(), at) == way.end()) {
        way.push_back(at);
        for (const Index door : waits.at(holders(at).front()))
            if (shut.contains(door)) at = door;
    }
    way.erase(way.begin(), std::find(way.begin(), way.end(), at));
    for (const Index stage : way) deadlock_.push_back(model_->elements[model_->stages[stage].element].name);
    simulation_->stop();
}

std::vector<std::string> State::deadlocked(const Simulation& simulation) const {
    if (!deadlock_.empty()) return deadlock_;
    std::vector<std::string> names;
    bool alive = false;
    simulation.pending().for_each([&](Time, const Event& event) {
        alive = alive || (event.kind() != EventKind::sample && event.kind() != EventKind::window &&
                          event.kind() != EventKind::ask && event.kind() != EventKind::ask_at_end);
    });
    if (alive) return names;
    for (Index s = 0; s < stages_.size(); ++s) {
        // On the plain path nobody waits for ever, and who waits there is not counted all the time.
        if (!full_ && !model_->plain.empty() && model_->plain.of_stage[s] != none) continue;
        const auto& doors = stages_[s].doors;
        if (stages_[s].waiting > 0 ||
            std::any_of(doors.begin(), doors.end(), [](const auto& door) { return !door.empty(); }))
            names.push_back(model_->elements[model_->stages[s].element].name);
    }
    return names;
}

}  // namespace understudy::models
