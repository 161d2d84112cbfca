// understudy change list, log, attest: what is open, what was done, and its proof.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "tools/cli/change.h"
#include "tools/cli/change_policy.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/twin.h"
#include "tools/formats/approval/attestation.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/approval_json.h"
#include "tools/formats/store/store_check.h"
#include "tools/formats/store/store_place.h"
#include "tools/reports/approval_report.h"

namespace understudy::cli {

namespace {

std::vector<formats::JudgedRequest> judged_requests(const std::filesystem::path& folder,
                                                    const formats::Rules& rules, std::int64_t now) {
    formats::Store store(folder, formats::Store::Access::reading);
    const formats::Transaction one_state(store.database(), formats::Transaction::Kind::reading);
    std::vector<formats::JudgedRequest> all;
    for (formats::LoggedRequest& request : formats::read_change_log(store))
        all.push_back(formats::judge(store, std::move(request), rules, now));
    return all;
}

bool is_open(const formats::JudgedRequest& request) {
    const std::string state = request.state();
    return state == "waiting" || state == "approved";
}

/// Of signatures by keys that are allowed no more it can only be said that they are some.
void check_signatures(formats::CheckedLog& log) {
    for (const formats::JudgedRequest& judged : log.requests)
        for (std::size_t i = 0; i < judged.signatures.size(); ++i) {
            if (judged.signatures[i].good) continue;
            const formats::LoggedDecision& one = judged.request.decisions[i];
            const std::string what =
                fmt::format("record {} ({} by {})", one.record.sequence, one.record.action, one.decision.by);
            // Where the key is known, what is wrong is something else.
            if (!judged.signatures[i].key.empty())
                log.notes.push_back(fmt::format("{}: signed, but {}", what, judged.signatures[i].why));
            else if (formats::is_signature_of(one.text.statement, one.text.signature))
                log.notes.push_back(fmt::format("{}: signed, but not by a key that is allowed now", what));
            else
                log.problems.push_back(fmt::format("{}: its signature is of another text", what));
        }
}

/// What went by another clock than the machine's: an approval may have expired when it was applied, and nobody can tell.
void tell_of_clocks(formats::CheckedLog& log) {
    const auto tell = [&](const formats::Record& record, const std::string& clock) {
        if (!clock.empty())
            log.notes.push_back(
                fmt::format("record {} ({} by {}): it was taken to be {}, as UNDERSTUDY_NOW said",
                            record.sequence, record.action, record.author, clock));
    };
    for (const formats::JudgedRequest& judged : log.requests) {
        for (const formats::LoggedDecision& one : judged.request.decisions) tell(one.record, one.text.clock);
        for (const formats::LoggedDeed& one : judged.request.deeds) tell(one.record, one.clock);
    }
}

/// Each decision and its signature as files, for ssh-keygen -Y verify.
void write_signatures(const formats::CheckedLog& log, const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    for (const formats::LogEntry& entry : formats::entries_of(log.requests)) {
        if (entry.decision == nullptr) continue;
        const std::string name = fmt::format("{}-{}", entry.record->sequence, entry.record->action);
        formats::write_file(folder / (name + ".txt"), entry.decision->text.statement);
        formats::write_file(folder / (name + ".txt.sig"), entry.decision->text.signature);
    }
}

}  // namespace

int change_list(const Arguments& arguments) {
    Options options(change_command_named("list"));
    options.add()("all", "those as well that are applied, rejected or void");
    add_policy_option(options);
    options.add()("time", boost::program_options::value<std::string>()->value_name("TIME"),
                  "as of when, in UTC (default: SOURCE_DATE_EPOCH, or now)");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    const std::int64_t now = seconds_of(signature_from(options));
    const std::filesystem::path folder = store_folder_from(options);
    const auto rules = rules_from(options, formats::project_of(folder));
    if (!rules) return exit_usage;
    auto requests = judged_requests(folder, *rules, now);
    if (!options.has("all"))
        std::erase_if(requests, [](const formats::JudgedRequest& request) { return !is_open(request); });
    fmt::print("{}", options.has("json") ? formats::requests_as_json(requests)
                                         : reports::request_list(requests, terminal_width()));
    return exit_met;
}

int change_log(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("log"));
    options.positional("request", 1,
                       "only of this request, by its digest or its change's name, or of a change file");
    options.add()("verify",
                  "prove that no entry was removed, altered or reordered, and check every signature");
    options.add()("record", po::value<std::string>()->value_name("HASH"),
                  "and that this record, which --verify has shown before, is still part of it");
    options.add()("signatures", po::value<std::string>()->value_name("FOLDER"),
                  "write each decision and its signature there, for ssh-keygen -Y verify");
    add_policy_option(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    const std::filesystem::path folder = store_folder_from(options);
    formats::CheckedLog log;
    log.verified = options.has("verify") || options.has("record");
    if (log.verified) {
        // First, since nothing can be read from a file that is damaged.
        formats::StoreCheck check = formats::check_store(folder);
        if (options.has("record")) formats::look_for_record(check, record_hash_from(options));
        log.problems = check.problems;
        log.head = check.head;
        if (log.problems.empty()) {
            formats::Store store(folder, formats::Store::Access::reading);
            const formats::Transaction one_state(store.database(), formats::Transaction::Kind::reading);
            log.problems = formats::problems_in_change_log(store);
        }
    }
    if (log.problems.empty()) {
        const auto rules = rules_from(options, formats::project_of(folder));
        if (!rules) return exit_usage;
        const std::int64_t now = seconds_of(signature_from(options));
        log.requests = judged_requests(folder, *rules, now);
        if (log.verified) {
            check_signatures(log);
            tell_of_clocks(log);
        }
        if (options.has("request")) {
            formats::Store store(folder, formats::Store::Access::reading);
            const std::string digest = request_in_force(store, *rules, options.get<std::string>("request"),
                                                        formats::project_of(folder), now)
                                           .request.digest;
            std::erase_if(log.requests, [&](const auto& one) { return one.request.digest != digest; });
        }
    }
    if (options.has("signatures")) write_signatures(log, options.get<std::string>("signatures"));
    fmt::print("{}", options.has("json") ? formats::log_as_json(log)
                                         : reports::change_log_report(log, terminal_width()));
    for (const std::string& note : log.notes) fmt::print(stderr, "understudy: note: {}\n", note);
    for (const std::string& problem : log.problems)
        fmt::print(stderr, "{}: error: {}\n", (folder / formats::store_file).string(), problem);
    return log.problems.empty() ? exit_met : exit_usage;
}

int change_attest(const Arguments& arguments) {
    Options options(change_command_named("attest"));
    options.positional("request", 1, "a request by its digest or its change's name, or a change file");
    options.add()("out,o", boost::program_options::value<std::string>()->value_name("FILE"),
                  "write it there instead of printing it");
    add_store_options(options, false);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("request")) throw UsageError("change attest needs a request or a change file");
    const std::string& word = options.get<std::string>("request");
    if (options.has("out"))
        require_replaceable(options.get<std::string>("out"), OutputKind::statement, {word});
    const std::filesystem::path folder = store_folder_from(options), project = formats::project_of(folder);
    const auto rules = rules_from(options, project);
    if (!rules) return exit_usage;
    formats::Store store(folder, formats::Store::Access::reading);
    const std::string text = formats::attestation_of(
        request_in_force(store, *rules, word, project, seconds_of(signature_from(options))).request);
    if (options.has("out"))
        formats::write_file(options.get<std::string>("out"), text);
    else
        fmt::print("{}", text);
    return exit_met;
}

}  // namespace understudy::cli
