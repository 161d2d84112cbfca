// The work of stages and tasks, and what all of it asks of pools and budgets.
#include <algorithm>
#include <cmath>

#include "models/analytic/attempts.h"
#include "models/analytic/traffic_solver.h"

namespace understudy::models {

namespace {

/// Whether a duration depends on how much there is to do.
bool goes_by_what_is_read(const Law& law) {
    return std::any_of(law.terms.begin(), law.terms.end(),
                       [](const Term& term) { return term.per == Per::record || term.per == Per::bytes; });
}

}  // namespace

std::vector<Traffic::Worker> Traffic::work_of_stages() const {
    std::vector<Worker> result;
    for (std::size_t i = 0; i < scenario_.twin.stages.size(); ++i) {
        const Stage& stage = scenario_.twin.stages[i];
        const auto self = static_cast<Eigen::Index>(row(graph_.find(VertexKind::stage, stage.name)));
        const double rate = rate_.row(self).sum();
        std::vector<double> shares;
        for (Eigen::Index l = 0; l < rate_.cols(); ++l)
            shares.push_back(rate > 0 ? rate_(self, l) / rate : 0);
        double visits = rate, batch = 1;
        if (stage.batch) {
            batch = batch_items_[i];
            visits = rate / batch;
        }
        if (stage.join && stage.join->of == Join::Of::inputs)
            visits = rate / static_cast<double>(stage.reads.size());
        else if (stage.join)
            visits = rate / std::max(1.0, parts_per_item_);
        const double mean_records = visits > 0 ? records_(self, 0) / visits : 0;
        const double mean_bytes = visits > 0 ? bytes_(self, 0) / visits : 0;
        Worker worker;
        worker.name = stage.name;
        worker.work = &stage.work;
        worker.stage = i;
        worker.rate = visits;
        bool known = true;
        worker.service_s = mean_attempt(
            stage.work, mean_work(i, stage.work.service, batch, mean_records, mean_bytes, shares, known),
            mean_work(i, stage.work.fails_after, batch, mean_records, mean_bytes, shares, known));
        worker.load_shares = shares;
        const bool cancelled = cancelled_.contains(stage.name);
        worker.caveat =
            cancelled ? "parts are cancelled once enough of them are done" : factors_of(stage, i).caveat;
        if (worker.caveat.empty() && !stage.holds_until.empty())
            worker.caveat = "items keep workers beyond the end of their service";
        worker.take = stage.take;
        if (stage.take > 1) worker.caveat = "how many items a worker takes up at once depends on what waits";
        if (worker.caveat.empty() && !stage.work.spends.empty())
            worker.caveat = "work waits until it can be paid from its budgets";
        if (worker.caveat.empty() && !stage.work.transfers.over.empty())
            worker.caveat = "how long its transfers take depends on what else is moved";
        if (worker.caveat.empty() && !known)
            worker.caveat = "a value that the work takes is not known beforehand";
        if (worker.caveat.empty() && fed_by_pipelines_.contains(stage.name))
            worker.caveat = "what pipelines write comes on top of it";
        if (worker.caveat.empty()) worker.caveat = caveat_;
        if (worker.caveat.empty() && std::fabs(rate - unhindered_.row(self).sum()) > 1e-9 * rate)
            worker.caveat = "what comes before it passes on only as much as it can do";
        worker.unknown = shares_unknown_ || unknown_stages_.contains(stage.name);
        worker.sheds = cancelled || sheds(scenario_, stage);
        worker.endless = endless_.contains(static_cast<int>(self));
        worker.behind_endless = behind_endless_.contains(static_cast<int>(self));
        worker.fewer = uncertain_.fewer.contains(stage.name);
        worker.more = uncertain_.more.contains(stage.name);
        if (worker.caveat.empty() && worker.fewer) worker.caveat = uncertain_.fewer.at(stage.name);
        if (worker.more) worker.caveat = uncertain_.more.at(stage.name);
        result.push_back(std::move(worker));
    }
    return result;
}

Traffic::ReadByTask Traffic::read_by(const Task& task, double runs,
                                     const std::map<std::string, Written>& written) const {
    ReadByTask read;
    if (task.reads.empty() || runs <= 0) return read;
    read.records = 0;
    for (const TaskInput& input : task.reads) {
        // `all` is the whole that has landed by then: on average half of what the run will land.
        const double per_run = input.all ? 0.5 * length_s() : 1 / runs;
        read.unknown = read.unknown || unknown_streams_.contains(input.dataset);
        const GraphIndex stream = graph_.find(VertexKind::stream, input.dataset);
        if (stream != Graph::null_vertex() && records_.size() > 0) {
            const auto at = static_cast<Eigen::Index>(row(stream));
            read.records += records_(at, 0) * per_run;
            read.bytes += bytes_(at, 0) * per_run;
        }
        if (const auto found = written.find(input.dataset); found != written.end()) {
            read.records += found->second.records * per_run;
            read.bytes += found->second.bytes * per_run;
            read.unknown = read.unknown || found->second.unknown;
        }
    }
    return read;
}

std::map<std::string, Traffic::Written> Traffic::written_by_tasks() const {
    struct Job {
        const Pipeline* pipeline = nullptr;
        const Task* task = nullptr;
        std::size_t waits_for = 0;  ///< writers of what it hangs on whose own output is not known yet
    };
    std::vector<Job> jobs;
    std::map<std::string, std::size_t> writers;
    for (const Pipeline& pipeline : scenario_.twin.pipelines)
        for (const Task& task : pipeline.tasks) {
            jobs.push_back({&pipeline, &task});
            for (const std::string& stream : task.writes) ++writers[stream];
        }
    std::map<std::string, std::vector<std::size_t>> hang_on;
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto hang = [&](const std::string& stream) {
            const auto found = writers.find(stream);
            if (found == writers.end()) return;
            jobs[i].waits_for += found->second;
            hang_on[stream].push_back(i);
        };
        for (const TaskInput& input : jobs[i].task->reads) hang(input.dataset);
        const Schedule::Kind kind = jobs[i].pipeline->schedule.kind;
        if (kind == Schedule::Kind::updated || kind == Schedule::Kind::each)
            hang(jobs[i].pipeline->schedule.name);
        if (jobs[i].waits_for == 0) ready.push_back(i);
    }
    std::map<std::string, Written> written;
    while (!ready.empty()) {
        const Job job = jobs[ready.back()];
        ready.pop_back();
        bool unknown = false;
        const double runs = runs_per_second(*job.pipeline, written, unknown);
        const ReadByTask read = read_by(*job.task, runs, written);
        const Emits& emits = job.task->emits;
        for (const std::string& stream : job.task->writes) {
            Written& one = written[stream];
            const double items_per_second = runs * emits.items;
            one.items += items_per_second;
            one.records += items_per_second * read.records * emits.records;
            one.bytes += items_per_second * read.bytes * emits.size;
            one.unknown = one.unknown || unknown || read.unknown;
            for (const std::size_t next : hang_on[stream])
                if (--jobs[next].waits_for == 0) ready.push_back(next);
        }
    }
    // What is left goes round, or comes of what does.
    for (const Job& job : jobs)
        if (job.waits_for > 0)
            for (const std::string& stream : job.task->writes) written[stream].unknown = true;
    return written;
}

