// Promised: rows of a series that have dates stand at their clock time in a period of the calendar, dates without a zone
// are of that of the run, an hour that comes twice is taken in order; what is played otherwise than it was recorded, or
// longer, is warned of; what is ambiguous is refused. Shown: the points of profiles against what the clock says.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::formats;
using kernel::day;
using kernel::hour;
using kernel::minute;

namespace {

using Points = std::vector<std::pair<kernel::Time, double>>;

struct Read {
    Points points;
    std::string said;
};

/// A file of `rows` as a series, with these keys of the profile and the run.
Read series(const std::string& rows, const std::string& profile, const std::string& run,
            const std::string& header = "at,rate") {
    const tests::ScratchFolder folder;
    folder.write("r.csv", header + "\n" + rows);
    const auto reading = read_scenario(
        "understudy: 1\nscenario: s\nlogs: {r: {file: r.csv, format: csv, time: at, columns: {rate: "
        "number}}}\ntwin: {stages: {s: {reads: x, workers: 1, service: 1s}}}\nprofiles: {p: {series: r.rate" +
            profile + "}}\nload: {x: {arrivals: poisson(1/h), profile: p}}\nrun: {" + run + "}\n",
        "s.yaml", {}, folder.path().string());
    return {reading.scenario ? reading.scenario->profiles[0].points : Points{}, reading.diagnostics.show()};
}

/// Hourly rows, numbered from 1, from a local date and hour on, without a zone.
std::string hourly(int days_from, int hour_from, int count, const std::string& month = "2026-03-") {
    std::string rows;
    for (int i = 0; i < count; ++i)
        rows += fmt::format("{}{:02}T{:02}:00,{}\n", month, days_from + (hour_from + i) / 24,
                            (hour_from + i) % 24, i + 1);
    return rows;
}

/// The hours of the points, from the first row or of the day.
std::vector<double> hours(const Points& points) {
    std::vector<double> found;
    for (const auto& [at, value] : points) found.push_back(kernel::to_seconds(at) / 3600);
    return found;
}

bool has(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

const std::string month = "length: 14d, start: 2026-03-03T00:00";

}  // namespace

TEST_CASE("recorded series: the last row stands for what it was not recorded for") {
    const std::string rows = hourly(3, 0, 48);
    const Read long_run = series(rows, "", month);
    CHECK(has(long_run.said,
              "s.yaml:5:24: warning: the rows of 'r.rate' end 47h after the first: the last value stands for "
              "the 289h that are left of the run; 'period: 2d' repeats them\n"));
    CHECK(series(rows, ", period: 2d", month).said == "");
    CHECK(series(rows, "", "length: 48h, start: 2026-03-03T00:00").said == "");
    CHECK(series(rows, "", "length: 6h, start: 2026-03-03T00:00, warm_up: 0s").said == "");
    // Who logs changes has as long a time without one.
    const std::string changes =
        "2026-03-03T00:00,1\n2026-03-03T01:00,2\n2026-03-04T01:00,1\n2026-03-04T03:00,2\n";
    CHECK(series(changes, "", "length: 2d, start: 2026-03-03T00:00").said == "");
    CHECK(has(series(changes, "", "length: 3d, start: 2026-03-03T00:00").said,
              "the last value stands for the 45h that are left of the run; a 'period' repeats them"));
}

TEST_CASE("recorded series: in a day or a week rows with dates stand at their clock time") {
    // 06:00 to 05:00 of the next day.
    const Read of_day = series(hourly(3, 6, 24), ", period: 1d", month);
    CHECK(of_day.said == "");
    REQUIRE(of_day.points.size() == 24);
    for (int h = 0; h < 24; ++h)
        CHECK(of_day.points[static_cast<std::size_t>(h)] ==
              std::pair<kernel::Time, double>(h * hour, (h - 6 + 24) % 24 + 1));
    // From 9:00 to 12:00 alone: at midnight there is what the day ends with.
    CHECK(series(hourly(3, 9, 3), ", period: 1d", month).points ==
          Points{{0, 3}, {9 * hour, 1}, {10 * hour, 2}, {11 * hour, 3}});
    // A Tuesday's and a Thursday's rows, in a week that begins on Monday.
    CHECK(series("2026-03-03T06:00,1\n2026-03-05T18:00,2\n", ", period: 1w", month).points ==
          Points{{0, 2}, {day + 6 * hour, 1}, {3 * day + 18 * hour, 2}});
    // The clock is that of the run's zone.
    CHECK(
        series("2026-03-03T06:00Z,1\n2026-03-03T23:30Z,2\n", ", period: 1d", month + ", zone: Europe/Berlin")
            .points == Points{{0, 1}, {30 * minute, 2}, {7 * hour, 1}});
    // A week of 169 hours fits into a week.
    std::string week = hourly(19, 0, 7 * 24, "2026-10-");
    const Read autumn =
        series(week, ", period: 1w", "length: 14d, start: 2026-10-19T00:00, zone: Europe/Berlin");
    CHECK(autumn.said == "");
    CHECK(autumn.points.size() == 168);
    CHECK(has(series(hourly(3, 6, 25), ", period: 1d", month).said,
              "the log goes on for 1d, longer than the period"));
    // Without a date of the run, and with numbers instead of dates, they count from the first.
    CHECK(series(hourly(3, 6, 2), ", period: 1d", "length: 14d").points == Points{{0, 1}, {hour, 2}});
    CHECK(series("21600,1\n25200,2\n", ", period: 1d", month).points == Points{{0, 1}, {hour, 2}});
}

TEST_CASE("recorded series: rows that are played at another time of the day are warned of") {
    const Read other = series(hourly(3, 6, 48), "", "length: 2d, start: 2026-03-03T00:00");
    CHECK(other.points.front() == std::pair<kernel::Time, double>(0, 1));
    CHECK(other.said ==
          "s.yaml:5:24: warning: the first row of 'r.rate', of 06:00, is played at 00:00, when the run "
          "starts; start the run at 06:00, or give a 'period' of 1d or 1w, whose rows go by their clock "
          "time\n");
    CHECK(has(series(hourly(3, 6, 48), ", period: 2d", month).said, "is played at 00:00"));
    // Another day at the same time is meant so, and hours do not know the day.
    CHECK(series(hourly(3, 6, 48), "", "length: 2d, start: 2026-07-01T06:00").said == "");
    CHECK(series("2026-03-03T06:00,1\n2026-03-03T06:30,2\n", ", period: 1h", month).said == "");
    CHECK(series(hourly(3, 6, 48), "", "length: 2d").said == "");
}

TEST_CASE("recorded series: dates without a zone are of the zone of the run") {
    const std::string spring = "2026-03-29T00:30,1\n2026-03-29T01:30,2\n2026-03-29T03:30,3\n";
    const std::string run = "length: 3h, warm_up: 0s, zone: ";
    CHECK(hours(series(spring, "", run + "Europe/Berlin").points) == std::vector<double>{0, 1, 2});
    CHECK(hours(series(spring, "", run + "UTC").points) == std::vector<double>{0, 1, 3});
    // With their offset they say themselves when they are.
    CHECK(hours(series("2026-03-29T00:30Z,1\n2026-03-29T01:30Z,2\n2026-03-29T03:30Z,3\n", "",
                       run + "Europe/Berlin")
                    .points) == std::vector<double>{0, 1, 3});
}

TEST_CASE("recorded series: an hour that comes twice is taken in the order of the file") {
    const std::string run = "length: 6h, warm_up: 0s, zone: Europe/Berlin";
    const std::string date = "2026-10-25T0";
    // 01:00 02:00 02:00 03:00.
    CHECK(hours(series(date + "1:00,1\n" + date + "2:00,2\n" + date + "2:00,3\n" + date + "3:00,4\n", "", run)
                    .points) == std::vector<double>{0, 1, 2, 3});
    // Half hours: it goes back from 02:30 to 02:00.
    CHECK(hours(series(date + "1:30,1\n" + date + "2:00,2\n" + date + "2:30,3\n" + date + "2:00,4\n" + date +
                           "2:30,5\n" + date + "3:00,6\n",
                       "", run)
                    .points) == std::vector<double>{0, 0.5, 1, 1.5, 2, 2.5});
    // On the other side of the world, where it is half an hour, and it is autumn in April.
    CHECK(hours(series("2026-04-05T01:00,1\n2026-04-05T01:30,2\n2026-04-05T01:30,3\n2026-04-05T02:00,4\n", "",
                       "length: 6h, warm_up: 0s, zone: Australia/Lord_Howe")
                    .points) == std::vector<double>{0, 0.5, 1, 1.5});
    // In UTC, and in a file without an order, it is twice the same; with an offset it is not.
    const std::string twice = date + "2:00,2\n" + date + "2:00,3\n";
    const std::string refused = series(twice, "", "length: 6h").said;
    CHECK(has(refused, "r.csv:3: the row has the time of another, and a series has one value at a time"));
    CHECK(refused.find("warning") == std::string::npos);
    CHECK(has(refused, "may have their offset: '2026-10-25T02:00+01:00'"));
    CHECK(has(series(date + "4:00,1\n" + twice, "", run).said, "r.csv:4: the row has the time of another"));
    CHECK(hours(series(date + "2:00+02:00,2\n" + date + "2:00+01:00,3\n", "", run).points) ==
          std::vector<double>{0, 1});
    // One clock time three times is still one too many.
    CHECK(has(series(twice + date + "2:00,4\n", "", run).said, "the row has the time of another"));
}

TEST_CASE("recorded series: two columns of one name are refused at the header") {
    const Read twice = series("2026-03-03T00:00,1,2\n", "", "length: 1h, warm_up: 0s", "at,rate,rate");
    CHECK(
        twice.said ==
        "s.yaml:5:26: error: r.csv:1: two columns are called 'rate'; give one of them another name, or leave "
        "it out\n");
    CHECK(has(series("2026-03-03T00:00,1,2\n", "", "length: 1h, warm_up: 0s", "at,rate,at").said,
              "r.csv:1: two columns are called 'at'"));
    // Columns that nobody asks for may be called as they like.
    CHECK(series("2026-03-03T00:00,1,2,3\n", "", "length: 1h, warm_up: 0s", "at,rate,x,x").said == "");
}

TEST_CASE("recorded series: rows without a value are missing rows, and are told") {
    const Read with = series(
        "2014-02-14 14:30:00,300\n2014-02-14 14:35:00,\n2014-02-14 14:40:00,NaN\n"
        "2014-02-14 14:45:00,100\n",
        "", "length: 15min");
    CHECK(with.points == Points{{0, 300}, {15 * minute, 100}});
    CHECK(has(with.said, "2 rows without a value, taken as missing"));
    CHECK(has(with.said, "r.csv:3: '' in column 'rate' is no number from 0 up"));
    CHECK(has(series("2014-02-14 14:30:00,-\n", "", "length: 15min").said, "r.csv:2: '-' in column 'rate'"));
    CHECK(has(series("2014-02-14 14:30:00,-3\n", "", "length: 15min").said,
              "'-3' in column 'rate' is no number"));
}

TEST_CASE("recorded series: dates as people write them, in an order that the column says") {
    for (const char* date : {"2026/05/{:02} 13:29:00", "{:02}.05.2026 13:29", "5/{}/2026 1:29 PM"}) {
        std::string rows;
        for (int d = 12; d <= 14; ++d) rows += fmt::format("{},{}\n", fmt::format(fmt::runtime(date), d), d);
        CHECK(series(rows, "", "length: 3d").points == Points{{0, 12}, {day, 13}, {2 * day, 14}});
    }
    CHECK(has(series("5/4/2026 13:29,1\n5/6/2026 13:29,2\n", "", "length: 3d").said,
              "r.csv:2: '5/4/2026 13:29' may have the day or the month first"));
    CHECK(has(series("42751.5618,1\n42752.5618,2\n", "", "length: 3d").said,
              "r.csv: each of its times looks like the day number of a spreadsheet"));
}
