#include "tools/studies/backfill_price.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <unordered_set>
#include <utility>

#include "models/simulation/replication.h"
#include "tools/studies/read_again.h"

namespace understudy::studies {

namespace {

using kernel::Time;

/// No name that a file can have.
const std::string backfill_name = "(backfill)";

/// What regular runs take: the work that each task was given, and how many runs each pipeline had. Of a task, of runs that
/// were due after the warm-up; but for the first, which reads what there is since the start, not since the run before. Of a
/// stage, of items that it began after the warm-up.
class RegularRuns : public models::TraceListener {
public:
    RegularRuns(const models::Model& model, Time warm_up)
        : model_(model), warm_up_(warm_up), seen_(model.elements.size()) {}
    void heard(const models::TraceRow& row) override {
        if (row.element == models::no_element) return;
        OfElement& of = seen_[row.element];
        switch (row.event) {
            case models::TraceEvent::due:
                if (row.time < warm_up_ || of.left_out == 0) of.left_out = row.item;
                // What is due as the run ends is of the time after it.
                if (row.time < model_.length && row.time >= warm_up_) ++of.runs;
                break;
            case models::TraceEvent::member:
                if (const OfElement* pipeline = pipeline_of(row.element)) {
                    of.is_task = true;
                    if (static_cast<std::uint64_t>(row.value) <= pipeline->left_out)
                        of.of_early_runs.insert(row.item);
                }
                break;
            case models::TraceEvent::start: start(of, row); break;
            default: break;
        }
    }
    void heard(const models::TraceDraw&) override {}
    /// Of a task where only the runs before were seen, of these.
    const std::vector<double>& work_of(models::Index element) const {
        const OfElement& of = seen_[element];
        return of.work.empty() ? of.early_work : of.work;
    }
    bool has_early_runs_alone(models::Index element) const {
        return seen_[element].work.empty() && !seen_[element].early_work.empty();
    }
    /// Of a pipeline, due after the warm-up; of a stage, items that were begun then.
    std::int64_t runs_of(models::Index element) const { return seen_[element].runs; }
    /// What all attempts together took, those after a failure too.
    double all_work_of(models::Index element) const { return seen_[element].attempts; }
    double over_s() const { return kernel::to_seconds(model_.length - warm_up_); }

private:
    static constexpr std::size_t most_kept = 10'000;
    struct OfElement {
        std::vector<double> work, early_work;
        std::int64_t runs = 0;
        double attempts = 0;
        std::uint64_t left_out = 0;  ///< of a pipeline, the last run that is; they are counted from 1
        bool is_task = false;
        std::unordered_set<std::uint64_t> of_early_runs;  ///< of a task, items
    };

    void start(OfElement& of, const models::TraceRow& row) {
        const bool early = of.is_task ? of.of_early_runs.contains(row.item) : row.time < warm_up_;
        if (!early) of.attempts += row.value;
        if (row.attempt != 0) return;
        std::vector<double>& work = early ? of.early_work : of.work;
        if (work.size() < most_kept) work.push_back(row.value);
        if (!early && !of.is_task) ++of.runs;
    }
    /// None of what is no task.
    const OfElement* pipeline_of(models::Index element) const {
        const models::Index stage = model_.elements[element].stage;
        if (stage == models::none || model_.stages[stage].pipeline == models::none) return nullptr;
        return &seen_[model_.pipelines[model_.stages[stage].pipeline].element];
    }

