#include "tools/studies/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <set>
#include <utility>

#include "kernel/few_differ.h"
#include "kernel/invariant.h"
#include "models/compile/compile.h"
#include "tools/studies/heavy_tails.h"
#include "tools/studies/scaling.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

namespace {

using Method = Study::Method;

std::size_t least_rows(Method method) {
    return method == Method::sobol ? kernel::least_sobol_rows : kernel::least_morris_rows;
}

/// What came of a setting.
struct Outcomes {
    std::vector<std::vector<double>> values;  ///< by replication and measure; NaN where one had no data
    std::string overload;                     ///< what is offered as much as can be done, or more; else empty
};

std::vector<std::string> overrides_at(const Study& study, const std::vector<double>& point) {
    std::vector<std::string> overrides;
    for (std::size_t i = 0; i < study.factors.size(); ++i)
        overrides.push_back(override_of(study.factors[i].path, study.factors[i].at(point[i])));
    return overrides;
}

/// Points as shares of the range that each factor has: of single values the first is 0 and the last 1, however many places
/// in (0, 1) stand for each.
kernel::Design in_shares_of_range(const Study& study, kernel::Design design) {
    for (std::vector<double>& point : design.points)
        for (std::size_t f = 0; f < study.factors.size(); ++f) {
            const auto& values = study.factors[f].values;
            if (values.size() < 2) continue;
            const std::string here = study.factors[f].at(point[f]);
            const auto found = std::find_if(values.begin(), values.end(),
                                            [&](const Factor::Value& value) { return value.text == here; });
            kernel::require(found != values.end(), "a factor takes one of its values");
            point[f] = static_cast<double>(found - values.begin()) / static_cast<double>(values.size() - 1);
        }
    return design;
}

/// "2 of 30 runs had no data"; empty: all had.
std::string without_data(const std::vector<double>& values) {
    const auto missing =
        std::count_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
    if (missing == 0) return "";
    return std::to_string(missing) + " of " + std::to_string(values.size()) + " runs had no data";
}

class Sensitivity {
public:
    Sensitivity(const Study& study, const ReadBase& read, const StudyOptions& options)
        : study_(study), read_(read), options_(options), work_(read, options, std::nullopt) {}

    SensitivityResult run() {
        const models::Scenario scenario = read_({});
        const SensitivityPlan plan = plan_of(study_, scenario);
        measures_ = measures_of(study_, scenario);
        result_.confidence = study_.confidence.value_or(scenario.run.confidence);
        result_.seed = scenario.run.seed;
        saturated_ = is_saturated(scenario);
        if (!plan.problem.empty()) {
            result_.no_rows = plan.problem;
            return std::move(result_);
        }
        for (const models::Measure& measure : measures_)
            result_.measures.push_back(
                {measure.text, models::unit_of(measure, scenario), "", {}, {}, {}, {}, {}});
        find_warm_up();
        if (result_.interrupted) return std::move(result_);
        if (study_.method == Method::one_at_a_time)
            one_at_a_time(plan);
        else
            by_design(plan);
        work_.finish();
        return std::move(result_);
    }

private:
    /// That of the base holds for all: settings with cuts of their own would not be runs of the same length.
    void find_warm_up() {
        const WarmUpChoice choice = work_.find_warm_up({}, {{}, measures_});
        warm_up_ = choice.cut;
        result_.interrupted = !choice.interrupted.empty();
        result_.no_rows = choice.interrupted;
        result_.warm_up_s = kernel::to_seconds(choice.cut);
        result_.warm_up_reason = choice.reason;
        // Once: of a part nobody is told.
        if (!result_.interrupted && !options_.first_looks) warn_of_base(choice);
    }

