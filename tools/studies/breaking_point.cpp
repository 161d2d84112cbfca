#include "tools/studies/breaking_point.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/invariant.h"
#include "kernel/sequential_test.h"
#include "models/compile/compile.h"
#include "models/graph.h"
#include "tools/studies/constraints.h"
#include "tools/studies/courses.h"
#include "tools/studies/durations.h"
#include "tools/studies/growth.h"
#include "tools/studies/judge.h"
#include "tools/studies/knee.h"
#include "tools/studies/level_measures.h"
#include "tools/studies/load_levels.h"
#include "tools/studies/observations.h"
#include "tools/studies/predictor.h"
#include "tools/studies/setting_test.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

namespace {

/// Levels of the first look, which draw the curve.
constexpr std::size_t curve_levels = 9;
/// Levels that may be given up undecided: each next one is nearer to the limit, and as costly.
constexpr std::size_t most_undecided = 4;
/// The base as a run of it would be: with all that is usually measured.
PreparedRun usual_run(const ReadBase& read, const std::vector<models::Objective>& objectives) {
    const std::vector<models::Measure> measures = read({}).measures;
    return prepare_setting(read, {}, Asked{objectives, measures, {}}, Measured::usual);
}

class BreakingSearch {
public:
    BreakingSearch(const Study& study, const ReadBase& read, const StudyOptions& options)
        : study_(study),
          read_(read),
          options_(options),
          base_(read({})),
          work_(read, options_, budget()),
          levels_(study, base_),
          first_(levels_.now()) {}

    BreakingPointResult run() {
        result_.seed = base_.run.seed;
        result_.confidence = study_.confidence.value_or(base_.run.confidence);
        objectives_ = study_.objectives;
        if (study_.all_objectives)
            objectives_.insert(objectives_.begin(), base_.objectives.begin(), base_.objectives.end());
        if (objectives_.empty()) throw BadSetting("nothing has to hold: the base has no objectives\n");
        for (const models::Objective& objective : objectives_)
            units_.push_back(models::unit_of(objective.measure, base_));
        share_out();
        predictor_.emplace(read_, objectives_, options_.formulas);
        seen_ = measures_of_levels(base_, study_.measures);
        if (options_.durations) durations_ = durations_of(usual_run(read_, objectives_));
        if (prepare_work()) {
            if (study_.factors.empty()) {
                find_turn();
                narrow();
            }
            draw_curve();
            narrow();
            show_ends();
            sharpen_knee();
        }
        conclude();
        if (!study_.disturbances.empty() && work_.end() == UnitWork::End::none && question_) {
            warn_of_early_disturbances();
            result_.disturbances = recovery(study_, read_, objectives_, result_.confidence, warm_up_,
                                            durations_, work_, result_.durations);
        }
        judge_disturbances();
        work_.finish();
        result_.replications = work_.replications();
        if (work_.end() == UnitWork::End::interrupted) result_.interrupted = true;
        return std::move(result_);
    }

private:
    void warn_of_early_disturbances() {
        for (const Disturbance& one : study_.disturbances)
            if (one.at < warm_up_)
                result_.warnings.push_back("'" + one.name +
                                           "' comes before the warm-up is over: what it meets is fuller or "
                                           "emptier than usual; let it come later");
    }

    // ---- what is looked at

    std::int64_t budget() const {
        constexpr std::int64_t usual = 1'000'000'000;
        return study_.replications.value_or(usual);
    }

    /// For progress.
    std::int64_t most_units() const {
        return static_cast<std::int64_t>(claims_) * static_cast<std::int64_t>(most_replications()) +
               units_of_recovery(study_, base_);
    }

    void share_out() {
        claims_ = static_cast<double>(curve_levels + std::bit_width(levels_.size()) + most_undecided);
        if (study_.factors.empty()) claims_ += LoadLevels::octaves_up;
        result_.factor = levels_.path();
    }

    std::vector<std::string> overrides(std::size_t level) const {
        return {override_of(levels_.path(), levels_[level].text)};
    }

