#include "tools/studies/input_uncertainty.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "kernel/random.h"
#include "kernel/redraw.h"
#include "kernel/replications.h"
#include "models/compile/compile.h"
#include "models/graph.h"
#include "models/problem.h"
#include "models/simulation/replication.h"
#include "tools/studies/judge.h"
#include "tools/studies/one_run.h"
#include "tools/studies/reduce.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
/// Fewer of the draws with data than this tell no interval.
constexpr double enough_draws = 0.8;

/// What inputs are of, by path.
class Inputs {
public:
    explicit Inputs(models::Scenario& scenario) {
        for (models::Stage& stage : scenario.twin.stages) works_.emplace(stage.name, &stage.work);
        for (models::Pipeline& pipeline : scenario.twin.pipelines)
            for (models::Task& task : pipeline.tasks)
                works_.emplace(pipeline.name + "." + task.name, &task.work);
        for (models::Load& load : scenario.loads) loads_.emplace(load.name, &load);
        for (models::Profile& profile : scenario.profiles) profiles_.emplace(profile.name, &profile);
    }
    models::Work* work(std::string_view path, std::string_view key) const {
        return find(works_, before(path, key));
    }
    models::Load* load(std::string_view path) const { return find(loads_, before(path, ".arrivals")); }
    models::Profile* profile(std::string_view path) const { return find(profiles_, path); }

private:
    template <class Element>
    using ByName = std::map<std::string, Element*, std::less<>>;
    template <class Element>
    static Element* find(const ByName<Element>& all, std::string_view name) {
        const auto found = all.find(name);
        return found == all.end() ? nullptr : found->second;
    }
    static std::string_view before(std::string_view path, std::string_view key) {
        return path.ends_with(key) ? path.substr(0, path.size() - key.size()) : std::string_view();
    }
    ByName<models::Work> works_;
    ByName<models::Load> loads_;
    ByName<models::Profile> profiles_;
};

/// One law that is drawn from, times the size of what is worked on or nothing.
bool is_one_law(const models::Law& law) {
    return law.terms.size() == 1 && law.terms.front().field.empty() && !law.terms.front().recorded;
}

std::string why_not(const Inputs& inputs, const UncertainInput& input) {
    const std::string none = "is nothing of this twin that can be drawn anew";
    if (const models::Work* work = inputs.work(input.path, ".service"))
        return is_one_law(work->service) && work->service.terms.front().law.mean() > 0
                   ? ""
                   : "is no single law, as fits are";
    if (inputs.work(input.path, ".failure")) return input.observations >= 1 ? "" : none;
    if (const models::Load* load = inputs.load(input.path)) {
        if (input.family)
            return load->arrivals.kind == models::Arrivals::Kind::every && is_one_law(load->arrivals.interval)
                       ? ""
                       : "has no law of gaps, as was fitted";
        return load->arrivals.kind == models::Arrivals::Kind::poisson && input.observations >= 1
                   ? ""
                   : "is not 'poisson', as was fitted";
    }
    if (const models::Profile* profile = inputs.profile(input.path))
        return profile->form == models::Profile::Form::steps && profile->period && input.observations >= 1
                   ? ""
                   : "is no profile of steps, as was fitted";
    return none;
}

void redraw_law(models::Law& law, const UncertainInput& input, kernel::Stream& stream) {
    kernel::Distribution& one = law.terms.front().law;
    if (input.family)
        one = kernel::redrawn(*input.family, one, input.observations, stream);
    else if (input.spread > 0)
        one = one.scaled(kernel::Distribution::lognormal(1, input.spread).draw(stream));
    law.text.clear();
}

/// Each step by the arrivals that fell into it.
void redraw_steps(models::Profile& profile, double arrivals, kernel::Stream& stream) {
    double all = 0;
    std::vector<double> weights;
    for (std::size_t i = 0; i < profile.points.size(); ++i) {
        const kernel::Time end =
            i + 1 < profile.points.size() ? profile.points[i + 1].first : *profile.period;
        weights.push_back(profile.points[i].second * kernel::to_seconds(end - profile.points[i].first));
        all += weights.back();
    }
    for (std::size_t i = 0; i < weights.size() && all > 0; ++i)
        if (const double count = arrivals * weights[i] / all; count > 0)
            profile.points[i].second *= kernel::redrawn_rate(std::max(count, 0.5), stream);
}

/// What one draw of the inputs adds to a measure: the mean of two differences, and half their squared distance.
struct Difference {
    double mean = missing, within = missing;
};

struct Draw {
    std::vector<Difference> by_measure;  ///< empty: it could not be simulated
};

/// The k-th of n is the k / (n + 1) quantile, with straight lines between.
double quantile_of(const std::vector<double>& ascending, double p) {
    const double at = p * static_cast<double>(ascending.size() + 1) - 1;
    if (at <= 0) return ascending.front();
    const auto below = static_cast<std::size_t>(at);
    if (below + 1 >= ascending.size()) return ascending.back();
    return ascending[below] + (at - static_cast<double>(below)) * (ascending[below + 1] - ascending[below]);
}

