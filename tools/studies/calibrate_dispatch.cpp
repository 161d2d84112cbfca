#include "tools/studies/calibrate_dispatch.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "kernel/fit.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "models/graph.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/law_of.h"
#include "tools/studies/most_at_once.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::RecordedTask;

constexpr std::size_t fewest_lags = 10;
constexpr double level_of_lags = 0.95;
/// Two means are another at 1 percent.
constexpr double level_of_another = 0.995;
/// Lags below both are none, unless the twin has one there.
constexpr double least_lag_s = 1, least_lag_share = 0.005;
/// So many of those who were started within it had a place that somebody had just left.
constexpr double usual_turn_around = 0.95;
constexpr double unlimited_places = std::numeric_limits<double>::infinity();

std::string seconds_of_lag(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.4g s", value);
    return text;
}

/// What waits for one pool.
struct WaitingLine {
    std::string name;
    const models::Workers* workers = nullptr;
    std::vector<const WorkingElement*> users;
    bool has_cores = false;
    double places = 0;
    std::string why_not;  ///< its places cannot be told
    bool may_launch() const { return !has_cores && places < models::most_told_apart; }
};

/// An attempt on a line.
struct LineAttempt {
    const WorkingElement* element = nullptr;
    Time came = 0, started = 0;
    Time ended = kernel::never;
    std::optional<Time> submitted, ready;
    Time room = -kernel::never;  ///< since when an earlier start's end left it a place
    double there = 0;            ///< on the line when it came, itself among them
};

struct LagsOfLine {
    std::vector<double> dispatch_s, turn_around_s;
    /// By pipeline: from ready to submission; from ready to start, in one.
    std::map<std::string, std::vector<double>> hand_over_s, whole_s;
    /// The same from ready to start, of those that were submitted and found a place free.
    std::map<std::string, std::vector<double>> both_s;
    std::map<std::string, std::vector<double>> first_s;  ///< dispatch of tasks that wait for none
    std::set<std::string> waits_before_submission;       ///< pipelines
    /// How many were there, and the lag of who found a place: of the dispatch, and by pipeline of the whole.
    std::map<std::string, std::vector<std::pair<double, double>>> by_crowd;
    double resolution_s = 0;
    std::int64_t most_at_work = 0;  ///< at once
};

struct MeanOfLags {
    double mean = 0, error = 0, n = 0;
    explicit MeanOfLags(const std::vector<double>& values) {
        const kernel::Moments moments = kernel::moments_of(values);
        n = static_cast<double>(values.size());
        mean = values.empty() ? 0 : moments.mean();
        error = values.size() < 2 ? 0 : std::sqrt(moments.variance() / n);
    }
    bool told() const { return n >= static_cast<double>(fewest_lags); }
};

bool is_another(const MeanOfLags& a, const MeanOfLags& b) {
    const double degrees = std::max(1.0, std::min(a.n, b.n) - 1);
    return std::fabs(a.mean - b.mean) > kernel::student_quantile(level_of_another, degrees) *
                                                std::sqrt(a.error * a.error + b.error * b.error) +
                                            1e-9;
}

class DispatchFit {
public:
    DispatchFit(const models::Scenario& twin, const std::vector<SeenRun>& runs, Calibration& into)
        : twin_(twin), graph_(twin), elements_(twin, runs), into_(into) {
        for (const models::Pipeline& pipeline : twin.twin.pipelines)
            for (const models::Task& task : pipeline.tasks) tasks_[pipeline.name + "." + task.name] = &task;
        for (const models::Stage& stage : twin.twin.stages) stages_[stage.name] = &stage;
    }

