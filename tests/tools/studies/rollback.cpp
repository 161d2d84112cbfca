// Promised: a failure with fixed rates and times is gone through exactly: 10/s come, 15/s can be served, 6/s while it fails,
// noticed after 30 min, halted for 8 min: 12 000 wait at most, they are worked off in 2400 s, and it is well again 78 min
// after the change went in; with room for 10 000, 2000 are lost, and 2000 s are enough. The last safe moment to decide is
// where the room just suffices. A condition detects it when it comes true. Edits that an action can make are made and
// taken back in the twin, others are there throughout. Of copies each reader's losses count, and what comes too late for a
// window. Draws of the plan are the same in all forks, and threads change nothing. What does not fail, is not noticed, or
// does not recover is never met. Shown: by arithmetic (a backlog grows with what comes less what is served), and by
// distributions whose mean is known.
#include "tools/studies/rollback.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <string>

#include "tests/scratch_folder.h"
#include "tools/formats/json/rollback_json.h"
#include "tools/formats/language/rollback_reader.h"

using namespace understudy;
using formats::Edits;
using studies::RollbackResult;
using studies::Verdict;

namespace {

/// 10/s come, 15/s can be served.
std::string base_of(const std::string& queue = "", const std::string& length = "3h",
                    const std::string& more = "") {
    return "understudy: 1\nscenario: s\ntwin:\n  stages:\n    server: {reads: jobs, workers: 1, " + queue +
           "service: 66666667ns}\nload: {jobs: {arrivals: every 100ms}}\nrun: {length: " + length +
           ", warm_up: 0s}\n" + more;
}

std::string change_of(const std::string& rollback,
                      const std::string& edit = "{set: server.service, to: 66ms}",
                      const std::string& more = "") {
    return "understudy: 1\nchange: c\nedits: [" + edit + "]\n" + more + "rollback:\n" + rollback;
}

const std::string steps =
    "  steps:\n    - {do: halt, takes: 2min, pause: server}\n    - {do: restore, takes: 6min}\n"
    "    - {do: start, resume: server}\n  until: waiting(server) < 1\n";
const std::string slow =
    "  rehearse: {at: 30min, set: server.service, to: 166666667ns}\n  detect: 30min\n" + steps;

RollbackResult rehearsed(const std::string& base, const std::string& change, Edits edits = Edits::as_actions,
                         std::int64_t replications = 1, unsigned threads = 1,
                         const std::atomic<bool>* stop = nullptr) {
    const tests::ScratchFolder files;
    auto reading = formats::read_rollback(files.write("base.yaml", base).string(), {},
                                          files.write("change.yaml", change).string(), edits);
    INFO(reading.diagnostics.show());
    REQUIRE(reading.twin);
    models::Problems problems;
    const auto prepared = studies::prepare_rollback(std::move(*reading.twin), problems);
    for (const auto& problem : problems) INFO(problem.message);
    REQUIRE(prepared);
    studies::RollbackOptions options;
    options.replications = replications;
    options.run.threads = threads;
    options.run.stop = stop;
    return studies::rehearse_rollback(*prepared, options);
}

bool about(const studies::Estimate& estimate, double truth, double by) {
    INFO(estimate.value.value_or(NAN) << " for " << truth);
    return estimate.value && std::abs(*estimate.value - truth) <= by;
}

}  // namespace

TEST_CASE("rollback: a backlog by arithmetic") {
    const RollbackResult result = rehearsed(base_of(), change_of(slow));
    CHECK(result.verdict == Verdict::met);
    CHECK(result.taken_back);
    CHECK(about(result.in.seconds, 1800, 0));
    CHECK(about(result.failed.seconds, 0, 0));
    CHECK(about(result.detected.seconds, 1800, 0));
    CHECK(about(result.decided.seconds, 0, 0));
    CHECK(about(result.back.seconds, 480, 0));
    CHECK(about(result.done.seconds, 480, 0));
    CHECK(about(result.backlog.with, 12000, 2));
    CHECK(about(result.drained.seconds, 2400, 0.5));
    CHECK(about(result.recovered.seconds, 78 * 60, 0.5));
    CHECK(about(result.lost.with, 0, 0));
    REQUIRE(result.steps.size() == 3);
    CHECK(about(result.steps[1].takes.seconds, 360, 0));
    CHECK(result.safe_tried == 1);
    CHECK(result.safe.seen == 0);  // nothing is ever lost
}

