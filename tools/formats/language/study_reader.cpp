#include "tools/formats/language/study_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <set>
#include <utility>

#include "tools/formats/language/document.h"
#include "tools/formats/language/factor_values.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/read_demand.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/language/tokens.h"
#include "tools/studies/growth.h"

namespace understudy::formats {

namespace {

using studies::Factor;
using studies::Study;

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
        if (const Entry* entry = root.find("base")) reading.base = entry->value.place;
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
        read_prices(map.find("prices"), reading.prices);
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
        read_run(map.find("run"), reading.run);
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
            Factor factor = factor_of_values(std::move(values));
            factor.written = "[" + written + "]";
            return factor;
        }
        if (!node.is_scalar() || node.text.empty())
            throw Fault(0, "a parameter takes what it may be",
                        "a range '4..16', a list '[2, 4]' or a law 'uniform(1s..2s)'");
        const bool is_law = node.text.find('(') != std::string::npos;
        Factor factor = is_law ? factor_of_law(node.text) : factor_of_range(node.text);
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

    void read_prices(const Node* prices, std::vector<Place>& places) {
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
                reading_.use_currency(price.currency, entry.value.text);
                study_.prices.push_back({entry.key, price.value, price.currency});
                places.push_back(entry.value.place);
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
            if (!require_declared_name(reading_.out, entry.key, entry.place)) continue;
            if (!entry.value.is_map()) {
                reading_.error(entry.value,
                               fmt::format("a disturbance is an action, not {}", shown(entry.value)),
                               "such as '{at: 2h, for: 10min, set: load, to: 6x}'");
                continue;
            }
            const std::size_t before = reading_.out.errors();
            constexpr std::pair<const char*, const char*> not_of_disturbances[] = {
                {"name", "it is called by its key"},
                {"every", "it happens once: 'at: 2h'"},
                {"when", "it happens once: 'at: 2h'"},
                {"alert", "it disturbs nothing; alerts stand in the actions of the base"},
                {"stop", "a run that has ended shows no recovery; let 'run: {length: ...}' end it"}};
            for (const auto& [key, hint] : not_of_disturbances)
                if (const Entry* other = entry.value.find(key))
                    reading_.out.error(other->place, fmt::format("a disturbance has no '{}'", key), hint);
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
                constexpr double most = 1e9;
                if (!(studies::factor_on(into, *into.until) <= most))
                    throw Fault(0,
                                fmt::format("{} is more than a billion times as much by then", into.written),
                                "an earlier day, or a smaller rate");
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
    void read_run(const Node* run, std::vector<StudyReading::RunKey>& places) {
        if (run == nullptr) return;
        if (!run->is_map()) {
            reading_.error(*run, fmt::format("'run' takes a map, not {}", shown(*run)),
                           "such as '{length: 8h}'");
            return;
        }
        for (const Entry& entry : run->entries)
            if (entry.value.is_scalar()) {
                study_.overrides.push_back("run." + entry.key + "=" + entry.value.text);
                places.push_back({study_.overrides.back(), entry.place});
            } else {
                reading_.error(entry.value, fmt::format("'{}' takes one value", entry.key));
            }
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

}  // namespace understudy::formats
