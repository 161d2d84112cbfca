#include "tools/studies/survey.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "kernel/invariant.h"
#include "kernel/random.h"
#include "models/compile/compile.h"
#include "tools/studies/counted_share.h"
#include "tools/studies/judge.h"
#include "tools/studies/scaling.h"
#include "tools/studies/setting_costs.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

namespace {

using Method = Study::Method;

/// Settings of a Latin hypercube, where nobody says how many replications there may be.
constexpr std::size_t usual_points = 20;
constexpr std::int64_t fewest_each = 2;

std::size_t size_of_grid(const Study& study) {
    std::size_t settings = 1;
    for (const Factor& factor : study.factors)
        settings = std::min(settings * std::max<std::size_t>(1, factor.values.size()), most_settings + 1);
    return settings;
}

struct Plan {
    std::size_t settings = 0;
    std::int64_t each = 0;
};
Plan plan_of_survey(const Study& study, const models::Scenario& base) {
    Plan plan{size_of_grid(study), base.run.replications};
    if (study.method == Method::latin)
        plan.settings =
            study.replications ? static_cast<std::size_t>(*study.replications / plan.each) : usual_points;
    else if (study.replications)
        plan.each = *study.replications / static_cast<std::int64_t>(plan.settings);
    return plan;
}

std::vector<std::vector<std::string>> grid(const Study& study) {
    std::vector<std::vector<std::string>> settings = {{}};
    for (const Factor& factor : study.factors) {
        std::vector<std::vector<std::string>> longer;
        for (const auto& setting : settings)
            for (const Factor::Value& value : factor.values) {
                longer.push_back(setting);
                longer.back().push_back(value.text);
            }
        settings = std::move(longer);
    }
    return settings;
}

std::vector<std::vector<std::string>> latin_hypercube(const Study& study, std::size_t points,
                                                      std::uint64_t seed) {
    std::vector<std::vector<std::string>> settings(points);
    for (const Factor& factor : study.factors) {
        kernel::Stream stream(kernel::stream_key(seed, 0, factor.path, kernel::Purpose::sample));
        std::vector<std::size_t> parts(points);
        std::iota(parts.begin(), parts.end(), std::size_t{0});
        for (std::size_t i = points; i > 1; --i) std::swap(parts[i - 1], parts[stream.below(i)]);
        for (std::size_t i = 0; i < points; ++i)
            settings[i].push_back(
                factor.at((static_cast<double>(parts[i]) + stream.uniform()) / static_cast<double>(points)));
    }
    return settings;
}

/// Whether less of a measure is better; of what people want neither more nor less, it is less.
bool less_is_better(const models::Measure& measure) {
    return models::lower_is_better(measure.metric).value_or(true);
}

class Survey {
public:
    Survey(const Study& study, const ReadBase& read, const StudyOptions& options)
        : study_(study), read_(read), work_(read, options, std::nullopt) {}

    SurveyResult run() {
        const models::Scenario base = read_({});
        const Plan plan = plan_of_survey(study_, base);
        result_.confidence = study_.confidence.value_or(base.run.confidence);
        result_.seed = base.run.seed;
        result_.each = plan.each;
        result_.asked = plan.settings;
        measures_ = measures_of(study_, base);
        for (const models::Measure& measure : measures_) {
            result_.measures.push_back(measure.text);
            result_.units.push_back(models::unit_of(measure, base));
        }
        const auto settings = study_.method == Method::latin
                                  ? latin_hypercube(study_, plan.settings, base.run.seed)
                                  : grid(study_);
        std::vector<double> costs;
        if (study_.method != Method::latin && (study_.minimise || !study_.prices.empty())) {
            SettingCosts found = setting_costs(study_, read_);
            if (found.costs.empty())
                throw BadSetting("what a setting costs is not known before it is run: " + found.not_known +
                                 "\n");
            costs = std::move(found.costs);
            result_.cost_unit = found.unit;
        }
        if (find_warm_up()) simulate(settings, costs);
        if (study_.method == Method::frontier) find_frontier();
        if (study_.method == Method::grid && study_.factors.size() == 1) find_scaling(is_saturated(base));
        work_.finish();
        return std::move(result_);
    }

private:
    /// What came of a setting.
    struct Seen {
        std::string overload;
        std::int64_t replications = 0;
        std::vector<std::vector<double>> values;          ///< by measure and replication
        std::vector<std::vector<double>> counts, trials;  ///< the same, of shares that are counted
    };

