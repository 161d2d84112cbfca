#include "tools/formats/truth/kind_text.h"

#include <cmath>
#include <initializer_list>
#include <map>
#include <optional>

namespace understudy::formats::kinds {

std::string number(double value) { return fmt::format("{}", value); }

std::string percent(double share) { return fmt::format("{:.15g}%", 100 * share); }

double num(const Json& params, const char* key) {
    if (!params.contains(key)) throw std::invalid_argument(fmt::format("'{}' is missing", key));
    if (!params.at(key).is_number()) throw std::invalid_argument(fmt::format("'{}' is no number", key));
    return params.at(key).get<double>();
}

long long whole_number(const Json& value, const std::string& what) {
    const double number = value.is_number() ? value.get<double>() : 0.5;
    if (number != std::floor(number) || std::fabs(number) > 1e15)
        throw std::invalid_argument("'" + what + "' is no whole number");
    return static_cast<long long>(number);
}

long long whole(const Json& params, const char* key) {
    num(params, key);
    return whole_number(params.at(key), key);
}

std::string mixture(const Json& shares, const Json& rates) {
    std::string text = "mix(";
    for (std::size_t i = 0; i < shares.size(); ++i)
        text += (i ? " or " : "") + percent(shares.at(i).get<double>()) + " " +
                exponential(rates.at(i).get<double>());
    return text + ")";
}

namespace {

/// The first of several names that a parameter has.
std::optional<double> any_of(const Json& law, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (law.contains(name)) return num(law, name);
    return std::nullopt;
}

double one_of(const Json& law, std::initializer_list<const char*> names) {
    if (const auto value = any_of(law, names)) return *value;
    throw std::invalid_argument(fmt::format("'{}' of a law is missing", *names.begin()));
}

/// Of a mean and whatever says how much it varies.
double cv_of(const Json& law) {
    if (const auto squared = any_of(law, {"scv", "cv2"})) return std::sqrt(*squared);
    if (const auto sd = any_of(law, {"sd"})) return *sd / num(law, "mean");
    return num(law, "cv");
}

/// A mean and a squared coefficient of variation, by two exponentials with balanced means (Whitt 1982).
Json balanced(double mean, double scv) {
    if (!(scv >= 1)) throw std::invalid_argument("a hyperexponential law has an scv of at least 1");
    const double p = 0.5 * (1 + std::sqrt((scv - 1) / (scv + 1)));
    return {{"p", {p, 1 - p}}, {"rates", {2 * p / mean, 2 * (1 - p) / mean}}};
}

/// "p" and "rates" of a hyperexponential law, however it is written.
Json phases(const Json& law) {
    if (!law.contains("p") && !law.contains("probs")) {
        const double cv = cv_of(law);
        return balanced(num(law, "mean"), cv * cv);
    }
    Json rates = law.contains("rates") ? law.at("rates") : Json::array();
    if (!law.contains("rates"))
        for (const Json& mean : law.at("means")) rates.push_back(1 / mean.get<double>());
    return {{"p", law.contains("p") ? law.at("p") : law.at("probs")}, {"rates", std::move(rates)}};
}

template <class Write>
std::string list(const Json& numbers, const Write& write) {
    std::string text;
    for (const Json& one : numbers) text += (text.empty() ? "" : ", ") + write(one.get<double>());
    return "[" + text + "]";
}

double log_mean(const Json& law) {
    const double sigma = num(law, "sigma");
    return std::exp(num(law, "mu") + sigma * sigma / 2);
}

/// Times what, of a law that is written by its scale.
double weibull_unit(const Json& law) { return std::tgamma(1 + 1 / num(law, "shape")); }

/// What a law is called here, whatever it is called there.
std::string name_of(const Json& law) {
    static const std::map<std::string, std::string> names = {
        {"exp", "exponential"},  {"deterministic", "constant"},
        {"det", "constant"},     {"hyperexponential", "hyperexp"},
        {"h2", "hyperexp"},      {"phase_type", "ph"},
        {"phase-type", "ph"},    {"geometric1", "geometric"},
        {"mixture", "discrete"},
    };
    if (!law.is_object() || !law.contains("dist")) throw std::invalid_argument("a law has no 'dist'");
    const std::string name = law.at("dist").get<std::string>();
    const auto found = names.find(name);
    return found == names.end() ? name : found->second;
}

const Json& shares_of(const Json& law) { return law.contains("p") ? law.at("p") : law.at("probs"); }

/// "mix(30% 1s or 70% 2s)".
std::string discrete(const Json& law, const char* unit) {
    std::string text = "mix(";
    for (std::size_t i = 0; i < shares_of(law).size(); ++i)
        text += (i ? " or " : "") + percent(shares_of(law).at(i).get<double>()) + " " +
                number(law.at("values").at(i).get<double>()) + unit;
    return text + ")";
}

}  // namespace

std::string law(const Json& law) {
    if (law.is_number()) return seconds(law.get<double>());
    const std::string name = name_of(law);
    const auto of_mean = [&](const char* text, double cv) {
        return fmt::format("{}(mean {} cv {})", text, seconds(mean_of(law)), number(cv));
    };
    if (name == "exponential") return "exponential(mean " + seconds(mean_of(law)) + ")";
    if (name == "constant") return seconds(one_of(law, {"value", "mean"}));
    if (name == "erlang") return fmt::format("erlang(k {} mean {})", whole(law, "k"), seconds(mean_of(law)));
    if (name == "uniform")
        return "uniform(" + seconds(one_of(law, {"lo", "low", "a", "min"})) + ".." +
               seconds(one_of(law, {"hi", "high", "b", "max"})) + ")";
    if (name == "lognormal") {
        const auto sigma = any_of(law, {"sigma"});
        return of_mean("lognormal", sigma ? std::sqrt(std::expm1(*sigma * *sigma)) : cv_of(law));
    }
    if (name == "gamma") {
        const auto shape = any_of(law, {"shape", "k"});
        return of_mean("gamma", shape ? 1 / std::sqrt(*shape) : cv_of(law));
    }
    if (name == "normal")
        return fmt::format("normal(mean {} sd {})", seconds(num(law, "mean")),
                           seconds(law.contains("sd") ? num(law, "sd") : cv_of(law) * num(law, "mean")));
    if (name == "triangular")
        return fmt::format("triangular({}..{} mode {})", seconds(one_of(law, {"lo", "low", "a", "min"})),
                           seconds(one_of(law, {"hi", "high", "b", "max"})),
                           seconds(one_of(law, {"mode", "c"})));
    if (name == "weibull") {
        const double scale = law.contains("scale") ? num(law, "scale") : num(law, "mean") / weibull_unit(law);
        return "weibull(shape " + number(num(law, "shape")) + " scale " + seconds(scale) + ")";
    }
    if (name == "pareto") {
        const double alpha = one_of(law, {"alpha", "shape"});
        const auto least = any_of(law, {"xm", "min", "scale"});
        return "pareto(shape " + number(alpha) + " min " +
               seconds(least ? *least : num(law, "mean") * (alpha - 1) / alpha) + ")";
    }
    if (name == "hyperexp") {
        const Json of = phases(law);
        return mixture(of.at("p"), of.at("rates"));
    }
    if (name == "ph") {
        const Json& start = law.contains("start") ? law.at("start") : law.at("alpha");
        const Json& rates = law.contains("rates") ? law.at("rates") : law.at("T");
        std::string rows;
        for (const Json& row : rates)
            rows += (rows.empty() ? "" : ", ") + list(row, [](double rate) { return number(rate) + "/s"; });
        return "{phase_type: {start: " + list(start, percent) + ", rates: [" + rows + "]}}";
    }
    if (name == "discrete") return discrete(law, "s");
    throw std::invalid_argument(
        "the law '" + name +
        "' is not known; laws are exponential, constant, erlang, uniform, lognormal, gamma, "
        "normal, triangular, weibull, pareto, hyperexp, ph and discrete");
}

std::string count_law(const Json& law) {
    if (law.is_number()) return number(law.get<double>());
    const std::string name = name_of(law);
    if (name == "geometric") return "geometric(mean " + number(num(law, "mean")) + ")";
    if (name == "constant") return number(one_of(law, {"value", "mean"}));
    if (name == "discrete") return discrete(law, "");
    throw std::invalid_argument(
        "the law '" + name +
        "' of a number of items is not known; they are geometric1, constant and discrete");
}

double mean_of(const Json& law) {
    if (law.is_number()) return law.get<double>();
    if (law.contains("mean")) return num(law, "mean");
    if (law.contains("value")) return num(law, "value");
    const std::string name = name_of(law);
    if (name == "exponential") return 1 / num(law, "rate");
    if (name == "erlang") return static_cast<double>(whole(law, "k")) / num(law, "rate");
    if (name == "gamma")
        return one_of(law, {"shape", "k"}) *
               (law.contains("scale") ? num(law, "scale") : 1 / one_of(law, {"rate"}));
    if (name == "lognormal") return log_mean(law);
    if (name == "weibull") return num(law, "scale") * weibull_unit(law);
    if (name == "uniform")
        return 0.5 * (one_of(law, {"lo", "low", "a", "min"}) + one_of(law, {"hi", "high", "b", "max"}));
    if (name == "triangular")
        return (one_of(law, {"lo", "low", "a", "min"}) + one_of(law, {"hi", "high", "b", "max"}) +
                one_of(law, {"mode", "c"})) /
               3;
    if (name == "pareto") {
        const double alpha = one_of(law, {"alpha", "shape"});
        return alpha > 1 ? alpha * one_of(law, {"xm", "min", "scale"}) / (alpha - 1)
                         : one_of(law, {"xm", "min", "scale"});
    }
    double sum = 0;
    if (name == "hyperexp") {
        const Json of = phases(law);
        for (std::size_t i = 0; i < of.at("p").size(); ++i)
            sum += of.at("p").at(i).get<double>() / of.at("rates").at(i).get<double>();
    } else if (name == "discrete") {
        for (std::size_t i = 0; i < shares_of(law).size(); ++i)
            sum += shares_of(law).at(i).get<double>() * law.at("values").at(i).get<double>();
    } else {
        throw std::invalid_argument("the mean of the law '" + name +
                                    "' is not known; state its 'mean' as well");
    }
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
