#include "kernel/distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernel/batch_draws.h"
#include "kernel/distribution_tables.h"
#include "kernel/invariant.h"
#include "kernel/not_finite.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

const std::vector<double> no_values;
const std::vector<Distribution> no_components;

/// Whether the values lie in low..high; NaN does not.
bool lies_in(double value, double low, double high) { return value >= low && value <= high; }

struct KindTraits {
    std::string_view name;
    std::array<std::string_view, 3> parameters;  // empty at the end
    std::array<bool, 3> is_stretched;            // multiplied by scaled()
};

const KindTraits& traits(Distribution::Kind kind) {
    static constexpr std::array<KindTraits, 15> all = {{
        {"constant", {"value"}, {true}},
        {"uniform", {"low", "high"}, {true, true}},
        {"exponential", {"mean"}, {true}},
        {"erlang", {"k", "mean"}, {false, true}},
        {"gamma", {"mean", "cv"}, {true}},
        {"lognormal", {"mean", "cv"}, {true}},
        {"weibull", {"shape", "scale"}, {false, true}},
        {"pareto", {"shape", "min"}, {false, true}},
        {"normal", {"mean", "sd"}, {true, true}},
        {"triangular", {"low", "high", "mode"}, {true, true, true}},
        {"geometric", {"mean", "scale"}, {false, true}},
        {"zipf", {"n", "s", "scale"}, {false, false, true}},
        {"empirical", {"scale"}, {true}},
        {"mixture", {}, {}},
        {"phase_type", {"scale"}, {true}},
    }};
    return all[static_cast<std::size_t>(kind)];
}

}  // namespace

// --- Factories ---

Distribution::Distribution(Kind kind, Parameters parameters, std::shared_ptr<const Table> table,
                           double minimum, double maximum)
    : kind_(kind), parameters_(parameters), minimum_(minimum), maximum_(maximum), table_(std::move(table)) {
    prepare();
}

Distribution Distribution::constant(double value) { return {Kind::constant, {value}}; }
Distribution Distribution::uniform(double low, double high) { return {Kind::uniform, {low, high}}; }
Distribution Distribution::exponential(double mean) { return {Kind::exponential, {mean}}; }
Distribution Distribution::erlang(double k, double mean) { return {Kind::erlang, {k, mean}}; }
Distribution Distribution::gamma(double mean, double cv) { return {Kind::gamma, {mean, cv}}; }
Distribution Distribution::lognormal(double mean, double cv) { return {Kind::lognormal, {mean, cv}}; }
Distribution Distribution::weibull(double shape, double scale) { return {Kind::weibull, {shape, scale}}; }
Distribution Distribution::pareto(double shape, double min) { return {Kind::pareto, {shape, min}}; }
Distribution Distribution::normal(double mean, double sd) { return {Kind::normal, {mean, sd}}; }
Distribution Distribution::triangular(double low, double high, double mode) {
    return {Kind::triangular, {low, high, mode}};
}
Distribution Distribution::geometric(double mean) { return {Kind::geometric, {mean, 1.0}}; }
Distribution Distribution::zipf(double n, double s) { return {Kind::zipf, {n, s, 1.0}}; }

Distribution Distribution::empirical(std::vector<double> values, std::vector<double> weights) {
    auto table = std::make_shared<Table>();
    table->values = std::move(values);
    table->weights = std::move(weights);
    const std::size_t size = table->values.size();
    if (table->weights.empty()) {
        std::sort(table->values.begin(), table->values.end());
    } else if (table->weights.size() == size && !problem_of_weights(table->weights)) {
        std::vector<std::size_t> order(size);
        std::iota(order.begin(), order.end(), std::size_t{0});
        // Equal values by weight, so that the order they come in leaves no trace in rounding.
        std::sort(order.begin(), order.end(), [&table](std::size_t i, std::size_t j) {
            return std::pair(table->values[i], table->weights[i]) <
                   std::pair(table->values[j], table->weights[j]);
        });
        const std::vector<double> given_values = table->values;
        const std::vector<double> given_weights = table->weights;
        double sum = 0.0;
        for (const std::size_t i : order) sum += given_weights[i];
        for (std::size_t i = 0; i < size; ++i) {
            table->values[i] = given_values[order[i]];
            table->weights[i] = given_weights[order[i]] / sum;
        }
        table->cumulative = Cumulative(table->weights);
    }
    return {Kind::empirical, {1.0}, std::move(table)};
}

