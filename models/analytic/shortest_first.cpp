#include "models/analytic/shortest_first.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "models/analytic/transforms.h"

namespace understudy::models {

namespace {

using kernel::Distribution;
using Kind = Distribution::Kind;

/// Nodes and weights on (-1, 1), as in transforms.cpp (Abramowitz and Stegun 1964, table 25.4).
constexpr std::array<std::pair<double, double>, 8> gauss_8 = {{{-0.9602898564975363, 0.1012285362903763},
                                                               {-0.7966664774136267, 0.2223810344533745},
                                                               {-0.5255324099163290, 0.3137066458778873},
                                                               {-0.1834346424956498, 0.3626837833783620},
                                                               {0.1834346424956498, 0.3626837833783620},
                                                               {0.5255324099163290, 0.3137066458778873},
                                                               {0.7966664774136267, 0.2223810344533745},
                                                               {0.9602898564975363, 0.1012285362903763}}};

/// Where the law jumps or has a kink; false where there are too many of these.
bool add_breaks(const Distribution& law, double scale, std::vector<double>& breaks) {
    constexpr std::size_t most = 300;
    if (law.is_constant()) {
        breaks.push_back(scale * law.mean());
        return true;
    }
    breaks.push_back(scale * law.lower_end());
    if (std::isfinite(law.upper_end())) breaks.push_back(scale * law.upper_end());
    switch (law.kind()) {
        case Kind::geometric:
        case Kind::zipf: return false;
        case Kind::triangular: breaks.push_back(scale * law.parameter("mode").value_or(0)); break;
        case Kind::empirical:
            if (law.values().size() > most) return false;
            for (const double value : law.values())
                breaks.push_back(scale * law.parameter("scale").value_or(1) * value);
            break;
        case Kind::mixture:
            for (const Distribution& part : law.components())
                if (!add_breaks(part, scale, breaks)) return false;
            break;
        default: break;
    }
    return breaks.size() <= most;
}

/// From 0 on: octaves where services are rare, quarters of them where they are; breaks are ends.
std::vector<double> ends_of(const Distribution& law, const std::vector<double>& breaks, double until) {
    constexpr int octaves_below = 50, fine_octaves = 4;
    std::vector<double> ends = {0};
    double at = std::ldexp(law.mean(), -octaves_below);
    for (int octave = -octaves_below; at < until; ++octave, at *= 2) {
        const int parts = octave < -fine_octaves ? 1 : 4;
        for (int i = 0; i < parts; ++i) ends.push_back(at * (1 + static_cast<double>(i) / parts));
    }
    ends.push_back(until);
    ends.insert(ends.end(), breaks.begin(), breaks.end());
    std::erase_if(ends, [&](double end) { return !(end >= 0 && end <= until); });
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    return ends;
}

}  // namespace

std::optional<double> wait_of_shortest_first(double rate, const Distribution& service, bool preemptive) {
    const double mean = service.mean(), load = rate * mean;
    std::vector<double> breaks;
    if (!(mean > 0) || !(load < 1) || !add_breaks(service, 1, breaks)) return std::nullopt;
    constexpr double rarest = 1e-14;
    const double until =
        std::isfinite(service.upper_end()) ? service.upper_end() : service.quantile(1 - rarest);
    const std::vector<double> ends = ends_of(service, breaks, until);
    // Of services longer than t: the integrals from 0 of how many they are, and of t times that.
    double longer = 0, longer_by_t = 0, sum = 0;
    const auto add = [&](double from, double to, double& one, double& by_t) {
        const double half = (to - from) / 2;
        for (const auto& [node, weight] : gauss_8) {
            const double t = from + half * (1 + node), more = service.survival(t);
            one += half * weight * more;
            by_t += half * weight * t * more;
        }
    };
    for (std::size_t i = 1; i < ends.size(); ++i) {
        const double half = (ends[i] - ends[i - 1]) / 2;
        for (const auto& [node, weight] : gauss_8) {
            const double x = ends[i - 1] + half * (1 + node), more = service.survival(x);
            double one = longer, by_t = longer_by_t;
            add(ends[i - 1], x, one, by_t);
            const double shorter = rate * (one - x * more), left = 1 - shorter;  // load up to x
            if (preemptive)
                // Schrage and Miller: at work and cut off, and in line before that, by parts.
                sum += half * weight *
                       (more * shorter / left +
                        (load - shorter) / ((1 - load) * left) * (more - by_t / (x * x)));
            else
                sum += half * weight * shorter / left / (x * x);
        }
        add(ends[i - 1], ends[i], longer, longer_by_t);
    }
    if (preemptive) return sum;
    // Nothing is longer than the end.
    sum += load / (1 - load) / until;
    return (service.variance() + mean * mean) / 2 * sum;
}

namespace {

/// The integral of a smooth function over another that grows, from three points of both (Simpson's rule for unequal steps).
double over(const std::array<double, 3>& of, const std::array<double, 3>& grows) {
    const double first = grows[1] - grows[0], second = grows[2] - grows[1], both = first + second;
    constexpr double unequal = 20;
    if (!(first > 0 && second > 0) || first > unequal * second || second > unequal * first)
        return first * (of[0] + of[1]) / 2 + second * (of[1] + of[2]) / 2;
    return both / 6 *
           ((2 - second / first) * of[0] + both * both / (first * second) * of[1] +
            (2 - first / second) * of[2]);
}

}  // namespace

std::optional<std::vector<double>> waits_of_shortest_first(double rate, const std::vector<double>& shares,
                                                           const std::vector<Distribution>& laws) {
    const Distribution all = Distribution::mixture(shares, laws);
    const double mean = all.mean();
    std::vector<double> breaks;
    if (!(mean > 0) || !(rate * mean < 1) || !add_breaks(all, 1, breaks)) return std::nullopt;
    constexpr double rarest = 1e-14;
    double until = 0;
    for (const Distribution& law : laws)
        until = std::max(
            until, std::isfinite(law.upper_end()) ? law.upper_end() : precise_quantile(law, 1 - rarest));
    const std::vector<double> ends = ends_of(all, breaks, until);
    // Where a law jumps, on either side of it.
    constexpr double aside = 1e-13;
    const auto before = [](double x) { return x * (1 - aside); };
    const auto behind = [](double x) { return x * (1 + aside); };
    double longer = 0;  // the integral of how many are longer than t, up to here
    const auto free_up_to = [&](double x, double more) { return 1 - rate * (longer - x * more); };
    std::vector<double> sums;
    for (const Distribution& law : laws) sums.push_back(1 - law.survival(0));
    constexpr int parts = 16;  // even
    std::vector<std::array<double, 3>> grown(laws.size());
    for (std::size_t i = 1; i < ends.size(); ++i) {
        const double from = ends[i - 1], to = ends[i], step = (to - from) / parts;
        std::array<double, 3> of{};
        for (int k = 0; k <= parts; ++k) {
            const double x = k == 0 ? behind(from) : k == parts ? before(to) : from + k * step;
            if (k > 0) {
                const double start = from + (k - 1) * step;
                for (const auto& [node, weight] : gauss_8)
                    longer += step / 2 * weight * all.survival(start + step / 2 * (1 + node));
            }
            const double free = free_up_to(x, all.survival(x));
            const auto at = static_cast<std::size_t>(k == 0 ? 0 : 2 - k % 2);
            of[at] = 1 / (free * free);
            for (std::size_t j = 0; j < laws.size(); ++j) {
                grown[j][at] = -laws[j].survival(x);
                if (k > 0 && k % 2 == 0) {
                    sums[j] += over(of, grown[j]);
                    grown[j][0] = grown[j][2];
                }
            }
            if (k > 0 && k % 2 == 0) of[0] = of[2];
        }
        // Those of just this length.
        const double left = free_up_to(to, all.survival(before(to))),
                     right = free_up_to(to, all.survival(behind(to)));
        for (std::size_t j = 0; j < laws.size(); ++j)
            sums[j] += (laws[j].survival(before(to)) - laws[j].survival(behind(to))) / (left * right);
    }
    const double residual = rate * (all.variance() + mean * mean) / 2;
    for (double& sum : sums) sum *= residual;
    return sums;
}

}  // namespace understudy::models
