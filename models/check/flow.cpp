// Stages and loads, and the ways of items between them.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "models/check/checker.h"
#include "models/joined_copies.h"

namespace understudy::models {

namespace {

/// Whether the rule sends anything to that one of its targets.
bool goes_to(const Writes& writes, const Writes::Target& target) {
    const bool by_shares = writes.rule == Writes::Rule::share || writes.rule == Writes::Rule::split;
    return !by_shares || target.share > 0 || writes.targets.size() == 1;
}

/// Nothing is waited for and nothing held there: no attempt is made.
bool passes_at_once(const Stage& stage) {
    return stage.work.service.empty() && stage.work.spends.empty() && !stage.work.workers &&
           stage.work.runs_on.empty();
}

/// Where its line would be.
bool serves_all_at_once(const Stage& stage, const Twin& twin) {
    if (stage.work.workers) return stage.work.workers->order == Order::shared;
    return !stage.work.runs_on.empty() &&
           std::any_of(twin.pools.begin(), twin.pools.end(), [&](const Pool& pool) {
               return pool.name == stage.work.runs_on.front().pool && pool.workers.order == Order::shared;
           });
}

/// The stages on a way round, of those that are given, on which some of what enters stays for ever; empty: all that
/// enters any of them leaves them. `by_value`: what goes by its value may go the same way every time.
std::vector<std::string> endless_round(const std::map<std::string, const Stage*>& stages, bool by_value) {
    std::map<std::string, std::vector<std::string>> readers;
    std::map<std::string, std::vector<const Stage*>> writers;
    for (const auto& [name, stage] : stages) {
        for (const std::string& stream : stage->reads) readers[stream].push_back(name);
        if (stage->writes.targets.empty()) writers[name].push_back(stage);
        for (const Writes::Target& target : stage->writes.targets) writers[target.stream].push_back(stage);
    }
    std::set<std::string> ends;
    // Items copied to several readers or streams end only if all copies do; of shares one is enough.
    const auto stream_ends = [&](const std::string& stream) {
        const auto& all = readers[stream];
        return std::all_of(all.begin(), all.end(), [&](const std::string& r) { return ends.contains(r); });
    };
    const auto stage_ends = [&](const Stage& stage) {
        if (stage.writes.targets.empty()) return stream_ends(stage.name);
        const auto reaches_end = [&](const Writes::Target& target) {
            return goes_to(stage.writes, target) && stream_ends(target.stream);
        };
        const auto& targets = stage.writes.targets;
        const bool all = stage.writes.rule == Writes::Rule::copy ||
                         stage.writes.rule == Writes::Rule::split ||
                         (stage.writes.rule == Writes::Rule::by_value && by_value);
        return all ? std::all_of(targets.begin(), targets.end(), reaches_end)
                   : std::any_of(targets.begin(), targets.end(), reaches_end);
    };
    // Who ends is a reason to look again at who writes to it, and at nobody else.
    std::vector<const Stage*> open;
    for (const auto& [name, stage] : stages) open.push_back(stage);
    while (!open.empty()) {
        const Stage& stage = *open.back();
        open.pop_back();
        if (ends.contains(stage.name) || !stage_ends(stage)) continue;
        ends.insert(stage.name);
        for (const std::string& stream : stage.reads)
            for (const Stage* writer : writers[stream]) open.push_back(writer);
    }
    for (const auto& [name, stage] : stages) {
        if (ends.contains(name)) continue;
        // Along stages without an end, until one comes again: that is the circle.
        std::vector<std::string> way;
        std::string at = name;
        while (std::find(way.begin(), way.end(), at) == way.end()) {
            way.push_back(at);
            std::vector<std::string> streams;
            for (const Writes::Target& target : stages.at(at)->writes.targets)
                if (goes_to(stages.at(at)->writes, target)) streams.push_back(target.stream);
            if (streams.empty()) streams.push_back(at);
            for (const std::string& stream : streams)
                for (const std::string& reader : readers[stream])
                    if (!ends.contains(reader)) at = reader;
        }
        way.erase(way.begin(), std::find(way.begin(), way.end(), at));
        return way;
    }
    return {};
}

/// "a -> b -> a"; empty where it is one stage alone.
std::string shown(const std::vector<std::string>& round) {
    std::string text;
    for (const std::string& stage : round) text += stage + " -> ";
    return round.size() > 1 ? text + round.front() : "";
}

}  // namespace

void Checker::check_dataset(const Dataset& dataset) {
    if (!is_written(dataset.name))
        warn("twin.datasets." + dataset.name, "nothing writes dataset " + quoted(dataset.name),
             "remove it, or write to it");
    if (dataset.partitions > 0) check_partitions(dataset);
    if (dataset.partitions > 0 && dataset.by == Dataset::By::key)
        require_keys("twin.datasets." + dataset.name + ".by", "'round_robin'");
    // Asked of few: it looks at all stages.
    const auto is_read = [&] {
        return std::any_of(s_.twin.stages.begin(), s_.twin.stages.end(), [&](const Stage& stage) {
            return std::find(stage.reads.begin(), stage.reads.end(), dataset.name) != stage.reads.end();
        });
    };
    if (dataset.retention && unread_.empty() && !is_read())
        error("twin.datasets." + dataset.name + ".retention",
              "no stage reads dataset " + quoted(dataset.name) + ", so nothing in it goes unread",
              "leave 'retention' out, or add the stage that reads it");
}

/// Items that gather take places, as those in line do: what needs more of them than there are closes by its time alone.
void Checker::check_batch_fits(const Stage& stage, const std::string& path) {
    if (!stage.batch || stage.queue.capacity == unlimited) return;
    const Batch& batch = *stage.batch;
    const double places = static_cast<double>(stage.queue.capacity) * static_cast<double>(stage.reads.size());
    // One of several limits may be reached before the others.
    if ((batch.items > 0) + (batch.records > 0) + (batch.size_bytes > 0) != 1) return;
    double needed = static_cast<double>(batch.items);
    std::string of;
    if (batch.records > 0)
        for (const Load& load : s_.loads) {
            const auto reached = reached_from(load.name, load.writes);
            if (std::find(reached.begin(), reached.end(), &stage) == reached.end()) continue;
            double each = load.records.terms.empty() ? 1 : 0;
            for (const Term& term : load.records.terms)
                if (term.field.empty() && !term.recorded && term.per == Per::once) each += term.law.mean();
            if (!(each > 0) || std::ceil(batch.records / each) <= needed) continue;
            needed = std::ceil(batch.records / each);
            of = " of " + quoted(load.name);
        }
    if (!(needed > places)) return;
    char numbers[64];
    std::snprintf(numbers, sizeof numbers, "%.0f items", needed);
    std::string text = std::string("a batch takes ") + numbers + of;
    std::snprintf(numbers, sizeof numbers, "%.0f places", places);
    warn(path + ".queue.capacity",
         text + ", and there are " + numbers + ", which items that gather take as well: " +
             (batch.after ? "it is closed by 'after' before it is full" : "it never closes"),
         "give the queue more places, or let batches be smaller");
}

void Checker::check_stage(const Stage& stage) {
    const std::string path = "twin.stages." + stage.name;
    for (std::size_t i = 0; i < stage.reads.size(); ++i)
        require_written(stage.reads[i], path + ".reads." + std::to_string(i), false);
    retry_for_queue_ = stage.queue.full == Queue::Full::retry && stage.queue.capacity != unlimited;
    check_work(stage.work, path, "stage " + quoted(stage.name));
    if (stage.work.failure > 0 && passes_at_once(stage))
        error(path + ".failure", "nothing is tried here that could fail: without a service all pass at once",
              "say how long it takes and who does it: 'service: 1ms, workers: unlimited'");
    if (retry_for_queue_ && stage.work.retry.times == 0)
        error(path + ".queue", "'full: retry' without 'retry'",
              "say how often and when: 'retry: {times: unlimited, backoff: 2s}'");
    retry_for_queue_ = false;
    check_writes(stage.writes, path);
    if (stage.writes.rule == Writes::Rule::key) require_keys(path + ".route", "'round_robin'");
    check_law(stage.emits.key, path + ".emits.key");
    check_law(stage.emits.priority, path + ".emits.priority");
    const bool waits = !stage.work.service.empty() || !stage.work.spends.empty();
    if (!stage.queue.timeout.empty() && !waits)
        warn(path + ".queue", "nothing waits at a stage without service", "remove the queue's timeout");
    if (stage.queue.capacity != unlimited && !waits && !stage.batch && !stage.window && !stage.join)
        warn(path + ".queue", "nothing waits at a stage without service",
             "remove the queue, or say how long the work takes: 'service: ...'");
    if (waits && serves_all_at_once(stage, s_.twin) && !stage.batch && !stage.window && !stage.join &&
        (stage.queue.capacity != unlimited || !stage.queue.timeout.empty()))
        warn(path + ".queue", "nobody waits where all are served at once, but for times without workers",
             "to let in so many at once, have each take a place of another pool as well: "
             "'runs_on: {places: 1, machine: 1}'");
    check_batch_fits(stage, path);
    if (stage.queue.capacity == 0 && stage.work.workers && stage.queue.full == Queue::Full::block &&
        stage.work.workers->count == 0 && stage.work.workers->groups.empty() &&
        stage.work.workers->steps.empty())
        error(path + ".queue", "no place to wait and nobody at work", "nothing could ever enter");
    for (const Term& term : stage.work.service.terms)
        if (term.per == Per::item && !stage.batch && !stage.window && stage.take <= 1)
            warn(path + ".service", "'per item' counts the items of a batch, and this stage has none",
                 "add 'batch', or leave 'per item' out");
    if (stage.join && stage.join->of == Join::Of::inputs) {
        if (stage.reads.size() < 2)
            error(path + ".join", "a join of inputs with one input",
                  "read the streams it is to join: 'reads: [a, b]'");
        if (stage.join->by_key) require_keys(path + ".join", "'by: arrival'");
    }
    if (stage.window && stage.window->by_key) require_keys(path + ".window", "one window for all");
    check_take(stage, path);
    check_holds_until(stage, path);
    if (stage.join && stage.join->of == Join::Of::parts) {
        const std::int64_t most = most_parts(stage);
        if (most == 0)
            warn(path + ".join", "no item that comes here has parts",
                 "parts come of 'items' on a load, 'emits: {items: 3}' on a stage, or copies of an item");
        else if (stage.join->needs > most)
            error(path + ".join.needs",
                  "no item that comes here has more than " + std::to_string(most) + " parts",
                  "with 'all' it goes by how many there are");
    }
}

void Checker::require_keys(const std::string& path, const std::string& otherwise) {
    bool changed = std::any_of(s_.twin.stages.begin(), s_.twin.stages.end(),
                               [](const Stage& stage) { return !stage.emits.key.empty(); });
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks) changed = changed || !task.emits.key.empty();
    if (!changed &&
        std::none_of(s_.loads.begin(), s_.loads.end(), [](const Load& load) { return !load.key.empty(); }))
        error(path, "this goes by key, and no item has one",
              "give the loads one: 'key: zipf(n 1000 s 1)', or take " + otherwise);
}

