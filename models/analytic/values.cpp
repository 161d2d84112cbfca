#include "models/analytic/values.h"

#include <Eigen/SparseCore>
#include <Eigen/SparseLU>
#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "models/graph.h"

namespace understudy::models {

namespace {

/// A chain of more than so many kinds at stages is not solved: nothing is known of it.
constexpr std::size_t most_nodes = 5'000;

double below(const kernel::Distribution& law, const Cut& cut) {
    if (std::isinf(cut.at)) return cut.at < 0 ? 0 : 1;
    return law.cdf(cut.after ? cut.at : std::nextafter(cut.at, -INFINITY));
}

std::vector<ValueRange> intersection(const std::vector<ValueRange>& a, const std::vector<ValueRange>& b) {
    if (a.empty()) return b;
    if (b.empty()) return a;
    std::vector<ValueRange> both;
    for (const ValueRange& x : a)
        for (const ValueRange& y : b) {
            const ValueRange range{std::max(x.from, y.from), std::min(x.to, y.to)};
            if (range.from < range.to) both.push_back(range);
        }
    return both;
}

/// One draw of one law, times nothing.
bool is_plain_draw(const Law& law) {
    return law.terms.size() == 1 && law.terms[0].field.empty() && !law.terms[0].recorded &&
           law.terms[0].per == Per::once;
}

bool takes(const Law& law, const std::string& field) {
    return std::any_of(law.terms.begin(), law.terms.end(), [&](const Term& term) {
        return term.field == field || (term.per == Per::field && term.per_field == field) ||
               (term.per == Per::record && field == "records") || (term.per == Per::bytes && field == "size");
    });
}

}  // namespace

ValueFlow::ValueFlow(const Scenario& scenario) : scenario_(scenario) {
    std::set<std::string> names;
    const auto ask = [&](const Writes& writes) {
        if (writes.rule == Writes::Rule::by_value) names.insert(writes.attribute);
    };
    for (const Load& load : scenario.loads) ask(load.writes);
    for (const Stage& stage : scenario.twin.stages) {
        ask(stage.writes);
        for (const auto& [name, law] : stage.emits.fields) names.insert(name);
    }
    tracked_.assign(names.begin(), names.end());
}

std::optional<std::size_t> ValueFlow::tracked(const std::string& name) const {
    const auto found = std::lower_bound(tracked_.begin(), tracked_.end(), name);
    if (found == tracked_.end() || *found != name) return std::nullopt;
    return static_cast<std::size_t>(found - tracked_.begin());
}

int ValueFlow::law_id(const kernel::Distribution& law) {
    const auto found = std::find(laws_.begin(), laws_.end(), law);
    if (found == laws_.end()) laws_.push_back(law);
    return static_cast<int>(std::find(laws_.begin(), laws_.end(), law) - laws_.begin());
}

ValueFlow::Known ValueFlow::drawn_by(const Law& law, double otherwise, const Kind& before) {
    if (law.empty()) return {law_id(kernel::Distribution::constant(otherwise)), {}};
    if (is_plain_draw(law)) return {law_id(law.terms[0].law), {}};
    // What is put together of constants, as a count of visits is, says no more of one value than of another.
    double sum = 0;
    for (const Term& term : law.terms) {
        const auto at = tracked(term.field);
        const bool known = at && *at < before.size() && before[*at].law >= 0;
        if (term.per != Per::once || term.recorded || (!term.field.empty() && !known)) return {};
        const kernel::Distribution& of =
            term.field.empty() ? term.law : laws_[static_cast<std::size_t>(before[*at].law)];
        if (!of.is_constant()) return {};
        sum += of.mean();
    }
    return {law_id(kernel::Distribution::constant(sum)), {}};
}

std::size_t ValueFlow::kind_id(const Kind& kind) {
    std::vector<double> words;
    for (const Known& known : kind) {
        words.push_back(known.law);
        words.push_back(static_cast<double>(known.within.size()));
        for (const auto& [from, to] : known.within)
            words.insert(words.end(), {from.at, from.after ? 1.0 : 0.0, to.at, to.after ? 1.0 : 0.0});
    }
    const auto [found, is_new] = kind_ids_.try_emplace(std::move(words), kinds_.size());
    if (is_new) kinds_.push_back(kind);
    return found->second;
}

ValueFlow::Kind ValueFlow::at_birth(const Load& load) {
    Kind kind;
    for (const std::string& name : tracked_) {
        const auto field = std::find_if(load.fields.begin(), load.fields.end(),
                                        [&](const auto& known) { return known.first == name; });
        kind.push_back(field != load.fields.end() ? drawn_by(field->second, 0, {})
                       : name == "records"        ? drawn_by(load.records, 1, {})
                       : name == "size"           ? drawn_by(load.size, 0, {})
                       : name == "key"            ? drawn_by(load.key, 0, {})
                       : name == "priority"       ? drawn_by(load.priority, 0, {})
                                                  : Known{});
    }
    return kind;
}

ValueFlow::Kind ValueFlow::after(const Stage& stage, const Kind& before) {
    Kind kind = before;
    const bool loses =
        stage.work.timeout || stage.queue.capacity != unlimited || !stage.queue.timeout.empty();
    for (std::size_t i = 0; i < tracked_.size(); ++i) {
        const std::string& name = tracked_[i];
        Known& known = kind[i];
        const bool spent = std::any_of(stage.work.spends.begin(), stage.work.spends.end(),
                                       [&](const Spend& spend) { return spend.field == name; });
        // Those whose value makes them slow are lost more often; the first part to come is the fastest.
        if (loses && (takes(stage.work.service, name) || takes(stage.work.fails_after, name) || spent ||
                      name == "priority"))
            known = {};
        if (stage.join) known = {};
        const bool summed =
            stage.batch || stage.window || stage.take > 1 || stage.writes.rule == Writes::Rule::split;
        const double factor = name == "records" ? stage.emits.records : name == "size" ? stage.emits.size : 1;
        if ((name == "records" || name == "size") && (summed || (factor != 1 && !known.within.empty())))
            known = {};
        if (factor != 1 && known.law >= 0)
            known.law = law_id(laws_[static_cast<std::size_t>(known.law)].scaled(factor));
        for (const auto& [field, law] : stage.emits.fields)
            if (field == name) known = drawn_by(law, 0, before);
        if (name == "key" && !stage.emits.key.empty()) known = drawn_by(stage.emits.key, 0, before);
        if (name == "priority" && !stage.emits.priority.empty())
            known = drawn_by(stage.emits.priority, 0, before);
    }
    return kind;
}

double ValueFlow::probability(const Known& known) const {
    if (known.within.empty()) return 1;
    double sum = 0;
    for (const auto& [from, to] : known.within) {
        const kernel::Distribution& law = laws_[static_cast<std::size_t>(known.law)];
        sum += std::max(0.0, below(law, to) - below(law, from));
    }
    return sum;
}

std::optional<double> ValueFlow::mean(const Known& known) const {
    if (known.law < 0) return std::nullopt;
    const kernel::Distribution& law = laws_[static_cast<std::size_t>(known.law)];
    if (known.within.empty()) return law.mean();
    double weighted = 0, all = 0;
    for (const auto& range : known.within) {
        const double share = probability({known.law, {range}});
        if (!(share > 0)) continue;
        // A law that is cut off already is cut off anew.
        const double from = range.from.after ? std::nextafter(range.from.at, INFINITY) : range.from.at;
        const double to = range.to.after ? range.to.at : std::nextafter(range.to.at, -INFINITY);
        const double low = std::max(from, law.lower_end()), high = std::min(to, law.upper_end());
        const kernel::Distribution part = law.is_constant() ? law : law.truncated(low, high);
        if (part.problem()) return std::nullopt;
        weighted += share * part.mean();
        all += share;
    }
    if (!(all > 0)) return std::nullopt;
    return weighted / all;
}

std::vector<ValueFlow::Way> ValueFlow::ways(const std::string& name, const Writes& writes, std::size_t load,
                                            std::size_t kind, std::size_t stage) {
    std::vector<Way> ways;
    const auto targets = targets_of(name, writes);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const Writes::Target& target = targets[i];
        Way way{target.stream, 1, 1, 1, i, kind};
        if (writes.rule == Writes::Rule::by_class && targets.size() > 1) {
            const auto& loads = target.loads;
            way.share =
                std::find(loads.begin(), loads.end(), scenario_.loads[load].name) != loads.end() ? 1 : 0;
            way.records = way.bytes = way.share;
        } else if (writes.rule != Writes::Rule::by_value) {
            way.share = way.records = way.bytes = around_.share(writes, target, stage);
        } else if (const Kind known = kinds_[kind]; known[*tracked(writes.attribute)].law < 0) {
            shares_known_ = false;
            way.share = way.records = way.bytes = 1 / static_cast<double>(targets.size());
        } else {
            const std::size_t at = *tracked(writes.attribute);
            Kind narrowed = known;
            narrowed[at].within = intersection(known[at].within, target.values);
            if (narrowed[at].within.empty()) continue;
            way.share = probability(narrowed[at]) / probability(known[at]);
            if (!(way.share > 0)) continue;
            way.records = way.bytes = way.share;
            const double mean_before = mean(known[at]).value_or(0),
                         mean_there = mean(narrowed[at]).value_or(0);
            if (mean_before > 0 && writes.attribute == "records") way.records *= mean_there / mean_before;
            if (mean_before > 0 && writes.attribute == "size") way.bytes *= mean_there / mean_before;
            way.kind = kind_id(narrowed);
        }
        if (way.share > 0) ways.push_back(std::move(way));
    }
    return ways;
}

