#include "tools/formats/language/map_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/scenario.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

constexpr std::string_view reserved[] = {"load",  "run",  "exit", "unlimited", "all", "end", "true",
                                         "false", "null", "yes",  "no",        "on",  "off"};

std::string such_as(std::string_view example) {
    return example.empty() ? "" : fmt::format(", such as '{}'", example);
}

/// What a key takes, in words.
std::string_view noun_of(Takes takes) {
    switch (takes) {
        case Takes::text: return "a text";
        case Takes::texts: return "a list of texts";
        case Takes::name: return "a name";
        case Takes::names: return "a name or a list of names";
        case Takes::flag: return "true or false";
        case Takes::count: return "a count";
        case Takes::count_or_unlimited: return "a count or 'unlimited'";
        case Takes::number: return "a number";
        case Takes::duration: return "a duration";
        case Takes::size: return "a size";
        case Takes::share:
        case Takes::factor_share: return "a share";
        case Takes::cost: return "a cost per time or size";
        case Takes::bandwidth: return "a bandwidth";
        case Takes::law_duration:
        case Takes::law_number:
        case Takes::law_size:
        case Takes::law_any: return "a law";
        case Takes::choice: return "one word";
        case Takes::schedule: return "a schedule";
        case Takes::condition: return "a condition";
        case Takes::objectives:
        case Takes::measures: return "a list";
        case Takes::instant: return "a date and time";
        case Takes::map:
        case Takes::map_of: return "a map";
        case Takes::list_of: return "a list";
        case Takes::special: return "a value";
    }
    return "a value";
}

std::optional<Dimension> law_dimension(Takes takes) {
    switch (takes) {
        case Takes::law_duration: return Dimension::duration;
        case Takes::law_number: return Dimension::number;
        case Takes::law_size: return Dimension::size;
        default: return std::nullopt;
    }
}

/// Plain scalars that YAML 1.1 reads as something else than text, where we expect text.
std::string misread_as(std::string_view text) {
    std::string small(text);
    for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (small == "yes" || small == "no" || small == "on" || small == "off" || small == "y" || small == "n")
        return "true or false";
    if (small == ".inf" || small == "-.inf" || small == ".nan") return "a number that is not finite";
    const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
    if (!digits) return "";
    const bool numeric = text.find_first_not_of("0123456789_:") == std::string_view::npos;
    if (numeric && text.find(':') != std::string_view::npos) return "a number in base 60";
    if (numeric && text.find('_') != std::string_view::npos) return "a number without the underscore";
    if (small.starts_with("0x") || (text.size() > 1 && text[0] == '0' && numeric))
        return "an octal or hexadecimal number";
    return "";
}

}  // namespace

std::string shown(const Node& node) {
    if (node.is_list()) return "a list";
    if (node.is_map()) return "a map";
    return fmt::format("'{}'", node.text);
}

void Reading::use_currency(const std::string& currency_of_value, std::string_view text) {
    if (currency.empty()) currency = currency_of_value;
    if (currency != currency_of_value)
        throw Fault(0, fmt::format("'{}' is in another currency than the rest of the file", text),
                    fmt::format("use {} throughout", currency));
}

bool require_scalar(Reading& reading, const Node& node, std::string_view key, std::string_view example) {
    if (node.is_scalar()) return !node.text.empty() || node.quoted;
    reading.error(node, fmt::format("'{}' takes one value{}, not {}", key, such_as(example), shown(node)));
    return false;
}

bool require_name(Reading& reading, const Node& node, bool allow_exit) {
    if (!node.is_scalar()) {
        reading.error(node, fmt::format("a name is due here, not {}", shown(node)));
        return false;
    }
    if (node.text.empty()) return false;  // reported by the document
    if (node.text == "exit" && allow_exit) return true;
    if (!is_name(node.text)) {
        const bool comma = node.text.find(',') != std::string::npos;
        std::string joined = node.text;
        std::replace(joined.begin(), joined.end(), ' ', '-');
        reading.error(node, fmt::format("'{}' is not a name", node.text),
                      comma             ? "several names are a list: [a, b]"
                      : is_name(joined) ? fmt::format("a name has no blanks: '{}'", joined)
                                        : "names have letters, digits, _, / and -, and start with a letter");
        return false;
    }
    return true;
}