/// How far off the estimate may be by its inputs, to either side; nothing where too few draws have data.
std::optional<PartOfInterval> offsets(const std::vector<Difference>& differences, double level) {
    std::vector<double> means;
    double within = 0;
    for (const Difference& one : differences) {
        if (!std::isfinite(one.mean)) continue;
        means.push_back(one.mean);
        within += one.within;
    }
    const auto n = static_cast<double>(means.size());
    if (means.size() < 2 || n < enough_draws * static_cast<double>(differences.size())) return std::nullopt;
    double sum = 0, squares = 0;
    for (const double one : means) sum += one;
    const double mean = sum / n;
    for (const double one : means) squares += (one - mean) * (one - mean);
    const double between = squares / (n - 1), noise = within / n / 2;
    const double kept = between > noise ? std::sqrt((between - noise) / between) : 0;
    for (double& one : means) one = mean + kept * (one - mean);
    std::sort(means.begin(), means.end());
    return PartOfInterval{quantile_of(means, (1 - level) / 2), quantile_of(means, (1 + level) / 2)};
}

void widen(Estimate& estimate, const PartOfInterval& offset, const kernel::Range& range) {
    if (!estimate.value || !estimate.low || !estimate.high) return;
    const double value = *estimate.value;
    const auto within = [&](double bound) { return std::clamp(bound, range.low, range.high); };
    // Not std::hypot, which differs between processors; squares of what people measure do not overflow.
    const auto both = [](double a, double b) { return std::sqrt(a * a + b * b); };
    estimate.simulation = PartOfInterval{*estimate.low, *estimate.high};
    estimate.input = PartOfInterval{within(value + offset.low), within(value + offset.high)};
    estimate.low =
        std::min(*estimate.low, within(value - both(value - *estimate.low, std::min(0.0, offset.low))));
    estimate.high =
        std::max(*estimate.high, within(value + both(*estimate.high - value, std::max(0.0, offset.high))));
}

void judge_again(ObjectiveResult& objective) {
    const Estimate& estimate = objective.estimate;
    if (!estimate.input) return;
    const auto crossed = [&](double low, double high) {
        return holds(objective.comparison, low, objective.limit) !=
               holds(objective.comparison, high, objective.limit);
    };
    const bool decided = objective.verdict != Verdict::inconclusive;
    if (!crossed(*estimate.low, *estimate.high) || (!decided && objective.reason != Reason::precision))
        return;
    if (crossed(estimate.input->low, estimate.input->high)) {
        objective.more_replications = 0;
        objective.explanation =
            "the parameters are not known well enough: a longer log would settle it, more replications "
            "would not";
    } else if (decided) {
        objective.explanation = "the parameters are not known well enough for so few replications";
    }
    objective.verdict = Verdict::inconclusive;
    objective.reason = Reason::precision;
}

class InputStudy {
public:
    InputStudy(const PreparedRun& prepared, const std::vector<UncertainInput>& inputs,
               const RunResult& result)
        : prepared_(prepared), inputs_(inputs), result_(result) {}

    std::optional<Draw> simulate(std::int64_t draw, const std::atomic<bool>& stop,
                                 std::atomic<std::int64_t>* progress) const {
        const models::Scenario scenario = redraw_inputs(
            prepared_.scenario, inputs_, prepared_.scenario.run.seed, static_cast<std::uint64_t>(draw));
        models::Problems problems;
        const models::ScenarioGraph graph(scenario);
        const std::shared_ptr<const models::Model> model =
            models::compile(scenario, graph, prepared_.measures,
                            std::vector<bool>(prepared_.measures.size(), false), problems);
        Draw found;
        if (!model) return found;
        const std::int64_t of = result_.replications_done;
        std::vector<std::vector<std::optional<double>>> values;
        const std::int64_t indices[] = {draw % of, (draw + of / 2) % of};
        for (const std::int64_t index : indices) {
            models::ReplicationOptions one;
            one.seed = scenario.run.seed;
            number(one, scenario.run, static_cast<std::uint64_t>(index));
            one.warm_up = result_.pilots.warm_up;
            one.stop = &stop;
            one.progress = progress;
            auto outcome = models::run_replication(model, one);
            if (!outcome) return std::nullopt;
            if (outcome->broken_off || !outcome->deadlock.empty()) return found;
            values.push_back(std::move(outcome->values));
        }
        for (std::size_t i = 0; i < result_.metrics.size(); ++i) {
            const std::vector<double>& usual = result_.metrics[i].by_replication;
            Difference& difference = found.by_measure.emplace_back();
            double by[2];
            for (int k = 0; k < 2; ++k)
                by[k] = values[static_cast<std::size_t>(k)][i].value_or(missing) -
                        usual[static_cast<std::size_t>(indices[k])];
            if (!std::isfinite(by[0]) || !std::isfinite(by[1])) continue;
            difference = {(by[0] + by[1]) / 2, (by[0] - by[1]) * (by[0] - by[1]) / 2};
        }
        return found;
    }

private:
    const PreparedRun& prepared_;
    const std::vector<UncertainInput>& inputs_;
    const RunResult& result_;
};

