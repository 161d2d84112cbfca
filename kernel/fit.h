// Laws fitted to a sample of non-negative values: which family, with which parameters, and how sure they are.
//
// Maximum likelihood, also where some values are only known to be larger (right-censored: a task that still ran
// when the log ended). The families are those of kernel/distribution.h that durations come from; their parameters
// are those of the language, so that a fit is an edit.
//
// - Values that were rounded to a resolution count by the probability of what was seen (rounded_values.h), not by a
//   density, where they are coarse: less than 20 units, or of a deviation of less than 3; at the ends of a uniform and a
//   pareto law wherever a unit holds several values. Others are taken for what they are, 0 for half a unit.
// - Estimates: in closed form where there is one (constant, uniform, exponential, pareto, lognormal without
//   censoring), else Newton's method on the logarithms of the parameters, hyperexponential from several starts
//   by expectation and maximisation (Dempster, Laird and Rubin 1977).
// - Intervals of parameters: the profile likelihood (Venzon and Moolgavkar 1988, Applied Statistics 37:1), which
//   respects ranges and skewness; exact for uniform, exponential and pareto without censoring, and for lognormal's
//   cv (chi-squared); of the smallest and largest value by their exact law. Measured: tests/kernel/fit.cpp.
// - Choice of a family: the least AIC (Akaike 1974) with 2 for each parameter; but a family that is a special
//   case of the one with the least (exponential of gamma, Weibull, hyperexponential) stays unless the likelihood
//   ratio rejects it at 1 percent, for AIC alone takes the larger family in a sixth of such cases. Families with two
//   parameters need 10 values, hyperexponential 30: fewer give a choice that means nothing.
//
// Erlang is not told from gamma, of which it is the case of a whole shape. Pure functions, thread-safe, the same
// bytes everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/rounded_values.h"

namespace understudy::kernel {

enum class Family : std::uint8_t {
    constant,
    uniform,
    exponential,
    gamma,
    lognormal,
    weibull,
    normal,  ///< on condition of not being negative
    pareto,
    hyperexponential,  ///< a mix of two exponential laws
};
/// "exponential", "lognormal", ...
std::string_view name_of(Family family);

struct Sample {
    std::vector<double> observed;             ///< at least 0 and finite
    std::vector<double> censored;             ///< known to be larger than this
    double resolution = 0;                    ///< values are rounded to multiples of this; 0: exact
    Rounding rounding = Rounding::both_ends;  ///< where there is a resolution

    std::size_t size() const { return observed.size() + censored.size(); }
};

/// The words of Distribution, and `share`, `first`, `second` (means) of a hyperexponential law.
struct FittedParameter {
    std::string_view name;
    double estimate = 0, low = 0, high = 0;
};

struct FittedLaw {
    Family family = Family::constant;
    Distribution law;
    std::vector<FittedParameter> parameters;  ///< low and high as the estimate until intervals are asked for
    double log_likelihood = 0;                ///< of a constant: infinite where all values are the same
    double aic = 0;
};

/// The most likely law of a family; nothing where the sample is too small for it, or has no such law.
std::optional<FittedLaw> fit(Family family, const Sample& sample);

/// The fit with intervals of its parameters at `level`, such as 0.95. The sample must be the one it was fitted to.
FittedLaw with_intervals(FittedLaw fitted, const Sample& sample, double level);

struct FamilyChoice {
    FittedLaw chosen;
    std::optional<FittedLaw> runner_up;  ///< the next by AIC that is not a special case
    std::optional<FittedLaw> refused;    ///< the likeliest, where it was not to be chosen
};
/// May a law be chosen? Where none is, all may.
using Usable = std::function<bool(const FittedLaw&)>;
/// Nothing without an observed value. Where all are the same: constant. A law without a finite mean is never chosen, for its
/// queue is the longer the longer one looks; nor one that misses the sample's mean (mean_of_fit.h) where another does not.
std::optional<FamilyChoice> choose_family(const Sample& sample, const Usable& usable = {});

struct Interval {
    double estimate = 0, low = 0, high = 0;
};
/// Of a rate from `count` events in `exposure` (a time, above 0): limits with Jeffreys' prior, whose coverage is on
/// average the nominal one where the exact limits' is above it (Brown, Cai and DasGupta 2003, Statistica Sinica 13).
Interval rate_interval(double count, double exposure, double level);
/// Of a share of which `successes` of `trials` were seen, likewise (Brown, Cai and DasGupta 2001, Statistical Science
/// 16:2). Without trials 0..1.
Interval share_limits(double successes, double trials, double level);

}  // namespace understudy::kernel
