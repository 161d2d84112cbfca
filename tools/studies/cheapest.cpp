#include "tools/studies/cheapest.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/invariant.h"
#include "kernel/replications.h"
#include "kernel/sequential_test.h"
#include "models/compile/compile.h"
#include "tools/studies/cheapest_by_selection.h"
#include "tools/studies/lattice.h"
#include "tools/studies/pilots.h"
#include "tools/studies/predictor.h"
#include "tools/studies/setting_costs.h"
#include "tools/studies/setting_test.h"

namespace understudy::studies {

namespace {

using Point = Lattice::Point;
using Standing = Lattice::Standing;

/// Settings of the frontier that are looked at side by side: few, as each may show that others need no look.
constexpr std::size_t side_by_side = 4;
/// The base is beside the answer, and not worth more.
constexpr int looks_at_current = 3;

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

class CheapestSearch {
public:
    CheapestSearch(const Study& study, const ReadBase& read, const StudyOptions& options)
        : given_(study),
          read_(read),
          options_(options),
          stop_(options.run.stop ? *options.run.stop : never_stop_),
          threads_(options.run.threads ? options.run.threads : kernel::default_threads()),
          progress_(options.run.progress ? *options.run.progress : unseen_),
          began_(std::chrono::steady_clock::now()) {}

    CheapestResult run() {
        const models::Scenario base = read_({});
        result_.confidence = given_.confidence.value_or(base.run.confidence);
        result_.seed = base.run.seed;
        budget_ = given_.replications.value_or(usual_budget);
        objectives_ = given_.objectives;
        if (given_.all_objectives)
            objectives_.insert(objectives_.begin(), base.objectives.begin(), base.objectives.end());
        if (objectives_.empty()) throw BadSetting("nothing has to hold: the base has no objectives\n");
        predictor_.emplace(read_, objectives_, options_.formulas);
        if (lay_out()) {
            const auto start = begin_at();
            if (find_warm_up(start)) options_.first_looks ? look_first(start) : search(start);
        }
        conclude();
        progress_.begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing);
        return std::move(result_);
    }

private:
    // ---- the grid

    /// False where it was interrupted, or settings had to be compared in another way.
    bool lay_out() {
        std::size_t settings = 1;
        for (const Factor& factor : given_.factors) {
            kernel::require(!factor.values.empty(), "a grid has values");
            settings *= factor.values.size();
            if (settings > most_settings)
                throw BadSetting("the study has more than " + std::to_string(most_settings) +
                                 " settings; vary less, or in larger steps\n");
        }
        result_.settings = settings;
        SettingCosts costs = setting_costs(given_, read_);
        result_.cost_unit = costs.unit;
        if (costs.costs.empty()) {
            result_ = cheapest_by_selection(given_, objectives_, costs.not_known, read_, options_);
            return false;
        }
        study_ = ordered_by_cost(given_, costs.costs);
        std::vector<std::size_t> sizes;
        for (const Factor& factor : study_.factors) sizes.push_back(factor.values.size());
        std::vector<bool> trusted(sizes.size(), true);
        lattice_.emplace(sizes, costs.costs, trusted);
        for (std::size_t f = 0; f < sizes.size(); ++f)
            for (Point point = 0; point < settings && trusted[f]; ++point)
                if (const auto dearer = lattice_->next(point, f))
                    trusted[f] = lattice_->cheaper(point, *dearer);
        for (std::size_t f = 0; f < sizes.size(); ++f)
            if (!trusted[f]) lattice_->distrust(f);
        return !stop_;
    }

    std::vector<std::size_t> places_of(Point point) const {
        std::vector<std::size_t> places;
        for (std::size_t f = 0; f < lattice_->factors(); ++f) places.push_back(lattice_->place(point, f));
        return places;
    }
    std::vector<std::string> overrides(Point point) const { return overrides_of(study_, places_of(point)); }

    // ---- where to begin

    /// Whether formulas say that it is met; nothing where they say nothing.
    std::optional<bool> predicted(Point point) {
        const auto strain = predictor_->strain(overrides(point));
        if (!strain) return std::nullopt;
        return *strain <= 1;
    }

