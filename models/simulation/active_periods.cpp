#include "models/simulation/active_periods.h"

#include <algorithm>

namespace understudy::models {

using kernel::Time;

void ActivePeriods::keep(const Period& period) {
    for (std::uint32_t i = 0; i < stations_.size(); ++i) {
        const Station& other = stations_[i];
        if (i != period.station && other.pending &&
            within(period, other.since, other.active ? kernel::never : other.until, i))
            return;
    }
    const auto place = std::upper_bound(periods_.begin(), periods_.end(), period.since,
                                        [](Time since, const Period& one) { return since < one.since; });
    // Of those that began no later the last has the latest end.
    if (place != periods_.begin()) {
        const Period& before = *(place - 1);
        if (within(period, before.since, before.until, before.station)) return;
    }
    // One that began with it, and all that follow and end no later.
    auto first = place, last = place;
    while (first != periods_.begin() && within(*(first - 1), period.since, period.until, period.station))
        --first;
    while (last != periods_.end() && within(*last, period.since, period.until, period.station)) ++last;
    periods_.insert(periods_.erase(first, last), period);
    if (periods_.size() < settle_at_) return;
    Time known = kernel::never;
    for (const Station& one : stations_)
        if (one.pending) known = std::min(known, one.since);
    settle(known == kernel::never ? periods_.back().until : known);
    settle_at_ = std::max<std::size_t>(1024, 2 * periods_.size());
}

/// All periods that begin before `known` are among those that are kept.
void ActivePeriods::settle(Time known) {
    // Over which spans the same periods are on; none is within another, so they are neighbours.
    const auto sweep = [&](Time from, Time to, auto of_span) {
        std::size_t first = 0, next = 0;
        for (Time at = from; at < to;) {
            while (next < periods_.size() && periods_[next].since <= at) ++next;
            while (first < next && periods_[first].until <= at) ++first;
            Time end = to;
            if (next < periods_.size()) end = std::min(end, periods_[next].since);
            if (first < next) end = std::min(end, periods_[first].until);
            if (first < next) of_span(first, next, end - at);
            at = end;
        }
    };
    sweep(marked_, known, [&](std::size_t first, std::size_t next, Time) {
        std::size_t longest = first;
        for (std::size_t i = first + 1; i < next; ++i)
            if (periods_[i].until - periods_[i].since > periods_[longest].until - periods_[longest].since)
                longest = i;
        periods_[longest].bottleneck = true;
    });
    marked_ = std::max(marked_, known);
    // A period that goes on beyond what is known may yet be marked.
    Time sure = known;
    for (const Period& one : periods_)
        if (one.until > known) sure = std::min(sure, one.since);
    sweep(std::max(settled_, from_), sure, [&](std::size_t first, std::size_t next, Time length) {
        std::size_t marked = 0;
        for (std::size_t i = first; i < next; ++i) marked += periods_[i].bottleneck ? 1 : 0;
        for (std::size_t i = first; i < next; ++i)
            if (periods_[i].bottleneck)
                (marked > 1 ? shares_[periods_[i].station].shifting : shares_[periods_[i].station].sole) +=
                    length;
    });
    settled_ = std::max(settled_, sure);
    std::erase_if(periods_, [&](const Period& one) { return one.until <= settled_; });
}

}  // namespace understudy::models
