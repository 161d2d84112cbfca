// Promised: a comparison says who stands where in each line, also where that is too long for one, how many pairs there
// are, how much they help, and whose intervals are not to be believed; all values of a measure are in one unit; no line
// is longer than the terminal.
// Shown: comparisons made by hand.
#include "tools/reports/compare_report.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tools/reports/numbers.h"

using namespace understudy;
using kernel::Difference;
using kernel::Standing;

namespace {

studies::ComparedRun run_of(const std::string& name, studies::Verdict verdict = studies::Verdict::met,
                            studies::Reason reason = studies::Reason::none) {
    studies::ComparedRun run;
    run.name = name;
    run.result.provenance.scenario_name = "shop";
    run.result.provenance.seed = 7;
    run.result.replications_done = 30;
    run.result.verdict = verdict;
    run.result.reason = reason;
    return run;
}

studies::ComparedDifference difference(double centre, double half_width, double ratio = 4) {
    studies::ComparedDifference one;
    one.difference.emplace();
    one.difference->estimate = {30, 0.95, centre, centre - half_width, centre + half_width, 1};
    one.difference->variance_ratio = ratio;
    one.difference->order = centre + half_width < 0   ? Difference::Order::candidate_lower
                            : centre - half_width > 0 ? Difference::Order::candidate_higher
                                                      : Difference::Order::undecided;
    one.relative = centre / 4;
    one.paired = true;
    return one;
}

studies::Comparison of_three() {
    studies::Comparison comparison;
    comparison.paired = true;
    comparison.pairs = 30;
    studies::ComparedMeasure measure;
    measure.name = "avg wait(server)";
    measure.unit = "s";
    for (const double value : {4.0, 3.0, 2.0})
        measure.estimates.push_back({value, value - 1, value + 1, 0.95, 30});
    measure.differences = {difference(-1, 0.25), difference(-2, 0.25)};
    measure.doubts = {"", "", ""};
    measure.lower_is_better = true;
    using Place = Standing::Place;
    measure.standings = {{1, 3, Place::not_best}, {0.5, 1.5, Place::not_best}, {-1.5, -0.5, Place::best}};
    comparison.measures.push_back(measure);
    return comparison;
}

std::string report(const std::vector<studies::ComparedRun>& runs, const studies::Comparison& comparison,
                   int width) {
    reports::CompareLook look;
    look.width = width;
    const std::string text = reports::compare_report(runs, comparison, look);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(reports::text_width(line) <= width);
        CHECK((line.empty() || line.back() != ' '));
    }
    return text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::vector<studies::ComparedRun> three{run_of("a.h5"), run_of("b.h5"), run_of("c.h5")};

}  // namespace

TEST_CASE("one line for each run, with its place beside the best") {
    CHECK(report(three, of_three(), 100) ==
          R"(a.h5  shop      met, the baseline
b.h5  shop      met
c.h5  shop      met
30 replications each in pairs, under the same random numbers (seed 7); 95 % confidence, of all
intervals of a measure together

avg wait(server)
  a.h5          4 s  baseline, not the best
  b.h5          3 s  -1 s (-1.25 to -0.75), -25 %: lower, better, not the best
  c.h5          2 s  -2 s (-2.25 to -1.75), -50 %: lower, better, best

1 measure differs, 0 the same to the last digit, 0 undecided
Pairs vary 4 times less than independent runs would (median of 2 measures).
)");
}

TEST_CASE("the place is kept where a line is too long for the terminal, and indented") {
    const std::string text = report(three, of_three(), 64);
    CHECK(
        has(text, "\n  b.h5          3 s\n    -1 s (-1.25 to -0.75), -25 %: lower, better, not the best\n"));
    CHECK(has(text, "  c.h5          2 s\n    -2 s (-2.25 to -1.75), -50 %: lower, better, best\n"));
}

TEST_CASE(
    "fewer pairs than replications are counted, and pairs that are equal say nothing of what they help") {
    auto comparison = of_three();
    comparison.pairs = 15;
    CHECK(has(report(three, comparison, 100), "30 replications each in 15 pairs, under"));
    for (auto& one : comparison.measures[0].differences) one.difference->variance_ratio = 1.9e6;
    CHECK_FALSE(has(report(three, comparison, 100), "Pairs vary"));
    comparison.measures[0].differences[0] = difference(-1, 0.25, 0.5);
    CHECK(has(report(three, comparison, 100),
              "Pairs vary 2 times more than independent runs would (median of one measure)."));
    // Without a difference there is nothing to read of one.
    comparison.measures[0].differences[0] = {};
    comparison.measures[0].differences[0].why = "too few replications have data in both";
    comparison.measures[0].differences[0].paired = true;
    CHECK_FALSE(has(report(three, comparison, 100), "Pairs vary"));
    comparison.paired = false;
    comparison.why_independent = "there are fewer than two pairs of replications";
    CHECK(has(report(three, comparison, 100),
              "as independent samples: there are fewer than two pairs of replications;"));
}

TEST_CASE("why a verdict is open, and why an interval is not to be believed, stands beside it") {
    auto comparison = of_three();
    comparison.measures[0].doubts[1] = "the run is too short";
    comparison.warnings = {
        "b.h5: 'avg wait(server)': the run is too short; intervals of its differences hold less often than "
        "they say"};
    const std::vector<studies::ComparedRun> runs{
        run_of("a.h5"), run_of("b.h5", studies::Verdict::inconclusive, studies::Reason::warm_up),
        run_of("c.h5")};
    const std::string text = report(runs, comparison, 110);
    CHECK(has(text, "b.h5  shop      inconclusive, "));
    CHECK(has(text, "lower, better, not the best; doubtful: the run is too short\n"));
    CHECK(has(
        text,
        "warning: b.h5: 'avg wait(server)': the run is too short; intervals of its differences hold less"));
}

TEST_CASE("it is said which runs are paired with the baseline and which are not") {
    auto comparison = of_three();
    comparison.why_not = {"the seeds differ: 7 and 8", ""};
    std::string text =
        reports::compare_report({run_of("a.h5"), run_of("b.h5"), run_of("c.h5")}, comparison, {});
    for (char& c : text)
        if (c == '\n') c = ' ';
    CHECK(text.find("c.h5 with the baseline: 30 replications each in pairs") != std::string::npos);
    CHECK(text.find("as independent samples: b.h5 (the seeds differ: 7 and 8)") != std::string::npos);
}

TEST_CASE("all values of a measure are in the unit of the largest, and so is what they differ by") {
    studies::Comparison comparison;
    comparison.paired = true;
    comparison.pairs = 30;
    studies::ComparedMeasure measure;
    measure.name = "rate completed(server)";
    measure.unit = "items/s";
    for (const double value : {0.7008, 1.696}) measure.estimates.push_back({value, value, value, 0.95, 30});
    measure.differences = {difference(0.995, 0.25)};
    measure.doubts = {"", ""};
    comparison.measures = {measure};
    const std::string text = report({run_of("a.h5"), run_of("b.h5")}, comparison, 100);
    INFO(text);
    CHECK(has(text, " 0.7008 items/s"));
    CHECK(has(text, " 1.696 items/s  +0.995 items/s (+0.745 to +1.25)"));
}
