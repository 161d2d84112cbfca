#include "tools/formats/language/rollback_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/rollout_reader.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/suggestions.h"

namespace understudy::formats {

namespace {

/// The list of actions of a document, made where there is none.
Node& actions_of(Node& root) {
    if (Entry* entry = root.find("actions")) return entry->value;
    root.add("actions", Node::list());
    return root.find("actions")->value;
}

Node watch_for(const Node& condition) {
    Node action = Node::map();
    action.place = condition.place;
    action.add("when", condition);
    action.add("alert", Node::scalar("yields"));
    return action;
}

std::string text_of(const Edit& edit) {
    switch (edit.kind) {
        case Edit::Kind::set: return "set " + edit.name + " to " + write_flow(edit.value);
        case Edit::Kind::add: return "add " + edit.name;
        case Edit::Kind::remove: return "remove " + edit.name;
        case Edit::Kind::rename: return "rename " + edit.name + " to " + edit.to;
        case Edit::Kind::transform: return "transform " + edit.name;
    }
    return edit.name;
}

/// What is gone once it is removed: data. Elements and keys can be put back.
bool loses_data(const Node& root, const Edit& edit) {
    if (edit.kind != Edit::Kind::remove || edit.of_measure) return false;
    std::string key;
    const std::vector<Target> targets = targets_of(root);
    const Target* target = resolve(targets, edit.name, key);
    if (target == nullptr || target->place != "dataset") return false;
    if (key.empty()) return true;
    const Entry* columns = target->node->is_map() ? target->node->find("columns") : nullptr;
    return columns != nullptr && columns->value.is_map() && columns->value.find(key) != nullptr;
}

/// An action of the scenario that the plan names: it happens only where the plan says so.
Node take_named(Node& root, const Node& name, RollbackPlan& plan, Diagnostics& out) {
    std::vector<std::string> names;
    Node& actions = actions_of(root);
    for (std::size_t i = 0; i < actions.items.size(); ++i) {
        const Node& action = actions.items[i];
        const Entry* own = action.is_map() ? action.find("name") : nullptr;
        if (own == nullptr || !own->value.is_scalar()) continue;
        names.push_back(own->value.text);
        if (own->value.text != name.text) continue;
        Node taken = action;
        Reading reading(out);
        if (!can_be_taken_back(action))
            out.error(name.place, fmt::format("'{}' does not make the candidate fail", name.text),
                      "a failure is something that can be taken back: 'set', 'fail' or 'pause'");
        if (action.find("every") != nullptr)
            out.error(name.place, fmt::format("'{}' happens again and again (every)", name.text),
                      "a failure happens once, at a time or on a condition: write the action itself");
        if (const Entry* at = taken.find("at"); at != nullptr && at->value.is_scalar())
            reading.guarded(at->value, [&] { plan.fails_at = read_duration(at->value.text); });
        else if (const Entry* when = taken.find("when"))
            plan.fails_when = when->value;
        std::erase_if(taken.entries, [](const Entry& entry) {
            return entry.key == "at" || entry.key == "when" || entry.key == "for";
        });
        actions.items.erase(actions.items.begin() + static_cast<std::ptrdiff_t>(i));
        return taken;
    }
    const std::string hint = did_you_mean(name.text, names);
    out.error(name.place, fmt::format("no action is called '{}'", name.text),
              hint.empty() ? "write the action itself: '{at: 6h, set: clean.service, to: 3x}'" : hint);
    return Node::map();
}

}  // namespace

namespace {

void put_way_back(Node& root, const Change& change, Aside& aside, Diagnostics& out) {
    if (!change.rollback) return;
    RollbackPlan written = *change.rollback;
    aside.found = true;
    studies::WayBack& plan = aside.plan;
    if (written.fails && written.failure.is_scalar())
        written.failure = take_named(root, written.failure, written, out);
    Node& actions = actions_of(root);
    if (!actions.is_list()) return;  // which is told
    aside.first = actions.items.size();
    const auto add = [&](Node action) {
        actions.items.push_back(std::move(action));
        return actions.items.size() - 1;
    };
    for (const Edit& edit : change.edits) {
        plan.edits.push_back(text_of(edit));
        if (loses_data(root, edit)) plan.loses_data.push_back(text_of(edit));
        if (is_beside_the_model(root, edit)) continue;
        if (aside.edits != Edits::as_actions) {
            plan.edits_stay = true;
            continue;
        }
        Node action = Node::map();
        action.place = edit.where;
        Node set = Node::scalar(edit.name);
        set.place = edit.place;
        action.add("set", std::move(set));
        action.add("to", edit.value);
        plan.edit_actions.push_back(add(std::move(action)));
    }
    plan.text = change.way_text;
    for (const Node& stress : change.stress) plan.stresses.push_back(stress.text);
    plan.goes_in = change.goes_in;
    plan.fails_at = written.fails_at;
    if (written.fails) plan.failure = add(written.failure);
    if (written.fails_when) plan.fails_when = add(watch_for(*written.fails_when));
    if (written.detect) {
        plan.detects = add(watch_for(*written.detect));
        plan.detect = written.detect->text;
    } else {
        plan.detect_after = written.detect_after;
        plan.detect = "after " + written.detect_after.text;
    }
    plan.decide = written.decide;
    for (RollbackPlan::Step& step : written.steps) {
        studies::WayBack::Step& one = plan.steps.emplace_back();
        one.text = step.text;
        one.takes = step.takes;
        if (step.verb) one.action = add(*step.verb);
    }
    plan.recovers = add(watch_for(written.until));
    plan.until = written.until.text;
    aside.count = actions.items.size() - aside.first;
}

}  // namespace

void put_aside(Node& root, const Change& change, Aside& aside, Diagnostics& out) {
    put_way_back(root, change, aside, out);
    if (aside.sides != nullptr) put_sides(root, change, aside, out);
}

RollbackReading read_rollback(const std::string& base, const std::vector<std::string>& overrides,
                              const std::string& change, Edits edits) {
    Aside aside;
    aside.edits = edits;
    ScenarioReading reading = read_scenario_file(base, overrides, {change}, &aside);
    RollbackReading result{std::nullopt, std::move(reading.diagnostics)};
    if (!reading.scenario || !aside.found) return result;
    std::vector<models::Action>& actions = reading.scenario->actions;
    studies::WayBack& plan = aside.plan;
    for (const std::optional<std::size_t> watch :
         {plan.fails_when, plan.detects, std::optional(plan.recovers)})
        if (watch) {
            plan.conditions.push_back(*actions[*watch].when);
            actions[*watch].verb = models::Action::Verb::yield;
        }
    for (const std::size_t edit : plan.edit_actions) actions[edit].lasts = kernel::never;
    if (plan.failure) actions[*plan.failure].lasts = kernel::never;
    result.twin = studies::RollbackTwin{std::move(*reading.scenario), std::move(plan)};
    return result;
}

}  // namespace understudy::formats