    /// The cheapest open one that formulas say is met: along the last trusted factor by halves, as dearer is better.
    std::optional<Point> predicted_best() {
        std::optional<std::size_t> line;
        for (std::size_t f = 0; f < lattice_->factors(); ++f)
            if (lattice_->trusted(f)) line = f;
        std::optional<Point> best;
        const auto consider = [&](Point point) {
            if (!best || lattice_->cheaper(point, *best)) best = point;
        };
        for (Point first = 0; first < lattice_->points(); ++first) {
            if (stop_) return std::nullopt;
            if (line && lattice_->place(first, *line) > 0) continue;
            std::vector<Point> along = {first};
            if (line)
                while (const auto dearer = lattice_->next(along.back(), *line)) along.push_back(*dearer);
            std::size_t low = 0,
                        high = along.size();  // those from `high` on are met, those before `low` are not
            while (low < along.size() && lattice_->standing(along[low]) == Standing::violated) ++low;
            if (best)
                while (high > low && !lattice_->cheaper(along[high - 1], *best)) --high;
            const std::size_t end = high;
            while (low < high) {
                const std::size_t middle = low + (high - low) / 2;
                const auto met = predicted(along[middle]);
                if (!met) return std::nullopt;
                (*met ? high : low) = *met ? middle : middle + 1;
            }
            if (low < end) consider(along[low]);
        }
        return best;
    }

    std::optional<Point> begin_at() { return predicted_best(); }

    /// On the setting that is looked at first, else on the base.
    bool find_warm_up(std::optional<Point> start) {
        const Asked asked{objectives_, {}};
        const PreparedRun prepared = prepare_setting(
            read_, start ? overrides(*start) : std::vector<std::string>(), asked, Measured::usual);
        const WarmUpChoice choice = choose_warm_up({prepared, options_.run, threads_, stop_, progress_, {}});
        result_.warm_up_s = kernel::to_seconds(choice.cut);
        result_.warm_up_reason = choice.reason;
        result_.replications += choice.pilots;
        too_short_ = choice.too_short;
        if (!choice.interrupted.empty()) {
            result_.interrupted = true;
            result_.explanation = choice.interrupted;
            return false;
        }
        simulator_.emplace(read_, Asked{objectives_, {completed_items()}}, result_.seed, choice.cut, stop_);
        runner_ = options_.runner
                      ? options_.runner(*simulator_)
                      : std::make_unique<LocalUnits>(*simulator_, threads_, stop_, options_.store);
        return true;
    }

    // ---- what is known

    SettingTest& test(Point point) { return tests_.try_emplace(point, objectives_).first->second; }

    WrongChances wrong() const {
        const double all = 1 - result_.confidence;
        return {all / 4, 0.75 * all / static_cast<double>(std::max<std::size_t>(1, claims_))};
    }