    const models::Model& model_;
    Time warm_up_;
    std::vector<OfElement> seen_;
};

double mean_work(const std::vector<double>& values) {
    return values.empty()
               ? 0
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// A task of the backfill, with what comes before it.
struct Node {
    BackfillTask told;
    const models::Task* task = nullptr;  ///< none: it is a stage
    const models::Stage* stage = nullptr;
    const models::Work* takes = nullptr;
    std::vector<std::string> reads, writes;
    std::set<std::size_t> after, next;  ///< what has to be done before it, and what it has to be done before
    std::int64_t instances = 1;         ///< of a stage, in a run
    std::vector<double> work;
};

class BackfillTwin {
public:
    BackfillTwin(const models::Scenario& scenario, BackfillPrice& price, const std::atomic<bool>& stop)
        : scenario_(scenario), price_(price), stop_(stop) {}

    /// False: nothing of it can be played, or it was told to stop.
    bool make(const std::vector<RebuiltJob>& rebuilt, const models::Model& model,
              const RegularRuns& regular) {
        for (const RebuiltJob& job : rebuilt) {
            if (stop_) return false;
            if (job.pipeline.empty())
                add_stage(job, model, regular);
            else
                add(job, model, regular);
        }
        if (nodes_.empty()) return false;
        // Who is asked last gives way in a circle: what differs itself comes before what is made of it.
        std::vector<std::size_t> farthest_first(nodes_.size());
        std::iota(farthest_first.begin(), farthest_first.end(), std::size_t{0});
        std::stable_sort(farthest_first.begin(), farthest_first.end(), [&](std::size_t a, std::size_t b) {
            return nodes_[a].told.job.steps > nodes_[b].told.job.steps;
        });
        find_writers();
        for (const std::size_t i : farthest_first) {
            if (stop_) return false;
            follow(i);
        }
        for (const Node& node : nodes_) price_.runs = std::max(price_.runs, node.told.runs);
        share_out_items();
        order();
        return true;
    }

    /// The candidate with so many of its runs at once.
    models::Scenario at(std::int64_t concurrency, Time begins) const {
        models::Scenario scenario = scenario_;
        models::Pipeline pipeline;
        pipeline.name = backfill_name;
        pipeline.schedule.kind = models::Schedule::Kind::once;
        pipeline.max_active_runs = concurrency;
        for (const Node& node : nodes_) add_tasks(pipeline, node, begins);
        scenario.twin.pipelines.push_back(std::move(pipeline));
        // One is due by its schedule; none does anything before it begins.
        for (std::int64_t run = 1; run < price_.runs; ++run) {
            models::Action action;
            action.at = 0;
            action.verb = models::Action::Verb::run;
            action.target = backfill_name;
            scenario.actions.push_back(std::move(action));
        }
        scenario.text += "\nbackfill at " + std::to_string(concurrency);
        scenario.simulated_digest = 0;
        return scenario;
    }

private:
    void add(const RebuiltJob& job, const models::Model& model, const RegularRuns& regular) {
        for (const models::Pipeline& pipeline : scenario_.twin.pipelines) {
            if (pipeline.name != job.pipeline) continue;
            for (const models::Task& task : pipeline.tasks) {
                if (pipeline.name + "." + task.name != job.name || task.waits_for) continue;
                Node node;
                node.told.job = job;
                node.task = &task;
                node.takes = &task.work;
                for (const models::TaskInput& input : task.reads) node.reads.push_back(input.dataset);
                node.writes = task.writes;
                node.work = regular.work_of(model.element_named(job.name));
                const std::int64_t runs = regular.runs_of(model.element_named(pipeline.name));
                if (node.work.empty()) {
                    price_.warnings.push_back(job.name + " did not run in a replication of " +
                                              "the candidate, so nobody knows what it takes: it is left out");
                    continue;
                }
                if (regular.has_early_runs_alone(model.element_named(job.name)))
                    price_.warnings.push_back(job.name +
                                              " had no run after the warm-up besides its first: it is priced "
                                              "by those before, which "
                                              "may have had less to read; make the run longer (run.length)");
                node.told.runs =
                    std::max<std::int64_t>(1, runs_over(pipeline, model, runs, regular.over_s()));
                node.told.work_s = mean_work(node.work) * static_cast<double>(task.expand);
                if (task.work.workers)
                    price_.warnings.push_back(
                        job.name +
                        " has workers of its own: the backfill is given as many besides, "
                        "and does not keep its regular runs waiting");
                nodes_.push_back(std::move(node));
            }
        }
    }

    /// A stage reads its input again, as far as that is kept, on the pools that it runs on.
    void add_stage(const RebuiltJob& job, const models::Model& model, const RegularRuns& regular) {
        const auto found = std::find_if(scenario_.twin.stages.begin(), scenario_.twin.stages.end(),
                                        [&](const models::Stage& stage) { return stage.name == job.name; });
        if (found == scenario_.twin.stages.end() || found->work.service.empty()) {
            price_.stages.push_back(job);
            return;
        }
        Node node;
        node.told.job = job;
        node.stage = &*found;
        node.takes = &found->work;
        node.reads = found->reads;
        for (const models::Writes::Target& target : found->writes.targets)
            node.writes.push_back(target.stream);
        if (node.writes.empty()) node.writes.push_back(found->name);
        node.work = regular.work_of(model.element_named(job.name));
        const std::int64_t begun = regular.runs_of(model.element_named(job.name));
        std::string why = why_not_read_again(*found);
        if (why.empty() && begun == 0) why = "nothing came to it in a replication of the candidate";
        if (!why.empty()) {
            price_.stages.push_back(job);
            price_.warnings.push_back(job.name + " is not priced: " + why);
            return;
        }
        const double over = read_again_s(scenario_, *found, price_.over_s);
        if (over < price_.over_s)
            price_.warnings.push_back(job.name + " can read no further back than what it reads is kept (" +
                                      "retention): what was made of older data stays as it was written");
        node.told.items =
            std::max<std::int64_t>(1, std::llround(static_cast<double>(begun) / regular.over_s() * over));
        node.told.work_s = regular.all_work_of(model.element_named(job.name)) / static_cast<double>(begun);
        if (found->work.workers)
            price_.warnings.push_back(
                job.name +
                " has workers of its own: what it reads again is given as many besides, "
                "and does not keep its items waiting");
        nodes_.push_back(std::move(node));
    }

    /// Beside tasks, streams are read again in as many parts as these have runs. Alone they are by items: so many to a run that
    /// there are few enough runs, one after the other.
    void share_out_items() {
        const bool stages_alone = price_.runs == 0;
        if (stages_alone) {
            std::int64_t most = 1;
            for (const Node& node : nodes_) most = std::max(most, node.told.items);
            const std::int64_t to_a_run = std::min((most - 1) / most_of_items + 1, most_instances);
            price_.runs = std::min((most - 1) / to_a_run + 1, most_of_items);
        }
        for (Node& node : nodes_) {
            if (node.stage == nullptr) continue;
            if (stages_alone)
                node.instances = std::clamp<std::int64_t>(
                    std::llround(static_cast<double>(node.told.items) / static_cast<double>(price_.runs)), 1,
                    most_instances);
            node.told.runs = price_.runs * node.instances;
        }
    }

    /// How many runs it has in the time that is rebuilt: by its schedule, else as many as in the run, of which `seen` were due
    /// in so much time.
    std::int64_t runs_over(const models::Pipeline& pipeline, const models::Model& model, std::int64_t seen,
                           double seen_over_s) const {
        const Time over = kernel::from_seconds(price_.over_s);
        const models::Schedule& schedule = pipeline.schedule;
        if (schedule.kind == models::Schedule::Kind::every && schedule.period > 0)
            return over / schedule.period + (over % schedule.period != 0);
        if (schedule.kind == models::Schedule::Kind::calendar && model.calendar)
            return std::ssize(model.calendar->instants(schedule, over));
        return std::llround(static_cast<double>(seen) / seen_over_s * price_.over_s);
    }

    /// What it reads of others, and what comes before it in its pipeline, whatever lies between. What is in the list itself
    /// leads on to what comes before that.
    void follow(std::size_t at) {
        const std::set<std::size_t> later = those_after(at);
        // Pipelines may read each other's data of the run before: one of the two comes first.
        const auto add = [&](std::size_t before) {
            if (before == at || later.contains(before)) return false;
            nodes_[at].after.insert(before);
            nodes_[before].next.insert(at);
            return true;
        };
        for (const std::string& dataset : nodes_[at].reads)
            for (const std::size_t writer : writers_[dataset]) (void)add(writer);
        if (nodes_[at].task == nullptr) return;
        const models::Pipeline& pipeline = pipeline_of(nodes_[at]);
        const OfPipeline& others = of_pipeline_.at(pipeline.name);
        std::set<const models::Task*> seen = {nodes_[at].task};
        std::vector<const models::Task*> open = {nodes_[at].task};
        const auto come_before = [&](const models::Task* other) {
            if (!seen.insert(other).second) return;
            const auto listed = by_task_.find(other);
            if (listed == by_task_.end() || !add(listed->second)) open.push_back(other);
        };
        while (!open.empty()) {
            const models::Task* task = open.back();
            open.pop_back();
            for (const std::string& name : task->after)
                if (const auto found = others.by_name.find(name); found != others.by_name.end())
                    come_before(found->second);
            for (const models::TaskInput& input : task->reads)
                if (const auto found = others.writers.find(input.dataset); found != others.writers.end())
                    for (const models::Task* writer : found->second) come_before(writer);
        }
    }

    /// That are done after it, as far as is known.
    std::set<std::size_t> those_after(std::size_t at) const {
        std::set<std::size_t> later;
        std::vector<std::size_t> open = {at};
        while (!open.empty()) {
            const std::set<std::size_t>& next = nodes_[open.back()].next;
            open.pop_back();
            for (const std::size_t one : next)
                if (later.insert(one).second) open.push_back(one);
        }
        return later;
    }

    void find_writers() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            for (const std::string& dataset : nodes_[i].writes) writers_[dataset].push_back(i);
            if (nodes_[i].task == nullptr) continue;
            by_task_[nodes_[i].task] = i;
            const models::Pipeline& pipeline = pipeline_of(nodes_[i]);
            const auto [of, is_new] = of_pipeline_.try_emplace(pipeline.name);
            if (!is_new) continue;
            for (const models::Task& task : pipeline.tasks) {
                of->second.by_name[task.name] = &task;
                for (const std::string& dataset : task.writes) of->second.writers[dataset].push_back(&task);
            }
        }
    }

