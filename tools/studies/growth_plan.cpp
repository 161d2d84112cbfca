#include "tools/studies/growth_plan.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <utility>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"
#include "tools/studies/cheapest_search.h"
#include "tools/studies/growth.h"
#include "tools/studies/predictor.h"
#include "tools/studies/setting_test.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

namespace {

constexpr std::size_t pieces_of_growth = 256;
/// Loads that two searches by halves may look at, and the last one.
constexpr double most_loads_tested = 2 * 8 + 1;

struct GrownLoad {
    std::string text;  ///< "1.0793x"; empty: as in the base
    double multiple = 1;
};

std::vector<GrownLoad> loads_up_to(double last) {
    std::vector<GrownLoad> loads(1);
    for (std::size_t i = 1; i <= pieces_of_growth; ++i) {
        char text[32];
        std::snprintf(text, sizeof text, "%.6gx",
                      kernel::exact::pow(last, static_cast<double>(i) / pieces_of_growth));
        const double multiple = std::stod(text);
        // Slow growth may have fewer that differ.
        if (multiple > loads.back().multiple) loads.push_back({text, multiple});
    }
    return loads;
}

/// How far one setting bears growth.
class GrowthTest {
public:
    GrowthTest(const ReadBase& read, const std::vector<models::Objective>& objectives,
               const std::vector<GrownLoad>& loads, std::vector<std::string> setting, double wrong,
               const StudyOptions& options, std::int64_t budget)
        : objectives_(objectives),
          loads_(loads),
          setting_(std::move(setting)),
          wrong_{wrong, wrong},
          base_(read({})),
          work_(read, options, budget),
          predictor_(read, objectives, options.formulas) {}

    /// Fills in what is known of the step, which holds at `first`: the place of the load at which it breaks, or nothing.
    std::optional<std::size_t> test(std::size_t first, GrowthPlanResult::Step& step) {
        const std::size_t last = loads_.size() - 1;
        // Where formulas take it to bear the most, the start is forgotten most slowly.
        std::size_t bears = first, above = last + 1;
        while (bears + 1 < above) {
            const std::size_t middle = bears + (above - bears) / 2;
            const auto strain = predictor_.strain(overrides(middle));
            (strain && *strain <= 1 ? bears : above) = middle;
        }
        const WarmUpChoice choice = work_.find_warm_up(overrides(bears), {objectives_, {}, {}});
        if (!choice.interrupted.empty()) return std::nullopt;
        question_ = work_.ask({objectives_, {}, {}}, base_.run.seed, choice.cut, false);
        std::size_t met = first;
        std::optional<std::size_t> broken;
        if (first == last || judge(last) == Verdict::met) {
            step.to_the_end = true;
            met = last;
        } else {
            std::size_t not_met = last;
            while (met + 1 < not_met) {
                const std::size_t middle = met + (not_met - met) / 2;
                (judge(middle) == Verdict::met ? met : not_met) = middle;
            }
            if (judge(last) == Verdict::violated) {
                std::size_t open = met;
                broken = last;
                while (open + 1 < *broken) {
                    const std::size_t middle = open + (*broken - open) / 2;
                    if (judge(middle) == Verdict::violated)
                        broken = middle;
                    else
                        open = middle;
                }
            }
        }
        if (work_.end() != UnitWork::End::none) step.to_the_end = false;
        step.holds_at = loads_[met].multiple;
        if (!broken) return std::nullopt;
        step.breaks_at = loads_[*broken].multiple;
        const auto seen = tests_.find(*broken);
        const bool looked_at = seen != tests_.end() && seen->second.looks() > 0;
        for (std::size_t i = 0; i < objectives_.size(); ++i)
            if (objectives_.size() == 1 ||
                (looked_at && seen->second.verdict_of(i, wrong_) == Verdict::violated))
                step.broken.push_back(objectives_[i].text);
        return broken;
    }
    const UnitWork& work() const { return work_; }

private:
    std::vector<std::string> overrides(std::size_t load) const {
        std::vector<std::string> all;
        if (!loads_[load].text.empty()) all.push_back(override_of("load", loads_[load].text));
        all.insert(all.end(), setting_.begin(), setting_.end());
        return all;
    }
    Verdict judge(std::size_t load) {
        const Predictor::Known& known = predictor_.known(overrides(load));
        if (known.verdict != Verdict::inconclusive) return known.verdict;
        if (known.impossible) return Verdict::violated;
        SettingTest& of = tests_.try_emplace(load, objectives_).first->second;
        const auto most = static_cast<std::uint64_t>(base_.run.replications);
        while (of.verdict(wrong_) == Verdict::inconclusive && of.replications() < most &&
               work_.end() == UnitWork::End::none) {
            std::vector<Unit> units;
            for (std::uint64_t number = of.replications(); number < of.wanted(); ++number)
                units.push_back({overrides(load), number, 1});
            if (!work_.run(*question_, units,
                           [&](std::size_t, const UnitOutcome& outcome) { of.add(outcome); }))
                break;
            of.look();
        }
        return of.looks() > 0 ? of.verdict(wrong_) : Verdict::inconclusive;
    }

