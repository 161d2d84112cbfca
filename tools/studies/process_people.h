// Who does the work of a recorded process: the people of its twin (process_twin.h), and when nobody of them was free.
//
// A resource counts as often as it was seen to do several steps at once. It can do the activities that it did. Activities that
// somebody did who is not known, or that took no time, hold nobody. Those whom roles and activities tie together are a team,
// which shares a pool; where the log has no roles all are one. Internal to tools/studies; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "kernel/time.h"
#include "models/process_log.h"

namespace understudy::studies {

class ProcessPeople {
public:
    struct Team {
        std::set<std::uint32_t> roles, skills;
        /// How many work on several activities, by which; one that works on two steps at once is two.
        std::map<std::set<std::uint32_t>, std::int64_t> by_skills;
        std::int64_t size = 0;
        /// Who can do what counts. Else all do all that any of them does: the same in any case, or too much to tell.
        bool is_told_apart = true;
    };

    /// Of the first so many cases by begin.
    ProcessPeople(const models::ProcessLog& log, std::size_t cases);

    bool any() const { return !activities_.empty(); }
    bool work_on(std::uint32_t activity) const { return activities_.contains(activity); }
    /// Of which each works on an activity that others than the unknown did.
    const std::vector<Team>& teams() const { return teams_; }
    /// In some team who can do what is more than can be told.
    bool is_too_much_to_tell() const { return too_much_; }
    std::int64_t resources() const { return std::ssize(resources_); }

    /// How long of that time all who can do the activity were at work, each on as much as it was ever seen to do at once:
    /// who waited then waited for people.
    kernel::Time all_at_work(std::uint32_t activity, kernel::Time from, kernel::Time until) const;

private:
    using Changes = std::vector<std::pair<kernel::Time, int>>;
    struct Resource {
        std::set<std::uint32_t> skills, roles;
        Changes changes;        ///< of the steps that it is at
        Changes full;           ///< of whether it could do no more
        std::int64_t most = 1;  ///< steps at once
        std::size_t team = 0;
    };
    struct Stretches {
        std::vector<kernel::Time> begins, ends, before;  ///< disjoint, ascending; the sum of those before
    };
    void find_resources(const models::ProcessLog& log, std::size_t cases);
    void find_teams(const models::ProcessLog& log);
    void find_when_all_are_at_work();
    static Stretches common(const std::vector<const Changes*>& resources);

    std::set<std::uint32_t> activities_;  ///< that only known resources did, and that took time
    std::map<std::uint32_t, Resource> resources_;
    std::vector<Team> teams_;
    bool too_much_ = false;
    std::map<std::uint32_t, Stretches> all_at_work_;
};

}  // namespace understudy::studies
