// Rows of items, of the arrivals they belong to, and of the groups they are parts of.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

Index State::add_item() {
    if (items_.in_use() >= most_items) throw Outgrown{};
    const Index item = items_.add();
    items_[item].where = Where::moving;
    items_[item].number = ++next_number_;
    const std::size_t fields = model_->fields.size(), marks = model_->marks.size();
    if (fields > 0) {
        fields_.resize(std::max(fields_.size(), (item + std::size_t{1}) * fields));
        std::fill_n(fields_.begin() + static_cast<std::ptrdiff_t>(item * fields), fields, 0.0);
    }
    if (marks > 0) {
        marks_.resize(std::max(marks_.size(), (item + std::size_t{1}) * marks));
        std::fill_n(marks_.begin() + static_cast<std::ptrdiff_t>(item * marks), marks, Time{-1});
    }
    return item;
}

void State::free_item(Index item) {
    simulation_->cancel(items_[item].event);
    items_.remove(item);
}

Index State::copy_item(Index item) {
    const Index copy = add_item();
    const std::uint64_t number = items_[copy].number;
    items_[copy] = items_[item];
    Item& row = items_[copy];
    row.number = number;
    row.stage = none;
    if (items_[item].stage != none) row.sender = items_[item].stage;
    row.holding = none;
    row.event = kernel::no_event;
    row.ticket = 0;
    row.where = Where::moving;
    row.next_member = none;
    row.first_member = none;
    row.held = none;
    row.bundle = 0;
    tell_of(TraceEvent::copy, no_element, number, items_[item].number);
    const std::size_t fields = model_->fields.size(), marks = model_->marks.size();
    for (std::size_t i = 0; i < fields; ++i) fields_[copy * fields + i] = fields_[item * fields + i];
    for (std::size_t i = 0; i < marks; ++i) marks_[copy * marks + i] = marks_[item * marks + i];
    Index last = none;
    for (Index m = items_[item].first_member; m != none; m = items_[m].next_member) {
        const Index member = copy_item(m);
        items_[member].where = Where::member;
        tell_of(TraceEvent::member, no_element, items_[member].number, number);
        (last == none ? items_[copy].first_member : items_[last].next_member) = member;
        last = member;
    }
    // A batch stands for its members, which belong to arrivals and groups themselves.
    if (items_[copy].family != none) ++families_[items_[copy].family].open;
    if (items_[copy].group != none) {
        ++groups_[items_[copy].group].alive;
        if (keeps_parts_) groups_[items_[copy].group].parts.push_back(copy);
    }
    return copy;
}

Index State::add_family(Index load, Time born, std::uint32_t open) {
    const Index family = families_.add({born, open, load});
    note_birth(none, family);
    ++open_arrivals_;
    if (load != none) ++loads_[load].open;
    meter_.count(none, Metric::arrived, load);
    refresh_system();
    return family;
}

void State::close_family(Index index) {
    if (index == none) return;
    Family& family = families_[index];
    if (--family.open > 0) return;
    const Index load = family.load;
    // An arrival of which all is lost has not been completed; it counts as lost alone.
    if (!family.again) {
        if (family.completed)
            observe_done(family.born, load);
        else
            meter_.count(none, Metric::lost, load);
    }
    families_.remove(index);
    --open_arrivals_;
    if (load != none) --loads_[load].open;
    refresh_system();
    if (load != none && model_->loads[load].kind == Arrivals::Kind::users) user_done(load);
}

void State::observe_done(Time born, Index load) {
    for (const Index element : {none, load == none ? none : model_->loads[load].element}) {
        meter_.observe(element, Metric::latency, now() - born, load, 0);
        meter_.observe(element, Metric::end, now(), load, 0);
        meter_.count(element, Metric::completed, load);
        if (load == none) break;
    }
}

void State::set_gone(Index index) {
    for_each_leaf(index, [&](Index leaf) { items_[leaf].gone = true; });
}

void State::item_done(Index index) {
    if (items_[index].stage != none) leave_stage(index);
    give_back_kept(index, none);
    tell(TraceEvent::leave, no_element, items_[index].number);
    for (Index member = items_[index].first_member; member != none;) {
        const Index next = items_[member].next_member;
        item_done(member);
        member = next;
    }
    const Index group = items_[index].group, family = items_[index].family;
    if (family != none && !items_[index].gone) families_[family].completed = true;
    // A part that ends elsewhere will not come to where the others wait for it.
    if (group != none && !items_[index].gone) {
        lose_part(group, items_[index].part);
        drop_hopeless(group);
    }
    free_item(index);
    leave_group(group);
    close_family(family);
}

