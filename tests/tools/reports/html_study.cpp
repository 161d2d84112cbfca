// Promised: pages of answers are whole, ask for nothing, let no text become markup, and hold where little is known.
// Shown: answers made by hand, with names that are markup, without estimates, costs, days, chances and settings; many settings.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "tools/reports/html_cheapest.h"
#include "tools/reports/html_demand.h"
#include "tools/reports/html_growth_plan.h"
#include "tools/reports/html_sensitivity.h"
#include "tools/reports/html_survey.h"
#include "tools/reports/value_numbers.h"

using namespace understudy;
using studies::Study;
using studies::Verdict;

namespace {

const std::string evil = "<script>alert(1)</script>&\"'";
const reports::AnswerOrigin origin{"1.2.3", "cafe0123"};

Study study_of(Study::Method method, const std::vector<std::string>& paths) {
    Study study;
    study.name = evil;
    study.base = evil;
    study.method = method;
    study.set = {evil};
    for (const std::string& path : paths) {
        study.factors.emplace_back().path = path;
        study.factors.back().written = evil;
    }
    return study;
}

studies::Candidate candidate(std::vector<std::string> values, std::optional<double> cost, Verdict verdict,
                             std::optional<double> value) {
    studies::Candidate one;
    one.values = std::move(values);
    one.cost = cost;
    one.verdict = verdict;
    one.why = value ? "" : evil;
    one.replications = 5;
    one.promises = {{evil + " < 3s",
                     "s",
                     3,
                     verdict,
                     {value, value ? std::optional(*value - 1) : std::nullopt,
                      value ? std::optional(*value + 1) : std::nullopt}},
                    {"share > 1", "fraction", std::numeric_limits<double>::infinity(), verdict, {}}};
    return one;
}

bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

void check_page(const std::string& page) {
    CHECK(has(page, "</html>"));
    for (const char* wrong :
         {"<script", "src=", "@import", "http", "\"nan", "\"-nan", "\"inf", "\"-inf", " nan", ",nan"})
        CHECK_MESSAGE(!has(page, wrong), wrong);
    CHECK(has(page, "&lt;script&gt;"));
    CHECK(page.size() < 1'000'000);
    for (const char* tag : {"section", "svg", "table", "div", "p", "g"})
        CHECK_MESSAGE(count(page, std::string("<") + tag + ">") + count(page, std::string("<") + tag + " ") ==
                          count(page, std::string("</") + tag + ">"),
                      tag);
}

studies::SurveyResult survey_of(const std::vector<std::vector<std::string>>& settings, bool costs) {
    studies::SurveyResult result;
    result.measures = {evil, "share"};
    result.units = {"s", "fraction"};
    result.asked = settings.size();
    result.cost_unit = costs ? "EUR/h" : "";
    double value = 1;
    for (const auto& values : settings) {
        auto& setting = result.settings.emplace_back();
        setting.values = values;
        if (costs) setting.cost = value;
        setting.measures = {{value, value * 0.9, value * 1.1}, {}};
        if (value > 2) setting.overload = evil;
        value += 1;
    }
    return result;
}

}  // namespace

TEST_CASE("the page of the cheapest holds whatever is known") {
    const Study study = study_of(Study::Method::cheapest, {evil, "b"});
    studies::CheapestResult result;
    check_page(reports::html_cheapest(study, result, origin));
    result.verdict = Verdict::met;
    result.cost_unit = evil;
    result.best = candidate({"1", evil}, 5.0, Verdict::met, 2.0);
    result.current = candidate({}, std::nullopt, Verdict::inconclusive, std::nullopt);
    result.certificate = {candidate({"2", "x"}, 4.0, Verdict::violated, 9.0),
                          candidate({"3", "x"}, std::nullopt, Verdict::inconclusive, std::nullopt)};
    for (int i = 0; i < 1000; ++i)
        result.tried.push_back(candidate({std::to_string(i), "y"}, 7.0, Verdict::violated, 4.0 + i));
    result.warnings = {evil};
    const std::string page = reports::html_cheapest(study, result, origin);
    check_page(page);
    CHECK(page == reports::html_cheapest(study, result, origin));
    for (const char* part : {"the answer", "What is cheaper, and not all of it violated yet", "cafe0123",
                             "limit 3 s", "400 of 1003 settings are drawn"})
        CHECK_MESSAGE(has(page, part), part);
    CHECK(count(page, "class=\"marked\"") == 2);
}