    /// What a run of the base doubts of itself: it is too short, or its means have no variance.
    void warn_of_base(const WarmUpChoice& choice) {
        constexpr std::int64_t enough_to_tell = 10;
        PreparedRun base = prepare_setting(read_, {}, {{}, measures_}, Measured::usual);
        base.scenario.run.replications = enough_to_tell;
        base.scenario.run.precision.reset();
        base.scenario.run.warm_up = choice.cut;
        RunOptions options;
        options.threads = options_.run.threads;
        options.stop = options_.run.stop;
        const RunResult found = studies::run(base, options);
        for (std::size_t i = 0; i < measures_.size(); ++i) {
            std::string why = why_no_variance(measures_[i], base.heavy_tails);
            if (why.empty() && choice.too_short) why = "the run is too short";
            if (why.empty() && found.metrics[i].name == measures_[i].text) why = found.metrics[i].doubt;
            if (!why.empty())
                result_.warnings.push_back(measures_[i].text + ": " + why +
                                           ", so that its intervals hold less often than they say");
        }
    }

    std::unique_ptr<UnitWork::Question> ask() { return work_.ask({{}, measures_}, result_.seed, warm_up_); }
    static void add(Outcomes& outcomes, UnitOutcome outcome) {
        outcomes.overload = std::move(outcome.overload);
        for (const UnitOutcome::Replication& one : outcome.replications) {
            std::vector<double>& values = outcomes.values.emplace_back();
            for (const Evidence& evidence : one.evidence) values.push_back(evidence.value);
        }
    }
    /// Those of which the answer is.
    void count(const std::vector<Outcomes>& done) {
        result_.settings = done.size();
        for (const Outcomes& outcomes : done) result_.replications += std::ssize(outcomes.values);
    }

    void by_design(const SensitivityPlan& plan) {
        kernel::Design design = study_.method == Method::sobol
                                    ? kernel::sobol_design(study_.factors.size(), plan.rows, result_.seed)
                                    : kernel::morris_design(study_.factors.size(), plan.rows, result_.seed);
        std::vector<Unit> units;
        for (std::size_t i = 0; i < design.points.size(); ++i)
            units.push_back({overrides_at(study_, design.points[i]), 2 * (i / design.points_of_row), 2});
        std::vector<Outcomes> done;  // as many as there were before it was interrupted
        const auto question = ask();
        result_.interrupted = !work_.run(*question, units, [&](std::size_t, UnitOutcome outcome) {
            add(done.emplace_back(), std::move(outcome));
        });
        count(done);
        warn_of_design(units, done);
        design.points.resize(done.size() / design.points_of_row * design.points_of_row);
        if (result_.interrupted && design.rows() < least_rows(study_.method)) {
            result_.no_rows = "interrupted after " + std::to_string(design.rows()) + " of " +
                              std::to_string(plan.rows) + " rows; an answer takes " +
                              std::to_string(least_rows(study_.method));
            return;
        }
        const kernel::Design in_shares = in_shares_of_range(study_, design);
        for (std::size_t m = 0; m < measures_.size(); ++m) {
            SensitivityOfMeasure& measure = result_.measures[m];
            std::vector<kernel::Reply> replies;
            std::vector<double> values;
            for (std::size_t i = 0; i < design.points.size(); ++i) {
                replies.push_back({done[i].values[0][m], done[i].values[1][m]});
                values.insert(values.end(), {replies.back().first, replies.back().second});
            }
            measure.why = without_data(values);
            if (!measure.why.empty()) continue;
            if (study_.method == Method::sobol) {
                measure.indices = kernel::sobol_indices(design, replies, result_.confidence);
                if (!measure.indices) measure.why = "it does not vary more than its noise alone would";
            } else {
                measure.effects = *kernel::elementary_effects(in_shares, replies, result_.confidence);
            }
        }
    }

