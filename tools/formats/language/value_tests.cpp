#include "tools/formats/language/value_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"

namespace understudy::formats {

namespace {

using models::Cut;
using models::ValueRange;

/// What every item has beside its fields.
constexpr std::pair<std::string_view, Dimension> of_all_items[] = {{"records", Dimension::number},
                                                                   {"size", Dimension::size},
                                                                   {"key", Dimension::number},
                                                                   {"priority", Dimension::number}};

constexpr std::string_view signs[] = {"<", "<=", ">", ">=", "="};

bool is_sign(std::string_view text) {
    return std::find(std::begin(signs), std::end(signs), text) != std::end(signs);
}

const std::string how_it_is_written = "such as 'token < 500', '500 <= token < 2000', 'token = 3' or 'else'";

class TestReader {
public:
    TestReader(std::string_view text, const FieldDimensions& fields) : tokens_(text), fields_(fields) {}

    ValueTest read() {
        if (tokens_.take_if("else")) {
            tokens_.expect_end("'else' takes all that the other ways leave");
            return {};
        }
        do test();
        while (tokens_.take_if("or"));
        tokens_.expect_end("ranges of one way are joined by ' or '");
        std::sort(test_.values.begin(), test_.values.end(),
                  [](const ValueRange& a, const ValueRange& b) { return a.from < b.from; });
        // Ranges that touch are one.
        std::vector<ValueRange> joined;
        for (const ValueRange& range : test_.values)
            if (!joined.empty() && range.from <= joined.back().to)
                joined.back().to = std::max(joined.back().to, range.to);
            else
                joined.push_back(range);
        test_.values = std::move(joined);
        return std::move(test_);
    }

private:
    void test() {
        const std::size_t start = tokens_.peek().offset;
        const Token first = tokens_.expect_word("a field");
        ValueRange range;
        if (first.text.find('=') != std::string_view::npos)
            throw Fault(start, fmt::format("'{}' without spaces", first.text), how_it_is_written);
        if (!is_name(first.text) && tokens_.at_end())
            throw Fault(start, fmt::format("'{}' compares nothing", first.text),
                        "ways go either all by shares or all by values");
        if (!is_name(first.text)) {  // `500 <= token < 2000`
            const Token low = sign();
            if (low.text != "<" && low.text != "<=")
                throw Fault(low.offset, fmt::format("a range that begins with '{} {}'", first.text, low.text),
                            "write the smaller value first: '500 <= token < 2000'");
            attribute(tokens_.expect_word("a field"));
            range.from = {value(first), low.text == "<"};
            if (!is_sign(tokens_.peek().text))
                throw Fault(start, "a test begins with its field",
                            fmt::format("write '{} {} {}'", test_.attribute,
                                        low.text == "<" ? ">" : ">=", first.text));
            const Token high = sign();
            if (high.text != "<" && high.text != "<=")
                throw Fault(high.offset, fmt::format("a range that goes on with '{}'", high.text),
                            "write the smaller value first: '500 <= token < 2000'");
            range.to = {value(tokens_.expect_word("a value")), high.text == "<="};
        } else {
            attribute(first);
            const Token how = sign();
            const double at = value(tokens_.expect_word("a value"));
            if (how.text == "<" || how.text == "<=")
                range.to = {at, how.text == "<="};
            else if (how.text == ">" || how.text == ">=")
                range.from = {at, how.text == ">"};
            else
                range = {{at, false}, {at, true}};
        }
        if (range.from >= range.to)
            throw Fault(start, "no value is in this range", "write the smaller value first");
        test_.values.push_back(range);
    }

    Token sign() {
        const Token token = tokens_.take();
        if (is_sign(token.text)) {
            if (tokens_.is("=") && token.text == "=")
                throw Fault(token.offset, "'= =' is not a comparison", "write '='");
            if (tokens_.is("="))
                throw Fault(tokens_.peek().offset, "a space inside the comparison",
                            fmt::format("write '{}='", token.text));
            return token;
        }
        if (token.text == "==") throw Fault(token.offset, "'==' is not a comparison", "write '='");
        if (token.text == "!=")
            throw Fault(token.offset, "'!=' is not a comparison",
                        "give the value a way of its own, and 'else' another");
        throw Fault(token.offset,
                    token.text.empty() ? "a comparison is missing at the end"
                                       : fmt::format("'{}' is not a comparison", token.text),
                    "write <, <=, >, >= or =, with spaces around");
    }

    void attribute(const Token& name) {
        std::vector<std::string> known;
        for (const auto& [field, dimension] : fields_) known.push_back(field);
        for (const auto& [word, dimension] : of_all_items) known.emplace_back(word);
        if (std::find(known.begin(), known.end(), name.text) == known.end()) {
            const std::string hint = did_you_mean(name.text, known);
            throw Fault(name.offset, fmt::format("items have no field '{}'", name.text),
                        !hint.empty()
                            ? hint
                            : fmt::format("a field is declared by a load: 'fields: {{{}: ...}}'", name.text));
        }
        if (!test_.attribute.empty() && name.text != test_.attribute)
            throw Fault(name.offset, fmt::format("'{}' beside '{}'", name.text, test_.attribute),
                        "a route goes by one field; divide by the other in a stage of its own");
        test_.attribute = std::string(name.text);
        test_.dimension = dimension_of_attribute(test_.attribute, fields_);
    }

