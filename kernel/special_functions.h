// Distribution functions of statistics and their inverses, with the same bytes on every x86-64.
//
// All built on kernel/exact_math.h. Arguments outside the stated range give NaN; nothing throws. Unless said
// otherwise relative errors are below 1e-14 (1e-12 for inverses and for shapes above 1e4), checked against
// 30-digit values in tests/kernel/special_functions.cpp. Functions that come as a pair (P and Q, cdf and
// survival) are both precise in their own tail, which 1 - P is not; inverses take both probabilities for the
// same reason. Thread safety: pure functions.
//
// Sources: normal quantile, Wichura 1988 (AS 241, PPND16, Applied Statistics 37:3); normal tail, a Chebyshev
// expansion in (x - 4) / (x + 4) after Shepherd and Laframboise 1981 (Math. Comp. 36), coefficients computed
// by us; log gamma, DLMF 5.11.1 and 5.7.3; prefactors in saddle-point form, Loader 2000 ("Fast and accurate
// computation of binomial probabilities"); incomplete gamma, DLMF 8.7.1 and 8.9.2, first guess of the inverse
// after Wilson and Hilferty 1931; incomplete beta, DLMF 8.17.22; binomial limits, Clopper and Pearson 1934
// (Biometrika 26:4).
#pragma once

namespace understudy::kernel {

/// Density of the standard normal law.
double normal_density(double x);
/// P(Z <= x) and P(Z > x) of the standard normal law.
double normal_cdf(double x);
double normal_survival(double x);
/// The x with P(Z <= x) = p, p in (0, 1); -infinity at 0, infinity at 1. For an upper tail q use
/// -normal_quantile(q).
double normal_quantile(double p);

/// log Gamma(x), x > 0.
double log_gamma(double x);

/// Regularised incomplete gamma functions P(shape, x) and Q(shape, x) = 1 - P, shape > 0, x >= 0: the cdf and
/// the survival function of the gamma law with scale 1.
double gamma_cdf(double shape, double x);
double gamma_survival(double shape, double x);
/// The density of the same law, x > 0.
double gamma_density(double shape, double x);
/// The x with P(shape, x) = lower, where upper = 1 - lower; the smaller of the two counts. Shapes in
/// 0.001..1e6; 0 where the true value is below the smallest double.
double gamma_quantile(double shape, double lower, double upper);

/// Regularised incomplete beta function I_x(a, b), the cdf of the beta law; a, b > 0, x in 0..1, y = 1 - x
/// given separately so that neither end loses digits.
double beta_cdf(double a, double b, double x, double y);
/// The x with I_x(a, b) = p.
double beta_quantile(double a, double b, double p);

/// P(T <= t) of Student's law; degrees of freedom at least 1, also fractional or infinite (normal).
double student_cdf(double t, double degrees);
/// P(T > t), precise in the tail.
double student_survival(double t, double degrees);
/// The t with P(T <= t) = p, p in (0, 1).
double student_quantile(double p, double degrees);

/// Limits of a probability.
struct ShareLimits {
    double low;
    double high;
};
/// Exact (conservative) limits of a share of which `successes` of `trials` were seen, with the given
/// two-sided confidence such as 0.95; whole numbers, 0 <= successes <= trials. Without trials the limits are
/// 0 and 1.
ShareLimits binomial_limits(double successes, double trials, double confidence);

}  // namespace understudy::kernel