Distribution Distribution::mixture(std::vector<double> weights, std::vector<Distribution> components) {
    auto table = std::make_shared<Table>();
    if (!problem_of_weights(weights)) {
        double sum = 0.0;
        for (const double weight : weights) sum += weight;
        for (double& weight : weights) weight /= sum;
    }
    table->weights = std::move(weights);
    table->components = std::move(components);
    return {Kind::mixture, {}, std::move(table)};
}

Distribution Distribution::phase_type(std::vector<double> start, std::vector<std::vector<double>> rates) {
    auto table = std::make_shared<Table>();
    table->start = std::move(start);
    table->rates = std::move(rates);
    return {Kind::phase_type, {1.0}, std::move(table)};
}

// --- Ranges (see also distribution_ranges.cpp) ---

std::optional<std::string> Distribution::problem() const {
    if (path_ != Path::invalid) return std::nullopt;
    if (auto problem = problem_of_parameters()) return problem;
    return "no value of this law lies between min and max";
}

void Distribution::require_valid() const {
    require(path_ != Path::invalid, "a law with a problem() was used");
}

// --- Preparation ---

void Distribution::prepare_constant(double value) {
    derived_ = {value};
    path_ = lies_in(value, minimum_, maximum_) ? Path::constant : Path::invalid;
    lowest_ = highest_ = value;
}

void Distribution::prepare() {
    path_ = Path::invalid;
    if (problem_of_parameters()) return;
    const auto [a, b, c] = parameters_;
    path_ = Path::plain;
    std::shared_ptr<Table> made;
    switch (kind_) {
        case Kind::constant: return prepare_constant(a);
        case Kind::uniform:
        case Kind::triangular:
            if (a == b) return prepare_constant(a);
            break;
        case Kind::exponential:
            if (a == 0.0) return prepare_constant(0.0);
            path_ = Path::exponential;
            break;
        case Kind::erlang:
        case Kind::gamma: {
            const double mean = kind_ == Kind::erlang ? b : a;
            if (mean == 0.0 || (kind_ == Kind::gamma && b == 0.0)) return prepare_constant(mean);
            const double shape = kind_ == Kind::erlang ? a : 1.0 / (b * b);
            derived_ = {shape, mean / shape};
            if (!table_ || table_->shape != shape) {
                made = std::make_shared<Table>();
                made->shape = shape;
                table_ = std::move(made);
            }
            break;
        }
        case Kind::lognormal: {
            if (a == 0.0 || b == 0.0) return prepare_constant(a);
            const double variance = exact::log1p(b * b);
            derived_ = {exact::log(a) - 0.5 * variance, std::sqrt(variance)};
            break;
        }
        case Kind::weibull:
        case Kind::pareto:
            if (b == 0.0) return prepare_constant(0.0);
            break;
        case Kind::normal:
            if (b == 0.0) return prepare_constant(a);
            break;
        case Kind::geometric:
            if (a == 1.0 || b == 0.0) return prepare_constant(b);
            derived_ = {exact::log1p(-1.0 / a)};
            break;
        case Kind::zipf:
            if (a == 1.0 || c == 0.0) return prepare_constant(c);
            if (!table_) {
                made = std::make_shared<Table>();
                made->zipf = std::make_unique<const ZipfTable>(a, b);
                table_ = std::move(made);
            }
            break;
        case Kind::empirical:
            if (a == 0.0) return prepare_constant(0.0);
            break;
        case Kind::phase_type:
            if (a == 0.0) return prepare_constant(0.0);
            if (!table_->phase_type) {
                made = std::make_shared<Table>();
                made->start = table_->start;
                made->rates = table_->rates;
                made->phase_type = std::make_unique<const PhaseTypeTable>(made->start, made->rates);
                table_ = std::move(made);
            }
            break;
        case Kind::mixture: return prepare_mixture();
    }
    if (is_truncated() || kind_ == Kind::normal) prepare_truncation();
}

void Distribution::prepare_mixture() {
    auto made = std::make_shared<Table>();
    made->weights = table_->weights;
    made->components = table_->components;
    std::vector<double> weights;
    for (std::size_t i = 0; i < made->components.size(); ++i) {
        Distribution component = made->components[i];
        double weight = made->weights[i];
        if (is_truncated() && weight > 0.0) {
            // Conditioning a mixture conditions each component and weighs it by its chance to lie inside.
            const double low = std::max(minimum_, component.minimum_);
            const double high = std::min(maximum_, component.maximum_);
            const double whole = component.inside_;
            component = high >= low ? component.truncated(low, high) : Distribution();
            weight = high >= low && !component.problem() ? weight * component.inside_ / whole : 0.0;
        }
        if (weight == 0.0) continue;
        made->drawn.push_back(std::move(component));
        weights.push_back(weight);
    }
    if (made->drawn.empty()) {
        path_ = Path::invalid;
        return;
    }
    inside_ = 0.0;
    for (const double weight : weights) inside_ += weight;
    const Cumulative until(weights);
    for (std::size_t i = 0; i < until.size(); ++i) made->drawn_until.push_back(until[i]);
    table_ = std::move(made);
    path_ = Path::mixture;
    lowest_ = base_lower_end();
    highest_ = base_upper_end();
}

