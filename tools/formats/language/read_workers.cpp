// Workers, types, pools, datasets.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

void read_type_keys(MapReader& map, models::WorkerType& into) {
    map.number("cores", into.cores);
    map.size("memory", into.memory_bytes);
    map.number("speed", into.speed);
    map.cost("cost", into.cost_per_second, into.cost_per_byte);
    map.names("skills", into.skills);
    if (const Node* network = map.scalar("network"))
        map.reading().guarded(*network, [&] {
            into.network = read_quantity(network->text, Dimension::bandwidth).value;
            if (into.network <= 0)
                throw Fault(0, "nothing ever gets through a network of 0", "such as '1Gbit/s'");
        });
    if (const Node* speed = map.find("speed"); speed != nullptr && into.speed <= 0)
        map.reading().error(*speed, "a speed of 0 never ends any work",
                            "write a number above 0; 1 is the usual speed");
}

void read_steps(Reading& reading, const Entry& entry, models::Workers& into) {
    MapReader map(reading, entry.value, "worker steps", entry.place);
    map.duration("period", into.steps_period);
    into.leave_when_done = map.choice("leave").value_or(0) == 1;
    const Node* steps = map.find("steps");
    if (steps == nullptr) return;
    if (!steps->is_map()) {
        reading.error(*steps, fmt::format("'steps' takes a map, not {}", shown(*steps)),
                      "such as '{0h: 2, 9h: 6}'");
        return;
    }
    for (const Entry& step : steps->entries) {
        Node time = Node::scalar(step.key);
        time.place = step.place;
        reading.guarded(time, [&] {
            const kernel::Time at = read_duration(step.key);
            if (into.steps.empty() && at != 0)
                throw Fault(0, fmt::format("the first step is at '{}'", step.key),
                            "say what holds from 0h on");
            if (!into.steps.empty() && at <= into.steps.back().first)
                throw Fault(0, "the times of steps must increase", "write them in order");
            if (into.steps_period && at >= *into.steps_period)
                throw Fault(0, fmt::format("'{}' lies outside of the period", step.key),
                            "times count from the period's start");
            into.steps.emplace_back(at, 0);
        });
        if (!require_scalar(reading, step.value, "steps", "{0h: 2, 9h: 6}")) continue;
        reading.guarded(step.value, [&] {
            const std::int64_t count = read_count(step.value.text, true);
            if (!into.steps.empty()) into.steps.back().second = count;
        });
    }
    if (steps->entries.empty()) reading.error(*steps, "'steps' is empty", "such as '{0h: 2, 9h: 6}'");
}

/// Workers of one type whose number changes; all of a pool by one period, and in one way of leaving.
void read_shifts(Reading& reading, const Entry& group, models::Workers& into) {
    models::Workers one;
    read_steps(reading, group, one);
    if (one.steps.empty()) return;
    if (!into.shifts.empty() && one.steps_period != into.steps_period)
        reading.error(group.value, "the numbers of another type repeat after another period",
                      "give all types of the pool one 'period'");
    if (!into.shifts.empty() && one.leave_when_done != into.leave_when_done)
        reading.error(group.value, "workers of another type leave in another way",
                      "give all types of the pool one 'leave'");
    into.steps_period = one.steps_period;
    into.leave_when_done = one.leave_when_done;
    std::int64_t most = 0;
    for (const auto& [at, count] : one.steps) {
        if (count == models::unlimited)
            return reading.error(group.value, "workers by type are counted", "write how many there are");
        most = std::max(most, count);
    }
    into.groups.emplace_back(group.key, most);
    into.shifts.emplace(group.key, std::move(one.steps));
}