TEST_CASE("rollback: room that does not suffice, and the last moment at which it does") {
    const RollbackResult result =
        rehearsed(base_of("queue: {capacity: 10000, full: drop}, "), change_of(slow));
    CHECK(about(result.backlog.with, 10000, 2));
    CHECK(about(result.lost.more, 2000, 2));
    CHECK(about(result.drained.seconds, 2000, 0.5));
    // 4/s more wait until it is decided, 10/s more for 480 s.
    CHECK(result.safe.seen == 1);
    const double truth = (10000 - 4800) / 4.0;
    CHECK(about(result.safe.seconds, truth, 0.01 * truth));
    CHECK(*result.safe.seconds.value <= truth);
    // However long the run goes on.
    const RollbackResult later =
        rehearsed(base_of("queue: {capacity: 10000, full: drop}, ", "9h"), change_of(slow));
    CHECK(about(later.safe.seconds, truth, 0.01 * truth));
    // Without room for what comes while it is halted there is none.
    const RollbackResult never = rehearsed(base_of("queue: {capacity: 4000, full: drop}, "), change_of(slow));
    CHECK(never.never_safe == 1);
    CHECK(never.safe.seen == 0);
}

TEST_CASE("rollback: what is to be read again has to be within reach") {
    // 15/s can be served, and are while it fails: nothing waits, nothing is lost. It is set back 480 s after the decision.
    const auto plan = [](const std::string& by, const std::string& detect = "10min") {
        return "  rehearse: {at: 30min, set: server.service, to: 66666667ns}\n  detect: " + detect +
               "\n  steps:\n    - {do: halt, takes: 2min, pause: server}\n    - {do: restore, takes: 6min, "
               "resume: "
               "server}\n    - {do: again, rewind: server, by: " +
               by + "}\n  until: waiting(server) < 1\n";
    };
    const auto kept = [](const std::string& retention) {
        std::string text = base_of();
        return text
            .replace(text.find("  stages:"), 0, "  datasets: {topic: {retention: " + retention + "}}\n")
            .replace(text.find("reads: jobs"), 11, "reads: topic")
            .replace(text.find("every 100ms"), 11, "every 100ms, writes: topic");
    };
    const auto last_is = [&](const RollbackResult& result, double truth) {
        CHECK(result.safe.seen == 1);
        CHECK(about(result.safe.seconds, truth, 0.01 * truth));
        CHECK(*result.safe.seconds.value <= truth);
    };
    // By how far it goes back ...
    RollbackResult result = rehearsed(base_of(), change_of(plan("30min")));
    last_is(result, 1800 - 480);
    REQUIRE(result.unsafe_because.size() == 1);
    CHECK(result.unsafe_because[0] == "server has read since the failure what 'rewind' does not go back to");
    CHECK(result.warnings.empty());
    // ... by what is still there, whichever ends first.
    result = rehearsed(kept("20min"), change_of(plan("30min")));
    last_is(result, 1200 - 480);
    REQUIRE(result.unsafe_because.size() == 1);
    CHECK(result.unsafe_because[0] == "topic no longer keeps all that server has to read again");
    last_is(rehearsed(kept("1h"), change_of(plan("30min"))), 1800 - 480);
    // Decided later than that, it says what is left out.
    result = rehearsed(kept("20min"), change_of(plan("30min", "20min")));
    CHECK(result.verdict == Verdict::met);
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0] ==
          "not all is made again: topic no longer keeps all that server has to read again (in 1 of 1 "
          "replications)");
    // Steps that take longer than what is kept leave no time at all.
    result = rehearsed(kept("5min"), change_of(plan("30min")));
    CHECK(result.never_safe == 1);
    CHECK(result.safe.seen == 0);
}

