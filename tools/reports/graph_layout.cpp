#include "tools/reports/graph_layout.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace understudy::reports {

namespace {

constexpr double layer_gap = 52, node_gap = 18, bend_height = 8;

/// The graph while it is being laid out: nodes first, then the bends of long edges.
struct Layers {
    std::vector<int> layer;                         ///< of each vertex
    std::vector<std::vector<std::size_t>> members;  ///< vertices by layer, in their order
    std::vector<std::vector<std::size_t>> in, out;  ///< neighbours one layer away
    std::vector<double> height, position;           ///< position: of the middle
};

/// Edges to turn so that no cycle is left, few of them: vertices are put in a row, sinks from its end,
/// sources from its front, else the one that most more leads away from than to (Eades, Lin and Smyth); edges
/// against the row.
std::vector<bool> turned_edges(std::size_t count, const std::vector<LayoutEdge>& edges) {
    std::vector<int> in(count, 0), out(count, 0);
    std::vector<std::vector<std::size_t>> before(count), after(count);
    for (const auto& edge : edges) {
        ++out[edge.from];
        ++in[edge.to];
        after[edge.from].push_back(edge.to);
        before[edge.to].push_back(edge.from);
    }
    constexpr std::size_t none = SIZE_MAX;
    std::vector<std::size_t> place(count, none);
    std::size_t front = 0, back = count;
    const auto pick = [&](const auto& fits) {
        for (std::size_t v = 0; v < count; ++v) {
            if (place[v] == none && fits(v)) return v;
        }
        return none;
    };
    while (front < back) {
        std::size_t vertex = pick([&](std::size_t v) { return out[v] == 0; });
        const bool sink = vertex != none;
        if (!sink) vertex = pick([&](std::size_t v) { return in[v] == 0; });
        if (vertex == none) {
            for (std::size_t v = 0; v < count; ++v) {
                if (place[v] != none) continue;
                if (vertex == none || out[v] - in[v] > out[vertex] - in[vertex]) vertex = v;
            }
        }
        place[vertex] = sink ? --back : front++;
        for (const std::size_t to : after[vertex]) --in[to];
        for (const std::size_t from : before[vertex]) --out[from];
    }
    std::vector<bool> turned(edges.size());
    for (std::size_t e = 0; e < edges.size(); ++e) turned[e] = place[edges[e].from] > place[edges[e].to];
    return turned;
}

std::vector<int> layers_by_longest_path(std::size_t count,
                                        const std::vector<std::pair<std::size_t, std::size_t>>& edges) {
    std::vector<std::vector<std::size_t>> out(count);
    std::vector<std::size_t> missing(count, 0), order;
    for (const auto& [from, to] : edges) {
        out[from].push_back(to);
        ++missing[to];
    }
    std::vector<int> layer(count, 0);
    for (std::size_t v = 0; v < count; ++v) {
        if (missing[v] == 0) order.push_back(v);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (const std::size_t to : out[order[i]]) {
            layer[to] = std::max(layer[to], layer[order[i]] + 1);
            if (--missing[to] == 0) order.push_back(to);
        }
    }
    // Sources move next to what they lead to; others stay where they are first possible.
    std::vector<bool> source(count, true);
    for (const auto& [from, to] : edges) source[to] = false;
    for (std::size_t v = 0; v < count; ++v) {
        if (!source[v] || out[v].empty()) continue;
        int nearest = layer[out[v][0]];
        for (const std::size_t to : out[v]) nearest = std::min(nearest, layer[to]);
        layer[v] = nearest - 1;
    }
    return layer;
}

void order_layers(Layers& layers) {
    std::vector<double> rank(layers.layer.size(), 0);
    const auto number = [&](const std::vector<std::size_t>& members) {
        for (std::size_t i = 0; i < members.size(); ++i) rank[members[i]] = static_cast<double>(i);
    };
    for (const auto& members : layers.members) number(members);
    const auto sort_by = [&](std::vector<std::size_t>& members,
                             const std::vector<std::vector<std::size_t>>& side) {
        std::vector<std::pair<double, std::size_t>> keyed;
        for (const std::size_t v : members) {
            double middle = rank[v];
            if (!side[v].empty()) {
                middle = 0;
                for (const std::size_t n : side[v]) middle += rank[n];
                middle /= static_cast<double>(side[v].size());
            }
            keyed.push_back({middle, v});
        }
        std::stable_sort(keyed.begin(), keyed.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < keyed.size(); ++i) members[i] = keyed[i].second;
        number(members);
    };
    for (int sweep = 0; sweep < 12; ++sweep) {
        for (std::size_t l = 1; l < layers.members.size(); ++l) sort_by(layers.members[l], layers.in);
        for (std::size_t l = layers.members.size(); l-- > 1;) sort_by(layers.members[l - 1], layers.out);
    }
}

/// Puts a layer's vertices as near to `wanted` as their order and gaps allow: groups that touch share their
/// shift.
void settle(const std::vector<std::size_t>& members, const std::vector<double>& wanted, Layers& layers) {
    struct Block {
        double first;   ///< middle of its first vertex
        double weight;  ///< vertices in it
        std::size_t begin, end;
    };
    // Offsets of each vertex from the first of the layer when all touch.
    std::vector<double> offset(members.size(), 0);
    for (std::size_t i = 1; i < members.size(); ++i) {
        offset[i] =
            offset[i - 1] + (layers.height[members[i - 1]] + layers.height[members[i]]) / 2 + node_gap;
    }
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < members.size(); ++i) {
        blocks.push_back({wanted[members[i]] - offset[i], 1, i, i + 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].first > blocks.back().first) {
            const Block last = blocks.back();
            blocks.pop_back();
            Block& joined = blocks.back();
            joined.first =
                (joined.first * joined.weight + last.first * last.weight) / (joined.weight + last.weight);
            joined.weight += last.weight;
            joined.end = last.end;
        }
    }
    for (const Block& block : blocks) {
        for (std::size_t i = block.begin; i < block.end; ++i)
            layers.position[members[i]] = block.first + offset[i];
    }
}

