// Loads and stages: where items come from and what works on them.
#include <algorithm>
#include <cmath>
#include <set>

#include "kernel/random.h"
#include "models/compile/compiler.h"

namespace understudy::models {

void Compiler::add_loads() {
    const Graph& g = graph.graph();
    // Where items go may depend on their load: all have a number first.
    Index loads = 0;
    for (auto [v, end] = boost::vertices(g); v != end; ++v)
        if (g[*v].kind == VertexKind::load) find(g[*v].name)->load = loads++;
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        if (g[*v].kind != VertexKind::load) continue;
        const Load& load = scenario.loads[g[*v].position];
        LoadRow row;
        row.element = element_by_name.at(load.name);
        row.name_hash = kernel::stable_hash(model.elements[row.element].drawn_as);
        row.kind = load.arrivals.kind;
        row.rate =
            number(load.arrivals.kind == Arrivals::Kind::users     ? static_cast<double>(load.arrivals.users)
                   : load.arrivals.kind == Arrivals::Kind::poisson ? load.arrivals.rate
                   : load.arrivals.kind == Arrivals::Kind::states  ? load.arrivals.states.front().rate
                                                                   : 1.0);
        row.interval = law(load.arrivals.interval);
        row.think = law(load.arrivals.think);
        row.instants = load.arrivals.instants;
        if (!load.profile.empty())
            for (const Profile& profile : scenario.profiles)
                if (profile.name == load.profile) row.intensity = intensity_of(profile);
        row.items = law(load.items);
        row.delay = law(load.delay);
        row.records = law(load.records);
        row.size = law(load.size);
        row.priority = law(load.priority);
        row.key = law(load.key);
        row.key_recorded = !load.key.empty() && std::all_of(load.key.terms.begin(), load.key.terms.end(),
                                                            [](const Term& term) { return !!term.recorded; });
        row.deadline = load.deadline.value_or(kernel::never);
        for (const Arrivals::State& state : load.arrivals.states) {
            LoadRow::State compiled;
            compiled.rate = state.rate;
            compiled.stay = law(state.stay);
            double sum = 0;
            for (const Arrivals::State& other : load.arrivals.states) {
                for (const auto& [name, share] : state.next)
                    if (name == other.name) sum += share;
                compiled.next.push_back(sum);
            }
            compiled.name = state.name;
            row.states.push_back(std::move(compiled));
        }
        row.fields.assign(model.fields.size(), none);
        for (const auto& [name, field] : load.fields) row.fields[field_by_name.at(name)] = law(field);
        row.count = load.count;
        row.first_ns = load.first.value_or(-1);
        row.from = load.from;
        row.until = load.until;
        row.outlet = outlet(load.name, load.writes);
        model.loads.push_back(std::move(row));
    }
}

void Compiler::fill_work(StageRow& row, const std::string& name, const Work& work,
                         const std::string& own_pool) {
    row.element = element_by_name.at(name);
    row.name_hash = kernel::stable_hash(model.elements[row.element].drawn_as);
    if (work.workers) row.needs.push_back({model.elements[element_by_name.at(own_pool)].pool});
    for (const Need& need : work.runs_on)
        row.needs.push_back({find(need.pool)->pool, need.count, need.cores, need.memory_bytes,
                             need.skill.empty() ? 0 : skills_of({need.skill})});
    row.launch = law(work.launch);
    row.service = law(work.service);
    row.expected = law(work.expected);
    if (!work.transfers.over.empty()) {
        row.link = find(work.transfers.over)->pool;
        row.bytes_in = static_cast<double>(work.transfers.in_bytes);
        row.bytes_out = static_cast<double>(work.transfers.out_bytes);
        model.pools[row.link].crossed = true;
        if (!work.transfers.once.empty())
            row.once = once_by_name.emplace(work.transfers.once, once_by_name.size()).first->second;
    }
    if (work.priority) row.priority = number(*work.priority);
    row.failure = number(work.failure);
    row.fails_after = law(work.fails_after);
    if (work.timeout) row.timeout = number(kernel::to_seconds(*work.timeout));
    if (work.retry.times > 0)
        row.retry_times =
            number(work.retry.times == unlimited ? INFINITY : static_cast<double>(work.retry.times));
    for (const Law& backoff : work.retry.backoff) row.backoff.push_back(law(backoff));
    if (work.retry.first) {
        row.exponential_backoff = true;
        row.backoff_first = *work.retry.first;
        row.backoff_factor = work.retry.factor;
        row.backoff_max = work.retry.max;
        row.backoff_jitter = work.retry.jitter;
    }
    if (row.needs.empty() && (!work.spends.empty() || row.waits_for != none)) add_line(row);
    if (row.needs.empty()) return;
    // An item waits in the line of the first pool it names; the others only have to be free at the same
    // instant.
    row.line_pool = row.needs.front().pool;
    const auto stage = static_cast<Index>(model.stages.size());
    for (const NeedRow& need : row.needs) {
        model.pools[need.pool].stages.push_back(stage);
        auto& lines = model.pools[need.pool].lines;
        bool known = false;
        for (const Index line : lines) known = known || line == row.line_pool;
        if (!known) lines.push_back(row.line_pool);
    }
    add_spends(row, work);
}

