#include "tools/studies/cheapest_case.h"

#include <utility>

#include "models/compile/compile.h"
#include "tools/studies/cheapest_by_selection.h"
#include "tools/studies/setting_costs.h"

namespace understudy::studies {

namespace {

/// The base is beside the answer, and not worth more.
constexpr int looks_at_current = 3;

CheapestSearch::Terms with_risks(CheapestSearch::Terms terms, double wrong) {
    // A quarter for the answer, the rest for what it stands on.
    terms.risks = {wrong / 4, 0.75 * wrong};
    terms.confidence = 1 - wrong;
    return terms;
}

}  // namespace

CheapestCase::CheapestCase(CheapestSearch::Terms terms, double wrong, UnitWork& work)
    : terms_(with_risks(std::move(terms), wrong)), work_(work), search_(terms_, work) {
    const models::Scenario base = terms_.read(terms_.given);
    for (const models::Objective& objective : terms_.objectives)
        units_.push_back(models::unit_of(objective.measure, base));
    selects_ = !search_.lay_out();
}

std::vector<std::string> CheapestCase::begins_at() { return selects_ ? terms_.given : search_.begins_at(); }

Asked CheapestCase::asked() const {
    Asked asked{terms_.objectives, {}};
    if (selects_) asked.measures.push_back(*terms_.study.minimise);
    asked.measures.push_back(models::measure_of(models::Aggregate::total, models::Metric::completed));
    return asked;
}

void CheapestCase::ask(UnitWork::Question& question) {
    question_ = &question;
    search_.ask(question);
}

void CheapestCase::look_first() {
    if (selects_)
        decide();
    else
        work_.run(*question_, work_.within_budget(search_.first_looks()),
                  [](std::size_t, const UnitOutcome&) {});
}

CheapestResult CheapestCase::unanswered() const {
    CheapestResult result;
    result.confidence = terms_.confidence;
    const models::Scenario base = terms_.read(terms_.given);
    result.seed = base.run.seed;
    result.cost_unit = cost_unit(terms_.study, base).first;
    result.cost_simulated = selects_;
    result.settings = 1;
    for (const Factor& factor : terms_.study.factors) result.settings *= factor.values.size();
    return result;
}

CheapestResult CheapestCase::decide() {
    if (selects_) return cheapest_by_selection(terms_, search_.costs_not_known(), work_, *question_);
    CheapestResult result;
    result.confidence = terms_.confidence;
    result.seed = question_->simulator.seed();
    search_.search();
    search_.conclude(result, units_);
    result.completed = search_.completed();
    return result;
}

void CheapestCase::look_at_current(CheapestResult& answer) {
    const auto in_grid = search_.base_in_grid();
    const auto place =
        in_grid && !selects_ ? std::optional(search_.point_of(*in_grid)) : std::optional<Lattice::Point>();
    if (place) answer.current = search_.current(*place, units_);
    for (const Candidate& one : answer.tried)
        if (selects_ && in_grid == one.values) answer.current = one;
    if (!answer.current) {
        answer.current = search_.current_elsewhere(looks_at_current, units_);
        if (place) answer.current->cost = search_.cost(*place);
    }
    answer.completed = search_.completed() + (selects_ ? answer.completed : 0);
    if (!in_grid) warn_of_cheaper(answer);
}

/// The base is not one of the settings, so that it is no part of the proof.
void CheapestCase::warn_of_cheaper(CheapestResult& answer) {
    if (!answer.best || !answer.current->cost || !(*answer.current->cost < *answer.best->cost)) return;
    if (answer.current->verdict == Verdict::met)
        answer.warnings.push_back(
            "as it is now it costs less and keeps its promises, with values that the study does not try");
    if (answer.current->verdict == Verdict::inconclusive)
        answer.warnings.push_back(
            "as it is now it costs less, with values that the study does not try; whether it keeps its "
            "promises is not known");
}

}  // namespace understudy::studies
