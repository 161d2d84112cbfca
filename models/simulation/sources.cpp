// Loads: when items are born and with what.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "kernel/exact_math.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

namespace {

/// Of a load whose intervals do not differ, and that says when its first item comes, its clock tells when the next does
/// from `now` on, however many have come; `amount`: the interval at a rate of 1 and without a profile, in seconds.
Time next_by_the_clock(const LoadRow& row, double amount, double rate, Time now) {
    const double interval = amount / rate;
    const Time origin = row.first_ns >= 0 ? std::max(row.first_ns, row.from)
                                          : row.intensity.after(row.from, interval, row.until);
    if (origin >= now) return origin;
    if (row.intensity.constant()) {
        const Time step = row.intensity.after(origin, interval, kernel::never) - origin;
        if (step <= 0) return now;
        const Time past = (now - origin) % step;
        return past == 0 ? now : kernel::later(now, step - past);
    }
    const double past = row.intensity.mean(origin, now) * kernel::to_seconds(now - origin);
    return row.intensity.after(now, interval - std::fmod(past, interval), row.until);
}

/// The one value of a law that has one.
std::optional<double> only_value(const CompiledLaw& law) {
    if (law.size() != 1) return std::nullopt;
    const CompiledTerm& term = law.front();
    if (term.per != Per::once || term.field != none || term.recorded || term.law.variance() != 0)
        return std::nullopt;
    return term.law.mean();
}

}  // namespace

void State::start_load(Index index) {
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    load.rate = parameters_.numbers[row.rate];
    // Loads begin at time 0, or in the middle of things.
    const Time from = std::max(row.from, now());
    const ElementState* before = state_of(row.element);
    if (before && before->arrived) load.arrivals = static_cast<std::uint64_t>(*before->arrived);
    switch (row.kind) {
        case Arrivals::Kind::users:
            if (before) go_on_thinking(index, before->thinking);
            add_users(index);
            break;
        case Arrivals::Kind::saturated: plan_arrival(index, std::max(row.first_ns, from)); break;
        case Arrivals::Kind::recorded:
            if (now() > 0) {
                const std::vector<double>& instants = *row.instants;
                load.position = static_cast<double>(
                    std::lower_bound(instants.begin(), instants.end(), kernel::to_seconds(now())) -
                    instants.begin());
                plan_recorded(index, from);
            } else {
                schedule_arrival(index, from);
            }
            break;
        case Arrivals::Kind::states:
            begin_phases(index, before);
            load.rate = parameters_.numbers[row.rate];
            [[fallthrough]];
        default:
            if (row.first_ns >= now() && row.first_ns >= 0)
                plan_arrival(index, std::max(row.first_ns, from));
            else if (before && before->since && row.kind == Arrivals::Kind::every)
                go_on_with_interval(index, *before->since);
            else if (const auto amount = row.kind == Arrivals::Kind::every && now() > 0 && load.rate > 0
                                             ? only_value(parameters_.laws[row.interval])
                                             : std::nullopt;
                     amount && *amount > 0)
                plan_arrival(index, next_by_the_clock(row, *amount, load.rate, now()));
            else
                schedule_arrival(index, from);
    }
}

void State::plan_arrival(Index index, Time time) {
    LoadState& load = loads_[index];
    if (time >= model_->loads[index].until ||
        load.arrivals >= static_cast<std::uint64_t>(model_->loads[index].count))
        return;
    load.next = schedule(time, is_plain(index) ? EventKind::plain_arrival : EventKind::arrival, index,
                         static_cast<std::uint32_t>(load.arrivals));
    load.next_at = time;
}

void State::schedule_arrival(Index index, Time after) {
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    const double rate = parameters_.numbers[row.rate];
    const std::uint64_t number = load.arrivals;
    load.rate = rate;
    if (row.kind == Arrivals::Kind::recorded) {
        // One row on, or a part of one, as the rate is scaled.
        if (number > 0) {
            if (!(rate > 0)) {
                load.left = 1;
                return;
            }
            load.position += 1 / rate;
        }
        return plan_recorded(index, after);
    }
    if (!(rate > 0)) return;
    plan_arrival(index, arrival_after(index, number, after));
}

