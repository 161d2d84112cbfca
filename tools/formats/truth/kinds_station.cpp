// One station and one law of arrivals.
#include "tools/formats/truth/case_laws.h"
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

/// Workers and their queue. `K` is how many there may be in all, at work and in line.
std::string station_of(const Params& p, const std::string& timeout = "") {
    const long long workers = workers_of(p);
    std::string queue;
    if (p.contains("K")) {
        if (whole(p, "K") < workers) throw std::invalid_argument("'K' is below the number of workers");
        queue = fmt::format("capacity: {}, full: drop", whole(p, "K") - workers);
    }
    if (!timeout.empty()) queue += (queue.empty() ? "" : ", ") + ("timeout: " + timeout);
    return std::to_string(workers) + (queue.empty() ? "" : ", queue: {" + queue + "}");
}

}  // namespace

std::optional<CaseScenario> station(const std::string& kind, const Params& p) {
    const auto lam = [&] { return rate(p, "lam"); };
    if (kind == "M/M/1" || kind == "M/M/c" || kind == "M/G/1" || kind == "M/PH/1")
        return one(station_of(p), service_of(p), poisson(lam()), lam());
    if (kind == "M/M/c/K") {
        whole(p, "K");
        return one(station_of(p), service_of(p), poisson(lam()), lam());
    }
    if (kind == "M/G/c/c")
        return one(fmt::format("{}, queue: {{capacity: 0, full: drop}}", whole(p, "c")), service_of(p),
                   poisson(lam()), lam());
    if (kind == "M/G/inf") return one("unlimited", service_of(p), poisson(lam()), lam());
    if (kind == "M/D/1" || kind == "M/D/c")
        return one(station_of(p),
                   p.contains("D")    ? duration(num(p, "D"))
                   : p.contains("mu") ? duration(1 / rate(p, "mu"))
                                      : law(p.at("service")),
                   poisson(lam()), lam());
    if (kind == "GI/M/1" || kind == "PH/PH/1")
        return one(station_of(p), service_of(p), "every " + law(p.at("interarrival")),
                   1 / mean_of(p.at("interarrival")));
    if (kind == "Ek/M/c")
        return one(station_of(p), service_of(p),
                   fmt::format("every erlang(k {} mean {})", whole(p, "k"), duration(1 / lam())), lam());
    if (kind == "M/PH/c")
        return one(station_of(p),
                   p.contains("service") ? law(p.at("service"))
                   : p.contains("rates")
                       ? mixture(p.at("p").numbers(), p.at("rates").numbers())
                       : fmt::format("erlang(k {} mean {})", whole(p, "k"), duration(num(p, "mean"))),
                   poisson(lam()), lam());
    if (kind == "M^X/G/1") {
        const double pace = rate(p, "batch_lam") * mean_count(p.at("batch"));
        return one(station_of(p), service_of(p),
                   poisson(rate(p, "batch_lam")) + ", items: " + count_law(p.at("batch")), pace);
    }
    if (kind == "MMPP/M/1") {
        const std::vector<double> rates = p.at("rates").numbers();
        if (rates.size() == 1) {
            p.at("Q").leave();
            return one(station_of(p), service_of(p), poisson(rates[0]), rates[0]);
        }
        std::string states;
        double pace = 0;
        for (std::size_t i = 0; i < rates.size(); ++i) {
            const std::vector<double> row = p.at("Q").at(i).numbers();
            if (row.size() != rates.size())
                throw std::invalid_argument("'Q' has as many rows and columns as there are 'rates'");
            const double leave = -row[i];
            std::string next;
            for (std::size_t j = 0; j < rates.size(); ++j)
                if (j != i && row[j] > 0)
                    next += fmt::format("{}s{}: {}", next.empty() ? "" : ", ", j, percent(row[j] / leave));
            states += fmt::format("{}s{}: {{rate: {}, stay: {}, next: {{{}}}}}", i ? ", " : "", i,
                                  per_unit(rates[i]), exponential(leave), next);
            pace = std::max(pace, rates[i]);
        }
        return one(station_of(p), service_of(p), "{states: {" + states + "}}", pace);
    }
    if (kind == "M/M/c+M") {
        const double theta = num(p, "theta");
        return one(station_of(p, theta == 0 ? "" : exponential(theta)), service_of(p), poisson(lam()), lam());
    }
    if (kind == "M/M/c+D")
        return one(station_of(p, duration(num(p, "tau"))), service_of(p), poisson(lam()), lam());
    const auto failure = [&] { return ", failure: " + percent(num(p, "p_fail")); };
    if (kind == "Bernoulli feedback")
        return one(station_of(p) + failure() + ", retry: {times: unlimited, backoff: 0s}", service_of(p),
                   poisson(lam()), lam());
    if (kind == "bounded retry with backoff") {
        // One pause is that after every failure. Who does not try again has none.
        const std::vector<double> backoff =
            !p.contains("backoff") && whole(p, "retries") == 0 ? std::vector<double>()
            : p.at("backoff").is_number()                      ? std::vector<double>{num(p, "backoff")}
                                                               : p.at("backoff").numbers();
        std::string pauses;
        for (const double pause : backoff) pauses += (pauses.empty() ? "" : ", ") + duration(pause);
        CaseScenario scenario =
            one(station_of(p) + failure() +
                    (whole(p, "retries") == 0
                         ? std::string(", dead_letter: parked")
                         : fmt::format(", retry: {{times: {}, backoff: [{}]}}, dead_letter: parked",
                                       whole(p, "retries"), pauses)),
                service_of(p), poisson(lam()), lam());
        scenario.measures["L_station"] = {"avg present(server)"};
        scenario.measures["L_backoff"] = {"avg retrying(server)"};
        scenario.measures["dead_letter_rate"] = {"rate dead_lettered(server)"};
        scenario.measures["success_rate"] = {"rate completed(server)"};
        scenario.measures["P_success"] = {"share completed(server)"};
        return scenario;
    }
    if (kind == "M/M/c retrial") {
        CaseScenario scenario =
            one(std::to_string(workers_of(p)) +
                    ", queue: {capacity: 0, full: retry}, retry: {times: unlimited, backoff: " +
                    exponential(rate(p, "nu")) + "}",
                service_of(p), poisson(lam()), lam());
        scenario.measures["L_orbit"] = {"avg retrying(server)"};
        scenario.measures["W_orbit"] = {"avg backoff(server)"};
        scenario.measures["P_blocked"] = {"share retried(server)"};
        return scenario;
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
