#include "kernel/bursts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernel/climb.h"
#include "kernel/exact_math.h"
#include "kernel/redraw.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

/// Logarithms of rate and rate, stay and stay, in units of the mean gap.
using Point = std::array<double, 4>;

class Likelihood {
public:
    explicit Likelihood(std::span<const std::vector<double>> logs) {
        double all = 0;
        for (const std::vector<double>& log : logs) {
            for (const double gap : log) all += gap;
            count_ += log.size();
        }
        if (count_ > 0 && all > 0) unit_ = all / static_cast<double>(count_);
        for (const std::vector<double>& log : logs) {
            auto& gaps = logs_.emplace_back(log);
            for (double& gap : gaps) gap /= unit_;
        }
    }

    static std::size_t size() { return 4; }
    std::size_t count() const { return count_; }
    double unit() const { return unit_; }

    static Point clamped(Point u) {
        // A rate of nearly 0, and stays of a hundredth of a gap or of as long as anybody looks.
        for (const int rate : {0, 1})
            u[static_cast<std::size_t>(rate)] = std::clamp(u[static_cast<std::size_t>(rate)], -15.0, 12.0);
        for (const int stay : {2, 3})
            u[static_cast<std::size_t>(stay)] = std::clamp(u[static_cast<std::size_t>(stay)], -5.0, 20.0);
        return u;
    }

    double operator()(const Point& u) const {
        const double rate1 = exact::exp(u[0]), rate2 = exact::exp(u[1]);
        const double leave1 = exact::exp(-u[2]), leave2 = exact::exp(-u[3]);
        // exp(D0 x) of two states, by the eigenvalues `middle` +- `apart` of D0, which are real.
        const double middle = -0.5 * (rate1 + leave1 + rate2 + leave2);
        const double half = 0.5 * (rate2 + leave2 - rate1 - leave1);
        const double apart = std::sqrt(half * half + leave1 * leave2);
        double sum = 0, product = 1;
        for (const std::vector<double>& gaps : logs_) {
            double in1 = leave2 * rate1, in2 = leave1 * rate2;
            const double both = in1 + in2;
            in1 /= both;
            in2 /= both;
            for (const double gap : gaps) {
                const double fades = exact::exp(-2 * apart * gap);
                const double stays = 0.5 * (1 + fades), moves = (1 - fades) / (2 * apart);
                const double to1 = (in1 * (stays + moves * half) + in2 * moves * leave2) * rate1;
                const double to2 = (in1 * moves * leave1 + in2 * (stays - moves * half)) * rate2;
                const double density = to1 + to2;
                product *= density;
                if (!(product > 1e-200 && product < 1e200)) {
                    sum += exact::log(product);
                    product = 1;
                }
                in1 = to1 / density;
                in2 = to2 / density;
            }
        }
        // The gaps add up to their number, in units of their mean.
        const double value = sum + exact::log(product) + (middle + apart) * static_cast<double>(count_);
        return std::isfinite(value) ? value : -std::numeric_limits<double>::infinity();
    }

private:
    std::vector<std::vector<double>> logs_;
    std::size_t count_ = 0;
    double unit_ = 1;
};

/// Rates `times` apart, of which each is the mean one of half of the arrivals, and stays of so many gaps.
Point start_at(double times, double stay) {
    const double calm = 0.5 * (1 + 1 / times), burst = calm * times;
    return {exact::log(calm), exact::log(burst), exact::log(stay), exact::log(stay / times)};
}

Peak<4> highest(const Likelihood& likelihood) {
    constexpr std::size_t climbed = 3;
    std::vector<Peak<4>> starts;
    for (const double times : {3.0, 10.0, 50.0})
        for (const double stay : {3.0, 20.0, 100.0, 500.0}) {
            Peak<4> one{start_at(times, stay)};
            one.value = likelihood(one.at);
            starts.push_back(one);
        }
    std::stable_sort(starts.begin(), starts.end(),
                     [](const Peak<4>& a, const Peak<4>& b) { return a.value > b.value; });
    Peak<4> best;
    for (std::size_t i = 0; i < climbed; ++i) {
        const Peak<4> found = climb(likelihood, starts[i].at);
        if (found.value > best.value) best = found;
    }
    if (best.at[0] > best.at[1]) {
        std::swap(best.at[0], best.at[1]);
        std::swap(best.at[2], best.at[3]);
    }
    return best;
}

Bursts bursts_at(const Point& u, double unit) {
    return {exact::exp(u[0]) / unit, exact::exp(u[1]) / unit, exact::exp(u[2]) * unit,
            exact::exp(u[3]) * unit};
}

/// Of arrivals over so many seconds, how many bursts have come and gone.
double bursts_in(const Bursts& bursts, double seconds) {
    return seconds / (bursts.calm_stay + bursts.burst_stay);
}

