// Promised: the twin of a batch system hands each job over when it was, lets it take its processors for as long as it ran,
// and lets others go ahead by the times that were asked for; with the rules that the log shows, or without; waits stand
// beside those recorded. Shown: a queue by hand in which each discipline gives other waits.
#include "tools/studies/replay_queue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tools/studies/replay.h"

using namespace understudy;
using kernel::hour;
using kernel::second;
using models::Backfill;
using models::RecordedRun;
using models::RecordedTask;
using studies::QueueRules;

namespace {

RecordedTask job(kernel::Time submitted, kernel::Time wait, kernel::Time runs, double processors,
                 kernel::Time asked, const char* queue = "") {
    RecordedTask task;
    task.id = task.name = "job";
    task.submitted = submitted * second;
    task.started = (submitted + wait) * second;
    task.realtime = runs * second;
    task.completed = *task.started + *task.realtime;
    task.cpus = processors;
    task.requested = asked * second;
    task.pool = queue;
    return task;
}

/// Four processors. The first takes two for 10 s and asked for 20; the second wants all; the third wants two for 15 s.
RecordedRun queue() {
    RecordedRun run;
    run.format = "swf";
    run.processors = 4;
    run.tasks = {job(0, 0, 10, 2, 20, "a"), job(1, 9, 5, 4, 5, "a"), job(2, 0, 15, 2, 18, "b")};
    return run;
}

studies::ReplayResult play(const RecordedRun& run, Backfill backfill, QueueRules rules = QueueRules::none) {
    const studies::ReplayTwin twin = studies::build_queue_twin(run, {backfill, rules});
    models::Problems problems;
    const auto prepared = studies::prepare(twin.scenario, problems);
    REQUIRE(prepared);
    return studies::replay(run, twin, *prepared);
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("each discipline gives its own waits") {
    // None: the second begins at 10, the third at 15. Any: the third at 2, the second at 17. Easy, by what was asked for:
    // the second is reserved 20, the third asked to end at 20 and begins at 2; the second then begins at 17.
    const auto none = play(queue(), Backfill::never);
    REQUIRE(none.waits.size() == 3);
    CHECK(none.waits[0].jobs == 3);
    CHECK(none.waits[0].recorded_s == doctest::Approx(3));
    CHECK(none.waits[0].simulated_s == doctest::Approx((0 + 9 + 13) / 3.0));
    CHECK(none.waits[1].queue == "a");
    CHECK(none.waits[1].simulated_s == doctest::Approx(4.5));
    CHECK(none.waits[2].simulated_s == doctest::Approx(13));
    CHECK(play(queue(), Backfill::any).waits[0].simulated_s == doctest::Approx(16 / 3.0));
    CHECK(play(queue(), Backfill::easy).waits[0].simulated_s == doctest::Approx(16 / 3.0));
    RecordedRun asked_more = queue();
    asked_more.tasks[2].requested = 19 * second;
    CHECK(play(asked_more, Backfill::easy).waits[0].simulated_s == doctest::Approx(22 / 3.0));
    CHECK(play(asked_more, Backfill::any).waits[0].simulated_s == doctest::Approx(16 / 3.0));
}

TEST_CASE("a job that waits for the first in line is not told as one that the recorded scheduler left out") {
    // By EASY: the second has a reservation at 20, and the third, which asks for 60, would delay it.
    RecordedRun run = queue();
    run.tasks[2] = job(2, 13, 15, 2, 60, "b");
    const auto accused = [&](Backfill backfill) {
        return says(studies::build_queue_twin(run, {backfill, QueueRules::none}).not_in_twin,
                    "jobs waited although");
    };
    CHECK_FALSE(accused(Backfill::easy));
    CHECK_FALSE(accused(Backfill::never));
    CHECK(accused(Backfill::any));
    // It would have been gone by then.
    run.tasks[2].requested = 10 * second;
    CHECK(accused(Backfill::easy));
}

TEST_CASE("makespan and utilisation count processors") {
    const auto result = play(queue(), Backfill::never);
    CHECK(result.matched == 3);
    CHECK(result.simulated_makespan_s == doctest::Approx(30));
    CHECK(*result.simulated_utilisation == doctest::Approx((20 + 20 + 30) / (4 * 30.0)));
    CHECK(*result.recorded_utilisation == doctest::Approx((20 + 20 + 30) / (4 * 17.0)));
    CHECK(result.critical_path.empty());
}

TEST_CASE("rules that the log shows are in the twin, and it says so") {
    RecordedRun run;
    run.format = "swf";
    run.processors = 4;
    run.epoch_ns = 4 * kernel::day;
    // The second waits from 1 h on beside two that are free, for nothing begins until 20 h.
    run.tasks = {job(0, 0, 3600, 2, 3600), job(3600, 19 * 3600, 3600, 2, 3600)};
    const auto inferred = play(run, Backfill::easy, QueueRules::inferred);
    CHECK(inferred.waits[0].recorded_s == doctest::Approx(9.5 * 3600));
    CHECK(inferred.waits[0].simulated_s == doctest::Approx(9.5 * 3600));
    CHECK(says(inferred.assumed, "1 times, for 0.8 days in all, no job begins"));
    CHECK(says(inferred.not_in_twin, "for 100 % of all the time that was waited"));
    const auto without = play(run, Backfill::easy, QueueRules::none);
    CHECK(without.waits[0].simulated_s == 0);
    CHECK(says(without.not_in_twin, "--rules inferred"));
}

TEST_CASE("jobs that began only at night do so in the twin") {
    RecordedRun run;
    run.format = "swf";
    run.processors = 100;
    run.epoch_ns = 4 * kernel::day;  // a Monday
    for (kernel::Time at = 0; at < 20 * 7 * 24; ++at) {
        run.tasks.push_back(job(at * 3600 + 60, 0, 1200, 1, 3600));
        const kernel::Time clock = at % 24;
        if (at % 6 == 3)
            run.tasks.push_back(
                job(at * 3600, clock >= 6 && clock < 18 ? (18 - clock) * 3600 : 0, 7200, 1, 36000));
    }
    const studies::ReplayTwin twin = studies::build_queue_twin(run, {Backfill::easy, QueueRules::inferred});
    CHECK(twin.scenario.twin.pools.size() == 2);
    CHECK(twin.scenario.twin.pools[1].name == "hours_over_60min");
    CHECK(says(twin.assumed,
               "560 jobs that asked for more than 1 h do not begin Mon 09:00 to 18:00, Tue 09:00 to 18:00"));
    const auto result = play(run, Backfill::easy, QueueRules::inferred);
    CHECK(result.waits[0].recorded_s > 500);
    CHECK(result.waits[0].simulated_s == doctest::Approx(result.waits[0].recorded_s));
    CHECK(play(run, Backfill::easy).waits[0].simulated_s == 0);
}

TEST_CASE("a log without waits is played and compared with nothing") {
    RecordedRun run = queue();
    for (RecordedTask& task : run.tasks) task.started = task.completed = std::nullopt;
    run.processors = 0;
    const auto result = play(run, Backfill::easy, QueueRules::inferred);
    CHECK(result.matched == 3);
    CHECK(result.waits.empty());
    CHECK_FALSE(result.recorded_makespan_s);
    CHECK(says(result.unknown, "how long jobs waited"));
    CHECK(says(result.assumed, "no MaxProcs: 4 processors, the most that a job took"));
    RecordedRun small = queue();
    small.processors = 3;
    CHECK(says(play(small, Backfill::easy).assumed, "1 jobs of more processors than there are"));
}
