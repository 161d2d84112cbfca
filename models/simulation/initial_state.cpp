// What is there when a simulation begins: items in lines, at work and in pauses, runs that are under way.
//
// Those in line stand in the order in which they came, whatever stage of a pool they wait for, and start once all is
// there; who is at work by the state takes its workers, or goes to the head of the line. Draws are
// addressed by the stage's name and the number of the item in the state: no draw of anything that arrives moves.
//
// How long the rest of an attempt takes is drawn from its law on condition that it lasts as long as it has: by inversion
// of the truncated law (kernel/distribution.h) where one term of it is random, exact but for rounding. Where several are,
// all are drawn until their sum is long enough; after 1000 times the first is drawn so that it makes up for what lacks.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

namespace {

constexpr std::uint64_t golden = 0x9E3779B97F4A7C15ULL;
constexpr unsigned most_tries = 1000;

/// A draw of the law on condition of at least `least`; `least` itself where it is never as much.
double at_least(const kernel::Distribution& law, double least, double u) {
    if (least <= law.lower_end()) return law.draw(u);
    if (law.upper_end() <= least) return least;
    const kernel::Distribution rest =
        law.truncated(least, law.parameter("max").value_or(std::numeric_limits<double>::infinity()));
    return rest.problem() ? least : std::max(least, rest.draw(u));
}

}  // namespace

const ElementState* State::state_of(Index element) const {
    if (!model_->initial) return nullptr;
    for (const ElementState& state : model_->initial->elements)
        if (state.element == model_->elements[element].name) return &state;
    return nullptr;
}

void State::begin_work() {
    for (Index i = 0; i < model_->pipelines.size(); ++i) start_pipeline(i);
    if (model_->initial) take_up_state();
    for (Index i = 0; i < model_->loads.size(); ++i) start_load(i);
    for (Index i = 0; i < model_->pipelines.size(); ++i) refresh_pipeline(i);
}

void State::take_up_state() {
    // By name, so that the order of the file says nothing.
    std::map<std::string, const ElementState*> states;
    for (const ElementState& state : model_->initial->elements) states.emplace(state.element, &state);
    struct Present {
        Index stage;
        const PresentItems* items;
    };
    std::vector<Present> at_work, in_line;
    std::map<Index, std::uint64_t> count;  // of what a stage or pipeline has been given, for identities
    for (const auto& [name, state] : states) {
        const Element& names = model_->elements[model_->element_named(name)];
        if (names.stream != none && state->newest) {
            streams_[names.stream].newest = now() - *state->newest;
            meter_.newest_is(model_->streams[names.stream].element, now(), now() - *state->newest);
        }
        if (names.budget != none && state->level) {
            BudgetState& budget = budgets_[names.budget];
            budget.level = std::min(*state->level, model_->budgets[names.budget].capacity);
            budget.since = now();
            refresh(model_->budgets[names.budget].element);
        }
        for (const PresentItems& items : state->items)
            (items.where == PresentItems::Where::working ? at_work : in_line)
                .push_back({names.stage, &items});
    }
    // Each goes to the head of its line, so the last comes first, and those at work who find no worker after them all.
    // Nobody in a line starts before all is there. A partition's turn is first of all its item's at work.
    std::stable_sort(in_line.begin(), in_line.end(),
                     [](const Present& a, const Present& b) { return a.items->here > b.items->here; });
    const auto put_in_line = [&](bool turns) {
        for (auto present = in_line.rbegin(); present != in_line.rend(); ++present)
            if (model_->stages[present->stage].takes_turns == turns)
                take_up_items(present->stage, *present->items, count[present->stage]);
    };
    put_in_line(false);
    for (const Present& present : at_work) take_up_items(present.stage, *present.items, count[present.stage]);
    for (const auto& [name, state] : states) {
        const Index pipeline = model_->elements[model_->element_named(name)].pipeline;
        if (pipeline == none) continue;
        std::uint64_t runs = 0;
        for (const PresentRun& run : state->runs) take_up_run(pipeline, run, runs);
        begin_runs(pipeline);
    }
    put_in_line(true);
    for (Index i = 0; i < model_->streams.size(); ++i)
        if (!model_->watched_by.empty())
            for (const Index action : model_->watched_by[model_->streams[i].element]) plan_stale(action);
}

