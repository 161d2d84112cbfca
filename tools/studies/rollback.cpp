#include "tools/studies/rollback.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "kernel/random.h"
#include "kernel/replications.h"
#include "models/check.h"
#include "models/compile/compile.h"
#include "models/simulation/running.h"
#include "tools/studies/harm.h"
#include "tools/studies/mean_estimate.h"
#include "tools/studies/rehearse_change.h"
#include "tools/studies/stepping.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::Action;
using models::Metric;
using models::Running;

/// Not a name that a file can have.
constexpr const char* episode_name = "(episode)";
/// The last safe moment is looked for by halves of the time from the failure to the end, until it is known to within so much
/// of itself; one that is next to the failure by no more than so many of them.
constexpr double near_enough = 0.01;
constexpr int most_halvings = 14;
/// It is looked for in the first replications: each takes as many forks as that.
constexpr std::int64_t most_for_safe_moment = 10;

/// The most there is of what a condition is about; of what is present where that is no number of items.
models::Measure backlog_of(const models::Condition& condition) {
    models::Measure measure;
    measure.aggregate = models::Aggregate::maximum;
    measure.metric = Metric::present;
    const Metric metric = condition.metric;
    if (condition.updated.empty() &&
        (metric == Metric::lag || metric == Metric::waiting || metric == Metric::present)) {
        measure.metric = metric;
        measure.scope = condition.scope;
    }
    measure.text = std::string("max ") + models::name_of(measure.metric) + "(" + measure.scope + ")";
    return measure;
}

/// Positions among the run's measures of what is counted of a metric, besides the backlog.
std::vector<std::size_t> counted_of(const PreparedRollback& prepared, Metric metric) {
    std::vector<std::size_t> positions;
    const std::vector<models::Measure>& measures = prepared.run.scenario.measures;
    for (std::size_t i = 1; i < measures.size(); ++i)
        if (measures[i].metric == metric) positions.push_back(prepared.counted + i);
    return positions;
}

double summed(const std::vector<std::optional<double>>& values, const std::vector<std::size_t>& measures) {
    double sum = 0;
    for (const std::size_t measure : measures) sum += values[measure].value_or(0);
    return sum;
}

/// What happened in one replication. Instants are seconds from the start.
struct Episode {
    bool given_up = false, detected_before = false;
    std::optional<double> in, failed, detected, decided, back, done, recovered;
    std::vector<double> takes;                         ///< by step
    std::vector<std::optional<double>> with, without;  ///< by measure
    double missed_with = 0, missed_without = 0;        ///< deadlines, of runs
    std::optional<double> safe;                        ///< from the failure
    bool safe_tried = false, never_safe = false;
    std::string unsafe_because;  ///< what is wrong with deciding later
    std::string not_read_again;  ///< by the steps of the way back that was taken; empty: nothing
    std::string stopped;
};

class EpisodeRun {
public:
    EpisodeRun(const PreparedRollback& prepared, const RollbackOptions& options, std::int64_t index)
        : prepared_(prepared), plan_(prepared.plan), options_(options), index_(index) {
        key_ = kernel::stream_key(prepared.run.scenario.run.seed, static_cast<std::uint64_t>(index),
                                  episode_name, kernel::Purpose::delay);
        for (const WayBack::Step& step : plan_.steps) takes_.push_back(drawn(step.takes, 2 + takes_.size()));
        for (const Time takes : takes_) {
            episode_.takes.push_back(kernel::to_seconds(takes));
            all_steps_ = kernel::later(all_steps_, takes);
        }
        end_ = *prepared.run.scenario.run.length;
    }

