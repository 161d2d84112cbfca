#include "tools/formats/language/rollout_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "tools/formats/language/objectives.h"
#include "tools/formats/language/rollback_plan.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using kernel::Time;

constexpr std::size_t most_steps = 100, most_guards = 100, most_worse = 20;
constexpr std::int64_t most_checks = 1000;
constexpr const char* steps_example =
    "{canary: [5%, 25%, 100%], bake: 2h, guards: [share lost(enrich) < 0.01%]}";

class RolloutReader {
public:
    RolloutReader(Reading& reading, std::string& currency) : reading_(reading), currency_(currency) {}

    RolloutPlan read(const Node& node, Place where) {
        plan_.place = plan_.by_place = where;
        plan_.steps.text = write_flow(node);
        if (node.is_scalar()) {
            read_word(node);
            return std::move(plan_);
        }
        MapReader map(reading_, node, "rollout", where);
        if (!map.ok()) return std::move(plan_);
        map.duration("at", plan_.at);
        plan_.steps.at = plan_.at;
        const Node* canary = map.find("canary");
        if (canary == nullptr) {
            for (const std::string_view key : {"by", "bake", "guards", "checks", "detect", "decide", "abort",
                                               "false_stop", "false_pass", "worse"})
                if (const Entry* entry = node.find(key); entry != nullptr)
                    reading_.out.error(entry->place, fmt::format("'{}' without 'canary'", key),
                                       fmt::format("such as '{}'", steps_example));
            return std::move(plan_);
        }
        plan_.in_steps = true;
        read_shares(*canary);
        read_by(map);
        map.duration("bake", plan_.steps.bake);
        if (const Node* bake = map.find("bake"); bake == nullptr)
            reading_.error(*canary, "'canary' without 'bake'",
                           "say how long each share is looked at: 'bake: 2h'");
        else if (plan_.steps.bake && *plan_.steps.bake == 0)
            reading_.error(*bake, "within a bake of 0s nothing is seen", "write a longer time");
        if (const Node* guards = map.find("guards")) read_guards(*guards);
        if (const Node* checks = map.find("checks")) read_checks(*checks);
        read_people(map, "detect", plan_.steps.detect);
        read_people(map, "decide", plan_.steps.decide);
        read_people(map, "abort", plan_.steps.abort);
        read_limit(map, "false_stop", plan_.steps.false_stop);
        read_limit(map, "false_pass", plan_.steps.false_pass);
        if (const Node* worse = map.find("worse")) read_worse(*worse);
        return std::move(plan_);
    }

private:
    void read_word(const Node& node) {
        if (node.text == "blue_green") {
            plan_.in_steps = plan_.steps.all_at_once = true;
            plan_.steps.shares = {1};
        } else if (node.text != "at_once") {
            reading_.error(
                node, fmt::format("'rollout' takes 'at_once', 'blue_green' or a map, not '{}'", node.text),
                fmt::format("such as '{}'", steps_example));
        }
    }

    void read_shares(const Node& node) {
        if (!node.is_list() || node.items.empty())
            return reading_.error(node,
                                  node.is_list()
                                      ? "'canary' is empty: it gets no share"
                                      : fmt::format("'canary' takes a list of shares, not {}", shown(node)),
                                  "each larger than the one before, up to all: '[5%, 25%, 100%]'");
        if (node.items.size() > most_steps)
            return reading_.error(node, fmt::format("{} shares", node.items.size()),
                                  fmt::format("at most {}", most_steps));
        std::vector<double>& shares = plan_.steps.shares;
        bool good = true;
        for (const Node& item : node.items) {
            double share = 0;
            if (!require_scalar(reading_, item, "canary", "[5%, 25%, 100%]") ||
                !reading_.guarded(item, [&] { share = read_share(item.text); })) {
                good = false;
            } else if (!(share > (shares.empty() ? 0 : shares.back()))) {
                good = false;
                reading_.error(item, fmt::format("'{}' is no more than the share before", item.text),
                               "each is larger than the one before, the first than 0%");
            } else {
                shares.push_back(share);
            }
        }
        if (good && shares.back() != 1)
            reading_.error(
                node.items.back(),
                fmt::format("'{}' is not all: it never goes in as a whole", node.items.back().text),
                "end with '100%'");
    }

    void read_by(MapReader& map) {
        if (const auto by = map.choice("by")) plan_.steps.by_key = *by == 0;
        if (const Node* by = map.find("by")) plan_.by_place = by->place;
    }

