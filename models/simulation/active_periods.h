// Active periods of stations, and which of them is the bottleneck when.
//
// A station is active while nothing but itself is what it waits for: work waits for its workers, or all of them are at
// work or down, and none is held by a full queue behind it. An active period is as long as it stays so; what ends and
// begins at one instant goes on. At any instant the momentary bottleneck is the station whose active period around it is
// the longest, of equals the one that began first, then the first station. A period that is this at some instant is a
// bottleneck period: where two of different stations overlap the bottleneck shifts, where there is one it is the sole one.
//
// Roser, Nakano and Tanaka, A practical bottleneck detection method, WSC 2001 (the longest average active period), and
// Shifting bottleneck detection, WSC 2002; there of machines one by one, here of a station with all its workers.
//
// It is told in the order of time. Memory grows with the periods that no other contains and that may still turn out to be
// bottleneck periods. A value; internal to models/simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/time.h"

namespace understudy::models {

class ActivePeriods {
public:
    explicit ActivePeriods(std::size_t stations) : stations_(stations), shares_(stations) {}

    /// Whether the station is active from `now` on. Tells `ended(station, length)` of a period that is over for good, which
    /// may be told later than it was.
    template <class Ended>
    void set(std::uint32_t station, kernel::Time now, bool active, Ended ended) {
        Station& one = stations_[station];
        if (one.active == active) return;
        one.active = active;
        if (!active) {
            one.until = now;
        } else {
            if (one.pending && one.until == now) return;
            if (one.pending) end(station, ended);
            one.pending = true;
            one.since = now;
        }
    }
    /// Shares are of the time from `now` on. What has ended before it is told.
    template <class Ended>
    void forget(kernel::Time now, Ended ended) {
        for (std::uint32_t i = 0; i < stations_.size(); ++i)
            if (stations_[i].pending && !stations_[i].active && stations_[i].until < now) end(i, ended);
        shares_.assign(shares_.size(), {});
        from_ = now;
    }
    /// The run is over: periods end, whether or not they would have gone on.
    template <class Ended>
    void finish(kernel::Time now, Ended ended) {
        for (Station& one : stations_)
            if (one.active) one.until = now, one.active = false;
        for (std::uint32_t i = 0; i < stations_.size(); ++i)
            if (stations_[i].pending) end(i, ended);
        settle(now);
    }

    /// Time for which a station was the bottleneck.
    struct Share {
        kernel::Time sole = 0, shifting = 0;
    };
    /// Of all that is known for good: after finish(), of all.
    const Share& share(std::uint32_t station) const { return shares_[station]; }
    kernel::Time from() const { return from_; }

private:
    struct Station {
        kernel::Time since = 0, until = 0;  ///< of the period that is on, or the last, which may go on
        bool active = false, pending = false;
    };
    struct Period {
        kernel::Time since, until;
        std::uint32_t station;
        bool bottleneck = false;
    };

    template <class Ended>
    void end(std::uint32_t station, Ended ended) {
        Station& one = stations_[station];
        one.pending = false;
        if (one.until == one.since) return;
        ended(station, one.until - one.since);
        keep({one.since, one.until, station});
    }
    /// Whether the period is nowhere the longest because of that span.
    static bool within(const Period& period, kernel::Time since, kernel::Time until, std::uint32_t station) {
        if (since > period.since || until < period.until) return false;
        return since < period.since || until > period.until || station < period.station;
    }
    void keep(const Period& period);
    void settle(kernel::Time known);

    std::vector<Station> stations_;
    std::vector<Period> periods_;  ///< over, by `since` and so by `until`: none is within another
    std::vector<Share> shares_;
    kernel::Time from_ = 0;
    kernel::Time marked_ = 0, settled_ = 0;  ///< up to where bottleneck periods, and shares, are known
    std::size_t settle_at_ = 1024;
};

}  // namespace understudy::models