void Checker::check_take(const Stage& stage, const std::string& path) {
    if (stage.take <= 1) return;
    if (!stage.work.workers && stage.work.runs_on.empty())
        return error(path + ".take", "nobody is there to take several items at once", "add 'workers: 1'");
    std::vector<const Workers*> pools;
    if (stage.work.workers) pools.push_back(&*stage.work.workers);
    for (const Need& need : stage.work.runs_on)
        for (const Pool& pool : s_.twin.pools)
            if (pool.name == need.pool) pools.push_back(&pool.workers);
    for (const Workers* workers : pools)
        if (workers->order == Order::shared || workers->order == Order::shortest || workers->preempt)
            return error(path + ".take",
                         "several items at once, and workers that " +
                             std::string(workers->order == Order::shared     ? "serve all at once anyway"
                                         : workers->order == Order::shortest ? "go by the service of each"
                                                                             : "leave one for a better one"),
                         "leave 'take' out, or change 'order' or 'preempt'");
    if (!stage.work.transfers.over.empty())
        error(path + ".take", "several items at once that move data are not supported yet",
              "leave 'take' or 'transfers' out");
    if (!stage.holds_until.empty())
        error(path + ".take", "several items at once cannot share what one of them keeps",
              "leave 'take' or 'holds_until' out");
}