Time State::arrival_after(Index index, std::uint64_t number, Time before) {
    const LoadRow& row = model_->loads[index];
    Item address;  // arrivals are addressed by their number alone
    address.identity = address.load_number = number;
    const bool memoryless = row.kind == Arrivals::Kind::poisson || row.kind == Arrivals::Kind::states;
    const double amount = memoryless ? choice(row.element, Purpose::arrival, number, 0,
                                              [&] {
                                                  const double u =
                                                      uniform(row.element, Purpose::arrival, number, 0, 0);
                                                  return -kernel::exact::log(1.0 - u);  // exponential, mean 1
                                              })
                                     : draw(row.interval, row.element, Purpose::arrival, address, none, 0);
    return row.intensity.after(before, amount / parameters_.numbers[row.rate], row.until);
}

void State::plan_recorded(Index index, Time after) {
    const std::vector<double>& instants = *model_->loads[index].instants;
    double& position = loads_[index].position;
    // Thirds of rows do not sum to a row: who comes as near as that is the row.
    if (std::fabs(position - std::round(position)) < 1e-9) position = std::round(position);
    if (position >= static_cast<double>(instants.size())) return;
    const auto at = static_cast<std::size_t>(position);
    const double part = position - static_cast<double>(at);
    double instant = instants[at];
    if (part > 0) {
        if (at + 1 >= instants.size()) return;
        instant += part * (instants[at + 1] - instants[at]);
    }
    plan_arrival(index, std::max(after, kernel::from_seconds(instant)));
}

void State::scale_recorded(Index index, double rate) {
    LoadState& load = loads_[index];
    const std::vector<double>& instants = *model_->loads[index].instants;
    if (load.next == kernel::no_event && load.left < 0) return;  // all have come
    // How far the recording has come by now, between two of its rows.
    const double time = kernel::to_seconds(now());
    const auto next = std::upper_bound(instants.begin(), instants.end(), time);
    double here = 0;
    if (next != instants.begin() && next != instants.end())
        here =
            static_cast<double>(next - instants.begin()) - 1 + (time - *(next - 1)) / (*next - *(next - 1));
    else if (next == instants.end())
        here = static_cast<double>(instants.size());
    const double left =
        load.next == kernel::no_event ? load.left : std::max(0.0, load.position - here) * load.rate;
    simulation_->cancel(load.next);
    load.next = kernel::no_event;
    load.left = rate > 0 ? -1 : left;
    load.rate = rate;
    if (!(rate > 0)) return;
    load.position = here + left / rate;
    plan_recorded(index, now());
}

void State::rate_changed(Index index) {
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    const double rate = parameters_.numbers[row.rate], old_rate = load.rate;
    if (row.kind == Arrivals::Kind::users) return add_users(index);
    if (row.kind == Arrivals::Kind::saturated || rate == old_rate) return;
    if (row.kind == Arrivals::Kind::recorded) return scale_recorded(index, rate);
    load.rate = rate;
    const Time begin = std::max(now(), row.from);
    if (load.next == kernel::no_event && load.left < 0) return schedule_arrival(index, begin);
    if (load.next == kernel::no_event) {
        // A rate of 0 has cut it off: it goes on.
        const double rest = std::exchange(load.left, -1);
        return plan_arrival(index, row.intensity.after(begin, rest / rate, row.until));
    }
    // What is left of the interval passes at the new rate.
    const double left =
        row.intensity.mean(begin, load.next_at) * kernel::to_seconds(load.next_at - begin) * old_rate;
    simulation_->cancel(load.next);
    load.next = kernel::no_event;
    if (rate > 0)
        plan_arrival(index, row.intensity.after(begin, left / rate, row.until));
    else
        load.left = left;
}

