#include "tools/studies/canary.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "kernel/random.h"
#include "kernel/replications.h"
#include "models/simulation/running.h"
#include "tools/studies/harm.h"
#include "tools/studies/judge.h"
#include "tools/studies/mean_estimate.h"
#include "tools/studies/rehearse.h"
#include "tools/studies/rehearse_change.h"
#include "tools/studies/stepping.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::Action;
using models::Aggregate;
using models::Metric;
using models::MetricKind;
using models::Running;
using CanaryCase = CanaryResult::Case;
using Values = std::vector<std::optional<double>>;

/// Not a name that a file can have.
constexpr const char* rollout_name = "(rollout)";
constexpr const char* check_name = "(check)";

std::string bake_name(std::size_t number) { return "(bake " + std::to_string(number) + ")"; }

bool is_one_of(const std::string& name, const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

models::Measure count_of(Aggregate aggregate, Metric metric, const std::string& scope) {
    models::Measure measure;
    measure.aggregate = aggregate;
    measure.metric = metric;
    measure.scope = scope;
    measure.text = std::string(aggregate == Aggregate::total ? "total " : "") + models::name_of(metric) +
                   "(" + scope + ")";
    return measure;
}

/// Whether shares of items change what an amount of it means.
bool goes_with_the_share(const models::Measure& measure) {
    if (measure.aggregate == Aggregate::total || measure.aggregate == Aggregate::rate) return true;
    const MetricKind kind = models::kind_of(measure.metric);
    if (kind == MetricKind::money) return true;
    return kind == MetricKind::level && measure.metric != Metric::utilisation &&
           measure.metric != Metric::age && measure.metric != Metric::freshness;
}

bool has_increase(const Rollout& rollout) {
    return std::any_of(rollout.guards.begin(), rollout.guards.end(),
                       [](const Guard& guard) { return guard.is_increase; });
}

/// Whether an increase has nothing beside it within the first bake.
bool needs_bake_before(const Rollout& rollout) {
    return has_increase(rollout) && rollout.shares.front() >= 1;
}

std::optional<Time> goes_in_at(const Rollout& rollout, std::optional<Time> warm_up) {
    if (rollout.at) return rollout.at;
    if (!warm_up) return std::nullopt;
    return needs_bake_before(rollout) ? kernel::later(*warm_up, rollout.bake.value_or(0)) : *warm_up;
}

Time mean_of(const models::Law& law) {
    double sum = 0;
    for (const models::Term& term : law.terms) sum += term.law.mean();
    return kernel::from_seconds(std::clamp(sum, 0.0, kernel::to_seconds(kernel::never / 2)));
}

/// Its last bake ends there, where what is measured is known after as long as on average.
Time ends_at(const Rollout& rollout, Time in, Time end) {
    if (!rollout.bake) return end;
    Time at = in;
    const Time known_after = mean_of(rollout.detect);
    for (std::size_t i = 0; i < rollout.shares.size(); ++i)
        at = kernel::later(at, i > 0 ? kernel::later(known_after, *rollout.bake) : *rollout.bake);
    return at;
}

/// What one simulation has measured in the end.
struct Ended {
    Values values;
    double missed = 0;  ///< deadlines of runs
};

/// The way of one candidate in one simulation.
struct Way {
    bool passed = false;
    std::size_t step = 0;   ///< at which it was stopped
    std::size_t cause = 0;  ///< guard, or their number: what detects
    bool without_data = false;
    bool within = false;      ///< by a check within a bake
    bool unfinished = false;  ///< passed, as the run ended
    double noticed_s = 0;     ///< from going in
    double after_s = 0;       ///< from going in
    Ended ended;
};

/// All of one replication.
struct Round {
    bool given_up = false;
    std::vector<Way> ways;  ///< by case
    Ended without;
    std::string stopped;
};

/// Numbers of draws that a way takes, whichever case it is of.
constexpr std::uint64_t detect_draw = 0, decide_draw = 1, abort_draw = 2, first_known_draw = 3;

class RoundRun {
public:
    RoundRun(const PreparedCanary& prepared, const CanaryOptions& options, std::int64_t index)
        : prepared_(prepared), rollout_(prepared.twin.rollout), options_(options), index_(index) {
        key_ = kernel::stream_key(prepared.same.scenario.run.seed, static_cast<std::uint64_t>(index),
                                  rollout_name, kernel::Purpose::delay);
        end_ = *prepared.same.scenario.run.length;
        in_ = *goes_in_at(rollout_, options.warm_up);
    }

    Round run() {
        std::optional<Running> same = up_to_going_in(prepared_.same);
        if (same) {
            round_.without = finished(Running(*same));
            add_way(std::move(*same), nullptr);
        }
        std::optional<Running> changed = up_to_going_in(prepared_.changed);
        if (changed) {
            for (const CanaryTwin::Bad& bad : prepared_.twin.bad) {
                // The change as it is comes before those that are worse.
                if (round_.ways.size() == 1) add_way(Running(*changed), nullptr);
                add_way(Running(*changed), &bad);
            }
            if (prepared_.twin.bad.empty()) add_way(std::move(*changed), nullptr);
        }
        return std::move(round_);
    }

private:
    static models::Index index(std::size_t action) { return static_cast<models::Index>(action); }

    Time drawn(const models::Law& law, std::uint64_t number) const { return time_drawn(law, key_, number); }

    std::optional<Running> up_to_going_in(const PreparedRun& run) {
        if (round_.given_up) return std::nullopt;
        models::ReplicationOptions how;
        how.seed = run.scenario.run.seed;
        how.index = static_cast<std::uint64_t>(index_);
        how.warm_up = options_.warm_up;
        how.stop = options_.run.stop;
        Running now(run.model, how);
        const bool before = needs_bake_before(rollout_) && rollout_.bake && in_ >= *rollout_.bake;
        if (before) {
            step_before(now, in_ - *rollout_.bake);
            now.act(index(prepared_.bakes[0]), in_ - *rollout_.bake);
        }
        step_before(now, in_);
        if (before) now.undo(index(prepared_.bakes[0]), in_);
        return now;
    }

    void add_way(Running now, const CanaryTwin::Bad* bad) {
        if (round_.given_up) return;
        Way way = go(now, bad);
        way.ended = finished(std::move(now));
        round_.ways.push_back(std::move(way));
    }

    /// When everything new goes back, and why.
    struct Back {
        Time at = 0, noticed = 0;
        std::size_t cause = 0;
        bool without_data = false, within = false;
    };

    Way go(Running& now, const CanaryTwin::Bad* bad) {
        Way way;
        std::optional<Back> back;
        // Those of a bad one follow those of the change as it is, and of the bad ones before it.
        const std::size_t shares_of =
            bad == nullptr
                ? 0
                : rollout_.shares.size() * (1 + static_cast<std::size_t>(bad - prepared_.twin.bad.data()));
        if (bad != nullptr) now.act(index(bad->action), in_);
        if (bad != nullptr && prepared_.twin.notices)
            back = by_detection(kernel::later(in_, drawn(prepared_.twin.detect_after, detect_draw)));
        Time begins = in_;
        for (std::size_t step = 0; step < rollout_.shares.size(); ++step) {
            for (const std::size_t action : prepared_.share_actions[shares_of + step])
                now.act(index(action), begins);
            now.act(index(prepared_.bakes[step + 1]), begins);
            const Time ends = rollout_.bake ? kernel::later(begins, *rollout_.bake) : end_;
            way.step = step;
            if (ends > end_) {
                way.unfinished = true;
                break;
            }
            const Time known_after = drawn(rollout_.detect, first_known_draw + step);
            const Time known = kernel::later(ends, known_after);
            if (bake(now, step, {begins, ends, known_after}, back) || go_on(now, ends, known, back)) {
                stop(now, *back, bad, way);
                return way;
            }
            begins = known;
        }
        // What is noticed before it has passed is taken back, however long it takes to say so.
        if (back && back->noticed <= begins && !way.unfinished) {
            (void)go_on(now, begins, back->at, back);
            stop(now, *back, bad, way);
            return way;
        }
        way.passed = true;
        way.after_s = kernel::to_seconds(std::min(begins, end_) - in_);
        return way;
    }

    struct Bake {
        Time begins = 0, ends = 0, known_after = 0;
    };

    /// To where the bake ends, just before that instant; true if the candidate is stopped before it gets a further share, and
    /// then to just before that.
    bool bake(Running& now, std::size_t step, const Bake& one, std::optional<Back>& back) {
        bool stops = false;
        const auto broken = [&](Time at, std::size_t guard, bool without_data, bool within) {
            const Time noticed = kernel::later(at, one.known_after);
            const Time all = kernel::later(kernel::later(noticed, drawn(rollout_.decide, decide_draw)),
                                           drawn(rollout_.abort, abort_draw));
            stops = true;
            if (!back || all <= back->at) back = Back{all, noticed, guard, without_data, within};
        };
        Time begins = one.begins;
        if (rollout_.checks) {
            std::vector<std::int64_t> failed(rollout_.guards.size(), 0), row(rollout_.guards.size(), 0);
            const GuardChecks& checks = *rollout_.checks;
            now.forget(index(prepared_.check));
            now.act(index(prepared_.check), begins);
            Time at = begins;
            while (!stops && one.ends - at >= checks.every) {
                at += checks.every;
                if (go_on(now, begins, at, back)) return true;
                begins = at;
                const Values values = now.values();
                for (std::size_t g = 0; g < rollout_.guards.size() && !stops; ++g) {
                    const Kept kept = keeps(values, prepared_.checked[g], step, g);
                    if (kept == Kept::no_data) continue;
                    failed[g] += kept == Kept::no ? 1 : 0;
                    row[g] = kept == Kept::no ? row[g] + 1 : 0;
                    if ((checks.failures && failed[g] >= *checks.failures) ||
                        (checks.in_a_row && row[g] >= *checks.in_a_row))
                        broken(at, g, false, at < one.ends);
                }
                now.forget(index(prepared_.check));
            }
        }
        if (!stops) {
            if (go_on(now, begins, one.ends, back)) return true;
            begins = one.ends;
            const Values values = now.values();
            for (std::size_t g = 0; g < rollout_.guards.size() && !stops; ++g) {
                const Kept kept = keeps(values, prepared_.judged[step + 1][g], step, g);
                if (kept != Kept::yes) broken(one.ends, g, kept == Kept::no_data, false);
            }
        }
        if (begins == one.ends) {
            now.undo(index(prepared_.bakes[step + 1]), one.ends);
            if (rollout_.checks) now.undo(index(prepared_.check), one.ends);
        }
        if (stops) (void)go_on(now, begins, back->at, back);
        return stops;
    }

    /// From an instant to just before another, or to just before everything goes back, where that is sooner (true). Until then
    /// it is watched for what detects.
    bool go_on(Running& now, Time begins, Time ends, std::optional<Back>& back) const {
        ends = std::min(ends, end_);
        if (prepared_.twin.detects && !(back && back->cause == rollout_.guards.size()) && begins < ends) {
            // What happens at the instant itself belongs to it.
            bool detected = step_to(now, begins, prepared_.twin.detects);
            detected = detected || (now.now() >= begins && now.has_come(index(*prepared_.twin.detects)));
            detected = detected || (ends - 1 > now.now() && step_to(now, ends - 1, prepared_.twin.detects));
            if (detected) {
                Back other = by_detection(now.now());
                // Not before something can still be done at that instant.
                other.at = std::max(other.at, now.now() + 1);
                if (!back || other.at < back->at) back = other;
            }
        }
        const bool goes_back = back && back->at < ends;
        step_before(now, goes_back ? back->at : ends);
        return goes_back;
    }

    Back by_detection(Time noticed) const {
        const Time decided = kernel::later(noticed, drawn(prepared_.twin.decide, decide_draw));
        return {kernel::later(decided, drawn(rollout_.abort, abort_draw)), noticed, rollout_.guards.size()};
    }

    void stop(Running& now, const Back& back, const CanaryTwin::Bad* bad, Way& way) const {
        const Time at = back.at;
        way.cause = back.cause;
        way.without_data = back.without_data;
        way.within = back.within;
        way.noticed_s = kernel::to_seconds(back.noticed - in_);
        way.after_s = kernel::to_seconds(at - in_);
        if (at >= end_) return;
        for (const std::size_t action : prepared_.back_actions) now.act(index(action), at);
        // What it did to others ends with it; what it did to itself goes on for what is still there.
        if (bad != nullptr) {
            const std::string& target = prepared_.changed.scenario.actions[bad->action].target;
            const auto& stages = prepared_.twin.stages;
            if (std::none_of(stages.begin(), stages.end(),
                             [&](const std::string& stage) { return candidate_name(stage) == target; }))
                now.undo(index(bad->action), at);
        }
    }

    enum class Kept { yes, no, no_data };

    /// A guard, by what has been measured of it.
    Kept keeps(const Values& values, const PreparedCanary::Judged& judged, std::size_t step,
               std::size_t g) const {
        // The last bake in which the baseline got something.
        std::size_t beside = step + 1;
        while (beside > 0 && rollout_.shares[beside - 1] >= 1) --beside;
        const Guard& guard = rollout_.guards[g];
        const auto& ours = values[judged.candidate];
        const auto& theirs =
            values[beside == step + 1 ? judged.baseline : prepared_.judged[beside][g].baseline];
        if (!ours || (guard.is_increase && !theirs)) return Kept::no_data;
        const models::Increase& increase = guard.increase;
        // What neither side has any of has grown by 0 percent.
        const bool none = guard.is_increase && *ours == 0 && *theirs == 0;
        const bool kept = !guard.is_increase ? holds(guard.objective.comparison, *ours, guard.objective.limit)
                          : none             ? holds(increase.comparison, 0, increase.margin)
                          : increase.relative
                              ? holds(increase.comparison, *ours - (1 + increase.margin) * *theirs, 0)
                              : holds(increase.comparison, *ours - *theirs, increase.margin);
        return kept ? Kept::yes : Kept::no;
    }

    Ended finished(Running now) {
        auto outcome = std::move(now).finish();
        if (!outcome) {
            round_.given_up = true;
            return {};
        }
        if (round_.stopped.empty()) round_.stopped = outcome->stopped;
        Ended ended;
        for (const std::size_t measure : prepared_.landings)
            if (const auto& tally = outcome->tallies[measure])
                ended.missed += static_cast<double>(tally->trials - tally->count);
        ended.values = std::move(outcome->values);
        return ended;
    }

    const PreparedCanary& prepared_;
    const Rollout& rollout_;
    const CanaryOptions& options_;
    std::int64_t index_;
    kernel::StreamKey key_;
    Time end_ = 0, in_ = 0;
    Round round_;
};

/// What all rounds together say of each case.
class Rounds {
public:
    Rounds(const PreparedCanary& prepared, const std::vector<Round>& all, double level,
           const CanaryOptions& options)
        : prepared_(prepared), all_(all), level_(level), level_of_means_(options.confidence) {
        measured_s_ = kernel::to_seconds(*prepared.same.scenario.run.length - options.warm_up);
    }

    std::vector<CanaryCase> cases() const {
        std::vector<CanaryCase> cases;
        const std::size_t number = 2 + prepared_.twin.bad.size();
        for (std::size_t i = 0; i < number; ++i) cases.push_back(one(i));
        return cases;
    }

private:
    CanaryCase one(std::size_t number) const {
        const Rollout& rollout = prepared_.twin.rollout;
        CanaryCase result;
        result.kind = number == 0   ? CanaryCase::Kind::same
                      : number == 1 ? CanaryCase::Kind::change
                                    : CanaryCase::Kind::bad;
        const bool bad = result.kind == CanaryCase::Kind::bad;
        if (bad) result.text = prepared_.twin.bad[number - 2].text;
        result.stopped_at.assign(rollout.shares.size(), 0);
        for (const Guard& guard : rollout.guards) result.causes.push_back({guard.text()});
        result.causes.push_back({prepared_.twin.detect});
        std::vector<double> noticed_after, stopped_after, passed_after, given;
        for (const Round& round : all_) {
            const Way& way = round.ways[number];
            if (way.passed) {
                ++result.passed;
                passed_after.push_back(way.after_s);
                result.unfinished += way.unfinished ? 1 : 0;
            } else {
                ++result.stopped;
                ++result.stopped_at[way.step];
                ++result.causes[way.cause].stopped;
                result.causes[way.cause].without_data += way.without_data ? 1 : 0;
                result.causes[way.cause].within += way.within ? 1 : 0;
                noticed_after.push_back(way.noticed_s);
                stopped_after.push_back(way.after_s);
            }
            double most = 0;
            for (const std::size_t measure : prepared_.given)
                most = std::max(most, way.ended.values[measure].value_or(0));
            given.push_back(most);
        }
        if (!prepared_.twin.detects && !prepared_.twin.notices) result.causes.pop_back();
        const auto positive = [&](const std::vector<double>& values) {
            return mean_estimate(values, level_of_means_, {0, INFINITY});
        };
        result.noticed_after = positive(noticed_after);
        result.stopped_after = positive(stopped_after);
        result.passed_after = positive(passed_after);
        result.given = positive(given);
        const std::size_t first = prepared_.counted;
        result.lost = count(number, counted_of(Metric::lost));
        result.late = count(number, counted_of(Metric::late));
        result.duplicated = count(number, {first});
        result.left = count(number, {first + 1});
        result.time = count(number, {first + 2}, measured_s_);
        result.failed = count(number, prepared_.failed);
        if (!prepared_.landings.empty())
            result.missed = amount(number, [](const Ended& ended) { return ended.missed; });
        judge(result, bad ? result.passed : result.stopped,
              bad                                     ? rollout.false_pass
              : result.kind == CanaryCase::Kind::same ? rollout.false_stop
                                                      : 0.5);
        return result;
    }

    /// Positions of what is counted of a metric, on both sides and wherever else.
    std::vector<std::size_t> counted_of(Metric metric) const {
        std::vector<std::size_t> positions;
        const std::vector<models::Measure>& measures = prepared_.same.scenario.measures;
        for (std::size_t i = prepared_.counted; i < measures.size(); ++i)
            if (measures[i].metric == metric && measures[i].aggregate == Aggregate::total)
                positions.push_back(i);
        return positions;
    }

    /// Of several measures their sum.
    CanaryResult::Count count(std::size_t number, const std::vector<std::size_t>& measures,
                              double times = 1) const {
        return amount(number, [&](const Ended& ended) {
            double sum = 0;
            for (const std::size_t measure : measures) sum += times * ended.values[measure].value_or(0);
            return sum;
        });
    }

    template <class Of>
    CanaryResult::Count amount(std::size_t number, Of of) const {
        std::vector<double> with, more;
        for (const Round& round : all_) {
            with.push_back(of(round.ways[number].ended));
            more.push_back(with.back() - of(round.without));
        }
        return {mean_estimate(with, level_of_means_, {0, INFINITY}), mean_estimate(more, level_of_means_)};
    }

    void judge(CanaryCase& result, std::int64_t wrong, double limit) const {
        const std::int64_t trials = result.passed + result.stopped;
        result.limit = limit;
        result.wrong.level = level_;
        result.wrong.replications = trials;
        const auto interval =
            kernel::share_interval(static_cast<std::size_t>(wrong), static_cast<std::size_t>(trials), level_);
        if (!interval) return;
        result.wrong.value = static_cast<double>(wrong) / static_cast<double>(trials);
        result.wrong.low = interval->low;
        result.wrong.high = interval->high;
        if (interval->high < limit)
            result.verdict = Verdict::met;
        else if (interval->low > limit)
            result.verdict = Verdict::violated;
    }

    const PreparedCanary& prepared_;
    const std::vector<Round>& all_;
    double level_, level_of_means_, measured_s_ = 0;
};

bool is_settled(const CanaryCase& one) {
    return one.verdict != Verdict::inconclusive && one.wrong.low && one.wrong.high &&
           *one.wrong.high - *one.wrong.low <= 2 * CanaryResult::narrow_enough;
}

void judge_canary(CanaryResult& result) {
    if (result.replications == 0) {
        result.why = "no replication came to its end";
        return;
    }
    result.verdict = Verdict::met;
    const auto say = [&](const CanaryCase& one, const std::string& what) {
        if (one.verdict == Verdict::met) return;
        if (result.verdict == Verdict::violated) return;
        const bool violated = one.verdict == Verdict::violated;
        if (!violated && result.verdict == Verdict::inconclusive) return;
        result.verdict = one.verdict;
        result.why = violated ? what + " more often than in " + percent(one.limit) + " of simulations"
                              : "it cannot be told whether " + what + " in less than " + percent(one.limit) +
                                    " of simulations: take more replications";
    };
    for (const CanaryCase& one : result.cases)
        say(one, one.kind == CanaryCase::Kind::same ? "it stops a candidate that is what is there"
                 : one.kind == CanaryCase::Kind::change
                     ? "it stops the change as it is"
                     : "it lets a bad candidate through (" + one.text + ")");
}

void add_measures(PreparedCanary& prepared, const SideBySide& twin, models::Scenario& scenario) {
    const Rollout& rollout = prepared.twin.rollout;
    std::vector<models::Measure> promises;
    for (const models::Objective& objective : scenario.objectives) promises.push_back(objective.measure);
    scenario.objectives.clear();
    scenario.measures.clear();
    const auto add = [&](models::Measure measure) {
        scenario.measures.push_back(std::move(measure));
        return scenario.measures.size() - 1;
    };
    const auto judged_during = [&](const std::string& action) {
        std::vector<PreparedCanary::Judged> row;
        for (const Guard& guard : rollout.guards) {
            models::Measure measure = guard.measure();
            measure.during_action = action;
            PreparedCanary::Judged judged;
            const bool differs = is_one_of(measure.scope, prepared.twin.stages);
            judged.baseline = judged.candidate = add(measure);
            if (differs && measure.scope_to.empty()) {
                measure.scope = candidate_name(measure.scope);
                judged.candidate = add(measure);
            }
            row.push_back(judged);
        }
        return row;
    };
    prepared.judged.clear();
    for (std::size_t bake = 0; bake <= rollout.shares.size(); ++bake)
        prepared.judged.push_back(judged_during(bake_name(bake)));
    prepared.checked = rollout.checks ? judged_during(check_name) : std::vector<PreparedCanary::Judged>();
    prepared.counted = scenario.measures.size();
    add(count_of(Aggregate::total, Metric::duplicated, ""));
    add(count_of(Aggregate::at, Metric::present, ""));
    scenario.measures.back().at = *scenario.run.length;
    add(count_of(Aggregate::average, Metric::present, ""));
    for (models::Measure& measure : lost_of(scenario)) add(std::move(measure));
    for (models::Measure& measure : late_of(scenario)) add(std::move(measure));
    prepared.landings.clear();
    for (models::Measure& promise : promises)
        if (promise.by_clock || promise.by_offset) prepared.landings.push_back(add(std::move(promise)));
    prepared.failed.clear();
    prepared.given.clear();
    for (const models::Stage& stage : twin.stages)
        prepared.given.push_back(add(count_of(Aggregate::total, Metric::arrived, stage.name)));
    for (const std::string& stage : prepared.twin.stages)
        for (const std::string& name : {stage, candidate_name(stage)})
            prepared.failed.push_back(add(count_of(Aggregate::total, Metric::failed, name)));
}

/// What a bad candidate sets its workers to is what is counted out to the shares, as of a change that sets them.
std::vector<models::Stage> stages_after(const Action& bad, std::vector<models::Stage> stages) {
    if (bad.verb != Action::Verb::set || bad.key != "workers") return stages;
    for (models::Stage& stage : stages) {
        if (stage.name != bad.target || !countable_workers(stage)) continue;
        std::int64_t& count = stage.work.workers->count;
        count = static_cast<std::int64_t>(
            std::ceil(bad.to.times ? bad.to.number * static_cast<double>(count) : bad.to.number));
    }
    return stages;
}

void add_actions(PreparedCanary& prepared, const SideBySide& twin, models::Scenario& scenario) {
    const Rollout& rollout = prepared.twin.rollout;
    const auto add = [&](Action action) {
        scenario.actions.push_back(std::move(action));
        return scenario.actions.size() - 1;
    };
    prepared.share_actions.clear();
    prepared.bakes.clear();
    const auto add_shares = [&](const SideBySide& sides) {
        for (const double share : rollout.shares) {
            auto& step = prepared.share_actions.emplace_back();
            for (Action& action : share_actions(sides, share, !rollout.all_at_once))
                step.push_back(add(std::move(action)));
        }
    };
    add_shares(twin);
    for (const CanaryTwin::Bad& bad : prepared.twin.bad)
        add_shares(SideBySide{{}, stages_after(scenario.actions[bad.action], twin.stages), twin.routers});
    prepared.back_actions.clear();
    for (Action& action : share_actions(twin, 0, false))
        prepared.back_actions.push_back(add(std::move(action)));
    const auto add_stretch = [&](const std::string& name) {
        Action action;
        action.name = name;
        action.verb = Action::Verb::alert;
        action.lasts = kernel::never;
        return add(std::move(action));
    };
    for (std::size_t bake = 0; bake <= rollout.shares.size(); ++bake)
        prepared.bakes.push_back(add_stretch(bake_name(bake)));
    if (rollout.checks) prepared.check = add_stretch(check_name);
}

/// What the plan does to a stage that differs, it does to the candidate.
void turn_to_candidate(const CanaryTwin& twin, models::Scenario& scenario) {
    for (const CanaryTwin::Bad& bad : twin.bad) {
        Action& action = scenario.actions[bad.action];
        if (is_one_of(action.target, twin.stages)) action.target = candidate_name(action.target);
        action.lasts = kernel::never;
    }
    if (!twin.detects) return;
    models::Condition& condition = *scenario.actions[*twin.detects].when;
    if (is_one_of(condition.scope, twin.stages)) condition.scope = candidate_name(condition.scope);
}

std::vector<models::Stage> stages_of(const models::Scenario& scenario,
                                     const std::vector<std::string>& names) {
    std::vector<models::Stage> stages;
    for (const std::string& name : names)
        for (const models::Stage& stage : scenario.twin.stages)
            if (stage.name == name) stages.push_back(stage);
    return stages;
}

}  // namespace

