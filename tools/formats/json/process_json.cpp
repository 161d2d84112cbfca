#include "tools/formats/json/process_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

std::string process_as_json(const models::ProcessLog& log, const studies::ProcessTwin& twin,
                            const std::string& scenario,
                            const std::optional<studies::CycleTimeValidation>& validation) {
    using Json = nlohmann::ordered_json;
    Json document;
    document["scenario"] = scenario;
    document["source"] = log.source;
    document["format"] = log.format;
    std::int64_t steps = 0;
    for (const models::ProcessCase& one : log.cases) steps += std::ssize(one.steps);
    document["counts"] = {{"events", log.events},
                          {"traces", log.traces},
                          {"cases", log.cases.size()},
                          {"steps", steps},
                          {"steps_with_start", log.steps_with_start},
                          {"steps_with_submission", log.steps_with_submission},
                          {"activities", log.activities.size()},
                          {"resources", log.resources.size()},
                          {"first_activities", twin.first_steps},
                          {"links", twin.links}};
    if (validation) {
        Json cycle = {{"fitted_to", validation->fitted_to},
                      {"predicted", validation->predicted},
                      {"log_has", validation->complete_only ? "complete cases" : "cases cut by its end"},
                      {"recorded",
                       {{"mean_s", validation->mean_s},
                        {"median_s", validation->median_s},
                        {"p90_s", validation->p90_s}}}};
        Json forecasts = Json::array();
        for (const studies::CycleTimeForecast& one : validation->forecasts)
            forecasts.push_back({{"name", one.name},
                                 {"mean_s", one.mean_s},
                                 {"median_s", one.median_s},
                                 {"p90_s", one.p90_s},
                                 {"distance_s", one.distance_s},
                                 {"distance_without_end_s", one.distance_without_end_s}});
        cycle["forecasts"] = std::move(forecasts);
        cycle["warnings"] = studies::warnings_of(*validation);
        document["cycle_times"] = std::move(cycle);
    }
    document["assumed"] = twin.assumed;
    document["unknown"] = twin.unknown;
    Json notes = Json::array();
    for (const models::RecordedRun::Note& note : log.notes)
        notes.push_back({{"text", note.text}, {"count", note.count}, {"first_line", note.first_line}});
    document["notes"] = std::move(notes);
    return json_text(document);
}

}  // namespace understudy::formats
