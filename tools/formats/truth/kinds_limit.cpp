// What is limited: places, units of a pool, tokens and stock; and pipelines without chance.
#include <algorithm>

#include "tools/formats/truth/case_laws.h"
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

CaseScenario blocking(const Params& p) {
    const std::vector<double> mu = p.at("mu").rates();
    std::string text = "twin:\n  stages:\n";
    for (std::size_t i = 0; i < mu.size(); ++i)
        text += fmt::format(
            "    s{}: {{reads: {}, workers: 1, queue: {{capacity: {}, full: block}}, service: {}}}\n", i + 1,
            i ? fmt::format("s{}", i) : "jobs", i ? p.at("buffers").at(i - 1).whole() : 0,
            exponential(mu[i]));
    if (mu.empty()) throw std::invalid_argument("'mu' has no stages");
    const double slowest = *std::min_element(mu.begin(), mu.end());
    CaseScenario scenario = steady(text + "load: {jobs: {arrivals: saturated}}\n", slowest);
    scenario.measures["throughput"] = {fmt::format("rate completed(s{})", mu.size())};
    for (std::size_t i = 1; i <= mu.size(); ++i) {
        scenario.measures[fmt::format("P_work_{}", i)] = {fmt::format("avg utilisation(s{})", i)};
        scenario.measures[fmt::format("P_blocked_{}", i)] = {fmt::format("share blocked(s{})", i)};
        scenario.measures[fmt::format("L_buffer_{}", i)] = {fmt::format("avg waiting(s{})", i + 1)};
    }
    return scenario;
}

CaseScenario tokens(const std::string& refill, const Params& p) {
    CaseScenario scenario = steady(fmt::format("twin:\n  budgets: {{bucket: {{capacity: {}, refill: {}}}}}\n"
                                               "  stages: {{gate: {{reads: calls, spends: bucket}}}}\n"
                                               "load: {{calls: {{arrivals: {}}}}}\n",
                                               number(num(p, "B")), refill, poisson(rate(p, "lam"))),
                                   num(p, "lam"));
    measure_station(scenario, "gate");
    scenario.measures["P_delayed"] = {"share waited(gate)"};
    return scenario;
}

}  // namespace

