// Runs of pipelines: what their tasks have done, by the pieces of work that the log tells of.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "models/graph.h"
#include "tools/studies/follow_amounts.h"
#include "tools/studies/follow_parts.h"

namespace understudy::studies {

namespace {

using models::PresentItems;
using models::PresentRun;
using models::PresentTask;
using Is = PresentTask::Is;

bool has_ended(Is is) { return is == Is::done || is == Is::failed || is == Is::skipped; }

/// Of which tasks of a pipeline each has to wait for, by place.
std::vector<std::vector<std::size_t>> tasks_before(const models::ScenarioGraph& graph,
                                                   const models::Pipeline& pipeline) {
    std::vector<std::vector<std::size_t>> before(pipeline.tasks.size());
    for (std::size_t t = 0; t < pipeline.tasks.size(); ++t) {
        const auto vertex =
            graph.find(models::VertexKind::task, pipeline.name + "." + pipeline.tasks[t].name);
        if (vertex == models::Graph::null_vertex()) continue;
        for (const models::GraphIndex other : graph.in(vertex, models::EdgeKind::after))
            before[t].push_back(graph.graph()[other].position);
    }
    return before;
}

struct Run {
    std::int64_t due = 0, first = 0;
    std::optional<std::int64_t> said_due;       ///< by the log
    std::string id;                             ///< empty: not known
    const PresentRun* base = nullptr;           ///< as it was known before
    std::vector<std::vector<const Piece*>> of;  ///< by task, by time
    bool over = false;                          ///< the log says that all of it has ended
};

struct TaskNow {
    Is is = Is::working;
    PresentItems how = {};
    /// As PresentTask's.
    std::vector<PresentItems> instances = {};
    std::int64_t ended = 0, ended_badly = 0;
};

class PipelineRuns {
public:
    PipelineRuns(const FollowParts& parts, const FollowedAmounts& amounts, std::size_t place,
                 std::vector<std::vector<std::size_t>> before, const std::vector<std::int64_t>& due)
        : parts_(parts),
          amounts_(amounts),
          pipeline_(parts.twin.twin.pipelines[place]),
          before_(std::move(before)),
          due_(due),
          logged_(pipeline_.tasks.size(), false) {
        if (!parts.options.base_ns) return;
        for (const models::ElementState& state : parts.twin.twin.state.elements)
            if (state.element == pipeline_.name)
                for (const PresentRun& run : state.runs) {
                    Run known = empty_run();
                    known.base = &run;
                    known.due = known.first = *parts.options.base_ns - run.age;
                    runs_.push_back(std::move(known));
                }
    }

    /// `run`: the id of the run that it is of; empty: not known.
    void add(const Piece& piece, std::size_t task, const std::string& run) {
        is_seen_ = logged_[task] = true;
        if (piece.ended && parts_.known_before(*piece.ended)) return;
        Run& of = run.empty() ? first_run_for(piece, task) : run_named(run, piece, task);
        of.of[task].push_back(&piece);
        of.first = std::min(of.first, piece.first());
        if (piece.due) of.said_due = of.said_due ? std::min(*of.said_due, *piece.due) : *piece.due;
        of.over = of.over || piece.run_is_over;
    }

    /// A piece that is the whole run.
    void add_whole(const Piece& piece) {
        is_seen_ = true;
        if (piece.ended && parts_.known_before(*piece.ended)) return;
        Run& of = run_named(piece.id, piece, pipeline_.tasks.size());
        of.first = std::min(of.first, piece.first());
        if (piece.due) of.said_due = of.said_due ? std::min(*of.said_due, *piece.due) : *piece.due;
        of.over = of.over || piece.ended.has_value();
    }

