#include "kernel/distribution_tables.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernel/exact_math.h"
#include "kernel/not_finite.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

/// Solves matrix x = right by Gaussian elimination with partial pivoting; the matrix must be regular.
std::vector<double> solve(std::vector<std::vector<double>> matrix, std::vector<double> right) {
    const std::size_t n = right.size();
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < n; ++row)
            if (std::fabs(matrix[row][column]) > std::fabs(matrix[pivot][column])) pivot = row;
        std::swap(matrix[pivot], matrix[column]);
        std::swap(right[pivot], right[column]);
        for (std::size_t row = column + 1; row < n; ++row) {
            const double factor = matrix[row][column] / matrix[column][column];
            for (std::size_t i = column; i < n; ++i) matrix[row][i] -= factor * matrix[column][i];
            right[row] -= factor * right[column];
        }
    }
    for (std::size_t row = n; row-- > 0;) {
        for (std::size_t i = row + 1; i < n; ++i) right[row] -= matrix[row][i] * right[i];
        right[row] /= matrix[row][row];
    }
    return right;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

double sum_of(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum;
}

}  // namespace

Cumulative::Cumulative(const std::vector<double>& weights, double total) : sums_(weights.size()) {
    double sum = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) sums_[i] = sum += weights[i];
    const bool is_whole = total == 0.0;
    const double divisor = is_whole ? sum : total;
    for (double& entry : sums_) entry /= divisor;
    if (is_whole) {
        // Values without weight at the end must stay beyond every p.
        const double last = sums_.back();
        for (std::size_t i = sums_.size(); i-- > 0 && sums_[i] == last;) sums_[i] = 1.0;
    }
    // A power of two, so that p times it is exact and no guide lies beyond what it guides to.
    const std::size_t guides = std::min<std::size_t>(std::bit_ceil(sums_.size()), 65536);
    guide_.resize(guides);
    std::size_t index = 0;
    for (std::size_t g = 0; g < guides; ++g) {
        const double p = static_cast<double>(g) / static_cast<double>(guides);
        while (index < sums_.size() && !(sums_[index] > p)) ++index;
        guide_[g] = static_cast<std::uint32_t>(index);
    }
}

std::size_t Cumulative::find(double p) const {
    const auto guides = static_cast<double>(guide_.size());
    const auto g = static_cast<std::size_t>(p * guides);
    if (g >= guide_.size()) {
        return static_cast<std::size_t>(std::lower_bound(sums_.begin(), sums_.end(), p) - sums_.begin());
    }
    std::size_t index = guide_[g];
    // The guide starts beyond ties with its own probability, which belong to the entry before.
    while (index > 0 && sums_[index - 1] >= p) --index;
    while (index < sums_.size() && sums_[index] < p) ++index;
    return index;
}

template <class Quantile>
InverseTable::InverseTable(const Quantile& quantile, int pieces_per_unit)
    : per_unit_(pieces_per_unit), coefficients_(static_cast<std::size_t>(2 * range * per_unit_)) {
    constexpr double pi = 3.14159265358979323846;
    std::array<double, terms> nodes;
    for (int j = 0; j < terms; ++j) nodes[j] = exact::cos(pi * (j + 0.5) / terms);
    for (std::size_t piece = 0; piece < coefficients_.size(); ++piece) {
        std::array<double, terms> values;
        for (int j = 0; j < terms; ++j) {
            const double t =
                static_cast<double>(piece) / per_unit_ - range + 0.5 / per_unit_ * (nodes[j] + 1.0);
            // 1 / (1 + e^-t) and its complement, both precise.
            const double odds = exact::exp(-std::fabs(t));
            const double small = odds / (1.0 + odds);
            const double large = 1.0 / (1.0 + odds);
            values[j] = exact::log(t < 0.0 ? quantile(small, large) : quantile(large, small));
        }
        // Chebyshev coefficients by the discrete cosine sum, then as powers of the node variable in [-1, 1].
        std::array<double, terms> powers{};
        std::array<double, terms> previous{};
        std::array<double, terms> current{};
        previous[0] = 1.0;
        current[1] = 1.0;
        for (int i = 0; i < terms; ++i) {
            double coefficient = 0.0;
            for (int j = 0; j < terms; ++j) coefficient += values[j] * exact::cos(pi * i * (j + 0.5) / terms);
            coefficient *= (i == 0 ? 1.0 : 2.0) / terms;
            for (int k = 0; k < terms; ++k) powers[k] += coefficient * previous[k];
            std::array<double, terms> next{};
            for (int k = 1; k < terms; ++k) next[k] = 2.0 * current[k - 1];
            for (int k = 0; k < terms; ++k) next[k] -= previous[k];
            previous = current;
            current = next;
        }
        coefficients_[piece] = powers;
    }
}

