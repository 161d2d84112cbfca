// Promised: rules are for the changes they say, and all that are for one count; the author's approval, one of a rehearsal
// that was not met, and one that has expired do not; the last word of each person counts; freezes hold in local time, by the
// written rule where clocks change.
// Shown: policies of a few rules, decisions at chosen times, and instants around the changes of clocks in Berlin.
#include "tools/studies/approval.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tools/formats/approval/decision_text.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/values.h"
#include "tools/studies/rehearse.h"

using namespace understudy;
using namespace understudy::studies;

namespace {

std::int64_t at(const char* time) { return formats::utc_seconds(time).value(); }

ApprovalPolicy policy_of_three() {
    ApprovalPolicy policy;
    policy.people = {{"dana", {"owner"}}, {"kim", {"owner", "operator"}}, {"lee", {}}};
    return policy;
}

ApprovalRule rule(const char* name, std::int64_t approvals) {
    ApprovalRule one;
    one.name = name;
    one.approvals = approvals;
    return one;
}

RequestFacts met_change() {
    RequestFacts facts;
    facts.twin = "eu/orders";
    facts.kinds = {"capacity", "topology"};
    facts.accepted = {"p(95) freshness(orders) < 5min"};
    facts.verdict = Verdict::met;
    facts.replications = 30;
    facts.confidence = 0.95;
    return facts;
}

Decision yes(const char* by, std::int64_t when = 100) {
    return {Decision::Kind::approve, by, when, when + 50, false, ""};
}

std::size_t rules_that_ask(const ApprovalPolicy& policy, const RequestFacts& facts) {
    return standing_of(policy, facts, {}, 100).requirements.size();
}

}  // namespace

TEST_CASE("rules are for the changes that they name") {
    ApprovalPolicy policy = policy_of_three();
    policy.rules = {rule("any", 1), rule("one", 1)};
    const RequestFacts facts = met_change();
    ApprovalRule& one = policy.rules[1];
    CHECK(rules_that_ask(policy, facts) == 2);
    one.kinds = {"schema"};
    CHECK(rules_that_ask(policy, facts) == 1);
    // Any of its kinds is enough.
    one.kinds = {"topology"};
    CHECK(rules_that_ask(policy, facts) == 2);
    one.kinds = {"schema", "capacity"};
    one.twins = {"us/*"};
    CHECK(rules_that_ask(policy, facts) == 1);
    one.twins = {"us/*", "eu/*"};
    one.objectives = {"*latency*"};
    CHECK(rules_that_ask(policy, facts) == 1);
    one.objectives = {"*freshness(orders*"};
    CHECK(rules_that_ask(policy, facts) == 2);
    RequestFacts weaker = facts;
    one.objectives = {};
    one.weakens = {"*freshness(orders*"};
    CHECK(rules_that_ask(policy, facts) == 1);
    weaker.no_longer_promised = {"avg wait(clean) < 5s"};
    CHECK(rules_that_ask(policy, weaker) == 1);
    weaker.no_longer_promised.push_back("p(95) freshness(orders) < 5min");
    CHECK(rules_that_ask(policy, weaker) == 2);
    one.weakens = {};
    one.objectives = {"*freshness(orders*"};
    // However it is spaced; and nothing but * stands for others.
    RequestFacts spaced = facts;
    spaced.accepted = {"p( 95 )  freshness( orders )  < 5min"};
    CHECK(rules_that_ask(policy, spaced) == 2);
    one.objectives = {"p(95) freshness(orders) < 5min"};
    CHECK(rules_that_ask(policy, spaced) == 2);
    one.objectives = {"p(95) freshness(order?) < 5min", "[p]*"};
    CHECK(rules_that_ask(policy, facts) == 1);
    one.objectives = {"*freshness(orders*"};
    one.margin = 0.05;
    CHECK(rules_that_ask(policy, facts) == 1);
    RequestFacts wide = facts;
    wide.margin = 0.05;
    CHECK(rules_that_ask(policy, wide) == 1);
    wide.margin = 0.06;
    CHECK(rules_that_ask(policy, wide) == 2);
    one.risk = 82;
    wide.risk = 81;
    CHECK(rules_that_ask(policy, wide) == 1);
    wide.risk = 82;
    CHECK(rules_that_ask(policy, wide) == 2);
}