    /// False where it was interrupted.
    bool prepare_work() {
        Asked asked{objectives_, seen_.measures, {}};
        asked.courses = seen_.courses;
        asked.durations = durations_.measures;
        // On the highest level that formulas take for met: there the start is forgotten most slowly.
        std::size_t low = first_, high = levels_.size();
        while (low + 1 < high) {
            const std::size_t middle = low + (high - low) / 2;
            const auto strain = predictor_->strain(overrides(middle));
            (strain && *strain <= 1 ? low : high) = middle;
        }
        const WarmUpChoice choice = work_.find_warm_up(overrides(low), {objectives_, {}, {}});
        if (!choice.interrupted.empty()) return false;
        warm_up_ = choice.cut;
        result_.warm_up_s = kernel::to_seconds(choice.cut);
        result_.warm_up_reason = choice.reason;
        if (choice.too_short)
            result_.warnings.push_back("no steady state was reached within the run: " + choice.reason);
        question_ = work_.ask(asked, result_.seed, choice.cut);
        work_.count_all_units(most_units());
        return true;
    }

    // ---- what is known

    SettingTest& test(std::size_t level) {
        const auto found = tests_.find(level);
        if (found != tests_.end()) return found->second;
        return tests_.try_emplace(level, objectives_, predictor_->unseen(overrides(level), warm_up_))
            .first->second;
    }
    bool looked_at(std::size_t level) const {
        const auto found = tests_.find(level);
        return found != tests_.end() && found->second.looks() > 0;
    }
    WrongChances wrong() const {
        const double each = (1 - result_.confidence) / claims_;
        return {each, each};
    }
    Verdict standing(std::size_t level) {
        const Predictor::Known& known = predictor_->known(overrides(level));
        if (known.verdict != Verdict::inconclusive) return known.verdict;
        return looked_at(level) ? test(level).verdict(wrong()) : Verdict::inconclusive;
    }
    bool seems_met(std::size_t level) {
        const Verdict known = standing(level);
        if (known != Verdict::inconclusive) return known == Verdict::met;
        return test(level).seems_met();
    }
    bool impossible(std::size_t level) { return predictor_->known(overrides(level)).impossible; }

    /// The next look at each of these. False where the study ends.
    bool look_at(const std::vector<std::size_t>& levels) {
        std::vector<Unit> units;
        std::vector<std::size_t> whose;
        for (const std::size_t level : levels) {
            if (impossible(level)) continue;
            const SettingTest& of = test(level);
            const std::uint64_t wanted = std::min(of.wanted(), most_replications());
            for (std::uint64_t number = of.replications(); number < wanted; ++number) {
                units.push_back({overrides(level), number, 1});
                whose.push_back(level);
            }
        }
        if (!work_.run(*question_, units, [&](std::size_t index, const UnitOutcome& outcome) {
                test(whose[index]).add(outcome);
                keep_beside(whose[index], outcome);
            }))
            return false;
        for (const std::size_t level : levels) {
            if (impossible(level)) continue;
            SettingTest& of = test(level);
            of.look();
            for (std::size_t i = 0; i < objectives_.size(); ++i)
                if (const auto value = of.estimate(i, result_.confidence).value)
                    predictor_->tell(overrides(level), i, *value);
        }
        tell_so_far();
        return true;
    }

    /// What is shown of a level and decides nothing.
    void keep_beside(std::size_t level, const UnitOutcome& outcome) {
        Beside& beside = beside_.try_emplace(level, Beside{{}, 0, SeenDurations(durations_)}).first->second;
        beside.stretch_s = outcome.stretch_s;
        for (const UnitOutcome::Replication& one : outcome.replications) {
            beside.courses.add(one.courses);
            beside.durations.add(one.durations);
        }
    }

    void tell_so_far() {
        const Bracket found = bracket();
        std::string text;
        if (found.met) text = "holds at " + levels_[*found.met].text;
        if (found.violated) text += (found.met ? ", " : "") + ("breaks at " + levels_[*found.violated].text);
        work_.progress().best_so_far(text);
    }

    // ---- the search

    /// From the load as it is twice as much, or half as much, and so on until it turns.
    void find_turn() {
        if (!look_at({first_})) return;
        const bool up = seems_met(first_);
        const double by = up ? 1 : -1;
        for (std::size_t at = first_, next; (next = levels_.shifted(at, by)) != at; at = next)
            if (!look_at({next}) || seems_met(next) != up) return;
    }

