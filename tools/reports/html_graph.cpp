#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/graph_layout.h"
#include "tools/reports/graph_view.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::RunResult;

namespace {

constexpr double node_height = 42, margin = 14, band_row = 54;
constexpr int label_width = 30, caption_width = 34;

std::string kind_words(const std::string& kind, std::size_t count) {
    if (count < 2) return kind;
    return fmt::format("{} {}s", count, kind);
}

/// The line below a node's name: its kind, what it uses, how loaded it is.
std::string caption(const GraphView& view, const ViewNode& node) {
    std::string text = kind_words(node.kind, node.count);
    if (!node.uses.empty()) {
        text += " on " + view.resources[node.uses.front()].label;
        if (node.uses.size() > 1) text += fmt::format(" +{}", node.uses.size() - 1);
    }
    if (node.own && node.utilisation)
        text += (node.count > 1 ? " · up to " : " · ") + human(*node.utilisation, "fraction", 3);
    return shorten(text, caption_width);
}

double width_of(const std::string& label, const std::string& below) {
    const auto wide = static_cast<double>(
        std::count_if(label.begin(), label.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; }));
    return std::clamp(std::max(text_width(label) * 7.6 + wide * 1.5, text_width(below) * 5.9) + 22.0, 84.0,
                      300.0);
}

std::string title_of(const GraphView& view, const ViewNode& node) {
    std::string text = node.label + "\n" + kind_words(node.kind, node.count);
    if (!node.note.empty()) text += "\n" + node.note;
    for (const std::size_t used : node.uses) {
        text +=
            "\non " + view.resources[used].label + ": " + human(view.resources[used].utilisation, "fraction");
    }
    if (node.own && node.utilisation) {
        text += fmt::format("\nutilisation {}{}", node.count > 1 ? "up to " : "",
                            human(*node.utilisation, "fraction"));
    }
    return text;
}

std::string node_svg(const GraphView& view, const ViewNode& node, const std::string& label,
                     const LayoutNode& at, const std::string& id) {
    // Loads and datasets are round, work is square: what flows against what is done to it.
    const bool round =
        node.kind == "load" || node.kind == "dataset" || node.kind == "stream" || node.kind == "exit";
    const std::string load = node.utilisation ? fmt::format(" u{}", load_class(*node.utilisation)) : "";
    std::string uses;
    for (const std::size_t used : node.uses) uses += fmt::format("{}r{}", uses.empty() ? "" : " ", used);
    std::string svg = fmt::format("<g class=\"node{}\" data-id=\"{}\" data-uses=\"{}\"><title>{}</title>",
                                  load, id, uses, escape_html(title_of(view, node)));
    if (node.count > 1) {  // a pile
        svg += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"{}\"/>",
                           at.x + 4, at.y + 4, at.width, at.height, round ? 20 : 5);
    }
    svg += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"{}\"/>", at.x,
                       at.y, at.width, at.height, round ? 20 : 5);
    const double middle = at.x + at.width / 2;
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", middle, at.y + 18,
                       escape_html(label));
    svg += fmt::format(
        "<text class=\"caption\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text></g>\n", middle,
        at.y + 33, escape_html(caption(view, node)));
    return svg;
}

std::string edge_svg(const LayoutEdge& edge, const ViewEdge& of) {
    const bool lost = of.kind == "dead_letter";
    std::string path = fmt::format("M{:.1f} {:.1f}", edge.points[0].x, edge.points[0].y);
    for (std::size_t i = 1; i < edge.points.size(); ++i) {
        const auto& a = edge.points[i - 1];
        const auto& b = edge.points[i];
        const double bend = (b.x - a.x) / 2;
        path += fmt::format(" C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", a.x + bend, a.y, b.x - bend, b.y,
                            b.x, b.y);
    }
    std::string svg = fmt::format(
        "<path class=\"edge{}\" data-from=\"n{}\" data-to=\"n{}\" d=\"{}\" marker-end=\"url(#arrow)\"/>\n",
        lost ? " lost" : (of.kind == "part_of" || of.kind == "triggers" ? " part" : ""), of.from, of.to,
        path);
    std::string label = of.share < 1 - 1e-9 && of.share > 0 ? human(of.share, "fraction", 3) : "";
    if (!label.empty()) {
        const auto& a = edge.points[0];
        const auto& b = edge.points[1];
        svg += fmt::format(
            "<text class=\"edge-text\" data-from=\"n{}\" data-to=\"n{}\" x=\"{:.1f}\" y=\"{:.1f}\" "
            "text-anchor=\"middle\">{}</text>\n",
            of.from, of.to, (a.x + b.x) / 2, (a.y + b.y) / 2 - 4, label);
    }
    return svg;
}

