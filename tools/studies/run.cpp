#include "tools/studies/run.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "kernel/random.h"
#include "kernel/replications.h"
#include "tools/studies/counting.h"
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
    std::string part = std::move(now_.part);
    now_ = {phase, 0, of, false, "", std::move(part), 0, share_of, then, std::chrono::steady_clock::now()};
    parts_.store(0, std::memory_order_relaxed);
}

void RunProgress::one_ended() {
    const std::lock_guard lock(mutex_);
    ++now_.ended;
}

void RunProgress::begin_units(std::int64_t more, bool at_most) {
    if (now().phase != Phase::units) begin(Phase::units, more, 0, models::ShareOf::nothing);
    const std::lock_guard lock(mutex_);
    now_.of = now_.ended + more;
    now_.at_most = at_most;
}

void RunProgress::best_so_far(std::string best) {
    const std::lock_guard lock(mutex_);
    now_.best = std::move(best);
}

void RunProgress::name_part(std::string part) {
    const std::lock_guard lock(mutex_);
    now_.part = std::move(part);
}

Provenance provenance_of(const PreparedRun& prepared, const RunOptions& options) {
    const models::Scenario& scenario = prepared.scenario;
    return {scenario.name,
            scenario.text,
            hexadecimal(kernel::stable_hash(scenario.text)),
            scenario.run.seed,
            scenario.run.replications,
            options.version,
            options.set,
            options.origins};
}

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
