#include "tools/studies/verify.h"

#include <algorithm>
#include <cmath>

#include "kernel/intervals.h"
#include "kernel/special_functions.h"
#include "models/check.h"
#include "tools/studies/run.h"

namespace understudy::studies {

namespace {

constexpr double confidence = 0.999;

/// Variances of groups of replications: one value each, as independent as the replications are.
std::vector<double> variances_of_groups(const std::vector<double>& values) {
    constexpr std::size_t groups = 30;
    std::vector<double> result;
    const std::size_t size = values.size() / groups;
    if (size < 2) return result;
    for (std::size_t g = 0; g < groups; ++g) {
        double mean = 0, squares = 0;
        for (std::size_t i = 0; i < size; ++i) mean += values[g * size + i] / static_cast<double>(size);
        for (std::size_t i = 0; i < size; ++i)
            squares += (values[g * size + i] - mean) * (values[g * size + i] - mean);
        result.push_back(squares / static_cast<double>(size - 1));
    }
    return result;
}

std::optional<double> z_of(const std::vector<double>& values, double reference) {
    const auto interval = kernel::mean_interval(values, confidence);
    if (!interval || !(interval->standard_deviation > 0)) return std::nullopt;
    const auto n = static_cast<double>(interval->count);
    const double t = (interval->centre - reference) / (interval->standard_deviation / std::sqrt(n));
    // From the tail in which it is precise.
    return t < 0 ? kernel::normal_quantile(kernel::student_cdf(t, n - 1))
                 : -kernel::normal_quantile(kernel::student_survival(t, n - 1));
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
        constexpr int most_rounds = 6;
        scenario.run.seed = options_.seed;
        for (int round = 1;; ++round) {
            if (!run(scenario)) return failed();
            const double more = how_much_more();
            if (!model_.steady || round == most_rounds || !(more > 1)) break;
            if (!lengthen(scenario, more)) break;
            scenario.run.seed += 1'000'003;
        }
        VerifiedModel judged = result_;
        // Of the other seeds only z is taken.
        for (std::int64_t i = 1; i < options_.seeds; ++i) {
            scenario.run.seed += 1'000'003;
            if (!run(scenario)) return failed();
            for (std::size_t q = 0; q < judged.quantities.size(); ++q)
                judged.quantities[q].z.insert(judged.quantities[q].z.end(), result_.quantities[q].z.begin(),
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

    bool run(const models::Scenario& scenario) {
        models::Problems problems;
        const auto prepared = prepare(scenario, problems);
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
        for (const auto& [q, metric] : places_)
            judge(model_.quantities[q], found.metrics.at(metric), result_.quantities[q]);
        return true;
    }

    void judge(const KnownQuantity& known, const MetricResult& metric, VerifiedQuantity& quantity) const {
        std::vector<double> values;
        for (const double value : metric.by_replication)
            if (std::isfinite(value)) values.push_back(value);
        Estimate estimate = metric.estimate;
        if (known.variance) {
            values = variances_of_groups(values);
            const auto interval = kernel::mean_interval(values, confidence);
            estimate = {};
            if (interval) estimate = {interval->centre, interval->low, interval->high, confidence, 0};
        }
        const auto made = [&](double value) { return known.offset + known.factor * value; };
        for (double& value : values) value = made(value);
        quantity.estimate = quantity.low = quantity.high = std::nullopt;
        quantity.z.clear();
        quantity.why.clear();
        quantity.agreement = Agreement::not_expressed;
        if (!estimate.value) {
            quantity.why = "nothing was observed";
            return;
        }
        quantity.estimate = made(*estimate.value);
        const double size = std::max(std::fabs(known.reference), 1e-300);
        if (model_.relative_error) {
            const bool near =
                std::fabs(*quantity.estimate - known.reference) <= *model_.relative_error * size;
            quantity.agreement = near ? Agreement::inside : Agreement::outside;
            return;
        }
        if (!estimate.low) {
            quantity.why = "one replication has no interval";
            return;
        }
        quantity.low = std::min(made(*estimate.low), made(*estimate.high));
        quantity.high = std::max(made(*estimate.low), made(*estimate.high));
        if (const auto z = z_of(values, known.reference)) quantity.z.push_back(*z);
        // What does not vary at all is right to the last digits or wrong.
        const double slack = 1e-12 * size;
        if (known.reference < *quantity.low - slack || known.reference > *quantity.high + slack)
            quantity.agreement = Agreement::outside;
        else if (0.5 * (*quantity.high - *quantity.low) > known.width * size)
            quantity.agreement = Agreement::imprecise;
        else
            quantity.agreement = Agreement::inside;
    }

    /// By what factor the run would have to be longer for all to be narrow enough.
    double how_much_more() const {
        double most = 0;
        for (const auto& [q, metric] : places_) {
            const VerifiedQuantity& quantity = result_.quantities[q];
            if (!quantity.low) continue;
            const double wanted =
                model_.quantities[q].width * std::max(std::fabs(quantity.reference), 1e-300);
            const double ratio = 0.5 * (*quantity.high - *quantity.low) / wanted;
            most = std::max(most, ratio * ratio);
        }
        return most;
    }

    /// False if that would be more events than are allowed, and the run is as long as it may be already.
    bool lengthen(models::Scenario& scenario, double more) const {
        if (!scenario.run.length || result_.events == 0) return false;
        const double room = options_.most_events / static_cast<double>(result_.events);
        const double factor = std::min({1.3 * more, room, 64.0});
        if (factor < 1.1) return false;
        const auto times = [&](kernel::Time time) {
            return static_cast<kernel::Time>(std::min(static_cast<double>(time) * factor, 4e18));
        };
        scenario.run.length = times(*scenario.run.length);
        if (scenario.run.warm_up) scenario.run.warm_up = times(*scenario.run.warm_up);
        return true;
    }

    const KnownModel& model_;
    const VerifyOptions& options_;
    VerifiedModel result_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;  ///< quantity, and its place among the metrics
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