    void add(const SeenRun& log) {
        std::map<std::string, std::vector<LineAttempt>> by_line;
        std::map<const WorkingElement*, std::map<std::string, Time>> last_end, first_start;
        const auto each = [&](const auto& use) {
            for (const auto* tasks : {&log.ended, &log.open})
                for (const RecordedTask* task : *tasks)
                    if (const auto found = elements_.of(*task); task->started && found.size() == 1)
                        use(*task, *found.front());
        };
        each([&](const RecordedTask& task, const WorkingElement& element) {
            if (element.pipeline.empty() || task.run.empty()) return;
            if (task.completed && !task.failed) {
                Time& last = last_end[by_path(element)].try_emplace(task.run, *task.completed).first->second;
                last = std::max(last, *task.completed);
            }
            Time& first = first_start[by_path(element)].try_emplace(task.run, *task.started).first->second;
            first = std::min(first, *task.started);
        });
        each([&](const RecordedTask& task, const WorkingElement& element) {
            WaitingLine* line = line_of(element);
            if (line == nullptr) return;
            LineAttempt attempt;
            attempt.element = by_path(element);
            attempt.started = *task.started;
            seen_.insert(element.path);
            if (task.completed) attempt.ended = std::max(*task.completed, *task.started);
            if (task.submitted && *task.submitted <= *task.started) attempt.submitted = task.submitted;
            attempt.ready = ready_of(log, task, *attempt.element, last_end, first_start);
            if (attempt.submitted)
                waits_[element.path].push_back(kernel::to_seconds(*task.started - *attempt.submitted));
            if (task.completed)
                works_[line->name].push_back(kernel::to_seconds(attempt.ended - attempt.started));
            by_line[line->name].push_back(attempt);
        });
        for (auto& [name, attempts] : by_line) {
            const WaitingLine& line = lines_.at(name);
            LagsOfLine& lags = lags_[name];
            lags.resolution_s = std::max(lags.resolution_s, kernel::to_seconds(log.run->resolution));
            if (line.why_not.empty()) measure(line, attempts, lags);
        }
    }

    void fit() {
        for (auto& [name, lags] : lags_) fit_line(lines_.at(name), lags);
        for (const auto& [path, waits] : waits_) say_what_is_not_told(path, waits);
    }

private:
    /// One object for each element, whoever finds it.
    const WorkingElement* by_path(const WorkingElement& element) {
        return &found_.try_emplace(element.path, element).first->second;
    }

    // ---- lines

    WaitingLine* line_of(const WorkingElement& element) {
        const models::Work& work = *element.work;
        const std::string name = work.workers ? element.path : work.runs_on.front().pool;
        const auto [at, fresh] = lines_.try_emplace(name);
        if (fresh) at->second = line_named(name);
        return at->second.workers != nullptr ? &at->second : nullptr;
    }

    WaitingLine line_named(const std::string& name) {
        WaitingLine line;
        line.name = name;
        for (const models::Pool& pool : twin_.twin.pools)
            if (pool.name == name) line.workers = &pool.workers;
        const auto add = [&](const models::Work& work, const std::string& path, const std::string& pipeline) {
            const bool own = work.workers && path == name;
            if (own) line.workers = &*work.workers;
            if (!own && std::none_of(work.runs_on.begin(), work.runs_on.end(),
                                     [&](const models::Need& need) { return need.pool == name; }))
                return;
            line.users.push_back(by_path({path, pipeline, &work, false}));
        };
        for (const models::Stage& stage : twin_.twin.stages) add(stage.work, stage.name, "");
        for (const auto& [path, task] : tasks_) add(task->work, path, path.substr(0, path.rfind('.')));
        if (line.workers != nullptr) count_places(line);
        return line;
    }

