// Promised: arrivals that come together are fitted as batches, at an even period or by the law of what lies between, with
// the law of their sizes; single arrivals, at random, regular or in bursts, are no batches; what a law of sizes does not show is
// warned of. Shown: logs drawn from known processes.
#include "tools/studies/calibrate_batches.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernel/bursts.h"
#include "kernel/random.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate_arrivals.h"

using namespace understudy;
using models::RecordedRun;
using studies::Calibration;

namespace {

constexpr std::int64_t monday_ns = 1'773'014'400LL * kernel::second;  // 2026-03-09T00:00Z

models::Scenario twin_that_starts() {
    models::Scenario scenario = tests::twin_of_jobs();
    scenario.run.start = models::LocalInstant{monday_ns};
    return scenario;
}

Calibration fitted_to(std::vector<double> seconds, kernel::Time resolution = kernel::millisecond) {
    std::sort(seconds.begin(), seconds.end());
    RecordedRun run;
    run.source = "log";
    run.resolution = resolution;
    // Instants count from the first.
    run.epoch_ns = monday_ns + kernel::from_seconds(seconds.front());
    for (const double at : seconds) {
        models::RecordedTask task;
        task.id = "w" + std::to_string(run.tasks.size());
        task.name = task.process = "work";
        task.submitted = kernel::from_seconds(at - seconds.front()) / resolution * resolution;
        task.started = task.submitted;
        task.completed = *task.submitted + kernel::second;
        run.tasks.push_back(task);
    }
    Calibration found;
    studies::calibrate_arrivals(twin_that_starts(), studies::seen_once({run}, {true}, found), {}, found);
    return found;
}

kernel::Stream stream_of(const char* name) {
    return kernel::Stream(kernel::stream_key(7, 0, name, kernel::Purpose::check));
}

const studies::CalibrationEdit* edit_at(const Calibration& found, const std::string& path) {
    for (const studies::CalibrationEdit& edit : found.edits)
        if (edit.path == path) return &edit;
    return nullptr;
}

double mean_at(const Calibration& found, const std::string& path) {
    const studies::CalibrationEdit* edit = edit_at(found, path);
    REQUIRE(edit != nullptr);
    REQUIRE(edit->law);
    return edit->law->terms.front().law.mean();
}

}  // namespace

TEST_CASE("batches: ten at each full hour are ten at each full hour") {
    for (const kernel::Time resolution : {kernel::millisecond, kernel::second}) {
        CAPTURE(resolution);
        auto stream = stream_of("hourly");
        std::vector<double> seconds;
        for (int hour = 0; hour < 120; ++hour)
            for (int i = 0; i < 10; ++i) seconds.push_back(hour * 3600 + stream.uniform());
        const Calibration found = fitted_to(seconds, resolution);
        const studies::CalibrationEdit* arrivals = edit_at(found, "jobs.arrivals");
        REQUIRE(arrivals != nullptr);
        CHECK(arrivals->arrivals->kind == models::Arrivals::Kind::every);
        CHECK(arrivals->arrivals->interval.is_constant());
        CHECK(arrivals->arrivals->interval.terms.front().law.mean() == 3600);
        CHECK(mean_at(found, "jobs.items") == 10);
        CHECK(mean_at(found, "jobs.first") == 0);
        CHECK(found.warnings.empty());
        CHECK(edit_at(found, "jobs_day") == nullptr);
    }
}

TEST_CASE("batches: the period begins where it does, and sizes have their law") {
    auto stream = stream_of("daily");
    std::vector<double> seconds;
    double arrivals = 0;
    for (int day = 0; day < 20; ++day)
        for (int i = 0, size = 40 + static_cast<int>(30 * stream.uniform()); i < size; ++i, ++arrivals)
            seconds.push_back(day * 86400 + 7200 + 60 * stream.uniform());
    const Calibration found = fitted_to(seconds);
    CHECK(edit_at(found, "jobs.arrivals")->arrivals->interval.terms.front().law.mean() == 86400);
    CHECK(mean_at(found, "jobs.first") == doctest::Approx(7200).epsilon(0.005));
    CHECK(mean_at(found, "jobs.items") == doctest::Approx(arrivals / 20).epsilon(0.02));
    // The beat is certain; of the sizes 20 are known.
    REQUIRE(found.uncertain.size() == 1);
    CHECK(found.uncertain[0].path == "jobs.items");
    CHECK(found.uncertain[0].observations == 20);
    CHECK(found.warnings.empty());
}

