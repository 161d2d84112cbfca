#include "models/analytic/traffic.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "models/analytic/capacity.h"
#include "models/analytic/flow_equations.h"
#include "models/analytic/stability_cases.h"
#include "models/analytic/values.h"

namespace understudy::models {

namespace {

struct Attempts {
    double expected = 1;  ///< tries per item
    double success = 1;   ///< share of items that come through in the end
};

Attempts attempts_of(const Work& work) {
    const double p = work.failure;
    if (p <= 0) return {};
    if (work.retry.times == unlimited) return {p < 1 ? 1 / (1 - p) : INFINITY, 1};
    double all_fail = 1, expected = 0;
    for (std::int64_t i = 0; i <= std::min<std::int64_t>(work.retry.times, 10000); ++i) {
        expected += all_fail;
        all_fail *= p;
    }
    return {expected, 1 - all_fail};
}

/// What a stage does to a flow, as factors; and what spoils exactness.
struct Factors {
    double items = 1, records = 1, bytes = 1, failed = 0;
    std::string caveat;
};

/// The share of the writer's items that go to one of its targets, and of their records and bytes.
struct ShareWritten {
    double items = 1, volume = 1;
    std::string caveat;
    double bytes = volume;
};

/// `records`: of one of the items, on average; a split leaves them whole.
ShareWritten share_written(const Writes& writes, const Writes::Target& target, double records) {
    const double equal = 1 / static_cast<double>(std::max<std::size_t>(1, writes.targets.size()));
    if (writes.targets.size() < 2) return {};
    switch (writes.rule) {
        case Writes::Rule::copy: return {};
        case Writes::Rule::share: return {target.share, target.share, ""};
        case Writes::Rule::split: return {std::min(1.0, target.share * records), target.share, ""};
        case Writes::Rule::round_robin: return {equal, equal, ""};
        case Writes::Rule::shortest: return {equal, equal, "items go where the fewest are"};
        case Writes::Rule::key: return {equal, equal, "items go by their keys"};
        case Writes::Rule::by_class: return {equal, equal, "items go by their load"};
        case Writes::Rule::by_value:
            return {equal, equal, "items go by values that are not known beforehand"};
    }
    return {};
}

ShareWritten share_by_class(const Writes::Target& target, const std::string& load) {
    const double all =
        std::find(target.loads.begin(), target.loads.end(), load) != target.loads.end() ? 1 : 0;
    return {all, all, ""};
}

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

class Traffic {
public:
    Traffic(const Scenario& scenario, const ScenarioGraph& graph)
        : scenario_(scenario), graph_(graph), values_(scenario) {
        cancelled_ = stages_with_cancelled_parts(scenario);
        fed_by_pipelines_ = stages_behind_pipelines(scenario);
        find_what_is_shed();
        pass_.assign(scenario.twin.stages.size(), 1);
        records_per_item_.assign(scenario.twin.stages.size(), 1);
        for (const Stage& stage : scenario.twin.stages)
            batch_items_.push_back(stage.batch ? std::max(1.0, static_cast<double>(stage.batch->items))
                                               : 1.0);
        solve();
        unhindered_ = rate_;
        pass_on_what_can_be_done();
    }
    std::vector<StationForecast> stations() const;
    std::vector<std::vector<double>> items_of_stages() const;

private:
    static constexpr int items = 0, records = 1, bytes = 2, kinds = 3;
    struct Source {
        double rate = 0, records = 1, bytes = 0;
        bool unknown = false;
        std::string caveat;
    };
    /// A stage or task that works.
    struct Worker {
        std::string name;
        const Work* work = nullptr;
        std::size_t stage = SIZE_MAX;      ///< its position, if it is a stage
        double rate = 0;                   ///< items (batches, wholes) per second
        double service_s = 0;              ///< of one attempt, at speed 1
        bool unknown = false;              ///< the rate is not known before a run
        bool sheds = false;                ///< what is too much is lost and does not pile up
        bool endless = false;              ///< what enters goes round and never leaves
        bool behind_endless = false;       ///< and what comes of that gets here
        bool fewer = false, more = false;  ///< come or are served than the equations say
        std::int64_t take = 1;             ///< items that it takes up at once, at most
        std::string caveat;
        std::vector<double> load_shares;  ///< of its items
    };
    /// What all of them together ask of one pool.
    struct Asked {
        std::vector<Demand> demands;
        double rate = 0;
        bool unknown = false, sheds = true, skilled = false;
        bool endless = false, behind_endless = false, fewer = false, more = false;
        double budget_load = 0;  ///< of the budget that holds up most of who works there
        bool bundles = false;    ///< demands are those of the largest bundles: there may be many more
        std::string caveat;
    };