TEST_CASE("the page of a plan holds with days and without") {
    Study study = study_of(Study::Method::cheapest, {"server.workers", "order"});
    study.growth.emplace().written = evil;
    studies::GrowthPlanResult result;
    check_page(reports::html_growth_plan(study, result, origin));
    result.last_load = 2;
    for (int i = 0; i < 3; ++i) {
        auto& step = result.steps.emplace_back();
        step.load = 1 + 0.3 * i;
        step.cheapest.verdict = i < 2 ? Verdict::met : Verdict::violated;
        step.cheapest.best = candidate({std::to_string(4 + i), "fifo"}, 4.0 + i, Verdict::met, 1.0);
        step.holds_at = 1.2 + 0.3 * i;
        step.breaks_at = 1.3 + 0.3 * i;
        step.broken = {evil};
    }
    std::string page = reports::html_growth_plan(study, result, origin);
    check_page(page);
    CHECK(has(page, "The plan over load"));
    result.until = "2028-02-29";
    for (int i = 0; i < 3; ++i) {
        auto& step = result.steps[static_cast<std::size_t>(i)];
        step.from = fmt::format("2026-0{}-01", 1 + 2 * i);
        step.holds_until = fmt::format("2026-0{}-01", 3 + 2 * i);
        step.breaks_by = fmt::format("2026-0{}-20", 3 + 2 * i);
    }
    page = reports::html_growth_plan(study, result, origin);
    check_page(page);
    CHECK(has(page, "The plan over time"));
    CHECK(has(page, "2028-02-29"));
    CHECK(count(page, "<svg class=\"curves\"") == 3);  // workers, cost, load; no order, which is a word
    result.steps[0].from = "someday";
    check_page(reports::html_growth_plan(study, result, origin));
}

TEST_CASE("the page of uncertain demand says what has no price and what is not known") {
    Study study = study_of(Study::Method::cheapest, {"a"});
    studies::DemandResult result;
    result.explanation = evil;
    check_page(reports::html_demand(study, result, origin));
    study.demand.resize(2);
    study.demand[0].name = evil;
    study.demand[1].name = "high";
    result.cases.resize(2);
    result.cases[0].best = candidate({"1"}, 2.0, Verdict::met, 1.0);
    for (int c = 0; c < 2; ++c) {
        auto& choice = result.choices.emplace_back();
        choice.values = {std::to_string(c)};
        choice.why = {evil};
        choice.in_case = {
            candidate({"0"}, 2.0 + c, Verdict::met, 1.0),
            candidate({"0"}, 2.0, c == 0 ? Verdict::violated : Verdict::inconclusive, std::nullopt)};
        choice.regret.in_case = {0.0, c == 0 ? std::optional<double>(INFINITY) : std::nullopt};
    }
    result.choices[0].regret.largest = INFINITY;
    const std::string page = reports::html_demand(study, result, origin);
    check_page(page);
    for (const char* part : {"no price", "not known", "broken", "class=\"d8"})
        CHECK_MESSAGE(has(page, part), part);
}