    /// Counts what the certificate of an answer that costs so much would have to show, and draws all conclusions anew.
    void conclude_for(std::optional<Point> incumbent) {
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
    void draw_conclusions() {
        lattice_->forget();
        for (const Point point : by_formula_) show_by_formula(point);
        for (const auto& [point, test] : tests_) show(point, test);
    }
    void show(Point point, const SettingTest& test) {
        const Verdict verdict = test.verdict(wrong());
        if (verdict == Verdict::met) lattice_->show_met(point);
        if (verdict == Verdict::violated) lattice_->show_violated(point);
    }
    bool formula_violates(Point point) {
        return predictor_->known(overrides(point)).verdict == Verdict::violated;
    }
    void show_by_formula(Point point) {
        if (predictor_->known(overrides(point)).impossible)
            lattice_->exclude(point);
        else
            lattice_->show_violated(point);
    }

    /// The next look at each of these. False where the study ends.
    bool look_at(const std::vector<Point>& points) {
        std::vector<Unit> units;
        std::vector<Point> whose;
        for (const Point point : points) {
            const SettingTest& of = test(point);
            for (std::uint64_t number = of.replications(); number < of.wanted(); ++number) {
                units.push_back({overrides(point), number, 1});
                whose.push_back(point);
            }
        }
        if (result_.replications + std::ssize(units) > budget_) {
            out_of_budget_ = true;
            return false;
        }
        if (!run(units,
                 [&](std::size_t index, const UnitOutcome& outcome) { test(whose[index]).add(outcome); }))
            return false;
        for (const Point point : points) {
            SettingTest& of = test(point);
            of.look();
            for (std::size_t i = 0; i < objectives_.size(); ++i)
                if (const auto value = of.estimate(i, result_.confidence).value)
                    predictor_->tell(overrides(point), i, *value);
            show(point, of);
        }
        if (const auto best = cheapest_seeming())
            progress_.best_so_far(short_number(lattice_->cost(*best)) +
                                  (result_.cost_unit.empty() ? "" : " " + result_.cost_unit) + " with " +
                                  text_of(*best));
        return true;
    }

    template <class Add>
    bool run(const std::vector<Unit>& units, Add add) {
        if (options_.seconds) {
            const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began_;
            if (spent.count() > *options_.seconds) {
                out_of_time_ = true;
                return false;
            }
        }
        progress_.begin_units(budget_, true);  // a unit is one replication
        const std::size_t done = runner_->run(units, [&](std::size_t index, UnitOutcome outcome) {
            for (const UnitOutcome::Replication& one : outcome.replications) {
                ++result_.replications;
                const double completed = one.evidence.back().value;
                if (std::isfinite(completed)) result_.completed += completed;
            }
            progress_.one_ended();
            add(index, outcome);
        });
        result_.interrupted = done < units.size();
        return !result_.interrupted;
    }

    // ---- the search

    /// The cheapest that is met, or seems to be going by what was seen and is cheaper than that.
    std::optional<Point> cheapest_seeming() {
        std::optional<Point> best = lattice_->cheapest_met();
        for (const auto& [point, test] : tests_)
            if (lattice_->standing(point) == Standing::open && test.seems_met() &&
                (!best || lattice_->cheaper(point, *best)))
                best = point;
        return best;
    }

    void search(std::optional<Point> start) {
        std::set<Point> begun;  // that formulas gave as a beginning
        std::optional<Point> trying = start;
        for (;;) {
            std::optional<Point> incumbent = cheapest_seeming();
            if (!incumbent && trying && lattice_->standing(*trying) == Standing::open) incumbent = trying;
            if (!incumbent) {
                // Nothing that was looked at will do: where formulas point now, else from the dearest down.
                trying = predicted_best();
                if (trying && begun.insert(*trying).second) continue;
                trying.reset();
                if (!descend()) return;
                if (cheapest_seeming()) continue;
                if (!lattice_->frontier(INFINITY).empty()) continue;
                // Nothing is met, unless less is better.
                if (!doubts_monotone(with_least_of_one())) return;
                continue;
            }
            conclude_for(incumbent);
            if (lattice_->standing(*incumbent) == Standing::open) {
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
                if (!doubts_monotone(dearer_neighbours(*incumbent))) return;
                continue;
            }
            std::vector<std::pair<double, Point>> order;
            for (const Point point : cheaper)
                order.emplace_back(predictor_->strain(overrides(point)).value_or(1), point);
            std::stable_sort(order.begin(), order.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; });
            std::vector<Point> next;
            for (std::size_t i = 0; i < order.size() && i < side_by_side; ++i)
                next.push_back(order[i].second);
            if (!look_at(next)) return;
        }
    }

    /// What the search looks at first whatever it sees: where it begins, and what is cheaper and not known to be violated.
    void look_first(std::optional<Point> start) {
        constexpr int first_looks = 2;  // few are decided by less
        std::vector<Point> points;
        for (const Point point : lattice_->frontier(start ? lattice_->cost(*start) : INFINITY))
            if (!formula_violates(point)) points.push_back(point);
        if (start)
            points.insert(points.begin(), *start);
        else if (points.size() > 1)
            points.resize(1);
        std::vector<Unit> units;
        for (const Point point : points)
            for (std::uint64_t number = 0; number < kernel::values_at_look(first_looks); ++number)
                units.push_back({overrides(point), number, 1});
        run(units, [](std::size_t, const UnitOutcome&) {});
    }