    void count_places(WaitingLine& line) const {
        const models::Workers& workers = *line.workers;
        line.why_not = why_no_places(line);
        if (!line.why_not.empty()) return;
        double cores = workers.type.cores, memory = static_cast<double>(workers.type.memory_bytes);
        line.has_cores = cores > 0 || memory > 0;
        const double nodes =
            workers.count == models::unlimited ? unlimited_places : static_cast<double>(workers.count);
        const models::Work& work = *line.users.front()->work;
        const models::Need need = work.runs_on.empty() ? models::Need{} : work.runs_on.front();
        double on_one = 1;
        if (line.has_cores) {
            // What asks for the same leaves no gaps, on whichever node it is.
            on_one = unlimited_places;
            if (cores > 0 && need.cores > 0) on_one = std::min(on_one, std::floor(cores / need.cores + 1e-9));
            if (memory > 0 && need.memory_bytes > 0)
                on_one = std::min(on_one, std::floor(memory / static_cast<double>(need.memory_bytes)));
            line.places = nodes * on_one / static_cast<double>(std::max<std::int64_t>(1, need.count));
        } else {
            line.places = nodes / static_cast<double>(std::max<std::int64_t>(1, need.count));
        }
        if (line.places < models::most_told_apart) line.places = std::floor(line.places);
    }

    /// In words, as the end of "... of LINE cannot be told: "; empty where they can.
    std::string why_no_places(const WaitingLine& line) const {
        const models::Workers& workers = *line.workers;
        if (workers.least || !workers.steps.empty() || !workers.shifts.empty())
            return "the number of its workers changes";
        if (!workers.groups.empty()) return "its workers are of several types";
        if (!workers.outages.empty()) return "its workers have outages, of which the log says nothing";
        if (workers.order == models::Order::shared || workers.order == models::Order::cyclic ||
            workers.preempt || !workers.poll.empty())
            return "its workers do not take one after the other as they become free";
        const models::Need* first = nullptr;
        for (const WorkingElement* user : line.users) {
            const models::Work& work = *user->work;
            if (work.runs_on.size() > 1) return user->path + " needs another pool as well";
            if (!work.spends.empty()) return user->path + " waits for a budget as well";
            if (!work.launch.empty()) return user->path + " has a launch of its own";
            if (!work.transfers.over.empty()) return user->path + " moves data over a link";
            const auto stage = stages_.find(user->path);
            if (stage != stages_.end()) {
                const models::Stage& one = *stage->second;
                if (one.take > 1 || one.batch || one.join || one.window)
                    return user->path + " takes up several items at once";
                if (!one.holds_until.empty()) return user->path + " keeps its workers beyond its end";
            }
            const auto task = tasks_.find(user->path);
            if (task != tasks_.end()) {
                if (task->second->waits_for) return user->path + " is a sensor";
                if (!task->second->holds_until.empty())
                    return user->path + " keeps its workers beyond its end";
            }
            if (work.runs_on.empty()) continue;
            const models::Need& need = work.runs_on.front();
            if (first != nullptr && (need.count != first->count || need.cores != first->cores ||
                                     need.memory_bytes != first->memory_bytes || need.skill != first->skill))
                return "tasks need more or less of it each, so that one may wait for another while it has "
                       "room";
            first = &need;
        }
        return "";
    }

    // ---- what a task needed

    using ByRun = std::map<const WorkingElement*, std::map<std::string, Time>>;

    std::optional<Time> ready_of(const SeenRun& log, const RecordedTask& task, const WorkingElement& element,
                                 const ByRun& last_end, const ByRun& first_start) {
        if (element.pipeline.empty() || task.attempt > 1) return std::nullopt;
        if (!task.parents.empty()) {
            Time ready = -kernel::never;
            for (const std::uint32_t parent : task.parents) {
                const RecordedTask& before = log.run->tasks[parent];
                if (!before.completed || before.failed) return std::nullopt;
                ready = std::max(ready, *before.completed);
            }
            return sane(ready, task);
        }
        if (task.run.empty()) return std::nullopt;
        const models::Task& own = *tasks_.at(element.path);
        // A later try waits for its pause, and nobody tells instances of one task apart.
        if (*task.started != first_start.at(&found_.at(element.path)).at(task.run) || own.expand > 1)
            return std::nullopt;
        Time ready = -kernel::never;
        if (!ends_before(element.path, task.run, last_end, ready) || ready == -kernel::never)
            return std::nullopt;
        return sane(ready, task);
    }

