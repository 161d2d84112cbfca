// Stages, and what they share with tasks.
#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

constexpr std::string_view worker_keys[] = {
    "workers", "type",   "cores",   "memory",      "speed",      "cost",      "skills",  "order",   "weights",
    "switch",  "visits", "preempt", "interrupted", "backfill",   "placement", "launch",  "release", "speedup",
    "outages", "poll",   "scale",   "start_up",    "keep_alive", "bandwidth", "network", "grows"};

Place key_place(const MapReader& map, std::string_view key) {
    const Entry* entry = map.node().find(key);
    return entry == nullptr ? map.where() : entry->place;
}

models::Need read_need(Reading& reading, const Entry& entry) {
    models::Need need;
    need.pool = entry.key;
    if (entry.value.is_map()) {
        MapReader map(reading, entry.value, "need", entry.place);
        map.count("count", need.count, 1);
        map.number("cores", need.cores);
        map.size("memory", need.memory_bytes);
        map.name("skill", need.skill);
        return need;
    }
    if (require_scalar(reading, entry.value, "runs_on", "{spark: 8}"))
        reading.guarded(entry.value, [&] {
            need.count = read_count(entry.value.text);
            if (need.count == 0)
                throw Fault(0, "0 workers of a pool", "leave the pool out, or write at least 1");
        });
    return need;
}

void read_runs_on(MapReader& map, models::Work& into) {
    const Node* node = map.find("runs_on");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (node->is_scalar()) {
        if (!require_name(reading, *node)) return;
        models::Need need;
        need.pool = node->text;
        into.runs_on.push_back(need);
    } else if (node->is_map()) {
        for (const Entry& entry : node->entries) into.runs_on.push_back(read_need(reading, entry));
        if (node->entries.empty())
            reading.error(*node, "'runs_on' is empty", "such as 'runs_on: spark' or 'runs_on: {spark: 8}'");
    } else {
        reading.error(*node, "'runs_on' takes a pool or a map of pools, not a list",
                      "such as 'runs_on: {spark: 8, licence: 1}'");
    }
    map.law("launch", into.launch);
    for (const std::string_view key : worker_keys)
        if (key != "launch" && map.node().find(key) != nullptr && map.find(key) != nullptr)
            reading.out.error(key_place(map, key), fmt::format("'{}' beside 'runs_on'", key),
                              key == "workers" ? "either it has workers of its own or it uses those of pools"
                                               : "the pool decides; put it there");
}

void read_spends(MapReader& map, models::Work& into) {
    const Node* node = map.find("spends");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (node->is_scalar()) {
        if (require_name(reading, *node)) into.spends.push_back({node->text, 1, {}});
        return;
    }
    if (!node->is_map() || node->entries.empty()) {
        reading.error(*node, fmt::format("'spends' takes a budget or a map of budgets, not {}", shown(*node)),
                      "such as 'spends: quota' or 'spends: {quota: 1}'");
        return;
    }
    for (const Entry& entry : node->entries) {
        if (!require_scalar(reading, entry.value, "spends", "{quota: 1}")) continue;
        models::Spend spend{entry.key, 1, {}};
        if (reading.fields.contains(entry.value.text))
            spend.field = entry.value.text;
        else
            reading.guarded(entry.value, [&] {
                spend.amount = read_number(entry.value.text);
                if (spend.amount <= 0)
                    throw Fault(0, "an attempt that takes nothing",
                                "leave the budget out, or write an amount above 0");
            });
        into.spends.push_back(std::move(spend));
    }
}

void read_transfers(MapReader& map, models::Transfers& into) {
    const Node* node = map.find("transfers");
    if (node == nullptr) return;
    MapReader transfers(map.reading(), *node, "transfers", key_place(map, "transfers"));
    transfers.name("over", into.over);
    transfers.size("in", into.in_bytes);
    transfers.size("out", into.out_bytes);
    transfers.text("once", into.once);
}

void read_backoff(Reading& reading, const Node& node, models::Retry& into) {
    ReadLaw law;
    if (node.is_list()) {
        for (const Node& item : node.items)
            if (read_law_node(reading, item, "backoff", Dimension::duration, law))
                into.backoff.push_back(law.law);
        if (node.items.empty()) reading.error(node, "'backoff' is an empty list", "such as [2s, 4s, 8s]");
        return;
    }
    if (node.is_map() && node.find("phase_type") == nullptr) {
        MapReader map(reading, node, "backoff", node.place);
        map.duration("first", into.first);
        map.number("factor", into.factor);
        map.duration("max", into.max);
        map.share("jitter", into.jitter);
        if (const Node* factor = map.find("factor"); factor != nullptr && into.factor < 1)
            reading.error(*factor, "a factor below 1 makes each pause shorter than the last",
                          "write 1 or more");
        return;
    }
    if (read_law_node(reading, node, "backoff", Dimension::duration, law)) into.backoff.push_back(law.law);
}

