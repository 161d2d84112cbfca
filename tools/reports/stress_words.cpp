#include "tools/reports/stress_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/reports/numbers.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::BreakingPointResult;
using studies::Estimate;
using studies::Level;
using studies::RecoveryResult;
using studies::Verdict;

namespace {

/// "load at 2x"
std::string factor_at(const BreakingPointResult& result, std::size_t level) {
    return result.factor + " at " + result.levels[level].value;
}

std::string timing_words(const RecoveryResult& one, const RecoveryResult::Timing& time) {
    if (time.seen == 0) return fmt::format("in none of {} replications", one.replications);
    return with_interval(time.seconds, "s") +
           (time.seen < one.replications
                ? fmt::format(", in {} of {} replications", time.seen, one.replications)
                : std::string());
}

}  // namespace

const Estimate* measure_named(const Level& level, std::string_view name) {
    for (const Level::Measured& one : level.measures)
        if (one.name == name && one.estimate.value) return &one.estimate;
    return nullptr;
}

const Estimate* busiest_of(const Level& level) {
    if (level.most_loaded.empty()) return nullptr;
    return measure_named(level, fmt::format("avg utilisation({})", level.most_loaded));
}

std::string basis_words(const BreakingPointResult& result) {
    return fmt::format("{} raised, {} levels, {} replications, {} confidence, seed {}", result.factor,
                       result.levels.size(), result.replications, studies::percent(result.confidence),
                       result.seed);
}

std::string breaking_words(const BreakingPointResult& result) {
    if (result.holds_at && result.breaks_at)
        return fmt::format("it holds with {}, and breaks by {}", factor_at(result, *result.holds_at),
                           result.levels[*result.breaks_at].value);
    if (result.holds_at)
        return fmt::format("it holds with {}, and no level was shown to break",
                           factor_at(result, *result.holds_at));
    if (result.breaks_at)
        return fmt::format("it does not hold with {}, and no lower level was shown to hold",
                           factor_at(result, *result.breaks_at));
    return "no level was shown to hold or to break";
}

std::string growth_words(const studies::Study& study, const BreakingPointResult& result) {
    if (!study.growth) return "";
    const std::string& rate = study.growth->written;
    if (result.holds_until && result.breaks_by)
        return fmt::format("at {} it breaks between {} and {}", rate, *result.holds_until, *result.breaks_by);
    if (result.holds_until) return fmt::format("at {} it holds until {} at least", rate, *result.holds_until);
    if (result.breaks_by) return fmt::format("at {} it breaks by {}", rate, *result.breaks_by);
    return "";
}

std::string knee_words(const BreakingPointResult& result) {
    if (!result.knee) return result.why_no_knee.empty() ? "" : "not known: " + result.why_no_knee;
    const studies::Knee& knee = *result.knee;
    std::string text =
        fmt::format("throughput over mean latency is greatest with {} ({} to {})", factor_at(result, knee.at),
                    result.levels[knee.low].value, result.levels[knee.high].value);
    if (knee.from_first) text += "; it may lie below, where nothing was looked at";
    if (knee.to_last) text += "; it may lie above, where nothing was looked at";
    return text;
}

Verdict verdict_at(const Level& level, const studies::Candidate::Promise& promise) {
    if (level.verdict == Verdict::met || promise.verdict == Verdict::met) return Verdict::met;
    const bool broken =
        std::find(level.broken.begin(), level.broken.end(), promise.text) != level.broken.end();
    return broken ? Verdict::violated : promise.verdict;
}

std::vector<NotKept> not_kept(const BreakingPointResult& result) {
    std::vector<NotKept> list;
    std::size_t promises = 0;
    for (const Level& level : result.levels) promises = std::max(promises, level.promises.size());
    for (std::size_t i = 0; i < promises; ++i) {
        for (const Level& level : result.levels) {
            if (level.replications == 0) continue;
            const auto& promise = level.promises[i];
            if (const Verdict verdict = verdict_at(level, promise); verdict != Verdict::met)
                list.push_back({&level, &promise, verdict});
        }
    }
    return list;
}

std::string disturbance_words(const RecoveryResult& one) {
    return fmt::format("{}: at {}{}", one.name, human(one.at_s, "s"),
                       one.lasts_s ? " for " + human(*one.lasts_s, "s") : "");
}

std::vector<RecoveryLine> recovery_lines(const RecoveryResult& one) {
    std::vector<RecoveryLine> lines;
    std::string by;
    for (const std::string& what : one.detected_by) by += (by.empty() ? " by " : ", ") + what;
    lines.push_back({"detected after", timing_words(one, one.detected) + by, one.detected.seconds.value});
    lines.push_back({"peak", one.peak_of + " " + with_interval(one.peak, one.peak_unit) + ", without it " +
                                 with_interval(one.peak_without, one.peak_unit)});
    const auto again = [&](const char* name, const std::optional<RecoveryResult::Timing>& time) {
        if (!time) return;
        const char* since = one.lasts_s ? " after its end" : " after it";
        lines.push_back(
            {name, timing_words(one, *time) + (time->seen > 0 ? since : ""), time->seconds.value});
    };
    again("kept again", one.kept_again);
    again("well again", one.drained);
    const auto more = [&](const char* name, const Estimate& items, const char* than) {
        lines.push_back({name, with_interval(items, "items") + " more than without it" + than});
    };
    more("still there", one.left_more, " as the run ends");
    more("lost", one.lost_more, "");
    if (one.dead_lettered_more.value.value_or(0) != 0) more("dead-lettered", one.dead_lettered_more, "");
    if (one.late.value.value_or(0) > 0) more("late", one.late_more, "");
    return lines;
}

std::vector<std::string> activity_words(const studies::ByActivity& first) {
    std::vector<std::string> list;
    const auto name = [&](const char* what, const std::optional<studies::Foremost>& one) {
        if (one)
            list.push_back(fmt::format("{}: {}{}", what, one->name,
                                       one->decided ? "" : ", not told apart from the next"));
    };
    name("longest active", first.longest_active);
    name("most of the time", first.most_time);
    return list;
}

std::string expected_words(const studies::Station& station) {
    if (!station.expected) return "";
    return human(*station.expected, "fraction") +
           (station.expected_ceiling ? ", " + human(*station.expected_ceiling, "items/s") : std::string());
}

}  // namespace understudy::reports