Index State::present_item(Index stage, const PresentItems& how, std::uint64_t identity) {
    const Index index = add_item();
    Item& item = items_[index];
    item.identity = identity;
    item.born = now() - how.age;
    item.entered = item.queued = now() - how.here;
    item.attempt = static_cast<std::uint16_t>(how.attempt);
    item.stage = item.next_stage = stage;
    item.records = how.records.value_or(1);
    item.size = how.size.value_or(0);
    item.priority = how.priority.value_or(0);
    item.key = how.key.value_or(0);
    StageState& state = stages_[stage];
    item.ordinal = ++state.entered;
    ++state.arrived;
    return index;
}

void State::take_up_items(Index stage, const PresentItems& how, std::uint64_t& count) {
    const StageRow& row = model_->stages[stage];
    Index load = how.load.empty() ? none : model_->elements[model_->element_named(how.load)].load;
    if (load == none && model_->loads.size() == 1) load = 0;
    std::uint16_t input = 0;
    for (std::size_t i = 0; i < row.reads.size(); ++i)
        if (model_->elements[model_->streams[row.reads[i]].element].name == how.from)
            input = static_cast<std::uint16_t>(i);
    for (std::int64_t n = 0; n < how.items; ++n) {
        const Index index =
            present_item(stage, how, kernel::mix_bits(row.name_hash + golden * ++count + std::uint64_t{1}));
        Item& item = items_[index];
        item.load = load;
        item.load_number = count - 1;
        item.input = input;
        // Arrivals they are, but they have not come now.
        item.family = families_.add({item.born, 1, load});
        note_birth(none, item.family);
        ++open_arrivals_;
        if (load != none) {
            const LoadRow& from = model_->loads[load];
            ++loads_[load].open;
            if (from.kind == Arrivals::Kind::users) ++loads_[load].users;
            const auto value = [&](const std::optional<double>& given, Index law, Purpose purpose,
                                   double otherwise) {
                return given         ? *given
                       : law == none ? otherwise
                                     : draw(law, from.element, purpose, items_[index], index, 0);
            };
            for (std::size_t f = 0; f < model_->fields.size(); ++f) {
                if (from.fields[f] == none || how.fields.contains(model_->fields[f])) continue;
                Item address = item;
                address.identity = kernel::mix_bits(address.identity ^ model_->field_hashes[f]);
                fields_[index * model_->fields.size() + f] =
                    draw(from.fields[f], from.element, Purpose::field, address, index, 0);
            }
            item.records = value(how.records, from.records, Purpose::records, 1);
            item.size = value(how.size, from.size, Purpose::size, 0);
            item.priority = value(how.priority, from.priority, Purpose::priority, 0);
            item.key = value(how.key, from.key, Purpose::key, 0);
        }
        for (std::size_t f = 0; f < model_->fields.size(); ++f)
            if (const auto given = how.fields.find(model_->fields[f]); given != how.fields.end())
                fields_[index * model_->fields.size() + f] = given->second;
        item.entered_records = item.records;
        stages_[stage].records += item.records;
        if (row.partitions > 0) item.lane = deal(row.reads[input], index);
        note_birth(stage, index);
        for (std::size_t m = 0; m < model_->marks.size(); ++m)
            if (model_->marks[m] == row.element) marks_[index * model_->marks.size() + m] = item.entered;
        tell(TraceEvent::enter, row.element, item.number);
        put_in(index, how);
    }
    refresh_system();
}

