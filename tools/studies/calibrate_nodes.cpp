#include "tools/studies/calibrate_nodes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "kernel/exact_math.h"
#include "kernel/special_functions.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/fisher.h"
#include "tools/studies/log_names.h"

namespace understudy::studies {

namespace {

constexpr double level_of_nodes = 0.01, least_difference = 0.05, level_of_speeds = 0.95;
constexpr std::size_t fewest_on_nodes = 20, fewest_of_a_node = 5, most_nodes_named = 3;
constexpr int rounds_of_nodes = 100;

}  // namespace

std::string NodeSpeeds::pool_of(const models::Work& work, const std::string& path) {
    return work.runs_on.empty() ? path : work.runs_on.front().pool;
}

const models::Workers* NodeSpeeds::workers_of(const std::string& pool) const {
    for (const models::Pool& one : twin_.twin.pools)
        if (one.name == pool) return &one.workers;
    for (const models::Stage& stage : twin_.twin.stages)
        if (stage.name == pool && stage.work.workers) return &*stage.work.workers;
    return nullptr;
}

std::string NodeSpeeds::type_of(const models::Workers& workers, const std::string& node) const {
    for (const std::string& name : names_in_a_twin(node))
        for (const auto& [group, count] : workers.groups)
            for (const models::WorkerType& type : twin_.twin.types)
                if (type.name == group && (type.name == name || type.description.label == name))
                    return type.name;
    return "";
}

void NodeSpeeds::add(const std::string& path, const models::Work& work, const models::RecordedTask& task) {
    const auto held = models::time_held(task);
    if (task.node.empty() || task.failed || !held || *held <= 0) return;
    OfPool& pool = pools_[pool_of(work, path)];
    const auto known = std::find(pool.elements.begin(), pool.elements.end(), path);
    const auto element = static_cast<std::size_t>(known - pool.elements.begin());
    if (known == pool.elements.end()) pool.elements.push_back(path);
    pool.values.push_back({element, task.node, kernel::exact::log(kernel::to_seconds(*held))});
}

void NodeSpeeds::fit(Calibration& into) {
    for (auto& [name, pool] : pools_) fit_pool(name, pool, into);
}

void NodeSpeeds::fit_pool(const std::string& name, OfPool& pool, Calibration& into) {
    // What is one type of the twin is one.
    const models::Workers* const workers = workers_of(name);
    std::map<std::string, std::size_t> count;
    std::map<std::string, std::string> type_of_node;
    for (Value& value : pool.values) {
        const std::string type = workers != nullptr ? type_of(*workers, value.node) : "";
        if (!type.empty()) type_of_node[value.node] = type;
        ++count[type.empty() ? value.node : type];
    }
    const auto group = [&](const Value& value) {
        const auto type = type_of_node.find(value.node);
        return type == type_of_node.end() ? value.node : type->second;
    };
    std::map<std::string, std::size_t> index;
    for (const auto& [one, values] : count)
        if (values >= fewest_of_a_node) index.emplace(one, index.size());
    std::vector<Value> values;
    for (const Value& value : pool.values)
        if (index.contains(group(value))) values.push_back(value);
    if (index.size() < 2 || values.size() < fewest_on_nodes) return;

    std::vector<double> of_element(pool.elements.size()), of_node(index.size());
    const auto centre = [&](std::vector<double>& effects, const auto& key, const auto& rest) {
        std::vector<double> sums(effects.size()), counts(effects.size());
        for (const Value& value : values) {
            sums[key(value)] += value.log_s - rest(value);
            counts[key(value)] += 1;
        }
        for (std::size_t i = 0; i < effects.size(); ++i)
            if (counts[i] > 0) effects[i] = sums[i] / counts[i];
    };
    const auto element = [](const Value& value) { return value.element; };
    const auto node = [&](const Value& value) { return index.at(group(value)); };
    const auto squares = [&] {
        double sum = 0;
        for (const Value& value : values) {
            const double left = value.log_s - of_element[value.element] - of_node[node(value)];
            sum += left * left;
        }
        return sum;
    };
    centre(of_element, element, [](const Value&) { return 0.0; });
    const double without = squares();
    for (int round = 0; round < rounds_of_nodes; ++round) {
        centre(of_node, node, [&](const Value& value) { return of_element[value.element]; });
        centre(of_element, element, [&](const Value& value) { return of_node[node(value)]; });
    }
    const double with = squares();
    const auto between = static_cast<double>(index.size() - 1);
    const double degrees =
        static_cast<double>(values.size()) - static_cast<double>(pool.elements.size()) - between;
    const auto [least, most] = std::minmax_element(of_node.begin(), of_node.end());
    if (degrees < 1 || *most - *least < least_difference) return;
    const double variance = with / degrees;
    if (variance > 0 &&
        fisher_survival((without - with) / between / variance, between, degrees) > level_of_nodes)
        return;

    std::string differ;
    std::size_t named = 0;
    for (const auto& [one, i] : index) {
        if (named++ == most_nodes_named) {
            differ += ", ...";
            break;
        }
        char text[80];
        std::snprintf(text, sizeof text, "%.2fx", kernel::exact::exp(of_node[i] - *least));
        differ += (differ.empty() ? "" : ", ") + one + " " + text;
    }
    const bool all_types = std::all_of(index.begin(), index.end(), [&](const auto& one) {
        return std::any_of(type_of_node.begin(), type_of_node.end(),
                           [&](const auto& known) { return known.second == one.first; });
    });
    if (!all_types) {
        into.unidentified.push_back(name + ": durations go by where the work was done (" + differ +
                                    " as long as the shortest): " +
                                    "its workers are all alike in the twin, or of types that are not called "
                                    "so; laws are of all of them");
        return;
    }
    const auto reference = std::max_element(index.begin(), index.end(), [&](const auto& a, const auto& b) {
        return count[a.first] < count[b.first];
    });
    const auto type = [&](const std::string& called) {
        return *std::find_if(twin_.twin.types.begin(), twin_.twin.types.end(),
                             [&](const models::WorkerType& one) { return one.name == called; });
    };
    const double base = type(reference->first).speed, base_log = of_node[reference->second];
    std::map<std::string, double> speeds;
    for (const auto& [one, i] : index) {
        const double off = base_log - of_node[i];
        speeds[one] = one == reference->first ? base : four_digits(base * kernel::exact::exp(off));
        if (one == reference->first) continue;
        const double wide = kernel::student_quantile(0.5 + level_of_speeds / 2, degrees) *
                            std::sqrt(variance / static_cast<double>(count[one]) +
                                      variance / static_cast<double>(count[reference->first]));
        CalibratedElement found;
        found.path = one + ".speed";
        found.family = "ratio";
        found.how = std::to_string(count[one]) + " durations on " + one + " against " +
                    std::to_string(count[reference->first]) + " on " + reference->first;
        found.observations = static_cast<std::int64_t>(count[one] + count[reference->first]);
        found.numbers.push_back({"speed", "x", base * kernel::exact::exp(off),
                                 base * kernel::exact::exp(off - wide),
                                 base * kernel::exact::exp(off + wide)});
        into.elements.push_back(std::move(found));
        into.edits.push_back({one + ".speed", {}, speeds[one], false});
    }
    // Of an element: the errors of its types' speeds by their shares. Each type's is that of its mean and the reference's.
    for (std::size_t e = 0; e < pool.elements.size(); ++e) {
        std::vector<double> share(index.size());
        double all = 0;
        for (const Value& value : values)
            if (value.element == e) ++share[node(value)], ++all;
        double squared = 0;
        for (const auto& [one, i] : index) {
            const double weight =
                all > 0 ? (one == reference->first ? 1 - share[i] / all : share[i] / all) : 0;
            squared += weight * weight * variance / static_cast<double>(count[one]);
        }
        pool.error_of_scale[pool.elements[e]] = std::sqrt(squared);
    }
    for (const auto& [one, called] : type_of_node)
        if (const auto known = speeds.find(called); known != speeds.end()) pool.speeds[one] = known->second;
}

double NodeSpeeds::error_of_scale(const models::Work& work, const std::string& path) const {
    const auto pool = pools_.find(pool_of(work, path));
    if (pool == pools_.end()) return 0;
    const auto known = pool->second.error_of_scale.find(path);
    return known == pool->second.error_of_scale.end() ? 0 : known->second;
}

double NodeSpeeds::speed(const models::Work& work, const std::string& path, const std::string& node) const {
    const auto pool = pools_.find(pool_of(work, path));
    if (pool == pools_.end()) return 1;
    const auto known = pool->second.speeds.find(node);
    return known == pool->second.speeds.end() ? 1 : known->second;
}

}  // namespace understudy::studies
