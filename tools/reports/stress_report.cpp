#include "tools/reports/stress_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

using studies::BottlenecksResult;
using studies::BreakingPointResult;
using studies::Estimate;
using studies::Level;
using studies::RecoveryResult;
using studies::Verdict;

using Row = std::vector<std::string>;

const Estimate* measure_named(const Level& level, std::string_view name) {
    for (const Level::Measured& one : level.measures)
        if (one.name == name && one.estimate.value) return &one.estimate;
    return nullptr;
}
std::string short_value(const Level& level, std::string_view name, const char* unit) {
    const Estimate* found = measure_named(level, name);
    return found == nullptr ? "-" : human(*found->value, unit, 3);
}

class Report {
public:
    Report(const studies::Study& study, const BreakingPointResult& result, const TextOptions& look)
        : study_(study), result_(result), page_(look) {}

    std::string all(const BottlenecksResult* bottlenecks) {
        head();
        breaking_point();
        knee();
        levels();
        broken();
        picture();
        disturbances();
        if (bottlenecks != nullptr) what_would_help(*bottlenecks);
        return page_.take();
    }

private:
    std::string at(std::size_t level) const { return result_.levels[level].value; }
    /// "load at 2x"
    std::string factor_at(std::size_t level) const { return result_.factor + " at " + at(level); }

    void head() {
        page_.line(page_.styled(study_.name, bold) + ": " + page_.verdict(result_.verdict, 0) +
                   (result_.reason == studies::Reason::none || result_.reason == studies::Reason::limit
                        ? std::string()
                        : fmt::format(" ({})", studies::name_of(result_.reason))));
        page_.wrapped("", fmt::format("{} raised, {} levels, {} replications, {} confidence, seed {}",
                                      result_.factor, result_.levels.size(), result_.replications,
                                      studies::percent(result_.confidence), result_.seed));
        if (result_.warm_up_s && *result_.warm_up_s > 0)
            page_.wrapped("", fmt::format("warm-up of {} cut ({})", human(*result_.warm_up_s, "s"),
                                          result_.warm_up_reason));
        if (!result_.explanation.empty()) page_.wrapped("", result_.explanation);
        page_.warnings("warning: ", result_.warnings, "--json has all");
    }

    void breaking_point() {
        page_.heading("Breaking point");
        std::string text;
        if (result_.holds_at && result_.breaks_at)
            text = fmt::format("it holds with {}, and breaks by {}", factor_at(*result_.holds_at),
                               at(*result_.breaks_at));
        else if (result_.holds_at)
            text = fmt::format("it holds with {}, and no level was shown to break",
                               factor_at(*result_.holds_at));
        else if (result_.breaks_at)
            text = fmt::format("it does not hold with {}, and no lower level was shown to hold",
                               factor_at(*result_.breaks_at));
        else
            text = "no level was shown to hold or to break";
        page_.wrapped("  ", text);
        for (const std::string& promise : result_.breaks_first) page_.wrapped("  first to break: ", promise);
        if (result_.breaks_first.empty() && result_.breaks_at &&
            !result_.levels[*result_.breaks_at].why.empty())
            page_.wrapped("  ", result_.levels[*result_.breaks_at].why);
        if (!study_.growth) return;
        if (result_.holds_until && result_.breaks_by)
            page_.wrapped("  ", fmt::format("at {} it breaks between {} and {}", study_.growth->written,
                                            *result_.holds_until, *result_.breaks_by));
        else if (result_.holds_until)
            page_.wrapped("  ", fmt::format("at {} it holds until {} at least", study_.growth->written,
                                            *result_.holds_until));
        else if (result_.breaks_by)
            page_.wrapped("  ",
                          fmt::format("at {} it breaks by {}", study_.growth->written, *result_.breaks_by));
    }

    void knee() {
        if (!result_.knee && result_.why_no_knee.empty()) return;
        page_.heading("Knee");
        if (!result_.knee) {
            page_.wrapped("  ", "not known: " + result_.why_no_knee);
            return;
        }
        const studies::Knee& knee = *result_.knee;
        std::string text = fmt::format("throughput over mean latency is greatest with {} ({} to {})",
                                       factor_at(knee.at), at(knee.low), at(knee.high));
        if (knee.from_first) text += "; it may lie below, where nothing was looked at";
        if (knee.to_last) text += "; it may lie above, where nothing was looked at";
        page_.wrapped("  ", text);
    }

