#include "tools/studies/rehearse.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "kernel/comparison.h"
#include "kernel/exact_math.h"
#include "kernel/random.h"
#include "kernel/replications.h"
#include "kernel/special_functions.h"
#include "models/check.h"
#include "tools/studies/counting.h"
#include "tools/studies/increase.h"
#include "tools/studies/input_part.h"
#include "tools/studies/judge.h"
#include "tools/studies/more_replications.h"
#include "tools/studies/pair_inputs.h"
#include "tools/studies/pilots.h"
#include "tools/studies/precision.h"
#include "tools/studies/rare_counts.h"
#include "tools/studies/redrawn_inputs.h"
#include "tools/studies/reduce.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

/// Of few values Student's interval rests on their being about normal.
constexpr std::int64_t least_at_first_look = 5;

std::size_t number_in(const std::string& path) { return std::stoul(path.substr(path.find('.') + 1)); }

/// Adds measures in front of what a scenario measures, each text once.
void put_first(std::vector<models::Measure> first, models::Scenario& scenario) {
    std::set<std::string> known;
    for (const models::Objective& objective : scenario.objectives) known.insert(objective.measure.text);
    std::vector<models::Measure> all;
    first.insert(first.end(), scenario.measures.begin(), scenario.measures.end());
    for (models::Measure& measure : first)
        if (known.insert(measure.text).second) all.push_back(std::move(measure));
    scenario.measures = std::move(all);
}

/// The first `count` of the scenario's measures, without those that make no sense in it; what is wrong with them is told.
template <class Wrong>
void without_wrong(std::size_t count, models::Scenario& scenario, Wrong wrong) {
    std::set<std::size_t, std::greater<>> bad;
    for (const models::Problem& problem : models::check(scenario)) {
        if (!problem.path.starts_with("measures.") || problem.severity != models::Problem::Severity::error)
            continue;
        const std::size_t number = number_in(problem.path);
        if (number >= count) continue;
        bad.insert(number);
        wrong(scenario.measures[number], problem);
    }
    for (const std::size_t number : bad)
        scenario.measures.erase(scenario.measures.begin() + static_cast<std::ptrdiff_t>(number));
}

/// How many of the first measures of a prepared run are among these.
std::size_t leading(const PreparedRun& prepared, const std::set<std::string>& texts) {
    std::size_t count = 0;
    while (count < prepared.measures.size() && texts.contains(prepared.measures[count].text)) ++count;
    return count;
}

bool has_errors(const models::Problems& problems) {
    return std::any_of(problems.begin(), problems.end(), [](const models::Problem& problem) {
        return problem.severity == models::Problem::Severity::error;
    });
}

bool among(const std::vector<models::Objective>& objectives, const std::string& text) {
    return std::any_of(objectives.begin(), objectives.end(),
                       [&](const models::Objective& one) { return one.text == text; });
}

/// What is promised and not judged is said: the candidate no longer promises it, or the entries leave it out.
void tell_of_unjudged(const models::Scenario& baseline, const models::Scenario& candidate,
                      const models::Acceptance& acceptance, const Counterparts& names, PreparedPair& into) {
    into.weaker = weaker_promises(baseline, candidate, names);
    for (const models::Objective& before : baseline.objectives) {
        const models::Objective now = names.in_candidate(before);
        if (keeps(acceptance.objectives, now)) continue;
        const auto weaker = std::find_if(into.weaker.begin(), into.weaker.end(),
                                         [&](const WeakerPromise& one) { return one.text == before.text; });
        const bool kept = weaker == into.weaker.end();
        if (kept && acceptance.all_objectives) continue;
        into.unjudged.push_back(before.text);
        into.warnings.push_back(
            kept ? "'" + now.text +
                       "' is promised and not judged; 'all objectives' among what is accepted judges it"
            : weaker->now.empty()
                ? "the baseline promises '" + before.text + "', the candidate does not"
                : "the baseline promises '" + before.text + "', the candidate '" + weaker->now + "'");
    }
    if (acceptance.all_objectives) return;
    std::vector<models::Objective> known = acceptance.objectives;
    for (const models::Objective& before : baseline.objectives) known.push_back(names.in_candidate(before));
    for (const models::Objective& now : candidate.objectives)
        if (!keeps(known, now)) into.unjudged.push_back(now.text);
}

}  // namespace

