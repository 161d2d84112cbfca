// understudy change apply, rollback: an approved change becomes the next version of its twin, and is taken back by a
// further one.
#include <fmt/core.h>
#include <fmt/format.h>

#include "kernel/invariant.h"
#include "tools/cli/change.h"
#include "tools/cli/change_policy.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/json/approval_json.h"
#include "tools/formats/store/present.h"
#include "tools/formats/store/store_place.h"
#include "tools/reports/approval_report.h"

namespace understudy::cli {

namespace {

struct Asked {
    std::string word;
    formats::Signature signature;
    std::filesystem::path folder, project;
    formats::Rules rules;
    bool json = false;
};

void add_options(Options& options) {
    options.positional("request", 1, "a request by its digest or its change's name, or a change file");
    add_policy_option(options);
    add_signature_options(options);
    add_store_options(options);
}

std::optional<Asked> asked_for(const Options& options, const char* verb) {
    if (!options.has("request"))
        throw UsageError(fmt::format("change {} needs a request or a change file", verb));
    Asked asked;
    asked.word = options.get<std::string>("request");
    asked.signature = signature_from(options);
    asked.folder = store_folder_from(options);
    asked.project = formats::project_of(asked.folder);
    auto rules = rules_from(options, asked.project);
    if (!rules) return std::nullopt;
    asked.rules = std::move(*rules);
    asked.json = options.has("json");
    return asked;
}

/// `first`: what there is to say before the report.
void tell(formats::Store& store, const Asked& asked, const std::string& digest, bool added,
          const std::string& first = "") {
    const formats::JudgedRequest judged =
        formats::judge(store, request_with_digest(formats::read_change_log(store), digest), asked.rules,
                       seconds_of(asked.signature));
    if (asked.json)
        fmt::print("{}", formats::request_as_json(judged, added));
    else
        fmt::print("{}{}", first.empty() ? "" : first + "\n", reports::request_report(judged));
}

/// Unapproved with all that is missing; false where it has been rejected, which is said.
bool is_approved(const formats::JudgedRequest& judged) {
    const std::string name =
        fmt::format("request {} of {}", judged.request.digest.substr(0, 12), judged.request.request.change);
    require_not_void(judged);
    if (judged.standing.state == studies::Standing::State::rejected) {
        fmt::print(stderr, "understudy: error: {} is rejected: {}\n", name,
                   fmt::join(judged.standing.missing, "; "));
        return false;
    }
    if (judged.standing.state != studies::Standing::State::approved)
        throw formats::Unapproved(
            fmt::format("{} is not approved: {}", name, fmt::join(judged.standing.missing, "; ")));
    if (judged.frozen)
        throw formats::Unapproved(fmt::format("{} is approved, but nothing is applied until {}: {}", name,
                                              formats::utc_text(judged.frozen->until), judged.frozen->name));
    return true;
}

formats::Version numbered(formats::Store& store, const std::string& twin, std::int64_t number) {
    return store.find({twin, formats::VersionName::By::number, number, ""});
}

}  // namespace

int change_apply(const Arguments& arguments) {
    Options options(change_command_named("apply"));
    options.add()("check", "say whether it would be applied, and do nothing");
    add_options(options);
    if (!options.parse(arguments)) return exit_met;
    const auto asked = asked_for(options, "apply");
    if (!asked) return exit_usage;
    const bool check = options.has("check");
    formats::Store store(asked->folder, formats::Store::Access::writing);
    // Nobody decides, applies or updates in between.
    formats::Transaction all(store.database(), formats::Transaction::Kind::writing);
    const Clock clock = clock_now();
    const NamedRequest named = request_in_force(store, asked->rules, asked->word, asked->project, clock.now);
    const formats::LoggedRequest& request = named.request;
    if (request.is_applied()) {
        tell(store, *asked, request.digest, false, "Nothing new: it has been applied.");
        return exit_met;
    }
    if (!request.deeds.empty())
        throw formats::Unapproved(fmt::format(
            "{} was applied and rolled back; set the latest version as its 'base', and request it again",
            request.request.change));
    if (request.request.twin.empty() && !std::filesystem::is_regular_file(asked->word))
        throw UsageError(
            fmt::format("the base of {} is a file, which may have changed: give the change file itself",
                        request.request.change));
    require_same_base(named);
    if (!is_approved(formats::judge(store, request, asked->rules, clock.now))) return exit_violated;
    if (request.request.twin.empty() && !check)
        throw UsageError(fmt::format(
            "the base of {} is a file, and no version of a twin can be made of it; 'understudy twin create "
            "NAME {}' keeps it as one, and 'base: NAME@1' names it. --check says whether it is approved",
            request.request.change, request.request.base));
    std::string first = check ? "It would be applied." : "";
    if (!check) {
        formats::Signature signature = asked->signature;
        if (signature.reason.empty()) signature.reason = request.record.reason;
        const formats::Version latest = store.twin(request.request.twin).latest;
        const auto text = formats::made_of_latest(
            store.text_of(numbered(store, request.request.twin, request.request.version)),
            request.request.candidate, store.text_of(latest));
        kernel::require(text.has_value(), "a request that is not void fits the latest version");
        const formats::Committed committed =
            store.commit(request.request.twin, *text, request.change_text, latest.number, signature);
        formats::log_deed(store, request, "apply", committed.version.number, signature, clock.said);
        all.commit();
        if (latest.number != request.request.version)
            first = fmt::format("{} goes on from the state of {}.",
                                formats::version_text(latest.twin, committed.version.number),
                                formats::version_text(latest.twin, latest.number));
    }
    tell(store, *asked, request.digest, !check, first);
    return exit_met;
}

int change_rollback(const Arguments& arguments) {
    Options options(change_command_named("rollback"));
    add_options(options);
    if (!options.parse(arguments)) return exit_met;
    const auto asked = asked_for(options, "rollback");
    if (!asked) return exit_usage;
    formats::Store store(asked->folder, formats::Store::Access::writing);
    formats::Transaction all(store.database(), formats::Transaction::Kind::writing);
    const formats::LoggedRequest request = request_applied_last(store, asked->word);
    if (request.deeds.empty())
        throw UsageError(request.request.change + " has not been applied; there is nothing to take back");
    if (!request.is_applied()) {
        tell(store, *asked, request.digest, false, "Nothing new: it has been taken back.");
        return exit_met;
    }
    const std::string& twin = request.request.twin;
    const formats::Version latest = store.twin(twin).latest;
    const std::int64_t made = request.deeds.back().record.version;
    const std::string before = store.text_of(numbered(store, request.request.twin, request.request.version)),
                      applied = store.text_of(numbered(store, twin, made)), now = store.text_of(latest);
    // The present stays, unless it is what the change has moved.
    const bool stays = !formats::moves_the_present(before, request.request.candidate);
    if (latest.number != made && !(stays && formats::same_but_for_the_present(applied, now)))
        throw formats::StaleBase(
            fmt::format("{} is not the latest version any more: {} is, and would be lost; what moved: {}",
                        formats::version_text(twin, made), formats::version_text(twin, latest.number),
                        formats::what_moved(applied, now)));
    const std::string text = stays ? formats::with_present_of(before, now) : before;
    const formats::Committed committed = store.commit(twin, text, "", latest.number, asked->signature);
    formats::log_deed(store, request, "rollback", committed.version.number, asked->signature);
    all.commit();
    tell(store, *asked, request.digest, true);
    return exit_met;
}

}  // namespace understudy::cli
