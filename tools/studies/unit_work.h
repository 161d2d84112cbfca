// The simulation that a study does, from its warm-up to its last unit: within its replications and its time, and ending
// where it is told to stop.
//
// A study asks one question or several of the settings of its base; each question has evidence of its own. Not
// thread-safe; the work itself is done wherever the options say. Throws BadSetting as the base does.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/pilots.h"
#include "tools/studies/units.h"

namespace understudy::studies {

/// Where a warm-up was looked for in vain there is nothing that a study could say.
constexpr const char* too_short_for_warm_up =
    "the run is too short to tell its warm-up from its steady state: lengthen 'run.length', or say "
    "'run.warm_up'";

class UnitWork {
public:
    enum class End { none, interrupted, out_of_replications, out_of_time };
    /// What is asked of settings, and who asks.
    struct Question {
        UnitSimulator simulator;
        std::unique_ptr<UnitRunner> runner;
    };

    /// The references have to outlive it. `replications`: that there may be; none: those of the one list that the study
    /// knows as it begins, whose units progress counts.
    UnitWork(const ReadBase& read, const StudyOptions& options, std::optional<std::int64_t> replications);

    /// From here on progress counts units of one replication, of all lists together, up to as many as there may be.
    /// `most`: so many are still to be done at most, where that is less than its replications allow; may be told again.
    void count_all_units(std::optional<std::int64_t> most = std::nullopt);

    /// As asked, or found on this setting; its pilots are counted. It may have been interrupted.
    WarmUpChoice find_warm_up(const std::vector<std::string>& overrides, const Asked& asked);
    /// `beside`: empty, or the name of a question beside the one that the study is about, which says with the study and
    /// what is measured all that its units depend on. The options' store has room for the units of the one alone.
    std::unique_ptr<Question> ask(Asked asked, std::uint64_t seed, kernel::Time warm_up,
                                  const std::string& beside = {});
    /// Tells `done` of each in order. False where the study ends, some or all of them undone.
    bool run(Question& question, const std::vector<Unit>& units, const UnitRunner::Done& done);

    /// Nothing is simulated any more.
    void finish() { progress_.begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing); }

    bool stopped() const { return stop_; }
    RunProgress& progress() { return progress_; }
    /// Why it ended; none: it may go on.
    End end() const { return end_; }
    /// "its replications were spent"
    const char* why_ended() const;
    std::int64_t replications() const { return done_; }
    std::int64_t left() const {
        return budget_ ? *budget_ - done_ : std::numeric_limits<std::int64_t>::max();
    }
    /// As many of them, of one replication each, as are left.
    std::vector<Unit> within_budget(std::vector<Unit> units) const;

private:
    static inline const std::atomic<bool> never_stop_{false};
    const ReadBase& read_;
    const StudyOptions& options_;
    const std::atomic<bool>& stop_;
    unsigned threads_;
    RunProgress unseen_;
    RunProgress& progress_;
    std::chrono::steady_clock::time_point began_;
    std::optional<std::int64_t> budget_;
    std::int64_t done_ = 0;
    End end_ = End::none;
    bool counts_all_ = false;
    std::optional<std::int64_t> most_;  ///< units in all, those done included
};

}  // namespace understudy::studies
