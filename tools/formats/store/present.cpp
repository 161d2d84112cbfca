#include "tools/formats/store/present.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tools/formats/language/document.h"
#include "tools/formats/language/document_names.h"
#include "tools/formats/language/document_state.h"
#include "tools/formats/language/values.h"
#include "tools/formats/language/write_state.h"
#include "tools/formats/store/version_content.h"
#include "tools/formats/store/version_diff.h"

namespace understudy::formats {

namespace {

constexpr std::string_view state_keys[] = {"state", "as_of"};

/// The value under a key of a map, which stays where it was; null: none.
void put(Node& map, std::string_view key, const Node* value) {
    if (value == nullptr)
        std::erase_if(map.entries, [&](const Entry& entry) { return entry.key == key; });
    else if (Entry* known = map.find(key))
        known->value = *value;
    else
        map.add(std::string(key), *value);
}

/// The twin's `state` and `as_of` are those of the map, as far as it has them.
void put_state(Node& root, const Node& from) {
    Entry* twin = root.find("twin");
    if (twin == nullptr || !twin->value.is_map()) return;
    for (const std::string_view key : state_keys) {
        const Entry* entry = from.find(key);
        put(twin->value, key, entry == nullptr ? nullptr : &entry->value);
    }
}

Node state_of(const Node& root) {
    const Entry* twin = root.find("twin");
    Node state = Node::map();
    if (twin != nullptr && twin->value.is_map())
        for (const std::string_view key : state_keys)
            if (const Entry* entry = twin->value.find(key)) state.add(std::string(key), entry->value);
    return state;
}

/// The same by the names that things have in another document.
Node state_of(const Node& root, const Node& other) {
    Node state = state_of(root);
    Entry* written = state.find("state");
    const studies::Counterparts names = counterparts_of(root, other);
    const auto known = names.empty() || written == nullptr ? std::nullopt : state_of_document(root);
    if (!known) return state;
    Node renamed = state_node(names.in_candidate(*known));
    // As it was written, where nothing in it has another name.
    if (write_flow(renamed) != write_flow(state_node(*known))) written->value = std::move(renamed);
    return state;
}

/// Empty where there is none, or it is none that could be.
std::string start_of(const Node& root) {
    const Entry* run = root.find("run");
    const Entry* start = run != nullptr && run->value.is_map() ? run->value.find("start") : nullptr;
    return start != nullptr && start->value.is_scalar() ? start->value.text : "";
}

void put_start(Node& root, const std::string& start) {
    Entry* run = root.find("run");
    if (run == nullptr) {
        if (start.empty()) return;
        root.add("run", Node::map());
        run = root.find("run");
    }
    if (!run->value.is_map()) return;
    const Node value = Node::scalar(start);
    put(run->value, "start", start.empty() ? nullptr : &value);
}

Node document_of(const std::string& text) {
    Diagnostics none;
    return read_document(text, none);
}

/// What is left of it without its present; `starts`: with the start of its run.
std::string without_present(const std::string& text, bool starts) {
    Node root = document_of(text);
    put_state(root, Node::map());
    if (!starts) {
        put_start(root, "");
        std::erase_if(root.entries, [](const Entry& entry) {
            return entry.key == "run" && entry.value.is_map() && entry.value.entries.empty();
        });
    }
    return laid_out(std::move(root));
}

/// Elements by name.
std::string in_order(models::InitialState state) {
    std::sort(state.elements.begin(), state.elements.end(),
              [](const auto& a, const auto& b) { return a.element < b.element; });
    return print_duration(state.as_of) + " " + write_flow(state_node(state));
}

}  // namespace

std::string with_state(const std::string& text, const models::InitialState& state) {
    Node from = Node::map();
    if (!state.elements.empty()) from.add("state", state_node(state));
    if (state.as_of > 0) from.add("as_of", Node::scalar(print_duration(state.as_of)));
    Node root = document_of(text);
    put_state(root, from);
    return laid_out(std::move(root));
}

std::string state_in(const std::string& text) {
    const Node state = state_of(document_of(text));
    return state.entries.empty() ? "" : write_document(state);
}

std::string with_start(const std::string& text, const std::string& start) {
    Node root = document_of(text);
    put_start(root, start);
    return laid_out(std::move(root));
}

std::string with_present_of(const std::string& text, const std::string& other) {
    Node root = document_of(text);
    const Node from = document_of(other);
    const Node state = state_of(from, root);
    put_state(root, state);
    if (!state.entries.empty()) put_start(root, start_of(from));
    return laid_out(std::move(root));
}

bool same_state(const std::string& text, const std::string& other) {
    const Node one = document_of(text), two = document_of(other);
    const auto first = state_of_document(one), second = state_of_document(two);
    if (!first || !second) return write_flow(state_of(one)) == write_flow(state_of(two));
    return in_order(*first) == in_order(counterparts_of(two, one).in_candidate(*second));
}

bool same_but_for_the_present(const std::string& text, const std::string& other) {
    // When a run without a state starts is what it is about.
    const bool starts = state_in(text).empty() && state_in(other).empty();
    const std::string one = without_present(text, starts), two = without_present(other, starts);
    return one == two || differences(one, two).empty();
}

bool moves_the_present(const std::string& before, const std::string& made) {
    return !same_state(made, before) || start_of(document_of(before)) != start_of(document_of(made));
}

std::optional<std::string> made_of_latest(const std::string& before, const std::string& made,
                                          const std::string& latest) {
    if (before == latest) return made;
    if (moves_the_present(before, made) || !same_but_for_the_present(before, latest)) return std::nullopt;
    return with_present_of(made, latest);
}

}  // namespace understudy::formats