TEST_CASE("of what rules for a change ask of its rehearsal the most counts") {
    ApprovalPolicy policy = policy_of_three();
    policy.rules = {rule("any", 1), rule("sure", 0), rule("many", 0)};
    const RequestFacts facts = met_change();
    CHECK(asked_of_rehearsal(policy, facts) == AskedOfRehearsal{});
    policy.rules[1].confidence = 0.99;
    policy.rules[1].replications = 20;
    policy.rules[2].replications = 50;
    CHECK(asked_of_rehearsal(policy, facts) == AskedOfRehearsal{50, 0.99});
    policy.rules[2].twins = {"us/*"};
    CHECK(asked_of_rehearsal(policy, facts) == AskedOfRehearsal{20, 0.99});
}

TEST_CASE("the margin of a rehearsal: what is accepted, or was found of what should be small") {
    RehearsalResult result;
    CHECK(margin_of(result) == 0);
    Accepted entry;
    entry.kind = Accepted::Kind::increase;
    entry.relative = true;
    entry.limit = 0.05;
    result.accepted = {entry};
    CHECK(margin_of(result) == 0.05);
    entry.relative = false;
    entry.limit = 3;
    entry.baseline = 10;
    result.accepted.push_back(entry);
    CHECK(margin_of(result) == doctest::Approx(0.3));
    entry.kind = Accepted::Kind::objective;
    entry.limit = 100;
    entry.candidate = 15;
    result.accepted.push_back(entry);
    CHECK(margin_of(result) == doctest::Approx(0.5));
    // What should be large may grow.
    result.accepted.back().comparison = models::Comparison::at_least;
    CHECK(margin_of(result) == doctest::Approx(0.3));
}

TEST_CASE("the margin beside nothing is infinite, and what is found under stress counts") {
    RehearsalResult result;
    Accepted entry;
    entry.kind = Accepted::Kind::objective;
    entry.comparison = models::Comparison::less;
    entry.baseline = 0;
    entry.candidate = 0;
    result.accepted = {entry};
    CHECK(margin_of(result) == 0);
    result.accepted[0].candidate = 0.001;
    CHECK(std::isinf(margin_of(result)));
    entry.kind = Accepted::Kind::increase;
    entry.limit = 0.01;
    result.accepted = {entry};
    CHECK(std::isinf(margin_of(result)));
    entry.kind = Accepted::Kind::objective;
    entry.baseline = 10;
    entry.candidate = 11;
    result.accepted = {entry};
    RehearsalResult stressed;
    entry.candidate = 30;
    stressed.accepted = {entry};
    result.stresses = {stressed};
    CHECK(margin_of(result) == doctest::Approx(2));
}

TEST_CASE("nobody approves a change of his own, however its author is written") {
    const ApprovalPolicy policy = policy_of_three();
    const auto refused = [&](const char* author, const char* by) {
        RequestFacts facts = met_change();
        facts.authors = {author};
        ApprovalPolicy all;
        return refusal(all, facts, yes(by)).has_value();
    };
    for (const char* author :
         {"dana@example.com ", " Dana@Example.com", "Dana <dana@example.com>", "dana@example.com (Dana)",
          "Kim <kim@example.com>, Dana <dana@example.com>", "Kim and dana@example.com.",
          "\"dana@example.com\"", "dana@example.com\u00a0", "mailto:dana@example.com"}) {
        CAPTURE(author);
        CHECK(refused(author, "dana@example.com"));
        CHECK_FALSE(refused(author, "ana@example.com"));
        CHECK_FALSE(refused(author, "dana@example.co"));
    }
    CHECK(refused("Kim, dana", "dana"));
    CHECK(refused("dana <d@example.com>", "dana"));
    CHECK_FALSE(refused("Dana Kim", "dana"));
    CHECK_FALSE(refusal(policy, met_change(), yes("dana")).has_value());
}