    Episode run() {
        models::ReplicationOptions how;
        how.seed = prepared_.run.scenario.run.seed;
        how.index = static_cast<std::uint64_t>(index_);
        how.warm_up = options_.warm_up;
        how.stop = options_.run.stop;
        Running now(prepared_.run.model, how);
        const Time in = plan_.goes_in.value_or(plan_.fails_at.value_or(options_.warm_up));
        step_before(now, in);
        episode_.in = kernel::to_seconds(in);
        std::optional<Running> without;
        Time fails = in;
        if (!plan_.failure && !plan_.fails_when) {
            without.emplace(now);
            change(now, in);
        } else {
            change(now, in);
            if (!fail(now, in, fails)) {
                finish(std::move(now));
                return std::move(episode_);
            }
            without.emplace(now);
            if (plan_.failure) now.act(index(*plan_.failure), fails);
        }
        now.act(index(prepared_.episode), fails);
        episode_.failed = kernel::to_seconds(fails);
        finish_without(std::move(*without));
        if (episode_.given_up) return std::move(episode_);
        const Running failed = now;
        const auto detected = detect(now, fails);
        if (detected) {
            const Time decided = kernel::later(*detected, drawn(plan_.decide, 1));
            if (decided < end_) take_back(now, decided, fails);
        }
        finish(std::move(now));
        if (!episode_.given_up && index_ < most_for_safe_moment) look_for_safe_moment(failed, fails);
        return std::move(episode_);
    }

private:
    static models::Index index(std::size_t action) { return static_cast<models::Index>(action); }

    Time drawn(const models::Law& law, std::uint64_t number) const { return time_drawn(law, key_, number); }

    /// From that instant on, which may be now; false: not before the end of the run.
    bool comes(Running& now, Time from, std::size_t action) const {
        if (from >= end_) return false;
        // What happens at the instant itself belongs to it.
        if (step_to(now, from, std::nullopt), now.now() < from) return false;
        return now.has_come(index(action)) || step_to(now, end_, action);
    }

    void change(Running& now, Time at) {
        for (const std::size_t edit : plan_.edit_actions) now.act(index(edit), at);
    }

    /// Goes to where it fails; false: it does not.
    bool fail(Running& now, Time in, Time& fails) {
        if (!plan_.fails_when) {
            fails = std::max(in, plan_.fails_at.value_or(in));
            step_before(now, fails);
            return fails < end_;
        }
        if (!comes(now, in, *plan_.fails_when)) return false;
        fails = now.now();
        return true;
    }

    std::optional<Time> detect(Running& now, Time fails) {
        Time detected = kernel::later(fails, drawn(plan_.detect_after, 0));
        if (plan_.detects) {
            episode_.detected_before = now.has_come(index(*plan_.detects));
            if (!comes(now, fails, *plan_.detects)) return std::nullopt;
            detected = now.now();
        }
        if (detected >= end_) return std::nullopt;
        episode_.detected = kernel::to_seconds(detected);
        return detected;
    }

