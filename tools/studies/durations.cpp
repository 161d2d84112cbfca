#include "tools/studies/durations.h"

#include <algorithm>
#include <set>
#include <utility>

#include "models/compile/compile.h"
#include "tools/studies/findings.h"

namespace understudy::studies {

namespace {

/// "p(95) latency(server)" -> "latency(server)": several quantiles are of the same.
std::string quantity_of(const std::string& measure) {
    return measure.substr(std::min(measure.size(), measure.find(')') + 1));
}

}  // namespace

DurationHistogram histogram_of(const kernel::Observed& seen) {
    DurationHistogram buckets;
    const auto take = [&](const kernel::LogHistogram& histogram) {
        for (const kernel::LogHistogram::Bucket& bucket : histogram.filled())
            buckets.push_back({bucket.low, bucket.weight});
    };
    if (!seen.items.is_exact()) {
        take(seen.items.histogram());
        return buckets;
    }
    kernel::LogHistogram histogram;
    for (const double value : seen.items.values()) histogram.add(value);
    take(histogram);
    return buckets;
}

MeasuredDurations durations_of(const PreparedRun& run) {
    MeasuredDurations durations;
    std::set<std::string> known;
    for (const models::Measure& measure : run.measures)
        if (measure.aggregate == models::Aggregate::quantile && measure.quantile > 0 &&
            models::kind_of(measure.metric) != models::MetricKind::level &&
            models::unit_of(measure, run.scenario) == "s" && known.insert(quantity_of(measure.text)).second)
            durations.measures.push_back(measure);
    durations.most_sections = most_sections(run.measures);
    return durations;
}

SeenDurations::SeenDurations(const MeasuredDurations& of) {
    for (const models::Measure& measure : of.measures)
        quantities.push_back({measure.text, kernel::Sections(of.most_sections)});
}

void SeenDurations::add(const std::vector<DurationHistogram>& of_replication) {
    for (std::size_t i = 0; i < quantities.size() && i < of_replication.size(); ++i) {
        kernel::LogHistogram histogram;
        kernel::Observed seen;
        for (const DurationBucket& bucket : of_replication[i]) {
            histogram.add(bucket.low, bucket.count);
            seen.weight += bucket.count;
        }
        seen.items = kernel::QuantileSketch::of_histogram(std::move(histogram),
                                                          static_cast<std::uint64_t>(seen.weight));
        quantities[i].sections.add(static_cast<std::size_t>(replications), seen);
    }
    ++replications;
}

}  // namespace understudy::studies