TEST_CASE("pages of settings hold in one, two and more parameters") {
    const std::vector<std::vector<std::string>> one = {{"1"}, {"2"}, {"4"}, {"word"}};
    check_page(reports::html_survey(study_of(Study::Method::grid, {evil}), survey_of(one, false), origin));
    check_page(reports::html_survey(study_of(Study::Method::grid, {evil}), {}, origin));
    std::vector<std::vector<std::string>> many;
    for (int a = 0; a < 5; ++a)
        for (int b = 0; b < 4; ++b)
            for (int c = 0; c < 20; ++c)
                many.push_back({fmt::format("{}x", a), std::to_string(b), evil + std::to_string(c)});
    const std::string page =
        reports::html_survey(study_of(Study::Method::grid, {"a", "b", evil}), survey_of(many, true), origin);
    check_page(page);
    CHECK(has(page, "combinations are drawn"));
    auto frontier = survey_of({{"1", "x"}, {"2", "y"}, {"3", "z"}}, true);
    frontier.settings[2].beaten_by = 0;
    const std::string drawn =
        reports::html_survey(study_of(Study::Method::frontier, {"a", "b"}), frontier, origin);
    check_page(drawn);
    for (const char* part : {"on the frontier", "beaten by a 1, b x", "1 beaten"})
        CHECK_MESSAGE(has(drawn, part), part);
    check_page(reports::html_survey(study_of(Study::Method::latin, {"a", "b"}), frontier, origin));
}

TEST_CASE("pages of sensitivity hold with answers and without") {
    Study study = study_of(Study::Method::one_at_a_time, {evil, "b"});
    for (const char* step : {"1", "2", "3", "4", "5"}) study.factors[0].steps.push_back({step, std::nullopt});
    study.factors[1].steps.push_back({evil, std::nullopt});
    studies::SensitivityResult result;
    result.no_rows = evil;
    check_page(reports::html_sensitivity(study, result, origin));
    result.no_rows.clear();
    auto& measure = result.measures.emplace_back();
    measure.name = evil;
    measure.unit = "fraction";
    measure.at_base = 0.5;
    for (std::size_t step = 0; step < 5; ++step) {
        auto& setting = measure.settings.emplace_back();
        setting.step = step;
        setting.value = 0.1;
        setting.difference.emplace().estimate = {5,         0.95, 0.1 * static_cast<double>(step) - 0.2,
                                                 -INFINITY, 0.4,  0};
    }
    measure.settings.push_back({1, 0, 0, evil, {}, {}});
    std::string page = reports::html_sensitivity(study, result, origin);
    check_page(page);
    CHECK(has(page, "Less the base, by"));
    study.method = Study::Method::morris;
    measure.effects = {{{6, 0.95, 1, 0.5, 2, 0}, {6, 0.95, 1, 0, 2, 0}, 0.3},
                       {{6, 0.95, -3, -5, -1, 0}, {6, 0.95, 3, 1, 5, 0}, 0}};
    page = reports::html_sensitivity(study, result, origin);
    check_page(page);
    CHECK(page.find("moves most</span><b>b<") != std::string::npos);
    study.method = Study::Method::sobol;
    measure.effects.clear();
    const kernel::Estimate beyond{30, 0.95, 1.2, -0.3, 1.9, 0};
    measure.indices = kernel::SobolIndices{{beyond, beyond}, {beyond, beyond}, beyond, beyond, beyond};
    page = reports::html_sensitivity(study, result, origin);
    check_page(page);
    CHECK(has(page, "100 %"));
    measure.why = evil;
    check_page(reports::html_sensitivity(study, result, origin));
}

TEST_CASE("values of parameters as numbers") {
    const auto read = [](const std::vector<std::string>& texts) { return reports::numbers_of(texts); };
    CHECK(read({"4", "12"})->values == std::vector<double>{4, 12});
    CHECK(read({"0.5x", "2x"})->unit == "x");
    CHECK(read({"500ms", "2min"})->values == std::vector<double>{0.5, 120});
    CHECK(read({"500ms", "2min"})->unit == "s");
    CHECK(read({"50%"})->values == std::vector<double>{0.5});
    for (const std::vector<std::string>& none :
         {std::vector<std::string>{}, {"fifo"}, {"1", "2x"}, {"1..3"}, {"poisson(1/s)"}})
        CHECK(!read(none));
}
