#include "tools/studies/redrawn_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "kernel/random.h"
#include "kernel/redraw.h"
#include "models/listed.h"
#include "tools/studies/burst_arrivals.h"
#include "tools/studies/input_path.h"
#include "tools/studies/redrawn_together.h"

namespace understudy::studies {

namespace {

/// What inputs are of, by path.
class Inputs {
public:
    explicit Inputs(models::Scenario& scenario) {
        for (models::Stage& stage : scenario.twin.stages) {
            works_.emplace(stage.name, &stage.work);
            writes_.emplace(stage.name, &stage.writes);
        }
        for (models::Pipeline& pipeline : scenario.twin.pipelines)
            for (models::Task& task : pipeline.tasks)
                works_.emplace(pipeline.name + "." + task.name, &task.work);
        for (models::Load& load : scenario.loads) {
            loads_.emplace(load.name, &load);
            writes_.emplace(load.name, &load.writes);
        }
        for (models::Profile& profile : scenario.profiles) profiles_.emplace(profile.name, &profile);
    }
    /// Null where it is no law, or of arrivals.
    models::Law* law(std::string_view path) const {
        const InputPath at = input_path(path);
        if (models::Work* work = find(works_, at.of)) return law_of_work(*work, at);
        models::Load* load = find(loads_, at.of);
        return load == nullptr ? nullptr : law_of_load(*load, at);
    }
    models::Work* failing(std::string_view path) const { return find(works_, before(path, "failure")); }
    models::Writes* writes(std::string_view path) const { return find(writes_, before(path, "writes")); }
    models::Load* load(std::string_view path) const { return find(loads_, before(path, "arrivals")); }
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
        const InputPath at = input_path(path);
        return at.key == key ? at.of : std::string_view();
    }
    ByName<models::Work> works_;
    ByName<models::Writes> writes_;
    ByName<models::Load> loads_;
    ByName<models::Profile> profiles_;
};

/// The one term that is drawn from, times the size of what is worked on or nothing; constants may stand beside it, and are
/// as they were fitted. Null where there is no such.
template <class Law>
auto* drawn_term(Law& law) {
    decltype(&law.terms.front()) found = nullptr;
    for (auto& term : law.terms) {
        if (!term.field.empty() || term.recorded) return decltype(found)(nullptr);
        if (law.terms.size() > 1 && term.law.variance() == 0) continue;
        if (found != nullptr) return decltype(found)(nullptr);
        found = &term;
    }
    return found;
}

bool is_one_law(const models::Law& law) { return drawn_term(law) != nullptr; }

std::string why_not(const models::Law& law, const UncertainInput& input) {
    if (!is_one_law(law) || !(drawn_term(law)->law.mean() > 0)) return "is no single law, as fits are";
    return input.family || input.spread > 0 || kernel::has_shares(drawn_term(law)->law)
               ? ""
               : "is no law of values with a share each, as was fitted";
}

std::string why_not(const models::Profile& profile, const UncertainInput& input) {
    if (profile.form != models::Profile::Form::steps || !profile.period || input.observations < 1)
        return "is no profile of steps, as was fitted";
    return input.weekends == 0 || (profile.weekend && input.weekends < input.observations)
               ? ""
               : "has no weekends of its own, as were fitted";
}

std::string why_not(const Inputs& inputs, const UncertainInput& input) {
    const std::string none = "is nothing of this twin that can be drawn anew";
    if (input.together) return input.together->makes.empty() ? none : "";
    if (const models::Law* law = inputs.law(input.path)) return why_not(*law, input);
    if (const models::Writes* writes = inputs.writes(input.path))
        return writes->rule == models::Writes::Rule::share && input.observations >= 1
                   ? ""
                   : "has no shares, as were fitted";
    if (inputs.failing(input.path)) return input.observations >= 1 ? "" : none;
    if (const models::Load* load = inputs.load(input.path)) {
        if (input.family)
            return load->arrivals.kind == models::Arrivals::Kind::every && is_one_law(load->arrivals.interval)
                       ? ""
                       : "has no law of gaps, as was fitted";
        if (bursts_of(load->arrivals)) return input.observations >= 1 ? "" : none;
        return load->arrivals.kind == models::Arrivals::Kind::poisson && input.observations >= 1
                   ? ""
                   : "is neither 'poisson' nor two states, as was fitted";
    }
    if (const models::Profile* profile = inputs.profile(input.path)) return why_not(*profile, input);
    return none;
}

void redraw_law(models::Law& law, const UncertainInput& input, kernel::Stream& stream) {
    models::Term* const term = drawn_term(law);
    if (term == nullptr) return;
    kernel::Distribution& one = term->law;
    if (input.rival && stream.uniform() < input.rival->share)
        one = kernel::redrawn(input.rival->family, input.rival->law, input.observations, stream);
    else if (input.family)
        one = kernel::redrawn(*input.family, one, input.observations, stream);
    else if (input.spread > 0)
        one = one.scaled(kernel::Distribution::lognormal(1, input.spread).draw(stream));
    else
        one = kernel::redrawn_shares(one, input.observations, stream);
    law.text.clear();
}

/// As other items may have gone: each share of those that the targets before it left, the last has the rest.
void redraw_ways(models::Writes& writes, const UncertainInput& input, kernel::Stream& stream) {
    double items = input.observations, left = 1;
    for (std::size_t i = 0; i + 1 < writes.targets.size(); ++i) {
        double& share = writes.targets[i].share;
        const double count = std::min(items, share * input.observations);
        share = left * kernel::redrawn_share(count, items, stream);
        items -= count, left -= share;
    }
    if (!writes.targets.empty()) writes.targets.back().share = std::max(0.0, left);
}

void redraw_bursts(models::Arrivals& arrivals, const UncertainInput& input, kernel::Stream& stream) {
    arrivals = arrivals_of(kernel::redrawn(*bursts_of(arrivals), input.observations, stream));
}

/// Each step by the arrivals that fell into it, and weekends by theirs: they and other days have all arrivals between them,
/// whose number the steps give.
void redraw_steps(models::Profile& profile, const UncertainInput& input, kernel::Stream& stream) {
    double all = 0;
    std::vector<double> weights;
    for (std::size_t i = 0; i < profile.points.size(); ++i) {
        const kernel::Time end =
            i + 1 < profile.points.size() ? profile.points[i + 1].first : *profile.period;
        weights.push_back(profile.points[i].second * kernel::to_seconds(end - profile.points[i].first));
        all += weights.back();
    }
    for (std::size_t i = 0; i < weights.size() && all > 0; ++i)
        if (const double count = input.observations * weights[i] / all; count > 0)
            profile.points[i].second *= kernel::redrawn_rate(std::max(count, 0.5), stream);
    if (!(input.weekends > 0)) return;
    const double share = input.weekends / input.observations;
    const double drawn = kernel::redrawn_share(input.weekends, input.observations, stream);
    const double other_days = (1 - drawn) / (1 - share);
    for (auto& [from, level] : profile.points) level *= other_days;
    *profile.weekend *= drawn / share / other_days;
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
            kernel::stream_key(seed, draw, input.drawn_as(), kernel::Purpose::bootstrap, "input"));
        if (input.together)
            redraw_together(drawn, *input.together, stream);
        else if (models::Law* law = at.law(input.path))
            redraw_law(*law, input, stream);
        else if (models::Writes* writes = at.writes(input.path))
            redraw_ways(*writes, input, stream);
        else if (models::Work* failing = at.failing(input.path))
            failing->failure =
                kernel::redrawn_share(failing->failure * input.observations, input.observations, stream);
        else if (models::Load* load = at.load(input.path); load != nullptr && input.family)
            redraw_law(load->arrivals.interval, input, stream);
        else if (load != nullptr && bursts_of(load->arrivals))
            redraw_bursts(load->arrivals, input, stream);
        else if (load != nullptr)
            load->arrivals.rate *= kernel::redrawn_rate(input.observations, stream);
        else if (models::Profile* profile = at.profile(input.path))
            redraw_steps(*profile, input, stream);
    }
    return drawn;
}

std::string redrawn_text(std::int64_t draws, const std::vector<UncertainInput>& inputs) {
    return fmt::format("{} draws of {} fitted input{}: {}", draws, inputs.size(),
                       inputs.size() == 1 ? "" : "s",
                       models::listed(inputs, 5, "", [](const UncertainInput& one) { return one.path; }));
}

}  // namespace understudy::studies
