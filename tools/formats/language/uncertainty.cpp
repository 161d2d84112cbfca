#include "tools/formats/language/uncertainty.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "tools/formats/language/laws.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using studies::UncertainInput;

constexpr std::array fitted_families = {kernel::Family::uniform, kernel::Family::exponential,
                                        kernel::Family::gamma,   kernel::Family::lognormal,
                                        kernel::Family::weibull, kernel::Family::normal,
                                        kernel::Family::pareto,  kernel::Family::hyperexponential};

kernel::Family family_named(std::string_view word) {
    std::string all;
    for (const kernel::Family family : fitted_families) {
        if (kernel::name_of(family) == word) return family;
        all += (all.empty() ? "" : ", ") + std::string(kernel::name_of(family));
    }
    throw Fault(0, fmt::format("'{}' is no family that is fitted", word), "one of " + all);
}

double observations_of(std::string_view text) {
    const double n = read_number(text);
    if (!(n >= 1)) throw Fault(0, fmt::format("'{}' is no number of observations", text), "1 or more");
    return n;
}

double spread_of(std::string_view text) {
    const double spread = read_share(text, 0, true);
    if (!(spread > 0)) throw Fault(0, fmt::format("'{}' is no spread", text), "above 0%, such as '3%'");
    return spread;
}

/// What the change gives the path: `to` of a `set`, `value` of an `add`; null: no edit of it does.
const Node* given(const std::vector<Edit>& edits, std::string_view path) {
    const Node* found = nullptr;
    for (const Edit& edit : edits)
        if ((edit.kind == Edit::Kind::set || edit.kind == Edit::Kind::add) && edit.name == path)
            found = &edit.value;
    return found;
}

std::string text_of(const Node& value) { return value.is_scalar() ? value.text : write_flow(value); }

const models::Work* work_at(const models::Scenario& scenario, std::string_view path) {
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.name == path) return &stage.work;
    for (const models::Pipeline& pipeline : scenario.twin.pipelines)
        if (path.size() > pipeline.name.size() && path.starts_with(pipeline.name) &&
            path[pipeline.name.size()] == '.')
            for (const models::Task& task : pipeline.tasks)
                if (path.substr(pipeline.name.size() + 1) == task.name) return &task.work;
    return nullptr;
}

template <class Element>
const Element* named(const std::vector<Element>& all, std::string_view name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Element& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::vector<UncertainInput> read_uncertainty(Reading& reading, const Node& node,
                                             const std::vector<Edit>& edits) {
    std::vector<UncertainInput> inputs;
    const std::string example = "such as '{clean.service: {family: gamma, n: 150}}'";
    if (!node.is_map()) {
        reading.error(node, fmt::format("'uncertainty' takes a map by path, not {}", shown(node)), example);
        return inputs;
    }
    for (const Entry& entry : node.entries) {
        const Node* value = given(edits, entry.key);
        if (value == nullptr) {
            reading.out.error(entry.place, fmt::format("no edit of this change sets '{}'", entry.key),
                              "uncertain is what the change itself gives a path");
            continue;
        }
        MapReader map(reading, entry.value, "uncertainty", entry.place);
        if (!map.ok()) continue;
        UncertainInput input;
        input.path = entry.key;
        input.fitted = text_of(*value);
        bool good = true;
        if (const Node* family = map.scalar("family"))
            good &= reading.guarded(*family, [&] { input.family = family_named(family->text); });
        if (const Node* n = map.scalar("n"))
            good &= reading.guarded(*n, [&] { input.observations = observations_of(n->text); });
        if (const Node* spread = map.scalar("spread"))
            good &= reading.guarded(*spread, [&] { input.spread = spread_of(spread->text); });
        if (!good) continue;
        const bool counted = input.observations > 0, spread = input.spread > 0;
        if (counted == spread || (input.family && !counted)) {
            reading.error(entry.value, fmt::format("how sure is '{}'?", entry.key),
                          "a law has 'family' and 'n', a share, a rate or a profile 'n', a mean 'spread'");
            continue;
        }
        inputs.push_back(std::move(input));
    }
    return inputs;
}

Node uncertainty_node(const std::vector<UncertainInput>& inputs) {
    Node all = Node::map();
    all.block = true;
    for (const UncertainInput& input : inputs) {
        Node one = Node::map();
        if (input.family) one.add("family", Node::scalar(std::string(kernel::name_of(*input.family))));
        if (input.observations > 0) one.add("n", Node::scalar(print_number(input.observations)));
        if (input.spread > 0) one.add("spread", Node::scalar(fmt::format("{:.4g}%", 100 * input.spread)));
        all.add(input.path, std::move(one));
    }
    return all;
}

void put_uncertain(std::vector<UncertainInput> later, std::vector<UncertainInput>& all) {
    std::erase_if(all, [&](const UncertainInput& input) {
        return std::any_of(later.begin(), later.end(),
                           [&](const UncertainInput& one) { return one.path == input.path; });
    });
    std::move(later.begin(), later.end(), std::back_inserter(all));
}

bool is_as_fitted(const models::Scenario& scenario, const UncertainInput& input) {
    const std::size_t dot = input.path.rfind('.');
    const std::string name = input.path.substr(0, dot),
                      key = dot == std::string::npos ? "" : input.path.substr(dot + 1);
    try {
        const models::Work* work = work_at(scenario, name);
        if (work != nullptr && (key == "service" || key == "fails_after"))
            return print_law(key == "service" ? work->service : work->fails_after, Dimension::duration) ==
                   print_law(read_law(input.fitted, Dimension::duration).law, Dimension::duration);
        else if (work != nullptr && key == "failure")
            return work->failure == read_share(input.fitted);
        if (const models::Load* load = named(scenario.loads, name); load != nullptr && key == "arrivals")
            return load->arrivals.kind == models::Arrivals::Kind::states
                       ? write_flow(arrivals_node(load->arrivals)) == input.fitted
                       : print_arrivals(load->arrivals) == print_arrivals(read_arrivals(input.fitted, {}));
    } catch (const Fault&) {
        return false;
    }
    if (const models::Profile* profile = named(scenario.profiles, input.path))
        return write_flow(profile_node(*profile)) == input.fitted;
    return false;
}

}  // namespace understudy::formats