std::string why_no_guard(const Guard& guard, const std::vector<std::string>& stages) {
    const models::Measure& measure = guard.measure();
    if (!measure.during_action.empty()) return "a guard is looked at within a bake, not 'during' an action";
    if (measure.by_clock || measure.by_offset || measure.aggregate == Aggregate::at)
        return "a guard is looked at within a bake, and this is about other instants";
    if (!guard.is_increase) return "";
    if (!measure.scope_to.empty() || !is_one_of(measure.scope, stages))
        return "both sides have a part in it: an increase of a guard is that of a stage that the change "
               "edits";
    if (goes_with_the_share(measure))
        return "it goes with the share of the items, so that the two sides cannot be compared by it";
    return "";
}

std::optional<models::Problem> why_no_time(const Rollout& rollout, const models::Run& run) {
    const auto wrong = [](const std::string& message, const std::string& hint) {
        return models::Problem{models::Problem::Severity::error, "rollout", message, hint};
    };
    if (!run.length)
        return wrong("a run until empty has no end up to which bakes could last",
                     "give the scenario 'run.length'");
    const auto in = goes_in_at(rollout, run.warm_up);
    if (!in) return std::nullopt;
    if (*in >= *run.length)
        return wrong("the change goes in after the end of the run", "let it go in earlier");
    if (ends_at(rollout, *in, *run.length) > *run.length)
        return wrong("the bakes last longer than the run", "take shorter bakes, or make the run longer");
    if (run.warm_up && needs_bake_before(rollout) && rollout.bake &&
        *in - std::min(*in, *rollout.bake) < *run.warm_up)
        return wrong(
            "at a share of 100% increases are judged beside a bake before, and there is none within what is "
            "measured",
            "let it go in one bake after the warm-up, or begin with a smaller share");
    return std::nullopt;
}