    double length_s() const { return scenario_.run.length ? kernel::to_seconds(*scenario_.run.length) : 0; }
    Source source_of(const Load& load) const;
    /// The share of what a load, or a stage (at its position), writes that goes `to`, its `target`-th; `of_load`: of which
    /// items.
    ShareWritten share_of_load(std::size_t load, std::size_t target, const Writes::Target& to,
                               const Source& source) const;
    ShareWritten share_of_stage(std::size_t stage, std::size_t target, const Writes::Target& to,
                                std::size_t of_load) const;
    void follow_values();
    Factors factors_of(const Stage& stage, std::size_t position) const;
    double parts_per_item() const;
    /// It reads a dataset with a retention.
    bool forgets_what_waits(const Stage& stage) const;
    /// Items that come may be dropped, give up or be forgotten before they are served.
    bool sheds(const Stage& stage) const;
    void find_what_is_shed();
    void solve();
    void solve_once();
    /// Of items, records or bytes, between streams and stages, for what comes from one load.
    std::vector<Passed> ways(int kind, std::size_t of_load);
    /// Of the same, through all streams and stages, for what comes from the loads.
    Eigen::MatrixXd flows(int kind, std::size_t of_load, const Eigen::MatrixXd& sources);
    double items_of_batch(const Stage& stage) const;
    /// How far off the batches and the records per item were that the last solution went by; now they are its own.
    double settle_records();
    void pass_on_what_can_be_done();
    /// By stage, the share of what comes that it can do where all loads of pools and budgets are those of load_; to become
    /// pass_, which it leaves as if nobody were held up.
    std::vector<double> shares_done();
    std::vector<Worker> work_of_stages() const;
    std::vector<Worker> work_of_tasks() const;
    std::map<std::string, Asked> asked() const;
    double gets_through(const Worker& worker, const std::string& pool) const;
    std::vector<Worker> all_work() const;
    static std::vector<Need> needs_of(const Worker& worker);
    /// Pools and budgets that it needs.
    static std::vector<std::string> limits_of(const Worker& worker);
    /// What a budget is filled by, per second.
    double refilled(const Budget& budget) const;
    /// By budget, what is spent of it over what it is filled by.
    std::map<std::string, double> budget_loads() const;
    const Workers* workers_of(const std::string& pool) const;
    double mean_of(const Law& law, double batch_items, double mean_records, double mean_bytes,
                   const std::vector<double>& load_shares) const;
    using FieldMean = std::function<double(const std::string&)>;
    double mean_with(const FieldMean& field_mean, const Law& law, double batch_items, double mean_records,
                     double mean_bytes) const;
    double field_mean_at_birth(const std::string& field, const std::vector<double>& load_shares) const;
    double mean_rate(const Arrivals& arrivals) const;
    /// The mean service of what comes to a stage, and the mean of a field there; `known`: nothing in it is guessed.
    double mean_service(std::size_t stage, double batch_items, double mean_records, double mean_bytes,
                        const std::vector<double>& load_shares, bool& known) const;
    double mean_field(std::size_t stage, const std::string& field,
                      const std::vector<double>& load_shares) const;
    /// What is asked of a pool, with what outages take of it.
    Occupancy occupancy_of(const Workers& workers, const std::vector<Demand>& demands) const;
    double runs_per_second(const Pipeline& pipeline, bool& unknown) const;
    std::size_t row(GraphIndex vertex) const { return rows_.at(vertex); }

