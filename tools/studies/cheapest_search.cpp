#include "tools/studies/cheapest_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>
#include <utility>

#include "kernel/invariant.h"
#include "kernel/random.h"
#include "kernel/sequential_test.h"
#include "tools/studies/setting_costs.h"

namespace understudy::studies {

namespace {

using Point = Lattice::Point;
using Standing = Lattice::Standing;

/// Settings of the frontier that are looked at side by side: few, as each may show that others need no look.
constexpr std::size_t side_by_side = 4;

/// With each factor's values in order of what they cost, the others at their first.
Study ordered_by_cost(const Study& study, std::vector<double>& costs) {
    Study ordered = study;
    const std::size_t factors = study.factors.size();
    std::vector<std::size_t> strides(factors, 1);
    for (std::size_t f = factors; f-- > 1;) strides[f - 1] = strides[f] * study.factors[f].values.size();
    std::vector<std::vector<std::size_t>> order(factors);
    for (std::size_t f = 0; f < factors; ++f) {
        order[f].resize(study.factors[f].values.size());
        std::iota(order[f].begin(), order[f].end(), std::size_t{0});
        std::stable_sort(order[f].begin(), order[f].end(), [&](std::size_t a, std::size_t b) {
            return costs[a * strides[f]] < costs[b * strides[f]];
        });
        for (std::size_t i = 0; i < order[f].size(); ++i)
            ordered.factors[f].values[i] = study.factors[f].values[order[f][i]];
    }
    std::vector<double> sorted(costs.size());
    for (std::size_t point = 0; point < costs.size(); ++point) {
        std::size_t from = 0;
        for (std::size_t f = 0; f < factors; ++f)
            from += order[f][point / strides[f] % order[f].size()] * strides[f];
        sorted[point] = costs[from];
    }
    costs = std::move(sorted);
    return ordered;
}

std::string short_number(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

}  // namespace

CheapestSearch::CheapestSearch(Terms terms, UnitWork& work)
    : terms_(std::move(terms)), work_(work), predictor_(terms_.read, terms_.objectives, terms_.formulas) {}

std::vector<models::Objective> promised(const Study& study, const models::Scenario& base) {
    std::vector<models::Objective> objectives = study.objectives;
    if (study.all_objectives)
        objectives.insert(objectives.begin(), base.objectives.begin(), base.objectives.end());
    if (objectives.empty()) throw BadSetting("nothing has to hold: the base has no objectives\n");
    return objectives;
}

// ---- the grid

ReadBase CheapestSearch::read_case() const {
    return [this](const std::vector<std::string>& setting) {
        std::vector<std::string> all = terms_.given;
        all.insert(all.end(), setting.begin(), setting.end());
        return terms_.read(all);
    };
}

bool CheapestSearch::lay_out() {
    std::size_t settings = 1;
    for (const Factor& factor : terms_.study.factors) {
        kernel::require(!factor.values.empty(), "a grid has values");
        settings *= factor.values.size();
        if (settings > most_settings)
            throw BadSetting("the study has more than " + std::to_string(most_settings) +
                             " settings; vary less, or in larger steps\n");
    }
    SettingCosts costs = setting_costs(terms_.study, read_case());
    cost_unit_ = costs.unit;
    costs_not_known_ = costs.not_known;
    if (costs.costs.empty()) return false;
    study_ = ordered_by_cost(terms_.study, costs.costs);
    std::vector<std::size_t> sizes;
    for (const Factor& factor : study_.factors) sizes.push_back(factor.values.size());
    std::vector<bool> trusted(sizes.size(), true);
    lattice_.emplace(sizes, costs.costs, trusted);
    for (std::size_t f = 0; f < sizes.size(); ++f)
        for (Point point = 0; point < settings && trusted[f]; ++point)
            if (const auto dearer = lattice_->next(point, f)) trusted[f] = lattice_->cheaper(point, *dearer);
    for (std::size_t f = 0; f < sizes.size(); ++f)
        if (!trusted[f]) lattice_->distrust(f);
    return true;
}

std::vector<std::size_t> CheapestSearch::places_of(Point point) const {
    std::vector<std::size_t> places;
    for (std::size_t f = 0; f < lattice_->factors(); ++f) places.push_back(lattice_->place(point, f));
    return places;
}

std::vector<std::string> CheapestSearch::setting(Point point) const {
    return overrides_of(study_, places_of(point));
}

std::vector<std::string> CheapestSearch::overrides(Point point) const {
    std::vector<std::string> all = terms_.given;
    for (std::string& one : setting(point)) all.push_back(std::move(one));
    return all;
}

std::string CheapestSearch::text_of(Point point) const {
    std::string text;
    for (const std::string& override : setting(point)) text += (text.empty() ? "" : ", ") + override;
    return text;
}

std::vector<std::string> CheapestSearch::values_of(Point point) const {
    std::vector<std::string> values;
    for (std::size_t f = 0; f < lattice_->factors(); ++f)
        values.push_back(study_.factors[f].values[lattice_->place(point, f)].text);
    return values;
}

CheapestSearch::Point CheapestSearch::point_of(const std::vector<std::string>& values) const {
    std::vector<std::size_t> places;
    for (std::size_t f = 0; f < lattice_->factors(); ++f) {
        const auto& all = study_.factors[f].values;
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const Factor::Value& value) { return value.text == values[f]; });
        kernel::require(found != all.end(), "a setting is one of the grid");
        places.push_back(static_cast<std::size_t>(found - all.begin()));
    }
    return lattice_->point(places);
}

