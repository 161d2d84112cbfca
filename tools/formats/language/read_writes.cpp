// Where items go: streams with shares, loads or values beside them.
#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/value_tests.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

/// The values of one attribute that take this way.
void read_values(const Reading& reading, std::string_view text, models::Writes& into,
                 models::Writes::Target& target, Dimension& dimension) {
    ValueTest test = read_value_test(text, reading.fields);
    target.rest = test.attribute.empty();
    if (target.rest) return;
    if (!into.attribute.empty() && into.attribute != test.attribute)
        throw Fault(0, fmt::format("'{}' beside '{}'", test.attribute, into.attribute),
                    "a route goes by one field; divide by the other in a stage of its own");
    into.attribute = std::move(test.attribute);
    target.values = std::move(test.values);
    dimension = test.dimension;
}

/// A stream with its share, with the loads whose items it gets, or with the values. False: its values could not be
/// read; the stream is one all the same, or what reads it would be wrong, too.
bool read_target(Reading& reading, const Entry& entry, models::Writes& into, Dimension& dimension) {
    Node name = Node::scalar(entry.key);
    name.place = entry.place;
    if (!require_name(reading, name, true)) return true;
    models::Writes::Target target{entry.key, 0, {}};
    bool read = true;
    if (into.rule == models::Writes::Rule::by_class) {
        const auto add = [&](const Node& load) {
            if (require_name(reading, load)) target.loads.push_back(load.text);
        };
        if (entry.value.is_list())
            for (const Node& load : entry.value.items) add(load);
        else
            add(entry.value);
    } else if (into.rule == models::Writes::Rule::by_value) {
        read = require_scalar(reading, entry.value, "writes", "{small: token < 500, large: else}") &&
               reading.guarded(entry.value,
                               [&] { read_values(reading, entry.value.text, into, target, dimension); });
    } else if (require_scalar(reading, entry.value, "writes", "{a: 60%, b: 40%}")) {
        if (!reading.guarded(entry.value, [&] { target.share = read_share(entry.value.text); })) return true;
    } else {
        return true;
    }
    into.targets.push_back(std::move(target));
    return read;
}

void arrange(Reading& reading, const Node& node, models::Writes& into, Dimension dimension) {
    if (into.attribute.empty())
        return reading.error(node, "'else' and nothing else", "write the stream alone: 'writes: NAME'");
    for (const ValueProblem& problem : arrange_values(into, dimension))
        reading.error(problem.target < node.entries.size() ? node.entries[problem.target].value : node,
                      problem.message, problem.hint);
}

}  // namespace

void read_writes(MapReader& map, models::Writes& into) {
    using Rule = models::Writes::Rule;
    Reading& reading = map.reading();
    const Node* node = map.find("writes");
    const std::optional<std::size_t> route = map.choice("route");
    const bool mapped = node != nullptr && node->is_map();
    const bool by_value =
        mapped && !route && std::any_of(node->entries.begin(), node->entries.end(), [](const Entry& e) {
            return e.value.is_scalar() && is_value_test(e.value.text);
        });
    if (mapped) into.rule = by_value ? Rule::by_value : Rule::share;
    if (route) {
        into.rule = static_cast<Rule>(*route);
        const bool wants_map =
            into.rule == Rule::share || into.rule == Rule::split || into.rule == Rule::by_class;
        const Node& word = *map.find("route");
        const auto wrong = [&](const std::string& why, const std::string& hint) {
            reading.error(word, fmt::format("'route: {}' {}", word.text, why), hint);
            // How the streams are written says what was meant: no more errors about that.
            into.rule = mapped ? Rule::share : Rule::copy;
        };
        if (node == nullptr || node->is_scalar())
            wrong("with one way to go", "name several streams in 'writes', or leave it out");
        else if (wants_map && !mapped && into.rule == Rule::by_class)
            wrong("needs the loads of each stream",
                  "write them as a map: 'writes: {a: web, b: [api, jobs]}'");
        else if (wants_map && !mapped)
            wrong("needs shares", "write them as a map: 'writes: {a: 60%, b: 40%}'");
        else if (into.rule == Rule::copy && mapped)
            wrong("gives everything to each", "write the streams as a list: 'writes: [a, b]'");
        else if (!wants_map && mapped)
            wrong("takes no shares", "write the streams as a list: 'writes: [a, b]'");
    }
    if (node == nullptr) return;
    if (node->is_scalar()) {
        if (require_name(reading, *node, true)) into.targets.push_back({node->text, 1, {}});
    } else if (node->is_list()) {
        for (const Node& item : node->items) {
            if (!require_name(reading, item, true)) continue;
            const bool twice = std::any_of(into.targets.begin(), into.targets.end(),
                                           [&](const auto& t) { return t.stream == item.text; });
            if (twice)
                reading.error(item, fmt::format("'{}' is listed twice", item.text), "leave one out");
            else
                into.targets.push_back({item.text, 0, {}});
        }
        if (node->items.empty())
            reading.error(*node, "'writes' is an empty list", "name a stream, or 'exit' for what leaves");
    } else {
        Dimension dimension = Dimension::number;
        bool all = true;
        for (const Entry& entry : node->entries) all = read_target(reading, entry, into, dimension) && all;
        if (node->entries.empty())
            reading.error(*node, "'writes' is empty", "such as '{valid: 98%, quarantine: 2%}'");
        // What could not be read may be what is missing.
        if (by_value && all && into.targets.size() == node->entries.size())
            arrange(reading, *node, into, dimension);
    }
}

}  // namespace understudy::formats
