#include "tools/studies/canary_round.h"

#include <algorithm>
#include <utility>

#include "kernel/random.h"
#include "models/simulation/running.h"
#include "tools/studies/canary_steps.h"
#include "tools/studies/harm.h"
#include "tools/studies/judge.h"
#include "tools/studies/stepping.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::Running;
using Values = std::vector<std::optional<double>>;

/// Not a name that a file can have.
constexpr const char* rollout_name = "(rollout)";

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

    CanaryRound run() {
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
        CanaryWay way = go(now, bad);
        way.ended = finished(std::move(now));
        round_.ways.push_back(std::move(way));
    }

    /// When everything new goes back, and why.
    struct Back {
        Time at = 0, noticed = 0;
        std::size_t cause = 0;
        bool without_data = false, within = false;
    };

    CanaryWay go(Running& now, const CanaryTwin::Bad* bad) {
        CanaryWay way;
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

    void stop(Running& now, const Back& back, const CanaryTwin::Bad* bad, CanaryWay& way) const {
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

    CanaryEnd finished(Running now) {
        auto outcome = std::move(now).finish();
        if (!outcome) {
            round_.given_up = true;
            return {};
        }
        if (round_.stopped.empty()) round_.stopped = outcome->stopped;
        CanaryEnd ended;
        ended.missed = missed_in(*outcome, prepared_.landings);
        ended.values = std::move(outcome->values);
        return ended;
    }

    const PreparedCanary& prepared_;
    const Rollout& rollout_;
    const CanaryOptions& options_;
    std::int64_t index_;
    kernel::StreamKey key_;
    Time end_ = 0, in_ = 0;
    CanaryRound round_;
};

}  // namespace

CanaryRound play_canary_round(const PreparedCanary& prepared, const CanaryOptions& options,
                              std::int64_t index) {
    return RoundRun(prepared, options, index).run();
}

}  // namespace understudy::studies