void Distribution::prepare_truncation() {
    path_ = Path::truncated;
    below_ = base_below(minimum_);
    from_ = base_from(minimum_);
    // From whichever side keeps more digits of a small difference.
    inside_ = below_ < 0.5 ? base_cdf(maximum_) - below_ : from_ - base_survival(maximum_);
    if (!(inside_ > 0.0)) {
        path_ = Path::invalid;
        return;
    }
    lowest_ = std::max(minimum_, base_lower_end());
    highest_ = std::min(maximum_, base_upper_end());
    if (kind_ == Kind::geometric || kind_ == Kind::zipf) {
        const double scale = kind_ == Kind::geometric ? parameters_[1] : parameters_[2];
        lowest_ = scale * std::ceil(lowest_ / scale);
        highest_ = scale * std::floor(highest_ / scale);
    } else if (kind_ == Kind::empirical) {
        const std::vector<double>& values = table_->values;
        const double scale = parameters_[0];
        lowest_ = scale * *std::lower_bound(values.begin(), values.end(), lowest_ / scale);
        highest_ = scale * *(std::upper_bound(values.begin(), values.end(), highest_ / scale) - 1);
    }
}

// --- Derived laws ---

Distribution Distribution::truncated(double minimum, double maximum) const {
    return {kind_, parameters_, table_, minimum, maximum};
}

Distribution Distribution::scaled(double factor) const {
    require_valid();
    require(lies_in(factor, 0.0, 1e300), "the factor of a law must be finite and not negative");
    if (factor == 0.0) return constant(0.0);
    Parameters parameters = parameters_;
    const KindTraits& kind = traits(kind_);
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (kind.is_stretched[i]) parameters[i] *= factor;
    std::shared_ptr<const Table> table = table_;
    if (kind_ == Kind::mixture) {
        auto made = std::make_shared<Table>();
        made->weights = table_->weights;
        for (const Distribution& component : table_->components)
            made->components.push_back(component.scaled(factor));
        table = std::move(made);
    }
    return {kind_, parameters, std::move(table), minimum_ * factor, maximum_ * factor};
}

std::vector<std::string_view> Distribution::parameter_names() const {
    std::vector<std::string_view> names;
    for (const std::string_view name : traits(kind_).parameters)
        if (!name.empty()) names.push_back(name);
    return names;
}

std::optional<double> Distribution::parameter(std::string_view name) const {
    const KindTraits& kind = traits(kind_);
    for (std::size_t i = 0; i < parameters_.size(); ++i)
        if (!name.empty() && kind.parameters[i] == name) return parameters_[i];
    if (name == "min") return minimum_;
    if (name == "max") return maximum_;
    return std::nullopt;
}

std::optional<Distribution> Distribution::with_parameter(std::string_view name, double value) const {
    const KindTraits& kind = traits(kind_);
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        if (name.empty() || kind.parameters[i] != name) continue;
        Parameters parameters = parameters_;
        parameters[i] = value;
        // A table of Zipf belongs to its n and s; the others do not depend on parameters or check them.
        const bool keeps_table = kind_ != Kind::zipf || kind.is_stretched[i];
        return Distribution(kind_, parameters, keeps_table ? table_ : nullptr, minimum_, maximum_);
    }
    if (name == "min") return truncated(value, maximum_);
    if (name == "max") return truncated(minimum_, value);
    return std::nullopt;
}

// --- Asking ---

std::string_view Distribution::name(Kind kind) { return traits(kind).name; }

double Distribution::draw_by_inversion(double u) const {
    switch (path_) {
        case Path::plain:
        case Path::exponential: return base_quantile(u, 1.0 - u);
        case Path::truncated:
            return std::clamp(base_quantile(below_ + u * inside_, from_ - u * inside_), lowest_, highest_);
        case Path::mixture: return draw_mixture(u);
        case Path::constant: return derived_[0];
        case Path::invalid: break;
    }
    require_valid();
    return 0.0;
}

double Distribution::draw_mixture(double u) const {
    const std::vector<double>& until = table_->drawn_until;
    std::size_t i = 0;
    while (i + 1 < until.size() && until[i] < u) ++i;
    const double start = i == 0 ? 0.0 : until[i - 1];
    const double rescaled = (u - start) / (until[i] - start);
    return table_->drawn[i].draw(std::clamp(rescaled, 0x1p-60, 1.0 - 0x1p-53));
}

