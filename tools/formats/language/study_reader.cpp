#include "tools/formats/language/study_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <set>
#include <utility>

#include "models/check.h"
#include "tools/formats/language/configuration.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/read_demand.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/trial.h"

namespace understudy::formats {

namespace {

using studies::Factor;
using studies::Study;

/// A range with more steps is tried one at a time at its ends and in between.
constexpr std::size_t most_tried = 16;

/// A value between two that were written: whole nanoseconds, else twelve digits.
std::string text_of(double value, Dimension dimension, const std::string& currency = "") {
    if (dimension == Dimension::duration) return print_duration(kernel::from_seconds(value));
    return print_quantity(std::stod(fmt::format("{:.12g}", value)), dimension, currency);
}

/// So many values a parameter may have at most: every one of them is a column of a grid.
constexpr std::size_t most_values = 100'000;

Factor of_values(std::vector<std::string> values) {
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

Factor of_range(const Range& range) {
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

Factor of_law(const std::string& text) {
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

class StudyReader {
public:
    StudyReader(Diagnostics& out, std::string folder) : reading_(out), folder_(std::move(folder)) {}

    Study read(const Node& root, StudyReading& reading) {
        MapReader map(reading_, root, "study", {1, 1, 0});
        if (const Node* name = map.scalar("study"); name != nullptr && require_name(reading_, *name))
            study_.name = name->text;
        map.text("description", study_.description);
        std::string base;
        map.text("base", base);
        if (!base.empty()) study_.base = (std::filesystem::path(folder_) / base).lexically_normal().string();
        if (names_stored_version(base) && names_stored_version(study_.base)) study_.base = base;
        read_changes(map.find("changes"));
        const auto method = map.choice("method");
        if (method) study_.method = static_cast<Study::Method>(*method);
        read_vary(map.find("vary"), reading);
        read_measures(map.find("measures"), reading.measures);
        read_promises(map.find("subject_to"), reading.objectives);
        if (const Node* minimise = map.scalar("minimise"))
            reading_.guarded(*minimise, [&] {
                study_.minimise = read_measure(minimise->text);
                reading.minimise = minimise->place;
            });
        read_prices(map.find("prices"));
        read_demand(reading_, map, study_, reading);
        if (map.has("confidence")) {
            double confidence = 0.95;
            map.share("confidence", confidence);
            study_.confidence = confidence;
            if (!(confidence > 0 && confidence < 1))
                reading_.error(*map.find("confidence"), "a confidence lies between 0% and 100%",
                               "such as 95%");
        }
        if (const Node* budget = map.find("budget")) {
            MapReader limits(reading_, *budget, "study_budget", map.node().find("budget")->place);
            if (limits.has("replications")) {
                std::int64_t replications = 0;
                limits.count("replications", replications, 1);
                study_.replications = replications;
            }
            std::optional<kernel::Time> time;
            limits.duration("time", time);
            if (time) study_.seconds = kernel::to_seconds(*time);
        }
        read_disturbances(map.find("disturb"), reading);
        read_recovered(map.scalar("recovered"), reading);
        map.duration("window", study_.window);
        read_growth(map.find("growth"));
        read_run(map.find("run"));
        if (method) check_purpose(root);
        return std::move(study_);
    }

private:
    /// The same parameter twice, or a part of another, would be set by whichever comes last.
    void refuse_overlaps(const std::vector<Entry>& entries) {
        for (std::size_t i = 0; i < entries.size(); ++i)
            for (std::size_t j = 0; j < entries.size(); ++j) {
                if (i == j || !overlap(entries[i].key, entries[j].key)) continue;
                const std::string inner = plain_path(entries[i].key), outer = plain_path(entries[j].key);
                if (i > j && inner == outer)
                    reading_.out.error(
                        entries[i].place,
                        fmt::format("'{}' is the same as '{}'", entries[i].key, entries[j].key),
                        "vary it once");
                else if (inner.size() > outer.size())
                    reading_.out.error(entries[i].place,
                                       fmt::format("'{}' is a part of '{}', which varies as well",
                                                   entries[i].key, entries[j].key),
                                       "vary one of them");
            }
    }

    /// What stands in a list twice would be one setting counted twice.
    void refuse_repeated(const Node& list, const Factor& factor) {
        for (std::size_t i = 1; i < list.items.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) {
                const Factor::Value &one = factor.values[j], &other = factor.values[i];
                if (one.text != other.text && !(one.number && one.number == other.number)) continue;
                reading_.error(list.items[i],
                               fmt::format("'{}' is the same as '{}' before it", other.text, one.text),
                               "write each value once");
                break;
            }
    }

    void read_vary(const Node* vary, StudyReading& reading) {
        std::vector<StudyReading::Values>& values = reading.vary;
        if (vary == nullptr) return;
        if (!vary->is_map() || vary->entries.empty()) {
            reading_.error(*vary,
                           vary->is_map() ? "'vary' names no parameter"
                                          : fmt::format("'vary' takes a map, not {}", shown(*vary)),
                           "parameters with what they may be: 'vary: {spark.workers: 4..16}'");
            return;
        }
        for (const Entry& entry : vary->entries) {
            // The study sets these itself, the same for all settings.
            for (const char* own : {"run.seed", "run.replications", "run.precision", "run.warm_up",
                                    "run.confidence", "run.variance_reduction"})
                if (entry.key == own)
                    reading_.out.error(entry.place,
                                       fmt::format("'{}' is the same for all settings", entry.key),
                                       "set it under 'run'");
            Factor factor;
            const bool read = reading_.guarded(entry.value, [&] { factor = factor_of(entry.value); });
            if (!read) continue;
            factor.path = entry.key;
            refuse_repeated(entry.value, factor);
            study_.factors.push_back(std::move(factor));
            values.push_back({entry.value.place, {}});
            for (const Node& item : entry.value.items) values.back().steps.push_back(item.place);
        }
        refuse_overlaps(vary->entries);
    }

    static Factor factor_of(const Node& node) {
        if (node.is_list()) {
            std::vector<std::string> values;
            for (const Node& item : node.items) {
                if (!item.is_scalar())
                    throw Fault(0, "a list of values holds values only", "such as '[2, 4, 8]'");
                values.push_back(item.text);
            }
            if (std::set<std::string>(values.begin(), values.end()).size() < 2)
                throw Fault(0, "the list has no two different values", "such as '[2, 4, 8]'");
            std::string written;
            for (const std::string& value : values) written += (written.empty() ? "" : ", ") + value;
            Factor factor = of_values(std::move(values));
            factor.written = "[" + written + "]";
            return factor;
        }
        if (!node.is_scalar() || node.text.empty())
            throw Fault(0, "a parameter takes what it may be",
                        "a range '4..16', a list '[2, 4]' or a law 'uniform(1s..2s)'");
        const bool is_law = node.text.find('(') != std::string::npos;
        Factor factor = is_law ? of_law(node.text) : of_range(read_range(node.text));
        factor.written = node.text;
        return factor;
    }

    void read_changes(const Node* changes) {
        if (changes == nullptr) return;
        if (!changes->is_scalar() && !changes->is_list()) {
            reading_.error(*changes, fmt::format("'changes' takes a list of files, not {}", shown(*changes)),
                           "such as 'changes: [fewer-workers.yaml]'");
            return;
        }
        const auto add = [&](const Node& file) {
            if (require_scalar(reading_, file, "changes", "fewer-workers.yaml"))
                study_.changes.push_back(
                    (std::filesystem::path(folder_) / file.text).lexically_normal().string());
        };
        if (changes->is_scalar()) add(*changes);
        for (const Node& file : changes->items) add(file);
    }

    void read_measures(const Node* list, std::vector<Place>& places) {
        if (list == nullptr) return;
        if (!list->is_list()) {
            reading_.error(*list, fmt::format("'measures' takes a list, not {}", shown(*list)),
                           "each with '- ': '- p(95) latency(server)'");
            return;
        }
        for (const Node& item : list->items) {
            if (!require_scalar(reading_, item, "measures", "p(95) latency(server)")) continue;
            reading_.guarded(item, [&] {
                study_.measures.push_back(read_measure(item.text));
                places.push_back(item.place);
            });
        }
    }

    void read_promises(const Node* list, std::vector<Place>& places) {
        if (list == nullptr) return;
        if (!list->is_list()) {
            reading_.error(*list, fmt::format("'subject_to' takes a list, not {}", shown(*list)),
                           "such as '[all objectives]', or objectives each with '- '");
            return;
        }
        for (const Node& item : list->items) {
            if (!require_scalar(reading_, item, "subject_to", "p(95) latency(server) < 2s")) continue;
            if (item.text == "all objectives") {
                study_.all_objectives = true;
                continue;
            }
            std::string currency;
            reading_.guarded(item, [&] {
                study_.objectives.push_back(read_objective(item.text, currency));
                places.push_back(item.place);
            });
        }
    }

    void read_prices(const Node* prices) {
        if (prices == nullptr) return;
        if (!prices->is_map()) {
            reading_.error(*prices, fmt::format("'prices' takes a map, not {}", shown(*prices)),
                           "parameters with what one unit costs: '{one.queue.capacity: 1EUR}'");
            return;
        }
        for (const Entry& entry : prices->entries) {
            if (!require_scalar(reading_, entry.value, entry.key, "1EUR")) continue;
            const bool varies = std::any_of(study_.factors.begin(), study_.factors.end(),
                                            [&](const Factor& factor) { return factor.path == entry.key; });
            if (!varies)
                reading_.out.error(entry.place, fmt::format("'{}' has a price and does not vary", entry.key),
                                   "prices are of parameters under 'vary'");
            reading_.guarded(entry.value, [&] {
                const Quantity price = read_quantity(entry.value.text, Dimension::money);
                study_.prices.push_back({entry.key, price.value, price.currency});
            });
        }
    }

    void read_disturbances(const Node* disturb, StudyReading& reading) {
        if (disturb == nullptr) return;
        if (!disturb->is_map() || disturb->entries.empty()) {
            reading_.error(*disturb,
                           disturb->is_map() ? "'disturb' names nothing that goes wrong"
                                             : fmt::format("'disturb' takes a map, not {}", shown(*disturb)),
                           "names with actions: 'disturb: {surge: {at: 2h, for: 10min, set: load, to: 6x}}'");
            return;
        }
        for (const Entry& entry : disturb->entries) {
            if (!require_declared_name(reading_, entry.key, entry.place)) continue;
            if (!entry.value.is_map()) {
                reading_.error(entry.value,
                               fmt::format("a disturbance is an action, not {}", shown(entry.value)),
                               "such as '{at: 2h, for: 10min, set: load, to: 6x}'");
                continue;
            }
            const std::size_t before = reading_.out.errors();
            for (const char* key : {"name", "every", "when"})
                if (const Entry* other = entry.value.find(key))
                    reading_.out.error(other->place, fmt::format("a disturbance has no '{}'", key),
                                       std::string_view(key) == "name" ? "it is called by its key"
                                                                       : "it happens once: 'at: 2h'");
            const Entry* at = entry.value.find("at");
            if (at == nullptr && reading_.out.errors() == before)
                reading_.out.error(entry.place, fmt::format("'{}' does not say when it happens", entry.key),
                                   "such as 'at: 2h'");
            studies::Disturbance disturbance;
            disturbance.name = entry.key;
            if (at != nullptr && require_scalar(reading_, at->value, "at", "2h"))
                reading_.guarded(at->value, [&] { disturbance.at = read_duration(at->value.text); });
            if (const Entry* lasts = entry.value.find("for");
                lasts != nullptr && require_scalar(reading_, lasts->value, "for", "10min"))
                reading_.guarded(lasts->value, [&] { disturbance.lasts = read_duration(lasts->value.text); });
            if (reading_.out.errors() > before) continue;
            Node action = entry.value;
            Node name = Node::scalar(entry.key);
            name.place = entry.place;
            action.entries.insert(action.entries.begin(), {"name", entry.place, std::move(name)});
            disturbance.override = "actions+=" + write_flow(action);
            study_.disturbances.push_back(std::move(disturbance));
            reading.disturb.push_back(std::move(action));
        }
    }

    void read_recovered(const Node* recovered, StudyReading& reading) {
        if (recovered == nullptr) return;
        reading.recovered = recovered->place;
        reading_.guarded(*recovered, [&] {
            models::Condition condition = read_condition(recovered->text);
            if (!condition.updated.empty())
                throw Fault(0, "'updated' is of an instant, and recovery lasts",
                            "such as 'waiting(fetch) < 100'");
            studies::Recovered into;
            into.text = recovered->text;
            into.peak.metric = condition.metric;
            into.peak.scope = condition.scope;
            into.peak.aggregate = models::Aggregate::maximum;
            into.peak.text = print_measure(into.peak);
            const auto alert = [](const models::Condition& when, const char* text) {
                Node action = Node::map();
                action.add("when", Node::scalar(print_condition(when)));
                action.add("alert", Node::scalar(text));
                return "actions+=" + write_flow(action);
            };
            into.overrides.push_back(alert(condition, studies::Recovered::well));
            using Comparison = models::Comparison;
            switch (condition.comparison) {
                case Comparison::less: condition.comparison = Comparison::at_least; break;
                case Comparison::at_most: condition.comparison = Comparison::greater; break;
                case Comparison::greater: condition.comparison = Comparison::at_most; break;
                case Comparison::at_least: condition.comparison = Comparison::less; break;
            }
            condition.lasts.reset();
            into.overrides.push_back(alert(condition, studies::Recovered::unwell));
            study_.recovered = std::move(into);
        });
    }

    /// `3% per month`
    static void read_rate(const std::string& text, studies::Growth& into) {
        Tokens tokens(text);
        const Token share = tokens.expect_word("a share such as 3%");
        into.rate = read_share(share.text, share.offset, true);
        if (!(into.rate > 0)) throw Fault(share.offset, "nothing grows by 0%", "leave 'growth' out");
        tokens.expect("per", "such as '3% per month'");
        const Token period = tokens.expect_word("a period such as 'month'");
        constexpr std::string_view periods[] = {"day", "week", "month", "year"};
        const auto found = std::find(std::begin(periods), std::end(periods), period.text);
        if (found == std::end(periods))
            throw Fault(period.offset, fmt::format("'{}' is no period of growth", period.text),
                        "write day, week, month or year");
        into.per = static_cast<studies::Growth::Period>(found - std::begin(periods));
        tokens.expect_end();
        into.written = text;
    }

    void read_growth(const Node* growth) {
        if (growth == nullptr) return;
        MapReader map(reading_, *growth, "growth", growth->place);
        if (!map.ok()) return;
        studies::Growth into;
        if (const Node* rate = map.scalar("rate"))
            reading_.guarded(*rate, [&] { read_rate(rate->text, into); });
        if (const Node* start = map.scalar("start"))
            reading_.guarded(*start, [&] {
                const bool day = start->text.find('T') == std::string::npos;
                into.start = read_local_instant(start->text + (day ? "T00:00" : ""));
            });
        if (const Node* until = map.scalar("until"))
            reading_.guarded(*until, [&] {
                const bool day = until->text.find('T') == std::string::npos;
                into.until = read_local_instant(until->text + (day ? "T00:00" : ""));
                constexpr std::int64_t ns_a_day = 86'400'000'000'000;
                if (into.until->ns - into.start.ns < ns_a_day)
                    throw Fault(0, "nothing has grown by then", "a day after 'start'");
            });
        study_.growth = into;
    }

    void check_breaking_point(const Node& root, const Node& method) {
        if (study_.factors.size() > 1)
            reading_.out.error(root.find("vary")->value.entries[1].place,
                               "'breaking_point' raises one parameter", "leave the others out");
        if (!study_.factors.empty() && study_.factors[0].values.empty() &&
            study_.factors[0].steps.size() != 2)
            reading_.error(
                root.find("vary")->value.entries[0].value,
                fmt::format("'{}' is drawn from a law, and has no order of levels", study_.factors[0].path),
                "write a range or a list, from the lowest load to the highest");
        if (study_.growth && !study_.factors.empty()) {
            const Factor& factor = study_.factors[0];
            const bool multiples = std::all_of(
                factor.steps.begin(), factor.steps.end(),
                [](const auto& value) { return value.text.ends_with('x') && value.number.value_or(0) > 0; });
            if (!multiples)
                reading_.out.error(root.find("growth")->place,
                                   fmt::format("'{}' takes no multiples that could grow", factor.path),
                                   "such as 'vary: {load: 1x..3x}'");
        }
        if (const Entry* growth = root.find("growth"); growth != nullptr && growth->value.is_map())
            if (const Entry* until = growth->value.find("until"))
                reading_.out.error(until->place, "'breaking_point' finds the day by itself",
                                   "leave 'until' out, or write 'method: cheapest' for a plan");
        if (study_.recovered && root.find("disturb") == nullptr)
            reading_.out.error(root.find("recovered")->place, "'recovered' from nothing",
                               "say what goes wrong under 'disturb'");
        if (const Entry* window = root.find("window")) {
            if (root.find("disturb") == nullptr)
                reading_.out.error(window->place, "a 'window' after nothing",
                                   "say what goes wrong under 'disturb'");
            if (study_.window && *study_.window <= 0)
                reading_.error(window->value, "a window takes time", "such as 'window: 30s'");
        }
        if (root.find("subject_to") == nullptr)
            reading_.error(method, "'breaking_point' with nothing that could break",
                           "such as 'subject_to: [all objectives]'");
    }

    /// Of the cheapest: a plan to a day.
    void check_growth_plan(const Node& root) {
        const Entry* entry = root.find("growth");
        if (entry == nullptr || !entry->value.is_map()) return;
        if (entry->value.find("until") == nullptr)
            reading_.out.error(entry->place, "'growth' to no day",
                               "say to which day the plan goes, such as 'until: 2028-06-01'");
        if (const Entry* demand = root.find("demand"))
            reading_.out.error(demand->place, "both 'demand' and 'growth'",
                               "a plan follows one load; make a study of each");
        for (const Factor& factor : study_.factors)
            if (factor.path == "load" ||
                (!factor.values.empty() && factor.values.front().text.ends_with('x')))
                reading_.out.error(entry->place,
                                   fmt::format("'{}' is varied while the load grows", factor.path),
                                   "leave one of them out");
    }

    /// Keys that only some methods heed, and those that a method cannot do without.
    void check_purpose(const Node& root) {
        using Method = Study::Method;
        const Entry* entry = root.find("method");
        if (entry == nullptr) return;
        const Node& method = entry->value;
        const bool cheapest = study_.method == Method::cheapest, frontier = study_.method == Method::frontier,
                   grid = study_.method == Method::grid;
        const std::string name = name_of(study_.method);
        if ((cheapest || frontier) && root.find("minimise") == nullptr && root.find("prices") == nullptr)
            reading_.error(method,
                           fmt::format("'{}' of what: neither 'minimise' nor 'prices' is given", name),
                           "such as 'minimise: rate cost()'");
        if (cheapest && root.find("subject_to") == nullptr)
            reading_.error(method, "'cheapest' with nothing to hold",
                           "such as 'subject_to: [all objectives]'");
        if (cheapest || frontier || grid)
            for (const Factor& factor : study_.factors)
                if (factor.values.empty())
                    reading_.error(
                        root.find("vary")->value.find(factor.path)->value,
                        fmt::format("'{}' may be anything in between", factor.path),
                        fmt::format("'{}' takes values one by one: a range with 'step', or a list", name));
        if (study_.method == Method::breaking_point) check_breaking_point(root, method);
        const auto unused = [&](const char* key, const char* needed_by) {
            if (const Entry* given = root.find(key))
                reading_.out.error(given->place, fmt::format("'{}' does not use '{}'", name, key),
                                   fmt::format("leave it out, or write 'method: {}'", needed_by));
        };
        if (!cheapest && !frontier && !grid) unused("minimise", "cheapest"), unused("prices", "cheapest");
        if (!cheapest) unused("demand", "cheapest"), unused("penalty", "cheapest");
        if (study_.method != Method::breaking_point) {
            if (!cheapest) unused("subject_to", "cheapest");
            for (const char* key : {"disturb", "recovered", "window"}) unused(key, "breaking_point");
            if (cheapest)
                check_growth_plan(root);
            else
                unused("growth", "breaking_point");
            if (study_.seconds && !cheapest)
                reading_.out.error(root.find("budget")->value.find("time")->place,
                                   fmt::format("'{}' goes by replications alone", name), "leave 'time' out");
        }
    }

    /// Read with the base, as if after --set.
    void read_run(const Node* run) {
        if (run == nullptr) return;
        if (!run->is_map()) {
            reading_.error(*run, fmt::format("'run' takes a map, not {}", shown(*run)),
                           "such as '{length: 8h}'");
            return;
        }
        for (const Entry& entry : run->entries)
            if (entry.value.is_scalar())
                study_.overrides.push_back("run." + entry.key + "=" + entry.value.text);
            else
                reading_.error(entry.value, fmt::format("'{}' takes one value", entry.key));
    }

    Reading reading_;
    std::string folder_;
    Study study_;
};

}  // namespace

StudyReading read_study(std::string_view text, const std::string& file) {
    StudyReading result{.study = std::nullopt, .diagnostics = Diagnostics(file, text)};
    Diagnostics& out = result.diagnostics;
    const Node root = read_document(text, out);
    if (out.has_errors() && (!root.is_map() || root.entries.empty())) return result;
    if (!check_head(root, "study", out)) return result;
    const std::string folder = std::filesystem::path(file).parent_path().string();
    Study study = StudyReader(out, folder).read(root, result);
    if (out.has_errors())
        result.rest = std::move(study);
    else
        result.study = std::move(study);
    return result;
}

StudyReading read_study_file(const std::string& path) {
    std::string text;
    if (const auto problem = read_text_file(path, text)) {
        StudyReading result{.study = std::nullopt, .diagnostics = Diagnostics(path)};
        result.diagnostics.error({}, problem->what, problem->hint);
        return result;
    }
    return read_study(text, path);
}

namespace {

/// What parameters are in the base: as written, or, where the study multiplies what is there, once that.
void note_what_is_now(Study& study) {
    const Configuration base = read_configuration(study.base, study.overrides);
    for (Factor& factor : study.factors) {
        const bool multiplied =
            std::any_of(factor.steps.begin(), factor.steps.end(),
                        [](const Factor::Value& step) { return step.text.ends_with('x'); });
        const std::string path = plain_path(factor.path);
        const auto found = std::find_if(base.settings.begin(), base.settings.end(),
                                        [&](const Setting& one) { return plain_path(one.path) == path; });
        if (multiplied)
            factor.now = {"1x", 1};
        else if (found != base.settings.end() && !found->value.empty())
            factor.now = of_values({found->value}).values.front();
    }
}

}  // namespace

void check_values(StudyReading& reading) {
    note_what_is_now(reading.study ? *reading.study : reading.rest);
    const Study& study = reading.as_read();
    for (std::size_t f = 0; f < study.factors.size(); ++f) {
        const Factor& factor = study.factors[f];
        const StudyReading::Values& places = reading.vary.at(f);
        std::vector<std::pair<std::string, Place>> values;
        for (std::size_t s = 0; s < factor.steps.size(); ++s)
            values.emplace_back(factor.steps[s].text, places.steps.empty() ? places.all : places.steps.at(s));
        if (places.steps.empty())
            for (const double end : {0.001, 0.999}) values.emplace_back(factor.at(end), places.all);
        std::set<std::string> told;  // what is wrong with the parameter itself is wrong with all values
        for (const auto& [value, place] : values) {
            const std::string setting = factor.path + "=" + value;
            std::vector<std::string> overrides = study.overrides;
            overrides.push_back(setting);
            const ScenarioReading base = read_scenario_file(study.base, overrides, study.changes);
            if (base.scenario) continue;
            for (const Diagnostic& wrong : base.diagnostics.all()) {
                if (wrong.severity != Diagnostic::Severity::error) continue;
                // Right as it is, so that all that is wrong comes of the value; where it is noticed may be elsewhere.
                std::string message = wrong.message;
                if (wrong.place.source == 0 && wrong.place.line > 0)
                    message += fmt::format(" ({}:{})", study.base, wrong.place.line);
                if (told.insert(message).second)
                    reading.diagnostics.error(place, setting + ": " + message, wrong.hint);
            }
        }
    }
}

namespace {

/// Where what stands at `wanted` in a copy, read from the text of one line that `original` was written as, stands in the
/// original; a scalar's columns are counted on.
std::optional<Place> place_in_original(const Node& copy, const Node& original, Place wanted) {
    if (copy.is_scalar()) {
        const int offset = wanted.column - copy.place.column;
        if (offset < 0 || offset > static_cast<int>(copy.text.size())) return std::nullopt;
        return original.at(static_cast<std::size_t>(offset));
    }
    for (std::size_t i = 0; i < copy.items.size() && i < original.items.size(); ++i)
        if (const auto found = place_in_original(copy.items[i], original.items[i], wanted)) return found;
    for (std::size_t i = 0; i < copy.entries.size() && i < original.entries.size(); ++i) {
        if (copy.entries[i].place.column == wanted.column) return original.entries[i].place;
        if (const auto found = place_in_original(copy.entries[i].value, original.entries[i].value, wanted))
            return found;
    }
    return std::nullopt;
}

}  // namespace

void check_disturbances(StudyReading& reading, const models::Scenario& base) {
    const Study& study = reading.as_read();
    for (std::size_t d = 0; d < study.disturbances.size(); ++d) {
        const Node& action = reading.disturb.at(d);
        if (base.run.length && study.disturbances[d].at >= *base.run.length)
            reading.diagnostics.error(
                action.find("at")->value.place,
                fmt::format("'{}' comes after the end of the run, which is {} long",
                            study.disturbances[d].name, print_duration(*base.run.length)),
                "let it happen earlier, or make the run longer: 'run: {length: ...}'");
        std::vector<std::string> overrides = study.overrides;
        overrides.push_back(study.disturbances[d].override);
        Diagnostics ignored;
        const std::string& text = overrides.back();
        const Node copy = read_document(std::string_view(text).substr(text.find('=') + 1), ignored);
        for (const Wrong& wrong : wrong_with(study, overrides)) {
            Place place = action.place;
            if (wrong.place.line > 0) place = place_in_original(copy, action, wrong.place).value_or(place);
            if (const Entry* member = action.find(wrong.member)) place = member->value.place;
            reading.diagnostics.error(place, wrong.message, wrong.hint);
        }
    }
    if (!study.recovered) return;
    for (const std::string& alert : study.recovered->overrides) {
        std::vector<std::string> overrides = study.overrides;
        overrides.push_back(alert);
        const std::vector<Wrong> all = wrong_with(study, overrides);
        for (const Wrong& wrong : all)
            reading.diagnostics.error(reading.recovered, wrong.message, wrong.hint);
        if (!all.empty()) return;
    }
}

void check_measures(StudyReading& reading, models::Scenario base) {
    const Study& study = reading.as_read();
    base.objectives = study.objectives;
    base.measures = study.measures;
    if (study.minimise) base.measures.push_back(*study.minimise);
    std::vector<Place> places = reading.measures;
    if (study.minimise) places.push_back(reading.minimise);
    for (const models::Problem& problem : models::check(base)) {
        const bool measure = problem.path.starts_with("measures.");
        if (!measure && !problem.path.starts_with("objectives.")) continue;
        const std::size_t index = std::stoul(problem.path.substr(problem.path.find('.') + 1));
        const Place place = measure ? places.at(index) : reading.objectives.at(index);
        if (problem.severity == models::Problem::Severity::error)
            reading.diagnostics.error(place, problem.message, problem.hint);
        else
            reading.diagnostics.warning(place, problem.message, problem.hint);
    }
    if (reading.diagnostics.has_errors()) reading.study.reset();
}

}  // namespace understudy::formats
