#include "tools/studies/cheapest_by_selection.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernel/selection.h"
#include "models/compile/compile.h"
#include "tools/studies/predictor.h"
#include "tools/studies/setting_costs.h"
#include "tools/studies/setting_test.h"

namespace understudy::studies {

namespace {

constexpr std::size_t first_rounds = 10;
/// Rounds that are simulated at once; some of those of settings that are out after the first are for nothing.
constexpr std::size_t rounds_at_once = 4;
/// Looks at a setting that stays undecided.
constexpr int most_looks = 9;
/// Of the least cost: what is nearer to it is as good.
constexpr double indifferent_share = 0.01;

class ByCost {
public:
    ByCost(const CheapestSearch::Terms& terms, UnitWork& work, UnitWork::Question& question)
        : terms_(terms),
          study_(terms.study),
          objectives_(terms.objectives),
          work_(work),
          question_(question),
          predictor_(terms.read, terms.objectives, terms.formulas) {}

    CheapestResult run(const std::string& not_known) {
        const models::Scenario base = terms_.read(terms_.given);
        result_.confidence = terms_.confidence;
        result_.seed = question_.simulator.seed();
        result_.cost_simulated = true;
        const auto [unit, times] = cost_unit(study_, base);
        result_.cost_unit = unit;
        times_ = times;
        result_.warnings.push_back("what a setting costs is simulated (" + not_known +
                                   "): the answer is the cheapest, or within 1% of it");
        lay_out();
        std::optional<std::size_t> best;
        if (decide()) best = select();
        conclude(base, best);
        return std::move(result_);
    }

private:
    struct Setting {
        std::vector<std::size_t> places;
        std::vector<std::string> overrides;
        Predictor::Known known;
        std::optional<SettingTest> test;
        std::vector<double> costs;  ///< by replication
        Verdict verdict = Verdict::inconclusive;
        bool without_cost = false;  ///< met, and its cost has no data in some replication
    };

    void lay_out() {
        std::vector<std::vector<std::size_t>> all = {{}};
        for (const Factor& factor : study_.factors) {
            std::vector<std::vector<std::size_t>> longer;
            for (const auto& places : all)
                for (std::size_t i = 0; i < factor.values.size(); ++i) {
                    longer.push_back(places);
                    longer.back().push_back(i);
                }
            all = std::move(longer);
        }
        result_.settings = all.size();
        for (auto& places : all) {
            Setting& setting = settings_.emplace_back();
            setting.overrides = terms_.given;
            for (std::string& one : overrides_of(study_, places)) setting.overrides.push_back(std::move(one));
            setting.places = std::move(places);
            setting.known = predictor_.known(setting.overrides);
            setting.verdict =
                setting.known.verdict == Verdict::violated ? Verdict::violated : Verdict::inconclusive;
            if (setting.verdict == Verdict::violated) ++result_.by_formula;
            setting.test.emplace(objectives_,
                                 predictor_.unseen(setting.overrides, question_.simulator.warm_up()));
        }
    }

    WrongChances wrong() const {
        const double all = (1 - result_.confidence) / 2;
        return {all / 4, 0.75 * all / static_cast<double>(settings_.size())};
    }

    /// Up to `wanted` replications of each of these. False where the study ends.
    bool simulate(const std::vector<std::size_t>& which, std::uint64_t wanted) {
        std::vector<Unit> units;
        std::vector<std::size_t> whose;
        for (const std::size_t i : which)
            for (std::uint64_t number = settings_[i].test->replications(); number < wanted; ++number) {
                units.push_back({settings_[i].overrides, number, 1});
                whose.push_back(i);
            }
        if (units.empty()) return true;
        return work_.run(question_, units, [&](std::size_t index, const UnitOutcome& outcome) {
            Setting& setting = settings_[whose[index]];
            for (const UnitOutcome::Replication& one : outcome.replications) {
                setting.costs.push_back(one.evidence[objectives_.size()].value * times_ +
                                        priced(study_, setting.places));
                if (std::isfinite(one.evidence.back().value)) result_.completed += one.evidence.back().value;
            }
            setting.test->add(outcome);
        });
    }

