// How sure a mean difference is where few pairs differ: rare errors under the same random numbers.
//
// Of six pairs that differ by 0, 1, 2, 1, 0, 0 Student's interval takes the spread for known, and of six zeros it says
// that the mean is exactly 0, though the next pair may differ. So where fewer than `enough_differ` pairs differ from what
// is most common among them, the mean is also told from how often they do: the chances that a pair has more, and less,
// from their numbers alone (Clopper and Pearson 1934), each times the mean size of what was seen, or where nothing was,
// the least size that there is. Both intervals together are the answer. Conservative: of pairs without ties in its favour
// it decides where a sign test does (Dixon and Mood 1946), or later. That sizes which were never seen may be larger is
// something no pairs can tell.
//
// One value a pair, independent, finite. Pure, thread-safe, the same bytes everywhere; how often it holds is measured in
// tests/kernel/few_differ.cpp.
#pragma once

#include <optional>
#include <span>

#include "kernel/intervals.h"

namespace understudy::kernel {

/// With so many that differ Student's interval is believed.
constexpr std::size_t enough_differ = 20;

/// `least`: what a pair that differs does so by at least: 1 of counts; 0 where that is not known, and then pairs that are
/// all equal have an interval without width. Empty where enough pairs differ, no two are alike, or there are fewer than
/// two.
std::optional<Estimate> few_differ_interval(std::span<const double> differences, double least, double level);

}  // namespace understudy::kernel
