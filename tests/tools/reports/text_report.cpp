#include "tools/reports/text_report.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/tools/formats/results/sample_result.h"
#include "tools/reports/numbers.h"

using namespace understudy;

namespace {

int longest_line(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    int longest = 0;
    while (std::getline(lines, line)) longest = std::max(longest, reports::text_width(line));
    return longest;
}

}  // namespace

TEST_CASE("objectives come first, with estimate, interval and reason beside the verdict") {
    const std::string text = reports::text_report(tests::sample_result());
    CHECK(text.substr(0, text.find("\nWarnings")) == R"(orders-nightly: violated, past the limit
30 replications (for intervals within 2% of their estimates) of 14 d, warm-up 1
d cut (as asked), seed 42

Objectives, 95 % intervals over 30 replications
  met           p(95) freshness(orders_clean) < 30min
                24.1 min (22.85 to 25.4)
  violated      share landed(daily_revenue) by 06:30 >= 99%
                97.86 % (96.51 to 98.86): past the limit; 9 of 420 runs late
  inconclusive  avg utilisation(spark) <= 85%
                84.67 % (83.91 to 85.41): not precise enough; 40 more
                replications would do
  inconclusive  share lost(ingest) < 1% during outage
                no estimate: not enough data; no item arrived during the outage

Least certain, and how many more replications settle it
                                          estimate half width  to limit     more
  avg utilisation(spark) <= 85%            84.67 %       0.74      0.33       40
  share landed(daily_revenue) by 06:30 >= 99%
                                           97.86 %          1      1.14  decided
)");
    CHECK(text.find("Most loaded") < text.find("Metrics"));
    CHECK(text.find("p(99) end(revenue.export): the task never ran") != std::string::npos);
}

TEST_CASE("what a max is of is said where there is one") {
    auto result = tests::sample_result();
    CHECK(reports::text_report(result).find("max and min: the mean of those of each replication") !=
          std::string::npos);
    std::erase_if(result.metrics, [](const auto& metric) { return metric.name.starts_with("max "); });
    CHECK(reports::text_report(result).find("max and min") == std::string::npos);
}

TEST_CASE("many warnings are counted, a few are shown") {
    auto result = tests::sample_result();
    const auto shown = [&](int number) {
        result.warnings.assign(static_cast<std::size_t>(number), {"offered too much"});
        const std::string text = reports::text_report(result);
        int lines = 0;
        for (std::size_t at = 0; (at = text.find("  - offered too much\n", at)) != std::string::npos; ++at)
            ++lines;
        return std::pair(
            lines, text.find("  - and 4980 more: --json, or the result file, has all") != std::string::npos);
    };
    CHECK(shown(21) == std::pair(21, false));
    CHECK(shown(5000) == std::pair(20, true));
}

TEST_CASE("no line is longer than asked for, whatever the names") {
    auto result = tests::large_result(40);
    result.nodes[0].name = result.metrics[0].element = std::string(300, 'n');
    result.metrics[0].name = "avg wait(" + std::string(300, 'n') + ")";
    result.objectives[0].text = "p(95) latency(" + std::string(200, 'x') + ") < 30min";
    result.warnings[0].text = std::string(500, 'w');
    result.provenance.scenario_name = std::string(200, 's');
    for (const int width : {60, 72, 80, 132}) {
        CHECK(longest_line(reports::text_report(result, {width, false, 200})) <= width);
    }
}