void Checker::check_holds_until(const Stage& stage, const std::string& path) {
    if (stage.holds_until.empty()) return;
    const std::string at = path + ".holds_until";
    if (!stage.work.workers && stage.work.runs_on.empty())
        error(at, "there is nothing it could hold", "add 'workers: 1' or 'runs_on: POOL'");
    if (may_be_unread(stage.holds_until)) return;
    if (stage.holds_until != "exit" && !is(stage.holds_until, Kind::stage))
        return error_of_value(at, "no stage is called " + quoted(stage.holds_until),
                              near(stage.holds_until, names_of({Kind::stage})));
    if (stage.holds_until == stage.name)
        return error(at, "what it seized is given back at its own end anyway",
                     "name a later stage, or 'exit'");
    for (const Stage* other : reached_from(stage.name, stage.writes, stage.holds_until))
        for (const Need& need : other->work.runs_on)
            for (const Need& held : stage.work.runs_on)
                if (need.pool == held.pool)
                    warn(at,
                         "stage " + quoted(other->name) + " needs pool " + quoted(need.pool) +
                             ", which items that come there still hold",
                         "they may all wait for each other: give it workers of its own");
}

void Checker::check_classes() {
    const auto has_way = [](const Writes& writes, const std::string& load) {
        if (writes.rule != Writes::Rule::by_class) return true;
        return std::any_of(writes.targets.begin(), writes.targets.end(), [&](const Writes::Target& target) {
            return std::find(target.loads.begin(), target.loads.end(), load) != target.loads.end();
        });
    };
    for (const Load& load : s_.loads) {
        if (!has_way(load.writes, load.name))
            error("load." + load.name + ".writes", "its own items have no way",
                  "name load " + quoted(load.name) + " beside one of the streams");
        for (const Stage* stage : reached_from(load.name, load.writes))
            if (!has_way(stage->writes, load.name))
                error("twin.stages." + stage->name + ".writes",
                      "items of load " + quoted(load.name) + " come here and have no way",
                      "name the load beside one of the streams, or beside 'exit'");
    }
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            for (const std::string* stream : outputs_of(task)) {
                Writes writes;
                writes.targets.push_back({*stream, 1, {}});
                for (const Stage* stage : reached_from(*stream, writes))
                    if (stage->writes.rule == Writes::Rule::by_class)
                        error(
                            "twin.stages." + stage->name + ".writes",
                            "what pipeline " + quoted(pipeline.name) + " writes comes here and is of no load",
                            "divide it by another rule");
            }
}