    const Scenario& scenario_;
    const ScenarioGraph& graph_;
    std::map<GraphIndex, std::size_t> rows_;  ///< of streams and stages
    Eigen::MatrixXd rate_;                    ///< [row][load]: items per second
    Eigen::VectorXd from_loads_;              ///< [row]: items per second that come straight from loads
    Eigen::MatrixXd unhindered_;              ///< the same, had every stage workers enough
    std::vector<double> pass_;                ///< [stage]: the share of what comes that it can do
    std::map<std::string, double> load_;  ///< by pool and budget: share of what it can do that is asked for
    Eigen::MatrixXd records_, bytes_;     ///< [row][0]: per second
    std::vector<double>
        records_per_item_;             ///< [stage]: of what it sends on, where that decides how it divides
    std::vector<double> batch_items_;  ///< [stage]: in a batch, on average; 1 where there is none
    bool unknown_ = false;             ///< some load's rate is not known before a run, or
    bool shares_unknown_ = false;      ///< by what items go which way
    std::string caveat_;
    std::set<std::string> cancelled_;         ///< stages whose items may be cancelled
    std::set<std::string> fed_by_pipelines_;  ///< stages to which more comes than from loads
    std::set<std::string> fewer_;             ///< stages at which, or before which, something is shed
    std::set<std::string> more_;              ///< stages to which comes what others shed
    std::set<int> endless_;                   ///< rows of a round that some of what enters never leaves
    std::set<int> behind_endless_;            ///< rows behind it
    ValueFlow values_;
};

Traffic::Source Traffic::source_of(const Load& load) const {
    Source source;
    const double from = kernel::to_seconds(load.from);
    const double until =
        load.until == kernel::never ? length_s() : std::min(kernel::to_seconds(load.until), length_s());
    const double active = length_s() > 0 ? std::max(0.0, until - from) / length_s() : 1;
    switch (load.arrivals.kind) {
        case Arrivals::Kind::poisson: source.rate = load.arrivals.rate; break;
        case Arrivals::Kind::every: {
            const double mean = mean_of(load.arrivals.interval, 1, 1, 0, {});
            source.rate = mean > 0 ? 1 / mean : 0;
            break;
        }
        case Arrivals::Kind::recorded:
            if (length_s() > 0 && active > 0) {
                // Those that come within the run; what comes before the load begins comes as it begins.
                const auto& instants = *load.arrivals.instants;
                const auto end = std::lower_bound(instants.begin(), instants.end(), until);
                source.rate = static_cast<double>(end - instants.begin()) / length_s() / active;
            }
            break;
        case Arrivals::Kind::states:
            source.rate = mean_rate(load.arrivals);
            source.caveat = "load varies over time: the mean says nothing about its peaks";
            break;
        default: source.unknown = true; break;
    }
    source.rate *= active;
    if (load.count != unlimited && length_s() > 0)
        source.rate = std::min(source.rate, static_cast<double>(load.count) / length_s());
    if (!load.items.empty()) source.rate *= mean_of(load.items, 1, 1, 0, {});
    for (const Profile& profile : scenario_.profiles) {
        if (profile.name != load.profile) continue;
        // The mean of the curve as written; calendars and ends of the run move it a little.
        double mean = profile.mean;
        if (profile.form != Profile::Form::sine && !profile.points.empty()) {
            const double end = profile.period
                                   ? kernel::to_seconds(*profile.period)
                                   : std::max(length_s(), kernel::to_seconds(profile.points.back().first));
            double area = 0;
            for (std::size_t i = 0; i < profile.points.size(); ++i) {
                const double a = kernel::to_seconds(profile.points[i].first);
                const double b =
                    i + 1 < profile.points.size() ? kernel::to_seconds(profile.points[i + 1].first) : end;
                const double next = i + 1 < profile.points.size() && profile.form == Profile::Form::ramps
                                        ? profile.points[i + 1].second
                                        : profile.points[i].second;
                area += std::max(0.0, b - a) * 0.5 * (profile.points[i].second + next);
            }
            mean = end > 0 ? area / end : profile.points.front().second;
            if (profile.weekend) mean *= (5 + 2 * *profile.weekend) / 7;
        }
        source.rate *= mean;
        source.caveat = "load varies over time: the mean says nothing about its peaks";
    }
    if (!load.records.empty()) source.records = mean_of(load.records, 1, 1, 0, {});
    if (!load.size.empty()) source.bytes = mean_of(load.size, 1, 1, 0, {});
    return source;
}

double Traffic::mean_rate(const Arrivals& arrivals) const {
    // How often each state is entered, by the chain of states, times how long it lasts.
    const auto n = static_cast<Eigen::Index>(arrivals.states.size());
    Eigen::MatrixXd balance = Eigen::MatrixXd::Zero(n + 1, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        balance(i, i) -= 1;
        balance(n, i) = 1;
        for (const auto& [name, share] : arrivals.states[static_cast<std::size_t>(i)].next)
            for (Eigen::Index j = 0; j < n; ++j)
                if (arrivals.states[static_cast<std::size_t>(j)].name == name) balance(j, i) += share;
    }
    Eigen::VectorXd one = Eigen::VectorXd::Zero(n + 1);
    one(n) = 1;
    const Eigen::VectorXd visits = balance.colPivHouseholderQr().solve(one);
    double arrived = 0, time = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
        const Arrivals::State& state = arrivals.states[static_cast<std::size_t>(i)];
        const double stay = visits(i) * mean_of(state.stay, 1, 1, 0, {});
        arrived += stay * state.rate;
        time += stay;
    }
    return time > 0 ? arrived / time : 0;
}

bool Traffic::forgets_what_waits(const Stage& stage) const {
    return std::any_of(
        scenario_.twin.datasets.begin(), scenario_.twin.datasets.end(), [&](const Dataset& dataset) {
            return dataset.retention &&
                   std::find(stage.reads.begin(), stage.reads.end(), dataset.name) != stage.reads.end();
        });
}

bool Traffic::sheds(const Stage& stage) const {
    // Who may try again only so often is dropped in the end.
    const bool drops = stage.queue.full == Queue::Full::drop ||
                       (stage.queue.full == Queue::Full::retry && stage.work.retry.times != unlimited);
    return (stage.queue.capacity != unlimited && drops) || !stage.queue.timeout.empty() ||
           forgets_what_waits(stage);
}

void Traffic::find_what_is_shed() {
    const auto add_behind = [&](std::vector<std::string> open, std::set<std::string>& stages) {
        while (!open.empty()) {
            const std::string stream = open.back();
            open.pop_back();
            for (const Stage& stage : scenario_.twin.stages) {
                if (std::find(stage.reads.begin(), stage.reads.end(), stream) == stage.reads.end()) continue;
                if (!stages.insert(stage.name).second) continue;
                for (const auto& target : targets_of(stage.name, stage.writes)) open.push_back(target.stream);
                if (!stage.dead_letter.empty()) open.push_back(stage.dead_letter);
            }
        }
    };
    for (const Stage& stage : scenario_.twin.stages) {
        if (!sheds(stage)) continue;
        fewer_.insert(stage.name);
        std::vector<std::string> streams;
        for (const auto& target : targets_of(stage.name, stage.writes)) streams.push_back(target.stream);
        add_behind(streams, fewer_);
        if (!stage.dead_letter.empty()) add_behind({stage.dead_letter}, more_);
    }
}

double Traffic::parts_per_item() const {
    double parts = 1;
    for (const Load& load : scenario_.loads)
        if (!load.items.empty()) parts = std::max(parts, mean_of(load.items, 1, 1, 0, {}));
    for (const Stage& stage : scenario_.twin.stages) parts = std::max(parts, stage.emits.items);
    return parts;
}

Factors Traffic::factors_of(const Stage& stage, std::size_t position) const {
    Factors factors;
    const Attempts attempts = attempts_of(stage.work);
    factors.items = factors.records = factors.bytes = attempts.success * pass_[position];
    factors.failed = (1 - attempts.success) * pass_[position];
    if (stage.batch) {
        factors.items /= batch_items_[position];
        if (stage.batch->items <= 0) factors.caveat = "the size of batches is not known beforehand";
        if (stage.batch->after && stage.batch->items > 0)
            factors.caveat = "batches may close before they are full";
    }
    if (stage.window) factors.caveat = "how many items a window holds is not known beforehand";
    if (stage.join && stage.join->of == Join::Of::inputs) {
        factors.items /= static_cast<double>(stage.reads.size());
        factors.caveat = "one item of each input is joined";
    } else if (stage.join) {
        const double wanted =
            stage.join->needs > 0 ? static_cast<double>(stage.join->needs) : parts_per_item();
        factors.items /= std::max(1.0, parts_per_item());
        factors.records *= wanted / std::max(1.0, parts_per_item());
        factors.bytes *= wanted / std::max(1.0, parts_per_item());
        factors.caveat = "parts of an item are joined";
    }
    factors.items *= stage.emits.items;
    factors.records *= stage.emits.items * stage.emits.records;
    factors.bytes *= stage.emits.items * stage.emits.size;
    if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::drop)
        factors.caveat = "items are dropped when the queue is full";
    if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::block)
        factors.caveat = "a full queue blocks what comes before it";
    if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::retry)
        factors.caveat = "items that find the queue full come back";
    if (!stage.queue.timeout.empty()) factors.caveat = "items give up waiting";
    if (forgets_what_waits(stage)) factors.caveat = "what stays unread for too long is lost";
    if (stage.work.timeout) factors.caveat = "attempts are cut off by the timeout";
    return factors;
}

