// Parts and batches: forks and joins, batches and bundles, and graphs of tasks.
#include <algorithm>
#include <map>

#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

/// Each arrival is `parts` parts, of which `needs` at `done` make it whole.
CaseScenario parts(double lam, long long count, const std::string& service, bool lanes,
                   const std::string& needs) {
    const std::string data =
        lanes ? fmt::format("  datasets: {{pieces: {{partitions: {}, by: round_robin}}}}\n", count) : "";
    CaseScenario scenario =
        steady("twin:\n" + data +
                   fmt::format("  stages:\n    server: {{reads: {}, workers: {}, service: {}}}\n"
                               "    done: {{reads: server, join: {{of: parts, needs: {}}}}}\n"
                               "load: {{jobs: {{arrivals: {}, items: {}{}}}}}\n",
                               lanes ? "pieces" : "jobs", lanes ? std::to_string(count) : "unlimited",
                               service, needs, poisson(lam), count, lanes ? ", writes: pieces" : ""),
               lam * static_cast<double>(count));
    scenario.measures["L"] = scenario.measures["L_jobs"] = {"avg present()"};
    // A part alone gathers nothing: its stay at the join is all there is to wait.
    scenario.measures["join_wait_mean"] = {count == 1 ? "avg latency(done)" : "avg gathering(done)"};
    return scenario;
}

void measure_latency(CaseScenario& scenario, const std::string& of) {
    scenario.measures["W"] = {"avg latency" + of};
    scenario.measures["var_sojourn"] = {"var latency" + of};
    for (int p = 1; p < 100; ++p)
        scenario.measures[fmt::format("sojourn_p{}", p)] = {fmt::format("p({}) latency{}", p, of)};
}

/// One run of a graph of tasks in each replication, from its start to its end.
CaseScenario graph(const std::string& kind, const Params& p) {
    const std::vector<std::pair<std::string, Params>> rates = p.at("rates").members();
    double pace = 0;
    const bool limited = p.contains("workers") || kind.ends_with("limited workers");
    std::string tasks;
    std::size_t priority = rates.size();
    // Names that are none in the language, such as numbers, are as good.
    std::map<std::string, std::string> names;
    for (const auto& [name, rate] : rates) names.emplace(name, fmt::format("t{}", names.size() + 1));
    for (const auto& [name, rate] : rates) {
        std::string after;
        if (p.contains("preds") && p.at("preds").contains(name))
            for (const Params& before : p.at("preds").at(name).list()) {
                const auto found = names.find(before.name());
                if (found == names.end())
                    throw std::invalid_argument("'" + name + "' comes after what is none of 'rates'");
                after += (after.empty() ? "" : ", ") + found->second;
            }
        pace = std::max(pace, rate.rate());
        tasks += fmt::format("        {}: {{{}{}service: {}}}\n", names.at(name),
                             after.empty() ? "" : "after: [" + after + "], ",
                             limited ? fmt::format("priority: {}, ", priority--) : "workers: unlimited, ",
                             exponential(rate.rate()));
    }
    CaseScenario scenario = until_empty(
        "twin:\n" +
            (limited
                 ? fmt::format("  pools: {{crew: {{workers: {}, order: priority}}}}\n", whole(p, "workers"))
                 : std::string()) +
            "  pipelines:\n    dag:\n      schedule: once\n" +
            (limited ? "      defaults: {runs_on: crew}\n" : "") + "      tasks:\n" + tasks,
        10000, pace);
    scenario.measures["makespan_mean"] = {"avg latency(dag)"};
    scenario.measures["makespan_sd"] = {"sd latency(dag)"};
    scenario.measures["makespan_var"] = {"var latency(dag)"};
    for (int q = 1; q < 100; ++q)
        scenario.measures[fmt::format("makespan_p{}", q)] = {fmt::format("p({}) latency(dag)", q)};
    return scenario;
}

