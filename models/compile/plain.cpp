#include "models/compile/plain.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/compile/model.h"

namespace understudy::models {

namespace {

class PlainSearch {
public:
    explicit PlainSearch(const Model& model) : model_(model) {
        for (const ActionRow& action : model.actions) {
            numbers_.insert(action.numbers.begin(), action.numbers.end());
            laws_.insert(action.laws.begin(), action.laws.end());
            pools_.insert(action.pools.begin(), action.pools.end());
            acted_stages_.insert(action.stages.begin(), action.stages.end());
            acted_loads_.insert(action.loads.begin(), action.loads.end());
        }
        // Which items a probe wants by their number at the stage, the plain path does not know, of how many of
        // a load are there it keeps no count, and what somebody waits for it does not watch.
        for (const ProbeRow& probe : model.probes) {
            const MetricKind kind = kind_of(probe.measure.metric);
            const bool level = kind == MetricKind::level || kind == MetricKind::state;
            if (probe.measure.items || (level && probe.load != none)) counted_.insert(probe.element);
        }
        for (const PipelineRow& pipeline : model.pipelines)
            for (const auto& inputs : pipeline.inputs)
                for (const TaskInputRow& input : inputs) read_by_tasks_.insert(input.stream);
        for (const ConditionRow& condition : model.conditions) {
            if (condition.element == none) whole_is_watched_ = true;
            counted_.insert(condition.element);
        }
    }

    PlainModel find() {
        if (whole_is_watched_) return {};
        stages_.resize(model_.stages.size());
        for (Index i = 0; i < model_.stages.size(); ++i) stages_[i] = is_simple(model_.stages[i], i);
        loads_.resize(model_.loads.size());
        for (Index i = 0; i < model_.loads.size(); ++i) loads_[i] = is_simple(model_.loads[i], i);
        // Items must not pass between the paths: what sends to, or receives from, something that is not plain
        // is not plain either, and so on.
        for (bool changed = true; changed;) {
            changed = false;
            const auto drop = [&](std::vector<bool>& list, Index i) {
                changed = changed || list[i];
                list[i] = false;
            };
            const auto settle = [&](std::vector<bool>& senders, Index sender, const Outlet& outlet) {
                for (const Index stream : outlet.streams) {
                    if (stream == none) continue;
                    const StreamRow& row = model_.streams[stream];
                    for (const Index reader : row.readers) {
                        if (senders[sender] && stages_[reader]) continue;
                        drop(senders, sender);
                        drop(stages_, reader);
                    }
                }
            };
            for (Index i = 0; i < loads_.size(); ++i) settle(loads_, i, model_.loads[i].outlet);
            for (Index i = 0; i < stages_.size(); ++i) {
                settle(stages_, i, model_.stages[i].outlet);
                if (model_.stages[i].dead_letter == none) continue;
                for (const Index reader : model_.streams[model_.stages[i].dead_letter].readers)
                    drop(stages_, reader);
            }
        }
        return rows();
    }

private:
    bool is_simple(const LoadRow& row, Index index) const {
        using Kind = Arrivals::Kind;
        const bool times = row.kind == Kind::poisson || row.kind == Kind::every || row.kind == Kind::recorded;
        const bool bare = row.items == none && row.delay == none && row.records == none && row.size == none &&
                          row.priority == none && row.key == none;
        const bool fields =
            std::any_of(row.fields.begin(), row.fields.end(), [](Index law) { return law != none; });
        return times && bare && !fields && model_.marks.empty() && !acted_loads_.contains(index) &&
               !numbers_.contains(row.rate) && !laws_.contains(row.interval) && is_simple(row.outlet) &&
               !is_recorded(row.interval);
    }

