// Workers that fail, pause, start up and go round.
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

std::optional<CaseScenario> worker_life(const std::string& kind, const Json& p) {
    const auto service = [&] {
        return p.contains("service") ? law(p.at("service")) : exponential(num(p, "mu"));
    };
    const auto station = [&](const std::string& workers) {
        CaseScenario scenario =
            steady("twin: {stages: {server: {reads: jobs, " + workers + ", service: " + service() +
                       "}}}\nload: {jobs: {arrivals: " + poisson(num(p, "lam")) + "}}\n",
                   num(p, "lam"));
        measure_station(scenario, "server");
        scenario.measures["availability"] = {"share up(server)"};
        scenario.measures["util_busy_up"] = {"avg utilisation(server)"};
        scenario.measures["util_occupied"] = {"share occupied(server)"};
        scenario.measures["completion_mean"] = {"avg service(server)"};
        scenario.measures["servers_on"] = {"avg workers(server)"};
        scenario.measures["servers_setup"] = {"avg starting(server)"};
        return scenario;
    };
    if (kind == "M/M/1 breakdowns, calendar time" || kind == "M/M/c breakdowns" ||
        kind == "M/G/1 breakdowns, busy time only") {
        const Json& repair = p.at("repair");
        if (p.at("fail") == 0)
            return station(fmt::format("workers: {}", p.contains("c") ? whole(p, "c") : 1));
        return station(fmt::format("workers: {}, outages: {{crash: {{up: {}, {}for: {}, takes: each}}}}",
                                   p.contains("c") ? whole(p, "c") : 1, exponential(num(p, "fail")),
                                   kind.ends_with("busy time only") ? "clock: busy, " : "",
                                   repair.is_number() ? exponential(repair.get<double>()) : law(repair)));
    }
    if (kind == "M/G/1 multiple vacations") return station("workers: 1, poll: " + law(p.at("vacation")));
    if (kind == "M/G/1 with cold start")
        return station("workers: 0..1, scale: {waiting: 1}, start_up: " + law(p.at("setup")) +
                       ", keep_alive: 0s");
    if (kind == "M/G/1 N-policy")
        return station(fmt::format("workers: 0..1, scale: {{waiting: {}}}, start_up: 0s, keep_alive: 0s",
                                   whole(p, "N")));
    if (kind == "M/M/k/setup autoscale")
        return station(fmt::format("workers: 0..{}, scale: {{waiting: 1}}, start_up: {}, keep_alive: 0s",
                                   whole(p, "k"), exponential(num(p, "alpha"))));
    if (kind.ends_with("cyclic polling")) {
        std::string visits = p.contains("discipline") ? p.at("discipline").get<std::string>() : "exhaustive";
        if (visits == "limited" || visits == "k-limited" || visits == "1-limited")
            visits = std::to_string(p.contains("k") ? whole(p, "k") : 1);
        else if (visits != "exhaustive" && visits != "gated")
            throw std::invalid_argument("the discipline '" + visits +
                                        "' is not known; they are exhaustive, gated and limited");
        std::string stages, loads = "load:\n";
        for (long long i = 1; i <= whole(p, "N"); ++i) {
            stages += fmt::format("    s{0}: {{reads: q{0}, runs_on: worker, service: {1}}}\n", i, service());
            loads += fmt::format("  q{}: {{arrivals: {}}}\n", i, poisson(num(p, "lam_each")));
        }
        CaseScenario scenario =
            steady("twin:\n  pools: {worker: {workers: 1, order: cyclic, switch: " + law(p.at("switchover")) +
                       ", visits: " + visits + "}}\n  stages:\n" + stages + loads,
                   num(p, "lam_each") * num(p, "N"));
        measure_station(scenario, "s1");
        scenario.measures["cycle"] = {"avg cycle(worker)"};
        return scenario;
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
