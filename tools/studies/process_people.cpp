#include "tools/studies/process_people.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace understudy::studies {

using kernel::Time;

namespace {

constexpr std::size_t most_skill_sets = 40, most_skills = 64;
constexpr std::size_t no_team = SIZE_MAX;

}  // namespace

ProcessPeople::ProcessPeople(const models::ProcessLog& log, std::size_t cases) {
    find_resources(log, cases);
    find_teams(log);
    find_when_all_are_at_work();
}

void ProcessPeople::find_resources(const models::ProcessLog& log, std::size_t cases) {
    std::set<std::uint32_t> alone;  // activities that somebody did who is not known
    for (std::size_t c = 0; c < cases; ++c)
        for (const models::ProcessStep& step : log.cases[c].steps)
            models::each_stretch(log, step, [&](const models::WorkStretch& stretch) {
                if (stretch.end == stretch.begin) return;
                if (stretch.resource == models::nobody) {
                    alone.insert(step.activity);
                    return;
                }
                Resource& resource = resources_[stretch.resource];
                resource.skills.insert(step.activity);
                resource.changes.emplace_back(stretch.begin, 1);
                resource.changes.emplace_back(stretch.end, -1);
            });
    for (auto& [number, resource] : resources_) {
        if (!log.roles.empty())
            resource.roles.insert(log.roles_of[number].begin(), log.roles_of[number].end());
        // What ends at an instant is gone for what begins then.
        std::sort(resource.changes.begin(), resource.changes.end());
        std::int64_t at_once = 0;
        for (const auto& [time, change] : resource.changes)
            resource.most = std::max(resource.most, at_once += change);
        for (const auto& [time, change] : resource.changes) {
            if (change > 0 && at_once + 1 == resource.most) resource.full.emplace_back(time, 1);
            if (change < 0 && at_once == resource.most) resource.full.emplace_back(time, -1);
            at_once += change;
        }
        activities_.insert(resource.skills.begin(), resource.skills.end());
    }
    for (const std::uint32_t activity : alone) activities_.erase(activity);
}

void ProcessPeople::find_teams(const models::ProcessLog& log) {
    // Activities, then roles: each in one team.
    std::vector<std::size_t> leader(log.activities.size() + log.roles.size());
    std::iota(leader.begin(), leader.end(), std::size_t{0});
    const auto leader_of = [&](std::size_t of) {
        while (leader[of] != of) of = leader[of] = leader[leader[of]];
        return of;
    };
    for (const auto& [number, resource] : resources_) {
        const std::size_t first = *resource.skills.begin();
        for (const std::uint32_t skill : resource.skills) leader[leader_of(skill)] = leader_of(first);
        for (const std::uint32_t role : resource.roles)
            leader[leader_of(log.activities.size() + role)] = leader_of(first);
    }
    std::map<std::size_t, Team> teams;
    const auto key_of = [&](const Resource& resource) {
        return log.roles.empty() ? 0 : leader_of(*resource.skills.begin());
    };
    for (const auto& [number, resource] : resources_) {
        Team& team = teams[key_of(resource)];
        team.roles.insert(resource.roles.begin(), resource.roles.end());
        team.skills.insert(resource.skills.begin(), resource.skills.end());
        team.by_skills[resource.skills] += resource.most;
        team.size += resource.most;
    }
    std::map<std::size_t, std::size_t> place;
    for (auto& [key, team] : teams) {
        const auto known = std::count_if(team.skills.begin(), team.skills.end(),
                                         [&](std::uint32_t skill) { return activities_.contains(skill); });
        if (known == 0) continue;
        const bool alike = !log.roles.empty() && team.by_skills.size() == 1;
        const bool too_much =
            team.by_skills.size() > most_skill_sets || known > static_cast<std::ptrdiff_t>(most_skills);
        team.is_told_apart = !alike && !too_much;
        too_much_ = too_much_ || (too_much && !alike);
        place[key] = teams_.size();
        teams_.push_back(std::move(team));
    }
    for (auto& [number, resource] : resources_) {
        const auto at = place.find(key_of(resource));
        resource.team = at == place.end() ? no_team : at->second;
    }
}

ProcessPeople::Stretches ProcessPeople::common(const std::vector<const Changes*>& resources) {
    Changes changes;
    for (const Changes* one : resources) changes.insert(changes.end(), one->begin(), one->end());
    // Somebody who goes on with the next at once was not free between.
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    Stretches all;
    Time sum = 0;
    std::size_t full = 0;
    for (const auto& [time, change] : changes) {
        if (change > 0 && ++full == resources.size()) {
            all.begins.push_back(time);
            all.before.push_back(sum);
        }
        if (change < 0 && full-- == resources.size()) {
            all.ends.push_back(time);
            sum += time - all.begins.back();
        }
    }
    return all;
}

void ProcessPeople::find_when_all_are_at_work() {
    for (std::size_t t = 0; t < teams_.size(); ++t) {
        std::vector<const Changes*> everybody;
        for (const auto& [number, resource] : resources_)
            if (resource.team == t) everybody.push_back(&resource.full);
        const Stretches whole = teams_[t].is_told_apart ? Stretches{} : common(everybody);
        for (const std::uint32_t activity : teams_[t].skills) {
            if (!activities_.contains(activity)) continue;
            if (!teams_[t].is_told_apart) {
                all_at_work_[activity] = whole;
                continue;
            }
            std::vector<const Changes*> who;
            for (const auto& [number, resource] : resources_)
                if (resource.team == t && resource.skills.contains(activity)) who.push_back(&resource.full);
            all_at_work_[activity] = common(who);
        }
    }
}

Time ProcessPeople::all_at_work(std::uint32_t activity, Time from, Time until) const {
    const auto known = all_at_work_.find(activity);
    if (known == all_at_work_.end() || until <= from) return 0;
    const Stretches& all = known->second;
    const auto before = [&](Time at) -> Time {
        const auto next = std::upper_bound(all.begins.begin(), all.begins.end(), at);
        if (next == all.begins.begin()) return 0;
        const auto k = static_cast<std::size_t>(next - all.begins.begin()) - 1;
        return all.before[k] + std::min(at, all.ends[k]) - all.begins[k];
    };
    return before(until) - before(from);
}

}  // namespace understudy::studies
