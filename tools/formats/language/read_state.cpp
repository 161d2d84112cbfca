// What is there when a simulation begins.
#include <fmt/format.h>

#include <initializer_list>
#include <string_view>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using models::PresentAmount;
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

/// What items are, wherever they are; `here` is known.
void read_values(MapReader& map, PresentItems& group) {
    Reading& reading = map.reading();
    group.age = group.here;
    map.duration("age", group.age);
    if (const Node* here = map.find("age"); here != nullptr && group.age < group.here)
        reading.error(*here,
                      fmt::format("'age: {}' is less than 'here: {}'", print_duration(group.age),
                                  print_duration(group.here)),
                      "nothing comes to a stage before it is born");
    map.name("load", group.load);
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
}

/// Each of a list, if it is one.
template <class Read>
void read_list(MapReader& map, std::string_view key, const char* example, Read read) {
    const Node* list = map.find(key);
    if (list == nullptr) return;
    if (!list->is_list())
        return map.reading().error(*list, fmt::format("'{}' takes a list, not {}", key, shown(*list)),
                                   fmt::format("such as '{}'", example));
    for (const Node& node : list->items) read(node);
}

/// Keys that say nothing of what is at such a place.
void have_nothing_to_say(MapReader& map, std::initializer_list<std::string_view> keys, const char* of) {
    for (const std::string_view key : keys)
        if (const Node* other = map.find(key))
            map.reading().error(*other, fmt::format("'{}' of {}", key, of), "leave it out");
}

PresentItems read_in_batch(Reading& reading, const Node& node) {
    PresentItems group;
    MapReader map(reading, node, "in_batch", node.place);
    map.count("items", group.items, 1);
    map.duration("here", group.here);
    map.number("records", group.records);
    read_bytes(map, group.size);
    read_values(map, group);
    return group;
}

PresentItems read_group(Reading& reading, const Node& node, Place where, PresentItems::Where at) {
    PresentItems group;
    group.where = at;
    MapReader map(reading, node, "present", where);
    map.count("items", group.items, 1);
    read_progress(map, group);
    only_in_line(map, at == PresentItems::Where::waiting);
    if (at == PresentItems::Where::gathering)
        have_nothing_to_say(map, {"served", "done", "attempt", "left", "batch"}, "items that gather");
    read_values(map, group);
    map.name("from", group.from);
    map.names("holds", group.holds);
    read_list(map, "batch", "batch: [{items: 20, age: 3min}]",
              [&](const Node& inside) { group.batch.push_back(read_in_batch(reading, inside)); });
    if (const Node* batch = map.find("batch"); batch != nullptr && group.items > 1)
        reading.error(*batch, fmt::format("'items: {}' of a batch, which is one", group.items),
                      "how many are in it stands in 'batch'");
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

PresentItems read_instances(Reading& reading, const Node& node) {
    PresentItems group;
    MapReader map(reading, node, "present_instance", node.place);
    static constexpr PresentItems::Where order[] = {
        PresentItems::Where::working, PresentItems::Where::waiting, PresentItems::Where::retrying};
    group.where = order[map.choice("is").value_or(0)];
    map.count("items", group.items, 1);
    read_progress(map, group);
    only_in_line(map, group.where == PresentItems::Where::waiting);
    group.age = group.here;
    return group;
}

PresentAmount read_amount(Reading& reading, const Entry& entry) {
    MapReader map(reading, entry.value, "unread", entry.place);
    std::optional<double> records, size;
    map.number("records", records);
    read_bytes(map, size);
    return {records.value_or(0), size.value_or(0)};
}

models::UnreadAmounts read_unread(Reading& reading, const Node& node) {
    models::UnreadAmounts unread;
    if (!node.is_map())
        reading.error(node, fmt::format("'unread' takes a map, not {}", shown(node)),
                      "each dataset by its name: 'unread: {orders: {records: 2400}}'");
    else
        for (const Entry& entry : node.entries) unread.emplace(entry.key, read_amount(reading, entry));
    return unread;
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
        have_nothing_to_say(map,
                            {"here", "served", "done", "attempt", "left", "records", "size", "instances",
                             "ended", "failed", "unread"},
                            "a task that has ended");
    if (const Node* unread = map.find("unread")) task.unread = read_unread(reading, *unread);
    read_list(map, "instances", "instances: [{items: 3, served: 5min}]",
              [&](const Node& group) { task.instances.push_back(read_instances(reading, group)); });
    map.count("ended", task.ended);
    map.count("failed", task.ended_badly);
    if (const Node* failed = map.find("failed"); failed != nullptr && task.ended_badly > task.ended)
        reading.error(*failed,
                      fmt::format("'failed: {}' is more than 'ended: {}'", task.ended_badly, task.ended),
                      "who has failed has ended as well");
    if (!task.instances.empty())
        have_nothing_to_say(
            map, {"is", "here", "served", "done", "waited", "place", "attempt", "left", "records", "size"},
            "a task whose instances are told one by one");
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
    read_groups(map, "gathering", PresentItems::Where::gathering, state.items);
    read_list(map, "runs", "runs: [{age: 2h, tasks: {fetch: {is: done}}}]", [&](const Node& node) {
        models::PresentRun run;
        MapReader one(reading, node, "present_run", node.place);
        one.duration("age", run.age);
        one.texts("holds", run.holds);
        if (const Node* tasks = one.find("tasks")) {
            if (!tasks->is_map())
                reading.error(*tasks, fmt::format("'tasks' takes a map, not {}", shown(*tasks)),
                              "each by its name: 'tasks: {fetch: {is: done}}'");
            else
                for (const Entry& entry : tasks->entries)
                    run.tasks.push_back(read_present_task(reading, entry));
        }
        state.runs.push_back(std::move(run));
    });
    map.duration("newest", state.newest);
    map.duration("landed", state.landed);
    map.number("records", state.records);
    read_bytes(map, state.size);
    if (const Node* unread = map.find("unread")) {
        if (!unread->is_map())
            reading.error(*unread, fmt::format("'unread' takes a map, not {}", shown(*unread)),
                          "each task by its name: 'unread: {build: {orders: {records: 2400}}}'");
        else
            for (const Entry& entry : unread->entries)
                state.unread.emplace(entry.key, read_unread(reading, entry.value));
    }
    map.number("level", state.level);
    if (map.has("arrived")) {
        std::int64_t arrived = 0;
        map.count("arrived", arrived);
        state.arrived = arrived;
    }
    map.duration("since", state.since);
    map.text("state", state.arrivals_state);
    map.duration("stayed", state.stayed);
    read_list(map, "thinking", "thinking: [{users: 2, for: 40s}]", [&](const Node& node) {
        models::ThinkingUsers group;
        MapReader one(reading, node, "thinking", node.place);
        one.count("users", group.users, 1);
        one.duration("for", group.since);
        state.thinking.push_back(group);
    });
    map.texts("missing", state.missing);
    return state;
}

}  // namespace understudy::formats