double Traffic::field_mean_at_birth(const std::string& name, const std::vector<double>& load_shares) const {
    double sum = 0, weight = 0;
    for (std::size_t i = 0; i < scenario_.loads.size(); ++i) {
        const double share = i < load_shares.size() ? load_shares[i] : 0;
        for (const auto& [field, of_field] : scenario_.loads[i].fields)
            if (field == name) sum += share * mean_of(of_field, 1, 1, 0, {});
        weight += share;
    }
    return weight > 0 ? sum / weight : 0;
}

double Traffic::mean_of(const Law& law, double batch_items, double mean_records, double mean_bytes,
                        const std::vector<double>& load_shares) const {
    return mean_with([&](const std::string& name) { return field_mean_at_birth(name, load_shares); }, law,
                     batch_items, mean_records, mean_bytes);
}

double Traffic::mean_service(std::size_t stage, double batch_items, double mean_records, double mean_bytes,
                             const std::vector<double>& load_shares, bool& known) const {
    const Law& service = scenario_.twin.stages[stage].work.service;
    if (!values_.solved()) return mean_of(service, batch_items, mean_records, mean_bytes, load_shares);
    double sum = 0;
    values_.for_each_kind(stage, [&](double share, std::size_t, const ValueFlow::MeanOf& mean) {
        const auto field_mean = [&](const std::string& field) {
            const std::optional<double> here = mean(field);
            known = known && here.has_value();
            return here.value_or(field_mean_at_birth(field, load_shares));
        };
        sum += share * mean_with(field_mean, service, batch_items, mean_records, mean_bytes);
    });
    return sum;
}