    struct Course {
        Time back = 0, done = 0;
    };
    /// Has the steps done from an instant on that is not over.
    Course do_steps(Running& now, Time decided) const {
        Course course;
        std::optional<std::size_t> restores;
        for (std::size_t i = 0; i < plan_.steps.size() && !restores; ++i)
            if (const Action* action = action_of(i);
                action && (action->verb == Action::Verb::resume || action->verb == Action::Verb::heal))
                restores = i;
        if (!restores && !plan_.steps.empty()) restores = plan_.steps.size() - 1;
        Time at = decided;
        for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
            const Action* action = action_of(i);
            const Time begins = at;
            at = kernel::later(at, takes_[i]);
            if (i == *restores) {
                course.back = at;
                if (plan_.failure) now.undo(index(*plan_.failure), at);
                for (auto edit = plan_.edit_actions.rbegin(); edit != plan_.edit_actions.rend(); ++edit)
                    now.undo(index(*edit), at);
            }
            if (action == nullptr) continue;
            const bool takes_away = action->verb == Action::Verb::pause || action->verb == Action::Verb::fail;
            now.act(index(*plan_.steps[i].action), takes_away ? begins : at);
        }
        course.done = at;
        return course;
    }

    const Action* action_of(std::size_t step) const {
        const auto& action = plan_.steps[step].action;
        return action ? &prepared_.run.scenario.actions[*action] : nullptr;
    }

    /// Has time go on to each step that reads again, and says what it will not: of what its stage has read since the failure,
    /// and of its pipeline's runs due since an instant; empty: nothing.
    std::string gap_in_steps(Running& now, Time decided, Time fails, Time runs_since) const {
        Time at = decided;
        for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
            at = kernel::later(at, takes_[i]);
            const Action* action = action_of(i);
            const bool rewinds = action != nullptr && action->verb == Action::Verb::rewind;
            const bool makes_up = action != nullptr && action->verb == Action::Verb::run && action->from;
            if ((!rewinds && !makes_up) || at >= end_) continue;
            step_before(now, at);
            const models::Model& model = *prepared_.run.model;
            const models::Index acts = index(*plan_.steps[i].action);
            const models::ActionRow& row = model.actions[acts];
            const auto no_longer_keeps = [&](models::Index stream) {
                return model.elements[model.streams[stream].element].name + " no longer keeps all that ";
            };
            if (makes_up) {
                const models::MadeUpGap gap = now.made_up_gap(acts, runs_since, at);
                if (gap.stream == models::none) continue;
                std::string text =
                    no_longer_keeps(gap.stream) + "the runs of " + action->target + " have to read again";
                if (gap.left_out > 0)
                    text += ": " + std::to_string(gap.left_out) + " of " + std::to_string(row.runs) +
                            " have nothing to read";
                return text;
            }
            for (const models::Index stage : row.stages) {
                const models::RewindGap gap = now.rewind_gap(stage, fails, at, row.back);
                if (gap.too_long_ago)
                    return action->target + " has read since the failure what 'rewind' does not go back to";
                if (gap.stream != models::none)
                    return no_longer_keeps(gap.stream) + action->target + " has to read again";
            }
        }
        return "";
    }

    void take_back(Running& now, Time decided, Time fails) {
        if (decided > now.now()) step_before(now, decided);
        episode_.decided = kernel::to_seconds(decided);
        const Course course = do_steps(now, decided);
        if (course.back < end_) episode_.back = kernel::to_seconds(course.back);
        if (course.done < end_) episode_.done = kernel::to_seconds(course.done);
        episode_.not_read_again = gap_in_steps(now, decided, fails, -kernel::never);
        if (!comes(now, course.done, plan_.recovers)) return;
        episode_.recovered = kernel::to_seconds(now.now());
        now.undo(index(prepared_.episode), now.now());
    }

    void finish(Running now) {
        auto outcome = std::move(now).finish();
        if (!outcome) {
            episode_.given_up = true;
            return;
        }
        episode_.stopped = outcome->stopped;
        episode_.missed_with = missed_in(*outcome, prepared_.landings);
        episode_.with = std::move(outcome->values);
    }
    void finish_without(Running now) {
        auto outcome = std::move(now).finish();
        if (!outcome) {
            episode_.given_up = true;
            return;
        }
        episode_.missed_without = missed_in(*outcome, prepared_.landings);
        episode_.without = std::move(outcome->values);
    }

    void look_for_safe_moment(const Running& failed, Time fails) {
        const std::vector<std::size_t> lost = counted_of(prepared_, Metric::lost);
        const double usual = summed(episode_.without, lost);
        const auto loses = [&](Time decided) {
            Running fork = failed;
            if (decided > fork.now()) step_before(fork, decided);
            do_steps(fork, decided);
            std::string gap = gap_in_steps(fork, decided, fails, fails);
            if (options_.run.stop && *options_.run.stop) episode_.given_up = true;
            if (!gap.empty()) {
                episode_.unsafe_because = std::move(gap);
                return true;
            }
            const auto outcome = std::move(fork).finish();
            if (!outcome) episode_.given_up = true;
            if (outcome && summed(outcome->values, lost) <= usual) return false;
            episode_.unsafe_because = "items are lost";
            return true;
        };
        const Time latest = end_ - std::min(end_, kernel::later(all_steps_, 1));
        if (latest <= fails) return;
        episode_.safe_tried = true;
        if (!loses(latest)) return;
        if (loses(fails)) {
            episode_.never_safe = true;
            return;
        }
        Time safe = fails, late = latest;
        const auto is_known = [&] {
            return static_cast<double>(late - safe) <= near_enough * static_cast<double>(safe - fails);
        };
        for (int i = 0; i < most_halvings && !is_known() && !episode_.given_up; ++i) {
            const Time middle = safe + (late - safe) / 2;
            (loses(middle) ? late : safe) = middle;
        }
        episode_.safe = kernel::to_seconds(safe - fails);
    }

    const PreparedRollback& prepared_;
    const WayBack& plan_;
    const RollbackOptions& options_;
    std::int64_t index_;
    kernel::StreamKey key_;
    std::vector<Time> takes_;
    Time all_steps_ = 0, end_ = 0;
    Episode episode_;
};