    void finish(models::ElementState& into, std::map<std::string, std::int64_t>& newest, Followed& followed) {
        if (!is_seen_ && runs_.empty()) return;
        find_due();
        std::stable_sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) {
            return std::tie(a.due, a.first, a.id) < std::tie(b.due, b.first, b.id);
        });
        std::optional<std::int64_t> last_due;
        for (const Run& run : runs_) note_landings(run, newest);
        last_read_.assign(pipeline_.tasks.size(), reads_before_the_log());
        for (const Run& run : runs_) {
            last_due = std::max(last_due.value_or(run.due), run.due);
            put_down(run, into);
            for (std::size_t t = 0; t < run.of.size(); ++t)
                if (!run.of[t].empty() && run.of[t].back()->ended && !run.of[t].back()->failed)
                    last_read_[t] = {run.of[t].front()->first()};
                else if (auto told = told_by(run, t);
                         told.all && told.of.size() == pipeline_.tasks[t].reads.size())
                    // Should it fail, the next reads that again.
                    last_read_[t] = {run.of[t].front()->first(), false, std::move(told.of)};
        }
        for (std::size_t t = 0; t < pipeline_.tasks.size(); ++t)
            if (auto unread = landed_for(t, last_read_[t], parts_.now()); !unread.empty())
                into.unread[pipeline_.tasks[t].name] = std::move(unread);
        if (takes_run_before_for_granted_)
            followed.assumed.push_back(fmt::format(
                "{}: the run that was due before the first that the log has is taken to have come through: "
                "what had landed by then has been read",
                pipeline_.name));
        if (parts_.options.base_ns) last_due = std::max(last_due.value_or(0), *parts_.options.base_ns);
        if (is_seen_) add_due(last_due, into, followed);
        if (implied_ > 0)
            followed.assumed.push_back(fmt::format(
                "{}: {}", pipeline_.name,
                counted(implied_, "task of which no end is known is taken as done: others have followed it",
                        "tasks of which no end is known are taken as done: others have followed them")));
    }

    const std::vector<std::string>& missing() const { return missing_; }

private:
    Run empty_run() const {
        Run run;
        run.of.resize(pipeline_.tasks.size());
        return run;
    }

    Run& fresh_run(const std::string& id, const Piece& piece) {
        Run run = empty_run();
        run.id = id;
        run.first = piece.first();
        runs_.push_back(std::move(run));
        if (!id.empty()) by_id_[id] = runs_.size() - 1;
        return runs_.back();
    }

    static const PresentTask* base_of(const Run& run, const std::string& task) {
        if (run.base == nullptr) return nullptr;
        for (const PresentTask& one : run.base->tasks)
            if (one.task == task) return &one;
        return nullptr;
    }

    /// Could this be a run that was known, seen from this piece on?
    bool may_be_known(const Run& run, const Piece& piece, std::size_t task) const {
        if (run.base == nullptr || !run.id.empty()) return false;
        if (piece.due && std::abs(*piece.due - run.due) > kernel::second) return false;
        if (task >= pipeline_.tasks.size()) return piece.due.has_value();
        const PresentTask* base = base_of(run, pipeline_.tasks[task].name);
        const bool was_there = parts_.known_before(piece.first());
        return base == nullptr ? !was_there : !has_ended(base->is);
    }

    Run& run_named(const std::string& id, const Piece& piece, std::size_t task) {
        if (const auto known = by_id_.find(id); known != by_id_.end()) return runs_[known->second];
        // What the log knows under an id was known before without one.
        if (parts_.options.base_ns)
            for (std::size_t i = 0; i < runs_.size(); ++i)
                if (may_be_known(runs_[i], piece, task)) {
                    runs_[i].id = id;
                    by_id_[id] = i;
                    return runs_[i];
                }
        return fresh_run(id, piece);
    }

    /// Has a run had those that come before a task, as far as the log has them at all?
    bool is_ready(const Run& run, std::size_t task, std::int64_t at) const {
        for (const std::size_t other : before_[task]) {
            if (!logged_[other]) continue;
            const PresentTask* base = base_of(run, pipeline_.tasks[other].name);
            if (base != nullptr && has_ended(base->is)) continue;
            const auto& pieces = run.of[other];
            const bool ended = std::any_of(pieces.begin(), pieces.end(), [&](const Piece* piece) {
                return piece->ended && *piece->ended <= at;
            });
            if (!ended) return false;
        }
        return true;
    }

    /// Of a task of which the log does not tell the run.
    Run& first_run_for(const Piece& piece, std::size_t task) {
        const models::Task& of = pipeline_.tasks[task];
        Run* lacks_it = nullptr;
        for (Run& run : runs_) {
            if (!run.id.empty()) continue;
            const auto& had = run.of[task];
            const PresentTask* base = base_of(run, of.name);
            if (base != nullptr && has_ended(base->is)) continue;
            if (base == nullptr && run.base != nullptr && parts_.known_before(piece.first())) continue;
            const bool again = !had.empty() && had.back()->failed && std::ssize(had) <= of.work.retry.times;
            if (std::ssize(had) >= of.expand && !again) continue;
            if (is_ready(run, task, piece.first())) return run;
            lacks_it = &run;
        }
        if (lacks_it != nullptr && !before_[task].empty()) return *lacks_it;
        return fresh_run("", piece);
    }

