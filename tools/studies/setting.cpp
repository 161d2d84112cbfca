#include "tools/studies/setting.h"

#include <cmath>
#include <set>
#include <utility>

#include "models/series.h"
#include "tools/studies/stability.h"
#include "tools/studies/watched_run.h"

namespace understudy::studies {

std::string override_of(const std::string& path, const std::string& value) { return path + "=" + value; }

namespace {

/// What is not measured anyway is measured for courses and histograms; how often levels are sampled does not depend on it.
void add_beside(models::Scenario& scenario, const Asked& asked) {
    if (asked.courses.empty() && asked.durations.empty()) return;
    if (const kernel::Time sample = models::sample_of(scenario); sample > 0) scenario.run.sample = sample;
    std::set<std::string> known;
    for (const models::Objective& objective : asked.objectives) known.insert(objective.measure.text);
    for (const models::Measure& measure : asked.measures) known.insert(measure.text);
    const auto add = [&](const models::Measure& measure) {
        if (known.insert(measure.text).second) scenario.measures.push_back(measure);
    };
    for (const Course& course : asked.courses)
        for (const models::Measure& level : course.levels) add(level);
    for (const models::Measure& duration : asked.durations) add(duration);
}

}  // namespace

PreparedRun prepare_setting(const ReadBase& read, const std::vector<std::string>& overrides,
                            const Asked& asked, Measured extra) {
    models::Scenario scenario = read(overrides);
    scenario.objectives = asked.objectives;
    scenario.measures = asked.measures;
    if (asked.watch) add_watch(scenario, asked);
    add_beside(scenario, asked);
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
