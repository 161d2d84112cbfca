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

/// How much of an empirical law lies between its ends.
double chance_inside(const Distribution& law) {
    const auto& values = law.values();
    const auto& weights = law.weights();
    const double scale = law.parameter("scale").value_or(1);
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] * scale >= law.parameter("min") && values[i] * scale <= law.parameter("max"))
            sum += weights.empty() ? 1.0 / static_cast<double>(values.size()) : weights[i];
    return sum;
}

/// " min 1s max 5s".
std::string limits_text(const Distribution& law, Dimension dimension) {
    std::string text;
    if (!law.is_truncated()) return text;
    const double minimum = law.parameter("min").value_or(0),
                 maximum = law.parameter("max").value_or(INFINITY);
    // That of a Pareto law is one of its parameters.
    if (law.kind() != Kind::pareto && minimum > 0) text += " min " + print_quantity(minimum, dimension);
    if (std::isfinite(maximum)) text += " max " + print_quantity(maximum, dimension);
    return text;
}

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
            const double whole = law.is_truncated() ? chance_inside(law) : 1;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double value = values[i] * parameter("scale");
                if (value < parameter("min") || value > parameter("max")) continue;
                const double weight = weights.empty() ? 1.0 / static_cast<double>(values.size()) : weights[i];
                inside += (inside.empty() ? "" : " or ") + share_text(weight / whole) + " " + quantity(value);
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
    inside += limits_text(law, dimension);
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
        text = term.recorded
                   ? fmt::format("recorded({})", term.recorded_column)
                   : fmt::format("sample({}{})", term.recorded_column, limits_text(term.law, dimension));
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
