// How many more replications would settle an objective that is not decided yet.
//
// By predictive power (Spiegelhalter, Freedman and Blackburn 1986, Controlled Clinical Trials 7:8-17, with a flat
// prior): the smallest number of replications in all after which, going by what has been seen, the limit lies outside
// the interval in four of five cases. To make the interval as narrow as the limit is far is not enough: the estimate
// moves as well, and in every other case it moves towards the limit. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "tools/studies/result.h"

namespace understudy::studies {

constexpr double settled_in = 0.8;  ///< share of cases
/// More than this nobody runs.
constexpr std::int64_t most_that_help = 1'000'000;
inline constexpr const char* none_would_settle = "no number of replications that can be run would settle it";
inline constexpr const char* lies_at_limit =
    "as far as is seen it lies at the limit, which no number of replications would settle: allow a little";

/// What the interval was made of, as far as it decides how it narrows.
enum class Narrows {
    as_student,  ///< with the root of the replications, and with their degrees of freedom
    as_normal,   ///< with the root of the replications
    as_counts,  ///< with the replications: a share of which nothing, or everything, was counted, and stays so
};

/// More than 0; `estimate` has an interval with `limit` in it. That of one replication is of its own course and counts as
/// normal; with more of them it will be Student's.
std::int64_t replications_to_settle(const Estimate& estimate, double limit, Narrows how);

/// Whether the limit is no further from the estimate than its standard error: as far as is seen they are one, and what
/// replications_to_settle() says grows with each replication. `estimate` as there.
bool lies_at(const Estimate& estimate, double limit, Narrows how);

/// How wide the interval is on the side where the limit lies, from the estimate; and how far the limit is.
struct Room {
    double half_width = 0;
    double distance = 0;
};
/// `estimate` has an interval. Of a share near 0 or 1 it is not symmetric.
Room room_of(const Estimate& estimate, double limit);

/// "about 12 more replications"
std::string more_replications(std::int64_t number);
/// Where it says one number of them, another.
void say_more_replications(std::string& explanation, std::int64_t was, std::int64_t is);

}  // namespace understudy::studies
