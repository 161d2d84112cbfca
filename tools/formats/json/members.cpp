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
}

}  // namespace understudy::formats
