#include "tools/studies/setting_test.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernel/few_differ.h"
#include "kernel/intervals.h"
#include "kernel/sequential_test.h"
#include "tools/studies/counted_share.h"
#include "tools/studies/judge.h"
#include "tools/studies/observations.h"

namespace understudy::studies {

namespace {

using Fault = UnitOutcome::Replication::Fault;

bool promises_less(const models::Objective& promise) {
    return promise.comparison == models::Comparison::less ||
           promise.comparison == models::Comparison::at_most;
}

double sum_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Whether so many of so many items on the wrong side are told from the share that may be.
bool enough_counted(double wrong, double trials, double allowed, kernel::Side side, double chance) {
    const auto interval =
        kernel::share_interval(static_cast<std::size_t>(std::llround(std::max(0.0, wrong))),
                               static_cast<std::size_t>(std::llround(trials)), 1 - 2 * chance);
    if (!interval) return false;
    return side == kernel::Side::below ? interval->high < allowed : interval->low > allowed;
}

/// In so many replications, as many as a run makes, all lay at the limit to the last bit: there is nothing left to tell apart.
bool all_at_the_limit(const std::vector<double>& excess) {
    constexpr std::size_t enough = 30;
    return excess.size() >= enough &&
           std::all_of(excess.begin(), excess.end(), [](double one) { return one == 0; });
}

}  // namespace

SettingTest::SettingTest(const std::vector<models::Objective>& objectives, std::vector<OneMore> unseen)
    : objectives_(objectives),
      unseen_(std::move(unseen)),
      excess_(objectives.size()),
      weight_(objectives.size()) {}

void SettingTest::add(const UnitOutcome& outcome) {
    overload_ = outcome.overload;
    for (const UnitOutcome::Replication& one : outcome.replications) {
        ++replications_;
        if (fault_ == Fault::none) fault_ = one.fault;
        values_.resize(one.evidence.size());
        for (std::size_t probe = 0; probe < one.evidence.size(); ++probe) {
            const Evidence& evidence = one.evidence[probe];
            values_[probe].push_back(evidence.value);
            if (probe >= objectives_.size() || !(evidence.weight > 0)) continue;
            excess_[probe].push_back(evidence.excess);
            weight_[probe].push_back(evidence.weight);
        }
    }
}

std::string SettingTest::fault() const {
    switch (fault_) {
        case Fault::none: return "";
        case Fault::broken_off: return "it could not go on to its end";
        case Fault::constraint: return "it breaks a constraint";
    }
    return "";
}

std::uint64_t SettingTest::wanted() const { return kernel::values_at_look(looks_ + 1); }

Verdict SettingTest::verdict_of(std::size_t objective, const WrongChances& wrong) const {
    if (fault_ == Fault::broken_off) return Verdict::violated;
    if (looks_ == 0) return Verdict::inconclusive;
    const double violated = wrong.violated / static_cast<double>(objectives_.size());
    kernel::Side side = kernel::side_of_zero(excess_[objective], looks_, wrong.met, violated);
    const models::Objective& promise = objectives_[objective];
    const auto allowed = share_allowed(promise);
    const models::MetricKind kind = models::kind_of(promise.measure.metric);
    const bool counted = kind == models::MetricKind::item || kind == models::MetricKind::event;
    if (side != kernel::Side::undecided && allowed && counted) {
        const double trials = sum_of(weight_[objective]);
        const double on_wrong_side = sum_of(excess_[objective]) + *allowed * trials;
        const double chance =
            (side == kernel::Side::below ? wrong.met : violated) * kernel::part_of_look(looks_);
        if (!enough_counted(on_wrong_side, trials, *allowed, side, chance)) side = kernel::Side::undecided;
    }
    if (side != kernel::Side::undecided && !allowed) {
        const double chance =
            (side == kernel::Side::below ? wrong.met : violated) * kernel::part_of_look(looks_);
        if (const auto few = of_few(objective, 1 - 2 * chance)) {
            const bool low = (side == kernel::Side::below) == promises_less(promise);
            const bool told = low ? few->high < promise.limit : few->low > promise.limit;
            if (!told) return Verdict::inconclusive;
        }
    }
    if (side == kernel::Side::undecided && !allowed && all_at_the_limit(excess_[objective])) {
        const bool may_reach = promise.comparison == models::Comparison::at_most ||
                               promise.comparison == models::Comparison::at_least;
        return may_reach ? Verdict::met : Verdict::violated;
    }
    if (side == kernel::Side::undecided) return Verdict::inconclusive;
    return side == kernel::Side::below ? Verdict::met : Verdict::violated;
}

bool SettingTest::breaks_constraint() const { return fault_ == Fault::constraint; }

Verdict SettingTest::verdict(const WrongChances& wrong) const {
    if (fault_ != Fault::none) return Verdict::violated;
    bool all = true;
    for (std::size_t i = 0; i < objectives_.size(); ++i) {
        const Verdict one = verdict_of(i, wrong);
        if (one == Verdict::violated) return one;
        all = all && one == Verdict::met;
    }
    return all ? Verdict::met : Verdict::inconclusive;
}

bool SettingTest::seems_met() const {
    if (fault_ != Fault::none || replications_ == 0) return false;
    return std::all_of(excess_.begin(), excess_.end(),
                       [](const std::vector<double>& one) { return sum_of(one) <= 0; });
}

bool SettingTest::without_data(std::size_t objective) const { return excess_[objective].empty(); }

std::optional<std::size_t> SettingTest::never_seen() const {
    constexpr int looks_for_data = 5;
    if (looks_ < looks_for_data) return std::nullopt;
    for (std::size_t i = 0; i < objectives_.size(); ++i)
        if (without_data(i)) return i;
    return std::nullopt;
}

Estimate SettingTest::estimate(std::size_t objective, double confidence) const {
    Estimate result;
    result.level = confidence;
    result.replications = std::ssize(excess_[objective]);
    const models::Objective& promise = objectives_[objective];
    if (is_counted_share(promise.measure)) {
        // Whole numbers again: rounding leaves nothing of the limit in them.
        std::vector<double> counts = excess_[objective];
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] = std::round(promise.limit * weight_[objective][i] +
                                   (promises_less(promise) ? counts[i] : -counts[i]));
        if (const auto share = counted_share(counts, weight_[objective], confidence)) {
            result.value = share->centre;
            result.low = share->low;
            result.high = share->high;
            return result;
        }
    }
    std::vector<double> values = with_data(values_.empty() ? std::vector<double>() : values_[objective]);
    if (promise.measure.aggregate != models::Aggregate::quantile && !excess_[objective].empty()) {
        // About the limit: what all have in excess of it, by what it is in excess of.
        const double weight = sum_of(weight_[objective]) / static_cast<double>(weight_[objective].size());
        const bool less = promises_less(promise);
        const double ratio = sum_of(excess_[objective]) / sum_of(weight_[objective]);
        values.clear();
        for (std::size_t i = 0; i < excess_[objective].size(); ++i) {
            const double corrected = ratio + (excess_[objective][i] - ratio * weight_[objective][i]) / weight;
            values.push_back(promise.limit + (less ? corrected : -corrected));
        }
    }
    if (values.empty()) return result;
    result.value = sum_of(values) / static_cast<double>(values.size());
    if (const auto interval = kernel::mean_interval(values, confidence, range_of(promise.measure))) {
        result.low = interval->low;
        result.high = interval->high;
    }
    if (const auto few = of_few(objective, confidence); few && result.low) {
        const kernel::Range range = range_of(promise.measure);
        result.low = std::min(*result.low, std::max(few->low, range.low));
        result.high = std::max(*result.high, std::min(few->high, range.high));
    }
    return result;
}

/// How sure it is where nearly all replications are alike; nothing where they are not, and of shares, which counts tell.
std::optional<kernel::Estimate> SettingTest::of_few(std::size_t objective, double level) const {
    if (values_.empty() || share_allowed(objectives_[objective])) return std::nullopt;
    const std::vector<double> values = with_data(values_[objective]);
    double least = 0;
    if (objective < unseen_.size() && unseen_[objective].size > 0) {
        const OneMore& one = unseen_[objective];
        const auto none = static_cast<std::size_t>(std::count(values.begin(), values.end(), 0.0));
        const double weight = sum_of(weight_[objective]) / static_cast<double>(values.size());
        if (one.is_stay ? none == values.size() : 2 * none >= values.size())
            least = one.per_item ? one.size / weight : one.size;
    }
    return kernel::few_differ_interval(values, least, level);
}

}  // namespace understudy::studies
