// Promised: a rehearsal says the same in JUnit, SARIF and Markdown as in its text: relative increases and shares in percent;
// what it warns of is a finding there as well; what is not met stands first, however many entries there are; and an
// interruption is told as one, and nothing that was not seen is told of the plan.
// Shown: results made by hand, as every format shows them.
#include "tools/reports/rehearsal_checks.h"

#include <doctest/doctest.h>

#include <string>

#include "tools/formats/checks/check_files.h"
#include "tools/reports/accepted_text.h"
#include "tools/reports/change_markdown.h"
#include "tools/reports/rehearse_markdown.h"
#include "tools/reports/rehearse_report.h"

using namespace understudy;
using studies::Accepted;
using studies::RehearsalResult;
using studies::Verdict;

namespace {

RehearsalResult rehearsal(Verdict verdict) {
    RehearsalResult result;
    result.verdict = verdict;
    result.runs.resize(2);
    result.runs[0].result.provenance.scenario_name = result.runs[1].result.provenance.scenario_name = "line";
    result.replications = 12;
    return result;
}

Accepted increase_of_a_fifth() {
    Accepted entry;
    entry.kind = Accepted::Kind::increase;
    entry.text = "increase avg latency(clean) < 5%";
    entry.unit = "s";
    entry.relative = true;
    entry.baseline = 5;
    entry.candidate = 5.985;
    entry.estimate.value = 0.197;
    entry.estimate.low = 0.196;
    entry.estimate.high = 0.198;
    entry.verdict = Verdict::violated;
    entry.reason = studies::Reason::limit;
    return entry;
}

Accepted objective(const std::string& text, Verdict verdict, double value) {
    Accepted entry;
    entry.text = text;
    entry.unit = "fraction";
    entry.estimate.value = value;
    entry.verdict = verdict;
    entry.reason = verdict == Verdict::met ? studies::Reason::none : studies::Reason::limit;
    return entry;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// What is read without opening anything.
std::string above_the_fold(const std::string& markdown) {
    return markdown.substr(0, markdown.find("<details>"));
}

}  // namespace

TEST_CASE("checks of a rehearsal: numbers are those of the text") {
    RehearsalResult result = rehearsal(Verdict::violated);
    result.accepted = {objective("share landed(ledger) by 06:00 >= 99%", Verdict::met, 1),
                       increase_of_a_fifth()};
    const std::string found = reports::found_text(result.accepted[1]);
    CHECK(found == "+19.7 % (+19.6 to +19.8), from 5 to 5.985 s");
    CHECK(has(reports::rehearse_report(result, "d", {}), found));
    const auto checks = reports::rehearsal_checks(result);
    const std::string junit = formats::checks_as_junit(checks, "c.yaml");
    const std::string sarif = formats::checks_as_sarif(checks, "c.yaml", "0");
    for (const std::string& text : {junit, sarif}) CHECK(has(text, "violated, " + found));
    CHECK(has(sarif, "increase avg latency(clean) < 5%: violated"));
    CHECK(has(junit, "name=\"increase avg latency(clean) &lt; 5%\""));
    CHECK(checks[0].message == "met, 100 %");
}

TEST_CASE("checks of a rehearsal: what is warned of is a finding") {
    RehearsalResult result = rehearsal(Verdict::met);
    result.warnings = {"'change validate' fails, schema: orders.email is dropped"};
    const auto checks = reports::rehearsal_checks(result);
    CHECK_FALSE(studies::has_failed(checks));
    const std::string junit = formats::checks_as_junit(checks, "c.yaml");
    CHECK(has(junit, "skipped=\"1\""));
    CHECK(has(junit, "<skipped message=\"warning: 'change validate' fails"));
    CHECK(has(formats::checks_as_sarif(checks, "c.yaml", "0"), "\"level\": \"warning\""));
}

TEST_CASE("Markdown: what is not met comes before what is, however many there are") {
    RehearsalResult result = rehearsal(Verdict::violated);
    for (int i = 0; i < 69; ++i)
        result.accepted.push_back(objective("share a" + std::to_string(i) + " > 1%", Verdict::met, 0.5));
    result.accepted.push_back(objective("share last > 60%", Verdict::violated, 0.5));
    studies::NoLongerPromised dropped;
    dropped.text = "share dropped > 1%";
    result.no_longer_promised.push_back(dropped);
    const std::string text = above_the_fold(reports::rehearse_markdown(result, "d"));
    const std::size_t violated = text.find("| :x: violated | share last"),
                      met = text.find(":white_check_mark:");
    CHECK(violated < text.find("share dropped"));
    CHECK(text.find("share dropped") < met);
    CHECK(met != std::string::npos);
    CHECK(has(text, "and 11 more: 11 met"));
}

TEST_CASE("Markdown of a change: failures come before warnings, and what is touched is drawn") {
    formats::Validation validation;
    validation.change = "c";
    for (int i = 0; i < 70; ++i)
        validation.checks.push_back(
            {"contract", studies::Check::Status::warned, "w" + std::to_string(i), "m", "", ""});
    validation.checks.push_back(
        {"schema", studies::Check::Status::failed, "orders.email", "is read", "", ""});
    studies::ChangeImpact impact;
    for (int i = 0; i < 100; ++i) {
        studies::ChangedElement element;
        element.name = "c" + std::to_string(i);
        impact.changed.push_back(element);
    }
    studies::AffectedThing thing;
    thing.name = "reader";
    thing.through = "c99";
    impact.affected.push_back(thing);
    const std::string text = reports::change_markdown(validation, &impact);
    CHECK(text.find(":x: failed | schema") < text.find(":warning: warned"));
    CHECK(has(text, "and 11 more: 11 warned"));
    CHECK(has(text, " --> "));
    CHECK(has(text, "[\"reader\"]"));
    CHECK(has(text, "and 41 more that change"));
    // What is copied from there is whole.
    validation.checks = {{"base", studies::Check::Status::failed, "", "is stale", std::string(300, 'p'),
                          std::string(700, 'f')}};
    const std::string whole = reports::change_markdown(validation, nullptr);
    CHECK(has(whole, std::string(300, 'p')));
    CHECK(has(whole, std::string(700, 'f')));
}

TEST_CASE("a way back that was not rehearsed is no finding about the plan") {
    RehearsalResult result = rehearsal(Verdict::inconclusive);
    result.reason = studies::Reason::data;
    result.interrupted = true;
    result.accepted = {objective("share a > 1%", Verdict::met, 0.5)};
    studies::RollbackResult way;
    way.interrupted = true;
    way.why = "interrupted before it was rehearsed";
    way.until = "waiting(work) < 1";
    result.rollback = way;
    const std::string text = reports::rehearse_report(result, "d", {});
    CHECK(text.starts_with("line: inconclusive, interrupted\n"));
    CHECK(has(text, way.why));
    for (const char* of_nothing : {"0 forks", "goes in after", "last safe moment"})
        CHECK_FALSE(has(text, of_nothing));
    const std::string markdown = above_the_fold(reports::rehearse_markdown(result, "d"));
    CHECK(markdown.starts_with("## Rehearsal of line: :grey_question: inconclusive, interrupted\n"));
    CHECK(has(markdown, way.why));
    const std::string junit = formats::checks_as_junit(reports::rehearsal_checks(result), "c.yaml");
    CHECK(has(junit, "inconclusive, interrupted"));
    CHECK(has(junit, way.why));
}

TEST_CASE("a rollout, and a stress, that were not rehearsed say so") {
    RehearsalResult result = rehearsal(Verdict::inconclusive);
    result.interrupted = true;
    RehearsalResult stressed = rehearsal(Verdict::inconclusive);
    stressed.stress = "rush";
    stressed.interrupted = true;
    stressed.replications = 0;
    stressed.accepted = {objective("share a > 1%", Verdict::inconclusive, 0.5)};
    result.stresses.push_back(stressed);
    studies::CanaryResult canary;
    canary.why = "interrupted before it was rehearsed";
    canary.interrupted = true;
    canary.cases.emplace_back();
    result.canary = canary;
    const std::string text = reports::rehearse_report(result, "d", {});
    CHECK(has(text, "The rollout\n"));
    CHECK_FALSE(has(text, "0 of 0"));
    const std::string markdown = above_the_fold(reports::rehearse_markdown(result, "d"));
    CHECK(has(markdown, "| the rollout | interrupted before it was rehearsed |"));
    CHECK(has(markdown, "under rush | interrupted before it was rehearsed |"));
    for (const auto& check : reports::rehearsal_checks(result))
        CHECK(has(check.message, "inconclusive, interrupted"));
}
