#include "models/analytic/analytic_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "models/analytic/items_in_each.h"
#include "models/analytic/obstacles.h"
#include "models/analytic/transforms.h"
#include "models/analytic/uncertain_flows.h"
#include "models/analytic/wait_grid.h"

namespace understudy::models {

namespace {

constexpr std::size_t none = SIZE_MAX;

Answer refuse(std::string why) {
    Answer answer;
    answer.why = std::move(why);
    return answer;
}

Answer refuse(const NetworkStation& station) {
    Answer answer = refuse(station.refused);
    answer.unstable = station.unstable;
    answer.critical = station.critical;
    return answer;
}

Answer exactly(double value, std::string method) {
    Answer answer;
    answer.kind = Answer::Kind::exact;
    answer.value = value;
    answer.method = std::move(method);
    return answer;
}

/// A value of which `uncertain` comes from a formula of that station.
Answer from(const Station& queue, double value, double uncertain) {
    Answer answer = exactly(value, queue.method);
    if (queue.exact) return answer;
    answer.kind = Answer::Kind::approximate;
    answer.error = value > 0 ? queue.error * std::fabs(uncertain) / value : queue.error;
    answer.why = queue.caveat;
    return answer;
}

bool has_line(const NetworkStation& station) {
    return !station.line_is_shared && std::isfinite(station.workers);
}

std::string no_formula(const Measure& measure) {
    switch (measure.aggregate) {
        case Aggregate::quantile: return "no closed form for a quantile of this";
        case Aggregate::variance:
        case Aggregate::deviation: return "no closed form for the spread of this";
        case Aggregate::maximum:
        case Aggregate::minimum: return "extremes go by how long one looks";
        case Aggregate::total: return "a total is of one run, not of the steady state";
        case Aggregate::at: return "an instant is of one run, not of the steady state";
        default: return std::string("no formula for ") + name_of(measure.metric);
    }
}

/// The smallest number with at least p at or below it.
double quantile_of(const std::vector<double>& shares, double p) {
    double sum = 0;
    for (std::size_t n = 0; n < shares.size(); ++n) {
        sum += shares[n];
        if (sum >= p) return static_cast<double>(n);
    }
    return static_cast<double>(shares.size());
}

double variance_of(const std::vector<double>& shares) {
    double mean = 0, second = 0;
    for (std::size_t n = 0; n < shares.size(); ++n) {
        const auto x = static_cast<double>(n);
        mean += x * shares[n];
        second += x * x * shares[n];
    }
    return second - mean * mean;
}

}  // namespace

/// Sums over the visits of a stage.
struct AnalyticModel::Part {
    double items = 0, rate = 0;
    double waited = 0, worked = 0, present = 0, in_line = 0,
           pauses = 0;  ///< times a second; numbers by Little
    double drawn = 0;   ///< work, whatever the speed of workers
    std::optional<double> found_busy = 0;
    double attempts = 1, success = 1;
    bool all_loads = true;

    /// What formulas of waits say, of `present`: what items stay beyond their own work.
    double beyond_work() const { return std::max(0.0, present - worked); }