    /// When each run was due: as the log says, else the last instant of the schedule before it began.
    void find_due() {
        const auto count_up_to = [&](std::int64_t ns) {
            return std::upper_bound(due_.begin(), due_.end(), ns) - due_.begin();
        };
        std::optional<std::ptrdiff_t> off;
        for (const Run& run : runs_)
            if (run.said_due) {
                const std::ptrdiff_t periods = count_up_to(run.first) - count_up_to(*run.said_due);
                off = std::min(off.value_or(periods), periods);
            }
        const std::ptrdiff_t shift = std::max<std::ptrdiff_t>(off.value_or(0), 0);
        for (Run& run : runs_) {
            if (run.base != nullptr) continue;
            const std::ptrdiff_t before = count_up_to(run.said_due.value_or(run.first));
            if (run.said_due && shift == 0)
                run.due = *run.said_due;
            else if (const std::ptrdiff_t at = before + shift - 1;
                     run.said_due && at < std::ssize(due_) && at >= 0)
                run.due = due_[static_cast<std::size_t>(at)];
            else if (!run.said_due && before > 0)
                run.due = due_[static_cast<std::size_t>(before - 1)];
            else
                run.due = run.first;
            run.due = std::min(run.due, run.first);
        }
    }

    std::optional<TaskNow> now_of(const Run& run, std::size_t task) {
        const models::Task& of = pipeline_.tasks[task];
        const auto& pieces = run.of[task];
        const PresentTask* base = base_of(run, of.name);
        TaskNow now;
        if (pieces.empty()) {
            if (base == nullptr) return std::nullopt;
            now.is = base->is;
            if (has_ended(now.is)) return now;
            now.ended = base->ended;
            now.ended_badly = base->ended_badly;
            for (const PresentItems& group : base->instances)
                now.instances.push_back(later_by(group, parts_.since_base(), of.work));
            now.how = later_by(base->how, parts_.since_base(), of.work);
            if (base->is == Is::retrying && now.how.where == PresentItems::Where::waiting)
                now.is = Is::waiting;
            return now;
        }
        if (of.expand > 1) return instances_now(of, pieces, base);
        const Piece& last = *pieces.back();
        std::int64_t failures = base == nullptr ? 0 : base->how.attempt;
        for (const Piece* piece : pieces) failures += piece->failed ? 1 : 0;
        if (last.ended && !last.failed) return TaskNow{Is::done};
        if (last.ended && failures > of.work.retry.times) return TaskNow{Is::failed};
        now.how.here = parts_.now() - last.first();
        now.how.attempt = std::min<std::int64_t>(failures, 65534);
        if (last.ended) {
            const kernel::Time pause = pause_before_retry(of.work.retry, failures);
            const kernel::Time past = parts_.now() - *last.ended;
            now.is = past < pause ? Is::retrying : Is::waiting;
            if (past < pause)
                now.how.left = pause - past;
            else
                now.how.waited = past - pause;
        } else if (last.started) {
            now.is = Is::working;
            now.how.served = std::min(now.how.here, parts_.now() - *last.started);
        } else {
            now.is = Is::waiting;
        }
        return now;
    }

    /// Of a task with several: those that are at work or were handed over. Which has failed and is tried again the log
    /// does not tell: it is among those in line.
    TaskNow instances_now(const models::Task& of, const std::vector<const Piece*>& pieces,
                          const PresentTask* base) const {
        TaskNow now;
        now.is = Is::waiting;
        if (base != nullptr) {
            now.ended = base->ended;
            now.ended_badly = base->ended_badly;
        }
        for (const Piece* piece : pieces) {
            if (piece->ended) {
                const bool again = piece->failed && of.work.retry.times > 0;
                now.ended += again ? 0 : 1;
                now.ended_badly += piece->failed && !again ? 1 : 0;
                continue;
            }
            PresentItems one;
            one.here = parts_.now() - piece->first();
            if (piece->started) {
                one.where = PresentItems::Where::working;
                one.served = std::min(one.here, parts_.now() - *piece->started);
            }
            if (const auto told = amounts_.read_by(*piece, of); told.all) set_read(one, *told.all);
            one.age = one.here;
            now.instances.push_back(std::move(one));
        }
        if (now.ended >= of.expand) return {now.ended_badly > 0 ? Is::failed : Is::done};
        const auto room = static_cast<std::size_t>(of.expand - now.ended);
        if (now.instances.size() > room) now.instances.resize(room);
        return now;
    }

