// Promised: mean waits of the shortest first at one worker, with preemption and without, of any law of services, to 1e-6.
// Shown: known values (Schrage and Miller 1966), cases that come to other formulas (equal services, few sizes as classes
// by priority), and the textbook integrals over a density, by another rule of integration.
#include "models/analytic/shortest_first.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "models/analytic/queues.h"
#include "tests/models/analytic/sample.h"

using namespace understudy;
using kernel::Distribution;
using models::Answer;
using models::wait_of_shortest_first;

namespace {

/// By the midpoint rule on a grid that is finer near 0: x = end * u^3.
struct ByDensity {
    double rate, end;
    std::function<double(double)> density, longer;

    double wait(bool preemptive) const {
        constexpr int steps = 400'000;
        double shorter = 0, squares = 0, first = 0, second = 0, residence = 0, sum = 0;
        for (int i = 0; i < steps; ++i) {
            const double u = (i + 0.5) / steps, x = end * u * u * u, step = end * 3 * u * u / steps;
            const double f = density(x) * step;
            const double at = shorter + 0.5 * x * f, left = 1 - rate * at;
            residence += 0.5 * step / left;
            if (preemptive)
                sum += f * (rate * (squares + 0.5 * x * x * f + x * x * longer(x)) / (2 * left * left) +
                            residence);
            else
                sum += f / (left * left);
            residence += 0.5 * step / left;
            shorter += x * f;
            squares += x * x * f;
            first += x * f;
            second += x * x * f;
        }
        return preemptive ? sum - first : rate * second / 2 * sum;
    }
};

}  // namespace

TEST_CASE("the shortest first: known values of M/M/1") {
    const Distribution service = Distribution::exponential(1);
    CHECK(*wait_of_shortest_first(0.8, service, false) == doctest::Approx(1.8822186162397765).epsilon(1e-9));
    CHECK(*wait_of_shortest_first(0.8, service, true) == doctest::Approx(1.352773270299721).epsilon(1e-9));
    // In other units.
    CHECK(*wait_of_shortest_first(0.8e3, Distribution::exponential(1e-3), false) ==
          doctest::Approx(1.8822186162397765e-3).epsilon(1e-9));
}

TEST_CASE("the shortest first: the textbook integrals, by the density") {
    const double pi = std::acos(-1.0);
    const double spread = std::sqrt(std::log(2.0));  // lognormal of mean 1 and cv 1
    const struct {
        Distribution law;
        ByDensity by;
    } cases[] = {
        {Distribution::uniform(0, 2),
         {0.9, 2, [](double) { return 0.5; }, [](double x) { return 1 - x / 2; }}},
        {Distribution::erlang(2, 1),
         {0.7, 30, [](double x) { return 4 * x * std::exp(-2 * x); },
          [](double x) { return (1 + 2 * x) * std::exp(-2 * x); }}},
        {Distribution::weibull(2, 1),
         {0.8, 8, [](double x) { return 2 * x * std::exp(-x * x); },
          [](double x) { return std::exp(-x * x); }}},
        {Distribution::lognormal(1, 1),
         {0.8, 2000,
          [&](double x) {
              const double z = (std::log(x) + spread * spread / 2) / spread;
              return std::exp(-z * z / 2) / (x * spread * std::sqrt(2 * pi));
          },
          [&](double x) {
              return 0.5 * std::erfc((std::log(x) + spread * spread / 2) / spread / std::sqrt(2.0));
          }}},
    };
    for (const auto& one : cases)
        for (const bool preemptive : {false, true}) {
            CAPTURE(Distribution::name(one.law.kind()));
            CAPTURE(preemptive);
            CHECK(*wait_of_shortest_first(one.by.rate, one.law, preemptive) ==
                  doctest::Approx(one.by.wait(preemptive)).epsilon(1e-6));
        }
}

TEST_CASE("the shortest first: equal services, and few sizes, are classes by priority") {
    for (const bool preemptive : {false, true})
        CHECK(*wait_of_shortest_first(0.8, Distribution::constant(1), preemptive) ==
              doctest::Approx(0.8 / (2 * 0.2)).epsilon(1e-9));
    const auto constant = [](double value) { return models::work_law(Distribution::constant(value)); };
    const std::vector<models::UrgencyClass> classes = {
        {0.2, constant(0.5)}, {0.3, constant(1)}, {0.1, constant(4)}};
    const auto waits = models::priority_waits(classes, false);
    const double by_class = (0.2 * waits[0] + 0.3 * waits[1] + 0.1 * waits[2]) / 0.6;
    CHECK(*wait_of_shortest_first(0.6, Distribution::empirical({0.5, 1, 4}, {2, 3, 1}), false) ==
          doctest::Approx(by_class).epsilon(1e-9));
}

