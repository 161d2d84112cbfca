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
        if (is_plain(i) && !plain_loads_[i].steady) return false;
    return std::all_of(plain_.begin(), plain_.end(), [](const PlainStage& stage) {
        return stage.capacity >= 1 && stage.capacity <= most_workers;
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
    struct Stage {
        std::vector<Come> coming;
        std::vector<std::size_t> sources;  ///< where in `coming` those of a new source begin
        std::vector<Come> waiting;         ///< those that stand in line behind those who stood there before
        std::vector<Time> latencies;
        std::size_t from_line = 0;  ///< so many of its line have started
        std::int64_t left = 0;      ///< workers that stay at work beyond the horizon with what they had
        std::uint64_t done = 0, waited = 0, dropped = 0;
        Whole in_line = 0, at_work = 0;  ///< moments (PlainLevel)
        Time last_done = -1;
        bool tie = false;  ///< two were through at once
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
            stage.left = 0;
            stage.done = stage.waited = stage.dropped = 0;
            stage.in_line = stage.at_work = 0;
            stage.last_done = -1;
            stage.tie = false;
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
        arrivals_.clear();
        for (Index i = 0; i < loads_.size(); ++i) {
            Load& load = loads_[i];
            if (load.next == kernel::never) continue;
            const LoadRow& row = state_->model_->loads[i];
            DrawAhead& intervals = state_->plain_loads_[i].intervals;
            std::uint64_t number = state_->loads_[i].arrivals;
            const auto most_of_all = static_cast<std::uint64_t>(row.count);
            const std::size_t first = arrivals_.size();
            Time next = load.next;
            while (next < horizon_) {
                if (arrivals_.size() - first == most) {
                    horizon_ = next;
                    break;
                }
                arrivals_.push_back({next, number++, i});
                const Time interval = intervals
                                          .at(number,
                                              [&](std::uint64_t from, std::span<DrawAhead::Draw> draws) {
                                                  state_->plain_intervals(row, from, draws);
                                              })
                                          .time;
                load.planned = next;
                next = kernel::later(next, interval);
                if (next >= row.until || number >= most_of_all) next = kernel::never;
            }
            load.next = next;
        }
        if (state_->plain_items_.size() + state_->items_.in_use() + arrivals_.size() >= most_items)
            return false;
        return settle_arrivals();
    }

    /// Of several loads they are put in order, and what came beyond the horizon is taken back.
    bool settle_arrivals() {
        const bool several = !arrivals_.empty() && arrivals_.front().load != arrivals_.back().load;
        if (several) {
            std::stable_sort(arrivals_.begin(), arrivals_.end(),
                             [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
            for (std::size_t i = 1; i < arrivals_.size(); ++i)
                if (arrivals_[i - 1].at == arrivals_[i].at && arrivals_[i - 1].load != arrivals_[i].load)
                    return false;
            while (!arrivals_.empty() && arrivals_.back().at >= horizon_) {
                loads_[arrivals_.back().load].next = arrivals_.back().at;
                arrivals_.pop_back();
            }
            for (Load& load : loads_) load.planned = -1;
            for (const Arrival& arrival : arrivals_) loads_[arrival.load].planned = arrival.at;
        }
        std::uint64_t number = state_->next_number_;
        const auto& plain = state_->model_->plain;
        for (const Arrival& arrival : arrivals_) {
            const PlainLoadRow& row = plain.loads[arrival.load];
            const std::uint64_t identity =
                row.identities ? identity_of(state_->model_->loads[arrival.load], arrival.number) : 0;
            Load& load = loads_[arrival.load];
            ++load.arrivals;
            load.moments -= arrival.at;
            items_.push_back({arrival.at, identity, ++number, arrival.number, arrival.load});
            print_.add({arrival.at, number}, state_->plain_loads_[arrival.load].arrive);
        }
        events_ += arrivals_.size();
        if (!arrivals_.empty()) last_ = arrivals_.back().at;
        for (Index i = 0; i < loads_.size(); ++i) {
            if (loads_[i].arrivals == 0) continue;
            open_source(plain.loads[i].ways);
            for (std::uint32_t item = 0; item < arrivals_.size(); ++item)
                if (arrivals_[item].load == i)
                    send(item, arrivals_[item].at, plain.loads[i].ways, state_->model_->loads[i].element);
        }
        return true;
    }

    /// Who was at work and is through before the horizon becomes an item of the sweep.
    void take_at_work() {
        const auto later = std::partition(pending_.begin(), pending_.end(),
                                          [&](const Pending& one) { return one.at < horizon_; });
        for (Index i = 0; i < stages_.size(); ++i) stages_[i].left = state_->plain_[i].busy;
        pending_.erase(later, pending_.end());
        std::sort(pending_.begin(), pending_.end(), [](const Pending& a, const Pending& b) {
            return a.stage != b.stage ? a.stage < b.stage : a.at < b.at;
        });
        for (const Pending& one : pending_) --stages_[one.stage].left;
    }

    std::uint32_t take(Index row) {
        const PlainItem& item = state_->plain_items_[row];
        items_.push_back({item.born, item.identity, item.number, item.arrival, item.load});
        return static_cast<std::uint32_t>(items_.size() - 1);
    }

    bool work(Index index) {
        Stage& stage = stages_[index];
        if (!order(stage)) return false;
        // Those who are busy for longer are not there; those with a known end stand by it, the free ones before them.
        const auto first = std::lower_bound(pending_.begin(), pending_.end(), index,
                                            [](const Pending& one, Index of) { return one.stage < of; });
        std::array<AtWork, most_workers> places;
        const auto there = static_cast<std::size_t>(state_->plain_[index].capacity - stage.left);
        std::size_t busy = 0;
        while (first + static_cast<std::ptrdiff_t>(busy) != pending_.end() &&
               first[static_cast<std::ptrdiff_t>(busy)].stage == index)
            ++busy;
        if (stage.coming.empty() && busy == 0) return true;
        for (std::size_t i = 0; i < busy; ++i) {
            const Pending& one = first[static_cast<std::ptrdiff_t>(i)];
            places[there - busy + i] = {one.at, state_->plain_items_[one.row].entered, -1, take(one.row)};
        }
        open_source(state_->model_->plain.stages[index].ways);
        const std::span<AtWork> workers(places.data(), there);
        const bool bounded = state_->model_->plain.stages[index].queue_capacity >= 0;
        const auto with = [&]<std::size_t fixed>() {
            return bounded ? work<fixed, true>(index, workers) : work<fixed, false>(index, workers);
        };
        switch (there) {
            case 1: return with.template operator()<1>();
            case 2: return with.template operator()<2>();
            case 3: return with.template operator()<3>();
            case 4: return with.template operator()<4>();
            default: return with.template operator()<0>();
        }
    }

    /// All who come to a stage by the time they come; false if two come at once.
    static bool order(Stage& stage) {
        std::vector<Come>& coming = stage.coming;
        const auto sooner = [](const Come& a, const Come& b) { return a.at < b.at; };
        for (std::size_t i = 1; i < stage.sources.size(); ++i) {
            const auto end = i + 1 < stage.sources.size()
                                 ? coming.begin() + static_cast<std::ptrdiff_t>(stage.sources[i + 1])
                                 : coming.end();
            std::inplace_merge(coming.begin(), coming.begin() + static_cast<std::ptrdiff_t>(stage.sources[i]),
                               end, sooner);
        }
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
        Line line{state_->plain_items_, before.line.front(), before.line.size()};
        starts_.clear();
        const std::size_t in_line = line.size;
        std::size_t accepted = in_line, started = 0;
        if (!places.empty())
            while (line.size > 0) {
                AtWork& place = workers.first();
                const Time start = place.done;
                if (start >= horizon_) break;
                end_work(index, row, before, stage, place);
                const Index from = line.pop();
                const Time entered = state_->plain_items_[from].entered;
                ++stage.from_line;
                stage.waited += start > entered;
                stage.in_line += start;
                begin_work(index, row, before, stage, place, start, entered, take(from));
                if (bounded) starts_.push_back(start);
                workers.settle();
            }
        const bool stuck = line.size > 0 || places.empty();
        for (const Come& come : stage.coming) {
            print_.add({come.at, items_[come.item].number}, before.enter);
            AtWork* const place = stuck ? nullptr : &workers.first();
            if (place != nullptr && place->done == come.at) return false;
            if constexpr (bounded) {
                while (started < starts_.size() && starts_[started] < come.at) ++started;
                if (started < starts_.size() && starts_[started] == come.at) return false;
                const std::size_t waiting = accepted - started;
                const bool at_once = waiting == 0 && place != nullptr && place->done < come.at;
                if (waiting >= static_cast<std::size_t>(row.queue_capacity) && !at_once) {
                    drop(row, stage, come);
                    continue;
                }
                ++accepted;
            }
            const Time start = place != nullptr ? std::max(come.at, place->done) : horizon_;
            if (start >= horizon_) {
                stage.in_line -= come.at;
                stage.waiting.push_back(come);
                continue;
            }
            end_work(index, row, before, stage, *place);
            stage.waited += start > come.at;
            stage.in_line += start - come.at;
            begin_work(index, row, before, stage, *place, start, come.at, come.item);
            if (bounded) starts_.push_back(start);
            workers.settle();
        }
        // Who is through before the horizon, in order, and who is not.
        std::sort(places.begin(), places.end(),
                  [](const AtWork& a, const AtWork& b) { return a.done < b.done; });
        for (AtWork& place : places) {
            if (place.done < horizon_) {
                end_work(index, row, before, stage, place);
            } else {
                begun_.push_back({place, index});
            }
        }
        return events_ <= count_ && !stage.tie;
    }

    [[gnu::always_inline]] void begin_work(Index index, const PlainStageRow& row, const PlainStage& before,
                                           Stage& stage, AtWork& place, Time start, Time entered,
                                           std::uint32_t item) {
        const Item& one = items_[item];
        const Time work = row.all_of == none
                              ? state_->plain_work(index, row, one.identity).time
                              : state_->plain_rests_[index]
                                    .work
                                    .at(one.arrival,
                                        [&](std::uint64_t arrival, std::span<DrawAhead::Draw> works) {
                                            state_->plain_works(row, arrival, works);
                                        })
                                    .time;
        place = {kernel::later(start, work), entered, start, item};
        stage.at_work -= start;
        print_.add({start, one.number}, before.start);
    }

    /// Of whoever a worker is through with, if anybody.
    [[gnu::always_inline]] void end_work(Index, const PlainStageRow& row, const PlainStage& before,
                                         Stage& stage, const AtWork& place) {
        if (place.done < 0) return;
        ++events_;
        ++stage.done;
        stage.at_work += place.done;
        stage.tie |= place.done == stage.last_done;
        stage.last_done = place.done;
        last_ = std::max(last_, place.done);
        if (before.quantiles != none) stage.latencies.push_back(place.done - place.entered);
        print_.add({place.done, items_[place.item].number}, before.finish);
        send(place.item, place.done, row.ways, row.element);
    }

    /// New ones of another source come along these ways.
    void open_source(const std::vector<PlainWay>& ways) {
        exit_sources_.push_back(exits_.size());
        for (const PlainWay& way : ways)
            if (way.to != none) stages_[way.to].sources.push_back(stages_[way.to].coming.size());
    }

    /// On one of the ways.
    [[gnu::always_inline]] void send(std::uint32_t item, Time now, const std::vector<PlainWay>& ways,
                                     Index element) {
        const Item& one = items_[item];
        const PlainWay* way = ways.data();
        if (ways.size() > 1) {
            const double u = state_->uniform(element, Purpose::route, one.identity, 0, 0);
            way = std::upper_bound(way, &ways.back(), u,
                                   [](double value, const PlainWay& to) { return value < to.cumulative; });
        }
        if (way->stream != none)
            print_.add({now, one.number}, Fingerprint::what(TraceEvent::land, way->element));
        if (way->to != none) {
            stages_[way->to].coming.push_back({now, item});
            return;
        }
        Load& load = loads_[one.load];
        ++load.done;
        load.moments += now;
        print_.add({now, one.number}, Fingerprint::what(TraceEvent::leave, no_element));
        exits_.push_back({now, now - one.born, one.load});
    }

    void drop(const PlainStageRow& row, Stage& stage, const Come& come) {
        const Item& one = items_[come.item];
        ++stage.dropped;
        Load& load = loads_[one.load];
        ++load.lost;
        load.lost_after += come.at - one.born;
        load.moments += come.at;
        print_.add({come.at, one.number}, Fingerprint::what(TraceEvent::drop, row.element));
        print_.add({come.at, one.number}, Fingerprint::what(TraceEvent::leave, no_element));
    }

    /// By time, as latencies are told; false if two of different places leave at once.
    bool sort_exits() {
        const auto sooner = [](const Exit& a, const Exit& b) { return a.at < b.at; };
        for (std::size_t i = 1; i < exit_sources_.size(); ++i) {
            const auto begin = exits_.begin() + static_cast<std::ptrdiff_t>(exit_sources_[i]);
            const auto end = i + 1 < exit_sources_.size()
                                 ? exits_.begin() + static_cast<std::ptrdiff_t>(exit_sources_[i + 1])
                                 : exits_.end();
            if (begin == exits_.begin() || begin == end) continue;
            std::inplace_merge(exits_.begin(), begin, end, sooner);
        }
        bool tie = false;
        for (std::size_t i = 1; i < exits_.size(); ++i)
            tie |= exits_[i - 1].at == exits_[i].at && exits_[i - 1].latency != exits_[i].latency;
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
            ++state.plain_[begun.stage].busy;
        }
        for (const Exit& exit : exits_) {
            const PlainEars& all = state.model_->plain.system_ears;
            const PlainEars& own = state.model_->plain.loads[exit.load].ears;
            PlainLoad& load = state.plain_loads_[exit.load];
            if (all.latency.quantiles != none && state.plain_latencies_.add(state.plain_block_, exit.latency))
                state.meter_.add_to_quantiles(all.latency.quantiles,
                                              state.plain_latencies_.take(state.plain_block_));
            if (own.latency.quantiles != none && load.latencies.add(load.latency_block, exit.latency))
                state.meter_.add_to_quantiles(own.latency.quantiles, load.latencies.take(load.latency_block));
        }
        commit_loads(simulation);
        state.fingerprint_.add(print_);
    }

    void commit(Index index) {
        const Stage& stage = stages_[index];
        PlainStage& row = state_->plain_[index];
        PlainItems& items = state_->plain_items_;
        for (std::size_t i = 0; i < stage.from_line; ++i) items.remove(row.line.pop(items));
        for (const Come& come : stage.waiting) row.line.push(items, keep(come.item, come.at, index));
        row.busy = stage.left;
        row.done += stage.done;
        row.waited += stage.waited;
        row.in_line.add(stage.in_line);
        row.at_work.add(stage.at_work);
        state_->plain_rests_[index].dropped += stage.dropped;
        if (stage.latencies.empty()) return;
        Latencies::Block& block = state_->plain_blocks_[index];
        state_->meter_.add_to_quantiles(row.quantiles, row.latencies.take(block));
        state_->meter_.add_to_quantiles(row.quantiles, std::span<const Time>(stage.latencies));
    }

    void commit_loads(Simulation& simulation) {
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
        for (const Index i : by_plan_)
            simulation.schedule(loads_[i].next, rank_of(EventKind::plain_arrival),
                                Event(EventKind::plain_arrival, i, 0));
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
    struct Arrival {
        Time at;
        std::uint64_t number;  ///< of its load
        Index load;
    };

    State* state_ = nullptr;
    std::uint64_t count_ = 0, events_ = 0;
    Time horizon_ = 0, last_ = 0;
    Fingerprint print_ = Fingerprint::none();
    std::vector<Arrival> arrivals_;
    std::vector<Item> items_;
    std::vector<Pending> pending_;
    std::vector<Load> loads_;
    std::vector<Stage> stages_;
    std::vector<Exit> exits_;
    std::vector<std::size_t> exit_sources_;
    std::vector<Begun> begun_;
    std::vector<Time> starts_;
    std::vector<Index> by_plan_;
};

kernel::Swept State::sweep(Simulation& simulation, std::uint64_t count, Time end) {
    // With so much pending that to look through it takes as long as to handle some of it.
    constexpr std::size_t many = 512;
    constexpr std::uint64_t least_count = 4096, longest_pause = std::uint64_t{1} << 16;
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
