#include "tools/reports/rehearsal_checks.h"

#include <string>
#include <utility>

#include "tools/reports/accepted_text.h"
#include "tools/reports/summary.h"
#include "tools/studies/result.h"

namespace understudy::reports {

namespace {

using studies::Check;
using studies::Verdict;

Check check_of(const char* name, std::string about, Verdict verdict, const std::string& why) {
    Check check;
    check.name = name;
    check.about = std::move(about);
    check.status = verdict == Verdict::met ? Check::Status::passed : Check::Status::failed;
    check.message = studies::name_of(verdict);
    if (!why.empty()) check.message += ", " + why;
    return check;
}

/// What was found, and why that is not enough.
std::string found_and_why(const studies::Accepted& entry) {
    std::string text = found_text(entry);
    const std::string why = why_text(entry);
    if (text == "-" && !why.empty()) return why;
    return why.empty() ? text : text + "; " + why;
}

void add_accepted(const studies::RehearsalResult& result, studies::Checks& checks) {
    const std::string none = not_rehearsed_text(result);
    for (const studies::Accepted& entry : result.accepted) {
        const bool is_increase = entry.kind == studies::Accepted::Kind::increase;
        std::string about = entry.text;
        if (!result.stress.empty()) about += " under " + result.stress;
        checks.push_back(check_of(is_increase ? "increase" : "objective", std::move(about), entry.verdict,
                                  none.empty() ? found_and_why(entry) : none));
    }
    for (const studies::RehearsalResult& stress : result.stresses) add_accepted(stress, checks);
}

void add_rollout(const studies::RehearsalResult& result, studies::Checks& checks) {
    if (result.canary)
        checks.push_back(check_of("rollout", result.stress.empty() ? "" : "under " + result.stress,
                                  result.canary->verdict, result.canary->why));
    for (const studies::RehearsalResult& stress : result.stresses) add_rollout(stress, checks);
}

}  // namespace

studies::Checks rehearsal_checks(const studies::RehearsalResult& result) {
    studies::Checks checks;
    add_accepted(result, checks);
    add_rollout(result, checks);
    if (result.rollback)
        checks.push_back(check_of("rollback", "", result.rollback->verdict, result.rollback->why));
    // What is not judged entry by entry, as a run that could not go on.
    if (result.interrupted)
        checks.push_back(check_of("rehearsal", "", Verdict::inconclusive, "interrupted: run it again"));
    else if (result.verdict != Verdict::met && !studies::has_failed(checks))
        checks.push_back(check_of("rehearsal", "", result.verdict, reason_words(result.reason)));
    for (const std::string& warning : result.warnings) {
        Check check;
        check.name = "warning";
        check.status = Check::Status::warned;
        check.message = warning;
        checks.push_back(std::move(check));
    }
    return checks;
}

}  // namespace understudy::reports
