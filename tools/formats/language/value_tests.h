// What values of an item's attribute take a way of `writes`: `token < 500`, `500 <= token < 2000`,
// `kind = 1 or kind = 4`, `else`.
//
// An attribute is a field of the items, or `records`, `size`, `key` or `priority` where no field is called so. Values
// are written in the attribute's unit. read_value_test throws Fault; arrange_values looks at all ways together. Pure
// functions, thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

using FieldDimensions = std::map<std::string, Dimension, std::less<>>;

struct ValueTest {
    std::string attribute;  ///< empty for `else`
    Dimension dimension = Dimension::number;
    std::vector<models::ValueRange> values;  ///< ascending
};

/// Whether a value of `writes` is meant as such a test: it compares, or is `else`.
bool is_value_test(std::string_view text);
ValueTest read_value_test(std::string_view text, const FieldDimensions& fields);

/// What is wrong with the ways together, and with which of them (their number: with all).
struct ValueProblem {
    std::size_t target = 0;
    std::string message, hint;
};
/// Gives `else` what the others leave. Ways that overlap, and values from 0 on that have none, are problems.
std::vector<ValueProblem> arrange_values(models::Writes& writes, Dimension dimension);

/// `500 <= token < 2000`, as it is read.
std::string print_value_test(const std::string& attribute, const std::vector<models::ValueRange>& values,
                             Dimension dimension);
/// What the values of an attribute are; a number where nothing is called so.
Dimension dimension_of_attribute(const std::string& attribute, const FieldDimensions& fields);

}  // namespace understudy::formats