    bool is_simple(const StageRow& row, Index index) const {
        if (row.pipeline != none || row.link != none || row.needs.size() != 1 || row.service == none ||
            row.queue_timeout != none || row.timeout != none || row.join != none || row.batch != none ||
            row.launch != none || row.emit_items != 1 || row.emit_records != 1 || row.emit_size != 1 ||
            row.copies_meet || row.priority != none || !row.spends.empty() || row.window != none ||
            row.take != 1 || row.holds || !row.changes.empty())
            return false;
        const NeedRow& need = row.needs.front();
        const PoolRow& pool = model_.pools[need.pool];
        if (need.count != 1 || need.cores > 0 || need.memory_bytes > 0 || pool.stages.size() != 1 ||
            pool.element != row.element || pool.lines.size() != 1 || !pool.told_apart.empty() ||
            !pool.steps.empty() || !pool.outages.empty() || pool.order != Order::fifo ||
            pool.launch != none || pool.release != none || pool.speed != 1)
            return false;
        if (pool.cost_per_byte > 0) return false;
        // As many workers as it takes cost what is at work.
        if (pool.cost_per_second > 0 && std::isinf(model_.parameters.numbers[pool.workers])) return false;
        const auto edited = [&](Index number) { return number != none && numbers_.contains(number); };
        if (edited(row.failure) || edited(pool.workers) || edited(row.queue_capacity) ||
            laws_.contains(row.service) || pools_.contains(need.pool) || acted_stages_.contains(index))
            return false;
        if (model_.parameters.numbers[row.failure] != 0) return false;
        if (row.queue_capacity != none &&
            (row.full != Queue::Full::drop || row.dead_letter != none || row.reads.size() != 1))
            return false;
        if (counted_.contains(row.element) || counted_.contains(pool.element)) return false;
        for (const CompiledTerm& term : model_.parameters.laws[row.service])
            if (term.field != none || term.per != Per::once) return false;
        return is_simple(row.outlet) && !is_recorded(row.service);
    }

    bool is_simple(const Outlet& outlet) const {
        if (outlet.edited != none) return false;
        if (outlet.rule == Writes::Rule::share && outlet.attribute == Outlet::Of::key) return false;
        if (outlet.streams.size() > 1 && outlet.rule != Writes::Rule::share) return false;
        return std::all_of(outlet.streams.begin(), outlet.streams.end(), [&](Index stream) {
            if (stream == none) return true;
            const StreamRow& row = model_.streams[stream];
            return row.retention < 0 && row.readers.size() <= 1 && row.runs_each.empty() &&
                   row.runs_on_update.empty() && !row.keeps_landings && !counted_.contains(row.element);
        });
    }

    bool is_recorded(Index law) const {
        if (law == none) return false;
        const CompiledLaw& terms = model_.parameters.laws[law];
        return std::any_of(terms.begin(), terms.end(), [](const CompiledTerm& t) { return !!t.recorded; });
    }

    PlainModel rows() const {
        PlainModel plain;
        plain.of_stage.assign(model_.stages.size(), none);
        plain.loads.resize(model_.loads.size());
        for (Index i = 0; i < stages_.size(); ++i) {
            if (!stages_[i]) continue;
            const StageRow& row = model_.stages[i];
            plain.of_stage[i] = static_cast<Index>(plain.stages.size());
            PlainStageRow& stage = plain.stages.emplace_back();
            stage.stage = i;
            stage.element = row.element;
            stage.pool = row.line_pool;
            stage.law = law_of(plain, row.service);
            if (row.queue_capacity != none)
                stage.queue_capacity = std::llround(model_.parameters.numbers[row.queue_capacity]);
            stage.name_hash = row.name_hash;
            stage.in_cycle = row.in_cycle;
            stage.levels = levels_of(row.element);
            stage.ears = ears_of(row.element);
            stage.quantiles = stage.ears.latency.quantiles;
        }
        for (PlainStageRow& stage : plain.stages) {
            stage.ways = ways_of(model_.stages[stage.stage].outlet, plain.of_stage);
            stage.likely = most_likely(stage.ways);
        }
        for (Index i = 0; i < loads_.size(); ++i)
            if (loads_[i])
                plain.loads[i] = {ways_of(model_.loads[i].outlet, plain.of_stage),
                                  ears_of(model_.loads[i].element), true};
        find_orders(plain);
        put_in_order(plain);
        plain.system_levels = levels_of(none);
        plain.system_ears = ears_of(none);
        return plain;
    }

    /// Of thousands of stages many have one law: what they draw from is near then.
    Index law_of(PlainModel& plain, Index service) const {
        PlainLaw law;
        for (const CompiledTerm& term : model_.parameters.laws[service])
            law.push_back({term.times, term.law});
        // To look through all where each has its own would take longer than it saves.
        constexpr std::size_t most_looked_at = 8;
        const std::size_t first = plain.laws.size() - std::min(plain.laws.size(), most_looked_at);
        const auto found =
            std::find(plain.laws.begin() + static_cast<std::ptrdiff_t>(first), plain.laws.end(), law);
        if (found != plain.laws.end()) return static_cast<Index>(found - plain.laws.begin());
        plain.laws.push_back(std::move(law));
        return static_cast<Index>(plain.laws.size() - 1);
    }

