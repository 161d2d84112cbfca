#include "tools/formats/json/canary_json.h"
#include "tools/formats/json/members_from_json.h"

namespace understudy::formats {

namespace {

using CanaryJson = nlohmann::ordered_json;
using studies::CanaryResult;

studies::Estimate mean_member(const CanaryJson& object, const char* name) {
    studies::Estimate estimate = estimate_from_json(object.at(name));
    estimate.replications = whole_member<std::int64_t>(object.at(name), "seen");
    return estimate;
}

CanaryResult::Count amount_member(const CanaryJson& object, const char* name) {
    return {estimate_from_json(object.at(name)), estimate_from_json(object.at(name).at("more"))};
}

CanaryResult::Case case_from_json(const CanaryJson& object) {
    CanaryResult::Case one;
    one.kind = named_member(object, "candidate", CanaryResult::Case::Kind::bad);
    one.text = member_or<std::string>(object, "text");
    one.verdict = verdict_member(object);
    one.passed = whole_member<std::int64_t>(object, "passed");
    one.stopped = whole_member<std::int64_t>(object, "stopped");
    one.wrong = estimate_from_json(object.at("wrong"));
    one.limit = object.at("wrong").at("limit").get<double>();
    one.stopped_at = object.at("stopped_at").get<std::vector<std::int64_t>>();
    for (const CanaryJson& cause : object.at("stopped_by"))
        one.causes.push_back({text_member(cause, "text"), whole_member<std::int64_t>(cause, "stopped"),
                              whole_member<std::int64_t>(cause, "without_data"),
                              whole_member<std::int64_t>(cause, "within")});
    one.noticed_after = mean_member(object, "noticed_after_s");
    one.stopped_after = mean_member(object, "stopped_after_s");
    one.passed_after = mean_member(object, "passed_after_s");
    one.unfinished = whole_member<std::int64_t>(object, "unfinished");
    one.given = mean_member(object, "given");
    one.lost = amount_member(object, "lost");
    one.failed = amount_member(object, "failed");
    one.late = amount_member(object, "late");
    one.duplicated = amount_member(object, "duplicated");
    one.left = amount_member(object, "left");
    if (object.contains("missed_deadlines")) one.missed = amount_member(object, "missed_deadlines");
    one.time = amount_member(object, "time_s");
    return one;
}

/// Empty: it takes no time.
std::string lag_member(const CanaryJson& object, const char* name) {
    std::string lag = text_member(object, name);
    return lag == "0s" ? "" : lag;
}

}  // namespace

CanaryResult canary_from_json(const nlohmann::ordered_json& object) {
    CanaryResult result;
    result.verdict = verdict_member(object);
    result.why = member_or<std::string>(object, "why");
    result.replications = whole_member<std::int64_t>(object, "replications");
    result.most = whole_member<std::int64_t>(object, "replications_at_most");
    result.looks = whole_member<int>(object, "looks");
    result.looks_at_most = whole_member<int>(object, "looks_at_most");
    result.confidence = object.at("confidence").get<double>();
    result.level = object.at("level").get<double>();
    result.all_at_once = object.at("switch").get<bool>();
    result.by_key = text_member(object, "by") == "key";
    result.shares = object.at("shares").get<std::vector<double>>();
    result.bake_s = number_member(object, "bake_s");
    if (const CanaryJson& checks = object.at("checks"); !checks.is_null()) {
        result.check_every_s = checks.at("every_s").get<double>();
        result.check_failures = maybe_member<std::int64_t>(checks, "failures");
        result.check_in_a_row = maybe_member<std::int64_t>(checks, "in_a_row");
        if (!result.check_failures && !result.check_in_a_row)
            throw std::invalid_argument("its checks stop nothing");
    }
    result.detect = lag_member(object, "detect");
    result.decide = lag_member(object, "decide");
    result.abort = lag_member(object, "abort");
    result.goes_in_s = object.at("goes_in_s").get<double>();
    result.stages = texts_member(object, "stages");
    result.guards = texts_member(object, "guards");
    result.shared = texts_member(object, "shared");
    result.uncounted = texts_member(object, "all_workers_at_any_share");
    for (const CanaryJson& one : object.at("cases")) {
        result.cases.push_back(case_from_json(one));
        if (result.cases.back().stopped_at.size() > result.shares.size())
            throw std::invalid_argument("a candidate is stopped at more steps than there are");
    }
    result.interrupted = object.at("interrupted").get<bool>();
    result.warnings = texts_member(object, "warnings");
    return result;
}

}  // namespace understudy::formats
