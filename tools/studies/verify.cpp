#include "tools/studies/verify.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "kernel/exact_math.h"
#include "kernel/intervals.h"
#include "kernel/pooled.h"
#include "kernel/random.h"
#include "kernel/special_functions.h"
#include "models/check.h"
#include "tools/studies/heavy_tails.h"
#include "tools/studies/longest_stay.h"
#include "tools/studies/run.h"

namespace understudy::studies {

namespace {

constexpr double confidence = 0.999;

/// Replications of a steady model: as many make Student's law nearly normal, and few make warm-ups cheap.
constexpr std::int64_t steady_replications = 50;

/// From values whose mean is the estimate to z. From the tail in which it is precise; beyond the smallest chance that a
/// number can be, z is that chance's.
std::optional<double> z_of(const std::vector<double>& values, double reference) {
    if (!std::isfinite(reference)) return std::nullopt;
    const auto interval = kernel::mean_interval(values, confidence);
    if (!interval || !(interval->standard_deviation > 1e-12 * std::fabs(interval->centre)))
        return std::nullopt;
    const auto n = static_cast<double>(interval->count);
    const double t = (interval->centre - reference) / (interval->standard_deviation / std::sqrt(n));
    const double tail = t < 0 ? kernel::student_cdf(t, n - 1) : kernel::student_survival(t, n - 1);
    const double z = kernel::normal_quantile(std::max(tail, std::numeric_limits<double>::min()));
    return t < 0 ? z : -z;
}

/// What the replications' values are the observations of, to ask for the spread between them.
std::vector<kernel::Observed> as_observations(const std::vector<double>& values) {
    kernel::Sections sections;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) continue;
        kernel::Observed one;
        one.weight = 1;
        one.mean = values[i];
        sections.add(i, one);
    }
    return sections.all();
}

/// Of what happens in few replications only, the share of time in a state that is all but never there, Student's
/// interval says too little: it may have no width at all. So many have to differ from what most of them have.
constexpr std::size_t enough_to_differ = 20;
std::size_t replications_that_differ(const MetricResult& metric) {
    if (!metric.sections.empty()) return enough_to_differ;  // counted, or seen, one by one
    std::map<double, std::size_t> counts;
    std::size_t all = 0, most = 0;
    for (const double value : metric.by_replication)
        if (std::isfinite(value)) {
            ++all;
            most = std::max(most, ++counts[value]);
        }
    return all - most;
}

/// z of a measured quantity against what it should be.
std::optional<double> z_of(const models::Measure& measure, const MetricResult& metric, double reference) {
    const std::vector<kernel::Observed>& sections = metric.sections;
    if (sections.empty()) {
        std::vector<double> values;
        for (const double value : metric.by_replication)
            if (std::isfinite(value)) values.push_back(value);
        return z_of(values, reference);
    }
    switch (measure.aggregate) {
        case models::Aggregate::quantile: {
            if (sections.back().values == kernel::LogHistogram::Values::whole) return std::nullopt;
            // Where the quantile is a value that many have, the share of those below jumps over it.
            const auto shares_up_to = [&](double limit) {
                const auto shares = kernel::share_values(sections, limit);
                return std::accumulate(shares.begin(), shares.end(), 0.0) /
                       static_cast<double>(shares.size());
            };
            const double below =
                shares_up_to(std::nextafter(reference, -std::numeric_limits<double>::infinity()));
            if (below < measure.quantile && measure.quantile <= shares_up_to(reference)) return std::nullopt;
            // The more lie below, the lower is the quantile.
            const auto z = z_of(kernel::share_values(sections, reference), measure.quantile);
            return z ? std::optional(-*z) : std::nullopt;
        }
        case models::Aggregate::variance:
            return z_of(kernel::log_variance_values(sections), kernel::exact::log(reference));
        case models::Aggregate::deviation:
            return z_of(kernel::log_variance_values(sections), 2 * kernel::exact::log(reference));
        default: return z_of(kernel::mean_values(sections), reference);
    }
}