std::optional<PreparedPair> prepare_pair(models::Scenario baseline, models::Scenario candidate,
                                         const models::Acceptance& acceptance, PairProblems& problems) {
    PreparedPair pair;
    pair.increases = acceptance.increases;
    const Counterparts names(baseline, candidate);
    tell_of_unjudged(baseline, candidate, acceptance, names, pair);
    if (!acceptance.all_objectives) candidate.objectives.clear();
    const std::size_t own = candidate.objectives.size();
    for (const models::Objective& objective : acceptance.objectives)
        if (!among(candidate.objectives, objective.text)) candidate.objectives.push_back(objective);

    // What is asked for by an entry of its own is checked in its name.
    std::set<std::string> texts;
    std::vector<models::Measure> increased, promised;
    for (const models::Increase& increase : acceptance.increases) increased.push_back(increase.measure);
    for (const models::Objective& objective : candidate.objectives) promised.push_back(objective.measure);
    for (const models::Measure& measure : increased) texts.insert(measure.text);
    for (const models::Measure& measure : promised) texts.insert(measure.text);
    const auto in_baseline = [&](std::vector<models::Measure> measures) {
        for (models::Measure& measure : measures) measure = names.in_baseline(std::move(measure));
        return measures;
    };
    const auto wrong_increase = [&](const char* where) {
        return [&, where](const models::Measure& measure, const models::Problem& problem) {
            for (const models::Increase& increase : acceptance.increases)
                if (increase.measure.text == measure.text ||
                    names.in_baseline(increase.measure).text == measure.text)
                    problems.acceptance.push_back({problem.severity, increase.text,
                                                   std::string(where) + problem.message, problem.hint});
        };
    };
    // What is promised no more is measured all the same, where there still is something to measure.
    std::vector<models::Measure> no_more;
    for (const WeakerPromise& one : pair.weaker) no_more.push_back(one.objective.measure);
    put_first(no_more, candidate);
    without_wrong(no_more.size(), candidate, [](const auto&, const auto&) {});
    put_first(increased, candidate);
    for (const models::Problem& problem : models::check(candidate))
        if (problem.path.starts_with("objectives.") && number_in(problem.path) >= own)
            problems.acceptance.push_back({problem.severity,
                                           candidate.objectives[number_in(problem.path)].text,
                                           "in the candidate: " + problem.message, problem.hint});
    if (has_errors(problems.acceptance)) return std::nullopt;
    without_wrong(increased.size(), candidate, wrong_increase("in the candidate: "));

    baseline.objectives.clear();
    put_first(in_baseline(no_more), baseline);
    put_first(in_baseline(promised), baseline);
    without_wrong(promised.size(), baseline, [](const auto&, const auto&) {});
    put_first(in_baseline(increased), baseline);
    without_wrong(increased.size(), baseline, wrong_increase("in the baseline: "));
    if (has_errors(problems.acceptance)) return std::nullopt;

    auto first = prepare(std::move(baseline), problems.baseline);
    auto second = prepare(std::move(candidate), problems.candidate);
    if (!first || !second) return std::nullopt;
    pair.baseline = std::move(*first);
    pair.candidate = std::move(*second);
    for (models::Measure& measure : pair.baseline.measures) measure.text = names.in_candidate(measure).text;
    pair.increased_before = in_baseline(increased);
    for (PreparedRun* one : {&pair.baseline, &pair.candidate}) one->promised = leading(*one, texts);
    return pair;
}

std::vector<std::int64_t> looks_of(std::int64_t first, std::int64_t most, std::int64_t together) {
    const auto whole = [&](std::int64_t n) { return whole_together(n, together); };
    std::vector<std::int64_t> looks;
    most = whole(most);
    for (std::int64_t n = whole(first); 4 * n < 3 * most; n = whole(n + (n + 1) / 2)) looks.push_back(n);
    looks.push_back(most);
    return looks;
}

