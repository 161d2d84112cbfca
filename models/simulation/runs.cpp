// Pipelines: runs that are due, tasks that become ready, what comes of their success and failure.
#include <algorithm>
#include <cmath>
#include <utility>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

void State::start_pipeline(Index index) {
    const PipelineRow& row = model_->pipelines[index];
    PipelineState& state = pipelines_[index];
    state.seen.resize(row.tasks.size());
    for (std::size_t t = 0; t < row.tasks.size(); ++t) state.seen[t].resize(row.inputs[t].size());
    const bool sensors = std::any_of(row.tasks.begin(), row.tasks.end(),
                                     [&](Index task) { return model_->stages[task].waits_for != none; });
    if (sensors) state.landed_before.assign(row.tasks.size(), 0);
    if (row.kind == Schedule::Kind::every) {
        const Time late = now() % row.period;
        schedule(late == 0 ? now() : kernel::later(now(), row.period - late), EventKind::due, index, 0);
        return;
    }
    const auto next = std::lower_bound(row.due.begin(), row.due.end(), now());
    if (next != row.due.end())
        schedule(*next, EventKind::due, index, static_cast<std::uint32_t>(next - row.due.begin()));
}

void State::due_now(Index pipeline, Index item, double records, double size, bool asked_for,
                    const std::optional<MadeUpRun>& made_up) {
    const PipelineRow& row = model_->pipelines[pipeline];
    PipelineState& state = pipelines_[pipeline];
    DueRun what{now(), open_probes(pipeline), state.landed_before, made_up, asked_for};
    for (std::size_t t = 0; t < state.landed_before.size(); ++t) {
        const Index condition = model_->stages[row.tasks[t]].waits_for;
        if (condition != none && model_->conditions[condition].updated)
            state.landed_before[t] = streams_[model_->conditions[condition].stream].landings;
    }
    due(pipeline, std::move(what), item, records, size);
}

void State::due(Index pipeline, DueRun what, Index item, double records, double size) {
    const PipelineRow& row = model_->pipelines[pipeline];
    PipelineState& state = pipelines_[pipeline];
    if (state.paused > 0 && item == none) {
        // Missed while paused: made up for afterwards, or not at all.
        if (row.catchup) state.missed.push_back(std::move(what));
        return;
    }
    const Index run = runs_.add();
    RunState& r = runs_[run];
    r.pipeline = pipeline;
    r.number = ++state.runs;
    r.identity = kernel::mix_bits(row.name_hash + 0x9E3779B97F4A7C15ULL * r.number);
    r.due = what.scheduled;
    r.made_up = what.made_up;
    r.landed_before = std::move(what.landed_before);
    r.item = item;
    r.records = records;
    r.size = size;
    tell(TraceEvent::due, row.element, r.number);
    meter_.count_run(row.element, Metric::arrived, what.probes);
    r.probes = std::move(what.probes);
    what.asked_for ? stand_in(run) : expect_landing(run);
    state.waiting.push_back(run);
    begin_runs(pipeline);
}

void State::begin_runs(Index pipeline) {
    const PipelineRow& row = model_->pipelines[pipeline];
    PipelineState& state = pipelines_[pipeline];
    // A run that ends at once comes back here: the loop under way goes on with the next.
    if (state.beginning) return;
    state.beginning = true;
    while (state.paused == 0 && !state.waiting.empty() &&
           static_cast<double>(state.active_runs) < parameters_.numbers[row.max_active_runs]) {
        const Index run = state.waiting.front();
        state.waiting.pop_front();
        ++state.active_runs;
        RunState& r = runs_[run];
        r.begun = true;
        r.open = static_cast<std::uint32_t>(row.tasks.size());
        r.tasks.assign(row.tasks.size(), {});
        for (std::size_t t = 0; t < row.tasks.size(); ++t) r.tasks[t].before = row.predecessors[t];
        tell(TraceEvent::begin, row.element, r.number);
        meter_.observe_run(row.element, Metric::delay, now() - r.due, r.probes);
        meter_.observe_run(row.element, Metric::wait, now() - r.due, r.probes);
        if (now() > r.due) meter_.count_run(row.element, Metric::waited, r.probes);
        if (row.timeout >= 0)
            r.limit = schedule(kernel::later(now(), row.timeout), EventKind::overdue,
                               static_cast<std::uint32_t>(r.number), run);
        const std::uint64_t number = r.number;
        for (Index t = 0; t < row.tasks.size() && runs_[run].number == number; ++t)
            if (row.predecessors[t] == 0) task_ready(run, t);
    }
    state.beginning = false;
    refresh_pipeline(pipeline);
}

