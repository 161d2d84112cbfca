#include "tools/studies/approval.h"

#include <date/tz.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "tools/studies/rehearse.h"

namespace understudy::studies {

namespace {

/// `*` stands for any characters, and is the only one that stands for others.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

/// How somebody spaces an objective is no matter: one blank between words, none beside parentheses.
std::string evenly_spaced(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (blank && (result.empty() || result.back() == ' ' || result.back() == '(')) continue;
        if ((c == '(' || c == ')') && !result.empty() && result.back() == ' ') result.pop_back();
        result += blank ? ' ' : c;
    }
    if (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

bool matches_any(const std::vector<std::string>& patterns, const std::string& text) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return matches(evenly_spaced(pattern), evenly_spaced(text));
    });
}

bool is_for(const ApprovalRule& rule, const RequestFacts& facts) {
    if (!rule.kinds.empty() &&
        std::none_of(rule.kinds.begin(), rule.kinds.end(),
                     [&](const std::string& kind) { return facts.kinds.contains(kind); }))
        return false;
    if (!rule.twins.empty() && !matches_any(rule.twins, facts.twin)) return false;
    const auto any_like = [](const std::vector<std::string>& texts,
                             const std::vector<std::string>& patterns) {
        return std::any_of(texts.begin(), texts.end(),
                           [&](const std::string& text) { return matches_any(patterns, text); });
    };
    if (!rule.objectives.empty() && !any_like(facts.accepted, rule.objectives)) return false;
    if (!rule.weakens.empty() && !any_like(facts.no_longer_promised, rule.weakens)) return false;
    if (rule.risk && facts.risk < *rule.risk) return false;
    return !rule.margin || facts.margin > *rule.margin;
}

bool asks_for_approval(const ApprovalRule& rule) {
    return rule.approvals > 0 || std::any_of(rule.by_role.begin(), rule.by_role.end(),
                                             [](const auto& role) { return role.second > 0; });
}

/// Those that are for it. Where none of them asks for an approval one is needed all the same: a policy that forgets something
/// is not one that allows it.
std::vector<ApprovalRule> rules_for(const ApprovalPolicy& policy, const RequestFacts& facts) {
    std::vector<ApprovalRule> rules;
    for (const ApprovalRule& rule : policy.rules)
        if (is_for(rule, facts)) rules.push_back(rule);
    if (std::none_of(rules.begin(), rules.end(), asks_for_approval)) {
        ApprovalRule& usual = rules.emplace_back();
        usual.name = policy.rules.empty() ? "default" : "no other rule";
        usual.approvals = 1;
    }
    return rules;
}

const Person* person_called(const ApprovalPolicy& policy, const std::string& principal) {
    const auto found = std::find_if(policy.people.begin(), policy.people.end(),
                                    [&](const Person& person) { return person.principal == principal; });
    return found == policy.people.end() ? nullptr : &*found;
}

bool same_person(const std::string& a, const std::string& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
               return lower(x) == lower(y);
           });
}

/// `Dana <dana@example.com>`, as git has it, is dana@example.com.
std::string address_in(const std::string& author) {
    const std::size_t open = author.find('<'), close = author.rfind('>');
    return open == std::string::npos || close == std::string::npos || close < open
               ? author
               : author.substr(open + 1, close - open - 1);
}

bool is_author(const RequestFacts& facts, const std::string& principal) {
    return std::any_of(facts.authors.begin(), facts.authors.end(), [&](const std::string& author) {
        return same_person(author, principal) || same_person(address_in(author), principal);
    });
}

using LocalNs = date::local_time<std::chrono::nanoseconds>;

/// A local time that a zone skips is the first instant after the gap, one that it doubles its first: as in schedules.
std::int64_t utc_seconds(models::LocalInstant local, const std::string& zone) {
    const LocalNs at{std::chrono::nanoseconds(local.ns)};
    const auto utc = date::locate_zone(zone)->to_sys(at, date::choose::earliest);
    return std::chrono::duration_cast<std::chrono::seconds>(utc.time_since_epoch()).count();
}

