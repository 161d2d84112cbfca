// One station and one law of arrivals.
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

CaseScenario one(const std::string& workers, const std::string& service, const std::string& arrivals,
                 double pace) {
    CaseScenario scenario =
        steady("twin: {stages: {server: {reads: jobs, workers: " + workers + ", service: " + service +
                   "}}}\nload: {jobs: {arrivals: " + arrivals + "}}\n",
               pace);
    measure_station(scenario, "server");
    return scenario;
}

std::string workers_of(const Json& params) {
    return params.contains("c") ? std::to_string(whole(params, "c")) : "1";
}

}  // namespace

std::optional<CaseScenario> station(const std::string& kind, const Json& p) {
    const auto lam = [&] { return num(p, "lam"); };
    if (kind == "M/M/1" || kind == "M/M/c")
        return one(workers_of(p), exponential(num(p, "mu")), poisson(lam()), lam());
    if (kind == "M/M/c/K")
        return one(fmt::format("{}, queue: {{capacity: {}, full: drop}}", whole(p, "c"),
                               whole(p, "K") - whole(p, "c")),
                   exponential(num(p, "mu")), poisson(lam()), lam());
    if (kind == "M/G/c/c")
        return one(fmt::format("{}, queue: {{capacity: 0, full: drop}}", whole(p, "c")), law(p.at("service")),
                   poisson(lam()), lam());
    if (kind == "M/G/inf") return one("unlimited", law(p.at("service")), poisson(lam()), lam());
    if (kind == "M/G/1" || kind == "M/PH/1") return one("1", law(p.at("service")), poisson(lam()), lam());
    if (kind == "M/D/1" || kind == "M/D/c")
        return one(workers_of(p), seconds(num(p, "D")), poisson(lam()), lam());
    if (kind == "GI/M/1" || kind == "PH/PH/1")
        return one(workers_of(p), p.contains("service") ? law(p.at("service")) : exponential(num(p, "mu")),
                   "every " + law(p.at("interarrival")), 1 / mean_of(p.at("interarrival")));
    if (kind == "Ek/M/c")
        return one(workers_of(p), exponential(num(p, "mu")),
                   fmt::format("every erlang(k {} mean {})", whole(p, "k"), seconds(1 / lam())), lam());
    if (kind == "M/PH/c")
        return one(workers_of(p),
                   p.contains("service") ? law(p.at("service"))
                   : p.contains("rates")
                       ? mixture(p.at("p"), p.at("rates"))
                       : fmt::format("erlang(k {} mean {})", whole(p, "k"), seconds(num(p, "mean"))),
                   poisson(lam()), lam());
    if (kind == "M^X/G/1") {
        const double pace = num(p, "batch_lam") * mean_of(p.at("batch"));
        return one("1", law(p.at("service")),
                   poisson(num(p, "batch_lam")) + ", items: " + count_law(p.at("batch")), pace);
    }
    if (kind == "MMPP/M/1") {
        const Json &rates = p.at("rates"), &q = p.at("Q");
        if (rates.size() == 1)
            return one("1", exponential(num(p, "mu")), poisson(rates.at(0).get<double>()),
                       rates.at(0).get<double>());
        std::string states;
        double pace = 0;
        for (std::size_t i = 0; i < rates.size(); ++i) {
            const double leave = -q.at(i).at(i).get<double>();
            std::string next;
            for (std::size_t j = 0; j < rates.size(); ++j)
                if (j != i && q.at(i).at(j).get<double>() > 0)
                    next += fmt::format("{}s{}: {}", next.empty() ? "" : ", ", j,
                                        percent(q.at(i).at(j).get<double>() / leave));
            states += fmt::format("{}s{}: {{rate: {}/s, stay: {}, next: {{{}}}}}", i ? ", " : "", i,
                                  number(rates.at(i).get<double>()), exponential(leave), next);
            pace = std::max(pace, rates.at(i).get<double>());
        }
        return one("1", exponential(num(p, "mu")), "{states: {" + states + "}}", pace);
    }
    if (kind == "M/M/c+M")
        return one(workers_of(p) +
                       (p.at("theta") == 0 ? "" : ", queue: {timeout: " + exponential(num(p, "theta")) + "}"),
                   exponential(num(p, "mu")), poisson(lam()), lam());
    if (kind == "M/M/c+D")
        return one(workers_of(p) + ", queue: {timeout: " + seconds(num(p, "tau")) + "}",
                   exponential(num(p, "mu")), poisson(lam()), lam());
    const auto failure = [&] { return ", failure: " + percent(num(p, "p_fail")); };
    if (kind == "Bernoulli feedback")
        return one(workers_of(p) + failure() + ", retry: {times: unlimited, backoff: 0s}",
                   exponential(num(p, "mu")), poisson(lam()), lam());
    if (kind == "bounded retry with backoff") {
        std::string pauses;
        for (const Json& pause : p.at("backoff"))
            pauses += (pauses.empty() ? "" : ", ") + seconds(pause.get<double>());
        CaseScenario scenario =
            one(workers_of(p) + failure() +
                    (whole(p, "retries") == 0
                         ? std::string(", dead_letter: parked")
                         : fmt::format(", retry: {{times: {}, backoff: [{}]}}, dead_letter: parked",
                                       whole(p, "retries"), pauses)),
                exponential(num(p, "mu")), poisson(lam()), lam());
        scenario.measures["L_station"] = {"avg present(server)"};
        scenario.measures["L_backoff"] = {"avg retrying(server)"};
        scenario.measures["dead_letter_rate"] = {"rate dead_lettered(server)"};
        scenario.measures["success_rate"] = {"rate completed(server)"};
        scenario.measures["P_success"] = {"share completed(server)"};
        return scenario;
    }
    if (kind == "M/M/c retrial") {
        CaseScenario scenario =
            one(workers_of(p) + ", queue: {capacity: 0, full: retry}, retry: {times: unlimited, backoff: " +
                    exponential(num(p, "nu")) + "}",
                exponential(num(p, "mu")), poisson(lam()), lam());
        scenario.measures["L_orbit"] = {"avg retrying(server)"};
        scenario.measures["W_orbit"] = {"avg backoff(server)"};
        scenario.measures["P_blocked"] = {"share retried(server)"};
        return scenario;
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
