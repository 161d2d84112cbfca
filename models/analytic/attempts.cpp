#include "models/analytic/attempts.h"

#include <algorithm>
#include <cmath>

namespace understudy::models {

namespace {

std::optional<CutOff> cut_off(const std::optional<kernel::Time>& timeout, const Law& law) {
    if (!timeout || law.terms.size() != 1) return std::nullopt;
    const Term& term = law.terms.front();
    if (!term.field.empty() || term.recorded || term.per != Per::once) return std::nullopt;
    constexpr int parts = 1024;
    const double end = kernel::to_seconds(*timeout), width = end / parts;
    CutOff found{term.law.survival(end), 0};
    // The mean of the smaller of both is the integral of what survives; of a constant it is exact.
    if (term.law.kind() == kernel::Distribution::Kind::constant)
        found.mean_s = std::min(end, term.law.mean());
    else
        for (int i = 0; i < parts; ++i) found.mean_s += width * term.law.survival((i + 0.5) * width);
    return found;
}

double within(const std::optional<kernel::Time>& timeout, const Law& law, double mean_s) {
    if (const auto cut = cut_off(timeout, law)) return cut->mean_s;
    return timeout ? std::min(mean_s, kernel::to_seconds(*timeout)) : mean_s;
}

}  // namespace

std::optional<CutOff> cut_off(const Work& work) { return cut_off(work.timeout, work.service); }

double mean_attempt(const Work& work, double mean_s, double failed_s) {
    const double ends = within(work.timeout, work.service, mean_s);
    if (work.fails_after.empty() || !(work.failure > 0)) return ends;
    const double fails = within(work.timeout, work.fails_after, failed_s);
    return (1 - work.failure) * ends + work.failure * fails;
}

Attempts attempts_of(const Work& work) {
    const std::optional<CutOff> cut = cut_off(work);
    const double p = cut ? 1 - (1 - work.failure) * (1 - cut->share) : work.failure;
    if (p <= 0) return {};
    if (work.retry.times == unlimited) return {p < 1 ? 1 / (1 - p) : INFINITY, 1};
    double all_fail = 1, expected = 0;
    for (std::int64_t i = 0; i <= std::min<std::int64_t>(work.retry.times, 10000); ++i) {
        expected += all_fail;
        all_fail *= p;
    }
    return {expected, 1 - all_fail};
}

}  // namespace understudy::models
