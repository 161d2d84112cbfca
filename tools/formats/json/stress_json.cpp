#include "tools/formats/json/stress_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/setting_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using studies::Estimate;

Json as_json(const Estimate& estimate) {
    Json row = Json::object();
    put_estimate(row, estimate);
    return row;
}

Json as_json(const studies::Level& level) {
    Json row = {{"value", level.value}};
    put(row, "number", level.number);
    row["verdict"] = studies::name_of(level.verdict);
    if (level.by_formula) row["by_formula"] = true;
    if (!level.why.empty()) row["why"] = level.why;
    row["replications"] = level.replications;
    if (!level.most_loaded.empty()) row["most_loaded"] = level.most_loaded;
    row["objectives"] = promises_as_json(level.promises);
    if (!level.broken.empty()) row["broken"] = level.broken;
    row["metrics"] = Json::array();
    for (const auto& measured : level.measures) {
        if (!measured.estimate.value) continue;
        Json one = {{"name", measured.name}, {"unit", measured.unit}};
        put_estimate(one, measured.estimate);
        row["metrics"].push_back(std::move(one));
    }
    if (!level.series.empty()) row["series"] = Json::array();
    for (const auto& series : level.series)
        row["series"].push_back({{"name", series.name},
                                 {"unit", series.unit},
                                 {"stretch_s", series.stretch_s},
                                 {"means", series.means}});
    return row;
}

Json as_json(const studies::RecoveryResult& one) {
    Json row = {{"name", one.name}, {"at_s", one.at_s}};
    put(row, "for_s", one.lasts_s);
    row["replications"] = one.replications;
    if (!one.why.empty()) {
        row["why"] = one.why;
        return row;
    }
    const auto timing = [](const studies::RecoveryResult::Timing& time) {
        Json seconds = as_json(time.seconds);
        seconds["seen"] = time.seen;
        return seconds;
    };
    row["survived"] = studies::name_of(one.survived);
    if (!one.not_survived.empty()) row["survived_why"] = one.not_survived;
    put(row, "window_s", one.window_s);
    row["detected_s"] = timing(one.detected);
    row["detected_by"] = one.detected_by;
    row["peak"] = as_json(one.peak);
    row["peak"]["of"] = one.peak_of;
    row["peak"]["unit"] = one.peak_unit;
    row["peak_without"] = as_json(one.peak_without);
    if (one.kept_again) row["kept_again_s"] = timing(*one.kept_again);
    if (one.drained) row["drained_s"] = timing(*one.drained);
    row["lost"] = as_json(one.lost);
    row["lost_more"] = as_json(one.lost_more);
    row["late"] = as_json(one.late);
    row["late_more"] = as_json(one.late_more);
    row["dead_lettered_more"] = as_json(one.dead_lettered_more);
    row["left"] = as_json(one.left);
    row["left_more"] = as_json(one.left_more);
    row["objectives"] = promises_as_json(one.promises);
    return row;
}

Json as_json(const std::vector<studies::Station>& stations) {
    Json list = Json::array();
    for (const studies::Station& station : stations) {
        Json row = {{"name", station.name}, {"utilisation", as_json(station.utilisation)}};
        put(row["utilisation"], "expected", station.expected);
        row["ceiling_per_s"] = as_json(station.ceiling);
        put(row["ceiling_per_s"], "expected", station.expected_ceiling);
        row["active_period_s"] = as_json(station.active_period);
        row["bottleneck"] = as_json(station.bottleneck);
        row["shifting"] = as_json(station.shifting);
        list.push_back(std::move(row));
    }
    return list;
}

Json as_json(const studies::ByActivity& first) {
    Json row = Json::object();
    const auto name = [&](const char* key, const std::optional<studies::Foremost>& one) {
        if (one) row[key] = {{"name", one->name}, {"decided", one->decided}};
    };
    name("longest_active_period", first.longest_active);
    name("most_time", first.most_time);
    return row;
}

Json as_json(const studies::BottlenecksResult& found) {
    Json row = Json::object();
    if (!found.why.empty()) row["why"] = found.why;
    row["target"] = {{"name", found.target},
                     {"unit", found.target_unit},
                     {"better", found.lower_is_better ? "lower" : "higher"}};
    put_estimate(row["target"], found.target_now);
    row["replications"] = found.replications;
    row["stations"] = as_json(found.stations);
    row["by_activity"] = as_json(found.by_activity);
    row["ranked"] = found.ranked;
    row["remedies"] = Json::array();
    for (const studies::Remedy& remedy : found.remedies) {
        Json one = {{"element", remedy.element},
                    {"kind", studies::name_of(remedy.kind)},
                    {"set", remedy.override},
                    {"text", remedy.text},
                    {"decided", remedy.decided},
                    {"gain", as_json(remedy.gain)},
                    {"latency_s", as_json(remedy.latency)}};
        one["throughput_per_s"] = as_json(remedy.throughput);
        row["remedies"].push_back(std::move(one));
    }
    if (found.fixed)
        row["fixed"] = {{"element", found.fixed->element},
                        {"set", found.fixed->override},
                        {"target", as_json(found.fixed->target)},
                        {"stations", as_json(found.fixed->stations)},
                        {"by_activity", as_json(found.fixed->by_activity)}};
    return row;
}

}  // namespace

std::string stress_as_json(const studies::Study& study, const studies::BreakingPointResult& result,
                           const studies::BottlenecksResult* bottlenecks) {
    Json document;
    put_study(document, study);
    put_verdict(document, result.verdict, result.reason, result.explanation);
    document["confidence"] = result.confidence;
    document["seed"] = result.seed;
    document["factor"] = result.factor;
    Json breaking = Json::object();
    if (result.holds_at) breaking["holds_at"] = result.levels[*result.holds_at].value;
    if (result.breaks_at) breaking["breaks_at"] = result.levels[*result.breaks_at].value;
    if (!result.breaks_first.empty()) breaking["first"] = result.breaks_first;
    if (result.holds_until) breaking["holds_until"] = *result.holds_until;
    if (result.breaks_by) breaking["breaks_by"] = *result.breaks_by;
    if (study.growth) breaking["growth"] = study.growth->written;
    document["breaking_point"] = std::move(breaking);
    if (result.knee)
        document["knee"] = {{"at", result.levels[result.knee->at].value},
                            {"low", result.levels[result.knee->low].value},
                            {"high", result.levels[result.knee->high].value},
                            {"from_first", result.knee->from_first},
                            {"to_last", result.knee->to_last}};
    else if (!result.why_no_knee.empty())
        document["knee"] = {{"why", result.why_no_knee}};
    document["levels"] = Json::array();
    for (const studies::Level& level : result.levels) document["levels"].push_back(as_json(level));
    document["disturbances"] = Json::array();
    for (const studies::RecoveryResult& one : result.disturbances)
        document["disturbances"].push_back(as_json(one));
    if (bottlenecks != nullptr) document["bottlenecks"] = as_json(*bottlenecks);
    document["runs"] = result.replications;
    put_warm_up(document, result.warm_up_s, result.warm_up_reason);
    document["warnings"] = result.warnings;
    document["interrupted"] = result.interrupted || (bottlenecks != nullptr && bottlenecks->interrupted);
    return json_text(document);
}

}  // namespace understudy::formats