TEST_CASE("rollback: what runs are to make anew has to be kept") {
    // It fails at 0:30; 8 minutes after the decision the runs due at 0:30, 0:40 and 0:50 are made anew, of which each reads
    // what landed in the ten minutes before.
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  datasets: {topic: {retention: 20min}}\n  stages:\n    server: "
        "{reads: "
        "topic, workers: 1, service: 66666667ns}\n  pipelines:\n    report: {schedule: every 10min, tasks: "
        "{make: "
        "{reads: topic, workers: 1, service: 1s}}}\nload: {jobs: {arrivals: every 100ms, writes: "
        "topic}}\nrun: "
        "{length: 3h, warm_up: 0s, start: 2026-03-09T00:00}\n";
    const auto plan = [](const std::string& detect) {
        return "  rehearse: {at: 30min, set: server.service, to: 66666667ns}\n  detect: " + detect +
               "\n  steps:\n    - {do: restore, takes: 8min}\n    - {do: again, run: report, from: "
               "2026-03-09T00:30, until: 2026-03-09T01:00}\n  until: waiting(server) < 1\n";
    };
    const auto warning_of = [&](const std::string& detect) {
        const RollbackResult result = rehearsed(base, change_of(plan(detect)));
        CHECK(result.verdict == Verdict::met);
        // What landed at 0:20 is kept until 0:40.
        CHECK(about(result.safe.seconds, 120, 1.2));
        CHECK(*result.safe.seconds.value <= 120);
        REQUIRE(result.unsafe_because.size() == 1);
        CHECK(result.unsafe_because[0].starts_with(
            "topic no longer keeps all that the runs of report have to read again"));
        return result.warnings.empty() ? "" : result.warnings[0];
    };
    const std::string gap =
        "not all is made again: topic no longer keeps all that the runs of report have to read again";
    CHECK(warning_of("2min") == "");
    CHECK(warning_of("10min") == gap + " (in 1 of 1 replications)");
    CHECK(warning_of("20min") == gap + ": 1 of 3 have nothing to read (in 1 of 1 replications)");
    CHECK(warning_of("2h") == gap + ": 3 of 3 have nothing to read (in 1 of 1 replications)");
}

TEST_CASE("rollback: detected by a condition; going in may be the failure") {
    const std::string by_condition =
        "  rehearse: {at: 30min, set: server.service, to: 166666667ns}\n"
        "  detect: waiting(server) > 1000 for 5min\n  decide: 10min\n" +
        steps;
    RollbackResult result = rehearsed(base_of(), change_of(by_condition));
    // 4/s more: 1001 after 250 s.
    CHECK(about(result.detected.seconds, 250.25 + 300, 0.5));
    CHECK(about(result.decided.seconds, 600, 0));
    CHECK(about(result.backlog.with, 4 * (550 + 600) + 4800, 4));

    const std::string itself = "  detect: 30min\n" + steps;
    result = rehearsed(base_of(),
                       change_of(itself, "{set: server.service, to: 166666667ns}", "rollout: {at: 10min}\n"));
    CHECK(about(result.in.seconds, 600, 0));
    CHECK(about(result.failed.seconds, 0, 0));
    CHECK(about(result.recovered.seconds, 78 * 60, 0.5));

    // It goes in, and fails later, on a condition of the twin.
    const std::string later =
        "  rehearse: {when: waiting(server) >= 1, set: server.service, to: 166666667ns}\n  detect: 30min\n" +
        steps;
    const RollbackResult none = rehearsed(base_of(), change_of(later));
    CHECK(none.verdict == Verdict::inconclusive);
    CHECK(none.why.starts_with("it does not fail before the end of the run"));
}

TEST_CASE("rollback: edits that a running twin cannot make are there throughout") {
    const std::string edit = "{add: audit, as: stage, value: {reads: server, workers: 1, service: 1ms}}";
    const RollbackResult result = rehearsed(base_of(), change_of(slow, edit), Edits::made_before);
    CHECK_FALSE(result.taken_back);
    CHECK(about(result.recovered.seconds, 78 * 60, 0.5));
    const tests::ScratchFolder files;
    CHECK_FALSE(formats::read_rollback(files.write("base.yaml", base_of()).string(), {},
                                       files.write("change.yaml", change_of(slow, edit)).string(),
                                       Edits::as_actions)
                    .twin);
}

