#include "tools/studies/more_replications.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernel/exact_math.h"
#include "kernel/special_functions.h"

namespace understudy::studies {

namespace {

constexpr double most_of_all = 1e15;  ///< no count of replications is larger

std::int64_t whole(double number) { return static_cast<std::int64_t>(std::clamp(number, 1.0, most_of_all)); }

/// The quantile that half an interval of so many replications is made with.
double factor(double replications, double level, Narrows how) {
    const double p = 0.5 + 0.5 * level;
    return how == Narrows::as_student ? kernel::student_quantile(p, replications - 1)
                                      : kernel::normal_quantile(p);
}

/// Of the estimate.
double standard_error(const Estimate& estimate, const Room& room, Narrows how) {
    const auto n = static_cast<double>(estimate.replications);
    return room.half_width / factor(n, estimate.level, n < 2 ? Narrows::as_normal : how);
}

}  // namespace

Room room_of(const Estimate& estimate, double limit) {
    const double half =
        limit < *estimate.value ? *estimate.value - *estimate.low : *estimate.high - *estimate.value;
    return {half, std::fabs(*estimate.value - limit)};
}

bool lies_at(const Estimate& estimate, double limit, Narrows how) {
    const Room room = room_of(estimate, limit);
    return room.distance <= standard_error(estimate, room, how);
}

std::int64_t replications_to_settle(const Estimate& estimate, double limit, Narrows how) {
    const auto n = static_cast<double>(estimate.replications);
    const Room room = room_of(estimate, limit);
    if (how == Narrows::as_counts) {
        if (!(room.distance > 0)) return whole(most_of_all);
        // (alpha / 2)^(1 / n) from the end (Clopper and Pearson 1934).
        const double wide = kernel::exact::log1p(-std::min(room.half_width, 1 - 1e-12));
        const double to_be = kernel::exact::log1p(-std::min(room.distance, 1 - 1e-12));
        return whole(std::ceil(n * (wide / to_be)) + 1 - n);
    }
    if (!(room.half_width > 0)) return 1;
    // All in standard errors of what has been seen.
    const Narrows so_far = n < 2 ? Narrows::as_normal : how;
    const double away = room.distance / standard_error(estimate, room, how);
    const double degrees = so_far == Narrows::as_student ? n - 1 : std::numeric_limits<double>::infinity();
    // With m more the new mean is at most so far from the one that has been seen, and decided is what lies further
    // from the limit than half the new interval.
    const auto decided = [&](double more) {
        const double all = n + more;
        const double moves = std::sqrt(more / all);
        const double needed = factor(all, estimate.level, how) * std::sqrt(n / all);
        return kernel::student_cdf((away - needed) / moves, degrees) +
               kernel::student_cdf((-away - needed) / moves, degrees);
    };
    double few = 0, enough = 1;
    while (enough < most_of_all && decided(enough) < settled_in) few = std::exchange(enough, 2 * enough);
    while (enough - few > 1) {
        const double middle = std::floor(0.5 * (few + enough));
        (decided(middle) < settled_in ? few : enough) = middle;
    }
    return whole(enough);
}

std::string more_replications(std::int64_t number) {
    return "about " + std::to_string(number) + " more replication" + (number == 1 ? "" : "s");
}

void say_more_replications(std::string& explanation, std::int64_t was, std::int64_t is) {
    const std::string said = more_replications(was);
    if (const auto at = explanation.find(said); at != std::string::npos)
        explanation.replace(at, said.size(), more_replications(is));
}

}  // namespace understudy::studies
