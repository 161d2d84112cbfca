#include "tools/studies/process_twin.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "models/step_times.h"
#include "tools/studies/filling.h"
#include "tools/studies/label_names.h"
#include "tools/studies/law_of.h"
#include "tools/studies/process_people.h"
#include "tools/studies/recorded_law.h"

namespace understudy::studies {

using kernel::Distribution;
using kernel::Time;
using models::ProcessCase;
using models::ProcessLog;
using models::ProcessStep;

namespace {

constexpr const char* people_pool = "people";
constexpr const char* cases_load = "cases";

double mean_of_values(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Lognormal by moments; empty where nothing took any time.
models::Law plain_law(const std::vector<double>& values) {
    if (values.empty()) return {};
    const double mean = mean_of_values(values);
    if (!(mean > 0)) return {};
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double cv =
        values.size() > 1 ? std::sqrt(squares / static_cast<double>(values.size() - 1)) / mean : 0;
    return law_of(cv > 1e-9 ? Distribution::lognormal(mean, cv) : Distribution::constant(mean));
}

std::string share_in_words(double part, double whole) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", whole > 0 ? 100 * part / whole : 0.0);
    return text;
}

class ProcessTwinBuilder {
public:
    ProcessTwinBuilder(const ProcessLog& log, const ProcessTwinOptions& options)
        : log_(log),
          options_(options),
          count_(std::min(options.cases, log.cases.size())),
          cut_(cut_cases(log)),
          people_(log, count_) {}

    ProcessTwin build() {
        measure();
        name_activities();
        add_people();
        add_activities();
        add_cases();
        say_what_is_assumed();
        twin_.scenario.name = "process";
        twin_.scenario.run.replications = 10;
        return std::move(twin_);
    }

private:
    struct Activity {
        std::vector<double> services, advances, waits, suspended;  ///< seconds
        std::map<std::uint32_t, std::int64_t> next;
        std::int64_t steps = 0, ends = 0, cut_ends = 0;
        std::int64_t first = 0, first_submitted = 0;  ///< of the second it is known since when they waited
    };

    void measure() {
        activities_.resize(log_.activities.size());
        for (std::size_t c = 0; c < count_; ++c) {
            const ProcessCase& one = log_.cases[c];
            const std::vector<models::StepTimes> times = models::step_times(log_, one);
            for (std::size_t i = 0; i < one.steps.size(); ++i) {
                const ProcessStep& step = one.steps[i];
                Activity& activity = activities_[step.activity];
                ++activity.steps;
                if (step.start) {
                    activity.services.push_back(kernel::to_seconds(times[i].worked));
                    activity.advances.push_back(kernel::to_seconds(times[i].advance));
                    activity.suspended.push_back(kernel::to_seconds(times[i].suspended));
                    suspended_ += step.stretches > 0 ? 1 : 0;
                }
                if (i > 0 || times[i].submitted) {
                    // Where nobody was free the twin's cases wait for its people, from when they were handed over.
                    const Time came = std::max(times[i].since, times[i].submitted.value_or(0));
                    const Time queued = people_.all_at_work(step.activity, came, step.begin());
                    activity.waits.push_back(kernel::to_seconds(times[i].wait - queued));
                    queued_ += queued > 0 ? 1 : 0;
                    ++waits_;
                    submitted_ += times[i].submitted ? 1 : 0;
                }
                if (i == 0) {
                    ++(times[i].submitted ? activity.first_submitted : activity.first);
                } else {
                    overlaps_ += step.begin() < times[i].since ? 1 : 0;
                    ++followed_;
                }
                if (i + 1 < one.steps.size())
                    ++activity.next[one.steps[i + 1].activity];
                else if (!cut_.empty() && cut_[c])
                    ++activity.cut_ends;
                else
                    ++activity.ends;
            }
            if (!cut_.empty() && cut_[c]) ++cut_count_;
        }
        take_cut_ends_where_nothing_else_ends();
    }

    /// Who never comes to an end would go round for ever.
    void take_cut_ends_where_nothing_else_ends() {
        std::vector<bool> ends(activities_.size());
        for (bool more = true; more;) {
            more = false;
            for (std::size_t a = 0; a < activities_.size(); ++a) {
                if (ends[a]) continue;
                const auto& next = activities_[a].next;
                ends[a] =
                    activities_[a].ends > 0 ||
                    std::any_of(next.begin(), next.end(), [&](const auto& link) { return ends[link.first]; });
                more = more || ends[a];
            }
        }
        for (std::size_t a = 0; a < activities_.size(); ++a)
            if (!ends[a]) activities_[a].ends += activities_[a].cut_ends;
    }