class Verification {
public:
    Verification(const KnownModel& model, const VerifyOptions& options) : model_(model), options_(options) {
        result_.id = model.id;
        result_.kind = model.kind;
        result_.why = model.missing;
    }

    std::optional<VerifiedModel> verify() {
        for (const KnownQuantity& quantity : model_.quantities)
            result_.quantities.push_back({quantity.name,
                                          quantity.reference,
                                          {},
                                          {},
                                          {},
                                          {},
                                          Agreement::not_expressed,
                                          model_.missing.empty() ? quantity.missing : model_.missing});
        if (!model_.scenario) return std::move(result_);
        models::Scenario scenario = *model_.scenario;
        scenario.run.confidence = confidence;
        add_measures(scenario);
        if (places_.empty()) return std::move(result_);
        if (model_.steady) scenario.run.replications = steady_replications;
        // Series are for people to look at.
        if (scenario.run.length) scenario.run.sample = scenario.run.length;
        watch_relaxation(scenario);
        longest_stay_ = longest_stay(scenario);
        constexpr int most_rounds = 12;
        double expected = 0;
        for (int round = 1;; ++round) {
            const auto seeds = static_cast<double>(options_.seeds);
            tell(round == 1 ? 0 : done_ / (done_ + expected * seeds));
            if (!run(scenario)) return failed();
            if (round == most_rounds) break;
            const bool longer = lengthen(scenario);
            const bool warmer = warm_up_longer(scenario);
            if (!longer && !warmer && !settle_longer(scenario)) break;
            if (stopped_) return failed();
            expected = std::max(wanted_events_, static_cast<double>(result_.events));
        }
        judge_settled();
        for (std::size_t q = 0; q < result_.quantities.size(); ++q) explain(q);
        VerifiedModel judged = result_;
        // Of the other seeds only z is taken.
        for (std::int64_t i = 1; i < options_.seeds; ++i) {
            const auto left = static_cast<double>(options_.seeds - i);
            tell(done_ / (done_ + static_cast<double>(judged.events) * left));
            if (!run(scenario)) return failed();
            for (std::size_t q = 0; q < judged.quantities.size(); ++q)
                if (!unsettled_.contains(q))
                    judged.quantities[q].z.insert(judged.quantities[q].z.end(),
                                                  result_.quantities[q].z.begin(),
                                                  result_.quantities[q].z.end());
        }
        return judged;
    }

private:
    std::optional<VerifiedModel> failed() {
        if (stopped_) return std::nullopt;
        return std::move(result_);
    }

    void add_measures(models::Scenario& scenario) {
        for (std::size_t q = 0; q < model_.quantities.size(); ++q) {
            const KnownQuantity& quantity = model_.quantities[q];
            if (!quantity.measure) continue;
            const auto known = std::find_if(
                scenario.measures.begin(), scenario.measures.end(),
                [&](const models::Measure& measure) { return measure.text == quantity.measure->text; });
            std::size_t place = static_cast<std::size_t>(known - scenario.measures.begin());
            if (known == scenario.measures.end()) {
                scenario.measures.push_back(*quantity.measure);
                models::Problems problems = models::check(scenario);
                const auto error =
                    std::find_if(problems.begin(), problems.end(), [](const models::Problem& problem) {
                        return problem.severity == models::Problem::Severity::error;
                    });
                if (error != problems.end()) {
                    result_.quantities[q].why =
                        error->message + (error->hint.empty() ? "" : "; " + error->hint);
                    scenario.measures.pop_back();
                    continue;
                }
            }
            places_.emplace_back(q, scenario.objectives.size() + place);
        }
    }

    void tell(double share) const {
        if (options_.progress) options_.progress(share);
    }

