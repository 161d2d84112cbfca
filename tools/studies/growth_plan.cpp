#include "tools/studies/growth_plan.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <utility>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"
#include "tools/studies/cheapest_case.h"
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

std::vector<std::string> grown(const GrownLoad& load) {
    if (load.text.empty()) return {};
    return {override_of("load", load.text)};
}

/// The load from `first` on that a setting bears by formulas, as far as these know; its last where that is all.
std::size_t most_that_is_borne(Predictor& predictor, const std::vector<GrownLoad>& loads, std::size_t first,
                               const std::vector<std::string>& setting) {
    std::size_t bears = first, above = loads.size();
    while (bears + 1 < above) {
        const std::size_t middle = bears + (above - bears) / 2;
        std::vector<std::string> all = grown(loads[middle]);
        all.insert(all.end(), setting.begin(), setting.end());
        const auto strain = predictor.strain(all);
        (strain && *strain <= 1 ? bears : above) = middle;
    }
    return bears;
}

/// How far one setting bears growth.
class GrowthTest {
public:
    GrowthTest(const std::vector<models::Objective>& objectives, const std::vector<GrownLoad>& loads,
               std::vector<std::string> setting, double wrong, std::uint64_t most, Predictor& predictor,
               UnitWork& work, UnitWork::Question& question)
        : objectives_(objectives),
          loads_(loads),
          setting_(std::move(setting)),
          wrong_{wrong, wrong},
          most_(most),
          predictor_(predictor),
          work_(work),
          question_(question) {}

