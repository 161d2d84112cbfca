#include "models/analytic/paused_worker.h"

#include <cmath>

namespace understudy::models {

namespace {

/// Factorial moments of the Poisson arrivals within a time.
Beginning arrivals_within(double rate, const WorkLaw& time) {
    Beginning all{rate * time.mean, rate * rate * time.second, std::nullopt, 0};
    if (time.third) all.third = rate * rate * rate * *time.third;
    return all;
}

}  // namespace

Beginning after_pauses(double rate, const WorkLaw& pause) {
    Beginning all = arrivals_within(rate, pause);
    const double some = 1 - laplace(*pause.law, rate);
    all.first /= some;
    all.second /= some;
    if (all.third) *all.third /= some;
    return all;
}

Beginning after_start(double rate, long begins_at, const WorkLaw& start,
                      const std::optional<WorkLaw>& ready) {
    const Beginning more = arrivals_within(rate, start);
    const auto n = static_cast<double>(begins_at);
    const double off = ready ? laplace(*ready->law, rate) : 1;  // nobody comes while it is ready
    Beginning all;
    all.first = 1 - off + off * (n + more.first);
    all.second = off * (n * (n - 1) + 2 * n * more.first + more.second);
    if (begins_at == 1 && more.third) all.third = off * (3 * more.second + *more.third);
    all.at_once = 1 - off;
    return all;
}

Beginning after_failures(double rate, double failures, const WorkLaw& repair) {
    const Beginning within = arrivals_within(rate, repair);
    // Up and with nothing to do: an arrival, or a failure in whose repair somebody comes, or nobody.
    const double ends = rate + failures * (1 - laplace(*repair.law, rate));
    Beginning all;
    all.first = (rate + failures * within.first) / ends;
    all.second = failures * within.second / ends;
    if (within.third) all.third = failures * *within.third / ends;
    all.at_once = rate / ends;
    return all;
}

WorkLaw completion(const WorkLaw& service, double failures, const WorkLaw& repair) {
    // Given a service of s: the mean is s a, the variance s v, the third central moment s w.
    const double a = 1 + failures * repair.mean, v = failures * repair.second;
    WorkLaw all;
    all.mean = service.mean * a;
    all.second = service.second * a * a + service.mean * v;
    if (service.third && repair.third)
        all.third =
            *service.third * a * a * a + 3 * a * v * service.second + failures * *repair.third * service.mean;
    return all;
}

PausedAnswer paused_worker(double rate, const WorkLaw& service, const Beginning& beginning) {
    const double load = rate * service.mean, free = 1 - load;
    PausedAnswer answer;
    const double plain = rate * service.second / (2 * free);
    const double away = beginning.second / (2 * beginning.first * rate);
    answer.wait = plain + away;
    answer.empty = free / beginning.first;
    answer.waits = 1 - beginning.at_once * free / beginning.first;
    if (service.third && beginning.third) {
        // Who comes while somebody is away waits for what that has left, and its moments are those of its arrivals.
        const double away_second = *beginning.third / (3 * beginning.first * rate * rate);
        answer.wait_variance = plain * plain + rate * *service.third / (3 * free) + away_second - away * away;
    }
    return answer;
}

}  // namespace understudy::models
