#include "tools/studies/heavy_tails.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "models/analytic/ranks.h"
#include "tools/studies/heavy_arrivals.h"
#include "tools/studies/moments_of_law.h"

namespace understudy::studies {

namespace {

using models::EdgeKind;
using models::GraphIndex;
using models::Law;
using models::Scenario;
using models::VertexKind;
using models::Work;

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

double moments_of(const Law& law, const Carried& item) {
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
    give(item, size_of_item, moments_of(load.size, {}));
    give(item, records_of_item, moments_of(load.records, {}));
    give(item, at_once, moments_of(load.items, {}));
    // In the file's order: later ones may be made of those before.
    for (const auto& [name, law] : load.fields) give(item, name, moments_of(law, item));
    give(item, "=key", moments_of(load.key, item));
    give(item, "=priority", moments_of(load.priority, item));
    return item;
}

Carried emitted(const models::Emits& emits, const Carried& item) {
    Carried out = item;
    for (const auto& [name, law] : emits.fields) give(out, name, moments_of(law, item));
    if (!emits.key.empty()) give(out, "=key", moments_of(emits.key, item));
    if (!emits.priority.empty()) give(out, "=priority", moments_of(emits.priority, item));
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
        const double drawn = moments_of(work.service, nothing);
        cause.least(its_service, drawn);
        cause.least(goes_by, moments_of(work.service, item));
        if (work.failure > 0) cause.least("its failed attempts", moments_of(work.fails_after, item));
    }
    cause.least("its launch", moments_of(work.launch, item));
    for (const std::string& pool : pools_of(element, work))
        if (const models::Workers* workers = workers_of(scenario, work, pool)) {
            cause.least("the launch of its workers", moments_of(workers->launch, item));
            cause.least("the release of its workers", moments_of(workers->release, item));
        }
    return cause;
}

Cause paused(const Work& work, const Carried& item) {
    Cause cause;
    if (work.retry.times > 0)
        for (const Law& pause : work.retry.backoff) cause.least(its_pauses, moments_of(pause, item));
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

bool is_bounded(const models::Queue* queue) {
    return queue != nullptr && queue->capacity != models::unlimited &&
           queue->full == models::Queue::Full::drop;
}

/// What waits in a line has the moments below this one, where each item holds a worker as long as `held` says.
/// `spare`: so many have to be held at once for others to have too few.
double moments_in_line(double held, double spare, bool steady, const models::Queue* queue) {
    // A run that ends by itself has so many items and no more, and what finds no place does not wait.
    return !steady || is_bounded(queue) ? held : spare * (held - 1);
}

/// What waits behind a start of workers, where `spare` that are started together have all to be late. Whoever comes
/// meanwhile waits, and so of the first of them half as long as that takes.
double moments_behind_start(double start, double spare, bool steady, const models::Queue* queue) {
    return !steady || is_bounded(queue) ? start : spare * start - 1;
}

double spare_workers(const StationForecast& station) {
    return std::max(1.0, station.workers - std::floor(station.offered_load));
}

class Finder {
public:
    Finder(const Scenario& scenario, const models::ScenarioGraph& graph,
           std::span<const StationForecast> forecast)
        : scenario_(scenario),
          graph_(graph),
          items_(carried_to(scenario, graph)),
          elements_(elements_of(scenario, graph, items_)),
          bursts_(heavy_bursts(scenario, graph, forecast)) {
        for (const StationForecast& station : forecast) stations_.emplace(station.element, &station);
        for (const Element& one : elements_)
            if (!std::isinf(one.held.moments))
                for (const std::string& pool : pools_of(name(one), *one.work))
                    heavy_on_[pool].push_back(&one);
    }

    std::vector<HeavyTail> find() {
        for (const models::Load& load : scenario_.loads) {
            const double delay = moments_of(load.delay, of_load(load));
            if (delay > 2) continue;
            add(graph_.find(VertexKind::load, load.name), {"their delay", delay}, delay, false);
            tails_.back().what = HeavyTail::What::delay;
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
            if (is_patient(one)) {
                for (const std::string& pool : pools_of(name(one), *one.work)) look_at(one, pool, worse);
                for (const models::Spend& spend : one.work->spends)
                    for (const models::Budget& budget : scenario_.twin.budgets)
                        if (budget.name == spend.budget) look_at(one, budget, worse);
            }
            stay.least(one.held.text, one.held.moments);
            if (moments <= 2) add(one.vertex, line, std::min(moments, stay.moments), true);
            if (stay.moments <= 2 && (moments > 2 || line.text != stay.text))
                add(one.vertex, stay, stay.moments, false);
        }
        for (HeavyTail& tail : tails_of_arrivals(scenario_, graph_)) tails_.push_back(std::move(tail));
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
        const bool steady = is_steady();
        const double spare = spare_workers(station);
        const auto behind = [&](const Cause& cause, double of_workers) {
            worse(cause, moments_in_line(cause.moments, of_workers, steady, one.queue));
        };
        // Who cuts in waits for those alone that cut in on him: his stay is a busy period, with the moments of the service.
        const bool cuts_in = workers->order == models::Order::lifo && workers->preempt;
        const auto of = [&](const Cause& cause) {
            if (cuts_in)
                worse(cause, cause.moments);
            else
                behind(cause, spare);
        };
        of(one.held);
        if (const auto others = heavy_on_.find(pool); others != heavy_on_.end())
            for (const Element* other : others->second)
                if (other != &one && !gives_way(*other, one, pool))
                    of({"the service of '" + name(*other) + "', which has the same workers,",
                        other->held.moments});
        // What takes the workers away, each by itself or all at once, nobody cuts in on.
        for (const models::Outage& outage : workers->outages)
            behind({"an outage of its workers", moments_below(outage.lasts)}, outage.takes_all ? 1 : spare);
        behind({"a pause of its workers (poll)", moments_below(workers->poll)}, spare);
        behind({"the way of its workers (switch)", moments_below(workers->turning)}, spare);
        // Workers that are there from the start wait for no start, if they are enough.
        if (workers->least && static_cast<double>(*workers->least) <= station.offered_load) {
            const Cause start{"a start of its workers", moments_below(workers->start_up)};
            worse(start, moments_behind_start(start.moments, spare, steady, one.queue));
        }
        const double bulk = carried(items_[one.vertex], at_once);
        if (steady) worse({"the number that arrives at once", bulk}, bulk - 1);
        if (steady && !is_bounded(one.queue))
            if (const auto burst = bursts_.find(pool); burst != bursts_.end())
                worse({burst->second.cause, burst->second.moments}, burst->second.moments - 1);
    }

    /// The line for what an element spends. Of a budget without an end that is filled fast enough more is there all the time.
    template <class Worse>
    void look_at(const Element& one, const models::Budget& budget, const Worse& worse) const {
        using Refill = models::Budget::Refill;
        if (budget.refill == Refill::ticks && !std::isinf(budget.capacity)) {
            const Cause tick{"the time between two refills of '" + budget.name + "'",
                             moments_below(budget.interval)};
            worse(tick, moments_in_line(tick.moments, 1, is_steady(), one.queue));
        } else if (budget.refill == Refill::reorder && is_steady()) {
            // Orders overtake one another: who waits for a late one is given what was ordered after it. Without a mean
            // more and more is on order.
            const Cause lead{"the lead time of '" + budget.name + "'", moments_below(budget.after)};
            if (lead.moments <= 1) worse(lead, lead.moments);
        }
    }

    bool is_steady() const { return scenario_.run.length.has_value(); }

    /// Nobody waits for longer than he has patience.
    bool is_patient(const Element& one) const {
        return one.queue == nullptr || one.queue->timeout.empty() ||
               moments_of(one.queue->timeout, items_[one.vertex]) <= 2;
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
    std::map<std::string, HeavyBurst> bursts_;                     ///< by pool
    std::vector<HeavyTail> tails_;
};

bool goes_by_arrivals(const HeavyTail& tail, const models::Measure& measure) {
    using models::Metric;
    using What = HeavyTail::What;
    switch (tail.what) {
        case What::gathering:
            return (measure.metric == Metric::gathering || measure.metric == Metric::forming)
                       ? tail.here.contains(measure.scope)
                       : measure.metric == Metric::latency && tail.is_on_the_way(measure);
        case What::age: return measure.metric == Metric::age && tail.is_of(measure);
        case What::freshness: return measure.metric == Metric::freshness && measure.scope == tail.place;
        case What::number:
            return (kind_of(measure.metric) == models::MetricKind::event ||
                    measure.metric == Metric::utilisation || measure.metric == Metric::busy) &&
                   (measure.of_load.empty() || measure.of_load == tail.place) &&
                   (measure.scope.empty() || tail.behind.contains(measure.scope));
        default: return false;
    }
}

bool concerns(const HeavyTail& tail, const models::Measure& measure) {
    using models::Metric;
    using What = HeavyTail::What;
    // What the first items or one window see need not be that of the long run.
    const bool steady = !measure.items && !(measure.during && !measure.during->each);
    if (tail.what != What::stay && tail.what != What::delay) return steady && goes_by_arrivals(tail, measure);
    if (!steady && tail.shape > 2) return false;
    const bool since_birth = tail.what == What::delay;
    switch (measure.metric) {
        case Metric::wait:
        case Metric::waiting: return tail.in_line && tail.is_of(measure);
        case Metric::present:
        case Metric::retrying:
        case Metric::age: return !since_birth && tail.is_of(measure);
        case Metric::service:
            return tail.here.contains(measure.scope) && tail.shape <= 2 &&
                   (tail.cause == its_service || tail.cause == goes_by);
        case Metric::cycle: return tail.in_line && tail.here.contains(measure.scope) && tail.shape <= 2;
        case Metric::backoff: return tail.here.contains(measure.scope) && tail.cause == its_pauses;
        case Metric::latency: break;
        default: return false;
    }
    if (!measure.of_load.empty() && since_birth && measure.of_load != tail.place) return false;
    return !(since_birth && !measure.scope_to.empty()) && tail.is_on_the_way(measure);
}

}  // namespace

std::vector<HeavyTail> heavy_tails(const Scenario& scenario, const models::ScenarioGraph& graph,
                                   std::span<const StationForecast> forecast) {
    return Finder(scenario, graph, forecast).find();
}

std::string warning_of(const HeavyTail& tail) {
    using What = HeavyTail::What;
    const auto what = [&] {
        switch (tail.what) {
            case What::stay:
                return tail.in_line ? "what waits at '" + tail.place + "'"
                                    : "how long items stay at '" + tail.place + "'";
            case What::delay: return "how late items of '" + tail.place + "' are";
            case What::gathering: return "how long items gather at '" + tail.place + "'";
            case What::age: return "the age of what gathers at '" + tail.place + "'";
            case What::freshness: return "the freshness of '" + tail.place + "'";
            case What::number: break;
        }
        return "the time that a number of items of '" + tail.place + "' takes to come";
    };
    return fmt::format(
        "{} has no {}, as {} is pareto with shape {:.4g}: intervals of its means hold less often than they "
        "say",
        what(), tail.moments <= 1 ? "mean" : "variance", tail.cause, tail.shape);
}

std::string why_no_variance(const models::Measure& measure, std::span<const HeavyTail> tails) {
    using models::Aggregate;
    using models::Metric;
    // A number of items over time stands for the times between them.
    const bool counts = measure.aggregate == Aggregate::rate || measure.aggregate == Aggregate::total;
    const bool of_mean = measure.aggregate == Aggregate::average ||
                         measure.aggregate == Aggregate::variance ||
                         measure.aggregate == Aggregate::deviation || measure.aggregate == Aggregate::maximum;
    // What nobody waits for is as heavy as the law itself.
    const bool whole = measure.metric == Metric::service || measure.metric == Metric::cycle;
    const HeavyTail* heaviest = nullptr;
    double least = all_moments;
    for (const HeavyTail& tail : tails) {
        const bool asked = (tail.what == HeavyTail::What::number && counts) || of_mean;
        const double moments = whole ? tail.shape : tail.moments;
        if (!asked || moments >= least || !concerns(tail, measure)) continue;
        heaviest = &tail;
        least = moments;
    }
    if (heaviest == nullptr) return "";
    if (heaviest->what == HeavyTail::What::number)
        return least <= 1 ? "the time between arrivals has no mean"
                          : "the time between arrivals has no variance";
    return least <= 1 && measure.aggregate == Aggregate::average ? "its mean is infinite"
                                                                 : "it has no variance";
}

}  // namespace understudy::studies