    void name_activities() {
        std::set<std::string>& taken = taken_;
        twin_.stage_of.resize(activities_.size());
        const auto free = [&](const std::string& name) {
            return taken.count(name) == 0 && taken.count(name + "_waits") == 0 &&
                   taken.count("to_" + name) == 0 && taken.count("at_" + name) == 0 &&
                   (suspended_ == 0 ||
                    (taken.count(name + "_suspended") == 0 && taken.count("after_" + name) == 0));
        };
        for (std::size_t a = 0; a < activities_.size(); ++a) {
            if (activities_[a].steps == 0) continue;
            std::string stem = name_of_label(log_.activities[a], "activity");
            while (stem.size() > 1 && stem.back() == '_') stem.pop_back();
            std::string name = stem;
            for (int number = 2; !free(name); ++number) name = stem + "_" + std::to_string(number);
            for (const char* before : {"", "to_", "at_"}) taken.insert(before + name);
            taken.insert(name + "_waits");
            if (suspended_ > 0) taken.insert({name + "_suspended", "after_" + name});
            twin_.stage_of[a] = name;
        }
    }

    void add_people() {
        for (const ProcessPeople::Team& team : people_.teams()) add_pool(team);
    }

    /// No activity and no other pool has it; `people` is kept for the first that is called so.
    std::string free_name(const std::string& stem) {
        std::string name = stem;
        if (name == people_pool && !people_is_taken_) {
            people_is_taken_ = true;
            return name;
        }
        for (int number = 2; !taken_.insert(name).second; ++number)
            name = stem + "_" + std::to_string(number);
        return name;
    }

    void add_pool(const ProcessPeople::Team& team) {
        models::Pool pool;
        std::string stem = people_pool;
        if (team.roles.size() == 1) {
            pool.description.label = log_.roles[*team.roles.begin()];
            stem = name_of_label(pool.description.label, people_pool);
        } else {
            std::set<std::string> roles;
            for (const std::uint32_t role : team.roles) {
                pool.description.description +=
                    (pool.description.description.empty() ? "Roles: " : ", ") + log_.roles[role];
                roles.insert(log_.roles[role]);
            }
            for (const std::string& role : roles)
                pool.description.label += (pool.description.label.empty() ? "" : ", ") + role;
            if (roles.empty()) pool.description.label = people_pool;
        }
        pool.name = free_name(stem);
        pool.workers.backfill = models::Backfill::any;
        for (const auto& [set, count] : team.by_skills) {
            if (!team.is_told_apart) break;
            models::WorkerType type;
            type.name = pool.name + "_" + std::to_string(pool.workers.groups.size() + 1);
            while (!log_.roles.empty() && !taken_.insert(type.name).second) type.name += "_";
            for (const std::uint32_t skill : set) type.skills.push_back(twin_.stage_of[skill]);
            pool.workers.groups.emplace_back(type.name, count);
            twin_.scenario.twin.types.push_back(std::move(type));
        }
        if (!team.is_told_apart) pool.workers.count = team.size;
        for (const std::uint32_t skill : team.skills) pool_of_[skill] = {pool.name, team.is_told_apart};
        twin_.scenario.twin.pools.push_back(std::move(pool));
    }

    std::string stream_to(std::uint32_t activity) const {
        return (has_waits(activity) ? "to_" : "at_") + twin_.stage_of[activity];
    }

    bool any_of_fitted(const std::vector<double>& times) const {
        return options_.fitted &&
               std::any_of(times.begin(), times.end(), [](double time) { return time > 0; });
    }
    bool has_waits(std::uint32_t activity) const { return any_of_fitted(activities_[activity].waits); }

    void add_activities() {
        for (std::uint32_t a = 0; a < activities_.size(); ++a) {
            const Activity& activity = activities_[a];
            if (activity.steps == 0) continue;
            const std::string& name = twin_.stage_of[a];
            if (has_waits(a)) {
                models::Writes to;
                to.targets.emplace_back().stream = "at_" + name;
                add_pause("waits", a, "to_" + name, activity.waits, std::move(to),
                          "from when all before it has ended to its begin");
            }
            models::Stage stage;
            stage.name = name;
            stage.reads = {"at_" + name};
            stage.description.label = log_.activities[a];
            stage.work.service =
                options_.fitted ? recorded_law(activity.advances) : plain_law(activity.services);
            if (!stage.work.service.empty()) {
                if (people_.work_on(a)) {
                    models::Need need;
                    const auto& [pool, apart] = pool_of_.at(a);
                    need.pool = pool;
                    if (apart) need.skill = name;
                    stage.work.runs_on.push_back(need);
                } else {
                    stage.work.workers.emplace();
                    stage.work.workers->count = models::unlimited;
                }
            }
            const bool rests = any_of_fitted(activity.suspended);
            models::Writes next = ways(activity.next, activity.ends);
            if (rests)
                stage.writes.targets.emplace_back().stream = "after_" + name;
            else
                stage.writes = std::move(next);
            twin_.scenario.twin.stages.push_back(std::move(stage));
            if (rests)
                add_pause("suspended", a, "after_" + name, activity.suspended, std::move(next),
                          "while work on it stood still");
        }
    }

