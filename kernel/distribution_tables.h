// Tables behind the laws of kernel/distribution.h; not for other use.
//
// A table is built once, is immutable afterwards and shared by all copies of its law. The one thing built
// late is the InverseTable of gamma, erlang and phase-type laws, on the first draw, because most laws that
// are read, compared and reported are never drawn from. Building it is guarded and gives the same numbers
// whoever does it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "kernel/distribution.h"

namespace understudy::kernel {

/// Why weights cannot be made probabilities, or nothing.
std::optional<std::string> problem_of_weights(const std::vector<double>& weights);

/// Cumulative probabilities with a guide for searching in constant time (Chen and Asau 1974).
class Cumulative {
public:
    Cumulative() = default;
    /// Probabilities in proportion to the weights, which must be non-negative with a positive sum, and many
    /// enough to be worth it; the last cumulative probability is 1 exactly unless `total` says what belongs
    /// to the whole.
    explicit Cumulative(const std::vector<double>& weights, double total = 0.0);

    bool empty() const { return sums_.empty(); }
    std::size_t size() const { return sums_.size(); }
    /// P(index <= i).
    double operator[](std::size_t i) const { return sums_[i]; }
    /// The smallest index whose cumulative probability is at least p, or size() if p is beyond the last.
    std::size_t find(double p) const;

private:
    std::vector<double> sums_;
    std::vector<std::uint32_t> guide_;
};

/// log of a quantile function as piecewise polynomials in t = log(p / (1 - p)), for |t| < 16 (p of 1e-7 to 1
/// - 1e-7).
///
/// Degree 9 on pieces of length 1, interpolated at Chebyshev nodes. The nearest singularities, at an
/// imaginary part of pi, make the error about (2 pi + sqrt(4 pi^2 + 1))^-10 = 1e-11 of the quantile; the
/// tests hold it to 1e-9. Where the logarithm is steep pieces are shorter.
class InverseTable {
public:
    static constexpr double range = 16.0;
    /// From a function (lower, upper) -> quantile, positive over the range; so many pieces to a length of 1.
    template <class Quantile>
    InverseTable(const Quantile& quantile, int pieces_per_unit);
    /// exp of the interpolated logarithm; |t| < range.
    double operator()(double t) const;

private:
    static constexpr int terms = 10;
    double per_unit_;
    std::vector<std::array<double, terms>> coefficients_;
};

/// Sums of powers k^-s over 1..n, and the law of Zipf.
class ZipfTable {
public:
    ZipfTable(double n, double s);
    double quantile(double p) const;
    /// P(K <= k), k whole in 0..n.
    double cdf(double k) const;
    /// Sum of k^(power - s) for k in from..to, divided by the sum of k^-s over 1..n.
    double partial_moment(int power, double from, double to) const;

private:
    /// Sum of k^-s over low < k <= high by Euler and Maclaurin, low at least `listed`.
    static double tail_sum(double s, double low, double high);
    static double sum(double s, double from, double to);
    static constexpr double listed = 65536;

    double n_;
    double s_;
    double total_;
    Cumulative head_;
};

/// A continuous-time Markov chain with absorption, by uniformisation (Jensen 1953): with the largest rate r,
/// the number of jumps until x is Poisson with mean r x, and `alive_[k]` is the probability to be unabsorbed
/// after k jumps.
class PhaseTypeTable {
public:
    PhaseTypeTable(std::vector<double> start, std::vector<std::vector<double>> rates);

    const std::vector<double>& start() const { return start_; }
    const std::vector<std::vector<double>>& rates() const { return rates_; }
    double survival(double x) const;
    double cdf(double x) const;
    double quantile(double lower, double upper) const;
    double mass_at_zero() const { return mass_at_zero_; }
    /// Integral of t^power over t > x, power 0 to 2.
    double moment_above(int power, double x) const;

private:
    /// Sum over k of Poisson(k; rate x) times alive_[k] or absorbed_[k].
    double poisson_sum(double x, bool of_alive) const;
    /// The chance of each phase at x.
    std::vector<double> phases_at(double x) const;

    std::vector<double> start_;
    std::vector<std::vector<double>> rates_;
    std::vector<double> mean_rest_;    // mean time to absorption from each phase
    std::vector<double> square_rest_;  // mean square of it
    double mass_at_zero_ = 0.0;
    double rate_ = 0.0;
    double decay_ = 0.0;  // ratio of the last two entries, which continues them
    std::vector<double> alive_;
    std::vector<double> absorbed_;
};

struct Distribution::Table {
    std::vector<double> values;   // empirical, ascending
    std::vector<double> weights;  // as they stand in weights()
    Cumulative cumulative;        // empirical with weights
    std::vector<Distribution> components;
    // Mixture: what is drawn (components with weight, truncated if the mixture is) and its cumulative
    // probabilities.
    std::vector<Distribution> drawn;
    std::vector<double> drawn_until;
    std::unique_ptr<const ZipfTable> zipf;
    std::vector<double> start;  // phase type, as given
    std::vector<std::vector<double>> rates;
    std::unique_ptr<const PhaseTypeTable> phase_type;
    double shape = 0.0;  // gamma and erlang

    /// The quantile of the phase-type law or of the gamma law with scale 1.
    double inverse(double lower, double upper) const;
    double slow_inverse(double lower, double upper) const;

    mutable std::atomic<const InverseTable*> inverse_ready = nullptr;
    mutable std::unique_ptr<const InverseTable> inverse_owner;
    mutable std::mutex inverse_building;
};

}  // namespace understudy::kernel
