// Promised: intervals of a run hold the truth as often as they say where they are not doubted, from an empty start, an
// overloaded one and a stationary one, at each station of a network; those of waits without a variance are warned of,
// others are not.
// Shown: many runs of queues whose truth is known, with other seeds each. The tests make few of them; the table of
// docs/statistics.md comes from UNDERSTUDY_COVERAGE=1000.
#include "tests/coverage.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "kernel/exact_math.h"
#include "tests/tools/studies/sample.h"

using namespace understudy;

namespace {

using tests::runs_of;
bool is_asked() { return tests::coverage_is_asked(); }

/// M/M/1.
struct Queue {
    double load, service = 1;                                    ///< in seconds, as all of these
    double mean() const { return service * load / (1 - load); }  // of waits
    double tail() const { return service * kernel::exact::log(100 * load) / (1 - load); }
    double relaxation() const { return service / ((1 - std::sqrt(load)) * (1 - std::sqrt(load))); }
};

/// What became of many runs with a quantity whose truth is known.
struct Covered {
    int flagged = 0, held = 0, unheld = 0;
    double bias = 0, half_width = 0;  ///< sums

    void add(const studies::MetricResult& metric, double truth) {
        const studies::Estimate& estimate = metric.estimate;
        if (!estimate.low || !metric.doubt.empty()) {
            ++flagged;
            return;
        }
        const bool holds = *estimate.low <= truth && truth <= *estimate.high;
        ++(holds ? held : unheld);
        bias += *estimate.value - truth;
        half_width += (*estimate.high - *estimate.low) / 2;
    }
    int judged() const { return held + unheld; }
    double coverage() const { return judged() == 0 ? 1 : 1.0 * held / judged(); }
};

struct Ran {
    Covered mean, tail;
    double cut = 0;         ///< mean share of the run
    double judged_cut = 0;  ///< of those whose mean was judged
};

/// One for each of the queues, which stand at `stages`.
std::vector<Ran> run_many(const std::string& stages, const std::vector<std::pair<std::string, Queue>>& queues,
                          const std::string& loads, double length, int runs) {
    std::string measures;
    for (const auto& [name, queue] : queues)
        measures += (measures.empty() ? "" : ", ") + ("avg wait(" + name + "), p(99) wait(" + name + ")");
    auto prepared =
        tests::prepared("twin: {stages: {" + stages + "}}\nload:\n" + loads + "measures: [" + measures +
                        "]\nrun: {length: " + std::to_string(static_cast<long>(length)) +
                        "s, warm_up: auto, replications: 30}\n");
    std::vector<Ran> ran(queues.size());
    for (int seed = 1; seed <= runs; ++seed) {
        prepared.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const studies::RunResult result = tests::simulated(prepared);
        for (std::size_t i = 0; i < queues.size(); ++i) {
            ran[i].mean.add(result.metrics[2 * i], queues[i].second.mean());
            ran[i].tail.add(result.metrics[2 * i + 1], queues[i].second.tail());
            const double cut = result.warm_up_s.value_or(0) / length;
            ran[i].cut += cut / runs;
            if (result.metrics[2 * i].doubt.empty()) ran[i].judged_cut += cut;
        }
    }
    for (Ran& one : ran) one.judged_cut /= std::max(1, one.mean.judged());
    return ran;
}

Ran run_many(const Queue& queue, double length, const std::string& more, int runs) {
    return run_many("server: {reads: [jobs" + std::string(more.empty() ? "" : ", first") +
                        "], workers: 1, service: exponential(mean 1s)}",
                    {{"server", queue}},
                    "  jobs: {arrivals: poisson(" + std::to_string(queue.load) + "/s)}\n" + more, length,
                    runs)
        .front();
}

void report(const std::string& what, const Ran& ran) {
    if (!is_asked()) return;
    const auto of = [](const Covered& covered) {
        char text[120];
        std::snprintf(text, sizeof text, "%d judged, held %.1f %%, bias %.2f of the mean half-width",
                      covered.judged(), 100 * covered.coverage(),
                      covered.half_width > 0 ? covered.bias / covered.half_width : 0);
        return std::string(text);
    };
    MESSAGE(what << ": cut " << 100 * ran.cut << " %, of those that are judged " << 100 * ran.judged_cut
                 << " %; mean: " << of(ran.mean) << "; p(99): " << of(ran.tail));
}

}  // namespace

