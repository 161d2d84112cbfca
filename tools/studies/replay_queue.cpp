#include "tools/studies/replay_queue.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "models/replay/queue_limits.h"

namespace understudy::studies {

using kernel::Time;
using models::RecordedRun;
using models::RecordedTask;

namespace {

constexpr const char* jobs_pipeline = "jobs";

models::Law constant_time(Time duration) {
    models::Law law;
    models::Term term;
    term.law = kernel::Distribution::constant(kernel::to_seconds(duration));
    law.terms.push_back(term);
    return law;
}

std::string rounded(double value, const char* format) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string percent_of(double part, double whole) {
    return whole > 0 ? rounded(100 * part / whole, "%.0f") + " %" : "-";
}

std::string hours_of(Time time) { return rounded(kernel::to_seconds(time) / 3600, "%.3g") + " h"; }

/// "Mon 02:00-17:00", for messages: the closed hours of a week.
std::string closed_in_words(const std::array<bool, models::hours_of_week>& closed) {
    static constexpr std::array<const char*, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    const auto clock = [](std::size_t hour) {
        return std::string(days[hour / 24 % 7]) + rounded(static_cast<double>(hour % 24), " %02.0f:00");
    };
    std::string text;
    for (std::size_t h = 0; h < closed.size();) {
        if (!closed[h]) {
            ++h;
            continue;
        }
        std::size_t end = h;
        while (end < closed.size() && closed[end]) ++end;
        text += (text.empty() ? "" : ", ") + clock(h) + " to " +
                (end / 24 == h / 24 ? clock(end).substr(4) : clock(end % closed.size()));
        h = end;
    }
    return text;
}

class QueueTwinBuilder {
public:
    QueueTwinBuilder(const RecordedRun& run, const QueueTwinOptions& options)
        : run_(run), options_(options) {}

    ReplayTwin build() {
        twin_.submissions = Submissions::recorded;
        twin_.scenario.name = "replay";
        twin_.scenario.run.replications = 1;
        twin_.scenario.run.warm_up = 0;
        twin_.task_of.resize(run_.tasks.size());
        twin_.pool_of.assign(run_.tasks.size(), 0);
        for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
            if (run_.tasks[i].submitted && models::time_held(run_.tasks[i]))
                kept_.push_back(i);
            else
                ++twin_.left_out;
        }
        if (twin_.left_out > 0)
            assume(std::to_string(twin_.left_out) + " jobs without a submission or a run time are left out");
        find_processors();
        behaviour_ = models::queue_behaviour(run_, processors_, options_.backfill);
        if (options_.rules == QueueRules::inferred && behaviour_.jobs > 0)
            limits_ = models::find_queue_limits(run_, processors_);
        add_pools();
        add_jobs();
        say_what_differs();
        return std::move(twin_);
    }

private:
    void assume(std::string text) { twin_.assumed.push_back(std::move(text)); }

    void find_processors() {
        const auto most = static_cast<double>(most_processors_ = models::most_processors_in_use(run_));
        double largest = 1;
        for (const std::size_t i : kept_) largest = std::max(largest, std::ceil(run_.tasks[i].cpus));
        if (run_.processors > 0) {
            processors_ = run_.processors;
            assume("processors of the log's header: " + std::to_string(processors_));
        } else {
            processors_ = static_cast<std::int64_t>(std::max(largest, most));
            assume("the header says no MaxProcs: " + std::to_string(processors_) + " processors" +
                   (most >= largest ? ", the most that were in use at once" : ", the most that a job took"));
        }
        twin_.total_cores = static_cast<double>(processors_);
    }

