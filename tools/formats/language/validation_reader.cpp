#include "tools/formats/language/validation_reader.h"

#include <fmt/format.h>

#include <cmath>

#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

/// `4.8%`, or `130%`: no share of anything, so more than all is fine.
double read_relative_error(std::string_view text) {
    if (!text.ends_with('%'))
        throw Fault(0, fmt::format("'{}' is no error in percent", text), "write one, such as '4.8%'");
    text.remove_suffix(1);
    return std::fabs(read_number(text)) / 100;
}

void read_one(Reading& reading, const Node& node, std::string of,
              std::vector<studies::CalibrationError>& all) {
    const Entry* error = node.find("error");
    if (error == nullptr) return;
    studies::CalibrationError one;
    one.of = std::move(of);
    if (const Entry* metric = node.find("metric"); metric != nullptr && metric->value.is_scalar()) {
        one.of = metric->value.text;
        one.of_metric = true;
    }
    if (!require_scalar(reading, error->value, "error", "4.8%")) return;
    bool good = reading.guarded(error->value, [&] { one.error = read_relative_error(error->value.text); });
    if (const Entry* held_out = node.find("held_out"); held_out != nullptr && held_out->value.is_scalar())
        good = reading.guarded(held_out->value, [&] { one.held_out = read_count(held_out->value.text); }) &&
               good;
    if (good) all.push_back(std::move(one));
}

}  // namespace

std::vector<studies::CalibrationError> read_validation(Reading& reading, const Node& node) {
    std::vector<studies::CalibrationError> all;
    if (!node.is_map()) {
        reading.error(node, fmt::format("'validation' takes a map, not {}", shown(node)),
                      "such as '{held_out: 7, error: 4.8%}'");
        return all;
    }
    if (node.find("error") != nullptr) {
        read_one(reading, node, "duration", all);
        return all;
    }
    for (const Entry& entry : node.entries)
        if (entry.value.is_map()) read_one(reading, entry.value, entry.key, all);
    return all;
}

}  // namespace understudy::formats