    static std::optional<Time> sane(Time ready, const RecordedTask& task) {
        const Time begun = task.submitted.value_or(*task.started);
        return ready <= begun ? std::optional(ready) : std::nullopt;
    }

    /// False where what it waits for is not all in the log, or is more than ends of tasks.
    bool ends_before(const std::string& path, const std::string& run, const ByRun& last_end,
                     Time& ready) const {
        const models::Task& task = *tasks_.at(path);
        if (task.waits_for || task.not_before ||
            (task.trigger_rule != models::TriggerRule::all_success &&
             task.trigger_rule != models::TriggerRule::all_done &&
             task.trigger_rule != models::TriggerRule::none_failed))
            return false;
        const models::GraphIndex vertex = graph_.find(models::VertexKind::task, path);
        for (const models::GraphIndex other : graph_.in(vertex, models::EdgeKind::after)) {
            const std::string& before = graph_.graph()[other].name;
            const models::Task& parent = *tasks_.at(before);
            if (!parent.work.workers && parent.work.runs_on.empty()) {
                if (!parent.work.service.empty() || !ends_before(before, run, last_end, ready)) return false;
                continue;
            }
            const auto element = found_.find(before);
            if (element == found_.end()) return false;
            const auto known = last_end.find(&element->second);
            if (known == last_end.end() || !known->second.contains(run)) return false;
            ready = std::max(ready, known->second.at(run));
        }
        return true;
    }

    bool waits_for_tasks(const std::string& path) const {
        const auto vertex = graph_.find(models::VertexKind::task, path);
        return !graph_.in(vertex, models::EdgeKind::after).empty();
    }

    // ---- lags of one line in one log

    static void measure(const WaitingLine& line, std::vector<LineAttempt>& attempts, LagsOfLine& into) {
        std::stable_sort(attempts.begin(), attempts.end(), [](const LineAttempt& a, const LineAttempt& b) {
            return a.started != b.started ? a.started < b.started
                                          : a.submitted.value_or(a.started) < b.submitted.value_or(b.started);
        });
        find_room(line.places, attempts);
        std::vector<std::pair<Time, Time>> at_work;
        for (const LineAttempt& one : attempts) at_work.emplace_back(one.started, one.ended);
        into.most_at_work = std::max(into.most_at_work, most_at_once(at_work));
        // Whose submission waits for room waits where the log does not see it.
        std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> hand_overs;
        for (LineAttempt& one : attempts) one.came = one.ready.value_or(one.submitted.value_or(one.started));
        count_there(attempts, 0);
        for (const LineAttempt& one : attempts)
            if (one.ready && one.submitted) {
                auto& [free, full] = hand_overs[one.element->pipeline];
                (one.there <= line.places ? free : full)
                    .push_back(kernel::to_seconds(*one.submitted - *one.ready));
            }
        for (const auto& [pipeline, both] : hand_overs) {
            const MeanOfLags free(both.first), full(both.second);
            if (free.told() && full.told() && full.mean > free.mean && is_another(free, full))
                into.waits_before_submission.insert(pipeline);
        }
        const auto hidden = [&](const LineAttempt& one) {
            return one.ready && into.waits_before_submission.contains(one.element->pipeline);
        };
        for (LineAttempt& one : attempts)
            one.came = one.submitted && !hidden(one) ? *one.submitted : one.ready.value_or(one.started);
        count_there(attempts, 0);
        // Where the submission is not seen a place may have come while the delay had not passed.
        std::vector<double> of_free;
        for (const LineAttempt& one : attempts)
            if (is_told(one) && (!one.submitted || hidden(one)) && one.there <= line.places)
                of_free.push_back(kernel::to_seconds(one.started - one.came));
        std::sort(of_free.begin(), of_free.end());
        const Time longest_delay =
            of_free.empty() ? 0 : kernel::from_seconds(kernel::sorted_quantile(of_free, usual_turn_around));
        const auto waited_for_room = [&](const LineAttempt& one) {
            const Time since = one.came + (!one.submitted || hidden(one) ? longest_delay : 0);
            return is_told(one) && one.there > line.places && one.room > since && one.room <= one.started;
        };
        std::vector<double> turn_arounds;
        for (const LineAttempt& one : attempts)
            if (waited_for_room(one)) turn_arounds.push_back(kernel::to_seconds(one.started - one.room));
        into.turn_around_s.insert(into.turn_around_s.end(), turn_arounds.begin(), turn_arounds.end());
        if (!turn_arounds.empty()) {
            std::sort(turn_arounds.begin(), turn_arounds.end());
            count_there(attempts,
                        kernel::from_seconds(kernel::sorted_quantile(turn_arounds, usual_turn_around)));
        }
        for (const LineAttempt& one : attempts) {
            const std::string& pipeline = one.element->pipeline;
            if (one.ready && one.submitted && !hidden(one))
                into.hand_over_s[pipeline].push_back(kernel::to_seconds(*one.submitted - *one.ready));
            if (!is_told(one) || one.there > line.places) continue;
            const double lag = kernel::to_seconds(one.started - one.came);
            const bool whole = !one.submitted || hidden(one);
            into.by_crowd[whole ? pipeline : ""].emplace_back(one.there, lag);
            if (whole) {
                into.whole_s[pipeline].push_back(lag);
                continue;
            }
            into.dispatch_s.push_back(lag);
            if (one.ready) into.both_s[pipeline].push_back(kernel::to_seconds(one.started - *one.ready));
            if (!one.ready && !pipeline.empty()) into.first_s[pipeline].push_back(lag);
        }
    }

