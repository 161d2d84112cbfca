#include "models/analytic/traffic.h"

#include <algorithm>
#include <cmath>

#include "models/analytic/stability_cases.h"
#include "models/analytic/traffic_solver.h"

namespace understudy::models {

namespace {

/// The stages before a join that cancels the rest: what they work on may end at any time.
std::set<std::string> stages_with_cancelled_parts(const Scenario& scenario) {
    std::map<std::string, std::vector<const Stage*>> writers;
    for (const Stage& stage : scenario.twin.stages)
        for (const auto& target : targets_of(stage.name, stage.writes))
            writers[target.stream].push_back(&stage);
    std::vector<const Stage*> open;
    for (const Stage& stage : scenario.twin.stages)
        if (stage.join && stage.join->cancel_rest) open.push_back(&stage);
    std::set<std::string> found;
    while (!open.empty()) {
        const Stage* stage = open.back();
        open.pop_back();
        for (const std::string& stream : stage->reads)
            for (const Stage* writer : writers[stream])
                if (found.insert(writer->name).second) open.push_back(writer);
    }
    return found;
}

/// The stages that what pipelines write comes to, at once or through others.
std::set<std::string> stages_behind_pipelines(const Scenario& scenario) {
    std::vector<std::string> open;
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks) {
            open.insert(open.end(), task.writes.begin(), task.writes.end());
            if (!task.dead_letter.empty()) open.push_back(task.dead_letter);
        }
    std::set<std::string> found;
    while (!open.empty()) {
        const std::string stream = open.back();
        open.pop_back();
        for (const Stage& stage : scenario.twin.stages) {
            if (std::find(stage.reads.begin(), stage.reads.end(), stream) == stage.reads.end()) continue;
            if (!found.insert(stage.name).second) continue;
            for (const auto& target : targets_of(stage.name, stage.writes)) open.push_back(target.stream);
            if (!stage.dead_letter.empty()) open.push_back(stage.dead_letter);
        }
    }
    return found;
}

}  // namespace

Traffic::Traffic(const Scenario& scenario, const ScenarioGraph& graph)
    : scenario_(scenario), graph_(graph), values_(scenario) {
    cancelled_ = stages_with_cancelled_parts(scenario);
    fed_by_pipelines_ = stages_behind_pipelines(scenario);
    parts_per_item_ = find_parts_per_item();
    uncertain_ = uncertain_flows(scenario, graph, parts_per_item_);
    pass_.assign(scenario.twin.stages.size(), 1);
    records_per_item_.assign(scenario.twin.stages.size(), 1);
    for (const Stage& stage : scenario.twin.stages)
        batch_items_.push_back(stage.batch ? std::max(1.0, static_cast<double>(stage.batch->items)) : 1.0);
    look_for_what_is_unknown();
    solve();
    unhindered_ = rate_;
    pass_on_what_can_be_done();
}

void Traffic::look_for_what_is_unknown() {
    const std::vector<Stage>& stages = scenario_.twin.stages;
    const auto limits = [](const Stage& stage) {
        Worker worker;
        worker.name = stage.name;
        worker.work = &stage.work;
        return limits_of(worker);
    };
    std::map<std::string, std::vector<std::size_t>> readers, writers, users;
    const auto each_written = [&](const Stage& stage, auto&& tell) {
        for (const auto& target : targets_of(stage.name, stage.writes)) tell(target.stream);
        if (!stage.dead_letter.empty()) tell(stage.dead_letter);
    };
    for (std::size_t i = 0; i < stages.size(); ++i) {
        for (const std::string& stream : stages[i].reads) readers[stream].push_back(i);
        for (const std::string& limit : limits(stages[i])) users[limit].push_back(i);
        each_written(stages[i], [&](const std::string& stream) { writers[stream].push_back(i); });
    }
    std::vector<std::size_t> open;
    const auto mark = [&](const std::vector<std::size_t>& all) {
        for (const std::size_t i : all)
            if (unknown_stages_.insert(stages[i].name).second) open.push_back(i);
    };
    const auto mark_stream = [&](const std::string& stream) {
        if (unknown_streams_.insert(stream).second) mark(readers[stream]);
    };
    for (const Load& load : scenario_.loads)
        if (source_of(load).unknown)
            for (const auto& target : targets_of(load.name, load.writes)) mark_stream(target.stream);
    while (!open.empty()) {
        const Stage& stage = stages[open.back()];
        open.pop_back();
        each_written(stage, mark_stream);
        // Who works with the same workers, or is kept from writing, passes on only as much as they leave.
        for (const std::string& limit : limits(stage)) mark(users[limit]);
        if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::block)
            for (const std::string& stream : stage.reads) mark(writers[stream]);
    }
    for (const Stage& stage : stages)
        if (fed_by_pipelines_.contains(stage.name))
            each_written(stage, [&](const std::string& stream) { unknown_streams_.insert(stream); });
    for (const Pipeline& pipeline : scenario_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            if (!task.dead_letter.empty()) unknown_streams_.insert(task.dead_letter);
}