    /// Adds what relaxation() looks at; steady models only.
    void watch_relaxation(models::Scenario& scenario) {
        if (!model_.steady || !scenario.run.length || !scenario.run.warm_up) return;
        models::Measure level;
        level.metric = models::Metric::present;
        level.aggregate = models::Aggregate::variance;
        level.text = "var present()";
        for (const models::Measure& measure : scenario.measures)
            if (measure.text == level.text) return;
        scenario.measures.push_back(level);
    }

    /// How long the model remembers: the time over which what is present is correlated with itself, from how much less
    /// the replications' means of it vary than it does over time (Law 2015, Simulation Modeling and Analysis, 9.5).
    void note_relaxation(const models::Scenario& scenario, const RunResult& found) {
        if (!scenario.run.length || !scenario.run.warm_up) return;
        for (const MetricResult& metric : found.metrics) {
            if (metric.name != "var present()" || metric.sections.empty()) continue;
            const auto variance = kernel::pooled_variance(metric.sections);
            const auto means = kernel::mean_interval(kernel::mean_values(metric.sections), confidence);
            last_.present = means;
            if (!variance || !(*variance > 0) || !means) continue;
            const double observed = static_cast<double>(*scenario.run.length - *scenario.run.warm_up);
            const double of_means = means->standard_deviation * means->standard_deviation;
            relaxation_ = 0.5 * observed * std::min(1.0, of_means / *variance);
        }
    }

    /// So many events a run may have, also for the sake of its warm-up: some times as many as the first has, however few
    /// are asked for.
    double most_events() const { return std::max(options_.most_events, 16 * first_events_); }

    /// The longest that a run may be by that.
    kernel::Time most_length() const {
        const double times = most_events() / static_cast<double>(std::max<std::uint64_t>(result_.events, 1));
        return static_cast<kernel::Time>(std::min(static_cast<double>(last_.length) * times, 4e18));
    }

    /// Gives a steady model ten relaxation times of warm-up, and a length of at least four times that, so that most of
    /// the run counts, as far as events go: then half of it. False if it has them, or as much as there can be.
    bool warm_up_longer(models::Scenario& scenario) const {
        if (!model_.steady || !scenario.run.length || !scenario.run.warm_up) return false;
        const auto least = static_cast<kernel::Time>(std::min(10 * relaxation_, 1e18));
        if (least <= *scenario.run.warm_up) return false;
        // A little more, as the next run's relaxation time will come out differently.
        const kernel::Time wanted = least + least / 4;
        const kernel::Time length = std::max(*scenario.run.length, std::min(4 * wanted, most_length()));
        const kernel::Time warm_up = std::min(wanted, length / 2);
        const auto grows = [](kernel::Time before, kernel::Time after) {
            return static_cast<double>(after) > 1.02 * static_cast<double>(before);
        };
        if (!grows(*scenario.run.length, length) && !grows(*scenario.run.warm_up, warm_up)) return false;
        scenario.run.warm_up = std::max(*scenario.run.warm_up, warm_up);
        scenario.run.length = length;
        scenario.run.sample = scenario.run.length;
        return true;
    }

    // What is outside may be so because the run was too short to get to the steady state, or past the phase in which all
    // replications begin. So the run is compared with a shorter one: what depends on the length is not settled. Of what is
    // not outside that is not asked: it would be one more run of each model.

    /// What a run had seen, to compare it with one of another length.
    struct Seen {
        kernel::Time length = 0, warm_up = 0;
        std::vector<VerifiedQuantity> quantities;
        std::optional<kernel::Estimate> present;  ///< on average
        double observed_s() const { return kernel::to_seconds(length - warm_up); }
    };

    bool is_outside(std::size_t q) const { return result_.quantities[q].agreement == Agreement::outside; }
    bool anything_outside() const {
        for (std::size_t q = 0; q < result_.quantities.size(); ++q)
            if (is_outside(q)) return true;
        return false;
    }