    void warn_of_design(const std::vector<Unit>& units, const std::vector<Outcomes>& done) {
        std::size_t overloaded = 0, first = 0;
        for (std::size_t i = done.size(); i-- > 0;)
            if (!done[i].overload.empty()) ++overloaded, first = i;
        if (overloaded == 0) return;
        std::string at;
        for (const std::string& override : units[first].overrides) at += (at.empty() ? "" : ", ") + override;
        result_.warnings.push_back(std::to_string(overloaded) + " of " + std::to_string(done.size()) +
                                   " settings have no steady state, such as " + at + ": " +
                                   done[first].overload);
    }

    void one_at_a_time(const SensitivityPlan& plan) {
        std::vector<std::vector<std::string>> settings = {{}};
        for (const Factor& factor : study_.factors)
            for (const Factor::Value& step : factor.steps)
                settings.push_back({override_of(factor.path, step.text)});
        // Rounds over all settings, each with as many replications as all before it.
        UnitsOfSettings work;
        for (std::uint64_t from = 0, to = 2; from < plan.rows; from = std::exchange(to, 2 * to))
            work.add(settings, from, std::min<std::uint64_t>(to, plan.rows));
        std::vector<Outcomes> done(settings.size());
        const auto question = ask();
        result_.interrupted = !work_.run(*question, work.units, [&](std::size_t index, UnitOutcome outcome) {
            add(done[work.settings[index]], std::move(outcome));
        });
        if (result_.interrupted) keep_as_many_of_all(done);
        count(done);
        if (done.size() < 2) {
            result_.no_rows = "interrupted before a setting beside the base had been run";
            return;
        }
        for (std::size_t i = 0; i < done.size(); ++i)
            if (!done[i].overload.empty())
                result_.warnings.push_back((i == 0 ? "the base" : settings[i].front()) + ": " +
                                           done[i].overload);
        for (std::size_t m = 0; m < measures_.size(); ++m) compare_settings(result_.measures[m], done, m);
    }

    /// Of all settings as many replications as each has; where that is less than a difference takes, of those that have so
    /// many.
    static void keep_as_many_of_all(std::vector<Outcomes>& done) {
        constexpr std::size_t least = 2;
        const auto fewer = [](const Outcomes& one, const Outcomes& other) {
            return one.values.size() < other.values.size();
        };
        const std::size_t each =
            std::max(least, std::min_element(done.begin(), done.end(), fewer)->values.size());
        done.erase(std::find_if(done.begin(), done.end(),
                                [&](const Outcomes& one) { return one.values.size() < each; }),
                   done.end());
        for (Outcomes& outcomes : done) outcomes.values.resize(each);
    }

    /// In pairs. A setting that does away with a queue that is seldom long leaves differences that are as skewed as its waits,
    /// and one that seldom matters few of them.
    std::optional<kernel::Difference> difference_of(const std::vector<double>& before,
                                                    const std::vector<double>& after) const {
        auto found = kernel::paired_difference(before, after, result_.confidence);
        if (!found) return found;
        std::vector<double> differences;
        for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i)
            differences.push_back(after[i] - before[i]);
        kernel::Estimate& interval = found->estimate;
        interval = *kernel::mean_interval(differences, result_.confidence);
        if (const auto few = kernel::few_differ_interval(differences, 0, result_.confidence)) {
            interval.low = std::min(interval.low, few->low);
            interval.high = std::max(interval.high, few->high);
        }
        using Order = kernel::Difference::Order;
        found->order = interval.low > 0    ? Order::candidate_higher
                       : interval.high < 0 ? Order::candidate_lower
                                           : Order::undecided;
        return found;
    }

    /// A finite difference of the means.
    std::optional<kernel::Estimate> quotient(std::vector<double> before, std::vector<double> after,
                                             double step) const {
        for (std::vector<double>* values : {&before, &after})
            for (double& value : *values) value /= step;
        const auto difference = difference_of(before, after);
        return difference ? std::optional(difference->estimate) : std::nullopt;
    }