double InverseTable::operator()(double t) const {
    const double place = (t + range) * per_unit_;
    const auto piece = static_cast<std::size_t>(place);
    const double x = 2.0 * (place - static_cast<double>(piece)) - 1.0;
    const std::array<double, terms>& c = coefficients_[piece];
    const double square = x * x;
    const double fourth = square * square;
    const double low = (c[0] + c[1] * x) + square * (c[2] + c[3] * x);
    const double high = (c[4] + c[5] * x) + square * (c[6] + c[7] * x);
    return exact::exp(low + fourth * (high + fourth * (c[8] + c[9] * x)));
}

double Distribution::Table::slow_inverse(double lower, double upper) const {
    return phase_type ? phase_type->quantile(lower, upper) : gamma_quantile(shape, lower, upper);
}

double Distribution::Table::inverse(double lower, double upper) const {
    if (phase_type) {
        const double atom = phase_type->mass_at_zero();
        if (lower <= atom) return 0.0;
        if (atom > 0.0) {
            lower = (lower - atom) / (1.0 - atom);
            upper /= 1.0 - atom;
        }
    } else if (shape < 0.025) {
        return slow_inverse(lower, upper);  // too small to be a number at the lower end of the table
    }
    constexpr double rare = 1.2e-7;  // above e^-16
    if (!(lower > rare && upper > rare)) return slow_inverse(lower, upper);
    const InverseTable* table = inverse_ready.load(std::memory_order_acquire);
    if (table == nullptr) {
        const std::lock_guard lock(inverse_building);
        if (!inverse_owner) {
            inverse_owner = std::make_unique<const InverseTable>(
                [this](double p, double q) { return slow_inverse(p, q); },
                !phase_type && shape < 0.3 ? 4 : 1);  // the logarithm falls by 1 / shape a unit
        }
        table = inverse_owner.get();
        inverse_ready.store(table, std::memory_order_release);
    }
    return (*table)(exact::log(lower / upper));
}

// --- Zipf ---

double ZipfTable::tail_sum(double s, double low, double high) {
    if (!(high > low)) return 0.0;
    const double f_low = exact::pow(low, -s);
    const double ratio = exact::log(high / low);
    const double f_high = f_low * exact::exp(-s * ratio);
    const double c = 1.0 - s;
    const double integral =
        f_low * low * (std::fabs(c * ratio) < 1e-12 ? ratio : exact::expm1(c * ratio) / c);
    return integral + 0.5 * (f_high - f_low) - s / 12.0 * (f_high / high - f_low / low);
}

double ZipfTable::sum(double s, double from, double to) {
    double sum = 0.0;
    for (double k = from; k <= std::min(to, listed); k += 1.0) sum += exact::pow(k, -s);
    return sum + tail_sum(s, std::max(from - 1.0, listed), to);
}

ZipfTable::ZipfTable(double n, double s) : n_(n), s_(s) {
    std::vector<double> weights;
    double head = 0.0;
    for (double k = 1.0; k <= std::min(n, listed); k += 1.0) {
        weights.push_back(exact::pow(k, -s));
        head += weights.back();
    }
    const double tail = tail_sum(s, listed, n);
    total_ = head + tail;
    head_ = tail > 0.0 ? Cumulative(weights, total_) : Cumulative(weights);
}

double ZipfTable::cdf(double k) const {
    if (k < 1.0) return 0.0;
    if (k >= n_) return 1.0;
    if (k <= static_cast<double>(head_.size())) return head_[static_cast<std::size_t>(k) - 1];
    return std::min(1.0, head_[head_.size() - 1] + tail_sum(s_, listed, k) / total_);
}