TEST_CASE("what judged nothing, as what was not met, takes an override with a reason that says something") {
    const ApprovalPolicy policy = policy_of_three();
    RequestFacts facts = met_change();
    facts.judged = false;
    CHECK(needs_override(facts) == "nothing was to be accepted, so that nothing was judged");
    CHECK(refusal(policy, facts, yes("kim")).has_value());
    CHECK(standing_of(policy, facts, {yes("kim")}, 120).state == Standing::State::waiting);
    Decision decision = yes("kim");
    decision.overrides = true;
    for (const char* blank : {"", " ", "\t\n", "\u00a0", "\u200b \u3000\ufeff"}) {
        decision.reason = blank;
        CHECK(refusal(policy, facts, decision) == "an override needs a reason; --reason gives it");
    }
    decision.reason = " so ";
    CHECK_FALSE(refusal(policy, facts, decision).has_value());
    CHECK(standing_of(policy, facts, {decision}, 120).state == Standing::State::approved);
}

TEST_CASE("what an override is of, all of it, and what no approval makes up for") {
    RequestFacts facts = met_change();
    facts.failed = {"schema: orders.email: dropped"};
    facts.verdict = Verdict::violated;
    CHECK(needs_override(facts) ==
          "the rehearsal is violated, and the validation failed: schema: orders.email: dropped");
    ApprovalPolicy policy = policy_of_three();
    CHECK(standing_of(policy, facts, {}, 100).unmet.empty());
    policy.rules = {rule("any", 1)};
    policy.rules[0].needs = {Part::rollback};
    const Standing standing = standing_of(policy, met_change(), {}, 100);
    CHECK(standing.unmet == std::vector<std::string>{"rule any: the change has no 'rollback'"});
    CHECK(standing.missing.size() == 2);
}

TEST_CASE("what no rule is for needs one approval all the same") {
    ApprovalPolicy policy = policy_of_three();
    policy.rules = {rule("schema", 2)};
    policy.rules[0].kinds = {"schema"};
    CHECK(standing_of(policy, met_change(), {}, 100).state == Standing::State::waiting);
    CHECK(standing_of(policy, met_change(), {yes("lee")}, 120).state == Standing::State::approved);
    // Nor does one that asks for other things alone take it away.
    policy.rules = {rule("any", 0)};
    policy.rules[0].needs = {Part::accept};
    RequestFacts facts = met_change();
    facts.parts = {Part::accept};
    CHECK(standing_of(policy, facts, {}, 100).state == Standing::State::waiting);
    CHECK(standing_of(policy, facts, {yes("lee")}, 120).state == Standing::State::approved);
    CHECK(standing_of({}, met_change(), {}, 100).state == Standing::State::waiting);
    CHECK(standing_of({}, met_change(), {yes("anybody")}, 120).state == Standing::State::approved);
}

TEST_CASE("so many people, each once, and by their roles") {
    ApprovalPolicy policy = policy_of_three();
    policy.rules = {rule("two", 2)};
    CHECK(standing_of(policy, met_change(), {yes("lee"), yes("lee", 101)}, 120).state ==
          Standing::State::waiting);
    CHECK(standing_of(policy, met_change(), {yes("lee"), yes("dana")}, 120).state ==
          Standing::State::approved);
    policy.rules[0].approvals = 0;
    policy.rules[0].by_role = {{"owner", 1}, {"operator", 1}};
    CHECK(standing_of(policy, met_change(), {yes("lee"), yes("dana")}, 120).state ==
          Standing::State::waiting);
    CHECK(standing_of(policy, met_change(), {yes("kim")}, 120).state == Standing::State::approved);
}

