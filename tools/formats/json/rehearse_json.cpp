#include "tools/formats/json/rehearse_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "tools/formats/files/sha256.h"
#include "tools/formats/json/canary_json.h"
#include "tools/formats/json/members.h"
#include "tools/formats/json/moved_json.h"
#include "tools/formats/json/rollback_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using studies::Accepted;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

const char* sign_of(models::Comparison comparison) {
    switch (comparison) {
        case models::Comparison::less: return "<";
        case models::Comparison::at_most: return "<=";
        case models::Comparison::greater: return ">";
        case models::Comparison::at_least: return ">=";
    }
    return "";
}

/// An entry of what is accepted.
Json entry_as_json(const Accepted& entry) {
    Json row;
    row["text"] = entry.text;
    row["kind"] = entry.kind == Accepted::Kind::increase ? "increase" : "objective";
    row["measure"] = entry.measure;
    row["estimate"] = number(entry.estimate.value);
    row["low"] = number(entry.estimate.low);
    row["high"] = number(entry.estimate.high);
    put_parts(row, entry.estimate);
    row["unit"] = entry.relative ? "fraction" : entry.unit;
    row["relative"] = entry.relative;
    row["comparison"] = sign_of(entry.comparison);
    row["limit"] = entry.limit;
    row["verdict"] = studies::name_of(entry.verdict);
    row["reason"] = studies::name_of(entry.reason);
    if (!entry.explanation.empty()) row["explanation"] = entry.explanation;
    row["baseline"] = number(entry.baseline);
    row["candidate"] = number(entry.candidate);
    if (entry.kind == Accepted::Kind::increase) row["paired"] = entry.paired;
    put(row, "variance_ratio", entry.variance_ratio);
    put(row, "smallest_effect", entry.smallest_effect);
    put(row, "effect", entry.effect);
    put(row, "calibration_error", entry.calibration_error);
    if (entry.replications_needed > 0) row["replications_needed"] = entry.replications_needed;
    return row;
}

/// Of what is measured in both, whether anybody judges it or not.
Json measure_as_json(const studies::ComparedMeasure& measure) {
    const studies::ComparedDifference& one = measure.differences.front();
    Json row;
    row["text"] = measure.name;
    row["kind"] = "measure";
    row["measure"] = measure.name;
    const bool known = one.difference.has_value();
    row["estimate"] = known ? Json(one.difference->estimate.centre) : Json(nullptr);
    row["low"] = known ? Json(one.difference->estimate.low) : Json(nullptr);
    row["high"] = known ? Json(one.difference->estimate.high) : Json(nullptr);
    row["unit"] = measure.unit;
    row["relative"] = false;
    row["verdict"] = nullptr;
    if (!one.why.empty()) row["explanation"] = one.why;
    row["baseline"] = number(measure.estimates.front().value);
    row["candidate"] = number(measure.estimates.back().value);
    row["paired"] = one.paired;
    if (one.paired && std::isfinite(one.difference->variance_ratio))
        row["variance_ratio"] = one.difference->variance_ratio;
    const auto doubt = std::find_if(measure.doubts.begin(), measure.doubts.end(),
                                    [](const std::string& text) { return !text.empty(); });
    if (doubt != measure.doubts.end()) row["doubt"] = *doubt;
    return row;
}

