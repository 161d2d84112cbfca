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

/// The newest request that a word names: of a change file byte for byte as it is (Unapproved where it has changed since it
/// was requested), by eight digits or more of its digest, or by the change's name. UsageError where there is none.
const formats::LoggedRequest& request_named(const std::vector<formats::LoggedRequest>& log,
                                            const std::string& word);

/// Of a change file also that what it names as its base is what the request was rehearsed on; Unapproved.
void require_same_base(formats::Store& store, const formats::LoggedRequest& request, const std::string& word,
                       const std::filesystem::path& project);

/// Unapproved where the request is void.
void require_not_void(const formats::JudgedRequest& judged);

/// How a request names its base: a version in full, a file as the change has it, which is the same from any folder.
std::string base_of_request(const ChangeInput& input);

/// A time of a signature as seconds since 1970.
std::int64_t seconds_of(const formats::Signature& signature);

/// Now, by the machine's clock, as seconds since 1970: whether approvals have expired and nothing is frozen goes by it, and
/// not by what --time and SOURCE_DATE_EPOCH say. UNDERSTUDY_NOW stands for it in tests, which is told on stderr.
std::int64_t clock_now();

}  // namespace understudy::cli