    /// Tasks in the order in which they are done, for people.
    void order() {
        std::vector<char> done(nodes_.size(), 0);
        while (price_.tasks.size() < nodes_.size())
            for (std::size_t i = 0; i < nodes_.size(); ++i) {
                const std::set<std::size_t>& after = nodes_[i].after;
                if (done[i] || !std::all_of(after.begin(), after.end(),
                                            [&](std::size_t before) { return done[before] != 0; }))
                    continue;
                done[i] = 1;
                price_.tasks.push_back(nodes_[i].told);
            }
        double cost = 0;
        for (const Node& node : nodes_) {
            const double work =
                node.told.work_s * static_cast<double>(node.stage ? node.told.items : node.told.runs);
            price_.work_s += work;
            cost += work * cost_per_second(*node.takes);
        }
        if (cost > 0) price_.work_cost = cost;
    }

    /// Of the workers that one instance holds while it works.
    double cost_per_second(const models::Work& work) const {
        double cost = work.workers ? work.workers->type.cost_per_second : 0;
        for (const models::Need& need : work.runs_on)
            for (const models::Pool& pool : scenario_.twin.pools) {
                if (pool.name != need.pool) continue;
                const models::WorkerType& type = pool.workers.type;
                const double share = type.cores > 0 && need.cores > 0 ? need.cores / type.cores : 1;
                cost += type.cost_per_second * share * static_cast<double>(need.count);
            }
        return cost;
    }