void ValueFlow::clear() {
    nodes_.clear();
    nodes_of_.assign(scenario_.twin.stages.size(), {});
    ways_of_node_.clear();
    ways_of_load_.clear();
    kind_of_load_.clear();
    shares_known_ = true;
    solved_ = false;
}

void ValueFlow::solve(const Surroundings& around) {
    if (too_large_) return;
    around_ = around;
    clear();
    std::map<std::string, std::vector<std::size_t>> readers;
    for (std::size_t i = 0; i < scenario_.twin.stages.size(); ++i)
        for (const std::string& stream : scenario_.twin.stages[i].reads) readers[stream].push_back(i);
    std::map<std::tuple<std::size_t, std::size_t, std::size_t>, std::size_t> numbers;
    const auto node = [&](std::size_t stage, std::size_t load, std::size_t kind) {
        const auto [found, is_new] = numbers.try_emplace({stage, load, kind}, nodes_.size());
        if (is_new) {
            nodes_.push_back({stage, load, kind, 0});
            nodes_of_[stage].push_back(found->second);
        }
        return found->second;
    };
    std::vector<Eigen::Triplet<double>> entries;
    std::vector<std::pair<std::size_t, double>> arrivals;
    for (std::size_t l = 0; l < scenario_.loads.size(); ++l) {
        const Load& load = scenario_.loads[l];
        kind_of_load_.push_back(kind_id(at_birth(load)));
        ways_of_load_.push_back(ways(load.name, load.writes, l, kind_of_load_.back(), SIZE_MAX));
        for (const Way& way : ways_of_load_.back())
            for (const std::size_t reader : readers[way.stream])
                arrivals.emplace_back(node(reader, l, way.kind), around.rates[l] * way.share);
    }
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
        if (nodes_.size() > most_nodes) {
            clear();
            shares_known_ = false;
            too_large_ = true;
            return;
        }
        const Node at = nodes_[n];
        const Stage& stage = scenario_.twin.stages[at.stage];
        const auto send = [&](const std::string& stream, std::size_t kind, double factor) {
            for (const std::size_t reader : readers[stream])
                entries.emplace_back(static_cast<int>(node(reader, at.load, kind)), static_cast<int>(n),
                                     -factor);
        };
        const std::size_t kind = kind_id(after(stage, kinds_[at.kind]));
        ways_of_node_.push_back(ways(stage.name, stage.writes, at.load, kind, at.stage));
        for (const Way& way : ways_of_node_.back())
            send(way.stream, way.kind, around.passed(at.stage) * way.share);
        if (!stage.dead_letter.empty()) send(stage.dead_letter, at.kind, around.failed(at.stage));
    }
    const auto n = static_cast<Eigen::Index>(nodes_.size());
    if (n == 0) return;
    for (int i = 0; i < n; ++i) entries.emplace_back(i, i, 1.0);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(n);
    for (const auto& [to, rate] : arrivals) right(static_cast<Eigen::Index>(to)) += rate;
    Eigen::SparseMatrix<double> matrix(n, n);
    matrix.setFromTriplets(entries.begin(), entries.end());
    Eigen::SparseLU<Eigen::SparseMatrix<double>> solver(matrix);
    if (solver.info() != Eigen::Success) {
        shares_known_ = false;
        return;
    }
    const Eigen::VectorXd flow = solver.solve(right);
    solved_ = true;
    for (Eigen::Index i = 0; i < n; ++i) nodes_[static_cast<std::size_t>(i)].flow = std::max(0.0, flow(i));
}

