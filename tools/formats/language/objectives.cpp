#include "tools/formats/language/objectives.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using models::Aggregate;
using models::Measure;
using models::Metric;
using models::MetricKind;

/// Those that a word alone says; `at` is said with an instant.
constexpr Aggregate aggregates[] = {Aggregate::average,   Aggregate::maximum,  Aggregate::minimum,
                                    Aggregate::deviation, Aggregate::variance, Aggregate::share,
                                    Aggregate::rate,      Aggregate::total,    Aggregate::quantile};

using Pair = std::pair<std::string_view, std::string_view>;

constexpr Pair other_aggregates[] = {{"mean", "avg"},       {"average", "avg"}, {"med", "p(50)"},
                                     {"median", "p(50)"},   {"maximum", "max"}, {"minimum", "min"},
                                     {"std", "sd"},         {"stddev", "sd"},   {"variance", "var"},
                                     {"count", "total"},    {"sum", "total"},   {"percentile", "p(95)"},
                                     {"quantile", "p(95)"}, {"ratio", "share"}, {"fraction", "share"}};

constexpr Pair other_metrics[] = {{"throughput", "rate completed"},
                                  {"backlog", "waiting"},
                                  {"queue", "waiting"},
                                  {"queue_length", "waiting"},
                                  {"utilization", "utilisation"},
                                  {"util", "utilisation"},
                                  {"response_time", "latency"},
                                  {"duration", "latency"},
                                  {"sojourn", "latency"},
                                  {"makespan", "latency"},
                                  {"waiting_time", "wait"},
                                  {"queue_time", "wait"},
                                  {"errors", "failed"},
                                  {"failures", "failed"},
                                  {"error_rate", "share failed"},
                                  {"availability", "share up"},
                                  {"staleness", "freshness"},
                                  {"loss", "lost"},
                                  {"losses", "lost"},
                                  {"drops", "dropped"},
                                  {"wip", "present"},
                                  {"in_system", "present"},
                                  {"in_flight", "present"},
                                  {"consumer_lag", "lag"},
                                  {"occupancy", "busy"},
                                  {"spend", "cost"},
                                  {"price", "cost"},
                                  {"iterations", "completed"}};

bool fits(Aggregate aggregate, MetricKind kind, Metric metric) {
    // A ratio of means has no distribution.
    if (metric == Metric::slowdown) return aggregate == Aggregate::average;
    switch (aggregate) {
        case Aggregate::average:
        case Aggregate::quantile:
        case Aggregate::maximum:
        case Aggregate::minimum:
        case Aggregate::variance: return kind == MetricKind::item || kind == MetricKind::level;
        case Aggregate::deviation: return kind == MetricKind::item;
        case Aggregate::share: return kind == MetricKind::state || kind == MetricKind::event;
        case Aggregate::rate:
        case Aggregate::total: return kind == MetricKind::event || kind == MetricKind::money;
        case Aggregate::at:
            return (kind == MetricKind::level && metric != Metric::age) ||
                   (kind == MetricKind::state && !models::is_of_the_past(metric)) || metric == Metric::age;
    }
    return false;
}

const char* aggregates_of(MetricKind kind) {
    switch (kind) {
        case MetricKind::item: return "avg, p(N), max, min, sd, var";
        case MetricKind::level: return "avg, p(N), max, min, var, at TIME";
        case MetricKind::state: return "share, at TIME";
        case MetricKind::event: return "share, rate, total";
        case MetricKind::money: return "rate, total";
    }
    return "";
}

std::vector<std::string> metric_names() {
    std::vector<std::string> names;
    for (int i = 0; i <= static_cast<int>(Metric::cost); ++i)
        names.emplace_back(models::name_of(static_cast<Metric>(i)));
    return names;
}

std::string_view lookup(const auto& table, std::string_view word) {
    for (const auto& [theirs, ours] : table)
        if (theirs == word) return ours;
    return {};
}

class MeasureReader {
public:
    explicit MeasureReader(std::string_view text) : tokens_(text) {}

