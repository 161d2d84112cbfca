#include "tools/studies/approval.h"

#include <date/tz.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

/// As it is told apart: without blanks around it, and without capitals, as mail is delivered whatever they are.
std::string identity(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return result;
}

/// Who an author's text names: all of it, each of several, and each mail address in it. `Dana <dana@example.com>, Kim`
/// is dana@example.com and kim, besides.
std::set<std::string> identities_in(std::string_view author) {
    std::set<std::string> all = {identity(author)};
    const auto split = [&](auto ends, auto keep) {
        for (std::size_t from = 0, i = 0; i <= author.size(); ++i) {
            if (i < author.size() && !ends(author[i])) continue;
            if (std::string one = identity(author.substr(from, i - from)); keep(one))
                all.insert(std::move(one));
            from = i + 1;
        }
    };
    split([](char c) { return c == ',' || c == ';' || c == '&' || c == '\n' || c == '<' || c == '>'; },
          [](const std::string& one) { return !one.empty(); });
    // What is no letter of ASCII ends an address, blanks of other alphabets among it.
    split(
        [](char c) {
            return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f ||
                   std::string_view("<>()[],;:\"'`|").find(c) != std::string_view::npos;
        },
        [](std::string& one) {
            while (!one.empty() && one.back() == '.') one.pop_back();
            return one.find('@') != std::string::npos;
        });
    return all;
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

bool is_blank(std::string_view text) {
    // Of others than ASCII: no-break spaces, those of typography, marks that are not seen.
    constexpr std::string_view unseen[] = {"\u00a0", "\u00ad", "\u1680", "\u2028", "\u2029", "\u202f",
                                           "\u205f", "\u2060", "\u2800", "\u3000", "\ufeff"};
    while (!text.empty()) {
        std::size_t length = static_cast<unsigned char>(text.front()) <= ' ' ? 1 : 0;
        for (const std::string_view one : unseen)
            if (text.starts_with(one)) length = one.size();
        // U+2000 to U+200F.
        if (text.starts_with("\xe2\x80") && text.size() > 2 && static_cast<unsigned char>(text[2]) <= 0x8f)
            length = 3;
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

double margin_of(const RehearsalResult& result) {
    double most = 0;
    const auto beside = [&](double increase, double baseline) {
        // Something where there was nothing is more than any share of it.
        most = std::max(most, baseline != 0  ? increase / std::fabs(baseline)
                              : increase > 0 ? std::numeric_limits<double>::infinity()
                                             : 0);
    };
    for (const Accepted& entry : result.accepted) {
        const bool increase = entry.kind == Accepted::Kind::increase;
        if (increase && entry.relative) most = std::max(most, entry.limit);
        if (!entry.baseline) continue;
        if (increase && !entry.relative) beside(entry.limit, *entry.baseline);
        const bool small =
            entry.comparison == models::Comparison::less || entry.comparison == models::Comparison::at_most;
        if (small && entry.candidate) beside(*entry.candidate - *entry.baseline, *entry.baseline);
    }
    for (const RehearsalResult& stressed : result.stresses) most = std::max(most, margin_of(stressed));
    return most;
}

std::set<std::string> authors_of(const RequestFacts& facts) {
    std::set<std::string> all;
    for (const std::string& author : facts.authors) all.merge(identities_in(author));
    all.erase("");
    return all;
}

std::optional<std::string> refusal(const ApprovalPolicy& policy, const RequestFacts& facts,
                                   const Decision& decision) {
    if (!policy.people.empty() && person_called(policy, decision.by) == nullptr)
        return fmt::format("{} is not among the people of the policy", decision.by);
    // Else who may sign no more could say that it was while he still might.
    if (decision.at < facts.requested) return "the decision is dated before the request";
    if (decision.kind == Decision::Kind::reject) return std::nullopt;
    if (authors_of(facts).contains(identity(decision.by)))
        return fmt::format("{} wrote or requested the change, and may not approve it", decision.by);
    if (const auto why = needs_override(facts); why && !decision.overrides)
        return fmt::format("{}; --override --reason TEXT approves it all the same, for all to see", *why);
    if (decision.overrides && is_blank(decision.reason))
        return "an override needs a reason; --reason gives it";
    return std::nullopt;
}

std::optional<std::string> needs_override(const RequestFacts& facts) {
    std::string why;
    if (facts.verdict != Verdict::met)
        why = fmt::format("the rehearsal is {}", name_of(facts.verdict));
    else if (!facts.judged)
        why = "nothing was to be accepted, so that nothing was judged";
    if (!facts.failed.empty())
        why += fmt::format("{}the validation failed: {}", why.empty() ? "" : ", and ",
                           fmt::join(facts.failed, "; "));
    return why.empty() ? std::nullopt : std::optional(why);
}

AskedOfRehearsal asked_of_rehearsal(const ApprovalPolicy& policy, const RequestFacts& facts) {
    AskedOfRehearsal most;
    for (const ApprovalRule& rule : rules_for(policy, facts)) {
        most.replications = std::max(most.replications, rule.replications);  // nothing is less than anything
        most.confidence = std::max(most.confidence, rule.confidence);
    }
    return most;
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
    standing.unmet = unmet_conditions(policy, facts);
    standing.missing.insert(standing.missing.end(), standing.unmet.begin(), standing.unmet.end());
    const auto why = needs_override(facts);
    const bool excused = !why || standing.overridden;
    if (!excused) standing.missing.push_back(*why + ", and nobody overrides that");
    const bool complete = excused && std::all_of(standing.requirements.begin(), standing.requirements.end(),
                                                 [](const Requirement& one) { return one.met(); });
    if (standing.state == Standing::State::waiting && complete && standing.unmet.empty())
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