    const models::Pipeline& pipeline_of(const Node& node) const {
        return *std::find_if(
            scenario_.twin.pipelines.begin(), scenario_.twin.pipelines.end(),
            [&](const models::Pipeline& pipeline) { return pipeline.name == node.told.job.pipeline; });
    }

    static std::string name_of(const Node& node, std::int64_t instance) {
        return node.told.job.name + (instance == 1 ? "" : " (" + std::to_string(instance) + ")");
    }

    /// Items of a run come one after the other.
    void add_tasks(models::Pipeline& pipeline, const Node& node, Time begins) const {
        models::Task task = task_of(node, begins);
        pipeline.tasks.push_back(task);
        for (std::int64_t instance = 2; instance <= node.instances; ++instance) {
            task.name = name_of(node, instance);
            task.after = {name_of(node, instance - 1)};
            task.not_before.reset();
            pipeline.tasks.push_back(task);
        }
    }

    models::Task task_of(const Node& node, Time begins) const {
        models::Task task;
        task.name = node.told.job.name;
        for (const std::size_t before : node.after)
            task.after.push_back(name_of(nodes_[before], nodes_[before].instances));
        if (node.after.empty()) task.not_before = begins;
        task.work = *node.takes;
        if (node.stage != nullptr) {
            // Attempts after a failure are in what its items take.
            task.work.failure = 0;
            task.work.fails_after = {};
            task.work.retry = {};
            task.work.timeout.reset();
            task.work.service.terms = {models::Term{}};
            task.work.service.terms[0].law = kernel::Distribution::empirical(work_of_parts(
                node.work, static_cast<double>(node.told.items) / static_cast<double>(node.told.runs),
                node.told.work_s));
            task.work.service.text = "what its items take";
            task.work.expected = {};
            return task;
        }
        task.expand = node.task->expand;
        task.delay = node.task->delay;
        // One that runs less often does its work in as many parts as there are runs.
        const double part = static_cast<double>(node.told.runs) / static_cast<double>(price_.runs);
        std::vector<double> work = node.work;
        for (double& one : work) one *= part;
        task.work.service.terms = {models::Term{}};
        task.work.service.terms[0].law = kernel::Distribution::empirical(std::move(work));
        task.work.service.text = "what regular runs take";
        task.work.expected = {};
        return task;
    }

