// Who has to say yes to a change, and whether they have: the rules of a policy, held against what was requested and what
// was decided.
//
// Times are seconds since 1970 in UTC. Signatures are judged elsewhere (tools/formats/approval/ssh_signature.h): here a
// decision is one that was found to be signed by whom it says. Pure but for the time-zone database, thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/time.h"
#include "models/schedule.h"
#include "tools/studies/result.h"

namespace understudy::studies {

/// Who may decide, and as what. `principal` as in the allowed-signers file.
struct Person {
    std::string principal;
    std::set<std::string> roles;
};

/// What a change has to say or show before it can be approved.
enum class Part {
    reason,
    author,
    accept,
    stress,
    rollout,
    rollback,
    objectives,  ///< it is judged by all that its base promises
};
constexpr const char* part_names[] = {"reason",  "author",   "accept",    "stress",
                                      "rollout", "rollback", "objectives"};

struct ApprovalRule {
    std::string name;
    // Which changes it is for: those for which all of these hold. Empty: any.
    std::vector<std::string> kinds;       ///< one of its kinds is among them
    std::vector<std::string> twins;       ///< names of twins, with * for any characters
    std::vector<std::string> objectives;  ///< entries of what is accepted, with *, however they are spaced
    std::vector<std::string> weakens;     ///< objectives of its base that it promises no more, likewise
    std::optional<double>
        margin;  ///< an increase of more than this fraction is accepted, or was found, of something
    std::optional<double> risk;  ///< it is of this risk or more (change_impact.h)
    // What they need.
    std::int64_t approvals = 0;                   ///< of anybody that the policy names
    std::map<std::string, std::int64_t> by_role;  ///< of people with a role; one person may have several
    std::set<Part> needs;
    std::optional<std::int64_t> replications;  ///< of each, at least
    std::optional<double> confidence;          ///< at least
};

/// When nothing is applied: from one instant to another, or for some time again and again.
struct Freeze {
    std::string name;
    std::string zone = "UTC";
    std::optional<models::LocalInstant> from, until;
    std::optional<models::Schedule> every;  ///< a calendar
    kernel::Time lasts = 0;
};

constexpr kernel::Time usual_expiry = 30 * 24 * kernel::hour;
/// The longest that a freeze which recurs may last.
constexpr kernel::Time longest_freeze = 31 * 24 * kernel::hour;

struct ApprovalPolicy {
    std::string name;            ///< empty: there is no policy file
    std::vector<Person> people;  ///< empty: whoever is an allowed signer, without roles
    std::optional<kernel::Time> expiry = usual_expiry;  ///< of an approval; empty: never
    std::vector<ApprovalRule> rules;                    ///< all that are for a change count
    std::vector<Freeze> freezes;
};

/// What was requested, as far as rules look at it.
struct RequestFacts {
    std::string twin;             ///< empty: of a file
    std::set<std::string> kinds;  ///< all that it is of, found from what it does
    /// Who wrote the change, who requested it, as written: each mail address in it is one of them, in capitals or not.
    std::set<std::string> authors;
    std::vector<std::string> accepted;            ///< texts of entries
    std::vector<std::string> no_longer_promised;  ///< of its base, or less of it (promises.h)
    double margin =
        0;            ///< the largest relative increase that is accepted, or was found, of something; 0: none
    double risk = 1;  ///< as change_impact.h computes it
    std::set<Part> parts;
    std::int64_t replications = 0;
    double confidence = 0;
    Verdict verdict = Verdict::inconclusive;
    bool judged = true;               ///< else nothing was to be accepted, and `met` says nothing
    std::vector<std::string> failed;  ///< what its validation found wrong
    std::int64_t requested = 0;       ///< when: nobody decides before that
};

/// Nothing but blanks, of any alphabet: no reason.
bool is_blank(std::string_view text);

struct RehearsalResult;
/// The largest relative increase that a rehearsal accepts of something, an absolute one beside what there was, or that it
/// found of what should be small, under stress as well. Beside nothing any increase is infinite.
double margin_of(const RehearsalResult& result);

struct Decision {
    enum class Kind { approve, reject };
    Kind kind = Kind::approve;
    std::string by;  ///< principal
    std::int64_t at = 0;
    std::optional<std::int64_t> until;  ///< empty: for ever
    bool overrides = false;             ///< of a rehearsal that was not met, or a validation that failed
    std::string reason;
    bool operator==(const Decision&) const = default;
};

/// Whether it can be approved by an override only: its rehearsal is not met or has judged nothing, or its validation
/// failed. Why, if so: all of it.
std::optional<std::string> needs_override(const RequestFacts& facts);

/// Who wrote or requested the change, each by all names that tell them apart, without capitals; whom of them no key may be of
/// that approves it.
std::set<std::string> authors_of(const RequestFacts& facts);

/// Why somebody may not decide so; nothing: may.
std::optional<std::string> refusal(const ApprovalPolicy& policy, const RequestFacts& facts,
                                   const Decision& decision);

/// What a rule asks for, and what there is of it.
struct Requirement {
    std::string rule;
    std::string role;  ///< empty: of anybody
    std::int64_t needed = 0;
    std::vector<std::string> by;  ///< who has approved
    bool met() const { return static_cast<std::int64_t>(by.size()) >= needed; }
};

struct Standing {
    enum class State { waiting, approved, rejected };
    State state = State::waiting;
    std::vector<Requirement> requirements;
    std::vector<std::string> missing;  ///< what stands between it and being approved, line by line
    std::vector<std::string> unmet;    ///< of these, what no approval makes up for: unmet_conditions()
    std::vector<std::string> expired;  ///< principals whose approval has run out
    bool overridden = false;           ///< approved though needs_override() says why not
};

/// At an instant, of decisions in the order they were recorded. The last of each person counts, by the time that it says,
/// but a rejection counts whatever was said before it, even of a time to come. One rejection is enough. What no rule asks
/// an approval for needs one; needs_override() tells what needs an override.
Standing standing_of(const ApprovalPolicy& policy, const RequestFacts& facts,
                     const std::vector<Decision>& decisions, std::int64_t now);

/// What the rules that are for it ask of its rehearsal, the most of each; empty: nothing.
struct AskedOfRehearsal {
    std::optional<std::int64_t> replications;
    std::optional<double> confidence;
    bool operator==(const AskedOfRehearsal&) const = default;
};
AskedOfRehearsal asked_of_rehearsal(const ApprovalPolicy& policy, const RequestFacts& facts);

/// Conditions of rules that the request does not meet, whoever approves it, line by line.
std::vector<std::string> unmet_conditions(const ApprovalPolicy& policy, const RequestFacts& facts);

/// The freeze that holds at an instant, if any: its name, and its end.
struct Frozen {
    std::string name;
    std::int64_t until = 0;
};
std::optional<Frozen> frozen_at(const ApprovalPolicy& policy, std::int64_t now);

const char* name_of(Standing::State state);

}  // namespace understudy::studies