    /// Time that passes for an item and holds nobody: "waits" or "suspended".
    template <class Recorded>
    void add_pause(const std::string& what, std::uint32_t activity, const std::string& reads,
                   const Recorded& times, models::Writes writes, const char* why) {
        models::Stage pause;
        pause.name = twin_.stage_of[activity] + "_" + what;
        pause.description.label = log_.activities[activity] + " (" + what + ")";
        pause.reads = {reads};
        pause.work.workers.emplace();
        pause.work.workers->count = models::unlimited;
        pause.work.service = recorded_law(times);
        pause.writes = std::move(writes);
        pause.description.description = why;
        twin_.scenario.twin.stages.push_back(std::move(pause));
    }

    models::Writes ways(const std::map<std::uint32_t, std::int64_t>& next, std::int64_t ends) {
        std::vector<std::pair<std::string, std::int64_t>> all;
        for (const auto& [activity, count] : next) all.emplace_back(stream_to(activity), count);
        twin_.links += std::ssize(next);
        if (ends > 0 || all.empty()) all.emplace_back("exit", std::max<std::int64_t>(ends, 1));
        return by_share(all);
    }

    static models::Writes by_share(const std::vector<std::pair<std::string, std::int64_t>>& all) {
        models::Writes writes;
        std::int64_t sum = 0;
        for (const auto& [stream, count] : all) sum += count;
        for (const auto& [stream, count] : all) {
            models::Writes::Target target;
            target.stream = stream;
            if (all.size() > 1) target.share = static_cast<double>(count) / static_cast<double>(sum);
            writes.targets.push_back(std::move(target));
        }
        if (all.size() > 1) writes.rule = models::Writes::Rule::share;
        return writes;
    }

    void add_cases() {
        models::Load load;
        load.name = cases_load;
        load.description.label = cases_load;
        std::vector<std::pair<std::string, std::int64_t>> firsts;
        for (std::uint32_t a = 0; a < activities_.size(); ++a) {
            const std::string at = "at_" + twin_.stage_of[a];
            std::map<std::string, std::int64_t> by_stream;
            by_stream[at] += activities_[a].first;
            by_stream[stream_to(a)] += activities_[a].first_submitted;
            std::int64_t all = 0;
            for (const auto& [stream, count] : by_stream) {
                if (count > 0) firsts.emplace_back(stream, count);
                all += count;
            }
            twin_.first_steps += all > 0 ? 1 : 0;
        }
        load.writes = by_share(firsts);
        const double span = kernel::to_seconds(log_.cases[count_ - 1].begin() - log_.cases.front().begin());
        // Of one instant nothing is known: one a day.
        load.arrivals.rate = count_ > 1 && span > 0 ? static_cast<double>(count_ - 1) / span : 1.0 / 86400;
        choose_run(span, load.arrivals.rate);
        twin_.scenario.loads.push_back(std::move(load));
    }

    /// What is measured begins when the twin is full, and is long against the time that cases stay: those that end behind
    /// it are not seen, and they are the long ones. In any case as long as the log.
    void choose_run(double span, double rate) {
        constexpr double lacking = 0.01;
        constexpr double enough_fillings = 20, least_fillings = 5;
        constexpr double quick_steps = 100'000;
        std::vector<Time> stays;
        double steps = 0;
        for (std::size_t c = 0; c < count_; ++c) {
            stays.push_back(models::cycle_time(log_.cases[c]));
            steps += static_cast<double>(log_.cases[c].steps.size());
        }
        const Time filling = until_filled(std::move(stays), lacking);
        const double full = kernel::to_seconds(filling);
        const double quick = quick_steps * static_cast<double>(count_) / (steps * rate);
        const double measured =
            std::max({span, std::clamp(quick, least_fillings * full, enough_fillings * full), 86400.0});
        const Time warm_up = up_to(filling, filling > 2 * kernel::day ? kernel::day : kernel::hour);
        if (warm_up > 0) twin_.scenario.run.warm_up = warm_up;
        twin_.scenario.run.length = up_to(warm_up + kernel::from_seconds(measured), kernel::day);
    }

    static Time up_to(Time length, Time whole) { return (length + whole - 1) / whole * whole; }

