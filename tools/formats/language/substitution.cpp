#include "tools/formats/language/substitution.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "models/users.h"
#include "tools/formats/language/assignment.h"
#include "tools/formats/language/multiplied.h"
#include "tools/formats/language/multiplied_value.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

/// As it stands after --set.
std::string without_origin(const std::string& override) {
    return override.starts_with(from_environment) ? override.substr(from_environment.size()) : override;
}

class Override {
public:
    Override(const std::string& text, Diagnostics& out)
        : text_(without_origin(text)),
          out_(out),
          source_(out.add_source(text.starts_with(from_environment) ? text : "--set " + text)) {}

    std::optional<ReadOverride> read() {
        const std::size_t equals = text_.find('=');
        if (equals == std::string::npos || equals == 0) {
            error(fmt::format("'{}' sets nothing", text_), "write NAME.key=VALUE, such as 'spark.workers=9'");
            return std::nullopt;
        }
        const std::string path = text_.substr(0, equals), value_text = text_.substr(equals + 1);
        if (value_text.empty()) {
            error(fmt::format("'{}' has no value", path), fmt::format("such as '{}=9'", path));
            return std::nullopt;
        }
        std::optional<Node> value = parse_value(value_text);
        if (!value) return std::nullopt;
        return ReadOverride{path, std::move(*value), {0, 0, source_}};
    }

    void apply(Node& root, std::vector<LoadMultiple>& multiples) {
        auto read_as = read();
        if (!read_as) return;
        auto& [path, value, where] = *read_as;
        const bool scalar = value.is_scalar();
        if (scalar && is_load_multiple(root, path, value.text)) {
            multiples.push_back({path, value.text, where});
            return;
        }
        if (path == "actions+") return add_action(root, std::move(value));
        if (const auto factor = scalar ? factor_in(value.text) : std::nullopt)
            return assign_multiplied(root, path, std::move(value), *factor, where, Assigned::override, out_);
        assign(root, path, std::move(value), where, Assigned::override, out_);
    }

private:
    void error(const std::string& message, const std::string& hint = "") {
        out_.error({0, 0, source_}, message, hint);
    }

    void add_action(Node& root, Node action) {
        if (!action.is_map()) {
            error("an action is a map", "such as 'actions+={at: 6h, for: 2h, set: load, to: 5x}'");
            return;
        }
        Entry* actions = root.find("actions");
        if (actions == nullptr) {
            root.entries.push_back({"actions", {0, 0, source_}, Node::list()});
            actions = &root.entries.back();
            actions->value.place.source = source_;
        }
        if (actions->value.is_list()) actions->value.items.push_back(std::move(action));
    }

    std::optional<Node> parse_value(const std::string& text) {
        if (text[0] != '{' && text[0] != '[' && text[0] != '"' && text[0] != '\'') {
            Node node = Node::scalar(text);
            node.place.source = source_;
            return node;
        }
        const std::size_t before = out_.errors();
        Node node = read_document(text, out_, source_);
        if (out_.errors() > before) return std::nullopt;
        return node;
    }

    std::string text_;
    Diagnostics& out_;
    int source_;
};

/// One that multiplies what loads bring.
class Multiple {
public:
    Multiple(Node& root, const LoadMultiple& multiple, Diagnostics& out)
        : root_(root), path_(multiple.path), value_(multiple.value), place_(multiple.place), out_(out) {}

    void apply() {
        factor_ = *factor_in(value_);
        if (!(factor_ > 0)) {
            error("0x brings nothing", fmt::format("such as '{}=1.5x'", path_));
            return;
        }
        if (path_ != all_loads) {
            std::string key;
            const std::vector<Target> targets = targets_of(root_);
            const Target* target = resolve(targets, path_, key);
            if (target == nullptr) return error(fmt::format("nothing is called '{}'", path_));
            raise(const_cast<Node&>(*target->node), key, false);  // root_ is ours to edit
            return;
        }
        Entry* loads = root_.find("load");
        if (loads == nullptr || !loads->value.is_map()) {
            error("there is no load to multiply");
            return;
        }
        bool any = false;
        for (Entry& load : loads->value.entries)
            any = (load.value.is_map() &&
                   (raise(load.value, "arrivals", true) || raise(load.value, "users", true))) ||
                  any;
        if (!any)
            error("there is no load to multiply", "'saturated' always has one more, however many they are");
    }

private:
    void error(const std::string& message, const std::string& hint = "") {
        out_.error(place_, message, hint);
    }

