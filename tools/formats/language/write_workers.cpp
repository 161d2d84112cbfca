#include "tools/formats/language/write_workers.h"

#include <cmath>

#include "tools/formats/language/laws.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/write_values.h"

namespace understudy::formats {

namespace {

Node steps_node(const std::vector<std::pair<kernel::Time, std::int64_t>>& steps, const models::Workers& w) {
    Node node = Node::map(), times = Node::map();
    for (const auto& [time, count] : steps) put(times, print_duration(time), print_count(count));
    node.add("steps", std::move(times));
    if (w.steps_period) put(node, "period", print_duration(*w.steps_period));
    if (w.leave_when_done) put(node, "leave", "done");
    return node;
}

Node scale(const models::Scale& s) {
    const models::Scale standard;
    Node node = Node::map();
    if (s.waiting != 0) put(node, "waiting", print_number(s.waiting));
    if (s.lag != 0) put(node, "lag", print_number(s.lag));
    if (s.utilisation != 0) put(node, "utilisation", share_text(s.utilisation));
    if (s.every) put(node, "every", print_duration(*s.every));
    if (s.cooldown != standard.cooldown) put(node, "cooldown", print_duration(s.cooldown));
    if (s.step != standard.step) put(node, "step", print_count(s.step));
    if (s.pause != standard.pause) put(node, "pause", print_duration(s.pause));
    return node;
}

Node outage(const models::Outage& o) {
    Node node = Node::map();
    if (!o.up.empty()) node.add("up", law_node(o.up, Dimension::duration));
    if (o.every) put(node, "every", print_schedule(*o.every));
    if (!o.lasts.empty()) node.add("for", law_node(o.lasts, Dimension::duration));
    if (o.takes_all) put(node, "takes", "all");
    if (o.busy_clock) put(node, "clock", "busy");
    if (o.interrupted) put(node, "interrupted", word("outage", "interrupted", *o.interrupted));
    return node;
}

}  // namespace

void put_type(Node& map, const models::WorkerType& type, const models::WorkerType& known,
              const std::string& currency) {
    if (type.cores != known.cores) put(map, "cores", print_number(type.cores));
    if (type.memory_bytes != known.memory_bytes)
        put(map, "memory", print_quantity(static_cast<double>(type.memory_bytes), Dimension::size));
    if (type.speed != known.speed) put(map, "speed", print_number(type.speed));
    if (type.network != known.network)
        put(map, "network", print_quantity(type.network, Dimension::bandwidth));
    if (type.cost_per_second != known.cost_per_second && type.cost_per_byte == 0)
        put(map, "cost", print_quantity(type.cost_per_second, Dimension::cost, currency));
    if (type.cost_per_byte != known.cost_per_byte && type.cost_per_byte != 0)
        put(map, "cost", print_quantity(type.cost_per_byte, Dimension::price, currency));
    if (type.skills != known.skills) put_names(map, "skills", type.skills);
}

void put_workers(Node& map, const models::Workers& w, const models::Scenario& scenario) {
    if (!w.groups.empty()) {
        Node groups = Node::map();
        for (const auto& [type, count] : w.groups) {
            if (const auto shifts = w.shifts.find(type); shifts != w.shifts.end())
                groups.add(type, steps_node(shifts->second, w));
            else
                put(groups, type, print_count(count));
        }
        map.add("workers", std::move(groups));
    } else if (!w.steps.empty()) {
        map.add("workers", steps_node(w.steps, w));
    } else if (w.least) {
        put(map, "workers", print_count(*w.least) + ".." + print_count(w.count));
    } else if (w.bandwidth > 0) {
        put(map, "bandwidth", print_quantity(w.bandwidth, Dimension::bandwidth));
    } else {
        put(map, "workers", print_count(w.count));
    }
    if (!w.grows_with.empty()) {
        Node grows = Node::map();
        put(grows, "with", w.grows_with);
        put(grows, "to", print_number(w.grows_to));
        map.add("grows", std::move(grows));
    }
    put_text(map, "type", w.type_name);
    models::WorkerType known;
    for (const models::WorkerType& type : scenario.twin.types)
        if (!w.type_name.empty() && type.name == w.type_name) known = type;
    if (w.groups.empty()) put_type(map, w.type, known, scenario.currency);
    const models::Workers standard;
    if (w.order != standard.order && w.bandwidth <= 0) put(map, "order", word("pool", "order", w.order));
    if (!w.weights.empty()) {
        Node weights = Node::map();
        for (const auto& [load, weight] : w.weights) put(weights, load, print_number(weight));
        map.add("weights", std::move(weights));
    }
    put_law(map, "switch", w.turning, Dimension::duration);
    if (w.visits != standard.visits)
        put(map, "visits", w.visits == models::Visits::gated ? "gated" : print_count(w.visit_limit));
    if (w.preempt) put(map, "preempt", "true");
    if (w.interrupted != standard.interrupted)
        put(map, "interrupted", word("pool", "interrupted", w.interrupted));
    if (w.backfill != standard.backfill) put(map, "backfill", word("pool", "backfill", w.backfill));
    if (w.placement != standard.placement) put(map, "placement", word("pool", "placement", w.placement));
    if (!w.speedup.empty()) {
        Node points = Node::map();
        for (const auto& [present, speed] : w.speedup)
            put(points, print_number(present), print_number(speed));
        map.add("speedup", std::move(points));
    }
    put_law(map, "launch", w.launch, Dimension::duration);
    put_law(map, "release", w.release, Dimension::duration);
    if (!w.outages.empty()) {
        Node outages = Node::map();
        for (const models::Outage& one : w.outages) outages.add(one.name, outage(one));
        map.add("outages", std::move(outages));
    }
    put_law(map, "poll", w.poll, Dimension::duration);
    if (w.scale) map.add("scale", scale(*w.scale));
    put_law(map, "start_up", w.start_up, Dimension::duration);
    put_law(map, "keep_alive", w.keep_alive, Dimension::duration);
}

Node budget_node(const models::Budget& b) {
    using Refill = models::Budget::Refill;
    Node node = Node::map();
    put(node, "capacity", std::isinf(b.capacity) ? "unlimited" : print_number(b.capacity));
    if (b.initial != b.capacity) put(node, "initial", print_number(b.initial));
    if (b.refill == Refill::continuous) {
        put(node, "refill", print_quantity(b.rate, Dimension::rate));
    } else if (b.refill == Refill::ticks) {
        put(node, "refill", "every " + print_law(b.interval, Dimension::duration));
    } else {
        Node refill = Node::map();
        put(refill, "amount", print_number(b.amount));
        if (b.refill == Refill::amounts) {
            put(refill, "every", print_schedule(b.schedule));
        } else {
            put(refill, "at_most", print_number(b.at_most));
            if (!b.after.empty()) refill.add("after", law_node(b.after, Dimension::duration));
        }
        node.add("refill", std::move(refill));
    }
    put_description(node, b.description);
    return node;
}

}  // namespace understudy::formats