    static bool is_told(const LineAttempt& one) { return one.submitted || one.ready; }

    /// With the end of which earlier start there was a place.
    static void find_room(double places, std::vector<LineAttempt>& by_start) {
        if (!(places < models::most_told_apart)) return;
        const auto most = static_cast<std::size_t>(std::max(1.0, places));
        std::multiset<Time> latest;  // ends of those who began before, no more than there are places
        for (LineAttempt& one : by_start) {
            if (latest.size() == most) one.room = *latest.begin();
            latest.insert(one.ended);
            if (latest.size() > most) latest.erase(latest.begin());
        }
    }

    /// Who has ended less than `lately` ago counts as there.
    static void count_there(std::vector<LineAttempt>& attempts, Time lately) {
        std::vector<Time> came, gone;
        for (const LineAttempt& one : attempts) {
            came.push_back(one.came);
            gone.push_back(one.ended == kernel::never ? kernel::never : one.ended + lately);
        }
        std::sort(came.begin(), came.end());
        std::sort(gone.begin(), gone.end());
        for (LineAttempt& one : attempts) {
            const auto before = std::upper_bound(came.begin(), came.end(), one.came) - came.begin();
            const auto left = std::upper_bound(gone.begin(), gone.end(), one.came) - gone.begin();
            one.there = static_cast<double>(before - left);
            // It has not left before it came, however short it was.
            if (one.ended != kernel::never && one.ended + lately <= one.came) one.there += 1;
        }
    }

    // ---- what follows of the twin

    double work_of(const std::string& line) const {
        const auto known = works_.find(line);
        return known == works_.end() ? 0 : MeanOfLags(known->second).mean;
    }

    bool counts(const WaitingLine& line, const MeanOfLags& lag) const {
        return lag.told() && lag.mean >= std::min(least_lag_s, least_lag_share * work_of(line.name)) &&
               lag.mean > kernel::student_quantile(level_of_another, lag.n - 1) * lag.error;
    }