/// Streams that pair off; each has places of its own for those who wait.
CaseScenario rendezvous(const Params& p) {
    const long long left = whole(p, "K1"), right = whole(p, "K2");
    const std::string loads = fmt::format("load: {{left: {{arrivals: {}}}, right: {{arrivals: {}}}}}\n",
                                          poisson(rate(p, "lam1")), poisson(rate(p, "lam2")));
    const double pace = num(p, "lam1") + num(p, "lam2");
    const auto measured = [&](CaseScenario scenario, const char* lost, const char* waiting) {
        scenario.measures["match_rate"] = {"rate completed(pair)"};
        int number = 0;
        for (const char* side : {"left", "right"}) {
            ++number;
            scenario.measures[fmt::format("loss_{}", number)] = {fmt::format(fmt::runtime(lost), side)};
            scenario.measures[fmt::format("L{}", number)] = {fmt::format(fmt::runtime(waiting), side)};
        }
        return scenario;
    };
    if (left == right)
        return measured(
            steady(fmt::format("twin: {{stages: {{pair: {{reads: [left, right], join: {{of: inputs, by: "
                               "arrival}}, queue: {{capacity: {}, full: drop}}}}}}}}\n",
                               left) +
                       loads,
                   pace),
            "share lost(pair) of {}", "avg waiting(pair) of {}");
    if (left < 1 || right < 1) {
        // Whoever may not wait leaves alone or with one of the others, who are as tokens in a bucket.
        const bool left_waits = left > 0;
        CaseScenario scenario =
            steady(fmt::format("twin:\n  budgets: {{waiting: {{capacity: {}, initial: 0, refill: {}}}}}\n"
                               "  stages: {{pair: {{reads: passing, spends: waiting, queue: {{capacity: 0, "
                               "full: drop}}}}}}\n"
                               "load: {{passing: {{arrivals: {}}}}}\n",
                               std::max(left, right), poisson(rate(p, left_waits ? "lam1" : "lam2")),
                               poisson(rate(p, left_waits ? "lam2" : "lam1"))),
                   pace);
        const std::string waits = left_waits ? "1" : "2", passes = left_waits ? "2" : "1";
        scenario.measures["match_rate"] = {"rate completed(pair)"};
        scenario.measures["loss_" + passes] = {"share lost(pair)"};
        scenario.measures["L" + passes] = {"avg waiting(pair)"};
        scenario.measures["loss_" + waits] = {"rate completed(pair)", -1 / num(p, ("lam" + waits).c_str()),
                                              1};
        scenario.measures["L" + waits] = {"avg level(waiting)"};
        return scenario;
    }
    // One stage has one capacity. So each takes a place in a room of its own, and keeps it until it has left in a pair.
    return measured(
        steady(fmt::format("twin:\n  pools: {{left_room: {{workers: {}}}, right_room: {{workers: {}}}}}\n"
                           "  stages:\n",
                           left, right) +
                   "    left_in: {reads: left, runs_on: left_room, queue: {capacity: 0, full: drop}, "
                   "holds_until: pair}\n"
                   "    right_in: {reads: right, runs_on: right_room, queue: {capacity: 0, full: drop}, "
                   "holds_until: pair}\n"
                   "    pair: {reads: [left_in, right_in], join: {of: inputs, by: arrival}}\n" +
                   loads,
               pace),
        "share lost({}_in)", "avg busy({}_room)");
}

}  // namespace

std::optional<CaseScenario> gathering(const std::string& kind, const Params& p) {
    if (kind.starts_with("fork-join") || kind == "quorum join" || kind == "redundancy cancel on completion") {
        const bool quorum = kind == "quorum join", cancel = kind.starts_with("redundancy");
        const bool lanes = !quorum && kind != "fork-join unlimited workers";
        // Two queues have two parts without saying so.
        const long long count =
            kind == "fork-join 2 queues" && !p.contains("k") ? 2 : whole(p, quorum ? "n" : "k");
        CaseScenario scenario = parts(rate(p, "lam"), count, service_of(p), lanes,
                                      quorum   ? fmt::format("{}, rest: ignore", whole(p, "k"))
                                      : cancel ? "1, rest: cancel"
                                               : "all");
        measure_latency(scenario, quorum ? "(jobs -> done)" : "()");
        // A job is done before the rest of its parts is: its number by Little's law.
        if (quorum)
            scenario.measures["L"] =
                scenario.measures["L_jobs"] = {"avg latency(jobs -> done)", num(p, "lam")};
        return scenario;
    }
    if (kind == "split-merge barrier") {
        CaseScenario scenario = steady(
            fmt::format(
                "twin:\n  pipelines:\n    job:\n      schedule: each orders\n      max_active_runs: 1\n"
                "      tasks: {{part: {{expand: {0}, workers: {0}, service: {1}}}}}\n"
                "load: {{orders: {{arrivals: {2}}}}}\n",
                whole(p, "k"), service_of(p), poisson(rate(p, "lam"))),
            num(p, "lam"));
        measure_station(scenario, "job");
        return scenario;
    }
    if (kind.starts_with("DAG makespan")) return graph(kind, p);
    if (kind == "rendezvous join of two streams") return rendezvous(p);
    const auto station = [&](const std::string& stage, double lam) {
        CaseScenario scenario = steady("twin: {stages: {server: {reads: jobs, " + stage +
                                           "}}}\nload: {jobs: {arrivals: " + poisson(lam) + "}}\n",
                                       lam);
        measure_station(scenario, "server");
        return scenario;
    };
    if (kind == "full-batch stage M/M^[k]/1") {
        CaseScenario scenario = station(fmt::format("batch: {{items: {}}}, workers: {}, service: {}",
                                                    whole(p, "k"), workers_of(p), service_of(p)),
                                        num(p, "lam"));
        scenario.measures["batch_form_wait"] = {"avg gathering(server)"};
        scenario.measures["batch_Wq"] = {"avg wait(server)"};
        scenario.measures["W_item"] = {"avg latency(server)"};
        scenario.measures["L_items"] = {"avg present()"};
        return scenario;
    }
    if (kind == "bulk service M/M^[1,K]/1") {
        CaseScenario scenario = station(
            fmt::format("workers: {}, take: {}, service: {}", workers_of(p), whole(p, "K"), service_of(p)),
            num(p, "lam"));
        // Of one at a time nothing is taken together: it is as many as there are services to an item.
        scenario.measures["mean_batch"] = {whole(p, "K") == 1 ? "avg attempts(server)" : "avg taken(server)"};
        return scenario;
    }
    if (kind == "batch by size or timeout") {
        CaseScenario scenario =
            station(fmt::format("batch: {{items: {}, after: {}}}", whole(p, "k"), duration(num(p, "T"))),
                    num(p, "lam"));
        scenario.measures["mean_batch"] = {"avg batch(server)"};
        scenario.measures["batch_rate"] = {"rate batched(server)"};
        scenario.measures["mean_form_time"] = {"avg forming(server)"};
        scenario.measures["item_wait"] = {"avg gathering(server)"};
        scenario.measures["P_full"] = {"share filled(server)"};
        return scenario;
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