    void levels() {
        page_.heading("Levels");
        std::vector<Row> rows = {
            {result_.factor, "", "completed", "avg", "p(95)", "p(99)", "lost", "busiest", ""}};
        for (const Level& level : result_.levels) {
            if (level.replications == 0) continue;
            const std::string busiest =
                level.most_loaded.empty()
                    ? "-"
                    : short_value(level, fmt::format("avg utilisation({})", level.most_loaded), "fraction");
            rows.push_back(
                {level.value, studies::name_of(level.verdict),
                 short_value(level, "rate completed()", "items/s"), short_value(level, "avg latency()", "s"),
                 short_value(level, "p(95) latency()", "s"), short_value(level, "p(99) latency()", "s"),
                 short_value(level, "share lost()", "fraction"), busiest, shorten(level.most_loaded, 14)});
        }
        std::string text = table(rows, page_.width());
        text.pop_back();
        page_.line(text);
        const auto by_formula = std::count_if(result_.levels.begin(), result_.levels.end(),
                                              [](const Level& one) { return one.replications == 0; });
        if (by_formula > 0)
            page_.line(fmt::format("  and {} that formulas decided; --json has all", by_formula));
    }

    /// Which promises are not kept at which levels, as far as it is known, with what was seen of them there.
    void broken() {
        std::vector<Row> rows;
        std::size_t more = 0;
        constexpr std::size_t most_rows = 16;
        std::size_t promises = 0;
        for (const Level& level : result_.levels) promises = std::max(promises, level.promises.size());
        for (std::size_t i = 0; i < promises; ++i) {
            bool first = true;
            for (const Level& level : result_.levels) {
                if (level.verdict == Verdict::met || level.replications == 0) continue;
                const auto& promise = level.promises[i];
                if (promise.verdict == Verdict::met) continue;
                if (rows.size() == most_rows) {
                    ++more;
                    continue;
                }
                // A formula may know what so few replications do not tell.
                const bool broken =
                    std::find(level.broken.begin(), level.broken.end(), promise.text) != level.broken.end();
                rows.push_back({first ? promise.text : "", level.value,
                                studies::name_of(broken ? Verdict::violated : promise.verdict),
                                promise.estimate.value ? with_interval(promise.estimate, promise.unit)
                                                       : std::string("no data")});
                first = false;
            }
        }
        if (rows.empty()) return;
        page_.heading("What breaks");
        rows.insert(rows.begin(), {"objective", result_.factor, "", "estimate"});
        std::string text = table(rows, page_.width());
        text.pop_back();
        page_.line(text);
        if (more > 0) page_.line(fmt::format("  and {} more; --json has all", more));
    }

    /// Bars of latency against what is raised, as long as the highest latency before it breaks allows.
    void picture() {
        std::vector<const Level*> shown;
        double longest = 0, highest = 0;
        for (const Level& level : result_.levels) {
            const Estimate* latency = measure_named(level, "p(95) latency()");
            if (latency == nullptr) continue;
            shown.push_back(&level);
            highest = std::max(highest, *latency->value);
            if (level.verdict != Verdict::violated || longest == 0)
                longest = std::max(longest, *latency->value);
        }
        if (shown.size() < 2 || !(highest > 0)) return;
        // The first bars beyond the breaking point are to be seen to grow.
        longest = std::min(highest, 2 * longest);
        page_.heading("p(95) latency() against " + result_.factor);
        const int width = page_.width() - 26;
        for (const Level* level : shown) {
            const double value = *measure_named(*level, "p(95) latency()")->value;
            const bool beyond = value > longest;
            const int length =
                std::clamp(static_cast<int>(std::lround(value / longest * width)), value > 0 ? 1 : 0, width);
            page_.line(fmt::format("  {:>8} {:>9}  {}{}", level->value, human(value, "s", 3),
                                   std::string(static_cast<std::size_t>(length),
                                               level->verdict == Verdict::violated ? 'x' : '#'),
                                   beyond ? ">" : ""));
        }
        page_.line("  # met or open, x violated");
    }

    void disturbances() {
        for (const RecoveryResult& one : result_.disturbances) {
            page_.heading(fmt::format("Disturbance {}: at {}{}", one.name, human(one.at_s, "s"),
                                      one.lasts_s ? " for " + human(*one.lasts_s, "s") : ""));
            if (!one.why.empty()) {
                page_.wrapped("  ", "not known: " + one.why);
                continue;
            }
            const auto timing = [&](const RecoveryResult::Timing& time) {
                if (time.seen == 0) return fmt::format("in none of {} replications", one.replications);
                return with_interval(time.seconds, "s") +
                       (time.seen < one.replications
                            ? fmt::format(", in {} of {} replications", time.seen, one.replications)
                            : std::string());
            };
            page_.wrapped("  survived        ", one.survived == Verdict::met ? "yes"
                                                : one.survived == Verdict::violated
                                                    ? page_.styled("no", bold) + ": " + one.not_survived
                                                    : "not known: " + one.not_survived);
            std::string by;
            for (const std::string& what : one.detected_by) by += (by.empty() ? " by " : ", ") + what;
            page_.wrapped("  detected after  ", timing(one.detected) + by);
            page_.wrapped("  peak            ", one.peak_of + " " + with_interval(one.peak, one.peak_unit) +
                                                    ", without it " +
                                                    with_interval(one.peak_without, one.peak_unit));
            const char* since = one.lasts_s ? " after its end" : " after it";
            const auto again = [&](const RecoveryResult::Timing& time) {
                return timing(time) + (time.seen > 0 ? since : "");
            };
            if (one.kept_again) page_.wrapped("  kept again      ", again(*one.kept_again));
            if (one.drained) page_.wrapped("  well again      ", again(*one.drained));
            page_.wrapped("  still there     ",
                          with_interval(one.left_more, "items") + " more than without it as the run ends");
            page_.wrapped("  lost            ",
                          with_interval(one.lost_more, "items") + " more than without it");
            if (one.dead_lettered_more.value.value_or(0) != 0)
                page_.wrapped("  dead-lettered   ",
                              with_interval(one.dead_lettered_more, "items") + " more than without it");
            if (one.late.value.value_or(0) > 0)
                page_.wrapped("  late            ",
                              with_interval(one.late_more, "items") + " more than without it");
            for (const auto& promise : one.promises)
                page_.wrapped("  " + page_.verdict(promise.verdict, 14), promise.text);
        }
    }