    void compare_settings(SensitivityOfMeasure& measure, const std::vector<Outcomes>& done,
                          std::size_t m) const {
        const auto values_of = [&](const Outcomes& outcomes) {
            std::vector<double> values;
            for (const auto& of_one : outcomes.values) values.push_back(of_one[m]);
            return values;
        };
        const auto mean_of = [](const std::vector<double>& values) {
            return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
        };
        const std::vector<double> base = values_of(done[0]);
        if (const std::string why = without_data(base); !why.empty()) {
            measure.why = "of the base " + why;
            return;
        }
        measure.at_base = mean_of(base);
        std::size_t job = 1;
        for (std::size_t f = 0; f < study_.factors.size(); ++f) {
            const Factor& factor = study_.factors[f];
            ScalingSweep scaling(saturated_, measures_[m], factor);
            std::optional<std::pair<double, std::vector<double>>> before;  // the factor, and what came of it
            for (std::size_t s = 0; s < factor.steps.size() && job < done.size(); ++s, ++job) {
                const std::vector<double> values = values_of(done[job]);
                SensitivityOfMeasure::Setting setting;
                setting.factor = f;
                setting.step = s;
                setting.why = without_data(values);
                if (!setting.why.empty()) {
                    measure.settings.push_back(setting);
                    continue;
                }
                setting.value = mean_of(values);
                setting.difference = difference_of(base, values);
                if (const auto number = factor.steps[s].number) {
                    if (before && *number != before->first)
                        setting.per_unit = quotient(before->second, values, *number - before->first);
                    before = {*number, values};
                    if (setting.value > 0) scaling.add(*number, values);
                }
                measure.settings.push_back(setting);
            }
            if (const auto law = scaling.fit(result_.confidence)) measure.scaling.push_back({f, *law});
        }
    }

    const Study& study_;
    const ReadBase& read_;
    const StudyOptions& options_;
    UnitWork work_;
    std::vector<models::Measure> measures_;
    kernel::Time warm_up_ = 0;
    bool saturated_ = false;  ///< workers alone, not arrivals, say how much is done
    SensitivityResult result_;
};

}  // namespace

bool is_of_sensitivity(Method method) {
    return method == Method::one_at_a_time || method == Method::morris || method == Method::sobol;
}

SensitivityPlan plan_of(const Study& study, const models::Scenario& base) {
    constexpr std::size_t usual_rows_of_sobol = 200, usual_rows_of_morris = 30;
    SensitivityPlan plan;
    const std::size_t factors = study.factors.size();
    if (study.method == Method::one_at_a_time) {
        plan.settings = 1;
        for (const Factor& factor : study.factors) plan.settings += factor.steps.size();
        plan.rows = static_cast<std::size_t>(base.run.replications);
        if (study.replications) plan.rows = static_cast<std::size_t>(*study.replications) / plan.settings;
        plan.replications = static_cast<std::int64_t>(plan.settings * plan.rows);
        if (plan.rows < 2)
            plan.problem = std::to_string(plan.settings) + " settings take at least " +
                           std::to_string(2 * plan.settings) + " replications";
    } else {
        const std::size_t points = factors + (study.method == Method::sobol ? 2 : 1);
        plan.rows = study.method == Method::sobol ? usual_rows_of_sobol : usual_rows_of_morris;
        if (study.replications) plan.rows = static_cast<std::size_t>(*study.replications) / (2 * points);
        plan.settings = plan.rows * points;
        plan.replications = static_cast<std::int64_t>(2 * plan.settings);
        if (plan.rows < least_rows(study.method))
            plan.problem = std::string(name_of(study.method)) + " of " + std::to_string(factors) +
                           " factors takes at least " +
                           std::to_string(2 * points * least_rows(study.method)) + " replications";
    }
    if (plan.problem.empty() && measures_of(study, base).empty())
        plan.problem = "nothing is measured: name 'measures' in the study, or objectives in its base";
    return plan;
}

SensitivityResult sensitivity(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(!study.factors.empty(), "a study varies something");
    return Sensitivity(study, read, options).run();
}

}  // namespace understudy::studies