    double value(const Token& token) const {
        return read_quantity(token.text, test_.dimension, token.offset).value;
    }

    Tokens tokens_;
    const FieldDimensions& fields_;
    ValueTest test_;
};

}  // namespace

Dimension dimension_of_attribute(const std::string& attribute, const FieldDimensions& fields) {
    if (const auto field = fields.find(attribute); field != fields.end()) return field->second;
    for (const auto& [word, dimension] : of_all_items)
        if (word == attribute) return dimension;
    return Dimension::number;
}

bool is_value_test(std::string_view text) {
    if (text == "else") return true;
    const Tokens tokens(text);
    for (std::size_t i = 0; !tokens.peek(i).text.empty(); ++i) {
        const std::string_view token = tokens.peek(i).text;
        if (is_sign(token) || token.find('=') != std::string_view::npos) return true;
    }
    return false;
}

ValueTest read_value_test(std::string_view text, const FieldDimensions& fields) {
    return TestReader(text, fields).read();
}

std::vector<ValueProblem> arrange_values(models::Writes& writes, Dimension dimension) {
    std::vector<ValueProblem> problems;
    const auto shown = [&](const ValueRange& range) {
        return "'" + print_value_test(writes.attribute, {range}, dimension) + "'";
    };
    struct Taken {
        ValueRange range;
        std::size_t target;
    };
    std::vector<Taken> taken;
    models::Writes::Target* rest = nullptr;
    for (std::size_t i = 0; i < writes.targets.size(); ++i) {
        if (writes.targets[i].rest) {
            if (rest != nullptr)
                problems.push_back({i, "a second 'else'", "one way takes all that the others leave"});
            rest = &writes.targets[i];
        }
        for (const ValueRange& range : writes.targets[i].values) taken.push_back({range, i});
    }
    std::stable_sort(taken.begin(), taken.end(),
                     [](const Taken& a, const Taken& b) { return a.range.from < b.range.from; });
    std::vector<ValueRange> left;
    Cut up_to{-INFINITY, false};
    std::size_t reaches = 0;
    for (const Taken& next : taken) {
        if (next.range.from > up_to) {
            left.push_back({up_to, next.range.from});
        } else if (next.range.from < up_to) {
            const std::size_t later = std::max(reaches, next.target),
                              earlier = std::min(reaches, next.target);
            problems.push_back({later,
                                fmt::format("{} goes to '{}' as well",
                                            shown({next.range.from, std::min(up_to, next.range.to)}),
                                            writes.targets[earlier].stream),
                                "let each value have one way"});
        }
        if (next.range.to > up_to) {
            up_to = next.range.to;
            reaches = next.target;
        }
    }
    if (up_to < Cut{INFINITY, true}) left.push_back({up_to, {INFINITY, true}});
    // Nothing that is drawn is below 0.
    const Cut zero{0, false};
    const auto first =
        std::find_if(left.begin(), left.end(), [&](const ValueRange& gap) { return gap.to > zero; });
    for (std::size_t i = 0; i < writes.targets.size(); ++i) {
        const auto& values = writes.targets[i].values;
        const bool below = std::all_of(values.begin(), values.end(),
                                       [&](const ValueRange& range) { return range.to <= zero; });
        if (!writes.targets[i].rest && !values.empty() && below && writes.attribute != "priority")
            problems.push_back({i, "nothing ever goes this way: no " + writes.attribute + " is below 0",
                                "leave it out, or correct its bounds"});
    }
    if (rest != nullptr) {
        rest->values = left;
        if (first == left.end())
            problems.push_back({static_cast<std::size_t>(rest - writes.targets.data()),
                                "nothing is left for 'else'",
                                "the other ways take all values: leave it out"});
    } else if (first != left.end()) {
        problems.push_back({writes.targets.size(),
                            shown({std::max(first->from, zero), first->to}) + " has no way",
                            "add a way for it, or one for all that is left: 'exit: else'"});
    }
    return problems;
}

std::string print_value_test(const std::string& attribute, const std::vector<ValueRange>& values,
                             Dimension dimension) {
    const auto printed = [&](double value) {
        return dimension == Dimension::number ? print_number(value) : print_quantity(value, dimension);
    };
    std::string text;
    for (const auto& [from, to] : values) {
        const bool below = std::isinf(from.at), above = std::isinf(to.at);
        std::string test;
        if (below && above)
            test = fmt::format("{} >= {}", attribute, printed(0));
        else if (from.at == to.at)
            test = fmt::format("{} = {}", attribute, printed(from.at));
        else if (below)
            test = fmt::format("{} {} {}", attribute, to.after ? "<=" : "<", printed(to.at));
        else if (above)
            test = fmt::format("{} {} {}", attribute, from.after ? ">" : ">=", printed(from.at));
        else
            test = fmt::format("{} {} {} {} {}", printed(from.at), from.after ? "<" : "<=", attribute,
                               to.after ? "<=" : "<", printed(to.at));
        text += (text.empty() ? "" : " or ") + test;
    }
    return text;
}

}  // namespace understudy::formats
