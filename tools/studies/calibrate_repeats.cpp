#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kernel/exact_math.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tools/studies/attempt_tag.h"
#include "tools/studies/calibrate_lags.h"
#include "tools/studies/calibrate_laws.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/calibrate_phases.h"
#include "tools/studies/calibrate_told_apart.h"
#include "tools/studies/calibrate_tries.h"
#include "tools/studies/job_names.h"

namespace understudy::studies {

namespace {

/// So large a part of the tasks of both sides has to be found on the other.
constexpr double alike_enough = 0.9;
/// A process with few deviations counts so many of the average process among its own.
constexpr double borrowed = 4;
/// Smaller variation is none: a law of it would be noise of the fit.
constexpr double least_cv = 0.002;
constexpr std::int64_t replications_of_a_prediction = 5;
constexpr std::size_t most_shown_processes = 12;

const std::string& name_in_log(const models::RecordedTask& task) {
    return task.name.empty() ? task.id : task.name;
}

/// What it is one of; a process of its own where the log has none.
std::string process_of(const models::RecordedTask& task, const std::string& name) {
    return task.process.empty() ? name : task.process;
}

struct TaskOfTwin {
    std::string path;
    const models::Task* task;
};

/// What a task is called in the log, and whether it stands for an attempt that failed.
using NameOfTask = std::pair<std::string, bool>;
using TasksOfTwin = std::map<NameOfTask, std::vector<TaskOfTwin>>;

/// Tasks that work.
TasksOfTwin tasks_by_label(const models::Scenario& twin) {
    TasksOfTwin tasks;
    for (const models::Pipeline& pipeline : twin.twin.pipelines)
        for (const models::Task& task : pipeline.tasks)
            if (!task.work.service.empty())
                tasks[{task.description.label.empty() ? task.name : task.description.label,
                       is_failed_attempt(task.description)}]
                    .push_back({pipeline.name + "." + task.name, &task});
    return tasks;
}

using TasksOfLog = std::map<NameOfTask, std::vector<const models::RecordedTask*>>;

/// Those with instants, in the order of starts.
TasksOfLog tasks_by_name(const models::RecordedRun& run, const std::vector<std::string>& names) {
    TasksOfLog tasks;
    for (std::size_t i = 0; i < run.tasks.size(); ++i)
        if (const models::RecordedTask& task = run.tasks[i]; models::has_times(task))
            tasks[{names[i], task.failed}].push_back(&task);
    for (auto& [name, list] : tasks)
        std::stable_sort(list.begin(), list.end(),
                         [](const auto* a, const auto* b) { return *a->started < *b->started; });
    return tasks;
}

/// How many tasks are in the log, and of these in the twin. What failed is one of the twin's also where that has no failed
/// attempt of the name.
struct Matched {
    double in_log = 0, in_both = 0;                ///< that did not fail
    double failed_in_log = 0, failed_in_both = 0;  ///< attempts
};

Matched count_matched(const TasksOfTwin& of_twin, const TasksOfLog& of_log) {
    Matched count;
    for (const auto& [name, recorded] : of_log) {
        if (name.second) {
            const auto attempts = static_cast<double>(recorded.size());
            count.failed_in_log += attempts;
            if (of_twin.contains(name) || of_twin.contains({name.first, false}))
                count.failed_in_both += attempts;
            continue;
        }
        count.in_log += static_cast<double>(recorded.size());
        if (const auto known = of_twin.find(name); known != of_twin.end())
            count.in_both += static_cast<double>(std::min(recorded.size(), known->second.size()));
    }
    return count;
}

/// Import tags what it makes with the kind of log, and makes one task of all attempts, where replay makes a task of each.
bool is_imported_from(const models::Description& description, const models::RecordedRun& run) {
    return std::find(description.tags.begin(), description.tags.end(), run.format) != description.tags.end();
}

/// By the names that the log has, which are the labels of a twin that replay made, or by those that import gives, whichever
/// more of the twin's tasks go by.
TasksOfLog tasks_as_in_twin(const models::RecordedRun& run, const TasksOfTwin& of_twin) {
    std::vector<std::string> names;
    for (const models::RecordedTask& task : run.tasks) names.push_back(name_in_log(task));
    TasksOfLog as_logged = tasks_by_name(run, names);
    TasksOfLog as_imported = tasks_by_name(run, job_names(run));
    const auto in_both = [&](const TasksOfLog& of_log) {
        const Matched count = count_matched(of_twin, of_log);
        return std::pair{count.in_both, count.failed_in_both};
    };
    return in_both(as_imported) > in_both(as_logged) ? as_imported : as_logged;
}

/// What a task took in a repeat.
struct Taken {
    std::size_t repeat = 0;
    double held = 0;                           ///< seconds, transfers among them
    std::optional<models::TaskPhases> phases;  ///< where the twin has a link, and the repeat tells them
};

/// What a task does apart from holding its worker: its work in seconds, and what it moves.
struct Does {
    double work = 0, in_bytes = 0, out_bytes = 0;
    bool once = false;
    double repeats = 0;  ///< that say so