void State::task_ready(Index run, Index task) {
    RunState& r = runs_[run];
    const PipelineRow& pipeline = model_->pipelines[r.pipeline];
    const Index stage = pipeline.tasks[task];
    const StageRow& row = model_->stages[stage];
    r.tasks[task].phase = TaskState::Phase::ready;
    Time at = now();
    if (row.delay != none) {
        Item address;
        address.identity = r.identity;
        address.load_number = r.number - 1;
        at = kernel::later(
            at, kernel::from_seconds(draw(row.delay, row.element, Purpose::delay, address, none, 0)));
    }
    if (row.not_before >= 0) at = std::max(at, kernel::later(r.due, row.not_before));
    if (at > now())
        r.tasks[task].event = schedule(at, EventKind::ready, stage, run);
    else
        submit(run, task);
}

void State::submit(Index run, Index task) {
    RunState& r = runs_[run];
    r.tasks[task].event = kernel::no_event;
    PipelineState& state = pipelines_[r.pipeline];
    const PipelineRow& pipeline = model_->pipelines[r.pipeline];
    if (pipeline.max_active_tasks != none &&
        static_cast<double>(state.active_tasks) >= parameters_.numbers[pipeline.max_active_tasks]) {
        const StageRow& waiting = model_->stages[pipeline.tasks[task]];
        state.submissions.emplace(waiting.priority == none ? 0 : -parameters_.numbers[waiting.priority],
                                  state.submissions_seen++, run, task);
        return;
    }
    ++state.active_tasks;
    refresh_pipeline(r.pipeline);
    r.tasks[task].phase = TaskState::Phase::submitted;
    const Index stage = pipeline.tasks[task];
    const StageRow& row = model_->stages[stage];
    r.tasks[task].instances = static_cast<std::uint32_t>(row.expand);
    double records = r.records, size = r.size;
    if (!pipeline.inputs[task].empty()) {
        records = size = 0;
        for (std::size_t i = 0; i < pipeline.inputs[task].size(); ++i) {
            const TaskInputRow& input = pipeline.inputs[task][i];
            const StreamState& stream = streams_[input.stream];
            if (r.made_up && !input.all && model_->streams[input.stream].keeps_landings) {
                const Amount past = landed_in(*r.made_up, input.stream);
                records += past.records;
                size += past.bytes;
                r.tasks[task].reads_up_to.push_back(std::nullopt);
                continue;
            }
            const Amount& seen = state.seen[task][i];
            records += stream.landed_records - (input.all ? 0 : seen.records);
            size += stream.landed_bytes - (input.all ? 0 : seen.bytes);
            r.tasks[task].reads_up_to.push_back(Amount{stream.landed_records, stream.landed_bytes});
        }
    }
    const std::uint64_t number = r.number, identity = r.identity;
    for (std::int64_t i = 0; i < row.expand; ++i) {
        const Index index = add_item();
        Item& item = items_[index];
        item.identity =
            row.expand == 1 ? identity : kernel::mix_bits(identity + static_cast<std::uint64_t>(i + 1));
        item.load_number = number - 1;
        item.born = item.entered = now();
        item.stage = stage;
        note_birth(stage, index);
        item.run = run;
        item.records = item.entered_records = records / static_cast<double>(row.expand);
        item.size = size / static_cast<double>(row.expand);
        item.ordinal = ++stages_[stage].entered;
        ++stages_[stage].arrived;
        stages_[stage].records += item.records;
        tell_of(TraceEvent::member, row.element, item.number, number);
        tell(TraceEvent::enter, row.element, item.number);
        meter_.count(row.element, Metric::arrived, none, item.ordinal);
        queue(index, false);
    }
}