    /// `of_difference`: behind the word 'increase', which stands before it then.
    Measure read(bool of_difference = false) {
        if (of_difference) tokens_.expect("increase");
        if (tokens_.at_end()) throw Fault(0, "a measure is missing", "such as 'avg waiting(server)'");
        Measure measure;
        if (tokens_.is("increase") && tokens_.peek(1).word)
            throw Fault(tokens_.peek().offset, "'increase' compares two runs",
                        "it belongs to 'accept' and 'guards' of a change; leave it out here");
        if (tokens_.is("all") && tokens_.peek(1).text == "objectives")
            throw Fault(tokens_.peek().offset, "'all objectives' refers to those of another file",
                        "it belongs to 'accept' of a change and 'subject_to' of a study");
        const Token head = tokens_.expect_word("an aggregate such as avg, p(95) or share");
        aggregate(head, measure);
        metric(head, measure);
        while (tokens_.peek().word) qualifier(measure);
        return measure;
    }

    /// A level at this instant, as `at` of an instant is one.
    Measure read_level() {
        const Token head = tokens_.peek();
        for (const Aggregate value : aggregates)
            if (models::name_of(value) == head.text && tokens_.peek(1).text != "(")
                throw Fault(head.offset, fmt::format("'{}' in a condition", head.text),
                            "a condition looks at this instant: leave it out");
        if (const auto known = models::metric_named(std::string(head.text));
            known && !fits(Aggregate::at, models::kind_of(*known), *known))
            throw Fault(
                head.offset, fmt::format("'{}' is nothing that is so at an instant", head.text),
                "a condition is about what is there: waiting, lag, freshness, utilisation and others");
        Measure measure;
        measure.aggregate = Aggregate::at;
        metric(head, measure);
        return measure;
    }

    Tokens& tokens() { return tokens_; }

private:
    void aggregate(const Token& head, Measure& measure) {
        if (head.text == "at") {
            measure.aggregate = Aggregate::at;
            const Token when = tokens_.expect_word("an instant or 'end'");
            if (when.text != "end") measure.at = read_duration(when.text, when.offset);
            return;
        }
        for (const Aggregate value : aggregates) {
            if (models::name_of(value) != head.text) continue;
            measure.aggregate = value;
            if (value == Aggregate::quantile) quantile(measure);
            return;
        }
        throw unknown_aggregate(head);
    }

    Fault unknown_aggregate(const Token& head) const {
        const std::string_view word = head.text;
        std::string hint;
        if (const auto ours = lookup(other_aggregates, word); !ours.empty())
            hint = fmt::format("write '{}'", ours);
        if (word.size() > 1 && word[0] == 'p' &&
            word.find_first_not_of("0123456789.", 1) == std::string_view::npos)
            hint = fmt::format("write 'p({})'", word.substr(1));
        if (tokens_.is("(")) {
            // `throughput(server)`: a metric without its aggregate.
            const auto ours = lookup(other_metrics, word);
            if (!ours.empty()) {
                hint = ours.find(' ') != std::string_view::npos ? fmt::format("write '{}(...)'", ours)
                                                                : fmt::format("write 'avg {}(...)'", ours);
            } else if (const auto known = models::metric_named(std::string(word))) {
                const MetricKind kind = models::kind_of(*known);
                hint = fmt::format("say what of it: 'avg {0}(...)' or another of {1}", word,
                                   aggregates_of(kind));
                if (kind == MetricKind::event || kind == MetricKind::money)
                    hint = fmt::format("say what of it: 'rate {}(...)' or another of {}", word,
                                       aggregates_of(kind));
                if (kind == MetricKind::state) hint = fmt::format("say what of it: 'share {}(...)'", word);
                return Fault(head.offset, fmt::format("'{}' lacks its aggregate", word), hint);
            }
        }
        if (hint.empty()) {
            std::vector<std::string> names;
            for (const Aggregate value : aggregates) names.emplace_back(models::name_of(value));
            hint = did_you_mean(word, names);
        }
        if (hint.empty())
            hint =
                "a measure reads 'avg waiting(server)', 'p(95) latency(server)', 'share lost(server)', 'rate "
                "completed(server)', 'at end lag(server)'";
        return Fault(head.offset, fmt::format("unknown aggregate '{}'", word), hint);
    }

