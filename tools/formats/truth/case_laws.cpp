#include "tools/formats/truth/case_laws.h"

#include <cmath>
#include <initializer_list>
#include <map>
#include <optional>
#include <stdexcept>

#include "kernel/distribution.h"
#include "tools/formats/language/laws.h"
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

/// The first of several names that a parameter has.
std::optional<double> any_of(const Params& law, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (law.contains(name)) return num(law, name);
    return std::nullopt;
}

double one_of(const Params& law, std::initializer_list<const char*> names) {
    if (const auto value = any_of(law, names)) return *value;
    return num(law, *names.begin());
}

double low_of(const Params& law) { return one_of(law, {"lo", "low", "a", "min"}); }
double high_of(const Params& law) { return one_of(law, {"hi", "high", "b", "max"}); }

/// Of a mean and whatever says how much it varies.
double cv_of(const Params& law) {
    if (const auto squared = any_of(law, {"scv", "cv2"})) return std::sqrt(*squared);
    if (const auto sd = any_of(law, {"sd"})) return *sd / num(law, "mean");
    return num(law, "cv");
}

/// Of a law that is written by its mean here, whatever it is written by there.
double written_mean(const Params& law, const std::string& name) {
    if (law.contains("mean")) return num(law, "mean");
    if (name == "exponential") return 1 / num(law, "rate");
    if (name == "erlang") return static_cast<double>(whole(law, "k")) / num(law, "rate");
    if (name == "lognormal") return std::exp(num(law, "mu") + 0.5 * num(law, "sigma") * num(law, "sigma"));
    return one_of(law, {"shape", "k"}) *
           (law.contains("scale") ? num(law, "scale") : 1 / num(law, "rate"));  // gamma
}

struct Exponentials {
    std::vector<double> shares, rates;
};

/// A mean and a squared coefficient of variation, by two exponentials with balanced means (Whitt 1982).
Exponentials balanced(double mean, double scv) {
    if (!(scv >= 1)) throw std::invalid_argument("a hyperexponential law has an scv of at least 1");
    const double p = 0.5 * (1 + std::sqrt((scv - 1) / (scv + 1)));
    return {{p, 1 - p}, {2 * p / mean, 2 * (1 - p) / mean}};
}

/// Of an empirical law without shares all values are as likely.
std::vector<double> shares_of(const Params& law) {
    if (!law.contains("p") && !law.contains("probs") && law.contains("values") &&
        law.at("dist").text() == "empirical") {
        const std::size_t count = law.at("values").size();
        return std::vector<double>(count, 1 / static_cast<double>(count));
    }
    return law.at(law.contains("p") ? "p" : "probs").numbers();
}

/// Of a hyperexponential law, however it is written.
Exponentials exponentials(const Params& law) {
    if (!law.contains("p") && !law.contains("probs")) {
        const double cv = cv_of(law);
        return balanced(num(law, "mean"), cv * cv);
    }
    Exponentials of{shares_of(law), {}};
    if (law.contains("rates"))
        of.rates = law.at("rates").rates();
    else
        for (const double mean : law.at("means").numbers()) of.rates.push_back(1 / mean);
    return of;
}

template <class Write>
std::string list(const std::vector<double>& numbers, const Write& write) {
    std::string text;
    for (const double one : numbers) text += (text.empty() ? "" : ", ") + write(one);
    return "[" + text + "]";
}

Params start_of(const Params& law) { return law.at(law.contains("start") ? "start" : "alpha"); }
Params rates_of(const Params& law) { return law.at(law.contains("rates") ? "rates" : "T"); }

/// What a law is called here, whatever it is called there.
std::string name_of(const Params& law) {
    static const std::map<std::string, std::string> names = {
        {"exp", "exponential"},  {"deterministic", "constant"},
        {"det", "constant"},     {"hyperexponential", "hyperexp"},
        {"h2", "hyperexp"},      {"phase_type", "ph"},
        {"phase-type", "ph"},    {"geometric1", "geometric"},
        {"mixture", "discrete"}, {"empirical", "discrete"},
    };
    if (!law.is_map() || !law.contains("dist")) throw std::invalid_argument("a law has no 'dist'");
    const std::string name = law.at("dist").text();
    const auto found = names.find(name);
    return found == names.end() ? name : found->second;
}

