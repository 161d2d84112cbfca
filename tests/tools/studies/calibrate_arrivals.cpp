// Promised: of the arrivals that a log has seen of a load, the rate, the law of their gaps, the hours of the day and the
// weekends are found, as sure as the intervals say; bursts become states, or are warned of; what the logs do not tell is left as it is and
// said. Shown: logs drawn from known processes.
#include "tools/studies/calibrate_arrivals.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "kernel/bursts.h"
#include "kernel/distribution.h"
#include "kernel/random.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/redrawn_inputs.h"

using namespace understudy;
using models::RecordedRun;
using studies::Calibration;
using studies::CalibrationEdit;

namespace {

constexpr std::int64_t monday_ns = 1'773'014'400LL * kernel::second;  // 2026-03-09T00:00Z
constexpr double day_s = 86'400;

models::Scenario twin(const std::string& start = "") {
    models::Scenario scenario = tests::twin_of_jobs();
    if (!start.empty()) scenario.run.start = models::LocalInstant{monday_ns};
    return scenario;
}

RecordedRun log_of(const std::vector<double>& seconds, std::int64_t epoch_ns = 0) {
    RecordedRun run;
    run.source = "log";
    run.epoch_ns = epoch_ns;
    for (const double at : seconds) {
        models::RecordedTask task;
        task.id = "w" + std::to_string(run.tasks.size());
        task.name = task.process = "work";
        task.submitted = kernel::from_seconds(at);
        task.started = *task.submitted;
        task.completed = *task.submitted + kernel::second;
        run.tasks.push_back(task);
    }
    return run;
}

/// Poisson arrivals at a rate that changes, by thinning.
std::vector<double> poisson(std::uint64_t seed, double until, double most,
                            const std::function<double(double)>& rate) {
    kernel::Stream stream(kernel::stream_key(seed, 0, "arrivals", kernel::Purpose::check));
    const auto gap = kernel::Distribution::exponential(1 / most);
    std::vector<double> instants;
    for (double at = gap.draw(stream.uniform()); at < until; at += gap.draw(stream.uniform()))
        if (stream.uniform() * most < rate(at)) instants.push_back(at);
    return instants;
}

Calibration arrivals_of(const models::Scenario& scenario, const std::vector<RecordedRun>& runs) {
    Calibration found;
    const auto seen = studies::seen_once(runs, std::vector<bool>(runs.size(), true), found);
    studies::calibrate_arrivals(scenario, seen, {}, found);
    return found;
}

const CalibrationEdit* edit_of(const Calibration& found, const std::string& path) {
    for (const CalibrationEdit& edit : found.edits)
        if (edit.path == path) return &edit;
    return nullptr;
}

bool says_that_it_changes(const Calibration& found) {
    return std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
        return warning.find("the rate is not constant") != std::string::npos;
    });
}

}  // namespace

TEST_CASE("coverage: Poisson arrivals are told as such, and their rate lies within its interval") {
    const int runs = tests::runs_of(120);
    int held = 0, poissons = 0, predicted = 0, bursts = 0, gaps = 0, others = 0, changes = 0;
    for (int i = 0; i < runs; ++i) {
        const auto found = arrivals_of(
            twin(),
            {log_of(poisson(static_cast<std::uint64_t>(i) + 1, 4000, 0.1, [](double) { return 0.1; }))});
        REQUIRE(found.elements.size() == 1);
        const studies::CalibratedNumber& rate = found.elements[0].numbers[0];
        held += *rate.low <= 0.1 && 0.1 <= *rate.high;
        poissons += found.elements[0].family == "poisson";
        REQUIRE(found.validations.size() == 1);
        predicted += found.validations[0].held_out[0].covered;
        bursts += std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
            return warning.find("in bursts") != std::string::npos;
        });
        // Gaps are warned of at 5 percent, and nothing else of Poisson arrivals is.
        gaps += std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
            return warning.find("gaps between arrivals") != std::string::npos;
        });
        changes += says_that_it_changes(found);
        others += std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
            return warning.find("batches") != std::string::npos;
        });
    }
    if (tests::coverage_is_asked())
        MESSAGE(runs << " logs of 400: rates held " << 100.0 * held / runs << " %, called Poisson "
                     << 100.0 * poissons / runs << " %, last fifths held " << 100.0 * predicted / runs
                     << " %, called bursts " << 100.0 * bursts / runs << " %, gaps warned of "
                     << 100.0 * gaps / runs << " %, rates said to change " << 100.0 * changes / runs << " %");
    CHECK(held >= 0.90 * runs);
    CHECK(poissons >= 0.94 * runs);
    CHECK(predicted >= 0.83 * runs);
    CHECK(bursts <= 0.04 * runs);
    CHECK(gaps <= 0.10 * runs);
    CHECK(changes <= std::max(3.0, 0.025 * runs));
    CHECK(others == 0);
}

