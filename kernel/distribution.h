// Laws of non-negative quantities (durations, sizes, counts), drawn by inversion from one uniform.
//
// A Distribution is an immutable value without a unit: the caller decides whether its draws are seconds or
// bytes. Copies are cheap (tables are shared and never written after they are built) and equal laws compare
// equal.
//
// Draws: draw(u) with u in (0, 1), as Stream::uniform() and keyed_uniform() give it. Every law but a mixture
// is drawn as its quantile function, non-decreasing in u (up to a few units in the last place where the
// inverse is computed numerically), so that two laws drawn with the same u are coupled monotonely. A mixture
// takes its component from u and rescales u for it: monotone within a component; `quantile` is the true
// quantile there as well.
//
// Ranges: a factory accepts any arguments and never throws for their values; problem() says in words for a
// user what is out of range, and nothing else may be asked of such a law than its parameters and problem()
// (draws and moments abort: they would be wrong numbers).
//
// Truncation (`min`, `max` of any law) is conditioning on min <= X <= max, drawn by mapping u into [F(min),
// F(max)], on the side of the tail that keeps precision. Moments are those of the truncated law. `normal` is
// a normal law truncated at 0 from the start; its parameters are those before truncation.
//
// Determinism: computed with kernel/exact_math.h only; the same u gives the same bytes on every x86-64.
// Thread safety: const functions may be called from any number of threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/exact_math.h"
#include "kernel/random.h"

namespace understudy::kernel {

class Distribution {
public:
    enum class Kind : std::uint8_t {
        constant,
        uniform,
        exponential,
        erlang,
        gamma,
        lognormal,
        weibull,
        pareto,
        normal,
        triangular,
        geometric,
        zipf,
        empirical,
        mixture,
        phase_type,
    };

    /// Always 0.
    Distribution() : Distribution(Kind::constant, {0.0, 0.0, 0.0}) {}

    // --- Factories: the range of each argument; all arguments must be finite ---

    /// Always `value`, at least 0.
    static Distribution constant(double value);
    /// Equally likely between low and high, 0 <= low <= high.
    static Distribution uniform(double low, double high);
    /// Mean at least 0 (0: always 0).
    static Distribution exponential(double mean);
    /// Sum of k exponentials with the given mean in total; k in 1..1e6 and whole, mean at least 0.
    static Distribution erlang(double k, double mean);
    /// cv is the standard deviation over the mean, in 0.001..10, or 0 for a constant; mean at least 0.
    static Distribution gamma(double mean, double cv);
    /// The logarithm is normal; mean at least 0, cv in 0..1000.
    static Distribution lognormal(double mean, double cv);
    /// P(X > x) = exp(-(x / scale)^shape), shape in 0.05..1000, scale at least 0.
    static Distribution weibull(double shape, double scale);
    /// P(X > x) = (min / x)^shape for x >= min, shape in 0.1..1000, min at least 0. The mean is infinite for
    /// a shape of at most 1, the variance for a shape of at most 2.
    static Distribution pareto(double shape, double min);
    /// Normal with mean (at least 0) and sd (at least 0) on condition of not being negative.
    static Distribution normal(double mean, double sd);
    /// 0 <= low <= mode <= high.
    static Distribution triangular(double low, double high, double mode);
    /// On 1, 2, ... with P(k) = (1 - p)^(k - 1) p, p = 1 / mean; mean in 1..1e9.
    static Distribution geometric(double mean);
    /// On 1..n with P(k) proportional to k^-s; n in 1..1e12 and whole, s in 0..100.
    static Distribution zipf(double n, double s);
    /// Draws one of the values, each equally likely, or in proportion to its weight; values at least 0,
    /// weights at least 0 with a positive sum and as many as values. With weights also called a discrete law.
    /// The order of the values does not matter.
    static Distribution empirical(std::vector<double> values, std::vector<double> weights = {});
    /// Takes a component with probability in proportion to its weight (at least 0, with a positive sum) and
    /// draws from it: discrete, hyperexponential and cache-hit laws. Components may be mixtures and truncated
    /// laws.
    static Distribution mixture(std::vector<double> weights, std::vector<Distribution> components);
    /// Time to absorption of a Markov chain: start probabilities (sum at most 1, the rest is an atom at 0)
    /// and the rates between phases, row by row, `rates[i][j]` from i to j per unit of time; the diagonal is
    /// negative and no row's sum is positive (what is missing to 0 is the rate of absorption). 1 to 100
    /// phases; absorption must be reachable from every phase that can be reached.
    static Distribution phase_type(std::vector<double> start, std::vector<std::vector<double>> rates);

    // --- Derived laws ---

    /// This law on condition of minimum <= X <= maximum; maximum may be infinite. Replaces an earlier
    /// truncation. For pareto, uniform and triangular a minimum below their own start changes nothing.
    Distribution truncated(double minimum, double maximum = std::numeric_limits<double>::infinity()) const;
    /// The law of factor * X, factor at least 0; truncation bounds scale as well.
    Distribution scaled(double factor) const;
    /// Names of the parameters in the order of the factory, without min and max of a truncation. Laws that
    /// have no parameter to stretch them (geometric, zipf, empirical, phase_type) have `scale`, 1 unless
    /// scaled() changed it.
    std::vector<std::string_view> parameter_names() const;
    /// A parameter by name; `min` and `max` are the truncation (0 and infinity where there is none), but a
    /// pareto law's `min` is its own. Nothing if the law has no such parameter.
    std::optional<double> parameter(std::string_view name) const;
    /// This law with one parameter replaced (see problem()), or nothing if it has no such parameter.
    std::optional<Distribution> with_parameter(std::string_view name, double value) const;