void read_retry(MapReader& map, models::Retry& into) {
    const Node* node = map.find("retry");
    if (node == nullptr) return;
    if (node->is_scalar()) {
        if (!node->text.empty())
            map.reading().error(
                *node, fmt::format("'retry' takes a map, not '{}'", node->text),
                fmt::format(
                    "write '{{times: {}, backoff: 30s}}'",
                    node->text.find_first_not_of("0123456789") == std::string::npos ? node->text : "3"));
        return;
    }
    MapReader retry(map.reading(), *node, "retry", key_place(map, "retry"));
    retry.count("times", into.times);
    if (const Node* backoff = retry.find("backoff")) read_backoff(map.reading(), *backoff, into);
}

void read_queue(MapReader& map, models::Queue& into) {
    const Node* node = map.find("queue");
    if (node == nullptr) return;
    if (node->is_scalar()) {
        if (!node->text.empty())
            map.reading().error(
                *node, fmt::format("'queue' takes a map, not '{}'", node->text),
                fmt::format(
                    "write '{{capacity: {}, full: drop}}'",
                    node->text.find_first_not_of("0123456789") == std::string::npos ? node->text : "50"));
        return;
    }
    MapReader queue(map.reading(), *node, "queue", key_place(map, "queue"));
    queue.count("capacity", into.capacity);
    queue.choice("full", into.full);
    queue.law("timeout", into.timeout);
    if (!queue.ok()) return;
    if (queue.has("capacity") && !queue.has("full") && into.capacity != models::unlimited)
        map.reading().out.error(key_place(queue, "capacity"), "'capacity' without 'full'",
                                "say what happens when there is no place: 'full: block', 'drop' or 'retry'");
    if (queue.has("full") && !queue.has("capacity"))
        map.reading().out.error(key_place(queue, "full"), "'full' without 'capacity'",
                                "a queue without a capacity is never full");
}

void read_join(MapReader& map, models::Stage& into) {
    const Node* node = map.find("join");
    if (node == nullptr) return;
    MapReader join(map.reading(), *node, "join", key_place(map, "join"));
    models::Join result;
    join.choice("of", result.of);
    if (const Node* needs = join.scalar("needs"); needs != nullptr && needs->text != "all")
        map.reading().guarded(*needs, [&] {
            result.needs = read_count(needs->text);
            if (result.needs == 0) throw Fault(0, "a join of 0 parts", "write 'all' or at least 1");
        });
    std::size_t rest = join.choice("rest").value_or(0);
    result.cancel_rest = rest == 1;
    result.by_key = join.choice("by").value_or(1) == 0;
    join.duration("within", result.within);
    result.pass_unmatched = join.choice("unmatched").value_or(0) == 1;
    const bool inputs = result.of == models::Join::Of::inputs;
    for (const std::string_view key : {"needs", "rest", "by", "within", "unmatched"}) {
        const Node* value = join.find(key);
        const bool of_parts = key == "needs" || key == "rest";
        if (value != nullptr && inputs == of_parts)
            map.reading().error(*value, fmt::format("'{}' in a join of {}", key, inputs ? "inputs" : "parts"),
                                inputs ? "a join of inputs takes one of each" : "it goes with 'of: inputs'");
    }
    if (const Node* unmatched = join.find("unmatched"); unmatched != nullptr && inputs && !result.within)
        map.reading().error(*unmatched, "'unmatched' without 'within'",
                            "without a limit everything waits for its partner");
    into.join = result;
}

void read_batch(MapReader& map, models::Stage& into) {
    const Node* node = map.find("batch");
    if (node == nullptr) return;
    MapReader batch(map.reading(), *node, "batch", key_place(map, "batch"));
    models::Batch result;
    batch.count("items", result.items, 1);
    batch.number("records", result.records);
    std::int64_t bytes = 0;
    batch.size("size", bytes);
    result.size_bytes = static_cast<double>(bytes);
    batch.duration("after", result.after);
    if (batch.ok() && !batch.has("items") && !batch.has("records") && !batch.has("size"))
        map.reading().out.error(
            key_place(map, "batch"),
            node->entries.empty() ? "'batch' is empty" : "'batch' has no limit but its time",
            "such as '{items: 100, after: 5s}'");
    into.batch = result;
}