    const std::vector<models::Objective>& objectives_;
    const std::vector<GrownLoad>& loads_;
    std::vector<std::string> setting_;
    WrongChances wrong_;
    models::Scenario base_;
    UnitWork work_;
    Predictor predictor_;
    std::unique_ptr<UnitWork::Question> question_;
    std::map<std::size_t, SettingTest> tests_;
};

class GrowthPlan {
public:
    GrowthPlan(const Study& study, const ReadBase& read, const StudyOptions& options)
        : study_(study),
          read_(read),
          options_(options),
          began_(std::chrono::steady_clock::now()),
          base_(read({})),
          objectives_(promised(study, base_)) {
        result_.confidence = study.confidence.value_or(base_.run.confidence);
        result_.seed = base_.run.seed;
        result_.last_load = factor_on(*study.growth, *study.growth->until);
        result_.until = day_of(result_.last_load);
        loads_ = loads_up_to(result_.last_load);
    }

    GrowthPlanResult run() {
        std::size_t place = 0;
        while (add_step(place)) {
        }
        return std::move(result_);
    }

private:
    std::optional<std::string> day_of(double load) const { return day_of_factor(*study_.growth, load); }

    StudyOptions rest() const {
        StudyOptions options = options_;
        // Units of a step's search do not say at which load they are done.
        options.store = nullptr;
        options.runner = nullptr;
        if (options.seconds)
            options.seconds = std::max(
                0.0, *options.seconds -
                         std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count());
        return options;
    }
    std::int64_t budget() const {
        return std::max<std::int64_t>(0, study_.replications.value_or(usual_budget) - result_.replications);
    }

    /// `place`: of the load it is for, and then of the next. False where it is the last.
    bool add_step(std::size_t& place) {
        const auto number = static_cast<double>(result_.steps.size() + 1);
        const double wrong = (1 - result_.confidence) / (number * (number + 1));
        const std::string before =
            result_.steps.empty() ? std::string() : result_.steps.back().holds_until.value_or("");
        GrowthPlanResult::Step& step = result_.steps.emplace_back();
        step.load = loads_[place].multiple;
        step.from = number > 1 && !before.empty() ? std::optional(before) : day_of(step.load);
        Study one = study_;
        one.growth.reset();
        one.confidence = 1 - wrong / 2;
        one.replications = budget();
        const ReadBase grown = [&](const std::vector<std::string>& overrides) {
            std::vector<std::string> all;
            if (!loads_[place].text.empty()) all.push_back(override_of("load", loads_[place].text));
            all.insert(all.end(), overrides.begin(), overrides.end());
            return read_(all);
        };
        const StudyOptions options = rest();
        step.cheapest = cheapest(one, grown, options);
        result_.replications += step.cheapest.replications;
        result_.interrupted = step.cheapest.interrupted;
        for (const std::string& warning : step.cheapest.warnings)
            if (std::find(result_.warnings.begin(), result_.warnings.end(), warning) ==
                result_.warnings.end())
                result_.warnings.push_back(warning);
        if (step.cheapest.verdict != Verdict::met) {
            result_.verdict = step.cheapest.verdict;
            result_.reason = step.cheapest.reason;
            result_.explanation =
                at(step) + ": " +
                (step.cheapest.verdict == Verdict::violated && step.cheapest.explanation.empty()
                     ? "no setting keeps its promises"
                     : step.cheapest.explanation);
            return false;
        }
        if (result_.steps.size() > 1 &&
            result_.steps[result_.steps.size() - 2].cheapest.best->values == step.cheapest.best->values)
            return give_up(at(step) + ": what broke by then is the cheapest that holds", Reason::precision);
        std::vector<std::string> setting;
        for (std::size_t f = 0; f < study_.factors.size(); ++f)
            setting.push_back(override_of(study_.factors[f].path, step.cheapest.best->values[f]));
        const StudyOptions left = rest();
        GrowthTest test(read_, objectives_, loads_, setting, wrong / 2 / most_loads_tested, left, budget());
        const auto breaks = test.test(place, step);
        result_.replications += test.work().replications();
        if (step.holds_at && !step.to_the_end) step.holds_until = day_of(*step.holds_at);
        if (step.breaks_at) step.breaks_by = day_of(*step.breaks_at);
        if (test.work().end() != UnitWork::End::none) {
            result_.interrupted = test.work().end() == UnitWork::End::interrupted;
            return give_up(std::string(test.work().why_ended()), Reason::precision);
        }
        if (step.to_the_end) {
            result_.verdict = Verdict::met;
            return false;
        }
        if (!breaks)
            return give_up(
                "it is not known whether the last step holds to the end; more replications of a load "
                "tell more: 'run.replications'",
                Reason::precision);
        place = *breaks;
        return true;
    }

    bool give_up(const std::string& why, Reason reason) {
        result_.verdict = Verdict::inconclusive;
        result_.reason = reason;
        result_.explanation = why;
        return false;
    }
    static std::string at(const GrowthPlanResult::Step& step) {
        char text[64];
        std::snprintf(text, sizeof text, "at %.4gx the load", step.load);
        return text + (step.from ? ", from " + *step.from + " on" : std::string());
    }

    const Study& study_;
    const ReadBase& read_;
    const StudyOptions& options_;
    std::chrono::steady_clock::time_point began_;
    models::Scenario base_;
    std::vector<models::Objective> objectives_;
    std::vector<GrownLoad> loads_;
    GrowthPlanResult result_;
};

}  // namespace

GrowthPlanResult growth_plan(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(study.growth && study.growth->until, "growth ends on a day");
    return GrowthPlan(study, read, options).run();
}

}  // namespace understudy::studies