const char* name_of(CanaryResult::Case::Kind kind) {
    switch (kind) {
        case CanaryCase::Kind::same: return "same";
        case CanaryCase::Kind::change: return "change";
        case CanaryCase::Kind::bad: return "bad";
    }
    return "";
}

std::optional<PreparedCanary> prepare_canary(CanaryTwin twin, models::Problems& problems) {
    models::Scenario scenario = under_stress(std::move(twin.candidate), twin.stresses, twin.stress);
    const std::vector<models::Stage> ours = stages_of(twin.baseline, twin.stages);
    const std::vector<models::Stage> theirs = stages_of(scenario, twin.stages);
    if (auto problem = why_no_time(twin.rollout, scenario.run)) problems.push_back(std::move(*problem));
    if (!problems.empty()) return std::nullopt;
    PreparedCanary prepared;
    prepared.shared = shared_by(scenario, ours);
    for (const models::Stage& stage : theirs)
        if (stage.work.workers && !countable_workers(stage)) prepared.uncounted.push_back(stage.name);
    turn_to_candidate(twin, scenario);
    prepared.twin = std::move(twin);
    prepared.twin.baseline = prepared.twin.candidate = {};
    for (const bool changed : {false, true}) {
        SideBySide both = side_by_side(scenario, ours, changed ? theirs : ours, prepared.twin.rollout.by_key);
        add_actions(prepared, both, both.scenario);
        add_measures(prepared, both, both.scenario);
        auto run = prepare(std::move(both.scenario), problems, Measured::asked);
        if (!run) return std::nullopt;
        (changed ? prepared.changed : prepared.same) = std::move(*run);
    }
    return prepared;
}