    /// A first look at levels all over what is asked about; of all multiples of a load, those from half of where it
    /// breaks to a quarter beyond.
    void draw_curve() {
        std::size_t low = 0, high = levels_.size() - 1;
        if (study_.factors.empty()) {
            const Bracket found = bracket();
            const std::size_t bottom = std::min(found.met.value_or(first_), first_);
            low = levels_.shifted(bottom, -1);
            high = levels_.shifted(found.violated.value_or(first_), 1.0 / 3);
        }
        std::vector<std::size_t> curve;
        const std::size_t count = std::min(curve_levels, high - low + 1);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t level = count < 2 ? low : low + (high - low) * i / (count - 1);
            if (!looked_at(level)) curve.push_back(level);
        }
        look_at(curve);
    }

    struct Bracket {
        std::optional<std::size_t> met, violated;
    };
    /// Those that formulas decided, and those that were looked at.
    std::set<std::size_t> known_levels() const {
        std::set<std::size_t> known = by_formula_;
        for (const auto& [level, test] : tests_)
            if (test.looks() > 0) known.insert(level);
        return known;
    }

    /// Of all that is known: the lowest that is violated, and the highest below it that is met. Where the load as it is is
    /// met, what is violated below it is no break: less may be too little, as of a rate that is promised.
    Bracket bracket() {
        Bracket found;
        const bool holds_now = standing(first_) == Verdict::met;
        for (const std::size_t level : known_levels()) {
            if (holds_now && level < first_) continue;
            const Verdict verdict = standing(level);
            if (verdict == Verdict::violated) {
                found.violated = level;
                break;
            }
            if (verdict == Verdict::met) found.met = level;
        }
        return found;
    }

    /// This is less than there is now, which seems to hold: then less may be too little, and it is now that tells.
    bool breaks_below(std::size_t violated) {
        return violated < first_ && standing(first_) == Verdict::inconclusive && looked_at(first_) &&
               seems_met(first_);
    }

    bool narrow_enough(std::size_t low, std::size_t high) const {
        if (high - low <= 1) return true;
        const bool continuous = study_.factors.empty() || study_.factors.front().values.empty();
        const auto &one = levels_[low].number, &other = levels_[high].number;
        if (!continuous || !base_.run.precision || !one || !other) return false;
        return *other - *one <= *base_.run.precision * std::fabs(*one);
    }

    /// Looks between what is met and what is violated, by halves.
    void narrow() {
        std::set<std::size_t> given_up;
        const std::size_t last = levels_.size() - 1;
        for (;;) {
            const Bracket now = bracket();
            // Without any of its kind, the ends of what is asked about.
            const bool open_end = study_.factors.empty();
            const std::size_t low = now.met ? *now.met : 0;
            const std::size_t high = now.violated ? *now.violated : last;
            if (now.met && now.violated && narrow_enough(low, high)) return;
            // Whole pieces between what is decided or given up.
            std::vector<std::size_t> marks = {low};
            for (const std::size_t level : given_up)
                if (level > low && level < high) marks.push_back(level);
            marks.push_back(high);
            std::optional<std::size_t> next;
            if (now.violated && breaks_below(*now.violated) && !given_up.contains(first_))
                next = first_;
            else if (!now.met && !given_up.contains(low) && standing(low) == Verdict::inconclusive &&
                     !open_end)
                next = low;
            else if (!now.violated && !given_up.contains(high) && standing(high) == Verdict::inconclusive &&
                     !open_end)
                next = high;
            if (!next && open_end && (!now.met || !now.violated)) {
                next = easiest(!now.met, given_up);
                if (!next) return;
            }
            if (!next && given_up.size() < most_undecided) {
                // The longest piece: of equal ones the lowest.
                std::size_t longest = 1;
                for (std::size_t i = 0; i + 1 < marks.size(); ++i)
                    if (marks[i + 1] - marks[i] > longest && !narrow_enough(marks[i], marks[i + 1])) {
                        longest = marks[i + 1] - marks[i];
                        next = marks[i] + longest / 2;
                    }
            }
            if (!next) return;
            if (standing(*next) != Verdict::inconclusive) {
                by_formula_.insert(*next);
                continue;
            }
            if (test(*next).replications() >= most_replications()) {
                given_up.insert(*next);
                continue;
            }
            if (!look_at({*next})) return;
        }
    }
    /// Of those of the curve that are open: the lowest that seems met, or the highest that seems violated.
    std::optional<std::size_t> easiest(bool met, const std::set<std::size_t>& given_up) {
        std::optional<std::size_t> found;
        for (const auto& [level, test] : tests_) {
            if (standing(level) != Verdict::inconclusive || given_up.contains(level) ||
                test.seems_met() != met)
                continue;
            if (!found || !met) found = level;
        }
        return found;
    }
    /// What formulas decided is simulated where the answer rests on it.
    void show_ends() {
        const Bracket found = bracket();
        std::vector<std::size_t> ends;
        for (const auto& level : {found.met, found.violated})
            if (level && !looked_at(*level)) ends.push_back(*level);
        if (!ends.empty()) look_at(ends);
    }
    /// Of a level; the first look at it has its five in any case.
    std::uint64_t most_replications() const {
        return std::max<std::uint64_t>(kernel::values_at_look(1),
                                       static_cast<std::uint64_t>(base_.run.replications));
    }