    struct OfPipeline {
        std::map<std::string, const models::Task*> by_name;
        std::map<std::string, std::vector<const models::Task*>> writers;  ///< by dataset
    };
    /// Runs of stages alone, and items to one of them: what is more is done several at once.
    static constexpr std::int64_t most_of_items = 10'000, most_instances = 100;
    const models::Scenario& scenario_;
    BackfillPrice& price_;
    const std::atomic<bool>& stop_;
    std::vector<Node> nodes_;
    std::map<const models::Task*, std::size_t> by_task_;
    std::map<std::string, std::vector<std::size_t>> writers_;  ///< among the nodes, by dataset
    std::map<std::string, OfPipeline> of_pipeline_;
};

models::Measure measure_of_backfill(models::Aggregate aggregate, models::Metric metric, std::string text) {
    models::Measure measure;
    measure.text = std::move(text);
    measure.aggregate = aggregate;
    measure.metric = metric;
    measure.scope = backfill_name;
    return measure;
}

const char* const backfill_last = "max latency(backfill)";
const char* const backfill_ended = "total completed(backfill)";

const MetricResult* metric_called(const RunResult& run, const std::string& name) {
    const auto found = std::find_if(run.metrics.begin(), run.metrics.end(),
                                    [&](const MetricResult& metric) { return metric.name == name; });
    return found == run.metrics.end() ? nullptr : &*found;
}

/// What surely takes longer, in time: who is delayed.
std::vector<DelayedMeasure> delayed_in(const RehearsalResult& result) {
    std::vector<DelayedMeasure> delayed;
    std::vector<double> share;
    for (const ComparedMeasure& measure : result.comparison.measures) {
        const ComparedDifference& one = measure.differences.front();
        if (measure.unit != "s" || !one.difference) continue;
        const kernel::Estimate& estimate = one.difference->estimate;
        if (!(estimate.low > 0)) continue;
        delayed.push_back({measure.name, measure.unit, measure.estimates.front().value,
                           measure.estimates.back().value, estimate.centre, estimate.low, estimate.high});
        share.push_back(one.relative.value_or(INFINITY));
    }
    std::vector<std::size_t> order(delayed.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return share[a] > share[b]; });
    if (order.size() > most_delayed) order.resize(most_delayed);
    std::vector<DelayedMeasure> most;
    for (const std::size_t i : order) most.push_back(std::move(delayed[i]));
    return most;
}

