#include "tools/studies/setting.h"

#include <cmath>
#include <utility>

#include "tools/studies/stability.h"
#include "tools/studies/watched_run.h"

namespace understudy::studies {

std::string override_of(const std::string& path, const std::string& value) { return path + "=" + value; }

PreparedRun prepare_setting(const ReadBase& read, const std::vector<std::string>& overrides,
                            const Asked& asked, Measured extra) {
    models::Scenario scenario = read(overrides);
    scenario.objectives = asked.objectives;
    scenario.measures = asked.measures;
    if (asked.watch) add_watch(scenario, asked);
    models::Problems problems;
    auto prepared = prepare(std::move(scenario), problems, extra);
    if (prepared) return std::move(*prepared);
    std::string text;
    for (const models::Problem& problem : problems)
        if (problem.severity == models::Problem::Severity::error)
            text += problem.path + (problem.path.empty() ? "" : ": ") + problem.message + "\n";
    throw BadSetting(text);
}

std::string overload_of(const PreparedRun& prepared) {
    if (!prepared.scenario.run.length) return "";
    std::string text;
    for (const StationForecast& station : prepared.forecast) {
        if (station.stable && !station.critical) continue;
        text += text.empty() ? "" : ", ";
        if (std::isinf(station.load) && station.offered_load == 0)
            text += "at '" + station.element + "' " + station.caveat;
        else
            text += "'" + station.element + "' " + how_much_is_offered(station);
    }
    return text;
}

}  // namespace understudy::studies
