#include "tools/reports/graph_view.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "tools/formats/letters.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::GraphNode;
using studies::RunResult;

namespace {

bool is_resource(const GraphNode& node) { return node.kind == "pool" || node.kind == "budget"; }
bool is_use(const std::string& kind) { return kind == "runs_on" || kind == "spends"; }

/// The name with its last run of digits, or all of them, as '#': the same for tasks of one kind.
std::string stem(const std::string& name, bool all) {
    std::string reversed;
    bool replaced = false;
    for (std::size_t i = name.size(); i-- > 0;) {
        if (!formats::is_digit(name[i]) || (replaced && !all)) {
            reversed += name[i];
            continue;
        }
        while (i > 0 && formats::is_digit(name[i - 1])) --i;
        reversed += '#';
        replaced = true;
    }
    return {reversed.rbegin(), reversed.rend()};
}

/// What is left of a stem that says something: the pipeline is drawn in front of its tasks, and the box says how
/// many there are.
std::string folded_label(std::string stem, const std::string& kind) {
    if (kind == "task") stem.erase(0, stem.find('.') + 1);
    if (stem.size() > 2 && stem.ends_with("_#")) stem.resize(stem.size() - 2);
    return stem;
}

/// "ALIGN" of "ALIGN (sample 1)", as Nextflow names its tasks; empty for other labels.
std::string process_of(const std::string& label) {
    const std::size_t tag = label.rfind(" (");
    return tag == std::string::npos || label.back() != ')' ? "" : label.substr(0, tag);
}

std::size_t distinct(const std::vector<std::string>& keys) {
    return std::set<std::string>(keys.begin(), keys.end()).size();
}

/// Something happens there; streams and pools only carry or serve it.
bool acts(const GraphNode& node) {
    return node.kind == "load" || node.kind == "stage" || node.kind == "task" || node.kind == "pipeline";
}

void widen(std::optional<double>& most, const std::optional<double>& value) {
    if (value && (!most || *value > *most)) most = value;
}

}  // namespace

