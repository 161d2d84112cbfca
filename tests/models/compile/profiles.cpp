// Promised: profiles, worker steps and windows are laid out as they are written: a ramp reaches its last point also where
// that is the end of the period; periods of a day and a week, and weekends, go by local calendar and clock, over both
// changes of the clock in the year and wherever in the week the run starts. Shown: means and counts worked out by hand;
// hour by hour against the local time of the instant, which the tz database alone tells.
#include <doctest/doctest.h>

#include <string>

#include "models/schedule.h"
#include "tests/models/analytic/sample.h"
#include "tests/models/simulation/play.h"
#include "tests/scratch_folder.h"

using namespace understudy;
using kernel::day;
using kernel::hour;
using kernel::second;
using kernel::Time;

namespace {

const std::string server = "twin: {stages: {server: {reads: jobs, workers: unlimited, service: 1ms}}}\n";

std::string with_profile(const std::string& profile, const std::string& run,
                         const std::string& arrivals = "poisson(1/s)") {
    return server + "profiles: {p: " + profile + "}\nload: {jobs: {arrivals: " + arrivals +
           ", profile: p}}\nmeasures: [total arrived()]\nrun: {warm_up: 0s, replications: 1, " + run + "}\n";
}

models::Intensity intensity(const std::string& profile, const std::string& run) {
    return tests::prepare(with_profile(profile, run)).model->loads[0].intensity;
}

/// How many come of one each 10 s at a factor of 1.
double arrived(const std::string& profile, const std::string& run) {
    return tests::play(with_profile(profile, run, "every 10s")).at("total arrived()");
}

/// "{0h: 1, 1h: 2, ...}": from each hour on its number.
std::string hours_of(int period, const std::string& unit = "") {
    std::string text = "{";
    for (int h = 0; h < period; ++h)
        text += (h > 0 ? ", " : "") + std::to_string(h) + "h: " + std::to_string(h + 1) + unit;
    return text + "}";
}

struct Change {
    const char* zone;
    std::int64_t monday;  ///< of the week before that of the change: days since 1970
};

// 2026-03-16 and 10-12; 02-23 and 10-19; 03-23 and 09-21; 03-23 and 09-14.
const Change changes[] = {{"Europe/Berlin", 20528},       {"Europe/Berlin", 20738},
                          {"America/New_York", 20507},    {"America/New_York", 20745},
                          {"Australia/Lord_Howe", 20535}, {"Australia/Lord_Howe", 20717},
                          {"Pacific/Auckland", 20535},    {"Pacific/Auckland", 20710}};

std::string date_of(std::int64_t days) { return models::Calendar({days * day}, "UTC").text(0).substr(0, 10); }

/// Calls visit(instant, hour of the week by the clock) every quarter of an hour of three weeks.
template <class Visit>
void through_the_change(const Change& change, std::int64_t start_day, std::int64_t start_hour, Visit visit) {
    const models::Calendar in_utc({0}, change.zone);
    const std::int64_t start_utc =
        in_utc.instant_of({start_day * day + start_hour * hour}) - models::local_time(0, change.zone).ns;
    for (Time t = 7 * kernel::minute; t < 21 * day; t += 15 * kernel::minute) {
        const std::int64_t local = models::local_time(start_utc + t, change.zone).ns;
        visit(t, (local / hour + 3 * 24) % 168);  // 1970-01-01 was a Thursday
    }
}

template <class Visit>
void at_all_changes(Visit visit) {
    for (const Change& change : changes)
        for (std::int64_t weekday = 0; weekday < 14; weekday += 1 + (weekday >= 7 ? 2 : 0))
            for (const std::int64_t start_hour : {0, 7}) {
                const std::string date = date_of(change.monday + weekday);
                INFO(change.zone, " from ", date, " at ", start_hour);
                visit(change, change.monday + weekday, start_hour,
                      "length: 21d, start: " + date + "T0" + std::to_string(start_hour) +
                          ":00, zone: " + change.zone);
            }
}

}  // namespace

TEST_CASE("profiles: a ramp has its value at the end of the period, and the next period its own") {
    const auto saw = intensity("{ramps: {0s: 1, 1000s: 3}, period: 1000s}", "length: 5000s");
    for (int k = 0; k < 5; ++k) {
        CHECK(saw.mean(k * 1000 * second, (k + 1) * 1000 * second) == doctest::Approx(2));
        CHECK(saw.at(k * 1000 * second) == 1);
        CHECK(saw.at(k * 1000 * second + 500 * second) == doctest::Approx(2));
        CHECK(saw.at((k + 1) * 1000 * second - 1) == doctest::Approx(3));
    }
    // Without a point there it goes on to the value of the next period, in the last one too.
    const auto tent = intensity("{ramps: {0s: 1, 500s: 3}, period: 1000s}", "length: 2000s");
    for (int k = 0; k < 2; ++k) {
        CHECK(tent.mean(k * 1000 * second, (k + 1) * 1000 * second) == doctest::Approx(2));
        CHECK(tent.at(k * 1000 * second + 750 * second) == doctest::Approx(2));
    }
    // Where the curve ends with what it begins with, there is no step.
    const auto closed = intensity("{ramps: {0s: 1, 500s: 3, 1000s: 1}, period: 1000s}", "length: 2000s");
    CHECK(closed.mean(0, 2000 * second) == doctest::Approx(2));
    CHECK(closed.at(1000 * second - 1) == doctest::Approx(1));
}

