#include "tools/formats/language/policy_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "tools/formats/language/head.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/language/values.h"
#include "tools/formats/letters.h"

namespace understudy::formats {

namespace {

using studies::ApprovalRule;
using studies::Freeze;

/// More approvals than this nobody gives.
constexpr std::int64_t most_approvals = 100;

class PolicyReader {
public:
    PolicyReader(Diagnostics& out, std::string& signers, std::vector<Place>& people)
        : reading_(out), signers_(signers), people_(people) {}

    studies::ApprovalPolicy read(const Node& root) {
        MapReader map(reading_, root, "policy", {1, 1, 0});
        if (const Node* name = map.scalar("policy"); name != nullptr && require_name(reading_, *name))
            policy_.name = name->text;
        std::string description;
        map.text("description", description);
        map.text("signers", signers_);
        map.duration("expiry", policy_.expiry);
        if (policy_.expiry && *policy_.expiry < kernel::second)
            reading_.error(*map.find("expiry"), "an approval would have run out at once", "such as 30d");
        read_people(map.find("people"));
        each_of(map, "rules", [&](const Node& node) { read_rule(node); });
        each_of(map, "freeze", [&](const Node& node) { read_freeze(node); });
        return std::move(policy_);
    }

private:
    template <class Read>
    void each_of(MapReader& map, const char* key, Read&& read) {
        const Node* list = map.find(key);
        if (list == nullptr) return;
        if (!list->is_list()) {
            reading_.error(*list, fmt::format("'{}' takes a list, not {}", key, shown(*list)),
                           "each with '- ' before it");
            return;
        }
        for (const Node& item : list->items) read(item);
    }

    void read_people(const Node* people) {
        if (people == nullptr) return;
        if (!people->is_map()) {
            reading_.error(*people, fmt::format("'people' takes a map, not {}", shown(*people)),
                           "such as '{dana@example.com: {roles: [owner]}}'");
            return;
        }
        for (const Entry& entry : people->entries) {
            if (entry.key.find_first_of(" \t\n,*?!\"") != std::string::npos)
                reading_.out.error(entry.place, fmt::format("'{}' is no one person's principal", entry.key),
                                   "one word as in the allowed-signers file, without , and *");
            for (const studies::Person& other : policy_.people)
                if (lower(other.principal) == lower(entry.key))
                    reading_.out.error(entry.place, fmt::format("'{}' is '{}'", entry.key, other.principal),
                                       "one person has one name; leave one of them out");
            studies::Person person{entry.key, {}};
            MapReader map(reading_, entry.value, "person", entry.place);
            std::vector<std::string> roles;
            map.texts("roles", roles);
            person.roles.insert(roles.begin(), roles.end());
            roles_.insert(roles.begin(), roles.end());
            policy_.people.push_back(std::move(person));
            people_.push_back(entry.place);
        }
        if (people->entries.empty())
            reading_.error(*people, "'people' is empty: nobody could approve anything", "name somebody");
    }

    /// Words of a list that a key has a choice of, each told where it stands.
    template <class Take>
    void words_of(MapReader& map, const char* key, const std::vector<std::string>& known, Take&& take) {
        const Node* node = map.find(key);
        std::vector<std::string> words;
        map.texts(key, words);
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (std::find(known.begin(), known.end(), words[i]) != known.end()) {
                take(words[i]);
                continue;
            }
            const Node& where = node->is_list() && i < node->items.size() ? node->items[i] : *node;
            const std::string near = did_you_mean(words[i], known);
            reading_.error(where, fmt::format("'{}' is no value of '{}'", words[i], key),
                           near.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : near);
        }
    }

    void read_rule(const Node& node) {
        MapReader map(reading_, node, "approval_rule", node.place);
        if (!map.ok()) return;
        ApprovalRule rule;
        map.text("name", rule.name);
        if (!rule.name.empty() && !rules_.insert(rule.name).second)
            reading_.error(*map.find("name"), fmt::format("there is a rule '{}' already", rule.name),
                           "give each a name of its own");
        std::vector<std::string> kinds;
        for (const std::string_view choice : choices_of(*place_named("change").find("kind")))
            kinds.emplace_back(choice);
        words_of(map, "kinds", kinds, [&](const std::string& word) { rule.kinds.push_back(word); });
        map.texts("twins", rule.twins);
        map.texts("objectives", rule.objectives);
        map.texts("weakens", rule.weakens);
        if (map.has("margin")) {
            double margin = 0;
            map.share("margin", margin);
            rule.margin = margin;
        }
        map.number("risk", rule.risk);
        if (rule.risk && !(*rule.risk >= 1 && *rule.risk <= 625))
            reading_.error(*map.find("risk"), "a risk is from 1 to 625",
                           "'understudy change impact' computes it");
        read_approvals(map.find("approvals"), rule);
        const std::vector<std::string> parts(std::begin(studies::part_names), std::end(studies::part_names));
        words_of(map, "needs", parts, [&](const std::string& word) {
            const auto at = std::find(parts.begin(), parts.end(), word) - parts.begin();
            rule.needs.insert(static_cast<studies::Part>(at));
        });
        if (map.has("replications")) {
            std::int64_t least = 0;
            map.count("replications", least, 2);
            rule.replications = least;
        }
        if (map.has("confidence")) {
            double least = 0;
            map.share("confidence", least);
            rule.confidence = least;
            if (least >= 1)
                reading_.error(*map.find("confidence"),
                               "no rehearsal is that sure: a confidence is below 100%", "such as 99%");
        }
        const bool asks =
            map.has("approvals") || map.has("needs") || map.has("replications") || map.has("confidence");
        if (!asks)
            reading_.error(node, "a rule that asks for nothing",
                           "it has 'approvals', 'needs', 'replications' or 'confidence'");
        policy_.rules.push_back(std::move(rule));
    }

