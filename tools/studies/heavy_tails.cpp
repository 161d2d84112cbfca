#include "tools/studies/heavy_tails.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "models/analytic/ranks.h"

namespace understudy::studies {

namespace {

using models::EdgeKind;
using models::GraphIndex;
using models::Law;
using models::Scenario;
using models::VertexKind;
using models::Work;

constexpr double all_moments = std::numeric_limits<double>::infinity();

/// A law has the moments below this one.
double moments_below(const kernel::Distribution& law) {
    if (law.kind() == kernel::Distribution::Kind::pareto && !law.is_truncated())
        return law.parameter("shape").value_or(all_moments);
    double least = all_moments;
    for (const kernel::Distribution& component : law.components())
        least = std::min(least, moments_below(component));
    return least;
}

// ---- what items carry

/// By name of a field; those that every item has are in other letters than a name can be.
using Carried = std::map<std::string, double>;
constexpr const char* size_of_item = "=size";
constexpr const char* records_of_item = "=records";
constexpr const char* at_once = "=items";  ///< that come in one arrival

double carried(const Carried& item, const std::string& name) {
    const auto found = item.find(name);
    return found == item.end() ? all_moments : found->second;
}

double of_field(const Carried& item, const std::string& name) {
    return std::min(carried(item, name), item.contains(name) ? all_moments : carried(item, "=" + name));
}

double moments_below(const Law& law, const Carried& item) {
    double least = all_moments;
    for (const models::Term& term : law.terms) {
        double drawn = all_moments, times = all_moments;
        if (!term.field.empty())
            drawn = of_field(item, term.field);
        else if (!term.recorded)
            drawn = moments_below(term.law);
        switch (term.per) {
            case models::Per::once: break;
            case models::Per::item: times = carried(item, at_once); break;
            case models::Per::record: times = carried(item, records_of_item); break;
            case models::Per::bytes: times = carried(item, size_of_item); break;
            case models::Per::field: times = of_field(item, term.per_field); break;
        }
        // A square has half the moments.
        const bool squared = term.per == models::Per::field && term.field == term.per_field;
        least = std::min({least, squared ? drawn / 2 : drawn, times});
    }
    return least;
}

void take_least(Carried& into, const Carried& from) {
    for (const auto& [name, moments] : from) {
        const auto [place, is_new] = into.emplace(name, moments);
        if (!is_new) place->second = std::min(place->second, moments);
    }
}

void give(Carried& item, const std::string& name, double moments) {
    if (std::isinf(moments))
        item.erase(name);
    else
        item[name] = moments;
}

Carried of_load(const models::Load& load) {
    Carried item;
    give(item, size_of_item, moments_below(load.size, {}));
    give(item, records_of_item, moments_below(load.records, {}));
    give(item, at_once, moments_below(load.items, {}));
    // In the file's order: later ones may be made of those before.
    for (const auto& [name, law] : load.fields) give(item, name, moments_below(law, item));
    give(item, "=key", moments_below(load.key, item));
    give(item, "=priority", moments_below(load.priority, item));
    return item;
}

Carried emitted(const models::Emits& emits, const Carried& item) {
    Carried out = item;
    for (const auto& [name, law] : emits.fields) give(out, name, moments_below(law, item));
    if (!emits.key.empty()) give(out, "=key", moments_below(emits.key, item));
    if (!emits.priority.empty()) give(out, "=priority", moments_below(emits.priority, item));
    if (emits.size == 0) out.erase(size_of_item);
    if (emits.records == 0) out.erase(records_of_item);
    return out;
}

bool carries(EdgeKind kind) {
    return kind == EdgeKind::writes || kind == EdgeKind::reads || kind == EdgeKind::reads_at_rest ||
           kind == EdgeKind::dead_letter;
}

const models::Task& task_at(const Scenario& scenario, const models::GraphVertex& vertex) {
    return scenario.twin.pipelines[vertex.pipeline].tasks[vertex.position];
}

/// What comes to each vertex, in terms of what has few moments.
std::vector<Carried> carried_to(const Scenario& scenario, const models::ScenarioGraph& graph) {
    const models::Graph& g = graph.graph();
    std::vector<Carried> in(boost::num_vertices(g)), out(in.size());
    for (const models::Load& load : scenario.loads)
        out[graph.find(VertexKind::load, load.name)] = of_load(load);
    // Round and round where the flow is a circle; squares of squares would go on for ever.
    bool changed = true;
    for (std::size_t round = 0; changed && round <= in.size(); ++round) {
        changed = false;
        for (auto [v, end] = boost::vertices(g); v != end; ++v) {
            if (g[*v].kind == VertexKind::load) continue;
            Carried item = in[*v];
            for (auto [e, last] = boost::in_edges(*v, g); e != last; ++e)
                if (carries(g[*e].kind)) take_least(item, out[boost::source(*e, g)]);
            Carried leaves = item;
            if (g[*v].kind == VertexKind::stage) {
                const models::Stage& stage = scenario.twin.stages[g[*v].position];
                if (stage.batch && stage.batch->items == 0)  // many of a heavy number together are heavy
                    for (const char* sum : {size_of_item, records_of_item})
                        give(item, sum, std::min(carried(item, sum), carried(item, at_once)));
                if (stage.batch && stage.batch->items > 0) item.erase(at_once);
                leaves = emitted(stage.emits, item);
                // A few workers hand on one after the other what came at once.
                if (stage.work.workers || !stage.work.runs_on.empty() || stage.batch) leaves.erase(at_once);
            } else if (g[*v].kind == VertexKind::task) {
                leaves = emitted(task_at(scenario, g[*v]).emits, item);
                leaves.erase(at_once);
            }
            changed = changed || item != in[*v] || leaves != out[*v];
            in[*v] = std::move(item);
            out[*v] = std::move(leaves);
        }
    }
    return in;
}

// ---- what is slow at an element

constexpr const char* its_service = "its service";
constexpr const char* goes_by = "what its service goes by";
constexpr const char* its_pauses = "a pause between its attempts";

struct Cause {
    std::string text;
    double moments = all_moments;
    void least(const std::string& other, double moments_below) {
        if (moments_below < moments) *this = {other, moments_below};
    }
};

const models::Workers* workers_of(const Scenario& scenario, const Work& work, const std::string& pool) {
    if (work.workers) return &*work.workers;
    for (const models::Pool& one : scenario.twin.pools)
        if (one.name == pool) return &one.workers;
    return nullptr;
}

std::vector<std::string> pools_of(const std::string& element, const Work& work) {
    std::vector<std::string> pools;
    if (work.workers) pools.push_back(element);
    for (const models::Need& need : work.runs_on) pools.push_back(need.pool);
    return pools;
}

/// How long an item holds a worker.
Cause held(const Scenario& scenario, const std::string& element, const Work& work, const Carried& item) {
    Cause cause;
    if (!work.timeout) {
        Carried nothing;
        const double drawn = moments_below(work.service, nothing);
        cause.least(its_service, drawn);
        cause.least(goes_by, moments_below(work.service, item));
    }
    cause.least("its launch", moments_below(work.launch, item));
    for (const std::string& pool : pools_of(element, work))
        if (const models::Workers* workers = workers_of(scenario, work, pool)) {
            cause.least("the launch of its workers", moments_below(workers->launch, item));
            cause.least("the release of its workers", moments_below(workers->release, item));
        }
    return cause;
}

Cause paused(const Work& work, const Carried& item) {
    Cause cause;
    if (work.retry.times > 0)
        for (const Law& pause : work.retry.backoff) cause.least(its_pauses, moments_below(pause, item));
    return cause;
}

struct Element {
    GraphIndex vertex = 0;
    const Work* work = nullptr;
    const models::Queue* queue = nullptr;
    Cause held, paused;
};

std::vector<Element> elements_of(const Scenario& scenario, const models::ScenarioGraph& graph,
                                 const std::vector<Carried>& items) {
    const models::Graph& g = graph.graph();
    std::vector<Element> elements;
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        Element one;
        one.vertex = *v;
        if (g[*v].kind == VertexKind::stage) {
            one.work = &scenario.twin.stages[g[*v].position].work;
            one.queue = &scenario.twin.stages[g[*v].position].queue;
        } else if (g[*v].kind == VertexKind::task) {
            one.work = &task_at(scenario, g[*v]).work;
        } else {
            continue;
        }
        one.held = held(scenario, g[*v].name, *one.work, items[*v]);
        one.paused = paused(*one.work, items[*v]);
        elements.push_back(std::move(one));
    }
    return elements;
}

/// What waits in a line has the moments below this one, where each item holds a worker as long as `held` says.
double moments_in_line(double held, const StationForecast& station, bool steady, const models::Queue* queue) {
    // A run that ends by itself has so many items and no more, and what finds no place does not wait.
    if (!steady) return held;
    if (queue != nullptr && queue->capacity != models::unlimited && queue->full == models::Queue::Full::drop)
        return held;
    const double spare = station.workers - std::floor(station.offered_load);
    return std::max(1.0, spare) * (held - 1);
}

class Finder {
public:
    Finder(const Scenario& scenario, const models::ScenarioGraph& graph,
           std::span<const StationForecast> forecast)
        : scenario_(scenario),
          graph_(graph),
          items_(carried_to(scenario, graph)),
          elements_(elements_of(scenario, graph, items_)) {
        for (const StationForecast& station : forecast) stations_.emplace(station.element, &station);
        for (const Element& one : elements_)
            if (!std::isinf(one.held.moments))
                for (const std::string& pool : pools_of(name(one), *one.work))
                    heavy_on_[pool].push_back(&one);
    }

