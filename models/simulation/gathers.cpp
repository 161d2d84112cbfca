// Batches and joins: items that rest until there are enough of them.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

// ---- joins of parts

void State::gather_part(Index index) {
    Item& item = items_[index];
    const Index stage = item.stage, group = item.group;
    const StageRow& row = model_->stages[stage];
    // What is part of nothing that comes together here has nothing to wait for.
    if (group == none || !joined_here(group, stage)) return queue(index, false);
    Gathering& gathering = gatherings_[gathering_key(stage, group)];
    gathering.stage = stage;
    gathering.group = group;
    // The whole can no longer come together: it is lost, as those before it were.
    if (gathering.hopeless) return lose_quietly(index);
    // Enough were there before it: it is a part of a whole that has gone on.
    if (gathering.complete) return absorb(index);
    item.where = Where::gathering;
    item.queued = now();
    item.next_member = none;
    (gathering.last == none ? gathering.first : items_[gathering.last].next_member) = index;
    gathering.last = index;
    gathering.count += counts_as(stage, item);
    ++gathering.items;
    shift(stage, item.load, &StageCounts::gathering, 1);
    ++stages_[stage].resting[item.input];
    tell(TraceEvent::gather, row.element, item.number);
    refresh_stage(stage);
    if (gathering.count >= wanted_at(stage, group))
        complete(stage, group);
    else
        drop_hopeless(group);
}

std::uint32_t State::wanted_at(Index stage, Index group) const {
    const auto needs = static_cast<std::uint32_t>(model_->joins[model_->stages[stage].join].needs);
    if (needs > 0) return needs;
    const Group& row = groups_[group];
    if (row.place == none) return row.size;
    std::uint32_t ways = 0;
    for (const std::uint16_t way : model_->copying_places[row.place].joins.at(stage))
        ways += row.within[way] != Group::absent ? 1 : 0;
    return ways;
}

std::uint32_t State::possible_at(Index stage, Index group) const {
    const Group& row = groups_[group];
    if (row.place == none) return row.size - std::min(row.lost, row.size);
    std::uint32_t ways = 0;
    for (const std::uint16_t way : model_->copying_places[row.place].joins.at(stage))
        ways += row.within[way] != Group::absent && row.within[way] != Group::gone ? 1 : 0;
    return ways;
}

std::uint32_t State::counts_as(Index stage, const Item& item) const {
    const Group& row = groups_[item.group];
    if (row.place == none) return 1;
    std::uint32_t ways = 0;
    for (const std::uint16_t way : model_->copying_places[row.place].joins.at(stage))
        ways += row.within[way] == item.part ? 1 : 0;
    return ways;
}

void State::ungather(Index index) {
    Item& item = items_[index];
    StageState& state = stages_[item.stage];
    shift(item.stage, item.load, &StageCounts::gathering, -1);
    --state.resting[item.input];
    item.where = Where::moving;
    item.next_member = none;
    const StageRow& row = model_->stages[item.stage];
    meter_.observe(row.element, Metric::gathering, now() - item.queued, item.load, item.ordinal);
    if (row.queue_capacity != none) doors_.push_back(item.stage);
}

void State::complete(Index stage, Index group) {
    Gathering& gathering = gatherings_[gathering_key(stage, group)];
    gathering.complete = true;
    const Index first = gathering.first;
    gathering.first = gathering.last = none;
    const StageRow& row = model_->stages[stage];
    tell(TraceEvent::close, row.element, items_[first].number, 0, gathering.items);
    // The first part to arrive goes on as the whole; the others end in it.
    double records = 0, size = 0;
    std::vector<Index> others;
    for (Index part = first; part != none;) {
        const Index next = items_[part].next_member;
        records += items_[part].records;
        size += items_[part].size;
        ungather(part);
        if (part != first) others.push_back(part);
        part = next;
    }
    Group& parts = groups_[group];
    items_[first].identity = parts.identity;
    items_[first].records = records;
    items_[first].size = size;
    // Where the place has other ways, which do not lead here, what goes on is still a part: all that led here.
    if (parts.place != none)
        for (const std::uint16_t way : model_->copying_places[parts.place].joins.at(stage))
            if (parts.within[way] != Group::absent) parts.within[way] = items_[first].part;
    const bool whole = std::all_of(parts.within.begin(), parts.within.end(), [&](std::uint16_t within) {
        return within == Group::absent || within == items_[first].part;
    });
    if (whole) {
        items_[first].group = parts.parent;
        items_[first].part = parts.parent_part;
        parts.merged = true;
    }
    std::vector<Index> rest;
    if (model_->joins[row.join].cancel_rest)
        for (const Index part : parts.parts)
            if (items_[part].group == group && items_[part].where != Where::free && part != first &&
                (whole || parts.within[items_[part].part] == items_[first].part) &&
                std::find(others.begin(), others.end(), part) == others.end())
                rest.push_back(part);
    stages_[stage].records += records - items_[first].entered_records;
    items_[first].entered_records = records;
    for (const Index part : others) {
        inherit_kept(part, first);
        absorb(part);
    }
    // They, or what sent them, may be in the hands of a function further up: first all comes to rest.
    for (const Index part : rest) unwanted_.push_back({part, group, items_[part].number});
    if (whole) leave_group(group);  // the first part's place in it
    refresh_stage(stage);
    // Copies of copies may all come together at one place.
    const Index above = items_[first].group;
    if (whole && above != none && groups_[above].place != none && joined_here(above, stage))
        return gather_part(first);
    queue(first, false);
}