void State::submit_waiting(Index pipeline) {
    PipelineState& state = pipelines_[pipeline];
    const PipelineRow& row = model_->pipelines[pipeline];
    while (!state.submissions.empty() &&
           static_cast<double>(state.active_tasks) < parameters_.numbers[row.max_active_tasks]) {
        const auto [key, order, run, task] = *state.submissions.begin();
        state.submissions.erase(state.submissions.begin());
        submit(run, task);
    }
}

void State::instance_ended(Index index, bool success) {
    const Item item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    StageState& state = stages_[item.stage];
    state.records -= item.entered_records;
    ++state.left;
    meter_.observe(row.element, Metric::latency, now() - item.entered, none, item.ordinal);
    observe_attempts(item, item.attempt + 1);
    const bool put_aside = !success && row.dead_letter != none;
    meter_.count(row.element,
                 success     ? Metric::completed
                 : put_aside ? Metric::dead_lettered
                             : Metric::lost,
                 none, item.ordinal);
    if (!success) tell(TraceEvent::give_up, row.element, item.number, item.attempt);
    free_item(index);
    refresh_stage(item.stage);
    if (put_aside) {
        const Index letter = add_item();
        items_[letter].identity = kernel::mix_bits(item.identity ^ row.name_hash);
        items_[letter].born = item.born;
        items_[letter].records = item.records;
        items_[letter].size = item.size;
        items_[letter].load_number = item.load_number;
        put(row.dead_letter, letter, none);
    }
    RunState& run = runs_[item.run];
    TaskState& task = run.tasks[row.task];
    task.instance_failed = task.instance_failed || !success;
    task.records += item.records;
    task.size += item.size;
    if (--task.instances > 0) return;
    task_ended(item.run, row.task, !task.instance_failed);
}

void State::task_ended(Index run, Index task, bool success) {
    const Index pipeline_index = runs_[run].pipeline;
    const PipelineRow& pipeline = model_->pipelines[pipeline_index];
    PipelineState& state = pipelines_[pipeline_index];
    const std::uint64_t number = runs_[run].number;
    TaskState& t = runs_[run].tasks[task];
    t.phase = success ? TaskState::Phase::succeeded : TaskState::Phase::failed;
    --state.active_tasks;
    refresh_pipeline(pipeline_index);
    const StageRow& row = model_->stages[pipeline.tasks[task]];
    if (success) {
        for (std::size_t i = 0; i < t.reads_up_to.size(); ++i)
            if (t.reads_up_to[i]) state.seen[task][i] = *t.reads_up_to[i];
        const double records = t.records, size = t.size;
        for (const Index stream : row.outlet.streams) {
            // Written at rest: born now, and read on by whoever reads the stream.
            const Index item = add_item();
            items_[item].identity = kernel::mix_bits(runs_[run].identity ^ row.name_hash);
            items_[item].born = now();
            items_[item].records = records;
            items_[item].size = size;
            items_[item].load_number = number - 1;
            std::vector<Index> parts;
            if (row.emit_items > 1)
                make_parts(item, row.emit_items, parts);
            else
                parts.push_back(item);
            for (const Index part : parts) emit(row, part);
            run_landed(run, stream);
            for (const Index part : parts) put(stream, part, none);
        }
    }
    if (success && !pipeline.rule.empty() && pipeline.cancel_rest[task]) cancel_before(run, task);
    for (const Index next : pipeline.successors[task]) predecessor_ended(run, next, success);
    finish_task(run, task, success);
    if (pipeline.max_active_tasks != none) submit_waiting(pipeline_index);
}

void State::cancel_before(Index run, Index task) {
    // `rest: cancel`: what this task waited for and no longer needs.
    const PipelineRow& pipeline = model_->pipelines[runs_[run].pipeline];
    for (Index other = 0; other < pipeline.tasks.size(); ++other) {
        const auto& next = pipeline.successors[other];
        if (std::find(next.begin(), next.end(), task) == next.end()) continue;
        cancel_task(run, other);
    }
}