TEST_CASE("coverage: mean and 99 percent quantile of waits from an empty start") {
    const int runs = runs_of(15);
    for (const double load : {0.5, 0.8, 0.9})
        for (const double lengths : {10.0, 30.0, 100.0}) {
            if (!is_asked() && load == 0.9 && lengths == 100) continue;
            const Queue queue{load};
            const Ran ran = run_many(queue, lengths * queue.relaxation(), "", runs);
            report("load " + std::to_string(load).substr(0, 3) + ", " +
                       std::to_string(static_cast<int>(lengths)) + " relaxation times",
                   ran);
            CAPTURE(load);
            CAPTURE(lengths);
            // What is too short is flagged, but for what sees a short memory by chance.
            const int by_chance = is_asked() ? runs / 100 : 1;
            if (lengths <= 10) CHECK(ran.mean.judged() <= by_chance);
            if (lengths <= 30) CHECK(ran.tail.judged() <= (is_asked() ? runs / 200 : 0));
            if (is_asked() && ran.mean.judged() > 100) {
                CHECK(ran.mean.coverage() >= 0.93);
                CHECK(ran.mean.coverage() <= 0.97);
                if (lengths >= 100) CHECK(ran.tail.coverage() >= 0.93);
                CHECK(std::abs(ran.mean.bias) <= 0.25 * ran.mean.half_width);
            } else if (ran.mean.judged() >= 10) {
                CHECK(ran.mean.held >= ran.mean.judged() - 4);
                CHECK(ran.tail.held >= ran.tail.judged() - 5);
            }
        }
}

TEST_CASE("coverage: each station of a network, also where a slow one hides in the sum behind a busy one") {
    // All are M/M/1 (Burke 1956, Jackson 1957); what is judged of each depends on how long it remembers itself.
    struct Network {
        std::string name, stages, loads;
        std::vector<std::pair<std::string, Queue>> queues;
        double relaxation;  ///< the longest
    };
    const Queue busy{0.8, 5}, slow{0.72, 90}, alike{0.8};
    const Network networks[] = {
        {"a slow station that a twentieth comes to",
         "busy: {reads: jobs, workers: 1, service: exponential(mean 5s), writes: {rare: 5%, exit: 95%}}, "
         "slow: {reads: rare, workers: 1, service: exponential(mean 90s)}",
         "  jobs: {arrivals: poisson(0.16/s)}\n",
         {{"busy", busy}, {"slow", slow}},
         slow.relaxation()},
        {"two alike in a row",
         "first: {reads: jobs, workers: 1, service: exponential(mean 1s), writes: half}, "
         "second: {reads: half, workers: 1, service: exponential(mean 1s)}",
         "  jobs: {arrivals: poisson(0.8/s)}\n",
         {{"first", alike}, {"second", alike}},
         alike.relaxation()},
    };
    const int runs = runs_of(10);
    for (const Network& network : networks)
        for (const double lengths : {30.0, 100.0}) {
            if (!is_asked() && lengths == 100) continue;
            const auto ran =
                run_many(network.stages, network.queues, network.loads, lengths * network.relaxation, runs);
            for (std::size_t i = 0; i < ran.size(); ++i) {
                CAPTURE(network.name);
                CAPTURE(lengths);
                report(network.name + ", " + std::to_string(static_cast<int>(lengths)) +
                           " relaxation times, " + network.queues[i].first,
                       ran[i]);
                if (is_asked() && ran[i].mean.judged() > 100) {
                    CHECK(ran[i].mean.coverage() >= 0.93);
                    CHECK(ran[i].mean.coverage() <= 0.97);
                } else if (ran[i].mean.judged() >= 5) {
                    CHECK(ran[i].mean.held >= ran[i].mean.judged() - 3);
                }
            }
        }
}