void Compiler::set_emits(StageRow& row, const Emits& emits) {
    row.emit_items = static_cast<std::int64_t>(emits.items);
    row.emit_records = emits.records;
    row.emit_size = emits.size;
    using What = ChangeRow::What;
    for (const auto& [name, changed] : emits.fields)
        row.changes.push_back({What::field, field_by_name.at(name), law(changed), kernel::stable_hash(name)});
    if (!emits.key.empty()) row.changes.push_back({What::key, none, law(emits.key), 0});
    if (!emits.priority.empty()) row.changes.push_back({What::priority, none, law(emits.priority), 0});
}

void Compiler::add_windows_before() {
    std::map<Index, std::set<GraphIndex>> reached;  // by stage with a window
    for (const Stage& stage : scenario.twin.stages)
        if (stage.window)
            reached[find(stage.name)->stage] = graph.flow_from(graph.find(VertexKind::stage, stage.name));
    const auto vertex = [&](Index stage) {
        return graph.find(VertexKind::stage, model.elements[model.stages[stage].element].name);
    };
    for (const auto& [from, ahead] : reached)
        for (const auto& [to, behind] : reached)
            if (from != to && ahead.count(vertex(to)) > 0 && behind.count(vertex(from)) == 0)
                model.windows[model.stages[to].window].before.push_back(from);
}

void Compiler::add_stages() {
    const Graph& g = graph.graph();
    const std::set<GraphIndex> in_cycle = graph.in_flow_cycles();
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        if (g[*v].kind != VertexKind::stage) continue;
        const Stage& stage = scenario.twin.stages[g[*v].position];
        StageRow row;
        fill_work(row, stage.name, stage.work, stage.name);
        const auto index = static_cast<Index>(model.stages.size());
        model.elements[row.element].stage = index;
        if (stage.queue.capacity != unlimited)
            row.queue_capacity = number(static_cast<double>(stage.queue.capacity));
        row.full = stage.queue.full;
        row.queue_timeout = law(stage.queue.timeout);
        if (stage.join) {
            row.join = static_cast<Index>(model.joins.size());
            model.joins.push_back({stage.join->needs, stage.join->cancel_rest,
                                   stage.join->of == Join::Of::inputs, stage.join->by_key,
                                   stage.join->pass_unmatched, stage.join->within.value_or(-1)});
        }
        if (stage.batch) {
            row.batch = static_cast<Index>(model.batches.size());
            model.batches.push_back({stage.batch->items, stage.batch->records, stage.batch->size_bytes,
                                     stage.batch->after.value_or(-1)});
        }
        if (stage.window) {
            row.window = static_cast<Index>(model.windows.size());
            model.windows.push_back({stage.window->size,
                                     stage.window->every.value_or(stage.window->size),
                                     stage.window->lateness,
                                     stage.window->by_key,
                                     {}});
        }
        row.take = stage.take;
        if (row.take > 1) model.pools[row.line_pool].takes_several = true;
        row.holds = !stage.holds_until.empty();
        if (!stage.dead_letter.empty()) row.dead_letter = find(stage.dead_letter)->stream;
        set_emits(row, stage.emits);
        row.outlet = outlet(stage.name, stage.writes);
        row.in_cycle = in_cycle.contains(*v);
        for (const auto& stream : stage.reads) {
            row.reads.push_back(find(stream)->stream);
            model.streams[row.reads.back()].readers.push_back(index);
            row.partitions =
                std::max(row.partitions, static_cast<Index>(model.streams[row.reads.back()].partitions));
        }
        row.takes_turns = row.partitions > 0 && row.line_pool != none && row.service != none &&
                          model.pools[row.line_pool].lines_by != Lines::partitions;
        model.stages.push_back(std::move(row));
    }
    add_windows_before();
    for (const Stage& stage : scenario.twin.stages)
        if (!stage.holds_until.empty() && stage.holds_until != "exit")
            model.stages[find(stage.name)->stage].holds_until = find(stage.holds_until)->stage;
}

}  // namespace understudy::models
