// Stretches of the plain path in one go: where nobody wants to know of each item when it happens and no way goes round
// in a circle, what happens at a stage up to some instant depends on what came before it there and on what has come
// from the stages before it, and on nothing else. So a sweep takes all events before a horizon from the queue, has the
// loads' arrivals come and then each stage, in the order of the ways, do all its work: whoever is first in line starts
// when the first worker is free (Kiefer and Wolfowitz 1955). What is then still at work is scheduled, what waits stands
// in line, and all is as if one event had been handled after the other: the same draws, sums, quantiles and fingerprint,
// none of which depends on the order across stages.
//
// Nothing of the state is changed before it is known that the order of events with one instant decided nothing: two
// arrivals at a stage, or an arrival just as a worker becomes free, make the sweep give up, and those events are handled
// one by one. tests/models/simulation/plain.cpp compares the bytes.
#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "models/simulation/roomy.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

namespace {

/// Arrivals of a sweep: what it needs of each stays in the processor's inner caches.
constexpr std::size_t most_arrivals = 1024;
/// Of workers that may be free within a sweep, at one stage.
constexpr std::int64_t most_workers = 64;
/// A sweep of fewer events takes longer than they do one by one.
constexpr std::uint64_t too_few = 256;

}  // namespace

bool State::can_sweep() const {
    if (plain_.empty() || plain_audience_ != Audience::nobody || model_->plain.order.empty()) return false;
    for (Index i = 0; i < plain_loads_.size(); ++i)
        if (is_plain(i) && (model_->loads[i].kind == Arrivals::Kind::recorded ||
                            !(parameters_.numbers[model_->loads[i].rate] > 0)))
            return false;
    return std::all_of(plain_rests_.begin(), plain_rests_.end(), [](const PlainStageRest& stage) {
        return stage.workers >= 1 && stage.workers <= most_workers;
    });
}

class State::Sweep {
public:
    /// Number of events; 0: nothing was done.
    std::uint64_t operator()(State& state, Simulation& simulation, std::uint64_t count, Time end) {
        state_ = &state;
        count_ = count;
        horizon_ = kernel::later(end, 1);
        clear();
        read_pending(simulation);
        if (!arrive()) return 0;
        take_at_work();
        for (const Index stage : state.model_->plain.order)
            if (!work(stage)) return 0;
        if (!sort_exits() || !sort_begun()) return 0;
        if (events_ == 0) return 0;
        commit(simulation);
        return events_;
    }

private:
    /// One who is at work: when the work is done, and when it has begun, if that was within the sweep.
    struct AtWork {
        Time done = -1;  ///< -1: the worker was free from the start
        Time entered = 0, started = -1;
        std::uint32_t item = 0;
    };

    /// Workers of a stage that are free, or will be within the sweep: the one that is free first.
    template <std::size_t fixed>
    class Workers {
    public:
        explicit Workers(std::span<AtWork> all) : all_(all) {}
        AtWork& first() {
            if constexpr (fixed == 0) return all_.front();
            std::size_t first = 0;
            for (std::size_t i = 1; i < fixed; ++i) first = all_[i].done < all_[first].done ? i : first;
            return all_[first];
        }
        /// The first has new work.
        void settle() {
            if constexpr (fixed != 0) return;
            const AtWork moving = all_.front();
            std::size_t at = 0;
            for (;;) {
                std::size_t below = 2 * at + 1;
                if (below >= all_.size()) break;
                if (below + 1 < all_.size() && all_[below + 1].done < all_[below].done) ++below;
                if (all_[below].done >= moving.done) break;
                all_[at] = all_[below];
                at = below;
            }
            all_[at] = moving;
        }

    private:
        std::span<AtWork> all_;
    };

