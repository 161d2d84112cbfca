// Whether runs begin otherwise than they go on.
//
// MSER-5 finds a cut in the mean of any series, also of one that is steady from its first value on; what it finds there is
// chance. Here the start of each series stands beside the rest of it, and what all replications together say of the
// difference decides. Pure, thread-safe, the same bytes everywhere; how often it errs is measured in
// tests/kernel/begins_apart.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace understudy::kernel {

/// Do these series, one a replication, begin otherwise than they go on? Told from their first `within` values, and from
/// a half, a quarter and an eighth of them: the mean of each beside that of all that comes after `within`, by Student's
/// interval over replications, where all four are to hold together at `level` (Bonferroni). True where nobody can tell:
/// of fewer than `fewest_to_begin_alike` series, or where less than `within` comes after.
bool begins_apart(std::span<const std::vector<double>> series, std::size_t within, double level);
constexpr std::size_t fewest_to_begin_alike = 5;

}  // namespace understudy::kernel