    bool moves() const { return in_bytes + out_bytes > 0; }
    /// The mean of a sum over so many; nothing of none.
    Does& operator/=(double count) {
        if (count > 0) work /= count, in_bytes /= count, out_bytes /= count;
        return *this;
    }
};

struct Durations {
    std::string process;
    double own = 0;                                ///< what the twin has
    std::vector<Taken> values;                     ///< of repeats that have it
    std::optional<Taken> of_process;               ///< the mean over all of its process, which are alike
    const models::Transfers* transfers = nullptr;  ///< the twin's; null: it moves nothing

    double mean_held() const {
        if (of_process) return of_process->held;
        double sum = 0;
        for (const Taken& value : values) sum += value.held;
        return values.empty() ? 0 : sum / static_cast<double>(values.size());
    }
    /// Of the repeats that tell its phases, and agree with the twin on whether its process reads the same data once on each
    /// node: what it reads is of one node then, and else of one task. Nothing where none does.
    std::optional<Does> does() const {
        Does mean;
        mean.once = transfers != nullptr && !transfers->once.empty();
        for (const Taken& own : values) {
            if (!own.phases || own.phases->once != mean.once) continue;
            const Taken& value = of_process && of_process->phases ? *of_process : own;
            mean.work += kernel::to_seconds(value.phases->work);
            mean.in_bytes += static_cast<double>(value.phases->in_bytes);
            mean.out_bytes += static_cast<double>(value.phases->out_bytes);
            ++mean.repeats;
        }
        if (mean.repeats == 0) return std::nullopt;
        return mean /= mean.repeats;
    }
    /// It has phases, in the twin or in the repeats.
    bool has_phases() const {
        const auto found = does();
        return transfers != nullptr || (found && found->moves());
    }
    /// Of the deviations from the mean, relative to it: of what varies by itself, which is the work where the rest is what
    /// the link takes.
    kernel::Moments deviations() const {
        kernel::Moments moments;
        const auto found = has_phases() ? does() : std::nullopt;
        if (has_phases() && !found) return moments;
        const double all = found ? found->work : mean_held();
        if (!(all > 0)) return moments;
        for (const Taken& value : values) {
            if (found && (!value.phases || value.phases->once != found->once)) continue;
            moments.add((found ? kernel::to_seconds(value.phases->work) : value.held) / all);
        }
        return moments;
    }
};

/// The attempts of a task of an imported twin, over all repeats.
class TriedTask {
public:
    TriedTask(const models::Work& work, std::string process) : work_(&work), process_(std::move(process)) {}

    /// `whole`: the repeat did not end early.
    void add(const SeenRun& repeat, std::size_t number, bool whole, const models::RecordedTask& task) {
        // Of logs with one clock the same task of several repeats is several items.
        models::RecordedTask& own = own_.emplace_back(task);
        own.run = std::to_string(number);
        tries_.add(repeat, own);
        ++attempts_;
        (task.failed ? failed_in_ : ended_in_).insert(number);
        if (!whole) parts_.insert(number);
        if (!task.failed) return;
        ++failed_;
        failed_s_ += kernel::to_seconds(*models::time_held(task));
    }

    bool was_tried_in(std::size_t number) const {
        return failed_in_.contains(number) || ended_in_.contains(number);
    }
    /// It failed in that repeat, and never ended well.
    bool ended_badly_in(std::size_t number) const {
        return failed_in_.contains(number) && !ended_in_.contains(number);
    }
    /// What comes after it ran in that repeat nevertheless.
    void was_passed_in(std::size_t number) { passed_in_.insert(number); }

