// Transfers over links: what is moved, over what, and what they do not go together with.
#include "models/check/checker.h"

namespace understudy::models {

void Checker::check_transfers(const Work& work, const std::string& path) {
    const Transfers& transfers = work.transfers;
    if (transfers.over.empty()) return;
    used_pools_.insert(transfers.over);
    crossed_links_.insert(transfers.over);
    const std::string at = path + ".transfers";
    if (!work.workers && work.runs_on.empty())
        error(at, "nobody is there to move anything", "add 'workers: 1', or 'runs_on: POOL'");
    if (work.timeout)
        error(path + ".timeout", "a timeout beside 'transfers' is not supported yet",
              "leave one of them out");
    for (const Need& need : work.runs_on)
        for (const Pool& pool : s_.twin.pools)
            if (pool.name == need.pool && pool.workers.order == Order::shared)
                error(at, "transfers of what pool " + quoted(pool.name) + " serves all at once",
                      "a link is crossed by what works elsewhere: write 'runs_on' of a pool of workers");
    if (work.workers && work.workers->order == Order::shared)
        error(at, "transfers of what is served all at once", "leave 'transfers' or 'order' out");
    if (may_be_unread(transfers.over)) return;
    for (const Pool& pool : s_.twin.pools) {
        if (pool.name != transfers.over) continue;
        if (pool.workers.bandwidth <= 0 && !is_unread("twin.pools." + pool.name))
            error_of_value(at + ".over", "pool " + quoted(pool.name) + " is no link",
                           "say how much it lets through: 'bandwidth: 1Gbit/s'");
        return;
    }
    const std::string hint = near(transfers.over, names_of({Kind::pool}));
    error_of_value(
        at + ".over", "no pool is called " + quoted(transfers.over),
        hint.empty() ? "declare it: 'pools: {" + transfers.over + ": {bandwidth: 1Gbit/s}}'" : hint);
}

void Checker::check_growth(const Workers& workers, const std::string& path) {
    if (workers.grows_with.empty() || may_be_unread(workers.grows_with)) return;
    const std::string at = path + ".grows.with";
    for (const Pool& pool : s_.twin.pools) {
        if (pool.name != workers.grows_with) continue;
        if (pool.workers.order == Order::shared || pool.workers.count == unlimited)
            error_of_value(at, "the workers of pool " + quoted(pool.name) + " are not counted",
                           "name a pool of so many workers");
        return;
    }
    const std::string hint = near(workers.grows_with, names_of({Kind::pool}));
    error_of_value(at, "no pool is called " + quoted(workers.grows_with),
                   hint.empty() ? "name the pool whose workers bring the bandwidth" : hint);
}

void Checker::check_links() {
    for (const std::string& link : crossed_links_)
        if (run_on_.contains(link))
            error("twin.pools." + link,
                  "some work runs on link " + quoted(link) + ", and other work has transfers over it",
                  "both would have all of it: write 'transfers' everywhere");
}

}  // namespace understudy::models