    struct Item {
        Time born;
        std::uint64_t identity, number, arrival;
        Index load;
    };
    /// An item that comes to a stage.
    struct Come {
        Time at;
        std::uint32_t item;
    };
    struct Pending {
        Time at;
        Index stage, row;
    };
    struct Load {
        Time next = kernel::never;  ///< the arrival that is pending; never: none is
        Time planned = -1;          ///< when that was planned, if in the sweep
        std::uint64_t arrivals = 0;
        std::uint64_t done = 0, lost = 0;
        Whole lost_after = 0, moments = 0;
    };
    /// What is counted at one stage while it works: apart from all else, so that it may stay in registers.
    struct Tally {
        std::uint64_t done = 0, waited = 0;
        Whole in_line = 0, at_work = 0;  ///< moments (PlainLevel)
        Fingerprint print = Fingerprint::none();
        Time last = -1;    ///< when the last one was through
        bool tie = false;  ///< two were at once
    };
    struct Stage {
        Roomy<Come> coming;
        std::vector<std::size_t> sources;  ///< where in `coming` those of a new source begin
        Roomy<Come> waiting;               ///< those that stand in line behind those who stood there before
        Roomy<Time> latencies;
        std::size_t from_line = 0;  ///< so many of its line have started
        std::int64_t left = 0;      ///< workers that stay at work beyond the horizon with what they had
        std::uint64_t dropped = 0;
        Tally tally;
    };
    /// A line of so many places, which those who start leave in the order in which they came.
    class Places {
    public:
        /// `in_line`: who stands there at first.
        Places(std::int64_t capacity, std::size_t in_line, Roomy<Time>& starts)
            : capacity_(static_cast<std::size_t>(capacity)), accepted_(in_line), starts_(starts) {
            starts_.clear();
        }
        void begins(Time start) { starts_.add(start); }
        /// Whether somebody who comes then finds a place, or a worker who is free since.
        bool takes(Time at, Time free, bool& tie) {
            while (started_ < starts_.size() && starts_[started_] < at) ++started_;
            tie |= started_ < starts_.size() && starts_[started_] == at;
            const std::size_t waiting = accepted_ - started_;
            if (waiting >= capacity_ && (waiting > 0 || free > at)) return false;
            ++accepted_;
            return true;
        }

    private:
        std::size_t capacity_, accepted_, started_ = 0;
        Roomy<Time>& starts_;
    };
    struct Exit {
        Time at, latency;
        Index load;
    };
    struct Begun {
        AtWork work;
        Index stage;
    };

    void clear() {
        items_.clear();
        pending_.clear();
        exits_.clear();
        exit_sources_.clear();
        begun_.clear();
        loads_.assign(state_->plain_loads_.size(), {});
        stages_.resize(state_->plain_.size());
        for (Stage& stage : stages_) {
            stage.coming.clear();
            stage.sources.clear();
            stage.waiting.clear();
            stage.latencies.clear();
            stage.from_line = 0;
            stage.dropped = 0;
            stage.tally = {};
        }
        events_ = 0;
        last_ = 0;
        print_ = Fingerprint::none();
    }

    /// What is to happen, and up to when no other event does.
    void read_pending(const Simulation& simulation) {
        simulation.pending().for_each([&](Time at, Event event) {
            if (event.kind() == EventKind::plain_arrival)
                loads_[event.element()].next = at;
            else if (event.kind() == EventKind::plain_done)
                pending_.push_back({at, event.element(), event.row()});
            else
                horizon_ = std::min(horizon_, at);
        });
    }

    /// Arrivals up to the horizon, which comes nearer if they are many, at where they go first.
    bool arrive() {
        const std::size_t most =
            std::min<std::uint64_t>(most_arrivals, count_ / (2 * (state_->model_->plain.longest_way + 1)));
        items_.make_room(loads_.size() * most);
        for (Index i = 0; i < loads_.size(); ++i) {
            Load& load = loads_[i];
            if (load.next == kernel::never) continue;
            const LoadRow& row = state_->model_->loads[i];
            std::uint64_t number = state_->loads_[i].arrivals;
            const auto most_of_all = static_cast<std::uint64_t>(row.count);
            const std::size_t first = items_.size();
            Time next = load.next;
            while (next < horizon_) {
                if (items_.size() - first == most) {
                    horizon_ = next;
                    break;
                }
                items_.add({next, 0, 0, number++, i});
                load.planned = next;
                next = following(i, number, next);
                if (next >= row.until || number >= most_of_all) next = kernel::never;
            }
            load.next = next;
        }
        if (state_->plain_items_.size() + state_->items_.in_use() + items_.size() >= most_items) return false;
        if (!put_in_order()) return false;
        for (Index i = 0; i < loads_.size(); ++i) send_arrivals(i);
        events_ = items_.size();
        if (events_ > 0) last_ = items_[events_ - 1].born;
        return true;
    }

    /// When the arrival of that number comes, after the one before it.
    Time following(Index load, std::uint64_t number, Time before) {
        PlainLoad& plain = state_->plain_loads_[load];
        if (!plain.steady) return state_->arrival_after(load, number, before);
        const auto draw = [&](std::uint64_t from, std::span<DrawAhead::Draw> intervals) {
            state_->plain_intervals(state_->model_->loads[load], from, intervals);
        };
        return kernel::later(before, plain.intervals.at(number, draw).time);
    }