models::LocalInstant local_of(std::int64_t utc, const std::string& zone) {
    const date::sys_seconds at{std::chrono::seconds(utc)};
    return {std::chrono::nanoseconds(date::locate_zone(zone)->to_local(at).time_since_epoch()).count()};
}

/// The end of the freeze, if it holds.
std::optional<std::int64_t> end_of(const Freeze& freeze, std::int64_t now) {
    if (!freeze.every) {
        const std::int64_t from = utc_seconds(*freeze.from, freeze.zone);
        const std::int64_t until = utc_seconds(*freeze.until, freeze.zone);
        return from <= now && now < until ? std::optional(until) : std::nullopt;
    }
    const std::int64_t lasts = freeze.lasts / kernel::second;
    // From before the earliest start that could still hold, by a day for what zones do to local times.
    constexpr std::int64_t day = 86'400;
    const models::LocalInstant start = local_of(now - lasts - day, freeze.zone);
    const std::int64_t start_utc = utc_seconds(start, freeze.zone);
    const models::Calendar calendar(start, freeze.zone);
    std::optional<std::int64_t> end;
    for (const kernel::Time instant :
         calendar.instants(*freeze.every, (now - start_utc) * kernel::second + 1)) {
        const std::int64_t begins = start_utc + instant / kernel::second;
        if (begins <= now && now < begins + lasts) end = begins + lasts;
    }
    return end;
}

std::string more_approvals(std::int64_t count, const std::string& role) {
    return fmt::format("{} more approval{}{}", count, count == 1 ? "" : "s",
                       role.empty() ? "" : fmt::format(" of role {}", role));
}

}  // namespace

double margin_of(const RehearsalResult& result) {
    double most = 0;
    for (const Accepted& entry : result.accepted) {
        const bool increase = entry.kind == Accepted::Kind::increase;
        if (increase && entry.relative) most = std::max(most, entry.limit);
        if (!entry.baseline || *entry.baseline <= 0) continue;
        if (increase && !entry.relative) most = std::max(most, entry.limit / *entry.baseline);
        const bool small =
            entry.comparison == models::Comparison::less || entry.comparison == models::Comparison::at_most;
        if (small && entry.candidate) most = std::max(most, *entry.candidate / *entry.baseline - 1);
    }
    return most;
}

std::optional<std::string> refusal(const ApprovalPolicy& policy, const RequestFacts& facts,
                                   const Decision& decision) {
    if (!policy.people.empty() && person_called(policy, decision.by) == nullptr)
        return fmt::format("{} is not among the people of the policy", decision.by);
    // Else who may sign no more could say that it was while he still might.
    if (decision.at < facts.requested) return "the decision is dated before the request";
    if (decision.kind == Decision::Kind::reject) return std::nullopt;
    if (is_author(facts, decision.by))
        return fmt::format("{} wrote or requested the change, and may not approve it", decision.by);
    if (const auto why = needs_override(facts); why && !decision.overrides)
        return fmt::format("{}; --override --reason TEXT approves it all the same, for all to see", *why);
    if (decision.overrides && decision.reason.empty()) return "an override needs a reason; --reason gives it";
    return std::nullopt;
}

std::optional<std::string> needs_override(const RequestFacts& facts) {
    if (facts.verdict != Verdict::met) return fmt::format("the rehearsal is {}", name_of(facts.verdict));
    if (facts.failed.empty()) return std::nullopt;
    return fmt::format("the validation failed: {}", fmt::join(facts.failed, "; "));
}

