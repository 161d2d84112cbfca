// Transfers: what an item moves over a link before its service, and after it, while it holds its workers.
//
// A transfer crosses the link and, where its worker has one, that worker's network in one direction; all of them share
// what they cross max-min fairly (models/max_min.h). Those of one worker in one direction over one link go at one rate
// and are a way, with a clock of bytes as in a shared service; whenever somebody comes or goes, all rates are
// found anew, and the transfer that is through first has the only event. Work that is cut off moves its data anew.
#include <algorithm>
#include <cmath>

#include "models/max_min.h"
#include "models/simulation/state.h"

namespace understudy::models {

double State::bandwidth_of(Index link) const {
    const PoolRow& row = model_->pools[link];
    if (is_down(link)) return 0;
    const double given = parameters_.numbers[row.bandwidth];
    if (row.grows_with == none) return given;
    const auto n = static_cast<double>(pools_[row.grows_with].capacity);
    return n > 0 ? given * n * row.grows_to / (n + row.grows_to - 1) : 0;
}

void State::move(Index index, bool out) {
    Holding& holding = holdings_[index];
    const StageRow& row = model_->stages[holding.stage];
    const PoolRow& pool = model_->pools[row.line_pool];
    std::int32_t worker = worker_of(holding);
    if (worker >= 0 && pool.told_apart[static_cast<std::size_t>(worker)].network <= 0) worker = -1;
    const auto [at, fresh] = ways_.known.try_emplace({row.link, row.line_pool, worker, out},
                                                     static_cast<Index>(ways_.ways.size()));
    if (fresh) {
        ways_.ways.emplace_back();
        TransferWay& way = ways_.ways.back();
        way.link = row.link;
        way.pool = row.line_pool;
        way.worker = worker;
        way.out = out;
        const auto place = [&](auto& known, const auto& key, double capacity) {
            const auto [found, is_new] =
                known.try_emplace(key, static_cast<std::uint32_t>(ways_.capacities.size()));
            if (is_new) ways_.capacities.push_back(capacity);
            return found->second;
        };
        way.link_place = place(ways_.links, way.link, 0.0);
        if (worker >= 0)
            way.network_place = place(ways_.networks, std::tuple(way.pool, worker, out),
                                      pool.told_apart[static_cast<std::size_t>(worker)].network);
    }
    TransferWay& way = ways_.ways[at->second];
    holding.way = at->second;
    holding.way_place = ++ways_.places;
    holding.moves_out = out;
    const double elapsed = kernel::to_seconds(now() - ways_.since);
    way.share.join(
        {way.share.reading(elapsed) + (out ? row.bytes_out : row.bytes_in), holding.way_place, index});
    ++pools_[row.link].crossing;
    plan_transfers();
}

void State::leave_way(Index index) {
    Holding& holding = holdings_[index];
    TransferWay& way = ways_.ways[holding.way];
    --way.share.present;
    --pools_[way.link].crossing;
    holding.way = none;
    holding.way_place = 0;
    plan_transfers();
}

void State::first_moved(Index index) {
    ways_.next = kernel::no_event;
    const Index holding = ways_.ways[index].share.first().holding;
    const bool out = holdings_[holding].moves_out;
    leave_way(holding);
    if (out) return service_ends(holding);
    const StageRow& row = model_->stages[holdings_[holding].stage];
    if (row.once != none) pools_[row.line_pool].kept.emplace(worker_of(holdings_[holding]), row.once);
    work(holding);
}

void State::plan_transfers() {
    if (ways_.ways.empty()) return;
    simulation_->cancel(ways_.next);
    ways_.next = kernel::no_event;
    const double elapsed = kernel::to_seconds(now() - ways_.since);
    ways_.since = now();
    for (const auto& [link, place] : ways_.links) {
        ways_.capacities[place] = bandwidth_of(link);
        pools_[link].share_used = 0;
    }
    std::vector<FlowClass> classes(ways_.ways.size());
    for (std::size_t i = 0; i < ways_.ways.size(); ++i) {
        TransferWay& way = ways_.ways[i];
        way.share.advance(elapsed, [&](const EqualShare::Entry& entry) {
            return holdings_[entry.holding].way_place != entry.place;
        });
        classes[i].flows = way.share.present;
        classes[i].first = way.link_place;
        if (way.worker >= 0) classes[i].second = way.network_place;
    }
    std::vector<double> rates;
    max_min_rates(classes, ways_.capacities, rates);
    double soonest = INFINITY;
    Index first = none;
    for (std::size_t i = 0; i < ways_.ways.size(); ++i) {
        const TransferWay& way = ways_.ways[i];
        EqualShare& share = ways_.ways[i].share;
        share.rate = rates[i];
        if (share.present == 0 || share.rate <= 0) continue;
        const double capacity = ways_.capacities[way.link_place];
        if (capacity > 0)
            pools_[way.link].share_used += share.rate * static_cast<double>(share.present) / capacity;
        if (share.wait() < soonest) soonest = share.wait(), first = static_cast<Index>(i);
    }
    for (const auto& [link, place] : ways_.links) {
        pools_[link].share_used = std::min(1.0, pools_[link].share_used);
        refresh_pool(link);
    }
    if (first != none)
        ways_.next =
            schedule(kernel::later(now(), kernel::from_seconds(soonest)), EventKind::moved_over, first, 0);
}

}  // namespace understudy::models
