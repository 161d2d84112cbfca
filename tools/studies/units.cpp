#include "tools/studies/units.h"

#include <algorithm>
#include <utility>

#include "kernel/replications.h"
#include "models/simulation/replication.h"
#include "tools/studies/constraints.h"
#include "tools/studies/courses.h"
#include "tools/studies/study.h"
#include "tools/studies/watched_run.h"

namespace understudy::studies {

namespace {

Evidence evidence_of_moment(const Moment& moment, const std::vector<models::Alert>& alerts) {
    Evidence evidence;
    for (const auto& [at, action, text] : alerts) {
        const bool tells = text == Recovered::well || text == Recovered::unwell || text == watch_name;
        if (at < moment.not_before || (moment.others ? tells : text != moment.text)) continue;
        if (evidence.weight > 0 && moment.which == Moment::Which::first) break;
        evidence.value = kernel::to_seconds(at);
        evidence.weight = 1;
    }
    return evidence;
}

UnitOutcome::Replication::Fault fault_of(const models::Scenario& scenario,
                                         const models::ReplicationOutcome& outcome) {
    using Fault = UnitOutcome::Replication::Fault;
    if (outcome.broken_off || !outcome.deadlock.empty()) return Fault::broken_off;
    const bool constraint = std::any_of(
        outcome.alerts.begin(), outcome.alerts.end(),
        [&](const models::Alert& alert) { return is_constraint(scenario.actions[alert.action]); });
    return constraint ? Fault::constraint : Fault::none;
}

}  // namespace

void UnitsOfSettings::add(const std::vector<std::vector<std::string>>& of, std::uint64_t first,
                          std::uint64_t last) {
    constexpr std::size_t at_once = 8;
    for (std::size_t from = 0; from < of.size(); from += at_once)
        for (std::uint64_t number = first; number < last; ++number)
            for (std::size_t setting = from; setting < std::min(from + at_once, of.size()); ++setting) {
                units.push_back({of[setting], number, 1});
                settings.push_back(setting);
            }
}

struct UnitSimulator::Prepared {
    Prepared(PreparedRun of, const Asked& asked) : run(std::move(of)), courses(asked.courses, *run.model) {
        for (const models::Measure& duration : asked.durations) {
            const auto probe = std::find_if(run.measures.begin(), run.measures.end(),
                                            [&](const auto& one) { return one.text == duration.text; });
            durations.push_back(static_cast<std::size_t>(probe - run.measures.begin()));
        }
    }
    PreparedRun run;
    std::string overload = overload_of(run);
    CoursesOf courses;
    std::vector<std::size_t> durations;  ///< probes
};

UnitSimulator::UnitSimulator(const ReadBase& read, Asked asked, std::uint64_t seed, kernel::Time warm_up,
                             const std::atomic<bool>& stop)
    : read_(read), asked_(std::move(asked)), seed_(seed), warm_up_(warm_up), stop_(stop) {}

std::shared_ptr<const UnitSimulator::Prepared> UnitSimulator::prepared_for(
    const std::vector<std::string>& overrides) const {
    constexpr std::size_t most_recent = 64;
    std::shared_ptr<Setting> setting;
    {
        const std::lock_guard lock(mutex_);
        const auto known = std::find_if(recent_.begin(), recent_.end(),
                                        [&](const auto& one) { return one.first == overrides; });
        if (known != recent_.end())
            recent_.splice(recent_.begin(), recent_, known);
        else
            recent_.emplace_front(overrides, std::make_shared<Setting>());
        setting = recent_.front().second;
        if (recent_.size() > most_recent) recent_.pop_back();
    }
    std::call_once(setting->once, [&] {
        setting->prepared = std::make_shared<const Prepared>(
            prepare_setting(read_, overrides, asked_, Measured::asked_untold), asked_);
    });
    return setting->prepared;
}

std::optional<UnitOutcome> UnitSimulator::simulate(const Unit& unit) const {
    const auto prepared = prepared_for(unit.overrides);
    const PreparedRun& run = prepared->run;
    UnitOutcome outcome{prepared->overload, {}, prepared->courses.stretch_s()};
    for (std::uint64_t number = unit.first; number < unit.first + unit.count; ++number) {
        models::ReplicationOptions one;
        one.seed = seed_;
        one.index = number;
        one.warm_up = warm_up_;
        one.stop = &stop_;
        std::optional<WatchedRun> watched;
        if (asked_.watch) watched = run_watched(run.model, asked_, one);
        const auto found = !asked_.watch ? models::run_replication(run.model, one)
                           : watched     ? std::optional(std::move(watched->outcome))
                                         : std::nullopt;
        if (!found) return std::nullopt;
        UnitOutcome::Replication& replication = outcome.replications.emplace_back();
        replication.events = found->events;
        replication.fault = fault_of(run.scenario, *found);
        for (std::size_t probe = 0; probe < asked_.objectives.size() + asked_.measures.size(); ++probe)
            replication.evidence.push_back(evidence_of(
                *found, probe, probe < asked_.objectives.size() ? &asked_.objectives[probe] : nullptr));
        for (const Moment& moment : asked_.moments)
            replication.evidence.push_back(evidence_of_moment(moment, found->alerts));
        replication.courses = prepared->courses.of(*found);
        for (const std::size_t probe : prepared->durations) {
            const bool seen = probe < found->observed.size() && found->observed[probe];
            replication.durations.push_back(seen ? histogram_of(*found->observed[probe])
                                                 : DurationHistogram());
        }
        if (!watched) continue;
        std::copy(watched->objectives.begin(), watched->objectives.end(), replication.evidence.begin());
        watched->broken.push_back(unwell_turns(found->alerts, Recovered::well, Recovered::unwell));
        for (const Turns& turns : watched->broken) {
            const std::vector<Evidence> more = turns.as_evidence();
            replication.evidence.insert(replication.evidence.end(), more.begin(), more.end());
        }
    }
    return outcome;
}

LocalUnits::LocalUnits(const UnitSimulator& simulator, unsigned threads, const std::atomic<bool>& stop,
                       UnitStore* store)
    : simulator_(simulator), threads_(threads), stop_(stop), store_(store) {}

std::size_t LocalUnits::run(const std::vector<Unit>& units, const Done& done) {
    std::vector<std::optional<UnitOutcome>> known(units.size());
    if (store_ != nullptr)
        for (std::size_t i = 0; i < units.size(); ++i) known[i] = store_->find(units[i]);
    std::size_t ended = 0;
    bool gap = false;
    std::mutex storing;
    kernel::replicate(
        0, std::ssize(units), threads_, stop_,
        [&](std::int64_t index) -> std::optional<UnitOutcome> {
            const auto at = static_cast<std::size_t>(index);
            if (known[at]) return std::move(known[at]);
            auto outcome = simulator_.simulate(units[at]);
            if (outcome && store_ != nullptr) {
                const std::lock_guard lock(storing);
                store_->add(units[at], *outcome);
            }
            return outcome;
        },
        [&](std::int64_t index, std::optional<UnitOutcome> outcome) {
            const auto at = static_cast<std::size_t>(index);
            gap = gap || !outcome;
            if (gap) return;
            ++ended;
            done(at, std::move(*outcome));
        });
    return ended;
}

std::size_t NotedUnits::run(const std::vector<Unit>& units, const Done& done) {
    const std::size_t ended = runner_->run(units, done);
    noted_.insert(units.begin(), units.begin() + static_cast<std::ptrdiff_t>(ended));
    return ended;
}

std::size_t PartOfUnits::run(const std::vector<Unit>& units, const Done&) {
    std::vector<Unit> mine;
    for (std::size_t i = part_ - 1; i < units.size(); i += parts_) mine.push_back(units[i]);
    if (progress_ != nullptr)
        progress_->begin(RunProgress::Phase::units, std::ssize(mine), 0, models::ShareOf::nothing);
    runner_->run(mine, [&](std::size_t, const UnitOutcome&) {
        if (progress_ != nullptr) progress_->one_ended();
    });
    return 0;
}

}  // namespace understudy::studies