std::vector<const Stage*> Checker::reached_from(const std::string& name, const Writes& writes,
                                                const std::string& last) const {
    std::set<std::string> seen;
    std::vector<const Stage*> stages;
    std::vector<std::string> open;
    const auto add = [&](const std::string& of, const Writes& to) {
        if (to.targets.empty()) open.push_back(of);
        for (const Writes::Target& target : to.targets) open.push_back(target.stream);
    };
    add(name, writes);
    while (!open.empty()) {
        const std::string stream = open.back();
        open.pop_back();
        for (const Stage* stage : readers_of(stream)) {
            if (!seen.insert(stage->name).second) continue;
            stages.push_back(stage);
            if (stage->name == last) continue;
            add(stage->name, stage->writes);
            if (!stage->dead_letter.empty()) open.push_back(stage->dead_letter);
        }
    }
    return stages;
}

void Checker::check_endless_loops() {
    // Stages that take no time, and those that keep all that comes until they pass it on.
    std::map<std::string, const Stage*> timeless, keeping;
    for (const Stage& stage : s_.twin.stages) {
        if (stage.work.service.empty() && stage.work.spends.empty() && !stage.batch && !stage.window &&
            !stage.join)
            timeless[stage.name] = &stage;
        const bool forgets =
            std::any_of(s_.twin.datasets.begin(), s_.twin.datasets.end(), [&](const Dataset& dataset) {
                return dataset.retention &&
                       std::find(stage.reads.begin(), stage.reads.end(), dataset.name) != stage.reads.end();
            });
        if (keeps_all(stage) && !forgets) keeping[stage.name] = &stage;
    }
    const auto at = [](const std::vector<std::string>& round) {
        return "twin.stages." + round.front() + ".writes";
    };
    const auto named = [](const std::vector<std::string>& round) {
        return round.size() > 1 ? ": " + shown(round) : "";
    };
    const char* hint = "let items leave: 'writes: {again: 10%, exit: 90%}'";
    if (const auto round = endless_round(timeless, true); !round.empty())
        return error(at(round), "what enters goes round for ever without any time passing" + named(round),
                     "give the stage a service, or " + std::string(hint));
    const auto round = endless_round(keeping, false);
    const bool errors = std::any_of(problems_.begin(), problems_.end(), [](const Problem& problem) {
        return problem.severity == Problem::Severity::error;
    });
    if (round.empty() || errors) return;
    // A few items that go round until the run ends are a closed system; what comes without end piles up.
    for (const Load& load : s_.loads) {
        if (load.count != unlimited) continue;
        for (const Stage* stage : reached_from(load.name, load.writes))
            if (stage->name == round.front())
                return warn(at(round),
                            "what enters goes round and never leaves, and more keeps coming" + named(round),
                            hint);
    }
}

