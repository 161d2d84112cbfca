// Promised: what formulas call approximate is off by no more than they say, at one station and through networks, and what
// comes in bursts is refused. Shown: networks made by chance, simulated for long; docs/analytic.md has the numbers of
// UNDERSTUDY_COVERAGE=250.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"

using namespace understudy;

namespace {

class Networks {
public:
    /// The rest of a scenario: stations in rows, with ways that part and meet, and with some that come back; or one worker
    /// that bursts come to.
    std::string next() {
        stages_.clear();
        names_.clear();
        const double first = pick({0.3, 0.5, 1, 1.5}), second = pick({0.3, 1, 1.5});
        std::string loads = load("jobs", first);
        switch (static_cast<int>(pick({0, 1, 2, 3, 4, 5}))) {
            case 0:
                station("a", "jobs", "x", 1);
                station("b", "x", "exit", 1);
                break;
            case 1:
                station("a", "jobs", "x", 1);
                station("b", "x", "y", 1);
                station("c", "y", "exit", 1);
                break;
            case 2: {
                const double share = pick({0.2, 0.5});
                station("a", "jobs", fmt::format("{{x: {:g}%, y: {:g}%}}", 100 * share, 100 - 100 * share),
                        1);
                station("b", "x", "z", share);
                station("c", "y", "z", 1 - share);
                station("d", "z", "exit", 1);
                break;
            }
            case 3: {
                const double share = pick({0.1, 0.3});
                station("a", "jobs", "x", 1 / (1 - share));
                station("b", "x", fmt::format("{{jobs: {:g}%, exit: {:g}%}}", 100 * share, 100 - 100 * share),
                        1 / (1 - share));
                break;
            }
            case 4:
                loads = load("jobs", pick({2, 3}));
                station("a", "jobs", "exit", 1, 1);
                break;
            default:
                loads += load("more", second);
                station("a", "jobs", "z", 1);
                station("b", "more", "z", 1);
                station("c", "z", "exit", 2);
        }
        std::string measures;
        for (const std::string& name : names_)
            measures += (measures.empty() ? "" : ", ") + ("avg wait(" + name + ")");
        return "twin:\n  stages:\n" + stages_ + "load:\n" + loads + "measures: [" + measures +
               "]\nrun: {length: 60h, warm_up: 2h, replications: 10, seed: 7, sample: 2h}\n";
    }

private:
    double pick(const std::vector<double>& from) {
        return from[static_cast<std::size_t>(stream_.uniform() * static_cast<double>(from.size()))];
    }
    static std::string law(const char* name, double mean, double cv) {
        return cv == 1 ? fmt::format("exponential(mean {:g}s)", mean)
                       : fmt::format("{}(mean {:g}s cv {:g})", name, mean, cv);
    }
    static std::string load(const std::string& name, double cv) {
        return "  " + name + ": {arrivals: " + (cv == 1 ? "poisson(1/s)" : "every " + law("gamma", 1, cv)) +
               "}\n";
    }
    void station(const std::string& name, const std::string& reads, const std::string& writes, double rate,
                 double most_workers = 10) {
        const double workers = std::min(most_workers, pick({1, 1, 2, 5, 10}));
        const double utilisation = pick({0.3, 0.5, 0.7, 0.8, 0.9});
        stages_ +=
            fmt::format("    {}: {{reads: {}, workers: {}, service: {}, writes: {}}}\n", name, reads, workers,
                        law("lognormal", utilisation * workers / rate, pick({0.3, 1, 1, 2})), writes);
        names_.push_back(name);
    }

    kernel::Stream stream_{kernel::stream_key(11, 0, "networks", kernel::Purpose::check)};
    std::string stages_;
    std::vector<std::string> names_;
};

}  // namespace

TEST_CASE("coverage: waits through networks are off by no more than formulas say") {
    const int runs = tests::runs_of(6);
    Networks networks;
    int approximate = 0;
    std::vector<double> off;  // as a share of what is stated
    for (int i = 0; i < runs; ++i) {
        const std::string text = networks.next();
        const auto result = tests::simulated(tests::prepared(text));
        for (const studies::MetricResult& metric : result.metrics) {
            if (metric.name.rfind("avg wait(", 0) != 0) continue;
            const models::Answer& said = metric.expected;
            REQUIRE(said.kind != models::Answer::Kind::refused);
            if (said.kind != models::Answer::Kind::approximate || std::isinf(said.error)) continue;
            ++approximate;
            const double chance = (*metric.estimate.high - *metric.estimate.low) / 2;
            const double by = std::max(0.0, std::fabs(*metric.estimate.value - said.value) - chance);
            off.push_back(by / (said.error * said.value));
            INFO(text << metric.name << ": " << *metric.estimate.value << ", said " << said.value
                      << " within " << said.error * said.value);
            CHECK(off.back() <= 1);
        }
    }
    REQUIRE(approximate > 0);
    std::sort(off.begin(), off.end());
    if (tests::coverage_is_asked())
        MESSAGE(approximate << " waits of " << runs << " networks; as a share of what is stated: median "
                            << off[off.size() / 2] << ", nine of ten " << off[off.size() * 9 / 10]
                            << ", most " << off.back());
}

TEST_CASE("bursts are not answered, wherever they have gone") {
    const auto what = [](const std::string& cv, const std::string& measure) {
        std::string loads;
        for (const char* name : {"jobs", "others", "more"})
            loads += std::string("  ") + name + ": {arrivals: every gamma(mean 1s cv " + cv + ")}\n";
        const auto result = tests::simulated(tests::prepared(R"(twin:
  stages:
    a: {reads: jobs, workers: 1, service: exponential(mean 0.3s), writes: x}
    b: {reads: x, workers: 1, service: exponential(mean 0.3s)}
    c: {reads: others, workers: 2, service: lognormal(mean 0.3s cv 0.5)}
    d: {reads: more, workers: 1, service: lognormal(mean 0.3s cv 0.5)}
run: {length: 100s, warm_up: 10s, replications: 2}
load:
)" + loads + "measures: [" + measure + "]\n"));
        return result.metrics[0].expected;
    };
    // One station of exponential services has an answer for any law of arrivals (GI/M/c); what comes behind it has none.
    CHECK(what("3", "avg wait(a)").kind == models::Answer::Kind::exact);
    for (const char* measure : {"avg wait(b)", "avg wait(c)"}) {
        const models::Answer refused = what("3", measure);
        INFO(measure);
        CHECK(refused.kind == models::Answer::Kind::refused);
        CHECK(refused.why.find(
                  "comes in bursts: the times between its arrivals have a cv of 3, more than formulas are "
                  "known to hold for") != std::string::npos);
        CHECK(what("1.5", measure).kind == models::Answer::Kind::approximate);
    }
    CHECK(what("3", "avg utilisation(b)").kind == models::Answer::Kind::exact);
    CHECK(what("3.1", "avg wait(d)").kind == models::Answer::Kind::refused);
    CHECK(what("3", "avg wait(d)").kind == models::Answer::Kind::approximate);
}
