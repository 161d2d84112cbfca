// Actions, what they point at, and the run.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/formats/language/objectives.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using models::Action;

constexpr std::pair<std::string_view, Action::Verb> verbs[] = {
    {"set", Action::Verb::set},     {"fail", Action::Verb::fail},     {"heal", Action::Verb::heal},
    {"pause", Action::Verb::pause}, {"resume", Action::Verb::resume}, {"run", Action::Verb::run},
    {"alert", Action::Verb::alert}, {"stop", Action::Verb::stop},     {"rewind", Action::Verb::rewind}};

/// `service.mean` and the like: the number behind a parameter of a law.
void read_law_parameter(const Node& to, std::string_view parameter, const Node& law_node, Reading& reading,
                        models::NewValue& into) {
    ReadLaw law;
    Diagnostics ignored;
    Reading trial(ignored);
    trial.fields = reading.fields;
    trial.column = reading.column;
    if (!read_law_node(trial, law_node, "law", std::nullopt, law)) return;  // reported where the law stands
    if (law.law.terms.size() != 1) throw Fault(0, "the law has several terms", "set the whole law instead");
    const auto value = law.law.terms[0].law.parameter(parameter);
    if (!value)
        throw Fault(0, fmt::format("'{}' has no parameter '{}'", law.law.text, parameter),
                    "set the whole law instead");
    const bool plain =
        parameter == "cv" || parameter == "k" || parameter == "shape" || parameter == "n" || parameter == "s";
    const Quantity quantity = read_quantity(to.text, plain ? Dimension::number : law.dimension);
    into.number = quantity.value;
}

void read_new_value(const Node& to, const Key& key, std::string_view rest, const Node* current,
                    Reading& reading, models::NewValue& into) {
    into.text = to.text;
    if (to.text.ends_with('x') && to.text.size() > 1 && to.text[0] >= '0' && to.text[0] <= '9') {
        into.times = true;
        into.number = read_quantity(to.text, Dimension::factor).value;
        return;
    }
    const auto law = [&](Dimension dimension) {
        if (!rest.empty()) {
            if (current == nullptr)
                throw Fault(0,
                            fmt::format("'{}' is not given in the file, so it has no '{}'", key.name, rest),
                            "set the whole law instead");
            read_law_parameter(to, rest, *current, reading, into);
            return;
        }
        into.law = read_law(to.text, dimension, reading.laws()).law;
        if (into.law->is_constant()) into.number = into.law->terms[0].law.mean();
    };
    switch (key.takes) {
        case Takes::law_duration: law(Dimension::duration); return;
        case Takes::law_number: law(Dimension::number); return;
        case Takes::law_size: law(Dimension::size); return;
        case Takes::count:
        case Takes::count_or_unlimited:
            into.number = static_cast<double>(read_count(to.text, key.takes == Takes::count_or_unlimited));
            return;
        case Takes::number: into.number = read_number(to.text); return;
        case Takes::duration: into.number = kernel::to_seconds(read_duration(to.text)); return;
        case Takes::share: into.number = read_share(to.text); return;
        case Takes::factor_share: into.number = read_share(to.text, 0, true); return;
        case Takes::size: into.number = read_quantity(to.text, Dimension::size).value; return;
        case Takes::bandwidth: into.number = read_quantity(to.text, Dimension::bandwidth).value; return;
        default: break;
    }
    if (key.name == "workers") {
        into.number = static_cast<double>(read_count(to.text, true));
    } else if (key.name == "arrivals") {
        into.arrivals = read_arrivals(to.text, reading.laws());
        into.number = into.arrivals->rate;
    } else {
        throw Fault(0, fmt::format("an action cannot set '{}' yet", key.name),
                    "it can set counts, shares, durations, laws and arrivals");
    }
}