    // ---- the answer

    Level describe(std::size_t index) {
        Level level;
        level.value = levels_[index].text;
        level.number = levels_[index].number;
        level.verdict = standing(index);
        const Predictor::Known& known = predictor_->known(overrides(index));
        level.by_formula = known.verdict != Verdict::inconclusive;
        level.why = known.why;
        if (!looked_at(index)) return level;
        const SettingTest& seen = test(index);
        level.replications = seen.replications();
        if (const std::string fault = seen.fault(); !fault.empty()) {
            level.why = fault;
            level.by_formula = false;
        }
        if (seen.breaks_constraint()) level.broken.push_back(constraint_names(base_));
        if (level.why.empty()) level.why = seen.overload();
        for (std::size_t i = 0; i < objectives_.size(); ++i)
            level.promises.push_back({objectives_[i].text, units_[i], objectives_[i].limit,
                                      seen.verdict_of(i, wrong()), seen.estimate(i, result_.confidence)});
        double highest = 0;
        for (std::size_t m = 0; m < seen_.measures.size(); ++m) {
            const models::Measure& measure = seen_.measures[m];
            Level::Measured one{measure.text, models::unit_of(measure, base_), {}};
            const std::vector<double> values = with_data(seen.values(objectives_.size() + m));
            one.estimate.level = result_.confidence;
            one.estimate.replications = std::ssize(values);
            if (const auto mean = kernel::mean_interval(values, result_.confidence, {0, INFINITY})) {
                one.estimate.value = mean->centre;
                one.estimate.low = mean->low;
                one.estimate.high = mean->high;
            }
            const bool utilisation = std::find(seen_.utilisations.begin(), seen_.utilisations.end(), m) !=
                                     seen_.utilisations.end();
            if (utilisation && one.estimate.value.value_or(0) > highest) {
                highest = *one.estimate.value;
                level.most_loaded = measure.scope;
            }
            level.measures.push_back(std::move(one));
        }
        const Beside& beside = beside_.at(index);
        std::vector<std::vector<double>> means = beside.courses.means();
        for (std::size_t c = 0; c < means.size(); ++c)
            level.series.push_back({seen_.courses[c].name,
                                    models::unit_of(seen_.courses[c].levels.front(), base_), beside.stretch_s,
                                    std::move(means[c])});
        return level;
    }

    void tell_durations(std::size_t level) {
        const auto beside = beside_.find(level);
        if (!options_.durations || beside == beside_.end()) return;
        SeenDurations& seen = result_.durations.emplace_back(std::move(beside->second.durations));
        seen.label = override_of(levels_.path(), levels_[level].text);
        if (base_.run.length) seen.replication_s = kernel::to_seconds(*base_.run.length - warm_up_);
    }

    void conclude() {
        for (const std::size_t level : known_levels()) {
            place_[level] = result_.levels.size();
            result_.levels.push_back(describe(level));
            name_broken(result_.levels.back());
            tell_durations(level);
        }
        const Bracket found = bracket();
        if (found.met) result_.holds_at = place_.at(*found.met);
        if (found.violated) {
            result_.breaks_at = place_.at(*found.violated);
            result_.breaks_first = result_.levels[*result_.breaks_at].broken;
        }
        check_order(found);
        find_knee();
        date();
        judge_all(found);
        for (const models::Load& load : base_.loads)
            if (load.arrivals.kind == models::Arrivals::Kind::users)
                result_.warnings.push_back(
                    "'" + load.name +
                    "' throttles itself: its users wait for their answers, so a slow system is "
                    "asked for less");
    }