std::string names_of(const std::vector<UncertainInput>& inputs) {
    constexpr std::size_t most_named = 5;
    std::string names;
    for (std::size_t i = 0; i < inputs.size() && i < most_named; ++i)
        names += (i == 0 ? "" : ", ") + inputs[i].path;
    if (inputs.size() > most_named) names += fmt::format(" and {} more", inputs.size() - most_named);
    return names;
}

}  // namespace

std::int64_t fewest_input_draws(double level) {
    // A little less than 2 / (1 - 0.95) is 40 in doubles.
    return static_cast<std::int64_t>(std::ceil(2 / (1 - level) - 1e-6)) - 1;
}

std::vector<std::string> why_not_redrawn(models::Scenario scenario,
                                         const std::vector<UncertainInput>& inputs) {
    const Inputs at(scenario);
    std::vector<std::string> reasons;
    for (const UncertainInput& input : inputs) reasons.push_back(why_not(at, input));
    return reasons;
}

models::Scenario redraw_inputs(const models::Scenario& scenario, const std::vector<UncertainInput>& inputs,
                               std::uint64_t seed, std::uint64_t draw) {
    models::Scenario drawn = scenario;
    const Inputs at(drawn);
    for (const UncertainInput& input : inputs) {
        kernel::Stream stream(
            kernel::stream_key(seed, draw, input.path, kernel::Purpose::bootstrap, "input"));
        if (models::Work* work = at.work(input.path, ".service"))
            redraw_law(work->service, input, stream);
        else if (models::Work* failing = at.work(input.path, ".failure"))
            failing->failure =
                kernel::redrawn_share(failing->failure * input.observations, input.observations, stream);
        else if (models::Load* load = at.load(input.path); load != nullptr && input.family)
            redraw_law(load->arrivals.interval, input, stream);
        else if (load != nullptr)
            load->arrivals.rate *= kernel::redrawn_rate(input.observations, stream);
        else if (models::Profile* profile = at.profile(input.path))
            redraw_steps(*profile, input.observations, stream);
    }
    return drawn;
}

void add_input_uncertainty(const PreparedRun& prepared, const std::vector<UncertainInput>& inputs,
                           std::int64_t draws, const RunOptions& options, RunResult& result) {
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.stop ? *options.stop : never_stop;
    const unsigned threads = options.threads ? options.threads : kernel::default_threads();
    RunProgress unseen;
    RunProgress& progress = options.progress ? *options.progress : unseen;
    progress.begin(RunProgress::Phase::replications, 2 * draws, 0, models::share_of(*prepared.model));
    const InputStudy study(prepared, inputs, result);
    std::vector<std::vector<Difference>> differences(result.metrics.size());
    std::int64_t simulated = 0;
    bool given_up = false;
    kernel::replicate(
        0, draws, threads, stop,
        [&](std::int64_t draw) { return study.simulate(draw, stop, progress.parts()); },
        [&](std::int64_t, std::optional<Draw> draw) {
            given_up = given_up || !draw;
            if (given_up || draw->by_measure.empty()) return;
            ++simulated;
            for (std::size_t i = 0; i < differences.size(); ++i)
                differences[i].push_back(draw->by_measure[i]);
            progress.one_ended();
            progress.one_ended();
        });
    progress.begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing);
    if (given_up || stop) {
        result.interrupted = true;
        result.warnings.push_back(
            {"interrupted before all inputs were drawn: intervals are as if the parameters were known"});
        return;
    }
    if (simulated < draws)
        result.warnings.push_back({fmt::format(
            "with {} of {} draws of the inputs the twin could not be simulated to its end; they are left out "
            "of the intervals",
            draws - simulated, draws)});
    if (static_cast<double>(simulated) < enough_draws * static_cast<double>(draws)) return;
    for (std::size_t i = 0; i < result.metrics.size(); ++i) {
        const auto offset = offsets(differences[i], result.confidence);
        if (!offset) continue;
        const kernel::Range range = range_of(prepared.measures[i]);
        widen(result.metrics[i].estimate, *offset, range);
        if (i >= result.objectives.size()) continue;
        widen(result.objectives[i].estimate, *offset, range);
        judge_again(result.objectives[i]);
    }
    result.input_reason = fmt::format("{} draws of {} fitted input{}: {}", draws, inputs.size(),
                                      inputs.size() == 1 ? "" : "s", names_of(inputs));
    conclude_with_constraints(prepared.scenario, result);
}

}  // namespace understudy::studies