GraphView view_of(const RunResult& result, std::size_t most_nodes) {
    // One node for each name: a stage, the stream it writes and its own workers share one, drawn as the stage.
    std::unordered_map<std::string, std::size_t> by_name;
    std::vector<const GraphNode*> nodes;
    std::vector<std::optional<double>> utilisation;
    std::vector<std::string> notes;
    for (const auto& node : result.nodes) {
        const auto [known, fresh] = by_name.try_emplace(node.name, nodes.size());
        if (fresh) {
            nodes.push_back(&node);
            utilisation.push_back(node.utilisation);
            notes.push_back(node.note);
            continue;
        }
        if (notes[known->second].empty()) notes[known->second] = node.note;
        const GraphNode*& shown = nodes[known->second];
        if (!acts(*shown) && (acts(node) || is_resource(*shown))) shown = &node;
        widen(utilisation[known->second], node.utilisation);
    }
    const auto find = [&](const std::string& name) {
        const auto found = by_name.find(name);
        return found == by_name.end() ? nodes.size() : found->second;
    };

    GraphView view;
    std::vector<std::size_t> resource_of(nodes.size(), SIZE_MAX);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        if (!is_resource(*nodes[n])) continue;
        resource_of[n] = view.resources.size();
        view.resources.push_back({nodes[n]->label.empty() ? nodes[n]->name : nodes[n]->label,
                                  nodes[n]->kind,
                                  1,
                                  nodes[n]->utilisation,
                                  true,
                                  {}});
    }
    std::vector<std::optional<double>> load(nodes.size());
    std::vector<bool> own(nodes.size(), false);
    std::vector<std::set<std::size_t>> uses(nodes.size());
    std::vector<bool> follows(nodes.size(), false);  // a task after another one
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        load[n] = utilisation[n];
        own[n] = load[n].has_value();
    }
    for (const auto& edge : result.edges) {
        const std::size_t from = find(edge.from), to = find(edge.to);
        if (from == nodes.size() || to == nodes.size() || from == to) continue;
        if (edge.kind == "after") follows[to] = true;
        if (!is_use(edge.kind) || resource_of[to] == SIZE_MAX) continue;
        uses[from].insert(resource_of[to]);
        if (!own[from]) widen(load[from], nodes[to]->utilisation);
    }

    std::vector<std::size_t> flow;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        if (resource_of[n] == SIZE_MAX) flow.push_back(n);
    }
    std::vector<std::string> key(nodes.size());
    for (const std::size_t n : flow) key[n] = nodes[n]->name;
    if (flow.size() > most_nodes) {
        std::vector<std::string> keys;
        for (const bool all : {false, true}) {
            keys.clear();
            for (const std::size_t n : flow) keys.push_back(nodes[n]->kind + ' ' + stem(nodes[n]->name, all));
            if (distinct(keys) <= most_nodes) break;
        }
        for (std::size_t i = 0; i < flow.size(); ++i) key[flow[i]] = keys[i];
        if (distinct(keys) > most_nodes) {
            // Names say nothing: keep the most loaded, fold the rest by kind and pipeline.
            std::vector<std::size_t> order = flow;
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
                return load[a].value_or(-1) > load[b].value_or(-1);
            });
            std::set<std::string> kept;
            for (const std::size_t n : order) {
                if (kept.size() + 10 < most_nodes) kept.insert(key[n]);
                if (kept.contains(key[n])) continue;
                const auto dot = nodes[n]->name.find('.');
                key[n] = nodes[n]->kind == "task" && dot != std::string::npos
                             ? "other tasks of " + nodes[n]->name.substr(0, dot)
                             : "other " + nodes[n]->kind + "s";
            }
        }
    }

    std::unordered_map<std::string, std::size_t> drawn;
    std::vector<std::size_t> drawn_of(nodes.size(), SIZE_MAX);
    std::vector<std::set<std::size_t>> drawn_uses;
    std::vector<std::string> process;  // of all that are folded into a node; empty: of several, or not known
    for (const std::size_t n : flow) {
        const auto [found, added] = drawn.try_emplace(key[n], view.nodes.size());
        if (added) {
            view.nodes.emplace_back();
            view.nodes.back().count = 0;
            view.nodes.back().kind = nodes[n]->kind;
            view.nodes.back().label = nodes[n]->label.empty() ? nodes[n]->name : nodes[n]->label;
            view.nodes.back().note = notes[n];
            drawn_uses.emplace_back();
            process.push_back(process_of(nodes[n]->label));
        }
        if (process[found->second] != process_of(nodes[n]->label)) process[found->second].clear();
        ViewNode& node = view.nodes[found->second];
        // The key of a folded node is "KIND STEM", or already words.
        if (++node.count == 2) {
            node.note.clear();
            node.label = key[n].rfind("other ", 0) == 0
                             ? key[n]
                             : folded_label(key[n].substr(nodes[n]->kind.size() + 1), nodes[n]->kind);
        }
        widen(node.utilisation, load[n]);
        node.own = node.own || own[n];
        drawn_uses[found->second].insert(uses[n].begin(), uses[n].end());
        drawn_of[n] = found->second;
    }
    for (std::size_t n = 0; n < view.nodes.size(); ++n) {
        view.nodes[n].uses.assign(drawn_uses[n].begin(), drawn_uses[n].end());
        if (view.nodes[n].count == 1) continue;
        view.folded += view.nodes[n].count;
        if (!process[n].empty()) view.nodes[n].label = process[n];
    }

    struct Sum {
        double share = 0;
        int count = 0;
    };
    std::map<std::tuple<std::size_t, std::size_t, std::string>, Sum> sums;
    for (const auto& edge : result.edges) {
        const std::size_t from = find(edge.from), to = find(edge.to);
        if (from == nodes.size() || to == nodes.size() || is_use(edge.kind)) continue;
        const std::size_t a = drawn_of[from], b = drawn_of[to];
        if (a == SIZE_MAX || b == SIZE_MAX || a == b) continue;
        // A pipeline leads to its first tasks only; the others follow from those.
        if (edge.kind == "part_of" && (follows[to] || nodes[to]->kind == "pipeline")) continue;
        Sum& sum = sums[{a, b, edge.kind}];
        sum.share += edge.share;
        ++sum.count;
    }
    for (const auto& [name, sum] : sums) {
        const auto& [from, to, kind] = name;
        view.edges.push_back({from, to, kind, sum.share / sum.count});
    }
    return view;
}

namespace {

/// Bytes that all labels at `positions` begin with, back to the begin of a word.
std::size_t shared_begin(const std::vector<ViewNode>& nodes, const std::vector<std::size_t>& positions) {
    const std::string& first = nodes[positions.front()].label;
    std::size_t shared = first.size();
    for (const std::size_t n : positions) {
        std::size_t same = 0;
        while (same < shared && same < nodes[n].label.size() && nodes[n].label[same] == first[same]) ++same;
        shared = same;
    }
    const auto word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0;
    };
    while (shared > 0 && word(first[shared - 1])) --shared;
    return shared;
}

std::string cut_behind(const std::string& text, int width) {
    if (text_width(text) <= width) return text;
    std::string begin;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] & 0xc0) != 0x80 && text_width(begin) == width - 3) break;
        begin += text[i];
    }
    return begin + "...";
}

/// Of "A:B:C" as much from its end as fits; of anything else its begin and end.
std::string last_parts(const std::string& text, int width) {
    if (text_width(text) <= width) return text;
    for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1))
        if (text_width(text) - text_width(text.substr(0, colon + 1)) + 3 <= width && colon + 1 < text.size())
            return "..." + text.substr(colon + 1);
    return shorten(text, width);
}

}  // namespace

std::vector<std::string> drawn_labels(const std::vector<ViewNode>& nodes, int width) {
    std::vector<std::string> labels;
    std::map<std::string, std::vector<std::size_t>> alike;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        labels.push_back(last_parts(nodes[n].label, width));
        alike[labels.back()].push_back(n);
    }
    for (const auto& [label, positions] : alike) {
        const std::size_t shared = shared_begin(nodes, positions);
        if (positions.size() < 2 || shared == 0) continue;
        for (const std::size_t n : positions)
            if (shared < nodes[n].label.size())
                labels[n] = cut_behind("..." + nodes[n].label.substr(shared), width);
    }
    return labels;
}

}  // namespace understudy::reports
