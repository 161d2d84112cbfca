// What is signed: a decision on a request, in lines that people can read, and as it is kept beside its signature. Pure,
// thread-safe.
//
//     understudy decision 1
//     request: 5d2f...                 the request's digest
//     decision: approve                or reject
//     by: dana@example.com             a principal of the allowed signers
//     at: 2026-03-09T05:00:00Z
//     until: 2026-04-08T05:00:00Z      or 'never'
//     override: no                     yes: of a rehearsal that was not met
//     reason: ...                      one line, may be empty
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/studies/approval.h"

namespace understudy::formats {

/// Times are whole seconds; the reason and the principal are one line each.
std::string write_decision(const std::string& request, const studies::Decision& decision);

struct ReadDecision {
    std::string request;  ///< digest
    studies::Decision decision;
};
/// Nothing for a text that write_decision() has not written.
std::optional<ReadDecision> read_decision(std::string_view text);

struct SignedDecision {
    std::string statement, signature;
    /// The instant that stood for the present when it was made, where that was not the machine's clock; who signs does not
    /// say so, and who records it does.
    std::string clock = {};
};
std::string write_signed(const SignedDecision& decision);
std::optional<SignedDecision> read_signed(std::string_view text);

/// `2026-03-09T05:00:00Z`, and back; nothing for a text that is no such instant.
std::string utc_text(std::int64_t seconds);
std::optional<std::int64_t> utc_seconds(const std::string& text);

}  // namespace understudy::formats