    void read_guards(const Node& node) {
        if (!node.is_list() || node.items.empty())
            return reading_.error(node,
                                  node.is_list() ? "'guards' is empty: nothing has to hold"
                                                 : fmt::format("'guards' takes a list, not {}", shown(node)),
                                  "each with '- ': '- increase p(99) latency(enrich) < 20%'");
        if (node.items.size() > most_guards)
            return reading_.error(node, fmt::format("{} guards", node.items.size()),
                                  fmt::format("at most {}", most_guards));
        models::Acceptance all;
        for (const Node& item : node.items) {
            if (!require_scalar(reading_, item, "guards", "increase p(99) latency(enrich) < 20%")) continue;
            const std::size_t objectives = all.objectives.size(), increases = all.increases.size();
            if (!reading_.guarded(item, [&] { read_accepted(item.text, currency_, all); })) continue;
            studies::Guard guard;
            if (all.increases.size() > increases) {
                guard.is_increase = true;
                guard.increase = all.increases.back();
            } else if (all.objectives.size() > objectives) {
                guard.objective = all.objectives.back();
            } else {
                reading_.error(item, "a guard is one promise, looked at within a bake",
                               "write each: 'share lost(enrich) < 0.01%'");
                continue;
            }
            plan_.steps.guards.push_back(std::move(guard));
            plan_.guard_places.push_back(item.place);
        }
    }

    void read_checks(const Node& node) {
        MapReader map(reading_, node, "checks", node.place);
        if (!map.ok()) return;
        studies::GuardChecks checks;
        std::optional<Time> every;
        map.duration("every", every);
        read_count(map, "failures", checks.failures);
        read_count(map, "in_a_row", checks.in_a_row);
        if (!checks.failures && !checks.in_a_row) checks.failures = 1;
        if (!every) return;
        checks.every = *every;
        const std::optional<Time>& bake = plan_.steps.bake;
        const Node& where = *map.find("every");
        if (plan_.steps.guards.empty())
            reading_.error(node, "'checks' without 'guards': nothing is looked at",
                           "say what has to hold: 'guards: [share lost(enrich) < 0.01%]'");
        else if (checks.every == 0)
            reading_.error(where, "within 0s nothing is seen", "write a longer time");
        else if (bake && checks.every >= *bake)
            reading_.error(where, "a check every bake or seldomer sees no more than the look as it ends",
                           "write a time shorter than 'bake', or leave 'checks' out");
        else if (bake && *bake / checks.every > most_checks)
            reading_.error(where, fmt::format("{} checks within a bake", *bake / checks.every),
                           fmt::format("at most {}: look less often", most_checks));
        else
            plan_.steps.checks = checks;
    }

    static void read_count(MapReader& map, std::string_view key, std::optional<std::int64_t>& count) {
        if (map.find(key) == nullptr) return;
        count = 1;
        map.count(key, *count, 1);
    }

    /// How long it takes people, and machines that watch.
    void read_people(MapReader& map, std::string_view key, models::Law& law) {
        map.law(key, law);
        refuse_items(reading_, map.find(key), law);
    }

    void read_limit(MapReader& map, std::string_view key, double& limit) {
        map.share(key, limit);
        if (const Node* node = map.find(key); node != nullptr && !(limit > 0 && limit < 1))
            reading_.error(*node, fmt::format("'{}' is how often the rule may be wrong", key),
                           "more than 0%, which no number of simulations shows, and less than 100%");
    }

    void read_worse(const Node& node) {
        if (!node.is_list() || node.items.empty())
            return reading_.error(node,
                                  node.is_list() ? "'worse' is empty: nothing makes the candidate a bad one"
                                                 : fmt::format("'worse' takes a list, not {}", shown(node)),
                                  "each with '- ': '- {set: enrich.service, to: 1.5x}'");
        if (node.items.size() > most_worse)
            return reading_.error(node, fmt::format("{} candidates that are worse", node.items.size()),
                                  fmt::format("at most {}", most_worse));
        for (const Node& item : node.items) {
            const auto has = [&](std::string_view key) { return item.is_map() && item.find(key) != nullptr; };
            if (!has("set") && !has("fail") && !has("pause")) {
                reading_.error(
                    item, "this does not make the candidate worse",
                    "something that an action can do: '{set: enrich.service, to: 1.5x}', 'fail' or "
                    "'pause'");
                continue;
            }
            bool timed = false;
            for (const std::string_view key : {"at", "every", "when", "for", "name"})
                if (const Entry* entry = item.find(key)) {
                    reading_.out.error(entry->place, fmt::format("'worse' with '{}'", key),
                                       "it is so from when it goes in until it is stopped");
                    timed = true;
                }
            if (!timed) plan_.worse.push_back(item);
        }
    }

    Reading& reading_;
    std::string& currency_;
    RolloutPlan plan_;
};

}  // namespace

RolloutPlan read_rollout(Reading& reading, const Node& node, Place where, std::string& currency) {
    return RolloutReader(reading, currency).read(node, where);
}

}  // namespace understudy::formats