double Traffic::mean_field(std::size_t stage, const std::string& field,
                           const std::vector<double>& load_shares) const {
    if (stage >= scenario_.twin.stages.size() || !values_.solved())
        return field_mean_at_birth(field, load_shares);
    double sum = 0;
    values_.for_each_kind(stage, [&](double share, std::size_t, const ValueFlow::MeanOf& mean) {
        sum += share * mean(field).value_or(field_mean_at_birth(field, load_shares));
    });
    return sum;
}

double Traffic::mean_with(const FieldMean& field_mean, const Law& law, double batch_items,
                          double mean_records, double mean_bytes) const {
    double sum = 0;
    for (const Term& term : law.terms) {
        double mean = term.law.mean();
        if (!term.field.empty()) mean = field_mean(term.field);
        if (term.recorded) {
            mean = 0;
            for (const double value : *term.recorded) mean += value;
            if (!term.recorded->empty()) mean /= static_cast<double>(term.recorded->size());
        }
        switch (term.per) {
            case Per::once: break;
            case Per::item: mean *= batch_items; break;
            case Per::record: mean *= mean_records; break;
            case Per::bytes: mean *= mean_bytes / term.per_amount; break;
            case Per::field: mean *= field_mean(term.per_field); break;
        }
        sum += mean;
    }
    return sum;
}

void Traffic::solve() {
    constexpr int most_rounds = 200;
    follow_values();
    solve_once();
    for (int round = 0; round < most_rounds && settle_records() > 1e-12; ++round) {
        follow_values();
        solve_once();
    }
}

void Traffic::follow_values() {
    if (!values_.asked()) return;
    ValueFlow::Surroundings around;
    for (const Load& load : scenario_.loads) {
        const Source source = source_of(load);
        // Where a rate is not known, neither are others that follow from it; shares of one load are.
        around.rates.push_back(source.unknown ? 1 : source.rate);
    }
    around.passed = [this](std::size_t stage) {
        return factors_of(scenario_.twin.stages[stage], stage).items;
    };
    around.failed = [this](std::size_t stage) {
        return factors_of(scenario_.twin.stages[stage], stage).failed;
    };
    around.share = [this](const Writes& writes, const Writes::Target& target, std::size_t stage) {
        return share_written(writes, target, stage < records_per_item_.size() ? records_per_item_[stage] : 1)
            .items;
    };
    values_.solve(around);
    // An invented share would call a system unstable that is not, or the other way round.
    shares_unknown_ = !values_.shares_known();
    unknown_ = unknown_ || shares_unknown_;
}

ShareWritten Traffic::share_of_load(std::size_t load, std::size_t target, const Writes::Target& to,
                                    const Source& source) const {
    const Load& from = scenario_.loads[load];
    if (from.writes.rule == Writes::Rule::by_class) return share_by_class(to, from.name);
    if (from.writes.rule != Writes::Rule::by_value || !values_.solved())
        return share_written(from.writes, to, source.records);
    const ValueFlow::Shares shares = values_.of_load(load, target);
    return {shares.items, shares.records, "", shares.bytes};
}

