// What is there when a simulation begins: items in lines, at work and in pauses, runs that are under way.
//
// Those in line stand as they have waited, whatever stage of a pool they wait for: who came first in front, in a lifo
// line who came last; where the state tells places, these come first. They start once all is there; who is at work by the
// state takes its workers, or goes to the head of the line. Draws are addressed by the stage's name and the number of the
// item in the state: no draw of anything that arrives moves.
//
// How long the rest of an attempt takes is drawn from its law on condition that it lasts as long as it has: by inversion
// of the truncated law (kernel/distribution.h) where one term of it is random, exact but for rounding. Where several are,
// all are drawn until their sum is long enough; after 1000 times the first is drawn so that it makes up for what lacks.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string_view>
#include <tuple>
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

/// Each instance of a task that has not ended.
template <class Visit>
void for_each_instance(const PresentTask& task, const Visit& visit) {
    if (task.instances.empty()) return visit(task.how);
    for (const PresentItems& group : task.instances)
        for (std::int64_t n = 0; n < group.items; ++n) visit(group);
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
        const PresentItems* items;  ///< how they are
        std::vector<Index> made;    ///< in the order in which they stand
        std::uint64_t last = 0;     ///< as take_up_items()
        std::size_t told = 0;       ///< in which order the state tells of them
    };
    std::vector<Present> at_work, in_line, gathering;
    for (const auto& [name, state] : states) {
        const Element& names = model_->elements[model_->element_named(name)];
        if (const auto& landed = state->landed ? state->landed : state->newest;
            names.stream != none && landed) {
            // What has landed before is one landing: all that sensors ask is when the last one was.
            streams_[names.stream].landed_at = now() - *landed;
            streams_[names.stream].landings = 1;
        }
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
            (items.where == PresentItems::Where::working     ? at_work
             : items.where == PresentItems::Where::gathering ? gathering
                                                             : in_line)
                .push_back({names.stage, &items, {}, 0, 0});
    }
    take_up_amounts(states);
    // Runs first, so that their tasks stand in line among the others.
    std::vector<std::pair<Index, std::vector<TakenUp>>> under_way;  // by pipeline
    std::vector<TaskItem> tasks;
    for (const auto& [name, state] : states) {
        const Index index = model_->elements[model_->element_named(name)].pipeline;
        if (index == none) continue;
        for (std::size_t t = 0; t < pipelines_[index].landed_before.size(); ++t)
            if (const Index stream = updated_stream(model_->pipelines[index].tasks[t]); stream != none)
                pipelines_[index].landed_before[t] =
                    landed_before_due(stream, model_->pipelines[index], now());
        under_way.push_back({index, {}});
        std::uint64_t runs = 0;
        for (const PresentRun& run : state->runs)
            under_way.back().second.push_back(take_up_run(index, run, runs, tasks));
    }
    for (const auto& [item, how] : tasks)
        (how->where == PresentItems::Where::working ? at_work : in_line)
            .push_back({items_[item].stage, how, {item}, 0, 0});
    for (std::size_t i = 0; i < in_line.size(); ++i) in_line[i].told = i;
    std::sort(in_line.begin(), in_line.end(), [&](const Present& a, const Present& b) {
        const auto rank = [&](const Present& one) {
            const Index pool = model_->stages[one.stage].line_pool;
            const bool newest_first = pool != none && model_->pools[pool].order == Order::lifo;
            const auto signed_by = [&](std::int64_t value) { return newest_first ? value : -value; };
            return std::tuple(one.items->place.value_or(std::numeric_limits<std::int64_t>::max()),
                              signed_by(one.items->waited.value_or(one.items->here)),
                              -signed_by(static_cast<std::int64_t>(one.told)));
        };
        return rank(a) < rank(b);
    });
    // Of those at a stage the last in line have the first addresses of draws, then come those at work.
    std::map<Index, std::uint64_t> count;
    const auto turns = [&](const Present& one) { return model_->stages[one.stage].takes_turns; };
    const auto number = [&](Present& one) {
        if (!one.made.empty()) return;
        one.last = count[one.stage];
        count[one.stage] += static_cast<std::uint64_t>(one.items->items);
    };
    for (Present& one : at_work)
        if (turns(one)) number(one);
    for (auto one = in_line.rbegin(); one != in_line.rend(); ++one) number(*one);
    for (Present& one : at_work)
        if (!turns(one)) number(one);
    for (Present& one : gathering) number(one);
    const auto make = [&](Present& one) {
        if (one.made.empty()) take_up_items(one.stage, *one.items, one.last, one.made);
        if (one.items->where == PresentItems::Where::working) std::reverse(one.made.begin(), one.made.end());
        for (const Index item : one.made) resume_attempt(item, *one.items);
    };
    for (Present& one : in_line) make(one);
    for (Present& one : at_work) make(one);
    for (Present& one : gathering) make(one);
    // Workers that are kept are nobody's to take up work with.
    for (const std::vector<Present>* these : {&at_work, &in_line, &gathering})
        for (const Present& one : *these)
            for (const std::string& name : one.items->holds)
                for (const Index item : one.made)
                    if (const Index kept = kept_workers(model_->elements[model_->element_named(name)].stage,
                                                        item, items_[item].identity);
                        kept != none)
                        keep_until_later(item, kept);
    for (const auto& [pipeline, runs] : under_way)
        for (const TakenUp& taken : runs) keep_workers_of(pipeline, taken);
    // The turn of a partition is its item's at work, else of who stands first.
    for (const std::vector<Present>* these : {&at_work, &in_line})
        for (const Present& one : *these)
            for (const Index item : one.made)
                if (turns(one) && one.items->where != PresentItems::Where::retrying &&
                    !stages_[one.stage].turns[items_[item].lane].taken)
                    take_turn(item, false);
    // Each goes to the head of its line, so the last comes first, and those at work who find no worker after them all.
    // Nobody in a line starts before all is there.
    for (auto one = in_line.rbegin(); one != in_line.rend(); ++one)
        for (auto item = one->made.rbegin(); item != one->made.rend(); ++item) put_in(*item, *one->items);
    for (const Present& one : at_work)
        for (const Index item : one.made) put_in(item, *one.items);
    // Who has gathered for longest first, as they are told.
    for (const Present& one : gathering)
        for (const Index item : one.made) gather_present(item);
    refresh_system();
    for (const auto& [pipeline, runs] : under_way) {
        for (const TakenUp& taken : runs) go_on_with_run(pipeline, taken);
        begin_runs(pipeline);
    }
    for (Index i = 0; i < model_->streams.size(); ++i)
        if (!model_->watched_by.empty())
            for (const Index action : model_->watched_by[model_->streams[i].element]) plan_stale(action);
}