/// Otherwise it is Poisson: rates that are hardly apart, or one that is hardly ever there.
bool goes_to_and_fro(const Bursts& bursts) {
    constexpr double least_times = 1.05, least_arrivals = 1e-3;
    const double calm = bursts.calm_rate * bursts.calm_stay, burst = bursts.burst_rate * bursts.burst_stay;
    return bursts.burst_rate >= least_times * bursts.calm_rate && burst >= least_arrivals * calm;
}

}  // namespace

double Bursts::mean_rate() const {
    return (calm_rate * calm_stay + burst_rate * burst_stay) / (calm_stay + burst_stay);
}

double Bursts::dispersion(double window_s) const {
    const double leave1 = 1 / calm_stay, leave2 = 1 / burst_stay, both = leave1 + leave2;
    const double apart = burst_rate - calm_rate;
    const double in_the_long_run =
        2 * apart * apart * leave1 * leave2 / (both * both * (calm_rate * leave2 + burst_rate * leave1));
    const double x = both * window_s;
    return 1 + in_the_long_run * (1 + exact::expm1(-x) / x);
}

std::vector<double> Bursts::gaps(std::size_t count, Stream& stream) const {
    const double rates[] = {calm_rate, burst_rate}, leave[] = {1 / calm_stay, 1 / burst_stay};
    const double of_calm = leave[1] * rates[0], of_burst = leave[0] * rates[1];
    std::size_t state = stream.uniform() * (of_calm + of_burst) < of_calm ? 0 : 1;
    std::vector<double> found(count);
    for (double& gap : found) {
        gap = 0;
        for (;;) {
            const double all = rates[state] + leave[state];
            gap -= exact::log(stream.uniform()) / all;
            if (stream.uniform() * all < rates[state]) break;
            state = 1 - state;
        }
    }
    return found;
}

std::optional<FittedBursts> fit_bursts(std::span<const std::vector<double>> logs, double level) {
    const Likelihood likelihood(logs);
    if (likelihood.count() < fewest_gaps_of_bursts) return std::nullopt;
    const Peak<4> peak = highest(likelihood);
    if (!std::isfinite(peak.value)) return std::nullopt;
    FittedBursts found;
    found.fit = bursts_at(peak.at, likelihood.unit());
    const auto n = static_cast<double>(likelihood.count());
    if (bursts_in(found.fit, n * likelihood.unit()) < fewest_bursts || !goes_to_and_fro(found.fit))
        return std::nullopt;
    found.log_likelihood = peak.value - n * exact::log(likelihood.unit());
    found.aic = 2 * 4 - 2 * found.log_likelihood;
    const auto shape = shape_at(likelihood, peak, {0, 1, 2, 3});
    if (!shape.bend.allFinite()) return std::nullopt;
    const Eigen::Matrix4d information = -shape.bend;
    const Eigen::LLT<Eigen::Matrix4d> solved(information);
    if (solved.info() != Eigen::Success) return std::nullopt;
    const Eigen::Matrix4d covariance = solved.solve(Eigen::Matrix4d::Identity());
    const double out = 1 - level, wide = normal_quantile(1 - out / 2);
    const auto interval = [&](Eigen::Index i, double estimate) {
        const double times = exact::exp(wide * std::sqrt(covariance(i, i)));
        return Interval{estimate, estimate / times, estimate * times};
    };
    found.calm_rate = interval(0, found.fit.calm_rate);
    found.burst_rate = interval(1, found.fit.burst_rate);
    found.calm_stay = interval(2, found.fit.calm_stay);
    found.burst_stay = interval(3, found.fit.burst_stay);
    return found;
}

Bursts redrawn(const Bursts& bursts, double arrivals, Stream& stream) {
    if (arrivals < static_cast<double>(fewest_gaps_of_bursts)) return bursts;
    // Of a process with memory a shorter log says less than its share: it has to hold bursts.
    const double enough = std::max(static_cast<double>(most_redrawn),
                                   20 * bursts.mean_rate() * (bursts.calm_stay + bursts.burst_stay));
    const double drawn = std::floor(std::min(arrivals, enough));
    const std::vector<double> gaps = bursts.gaps(static_cast<std::size_t>(drawn), stream);
    const auto again = fit_bursts(std::span(&gaps, 1), 0.95);
    if (!again) return bursts;
    const double part = std::sqrt(drawn / arrivals);
    const auto on_the_way = [&](double from, double to) {
        return from * exact::exp(part * (exact::log(to) - exact::log(from)));
    };
    return {on_the_way(bursts.calm_rate, again->fit.calm_rate),
            on_the_way(bursts.burst_rate, again->fit.burst_rate),
            on_the_way(bursts.calm_stay, again->fit.calm_stay),
            on_the_way(bursts.burst_stay, again->fit.burst_stay)};
}

}  // namespace understudy::kernel
