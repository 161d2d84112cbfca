// When a load that grows by a share per period has become so many times as large, and how large it is on a day.
//
// Compound growth: after n periods it is (1 + rate)^n times as large, so n = ln(factor) / ln(1 + rate). Whole months and
// years are those of the calendar, and a part of one is that part of its days; where a month has no such day, its last.
// Pure, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "tools/studies/study.h"

namespace understudy::studies {

/// The day, "2027-03-12"; nothing beyond a thousand years. `factor` above 0; below 1 it is a day before the start.
std::optional<std::string> day_of_factor(const Growth& growth, double factor);

/// How many times as large it is at that instant, in whole days from its start.
double factor_on(const Growth& growth, const models::LocalInstant& instant);

}  // namespace understudy::studies
