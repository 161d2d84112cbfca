// What is out of range in a law, in words for a user.
#include <cmath>

#include "kernel/distribution.h"
#include "kernel/distribution_tables.h"
#include "kernel/not_finite.h"

namespace understudy::kernel {

namespace {

/// Whether the value lies in low..high; NaN does not.
bool lies_in(double value, double low, double high) { return value >= low && value <= high; }

bool is_whole(double value) { return std::floor(value) == value; }

}  // namespace

std::optional<std::string> problem_of_weights(const std::vector<double>& weights) {
    double sum = 0.0;
    for (const double weight : weights) {
        if (!lies_in(weight, 0.0, 1e300)) return "weights must be finite and at least 0";
        sum += weight;
    }
    if (!(sum > 0.0 && sum < infinity)) return "weights must have a positive sum";
    return std::nullopt;
}

std::optional<std::string> Distribution::problem_of_table() const {
    if (kind_ == Kind::empirical) {
        if (table_->values.empty()) return "at least one value is needed";
        for (const double value : table_->values)
            if (!lies_in(value, 0.0, 1e300)) return "values must be finite and at least 0";
        if (table_->weights.empty()) return std::nullopt;
        if (table_->weights.size() != table_->values.size()) return "there must be as many weights as values";
        return problem_of_weights(table_->weights);
    }
    if (kind_ == Kind::mixture) {
        if (table_->components.empty()) return "at least one component is needed";
        if (table_->weights.size() != table_->components.size())
            return "there must be as many weights as components";
        for (std::size_t i = 0; i < table_->components.size(); ++i)
            if (const auto problem = table_->components[i].problem())
                return "component " + std::to_string(i + 1) + ": " + *problem;
        return problem_of_weights(table_->weights);
    }
    if (kind_ != Kind::phase_type) return std::nullopt;
    const std::size_t n = table_->start.size();
    if (n < 1 || n > 100) return "there must be 1 to 100 phases";
    double total = 0.0;
    for (const double share : table_->start) {
        if (!lies_in(share, 0.0, 1.0 + 1e-9)) return "start probabilities must lie in 0..1";
        total += share;
    }
    if (total > 1.0 + 1e-9) return "start probabilities must not add up to more than 1";
    if (table_->rates.size() != n) return "rates must have one row for each phase";
    std::vector<bool> leads_out(n);
    for (std::size_t i = 0; i < n; ++i) {
        const std::vector<double>& row = table_->rates[i];
        if (row.size() != n) return "rates must be square";
        double sum = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            if (!lies_in(row[j], -1e300, 1e300)) return "rates must be finite";
            if (i == j ? !(row[j] < 0.0) : row[j] < 0.0)
                return "rates must be negative on the diagonal and at least 0 elsewhere";
            sum += row[j];
        }
        if (sum > -1e-9 * row[i]) return "the sum of a row of rates must not be positive";
        leads_out[i] = sum < 1e-9 * row[i];
    }
    for (std::size_t round = 0; round < n; ++round)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                if (table_->rates[i][j] > 0.0 && leads_out[j]) leads_out[i] = true;
    std::vector<bool> reached(n);
    for (std::size_t i = 0; i < n; ++i) reached[i] = table_->start[i] > 0.0;
    for (std::size_t round = 0; round < n; ++round)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                if (reached[i] && table_->rates[i][j] > 0.0) reached[j] = true;
    for (std::size_t i = 0; i < n; ++i)
        if (reached[i] && !leads_out[i]) return "a phase that is reached never ends";
    return std::nullopt;
}

std::optional<std::string> Distribution::problem_of_parameters() const {
    const auto [a, b, c] = parameters_;
    constexpr double most = 1e300;
    const auto amount = [](double value) { return lies_in(value, 0.0, most); };
    if (!(minimum_ >= 0.0 && minimum_ < infinity)) return "min must be finite and at least 0";
    if (!(maximum_ >= minimum_)) return "max must be at least min";
    switch (kind_) {
        case Kind::constant:
            if (!amount(a)) return "value must be finite and at least 0";
            break;
        case Kind::uniform:
            if (!amount(a) || !amount(b)) return "low and high must be finite and at least 0";
            if (a > b) return "low must not be above high";
            break;
        case Kind::exponential:
            if (!amount(a)) return "mean must be finite and at least 0";
            break;
        case Kind::erlang:
            if (!lies_in(a, 1.0, 1e6) || !is_whole(a)) return "k must be a whole number in 1..1000000";
            if (!amount(b)) return "mean must be finite and at least 0";
            break;
        case Kind::gamma:
            if (!amount(a)) return "mean must be finite and at least 0";
            if (b != 0.0 && !lies_in(b, 0.001, 10.0)) return "cv must be 0 or lie in 0.001..10";
            break;
        case Kind::lognormal:
            if (!amount(a)) return "mean must be finite and at least 0";
            if (!lies_in(b, 0.0, 1000.0)) return "cv must lie in 0..1000";
            break;
        case Kind::weibull:
            if (!lies_in(a, 0.05, 1000.0)) return "shape must lie in 0.05..1000";
            if (!amount(b)) return "scale must be finite and at least 0";
            break;
        case Kind::pareto:
            if (!lies_in(a, 0.1, 1000.0)) return "shape must lie in 0.1..1000";
            if (!amount(b)) return "min must be finite and at least 0";
            break;
        case Kind::normal:
            if (!amount(a)) return "mean must be finite and at least 0";
            if (!amount(b)) return "sd must be finite and at least 0";
            break;
        case Kind::triangular:
            if (!amount(a) || !amount(b)) return "low and high must be finite and at least 0";
            if (!(a <= c && c <= b)) return "mode must lie between low and high";
            break;
        case Kind::geometric:
            if (!lies_in(a, 1.0, 1e9)) return "mean must lie in 1..1000000000";
            if (!amount(b)) return "scale must be finite and at least 0";
            break;
        case Kind::zipf:
            if (!lies_in(a, 1.0, 1e12) || !is_whole(a)) return "n must be a whole number in 1..1000000000000";
            if (!lies_in(b, 0.0, 100.0)) return "s must lie in 0..100";
            if (!amount(c)) return "scale must be finite and at least 0";
            break;
        case Kind::empirical:
        case Kind::phase_type:
            if (!amount(a)) return "scale must be finite and at least 0";
            return problem_of_table();
        case Kind::mixture: return problem_of_table();
    }
    return std::nullopt;
}

}  // namespace understudy::kernel
