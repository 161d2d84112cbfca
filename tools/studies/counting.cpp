#include "tools/studies/counting.h"

#include <algorithm>
#include <utility>

#include "kernel/replications.h"
#include "tools/studies/earlier.h"
#include "tools/studies/one_run.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

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

void Counting::go_on(std::int64_t last, const std::function<void()>& ended) {
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
            ended();
        });
}

}  // namespace understudy::studies
