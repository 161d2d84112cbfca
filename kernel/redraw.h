// A fitted law as it would have come out of another sample of the same size: the parametric bootstrap (Efron and
// Tibshirani 1993, section 6.5).
//
// So many values are drawn from the law and the family is fitted to them again: what comes out differs from the law as
// the law differs from the truth. Beyond `most_redrawn` values so many are drawn, and the difference of each parameter is
// shortened by the root of their share, as errors of estimates are in large samples. Deterministic for a stream;
// thread-safe.
#pragma once

#include <cstddef>

#include "kernel/distribution.h"
#include "kernel/fit.h"
#include "kernel/random.h"

namespace understudy::kernel {

inline constexpr std::size_t most_redrawn = 2000;

/// `observations`: values that the law was fitted to. The law itself where it is none of the family, or the family cannot be
/// fitted to so few.
Distribution redrawn(Family family, const Distribution& law, double observations, Stream& stream);

/// A law of values that have a share each, as `observations` draws of it may have shown them: the Bayesian bootstrap (Rubin
/// 1981, Annals of Statistics 9:130), whose shares have the mean and the variance of those of another sample. The law itself
/// where it is none such.
Distribution redrawn_shares(const Distribution& law, double observations, Stream& stream);
/// Is it a law of values with a share each?
bool has_shares(const Distribution& law);

/// A share of which `successes` of `trials` were seen, drawn from what they say of it: Jeffreys' posterior, whose
/// quantiles are the limits of share_limits().
double redrawn_share(double successes, double trials, Stream& stream);

/// What a rate from `count` events is to be multiplied by: likewise, as of rate_interval().
double redrawn_rate(double count, Stream& stream);

}  // namespace understudy::kernel