std::vector<Traffic::Worker> Traffic::work_of_tasks() const {
    std::vector<Worker> result;
    const std::map<std::string, Written> written = written_by_tasks();
    for (const Pipeline& pipeline : scenario_.twin.pipelines) {
        bool unknown = false;
        const double runs = runs_per_second(pipeline, written, unknown);
        for (const Task& task : pipeline.tasks) {
            const ReadByTask read = read_by(task, runs, written);
            const bool recurring = pipeline.schedule.kind != Schedule::Kind::once;
            Worker worker;
            worker.name = pipeline.name + "." + task.name;
            worker.work = &task.work;
            worker.rate = runs * static_cast<double>(task.expand);
            const auto mean = [&](const Law& law) {
                return mean_of(law, 1, read.records / static_cast<double>(task.expand),
                               read.bytes / static_cast<double>(task.expand), {});
            };
            worker.service_s = mean_attempt(task.work, mean(task.work.service), mean(task.work.fails_after));
            worker.caveat = recurring ? "runs are due all at once: the mean says nothing about the rush"
                                      : "the pipeline runs once";
            if (!task.holds_until.empty()) worker.caveat = "tasks keep workers beyond the end of their work";
            if (task.keeps_workers) worker.caveat = "a sensor keeps its workers while it waits";
            // What it reads matters where its work goes by it.
            const bool by_what_it_reads = read.unknown && (goes_by_what_is_read(task.work.service) ||
                                                           goes_by_what_is_read(task.work.fails_after));
            worker.unknown = unknown || shares_unknown_ || by_what_it_reads;
            if (worker.unknown && !shares_unknown_)
                worker.why_unknown = by_what_it_reads ? "how much its tasks read is not known beforehand"
                                                      : "how often its pipelines run is not known beforehand";
            worker.sheds = !recurring;
            result.push_back(std::move(worker));
        }
    }
    return result;
}