Index State::updated_stream(Index stage) const {
    const Index condition = model_->stages[stage].waits_for;
    return condition != none && model_->conditions[condition].updated ? model_->conditions[condition].stream
                                                                      : none;
}

kernel::Time State::due_before(const PipelineRow& row, Time time) {
    if (row.kind == Schedule::Kind::every) return time <= 0 ? -1 : (time - 1) / row.period * row.period;
    const auto next = std::lower_bound(row.due.begin(), row.due.end(), time);
    return next == row.due.begin() ? -1 : *std::prev(next);
}

std::uint64_t State::landed_before_due(Index stream, const PipelineRow& row, Time due) const {
    const StreamState& state = streams_[stream];
    const Time before = due_before(row, due);
    // Before the first run is due, all that has landed is new.
    return before < 0 || state.landed_at > before ? 0 : state.landings;
}

Index State::present_item(Index stage, const PresentItems& how, std::uint64_t identity) {
    const Index index = add_item();
    Item& item = items_[index];
    item.identity = identity;
    item.born = now() - how.age;
    item.entered = now() - how.here;
    item.queued = now() - how.waited.value_or(how.here);
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

void State::take_up_items(Index stage, const PresentItems& how, std::uint64_t last,
                          std::vector<Index>& into) {
    const StageRow& row = model_->stages[stage];
    const Index load = load_of(how);
    std::uint16_t input = 0;
    for (std::size_t i = 0; i < row.reads.size(); ++i)
        if (model_->elements[model_->streams[row.reads[i]].element].name == how.from)
            input = static_cast<std::uint16_t>(i);
    for (std::int64_t n = how.items; n > 0; --n) {
        const std::uint64_t count = last + static_cast<std::uint64_t>(n);
        const Index index =
            present_item(stage, how, kernel::mix_bits(row.name_hash + golden * count + std::uint64_t{1}));
        into.push_back(index);
        items_[index].load_number = count - 1;
        items_[index].input = input;
        if (how.batch.empty()) {
            present_arrival(index, load);
            give_present_values(index, load, how);
        } else {
            fill_batch(index, how, count);
        }
        Item& item = items_[index];
        item.entered_records = item.records;
        stages_[stage].records += item.records;
        if (row.partitions > 0) item.lane = deal(row.reads[input], index);
        note_birth(stage, index);
        for (std::size_t m = 0; m < model_->marks.size(); ++m)
            if (model_->marks[m] == row.element) marks_[index * model_->marks.size() + m] = item.entered;
        tell(TraceEvent::enter, row.element, item.number);
    }
}

Index State::load_of(const PresentItems& how) const {
    if (!how.load.empty()) return model_->elements[model_->element_named(how.load)].load;
    return model_->loads.size() == 1 ? 0 : none;
}

void State::present_arrival(Index index, Index load) {
    Item& item = items_[index];
    item.load = load;
    // Arrivals they are, but they have not come now.
    item.family = families_.add({item.born, 1, load});
    note_birth(none, item.family);
    ++open_arrivals_;
    if (load == none) return;
    ++loads_[load].open;
    if (model_->loads[load].kind == Arrivals::Kind::users) ++loads_[load].users;
}

void State::give_present_values(Index index, Index load, const PresentItems& how) {
    Item& item = items_[index];
    if (load != none) {
        const LoadRow& from = model_->loads[load];
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
}

void State::fill_batch(Index batch, const PresentItems& how, std::uint64_t count) {
    const StageRow& row = model_->stages[items_[batch].stage];
    Index last = none;
    double records = 0, size = 0;
    std::uint64_t place = 0;
    for (const PresentItems& group : how.batch) {
        const Index load = load_of(group);
        for (std::int64_t n = 0; n < group.items; ++n) {
            const Index index = add_item();
            {
                Item& member = items_[index];
                member.identity =
                    kernel::mix_bits(kernel::mix_bits(row.name_hash + golden * count) + golden * ++place);
                member.load_number = count - 1;
                member.born = now() - group.age;
                member.entered = now() - group.here;
                member.records = group.records.value_or(1);
                member.size = group.size.value_or(0);
                member.priority = group.priority.value_or(0);
                member.key = group.key.value_or(0);
                member.where = Where::member;
            }
            present_arrival(index, load);
            give_present_values(index, load, group);
            records += items_[index].records;
            size += items_[index].size;
            (last == none ? items_[batch].first_member : items_[last].next_member) = index;
            last = index;
            tell_of(TraceEvent::member, row.element, items_[index].number, items_[batch].number);
        }
    }
    // As a batch that has just closed (close()).
    const Index first = items_[batch].first_member;
    Item& whole = items_[batch];
    whole.batched = row.batch != none || row.window != none;
    whole.load = items_[first].load;
    whole.born = items_[first].born;
    whole.records = how.records.value_or(records);
    whole.size = how.size.value_or(size);
    whole.priority = how.priority.value_or(items_[first].priority);
    whole.key = how.key.value_or(items_[first].key);
    for (std::size_t f = 0; f < model_->fields.size(); ++f) {
        const auto given = how.fields.find(model_->fields[f]);
        fields_[batch * model_->fields.size() + f] =
            given != how.fields.end() ? given->second : fields_[first * model_->fields.size() + f];
    }
}

Index State::kept_workers(Index stage, Index item, std::uint64_t identity) {
    const StageRow& row = model_->stages[stage];
    // With fewer workers than there were they are not there to be kept.
    if (!row.holds || !fits(row)) return none;
    const Index index = holdings_.add();
    Holding& held = holdings_[index];
    held.in_use = held.begun = held.finished = true;
    held.stage = stage;
    held.identity = identity;
    held.item = item;
    if (item != none) held.load = items_[item].load;
    seize(index, row, -1);
    holdings_[index].item = none;
    refresh_stage(stage);
    return index;
}

void State::keep_workers_of(Index pipeline, const TakenUp& taken) {
    if (taken.present == nullptr) return;
    const std::string& name = model_->elements[model_->pipelines[pipeline].element].name;
    for (const std::string& task : taken.present->holds) {
        const Index stage = model_->elements[model_->element_named(name + "." + task)].stage;
        const Index kept = kept_workers(stage, none, runs_[taken.run].identity);
        if (kept == none) continue;
        holdings_[kept].next_held = runs_[taken.run].held;
        runs_[taken.run].held = kept;
    }
}

void State::gather_present(Index index) {
    const Index stage = items_[index].stage;
    const StageRow& row = model_->stages[stage];
    const Time since = items_[index].entered;
    if (row.window != none) return gather_window(index, since);
    if (row.batch != none) return gather_batch(index, since);
    if (row.join != none && model_->joins[row.join].of_inputs) return gather_input(index, since);
    queue(index, false);
}

void State::resume_attempt(Index index, const PresentItems& how) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    if (how.where == PresentItems::Where::retrying || how.where == PresentItems::Where::gathering) return;
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
            if (row.fails_after != none) tell_outcome_beyond(index, done);
            const double work =
                draw_beyond(law_of_work(row, item.outcome), row.element, Purpose::service, index, done);
            item.remaining = kernel::from_seconds(work - done);
        }
        item.work = kernel::later(item.remaining, kernel::from_seconds(done));
    } else if (how.left) {
        item.remaining = item.work = *how.left;
    }
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
    if (at_work && row.takes_turns && !take_turn(index, false)) return;
    if (at_work && stages_[stage].halted == 0 && fits(row, owned_lane(item, row))) return begin(index);
    queue(index, true);
    if (items_[index].where != Where::waiting) return;
    if (items_[index].attempt_begun) return limit_again(index);
    if (!stages_[stage].waits_end) return;
    limit_wait(index);
    if (row.queue_timeout == none || items_[index].ages_out) return;
    // Its patience has lasted so far.
    const double waited = kernel::to_seconds(now() - items_[index].queued);
    const double lasts = draw_beyond(row.queue_timeout, row.element, Purpose::timeout, index, waited);
    items_[index].patience = kernel::from_seconds(lasts);
    simulation_->cancel(items_[index].event);
    items_[index].event = schedule(kernel::later(now(), kernel::from_seconds(lasts - waited)),
                                   EventKind::expire, of_patience, index);
}

