// Does a fitted law fit? The Anderson-Darling statistic, judged by a parametric bootstrap.
//
// The statistic (Anderson and Darling 1954, JASA 49:268) weighs the tails of the distance between the sample and the
// law. Its published levels are for a law that was known before; this one was fitted to the sample itself, so that
// distances come out too small. So: samples of the same size are drawn from the fitted law, rounded as the sample
// was, fitted by the same family, and their statistics compared (Stute, Gonzalez Manteiga and Presedo Quindimil 1993,
// Metrika 40). Measured: a true family is rejected at 5 percent in 4 to 6 percent (tests/kernel/goodness_of_fit.cpp).
//
// Large samples are rejected for differences that no simulation would show; so at most `most_tested` values are looked
// at, drawn from the sample by chance. Censored samples are not tested. Deterministic for a seed; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "kernel/fit.h"

namespace understudy::kernel {

/// A^2 of the sample against the law. Of values that are rounded to a resolution those that are the same are spread
/// over what the law, rounded likewise, has there.
double anderson_darling(std::span<const double> ascending, const Distribution& law, double resolution = 0,
                        Rounding rounding = Rounding::nearest);

/// A value of the law, as a log of this resolution would show it.
double rounded_draw(const Distribution& law, double resolution, Rounding rounding, Stream& stream);

struct GoodnessOfFit {
    double statistic = 0;    ///< A^2
    double p = 0;            ///< share of samples from the fitted law that fit no better
    std::size_t tested = 0;  ///< values
};

inline constexpr std::size_t most_tested = 1000;

/// Nothing where there is nothing to test: a constant, censored values, fewer than 10.
std::optional<GoodnessOfFit> goodness_of_fit(const FittedLaw& fitted, const Sample& sample,
                                             std::uint64_t seed, int samples = 199);

}  // namespace understudy::kernel