/// What all replications together say.
class Episodes {
public:
    Episodes(const PreparedRollback& prepared, const std::vector<Episode>& all, double level)
        : prepared_(prepared), all_(all), level_(level) {}

    void tell(RollbackResult& result) const {
        using E = Episode;
        result.in = stretch(nullptr, &E::in);
        result.failed = stretch(&E::in, &E::failed);
        result.detected = stretch(&E::failed, &E::detected);
        result.decided = stretch(&E::detected, &E::decided);
        result.back = stretch(&E::decided, &E::back);
        result.done = stretch(&E::decided, &E::done);
        result.drained = stretch(&E::back, &E::recovered);
        result.recovered = stretch(&E::failed, &E::recovered);
        result.safe = stretch(nullptr, &E::safe);
        for (std::size_t i = 0; i < prepared_.plan.steps.size(); ++i) {
            std::vector<double> takes;
            for (const Episode& one : all_)
                if (one.decided) takes.push_back(one.takes[i]);
            result.steps.push_back({prepared_.plan.steps[i].text,
                                    {std::ssize(takes), mean_estimate(takes, level_, {0, INFINITY})}});
        }
        result.backlog = count({prepared_.counted});
        result.lost = count(counted_of(prepared_, Metric::lost));
        result.duplicated = count(counted_of(prepared_, Metric::duplicated));
        result.late = count(counted_of(prepared_, Metric::late));
        tell_missed(result);
        const std::vector<models::Objective>& promises = prepared_.run.scenario.objectives;
        for (std::size_t i = 0; i < promises.size(); ++i)
            result.promises.push_back(
                {promises[i].text, models::unit_of(promises[i].measure, prepared_.run.scenario),
                 promises[i].comparison, promises[i].limit, values(&E::without, i), values(&E::with, i)});
        for (const Episode& one : all_) {
            result.detected_before = result.detected_before || one.detected_before;
            result.safe_tried += one.safe_tried ? 1 : 0;
            result.never_safe += one.never_safe ? 1 : 0;
            std::vector<std::string>& because = result.unsafe_because;
            if (!one.unsafe_because.empty() &&
                std::find(because.begin(), because.end(), one.unsafe_because) == because.end())
                because.push_back(one.unsafe_because);
        }
    }

private:
    using Instant = std::optional<double> Episode::*;
    using Values = std::vector<std::optional<double>> Episode::*;

    RollbackResult::Stretch stretch(Instant from, Instant to) const {
        std::vector<double> lengths;
        for (const Episode& one : all_)
            if (one.*to && (from == nullptr || one.*from))
                lengths.push_back(*(one.*to) - (from == nullptr ? 0 : *(one.*from)));
        return {std::ssize(lengths), mean_estimate(lengths, level_, {0, INFINITY})};
    }

    Estimate values(Values of, std::size_t measure) const {
        std::vector<double> found;
        for (const Episode& one : all_)
            if (measure < (one.*of).size() && (one.*of)[measure]) found.push_back(*(one.*of)[measure]);
        return mean_estimate(found, level_);
    }

    /// Of several measures their sum.
    RollbackResult::Count count(const std::vector<std::size_t>& measures) const {
        std::vector<double> with, more;
        for (const Episode& one : all_) {
            if (!one.failed) continue;
            with.push_back(summed(one.with, measures));
            more.push_back(with.back() - summed(one.without, measures));
        }
        return {mean_estimate(with, level_, {0, INFINITY}), mean_estimate(more, level_)};
    }

