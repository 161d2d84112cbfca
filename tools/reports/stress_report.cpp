#include "tools/reports/stress_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/stress_words.h"
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
    void head() {
        page_.line(page_.styled(study_.name, bold) + ": " + page_.verdict(result_.verdict, 0) +
                   (result_.reason == studies::Reason::none || result_.reason == studies::Reason::limit
                        ? std::string()
                        : fmt::format(" ({})", studies::name_of(result_.reason))));
        page_.what_was_set(study_.set);
        page_.wrapped("", basis_words(result_));
        if (result_.warm_up_s && *result_.warm_up_s > 0)
            page_.wrapped("", fmt::format("warm-up of {} cut ({})", human(*result_.warm_up_s, "s"),
                                          result_.warm_up_reason));
        if (!result_.explanation.empty()) page_.wrapped("", result_.explanation);
        page_.warnings("warning: ", result_.warnings, "--json has all");
    }

    void breaking_point() {
        page_.heading("Breaking point");
        page_.wrapped("  ", breaking_words(result_));
        for (const std::string& promise : result_.breaks_first) page_.wrapped("  first to break: ", promise);
        if (result_.breaks_first.empty() && result_.breaks_at &&
            !result_.levels[*result_.breaks_at].why.empty())
            page_.wrapped("  ", result_.levels[*result_.breaks_at].why);
        if (const std::string days = growth_words(study_, result_); !days.empty()) page_.wrapped("  ", days);
    }

    void knee() {
        const std::string text = knee_words(result_);
        if (text.empty()) return;
        page_.heading("Knee");
        page_.wrapped("  ", text);
    }

    void levels() {
        page_.heading("Levels");
        std::vector<Row> rows = {
            {result_.factor, "", "completed", "avg", "p(95)", "p(99)", "lost", "busiest", ""}};
        for (const Level& level : result_.levels) {
            if (level.replications == 0) continue;
            const Estimate* const busiest = busiest_of(level);
            rows.push_back(
                {level.value, studies::name_of(level.verdict),
                 short_value(level, "rate completed()", "items/s"), short_value(level, "avg latency()", "s"),
                 short_value(level, "p(95) latency()", "s"), short_value(level, "p(99) latency()", "s"),
                 short_value(level, "share lost()", "fraction"),
                 busiest == nullptr ? "-" : human(*busiest->value, "fraction", 3),
                 shorten(level.most_loaded, 14)});
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
        const studies::Candidate::Promise* before = nullptr;
        for (const NotKept& one : not_kept(result_)) {
            if (rows.size() == most_rows) {
                ++more;
                continue;
            }
            const bool first = before == nullptr || before->text != one.promise->text;
            rows.push_back({first ? one.promise->text : "", one.level->value, studies::name_of(one.verdict),
                            one.promise->estimate.value
                                ? with_interval(one.promise->estimate, one.promise->unit)
                                : std::string("no data")});
            before = one.promise;
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
            page_.heading("Disturbance " + disturbance_words(one));
            if (!one.why.empty()) {
                page_.wrapped("  ", "not known: " + one.why);
                continue;
            }
            page_.wrapped("  survived        ", one.survived == Verdict::met ? "yes"
                                                : one.survived == Verdict::violated
                                                    ? page_.styled("no", bold) + ": " + one.not_survived
                                                    : "not known: " + one.not_survived);
            for (const RecoveryLine& line : recovery_lines(one))
                page_.wrapped("  " + padded(line.name, 16, false), line.text);
            for (const auto& promise : one.promises)
                page_.wrapped("  " + page_.verdict(promise.verdict, 14), promise.text);
        }
    }

    void stations(const std::vector<studies::Station>& stations) {
        std::vector<Row> rows = {{"", "utilisation", "full at a throughput of", "by formulas"}};
        constexpr std::size_t most_rows = 8;
        for (const studies::Station& station : stations) {
            if (rows.size() > most_rows) break;
            rows.push_back({station.name, with_interval(station.utilisation, "fraction"),
                            with_interval(station.ceiling, "items/s"), expected_words(station)});
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
        for (const std::string& words : activity_words(first)) page_.wrapped("  ", words);
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