TEST_CASE("who may not approve, and whose approval does not count") {
    ApprovalPolicy policy = policy_of_three();
    RequestFacts facts = met_change();
    facts.authors = {"Dana"};
    CHECK(refusal(policy, facts, yes("dana")).has_value());
    CHECK(refusal(policy, facts, yes("mallory")).has_value());
    CHECK_FALSE(refusal(policy, facts, yes("kim")).has_value());
    CHECK(standing_of(policy, facts, {yes("dana")}, 120).state == Standing::State::waiting);
    CHECK(standing_of(policy, facts, {yes("kim")}, 149).state == Standing::State::approved);
    CHECK(standing_of(policy, facts, {yes("kim")}, 150).state == Standing::State::waiting);
    CHECK(standing_of(policy, facts, {yes("kim")}, 99).state == Standing::State::waiting);
    CHECK(standing_of(policy, facts, {yes("kim"), yes("kim", 140)}, 160).state == Standing::State::approved);
    facts.requested = 101;
    CHECK(refusal(policy, facts, yes("kim")).has_value());
    CHECK(standing_of(policy, facts, {yes("kim")}, 120).state == Standing::State::waiting);
    facts.requested = 100;
    // The author may say no.
    Decision no = yes("dana");
    no.kind = Decision::Kind::reject;
    no.until.reset();
    CHECK_FALSE(refusal(policy, facts, no).has_value());
    CHECK(standing_of(policy, facts, {yes("kim"), no}, 120).state == Standing::State::rejected);
    Decision changed = yes("lee");
    changed.kind = Decision::Kind::reject;
    CHECK(standing_of(policy, facts, {changed, yes("lee", 101)}, 120).state == Standing::State::approved);
    CHECK(standing_of(policy, facts, {yes("lee"), changed}, 120).state == Standing::State::rejected);
    // The earlier word is no later one for being put behind it again.
    changed.at = 101;
    CHECK(standing_of(policy, facts, {yes("lee"), changed, yes("lee")}, 120).state ==
          Standing::State::rejected);
    facts.authors = {"Kim of Data <kim>"};
    CHECK(refusal(policy, facts, yes("kim")).has_value());
}

TEST_CASE("a rehearsal that was not met is approved by an override with a reason alone") {
    const ApprovalPolicy policy = policy_of_three();
    for (const Verdict verdict : {Verdict::violated, Verdict::inconclusive}) {
        RequestFacts facts = met_change();
        facts.verdict = verdict;
        Decision decision = yes("kim");
        CHECK(refusal(policy, facts, decision).has_value());
        decision.overrides = true;
        CHECK(refusal(policy, facts, decision).has_value());
        decision.reason = "they want it";
        CHECK_FALSE(refusal(policy, facts, decision).has_value());
        const Standing standing = standing_of(policy, facts, {decision}, 120);
        CHECK(standing.state == Standing::State::approved);
        CHECK(standing.overridden);
    }
}

TEST_CASE("conditions hold whoever approves") {
    ApprovalPolicy policy = policy_of_three();
    policy.rules = {rule("any", 1)};
    RequestFacts facts = met_change();
    const auto approved = [&] {
        return standing_of(policy, facts, {yes("kim")}, 120).state == Standing::State::approved;
    };
    CHECK(approved());
    policy.rules[0].needs = {Part::rollback};
    CHECK_FALSE(approved());
    facts.parts = {Part::rollback, Part::reason};
    CHECK(approved());
    policy.rules[0].replications = 31;
    CHECK_FALSE(approved());
    policy.rules[0].replications = 30;
    policy.rules[0].confidence = 0.99;
    CHECK_FALSE(approved());
    policy.rules[0].confidence = 0.95;
    CHECK(approved());
}