std::optional<CheapestSearch::Point> CheapestSearch::least() {
    std::optional<Point> least;
    for (Point point = 0; point < lattice_->points(); ++point)
        if ((!least || lattice_->cheaper(point, *least)) && !impossible(point)) least = point;
    return least;
}

CheapestSearch::Point CheapestSearch::join(Point one, Point other) const {
    std::vector<std::size_t> places = places_of(one);
    for (std::size_t f = 0; f < places.size(); ++f)
        places[f] = std::max(places[f], lattice_->place(other, f));
    return lattice_->point(places);
}

std::optional<std::vector<std::string>> CheapestSearch::base_in_grid() const {
    const models::Scenario base = terms_.read({});
    std::vector<std::string> values;
    for (const Factor& factor : terms_.study.factors) {
        // Numbers tell by themselves; what may be written in several ways is the same where it makes the same base.
        const bool known = factor.now && factor.now->number;
        const auto same = std::find_if(factor.values.begin(), factor.values.end(), [&](const auto& value) {
            if (known && value.number) return *value.number == *factor.now->number;
            return !base.text.empty() &&
                   terms_.read({override_of(factor.path, value.text)}).text == base.text;
        });
        if (same == factor.values.end()) return std::nullopt;
        values.push_back(same->text);
    }
    return values;
}

// ---- where to begin

/// Whether formulas say that it is met; nothing where they say nothing.
std::optional<bool> CheapestSearch::predicted(Point point) {
    const auto strain = predictor_.strain(overrides(point));
    if (!strain) return std::nullopt;
    return *strain <= 1;
}

/// Down from a setting that formulas say is met, along each trusted factor by halves.
std::optional<CheapestSearch::Point> CheapestSearch::predicted_below(Point point) {
    std::vector<std::size_t> places = places_of(point);
    for (std::size_t f = 0; f < places.size(); ++f) {
        if (!lattice_->trusted(f)) continue;
        std::size_t low = 0, high = places[f];
        while (low < high) {
            places[f] = low + (high - low) / 2;
            const Point middle = lattice_->point(places);
            const auto met =
                lattice_->standing(middle) == Standing::violated ? std::optional(false) : predicted(middle);
            if (!met) return std::nullopt;
            (*met ? high : low) = *met ? places[f] : places[f] + 1;
        }
        places[f] = low;
    }
    return lattice_->point(places);
}

/// The first open one that formulas say is met, of a few from the cheapest of all to the dearest; nothing: none of them
/// is.
std::optional<CheapestSearch::Point> CheapestSearch::predicted_on_the_way_up() {
    constexpr std::size_t steps = 16;
    for (std::size_t step = 0; step <= steps; ++step) {
        std::vector<std::size_t> places;
        for (const Factor& factor : study_.factors)
            places.push_back((factor.values.size() - 1) * step / steps);
        const Point point = lattice_->point(places);
        if (lattice_->standing(point) != Standing::violated && predicted(point).value_or(false)) return point;
    }
    return std::nullopt;
}

