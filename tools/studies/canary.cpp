#include "tools/studies/canary.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/intervals.h"
#include "kernel/replications.h"
#include "tools/studies/canary_cases.h"
#include "tools/studies/canary_round.h"
#include "tools/studies/canary_steps.h"
#include "tools/studies/rehearse.h"

namespace understudy::studies {

using kernel::Time;
using CanaryCase = CanaryResult::Case;

const char* name_of(CanaryResult::Case::Kind kind) {
    switch (kind) {
        case CanaryCase::Kind::same: return "same";
        case CanaryCase::Kind::change: return "change";
        case CanaryCase::Kind::bad: return "bad";
    }
    return "";
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
    std::vector<CanaryRound> rounds;
    std::int64_t done = 0;
    for (const std::int64_t look : looks) {
        kernel::replicate(
            done, look, threads, stop,
            [&](std::int64_t index) { return play_canary_round(prepared, options, index); },
            [&](std::int64_t, CanaryRound round) {
                if (options.run.progress) options.run.progress->one_ended();
                if (!round.given_up) rounds.push_back(std::move(round));
            });
        done = look;
        ++result.looks;
        result.replications = std::ssize(rounds);
        result.interrupted = result.replications < look;
        result.cases = canary_cases(prepared, rounds, result.level, options);
        if (result.interrupted || std::all_of(result.cases.begin(), result.cases.end(), is_settled)) break;
    }
    judge_canary(result);
    for (const CanaryRound& round : rounds)
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
