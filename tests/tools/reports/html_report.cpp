#include "tools/reports/html_report.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/tools/formats/results/sample_result.h"
#include "tools/reports/graph_layout.h"
#include "tools/reports/graph_view.h"
#include "tools/reports/html_parts.h"

using namespace understudy;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("the page is whole, asks for nothing, and lets no text become markup") {
    auto result = tests::sample_result();
    result.warnings.push_back({"</script><img src=x onerror=alert(1)>"});
    result.series[0].name = "freshness(</script>)";
    const std::string page = reports::html_report(result);
    CHECK(page == reports::html_report(result));
    CHECK(page.size() < 400'000);
    CHECK(page.find("<img") == std::string::npos);
    CHECK(page.find("<script>alert") == std::string::npos);
    CHECK(page.find("&lt;script&gt;alert") != std::string::npos);
    CHECK(count_of(page, "<script") == count_of(page, "</script"));
    CHECK(count_of(page, "<script") == 3);
    for (const char* loaded : {"src=\"http", "<link", "@import", "url(http"})
        CHECK_MESSAGE(page.find(loaded) == std::string::npos, loaded);
    for (const char* part : {"id=\"objectives\"", "id=\"warnings\"", "id=\"series\"", "id=\"graph\"",
                             "id=\"load\"", "id=\"metrics\"", "id=\"provenance\"", "5b0c9a3e77d10f42"}) {
        CHECK_MESSAGE(page.find(part) != std::string::npos, part);
    }
    CHECK(count_of(page, "class=\"limit\"") == 3);
    const auto table = page.find("id=\"least-certain\"");
    REQUIRE(table != std::string::npos);
    CHECK(page.find("<td class=\"number\">0.33</td><td class=\"number\">40</td>", table) !=
          std::string::npos);
}

TEST_CASE("pages of large runs stay small and say what they left out") {
    for (const int elements : {300, 5000}) {
        const std::string page = reports::html_report(tests::large_result(elements));
        CHECK(page.size() < 1'000'000);
        CHECK(page.find("284 more series are in the result file") != std::string::npos);
        CHECK(page.find("folded by name and kind") != std::string::npos);
    }
}

TEST_CASE("a result with nothing in it makes a page") {
    const std::string page = reports::html_report({});
    CHECK(page.find("inconclusive") != std::string::npos);
    CHECK(page.find("</html>") != std::string::npos);
}

TEST_CASE("text in the page is always valid UTF-8") {
    CHECK(reports::escape_html("a<b>\"&'") == "a&lt;b&gt;&quot;&amp;&#39;");
    CHECK(reports::escape_html("\xc3\xa9\xff\xc3") == "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(reports::escape_html(std::string("\0\x01z", 3)) == "  z");
}

TEST_CASE("a layout has no overlaps, and edges go from left to right but for few that close a cycle") {
    std::vector<reports::LayoutNode> nodes(40, {100, 40, 0, 0});
    std::vector<reports::LayoutEdge> edges;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (i >= 3) edges.push_back({i - 3, i, {}});
        if (i >= 11) edges.push_back({i - 11, i, {}});
        if (i >= 20) edges.push_back({i * 7 % 20, i, {}});
    }
    edges.push_back({39, 2, {}});
    const auto size = reports::lay_out(nodes, edges);
    for (std::size_t a = 0; a < nodes.size(); ++a) {
        CHECK(nodes[a].x >= 0);
        CHECK(nodes[a].y >= -1e-6);
        CHECK(nodes[a].x + nodes[a].width <= size.width + 1e-6);
        CHECK(nodes[a].y + nodes[a].height <= size.height + 1e-6);
        for (std::size_t b = 0; b < a; ++b) {
            const bool apart = nodes[a].x + 100 <= nodes[b].x || nodes[b].x + 100 <= nodes[a].x ||
                               nodes[a].y + 40 <= nodes[b].y || nodes[b].y + 40 <= nodes[a].y;
            CHECK(apart);
        }
    }
    const auto backwards = std::count_if(
        edges.begin(), edges.end(), [&](const auto& edge) { return nodes[edge.from].x >= nodes[edge.to].x; });
    CHECK(backwards >= 1);
    CHECK(backwards <= 3);
}

TEST_CASE("a graph is drawn as what flows; pools stand apart and colour what runs on them") {
    const auto view = reports::view_of(tests::sample_result());
    CHECK(view.nodes.size() == 10);
    CHECK(view.resources.size() == 2);
    CHECK(view.folded == 0);
    const auto named = [&](const std::string& label) {
        return *std::find_if(view.nodes.begin(), view.nodes.end(),
                             [&](const auto& node) { return node.label == label; });
    };
    CHECK(*named("clean").utilisation == 0.8467);
    CHECK_FALSE(named("clean").own);
    CHECK_FALSE(named("orders_raw").utilisation);
    // The pipeline leads to its first task only.
    CHECK(std::count_if(view.edges.begin(), view.edges.end(),
                        [](const auto& edge) { return edge.kind == "part_of"; }) == 1);

    const auto folded = reports::view_of(tests::large_result(5000));
    CHECK(folded.nodes.size() <= 70);
    CHECK(folded.folded == 5000);

    // Names that say nothing: the most loaded stay, the rest is folded.
    auto result = tests::sample_result();
    for (int i = 0; i < 200; ++i) {
        std::string name = "stage ";
        for (int k = i; k > 0; k /= 3) name += static_cast<char>('a' + k % 3);
        result.nodes.push_back({name, "stage", "", i / 200.0});
    }
    const auto kept = reports::view_of(result);
    CHECK(kept.nodes.size() <= 70);
    CHECK(std::any_of(kept.nodes.begin(), kept.nodes.end(),
                      [](const auto& node) { return node.label == "other stages"; }));
}

TEST_CASE("boxes that fold tasks of one process can be told apart") {
    std::vector<reports::ViewNode> nodes;
    for (const char* step : {"trim", "align", "sort_by_position_and_name"}) {
        reports::ViewNode node;
        node.label =
            std::string("NFCORE_RNASEQ:RNASEQ:PREPARE_AND_PROCESS:") + step + "_of_the_sample_of_one_lane";
        nodes.push_back(node);
    }
    nodes.push_back({"short", "task", 1, {}, false, {}});
    const auto labels = reports::drawn_labels(nodes, 30);
    CHECK(std::set<std::string>(labels.begin(), labels.end()).size() == 4);
    CHECK(labels[0].find("trim") != std::string::npos);
    CHECK(labels[3] == "short");
    for (const auto& label : labels) CHECK(label.size() <= 30);

    nodes[0].label = "NFCORE_RNASEQ:RNASEQ:BIGWIG_FORWARD:UCSC_BEDCLIP";
    nodes[1].label = "NFCORE_RNASEQ:RNASEQ:BIGWIG_REVERSE:UCSC_BEDCLIP";
    nodes[2].label = "NFCORE_RNASEQ:RNASEQ:PREPARE_GENOME_OF_ALL:GUNZIP (genes.gz)";
    CHECK(reports::drawn_labels(nodes, 20) == std::vector<std::string>{"...FORWARD:UCSC_B...",
                                                                       "...REVERSE:UCSC_B...",
                                                                       "...GUNZIP (genes.gz)", "short"});

    // Tasks of a replayed run: the pipeline is drawn before them, and their number says nothing.
    studies::RunResult result;
    result.nodes.push_back({"workflow", "pipeline", "", {}});
    for (int i = 0; i < 200; ++i)
        result.nodes.push_back({"workflow.align_" + std::to_string(i), "task", "", {}});
    for (int i = 0; i < 200; ++i)
        result.nodes.push_back({"workflow.last_forty_characters_" + std::to_string(i),
                                "task",
                                "A:SORT (s" + std::to_string(i) + ")",
                                {}});
    const auto view = reports::view_of(result);
    CHECK(std::any_of(view.nodes.begin(), view.nodes.end(),
                      [](const auto& node) { return node.label == "align" && node.count == 200; }));
    CHECK(std::any_of(view.nodes.begin(), view.nodes.end(),
                      [](const auto& node) { return node.label == "A:SORT" && node.count == 200; }));
}

TEST_CASE("what nobody can expect is left out of the table of loads") {
    auto result = tests::sample_result();
    for (auto& station : result.forecast) {
        station.utilisation.reset();
        station.offered_load = 0;
        station.workers = 4;
    }
    CHECK(reports::html_report(result).find("work offered") == std::string::npos);
    CHECK(reports::html_report(tests::sample_result()).find("work offered") != std::string::npos);
}

TEST_CASE("the page says what --set changed and that nothing was promised") {
    auto result = tests::sample_result();
    result.objectives.clear();
    result.reason = studies::Reason::no_objectives;
    result.provenance.set = {"spark.workers=<9>"};
    const std::string page = reports::html_report(result);
    CHECK(page.find("spark.workers=&lt;9&gt;") != std::string::npos);
    CHECK(page.find("<span class=\"badge none\">no objectives</span>") != std::string::npos);
}

TEST_CASE("wide tables scroll in a box of their own, so that the page does not") {
    const std::string page = reports::html_report(tests::sample_result());
    CHECK(count_of(page, "<table") > 5);
    CHECK(count_of(page, "<div class=\"wide\"><table") == count_of(page, "<table"));
}