    void add_pools() {
        models::Pool pool;
        pool.name = replay_pool;
        pool.workers.backfill = options_.backfill;
        pool.workers.count = processors_;
        if (!limits_.processors.empty()) {
            pool.workers.steps = limits_.processors;
            pool.workers.count = 0;
            pool.workers.leave_when_done = true;
        }
        twin_.scenario.twin.pools.push_back(std::move(pool));
        twin_.pools.push_back({replay_pool, false, true});
        std::set<std::string> taken = {replay_pool, jobs_pipeline};
        for (const models::StartWindow& window : limits_.windows) {
            std::string& name = window_pools_.emplace_back();
            const bool ever_closed =
                std::find(window.closed.begin(), window.closed.end(), true) != window.closed.end();
            if (!ever_closed) continue;
            name = "hours_over_" + rounded(kernel::to_seconds(window.longer_than) / 60, "%.0f") + "min";
            while (!taken.insert(name).second) name += "_too";
            models::Pool hours;
            hours.name = name;
            hours.description.description =
                "when jobs begin that asked for longer than " + hours_of(window.longer_than);
            hours.workers.leave_when_done = true;
            hours.workers.steps = steps_of(window);
            twin_.scenario.twin.pools.push_back(std::move(hours));
        }
        switch (options_.backfill) {
            case models::Backfill::never:
                assume("first come, first served: the head of the line blocks the others");
                break;
            case models::Backfill::any:
                assume("first come, first served, and a job that fits goes ahead");
                break;
            case models::Backfill::easy:
                assume(
                    "first come, first served with EASY backfilling: a job goes ahead if by the times that "
                    "were "
                    "asked for it does not delay the first of the line");
        }
    }

    /// Workers for all in the hours in which such jobs begin, from the log's start to its end, and always behind it.
    std::vector<std::pair<Time, std::int64_t>> steps_of(const models::StartWindow& window) const {
        Time last = 0;
        for (const RecordedTask& task : run_.tasks)
            for (const auto& instant : {task.submitted, task.completed})
                if (instant) last = std::max(last, *instant);
        const auto all = std::max<std::int64_t>(1, std::ssize(kept_));
        std::vector<std::pair<Time, std::int64_t>> steps;
        for (Time at = 0; at <= last; at = models::next_hour(run_, at)) {
            const std::int64_t there = window.closed[models::hour_of_week(run_, at)] ? 0 : all;
            if (steps.empty() || steps.back().second != there) steps.emplace_back(at, there);
        }
        if (steps.back().second == 0) steps.emplace_back(models::next_hour(run_, last), all);
        return steps;
    }

    void add_jobs() {
        std::stable_sort(kept_.begin(), kept_.end(), [&](std::size_t a, std::size_t b) {
            return *run_.tasks[a].submitted < *run_.tasks[b].submitted;
        });
        models::Pipeline pipeline;
        pipeline.name = jobs_pipeline;
        pipeline.schedule.kind = models::Schedule::Kind::once;
        pipeline.schedule.text = "once";
        pipeline.description.label = run_.workflow;
        const std::size_t digits = std::to_string(kept_.size()).size();
        std::int64_t too_large = 0;
        bool expected = true;
        for (std::size_t k = 0; k < kept_.size(); ++k) {
            const RecordedTask& recorded = run_.tasks[kept_[k]];
            models::Task task;
            const std::string number = std::to_string(k + 1);
            task.name = "job_" + std::string(digits - number.size(), '0') + number;
            task.description.label = recorded.name.empty() ? recorded.id : recorded.name;
            models::Need need;
            need.pool = replay_pool;
            const auto asked = static_cast<std::int64_t>(std::ceil(std::max(1.0, recorded.cpus)));
            need.count = std::min(asked, processors_);
            too_large += asked > processors_ ? 1 : 0;
            task.work.runs_on.push_back(need);
            if (const std::string* hours = hours_for(recorded)) {
                models::Need permit;
                permit.pool = *hours;
                task.work.runs_on.push_back(permit);
            }
            task.work.service = constant_time(*models::time_held(recorded));
            if (recorded.requested)
                task.work.expected = constant_time(*recorded.requested);
            else
                expected = false;
            task.not_before = std::max<Time>(0, *recorded.submitted);
            twin_.task_of[kept_[k]] = std::string(jobs_pipeline) + "." + task.name;
            pipeline.tasks.push_back(std::move(task));
        }
        twin_.scenario.twin.pipelines.push_back(std::move(pipeline));
        if (too_large > 0)
            assume(std::to_string(too_large) + " jobs of more processors than there are take all of them");
        if (!expected && options_.backfill == models::Backfill::easy)
            assume("jobs that did not say how long they would take are expected to take as long as they did");
        assume(
            "each job is submitted when it was, and runs for as long as it did: whether users would have "
            "come later had "
            "they waited longer, the log does not say");
    }

