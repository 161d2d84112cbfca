// Promised: formulas of single stations agree where one is a special case of another, and with the states of the chain
// counted one by one; approximations are near what is known. Shown: random rates and numbers of workers; the chains by
// birth and death; a grid of loads against Takacs' and Crommelin's exact answers.
#include "models/analytic/queues.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/random.h"

using namespace understudy;
using kernel::Distribution;
using models::Station;

namespace {

bool near(double a, double b, double relative = 1e-9) {
    return std::fabs(a - b) <= relative * std::max({1e-6, std::fabs(a), std::fabs(b)});
}

double line_of(const std::vector<double>& present, double workers) {
    double line = 0;
    for (std::size_t n = 0; n < present.size(); ++n)
        line += std::max(0.0, static_cast<double>(n) - workers) * present[n];
    return line;
}

struct Case {
    double rate, service, workers;
};

Case any_case() {
    const double workers = *rc::gen::inRange(1, 30);
    const double load = *rc::gen::inRange(5, 97) / 100.0;
    const double service = *rc::gen::inRange(1, 200) / 10.0;
    return {load * workers / service, service, workers};
}

}  // namespace

TEST_CASE("M/M/c: the line is that of the chain, and its special cases agree") {
    CHECK(rc::check([] {
        const auto [rate, service, workers] = any_case();
        const Station station = models::erlang_c(rate, service, workers);
        RC_ASSERT(near(station.line, line_of(station.present, workers), 1e-7));
        if (*station.waits > 1e-6) RC_ASSERT(*quantile(*station.wait_law, 1 - *station.waits / 2) > 0);
        const auto renewed = models::renewal(Distribution::exponential(1 / rate), service, workers);
        RC_ASSERT(renewed.has_value());
        RC_ASSERT(near(renewed->wait, station.wait, 1e-7));
        RC_ASSERT(near(*renewed->waits, *station.waits, 1e-7));
        RC_ASSERT(near(*renewed->saturated, *station.saturated, 1e-7));
        // Nobody gives up whose patience is endless, and nobody finds a line full that is long enough.
        RC_ASSERT(near(models::impatient(rate, service, workers, 1e9 * service).wait, station.wait, 1e-4));
        RC_ASSERT(
            near(models::patient_until(rate, service, workers, 1e4 * service).wait, station.wait, 1e-6));
        if (rate * service < 0.9 * workers)
            RC_ASSERT(near(models::bounded(rate, service, workers, 2000).wait, station.wait, 1e-7));
        RC_ASSERT(near(models::bounded(rate, service, workers, 0).lost,
                       models::erlang_b(rate, service, workers).lost));
    }));
}

TEST_CASE("M/G/1: services that are exponential, constant or phases") {
    const double rate = 0.8;
    const auto law = models::exponential_law(1);
    const Station markov = models::erlang_c(rate, 1, 1);
    CHECK(near(models::in_groups(rate, 1, 1, law).wait, markov.wait));
    CHECK(near(models::shared_workers(rate, law, 1).latency(), markov.latency()));
    CHECK(near(models::last_come_preemptive(rate, law).latency(), markov.latency()));
    const Station constant = models::constant_service(rate, 1, 1);
    CHECK(near(constant.wait, 2));
    CHECK(near(constant.wait, models::one_server(rate, models::work_law(Distribution::constant(1))).wait));
    // The wait's law has the mean and the variance of Pollaczek and Takacs.
    const auto erlang = models::work_law(Distribution::erlang(3, 1));
    const Station phases = models::one_server(rate, erlang);
    CHECK(near(variance(*phases.wait_law), *phases.wait_variance));
    CHECK(near(variance(*phases.latency_law), *phases.latency_variance));
}