std::optional<CaseScenario> limit(const std::string& kind, const Params& p) {
    if (kind == "finite buffers, blocking after service") return blocking(p);
    if (kind == "backpressure with source loss") {
        CaseScenario scenario = steady(
            fmt::format(
                "twin:\n  stages:\n"
                "    one: {{reads: jobs, workers: 1, queue: {{capacity: {}, full: drop}}, service: {}}}\n"
                "    two: {{reads: one, workers: 1, queue: {{capacity: {}, full: block}}, service: {}}}\n"
                "load: {{jobs: {{arrivals: {}}}}}\n",
                whole(p, "K0") - 1, exponential(rate(p, "mu1")), whole(p, "buffer"),
                exponential(rate(p, "mu2")), poisson(rate(p, "lam"))),
            num(p, "lam"));
        measure_station(scenario, "one");
        scenario.measures["throughput"] = {"rate completed(two)"};
        scenario.measures["P_blocked"] = {"share blocked(one)"};
        return scenario;
    }
    if (kind == "token bucket, constant token rate") return tokens("every " + duration(1 / rate(p, "r")), p);
    if (kind == "token bucket, Poisson tokens") return tokens(poisson(rate(p, "r")), p);
    if (kind == "(r,Q) / (s,S) inventory") {
        const long long reorder_at = whole(p, p.contains("r") ? "r" : "s");
        const long long amount = p.contains("Q") ? whole(p, "Q") : whole(p, "S") - reorder_at;
        if (reorder_at < 0)
            throw std::invalid_argument("'r' is negative, and stock is ordered at a level from 0 on");
        CaseScenario scenario = steady(
            fmt::format(
                "twin:\n  budgets: {{stock: {{capacity: unlimited, initial: {}, refill: {{at_most: {}, "
                "amount: {}, after: {}}}}}}}\n  stages: {{demand: {{reads: orders, spends: stock}}}}\n"
                "load: {{orders: {{arrivals: {}}}}}\n",
                reorder_at + amount, reorder_at, amount, law(p.at("lead")), poisson(rate(p, "lam"))),
            num(p, "lam"));
        scenario.measures["backorders"] = {"avg waiting(demand)"};
        scenario.measures["on_hand"] = {"avg level(stock)"};
        scenario.measures["orders_rate"] = {"rate refilled(stock)"};
        scenario.measures["wait_mean"] = {"avg wait(demand)"};
        scenario.measures["fill_rate"] = {"share waited(demand)", -1, 1};
        return scenario;
    }
    if (kind == "multi-unit resource, loss") {
        std::string stages, loads = "load:\n";
        double pace = 0;
        CaseScenario named;
        const std::vector<Params> classes = p.at("classes").list();
        for (std::size_t i = 0; i < classes.size(); ++i) {
            const Params& one = classes[i];
            const double mu = one.contains("mu") ? rate(one, "mu") : 1;
            const long long units = whole(one, "units");
            if (num(one, "offered") == 0) continue;  // nobody of that class comes
            stages += fmt::format(
                "    s{0}: {{reads: q{0}, runs_on: {{units: {1}}}, queue: {{capacity: 0, full: drop}}, "
                "service: {2}}}\n",
                i + 1, units, exponential(mu));
            loads += fmt::format("  q{}: {{arrivals: {}}}\n", i + 1, poisson(rate(one, "offered") * mu));
            pace += num(one, "offered") * mu;
            named.measures[fmt::format("loss_{}", i + 1)] = {fmt::format("share lost(s{})", i + 1)};
        }
        CaseScenario scenario =
            steady(fmt::format("twin:\n  pools: {{units: {{workers: {}}}}}\n  stages:\n", whole(p, "C")) +
                       stages + loads,
                   pace);
        scenario.measures = named.measures;
        scenario.measures["units_busy"] = {"avg busy(units)"};
        return scenario;
    }
    if (kind == "gang resource FCFS") {
        // As many units as each class needs: by `needs`; else singles and gangs of all units, or as many classes as units,
        // of which each takes one more than the one before.
        const long long units = whole(p, "units");
        const std::vector<double> rates = p.at("lam").numbers();
        const auto classes = static_cast<long long>(rates.size());
        if (!p.contains("needs") && classes != 2 && classes != units)
            throw std::invalid_argument(
                "'lam' is of singles and gangs, or of as many classes as there are units; else there is "
                "'needs'");
        if (p.contains("needs") && p.at("needs").size() != rates.size())
            throw std::invalid_argument("'needs' has as many entries as 'lam'");
        std::string stages, loads;
        double pace = 0;
        for (long long i = 1; i <= classes; ++i) {
            const auto index = static_cast<std::size_t>(i - 1);
            const long long needs = p.contains("needs") ? p.at("needs").at(index).whole()
                                    : classes == units  ? i
                                    : i == 1            ? 1
                                                        : units;
            if (!(rates[index] > 0)) continue;
            stages += fmt::format("    s{0}: {{reads: q{0}, runs_on: {{units: {1}}}, service: {2}}}\n", i,
                                  needs, service_of(p));
            loads += fmt::format("  q{}: {{arrivals: {}}}\n", i, poisson(rates[index]));
            pace += rates[index];
        }
        CaseScenario scenario =
            steady(fmt::format(
                       "twin:\n  pools: {{units: {{workers: {}, order: fifo, backfill: none}}}}\n  stages:\n",
                       units) +
                       stages + "load:\n" + loads,
                   pace);
        scenario.measures["L"] = {"avg present()"};
        scenario.measures["W"] = {"avg latency()"};
        return scenario;
    }
    if (kind == "deterministic pipeline") {
        // Right to the last digits: the clock counts nanoseconds, so the unit of the case is as long as fits in it.
        double longest = num(p, "interarrival");
        const std::vector<Params> stages = p.at("stages").list();
        for (const Params& stage : stages) longest += stage.at(0).number();
        double unit = 1;
        while (unit < 1e7 && unit * longest * num(p, "n") < 1e8) unit *= 10;
        const auto time = [&](double value) { return duration(unit * value); };
        std::string text = "twin:\n  stages:\n";
        for (std::size_t i = 0; i < stages.size(); ++i)
            text += fmt::format("    s{}: {{reads: {}, workers: {}, service: {}}}\n", i + 1,
                                i ? fmt::format("s{}", i) : "jobs", stages[i].at(1).whole(),
                                time(stages[i].at(0).number()));
        // Those that come at once do so in turn, as soon after one another as the clock can tell.
        const double between = num(p, "interarrival");
        const std::string come =
            fmt::format("{}, first: 0s, count: {}", between == 0 ? "1ns" : time(between), whole(p, "n"));
        CaseScenario scenario = until_empty(text + "load: {jobs: {arrivals: every " + come + "}}\n", 2, 0);
        scenario.measures["makespan"] = {"max end()", 1 / unit};
        scenario.measures["mean_sojourn"] = {"avg latency()", 1 / unit};
        scenario.measures["max_sojourn"] = {"max latency()", 1 / unit};
        return scenario;
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
