#include "tools/studies/rate_changes.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "kernel/random.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::studies {

namespace {

constexpr double level_of_changes = 0.01, level_of_last_stretch = 0.1, least_change = 0.1;
constexpr std::size_t most_windows = 12, fewest_windows = 5, fewest_in_a_window = 10;
constexpr std::size_t fewest_in_last_stretch = 20, parts_of_a_log = 20;
constexpr std::size_t bins_of_a_scan = 40;
constexpr int scans_drawn = 199;
/// The variance of the root of a whole number whose expectation is half, times that expectation.
constexpr double least_variance_of_roots = 0.25;

double root_of(double count) { return 2 * std::sqrt(count + 0.375); }
double count_of(double root) { return std::max(0.0, root * root / 4 - 0.375); }

/// Counts of windows of equal length; the first instant is the begin of the first.
std::vector<double> counts_of(const std::vector<double>& instants, std::size_t windows) {
    std::vector<double> counts(windows, 0.0);
    const double first = instants.front(), each = (instants.back() - first) / static_cast<double>(windows);
    for (std::size_t i = 1; i < instants.size(); ++i)
        ++counts[std::min(windows - 1, static_cast<std::size_t>((instants[i] - first) / each))];
    return counts;
}

/// Where the longest last part begins in which Laplace's test finds no trend. `dispersion`: of counts.
double last_stretch(const std::vector<double>& instants, double dispersion) {
    const double first = instants.front(), last = instants.back(), part = (last - first) / parts_of_a_log;
    double since = first;
    for (std::size_t k = 0; k < parts_of_a_log; ++k) {
        const double from = first + static_cast<double>(k) * part;
        const auto begin = std::lower_bound(instants.begin(), instants.end(), from);
        // The last arrival ends the log.
        const auto n = static_cast<std::size_t>(instants.end() - begin) - 1;
        if (n < fewest_in_last_stretch) break;
        since = from;
        double sum = 0;
        for (auto at = begin; at + 1 != instants.end(); ++at) sum += *at - from;
        const double length = last - from, count = static_cast<double>(n);
        const double laplace =
            (sum / count - length / 2) / (length * std::sqrt(std::max(1.0, dispersion) / (12 * count)));
        if (std::fabs(laplace) < -kernel::normal_quantile(level_of_last_stretch / 2)) break;
    }
    return since - first;
}

struct Scanned {
    double likelier = 0;  ///< the logarithm of the ratio
    std::size_t from = 0, until = 0;
};

/// The stretch of bins whose rate differs the most.
Scanned scanned(const std::vector<double>& counts) {
    const auto bins = static_cast<double>(counts.size());
    std::vector<double> sums(counts.size() + 1, 0.0);
    for (std::size_t i = 0; i < counts.size(); ++i) sums[i + 1] = sums[i] + counts[i];
    const double all = sums.back();
    const auto term = [](double count, double length) {
        return count > 0 ? count * kernel::exact::log(count / length) : 0.0;
    };
    Scanned best;
    for (std::size_t from = 0; from < counts.size(); ++from)
        for (std::size_t until = from + 1; until <= counts.size(); ++until) {
            const auto length = static_cast<double>(until - from);
            if (length == bins) continue;
            const double in = sums[until] - sums[from];
            const double likelier = term(in, length) + term(all - in, bins - length) - term(all, bins);
            if (likelier > best.likelier) best = {likelier, from, until};
        }
    return best;
}

/// Does the stretch differ by more than what chance does to uniform instants?
bool differs(const Scanned& found, const std::vector<double>& counts, std::uint64_t seed) {
    double all = 0;
    for (const double count : counts) all += count;
    kernel::Stream stream(kernel::stream_key(seed, counts.size(), "stretch", kernel::Purpose::bootstrap));
    int more = 1;
    for (int i = 0; i < scans_drawn; ++i) {
        std::vector<double> drawn(counts.size(), 0.0);
        for (double k = 0; k < all; ++k)
            ++drawn[std::min(counts.size() - 1, static_cast<std::size_t>(
                                                    stream.uniform() * static_cast<double>(counts.size())))];
        more += scanned(drawn).likelier >= found.likelier ? 1 : 0;
    }
    return more <= level_of_changes * (scans_drawn + 1);
}

bool is_constant(const std::vector<double>& counts, std::uint64_t seed) {
    return counts.size() < 2 || !differs(scanned(counts), counts, seed);
}

}  // namespace

