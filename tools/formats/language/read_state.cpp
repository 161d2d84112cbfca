// What is there when a simulation begins.
#include <fmt/format.h>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using models::PresentItems;

void read_bytes(MapReader& map, std::optional<double>& into) {
    if (const Node* node = map.scalar("size"))
        map.reading().guarded(*node, [&] { into = read_quantity(node->text, Dimension::size).value; });
}

void read_progress(MapReader& map, PresentItems& into) {
    map.duration("served", into.served);
    into.here = into.served;
    map.duration("here", into.here);
    std::optional<kernel::Time> done, left;
    map.duration("done", done);
    map.duration("left", left);
    into.done = done;
    into.left = left;
    map.count("attempt", into.attempt);
    map.number("records", into.records);
    read_bytes(map, into.size);
    const auto at_most = [&](const char* key, kernel::Time value, const char* other, kernel::Time most) {
        if (value > most && map.find(key) != nullptr)
            map.reading().error(*map.find(key),
                                fmt::format("'{}: {}' is longer than '{}: {}'", key, print_duration(value),
                                            other, print_duration(most)),
                                fmt::format("'{}' is a part of '{}'", key, other));
    };
    at_most("served", into.served, "here", into.here);
    map.duration("waited", into.waited);
    if (into.waited) at_most("waited", *into.waited, "here", into.here);
    if (map.has("place")) {
        std::int64_t place = 1;
        map.count("place", place, 1);
        into.place = place;
    }
    if (const Node* attempt = map.find("attempt"); attempt != nullptr && into.attempt > 65534)
        map.reading().error(*attempt, "so many retries cannot be told apart", "write at most 65534");
}

/// Of who stands in line, and of nobody else.
void only_in_line(MapReader& map, bool in_line) {
    for (const std::string_view key : {"waited", "place"})
        if (const Node* other = map.find(key); other != nullptr && !in_line)
            map.reading().error(*other, fmt::format("'{}' is of who stands in line", key), "leave it out");
}

PresentItems read_group(Reading& reading, const Node& node, Place where, PresentItems::Where at) {
    PresentItems group;
    group.where = at;
    MapReader map(reading, node, "present", where);
    map.count("items", group.items, 1);
    read_progress(map, group);
    only_in_line(map, at == PresentItems::Where::waiting);
    group.age = group.here;
    map.duration("age", group.age);
    if (const Node* here = map.find("age"); here != nullptr && group.age < group.here)
        reading.error(*here,
                      fmt::format("'age: {}' is less than 'here: {}'", print_duration(group.age),
                                  print_duration(group.here)),
                      "nothing comes to a stage before it is born");
    map.name("load", group.load);
    map.name("from", group.from);
    map.number("priority", group.priority);
    map.number("key", group.key);
    if (const Node* fields = map.find("fields")) {
        if (!fields->is_map())
            reading.error(*fields, fmt::format("'fields' takes a map, not {}", shown(*fields)),
                          "such as 'fields: {tier: 2}'");
        else
            for (const Entry& entry : fields->entries)
                if (require_scalar(reading, entry.value, "fields", "{tier: 2}"))
                    reading.guarded(entry.value,
                                    [&] { group.fields[entry.key] = read_number(entry.value.text); });
    }
    return group;
}

void read_groups(MapReader& map, std::string_view key, PresentItems::Where at,
                 std::vector<PresentItems>& into) {
    const Node* node = map.find(key);
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (node->is_scalar() && at != PresentItems::Where::retrying) {
        if (node->text.empty()) return;
        PresentItems all;
        all.where = at;
        reading.guarded(*node, [&] { all.items = read_count(node->text); });
        if (all.items > 0) into.push_back(std::move(all));
        return;
    }
    if (!node->is_list()) {
        reading.error(*node, fmt::format("'{}' takes a list of groups, not {}", key, shown(*node)),
                      fmt::format("such as '{}: [{{items: 2, served: 30s}}]'", key));
        return;
    }
    for (const Node& item : node->items) into.push_back(read_group(reading, item, item.place, at));
}

models::PresentTask read_present_task(Reading& reading, const Entry& element) {
    models::PresentTask task;
    task.task = element.key;
    MapReader map(reading, element.value, "present_task", element.place);
    using Is = models::PresentTask::Is;
    static constexpr Is order[] = {Is::working, Is::waiting, Is::retrying, Is::done, Is::failed, Is::skipped};
    task.is = order[map.choice("is").value_or(0)];
    read_progress(map, task.how);
    task.how.age = task.how.here;
    task.how.where = task.is == Is::waiting    ? PresentItems::Where::waiting
                     : task.is == Is::retrying ? PresentItems::Where::retrying
                                               : PresentItems::Where::working;
    only_in_line(map, task.is == Is::waiting);
    if (task.is == Is::done || task.is == Is::failed || task.is == Is::skipped)
        for (const std::string_view key : {"here", "served", "done", "attempt", "left", "records", "size"})
            if (const Node* other = map.find(key))
                reading.error(*other, fmt::format("'{}' of a task that has ended", key), "leave it out");
    return task;
}

}  // namespace

models::ElementState read_state(Reading& reading, const Entry& element) {
    models::ElementState state;
    state.element = element.key;
    MapReader map(reading, element.value, "state", element.place);
    read_groups(map, "working", PresentItems::Where::working, state.items);
    read_groups(map, "waiting", PresentItems::Where::waiting, state.items);
    read_groups(map, "retrying", PresentItems::Where::retrying, state.items);
    if (const Node* runs = map.find("runs")) {
        if (!runs->is_list())
            reading.error(*runs, fmt::format("'runs' takes a list, not {}", shown(*runs)),
                          "such as 'runs: [{age: 2h, tasks: {fetch: {is: done}}}]'");
        else
            for (const Node& node : runs->items) {
                models::PresentRun run;
                MapReader one(reading, node, "present_run", node.place);
                one.duration("age", run.age);
                if (const Node* tasks = one.find("tasks")) {
                    if (!tasks->is_map())
                        reading.error(*tasks, fmt::format("'tasks' takes a map, not {}", shown(*tasks)),
                                      "each by its name: 'tasks: {fetch: {is: done}}'");
                    else
                        for (const Entry& entry : tasks->entries)
                            run.tasks.push_back(read_present_task(reading, entry));
                }
                state.runs.push_back(std::move(run));
            }
    }
    map.duration("newest", state.newest);
    map.duration("landed", state.landed);
    map.number("level", state.level);
    if (map.has("arrived")) {
        std::int64_t arrived = 0;
        map.count("arrived", arrived);
        state.arrived = arrived;
    }
    map.duration("since", state.since);
    return state;
}

}  // namespace understudy::formats
