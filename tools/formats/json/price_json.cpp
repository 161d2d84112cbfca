#include "tools/formats/json/price_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json objective_as_json(const studies::Accepted& entry) {
    Json row = {{"text", entry.text},
                {"verdict", studies::name_of(entry.verdict)},
                {"reason", studies::name_of(entry.reason)},
                {"without", or_null(entry.baseline)}};
    put_estimate(row, entry.estimate);
    row["unit"] = entry.unit;
    row["limit"] = entry.limit;
    return row;
}

Json price_at(const studies::BackfillAt& at) {
    Json row = {{"concurrency", at.concurrency},
                {"verdict", studies::name_of(at.verdict)},
                {"why", at.why},
                {"done_s", or_null(at.done_s)},
                {"done_share", at.done_share},
                {"cost", or_null(at.cost)},
                {"replications", at.replications},
                {"objectives", Json::array()},
                {"delayed", Json::array()}};
    for (const studies::Accepted& entry : at.objectives)
        row["objectives"].push_back(objective_as_json(entry));
    for (const studies::DelayedMeasure& one : at.delayed)
        row["delayed"].push_back({{"measure", one.text},
                                  {"unit", one.unit},
                                  {"without", or_null(one.before)},
                                  {"with", or_null(one.after)},
                                  {"more", one.more},
                                  {"low", one.low},
                                  {"high", one.high}});
    return row;
}

}  // namespace

std::string price_as_json(const Validation& validation, const studies::BackfillPrice& price) {
    Json document = {{"change", validation.change},
                     {"base", validation.base},
                     {"category", studies::name_of(validation.review->category)},
                     {"needed", price.why_none.empty()},
                     {"why_none", price.why_none},
                     {"why_unknown", price.why_unknown},
                     {"verdict", studies::name_of(price.verdict)},
                     {"over_s", price.over_s},
                     {"over_why", price.over_why},
                     {"begins_s", price.begins_s},
                     {"runs", price.runs},
                     {"work_s", price.work_s},
                     {"work_cost", or_null(price.work_cost)},
                     {"currency", price.currency},
                     {"tasks", Json::array()},
                     {"stages", Json::array()},
                     {"at", Json::array()},
                     {"confidence", price.confidence},
                     {"seed", price.seed},
                     {"interrupted", price.interrupted},
                     {"warnings", price.warnings}};
    for (const studies::BackfillTask& task : price.tasks)
        document["tasks"].push_back(
            {{"name", task.job.name}, {"why", task.job.why}, {"runs", task.runs}, {"items", task.items}, {"work_s", task.work_s}});
    for (const studies::RebuiltJob& stage : price.stages)
        document["stages"].push_back({{"name", stage.name}, {"why", stage.why}});
    for (const studies::BackfillAt& at : price.at) document["at"].push_back(price_at(at));
    return json_text(document);
}

}  // namespace understudy::formats
