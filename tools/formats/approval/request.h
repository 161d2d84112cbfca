// What is asked for when a change is requested: the change, what it was rehearsed on, by which rules, and what came out.
//
// Its text is canonical, and the SHA-256 of that text is the request's digest, which names it and is what approvals are
// bound to: one other byte in the change, the twin, the policy or the allowed signers, another seed, build or verdict, and
// it is another request. Who asks, when and why is not in it (it is in its record), so that an identical re-run is the same
// request. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/studies/approval.h"

namespace understudy::formats {

struct Request {
    std::string change;           ///< its name
    std::string change_sha256;    ///< of its file, byte for byte
    std::string kinds;            ///< all that it is of (store/change_kinds.h), with spaces in between
    std::string author;           ///< as the change says
    std::string parts;            ///< what else it says: names of studies::Part with spaces in between
    std::string twin;             ///< empty: its base is a file
    std::int64_t version = 0;     ///< of the twin; 0: its base is a file
    std::string base;             ///< `orders@41`, or as the change names it
    std::string baseline_sha256;  ///< of the base as a whole scenario (store/version_content.h)
    std::string baseline_file;    ///< SHA-256 of the base's file, byte for byte; empty: it is a version
    std::string candidate;        ///< the whole scenario that it becomes
    std::string inputs_sha256;    ///< of the SQL and the samples of its transformations; empty: it has none
    /// Of each of these files its digest and its name as the change has it; requests of older programs do not say them.
    std::vector<std::pair<std::string, std::string>> inputs;
    std::string policy;           ///< its name; empty: there is no policy file
    std::string policy_sha256;    ///< of the policy with its allowed signers
    std::string build;            ///< version of the program
    std::string seed;
    std::string verdict, reason;  ///< as studies::name_of() has them
    std::int64_t replications = 0;
    double confidence = 0;
    double margin = 0;  ///< studies::RequestFacts::margin
    double risk = 1;    ///< of the change to its base, from 1 to 625
    /// Of what is accepted: verdict and text.
    std::vector<std::pair<std::string, std::string>> accepted;
    /// Of what else the verdict is of, likewise: what is accepted under stresses, the rollout, the way back.
    std::vector<std::pair<std::string, std::string>> rehearsed;
    /// Objectives of the base that it promises no more, or less of.
    std::vector<std::string> no_longer_promised;
    /// What `change validate` found that has not passed: status ("failed", "warned") and text, without places, so that it
    /// is the same from any folder.
    std::vector<std::pair<std::string, std::string>> findings;
    std::string rehearsal;  ///< its JSON

    /// Else its verdict is of nothing.
    bool judged() const { return !accepted.empty() || !rehearsed.empty(); }
};

/// What was found of an entry of what is accepted, as the rehearsal's JSON has it.
struct FoundEntry {
    std::string text, verdict, unit;
    bool increase = false, relative = false;
    studies::Estimate estimate;
};
std::vector<FoundEntry> found_in(const Request& request);

/// Why the twin was taken for credible whatever its error (studies/credibility.h); empty: it was not.
std::string credible_because(const Request& request);

std::string write_request(const Request& request);
/// Nothing for a text that is none.
std::optional<Request> read_request(std::string_view text);

/// As rules look at it; `requested_by` besides the change's author, at `requested`, seconds since 1970.
studies::RequestFacts facts_of(const Request& request, const std::string& requested_by,
                               std::int64_t requested);

}  // namespace understudy::formats