bool is_reserved(std::string_view name) {
    return std::find(std::begin(reserved), std::end(reserved), name) != std::end(reserved);
}

bool require_declared_name(Diagnostics& out, const std::string& name, Place place, bool dots) {
    if (name.empty()) return false;
    if (is_reserved(name)) {
        out.error(place, fmt::format("'{}' is a word of the language and cannot be a name", name),
                  "choose another name, and put this one into 'label'");
        return false;
    }
    if (!is_name(name) || (!dots && name.find('.') != std::string::npos)) {
        out.error(place, fmt::format("'{}' cannot be a name", name),
                  "names have letters, digits, _, / and -, and start with a letter; what it is "
                  "called elsewhere goes into 'label'");
        return false;
    }
    return true;
}

MapReader::MapReader(Reading& reading, const Node& node, std::string_view place, Place where)
    : reading_(reading), node_(node), place_(place_named(place)), where_(where) {
    if (!node.is_map()) {
        if (!node.is_scalar() || !node.text.empty())
            reading.error(node, fmt::format("{} is written as a map, not {}", place_.noun, shown(node)),
                          fmt::format("such as '{{{}: ...}}'", place_.keys.front().name));
        return;
    }
    for (const Entry& entry : node.entries) {
        const Key* key = place_.find(entry.key);
        if (key == nullptr) {
            // A piece of a law behind a comma, or an empty key: the document has said so.
            if (entry.value.is_scalar() && entry.value.text.empty() && !entry.value.quoted &&
                entry.key.find_first_of("() ") != std::string::npos)
                continue;
            std::string hint = did_you_mean(entry.key, place_.names());
            if (hint.empty() && place_.keys.size() <= 8) {
                hint = fmt::format("{} has", place_.noun);
                for (const Key& known : place_.keys) hint += fmt::format(" '{}'", known.name);
            }
            reading.out.error(entry.place, fmt::format("unknown key '{}'", entry.key), hint);
        }
    }
    for (const Key& key : place_.keys)
        if (key.required && node.find(key.name) == nullptr)
            reading.out.error(
                where.line > 0 || where.source > 0 ? where : node.place,
                fmt::format("{} needs '{}'", place_.noun, key.name),
                key.example.empty() ? "" : fmt::format("such as '{}: {}'", key.name, key.example));
}

const Key& MapReader::row(std::string_view key) const {
    const Key* found = place_.find(key);
    if (found == nullptr) throw std::logic_error(fmt::format("{} has no key {}", place_.name, key));
    return *found;
}

const Node* MapReader::find(std::string_view key) const {
    if (!node_.is_map()) return nullptr;
    const Entry* entry = node_.find(key);
    return entry == nullptr ? nullptr : &entry->value;
}

const Node* MapReader::scalar(std::string_view key) {
    const Node* node = find(key);
    if (node == nullptr) return nullptr;
    if (node->is_scalar()) return node->text.empty() && !node->quoted ? nullptr : node;
    const Key& known = row(key);
    reading_.error(*node, fmt::format("'{}' takes {}{}, not {}", key, noun_of(known.takes),
                                      such_as(known.example), shown(*node)));
    return nullptr;
}

void MapReader::text(std::string_view key, std::string& into) {
    const Node* node = scalar(key);
    if (node == nullptr) return;
    if (const std::string other = node->quoted ? "" : misread_as(node->text); !other.empty()) {
        reading_.error(*node, fmt::format("other YAML tools read {} as {}", node->text, other),
                       fmt::format("write \"{}\"", node->text));
        return;
    }
    into = node->text;
}

void MapReader::texts(std::string_view key, std::vector<std::string>& into) {
    const Node* node = find(key);
    if (node == nullptr) return;
    if (node->is_scalar()) {
        if (!node->text.empty()) into = {node->text};
        return;
    }
    if (!node->is_list()) {
        scalar(key);
        return;
    }
    for (const Node& item : node->items)
        if (require_scalar(reading_, item, key, row(key).example)) into.push_back(item.text);
}

void MapReader::name(std::string_view key, std::string& into) {
    const Node* node = scalar(key);
    if (node != nullptr && require_name(reading_, *node)) into = node->text;
}

