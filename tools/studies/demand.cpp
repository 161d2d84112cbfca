#include "tools/studies/demand.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "kernel/invariant.h"
#include "models/compile/compile.h"
#include "tools/studies/cheapest_search.h"

namespace understudy::studies {

namespace {

using Point = CheapestSearch::Point;

class LeastRegret {
public:
    LeastRegret(const Study& study, const ReadBase& read, const StudyOptions& options)
        : study_(study),
          read_(read),
          options_(options),
          base_(read({})),
          objectives_(promised(study, base_)),
          work_(read, options, study.replications.value_or(usual_budget)) {
        work_.count_all_units();
    }

    DemandResult run() {
        result_.confidence = study_.confidence.value_or(base_.run.confidence);
        result_.seed = base_.run.seed;
        for (const models::Objective& objective : objectives_)
            units_.push_back(models::unit_of(objective.measure, base_));
        for (const DemandCase& one : study_.demand)
            if (one.chance) chances_.push_back(*one.chance);
        lay_out();
        result_.cost_unit = searches_.front()->cost_unit();
        result_.settings = searches_.front()->settings();
        if (const auto warm_up = find_warm_up()) {
            const auto question = work_.ask(
                {objectives_, {models::measure_of(models::Aggregate::total, models::Metric::completed)}},
                result_.seed, *warm_up);
            for (const auto& search : searches_) search->ask(*question);
            if (options_.first_looks) {
                look_first(*question);
            } else {
                decide();
                conclude();
            }
        }
        result_.interrupted = work_.end() == UnitWork::End::interrupted;
        result_.replications = work_.replications();
        work_.finish();
        return std::move(result_);
    }

private:
    // ---- the cases

    CheapestSearch::Risks risks() const {
        const double all = 1 - result_.confidence;
        const auto cases = static_cast<double>(study_.demand.size());
        const double search = all / 2 / cases;
        const double choices = (cases + 2) * (study_.penalty ? 2 : 1);
        return {search / 4, 0.75 * search, all / 2 / (cases * choices)};
    }

    void lay_out() {
        for (const DemandCase& one : study_.demand) {
            searches_.push_back(std::make_unique<CheapestSearch>(
                CheapestSearch::Terms{study_, read_, objectives_, options_.formulas, result_.confidence,
                                      risks(), one.overrides, one.name},
                work_));
            if (!searches_.back()->lay_out())
                throw BadSetting("where demand is uncertain, costs have to be known before a run, and in '" +
                                 one.name + "' they are not: " + searches_.back()->costs_not_known() +
                                 "; leave 'demand' out, or minimise what formulas know\n");
        }
    }

    /// The longest of all cases; nothing where it was interrupted, or the run is too short.
    std::optional<kernel::Time> find_warm_up() {
        std::optional<WarmUpChoice> longest;
        bool too_short = false;
        for (const auto& search : searches_) {
            WarmUpChoice choice = work_.find_warm_up(search->begins_at(), {objectives_, {}});
            too_short = too_short || choice.too_short;
            result_.explanation = choice.interrupted;
            if (!choice.interrupted.empty()) return std::nullopt;
            if (!longest || choice.cut > longest->cut) longest = std::move(choice);
        }
        result_.warm_up_s = kernel::to_seconds(longest->cut);
        result_.warm_up_reason = longest->reason;
        if (too_short) {
            result_.reason = Reason::warm_up;
            result_.explanation = too_short_for_warm_up;
            return std::nullopt;
        }
        return longest->cut;
    }

    void look_first(UnitWork::Question& question) {
        std::vector<Unit> units;
        for (const auto& search : searches_)
            for (Unit& unit : search->first_looks()) units.push_back(std::move(unit));
        work_.run(question, work_.within_budget(std::move(units)), [](std::size_t, const UnitOutcome&) {});
    }

