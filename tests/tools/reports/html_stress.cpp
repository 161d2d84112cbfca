// Promised: the page of a stress test is whole, asks for nothing, lets no text become markup, and has what the answer has.
#include "tools/reports/html_stress.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/json/sample_stress.h"
#include "tools/reports/html_chart.h"

using namespace understudy;

namespace {

std::string page_of(const formats::StressAnswer& answer) {
    return reports::html_stress(answer.study, answer.result,
                                answer.bottlenecks ? &*answer.bottlenecks : nullptr, {"1.2.3", "cafe0123"});
}

bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("the page of a stress test has what the answer has") {
    const std::string page = page_of(tests::sample_stress());
    CHECK(page == page_of(tests::sample_stress()));
    CHECK(page.size() < 100'000);
    for (const char* part : {"It holds with load at 1.25x, and breaks by 1.75x.",
                             "First to break: <span class=\"mono\">avg latency() &lt; 2s",
                             "At 3% per month it breaks between 2027-01-08 and 2028-01-07.",
                             "<span class=\"badge violated\">violated</span>",
                             "'dead' is not survived",
                             "Knee: throughput over mean latency is greatest with load at 1.00x",
                             "two is offered more than it can do",
                             "outage: at 20 min for 60 s",
                             "not well again by the end of the run",
                             "not known: there was no room for it",
                             "in 11 of 12 replications",
                             "one more worker (1 to 2)",
                             "Then, with two twice as fast",
                             "not decided",
                             "two.workers=2",
                             "faster.yaml",
                             "cafe0123",
                             "1.2.3",
                             "1 of 3",
                             "max lag(reader)",
                             "a load of users throttles itself"})
        CHECK_MESSAGE(has(page, part[0] == '\'' ? "&#39;dead&#39; is not survived" : part), part);
    for (const char* id :
         {"against", "objectives", "over-time", "levels", "disturbances", "help", "provenance", "warnings"}) {
        CHECK_MESSAGE(occurrences(page, std::string("id=\"") + id + "\"") == 1, id);
        CHECK_MESSAGE(has(page, std::string("href=\"#") + id + "\""), id);
    }
    // Latency, throughput, the busiest, one consumer's lag, both promises, and over time what waits and lags.
    CHECK(occurrences(page, "<svg class=\"curves\"") == 8);
    CHECK(has(page, "load at 1.75x: 180 items from 60 s to 2 min"));
    CHECK(has(page, ">1.75x breaks</text>"));
    CHECK(has(page, ">1.00x knee</text>"));
    CHECK(occurrences(page, "<div class=\"wide\"><table") == occurrences(page, "<table"));
}

TEST_CASE("the page of a stress test asks for nothing and lets no text become markup") {
    formats::StressAnswer answer = tests::sample_stress();
    const std::string hostile = "</script><img src=x onerror=alert(1)>\"'&";
    answer.study.name = answer.study.base = answer.result.factor = answer.result.explanation = hostile;
    answer.study.changes = answer.study.set = answer.result.warnings = answer.result.breaks_first = {hostile};
    answer.study.growth->written = hostile;
    answer.result.warm_up_reason = hostile;
    for (studies::Level& level : answer.result.levels) {
        level.value += hostile;
        level.why = level.most_loaded = hostile;
        for (auto& promise : level.promises) promise.text = promise.unit = hostile;
        for (auto& measure : level.measures) measure.unit = hostile;
        for (auto& series : level.series) series.name = series.unit = hostile;
        level.measures.push_back({"avg utilisation(" + hostile + ")", "fraction",
                                  level.measures.empty() ? studies::Estimate{} : level.measures[5].estimate});
        level.measures.push_back({"avg lag(" + hostile, hostile, level.measures[0].estimate});
    }
    for (studies::RecoveryResult& one : answer.result.disturbances) {
        one.name += hostile;
        one.not_survived = one.peak_of = one.peak_unit = hostile;
        one.detected_by = {hostile};
        for (auto& promise : one.promises) promise.text = hostile;
    }
    answer.result.disturbances[2].why = hostile;
    auto& found = *answer.bottlenecks;
    found.target = found.target_unit = found.fixed->element = hostile;
    found.by_activity.most_time->name = hostile;
    for (auto& station : found.stations) station.name = hostile;
    for (auto& remedy : found.remedies) remedy.element = remedy.text = hostile;
    const std::string page = reports::html_stress(answer.study, answer.result, &found, {hostile, hostile});
    CHECK_FALSE(has(page, "<img"));
    CHECK_FALSE(has(page, "<script"));
    CHECK_FALSE(has(page, "</script"));
    CHECK_FALSE(has(page, "\"'&\""));
    for (const char* loaded : {"src=\"", "href=\"http", "<link", "@import", "url("})
        CHECK_MESSAGE(!has(page, loaded), loaded);
}

TEST_CASE("an answer with nothing in it, or with a level alone, makes a page") {
    const std::string page = page_of({});
    CHECK(has(page, "No level was shown to hold or to break."));
    CHECK_FALSE(has(page, "<svg"));
    CHECK(has(page, "</html>"));
    formats::StressAnswer answer = tests::sample_stress();
    answer.bottlenecks.reset();
    answer.result.disturbances.clear();
    answer.result.knee.reset();
    answer.result.breaks_at.reset();
    answer.result.holds_at = 0;
    answer.result.levels.resize(1);
    CHECK(has(page_of(answer), "It holds with load at 0.50x, and no level was shown to break."));
    CHECK_FALSE(has(page_of(answer), "id=\"help\""));
}

TEST_CASE("the page of a long stress test stays small and says what it left out") {
    formats::StressAnswer answer = tests::sample_stress();
    const studies::Level level = answer.result.levels[1];
    for (int i = 0; i < 600; ++i) {
        answer.result.levels.push_back(level);
        answer.result.levels.back().number = 5 + i;
        answer.result.levels.back().value = std::to_string(5 + i) + "x";
    }
    for (studies::Level& one : answer.result.levels) {
        one.promises.resize(1, level.promises[0]);
        for (int i = 0; i < 60; ++i) {
            one.promises.push_back(level.promises[0]);
            one.promises.back().text += std::to_string(i);
        }
    }
    const std::string page = page_of(answer);
    CHECK(page.size() < 1'000'000);
    CHECK(has(page, "more objectives are not drawn"));
    CHECK(has(page, "more; --json has all"));
}

TEST_CASE("a chart is logarithmic where values are far apart, and has no line of one point") {
    const reports::ChartAcross across{"load", {{0, "1x"}, {1, "2x"}}, {}, {}, {}};
    const reports::ChartLine near{"a", {{0, 5, 4, 6, "", ""}, {1, 10, {}, {}, "", ""}}};
    const reports::ChartLine far{"a", {{0, 0.5, {}, {}, "", ""}, {1, 90, {}, {}, "", ""}}};
    const std::string linear = reports::chart_html({"t", "", "s", {near}}, across);
    CHECK_FALSE(has(linear, "logarithmic"));
    CHECK(has(linear, ">0</text>"));
    const std::string logarithmic = reports::chart_html({"t", "", "s", {far}}, across);
    CHECK(has(logarithmic, "(logarithmic)"));
    CHECK(has(logarithmic, ">10 s</text>"));
    CHECK(reports::chart_html({"t", "", "s", {{"a", {{0, 5, {}, {}, "", ""}}}}}, across).empty());
}