void State::cancel_task(Index run, Index task) {
    TaskState& t = runs_[run].tasks[task];
    const PipelineRow& pipeline = model_->pipelines[runs_[run].pipeline];
    if (t.phase == TaskState::Phase::submitted) {
        for (Index item = 0; item < items_.size(); ++item)
            if (items_[item].where != Where::free && items_[item].run == run &&
                items_[item].stage == pipeline.tasks[task])
                cancel_item(item);
        --pipelines_[runs_[run].pipeline].active_tasks;
        refresh_pipeline(runs_[run].pipeline);
    } else if (t.phase == TaskState::Phase::ready) {
        simulation_->cancel(t.event);
        std::erase_if(pipelines_[runs_[run].pipeline].submissions, [&](const auto& waiting) {
            return std::get<2>(waiting) == run && std::get<3>(waiting) == task;
        });
    } else if (t.phase != TaskState::Phase::waits) {
        return;
    }
    skip_task(run, task);
}

void State::skip_task(Index run, Index task) {
    RunState& r = runs_[run];
    r.tasks[task].phase = TaskState::Phase::skipped;
    const PipelineRow& pipeline = model_->pipelines[r.pipeline];
    tell(TraceEvent::skip, model_->stages[pipeline.tasks[task]].element, r.number);
    for (const Index next : pipeline.successors[task]) predecessor_ended(run, next, false);
    finish_task(run, task, false);
}

void State::predecessor_ended(Index run, Index task, bool success) {
    const Index pipeline_index = runs_[run].pipeline;
    const PipelineRow& pipeline = model_->pipelines[pipeline_index];
    TaskState& t = runs_[run].tasks[task];
    --t.before;
    ++(success ? t.succeeded : t.failed);
    if (t.phase != TaskState::Phase::waits) return;
    const std::uint32_t all = pipeline.predecessors[task];
    bool go = false, never_will = false;
    switch (pipeline.rule[task]) {
        case TriggerRule::all_success:
            go = t.succeeded == all;
            never_will = t.failed > 0;
            break;
        case TriggerRule::all_done: go = t.before == 0; break;
        case TriggerRule::one_success:
            go = t.succeeded >= 1;
            never_will = t.before == 0 && t.succeeded == 0;
            break;
        case TriggerRule::none_failed:
            go = t.before == 0 && t.failed == 0;
            never_will = t.failed > 0;
            break;
        case TriggerRule::quorum:
            go = t.succeeded >= pipeline.quorum[task];
            never_will = t.succeeded + t.before < pipeline.quorum[task];
            break;
    }
    if (go) {
        task_ready(run, task);
        if (pipeline.cancel_rest[task] && t.before > 0) cancel_before(run, task);
    } else if (never_will) {
        skip_task(run, task);
    }
}

void State::finish_task(Index run, Index task, bool success) {
    if (runs_[run].held != none) let_go_of_run(run, model_->pipelines[runs_[run].pipeline].tasks[task]);
    RunState& r = runs_[run];
    const PipelineRow& pipeline = model_->pipelines[r.pipeline];
    // As in Airflow, the run is what its last tasks are.
    if (!success && pipeline.leaf[task]) r.failed = true;
    if (--r.open == 0) end_run(run);
}

void State::end_run(Index run) {
    if (runs_[run].held != none) let_go_of_run(run, none);
    const RunState r = runs_[run];
    const PipelineRow& row = model_->pipelines[r.pipeline];
    PipelineState& state = pipelines_[r.pipeline];
    simulation_->cancel(r.limit);
    tell(TraceEvent::end, row.element, r.number, 0, r.failed ? 0 : 1);
    meter_.observe_run(row.element, Metric::latency, now() - r.due, r.probes);
    meter_.observe_run(row.element, Metric::end, now(), r.probes);
    meter_.count_run(row.element, r.failed ? Metric::failed : Metric::completed, r.probes);
    if (!r.failed) landing(row.element, r.identity);
    for (const Index probe : row.landings)
        for (Deadlines::Open& one : deadlines_[probe].open)
            if (one.made_by == r.identity) one.ended = true;
    runs_.remove(run);
    --state.active_runs;
    if (r.item != none) {
        items_[r.item].where = Where::moving;
        item_done(r.item);
    }
    begin_runs(model_->elements[row.element].pipeline);
}