    void decide() {
        std::optional<std::vector<std::optional<Point>>> before;
        for (;;) {
            std::vector<std::optional<Point>> answers;
            for (const auto& search : searches_) {
                search->search();
                answers.push_back(search->best());
            }
            if (answers == before) return;  // what was judged besides has not changed them
            before = answers;
            choose(answers);
            judge();
            if (work_.end() != UnitWork::End::none) return;
        }
    }

    // ---- the choices

    bool is_choice(const std::vector<std::string>& values) const {
        return std::any_of(result_.choices.begin(), result_.choices.end(),
                           [&](const auto& choice) { return choice.values == values; });
    }
    void add_choice(std::vector<std::string> values, const std::string& why) {
        const auto same = std::find_if(result_.choices.begin(), result_.choices.end(),
                                       [&](const auto& choice) { return choice.values == values; });
        if (same != result_.choices.end())
            same->why.push_back(why);
        else
            result_.choices.push_back({std::move(values), {why}, {}, {}});
    }

    void choose(const std::vector<std::optional<Point>>& answers) {
        result_.choices.clear();
        std::optional<std::vector<std::string>> largest;
        for (std::size_t i = 0; i < searches_.size(); ++i) {
            CheapestSearch& search = *searches_[i];
            const std::string in_case = " in " + study_.demand[i].name;
            if (answers[i]) {
                add_choice(search.values_of(*answers[i]), "the cheapest" + in_case);
                largest = search.values_of(largest ? search.join(search.point_of(*largest), *answers[i])
                                                   : *answers[i]);
            }
            const auto least = search.least();
            if (study_.penalty && least && search.proven() &&
                (!answers[i] || search.cost(*least) + *study_.penalty < search.cost(*answers[i])))
                add_choice(search.values_of(*least), "the cheapest of all, and the penalty," + in_case);
        }
        if (largest && !is_choice(*largest))
            add_choice(*largest, "as much of each as the cheapest of any case");
        if (auto now = searches_.front()->base_in_grid()) add_choice(std::move(*now), "as it is now");
        std::stable_sort(result_.choices.begin(), result_.choices.end(), [&](const auto& a, const auto& b) {
            return cost_in_all(a.values) < cost_in_all(b.values);
        });
    }

    double cost_in_all(const std::vector<std::string>& values) const {
        double sum = 0;
        for (const auto& search : searches_) sum += search->cost(search->point_of(values));
        return sum;
    }

    /// All that are open side by side, so that none waits for one that is near its limit.
    void judge() {
        for (bool open = true; open;) {
            open = false;
            for (const auto& search : searches_) {
                std::vector<Point> points;
                for (const DemandResult::Choice& choice : result_.choices)
                    if (const Point point = search->point_of(choice.values);
                        search->judged(point) == Verdict::inconclusive && !search->is_in_the_dark(point))
                        points.push_back(point);
                if (points.empty()) continue;
                open = true;
                if (!search->look_at(points)) return;
            }
        }
    }

    // ---- the answer

    void conclude() {
        std::vector<std::optional<double>> best;
        for (std::size_t i = 0; i < searches_.size(); ++i) {
            CheapestResult& answer = result_.cases.emplace_back();
            answer.confidence = 1 - (1 - result_.confidence) / 2 / static_cast<double>(searches_.size());
            answer.seed = result_.seed;
            searches_[i]->conclude(answer, units_);
            result_.completed += searches_[i]->completed();
            for (const std::string& warning : answer.warnings)
                result_.warnings.push_back("in " + study_.demand[i].name + ", " + warning);
            best.push_back(best_in(i));
        }
        std::vector<std::vector<ChoiceOutcome>> outcomes;
        for (DemandResult::Choice& choice : result_.choices) {
            std::vector<ChoiceOutcome>& in_cases = outcomes.emplace_back();
            for (const auto& search : searches_) {
                const Point point = search->point_of(choice.values);
                choice.in_case.push_back(search->describe_judged(point, units_));
                in_cases.push_back(
                    {choice.in_case.back().verdict, search->cost(point), !search->impossible(point)});
            }
        }
        Regrets regrets = regrets_of(outcomes, best, chances_, study_.penalty);
        for (std::size_t c = 0; c < result_.choices.size(); ++c)
            result_.choices[c].regret = std::move(regrets.choices[c]);
        result_.best = regrets.least;
        result_.best_expected = regrets.expected;
        give_verdict(regrets.least_is_sure, outcomes);
    }