    // --- Asking ---

    Kind kind() const { return kind_; }
    /// The word of the language for a kind, such as "lognormal".
    static std::string_view name(Kind kind);
    /// Why this law cannot be drawn from, in one sentence for a user; nothing if it can.
    std::optional<std::string> problem() const;
    bool is_truncated() const { return minimum_ > 0 || maximum_ < std::numeric_limits<double>::infinity(); }
    /// Always the same value (a constant, or a law degenerate by its parameters such as cv 0).
    bool is_constant() const { return path_ == Path::constant; }

    /// A draw for a uniform in (0, 1).
    double draw(double u) const {
        if (path_ == Path::exponential) return -parameters_[0] * exact::log(1.0 - u);
        if (path_ == Path::constant) return derived_[0];
        return draw_by_inversion(u);
    }
    /// A draw from a stream; takes exactly one uniform, also for a constant, so that changing a law shifts
    /// nothing.
    double draw(Stream& stream) const { return draw(stream.uniform()); }
    /// Each value u, of (0, 1), becomes draw(u).
    void draw_each(std::span<double> values) const;
    /// `count` draws, the same as one by one.
    void fill(Stream& stream, double* out, std::size_t count) const;

    /// The smallest x with P(X <= x) >= p, p in 0..1; at 1 the upper end, which may be infinite.
    double quantile(double p) const;
    /// P(X <= x).
    double cdf(double x) const;
    /// P(X > x), precise in the tail.
    double survival(double x) const;
    /// Infinite where the integral diverges.
    double mean() const;
    /// Infinite where the integral diverges (pareto with a shape of at most 2).
    double variance() const;
    /// Standard deviation over mean; 0 for a mean of 0.
    double cv() const;
    /// The smallest and the largest possible value; the upper end may be infinite.
    double lower_end() const;
    double upper_end() const;

    // --- Structured laws ---

    /// Values of an empirical law in ascending order, before `scale`; empty for other kinds.
    const std::vector<double>& values() const;
    /// Probabilities: of the values (empirical with weights) or components (mixture); empty where equal or
    /// absent.
    const std::vector<double>& weights() const;
    /// Components of a mixture; empty for other kinds.
    const std::vector<Distribution>& components() const;
    /// Start probabilities and rates of a phase-type law as given, before `scale`; empty for other kinds.
    const std::vector<double>& start() const;
    const std::vector<std::vector<double>>& rates() const;

    friend bool operator==(const Distribution& a, const Distribution& b);

private:
    /// How a draw is made; decided once when the law is built.
    enum class Path : std::uint8_t { constant, exponential, plain, truncated, mixture, invalid };
    struct Table;  // what empirical, zipf, mixture, gamma and phase_type laws prepare once

    using Parameters = std::array<double, 3>;
    Distribution(Kind kind, Parameters parameters, std::shared_ptr<const Table> table = nullptr,
                 double minimum = 0.0, double maximum = std::numeric_limits<double>::infinity());

    double draw_by_inversion(double u) const;
    double draw_mixture(double u) const;
    std::optional<std::string> problem_of_parameters() const;
    std::optional<std::string> problem_of_table() const;
    void prepare();
    void prepare_constant(double value);
    void prepare_truncation();
    void prepare_mixture();
    void require_valid() const;

    // The law before truncation (distribution_laws.cpp). The quantile is for lower = p, upper = 1 - p, of
    // which the smaller one is precise.
    double base_quantile(double lower, double upper) const;
    double base_cdf(double x) const;
    double base_survival(double x) const;
    // P(X < x) and P(X >= x), which differ from the above at atoms.
    double base_below(double x) const;
    double base_from(double x) const;
    double base_lower_end() const;
    double base_upper_end() const;

    // Moments (distribution_moments.cpp): the second is about `origin()`, to lose no digits.
    struct MeanAndVariance {
        double mean;
        double variance;
    };
    MeanAndVariance moments() const;
    MeanAndVariance base_moments() const;
    double origin() const;
    /// Integral of (x - origin)^power over low <= x <= high of the law before truncation, power 0 to 2.
    double partial_moment(int power, double low, double high) const;

    Kind kind_ = Kind::constant;
    Path path_ = Path::constant;
    Parameters parameters_{};
    Parameters derived_{};  // what a draw needs, computed from the parameters once
    double minimum_ = 0.0;
    double maximum_ = std::numeric_limits<double>::infinity();
    // Of a truncated law: P(X < min), P(X >= min), P(min <= X <= max), and the ends draws are held to.
    double below_ = 0.0;
    double from_ = 1.0;
    double inside_ = 1.0;
    double lowest_ = 0.0;
    double highest_ = std::numeric_limits<double>::infinity();
    std::shared_ptr<const Table> table_;
};

}  // namespace understudy::kernel