void State::put_in(Index index, const PresentItems& how) {
    Item& item = items_[index];
    const Index stage = item.stage;
    const StageRow& row = model_->stages[stage];
    if (how.where == PresentItems::Where::retrying) {
        item.where = Where::retrying;
        item.queued = now();
        shift(stage, item.load, &StageCounts::retrying, 1);
        item.event = schedule(kernel::later(now(), how.left.value_or(0)), EventKind::come_back, 0, index);
        return refresh_stage(stage);
    }
    const bool at_work = how.where == PresentItems::Where::working;
    if (at_work || how.served > 0 || how.done) {
        // It has waited before, and spent what it had to.
        item.attempt_begun = item.paid = true;
        item.started = now() - how.served;
        const double speed = row.line_pool == none ? 1 : model_->pools[row.line_pool].speed;
        const double done = how.done ? kernel::to_seconds(*how.done) : kernel::to_seconds(how.served) * speed;
        if (how.left) {
            item.remaining = *how.left;
        } else if (row.service == none) {
            item.remaining = 0;
        } else {
            const double work = draw_beyond(row.service, row.element, Purpose::service, index, done);
            item.remaining = kernel::from_seconds(work - done);
        }
        item.work = kernel::later(item.remaining, kernel::from_seconds(done));
    } else if (how.left) {
        item.remaining = item.work = *how.left;
    }
    const bool turn = !at_work || !row.takes_turns || take_turn(index, false);
    if (!turn) return;
    if (at_work && stages_[stage].halted == 0 && fits(row, owned_lane(item, row))) return begin(index);
    // Tasks of runs are told in the order in which they came.
    const bool in_order = item.run != none && !at_work;
    queue(index, !in_order);
    if (in_order && items_[index].where == Where::waiting) items_[index].queued = items_[index].entered;
    if (items_[index].where != Where::waiting || !stages_[stage].waits_end || items_[index].attempt_begun)
        return;
    limit_wait(index);
    if (row.queue_timeout == none || items_[index].ages_out) return;
    // Its patience has lasted so far.
    const double waited = kernel::to_seconds(now() - items_[index].queued);
    const double lasts = draw_beyond(row.queue_timeout, row.element, Purpose::timeout, index, waited);
    simulation_->cancel(items_[index].event);
    items_[index].event =
        schedule(kernel::later(now(), kernel::from_seconds(lasts - waited)), EventKind::expire, 0, index);
}

double State::draw_beyond(Index law, Index element, Purpose purpose, Index index, double past) {
    const Item& item = items_[index];
    struct Random {
        const kernel::Distribution* law;
        double times;
        unsigned part;
    };
    std::vector<Random> random;
    double known = 0;
    unsigned part = 0;
    for (const CompiledTerm& term : parameters_.laws[law]) {
        double times = term.times;
        switch (term.per) {
            case Per::once:
            case Per::item: break;
            case Per::record: times *= item.records; break;
            case Per::bytes: times *= item.size / term.per_amount; break;
            case Per::field: times *= field(index, term.per_field); break;
        }
        if (term.field != none)
            known += field(index, term.field) * times;
        else if (term.recorded)
            known += term.recorded->empty()
                         ? 0
                         : (*term.recorded)[item.load_number % term.recorded->size()] * times;
        else if (term.law.is_constant() || times <= 0)
            known += times <= 0 ? 0 : term.law.draw(0.5) * times;
        else
            random.push_back({&term.law, times, part});
        ++part;
    }
    return choice(element, purpose, item.identity, item.attempt, [&] {
        if (random.empty()) return std::max(known, past);
        const auto u = [&](const Random& one, unsigned round) {
            return uniform(element, purpose,
                           round == 0 ? item.identity : kernel::mix_bits(item.identity + golden * round),
                           item.attempt, one.part);
        };
        double rest = 0;  // of all but the first
        if (random.size() > 1)
            for (unsigned round = 0; round < most_tries; ++round) {
                rest = 0;
                for (std::size_t i = 1; i < random.size(); ++i)
                    rest += random[i].law->draw(u(random[i], round)) * random[i].times;
                const double all = known + rest + random[0].law->draw(u(random[0], round)) * random[0].times;
                if (all >= past) return all;
            }
        const double least = (past - known - rest) / random[0].times;
        return std::max(past,
                        known + rest + at_least(*random[0].law, least, u(random[0], 0)) * random[0].times);
    });
}

void State::go_on_with_interval(Index index, Time since) {
    const LoadRow& row = model_->loads[index];
    const double rate = parameters_.numbers[row.rate];
    if (!(rate > 0)) return;
    // Intervals are drawn at a rate of 1, and stretched by the profile.
    const Time last = now() - since;
    const double past =
        (last < 0 ? kernel::to_seconds(since) : row.intensity.mean(last, now()) * kernel::to_seconds(since)) *
        rate;
    const Index address = add_item();  // arrivals are addressed by their number alone
    items_[address].identity = items_[address].load_number = loads_[index].arrivals;
    const double whole = draw_beyond(row.interval, row.element, Purpose::arrival, address, past);
    free_item(address);
    plan_arrival(index, row.intensity.after(now(), std::max(0.0, whole - past) / rate, row.until));
}