void read_count_of_workers(MapReader& map, models::Workers& into) {
    const Node* node = map.find("workers");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (node->is_map()) {
        if (node->find("steps") != nullptr || node->find("period") != nullptr) {
            read_steps(reading, {"workers", map.node().find("workers")->place, *node}, into);
            return;
        }
        for (const Entry& group : node->entries) {
            if (!require_declared_name(reading.out, group.key, group.place)) continue;
            if (group.value.is_map()) {
                read_shifts(reading, group, into);
                continue;
            }
            if (!require_scalar(reading, group.value, group.key, "6")) continue;
            reading.guarded(group.value,
                            [&] { into.groups.emplace_back(group.key, read_count(group.value.text)); });
        }
        if (node->entries.empty())
            reading.error(*node, "'workers' is empty",
                          "such as '4', or '{steps: {0h: 2, 9h: 6}, period: 1d}'");
        for (const std::string_view key : {"type", "cores", "memory", "speed", "cost", "skills"})
            if (const Node* own = map.find(key); own != nullptr && !node->entries.empty())
                reading.error(*own, fmt::format("'{}' beside workers by type", key),
                              "the types say what the workers are");
        return;
    }
    if (!require_scalar(reading, *node, "workers", "4")) return;
    if (node->text.find("..") != std::string::npos) {
        reading.guarded(*node, [&] {
            const Range range = read_range(node->text);
            if (range.step || !range.low.whole || !range.high.whole || !range.low.exact || !range.high.exact)
                throw Fault(0, fmt::format("'{}' is not a range of workers", node->text),
                            "two counts, such as 2..20");
            if (*range.high.exact < 1)
                throw Fault(0, "there is never a worker", "let the range end at 1 or more");
            into.least = *range.low.exact;
            into.count = *range.high.exact;
        });
        return;
    }
    reading.guarded(*node, [&] {
        into.count = read_count(node->text, true);
        if (into.count == 0)
            throw Fault(0, "0 workers never do any work",
                        "write at least 1; to stop them for a time use an action");
    });
}

void read_speedup(MapReader& map, models::Workers& into) {
    const Node* node = map.find("speedup");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (!node->is_map() || node->entries.empty()) {
        reading.error(*node, fmt::format("'speedup' takes a map, not {}", shown(*node)),
                      "the total speed with so many at once: '{1: 1, 8: 5.2, 32: 11}'");
        return;
    }
    for (const Entry& point : node->entries) {
        Node present = Node::scalar(point.key);
        present.place = point.place;
        if (!require_scalar(reading, point.value, "speedup", "{1: 1, 8: 5.2, 32: 11}")) continue;
        reading.guarded(present, [&] {
            const auto count = static_cast<double>(read_count(point.key));
            if (count < 1 || (!into.speedup.empty() && count <= into.speedup.back().first))
                throw Fault(0, "the numbers of a speedup must increase, from 1 on", "write them in order");
            into.speedup.emplace_back(count, 1);
        });
        reading.guarded(point.value, [&] {
            const double speed = read_number(point.value.text);
            if (speed <= 0) throw Fault(0, "a speed of 0 never ends any work", "write a number above 0");
            if (!into.speedup.empty()) into.speedup.back().second = speed;
        });
    }
}

void read_bandwidth(MapReader& map, models::Workers& into) {
    const Node* node = map.scalar("bandwidth");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    reading.guarded(*node, [&] {
        into.bandwidth = read_quantity(node->text, Dimension::bandwidth).value;
        if (into.bandwidth <= 0)
            throw Fault(0, "nothing ever gets through a link of 0", "such as '400Mbit/s'");
    });
    if (const Node* workers = map.find("workers"))
        reading.error(*workers, "'workers' beside 'bandwidth'", "a link is one for all: leave it out");
    if (const Node* order = map.find("order"); order != nullptr && into.order != models::Order::shared)
        reading.error(*order, fmt::format("{} beside 'bandwidth'", shown(*order)),
                      "all that cross a link share it in equal parts: leave 'order' out");
    into.order = models::Order::shared;
    into.count = 1;
}

void read_growth(MapReader& map, models::Workers& into) {
    const Node* node = map.find("grows");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    MapReader grows(reading, *node, "link_growth", node->place);
    grows.name("with", into.grows_with);
    grows.number("to", into.grows_to);
    if (const Node* to = grows.find("to"); to != nullptr && into.grows_to < 1)
        reading.error(*to, "a bandwidth that shrinks as workers come", "write 1 or more");
    if (map.find("bandwidth") == nullptr)
        reading.error(*node, "'grows' without 'bandwidth'", "say what it is with one worker: '1Gbit/s'");
}