    /// What is violated there besides constraints; where a formula decided, what seems to be.
    void name_broken(Level& level) const {
        std::vector<std::string>& broken = level.broken;
        if (level.verdict != Verdict::violated) return;
        for (const Candidate::Promise& promise : level.promises)
            if (promise.verdict == Verdict::violated) broken.push_back(promise.text);
        for (std::size_t i = 0; i < level.promises.size() && broken.empty(); ++i)
            if (const auto& value = level.promises[i].estimate.value;
                value && !holds(objectives_[i].comparison, *value, objectives_[i].limit))
                broken.push_back(level.promises[i].text);
    }

    /// Warns where a level is met above one that is violated.
    void check_order(const Bracket& found) {
        if (standing(first_) == Verdict::met)
            for (const auto& [level, place] : place_)
                if (level < first_ && standing(level) == Verdict::violated) {
                    result_.warnings.push_back(
                        "it does not hold at " + levels_[level].text +
                        ", which is less than now: the breaking point is looked for above " +
                        levels_[first_].text);
                    break;
                }
        if (!found.violated) return;
        for (const Level& level : result_.levels)
            if (level.verdict == Verdict::met && &level > &result_.levels[*result_.breaks_at]) {
                result_.warnings.push_back(
                    "it holds again at " + level.value +
                    ": a higher level is not always worse, and the breaking point is the lowest "
                    "that was seen");
                return;
            }
    }

    void judge_all(const Bracket& found) {
        if (!question_) {
            result_.reason = Reason::precision;
            result_.explanation = "interrupted in the warm-up pilot";
            return;
        }
        const Verdict at_first = standing(first_);
        const bool complete = found.violated ? found.met.has_value() || at_first == Verdict::violated
                                             : standing(levels_.size() - 1) == Verdict::met;
        const std::string as_it_is = levels_[first_].text;
        const bool follows = at_first == Verdict::inconclusive && found.violated &&
                             *found.violated <= first_ && !breaks_below(*found.violated);
        if (at_first == Verdict::violated || follows) {
            result_.verdict = Verdict::violated;
            result_.reason = Reason::limit;
            result_.explanation = "it does not hold at " + as_it_is;
        } else if (complete && (at_first == Verdict::met || (found.met && *found.met >= first_))) {
            result_.verdict = Verdict::met;
        } else {
            result_.reason = Reason::precision;
            result_.explanation = found.met && found.violated
                                      ? "it was not decided whether it holds at " + as_it_is
                                      : "no level was shown to " + std::string(found.met ? "break" : "hold");
            const std::string unseen = without_data();
            if (!unseen.empty()) {
                result_.reason = Reason::data;
                result_.explanation += "; at " + as_it_is + " nothing was seen of " + unseen;
            } else if (work_.end() == UnitWork::End::none) {
                result_.explanation += "; more replications of a level tell more: 'run.replications'";
            }
        }
        if (work_.end() != UnitWork::End::none)
            result_.explanation += (result_.explanation.empty() ? "" : "; ") + std::string(work_.why_ended());
    }

    /// A promise of which the load as it is shows nothing at all, as where nothing comes out; empty: there is none.
    std::string without_data() {
        if (!looked_at(first_)) return "";
        for (std::size_t i = 0; i < objectives_.size(); ++i)
            if (test(first_).without_data(i)) return objectives_[i].text;
        return "";
    }

