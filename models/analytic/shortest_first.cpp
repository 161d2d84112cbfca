#include "models/analytic/shortest_first.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

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

}  // namespace understudy::models