void State::absorb(Index index, bool gone) {
    // It ends inside its stage: not lost, and no latency of its own.
    StageState& state = stages_[items_[index].stage];
    state.records -= items_[index].entered_records;
    ++state.left;
    refresh_stage(items_[index].stage);
    items_[index].stage = none;
    if (gone) set_gone(index);
    item_done(index);
}

void State::drop_hopeless(Index group) {
    // Parts whose whole can no longer come together are lost: those who miss one that was lost, and all where each part
    // that is left waits for another.
    std::uint32_t resting = 0;
    bool waits = false;
    for (const Index stage : joining_) {
        const auto found = gatherings_.find(gathering_key(stage, group));
        if (found == gatherings_.end() || found->second.complete) continue;
        waits = true;
        resting += found->second.items;
    }
    if (!waits) return;
    const bool all_rest = resting >= groups_[group].alive;
    std::vector<Index> lost;
    for (const Index stage : joining_) {
        const auto found = gatherings_.find(gathering_key(stage, group));
        if (found == gatherings_.end() || found->second.complete) continue;
        if (!all_rest && possible_at(stage, group) >= wanted_at(stage, group)) continue;
        for (Index part = found->second.first; part != none; part = items_[part].next_member)
            lost.push_back(part);
        found->second.complete = found->second.hopeless = true;
        found->second.first = found->second.last = none;
    }
    if (lost.empty()) return;
    for (const Index part : lost) lose_part(group, items_[part].part);
    for (const Index part : lost) {
        ungather(part);
        lose_quietly(part);
    }
}

void State::lose_quietly(Index index) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    StageState& state = stages_[item.stage];
    state.records -= item.entered_records;
    ++state.left;
    for_each_leaf(index, [&](Index leaf) {
        meter_.count(row.element, Metric::lost, items_[leaf].load, item.ordinal);
        if (!items_[leaf].again && items_[leaf].family == none)
            meter_.count(none, Metric::lost, items_[leaf].load);
    });
    tell(TraceEvent::give_up, row.element, item.number, item.attempt);
    const Index stage = item.stage;
    item.stage = none;
    refresh_stage(stage);
    set_gone(index);
    item_done(index);
}

// ---- joins of inputs

bool State::has_partners(Index stage, const Item& item) const {
    const StageState& state = stages_[stage];
    const auto found = state.partners.find(model_->joins[model_->stages[stage].join].by_key ? item.key : 0);
    if (found == state.partners.end()) return false;
    for (std::size_t input = 0; input < found->second.size(); ++input)
        if (input != item.input && found->second[input].empty()) return false;
    return true;
}

void State::gather_input(Index index, Time since) {
    Item& item = items_[index];
    const Index stage = item.stage;
    const StageRow& row = model_->stages[stage];
    const JoinRow& join = model_->joins[row.join];
    StageState& state = stages_[stage];
    const double key = join.by_key ? item.key : 0;
    auto& inputs = state.partners.try_emplace(key, row.reads.size()).first->second;
    item.where = Where::gathering;
    item.queued = since;
    item.next_member = none;
    inputs[item.input].push_back(index);
    shift(stage, item.load, &StageCounts::gathering, 1);
    ++state.resting[item.input];
    tell(TraceEvent::gather, row.element, item.number);
    if (join.within >= 0)
        item.event =
            schedule(std::max(now(), kernel::later(since, join.within)), EventKind::unmatched, 0, index);
    refresh_stage(stage);
    const bool complete =
        std::none_of(inputs.begin(), inputs.end(), [](const auto& resting) { return resting.empty(); });
    if (complete) pair_up(stage, key);
}

