#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

std::string number(double value) { return fmt::format("{}", value); }

std::string percent(double share) { return fmt::format("{:.15g}%", 100 * share); }

std::string mixture(const Json& shares, const Json& rates) {
    std::string text = "mix(";
    for (std::size_t i = 0; i < shares.size(); ++i)
        text += (i ? " or " : "") + percent(shares.at(i).get<double>()) + " " +
                exponential(rates.at(i).get<double>());
    return text + ")";
}

std::string law(const Json& law) {
    if (law.is_number()) return seconds(law.get<double>());
    const std::string name = law.at("dist").get<std::string>();
    const auto get = [&](const char* key) { return num(law, key); };
    if (name == "exponential" || name == "exp")
        return "exponential(mean " + seconds(law.contains("mean") ? get("mean") : 1 / get("rate")) + ")";
    if (name == "constant" || name == "deterministic" || name == "det") return seconds(get("value"));
    if (name == "erlang") return fmt::format("erlang(k {} mean {})", whole(law, "k"), seconds(get("mean")));
    if (name == "uniform") return "uniform(" + seconds(get("lo")) + ".." + seconds(get("hi")) + ")";
    if (name == "lognormal")
        return "lognormal(mean " + seconds(get("mean")) + " cv " + number(get("cv")) + ")";
    if (name == "gamma") return "gamma(mean " + seconds(get("mean")) + " cv " + number(get("cv")) + ")";
    if (name == "weibull")
        return "weibull(shape " + number(get("shape")) + " scale " + seconds(get("scale")) + ")";
    if (name == "pareto") return "pareto(shape " + number(get("alpha")) + " min " + seconds(get("xm")) + ")";
    if (name == "hyperexp") return mixture(law.at("p"), law.at("rates"));
    if (name == "discrete") {
        std::string text = "mix(";
        for (std::size_t i = 0; i < law.at("p").size(); ++i)
            text += (i ? " or " : "") + percent(law.at("p").at(i).get<double>()) + " " +
                    seconds(law.at("values").at(i).get<double>());
        return text + ")";
    }
    throw std::invalid_argument("the law '" + name + "' is not known");
}

std::string count_law(const Json& law) {
    const std::string name = law.at("dist").get<std::string>();
    if (name == "geometric1" || name == "geometric")
        return "geometric(mean " + number(num(law, "mean")) + ")";
    if (name == "constant") return number(num(law, "value"));
    if (name == "discrete") {
        std::string text = "mix(";
        for (std::size_t i = 0; i < law.at("p").size(); ++i)
            text += (i ? " or " : "") + percent(law.at("p").at(i).get<double>()) + " " +
                    number(law.at("values").at(i).get<double>());
        return text + ")";
    }
    throw std::invalid_argument("the law '" + name + "' of a number of items is not known");
}

double mean_of(const Json& law) {
    if (law.is_number()) return law.get<double>();
    if (law.contains("mean")) return num(law, "mean");
    if (law.contains("value")) return num(law, "value");
    const std::string name = law.at("dist").get<std::string>();
    double sum = 0;
    if (name == "uniform") return 0.5 * (num(law, "lo") + num(law, "hi"));
    if (name == "pareto") return num(law, "alpha") * num(law, "xm") / (num(law, "alpha") - 1);
    if (name == "hyperexp")
        for (std::size_t i = 0; i < law.at("p").size(); ++i)
            sum += law.at("p").at(i).get<double>() / law.at("rates").at(i).get<double>();
    else if (name == "discrete")
        for (std::size_t i = 0; i < law.at("p").size(); ++i)
            sum += law.at("p").at(i).get<double>() * law.at("values").at(i).get<double>();
    else
        return 1;
    return sum;
}

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
