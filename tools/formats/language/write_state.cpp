#include "tools/formats/language/write_state.h"

#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using models::PresentItems;
using models::PresentTask;

void add(Node& map, const char* key, std::string text) { map.add(key, Node::scalar(std::move(text))); }

void add_progress(Node& map, const PresentItems& items) {
    if (items.here != items.served) add(map, "here", print_duration(items.here));
    if (items.served != 0) add(map, "served", print_duration(items.served));
    if (items.done) add(map, "done", print_duration(*items.done));
    if (items.waited) add(map, "waited", print_duration(*items.waited));
    if (items.place) add(map, "place", print_count(*items.place));
    if (items.attempt != 0) add(map, "attempt", print_count(items.attempt));
    if (items.left) add(map, "left", print_duration(*items.left));
    if (items.records) add(map, "records", print_number(*items.records));
    if (items.size) add(map, "size", print_quantity(*items.size, Dimension::size));
}

Node unread_node(const models::UnreadAmounts& unread) {
    Node node = Node::map();
    for (const auto& [dataset, amount] : unread) {
        Node one = Node::map();
        if (amount.records != 0) add(one, "records", print_number(amount.records));
        if (amount.size != 0) add(one, "size", print_quantity(amount.size, Dimension::size));
        node.add(dataset, std::move(one));
    }
    return node;
}

Node group_node(const PresentItems& items) {
    Node node = Node::map();
    if (items.items != 1) add(node, "items", print_count(items.items));
    if (items.age != items.here) add(node, "age", print_duration(items.age));
    add_progress(node, items);
    if (!items.load.empty()) add(node, "load", items.load);
    if (!items.from.empty()) add(node, "from", items.from);
    if (!items.holds.empty()) node.add("holds", Node::texts(items.holds));
    if (!items.batch.empty()) {
        Node inside = Node::list();
        for (const PresentItems& group : items.batch) inside.items.push_back(group_node(group));
        node.add("batch", std::move(inside));
    }
    if (items.priority) add(node, "priority", print_number(*items.priority));
    if (items.key) add(node, "key", print_number(*items.key));
    if (!items.fields.empty()) {
        Node fields = Node::map();
        for (const auto& [name, value] : items.fields) fields.add(name, Node::scalar(print_number(value)));
        node.add("fields", std::move(fields));
    }
    if (node.entries.empty()) add(node, "items", "1");
    return node;
}

/// At work goes without saying.
void add_is(Node& map, PresentTask::Is is) {
    static constexpr const char* words[] = {"waiting", "working", "retrying", "done", "failed", "skipped"};
    if (is != PresentTask::Is::working) add(map, "is", words[static_cast<std::size_t>(is)]);
}

Node instances_node(const std::vector<PresentItems>& instances) {
    Node list = Node::list();
    for (const PresentItems& group : instances) {
        Node one = Node::map();
        if (group.items != 1) add(one, "items", print_count(group.items));
        add_is(one, group.where == PresentItems::Where::waiting    ? PresentTask::Is::waiting
                    : group.where == PresentItems::Where::retrying ? PresentTask::Is::retrying
                                                                   : PresentTask::Is::working);
        add_progress(one, group);
        if (one.entries.empty()) add(one, "is", "working");
        list.items.push_back(std::move(one));
    }
    return list;
}

Node run_node(const models::PresentRun& run) {
    Node node = Node::map();
    add(node, "age", print_duration(run.age));
    Node tasks = Node::map();
    for (const PresentTask& task : run.tasks) {
        Node one = Node::map();
        const bool several = !task.instances.empty() || task.ended > 0;
        if (!several) {
            add_is(one, task.is);
            add_progress(one, task.how);
        }
        if (!task.instances.empty()) one.add("instances", instances_node(task.instances));
        if (task.ended > 0) add(one, "ended", print_count(task.ended));
        if (task.ended_badly > 0) add(one, "failed", print_count(task.ended_badly));
        if (!task.unread.empty()) one.add("unread", unread_node(task.unread));
        if (one.entries.empty()) add(one, "is", "working");
        tasks.add(task.task, std::move(one));
    }
    if (!run.tasks.empty()) node.add("tasks", std::move(tasks));
    if (!run.holds.empty()) node.add("holds", Node::texts(run.holds));
    return node;
}

Node element_node(const models::ElementState& state) {
    Node node = Node::map();
    const auto groups = [&](const char* key, PresentItems::Where where) {
        std::vector<const PresentItems*> those;
        for (const PresentItems& items : state.items)
            if (items.where == where) those.push_back(&items);
        if (those.empty()) return;
        // A number says it all of one group of which nothing else is known.
        PresentItems plain;
        plain.where = where;
        plain.items = those.front()->items;
        if (those.size() == 1 && where != PresentItems::Where::retrying && *those.front() == plain)
            return add(node, key, print_count(plain.items));
        Node list = Node::list();
        for (const PresentItems* items : those) list.items.push_back(group_node(*items));
        node.add(key, std::move(list));
    };
    groups("waiting", PresentItems::Where::waiting);
    groups("working", PresentItems::Where::working);
    groups("retrying", PresentItems::Where::retrying);
    groups("gathering", PresentItems::Where::gathering);
    if (!state.runs.empty()) {
        Node runs = Node::list();
        for (const models::PresentRun& run : state.runs) runs.items.push_back(run_node(run));
        node.add("runs", std::move(runs));
    }
    if (state.newest) add(node, "newest", print_duration(*state.newest));
    if (state.landed) add(node, "landed", print_duration(*state.landed));
    if (state.records) add(node, "records", print_number(*state.records));
    if (state.size) add(node, "size", print_quantity(*state.size, Dimension::size));
    if (!state.unread.empty()) {
        Node tasks = Node::map();
        for (const auto& [task, unread] : state.unread) tasks.add(task, unread_node(unread));
        node.add("unread", std::move(tasks));
    }
    if (state.level) add(node, "level", print_number(*state.level));
    if (state.arrived) add(node, "arrived", print_count(*state.arrived));
    if (state.since) add(node, "since", print_duration(*state.since));
    if (!state.arrivals_state.empty()) add(node, "state", state.arrivals_state);
    if (state.stayed) add(node, "stayed", print_duration(*state.stayed));
    if (!state.thinking.empty()) {
        Node list = Node::list();
        for (const models::ThinkingUsers& group : state.thinking) {
            Node one = Node::map();
            if (group.users != 1 || group.since == 0) add(one, "users", print_count(group.users));
            if (group.since != 0) add(one, "for", print_duration(group.since));
            list.items.push_back(std::move(one));
        }
        node.add("thinking", std::move(list));
    }
    if (!state.missing.empty()) node.add("missing", Node::texts(state.missing));
    return node;
}

}  // namespace

Node state_node(const models::InitialState& state) {
    Node node = Node::map();
    node.block = true;
    for (const models::ElementState& element : state.elements)
        node.add(element.element, element_node(element));
    return node;
}

}  // namespace understudy::formats
