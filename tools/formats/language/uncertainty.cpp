#include "tools/formats/language/uncertainty.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "tools/formats/language/laws.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/uncertain_together.h"
#include "tools/formats/language/values.h"
#include "tools/formats/language/write_values.h"
#include "tools/studies/input_path.h"
#include "tools/studies/redrawn_together.h"

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

/// Of what the draws of a law at this path are.
Dimension dimension_at(const studies::InputPath& path) {
    return path.key == "items"  ? Dimension::number
           : path.key == "size" ? Dimension::size
                                : Dimension::duration;
}

std::optional<studies::RivalFamily> read_rival(Reading& reading, const Node& node, const Place& where,
                                               const std::string& path) {
    MapReader map(reading, node, "or", where);
    if (!map.ok()) return std::nullopt;
    studies::RivalFamily rival;
    bool good = true;
    if (const Node* family = map.scalar("family"))
        good &= reading.guarded(*family, [&] { rival.family = family_named(family->text); });
    if (const Node* law = map.scalar("law"))
        good &= reading.guarded(*law, [&] {
            const models::Law read = read_law(law->text, dimension_at(studies::input_path(path))).law;
            if (read.terms.size() != 1 || read.terms.front().per != models::Per::once)
                throw Fault(0, "no single law", "as fits are: 'gamma(mean 40s cv 0.5)'");
            rival.law = read.terms.front().law;
        });
    if (const Node* share = map.scalar("share"))
        good &= reading.guarded(*share, [&] { rival.share = read_share(share->text); });
    return good ? std::optional(rival) : std::nullopt;
}

/// By keys of maps and numbers of lists, from 1: "backoff.2" of a `retry`; null: there is none.
const Node* part_of(const Node& whole, std::string_view path) {
    const Node* part = &whole;
    while (part != nullptr && !path.empty()) {
        const std::string_view step = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(path.size(), step.size() + 1));
        if (part->is_map()) {
            const Entry* entry = part->find(step);
            part = entry == nullptr ? nullptr : &entry->value;
            continue;
        }
        std::size_t number = 0;
        const auto [end, problem] = std::from_chars(step.data(), step.data() + step.size(), number);
        const bool within = problem == std::errc() && end == step.data() + step.size() && part->is_list() &&
                            number >= 1 && number <= part->items.size();
        part = within ? &part->items[number - 1] : nullptr;
    }
    return part;
}

/// What the change gives the path: `to` of a `set`, `value` of an `add`, or what stands in it; null: no edit of it does.
const Node* given(const std::vector<Edit>& edits, std::string_view path) {
    const Node* found = nullptr;
    for (const Edit& edit : edits) {
        if (edit.kind != Edit::Kind::set && edit.kind != Edit::Kind::add) continue;
        if (edit.name == path)
            found = &edit.value;
        else if (path.size() > edit.name.size() && path.starts_with(edit.name) &&
                 path[edit.name.size()] == '.')
            if (const Node* part = part_of(edit.value, path.substr(edit.name.size() + 1))) found = part;
    }
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

/// Of a stage or a load.
const models::Writes* writes_at(const models::Scenario& scenario, std::string_view path) {
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.name == path) return &stage.writes;
    for (const models::Load& load : scenario.loads)
        if (load.name == path) return &load.writes;
    return nullptr;
}