    /// Whether two estimates differ by more than chance; one without an interval is taken as sure.
    static bool differ(double a, double half_a, double b, double half_b) {
        const double slack = 1e-12 * std::max(std::fabs(a), std::fabs(b));
        return std::fabs(a - b) > std::sqrt(half_a * half_a + half_b * half_b) + slack;
    }

    /// By how much a quantity of the last run is another than in the shorter one; 0: by no more than chance.
    double moved(std::size_t q) const {
        const VerifiedQuantity &now = result_.quantities[q], &then = shorter_.quantities[q];
        if (!now.estimate) return 0;
        if (!then.estimate) return std::fabs(*now.estimate);
        const auto half = [](const VerifiedQuantity& one) {
            return one.low ? 0.5 * (*one.high - *one.low) : 0;
        };
        return differ(*now.estimate, half(now), *then.estimate, half(then)) ? *now.estimate - *then.estimate
                                                                            : 0;
    }

    /// The same of how many are present, as a share of them.
    double present_moved() const {
        const auto &now = last_.present, &then = shorter_.present;
        if (!now || !then || !(now->centre > 0)) return 0;
        return differ(now->centre, now->half_width(), then->centre, then->half_width())
                   ? 1 - then->centre / now->centre
                   : 0;
    }

    /// So many of the longest stays have to fit into what is observed before anything can be said to be wrong.
    bool short_beside_longest() const {
        constexpr double fewest = 3;
        return last_.observed_s() < fewest * longest_stay_;
    }

    /// Finds a run at most half as long as the last, and not much shorter, or makes one a quarter as long.
    bool compare_with_shorter(const models::Scenario& scenario) {
        const auto known = std::find_if(earlier_.rbegin(), earlier_.rend(), [&](const Seen& one) {
            return one.length <= last_.length / 2 && one.length >= last_.length / 5;
        });
        if (known != earlier_.rend()) {
            shorter_ = *known;
            return true;
        }
        const VerifiedModel result = result_;
        const Seen last = last_;
        const double relaxation = relaxation_;
        models::Scenario quarter = scenario;
        quarter.run.length = last.length / 4;
        quarter.run.warm_up = last.warm_up / 4;
        quarter.run.sample = quarter.run.length;
        const bool ran = run(quarter);
        shorter_ = last_;
        result_ = result;
        last_ = last;
        relaxation_ = relaxation;
        return ran;
    }

    /// Makes a run longer where something is outside and not settled. False if there is no such thing, or no way to.
    bool settle_longer(models::Scenario& scenario) {
        if (!model_.steady || !scenario.run.length || !scenario.run.warm_up || !anything_outside())
            return false;
        if (!compare_with_shorter(scenario)) return stopped_;
        bool settled = present_moved() == 0 && !short_beside_longest();
        for (std::size_t q = 0; q < result_.quantities.size(); ++q)
            settled = settled && !(is_outside(q) && moved(q) != 0);
        if (settled || widened_are_enough()) return false;
        // Twenty of the longest stays, and five of them before.
        const auto stays = [&](double count) {
            return static_cast<kernel::Time>(std::min(count * longest_stay_ * 1e9, 4e18));
        };
        const kernel::Time before = *scenario.run.length;
        const kernel::Time most =
            std::min(most_length(), before > kernel::Time{4'000'000'000'000'000'000} / 64
                                        ? kernel::Time{4'000'000'000'000'000'000}
                                        : 64 * before);
        const kernel::Time length = std::min(std::max(4 * before, stays(20)), most);
        if (static_cast<double>(length) < 1.5 * static_cast<double>(before)) return false;
        const double factor = static_cast<double>(length) / static_cast<double>(before);
        scenario.run.length = length;
        scenario.run.warm_up =
            std::max(static_cast<kernel::Time>(static_cast<double>(*scenario.run.warm_up) * factor),
                     std::min(stays(5), length / 4));
        scenario.run.sample = length;
        return true;
    }

