#include "tools/studies/one_run.h"

#include <algorithm>

#include "kernel/batch_means.h"
#include "tools/studies/stability.h"

namespace understudy::studies {

namespace {

bool is_one_replication(const PreparedRun& prepared) {
    const models::Run& run = prepared.scenario.run;
    return run.replications == 1 && !run.precision;
}

}  // namespace

std::string why_not_in_parts(const PreparedRun& prepared) {
    if (!is_one_replication(prepared)) return "";
    const auto overloaded = [](const StationForecast& station) {
        return !station.stable || station.critical;
    };
    if (!prepared.scenario.run.length) return "the run lasts until the system is empty";
    if (varies_over_time(prepared.scenario)) return "what happens changes over the run";
    if (std::any_of(prepared.forecast.begin(), prepared.forecast.end(), overloaded))
        return "more work arrives than can be done";
    return "";
}

std::size_t parts_of(const PreparedRun& prepared) {
    if (!is_one_replication(prepared) || !why_not_in_parts(prepared).empty()) return 0;
    const auto& probes = prepared.model->probes;
    const auto averages = static_cast<std::size_t>(
        std::count_if(probes.begin(), probes.end(),
                      [](const models::ProbeRow& probe) { return probe.is_steady_average(); }));
    if (averages == 0) return 0;
    // Those of thousands of averages stay within 64 megabytes.
    constexpr std::size_t most_in_all = (64 << 20) / sizeof(kernel::Part);
    return std::clamp(most_in_all / averages, kernel::fewest_parts, kernel::most_parts);
}

std::string interval_reason(const PreparedRun& prepared) {
    if (!is_one_replication(prepared)) return "";
    const std::string why = why_not_in_parts(prepared);
    return why.empty() ? "overlapping batch means" : "none, as there is one replication, and " + why;
}

}  // namespace understudy::studies