    /// From the dearest open setting down along each factor by halves, going by a first look each. False where the
    /// study ends.
    bool descend() {
        const std::vector<Point> largest = lattice_->frontier(INFINITY);
        for (const Point top : largest) {
            if (formula_violates(top)) {
                by_formula_.insert(top);
                show_by_formula(top);
                continue;
            }
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
                        seems = test(middle).seems_met();
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

    std::vector<Point> dearer_neighbours(Point point) const {
        std::vector<Point> neighbours;
        for (std::size_t f = 0; f < lattice_->factors(); ++f)
            if (const auto dearer = lattice_->trusted(f) ? lattice_->next(point, f) : std::nullopt)
                neighbours.push_back(*dearer);
        return neighbours;
    }
    /// For each setting that a simulation has shown violated, those with the least of one factor.
    std::vector<Point> with_least_of_one() const {
        std::set<Point> settings;
        for (const auto& [point, test] : tests_)
            for (std::size_t f = 0; f < lattice_->factors(); ++f) {
                if (!lattice_->trusted(f)) continue;
                std::vector<std::size_t> places = places_of(point);
                places[f] = 0;
                settings.insert(lattice_->point(places));
            }
        return {settings.begin(), settings.end()};
    }

    /// Whether of the settings that were simulated a dearer one is worse, beyond what chance does; then the factor is not
    /// trusted any more. `besides`: are simulated for it.
    bool doubts_monotone(const std::vector<Point>& besides) {
        std::vector<Point> unseen;
        for (const Point point : besides)
            if (test(point).looks() == 0 && !formula_violates(point)) unseen.push_back(point);
        if (!unseen.empty() && !look_at(unseen)) return false;
        struct Pair {
            Point small, large;
        };
        std::vector<Pair> pairs;
        for (const auto& [small, one] : tests_)
            for (const auto& [large, other] : tests_)
                if (small != large && one.looks() > 0 && other.looks() > 0 && lattice_->at_most(small, large))
                    pairs.push_back({small, large});
        const double level =
            1 - (1 - result_.confidence) /
                    static_cast<double>(std::max<std::size_t>(1, pairs.size()) * objectives_.size());
        std::vector<std::size_t> broken;
        for (const auto& [small, large] : pairs)
            for (std::size_t i = 0; i < objectives_.size(); ++i) {
                if (!is_worse(i, test(small).values(i), test(large).values(i), level)) continue;
                for (std::size_t f = 0; f < lattice_->factors(); ++f)
                    if (lattice_->trusted(f) && lattice_->place(small, f) != lattice_->place(large, f))
                        broken.push_back(f);
            }
        bool news = false;
        for (const std::size_t f : broken)
            if (lattice_->trusted(f)) {
                lattice_->distrust(f);
                result_.distrusted.push_back(study_.factors[f].path);
                news = true;
            }
        if (news) {
            incumbent_.reset();
            draw_conclusions();
        }
        return news;
    }

    bool is_worse(std::size_t objective, const std::vector<double>& cheap, const std::vector<double>& dear,
                  double level) const {
        const std::size_t both = std::min(cheap.size(), dear.size());
        std::vector<double> one, other;
        for (std::size_t r = 0; r < both; ++r)
            if (std::isfinite(cheap[r]) && std::isfinite(dear[r])) {
                one.push_back(cheap[r]);
                other.push_back(dear[r]);
            }
        const auto difference = kernel::paired_difference(one, other, level);
        if (!difference) return false;
        const models::Comparison comparison = objectives_[objective].comparison;
        const bool less = comparison == models::Comparison::less || comparison == models::Comparison::at_most;
        return difference->order == (less ? kernel::Difference::Order::candidate_higher
                                          : kernel::Difference::Order::candidate_lower);
    }

    // ---- the answer

    Candidate candidate(Point point, const SettingTest* seen, Verdict verdict) {
        Candidate one;
        for (std::size_t f = 0; f < lattice_->factors(); ++f)
            one.values.push_back(study_.factors[f].values[lattice_->place(point, f)].text);
        one.cost = lattice_->cost(point);
        one.verdict = verdict;
        describe(one, overrides(point), seen);
        return one;
    }

    void describe(Candidate& one, const std::vector<std::string>& overrides, const SettingTest* seen) {
        const Predictor::Known& known = predictor_->known(overrides);
        if (known.verdict == Verdict::violated && one.verdict == Verdict::violated) {
            one.reason = known.reason;
            one.why = known.why;
            return;
        }
        if (seen == nullptr || seen->looks() == 0) return;
        studies::describe(one, *seen, objectives_, units_, wrong(), result_.confidence);
    }

    /// A test of the setting itself, else of a dearer one whose fault is its own as well.
    const SettingTest* evidence_against(Point point, std::string& why) {
        if (const auto own = tests_.find(point);
            own != tests_.end() && own->second.verdict(wrong()) == Verdict::violated)
            return &own->second;
        for (const auto& [larger, test] : tests_)
            if (lattice_->at_most(point, larger) && test.verdict(wrong()) == Verdict::violated) {
                why = "as is " + text_of(larger) + ", which has no less";
                return &test;
            }
        return nullptr;
    }

    std::string text_of(Point point) const {
        std::string text;
        for (const std::string& override : overrides(point)) text += (text.empty() ? "" : ", ") + override;
        return text;
    }

    void conclude() {
        if (!lattice_ || !simulator_) return;
        const models::Scenario base = read_({});
        for (const models::Objective& objective : objectives_)
            units_.push_back(models::unit_of(objective.measure, base));
        const std::optional<Point> best = lattice_->cheapest_met();
        if (best) conclude_for(best);
        bool complete = true;
        if (best && lattice_->standing(*best) == Standing::met) {
            const auto seen = tests_.find(*best);
            result_.best = candidate(*best, seen == tests_.end() ? nullptr : &seen->second, Verdict::met);
        }
        Lattice fresh = *lattice_;
        fresh.forget();
        std::vector<Point> claims = fresh.frontier(result_.best ? *result_.best->cost : INFINITY);
        std::stable_sort(claims.begin(), claims.end(),
                         [&](Point a, Point b) { return lattice_->cost(a) > lattice_->cost(b); });
        for (const Point point : claims) {
            std::string why;
            const SettingTest* against = formula_violates(point) ? nullptr : evidence_against(point, why);
            const bool known = formula_violates(point) || against != nullptr;
            const auto own = tests_.find(point);
            const SettingTest* seen = against ? against : own != tests_.end() ? &own->second : nullptr;
            Candidate one = candidate(point, seen, known ? Verdict::violated : Verdict::inconclusive);
            if (!why.empty()) one.why = why;
            complete = complete && known;
            result_.certificate.push_back(std::move(one));
        }
        for (const auto& [point, test] : tests_)
            if (test.looks() > 0) result_.tried.push_back(candidate(point, &test, test.verdict(wrong())));
        std::stable_sort(result_.tried.begin(), result_.tried.end(),
                         [](const Candidate& a, const Candidate& b) { return *a.cost < *b.cost; });
        result_.by_formula = by_formula_.size();
        compare_with_current(base);
        give_verdict(complete);
    }

    /// Where the base stands in the grid; nothing where it has a value that the study does not try.
    std::optional<Point> place_of_base(const models::Scenario& base) const {
        std::vector<std::size_t> places;
        for (const Factor& factor : study_.factors) {
            const auto same =
                std::find_if(factor.values.begin(), factor.values.end(), [&](const auto& value) {
                    return read_({override_of(factor.path, value.text)}).text == base.text;
                });
            if (base.text.empty() || same == factor.values.end()) return std::nullopt;
            places.push_back(static_cast<std::size_t>(same - factor.values.begin()));
        }
        return lattice_->point(places);
    }

    void compare_with_current(const models::Scenario& base) {
        if (const auto place = place_of_base(base)) {
            const Standing standing = lattice_->standing(*place);
            const auto own = tests_.find(*place);
            result_.current = candidate(*place, own == tests_.end() ? nullptr : &own->second,
                                        formula_violates(*place)         ? Verdict::violated
                                        : standing == Standing::met      ? Verdict::met
                                        : standing == Standing::violated ? Verdict::violated
                                                                         : Verdict::inconclusive);
            if (result_.current->promises.empty() && result_.current->why.empty())
                result_.current->why = standing == Standing::met ? "it has no less than what is met"
                                                                 : "it has no more than what is violated";
            return;
        }
        SettingTest test(objectives_);
        const Predictor::Known known = predictor_->known({});
        while (known.verdict != Verdict::violated && test.looks() < looks_at_current && !stop_ &&
               !result_.interrupted && test.verdict(wrong()) == Verdict::inconclusive) {
            std::vector<Unit> units;
            for (std::uint64_t number = test.replications(); number < test.wanted(); ++number)
                units.push_back({{}, number, 1});
            if (result_.replications + std::ssize(units) > budget_) break;
            if (!run(units, [&](std::size_t, const UnitOutcome& outcome) { test.add(outcome); })) break;
            test.look();
        }
        Candidate current;
        current.verdict = known.verdict == Verdict::violated ? Verdict::violated : test.verdict(wrong());
        describe(current, {}, &test);
        result_.current = std::move(current);
    }

    void give_verdict(bool complete) {
        if (too_short_) {
            result_.verdict = Verdict::inconclusive;
            result_.reason = Reason::warm_up;
            result_.explanation = "the run is too short to tell its warm-up from its steady state";
        } else if (result_.best && complete) {
            result_.verdict = Verdict::met;
        } else if (!result_.best && complete) {
            result_.verdict = Verdict::violated;
            result_.reason = Reason::limit;
            result_.explanation = "no setting keeps what is promised";
        } else {
            result_.verdict = Verdict::inconclusive;
            result_.reason = Reason::precision;
            const char* end = result_.interrupted ? "interrupted"
                              : out_of_time_      ? "its time was spent"
                                                  : "its replications were spent";
            result_.explanation =
                std::string(end) + (result_.best ? " before all that is cheaper was shown to be violated"
                                                 : " before a setting was known to be met");
        }
        if (result_.best)
            for (std::size_t f = 0; f < lattice_->factors(); ++f)
                if (study_.factors[f].values.size() > 1 &&
                    result_.best->values[f] == study_.factors[f].values.front().text)
                    result_.warnings.push_back(
                        "'" + study_.factors[f].path +
                        "' is the least that it may be: widen its range to see whether "
                        "less will do");
        for (const std::string& path : result_.distrusted)
            result_.warnings.push_back("more of '" + path +
                                       "' made it worse in places: each of its values was looked at");
    }

    static inline const std::atomic<bool> never_stop_{false};
    const Study& given_;
    Study study_;  ///< with values in order of cost
    const ReadBase& read_;
    const StudyOptions& options_;
    const std::atomic<bool>& stop_;
    unsigned threads_;
    RunProgress unseen_;
    RunProgress& progress_;
    std::chrono::steady_clock::time_point began_;
    std::int64_t budget_ = 0;
    std::vector<models::Objective> objectives_;
    std::vector<std::string> units_;
    std::optional<Predictor> predictor_;
    std::optional<Lattice> lattice_;
    std::optional<UnitSimulator> simulator_;
    std::unique_ptr<UnitRunner> runner_;
    std::map<Point, SettingTest> tests_;
    std::set<Point> by_formula_;
    std::size_t claims_ = 1;
    std::optional<Point> incumbent_;
    bool too_short_ = false, out_of_budget_ = false, out_of_time_ = false;
    CheapestResult result_;
};

}  // namespace

CheapestResult cheapest(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(!study.factors.empty(), "a study varies something");
    return CheapestSearch(study, read, options).run();
}

}  // namespace understudy::studies