    const std::string& process() const { return process_; }
    Tries tries() const { return tries_.tries(); }
    std::int64_t failed() const { return failed_; }
    /// Each failed attempt was followed by another, or was the end of what comes after it, as the twin can have it.
    bool is_told() const {
        const Tries tries = tries_.tries();
        const auto last = std::count_if(failed_in_.begin(), failed_in_.end(), [&](std::size_t number) {
            return ended_badly_in(number) && !passed_in_.contains(number);
        });
        return tries.again + last == failed_ && tries.lost == 0 && work_->transfers.over.empty();
    }
    /// `failure`, `fails_after` and `retry`, with their evidence. `alike`: what is known of tasks of its process.
    void fit(const std::string& path, const Tries& alike, Calibration& into) const {
        const auto failed = static_cast<double>(failed_), attempts = static_cast<double>(attempts_);
        const kernel::Interval share = kernel::share_limits(failed, attempts, 0.95);
        CalibratedElement element;
        element.path = path + ".failure";
        element.family = "share";
        element.how = std::to_string(failed_) + " of " + std::to_string(attempts_) + " attempts";
        element.observations = attempts_;
        element.numbers.push_back({"failed", "", share.estimate, share.low, share.high});
        into.elements.push_back(std::move(element));
        into.edits.push_back({path + ".failure", {}, std::round(share.estimate * 1e5) / 1e5, true});
        into.uncertain.push_back({path + ".failure", {}, attempts, 0, {}});
        if (failed_ == 0) return;
        into.edits.push_back(
            {path + ".fails_after",
             law_of(kernel::Distribution::constant(std::round(failed_s_ / failed * 1000) / 1000)),
             {},
             false});
        fit_retry(path, *work_, tries_in_time(path, alike, into), into);
    }

private:
    /// A repeat that ended early may have done so before it tried again: where that is done at all, it would have.
    Tries tries_in_time(const std::string& path, const Tries& alike, Calibration& into) const {
        Tries tries = tries_.tries();
        const auto cut_off = std::count_if(parts_.begin(), parts_.end(),
                                           [&](std::size_t number) { return ended_badly_in(number); });
        if (cut_off == 0 || (alike.again == 0 && work_->retry.times == 0)) return tries;
        tries.given_up = std::max<std::int64_t>(0, tries.given_up - cut_off);
        tries.given_up_earlier = std::min(tries.given_up_earlier, tries.given_up);
        if (tries.again > 0) return tries;
        into.assumed.push_back(path + ".retry: " + std::to_string(cut_off) +
                               (cut_off == 1 ? " attempt failed in a run" : " attempts failed in runs") +
                               " that ended early: tried again as " +
                               (alike.again > 0 ? "other tasks of its process were" : "in the twin"));
        tries.again = cut_off;
        tries.most = std::max(tries.most, alike.most);
        tries.pauses = alike.pauses;
        return tries;
    }