double ZipfTable::quantile(double p) const {
    const std::size_t index = head_.find(p);
    if (index < head_.size()) return static_cast<double>(index + 1);
    // Bisection is monotone in p whatever the rounding of the sums.
    double low = listed;
    double high = n_;
    while (high - low > 1.0) {
        const double middle = std::floor(0.5 * (low + high));
        (cdf(middle) < p ? low : high) = middle;
    }
    return std::min(high, n_);
}

double ZipfTable::partial_moment(int power, double from, double to) const {
    return sum(s_ - power, std::max(from, 1.0), std::min(to, n_)) / total_;
}

// --- Phase type ---

PhaseTypeTable::PhaseTypeTable(std::vector<double> start, std::vector<std::vector<double>> rates) {
    // Phases that cannot be reached may never be left; they are dropped.
    const std::size_t given = start.size();
    std::vector<bool> reached(given);
    for (std::size_t i = 0; i < given; ++i) reached[i] = start[i] > 0.0;
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < given; ++i)
            for (std::size_t j = 0; j < given; ++j)
                if (reached[i] && !reached[j] && rates[i][j] > 0.0) changed = reached[j] = true;
    }
    for (std::size_t i = 0; i < given; ++i) {
        if (!reached[i]) continue;
        start_.push_back(start[i]);
        std::vector<double>& row = rates_.emplace_back();
        for (std::size_t j = 0; j < given; ++j)
            if (reached[j]) row.push_back(rates[i][j]);
    }
    const std::size_t n = start_.size();
    mass_at_zero_ = std::max(0.0, 1.0 - sum_of(start_));
    if (mass_at_zero_ < 1e-14) mass_at_zero_ = 0.0;
    if (n == 0) return;
    auto negated = rates_;
    for (auto& row : negated)
        for (double& entry : row) entry = -entry;
    mean_rest_ = solve(negated, std::vector<double>(n, 1.0));
    auto twice = mean_rest_;
    for (double& entry : twice) entry *= 2.0;
    square_rest_ = solve(negated, twice);

    for (std::size_t i = 0; i < n; ++i) rate_ = std::max(rate_, -rates_[i][i]);
    std::vector<double> exit(n);
    for (std::size_t i = 0; i < n; ++i) exit[i] = std::max(0.0, -sum_of(rates_[i])) / rate_;
    std::vector<double> phases = start_;
    double absorbed = mass_at_zero_;
    constexpr std::size_t most_jumps = 200'000;
    constexpr std::size_t settling = 1024;
    while (true) {
        alive_.push_back(sum_of(phases));
        absorbed_.push_back(absorbed);
        if (alive_.back() < 1e-19 || alive_.size() > most_jumps) break;
        if (alive_.size() % settling == 0) {
            // Once only the slowest mode is left, decay_ continues it; stiff chains would fill the table for
            // nothing.
            const double decay = alive_.back() / alive_[alive_.size() - 2];
            if (std::fabs(decay - decay_) <= 4e-16) break;
            decay_ = decay;
        }
        absorbed += dot(phases, exit);
        std::vector<double> next(n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                next[j] += phases[i] * (rates_[i][j] / rate_ + (i == j ? 1.0 : 0.0));
        phases = std::move(next);
    }
    decay_ = alive_.size() > 1 ? alive_.back() / alive_[alive_.size() - 2] : 0.0;
}

double PhaseTypeTable::poisson_sum(double x, bool of_alive) const {
    const double mean = rate_ * x;
    const auto middle = static_cast<std::size_t>(mean);
    const std::size_t last = alive_.size() - 1;
    // Beyond the table the chance to be alive falls by decay_ with each jump.
    const double beyond =
        middle > last ? alive_[last] * exact::pow(decay_, static_cast<double>(middle - last)) : alive_[last];
    const auto entry = [&](std::size_t k, double alive_beyond) {
        if (k <= last) return of_alive ? alive_[k] : absorbed_[k];
        return of_alive ? alive_beyond : 1.0 - alive_beyond;
    };
    // Poisson(k; mean) is the density of the gamma law of shape k + 1.
    const double weight = gamma_density(static_cast<double>(middle) + 1.0, mean);
    double sum = weight * entry(middle, beyond);
    double w = weight;
    double alive = beyond;
    for (std::size_t k = middle; k > 0; --k) {
        w *= static_cast<double>(k) / mean;
        if (k > last && decay_ > 0.0) alive /= decay_;
        sum += w * entry(k - 1, alive);
        if (w < 1e-20 * sum) break;
    }
    w = weight;
    alive = beyond;
    for (std::size_t k = middle + 1;; ++k) {
        w *= mean / static_cast<double>(k);
        if (k > last) alive *= decay_;
        sum += w * entry(k, alive);
        if (w < 1e-20 * sum || w < 1e-300) break;
    }
    return sum;
}

