#include "tools/reports/rehearse_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tools/reports/accepted_text.h"
#include "tools/reports/canary_report.h"
#include "tools/reports/difference_text.h"
#include "tools/reports/moved_report.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/rehearsal_words.h"
#include "tools/reports/rollback_report.h"
#include "tools/reports/summary.h"
#include "tools/reports/table.h"

namespace understudy::reports {

using studies::Accepted;
using studies::ComparedMeasure;
using studies::RehearsalResult;
using studies::Verdict;

namespace {

void put_entry(Page& page, const Accepted& entry, bool independent) {
    page.wrapped("  " + page.verdict(entry.verdict, 14), entry.text);
    const std::string indent(16, ' ');
    page.wrapped(indent, found_text(entry));
    if (const std::string parts = parts_text(entry); !parts.empty()) page.wrapped(indent, parts);
    if (const std::string why = why_text(entry); !why.empty()) page.wrapped(indent, why);
    if (entry.verdict == Verdict::inconclusive && entry.smallest_effect && *entry.smallest_effect > 0)
        page.wrapped(indent, effect_text(entry));
    if (entry.kind == Accepted::Kind::increase && entry.estimate.low && !entry.paired && !independent)
        page.wrapped(indent, "not in pairs: too few of them tell how sure they are");
}

void put_no_longer_promised(Page& page, const RehearsalResult& result) {
    if (result.no_longer_promised.empty()) return;
    page.heading("No longer promised, and no part of the verdict");
    for (const studies::NoLongerPromised& one : result.no_longer_promised) {
        page.wrapped("  ", one.text);
        page.wrapped("    ", would_be_text(one));
        if (!one.now.empty()) page.wrapped("    now ", one.now);
    }
}

void put_others(Page& page, const RehearsalResult& result) {
    constexpr std::size_t most = 8;
    const auto differ = differing(result, Judged::without);
    if (!differ.empty()) {
        page.heading("What else differs most, each by itself");
        std::vector<std::vector<std::string>> rows;
        std::set<std::string> doubts;
        for (std::size_t i = 0; i < std::min(most, differ.size()); ++i) {
            const ComparedMeasure& measure = *differ[i];
            const kernel::Estimate& estimate = measure.differences.front().difference->estimate;
            const std::string doubt = doubt_of(measure);
            if (!doubt.empty()) doubts.insert(doubt);
            const std::optional<double> before = measure.estimates.front().value,
                                        after = measure.estimates.back().value;
            const UnitsBeside units = units_beside(before, after, measure.unit);
            rows.push_back({(doubt.empty() ? "" : "! ") + measure.name, human_in(units.first, before),
                            human_in(units.second, after),
                            difference_text(estimate.centre, estimate.low, estimate.high, measure.unit,
                                            shared_unit({before, after}, measure.unit))});
        }
        std::string text = table(rows, page.width());
        text.pop_back();
        page.line(text);
        for (const std::string& doubt : doubts) page.wrapped("  ! ", doubt);
        if (differ.size() > most)
            page.line(fmt::format("  and {} more; --json has all", differ.size() - most));
    }
    page.line();
    if (result.same_model) page.line("What is simulated is the same in both.");
    if (result.same_events)
        page.line("The same happened in both, event by event.");
    else
        page.wrapped("", fmt::format("{} measures in both: {} the same to the last digit.",
                                     result.comparison.measures.size(), same_measures(result)));
    if (!result.comparison.only_in_some.empty()) {
        constexpr std::size_t shown = 3;
        page.line("Not in both:");
        for (std::size_t i = 0; i < std::min(shown, result.comparison.only_in_some.size()); ++i)
            page.line("  " + shorten(result.comparison.only_in_some[i], page.width() - 2));
        if (result.comparison.only_in_some.size() > shown)
            page.line(
                fmt::format("  and {} more; --json has all", result.comparison.only_in_some.size() - shown));
    }
    if (const std::string pairing = pairing_words(result); !pairing.empty()) page.wrapped("", pairing);
}

}  // namespace

std::string rehearse_report(const RehearsalResult& result, const std::string& digest,
                            const TextOptions& look) {
    Page page(look);
    const std::string& candidate = result.runs[1].result.provenance.scenario_name;
    const std::string& baseline = result.runs[0].result.provenance.scenario_name;
    std::string head = candidate == baseline ? candidate : candidate + " in the place of " + baseline;
    const bool nothing = result.reason == studies::Reason::no_objectives;
    head += ": " + (nothing ? std::string("nothing to judge") : page.verdict(result.verdict, 0));
    const std::string why = result.interrupted ? "interrupted" : nothing ? "" : reason_words(result.reason);
    if (!why.empty()) head += ", " + why;
    page.line(head);
    page.what_was_set(result.runs[1].result.provenance.set);
    page.wrapped("", rehearsal_how_words(result));
    if (!result.trusted.empty())
        page.wrapped("", "OVERRIDE: the twin is taken for credible, whatever its error: " + result.trusted);
    // Before what is said of a steady state that there may not be.
    page.warnings("warning: ", result.warnings, "--json has all");
    if (!result.accepted.empty()) {
        page.heading("Accepted is");
        if (const std::string none = not_rehearsed_text(result); !none.empty()) {
            for (const Accepted& entry : result.accepted) page.wrapped("  ", entry.text);
            page.line("  " + none);
        } else {
            for (const Accepted& entry : result.accepted) put_entry(page, entry, result.independent);
        }
    }
    put_no_longer_promised(page, result);
    for (const RehearsalResult& stressed : result.stresses) {
        page.heading("Under " + stressed.stress + fmt::format(", {} of each", stressed.replications));
        if (const std::string none = not_rehearsed_text(stressed); !none.empty()) {
            page.line("  " + none);
            continue;
        }
        page.warnings("  warning: ", stressed.warnings, "--json has all");
        for (const Accepted& entry : stressed.accepted) put_entry(page, entry, result.independent);
    }
    if (result.canary) put_canary(page, *result.canary);
    for (const RehearsalResult& stressed : result.stresses)
        if (stressed.canary) put_canary(page, *stressed.canary, stressed.stress);
    if (result.rollback) put_rollback(page, *result.rollback);
    put_others(page, result);
    if (result.moved) put_moved(page, *result.moved);
    if (const std::string next = next_words(result); !next.empty()) page.whole("Next: ", next);
    page.line("Digest " + digest);
    return page.take();
}

}  // namespace understudy::reports
