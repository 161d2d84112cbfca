#include "models/simulation/snapshot.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "models/quoted.h"
#include "models/simulation/ending.h"
#include "models/simulation/state.h"

namespace understudy::models {

void State::see_values(Index index, Time at, PresentItems& seen) const {
    const Item& item = items_[index];
    seen.age = at - item.born;
    seen.here = at - item.entered;
    const bool of_load = item.load != none;
    if (of_load && model_->loads.size() > 1)
        seen.load = model_->elements[model_->loads[item.load].element].name;
    if (of_load || item.records != 1) seen.records = item.records;
    if (of_load || item.size != 0) seen.size = item.size;
    if (of_load || item.priority != 0) seen.priority = item.priority;
    if (of_load || item.key != 0) seen.key = item.key;
    if (of_load) {
        // What their load gives to all alike need not be said.
        const LoadRow& load = model_->loads[item.load];
        if (load.records == none && item.records == 1) seen.records.reset();
        if (load.size == none && item.size == 0) seen.size.reset();
        if (load.priority == none && item.priority == 0) seen.priority.reset();
        if (load.key == none && item.key == 0) seen.key.reset();
    }
    for (Index f = 0; f < model_->fields.size(); ++f)
        if ((of_load && model_->loads[item.load].fields[f] != none) || field(index, f) != 0)
            seen.fields[model_->fields[f]] = field(index, f);
}

bool State::holds_batches(Index batch) const {
    for (Index member = items_[batch].first_member; member != none; member = items_[member].next_member)
        if (items_[member].first_member != none) return true;
    return false;
}

std::vector<std::string> State::seized_at(Index held, Index but) const {
    std::vector<std::string> names;
    for (; held != none; held = holdings_[held].next_held) {
        if (holdings_[held].stage == but) continue;
        const StageRow& row = model_->stages[holdings_[held].stage];
        const std::string& name = model_->elements[row.element].name;
        names.push_back(
            row.pipeline == none
                ? name
                : name.substr(model_->elements[model_->pipelines[row.pipeline].element].name.size() + 1));
    }
    // The one that was seized last is in front.
    std::reverse(names.begin(), names.end());
    return names;
}

namespace {

/// Puts one more behind those that are alike.
void add_alike(std::vector<PresentItems>& groups, PresentItems one) {
    if (!groups.empty()) {
        one.items = groups.back().items;
        const bool same = one == groups.back();
        one.items = 1;
        if (same && one.batch.empty()) {
            ++groups.back().items;
            return;
        }
    }
    groups.push_back(std::move(one));
}

}  // namespace

PresentItems State::seen_at(Index index, Time at) const {
    const Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    PresentItems seen;
    see_values(index, at, seen);
    seen.attempt = item.attempt;
    if (item.input > 0) seen.from = model_->elements[model_->streams[row.reads[item.input]].element].name;
    // At the door behind a stage that keeps its workers it takes them anew.
    seen.holds = seized_at(item.held, item.where == Where::at_door ? item.stage : none);
    for (Index member = item.first_member; member != none; member = items_[member].next_member) {
        PresentItems inside;
        see_values(member, at, inside);
        add_alike(seen.batch, std::move(inside));
    }
    if (!seen.batch.empty()) seen.load.clear();
    if (item.where == Where::gathering) {
        seen.where = PresentItems::Where::gathering;
        return seen;
    }
    if (item.where == Where::retrying) {
        seen.where = PresentItems::Where::retrying;
        return seen;  // when it comes back, whoever has looked at the events knows
    }
    if (item.where == Where::at_door) {
        // Its work is done; the workers go when there is a place.
        seen.where = PresentItems::Where::working;
        seen.left = 0;
        seen.served = std::clamp<Time>(at - item.started, 0, seen.here);
        return seen;
    }
    const Holding* holding =
        item.where == Where::working && item.holding != none ? &holdings_[item.holding] : nullptr;
    if (holding && holding->begun) seen.where = PresentItems::Where::working;
    if (item.where == Where::waiting && item.queued != item.entered) seen.waited = at - item.queued;
    if (item.attempt_begun) {
        seen.served = std::clamp<Time>(at - item.started, 0, seen.here);
        // Work of the first attempt is known to the nanosecond, whatever has cut it off; of later ones it is as long
        // as they have gone on.
        const Time left = holding ? work_left_at(*holding, at) : item.remaining;
        if (item.attempt == 0 && left >= 0 && item.work >= left) seen.done = item.work - left;
        if (seen.done && *seen.done == seen.served &&
            (row.line_pool == none || model_->pools[row.line_pool].speed == 1))
            seen.done.reset();
    } else if (item.remaining >= 0 && row.fails_after == none) {
        seen.left = item.remaining;  // a line that goes by the work has looked at it
    }
    return seen;
}

Time State::work_left_at(const Holding& holding, Time at) const {
    if (holding.way != none) return holding.moves_out ? 0 : items_[holding.item].remaining;
    if (holding.shared_place == 0) {
        const double served = static_cast<double>(at - holding.served_since) * holding.speed;
        const Time done =
            holding.speed == 1 ? at - holding.served_since : kernel::from_seconds(served * 1e-9);
        return std::max<Time>(0, items_[holding.item].remaining - done);
    }
    // The clock of a shared service stands where the last event left it, and has gone on since.
    const Index pool = model_->stages[holding.stage].line_pool;
    const double clock = pools_[pool].shared.reading(at);
    return std::clamp<Time>(std::llround(holding.shared_until - clock), 0, items_[holding.item].remaining);
}

std::unordered_map<Index, std::int64_t> State::places_in_lines(const std::vector<Index>& listed,
                                                               Time at) const {
    struct Standing {
        Index item;
        double key;
        std::size_t told;
    };
    std::unordered_map<Index, std::size_t> told;
    for (std::size_t i = 0; i < listed.size(); ++i) told.emplace(listed[i], i);
    std::unordered_map<Index, std::int64_t> places;
    for (Index p = 0; p < pools_.size(); ++p) {
        const PoolState& pool = pools_[p];
        if (pool.waiting + pool.behind == 0 || model_->pools[p].order == Order::random) continue;
        const bool newest_first = model_->pools[p].order == Order::lifo;
        for (Index lane = 0; lane < std::max<Index>(1, static_cast<Index>(pool.lanes.size())); ++lane) {
            const bool one_line = pool.lanes.empty();
            std::vector<Standing> line;
            const auto add = [&](Index item, double key) {
                if (const auto one = told.find(item); one != told.end())
                    line.push_back({item, key, one->second});
            };
            // Who has workers that have not begun yet is told as in line, and is in front.
            for (Index h = pool.oldest; h != none; h = holdings_[h].next)
                if (const Index item = holdings_[h].item;
                    item != none && !holdings_[h].begun && (one_line || lane_of(items_[item]) == lane))
                    add(item, -INFINITY);
            (one_line ? pool.line : pool.lanes[lane].line).for_each([&](const Line::Entry& entry) {
                if (stands_in(entry, p, one_line ? none : lane)) add(entry.item, entry.key);
            });
            if (one_line)
                for (const Index stage : model_->pools[p].stages)
                    for (Index partition = 0; partition < stages_[stage].turns.size(); ++partition)
                        stages_[stage].turns[partition].line.for_each([&](const Line::Entry& entry) {
                            const Item& item = items_[entry.item];
                            if (item.ticket == entry.ticket && item.where == Where::waiting &&
                                item.stage == stage && item.lane == partition)
                                add(entry.item, INFINITY);
                        });
            // As a simulation would stand them that is told nothing but how long they have waited.
            std::vector<Standing> expected = line;
            std::sort(expected.begin(), expected.end(), [&](const Standing& a, const Standing& b) {
                const auto rank = [&](const Standing& one) {
                    const Time queued = items_[one.item].queued;
                    const auto number = static_cast<std::int64_t>(one.told);
                    return std::tuple(one.key, newest_first ? -queued : queued,
                                      newest_first ? -number : number);
                };
                return rank(a) < rank(b);
            });
            if (std::equal(line.begin(), line.end(), expected.begin(),
                           [](const Standing& a, const Standing& b) { return a.item == b.item; }))
                continue;
            std::int64_t place = 0;
            for (std::size_t i = 0; i < line.size(); ++i) {
                // Those that are alike need not be told apart.
                const bool alike = i > 0 && items_[line[i].item].stage == items_[line[i - 1].item].stage &&
                                   seen_at(line[i].item, at) == seen_at(line[i - 1].item, at);
                places.emplace(line[i].item, alike ? place : ++place);
            }
        }
    }
    return places;
}

void State::tell_what_is_lost(Time at, Missing& missing) const {
    const auto called = [&](Index element) { return quoted(model_->elements[element].name); };
    const auto lacks = [&](Index element, std::string what) { ++missing[{element, std::move(what)}]; };
    for (Index i = 0; i < stages_.size(); ++i)
        if (const Index element = model_->stages[i].element; !stages_[i].reads.empty())
            lacks(element, "what " + called(element) + " has read, which a later 'rewind' would read again");
    for (Index i = 0; i < items_.size(); ++i) {
        const Item& item = items_[i];
        const bool there = item.where == Where::waiting || item.where == Where::working;
        if (!there || item.stage == none || model_->stages[item.stage].reads.empty()) continue;
        const StreamRow& stream = model_->streams[model_->stages[item.stage].reads[item.input]];
        if (stream.partitions > 0 && stream.by != Dataset::By::key)
            lacks(model_->stages[item.stage].element,
                  "in which partition of " + called(stream.element) + " an item is");
    }
    for (Index i = 0; i < pools_.size(); ++i) {
        const PoolRow& row = model_->pools[i];
        const bool given = std::any_of(pools_[i].lanes.begin(), pools_[i].lanes.end(),
                                       [](const Lane& lane) { return lane.served > 0; });
        if (row.lines_by == Lines::loads && given)
            lacks(row.element, "how much of " + called(row.element) +
                                   " each load has been given so far (order: fair): all are even");
        if (row.lines_by == Lines::stages)
            lacks(row.element,
                  "where the workers of " + called(row.element) + " are on their way round (order: cyclic)");
        if (!pools_[i].kept.empty())
            lacks(row.element, "what the workers of " + called(row.element) +
                                   " keep of what was moved to them (once): it is moved anew");
        // Those that a smaller number of workers has no place for, and that finish what they have.
        const auto is_too_many = [&](const WorkerState& worker) {
            const auto index = &worker - pools_[i].workers.data();
            const auto& lives = pools_[i].lives;
            return worker.held > 0 &&
                   (lives.empty() ? index >= pools_[i].capacity
                                  : lives[static_cast<std::size_t>(index)].phase == WorkerLife::Phase::off);
        };
        if (row.leave_when_done && row.order != Order::shared &&
            (row.told_apart.empty()
                 ? pools_[i].busy > pools_[i].capacity
                 : std::any_of(pools_[i].workers.begin(), pools_[i].workers.end(), is_too_many)))
            lacks(row.element,
                  "which workers of " + called(row.element) +
                      " leave when they are done (leave: done): what they have at work is in line");
    }
    for (Index h = 0; h < holdings_.size(); ++h) {
        const Holding& holding = holdings_[h];
        if (!holding.in_use || holding.stage == none) continue;
        const StageRow& row = model_->stages[holding.stage];
        if (row.line_pool == none) continue;
        const Index pool = model_->pools[row.line_pool].element;
        if (holding.lagging)
            lacks(pool,
                  "workers of " + called(pool) + " that are taken after their work (release): they are free");
        else if (holding.item != none && !holding.begun)
            lacks(pool, "launches on " + called(pool) + " that are under way: they begin anew");
    }
    for (Index i = 0; i < items_.size(); ++i) {
        const Item& item = items_[i];
        if (item.stage == none || item.first_member != none) continue;
        const StageRow& row = model_->stages[item.stage];
        const bool at_work =
            item.where == Where::working && item.holding != none && holdings_[item.holding].begun;
        if (row.link != none && (at_work || item.where == Where::at_door))
            lacks(row.element, "what items at " + called(row.element) + " have moved over " +
                                   called(model_->pools[row.link].element) + ": it is moved anew");
        if (!at_work) continue;
        if (stages_[item.stage].halted > 0)
            lacks(row.element, "items at work at " + called(row.element) +
                                   ", which takes up no work just now: they are in line until it does");
        const PoolRow& pool = model_->pools[row.line_pool];
        const bool restarts =
            pool.interrupted == Interrupted::restart ||
            std::any_of(pool.outages.begin(), pool.outages.end(),
                        [](const OutageRow& outage) { return outage.interrupted == Interrupted::restart; });
        if (restarts && item.started < at)
            lacks(pool.element,
                  "what work on " + called(pool.element) +
                      " has done, should it be cut off (interrupted: restart): only the rest begins "
                      "anew");
    }
    // By what a simulation that begins with the state would make of it.
    const auto differs = [&](Index stream, const PipelineRow& row, Time due, std::uint64_t before) {
        const bool is = streams_[stream].landings > before;
        return is != (is_kept(stream) && streams_[stream].landings > landed_before_due(stream, row, due));
    };
    for (Index i = 0; i < streams_.size(); ++i)
        if (model_->streams[i].keeps_landings && !streams_[i].history.empty())
            lacks(model_->streams[i].element,
                  "when what has landed in " + called(model_->streams[i].element) +
                      " did: runs for times that have passed read only what lands from now on");
    for (Index i = 0; i < pipelines_.size(); ++i) {
        const PipelineRow& row = model_->pipelines[i];
        const auto look = [&](const std::vector<std::uint64_t>& before, Time due) {
            for (std::size_t t = 0; t < before.size(); ++t)
                if (const Index stream = updated_stream(row.tasks[t]);
                    stream != none && differs(stream, row, due, before[t]))
                    lacks(row.element, "that a run of " + called(row.element) + " looks for updates of " +
                                           called(model_->streams[stream].element) +
                                           " since another was due than by the clock");
        };
        for (std::size_t t = 0; t < row.tasks.size(); ++t)
            for (const TaskInputRow& input : row.inputs[t])
                if (!is_kept(input.stream) && streams_[input.stream].landed_records > 0)
                    lacks(row.element, "how much " + called(model_->stages[row.tasks[t]].element) +
                                           " has to read of " +
                                           called(model_->streams[input.stream].element));
        look(pipelines_[i].landed_before, at);
        for (Index r = 0; r < runs_.size(); ++r)
            if (runs_[r].pipeline == i) look(runs_[r].landed_before, runs_[r].due);
    }
}

std::string State::task_name(Index pipeline, Index task) const {
    const PipelineRow& row = model_->pipelines[pipeline];
    return model_->elements[model_->stages[row.tasks[task]].element].name.substr(
        model_->elements[row.element].name.size() + 1);
}

bool State::is_kept(Index stream) const {
    const Element& names = model_->elements[model_->streams[stream].element];
    return names.stage == none && names.load == none && names.pipeline == none;
}

void State::note_unread(Index stream, const Amount& read, UnreadAmounts& into) const {
    const StreamState& state = streams_[stream];
    const PresentAmount left{std::max(0.0, state.landed_records - read.records),
                             std::max(0.0, state.landed_bytes - read.bytes)};
    if (is_kept(stream) && left != PresentAmount{})
        into.emplace(model_->elements[model_->streams[stream].element].name, left);
}

PresentTask State::seen_task(Index run, Index task, std::vector<PresentItems> instances) const {
    using TaskPhase = TaskState::Phase;
    const PipelineRow& row = model_->pipelines[runs_[run].pipeline];
    const TaskState& state = runs_[run].tasks[task];
    const StageRow& stage = model_->stages[row.tasks[task]];
    PresentTask now;
    now.task = task_name(runs_[run].pipeline, task);
    if (state.phase != TaskPhase::submitted) {
        now.is = state.phase == TaskPhase::succeeded ? PresentTask::Is::done
                 : state.phase == TaskPhase::failed  ? PresentTask::Is::failed
                                                     : PresentTask::Is::skipped;
    } else if (stage.expand > 1) {
        now.is = PresentTask::Is::waiting;
        now.ended = stage.expand - state.instances;
        now.ended_badly = state.instance_failed ? 1 : 0;
        for (PresentItems& one : instances) add_alike(now.instances, std::move(one));
    } else if (!instances.empty()) {
        now.how = std::move(instances.front());
        now.is = now.how.where == PresentItems::Where::working    ? PresentTask::Is::working
                 : now.how.where == PresentItems::Where::retrying ? PresentTask::Is::retrying
                                                                  : PresentTask::Is::waiting;
    }
    if (state.phase == TaskPhase::submitted)
        for (std::size_t in = 0; in < state.reads_up_to.size(); ++in)
            if (state.reads_up_to[in])
                note_unread(row.inputs[task][in].stream, *state.reads_up_to[in], now.unread);
    return now;
}

InitialState State::snapshot(Time at) const {
    InitialState result;
    result.as_of = at;
    const auto name_of = [&](Index element) { return model_->elements[element].name; };
    std::map<std::string, ElementState> states;
    const auto state_for = [&](Index element) -> ElementState& {
        ElementState& state = states[name_of(element)];
        state.element = name_of(element);
        return state;
    };
    std::unordered_map<Index, Time> comes_back;
    simulation_->pending().for_each([&](Time time, const Event& event) {
        if (event.kind() == EventKind::come_back) comes_back.emplace(event.row(), time);
    });
    std::unordered_map<Index, std::int64_t> places;
    const auto seen_of = [&](Index item) {
        PresentItems seen = seen_at(item, at);
        if (seen.where == PresentItems::Where::retrying) seen.left = comes_back.at(item) - at;
        if (const auto place = places.find(item); place != places.end()) seen.place = place->second;
        return seen;
    };
    Missing missing;
    const auto lacks = [&](Index element, std::string what) { ++missing[{element, std::move(what)}]; };
    std::vector<Index> present;
    std::map<std::pair<Index, Index>, std::vector<Index>> of_tasks;  // by run and stage
    for (Index i = 0; i < items_.size(); ++i) {
        const Item& item = items_[i];
        if (item.where == Where::free) continue;
        if (item.run != none) {
            of_tasks[std::pair(item.run, item.stage)].push_back(i);
            continue;
        }
        if (item.group != none && !joining_.empty() && item.stage != none)
            lacks(model_->stages[item.stage].element,
                  "of what items at " + quoted(name_of(model_->stages[item.stage].element)) +
                      " are parts (join): each goes on by itself");
        switch (item.where) {
            case Where::delayed:
                lacks(model_->loads[item.load].element,
                      "items that are born and not yet in their stream (delay)");
                break;
            case Where::member:  // with the batch
                if (item.held != none)
                    lacks(model_->stages[holdings_[item.held].stage].element,
                          "workers that items in batches keep (holds_until)");
                break;
            case Where::in_run: break;  // with the run
            case Where::gathering: {
                const StageRow& row = model_->stages[item.stage];
                const bool copied = row.window != none &&
                                    model_->windows[row.window].size > model_->windows[row.window].every;
                const bool of_parts = row.join != none && !model_->joins[row.join].of_inputs;
                if (copied)
                    lacks(row.element,
                          "items that gather in windows that overlap, at " + quoted(name_of(row.element)));
                else if (of_parts)
                    lacks(row.element, "parts that gather at " + quoted(name_of(row.element)));
                else
                    present.push_back(i);
                break;
            }
            case Where::at_door:
                if (item.stage == none) break;  // its load makes it anew
                if (holds_batches(i))
                    lacks(model_->stages[item.stage].element,
                          "batches of batches at " + quoted(name_of(model_->stages[item.stage].element)));
                else if (item.holding == none)
                    present.push_back(i);
                break;
            case Where::waiting:
            case Where::working:
            case Where::retrying:
                if (item.bundle != 0)
                    lacks(model_->stages[item.stage].element,
                          "what workers have taken up together (take), at " +
                              quoted(name_of(model_->stages[item.stage].element)));
                else if (holds_batches(i))
                    lacks(model_->stages[item.stage].element,
                          "batches of batches at " + quoted(name_of(model_->stages[item.stage].element)));
                else
                    present.push_back(i);
                break;
            default: break;
        }
    }
    std::sort(present.begin(), present.end(), [&](Index a, Index b) {
        return std::pair(items_[a].entered, items_[a].number) <
               std::pair(items_[b].entered, items_[b].number);
    });
    // As they are told: by stage, then by pipeline, run and task.
    std::vector<Index> listed = present;
    std::stable_sort(listed.begin(), listed.end(), [&](Index a, Index b) {
        return name_of(model_->stages[items_[a].stage].element) <
               name_of(model_->stages[items_[b].stage].element);
    });
    std::vector<Index> runs;
    for (Index i = 0; i < runs_.size(); ++i)
        if (runs_[i].pipeline != none) runs.push_back(i);
    std::sort(runs.begin(), runs.end(), [&](Index a, Index b) {
        const auto rank = [&](Index run) {
            return std::pair(name_of(model_->pipelines[runs_[run].pipeline].element), runs_[run].number);
        };
        return rank(a) < rank(b);
    });
    for (const Index run : runs)
        for (const Index stage : model_->pipelines[runs_[run].pipeline].tasks)
            if (const auto task = of_tasks.find(std::pair(run, stage)); task != of_tasks.end()) {
                std::sort(task->second.begin(), task->second.end(),
                          [&](Index a, Index b) { return items_[a].number < items_[b].number; });
                listed.insert(listed.end(), task->second.begin(), task->second.end());
            }
    places = places_in_lines(listed, at);
    for (const Index i : present) {
        add_alike(state_for(model_->stages[items_[i].stage].element).items, seen_of(i));
    }
    for (const Index i : runs) {
        const RunState& run = runs_[i];
        const PipelineRow& row = model_->pipelines[run.pipeline];
        if (run.item != none) {
            lacks(row.element, "runs of " + quoted(name_of(row.element)) + " that work for one item each");
            continue;
        }
        PresentRun seen;
        seen.age = at - run.due;
        if (run.begun)
            for (Index t = 0; t < row.tasks.size(); ++t) {
                const TaskState::Phase phase = run.tasks[t].phase;
                if (phase == TaskState::Phase::waits || phase == TaskState::Phase::ready) continue;
                std::vector<PresentItems> instances;
                for (const Index item : of_tasks[std::pair(i, row.tasks[t])])
                    instances.push_back(seen_of(item));
                seen.tasks.push_back(seen_task(i, t, std::move(instances)));
            }
        seen.holds = seized_at(run.held, none);
        state_for(row.element).runs.push_back(std::move(seen));
    }
    for (Index i = 0; i < pipelines_.size(); ++i) {
        const PipelineRow& row = model_->pipelines[i];
        std::map<std::string, UnreadAmounts> unread;
        for (Index t = 0; t < row.tasks.size(); ++t) {
            UnreadAmounts of_task;
            for (std::size_t in = 0; in < row.inputs[t].size(); ++in)
                if (!row.inputs[t][in].all)
                    note_unread(row.inputs[t][in].stream, pipelines_[i].seen[t][in], of_task);
            if (!of_task.empty()) unread.emplace(task_name(i, t), std::move(of_task));
        }
        if (!unread.empty()) state_for(row.element).unread = std::move(unread);
    }
    for (const StreamState& stream : streams_) {
        const StreamRow& row = model_->streams[static_cast<std::size_t>(&stream - streams_.data())];
        const auto stream_index = static_cast<Index>(&stream - streams_.data());
        const bool kept = is_kept(stream_index);
        if (kept && (stream.landings > 0 || stream.newest != 0))
            state_for(row.element).newest = at - stream.newest;
        const bool read =
            std::any_of(model_->pipelines.begin(), model_->pipelines.end(), [&](const PipelineRow& pipeline) {
                return std::any_of(pipeline.inputs.begin(), pipeline.inputs.end(), [&](const auto& inputs) {
                    return std::any_of(inputs.begin(), inputs.end(),
                                       [&](const TaskInputRow& one) { return one.stream == stream_index; });
                });
            });
        if (kept && read && stream.landed_records > 0) {
            state_for(row.element).records = stream.landed_records;
            if (stream.landed_bytes > 0) state_for(row.element).size = stream.landed_bytes;
        }
        const bool asked =
            std::any_of(model_->conditions.begin(), model_->conditions.end(),
                        [&](const ConditionRow& one) { return one.updated && one.stream == stream_index; });
        if (kept && asked && stream.landings > 0 && stream.landed_at != stream.newest)
            state_for(row.element).landed = at - stream.landed_at;
    }
    tell_what_is_lost(at, missing);
    for (Index i = 0; i < budgets_.size(); ++i) {
        const BudgetRow& row = model_->budgets[i];
        double level = budgets_[i].level;
        if (row.refill == Budget::Refill::continuous)
            level = std::min(row.capacity, level + row.rate * kernel::to_seconds(at - budgets_[i].since));
        if (level < row.capacity) state_for(row.element).level = level;
        if (budgets_[i].ordered > 0)
            lacks(row.element, "orders of " + quoted(name_of(row.element)) + " that are to come");
    }
    for (Index i = 0; i < loads_.size(); ++i) {
        const LoadRow& row = model_->loads[i];
        if (row.count != unlimited && row.kind != Arrivals::Kind::users)
            state_for(row.element).arrived = static_cast<std::int64_t>(loads_[i].arrivals);
        if (row.kind == Arrivals::Kind::every && loads_[i].last_at >= 0)
            state_for(row.element).since = at - loads_[i].last_at;
        else if (row.kind == Arrivals::Kind::every && row.first_ns < 0 && row.from < at && !model_->initial)
            state_for(row.element).since = at - row.from;  // the first interval has begun there
        if (row.kind == Arrivals::Kind::states) {
            state_for(row.element).arrivals_state = row.states[loads_[i].phase].name;
            state_for(row.element).stayed = at - loads_[i].phase_since;
        }
        if (row.kind == Arrivals::Kind::users) {
            // Who has been thinking for longest first.
            std::map<Time, std::int64_t> thinking;
            for (const auto& [number, since] : loads_[i].thinking) ++thinking[since];
            for (const auto& [since, users] : thinking)
                state_for(row.element).thinking.push_back({users, at - since});
        }
    }
    for (Index i = 0; i < pools_.size(); ++i)
        if (model_->pools[i].has_lives || !model_->pools[i].outages.empty())
            lacks(model_->pools[i].element,
                  "which workers of " + quoted(name_of(model_->pools[i].element)) +
                      " are starting or have failed: they are as by then without work");
    for (const auto& [what, count] : missing) {
        const auto& [element, text] = what;
        state_for(element).missing.push_back(count == 1 ? text : std::to_string(count) + " times: " + text);
    }
    for (auto& [name, state] : states) result.elements.push_back(std::move(state));
    return result;
}

Snapshot snapshot_at(const std::shared_ptr<const Model>& model, const ReplicationOptions& options, Time at) {
    Snapshot result;
    Simulation simulation(
        State(model, options.seed, options.index, nullptr, nullptr, true, options.mirrored));
    State& state = simulation.state();
    state.expect_snapshot();
    try {
        state.start(simulation, 0);
        Stillness stillness;
        while (simulation.run_events(1 << 16, at - 1))
            if (stillness.found(simulation)) {
                result.stopped = Stillness::reason;
                return result;
            }
        if (!simulation.stopped()) simulation.run_until(at - 1);
    } catch (const Outgrown&) {
        result.stopped = outgrown_reason;
        return result;
    }
    result.stopped = state.stop_reason();
    result.state = state.snapshot(at);
    return result;
}

}  // namespace understudy::models
