#include "tools/studies/redrawn_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "kernel/random.h"
#include "kernel/redraw.h"
#include "tools/studies/burst_arrivals.h"

namespace understudy::studies {

namespace {

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
    /// How long its attempts take: `service`, or `fails_after` of those that fail.
    models::Law* law_of_work(std::string_view path) const {
        if (models::Work* work_of = work(path, ".service")) return &work_of->service;
        models::Work* failing = work(path, ".fails_after");
        return failing == nullptr ? nullptr : &failing->fails_after;
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

std::string why_not(const Inputs& inputs, const UncertainInput& input) {
    const std::string none = "is nothing of this twin that can be drawn anew";
    if (const models::Law* law = inputs.law_of_work(input.path))
        return is_one_law(*law) && drawn_term(*law)->law.mean() > 0 ? "" : "is no single law, as fits are";
    if (inputs.work(input.path, ".failure")) return input.observations >= 1 ? "" : none;
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
    if (const models::Profile* profile = inputs.profile(input.path))
        return profile->form == models::Profile::Form::steps && profile->period && input.observations >= 1
                   ? ""
                   : "is no profile of steps, as was fitted";
    return none;
}

void redraw_law(models::Law& law, const UncertainInput& input, kernel::Stream& stream) {
    models::Term* const term = drawn_term(law);
    if (term == nullptr) return;
    kernel::Distribution& one = term->law;
    if (input.family)
        one = kernel::redrawn(*input.family, one, input.observations, stream);
    else if (input.spread > 0)
        one = one.scaled(kernel::Distribution::lognormal(1, input.spread).draw(stream));
    law.text.clear();
}

void redraw_bursts(models::Arrivals& arrivals, const UncertainInput& input, kernel::Stream& stream) {
    arrivals = arrivals_of(kernel::redrawn(*bursts_of(arrivals), input.observations, stream));
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
        if (models::Law* law = at.law_of_work(input.path))
            redraw_law(*law, input, stream);
        else if (models::Work* failing = at.work(input.path, ".failure"))
            failing->failure =
                kernel::redrawn_share(failing->failure * input.observations, input.observations, stream);
        else if (models::Load* load = at.load(input.path); load != nullptr && input.family)
            redraw_law(load->arrivals.interval, input, stream);
        else if (load != nullptr && bursts_of(load->arrivals))
            redraw_bursts(load->arrivals, input, stream);
        else if (load != nullptr)
            load->arrivals.rate *= kernel::redrawn_rate(input.observations, stream);
        else if (models::Profile* profile = at.profile(input.path))
            redraw_steps(*profile, input.observations, stream);
    }
    return drawn;
}

std::string redrawn_text(std::int64_t draws, const std::vector<UncertainInput>& inputs) {
    constexpr std::size_t most_named = 5;
    std::string text =
        fmt::format("{} draws of {} fitted input{}: ", draws, inputs.size(), inputs.size() == 1 ? "" : "s");
    for (std::size_t i = 0; i < inputs.size() && i < most_named; ++i)
        text += (i == 0 ? "" : ", ") + inputs[i].path;
    if (inputs.size() > most_named) text += fmt::format(" and {} more", inputs.size() - most_named);
    return text;
}

}  // namespace understudy::studies