    void quantile(Measure& measure) {
        tokens_.expect("(", "such as 'p(95)'");
        const Token number = tokens_.expect_word("a number such as 95");
        if (number.text.ends_with('%'))
            throw Fault(number.offset, fmt::format("'{}' in p()", number.text),
                        fmt::format("write 'p({})'", number.text.substr(0, number.text.size() - 1)));
        const double percent = read_number(number.text, number.offset);
        if (!(percent > 0 && percent < 100))
            throw Fault(number.offset, fmt::format("'p({})' is not a percentile", number.text),
                        "above 0 and below 100; the largest value is 'max'");
        if (percent < 1)
            throw Fault(number.offset, fmt::format("'p({})' looks like a fraction", number.text),
                        "p counts in percent: 'p(95)'");
        measure.quantile = read_share(fmt::format("{}%", number.text));
        tokens_.expect(")");
    }

    void metric(const Token& head, Measure& measure) {
        const Token name = tokens_.expect_word("a metric such as latency or waiting");
        const auto found = models::metric_named(std::string(name.text));
        if (!found) throw unknown_metric(name);
        measure.metric = *found;
        if (!fits(measure.aggregate, models::kind_of(*found), *found))
            throw Fault(head.offset, fmt::format("'{}' does not go with '{}'", head.text, name.text),
                        fmt::format("{} has {}", name.text,
                                    *found == Metric::slowdown ? "avg: it is a ratio of means"
                                    : models::is_of_the_past(*found)
                                        ? "share: it is known only once more has happened"
                                        : aggregates_of(models::kind_of(*found))));
        tokens_.expect("(", fmt::format("write what it is of: '{}(NAME)', or '{}()' for the whole system",
                                        name.text, name.text));
        if (!tokens_.is(")")) {
            measure.scope = read_name("a name");
            if (tokens_.take_if("->")) {
                if (*found != Metric::latency)
                    throw Fault(name.offset,
                                fmt::format("'{}' has no way from one element to another", name.text),
                                "only latency has: 'latency(a -> b)'");
                measure.scope_to = read_name("a name after '->'");
            }
        }
        if (tokens_.is(","))
            throw Fault(tokens_.peek().offset, "a comma in a measure",
                        "qualifiers follow the ')': 'latency(server) of gold'");
        tokens_.expect(")");
    }

    static Fault unknown_metric(const Token& name) {
        const auto ours = lookup(other_metrics, name.text);
        std::string hint =
            ours.empty() ? did_you_mean(name.text, metric_names()) : fmt::format("write '{}(...)'", ours);
        if (hint.empty())
            hint =
                "metrics are latency, wait, present, waiting, lag, freshness, utilisation, completed, lost, "
                "cost and others";
        return Fault(name.offset, fmt::format("unknown metric '{}'", name.text), hint);
    }

    std::string read_name(std::string_view what) {
        const Token name = tokens_.expect_word(what);
        if (!is_name(name.text)) throw Fault(name.offset, fmt::format("'{}' is not a name", name.text));
        return std::string(name.text);
    }

