#include "tools/reports/rehearsal_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::Accepted;
using studies::ComparedMeasure;
using studies::RehearsalResult;
using studies::Verdict;

namespace {

bool stayed(const ComparedMeasure& measure) {
    const auto& one = measure.differences.front();
    return one.difference && one.difference->estimate.low == 0 && one.difference->estimate.high == 0;
}

}  // namespace

std::string rehearsal_how_words(const RehearsalResult& result) {
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

std::vector<const ComparedMeasure*> differing(const RehearsalResult& result, Judged judged) {
    std::vector<const ComparedMeasure*> found;
    for (const ComparedMeasure& measure : result.comparison.measures) {
        const auto& one = measure.differences.front();
        const bool is_judged =
            judged == Judged::without &&
            std::any_of(result.accepted.begin(), result.accepted.end(),
                        [&](const Accepted& entry) { return entry.measure == measure.name; });
        if (!is_judged && one.difference && one.difference->order != kernel::Difference::Order::undecided)
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

std::size_t same_measures(const RehearsalResult& result) {
    return static_cast<std::size_t>(
        std::count_if(result.comparison.measures.begin(), result.comparison.measures.end(), stayed));
}

std::string pairing_words(const RehearsalResult& result) {
    if (!result.variance_ratio || !(*result.variance_ratio > 0)) return "";
    const double ratio = *result.variance_ratio, times = std::max(ratio, 1 / ratio);
    if (times < 1.05)
        return fmt::format("Pairs vary as much as independent runs would ({}).", result.variance_ratio_of);
    return fmt::format("Pairs vary {} times {} than independent runs would ({}).", human_number(times, 2),
                       ratio >= 1 ? "less" : "more", result.variance_ratio_of);
}

std::string doubt_of(const ComparedMeasure& measure) {
    for (const std::string& doubt : measure.doubts)
        if (!doubt.empty()) return doubt;
    return "";
}

std::string next_words(const RehearsalResult& result) {
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

}  // namespace understudy::reports