    /// Fills in what is known of the step, which holds at `first`: the place of the load at which it breaks, or nothing.
    std::optional<std::size_t> test(std::size_t first, GrowthPlanResult::Step& step) {
        const std::size_t last = loads_.size() - 1;
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

    /// Of a load at which nothing was ever seen of a promise; else empty.
    std::string why_in_the_dark() const {
        for (const auto& [load, seen] : tests_)
            if (seen.looks() > 0 && seen.verdict(wrong_) == Verdict::inconclusive && seen.never_seen())
                return without_data(
                    seen, objectives_,
                    loads_[load].text.empty() ? "the load as it is" : loads_[load].text + " the load");
        return "";
    }

private:
    std::vector<std::string> overrides(std::size_t load) const {
        std::vector<std::string> all = grown(loads_[load]);
        all.insert(all.end(), setting_.begin(), setting_.end());
        return all;
    }
    Verdict judge(std::size_t load) {
        const Predictor::Known& known = predictor_.known(overrides(load));
        if (known.verdict != Verdict::inconclusive) return known.verdict;
        if (known.impossible) return Verdict::violated;
        SettingTest& of = tests_
                              .try_emplace(load, objectives_,
                                           predictor_.unseen(overrides(load), question_.simulator.warm_up()))
                              .first->second;
        while (of.verdict(wrong_) == Verdict::inconclusive && of.replications() < most_ && !of.never_seen() &&
               work_.end() == UnitWork::End::none) {
            std::vector<Unit> units;
            for (std::uint64_t number = of.replications(); number < of.wanted(); ++number)
                units.push_back({overrides(load), number, 1});
            if (!work_.run(question_, units,
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
    std::uint64_t most_;  ///< replications of a load
    Predictor& predictor_;
    UnitWork& work_;
    UnitWork::Question& question_;
    std::map<std::size_t, SettingTest> tests_;
};

class GrowthPlan {
public:
    GrowthPlan(const Study& study, const ReadBase& read, const StudyOptions& options)
        : study_(study),
          read_(read),
          options_(options),
          base_(read({})),
          objectives_(promised(study, base_)),
          predictor_(read, objectives_, options.formulas),
          work_(read, options, study.replications.value_or(usual_budget)) {
        work_.count_all_units();
        result_.confidence = study.confidence.value_or(base_.run.confidence);
        result_.seed = base_.run.seed;
        result_.last_load = factor_on(*study.growth, *study.growth->until);
        result_.until = day_of(result_.last_load);
        loads_ = loads_up_to(result_.last_load);
    }

    GrowthPlanResult run() {
        if (const auto warm_up = find_warm_up()) {
            question_ = work_.ask(asked_, result_.seed, *warm_up);
            if (options_.first_looks) {
                CheapestCase first = cheapest_at(0, part_of_step(1));
                first.ask(*question_);
                first.look_first();
            } else {
                std::size_t place = 0;
                while (add_step(place)) {
                }
            }
        }
        result_.interrupted = work_.end() == UnitWork::End::interrupted;
        result_.replications = work_.replications();
        work_.finish();
        return std::move(result_);
    }

private:
    std::optional<std::string> day_of(double load) const { return day_of_factor(*study_.growth, load); }

    /// Of the chance of being wrong.
    double part_of_step(double number) const { return (1 - result_.confidence) / (number * (number + 1)); }

    CheapestCase cheapest_at(std::size_t place, double wrong) {
        return CheapestCase(
            {study_, read_, objectives_, options_.formulas, 0.95, {}, grown(loads_[place]), {}}, wrong / 2,
            work_);
    }

    /// One for all steps, so that what is simulated for one serves the others: the longer of what the first and the last
    /// need, as formulas take them to be. Where a setting bears the most, the start is forgotten most slowly. Nothing
    /// where it was interrupted, or the run is too short.
    std::optional<kernel::Time> find_warm_up() {
        CheapestCase first = cheapest_at(0, part_of_step(1));
        asked_ = first.asked();
        const std::vector<std::string> setting = first.begins_at();
        std::vector<std::string> strained = grown(loads_[most_that_is_borne(predictor_, loads_, 0, setting)]);
        strained.insert(strained.end(), setting.begin(), setting.end());
        std::optional<WarmUpChoice> longest;
        for (const auto& where : {strained, cheapest_at(loads_.size() - 1, part_of_step(1)).begins_at()}) {
            WarmUpChoice choice = work_.find_warm_up(where, {objectives_, {}});
            if (!choice.interrupted.empty()) {
                result_.explanation = choice.interrupted;
                return std::nullopt;
            }
            if (!longest || (choice.too_short && !longest->too_short) || choice.cut > longest->cut)
                longest = std::move(choice);
        }
        result_.warm_up_s = kernel::to_seconds(longest->cut);
        result_.warm_up_reason = longest->reason;
        if (longest->too_short) {
            give_up(too_short_for_warm_up, Reason::warm_up);
            return std::nullopt;
        }
        return longest->cut;
    }

    /// `place`: of the load it is for, and then of the next. False where it is the last.
    bool add_step(std::size_t& place) {
        const double wrong = part_of_step(static_cast<double>(result_.steps.size() + 1));
        const std::string before =
            result_.steps.empty() ? std::string() : result_.steps.back().holds_until.value_or("");
        GrowthPlanResult::Step& step = result_.steps.emplace_back();
        step.load = loads_[place].multiple;
        step.from = !before.empty() ? std::optional(before) : day_of(step.load);
        CheapestCase one = cheapest_at(place, wrong);
        one.ask(*question_);
        step.cheapest = one.decide();
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
        GrowthTest test(objectives_, loads_, std::move(setting), wrong / 2 / most_loads_tested,
                        static_cast<std::uint64_t>(base_.run.replications), predictor_, work_, *question_);
        const auto breaks = test.test(place, step);
        if (step.holds_at && !step.to_the_end) step.holds_until = day_of(*step.holds_at);
        if (step.breaks_at) step.breaks_by = day_of(*step.breaks_at);
        if (work_.end() != UnitWork::End::none)
            return give_up(std::string(work_.why_ended()), Reason::precision);
        if (step.to_the_end) {
            result_.verdict = Verdict::met;
            return false;
        }
        if (const std::string why = breaks ? "" : test.why_in_the_dark(); !why.empty())
            return give_up(why, Reason::data);
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
    const models::Scenario base_;
    const std::vector<models::Objective> objectives_;
    Predictor predictor_;
    UnitWork work_;
    Asked asked_;
    std::unique_ptr<UnitWork::Question> question_;
    std::vector<GrownLoad> loads_;
    GrowthPlanResult result_;
};

}  // namespace

GrowthPlanResult growth_plan(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(study.growth && study.growth->until, "growth ends on a day");
    return GrowthPlan(study, read, options).run();
}

}  // namespace understudy::studies