namespace {

/// One side: its pilots, its replications, what they say.
struct Side {
    Side(const PreparedRun& prepared, const RunOptions& options, unsigned threads,
         const std::atomic<bool>& stop, RunProgress& progress)
        : pilots{prepared, options, threads, stop, progress, {}} {}

    Pilots pilots;
    WarmUpChoice warm_up;
    std::unique_ptr<Counting> counting;

    /// Whether the first so many are known apart from the others: many of them have been put together.
    bool has(std::int64_t replications) const {
        const Findings& all = counting->found;
        return all.replications() == replications ||
               first_of(all, replications).replications() == replications;
    }
    RunResult reduced(std::int64_t replications, double level) const {
        const Findings& all = counting->found;
        return reduce(pilots.prepared, pilots.options, warm_up, {}, replications,
                      all.replications() == replications ? all : first_of(all, replications), level);
    }
};

std::string seconds_text(kernel::Time time) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g s", kernel::to_seconds(time));
    return text;
}

/// Both cut what the slower of the two takes, as far as half of a run.
void agree_on_warm_up(Side& baseline, Side& candidate) {
    const kernel::Time a = baseline.warm_up.cut, b = candidate.warm_up.cut;
    if (a == b) return;
    const std::string reason = "the longer of the two: " + seconds_text(b) + " of the candidate, " +
                               seconds_text(a) + " of the baseline";
    for (Side* side : {&baseline, &candidate}) {
        const auto& length = side->pilots.prepared.scenario.run.length;
        const kernel::Time longer = std::max(a, b);
        side->warm_up.cut =
            length ? std::max(side->warm_up.cut, std::min(longer, *length / 2)) : side->warm_up.cut;
        side->warm_up.reason = reason;
    }
}

bool same_happened(const RunResult& baseline, const RunResult& candidate) {
    return std::equal(baseline.records.begin(), baseline.records.end(), candidate.records.begin(),
                      candidate.records.end(), [](const ReplicationRecord& a, const ReplicationRecord& b) {
                          return a.fingerprint == b.fingerprint && a.events == b.events;
                      });
}

const MetricResult* metric_of(const RunResult& run, const std::string& text) {
    const auto found = std::find_if(run.metrics.begin(), run.metrics.end(),
                                    [&](const MetricResult& metric) { return metric.name == text; });
    return found == run.metrics.end() ? nullptr : &*found;
}

Accepted of_objective(const models::Objective& objective, const ObjectiveResult& judged,
                      const RunResult& baseline) {
    Accepted entry;
    entry.text = objective.text;
    entry.measure = objective.measure.text;
    entry.unit = judged.unit;
    entry.comparison = objective.comparison;
    entry.limit = objective.limit;
    if (const MetricResult* before = metric_of(baseline, entry.measure))
        entry.baseline = before->estimate.value;
    entry.candidate = judged.estimate.value;
    entry.estimate = judged.estimate;
    entry.verdict = judged.verdict;
    entry.reason = judged.reason;
    entry.explanation = judged.explanation;
    const bool believed =
        judged.reason == Reason::none || judged.reason == Reason::limit || judged.reason == Reason::precision;
    if (judged.estimate.low && believed)
        entry.smallest_effect = smallest_effect(judged.estimate, judged.limit);
    entry.more_would_help = judged.more_replications > 0 && judged.more_replications <= most_that_help;
    if (entry.more_would_help) entry.replications_needed = judged.more_replications;
    return entry;
}

Accepted of_increase(const models::Increase& increase, const RunResult& baseline, const RunResult& candidate,
                     PairOfRuns runs) {
    Accepted entry;
    entry.kind = Accepted::Kind::increase;
    entry.text = increase.text;
    entry.measure = increase.measure.text;
    entry.relative = increase.relative;
    entry.comparison = increase.comparison;
    entry.limit = increase.margin;
    const MetricResult& before = *metric_of(baseline, entry.measure);
    const MetricResult& after = *metric_of(candidate, entry.measure);
    entry.unit = after.unit;
    entry.baseline = before.estimate.value;
    entry.candidate = after.estimate.value;
    IncreaseResult judged = judge_increase(increase, before, after, runs);
    entry.estimate = judged.estimate;
    entry.verdict = judged.verdict;
    entry.reason = judged.reason;
    entry.explanation = std::move(judged.explanation);
    entry.paired = judged.paired;
    entry.variance_ratio = judged.variance_ratio;
    entry.smallest_effect = judged.smallest_effect;
    entry.replications_needed = judged.more_replications;
    entry.more_would_help = judged.more_would_help;
    return entry;
}

