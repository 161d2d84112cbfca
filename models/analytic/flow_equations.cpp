#include "models/analytic/flow_equations.h"

#include <Eigen/SparseCore>
#include <Eigen/SparseLU>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <limits>
#include <map>

namespace understudy::models {

namespace {

/// Infinite where there is no solution.
Eigen::MatrixXd solve(int n, const std::vector<Passed>& ways, const Eigen::MatrixXd& sources) {
    std::vector<Eigen::Triplet<double>> entries;
    for (int i = 0; i < n; ++i) entries.emplace_back(i, i, 1.0);
    for (const Passed& way : ways) entries.emplace_back(way.to, way.from, -way.factor);
    Eigen::SparseMatrix<double> matrix(n, n);
    matrix.setFromTriplets(entries.begin(), entries.end());
    Eigen::SparseLU<Eigen::SparseMatrix<double>> solver(matrix);
    if (solver.info() != Eigen::Success)
        return Eigen::MatrixXd::Constant(n, sources.cols(), std::numeric_limits<double>::infinity());
    return solver.solve(sources);
}

/// Of places from each of which all others can be reached: whether what enters one comes there often without end.
bool is_endless(int n, const std::vector<Passed>& ways) {
    // Beyond it rounding decides.
    constexpr double for_ever = 1e12;
    const Eigen::MatrixXd visits = solve(n, ways, Eigen::MatrixXd::Ones(n, 1));
    for (int i = 0; i < n; ++i)
        if (!(visits(i, 0) > 1 - 1e-6 && visits(i, 0) < for_ever)) return true;
    return false;
}

/// Places on endless rounds, whether or not anything enters them.
std::set<int> endless_places(int n, const std::vector<Passed>& ways) {
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(static_cast<std::size_t>(n));
    for (const Passed& way : ways)
        if (way.factor > 0)
            boost::add_edge(static_cast<std::size_t>(way.from), static_cast<std::size_t>(way.to), graph);
    std::vector<int> component(static_cast<std::size_t>(n));
    const int count = boost::strong_components(
        graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
    std::vector<std::vector<Passed>> within(static_cast<std::size_t>(count));
    for (const Passed& way : ways) {
        const int of = component[static_cast<std::size_t>(way.from)];
        if (of == component[static_cast<std::size_t>(way.to)])
            within[static_cast<std::size_t>(of)].push_back(way);
    }
    std::set<int> endless;
    for (const std::vector<Passed>& inner : within) {
        if (inner.empty()) continue;
        std::map<int, int> position;
        for (const Passed& way : inner)
            for (const int end : {way.from, way.to}) position.emplace(end, static_cast<int>(position.size()));
        std::vector<Passed> renumbered;
        for (const Passed& way : inner)
            renumbered.push_back({position.at(way.to), position.at(way.from), way.factor});
        if (!is_endless(static_cast<int>(position.size()), renumbered)) continue;
        for (const auto& [place, number] : position) endless.insert(place);
    }
    return endless;
}

}  // namespace

Flows solve_flows(int n, const std::vector<Passed>& ways, const Eigen::MatrixXd& sources) {
    if (n == 0) return {sources, {}, {}};
    const std::set<int> endless = endless_places(n, ways);
    if (endless.empty()) return {solve(n, ways, sources), {}, {}};
    // What enters an endless round is counted once, and nothing comes out; the rest is as it would be without.
    std::vector<Passed> finite;
    std::map<int, std::vector<int>> next;
    for (const Passed& way : ways) {
        if (!endless.contains(way.from)) finite.push_back(way);
        if (way.factor > 0) next[way.from].push_back(way.to);
    }
    Flows flows{solve(n, finite, sources), {}, {}};
    std::vector<int> open;
    for (const int place : endless)
        if (flows.amounts.row(place).sum() > 0) open.push_back(place);
    std::set<int> seen(open.begin(), open.end());
    while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        (endless.contains(at) ? flows.endless : flows.behind).insert(at);
        for (const int to : next[at])
            if (seen.insert(to).second) open.push_back(to);
    }
    return flows;
}

Eigen::VectorXd limited_flows(int n, const std::vector<Passed>& ways, const Eigen::VectorXd& sources,
                              const Eigen::VectorXd& most) {
    Eigen::VectorXd amounts = solve_flows(n, ways, sources).amounts.col(0);
    std::vector<bool> held_up(static_cast<std::size_t>(n));
    bool changed = false;
    for (int i = 0; i < n; ++i)
        if (amounts(i) > most(i)) held_up[static_cast<std::size_t>(i)] = changed = true;
    while (changed) {
        Eigen::VectorXd entering = sources;
        std::vector<Passed> open;
        for (const Passed& way : ways)
            if (held_up[static_cast<std::size_t>(way.from)])
                entering(way.to) += most(way.from) * way.factor;
            else
                open.push_back(way);
        amounts = solve_flows(n, open, entering).amounts.col(0);
        changed = false;
        for (int i = 0; i < n; ++i)
            if (held_up[static_cast<std::size_t>(i)] && amounts(i) <= most(i)) {
                held_up[static_cast<std::size_t>(i)] = false;
                changed = true;
            }
    }
    return amounts;
}

}  // namespace understudy::models