void Distribution::draw_each(std::span<double> values) const {
    if (path_ == Path::exponential) return make_exponential(parameters_[0], values);
    for (double& value : values) value = draw(value);
}

void Distribution::fill(Stream& stream, double* out, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) out[i] = stream.uniform();
    draw_each({out, count});
}

double Distribution::quantile(double p) const {
    require_valid();
    require(lies_in(p, 0.0, 1.0), "a probability must lie in 0..1");
    if (p == 0.0) return lower_end();
    if (p == 1.0) return upper_end();
    if (path_ != Path::mixture) return draw_by_inversion(p);
    double low = infinity;
    double high = 0.0;
    for (const Distribution& component : table_->drawn) {
        const double x = component.quantile(p);
        low = std::min(low, x);
        high = std::max(high, x);
    }
    // The bits of positive doubles are in their order.
    auto below = std::bit_cast<std::uint64_t>(low);
    auto above = std::bit_cast<std::uint64_t>(high);
    while (below < above) {
        const std::uint64_t middle = below + (above - below) / 2;
        if (cdf(std::bit_cast<double>(middle)) >= p) {
            above = middle;
        } else {
            below = middle + 1;
        }
    }
    return std::bit_cast<double>(above);
}

double Distribution::cdf(double x) const {
    require_valid();
    if (path_ == Path::constant) return x >= derived_[0] ? 1.0 : 0.0;
    if (path_ != Path::truncated && path_ != Path::mixture) return base_cdf(x);
    if (x < lowest_) return 0.0;
    if (x >= highest_) return 1.0;
    if (path_ == Path::mixture) {
        double sum = 0.0;
        for (std::size_t i = 0; i < table_->drawn.size(); ++i) {
            const double start = i == 0 ? 0.0 : table_->drawn_until[i - 1];
            sum += (table_->drawn_until[i] - start) * table_->drawn[i].cdf(x);
        }
        return std::min(sum, 1.0);
    }
    const double inside = below_ < 0.5 ? base_cdf(x) - below_ : from_ - base_survival(x);
    return std::clamp(inside / inside_, 0.0, 1.0);
}

double Distribution::survival(double x) const {
    require_valid();
    if (path_ == Path::constant) return x >= derived_[0] ? 0.0 : 1.0;
    if (path_ != Path::truncated && path_ != Path::mixture) return base_survival(x);
    if (x < lowest_) return 1.0;
    if (x >= highest_) return 0.0;
    if (path_ == Path::mixture) {
        double sum = 0.0;
        for (std::size_t i = 0; i < table_->drawn.size(); ++i) {
            const double start = i == 0 ? 0.0 : table_->drawn_until[i - 1];
            sum += (table_->drawn_until[i] - start) * table_->drawn[i].survival(x);
        }
        return std::min(sum, 1.0);
    }
    return std::clamp((base_survival(x) - base_survival(maximum_)) / inside_, 0.0, 1.0);
}

double Distribution::lower_end() const {
    require_valid();
    return path_ == Path::plain || path_ == Path::exponential ? base_lower_end() : lowest_;
}

double Distribution::upper_end() const {
    require_valid();
    return path_ == Path::plain || path_ == Path::exponential ? base_upper_end() : highest_;
}

const std::vector<double>& Distribution::values() const {
    return kind_ == Kind::empirical ? table_->values : no_values;
}

const std::vector<double>& Distribution::weights() const {
    return kind_ == Kind::empirical || kind_ == Kind::mixture ? table_->weights : no_values;
}

const std::vector<Distribution>& Distribution::components() const {
    return kind_ == Kind::mixture ? table_->components : no_components;
}

const std::vector<double>& Distribution::start() const {
    return kind_ == Kind::phase_type ? table_->start : no_values;
}

const std::vector<std::vector<double>>& Distribution::rates() const {
    static const std::vector<std::vector<double>> none;
    return kind_ == Kind::phase_type ? table_->rates : none;
}

bool operator==(const Distribution& a, const Distribution& b) {
    if (a.kind_ != b.kind_ || a.parameters_ != b.parameters_ || a.minimum_ != b.minimum_ ||
        a.maximum_ != b.maximum_)
        return false;
    if (a.table_ == b.table_ || !a.table_ || !b.table_) return true;
    return a.table_->values == b.table_->values && a.table_->weights == b.table_->weights &&
           a.table_->components == b.table_->components && a.table_->start == b.table_->start &&
           a.table_->rates == b.table_->rates;
}

}  // namespace understudy::kernel