void State::begin_phases(Index index, const ElementState* before) {
    const LoadRow& row = model_->loads[index];
    Index phase = 0;
    if (before)
        for (Index i = 0; i < row.states.size(); ++i)
            if (row.states[i].name == before->arrivals_state) phase = i;
    if (phase != 0) step_number(row.rate, row.states[phase].rate);
    enter_phase(index, phase, before ? before->stayed.value_or(0) : 0);
}

void State::enter_phase(Index index, Index phase, Time stayed) {
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    load.phase = phase;
    load.phase_since = now() - stayed;
    const double stay = draw_rest(row.states[phase].stay, row.element, Purpose::state, load.phases, stayed);
    schedule(kernel::later(now(), kernel::from_seconds(stay)), EventKind::phase, index, 0);
}

double State::draw_rest(Index law, Index element, Purpose purpose, std::uint64_t number, Time past) {
    Item address;
    address.identity = address.load_number = number;
    if (past == 0) return draw(law, element, purpose, address, none, 0);
    const Index row = add_item();
    items_[row].identity = items_[row].load_number = number;
    const double so_far = kernel::to_seconds(past);
    const double whole = draw_beyond(law, element, purpose, row, so_far);
    free_item(row);
    return std::max(0.0, whole - so_far);
}

void State::leave_phase(Index index) {
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    // Nothing more would come of it.
    if (now() >= row.until || load.arrivals >= static_cast<std::uint64_t>(row.count)) return;
    const auto& next = row.states[load.phase].next;
    const double chosen = choice(row.element, Purpose::state, load.phases, 1, [&] {
        const double u = uniform(row.element, Purpose::state, load.phases, 1, 0);
        const auto at = std::upper_bound(next.begin(), next.end(), u);
        return static_cast<double>(std::min<std::ptrdiff_t>(at - next.begin(), std::ssize(next) - 1));
    });
    ++load.phases;
    const auto phase = static_cast<Index>(std::clamp(chosen, 0.0, static_cast<double>(next.size() - 1)));
    step_number(row.rate, row.states[phase].rate);
    enter_phase(index, phase);
    rate_changed(index);
}

void State::add_users(Index index) {
    LoadState& load = loads_[index];
    const auto wanted = static_cast<std::int64_t>(parameters_.numbers[model_->loads[index].rate]);
    if (wanted > static_cast<std::int64_t>(most_items)) throw Outgrown{};
    for (; load.users < wanted; ++load.users) think(index);
}

void State::go_on_thinking(Index index, const std::vector<ThinkingUsers>& thinking) {
    LoadState& load = loads_[index];
    const auto wanted = static_cast<std::int64_t>(parameters_.numbers[model_->loads[index].rate]);
    for (const ThinkingUsers& group : thinking)
        for (std::int64_t n = 0; n < group.users && load.users < wanted; ++n, ++load.users)
            think(index, group.since);
}

void State::user_done(Index index) {
    // Users beyond the number wanted do not come back.
    const auto wanted = static_cast<std::int64_t>(parameters_.numbers[model_->loads[index].rate]);
    if (loads_[index].users > wanted)
        --loads_[index].users;
    else
        think(index);
}

void State::think(Index index, Time since) {
    const LoadRow& row = model_->loads[index];
    const std::uint64_t number = loads_[index].arrivals++;
    if (number >= static_cast<std::uint64_t>(row.count)) return;
    if (expects_snapshot_) loads_[index].thinking[number] = now() - since;
    const double pause =
        row.think == none ? 0 : draw_rest(row.think, row.element, Purpose::think, number, since);
    const Time back = std::max(kernel::later(now(), kernel::from_seconds(pause)), row.from);
    if (back < row.until) schedule(back, EventKind::arrival, index, static_cast<std::uint32_t>(number));
}

