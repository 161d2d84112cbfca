#include "kernel/rare_values.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"

namespace understudy::kernel {

double rare_share(const Distribution& law, double draws) {
    const double variance = law.variance(), mean = law.mean();
    if (variance == 0) return 0;
    if (!std::isfinite(variance) || !(draws > 3)) return 1;
    const double whole = variance + mean * mean;
    const double from = law.quantile(1 - 3 / draws);
    if (!(from > 0)) return 1;
    // E[X^2; X > q] = q^2 P(X > q) + the integral from q on of 2 t P(X > t), here over the logarithm of t.
    double rare = from * from * law.survival(from);
    constexpr int points = 8;  // an even number of steps, Simpson's rule
    double step = 0.03125;
    const double panel_ratio = exact::exp(points * step);
    double t = from, at = 2 * t * t * law.survival(t);
    for (int panel = 0; panel < 4000 && t < law.upper_end(); ++panel) {
        if (t * panel_ratio > law.upper_end()) step = exact::log(law.upper_end() / t) / points;
        const double ratio = exact::exp(step);
        double sum = at;
        for (int i = 1; i <= points; ++i) {
            t *= ratio;
            at = 2 * t * t * law.survival(t);
            sum += i == points ? at : (i % 2 == 1 ? 4 : 2) * at;
        }
        const double part = sum * step / 3;
        rare += part;
        if (part < 1e-9 * whole) break;
    }
    return std::clamp(rare / whole, 0.0, 1.0);
}

}  // namespace understudy::kernel