    /// Looks at all until each is known to be met or violated, or has been looked at often enough.
    bool decide() {
        for (int look = 1; look <= most_looks; ++look) {
            std::vector<std::size_t> open;
            for (std::size_t i = 0; i < settings_.size(); ++i)
                if (settings_[i].verdict == Verdict::inconclusive && !settings_[i].test->never_seen())
                    open.push_back(i);
            if (open.empty()) return true;
            if (!simulate(open, settings_[open.front()].test->wanted())) return false;
            for (const std::size_t i : open) {
                settings_[i].test->look();
                settings_[i].verdict = settings_[i].test->verdict(wrong());
            }
        }
        return true;
    }

    /// The cheapest of those that are met and whose cost is known in each replication; the others are marked.
    std::optional<std::size_t> select() {
        std::vector<std::size_t> met;
        for (std::size_t i = 0; i < settings_.size(); ++i)
            if (settings_[i].verdict == Verdict::met) met.push_back(i);
        if (!met.empty() && !simulate(met, first_rounds)) return std::nullopt;
        for (;;) {
            const std::size_t all = met.size();
            leave_out_without_cost(met);
            if (met.empty()) return std::nullopt;
            if (met.size() < all) continue;
            if (const Selected selected = select_among(met); !selected.without_cost) return selected.best;
        }
    }

    struct Selected {
        std::optional<std::size_t> best;  ///< none where the study ends
        bool without_cost = false;        ///< a later replication of one has no cost
    };

    Selected select_among(const std::vector<std::size_t>& met) {
        double least = INFINITY;
        for (const std::size_t i : met)
            least = std::min(least, std::fabs(mean_cost(settings_[i], first_rounds)));
        if (!(least > 0 && std::isfinite(least))) least = 1;
        kernel::Selection selection(met.size(), indifferent_share * least, 1 - (1 - result_.confidence) / 2,
                                    first_rounds);
        while (!selection.best()) {
            std::vector<std::size_t> contenders;
            for (const std::size_t one : selection.contenders()) contenders.push_back(met[one]);
            const std::size_t rounds = selection.rounds();
            const std::size_t until = rounds < first_rounds ? first_rounds : rounds + rounds_at_once;
            if (!simulate(contenders, until)) return {};
            if (std::any_of(contenders.begin(), contenders.end(),
                            [&](std::size_t i) { return !has_costs(settings_[i]); }))
                return {std::nullopt, true};
            for (std::size_t round = rounds; round < until && !selection.best(); ++round) {
                std::vector<double> values;
                for (const std::size_t one : selection.contenders())
                    values.push_back(settings_[met[one]].costs[round]);
                selection.add(values);
            }
        }
        return {met[*selection.best()]};
    }

    static bool has_costs(const Setting& setting) {
        return std::all_of(setting.costs.begin(), setting.costs.end(),
                           [](double cost) { return std::isfinite(cost); });
    }

    void leave_out_without_cost(std::vector<std::size_t>& met) {
        std::erase_if(met, [&](std::size_t i) {
            settings_[i].without_cost = !has_costs(settings_[i]);
            return settings_[i].without_cost;
        });
    }

    static double mean_cost(const Setting& setting, std::size_t most) {
        const std::size_t count = std::min(most, setting.costs.size());
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) sum += setting.costs[i];
        return count == 0 ? NAN : sum / static_cast<double>(count);
    }

    std::string text_of(const Setting& setting) const {
        std::string text;
        for (std::size_t f = 0; f < setting.places.size(); ++f)
            text += (f == 0 ? "" : ", ") + study_.factors[f].path + "=" +
                    study_.factors[f].values[setting.places[f]].text;
        return text;
    }