    /// What the best of all settings comes to in a case, going by what is known.
    std::optional<double> best_in(std::size_t i) {
        CheapestSearch& search = *searches_[i];
        const auto kept = result_.cases[i].best ? result_.cases[i].best->cost : std::nullopt;
        if (!kept && result_.cases[i].verdict == Verdict::inconclusive) return std::nullopt;
        const auto least = study_.penalty ? search.least() : std::nullopt;
        return std::min(kept.value_or(INFINITY), least ? search.cost(*least) + *study_.penalty : INFINITY);
    }

    /// What was never seen, of which the cheapest in the case or a choice hangs.
    std::string why_in_the_dark(std::size_t i) const {
        const std::string in_case = "in '" + study_.demand[i].name + "' ";
        if (result_.cases[i].reason == Reason::data) return in_case + result_.cases[i].explanation;
        for (const DemandResult::Choice& choice : result_.choices)
            if (const std::string why = searches_[i]->why_in_the_dark(searches_[i]->point_of(choice.values));
                !why.empty())
                return in_case + why;
        return "";
    }

    void give_verdict(bool sure, const std::vector<std::vector<ChoiceOutcome>>& outcomes) {
        std::string unproven, undecided, without, in_the_dark;
        for (std::size_t i = 0; i < searches_.size(); ++i) {
            const std::string quoted = "'" + study_.demand[i].name + "'";
            if (result_.cases[i].verdict == Verdict::inconclusive && unproven.empty()) unproven = quoted;
            if (result_.cases[i].verdict == Verdict::violated)
                without += (without.empty() ? "" : ", ") + quoted;
            if (in_the_dark.empty()) in_the_dark = why_in_the_dark(i);
            for (const auto& in_cases : outcomes)
                if (in_cases[i].verdict == Verdict::inconclusive && undecided.empty()) undecided = quoted;
        }
        const bool open = !unproven.empty() || (!sure && !undecided.empty());
        if (open && work_.end() == UnitWork::End::none && !in_the_dark.empty()) {
            result_.reason = Reason::data;
            result_.explanation = in_the_dark;
        } else if (!unproven.empty()) {
            result_.reason = Reason::precision;
            result_.explanation =
                std::string(work_.why_ended()) + " before the cheapest in " + unproven + " was proven";
        } else if (sure) {
            result_.verdict = Verdict::met;
        } else if (!undecided.empty() && (without.empty() || study_.penalty)) {
            result_.reason = Reason::precision;
            result_.explanation = std::string(work_.why_ended()) +
                                  " before it was known which choices keep their promises in " + undecided;
        } else {
            result_.verdict = Verdict::violated;
            result_.reason = Reason::limit;
            result_.explanation = without.empty() ? "no choice keeps its promises in every case"
                                                  : "no setting keeps what is promised in " + without;
            if (!study_.penalty) result_.explanation += "; a 'penalty' would give that a price";
        }
    }

    const Study& study_;
    const ReadBase& read_;
    const StudyOptions& options_;
    const models::Scenario base_;
    const std::vector<models::Objective> objectives_;
    std::vector<std::string> units_;
    std::vector<double> chances_;
    UnitWork work_;
    std::vector<std::unique_ptr<CheapestSearch>> searches_;  ///< by case
    DemandResult result_;
};

}  // namespace

DemandResult least_regret(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(!study.factors.empty() && !study.demand.empty(),
                    "a study of uncertain demand varies something, and has cases");
    return LeastRegret(study, read, options).run();
}

}  // namespace understudy::studies
