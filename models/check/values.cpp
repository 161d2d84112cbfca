// What items carry: fields that are asked for on the way, and ways that go by their values.
#include <algorithm>
#include <functional>

#include "models/check/checker.h"

namespace understudy::models {

namespace {

/// Fields that a law takes.
std::set<std::string> fields_of(const Law& law) {
    std::set<std::string> fields;
    for (const Term& term : law.terms) {
        if (!term.field.empty()) fields.insert(term.field);
        if (term.per == Per::field) fields.insert(term.per_field);
    }
    return fields;
}

bool is_field_of_all(const std::string& attribute) {
    return attribute == "records" || attribute == "size" || attribute == "key" || attribute == "priority";
}

bool changes(const Stage& stage, const std::string& attribute) {
    const auto& fields = stage.emits.fields;
    const bool field =
        std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.first == attribute; });
    return field || (attribute == "records" && stage.emits.records != 1) ||
           (attribute == "size" && stage.emits.size != 1) ||
           (attribute == "key" && !stage.emits.key.empty()) ||
           (attribute == "priority" && !stage.emits.priority.empty());
}

}  // namespace

template <class Misses>
void Checker::follow_fields(const std::string& name, const Writes& writes, std::set<std::string> lacks,
                            Misses misses) {
    std::map<std::string, std::set<std::string>> lacking;  // by stream, once it is reached
    std::vector<std::string> open;
    const auto reach = [&](const std::string& stream, const std::set<std::string>& fields) {
        const auto [at, is_new] = lacking.try_emplace(stream);
        const std::size_t before = at->second.size();
        at->second.insert(fields.begin(), fields.end());
        if (is_new || at->second.size() > before) open.push_back(stream);
    };
    const auto reach_all = [&](const std::string& own, const Writes& to,
                               const std::set<std::string>& fields) {
        if (to.targets.empty()) reach(own, fields);
        for (const Writes::Target& target : to.targets) reach(target.stream, fields);
    };
    const auto coming_to = [&](const Stage& stage) {
        std::set<std::string> fields;
        for (const std::string& stream : stage.reads)
            if (const auto found = lacking.find(stream); found != lacking.end())
                fields.insert(found->second.begin(), found->second.end());
        return fields;
    };
    const auto after = [](const Stage& stage, std::set<std::string> fields) {
        for (const auto& [field, law] : stage.emits.fields) fields.erase(field);
        return fields;
    };
    reach_all(name, writes, lacks);
    while (!open.empty()) {
        const std::string stream = open.back();
        open.pop_back();
        for (const Stage* stage : readers_of(stream)) {
            const std::set<std::string> fields = coming_to(*stage);
            reach_all(stage->name, stage->writes, after(*stage, fields));
            if (!stage->dead_letter.empty()) reach(stage->dead_letter, fields);
        }
    }
    for (const Stage& stage : s_.twin.stages) {
        const std::set<std::string> fields = coming_to(stage);
        const std::string path = "twin.stages." + stage.name;
        const auto take = [&](const std::string& key, const Law& law) {
            for (const std::string& field : fields_of(law))
                if (fields.contains(field)) misses(path + "." + key, field);
        };
        take("service", stage.work.service);
        take("expected", stage.work.expected);
        take("fails_after", stage.work.fails_after);
        take("launch", stage.work.launch);
        take("queue.timeout", stage.queue.timeout);
        for (const Law& backoff : stage.work.retry.backoff) take("retry.backoff", backoff);
        for (const Spend& spend : stage.work.spends)
            if (fields.contains(spend.field)) misses(path + ".spends." + spend.budget, spend.field);
        for (const auto& [field, law] : stage.emits.fields) take("emits.fields." + field, law);
        take("emits.key", stage.emits.key);
        take("emits.priority", stage.emits.priority);
        if (stage.writes.rule == Writes::Rule::by_value &&
            after(stage, fields).contains(stage.writes.attribute))
            misses(path + ".writes", stage.writes.attribute);
    }
}