TEST_CASE("gaps that are no exponential ones have their law, and the rate is as sure as they are regular") {
    kernel::Stream stream(kernel::stream_key(3, 0, "regular", kernel::Purpose::check));
    const auto law = kernel::Distribution::gamma(10, 0.3);
    std::vector<double> instants;
    double at = 0;
    for (int i = 0; i < 400; ++i) instants.push_back(at += law.draw(stream.uniform()));
    const auto found = arrivals_of(twin(), {log_of(instants)});
    const CalibrationEdit* const edit = edit_of(found, "jobs.arrivals");
    REQUIRE(edit != nullptr);
    CHECK(edit->arrivals->kind == models::Arrivals::Kind::every);
    CHECK(edit->arrivals->interval.terms[0].law.mean() == doctest::Approx(10).epsilon(0.05));
    const studies::CalibratedNumber& rate = found.elements[0].numbers[0];
    // A Poisson process of 400 would be known within a tenth.
    CHECK(*rate.high - *rate.low < 0.1 * rate.estimate);
    CHECK(*rate.low < 0.1);
    CHECK(*rate.high > 0.1);
    CHECK(found.warnings.empty());
}

TEST_CASE("hours of the day and weekends become a profile, where there are days enough to tell") {
    const auto rate = [](double at) {
        const auto hour = static_cast<int>(at / 3600) % 24;
        const auto day = static_cast<int>(at / day_s) % 7;
        return (hour >= 8 && hour < 18 ? 0.02 : 0.005) * (day >= 5 ? 0.4 : 1);
    };
    const std::vector<double> instants = poisson(5, 28 * day_s, 0.02, rate);
    const auto found = arrivals_of(twin("monday"), {log_of(instants, monday_ns)});
    const CalibrationEdit* const added = edit_of(found, "jobs_day");
    REQUIRE(added != nullptr);
    REQUIRE(edit_of(found, "jobs.profile") != nullptr);
    CHECK(*edit_of(found, "jobs.profile")->text == "jobs_day");
    CHECK(added->profile->period == 24 * kernel::hour);
    REQUIRE(added->profile->weekend);
    CHECK(*added->profile->weekend == doctest::Approx(0.4).epsilon(0.1));
    const double mean = (10 * 0.02 + 14 * 0.005) / 24;
    CHECK(edit_of(found, "jobs.arrivals")->arrivals->rate == doctest::Approx(mean).epsilon(0.06));
    for (const auto& [time, level] : added->profile->points) {
        const auto hour = time / kernel::hour;
        CAPTURE(hour);
        CHECK(level == doctest::Approx((hour >= 8 && hour < 18 ? 0.02 : 0.005) / mean).epsilon(0.35));
    }
    CHECK(found.warnings.empty());
    // Of all arrivals those of weekends are known by themselves: 2 days of 0.4 beside 5.
    REQUIRE(found.uncertain.size() == 1);
    CHECK(found.uncertain[0].path == "jobs_day");
    CHECK(found.uncertain[0].weekends ==
          doctest::Approx(found.uncertain[0].observations * 0.8 / 5.8).epsilon(0.15));
    // Without a begin of the run that has a date there are no weekends in it; without dates in the log no hours.
    CHECK_FALSE(edit_of(arrivals_of(twin(), {log_of(instants, monday_ns)}), "jobs_day")->profile->weekend);
    CHECK(edit_of(arrivals_of(twin("monday"), {log_of(instants)}), "jobs_day") == nullptr);
    // Two days tell nothing of hours either.
    CHECK(edit_of(arrivals_of(twin("monday"), {log_of(poisson(6, 2 * day_s, 0.02, rate), monday_ns)}),
                  "jobs_day") == nullptr);
}

