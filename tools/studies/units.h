// The work that a study consists of, in units that can be done in any order, anywhere and once: some replications of one
// setting of its base.
//
// What a unit shows depends on the study's base, seed and warm-up and on the unit alone: not on threads, processes, or
// what was done before. So a study that was cut off goes on from the units that a UnitStore kept, several processes
// share them, and the result is the same. No I/O here.
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kernel/time.h"
#include "tools/studies/durations.h"
#include "tools/studies/evidence.h"
#include "tools/studies/run.h"
#include "tools/studies/setting.h"

namespace understudy::studies {

/// Replications `first` to `first + count - 1`, from 0, of the base with these overrides.
struct Unit {
    std::vector<std::string> overrides;
    std::uint64_t first = 0, count = 1;
    friend auto operator<=>(const Unit&, const Unit&) = default;
};

/// Of each setting, which are overrides, the replications `first` to `last - 1` in units of one. A few settings take turns,
/// so that threads which begin together prepare settings of their own, and few are prepared at a time.
struct UnitsOfSettings {
    std::vector<Unit> units;
    std::vector<std::size_t> settings;  ///< by unit: whose it is
    void add(const std::vector<std::vector<std::string>>& of, std::uint64_t first, std::uint64_t last);
};

struct UnitOutcome {
    struct Replication {
        /// By objective, then measure, then moment; of a watched run then the turns (watched_run.h) of each objective, and
        /// of what tells of recovery.
        std::vector<Evidence> evidence;
        std::uint64_t events = 0;
        /// Why no setting holds that has such a replication.
        enum class Fault : std::uint8_t {
            none,
            broken_off,  ///< it could not go on to its end
            constraint,  ///< one was broken in it (constraints.h)
        };
        Fault fault = Fault::none;
        std::vector<std::vector<double>> courses = {};  ///< by Asked::courses, then stretch
        std::vector<DurationHistogram> durations = {};  ///< by Asked::durations
        friend bool operator==(const Replication&, const Replication&) = default;
    };
    std::string overload;  ///< overload_of() its setting
    std::vector<Replication> replications;
    double stretch_s = 0;  ///< of courses
    friend bool operator==(const UnitOutcome&, const UnitOutcome&) = default;
};

/// What units of the same study have shown before. Called from one thread at a time.
class UnitStore {
public:
    virtual ~UnitStore() = default;
    virtual std::optional<UnitOutcome> find(const Unit& unit) const = 0;
    /// What is there already stays as it is.
    virtual void add(const Unit& unit, const UnitOutcome& outcome) = 0;
};

/// What all units of a study have in common.
class UnitSimulator {
public:
    /// The references have to outlive it.
    UnitSimulator(const ReadBase& read, Asked asked, std::uint64_t seed, kernel::Time warm_up,
                  const std::atomic<bool>& stop);

    /// Nothing if it was stopped. Throws BadSetting. Thread-safe.
    std::optional<UnitOutcome> simulate(const Unit& unit) const;
    const Asked& asked() const { return asked_; }
    std::uint64_t seed() const { return seed_; }
    kernel::Time warm_up() const { return warm_up_; }

private:
    struct Prepared;
    /// Prepared by whoever needs it first; the others wait for it.
    struct Setting {
        std::once_flag once;
        std::shared_ptr<const Prepared> prepared;
    };
    std::shared_ptr<const Prepared> prepared_for(const std::vector<std::string>& overrides) const;

    const ReadBase& read_;
    Asked asked_;
    std::uint64_t seed_;
    kernel::Time warm_up_;
    const std::atomic<bool>& stop_;
    // The settings that were used last: neighbouring units are often of one.
    mutable std::mutex mutex_;
    mutable std::list<std::pair<std::vector<std::string>, std::shared_ptr<Setting>>> recent_;
};

/// Does units, somewhere.
class UnitRunner {
public:
    using Done = std::function<void(std::size_t index, UnitOutcome outcome)>;
    virtual ~UnitRunner() = default;
    /// Tells `done` of each, in ascending order, from one thread at a time. Returns how many were done: fewer than all
    /// where it was stopped; those before that number are done.
    virtual std::size_t run(const std::vector<Unit>& units, const Done& done) = 0;
};

/// On the threads of this process; each is kept as soon as it is done.
class LocalUnits : public UnitRunner {
public:
    /// The references have to outlive it. `store`: null, or where units are looked for first and then kept.
    LocalUnits(const UnitSimulator& simulator, unsigned threads, const std::atomic<bool>& stop,
               UnitStore* store);
    std::size_t run(const std::vector<Unit>& units, const Done& done) override;

private:
    const UnitSimulator& simulator_;
    unsigned threads_;
    const std::atomic<bool>& stop_;
    UnitStore* store_;
};

/// Notes which units a study consists of, whoever does them.
class NotedUnits : public UnitRunner {
public:
    NotedUnits(std::unique_ptr<UnitRunner> runner, std::set<Unit>& noted)
        : runner_(std::move(runner)), noted_(noted) {}
    std::size_t run(const std::vector<Unit>& units, const Done& done) override;

private:
    std::unique_ptr<UnitRunner> runner_;
    std::set<Unit>& noted_;
};

/// Part `part`, from 1, of `parts` of a study: of each list every `parts`-th unit. Nobody is told what they show, so the
/// study ends after its first list as one that was stopped: what counts is in the store of `runner`. `progress`: null, or
/// what counts the part's units.
class PartOfUnits : public UnitRunner {
public:
    PartOfUnits(std::unique_ptr<UnitRunner> runner, std::uint64_t part, std::uint64_t parts,
                RunProgress* progress)
        : runner_(std::move(runner)), part_(part), parts_(parts), progress_(progress) {}
    std::size_t run(const std::vector<Unit>& units, const Done& done) override;

private:
    std::unique_ptr<UnitRunner> runner_;
    std::uint64_t part_, parts_;
    RunProgress* progress_;
};

/// How a study is run: RunOptions' threads, stop and progress count. `store` may be null. `runner`: in place of this
/// process's threads; may be empty. It is told of which question (UnitWork::ask) it does the units.
struct StudyOptions {
    RunOptions run;
    UnitStore* store = nullptr;
    std::function<std::unique_ptr<UnitRunner>(const UnitSimulator& simulator, const std::string& beside)>
        runner;
    /// It is a part, whose answer means nothing. Of a study that decides as it goes: do no more than what it will look at
    /// first, as far as that is known before anything is simulated.
    bool first_looks = false;
    bool formulas = true;           ///< decide what they know exactly; else they only say where to begin
    bool durations = false;         ///< of a breaking point: keep them of each level, as histograms
    std::optional<double> seconds;  ///< by the clock; then it ends with what there is, as no other run would
};

}  // namespace understudy::studies