void State::pair_up(Index stage, double key) {
    const auto at = stages_[stage].partners.find(key);
    std::vector<Index> parts;
    bool all_gone = true;
    for (std::deque<Index>& resting : at->second) {
        parts.push_back(resting.front());
        resting.pop_front();
        all_gone = all_gone && resting.empty();
    }
    if (all_gone) stages_[stage].partners.erase(at);
    // Who came first goes on as the whole; the others end in it.
    const Index first = *std::min_element(parts.begin(), parts.end(), [&](Index a, Index b) {
        return std::pair(items_[a].queued, items_[a].number) < std::pair(items_[b].queued, items_[b].number);
    });
    tell(TraceEvent::close, model_->stages[stage].element, items_[first].number, 0,
         static_cast<double>(parts.size()));
    double records = 0, size = 0;
    std::uint64_t identity = 0;
    for (const Index part : parts) {
        simulation_->cancel(items_[part].event);
        items_[part].event = kernel::no_event;
        records += items_[part].records;
        size += items_[part].size;
        identity += items_[part].identity;
        ungather(part);
    }
    Item& whole = items_[first];
    whole.identity = kernel::mix_bits(identity);
    whole.records = records;
    whole.size = size;
    stages_[stage].records += records - whole.entered_records;
    whole.entered_records = records;
    // An arrival of its own has done what it came for; a copy of the whole's is a part of it.
    for (const Index part : parts) {
        if (part == first) continue;
        inherit_kept(part, first);
        absorb(part, items_[part].family == items_[first].family);
    }
    refresh_stage(stage);
    queue(first, false);
}

void State::unmatched(Index index) {
    Item& item = items_[index];
    item.event = kernel::no_event;
    const Index stage = item.stage;
    const JoinRow& join = model_->joins[model_->stages[stage].join];
    const auto at = stages_[stage].partners.find(join.by_key ? item.key : 0);
    // Who has waited long enough stands in front, or near it.
    std::deque<Index>& resting = at->second[item.input];
    resting.erase(std::find(resting.begin(), resting.end(), index));
    if (std::all_of(at->second.begin(), at->second.end(), [](const auto& r) { return r.empty(); }))
        stages_[stage].partners.erase(at);
    ungather(index);
    refresh_stage(stage);
    if (join.pass_unmatched) return queue(index, false);
    lose(index, TraceEvent::expire);
}

// ---- taking back what is no longer wanted

void State::cancel_item(Index index) {
    Item& item = items_[index];
    switch (item.where) {
        case Where::waiting:
            withdraw(index);
            give_up_turn(index);
            break;
        case Where::working: {
            if (item.bundle != 0 && taken_with(holdings_[item.holding].item).size() > 1) {
                leave_bundle(index);  // the others go on
                break;
            }
            const Index holding = item.holding;
            simulation_->cancel(holdings_[holding].event);
            unlink(holding);
            shift(item.stage, item.load, &StageCounts::working, -1);
            attempt_over(index);
            holdings_[holding].item = none;
            item.holding = none;
            release_or_keep(holding);
            break;
        }
        case Where::retrying: shift(item.stage, item.load, &StageCounts::retrying, -1); break;
        case Where::at_door:
            for (AtDoor& waiting : stages_[item.next_stage].doors[item.input])
                if (waiting.item == index) {
                    waiting.item = none;
                    --at_doors_;
                    if (waiting.holding != none) {
                        --holdings_[waiting.holding].at_door;
                        release_or_keep(waiting.holding);
                    }
                }
            break;
        case Where::delayed:
        case Where::moving: break;
        default: return;  // gathered elsewhere, inside a batch, or worked on by a run: it ends there
    }
    items_[index].where = Where::moving;
    if (items_[index].stage != none) {
        const Index stage = items_[index].stage;
        stages_[stage].records -= items_[index].entered_records;
        ++stages_[stage].left;
        items_[index].stage = none;
        refresh_stage(stage);
    }
    if (items_[index].run != none) {
        free_item(index);
        return;
    }
    set_gone(index);
    item_done(index);
}