    void fit_line(WaitingLine& line, const LagsOfLine& lags) {
        if (line.why_not.empty() &&
            std::any_of(lags.by_crowd.begin(), lags.by_crowd.end(),
                        [](const auto& one) { return grows_with_the_crowd(one.second); }))
            line.why_not =
                "who finds a worker free waits the longer the more are there, as if it had fewer workers";
        const MeanOfLags dispatch(lags.dispatch_s), turn_around(lags.turn_around_s);
        // What waits for a worker that the twin alone has looks like turn-around.
        if (line.why_not.empty() && turn_around.told() &&
            static_cast<double>(lags.most_at_work) < line.places)
            line.why_not = "no more than " + std::to_string(lags.most_at_work) +
                           " were at work at once while others waited, as if it had fewer workers";
        if (!line.why_not.empty()) return;
        const models::Workers& workers = *line.workers;
        const bool alike = !turn_around.told() || !is_another(dispatch, turn_around);
        std::optional<double> launch;
        if (line.may_launch() && (counts(line, dispatch) || (dispatch.told() && !workers.launch.empty()))) {
            std::vector<double> values = lags.dispatch_s;
            std::string how = std::to_string(values.size()) + " starts that found a worker free";
            if (!turn_around.told()) {
                into_.assumed.push_back(
                    line.name +
                    ".launch: it holds a worker meanwhile, which the logs do not tell, as "
                    "hardly anybody waited for one");
            } else if (!alike && turn_around.mean < dispatch.mean) {
                values = lags.turn_around_s;
                how = std::to_string(values.size()) + " starts that waited for a worker";
            }
            launch = add(line.name + ".launch", values, how, lags.resolution_s);
        } else if (line.may_launch() && lags.dispatch_s.empty() && counts(line, turn_around) &&
                   turn_around.mean < least_whole(lags)) {
            launch = add(line.name + ".launch", lags.turn_around_s,
                         std::to_string(lags.turn_around_s.size()) + " starts that waited for a worker",
                         lags.resolution_s);
        }
        bool told = launch.has_value();
        if ((!launch || (!alike && turn_around.mean > *launch)) &&
            (counts(line, turn_around) || (turn_around.told() && !workers.release.empty()))) {
            std::vector<double> values = lags.turn_around_s;
            for (double& value : values) value = std::max(0.0, value - launch.value_or(0));
            add(line.name + ".release", values,
                std::to_string(values.size()) + " starts that waited for a worker" +
                    (launch ? ", less the launch" : ""),
                launch ? 0 : lags.resolution_s);
            told = true;
        } else if (launch && turn_around.told() && !workers.release.empty()) {
            set(line.name + ".release", law_of(kernel::Distribution::constant(0)));
        }
        if (told) told_.insert(line.name);
        // What of the dispatch is no launch.
        const double besides = launch && alike ? 0 : std::max(0.0, dispatch.mean - launch.value_or(0));
        std::set<std::string> pipelines;
        for (const WorkingElement* user : line.users)
            if (!user->pipeline.empty()) pipelines.insert(user->pipeline);
        for (const std::string& pipeline : pipelines)
            if (fit_delays(line, lags, pipeline, launch, besides)) told = true;
        if (launch && besides > 0 &&
            std::any_of(line.users.begin(), line.users.end(),
                        [](const WorkingElement* user) { return user->pipeline.empty(); }))
            into_.unidentified.push_back(line.name + ": stages that find a worker free wait " +
                                         seconds_of_lag(besides) +
                                         " longer than its launch, and have no delay to show it");
        if (told) say_who_is_missing(line);
    }

    /// Where there are fewer workers than the twin says, waits for one look like dispatch.
    static bool grows_with_the_crowd(std::vector<std::pair<double, double>> by_crowd) {
        if (by_crowd.size() < 2 * fewest_lags) return false;
        std::sort(by_crowd.begin(), by_crowd.end());
        double usual = by_crowd[(by_crowd.size() - 1) / 2].first;
        if (usual == by_crowd.back().first) usual -= 0.5;
        std::vector<double> few, many;
        for (const auto& [there, lag] : by_crowd) (there <= usual ? few : many).push_back(lag);
        const MeanOfLags of_few(few), of_many(many);
        constexpr double much = 1.1;
        return of_few.told() && of_many.told() && of_many.mean > much * of_few.mean &&
               is_another(of_few, of_many);
    }

