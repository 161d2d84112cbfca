// How durations may go by the size of what is worked on: the forms of the part of calibrate.h for kinds of tasks.
//
// - `LAW`: not at all.
// - `LAW per GB`: in proportion; the density of a duration is that of the time per GB over the GB.
// - `60s + LAW per GB`: a constant besides. By least squares of the time per GB on one over the GB, whose errors are alike.
// - `LAW + 240s per GB`: a constant for each GB, by least squares of the duration on the GB.
//
// The constant is there where a one-sided test says so at 1 percent, and no duration is below what it takes. Internal to
// tools/studies; pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "kernel/fit.h"

namespace understudy::studies {

/// A duration, and the size of what was worked on.
struct SizedDuration {
    double seconds = 0;
    double gigabytes = 0;  ///< 0: unknown
};

/// Whether larger ones take longer, by a one-sided test at 1 percent; false for fewer than four. All sizes are known.
bool grow_with_size(std::span<const SizedDuration> durations);

class DurationForm {
public:
    enum class Is { law, law_per_gb, base_and_law_per_gb, law_and_each_gb };

    /// Fits the constant of the form, if it has one; nothing where the values have no such form.
    static std::optional<DurationForm> of(Is is, std::span<const SizedDuration> durations, double level);

    Is is() const { return is_; }
    bool per_gb() const { return is_ == Is::law_per_gb || is_ == Is::base_and_law_per_gb; }
    bool has_constant() const { return is_ == Is::base_and_law_per_gb || is_ == Is::law_and_each_gb; }
    /// The constant with its limits at the level.
    const kernel::Interval& constant() const { return constant_; }
    /// The form as it would be with the constant one standard error lower, where values stay above 0.
    DurationForm with_lower_constant() const;
    /// What the law is of.
    double value(const SizedDuration& one) const;
    /// What it is of a duration, from the law's mean.
    double predicted(double mean, double gigabytes) const;
    /// What is added to -2 log likelihood, and for the constant, so that forms can be compared.
    double aic_besides(std::span<const SizedDuration> durations) const;
    /// Of the mean of predictions for these sizes: of what the law draws, and of what was estimated.
    double variance_of_mean(double variance, std::span<const SizedDuration> of) const;

    /// So many values of the law alone, with the constant as it is, have a mean duration of these sizes that is as sure as
    /// that of both.
    double values_of_mean(std::span<const SizedDuration> of) const;

private:
    /// Squared distance of these sizes from those of the fit, in the variance of the mean.
    double away(std::span<const SizedDuration> of) const;

    Is is_ = Is::law;
    kernel::Interval constant_;
    // Of the fit: values, their regressor's mean and its squared distances.
    double n_ = 0, mean_regressor_ = 0, squares_ = 0, error_of_constant_ = 0;
};

}  // namespace understudy::studies
