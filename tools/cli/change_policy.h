// What the commands of `understudy change` that ask who said yes have in common: the policy and the allowed signers of the
// project, and the request that a word names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli/change_input.h"
#include "tools/cli/command.h"
#include "tools/formats/approval/judged_request.h"
#include "tools/formats/language/policy_reader.h"

namespace understudy::cli {

/// --policy.
void add_policy_option(Options& options);

/// Whether it is said that there is no policy, or nobody who may sign: where a request is bound to it. Reports of a request
/// have it as well.
enum class MissingRules { said, known };

/// The policy that --policy names, else `policy.yaml` in the project; where there is none, the default. Prints problems and
/// returns nothing if there was an error in it.
std::optional<formats::Rules> rules_from(const Options& options, const std::filesystem::path& project,
                                         MissingRules missing = MissingRules::known);

/// Adds a warning for each of its people whom the allowed signers beside it, where there are some, do not name.
void warn_of_signers(const std::filesystem::path& file, formats::PolicyReading& reading);

/// The request that a word names, and whether it is of what there is now.
struct NamedRequest {
    formats::LoggedRequest request;
    /// Of a change file: why what it names as its base, or its SQL, is not what the request was rehearsed on; empty: it is.
    std::string other_base = {};
};

/// What a word can name: a change file byte for byte as it is (Unapproved where it has changed since it was requested), a
/// request by eight digits or more of its digest, or a change by its name. UsageError where there is none. Of several
/// requests of one change, as it was requested last, the one that counts at `now`: it is not void and has the base that there
/// is; of those an approved one, else the newest.
NamedRequest request_in_force(formats::Store& store, const formats::Rules& rules, const std::string& word,
                              const std::filesystem::path& project, std::int64_t now);

/// Likewise, of several the one that was applied last.
formats::LoggedRequest request_applied_last(formats::Store& store, const std::string& word);

const formats::LoggedRequest& request_with_digest(const std::vector<formats::LoggedRequest>& log,
                                                  const std::string& digest);

/// Unapproved where what a change file names is not what the request was rehearsed on.
void require_same_base(const NamedRequest& named);

/// Unapproved where the request is void.
void require_not_void(const formats::JudgedRequest& judged);

/// How a request names its base: a version in full, a file as the change has it, which is the same from any folder.
std::string base_of_request(const ChangeInput& input);

/// A time of a signature as seconds since 1970.
std::int64_t seconds_of(const formats::Signature& signature);

/// Now, by the machine's clock, as seconds since 1970: whether approvals have expired and nothing is frozen goes by it, and
/// not by what --time and SOURCE_DATE_EPOCH say. UNDERSTUDY_NOW stands for it in tests, which is told on stderr, and kept with
/// what is done then.
struct Clock {
    std::int64_t now = 0;
    std::string said;  ///< as UNDERSTUDY_NOW has it; empty: it is the machine's
};
Clock clock_now();

}  // namespace understudy::cli