TEST_CASE("weekends with hours of their own get a profile of a week, and are no bursts") {
    const auto rate = [](double at) {
        const auto hour = static_cast<int>(at / 3600) % 24, day = static_cast<int>(at / day_s) % 7;
        return (day >= 5 ? 6 : hour >= 9 && hour < 17 ? 24 : 3) / 3600.0;
    };
    const auto found = arrivals_of(twin("monday"), {log_of(poisson(8, 56 * day_s, 0.01, rate), monday_ns)});
    const CalibrationEdit* const added = edit_of(found, "jobs_week");
    REQUIRE(added != nullptr);
    CHECK(added->profile->period == kernel::week);
    CHECK_FALSE(added->profile->weekend);
    const double per_s = edit_of(found, "jobs.arrivals")->arrivals->rate;
    for (const auto& [time, level] : added->profile->points) {
        CAPTURE(time / kernel::hour);
        CHECK(level * per_s == doctest::Approx(rate(kernel::to_seconds(time))).epsilon(0.35));
    }
    CHECK(found.warnings.empty());
    REQUIRE(found.validations.size() == 1);
    CHECK(found.validations[0].held_out[0].covered);
    REQUIRE(found.uncertain.size() == 1);
    CHECK(found.uncertain[0].path == "jobs_week");
}

TEST_CASE("coverage: weekends that are scaled other days get hours of their own as seldom as the test says") {
    const int runs = tests::runs_of(60);
    int own = 0;
    for (int i = 0; i < runs; ++i) {
        const auto instants = poisson(static_cast<std::uint64_t>(i) + 7000, 28 * day_s, 0.02, [](double at) {
            const auto hour = static_cast<int>(at / 3600) % 24, day = static_cast<int>(at / day_s) % 7;
            return (hour >= 8 && hour < 18 ? 0.02 : 0.003) * (day >= 5 ? 0.2 : 1);
        });
        own += edit_of(arrivals_of(twin("monday"), {log_of(instants, monday_ns)}), "jobs_week") != nullptr;
    }
    if (tests::coverage_is_asked())
        MESSAGE(runs << " logs: " << 100.0 * own / runs << " % have a profile of a week");
    CHECK(own <= std::max(3.0, 0.02 * runs));
}

TEST_CASE("where logs do not tell of hours a profile keeps its shape, and has the rate of the logs") {
    models::Scenario with_profile = twin("monday");
    models::Profile office;
    office.name = "office";
    office.period = kernel::week;
    // On average of a week 0.5, and of other days 0.7.
    office.points = {{0, 0.7}, {5 * kernel::day, 0.0}};
    with_profile.profiles = {office};
    with_profile.loads[0].profile = "office";
    // Two whole days are too few for hours.
    const auto rate = [](double) { return 0.01 * 0.7; };
    const auto found = arrivals_of(with_profile, {log_of(poisson(9, 2.5 * day_s, 0.01, rate), monday_ns)});
    CHECK(found.unidentified.empty());
    REQUIRE(found.edits.size() == 1);
    CHECK(found.edits[0].arrivals->rate == doctest::Approx(0.01).epsilon(0.06));
    REQUIRE(found.elements.size() == 1);
    CHECK(found.elements[0].family == "poisson, by its profile");
    CHECK(*found.elements[0].numbers[0].low < 0.01);
    CHECK(*found.elements[0].numbers[0].high > 0.01);
    REQUIRE(found.assumed.size() == 1);
    CHECK(found.assumed[0].find("keeps its shape") != std::string::npos);
    CHECK(found.warnings.empty());
    // It is by the calendar: of a log without dates nobody knows where in it they came.
    CHECK(arrivals_of(with_profile, {log_of(poisson(9, 2.5 * day_s, 0.01, rate))}).edits.empty());
}

TEST_CASE("of which zone dates were taken that say none is said") {
    const std::vector<double> instants = poisson(5, 28 * day_s, 0.02, [](double at) {
        const auto hour = static_cast<int>(at / 3600) % 24;
        return hour >= 8 && hour < 18 ? 0.02 : 0.002;
    });
    models::Scenario scenario = twin("monday");
    scenario.run.zone = "Europe/Berlin";
    RecordedRun log = log_of(instants, monday_ns);
    const auto said = [&] {
        const Calibration found = studies::calibrate(scenario, {log});
        return std::count(found.assumed.begin(), found.assumed.end(),
                          "dates of log say no zone: taken as of Europe/Berlin, the zone of the twin");
    };
    CHECK(said() == 0);
    log.zone = "Europe/Berlin";
    CHECK(said() == 1);
    // That of a batch system says its own.
    log.format = "swf";
    CHECK(said() == 0);
}