void State::tell_outcome_beyond(Index index, double past) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    // Both are drawn until the work is long enough, which is exact; after so many times the longest of them counts.
    double longest = -1;
    for (unsigned round = 0; round < most_tries && longest < past; ++round) {
        Item drawn = item;
        if (round > 0) drawn.identity = kernel::mix_bits(item.identity + golden * round);
        const Outcome outcome =
            draw_failure(row, drawn.identity, item.attempt) ? Outcome::failure : Outcome::success;
        const double work =
            draw(law_of_work(row, outcome), row.element, Purpose::service, drawn, index, item.attempt);
        if (work <= longest) continue;
        longest = work;
        item.outcome = outcome;
    }
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
    double inside = 0;  // of a batch; else it is one
    for (Index member = item.first_member; member != none; member = items_[member].next_member) ++inside;
    for (const CompiledTerm& term : parameters_.laws[law]) {
        double times = term.times;
        switch (term.per) {
            case Per::once: break;
            case Per::item: times *= std::max(inside, 1.0); break;
            case Per::record: times *= item.records; break;
            case Per::bytes: times *= item.size / term.per_amount; break;
            case Per::field: times *= field(index, term.per_field); break;
        }
        if (term.field != none)
            known += field(index, term.field) * times;
        else if (term.recorded)
            known += recorded_value(term, item) * times;
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

void State::take_up_amounts(const std::map<std::string, const ElementState*>& states) {
    const auto stream_of = [&](const std::string& dataset) {
        const Index element = model_->element_named(dataset);
        return element == none ? none : model_->elements[element].stream;
    };
    for (const auto& [name, state] : states)
        if (const Index stream = stream_of(name); stream != none) {
            streams_[stream].landed_records = state->records.value_or(0);
            streams_[stream].landed_bytes = state->size.value_or(0);
        }
    // Where it is not said how much has landed it is at least what is still to be read.
    const auto hold = [&](Index pipeline, const std::string& task, const UnreadAmounts& unread) {
        const PipelineRow& row = model_->pipelines[pipeline];
        for (Index t = 0; t < row.tasks.size(); ++t) {
            if (task_name(pipeline, t) != task) continue;
            for (const auto& [dataset, amount] : unread)
                for (const TaskInputRow& input : row.inputs[t]) {
                    if (input.all || input.stream != stream_of(dataset)) continue;
                    StreamState& held = streams_[input.stream];
                    const auto told = states.find(dataset);
                    if (told == states.end() || !told->second->records)
                        held.landed_records = std::max(held.landed_records, amount.records);
                    if (told == states.end() || !told->second->size)
                        held.landed_bytes = std::max(held.landed_bytes, amount.size);
                }
        }
    };
    for (const auto& [name, state] : states) {
        const Index element = model_->element_named(name);
        const Index pipeline = element == none ? none : model_->elements[element].pipeline;
        if (pipeline == none) continue;
        for (const auto& [task, unread] : state->unread) hold(pipeline, task, unread);
        for (const PresentRun& run : state->runs)
            for (const PresentTask& task : run.tasks) hold(pipeline, task.task, task.unread);
    }
    // When it landed is not known: for runs of times that have passed it was before all of them.
    for (Index stream = 0; stream < streams_.size(); ++stream)
        if (model_->streams[stream].keeps_landings && streams_[stream].landed_records > 0)
            streams_[stream].history = {{std::numeric_limits<Time>::min(),
                                         {streams_[stream].landed_records, streams_[stream].landed_bytes}}};
    for (Index i = 0; i < pipelines_.size(); ++i) {
        const PipelineRow& row = model_->pipelines[i];
        const auto state = states.find(model_->elements[row.element].name);
        for (Index t = 0; t < row.tasks.size(); ++t) {
            static const UnreadAmounts nothing;
            const UnreadAmounts* unread = &nothing;
            if (state != states.end())
                if (const auto found = state->second->unread.find(task_name(i, t));
                    found != state->second->unread.end())
                    unread = &found->second;
            for (std::size_t in = 0; in < row.inputs[t].size(); ++in)
                pipelines_[i].seen[t][in] = read_so_far(row.inputs[t][in].stream, *unread);
        }
    }
}

Amount State::read_so_far(Index stream, const UnreadAmounts& unread) const {
    const StreamState& state = streams_[stream];
    const auto found = unread.find(model_->elements[model_->streams[stream].element].name);
    const PresentAmount left = found == unread.end() ? PresentAmount{} : found->second;
    return {std::max(0.0, state.landed_records - left.records),
            std::max(0.0, state.landed_bytes - left.size)};
}

State::TakenUp State::take_up_run(Index pipeline_index, const PresentRun& present, std::uint64_t& count,
                                  std::vector<TaskItem>& items) {
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
        for (std::size_t t = 0; t < r.landed_before.size(); ++t)
            if (const Index stream = updated_stream(row.tasks[t]); stream != none)
                r.landed_before[t] = landed_before_due(stream, row, r.due);
        r.records = 1;
        r.probes = open_probes(pipeline_index);
    }
    const std::uint64_t number = runs_[run].number;
    tell(TraceEvent::due, row.element, number);
    expect_landing(run);
    if (present.tasks.empty()) {
        state.waiting.push_back(run);
        return {};
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
    TakenUp taken{run, number, std::vector<bool>(row.tasks.size()), &present};
    struct Instance {
        Index task;
        const PresentItems* how;
        std::uint64_t identity;
    };
    std::vector<Instance> at_work, others;
    for (const PresentTask& task : present.tasks) {
        const auto found = positions.find(task.task);
        kernel::require(found != positions.end(), "a state has a task that there is not");
        const Index t = found->second;
        taken.named[t] = true;
        TaskState& into = r.tasks[t];
        switch (task.is) {
            case Is::done: into.phase = TaskPhase::succeeded; break;
            case Is::failed: into.phase = TaskPhase::failed; break;
            case Is::skipped: into.phase = TaskPhase::skipped; break;
            default:
                into.phase = TaskPhase::submitted;
                ++state.active_tasks;
                into.instances = 0;
                into.instance_failed = task.ended_badly > 0;
                for (const TaskInputRow& input : row.inputs[t])
                    into.reads_up_to.push_back(read_so_far(input.stream, task.unread));
                for_each_instance(task, [&](const PresentItems& how) {
                    const auto place = static_cast<std::uint64_t>(task.ended) + into.instances++;
                    (how.where == PresentItems::Where::working ? at_work : others)
                        .push_back({t, &how,
                                    model_->stages[row.tasks[t]].expand == 1
                                        ? r.identity
                                        : kernel::mix_bits(r.identity + place + 1)});
                    into.records = static_cast<double>(task.ended) * how.records.value_or(1);
                    into.size = static_cast<double>(task.ended) * how.size.value_or(0);
                });
        }
        if (into.phase != TaskPhase::submitted) {
            --r.open;
            if (into.phase != TaskPhase::succeeded && row.leaf[t]) r.failed = true;
        }
    }
    at_work.insert(at_work.end(), others.begin(), others.end());
    for (const auto& [t, how, identity] : at_work) {
        const Index stage = row.tasks[t];
        const StageRow& task = model_->stages[stage];
        const Index index = present_item(stage, *how, identity);
        Item& item = items_[index];
        item.load_number = number - 1;
        item.born = item.entered;
        item.run = run;
        item.entered_records = item.records;
        stages_[stage].records += item.records;
        note_birth(stage, index);
        tell(TraceEvent::enter, task.element, item.number);
        items.push_back({index, how});
    }
    return taken;
}

void State::go_on_with_run(Index pipeline, const TakenUp& taken) {
    using TaskPhase = TaskState::Phase;
    const auto& [run, number, named, present] = taken;
    if (run == none) return;  // it has not begun
    const PipelineRow& row = model_->pipelines[pipeline];
    for (Index t = 0; t < row.tasks.size(); ++t) {
        if (runs_[run].number != number) return;
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
    }
}

}  // namespace understudy::models