template <class Element>
const Element* named(const std::vector<Element>& all, std::string_view name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Element& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

bool is_as_fitted(const models::Scenario& scenario, const UncertainInput& input) {
    const studies::InputPath at = studies::input_path(input.path);
    const models::Work* work = work_at(scenario, at.of);
    const models::Load* load = work == nullptr ? named(scenario.loads, at.of) : nullptr;
    const models::Law* law = work != nullptr   ? studies::law_of_work(*work, at)
                             : load != nullptr ? studies::law_of_load(*load, at)
                                               : nullptr;
    const Dimension dimension = dimension_at(at);
    try {
        if (law != nullptr)
            return print_law(*law, dimension) == print_law(read_law(input.fitted, dimension).law, dimension);
        if (at.key == "writes")
            if (const models::Writes* writes = writes_at(scenario, at.of))
                return write_flow(shares_node(*writes)) == input.fitted;
        if (work != nullptr && at.key == "failure") return work->failure == read_share(input.fitted);
        if (load != nullptr && at.key == "arrivals")
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
        if (entry.value.is_map() && entry.value.find("numbers") != nullptr) {
            if (auto together = read_together(reading, entry, edits)) inputs.push_back(std::move(*together));
            continue;
        }
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
        if (const Node* other = map.find("or"))
            good &= (input.rival = read_rival(reading, *other, entry.place, entry.key)).has_value();
        if (const Node* weekends = map.scalar("weekends"))
            good &= reading.guarded(*weekends, [&] { input.weekends = observations_of(weekends->text); });
        if (!good) continue;
        const bool counted = input.observations > 0, spread = input.spread > 0;
        if (input.weekends > 0 && (!counted || input.family || input.weekends >= input.observations)) {
            reading.error(entry.value, fmt::format("how many of '{}' came on weekends?", entry.key),
                          "fewer than all: '{n: 900, weekends: 120}'");
            continue;
        }
        if (counted == spread || (input.family && !counted) || (input.rival && !input.family)) {
            reading.error(entry.value, fmt::format("how sure is '{}'?", entry.key),
                          "a law has 'family' and 'n', a share, a rate or a profile 'n', a mean 'spread'");
            continue;
        }
        inputs.push_back(std::move(input));
    }
    return inputs;
}

std::string rival_law(const UncertainInput& input) {
    models::Law law;
    law.terms.emplace_back().law = input.rival->law;
    return print_law(law, dimension_at(studies::input_path(input.path)));
}

Node uncertainty_node(const std::vector<UncertainInput>& inputs) {
    Node all = Node::map();
    all.block = true;
    for (const UncertainInput& input : inputs) {
        if (input.together) {
            all.add(input.path, together_node(*input.together));
            continue;
        }
        Node one = Node::map();
        if (input.family) one.add("family", Node::scalar(std::string(kernel::name_of(*input.family))));
        if (input.observations > 0) one.add("n", Node::scalar(print_number(input.observations)));
        if (input.rival) {
            Node other = Node::map();
            other.add("family", Node::scalar(std::string(kernel::name_of(input.rival->family))));
            other.add("law", Node::scalar(rival_law(input)));
            other.add("share", Node::scalar(print_quantity(input.rival->share, Dimension::share)));
            one.add("or", std::move(other));
        }
        if (input.weekends > 0) one.add("weekends", Node::scalar(print_number(input.weekends)));
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
    for (UncertainInput& input : later) {
        // A path that something had which has another name by now.
        const auto taken = [&](const UncertainInput& one) { return one.drawn_as() == input.drawn_as(); };
        while (std::any_of(all.begin(), all.end(), taken)) input.fitted_as = input.drawn_as() + "'";
        all.push_back(std::move(input));
    }
}

namespace {

/// `now`: what a path is by now.
template <class Now>
void follow_to(std::vector<UncertainInput>& inputs, Now now) {
    for (UncertainInput& input : inputs) {
        if (input.together) {
            for (studies::FittedTogether::Made& made : input.together->makes) made.path = now(made.path);
            continue;
        }
        std::string path = now(input.path);
        if (path == input.path) continue;
        if (input.fitted_as.empty()) input.fitted_as = std::move(input.path);
        input.path = std::move(path);
    }
}

}  // namespace

void follow_renames(const Renames& renames, std::vector<UncertainInput>& inputs) {
    for (const Rename& one : renames)
        follow_to(inputs, [&](const std::string& path) {
            const bool goes_along = path == one.from || path.starts_with(one.from + ".");
            return goes_along ? one.to + path.substr(one.from.size()) : path;
        });
}

void follow_renames(const studies::Counterparts& names, std::vector<UncertainInput>& inputs) {
    follow_to(inputs, [&](const std::string& path) { return names.path_in_candidate(path); });
}

void keep_as_fitted(const models::Scenario& scenario, std::vector<UncertainInput>& inputs) {
    std::erase_if(inputs, [&](UncertainInput& input) {
        if (!input.together) return !is_as_fitted(scenario, input);
        studies::keep_as_fitted(scenario, *input.together);
        return input.together->makes.empty();
    });
}

}  // namespace understudy::formats