void Checker::check_torn_copies() {
    if (std::none_of(s_.twin.stages.begin(), s_.twin.stages.end(),
                     [](const Stage& stage) { return stage.join && stage.join->of == Join::Of::parts; }))
        return;
    const ScenarioGraph graph(s_);
    for (const TornCopies& torn : torn_copies(s_, graph)) {
        const auto name = [&](GraphIndex at) { return quoted(graph.graph()[at].name); };
        error("twin.stages." + graph.graph()[torn.join].name + ".join",
              "of the copies that " + name(torn.inner) + " makes not all come here, where those of " +
                  name(torn.outer) + " are joined",
              "join from the inside out: first all copies of the one, then those of the other");
    }
}

void Checker::find_parts() {
    // Any way back from a stream to a load with several items, a stage that emits several, or where items are copied. Each
    // kind is joined by itself, from the inside out.
    std::vector<std::string> open;
    const auto raise = [&](const std::string& stream, std::int64_t parts) {
        if (!is_written(stream)) return;  // the exit
        std::int64_t& most = most_parts_[stream];
        if (parts <= most) return;
        most = parts;
        open.push_back(stream);
    };
    const auto copies = [&](const Writes& writes) -> std::int64_t {
        const bool copied = writes.rule == Writes::Rule::copy || writes.rule == Writes::Rule::split;
        return copied && writes.targets.size() > 1 ? std::ssize(writes.targets) : 0;
    };
    for (const auto& [stream, readers] : readers_)
        if (readers.size() > 1) raise(stream, std::ssize(readers));
    for (const Load& load : s_.loads) {
        std::int64_t parts = copies(load.writes);
        if (!load.items.empty())
            parts = load.items.is_constant()
                        ? std::max<std::int64_t>(
                              parts, std::llround(std::min(1e6, load.items.terms.front().law.mean())))
                        : unlimited;
        for (const auto& target : targets_of(load.name, load.writes)) raise(target.stream, parts);
    }
    const auto raise_written = [&](const Stage& stage, std::int64_t parts) {
        for (const auto& target : targets_of(stage.name, stage.writes)) raise(target.stream, parts);
        if (!stage.dead_letter.empty()) raise(stage.dead_letter, parts);
    };
    for (const Stage& stage : s_.twin.stages)
        raise_written(stage, std::max<std::int64_t>(
                                 copies(stage.writes),
                                 stage.emits.items > 1 ? std::llround(std::min(1e6, stage.emits.items)) : 0));
    while (!open.empty()) {
        const std::string stream = open.back();
        open.pop_back();
        for (const Stage* reader : readers_of(stream)) raise_written(*reader, most_parts_.at(stream));
    }
}

std::int64_t Checker::most_parts(const Stage& stage) {
    if (!parts_are_known_) {
        find_parts();
        parts_are_known_ = true;
    }
    std::int64_t most = 0;
    for (const std::string& stream : stage.reads)
        if (const auto found = most_parts_.find(stream); found != most_parts_.end())
            most = std::max(most, found->second);
    return most;
}

