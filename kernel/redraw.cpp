#include "kernel/redraw.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace understudy::kernel {

namespace {

/// Of shape k and scale 1; of so large a one that a law of a language has none, as the normal it hardly differs from.
double gamma_draw(double shape, Stream& stream) {
    constexpr double largest = 9e5;
    if (shape > largest) return Distribution::normal(shape, std::sqrt(shape)).draw(stream);
    return Distribution::gamma(shape, 1 / std::sqrt(shape)).draw(stream);
}

/// From `from` so far on the way to `to`, by parameter; of a mixture the weights, and the parts by their means.
Distribution on_the_way(const Distribution& from, const Distribution& to, double part) {
    if (from.kind() == Distribution::Kind::mixture) {
        if (to.kind() != from.kind() || to.components().size() != from.components().size()) return from;
        const auto by_mean = [](const Distribution& law) {
            std::vector<std::pair<Distribution, double>> parts;
            for (std::size_t i = 0; i < law.components().size(); ++i)
                parts.emplace_back(law.components()[i], law.weights()[i]);
            std::stable_sort(parts.begin(), parts.end(),
                             [](const auto& a, const auto& b) { return a.first.mean() < b.first.mean(); });
            return parts;
        };
        const auto a = by_mean(from), b = by_mean(to);
        std::vector<double> weights;
        std::vector<Distribution> laws;
        for (std::size_t i = 0; i < a.size(); ++i) {
            weights.push_back(a[i].second + part * (b[i].second - a[i].second));
            laws.push_back(on_the_way(a[i].first, b[i].first, part));
        }
        return Distribution::mixture(std::move(weights), std::move(laws));
    }
    Distribution law = from;
    for (const std::string_view name : from.parameter_names()) {
        const auto start = from.parameter(name), end = to.parameter(name);
        if (!start || !end) return from;
        if (auto next = law.with_parameter(name, *start + part * (*end - *start))) law = std::move(*next);
    }
    return law;
}

}  // namespace

Distribution redrawn(Family family, const Distribution& law, double observations, Stream& stream) {
    if (family == Family::constant || law.is_constant() || !(observations >= 2)) return law;
    Sample sample;
    sample.observed.resize(
        static_cast<std::size_t>(std::min(std::floor(observations), static_cast<double>(most_redrawn))));
    for (double& value : sample.observed) value = law.draw(stream);
    const auto again = fit(family, sample);
    if (!again) return law;
    const double part = std::min(1.0, std::sqrt(static_cast<double>(sample.observed.size()) / observations));
    Distribution found = part < 1 ? on_the_way(law, again->law, part) : again->law;
    return found.problem() ? law : found;
}

bool has_shares(const Distribution& law) {
    return law.kind() == Distribution::Kind::mixture && !law.is_truncated() &&
           std::all_of(law.components().begin(), law.components().end(),
                       [](const Distribution& one) { return one.is_constant(); });
}

Distribution redrawn_shares(const Distribution& law, double observations, Stream& stream) {
    if (!has_shares(law) || !(observations >= 1)) return law;
    double all = 0;
    for (const double weight : law.weights()) all += weight;
    std::vector<double> drawn;
    for (const double weight : law.weights())
        drawn.push_back(weight > 0 ? gamma_draw(observations * weight / all, stream) : 0);
    Distribution found = Distribution::mixture(std::move(drawn), law.components());
    return found.problem() ? law : found;
}

double redrawn_share(double successes, double trials, Stream& stream) {
    const double seen = gamma_draw(successes + 0.5, stream);
    const double others = gamma_draw(trials - successes + 0.5, stream);
    return seen / (seen + others);
}

double redrawn_rate(double count, Stream& stream) { return gamma_draw(count + 0.5, stream) / count; }

}  // namespace understudy::kernel