/// The run is of so many replications, whatever its file says of their number.
void set_replications(PreparedRun& prepared, std::int64_t replications) {
    prepared.scenario.run.replications = replications;
    prepared.scenario.run.precision.reset();
}

/// As the other's, and says so.
template <class Value>
void adopt(Value& mine, const Value& theirs, const std::string& what, std::vector<std::string>& warnings) {
    if (mine == theirs) return;
    mine = theirs;
    warnings.push_back(what);
}

/// `constraint_broken`: an alert that fails a run was raised in a replication of the candidate.
void conclude(bool constraint_broken, RehearsalResult& result) {
    result.verdict = Verdict::met;
    result.reason = result.accepted.empty() ? Reason::no_objectives : Reason::none;
    const auto first = [&](Verdict verdict) {
        return std::find_if(result.accepted.begin(), result.accepted.end(),
                            [&](const Accepted& entry) { return entry.verdict == verdict; });
    };
    for (const Verdict verdict : {Verdict::violated, Verdict::inconclusive})
        if (const auto found = first(verdict); found != result.accepted.end()) {
            result.verdict = verdict;
            result.reason = found->reason;
            break;
        }
    if (constraint_broken && result.verdict != Verdict::violated) {
        result.verdict = Verdict::violated;
        result.reason = Reason::constraint;
    }
    if (result.verdict == Verdict::met)
        for (const ComparedRun& run : result.runs)
            if (!run.result.broken_off.empty()) {
                result.verdict = Verdict::inconclusive;
                result.reason = Reason::unstable;
            }
    if (result.interrupted) {
        result.verdict = Verdict::inconclusive;
        result.reason = Reason::data;
    }
}

/// What is the same in each pair differs by nothing, also where neither has an interval of its own.
void add_equal(RehearsalResult& result) {
    for (ComparedMeasure& measure : result.comparison.measures) {
        ComparedDifference& one = measure.differences.front();
        const MetricResult* before = metric_of(result.runs[0].result, measure.name);
        const MetricResult* after = metric_of(result.runs[1].result, measure.name);
        if (one.difference || !before || !after || !before->estimate.value || !same_values(*before, *after))
            continue;
        one.difference.emplace();
        one.difference->estimate.count = before->by_replication.size();
        one.difference->estimate.level = result.comparison.confidence;
        one.difference->variance_ratio = std::numeric_limits<double>::infinity();
        one.relative = 0;
        one.paired = true;
        one.why.clear();
    }
}

NoLongerPromised as_it_would_be(const WeakerPromise& weaker, const RunResult& baseline,
                                const RunResult& candidate) {
    const models::Objective& objective = weaker.objective;
    NoLongerPromised one{weaker.text,          weaker.now,      objective.measure.text, "",
                         objective.comparison, objective.limit, std::nullopt,           {},
                         Verdict::inconclusive};
    if (const MetricResult* before = metric_of(baseline, one.measure)) {
        one.unit = before->unit;
        one.baseline = before->estimate.value;
    }
    const MetricResult* after = metric_of(candidate, one.measure);
    if (after == nullptr) return one;
    one.unit = after->unit;
    one.candidate = after->estimate;
    if (!after->doubt.empty() || !one.candidate.low || !one.candidate.high) return one;
    const bool low = holds(one.comparison, *one.candidate.low, one.limit);
    const bool high = holds(one.comparison, *one.candidate.high, one.limit);
    one.verdict = low && high ? Verdict::met : low || high ? Verdict::inconclusive : Verdict::violated;
    return one;
}