BackfillAt found_at(std::int64_t concurrency, const RehearsalResult& result, const BackfillPrice& price,
                    double length_s) {
    BackfillAt at;
    at.concurrency = concurrency;
    at.replications = result.replications;
    at.objectives = result.accepted;
    at.verdict = result.verdict;
    for (const Accepted& entry : result.accepted)
        if (entry.verdict == result.verdict && entry.verdict != Verdict::met && at.why.empty())
            at.why = entry.text;
    at.delayed = delayed_in(result);
    const RunResult& with = result.runs.back().result;
    const auto runs = static_cast<double>(price.runs);
    bool all = false;
    if (const MetricResult* done = metric_called(with, backfill_ended);
        done && !done->by_replication.empty()) {
        all = true;
        double sum = 0;
        for (const double one : done->by_replication) {
            const double known = std::isnan(one) ? 0 : one;
            sum += known;
            all = all && known >= runs;
        }
        at.done_share = sum / static_cast<double>(done->by_replication.size()) / runs;
    }
    if (const MetricResult* last = metric_called(with, backfill_last); all && last)
        at.done_s = mean_work(last->by_replication) - price.begins_s;
    if (!all && at.verdict == Verdict::met) {
        at.verdict = Verdict::violated;
        at.why = "it is not done by the end of the run";
    }
    for (const ComparedMeasure& measure : result.comparison.measures)
        if (measure.name == "rate cost()" && measure.differences.front().difference)
            at.cost = measure.differences.front().difference->estimate.centre * (length_s - result.warm_up_s);
    return at;
}

int how_bad(Verdict verdict) {
    return verdict == Verdict::violated ? 2 : verdict == Verdict::inconclusive ? 1 : 0;
}

/// How far back: as said, else as long as what is rebuilt is kept, or what stages read again.
std::optional<Time> history_of(const models::Scenario& scenario, const std::vector<RebuiltJob>& rebuilt,
                               const BackfillPlan& plan, std::string& why) {
    if (plan.over) {
        why = "as asked";
        return plan.over;
    }
    std::set<std::string> written;
    for (const models::Pipeline& pipeline : scenario.twin.pipelines)
        for (const models::Task& task : pipeline.tasks)
            for (const RebuiltJob& job : rebuilt)
                if (job.name == pipeline.name + "." + task.name)
                    written.insert(task.writes.begin(), task.writes.end());
    for (const models::Stage& stage : scenario.twin.stages)
        for (const RebuiltJob& job : rebuilt)
            if (job.pipeline.empty() && job.name == stage.name && !stage.work.service.empty())
                written.insert(stage.reads.begin(), stage.reads.end());
    std::optional<Time> longest;
    for (const models::Dataset& dataset : scenario.twin.datasets)
        if (written.contains(dataset.name) && dataset.retention &&
            (!longest || *dataset.retention > *longest)) {
            longest = dataset.retention;
            why = "retention of " + dataset.name;
        }
    return longest;
}

}  // namespace