void ValueFlow::add_shares(Shares& sum, const std::vector<Way>& ways, std::size_t target,
                           double weight) const {
    for (const Way& way : ways) {
        if (way.target != target) continue;
        sum.items += weight * way.share;
        sum.records += weight * way.records;
        sum.bytes += weight * way.bytes;
    }
}

ValueFlow::Shares ValueFlow::of_load(std::size_t load, std::size_t target) const {
    Shares sum;
    if (load < ways_of_load_.size()) add_shares(sum, ways_of_load_[load], target, 1);
    return sum;
}

ValueFlow::Shares ValueFlow::of_stage(std::size_t stage, std::size_t load, std::size_t target) const {
    Shares sum;
    double all = 0, all_records = 0, all_bytes = 0;
    const auto weight_of = [&](const Node& node, const char* name) {
        const auto at = tracked(name);
        return at ? mean(kinds_[node.kind][*at]).value_or(1) : 1.0;
    };
    for (const std::size_t n : nodes_of_[stage]) {
        const Node& node = nodes_[n];
        if (node.load != load || !(node.flow > 0)) continue;
        const double records = weight_of(node, "records"), bytes = weight_of(node, "size");
        Shares here;
        add_shares(here, ways_of_node_[n], target, node.flow);
        sum.items += here.items;
        sum.records += here.records * records;
        sum.bytes += here.bytes * bytes;
        all += node.flow;
        all_records += node.flow * records;
        all_bytes += node.flow * bytes;
    }
    return {all > 0 ? sum.items / all : 0, all_records > 0 ? sum.records / all_records : 0,
            all_bytes > 0 ? sum.bytes / all_bytes : 0};
}

void ValueFlow::for_each_kind(
    std::size_t stage,
    const std::function<void(double share, std::size_t load, const MeanOf& mean)>& visit) const {
    double all = 0;
    for (const std::size_t n : nodes_of_[stage]) all += nodes_[n].flow;
    for (const std::size_t n : nodes_of_[stage]) {
        const Node& node = nodes_[n];
        if (!(node.flow > 0)) continue;
        visit(node.flow / all, node.load, [&](const std::string& field) -> std::optional<double> {
            if (const auto at = tracked(field)) return mean(kinds_[node.kind][*at]);
            for (const auto& [name, law] : scenario_.loads[node.load].fields)
                if (name == field && is_plain_draw(law)) return law.terms[0].law.mean();
            return std::nullopt;
        });
    }
}

}  // namespace understudy::models