    /// What is outside and still moves has an interval that is wider by as much as it has moved. Nothing: it does not hold the
    /// reference.
    std::optional<VerifiedQuantity> widened(std::size_t q) const {
        const KnownQuantity& known = model_.quantities[q];
        VerifiedQuantity wide = result_.quantities[q];
        const double by = std::fabs(moved(q));
        if (by == 0 || !wide.low) return std::nullopt;
        wide.low = *wide.low - by;
        wide.high = *wide.high + by;
        wide.z.clear();
        if (known.reference < *wide.low || known.reference > *wide.high) return std::nullopt;
        const double half = 0.5 * (*wide.high - *wide.low);
        const double most = model_.relative_error.value_or(known.width) * size_of(known);
        wide.agreement = half <= most ? Agreement::inside : Agreement::imprecise;
        if (half > most) wide.why = "not settled: " + lengths_text(q);
        return wide;
    }

    bool widened_are_enough() const {
        if (short_beside_longest()) return false;
        for (std::size_t q = 0; q < result_.quantities.size(); ++q) {
            if (!is_outside(q)) continue;
            const auto wide = widened(q);
            if (!wide || wide->agreement != Agreement::inside) return false;
        }
        return true;
    }

    double times_as_long() const {
        return static_cast<double>(last_.length) / static_cast<double>(shorter_.length);
    }
    std::string lengths_text(std::size_t q) const {
        const auto& then = shorter_.quantities[q].estimate;
        char text[128];
        std::snprintf(text, sizeof text, "in runs %.3g times as short it was %.4g", times_as_long(),
                      then.value_or(0));
        return then ? text : "in shorter runs nothing was observed";
    }

    /// Judges anew what is outside in the last run and not settled there.
    void judge_settled() {
        if (shorter_.length == 0 || 2 * shorter_.length > last_.length) return;
        constexpr double much = 0.05;  // of all that is present
        const double drift = present_moved();
        for (std::size_t q = 0; q < result_.quantities.size(); ++q) {
            if (!is_outside(q)) continue;
            VerifiedQuantity& quantity = result_.quantities[q];
            char text[192] = "";
            if (short_beside_longest())
                std::snprintf(text, sizeof text,
                              "not settled: something takes %.3g, and runs are observed for %.3g",
                              longest_stay_ / model_.unit_s, last_.observed_s() / model_.unit_s);
            else if (std::fabs(drift) > much)
                std::snprintf(text, sizeof text,
                              "not settled: %.4g are present on average, in runs %.3g times as short %.4g%s",
                              last_.present->centre, times_as_long(), shorter_.present->centre,
                              drift > 0 ? "; it takes more events, or there is no steady state" : "");
            if (text[0] != 0) {
                quantity.agreement = Agreement::imprecise;
                quantity.why = text;
            } else if (const auto wide = widened(q)) {
                quantity = *wide;
            } else if (const double off = std::fabs(*quantity.estimate - model_.quantities[q].reference);
                       moved(q) != 0 && off < 4 * std::fabs(moved(q))) {
                quantity.agreement = Agreement::imprecise;
                quantity.why = "not settled: " + lengths_text(q);
            } else {
                continue;
            }
            quantity.z.clear();
            unsettled_.insert(q);
        }
    }

    bool run(models::Scenario& scenario) {
        scenario.run.seed = kernel::stable_hash(model_.id, kernel::mix_bits(options_.seed) + runs_++);
        models::Problems problems;
        const auto prepared = prepare(scenario, problems, Measured::asked);
        if (!prepared) {
            for (const models::Problem& problem : problems)
                if (problem.severity == models::Problem::Severity::error) result_.why = problem.message;
            for (VerifiedQuantity& quantity : result_.quantities) quantity.why = result_.why;
            return false;
        }
        RunOptions options;
        options.threads = options_.threads;
        options.stop = options_.stop;
        const RunResult found = studies::run(*prepared, options);
        stopped_ = found.interrupted;
        if (stopped_) return false;
        result_.events = found.events;
        if (first_events_ == 0) first_events_ = static_cast<double>(found.events);
        done_ += static_cast<double>(found.events);
        for (const auto& [q, metric] : places_)
            judge(model_.quantities[q], found.metrics.at(metric), *prepared, result_.quantities[q]);
        if (last_.length > 0) earlier_.push_back(std::move(last_));
        last_ = {};
        if (scenario.run.length) last_.length = *scenario.run.length;
        if (scenario.run.warm_up) last_.warm_up = *scenario.run.warm_up;
        note_relaxation(scenario, found);
        last_.quantities = result_.quantities;
        return true;
    }

