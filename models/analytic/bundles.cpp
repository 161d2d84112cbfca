#include "models/analytic/bundles.h"

#include <cmath>

#include "kernel/exact_math.h"

namespace understudy::models {

BundledAnswer bundled_service(double rate, double service, double workers, long most) {
    namespace exact = kernel::exact;
    // With n in line and all busy: (rate + drain) p(n) = rate p(n - 1) + drain p(n + K), solved by z^n with
    // drain (z + ... + z^K) = rate, whose left side grows with z.
    const double drain = workers / service;
    const auto taken_off = [&](double z) {
        double sum = 0, power = 1;
        for (long k = 1; k <= most && power > 1e-18; ++k) sum += power *= z;
        return drain * sum;
    };
    double low = 0, high = 1;
    for (int i = 0; i < 200 && high > low; ++i) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (taken_off(middle) < rate ? low : high) = middle;
    }
    const double z = 0.5 * (low + high);
    // All busy and nobody in line: 1. Fewer busy are as in M/M/c: nobody is in line for them to take.
    const double all_busy = 1 / (1 - z);
    double sum = all_busy, busy = workers * all_busy, share = 1;
    for (double j = workers - 1; j >= 0; --j) {
        share *= (j + 1) / service / rate;
        sum += share;
        busy += j * share;
    }
    BundledAnswer answer;
    answer.line = z / ((1 - z) * (1 - z)) / sum;
    answer.wait = answer.line / rate;
    answer.waits = all_busy / sum;
    answer.busy = busy / sum;
    answer.empty = share / sum;
    answer.taken = rate * service / answer.busy;
    answer.drain = drain * (1 - exact::pow(z, static_cast<double>(most)));
    return answer;
}

GatheredAnswer gathered(double rate, long items, const std::optional<double>& after) {
    GatheredAnswer answer;
    const auto k = static_cast<double>(items);
    if (!after) {
        answer.items = k;
        answer.forming = (k - 1) / rate;
        answer.gathering = answer.forming / 2;
        answer.filled = 1;
    } else if (items == 0) {
        const double more = rate * *after;
        answer.items = 1 + more;
        answer.forming = *after;
        answer.gathering = (*after + more * *after / 2) / answer.items;
    } else {
        // `beyond`: the probability that more than j come within `after`; while j have come, 1 + j are gathered.
        const double mean = rate * *after;
        double share = kernel::exact::exp(-mean), below = share, held = 0;
        answer.filled = 1;
        for (long j = 0; j + 1 < items; ++j) {
            const double beyond = std::max(0.0, 1 - below);
            answer.forming += beyond / rate;
            held += static_cast<double>(1 + j) * beyond / rate;
            answer.filled = beyond;
            share *= mean / static_cast<double>(j + 1);
            below += share;
        }
        answer.items = 1 + rate * answer.forming;
        answer.gathering = held / answer.items;
    }
    answer.number = rate * answer.gathering;
    return answer;
}

}  // namespace understudy::models