    std::vector<HeavyTail> find() {
        for (const models::Load& load : scenario_.loads) {
            const double delay = moments_below(load.delay, of_load(load));
            if (delay > 2) continue;
            add(graph_.find(VertexKind::load, load.name), {"their delay", delay}, delay, false);
            tails_.back().since_birth = true;
        }
        for (const Element& one : elements_) {
            Cause line, stay = one.paused;
            double moments = all_moments;
            const auto worse = [&](const Cause& cause, double in_line) {
                if (in_line < moments) {
                    line = cause;
                    moments = in_line;
                }
            };
            for (const std::string& pool : pools_of(name(one), *one.work)) look_at(one, pool, worse);
            stay.least(one.held.text, one.held.moments);
            if (moments <= 2) add(one.vertex, line, std::min(moments, stay.moments), true);
            if (stay.moments <= 2 && (moments > 2 || line.text != stay.text))
                add(one.vertex, stay, stay.moments, false);
        }
        return std::move(tails_);
    }

private:
    const std::string& name(const Element& one) const { return graph_.graph()[one.vertex].name; }

    /// The line at one of an element's pools.
    template <class Worse>
    void look_at(const Element& one, const std::string& pool, const Worse& worse) const {
        const models::Workers* workers = workers_of(scenario_, *one.work, pool);
        const auto found = stations_.find(pool);
        if (workers == nullptr || found == stations_.end()) return;
        const StationForecast& station = *found->second;
        // Nobody waits for unlimited workers, or where all are served at once.
        if (std::isinf(station.workers) || workers->order == models::Order::shared) return;
        // Nor for longer than he has patience.
        if (one.queue != nullptr && !one.queue->timeout.empty() &&
            moments_below(one.queue->timeout, items_[one.vertex]) > 2)
            return;
        const bool steady = scenario_.run.length.has_value();
        // Who cuts in waits for those alone that cut in on him: his stay is a busy period, with the moments of the service.
        const bool cuts_in = workers->order == models::Order::lifo && workers->preempt;
        const auto of = [&](const Cause& cause) {
            worse(cause,
                  cuts_in ? cause.moments : moments_in_line(cause.moments, station, steady, one.queue));
        };
        of(one.held);
        if (const auto others = heavy_on_.find(pool); others != heavy_on_.end())
            for (const Element* other : others->second)
                if (other != &one && !gives_way(*other, one, pool))
                    of({"the service of '" + name(*other) + "', which has the same workers,",
                        other->held.moments});
        for (const models::Outage& outage : workers->outages)
            of({"an outage of its workers", moments_below(outage.lasts, Carried{})});
        const double bulk = carried(items_[one.vertex], at_once);
        if (steady) worse({"the number that arrives at once", bulk}, bulk - 1);
    }

