// What is limited: places, units of a pool, tokens and stock; and pipelines without chance.
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

CaseScenario blocking(const Json& p) {
    const Json &mu = p.at("mu"), &buffers = p.at("buffers");
    std::string text = "twin:\n  stages:\n";
    double slowest = 1e9;
    for (std::size_t i = 0; i < mu.size(); ++i) {
        text += fmt::format(
            "    s{}: {{reads: {}, workers: 1, queue: {{capacity: {}, full: block}}, service: {}}}\n", i + 1,
            i ? fmt::format("s{}", i) : "jobs", i ? buffers.at(i - 1).get<long long>() : 0,
            exponential(mu.at(i).get<double>()));
        slowest = std::min(slowest, mu.at(i).get<double>());
    }
    CaseScenario scenario = steady(text + "load: {jobs: {arrivals: saturated}}\n", slowest);
    scenario.measures["throughput"] = {fmt::format("rate completed(s{})", mu.size())};
    for (std::size_t i = 1; i <= mu.size(); ++i) {
        scenario.measures[fmt::format("P_work_{}", i)] = {fmt::format("avg utilisation(s{})", i)};
        scenario.measures[fmt::format("P_blocked_{}", i)] = {fmt::format("share blocked(s{})", i)};
        scenario.measures[fmt::format("L_buffer_{}", i)] = {fmt::format("avg waiting(s{})", i + 1)};
    }
    return scenario;
}

CaseScenario tokens(const std::string& refill, const Json& p) {
    CaseScenario scenario = steady(fmt::format("twin:\n  budgets: {{bucket: {{capacity: {}, refill: {}}}}}\n"
                                               "  stages: {{gate: {{reads: calls, spends: bucket}}}}\n"
                                               "load: {{calls: {{arrivals: {}}}}}\n",
                                               number(num(p, "B")), refill, poisson(num(p, "lam"))),
                                   num(p, "lam"));
    measure_station(scenario, "gate");
    scenario.measures["P_delayed"] = {"share waited(gate)"};
    return scenario;
}

}  // namespace

std::optional<CaseScenario> limit(const std::string& kind, const Json& p) {
    if (kind == "finite buffers, blocking after service") return blocking(p);
    if (kind == "backpressure with source loss") {
        CaseScenario scenario = steady(
            fmt::format(
                "twin:\n  stages:\n"
                "    one: {{reads: jobs, workers: 1, queue: {{capacity: {}, full: drop}}, service: {}}}\n"
                "    two: {{reads: one, workers: 1, queue: {{capacity: {}, full: block}}, service: {}}}\n"
                "load: {{jobs: {{arrivals: {}}}}}\n",
                whole(p, "K0") - 1, exponential(num(p, "mu1")), whole(p, "buffer"),
                exponential(num(p, "mu2")), poisson(num(p, "lam"))),
            num(p, "lam"));
        measure_station(scenario, "one");
        scenario.measures["throughput"] = {"rate completed(two)"};
        scenario.measures["P_blocked"] = {"share blocked(one)"};
        return scenario;
    }
    if (kind == "token bucket, constant token rate") return tokens("every " + seconds(1 / num(p, "r")), p);
    if (kind == "token bucket, Poisson tokens") return tokens(poisson(num(p, "r")), p);
    if (kind == "(r,Q) / (s,S) inventory") {
        CaseScenario scenario = steady(
            fmt::format(
                "twin:\n  budgets: {{stock: {{capacity: unlimited, initial: {}, refill: {{at_most: {}, "
                "amount: {}, after: {}}}}}}}\n  stages: {{demand: {{reads: orders, spends: stock}}}}\n"
                "load: {{orders: {{arrivals: {}}}}}\n",
                whole(p, "r") + whole(p, "Q"), whole(p, "r"), whole(p, "Q"),
                p.at("lead").is_number() ? seconds(num(p, "lead")) : law(p.at("lead")),
                poisson(num(p, "lam"))),
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
        for (std::size_t i = 0; i < p.at("classes").size(); ++i) {
            const Json& one = p.at("classes").at(i);
            const double mu = one.contains("mu") ? num(one, "mu") : 1;
            stages += fmt::format(
                "    s{0}: {{reads: q{0}, runs_on: {{units: {1}}}, queue: {{capacity: 0, full: drop}}, "
                "service: {2}}}\n",
                i + 1, whole(one, "units"), exponential(mu));
            loads += fmt::format("  q{}: {{arrivals: {}}}\n", i + 1, poisson(num(one, "offered") * mu));
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
        CaseScenario scenario =
            steady(fmt::format(
                       "twin:\n  pools: {{units: {{workers: {0}, order: fifo, backfill: none}}}}\n  stages:\n"
                       "    single: {{reads: a, runs_on: {{units: 1}}, service: {1}}}\n"
                       "    gang: {{reads: b, runs_on: {{units: {0}}}, service: {1}}}\n"
                       "load: {{a: {{arrivals: {2}}}, b: {{arrivals: {3}}}}}\n",
                       whole(p, "units"), exponential(num(p, "mu")), poisson(p.at("lam").at(0).get<double>()),
                       poisson(p.at("lam").at(1).get<double>())),
                   p.at("lam").at(0).get<double>() + p.at("lam").at(1).get<double>());
        scenario.measures["L"] = {"avg present()"};
        scenario.measures["W"] = {"avg latency()"};
        return scenario;
    }
    if (kind == "deterministic pipeline") {
        std::string text = "twin:\n  stages:\n";
        for (std::size_t i = 0; i < p.at("stages").size(); ++i)
            text +=
                fmt::format("    s{}: {{reads: {}, workers: {}, service: {}}}\n", i + 1,
                            i ? fmt::format("s{}", i) : "jobs", p.at("stages").at(i).at(1).get<long long>(),
                            seconds(p.at("stages").at(i).at(0).get<double>()));
        CaseScenario scenario =
            until_empty(text + fmt::format("load: {{jobs: {{arrivals: every {}, first: 0s, count: {}}}}}\n",
                                           seconds(num(p, "interarrival")), whole(p, "n")),
                        2);
        scenario.measures["makespan"] = {"max end()"};
        scenario.measures["mean_sojourn"] = {"avg latency()"};
        scenario.measures["max_sojourn"] = {"max latency()"};
        return scenario;
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
