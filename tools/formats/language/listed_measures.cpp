#include "tools/formats/language/listed_measures.h"

#include <fmt/format.h>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/suggestions.h"

namespace understudy::formats {

namespace {

constexpr const char* lists[] = {"objectives", "measures"};

/// The measure in its one spelling; nothing where it has a mistake, which its reader tells, or a parameter.
std::optional<std::string> plain_measure(std::string_view text) {
    std::string currency;
    try {
        return print_measure(read_objective(text, currency).measure);
    } catch (const Fault&) {
    }
    try {
        return print_measure(read_measure(text));
    } catch (const Fault&) {
        return std::nullopt;
    }
}

/// With its limit, if it has one.
std::string plain_text(std::string_view text) {
    std::string currency;
    try {
        const models::Objective objective = read_objective(text, currency);
        return print_objective(objective, currency);
    } catch (const Fault&) {
    }
    if (const auto measure = plain_measure(text)) return *measure;
    std::string plain;
    for (const char c : text)
        if (c != ' ') plain += c;
    return plain;
}

/// Calls `look` with each list that is one, until it returns true.
template <class Look>
void each_list(Node& root, Look&& look) {
    for (const char* name : lists) {
        Entry* entry = root.is_map() ? root.find(name) : nullptr;
        if (entry != nullptr && entry->value.is_list() && look(entry->value)) return;
    }
}

}  // namespace

bool names_measure(std::string_view text) {
    const std::size_t open = text.find('(');
    return open != std::string_view::npos && open > 0 && text[open - 1] != '$';
}

bool same_measured_text(std::string_view a, std::string_view b) { return plain_text(a) == plain_text(b); }

std::optional<ListedMeasure> listed_measure(Node& root, std::string_view text) {
    const std::string wanted = plain_text(text);
    std::optional<ListedMeasure> found;
    each_list(root, [&](Node& list) {
        for (std::size_t i = 0; i < list.items.size() && !found; ++i)
            if (list.items[i].is_scalar() && plain_text(list.items[i].text) == wanted)
                found = ListedMeasure{&list, i};
        return found.has_value();
    });
    return found;
}

std::string instead_of_measure(Node& root, const std::string& text) {
    const auto wanted = plain_measure(text);
    std::vector<std::string> texts;
    std::string same;
    each_list(root, [&](Node& list) {
        for (const Node& item : list.items) {
            if (!item.is_scalar()) continue;
            texts.push_back(item.text);
            if (same.empty() && wanted && plain_measure(item.text) == wanted) same = item.text;
        }
        return false;
    });
    if (!same.empty()) return fmt::format("there is '{}'", same);
    const std::string near = nearest(text, texts);
    return near.empty() ? "" : fmt::format("did you mean '{}'?", near);
}

void take_away(Node& root, const ListedMeasure& one) {
    Node* list = one.list;
    list->items.erase(list->items.begin() + static_cast<std::ptrdiff_t>(one.index));
    if (!list->items.empty()) return;
    std::erase_if(root.entries, [&](const Entry& entry) { return &entry.value == list; });
}

}  // namespace understudy::formats