    const std::string* hours_for(const RecordedTask& task) const {
        const std::string* found = nullptr;
        for (std::size_t c = 0; c < limits_.windows.size(); ++c)
            if (task.requested.value_or(0) > limits_.windows[c].longer_than)
                found = window_pools_[c].empty() ? nullptr : &window_pools_[c];
        return found;
    }

    void say_what_differs() {
        std::set<std::string> queues;
        for (const std::size_t i : kept_) queues.insert(run_.tasks[i].pool);
        if (queues.size() > 1)
            differs("the " + std::to_string(queues.size()) +
                    " queues or partitions of the log are one line and share all processors here: limits and "
                    "priorities that each had are not in the log");
        if (behaviour_.jobs == 0) {
            twin_.unknown.push_back(
                "how long jobs waited: the log has no wait times, and its submit times may be those of "
                "starts. What "
                "is simulated is compared with nothing");
            return;
        }
        for (const models::StartWindow& window : limits_.windows) {
            const std::string closed = closed_in_words(window.closed);
            if (!closed.empty())
                assume(std::to_string(window.jobs) + " jobs that asked for more than " +
                       hours_of(window.longer_than) + " do not begin " + closed +
                       (run_.epoch_ns == 0 ? " (as if the log began with 1970)" : " (local time)") +
                       ": inferred from when such jobs began");
        }
        if (limits_.days_with_fewer > 0)
            assume("on " + std::to_string(limits_.days_with_fewer) +
                   " days there are as many processors as were in use at most on that day, for jobs waited "
                   "although "
                   "others were free");
        if (limits_.standstills > 0)
            assume(std::to_string(limits_.standstills) + " times, for " +
                   rounded(kernel::to_seconds(limits_.stood_still) / 86400, "%.1f") +
                   " days in all, no job begins: in the recording none did for 12 hours and more while jobs "
                   "waited "
                   "that had room");
        if (behaviour_.with_room_s > 0)
            differs("jobs waited although as many processors as they need were not in use" +
                    std::string(options_.backfill == models::Backfill::any
                                    ? ""
                                    : ", nor kept for the first in line,") +
                    " for " + percent_of(behaviour_.with_room_s, behaviour_.waited_s) +
                    " of all the time that was waited: processors that were down or reserved, limits of "
                    "users and "
                    "queues, or rules of when jobs may begin" +
                    (options_.rules == QueueRules::inferred
                         ? "; the twin has what is listed as inferred, and no more of it"
                         : "; --rules inferred looks for some of these"));
        differs(percent_of(static_cast<double>(behaviour_.overtaken), static_cast<double>(behaviour_.jobs)) +
                " of the jobs began after one that was submitted later: by backfilling, which the twin has, "
                "or by "
                "priorities of users and jobs, which it has not");
        if (most_processors_ > processors_)
            differs("up to " + std::to_string(most_processors_) +
                    " processors were in use at once, more than there are: instants are rounded, or nodes "
                    "were shared");
    }

    void differs(std::string text) { twin_.not_in_twin.push_back(std::move(text)); }

    const RecordedRun& run_;
    QueueTwinOptions options_;
    ReplayTwin twin_;
    std::vector<std::size_t> kept_;  ///< by submission, once jobs are added
    std::int64_t processors_ = 1, most_processors_ = 0;
    models::QueueBehaviour behaviour_;
    models::QueueLimits limits_;
    std::vector<std::string> window_pools_;  ///< by window; empty: its jobs begin at any time
};

}  // namespace

bool is_queue_of_jobs(const RecordedRun& run) { return run.format == "swf"; }

ReplayTwin build_queue_twin(const RecordedRun& run, const QueueTwinOptions& options) {
    return QueueTwinBuilder(run, options).build();
}

}  // namespace understudy::studies