/// New shares of `writes`: of streams that it names, of nothing else.
void read_new_shares(Reading& reading, const Node& to, const Node* writes, models::NewValue& into) {
    // Loads and values stand in such maps as well.
    const bool shares = writes != nullptr && writes->is_map() &&
                        std::all_of(writes->entries.begin(), writes->entries.end(), [](const Entry& entry) {
                            return entry.value.is_scalar() && entry.value.text.ends_with('%');
                        });
    if (!shares) {
        reading.error(to, "there are no shares that could be set", "it writes no map of shares");
        return;
    }
    double sum = 0;
    bool read = true;
    for (const Entry& entry : to.entries) {
        if (writes->find(entry.key) == nullptr) {
            std::vector<std::string> names;
            for (const Entry& known : writes->entries) names.push_back(known.key);
            const std::string hint = did_you_mean(entry.key, names);
            reading.out.error(entry.place, fmt::format("nothing goes to '{}' there", entry.key),
                              hint.empty() ? "an action changes shares, it adds no streams" : hint);
            read = false;
        } else if (require_scalar(reading, entry.value, "to", "{a: 60%, b: 40%}")) {
            read = reading.guarded(entry.value, [&] {
                into.shares.emplace_back(entry.key, read_share(entry.value.text));
                sum += into.shares.back().second;
            }) && read;
        } else {
            read = false;
        }
    }
    if (read && std::abs(sum - 1) > 1e-9)
        reading.error(to, fmt::format("the shares sum to {:.6g}%, not 100%", 100 * sum),
                      "streams that are left out get nothing");
}

void read_set(MapReader& map, const std::vector<Target>& targets, Action& into) {
    const Node* set = map.scalar("set");
    Reading& reading = map.reading();
    const Node* given = map.find("to");
    const bool shares =
        given != nullptr && given->is_map() && set != nullptr && set->text.ends_with(".writes");
    if (given != nullptr && !given->is_scalar() && !shares) {
        reading.error(*given, fmt::format("an action cannot set {}", shown(*given)),
                      "it can set counts, shares, durations, laws, arrivals, and the shares of 'writes'");
        return;
    }
    const Node* to = shares ? given : map.scalar("to");
    if (set == nullptr) return;
    if (to == nullptr) {
        if (map.find("to") == nullptr)
            reading.error(*set, fmt::format("'set: {}' lacks 'to'", set->text),
                          "such as 'to: 9', or 'to: 2x' for twice what is there");
        return;
    }
    reading.guarded(*set, [&] {
        if (set->text == "load") {
            into.target = "load";
            return;
        }
        std::string key;
        const Target* target = resolve(targets, set->text, key);
        if (target == nullptr) {
            std::vector<std::string> names;
            for (const Target& t : targets) names.push_back(t.name);
            const std::string head = set->text.substr(0, set->text.find('.'));
            const std::string hint = did_you_mean(head, names);
            throw Fault(0, fmt::format("nothing is called '{}'", head),
                        hint.empty() ? "write NAME.key, such as 'server.workers', or 'load'" : hint);
        }
        if (target->place == "action")
            throw Fault(0,
                        fmt::format("'{}' is an action, which is as it is for the whole run", target->name),
                        "set what it would set");
        if (target->place == "profile")
            throw Fault(0,
                        fmt::format("'{}' is a profile, which is as it is for the whole run", target->name),
                        "set the arrivals of the load that it is of");
        into.target = target->name;
        into.key = key;
        if (key.empty())
            throw Fault(0, fmt::format("'{}' names no parameter", set->text),
                        fmt::format("write '{}.KEY', such as '{}.{}'", set->text, set->text,
                                    target->place == "load" ? "arrivals" : "workers"));
    });
    if (into.target.empty() || (into.key.empty() && into.target != "load")) return;
    if (into.target == "load") {
        reading.guarded(*to, [&] {
            into.to.text = to->text;
            into.to.times = true;
            into.to.number = read_quantity(to->text, Dimension::factor).value;
        });
        return;
    }
    std::string path;
    const Target* target = resolve(targets, set->text, path);
    const std::string first = path.substr(0, path.find('.'));
    std::string rest = path.size() > first.size() ? path.substr(first.size() + 1) : "";
    const KeyPlace* place = &place_named(target->place);
    const Key* key = place->find(first);
    const Node* current = nullptr;
    if (const Entry* entry = target->node->is_map() ? target->node->find(first) : nullptr)
        current = &entry->value;
    // Maps inside an element: queue.capacity, retry.times.
    if (key != nullptr && key->takes == Takes::map && !rest.empty()) {
        place = &place_named(key->detail);
        const std::string inner = rest.substr(0, rest.find('.'));
        key = place->find(inner);
        if (const Entry* entry = current != nullptr && current->is_map() ? current->find(inner) : nullptr)
            current = &entry->value;
        else
            current = nullptr;
        rest = rest.size() > inner.size() ? rest.substr(inner.size() + 1) : "";
    } else if (key != nullptr && key->name == "fields" && !rest.empty()) {
        const std::string field = rest.substr(0, rest.find('.'));
        const Entry* entry = current != nullptr && current->is_map() ? current->find(field) : nullptr;
        if (entry == nullptr) {
            reading.error(*set, fmt::format("load '{}' has no field '{}'", target->name, field));
            return;
        }
        static const Key field_key{.name = "field",
                                   .takes = Takes::law_duration,
                                   .detail = {},
                                   .standard = {},
                                   .example = {},
                                   .about = {}};
        Key of_field = field_key;
        const Dimension dimension =
            reading.fields.count(field) > 0 ? reading.fields.find(field)->second : Dimension::duration;
        of_field.takes = dimension == Dimension::number ? Takes::law_number
                         : dimension == Dimension::size ? Takes::law_size
                                                        : Takes::law_duration;
        reading.guarded(*to, [&] {
            read_new_value(*to, of_field, rest.size() > field.size() ? rest.substr(field.size() + 1) : "",
                           &entry->value, reading, into.to);
        });
        return;
    }
    if (key == nullptr) {
        reading.error(*set, fmt::format("{} has no key '{}'", place->noun, path),
                      did_you_mean(first, place->names()));
        return;
    }
    if (shares) return read_new_shares(reading, *to, current, into.to);
    reading.guarded(*to, [&] { read_new_value(*to, *key, rest, current, reading, into.to); });
}