TEST_CASE("rollback: what no simulation goes by keeps nothing else from being taken back") {
    // With 600 ms instead of 67 nothing drains as long as it stays.
    const std::string edit =
        "{set: server.service, to: 600ms}, {add: jobs.phone, as: column, value: {type: text}}, "
        "{remove: jobs.id}, {set: server.owner, to: sales}";
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  datasets: {jobs: {columns: {id: {type: bigint}}}}\n"
        "  stages:\n    server: {reads: jobs, workers: 1, service: 66666667ns}\n"
        "load: {in: {arrivals: every 100ms, writes: jobs}}\nrun: {length: 3h, warm_up: 0s}\n";
    const std::string going_in = "  detect: 10min\n" + steps;
    const RollbackResult result = rehearsed(base, change_of(going_in, edit));
    CHECK(result.taken_back);
    CHECK(result.edits.size() == 4);
    // It is well again, and yet there is no way back: what was in the column is gone.
    CHECK(result.recovered.seen == 1);
    CHECK(result.loses_data.size() == 1);
    CHECK(result.verdict == Verdict::violated);
}

TEST_CASE("rollback: what is not noticed or does not recover is not met") {
    const std::string unseen =
        "  rehearse: {at: 30min, set: server.service, to: 166666667ns}\n"
        "  detect: waiting(server) > 100000\n" +
        steps;
    const RollbackResult blind = rehearsed(base_of(), change_of(unseen));
    CHECK(blind.verdict == Verdict::violated);
    CHECK(blind.detected.seen == 0);
    CHECK(blind.recovered.seen == 0);
    const RollbackResult shorter = rehearsed(base_of("", "100min"), change_of(slow));
    CHECK(shorter.verdict == Verdict::inconclusive);
    CHECK(shorter.why == "it is not well again before the end of the run in 1 of 1 replications");
    CHECK(shorter.done.seen == 1);
    // What tells it was so before.
    const std::string already =
        "  rehearse: {at: 30min, set: server.service, to: 166666667ns}\n  detect: waiting(server) < 5\n" +
        steps;
    const RollbackResult told = rehearsed(base_of(), change_of(already));
    CHECK(told.detected_before);
    CHECK(about(told.detected.seconds, 0, 0));
}

TEST_CASE("rollback: random times, the same for any number of threads") {
    const std::string random =
        "  rehearse: {at: 10min, fail: server}\n  detect: exponential(mean 60s)\n"
        "  decide: exponential(mean 120s)\n"
        "  steps: [{do: restart, takes: exponential(mean 30s), heal: server}]\n"
        "  until: waiting(server) < 1\n";
    std::string base = base_of("", "1h30min");
    base.replace(base.find("66666667ns"), 10, "666ms");
    base.replace(base.find("every 100ms"), 11, "every 1s");
    const RollbackResult one = rehearsed(base, change_of(random), Edits::as_actions, 100, 1);
    const RollbackResult two = rehearsed(base, change_of(random), Edits::as_actions, 100, 2);
    CHECK(formats::rollback_as_json(one).dump() == formats::rollback_as_json(two).dump());
    CHECK(one.verdict == Verdict::met);
    const auto holds = [](const studies::Estimate& estimate, double truth) {
        return *estimate.low <= truth && truth <= *estimate.high;
    };
    CHECK(holds(one.detected.seconds, 60));
    CHECK(holds(one.decided.seconds, 120));
    CHECK(holds(one.back.seconds, 30));
    // Nothing is served for 210 s on average; 0.5/s more can be than come.
    CHECK(holds(one.drained.seconds, 420));
    CHECK(about(one.duplicated.with, 0, 0));
}

