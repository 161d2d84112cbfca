#include "tools/formats/truth/kind_text.h"

#include "tools/formats/truth/case_laws.h"

namespace understudy::formats::kinds {

std::string number(double value) { return fmt::format("{}", value); }

std::string percent(double share) { return fmt::format("{:.15g}%", 100 * share); }

double num(const Params& params, const char* key) { return params.at(key).number(); }

long long whole(const Params& params, const char* key) { return params.at(key).whole(); }

std::string service_of(const Params& params) {
    return params.contains("service") ? law(params.at("service")) : exponential(num(params, "mu"));
}

long long workers_of(const Params& params) { return params.contains("c") ? whole(params, "c") : 1; }

void measure_station(CaseScenario& scenario, const std::string& station) {
    const auto add = [&](const char* quantity, const std::string& aggregate, const char* metric) {
        scenario.measures.emplace(quantity, QuantityMeasure{aggregate + " " + metric + "(" + station + ")"});
    };
    add("util", "avg", "utilisation");
    add("L", "avg", "present");
    add("Lq", "avg", "waiting");
    add("W", "avg", "latency");
    add("Wq", "avg", "wait");
    add("Wq_all", "avg", "wait");
    add("Wq_per_visit", "avg", "wait");
    add("P_wait", "share", "waited");
    add("P_empty", "share", "empty");
    add("P_all_busy_time", "share", "saturated");
    add("loss", "share", "lost");
    add("P_abandon", "share", "expired");
    add("P_timeout", "share", "expired");
    add("throughput", "rate", "completed");
    add("lam", "rate", "arrived");
    add("attempts", "avg", "attempts");
    add("slowdown", "avg", "slowdown");
    add("var_sojourn", "var", "latency");
    add("var_Wq", "var", "wait");
    add("var_N", "var", "present");
    for (int p = 1; p < 100; ++p) {
        const std::string quantile = fmt::format("p({})", p);
        add(fmt::format("sojourn_p{}", p).c_str(), quantile, "latency");
        add(fmt::format("wait_p{}", p).c_str(), quantile, "wait");
        add(fmt::format("N_time_p{}", p).c_str(), quantile, "present");
        scenario.measures.emplace(fmt::format("sojourn_total_p{}", p),
                                  QuantityMeasure{quantile + " latency()"});
    }
    scenario.measures.emplace("W_total", QuantityMeasure{"avg latency()"});
    scenario.measures.emplace("L_total", QuantityMeasure{"avg present()"});
}

namespace {

CaseScenario framed(const std::string& body, const std::string& run) {
    CaseScenario scenario;
    scenario.text = "understudy: 1\nscenario: truth\n" + body + "run: {" + run + "}\n";
    return scenario;
}

}  // namespace

CaseScenario steady(const std::string& body, double pace) {
    const double length = 6000 / pace;
    CaseScenario scenario = framed(body, "length: " + seconds(length) + ", warm_up: " + seconds(length / 10));
    scenario.steady = true;
    return scenario;
}

CaseScenario from_empty(const std::string& body, double length, long long replications) {
    return framed(body,
                  fmt::format("length: {}, warm_up: 0s, replications: {}", seconds(length), replications));
}

CaseScenario until_empty(const std::string& body, long long replications) {
    return framed(body, fmt::format("until: empty, replications: {}", replications));
}

}  // namespace understudy::formats::kinds
