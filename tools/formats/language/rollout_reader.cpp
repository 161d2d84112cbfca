#include "tools/formats/language/rollout_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/check.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/scenario_reader.h"

namespace understudy::formats {

namespace {

constexpr const char* stages_alone =
    "the two sides of a rollout in steps are variants of stages: change stages alone, or bring it in "
    "'at_once'";

bool is_loads(const std::string& name) { return name == "load" || name.starts_with("load."); }

/// What an edit changes: the stage (nothing is reported), or why that has no two sides (reported, and empty).
class Changed {
public:
    Changed(const Node& root, Diagnostics& out) : targets_(targets_of(root)), out_(out) {
        const Entry* parameters = root.is_map() ? root.find("parameters") : nullptr;
        if (parameters != nullptr && parameters->value.is_map())
            for (const Entry& entry : parameters->value.entries) parameters_.push_back(entry.key);
    }

    std::string stage_of(const Edit& edit) {
        if (edit.of_measure) return "";
        if (edit.kind == Edit::Kind::add) {
            // Of no use to what is there, so there it changes nothing.
            for (const std::string_view kind : {"type", "pool", "budget", "dataset"})
                if (edit.as == kind) return "";
            return shared(edit, fmt::format("'{}' is a new {}", edit.name, edit.as));
        }
        if (edit.kind == Edit::Kind::rename)
            return shared(edit, fmt::format("'{}' has another name for both sides", edit.name));
        if (is_loads(edit.name)) return shared(edit, "the load comes to both sides");
        std::string key;
        const Target* target = resolve(targets_, edit.name, key);
        if (target == nullptr) {
            if (std::find(parameters_.begin(), parameters_.end(), edit.name) != parameters_.end())
                return shared(edit, fmt::format("'{}' is a parameter, which both sides have", edit.name));
            return "";  // of what is added before, or unknown, which is told
        }
        if (target->place == "task" || target->place == "pipeline") {
            out_.error(edit.place,
                       fmt::format("'{}' is a {}, whose runs come whole and leave their data to whatever "
                                   "reads them, so it has no two variants",
                                   target->name, target->place),
                       "bring it in 'at_once' with a 'rollback', or add what is new as a pipeline of its own "
                       "beside what is there");
            return "";
        }
        if (target->place != "stage")
            return shared(edit, fmt::format("'{}' is {} {}, which both sides share", target->name,
                                            target->place == "action" ? "an" : "a", target->place));
        if (key.empty() && edit.kind == Edit::Kind::remove)
            return shared(edit, fmt::format("'{}' would be gone for both sides", target->name));
        return target->name;
    }

private:
    std::string shared(const Edit& edit, const std::string& why) {
        out_.error(edit.place, why + ", so it has no two variants", stages_alone);
        return "";
    }

    std::vector<Target> targets_;
    std::vector<std::string> parameters_;
    Diagnostics& out_;
};

const models::Stage* stage_named(const models::Scenario& scenario, const std::string& name) {
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.name == name) return &stage;
    return nullptr;
}

void check_stages(const models::Scenario& baseline, const models::Scenario& candidate, const Sides& sides,
                  Diagnostics& out) {
    for (const auto& [name, place] : sides.stages) {
        const models::Stage *ours = stage_named(baseline, name), *theirs = stage_named(candidate, name);
        if (ours == nullptr || theirs == nullptr) {
            out.error(place, fmt::format("stage '{}' is not in both", name), stages_alone);
            continue;
        }
        const std::string why =
            studies::why_not_shared_out(candidate, *ours, *theirs, sides.plan.steps.by_key);
        if (!why.empty())
            out.error(place, fmt::format("the items of '{}' cannot be shared out: {}", name, why),
                      studies::holds_back_writers(*ours) || studies::holds_back_writers(*theirs)
                          ? "bring it in 'at_once', or rehearse the rollout with a queue that does not block "
                            "in both: 'full: drop', or no 'capacity'"
                          : "bring it in 'at_once'");
    }
}

void check_guards(const models::Scenario& candidate, const Sides& sides,
                  const std::vector<std::string>& stages, Diagnostics& out) {
    const std::vector<studies::Guard>& guards = sides.plan.steps.guards;
    models::Scenario asked = candidate;
    asked.objectives.clear();
    asked.measures.clear();
    for (const studies::Guard& guard : guards) asked.measures.push_back(guard.measure());
    std::vector<bool> wrong(guards.size(), false);
    for (const models::Problem& problem : models::check(asked)) {
        constexpr std::string_view list = "measures.";
        if (!problem.path.starts_with(list) || problem.severity != models::Problem::Severity::error) continue;
        const std::size_t number = std::stoul(problem.path.substr(list.size()));
        wrong[number] = true;
        out.error(sides.plan.guard_places[number], problem.message, problem.hint);
    }
    for (std::size_t i = 0; i < guards.size(); ++i)
        if (const std::string why = studies::why_no_guard(guards[i], stages); !wrong[i] && !why.empty())
            out.error(sides.plan.guard_places[i],
                      fmt::format("'{}' cannot be a guard: {}", guards[i].text(), why),
                      "guard a latency, a wait or a share of a stage that the change edits, or a limit of "
                      "what both "
                      "sides do");
}

}  // namespace