std::vector<std::string> unmet_conditions(const ApprovalPolicy& policy, const RequestFacts& facts) {
    std::vector<std::string> unmet;
    for (const ApprovalRule& rule : rules_for(policy, facts)) {
        for (const Part part : rule.needs)
            if (!facts.parts.contains(part))
                unmet.push_back(fmt::format("rule {}: the change has no '{}'", rule.name,
                                            part_names[static_cast<std::size_t>(part)]));
        if (rule.replications && facts.replications < *rule.replications)
            unmet.push_back(fmt::format("rule {}: {} replications of each are asked for, there were {}",
                                        rule.name, *rule.replications, facts.replications));
        if (rule.confidence && facts.confidence < *rule.confidence)
            unmet.push_back(fmt::format("rule {}: a confidence of {:g} % is asked for, it was {:g} %",
                                        rule.name, 100 * *rule.confidence, 100 * facts.confidence));
    }
    return unmet;
}

Standing standing_of(const ApprovalPolicy& policy, const RequestFacts& facts,
                     const std::vector<Decision>& decisions, std::int64_t now) {
    std::map<std::string, const Decision*> last;
    for (auto decision = decisions.begin(); decision != decisions.end(); ++decision) {
        if (refusal(policy, facts, *decision)) continue;
        // By the time that is signed: an earlier one that is put behind a later one again is no later one.
        if (std::find(decisions.begin(), decision, *decision) != decision) continue;
        const Decision*& known = last[decision->by];
        if (known == nullptr || decision->at >= known->at || decision->kind == Decision::Kind::reject)
            known = &*decision;
    }
    Standing standing;
    std::vector<std::string> approved;
    for (const auto& [by, decision] : last) {
        if (decision->kind == Decision::Kind::reject) {
            standing.state = Standing::State::rejected;
            standing.missing.push_back(fmt::format("{} has rejected it", by));
        } else if (decision->until && now >= *decision->until) {
            standing.expired.push_back(by);
        } else if (decision->at > now) {
            standing.missing.push_back(fmt::format("the approval of {} is from the future", by));
        } else {
            approved.push_back(by);
            standing.overridden = standing.overridden || decision->overrides;
        }
    }
    for (const ApprovalRule& rule : rules_for(policy, facts)) {
        std::map<std::string, std::int64_t> needed = rule.by_role;
        if (rule.approvals > 0) needed[""] = rule.approvals;
        for (const auto& [role, count] : needed) {
            Requirement one{rule.name, role, count, {}};
            for (const std::string& by : approved) {
                const Person* person = person_called(policy, by);
                if (role.empty() || (person != nullptr && person->roles.contains(role))) one.by.push_back(by);
            }
            if (!one.met())
                standing.missing.push_back(
                    fmt::format("rule {}: {}", rule.name,
                                more_approvals(count - static_cast<std::int64_t>(one.by.size()), role)));
            standing.requirements.push_back(std::move(one));
        }
    }
    for (const std::string& by : standing.expired)
        standing.missing.push_back(fmt::format("the approval of {} has expired", by));
    for (std::string& condition : unmet_conditions(policy, facts))
        standing.missing.push_back(std::move(condition));
    const auto why = needs_override(facts);
    const bool excused = !why || standing.overridden;
    if (!excused) standing.missing.push_back(*why + ", and nobody overrides that");
    const bool complete = excused && std::all_of(standing.requirements.begin(), standing.requirements.end(),
                                                 [](const Requirement& one) { return one.met(); });
    if (standing.state == Standing::State::waiting && complete && unmet_conditions(policy, facts).empty())
        standing.state = Standing::State::approved;
    return standing;
}

std::optional<Frozen> frozen_at(const ApprovalPolicy& policy, std::int64_t now) {
    std::optional<Frozen> longest;
    for (const Freeze& freeze : policy.freezes)
        if (const auto end = end_of(freeze, now); end && (!longest || *end > longest->until))
            longest = Frozen{freeze.name, *end};
    return longest;
}

const char* name_of(Standing::State state) {
    switch (state) {
        case Standing::State::waiting: return "waiting";
        case Standing::State::approved: return "approved";
        case Standing::State::rejected: return "rejected";
    }
    return "";
}

}  // namespace understudy::studies