TEST_CASE("coverage: waits behind services of a heavy tail that has a variance") {
    // M/G/1, lognormal services (Pollaczek and Khinchine). In short runs those are judged that have missed what is rare,
    // and hold their mean least often: they are told from the law (rare_services.h).
    constexpr double cv = 2;
    for (const double load : {0.5, 0.8})
        for (const double lengths : {30.0, 100.0}) {
            const double mean = load * (1 + cv * cv) / (2 * (1 - load));
            // In heavy traffic as much longer than that of M/M/1 as waits are.
            const double length = lengths * Queue{load}.relaxation() * (1 + cv * cv) / 2;
            auto prepared = tests::prepared(
                "twin: {stages: {server: {reads: jobs, workers: 1, service: lognormal(mean 1s cv 2)}}}\n"
                "load: {jobs: {arrivals: poisson(" +
                std::to_string(load) + "/s)}}\nmeasures: [avg wait(server)]\nrun: {length: " +
                std::to_string(static_cast<long>(length)) + "s, warm_up: auto, replications: 30}\n");
            const int runs = runs_of(10);
            Ran ran;
            for (int seed = 1; seed <= runs; ++seed) {
                prepared.scenario.run.seed = static_cast<std::uint64_t>(seed);
                const studies::RunResult result = tests::simulated(prepared);
                ran.mean.add(result.metrics[0], mean);
                ran.cut += result.warm_up_s.value_or(0) / length / runs;
            }
            report("lognormal services, load " + std::to_string(load).substr(0, 3) + ", " +
                       std::to_string(static_cast<int>(lengths)) + " relaxation times",
                   ran);
            CAPTURE(load);
            CAPTURE(lengths);
            if (load == 0.5 || lengths < 100) {
                CHECK(ran.mean.judged() == 0);
            } else if (is_asked()) {
                CHECK(ran.mean.judged() > runs / 2);
                CHECK(ran.mean.coverage() >= 0.93);
                CHECK(ran.mean.coverage() <= 0.97);
            } else {
                CHECK(ran.mean.held >= ran.mean.judged() - 4);
            }
        }
}

TEST_CASE("coverage: from an overloaded start") {
    // 60 items are there at once when the run begins.
    const Queue queue{0.8};
    const Ran ran =
        run_many(queue, 60 * queue.relaxation(), "  first: {arrivals: every 1ns, count: 60}\n", runs_of(15));
    report("load 0.8, 60 items at the start", ran);
    if (is_asked()) {
        CHECK(ran.mean.coverage() >= 0.93);
        CHECK(ran.mean.coverage() <= 0.97);
        CHECK(std::abs(ran.mean.bias) <= 0.25 * ran.mean.half_width);
    } else {
        CHECK(ran.mean.held >= ran.mean.judged() - 4);
    }
    CHECK(ran.mean.judged() > 0);
}

TEST_CASE("coverage: a run that begins as it goes on loses next to nothing to its warm-up") {
    // Hardly anything waits, so that it is steady from the first seconds on.
    const Queue queue{0.1};
    const Ran ran = run_many(queue, 4000, "", runs_of(15));
    report("load 0.1, 4000 s", ran);
    CHECK(ran.cut <= 0.05);
}