    /// False where there is nothing of that key, or, `if_any`, nothing that can be multiplied.
    bool raise(Node& load, const std::string& key, bool if_any) {
        Entry* entry = load.is_map() ? load.find(key) : nullptr;
        if (entry == nullptr) {
            if (!if_any) error(fmt::format("there are no '{}' to multiply", key));
            return false;
        }
        Node& value = entry->value;
        if (value.is_map()) {
            raise_states(value);
        } else if (value.is_scalar() && key == "users") {
            try {
                const std::int64_t users = read_count(value.text);
                set(value, print_count(models::multiple_of_users(users, factor_)));
            } catch (const Fault&) {
                // An error of the file, reported there.
            }
        } else if (value.is_scalar()) {
            const Tokens words(value.text);
            const auto before = factor_in(words.peek().text);
            if (words.peek(before ? 1 : 0).text == "saturated" && if_any) return false;
            const std::string base = before ? value.text.substr(words.peek(1).offset) : value.text;
            set(value, print_quantity(before.value_or(1) * factor_, Dimension::factor) + " " + base);
        }
        return true;
    }

    void raise_states(Node& arrivals) {
        Entry* states = arrivals.find("states");
        if (states == nullptr || !states->value.is_map()) return;
        for (Entry& state : states->value.entries) {
            Entry* rate = state.value.is_map() ? state.value.find("rate") : nullptr;
            if (rate == nullptr || !rate->value.is_scalar()) continue;
            try {
                const double value = read_quantity(rate->value.text, Dimension::rate).value;
                set(rate->value, print_quantity(value * factor_, Dimension::rate));
            } catch (const Fault&) {
                // An error of the file, reported there.
            }
        }
    }

    void set(Node& value, std::string text) {
        value.text = std::move(text);
        value.exact = false;
        value.quoted = false;
        value.place = place_;
    }

    Node& root_;
    const std::string &path_, &value_;
    Place place_;
    Diagnostics& out_;
    double factor_ = 1;
};

class Substitution {
public:
    /// `at_their_places`: a value that is a parameter and nothing else has the parameter's place from then on, as it has
    /// in any case where that is not in the same file.
    Substitution(const std::map<std::string, Node>& values, bool at_their_places, Diagnostics& out)
        : values_(values), at_their_places_(at_their_places), out_(out) {}

    void substitute(Node& node) {
        if (node.is_scalar()) {
            substitute_text(node);
            return;
        }
        for (Node& item : node.items) substitute(item);
        for (Entry& entry : node.entries) {
            if (entry.key.find("$(") != std::string::npos)
                out_.error(entry.place, fmt::format("a parameter in the key '{}'", entry.key),
                           "parameters stand in values only");
            substitute(entry.value);
        }
    }

    bool used(const std::string& name) const { return used_.contains(name); }

private:
    void substitute_text(Node& node) {
        std::size_t start = node.text.find("$(");
        if (start == std::string::npos) return;
        std::string result = node.text.substr(0, start);
        bool known = true;
        while (start != std::string::npos) {
            const std::size_t end = node.text.find(')', start);
            if (end == std::string::npos) {
                out_.error(node.at(start), "'$(' is not closed", "write '$(NAME)'");
                forget(node);
                return;
            }
            const std::string name = node.text.substr(start + 2, end - start - 2);
            const auto found = values_.find(name);
            if (found == values_.end()) {
                known = false;
                std::vector<std::string> names;
                for (const auto& [other, value] : values_) names.push_back(other);
                const std::string hint = did_you_mean(name, names);
                out_.error(node.at(start), fmt::format("no parameter is called '{}'", name),
                           hint.empty() ? fmt::format("declare it: 'parameters: {{{}: ...}}'",
                                                      name.empty() ? "NAME" : name)
                                        : hint);
            } else {
                used_.insert(name);
                result += found->second.text;
            }
            start = node.text.find("$(", end);
            result +=
                node.text.substr(end + 1, start == std::string::npos ? std::string::npos : start - end - 1);
            if (result.size() > 100000) {
                out_.error(node.place, "the value becomes too long", "parameters are short values");
                return;
            }
        }
        // What a parameter alone stands for is told where its value is given, in a template or from outside of the file.
        const bool whole =
            known && node.text.starts_with("$(") && node.text.find(')') + 1 == node.text.size();
        if (whole) {
            const Place& given = values_.at(node.text.substr(2, node.text.size() - 3)).place;
            if (at_their_places_ || given.source != node.place.source) node.place = given;
        }
        node.text = result;
        node.exact = false;
        if (!known) forget(node);
    }

