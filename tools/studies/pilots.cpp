#include "tools/studies/pilots.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

#include "kernel/autocorrelation.h"
#include "kernel/begins_apart.h"
#include "kernel/intervals.h"
#include "kernel/random.h"
#include "kernel/replications.h"
#include "tools/studies/dependence.h"
#include "tools/studies/findings.h"
#include "tools/studies/judge.h"
#include "tools/studies/precision.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

/// MSER-5 is found on this many replications at most.
constexpr std::int64_t pilot_replications = 10;

/// So often the relaxation time of present() is cut at least.
constexpr double times_relaxation = 6;
/// How sure it has to be that pilots begin otherwise than they go on.
constexpr double begins_apart_at = 0.9;
/// A run that is shorter than so many times that has too few independent stretches to be told from its start.
constexpr double least_times_cut = 5;
/// One that is longer than so many times that is far from being too short.
constexpr double long_times_cut = 8;

// Pilots have numbers of their own: what is found on replications that count as well fits their chances, and intervals
// of what is left hold the truth less often (tests/tools/studies/coverage.cpp: 89 instead of 95 percent).
constexpr std::uint64_t first_of_precision = std::uint64_t{1} << 40,
                        first_of_warm_up = std::uint64_t{1} << 41;

/// By state: does what is promised depend on it, or where nothing is, anything?
std::vector<bool> what_matters(const PreparedRun& prepared, const States& states) {
    const std::size_t promised = prepared.promised;
    std::vector<bool> matters(states.all().size(), promised == 0);
    for (std::size_t i = 0; i < promised; ++i)
        for (const std::size_t state : states.of(prepared.measures[i])) matters[state] = true;
    return matters;
}

/// How long a state has to do with how it began.
struct Start {
    kernel::Time cut = 0;
    bool too_short = false;  ///< the run, to tell
};
Start start_of(const std::vector<std::vector<double>>& pilots, kernel::Time sample, kernel::Time length) {
    std::vector<std::vector<double>> later;  // the first quarter has most to do with the start
    for (const std::vector<double>& one : pilots)
        later.emplace_back(one.begin() + static_cast<std::ptrdiff_t>(one.size() / 4), one.end());
    const double forgets = times_relaxation * kernel::relaxation(later);
    constexpr std::size_t fewest_places = 50;  // ten batches of MSER-5
    const bool too_short =
        pilots.front().size() < fewest_places ||
        least_times_cut * forgets * static_cast<double>(sample) > static_cast<double>(length);
    // What MSER-5 finds in the mean of pilots that begin as they go on is chance. They may do so by chance as well.
    // That is believed of runs that are long enough to know how long they remember.
    const bool is_long =
        long_times_cut * forgets * static_cast<double>(sample) <= static_cast<double>(length);
    if (is_long && !kernel::begins_apart(pilots, static_cast<std::size_t>(forgets), begins_apart_at))
        return {static_cast<kernel::Time>(forgets / 2) * sample, too_short};
    // Twice what is found, as by chance it is too little as often as too much; and where the start is like the rest in
    // these few, what the level takes to forget it.
    const kernel::WarmUp found = kernel::warm_up(kernel::average_series(pilots));
    const auto places = static_cast<kernel::Time>(std::max(2.0 * static_cast<double>(found.cut), forgets));
    const kernel::Time cut = places * sample;
    return {cut, too_short || found.status == kernel::WarmUp::Status::too_short || cut > length / 2};
}

/// All that their number depends on besides what a replication does.
std::string digest_of_plan(const PreparedRun& prepared, kernel::Time warm_up) {
    const models::Run& run = prepared.scenario.run;
    std::uint64_t digest = kernel::mix_bits(static_cast<std::uint64_t>(warm_up));
    const auto add = [&](std::uint64_t bits) { digest = kernel::mix_bits(digest ^ bits); };
    for (const double number : {*run.precision, run.confidence}) add(std::bit_cast<std::uint64_t>(number));
    add(static_cast<std::uint64_t>(run.replications));
    add(static_cast<std::uint64_t>(run.variance_reduction));
    add(precise_probes(prepared));
    for (const models::Objective& objective : prepared.scenario.objectives)
        add(std::bit_cast<std::uint64_t>(objective.limit));
    return hexadecimal(digest);
}

}  // namespace