double PhaseTypeTable::survival(double x) const {
    if (x < 0.0) return 1.0;
    if (rate_ == 0.0 || x == infinity) return 0.0;
    if (x == 0.0) return 1.0 - mass_at_zero_;
    return std::min(1.0, poisson_sum(x, true));
}

double PhaseTypeTable::cdf(double x) const {
    if (x < 0.0) return 0.0;
    if (rate_ == 0.0 || x == infinity) return 1.0;
    if (x == 0.0) return mass_at_zero_;
    return std::min(1.0, poisson_sum(x, false));
}

double PhaseTypeTable::quantile(double lower, double upper) const {
    // For the law given that it is not 0.
    const double positive = 1.0 - mass_at_zero_;
    const bool from_below = lower < upper;
    const double target = from_below ? mass_at_zero_ + lower * positive : upper * positive;
    if (target <= 0.0) return from_below ? 0.0 : infinity;
    const double mean = dot(start_, mean_rest_) / positive;
    // How far log x is above the quantile, in the logarithm of the smaller tail, which is nearly straight
    // there.
    const double log_target = exact::log(target);
    const auto distance = [&](double log_x) {
        const double x = exact::exp(log_x);
        return from_below ? exact::log(cdf(x)) - log_target : log_target - exact::log(survival(x));
    };
    double low = exact::log(mean);
    double at_low = distance(low);
    double high = low;
    double at_high = at_low;
    for (double step = 1.0; at_low > 0.0 && low > -700.0; step *= 2.0) at_low = distance(low -= step);
    for (double step = 0.5; at_high < 0.0 && high < 700.0; step *= 1.5) at_high = distance(high += step);
    // Regula falsi after Dowell and Jarratt 1971 (BIT 11, "Illinois"), bisecting where a tail has
    // underflowed.
    double middle = at_low > 0.0 ? low : high;
    for (int i = 0; i < 200 && high - low > 1e-15 * std::max(1.0, std::fabs(high)); ++i) {
        middle = std::isfinite(at_high - at_low) ? high - at_high * (high - low) / (at_high - at_low)
                                                 : 0.5 * (low + high);
        if (!(middle > low && middle < high)) middle = 0.5 * (low + high);
        if (middle == low || middle == high) break;
        const double at_middle = distance(middle);
        if (std::fabs(at_middle) < 1e-13) break;  // as much as the sums hold
        if (at_middle < 0.0) {
            low = middle;
            at_low = at_middle;
            at_high *= 0.5;
        } else {
            high = middle;
            at_high = at_middle;
            at_low *= 0.5;
        }
    }
    return exact::exp(middle);
}

std::vector<double> PhaseTypeTable::phases_at(double x) const {
    if (x == 0.0) return start_;
    const std::size_t n = start_.size();
    const double mean = rate_ * x;
    std::vector<double> phases = start_;
    std::vector<double> result(n);
    const auto jumps = static_cast<std::size_t>(mean + 40.0 + 12.0 * std::sqrt(mean));
    for (std::size_t k = 0; k < jumps; ++k) {
        const double weight = gamma_density(static_cast<double>(k) + 1.0, mean);
        for (std::size_t i = 0; i < n; ++i) result[i] += weight * phases[i];
        std::vector<double> next(n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                next[j] += phases[i] * (rates_[i][j] / rate_ + (i == j ? 1.0 : 0.0));
        phases = std::move(next);
    }
    return result;
}

double PhaseTypeTable::moment_above(int power, double x) const {
    if (rate_ == 0.0 || x == infinity) return 0.0;
    const std::vector<double> phases = phases_at(x);
    const double mass = sum_of(phases);
    if (power == 0) return mass;
    const double first = dot(phases, mean_rest_);
    if (power == 1) return x * mass + first;
    return x * x * mass + 2.0 * x * first + dot(phases, square_rest_);
}

}  // namespace understudy::kernel
