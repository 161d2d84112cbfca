#include "tools/formats/language/assignment.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"

namespace understudy::formats {

namespace {

/// The maps of the top level that an override may name besides elements.
constexpr std::string_view sections[] = {"run"};

class PathAssignment {
public:
    PathAssignment(Node& root, Place where, Assigned by, Diagnostics& out)
        : root_(root), where_(where), by_(by), out_(out) {}

    void apply(const std::string& path, Node value) {
        std::string key;
        if (Node* target = find_target(path, key)) set(*target, key, std::move(value), path);
    }

private:
    void error(const std::string& message, const std::string& hint = "") {
        out_.error(where_, message, hint);
    }

    /// How the whole of it is set.
    std::string example(const std::string& path, const std::string& value) const {
        return by_ == Assigned::override ? fmt::format("{}={}", path, value)
                                         : fmt::format("{{set: {}, to: {}}}", path, value);
    }

    Node* section(Node& parent, std::string_view key) {
        Entry* entry = parent.is_map() ? parent.find(key) : nullptr;
        return entry != nullptr && entry->value.is_map() ? &entry->value : nullptr;
    }

    Node* find_target(const std::string& path, std::string& key) {
        const std::string head = path.substr(0, path.find('.'));
        for (const std::string_view name : sections)
            if (head == name && path.size() > head.size()) {
                if (by_ == Assigned::edit) {
                    error("a change is of the twin and its loads, not of how it is run",
                          "set 'run' in the scenario, or with --set");
                    return nullptr;
                }
                key = path.substr(head.size() + 1);
                if (root_.find(name) == nullptr) root_.add(std::string(name), Node::map());
                return section(root_, name);
            }
        const std::vector<Target> targets = targets_of(root_);
        if (const Target* target = resolve(targets, path, key)) {
            if (!key.empty()) {
                Node& element = const_cast<Node&>(*target->node);  // root_ is ours to edit
                if (target->place == "task") take_default(element, target->name, key);
                return holder_of(element, key);
            }
            error(fmt::format("'{}' names an element, not a key of it", path),
                  fmt::format("write '{}'", example(path + ".KEY", "VALUE")));
            return nullptr;
        }
        std::vector<std::string> names;
        if (by_ == Assigned::override) names.emplace_back("run");
        for (const Target& target : targets) names.push_back(target.name);
        if (Node* parameters = section(root_, "parameters")) {
            if (parameters->find(path) != nullptr) {
                key = path;
                return parameters;
            }
            for (const Entry& entry : parameters->entries) names.push_back(entry.key);
        }
        if (path == all_loads) {
            error("all loads together take a multiple",
                  fmt::format("such as '{}'", example(std::string(all_loads), "1.5x")));
            return nullptr;
        }
        for (const Target& target : targets)
            if (target.name.starts_with(head + "/")) {
                error(fmt::format("'{}' is a part that is in place", head),
                      fmt::format("set keys of its elements, such as '{}'; parameters of an instance are set "
                                  "where its scenario is read, and not on the way or in a stored twin",
                                  example(target.name + ".KEY", "VALUE")));
                return nullptr;
            }
        const std::string hint = did_you_mean(head, names);
        const std::string known = by_ == Assigned::override ? "name an element, a parameter or 'run'"
                                                            : "name an element or a parameter";
        error(fmt::format("nothing is called '{}'", head), hint.empty() ? known : hint);
        return nullptr;
    }

    /// A part of what a task has from the defaults of its pipeline: it gets the whole of it as its own first.
    void take_default(Node& task, const std::string& name, const std::string& key) {
        const std::string head = key.substr(0, key.find('.'));
        if (head == key || !task.is_map() || task.find(head) != nullptr) return;
        Node* twin = section(root_, "twin");
        Node* pipelines = twin == nullptr ? nullptr : section(*twin, "pipelines");
        Node* pipeline =
            pipelines == nullptr ? nullptr : section(*pipelines, name.substr(0, name.rfind('.')));
        Node* defaults = pipeline == nullptr ? nullptr : section(*pipeline, "defaults");
        if (defaults == nullptr) return;
        if (const Entry* entry = defaults->find(head); entry != nullptr) task.entries.push_back(*entry);
    }

    /// The element itself, or the map in it whose entries may be named without it, where the key names one of these and is
    /// none of the element's own: the fields of a load (`acme.work.mean`), the columns of a dataset (`orders.email.type`).
    Node* holder_of(Node& element, const std::string& key) {
        const std::string head = key.substr(0, key.find('.'));
        if (!element.is_map() || element.find(head) != nullptr) return &element;
        for (const char* inner : {"fields", "columns"}) {
            Node* map = section(element, inner);
            if (map != nullptr && map->find_along(key) != nullptr) return map;
        }
        return &element;
    }

    void set(Node& target, const std::string& path, Node value, const std::string& whole) {
        if (!target.is_map()) return;  // an error of the file, reported there
        // The longest key that is there already, so that dotted names of columns work.
        Entry* entry = target.find_along(path);
        const std::string key = entry != nullptr ? entry->key : path.substr(0, path.find('.'));
        if (key.size() == path.size()) {
            if (entry != nullptr) {
                entry->value = std::move(value);
                entry->place = where_;
            } else {
                target.entries.push_back({key, where_, std::move(value)});
            }
            return;
        }
        const std::string rest = path.substr(key.size() + 1);
        if (entry == nullptr) {
            target.entries.push_back({key, where_, Node::map()});
            target.entries.back().value.place = where_;
            set(target.entries.back().value, rest, std::move(value), whole);
        } else if (entry->value.is_map()) {
            set(entry->value, rest, std::move(value), whole);
        } else if (entry->value.is_scalar() && rest.find('.') == std::string::npos) {
            set_in_law(entry->value, rest, value, whole);
        } else {
            error(fmt::format("'{}' has no '{}'", key, rest),
                  fmt::format("set the whole value: '{}'",
                              example(whole.substr(0, whole.size() - rest.size() - 1), "...")));
        }
    }

    /// `service.mean`: replaces the word after the parameter's name, within the law's own text.
    void set_in_law(Node& law, const std::string& parameter, const Node& value, const std::string& whole) {
        const Tokens all(law.text);
        std::optional<Token> found;
        int times = 0;
        for (std::size_t i = 0; !all.peek(i).text.empty(); ++i) {
            if (all.peek(i).text == parameter && all.peek(i + 1).word) {
                found = all.peek(i + 1);
                ++times;
            }
        }
        const std::string element = whole.substr(0, whole.size() - parameter.size() - 1);
        if (times != 1 || !value.is_scalar()) {
            error(times == 0   ? fmt::format("'{}' has no parameter '{}'", law.text, parameter)
                  : times == 1 ? fmt::format("'{}' takes one value", parameter)
                               : fmt::format("'{}' has several parameters '{}'", law.text, parameter),
                  fmt::format("set the whole value: '{}'", example(element, "...")));
            return;
        }
        law.text = law.text.substr(0, found->offset) + value.text +
                   law.text.substr(found->offset + found->text.size());
        law.exact = false;
        law.place = value.place;
    }

    Node& root_;
    Place where_;
    Assigned by_;
    Diagnostics& out_;
};

}  // namespace

void assign(Node& root, const std::string& path, Node value, Place where, Assigned by, Diagnostics& out) {
    PathAssignment(root, where, by, out).apply(path, std::move(value));
}

}  // namespace understudy::formats