    /// Tasks that have ended and whose workers the run keeps for one that has not.
    std::vector<std::string> kept_by(const std::vector<std::optional<TaskNow>>& now) const {
        std::vector<std::string> kept;
        for (std::size_t t = 0; t < now.size(); ++t) {
            const models::Task& task = pipeline_.tasks[t];
            if (task.holds_until.empty() || !now[t] || now[t]->is != Is::done) continue;
            bool ended = false;
            for (std::size_t other = 0; other < now.size(); ++other)
                ended = ended || (pipeline_.tasks[other].name == task.holds_until && now[other] &&
                                  has_ended(now[other]->is));
            if (!ended) kept.insert(kept.end(), static_cast<std::size_t>(task.expand), task.name);
        }
        return kept;
    }

    /// Up to when a task has read what had landed.
    struct ReadUpTo {
        std::optional<std::int64_t> at = std::nullopt;  ///< nothing: it is not known
        bool by_run_before = false;                     ///< by one that the log does not have
        models::UnreadAmounts again = {};  ///< of that, what a run read that has not come through
    };

    /// Before the first run that is known: at the instant of the state that was known, else by the run that was due before,
    /// where there is a clock.
    ReadUpTo reads_before_the_log() const {
        if (parts_.options.base_ns) return {parts_.options.base_ns};
        if (due_.empty() || runs_.empty()) return {};
        const auto next = std::lower_bound(due_.begin(), due_.end(), runs_.front().due);
        if (next == due_.begin()) return {parts_.options.clock_ns - 1};
        return {*std::prev(next), true};
    }

    /// Is it said of the state that was known what the task had to read? That is left out for good.
    bool had_unread(const models::Task& task) const {
        return parts_.options.base_ns &&
               std::any_of(parts_.twin.twin.state.elements.begin(), parts_.twin.twin.state.elements.end(),
                           [&](const models::ElementState& state) {
                               return state.element == pipeline_.name && state.unread.contains(task.name);
                           });
    }

    /// What landed in what a task reads, but for datasets of which the log tells what it has `read`; of what is not known it
    /// is said so.
    models::UnreadAmounts landed_for(std::size_t t, const ReadUpTo& after, std::int64_t until,
                                     const models::UnreadAmounts& read = {}) {
        models::UnreadAmounts all = read;
        const models::Task& task = pipeline_.tasks[t];
        if (!amounts_.counted().any() || had_unread(task)) return all;
        for (const models::TaskInput& input : task.reads) {
            if (read.contains(input.dataset)) continue;
            const std::int64_t from = input.all ? parts_.options.clock_ns - 1 : after.at.value_or(until - 1);
            std::optional<models::PresentAmount> landed;
            if (input.all || after.at) landed = amounts_.landed(input.dataset, from, until);
            if (const auto again = after.again.find(input.dataset);
                landed && !input.all && again != after.again.end()) {
                landed->records += again->second.records;
                landed->size += again->second.size;
            }
            const bool nothing = landed && landed->records == 0 && landed->size == 0;
            if (landed && !nothing && !input.all) all.emplace(input.dataset, *landed);
            // Of what is read as a whole the state would have to say how much there is.
            if (landed && (nothing || !input.all)) {
                takes_run_before_for_granted_ =
                    takes_run_before_for_granted_ || (after.by_run_before && !input.all);
                continue;
            }
            if (unknown_.insert({t, input.dataset}).second)
                missing_.push_back(fmt::format(
                    "how much '{}.{}' has to read of '{}': neither the log nor the clock of a load tells",
                    pipeline_.name, task.name, input.dataset));
        }
        return all;
    }

    /// What the last try of a task that says it read.
    FollowedAmounts::Read told_by(const Run& run, std::size_t t) const {
        FollowedAmounts::Read told;
        const models::Task& of = pipeline_.tasks[t];
        if (of.expand > 1) return told;
        for (const Piece* piece : run.of[t])
            if (auto read = amounts_.read_by(*piece, of); read.all || !read.of.empty())
                told = std::move(read);
        return told;
    }

    static void set_read(PresentItems& how, const models::PresentAmount& amount) {
        how.records = amount.records;
        how.size = amount.size;
    }