TEST_CASE("colours only where asked for, and many metrics are cut") {
    const auto result = tests::large_result(400);
    CHECK(reports::text_report(result).find('\033') == std::string::npos);
    CHECK(reports::text_report(result, {80, true, 10}).find("\033[1;31mviolated\033[0m") !=
          std::string::npos);
    const std::string text = reports::text_report(result);
    CHECK(text.find("and 1403 more: --json, or the result file, has all.") != std::string::npos);
    CHECK(text.size() < 40'000);
}

TEST_CASE("a result with nothing in it, and an unstable one") {
    CHECK(reports::text_report({}).find("run: inconclusive") == 0);
    auto result = tests::sample_result();
    result.forecast[0].stable = false;
    result.interrupted = true;
    result.replications_done = 7;
    const std::string text = reports::text_report(result);
    CHECK(text.find("7 of 30 replications") != std::string::npos);
    CHECK(text.find("Interrupted") != std::string::npos);
    CHECK(text.find("more work arrives than can be done") != std::string::npos);
}

TEST_CASE("the head says that nothing was promised, that work grows without end, and what --set changed") {
    auto result = tests::sample_result();
    result.objectives.clear();
    result.verdict = studies::Verdict::met;
    result.reason = studies::Reason::no_objectives;
    result.provenance.set = {"spark.workers=9", "run.length=1d"};
    CHECK(reports::text_report(result).find(
              "orders-nightly: no objectives\nset spark.workers=9, run.length=1d\n30 replications") == 0);
    result.forecast[0].stable = false;
    CHECK(reports::text_report(result).find(
              "orders-nightly: no objectives, more work arrives than can be done\n") == 0);
    result.reason = studies::Reason::none;
    CHECK(reports::text_report(result).find("orders-nightly: met, more work arrives than can be done\n") ==
          0);
}

TEST_CASE("a caveat of several elements is said once") {
    auto result = tests::sample_result();
    REQUIRE(result.forecast.size() >= 2);
    for (auto& station : result.forecast) {
        station.exact = false;
        station.caveat = "what is expected leaves the actions out";
    }
    const std::string text = reports::text_report(result);
    CHECK(text.find("what is expected leaves the actions out") ==
          text.rfind("what is expected leaves the actions out"));
    const std::size_t at = text.find("what is expected");
    const std::size_t begin = text.rfind('\n', at);
    CHECK(text.substr(begin, at - begin).find(", ") != std::string::npos);
}

TEST_CASE("level and replications stand above estimates, doubts and fewer replications beside them") {
    auto result = tests::sample_result();
    result.metrics.resize(1);
    studies::MetricResult& metric = result.metrics[0];
    metric.name = "avg wait(spark)";
    metric.element = "spark";
    metric.unit = "s";
    metric.estimate = {2.5, 2.25, 2.75, 0.95, 30};
    const auto row = [&] {
        const std::string text = reports::text_report(result);
        CHECK(text.find("Metrics, 95 % intervals over 30 replications\n") != std::string::npos);
        return text.substr(text.find("  spark\n", text.find("\nMetrics")) + 8);
    };
    CHECK(row().starts_with("    avg wait  "));
    metric.doubt = "it has no variance";
    CHECK(row().starts_with("  ! avg wait: it has no variance  "));
    metric.estimate.replications = 3;
    const std::string both = row();
    CHECK(both.starts_with("  ! avg wait  "));
    CHECK(both.find("\n        it has no variance; 3 of 30 replications have data\n") != std::string::npos);
    metric.doubt.clear();
    metric.estimate = {2.5, std::nullopt, std::nullopt, 0.95, 30};
    CHECK(row().find("not enough data for an interval") != std::string::npos);
    metric.estimate = {0.0, 0.0, 0.001, 0.95, 30};
    CHECK(row().starts_with("  ! avg wait: no wait was seen  "));
}

TEST_CASE("of one replication each estimate without an interval says so, unless none has any") {
    auto result = tests::sample_result();
    result.replications_done = 1;
    result.interval_reason = "overlapping batch means";
    for (auto& metric : result.metrics) {
        metric.estimate.replications = 1;
        if (metric.name.starts_with("p(")) metric.estimate.low = metric.estimate.high = std::nullopt;
    }
    const std::string reason = "one replication gives no interval of it";
    const std::string text = reports::text_report(result);
    INFO(text);
    CHECK(text.find("  ! p(95) wait") != std::string::npos);
    CHECK(text.find(reason) != std::string::npos);
    for (auto& metric : result.metrics) metric.estimate.low = metric.estimate.high = std::nullopt;
    result.interval_reason = "none, as there is one replication, and it lasts until empty";
    CHECK(reports::text_report(result).find(reason) == std::string::npos);
}

TEST_CASE("columns stay apart, whatever the numbers") {
    auto result = tests::sample_result();
    result.metrics.resize(1);
    result.metrics[0].unit = "fraction";
    result.metrics[0].estimate = {3.17412e-7, 3.01212e-7, 3.30212e-7, 0.95, 30};
    const std::string text = reports::text_report(result);
    CHECK(text.find("3.174e-05 %  3.012e-05 to 3.302e-05") != std::string::npos);
}
