#include "tools/studies/lattice.h"

#include <algorithm>
#include <utility>

#include "kernel/invariant.h"

namespace understudy::studies {

Lattice::Lattice(std::vector<std::size_t> sizes, std::vector<double> costs, std::vector<bool> trusted)
    : sizes_(std::move(sizes)),
      strides_(sizes_.size(), 1),
      costs_(std::move(costs)),
      trusted_(std::move(trusted)),
      standing_(costs_.size(), Standing::open) {
    for (std::size_t f = sizes_.size(); f-- > 1;) strides_[f - 1] = strides_[f] * sizes_[f];
    kernel::require(
        !sizes_.empty() && strides_[0] * sizes_[0] == costs_.size() && trusted_.size() == sizes_.size(),
        "a cost for each setting of the grid");
}

Lattice::Point Lattice::point(const std::vector<std::size_t>& places) const {
    Point point = 0;
    for (std::size_t f = 0; f < sizes_.size(); ++f) point += places[f] * strides_[f];
    return point;
}

std::optional<Lattice::Point> Lattice::next(Point point, std::size_t factor) const {
    if (place(point, factor) + 1 >= sizes_[factor]) return std::nullopt;
    return point + strides_[factor];
}

bool Lattice::at_most(Point small, Point large) const {
    for (std::size_t f = 0; f < sizes_.size(); ++f) {
        const std::size_t one = place(small, f), other = place(large, f);
        if (one > other || (!trusted_[f] && one != other)) return false;
    }
    return true;
}

void Lattice::show_violated(Point point) {
    std::vector<std::size_t> from, to;
    for (std::size_t f = 0; f < sizes_.size(); ++f) {
        to.push_back(place(point, f));
        from.push_back(trusted_[f] ? 0 : to.back());
    }
    conclude(from, to, Standing::violated);
    standing_[point] = Standing::violated;
}

void Lattice::show_met(Point point) {
    std::vector<std::size_t> from, to;
    for (std::size_t f = 0; f < sizes_.size(); ++f) {
        from.push_back(place(point, f));
        to.push_back(trusted_[f] ? sizes_[f] - 1 : from.back());
    }
    conclude(from, to, Standing::met);
    standing_[point] = Standing::met;
}

void Lattice::conclude(const std::vector<std::size_t>& from, const std::vector<std::size_t>& to,
                       Standing standing) {
    // Row by row: along the last factor they lie side by side.
    const std::size_t last = sizes_.size() - 1;
    std::vector<std::size_t> places = from;
    for (bool more = true; more;) {
        const Point row = point(places);
        for (Point one = row; one <= row + (to[last] - from[last]); ++one)
            if (standing_[one] == Standing::open) standing_[one] = standing;
        more = false;
        for (std::size_t f = last; f-- > 0 && !more;) {
            more = places[f] < to[f];
            places[f] = more ? places[f] + 1 : from[f];
        }
    }
}

void Lattice::distrust(std::size_t factor) {
    trusted_[factor] = false;
    forget();
}

void Lattice::forget() { std::fill(standing_.begin(), standing_.end(), Standing::open); }

std::optional<Lattice::Point> Lattice::cheapest_met() const {
    std::optional<Point> best;
    for (Point one = 0; one < points(); ++one)
        if (standing_[one] == Standing::met && (!best || cheaper(one, *best))) best = one;
    return best;
}

std::vector<Lattice::Point> Lattice::frontier(double cost) const {
    std::vector<Point> largest;
    for (Point one = 0; one < points(); ++one) {
        if (standing_[one] != Standing::open || !(costs_[one] < cost)) continue;
        bool is_largest = true;
        for (std::size_t f = 0; f < sizes_.size() && is_largest; ++f) {
            if (!trusted_[f]) continue;
            const auto dearer = next(one, f);
            // What is dearer and met, or violated, is not open; below what is violated nothing is.
            is_largest = !(dearer && costs_[*dearer] < cost && standing_[*dearer] == Standing::open);
        }
        if (is_largest) largest.push_back(one);
    }
    return largest;
}

}  // namespace understudy::studies
