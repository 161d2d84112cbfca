// Laws as nodes of a document: text, or the one structured law.
#include <fmt/format.h>

#include "tools/formats/language/map_reader.h"

namespace understudy::formats {

namespace {

/// Numbers of a list, in `dimension`.
std::vector<double> numbers(const Node& list, Dimension dimension, Reading& reading, bool& good) {
    std::vector<double> result;
    if (!list.is_list()) {
        reading.error(list, fmt::format("a list is due here, not {}", shown(list)), "such as [100%, 0%]");
        good = false;
        return result;
    }
    for (const Node& item : list.items) {
        if (!require_scalar(reading, item, "phase_type", "0.5/s")) {
            good = false;
            continue;
        }
        good = reading.guarded(item, [&] {
            // Rates out of a phase are negative on the diagonal, the one place where a sign is right.
            const bool negative = item.text.starts_with('-');
            const std::string_view text = std::string_view(item.text).substr(negative ? 1 : 0);
            const double value = text == "0" ? 0 : read_quantity(text, dimension, negative ? 1 : 0).value;
            result.push_back(negative ? -value : value);
        }) && good;
    }
    return result;
}

bool read_phase_type(Reading& reading, const Node& node, ReadLaw& into) {
    const Entry* start = node.find("start");
    const Entry* rates = node.find("rates");
    if (!node.is_map() || start == nullptr || rates == nullptr || node.entries.size() != 2) {
        reading.error(node, "phase_type needs 'start' and 'rates'",
                      "such as '{phase_type: {start: [100%, 0%], rates: [[-2/s, 2/s], [0/s, -1/s]]}}'");
        return false;
    }
    bool good = true;
    std::vector<double> chances = numbers(start->value, Dimension::share, reading, good);
    std::vector<std::vector<double>> matrix;
    if (rates->value.is_list())
        for (const Node& row : rates->value.items)
            matrix.push_back(numbers(row, Dimension::rate, reading, good));
    else
        good =
            (reading.error(rates->value, "'rates' takes a list of lists", "one row for each phase"), false);
    if (!good) return false;
    models::Term term;
    term.law = kernel::Distribution::phase_type(std::move(chances), std::move(matrix));
    if (const auto problem = term.law.problem()) {
        reading.error(node, *problem);
        return false;
    }
    into.law.terms = {std::move(term)};
    into.dimension = Dimension::duration;
    return true;
}

}  // namespace

bool read_law_node(Reading& reading, const Node& node, std::string_view key,
                   std::optional<Dimension> expected, ReadLaw& into) {
    if (node.is_map() && node.entries.size() == 1 && node.entries[0].key == "phase_type") {
        if (expected && *expected != Dimension::duration) {
            reading.error(node, fmt::format("'{}' does not take a duration", key));
            return false;
        }
        if (!read_phase_type(reading, node.entries[0].value, into)) return false;
        into.law.text = write_flow(node);
        return true;
    }
    if (!require_scalar(reading, node, key, "lognormal(mean 40s cv 0.5)")) return false;
    return reading.guarded(node, [&] { into = read_law(node.text, expected, reading.laws()); });
}

}  // namespace understudy::formats
