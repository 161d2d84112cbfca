// What text and HTML reports both say of a result: names without repetition, groups, the most loaded
// elements. Internal to tools/reports. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/studies/least_certain.h"
#include "tools/studies/result.h"

namespace understudy::reports {

/// An estimate with its interval in one unit: "1.23 ms" and "1.2 to 1.26".
struct EstimateText {
    std::string value;     ///< "-" where there is none
    std::string interval;  ///< empty where there is none
    std::string parts{};   ///< "simulation 2 to 3, inputs 1 to 4"; empty where it is of simulation alone
};
/// In one unit with the value beside it, if there is one.
EstimateText estimate_text(const studies::Estimate& estimate, const std::string& unit,
                           std::optional<double> beside = {});

/// A row of the least certain objectives; half width and distance in the unit that the estimate is shown in.
struct UncertainText {
    std::string estimate;
    std::string half_width;  ///< "-" without an interval
    std::string distance;
    std::string more;  ///< "120"; "decided"; "-" where it is not known
};
UncertainText uncertain_text(const studies::Uncertain& uncertain);

/// "avg wait" of the metric "avg wait(server)" in the group of `server`.
std::string name_in_group(const std::string& name, const std::string& element);

struct MetricGroup {
    std::string element;  ///< empty: the whole system
    std::vector<const studies::MetricResult*> metrics;
};
/// Metrics with data by element, in order of first appearance; the whole system first.
std::vector<MetricGroup> group_metrics(const studies::RunResult& result);

/// "95 % intervals over 30 replications": what the intervals of a result are, said once above them.
std::string basis_of_intervals(const studies::RunResult& result);
/// Why an estimate is to be doubted, in a few words: its interval is not to be believed, or there is none, or it is of
/// fewer replications than the rest; empty: nothing is known against it.
std::string doubt_text(const studies::MetricResult& metric, const studies::RunResult& result);

/// What `max` and `min` are of, where any is shown; else empty.
std::string note_on_extremes(const studies::RunResult& result);

/// An element's load, expected and simulated.
struct Load {
    const studies::StationForecast* forecast = nullptr;  ///< may be absent
    std::string element;
    std::optional<double> expected;
    studies::Estimate simulated;  ///< its value may be absent
    double sort_by() const { return simulated.value.value_or(expected.value_or(-1)); }
};
/// Highest utilisation first; elements without any are left out.
std::vector<Load> loads(const studies::RunResult& result);

/// Mean waits at these elements, and the mean latency of all, where formulas say what to expect.
std::vector<const studies::MetricResult*> expected_times(const studies::RunResult& result,
                                                         const std::vector<Load>& loads);

/// "30 replications of 14 d, warm-up 1 d cut (as asked), seed 42"
std::string run_line(const studies::RunResult& result);

/// What stands above everything: the verdict, or that nothing was promised; and what a reader must know with it.
struct Headline {
    std::string word;  ///< "met", "violated", "inconclusive", "no objectives"
    std::string why;   ///< the reason in words, and overload whatever was promised; may be empty
};
Headline headline(const studies::RunResult& result);

/// Of a station that is not stable: "more work arrives than can be done (12.3 workers needed, 12 there)".
std::string what_is_short(const studies::StationForecast& station);
/// "limit", "no steady state", ... : the reason in words; empty for none.
std::string reason_words(studies::Reason reason);

}  // namespace understudy::reports
