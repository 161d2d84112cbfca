// understudy change approve, reject: a decision on a request, signed by who makes it.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tools/cli/change.h"
#include "tools/cli/change_policy.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/approval_json.h"
#include "tools/formats/store/store_place.h"
#include "tools/reports/approval_report.h"

namespace understudy::cli {

namespace {

using studies::Decision;

/// The key, or its public half where an agent has it; FileError where there is neither.
void require_key(const std::string& key) {
    std::error_code none;
    if (!std::filesystem::exists(key, none) && !std::filesystem::exists(key + ".pub", none))
        throw formats::FileError(key, "no such file");
}

/// --author, else whose key it is, else UNDERSTUDY_AUTHOR.
std::string who_decides(const Options& options, const std::string& key, const formats::Rules& rules) {
    if (options.has("author")) return options.get<std::string>("author");
    const formats::KeyOwner owner = formats::owner_of(key, rules.signers);
    if (owner.principal) return *owner.principal;
    if (owner.other_kind) throw formats::Unapproved(fmt::format("{}: {}", key, owner.why));
    if (const char* named = std::getenv("UNDERSTUDY_AUTHOR"); named != nullptr && *named != '\0')
        return named;
    throw formats::Unapproved(fmt::format("{}: {}; --author says whose it is", key, owner.why));
}

/// The same as the last that this person has decided, and still so.
bool is_decided(const formats::JudgedRequest& judged, const Decision& decision) {
    const auto& all = judged.request.decisions;
    const auto last = std::find_if(all.rbegin(), all.rend(), [&](const formats::LoggedDecision& one) {
        return one.decision.by == decision.by;
    });
    if (last == all.rend() || last->decision.kind != decision.kind ||
        last->decision.overrides != decision.overrides)
        return false;
    const auto index = static_cast<std::size_t>(all.rend() - last) - 1;
    // Another reason is news, and so is an approval that holds for a day longer or more.
    if (last->decision.reason != decision.reason && !decision.reason.empty()) return false;
    constexpr std::int64_t day = 86'400;
    const auto& until = last->decision.until;
    return judged.signatures[index].good &&
           (!until || (decision.until && *decision.until<*until + day&& * until> decision.at));
}

int decide(const Arguments& arguments, Decision::Kind kind) {
    namespace po = boost::program_options;
    const bool approve = kind == Decision::Kind::approve;
    const char* const verb = approve ? "approve" : "reject";
    Options options(change_command_named(verb));
    options.positional("request", 1, "a request by its digest or its change's name, or a change file");
    options.add()("key", po::value<std::string>()->value_name("FILE"),
                  "Ed25519 key that signs, as for ssh-keygen -Y sign");
    if (approve)
        options.add()(
            "override",
            "of a rehearsal that was not met or checks that failed; needs --reason, is never forgotten");
    add_policy_option(options);
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("request"))
        throw UsageError(fmt::format("change {} needs a request or a change file", verb));
    if (!options.has("key"))
        throw UsageError(fmt::format("change {} needs --key FILE, which signs it", verb));
    const std::string& word = options.get<std::string>("request");
    const std::string& key = options.get<std::string>("key");
    require_key(key);
    formats::Signature signature = signature_from(options);
    const std::filesystem::path folder = store_folder_from(options), project = formats::project_of(folder);
    const auto rules = rules_from(options, project);
    if (!rules) return exit_usage;
    formats::Store store(folder, formats::Store::Access::writing);

    Decision decision;
    decision.kind = kind;
    decision.by = signature.author = who_decides(options, key, *rules);
    decision.at = seconds_of(signature);
    decision.reason = signature.reason;
    decision.overrides = approve && options.has("override");
    if (approve && rules->policy.expiry)
        decision.until = decision.at + *rules->policy.expiry / kernel::second;
    const NamedRequest named = request_in_force(store, *rules, word, project, decision.at);
    const formats::LoggedRequest& request = named.request;
    if (approve) require_same_base(named);
    const formats::JudgedRequest before = formats::judge(store, request, *rules, decision.at);
    if (approve) require_not_void(before);
    const studies::RequestFacts facts = request.facts();
    if (decision.overrides && !studies::needs_override(facts))
        throw UsageError("there is nothing to override: the rehearsal is met, and no check failed");
    // Else it would count from some day on, whatever was said until then.
    const Clock clock = clock_now();
    if (decision.at > clock.now) throw formats::Unapproved("the decision is dated after now");
    if (const auto why = studies::refusal(rules->policy, facts, decision)) throw formats::Unapproved(*why);

    bool added = false;
    if (!is_decided(before, decision)) {
        formats::SignedDecision text;
        text.clock = clock.said;
        text.statement = formats::write_decision(request.digest, decision);
        text.signature = formats::sign(text.statement, key);
        const auto check = formats::check_signature(text.statement, text.signature, rules->signers,
                                                    decision.by, decision.at);
        if (!check.good) throw formats::Unapproved(fmt::format("{} is refused: {}", key, check.why));
        if (const auto why =
                approve ? formats::why_no_approval_by_key(facts, check.key, rules->signers) : std::nullopt)
            throw formats::Unapproved(fmt::format("{} is refused: {}", key, *why));
        // Nobody else decides from here on; what somebody has decided while this was signed counts.
        formats::Transaction all(store.database(), formats::Transaction::Kind::writing);
        const formats::JudgedRequest present = formats::judge(
            store, request_with_digest(formats::read_change_log(store), request.digest), *rules, decision.at);
        if (approve) require_not_void(present);
        for (std::size_t i = 0; i < present.signatures.size(); ++i)
            if (present.signatures[i].good && present.signatures[i].key == check.key &&
                present.request.decisions[i].decision.by != decision.by)
                throw formats::Unapproved(fmt::format("{} is refused: the same key has decided as {}", key,
                                                      present.request.decisions[i].decision.by));
        if (!is_decided(present, decision)) {
            formats::log_decision(store, present.request, text, signature);
            all.commit();
            added = true;
        }
    }
    const formats::JudgedRequest judged = formats::judge(
        store, request_with_digest(formats::read_change_log(store), request.digest), *rules, decision.at);
    if (options.has("json"))
        fmt::print("{}", formats::request_as_json(judged, added));
    else
        fmt::print("{}{}", added ? "" : "Nothing new: it was decided so before.\n",
                   reports::request_report(judged));
    return exit_met;
}

}  // namespace

int change_approve(const Arguments& arguments) { return decide(arguments, Decision::Kind::approve); }

int change_reject(const Arguments& arguments) { return decide(arguments, Decision::Kind::reject); }

}  // namespace understudy::cli
