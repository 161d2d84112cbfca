// Promised: what failed and was tried again is no item lost: `retry` says how often and after what pause, and arrivals come
// once; what the log does not tell is said. Attempts that fail take what they took in the log, where that is another time.
// Shown: logs by hand, and drawn ones whose laws are known.
#include "tools/studies/calibrate_tries.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate.h"

using namespace understudy;
using kernel::second;
using models::RecordedRun;
using models::RecordedTask;
using studies::Calibration;

namespace {

/// Attempts of one item, one after the other.
void add_item(RecordedRun& run, const std::string& name, kernel::Time at, int failures, bool well,
              kernel::Time pause = 300 * second) {
    for (int i = 0; i <= failures; ++i) {
        if (i == failures && !well) break;
        RecordedTask task;
        task.id = name + "#" + std::to_string(run.tasks.size());
        task.name = name;
        task.process = "work";
        task.failed = i < failures;
        task.started = at;
        task.completed = at + (task.failed ? 20 : 100 + run.tasks.size() % 7) * second;
        at = *task.completed + pause;
        run.tasks.push_back(task);
    }
}

const studies::CalibrationEdit* edit_of(const Calibration& found, const std::string& path) {
    for (const studies::CalibrationEdit& edit : found.edits)
        if (edit.path == path) return &edit;
    return nullptr;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("tries: none of those that failed was the last") {
    RecordedRun run;
    run.source = "again";
    for (int i = 0; i < 60; ++i) add_item(run, "item " + std::to_string(i), i * 2000 * second, i % 3, true);
    const Calibration found = studies::calibrate(tests::twin_of_jobs(), {run});
    const studies::CalibrationEdit* const retry = edit_of(found, "work.retry");
    REQUIRE(retry != nullptr);
    REQUIRE(retry->retry);
    CHECK(retry->retry->times == models::unlimited);
    REQUIRE(retry->retry->backoff.size() == 1);
    CHECK(retry->retry->backoff[0].terms[0].law.mean() == 300);
    CHECK(says(found.assumed, "work.retry: no item of the logs was given up, after up to 2 tries again"));
    const studies::CalibrationEdit* const fails_after = edit_of(found, "work.fails_after");
    REQUIRE(fails_after != nullptr);
    CHECK(fails_after->law->terms[0].law.mean() == 20);
    REQUIRE(edit_of(found, "work.failure") != nullptr);
    CHECK(*edit_of(found, "work.failure")->number == doctest::Approx(0.5).epsilon(0.001));
    // Each came once.
    for (const studies::CalibratedElement& element : found.elements)
        if (element.path == "jobs.arrivals") CHECK(element.observations == 60);
}

TEST_CASE("tries: given up after two, and longer pauses each time") {
    RecordedRun run;
    run.source = "given up";
    const auto attempt = [&](int item, kernel::Time at, int number, bool failed) {
        RecordedTask task;
        task.id = std::to_string(run.tasks.size());
        task.name = task.process = "work";
        task.run = "run " + std::to_string(item);
        task.attempt = number;
        task.failed = failed;
        task.submitted = at;
        task.started = at + 7 * second;
        task.completed = at + 60 * second;
        run.tasks.push_back(task);
        return *task.completed;
    };
    for (int i = 0; i < 40; ++i) {
        kernel::Time at = i * 2000 * second;
        at = attempt(i, at, 1, true);
        at = attempt(i, at + 30 * second, 2, true);
        attempt(i, at + 120 * second, 3, i % 4 == 0);
    }
    const Calibration found = studies::calibrate(tests::twin_of_jobs(), {run});
    const studies::CalibrationEdit* const retry = edit_of(found, "work.retry");
    REQUIRE(retry != nullptr);
    CHECK(retry->retry->times == 2);
    // From the end of one to the submission of the next.
    REQUIRE(retry->retry->backoff.size() == 2);
    CHECK(retry->retry->backoff[0].terms[0].law.mean() == 30);
    CHECK(retry->retry->backoff[1].terms[0].law.mean() == 120);
    // Nobody was at work when a try was submitted, and each began 7 s later.
    const studies::CalibrationEdit* const launch = edit_of(found, "work.launch");
    REQUIRE(launch != nullptr);
    CHECK(launch->law->terms[0].law.mean() == 7);
}

TEST_CASE("tries: pauses are as sure as there are of them") {
    kernel::Stream stream(kernel::stream_key(4, 0, "pauses", kernel::Purpose::check));
    const auto sure_of = [&](int items, bool vary) {
        RecordedRun run;
        run.source = "pauses";
        for (int i = 0; i < items; ++i)
            add_item(run, "item " + std::to_string(i), i * 5000 * second, 1, true,
                     vary ? kernel::from_seconds(-300 * std::log(1 - stream.uniform())) : 300 * second);
        const Calibration found = studies::calibrate(tests::twin_of_jobs(), {run});
        const auto pause = std::find_if(found.uncertain.begin(), found.uncertain.end(),
                                        [](const auto& one) { return one.path == "work.retry.backoff"; });
        return pause == found.uncertain.end() ? studies::UncertainInput{} : *pause;
    };
    const studies::UncertainInput many = sure_of(60, true), few = sure_of(6, true);
    CHECK(many.family == kernel::Family::exponential);
    CHECK(many.observations == 60);
    // Of few only the mean is taken, whose deviation is Student's.
    CHECK_FALSE(few.family);
    CHECK(few.spread > 0.15);
    CHECK(few.spread < 1.2);
    CHECK(sure_of(60, false).path.empty());
    CHECK(sure_of(2, true).path.empty());
}

TEST_CASE("tries: a table that keeps the last try alone tells by its number how many failed before") {
    RecordedRun run;
    run.source = "last tries";
    run.epoch_ns = 1'773'014'400LL * second;
    for (int i = 0; i < 60; ++i) {
        RecordedTask task;
        task.id = std::to_string(i);
        task.name = task.process = "work";
        task.run = "run " + std::to_string(i);
        task.attempt = i % 5 == 0 ? 3 : i % 5 == 1 ? 2 : 1;
        task.started = i * 2000 * second;
        task.completed = *task.started + (100 + i % 7) * second;
        run.tasks.push_back(task);
    }
    const Calibration found = studies::calibrate(tests::twin_of_jobs(), {run});
    REQUIRE(edit_of(found, "work.failure") != nullptr);
    CHECK(*edit_of(found, "work.failure")->number == doctest::Approx(36.0 / 96).epsilon(0.02));
    const studies::CalibrationEdit* const retry = edit_of(found, "work.retry");
    REQUIRE(retry != nullptr);
    CHECK(retry->retry->times == models::unlimited);
    CHECK(says(found.assumed, "after up to 2 tries again"));
    CHECK(says(found.assumed, "by their numbers 36 tries before failed"));
    CHECK(says(found.unidentified, "work.failure: how long the 36 failed tries took"));
    CHECK(says(found.unidentified,
               "work.retry: the pause before another try, as tries before the last are not"));
    // Of a log that has other tries one that lacks its first began before the log.
    for (int i = 0; i < 5; ++i)
        add_item(run, "item " + std::to_string(i), (200 + i) * 2000 * second, 1, true);
    for (std::size_t i = 60; i < run.tasks.size(); ++i) run.tasks[i].attempt = run.tasks[i].failed ? 1 : 2;
    CHECK_FALSE(says(studies::calibrate(tests::twin_of_jobs(), {run}).assumed, "by their numbers"));
}

TEST_CASE("tries: a log that does not tell what was tried again") {
    RecordedRun run;
    run.source = "nameless";
    for (int i = 0; i < 40; ++i) {
        RecordedTask task;
        task.id = std::to_string(i);
        task.name = task.process = "work";
        task.failed = i % 4 == 0;
        task.started = i * 200 * second;
        task.completed = *task.started + 100 * second;
        run.tasks.push_back(task);
    }
    const Calibration found = studies::calibrate(tests::twin_of_jobs(), {run});
    CHECK(edit_of(found, "work.retry") == nullptr);
    CHECK(says(found.unidentified, "work.retry: whether 10 failed attempts were tried again"));
}

TEST_CASE("tries: what fails for good is not tried again in the twin either") {
    RecordedRun run;
    run.source = "for good";
    for (int i = 0; i < 40; ++i)
        add_item(run, "item " + std::to_string(i), i * 2000 * second, i % 4 == 0 ? 1 : 0, i % 4 != 0);
    models::Scenario twin = tests::twin_of_jobs();
    CHECK(edit_of(studies::calibrate(twin, {run}), "work.retry") == nullptr);
    twin.twin.stages[0].work.retry.times = 3;
    const Calibration found = studies::calibrate(twin, {run});
    REQUIRE(edit_of(found, "work.retry") != nullptr);
    CHECK(edit_of(found, "work.retry")->retry->times == 0);
}

namespace {

/// A fifth of `n` attempts fail, each after a time of its own law.
Calibration of_laws(std::uint64_t seed, int n, const kernel::Distribution& well,
                    const kernel::Distribution& failed, models::Scenario twin = tests::twin_of_jobs()) {
    kernel::Stream stream(kernel::stream_key(seed, 0, "tries", kernel::Purpose::service, ""));
    RecordedRun run;
    run.source = "drawn";
    for (int i = 0; i < n; ++i) {
        RecordedTask task;
        task.id = task.name = "item " + std::to_string(i);
        task.process = "work";
        task.failed = i % 5 == 0;
        task.started = i * 10'000 * second;
        task.completed = *task.started + kernel::from_seconds((task.failed ? failed : well).draw(stream));
        run.tasks.push_back(task);
    }
    return studies::calibrate(twin, {run});
}

const kernel::Distribution long_work = kernel::Distribution::gamma(100, 0.5);

}  // namespace

TEST_CASE("failed attempts that take another time have a law of their own") {
    const Calibration found = of_laws(1, 500, long_work, kernel::Distribution::exponential(30));
    const studies::CalibrationEdit* const edit = edit_of(found, "work.fails_after");
    REQUIRE(edit != nullptr);
    REQUIRE(edit->law);
    const auto element = std::find_if(found.elements.begin(), found.elements.end(),
                                      [](const auto& one) { return one.path == "work.fails_after"; });
    REQUIRE(element != found.elements.end());
    CHECK(element->family == "exponential");
    CHECK(element->observations == 100);
    CHECK(element->how.starts_with("100 attempts that failed; others took "));
    REQUIRE(element->numbers.size() == 1);
    REQUIRE(element->numbers[0].low);
    CHECK(*element->numbers[0].low < 30);
    CHECK(*element->numbers[0].high > 30);
    CHECK(element->fit.has_value());
    const auto uncertain = std::find_if(found.uncertain.begin(), found.uncertain.end(),
                                        [](const auto& one) { return one.path == "work.fails_after"; });
    REQUIRE(uncertain != found.uncertain.end());
    CHECK(uncertain->observations == 100);
    CHECK(uncertain->family == kernel::Family::exponential);
}

TEST_CASE("failed attempts of the same mean and of another law are told, and three are enough") {
    const Calibration cut = of_laws(1, 500, long_work, kernel::Distribution::constant(100));
    REQUIRE(edit_of(cut, "work.fails_after") != nullptr);
    CHECK(edit_of(cut, "work.fails_after")->law->is_constant());
    CHECK(edit_of(of_laws(1, 15, long_work, kernel::Distribution::constant(2)), "work.fails_after") !=
          nullptr);
    CHECK(edit_of(of_laws(1, 10, long_work, kernel::Distribution::constant(2)), "work.fails_after") ==
          nullptr);
}

TEST_CASE("failed attempts that take as long as others need no law, but where the twin has one") {
    CHECK(edit_of(of_laws(2, 500, long_work, long_work), "work.fails_after") == nullptr);
    models::Scenario twin = tests::twin_of_jobs();
    twin.twin.stages[0].work.fails_after.terms.emplace_back().law = kernel::Distribution::constant(1);
    const Calibration found = of_laws(2, 500, long_work, long_work, twin);
    REQUIRE(edit_of(found, "work.fails_after") != nullptr);
    CHECK(edit_of(found, "work.fails_after")->law->terms[0].law.mean() == doctest::Approx(100).epsilon(0.15));
}

TEST_CASE("coverage: attempts that take as long as others seldom get a law of their own") {
    const int logs = tests::runs_of(40);
    for (const int n : {100, 1000}) {
        int told = 0;
        for (int seed = 1; seed <= logs; ++seed)
            told += edit_of(of_laws(static_cast<std::uint64_t>(seed), n, long_work, long_work),
                            "work.fails_after") != nullptr;
        std::printf("of %d logs of %d attempts that fail or not after the same law, %d get another one\n",
                    logs, n, told);
        CHECK(told <= logs / 20);
    }
}
