#include "tools/formats/language/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/formats/language/decimal.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/units.h"

namespace understudy::formats {

namespace {

using kernel::Distribution;

struct Form {
    std::string_view name;
    bool range;                              ///< opens with `low..high`
    std::vector<std::string_view> required;  ///< after the range
    std::vector<std::string_view> plain;     ///< those without a unit, whatever the law is of
    bool counts;                             ///< draws whole numbers without unit
};

const std::vector<Form>& forms() {
    static const std::vector<Form> all = {
        {"exponential", false, {"mean"}, {}, false},
        {"erlang", false, {"k", "mean"}, {"k"}, false},
        {"gamma", false, {"mean", "cv"}, {"cv"}, false},
        {"lognormal", false, {"mean", "cv"}, {"cv"}, false},
        {"weibull", false, {"shape", "scale"}, {"shape"}, false},
        {"pareto", false, {"shape", "min"}, {"shape"}, false},
        {"normal", false, {"mean", "sd"}, {}, false},
        {"uniform", true, {}, {}, false},
        {"triangular", true, {"mode"}, {}, false},
        {"geometric", false, {"mean"}, {"mean"}, true},
        {"zipf", false, {"n", "s"}, {"n", "s"}, true},
    };
    return all;
}

std::string example_of(std::string_view name) {
    for (const LawForm& form : law_forms())
        if (form.name == name) return std::string(form.example);
    return "";
}

std::vector<std::string> law_names() {
    std::vector<std::string> names;
    for (const LawForm& form : law_forms()) names.emplace_back(form.name);
    return names;
}

template <class List>
bool contains(const List& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

/// A law that is being read: what it draws is known once its first quantity is.
struct Draft {
    models::Term term;
    std::optional<Dimension> dimension;
};

class LawReader {
public:
    LawReader(std::string_view text, const LawContext& context) : tokens_(text), context_(context) {}

    ReadLaw read(std::optional<Dimension> expected) {
        ReadLaw result;
        result.law.text = std::string(tokens_.whole());
        std::optional<Dimension> dimension = expected;
        if (tokens_.at_end()) throw Fault(0, "a law is missing", "such as '30s' or 'exponential(mean 30s)'");
        do {
            const std::size_t offset = tokens_.peek().offset;
            Draft draft = term(dimension);
            if (dimension && draft.dimension != *dimension)
                throw Fault(offset, fmt::format("'{}' is not {}", text_from(offset), describe(*dimension)),
                            expected ? "" : "all terms of a sum are of one kind");
            dimension = draft.dimension;
            result.law.terms.push_back(std::move(draft.term));
        } while (tokens_.take_if("+"));
        if (tokens_.is(","))
            throw Fault(tokens_.peek().offset, "a comma in a law",
                        "parameters are separated by spaces, as in 'lognormal(mean 40s cv 0.5)'");
        tokens_.expect_end("terms are added by ' + '");
        result.dimension = *dimension;
        return result;
    }

private:
    Draft term(std::optional<Dimension> expected) {
        Draft draft = law(expected);
        if (!tokens_.take_if("per")) return draft;
        const Token unit = tokens_.expect_word("what the law is per (item, record, GiB or a field)");
        if (unit.text == "item") {
            draft.term.per = models::Per::item;
        } else if (unit.text == "record") {
            draft.term.per = models::Per::record;
        } else if (const Unit* size = size_unit(unit.text); size != nullptr && size->canonical) {
            draft.term.per = models::Per::bytes;
            draft.term.per_amount = static_cast<double>(size->multiplier) * std::pow(10.0, size->shift);
        } else if (is_field(unit.text)) {
            draft.term.per = models::Per::field;
            draft.term.per_field = std::string(unit.text);
            if (field_dimension(unit.text) != Dimension::number)
                throw Fault(
                    unit.offset,
                    fmt::format("field '{}' has a unit, so nothing can be per '{}'", unit.text, unit.text),
                    "only fields that are plain numbers can be counted");
        } else {
            std::vector<std::string> candidates = {"item", "record"};
            for (const Unit& known : size_units())
                if (known.canonical) candidates.emplace_back(known.name);
            add_fields(candidates);
            std::string hint = unit.text == "items" || unit.text == "records"
                                   ? fmt::format("write 'per {}'", unit.text.substr(0, unit.text.size() - 1))
                                   : did_you_mean(unit.text, candidates);
            if (hint.empty())
                hint =
                    "a law is per 'item' (of a batch), 'record', a size such as 'GiB', or a field of the "
                    "items";
            throw Fault(unit.offset, fmt::format("unknown unit '{}' after 'per'", unit.text), hint);
        }
        return draft;
    }

    Draft law(std::optional<Dimension> expected) {
        // mix may hold mix: a hostile file must not exhaust the stack.
        if (++depth_ > 20)
            throw Fault(tokens_.peek().offset, "laws are nested too deeply", "at most 20 levels");
        const Token head = tokens_.expect_word("a law");
        Draft draft;
        if (tokens_.is("(")) {
            draft = call(head, expected);
        } else if (is_field(head.text)) {
            draft.term.field = std::string(head.text);
            draft.dimension = field_dimension(head.text);
        } else if (is_name(head.text) && !(head.text[0] == 'P' &&
                                           head.text.find_first_of("0123456789") != std::string_view::npos)) {
            throw unknown_word(head);
        } else {
            refuse_spaced_unit(head, expected);
            const Quantity value = expected ? read_quantity(head.text, *expected, head.offset)
                                            : read_quantity(head.text, head.offset);
            draft.dimension = value.dimension;
            draft.term.law = Distribution::constant(value.value);
        }
        --depth_;
        return draft;
    }

    /// A number whose unit, ours or not, is the next word.
    void refuse_spaced_unit(const Token& number, std::optional<Dimension> expected) const {
        const Token& next = tokens_.peek();
        if (Decimal::length_at(number.text) != number.text.size() || !next.word) return;
        const std::string_view unit = next.text;
        if (time_unit(unit) != nullptr || size_unit(unit) != nullptr || unit == "%")
            throw Fault(next.offset, fmt::format("a space before the unit in '{} {}'", number.text, unit),
                        fmt::format("write '{}{}'", number.text, unit));
        if (unit != "per" && unit != "or" && is_name(unit) && expected != Dimension::number)
            throw Fault(next.offset, fmt::format("unknown unit '{}' in '{} {}'", unit, number.text, unit),
                        hint_for_unit(number.text, unit, expected));
    }

    /// `exp(30ms)`: the law that is meant, with what is in the brackets where that is a mean alone.
    std::string as_exponential() const {
        const std::size_t from = tokens_.peek().offset;
        const std::size_t end = std::min(tokens_.whole().find(')', from), tokens_.whole().size());
        std::string inner(tokens_.whole().substr(from, end - from));
        if (inner.starts_with("mean ")) inner.erase(0, 5);
        std::erase(inner, ' ');
        const std::size_t digits = Decimal::length_at(inner);
        const std::string_view unit = std::string_view(inner).substr(digits);
        const bool quantity = digits > 0 && (time_unit(unit) != nullptr || size_unit(unit) != nullptr);
        return fmt::format("exponential(mean {})", quantity ? inner : "30s");
    }

    Fault unknown_word(const Token& head) const {
        for (const LawForm& form : law_forms())
            if (form.name == head.text)
                return Fault(head.offset, fmt::format("'{}' lacks its parameters", head.text),
                             fmt::format("such as '{}'", form.example));
        std::vector<std::string> candidates = law_names();
        add_fields(candidates);
        std::string hint = did_you_mean(head.text, candidates);
        if (hint.empty())
            hint = "a field is declared by a load: 'fields: {" + std::string(head.text) +
                   ": exponential(mean 1s)}'";
        return Fault(
            head.offset,
            fmt::format("'{}' is neither a quantity with a unit nor a field of the items", head.text), hint);
    }

    Draft call(const Token& head, std::optional<Dimension> expected) {
        tokens_.expect("(");
        Draft draft;
        if (head.text == "mix") {
            draft = mix(expected);
        } else if (head.text == "sample" || head.text == "recorded") {
            draft = from_log(head);
        } else {
            const auto form = std::find_if(forms().begin(), forms().end(),
                                           [&](const Form& f) { return f.name == head.text; });
            if (form == forms().end()) throw unknown_law(head);
            draft = parametric(*form, head, expected);
        }
        if (tokens_.is(","))
            throw Fault(tokens_.peek().offset, "a comma in a law",
                        "parameters are separated by spaces, as in 'lognormal(mean 40s cv 0.5)'");
        tokens_.expect(")", fmt::format("such as '{}'", example_of(head.text)));
        return draft;
    }

    Fault unknown_law(const Token& head) const {
        std::string hint;
        const std::string_view name = head.text;
        if (name == "constant" || name == "deterministic" || name == "fixed")
            hint = "a quantity alone is the constant law, such as '30s'";
        else if (name == "exp" || name == "expon")
            hint = fmt::format("did you mean '{}'?", as_exponential());
        else if (name == "poisson")
            hint = fmt::format("arrivals are poisson; a duration between events is '{}'", as_exponential());
        else if (name == "gauss" || name == "gaussian")
            hint = "did you mean 'normal(mean 10s sd 2s)'?";
        else if (name == "hyperexponential" || name == "discrete" || name == "choice")
            hint = "write 'mix(90% 1s or 10% 5s)'";
        else if (name == "empirical")
            hint = "did you mean 'sample(LOG.column)'?";
        else
            hint = did_you_mean(name, law_names());
        if (hint.empty()) {
            hint = "laws are ";
            for (const LawForm& form : law_forms())
                hint += std::string(hint.back() == ' ' ? "" : ", ") + std::string(form.name);
            hint = fmt::format("{}", hint);
        }
        return Fault(head.offset, fmt::format("unknown law '{}'", name), hint);
    }

    Draft mix(std::optional<Dimension> expected) {
        std::vector<double> weights;
        std::vector<Distribution> components;
        Draft draft;
        draft.dimension = expected;
        const std::size_t offset = tokens_.peek().offset;
        do {
            const Token share = tokens_.expect_word("a share");
            weights.push_back(read_share(share.text, share.offset));
            const std::size_t start = tokens_.peek().offset;
            Draft part = law(draft.dimension);
            if (!part.term.field.empty() || part.term.recorded)
                throw Fault(start, "a field or recorded value cannot be mixed", "mix laws and quantities");
            if (draft.dimension && part.dimension != draft.dimension)
                throw Fault(start,
                            fmt::format("'{}' is not {}", text_from(start), describe(*draft.dimension)),
                            "all parts of a mix are of one kind");
            draft.dimension = part.dimension;
            components.push_back(part.term.law);
        } while (tokens_.take_if("or"));
        double sum = 0;
        for (const double weight : weights) sum += weight;
        if (std::abs(sum - 1) > 1e-9)
            throw Fault(offset,
                        fmt::format("the shares of the mix sum to {}%, not 100%",
                                    print_number(std::round(sum * 1e11) / 1e9)),
                        "adjust one of them");
        draft.term.law = checked(Distribution::mixture(std::move(weights), std::move(components)), offset);
        return draft;
    }

    Draft from_log(const Token& head) {
        const Token name = tokens_.expect_word("a column of a log");
        const std::size_t dot = name.text.find('.');
        if (dot == std::string_view::npos)
            throw Fault(name.offset, fmt::format("'{}' names no column", name.text),
                        fmt::format("write '{}(LOG.column)'", head.text));
        if (!context_.column)
            throw Fault(head.offset, fmt::format("'{}' is not possible here", head.text),
                        "logs belong to a scenario");
        LogColumn column;
        try {
            column = context_.column(name.text.substr(0, dot), name.text.substr(dot + 1));
        } catch (const Fault& fault) {
            throw Fault(name.offset + fault.offset, fault.what(), fault.hint);
        }
        // Of one row each item takes what stands in it.
        if (column.missing_rows > 0) throw Fault(name.offset, column.first_missing);
        Draft draft;
        draft.dimension = column.dimension;
        if (head.text == "recorded") {
            draft.term.recorded = column.values;
            draft.term.recorded_keys = column.keys;
            draft.term.recorded_column = std::string(name.text);
        } else {
            static const Form form = {"sample", false, {}, {}, false};
            std::optional<Dimension> dimension = column.dimension;
            const auto limits = parameters(form, dimension);
            draft.term.law = cut(checked(Distribution::empirical(*column.values), name.offset), limits,
                                 "sample", name.offset);
            draft.term.recorded_column = std::string(name.text);
        }
        return draft;
    }

    struct Parameter {
        std::string_view name;
        Quantity value;
        std::size_t offset;
    };

    /// `name value` until the bracket closes. The first with a unit says what the law is of.
    std::vector<Parameter> parameters(const Form& form, std::optional<Dimension>& dimension) {
        const std::string usage = fmt::format("write '{}'", example_of(form.name));
        std::vector<Parameter> list;
        while (tokens_.peek().word) {
            const Token name = tokens_.take();
            refuse_other_spellings(name, usage);
            const bool known = contains(form.required, name.text) || name.text == "min" || name.text == "max";
            if (!known) throw unknown_parameter(form, name, usage);
            for (const Parameter& earlier : list)
                if (earlier.name == name.text)
                    throw Fault(name.offset, fmt::format("'{}' is given twice", name.text), "leave one out");
            const Token value = tokens_.expect_word(fmt::format("the value of '{}'", name.text));
            Parameter parameter{name.text, {}, value.offset};
            if (contains(form.plain, name.text)) {
                parameter.value = read_quantity(value.text, Dimension::number, value.offset);
            } else {
                if (const Token& next = tokens_.peek(); next.word && !contains(form.required, next.text) &&
                                                        next.text != "min" && next.text != "max")
                    refuse_spaced_unit(value, dimension);
                parameter.value = dimension ? read_quantity(value.text, *dimension, value.offset)
                                            : read_quantity(value.text, value.offset);
                require_dimension(parameter.value, dimension, value);
            }
            list.push_back(parameter);
        }
        return list;
    }

    Draft parametric(const Form& form, const Token& head, std::optional<Dimension> expected) {
        std::optional<Dimension> dimension = form.counts ? Dimension::number : expected;
        double low = 0, high = 0;
        const std::string usage = fmt::format("write '{}'", example_of(form.name));
        if (form.range) {
            const Token range_token = tokens_.expect_word("a range");
            if (range_token.text.find("..") == std::string_view::npos)
                throw Fault(range_token.offset, fmt::format("'{}' is not a range", range_token.text), usage);
            const Range range = read_range(range_token.text, range_token.offset);
            require_dimension(range.low, dimension, range_token);
            low = range.low.value;
            high = range.high.value;
        }
        const std::vector<Parameter> parameters = this->parameters(form, dimension);
        if (tokens_.is(","))
            throw Fault(tokens_.peek().offset, "a comma in a law",
                        fmt::format("parameters are separated by spaces: '{}'", example_of(form.name)));
        if (tokens_.at_end())
            throw Fault(
                head.offset, fmt::format("the '(' of {} is not closed", form.name),
                fmt::format("add the ')'; inside {{ }} a comma ends the value: '{}'", example_of(form.name)));
        for (const std::string_view required : form.required)
            if (std::none_of(parameters.begin(), parameters.end(),
                             [&](const Parameter& p) { return p.name == required; }))
                throw Fault(head.offset, fmt::format("{} lacks '{}'", form.name, required), usage);
        return {build(form, parameters, low, high, head.offset), dimension};
    }

    static void require_dimension(const Quantity& value, std::optional<Dimension>& dimension,
                                  const Token& token) {
        if (dimension && value.dimension != *dimension)
            throw Fault(token.offset, fmt::format("'{}' is not {}", token.text, describe(*dimension)));
        dimension = value.dimension;
    }

    static void refuse_other_spellings(const Token& name, const std::string& usage) {
        if (name.text.find('=') != std::string_view::npos || name.text.find(':') != std::string_view::npos)
            throw Fault(name.offset,
                        fmt::format("'{}': a parameter and its value are separated by a space", name.text),
                        usage);
        if (name.text[0] >= '0' && name.text[0] <= '9')
            throw Fault(name.offset, fmt::format("'{}' has no name", name.text),
                        "parameters are named: " + usage);
    }

    static Fault unknown_parameter(const Form& form, const Token& name, const std::string& usage) {
        std::vector<std::string> candidates(form.required.begin(), form.required.end());
        candidates.insert(candidates.end(), {"min", "max"});
        std::string hint;
        if (contains(candidates, "cv") &&
            (name.text == "sd" || name.text == "std" || name.text == "stddev" || name.text == "sigma"))
            hint = "the spread is 'cv', standard deviation over mean: " + usage;
        else if (contains(candidates, "mean") && (name.text == "rate" || name.text == "lambda"))
            hint = "give the mean instead of the rate: " + usage;
        else
            hint = did_you_mean(name.text, candidates);
        return Fault(name.offset, fmt::format("{} has no parameter '{}'", form.name, name.text),
                     hint.empty() ? usage : hint);
    }

    models::Term build(const Form& form, const std::vector<Parameter>& parameters, double low, double high,
                       std::size_t offset) const {
        const auto must = [&](std::string_view name) { return value_of(parameters, name).value(); };
        const std::string_view name = form.name;
        Distribution law = name == "exponential"  ? Distribution::exponential(must("mean"))
                           : name == "erlang"     ? Distribution::erlang(must("k"), must("mean"))
                           : name == "gamma"      ? Distribution::gamma(must("mean"), must("cv"))
                           : name == "lognormal"  ? Distribution::lognormal(must("mean"), must("cv"))
                           : name == "weibull"    ? Distribution::weibull(must("shape"), must("scale"))
                           : name == "pareto"     ? Distribution::pareto(must("shape"), must("min"))
                           : name == "normal"     ? Distribution::normal(must("mean"), must("sd"))
                           : name == "uniform"    ? Distribution::uniform(low, high)
                           : name == "triangular" ? Distribution::triangular(low, high, must("mode"))
                           : name == "geometric"  ? Distribution::geometric(must("mean"))
                                                  : Distribution::zipf(must("n"), must("s"));
        law = checked(std::move(law), offset);
        law = cut(std::move(law), parameters, name, offset);
        models::Term term;
        term.law = std::move(law);
        return term;
    }

    static std::optional<double> value_of(const std::vector<Parameter>& parameters, std::string_view name) {
        for (const Parameter& p : parameters)
            if (p.name == name) return p.value.value;
        return std::nullopt;
    }

    /// On condition of lying between `min` and `max`, where they are given.
    static Distribution cut(Distribution law, const std::vector<Parameter>& parameters, std::string_view name,
                            std::size_t offset) {
        // That of a Pareto law is its own.
        const double minimum = name == "pareto" ? 0 : value_of(parameters, "min").value_or(0);
        const auto maximum = value_of(parameters, "max");
        if (maximum && minimum > *maximum)
            throw Fault(offset, fmt::format("'min' of {} is above its 'max'", name),
                        "write the smaller one as 'min'");
        if (minimum == 0 && !maximum) return law;
        law = law.truncated(minimum, maximum.value_or(std::numeric_limits<double>::infinity()));
        if (const auto problem = law.problem()) throw Fault(offset, fmt::format("{}: {}", name, *problem));
        return law;
    }

    static Distribution checked(Distribution law, std::size_t offset) {
        if (const auto problem = law.problem())
            throw Fault(offset, fmt::format("{}: {}", Distribution::name(law.kind()), *problem));
        return law;
    }

    bool is_field(std::string_view name) const {
        return context_.fields != nullptr && context_.fields->find(name) != context_.fields->end();
    }
    Dimension field_dimension(std::string_view name) const { return context_.fields->find(name)->second; }
    void add_fields(std::vector<std::string>& names) const {
        if (context_.fields != nullptr)
            for (const auto& [name, dimension] : *context_.fields) names.push_back(name);
    }
    std::string_view text_from(std::size_t offset) const {
        const std::size_t end = tokens_.at_end() ? tokens_.whole().size() : tokens_.peek().offset;
        std::string_view text = tokens_.whole().substr(offset, end - offset);
        while (text.ends_with(' ')) text.remove_suffix(1);
        return text;
    }

    Tokens tokens_;
    const LawContext& context_;
    int depth_ = 0;
};

}  // namespace

const std::vector<LawForm>& law_forms() {
    static const std::vector<LawForm> all = {
        {"exponential", "exponential(mean 1s)", "memoryless"},
        {"erlang", "erlang(k 3 mean 1s)", "sum of k exponentials"},
        {"gamma", "gamma(mean 1s cv 0.7)", "by mean and spread"},
        {"lognormal", "lognormal(mean 40s cv 0.5)", "skewed to the right, as most durations are"},
        {"weibull", "weibull(shape 0.7 scale 0.8s)", "lifetimes"},
        {"pareto", "pareto(shape 2.5 min 0.6s)", "heavy tail"},
        {"normal", "normal(mean 10s sd 2s)", "truncated at 0"},
        {"uniform", "uniform(0s..2s)", "equally likely between two ends"},
        {"triangular", "triangular(1s..9s mode 2s)", "between two ends with a most likely value"},
        {"geometric", "geometric(mean 3)", "on 1, 2, ..."},
        {"zipf", "zipf(n 1000 s 1.1)", "popular keys, on 1 to n"},
        {"mix", "mix(90% 1s or 10% 5s)", "one of several laws, with these shares"},
        {"sample", "sample(calls.took)", "drawn from a column of a log, between `min` and `max`"},
        {"recorded", "recorded(calls.took)", "the item's own value in a log"},
    };
    return all;
}

ReadLaw read_law(std::string_view text, std::optional<Dimension> expected, const LawContext& context) {
    return LawReader(text, context).read(expected);
}

}  // namespace understudy::formats
