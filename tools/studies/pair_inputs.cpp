#include "tools/studies/pair_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "kernel/random.h"
#include "kernel/replications.h"
#include "tools/studies/increase.h"
#include "tools/studies/redrawn_inputs.h"

namespace understudy::studies {

namespace {

/// The candidate's inputs: those of the baseline's fits, and those of fits of its own.
struct CandidateInputs {
    std::vector<UncertainInput> shared, own;
};

/// Of one fit to one log, whatever what it is of is called by now. Of what was fitted together one side may have set some
/// paths since.
bool is_same_fit(const UncertainInput& a, const UncertainInput& b) {
    if (a.drawn_as() != b.drawn_as() || a.together.has_value() != b.together.has_value()) return false;
    if (a.together)
        return a.together->degrees == b.together->degrees && a.together->numbers == b.together->numbers;
    return a.family == b.family && a.observations == b.observations && a.spread == b.spread &&
           a.weekends == b.weekends && a.fitted == b.fitted;
}

CandidateInputs split(const PairOfInputs& inputs) {
    CandidateInputs result;
    for (const UncertainInput& input : inputs.candidate) {
        const bool shared = std::any_of(inputs.baseline.begin(), inputs.baseline.end(),
                                        [&](const UncertainInput& one) { return is_same_fit(one, input); });
        (shared ? result.shared : result.own).push_back(input);
    }
    return result;
}

std::optional<std::size_t> place_of(const RunResult& run, const std::string& measure) {
    for (std::size_t i = 0; i < run.metrics.size(); ++i)
        if (run.metrics[i].name == measure) return i;
    return std::nullopt;
}

/// What each draw does to something that is made of a value of either side.
template <class Made>
std::vector<Shifts> made_of(const PairShifts& shifts, std::size_t before, std::size_t after, Made made) {
    std::vector<Shifts> all;
    for (std::size_t draw = 0; draw < shifts.baseline.size(); ++draw) {
        const Shifts &a = shifts.baseline[draw][before], &b = shifts.candidate[draw][after];
        Shifts& both = all.emplace_back();
        for (std::size_t k = 0; k < shifts_a_draw; ++k) both[k] = made(a[k], b[k]);
    }
    return all;
}

std::optional<PartOfInterval> offset_of_difference(const PairShifts& shifts, std::size_t before,
                                                   std::size_t after, double level) {
    return offset_of(made_of(shifts, before, after, [](double a, double b) { return b - a; }), level);
}

/// Of candidate / baseline. A draw that leaves nothing to divide by says nothing.
std::optional<PartOfInterval> offset_of_ratio(const PairShifts& shifts, std::size_t before, double baseline,
                                              std::size_t after, double candidate, double level) {
    const auto moved = [&](double a, double b) {
        return baseline + a > 0 ? (candidate + b) / (baseline + a) - candidate / baseline
                                : std::numeric_limits<double>::quiet_NaN();
    };
    return offset_of(made_of(shifts, before, after, moved), level);
}

}  // namespace

std::optional<PairShifts> shifts_of_pair(const PreparedPair& pair, const PairOfInputs& inputs,
                                         std::int64_t draws, const RunResult& before, const RunResult& after,
                                         const RunOptions& options) {
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.stop ? *options.stop : never_stop;
    const unsigned threads = options.threads ? options.threads : kernel::default_threads();
    RunProgress unseen;
    RunProgress& progress = options.progress ? *options.progress : unseen;
    const CandidateInputs of_candidate = split(inputs);
    const std::uint64_t seed = pair.baseline.scenario.run.seed;
    // Any other: what is the candidate's own is drawn by it.
    const std::uint64_t own_seed = kernel::mix_bits(seed ^ 0x01f) >> 2;
    progress.begin(RunProgress::Phase::replications, 2 * shifts_a_draw * draws, 0,
                   models::share_of(*pair.baseline.model));
    using Both = std::array<DrawnShifts, 2>;
    PairShifts result;
    result.draws = draws;
    bool given_up = false;
    const auto simulate = [&](std::int64_t index) -> std::optional<Both> {
        const auto draw = static_cast<std::uint64_t>(index);
        auto first =
            shifts_of(pair.baseline, redraw_inputs(pair.baseline.scenario, inputs.baseline, seed, draw),
                      before, index, stop, progress.parts());
        if (!first) return std::nullopt;
        const models::Scenario shared =
            redraw_inputs(pair.candidate.scenario, of_candidate.shared, seed, draw);
        auto second = shifts_of(
            pair.candidate,
            of_candidate.own.empty() ? shared : redraw_inputs(shared, of_candidate.own, own_seed, draw),
            after, index, stop, progress.parts());
        if (!second) return std::nullopt;
        return Both{std::move(*first), std::move(*second)};
    };
    kernel::replicate(0, draws, threads, stop, simulate, [&](std::int64_t, std::optional<Both> both) {
        given_up = given_up || !both;
        if (given_up) return;
        for (std::size_t i = 0; i < 2 * shifts_a_draw; ++i) progress.one_ended();
        if ((*both)[0].empty() || (*both)[1].empty()) return;
        result.baseline.push_back(std::move((*both)[0]));
        result.candidate.push_back(std::move((*both)[1]));
    });
    if (given_up || stop) return std::nullopt;
    return result;
}

void put_input_part(const PairShifts& shifts, const RunResult& before, const RunResult& after,
                    Accepted& entry) {
    const auto a = place_of(before, entry.measure), b = place_of(after, entry.measure);
    if (!a || !b) return;
    const bool decided = entry.verdict != Verdict::inconclusive;
    if (!entry.estimate.low || !entry.estimate.high) {
        // A sign alone decided it; what the inputs do to a ratio that has no limits nobody can say.
        if (!decided) return;
        entry.verdict = Verdict::inconclusive;
        entry.reason = Reason::data;
        entry.explanation =
            "no percentage has an interval here, so that what the parameters do cannot be put into it: give "
            "the limit its unit";
        return;
    }
    const double level = entry.estimate.level;
    const auto offset = entry.relative ? offset_of_ratio(shifts, *a, entry.baseline.value_or(0), *b,
                                                         entry.candidate.value_or(0), level)
                                       : offset_of_difference(shifts, *a, *b, level);
    if (!offset) return;
    const PartOfInterval simulated{*entry.estimate.low, *entry.estimate.high};
    widen(entry.estimate, *offset, kernel::Range{});
    if (*entry.estimate.low == simulated.low && *entry.estimate.high == simulated.high) return;
    if (entry.smallest_effect) entry.smallest_effect = smallest_effect(entry.estimate, entry.limit);
    const WidenedVerdict verdict = verdict_of(entry.estimate, entry.comparison, entry.limit);
    if (!verdict.unsettled || (!decided && entry.reason != Reason::precision)) return;
    if (decided || verdict.inputs_decide) {
        entry.explanation = explanation_of(verdict, true);
        entry.replications_needed = verdict.more_replications;
    } else if (entry.replications_needed > 0 && verdict.more_replications > entry.replications_needed) {
        entry.replications_needed = verdict.more_replications;
        entry.explanation = explanation_of(verdict, true);
    }
    entry.more_would_help =
        decided ? verdict.more_replications > 0 : entry.more_would_help && !verdict.inputs_decide;
    entry.verdict = Verdict::inconclusive;
    entry.reason = Reason::precision;
}

void put_input_part(const PairShifts& shifts, const RunResult& before, const RunResult& after,
                    Comparison& comparison) {
    for (ComparedMeasure& measure : comparison.measures) {
        const auto a = place_of(before, measure.name), b = place_of(after, measure.name);
        if (!a || !b) continue;
        measure.estimates = {before.metrics[*a].estimate, after.metrics[*b].estimate};
        std::optional<kernel::Difference>& difference = measure.differences.front().difference;
        if (!difference) continue;
        const auto offset = offset_of_difference(shifts, *a, *b, difference->estimate.level);
        if (!offset) continue;
        widen(difference->estimate, *offset);
        if (difference->estimate.low <= 0 && difference->estimate.high >= 0)
            difference->order = kernel::Difference::Order::undecided;
    }
}

std::string redrawn_text(std::int64_t draws, const PairOfInputs& inputs) {
    std::vector<UncertainInput> all = inputs.baseline;
    std::size_t in_candidate = 0;
    for (const UncertainInput& input : inputs.candidate) {
        const bool known = std::any_of(all.begin(), all.end(), [&](const UncertainInput& one) {
            return one.drawn_as() == input.drawn_as();
        });
        ++in_candidate;
        if (!known) all.push_back(input);
    }
    std::string text = redrawn_text(draws, all);
    if (inputs.baseline.size() < all.size())
        text += fmt::format("; {} in the baseline", inputs.baseline.size());
    if (in_candidate < all.size()) text += fmt::format("; {} in the candidate", in_candidate);
    return text;
}

}  // namespace understudy::studies