    void tell_missed(RollbackResult& result) const {
        if (prepared_.landings.empty()) return;
        std::vector<double> with, more;
        for (const Episode& one : all_) {
            if (!one.failed) continue;
            with.push_back(one.missed_with);
            more.push_back(one.missed_with - one.missed_without);
        }
        result.missed =
            RollbackResult::Count{mean_estimate(with, level_, {0, INFINITY}), mean_estimate(more, level_)};
    }

    const PreparedRollback& prepared_;
    const std::vector<Episode>& all_;
    double level_;
};

void judge_way_back(RollbackResult& result, std::int64_t asked) {
    const auto of = [&](std::int64_t seen) {
        return std::to_string(result.replications - seen) + " of " + std::to_string(result.replications) +
               " replications";
    };
    // However soon everything runs again: what the change destroyed does not come back.
    if (!result.loses_data.empty()) {
        result.verdict = Verdict::violated;
        result.why =
            "there is no way back once it is in: " + result.loses_data.front() + " (the data are gone)";
        result.safe = {};
        result.never_safe = result.safe_tried;
        result.unsafe_because = {"the data are gone as soon as it is in"};
        return;
    }
    // Nothing that is said of the plan: nobody has seen the rest of it.
    if (result.interrupted) {
        result.verdict = Verdict::inconclusive;
        result.why = result.replications == 0 ? "interrupted before it was rehearsed"
                                              : "interrupted after " + std::to_string(result.replications) +
                                                    " of " + std::to_string(asked) + " replications";
        return;
    }
    if (result.recovered.seen == result.replications && result.replications > 0) {
        result.verdict = Verdict::met;
        return;
    }
    result.verdict = Verdict::inconclusive;
    if (result.replications == 0)
        result.why = "no replication came to its end";
    else if (result.failed.seen == 0)
        result.why =
            "it does not fail before the end of the run: let it fail earlier, or make the run longer";
    else if (result.detected.seen == 0) {
        result.verdict = Verdict::violated;
        result.why = "the failure is not detected before the end of the run in any replication";
    } else if (result.failed.seen < result.replications)
        result.why = "it does not fail in " + of(result.failed.seen);
    else if (result.detected.seen < result.replications)
        result.why = "the failure is not detected before the end of the run in " + of(result.detected.seen);
    else if (result.done.seen < result.replications)
        result.why = "the steps are not done before the end of the run in " + of(result.done.seen);
    else
        result.why = "it is not well again before the end of the run in " + of(result.recovered.seen);
}

}  // namespace