TEST_CASE("coverage: a run that begins stationary loses at most a twentieth to its warm-up") {
    // As many are there as a stationary law says: none, or a geometric number.
    const int runs = runs_of(6);
    for (const auto& [load, lengths] :
         {std::pair(0.5, 50.0), std::pair(0.8, 50.0), std::pair(0.5, 100.0), std::pair(0.8, 100.0)}) {
        if (!is_asked() && lengths < 100) continue;
        const Queue queue{load};
        const auto share = [](double part) { return std::to_string(100 * part) + "%"; };
        const Ran ran =
            run_many(queue, lengths * queue.relaxation(),
                     "  first: {arrivals: every 1ns, count: 1, items: 'mix(" + share(1 - load) + " 0 or " +
                         share(load) + " geometric(mean " + std::to_string(1 / (1 - load)) + "))'}\n",
                     runs);
        report("stationary start, load " + std::to_string(load).substr(0, 3) + ", " +
                   std::to_string(static_cast<int>(lengths)) + " relaxation times",
               ran);
        CAPTURE(load);
        CAPTURE(lengths);
        // Of short runs some are too short by chance: these lose half, and are not judged.
        CHECK((lengths < 100 ? ran.judged_cut : ran.cut) <= 0.05);
        if (is_asked()) {
            CHECK(ran.mean.coverage() >= 0.93);
            CHECK(ran.mean.coverage() <= 0.97);
            CHECK(std::abs(ran.mean.bias) <= 0.25 * ran.mean.half_width);
        }
    }
}

TEST_CASE("coverage: a stated warm-up on a run that is too short is doubted, as its intervals do not hold") {
    const Queue queue{0.8};
    auto prepared = tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(0.8/s)}}\nmeasures: [avg wait(server)]\n"
        "run: {length: 5min, warm_up: 10s, replications: 30}\n");
    const int runs = runs_of(15);
    int warned = 0, doubted = 0, held = 0;
    for (int seed = 1; seed <= runs; ++seed) {
        prepared.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const studies::RunResult result = tests::simulated(prepared);
        warned += tests::warns(result, "relaxation times");
        doubted += !result.metrics[0].doubt.empty();
        held += *result.metrics[0].estimate.low <= queue.mean() &&
                queue.mean() <= *result.metrics[0].estimate.high;
    }
    if (is_asked()) {
        MESSAGE("warned of: " << warned << ", doubted: " << doubted << ", held: " << 100.0 * held / runs
                              << " %");
        CHECK(held < 0.92 * runs);
    }
    CHECK(warned >= 0.9 * runs);
    CHECK(doubted == warned);
}

TEST_CASE("coverage: infinite variance is warned of in every run, light tails in none") {
    const int runs = runs_of(10);
    int heavy = 0, light = 0;
    auto pareto = tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: pareto(shape 2.2 min 0.55s)}}}\n"
        "load: {jobs: {arrivals: poisson(0.5/s)}}\nmeasures: [avg wait(server)]\n"
        "run: {length: 1000s, warm_up: 100s, replications: 10}\n");
    auto exponential = tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: lognormal(mean 1s cv 2)}}}\n"
        "load: {jobs: {arrivals: poisson(0.5/s)}}\nmeasures: [avg wait(server)]\n"
        "run: {length: 1000s, warm_up: 100s, replications: 10}\n");
    for (int seed = 1; seed <= runs; ++seed) {
        pareto.scenario.run.seed = exponential.scenario.run.seed = static_cast<std::uint64_t>(seed);
        heavy += tests::warns(tests::simulated(pareto), "has no variance");
        light += tests::warns(tests::simulated(exponential), "has no variance");
    }
    CHECK(heavy == runs);
    CHECK(light == 0);
}

