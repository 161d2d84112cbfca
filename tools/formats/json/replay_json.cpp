#include "tools/formats/json/replay_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

std::string replay_as_json(const studies::ReplayResult& result) {
    using Json = nlohmann::ordered_json;
    Json document;
    document["source"] = result.source;
    document["format"] = result.format;
    if (!result.workflow.empty()) document["workflow"] = result.workflow;
    document["submissions"] = studies::name_of(result.submissions);
    Json makespan = Json::object();
    if (result.recorded_makespan_s) makespan["recorded_s"] = *result.recorded_makespan_s;
    makespan["simulated_s"] = result.simulated_makespan_s;
    if (result.relative_error) makespan["relative_error"] = *result.relative_error;
    document["makespan"] = makespan;
    Json tasks = {{"matched", result.matched}, {"left_out", result.left_out}};
    auto errors = [&](const char* name, const std::optional<studies::ErrorSummary>& summary) {
        if (summary)
            tasks[name] = {{"median", summary->median}, {"p90", summary->p90}, {"bias", summary->bias}};
    };
    errors("start_error_s", result.start_error);
    errors("end_error_s", result.end_error);
    document["tasks"] = tasks;
    Json utilisation = Json::object();
    if (result.recorded_utilisation) utilisation["recorded"] = *result.recorded_utilisation;
    if (result.simulated_utilisation) utilisation["simulated"] = *result.simulated_utilisation;
    if (!utilisation.empty()) document["utilisation"] = utilisation;
    if (!result.waits.empty()) {
        Json waits = Json::array();
        for (const studies::WaitComparison& one : result.waits) {
            Json wait = Json::object();
            if (!one.queue.empty()) wait["queue"] = one.queue;
            wait["jobs"] = one.jobs;
            wait["recorded_mean_s"] = one.recorded_s;
            wait["simulated_mean_s"] = one.simulated_s;
            if (one.recorded_s > 0) wait["relative_error"] = one.simulated_s / one.recorded_s - 1;
            if (one.without_rules_s) wait["without_rules_mean_s"] = *one.without_rules_s;
            waits.push_back(std::move(wait));
        }
        document["waits"] = std::move(waits);
    }
    if (result.prediction) {
        const studies::Prediction& predicted = *result.prediction;
        Json swept = Json::array();
        for (const studies::SweptAssumption& one : predicted.swept)
            swept.push_back({{"what", one.what},
                             {"low", one.low},
                             {"central", one.central},
                             {"high", one.high},
                             {"at_low_s", one.at_low_s},
                             {"at_high_s", one.at_high_s}});
        Json baselines = {{"linear_s", predicted.linear_s}, {"no_change_s", predicted.no_change_s}};
        if (predicted.amdahl_s) baselines["amdahl_s"] = *predicted.amdahl_s;
        document["prediction"] = {{"recorded_s", predicted.recorded_s},
                                  {"recordings", predicted.recordings},
                                  {"predicted_s", predicted.predicted_s},
                                  {"low_s", predicted.low_s},
                                  {"high_s", predicted.high_s},
                                  {"confidence", 0.9},
                                  {"self_replay_error", predicted.self_replay},
                                  {"noise", predicted.noise},
                                  {"noise_assumed", predicted.noise_assumed},
                                  {"unexplained", predicted.unexplained},
                                  {"within_noise", predicted.within_noise},
                                  {"dominates", predicted.dominates},
                                  {"swept", swept},
                                  {"baselines", baselines}};
    }
    Json path = Json::array();
    for (const studies::CriticalStep& step : result.critical_path)
        path.push_back({{"task", step.task},
                        {"after", studies::name_of(step.after)},
                        {"start_s", step.start_s},
                        {"end_s", step.end_s}});
    document["critical_path"] = path;
    document["changed"] = result.changed;
    document["assumed"] = result.assumed;
    document["unknown"] = result.unknown;
    if (!result.not_in_twin.empty()) document["not_in_twin"] = result.not_in_twin;
    document["notes"] = result.notes;
    return json_text(document);
}

}  // namespace understudy::formats
