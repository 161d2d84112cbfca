#include "tools/formats/json/canary_json.h"

#include "tools/formats/json/members.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using studies::CanaryResult;

Json mean_as_json(const studies::Estimate& estimate) {
    Json row = Json::object();
    put_estimate(row, estimate);
    row["seen"] = estimate.replications;
    return row;
}

Json amount_as_json(const CanaryResult::Count& count) {
    Json row = Json::object(), more = Json::object();
    put_estimate(row, count.with);
    put_estimate(more, count.more);
    row["more"] = std::move(more);
    return row;
}

Json case_as_json(const CanaryResult::Case& one) {
    Json row;
    row["candidate"] = studies::name_of(one.kind);
    if (!one.text.empty()) row["text"] = one.text;
    row["verdict"] = studies::name_of(one.verdict);
    row["passed"] = one.passed;
    row["stopped"] = one.stopped;
    Json wrong = {{"what", one.kind == CanaryResult::Case::Kind::bad ? "passed" : "stopped"}};
    put_estimate(wrong, one.wrong);
    wrong["limit"] = one.limit;
    row["wrong"] = std::move(wrong);
    row["stopped_at"] = one.stopped_at;
    row["stopped_by"] = Json::array();
    for (const CanaryResult::Cause& cause : one.causes)
        row["stopped_by"].push_back({{"text", cause.text},
                                     {"stopped", cause.stopped},
                                     {"without_data", cause.without_data},
                                     {"within", cause.within}});
    row["noticed_after_s"] = mean_as_json(one.noticed_after);
    row["stopped_after_s"] = mean_as_json(one.stopped_after);
    row["passed_after_s"] = mean_as_json(one.passed_after);
    row["unfinished"] = one.unfinished;
    row["given"] = mean_as_json(one.given);
    row["lost"] = amount_as_json(one.lost);
    row["failed"] = amount_as_json(one.failed);
    row["late"] = amount_as_json(one.late);
    row["duplicated"] = amount_as_json(one.duplicated);
    row["left"] = amount_as_json(one.left);
    if (one.missed) row["missed_deadlines"] = amount_as_json(*one.missed);
    row["time_s"] = amount_as_json(one.time);
    return row;
}

}  // namespace

Json canary_as_json(const CanaryResult& result) {
    Json row;
    row["verdict"] = studies::name_of(result.verdict);
    if (!result.why.empty()) row["why"] = result.why;
    row["replications"] = result.replications;
    row["replications_at_most"] = result.most;
    row["looks"] = result.looks;
    row["looks_at_most"] = result.looks_at_most;
    row["confidence"] = result.confidence;
    row["level"] = result.level;
    row["switch"] = result.all_at_once;
    row["by"] = result.by_key ? "key" : "random";
    row["shares"] = result.shares;
    row["bake_s"] = result.bake_s ? Json(*result.bake_s) : Json(nullptr);
    if (result.check_every_s) {
        Json checks = {{"every_s", *result.check_every_s}};
        if (result.check_failures) checks["failures"] = *result.check_failures;
        if (result.check_in_a_row) checks["in_a_row"] = *result.check_in_a_row;
        row["checks"] = std::move(checks);
    } else {
        row["checks"] = nullptr;
    }
    row["detect"] = result.detect.empty() ? "0s" : result.detect;
    row["decide"] = result.decide.empty() ? "0s" : result.decide;
    row["abort"] = result.abort.empty() ? "0s" : result.abort;
    row["goes_in_s"] = result.goes_in_s;
    row["stages"] = result.stages;
    row["guards"] = result.guards;
    row["shared"] = result.shared;
    row["all_workers_at_any_share"] = result.uncounted;
    row["cases"] = Json::array();
    for (const CanaryResult::Case& one : result.cases) row["cases"].push_back(case_as_json(one));
    row["interrupted"] = result.interrupted;
    row["warnings"] = result.warnings;
    return row;
}

}  // namespace understudy::formats