    Part(const Network& network, const Scenario& scenario, std::size_t stage, std::size_t load) {
        const NetworkStation& station = network.stations[network.station_of[stage]];
        const Tries tries = tries_of(scenario.twin.stages[stage].work).value_or(Tries{});
        attempts = tries.expected;
        success = tries.success;
        all_loads = load == none;
        const double let_in = station.queue.gives_up ? 1 : 1 - station.queue.lost;
        for (const Visit& visit : station.visits) {
            if (visit.stage != stage || (load != none && visit.load != load)) continue;
            items += visit.items;
            rate += visit.rate() * let_in;
            waited += visit.rate() * let_in * visit.wait;
            worked += visit.rate() * let_in * visit.service.mean;
            drawn += visit.rate() * let_in * visit.service.mean * visit.speed;
            present += visit.rate() * let_in * visit.latency;
            pauses += visit.items * tries.pauses;
            if (found_busy && visit.waits)
                *found_busy += visit.rate() * let_in * *visit.waits;
            else
                found_busy.reset();
        }
        if (station.queue.gives_up) {
            worked *= 1 - station.queue.lost;
            present = waited + worked;
        }
        in_line = station.line_is_shared ? 0 : waited;
    }
};

AnalyticModel::AnalyticModel(const Scenario& scenario, const ScenarioGraph& graph,
                             const TrafficSolution& traffic)
    : scenario_(scenario),
      traffic_(traffic),
      items_in_each_(items_in_each(scenario)),
      trouble_(trouble_of(scenario)),
      loses_after_tries_(loses_after_tries(scenario)),
      tries_again_at_once_(tries_again_at_once(scenario)),
      shares_pools_(shares_pools(scenario)) {
    for (const StationForecast& forecast : traffic.stations) forecasts_.emplace(forecast.element, &forecast);
    for (std::size_t i = 0; i < scenario.twin.stages.size(); ++i)
        stages_.emplace(scenario.twin.stages[i].name, i);
    for (std::size_t i = 0; i < scenario.loads.size(); ++i) loads_.emplace(scenario.loads[i].name, i);
    if (!scenario.run.length) {
        refused_ = "the run ends by itself: there is no steady state";
        return;
    }
    for (const Action& action : scenario.actions)
        if (action.verb != Action::Verb::alert) {
            refused_ = "actions change the system on the way";
            return;
        }
    network_ = solve_network(scenario, graph, traffic);
    for (std::size_t i = 0; i < network_.stations.size(); ++i)
        if (!network_.stations[i].passes) stations_.emplace(network_.stations[i].element, i);
    refused_ = network_.refused;
    if (refused_.empty()) refused_ = starts_empty();
    // How long they take to settle is not known.
    if (!network_.closed && refused_.empty() && !(scenario.run.warm_up && *scenario.run.warm_up <= 0)) {
        std::vector<bool> open;
        for (const std::size_t at : network_.station_of)
            open.push_back(!network_.stations[at].refused.empty() || !network_.stations[at].queue.exact);
        known_ = known_systems(scenario, graph, traffic, open);
    }
}

/// Why a run that measures its way from an empty start says nothing of the steady state; empty: it does.
std::string AnalyticModel::starts_empty() const {
    if (!scenario_.run.warm_up || *scenario_.run.warm_up > 0) return "";
    double relaxation = 0;
    for (const NetworkStation& station : network_.stations) {
        if (!station.refused.empty() || station.passes) continue;
        const Station& queue = station.queue;
        double time = queue.service;
        const bool in_step = queue.waits == 0.0;
        if (std::isfinite(station.workers) && !in_step) {
            // Cohen 1982, III.7.3, of M/M/1; several workers of one line are so many times as fast.
            const double load = std::min(1.0, queue.rate * station.lanes * queue.service / station.workers);
            const double gap = 1 - std::sqrt(load);
            const double workers = station.lanes > 1 ? 1 : station.workers;
            time += gap > 0 ? queue.service / workers / (gap * gap) : INFINITY;
        }
        relaxation = std::max(relaxation, time);
    }
    constexpr double long_enough = 1000;
    if (kernel::to_seconds(*scenario_.run.length) >= long_enough * relaxation) return "";
    return "the run is measured from its empty start (warm_up: 0s), and too short for that not to matter";
}

const StationForecast* AnalyticModel::forecast_of(const std::string& element) const {
    const auto found = forecasts_.find(element);
    return found == forecasts_.end() ? nullptr : found->second;
}

Answer AnalyticModel::answer(const Measure& measure) const {
    const Answer found = of_network(measure);
    if (found.kind == Answer::Kind::exact || known_.empty()) return found;
    return of_known_system(measure).value_or(found);
}

std::optional<Answer> AnalyticModel::of_known_system(const Measure& measure) const {
    if (measure.during || !measure.during_action.empty() || measure.items || measure.by_clock ||
        measure.by_offset)
        return std::nullopt;
    Measure asked = measure;
    if (scenario_.loads.size() == 1) {
        // All that there is comes from one load.
        const std::string& load = scenario_.loads.front().name;
        if (asked.of_load == load) asked.of_load.clear();
        if (asked.scope == load && asked.scope_to.empty()) asked.scope.clear();
    }
    for (const KnownSystem& system : known_)
        if (auto answer = system.answer(asked)) return answer;
    return std::nullopt;
}

Answer AnalyticModel::of_network(const Measure& measure) const {
    const Answer found = look_up(measure);
    // What workers cost follows from how many there are, whatever comes.
    if (found.kind == Answer::Kind::refused || measure.metric == Metric::cost) return found;
    if (!trouble_.empty()) return refuse(trouble_);
    if (measure.metric == Metric::latency && !measure.scope.empty() && loses_after_tries_)
        return refuse("items that come through took fewer attempts than those that do not");
    if (found.kind == Answer::Kind::approximate && tries_again_at_once_)
        return refuse("attempts that are made again at once arrive in bursts");
    if (found.kind == Answer::Kind::approximate && measure.aggregate == Aggregate::quantile && shares_pools_)
        return refuse("waits for one pool at several stages depend on one another");
    if (found.kind != Answer::Kind::refused && !std::isfinite(found.value)) return refuse("it has no mean");
    return found;
}

Answer AnalyticModel::look_up(const Measure& measure) const {
    if (measure.aggregate == Aggregate::maximum || measure.aggregate == Aggregate::minimum ||
        measure.aggregate == Aggregate::total || measure.aggregate == Aggregate::at)
        return refuse(no_formula(measure));
    if (measure.during || !measure.during_action.empty() || measure.items || measure.by_clock ||
        measure.by_offset)
        return refuse("it is of a part of the run, not of the steady state");
    const auto position = [](const auto& index, const std::string& name) {
        const auto found = index.find(name);
        return found == index.end() ? none : found->second;
    };
    const std::size_t station = position(stations_, measure.scope), stage = position(stages_, measure.scope);
    std::size_t load = position(loads_, measure.of_load);
    if (measure.of_load.empty() && stage == none) load = position(loads_, measure.scope);
    const bool of_workers = measure.metric == Metric::utilisation || measure.metric == Metric::busy ||
                            measure.metric == Metric::workers;
    if (measure.metric == Metric::utilisation && measure.aggregate == Aggregate::average &&
        scenario_.run.length) {
        const Answer answer = utilisation(measure.scope, refused_.empty() ? station : none);
        if (answer.kind != Answer::Kind::refused || refused_.empty()) return answer;
    }
    if (measure.metric == Metric::cost && measure.scope.empty() && measure.aggregate == Aggregate::rate &&
        scenario_.run.length)
        return refused_.starts_with("actions") ? refuse(refused_) : cost_rate();
    if (!refused_.empty()) return refuse(refused_);
    if (!measure.scope_to.empty()) return refuse("no formula for the way from one stage to another");
    if (stage != none && !of_workers) return of_stage(measure, stage);
    if (station != none) return of_station(measure, station);
    if (measure.scope.empty() || load != none) return of_whole(measure, load);
    for (const Pipeline& pipeline : scenario_.twin.pipelines)
        if (measure.scope == pipeline.name || measure.scope.starts_with(pipeline.name + "."))
            return refuse("no formula for pipelines");
    return refuse(no_formula(measure));
}

Answer AnalyticModel::utilisation(const std::string& element, std::size_t at) const {
    if (at != none && network_.stations[at].refused.empty()) {
        const NetworkStation& station = network_.stations[at];
        if (std::isinf(station.workers)) return refuse("there are as many workers as it takes");
        double busy = 0;
        for (const Visit& visit : station.visits) busy += visit.rate() * visit.service.mean;
        busy *= 1 - station.queue.lost;
        const double value = busy / station.workers;
        if (network_.closed || station.queue.lost > 0) return from(station.queue, value, value);
        return exactly(value, "traffic equations");
    }
    const StationForecast* forecast = forecast_of(element);
    if (forecast == nullptr || !forecast->utilisation || !forecast->load_known()) {
        if (at != none) return refuse(network_.stations[at]);
        return refuse(refused_.empty() ? "nothing is known of its load" : refused_);
    }
    if (!forecast->stable || forecast->critical) {
        Answer answer = refuse("'" + element + "' is offered " +
                               (forecast->critical ? "exactly what it can do" : "more than it can do"));
        answer.critical = forecast->critical;
        answer.unstable = !forecast->critical;
        return answer;
    }
    if (*forecast->utilisation >= 1) {
        // Of an upper bound it does not follow that anything is too much, nor that it is lost where nothing can be.
        const auto& stages = scenario_.twin.stages;
        const bool loses = std::any_of(stages.begin(), stages.end(), [&](const Stage& stage) {
            const auto& needs = stage.work.runs_on;
            const bool here =
                stage.name == element || std::any_of(needs.begin(), needs.end(),
                                                     [&](const Need& need) { return need.pool == element; });
            return here && sheds(scenario_, stage);
        });
        if (forecast->at_most && !loses) return refuse(forecast->caveat);
        return refuse("'" + element +
                      (forecast->at_most ? "' may be offered more than it can do, and part of it lost"
                                         : "' is offered more than it can do, and part of it is lost"));
    }
    Answer answer = exactly(*forecast->utilisation, "traffic equations");
    if (!forecast->exact) {
        answer.kind = Answer::Kind::approximate;
        answer.error = INFINITY;
        answer.why = forecast->caveat;
    }
    return answer;
}

Answer AnalyticModel::cost_rate() const {
    double sum = 0;
    std::string why;
    const auto add = [&](const Workers& workers, const std::string& name) {
        const auto count_of = [](std::int64_t count) {
            return count == unlimited ? INFINITY : static_cast<double>(count);
        };
        // What serves all at once without a number of workers is one machine.
        const bool machine = workers.order == Order::shared && workers.count == unlimited;
        double cost = (machine ? 1 : count_of(workers.count)) * workers.type.cost_per_second;
        if (workers.type.cost_per_second == 0) cost = 0;
        if (!workers.groups.empty()) cost = 0;
        for (const auto& [type, count] : workers.groups)
            for (const WorkerType& one : scenario_.twin.types)
                if (one.name == type) cost += count_of(count) * one.cost_per_second;
        if (workers.scale || workers.least || !workers.steps.empty() || !workers.shifts.empty() ||
            !workers.outages.empty())
            why = "the number of workers of '" + name + "' is not always the same";
        bool by_size = workers.type.cost_per_byte > 0;
        for (const auto& [type, count] : workers.groups)
            for (const WorkerType& one : scenario_.twin.types)
                by_size = by_size || (one.name == type && one.cost_per_byte > 0);
        if (by_size) why = "what is worked on costs, too, in '" + name + "'";
        if (!std::isfinite(cost)) why = "there are as many workers of '" + name + "' as it takes";
        sum += cost;
    };
    for (const Pool& pool : scenario_.twin.pools) add(pool.workers, pool.name);
    for (const Stage& stage : scenario_.twin.stages)
        if (stage.work.workers) add(*stage.work.workers, stage.name);
    for (const Pipeline& pipeline : scenario_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            if (task.work.workers) add(*task.work.workers, pipeline.name + "." + task.name);
    return why.empty() ? exactly(sum, "as declared") : refuse(why);
}

Answer AnalyticModel::of_station(const Measure& measure, std::size_t at) const {
    const NetworkStation& station = network_.stations[at];
    const Station& queue = station.queue;
    if (measure.metric == Metric::workers && measure.aggregate == Aggregate::average &&
        std::isfinite(station.workers)) {
        const StationForecast* forecast = forecast_of(station.element);
        if (forecast != nullptr && forecast->caveat.empty()) return exactly(station.workers, "as declared");
    }
    if (!station.refused.empty()) return refuse(station);
    if (measure.aggregate == Aggregate::average) {
        if (measure.metric == Metric::workers && std::isfinite(station.workers))
            return exactly(station.workers, "as declared");
        if (measure.metric == Metric::busy) {
            double busy = 0;
            for (const Visit& visit : station.visits) busy += visit.rate() * visit.service.mean;
            busy *= 1 - queue.lost;
            if (station.line_is_shared) return refuse(no_formula(measure));
            if (network_.closed || queue.lost > 0) return from(queue, busy, busy);
            return exactly(busy, "traffic equations");
        }
        if (measure.metric == Metric::waiting) {
            const double line = has_line(station) ? queue.line * station.lanes : 0;
            return from(queue, line, line);
        }
        if (measure.metric == Metric::present) {
            double busy = 0;
            for (const Visit& visit : station.visits) busy += visit.rate() * visit.service.mean;
            busy *= 1 - queue.lost;
            return from(queue, busy + queue.line * station.lanes, queue.line * station.lanes);
        }
    }
    // States are those of a stage with workers of its own.
    const auto own = stages_.find(station.element);
    return own == stages_.end() ? refuse(no_formula(measure)) : of_stage(measure, own->second);
}

Answer AnalyticModel::of_stage(const Measure& measure, std::size_t stage) const {
    const std::size_t at = network_.station_of[stage];
    const NetworkStation& station = network_.stations[at];
    const Station& queue = station.queue;
    const Stage& declared = scenario_.twin.stages[stage];
    const auto of_load = loads_.find(measure.of_load);
    const std::size_t load = of_load == loads_.end() ? none : of_load->second;
    if (!station.refused.empty()) {
        // Rates pass a station whose waits have no formula.
        const StationForecast* forecast = forecast_of(station.element);
        const bool known = forecast != nullptr && forecast->exact && declared.work.failure == 0 &&
                           !declared.join && !declared.batch && !declared.window && declared.emits.items == 1;
        if (known && measure.aggregate == Aggregate::rate &&
            (measure.metric == Metric::arrived || measure.metric == Metric::completed)) {
            double items = 0;
            for (std::size_t l = 0; l < scenario_.loads.size(); ++l)
                if (load == none || l == load) items += network_.items[stage][l];
            const std::optional<double>& in_each = items_in_each_[stage];
            // A batch is of the load of its first item, and what is in it is of its own.
            if (!in_each || (*in_each != 1 && load != none && scenario_.loads.size() > 1))
                return refuse("how many items are in what comes to '" + declared.name + "' is not known");
            return exactly(items * *in_each, "traffic equations");
        }
        return refuse(station);
    }
    const Part part(network_, scenario_, stage, load);
    if (!(part.items > 0)) return refuse("nothing of that comes to '" + declared.name + "'");
    const bool alone = std::all_of(station.visits.begin(), station.visits.end(),
                                   [&](const Visit& visit) { return visit.stage == stage; });
    const bool once = part.attempts == 1;
    // Laws of the station are those of what is asked.
    const bool same_latency = station.common_wait && once && (station.alike || (alone && load == none));
    const bool losing = queue.lost > 0;
    const auto rates = [&](double value) {
        if (network_.closed || losing) return from(queue, value, value);
        return exactly(value, "traffic equations");
    };
    // One worker is busy for the share that the traffic equations say, whatever waits.
    const auto share_of_time = [&](double value) {
        const bool known = station.workers == 1 && !network_.closed && !losing;
        return known ? exactly(value, "traffic equations") : from(queue, value, value);
    };
    const double through = part.success * (1 - queue.lost);
    switch (measure.aggregate) {
        case Aggregate::rate:
            switch (measure.metric) {
                case Metric::arrived:
                    return network_.closed ? rates(part.items) : exactly(part.items, "traffic equations");
                case Metric::completed: return rates(part.items * through);
                case Metric::failed: return rates(part.rate * declared.work.failure);
                case Metric::retried: return rates(part.items * (part.attempts - 1));
                case Metric::dead_lettered:
                    return rates(declared.dead_letter.empty() ? 0 : part.items * (1 - through));
                case Metric::lost:
                    return rates(declared.dead_letter.empty() ? part.items * (1 - through) : 0);
                case Metric::waited:
                    if (!part.found_busy) break;
                    return from(queue, *part.found_busy, *part.found_busy);
                default: break;
            }
            break;
        case Aggregate::share:
            switch (measure.metric) {
                case Metric::completed: return rates(through);
                case Metric::failed: return rates(declared.work.failure);
                case Metric::dropped:
                case Metric::expired: {
                    const bool expires = measure.metric == Metric::expired;
                    return rates(queue.gives_up == expires ? queue.lost : 0);
                }
                case Metric::lost: return rates(declared.dead_letter.empty() ? 1 - through : 0);
                case Metric::dead_lettered: return rates(declared.dead_letter.empty() ? 0 : 1 - through);
                case Metric::waited: {
                    if (!part.found_busy || !once) break;
                    const double share = *part.found_busy / part.items;
                    return from(queue, share, share);
                }
                case Metric::saturated:
                    if (alone && queue.saturated && station.lanes == 1 && load == none)
                        return share_of_time(*queue.saturated);
                    break;
                case Metric::empty:
                    if (alone && queue.empty && station.lanes == 1 && load == none)
                        return share_of_time(*queue.empty);
                    break;
                case Metric::idle:
                case Metric::occupied:
                    if (alone && queue.empty && station.lanes == 1 && std::isfinite(station.workers)) {
                        const double value = measure.metric == Metric::idle ? *queue.empty : 1 - *queue.empty;
                        return share_of_time(value);
                    }
                    break;
                default: break;
            }
            break;
        case Aggregate::average:
            switch (measure.metric) {
                case Metric::latency: {
                    if (queue.gives_up)
                        return refuse("no formula for the latency of those that do not give up");
                    const double let_in = part.items * (1 - queue.lost);
                    return from(queue, (part.present + part.pauses) / let_in, part.beyond_work() / let_in);
                }
                case Metric::wait: {
                    const double value = station.line_is_shared ? 0 : part.waited / part.rate;
                    return from(queue, value, value);
                }
                case Metric::service:
                    if (station.line_is_shared || queue.gives_up || !station.common_wait) break;
                    return exactly(part.worked / part.rate, "its law");
                case Metric::present: return from(queue, part.present, part.beyond_work());
                case Metric::waiting: return from(queue, part.in_line, part.in_line);
                case Metric::backoff: return exactly(part.pauses / part.items, "geometric retries");
                case Metric::retrying: return rates(part.pauses);
                case Metric::attempts: return exactly(part.attempts, "geometric retries");
                case Metric::slowdown:
                    if (!once || queue.gives_up) break;
                    return from(queue, part.present / part.drawn, part.beyond_work() / part.drawn);
                case Metric::utilisation: return utilisation(declared.name, at);
                default: break;
            }
            break;
        case Aggregate::quantile:
        case Aggregate::variance:
        case Aggregate::deviation: {
            const bool spread = measure.aggregate != Aggregate::quantile;
            const auto of_law = [&](const std::optional<Phases>& law,
                                    std::optional<double> spread_known) -> std::optional<Answer> {
                if (spread && !spread_known && law) spread_known = variance(*law);
                // What does not vary is its own quantile.
                if (!spread && !law && spread_known == 0.0 && queue.exact) {
                    const double value =
                        measure.metric == Metric::wait ? queue.wait : queue.wait + queue.service;
                    return from(queue, value, value);
                }
                if (spread ? !spread_known : !law) return std::nullopt;
                std::optional<double> value = spread ? spread_known : quantile(*law, measure.quantile);
                if (!value || !std::isfinite(*value)) return std::nullopt;
                if (measure.aggregate == Aggregate::deviation) value = std::sqrt(*value);
                return from(queue, *value, *value);
            };
            std::optional<Answer> answer;
            if (measure.metric == Metric::latency && same_latency && !queue.gives_up)
                answer = !spread && queue.service_law
                             ? exactly(precise_quantile(*queue.service_law, measure.quantile), queue.method)
                             : of_law(queue.latency_law, queue.latency_variance);
            if (measure.metric == Metric::wait && station.common_wait && !station.line_is_shared &&
                !queue.gives_up) {
                if (std::isinf(station.workers)) return exactly(0, queue.method);
                answer = of_law(queue.wait_law, queue.wait_variance);
            }
            if (measure.metric == Metric::present && alone && load == none && station.lanes == 1 &&
                !queue.present.empty() && queue.exact) {
                const double number_variance = variance_of(queue.present);
                answer = exactly(!spread ? quantile_of(queue.present, measure.quantile)
                                 : measure.aggregate == Aggregate::variance ? number_variance
                                                                            : std::sqrt(number_variance),
                                 queue.method);
            }
            const bool latency = measure.metric == Metric::latency && same_latency;
            const bool wait = measure.metric == Metric::wait && station.common_wait;
            if (!answer && !spread && queue.one_server && queue.exact && (latency || wait))
                if (const auto found =
                        one_server_quantiles(queue.rate, *queue.one_server, measure.quantile)) {
                    answer = exactly(wait ? found->wait : found->latency, "M/G/1 on a grid");
                    answer->kind = Answer::Kind::approximate;
                    answer->error = error_of_grid;
                    answer->why = "quantiles without a closed form are found on a grid";
                }
            if (answer) return *answer;
            break;
        }
        default: break;
    }
    return refuse(no_formula(measure));
}

Answer AnalyticModel::of_whole(const Measure& measure, std::size_t load) const {
    const auto asked = [&](std::size_t l) { return load == none || l == load; };
    double arrivals = 0;
    for (std::size_t l = 0; l < scenario_.loads.size(); ++l)
        if (asked(l)) arrivals += network_.arrivals[l];
    for (std::size_t l = 0; l < scenario_.loads.size(); ++l)
        if (asked(l) && !network_.trouble[l].empty()) return refuse(network_.trouble[l]);
    // What never ends is the reason that counts.
    const NetworkStation* refused = nullptr;
    for (const NetworkStation& station : network_.stations) {
        const bool visited = std::any_of(station.visits.begin(), station.visits.end(),
                                         [&](const Visit& visit) { return asked(visit.load); });
        if (station.refused.empty() || !visited) continue;
        if (refused == nullptr || (station.unstable && !refused->unstable)) refused = &station;
    }
    if (refused != nullptr) return refuse(*refused);
    if (!network_.whole_refused.empty()) return refuse(network_.whole_refused);
    Answer answer;
    answer.kind = Answer::Kind::exact;
    double present = 0, uncertain = 0;
    std::set<std::string> methods;
    for (std::size_t i = 0; i < scenario_.twin.stages.size(); ++i) {
        const Part part(network_, scenario_, i, load);
        const NetworkStation& station = network_.stations[network_.station_of[i]];
        const Stage& stage = scenario_.twin.stages[i];
        if (!(part.items > 0)) continue;
        if (part.success < 1 && stage.dead_letter.empty()) return refuse("'" + stage.name + "' loses items");
        present += part.present + part.pauses;
        if (!station.passes) methods.insert(station.queue.method);
        if (station.queue.exact) continue;
        answer.kind = Answer::Kind::approximate;
        uncertain += part.beyond_work() * station.queue.error;
        if (answer.why.empty()) answer.why = station.queue.caveat;
    }
    for (const std::string& method : methods) answer.method += (answer.method.empty() ? "" : ", ") + method;
    if (methods.size() > 2) answer.method = answer.kind == Answer::Kind::exact ? "product form" : "QNA";
    if (methods.empty()) answer.method = "traffic equations";
    const auto with = [&](double value) {
        answer.value = value;
        if (answer.kind == Answer::Kind::approximate) answer.error = present > 0 ? uncertain / present : 0;
        return answer;
    };
    const bool average = measure.aggregate == Aggregate::average;
    if (average && measure.metric == Metric::present) return with(present);
    if (average && measure.metric == Metric::latency) return with(present / arrivals);
    if (measure.aggregate == Aggregate::rate &&
        (measure.metric == Metric::arrived || measure.metric == Metric::completed)) {
        if (network_.closed) return with(arrivals);
        return exactly(arrivals, "traffic equations");
    }
    if (measure.aggregate == Aggregate::quantile && measure.metric == Metric::latency && load == none)
        return whole_quantile(measure);
    return refuse(no_formula(measure));
}

/// Whether there is a way from the stage to itself.
bool AnalyticModel::comes_back(std::size_t stage) const {
    std::vector<std::size_t> open = {stage};
    std::set<std::size_t> seen;
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        for (const auto* ways : {&network_.from_stage[at], &network_.dead_letters[at]})
            for (const Way& way : *ways) {
                if (way.to == stage) return true;
                if (seen.insert(way.to).second) open.push_back(way.to);
            }
    }
    return false;
}

Answer AnalyticModel::whole_quantile(const Measure& measure) const {
    if (network_.closed) return refuse(no_formula(measure));
    const std::size_t n = scenario_.twin.stages.size();
    if (n > most_phases) return refuse(no_formula(measure));
    for (std::size_t i = 0; i < n; ++i) {
        if (comes_back(i)) return refuse("items come back to '" + scenario_.twin.stages[i].name + "'");
        if (network_.stations[network_.station_of[i]].carried)
            return refuse("what an item carries decides how long it takes at several stages");
    }
    double arrivals = 0;
    for (const double rate : network_.arrivals) arrivals += rate;
    std::vector<double> entry(n, 0), ways_in(n, 0);
    std::vector<Phases> stays;
    std::vector<std::vector<double>> next(n, std::vector<double>(n, 0));
    for (std::size_t l = 0; l < scenario_.loads.size(); ++l)
        for (const Way& way : network_.from_load[l])
            entry[way.to] += way.share * network_.arrivals[l] / arrivals;
    for (std::size_t i = 0; i < n; ++i) ways_in[i] += entry[i] > 0;
    // Independent where nobody overtakes on the way (Walrand and Varaiya 1980), or in a row whose first and last
    // stations alone have several workers (Burke 1969).
    bool tree = true, row = true, single = true, ends = true;
    for (std::size_t i = 0; i < n; ++i) {
        const NetworkStation& station = network_.stations[network_.station_of[i]];
        const Part part(network_, scenario_, i, none);
        if (!(part.items > 0)) return refuse(no_formula(measure));
        std::optional<Phases> phases;
        if (station.common_wait && station.alike && part.attempts == 1 && part.success == 1) {
            phases = station.queue.latency_law;
            if (!phases && station.queue.service_law) phases = as_phases(*station.queue.service_law);
        }
        if (!phases) {
            if (n == 1) {
                Measure of_stage_alone = measure;
                of_stage_alone.scope = scenario_.twin.stages.front().name;
                return of_stage(of_stage_alone, 0);
            }
            return refuse("no closed form for a quantile of what takes several stages");
        }
        stays.push_back(*phases);
        for (const Way& way : network_.from_stage[i]) {
            next[i][way.to] += way.share;
            if (way.share > 0) ways_in[way.to] += 1;
        }
        const bool last = network_.from_stage[i].empty();
        row = row && network_.from_stage[i].size() <= 1;
        single = single && station.workers == 1;
        ends = ends && (station.workers == 1 || entry[i] > 0 || last);
        std::size_t sharing = 0;
        for (std::size_t j = 0; j < n; ++j) sharing += network_.station_of[j] == network_.station_of[i];
        tree = tree && sharing == 1 && station.queue.exact;
    }
    for (const double ways : ways_in) tree = tree && ways <= 1;
    const auto law = through_stages(entry, stays, next);
    const auto value = law ? quantile(*law, measure.quantile) : std::nullopt;
    if (!value) return refuse("too many stages for a quantile at once");
    Answer answer =
        exactly(*value, n == 1 ? network_.stations[network_.station_of[0]].queue.method : "product form");
    if (tree && (single || (row && ends))) return answer;
    answer.kind = Answer::Kind::approximate;
    constexpr double error = 0.1;
    answer.error = error;
    answer.why = "times at stages are taken as independent, though items may overtake each other";
    return answer;
}

}  // namespace understudy::models