    /// What a task under way reads, and what it leaves to the next run.
    void tell_amounts(const Run& run, std::size_t t, PresentTask& task) {
        const models::Task& of = pipeline_.tasks[t];
        if (has_ended(task.is) || run.of[t].empty() || of.reads.empty() || !amounts_.counted().any()) return;
        const std::int64_t began = run.of[t].front()->first();
        task.unread = landed_for(t, {began}, parts_.now());
        // Each instance has its part; of those that the log tells of it is in `instances` already.
        const bool all_told = std::all_of(task.instances.begin(), task.instances.end(),
                                          [](const PresentItems& one) { return one.size.has_value(); });
        if (of.expand > 1 && !task.instances.empty() && all_told) return;
        const FollowedAmounts::Read told = told_by(run, t);
        models::PresentAmount sum = told.all.value_or(models::PresentAmount{});
        if (!told.all)
            for (const auto& [dataset, amount] : landed_for(t, last_read_[t], began, told.of)) {
                sum.records += amount.records;
                sum.size += amount.size;
            }
        if (sum.records <= 0 && sum.size <= 0) return;
        const auto parts = static_cast<double>(of.expand);
        const models::PresentAmount each{sum.records / parts, sum.size / parts};
        set_read(task.how, each);
        for (PresentItems& one : task.instances)
            if (!one.size) set_read(one, each);
    }

    void put_down(const Run& run, models::ElementState& into) {
        if (run.over) return;
        std::vector<std::optional<TaskNow>> now;
        for (std::size_t t = 0; t < pipeline_.tasks.size(); ++t) now.push_back(now_of(run, t));
        // What others have followed is done; what comes after a failure is skipped.
        for (bool more = true; more;) {
            more = false;
            for (std::size_t t = 0; t < now.size(); ++t) {
                const auto rule = pipeline_.tasks[t].trigger_rule;
                for (const std::size_t other : before_[t]) {
                    const bool began = now[t] && now[t]->is != Is::skipped;
                    const bool lost =
                        now[other] && (now[other]->is == Is::failed || now[other]->is == Is::skipped);
                    if (began && (!now[other] || !has_ended(now[other]->is))) {
                        now[other] = TaskNow{Is::done};
                        ++implied_;
                        more = true;
                    } else if (!now[t] && lost &&
                               (rule == models::TriggerRule::all_success ||
                                (rule == models::TriggerRule::none_failed && now[other]->is == Is::failed))) {
                        now[t] = TaskNow{Is::skipped};
                        more = true;
                    }
                }
            }
        }
        PresentRun present;
        present.age = parts_.now() - run.due;
        std::size_t ended = 0;
        for (std::size_t t = 0; t < now.size(); ++t) {
            if (!now[t]) continue;
            ended += has_ended(now[t]->is) ? 1 : 0;
            PresentTask task;
            task.task = pipeline_.tasks[t].name;
            task.is = now[t]->is;
            task.how = now[t]->how;
            task.instances = now[t]->instances;
            task.ended = now[t]->ended;
            task.ended_badly = now[t]->ended_badly;
            tell_amounts(run, t, task);
            present.tasks.push_back(std::move(task));
        }
        present.holds = kept_by(now);
        if (ended < now.size()) into.runs.push_back(std::move(present));
    }

    void note_landings(const Run& run, std::map<std::string, std::int64_t>& newest) const {
        for (std::size_t t = 0; t < run.of.size(); ++t)
            for (const Piece* piece : run.of[t])
                if (piece->ended && !piece->failed)
                    for (const std::string& dataset : pipeline_.tasks[t].writes) {
                        const auto [at, fresh] = newest.emplace(dataset, *piece->ended);
                        if (!fresh) at->second = std::max(at->second, *piece->ended);
                    }
    }

    /// Runs whose time has come since, and that nothing was seen of.
    void add_due(std::optional<std::int64_t> last_due, models::ElementState& into, Followed& followed) {
        if (!last_due) return;
        constexpr std::int64_t most = 1000;
        std::int64_t waiting = 0, too_many = 0;
        for (auto at = std::upper_bound(due_.begin(), due_.end(), *last_due); at != due_.end(); ++at) {
            if (*at > parts_.now()) break;
            if (waiting >= most) {
                ++too_many;
                continue;
            }
            ++waiting;
            PresentRun run;
            run.age = parts_.now() - *at;
            into.runs.push_back(std::move(run));
        }
        if (waiting > 0)
            followed.assumed.push_back(
                fmt::format("{}: {} due since the last that was seen, and taken as not begun", pipeline_.name,
                            counted(waiting, "run was", "runs were")));
        if (too_many > 0)
            missing_.push_back(
                fmt::format("{} due after these", counted(too_many, "more run was", "more runs were")));
    }

