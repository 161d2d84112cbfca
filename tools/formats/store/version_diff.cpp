#include "tools/formats/store/version_diff.h"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <utility>

#include "tools/formats/language/document.h"

namespace understudy::formats {

namespace {

/// In the order of the file.
struct Keys {
    std::vector<std::pair<std::string, std::string>> values;
    std::map<std::string, std::string, std::less<>> by_key;

    void add(std::string key, std::string value) {
        if (by_key.emplace(key, value).second) values.emplace_back(std::move(key), std::move(value));
    }
};

struct ScenarioElement {
    std::string type, name;
    Keys keys;
};

std::string value_text(const Node& node) { return node.is_scalar() ? node.text : write_flow(node); }

void add_keys(const Node& node, const std::string& before, Keys& into) {
    for (const Entry& entry : node.entries) {
        const std::string key = before.empty() ? entry.key : before + "." + entry.key;
        if (entry.value.is_map() && !entry.value.entries.empty())
            add_keys(entry.value, key, into);
        else
            into.add(key, value_text(entry.value));
    }
}

class ScenarioElements {
public:
    explicit ScenarioElements(const std::string& text) {
        Diagnostics none;
        const Node root = read_document(text, none);
        ScenarioElement scenario{"scenario", "", {}};
        for (const Entry& section : root.entries) {
            if (section.key == "understudy") continue;
            if (section.key == "twin")
                add_twin(section.value);
            else if (section.value.is_scalar())
                scenario.keys.add(section.key == "scenario" ? "name" : section.key, section.value.text);
            else if (section.key == "load" || section.key == "profiles" || section.key == "logs")
                add_section(section.value, section.key == "load" ? "load" : singular(section.key));
            else if (section.key == "actions")
                add_actions(section.value);
            else
                add_whole(section.key, section.value);
        }
        add(std::move(scenario));
    }

    const std::vector<ScenarioElement>& all() const { return elements_; }
    const ScenarioElement* find(const ScenarioElement& other) const {
        const auto found = by_name_.find({other.type, other.name});
        return found == by_name_.end() ? nullptr : &elements_[found->second];
    }

private:
    static std::string singular(std::string_view section) {
        return std::string(section.substr(0, section.size() - (section.ends_with('s') ? 1 : 0)));
    }

    void add(ScenarioElement element) {
        by_name_.emplace(std::pair(element.type, element.name), elements_.size());
        elements_.push_back(std::move(element));
    }

    void add_twin(const Node& twin) {
        for (const Entry& section : twin.entries) {
            if (section.key == "pipelines")
                add_pipelines(section.value);
            else if (section.key == "renamed")
                add_whole("renamed", section.value);
            else if (section.value.is_scalar())
                add_value(section);
            else
                add_section(section.value, singular(section.key));
        }
    }

    void add_section(const Node& section, const std::string& type) {
        for (const Entry& entry : section.entries) {
            ScenarioElement element{type, entry.key, {}};
            if (entry.value.is_map())
                add_keys(entry.value, "", element.keys);
            else
                element.keys.add("", value_text(entry.value));
            add(std::move(element));
        }
    }

    /// Of the twin itself.
    void add_value(const Entry& entry) {
        ScenarioElement element{entry.key, "", {}};
        element.keys.add("", value_text(entry.value));
        add(std::move(element));
    }

    /// Tasks are elements beside their pipeline.
    void add_pipelines(const Node& pipelines) {
        for (const Entry& pipeline : pipelines.entries) {
            Node own = pipeline.value;
            std::erase_if(own.entries, [](const Entry& entry) { return entry.key == "tasks"; });
            ScenarioElement element{"pipeline", pipeline.key, {}};
            add_keys(own, "", element.keys);
            add(std::move(element));
            const Entry* tasks = pipeline.value.find("tasks");
            if (tasks == nullptr) continue;
            for (const Entry& task : tasks->value.entries) {
                ScenarioElement one{"task", pipeline.key + "." + task.key, {}};
                add_keys(task.value, "", one.keys);
                add(std::move(one));
            }
        }
    }