namespace {

/// The mean of the greatest number present in M/M/1 that begins empty, by `end`: of each number the chance that it has been
/// reached, in a chain that stays there (uniformised: steps at the rate of all that may happen).
double mean_greatest(double load, double end) {
    const double rate = load + 1, steps = rate * end;
    double mean = 0;
    for (std::size_t goal = 1;; ++goal) {
        std::vector<double> at(goal + 1), next;
        at[0] = 1;
        double reached = 0;
        for (int step = 0; step <= steps + 8 * std::sqrt(steps) + 20; ++step) {
            const double so_many = std::exp(step * std::log(steps) - steps - std::lgamma(step + 1.0));
            reached += so_many * at[goal];
            next.assign(goal + 1, 0);
            for (std::size_t n = 0; n < goal; ++n) {
                next[n + 1] += at[n] * load / rate;
                next[n == 0 ? 0 : n - 1] += at[n] / rate;
            }
            next[goal] += at[goal];
            at.swap(next);
        }
        mean += reached;
        if (reached < 1e-9) return mean;
    }
}

/// How often intervals of the first metrics held what they are of, in shares of the runs.
std::vector<double> shares_held(const std::string& scenario, int replications,
                                const std::vector<double>& truths, int runs) {
    auto prepared =
        tests::prepared(scenario + ", warm_up: 0s, replications: " + std::to_string(replications) + "}\n");
    std::vector<double> held(truths.size());
    for (int seed = 1; seed <= runs; ++seed) {
        prepared.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const studies::RunResult result = tests::simulated(prepared);
        for (std::size_t i = 0; i < truths.size(); ++i) {
            const studies::Estimate& found = result.metrics[i].estimate;
            REQUIRE(found.low.has_value());
            held[i] += *found.low <= truths[i] && truths[i] <= *found.high ? 1.0 / runs : 0;
        }
    }
    return held;
}

}  // namespace

TEST_CASE("coverage: the greatest and the least of a replication") {
    // Exponential services that nobody waits for: of so many the greatest has the mean of as many parts of the harmonic
    // series, the least a mean as many times smaller.
    double harmonic = 0;
    for (int n = 1; n <= 100; ++n) harmonic += 1.0 / n;
    struct Case {
        std::string what, scenario;
        std::vector<double> truths;
    };
    const std::string queue =
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n";
    const auto greatest_of = [&](const std::string& load, const std::string& measure,
                                 const std::string& length) {
        return queue + "load: {jobs: {arrivals: poisson(" + load + "/s)}}\nmeasures: [" + measure +
               "]\nrun: {length: " + length;
    };
    const Case cases[] = {
        {"the longest and the shortest of 100 exponential services",
         "twin: {stages: {server: {reads: jobs, workers: unlimited, service: exponential(mean 1s)}}}\n"
         "load: {jobs: {arrivals: every 1s, count: 100}}\n"
         "measures: [max latency(server), min latency(server)]\nrun: {length: 200s",
         {harmonic, 0.01}},
        {"the greatest number present, load 0.8",
         greatest_of("0.8", "max present(server)", "1000s"),
         {mean_greatest(0.8, 1000)}},
        {"the greatest number present, load 0.3",
         greatest_of("0.3", "max present(server)", "20s"),
         {mean_greatest(0.3, 20)}},
        // Hardly ever anybody: in line there is one less than present.
        {"the greatest number in line, load 0.05",
         greatest_of("0.05", "max waiting(server)", "20s"),
         {mean_greatest(0.05, 20) - (1 - std::exp(-0.05 * 20))}},
        {"the greatest number in line, load 0.02",
         greatest_of("0.02", "max waiting(server)", "20s"),
         {mean_greatest(0.02, 20) - (1 - std::exp(-0.02 * 20))}},
    };
    const int runs = runs_of(200);
    for (const Case& one : cases)
        for (const int replications : {10, 30, 100}) {
            if (!is_asked() && replications != 30) continue;
            const auto held = shares_held(one.scenario, replications, one.truths, runs);
            for (std::size_t i = 0; i < held.size(); ++i) {
                CAPTURE(one.what);
                CAPTURE(replications);
                if (is_asked())
                    MESSAGE(one.what << ", " << replications << " replications: measure " << i + 1 << " of "
                                     << held.size() << " held " << 100 * held[i] << " %");
                // Of 200 runs, 4 standard errors below 94; the asked-for 1000 of ten replications have 92 to 96.
                CHECK(held[i] >= (is_asked() ? 0.9 : 0.87));
            }
        }
}