    const models::Work* work_;
    std::string process_;
    std::deque<models::RecordedTask> own_;
    Attempts tries_;
    std::set<std::size_t> failed_in_, ended_in_, passed_in_, parts_;  ///< numbers of repeats
    std::int64_t attempts_ = 0, failed_ = 0;
    double failed_s_ = 0;
};

struct Repeat {
    const models::RecordedRun* run = nullptr;
    bool whole = true;  ///< it did not end early
};

/// By path of a task: those of its pipeline that wait for it, or read what it writes.
std::map<std::string, std::vector<std::string>> next_tasks(const models::Scenario& twin) {
    std::map<std::string, std::vector<std::string>> next;
    for (const models::Pipeline& pipeline : twin.twin.pipelines) {
        std::map<std::string, std::vector<std::string>> writers;
        for (const models::Task& task : pipeline.tasks)
            for (const std::string& dataset : task.writes)
                writers[dataset].push_back(pipeline.name + "." + task.name);
        for (const models::Task& task : pipeline.tasks) {
            const std::string path = pipeline.name + "." + task.name;
            for (const std::string& before : task.after) next[pipeline.name + "." + before].push_back(path);
            for (const models::TaskInput& input : task.reads)
                for (const std::string& before : writers[input.dataset]) next[before].push_back(path);
        }
    }
    return next;
}

/// What the repeats say of each task, and what follows of the twin.
class RepeatFit {
public:
    RepeatFit(const models::Scenario& twin, const std::vector<Repeat>& repeats) {
        const auto of_twin = tasks_by_label(twin);
        const auto link = link_of_twin(twin);
        if (link) link_ = link->name;
        for (const auto& [name, tasks] : of_twin)
            for (const TaskOfTwin& task : tasks)
                if (name.second) failures_[task.path].transfers = &task.task->work.transfers;
        const auto next = next_tasks(twin);
        std::map<std::string, std::set<std::size_t>> tried_in;  // numbers of repeats, by name
        std::vector<MatchedRepeat> matched;
        for (const auto& [run, whole] : repeats) {
            MatchedRepeat& repeat = matched.emplace_back();
            repeat.run = run;
            SeenRun seen;
            seen.run = run;
            for (const models::RecordedTask& task : run->tasks)
                seen.end = std::max(seen.end, task.completed.value_or(0));
            models::RecordedPhases phases;
            if (link) phases = models::find_phases(*run, link->platform);
            for (const auto& [name, recorded] : tasks_as_in_twin(*run, of_twin)) {
                const auto known = of_twin.find(name);
                tried_in[name.first].insert(matched.size());
                const bool tried = add_tries(of_twin, seen, matched.size(), whole, name.first, recorded);
                const std::size_t both = known != of_twin.end() && !(tried && name.second)
                                             ? std::min(recorded.size(), known->second.size())
                                             : 0;
                if (const auto task = of_twin.find({name.first, false}); task != of_twin.end())
                    for (std::size_t k = both; k < recorded.size(); ++k)
                        repeat.other_attempts[task->second.front().path].push_back(
                            static_cast<std::size_t>(recorded[k] - run->tasks.data()));
                for (std::size_t k = 0; k < both; ++k) {
                    const auto index = static_cast<std::size_t>(recorded[k] - run->tasks.data());
                    repeat.task_of[known->second[k].path] = index;
                    Taken taken{matched.size() - 1, kernel::to_seconds(*models::time_held(*recorded[k])), {}};
                    if (link && phases.tasks > 0) taken.phases = phases.of[index];
                    const models::Work& work = known->second[k].task->work;
                    if (name.second) {
                        add_failure(known->second[k], taken);
                        continue;
                    }
                    Durations& one = durations_[known->second[k].path];
                    one.process = process_of(*recorded[k], name.first);
                    one.own = mean_of(work.service);
                    if (link)
                        one.own += static_cast<double>(work.transfers.in_bytes + work.transfers.out_bytes) /
                                   link->platform.bandwidth;
                    if (!work.transfers.over.empty()) one.transfers = &work.transfers;
                    one.values.push_back(taken);
                }
                if (name.second && !tried)
                    strange_failures_ += std::ssize(recorded) - static_cast<std::int64_t>(both);
            }
            find_passed(next, repeat, matched.size());
        }
        // Of repeats that had come so far as to try it.
        for (const auto& [name, tasks] : of_twin)
            for (const TaskOfTwin& task : tasks)
                if (name.second)
                    failures_[task.path].does /= static_cast<double>(tried_in[name.first].size());
        std::erase_if(tried_, [&](const auto& one) {
            const bool is_of_no_use = one.second.failed() > 0 && !one.second.is_told();
            if (is_of_no_use) strange_failures_ += one.second.failed();
            return is_of_no_use;
        });
        std::erase_if(
            tried_, [&](const auto& one) { return one.second.failed() == 0 && !fails_.contains(one.first); });
        tell_apart(repeats.size());
        // Places that nobody seems to have held were held by tasks that a run which ended early does not have.
        std::vector<MatchedRepeat> whole;
        for (std::size_t i = 0; i < repeats.size(); ++i)
            if (repeats[i].whole) whole.push_back(std::move(matched[i]));
        lags_.emplace(twin, whole);
        for (const auto& [path, one] : durations_) {
            Pool& pool = pools_[one.process];
            ++pool.tasks;
            pool.values += static_cast<double>(one.values.size());
            pool.sum += one.mean_held();
            if (one.has_phases()) {
                pool.moves = true;
                const auto does = one.does();
                kept_ += does ? 0 : 1;
                if (does) {
                    ++pool.told;
                    pool.work += does->work;
                    pool.in_bytes += does->in_bytes;
                    pool.out_bytes += does->out_bytes;
                }
            }
            const auto alike = alike_.find(one.process);
            if (alike != alike_.end() && pool.tasks > 1) continue;
            const kernel::Moments deviations = alike != alike_.end() ? alike->second : one.deviations();
            if (deviations.count() == 0) continue;
            pool.squares += deviations.squared_distances();
            pool.freedom += static_cast<double>(deviations.count() - 1);
        }
        double squares = 0, freedom = 0;
        for (const auto& [process, pool] : pools_) squares += pool.squares, freedom += pool.freedom;
        average_ = freedom > 0 ? squares / freedom : 0;
    }

    struct Pool {
        double tasks = 0, values = 0, sum = 0, squares = 0, freedom = 0;
        bool moves = false;  ///< its tasks move data over the twin's link, ...
        double told = 0, work = 0, in_bytes = 0, out_bytes = 0;  ///< ... so many of them as the repeats tell
    };
    const std::map<std::string, Pool>& pools() const { return pools_; }
    /// Tasks of the twin that stand for attempts that failed.
    std::int64_t failures() const { return std::ssize(failures_); }
    /// Attempts that failed in a repeat, and that the twin has no task for.
    std::int64_t strange_failures() const { return strange_failures_; }
    /// Tasks of which no repeat tells what they move: they keep what the twin has.
    std::int64_t kept() const { return kept_; }
    bool moves() const {
        return std::any_of(pools_.begin(), pools_.end(), [](const auto& one) { return one.second.moves; });
    }
    /// Processes whose names do not tell tasks apart from run to run.
    std::int64_t by_rank() const { return by_rank_; }
    bool is_alike(const std::string& process) const { return alike_.contains(process); }
    std::int64_t alike() const { return std::ssize(alike_); }

