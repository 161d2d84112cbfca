#include "tools/reports/rehearse_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "tools/reports/accepted_text.h"
#include "tools/reports/canary_report.h"
#include "tools/reports/difference_text.h"
#include "tools/reports/moved_report.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
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

std::string how_text(const RehearsalResult& result) {
    const auto of_each =
        fmt::format("{} replication{} of each", result.replications, result.replications == 1 ? "" : "s");
    std::string text =
        result.independent
            ? fmt::format("{}, independent (seeds {} and {})", of_each, result.seed, result.candidate_seed)
            : fmt::format("{} in pairs, under the same random numbers (seed {})", of_each, result.seed);
    if (result.replications < result.most) text += fmt::format(", {} at most", result.most);
    text += result.warm_up_s > 0 ? fmt::format("; warm-up of {} cut from both ({})",
                                               human(result.warm_up_s, "s"), result.warm_up_reason)
                                 : "; no warm-up cut";
    if (result.accepted.size() > 1 || result.looks_at_most > 1)
        text += fmt::format("; {} confidence of all that is accepted together, over {} look{}",
                            human(result.confidence, "fraction"), result.looks_at_most,
                            result.looks_at_most == 1 ? "" : "s at most") +
                (result.stresses.empty() ? ""
                                         : fmt::format(", and under {} stress{}", result.stresses.size(),
                                                       result.stresses.size() == 1 ? "" : "es"));
    else
        text += fmt::format("; {} confidence", human(result.confidence, "fraction"));
    if (!result.input_reason.empty()) text += "; " + result.input_reason;
    return text;
}

bool is_same(const ComparedMeasure& measure) {
    const auto& one = measure.differences.front();
    return one.difference && one.difference->estimate.low == 0 && one.difference->estimate.high == 0;
}

/// Measures that nobody judges and that surely differ, those that changed by the largest share first.
std::vector<const ComparedMeasure*> others(const RehearsalResult& result) {
    std::vector<const ComparedMeasure*> found;
    for (const ComparedMeasure& measure : result.comparison.measures) {
        const auto& one = measure.differences.front();
        const bool judged = std::any_of(result.accepted.begin(), result.accepted.end(),
                                        [&](const Accepted& entry) { return entry.measure == measure.name; });
        if (!judged && one.difference && one.difference->order != kernel::Difference::Order::undecided)
            found.push_back(&measure);
    }
    const auto size = [](const ComparedMeasure* measure) {
        const auto& relative = measure->differences.front().relative;
        return relative ? std::fabs(*relative) : INFINITY;  // of nothing
    };
    std::stable_sort(found.begin(), found.end(),
                     [&](const ComparedMeasure* a, const ComparedMeasure* b) { return size(a) > size(b); });
    return found;
}

/// What pairs are good for.
std::string pairing_text(const RehearsalResult& result) {
    if (!result.variance_ratio || !(*result.variance_ratio > 0)) return "";
    const double ratio = *result.variance_ratio, times = std::max(ratio, 1 / ratio);
    if (times < 1.05)
        return fmt::format("Pairs vary as much as independent runs would ({}).", result.variance_ratio_of);
    return fmt::format("Pairs vary {} times {} than independent runs would ({}).", human_number(times, 2),
                       ratio >= 1 ? "less" : "more", result.variance_ratio_of);
}

/// Why one of the two is not to be believed; empty: both are.
std::string doubt_of(const ComparedMeasure& measure) {
    for (const std::string& doubt : measure.doubts)
        if (!doubt.empty()) return doubt;
    return "";
}

void put_others(Page& page, const RehearsalResult& result) {
    constexpr std::size_t most = 8;
    const auto differ = others(result);
    const auto same = static_cast<std::size_t>(
        std::count_if(result.comparison.measures.begin(), result.comparison.measures.end(), is_same));
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
                                     result.comparison.measures.size(), same));
    if (!result.comparison.only_in_some.empty()) {
        constexpr std::size_t shown = 3;
        page.line("Not in both:");
        for (std::size_t i = 0; i < std::min(shown, result.comparison.only_in_some.size()); ++i)
            page.line("  " + shorten(result.comparison.only_in_some[i], page.width() - 2));
        if (result.comparison.only_in_some.size() > shown)
            page.line(
                fmt::format("  and {} more; --json has all", result.comparison.only_in_some.size() - shown));
    }
    if (const std::string pairing = pairing_text(result); !pairing.empty()) page.wrapped("", pairing);
}

/// What to do now.
std::string next_text(const RehearsalResult& result) {
    using studies::Reason;
    if (result.interrupted) return "interrupted; run it again for a verdict";
    if (result.accepted.empty())
        return "nothing was to be accepted, so nothing is judged: say what has to hold with objectives of "
               "the "
               "candidate, or with --accept 'increase avg latency() < 5%'";
    std::int64_t needed = 0;
    bool unsettled = false;
    for (const Accepted& entry : result.accepted) {
        needed = std::max(needed, entry.replications_needed);
        unsettled = unsettled || (entry.verdict == Verdict::inconclusive && entry.replications_needed == 0);
    }
    switch (result.reason) {
        case Reason::not_credible:
            return "calibrate the twin better, or ask for what is larger than its error; --credible REASON "
                   "takes "
                   "it for credible, and keeps the reason";
        case Reason::warm_up: return "make the run longer (run.length)";
        case Reason::unstable:
        case Reason::critical:
            return "give what is overloaded more workers, or less to do: it has no steady state to compare";
        case Reason::data:
            if (needed == 0) return "look at what has no data, or make the run longer";
            break;
        default: break;
    }
    const bool accepted = !result.accepted.empty() &&
                          std::all_of(result.accepted.begin(), result.accepted.end(),
                                      [](const Accepted& entry) { return entry.verdict == Verdict::met; });
    const auto has_bad_rollout = [](const RehearsalResult& one) {
        return one.canary && one.canary->verdict != Verdict::met;
    };
    if (accepted && (has_bad_rollout(result) ||
                     std::any_of(result.stresses.begin(), result.stresses.end(), has_bad_rollout)))
        return "change the rollout: its guards, shares and bakes, or how often it may be wrong";
    if (result.rollback && !result.rollback->loses_data.empty() && accepted)
        return "once it is in there is no way back: keep what it takes away beside what is new until that "
               "has "
               "proved itself, or leave 'rollback' out";
    if (result.rollback && result.rollback->verdict != Verdict::met && accepted)
        return "change the way back (rollback), or make the run longer";
    if (result.verdict == Verdict::violated) return "change the candidate, or what is accepted";
    if (result.verdict == Verdict::met) return "";
    if (needed > 0 && !unsettled)
        return fmt::format("--replications {} would settle it in four of five cases", needed);
    return "allow more, or make the run longer: how much the two differ is about what is allowed";
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
    page.wrapped("", how_text(result));
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
    if (const std::string next = next_text(result); !next.empty()) page.whole("Next: ", next);
    page.line("Digest " + digest);
    return page.take();
}

}  // namespace understudy::reports