void read_backfill(MapReader& map, Action& into) {
    Reading& reading = map.reading();
    const Node *from = map.scalar("from"), *until = map.scalar("until");
    if (from == nullptr && until == nullptr) return;
    if (map.node().find("run") == nullptr)
        return reading.error(
            from != nullptr ? *from : *until, "a backfill without a pipeline",
            "such as '{at: 6h, run: nightly, from: 2026-03-01T00:00, until: 2026-03-08T00:00}'");
    if (from == nullptr || until == nullptr)
        return reading.error(from != nullptr ? *from : *until,
                             fmt::format("'{}' without '{}'", from != nullptr ? "from" : "until",
                                         from != nullptr ? "until" : "from"),
                             "a backfill has both ends");
    const bool good = reading.guarded(*from, [&] { into.from = read_local_instant(from->text); }) &&
                      reading.guarded(*until, [&] { into.until = read_local_instant(until->text); });
    if (good && into.from->ns >= into.until->ns)
        reading.error(*until, "'until' is not after 'from'", "nothing would be run");
}

}  // namespace

std::vector<Target> targets_of(const Node& root) {
    std::vector<Target> targets;
    const auto add = [&](const Node& parent, std::string_view section, std::string_view place,
                         const std::string& prefix = "") {
        const Entry* entry = parent.is_map() ? parent.find(section) : nullptr;
        if (entry == nullptr || !entry->value.is_map()) return;
        for (const Entry& element : entry->value.entries)
            targets.push_back({prefix + element.key, place, &element.value, element.place});
    };
    add(root, "load", "load");
    const Entry* actions = root.is_map() ? root.find("actions") : nullptr;
    if (actions != nullptr && actions->value.is_list())
        for (const Node& action : actions->value.items)
            if (const Entry* name = action.is_map() ? action.find("name") : nullptr;
                name != nullptr && name->value.is_scalar())
                targets.push_back({name->value.text, "action", &action, name->value.place});
    if (const Entry* twin = root.is_map() ? root.find("twin") : nullptr;
        twin != nullptr && twin->value.is_map()) {
        add(twin->value, "types", "type");
        add(twin->value, "pools", "pool");
        add(twin->value, "budgets", "budget");
        add(twin->value, "datasets", "dataset");
        add(twin->value, "stages", "stage");
        add(twin->value, "pipelines", "pipeline");
        const Entry* pipelines = twin->value.find("pipelines");
        if (pipelines != nullptr && pipelines->value.is_map())
            for (const Entry& pipeline : pipelines->value.entries)
                add(pipeline.value, "tasks", "task", pipeline.key + ".");
    }
    // Their names are a set of their own: an element of the same name goes before.
    add(root, "profiles", "profile");
    return targets;
}

