// A YAML document as the scenario language sees it: text, lists and maps with places, and nothing guessed.
//
// read_document refuses what makes YAML files mean different things to different readers: duplicate keys,
// anchors, aliases, merge keys, tags, several documents, tabs, empty values, wrong UTF-8, files over 64 MiB,
// nesting over 32. Each is reported with its place; where YAML itself cannot be read, one error is. A Node is
// a plain value: edits (overrides, parameters, defaults of pipelines) change copies before anything reads
// them. Thread safety: values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/formats/language/diagnostics.h"

namespace understudy::formats {

struct Entry;

struct Node {
    enum class Kind { scalar, list, map };
    Kind kind = Kind::scalar;
    Place place;
    std::string text;     ///< of a scalar, as written; escapes of double quotes resolved
    bool quoted = false;  ///< not a plain scalar
    bool exact =
        true;  ///< columns inside the text can be counted from `place` (one line, nothing substituted)
    bool is_default = false;     ///< came from a pipeline's `defaults`
    bool block = false;          ///< a list or map on lines of its own, not in brackets; for writing
    std::vector<Node> items;     ///< of a list
    std::vector<Entry> entries;  ///< of a map, in the file's order, keys unique

    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }
    /// The entry of a map, or null. Linear; maps of thousands of entries are walked, not searched.
    const Entry* find(std::string_view key) const;
    Entry* find(std::string_view key);
    /// The entry that a path with dots leads to or through: of those whose key it is, or begins with before a dot, the longest.
    const Entry* find_along(std::string_view path) const;
    Entry* find_along(std::string_view path);
    /// Where byte `offset` of the text stands.
    Place at(std::size_t offset) const;

    static Node scalar(std::string text);
    static Node list(std::vector<Node> items = {});
    static Node map();
    /// A list of scalars, in the order of what they are taken from.
    template <class Texts = std::vector<std::string>>
    static Node texts(const Texts& texts) {
        Node node = list();
        for (const std::string& text : texts) node.items.push_back(scalar(text));
        return node;
    }
    /// Appends an entry to a map.
    void add(std::string key, Node value);
    /// A scalar; nothing where the text is empty.
    void add_text(std::string key, const std::string& text);
};

struct Entry {
    std::string key;
    Place place;
    Node value;
};

/// Errors go to `out`. The root is an empty map where nothing could be read. `source` is the number of the
/// text within `out` (see Diagnostics::add_source).
Node read_document(std::string_view text, Diagnostics& out, int source = 0);

/// Whether the text in quotes that begins at `start` of a YAML text ends; yes where no quote stands there. yaml-cpp takes the
/// end of the file for the end of a quote.
bool is_quote_closed(std::string_view text, std::size_t start);

/// YAML that reads back to the same tree. Comments are not kept.
std::string write_document(const Node& root);
/// One value on one line, as inside braces.
std::string write_flow(const Node& node);

}  // namespace understudy::formats
