// On which side of 0 a mean lies, looked at again and again while values come in.
//
// One who looks after every few values and stops at the first that are extreme enough is wrong far more often than each
// look's level says. So the chance of a wrong decision is shared out among the looks: look k takes 6 / (pi^2 k^2) of it,
// which sums to all of it however many there are, and the looks are made when the number of values has grown by half,
// so that few are needed. Each is Student's test. Values are independent, one a replication, and finite; they may be
// skewed, for which there are five of them at the first look. The chance of a wrong decision, over all looks, is measured
// in tests/kernel/sequential_test.cpp. Pure, thread-safe, the same bytes everywhere.
//
// Source: Bonferroni's inequality over looks (Armitage, McPherson and Rowe 1969, J. R. Statist. Soc. A 132:2, on what
// happens without).
#pragma once

#include <cstddef>
#include <span>

namespace understudy::kernel {

/// Values at the k-th look, k from 1: 5, 8, 12, 18, 27, ...
std::size_t values_at_look(int look);

enum class Side { below, undecided, above };
/// At look `look`, from all values so far. `wrong_below`: the chance, over all looks, that a mean of 0 or more is taken
/// to be below; `wrong_above` likewise; both in (0, 1). Values that are all equal, and not 0, decide.
Side side_of_zero(std::span<const double> values, int look, double wrong_below, double wrong_above);

/// What part of a chance of being wrong look k may take.
double part_of_look(int look);

}  // namespace understudy::kernel