    const LagsOfRepeats& lags() const { return *lags_; }

    double cv(const Pool& pool) const {
        const double cv = std::sqrt((pool.squares + borrowed * average_) / (pool.freedom + borrowed));
        return cv < least_cv ? 0 : std::min(cv, 1.0);
    }

    /// Each task's mean is known from as many values as there are repeats.
    std::vector<UncertainInput> uncertain() const {
        std::vector<UncertainInput> uncertain;
        for (const auto& [path, one] : durations_) {
            const double variation = cv(pools_.at(one.process));
            const auto does = one.does();
            if (!(variation > 0) || (one.has_phases() ? !does || !(does->work > 0) : !(one.mean_held() > 0)))
                continue;
            const double values = one.has_phases() ? does->repeats : static_cast<double>(one.values.size());
            uncertain.push_back({path + ".service", {}, 0, variation / std::sqrt(values), {}});
        }
        return uncertain;
    }

    std::vector<CalibrationEdit> edits() const {
        std::vector<CalibrationEdit> edits;
        for (const auto& [path, one] : durations_) {
            const auto does = one.has_phases() ? one.does() : std::nullopt;
            if (one.has_phases() && !does) continue;
            const double mean = in_milliseconds(does ? does->work : one.mean_held());
            const double variation = std::round(cv(pools_.at(one.process)) * 1e4) / 1e4;
            add_work(edits, path,
                     variation > 0 && mean > 0 ? kernel::Distribution::lognormal(mean, variation)
                                               : kernel::Distribution::constant(mean));
            if (does)
                add_transfers(edits, path,
                              one.transfers != nullptr ? *one.transfers : models::Transfers{link_, 0, 0, {}},
                              *does);
        }
        for (CalibrationEdit& edit : lags_->edits()) edits.push_back(std::move(edit));
        Calibration tried;
        fit_tries(tried);
        for (CalibrationEdit& edit : tried.edits) edits.push_back(std::move(edit));
        for (const auto& [path, failed] : failures_) {
            add_work(edits, path, kernel::Distribution::constant(in_milliseconds(failed.does.work)));
            if (!failed.transfers->over.empty()) add_transfers(edits, path, *failed.transfers, failed.does);
        }
        return edits;
    }

    /// What became of attempts of an imported twin that failed.
    void fit_tries(Calibration& into) const {
        std::map<std::string, Tries> by_process;
        for (const auto& [path, one] : tried_) {
            const Tries tries = one.tries();
            Tries& alike = by_process[one.process()];
            alike.again += tries.again;
            alike.most = std::max(alike.most, tries.most);
            alike.pauses.resize(std::max(alike.pauses.size(), tries.pauses.size()));
            for (std::size_t i = 0; i < tries.pauses.size(); ++i)
                alike.pauses[i].insert(alike.pauses[i].end(), tries.pauses[i].begin(), tries.pauses[i].end());
        }
        for (const auto& [path, one] : tried_) one.fit(path, by_process[one.process()], into);
    }

private:
    /// False where the twin has no one task of that name that stands for all of its attempts.
    bool add_tries(const TasksOfTwin& of_twin, const SeenRun& repeat, std::size_t number, bool whole,
                   const std::string& name, const std::vector<const models::RecordedTask*>& recorded) {
        const auto known = of_twin.find({name, false});
        if (known == of_twin.end() || known->second.size() != 1 || of_twin.contains({name, true}))
            return false;
        const TaskOfTwin& task = known->second.front();
        if (!is_imported_from(task.task->description, *repeat.run)) return false;
        if (task.task->work.failure > 0) fails_.insert(task.path);
        TriedTask& tried =
            tried_.try_emplace(task.path, task.task->work, process_of(*recorded.front(), name)).first->second;
        for (const models::RecordedTask* attempt : recorded) tried.add(repeat, number, whole, *attempt);
        return true;
    }

    /// A task of the twin that is an attempt that failed.
    struct Failure {
        Does does;  ///< over all repeats that tried it, nothing in those where it did not fail
        const models::Transfers* transfers = nullptr;
    };