/// What the cheapest open one costs that formulas say is met: of what is cheaper than one that is, the largest are
/// asked about, until none of them is, as dearer is better. INFINITY: there is none; nothing: formulas do not say.
std::optional<double> CheapestSearch::predicted_cost() {
    Lattice said = *lattice_;
    double least = INFINITY;
    const auto from = [&](Point met) {
        const auto below = predicted_below(met);
        if (below) least = lattice_->cost(*below);
        return below.has_value();
    };
    if (const auto begin = predicted_on_the_way_up(); begin && !from(*begin)) return std::nullopt;
    for (bool news = true; news;) {
        news = false;
        // In no order, so that the first that is met comes soon.
        std::vector<Point> largest = said.frontier(least);
        std::sort(largest.begin(), largest.end(),
                  [](Point a, Point b) { return kernel::mix_bits(a) < kernel::mix_bits(b); });
        for (const Point point : largest) {
            if (work_.stopped()) return std::nullopt;
            if (!(lattice_->cost(point) < least)) continue;
            const auto met = predicted(point);
            if (!met || (*met && !from(point))) return std::nullopt;
            if (*met) {
                news = true;
            } else if (impossible(point)) {
                said.exclude(point);  // nothing follows for others
                news = true;
            } else {
                said.show_violated(point);
            }
        }
    }
    return least;
}

/// The cheapest open one that formulas say is met. Of those that cost the same, the first in order of the lines along the
/// longest trusted factor.
std::optional<CheapestSearch::Point> CheapestSearch::predicted_best() {
    const auto least = predicted_cost();
    if (!least || std::isinf(*least)) return std::nullopt;
    std::optional<std::size_t> line;
    for (std::size_t f = 0; f < lattice_->factors(); ++f)
        if (lattice_->trusted(f) &&
            (!line || study_.factors[f].values.size() >= study_.factors[*line].values.size()))
            line = f;
    for (Point first = 0; first < lattice_->points(); ++first) {
        if (line && lattice_->place(first, *line) > 0) continue;
        for (std::optional<Point> point = first; point;
             point = line ? lattice_->next(*point, *line) : std::nullopt) {
            if (lattice_->cost(*point) != *least || lattice_->standing(*point) == Standing::violated)
                continue;
            const auto met = predicted(*point);
            if (!met || work_.stopped()) return std::nullopt;
            if (*met) return point;
        }
    }
    return std::nullopt;
}

std::vector<std::string> CheapestSearch::begins_at() {
    start_ = predicted_best();
    return start_ ? overrides(*start_) : terms_.given;
}

// ---- what is known

SettingTest& CheapestSearch::test(Point point) {
    const auto found = tests_.find(point);
    if (found != tests_.end()) return found->second;
    return tests_
        .try_emplace(point, terms_.objectives,
                     predictor_.unseen(overrides(point), question_->simulator.warm_up()))
        .first->second;
}

const SettingTest* CheapestSearch::looked_at(Point point) const {
    const auto found = tests_.find(point);
    return found == tests_.end() ? nullptr : &found->second;
}

WrongChances CheapestSearch::wrong() const {
    return {terms_.risks.answer,
            terms_.risks.certificate / static_cast<double>(std::max<std::size_t>(1, claims_))};
}

/// Counts what the certificate of an answer that costs so much would have to show, and draws all conclusions anew.
void CheapestSearch::conclude_for(std::optional<Point> incumbent) {
    std::size_t claims = 0;
    if (incumbent) {
        Lattice fresh = *lattice_;
        fresh.forget();
        for (const Point point : fresh.frontier(lattice_->cost(*incumbent)))
            if (!formula_violates(point)) ++claims;
    }
    if (claims == claims_ && incumbent_ == incumbent) return;
    claims_ = claims;
    incumbent_ = incumbent;
    draw_conclusions();
}

void CheapestSearch::draw_conclusions() {
    lattice_->forget();
    for (const Point point : by_formula_) show_by_formula(point);
    for (const auto& [point, test] : tests_) show(point, test);
}

