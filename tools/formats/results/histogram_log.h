// The durations of a result as a histogram log of HdrHistogram, format version 1.3, which its own tools read
// (HistogramLogProcessor, HistogramLogAnalyzer, the readers of its ports).
//
// One line for each quantity of which the run had quantiles, and each section of neighbouring replications, tagged with
// what it is: "latency(server)". Values are nanoseconds, as integers of two significant digits: HdrHistogram then has
// 128 buckets in each power of two, and those are the buckets of a run (kernel/statistics.h), so nothing is lost on
// the way. A value read back is within 0.8 percent of what was observed. Where a section has seen no more than 1024
// values these are known one by one and fall into the same buckets.
//
// A line's time is simulated: replications one after the other, without what was cut as warm-up. Of a run that ends by
// itself each replication has one second, for its end is not kept. Interval_Max is in milliseconds, as their tools
// write it.
//
// Encoding: V2 of HdrHistogram (counts as ZigZag LEB128 with runs of zeros), deflated as zlib does, in base 64. Pure,
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/statistics.h"
#include "tools/studies/durations.h"
#include "tools/studies/result.h"

namespace understudy::formats {

/// Empty where the result has no quantiles of durations. It must have been read with Contents::everything.
std::string histogram_log(const studies::RunResult& result);

/// Those of several settings of a scenario in one log, each with what its tags begin with: "load=1.5x" makes
/// "load=1.5x/latency(server)". Each begins at time 0. Empty where none has durations; otherwise as above.
std::string histogram_log(const std::string& scenario, const std::string& version,
                          const std::vector<studies::SeenDurations>& settings);

/// Counts by HdrHistogram's index for two significant digits and a unit of 1, up to the last that is not 0. Values are
/// whole numbers from 0 on.
std::vector<std::int64_t> histogram_counts(const kernel::QuantileSketch& items);

}  // namespace understudy::formats
