#include "tools/formats/language/multiplied_value.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/formats/language/keys.h"
#include "tools/formats/language/multiplied.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/tokens.h"

namespace understudy::formats {

namespace {

/// The word behind its name, in the text of a law.
std::optional<std::string> law_parameter(const std::string& law, const std::string& name) {
    const Tokens words(law);
    for (std::size_t i = 0; !words.peek(i).text.empty(); ++i)
        if (words.peek(i).text == name && words.peek(i + 1).word) return std::string(words.peek(i + 1).text);
    return std::nullopt;
}

const Node* map_at(const Node& parent, std::string_view key) {
    const Entry* entry = parent.is_map() ? parent.find(key) : nullptr;
    return entry != nullptr && entry->value.is_map() ? &entry->value : nullptr;
}

/// What tasks of the pipeline have that do not say otherwise.
const Node* defaults_of(const Node& root, const std::string& pipeline) {
    const Node* twin = map_at(root, "twin");
    const Node* pipelines = twin == nullptr ? nullptr : map_at(*twin, "pipelines");
    const Node* one = pipelines == nullptr ? nullptr : map_at(*pipelines, pipeline);
    return one == nullptr ? nullptr : map_at(*one, "defaults");
}

/// What stands at a path: of a key, of a parameter of a law, or of a parameter of the scenario. Nothing where nothing does.
std::optional<std::string> written_at(const Node& root, const std::string& path) {
    std::string key;
    const std::vector<Target> targets = targets_of(root);
    const Target* target = resolve(targets, path, key);
    if (target == nullptr && path.starts_with("run.")) {
        const Node* run = map_at(root, "run");
        const Entry* one = run == nullptr ? nullptr : run->find(path.substr(4));
        return one == nullptr || !one->value.is_scalar() ? std::nullopt : std::optional(one->value.text);
    }
    if (target == nullptr) {
        const Entry* parameters = root.find("parameters");
        const Entry* one = parameters == nullptr ? nullptr : parameters->value.find(path);
        return one == nullptr || !one->value.is_scalar() ? std::nullopt : std::optional(one->value.text);
    }
    const Node* node = target->node;
    const std::string head = key.substr(0, key.find('.'));
    const Key* known = place_named(target->place).find(head);
    if (known != nullptr && known->takes == Takes::text) return std::nullopt;  // for people
    // `3x` is a value of these.
    if ((target->place == "action" && head == "to") || target->place == "profile") return std::nullopt;
    if (node->is_map() && node->find(head) == nullptr) {
        if (const Node* fields = map_at(*node, "fields"); fields != nullptr && fields->find(head) != nullptr)
            node = fields;
        else if (target->place == "task")
            if (const Node* defaults = defaults_of(root, target->name.substr(0, target->name.rfind('.'))))
                node = defaults;
    }
    while (!key.empty()) {
        const std::size_t dot = key.find('.');
        if (node->is_scalar())
            return dot == std::string::npos ? law_parameter(node->text, key) : std::nullopt;
        const Entry* entry = node->is_map() ? node->find(key.substr(0, dot)) : nullptr;
        if (entry == nullptr) return std::nullopt;
        node = &entry->value;
        key = dot == std::string::npos ? "" : key.substr(dot + 1);
    }
    return node->is_scalar() ? std::optional(node->text) : std::nullopt;
}

}  // namespace

void assign_multiplied(Node& root, const std::string& path, Node value, double factor, Place where,
                       Assigned by, Diagnostics& out) {
    const std::optional<std::string> before = written_at(root, path);
    if (before && before->find("$(") != std::string::npos) {
        const std::string parameter = before->substr(2, before->find(')') - 2);
        out.error(where, fmt::format("'{}' is {}, a parameter", path, *before),
                  by == Assigned::override
                      ? fmt::format("multiply that: '{}={}'", parameter, value.text)
                      : fmt::format("multiply that: '{{set: {}, to: {}}}'", parameter, value.text));
        return;
    }
    if (const auto after = before ? multiplied_text(*before, factor) : std::nullopt) {
        value.text = *after;
        value.exact = value.quoted = false;
    }
    assign(root, path, std::move(value), where, by, out);
}

}  // namespace understudy::formats
