#include "tools/reports/approval_report.h"

#include <fmt/format.h>

#include "tools/formats/printable.h"
#include "tools/reports/difference_text.h"
#include "tools/reports/table.h"
#include "tools/reports/twin_report.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

/// As many digits of a digest as people are shown; any eight or more are understood.
constexpr std::size_t short_digest = 12;

std::string shown_verdict(const formats::Request& request) {
    return request.judged() || request.verdict != studies::name_of(studies::Verdict::met) ? request.verdict
                                                                                          : "nothing judged";
}

/// What one more approval can bring about, and what it cannot.
std::string next_of_waiting(const formats::JudgedRequest& judged, const std::string& id) {
    if (!judged.standing.unmet.empty())
        return "Next: put into the change what its policy asks for, and request it again; no approval makes "
               "up for that";
    if (!judged.request.request.judged())
        return "Next: say what has to hold ('accept'), and request it again; or approve it with --override "
               "--reason TEXT";
    if (studies::needs_override(judged.request.facts()))
        return "Next: change it, and request it again; or approve it with --override --reason TEXT";
    return fmt::format("Next: understudy change approve {} --key FILE", id);
}

std::string next_step(const formats::JudgedRequest& judged) {
    const std::string id = judged.request.digest.substr(0, short_digest), state = judged.state();
    if (state == "waiting") return next_of_waiting(judged, id);
    if (state == "approved" && judged.request.request.twin.empty())
        return "Next: bring it in; its base is a file, and no version of a twin is made of it";
    if (state == "approved") return fmt::format("Next: understudy change apply {}", id);
    if (state == "applied")
        return fmt::format("Next: understudy change rollback {}, should it be taken back", id);
    if (state == "void" && judged.stale)
        return "Next: set the latest version as the 'base' of the change, and request it again";
    if (state == "void") return "Next: request it again";
    if (state == "rolled back")
        return "Next: set the latest version as the 'base' of the change, should it be requested again";
    return "Next: change it, and request it again";
}

}  // namespace