TEST_CASE("the shortest first: what is answered, and what is not") {
    const auto queue = [](const std::string& more, const std::string& load = "arrivals: poisson(0.8/s)") {
        return tests::answered("twin: {stages: {server: {reads: jobs, order: shortest, " + more + "}}}\n" +
                               "load: {jobs: {" + load + "}}\nrun: {length: 10h, warm_up: 1h}\n");
    };
    const auto plain = queue("workers: 1, service: exponential(mean 1s)");
    CHECK((*plain)("avg wait(server)").kind == Answer::Kind::exact);
    CHECK((*plain)("avg wait(server)").method == "Phipps");
    CHECK((*plain)("avg latency()").value == doctest::Approx(2.8822186162397765).epsilon(1e-9));
    CHECK((*plain)("avg present(server)").value == doctest::Approx(2.3057748929918214).epsilon(1e-9));
    CHECK((*plain)("share waited(server)").value == doctest::Approx(0.8));
    CHECK((*plain)("p(95) wait(server)").kind == Answer::Kind::refused);
    const auto remaining = queue("workers: 1, preempt: true, service: exponential(mean 1s)");
    CHECK((*remaining)("avg latency(server)").value == doctest::Approx(2.352773270299721).epsilon(1e-9));
    CHECK((*remaining)("share waited(server)").kind == Answer::Kind::refused);
    const auto refused = [](const auto& answers) {
        return (*answers)("avg wait(server)").kind == Answer::Kind::refused;
    };
    CHECK(refused(queue("workers: 2, service: exponential(mean 1s)")));
    CHECK(refused(queue("workers: 1, service: 1s", "arrivals: every 1.2s")));
    CHECK(refused(queue("workers: 1, service: exponential(mean 1s), failure: 10%, retry: {times: 2}")));
    CHECK(refused(queue("workers: 1, service: exponential(mean 1s), queue: {capacity: 5, full: drop}")));
    CHECK(refused(queue("workers: 1, service: pareto(shape 1.9 min 0.3s)")));
    CHECK(refused(queue("workers: 1, service: exponential(mean 1s)", "users: 5, think: 1s")));
    CHECK(refused(queue("workers: 1, preempt: true, interrupted: restart, service: exponential(mean 1s)")));
}

TEST_CASE("the shortest first: waits of classes") {
    // Of two sizes that are told apart by class: priorities.
    const auto two = models::waits_of_shortest_first(0.5, {0.6, 0.4},
                                                     {Distribution::constant(1), Distribution::constant(2)});
    REQUIRE(two);
    const auto cobham = models::priority_waits({{0.3, models::work_law(Distribution::constant(1))},
                                                {0.2, models::work_law(Distribution::constant(2))}},
                                               false);
    CHECK((*two)[0] == doctest::Approx(cobham[0]).epsilon(1e-7));
    CHECK((*two)[1] == doctest::Approx(cobham[1]).epsilon(1e-7));
    // All together are as one law, whatever the classes: jumps, ends and tails.
    const std::vector<double> shares = {0.5, 0.3, 0.2};
    const std::vector<Distribution> laws = {
        Distribution::exponential(0.8), Distribution::uniform(0.5, 1.5),
        Distribution::mixture({0.7, 0.3}, {Distribution::constant(0.4), Distribution::lognormal(2, 1.5)})};
    const auto waits = models::waits_of_shortest_first(0.7, shares, laws);
    REQUIRE(waits);
    double all = 0;
    for (std::size_t i = 0; i < 3; ++i) all += shares[i] * (*waits)[i];
    CHECK(all == doctest::Approx(*wait_of_shortest_first(0.7, Distribution::mixture(shares, laws), false))
                     .epsilon(1e-6));
    // Classes of one law wait alike.
    const auto alike = models::waits_of_shortest_first(
        0.8, {0.1, 0.9}, {Distribution::exponential(1), Distribution::exponential(1)});
    CHECK((*alike)[0] == doctest::Approx(1.8822186162397765).epsilon(1e-6));
    CHECK((*alike)[1] == doctest::Approx(1.8822186162397765).epsilon(1e-6));
    // By the density, on a fine grid: of those of the first class 1 / (1 - load up to their size)^2.
    const double rate = 0.8, first = 0.5;
    const auto mixed = models::waits_of_shortest_first(
        rate, {first, 1 - first}, {Distribution::exponential(0.5), Distribution::exponential(1.5)});
    double load = 0, sum = 0, second = 0;
    constexpr int steps = 400'000;
    for (int i = 0; i < steps; ++i) {
        const double u = (i + 0.5) / steps, x = 60 * u * u * u, step = 60 * 3 * u * u / steps;
        const double short_ones = 2 * std::exp(-2 * x),
                     f = first * short_ones + (1 - first) * std::exp(-x / 1.5) / 1.5;
        const double left = 1 - rate * (load + 0.5 * x * f * step);
        sum += short_ones * step / (left * left);
        load += x * f * step;
        second += x * x * f * step;
    }
    CHECK((*mixed)[0] == doctest::Approx(rate * second / 2 * sum).epsilon(1e-5));
    const auto answered = tests::answered(
        "twin: {stages: {server: {reads: [a, b], workers: 1, order: shortest, service: work}}}\n"
        "load: {a: {arrivals: poisson(0.4/s), fields: {work: exponential(mean 0.5s)}}, b: {arrivals: "
        "poisson(0.4/s), "
        "fields: {work: exponential(mean 1.5s)}}}\nrun: {length: 40h, warm_up: 1h}\n");
    const Answer of_first = (*answered)("avg wait(server) of a"),
                 latency = (*answered)("avg latency(server) of b");
    CHECK(of_first.kind == Answer::Kind::exact);
    CHECK(of_first.value == doctest::Approx((*mixed)[0]).epsilon(1e-9));
    CHECK(latency.value == doctest::Approx((*mixed)[1] + 1.5).epsilon(1e-9));
}