    void stations(const std::vector<studies::Station>& stations) {
        std::vector<Row> rows = {{"", "utilisation", "full at a throughput of", "by formulas"}};
        constexpr std::size_t most_rows = 8;
        for (const studies::Station& station : stations) {
            if (rows.size() > most_rows) break;
            std::string expected;
            if (station.expected)
                expected = human(*station.expected, "fraction") +
                           (station.expected_ceiling ? ", " + human(*station.expected_ceiling, "items/s")
                                                     : std::string());
            rows.push_back({station.name, with_interval(station.utilisation, "fraction"),
                            with_interval(station.ceiling, "items/s"), expected});
        }
        std::string text = table(rows, page_.width());
        text.pop_back();
        page_.line(text);
    }

    void activity(const std::vector<studies::Station>& stations, const studies::ByActivity& first) {
        std::vector<Row> rows = {{"", "active without a break for", "the bottleneck", "of that, shifting"}};
        constexpr std::size_t most_rows = 8;
        for (const studies::Station& station : stations) {
            if (rows.size() > most_rows) break;
            rows.push_back({station.name, with_interval(station.active_period, "s"),
                            with_interval(station.bottleneck, "fraction"),
                            station.shifting.value ? human(*station.shifting.value, "fraction") : "-"});
        }
        std::string text = table(rows, page_.width());
        text.pop_back();
        page_.line(text);
        const auto name = [&](const char* what, const std::optional<studies::Foremost>& one) {
            if (one)
                page_.wrapped("  ", fmt::format("{}: {}{}", what, one->name,
                                                one->decided ? "" : ", not told apart from the next"));
        };
        name("longest active", first.longest_active);
        name("most of the time", first.most_time);
    }

    void what_would_help(const BottlenecksResult& found) {
        page_.heading("Where it is tight, as it is now");
        if (!found.why.empty()) {
            page_.wrapped("  ", "not known: " + found.why);
            return;
        }
        stations(found.stations);
        page_.heading("Where the bottleneck is, by active periods");
        activity(found.stations, found.by_activity);
        page_.heading("What would help");
        page_.wrapped("  ", fmt::format("{} is {}; each remedy alone makes it better by:", found.target,
                                        with_interval(found.target_now, found.target_unit)));
        std::vector<Row> rows;
        constexpr std::size_t most_rows = 12;
        for (const studies::Remedy& remedy : found.remedies) {
            if (rows.size() == most_rows) break;
            rows.push_back({remedy.element, remedy.text, with_interval(remedy.gain, found.target_unit),
                            remedy.decided ? "" : "not decided"});
        }
        if (rows.empty()) {
            page_.line("  nothing can be added");
            return;
        }
        std::string text = table(rows, page_.width());
        text.pop_back();
        page_.line(text);
        if (found.remedies.size() > most_rows)
            page_.line(fmt::format("  and {} more; --json has all", found.remedies.size() - most_rows));
        if (!found.ranked)
            page_.wrapped("  ", "neighbours in this order are not all told apart; more replications would");
        if (!found.fixed) return;
        page_.heading("Then, with " + found.fixed->element + " twice as fast");
        page_.wrapped("  ", fmt::format("{} is {}", found.target,
                                        with_interval(found.fixed->target, found.target_unit)));
        stations(found.fixed->stations);
        activity(found.fixed->stations, found.fixed->by_activity);
    }

    const studies::Study& study_;
    const BreakingPointResult& result_;
    Page page_;
};

}  // namespace

std::string stress_report(const studies::Study& study, const BreakingPointResult& result,
                          const BottlenecksResult* bottlenecks, const TextOptions& look) {
    return Report(study, result, look).all(bottlenecks);
}

}  // namespace understudy::reports
