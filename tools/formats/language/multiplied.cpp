#include "tools/formats/language/multiplied.h"

#include <fmt/format.h>

#include <string>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

std::optional<Quantity> quantity_in(std::string_view text) {
    try {
        return read_quantity(text);
    } catch (const Fault&) {
        return std::nullopt;
    }
}

bool is_amount(const Quantity& quantity) {
    return quantity.dimension != Dimension::number && quantity.dimension != Dimension::share &&
           quantity.dimension != Dimension::factor;
}

/// 10 times 1.1 is 11, and not what doubles make of it. `text` is the quantity as written.
std::string product_of(std::string_view text, const Quantity& quantity, double factor) {
    const auto rounded = [](double value) { return fmt::format("{:.12g}", value); };
    if (quantity.currency.empty())
        return print_quantity(std::stod(rounded(quantity.value * factor)), quantity.dimension);
    // A price an hour is kept a second, which has no digits that are exact: it stays one an hour.
    std::size_t digits = 0;
    const double number = std::stod(std::string(text), &digits);
    return rounded(number * factor) + std::string(text.substr(digits));
}

/// One word of a law: an amount, or a range of two of them. Nothing: it is neither, and stays.
std::optional<std::string> word_times(std::string_view word, double factor) {
    const std::size_t dots = word.find("..");
    if (dots != std::string_view::npos) {
        const auto low = quantity_in(word.substr(0, dots)), high = quantity_in(word.substr(dots + 2));
        if (!low || !high || !is_amount(*high)) return std::nullopt;
        return product_of(word.substr(0, dots), *low, factor) + ".." +
               product_of(word.substr(dots + 2), *high, factor);
    }
    const auto quantity = quantity_in(word);
    if (!quantity || !is_amount(*quantity)) return std::nullopt;
    return product_of(word, *quantity, factor);
}

}  // namespace

std::optional<double> factor_in(std::string_view text) {
    // Of each override of each setting it is asked, and a Fault takes longer than all the rest.
    if (text.find('x') == std::string_view::npos) return std::nullopt;
    try {
        return read_quantity(text, Dimension::factor).value;
    } catch (const Fault&) {
        return std::nullopt;
    }
}

std::optional<std::string> multiplied_text(std::string_view text, double factor) {
    if (const auto quantity = quantity_in(text)) {
        if (quantity->dimension == Dimension::factor) return std::nullopt;
        return product_of(text, *quantity, factor);
    }
    // Terms are added up: each has to have an amount, or not all of the law is multiplied.
    std::string result;
    std::size_t from = 0;
    bool term_has_one = false;
    const Tokens words(text);
    for (std::size_t i = 0; !words.peek(i).text.empty(); ++i) {
        const Token& word = words.peek(i);
        if (word.text == "+" || word.text == "or") {
            if (!term_has_one) return std::nullopt;
            term_has_one = false;
        }
        const bool unit = i > 0 && words.peek(i - 1).text == "per";
        const auto changed = unit ? std::nullopt : word_times(word.text, factor);
        if (!changed) continue;
        term_has_one = true;
        result += std::string(text.substr(from, word.offset - from)) + *changed;
        from = word.offset + word.text.size();
    }
    if (!term_has_one) return std::nullopt;
    return result + std::string(text.substr(from));
}

}  // namespace understudy::formats