void Traffic::pass_on_what_can_be_done() {
    if (shares_unknown_) return;
    constexpr int most_rounds = 200, undamped_rounds = 10;
    for (int round = 0; round < most_rounds; ++round) {
        std::map<std::string, double> load = budget_loads();
        for (const auto& [name, pool] : asked())
            if (const Workers* workers = workers_of(name))
                load[name] = pool.endless ? INFINITY : occupancy_of(*workers, pool.demands).load;
        load_ = std::move(load);
        const std::vector<double> before = pass_, done = shares_done();
        double change = 0;
        for (std::size_t i = 0; i < pass_.size(); ++i) {
            // Stages that share workers may take them from each other by turns.
            pass_[i] = round < undamped_rounds ? done[i] : std::sqrt(before[i] * done[i]);
            change = std::max(change, std::fabs(pass_[i] - before[i]));
        }
        if (change < 1e-13) return;
        solve();
    }
    caveat_ = "how stages that are held up share their workers has not been found";
}

std::vector<double> Traffic::shares_done() {
    const auto rows = static_cast<Eigen::Index>(rows_.size());
    const auto row_of = [&](std::size_t stage) {
        return static_cast<Eigen::Index>(
            row(graph_.find(VertexKind::stage, scenario_.twin.stages[stage].name)));
    };
    // What a stage can do, its workers shared among stages, and its items among loads, as they are now.
    Eigen::VectorXd can_do = Eigen::VectorXd::Constant(rows, INFINITY);
    bool overloaded = false;
    for (std::size_t i = 0; i < pass_.size(); ++i) {
        Worker worker;
        worker.name = scenario_.twin.stages[i].name;
        worker.work = &scenario_.twin.stages[i].work;
        double most = 0;
        for (const std::string& limit : limits_of(worker)) {
            const auto found = load_.find(limit);
            if (found != load_.end() && std::isfinite(found->second)) most = std::max(most, found->second);
        }
        const double rate = rate_.row(row_of(i)).sum();
        if (most > 0 && rate > 0) can_do(row_of(i)) = rate / most;
        overloaded = overloaded || most > 1 || pass_[i] < 1;
    }
    if (!overloaded) return pass_;
    // The ways, as they would be if nobody were held up: limited_flows knows who is.
    pass_.assign(pass_.size(), 1);
    std::vector<Passed> all;
    const std::size_t loads = values_.solved() ? scenario_.loads.size() : 1;
    for (std::size_t l = 0; l < loads; ++l)
        for (Passed way : ways(items, l)) {
            const double rate = rate_.row(way.from).sum();
            if (loads > 1) way.factor *= rate > 0 ? rate_(way.from, static_cast<Eigen::Index>(l)) / rate : 0;
            all.push_back(way);
        }
    const Eigen::VectorXd comes = limited_flows(static_cast<int>(rows), all, from_loads_, can_do);
    std::vector<double> done;
    for (std::size_t i = 0; i < pass_.size(); ++i)
        done.push_back(comes(row_of(i)) > can_do(row_of(i)) ? can_do(row_of(i)) / comes(row_of(i)) : 1);
    return done;
}

