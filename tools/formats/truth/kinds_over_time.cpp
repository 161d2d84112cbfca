// Models that are looked at from an empty start: rates and workers that change, and the way to the steady state.
#include <algorithm>
#include <cmath>

#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

/// To begin with.
constexpr long long replications = 4000;

std::string steps(const Params& list) {
    std::string text;
    for (const Params& step : list.list())
        text +=
            (text.empty() ? "" : ", ") + duration(step.at(0).number()) + ": " + number(step.at(1).number());
    return "{" + text + "}";
}

/// Of rates: before the first nobody comes.
std::string rates(const Params& list) {
    const std::string text = steps(list);
    return list.size() > 0 && list.at(0).at(0).number() > 0 ? "{0s: 0, " + text.substr(1) : text;
}

/// What is asked at instants: EN_at_5, P0_at_5, time_avg_N_0_5. Customers are numbered without those `before` them.
CaseScenario at_instants(const std::string& body, double length, const Asked& asked, long long before = 0) {
    CaseScenario scenario = from_empty(body, length, replications);
    for (const auto& [instant, name] : asked.instants) {
        const std::string at = duration(instant);
        scenario.measures["EN_at_" + name] = {"at " + at + " present(server)"};
        scenario.measures["P0_at_" + name] = {"at " + at + " empty(server)"};
        scenario.measures["P_all_busy_at_" + name] = {"at " + at + " saturated(server)"};
        scenario.measures["time_avg_N_0_" + name] = {"avg present(server) during 0s.." + at};
    }
    for (const auto& [customer, name] : asked.customers) {
        const std::string last = number(customer + static_cast<double>(before));
        scenario.measures["EWq_customer_" + name] = {"avg wait(server) items " + last + ".." + last};
        scenario.measures["E_mean_Wq_first_" + name] = {
            fmt::format("avg wait(server) items {}..{}", before + 1, last)};
    }
    return scenario;
}

/// Until when: the last instant that is asked for, and what the case says.
double end_of(const Params& p, const Asked& asked) {
    double last = p.contains("T") ? num(p, "T") : 1;
    for (const auto& [instant, name] : asked.instants) last = std::max(last, instant);
    return last;
}

}  // namespace

std::optional<CaseScenario> over_time(const std::string& kind, const Params& p, const Asked& asked) {
    const auto server = [](const std::string& workers, const std::string& service) {
        return "twin: {stages: {server: {reads: jobs, workers: " + workers + ", service: " + service +
               "}}}\n";
    };
    const auto load = [](double rate, const char* profile) {
        return "load: {jobs: {arrivals: " + poisson(rate) + profile + "}}\n";
    };
    if (kind == "M(t)/M/inf")
        return at_instants(
            server("unlimited", service_of(p)) +
                fmt::format("profiles: {{day: {{sine: {{mean: 1, amplitude: {}}}, period: {}}}}}\n",
                            number(num(p, "amp") / num(p, "base")), duration(num(p, "period"))) +
                load(num(p, "base"), ", profile: day"),
            end_of(p, asked), asked);
    if (kind == "M(t)/D/inf") {
        CaseScenario scenario = at_instants(server("unlimited", duration(num(p, "D"))) +
                                                "profiles: {shape: {steps: " + rates(p.at("rate")) + "}}\n" +
                                                load(1, ", profile: shape"),
                                            end_of(p, asked), asked);
        scenario.measures["arrivals_mean"] = {"total arrived(server)"};
        scenario.measures["arrivals_var"] = {"total arrived(server)", 1, 0, true};
        return scenario;
    }
    if (kind == "M(t)/M/c(t)") {
        CaseScenario scenario = at_instants(
            server("{steps: " + steps(p.at("staff")) + "}, interrupted: resume", service_of(p)) +
                "profiles: {shape: {steps: " + rates(p.at("rate")) + "}}\n" + load(1, ", profile: shape"),
            num(p, "T"), asked);
        scenario.measures["time_avg_N"] = {"avg present(server)"};
        scenario.measures["P_wait_arrivals"] = {"share waited(server)"};
        return scenario;
    }
    if (kind == "transient M/M/1") {
        const long long at_start = p.contains("n0") ? whole(p, "n0") : 0;
        // Customers that are looked at have come and begun, but for one run in a million: they would be those that wait
        // longest.
        const auto surely = [](double count, double rate) {
            return (count + 6 * std::sqrt(count) + 20) / rate;
        };
        double last = 1, length = end_of(p, asked);
        for (const auto& [customer, name] : asked.customers) last = std::max(last, customer);
        if (!asked.customers.empty())
            length = std::max(length, surely(last, num(p, "lam")) +
                                          surely(last + static_cast<double>(at_start), num(p, "mu")));
        const std::string service =
            fmt::format(", workers: {}, service: {}}}}}}}\n", workers_of(p), exponential(rate(p, "mu")));
        // Those who are there may be all there are.
        const bool comes = at_start == 0 || num(p, "lam") != 0;
        const std::string jobs = comes ? "jobs: {arrivals: " + poisson(rate(p, "lam")) + "}" : "";
        if (at_start == 0)
            return at_instants("twin: {stages: {server: {reads: jobs" + service + "load: {" + jobs + "}\n",
                               length, asked);
        // Those who are there at the start have come at that instant.
        return at_instants(
            std::string("twin: {stages: {server: {reads: [early") + (comes ? ", jobs]" : "]") + service +
                fmt::format("load: {{early: {{arrivals: every 1s, first: 0s, count: 1, items: {}}}{}}}\n",
                            at_start, comes ? ", " + jobs : ""),
            length, asked, at_start);
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