std::string request_report(const formats::JudgedRequest& judged) {
    const formats::Request& request = judged.request.request;
    const formats::Record& record = judged.request.record;
    std::string text = fmt::format("{}: {}\n", request.change, judged.state());
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty()) text += fmt::format("  {:<10} {}\n", name, formats::printable(value));
    };
    line("request", judged.request.digest);
    line("base", request.base);
    line("kinds", request.kinds);
    line("author", request.author);
    line("requested", fmt::format("{} by {}", record.time, record.author));
    line("reason", record.reason);
    line("policy", request.policy.empty() ? "none: one approval by an allowed signer" : request.policy);
    line("rehearsal", fmt::format("{}, {} replications of each, seed {}, version {}", shown_verdict(request),
                                  request.replications, request.seed, request.build));
    line("risk", fmt::format("{:.0f} of 625", request.risk));
    if (const std::string why = formats::credible_because(request); !why.empty())
        line("credible", "OVERRIDE of the twin's error: " + why);
    if (judged.differences)
        text += "\n" + twin_differences(request.base, request.change, *judged.differences);
    text +=
        request.judged() ? "\nAccepted is\n" : "\nNothing was to be accepted, so that nothing was judged\n";
    for (const formats::FoundEntry& entry : formats::found_in(request)) {
        text += fmt::format("  {:<12}  {}\n", entry.verdict, formats::printable(entry.text));
        const studies::Estimate& estimate = entry.estimate;
        if (estimate.value)
            text += fmt::format(
                "                {}\n",
                entry.relative   ? relative_difference_text(*estimate.value, estimate.low, estimate.high)
                : entry.increase ? difference_text(*estimate.value, estimate.low, estimate.high, entry.unit)
                                 : with_interval(entry.estimate, entry.unit));
    }
    for (const auto& [verdict, what] : request.rehearsed)
        text += fmt::format("  {:<12}  {}\n", verdict, formats::printable(what));
    if (!request.findings.empty()) {
        text += "\nFound without a simulation\n";
        for (const auto& [status, found] : request.findings)
            text += fmt::format("  {:<12}  {}\n", status, formats::printable(found));
    }
    if (!judged.void_because.empty()) text += fmt::format("\nVoid: {}\n", judged.void_because);
    text += "\nApprovals\n";
    for (const studies::Requirement& one : judged.standing.requirements)
        text += fmt::format("  {} of {}{}, rule {}{}{}\n", one.by.size(), one.needed,
                            one.role.empty() ? "" : " of role " + one.role, one.rule,
                            one.by.empty() ? "" : ": ", fmt::join(one.by, ", "));
    for (std::size_t i = 0; i < judged.request.decisions.size(); ++i) {
        const formats::LoggedDecision& one = judged.request.decisions[i];
        const studies::Decision& decision = one.decision;
        text += fmt::format("  {} {} by {}", one.record.time,
                            one.record.action == "approve" ? "approved" : "rejected",
                            formats::printable(decision.by));
        if (one.record.action == "approve" && decision.until)
            text += ", until " + formats::utc_text(*decision.until);
        text += "\n";
        if (decision.overrides)
            text +=
                fmt::format("      OVERRIDE, although {}\n",
                            formats::printable(
                                studies::needs_override(judged.request.facts()).value_or("nothing failed")));
        if (!decision.reason.empty()) text += fmt::format("      {}\n", formats::printable(decision.reason));
        text += fmt::format("      {}\n", judged.signatures[i].good
                                              ? "signed by " + judged.signatures[i].key
                                              : "does not count: " + judged.signatures[i].why);
    }
    if (judged.request.deeds.empty())
        for (const std::string& missing : judged.standing.missing)
            text += fmt::format("  missing: {}\n", missing);
    for (const formats::LoggedDeed& one : judged.request.deeds) {
        const formats::Record& deed = one.record;
        text += fmt::format("  {} {} as {} by {}\n", deed.time,
                            deed.action == "apply" ? "applied" : "rolled back",
                            formats::version_text(deed.twin, deed.version), formats::printable(deed.author));
    }
    if (judged.frozen)
        text += fmt::format("\nFrozen: {}, until {}; nothing is applied\n", judged.frozen->name,
                            formats::utc_text(judged.frozen->until));
    return text + next_step(judged) + "\n";
}

std::string request_list(const std::vector<formats::JudgedRequest>& requests, int width) {
    if (requests.empty()) return "no open requests\n";
    std::vector<std::vector<std::string>> rows = {
        {"request", "change", "base", "state", "verdict", "requested"}};
    for (const formats::JudgedRequest& judged : requests)
        rows.push_back({judged.request.digest.substr(0, short_digest), judged.request.request.change,
                        judged.request.request.base, judged.state(), shown_verdict(judged.request.request),
                        judged.request.record.time});
    return table(rows, width);
}

std::string change_log_report(const formats::CheckedLog& log, int width) {
    const auto entries = formats::entries_of(log.requests);
    std::string text;
    if (!entries.empty()) {
        std::vector<std::vector<std::string>> rows = {{"change", "what", "version", "request", "by", "time"}};
        for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
            const formats::Record& record = *entry->record;
            const bool overrides = entry->decision != nullptr && entry->decision->decision.overrides;
            rows.push_back({entry->request->request.request.change, overrides ? "OVERRIDE" : record.action,
                            record.version > 0 ? formats::version_text(record.twin, record.version) : "-",
                            entry->request->request.digest.substr(0, 8),
                            formats::printable(entry->decision != nullptr ? entry->decision->decision.by
                                                                          : record.author),
                            record.time.substr(0, 16) + "Z"});
        }
        text = table(rows, width);
    } else if (log.problems.empty()) {
        text = "no changes were requested\n";
    }
    if (!log.verified || !log.problems.empty()) return text;
    return text + fmt::format("\nok: {} {}, every record and signature as written\nlast record {}\n",
                              entries.size(), entries.size() == 1 ? "entry" : "entries",
                              log.head.empty() ? "none" : log.head);
}

}  // namespace understudy::reports
