#include "tools/formats/language/factor_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/laws.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

using studies::Factor;

namespace {

/// A range with more steps is tried one at a time at its ends and in between.
constexpr std::size_t most_tried = 16;

/// A value between two that were written: whole nanoseconds, else twelve digits.
std::string text_of(double value, Dimension dimension, const std::string& currency = "") {
    if (dimension == Dimension::duration) return print_duration(kernel::from_seconds(value));
    return print_quantity(std::stod(fmt::format("{:.12g}", value)), dimension, currency);
}

/// So many values a parameter may have at most: every one of them is a column of a grid.
constexpr std::size_t most_values = 100'000;

}  // namespace

Factor factor_of_values(std::vector<std::string> values) {
    Factor factor;
    for (const std::string& value : values) {
        std::optional<double> number;
        try {
            number = read_quantity(value).value;
        } catch (const Fault&) {
            // A word, or a law: it has no size.
        }
        factor.values.push_back({value, number});
    }
    factor.steps = factor.values;
    factor.at = [values = std::move(values)](double u) {
        const auto index = static_cast<std::size_t>(u * static_cast<double>(values.size()));
        return values[std::min(index, values.size() - 1)];
    };
    return factor;
}

Factor factor_of_range(std::string_view text_of_range) {
    const Range range = read_range(text_of_range);
    const Dimension dimension = range.low.dimension;
    const double low = range.low.value, high = range.high.value;
    if (!(low < high))
        throw Fault(0, "the range has one value", "leave the parameter out, or widen the range");
    const auto text = [dimension, currency = range.low.currency](double value) {
        return text_of(value, dimension, currency);
    };
    std::optional<double> step;
    if (range.step) step = range.step->value;
    if (!step && dimension == Dimension::number && range.low.whole && range.high.whole) step = 1;
    if (!step) {
        Factor factor;
        for (const double value : {low, high}) factor.steps.push_back({text(value), value});
        factor.at = [=](double u) { return text(low + u * (high - low)); };
        return factor;
    }
    const double gaps = std::floor((high - low) / *step * (1 + 1e-12));
    if (gaps >= static_cast<double>(most_values))
        throw Fault(0, fmt::format("the range has more than {} values", most_values), "take larger steps");
    Factor factor;
    const auto count = static_cast<std::size_t>(gaps) + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const double value = low + static_cast<double>(i) * *step;
        factor.values.push_back({text(value), value});
    }
    const std::size_t shown = std::min(count, most_tried);
    for (std::size_t i = 0; i < shown; ++i)
        factor.steps.push_back(
            factor.values[shown < 2 ? 0
                                    : static_cast<std::size_t>(std::round(static_cast<double>(i) * gaps /
                                                                          static_cast<double>(shown - 1)))]);
    factor.at = [values = factor.values](double u) {
        const auto index = static_cast<std::size_t>(u * static_cast<double>(values.size()));
        return values[std::min(index, values.size() - 1)].text;
    };
    return factor;
}

Factor factor_of_law(const std::string& text) {
    const ReadLaw read = read_law(text, std::nullopt);
    if (read.law.terms.size() != 1 || !read.law.terms[0].field.empty() || read.law.terms[0].recorded ||
        read.law.terms[0].per != models::Per::once)
        throw Fault(0, fmt::format("'{}' is not one law that a value is drawn from", text),
                    "such as 'uniform(500ms..1s)'");
    const kernel::Distribution law = read.law.terms[0].law;
    const Dimension dimension = read.dimension;
    Factor factor;
    // Where nearly all of it lies.
    for (const double share : {0.1, 0.5, 0.9})
        factor.steps.push_back({text_of(law.draw(share), dimension), law.draw(share)});
    factor.at = [=](double u) { return text_of(law.draw(u), dimension); };
    return factor;
}

}  // namespace understudy::formats
