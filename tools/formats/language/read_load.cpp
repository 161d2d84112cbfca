// Loads, their fields, arrivals and profiles.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"

namespace understudy::formats {

namespace {

/// A value of a profile: a share, or a factor with or without its x.
double read_level(std::string_view text) {
    const Quantity value = read_quantity(text);
    if (value.dimension != Dimension::share && value.dimension != Dimension::factor &&
        value.dimension != Dimension::number)
        throw Fault(0, fmt::format("'{}' is neither a share nor a factor", text),
                    "a profile multiplies rates: '50%' or '0.5'");
    return value.value;
}

void read_points(MapReader& map, std::string_view key, models::Profile& into) {
    const Node* node = map.find(key);
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (!node->is_map() || node->entries.empty()) {
        reading.error(*node,
                      fmt::format("'{}' takes a map of times, not {}", key,
                                  node->is_map() ? "an empty one" : shown(*node)),
                      "such as '{0h: 5%, 9h: 100%}'");
        return;
    }
    for (const Entry& point : node->entries) {
        Node time = Node::scalar(point.key);
        time.place = point.place;
        kernel::Time at = 0;
        const bool good = reading.guarded(time, [&] {
            at = read_duration(point.key);
            if (into.points.empty() && at != 0 && &point == &node->entries.front())
                throw Fault(0, fmt::format("the first point is at '{}'", point.key), "say what holds at 0h");
            if (!into.points.empty() && at <= into.points.back().first)
                throw Fault(0, "the times of a profile must increase", "write them in order");
            const bool at_end = key == "ramps" && into.period && at == *into.period;
            if (into.period && at >= *into.period && !at_end)
                throw Fault(0, fmt::format("'{}' lies outside of the period", point.key),
                            "times count from the period's start");
        });
        if (!require_scalar(reading, point.value, key, "{0h: 5%, 9h: 100%}")) continue;
        reading.guarded(point.value, [&] {
            const double level = read_level(point.value.text);
            if (good) into.points.emplace_back(at, level);
        });
    }
}

void read_sine(MapReader& map, models::Profile& into) {
    const Node* node = map.find("sine");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    MapReader sine(reading, *node, "sine", node->place);
    if (const Node* mean = sine.scalar("mean"))
        reading.guarded(*mean, [&] { into.mean = read_level(mean->text); });
    if (const Node* amplitude = sine.scalar("amplitude"))
        reading.guarded(*amplitude, [&] {
            into.amplitude = read_level(amplitude->text);
            if (into.amplitude > into.mean)
                throw Fault(0, fmt::format("an amplitude of {} makes the rate negative", amplitude->text),
                            "it may not be above the mean");
        });
    if (!map.has("period"))
        reading.out.error(map.where(), "a sine needs its 'period'", "such as 'period: 1d'");
}

/// Steps as a log has recorded them, by the time from its first row on (recorded_series.h says what they are in a run).
void read_series(MapReader& map, models::Profile& into) {
    const Node* node = map.scalar("series");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    reading.guarded(*node, [&] {
        const std::size_t dot = node->text.find('.');
        if (dot == std::string::npos)
            throw Fault(0, fmt::format("'{}' names no column", node->text), "write 'series: LOG.column'");
        const std::string log = node->text.substr(0, dot);
        const LogColumn column = reading.column(log, node->text.substr(dot + 1));
        if (column.dimension != Dimension::number && column.dimension != Dimension::share)
            throw Fault(
                dot + 1,
                fmt::format("'{}' is {}, and no factor of a rate", node->text, describe(column.dimension)),
                "list the column as 'number' or '%'");
        if (!column.times)
            throw Fault(0, fmt::format("the rows of log '{}' have no times", log),
                        "say which of its columns holds them: 'time: at'");
        for (std::size_t i = 0; i < column.values->size(); ++i) {
            const kernel::Time at = kernel::from_seconds((*column.times)[i]);
            if (!into.points.empty() && at <= into.points.back().first)
                throw Fault(
                    0,
                    fmt::format("{}: the row has the time of another, and a series has one value at a time",
                                column.repeated.empty() ? log : column.repeated),
                    "leave one of them out of the file; dates of an hour that comes twice may have their "
                    "offset: '2026-10-25T02:00+01:00'");
            into.points.emplace_back(at, (*column.values)[i]);
        }
        if (column.missing_rows > 0)
            reading.out.warning(
                node->place,
                fmt::format("{} without a value, taken as missing: the value before stands; the first is {}",
                            column.missing_rows == 1 ? std::string("one row")
                                                     : fmt::format("{} rows", column.missing_rows),
                            column.first_missing));
    });
    into.series = node->text;
}

void read_next_state(Reading& reading, MapReader& map, const Entry& entry, const Node& states,
                     models::Arrivals::State& into) {
    const Node* next = map.find("next");
    if (next == nullptr) {
        if (states.entries.size() == 2)
            into.next = {{states.entries[states.entries[0].key == entry.key ? 1 : 0].key, 1.0}};
        else
            reading.out.error(entry.place,
                              fmt::format("state '{}' does not say what comes after it", entry.key),
                              "with more than two states each has its 'next: {burst: 100%}'");
        return;
    }
    if (!next->is_map() || next->entries.empty()) {
        reading.error(*next, fmt::format("'next' takes a map of shares, not {}", shown(*next)),
                      "such as '{burst: 60%, calm: 40%}'");
        return;
    }
    double sum = 0;
    for (const Entry& target : next->entries) {
        if (!require_scalar(reading, target.value, "next", "{burst: 100%}")) return;
        Node name = Node::scalar(target.key);
        name.place = target.place;
        if (states.find(target.key) == nullptr) {
            std::vector<std::string> names;
            for (const Entry& state : states.entries) names.push_back(state.key);
            reading.error(name, fmt::format("no state is called '{}'", target.key),
                          did_you_mean(target.key, names));
        }
        const bool good = reading.guarded(target.value, [&] {
            into.next.emplace_back(target.key, read_share(target.value.text));
            sum += into.next.back().second;
        });
        if (!good) return;
    }
    if (std::abs(sum - 1) > 1e-9)
        reading.error(*next, fmt::format("the shares of 'next' sum to {:.6g}%, not to 100%", 100 * sum),
                      "change one of them");
}

models::Arrivals read_states(Reading& reading, const Node& node, Place where) {
    models::Arrivals arrivals;
    arrivals.kind = models::Arrivals::Kind::states;
    if (node.find("phase_type") != nullptr) {
        reading.error(node, "arrivals take no law in braces", law_behind_every);
        return arrivals;
    }
    MapReader map(reading, node, "arrivals", where);
    const Node* states = map.find("states");
    if (states == nullptr) return arrivals;
    if (!states->is_map() || states->entries.size() < 2) {
        reading.error(*states, "'states' takes a map of two states or more",
                      "such as '{calm: {rate: 2/s, stay: 1h}, burst: {rate: 20/s, stay: 5min}}'");
        return arrivals;
    }
    double highest = 0;
    for (const Entry& entry : states->entries) {
        if (!require_declared_name(reading.out, entry.key, entry.place)) continue;
        MapReader state(reading, entry.value, "arrival state", entry.place);
        models::Arrivals::State& into = arrivals.states.emplace_back();
        into.name = entry.key;
        if (const Node* rate = state.scalar("rate"))
            reading.guarded(*rate, [&] { into.rate = read_quantity(rate->text, Dimension::rate).value; });
        highest = std::max(highest, into.rate);
        state.law("stay", into.stay);
        if (const Node* stay = state.find("stay"); stay != nullptr && into.stay.is_constant() &&
                                                   !into.stay.empty() && into.stay.terms[0].law.mean() <= 0)
            reading.error(*stay, "a state that lasts 0s never lets time pass", "write a longer stay");
        for (const models::Term& term : into.stay.terms)
            if (!term.field.empty() || term.per != models::Per::once)
                reading.error(*state.find("stay"), "how long a state lasts cannot depend on an item",
                              "write a plain law");
        read_next_state(reading, state, entry, *states, into);
    }
    if (highest <= 0 && !reading.out.has_errors())
        reading.error(*states, "nothing arrives in any of these states", "give one of them a rate above 0");
    return arrivals;
}

}  // namespace

namespace {

const Node* map_in(const Node& node, std::string_view key) {
    const Entry* entry = node.is_map() ? node.find(key) : nullptr;
    return entry != nullptr && entry->value.is_map() ? &entry->value : nullptr;
}

/// Calls visit(laws) for the `fields` of what each stage and task `emits`.
template <class Visit>
void for_each_changed_fields(const Node& root, Visit visit) {
    const Node* twin = map_in(root, "twin");
    if (twin == nullptr) return;
    const auto look_at = [&](const Node* elements) {
        if (elements == nullptr) return;
        for (const Entry& element : elements->entries)
            if (const Node* emits = map_in(element.value, "emits"))
                if (const Node* fields = map_in(*emits, "fields")) visit(*fields);
    };
    look_at(map_in(*twin, "stages"));
    if (const Node* pipelines = map_in(*twin, "pipelines"))
        for (const Entry& pipeline : pipelines->entries) look_at(map_in(pipeline.value, "tasks"));
}

/// What a field's law is of; nothing if it cannot be read, or not yet. Errors are reported where it is read for good.
std::optional<Dimension> dimension_of_field(const Reading& reading, const Entry& field) {
    ReadLaw law;
    Diagnostics ignored;
    Reading trial(ignored);
    trial.column = reading.column;
    trial.fields = reading.fields;
    if (!read_law_node(trial, field.value, field.key, std::nullopt, law)) return std::nullopt;
    return law.dimension;
}

/// Those that stages draw. Their laws may take other fields, so that some are known only after others.
void read_changed_dimensions(Reading& reading, const Node& root) {
    for (bool more = true; more;) {
        more = false;
        for_each_changed_fields(root, [&](const Node& fields) {
            for (const Entry& field : fields.entries)
                if (!reading.fields.contains(field.key))
                    if (const auto dimension = dimension_of_field(reading, field))
                        more = reading.fields.emplace(field.key, *dimension).second;
        });
    }
    for_each_changed_fields(root, [&](const Node& fields) {
        for (const Entry& field : fields.entries) {
            const auto dimension = dimension_of_field(reading, field);
            const auto known =
                reading.fields.emplace(field.key, dimension.value_or(Dimension::duration)).first;
            if (dimension && *dimension != known->second)
                reading.error(field.value,
                              fmt::format("field '{}' is {} here, and {} elsewhere", field.key,
                                          describe(*dimension), describe(known->second)),
                              "one field is of one kind throughout");
        }
    });
}

void read_drawn_dimensions(Reading& reading, const Node& loads) {
    if (!loads.is_map()) return;
    for (const Entry& load : loads.entries) {
        const Entry* fields = load.value.is_map() ? load.value.find("fields") : nullptr;
        if (fields == nullptr || !fields->value.is_map()) continue;
        for (const Entry& field : fields->value.entries) {
            ReadLaw law;
            // Errors are reported when the load itself is read.
            Diagnostics ignored;
            Reading trial(ignored);
            trial.column = reading.column;
            if (!read_law_node(trial, field.value, field.key, std::nullopt, law))
                law.dimension = Dimension::duration;
            const auto [known, is_new] = reading.fields.emplace(field.key, law.dimension);
            if (!is_new && known->second != law.dimension && !ignored.has_errors())
                reading.error(field.value,
                              fmt::format("field '{}' is {} here, and {} on another load", field.key,
                                          describe(law.dimension), describe(known->second)),
                              "one field is of one kind on all loads");
        }
    }
}

}  // namespace

void read_field_dimensions(Reading& reading, const Node& root) {
    if (const Entry* load = root.is_map() ? root.find("load") : nullptr)
        read_drawn_dimensions(reading, load->value);
    read_changed_dimensions(reading, root);
}

namespace {

/// More arrivals than any run can use.
constexpr double most_arrivals = 1e8;

/// As many arrivals as `factor` times these, at the same ebb and flow: the count of arrivals is taken to grow linearly
/// from one to the next, and there is one wherever `factor` times it is a whole number. Before the first one it grows
/// as fast as on average.
std::vector<double> multiplied(const std::vector<double>& instants, double factor) {
    const auto all = static_cast<double>(instants.size());
    if (instants.empty()) return instants;
    const double gap = (instants.back() - instants.front()) / std::max(1.0, all - 1);
    const auto count = static_cast<std::size_t>(std::floor(all * factor * (1 + 1e-12)));
    std::vector<double> result(count);
    for (std::size_t j = 0; j < count; ++j) {
        const double place = std::min(static_cast<double>(j + 1) / factor, all);
        const auto after = static_cast<std::size_t>(std::ceil(place)) - 1;
        const double share = static_cast<double>(after + 1) - place;  // of the gap before it
        const double before = after > 0 ? instants[after - 1] : std::max(0.0, instants[0] - gap);
        result[j] = instants[after] - share * (instants[after] - before);
    }
    return result;
}

/// Of `1.5x poisson(90/h)` the first word.
bool is_multiple(const Token& token) {
    return token.word && token.text.ends_with('x') && token.text[0] >= '0' && token.text[0] <= '9';
}

void multiply(models::Arrivals& arrivals, double factor) {
    using Kind = models::Arrivals::Kind;
    switch (arrivals.kind) {
        case Kind::poisson: arrivals.rate *= factor; break;
        case Kind::every:
            for (models::Term& term : arrivals.interval.terms) {
                if (term.recorded || !term.recorded_column.empty())
                    throw Fault(0, "a multiple of recorded intervals",
                                "multiply recorded arrivals, or a law");
                term.law = term.law.scaled(1 / factor);
            }
            break;
        case Kind::recorded:
            if (static_cast<double>(arrivals.instants->size()) * factor > most_arrivals)
                throw Fault(0, "more than 100 million arrivals", "write a smaller factor");
            arrivals.instants =
                std::make_shared<const std::vector<double>>(multiplied(*arrivals.instants, factor));
            break;
        default:
            throw Fault(0, "'saturated' always has one more: there is nothing to multiply",
                        "write 'saturated' alone");
    }
}

}  // namespace

models::Arrivals read_arrivals(std::string_view text, const LawContext& context) {
    models::Arrivals arrivals;
    arrivals.text = std::string(text);
    Tokens tokens(text);
    if (is_multiple(tokens.peek())) {
        const Token first = tokens.take(), next = tokens.peek();
        const double factor = read_quantity(first.text, Dimension::factor, first.offset).value;
        if (!(factor > 0)) throw Fault(first.offset, "0x brings nothing", "leave the load out");
        if (is_multiple(next)) throw Fault(next.offset, "a multiple of a multiple", "write one factor");
        models::Arrivals multiple;
        try {
            multiple = read_arrivals(text.substr(next.offset), context);
        } catch (const Fault& fault) {
            throw Fault(next.offset + fault.offset, fault.what(), fault.hint);
        }
        multiply(multiple, factor);
        multiple.text = arrivals.text;
        return multiple;
    }
    if (tokens.take_if("saturated")) {
        tokens.expect_end();
        arrivals.kind = models::Arrivals::Kind::saturated;
    } else if (tokens.take_if("poisson")) {
        tokens.expect("(", "such as 'poisson(90/h)'");
        const Token rate = tokens.expect_word("a rate such as 90/h");
        if (rate.text == "mean" || rate.text == "rate")
            throw Fault(rate.offset, fmt::format("'{}' in poisson", rate.text),
                        "poisson takes its rate alone: 'poisson(90/h)'");
        arrivals.rate = read_quantity(rate.text, Dimension::rate, rate.offset).value;
        if (arrivals.rate <= 0)
            throw Fault(rate.offset, "a rate of 0 brings nothing",
                        "write a rate above 0, or leave the load out");
        tokens.expect(")", "poisson takes its rate alone: 'poisson(90/h)'");
        tokens.expect_end("a rate that changes is a 'profile'");
        arrivals.kind = models::Arrivals::Kind::poisson;
    } else if (tokens.take_if("every")) {
        const std::size_t offset = tokens.peek().offset;
        if (text.substr(offset).starts_with('{'))
            throw Fault(offset, "a law in braces cannot stand behind 'every'", law_behind_every);
        try {
            arrivals.interval = read_law(text.substr(offset), Dimension::duration, context).law;
        } catch (const Fault& fault) {
            throw Fault(offset + fault.offset, fault.what(), fault.hint);
        }
        if (arrivals.interval.is_constant() && arrivals.interval.terms[0].law.mean() <= 0)
            throw Fault(offset, "every 0s never lets time pass", "write a longer interval");
        for (const models::Term& term : arrivals.interval.terms)
            if (!term.field.empty() || term.per != models::Per::once)
                throw Fault(offset, "an interval between arrivals cannot depend on an item",
                            "write a plain law");
        arrivals.kind = models::Arrivals::Kind::every;
    } else if (tokens.take_if("recorded")) {
        tokens.expect("(", "such as 'recorded(calls.created_at)'");
        const Token name = tokens.expect_word("a column of a log");
        const std::size_t dot = name.text.find('.');
        if (dot == std::string_view::npos)
            throw Fault(name.offset, fmt::format("'{}' names no column", name.text),
                        "write 'recorded(LOG.column)'");
        if (!context.column) throw Fault(0, "'recorded' is not possible here", "logs belong to a scenario");
        LogColumn column;
        try {
            column = context.column(name.text.substr(0, dot), name.text.substr(dot + 1));
        } catch (const Fault& fault) {
            throw Fault(name.offset + fault.offset, fault.what(), fault.hint);
        }
        if (column.missing_rows > 0) throw Fault(name.offset, column.first_missing);
        if (column.dimension != Dimension::duration)
            throw Fault(name.offset, fmt::format("'{}' holds no times", name.text),
                        "arrivals are recorded as times: say their unit under 'columns'");
        std::vector<double> sorted(*column.values);
        std::sort(sorted.begin(), sorted.end());
        arrivals.instants = std::make_shared<const std::vector<double>>(std::move(sorted));
        tokens.expect(")");
        tokens.expect_end();
        arrivals.kind = models::Arrivals::Kind::recorded;
    } else {
        const Token head = tokens.peek();
        std::string hint;
        const bool number = !head.text.empty() && head.text[0] >= '0' && head.text[0] <= '9';
        if (number)
            hint = head.text.find('/') != std::string_view::npos ? fmt::format("write 'poisson({})'", text)
                                                                 : fmt::format("write 'every {}'", text);
        for (const LawForm& form : law_forms())
            if (form.name == head.text) hint = fmt::format("write 'every {}'", text);
        if (hint.empty()) hint = did_you_mean(head.text, {"poisson", "every", "saturated", "recorded"});
        if (hint.empty()) hint = "write 'poisson(90/h)', 'every LAW', 'saturated' or 'recorded(LOG.column)'";
        throw Fault(head.offset, fmt::format("'{}' says not when items arrive", text), hint);
    }
    return arrivals;
}

std::string print_arrivals(const models::Arrivals& arrivals) {
    // A multiple as it was written: not every law that is stretched has a text of its own.
    if (!arrivals.text.empty() && is_multiple(Tokens(arrivals.text).peek())) return arrivals.text;
    switch (arrivals.kind) {
        case models::Arrivals::Kind::poisson:
            return fmt::format("poisson({})", print_quantity(arrivals.rate, Dimension::rate));
        case models::Arrivals::Kind::every:
            return "every " + print_law(arrivals.interval, Dimension::duration);
        case models::Arrivals::Kind::saturated: return "saturated";
        default: return arrivals.text;
    }
}

models::Load read_load(Reading& reading, const Entry& element) {
    models::Load load;
    load.name = element.key;
    MapReader map(reading, element.value, "load", element.place);
    const Node* arrivals = map.find("arrivals");
    const bool users = map.has("users");
    if (arrivals != nullptr && users)
        reading.out.error(element.value.find("users")->place, "'users' beside 'arrivals'",
                          "a load is either open (arrivals) or closed (users with think)");
    if (map.ok() && element.value.find("arrivals") == nullptr && !users)
        reading.out.error(element.place, fmt::format("load '{}' says not when its items arrive", load.name),
                          "such as 'arrivals: poisson(90/h)', or 'users: 40' with 'think: 12s'");
    if (arrivals != nullptr && arrivals->is_map()) {
        load.arrivals = read_states(reading, *arrivals, element.value.find("arrivals")->place);
    } else if (const Node* text = map.scalar("arrivals")) {
        reading.guarded(*text, [&] { load.arrivals = read_arrivals(text->text, reading.laws()); });
    }
    if (users) {
        load.arrivals.kind = models::Arrivals::Kind::users;
        map.count("users", load.arrivals.users, 1);
        map.law("think", load.arrivals.think);
        if (!map.has("think"))
            reading.out.error(
                element.value.find("users")->place, "'users' without 'think'",
                "say how long a user pauses, such as 'think: exponential(mean 12s)'; '0s' is possible");
        for (const std::string_view key : {"profile", "first", "items"})
            if (const Node* other = map.find(key))
                reading.error(*other, fmt::format("'{}' does not go with 'users'", key),
                              "users come back when their item is done");
    } else if (map.has("think")) {
        reading.out.error(element.value.find("think")->place, "'think' without 'users'",
                          "say how many users there are, or leave 'think' out");
    }
    map.name("profile", load.profile);
    map.law("items", load.items);
    map.count("count", load.count, 1);
    map.duration("first", load.first);
    map.duration("from", load.from);
    map.duration("until", load.until);
    map.law("delay", load.delay);
    map.law("records", load.records);
    map.law("size", load.size);
    map.law("priority", load.priority);
    map.law("key", load.key);
    map.duration("deadline", load.deadline);
    read_writes(map, load.writes);
    read_description(map, load.description);
    if (const Node* until = map.find("until"); until != nullptr && load.until <= load.from)
        reading.error(*until, "'until' is not after 'from'", "nothing would arrive");
    if (const Node* fields = map.find("fields")) {
        if (!fields->is_map()) {
            reading.error(*fields, fmt::format("'fields' takes a map, not {}", shown(*fields)),
                          "such as '{work: exponential(mean 1s)}'");
            return load;
        }
        for (const Entry& field : fields->entries) {
            ReadLaw law;
            if (require_declared_name(reading.out, field.key, field.place) &&
                read_law_node(reading, field.value, field.key, std::nullopt, law)) {
                for (const models::Term& term : law.law.terms)
                    if (!term.field.empty())
                        reading.error(field.value,
                                      fmt::format("field '{}' is made of another field", field.key),
                                      "fields are drawn on their own");
                load.fields.emplace_back(field.key, law.law);
            }
        }
    }
    return load;
}

models::Profile read_profile(Reading& reading, const Entry& element) {
    models::Profile profile;
    profile.name = element.key;
    MapReader map(reading, element.value, "profile", element.place);
    map.duration("period", profile.period);
    if (const Node* period = map.find("period");
        period != nullptr && profile.period && *profile.period == 0) {
        reading.error(*period, "a period of 0s never lets time pass", "write a longer one");
        profile.period.reset();
    }
    int forms = 0;
    for (const std::string_view form : {"steps", "ramps", "sine", "series"})
        forms += map.ok() && element.value.find(form) != nullptr ? 1 : 0;
    if (map.ok() && forms != 1)
        reading.out.error(element.place,
                          forms == 0 ? "a profile without a curve" : "a profile with several curves",
                          "it has either 'steps', 'ramps', 'sine' or 'series'");
    if (map.has("ramps")) profile.form = models::Profile::Form::ramps;
    if (map.has("sine")) profile.form = models::Profile::Form::sine;
    read_points(map, "steps", profile);
    read_points(map, "ramps", profile);
    read_sine(map, profile);
    read_series(map, profile);
    if (const Node* weekend = map.scalar("weekend"))
        reading.guarded(*weekend, [&] { profile.weekend = read_level(weekend->text); });
    return profile;
}

}  // namespace understudy::formats