void Checker::check_fields() {
    std::set<std::string> all;
    const auto ask = [&](const std::string& name) {
        if (!name.empty()) all.insert(name);
    };
    const auto ask_law = [&](const Law& law) {
        for (const std::string& field : fields_of(law)) ask(field);
    };
    const auto ask_route = [&](const Writes& writes) {
        if (writes.attribute.empty()) return;
        const auto is_drawn = [&](const auto& fields) {
            return std::any_of(fields.begin(), fields.end(),
                               [&](const auto& f) { return f.first == writes.attribute; });
        };
        const bool field =
            std::any_of(s_.loads.begin(), s_.loads.end(),
                        [&](const Load& load) { return is_drawn(load.fields); }) ||
            std::any_of(s_.twin.stages.begin(), s_.twin.stages.end(),
                        [&](const Stage& stage) { return is_drawn(stage.emits.fields); }) ||
            std::any_of(s_.twin.pipelines.begin(), s_.twin.pipelines.end(), [&](const Pipeline& pipeline) {
                return std::any_of(pipeline.tasks.begin(), pipeline.tasks.end(),
                                   [&](const Task& task) { return is_drawn(task.emits.fields); });
            });
        if (field || !is_field_of_all(writes.attribute)) ask(writes.attribute);
    };
    for (const Stage& stage : s_.twin.stages) {
        ask_law(stage.work.service);
        ask_law(stage.work.expected);
        ask_law(stage.work.fails_after);
        ask_law(stage.work.launch);
        ask_law(stage.queue.timeout);
        for (const Law& backoff : stage.work.retry.backoff) ask_law(backoff);
        for (const Spend& spend : stage.work.spends) ask(spend.field);
        for (const auto& [name, law] : stage.emits.fields) ask_law(law);
        ask_law(stage.emits.key);
        ask_law(stage.emits.priority);
        ask_route(stage.writes);
    }
    for (const Load& load : s_.loads) {
        for (const Law* law : {&load.records, &load.size, &load.key, &load.priority, &load.delay})
            ask_law(*law);
        ask_route(load.writes);
    }
    if (all.empty()) return;
    for (const Load& load : s_.loads) {
        std::set<std::string> lacks = all;
        for (const auto& [name, law] : load.fields) lacks.erase(name);
        const std::string hint = "give the load one: 'fields: {";
        const auto misses = [&](const std::string& path, const std::string& field) {
            error(path,
                  quoted(field) + " is a field that items of load " + quoted(load.name) + " do not have",
                  hint + field + ": ...}'");
        };
        const std::string path = "load." + load.name;
        const std::pair<const char*, const Law*> laws[] = {{"records", &load.records},
                                                           {"size", &load.size},
                                                           {"key", &load.key},
                                                           {"priority", &load.priority},
                                                           {"delay", &load.delay}};
        for (const auto& [key, law] : laws)
            for (const std::string& field : fields_of(*law))
                if (lacks.contains(field)) misses(path + "." + key, field);
        if (load.writes.rule == Writes::Rule::by_value && lacks.contains(load.writes.attribute))
            misses(path + ".writes", load.writes.attribute);
        if (!lacks.empty()) follow_fields(load.name, load.writes, std::move(lacks), misses);
    }
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            for (const std::string* stream : outputs_of(task)) {
                Writes writes;
                writes.targets.push_back({*stream, 1, {}});
                std::set<std::string> lacks = all;
                if (stream != &task.dead_letter)
                    for (const auto& [name, law] : task.emits.fields) lacks.erase(name);
                follow_fields(*stream, writes, lacks, [&](const std::string& path, const std::string& field) {
                    error(path,
                          "what pipeline " + quoted(pipeline.name) + " writes comes here and has no field " +
                              quoted(field),
                          "give it one on the way: 'emits: {fields: {" + field + ": ...}}'");
                });
            }
}

bool Checker::keeps_all(const Stage& stage) {
    return stage.work.failure == 0 && !stage.work.timeout && stage.queue.capacity == unlimited &&
           stage.queue.timeout.empty() && !stage.join && !stage.batch && !stage.window;
}

void Checker::check_rounds_by_value() {
    std::map<std::string, std::vector<const Stage*>> readers;
    for (const Stage& stage : s_.twin.stages)
        for (const std::string& stream : stage.reads) readers[stream].push_back(&stage);
    for (const Stage& stage : s_.twin.stages) {
        const std::string& attribute = stage.writes.attribute;
        if (stage.writes.rule != Writes::Rule::by_value || changes(stage, attribute) || !keeps_all(stage))
            continue;
        for (const Writes::Target& target : stage.writes.targets) {
            // Along the one way there is, to where it forks or ends.
            std::string stream = target.stream;
            std::set<std::string> seen;
            while (seen.insert(stream).second && readers[stream].size() == 1) {
                const Stage& next = *readers[stream].front();
                if (&next == &stage) {
                    error("twin.stages." + stage.name + ".writes." + target.stream,
                          "what goes this way comes back with the same " + quoted(attribute) +
                              ", and goes round for ever",
                          "change the value on the way: 'emits: {fields: {" + attribute + ": ...}}'");
                    break;
                }
                if (next.writes.targets.size() > 1 || changes(next, attribute) || !keeps_all(next)) break;
                stream = next.writes.targets.empty() ? next.name : next.writes.targets.front().stream;
            }
        }
    }
}

}  // namespace understudy::models
