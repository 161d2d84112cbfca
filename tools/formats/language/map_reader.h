// One map of a document, read against its place in the key table.
//
// The constructor reports unknown keys and required keys that are missing;
// the typed readers convert one key each, report what is wrong with it, and leave their target (the default)
// alone if it is absent or wrong. So a reading function is a list of keys, and all errors of a file come at
// once. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/time.h"
#include "models/law.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/laws.h"

namespace understudy::formats {

/// What all readers of one scenario share.
struct Reading {
    Diagnostics& out;
    std::map<std::string, Dimension, std::less<>> fields;  ///< of the items
    std::string currency;
    std::function<LogColumn(std::string_view, std::string_view)> column;

    explicit Reading(Diagnostics& diagnostics) : out(diagnostics) {}

    void error(const Node& node, const std::string& message, const std::string& hint = "") {
        out.error(node.place, message, hint);
    }
    void fault(const Node& node, const Fault& fault) {
        out.error(node.at(fault.offset), fault.what(), fault.hint);
    }
    /// Calls `read`; a Fault is reported at its place within the node's text.
    template <class Read>
    bool guarded(const Node& node, Read&& read) {
        try {
            read();
            return true;
        } catch (const Fault& problem) {
            fault(node, problem);
            return false;
        }
    }
    LawContext laws() const { return {&fields, column}; }
    /// Remembers the file's currency; Fault if `currency_of_value` is another.
    void use_currency(const std::string& currency_of_value, std::string_view text);
};

class MapReader {
public:
    /// `where`: the place of the map's own key, for what is missing in it.
    MapReader(Reading& reading, const Node& node, std::string_view place, Place where);

    /// The node is a map; otherwise that has been reported and nothing is found in it.
    bool ok() const { return node_.is_map(); }
    /// The value of a key that is present, or null.
    const Node* find(std::string_view key) const;
    bool has(std::string_view key) const { return find(key) != nullptr; }
    Place where() const { return where_; }
    Reading& reading() { return reading_; }
    const Node& node() const { return node_; }

    void text(std::string_view key, std::string& into);
    void texts(std::string_view key, std::vector<std::string>& into);
    void name(std::string_view key, std::string& into);
    void names(std::string_view key, std::vector<std::string>& into);
    void flag(std::string_view key, bool& into);
    void count(std::string_view key, std::int64_t& into, std::int64_t least = 0);
    void number(std::string_view key, double& into);
    void number(std::string_view key, std::optional<double>& into);
    void duration(std::string_view key, kernel::Time& into);
    void duration(std::string_view key, std::optional<kernel::Time>& into);
    void size(std::string_view key, std::int64_t& into);
    void share(std::string_view key, double& into);
    /// Over time, or for what is worked on.
    void cost(std::string_view key, double& per_second, double& per_byte);
    void law(std::string_view key, models::Law& into);
    /// The choice's number in the table's order, which is that of the enumeration it fills.
    std::optional<std::size_t> choice(std::string_view key);
    template <class Enumeration>
    void choice(std::string_view key, Enumeration& into) {
        if (const auto index = choice(key)) into = static_cast<Enumeration>(*index);
    }
    /// A scalar under `key`; reports anything else and gives null.
    const Node* scalar(std::string_view key);

private:
    const Key& row(std::string_view key) const;

    Reading& reading_;
    const Node& node_;
    const KeyPlace& place_;
    Place where_;
};

/// Whether `node` is one value; reports otherwise what `key` takes.
bool require_scalar(Reading& reading, const Node& node, std::string_view key, std::string_view example);
/// A name for something that is referred to; `exit` is allowed where `allow_exit`.
bool require_name(Reading& reading, const Node& node, bool allow_exit = false);
/// A word of the language that nothing can be called.
bool is_reserved(std::string_view name);
/// A name that is declared: legal and not reserved.
bool require_declared_name(Diagnostics& out, const std::string& name, Place place, bool dots = false);
/// A law for a structured value: text, or `{phase_type: {...}}`.
bool read_law_node(Reading& reading, const Node& node, std::string_view key,
                   std::optional<Dimension> expected, ReadLaw& into);
/// "a list", "a map", "'x'": what stands there instead.
std::string shown(const Node& node);

}  // namespace understudy::formats