    void qualifier(Measure& measure) {
        const Token word = tokens_.take();
        const auto once = [&](bool given) {
            if (given)
                throw Fault(word.offset, fmt::format("'{}' is given twice", word.text), "leave one out");
        };
        const bool of_workers =
            measure.metric == Metric::active_period || models::is_of_the_past(measure.metric);
        if (of_workers && (word.text == "of" || word.text == "during" || word.text == "items"))
            throw Fault(
                word.offset,
                fmt::format("'{}' is of the whole run and all items", models::name_of(measure.metric)),
                fmt::format("leave '{}' out", word.text));
        if (word.text == "of") {
            once(!measure.of_load.empty());
            measure.of_load = read_name("a load");
        } else if (word.text == "during") {
            once(!measure.during_action.empty() || measure.during);
            if (measure.aggregate == Aggregate::at)
                throw Fault(word.offset, "'at' looks at one instant, and 'during' at more than one",
                            "leave one of them out");
            during(measure);
        } else if (word.text == "items") {
            once(measure.items.has_value());
            const Token token = tokens_.expect_word("a range such as 1..100");
            const Range range = read_range(token.text, token.offset);
            if (!range.low.whole || !range.high.whole || range.low.dimension != Dimension::number ||
                *range.low.exact < 1)
                throw Fault(token.offset, fmt::format("'{}' is no range of items", token.text),
                            "items count from 1: 'items 1..100'");
            if (models::kind_of(measure.metric) != MetricKind::item)
                throw Fault(word.offset,
                            fmt::format("'{}' is not measured by item", models::name_of(measure.metric)),
                            "leave 'items' out");
            measure.items = {*range.low.exact, *range.high.exact};
        } else if (word.text == "by") {
            once(measure.by_clock || measure.by_offset);
            if (measure.metric != Metric::landed)
                throw Fault(word.offset, "'by' belongs to 'landed'",
                            "such as 'share landed(revenue) by 06:45 >= 99%'");
            if (measure.aggregate != Aggregate::share)
                throw Fault(word.offset, "'by' is of the share of runs that are in time",
                            fmt::format("write 'share landed({}) by ...', or leave 'by' out", measure.scope));
            const Token token = tokens_.expect_word("a time of day, or +DURATION");
            if (token.text.starts_with('+'))
                measure.by_offset = read_duration(token.text.substr(1), token.offset + 1);
            else
                measure.by_clock = read_clock(token.text, token.offset);
        } else if (word.text.starts_with('=') || word.text == "!=") {
            throw Fault(word.offset, fmt::format("'{}' is not a comparison", word.text),
                        "write <, <=, > or >=");
        } else if (word.text == "each") {
            throw Fault(word.offset, "'each' follows a window", "such as 'during 7h..9h each 1d'");
        } else {
            std::string hint = did_you_mean(word.text, {"of", "during", "items", "by"});
            if (word.text == "for" || word.text == "in" || word.text == "from")
                hint = "did you mean 'of LOAD' or 'during A..B'?";
            throw Fault(
                word.offset, fmt::format("unknown qualifier '{}'", word.text),
                hint.empty()
                    ? "qualifiers are 'of LOAD', 'during ACTION', 'during A..B', 'items N..M', 'by CLOCK'"
                    : hint);
        }
    }

    void during(Measure& measure) {
        const Token token = tokens_.expect_word("an action or a window such as 7h..9h");
        if (token.text.find("..") == std::string_view::npos) {
            if (!is_name(token.text))
                throw Fault(token.offset, fmt::format("'{}' is neither an action nor a window", token.text),
                            "a window is 'during 7h..9h'");
            measure.during_action = std::string(token.text);
            return;
        }
        const Range range = read_range(token.text, token.offset);
        if (range.low.dimension != Dimension::duration)
            throw Fault(token.offset, fmt::format("'{}' is not a window of time", token.text),
                        "such as 'during 7h..9h'");
        Measure::Window window;
        window.from = *range.low.exact;
        window.to = *range.high.exact;
        if (window.from == window.to)
            throw Fault(token.offset, fmt::format("the window '{}' is empty", token.text),
                        "for one instant write 'at TIME' as the aggregate");
        if (tokens_.take_if("each")) {
            const Token period = tokens_.expect_word("a period such as 1d");
            window.each = read_duration(period.text, period.offset);
            if (*window.each <= 0 || window.to > *window.each)
                throw Fault(period.offset,
                            fmt::format("the window '{}' does not fit into '{}'", token.text, period.text),
                            "times count from the period's start");
        }
        measure.during = window;
    }

    Tokens tokens_;
};

constexpr std::array<std::pair<std::string_view, models::Comparison>, 4> comparisons{
    {{"<", models::Comparison::less},
     {"<=", models::Comparison::at_most},
     {">", models::Comparison::greater},
     {">=", models::Comparison::at_least}}};

/// A comparison and the word behind it, which is the limit.
Token read_limit(Tokens& tokens, models::Comparison& into) {
    const Token sign = tokens.take();
    const auto found = std::find_if(comparisons.begin(), comparisons.end(),
                                    [&](const auto& c) { return c.first == sign.text; });
    if (found == comparisons.end())
        throw Fault(sign.offset, fmt::format("'{}' is not a comparison", sign.text), "write <, <=, > or >=");
    into = found->second;
    if (tokens.is("="))
        throw Fault(tokens.peek().offset, "a space inside the comparison",
                    fmt::format("write '{}='", sign.text));
    const Token limit = tokens.expect_word("a limit");
    if (limit.text.starts_with('='))
        throw Fault(limit.offset, fmt::format("'{}{}' is not a comparison", sign.text, limit.text),
                    "write <, <=, > or >=");
    return limit;
}

