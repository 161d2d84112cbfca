// Objectives and measures of a document, found by their own text: what edits of a change name them by.
//
// How a text is spaced and which units it has is no matter: `p(95) latency(clean) < 1800s` is `p(95) latency( clean ) <
// 30min`. Not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// Whether what an edit names is an objective or a measure, not an element, a key or a parameter: it has its metric's
/// parentheses.
bool names_measure(std::string_view text);

/// Whether two texts are of the same objective or measure.
bool same_measured_text(std::string_view a, std::string_view b);

/// One of a list, by where it stands. Into the document that was searched.
struct ListedMeasure {
    Node* list = nullptr;
    std::size_t index = 0;
    Node& node() const { return list->items[index]; }
};
/// Among `objectives` and `measures`.
std::optional<ListedMeasure> listed_measure(Node& root, std::string_view text);

/// What one could have meant that is not among them: texts that measure the same, else the nearest. A hint; may be empty.
std::string instead_of_measure(Node& root, const std::string& text);

/// Takes it away, and its list where that is empty then.
void take_away(Node& root, const ListedMeasure& one);

}  // namespace understudy::formats
