#include "tools/formats/json/compare_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;

const char* name_of(kernel::Difference::Order order) {
    switch (order) {
        case kernel::Difference::Order::candidate_lower: return "lower";
        case kernel::Difference::Order::candidate_higher: return "higher";
        case kernel::Difference::Order::undecided: break;
    }
    return "undecided";
}

const char* name_of(kernel::Standing::Place place) {
    switch (place) {
        case kernel::Standing::Place::best: return "best";
        case kernel::Standing::Place::not_best: return "not best";
        case kernel::Standing::Place::undecided: break;
    }
    return "undecided";
}

Json as_json(const studies::ComparedDifference& one) {
    Json row = Json::object();
    if (!one.difference) {
        row["why"] = one.why;
        return row;
    }
    const kernel::Difference& difference = *one.difference;
    row["difference"] = difference.estimate.centre;
    row["low"] = difference.estimate.low;
    row["high"] = difference.estimate.high;
    row["level"] = difference.estimate.level;
    row["replications"] = difference.estimate.count;
    if (one.relative) row["relative"] = *one.relative;
    row["order"] = name_of(difference.order);
    row["paired"] = one.paired;
    if (std::isfinite(difference.variance_ratio)) row["variance_ratio"] = difference.variance_ratio;
    row["correlation"] = difference.correlation;
    return row;
}

}  // namespace

std::string comparison_as_json(const std::vector<studies::ComparedRun>& runs,
                               const studies::Comparison& comparison) {
    Json document;
    document["confidence"] = comparison.confidence;
    document["paired"] = comparison.paired;
    document["why_independent"] = comparison.why_independent;
    document["runs"] = Json::array();
    for (const studies::ComparedRun& run : runs)
        document["runs"].push_back({{"file", run.name},
                                    {"scenario", run.result.provenance.scenario_name},
                                    {"digest", run.result.provenance.scenario_digest},
                                    {"seed", run.result.provenance.seed},
                                    {"replications", run.result.replications_done},
                                    {"verdict", studies::name_of(run.result.verdict)},
                                    {"reason", studies::name_of(run.result.reason)}});
    document["measures"] = Json::array();
    for (const studies::ComparedMeasure& measure : comparison.measures) {
        Json row = {{"name", measure.name}, {"unit", measure.unit}};
        row["estimates"] = Json::array();
        for (const studies::Estimate& estimate : measure.estimates)
            row["estimates"].push_back(estimate.value ? Json(*estimate.value) : Json(nullptr));
        if (std::any_of(measure.doubts.begin(), measure.doubts.end(),
                        [](const std::string& doubt) { return !doubt.empty(); }))
            row["doubts"] = measure.doubts;
        row["differences"] = Json::array();
        for (const studies::ComparedDifference& one : measure.differences)
            row["differences"].push_back(as_json(one));
        row["standings"] = Json::array();
        for (const kernel::Standing& one : measure.standings)
            row["standings"].push_back({{"low", one.low}, {"high", one.high}, {"place", name_of(one.place)}});
        if (measure.lower_is_better) row["better"] = *measure.lower_is_better ? "lower" : "higher";
        document["measures"].push_back(std::move(row));
    }
    document["only_in_some"] = comparison.only_in_some;
    document["warnings"] = comparison.warnings;
    return json_text(document);
}

}  // namespace understudy::formats
