#include "tools/formats/language/unread.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tools/formats/language/tokens.h"

namespace understudy::formats {

namespace {

/// One word of a document: where it starts, the value it is (or is the key of), and the element that has it.
struct Word {
    Place place;
    std::size_t element;
    std::string path;
    const Node* value;
};

auto order(const Place& place) { return std::tuple(place.source, place.line, place.column); }

struct Element {
    std::string path;
    std::string name;
};

/// The elements of a document in its order, and the places of their words.
class Elements {
public:
    explicit Elements(const Node& root) {
        walk(root, "", 0);
        std::stable_sort(words_.begin(), words_.end(),
                         [](const Word& a, const Word& b) { return order(a.place) < order(b.place); });
    }

    /// The last word at or before the place; null if there is none.
    const Word* at(Place place) const {
        auto after =
            std::upper_bound(words_.begin(), words_.end(), place,
                             [](const Place& p, const Word& word) { return order(p) < order(word.place); });
        if (after == words_.begin() || (--after)->place.source != place.source) return nullptr;
        return &*after;
    }
    const Element& of(const Word& word) const { return elements_[word.element]; }

private:
    void walk(const Node& node, const std::string& path, std::size_t element) {
        const bool declares = declares_elements(path);
        for (std::size_t i = 0; i < node.items.size(); ++i)
            step(node.items[i], path + "." + std::to_string(i), "", node.items[i].place, element, declares);
        for (const Entry& entry : node.entries)
            step(entry.value, path.empty() ? entry.key : path + "." + entry.key, entry.key, entry.place,
                 element, declares);
    }

    void step(const Node& node, const std::string& path, const std::string& name, Place place,
              std::size_t element, bool declared) {
        if (declared) {
            element = elements_.size();
            elements_.push_back({path, name});
        }
        words_.push_back({place, element, path, &node});
        words_.push_back({node.place, element, path, &node});
        walk(node, path, element);
    }

    /// Whether what stands directly in this part of the document are elements.
    static bool declares_elements(std::string_view path) {
        constexpr std::string_view sections[] = {"",        "twin",     "load",       "profiles",
                                                 "actions", "measures", "objectives", "parameters"};
        if (std::find(std::begin(sections), std::end(sections), path) != std::end(sections)) return true;
        const auto dots = std::count(path.begin(), path.end(), '.');
        return path.starts_with("twin.") &&
               (dots == 1 || (dots == 3 && path.starts_with("twin.pipelines.") && path.ends_with(".tasks")));
    }

    std::vector<Element> elements_;
    std::vector<Word> words_;
};

void mention(const Node& node, std::set<std::string>& names) {
    const auto part_of_name = [](char c) { return c == '.' || is_name(std::string("a") + c); };
    for (auto start = node.text.begin(); start != node.text.end();) {
        start = std::find_if(start, node.text.end(), part_of_name);
        const auto end = std::find_if_not(start, node.text.end(), part_of_name);
        if (start != end) names.emplace(start, end);
        start = end;
    }
    for (const Node& item : node.items) mention(item, names);
    for (const Entry& entry : node.entries) {
        names.insert(entry.key);
        mention(entry.value, names);
    }
}

}  // namespace

models::Unread unread_parts(const Node& root, const Diagnostics& errors) {
    models::Unread unread;
    if (!errors.has_errors()) return unread;
    const Elements elements(root);
    for (const Diagnostic& diagnostic : errors.all()) {
        if (diagnostic.severity != Diagnostic::Severity::error) continue;
        const Word* word = elements.at(diagnostic.place);
        if (word == nullptr) continue;
        const Element& element = elements.of(*word);
        unread.elements.insert(element.path);
        // What is said at the key of a whole element, such as a key that is missing, is about none of its values.
        const bool whole = word->path == element.path && word->value->is_map();
        if (!whole && !unread.values.insert(word->path).second) continue;
        unread.names.insert(element.name);
        mention(*word->value, unread.names);
    }
    if (root.find("run") == nullptr) unread.elements.insert("run");
    return unread;
}

}  // namespace understudy::formats