const Workers* Traffic::workers_of(const std::string& pool) const {
    const GraphIndex vertex = graph_.find(VertexKind::pool, pool);
    if (vertex == Graph::null_vertex()) return nullptr;
    const GraphVertex& info = graph_.graph()[vertex];
    switch (info.own) {
        case GraphVertex::Own::no: return &scenario_.twin.pools[info.position].workers;
        case GraphVertex::Own::of_stage: return &*scenario_.twin.stages[info.position].work.workers;
        case GraphVertex::Own::of_task: return nullptr;
    }
    return nullptr;
}

Occupancy Traffic::occupancy_of(const Workers& workers, const std::vector<Demand>& demands) const {
    Occupancy result = occupancy(staff_of(workers, scenario_.twin.types, length_s()), demands);
    // What outages take is not there to do any work.
    const double there = availability_of(workers);
    result.load = there > 0 ? result.load / there : INFINITY;
    result.load_at_most = there > 0 ? result.load_at_most / there : INFINITY;
    for (const Outage& outage : workers.outages) {
        if (outage.every && outage.every->kind == Schedule::Kind::calendar)
            result.caveat = "what is expected leaves out the outages of the calendar";
        const Interrupted how = outage.interrupted.value_or(workers.interrupted);
        if (how != Interrupted::resume)
            result.caveat = how == Interrupted::lose ? "work that outages cut off is lost"
                                                     : "work that outages cut off begins anew";
    }
    return result;
}

std::vector<Need> Traffic::needs_of(const Worker& worker) {
    std::vector<Need> needs = worker.work->runs_on;
    if (worker.work->workers) needs.insert(needs.begin(), Need{worker.name});
    return needs;
}

std::vector<std::string> Traffic::limits_of(const Worker& worker) {
    std::vector<std::string> limits;
    for (const Need& need : needs_of(worker)) limits.push_back(need.pool);
    for (const Spend& spend : worker.work->spends) limits.push_back(spend.budget);
    return limits;
}

/// What a worker of several pools is held up by is asked in full; the others see only what gets past it.
double Traffic::gets_through(const Worker& worker, const std::string& pool) const {
    if (worker.stage >= pass_.size()) return 1;
    double most = 0;
    for (const std::string& limit : limits_of(worker)) {
        const auto found = load_.find(limit);
        if (found != load_.end()) most = std::max(most, found->second);
    }
    const auto own = load_.find(pool);
    const bool holds_it_up = own == load_.end() || own->second >= most * (1 - 1e-9);
    return holds_it_up ? 1 : pass_[worker.stage];
}

std::vector<Traffic::Worker> Traffic::all_work() const {
    std::vector<Worker> all = work_of_stages();
    for (Worker& worker : work_of_tasks()) all.push_back(std::move(worker));
    return all;
}

