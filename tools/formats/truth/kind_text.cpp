#include "tools/formats/truth/kind_text.h"

#include <cmath>
#include <cstdlib>

#include "tools/formats/truth/case_laws.h"

namespace understudy::formats::kinds {

std::string number(double value) { return fmt::format("{}", value); }

std::string percent(double share) { return fmt::format("{:.15g}%", 100 * share); }

std::string exponential(double rate) {
    if (!(rate > 0)) throw std::invalid_argument(fmt::format("a rate is {}, and has to be above 0", rate));
    return "exponential(mean " + duration(1 / rate) + ")";
}

std::string in_unit(const std::string& text, std::string_view word, double seconds) {
    std::string written;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != unit_mark) {
            written += text[at];
        } else if (!written.ends_with('/')) {
            written += word;
        } else {
            // Rates are not written in units below a second, so that theirs is one.
            written.pop_back();
            const std::size_t begin = written.find_last_not_of("0123456789.e+-") + 1;
            const double rate = std::strtod(written.c_str() + begin, nullptr) / seconds;
            written = written.substr(0, begin) + number(rate) + "/s";
        }
    }
    return written;
}

void write_unit(CaseScenario& scenario) {
    struct Unit {
        std::string_view word;
        double seconds;
    };
    constexpr Unit second{"s", 1},
        others[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"h", 3600}, {"d", 86'400}, {"w", 604'800}};
    // Between two items. The clock ends after 9.2e9 s, and a case may take 1e8 items.
    constexpr double shortest = 1e-4, longest = 100;
    Unit unit = second;
    if (scenario.pace > 0 && (1 / scenario.pace < shortest || 1 / scenario.pace > longest)) {
        const auto off = [&](const Unit& one) { return std::fabs(std::log(one.seconds / scenario.pace)); };
        for (const Unit& one : others)
            if (off(one) < off(unit)) unit = one;
    }
    scenario.unit_s = unit.seconds;
    scenario.text = in_unit(scenario.text, unit.word, unit.seconds);
    for (auto& [name, measure] : scenario.measures)
        measure.text = in_unit(measure.text, unit.word, unit.seconds);
}

double num(const Params& params, const char* key) { return params.at(key).number(); }

double rate(const Params& params, const char* key) { return params.at(key).rate(); }

long long whole(const Params& params, const char* key) { return params.at(key).whole(); }

std::string service_of(const Params& params) {
    return params.contains("service") ? law(params.at("service")) : exponential(rate(params, "mu"));
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

void measure_stations(CaseScenario& scenario, std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
        const std::string of = fmt::format("(s{})", i), n = std::to_string(i);
        scenario.measures["lam_" + n] = {"rate arrived" + of};
        scenario.measures["util_" + n] = {"avg utilisation" + of};
        scenario.measures["L_" + n] = {"avg present" + of};
        scenario.measures["Lq_" + n] = {"avg waiting" + of};
        scenario.measures["W_" + n] = {"avg latency" + of};
        scenario.measures["Wq_" + n] = {"avg wait" + of};
    }
    measure_station(scenario, "s1");
    scenario.measures["X"] = {"rate completed()"};
    scenario.measures["R"] = {"avg latency()"};
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
    CaseScenario scenario =
        framed(body, "length: " + duration(length) + ", warm_up: " + duration(length / 10));
    scenario.steady = true;
    scenario.pace = pace;
    return scenario;
}

CaseScenario from_empty(const std::string& body, double length, long long replications) {
    CaseScenario scenario = framed(
        body, fmt::format("length: {}, warm_up: 0s, replications: {}", duration(length), replications));
    scenario.pace = 100 / length;
    return scenario;
}

CaseScenario until_empty(const std::string& body, long long replications, double pace) {
    CaseScenario scenario = framed(body, fmt::format("until: empty, replications: {}", replications));
    scenario.pace = pace;
    return scenario;
}

}  // namespace understudy::formats::kinds