CanaryResult rehearse_canary(const PreparedCanary& prepared, const CanaryOptions& options) {
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.run.stop ? *options.run.stop : never_stop;
    const unsigned threads = options.run.threads ? options.run.threads : kernel::default_threads();
    const Rollout& rollout = prepared.twin.rollout;
    const Time end = *prepared.same.scenario.run.length;
    CanaryResult result;
    result.text = rollout.text;
    result.by_key = rollout.by_key;
    result.all_at_once = rollout.all_at_once;
    result.shares = rollout.shares;
    if (rollout.bake) result.bake_s = kernel::to_seconds(*rollout.bake);
    if (rollout.checks) {
        result.check_every_s = kernel::to_seconds(rollout.checks->every);
        result.check_failures = rollout.checks->failures;
        result.check_in_a_row = rollout.checks->in_a_row;
    }
    result.detect = rollout.detect.text;
    result.decide = rollout.decide.text;
    result.abort = rollout.abort.text;
    result.stages = prepared.twin.stages;
    for (const Guard& guard : rollout.guards) result.guards.push_back(guard.text());
    result.shared = prepared.shared;
    result.uncounted = prepared.uncounted;
    result.confidence = result.level = options.confidence;
    result.most = options.most;
    const Time in = *goes_in_at(rollout, options.warm_up);
    result.goes_in_s = kernel::to_seconds(in);
    if (in >= end || ends_at(rollout, in, end) > end) {
        result.why = "after the warm-up there is not enough of the run left for all bakes: make it longer";
        return result;
    }
    if (needs_bake_before(rollout) && rollout.bake && in - std::min(in, *rollout.bake) < options.warm_up) {
        result.why = "increases are judged beside a bake before it goes in, which the warm-up cuts";
        return result;
    }
    const std::vector<std::int64_t> looks = looks_of(std::min(options.first, options.most), options.most, 1);
    result.looks_at_most = static_cast<int>(looks.size());
    result.level = kernel::each_of(options.confidence, looks.size());
    if (options.run.progress)
        options.run.progress->begin(RunProgress::Phase::units, options.most, 0, models::ShareOf::nothing);
    std::vector<Round> rounds;
    std::int64_t done = 0;
    for (const std::int64_t look : looks) {
        kernel::replicate(
            done, look, threads, stop,
            [&](std::int64_t index) { return RoundRun(prepared, options, index).run(); },
            [&](std::int64_t, Round round) {
                if (options.run.progress) options.run.progress->one_ended();
                if (!round.given_up) rounds.push_back(std::move(round));
            });
        done = look;
        ++result.looks;
        result.replications = std::ssize(rounds);
        result.interrupted = result.replications < look;
        result.cases = Rounds(prepared, rounds, result.level, options).cases();
        if (result.interrupted || std::all_of(result.cases.begin(), result.cases.end(), is_settled)) break;
    }
    judge_canary(result);
    for (const Round& round : rounds)
        if (!round.stopped.empty()) {
            result.warnings.push_back("a replication ended early: " + round.stopped);
            break;
        }
    if (std::none_of(result.cases.begin(), result.cases.end(),
                     [](const CanaryCase& one) { return one.kind == CanaryCase::Kind::bad; }))
        result.warnings.emplace_back(
            "no bad candidate was tried, so nobody knows how often these steps let one through: say what "
            "would be one, such as 'worse: [{set: " +
            (prepared.twin.stages.empty() ? std::string("enrich") : prepared.twin.stages.front()) +
            ".service, to: 1.5x}]'");
    std::int64_t without_data = 0, unfinished = 0;
    for (const CanaryCase& one : result.cases) unfinished = std::max(unfinished, one.unfinished);
    if (unfinished > 0)
        result.warnings.push_back("the run ended before the last bake in up to " +
                                  std::to_string(unfinished) + " of " + std::to_string(result.replications) +
                                  " simulations of a case, which count as passed: make the run longer");
    for (const CanaryCase& one : result.cases)
        for (const CanaryResult::Cause& cause : one.causes)
            without_data = std::max(without_data, cause.without_data);
    if (without_data > 0)
        result.warnings.push_back("a guard without data does not hold, and stopped up to " +
                                  std::to_string(without_data) + " of " +
                                  std::to_string(result.replications) +
                                  " simulations of a case: begin with a larger share, or bake longer");
    return result;
}

}  // namespace understudy::studies
