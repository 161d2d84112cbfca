#include "tools/formats/json/rollback_json.h"

#include "tools/formats/json/members.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using studies::RollbackResult;

Json stretch_as_json(const RollbackResult::Stretch& stretch) {
    Json row = Json::object();
    put_estimate(row, stretch.seconds);
    row["seen"] = stretch.seen;
    return row;
}

Json count_as_json(const RollbackResult::Count& count) {
    Json row = Json::object(), more = Json::object();
    put_estimate(row, count.with);
    put_estimate(more, count.more);
    row["more"] = std::move(more);
    return row;
}

Json promise_as_json(const RollbackResult::Promise& promise) {
    Json row = {{"text", promise.text}, {"unit", promise.unit}, {"limit", promise.limit}};
    Json without = Json::object(), with = Json::object();
    put_estimate(without, promise.without);
    put_estimate(with, promise.with);
    row["without"] = std::move(without);
    row["with"] = std::move(with);
    return row;
}

}  // namespace

Json rollback_as_json(const RollbackResult& result) {
    Json row;
    row["verdict"] = studies::name_of(result.verdict);
    if (!result.why.empty()) row["why"] = result.why;
    row["replications"] = result.replications;
    row["confidence"] = result.confidence;
    row["edits"] = result.edits;
    row["taken_back"] = result.taken_back;
    row["loses_data"] = result.loses_data;
    row["detect"] = result.detect;
    row["until"] = result.until;
    row["goes_in_s"] = stretch_as_json(result.in);
    row["failed_s"] = stretch_as_json(result.failed);
    row["detected_s"] = stretch_as_json(result.detected);
    row["decided_s"] = stretch_as_json(result.decided);
    row["back_s"] = stretch_as_json(result.back);
    row["done_s"] = stretch_as_json(result.done);
    row["drained_s"] = stretch_as_json(result.drained);
    row["recovered_s"] = stretch_as_json(result.recovered);
    row["steps"] = Json::array();
    for (const RollbackResult::Step& step : result.steps) {
        Json one = {{"do", step.text}};
        one["takes_s"] = stretch_as_json(step.takes);
        row["steps"].push_back(std::move(one));
    }
    row["backlog"] = count_as_json(result.backlog);
    row["backlog"]["of"] = result.backlog_of;
    row["backlog"]["unit"] = result.backlog_unit;
    row["lost"] = count_as_json(result.lost);
    row["duplicated"] = count_as_json(result.duplicated);
    row["late"] = count_as_json(result.late);
    if (result.missed) row["missed_deadlines"] = count_as_json(*result.missed);
    row["last_safe_s"] = stretch_as_json(result.safe);
    row["last_safe_s"]["tried"] = result.safe_tried;
    row["last_safe_s"]["never"] = result.never_safe;
    row["last_safe_s"]["because"] = result.unsafe_because;
    row["objectives"] = Json::array();
    for (const RollbackResult::Promise& promise : result.promises)
        row["objectives"].push_back(promise_as_json(promise));
    row["interrupted"] = result.interrupted;
    row["warnings"] = result.warnings;
    return row;
}

}  // namespace understudy::formats