TEST_CASE("coverage: the last days of a log with hours and weekends lie where they are predicted") {
    const int runs = tests::runs_of(40);
    int held = 0;
    for (int i = 0; i < runs; ++i) {
        const auto instants = poisson(static_cast<std::uint64_t>(i) + 3000, 21 * day_s, 0.004, [](double at) {
            const auto hour = static_cast<int>(at / 3600) % 24, day = static_cast<int>(at / day_s) % 7;
            return (hour >= 8 && hour < 18 ? 0.004 : 0.001) * (day >= 5 ? 0.4 : 1);
        });
        const auto found = arrivals_of(twin("monday"), {log_of(instants, monday_ns)});
        REQUIRE(found.validations.size() == 1);
        held += found.validations[0].held_out[0].covered;
    }
    if (tests::coverage_is_asked()) MESSAGE(runs << " logs: held " << 100.0 * held / runs << " %");
    CHECK(held >= 0.8 * runs);
    CHECK((!tests::coverage_is_asked() || held <= 0.95 * runs));
}

TEST_CASE("coverage: a rate that is the same at all hours gets a profile as seldom as the test says") {
    const int runs = tests::runs_of(60);
    int profiles = 0;
    for (int i = 0; i < runs; ++i) {
        const auto seed = static_cast<std::uint64_t>(i) + 1000;
        const auto found =
            arrivals_of(twin("monday"),
                        {log_of(poisson(seed, 10 * day_s, 0.004, [](double) { return 0.004; }), monday_ns)});
        profiles += edit_of(found, "jobs_day") != nullptr;
    }
    if (tests::coverage_is_asked())
        MESSAGE(runs << " logs: " << 100.0 * profiles / runs << " % have a profile");
    CHECK(profiles <= std::max(3.0, 0.02 * runs));
}

TEST_CASE("hours of the day are found where there are few arrivals a day") {
    // Between eight and ten, six a day.
    const auto found =
        arrivals_of(twin("monday"), {log_of(poisson(12, 60 * day_s, 6 / 7200.0,
                                                    [](double at) {
                                                        const double hour = std::fmod(at, day_s) / 3600;
                                                        return hour >= 8 && hour < 10 ? 6 / 7200.0 : 0.0;
                                                    }),
                                            monday_ns)});
    const CalibrationEdit* const added = edit_of(found, "jobs_day");
    REQUIRE(added != nullptr);
    double at_eight = 0, at_noon = -1;
    for (const auto& [time, level] : added->profile->points) {
        if (time <= 8 * kernel::hour) at_eight = level;
        if (time <= 12 * kernel::hour) at_noon = level;
    }
    CHECK(at_eight > 8);
    CHECK(at_noon == 0);
    CHECK(edit_of(found, "jobs.arrivals")->arrivals->kind == models::Arrivals::Kind::poisson);
    CHECK(found.warnings.empty());
}

TEST_CASE("coverage: a few arrivals a day at one rate get a profile as seldom as the test says") {
    const int runs = tests::runs_of(60);
    int profiles = 0, beats = 0;
    for (int i = 0; i < runs; ++i) {
        const auto found =
            arrivals_of(twin("monday"), {log_of(poisson(static_cast<std::uint64_t>(i) + 7000, 60 * day_s,
                                                        3 / day_s, [](double) { return 3 / day_s; }),
                                                monday_ns)});
        profiles += edit_of(found, "jobs_day") != nullptr;
        beats += edit_of(found, "jobs.first") != nullptr;
    }
    if (tests::coverage_is_asked())
        MESSAGE(runs << " logs: " << 100.0 * profiles / runs << " % have a profile");
    CHECK(profiles <= std::max(3.0, 0.03 * runs));
    CHECK(beats == 0);
}