    /// Tasks that failed for good in a repeat which went on behind them all the same: in the twin it would not.
    void find_passed(const std::map<std::string, std::vector<std::string>>& next, const MatchedRepeat& repeat,
                     std::size_t number) {
        const auto ran = [&](const std::string& path) {
            const auto tried = tried_.find(path);
            return repeat.task_of.contains(path) ||
                   (tried != tried_.end() && tried->second.was_tried_in(number));
        };
        for (auto& [path, one] : tried_)
            if (const auto after = next.find(path);
                one.ended_badly_in(number) && after != next.end() &&
                std::any_of(after->second.begin(), after->second.end(), ran))
                one.was_passed_in(number);
    }

    void add_failure(const TaskOfTwin& task, const Taken& taken) {
        Does& does = failures_[task.path].does;
        if (!taken.phases || task.task->work.transfers.over.empty()) {
            does.work += taken.held;
            return;
        }
        does.work += kernel::to_seconds(taken.phases->work);
        does.in_bytes += static_cast<double>(taken.phases->in_bytes);
        does.out_bytes += static_cast<double>(taken.phases->out_bytes);
    }

    /// All that logs have.
    static double in_milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }
    static void add_work(std::vector<CalibrationEdit>& edits, const std::string& path,
                         const kernel::Distribution& law) {
        edits.push_back({path + ".service", law_of(law), {}, false});
    }
    static void add_transfers(std::vector<CalibrationEdit>& edits, const std::string& path,
                              models::Transfers transfers, const Does& does) {
        transfers.in_bytes = std::llround(does.in_bytes);
        transfers.out_bytes = std::llround(does.out_bytes);
        CalibrationEdit& edit = edits.emplace_back();
        edit.path = path + ".transfers";
        edit.transfers = std::move(transfers);
    }

    /// Tasks of a process by their names, unless other work stands under a name in each run, as where names are numbers in
    /// the order of creation: then the longest of each run go together, and become the twin's longest. Where neither tells
    /// them apart they are one.
    void tell_apart(std::size_t repeats) {
        std::map<std::string, std::vector<Durations*>> processes;
        for (auto& [path, one] : durations_) processes[one.process].push_back(&one);
        for (auto& [process, tasks] : processes) {
            std::vector<std::vector<std::optional<double>>> seconds;
            for (const Durations* one : tasks) {
                seconds.emplace_back(repeats);
                for (const Taken& value : one->values) seconds.back()[value.repeat] = value.held;
            }
            switch (how_told_apart(process, seconds)) {
                case ToldApart::by_name: break;
                case ToldApart::by_rank: match_by_rank(tasks, repeats); break;
                case ToldApart::not_at_all: make_alike(process, tasks); break;
            }
        }
    }

    void match_by_rank(std::vector<Durations*> tasks, std::size_t repeats) {
        std::vector<std::vector<Taken>> of_repeat(repeats), ranked(tasks.size());
        for (const Durations* one : tasks)
            for (const Taken& value : one->values) of_repeat[value.repeat].push_back(value);
        for (std::vector<Taken>& values : of_repeat) {
            if (values.size() < tasks.size()) continue;  // the rank is that among all
            std::stable_sort(values.begin(), values.end(),
                             [](const Taken& a, const Taken& b) { return a.held < b.held; });
            for (std::size_t k = 0; k < values.size(); ++k) ranked[k].push_back(values[k]);
        }
        ++by_rank_;
        std::stable_sort(tasks.begin(), tasks.end(),
                         [](const Durations* a, const Durations* b) { return a->own < b->own; });
        for (std::size_t k = 0; k < tasks.size(); ++k) tasks[k]->values = std::move(ranked[k]);
    }

    /// Of tasks that are alike each has the mean of all, and its pool the variation around that.
    void make_alike(const std::string& process, const std::vector<Durations*>& tasks) {
        Durations all;
        all.process = process;
        all.transfers = tasks.front()->transfers;
        for (const Durations* one : tasks)
            all.values.insert(all.values.end(), one->values.begin(), one->values.end());
        Taken mean = {0, all.mean_held(), {}};
        if (const auto does = all.does())
            mean.phases = models::TaskPhases{std::llround(does->in_bytes), std::llround(does->out_bytes),
                                             kernel::from_seconds(does->work), does->once};
        for (Durations* one : tasks) one->of_process = mean;
        alike_.emplace(process, all.deviations());
    }

    static double mean_of(const models::Law& law) {
        double mean = 0;
        for (const models::Term& term : law.terms) mean += term.law.mean();
        return mean;
    }