TEST_CASE("profiles: as many arrive as the area below the curve") {
    // One each 10 s, a mean factor of 1 over seven days.
    const std::string week = "length: 7d, start: 2026-06-01T00:00";
    CHECK(arrived("{ramps: {0h: 0, 24h: 2}, period: 1d}", week) == doctest::Approx(60480).epsilon(2e-5));
    // (12 h of 1, and 12 h from 1 to 3) on five days; nothing at the weekend, from midnight to midnight.
    CHECK(arrived("{ramps: {0h: 1, 12h: 1, 24h: 3}, period: 1d, weekend: 0%}", week) ==
          doctest::Approx(5 * 1.5 * 8640).epsilon(2e-5));
    // A day of 23 hours and one of 25: the ramp goes by the clock, and is as high at the end of it.
    const std::string spring = "length: 3d, start: 2026-03-28T00:00, zone: Europe/Berlin";
    const auto ramp = intensity("{ramps: {0h: 0, 24h: 2}, period: 1d}", spring);
    CHECK(ramp.mean(0, day) == doctest::Approx(1));
    CHECK(ramp.at(day + 23 * hour - 1) == doctest::Approx(2));
    CHECK(ramp.at(day + 23 * hour) == 0);
    CHECK(ramp.mean(day + 23 * hour, 2 * day + 23 * hour) == doctest::Approx(1));
    const auto autumn = intensity("{ramps: {0h: 0, 24h: 2}, period: 1d}",
                                  "length: 3d, start: 2026-10-25T00:00, zone: Europe/Berlin");
    CHECK(autumn.at(25 * hour - 1) == doctest::Approx(2));
    CHECK(autumn.at(25 * hour) == 0);
}

TEST_CASE("profiles: formulas take the area below the curve too") {
    const auto utilisation = [](const std::string& profile, const std::string& run) {
        return (*tests::answered(
            "twin: {stages: {server: {reads: jobs, workers: 10, service: exponential(mean "
            "1s)}}}\nprofiles: {p: " +
            profile + "}\nload: {jobs: {arrivals: poisson(1/s), profile: p}}\nrun: {" + run +
            "}\n"))("avg utilisation(server)")
            .value;
    };
    CHECK(utilisation("{ramps: {0s: 1, 1000s: 3}, period: 1000s}", "length: 10h") == doctest::Approx(0.2));
    // 500 s from 1 to 3, and 500 s back to 1.
    CHECK(utilisation("{ramps: {0s: 1, 500s: 3}, period: 1000s}", "length: 10h") == doctest::Approx(0.2));
    CHECK(utilisation("{steps: {0s: 1, 250s: 3}, period: 1000s}", "length: 10h") == doctest::Approx(0.25));
    CHECK(utilisation("{ramps: {0h: 1, 12h: 1, 24h: 3}, period: 1d, weekend: 0%}",
                      "length: 14d, start: 2026-06-01T00:00") == doctest::Approx(0.15 * 5 / 7));
    // Without a period what the run has of it: an hour of two from 1 to 3, and one that stays.
    CHECK(utilisation("{ramps: {0h: 1, 2h: 3}}", "length: 1h") == doctest::Approx(0.15));
    CHECK(utilisation("{ramps: {0h: 1, 1h: 3}}", "length: 2h") == doctest::Approx(0.25));
}

TEST_CASE("profiles: weekends are Saturday and Sunday, whatever the period") {
    const std::string run = "length: 14d, start: 2026-06-03T00:00";  // a Wednesday
    for (const std::string profile :
         {"{steps: {0h: 2}, weekend: 50%}", "{steps: {0h: 2}, period: 1w, weekend: 50%}",
          "{ramps: {0h: 2, 24h: 2}, period: 1d, weekend: 50%}",
          "{steps: {0h: 2}, period: 5h, weekend: 50%}"}) {
        INFO(profile);
        const auto curve = intensity(profile, run);
        CHECK(curve.mean(0, 3 * day) == doctest::Approx(2));
        CHECK(curve.mean(3 * day, 5 * day) == doctest::Approx(1));
        CHECK(curve.mean(5 * day, 10 * day) == doctest::Approx(2));
        CHECK(curve.mean(10 * day, 12 * day) == doctest::Approx(1));
        CHECK(curve.mean(12 * day, 14 * day) == doctest::Approx(2));
    }
}