void State::take_up_run(Index pipeline_index, const PresentRun& present, std::uint64_t& count) {
    using TaskPhase = TaskState::Phase;
    using Is = PresentTask::Is;
    const PipelineRow& row = model_->pipelines[pipeline_index];
    PipelineState& state = pipelines_[pipeline_index];
    const Index run = runs_.add();
    {
        RunState& r = runs_[run];
        r.pipeline = pipeline_index;
        r.number = ++state.runs;
        r.identity = kernel::mix_bits(row.name_hash + golden * ++count + std::uint64_t{1});
        r.due = now() - present.age;
        r.landed_before.assign(state.landed_before.size(), 0);
        r.records = 1;
        r.probes = meter_.open_probes(row.element);
    }
    const std::uint64_t number = runs_[run].number;
    tell(TraceEvent::due, row.element, number);
    expect_landing(pipeline_index, number, runs_[run].due);
    if (present.tasks.empty()) {
        state.waiting.push_back(run);
        return;
    }
    ++state.active_runs;
    RunState& r = runs_[run];
    r.begun = true;
    r.open = static_cast<std::uint32_t>(row.tasks.size());
    r.tasks.assign(row.tasks.size(), {});
    for (std::size_t t = 0; t < row.tasks.size(); ++t) r.tasks[t].before = row.predecessors[t];
    tell(TraceEvent::begin, row.element, number);
    if (row.timeout >= 0)
        r.limit = schedule(std::max(now(), kernel::later(r.due, row.timeout)), EventKind::overdue,
                           static_cast<std::uint32_t>(number), run);
    const std::size_t prefix = model_->elements[row.element].name.size() + 1;
    std::unordered_map<std::string_view, Index> positions;
    for (Index t = 0; t < row.tasks.size(); ++t)
        positions.emplace(
            std::string_view(model_->elements[model_->stages[row.tasks[t]].element].name).substr(prefix), t);
    std::vector<bool> named(row.tasks.size());
    std::vector<std::pair<Index, const PresentItems*>> at_work, others;
    for (const PresentTask& task : present.tasks) {
        const auto found = positions.find(task.task);
        kernel::require(found != positions.end(), "a state has a task that there is not");
        const Index t = found->second;
        named[t] = true;
        TaskState& into = r.tasks[t];
        switch (task.is) {
            case Is::done: into.phase = TaskPhase::succeeded; break;
            case Is::failed: into.phase = TaskPhase::failed; break;
            case Is::skipped: into.phase = TaskPhase::skipped; break;
            default:
                into.phase = TaskPhase::submitted;
                into.instances = 1;
                ++state.active_tasks;
                (task.is == Is::working ? at_work : others).emplace_back(t, &task.how);
        }
        if (into.phase != TaskPhase::submitted) {
            --r.open;
            if (into.phase != TaskPhase::succeeded && row.leaf[t]) r.failed = true;
        }
    }
    at_work.insert(at_work.end(), others.begin(), others.end());
    for (const auto& [t, how] : at_work) {
        const Index stage = row.tasks[t];
        const StageRow& task = model_->stages[stage];
        const Index index = present_item(stage, *how, runs_[run].identity);
        Item& item = items_[index];
        item.load_number = number - 1;
        item.born = item.entered;
        item.run = run;
        item.entered_records = item.records;
        stages_[stage].records += item.records;
        note_birth(stage, index);
        tell(TraceEvent::enter, task.element, item.number);
        put_in(index, *how);
    }
    // Those that have not begun: because of what comes before them, or now.
    for (Index t = 0; t < row.tasks.size(); ++t) {
        const TaskPhase phase = runs_[run].tasks[t].phase;
        if (phase == TaskPhase::succeeded || phase == TaskPhase::failed || phase == TaskPhase::skipped) {
            if (!named[t]) continue;  // skipped just now, which has told those behind it
            for (const Index next : row.successors[t]) {
                if (runs_[run].number != number) return;
                predecessor_ended(run, next, phase == TaskPhase::succeeded);
            }
        } else if (phase == TaskPhase::waits && row.predecessors[t] == 0) {
            task_ready(run, t);
        }
        if (runs_[run].number != number) return;
    }
}

}  // namespace understudy::models