ShareWritten Traffic::share_of_stage(std::size_t stage, std::size_t target, const Writes::Target& to,
                                     std::size_t of_load) const {
    const Stage& from = scenario_.twin.stages[stage];
    if (values_.solved() && from.writes.rule == Writes::Rule::by_class)
        return share_by_class(to, scenario_.loads[of_load].name);
    if (!values_.solved() || from.writes.rule != Writes::Rule::by_value)
        return share_written(from.writes, to, records_per_item_[stage]);
    const ValueFlow::Shares shares = values_.of_stage(stage, of_load, target);
    return {shares.items, shares.records, "", shares.bytes};
}

double Traffic::items_of_batch(const Stage& stage) const {
    // The first limit that is reached, by the mean item; by time, the first item and those that come meanwhile.
    if (stage.batch->items > 0) return static_cast<double>(stage.batch->items);
    const auto at = static_cast<Eigen::Index>(row(graph_.find(VertexKind::stage, stage.name)));
    const double rate = rate_.row(at).sum();
    if (!(rate > 0)) return 1;
    double batches_at_once = 1;
    for (const std::string& stream : stage.reads)
        for (const Dataset& dataset : scenario_.twin.datasets)
            if (dataset.name == stream && dataset.partitions > 0)
                batches_at_once = static_cast<double>(dataset.partitions);
    const double mean_records = records_(at, 0) / rate, mean_bytes = bytes_(at, 0) / rate;
    double most = INFINITY;
    if (stage.batch->records > 0 && mean_records > 0) most = stage.batch->records / mean_records;
    if (stage.batch->size_bytes > 0 && mean_bytes > 0)
        most = std::min(most, stage.batch->size_bytes / mean_bytes);
    if (stage.batch->after)
        most = std::min(most, 1 + rate / batches_at_once * kernel::to_seconds(*stage.batch->after));
    return std::isfinite(most) ? std::max(1.0, most) : 1;
}

double Traffic::settle_records() {
    double change = 0;
    for (std::size_t i = 0; i < scenario_.twin.stages.size(); ++i) {
        const Stage& stage = scenario_.twin.stages[i];
        if (stage.batch) {
            const double batch = items_of_batch(stage);
            change = std::max(change, std::fabs(batch - batch_items_[i]) / batch);
            batch_items_[i] = batch;
        }
        if (stage.writes.rule != Writes::Rule::split) continue;
        const auto at = static_cast<Eigen::Index>(row(graph_.find(VertexKind::stage, stage.name)));
        const double rate = rate_.row(at).sum();
        if (!(rate > 0)) continue;
        const double per_item = records_(at, 0) / rate * stage.emits.records;
        change = std::max(change, std::fabs(per_item - records_per_item_[i]) / std::max(1.0, per_item));
        records_per_item_[i] = per_item;
    }
    return change;
}

void Traffic::solve_once() {
    endless_.clear();
    behind_endless_.clear();
    const Graph& g = graph_.graph();
    for (auto [v, end] = boost::vertices(g); v != end; ++v)
        if (g[*v].kind == VertexKind::stream || g[*v].kind == VertexKind::stage) {
            const std::size_t next = rows_.size();
            rows_.emplace(*v, next);
        }
    const auto n = static_cast<Eigen::Index>(rows_.size());
    const auto loads = static_cast<Eigen::Index>(scenario_.loads.size());
    Eigen::MatrixXd rate = Eigen::MatrixXd::Zero(n, std::max<Eigen::Index>(1, loads));
    Eigen::MatrixXd records_of = rate, bytes_of = rate;
    for (std::size_t i = 0; i < scenario_.loads.size(); ++i) {
        const Load& load = scenario_.loads[i];
        const Source source = source_of(load);
        unknown_ = unknown_ || source.unknown;
        if (!source.caveat.empty()) caveat_ = source.caveat;
        const auto targets = targets_of(load.name, load.writes);
        for (std::size_t t = 0; t < targets.size(); ++t) {
            if (targets[t].stream == "exit") continue;
            const auto to =
                static_cast<Eigen::Index>(row(graph_.find(VertexKind::stream, targets[t].stream)));
            const ShareWritten share = share_of_load(i, t, targets[t], source);
            if (!share.caveat.empty()) caveat_ = share.caveat;
            const auto column = static_cast<Eigen::Index>(i);
            rate(to, column) += source.rate * share.items;
            records_of(to, column) += source.rate * share.volume * source.records;
            bytes_of(to, column) += source.rate * share.bytes * source.bytes;
        }
    }
    from_loads_ = rate.rowwise().sum();
    if (!values_.solved()) {
        // All go the same ways: one matrix is enough, and so is one sum of their volumes.
        rate_ = flows(items, 0, rate);
        Eigen::MatrixXd all_records = Eigen::MatrixXd::Zero(n, 1), all_bytes = all_records;
        for (Eigen::Index i = 0; i < loads; ++i) {
            all_records += records_of.col(i);
            all_bytes += bytes_of.col(i);
        }
        records_ = flows(records, 0, all_records);
        bytes_ = flows(bytes, 0, all_bytes);
        return;
    }
    rate_ = rate;
    records_ = bytes_ = Eigen::MatrixXd::Zero(n, 1);
    for (Eigen::Index i = 0; i < loads; ++i) {
        const auto load = static_cast<std::size_t>(i);
        rate_.col(i) = flows(items, load, rate.col(i));
        records_ += flows(records, load, records_of.col(i));
        bytes_ += flows(bytes, load, bytes_of.col(i));
    }
}