    void say_what_is_assumed() {
        const auto assume = [&](std::string text) { twin_.assumed.push_back(std::move(text)); };
        assume(
            "where a case goes next depends on its last activity alone, by the shares of the steps that "
            "followed each "
            "other");
        assume("cases arrive at random, at the mean rate of the log at any hour");
        if (log_.steps_with_start == 0)
            twin_.unknown.push_back(
                "how long work took: the log tells when steps ended and not when they began, so all time is "
                "between "
                "steps");
        if (cut_count_ > 0)
            assume(std::to_string(cut_count_) +
                   " cases seem to go on behind the end of the log: what follows their last step is not "
                   "taken for an end");
        if (options_.fitted)
            assume(
                "the time between steps is drawn anew for each, whoever is free: under another number of "
                "people it stays "
                "as it was" +
                std::string(queued_ > 0 ? ", but for that in which all who can do the step were at work (" +
                                              share_in_words(static_cast<double>(queued_),
                                                             static_cast<double>(waits_)) +
                                              " of the steps): that comes of the people"
                                        : ""));
        else
            assume("a step begins as soon as the one before has ended and somebody is free");
        if (submitted_ > 0)
            assume(share_in_words(static_cast<double>(submitted_),
                                  static_cast<double>(followed_) + static_cast<double>(count_)) +
                   " of the steps say when they were handed over: they wait for people from then on, and a "
                   "case comes when its first step was");
        if (suspended_ > 0)
            assume(
                share_in_words(static_cast<double>(suspended_), static_cast<double>(log_.steps_with_start)) +
                " of the steps with a start were suspended: that time is no work and holds nobody" +
                (options_.fitted ? "; in the twin it comes when the work is done" : ""));
        if (!people_.any()) {
            twin_.unknown.push_back(log_.resources.empty()
                                        ? "who did the work: the log has no resources"
                                        : "how many can do the work at once: no step has a "
                                          "resource and takes time");
        } else {
            assume(std::to_string(people_.resources()) +
                   " resources work at any hour, each on as many steps at once as was seen" +
                   (people_.is_too_much_to_tell() ? ", and all on all activities that any of them did" : ""));
            if (!log_.roles.empty())
                assume(
                    "those of a role share its pool; roles whose people did the same activities share one");
        }
        if (overlaps_ > 0)
            assume(share_in_words(static_cast<double>(overlaps_), static_cast<double>(followed_)) +
                   " of the steps began before all of their case before them had ended: in the twin one "
                   "follows the other" +
                   (options_.fitted ? ", each for the time in which it was the last" : ""));
    }

    const ProcessLog& log_;
    ProcessTwinOptions options_;
    std::size_t count_;
    std::vector<bool> cut_;
    ProcessPeople people_;
    ProcessTwin twin_;
    std::vector<Activity> activities_;
    std::int64_t overlaps_ = 0, followed_ = 0, suspended_ = 0, cut_count_ = 0, queued_ = 0;
    std::int64_t waits_ = 0, submitted_ = 0;  ///< steps whose wait is known; since they were handed over
    struct PoolOf {
        std::string name;
        bool told_apart = false;  ///< by skills
    };
    std::map<std::uint32_t, PoolOf> pool_of_;  ///< by activity
    bool people_is_taken_ = false;
    std::set<std::string> taken_ = {people_pool, cases_load, "load", "run", "exit", "unlimited", "all", "end",
                                    "true",      "false",    "null", "yes", "no",   "on",        "off"};
};

}  // namespace

std::vector<bool> cut_cases(const ProcessLog& log) {
    if (log.cases.empty()) return {};
    Time last = 0;
    for (const ProcessCase& one : log.cases)
        for (const ProcessStep& step : one.steps) last = std::max(last, step.end);
    const Time first = log.cases.front().begin();
    std::vector<double> steps(log.activities.size()), ends(log.activities.size());
    std::size_t early = 0;
    for (; early < log.cases.size() && log.cases[early].begin() - first < (last - first) / 2; ++early) {
        for (const ProcessStep& step : log.cases[early].steps) ++steps[step.activity];
        ++ends[log.cases[early].steps.back().activity];
    }
    std::vector<bool> cut(log.cases.size());
    for (std::size_t c = 0; c < log.cases.size(); ++c) {
        const std::uint32_t activity = log.cases[c].steps.back().activity;
        cut[c] = ends[activity] < 0.1 * steps[activity] || steps[activity] == 0;
    }
    const auto share = [&](std::size_t from, std::size_t to) {
        return from < to
                   ? static_cast<double>(std::count(cut.begin() + static_cast<std::ptrdiff_t>(from),
                                                    cut.begin() + static_cast<std::ptrdiff_t>(to), true)) /
                         static_cast<double>(to - from)
                   : 0;
    };
    const double before = share(0, early);
    const double late = share(log.cases.size() - log.cases.size() / 10, log.cases.size());
    if (early == 0 || early == log.cases.size() || late < 0.05 || late < 3 * before || before > 0.05)
        return {};
    return cut;
}

ProcessTwin build_process_twin(const ProcessLog& log, const ProcessTwinOptions& options) {
    return ProcessTwinBuilder(log, options).build();
}

}  // namespace understudy::studies
