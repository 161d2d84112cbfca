#include "tools/formats/json/approval_json.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

using ApprovalJson = nlohmann::ordered_json;

std::vector<std::string> words_in(const std::string& text) {
    std::istringstream words(text);
    return {std::istream_iterator<std::string>(words), {}};
}

ApprovalJson decision_as_json(const LoggedDecision& one, const SignatureCheck& check) {
    const studies::Decision& decision = one.decision;
    return {{"decision", one.record.action},
            {"by", decision.by},
            {"at", utc_text(decision.at)},
            {"until", decision.until ? ApprovalJson(utc_text(*decision.until)) : ApprovalJson(nullptr)},
            {"override", decision.overrides},
            {"reason", decision.reason},
            {"signature", check.good ? "good" : check.why},
            {"key", check.key},
            {"record", one.record.hash}};
}

ApprovalJson as_json(const JudgedRequest& judged) {
    const Request& request = judged.request.request;
    ApprovalJson json = {{"request", judged.request.digest},
                         {"state", judged.state()},
                         {"change", request.change},
                         {"kinds", words_in(request.kinds)},
                         {"base", request.base},
                         {"author", request.author},
                         {"requested_by", judged.request.record.author},
                         {"time", judged.request.record.time},
                         {"reason", judged.request.record.reason},
                         {"verdict", request.verdict},
                         {"verdict_reason", request.reason},
                         {"judged", request.judged()},
                         {"policy", request.policy},
                         {"seed", request.seed},
                         {"build", request.build},
                         {"replications", request.replications}};
    json["sha256"] = {{"change", request.change_sha256},
                      {"baseline", request.baseline_sha256},
                      {"policy", request.policy_sha256}};
    json["accepted"] = ApprovalJson::array();
    for (const auto& [verdict, text] : request.accepted)
        json["accepted"].push_back({{"text", text}, {"verdict", verdict}});
    json["rehearsed"] = ApprovalJson::array();
    for (const auto& [verdict, text] : request.rehearsed)
        json["rehearsed"].push_back({{"text", text}, {"verdict", verdict}});
    json["no_longer_promised"] = request.no_longer_promised;
    json["findings"] = ApprovalJson::array();
    for (const auto& [status, text] : request.findings)
        json["findings"].push_back({{"status", status}, {"text", text}});
    json["requirements"] = ApprovalJson::array();
    for (const studies::Requirement& one : judged.standing.requirements)
        json["requirements"].push_back(
            {{"rule", one.rule}, {"role", one.role}, {"needed", one.needed}, {"by", one.by}});
    json["missing"] = judged.standing.missing;
    json["risk"] = judged.request.request.risk;
    json["credible_because"] = credible_because(judged.request.request);
    json["overridden"] = judged.standing.overridden;
    if (!judged.void_because.empty()) json["void_because"] = judged.void_because;
    if (judged.frozen)
        json["frozen"] = {{"name", judged.frozen->name}, {"until", utc_text(judged.frozen->until)}};
    json["decisions"] = ApprovalJson::array();
    for (std::size_t i = 0; i < judged.request.decisions.size(); ++i)
        json["decisions"].push_back(decision_as_json(judged.request.decisions[i], judged.signatures[i]));
    json["deeds"] = ApprovalJson::array();
    for (const LoggedDeed& one : judged.request.deeds) {
        const Record& deed = one.record;
        json["deeds"].push_back({{"action", deed.action},
                                 {"version", version_text(deed.twin, deed.version)},
                                 {"by", deed.author},
                                 {"at", deed.time},
                                 {"reason", deed.reason},
                                 {"record", deed.hash}});
    }
    return json;
}

}  // namespace

std::string request_as_json(const JudgedRequest& request, bool added) {
    ApprovalJson json = as_json(request);
    json["added"] = added;
    return json_text(json);
}

std::string requests_as_json(const std::vector<JudgedRequest>& requests) {
    ApprovalJson all = ApprovalJson::array();
    for (const JudgedRequest& request : requests) all.push_back(as_json(request));
    return json_text(ApprovalJson{{"requests", std::move(all)}});
}

std::vector<LogEntry> entries_of(const std::vector<JudgedRequest>& requests) {
    std::vector<LogEntry> entries;
    for (const JudgedRequest& judged : requests) {
        entries.push_back({&judged, &judged.request.record, nullptr});
        for (const LoggedDecision& one : judged.request.decisions)
            entries.push_back({&judged, &one.record, &one, one.text.clock});
        for (const LoggedDeed& one : judged.request.deeds)
            entries.push_back({&judged, &one.record, nullptr, one.clock});
    }
    std::sort(entries.begin(), entries.end(),
              [](const LogEntry& a, const LogEntry& b) { return a.record->sequence < b.record->sequence; });
    return entries;
}

std::string log_as_json(const CheckedLog& log) {
    ApprovalJson entries = ApprovalJson::array();
    for (const LogEntry& entry : entries_of(log.requests)) {
        ApprovalJson one = {
            {"sequence", entry.record->sequence},
            {"action", entry.record->action},
            {"change", entry.request->request.request.change},
            {"request", entry.request->request.digest},
            {"by", entry.decision != nullptr ? entry.decision->decision.by : entry.record->author},
            {"at", entry.record->time},
            {"reason", entry.record->reason}};
        if (entry.record->version > 0)
            one["version"] = version_text(entry.record->twin, entry.record->version);
        if (!entry.clock.empty()) one["clock"] = entry.clock;
        if (entry.decision != nullptr) one["override"] = entry.decision->decision.overrides;
        one["record"] = entry.record->hash;
        entries.push_back(std::move(one));
    }
    ApprovalJson json = {{"entries", std::move(entries)}};
    if (log.verified) {
        json["ok"] = log.problems.empty();
        json["problems"] = log.problems;
        json["notes"] = log.notes;
        json["last_record"] = log.head;
    }
    return json_text(json);
}

}  // namespace understudy::formats