void read_columns(MapReader& map, std::vector<models::Column>& into) {
    const Node* node = map.find("columns");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (!node->is_map()) {
        reading.error(*node, fmt::format("'columns' takes a map, not {}", shown(*node)),
                      "such as '{email: {type: text, nullable: true}}'");
        return;
    }
    const auto flag = [](MapReader& column, std::string_view key, std::optional<bool>& value) {
        bool given = false;
        column.flag(key, given);
        if (column.has(key)) value = given;
    };
    for (const Entry& entry : node->entries) {
        models::Column column;
        column.name = entry.key;
        MapReader keys(reading, entry.value, "column", entry.place);
        keys.text("type", column.type);
        flag(keys, "nullable", column.nullable);
        flag(keys, "unique", column.unique);
        keys.text("min", column.min);
        keys.text("max", column.max);
        keys.texts("enum", column.values);
        keys.texts("derives_from", column.derives_from);
        column.origin_told = keys.has("derives_from");
        into.push_back(std::move(column));
    }
}

void read_weights(MapReader& map, models::Workers& into) {
    const Node* node = map.find("weights");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (!node->is_map() || node->entries.empty()) {
        reading.error(*node, fmt::format("'weights' takes a map, not {}", shown(*node)),
                      "loads, each with its weight: '{acme: 4, globex: 2}'");
        return;
    }
    for (const Entry& entry : node->entries) {
        if (!require_scalar(reading, entry.value, "weights", "{acme: 4}")) continue;
        reading.guarded(entry.value, [&] {
            const double weight = read_number(entry.value.text);
            if (weight <= 0) throw Fault(0, "a weight of 0 is never served", "write a number above 0");
            into.weights.emplace_back(entry.key, weight);
        });
    }
}

void read_visits(MapReader& map, models::Workers& into) {
    const Node* node = map.scalar("visits");
    if (node == nullptr) return;
    if (node->text == "exhaustive" || node->text == "gated") {
        into.visits = node->text == "gated" ? models::Visits::gated : models::Visits::exhaustive;
        return;
    }
    map.reading().guarded(*node, [&] {
        if (node->text.find_first_not_of("0123456789") != std::string::npos)
            throw Fault(0, fmt::format("'{}' is no value of 'visits'", node->text),
                        "write 'exhaustive', 'gated' or a count");
        into.visit_limit = read_count(node->text);
        if (into.visit_limit == 0) throw Fault(0, "a visit for nobody", "write at least 1");
        into.visits = models::Visits::limited;
    });
}

void read_scale(MapReader& map, models::Workers& into) {
    const Node* node = map.find("scale");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    models::Scale scale;
    MapReader one(reading, *node, "scale", map.node().find("scale")->place);
    one.number("waiting", scale.waiting);
    one.number("lag", scale.lag);
    one.share("utilisation", scale.utilisation);
    one.duration("every", scale.every);
    one.duration("cooldown", scale.cooldown);
    one.count("step", scale.step, 1);
    one.duration("pause", scale.pause);
    if (one.ok() && one.has("waiting") + one.has("lag") + one.has("utilisation") != 1)
        reading.error(*node, "'scale' takes one of 'waiting', 'lag' and 'utilisation'",
                      "such as '{waiting: 1}', or '{utilisation: 70%, every: 1min}'");
    for (const std::string_view key : {"waiting", "lag", "utilisation"})
        if (const Node* target = one.find(key);
            target != nullptr && target->is_scalar() && (target->text == "0" || target->text == "0%"))
            reading.error(*target, fmt::format("'{}' of 0 asks for endlessly many workers", key),
                          "write a number above 0");
    into.scale = scale;
}

