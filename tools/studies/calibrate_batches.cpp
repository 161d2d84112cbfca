#include "tools/studies/calibrate_batches.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "kernel/fit.h"
#include "tools/studies/calibrate_parts.h"

namespace understudy::studies {

using kernel::Time;

namespace {

constexpr double just_above = 5, most_just_above = 0.1, most_of_interval = 0.05;
constexpr std::size_t fewest_within = 5, fewest_between = 4;
constexpr double fewest_share_within = 0.1;
constexpr double most_missed = 0.1;
constexpr std::size_t most_values_apart = 12;

/// The limit of gaps within a batch; nothing where there is none.
std::optional<double> limit_of(const std::vector<double>& sorted, double span) {
    const std::size_t n = sorted.size();
    std::optional<double> limit;
    double least = 0;
    const auto fewest = std::max(
        fewest_within, static_cast<std::size_t>(std::ceil(fewest_share_within * static_cast<double>(n))));
    for (std::size_t k = fewest; k + fewest_between <= n; ++k) {
        const double longest = sorted[k - 1];
        if (sorted[k] <= longest) continue;  // not the last of its length
        const double interval = span / static_cast<double>(n - k);
        if (longest > most_of_interval * interval) continue;
        const auto end = std::upper_bound(sorted.begin(), sorted.end(), just_above * longest);
        const auto above = static_cast<double>(end - sorted.begin()) - static_cast<double>(k);
        if (above > most_just_above * static_cast<double>(k)) continue;
        if (limit && above >= least) continue;
        limit = longest;
        least = above;
    }
    return limit;
}

/// The roundest duration that is no further away than this.
double rounded(double seconds, double away) {
    for (const double unit :
         {86400.0, 43200.0, 21600.0, 14400.0, 10800.0, 7200.0, 3600.0, 1800.0, 1200.0, 900.0,
          600.0,   300.0,   60.0,    30.0,    10.0,    5.0,    1.0,    0.1,    0.01,   0.001}) {
        const double whole = std::round(seconds / unit) * unit;
        if (whole > 0 && std::fabs(whole - seconds) <= away) return whole;
    }
    return seconds;
}

}  // namespace

std::optional<Batches> batches_of(const std::vector<std::vector<Time>>& logs, Time resolution) {
    std::vector<double> gaps;
    double span = 0;
    const double coarse = kernel::to_seconds(resolution);
    for (const std::vector<Time>& log : logs)
        for (std::size_t i = 1; i < log.size(); ++i) {
            const double gap = kernel::to_seconds(log[i] - log[i - 1]);
            // Shorter ones are not told from that.
            gaps.push_back(std::max(gap, coarse));
            span += gap;
        }
    std::sort(gaps.begin(), gaps.end());
    const auto limit = limit_of(gaps, span);
    if (!limit) return std::nullopt;
    Batches found;
    found.most_apart_s = *limit;
    double lasted = 0, batches = 0;
    for (const std::vector<Time>& log : logs) {
        auto& starts = found.starts.emplace_back();
        auto& sizes = found.sizes.emplace_back();
        for (std::size_t i = 0; i < log.size(); ++i) {
            if (i > 0 && std::max(kernel::to_seconds(log[i] - log[i - 1]), coarse) <= *limit) {
                ++sizes.back();
                lasted += kernel::to_seconds(log[i] - log[i - 1]);
                continue;
            }
            starts.push_back(log[i]);
            sizes.push_back(1);
        }
        batches += static_cast<double>(starts.size());
    }
    if (!(lasted / batches <= most_of_interval * span / batches)) return std::nullopt;
    return found;
}

std::optional<Beat> beat_of(const std::vector<std::vector<Time>>& starts) {
    std::vector<double> intervals;
    for (const std::vector<Time>& log : starts)
        for (std::size_t i = 1; i < log.size(); ++i)
            intervals.push_back(kernel::to_seconds(log[i] - log[i - 1]));
    if (intervals.size() < fewest_between) return std::nullopt;
    std::vector<double> sorted = intervals;
    std::sort(sorted.begin(), sorted.end());
    const double usual = sorted[sorted.size() / 2];
    double beats = 0, span = 0;
    for (const double interval : intervals) {
        beats += std::max(1.0, std::round(interval / usual));
        span += interval;
    }
    const auto batches = static_cast<double>(intervals.size());
    if (!(usual > 0) || beats > batches / (1 - most_missed)) return std::nullopt;
    // Each from the first of its log, so that what is off does not add up.
    const double exact = span / beats;
    const auto furthest = [&](double period) {
        double off = 0;
        for (const std::vector<Time>& log : starts)
            for (const Time start : log) {
                const double away = kernel::to_seconds(start - log.front()) / period;
                off = std::max(off, std::fabs(away - std::round(away)) * period);
            }
        return off;
    };
    const double off = furthest(exact);
    const double period = rounded(exact, std::max(2 * off / beats, 1e-9 * exact));
    if (off > most_of_interval * exact || furthest(period) > most_of_interval * period) return std::nullopt;
    Beat beat;
    beat.period = kernel::from_seconds(period);
    beat.beats = static_cast<std::int64_t>(beats);
    beat.missed = static_cast<std::int64_t>(beats - batches);
    // The earliest of the first log by its place within the period, as batches begin with their first.
    const auto first =
        std::find_if(starts.begin(), starts.end(), [](const std::vector<Time>& log) { return !log.empty(); });
    Time earliest = 0, latest = 0;
    for (const Time start : *first) {
        const Time since = start - first->front();
        const Time late =
            since - static_cast<Time>(std::llround(kernel::to_seconds(since) / period)) * beat.period;
        earliest = std::min(earliest, late);
        latest = std::max(latest, late);
    }
    beat.offset = first->front() + earliest;
    beat.spread = latest - earliest;
    return beat;
}

Time rounded_offset(const Beat& beat, Time since) {
    Time offset = (since % beat.period + beat.period) % beat.period;
    for (const Time unit : {kernel::hour, 30 * kernel::minute, 15 * kernel::minute, 5 * kernel::minute,
                            kernel::minute, 10 * kernel::second, kernel::second, kernel::millisecond}) {
        const Time round = (offset + unit / 2) / unit * unit;
        const Time away = round > offset ? round - offset : offset - round;
        if (away <= beat.spread || unit == kernel::millisecond) {
            offset = round;
            break;
        }
    }
    return offset % beat.period;
}

LawOfSizes law_of_sizes(const std::vector<double>& sizes) {
    LawOfSizes found;
    std::map<double, double> counts;
    for (const double size : sizes) {
        ++counts[size];
        found.mean += size / static_cast<double>(sizes.size());
    }
    if (counts.size() == 1) {
        found.family = "constant";
        found.law = law_of(kernel::Distribution::constant(sizes.front()));
        return found;
    }
    if (counts.size() > most_values_apart) {
        kernel::Sample sample;
        sample.observed = sizes;
        sample.resolution = 1;
        sample.rounding = kernel::Rounding::nearest;
        if (const auto choice = kernel::choose_family(sample)) {
            found.family = std::string(kernel::name_of(choice->chosen.family));
            found.choice = choice;
            found.law = law_of(shortened(choice->chosen.law));
            return found;
        }
    }
    found.family = "as recorded";
    std::vector<double> shares;
    std::vector<kernel::Distribution> values;
    double left = 1;
    for (const auto& [size, count] : counts) {
        const double share = std::round(count / static_cast<double>(sizes.size()) * 1e4) / 1e4;
        values.push_back(kernel::Distribution::constant(size));
        shares.push_back(values.size() == counts.size() ? std::round(left * 1e4) / 1e4 : share);
        left -= share;
    }
    // What rounding leaves is the last one's; of none at all nothing would be drawn.
    for (std::size_t i = shares.size(); i-- > 0;)
        if (!(shares[i] > 0)) {
            shares.erase(shares.begin() + static_cast<std::ptrdiff_t>(i));
            values.erase(values.begin() + static_cast<std::ptrdiff_t>(i));
        }
    found.law = law_of(kernel::Distribution::mixture(std::move(shares), std::move(values)));
    return found;
}

}  // namespace understudy::studies