    void judge(const KnownQuantity& known, const MetricResult& metric, const PreparedRun& prepared,
               VerifiedQuantity& quantity) const {
        Estimate estimate = metric.estimate;
        const double measured = (known.reference - known.offset) / known.factor;
        std::optional<double> z;
        if (known.variance) {
            const auto sections = as_observations(metric.by_replication);
            const auto interval = kernel::variance_interval(sections, confidence);
            estimate = {};
            if (interval) estimate = {interval->centre, interval->low, interval->high, confidence, 0};
            z = z_of(kernel::log_variance_values(sections), kernel::exact::log(measured));
        } else {
            z = z_of(*known.measure, metric, measured);
        }
        if (z && known.factor < 0) z = -*z;
        const auto made = [&](double value) { return known.offset + known.factor * value; };
        quantity.estimate = quantity.low = quantity.high = std::nullopt;
        quantity.z.clear();
        quantity.why.clear();
        quantity.agreement = Agreement::not_expressed;
        if (!estimate.value) {
            quantity.why = "nothing was observed";
            return;
        }
        quantity.estimate = made(*estimate.value);
        if (estimate.low) {
            quantity.low = std::min(made(*estimate.low), made(*estimate.high));
            quantity.high = std::max(made(*estimate.low), made(*estimate.high));
        }
        const double size = size_of(known);
        if (model_.relative_error) {
            const bool near =
                std::fabs(*quantity.estimate - known.reference) <= *model_.relative_error * size;
            quantity.agreement = near ? Agreement::inside : Agreement::outside;
            return;
        }
        if (!quantity.low) {
            quantity.agreement = Agreement::imprecise;
            quantity.why = "too little was observed for an interval";
            return;
        }
        if (!why_no_variance(*known.measure, prepared.heavy_tails).empty()) {
            quantity.agreement = Agreement::imprecise;
            quantity.why = "its variance is infinite: no interval holds it as often as it says";
            return;
        }
        // What never varies is right or wrong, but for what nobody has ever seen.
        if (const auto seen_in = replications_that_differ(metric);
            seen_in < enough_to_differ && (seen_in > 0 || *estimate.value == 0) &&
            std::fabs(*quantity.estimate - known.reference) > 1e-12 * size) {
            quantity.agreement = Agreement::imprecise;
            quantity.why = "seen in " + std::to_string(seen_in) + " replications only";
            return;
        }
        if (z) quantity.z.push_back(*z);
        // What does not vary at all is right to the last digits or wrong.
        const double slack = 1e-12 * size;
        if (known.reference < *quantity.low - slack || known.reference > *quantity.high + slack)
            quantity.agreement = Agreement::outside;
        else if (0.5 * (*quantity.high - *quantity.low) > known.width * size)
            quantity.agreement = Agreement::imprecise;
        else
            quantity.agreement = Agreement::inside;
    }

    /// What widths are relative to; of what is 0 they are in its own unit.
    static double size_of(const KnownQuantity& known) {
        return known.reference == 0 ? 1 : std::fabs(known.reference);
    }