    /// Those with a name are elements, all others keys of one.
    void add_actions(const Node& actions) {
        Node nameless = Node::list();
        for (const Node& action : actions.items) {
            const Entry* name = action.is_map() ? action.find("name") : nullptr;
            if (name == nullptr || !name->value.is_scalar()) {
                nameless.items.push_back(action);
                continue;
            }
            Node own = action;
            std::erase_if(own.entries, [](const Entry& entry) { return entry.key == "name"; });
            ScenarioElement element{"action", name->value.text, {}};
            add_keys(own, "", element.keys);
            add(std::move(element));
        }
        if (!nameless.items.empty()) add_whole("actions", nameless);
    }

    /// What has no name of its own; each item of a list is a key.
    void add_whole(const std::string& name, const Node& node) {
        ScenarioElement element{name, "", {}};
        if (node.is_list())
            for (const Node& item : node.items) element.keys.add(value_text(item), "");
        else
            add_keys(node, "", element.keys);
        add(std::move(element));
    }

    std::vector<ScenarioElement> elements_;
    std::map<std::pair<std::string, std::string>, std::size_t> by_name_;
};

ElementDifference whole(const ScenarioElement& element, ElementDifference::Kind kind) {
    ElementDifference difference{kind, element.type, element.name, {}};
    for (const auto& [key, value] : element.keys.values) {
        KeyDifference& one = difference.keys.emplace_back(KeyDifference{key, {}, {}});
        (kind == ElementDifference::Kind::added ? one.to : one.from) = value;
    }
    return difference;
}

/// Elements that are named, of those that moved.
constexpr std::size_t most_named = 3;

std::string moved_text(const ElementDifference& element) {
    std::string text = element.type + (element.name.empty() ? "" : " " + element.name);
    if (element.kind == ElementDifference::Kind::added) return text + " (added)";
    if (element.kind == ElementDifference::Kind::removed) return text + " (removed)";
    const KeyDifference& key = element.keys.front();
    return fmt::format("{} ({}{}{} -> {}{})", text, key.key, key.key.empty() ? "" : " ",
                       key.from.value_or("none"), key.to.value_or("none"),
                       element.keys.size() > 1 ? ", ..." : "");
}

}  // namespace

std::vector<ElementDifference> differences(const std::string& from, const std::string& to) {
    const ScenarioElements before(from), after(to);
    std::vector<ElementDifference> all;
    for (const ScenarioElement& old : before.all()) {
        const ScenarioElement* now = after.find(old);
        if (now == nullptr) {
            all.push_back(whole(old, ElementDifference::Kind::removed));
            continue;
        }
        ElementDifference difference{ElementDifference::Kind::changed, old.type, old.name, {}};
        for (const auto& [key, value] : old.keys.values) {
            const auto other = now->keys.by_key.find(key);
            if (other == now->keys.by_key.end())
                difference.keys.push_back({key, value, std::nullopt});
            else if (other->second != value)
                difference.keys.push_back({key, value, other->second});
        }
        for (const auto& [key, value] : now->keys.values)
            if (!old.keys.by_key.contains(key)) difference.keys.push_back({key, std::nullopt, value});
        if (!difference.keys.empty()) all.push_back(std::move(difference));
    }
    for (const ScenarioElement& now : after.all())
        if (before.find(now) == nullptr) all.push_back(whole(now, ElementDifference::Kind::added));
    return all;
}

std::string what_moved(const std::string& from, const std::string& to) {
    const auto all = differences(from, to);
    std::vector<std::string> named;
    for (std::size_t i = 0; i < all.size() && i < most_named; ++i) named.push_back(moved_text(all[i]));
    if (all.size() > most_named) named.push_back(fmt::format("{} more", all.size() - most_named));
    return all.empty() ? "nothing but its number" : fmt::format("{}", fmt::join(named, ", "));
}

}  // namespace understudy::formats