TEST_CASE("freezes hold from one local time to another") {
    ApprovalPolicy policy;
    Freeze freeze;
    freeze.name = "month end";
    freeze.zone = "Europe/Berlin";
    // From winter to summer time: the clock is an hour further at the end.
    freeze.from = formats::read_local_instant("2026-03-28T18:00");
    freeze.until = formats::read_local_instant("2026-03-30T08:00");
    policy.freezes = {freeze};
    CHECK_FALSE(frozen_at(policy, at("2026-03-28T16:59:59Z")));
    REQUIRE(frozen_at(policy, at("2026-03-28T17:00:00Z")));
    CHECK(frozen_at(policy, at("2026-03-28T17:00:00Z"))->until == at("2026-03-30T06:00:00Z"));
    CHECK(frozen_at(policy, at("2026-03-30T05:59:59Z")));
    CHECK_FALSE(frozen_at(policy, at("2026-03-30T06:00:00Z")));
}

TEST_CASE("freezes that recur begin once a day in local time, whatever clocks do") {
    ApprovalPolicy policy;
    Freeze freeze;
    freeze.name = "nightly";
    freeze.zone = "Europe/Berlin";
    freeze.every = formats::read_schedule("daily at 02:30");
    freeze.lasts = kernel::hour;
    policy.freezes = {freeze};
    // 2026-03-29 02:30 is skipped: the first instant after the gap, 01:00 UTC. 2026-10-25 02:30 comes twice: the first.
    CHECK_FALSE(frozen_at(policy, at("2026-03-29T00:59:59Z")));
    CHECK(frozen_at(policy, at("2026-03-29T01:00:00Z")));
    CHECK_FALSE(frozen_at(policy, at("2026-03-29T02:00:00Z")));
    CHECK(frozen_at(policy, at("2026-10-25T00:30:00Z")));
    CHECK_FALSE(frozen_at(policy, at("2026-10-25T01:30:00Z")));
    CHECK(frozen_at(policy, at("2026-07-01T00:30:00Z")));
    CHECK_FALSE(frozen_at(policy, at("2026-07-01T01:30:00Z")));
    // Of several that hold the one that lasts longest is told.
    freeze.name = "long";
    freeze.lasts = longest_freeze;
    policy.freezes.push_back(freeze);
    CHECK(frozen_at(policy, at("2026-07-01T00:30:00Z"))->name == "long");
    CHECK(frozen_at(policy, at("2026-07-01T00:30:00Z"))->until == at("2026-08-01T00:30:00Z"));
}

TEST_CASE("a rejection counts whatever was said before it, even of a time to come") {
    const ApprovalPolicy policy = policy_of_three();
    const RequestFacts facts = met_change();
    Decision later = yes("lee", 1000), no = yes("lee", 110);
    no.kind = Decision::Kind::reject;
    CHECK(standing_of(policy, facts, {later}, 120).state == Standing::State::waiting);
    CHECK(standing_of(policy, facts, {later, no}, 120).state == Standing::State::rejected);
    CHECK(standing_of(policy, facts, {later, no}, 1001).state == Standing::State::rejected);
    CHECK(standing_of(policy, facts, {no, later}, 1001).state == Standing::State::approved);
    // What was said before is not said anew by standing there twice.
    CHECK(standing_of(policy, facts, {no, later, no}, 1001).state == Standing::State::approved);
}

TEST_CASE("a failed validation is approved by an override only") {
    const ApprovalPolicy policy = policy_of_three();
    RequestFacts facts = met_change();
    CHECK(!needs_override(facts));
    facts.failed = {"schema: orders.email: dropped"};
    CHECK(*needs_override(facts) == "the validation failed: schema: orders.email: dropped");
    Decision one = yes("kim");
    CHECK(refusal(policy, facts, one));
    CHECK(standing_of(policy, facts, {one}, 110).state == Standing::State::waiting);
    one.overrides = true;
    one.reason = "nobody reads it";
    CHECK(!refusal(policy, facts, one));
    const Standing standing = standing_of(policy, facts, {one}, 110);
    CHECK(standing.state == Standing::State::approved);
    CHECK(standing.overridden);
}