double Traffic::refilled(const Budget& budget) const {
    switch (budget.refill) {
        case Budget::Refill::continuous: return budget.rate;
        case Budget::Refill::ticks: {
            const double mean = mean_of(budget.interval, 1, 1, 0, {});
            return mean > 0 ? 1 / mean : INFINITY;
        }
        case Budget::Refill::amounts: {
            if (budget.schedule.kind == Schedule::Kind::every)
                return budget.amount / kernel::to_seconds(std::max<kernel::Time>(1, budget.schedule.period));
            if (length_s() <= 0) return INFINITY;
            const Calendar calendar(scenario_.run.start.value_or(LocalInstant{}), scenario_.run.zone);
            const auto times = calendar.instants(budget.schedule, *scenario_.run.length).size();
            return (budget.initial + budget.amount * static_cast<double>(times)) / length_s();
        }
        case Budget::Refill::reorder: return INFINITY;  // as much is ordered as is spent
    }
    return INFINITY;
}

std::map<std::string, double> Traffic::budget_loads() const {
    std::map<std::string, double> spent, load;
    for (const Worker& worker : all_work())
        for (const Spend& spend : worker.work->spends) {
            double amount = spend.amount;
            if (!spend.field.empty()) amount = mean_field(worker.stage, spend.field, worker.load_shares);
            spent[spend.budget] += worker.rate * gets_through(worker, spend.budget) *
                                   attempts_of(*worker.work).expected * amount;
        }
    for (const Budget& budget : scenario_.twin.budgets)
        if (const auto found = spent.find(budget.name); found != spent.end())
            load[budget.name] = found->second / refilled(budget);
    return load;
}

std::map<std::string, Traffic::Asked> Traffic::asked() const {
    const std::vector<Worker> all = all_work();
    std::map<std::string, Asked> pools;
    std::map<std::string, int> users;
    for (const Worker& worker : all)
        for (const Need& need : needs_of(worker)) ++users[need.pool];
    for (const Worker& worker : all) {
        const std::vector<Need> needs = needs_of(worker);
        if (needs.empty()) continue;
        const Workers* line = workers_of(needs.front().pool);
        const double attempts = attempts_of(*worker.work).expected;
        double launch = 0, release = 0;
        if (line != nullptr) {
            const Law& law = worker.work->launch.empty() ? line->launch : worker.work->launch;
            if (!law.empty()) launch = mean_of(law, 1, 1, 0, {});
            if (!line->release.empty()) release = mean_of(line->release, 1, 1, 0, {});
        }
        const bool waits_for_others =
            needs.size() > 1 &&
            std::any_of(needs.begin(), needs.end(), [&](const Need& need) { return users[need.pool] > 1; });
        for (const Need& need : needs) {
            Asked& pool = pools[need.pool];
            const double rate = worker.rate * gets_through(worker, need.pool);
            pool.demands.push_back({need, rate * attempts / static_cast<double>(worker.take),
                                    worker.service_s, launch + release,
                                    need.pool == needs.front().pool ? launch : 0});
            pool.rate += rate;
            pool.bundles = pool.bundles || worker.take > 1;
            if (worker.unknown && (!pool.unknown || worker.why_unknown.empty()))
                pool.why_unknown = worker.why_unknown;
            pool.unknown = pool.unknown || worker.unknown;
            pool.skilled = pool.skilled || !need.skill.empty();
            pool.sheds = pool.sheds && worker.sheds;
            pool.endless = pool.endless || worker.endless;
            pool.behind_endless = pool.behind_endless || worker.behind_endless;
            pool.fewer = pool.fewer || worker.fewer;
            pool.more = pool.more || worker.more;
            for (const Spend& spend : worker.work->spends)
                if (const auto found = load_.find(spend.budget); found != load_.end())
                    if (found->second > pool.budget_load) {
                        pool.budget_load = found->second;
                        pool.budget = spend.budget;
                    }
            if (waits_for_others) pool.caveat = "work that needs several pools waits until all have room";
            if (!worker.caveat.empty()) pool.caveat = worker.caveat;
        }
    }
    return pools;
}

}  // namespace understudy::models
