// What loads bring, and what stages make of a flow.
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "models/analytic/attempts.h"
#include "models/analytic/traffic_solver.h"
#include "models/check/whole_items.h"

namespace understudy::models {

namespace {

/// Of steps or ramps over their period, else over the run; a run without a length ends with the curve.
double mean_of_points(const Profile& profile, double length_s) {
    const auto& points = profile.points;
    const double last = kernel::to_seconds(points.back().first);
    const double end = profile.period ? kernel::to_seconds(*profile.period) : length_s > 0 ? length_s : last;
    if (!(end > 0)) return points.front().second;
    double area = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool is_last = i + 1 == points.size();
        const double a = kernel::to_seconds(points[i].first);
        const double b = is_last ? end : kernel::to_seconds(points[i + 1].first);
        const double from = points[i].second;
        // What a ramp goes on to is the next point, that of the next period included.
        double to = from;
        if (profile.form == Profile::Form::ramps && !(is_last && !profile.period))
            to = points[is_last ? 0 : i + 1].second;
        if (a >= end || b <= a) break;
        const double until = std::min(b, end);
        area += (until - a) * (from + 0.5 * (to - from) * (until - a) / (b - a));
    }
    return area / end;
}

}  // namespace

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
    if (items_are_rounded(load)) source.caveat = "its items are rounded to whole numbers, one at least";
    for (const Profile& profile : scenario_.profiles) {
        if (profile.name != load.profile) continue;
        // The mean of the curve as written; calendars and ends of the run move it a little.
        double mean = profile.mean;
        if (profile.form != Profile::Form::sine && !profile.points.empty()) {
            mean = mean_of_points(profile, length_s());
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

double Traffic::find_parts_per_item() const {
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
            stage.join->needs > 0 ? static_cast<double>(stage.join->needs) : parts_per_item_;
        factors.items /= std::max(1.0, parts_per_item_);
        factors.records *= wanted / std::max(1.0, parts_per_item_);
        factors.bytes *= wanted / std::max(1.0, parts_per_item_);
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
    if (forgets_what_waits(scenario_, stage)) factors.caveat = "what stays unread for too long is lost";
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

double Traffic::mean_work(std::size_t stage, const Law& law, double batch_items, double mean_records,
                          double mean_bytes, const std::vector<double>& load_shares, bool& known) const {
    if (!values_.solved()) return mean_of(law, batch_items, mean_records, mean_bytes, load_shares);
    double sum = 0;
    values_.for_each_kind(stage, [&](double share, std::size_t, const ValueFlow::MeanOf& mean) {
        const auto field_mean = [&](const std::string& field) {
            const std::optional<double> here = mean(field);
            known = known && here.has_value();
            return here.value_or(field_mean_at_birth(field, load_shares));
        };
        sum += share * mean_with(field_mean, law, batch_items, mean_records, mean_bytes);
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

}  // namespace understudy::models