    /// Arrivals of several loads; those beyond the horizon are taken back. False if two come at once.
    bool put_in_order() {
        const std::span<Item> all = items_.all();
        if (all.empty() || all.front().load == all.back().load) return true;
        std::stable_sort(all.begin(), all.end(),
                         [](const Item& a, const Item& b) { return a.born < b.born; });
        for (std::size_t i = 1; i < all.size(); ++i)
            if (all[i - 1].born == all[i].born && all[i - 1].load != all[i].load) return false;
        std::size_t kept = all.size();
        for (; kept > 0 && all[kept - 1].born >= horizon_; --kept)
            loads_[all[kept - 1].load].next = all[kept - 1].born;
        items_.shorten(kept);
        for (Load& load : loads_) load.planned = -1;
        for (const Item& item : items_.all()) loads_[item.load].planned = item.born;
        return true;
    }

    void send_arrivals(Index index) {
        const PlainLoadRow& plain = state_->model_->plain.loads[index];
        if (!plain.is_plain()) return;
        const LoadRow& row = state_->model_->loads[index];
        const std::uint64_t what = Fingerprint::what(TraceEvent::arrive, row.element);
        open_source(plain.ways, items_.size());
        Tally tally;
        Whole moments = 0;
        std::uint64_t count = 0;
        const std::span<Item> items = items_.all();
        for (std::uint32_t item = 0; item < items.size(); ++item) {
            Item& one = items[item];
            if (one.load != index) continue;
            one.number = state_->next_number_ + 1 + item;
            if (plain.identities) one.identity = identity_of(row, one.arrival);
            ++count;
            moments -= one.born;
            tally.print.add({one.born, one.number}, what);
            send(tally, item, one.born, plain.ways, row.element);
        }
        loads_[index].arrivals = count;
        loads_[index].moments += moments;
        print_.add(tally.print);
    }

    /// Who was at work and is through before the horizon becomes an item of the sweep.
    void take_at_work() {
        const auto later = std::partition(pending_.begin(), pending_.end(),
                                          [&](const Pending& one) { return one.at < horizon_; });
        for (Index i = 0; i < stages_.size(); ++i)
            stages_[i].left = state_->plain_rests_[i].busy(state_->plain_[i]);
        pending_.erase(later, pending_.end());
        std::sort(pending_.begin(), pending_.end(), [](const Pending& a, const Pending& b) {
            return a.stage != b.stage ? a.stage < b.stage : a.at < b.at;
        });
        for (const Pending& one : pending_) --stages_[one.stage].left;
    }

    std::uint32_t take(Index row) {
        const PlainItem& item = state_->plain_items_[row];
        items_.make_room(1);
        items_.add({item.born, item.identity, item.number, item.arrival, item.load});
        return static_cast<std::uint32_t>(items_.size() - 1);
    }

    bool work(Index index) {
        Stage& stage = stages_[index];
        if (!order(stage)) return false;
        // Those who are busy for longer are not there; those with a known end stand by it, the free ones before them.
        const auto first = std::lower_bound(pending_.begin(), pending_.end(), index,
                                            [](const Pending& one, Index of) { return one.stage < of; });
        const auto last =
            std::find_if(first, pending_.end(), [&](const Pending& one) { return one.stage != index; });
        if (stage.coming.size() == 0 && first == last) return true;
        const std::span<AtWork> workers(
            places_.data(), static_cast<std::size_t>(state_->plain_rests_[index].workers - stage.left));
        std::fill(workers.begin(), workers.end(), AtWork{});
        std::transform(first, last, workers.end() - (last - first), [&](const Pending& one) {
            return AtWork{one.at, state_->plain_items_[one.row].entered, -1, take(one.row)};
        });
        const PlainStageRow& row = state_->model_->plain.stages[index];
        const std::size_t most = std::min<std::size_t>(state_->plain_[index].line.size(), count_) +
                                 stage.coming.size() + workers.size();
        stage.latencies.make_room(most);
        stage.waiting.make_room(stage.coming.size());
        starts_.clear();
        starts_.make_room(most);
        open_source(row.ways, most);
        const auto with = [&]<std::size_t fixed>() {
            return row.queue_capacity >= 0 ? work<fixed, true>(index, workers)
                                           : work<fixed, false>(index, workers);
        };
        switch (workers.size()) {
            case 1: return with.template operator()<1>();
            case 2: return with.template operator()<2>();
            case 3: return with.template operator()<3>();
            case 4: return with.template operator()<4>();
            default: return with.template operator()<0>();
        }
    }

