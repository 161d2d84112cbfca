#include "tools/formats/json/setting_json.h"

#include "tools/formats/json/members.h"

namespace understudy::formats {

nlohmann::ordered_json values_as_json(const studies::Study& study, const std::vector<std::string>& values) {
    using Json = nlohmann::ordered_json;
    Json row = Json::object();
    for (std::size_t f = 0; f < study.factors.size(); ++f) {
        const Json number = Json::parse(values[f], nullptr, false);
        // A number that would be written in another way, as 0.50, stays as it is.
        const bool same = number.is_number() && number.dump() == values[f];
        row[study.factors[f].path] = same ? number : Json(values[f]);
    }
    return row;
}

nlohmann::ordered_json candidate_as_json(const studies::Study& study, const studies::Candidate& candidate) {
    using Json = nlohmann::ordered_json;
    Json row;
    if (!candidate.values.empty()) row["values"] = values_as_json(study, candidate.values);
    if (candidate.cost) row["cost"] = *candidate.cost;
    row["verdict"] = studies::name_of(candidate.verdict);
    if (candidate.reason != studies::Reason::none) row["reason"] = studies::name_of(candidate.reason);
    if (!candidate.why.empty()) row["why"] = candidate.why;
    row["replications"] = candidate.replications;
    if (!candidate.promises.empty()) row["objectives"] = promises_as_json(candidate.promises);
    return row;
}

nlohmann::ordered_json promises_as_json(const std::vector<studies::Candidate::Promise>& promises) {
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const studies::Candidate::Promise& promise : promises) {
        Json one = {{"text", promise.text},
                    {"verdict", studies::name_of(promise.verdict)},
                    {"unit", promise.unit},
                    {"limit", promise.limit}};
        put_estimate(one, promise.estimate);
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace understudy::formats