/// A limit in money names the currency of its file.
void agree_on_currency(const Quantity& value, const Token& limit, std::string& currency) {
    if (value.currency.empty()) return;
    if (currency.empty()) currency = value.currency;
    if (currency != value.currency)
        throw Fault(limit.offset,
                    fmt::format("'{}' is in another currency than the rest of the file", limit.text),
                    fmt::format("use {} throughout", currency));
}

/// What is read of a measure up to its comparison, without the spaces before that.
std::string text_before(std::string_view text, std::size_t from, std::size_t sign) {
    return std::string(text.substr(from, text.find_last_not_of(' ', sign - 1) + 1 - from));
}

std::string_view sign_of(models::Comparison comparison) {
    for (const auto& [word, value] : comparisons)
        if (value == comparison) return word;
    return "";
}

}  // namespace

Measure read_measure(std::string_view text) {
    MeasureReader reader(text);
    Measure measure = reader.read();
    Tokens& tokens = reader.tokens();
    for (const auto& [sign, comparison] : comparisons)
        if (tokens.is(sign))
            throw Fault(tokens.peek().offset, "a measure has no limit",
                        "what has a limit is an objective: move it to 'objectives'");
    tokens.expect_end();
    measure.text = std::string(text);
    return measure;
}

Dimension limit_dimension(const models::Measure& measure) {
    if (measure.aggregate == models::Aggregate::share ||
        models::kind_of(measure.metric) == models::MetricKind::state)
        return Dimension::share;
    if (measure.metric == models::Metric::cost)
        return measure.aggregate == models::Aggregate::rate ? Dimension::cost : Dimension::money;
    if (measure.aggregate == models::Aggregate::rate) return Dimension::rate;
    if (measure.aggregate == models::Aggregate::variance) return Dimension::number;
    const std::string unit = models::unit_of(measure.aggregate, measure.metric);
    return unit == "s" ? Dimension::duration : unit == "fraction" ? Dimension::share : Dimension::number;
}

models::Objective read_objective(std::string_view text, std::string& currency) {
    MeasureReader reader(text);
    models::Objective objective;
    objective.measure = reader.read();
    Tokens& tokens = reader.tokens();
    const std::size_t sign = tokens.peek().offset;
    if (tokens.at_end())
        throw Fault(sign, fmt::format("'{}' has no limit", text),
                    "an objective ends with one, such as '< 40s'; what has none belongs to 'measures'");
    const Token limit = read_limit(tokens, objective.comparison);
    objective.measure.text = text_before(text, 0, sign);
    const Quantity value = read_quantity(limit.text, limit_dimension(objective.measure), limit.offset);
    agree_on_currency(value, limit, currency);
    objective.limit = value.value;
    tokens.expect_end("an objective ends with its limit; qualifiers stand before the comparison");
    objective.text = std::string(text);
    return objective;
}

namespace {

models::Increase read_increase(std::string_view text, std::string& currency) {
    MeasureReader reader(text);
    models::Increase increase;
    const std::size_t begin = reader.tokens().peek(1).offset;
    increase.measure = reader.read(true);
    Tokens& tokens = reader.tokens();
    const std::size_t sign = tokens.peek().offset;
    if (tokens.at_end())
        throw Fault(sign, fmt::format("'{}' has no limit", text),
                    "say how much more there may be, such as '< 5%' or '< 0.1s'");
    const Token limit = read_limit(tokens, increase.comparison);
    increase.measure.text = text_before(text, begin, sign);
    const bool negative = limit.text.starts_with('-');
    const std::string_view amount = limit.text.substr(negative ? 1 : 0);
    const std::size_t offset = limit.offset + (negative ? 1 : 0);
    const Quantity value = read_quantity(amount, offset);
    increase.relative = value.dimension == Dimension::share;
    // Nothing needs no unit.
    const bool nothing = value.dimension == Dimension::number && value.value == 0;
    if (!increase.relative && !nothing) {
        const Dimension due = limit_dimension(increase.measure);
        if (due == Dimension::share)
            throw Fault(limit.offset, fmt::format("'{}' is no change of a share", limit.text),
                        "'%' is a share of the baseline's; for a change in points promise the share itself, "
                        "without 'increase'");
        agree_on_currency(read_quantity(amount, due, offset), limit, currency);
    }
    increase.margin = negative ? -value.value : value.value;
    tokens.expect_end("it ends with its limit; qualifiers stand before the comparison");
    increase.text = std::string(text);
    return increase;
}

}  // namespace