Json no_longer_promised_as_json(const studies::RehearsalResult& result) {
    Json rows = Json::array();
    for (const studies::NoLongerPromised& one : result.no_longer_promised) {
        Json row;
        row["text"] = one.text;
        if (!one.now.empty()) row["now"] = one.now;
        row["measure"] = one.measure;
        row["comparison"] = sign_of(one.comparison);
        row["limit"] = one.limit;
        row["unit"] = one.unit;
        row["baseline"] = number(one.baseline);
        row["candidate"] = number(one.candidate.value);
        row["low"] = number(one.candidate.low);
        row["high"] = number(one.candidate.high);
        row["would_be"] = studies::name_of(one.verdict);
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Its length in bytes as eight little-endian ones, then the text: no two lists of texts give the same bytes.
void append(std::string& bytes, std::string_view text) {
    for (int shift = 0; shift < 64; shift += 8)
        bytes += static_cast<char>(static_cast<unsigned char>(text.size() >> shift));
    bytes += text;
}

}  // namespace

std::string rehearsal_digest(const studies::RehearsalResult& result) {
    std::string bytes;
    append(bytes, "understudy rehearsal 1");
    append(bytes, result.runs[0].result.provenance.version);
    for (const studies::ComparedRun& run : result.runs) append(bytes, run.result.provenance.scenario_text);
    append(bytes, std::to_string(result.seed));
    append(bytes, Json(result.confidence).dump());
    append(bytes, std::to_string(result.most));
    append(bytes, result.independent ? "independent" : "pairs");
    append(bytes, std::to_string(result.accepted.size()));
    for (const Accepted& entry : result.accepted) {
        append(bytes, entry.text);
        append(bytes, studies::name_of(entry.verdict));
        append(bytes, studies::name_of(entry.reason));
    }
    for (const studies::NoLongerPromised& one : result.no_longer_promised) {
        append(bytes, "no longer promised");
        append(bytes, one.text);
        append(bytes, one.now);
    }
    for (const studies::RehearsalResult& one : result.stresses) {
        append(bytes, "stress");
        append(bytes, one.stress);
        append(bytes, rehearsal_digest(one));
    }
    if (result.rollback) {
        append(bytes, "rollback");
        append(bytes, result.rollback->text);
        append(bytes, std::to_string(result.rollback->replications));
        append(bytes, studies::name_of(result.rollback->verdict));
    }
    if (result.canary) {
        append(bytes, "rollout");
        append(bytes, result.canary->text);
        append(bytes, std::to_string(result.canary->replications));
        for (const studies::CanaryResult::Case& one : result.canary->cases) {
            append(bytes, one.text);
            append(bytes, std::to_string(one.passed));
        }
        append(bytes, studies::name_of(result.canary->verdict));
    }
    for (const studies::CalibrationError& one : result.calibration) {
        append(bytes, "calibration");
        append(bytes, one.of);
        append(bytes, Json(one.error).dump());
        append(bytes, one.source);
    }
    if (!result.input_reason.empty()) {
        append(bytes, "inputs");
        append(bytes, result.input_reason);
    }
    if (!result.trusted.empty()) {
        append(bytes, "override");
        append(bytes, result.trusted);
    }
    append(bytes, studies::name_of(result.verdict));
    append(bytes, studies::name_of(result.reason));
    return sha256_hex(bytes);
}

namespace {

/// What pairs say: of the change as it is, or under a stress.
Json pairs_as_json(const studies::RehearsalResult& result) {
    Json document;
    document["verdict"] = studies::name_of(result.verdict);
    document["reason"] = studies::name_of(result.reason);
    document["differences"] = Json::array();
    for (const Accepted& entry : result.accepted) document["differences"].push_back(entry_as_json(entry));
    for (const studies::ComparedMeasure& measure : result.comparison.measures)
        document["differences"].push_back(measure_as_json(measure));
    if (!result.no_longer_promised.empty())
        document["no_longer_promised"] = no_longer_promised_as_json(result);
    return document;
}

Json credibility_as_json(const studies::RehearsalResult& result) {
    Json calibration = Json::array();
    for (const studies::CalibrationError& one : result.calibration)
        calibration.push_back(
            {{"of", one.of}, {"error", one.error}, {"held_out", one.held_out}, {"source", one.source}});
    return {{"calibration", calibration}, {"override", result.trusted}};
}

Json stress_as_json(const studies::RehearsalResult& result) {
    Json row;
    row["name"] = result.stress;
    row.update(pairs_as_json(result));
    row["replications"] = result.replications;
    row["level"] = result.level;
    if (!result.input_reason.empty()) row["input_reason"] = result.input_reason;
    put_warm_up(row, result.warm_up_s, result.warm_up_reason);
    if (result.canary) row["rollout"] = canary_as_json(*result.canary);
    row["warnings"] = result.warnings;
    return row;
}

}  // namespace

std::string rehearsal_as_json(const studies::RehearsalResult& result) {
    Json document = pairs_as_json(result);
    document["variance_ratio"] = number(result.variance_ratio);
    document["variance_ratio_of"] = result.variance_ratio_of;
    document["digest"] = rehearsal_digest(result);
    document["replications"] = result.replications;
    document["replications_at_most"] = result.most;
    document["looks"] = result.looks;
    document["looks_at_most"] = result.looks_at_most;
    document["set"] = result.runs[0].result.provenance.set;
    document["seed"] = result.seed;
    if (result.independent) document["candidate_seed"] = result.candidate_seed;
    document["independent"] = result.independent;
    document["identical"] = result.same_model;
    document["same_events"] = result.same_events;
    document["confidence"] = result.confidence;
    document["level"] = result.level;
    document["level_of_measures"] = result.comparison.confidence;
    put_warm_up(document, result.warm_up_s, result.warm_up_reason);
    document["interrupted"] = result.interrupted;
    if (!result.input_reason.empty()) document["input_reason"] = result.input_reason;
    for (const studies::ComparedRun& run : result.runs)
        document[run.name] = {{"scenario", run.result.provenance.scenario_name},
                              {"digest", run.result.provenance.scenario_digest},
                              {"fingerprint", run.result.fingerprint},
                              {"events", run.result.events}};
    if (!result.stresses.empty()) {
        document["stresses"] = Json::array();
        for (const studies::RehearsalResult& one : result.stresses)
            document["stresses"].push_back(stress_as_json(one));
    }
    if (result.canary) document["rollout"] = canary_as_json(*result.canary);
    if (result.rollback) document["rollback"] = rollback_as_json(*result.rollback);
    if (!result.calibration.empty() || !result.trusted.empty())
        document["credibility"] = credibility_as_json(result);
    if (result.moved) document["moved"] = moved_as_json(*result.moved);
    document["only_in_some"] = result.comparison.only_in_some;
    document["warnings"] = result.warnings;
    document["version"] = result.runs[0].result.provenance.version;
    return document.dump(2) + "\n";
}

}  // namespace understudy::formats