void CheapestSearch::show(Point point, const SettingTest& test) {
    Verdict verdict = test.verdict(wrong());
    // What lies at its limit no simulation decides, and what was put off for that a formula may know.
    const Predictor::Known& known = predictor_.known(overrides(point));
    const bool beyond_simulation = known.at_limit || were_put_off_.contains(point);
    if (verdict == Verdict::inconclusive && known.verdict == Verdict::met && beyond_simulation &&
        test.looks() > 0)
        verdict = Verdict::met;
    if (verdict == Verdict::met) lattice_->show_met(point);
    if (verdict == Verdict::violated) lattice_->show_violated(point);
}

bool CheapestSearch::formula_violates(Point point) {
    return predictor_.known(overrides(point)).verdict == Verdict::violated;
}

void CheapestSearch::show_by_formula(Point point) {
    if (predictor_.known(overrides(point)).impossible)
        lattice_->exclude(point);
    else
        lattice_->show_violated(point);
}

/// Into the test of whom each unit is. False where the work ends.
bool CheapestSearch::simulate(const std::vector<Unit>& units,
                              const std::function<SettingTest&(std::size_t)>& whose) {
    return work_.run(*question_, units, [&](std::size_t index, const UnitOutcome& outcome) {
        for (const UnitOutcome::Replication& one : outcome.replications) {
            const double completed = one.evidence.back().value;
            if (std::isfinite(completed)) completed_ += completed;
        }
        whose(index).add(outcome);
    });
}

bool CheapestSearch::look_at(const std::vector<Point>& points) {
    std::vector<Unit> units;
    std::vector<Point> whose;
    for (const Point point : points) {
        const SettingTest& of = test(point);
        for (std::uint64_t number = of.replications(); number < of.wanted(); ++number) {
            units.push_back({overrides(point), number, 1});
            whose.push_back(point);
        }
    }
    if (!simulate(units, [&](std::size_t index) -> SettingTest& { return test(whose[index]); })) return false;
    for (const Point point : points) {
        SettingTest& of = test(point);
        of.look();
        for (std::size_t i = 0; i < terms_.objectives.size(); ++i)
            if (const auto value = of.estimate(i, terms_.confidence).value)
                predictor_.tell(overrides(point), i, *value);
        show(point, of);
    }
    if (const auto best = cheapest_seeming())
        work_.progress().best_so_far(
            "best " + (terms_.name.empty() ? "" : terms_.name + ": ") + short_number(lattice_->cost(*best)) +
            (cost_unit_.empty() ? "" : " " + cost_unit_) + " with " + text_of(*best));
    return true;
}

// ---- the search

/// The cheapest that is met, or seems to be going by what was seen and is cheaper than that.
std::optional<CheapestSearch::Point> CheapestSearch::cheapest_seeming() const {
    std::optional<Point> best = lattice_->cheapest_met();
    for (const auto& [point, test] : tests_)
        if (lattice_->standing(point) == Standing::open && test.seems_met() && !is_in_the_dark(point) &&
            !put_off_.contains(point) && (!best || lattice_->cheaper(point, *best)))
            best = point;
    return best;
}

bool CheapestSearch::is_in_the_dark(Point point) const {
    const SettingTest* seen = looked_at(point);
    return seen != nullptr && lattice_->standing(point) == Standing::open && seen->never_seen().has_value();
}

bool CheapestSearch::all_in_the_dark(const std::vector<Point>& points) const {
    return std::all_of(points.begin(), points.end(), [&](Point point) { return is_in_the_dark(point); });
}

/// The next look at it would take too much of what is left: it may lie at its limit. Once of each.
bool CheapestSearch::put_off(Point point) {
    constexpr std::int64_t part = 20;
    constexpr std::uint64_t many = 100;
    const SettingTest* seen = looked_at(point);
    if (seen == nullptr || seen->replications() < many) return false;
    const auto next = static_cast<std::int64_t>(seen->wanted() - seen->replications());
    if (next <= work_.left() / part || !were_put_off_.insert(point).second) return false;
    put_off_.insert(point);
    show(point, *seen);
    return true;
}