void require_as_many(std::size_t shares, std::size_t others) {
    if (shares != others) throw std::invalid_argument("a law has as many shares as what they are of");
}

/// "mix(30% 1s or 70% 2s)".
std::string discrete(const std::vector<double>& shares, const std::vector<double>& values,
                     const std::string& unit) {
    require_as_many(shares.size(), values.size());
    std::string text;
    for (std::size_t i = 0; i < shares.size(); ++i)
        text += (i ? " or " : "") + percent(shares[i]) + " " + number(values[i]) + unit;
    return "mix(" + text + ")";
}

std::string text_of(const Params& law, const std::string& name) {
    const auto of_mean = [&](const char* text, double cv) {
        return fmt::format("{}(mean {} cv {})", text, duration(written_mean(law, name)), number(cv));
    };
    if (name == "exponential") return "exponential(mean " + duration(written_mean(law, name)) + ")";
    if (name == "constant") return duration(one_of(law, {"value", "mean"}));
    if (name == "erlang")
        return fmt::format("erlang(k {} mean {})", whole(law, "k"), duration(written_mean(law, name)));
    if (name == "uniform") return "uniform(" + duration(low_of(law)) + ".." + duration(high_of(law)) + ")";
    if (name == "lognormal") {
        const auto sigma = any_of(law, {"sigma"});
        return of_mean("lognormal", sigma ? std::sqrt(std::expm1(*sigma * *sigma)) : cv_of(law));
    }
    if (name == "gamma") {
        const auto shape = any_of(law, {"shape", "k"});
        return of_mean("gamma", shape ? 1 / std::sqrt(*shape) : cv_of(law));
    }
    if (name == "normal")
        return fmt::format("normal(mean {} sd {})", duration(num(law, "mean")),
                           duration(law.contains("sd") ? num(law, "sd") : cv_of(law) * num(law, "mean")));
    if (name == "triangular")
        return fmt::format("triangular({}..{} mode {})", duration(low_of(law)), duration(high_of(law)),
                           duration(one_of(law, {"mode", "c"})));
    if (name == "weibull") {
        const double shape = num(law, "shape");
        const double scale =
            law.contains("scale") ? num(law, "scale") : num(law, "mean") / std::tgamma(1 + 1 / shape);
        return "weibull(shape " + number(shape) + " scale " + duration(scale) + ")";
    }
    if (name == "pareto") {
        const double alpha = one_of(law, {"alpha", "shape"});
        const auto least = any_of(law, {"xm", "min", "scale"});
        return "pareto(shape " + number(alpha) + " min " +
               duration(least ? *least : num(law, "mean") * (alpha - 1) / alpha) + ")";
    }
    if (name == "hyperexp") {
        const Exponentials of = exponentials(law);
        return mixture(of.shares, of.rates);
    }
    if (name == "ph") {
        std::string rows;
        for (const Params& row : rates_of(law).list())
            rows += (rows.empty() ? "" : ", ") + list(row.numbers(), per_unit);
        return "{phase_type: {start: " + list(start_of(law).numbers(), percent) + ", rates: [" + rows + "]}}";
    }
    if (name == "discrete")
        return discrete(shares_of(law), law.at("values").numbers(), std::string(1, unit_mark));
    throw std::invalid_argument(
        "the law '" + name +
        "' is not known; laws are exponential, constant, erlang, uniform, lognormal, gamma, "
        "normal, triangular, weibull, pareto, hyperexp, ph, discrete and empirical");
}

kernel::Distribution distribution_of(const Params& law, const std::string& name, const std::string& text) {
    if (name != "ph") return read_law(in_unit(text, "s", 1), std::nullopt).law.terms.front().law;
    std::vector<std::vector<double>> rates;
    for (const Params& row : rates_of(law).list()) rates.push_back(row.numbers());
    auto made = kernel::Distribution::phase_type(start_of(law).numbers(), std::move(rates));
    if (const auto problem = made.problem()) throw std::invalid_argument(*problem);
    return made;
}

