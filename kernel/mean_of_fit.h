// Is the mean of a fitted law that of its sample?
//
// What a law drives is loaded by its mean, and the likelihood says little of it: it is largest for a law that describes the
// many short values, whatever the few long ones add up to. A law that fits is believed more than a mean that few values make
// up. One that does not fit is a description at best, and is none of the mean if hardly any sample of it has such a one.
//
// Pure; deterministic; thread-safe.
#pragma once

#include "kernel/fit.h"

namespace understudy::kernel {

/// The chance that the mean of so many values of the law is as far from its own as this: by the normal law, of heavy tails
/// with the variance that such samples have of it, or by one value that makes up for all of it. 1 where the law has no
/// mean, or no variance and the values are below.
double chance_of_mean(const Distribution& law, double mean, std::size_t values);

/// Is it off by more than a twentieth, and as far in fewer than 1 percent of such samples?
bool is_another_mean(const Distribution& law, double mean, std::size_t values);

/// Has the law another mean than its sample, and does it not fit besides (at 5 percent, goodness_of_fit.h)? Never where values
/// are censored, which nobody knows the mean of.
bool misses_mean(const FittedLaw& fitted, const Sample& sample);

}  // namespace understudy::kernel