void State::arrive(Index index, std::uint64_t number) {
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    if (row.kind != Arrivals::Kind::users) {
        load.next = kernel::no_event;
        ++load.arrivals;
        load.last_at = now();
    } else if (expects_snapshot_) {
        load.thinking.erase(number);
    }
    if (load.paused > 0) {
        if (row.kind == Arrivals::Kind::users)
            think(index);
        else if (row.kind != Arrivals::Kind::saturated)
            schedule_arrival(index, now());
        else
            load.held_back = true;
        return;
    }
    const Index first = add_item();
    {
        Item& item = items_[first];
        item.identity = identity_of(row, number);
        item.load = index;
        // What is recorded of it stands in the row that it comes from.
        item.load_number =
            row.kind == Arrivals::Kind::recorded ? static_cast<std::uint64_t>(load.position) : number;
        item.born = now();
    }
    take_recorded_key(first);
    std::int64_t count = 1;
    if (row.items != none)
        count = std::max<std::int64_t>(
            1, std::llround(
                   std::min(1e6, draw(row.items, row.element, Purpose::items, items_[first], first, 0))));
    const Index family = add_family(index, now(), 1);
    meter_.count(row.element, Metric::arrived, index);
    items_[first].family = family;
    std::vector<Index> parts;
    if (count > 1)
        make_parts(first, count, parts);
    else
        parts.push_back(first);
    if (row.kind == Arrivals::Kind::saturated) {
        const Index source = holdings_.add();
        holdings_[source].in_use = true;
        holdings_[source].load = index;
        for (const Index item : parts) born(item, index, source);
        release_or_keep(source);
        return;
    }
    for (const Index item : parts) born(item, index, none);
    if (row.kind != Arrivals::Kind::users) schedule_arrival(index, now());
}

void State::take_recorded_key(Index index) {
    const LoadRow& row = model_->loads[items_[index].load];
    if (row.key_recorded)
        items_[index].key = draw(row.key, row.element, Purpose::key, items_[index], index, 0);
}

void State::born(Index index, Index load, Index source) {
    const LoadRow& row = model_->loads[load];
    const std::size_t fields = model_->fields.size();
    for (std::size_t f = 0; f < fields; ++f) {
        if (row.fields[f] == none) {
            fields_[index * fields + f] = 0;
            continue;
        }
        // By its name: its number changes when another field is added.
        Item address = items_[index];
        address.identity = kernel::mix_bits(address.identity ^ model_->field_hashes[f]);
        fields_[index * fields + f] = draw(row.fields[f], row.element, Purpose::field, address, index, 0);
    }
    auto value = [&](Index law, Purpose purpose, double otherwise) {
        return law == none ? otherwise : draw(law, row.element, purpose, items_[index], index, 0);
    };
    items_[index].records = value(row.records, Purpose::records, 1);
    items_[index].size = value(row.size, Purpose::size, 0);
    items_[index].priority = value(row.priority, Purpose::priority, 0);
    if (!row.key_recorded) items_[index].key = value(row.key, Purpose::key, 0);
    tell(TraceEvent::arrive, row.element, items_[index].number, 0, items_[index].records);
    set_mark(row.element, index);
    note_on_way(load, none, index);
    if (row.delay != none && source == none) {
        const Time later = kernel::later(now(), kernel::from_seconds(value(row.delay, Purpose::delay, 0)));
        if (later > now()) {
            items_[index].where = Where::delayed;
            items_[index].event = schedule(later, EventKind::delayed, load, index);
            return;
        }
    }
    route(row.outlet, row.element, index, source);
}

void State::source_free(Index index) {
    LoadState& load = loads_[index];
    // A saturated source that is never held back would fill the world within one instant.
    load.at_once = load.at_once_time == now() ? load.at_once + 1 : 0;
    load.at_once_time = now();
    if (load.at_once > 1'000'000)
        return halt(*simulation_, "the saturated load '" +
                                      model_->elements[model_->loads[index].element].name +
                                      "' is never held back: it made a million items at one instant");
    plan_arrival(index, now());
}

}  // namespace understudy::models