    static Index most_likely(const PlainWays& ways) {
        Index likely = none;
        double most = 0, before = 0;
        for (const PlainWay& way : ways) {
            if (way.cumulative - before > most) {
                most = way.cumulative - before;
                likely = way.to;
            }
            before = way.cumulative;
        }
        return likely;
    }

    /// Fills in PlainStageRow::all_of. Several workers let items overtake each other, but not by far.
    void find_orders(PlainModel& plain) const {
        std::vector<std::size_t> writers(plain.stages.size(), 0);
        const auto count = [&](const PlainWays& ways) {
            for (const PlainWay& way : ways)
                if (way.to != none) ++writers[way.to];
        };
        for (const PlainLoadRow& load : plain.loads) count(load.ways);
        for (const PlainStageRow& stage : plain.stages) count(stage.ways);
        for (Index load = 0; load < plain.loads.size(); ++load) {
            const PlainWays* ways = &plain.loads[load].ways;
            while (ways->size() == 1 && ways->front().to != none) {
                PlainStageRow& stage = plain.stages[ways->front().to];
                if (writers[ways->front().to] != 1 || stage.in_cycle) break;
                stage.all_of = load;
                if (stage.queue_capacity >= 0) break;
                ways = &stage.ways;
            }
            plain.loads[load].identities = ways->size() != 1 || ways->front().to != none;
        }
    }

    /// Fills in PlainModel::order (Kahn 1962).
    static void put_in_order(PlainModel& plain) {
        std::vector<std::size_t> writers(plain.stages.size(), 0), passed(plain.stages.size(), 1);
        for (const PlainStageRow& stage : plain.stages)
            for (const PlainWay& way : stage.ways)
                if (way.to != none) ++writers[way.to];
        for (Index i = 0; i < plain.stages.size(); ++i)
            if (writers[i] == 0) plain.order.push_back(i);
        for (std::size_t next = 0; next < plain.order.size(); ++next) {
            const Index stage = plain.order[next];
            plain.longest_way = std::max(plain.longest_way, passed[stage]);
            for (const PlainWay& way : plain.stages[stage].ways) {
                if (way.to == none) continue;
                passed[way.to] = std::max(passed[way.to], passed[stage] + 1);
                if (--writers[way.to] == 0) plain.order.push_back(way.to);
            }
        }
        if (plain.order.size() < plain.stages.size()) plain.order.clear();
    }

    PlainWays ways_of(const Outlet& outlet, const std::vector<Index>& of_stage) const {
        std::vector<PlainWay> ways;
        for (std::size_t i = 0; i < outlet.streams.size(); ++i) {
            PlainWay way;
            way.stream = outlet.streams[i];
            way.cumulative = outlet.streams.size() > 1 ? outlet.cumulative[i] : 1;
            if (way.stream != none) {
                const StreamRow& stream = model_.streams[way.stream];
                way.element = stream.element;
                // What a stage of the stream's own name measures is not measured of the stream.
                const Element& names = model_.elements[stream.element];
                const bool of_stream = names.stage == none && names.pipeline == none && names.load == none;
                const auto heard = [&](Metric metric) {
                    return !model_.probe_index.listeners(stream.element, metric).empty();
                };
                way.heard = heard(Metric::landed) || heard(Metric::freshness) ||
                            (of_stream &&
                             (heard(Metric::latency) || heard(Metric::completed) || heard(Metric::arrived) ||
                              !model_.probe_index.shares(stream.element).empty()));
                way.counted = read_by_tasks_.contains(way.stream);
                way.traced = model_.streams[way.stream].is_traced();
                if (!stream.readers.empty()) way.to = of_stage[stream.readers.front()];
            }
            ways.push_back(way);
        }
        if (ways.empty()) ways.emplace_back();
        return PlainWays(ways);
    }

