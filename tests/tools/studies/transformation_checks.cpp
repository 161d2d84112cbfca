// Promised: what a transformation makes is called the same only where rows were compared by a key and are the same; other
// numbers of rows, other values in a column and keys that tell no rows apart are a difference, and without a key nothing else is
// known. Shown: profiles and counts set by hand, for what is read and what is not.
#include "tools/studies/transformation_checks.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/tools/studies/sample.h"

using namespace understudy;
using namespace understudy::studies;

namespace {

/// Three whole numbers 1, 2, 3.
ResultProfile three_rows() {
    ColumnProfile id;
    id.name = "id";
    id.rows = id.integers = id.distinct = 3;
    id.least_integer = 1;
    id.greatest_integer = 3;
    id.least = 1;
    id.greatest = 3;
    id.mean = 2;
    return {3, 24, {id}};
}

/// Of the stage `build`, old and new code making the same; `key`: rows were compared.
Transformation of_build(bool key) {
    Transformation one;
    one.task = "build";
    one.baseline = one.candidate = three_rows();
    if (key) {
        one.key = {"id"};
        one.differences.emplace();
        one.differences->key = one.key;
        one.differences->same = 3;
    }
    return one;
}

models::Scenario shop(bool read) {
    return tests::prepared(std::string("twin: {stages: {build: {reads: clicks, writes: paid}") +
                           (read ? ", book: {reads: paid}" : "") +
                           "}}\nload: {clicks: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\n")
        .scenario;
}

std::string why_of(const Transformation& one, bool read, ChangeCategory category) {
    std::string why;
    CHECK(category_of(one, shop(read), why) == category);
    return why;
}

}  // namespace

TEST_CASE("rows compared by a key: the same") {
    CHECK(remade_by(of_build(true)) == Remade::alike);
    CHECK(why_of(of_build(true), true, ChangeCategory::non_breaking) ==
          "the transformation of build makes the same of the sample");
}

TEST_CASE("without a key nobody knows that rows are the same") {
    CHECK(remade_by(of_build(false)) == Remade::unknown);
    CHECK(why_of(of_build(false), true, ChangeCategory::breaking) ==
          "rows that build writes were not compared (no 'key'), and they are read: what was made of them has "
          "to be rebuilt");
    CHECK(why_of(of_build(false), false, ChangeCategory::non_breaking) ==
          "rows that build writes were not compared (no 'key'), and nothing in the twin reads them");
}

TEST_CASE("without a key a column that holds something else differs") {
    Transformation one = of_build(false);
    one.candidate.columns[0].greatest = 4;
    CHECK(remade_by(one) == Remade::different);
    one = of_build(false);
    one.candidate.columns.clear();
    CHECK(remade_by(one) == Remade::different);
    // A sum in another order; and noise that the tolerance allows.
    one = of_build(false);
    one.candidate.columns[0].mean = 2 * (1 + 1e-15);
    CHECK(remade_by(one) == Remade::unknown);
    one.tolerance = 1e-6;
    one.candidate.columns[0].greatest = 3 + 1e-6;
    CHECK(remade_by(one) == Remade::unknown);
}

TEST_CASE("each row twice: no key tells them apart, and the number differs") {
    Transformation one = of_build(true);
    one.candidate.rows = 6;
    one.differences->repeated_candidate = 3;
    CHECK(remade_by(one) == Remade::different);
    // As many of the old code as of the new: what came before was not compared.
    one.baseline.rows = 6;
    one.differences->repeated_baseline = 3;
    CHECK(remade_by(one) == Remade::different);
    CHECK(why_of(one, true, ChangeCategory::breaking) ==
          "rows that build writes differ, and they are read: what was made of them has to be rebuilt");
}

TEST_CASE("numbers that come as text keep to range, precision and scale") {
    const auto failed = [](const std::string& shown, double least, double greatest) {
        const models::Scenario scenario =
            tests::prepared(
                "twin:\n  datasets: {paid: {columns: {id: {type: 'numeric(5,2)', min: 0, max: 900}}}}\n"
                "  stages: {build: {reads: clicks, writes: paid}}\n"
                "load: {clicks: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\n")
                .scenario;
        Transformation one = of_build(true);
        ColumnProfile& id = one.candidate.columns[0];
        id.texts = id.decimals = 3;
        id.integers = 0;
        id.least_integer.reset();
        id.greatest_integer.reset();
        id.values = {{shown, "'" + shown + "'"}};
        id.least = least;
        id.greatest = greatest;
        std::string names;
        for (const Check& check : checks_of(one, scenario))
            if (check.status == Check::Status::failed) names += check.name + ": " + check.message + "\n";
        return names;
    };
    CHECK(failed("1.2500", 1.25, 900) == "");
    CHECK(failed("-1", -1, 900) == "range: -1 is below 0\n");
    CHECK(failed("901", 1, 901) == "range: 901 is above 900\n");
    const std::string no_such =
        "types: declared numeric(5,2); at least 1 row with a value that is no number of numeric(5,2)\n";
    CHECK(failed("2.125", 1, 2.125) == no_such);
    CHECK(failed("1000", 1, 1000) == no_such + "range: 1000 is above 900\n");
}