const char* legend =
    "<div class=\"legend\"><span>Utilisation:</span>"
    "<span><span class=\"swatch\" style=\"background:var(--u0)\"></span>below 50 %</span>"
    "<span><span class=\"swatch\" style=\"background:var(--u1)\"></span>50 to 70 %</span>"
    "<span><span class=\"swatch\" style=\"background:var(--u2)\"></span>70 to 85 %</span>"
    "<span><span class=\"swatch\" style=\"background:var(--u3)\"></span>85 to 95 %</span>"
    "<span><span class=\"swatch\" style=\"background:var(--u4)\"></span>95 % and more</span>"
    "<span><span class=\"swatch\" style=\"background:var(--node)\"></span>not measured</span>"
    "<span><svg width=\"26\" height=\"8\"><path d=\"M0 4H26\" "
    "style=\"stroke:var(--violated);stroke-dasharray:5 3;"
    "stroke-width:1.5\"/></svg> dead letter</span>"
    "<span>A stage or task has the colour of the busiest pool it runs on.</span></div>";

}  // namespace

int load_class(double utilisation) {
    constexpr double steps[] = {0.5, 0.7, 0.85, 0.95};
    return static_cast<int>(
        std::count_if(std::begin(steps), std::end(steps), [&](double s) { return utilisation >= s; }));
}

std::string html_graph(const RunResult& result) {
    if (result.nodes.empty()) return "";
    const GraphView view = view_of(result);
    const std::vector<std::string> labels = drawn_labels(view.nodes, label_width);
    const std::vector<std::string> resource_labels = drawn_labels(view.resources, label_width);
    std::vector<LayoutNode> nodes;
    for (std::size_t n = 0; n < view.nodes.size(); ++n)
        nodes.push_back({width_of(labels[n], caption(view, view.nodes[n])), node_height});
    std::vector<LayoutEdge> edges;
    for (const auto& edge : view.edges) edges.push_back({edge.from, edge.to, {}});
    const LayoutSize size = lay_out(nodes, edges);

    // Pools in rows below, as wide as the flow or a page.
    std::vector<LayoutNode> boxes;
    const double row_width = std::max(size.width, 900.0);
    double x = 0, y = 0, used_width = 0;
    for (std::size_t r = 0; r < view.resources.size(); ++r) {
        const double width = width_of(resource_labels[r], caption(view, view.resources[r]));
        if (x > 0 && x + width > row_width) {
            x = 0;
            y += band_row;
        }
        boxes.push_back({width, node_height, x, y});
        x += width + 18;
        used_width = std::max(used_width, x - 18);
    }
    const double flow_height = size.height + (view.nodes.empty() ? 0 : 30);
    const double band_top = boxes.empty() ? 0 : flow_height + 26;
    const double total_height = boxes.empty() ? flow_height : band_top + y + node_height;
    const double total_width = std::max(size.width, used_width) + 8;

    std::string body;
    for (std::size_t e = 0; e < edges.size(); ++e) body += edge_svg(edges[e], view.edges[e]);
    for (std::size_t n = 0; n < nodes.size(); ++n)
        body += node_svg(view, view.nodes[n], labels[n], nodes[n], fmt::format("n{}", n));
    if (!boxes.empty()) {
        body += fmt::format(
            "<line class=\"band-line\" x1=\"0\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
            "<text class=\"band-title\" x=\"0\" y=\"{:.1f}\">pools</text>\n",
            total_width - 8, flow_height - 4, flow_height - 4, flow_height + 14);
        for (std::size_t r = 0; r < boxes.size(); ++r) {
            boxes[r].y += band_top;
            body += node_svg(view, view.resources[r], resource_labels[r], boxes[r], fmt::format("r{}", r));
        }
    }
    // Shrinks to the page as far as it stays readable, then scrolls.
    const double width = total_width + 2 * margin, height = total_height + 2 * margin;
    const std::string folded =
        view.folded > 0 ? fmt::format(", {} of them folded by name and kind", view.folded) : "";
    std::string section = fmt::format(
        R"(<section id="graph" class="long"><h2>Graph<small>{} elements{}</small></h2>
<div class="scroll"><svg class="graph" role="img" aria-label="graph of the model" width="{:.0f}" height="{:.0f}" )"
        R"(style="min-width:{:.0f}px" viewBox="{:.0f} {:.0f} {:.0f} {:.0f}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">)"
        R"(<path class="arrow" d="M0 0.8L7.5 4L0 7.2z"/></marker></defs>
)",
        result.nodes.size(), folded, width, height, 0.75 * width, -margin, -margin, width, height);
    return section + body + "</svg></div>\n" + legend + "</section>\n";
}

}  // namespace understudy::reports