    bool find_warm_up() {
        const WarmUpChoice choice = work_.find_warm_up({}, {{}, measures_});
        warm_up_ = choice.cut;
        result_.warm_up_s = kernel::to_seconds(choice.cut);
        result_.warm_up_reason = choice.reason;
        result_.interrupted = !choice.interrupted.empty();
        return !result_.interrupted;
    }

    void simulate(const std::vector<std::vector<std::string>>& settings, const std::vector<double>& costs) {
        std::vector<std::vector<std::string>> overrides;
        for (const auto& values : settings) {
            std::vector<std::string>& of_one = overrides.emplace_back();
            for (std::size_t f = 0; f < values.size(); ++f)
                of_one.push_back(override_of(study_.factors[f].path, values[f]));
        }
        UnitsOfSettings work;
        work.add(overrides, 0, static_cast<std::uint64_t>(result_.each));
        std::vector<Seen> seen(settings.size());
        for (Seen& of_one : seen)
            for (auto* all : {&of_one.values, &of_one.counts, &of_one.trials}) all->resize(measures_.size());
        const auto question = work_.ask({{}, measures_}, result_.seed, warm_up_);
        work_.run(*question, work.units, [&](std::size_t index, UnitOutcome outcome) {
            Seen& of_one = seen[work.settings[index]];
            of_one.overload = std::move(outcome.overload);
            of_one.replications += std::ssize(outcome.replications);
            for (const UnitOutcome::Replication& one : outcome.replications)
                for (std::size_t m = 0; m < measures_.size(); ++m) {
                    const Evidence& evidence = one.evidence[m];
                    of_one.values[m].push_back(evidence.value);
                    if (!is_counted_share(measures_[m]) || !(evidence.weight > 0)) continue;
                    of_one.counts[m].push_back(evidence.excess);
                    of_one.trials[m].push_back(evidence.weight);
                }
        });
        // One that was interrupted tells of the settings that have all of their replications.
        for (std::size_t i = 0; i < seen.size(); ++i) {
            if (seen[i].replications < result_.each) continue;
            SurveyResult::Setting& setting = result_.settings.emplace_back();
            setting.values = settings[i];
            if (!costs.empty()) setting.cost = costs[i];
            setting.overload = std::move(seen[i].overload);
            result_.replications += result_.each;
            for (std::size_t m = 0; m < measures_.size(); ++m)
                setting.measures.push_back(estimate_of(measures_[m], seen[i], m));
            values_.push_back(std::move(seen[i].values));
        }
        result_.interrupted = result_.settings.size() < settings.size();
    }

    Estimate estimate_of(const models::Measure& measure, const Seen& seen, std::size_t m) const {
        const std::vector<double>& values = seen.values[m];
        Estimate estimate;
        estimate.level = result_.confidence;
        if (std::any_of(values.begin(), values.end(), [](double v) { return !std::isfinite(v); }))
            return estimate;
        estimate.replications = std::ssize(values);
        const auto interval = is_counted_share(measure)
                                  ? counted_share(seen.counts[m], seen.trials[m], result_.confidence)
                                  : kernel::mean_interval(values, result_.confidence, range_of(measure));
        if (interval) {
            estimate.value = interval->centre;
            estimate.low = interval->low;
            estimate.high = interval->high;
        }
        return estimate;
    }

    /// None of it was seen, be it in one setting or the other: that both saw nothing tells nothing of what they differ.
    bool saw_none(std::size_t setting) const {
        const models::Measure& measure = measures_[0];
        const bool is_event = models::kind_of(measure.metric) == models::MetricKind::event;
        const std::vector<double>& values = values_[setting][0];
        return (is_event || is_counted_share(measure)) &&
               std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
    }