    std::optional<LagsOfRepeats> lags_;
    std::string link_;                            ///< empty: the twin has none, or several
    std::map<std::string, Durations> durations_;  ///< by path
    std::map<std::string, Failure> failures_;     ///< by path
    std::map<std::string, TriedTask> tried_;      ///< by path
    std::set<std::string> fails_;                 ///< paths of tasks that may fail in the twin
    std::int64_t kept_ = 0;
    std::int64_t strange_failures_ = 0;
    std::map<std::string, Pool> pools_;  ///< by process
    double average_ = 0;
    std::int64_t by_rank_ = 0;
    std::map<std::string, kernel::Moments> alike_;  ///< deviations, by process whose tasks are alike
};

std::optional<double> predicted(const models::Scenario& twin, const std::vector<CalibrationEdit>& edits,
                                const std::atomic<bool>* stop) {
    models::Scenario scenario = twin;
    apply_calibration(edits, scenario);
    return simulated_makespan(std::move(scenario), replications_of_a_prediction, stop);
}

}  // namespace

std::vector<Repeats> repeats_of(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs) {
    const auto of_twin = tasks_by_label(twin);
    double in_twin = 0;
    for (const auto& [label, tasks] : of_twin)
        if (!label.second) in_twin += static_cast<double>(tasks.size());
    std::vector<Repeats> repeats;
    for (const models::RecordedRun& run : runs) {
        const Matched count = count_matched(of_twin, tasks_as_in_twin(run, of_twin));
        const double in_log = count.in_log + count.failed_in_log,
                     in_both = count.in_both + count.failed_in_both;
        if (count.in_both > 0 && count.in_both >= alike_enough * count.in_log &&
            count.in_both >= alike_enough * in_twin)
            repeats.push_back(Repeats::all);
        else
            repeats.push_back(in_both > 0 && in_both >= alike_enough * in_log ? Repeats::a_part
                                                                              : Repeats::nothing);
    }
    // Where nothing shows what the whole is, these are no parts of it.
    if (std::find(repeats.begin(), repeats.end(), Repeats::all) == repeats.end())
        std::fill(repeats.begin(), repeats.end(), Repeats::nothing);
    return repeats;
}