void read_window(MapReader& map, models::Stage& into) {
    const Node* node = map.find("window");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    MapReader window(reading, *node, "window", key_place(map, "window"));
    models::Window result;
    window.duration("size", result.size);
    window.duration("every", result.every);
    window.duration("lateness", result.lateness);
    result.by_key = window.choice("by").has_value();
    if (const Node* size = window.find("size"); size != nullptr && result.size <= 0)
        reading.error(*size, "a window of 0s holds nothing", "write a longer one, such as 'size: 5min'");
    if (const Node* every = window.find("every"); every != nullptr && result.every) {
        if (*result.every <= 0)
            reading.error(*every, "windows every 0s are without number", "write a longer time");
        else if (result.size > 0 && *result.every > result.size)
            reading.error(*every, "windows further apart than they are long leave items out",
                          "write at most their 'size'");
        else if (result.size / *result.every > 1000)
            reading.error(*every, "every item would be in more than 1000 windows", "write a longer time");
    }
    if (const Node* batch = map.find("batch"); batch != nullptr)
        reading.error(*batch, "'batch' beside 'window'",
                      "gather by one of them, and by the other in the next stage");
    if (const Node* join = map.find("join"); join != nullptr)
        reading.error(*join, "'join' beside 'window'", "join in a stage of its own, before or after");
    into.window = result;
}

/// Fields anew: laws that may take the item's fields as they were.
void read_changed_fields(MapReader& map, models::Emits& into) {
    const Node* fields = map.find("fields");
    if (fields == nullptr) return;
    Reading& reading = map.reading();
    if (!fields->is_map() || fields->entries.empty()) {
        reading.error(*fields,
                      fmt::format("'fields' takes a map of laws, not {}",
                                  fields->is_map() ? "an empty one" : shown(*fields)),
                      "such as '{work: exponential(mean 1s)}'");
        return;
    }
    for (const Entry& field : fields->entries) {
        ReadLaw law;
        if (require_declared_name(reading.out, field.key, field.place) &&
            read_law_node(reading, field.value, field.key, std::nullopt, law))
            into.fields.emplace_back(field.key, std::move(law.law));
    }
}

}  // namespace

void read_emits(MapReader& map, models::Emits& into) {
    const Node* node = map.find("emits");
    if (node == nullptr) return;
    MapReader emits(map.reading(), *node, "emits", key_place(map, "emits"));
    read_changed_fields(emits, into);
    emits.law("key", into.key);
    emits.law("priority", into.priority);
    emits.number("items", into.items);
    emits.share("records", into.records);
    emits.share("size", into.size);
    if (const Node* items = emits.find("items");
        items != nullptr &&
        (into.items < 1 || into.items != static_cast<double>(static_cast<std::int64_t>(into.items))))
        map.reading().error(
            *items, fmt::format("'{}' is not a whole number of items", items->text),
            "a stage that keeps only some of them writes shares: 'writes: {kept: 92%, exit: 8%}'");
}

void read_work(MapReader& map, models::Work& into) {
    if (map.ok() && map.node().find("runs_on") == nullptr &&
        (map.node().find("workers") != nullptr || serves_all_at_once(map.node()))) {
        into.workers.emplace();
        read_workers(map, *into.workers);
    } else if (map.ok() && map.node().find("runs_on") == nullptr) {
        for (const std::string_view key : worker_keys)
            if (key != "workers" && map.find(key) != nullptr)
                map.reading().out.error(key_place(map, key), fmt::format("'{}' without 'workers'", key),
                                        "say how many workers there are: 'workers: 4'");
    }
    read_runs_on(map, into);
    read_spends(map, into);
    map.number("priority", into.priority);
    map.law("service", into.service);
    map.law("expected", into.expected);
    read_transfers(map, into.transfers);
    map.duration("timeout", into.timeout);
    map.share("failure", into.failure);
    map.law("fails_after", into.fails_after);
    read_retry(map, into.retry);
}

models::Stage read_stage(Reading& reading, const Entry& element) {
    models::Stage stage;
    stage.name = element.key;
    MapReader map(reading, element.value, "stage", element.place);
    map.names("reads", stage.reads);
    read_join(map, stage);
    read_batch(map, stage);
    read_window(map, stage);
    read_queue(map, stage.queue);
    read_work(map, stage.work);
    map.count("take", stage.take, 1);
    map.name("holds_until", stage.holds_until);
    map.name("dead_letter", stage.dead_letter);
    read_emits(map, stage.emits);
    read_writes(map, stage.writes);
    read_description(map, stage.description);
    return stage;
}

}  // namespace understudy::formats
