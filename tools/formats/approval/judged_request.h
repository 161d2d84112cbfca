// A request as it stands now: which decisions count, what is missing, and whether it is void. Not thread-safe, as the store.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/approval/change_log.h"
#include "tools/formats/approval/ssh_signature.h"
#include "tools/formats/store/version_diff.h"
#include "tools/studies/approval.h"

namespace understudy::formats {

/// Something is not approved, or what was is no more (exit code 5).
class Unapproved : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// By what a request is judged.
struct Rules {
    studies::ApprovalPolicy policy;
    std::string signers;  ///< the text of the allowed-signers file
    std::string sha256;   ///< of both
    std::string build;    ///< version of the program
};

struct JudgedRequest {
    LoggedRequest request;
    std::vector<SignatureCheck>
        signatures;  ///< of its decisions, in their order; those that are not good do not count
    studies::Standing standing;
    std::optional<studies::Frozen> frozen;  ///< nothing is applied now
    /// What it does to its base; nothing where the base is a file, or is there no more.
    std::optional<std::vector<ElementDifference>> differences;
    /// What it rests on is not so any more: why approvals of it count for nothing; empty: it is.
    std::string void_because;
    bool stale = false;  ///< because its base is not the latest version any more

    /// "void", "applied", "rolled back", or the standing's.
    std::string state() const;
};

/// Why nothing is approved with a key, by its fingerprint: it is that of somebody who wrote or requested the change, whatever
/// other names the allowed signers give it.
std::optional<std::string> why_no_approval_by_key(const studies::RequestFacts& facts, const std::string& key,
                                                  std::string_view signers);

/// At `now`, seconds since 1970. The key of a decision has to be allowed when it was made, and now unless the change has been
/// applied. Throws FileError where ssh-keygen is not there.
JudgedRequest judge(Store& store, LoggedRequest request, const Rules& rules, std::int64_t now);

}  // namespace understudy::formats
