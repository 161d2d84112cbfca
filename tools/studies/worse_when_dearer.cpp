// Whether dearer is better, as the search for the cheapest setting takes it to be: asked of formulas where these decided,
// and of what was simulated; a factor of which more made a promise worse is distrusted.
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "kernel/random.h"
#include "tools/studies/cheapest_search.h"

namespace understudy::studies {

using Point = Lattice::Point;

namespace {

bool is_kept_by_less(const models::Objective& objective) {
    return objective.comparison == models::Comparison::less ||
           objective.comparison == models::Comparison::at_most;
}

/// Beyond rounding.
bool is_nearer(const models::Objective& objective, double one, double other) {
    constexpr double rounding = 1e-9;
    const double gain = is_kept_by_less(objective) ? other - one : one - other;
    return gain > rounding * std::max(std::fabs(one), std::fabs(other));
}

bool is_overloaded(const Predictor::Known& known) {
    return known.reason == Reason::unstable || known.reason == Reason::critical;
}

/// So many of them at most, in no order.
std::vector<Point> some_of(std::vector<Point> points, std::size_t most) {
    std::sort(points.begin(), points.end(),
              [](Point a, Point b) { return kernel::mix_bits(a) < kernel::mix_bits(b); });
    if (points.size() > most) points.resize(most);
    return points;
}

}  // namespace

std::vector<Point> CheapestSearch::dearer_neighbours(Point point) const {
    std::vector<Point> neighbours;
    for (std::size_t f = 0; f < lattice_->factors(); ++f)
        if (const auto dearer = lattice_->trusted(f) ? lattice_->next(point, f) : std::nullopt)
            neighbours.push_back(*dearer);
    return neighbours;
}

/// Of the largest settings of all, which are violated: the same with less of one factor, as little as is not known to be
/// overloaded, and half of what is between them.
std::vector<Point> CheapestSearch::with_less_of_one() {
    constexpr std::size_t most = 16;
    std::set<Point> settings;
    for (const Point top : some_of(claims(std::nullopt), most))
        for (std::size_t f = 0; f < lattice_->factors(); ++f) {
            std::vector<std::size_t> places = places_of(top);
            const std::size_t all = places[f];
            if (!lattice_->trusted(f) || all == 0) continue;
            std::size_t low = 0, high = all;
            while (low < high) {
                places[f] = low + (high - low) / 2;
                const Predictor::Known& known = predictor_.known(overrides(lattice_->point(places)));
                const bool out = known.impossible || is_overloaded(known);
                (out ? low : high) = out ? places[f] + 1 : places[f];
            }
            if (low == all) continue;
            for (const std::size_t place : {low, low + (all - low) / 2}) {
                places[f] = place;
                settings.insert(lattice_->point(places));
            }
        }
    return {settings.begin(), settings.end()};
}

/// What the larger one breaks for certain, by formulas, the smaller one breaks less, or not at all.
bool CheapestSearch::is_better_by_formula(Point small, Point large) {
    const Predictor::Known &less = predictor_.known(overrides(small)),
                           &more = predictor_.known(overrides(large));
    if (less.impossible || more.impossible || is_overloaded(less)) return false;
    if (is_overloaded(more)) return true;
    if (!more.broken) return false;
    const auto& [objective, value] = *more.broken;
    const auto other = predictor_.exactly(overrides(small), objective);
    return other && is_nearer(terms_.objectives[objective], *other, value);
}

/// The same of a smaller one that was simulated: it seems to keep what the larger one breaks, and is better beyond chance.
bool CheapestSearch::is_better_than_formula(Point small, Point large, double level) {
    const Predictor::Known& more = predictor_.known(overrides(large));
    const SettingTest& seen = test(small);
    if (more.impossible) return false;
    if (is_overloaded(more)) return seen.seems_met();
    if (!more.broken) return false;
    const auto& [objective, value] = *more.broken;
    const models::Objective& promise = terms_.objectives[objective];
    const Estimate estimate = seen.estimate(objective, level);
    if (!estimate.low || !estimate.high) return false;
    return is_kept_by_less(promise) ? *estimate.high < value && *estimate.value <= promise.limit
                                    : *estimate.low > value && *estimate.value >= promise.limit;
}

/// Of settings that formulas refused, and of which all that is smaller is taken to be violated: whether less of one factor
/// is better. A few of many are asked, so that it takes hardly longer than the search.
bool CheapestSearch::doubts_formulas() {
    const std::size_t most = 64 + by_formula_.size() / 16;
    std::set<std::size_t> broken;
    std::size_t asked = 0, turn = 0;
    const std::size_t all = by_formula_.size() * lattice_->factors();
    for (const Point large : some_of({by_formula_.begin(), by_formula_.end()}, by_formula_.size())) {
        for (std::size_t f = 0; f < lattice_->factors(); ++f) {
            if (!lattice_->trusted(f) || broken.contains(f)) continue;
            std::vector<std::size_t> places = places_of(large);
            const std::size_t place = places[f];
            if (place == 0) continue;
            // One less, half, a quarter and so on down to the least; of many settings one of these each.
            std::vector<std::size_t> smaller = {place - 1};
            for (std::size_t at = place - 1; at > 0;) {
                at /= 2;
                if (at < smaller.back()) smaller.push_back(at);
            }
            if (all * smaller.size() > most) smaller = {smaller[turn++ % smaller.size()]};
            for (const std::size_t one : smaller) {
                if (++asked > most) return distrust(broken);
                places[f] = one;
                if (!is_better_by_formula(lattice_->point(places), large)) continue;
                broken.insert(f);
                break;
            }
        }
    }
    return distrust(broken);
}

/// Whether of the settings that were simulated a dearer one is worse, beyond what chance does, or than formulas know of
/// it; then the factor is not trusted any more. `besides`: are simulated for it.
bool CheapestSearch::doubts_monotone(const std::vector<Point>& besides) {
    std::vector<Point> unseen;
    for (const Point point : besides)
        if (test(point).looks() == 0 && !formula_violates(point)) unseen.push_back(point);
    if (!unseen.empty() && !look_at(unseen)) return false;
    struct Pair {
        Point small, large;
        bool by_formula = false;  ///< the larger one is known
    };
    std::vector<Pair> pairs;
    for (const auto& [small, one] : tests_) {
        if (one.looks() == 0) continue;
        for (const auto& [large, other] : tests_)
            if (small != large && other.looks() > 0 && lattice_->at_most(small, large))
                pairs.push_back({small, large});
        for (const Point large : by_formula_)
            if (small != large && lattice_->at_most(small, large)) pairs.push_back({small, large, true});
    }
    const std::size_t objectives = terms_.objectives.size();
    const double level = 1 - (1 - terms_.confidence) /
                                 static_cast<double>(std::max<std::size_t>(1, pairs.size()) * objectives);
    // Where they differ in one factor alone it is that one; else it may be any of them that no such pair speaks for.
    std::set<std::size_t> broken, compared;
    std::vector<std::vector<std::size_t>> of_several;
    for (const auto& [small, large, by_formula] : pairs) {
        std::vector<std::size_t> differ;
        for (std::size_t f = 0; f < lattice_->factors(); ++f)
            if (lattice_->place(small, f) != lattice_->place(large, f)) differ.push_back(f);
        bool worse = by_formula && is_better_than_formula(small, large, level);
        for (std::size_t i = 0; i < objectives && !by_formula && !worse; ++i)
            worse = is_worse(i, test(small).values(i), test(large).values(i), level);
        if (differ.size() == 1) {
            compared.insert(differ.front());
            if (worse) broken.insert(differ.front());
        } else if (worse) {
            of_several.push_back(std::move(differ));
        }
    }
    const std::set<std::size_t> alone = broken;
    for (const std::vector<std::size_t>& differ : of_several) {
        if (std::any_of(differ.begin(), differ.end(), [&](std::size_t f) { return alone.contains(f); }))
            continue;
        const bool all_compared =
            std::all_of(differ.begin(), differ.end(), [&](std::size_t f) { return compared.contains(f); });
        for (const std::size_t f : differ)
            if (all_compared || !compared.contains(f)) broken.insert(f);
    }
    return distrust(broken);
}

/// Nothing is concluded along these any more. False where none was trusted.
bool CheapestSearch::distrust(const std::set<std::size_t>& factors) {
    bool news = false;
    for (const std::size_t f : factors)
        if (lattice_->trusted(f)) {
            lattice_->distrust(f);
            distrusted_.push_back(study_.factors[f].path);
            news = true;
        }
    if (news) {
        incumbent_.reset();
        draw_conclusions();
    }
    return news;
}

bool CheapestSearch::is_worse(std::size_t objective, const std::vector<double>& cheap,
                              const std::vector<double>& dear, double level) const {
    const std::size_t both = std::min(cheap.size(), dear.size());
    std::vector<double> one, other;
    for (std::size_t r = 0; r < both; ++r)
        if (std::isfinite(cheap[r]) && std::isfinite(dear[r])) {
            one.push_back(cheap[r]);
            other.push_back(dear[r]);
        }
    const auto difference = kernel::paired_difference(one, other, level);
    if (!difference) return false;
    const models::Comparison comparison = terms_.objectives[objective].comparison;
    const bool less = comparison == models::Comparison::less || comparison == models::Comparison::at_most;
    return difference->order ==
           (less ? kernel::Difference::Order::candidate_higher : kernel::Difference::Order::candidate_lower);
}

}  // namespace understudy::studies
