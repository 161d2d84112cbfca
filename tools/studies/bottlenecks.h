// What stands in the way, and what each way out would buy.
//
// Every pool and every stage or task with workers of its own is a station. Of each there is its utilisation and its ceiling:
// the throughput of the whole system at which its workers would be busy all the time, were everything to grow alike: all
// that there may be, where their number follows the work, and as many as there are on average, where it goes by the clock.
// Nodes with cores or memory that follow the work have none: nothing says how much of all that there may be is taken. The
// highest utilisation names where it would end, not where a worker helps most: that is the marginal gain. For each station
// one more worker (of a range: at most, and at least; by the clock: in each shift that has any) and workers that are a
// tenth faster, and for each stage with a bounded queue twice the places, are tried one at a time; what the target gains is
// the paired difference to the scenario as it is under common random numbers (kernel/comparison.h), and the ranking goes by
// its mean. Replications are added until neighbours in the ranking are told apart at the confidence shared out among them,
// or `run.replications` are done; the chance of being wrong is shared out among the looks (kernel/sequential_test.h), so
// that intervals of gains hold whenever that is.
//
// Beside the gain, two measures that need no trial, of the scenario as it is: the average active period of a station, which
// is longest at the bottleneck (Roser, Nakano and Tanaka, WSC 2001), and the share of time in which it is the bottleneck,
// for itself or while that shifts (WSC 2002). models/simulation/active_periods.h says when a station is active; all stations
// of the scenario compete, also those that are left out of the table.
//
// The target is the first promise that is not seen to be kept, whichever way it looks, else the mean latency of the whole
// system, else the first promise. Then what is ranked first is fixed, its workers made twice as fast, and the stations are
// looked at again: what is the bottleneck now.
//
// Stations beyond the dozen with the highest utilisation are left out. The result depends on the scenario alone. No I/O.
// Throws BadSetting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/result.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::studies {

struct Station {
    std::string name;
    Estimate utilisation;            ///< of the workers that are there
    std::optional<double> expected;  ///< offered load over what can be done, where that is known
    Estimate ceiling;  ///< items per second that leave the system; none without throughput or utilisation
    std::optional<double> expected_ceiling;
    Estimate active_period;  ///< seconds, on average
    Estimate bottleneck;     ///< share of time in which it is the bottleneck, alone or not
    Estimate shifting;       ///< part of that: while another is as well
};
/// Which station is first by a measure of stations, and whether it is told apart from the next.
struct Foremost {
    std::string name;
    bool decided = false;
};
/// By two measures.
struct ByActivity {
    std::optional<Foremost> longest_active, most_time;  ///< nothing: no station was ever active
};

/// One way out.
struct Remedy {
    enum class Kind { worker, speed, places };
    Kind kind = Kind::worker;
    std::string element;
    std::string override;          ///< "two.workers=2"
    std::string text;              ///< for people: "one more worker (1 to 2)"
    Estimate gain;                 ///< of the target, above 0 where it becomes better
    bool decided = false;          ///< the interval says whether it is better
    Estimate latency, throughput;  ///< what they change by: seconds, items per second
};
const char* name_of(Remedy::Kind kind);

struct BottlenecksResult {
    std::string target, target_unit;
    bool lower_is_better = true;
    Estimate target_now;
    std::vector<Station> stations;  ///< highest utilisation first
    ByActivity by_activity;
    std::vector<Remedy> remedies;  ///< greatest gain first
    bool ranked = false;           ///< all neighbours are told apart
    /// The system with the workers of the first of them twice as fast.
    struct Fixed {
        std::string element, override;
        Estimate target;
        std::vector<Station> stations;
        ByActivity by_activity;
    };
    std::optional<Fixed> fixed;
    std::uint64_t replications = 0;  ///< of the scenario as it is, and of each remedy
    std::string why;                 ///< nothing can be said because; empty: it can
    bool interrupted = false;
};

/// Of the base as it is.
BottlenecksResult bottlenecks(const Study& study, const ReadBase& read, const StudyOptions& options,
                              kernel::Time warm_up);

}  // namespace understudy::studies
