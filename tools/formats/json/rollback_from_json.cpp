#include "tools/formats/json/members_from_json.h"
#include "tools/formats/json/rollback_json.h"

namespace understudy::formats {

namespace {

using RollbackJson = nlohmann::ordered_json;
using studies::RollbackResult;

RollbackResult::Stretch stretch_member(const RollbackJson& object, const char* name) {
    const RollbackJson& stretch = object.at(name);
    return {whole_member<std::int64_t>(stretch, "seen"), estimate_from_json(stretch)};
}

RollbackResult::Count count_member(const RollbackJson& object, const char* name) {
    const RollbackJson& count = object.at(name);
    return {estimate_from_json(count), estimate_from_json(count.at("more"))};
}

}  // namespace

RollbackResult rollback_from_json(const nlohmann::ordered_json& object) {
    RollbackResult result;
    result.verdict = verdict_member(object);
    result.why = member_or<std::string>(object, "why");
    result.replications = whole_member<std::int64_t>(object, "replications");
    result.confidence = object.at("confidence").get<double>();
    result.edits = texts_member(object, "edits");
    result.taken_back = object.at("taken_back").get<bool>();
    result.loses_data = texts_member(object, "loses_data");
    result.detect = text_member(object, "detect");
    result.until = text_member(object, "until");
    result.in = stretch_member(object, "goes_in_s");
    result.failed = stretch_member(object, "failed_s");
    result.detected = stretch_member(object, "detected_s");
    result.decided = stretch_member(object, "decided_s");
    result.back = stretch_member(object, "back_s");
    result.done = stretch_member(object, "done_s");
    result.drained = stretch_member(object, "drained_s");
    result.recovered = stretch_member(object, "recovered_s");
    for (const RollbackJson& step : object.at("steps"))
        result.steps.push_back({text_member(step, "do"), stretch_member(step, "takes_s")});
    result.backlog = count_member(object, "backlog");
    result.backlog_of = text_member(object.at("backlog"), "of");
    result.backlog_unit = text_member(object.at("backlog"), "unit");
    result.lost = count_member(object, "lost");
    result.duplicated = count_member(object, "duplicated");
    result.late = count_member(object, "late");
    if (object.contains("missed_deadlines")) result.missed = count_member(object, "missed_deadlines");
    const RollbackJson& safe = object.at("last_safe_s");
    result.safe = stretch_member(object, "last_safe_s");
    result.safe_tried = whole_member<std::int64_t>(safe, "tried");
    result.never_safe = whole_member<std::int64_t>(safe, "never");
    result.unsafe_because = texts_member(safe, "because");
    for (const RollbackJson& promise : object.at("objectives")) {
        RollbackResult::Promise& one = result.promises.emplace_back();
        one.text = text_member(promise, "text");
        one.unit = text_member(promise, "unit");
        one.limit = promise.at("limit").get<double>();
        one.without = estimate_from_json(promise.at("without"));
        one.with = estimate_from_json(promise.at("with"));
    }
    result.interrupted = object.at("interrupted").get<bool>();
    result.warnings = texts_member(object, "warnings");
    return result;
}

}  // namespace understudy::formats