const Target* resolve(const std::vector<Target>& targets, std::string_view path, std::string& key) {
    const Target* best = nullptr;
    for (const Target& target : targets) {
        if (!path.starts_with(target.name) ||
            (path.size() > target.name.size() && path[target.name.size()] != '.'))
            continue;
        if (best == nullptr || target.name.size() > best->name.size()) best = &target;
    }
    if (best != nullptr)
        key = path.size() > best->name.size() ? std::string(path.substr(best->name.size() + 1)) : "";
    return best;
}

models::Action read_action(Reading& reading, const Node& node, const std::vector<Target>& targets,
                           bool asked_for) {
    Action action;
    MapReader map(reading, node, "action", node.place);
    if (!map.ok()) return action;
    if (const Node* name = map.scalar("name");
        name != nullptr && require_declared_name(reading.out, name->text, name->place))
        action.name = name->text;
    map.duration("at", action.at);
    if (const Node* every = map.scalar("every"))
        reading.guarded(*every, [&] { action.every = read_schedule(every->text); });
    if (const Node* when = map.scalar("when"))
        reading.guarded(*when, [&] { action.when = read_condition(when->text); });
    map.duration("for", action.lasts);
    const bool at = map.has("at"), every = map.has("every"), when = map.has("when");
    const int times = static_cast<int>(at) + static_cast<int>(every) + static_cast<int>(when);
    if (times != 1 && !(asked_for && times == 0))
        reading.error(node, at || every || when ? "an action with several times" : "an action without a time",
                      "say either 'at: 6h', 'every: daily at 03:00', or 'when: waiting(server) > 100'");
    int count = 0;
    for (const auto& [word, verb] : verbs) {
        if (node.find(word) == nullptr) continue;
        ++count;
        action.verb = verb;
        if (verb == Action::Verb::alert || verb == Action::Verb::stop)
            map.text(word, action.text);
        else if (verb != Action::Verb::set)
            map.name(word, action.target);
    }
    // Where a change can be applied it has been (applied_changes.h).
    if (const Node* apply = map.find("apply"); apply != nullptr && ++count == 1)
        reading.error(*apply, "a change is applied by actions of a scenario alone",
                      "write what it sets: '{at: 6h, set: server.workers, to: 9}'");
    if (count != 1)
        reading.error(node, count == 0 ? "an action that does nothing" : "an action that does several things",
                      count == 0
                          ? "it has one of set, fail, heal, pause, resume, run, rewind, apply, alert, stop"
                          : "write an action for each");
    // The key of an alert is its level; a warning is one that does not say.
    static constexpr const char* levels[] = {"", "fail", "log"};
    if (const auto level = map.choice("level")) action.key = levels[*level];
    if (const Node* level = map.find("level"); level != nullptr && action.verb != Action::Verb::alert)
        reading.error(
            *level, "'level' without 'alert'",
            "such as '{when: waiting(server) > 100 for 5min, alert: too long a line, level: fail}'");
    read_set(map, targets, action);
    read_backfill(map, action);
    map.duration("by", action.by);
    if (const Node* by = map.find("by"); by != nullptr && node.find("rewind") == nullptr)
        reading.error(*by, "'by' without 'rewind'", "such as '{at: 6h, rewind: enrich, by: 5min}'");
    else if (by == nullptr && map.has("rewind"))
        reading.error(*map.find("rewind"), "'rewind' lacks 'by'",
                      "say how far back it reads again: 'by: 5min'");
    else if (by != nullptr && action.by && *action.by == 0)
        reading.error(*by, "going back by 0s reads nothing again", "write a longer time");
    if (map.has("to") && node.find("set") == nullptr)
        reading.out.error(node.find("to")->place, "'to' without 'set'",
                          "such as '{at: 6h, set: server.workers, to: 9}'");
    if (map.has("for") &&
        (action.verb == Action::Verb::alert || action.verb == Action::Verb::stop ||
         action.verb == Action::Verb::heal || action.verb == Action::Verb::resume ||
         action.verb == Action::Verb::run || action.verb == Action::Verb::rewind) &&
        count == 1)
        reading.out.error(node.find("for")->place, "'for' with something that cannot be undone",
                          "it goes with set, fail and pause");
    return action;
}