TEST_CASE("bursts become two states, whose rates and stays are within their intervals") {
    const kernel::Bursts truth{0.02, 0.5, 2000, 500};
    kernel::Stream stream(kernel::stream_key(4, 0, "bursts", kernel::Purpose::check));
    std::vector<double> instants;
    double at = 0;
    for (const double gap : truth.gaps(6000, stream)) instants.push_back(at += gap);
    const auto found = arrivals_of(twin(), {log_of(instants)});
    CHECK(found.warnings.empty());
    const CalibrationEdit* edit = edit_of(found, "jobs.arrivals");
    REQUIRE(edit != nullptr);
    REQUIRE(edit->arrivals.has_value());
    CHECK(edit->arrivals->kind == models::Arrivals::Kind::states);
    REQUIRE(found.elements.size() == 1);
    const auto& numbers = found.elements[0].numbers;
    const double known[] = {truth.calm_rate, truth.burst_rate, truth.calm_stay, truth.burst_stay};
    REQUIRE(numbers.size() >= 4);
    for (std::size_t i = 0; i < 4; ++i) {
        INFO(numbers[i].name);
        CHECK(numbers[i].low.value() <= known[i]);
        CHECK(known[i] <= numbers[i].high.value());
    }
    // What was fitted can be drawn anew, and be fitted again.
    REQUIRE(found.uncertain.size() == 1);
    models::Scenario fitted = twin();
    fitted.loads[0].arrivals = *edit->arrivals;
    CHECK(studies::why_not_redrawn(fitted, found.uncertain) == std::vector<std::string>{""});
    const auto drawn = studies::redraw_inputs(fitted, found.uncertain, 1, 1);
    CHECK(drawn.loads[0].arrivals.states[1].rate != edit->arrivals->states[1].rate);
    CHECK(drawn.loads[0].arrivals.states[1].rate == doctest::Approx(truth.burst_rate).epsilon(0.2));
    CHECK(edit_of(arrivals_of(fitted, {log_of(instants)}), "jobs.arrivals") != nullptr);
}

TEST_CASE("bursts of which there are too few to say how they come are warned of") {
    const auto found = arrivals_of(twin(), {log_of(poisson(9, 50'000, 0.5, [](double at) {
                                       return std::fmod(at, 20'000) < 17'000 ? 0.02 : 0.5;
                                   }))});
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].starts_with("jobs.arrivals: arrivals come in bursts"));
}

TEST_CASE("a rate that grows is told as such, and what it came to is fitted") {
    const auto found = arrivals_of(twin(), {log_of(poisson(3, 21 * day_s, 20 / 3600.0, [](double at) {
                                       return (5 + 15 * at / (21 * day_s)) / 3600;
                                   }))});
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].starts_with(
        "jobs.arrivals: the rate is not constant: within the logs it grows from "));
    CHECK(found.assumed.size() == 1);
    CHECK(found.unidentified.size() == 1);
    REQUIRE(edit_of(found, "jobs.arrivals") != nullptr);
    CHECK(edit_of(found, "jobs.arrivals")->arrivals->kind == models::Arrivals::Kind::poisson);
    CHECK(edit_of(found, "jobs.arrivals")->arrivals->rate * 3600 == doctest::Approx(18.5).epsilon(0.07));
    // Known by the last stretch alone.
    CHECK(found.elements[0].observations < 3000);
    REQUIRE(found.validations.size() == 1);
    CHECK(std::fabs(found.validations[0].bias) < 0.2);
}

TEST_CASE("a rate that grows within hours of the day has their profile, and what it came to") {
    const auto rate = [](double at) {
        const double hour = std::fmod(at, day_s) / 3600;
        return (hour >= 8 && hour < 18 ? 20 : 4) * (0.5 + at / (28 * day_s)) / 3600;
    };
    const auto found =
        arrivals_of(twin("monday"), {log_of(poisson(4, 28 * day_s, 30 / 3600.0, rate), monday_ns)});
    CHECK(says_that_it_changes(found));
    REQUIRE(edit_of(found, "jobs_day") != nullptr);
    // 1.4 to 1.5 times 256 a day.
    CHECK(edit_of(found, "jobs.arrivals")->arrivals->rate * day_s == doctest::Approx(365).epsilon(0.1));
}

TEST_CASE("one stretch of another rate is no burst that comes again") {
    const auto found = arrivals_of(twin(), {log_of(poisson(4, 36'000, 60 / 3600.0, [](double at) {
                                       return (at >= 10'800 && at < 18'000 ? 60 : 10) / 3600.0;
                                   }))});
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].starts_with("jobs.arrivals: the rate is not constant: within the logs it is "));
    CHECK(edit_of(found, "jobs.arrivals")->arrivals->rate * 3600 == doctest::Approx(10).epsilon(0.4));
}

