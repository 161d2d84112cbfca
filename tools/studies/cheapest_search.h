// The search of a grid for its cheapest setting that keeps its promises: what is known of settings, what is looked at
// next, and what follows from it. cheapest.h has the method.
//
// Internal to tools/studies. One search is of one case of what may come: of the base with some overrides. It may be gone
// on with after more was looked at, and simulates nothing twice. Not thread-safe. Throws BadSetting as the base does.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/studies/cheapest.h"
#include "tools/studies/lattice.h"
#include "tools/studies/predictor.h"
#include "tools/studies/setting_test.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

class CheapestSearch {
public:
    using Point = Lattice::Point;
    /// The chances of being wrong, over all looks.
    struct Risks {
        double answer = 0;       ///< that it breaks a promise
        double certificate = 0;  ///< that one of its entries breaks none
        double judgement = 0;    ///< of each setting that is judged beside the search
    };
    struct Terms {
        const Study& study;
        const ReadBase& read;
        const std::vector<models::Objective>& objectives;
        bool formulas = true;      ///< decide what they know exactly
        double confidence = 0.95;  ///< of estimates
        Risks risks = {};
        std::vector<std::string> given = {};  ///< of the base, besides the settings
        std::string name = {};                ///< of the case, for progress; may be empty
    };
    /// The references have to outlive it.
    CheapestSearch(Terms terms, UnitWork& work);
    CheapestSearch(const CheapestSearch&) = delete;
    CheapestSearch& operator=(const CheapestSearch&) = delete;

    /// Whether costs are known before a run; else nothing but costs_not_known() means anything.
    bool lay_out();
    const std::string& costs_not_known() const { return costs_not_known_; }
    const std::string& cost_unit() const { return cost_unit_; }
    std::size_t settings() const { return lattice_->points(); }
    /// What is set where the search begins: that setting if formulas name one, else the base.
    std::vector<std::string> begins_at();
    /// Where its units are done; before what follows.
    void ask(UnitWork::Question& question) { question_ = &question; }

    /// What it looks at first whatever it sees: where it begins, and what is cheaper and not known to be violated.
    std::vector<Unit> first_looks();
    /// Until the answer is proven, nothing that is open can be decided, or the work has ended.
    void search();

    /// The cheapest that is known to be met.
    std::optional<Point> best();
    /// Whether all that is cheaper is shown to be violated; without a best all there are.
    bool proven();

    // ---- settings beside the answer

    /// In order of cost along each factor.
    const Study& ordered() const { return study_; }
    /// Values by factor, as written; the setting must be one of the grid.
    Point point_of(const std::vector<std::string>& values) const;
    std::vector<std::string> values_of(Point point) const;
    double cost(Point point) const { return lattice_->cost(point); }
    /// There is no such setting: it needs more than there is, say.
    bool impossible(Point point) { return predictor_.known(overrides(point)).impossible; }
    /// The cheapest that there can be, whatever it breaks.
    std::optional<Point> least();
    /// Of each factor the dearer of the two values.
    Point join(Point one, Point other) const;
    /// What is known of it: by formulas, by the answer and its proof (what has no less than the answer is met, what is
    /// cheaper is violated), else by its own test.
    Verdict judged(Point point);
    Candidate describe_judged(Point point, const std::vector<std::string>& units);
    /// It is open, and more looks at it will not decide it: nothing of a promise was ever seen there.
    bool is_in_the_dark(Point point) const;
    /// For people: what was never seen there; empty: it is not in the dark.
    std::string why_in_the_dark(Point point) const;
    /// The next look at each of these. False where the work ends.
    bool look_at(const std::vector<Point>& points);
    /// Which setting of the grid the base is, values by factor; nothing where it has a value that the study does not try.
    std::optional<std::vector<std::string>> base_in_grid() const;
    /// The base, at a place in the grid, where that is known or was looked at; or by a few looks at most. `units`: of
    /// promises.
    std::optional<Candidate> current(Point place, const std::vector<std::string>& units);
    /// The base, wherever it is, by a few looks at most; what it costs where formulas know, or as these looks have seen it.
    Candidate current_elsewhere(int looks, const std::vector<std::string>& units);

    /// The answer, its certificate, what was tried and found on the way, and the verdict. `units`: of promises.
    void conclude(CheapestResult& into, const std::vector<std::string>& units);
    /// Items that left the system in all that was looked at.
    double completed() const { return completed_; }

private:
    std::vector<std::size_t> places_of(Point point) const;
    std::vector<std::string> setting(Point point) const;
    std::vector<std::string> overrides(Point point) const;
    std::string text_of(Point point) const;
    ReadBase read_case() const;

    std::optional<bool> predicted(Point point);
    std::optional<Point> predicted_on_the_way_up();
    std::optional<Point> predicted_below(Point point);
    std::optional<double> predicted_cost();
    std::optional<Point> predicted_best();

    bool simulate(const std::vector<Unit>& units, const std::function<SettingTest&(std::size_t)>& whose);
    SettingTest& test(Point point);
    const SettingTest* looked_at(Point point) const;
    WrongChances wrong() const;
    WrongChances wrong_judgement() const { return {terms_.risks.judgement, terms_.risks.judgement}; }
    void conclude_for(std::optional<Point> incumbent);
    void draw_conclusions();
    void show(Point point, const SettingTest& test);
    bool formula_violates(Point point);
    void show_by_formula(Point point);

    std::optional<Point> cheapest_seeming() const;
    bool put_off(Point point);
    bool all_in_the_dark(const std::vector<Point>& points) const;
    bool descend();
    std::vector<Point> dearer_neighbours(Point point) const;
    std::vector<Point> with_less_of_one();
    bool is_better_by_formula(Point small, Point large);
    bool is_better_than_formula(Point small, Point large, double level);
    bool doubts_formulas();
    bool doubts_monotone(const std::vector<Point>& besides);
    bool distrust(const std::set<std::size_t>& factors);
    bool is_worse(std::size_t objective, const std::vector<double>& cheap, const std::vector<double>& dear,
                  double level) const;

    std::vector<Point> claims(std::optional<Point> best) const;
    const SettingTest* evidence_against(Point point, std::string& why) const;
    std::optional<double> cost_seen(const SettingTest& test) const;
    Candidate candidate(Point point, const SettingTest* seen, Verdict verdict, const WrongChances& wrong,
                        const std::vector<std::string>& units);
    void give_verdict(CheapestResult& into, bool complete) const;

    const Terms terms_;
    UnitWork& work_;
    UnitWork::Question* question_ = nullptr;
    Study study_;  ///< with values in order of cost
    std::string cost_unit_, costs_not_known_;
    Predictor predictor_;
    std::optional<Lattice> lattice_;
    std::optional<Point> start_;
    std::map<Point, SettingTest> tests_;
    std::set<Point> by_formula_;
    std::set<Point> begun_;                   ///< that formulas gave as a beginning
    std::set<Point> put_off_, were_put_off_;  ///< until nothing else is left to be looked at
    std::size_t claims_ = 1;
    std::optional<Point> incumbent_;
    std::vector<std::string> distrusted_;
    double completed_ = 0;
};

/// What has to hold in a study; throws BadSetting where nothing does.
std::vector<models::Objective> promised(const Study& study, const models::Scenario& base);

}  // namespace understudy::studies