    static double least_whole(const LagsOfLine& lags) {
        double least = std::numeric_limits<double>::infinity();
        for (const auto& [pipeline, values] : lags.whole_s)
            if (const MeanOfLags mean(values); mean.told()) least = std::min(least, mean.mean);
        return std::isfinite(least) ? least : 0;
    }

    bool fit_delays(const WaitingLine& line, const LagsOfLine& lags, const std::string& pipeline,
                    const std::optional<double>& launch, double besides) {
        const auto of = [&](const std::map<std::string, std::vector<double>>& by_pipeline) {
            const auto known = by_pipeline.find(pipeline);
            return known != by_pipeline.end() ? known->second : std::vector<double>();
        };
        std::vector<double> values = of(lags.hand_over_s);
        std::string how = "from the end of what a task waits for to its submission";
        double shift = besides;
        if (values.size() < fewest_lags) {
            values = of(lags.whole_s);
            shift = -launch.value_or(0);
            how = "from the end of what a task waits for to its start on a free worker" +
                  std::string(launch ? ", less the launch" : "");
        } else if (shift > 0) {
            how += ", and the dispatch";
            // Task by task, so that the delay varies as both do together.
            if (const std::vector<double> both = of(lags.both_s); both.size() >= fewest_lags) {
                values = both;
                shift = -launch.value_or(0);
            }
        }
        for (double& value : values) value = std::max(0.0, value + shift);
        bool told = set_delays(line, pipeline, values, how, shift != 0 ? 0 : lags.resolution_s, true);
        if (!launch && set_delays(line, pipeline, of(lags.first_s),
                                  "from submission to start on a free worker", lags.resolution_s, false))
            told = true;
        return told;
    }

    /// Of the pipeline's tasks on the line that wait for others, or that wait for none.
    bool set_delays(const WaitingLine& line, const std::string& pipeline, const std::vector<double>& values,
                    const std::string& how, double resolution, bool waiting) {
        std::vector<std::string> paths;
        bool has_one = false;
        for (const WorkingElement* user : line.users)
            if (user->pipeline == pipeline && waits_for_tasks(user->path) == waiting) {
                paths.push_back(user->path);
                has_one = has_one || !tasks_.at(user->path)->delay.empty();
            }
        const MeanOfLags mean(values);
        if (paths.empty() || !mean.told() || !(counts(line, mean) || has_one)) return false;
        const models::Law law =
            report(paths.size() == 1 ? paths.front() + ".delay"
                                     : pipeline + ".delay of " + std::to_string(paths.size()) +
                                           (waiting ? " tasks on " : " first tasks on ") + line.name,
                   values, std::to_string(values.size()) + " times " + how, resolution);
        for (const std::string& task : paths) {
            set(task + ".delay", law);
            delayed_.insert(task);
        }
        return true;
    }

    /// The mean of what is set there.
    double add(const std::string& path, const std::vector<double>& values, const std::string& how,
               double resolution) {
        set(path, report(path, values, how, resolution));
        return MeanOfLags(values).mean;
    }

    void set(const std::string& path, models::Law law) {
        into_.edits.push_back({path, std::move(law), {}, false});
    }

