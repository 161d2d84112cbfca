#include "tools/formats/checks/rehearsal_checks.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "tools/studies/result.h"

namespace understudy::formats {

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

/// "0.12 s (0.1 to 0.14)" in the unit of the result, for whoever reads it there.
std::string seen(const studies::Accepted& entry) {
    if (!entry.estimate.value) return entry.explanation;
    std::string text = fmt::format("{:.6g}", *entry.estimate.value);
    if (entry.estimate.low)
        text += fmt::format(" ({:.6g} to {:.6g})", *entry.estimate.low, *entry.estimate.high);
    if (!entry.unit.empty()) text += " " + entry.unit;
    return entry.explanation.empty() ? text : text + "; " + entry.explanation;
}

void add_accepted(const studies::RehearsalResult& result, studies::Checks& checks) {
    for (const studies::Accepted& entry : result.accepted) {
        const bool is_increase = entry.kind == studies::Accepted::Kind::increase;
        constexpr std::string_view word = "increase ";
        // The name of the check has the word.
        std::string about =
            is_increase && entry.text.starts_with(word) ? entry.text.substr(word.size()) : entry.text;
        if (!result.stress.empty()) about += " under " + result.stress;
        checks.push_back(
            check_of(is_increase ? "increase" : "objective", std::move(about), entry.verdict, seen(entry)));
    }
    for (const studies::RehearsalResult& stress : result.stresses) add_accepted(stress, checks);
}

}  // namespace

studies::Checks rehearsal_checks(const studies::RehearsalResult& result) {
    studies::Checks checks;
    add_accepted(result, checks);
    if (result.canary) checks.push_back(check_of("rollout", "", result.canary->verdict, result.canary->why));
    if (result.rollback)
        checks.push_back(check_of("rollback", "", result.rollback->verdict, result.rollback->why));
    // What is not judged entry by entry, as a run that could not go on.
    if (result.verdict != Verdict::met && !studies::has_failed(checks))
        checks.push_back(check_of("rehearsal", "", result.verdict, studies::name_of(result.reason)));
    return checks;
}

}  // namespace understudy::formats
