#include "tools/studies/run.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "kernel/random.h"
#include "kernel/replications.h"
#include "tools/studies/earlier.h"
#include "tools/studies/findings.h"
#include "tools/studies/one_run.h"
#include "tools/studies/pilots.h"
#include "tools/studies/precision.h"
#include "tools/studies/reduce.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

RunProgress::Now RunProgress::now() const {
    const std::lock_guard lock(mutex_);
    Now now = now_;
    const double whole = static_cast<double>(now.of) * static_cast<double>(models::parts_of_a_replication);
    if (now.phase == Phase::units)
        now.share = now.of > 0 ? static_cast<double>(now.ended) / static_cast<double>(now.of) : 0;
    else if (now.of > 0)
        now.share = std::min(1.0, static_cast<double>(parts_.load(std::memory_order_relaxed)) / whole);
    return now;
}

void RunProgress::begin(Phase phase, std::int64_t of, std::int64_t then, models::ShareOf share_of) {
    const std::lock_guard lock(mutex_);
    now_ = {phase, 0, of, false, "", 0, share_of, then, std::chrono::steady_clock::now()};
    parts_.store(0, std::memory_order_relaxed);
}

void RunProgress::one_ended() {
    const std::lock_guard lock(mutex_);
    ++now_.ended;
}

void RunProgress::begin_units(std::int64_t of, bool at_most) {
    if (now().phase == Phase::units) return;
    begin(Phase::units, of, 0, models::ShareOf::nothing);
    const std::lock_guard lock(mutex_);
    now_.at_most = at_most;
}

void RunProgress::best_so_far(std::string best) {
    const std::lock_guard lock(mutex_);
    now_.best = std::move(best);
}

Provenance provenance_of(const PreparedRun& prepared, const std::string& version) {
    const models::Scenario& scenario = prepared.scenario;
    return {scenario.name,
            scenario.text,
            hexadecimal(kernel::stable_hash(scenario.text)),
            scenario.run.seed,
            scenario.run.replications,
            version,
            {}};
}

namespace {

/// The replications of a run that count: those that an earlier run had made, then new ones.
class Counting {
public:
    Counting(const Pilots& with, kernel::Time warm_up)
        : found(with.prepared), with_(with), warm_up_(warm_up) {}

    /// What of `earlier` holds for this run; else why nothing does.
    std::string reuse(RunResult&& earlier);
    /// Up to `last` of them in all; `keep` is told what there is now and then.
    template <class Keep>
    void go_on(std::int64_t last, Keep keep);
    /// The run was stopped before all that were asked for had ended.
    bool given_up() const { return given_up_; }

    Findings found;
    std::int64_t reused = 0;

private:
    std::optional<models::ReplicationOutcome> simulate(std::int64_t index) const;