void place(Layers& layers) {
    for (const auto& members : layers.members) {
        std::vector<double> wanted(layers.layer.size(), 0);
        settle(members, wanted, layers);
    }
    const auto towards = [&](const std::vector<std::size_t>& members, const auto& side) {
        std::vector<double> wanted = layers.position;
        for (const std::size_t v : members) {
            if (side[v].empty()) continue;
            std::vector<double> near;
            for (const std::size_t n : side[v]) near.push_back(layers.position[n]);
            std::sort(near.begin(), near.end());
            wanted[v] = (near[(near.size() - 1) / 2] + near[near.size() / 2]) / 2;
        }
        settle(members, wanted, layers);
    };
    for (int sweep = 0; sweep < 8; ++sweep) {
        for (std::size_t l = 1; l < layers.members.size(); ++l) towards(layers.members[l], layers.in);
        for (std::size_t l = layers.members.size(); l-- > 1;) towards(layers.members[l - 1], layers.out);
    }
}

}  // namespace

LayoutSize lay_out(std::vector<LayoutNode>& nodes, std::vector<LayoutEdge>& edges) {
    if (nodes.empty()) return {};
    const auto turned = turned_edges(nodes.size(), edges);
    std::vector<std::pair<std::size_t, std::size_t>> forward;
    for (std::size_t e = 0; e < edges.size(); ++e) {
        forward.push_back(turned[e] ? std::pair{edges[e].to, edges[e].from}
                                    : std::pair{edges[e].from, edges[e].to});
    }
    Layers layers;
    layers.layer = layers_by_longest_path(nodes.size(), forward);
    const int least = *std::min_element(layers.layer.begin(), layers.layer.end());
    for (int& layer : layers.layer) layer -= least;
    for (const auto& node : nodes) layers.height.push_back(node.height);
    layers.in.resize(nodes.size());
    layers.out.resize(nodes.size());

    std::vector<std::vector<std::size_t>> bends(edges.size());
    const auto connect = [&](std::size_t from, std::size_t to) {
        layers.out[from].push_back(to);
        layers.in[to].push_back(from);
    };
    for (std::size_t e = 0; e < edges.size(); ++e) {
        std::size_t before = forward[e].first;
        for (int l = layers.layer[before] + 1; l < layers.layer[forward[e].second]; ++l) {
            const std::size_t bend = layers.layer.size();
            layers.layer.push_back(l);
            layers.height.push_back(bend_height);
            layers.in.emplace_back();
            layers.out.emplace_back();
            connect(before, bend);
            bends[e].push_back(bend);
            before = bend;
        }
        connect(before, forward[e].second);
    }
    const int last = *std::max_element(layers.layer.begin(), layers.layer.end());
    layers.members.resize(static_cast<std::size_t>(last) + 1);
    for (std::size_t v = 0; v < layers.layer.size(); ++v) {
        layers.members[static_cast<std::size_t>(layers.layer[v])].push_back(v);
    }
    layers.position.resize(layers.layer.size(), 0);
    order_layers(layers);
    place(layers);

    // From layers to coordinates.
    std::vector<double> left(layers.members.size() + 1, 0), width(layers.members.size(), 0);
    double top = 1e300, bottom = -1e300;
    for (std::size_t v = 0; v < layers.layer.size(); ++v) {
        const auto l = static_cast<std::size_t>(layers.layer[v]);
        if (v < nodes.size()) width[l] = std::max(width[l], nodes[v].width);
        top = std::min(top, layers.position[v] - layers.height[v] / 2);
        bottom = std::max(bottom, layers.position[v] + layers.height[v] / 2);
    }
    for (std::size_t l = 0; l < width.size(); ++l) left[l + 1] = left[l] + width[l] + layer_gap;
    const auto middle_y = [&](std::size_t v) { return layers.position[v] - top; };
    for (std::size_t v = 0; v < nodes.size(); ++v) {
        const auto l = static_cast<std::size_t>(layers.layer[v]);
        nodes[v].x = left[l] + (width[l] - nodes[v].width) / 2;
        nodes[v].y = middle_y(v) - nodes[v].height / 2;
    }
    for (std::size_t e = 0; e < edges.size(); ++e) {
        auto& points = edges[e].points;
        const auto [from, to] = forward[e];
        points.push_back({nodes[from].x + nodes[from].width, middle_y(from)});
        for (const std::size_t bend : bends[e]) {
            const auto l = static_cast<std::size_t>(layers.layer[bend]);
            points.push_back({left[l], middle_y(bend)});
            points.push_back({left[l] + width[l], middle_y(bend)});
        }
        points.push_back({nodes[to].x, middle_y(to)});
        if (turned[e]) std::reverse(points.begin(), points.end());
    }
    return {left.back() - layer_gap, bottom - top};
}

}  // namespace understudy::reports
