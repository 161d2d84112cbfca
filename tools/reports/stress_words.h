// What text and page both say of a stress test. Internal to tools/reports. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/studies/bottlenecks.h"
#include "tools/studies/breaking_point.h"

namespace understudy::reports {

/// Null where it was not measured, or had no data.
const studies::Estimate* measure_named(const studies::Level& level, std::string_view name);
/// Of the workers that are most loaded at the level; null: there are none.
const studies::Estimate* busiest_of(const studies::Level& level);

/// "load raised, 16 levels, 65 replications, 95% confidence, seed 3"
std::string basis_words(const studies::BreakingPointResult& result);
/// "it holds with load at 1.04x, and breaks by 1.07x"
std::string breaking_words(const studies::BreakingPointResult& result);
/// "at 3% per month it breaks between 2026-06-01 and 2026-12-06"; empty where no growth was asked for, or no day is known.
std::string growth_words(const studies::Study& study, const studies::BreakingPointResult& result);
/// "throughput over mean latency is greatest with load at ...", or why that is not known; empty: it was not looked for.
std::string knee_words(const studies::BreakingPointResult& result);

/// Of a promise at a level that was simulated: a formula may know what so few replications do not tell.
studies::Verdict verdict_at(const studies::Level& level, const studies::Candidate::Promise& promise);

/// A promise that is not known to be kept at a level that was simulated.
struct NotKept {
    const studies::Level* level = nullptr;
    const studies::Candidate::Promise* promise = nullptr;
    studies::Verdict verdict = studies::Verdict::inconclusive;
};
/// By promise, then level.
std::vector<NotKept> not_kept(const studies::BreakingPointResult& result);

/// "outage: at 20 min for 60 s"
std::string disturbance_words(const studies::RecoveryResult& one);
/// Of a disturbance that something is known of, but for whether it was survived.
struct RecoveryLine {
    std::string name, text;
    std::optional<double> seconds = {};  ///< of those that are a length of time
};
std::vector<RecoveryLine> recovery_lines(const studies::RecoveryResult& one);

/// "longest active: two", and "not told apart from the next".
std::vector<std::string> activity_words(const studies::ByActivity& first);
/// What formulas say of a station: "90 %, 11.11 items/s"; empty: nothing.
std::string expected_words(const studies::Station& station);

}  // namespace understudy::reports