std::vector<Passed> Traffic::ways(int kind, std::size_t of_load) {
    std::vector<Passed> ways;
    const auto entry = [&](std::size_t to, std::size_t from, double factor) {
        ways.push_back({static_cast<int>(to), static_cast<int>(from), factor});
    };
    for (std::size_t i = 0; i < scenario_.twin.stages.size(); ++i) {
        const Stage& stage = scenario_.twin.stages[i];
        const std::size_t self = row(graph_.find(VertexKind::stage, stage.name));
        for (const auto& stream : stage.reads) entry(self, row(graph_.find(VertexKind::stream, stream)), 1);
        const Factors factors = factors_of(stage, i);
        const double passed = kind == items     ? factors.items
                              : kind == records ? factors.records
                                                : factors.bytes;
        const auto targets = targets_of(stage.name, stage.writes);
        for (std::size_t t = 0; t < targets.size(); ++t) {
            if (targets[t].stream == "exit") continue;
            const std::size_t to = row(graph_.find(VertexKind::stream, targets[t].stream));
            const ShareWritten share = share_of_stage(i, t, targets[t], of_load);
            if (!share.caveat.empty()) caveat_ = share.caveat;
            entry(to, self,
                  passed * (kind == items     ? share.items
                            : kind == records ? share.volume
                                              : share.bytes));
        }
        if (!stage.dead_letter.empty())
            entry(row(graph_.find(VertexKind::stream, stage.dead_letter)), self, factors.failed);
    }
    return ways;
}

Eigen::MatrixXd Traffic::flows(int kind, std::size_t of_load, const Eigen::MatrixXd& sources) {
    // x = A x + b for items, records and bytes; only the factors differ.
    Flows solved = solve_flows(static_cast<int>(rows_.size()), ways(kind, of_load), sources);
    endless_.merge(solved.endless);
    behind_endless_.merge(solved.behind);
    return std::move(solved.amounts);
}

double Traffic::runs_per_second(const Pipeline& pipeline, bool& unknown) const {
    switch (pipeline.schedule.kind) {
        case Schedule::Kind::every:
            return 1 / kernel::to_seconds(std::max<kernel::Time>(1, pipeline.schedule.period));
        case Schedule::Kind::once: unknown = length_s() <= 0; return unknown ? 0 : 1 / length_s();
        case Schedule::Kind::calendar: {
            unknown = length_s() <= 0 || !scenario_.run.start;
            if (unknown) return 0;
            const Calendar calendar(*scenario_.run.start, scenario_.run.zone);
            return static_cast<double>(calendar.instants(pipeline.schedule, *scenario_.run.length).size()) /
                   length_s();
        }
        case Schedule::Kind::each:
        case Schedule::Kind::updated: {
            const GraphIndex stream = graph_.find(VertexKind::stream, pipeline.schedule.name);
            if (stream == Graph::null_vertex()) return 0;
            if (rate_.size() == 0) return 0;
            return rate_.row(static_cast<Eigen::Index>(row(stream))).sum();
        }
    }
    return 0;
}

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
            visits = rate / std::max(1.0, parts_per_item());
        const double mean_records = visits > 0 ? records_(self, 0) / visits : 0;
        const double mean_bytes = visits > 0 ? bytes_(self, 0) / visits : 0;
        Worker worker;
        worker.name = stage.name;
        worker.work = &stage.work;
        worker.stage = i;
        worker.rate = visits;
        bool known = true;
        worker.service_s = mean_service(i, batch, mean_records, mean_bytes, shares, known);
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
        worker.unknown = unknown_;
        worker.sheds = cancelled || sheds(stage);
        worker.endless = endless_.contains(static_cast<int>(self));
        worker.behind_endless = behind_endless_.contains(static_cast<int>(self));
        worker.fewer = fewer_.contains(stage.name);
        worker.more = more_.contains(stage.name);
        if (worker.caveat.empty() && worker.fewer)
            worker.caveat = "some of what would come is dropped or gives up before";
        if (worker.more) worker.caveat = "what is dropped elsewhere comes here, and how much is not known";
        result.push_back(std::move(worker));
    }
    return result;
}