    const FollowParts& parts_;
    const FollowedAmounts& amounts_;
    const models::Pipeline& pipeline_;
    std::vector<std::vector<std::size_t>> before_;
    const std::vector<std::int64_t>& due_;
    std::vector<bool> logged_;  ///< tasks that the log has
    std::vector<Run> runs_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::int64_t implied_ = 0;
    bool is_seen_ = false;
    std::vector<std::string> missing_;
    std::vector<ReadUpTo> last_read_;  ///< by task, by its last run that came through
    bool takes_run_before_for_granted_ = false;
    std::set<std::pair<std::size_t, std::string>> unknown_;  ///< said to be missing: task, dataset
};

/// When runs of a schedule are due up to now, since 1970; nothing of one that follows no clock.
std::vector<std::int64_t> due_instants(const models::Scenario& twin, const models::Schedule& schedule,
                                       const FollowOptions& options) {
    using When = models::Schedule::Kind;
    if (schedule.kind != When::every && schedule.kind != When::calendar) return {};
    const models::Calendar calendar(twin.run.start.value_or(models::LocalInstant{}), twin.run.zone);
    std::vector<std::int64_t> due;
    for (const kernel::Time at : calendar.instants(schedule, options.now_ns - options.clock_ns + 1))
        due.push_back(options.clock_ns + at);
    return due;
}

}  // namespace

void follow_runs(const FollowParts& parts, std::map<std::string, models::ElementState>& states,
                 std::map<std::string, std::int64_t>& newest, Followed& into) {
    const auto& pipelines = parts.twin.twin.pipelines;
    // Runs below runs: a task's run is that of the pipeline that it is part of, however far above.
    std::unordered_map<std::string, std::pair<std::string, std::size_t>> above;  // by id: of which run, piece
    for (std::size_t i = 0; i < parts.pieces.size(); ++i)
        if (!parts.pieces[i].id.empty()) above.try_emplace(parts.pieces[i].id, parts.pieces[i].run, i);
    const auto run_of = [&](const Piece& piece, std::size_t pipeline) {
        std::string run = piece.run;
        // Tasks of one run have its due time in common, where they have nothing else.
        if (run.empty() && piece.due) return fmt::format("due {}", *piece.due);
        constexpr int deepest = 16;
        for (int depth = 0; depth < deepest; ++depth) {
            const auto known = above.find(run);
            if (known == above.end()) break;
            const FollowedElement& element = parts.elements[known->second.second];
            const bool is_it = element.is == FollowedElement::Is::pipeline && element.place == pipeline;
            if (is_it || known->second.first.empty()) break;
            run = known->second.first;
        }
        return run;
    };
    const models::ScenarioGraph graph(parts.twin);
    const FollowedAmounts amounts(parts, graph);
    for (std::size_t p = 0; p < pipelines.size(); ++p) {
        const std::vector<std::int64_t> due = due_instants(parts.twin, pipelines[p].schedule, parts.options);
        if (pipelines[p].schedule.kind == models::Schedule::Kind::each) {
            const bool any =
                std::any_of(parts.elements.begin(), parts.elements.end(), [&](const FollowedElement& one) {
                    return one.place == p &&
                           (one.is == FollowedElement::Is::task || one.is == FollowedElement::Is::pipeline);
                });
            if (any)
                leave_out(states, into, pipelines[p].name,
                          "its runs work for one item each, which a state cannot hold yet");
            continue;
        }
        PipelineRuns runs(parts, amounts, p, tasks_before(graph, pipelines[p]), due);
        for (std::size_t i = 0; i < parts.pieces.size(); ++i) {
            const FollowedElement& element = parts.elements[i];
            if (element.place != p) continue;
            if (element.is == FollowedElement::Is::pipeline)
                runs.add_whole(parts.pieces[i]);
            else if (element.is == FollowedElement::Is::task)
                runs.add(parts.pieces[i], element.task, run_of(parts.pieces[i], p));
        }
        models::ElementState state;
        runs.finish(state, newest, into);
        if (!state.runs.empty()) states[pipelines[p].name].runs = std::move(state.runs);
        if (!state.unread.empty()) states[pipelines[p].name].unread = std::move(state.unread);
        for (const std::string& what : runs.missing()) leave_out(states, into, pipelines[p].name, what);
    }
}

}  // namespace understudy::studies