    /// How many events it would take to make a quantity's interval narrow enough, by the last run.
    double events_for(std::size_t q) const {
        const KnownQuantity& known = model_.quantities[q];
        const VerifiedQuantity& quantity = result_.quantities[q];
        const auto events = static_cast<double>(result_.events);
        if (!known.measure) return 0;
        if (!quantity.low) return quantity.why.empty() ? 0 : 16 * events;
        // Where closeness alone is asked for, the estimate has to be surer than that.
        const double width = model_.relative_error ? 0.2 * *model_.relative_error : known.width;
        const double ratio = 0.5 * (*quantity.high - *quantity.low) / (width * size_of(known));
        return events * ratio * ratio;
    }

    /// False if that is not worth while: all that can be had is narrow enough.
    bool lengthen(models::Scenario& scenario) {
        if (result_.events == 0) return false;
        // Widths are estimates themselves: some more than they say. What is beyond reach by less than this is made as
        // narrow as can be had: up to four times as wide as asked.
        constexpr double more = 1.25, hope = 16;
        wanted_events_ = 0;
        for (const auto& [q, metric] : places_)
            if (const double events = events_for(q); events <= hope * options_.most_events)
                wanted_events_ = std::max(wanted_events_, events);
        const auto events = static_cast<double>(result_.events);
        if (!(wanted_events_ > events)) return false;
        wanted_events_ = std::min({more * wanted_events_, options_.most_events, 64 * events});
        const double factor = wanted_events_ / events;
        if (factor < 1.02) return false;
        if (!model_.steady) {
            const double number = std::ceil(static_cast<double>(scenario.run.replications) * factor);
            scenario.run.replications = static_cast<std::int64_t>(std::min(number, 1e8));
            return true;
        }
        if (!scenario.run.length) return false;
        const auto times = [&](kernel::Time time) {
            return static_cast<kernel::Time>(std::min(static_cast<double>(time) * factor, 4e18));
        };
        scenario.run.length = times(*scenario.run.length);
        scenario.run.sample = scenario.run.length;
        if (scenario.run.warm_up) scenario.run.warm_up = times(*scenario.run.warm_up);
        return true;
    }

    /// Says of what is imprecise what it would take.
    void explain(std::size_t q) {
        VerifiedQuantity& quantity = result_.quantities[q];
        if (quantity.agreement != Agreement::imprecise || !quantity.why.empty()) return;
        char text[96];
        std::snprintf(text, sizeof text, "precise enough with about %.1g events", events_for(q));
        quantity.why = text;
    }

    const KnownModel& model_;
    const VerifyOptions& options_;
    VerifiedModel result_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;  ///< quantity, and its place among the metrics
    std::uint64_t runs_ = 0;                                   ///< so far; each has random numbers of its own
    double done_ = 0;                                          ///< events of all runs so far
    double wanted_events_ = 0;                                 ///< of the next run
    double relaxation_ = 0;                                    ///< ns, by the last run; 0: not known
    double longest_stay_ = 0;                                  ///< s
    double first_events_ = 0;                                  ///< of the first run
    Seen last_, shorter_;                                      ///< the last run, and one to compare it with
    std::vector<Seen> earlier_;                                ///< the runs before the last
    std::set<std::size_t> unsettled_;  ///< quantities that depend on how long a run is
    bool stopped_ = false;
};

}  // namespace

const char* name_of(Agreement agreement) {
    switch (agreement) {
        case Agreement::inside: return "inside";
        case Agreement::imprecise: return "imprecise";
        case Agreement::outside: return "outside";
        case Agreement::not_expressed: return "not expressed";
    }
    return "";
}

Agreement VerifiedModel::agreement() const {
    for (const Agreement worst : {Agreement::outside, Agreement::not_expressed, Agreement::imprecise})
        for (const VerifiedQuantity& quantity : quantities)
            if (quantity.agreement == worst) return worst;
    return quantities.empty() ? Agreement::not_expressed : Agreement::inside;
}

std::optional<VerifiedModel> verify(const KnownModel& model, const VerifyOptions& options) {
    return Verification(model, options).verify();
}

}  // namespace understudy::studies
