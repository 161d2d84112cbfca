#include "tools/formats/approval/judged_request.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "tools/formats/store/present.h"
#include "tools/formats/store/version_diff.h"

namespace understudy::formats {

namespace {

void look_for_void(Store& store, const Rules& rules, JudgedRequest& judged) {
    const Request& request = judged.request.request;
    if (request.policy_sha256 != rules.sha256) {
        judged.void_because = "the policy or its allowed signers have changed since it was requested";
    } else if (request.build != rules.build) {
        judged.void_because =
            fmt::format("it was rehearsed by version {}, this is {}", request.build, rules.build);
    } else if (!request.twin.empty()) {
        try {
            const Version latest = store.twin(request.twin).latest;
            if (latest.number == request.version) return;
            const std::string base = store.text_of(
                                  store.find({request.twin, VersionName::By::number, request.version, ""})),
                              now = store.text_of(latest);
            if (made_of_latest(base, request.candidate, now)) return;
            judged.stale = true;
            judged.void_because =
                fmt::format("its base {} is not the latest version any more: {} is; what moved: {}",
                            request.base, version_text(latest.twin, latest.number), what_moved(base, now));
        } catch (const NoSuchVersion& gone) {
            judged.stale = true;
            judged.void_because = fmt::format("its base is gone: {}", gone.what());
        }
    }
}

}  // namespace

std::string JudgedRequest::state() const {
    if (!request.deeds.empty()) return request.is_applied() ? "applied" : "rolled back";
    return void_because.empty() ? studies::name_of(standing.state) : "void";
}

std::optional<std::string> why_no_approval_by_key(const studies::RequestFacts& facts, const std::string& key,
                                                  std::string_view signers) {
    const std::set<std::string> authors = studies::authors_of(facts);
    for (const std::string& owners : owners_of_key(key, signers))
        for (const std::string& author : authors)
            if (is_named_by(author, owners))
                return fmt::format(
                    "the allowed signers give the same key to {}, who wrote or requested the change, and may "
                    "not approve it",
                    author);
    return std::nullopt;
}

JudgedRequest judge(Store& store, LoggedRequest request, const Rules& rules, std::int64_t now) {
    JudgedRequest judged;
    judged.request = std::move(request);
    std::vector<studies::Decision> good;
    std::map<std::string, std::string> owners;  // of keys
    const studies::RequestFacts facts = judged.request.facts();
    for (const LoggedDecision& one : judged.request.decisions) {
        SignatureCheck check = check_signature(one.text.statement, one.text.signature, rules.signers,
                                               one.decision.by, one.decision.at);
        // Who signs says when; so the key has to be allowed now as well, until the change is applied.
        if (check.good && judged.request.deeds.empty() && now != one.decision.at &&
            !check_signature(one.text.statement, one.text.signature, rules.signers, one.decision.by, now)
                 .good) {
            check.good = false;
            check.why = "the key is not allowed any more";
        }
        // Two names do not make two people of who has one key.
        if (check.good && owners.emplace(check.key, one.decision.by).first->second != one.decision.by) {
            check.good = false;
            check.why = "the same key has decided as " + owners[check.key];
        }
        if (const auto why = check.good && one.decision.kind == studies::Decision::Kind::approve
                                 ? why_no_approval_by_key(facts, check.key, rules.signers)
                                 : std::nullopt) {
            check.good = false;
            check.why = *why;
        }
        if (check.good) good.push_back(one.decision);
        judged.signatures.push_back(std::move(check));
    }
    judged.standing = studies::standing_of(rules.policy, facts, good, now);
    judged.frozen = studies::frozen_at(rules.policy, now);
    const Request& asked = judged.request.request;
    if (const std::string before = store.content(asked.baseline_sha256);
        !asked.twin.empty() && !before.empty())
        judged.differences = differences(before, asked.candidate);
    if (judged.request.deeds.empty()) look_for_void(store, rules, judged);
    return judged;
}

}  // namespace understudy::formats
