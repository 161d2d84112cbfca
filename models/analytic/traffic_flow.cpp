// Rates of items, records and bytes through streams and stages.
#include <algorithm>
#include <cmath>

#include "models/analytic/traffic_solver.h"

namespace understudy::models {

namespace {

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

}  // namespace

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

double Traffic::runs_per_second(const Pipeline& pipeline, const std::map<std::string, Written>& written,
                                bool& unknown) const {
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
            unknown = unknown_streams_.contains(pipeline.schedule.name);
            double rate = 0;
            if (const auto found = written.find(pipeline.schedule.name); found != written.end()) {
                rate = found->second.items;
                unknown = unknown || found->second.unknown;
            }
            if (stream != Graph::null_vertex() && rate_.size() > 0)
                rate += rate_.row(static_cast<Eigen::Index>(row(stream))).sum();
            return rate;
        }
    }
    return 0;
}

}  // namespace understudy::models