    /// Work of the other leaves the pool's workers as soon as the one comes.
    bool gives_way(const Element& other, const Element& one, const std::string& pool) const {
        const auto ranks = models::ranks_that_cut_in(scenario_, pool);
        const auto rank_of = [&](const Element& element) {
            return std::find_if(ranks.begin(), ranks.end(), [&](const std::vector<std::string>& rank) {
                return std::find(rank.begin(), rank.end(), name(element)) != rank.end();
            });
        };
        return rank_of(one) < rank_of(other) && rank_of(other) != ranks.end();
    }

    void add(GraphIndex vertex, const Cause& cause, double moments, bool in_line) {
        HeavyTail tail(around(vertex, graph_));
        tail.cause = cause.text;
        tail.shape = cause.moments;
        tail.moments = moments;
        tail.in_line = in_line;
        tails_.push_back(std::move(tail));
    }

    const Scenario& scenario_;
    const models::ScenarioGraph& graph_;
    std::vector<Carried> items_;  ///< that come to each vertex
    std::vector<Element> elements_;
    std::map<std::string, const StationForecast*> stations_;
    std::map<std::string, std::vector<const Element*>> heavy_on_;  ///< by pool
    std::vector<HeavyTail> tails_;
};

bool concerns(const HeavyTail& tail, const models::Measure& measure) {
    using models::Metric;
    // What the first items or one window see need not be that of the long run.
    const bool steady = !measure.items && !(measure.during && !measure.during->each);
    if (!steady && tail.shape > 2) return false;
    switch (measure.metric) {
        case Metric::wait:
        case Metric::waiting: return tail.in_line && tail.is_of(measure);
        case Metric::present:
        case Metric::retrying:
        case Metric::age: return !tail.since_birth && tail.is_of(measure);
        case Metric::service:
            return tail.here.contains(measure.scope) && tail.shape <= 2 &&
                   (tail.cause == its_service || tail.cause == goes_by);
        case Metric::backoff: return tail.here.contains(measure.scope) && tail.cause == its_pauses;
        case Metric::latency: break;
        default: return false;
    }
    if (!measure.of_load.empty() && tail.since_birth && measure.of_load != tail.place) return false;
    return !(tail.since_birth && !measure.scope_to.empty()) && tail.is_on_the_way(measure);
}

}  // namespace

std::vector<HeavyTail> heavy_tails(const Scenario& scenario, const models::ScenarioGraph& graph,
                                   std::span<const StationForecast> forecast) {
    return Finder(scenario, graph, forecast).find();
}

std::string why_no_variance(const models::Measure& measure, std::span<const HeavyTail> tails) {
    using models::Aggregate;
    const bool of_mean = measure.aggregate == Aggregate::average ||
                         measure.aggregate == Aggregate::variance ||
                         measure.aggregate == Aggregate::deviation || measure.aggregate == Aggregate::maximum;
    double moments = all_moments;
    for (const HeavyTail& tail : tails)
        if (of_mean && concerns(tail, measure)) moments = std::min(moments, tail.moments);
    if (std::isinf(moments)) return "";
    return moments <= 1 && measure.aggregate == Aggregate::average ? "its mean is infinite"
                                                                   : "it has no variance";
}

}  // namespace understudy::studies