TEST_CASE("batches: those at random are Poisson, with the share of each size") {
    auto stream = stream_of("at random");
    std::vector<double> seconds;
    double at = 0, many = 0;
    for (int i = 0; i < 400; ++i) {
        at += -1000 * std::log(1 - stream.uniform());
        const bool large = stream.uniform() < 0.25;
        many += large ? 1 : 0;
        for (int k = 0; k < (large ? 8 : 3); ++k) seconds.push_back(at + 0.5 * stream.uniform());
    }
    const Calibration found = fitted_to(seconds);
    const studies::CalibrationEdit* arrivals = edit_at(found, "jobs.arrivals");
    REQUIRE(arrivals != nullptr);
    CHECK(arrivals->arrivals->kind == models::Arrivals::Kind::poisson);
    CHECK(arrivals->arrivals->rate == doctest::Approx(0.001).epsilon(0.15));
    CHECK(mean_at(found, "jobs.items") == doctest::Approx(3 + 5 * many / 400).epsilon(0.02));
    // How many come together is as sure as there are batches, and each number has its share.
    const auto items = std::find_if(found.uncertain.begin(), found.uncertain.end(),
                                    [](const auto& one) { return one.path == "jobs.items"; });
    REQUIRE(items != found.uncertain.end());
    CHECK_FALSE(items->family);
    CHECK(items->observations == doctest::Approx(400).epsilon(0.02));
    // A few come so soon after another that both are one.
    CHECK(edit_at(found, "jobs.first") == nullptr);
}

TEST_CASE("batches: sizes that go by the hour are warned of") {
    auto stream = stream_of("by the hour");
    std::vector<double> seconds;
    for (int hour = 0; hour < 240; ++hour)
        for (int i = 0; i < (hour % 24 > 8 ? 12 : 10); ++i)
            seconds.push_back(hour * 3600 + 30 * stream.uniform());
    const Calibration found = fitted_to(seconds);
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].starts_with("jobs.items: batches are larger at some hours"));
    CHECK(found.unidentified.size() == 1);
}

TEST_CASE("batches: single arrivals are none, whatever their law") {
    auto stream = stream_of("single");
    std::vector<double> regular, random, heavy;
    double at = 0, later = 0, rare = 0;
    for (int i = 0; i < 2000; ++i) {
        regular.push_back(at += 59 + 2 * stream.uniform());
        random.push_back(later += -60 * std::log(1 - stream.uniform()));
        heavy.push_back(rare += 60 * std::pow(1 - stream.uniform(), -1 / 1.5));
    }
    for (const auto* seconds : {&regular, &random, &heavy}) {
        const Calibration found = fitted_to(*seconds);
        CHECK(edit_at(found, "jobs.items") == nullptr);
        CHECK(edit_at(found, "jobs.arrivals") != nullptr);
    }
    // Counts of regular arrivals vary by being whole, and no burst is seen in that.
    CHECK(fitted_to(regular).warnings.size() <= 1);
    for (const std::string& warning : fitted_to(regular).warnings)
        CHECK(warning.find("in bursts") == std::string::npos);
    // In whole seconds many gaps are none.
    CHECK(edit_at(fitted_to(random, 20 * kernel::second), "jobs.items") == nullptr);
    auto of_bursts = stream_of("bursts");
    std::vector<double> bursts;
    at = 0;
    for (const double gap : kernel::Bursts{0.02, 2, 2000, 200}.gaps(4000, of_bursts))
        bursts.push_back(at += gap);
    CHECK(edit_at(fitted_to(bursts), "jobs.items") == nullptr);
}

TEST_CASE("batches: too few to say when they come are left as they are, and warned of") {
    std::vector<double> seconds;
    for (const double start : {0.0, 4000.0, 5000.0, 11'000.0, 12'500.0, 20'000.0})
        for (int i = 0; i < 8; ++i) seconds.push_back(start + 0.1 * i);
    const Calibration found = fitted_to(seconds);
    CHECK(found.edits.empty());
    CHECK(found.unidentified.size() == 1);
    CHECK(found.warnings.size() == 1);
}