TEST_CASE("rollback: what the plan does is checked against the scenario, where it is written") {
    const tests::ScratchFolder files;
    const std::string base = files.write("base.yaml", base_of()).string();
    const auto said = [&](const std::string& change) {
        return formats::read_rollback(base, {}, files.write("change.yaml", change).string(),
                                      Edits::made_before)
            .diagnostics.show();
    };
    const std::string wrong =
        said(change_of("  rehearse: {at: 30min, fail: sever}\n  detect: lag(serve) > 3\n"
                       "  steps: [{do: x, pause: servr}]\n  until: waiting(server) < 1\n"));
    CHECK(wrong.find("change.yaml:5:") != std::string::npos);
    CHECK(wrong.find("nothing is called 'sever'") != std::string::npos);
    CHECK(wrong.find("'serve'") != std::string::npos);
    CHECK(wrong.find("nothing is called 'servr'") != std::string::npos);
}

TEST_CASE("rollback: what one of two readers loses is lost, whatever becomes of the other's copy") {
    // As with one reader: 2000 more than there is room for.
    std::string base = base_of("queue: {capacity: 10000, full: drop}, ");
    const auto alone = rehearsed(base, change_of(slow));
    base.replace(base.find("load:"), 0, "    beside: {reads: jobs, workers: 1, service: 1ms}\n");
    const auto beside = rehearsed(base, change_of(slow));
    CHECK(about(beside.lost.more, 2000, 2));
    CHECK(*beside.lost.more.value == *alone.lost.more.value);
    CHECK(beside.safe.seen == 1);
    CHECK(*beside.safe.seconds.value == *alone.safe.seconds.value);
}

TEST_CASE("rollback: what comes too late for its window") {
    // All that comes within 30 min and 8 more waits longer than windows stay open, but for the first.
    std::string base = base_of();
    base.replace(base.find("load:"), 0, "    after: {reads: server, window: {size: 10s, lateness: 1s}}\n");
    const auto result = rehearsed(base, change_of(slow));
    CHECK(*result.late.more.value > 10000);
    CHECK(*result.late.more.value == *result.late.with.value);
}

TEST_CASE(
    "rollback: a run that fails has missed a deadline once, whatever is made anew, and whoever promises it") {
    // Due at 02:30, for 30 min; from the third day on it fails, noticed at six in the morning of the fourth.
    const auto missed = [](const std::string& step, const std::string& objectives) {
        const std::string base =
            "understudy: 1\nscenario: s\ntwin:\n  pipelines: {n: {schedule: daily at 02:30, tasks: {b: "
            "{workers: "
            "unlimited, service: 30min, writes: out}}}}\nrun: {length: 8d, start: 2026-06-01T00:00, zone: "
            "Europe/Berlin, warm_up: 1d}\nobjectives: [" +
            objectives + "]\n";
        const std::string plan =
            "  rehearse: {at: 2d, set: n.b.failure, to: 100%}\n  detect: 30h\n  decide: 2h\n"
            "  steps:\n    - {do: fix, takes: 1h}\n" +
            step + "  until: present(n) < 1\n";
        const auto result = rehearsed(base, change_of(plan, "{set: n.b.service, to: 29min}"));
        REQUIRE(result.missed);
        CHECK(*result.missed->with.value == *result.missed->more.value);
        return *result.missed->more.value;
    };
    const std::string by_four = "share landed(out) by 04:00 >= 90%";
    const std::string two = by_four + ", share landed(out) by 06:00 >= 90%";
    const std::string both = "    - {do: again, run: n, from: 2026-06-03T00:00, until: 2026-06-05T00:00}\n";
    for (const std::string& objectives : {by_four, two})
        for (const std::string& step : {std::string(), both, std::string("    - {do: again, run: n}\n")})
            CHECK(missed(step, objectives) == 2);
}

TEST_CASE("rollback: what is interrupted says nothing about the plan") {
    const std::atomic<bool> stop{true};
    const RollbackResult result = rehearsed(base_of(), change_of(slow), Edits::as_actions, 2, 1, &stop);
    CHECK(result.interrupted);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.why == "interrupted before it was rehearsed");
}
