// print_law: the canonical text of a law.
#include <fmt/format.h>

#include <cmath>

#include "tools/formats/language/decimal.h"
#include "tools/formats/language/laws.h"
#include "tools/formats/language/units.h"

namespace understudy::formats {

namespace {

using kernel::Distribution;
using Kind = Distribution::Kind;

bool has_unit(Kind kind, std::string_view parameter) {
    if (kind == Kind::geometric || kind == Kind::zipf) return false;
    return parameter != "k" && parameter != "cv" && parameter != "shape";
}

std::string share_text(double fraction) { return Decimal::shortest(fraction).shifted(2).text() + "%"; }

std::string distribution_text(const Distribution& law, Dimension dimension) {
    const auto quantity = [&](double value) { return print_quantity(value, dimension); };
    const auto parameter = [&](std::string_view name) { return law.parameter(name).value_or(0); };
    std::string inside;
    switch (law.kind()) {
        case Kind::constant: return quantity(law.quantile(0.5));
        case Kind::uniform:
        case Kind::triangular:
            inside = quantity(parameter("low")) + ".." + quantity(parameter("high"));
            if (law.kind() == Kind::triangular) inside += " mode " + quantity(parameter("mode"));
            break;
        case Kind::empirical: {
            // The language has no list of values; a mix of constants is the same law.
            const auto& values = law.values();
            const auto& weights = law.weights();
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double weight = weights.empty() ? 1.0 / static_cast<double>(values.size()) : weights[i];
                inside += (i > 0 ? " or " : "") + share_text(weight) + " " +
                          quantity(values[i] * parameter("scale"));
            }
            return "mix(" + inside + ")";
        }
        case Kind::mixture:
            for (std::size_t i = 0; i < law.components().size(); ++i) {
                const double weight = law.weights().empty()
                                          ? 1.0 / static_cast<double>(law.components().size())
                                          : law.weights()[i];
                inside += (i > 0 ? " or " : "") + share_text(weight) + " " +
                          distribution_text(law.components()[i], dimension);
            }
            return "mix(" + inside + ")";
        default:
            for (const std::string_view name : law.parameter_names()) {
                if (name == "scale" && law.kind() != Kind::weibull) continue;
                inside += inside.empty() ? "" : " ";
                inside += fmt::format(
                    "{} {}", name,
                    has_unit(law.kind(), name) ? quantity(parameter(name)) : print_number(parameter(name)));
            }
            break;
    }
    if (law.is_truncated()) {
        const bool own_minimum = law.kind() == Kind::pareto;
        if (!own_minimum && parameter("min") > 0) inside += " min " + quantity(parameter("min"));
        if (std::isfinite(parameter("max"))) inside += " max " + quantity(parameter("max"));
    }
    return fmt::format("{}({})", Distribution::name(law.kind()), inside);
}

std::string size_unit_of(double bytes) {
    for (const Unit& unit : size_units())
        if (unit.canonical && static_cast<double>(unit.multiplier) * std::pow(10.0, unit.shift) == bytes)
            return std::string(unit.name);
    return "B";
}

std::string term_text(const models::Term& term, Dimension dimension) {
    std::string text;
    if (!term.field.empty())
        text = term.field;
    else if (!term.recorded_column.empty())
        text = fmt::format("{}({})", term.recorded ? "recorded" : "sample", term.recorded_column);
    else
        text = distribution_text(term.law, dimension);
    switch (term.per) {
        case models::Per::once: break;
        case models::Per::item: text += " per item"; break;
        case models::Per::record: text += " per record"; break;
        case models::Per::bytes: text += " per " + size_unit_of(term.per_amount); break;
        case models::Per::field: text += " per " + term.per_field; break;
    }
    return text;
}

}  // namespace

std::string print_law(const models::Law& law, Dimension dimension) {
    if (law.empty()) return print_quantity(0, dimension);
    std::string text;
    for (const models::Term& term : law.terms)
        text += (text.empty() ? "" : " + ") + term_text(term, dimension);
    return text;
}

}  // namespace understudy::formats