std::optional<RateChange> trend_of(const std::vector<double>& instants) {
    const std::size_t windows =
        std::min(most_windows, (instants.empty() ? 0 : instants.size() - 1) / fewest_in_a_window);
    if (windows < fewest_windows || !(instants.back() > instants.front())) return std::nullopt;
    const std::vector<double> counts = counts_of(instants, windows);
    const auto n = static_cast<double>(windows);
    kernel::Moments roots;
    for (const double count : counts) roots.add(root_of(count));
    const double middle = (n - 1) / 2, squares = n * (n * n - 1) / 12;
    double slope = 0;
    for (std::size_t i = 0; i < windows; ++i)
        slope += (static_cast<double>(i) - middle) * root_of(counts[i]) / squares;
    double left = 0;
    for (std::size_t i = 0; i < windows; ++i) {
        const double off = root_of(counts[i]) - roots.mean() - slope * (static_cast<double>(i) - middle);
        left += off * off;
    }
    const double a_window = static_cast<double>(instants.size() - 1) / n;
    const double variance = std::max(left / (n - 2), least_variance_of_roots / a_window);
    const double t = std::fabs(slope) / std::sqrt(variance / squares);
    if (2 * kernel::student_survival(t, n - 2) >= level_of_changes) return std::nullopt;
    RateChange found;
    found.trend = true;
    found.span = instants.back() - instants.front();
    found.before = count_of(std::max(0.0, roots.mean() - slope * n / 2)) * n / found.span;
    found.after = count_of(std::max(0.0, roots.mean() + slope * n / 2)) * n / found.span;
    if (std::fabs(found.after - found.before) < least_change * std::min(found.after, found.before))
        return std::nullopt;
    found.stretch_until = found.span;
    found.since = last_stretch(instants, variance);
    return found;
}

std::optional<RateChange> stretch_of(const std::vector<double>& instants, std::uint64_t seed) {
    if (instants.size() < fewest_windows * fewest_in_a_window || !(instants.back() > instants.front()))
        return std::nullopt;
    const std::vector<double> counts = counts_of(instants, bins_of_a_scan);
    const Scanned stretch = scanned(counts);
    if (!differs(stretch, counts, seed)) return std::nullopt;
    const auto at = [&](std::size_t bin) { return counts.begin() + static_cast<std::ptrdiff_t>(bin); };
    const std::vector<double> within(at(stretch.from), at(stretch.until));
    std::vector<double> without(counts.begin(), at(stretch.from));
    without.insert(without.end(), at(stretch.until), counts.end());
    if (!is_constant(within, seed) || !is_constant(without, seed)) return std::nullopt;
    RateChange found;
    found.span = instants.back() - instants.front();
    const double bin = found.span / bins_of_a_scan;
    const auto rate = [&](const std::vector<double>& of) {
        double count = 0;
        for (const double one : of) count += one;
        return count / (static_cast<double>(of.size()) * bin);
    };
    found.before = rate(without);
    found.after = rate(within);
    found.stretch_from = static_cast<double>(stretch.from) * bin;
    found.stretch_until = static_cast<double>(stretch.until) * bin;
    found.since = stretch.until == counts.size() ? found.stretch_from : found.stretch_until;
    const auto last = std::lower_bound(instants.begin(), instants.end(), instants.front() + found.since);
    if (static_cast<std::size_t>(instants.end() - last) <= fewest_in_last_stretch) return std::nullopt;
    return found;
}

}  // namespace understudy::studies