    /// All who come to a stage by the time they come; false if two come at once.
    static bool order(Stage& stage) {
        stage.coming.merge(stage.sources);
        const std::span<const Come> coming = stage.coming.all();
        bool tie = false;
        for (std::size_t i = 1; i < coming.size(); ++i) tie |= coming[i - 1].at == coming[i].at;
        return !tie;
    }

    template <std::size_t fixed, bool bounded>
    bool work(Index index, std::span<AtWork> places) {
        const PlainStageRow& row = state_->model_->plain.stages[index];
        const PlainStage& before = state_->plain_[index];
        Stage& stage = stages_[index];
        Workers<fixed> workers(places);
        Tally tally;
        const Time horizon = horizon_;
        Line line{state_->plain_items_, before.line.front(), before.line.size()};
        Places room(row.queue_capacity, line.size, starts_);
        if (!places.empty())
            for (; line.size > 0; ++stage.from_line) {
                AtWork& place = workers.first();
                const Time start = place.done;
                if (start >= horizon) break;
                if (stage.from_line == count_) return false;
                end_work(row, before, stage, tally, place);
                const Index from = line.pop();
                const Time entered = state_->plain_items_[from].entered;
                tally.waited += start > entered;
                tally.in_line += start;
                begin_work(index, row, before, tally, place, start, entered, take(from));
                if constexpr (bounded) room.begins(start);
                workers.settle();
            }
        // Who of those in line has not started will not before the horizon, nor who comes behind.
        const bool stuck = line.size > 0 || places.empty();
        for (const Come& come : stage.coming.all()) {
            tally.print.add({come.at, items_[come.item].number},
                            Fingerprint::what(TraceEvent::enter, row.element));
            AtWork& place = stuck ? nobody_ : workers.first();
            const Time free = stuck ? horizon : place.done;
            tally.tie |= free == come.at;
            const Time start = std::max(come.at, free);
            if constexpr (bounded) {
                if (!room.takes(come.at, free, tally.tie)) {
                    drop(row, stage, come, tally);
                    continue;
                }
            }
            if (start >= horizon) {
                tally.in_line -= come.at;
                stage.waiting.add(come);
                continue;
            }
            end_work(row, before, stage, tally, place);
            tally.waited += start > come.at;
            tally.in_line += start - come.at;
            begin_work(index, row, before, tally, place, start, come.at, come.item);
            if constexpr (bounded) room.begins(start);
            workers.settle();
        }
        // Who is through before the horizon, in order, and who is not.
        std::sort(places.begin(), places.end(),
                  [](const AtWork& a, const AtWork& b) { return a.done < b.done; });
        for (const AtWork& place : places) {
            if (place.done < horizon)
                end_work(row, before, stage, tally, place);
            else
                begun_.push_back({place, index});
        }
        stage.tally = tally;
        print_.add(tally.print);
        events_ += tally.done;
        last_ = std::max(last_, tally.last);
        return !tally.tie && events_ <= count_;
    }

    [[gnu::always_inline]] void begin_work(Index index, const PlainStageRow& row, const PlainStage& before,
                                           Tally& tally, AtWork& place, Time start, Time entered,
                                           std::uint32_t item) {
        const Item& one = items_[item];
        const Time work = row.all_of == none
                              ? state_->plain_work(row, one.identity).time
                              : state_->plain_rests_[index]
                                    .work
                                    .at(one.arrival,
                                        [&](std::uint64_t arrival, std::span<DrawAhead::Draw> works) {
                                            state_->plain_works(row, arrival, works);
                                        })
                                    .time;
        place = {kernel::later(start, work), entered, start, item};
        tally.at_work -= start;
        tally.print.add({start, one.number}, Fingerprint::what(TraceEvent::start, row.element));
    }

    /// Of whoever a worker is through with, if anybody.
    [[gnu::always_inline]] void end_work(const PlainStageRow& row, const PlainStage& before, Stage& stage,
                                         Tally& tally, const AtWork& place) {
        const Time done = place.done;
        if (done < 0) return;
        ++tally.done;
        tally.at_work += done;
        tally.tie |= done == tally.last;
        tally.last = done;
        if (row.quantiles != none) stage.latencies.add(done - place.entered);
        tally.print.add({done, items_[place.item].number},
                        Fingerprint::what(TraceEvent::finish, row.element));
        send(tally, place.item, done, row.ways, row.element);
    }