void put_sides(Node& root, const Change& change, Aside& aside, Diagnostics& out) {
    Sides& sides = *aside.sides;
    sides.plan = change.rollout;
    if (!sides.plan.in_steps) return;
    for (const Node& stress : change.stress) sides.stresses.push_back(stress.text);
    Changed changed(root, out);
    const std::size_t errors = out.errors();
    for (const Edit& edit : change.edits) {
        const std::string stage = changed.stage_of(edit);
        if (!stage.empty() && std::none_of(sides.stages.begin(), sides.stages.end(),
                                           [&](const auto& known) { return known.first == stage; }))
            sides.stages.emplace_back(stage, edit.place);
    }
    if (sides.stages.empty() && out.errors() == errors)
        out.error(sides.plan.place, "no edit changes a stage, so there are no two sides", stages_alone);
    if (change.rollback && change.rollback->fails) sides.failure = write_flow(change.rollback->failure);
    Entry* actions = root.find("actions");
    if (actions == nullptr) {
        root.add("actions", Node::list());
        actions = root.find("actions");
    }
    if (!actions->value.is_list()) return;  // which is told
    std::vector<Node>& list = actions->value.items;
    if (aside.count == 0) aside.first = list.size();
    for (const Node& worse : sides.plan.worse) {
        sides.worse.emplace_back(write_flow(worse), list.size());
        list.push_back(worse);
    }
    aside.count = list.size() - aside.first;
}

CanaryReading read_canary(const std::string& base, const std::vector<std::string>& overrides,
                          const std::string& change) {
    Sides sides;
    Aside aside;
    aside.sides = &sides;
    ScenarioReading candidate = read_scenario_file(base, overrides, {change}, &aside);
    CanaryReading result{std::nullopt, std::move(candidate.diagnostics)};
    if (!candidate.scenario || !sides.plan.in_steps) return result;
    ScenarioReading baseline = read_scenario_file(base, overrides);
    if (!baseline.scenario) {
        result.diagnostics = std::move(baseline.diagnostics);
        return result;
    }
    studies::CanaryTwin twin;
    for (const auto& [name, place] : sides.stages) twin.stages.push_back(name);
    check_stages(*baseline.scenario, *candidate.scenario, sides, result.diagnostics);
    check_guards(*candidate.scenario, sides, twin.stages, result.diagnostics);
    if (const auto problem = studies::why_no_time(sides.plan.steps, candidate.scenario->run))
        result.diagnostics.error(sides.plan.place, problem->message, problem->hint);
    if (result.diagnostics.has_errors()) return result;
    std::vector<models::Action>& actions = candidate.scenario->actions;
    const studies::WayBack& plan = aside.plan;
    if (aside.found) {
        for (const std::optional<std::size_t> watch :
             {plan.fails_when, plan.detects, std::optional(plan.recovers)})
            if (watch) actions[*watch].verb = models::Action::Verb::yield;
        twin.detects = plan.detects;
        twin.detect = plan.detect;
        twin.detect_after = plan.detect_after;
        twin.decide = plan.decide;
        // People who notice after a while are what stops it only where no rule does.
        twin.notices = !plan.detects && sides.plan.steps.guards.empty();
        if (plan.failure) twin.bad.push_back({sides.failure, *plan.failure});
    }
    for (const auto& [text, action] : sides.worse) twin.bad.push_back({text, action});
    twin.stresses = std::move(sides.stresses);
    twin.rollout = std::move(sides.plan.steps);
    twin.baseline = std::move(*baseline.scenario);
    twin.candidate = std::move(*candidate.scenario);
    result.twin = std::move(twin);
    return result;
}

}  // namespace understudy::formats