std::optional<PreparedRollback> prepare_rollback(RollbackTwin twin, models::Problems& problems) {
    PreparedRollback prepared;
    prepared.plan = std::move(twin.plan);
    models::Scenario scenario = under_stress(std::move(twin.scenario), prepared.plan.stresses, "");
    const auto wrong = [&](const std::string& message, const std::string& hint) {
        problems.push_back({models::Problem::Severity::error, "rollback", message, hint});
    };
    if (!scenario.run.length) {
        wrong("a run until empty has no end to be well again before", "give the scenario 'run.length'");
        return std::nullopt;
    }
    const kernel::Time end = *scenario.run.length;
    if (prepared.plan.goes_in && *prepared.plan.goes_in >= end)
        wrong("the change goes in after the end of the run", "let it go in earlier");
    if (prepared.plan.fails_at && *prepared.plan.fails_at >= end)
        wrong("it fails after the end of the run", "let it fail earlier, or make the run longer");
    if (prepared.plan.fails_at && prepared.plan.goes_in && *prepared.plan.fails_at < *prepared.plan.goes_in)
        wrong("it fails before it goes in", "let it fail later");
    if (!prepared.plan.failure && prepared.plan.edit_actions.empty())
        wrong("its edits cannot be made in a running twin, so going in cannot be the failure",
              "say what makes it fail: 'rehearse: {at: 6h, set: clean.service, to: 3x}'");
    for (const WayBack::Step& step : prepared.plan.steps)
        if (step.action && scenario.actions[*step.action].verb == Action::Verb::stop)
            wrong("a step cannot stop the run", "leave it out");
    if (std::any_of(problems.begin(), problems.end(), [](const models::Problem& problem) {
            return problem.severity == models::Problem::Severity::error;
        }))
        return std::nullopt;
    prepared.episode = scenario.actions.size();
    Action episode;
    episode.name = episode_name;
    episode.verb = Action::Verb::alert;
    episode.lasts = kernel::never;
    scenario.actions.push_back(std::move(episode));
    prepared.backlog = backlog_of(prepared.plan.conditions.back());
    models::Measure during = prepared.backlog;
    during.during_action = episode_name;
    during.text += std::string(" during ") + episode_name;
    prepared.counted = scenario.objectives.size();
    for (std::size_t i = 0; i < scenario.objectives.size(); ++i)
        if (has_deadlines(scenario.objectives[i].measure)) prepared.landings.push_back(i);
    scenario.measures = {during, models::measure_of(models::Aggregate::total, Metric::duplicated)};
    for (models::Measure& measure : lost_of(scenario)) scenario.measures.push_back(std::move(measure));
    for (models::Measure& measure : late_of(scenario)) scenario.measures.push_back(std::move(measure));
    auto run = prepare(std::move(scenario), problems, Measured::asked);
    if (!run) return std::nullopt;
    prepared.run = std::move(*run);
    return prepared;
}

RollbackResult rehearse_rollback(const PreparedRollback& prepared, const RollbackOptions& options) {
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.run.stop ? *options.run.stop : never_stop;
    const unsigned threads = options.run.threads ? options.run.threads : kernel::default_threads();
    RollbackResult result;
    result.confidence = options.confidence;
    result.text = prepared.plan.text;
    result.detect = prepared.plan.detect;
    result.until = prepared.plan.until;
    result.edits = prepared.plan.edits;
    result.taken_back = !prepared.plan.edits_stay;
    result.loses_data = prepared.plan.loses_data;
    result.backlog_of = prepared.backlog.text;
    result.backlog_unit = models::unit_of(prepared.backlog, prepared.run.scenario);
    std::vector<Episode> episodes;
    if (options.run.progress)
        options.run.progress->begin(RunProgress::Phase::units, options.replications, 0,
                                    models::ShareOf::nothing);
    kernel::replicate(
        0, options.replications, threads, stop,
        [&](std::int64_t index) { return EpisodeRun(prepared, options, index).run(); },
        [&](std::int64_t, Episode episode) {
            if (options.run.progress) options.run.progress->one_ended();
            if (!episode.given_up) episodes.push_back(std::move(episode));
        });
    result.replications = std::ssize(episodes);
    result.interrupted = result.replications < options.replications;
    Episodes(prepared, episodes, options.confidence).tell(result);
    judge_way_back(result, options.replications);
    for (const Episode& one : episodes)
        if (!one.stopped.empty()) {
            result.warnings.push_back("a replication ended early: " + one.stopped);
            break;
        }
    std::int64_t gaps = 0;
    for (const Episode& one : episodes) gaps += one.not_read_again.empty() ? 0 : 1;
    for (const Episode& one : episodes)
        if (!one.not_read_again.empty()) {
            result.warnings.push_back("not all is made again: " + one.not_read_again + " (in " +
                                      std::to_string(gaps) + " of " + std::to_string(result.replications) +
                                      " replications)");
            break;
        }
    if (prepared.plan.fails_at && *prepared.plan.fails_at < options.warm_up)
        result.warnings.push_back(
            "it fails within the warm-up, which is not measured: what is lost then is not counted");
    if (!result.taken_back)
        result.warnings.push_back(
            "its edits cannot all be made in a running twin: they are there from the start and stay; what is "
            "taken back is what made it fail");
    if (result.detected_before)
        result.warnings.push_back(
            "what detects the failure was so before it failed: it would be told at once");
    return result;
}

}  // namespace understudy::studies