    /// What stands for a value whose error has been reported.
    static void forget(Node& node) {
        node.text.clear();
        node.quoted = false;
    }

    const std::map<std::string, Node>& values_;
    bool at_their_places_;
    Diagnostics& out_;
    std::set<std::string> used_;
};

}  // namespace

bool is_load_multiple(const Node& root, const std::string& path, const std::string& value) {
    if (!factor_in(value)) return false;
    if (path == all_loads) {
        const Entry* parameters = root.find("parameters");
        return parameters == nullptr || parameters->value.find(all_loads) == nullptr;
    }
    std::string key;
    const std::vector<Target> targets = targets_of(root);
    const Target* target = resolve(targets, path, key);
    return target != nullptr && target->place == "load" && (key == "arrivals" || key == "users");
}

void apply_overrides(Node& root, const std::vector<std::string>& overrides,
                     std::vector<LoadMultiple>& multiples, Diagnostics& out) {
    if (!root.is_map()) return;
    for (const std::string& text : overrides) Override(text, out).apply(root, multiples);
}

std::string path_of_override(const std::string& override) {
    const std::string text = without_origin(override);
    return text.substr(0, text.find('='));
}

std::optional<ReadOverride> read_override(const std::string& override, Diagnostics& out) {
    return Override(override, out).read();
}

void apply_multiples(Node& root, const std::vector<LoadMultiple>& multiples, Diagnostics& out) {
    for (const LoadMultiple& multiple : multiples) Multiple(root, multiple, out).apply();
}

void substitute_parameters(Node& root, Diagnostics& out) {
    if (!root.is_map()) return;
    std::map<std::string, Node> values;
    Reading reading(out);
    std::vector<std::pair<std::string, Place>> order;
    if (Entry* section = root.find("parameters")) {
        if (!section->value.is_map()) {
            if (!section->value.is_scalar() || !section->value.text.empty())
                out.error(section->value.place, "'parameters' takes a map", "such as '{partitions: 12}'");
        } else {
            for (const Entry& entry : section->value.entries) {
                if (!require_declared_name(reading.out, entry.key, entry.place)) continue;
                if (!require_scalar(reading, entry.value, entry.key, "12")) continue;
                if (entry.value.text.find("$(") != std::string::npos)
                    out.error(entry.value.place, "a parameter made of another parameter", "write its value");
                values.emplace(entry.key, entry.value);
                order.emplace_back(entry.key, entry.place);
            }
        }
        std::erase_if(root.entries, [](const Entry& entry) { return entry.key == "parameters"; });
    }
    Substitution substitution(values, false, out);
    substitution.substitute(root);
    for (const auto& [name, place] : order)
        if (!substitution.used(name))
            out.warning(place, fmt::format("parameter '{}' is not used", name),
                        fmt::format("write $({}) where it belongs, or remove it", name));
}

void substitute_values(Node& root, const std::map<std::string, Node>& values, Diagnostics& out) {
    Substitution(values, true, out).substitute(root);
}

std::string plain_path(std::string path) {
    constexpr std::string_view fields = ".fields";
    if (const auto at = path.find(".fields."); at != std::string::npos) path.erase(at, fields.size());
    return path;
}

bool lies_in(const std::string& path, const std::string& whole) {
    return (plain_path(path) + ".").starts_with(plain_path(whole) + ".");
}

bool overlap(const std::string& one, const std::string& other) {
    return lies_in(one, other) || lies_in(other, one);
}

}  // namespace understudy::formats