void MapReader::names(std::string_view key, std::vector<std::string>& into) {
    const Node* node = find(key);
    if (node == nullptr) return;
    if (node->is_map()) {
        scalar(key);
        return;
    }
    if (node->is_scalar()) {
        if (require_name(reading_, *node)) into = {node->text};
        return;
    }
    if (node->items.empty())
        reading_.error(*node, fmt::format("'{}' is an empty list", key),
                       "name something, or leave the key out");
    for (const Node& item : node->items) {
        if (!require_name(reading_, item)) continue;
        if (std::find(into.begin(), into.end(), item.text) != into.end())
            reading_.error(item, fmt::format("'{}' is listed twice", item.text), "leave one out");
        else
            into.push_back(item.text);
    }
}

void MapReader::flag(std::string_view key, bool& into) {
    const Node* node = scalar(key);
    if (node == nullptr) return;
    if (node->text == "true" || node->text == "false") {
        into = node->text == "true";
        return;
    }
    std::string small = node->text;
    for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool yes = small == "yes" || small == "on" || small == "true" || small == "1",
               no = small == "no" || small == "off" || small == "false" || small == "0";
    reading_.error(*node, fmt::format("'{}' is neither true nor false", node->text),
                   yes  ? "write 'true'"
                   : no ? "write 'false'"
                        : "write 'true' or 'false'");
}

void MapReader::count(std::string_view key, std::int64_t& into, std::int64_t least) {
    const Node* node = scalar(key);
    if (node == nullptr) return;
    reading_.guarded(*node, [&] {
        const std::int64_t value = read_count(node->text, row(key).takes == Takes::count_or_unlimited);
        if (value < least) throw Fault(0, fmt::format("'{}' must be at least {}", key, least));
        into = value;
    });
}

void MapReader::number(std::string_view key, double& into) {
    if (const Node* node = scalar(key)) reading_.guarded(*node, [&] { into = read_number(node->text); });
}

void MapReader::number(std::string_view key, std::optional<double>& into) {
    if (const Node* node = scalar(key)) reading_.guarded(*node, [&] { into = read_number(node->text); });
}

void MapReader::duration(std::string_view key, kernel::Time& into) {
    if (const Node* node = scalar(key)) reading_.guarded(*node, [&] { into = read_duration(node->text); });
}

void MapReader::duration(std::string_view key, std::optional<kernel::Time>& into) {
    if (const Node* node = scalar(key)) reading_.guarded(*node, [&] { into = read_duration(node->text); });
}

void MapReader::size(std::string_view key, std::int64_t& into) {
    if (const Node* node = scalar(key))
        reading_.guarded(*node, [&] {
            const Quantity quantity = read_quantity(node->text, Dimension::size);
            if (!quantity.whole || !quantity.exact)
                throw Fault(0, fmt::format("'{}' is not a whole number of bytes", node->text));
            into = *quantity.exact;
        });
}

void MapReader::share(std::string_view key, double& into) {
    if (const Node* node = scalar(key))
        reading_.guarded(*node,
                         [&] { into = read_share(node->text, 0, row(key).takes == Takes::factor_share); });
}

void MapReader::cost(std::string_view key, double& per_second, double& per_byte) {
    if (const Node* node = scalar(key))
        reading_.guarded(*node, [&] {
            Quantity quantity = read_quantity(node->text);
            const bool price = quantity.dimension == Dimension::price;
            if (!price) quantity = read_quantity(node->text, Dimension::cost);
            reading_.use_currency(quantity.currency, node->text);
            (price ? per_byte : per_second) = quantity.value;
        });
}

void MapReader::law(std::string_view key, models::Law& into) {
    const Node* node = find(key);
    if (node == nullptr) return;
    ReadLaw read;
    if (read_law_node(reading_, *node, key, law_dimension(row(key).takes), read)) into = std::move(read.law);
}

std::optional<std::size_t> MapReader::choice(std::string_view key) {
    const Node* node = scalar(key);
    if (node == nullptr) return std::nullopt;
    const std::vector<std::string_view> choices = choices_of(row(key));
    std::vector<std::string> words;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (choices[i] == node->text) return i;
        words.emplace_back(choices[i]);
    }
    std::string hint = did_you_mean(node->text, words);
    if (hint.empty()) {
        hint = "write ";
        for (std::size_t i = 0; i < words.size(); ++i)
            hint += fmt::format("{}'{}'", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
    }
    reading_.error(*node, fmt::format("'{}' is no value of '{}'", node->text, key), hint);
    return std::nullopt;
}

}  // namespace understudy::formats