TEST_CASE("priorities: the work in line is the same in any order (Kleinrock's conservation law)") {
    CHECK(rc::check([] {
        std::vector<models::UrgencyClass> classes;
        std::vector<double> shares;
        std::vector<models::WorkLaw> laws;
        double load = 0, rate = 0;
        const int count = *rc::gen::inRange(1, 5);
        for (int i = 0; i < count; ++i) {
            const double mean = *rc::gen::inRange(1, 50) / 10.0;
            const double part = *rc::gen::inRange(1, 90) / 100.0 / count;
            classes.push_back(
                {part / mean, models::work_law(Distribution::gamma(mean, *rc::gen::inRange(1, 30) / 10.0))});
            load += part;
            rate += classes.back().rate;
        }
        double waiting_work = 0;
        for (const auto& one : classes) {
            shares.push_back(one.rate / rate);
            laws.push_back(one.service);
        }
        const auto waits = models::priority_waits(classes, false);
        for (std::size_t i = 0; i < waits.size(); ++i)
            waiting_work += classes[i].rate * classes[i].service.mean * waits[i];
        RC_ASSERT(
            near(waiting_work, load * models::one_server(rate, models::mixed(shares, laws)).wait, 1e-9));
        const auto first = models::priority_waits(classes, true);
        // Who is the most urgent sees nobody else.
        RC_ASSERT(near(first.front(), models::one_server(classes.front().rate, classes.front().service).wait,
                       1e-9));
    }));
}

TEST_CASE("approximations: constant services of several workers, exactly known") {
    for (const double load : {0.5, 0.7, 0.8, 0.9, 0.95})
        for (const double workers : {2.0, 5.0, 12.0, 50.0}) {
            const double rate = load * workers, known = models::constant_service(rate, 1, workers).wait;
            if (known < 0.01) continue;  // next to nothing
            const auto constant = models::work_law(Distribution::constant(1));
            CHECK(models::by_variability(rate, 1, constant, workers).wait ==
                  doctest::Approx(known).epsilon(0.15));
        }
}

TEST_CASE("approximations: arrivals and services of all kinds, against waits drawn one by one") {
    // Kiefer and Wolfowitz 1955: who comes takes the worker that is free first.
    const auto drawn = [](const Distribution& between, const Distribution& service, std::size_t workers) {
        kernel::Stream arrivals(kernel::stream_key(1, 0, "arrivals", kernel::Purpose::check));
        kernel::Stream services(kernel::stream_key(1, 0, "services", kernel::Purpose::check));
        std::vector<double> free(workers, 0);
        double now = 0, sum = 0;
        constexpr int before = 2000, draws = 100'000;
        for (int i = 0; i < before + draws; ++i) {
            now += between.draw(arrivals);
            const auto first = std::min_element(free.begin(), free.end());
            const double begin = std::max(now, *first);
            if (i >= before) sum += begin - now;
            *first = begin + service.draw(services);
        }
        return sum / draws;
    };
    std::vector<double> errors;
    for (const double load : {0.5, 0.7, 0.85})
        for (const std::size_t workers : {1, 3, 10})
            for (const double arrival_cv : {0.3, 0.7, 1.5})
                for (const double service_cv : {0.3, 0.8, 2.0}) {
                    const double rate = load * static_cast<double>(workers);
                    const auto between = Distribution::gamma(1 / rate, arrival_cv);
                    const auto service = Distribution::lognormal(1, service_cv);
                    const double known = drawn(between, service, workers);
                    if (known < 0.02) continue;  // next to nothing beside the service
                    const Station station =
                        models::by_variability(rate, arrival_cv * arrival_cv, models::work_law(service),
                                               static_cast<double>(workers), between);
                    const double found = station.wait;
                    errors.push_back(std::fabs(found / known - 1));
                    INFO(load, " ", workers, " ", arrival_cv, " ", service_cv, ": ", found, " for ", known);
                    CHECK(std::fabs(found - known) < station.error * found);
                }
    std::sort(errors.begin(), errors.end());
    REQUIRE(errors.size() > 50);
    const double median = errors[errors.size() / 2], most = errors[errors.size() * 9 / 10];
    MESSAGE("of ", errors.size(), " median ", median, ", nine in ten at most ", most, ", all at most ",
            errors.back());
    CHECK(median <= 0.1);
    CHECK(most <= 0.35);
}

TEST_CASE("one worker, Poisson arrivals: the approximation is exact") {
    const auto law = models::work_law(Distribution::lognormal(2, 1.5));
    CHECK(near(models::by_variability(0.3, 1, law, 1).wait, models::one_server(0.3, law).wait));
}