void CheapestSearch::search() {
    std::optional<Point> trying = start_;
    for (;;) {
        std::optional<Point> incumbent = cheapest_seeming();
        if (!incumbent && trying && lattice_->standing(*trying) == Standing::open &&
            !is_in_the_dark(*trying) && !put_off_.contains(*trying))
            incumbent = trying;
        if (!incumbent) {
            // Nothing that was looked at will do: where formulas point now, else from the dearest down.
            trying = predicted_best();
            if (trying && begun_.insert(*trying).second) continue;
            trying.reset();
            if (!descend()) return;
            if (cheapest_seeming()) continue;
            // There is nothing else.
            if (!put_off_.empty()) {
                put_off_.clear();
                continue;
            }
            if (const std::vector<Point> open = lattice_->frontier(INFINITY); !open.empty()) {
                if (all_in_the_dark(open)) return;
                continue;
            }
            // Nothing is met, unless less is better.
            if (!doubts_formulas() && !doubts_monotone(with_less_of_one())) return;
            continue;
        }
        conclude_for(incumbent);
        if (lattice_->standing(*incumbent) == Standing::open) {
            if (put_off(*incumbent)) continue;
            if (!look_at({*incumbent})) return;
            continue;
        }
        if (lattice_->standing(*incumbent) == Standing::violated) continue;
        std::vector<Point> cheaper = lattice_->frontier(lattice_->cost(*incumbent));
        bool decided = false;
        for (const Point point : cheaper)
            if (formula_violates(point)) {
                by_formula_.insert(point);
                show_by_formula(point);
                decided = true;
            }
        if (decided) continue;
        if (cheaper.empty()) {
            // The answer is simulated even where it follows from others.
            if (test(*incumbent).looks() == 0) {
                if (!look_at({*incumbent})) return;
                continue;
            }
            if (!doubts_formulas() && !doubts_monotone(dearer_neighbours(*incumbent))) return;
            continue;
        }
        std::vector<std::pair<double, Point>> order;
        for (const Point point : cheaper)
            if (!is_in_the_dark(point))
                order.emplace_back(predictor_.strain(overrides(point)).value_or(1), point);
        if (order.empty()) return;
        std::stable_sort(order.begin(), order.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::stable_partition(order.begin(), order.end(),
                              [&](const auto& one) { return !put_off_.contains(one.second); });
        std::vector<Point> next;
        for (std::size_t i = 0; i < order.size() && i < side_by_side; ++i)
            if (next.empty() || !put_off_.contains(order[i].second)) next.push_back(order[i].second);
        if (!look_at(next)) return;
    }
}

std::vector<Unit> CheapestSearch::first_looks() {
    constexpr int first_looks = 2;  // few are decided by less
    std::vector<Point> points;
    if (start_) points.push_back(*start_);
    for (const Point point : lattice_->frontier(start_ ? lattice_->cost(*start_) : INFINITY)) {
        if (formula_violates(point)) continue;
        points.push_back(point);
        if (!start_) break;
    }
    std::vector<Unit> units;
    for (const Point point : points)
        for (std::uint64_t number = 0; number < kernel::values_at_look(first_looks); ++number)
            units.push_back({overrides(point), number, 1});
    return units;
}

/// From the dearest open setting down along each factor by halves, going by a first look each. False where the work
/// ends.
bool CheapestSearch::descend() {
    const std::vector<Point> largest = lattice_->frontier(INFINITY);
    for (const Point top : largest) {
        if (formula_violates(top)) {
            by_formula_.insert(top);
            show_by_formula(top);
            continue;
        }
        if (is_in_the_dark(top)) continue;
        if (!look_at({top})) return false;
        if (!test(top).seems_met()) continue;
        Point at = top;
        for (std::size_t f = 0; f < lattice_->factors(); ++f) {
            if (!lattice_->trusted(f)) continue;
            std::vector<std::size_t> places = places_of(at);
            std::size_t low = 0, high = places[f];
            while (low < high) {
                places[f] = low + (high - low) / 2;
                const Point middle = lattice_->point(places);
                bool seems = !formula_violates(middle);
                if (seems) {
                    if (test(middle).looks() == 0 && !look_at({middle})) return false;
                    seems = test(middle).seems_met() && !is_in_the_dark(middle) && !put_off_.contains(middle);
                }
                (seems ? high : low) = seems ? places[f] : places[f] + 1;
            }
            places[f] = low;
            at = lattice_->point(places);
        }
        return true;
    }
    return true;
}

}  // namespace understudy::studies