/// Those of both runs, what both say once.
void add_warnings(RehearsalResult& result) {
    const auto& [baseline, candidate] = std::tie(result.runs[0].result, result.runs[1].result);
    const auto has = [](const RunResult& run, const std::string& text) {
        return std::any_of(run.warnings.begin(), run.warnings.end(),
                           [&](const Warning& one) { return one.text == text; });
    };
    for (const Warning& one : baseline.warnings)
        result.warnings.push_back((has(candidate, one.text) ? "both: " : "baseline: ") + one.text);
    for (const Warning& one : candidate.warnings)
        if (!has(baseline, one.text)) result.warnings.push_back("candidate: " + one.text);
    result.warnings.insert(result.warnings.end(), result.comparison.warnings.begin(),
                           result.comparison.warnings.end());
}

void add_variance_ratio(RehearsalResult& result) {
    const auto of_measure = [&](const std::string& text) {
        for (const ComparedMeasure& measure : result.comparison.measures)
            if (measure.name == text && !measure.differences.empty()) return &measure.differences.front();
        return static_cast<const ComparedDifference*>(nullptr);
    };
    const auto take = [&](const std::string& text) {
        const ComparedDifference* one = of_measure(text);
        if (one == nullptr || !one->paired || !std::isfinite(one->difference->variance_ratio)) return;
        result.variance_ratio = one->difference->variance_ratio;
        result.variance_ratio_of = text;
    };
    for (const Accepted::Kind kind : {Accepted::Kind::increase, Accepted::Kind::objective})
        for (const Accepted& entry : result.accepted)
            if (entry.kind == kind) {
                take(entry.measure);
                return;
            }
    for (const ComparedMeasure& measure : result.comparison.measures) {
        const auto& one = measure.differences.front();
        const bool differs =
            one.difference && (one.difference->estimate.low != 0 || one.difference->estimate.high != 0);
        if (differs) take(measure.name);
        if (result.variance_ratio) return;
    }
}

}  // namespace

RehearsalPlan plan_of(const PreparedPair& pair, const RehearseOptions& options) {
    // Where they say otherwise, variance reduction and confidence are the candidate's in both.
    const models::Run& baseline_run = pair.baseline.scenario.run;
    const models::Run& candidate_run = pair.candidate.scenario.run;
    const std::size_t entries = pair.candidate.scenario.objectives.size() + pair.increases.size();
    const double confidence = options.together > 1
                                  ? kernel::each_of(candidate_run.confidence, options.together)
                                  : candidate_run.confidence;
    const std::int64_t together = replications_together(candidate_run);
    const std::int64_t first = std::max(
        {baseline_run.replications, candidate_run.replications, entries > 0 ? least_at_first_look : 2});
    // Of both, and once more while they are looked at.
    const std::int64_t fit =
        std::min(most_replications(pair.baseline), most_replications(pair.candidate)) / 4;
    const std::int64_t usual = std::max(first, std::min(usual_most_replications, fit));
    std::int64_t most = options.most.value_or(entries > 0 ? usual : first);
    most = whole_together(std::max<std::int64_t>(most, 2), together);
    RehearsalPlan plan;
    // Without anything to judge there is nothing to go on for.
    plan.looks = entries > 0 ? looks_of(std::min(first, most), most, together) : std::vector{most};
    plan.each_look = kernel::each_of(confidence, plan.looks.size());
    plan.level = kernel::each_of(plan.each_look, std::max<std::size_t>(entries, 1));
    return plan;
}

std::int64_t with_their_looks(std::int64_t needed, const RehearsalPlan& plan, const PreparedPair& pair,
                              const RehearseOptions& options) {
    const auto error_at = [](double level) { return 0.5 * (1 - level); };
    const auto times = [&](double level) {
        // As intervals of means narrow with the root of the replications, and that of a share of all or nothing with them.
        const double by_normal =
            kernel::normal_quantile(1 - error_at(level)) / kernel::normal_quantile(1 - error_at(plan.level));
        return std::max({1.0, by_normal * by_normal,
                         kernel::exact::log(error_at(level)) / kernel::exact::log(error_at(plan.level))});
    };
    RehearseOptions later = options;
    for (std::int64_t all = needed;;) {
        later.most = all;
        const auto next = static_cast<std::int64_t>(
            std::ceil(static_cast<double>(needed) * times(plan_of(pair, later).level)));
        if (next <= all || all >= most_that_help) return all;
        all = next;
    }
}