    std::int64_t count_in(const Node& node) {
        std::int64_t count = 0;
        if (!require_scalar(reading_, node, "approvals", "2")) return 0;
        const bool right = reading_.guarded(node, [&] {
            count = read_count(node.text);
            if (count == 0)
                throw Fault(0, "0 approvals", "at least one is needed of any change; leave it out");
            if (count > most_approvals)
                throw Fault(0, fmt::format("{} approvals are more than {}", count, most_approvals),
                            "ask for fewer");
        });
        return right ? count : 0;
    }

    void read_approvals(const Node* node, ApprovalRule& rule) {
        if (node == nullptr) return;
        if (!node->is_map()) {
            rule.approvals = count_in(*node);
            const auto people = static_cast<std::int64_t>(policy_.people.size());
            if (people > 0 && rule.approvals > people)
                reading_.error(*node,
                               fmt::format("{} approvals are asked for, and {}", rule.approvals,
                                           people == 1 ? "one person is named"
                                                       : fmt::format("{} people are named", people)),
                               "nothing would ever be approved");
            return;
        }
        if (node->entries.empty())
            reading_.error(*node, "'approvals' names no role", "such as '{owner: 1}', or write a number");
        for (const Entry& entry : node->entries) {
            if (!roles_.contains(entry.key)) {
                const std::vector<std::string> known(roles_.begin(), roles_.end());
                const std::string near = did_you_mean(entry.key, known);
                reading_.out.error(entry.place, fmt::format("nobody has the role '{}'", entry.key),
                                   near.empty() ? "give it to somebody under 'people'" : near);
            }
            const std::int64_t count = rule.by_role[entry.key] = count_in(entry.value);
            const auto holders =
                std::count_if(policy_.people.begin(), policy_.people.end(),
                              [&](const auto& one) { return one.roles.contains(entry.key); });
            if (roles_.contains(entry.key) && count > holders)
                reading_.error(entry.value,
                               fmt::format("{} approvals of role {} are asked for, which {} {}", count,
                                           entry.key, holders, holders == 1 ? "person has" : "people have"),
                               "nothing would ever be approved");
        }
    }

    void read_freeze(const Node& node) {
        MapReader map(reading_, node, "freeze", node.place);
        if (!map.ok()) return;
        Freeze freeze;
        map.text("name", freeze.name);
        map.text("zone", freeze.zone);
        if (!models::Calendar::zone_exists(freeze.zone)) {
            reading_.error(*map.find("zone"), fmt::format("there is no time zone '{}'", freeze.zone),
                           "such as 'Europe/Berlin'");
            return;
        }
        const auto instant = [&](const char* key, std::optional<models::LocalInstant>& into) {
            if (const Node* text = map.scalar(key))
                reading_.guarded(*text, [&] { into = read_local_instant(text->text); });
        };
        instant("from", freeze.from);
        instant("until", freeze.until);
        if (const Node* text = map.scalar("every"))
            reading_.guarded(*text, [&] {
                freeze.every = read_schedule(text->text);
                if (freeze.every->kind != models::Schedule::Kind::calendar)
                    throw Fault(0, fmt::format("'{}' is no calendar", text->text),
                                "such as 'daily at 22:00' or 'cron 0 16 * * fri'");
                if (!freeze.every->zone.empty() && map.has("zone"))
                    throw Fault(0,
                                fmt::format("the freeze has two zones: '{}', and 'zone: {}'",
                                            freeze.every->zone, freeze.zone),
                                "leave one of them out");
            });
        map.duration("for", freeze.lasts);
        const bool once = map.has("from") && map.has("until"), again = map.has("every") && map.has("for");
        const bool part_of_once = map.has("from") || map.has("until");
        const bool part_of_again = map.has("every") || map.has("for");
        if (once == again || (once && part_of_again) || (again && part_of_once)) {
            reading_.error(node, "a freeze has 'from' and 'until', or 'every' and 'for'",
                           "such as '{name: nights, every: daily at 22:00, for: 8h}'");
            return;
        }
        if (once && freeze.from && freeze.until && freeze.from->ns >= freeze.until->ns)
            reading_.error(*map.find("until"), "the freeze ends before it begins", "'until' is after 'from'");
        if (again && (freeze.lasts < kernel::second || freeze.lasts > studies::longest_freeze))
            reading_.error(*map.find("for"), "a freeze that recurs lasts from 1s to 31d", "such as 8h");
        // What could not be read has been told.
        if ((once && freeze.from && freeze.until) || (again && freeze.every))
            policy_.freezes.push_back(std::move(freeze));
    }

    Reading reading_;
    std::string& signers_;
    std::vector<Place>& people_;
    studies::ApprovalPolicy policy_;
    std::set<std::string> roles_, rules_;
};

}  // namespace

PolicyReading read_policy(const std::string& text, const std::string& file) {
    PolicyReading result{std::nullopt, text, "allowed_signers", Diagnostics(file, text)};
    const Node root = read_document(text, result.diagnostics);
    if (result.diagnostics.has_errors() && (!root.is_map() || root.entries.empty())) return result;
    if (!check_head(root, "policy", result.diagnostics)) return result;
    studies::ApprovalPolicy policy =
        PolicyReader(result.diagnostics, result.signers, result.people).read(root);
    if (!result.diagnostics.has_errors()) result.policy = std::move(policy);
    return result;
}

PolicyReading read_policy_file(const std::string& path) {
    std::string text;
    const auto problem = read_text_file(path, text);
    if (!problem) return read_policy(text, path);
    PolicyReading result{std::nullopt, "", "", Diagnostics(path)};
    result.diagnostics.error({}, problem->what, problem->hint);
    return result;
}

}  // namespace understudy::formats
