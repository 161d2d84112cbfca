#include <algorithm>
#include <cmath>

#include "tools/formats/json/canary_json.h"
#include "tools/formats/json/members_from_json.h"
#include "tools/formats/json/moved_json.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/json/rollback_json.h"

namespace understudy::formats {

namespace {

using RehearsalJson = nlohmann::ordered_json;
using studies::Accepted;
using studies::RehearsalResult;

models::Comparison comparison_member(const RehearsalJson& object) {
    const std::string sign = text_member(object, "comparison");
    if (sign == "<") return models::Comparison::less;
    if (sign == "<=") return models::Comparison::at_most;
    if (sign == ">") return models::Comparison::greater;
    if (sign == ">=") return models::Comparison::at_least;
    throw std::invalid_argument(fmt::format("'{}' is no comparison", sign));
}

Accepted entry_from_json(const RehearsalJson& row) {
    Accepted entry;
    entry.kind =
        text_member(row, "kind") == "increase" ? Accepted::Kind::increase : Accepted::Kind::objective;
    entry.text = text_member(row, "text");
    entry.measure = text_member(row, "measure");
    entry.estimate = estimate_from_json(row);
    entry.relative = row.at("relative").get<bool>();
    entry.unit = text_member(row, "unit");
    entry.comparison = comparison_member(row);
    entry.limit = row.at("limit").get<double>();
    entry.verdict = verdict_member(row);
    entry.reason = named_member(row, "reason", studies::Reason::no_objectives);
    entry.explanation = member_or<std::string>(row, "explanation");
    entry.baseline = number_member(row, "baseline");
    entry.candidate = number_member(row, "candidate");
    entry.paired = member_or(row, "paired", false);
    entry.variance_ratio = maybe_member<double>(row, "variance_ratio");
    entry.smallest_effect = maybe_member<double>(row, "smallest_effect");
    entry.effect = maybe_member<double>(row, "effect");
    entry.calibration_error = maybe_member<double>(row, "calibration_error");
    entry.replications_needed = member_or<std::int64_t>(row, "replications_needed");
    return entry;
}

studies::ComparedMeasure measure_from_json(const RehearsalJson& row) {
    studies::ComparedMeasure measure;
    measure.name = text_member(row, "measure");
    measure.unit = text_member(row, "unit");
    for (const char* side : {"baseline", "candidate"})
        measure.estimates.emplace_back().value = number_member(row, side);
    studies::ComparedDifference& one = measure.differences.emplace_back();
    one.paired = row.at("paired").get<bool>();
    one.why = member_or<std::string>(row, "explanation");
    if (const auto centre = number_member(row, "estimate")) {
        kernel::Difference difference;
        difference.estimate.centre = *centre;
        difference.estimate.low = number_member(row, "low").value_or(-INFINITY);
        difference.estimate.high = number_member(row, "high").value_or(INFINITY);
        difference.variance_ratio = maybe_member<double>(row, "variance_ratio").value_or(INFINITY);
        difference.order = difference.estimate.high < 0  ? kernel::Difference::Order::candidate_lower
                           : difference.estimate.low > 0 ? kernel::Difference::Order::candidate_higher
                                                         : kernel::Difference::Order::undecided;
        one.difference = difference;
        if (const auto& before = measure.estimates.front().value; before && *before != 0)
            one.relative = *centre / std::fabs(*before);
    }
    measure.doubts = {member_or<std::string>(row, "doubt")};
    return measure;
}

studies::NoLongerPromised no_longer_promised_from_json(const RehearsalJson& row) {
    studies::NoLongerPromised one;
    one.text = text_member(row, "text");
    one.now = member_or<std::string>(row, "now");
    one.measure = text_member(row, "measure");
    one.comparison = comparison_member(row);
    one.limit = row.at("limit").get<double>();
    one.unit = text_member(row, "unit");
    one.baseline = number_member(row, "baseline");
    one.candidate.value = number_member(row, "candidate");
    one.candidate.low = number_member(row, "low");
    one.candidate.high = number_member(row, "high");
    one.verdict = verdict_member(row, "would_be");
    return one;
}

/// What the change as it is and each stress have.
void read_pairs(const RehearsalJson& object, RehearsalResult& into) {
    into.verdict = verdict_member(object);
    into.reason = named_member(object, "reason", studies::Reason::no_objectives);
    for (const RehearsalJson& row : object.at("differences"))
        if (text_member(row, "kind") == "measure")
            into.comparison.measures.push_back(measure_from_json(row));
        else
            into.accepted.push_back(entry_from_json(row));
    // The document has a relative increase in shares alone.
    for (Accepted& entry : into.accepted) {
        if (!entry.relative) continue;
        const auto& measures = into.comparison.measures;
        const auto same = std::find_if(measures.begin(), measures.end(),
                                       [&](const auto& one) { return one.name == entry.measure; });
        if (same != measures.end()) entry.unit = same->unit;
    }
    if (object.contains("no_longer_promised"))
        for (const RehearsalJson& row : object.at("no_longer_promised"))
            into.no_longer_promised.push_back(no_longer_promised_from_json(row));
    into.replications = whole_member<std::int64_t>(object, "replications");
    into.level = object.at("level").get<double>();
    into.input_reason = member_or<std::string>(object, "input_reason");
    read_warm_up(object, into);
    if (object.contains("rollout")) into.canary = canary_from_json(object.at("rollout"));
    into.warnings = texts_member(object, "warnings");
}

RehearsalResult stressed_from_json(const RehearsalJson& object, const RehearsalResult& of) {
    RehearsalResult result;
    result.stress = text_member(object, "name");
    read_pairs(object, result);
    result.interrupted = of.interrupted;
    result.independent = of.independent;
    result.runs = of.runs;
    return result;
}

studies::ComparedRun side_from_json(const RehearsalJson& document, const char* name) {
    const RehearsalJson& side = document.at(name);
    studies::ComparedRun run{name, {}};
    run.result.provenance.scenario_name = text_member(side, "scenario");
    run.result.provenance.scenario_digest = text_member(side, "digest");
    run.result.provenance.version = text_member(document, "version");
    run.result.provenance.set = texts_member(document, "set");
    run.result.fingerprint = text_member(side, "fingerprint");
    run.result.events = whole_member<std::uint64_t>(side, "events");
    return run;
}

RehearsalAnswer answer_from(const RehearsalJson& document) {
    RehearsalAnswer answer;
    RehearsalResult& result = answer.result;
    read_pairs(document, result);
    answer.digest = text_member(document, "digest");
    result.variance_ratio = number_member(document, "variance_ratio");
    result.variance_ratio_of = text_member(document, "variance_ratio_of");
    result.most = whole_member<std::int64_t>(document, "replications_at_most");
    result.looks = whole_member<int>(document, "looks");
    result.looks_at_most = whole_member<int>(document, "looks_at_most");
    result.seed = whole_member<std::uint64_t>(document, "seed");
    result.candidate_seed = member_or(document, "candidate_seed", result.seed);
    result.independent = document.at("independent").get<bool>();
    result.same_model = document.at("identical").get<bool>();
    result.same_events = document.at("same_events").get<bool>();
    result.confidence = document.at("confidence").get<double>();
    result.comparison.confidence = document.at("level_of_measures").get<double>();
    result.comparison.only_in_some = texts_member(document, "only_in_some");
    result.interrupted = document.at("interrupted").get<bool>();
    for (const char* side : {"baseline", "candidate"}) result.runs.push_back(side_from_json(document, side));
    if (document.contains("stresses"))
        for (const RehearsalJson& one : document.at("stresses"))
            result.stresses.push_back(stressed_from_json(one, result));
    if (document.contains("rollback")) result.rollback = rollback_from_json(document.at("rollback"));
    if (document.contains("credibility")) {
        const RehearsalJson& credibility = document.at("credibility");
        for (const RehearsalJson& row : credibility.at("calibration")) {
            studies::CalibrationError& one = result.calibration.emplace_back();
            one.of = text_member(row, "of");
            one.error = row.at("error").get<double>();
            one.held_out = whole_member<std::int64_t>(row, "held_out");
            one.source = text_member(row, "source");
        }
        result.trusted = text_member(credibility, "override");
    }
    if (document.contains("moved")) result.moved = moved_from_json(document.at("moved"));
    return answer;
}

}  // namespace

RehearsalAnswer rehearsal_from_json(const std::string& document) {
    return from_document(document, answer_from);
}

}  // namespace understudy::formats
