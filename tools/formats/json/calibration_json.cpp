#include "tools/formats/json/calibration_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/language/uncertainty.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;

Json as_json(const Node& node) {
    if (node.is_scalar()) return node.text;
    Json json = node.is_list() ? Json::array() : Json::object();
    for (const Node& item : node.items) json.push_back(as_json(item));
    for (const Entry& entry : node.entries) json[entry.key] = as_json(entry.value);
    return json;
}

Json element_as_json(const studies::CalibratedElement& element) {
    Json json = {{"path", element.path},
                 {"family", element.family},
                 {"from", element.how},
                 {"observations", element.observations}};
    Json numbers = Json::array();
    for (const studies::CalibratedNumber& number : element.numbers) {
        Json one = {{"name", number.name}, {"unit", number.unit}, {"estimate", number.estimate}};
        put(one, "low", number.low);
        put(one, "high", number.high);
        numbers.push_back(std::move(one));
    }
    json["numbers"] = std::move(numbers);
    if (element.fit)
        json["goodness_of_fit"] = {{"anderson_darling", element.fit->statistic},
                                   {"p", element.fit->p},
                                   {"tested", element.fit->tested}};
    if (!element.runner_up.empty()) json["runner_up"] = element.runner_up;
    put(json, "aic_gap", element.aic_gap);
    return json;
}

Json validation_as_json(const studies::Validation& validation) {
    Json json = {{"of", validation.of},
                 {"held_out", validation.held_out.size()},
                 {"bias", validation.bias},
                 {"error", validation.error},
                 {"p90", validation.p90}};
    put(json, "coverage", validation.coverage);
    Json cases = Json::array();
    const std::string unit = validation.of == "arrivals" ? "" : "_s";
    for (const studies::HeldOut& one : validation.held_out)
        cases.push_back(
            {{"what", one.what}, {"predicted" + unit, one.predicted}, {"recorded" + unit, one.recorded}});
    json["cases"] = std::move(cases);
    return json;
}

void put_together(Json& into, const studies::FittedTogether& together) {
    into["degrees"] = together.degrees;
    into["numbers"] = Json::array();
    for (const studies::FittedTogether::Number& number : together.numbers)
        into["numbers"].push_back({{"name", number.name},
                                   {"value", number.value},
                                   {"error", number.error},
                                   {"correlations", number.correlations}});
    into["makes"] = Json::array();
    for (const studies::FittedTogether::Made& made : together.makes)
        into["makes"].push_back({{"path", made.path}, {"amounts", made.amounts}});
}

}  // namespace

std::string calibration_as_json(const studies::Calibration& calibration, const Node& change) {
    Json document;
    document["change"] = as_json(change);
    // Here with members of their own, below.
    document["change"].erase("evidence");
    document["change"].erase("validation");
    document["change"].erase("uncertainty");
    document["logs"] = calibration.logs;
    document["elements"] = Json::array();
    for (const studies::CalibratedElement& element : calibration.elements)
        document["elements"].push_back(element_as_json(element));
    document["uncertainty"] = Json::array();
    for (const studies::UncertainInput& input : calibration.uncertain) {
        Json& one = document["uncertainty"].emplace_back(Json{{"path", input.path}});
        if (input.family) one["family"] = kernel::name_of(*input.family);
        if (input.observations > 0) one["n"] = input.observations;
        if (input.rival)
            one["or"] = {{"family", kernel::name_of(input.rival->family)},
                         {"law", rival_law(input)},
                         {"share", input.rival->share}};
        if (input.weekends > 0) one["weekends"] = input.weekends;
        if (input.spread > 0) one["spread"] = input.spread;
        if (input.together) put_together(one, *input.together);
    }
    document["assumed"] = calibration.assumed;
    document["unidentified"] = calibration.unidentified;
    document["validation"] = Json::array();
    for (const studies::Validation& validation : calibration.validations)
        document["validation"].push_back(validation_as_json(validation));
    document["self_replay"] = Json::array();
    for (const studies::SelfReplay& one : calibration.self_replays)
        document["self_replay"].push_back({{"source", one.source},
                                           {"simulated_s", one.simulated_s},
                                           {"recorded_s", one.recorded_s},
                                           {"error", one.error()},
                                           {"by_chance", one.by_chance}});
    document["warnings"] = calibration.warnings;
    document["notes"] = calibration.notes;
    return json_text(document);
}

}  // namespace understudy::formats