BackfillPrice price_backfill(const models::Scenario& candidate, const std::vector<RebuiltJob>& rebuilt,
                             const BackfillPlan& plan, const BackfillOptions& options,
                             models::Problems& problems) {
    BackfillPrice price;
    price.seed = candidate.run.seed;
    price.confidence = candidate.run.confidence;
    price.currency = candidate.currency;
    if (plan.none || rebuilt.empty()) {
        price.why_none = rebuilt.empty() ? "what was written before still holds"
                                         : "the change is for what comes from now on (backfill: none)";
        if (!rebuilt.empty()) price.stages = rebuilt;
        return price;
    }
    const auto unknown = [&](std::string why) {
        price.why_unknown = std::move(why);
        price.verdict = Verdict::inconclusive;
        return price;
    };
    if (!candidate.run.length) return unknown("the run has no length (run.length) to play it in");
    const auto over = history_of(candidate, rebuilt, plan, price.over_why);
    if (!over)
        return unknown(
            "nobody says how far back: 'backfill: {over: 30d}' in the change, --over, or a "
            "'retention' of what is rebuilt");
    price.over_s = kernel::to_seconds(*over);
    const Time warm_up = candidate.run.warm_up.value_or(*candidate.run.length / 10);
    const Time begins = plan.at.value_or(warm_up);
    if (begins >= *candidate.run.length) return unknown("it begins after the end of the run (run.length)");
    price.begins_s = kernel::to_seconds(begins);

    auto regular_run = prepare(candidate, problems, Measured::asked);
    if (!regular_run) return unknown("the candidate cannot be run");
    RegularRuns regular(*regular_run->model, warm_up);
    models::ReplicationOptions one;
    one.seed = candidate.run.seed;
    one.sink = &regular;
    one.stop = options.run.stop;
    if (!models::run_replication(regular_run->model, one)) {
        price.interrupted = true;
        return unknown("it was interrupted");
    }
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.run.stop ? *options.run.stop : never_stop;
    const auto interrupted = [&] {
        price.interrupted = true;
        return unknown("it was interrupted");
    };
    BackfillTwin twin(candidate, price, stop);
    const bool made = twin.make(rebuilt, *regular_run->model, regular);
    if (stop) return interrupted();
    if (!made)
        return unknown(
            price.stages.size() == rebuilt.size()
                ? "only stages have to be rebuilt that take no time, or that cannot be played (warnings)"
                : "none of the tasks that have to be rebuilt was done in a run of the candidate "
                  "(run.length), so nobody knows what they take");
    constexpr std::int64_t most_runs = 100'000;
    if (price.runs > most_runs) return unknown("it takes more than 100000 runs");

    std::vector<std::int64_t> concurrency = plan.concurrency;
    if (concurrency.empty()) concurrency = {1, 4, 16};
    for (std::int64_t& at_once : concurrency) at_once = std::min(at_once, price.runs);
    concurrency.erase(std::unique(concurrency.begin(), concurrency.end()), concurrency.end());
    models::Acceptance acceptance;
    acceptance.all_objectives = true;
    std::vector<PreparedPair> pairs;
    for (const std::int64_t at_once : concurrency) {
        if (stop) return interrupted();
        models::Scenario with = twin.at(at_once, begins);
        with.measures.push_back(
            measure_of_backfill(models::Aggregate::maximum, models::Metric::latency, backfill_last));
        with.measures.push_back(
            measure_of_backfill(models::Aggregate::total, models::Metric::completed, backfill_ended));
        PairProblems found;
        auto pair = prepare_pair(candidate, std::move(with), acceptance, found);
        if (!pair) {
            problems = found.candidate.empty() ? found.baseline : found.candidate;
            return unknown("the twin cannot be made with it");
        }
        pairs.push_back(std::move(*pair));
    }
    RehearseOptions how;
    how.run = options.run;
    how.most = options.most;
    how.together = pairs.size();
    const double length = kernel::to_seconds(*candidate.run.length);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const RehearsalResult result = rehearse(std::move(pairs[i]), how);
        price.interrupted = result.interrupted;
        if (result.replications == 0) break;
        price.at.push_back(found_at(concurrency[i], result, price, length));
        if (price.interrupted) break;
    }
    price.verdict = Verdict::inconclusive;
    if (!price.at.empty())
        price.verdict =
            std::min_element(price.at.begin(), price.at.end(), [](const BackfillAt& a, const BackfillAt& b) {
                return how_bad(a.verdict) < how_bad(b.verdict);
            })->verdict;
    if (price.interrupted && price.verdict != Verdict::met) price.verdict = Verdict::inconclusive;
    return price;
}

}  // namespace understudy::studies