std::vector<StationForecast> Traffic::stations() const {
    const bool acts = std::any_of(scenario_.actions.begin(), scenario_.actions.end(),
                                  [](const Action& action) { return action.verb != Action::Verb::alert; });
    const bool sets = std::any_of(scenario_.actions.begin(), scenario_.actions.end(),
                                  [](const Action& action) { return action.verb == Action::Verb::set; });
    auto add_caveat = [](StationForecast& station, const std::string& caveat) {
        if (caveat.empty()) return;
        station.caveat += (station.caveat.empty() ? "" : "; ") + caveat;
    };
    std::vector<StationForecast> result;
    for (const auto& [name, pool] : asked()) {
        const Workers* workers = workers_of(name);
        if (workers == nullptr) continue;
        const Occupancy taken = occupancy_of(*workers, pool.demands);
        StationForecast station;
        station.element = name;
        station.arrival_rate = pool.rate;
        station.offered_load = taken.offered;
        station.workers = taken.there;
        station.caveat = pool.caveat;
        if (workers->preempt && workers->interrupted != Interrupted::resume)
            station.caveat = workers->interrupted == Interrupted::lose ? "work that is cut off is lost"
                                                                       : "work that is cut off begins anew";
        if (pool.unknown) {
            station.caveat = shares_unknown_ ? "items go by values that are not known beforehand"
                             : !pool.why_unknown.empty()
                                 ? pool.why_unknown
                                 : "the load depends on how fast the system is (users, saturated "
                                   "arrivals, or a run until empty)";
        } else if (pool.endless && !pool.sheds) {
            station.caveat = "what enters goes round and never leaves";
            station.arrival_rate = station.offered_load = 0;  // they grow as long as it runs
            if (!std::isinf(station.workers)) {
                station.load = INFINITY;
                station.stable = false;
            }
        } else if (pool.endless || pool.behind_endless) {
            station.caveat = "what comes out of a round without an end is not known beforehand";
            station.arrival_rate = station.offered_load = 0;
        } else {
            station.load = std::max(taken.load, pool.budget_load);
            if (pool.budget_load > taken.load && pool.budget_load >= 1 - 1e-9) station.budget = pool.budget;
            // What it takes is a look at all stages: not for each of thousands.
            const bool anew = workers->order == Order::lifo && workers->preempt &&
                              workers->interrupted == Interrupted::restart;
            if (const auto load = anew ? load_of_work_begun_anew(scenario_, name, items_of_stages())
                                       : std::optional<double>()) {
                station.load = station.offered_load = *load;
                // One that has too much of it gets through less than this says.
                if (*load < 1) station.caveat = pool.caveat;
            }
            add_caveat(station, taken.caveat);
            if (pool.budget_load >= 1 - 1e-9)
                add_caveat(station, "a budget is filled more slowly than it would be spent");
            const bool counted = !std::isinf(station.workers) && station.workers > 0;
            if (counted && !pool.bundles) station.utilisation = station.offered_load / station.workers;
            if (counted || pool.budget_load > 0) {
                // Of an upper bound, or where actions change what comes or can be done, nothing follows but what is seen.
                const bool certain = !pool.sheds && !pool.fewer && !sets;
                station.critical = certain && std::fabs(station.load - 1) < 1e-9;
                station.stable = station.load < 1 - 1e-9 || !certain;
            }
            if (station.critical && is_in_step(scenario_, name)) {
                station.critical = false;
                station.stable = true;
            }
            station.at_most = pool.fewer && station.utilisation.has_value();
            if (pool.more) {
                station.utilisation.reset();
                station.at_most = false;
            }
        }
        if (workers->order == Order::cyclic && workers->visits != Visits::exhaustive)
            add_caveat(station, "turning from stage to stage takes time as well");
        if (pool.skilled) add_caveat(station, "not every worker can do all of it");
        station.scales = workers->least.has_value();
        if (station.scales) add_caveat(station, "the number of workers follows the work");
        if (acts) add_caveat(station, "what is expected leaves the actions out");
        station.exact = station.caveat.empty() && station.stable;
        result.push_back(std::move(station));
    }
    return result;
}

std::vector<std::vector<double>> Traffic::items_of_stages() const {
    std::vector<std::vector<double>> rates;
    for (const Stage& stage : scenario_.twin.stages) {
        const auto self = static_cast<Eigen::Index>(row(graph_.find(VertexKind::stage, stage.name)));
        rates.emplace_back();
        for (std::size_t load = 0; load < scenario_.loads.size(); ++load)
            rates.back().push_back(rate_(self, static_cast<Eigen::Index>(load)));
    }
    return rates;
}

std::vector<StationForecast> forecast(const Scenario& scenario, const ScenarioGraph& graph) {
    return Traffic(scenario, graph).stations();
}

TrafficSolution solve_traffic(const Scenario& scenario, const ScenarioGraph& graph) {
    const Traffic traffic(scenario, graph);
    return {traffic.stations(), traffic.items_of_stages()};
}

}  // namespace understudy::models