void calibrate_repeats(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                       const std::vector<Repeats>& what, const CalibrationOptions& options,
                       Calibration& into) {
    std::vector<Repeat> repeats;
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (what[i] != Repeats::nothing) repeats.push_back({&runs[i], what[i] == Repeats::all});
    if (repeats.empty()) return;
    const auto whole =
        std::count_if(repeats.begin(), repeats.end(), [](const Repeat& one) { return one.whole; });
    if (const auto parts = std::ssize(repeats) - whole; parts > 0)
        into.assumed.push_back(std::to_string(parts) + " of " + std::to_string(repeats.size()) +
                               (parts == 1
                                    ? " runs ended early: the tasks that it has count, and of others it"
                                    : " runs ended early: the tasks that they have count, and of others "
                                      "they") +
                               (parts == 1 ? " says nothing" : " say nothing"));
    const RepeatFit fit(twin, repeats);
    const std::vector<CalibrationEdit> edits = fit.edits();
    const std::string count = std::to_string(repeats.size());

    std::vector<std::pair<std::string, RepeatFit::Pool>> by_work(fit.pools().begin(), fit.pools().end());
    std::stable_sort(by_work.begin(), by_work.end(),
                     [](const auto& a, const auto& b) { return a.second.sum > b.second.sum; });
    for (std::size_t i = 0; i < by_work.size() && i < most_shown_processes; ++i) {
        const auto& [process, pool] = by_work[i];
        CalibratedElement element;
        element.path = process;
        element.family = repeats.size() > 1 && fit.cv(pool) > 0 ? "lognormal" : "constant";
        element.how = "each of " + std::to_string(static_cast<std::int64_t>(pool.tasks)) +
                      (pool.tasks == 1 ? " task" : " tasks") +
                      (fit.is_alike(process) ? " the mean of all"
                       : repeats.size() > 1  ? " its mean"
                                             : " as it was");
        element.observations = static_cast<std::int64_t>(pool.values);
        element.numbers.push_back({"mean", "s", pool.sum / pool.tasks, {}, {}});
        if (pool.told > 0) {
            element.numbers.push_back({"work", "s", pool.work / pool.told, {}, {}});
            element.numbers.push_back({"in", "GB", pool.in_bytes / pool.told / gigabyte, {}, {}});
            element.numbers.push_back({"out", "GB", pool.out_bytes / pool.told / gigabyte, {}, {}});
        }
        if (pool.freedom > 0) {
            // Where it may lie is for its own deviations to say; what it borrows of others may be beside that.
            const double half = pool.freedom / 2, own = std::sqrt(pool.squares / pool.freedom);
            CalibratedNumber variation{"cv", "", fit.cv(pool), {}, {}};
            variation.low =
                std::min(own * std::sqrt(half / kernel::gamma_quantile(half, 0.975, 0.025)), fit.cv(pool));
            variation.high =
                std::max(own * std::sqrt(half / kernel::gamma_quantile(half, 0.025, 0.975)), fit.cv(pool));
            element.numbers.push_back(variation);
        }
        into.elements.push_back(std::move(element));
    }
    if (by_work.size() > most_shown_processes)
        into.notes.push_back(std::to_string(by_work.size() - most_shown_processes) +
                             " processes with less work are fitted and not listed");

    Calibration tried;
    fit.fit_tries(tried);
    const auto take = [](auto& from, auto& to) {
        std::move(from.begin(), from.end(), std::back_inserter(to));
    };
    take(tried.elements, into.elements);
    take(tried.assumed, into.assumed);
    take(tried.unidentified, into.unidentified);
    fit.lags().report(into);
    if (fit.failures() > 0)
        into.assumed.push_back(std::to_string(fit.failures()) +
                               (fit.failures() == 1
                                    ? " task of the twin is an attempt that failed: it takes"
                                    : " tasks of the twin are attempts that failed: each takes") +
                               " its mean over all repeats, nothing where it did not fail again");
    if (fit.strange_failures() > 0)
        into.assumed.push_back(std::to_string(fit.strange_failures()) +
                               (fit.strange_failures() == 1 ? " attempt of the repeats failed"
                                                            : " attempts of the repeats failed") +
                               " where the twin has no failed attempt: what these took is not in the twin");
    if (fit.by_rank() > 0)
        into.assumed.push_back(
            "tasks of " + std::to_string(fit.by_rank()) +
            (fit.by_rank() == 1 ? " process are" : " processes are") +
            " told apart by the rank of their duration: one name is other work in each repeat");
    if (fit.alike() > 0)
        into.assumed.push_back(
            "tasks of " + std::to_string(fit.alike()) +
            (fit.alike() == 1 ? " process are" : " processes are") +
            " alike: names tell them apart no better than chance, so that each has the mean of all");
    if (const auto link = link_of_twin(twin); link && fit.moves())
        into.assumed.push_back(
            "what tasks move over " + link->name +
            " is found from how many did so at once in each repeat, on the platform that the "
            "twin has, and is the mean over the repeats");
    if (fit.kept() > 0)
        into.unidentified.push_back(
            "what " + std::to_string(fit.kept()) + (fit.kept() == 1 ? " task moves" : " tasks move") +
            ": no repeat tells it apart from the work as the twin does (run times and used CPU, one link, "
            "reads "
            "that are each task's own or once on a node alike): service and transfers stay as they are");
    // Each left out in turn.
    Validation validation;
    validation.of = "makespan";
    const auto stopped = [&] { return options.stop != nullptr && *options.stop; };
    for (std::size_t i = 0; whole > 1 && i < repeats.size() && !stopped(); ++i) {
        if (!repeats[i].whole) continue;
        const auto recorded = recorded_makespan(*repeats[i].run);
        std::vector<Repeat> others = repeats;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
        const auto makespan = predicted(twin, RepeatFit(twin, others).edits(), options.stop);
        if (recorded && makespan)
            validation.held_out.push_back({repeats[i].run->source, *makespan, *recorded, false, false});
    }
    judge_left_out(validation.held_out, 3);
    if (!validation.held_out.empty()) into.validations.push_back(summarised(validation));
    const auto replayed = predicted(twin, edits, options.stop);
    if (stopped()) {
        into.interrupted = true;
        return;
    }
    for (const auto& [run, is_whole] : repeats)
        if (const auto recorded = recorded_makespan(*run); is_whole && recorded && replayed)
            into.self_replays.push_back({run->source, *replayed, *recorded});

    into.edits.insert(into.edits.end(), edits.begin(), edits.end());
    if (repeats.size() > 1) {
        into.uncertain = fit.uncertain();
        take(tried.uncertain, into.uncertain);
    }
    if (repeats.size() == 1)
        into.unidentified.push_back(
            "how durations vary from run to run: one repeat of the workflow tells each task's own alone; "
            "give "
            "further logs of it");
    else
        into.assumed.push_back(
            "the variation of a task around its mean over " + count +
            " repeats is that of its process; tasks vary one by one, not a whole run at once");
    into.assumed.push_back("delays of tasks, dependencies and nodes are the twin's own");
}

}  // namespace understudy::studies