TEST_CASE("profiles: weeks and days by the clock, over both changes of it, from any day of the week") {
    const std::string week = "{steps: " + hours_of(168) + ", period: 1w}",
                      days = "{steps: " + hours_of(24) + ", period: 1d}";
    at_all_changes(
        [&](const Change& change, std::int64_t start_day, std::int64_t start_hour, const std::string& run) {
            const auto weekly = intensity(week, run), daily = intensity(days, run);
            const auto weekend = intensity("{steps: {0h: 1}, weekend: 2}", run);
            int wrong = 0;
            through_the_change(change, start_day, start_hour, [&](Time t, std::int64_t of_week) {
                wrong += weekly.at(t) != static_cast<double>(of_week + 1);
                wrong += daily.at(t) != static_cast<double>(of_week % 24 + 1);
                wrong += weekend.at(t) != (of_week >= 120 ? 2 : 1);
            });
            CHECK(wrong == 0);
        });
}

TEST_CASE("profiles: steps of workers by the clock, over both changes of it") {
    const auto workers = [](const std::string& steps, const std::string& period, const std::string& run) {
        return tests::prepare("twin: {stages: {server: {reads: jobs, workers: {steps: " + steps +
                              ", period: " + period +
                              "}, service: 1ms}}}\nload: {jobs: {arrivals: every 1h}}\nrun: {warm_up: 0s, " +
                              "replications: 1, " + run + "}\n")
            .model->pools[0]
            .steps;
    };
    at_all_changes(
        [&](const Change& change, std::int64_t start_day, std::int64_t start_hour, const std::string& run) {
            for (const int period : {24, 168}) {
                const auto steps = workers(hours_of(period), period == 24 ? "1d" : "1w", run);
                std::size_t now = 0;
                int wrong = 0;
                through_the_change(change, start_day, start_hour, [&](Time t, std::int64_t of_week) {
                    while (now + 1 < steps.size() && steps[now + 1].first <= t) ++now;
                    wrong += steps[now].second != of_week % period + 1;
                });
                CHECK(wrong == 0);
            }
        });
}

TEST_CASE("profiles: a window of each week opens by the clock") {
    // Saturday from 9:00 to 10:00, and Sunday from 12:00 to 13:00, when the clock has changed; one arrival.
    const auto opens = [](const std::string& window, const std::string& start, int hour_of_run) {
        int seen = 0;
        for (int h = hour_of_run - 1; h <= hour_of_run + 1; ++h) {
            const std::string measure = "total arrived() during " + window + " each 1w";
            const double count =
                tests::play(server + "load: {jobs: {arrivals: every 1000h, first: " +
                            std::to_string(60 * h + 30) + "min}}\nmeasures: [" + measure +
                            "]\nrun: {warm_up: 0s, replications: 1, length: " + "120h, start: " + start +
                            "T00:00, zone: Europe/Berlin}\n")
                    .at(measure);
            seen += static_cast<int>(count) * (h == hour_of_run ? 1 : 10);
        }
        return seen == 1;
    };
    // From Wednesday on.
    CHECK(opens("129h..130h", "2026-03-25", 81));
    CHECK(opens("156h..157h", "2026-03-25", 107));
    CHECK(opens("129h..130h", "2026-10-21", 81));
    CHECK(opens("156h..157h", "2026-10-21", 109));
}

TEST_CASE("profiles: a series has its peak when the log has it") {
    // A day from 06:00 on, one an hour and 360 in the hour from 09:00; a local day of 25 hours, hour by hour.
    const tests::CurrentFolder folder;
    std::string day_rows = "at,rate\n", long_day = "at,rate\n";
    for (int i = 0; i < 24; ++i) {
        const int h = (6 + i) % 24;
        day_rows += "2026-03-0" + std::to_string(3 + (6 + i) / 24) + "T" + (h < 10 ? "0" : "") +
                    std::to_string(h) + ":00," + (h == 9 ? "360" : "1") + "\n";
    }
    for (const char* h : {"00", "01", "02", "02", "03", "04"})
        long_day += std::string("2026-10-25T") + h + ":00," + (h == std::string("03") ? "360" : "1") + "\n";
    folder.write("day.csv", day_rows);
    folder.write("long.csv", long_day);
    const auto counts = [](const std::string& file, const std::string& profile, const std::string& run) {
        return tests::play(
            "logs: {r: {file: " + file + ", format: csv, time: at, columns: {rate: number}}}\n" + server +
            "profiles: {p: {series: r.rate" + profile +
            "}}\nload: {jobs: {arrivals: every 1h, profile: p}}\nmeasures: [total arrived() "
            "during 9h..10h, total arrived() during 4h..5h, total arrived()]\nrun: {warm_up: 0s, "
            "replications: 1, " +
            run + "}\n");
    };
    const auto daily = counts("day.csv", ", period: 1d", "length: 24h, start: 2026-03-03T00:00");
    CHECK(daily.at("total arrived() during 9h..10h") == doctest::Approx(360).epsilon(0.005));
    CHECK(daily.at("total arrived()") == doctest::Approx(383).epsilon(0.005));
    // 03:00 by the clock is four hours after midnight.
    const auto autumn = counts("long.csv", "", "length: 6h, start: 2026-10-25T00:00, zone: Europe/Berlin");
    CHECK(autumn.at("total arrived() during 4h..5h") == doctest::Approx(360).epsilon(0.005));
    CHECK(autumn.at("total arrived()") == doctest::Approx(365).epsilon(0.005));
}