void Checker::check_load(const Load& load) {
    const std::string path = "load." + load.name;
    check_writes(load.writes, path);
    if (load.writes.rule == Writes::Rule::key) require_keys(path + ".route", "'round_robin'");
    if (!load.profile.empty() && !profiles_.contains(load.profile) && !may_be_unread(load.profile))
        error_of_value(path + ".profile", "no profile is called " + quoted(load.profile),
                       near(load.profile, profiles_).empty() ? "declare it under 'profiles'"
                                                             : near(load.profile, profiles_));
    if (load.arrivals.kind == Arrivals::Kind::saturated && !load.profile.empty())
        warn(path + ".profile", "a saturated load has no rate that a profile could change", "remove it");
    if (load.arrivals.kind == Arrivals::Kind::saturated && load.count == unlimited && unread_.empty() &&
        !is_held_back(load))
        error(path + ".arrivals",
              "a saturated load that nothing holds back brings infinitely many items at once",
              "give its reader 'queue: {capacity: 0, full: block}', or the load a 'count'");
    if (load.arrivals.kind == Arrivals::Kind::every) check_law(load.arrivals.interval, path + ".arrivals");
    for (const Arrivals::State& state : load.arrivals.states)
        check_law(state.stay, path + ".arrivals.states." + state.name + ".stay");
    check_items(load);
    check_law(load.size, path + ".size");
    check_law(load.records, path + ".records");
    if (s_.run.length && load.from >= *s_.run.length)
        warn(path + ".from", "load " + quoted(load.name) + " starts after the end of the run",
             "nothing of it arrives");
    if (runs_until_empty() && load.arrivals.kind != Arrivals::Kind::recorded && load.count == unlimited &&
        load.until == kernel::never)
        error(path, "'until: empty' with a load that never ends", "limit it: 'count: 1000' or 'until: 8h'");
}

bool Checker::is_held_back(const Load& load) const {
    std::vector<std::string> streams;
    if (load.writes.targets.empty()) streams.push_back(load.name);
    for (const Writes::Target& target : load.writes.targets) streams.push_back(target.stream);
    for (const std::string& stream : streams) {
        bool held = false;
        for (const Stage* stage : readers_of(stream))
            held = held || (stage->queue.capacity != unlimited && stage->queue.full == Queue::Full::block);
        if (!held) return false;
    }
    return true;
}

void Checker::check_reachable() {
    std::set<std::string> reached;  // streams
    std::vector<std::string> open;
    const auto reach = [&](const std::string& stream) {
        if (stream != "exit" && reached.insert(stream).second) open.push_back(stream);
    };
    for (const Load& load : s_.loads) {
        if (load.writes.targets.empty()) reach(load.name);
        for (const Writes::Target& target : load.writes.targets)
            if (goes_to(load.writes, target)) reach(target.stream);
    }
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            for (const std::string* stream : outputs_of(task)) reach(*stream);
    std::set<std::string> visited;
    while (!open.empty()) {
        const std::string stream = open.back();
        open.pop_back();
        for (const Stage* stage : readers_of(stream)) {
            if (!visited.insert(stage->name).second) continue;
            if (stage->writes.targets.empty()) reach(stage->name);
            for (const Writes::Target& target : stage->writes.targets)
                if (goes_to(stage->writes, target)) reach(target.stream);
            if (!stage->dead_letter.empty()) reach(stage->dead_letter);
        }
    }
    for (const Stage& stage : s_.twin.stages) {
        const bool all_written = std::all_of(stage.reads.begin(), stage.reads.end(),
                                             [&](const std::string& stream) { return is_written(stream); });
        if (!visited.contains(stage.name) && all_written && !stage.reads.empty())
            warn("twin.stages." + stage.name, "no item can ever reach stage " + quoted(stage.name),
                 "what it reads comes from no load");
    }
    if (s_.loads.empty() && !s_.twin.stages.empty() && s_.twin.pipelines.empty())
        error("load", "nothing arrives", "add a load: 'load: {jobs: {arrivals: poisson(90/h)}}'");
}

void Checker::check_blocking_loops() {
    std::map<std::string, std::vector<std::string>> next;
    for (const Stage& stage : s_.twin.stages) {
        if (stage.queue.capacity == unlimited || stage.queue.full != Queue::Full::block) continue;
        for (const std::string& stream : stage.reads)
            if (writers_.contains(stream))
                for (const std::string& writer : writers_.at(stream))
                    if (is(writer, Kind::stage)) next[writer].push_back(stage.name);
    }
    for (const Stage& start : s_.twin.stages) {
        if (start.queue.capacity == unlimited || start.queue.full != Queue::Full::block) continue;
        std::set<std::string> seen;
        std::vector<std::string> open = {start.name};
        while (!open.empty()) {
            const std::string name = open.back();
            open.pop_back();
            for (const std::string& other : next[name]) {
                if (other == start.name) {
                    warn("twin.stages." + start.name + ".queue",
                         "stage " + quoted(start.name) + " blocks in a loop, which may deadlock",
                         "let one queue of the loop be unlimited or drop");
                    return;
                }
                if (seen.insert(other).second) open.push_back(other);
            }
        }
    }
}

}  // namespace understudy::models
