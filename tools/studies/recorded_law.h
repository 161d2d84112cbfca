// A law that is what was recorded: a mix of uniform laws, each of an equal part of the sample in its order.
//
// Up to 20 parts, one for three values at least. Each reaches from the mean of its part as far as its values do on the nearer
// side, so that the mean of the law is that of the sample, whatever the law, and no draw lies outside of it. Parts of one
// value are constants. For durations that last seconds or months, of which no family keeps both the mean and the median.
// Pure; thread-safe.
#pragma once

#include <vector>

#include "models/law.h"

namespace understudy::studies {

/// Of values of at least 0; empty where there are none, or none is above 0.
models::Law recorded_law(std::vector<double> values);

}  // namespace understudy::studies
