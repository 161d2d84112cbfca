// What a search for the cheapest setting has found: the answer, its certificate, and what follows for other settings.
#include <algorithm>
#include <cmath>
#include <utility>

#include "tools/studies/cheapest_search.h"
#include "tools/studies/setting_costs.h"

namespace understudy::studies {

using Point = Lattice::Point;
using Standing = Lattice::Standing;

std::optional<CheapestSearch::Point> CheapestSearch::best() {
    const std::optional<Point> best = lattice_->cheapest_met();
    if (best) conclude_for(best);
    return best && lattice_->standing(*best) == Standing::met ? best : std::nullopt;
}

/// The largest of those that are cheaper than this, dearest first; of all without it.
std::vector<CheapestSearch::Point> CheapestSearch::claims(std::optional<Point> best) const {
    Lattice fresh = *lattice_;
    fresh.forget();
    std::vector<Point> claims = fresh.frontier(best ? lattice_->cost(*best) : INFINITY);
    std::stable_sort(claims.begin(), claims.end(),
                     [&](Point a, Point b) { return lattice_->cost(a) > lattice_->cost(b); });
    return claims;
}

/// A test of the setting itself, else of a dearer one whose fault is its own as well; then `why` says so.
const SettingTest* CheapestSearch::evidence_against(Point point, std::string& why) const {
    if (const SettingTest* own = looked_at(point); own && own->verdict(wrong()) == Verdict::violated)
        return own;
    for (const auto& [larger, test] : tests_)
        if (lattice_->at_most(point, larger) && test.verdict(wrong()) == Verdict::violated) {
            why = "as is " + text_of(larger) + ", which has no less";
            return &test;
        }
    return nullptr;
}

bool CheapestSearch::proven() {
    const std::vector<Point> all = claims(best());
    return std::all_of(all.begin(), all.end(), [&](Point point) {
        std::string why;
        return formula_violates(point) || evidence_against(point, why) != nullptr;
    });
}

Candidate CheapestSearch::candidate(Point point, const SettingTest* seen, Verdict verdict,
                                    const WrongChances& wrong, const std::vector<std::string>& units) {
    Candidate one;
    one.values = values_of(point);
    one.cost = lattice_->cost(point);
    one.verdict = verdict;
    const Predictor::Known& known = predictor_.known(overrides(point));
    if (known.verdict == Verdict::violated && verdict == Verdict::violated) {
        one.reason = known.reason;
        one.why = known.why;
        if (known.broken) {
            const auto& [objective, value] = *known.broken;
            const models::Objective& promise = terms_.objectives[objective];
            Estimate estimate;
            estimate.value = value;
            one.promises.push_back(
                {promise.text, units[objective], promise.limit, Verdict::violated, estimate});
        }
    } else if (seen != nullptr && seen->looks() > 0) {
        studies::describe(one, *seen, terms_.objectives, units, wrong, terms_.confidence);
        if (verdict == Verdict::met && known.at_limit && one.why.empty()) one.why = known.why;
    }
    return one;
}

void CheapestSearch::conclude(CheapestResult& into, const std::vector<std::string>& units) {
    into.cost_unit = cost_unit_;
    into.settings = lattice_->points();
    const std::optional<Point> best = this->best();
    if (best) into.best = candidate(*best, looked_at(*best), Verdict::met, wrong(), units);
    bool complete = true;
    for (const Point point : claims(best)) {
        std::string why;
        const SettingTest* against = formula_violates(point) ? nullptr : evidence_against(point, why);
        const bool known = formula_violates(point) || against != nullptr;
        Candidate one = candidate(point, against ? against : looked_at(point),
                                  known ? Verdict::violated : Verdict::inconclusive, wrong(), units);
        if (!why.empty()) one.why = why;
        complete = complete && known;
        into.certificate.push_back(std::move(one));
    }
    for (const auto& [point, test] : tests_)
        if (test.looks() > 0)
            into.tried.push_back(candidate(point, &test, test.verdict(wrong()), wrong(), units));
    std::stable_sort(into.tried.begin(), into.tried.end(),
                     [](const Candidate& a, const Candidate& b) { return *a.cost < *b.cost; });
    into.by_formula = by_formula_.size();
    into.distrusted = distrusted_;
    give_verdict(into, complete);
}

std::string CheapestSearch::why_in_the_dark(Point point) const {
    return is_in_the_dark(point) ? without_data(*looked_at(point), terms_.objectives, text_of(point)) : "";
}

void CheapestSearch::give_verdict(CheapestResult& into, bool complete) const {
    if (into.best && complete) {
        into.verdict = Verdict::met;
    } else if (complete) {
        into.verdict = Verdict::violated;
        into.reason = Reason::limit;
        into.explanation = "no setting keeps what is promised";
    } else if (const auto dark = std::find_if(tests_.begin(), tests_.end(),
                                              [&](const auto& one) { return is_in_the_dark(one.first); });
               work_.end() == UnitWork::End::none && dark != tests_.end()) {
        into.verdict = Verdict::inconclusive;
        into.reason = Reason::data;
        into.explanation = why_in_the_dark(dark->first);
    } else {
        into.verdict = Verdict::inconclusive;
        into.reason = Reason::precision;
        into.explanation = std::string(work_.why_ended()) +
                           (into.best ? " before all that is cheaper was shown to be violated"
                                      : " before a setting was known to be met");
    }
    if (into.best)
        for (std::size_t f = 0; f < lattice_->factors(); ++f)
            if (study_.factors[f].values.size() > 1 &&
                into.best->values[f] == study_.factors[f].values.front().text)
                into.warnings.push_back("'" + study_.factors[f].path +
                                        "' is the least that it may be: widen its range to see whether "
                                        "less will do");
    for (const std::string& path : distrusted_)
        into.warnings.push_back("more of '" + path +
                                "' made it worse in places: each of its values was looked at");
}

// ---- settings beside the answer

std::optional<Candidate> CheapestSearch::current(Point point, const std::vector<std::string>& units) {
    const Standing standing = lattice_->standing(point);
    const Verdict known = predictor_.known(overrides(point)).verdict;
    const Verdict verdict = known != Verdict::inconclusive   ? known
                            : standing == Standing::met      ? Verdict::met
                            : standing == Standing::violated ? Verdict::violated
                                                             : Verdict::inconclusive;
    const SettingTest* own = looked_at(point);
    if (verdict == Verdict::inconclusive && own == nullptr) return std::nullopt;
    Candidate current = candidate(point, own, verdict, wrong(), units);
    const bool by_itself = own != nullptr && own->verdict(wrong()) == verdict;
    if (!by_itself && current.why.empty())
        current.why = known != Verdict::inconclusive ? predictor_.known(overrides(point)).why
                      : verdict == Verdict::met      ? "it has no less than what is met"
                      : verdict == Verdict::violated ? "it has no more than what is violated"
                                                     : "it was not simulated";
    return current;
}

/// Where what it costs is asked of each replication: its mean.
std::optional<double> CheapestSearch::cost_seen(const SettingTest& test) const {
    const auto prices = price_now(terms_.study);
    if (!prices || question_->simulator.asked().measures.front().text != terms_.study.minimise->text)
        return std::nullopt;
    double sum = 0;
    const std::vector<double>& costs = test.values(terms_.objectives.size());
    for (const double cost : costs) sum += cost;
    if (!std::isfinite(sum)) return std::nullopt;
    const double times = studies::cost_unit(terms_.study, terms_.read(terms_.given)).second;
    return sum / static_cast<double>(costs.size()) * times + *prices;
}

Candidate CheapestSearch::current_elsewhere(int looks, const std::vector<std::string>& units) {
    SettingTest test(terms_.objectives, predictor_.unseen(terms_.given, question_->simulator.warm_up()));
    const Predictor::Known& known = predictor_.known(terms_.given);
    while (known.verdict == Verdict::inconclusive && test.looks() < looks &&
           work_.end() == UnitWork::End::none && test.verdict(wrong()) == Verdict::inconclusive) {
        std::vector<Unit> more;
        for (std::uint64_t number = test.replications(); number < test.wanted(); ++number)
            more.push_back({terms_.given, number, 1});
        // It is beside the answer: that has not run out of anything.
        if (std::ssize(more) > work_.left() ||
            !simulate(more, [&](std::size_t) -> SettingTest& { return test; }))
            break;
        test.look();
    }
    Candidate current;
    for (const Factor& factor : terms_.study.factors)
        if (factor.now) current.values.push_back(factor.now->text);
    // What is known of some parameters alone says nothing.
    if (current.values.size() < terms_.study.factors.size()) current.values.clear();
    current.cost = cost_now(terms_.study, read_case());
    if (!current.cost && terms_.study.minimise && test.looks() > 0) current.cost = cost_seen(test);
    if (known.verdict != Verdict::inconclusive) {
        current.verdict = known.verdict;
        current.reason = known.reason;
        current.why = known.why;
    } else {
        current.verdict = test.verdict(wrong());
        if (test.looks() > 0)
            studies::describe(current, test, terms_.objectives, units, wrong(), terms_.confidence);
    }
    return current;
}

Verdict CheapestSearch::judged(Point point) {
    if (const Verdict known = predictor_.known(overrides(point)).verdict; known != Verdict::inconclusive)
        return known;
    const auto best = this->best();
    if (best && lattice_->at_most(*best, point)) return Verdict::met;
    if ((!best || lattice_->cheaper(point, *best)) && proven()) return Verdict::violated;
    const SettingTest* own = looked_at(point);
    return own == nullptr ? Verdict::inconclusive : own->verdict(wrong_judgement());
}

Candidate CheapestSearch::describe_judged(Point point, const std::vector<std::string>& units) {
    Candidate one = candidate(point, looked_at(point), judged(point), wrong_judgement(), units);
    if (!one.promises.empty() || !one.why.empty()) return one;
    if (const auto& known = predictor_.known(overrides(point)); known.verdict == Verdict::met)
        one.why = known.why;
    else if (one.verdict == Verdict::met)
        one.why = "it has no less than the cheapest that is met";
    else if (one.verdict == Verdict::violated)
        one.why =
            best() ? "all that is cheaper than the cheapest that is met is violated" : "no setting is met";
    return one;
}

}  // namespace understudy::studies