    /// Up to so many of another source come along these ways.
    void open_source(const PlainWays& ways, std::size_t most) {
        exit_sources_.push_back(exits_.size());
        exits_.make_room(most);
        for (const PlainWay& way : ways) {
            if (way.to == none) continue;
            stages_[way.to].sources.push_back(stages_[way.to].coming.size());
            stages_[way.to].coming.make_room(most);
        }
    }

    /// On one of the ways.
    [[gnu::always_inline]] void send(Tally& tally, std::uint32_t item, Time now, const PlainWays& ways,
                                     Index element) {
        const Item& one = items_[item];
        const PlainWay* way = &ways.front();
        if (ways.size() > 1) way = &ways.at(state_->uniform(element, Purpose::route, one.identity, 0, 0));
        if (way->stream != none)
            tally.print.add({now, one.number}, Fingerprint::what(TraceEvent::land, way->element));
        if (way->to != none) return stages_[way->to].coming.add({now, item});
        tally.print.add({now, one.number}, Fingerprint::what(TraceEvent::leave, no_element));
        exits_.add({now, now - one.born, one.load});
    }

    void drop(const PlainStageRow& row, Stage& stage, const Come& come, Tally& tally) {
        const Item& one = items_[come.item];
        ++stage.dropped;
        Load& load = loads_[one.load];
        ++load.lost;
        load.lost_after += come.at - one.born;
        load.moments += come.at;
        tally.print.add({come.at, one.number}, Fingerprint::what(TraceEvent::drop, row.element));
        tally.print.add({come.at, one.number}, Fingerprint::what(TraceEvent::leave, no_element));
    }

    /// By time, as latencies are told; false if two of different places leave at once.
    bool sort_exits() {
        exits_.merge(exit_sources_);
        const std::span<const Exit> exits = exits_.all();
        bool tie = false;
        for (std::size_t i = 1; i < exits.size(); ++i)
            tie |= exits[i - 1].at == exits[i].at && exits[i - 1].latency != exits[i].latency;
        return !tie;
    }

    /// In the order in which they were planned; false if it is not known. Where an item starts as it comes and the one
    /// behind it in line where it left, it is the first to be planned.
    bool sort_begun() {
        const auto waited = [](const Begun& one) { return one.work.started > one.work.entered; };
        const auto sooner = [&](const Begun& a, const Begun& b) {
            return a.work.started != b.work.started ? a.work.started < b.work.started : waited(a) < waited(b);
        };
        std::sort(begun_.begin(), begun_.end(), sooner);
        for (std::size_t i = 1; i < begun_.size(); ++i)
            if (!sooner(begun_[i - 1], begun_[i])) return false;
        return true;
    }

    /// An item of the sweep that is there at its end.
    Index keep(std::uint32_t item, Time entered, Index stage) {
        const Item& one = items_[item];
        const Index row = state_->plain_items_.add();
        state_->plain_items_[row] = {one.born,    entered,  one.identity, one.number,
                                     one.arrival, one.load, stage,        none};
        return row;
    }

    void commit(Simulation& simulation) {
        State& state = *state_;
        state.simulation_ = &simulation;
        std::uint64_t taken = pending_.size();
        for (const Load& load : loads_) taken += load.arrivals > 0;
        simulation.pass(horizon_, last_, events_ - taken);
        for (const Pending& one : pending_) state.plain_items_.remove(one.row);
        for (Index i = 0; i < stages_.size(); ++i) commit(i);
        for (const Begun& begun : begun_) {
            const Index row = keep(begun.work.item, begun.work.entered, begun.stage);
            if (begun.work.done != kernel::never)
                simulation.schedule(begun.work.done, rank_of(EventKind::plain_done),
                                    Event(EventKind::plain_done, begun.stage, row));
            --state.plain_[begun.stage].idle;
        }
        commit_exits();
        commit_loads();
        state.fingerprint_.add(print_);
    }

    void commit_exits() {
        const PlainModel& plain = state_->model_->plain;
        tell(plain.system_ears.latency.quantiles, state_->plain_latencies_, state_->plain_block_,
             [](const Exit&) { return true; });
        for (Index i = 0; i < loads_.size(); ++i) {
            const auto own = [&](const Exit& exit) { return exit.load == i; };
            Whole moments = 0;
            std::uint64_t done = 0;
            for (const Exit& exit : exits_.all()) {
                done += own(exit);
                moments += own(exit) ? exit.at : 0;
            }
            loads_[i].done = done;
            loads_[i].moments += moments;
            PlainLoad& load = state_->plain_loads_[i];
            tell(plain.loads[i].ears.latency.quantiles, load.latencies, load.latency_block, own);
        }
    }

