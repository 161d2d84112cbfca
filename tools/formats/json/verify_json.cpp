#include "tools/formats/json/verify_json.h"

#include <nlohmann/json.hpp>

namespace understudy::formats {

std::string verification_as_json(const std::vector<studies::VerifiedModel>& models) {
    using Json = nlohmann::ordered_json;
    Json cases = Json::array();
    for (const studies::VerifiedModel& model : models) {
        // One of which nothing is judged has an entry as well.
        if (model.quantities.empty())
            cases.push_back({{"id", model.id},
                             {"kind", model.kind},
                             {"verdict", studies::name_of(model.agreement())},
                             {"why", model.why},
                             {"events", model.events}});
        for (const studies::VerifiedQuantity& quantity : model.quantities) {
            Json row = {{"id", model.id},
                        {"kind", model.kind},
                        {"quantity", quantity.name},
                        {"reference", quantity.reference}};
            if (quantity.estimate) row["estimate"] = *quantity.estimate;
            if (quantity.low) row["low"] = *quantity.low;
            if (quantity.high) row["high"] = *quantity.high;
            row["verdict"] = studies::name_of(quantity.agreement);
            row["why"] = quantity.why;
            row["z"] = quantity.z;
            row["events"] = model.events;
            cases.push_back(std::move(row));
        }
    }
    return Json{{"cases", std::move(cases)}}.dump(2) + "\n";
}

}  // namespace understudy::formats