    PlainEar ear(Index element, Metric metric) const {
        PlainEar ear;
        for (const Index probe : model_.probe_index.listeners(element, metric)) {
            const ProbeRow& row = model_.probes[probe];
            const bool quantile = row.measure.aggregate == Aggregate::quantile;
            const bool counts = kind_of(metric) == MetricKind::event;
            const bool simple = row.sees_all() && row.from_mark == none &&
                                (counts || quantile || row.measure.aggregate == Aggregate::average);
            Index& place = quantile ? ear.quantiles : ear.sum;
            if (!simple || place != none) return {none, none, true};
            place = probe;
        }
        return ear;
    }

    PlainEars ears_of(Index element) const {
        PlainEars ears;
        ears.arrived = ear(element, Metric::arrived);
        // Shares of those that arrived count them too; who hears of each arrival counts it for all of them.
        const auto shares = model_.probe_index.shares(element);
        const auto simple = [&](Index probe) {
            const Metric metric = model_.probes[probe].measure.metric;
            return model_.probes[probe].sees_all() &&
                   (metric == Metric::lost || metric == Metric::dropped || metric == Metric::waited);
        };
        if (!std::all_of(shares.begin(), shares.end(), simple)) ears.arrived = {none, none, true};
        if (!ears.arrived.anybody) ears.shares.assign(shares.begin(), shares.end());
        ears.dropped = ear(element, Metric::dropped);
        ears.lost = ear(element, Metric::lost);
        ears.wait = ear(element, Metric::wait);
        ears.waited = ear(element, Metric::waited);
        ears.service = ear(element, Metric::service);
        ears.latency = ear(element, Metric::latency);
        ears.completed = ear(element, Metric::completed);
        ears.attempts = ear(element, Metric::attempts);
        ears.backoff = ear(element, Metric::backoff);
        ears.end = ear(element, Metric::end);
        for (PlainEar* const without_sum : {&ears.service, &ears.end})
            if (without_sum->sum != none || without_sum->quantiles != none) {
                without_sum->sum = without_sum->quantiles = none;
                without_sum->anybody = true;
            }
        ears.each_enter = ears.arrived.of_each() || ears.dropped.of_each() || ears.lost.of_each();
        ears.each_start = ears.wait.of_each() || ears.waited.of_each();
        ears.each_leave = (element == none && ears.lost.of_each()) || ears.service.of_each() ||
                          ears.latency.anybody || ears.completed.of_each() || ears.attempts.of_each() ||
                          ears.backoff.of_each() || ears.end.of_each();
        return ears;
    }

    PlainLevels levels_of(Index element) const {
        PlainLevels levels;
        if (element != none && !model_.station_of.empty() && model_.station_of[element] != none)
            return {none, none, none, true};
        for (const Index probe : model_.probe_index.levels(element)) {
            const Metric metric = model_.probes[probe].measure.metric;
            if (metric == Metric::workers || metric == Metric::cost) continue;  // these do not change
            // Looked at when its instant comes.
            if (model_.probes[probe].measure.aggregate == Aggregate::at) continue;
            Index* const place = metric == Metric::present       ? &levels.present
                                 : element == none               ? nullptr
                                 : metric == Metric::waiting     ? &levels.waiting
                                 : metric == Metric::utilisation ? &levels.utilisation
                                                                 : nullptr;
            if (place == nullptr || *place != none || !model_.probes[probe].is_mean_of_level())
                return {none, none, none, true};
            *place = probe;
        }
        return levels;
    }

    const Model& model_;
    std::set<Index> numbers_, laws_, pools_, acted_stages_, acted_loads_, counted_, read_by_tasks_;
    bool whole_is_watched_ = false;  ///< a condition is of all items there are
    std::vector<bool> stages_, loads_;
};

}  // namespace

PlainWays::PlainWays(const std::vector<PlainWay>& ways) : ways_(ways.begin(), ways.end()) {
    // Fewer are gone through sooner than looked up.
    constexpr std::size_t many = 8;
    if (ways_.size() <= many) return;
    const auto parts = static_cast<double>(ways_.size());
    Index first = 0;
    for (std::size_t part = 0; part <= ways_.size(); ++part) {
        // Of the first way that any number of this part can lead to, however its place is rounded.
        while (first + 1 < ways_.size() && ways_[first].cumulative * parts < static_cast<double>(part))
            ++first;
        guide_.push_back(first);
    }
}

PlainModel plain_part(const Model& model) { return PlainSearch(model).find(); }

}  // namespace understudy::models
