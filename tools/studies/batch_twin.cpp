#include "tools/studies/batch_twin.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "models/replay/queue_limits.h"
#include "models/schedule.h"
#include "tools/studies/filling.h"
#include "tools/studies/recorded_law.h"

namespace understudy::studies {

using kernel::Time;
using models::RecordedRun;
using models::RecordedTask;

namespace {

constexpr std::array<std::pair<Time, const char*>, 5> asked_classes = {{{15 * kernel::minute, "15min"},
                                                                        {kernel::hour, "1h"},
                                                                        {4 * kernel::hour, "4h"},
                                                                        {12 * kernel::hour, "12h"},
                                                                        {kernel::never, ""}}};

/// Of "jobs_of_4_to_1h": up to 4 processors, and up to what of asked_classes was asked for; their number where nothing was.
struct ClassKey {
    std::int64_t up_to = 1;
    std::size_t asked = asked_classes.size();
    auto operator<=>(const ClassKey&) const = default;
};

std::int64_t needs_of(const RecordedTask& task, std::int64_t processors) {
    return std::clamp<std::int64_t>(std::llround(std::ceil(task.cpus)), 1, processors);
}

ClassKey class_of(const RecordedTask& task, std::int64_t processors) {
    ClassKey key;
    const std::int64_t needs = needs_of(task, processors);
    while (key.up_to < needs) key.up_to *= 2;
    if (task.requested) {
        key.asked = 0;
        while (*task.requested > asked_classes[key.asked].first) ++key.asked;
    }
    return key;
}

std::string name_of_class(const ClassKey& key) {
    std::string name = "jobs_of_" + std::to_string(key.up_to);
    if (key.asked < asked_classes.size())
        name += key.asked + 1 < asked_classes.size()
                    ? std::string("_to_") + asked_classes[key.asked].second
                    : std::string("_over_") + asked_classes[key.asked - 1].second;
    return name;
}

std::string stage_of_class(const std::string& name) { return "run_" + name; }

/// How many the machine has, as far as the log tells.
struct Processors {
    std::int64_t count = 1;
    std::string how;
};

Processors processors_of(const RecordedRun& run) {
    if (run.processors > 0) return {run.processors, "processors of the log's header"};
    double largest = 1;
    for (const RecordedTask& task : run.tasks) largest = std::max(largest, std::ceil(task.cpus));
    const auto at_least = [&](std::int64_t most) {
        return std::max(most, static_cast<std::int64_t>(largest));
    };
    if (std::any_of(run.tasks.begin(), run.tasks.end(), models::has_times))
        return {at_least(models::most_processors_in_use(run)), "processors, the most in use at once"};
    RecordedRun at_once;
    for (RecordedTask task : run.tasks) {
        const auto held = models::time_held(task);
        if (!task.submitted || !held) continue;
        task.started = task.submitted;
        task.completed = *task.submitted + *held;
        at_once.tasks.push_back(std::move(task));
    }
    return {
        at_least(models::most_processors_in_use(at_once)),
        "processors, as many as had been in use at once if no job had waited, which the log does not tell"};
}

using JobsByHour = std::array<std::int64_t, models::hours_of_week>;

struct JobClass {
    std::vector<double> run_times;
    double asked = 0, work = 0, time = 0;
    JobsByHour by_hour{};
    std::int64_t with_asked = 0;
};

class BatchTwinBuilder {
public:
    explicit BatchTwinBuilder(const RecordedRun& run) : run_(run) {}

