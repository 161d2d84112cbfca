#include "tools/formats/json/members.h"

#include <cmath>

namespace understudy::formats {

void put(nlohmann::ordered_json& object, const char* name, std::optional<double> value) {
    if (value && std::isfinite(*value)) object[name] = *value;
}

void put_estimate(nlohmann::ordered_json& object, const studies::Estimate& estimate) {
    put(object, "estimate", estimate.value);
    put(object, "low", estimate.low);
    put(object, "high", estimate.high);
    put_parts(object, estimate);
}

void put_parts(nlohmann::ordered_json& object, const studies::Estimate& estimate) {
    if (estimate.simulation)
        object["simulation"] = {{"low", estimate.simulation->low}, {"high", estimate.simulation->high}};
    if (estimate.input) object["input"] = {{"low", estimate.input->low}, {"high", estimate.input->high}};
}

void put_study(nlohmann::ordered_json& object, const studies::Study& study) {
    object["study"] = study.name;
    object["base"] = study.base;
    if (!study.changes.empty()) object["changes"] = study.changes;
    object["method"] = studies::name_of(study.method);
    object["set"] = study.set;
}

void put_vary(nlohmann::ordered_json& object, const studies::Study& study) {
    object["vary"] = nlohmann::ordered_json::object();
    for (const studies::Factor& factor : study.factors) object["vary"][factor.path] = factor.written;
}

void put_verdict(nlohmann::ordered_json& object, studies::Verdict verdict, studies::Reason reason,
                 const std::string& explanation) {
    object["verdict"] = studies::name_of(verdict);
    if (reason != studies::Reason::none) object["reason"] = studies::name_of(reason);
    if (!explanation.empty()) object["explanation"] = explanation;
}

void put_warm_up(nlohmann::ordered_json& object, std::optional<double> seconds, const std::string& reason) {
    if (seconds) object["warm_up"] = {{"seconds", *seconds}, {"reason", reason}};
}

nlohmann::ordered_json interval_as_json(const kernel::Estimate& estimate) {
    return {{"value", estimate.centre}, {"low", estimate.low}, {"high", estimate.high}};
}

void put_scalability(nlohmann::ordered_json& object, const kernel::Scalability& law) {
    object["rate"] = interval_as_json(law.rate);
    object["contention"] = interval_as_json(law.contention);
    object["coherence"] = interval_as_json(law.coherence);
    if (law.peak_workers) {
        object["peak_workers"] = interval_as_json(*law.peak_workers);
        object["peak_throughput"] = *law.peak_throughput;
    }
    if (law.off_by) object["off_by"] = *law.off_by;
}

}  // namespace understudy::formats
