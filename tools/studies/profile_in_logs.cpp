#include "tools/studies/profile_in_logs.h"

#include <algorithm>

#include "models/compile/compile.h"
#include "models/graph.h"
#include "models/schedule.h"

namespace understudy::studies {

namespace {

/// The curve of a run that begins at an instant of UTC, for so long.
std::optional<models::Intensity> curve_of(const models::Profile& profile, const std::string& zone,
                                          std::int64_t utc_ns, kernel::Time length) {
    models::Scenario one;
    one.name = "profile";
    one.run.start = models::local_time(utc_ns, zone);
    one.run.zone = zone;
    one.run.length = length;
    one.profiles = {profile};
    models::Load load;
    load.name = "arrivals";
    load.arrivals.rate = 1;
    load.profile = profile.name;
    one.loads = {load};
    models::Stage stage;
    stage.name = "all";
    stage.reads = {load.name};
    stage.writes.targets.emplace_back().stream = "exit";
    one.twin.stages = {stage};
    models::Problems problems;
    const auto model = models::compile(one, models::ScenarioGraph(one), {}, {}, problems);
    return model ? std::optional(model->loads.front().intensity) : std::nullopt;
}

}  // namespace

std::optional<ProfileInLogs> ProfileInLogs::find(const models::Scenario& twin, const models::Load& load,
                                                 const std::vector<LogOfLoad>& logs) {
    const auto profile = std::find_if(twin.profiles.begin(), twin.profiles.end(),
                                      [&](const models::Profile& one) { return one.name == load.profile; });
    if (!twin.run.start || profile == twin.profiles.end() || profile->form == models::Profile::Form::sine ||
        (profile->period != kernel::day && profile->period != kernel::week))
        return std::nullopt;
    ProfileInLogs found;
    for (const LogOfLoad& log : logs) {
        if (log.run->epoch_ns == 0 || log.instants.empty()) return std::nullopt;
        auto curve = curve_of(*profile, twin.run.zone, log.run->epoch_ns + log.instants.front(),
                              log.instants.back() - log.instants.front() + kernel::second);
        if (!curve) return std::nullopt;
        found.of_log_.emplace(log.run, std::move(*curve));
    }
    return found;
}

double ProfileInLogs::seconds_between(const LogOfLoad& log, std::size_t from, std::size_t to) const {
    const kernel::Time first = log.instants.front();
    const kernel::Time begin = log.instants[from] - first, end = log.instants[to] - first;
    return end > begin ? of_log_.at(log.run).mean(begin, end) * kernel::to_seconds(end - begin) : 0;
}

}  // namespace understudy::studies
