#include "tools/formats/language/rollback_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/language/objectives.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

constexpr std::string_view time_keys[] = {"at", "every", "when", "for", "name"};
constexpr std::string_view what_fails[] = {"set", "fail", "pause"};

/// The action apart from its times.
Node without_times(const Node& action) {
    Node verb = action;
    std::erase_if(verb.entries, [](const Entry& entry) {
        return std::find(std::begin(time_keys), std::end(time_keys), entry.key) != std::end(time_keys);
    });
    return verb;
}

bool is_condition_text(const std::string& text) { return text.find_first_of("<>") != std::string::npos; }

class PlanReader {
public:
    explicit PlanReader(Reading& reading) : reading_(reading) {}

    RollbackPlan read(const Node& node, Place where) {
        MapReader map(reading_, node, "rollback", where);
        if (!map.ok()) return plan_;
        if (const Node* rehearse = map.find("rehearse")) read_failure(*rehearse);
        if (const Node* detect = map.scalar("detect")) read_detect(*detect);
        map.law("decide", plan_.decide);
        refuse_items(reading_, map.find("decide"), plan_.decide);
        if (const Node* steps = map.find("steps")) read_steps(*steps);
        if (const Node* until = map.scalar("until")) {
            plan_.until = *until;
            reading_.guarded(*until, [&] { (void)read_condition(until->text); });
        }
        return std::move(plan_);
    }

private:
    void read_failure(const Node& node) {
        plan_.fails = true;
        plan_.failure = node;
        if (!node.is_map()) {
            if (!node.is_scalar())
                reading_.error(
                    node, fmt::format("'rehearse' takes an action or the name of one, not {}", shown(node)),
                    "such as '{at: 6h, set: clean.service, to: 3x}'");
            return;
        }
        for (const std::string_view key : {"every", "for"})
            if (const Entry* entry = node.find(key))
                reading_.out.error(
                    entry->place, fmt::format("a failure with '{}'", key),
                    "it happens once, at a time or on a condition, and lasts until the way back ends it");
        const Entry *at = node.find("at"), *when = node.find("when");
        if (at != nullptr && when != nullptr)
            reading_.error(node, "a failure with both 'at' and 'when'", "leave one of them out");
        if (at != nullptr && at->value.is_scalar())
            reading_.guarded(at->value, [&] { plan_.fails_at = read_duration(at->value.text); });
        if (when != nullptr && when->value.is_scalar())
            reading_.guarded(when->value, [&] {
                (void)read_condition(when->value.text);
                plan_.fails_when = when->value;
            });
        if (!can_be_taken_back(node))
            reading_.error(node, "this does not make the candidate fail",
                           "a failure is something that can be taken back: 'set', 'fail' or 'pause'");
        plan_.failure = without_times(node);
    }

    void read_detect(const Node& node) {
        if (is_condition_text(node.text)) {
            plan_.detect = node;
            reading_.guarded(node, [&] { (void)read_condition(node.text); });
        } else {
            reading_.guarded(node,
                             [&] { plan_.detect_after = read_law(node.text, Dimension::duration).law; });
            refuse_items(reading_, &node, plan_.detect_after);
        }
    }

    void read_steps(const Node& steps) {
        if (!steps.is_list() || steps.items.empty()) {
            reading_.error(steps, "'steps' takes a list of what is done",
                           "each with '- ': '- {do: halt the job, takes: 2min, pause: enrich}'");
            return;
        }
        for (const Node& node : steps.items) {
            MapReader map(reading_, node, "step", node.place);
            if (!map.ok()) continue;
            RollbackPlan::Step& step = plan_.steps.emplace_back();
            map.text("do", step.text);
            map.law("takes", step.takes);
            refuse_items(reading_, map.find("takes"), step.takes);
            Node verb = node;
            std::erase_if(verb.entries,
                          [](const Entry& entry) { return entry.key == "do" || entry.key == "takes"; });
            if (!verb.entries.empty()) step.verb = std::move(verb);
        }
    }

    Reading& reading_;
    RollbackPlan plan_;
};

}  // namespace

bool can_be_taken_back(const Node& action) {
    return action.is_map() &&
           std::any_of(std::begin(what_fails), std::end(what_fails),
                       [&](std::string_view verb) { return action.find(verb) != nullptr; });
}

void refuse_items(Reading& reading, const Node* node, const models::Law& law) {
    if (node == nullptr) return;
    for (const models::Term& term : law.terms)
        if (!term.field.empty() || term.recorded || term.per != models::Per::once)
            reading.error(*node, "this is what people take, and there is no item to take a value from",
                          "write a duration, or a law such as exponential(mean 10min)");
}

std::optional<RollbackPlan> read_rollback_plan(Reading& reading, const Node& node, Place where) {
    if (!node.is_map()) {
        reading.error(node, fmt::format("'rollback' takes a map, not {}", shown(node)),
                      "such as '{rehearse: {at: 6h, fail: clean}, detect: 10min, decide: 5min, steps: [{do: "
                      "restart, takes: 2min, heal: clean}], until: waiting(clean) < 10}'");
        return std::nullopt;
    }
    return PlanReader(reading).read(node, where);
}

}  // namespace understudy::formats
