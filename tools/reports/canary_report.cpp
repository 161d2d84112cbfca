#include "tools/reports/canary_report.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "tools/reports/difference_text.h"
#include "tools/reports/numbers.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

using studies::CanaryResult;
using Case = CanaryResult::Case;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 < words.size() ? ", " : " and ") + words[i];
    return text;
}

std::string steps_text(const CanaryResult& result) {
    const std::string to = "to a second " + joined(result.stages);
    if (result.all_at_once)
        return fmt::format("all items go {} after {}, both sides with all their workers", to,
                           human(result.goes_in_s, "s"));
    std::vector<std::string> shares;
    for (const double share : result.shares) shares.push_back(human(share, "fraction"));
    std::string text =
        fmt::format("from {} on {} of the items go {}", human(result.goes_in_s, "s"), joined(shares), to);
    if (result.bake_s)
        text += fmt::format(", {}{}", human(*result.bake_s, "s"), result.shares.size() > 1 ? " each" : "");
    text += result.by_key ? "; told apart by key" : "; told apart at random";
    return text;
}

std::string sides_text(const CanaryResult& result) {
    std::string text;
    if (!result.shared.empty()) text = "both sides share " + joined(result.shared);
    if (!result.all_at_once && !result.uncounted.empty())
        text +=
            (text.empty() ? "" : "; ") + joined(result.uncounted) + " brings all its workers at any share";
    return text;
}

/// How it is looked at within a bake, and how long stopping takes; empty: as each bake ends, and at once.
std::string rule_text(const CanaryResult& result) {
    std::vector<std::string> parts;
    if (result.check_every_s) {
        std::string text = fmt::format("checked every {}", human(*result.check_every_s, "s"));
        std::vector<std::string> stops;
        if (result.check_failures)
            stops.push_back(fmt::format("{} failed check{} of a guard", *result.check_failures,
                                        *result.check_failures == 1 ? "" : "s"));
        if (result.check_in_a_row) stops.push_back(fmt::format("{} in a row", *result.check_in_a_row));
        parts.push_back(text + ": " + stops.front() + (stops.size() > 1 ? ", or " + stops.back() + "," : "") +
                        (result.check_failures == 1 && stops.size() == 1 ? " stops it" : " stop it"));
    }
    std::vector<std::string> takes;
    if (!result.detect.empty()) takes.push_back(result.detect + " to detect");
    if (!result.decide.empty()) takes.push_back(result.decide + " to decide");
    if (!result.abort.empty()) takes.push_back(result.abort + " to abort");
    if (!takes.empty()) parts.push_back("stopping takes " + joined(takes));
    return parts.empty() ? "" : parts.size() == 1 ? parts[0] : parts[0] + "; " + parts[1];
}

/// "12 at 5 %, 3 at 25 %".
std::string where_text(const CanaryResult& result, const Case& one) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < one.stopped_at.size(); ++i)
        if (one.stopped_at[i] > 0)
            parts.push_back(fmt::format("{} at {}", one.stopped_at[i], human(result.shares[i], "fraction")));
    return joined(parts);
}

void put_case(Page& page, const CanaryResult& result, const Case& one) {
    const std::string indent(16, ' ');
    // Not wrapped behind it: the width of a word in colour is not that of its letters.
    page.line("  " + page.verdict(one.verdict, 14) + canary_promise_text(one));
    if (!one.text.empty()) page.wrapped(indent, one.text);
    page.wrapped(indent, canary_found_text(one));
    for (const std::string& text : canary_case_texts(result, one)) {
        const std::size_t deeper = text.find_first_not_of(' ');
        page.wrapped(indent + text.substr(0, deeper), text.substr(deeper));
    }
}

}  // namespace

std::vector<std::string> canary_plan_texts(const CanaryResult& result) {
    std::vector<std::string> texts = {steps_text(result), rule_text(result), sides_text(result)};
    std::erase(texts, "");
    return texts;
}

std::string canary_promise_text(const Case& one) {
    const std::string limit = studies::percent(one.limit);
    switch (one.kind) {
        case Case::Kind::same: return "stops a candidate that is what is there in less than " + limit;
        case Case::Kind::change: return "stops the change as it is in less than " + limit;
        case Case::Kind::bad: return "lets a bad candidate through in less than " + limit;
    }
    return "";
}

std::string canary_found_text(const Case& one) {
    const bool bad = one.kind == Case::Kind::bad;
    return fmt::format("{} {}, {} of {}", bad ? "passes in" : "stopped in",
                       with_interval(one.wrong, "fraction"), bad ? one.passed : one.stopped,
                       one.passed + one.stopped);
}

std::vector<std::string> canary_case_texts(const CanaryResult& result, const Case& one) {
    std::vector<std::string> texts;
    if (one.stopped > 0) {
        if (!rule_text(result).empty())
            texts.push_back("noticed after " + with_interval(one.noticed_after, "s"));
        texts.push_back(fmt::format("stopped after {}: {}", with_interval(one.stopped_after, "s"),
                                    where_text(result, one)));
        for (const CanaryResult::Cause& cause : one.causes) {
            if (cause.stopped == 0) continue;
            std::string text = fmt::format("  {} by {}", cause.stopped, cause.text);
            if (cause.within > 0) text += fmt::format(" ({} by checks)", cause.within);
            if (cause.without_data > 0) text += fmt::format(" ({} without data)", cause.without_data);
            texts.push_back(text);
        }
    }
    if (one.passed > 0) texts.push_back("passed after " + with_interval(one.passed_after, "s"));
    texts.push_back("given to it " + with_interval(one.given, "items"));
    std::vector<std::string> parts, same;
    const auto add = [&](const std::string& name, const CanaryResult::Count& count, const char* unit) {
        const studies::Estimate& estimate = count.more;
        if (!estimate.value) return;
        const std::string text = difference_text(*estimate.value, estimate.low, estimate.high, unit);
        if (text == "the same")
            same.push_back(name);
        else
            parts.push_back(name + " " + text);
    };
    add("lost", one.lost, "items");
    add("failed attempts", one.failed, "items");
    add("late", one.late, "items");
    add("duplicated", one.duplicated, "items");
    add("not done at the end", one.left, "items");
    if (one.missed) add("missed deadlines", *one.missed, "runs");
    add("time of all items", one.time, "s");
    if (!parts.empty()) texts.push_back("more than without it: " + joined(parts));
    if (!same.empty()) texts.push_back("the same as without it: " + joined(same));
    return texts;
}

void put_canary(Page& page, const CanaryResult& result, const std::string& stress) {
    const std::string where = stress.empty() ? "" : " under " + stress;
    page.heading(result.replications == 0
                     ? "The rollout" + where
                     : fmt::format("The rollout{}, in {} simulation{} of each candidate", where,
                                   result.replications, result.replications == 1 ? "" : "s"));
    for (const std::string& text : canary_plan_texts(result)) page.wrapped("  ", text);
    if (!result.why.empty()) page.wrapped("  ", result.why);
    page.warnings("  warning: ", result.warnings, "--json has all");
    if (result.replications == 0) return;
    for (const Case& one : result.cases) put_case(page, result, one);
}

}  // namespace understudy::reports
