// Control variates: what a run saw of quantities whose expectation is known corrects what it saw of others.
//
// A run in which the workers happened to be busier than they are in the long run had longer waits than the long run,
// too. The regression of the waits on the utilisation says by how much, and the correction takes away that part of the
// chance. With q controls it costs q degrees of freedom, so few that are known to tell beat many.
//
// Source: Lavenberg and Welch 1981 (Management Science 27:3, "A perspective on the use of control variables to increase
// the efficiency of Monte Carlo simulations", eq. 9 to 14); loss factor, Lavenberg, Moeller and Welch 1982 (Operations
// Research 30:1). Exact for normal values; coverage is measured in tests/kernel/controls.cpp. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernel/intervals.h"

namespace understudy::kernel {

/// The mean of `values`, one a replication, corrected by `controls`: of each, one value a replication, of which the
/// expectation has been taken. All finite and of one length. A control that tells nothing besides the others, or does not
/// vary, is left out. Student's interval with n - q - 1 degrees of freedom, cut to `range`; nothing for fewer than q + 3
/// values.
std::optional<Estimate> controlled_interval(std::span<const double> values,
                                            std::span<const std::vector<double>> controls, double level,
                                            Range range = {});

/// What the correction leaves of each value: their mean is the corrected estimate, their spread that of what the
/// controls do not explain. Empty where there is no such interval.
std::vector<double> controlled_values(std::span<const double> values,
                                      std::span<const std::vector<double>> controls);

}  // namespace understudy::kernel