TEST_CASE("a REAL in a column of integers is called one, however whole") {
    const auto told = [](std::int64_t integers, const std::vector<std::string>& shown) {
        const models::Scenario scenario =
            tests::prepared(
                "twin:\n  datasets: {paid: {columns: {id: {type: integer}}}}\n"
                "  stages: {build: {reads: clicks, writes: paid}}\n"
                "load: {clicks: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\n")
                .scenario;
        Transformation one = of_build(true);
        ColumnProfile& id = one.candidate.columns[0];
        id.integers = integers;
        if (integers == 0) id.least_integer.reset();
        id.reals = 3 - integers;
        for (const std::string& value : shown) id.values.push_back({value, value});
        for (const Check& check : checks_of(one, scenario))
            if (check.name == "types") return check.message;
        return std::string();
    };
    const std::string no_such = "declared integer; at least ";
    const std::string why = " with a value that is no integer of 32 bits, such as ";
    CHECK(told(0, {"199.0", "2.0"}) == no_such + "3 rows" + why + "199.0, a REAL");
    CHECK(told(2, {"-1", "1234567.25", "3"}) == no_such + "1 row" + why + "1234567.25, a REAL");
    CHECK(told(3, {"1", "2", "3"}) == "");
}

TEST_CASE("rows that lack the newest ones are older than the dataset's freshness allows") {
    const auto told = [](const std::string& objectives, std::int64_t before,
                         std::optional<std::int64_t> after, std::int64_t nulls = 0,
                         std::int64_t instants = 3) {
        const models::Scenario scenario =
            tests::prepared(
                "twin:\n  datasets: {paid: {columns: {at: {type: timestamp}}}}\n"
                "  stages: {build: {reads: clicks, writes: paid}}\n"
                "load: {clicks: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\nobjectives: [" +
                objectives + "]\n")
                .scenario;
        Transformation one = of_build(true);
        one.baseline.columns[0].name = one.candidate.columns[0].name = "at";
        for (ColumnProfile* at : {&one.baseline.columns[0], &one.candidate.columns[0]}) {
            at->integers = 0;
            at->texts = at->timestamps = 3;
        }
        one.baseline.columns[0].newest = before;
        one.candidate.columns[0].newest = after;
        one.candidate.columns[0].nulls = nulls;
        one.candidate.columns[0].timestamps = instants;
        one.candidate.columns[0].texts = 3 - nulls;
        std::string text;
        for (const Check& check : checks_of(one, scenario))
            if (check.name == "freshness" || check.name == "contract")
                text += std::string(name_of(check.status)) + " " + check.about + ": " + check.message;
        return text;
    };
    const std::string limits = "'p(95) freshness(paid) < 2h', 'avg freshness(paid) <= 30min'";
    CHECK(told(limits, 7200, 7200) == "passed paid: 2 promises of paid hold for 3 rows");
    CHECK(told(limits, 7200, 9000) == "passed paid: 2 promises of paid hold for 3 rows");
    CHECK(told(limits, 7200, 6300) ==
          "warned paid.at: its newest instant is 15 min older than before; promised: avg freshness(paid) <= "
          "30min");
    CHECK(told(limits, 7200, 1800) ==
          "failed paid.at: its newest instant is 1.5 h older than before; promised: avg freshness(paid) <= "
          "30min");
    CHECK(told("'avg freshness(paid) > 30min'", 172800, 0) ==
          "warned paid.at: its newest instant is 2 d older than before");
    // What has lost them all is not fresh, however stale it may be.
    const std::string none = "paid.at: has no instant any more, where all ";
    CHECK(told(limits, 7200, std::nullopt, 3, 0) ==
          "failed " + none + "rows had one before; promised: avg freshness(paid) <= 30min");
    CHECK(told("'avg freshness(paid) > 30min'", 7200, std::nullopt, 3, 0) ==
          "warned " + none + "rows had one before");
    CHECK(told(limits, 172800, 0, 1, 1)
              .starts_with("failed paid.at: its newest instant is 2 d older than before, and 1 row with a "
                           "value that is none"));
}