void State::overdue(Index run, std::uint32_t number) {
    RunState& r = runs_[run];
    if (r.pipeline == none || static_cast<std::uint32_t>(r.number) != number) return;
    r.limit = kernel::no_event;
    r.failed = true;
    const Index pipeline_index = r.pipeline;
    const PipelineRow& pipeline = model_->pipelines[pipeline_index];
    const std::uint64_t whole = r.number;
    for (Index task = 0; task < pipeline.tasks.size(); ++task) {
        if (runs_[run].pipeline != pipeline_index || runs_[run].number != whole) break;
        cancel_task(run, task);
    }
    // The places of its tasks are free for those of other runs.
    if (pipeline.max_active_tasks != none) submit_waiting(pipeline_index);
}

std::uint64_t State::tasks_ended() const {
    std::uint64_t ended = 0;
    for (Index i = 0; i < pipelines_.size(); ++i) {
        const PipelineState& state = pipelines_[i];
        const std::uint64_t open_runs = static_cast<std::uint64_t>(state.active_runs) + state.waiting.size();
        ended += (state.runs - open_runs) * model_->pipelines[i].tasks.size();
    }
    for (Index i = 0; i < runs_.size(); ++i) {
        const RunState& r = runs_[i];
        if (r.pipeline != none && r.begun) ended += r.tasks.size() - r.open;
    }
    return ended;
}

// ---- landed by a deadline

std::vector<Index> State::open_probes(Index pipeline) const {
    const PipelineRow& row = model_->pipelines[pipeline];
    std::vector<Index> open = meter_.open_probes(row.element);
    for (const Index probe : row.landings)
        if (meter_.is_open(probe)) open.push_back(probe);
    return open;
}

void State::expect_landing(Index run) {
    // A run is due: every probe on its pipeline, or on what its tasks write, waits for it to land, if it was open then.
    const RunState& r = runs_[run];
    for (const Index probe : model_->pipelines[r.pipeline].landings) {
        if (std::find(r.probes.begin(), r.probes.end(), probe) == r.probes.end()) continue;
        const Measure& measure = model_->probes[probe].measure;
        Time deadline = kernel::never;
        if (measure.by_offset) deadline = kernel::later(r.due, *measure.by_offset);
        if (measure.by_clock && model_->calendar)
            deadline = model_->calendar->on_day_of(r.due, *measure.by_clock);
        deadlines_[probe].open.push_back({r.pipeline, r.identity, r.identity, r.due, deadline});
    }
}

void State::stand_in(Index run) {
    const RunState& r = runs_[run];
    for (const Index probe : model_->pipelines[r.pipeline].landings) {
        auto& open = deadlines_[probe].open;
        const auto failed = std::find_if(open.rbegin(), open.rend(), [&](const Deadlines::Open& one) {
            return one.pipeline == r.pipeline && one.ended && (!r.made_up || one.due == r.made_up->due);
        });
        if (failed == open.rend()) continue;
        failed->made_by = r.identity;
        failed->ended = false;
    }
}

void State::landing(Index element, std::uint64_t run) {
    for (const Index probe : model_->pipelines[model_->elements[element].pipeline].landings)
        if (model_->probes[probe].element == element) has_landed(probe, run);
}

void State::run_landed(Index run, Index stream) {
    const RunState& r = runs_[run];
    for (const Index probe : model_->pipelines[r.pipeline].landings)
        if (model_->probes[probe].element == model_->streams[stream].element) has_landed(probe, r.identity);
}

void State::has_landed(Index probe, std::uint64_t run) {
    auto& open = deadlines_[probe].open;
    for (auto at = open.begin(); at != open.end(); ++at) {
        if (at->made_by != run) continue;
        if (now() <= at->deadline)
            ++deadlines_[probe].landed;
        else
            deadlines_[probe].missed.push_back(at->run);
        open.erase(at);
        return;
    }
}

}  // namespace understudy::models