void read_accepted(std::string_view text, std::string& currency, models::Acceptance& into) {
    const auto once = [&](const auto& entries) {
        for (const auto& entry : entries)
            if (entry.text == text)
                throw Fault(0, fmt::format("'{}' is accepted twice", text), "leave one out");
    };
    const Tokens tokens(text);
    if (tokens.is("all") && tokens.peek(1).text == "objectives" && tokens.peek(2).text.empty()) {
        if (into.all_objectives) throw Fault(0, "'all objectives' is accepted twice", "leave one out");
        into.all_objectives = true;
    } else if (tokens.is("increase")) {
        once(into.increases);
        into.increases.push_back(read_increase(text, currency));
    } else {
        once(into.objectives);
        into.objectives.push_back(read_objective(text, currency));
    }
}

models::Condition read_condition(std::string_view text) {
    MeasureReader reader(text);
    models::Condition condition;
    condition.text = std::string(text);
    Tokens& tokens = reader.tokens();
    if (tokens.take_if("updated")) {
        const Token name = tokens.expect_word("a dataset behind 'updated'");
        if (!is_name(name.text)) throw Fault(name.offset, fmt::format("'{}' is not a name", name.text));
        condition.updated = std::string(name.text);
        tokens.expect_end();
        return condition;
    }
    const Measure measure = reader.read_level();
    condition.metric = measure.metric;
    condition.scope = measure.scope;
    if (tokens.at_end())
        throw Fault(tokens.peek().offset, fmt::format("'{}' has no limit", text),
                    "a condition compares, such as 'lag(enrich) > 500000'");
    const Token limit = read_limit(tokens, condition.comparison);
    condition.limit = read_quantity(limit.text, limit_dimension(measure), limit.offset).value;
    if (tokens.take_if("for")) {
        const Token lasts = tokens.expect_word("a duration such as 5min");
        condition.lasts = read_duration(lasts.text, lasts.offset);
    }
    tokens.expect_end("a condition reads 'lag(enrich) > 500000 for 5min'");
    return condition;
}

std::string print_measure(const Measure& m) {
    std::string text;
    if (m.aggregate == Aggregate::at) {
        text = "at " + (m.at ? print_duration(*m.at) : std::string("end"));
    } else {
        text = models::name_of(m.aggregate);
        if (m.aggregate == Aggregate::quantile) {
            const std::string percent = print_quantity(m.quantile, Dimension::share);
            text += fmt::format("({})", percent.substr(0, percent.size() - 1));
        }
    }
    text += fmt::format(" {}({}{})", models::name_of(m.metric), m.scope,
                        m.scope_to.empty() ? "" : " -> " + m.scope_to);
    if (!m.of_load.empty()) text += " of " + m.of_load;
    if (!m.during_action.empty()) text += " during " + m.during_action;
    if (m.during) {
        text += fmt::format(" during {}..{}", print_duration(m.during->from), print_duration(m.during->to));
        if (m.during->each) text += " each " + print_duration(*m.during->each);
    }
    if (m.items) text += fmt::format(" items {}..{}", m.items->first, m.items->second);
    if (m.by_clock) text += " by " + print_clock(*m.by_clock);
    if (m.by_offset) text += " by +" + print_duration(*m.by_offset);
    return text;
}

std::string print_objective(const models::Objective& objective, const std::string& currency) {
    return fmt::format("{} {} {}", print_measure(objective.measure), sign_of(objective.comparison),
                       print_quantity(objective.limit, limit_dimension(objective.measure), currency));
}

std::string print_condition(const models::Condition& condition) {
    if (!condition.updated.empty()) return "updated " + condition.updated;
    Measure measure;
    measure.aggregate = Aggregate::at;
    measure.metric = condition.metric;
    std::string text =
        fmt::format("{}({}) {} {}", models::name_of(condition.metric), condition.scope,
                    sign_of(condition.comparison), print_quantity(condition.limit, limit_dimension(measure)));
    if (condition.lasts) text += " for " + print_duration(*condition.lasts);
    return text;
}

}  // namespace understudy::formats