WarmUpChoice choose_warm_up(const Pilots& with) {
    const auto& [prepared, options, threads, stop, progress, known] = with;
    const models::Run& run = prepared.scenario.run;
    WarmUpChoice choice;
    if (run.warm_up) {
        choice.cut = *run.warm_up;
        choice.reason = choice.cut > 0 ? "as asked" : "none asked";
        return choice;
    }
    if (!run.length || !prepared.scenario.twin.pipelines.empty() || prepared.scenario.loads.empty()) {
        choice.reason =
            !run.length ? "none: the run lasts until the system is empty" : "none: pipelines start empty";
        return choice;
    }
    const States states(prepared);
    if (states.all().empty()) return choice;
    std::vector<std::vector<std::vector<double>>> series(states.all().size());  // by state and pilot
    const std::int64_t pilots = std::min(run.replications, pilot_replications);
    const auto chosen = [&](kernel::Time cut, bool too_short) {
        return WarmUpChoice{cut, too_short, pilots,
                            too_short ? "the run is too short for a warm-up to be found; half of it was cut"
                                      : "MSER-5 and relaxation of present() over " + std::to_string(pilots) +
                                            (pilots == 1 ? " pilot" : " pilots"),
                            ""};
    };
    if (known.warm_up_pilots == pilots) return chosen(known.warm_up, known.too_short);
    progress.begin(RunProgress::Phase::warm_up_pilot, pilots, run.replications,
                   models::share_of(*prepared.model));
    kernel::replicate(
        0, pilots, threads, stop,
        [&](std::int64_t index) {
            models::ReplicationOptions one;
            one.seed = run.seed;
            one.index = first_of_warm_up + static_cast<std::uint64_t>(index);
            one.stop = &stop;
            one.progress = progress.parts();
            return models::run_replication(prepared.model, one);
        },
        [&](std::int64_t, std::optional<models::ReplicationOutcome> outcome) {
            if (!outcome) return;  // given up
            for (std::size_t i = 0; i < series.size(); ++i)
                series[i].push_back(std::move(outcome->series[states.all()[i]]));
            progress.one_ended();
        });
    if (std::ssize(series.front()) < pilots || stop) {
        choice.interrupted = "interrupted in the warm-up pilot: " + std::to_string(series.front().size()) +
                             " of its " + std::to_string(pilots) +
                             " replications had ended, and none of the " + std::to_string(run.replications) +
                             " that count had begun; where run.warm_up is given there is no pilot";
        return choice;
    }
    const kernel::Time half = *run.length / 2;
    const std::vector<bool> matters = what_matters(prepared, states);
    kernel::Time cut = 0;
    bool too_short = false;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const Start start = start_of(series[i], prepared.model->sample, *run.length);
        cut = std::max(cut, std::min(start.cut, half));
        too_short = too_short || (matters[i] && start.too_short);
    }
    return chosen(too_short ? half : cut, too_short);
}

bool aims_in_vain(const PreparedRun& prepared, const WarmUpChoice& warm_up,
                  std::span<const std::optional<Dependence>> dependence) {
    return warm_up.too_short || (warm_up.pilots > 0 && is_short(dependence, precise_probes(prepared)));
}

PrecisionPlan plan_replications(const Pilots& with, const WarmUpChoice& warm_up) {
    const auto& [prepared, options, threads, stop, progress, known] = with;
    const std::string of = digest_of_plan(prepared, warm_up.cut);
    if (known.planned > 0 && known.planned_for == of) return {known.planned, "", of};
    const models::Run& run = prepared.scenario.run;
    const PrecisionPlan as_asked{run.replications, "", of};
    if (warm_up.too_short) return as_asked;
    Findings found(prepared);
    const std::vector<Seen>& seen = found.seen;
    const std::size_t probes = std::min(precise_probes(prepared), seen.size());
    const auto tells = [&](std::size_t i) {
        return seen[i].with_data == 0 ||
               estimate(prepared.measures[i], seen[i], run.confidence).low.has_value();
    };
    for (std::int64_t size = first_pilot; size <= largest_pilot; size *= 2) {
        const std::int64_t before = found.replications();
        progress.begin(RunProgress::Phase::precision_pilot, size - before, run.replications,
                       models::share_of(*prepared.model));
        kernel::replicate(
            before, size, threads, stop,
            [&](std::int64_t index) {
                models::ReplicationOptions one;
                one.seed = run.seed;
                number(one, run, first_of_precision + static_cast<std::uint64_t>(index));
                one.warm_up = warm_up.cut;
                one.stop = &stop;
                one.progress = progress.parts();
                return models::run_replication(prepared.model, one);
            },
            [&](std::int64_t index, std::optional<models::ReplicationOutcome> outcome) {
                if (!outcome || index != found.replications()) return;  // given up
                found.add(prepared, std::move(*outcome));
                progress.one_ended();
            });
        if (found.replications() < size || stop)
            return {0, "interrupted in the pilot for 'precision': " + std::to_string(found.replications()) +
                           " of its " + std::to_string(size) +
                           " replications had ended, and none of those that count had begun"};
        // So few pilots know the relaxation time within a third; what is not plain from them is left to those that count.
        const auto dependence = found.relate(prepared, warm_up.cut);
        if (warm_up.pilots > 0 && is_short(dependence, precise_probes(prepared), least_lengths / 2))
            return as_asked;
        // Half as many as will count tell their number well enough; a quantile's interval that hardly is one does not.
        bool all = replications_needed(prepared, seen, true) <= 2 * size;
        for (std::size_t i = 0; i < probes; ++i) all = all && tells(i);
        if (all) break;
    }
    return {whole_pairs(run, std::max(run.replications, replications_needed(prepared, seen, true))), "", of};
}

}  // namespace understudy::studies