/// What is stated of a law besides what it is written by has to hold.
void check_stated(const Params& law, const kernel::Distribution& made) {
    using Kind = kernel::Distribution::Kind;
    const auto check = [&](const char* key, double value) {
        if (!law.contains(key) || law.is_read(key)) return;
        if (const double stated = num(law, key); !(std::fabs(stated - value) <= 1e-6 * std::fabs(value)))
            throw std::invalid_argument(
                fmt::format("'{}' of a law is {}, and by its other parameters it is {}", key, stated, value));
    };
    const double variance = made.variance(), cv = made.cv();
    check("mean", made.mean());
    for (const char* key : {"var", "variance"}) check(key, variance);
    for (const char* key : {"sd", "std"}) check(key, std::sqrt(variance));
    for (const char* key : {"scv", "cv2"}) check(key, cv * cv);
    check("cv", cv);
    if (made.kind() == Kind::exponential || made.kind() == Kind::erlang || made.kind() == Kind::gamma) {
        check("rate", made.mean() / variance);
        check("scale", variance / made.mean());
    }
}

double mean_or_middle(const kernel::Distribution& law) {
    const double mean = law.mean();
    return std::isfinite(mean) ? mean : law.quantile(0.5);
}

/// Without what is rarer than all chance.
std::string poisson_count(double mean) {
    constexpr double most = 10'000;
    if (!(mean > 0 && mean < most))
        throw std::invalid_argument("the mean of a Poisson number of items is above 0 and below 10000");
    std::vector<double> shares, values;
    double sum = 0;
    for (double k = 0; k <= mean + 12 * std::sqrt(mean) + 30; ++k) {
        const double share = std::exp(k * std::log(mean) - mean - std::lgamma(k + 1));
        if (share < 1e-15) continue;
        shares.push_back(share);
        values.push_back(k);
        sum += share;
    }
    for (double& share : shares) share /= sum;
    return discrete(shares, values, "");
}

std::string count_text(const Params& law) {
    const std::string name = name_of(law);
    if (name == "geometric")
        return "geometric(mean " + number(law.contains("p") ? 1 / num(law, "p") : num(law, "mean")) + ")";
    if (name == "constant") return number(one_of(law, {"value", "mean"}));
    if (name == "discrete") return discrete(shares_of(law), law.at("values").numbers(), "");
    if (name == "uniform" || name == "discrete_uniform") {
        const double low = low_of(law), high = high_of(law);
        constexpr double most = 10'000;
        if (low != std::floor(low) || high != std::floor(high) || !(low <= high && high - low < most))
            throw std::invalid_argument("a uniform number of items lies between whole numbers");
        std::vector<double> values;
        for (double value = low; value <= high; ++value) values.push_back(value);
        return discrete(std::vector<double>(values.size(), 1 / static_cast<double>(values.size())), values,
                        "");
    }
    if (name == "poisson") return poisson_count(one_of(law, {"mean", "lam"}));
    throw std::invalid_argument("the law '" + name +
                                "' of a number of items is not known; they are geometric1, constant, "
                                "discrete, empirical, uniform and poisson");
}

}  // namespace

std::string mixture(const std::vector<double>& shares, const std::vector<double>& rates) {
    require_as_many(shares.size(), rates.size());
    std::string text = "mix(";
    for (std::size_t i = 0; i < shares.size(); ++i)
        text += (i ? " or " : "") + percent(shares[i]) + " " + exponential(rates[i]);
    return text + ")";
}

std::string law(const Params& law) {
    if (law.is_number()) return duration(law.number());
    const std::string name = name_of(law);
    std::string text = text_of(law, name);
    check_stated(law, distribution_of(law, name, text));
    return text;
}

double mean_of(const Params& law) {
    if (law.is_number()) return law.number();
    const std::string name = name_of(law);
    return mean_or_middle(distribution_of(law, name, text_of(law, name)));
}

std::string count_law(const Params& law) {
    if (law.is_number()) return number(law.number());
    std::string text = count_text(law);
    check_stated(law, read_law(text, std::nullopt).law.terms.front().law);
    return text;
}

double mean_count(const Params& law) {
    if (law.is_number()) return law.number();
    return mean_or_middle(read_law(count_text(law), std::nullopt).law.terms.front().law);
}

}  // namespace understudy::formats::kinds