// ---- batches

void State::gather_batch(Index index, Time since) {
    const Index stage = items_[index].stage;
    const BatchRow& batch = model_->batches[model_->stages[stage].batch];
    // Each partition gathers for itself.
    Forming& forming = stages_[stage].forming[model_->stages[stage].partitions > 0 ? items_[index].lane : 0];
    gather_into(forming, index, since, batch.after >= 0 ? kernel::later(since, batch.after) : kernel::never);
    if ((batch.items > 0 && forming.items >= batch.items) ||
        (batch.records > 0 && forming.records >= batch.records) ||
        (batch.size_bytes > 0 && forming.size >= batch.size_bytes))
        close_batch(stage, forming, true);
}

void State::gather_into(Forming& forming, Index index, Time since, Time closes) {
    Item& item = items_[index];
    const Index stage = item.stage;
    StageState& state = stages_[stage];
    item.where = Where::gathering;
    item.queued = since;
    item.next_member = none;
    (forming.last == none ? forming.first : items_[forming.last].next_member) = index;
    forming.last = index;
    if (forming.items++ == 0) {
        forming.number = ++state.formed;
        forming.since = since;
        if (closes != kernel::never)
            forming.closing = schedule(std::max(now(), closes), EventKind::close, stage, forming.number);
    }
    forming.records += item.records;
    forming.size += item.size;
    shift(stage, item.load, &StageCounts::gathering, 1);
    ++state.resting[item.input];
    tell(TraceEvent::gather, model_->stages[stage].element, item.number);
    refresh_stage(stage);
}

void State::close_batch(Index stage, Forming& forming, bool filled) {
    const Forming formed = forming;
    forming = {};
    forming.number = formed.number;
    close(stage, formed, filled);
}

void State::close_batch(Index stage, std::uint32_t number) {
    for (Forming& forming : stages_[stage].forming)
        if (forming.number == number && forming.items > 0) return close_batch(stage, forming, false);
}

void State::close(Index stage, const Forming& formed, bool filled) {
    StageState& state = stages_[stage];
    const StageRow& row = model_->stages[stage];
    simulation_->cancel(formed.closing);
    const Index batch = add_item();
    Item& whole = items_[batch];
    whole.identity = kernel::mix_bits(row.name_hash + 0x9E3779B97F4A7C15ULL * formed.number);
    whole.records = whole.entered_records = formed.records;
    whole.size = formed.size;
    whole.stage = stage;
    whole.first_member = formed.first;
    whole.load_number = formed.number;
    whole.entered = now();
    whole.batched = true;
    whole.ordinal = items_[formed.first].ordinal;
    whole.load = items_[formed.first].load;
    whole.born = items_[formed.first].born;
    whole.priority = items_[formed.first].priority;
    whole.key = items_[formed.first].key;
    whole.lane = items_[formed.first].lane;
    meter_.observe(row.element, Metric::batch, formed.items, whole.load, 0);
    meter_.observe(row.element, Metric::forming, now() - formed.since, whole.load, 0);
    meter_.count(row.element, Metric::batched, whole.load);
    if (filled) meter_.count(row.element, Metric::filled, whole.load);
    if (!model_->fields.empty())
        for (std::size_t f = 0; f < model_->fields.size(); ++f)
            fields_[batch * model_->fields.size() + f] = fields_[formed.first * model_->fields.size() + f];
    if (!model_->marks.empty())
        for (std::size_t m = 0; m < model_->marks.size(); ++m)
            marks_[batch * model_->marks.size() + m] = marks_[formed.first * model_->marks.size() + m];
    note_birth(stage, batch);
    for (Index member = formed.first; member != none;) {
        // ungather() closes up the list, which the batch keeps.
        const Index next = items_[member].next_member;
        ungather(member);
        items_[member].where = Where::member;
        items_[member].stage = none;
        items_[member].next_member = next;
        tell_of(TraceEvent::member, row.element, items_[member].number, items_[batch].number);
        member = next;
    }
    // The members have become one item of the stage.
    state.left += static_cast<std::uint64_t>(formed.items) - 1;
    tell(TraceEvent::close, row.element, items_[batch].number, 0, static_cast<double>(formed.items));
    refresh_stage(stage);
    queue(batch, false);
}

}  // namespace understudy::models