void State::leave_group(Index group) {
    if (group == none) return;
    if (--groups_[group].alive > 0) return drop_hopeless(group);
    const Index parent = groups_[group].parent;
    const std::uint16_t part = groups_[group].parent_part;
    const bool merged = groups_[group].merged;
    for (const Index stage : joining_) gatherings_.erase(gathering_key(stage, group));
    groups_.remove(group);
    // Parts that were merged live on as a part of the group above; otherwise that part is gone with them.
    if (merged || parent == none) return;
    lose_part(parent, part);
    leave_group(parent);
}

void State::lose_part(Index group, std::uint16_t part) {
    Group& row = groups_[group];
    if (row.place == none) {
        ++row.lost;
        return;
    }
    // One that came too late to be a part of what has gone on is missed by nobody.
    for (std::uint16_t& within : row.within)
        if (within == part) {
            within = Group::gone;
            ++row.lost;
        }
}

void State::lost_part(Index index) {
    // What was inside it is lost as well.
    for (Index member = items_[index].first_member; member != none; member = items_[member].next_member)
        lost_part(member);
    const Index group = items_[index].group;
    if (group == none) return;
    lose_part(group, items_[index].part);
    drop_hopeless(group);
}

void State::part_copies(const Copies& ways, std::uint64_t identity, const std::vector<Index>& copies) {
    if (ways.joins_ahead.empty()) return;
    // A copy that comes to no join of what it is a part of is none, as long as another copy does.
    const auto leads = [&](std::size_t way) {
        const Index group = items_[copies[way]].group;
        const std::vector<bool>& ahead = ways.joins_ahead[way];
        for (Index stage = 0; stage < ahead.size(); ++stage)
            if (ahead[stage] && (group == none || joined_here(group, stage))) return true;
        return false;
    };
    std::vector<Index> parts, others;
    const auto any = std::find_if(copies.begin(), copies.end(), [](Index copy) { return copy != none; });
    const std::uint16_t above_part = any == copies.end() ? std::uint16_t{0} : items_[*any].part;
    std::vector<std::uint16_t> within(copies.size(), Group::absent);
    bool any_leads = false;
    for (std::size_t i = 0; i < copies.size(); ++i) {
        if (copies[i] == none) continue;
        if (leads(i))
            any_leads = true;
        else
            others.push_back(copies[i]);
        if (ways.place == none || !ways.joined[i]) continue;
        within[i] = items_[copies[i]].part = static_cast<std::uint16_t>(i);
        parts.push_back(copies[i]);
    }
    const Index above = parts.empty() ? none : items_[parts.front()].group;
    for (std::size_t i = any_leads ? 0 : 1; i < others.size(); ++i)
        if (std::find(parts.begin(), parts.end(), others[i]) == parts.end()) withdraw_part(others[i]);
    if (parts.empty()) return;
    const Index group = groups_.add();
    Group& row = groups_[group];
    row.identity = identity;
    row.parent = above;
    row.parent_part = above_part;
    row.place = ways.place;
    row.within = std::move(within);
    row.size = row.alive = static_cast<std::uint32_t>(parts.size());
    for (const Index part : parts) items_[part].group = group;
    if (keeps_parts_) row.parts = parts;
    if (above != none) groups_[above].alive -= row.alive - 1;  // they count as one there
}

void State::withdraw_part(Index item) {
    for (Index member = items_[item].first_member; member != none; member = items_[member].next_member)
        withdraw_part(member);
    const Index group = items_[item].group;
    items_[item].group = none;
    leave_group(group);
}

bool State::joined_here(Index group, Index stage) const {
    const Index place = groups_[group].place;
    return place == none ? model_->stages[stage].join != none
                         : model_->copying_places[place].joins.count(stage) > 0;
}

void State::make_parts(Index item, std::int64_t count, std::vector<Index>& parts) {
    const Index group = groups_.add();
    Group& row = groups_[group];
    row.identity = items_[item].identity;
    row.parent = items_[item].group;
    row.parent_part = items_[item].part;
    row.size = static_cast<std::uint32_t>(count);
    parts.push_back(item);
    const std::uint64_t identity = items_[item].identity;
    items_[item].group = none;  // the copies below must not join the old group
    for (std::int64_t i = 1; i < count; ++i) parts.push_back(copy_item(item));
    groups_[group].alive = static_cast<std::uint32_t>(count);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Item& part = items_[parts[i]];
        part.group = group;
        part.identity = kernel::mix_bits(identity + 0x9E3779B97F4A7C15ULL * (i + 1));
        if (keeps_parts_) groups_[group].parts.push_back(parts[i]);
    }
}

}  // namespace understudy::models