void read_outages(MapReader& map, models::Workers& into) {
    const Node* node = map.find("outages");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (!node->is_map() || node->entries.empty()) {
        reading.error(*node, fmt::format("'outages' takes a map, not {}", shown(*node)),
                      "each by a name: '{crash: {up: exponential(mean 3d), for: 10min}}'");
        return;
    }
    for (const Entry& entry : node->entries) {
        if (!require_declared_name(reading.out, entry.key, entry.place)) continue;
        models::Outage outage;
        outage.name = entry.key;
        MapReader one(reading, entry.value, "outage", entry.place);
        one.law("up", outage.up);
        if (const Node* every = one.scalar("every"))
            reading.guarded(*every, [&] {
                // A duration by itself is one too: from start to start.
                const bool digit = !every->text.empty() && every->text[0] >= '0' && every->text[0] <= '9';
                outage.every = read_schedule(digit ? "every " + every->text : every->text);
            });
        one.law("for", outage.lasts);
        outage.takes_all = one.choice("takes").value_or(0) == 1;
        outage.busy_clock = one.choice("clock").value_or(0) == 1;
        if (const auto how = one.choice("interrupted"))
            outage.interrupted = static_cast<models::Interrupted>(*how);
        if (one.ok() && one.has("up") == one.has("every"))
            reading.out.error(entry.place,
                              fmt::format("outage '{}' has {} 'up' {} 'every'", entry.key,
                                          one.has("up") ? "both" : "neither", one.has("up") ? "and" : "nor"),
                              "'up' is the time from repair to failure, 'every' a schedule: write one");
        into.outages.push_back(std::move(outage));
    }
}

}  // namespace

bool serves_all_at_once(const Node& workers) {
    const Entry* order = workers.find("order");
    return workers.find("speedup") != nullptr || workers.find("bandwidth") != nullptr ||
           (order != nullptr && order->value.text == "shared");
}

void read_description(MapReader& map, models::Description& into) {
    map.text("label", into.label);
    map.text("description", into.description);
    map.text("owner", into.owner);
    map.texts("tags", into.tags);
}

models::WorkerType read_type(Reading& reading, const Entry& element) {
    models::WorkerType type;
    type.name = element.key;
    MapReader map(reading, element.value, "type", element.place);
    read_type_keys(map, type);
    read_description(map, type.description);
    return type;
}

void read_workers(MapReader& map, models::Workers& into) {
    map.name("type", into.type_name);
    read_type_keys(map, into.type);
    read_count_of_workers(map, into);
    map.choice("order", into.order);
    read_weights(map, into);
    map.law("switch", into.turning);
    read_visits(map, into);
    map.flag("preempt", into.preempt);
    map.choice("interrupted", into.interrupted);
    map.choice("backfill", into.backfill);
    map.choice("placement", into.placement);
    read_speedup(map, into);
    // All at once need no number of workers.
    if (map.ok() && map.node().find("workers") == nullptr && serves_all_at_once(map.node()))
        into.count = models::unlimited;
    read_bandwidth(map, into);
    read_growth(map, into);
    map.law("launch", into.launch);
    map.law("release", into.release);
    read_outages(map, into);
    map.law("poll", into.poll);
    read_scale(map, into);
    map.law("start_up", into.start_up);
    map.law("keep_alive", into.keep_alive);
}

models::Pool read_pool(Reading& reading, const Entry& element) {
    models::Pool pool;
    pool.name = element.key;
    MapReader map(reading, element.value, "pool", element.place);
    read_workers(map, pool.workers);
    read_description(map, pool.description);
    if (map.ok() && !serves_all_at_once(element.value) && element.value.find("workers") == nullptr)
        reading.out.error(element.place, fmt::format("pool '{}' has no 'workers'", pool.name),
                          "such as 'workers: 4'");
    return pool;
}

models::Dataset read_dataset(Reading& reading, const Entry& element) {
    models::Dataset dataset;
    dataset.name = element.key;
    MapReader map(reading, element.value, "dataset", element.place);
    map.count("partitions", dataset.partitions, 1);
    map.choice("by", dataset.by);
    map.duration("retention", dataset.retention);
    map.text("contract", dataset.contract);
    read_columns(map, dataset.columns);
    if (const Node* by = map.find("by"); by != nullptr && !map.has("partitions"))
        reading.error(*by, "'by' without 'partitions'", "say how many there are: 'partitions: 12'");
    read_description(map, dataset.description);
    return dataset;
}

}  // namespace understudy::formats