    Candidate candidate(const Setting& setting) const {
        Candidate one;
        for (std::size_t f = 0; f < setting.places.size(); ++f)
            one.values.push_back(study_.factors[f].values[setting.places[f]].text);
        const double cost = mean_cost(setting, setting.costs.size());
        if (std::isfinite(cost)) one.cost = cost;
        one.verdict = setting.verdict;
        if (setting.known.verdict == Verdict::violated) {
            one.reason = setting.known.reason;
            one.why = setting.known.why;
        } else if (setting.test->looks() > 0) {
            describe(one, *setting.test, objectives_, units_, wrong(), result_.confidence);
        }
        if (setting.without_cost) {
            const auto none = std::count_if(setting.costs.begin(), setting.costs.end(),
                                            [](double c) { return !std::isfinite(c); });
            one.reason = Reason::data;
            one.why = "what it costs is not known: '" + study_.minimise->text + "' has no data in " +
                      std::to_string(none) + " of " + std::to_string(setting.costs.size()) + " replications";
        }
        return one;
    }

    void conclude(const models::Scenario& base, std::optional<std::size_t> best) {
        for (const models::Objective& objective : objectives_)
            units_.push_back(models::unit_of(objective.measure, base));
        if (best) result_.best = candidate(settings_[*best]);
        bool open = false, any = false;
        std::string without_cost, in_the_dark;
        for (const Setting& setting : settings_) {
            any = any || setting.verdict != Verdict::violated;
            Candidate one = candidate(setting);
            const bool cheaper = !result_.best || !one.cost || *one.cost < *result_.best->cost;
            if (in_the_dark.empty() && cheaper && setting.verdict == Verdict::inconclusive)
                in_the_dark = without_data(*setting.test, objectives_, text_of(setting));
            open = open || (cheaper && setting.verdict == Verdict::inconclusive) || setting.without_cost;
            if (setting.without_cost && without_cost.empty())
                without_cost = text_of(setting) + " is met, but " + one.why;
            if (setting.without_cost || (cheaper && setting.verdict != Verdict::met))
                result_.certificate.push_back(one);
            if (setting.test->looks() > 0) result_.tried.push_back(std::move(one));
        }
        const auto dearest_first = [](const Candidate& a, const Candidate& b) {
            return a.cost.value_or(-INFINITY) > b.cost.value_or(-INFINITY);
        };
        std::stable_sort(result_.certificate.begin(), result_.certificate.end(), dearest_first);
        std::stable_sort(result_.tried.rbegin(), result_.tried.rend(), dearest_first);
        if (best && !open) {
            result_.verdict = Verdict::met;
        } else if (!any) {
            result_.verdict = Verdict::violated;
            result_.reason = Reason::limit;
            result_.explanation = "no setting keeps what is promised";
        } else if (!without_cost.empty() && work_.end() == UnitWork::End::none) {
            result_.reason = Reason::data;
            result_.explanation = without_cost;
        } else if (!in_the_dark.empty() && work_.end() == UnitWork::End::none) {
            result_.reason = Reason::data;
            result_.explanation = in_the_dark;
        } else {
            result_.reason = Reason::precision;
            result_.explanation =
                work_.end() != UnitWork::End::none
                    ? std::string(work_.why_ended()) + " before one was known to be the cheapest"
                    : "it is not known whether some that seem cheaper keep what is promised";
        }
    }

    const CheapestSearch::Terms& terms_;
    const Study& study_;
    const std::vector<models::Objective>& objectives_;
    UnitWork& work_;
    UnitWork::Question& question_;
    Predictor predictor_;
    double times_ = 1;
    std::vector<std::string> units_;
    std::vector<Setting> settings_;
    CheapestResult result_;
};

}  // namespace

CheapestResult cheapest_by_selection(const CheapestSearch::Terms& terms, const std::string& not_known,
                                     UnitWork& work, UnitWork::Question& question) {
    std::size_t settings = 1;
    for (const Factor& factor : terms.study.factors) settings *= factor.values.size();
    if (settings > most_to_select_from)
        throw BadSetting("what a setting costs is not known before it is run (" + not_known +
                         "), and more than " + std::to_string(most_to_select_from) +
                         " settings would have to be simulated; vary less, or in larger steps\n");
    return ByCost(terms, work, question).run(not_known);
}

}  // namespace understudy::studies