TEST_CASE(
    "coverage: hours at one rate are as seldom said to change as the test says, and bursts hardly more "
    "often") {
    const int runs = tests::runs_of(40);
    int changes = 0, of_bursts = 0;
    for (int i = 0; i < runs; ++i) {
        const auto instants = poisson(static_cast<std::uint64_t>(i) + 9000, 21 * day_s, 0.004, [](double at) {
            const auto hour = static_cast<int>(at / 3600) % 24;
            return hour >= 8 && hour < 18 ? 0.004 : 0.001;
        });
        changes += says_that_it_changes(arrivals_of(twin("monday"), {log_of(instants, monday_ns)}));
        kernel::Stream stream(
            kernel::stream_key(static_cast<std::uint64_t>(i), 0, "many bursts", kernel::Purpose::check));
        std::vector<double> bursts;
        double at = 0;
        for (const double gap : kernel::Bursts{0.02, 0.5, 2000, 500}.gaps(6000, stream))
            bursts.push_back(at += gap);
        of_bursts += says_that_it_changes(arrivals_of(twin(), {log_of(bursts)}));
    }
    if (tests::coverage_is_asked())
        MESSAGE(runs << " logs: said to change " << 100.0 * changes / runs << " %, of bursts "
                     << 100.0 * of_bursts / runs << " %");
    CHECK(changes <= std::max(3.0, 0.03 * runs));
    CHECK(of_bursts <= std::max(4.0, 0.05 * runs));
}

TEST_CASE("what logs do not tell of a load is left as it is, and said") {
    const auto few = arrivals_of(twin(), {log_of({1, 2, 4})});
    CHECK(few.edits.empty());
    REQUIRE(few.unidentified.size() == 1);
    CHECK(few.unidentified[0] == "jobs has fewer than 10 arrivals in the logs");
    std::vector<double> hundred;
    for (int i = 0; i < 100; ++i) hundred.push_back(i * 10 + i % 7);
    models::Scenario users = twin();
    users.loads[0].arrivals.kind = models::Arrivals::Kind::users;
    CHECK(arrivals_of(users, {log_of(hundred)}).edits.empty());
    CHECK(arrivals_of(users, {log_of(hundred)}).notes.size() == 1);
    models::Scenario with_profile = twin();
    with_profile.loads[0].profile = "office";
    CHECK(arrivals_of(with_profile, {log_of(hundred)}).edits.empty());
    CHECK(arrivals_of(with_profile, {log_of(hundred)}).unidentified.size() == 1);
    // Instants in whole minutes say nothing of gaps of ten seconds, but the rate.
    RecordedRun coarse = log_of(hundred);
    coarse.resolution = kernel::minute;
    const auto found = arrivals_of(twin(), {coarse});
    REQUIRE(found.edits.size() == 1);
    CHECK(found.edits[0].arrivals->kind == models::Arrivals::Kind::poisson);
    CHECK(found.edits[0].arrivals->rate == doctest::Approx(0.1).epsilon(0.02));
    CHECK(found.assumed.size() == 1);
    // A second attempt is no arrival.
    RecordedRun again = log_of(hundred);
    for (std::size_t i = 50; i < 100; ++i) again.tasks[i].attempt = 2;
    CHECK(arrivals_of(twin(), {again}).elements[0].observations == 50);
}

TEST_CASE("a load that goes to a stream of another name is fitted; one that shares its stream is not") {
    const auto instants = poisson(3, 50'000, 0.05, [](double) { return 0.05; });
    models::Scenario elsewhere = twin();
    elsewhere.loads[0].writes.targets = {{"queue"}};
    elsewhere.twin.stages[0].reads = {"queue"};
    const auto found = arrivals_of(elsewhere, {log_of(instants)});
    CHECK(edit_of(found, "jobs.arrivals") != nullptr);
    models::Load other;
    other.name = "others";
    other.writes.targets = {{"queue"}};
    elsewhere.loads.push_back(other);
    CHECK(edit_of(arrivals_of(elsewhere, {log_of(instants)}), "jobs.arrivals") == nullptr);
}

TEST_CASE("a profile has a name that nothing of the twin has") {
    const auto rate = [](double at) { return 0.02 * (1 + 0.9 * std::sin(2 * M_PI * at / day_s)); };
    const auto instants = poisson(6, 14 * day_s, 0.04, rate);
    models::Scenario taken = twin("monday");
    CHECK(edit_of(arrivals_of(taken, {log_of(instants, monday_ns)}), "jobs_day") != nullptr);
    models::Pool pool;
    pool.name = "jobs_day";
    taken.twin.pools.push_back(pool);
    const auto found = arrivals_of(taken, {log_of(instants, monday_ns)});
    CHECK(edit_of(found, "jobs_day") == nullptr);
    CHECK(edit_of(found, "jobs_day_2") != nullptr);
}