    const Pilots& with_;
    kernel::Time warm_up_;
    std::optional<Findings> earlier_;
    bool given_up_ = false;
};

std::string Counting::reuse(RunResult&& earlier) {
    std::string why = why_not_reused(with_.prepared, with_.options, earlier);
    if (why.empty() && earlier.pilots.warm_up != warm_up_) why = "another warm-up was cut from it";
    if (!why.empty()) return why;
    earlier_ = findings_of(with_.prepared, std::move(earlier));
    if (!earlier_) return "its replications do not fit together";
    if (parts_of(with_.prepared) == 0) {
        for (Seen& seen : earlier_->seen) seen.parts.clear();
    } else if (std::all_of(earlier_->seen.begin(), earlier_->seen.end(),
                           [](const Seen& seen) { return seen.parts.empty(); })) {
        earlier_.reset();
        return "an interval of one replication takes its course, which only a run of one keeps";
    }
    return "";
}

std::optional<models::ReplicationOutcome> Counting::simulate(std::int64_t index) const {
    const RunOptions& options = with_.options;
    models::ReplicationOptions one;
    one.seed = with_.prepared.scenario.run.seed;
    number(one, with_.prepared.scenario.run, static_cast<std::uint64_t>(index));
    one.warm_up = warm_up_;
    one.parts = parts_of(with_.prepared);
    one.stop = &with_.stop;
    one.progress = with_.progress.parts();
    if (options.sink) one.sink = options.sink(index + 1);
    if (options.recorded) one.recorded = options.recorded(index + 1);
    auto outcome = models::run_replication(with_.prepared.model, one);
    if (outcome && options.traced) options.traced(index + 1);
    return outcome;
}

template <class Keep>
void Counting::go_on(std::int64_t last, Keep keep) {
    if (earlier_ && earlier_->replications() > found.replications()) {
        const bool all = earlier_->replications() <= last;
        Findings first = all ? std::move(*earlier_) : first_of(*earlier_, last);
        if (all) earlier_.reset();
        if (first.replications() > found.replications()) {
            reused = first.replications();
            found = std::move(first);
        }
    }
    with_.progress.begin(RunProgress::Phase::replications, last - found.replications(), 0,
                         models::share_of(*with_.prepared.model));
    kernel::replicate(
        found.replications(), last, with_.threads, with_.stop,
        [&](std::int64_t index) { return simulate(index); },
        [&](std::int64_t, std::optional<models::ReplicationOutcome> outcome) {
            given_up_ = given_up_ || !outcome;  // what comes after it is not a prefix any more
            if (given_up_) return;
            found.add(with_.prepared, std::move(*outcome));
            with_.progress.one_ended();
            keep();
        });
}

}  // namespace

RunResult run(const PreparedRun& prepared, const RunOptions& options, std::optional<RunResult> earlier) {
    const models::Run& settings = prepared.scenario.run;
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.stop ? *options.stop : never_stop;
    const unsigned threads = options.threads ? options.threads : kernel::default_threads();
    RunProgress unseen;
    RunProgress& progress = options.progress ? *options.progress : unseen;

    Pilots pilots{prepared, options, threads, stop, progress, {}};
    if (earlier && why_not_reused(prepared, options, *earlier).empty()) pilots.known = earlier->pilots;
    const WarmUpChoice warm_up = choose_warm_up(pilots);
    Counting counting(pilots, warm_up.cut);

    PrecisionPlan plan;
    bool begins = warm_up.interrupted.empty();
    std::string not_reused;
    if (begins && earlier) not_reused = counting.reuse(std::move(*earlier));
    const bool reusable = earlier && not_reused.empty();
    if (begins && settings.precision) {
        plan = plan_replications(pilots, warm_up);
        begins = plan.interrupted.empty();
    }
    std::int64_t wanted = plan.replications > 0 ? plan.replications : settings.replications;
    const auto keep = [&] {
        if (options.keep && options.keep_due())
            options.keep(reduce(prepared, options, warm_up, plan, wanted, counting.found));
    };
    const auto began = std::chrono::steady_clock::now();
    if (begins) counting.go_on(wanted, keep);
    // Rarely, as the plan allows for chance: those that count turn out too few.
    if (settings.precision)
        while (!counting.given_up() && !stop && counting.found.replications() == wanted) {
            if (aims_in_vain(prepared, warm_up, counting.found.relate(prepared, warm_up.cut))) break;
            const std::int64_t needed = replications_needed(prepared, counting.found.seen, false);
            if (needed <= wanted) break;
            wanted = whole_pairs(settings, std::min(needed, 2 * wanted));
            counting.go_on(wanted, keep);
        }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    progress.begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing);
    RunResult result = reduce(prepared, options, warm_up, plan, wanted, std::move(counting.found));
    result.reused = counting.reused;
    result.seconds = took.count();
    result.threads = threads;
    if (reusable && begins && counting.reused == 0)
        not_reused = "it has put together more replications than are wanted, and they do not come apart";
    result.not_reused = not_reused;
    return result;
}

}  // namespace understudy::studies
