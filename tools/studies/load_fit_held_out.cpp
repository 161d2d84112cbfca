#include <algorithm>
#include <cmath>

#include "kernel/special_functions.h"
#include "tools/studies/load_fit.h"

namespace understudy::studies {

namespace {

constexpr std::size_t fewest_arrivals_to_hold_out = 50;

}  // namespace

void LoadFit::add_held_out(double predicted, double recorded, double variance, double dispersion,
                           double known) {
    if (!(predicted > 0) || !(known > 1)) return;
    HeldOut one{path(), predicted, recorded, false, true};
    const double error = std::sqrt(std::max(dispersion, 1e-3) * variance);
    one.covered = std::fabs(predicted - recorded) <= kernel::student_quantile(0.95, known - 1) * error + 0.5;
    validation_.held_out.push_back(std::move(one));
}

void LoadFit::hold_out_days() {
    const std::size_t n = days_->counts.size(), first = n - std::max<std::size_t>(n / 5, 1);
    struct Kind {
        double days = 0, count = 0, to_come = 0;
    };
    Kind kinds[2];
    double recorded = 0;
    for (std::size_t d = 0; d < n; ++d) {
        double count = 0;
        for (const double one : days_->counts[d]) count += one;
        Kind& kind = kinds[by_hour_->weekend && days_->weekend[d] ? 1 : 0];
        if (d < first) {
            ++kind.days;
            kind.count += count;
        } else {
            ++kind.to_come;
            recorded += count;
        }
    }
    double predicted = 0, variance = 0, known = 0;
    for (const Kind& kind : kinds) {
        if (kind.to_come == 0) continue;
        if (kind.days == 0) return;
        const double times = kind.to_come / kind.days;
        predicted += times * kind.count;
        variance += times * kind.count * (1 + times);
        known += kind.count;
    }
    add_held_out(predicted, recorded, variance, std::max(1.0, by_hour_->dispersion), known);
}

void LoadFit::hold_out_arrivals(double dispersion) {
    for (const LogOfLoad& log : seen_.logs) {
        std::vector<double> instants;
        for (const Time instant : log.instants)
            instants.push_back(kernel::to_seconds(instant - log.instants.front()));
        hold_out_of(instants, dispersion);
    }
}

void LoadFit::hold_out_of(const std::vector<double>& instants, double dispersion) {
    if (instants.size() < fewest_arrivals_to_hold_out) return;
    // By time, so that what is left out does not end with an arrival of its choice.
    const double cut = instants.back() / 5 * 4;
    const auto end = std::upper_bound(instants.begin(), instants.end(), cut);
    double since = 0;
    if (changed_) {
        const std::vector<double> known(instants.begin(), end);
        auto change = trend_of(known);
        if (!change) change = stretch_of(known, options_.seed);
        if (change) since = change->since;
    }
    const auto begin = std::lower_bound(instants.begin(), end, since);
    // The first of all begins the clock.
    const double before = static_cast<double>(end - begin) - (since > 0 ? 0 : 1);
    const double predicted = before / (cut - since) * (instants.back() - cut);
    add_held_out(predicted, static_cast<double>(instants.end() - end), predicted * (1 + predicted / before),
                 dispersion, before);
}

}  // namespace understudy::studies