    /// Latencies of some exits to a probe, behind those that are on their way to it.
    template <class Is>
    void tell(Index probe, Latencies& before, const Latencies::Block& block, Is is) {
        if (probe == none) return;
        latencies_.clear();
        latencies_.make_room(exits_.size());
        for (const Exit& exit : exits_.all())
            if (is(exit)) latencies_.add(exit.latency);
        state_->meter_.add_to_quantiles(probe, before.take(block));
        state_->meter_.add_to_quantiles(probe, std::as_const(latencies_).all());
    }

    void commit(Index index) {
        const Stage& stage = stages_[index];
        PlainStage& row = state_->plain_[index];
        PlainItems& items = state_->plain_items_;
        for (std::size_t i = 0; i < stage.from_line; ++i) items.remove(row.line.pop(items));
        for (const Come& come : stage.waiting.all()) row.line.push(items, keep(come.item, come.at, index));
        PlainStageRest& rest = state_->plain_rests_[index];
        row.idle = static_cast<std::uint32_t>(rest.workers - stage.left);
        row.waited += stage.tally.waited;
        row.in_line.add(stage.tally.in_line);
        row.at_work.add(stage.tally.at_work);
        rest.dropped += stage.dropped;
        if (stage.latencies.size() > 0) {
            const Index quantiles = state_->model_->plain.stages[index].quantiles;
            state_->meter_.add_to_quantiles(quantiles, rest.take(row, state_->plain_blocks_[index]));
            state_->meter_.add_to_quantiles(quantiles, stage.latencies.all());
        }
        row.done += stage.tally.done;
        if (stage.latencies.size() > 0) rest.pass_over(row);
    }

    void commit_loads() {
        by_plan_.clear();
        for (Index i = 0; i < loads_.size(); ++i) {
            const Load& load = loads_[i];
            if (load.arrivals == 0 && load.done == 0 && load.lost == 0) continue;
            PlainLoad& row = state_->plain_loads_[i];
            row.done += load.done;
            row.lost += load.lost;
            row.lost_after += load.lost_after;
            row.present.add(load.moments);
            state_->loads_[i].arrivals += load.arrivals;
            state_->next_number_ += load.arrivals;
            if (load.arrivals > 0 && load.next != kernel::never) by_plan_.push_back(i);
        }
        std::sort(by_plan_.begin(), by_plan_.end(),
                  [&](Index a, Index b) { return loads_[a].planned < loads_[b].planned; });
        for (const Index i : by_plan_) state_->plan_arrival(i, loads_[i].next);
    }

    /// A stage's line, gone along without changing it.
    struct Line {
        const PlainItems& items;
        Index head;
        std::size_t size;
        Index pop() {
            --size;
            const Index front = head;
            head = items[front].next;
            return front;
        }
    };

    State* state_ = nullptr;
    std::uint64_t count_ = 0, events_ = 0;
    Time horizon_ = 0, last_ = 0;
    Fingerprint print_ = Fingerprint::none();
    Roomy<Item> items_;
    std::vector<Pending> pending_;
    std::vector<Load> loads_;
    std::vector<Stage> stages_;
    Roomy<Exit> exits_;
    std::vector<std::size_t> exit_sources_;
    std::vector<Begun> begun_;
    Roomy<Time> latencies_, starts_;
    std::array<AtWork, most_workers> places_;
    AtWork nobody_;
    std::vector<Index> by_plan_;
};

kernel::Swept State::sweep(Simulation& simulation, std::uint64_t count, Time end) {
    // With so much pending that to look through it takes as long as to handle some of it.
    constexpr std::size_t many = 512;
    constexpr std::uint64_t least_count = 1024, longest_pause = std::uint64_t{1} << 16;
    if (!sweeps_ || count < least_count || simulation.pending().size() > many) return {};
    thread_local Sweep room;  // its memory serves the next one
    const std::uint64_t events = room(*this, simulation, count, end);
    if (events >= too_few) {
        sweep_pause_ = 0;
        return {events, 1};
    }
    sweep_pause_ = std::clamp<std::uint64_t>(2 * sweep_pause_, too_few / 4, longest_pause);
    return {events, sweep_pause_};
}

}  // namespace understudy::models