std::vector<Traffic::Worker> Traffic::work_of_tasks() const {
    std::vector<Worker> result;
    for (const Pipeline& pipeline : scenario_.twin.pipelines) {
        bool unknown = false;
        const double runs = runs_per_second(pipeline, unknown);
        for (const Task& task : pipeline.tasks) {
            double mean_records = 1, mean_bytes = 0;
            if (!task.reads.empty() && runs > 0) {
                mean_records = mean_bytes = 0;
                for (const TaskInput& input : task.reads) {
                    const GraphIndex stream = graph_.find(VertexKind::stream, input.dataset);
                    if (stream == Graph::null_vertex() || records_.size() == 0) continue;
                    const auto at = static_cast<Eigen::Index>(row(stream));
                    // `all` is the whole that has landed by then: on average half of what the run will land.
                    const double per_run = input.all ? 0.5 * length_s() : 1 / runs;
                    mean_records += records_(at, 0) * per_run;
                    mean_bytes += bytes_(at, 0) * per_run;
                }
            }
            const bool recurring = pipeline.schedule.kind != Schedule::Kind::once;
            Worker worker;
            worker.name = pipeline.name + "." + task.name;
            worker.work = &task.work;
            worker.rate = runs * static_cast<double>(task.expand);
            worker.service_s = mean_of(task.work.service, 1, mean_records / static_cast<double>(task.expand),
                                       mean_bytes / static_cast<double>(task.expand), {});
            worker.caveat = recurring ? "runs are due all at once: the mean says nothing about the rush"
                                      : "the pipeline runs once";
            if (!task.holds_until.empty()) worker.caveat = "tasks keep workers beyond the end of their work";
            if (task.keeps_workers) worker.caveat = "a sensor keeps its workers while it waits";
            worker.unknown = unknown || unknown_;
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
            pool.unknown = pool.unknown || worker.unknown;
            pool.skilled = pool.skilled || !need.skill.empty();
            pool.sheds = pool.sheds && worker.sheds;
            pool.endless = pool.endless || worker.endless;
            pool.behind_endless = pool.behind_endless || worker.behind_endless;
            pool.fewer = pool.fewer || worker.fewer;
            pool.more = pool.more || worker.more;
            for (const Spend& spend : worker.work->spends)
                if (const auto found = load_.find(spend.budget); found != load_.end())
                    pool.budget_load = std::max(pool.budget_load, found->second);
            if (waits_for_others) pool.caveat = "work that needs several pools waits until all have room";
            if (!worker.caveat.empty()) pool.caveat = worker.caveat;
        }
    }
    return pools;
}

void Traffic::pass_on_what_can_be_done() {
    if (unknown_) return;
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
            station.caveat =
                shares_unknown_
                    ? "items go by values that are not known beforehand"
                    : "the load depends on how fast the system is (users, saturated arrivals, or a "
                      "run until empty)";
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
                station.critical = !pool.sheds && std::fabs(station.load - 1) < 1e-9;
                station.stable = station.load < 1 - 1e-9 || pool.sheds;
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

}  // namespace

std::vector<StationForecast> forecast(const Scenario& scenario, const ScenarioGraph& graph) {
    return Traffic(scenario, graph).stations();
}

TrafficSolution solve_traffic(const Scenario& scenario, const ScenarioGraph& graph) {
    const Traffic traffic(scenario, graph);
    return {traffic.stations(), traffic.items_of_stages()};
}

}  // namespace understudy::models