RehearsalResult rehearse(PreparedPair pair, const RehearseOptions& options) {
    RehearsalResult result;
    result.unjudged = std::move(pair.unjudged);
    result.warnings = std::move(pair.warnings);
    models::Run& baseline_run = pair.baseline.scenario.run;
    models::Run& candidate_run = pair.candidate.scenario.run;
    adopt(baseline_run.variance_reduction, candidate_run.variance_reduction,
          "run.variance_reduction is the candidate's in both", result.warnings);
    adopt(candidate_run.seed, baseline_run.seed, "run.seed is the baseline's in both", result.warnings);
    adopt(baseline_run.confidence, candidate_run.confidence, "run.confidence is the candidate's in both",
          result.warnings);
    const std::int64_t together = replications_together(candidate_run);
    const RehearsalPlan plan = plan_of(pair, options);
    const std::vector<std::int64_t>& looks = plan.looks;
    result.most = looks.back();
    for (PreparedRun* one : {&pair.baseline, &pair.candidate}) set_replications(*one, looks.front());
    result.seed = result.candidate_seed = baseline_run.seed;
    result.independent = options.independent;
    const std::uint64_t model = pair.candidate.scenario.simulated_digest;
    result.same_model = model != 0 && model == pair.baseline.scenario.simulated_digest;
    if (options.independent)
        // Any other; within what a scenario may say, so that it can be run again.
        result.candidate_seed = candidate_run.seed = kernel::mix_bits(result.seed ^ 0x5eed) >> 2;
    result.looks_at_most = static_cast<int>(looks.size());
    result.confidence = candidate_run.confidence;
    result.level = plan.level;

    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.run.stop ? *options.run.stop : never_stop;
    const unsigned threads = options.run.threads ? options.run.threads : kernel::default_threads();
    RunProgress unseen;
    RunProgress& progress = options.run.progress ? *options.run.progress : unseen;
    Side baseline(pair.baseline, options.run, threads, stop, progress);
    Side candidate(pair.candidate, options.run, threads, stop, progress);
    for (Side* side : {&baseline, &candidate}) side->warm_up = choose_warm_up(side->pilots);
    agree_on_warm_up(baseline, candidate);
    for (Side* side : {&baseline, &candidate})
        side->counting = std::make_unique<Counting>(side->pilots, side->warm_up.cut);
    result.warm_up_s = kernel::to_seconds(candidate.warm_up.cut);
    result.warm_up_reason = candidate.warm_up.reason;
    result.interrupted = !baseline.warm_up.interrupted.empty() || !candidate.warm_up.interrupted.empty();

    PairOfRuns runs;
    runs.paired = !options.independent;
    runs.level = result.level;
    runs.together = together;
    if (candidate_run.length) runs.span_s = kernel::to_seconds(*candidate_run.length) - result.warm_up_s;
    std::vector<bool> same_parts;
    for (std::size_t i = 0; i < pair.increases.size(); ++i)
        same_parts.push_back(!options.independent &&
                             pair.increased_before[i].text == pair.increases[i].measure.text &&
                             same_part(pair.increases[i].measure, pair.baseline.scenario,
                                       pair.candidate.scenario, options.write));
    const auto for_one = [&](std::size_t increase) {
        PairOfRuns one = runs;
        one.alike = runs.alike || same_parts[increase];
        one.never = never_happens(pair.baseline.scenario, pair.increased_before[increase]) &&
                    never_happens(pair.candidate.scenario, pair.increases[increase].measure);
        return one;
    };
    std::optional<PairShifts> shifts;
    bool inputs_are_drawn = options.inputs.empty();
    const auto draw_inputs = [&](const RunResult& before, const RunResult& after) {
        inputs_are_drawn = true;
        const std::int64_t draws = options.inputs.draws > 0
                                       ? options.inputs.draws
                                       : std::max(usual_input_draws, fewest_input_draws(plan.level));
        shifts = shifts_of_pair(pair, options.inputs, draws, before, after, options.run);
        if (!shifts) {
            result.interrupted = true;
            result.warnings.push_back(
                "interrupted before all inputs were drawn: intervals are as if the parameters were known");
            return;
        }
        const std::int64_t simulated = std::ssize(shifts->baseline);
        if (std::string why = why_left_out(simulated, draws); !why.empty())
            result.warnings.push_back(std::move(why));
        if (are_enough(simulated, draws))
            result.input_reason = redrawn_text(draws, options.inputs);
        else
            shifts.reset();
    };
    const auto judge_all = [&](std::int64_t replications) {
        const RunResult before = baseline.reduced(replications, result.level);
        RunResult after = candidate.reduced(replications, result.level);
        if (!inputs_are_drawn) draw_inputs(before, after);
        result.same_events = same_happened(before, after);
        runs.alike = result.same_model && result.same_events;
        result.replications = replications;
        result.accepted.clear();
        std::vector<Accepted> increases;
        for (std::size_t i = 0; i < pair.increases.size(); ++i) {
            increases.push_back(of_increase(pair.increases[i], before, after, for_one(i)));
            if (shifts) put_input_part(*shifts, before, after, increases.back());
        }
        if (shifts) put_input_part(pair.candidate, shifts->candidate, after);
        for (std::size_t i = 0; i < after.objectives.size(); ++i)
            result.accepted.push_back(
                of_objective(pair.candidate.scenario.objectives[i], after.objectives[i], before));
        std::move(increases.begin(), increases.end(), std::back_inserter(result.accepted));
        for (Accepted& entry : result.accepted) {
            if (entry.replications_needed == 0) continue;
            const std::int64_t at_this_level = entry.replications_needed + replications;
            const std::int64_t all = with_their_looks(at_this_level, plan, pair, options);
            say_more_replications(entry.explanation, entry.replications_needed, all - replications);
            entry.replications_needed = all;
        }
    };
    for (std::size_t look = 0; look < looks.size() && !result.interrupted; ++look) {
        for (Side* side : {&baseline, &candidate}) side->counting->go_on(looks[look], [] {});
        const std::int64_t both =
            std::min(baseline.counting->found.replications(), candidate.counting->found.replications());
        result.interrupted = both < looks[look];
        // What had ended when it was stopped: how many that are does not depend on what they show.
        const std::int64_t whole = both - both % together;
        if (whole >= 2 * together && whole > result.replications && baseline.has(whole) &&
            candidate.has(whole)) {
            ++result.looks;
            judge_all(whole);
        }
        if (std::none_of(result.accepted.begin(), result.accepted.end(), [](const Accepted& entry) {
                return entry.verdict == Verdict::inconclusive && entry.more_would_help;
            }))
            break;
    }
    progress.begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing);
    for (Side* side : {&baseline, &candidate})
        result.runs.push_back({side == &baseline ? "baseline" : "candidate",
                               side->reduced(result.replications, plan.each_look)});
    CompareOptions compare_options;
    compare_options.confidence = plan.each_look;
    compare_options.independent = options.independent;
    compare_options.other_scenarios = true;
    result.comparison = compare(result.runs, compare_options);
    if (!options.independent) add_equal(result);
    if (shifts) {
        put_input_part(pair.baseline, shifts->baseline, result.runs[0].result);
        put_input_part(pair.candidate, shifts->candidate, result.runs[1].result);
        put_input_part(*shifts, result.runs[0].result, result.runs[1].result, result.comparison);
    }
    for (const WeakerPromise& weaker : pair.weaker)
        result.no_longer_promised.push_back(
            as_it_would_be(weaker, result.runs[0].result, result.runs[1].result));
    result.calibration = options.calibration;
    result.trusted = options.trusted;
    for (Accepted& entry : result.accepted) judge_credibility(entry, options.calibration, options.trusted);
    conclude(breaks_constraints(pair.candidate.scenario, result.runs[1].result), result);
    add_warnings(result);
    add_variance_ratio(result);
    if (options.explain && !options.independent && !result.same_events && !result.interrupted) {
        MovedOptions how;
        how.warm_up = candidate.warm_up.cut;
        how.stop = &stop;
        result.moved = find_moved(pair.baseline, pair.candidate, how);
    }
    return result;
}

}  // namespace understudy::studies