    /// The law of these lags, with the mean that they have.
    models::Law report(const std::string& path, const std::vector<double>& values, const std::string& how,
                       double resolution) {
        const MeanOfLags mean(values);
        const double wide = kernel::student_quantile(0.5 + level_of_lags / 2, mean.n - 1) * mean.error;
        kernel::Sample sample;
        sample.observed = values;
        sample.resolution = resolution;
        sample.rounding = kernel::Rounding::both_ends;
        const auto usable = [&](const kernel::FittedLaw& one) {
            return std::fabs(one.law.mean() - mean.mean) <= std::max(least_lag_share * mean.mean, wide);
        };
        kernel::Distribution law = kernel::Distribution::constant(four_digits(mean.mean));
        std::string family = "constant";
        // Below the resolution there is a mean, and no shape.
        if (mean.error > 0 && mean.mean > resolution)
            if (const auto choice = kernel::choose_family(sample, usable); choice && usable(choice->chosen)) {
                law = shortened(choice->chosen.law);
                family = std::string(kernel::name_of(choice->chosen.family));
            }
        CalibratedElement element;
        element.path = path;
        element.family = family;
        element.how = how;
        element.observations = static_cast<std::int64_t>(values.size());
        element.numbers.push_back(
            {"mean", "s", mean.mean, std::max(0.0, mean.mean - wide), mean.mean + wide});
        into_.elements.push_back(std::move(element));
        return law_of(law);
    }

    void say_who_is_missing(const WaitingLine& line) {
        if (!(line.places < models::most_told_apart)) return;
        std::string missing;
        for (const WorkingElement* user : line.users)
            if (!seen_.contains(user->path)) missing += (missing.empty() ? "" : ", ") + user->path;
        if (!missing.empty())
            into_.assumed.push_back("nothing was at " + line.name + " of " + missing +
                                    ", which no log has, when the lags of others were taken");
    }

    /// What not even the shortest wait was without is no queue.
    void say_what_is_not_told(const std::string& path, std::vector<double> waits) {
        if (waits.size() < fewest_lags) return;
        const models::Work& work = *found_.at(path).work;
        const WaitingLine& line = lines_.at(work.workers ? path : work.runs_on.front().pool);
        if (told_.contains(line.name) || delayed_.contains(path)) return;
        std::sort(waits.begin(), waits.end());
        const double least = kernel::sorted_quantile(waits, 0.05);
        if (least < std::max(least_lag_s, least_lag_share * work_of(line.name))) return;
        const std::string why = !line.why_not.empty() ? line.why_not
                                : line.may_launch()
                                    ? "hardly any found a worker free, or waited for one that became free"
                                    : "nothing of a stage on such workers shows the former";
        into_.unidentified.push_back(
            path + ": 19 of 20 waited " + seconds_of_lag(least) + " and more from submission to start, " +
            seconds_of_lag(MeanOfLags(waits).mean) +
            " in the mean: what of that is dispatch and what a queue cannot be told, for " + why +
            "; a `delay` of the task, or `launch` of the pool, would show the former");
    }

    const models::Scenario& twin_;
    const models::ScenarioGraph graph_;
    const WorkingElements elements_;
    Calibration& into_;
    std::map<std::string, const models::Task*> tasks_;    ///< by path
    std::map<std::string, const models::Stage*> stages_;  ///< by name
    std::map<std::string, WorkingElement> found_;         ///< by path
    std::map<std::string, WaitingLine> lines_;
    std::map<std::string, LagsOfLine> lags_;            ///< by line
    std::map<std::string, std::vector<double>> waits_;  ///< by path: from submission to start
    std::map<std::string, std::vector<double>> works_;  ///< by line: how long they took
    std::set<std::string> seen_;                        ///< paths that the logs have
    std::set<std::string> told_, delayed_;              ///< lines, paths of tasks
};

}  // namespace

void calibrate_dispatch(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                        const CalibrationOptions& options, Calibration& into) {
    DispatchFit fit(twin, runs, into);
    for (const SeenRun& run : runs) {
        if (options.stop != nullptr && *options.stop) {
            into.interrupted = true;
            return;
        }
        if (run.run != nullptr) fit.add(run);
    }
    fit.fit();
}

}  // namespace understudy::studies