    /// One that costs no more and is better beyond chance beats it; or one that costs less and is the same in each
    /// replication.
    bool beats(std::size_t one, std::size_t other, double level) const {
        const SurveyResult::Setting &a = result_.settings[one], &b = result_.settings[other];
        if (!a.measures[0].value) return false;
        if (!b.measures[0].value) return *a.cost <= *b.cost;
        if (*a.cost > *b.cost) return false;
        const auto difference = kernel::paired_difference(values_[other][0], values_[one][0], level);
        if (!difference) return false;
        const kernel::Estimate& d = difference->estimate;
        const bool less = less_is_better(measures_[0]);
        if (*a.cost < *b.cost && d.low == 0 && d.high == 0) return !saw_none(one);
        return less ? d.high < 0 : d.low > 0;
    }

    void find_frontier() {
        std::vector<std::size_t> order(result_.settings.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return *result_.settings[a].cost < *result_.settings[b].cost;
        });
        std::vector<SurveyResult::Setting> sorted;
        std::vector<std::vector<std::vector<double>>> values;
        for (const std::size_t i : order) {
            sorted.push_back(std::move(result_.settings[i]));
            values.push_back(std::move(values_[i]));
        }
        result_.settings = std::move(sorted);
        values_ = std::move(values);
        // All pairs together (Bonferroni).
        const double pairs =
            static_cast<double>(values_.size()) * static_cast<double>(values_.size() - 1) / 2;
        const double level = 1 - (1 - result_.confidence) / std::max(1.0, pairs);
        for (std::size_t i = 0; i < values_.size(); ++i)
            for (std::size_t j = 0; j < values_.size() && !result_.settings[i].beaten_by; ++j)
                if (i != j && !result_.settings[j].beaten_by && beats(j, i, level))
                    result_.settings[i].beaten_by = j;
    }

    void find_scaling(bool saturated) {
        const Factor& factor = study_.factors[0];
        std::map<std::string_view, double> numbers;
        for (const Factor::Value& value : factor.values)
            if (value.number) numbers.emplace(value.text, *value.number);
        for (std::size_t m = 0; m < measures_.size(); ++m) {
            ScalingSweep sweep(saturated, measures_[m], factor);
            for (std::size_t i = 0; i < values_.size(); ++i)
                if (const auto number = numbers.find(result_.settings[i].values[0]); number != numbers.end())
                    sweep.add(number->second, values_[i][m]);
            if (const auto law = sweep.fit(result_.confidence)) result_.scaling.push_back({m, *law});
        }
    }

    const Study& study_;
    const ReadBase& read_;
    UnitWork work_;
    std::vector<models::Measure> measures_;
    kernel::Time warm_up_ = 0;
    std::vector<std::vector<std::vector<double>>> values_;  ///< by setting, measure and replication
    SurveyResult result_;
};

}  // namespace

bool is_survey(Method method) {
    return method == Method::grid || method == Method::latin || method == Method::frontier;
}

std::string survey_problem(const Study& study, const models::Scenario& base) {
    const Plan plan = plan_of_survey(study, base);
    if (measures_of(study, base).empty())
        return "nothing is measured: name 'measures' in the study, or objectives in its base";
    if (plan.settings > most_settings)
        return "the study has more than " + std::to_string(most_settings) +
               " settings; vary less, or in larger steps";
    if (study.method == Method::latin && plan.settings < 2)
        return "a Latin hypercube has at least two settings of " + std::to_string(plan.each) +
               " replications each";
    if (plan.each < fewest_each)
        return std::to_string(plan.settings) + " settings take at least " +
               std::to_string(static_cast<std::int64_t>(plan.settings) * fewest_each) + " replications";
    return "";
}

SurveyResult survey(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(!study.factors.empty(), "a study varies something");
    return Survey(study, read, options).run();
}

}  // namespace understudy::studies