models::Run read_run(Reading& reading, const Node* node, Place where, bool has_pipelines) {
    models::Run run;
    if (node == nullptr) return run;  // reported: the key is required
    MapReader map(reading, *node, "run", where);
    if (!map.ok()) return run;
    map.duration("length", run.length);
    map.choice("until");
    const bool length = node->find("length") != nullptr, until = node->find("until") != nullptr;
    if (length == until)
        reading.out.error(where, length ? "a run with both 'length' and 'until'" : "a run without an end",
                          "say either 'length: 40h' or 'until: empty'");
    if (const Node* given = map.find("length"); given != nullptr && run.length && *run.length == 0)
        reading.error(*given, "a run of length 0 simulates nothing", "write a longer one");
    if (const Node* start = map.scalar("start"))
        reading.guarded(*start, [&] { run.start = read_local_instant(start->text); });
    map.text("zone", run.zone);
    if (const Node* zone = map.find("zone"); zone != nullptr && zone->is_scalar() && !run.zone.empty() &&
                                             !models::Calendar::zone_exists(run.zone)) {
        reading.error(*zone, fmt::format("unknown time zone '{}'", run.zone),
                      "zones are called as in the tz database, such as 'Europe/Berlin' or 'UTC'");
        run.zone = "UTC";
    }
    if (const Node* warm_up = map.scalar("warm_up")) {
        if (warm_up->text != "auto")
            reading.guarded(*warm_up, [&] { run.warm_up = read_duration(warm_up->text); });
        if (run.warm_up && run.length && *run.warm_up >= *run.length)
            reading.error(*warm_up, "the warm-up is as long as the run",
                          "nothing would be measured; make it shorter");
        if (!run.warm_up && until) run.warm_up = 0;
    } else if (!length || has_pipelines) {
        run.warm_up = 0;
    }
    map.count("replications", run.replications, 1);
    if (const Node* precision = map.find("precision")) {
        double share = 0;
        map.share("precision", share);
        if (share > 0 && share < 1)
            run.precision = share;
        else if (precision->is_scalar())
            reading.error(*precision, fmt::format("a precision of {}", shown(*precision)),
                          "half the width of an interval beside its estimate: above 0%, usually 1% to 10%");
    }
    map.choice("detail", run.detail);
    map.choice("variance_reduction", run.variance_reduction);
    if (const Node* reduction = map.find("variance_reduction");
        reduction != nullptr && run.variance_reduction == models::VarianceReduction::antithetic &&
        run.replications % 2 != 0)
        reading.error(
            *reduction,
            fmt::format("antithetic replications come in pairs, and {} are asked for", run.replications),
            fmt::format("write 'replications: {}'", run.replications + 1));
    map.share("confidence", run.confidence);
    if (const Node* confidence = map.find("confidence");
        confidence != nullptr && (run.confidence <= 0 || run.confidence >= 1)) {
        reading.error(*confidence, fmt::format("a confidence of {}", shown(*confidence)),
                      "above 0% and below 100%, usually 95%");
        run.confidence = 0.95;
    }
    std::int64_t seed = 1;
    map.count("seed", seed);
    run.seed = static_cast<std::uint64_t>(seed);
    map.duration("sample", run.sample);
    if (const Node* sample = map.find("sample"); sample != nullptr && run.sample && *run.sample == 0)
        reading.error(*sample, "a sample every 0s never lets time pass", "write a longer interval");
    return run;
}

}  // namespace understudy::formats
