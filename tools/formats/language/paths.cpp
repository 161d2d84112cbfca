#include "tools/formats/language/paths.h"

#include <charconv>
#include <string>

#include "tools/formats/language/tokens.h"

namespace understudy::formats {

Place place_of_path(const Node& root, std::string_view path, std::string_view word) {
    const Node* node = &root;
    Place place;
    while (!path.empty()) {
        if (node->is_map()) {
            const Entry* best = nullptr;
            for (const Entry& entry : node->entries) {
                const bool fits = path.starts_with(entry.key) &&
                                  (path.size() == entry.key.size() || path[entry.key.size()] == '.');
                if (fits && (best == nullptr || entry.key.size() > best->key.size())) best = &entry;
            }
            if (best == nullptr) return place;
            place = best->value.is_map() ? best->place : best->value.place;
            node = &best->value;
            path.remove_prefix(best->key.size());
        } else if (node->is_list()) {
            std::size_t index = 0;
            const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), index);
            if (error != std::errc() || index >= node->items.size()) return place;
            node = &node->items[index];
            place = node->place;
            path.remove_prefix(static_cast<std::size_t>(end - path.data()));
        } else {
            return place;
        }
        if (path.starts_with('.')) path.remove_prefix(1);
    }
    if (node->is_scalar() && !word.empty()) {
        const auto part_of_word = [&](std::size_t i) {
            return i < node->text.size() && is_name(std::string("a") + node->text[i]);
        };
        for (std::size_t at = node->text.find(word); at != std::string::npos;
             at = node->text.find(word, at + 1))
            if ((at == 0 || !part_of_word(at - 1)) && !part_of_word(at + word.size())) return node->at(at);
    }
    return place;
}

}  // namespace understudy::formats
