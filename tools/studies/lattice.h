// The settings of a grid, what each costs, and what is known of whether they keep their promises.
//
// Along a factor whose steps cost more, the dearer setting is taken to be at least as good: what is shown of one setting
// then holds of others, so that few have to be simulated. That is a hypothesis, tested by whoever simulates; a factor
// found to break it is distrusted, and nothing is concluded along it any more. Ties of cost are in order of the points.
// Values only; linear in the number of settings, and showing something in the number of those that it is concluded of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace understudy::studies {

class Lattice {
public:
    /// A setting: its places along the factors, the last of which changes fastest.
    using Point = std::size_t;
    enum class Standing : std::uint8_t { open, met, violated };

    /// `sizes`: steps of each factor, at least one, ordered so that along a trusted factor cost does not fall.
    /// `costs`: by point.
    Lattice(std::vector<std::size_t> sizes, std::vector<double> costs, std::vector<bool> trusted);

    std::size_t points() const { return costs_.size(); }
    std::size_t factors() const { return sizes_.size(); }
    std::size_t place(Point point, std::size_t factor) const {
        return point / strides_[factor] % sizes_[factor];
    }
    Point point(const std::vector<std::size_t>& places) const;
    /// One step dearer along a factor; nothing at its end.
    std::optional<Point> next(Point point, std::size_t factor) const;
    double cost(Point point) const { return costs_[point]; }
    bool cheaper(Point one, Point other) const { return costs_[one] < costs_[other]; }
    /// Whether what is violated at `large` is violated at `small`: no further along any trusted factor, and at the same
    /// place of others.
    bool at_most(Point small, Point large) const;
    bool trusted(std::size_t factor) const { return trusted_[factor]; }

    Standing standing(Point point) const { return standing_[point]; }
    /// Shown of this one, and concluded of all that are at most it.
    void show_violated(Point point);
    /// Shown of this one, and concluded of all that it is at most.
    void show_met(Point point);
    /// Of this one alone.
    void exclude(Point point) { standing_[point] = Standing::violated; }
    /// Nothing is concluded along this factor any more, nor from what was concluded before: all are open again.
    void distrust(std::size_t factor);
    void forget();

    /// The cheapest that is met.
    std::optional<Point> cheapest_met() const;
    /// Those that are open, cheaper than `cost`, and have nothing open and cheaper that they are at most: to show them
    /// violated is to show it of all that are cheaper.
    std::vector<Point> frontier(double cost) const;

private:
    /// Of all open ones from one place to another along each factor.
    void conclude(const std::vector<std::size_t>& from, const std::vector<std::size_t>& to,
                  Standing standing);

    std::vector<std::size_t> sizes_, strides_;
    std::vector<double> costs_;
    std::vector<bool> trusted_;
    std::vector<Standing> standing_;
};

}  // namespace understudy::studies