    BatchTwin build() {
        Time first = kernel::never, last = 0;
        for (const RecordedTask& task : run_.tasks) {
            if (!task.submitted || !models::time_held(task)) {
                ++twin_.left_out;
                continue;
            }
            ++twin_.jobs;
            first = std::min(first, *task.submitted);
            last = std::max(last, *task.submitted);
            ++by_hour_[hour_of(task)];
        }
        if (twin_.jobs == 0) throw std::invalid_argument("no job has a submission and a run time");
        processors_ = processors_of(run_);
        // Of one instant there is no rate.
        at_one_instant_ = last == first;
        span_ = at_one_instant_ ? kernel::day : last - first;
        weeks_.fill(kernel::to_seconds(span_) / kernel::to_seconds(kernel::week));
        models::Pool pool;
        pool.name = pool.description.label = "cluster";
        pool.workers.count = processors_.count;
        pool.workers.backfill = models::Backfill::easy;
        twin_.scenario.twin.pools.push_back(std::move(pool));
        if (run_.epoch_ns != 0 && span_ >= 4 * kernel::week) add_profile(first, last);
        add_classes();
        twin_.scenario.name = "batch";
        choose_run();
        twin_.scenario.run.replications = 10;
        say_what_is_assumed();
        return std::move(twin_);
    }

private:
    /// Whole weeks, of which the first fourth is enough to fill the machine.
    void choose_run() {
        constexpr double lacking = 0.01;
        std::vector<Time> held;
        for (const RecordedTask& task : run_.tasks)
            if (const auto took = models::time_held(task); took && task.submitted) held.push_back(*took);
        const Time filling = until_filled(std::move(held), lacking);
        const Time weeks = std::max<Time>(1, (filling + kernel::week - 1) / kernel::week);
        twin_.scenario.run.warm_up = weeks * kernel::week;
        twin_.scenario.run.length = 4 * weeks * kernel::week;
    }

    /// Each hour of the week by how many jobs came in it whenever the log had one: few logs are of whole weeks.
    void add_profile(Time first, Time last) {
        has_profile_ = true;
        weeks_.fill(0);
        for (Time at = first; at <= last; at = models::next_hour(run_, at))
            ++weeks_[models::hour_of_week(run_, at)];
        const double mean = jobs_a_week(by_hour_) / static_cast<double>(models::hours_of_week);
        models::Profile profile;
        profile.name = profile_of_batch_twin;
        profile.period = kernel::week;
        for (std::size_t h = 0; h < models::hours_of_week; ++h) {
            const double level = jobs_a_week(by_hour_, h) / mean;
            if (profile.points.empty() || profile.points.back().second != level)
                profile.points.emplace_back(static_cast<Time>(h) * kernel::hour, level);
        }
        twin_.scenario.profiles.push_back(std::move(profile));
        // A Monday, 00:00, in the log's zone: weeks of the calendar begin there.
        const Time begin = first_monday();
        twin_.scenario.run.start = models::LocalInstant{begin};
        if (!run_.zone.empty()) twin_.scenario.run.zone = run_.zone;
    }

    /// Local midnight of the Monday on or before the log's begin, as run.start has it.
    std::int64_t first_monday() const {
        const std::int64_t local = run_.zone.empty() ? run_.epoch_ns + run_.utc_offset
                                                     : models::local_time(run_.epoch_ns, run_.zone).ns;
        const auto since = static_cast<std::int64_t>(models::hour_of_week(run_, 0));
        return (local / kernel::hour - since) * kernel::hour;
    }

    double jobs_a_week(const JobsByHour& jobs, std::size_t hour) const {
        return weeks_[hour] > 0 ? static_cast<double>(jobs[hour]) / weeks_[hour] : 0;
    }
    double jobs_a_week(const JobsByHour& jobs) const {
        double sum = 0;
        for (std::size_t h = 0; h < models::hours_of_week; ++h) sum += jobs_a_week(jobs, h);
        return sum;
    }

    std::size_t hour_of(const RecordedTask& task) const {
        return models::hour_of_week(run_, *task.submitted);
    }