    /// What is not survived is not met, and what is not known of a disturbance leaves open what else is met.
    void judge_disturbances() {
        const auto tell = [&](Verdict verdict, Reason reason, const std::string& why) {
            if (result_.verdict == Verdict::violated && verdict == Verdict::inconclusive) return;
            if (result_.verdict != verdict) result_.explanation.clear();
            result_.verdict = verdict;
            result_.reason = reason;
            result_.explanation += (result_.explanation.empty() ? "" : "; ") + why;
        };
        for (const RecoveryResult& one : result_.disturbances)
            if (one.survived == Verdict::violated)
                tell(Verdict::violated, Reason::limit,
                     "'" + one.name + "' is not survived: " + one.not_survived);
        for (const RecoveryResult& one : result_.disturbances)
            if (one.survived == Verdict::inconclusive)
                tell(Verdict::inconclusive, Reason::precision,
                     "whether '" + one.name +
                         "' is survived is not known: " + (one.why.empty() ? one.not_survived : one.why));
        if (result_.disturbances.empty() && !study_.disturbances.empty())
            tell(Verdict::inconclusive, Reason::precision,
                 std::string("nothing is known of disturbances: ") +
                     (question_ ? work_.why_ended() : "interrupted in the warm-up pilot"));
    }

    // ---- the knee

    struct Powers {
        std::vector<std::size_t> levels;  ///< that were simulated, rising
        GreatestPower greatest;           ///< of these
    };
    /// None where fewer than three levels have a power.
    std::optional<Powers> powers() {
        if (!seen_.latency) return std::nullopt;
        Powers found;
        std::vector<std::vector<double>> values;
        for (const auto& [level, test] : tests_) {
            if (test.looks() == 0) continue;
            std::vector<double> one = powers_of(test.values(objectives_.size() + *seen_.completed),
                                                test.values(objectives_.size() + *seen_.latency));
            if (one.size() < 2) continue;
            found.levels.push_back(level);
            values.push_back(std::move(one));
        }
        if (values.size() < 3) return std::nullopt;
        found.greatest = greatest_power(values, result_.confidence);
        return found;
    }

    /// A few more looks at those levels that may be the knee.
    void sharpen_knee() {
        constexpr int most_looks = 3;
        for (int look = 0; look < most_looks; ++look) {
            const auto found = powers();
            if (!found || found->greatest.low == found->greatest.high) return;
            std::vector<std::size_t> levels;
            for (std::size_t i = found->greatest.low; i <= found->greatest.high; ++i)
                if (test(found->levels[i]).replications() < most_replications())
                    levels.push_back(found->levels[i]);
            if (levels.empty() || !look_at(levels)) return;
        }
    }

    void find_knee() {
        const auto found = powers();
        if (!found) {
            result_.why_no_knee = seen_.latency ? "fewer than three levels had throughput and latency"
                                                : "there are no loads whose latency could rise";
            return;
        }
        const auto shown = [&](std::size_t i) { return place_.at(found->levels[i]); };
        const std::size_t last = found->levels.size() - 1;
        const auto [at, low, high] = found->greatest;
        result_.knee = Knee{shown(low > 0 ? low - 1 : 0), shown(at), shown(std::min(high + 1, last)),
                            low == 0, high == last};
    }

    void date() {
        if (!study_.growth) return;
        const auto day = [&](std::size_t level) -> std::optional<std::string> {
            const auto& number = result_.levels[level].number;
            return number && *number > 0 ? day_of_factor(*study_.growth, *number) : std::nullopt;
        };
        if (result_.holds_at) result_.holds_until = day(*result_.holds_at);
        if (result_.breaks_at) result_.breaks_by = day(*result_.breaks_at);
    }

    const Study& study_;
    const ReadBase& read_;
    const StudyOptions& options_;
    models::Scenario base_;
    UnitWork work_;
    LoadLevels levels_;
    const std::size_t first_;  ///< of the levels: the load as it is
    double claims_ = 1;
    std::vector<models::Objective> objectives_;
    std::vector<std::string> units_;
    LevelMeasures seen_;
    std::optional<Predictor> predictor_;
    kernel::Time warm_up_ = 0;
    std::unique_ptr<UnitWork::Question> question_;
    std::map<std::size_t, SettingTest> tests_;
    struct Beside {
        MeanCourses courses;
        double stretch_s = 0;
        SeenDurations durations;
    };
    std::map<std::size_t, Beside> beside_;
    MeasuredDurations durations_;
    std::set<std::size_t> by_formula_;
    std::map<std::size_t, std::size_t> place_;  ///< of levels in the result
    BreakingPointResult result_;
};

}  // namespace

BreakingPointResult breaking_point(const Study& study, const ReadBase& read, const StudyOptions& options) {
    kernel::require(study.factors.size() <= 1, "one parameter is raised");
    return BreakingSearch(study, read, options).run();
}

}  // namespace understudy::studies
