#include "tools/cli/change_policy.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <system_error>
#include <utility>

#include "kernel/invariant.h"
#include "models/listed.h"
#include "tools/cli/change_input.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/approval/fields.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/language/policy_reader.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/store/present.h"

namespace understudy::cli {

namespace {

constexpr const char* policy_file = "policy.yaml";
constexpr std::size_t least_digits = 8;

std::string text_of_signers(const std::filesystem::path& file) {
    std::error_code none;
    std::string text;
    if (!std::filesystem::exists(file, none)) return text;
    if (const auto problem = formats::read_text_file(file.string(), text))
        throw formats::FileError(file, problem->what);
    return text;
}

bool is_digest(const std::string& word) {
    return word.size() >= least_digits && word.size() <= 64 &&
           word.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_file(const std::string& word) {
    std::error_code none;
    return std::filesystem::is_regular_file(word, none);
}

/// All that it names, the newest first; at least one.
using Requests = std::vector<const formats::LoggedRequest*>;

Requests requests_of_file(const std::vector<formats::LoggedRequest>& log, const std::string& file) {
    if (kind_of(file) != "change") throw UsageError(file + " is no change file");
    std::string text;
    if (const auto problem = formats::read_text_file(file, text))
        throw formats::FileError(file, problem->what);
    const std::string sha256 = formats::sha256_hex(text);
    const auto change = formats::read_change_file(file).change;
    Requests found;
    const formats::LoggedRequest* same_name = nullptr;
    for (auto request = log.rbegin(); request != log.rend(); ++request) {
        if (request->request.change_sha256 == sha256) found.push_back(&*request);
        if (same_name == nullptr && change && request->request.change == change->name) same_name = &*request;
    }
    if (!found.empty()) return found;
    if (same_name != nullptr)
        throw formats::Unapproved(
            fmt::format("{} is not what was requested as {}: it has changed since; request it again "
                        "('understudy change request {}')",
                        file, same_name->digest.substr(0, 12), file));
    throw formats::Unapproved(
        fmt::format("{} has not been requested; 'understudy change request {}' does it", file, file));
}

Requests requests_named(const std::vector<formats::LoggedRequest>& log, const std::string& word) {
    if (is_file(word)) return requests_of_file(log, word);
    Requests found;
    for (auto request = log.rbegin(); request != log.rend(); ++request)
        // Names of changes are no digests (change_reader.h).
        if (is_digest(word) ? request->digest.starts_with(word) : request->request.change == word)
            found.push_back(&*request);
    if (found.empty())
        throw UsageError(
            fmt::format("there is no request '{}'; 'understudy change list --all' shows all", word));
    if (is_digest(word) && found.size() > 1)
        throw UsageError("several requests begin with " + word + "; give more of it");
    return found;
}

/// Those of the same change: of a file with the SQL that it has now, else as it was requested last.
void keep_one_change(Requests& named, const std::string& word) {
    std::string sha256 = named.front()->request.change_sha256, inputs = named.front()->request.inputs_sha256;
    if (is_file(word))
        if (const auto change = formats::read_change_file(word).change) {
            const std::string now = formats::sha256_of_inputs(inputs_of(*change, word));
            // Where none has it, what is wrong with the newest is told.
            if (std::any_of(named.begin(), named.end(),
                            [&](const auto* one) { return one->request.inputs_sha256 == now; }))
                inputs = now;
        }
    std::erase_if(named, [&](const auto* one) {
        return one->request.change_sha256 != sha256 || one->request.inputs_sha256 != inputs;
    });
}

/// Of a base that is named by a tag, or as the latest: that it is another version now, which differs in the present alone.
bool fits_its_base_now(formats::Store& store, const formats::Request& request, const ChangeInput& input) {
    if (!input.stored || formats::read_version_name(input.base_name).twin != request.twin) return false;
    const formats::Version base =
        store.find({request.twin, formats::VersionName::By::number, request.version, ""});
    return formats::made_of_latest(store.text_of(base), request.candidate, input.before) == input.after &&
           formats::sha256_of_inputs(input.inputs) == request.inputs_sha256;
}

/// Which of the files that its transformations read are others than those it was rehearsed with: "samples/t.csv has changed".
std::string moved_inputs(const formats::Request& request, const std::vector<formats::InputFile>& now) {
    std::vector<std::string> moved;
    const auto add = [&](const std::string& text) {
        if (std::find(moved.begin(), moved.end(), text) == moved.end()) moved.push_back(text);
    };
    for (const auto& [sha256, name] : request.inputs) {
        const auto found =
            std::find_if(now.begin(), now.end(), [&](const auto& one) { return one.name == name; });
        if (found == now.end())
            add(name + " is gone");
        else if (found->sha256 != sha256)
            add(name + " has changed");
    }
    for (const formats::InputFile& one : now)
        if (!request.inputs.empty() && std::none_of(request.inputs.begin(), request.inputs.end(),
                                                    [&](const auto& was) { return was.second == one.name; }))
            add(one.name + " is new");
    return models::listed(moved, 3);
}

std::string why_other_base(formats::Store& store, const formats::Request& request,
                           const std::optional<ChangeInput>& input, const std::string& file) {
    if (input && fits_its_base_now(store, request, *input)) return "";
    // Other SQL makes another candidate, and may make the base be written otherwise: it is told before these are.
    const auto change = formats::read_change_file(file).change;
    const auto inputs = change ? inputs_of(*change, file) : std::vector<formats::InputFile>();
    if (change && formats::sha256_of_inputs(inputs) != request.inputs_sha256) {
        const std::string moved = moved_inputs(request, inputs);
        return fmt::format(
            "{} was rehearsed with other SQL, or on other samples, than it names now{}; request it again",
            file, moved.empty() ? "" : ": " + moved);
    }
    const bool same = input && base_of_request(*input) == request.base &&
                      formats::sha256_hex(input->before) == request.baseline_sha256 &&
                      input->base_file_sha256 == request.baseline_file;
    if (!same) return fmt::format("{} was rehearsed on another base than it has now; request it again", file);
    if (input->after != request.candidate)
        return fmt::format(
            "{} becomes something else of its base than when it was rehearsed; request it again", file);
    return "";
}

}  // namespace

void add_policy_option(Options& options) {
    options.add()("policy", boost::program_options::value<std::string>()->value_name("FILE"),
                  "who has to approve what (default: policy.yaml of the project, if there is one)");
}

void warn_of_signers(const std::filesystem::path& file, formats::PolicyReading& reading) {
    if (!reading.policy) return;
    const std::string signers = text_of_signers(file.parent_path() / reading.signers);
    if (signers.empty()) return;
    const auto& people = reading.policy->people;
    for (std::size_t i = 0; i < people.size(); ++i)
        if (!formats::has_key(people[i].principal, signers))
            reading.diagnostics.warning(reading.people[i],
                                        fmt::format("'{}' has no key in {}, and can decide nothing",
                                                    people[i].principal, reading.signers),
                                        "a line there is: PRINCIPAL ssh-ed25519 KEY");
}

std::optional<formats::Rules> rules_from(const Options& options, const std::filesystem::path& project,
                                         MissingRules missing) {
    std::error_code none;
    formats::Rules rules;
    rules.build = UNDERSTUDY_VERSION;
    std::filesystem::path file = project / policy_file, signers = project / "allowed_signers";
    std::string policy_text;
    if (options.has("policy")) file = options.get<std::string>("policy");
    if (options.has("policy") || std::filesystem::exists(file, none)) {
        formats::PolicyReading reading =
            formats::read_policy_file(file.lexically_proximate(std::filesystem::current_path()).string());
        if (missing == MissingRules::said) warn_of_signers(file, reading);
        print_problems(reading.diagnostics);
        if (!reading.policy) return std::nullopt;
        rules.policy = std::move(*reading.policy);
        policy_text = reading.text;
        signers = file.parent_path() / reading.signers;
    } else if (missing == MissingRules::said) {
        fmt::print(
            stderr,
            "understudy: note: there is no {} in {}; one approval by somebody in allowed_signers there "
            "is enough\n",
            policy_file, project.string());
    }
    rules.signers = text_of_signers(signers);
    if (rules.signers.empty() && missing == MissingRules::said)
        fmt::print(stderr,
                   "understudy: note: there are no allowed signers in {}; each has a line there: PRINCIPAL "
                   "ssh-ed25519 KEY\n",
                   signers.string());
    rules.sha256 = formats::sha256_hex(formats::write_fields(
        "understudy rules 1", {{"policy", policy_text}, {"allowed signers", rules.signers}}));
    return rules;
}

NamedRequest request_in_force(formats::Store& store, const formats::Rules& rules, const std::string& word,
                              const std::filesystem::path& project, std::int64_t now) {
    const auto log = formats::read_change_log(store);
    Requests named = requests_named(log, word);
    keep_one_change(named, word);
    std::optional<ChangeInput> input;
    if (is_file(word)) input = read_change_input(word, "", project);
    const auto other_base = [&](const formats::LoggedRequest& request) {
        return is_file(word) ? why_other_base(store, request.request, input, word) : std::string();
    };
    if (named.size() == 1) return {*named.front(), other_base(*named.front())};
    const auto rank = [&](const formats::LoggedRequest& request) {
        using State = studies::Standing::State;
        const formats::JudgedRequest judged = formats::judge(store, request, rules, now);
        if (request.is_applied()) return 3;
        if (!request.deeds.empty() || !judged.void_because.empty() || !other_base(request).empty()) return 4;
        return judged.standing.state == State::approved ? 0 : judged.standing.state == State::waiting ? 1 : 2;
    };
    const formats::LoggedRequest* best = nullptr;
    int least = 0;
    for (const formats::LoggedRequest* one : named)
        if (const int here = rank(*one); best == nullptr || here < least) {
            best = one;
            least = here;
        }
    return {*best, other_base(*best)};
}

formats::LoggedRequest request_applied_last(formats::Store& store, const std::string& word) {
    const auto log = formats::read_change_log(store);
    const Requests named = requests_named(log, word);
    const auto when = [](const formats::LoggedRequest* request) {
        const std::int64_t last = request->deeds.empty() ? 0 : request->deeds.back().record.sequence;
        return std::pair(request->is_applied(), last);
    };
    return **std::max_element(named.begin(), named.end(),
                              [&](const auto* a, const auto* b) { return when(a) < when(b); });
}

const formats::LoggedRequest& request_with_digest(const std::vector<formats::LoggedRequest>& log,
                                                  const std::string& digest) {
    const auto found =
        std::find_if(log.begin(), log.end(), [&](const auto& one) { return one.digest == digest; });
    kernel::require(found != log.end(), "a request stays in the log");
    return *found;
}

void require_same_base(const NamedRequest& named) {
    if (!named.other_base.empty()) throw formats::Unapproved(named.other_base);
}

void require_not_void(const formats::JudgedRequest& judged) {
    if (judged.void_because.empty()) return;
    throw formats::Unapproved(fmt::format(
        "request {} of {} is void: {}; {}", judged.request.digest.substr(0, 12),
        judged.request.request.change, judged.void_because,
        judged.stale ? "set the latest version as its 'base', and request it again" : "request it again"));
}

std::string base_of_request(const ChangeInput& input) {
    return input.stored ? input.base_name : input.change.base;
}

Clock clock_now() {
    const char* const named = std::getenv("UNDERSTUDY_NOW");
    if (named == nullptr || *named == '\0') return {static_cast<std::int64_t>(std::time(nullptr)), ""};
    const auto seconds = formats::utc_seconds(named);
    if (!seconds)
        throw UsageError(
            fmt::format("UNDERSTUDY_NOW is an instant such as 2026-03-09T05:00:00Z, not '{}'", named));
    fmt::print(stderr, "understudy: note: it is taken to be {}, as UNDERSTUDY_NOW says\n", named);
    return {*seconds, named};
}

std::int64_t seconds_of(const formats::Signature& signature) {
    const auto seconds = formats::utc_seconds(signature.time);
    kernel::require(seconds.has_value(), "a signature has a time");
    return *seconds;
}

}  // namespace understudy::cli