    void add_classes() {
        std::map<ClassKey, JobClass> classes;
        double offered = 0;
        for (const RecordedTask& task : run_.tasks) {
            if (!task.submitted || !models::time_held(task)) continue;
            const std::int64_t needs = needs_of(task, processors_.count);
            JobClass& one = classes[class_of(task, processors_.count)];
            const double took = kernel::to_seconds(*models::time_held(task));
            one.run_times.push_back(took);
            one.work += took * static_cast<double>(needs);
            one.time += took;
            ++one.by_hour[hour_of(task)];
            if (task.requested) {
                one.asked += kernel::to_seconds(*task.requested);
                ++one.with_asked;
            }
            offered += took * static_cast<double>(needs) / weeks_[hour_of(task)];
        }
        twin_.offered = offered / (kernel::to_seconds(kernel::week) * static_cast<double>(processors_.count));
        for (auto& [key, one] : classes) {
            models::Law law = recorded_law(one.run_times);
            if (law.empty()) continue;  // jobs that took no time
            ++twin_.classes;
            const std::string name = name_of_class(key);
            models::Load load;
            load.name = load.description.label = name;
            load.arrivals.rate = jobs_a_week(one.by_hour) / kernel::to_seconds(kernel::week);
            if (has_profile_) load.profile = profile_of_batch_twin;
            twin_.scenario.loads.push_back(std::move(load));
            models::Stage stage;
            stage.name = stage.description.label = stage_of_class(name);
            stage.reads = {name};
            models::Need need;
            need.pool = "cluster";
            need.count = std::clamp<std::int64_t>(std::llround(one.work / one.time), 1, processors_.count);
            stage.work.runs_on.push_back(need);
            stage.work.service = std::move(law);
            if (one.with_asked > 0) {
                models::Term term;
                term.law = kernel::Distribution::constant(
                    std::round(one.asked / static_cast<double>(one.with_asked)));
                stage.work.expected.terms.push_back(term);
            }
            stage.writes.targets.emplace_back().stream = "exit";
            twin_.scenario.twin.stages.push_back(std::move(stage));
        }
    }

    void say_what_is_assumed() {
        const auto assume = [&](std::string text) { twin_.assumed.push_back(std::move(text)); };
        assume(processors_.how + ": " + std::to_string(processors_.count));
        assume("jobs come at random, one by one, " +
               std::string(has_profile_ ? "by the hours of the local week" : "at the same rate at any hour") +
               "; that users send many at once, and wait for what they have sent, is not in it");
        if (at_one_instant_)
            assume(
                "all jobs were submitted at one instant, which gives no rate: they are taken as those of a "
                "day");
        assume(
            "jobs of a class take as many processors as they had in the mean, and are expected to take what "
            "was asked for "
            "in the mean");
        twin_.not_in_twin.push_back(
            "queues, priorities, limits of users and hours in which long jobs begin: understudy replay shows "
            "what the log "
            "tells of these");
    }

    const RecordedRun& run_;
    BatchTwin twin_;
    Processors processors_;
    Time span_ = 0;
    std::array<double, models::hours_of_week> weeks_{};  ///< how often the log had each hour of the week
    bool has_profile_ = false, at_one_instant_ = false;
    JobsByHour by_hour_{};
};

}  // namespace

std::vector<std::string> job_classes(const RecordedRun& run) {
    const std::int64_t processors = processors_of(run).count;
    std::vector<std::string> classes;
    for (const RecordedTask& task : run.tasks)
        classes.push_back(stage_of_class(name_of_class(class_of(task, processors))));
    return classes;
}

void name_job_classes(RecordedRun& run, const models::Scenario& twin) {
    std::set<std::string> stages;
    for (const models::Stage& stage : twin.twin.stages) {
        stages.insert(stage.name);
        stages.insert(stage.description.label);
    }
    std::vector<std::string> kinds = job_classes(run);
    const bool any = std::any_of(kinds.begin(), kinds.end(),
                                 [&](const std::string& kind) { return stages.contains(kind); });
    for (std::size_t i = 0; any && i < kinds.size(); ++i) run.tasks[i].process = std::move(kinds[i]);
}

BatchTwin build_batch_twin(const RecordedRun& run) { return BatchTwinBuilder(run).build(); }

}  // namespace understudy::studies
