// Promised: formulas answer what they know of a scenario, exactly where nothing spoils it and else by the name of what
// does; they refuse what they do not know with all that lies behind it; systems without a steady state are told apart.
// Shown: small scenarios, each with one mechanism, against values worked out by hand.
#include "models/analytic/analytic_model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/models/analytic/sample.h"

using namespace understudy;
using models::Answer;
using tests::answered;

namespace {

const std::string run = "run: {length: 40h}\n";

void exactly(const tests::Answered& of, const std::string& measure, double value) {
    const Answer answer = of(measure);
    INFO(measure, ": ", answer.why);
    CHECK(answer.kind == Answer::Kind::exact);
    CHECK(answer.value == doctest::Approx(value).epsilon(1e-9));
}

void about(const tests::Answered& of, const std::string& measure, const std::string& why) {
    const Answer answer = of(measure);
    INFO(measure, ": ", answer.why);
    CHECK(answer.kind == Answer::Kind::approximate);
    CHECK(answer.why.find(why) != std::string::npos);
    CHECK(answer.error > 0);
}

void refused(const tests::Answered& of, const std::string& measure, const std::string& why) {
    const Answer answer = of(measure);
    INFO(measure, ": ", answer.why);
    CHECK(answer.kind == Answer::Kind::refused);
    CHECK(answer.why.find(why) != std::string::npos);
}

std::string one(const std::string& server, const std::string& load = "{arrivals: poisson(0.5/s)}") {
    return "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)" + server +
           "}}}\nload: {jobs: " + load + "}\n" + run;
}

std::string row(const std::string& first, const std::string& second,
                const std::string& load = "poisson(0.5/s)") {
    return "twin: {stages: {a: {reads: jobs, " + first + "}, b: {reads: a, " + second +
           "}}}\nload: {jobs: {arrivals: " + load + "}}\n" + run;
}

const std::string exponential = "workers: 1, service: exponential(mean 1s)";
const std::string lognormal = "workers: 1, service: lognormal(mean 1s cv 2)";

}  // namespace

TEST_CASE("what is asked of one station") {
    const auto of = answered(one(""));
    exactly(*of, "avg latency(server)", 2);
    exactly(*of, "avg wait(server)", 1);
    exactly(*of, "avg present(server)", 1);
    exactly(*of, "avg waiting(server)", 0.5);
    exactly(*of, "avg utilisation(server)", 0.5);
    exactly(*of, "avg workers(server)", 1);
    exactly(*of, "rate completed(server)", 0.5);
    exactly(*of, "share waited(server)", 0.5);
    exactly(*of, "share empty(server)", 0.5);
    exactly(*of, "share lost(server)", 0);
    exactly(*of, "p(50) latency(server)", 2 * std::log(2.0));
    exactly(*of, "p(40) wait(server)", 0);
    exactly(*of, "sd latency(server)", 2);
    exactly(*of, "p(90) present(server)", 3);
    exactly(*of, "avg latency()", 2);
    exactly(*of, "rate completed()", 0.5);
    exactly(*of, "avg latency(jobs)", 2);
    refused(*of, "max wait(server)", "how long one looks");
    refused(*of, "total completed(server)", "of one run");
    refused(*of, "at end present(server)", "instant");
    refused(*of, "avg wait(server) during 1h..2h", "part of the run");
    refused(*of, "avg wait(server) items 1..10", "part of the run");
}

TEST_CASE("what leaves a station is Poisson, or spoilt by name") {
    exactly(*answered(row(exponential, lognormal)), "avg wait(b)", 0.5 * 5 / (2 * 0.5));
    const auto spoilt = answered(row(lognormal, exponential));
    exactly(*spoilt, "avg wait(a)", 0.5 * 5 / (2 * 0.5));
    about(*spoilt, "avg wait(b)", "services at 'a' are not exponential");
    about(*spoilt, "avg latency()", "services at 'a' are not exponential");
    exactly(*spoilt, "rate completed(b)", 0.5);
    exactly(*spoilt, "avg utilisation(b)", 0.5);
    refused(*spoilt, "p(95) latency(b)", "no closed form");
    // Nobody waits where there are workers enough, whatever comes.
    exactly(*answered(row(lognormal, "workers: unlimited, service: lognormal(mean 3s cv 1)")),
            "avg latency(b)", 3);
    // Items that come from a constant service do not wait at a shorter one.
    exactly(*answered(row("workers: 1, service: 1s", "workers: 1, service: 900ms")), "avg latency(b)", 0.9);
    about(*answered(row("workers: 1, service: 900ms", "workers: 1, service: 1s")), "avg latency(b)",
          "not exponential");
    // One worker at a time, in any order that does not look at services.
    exactly(*answered(row(exponential + ", order: random", exponential)), "avg wait(b)", 1);
    exactly(*answered(row("workers: 1, order: shared, service: lognormal(mean 1s cv 2)", exponential)),
            "avg wait(b)", 1);
}

TEST_CASE("loops take stations that keep arrivals Poisson") {
    const auto loop = [&](const std::string& first) {
        return answered("twin: {stages: {a: {reads: [jobs, again], " + first +
                        ", writes: {again: 20%, exit: 80%}}}}\nload: {jobs: {arrivals: poisson(0.4/s)}}\n" +
                        run);
    };
    exactly(*loop(exponential), "avg latency(a)", 2);
    exactly(*loop(exponential), "avg latency()", 2.5);
    refused(*loop(exponential), "p(95) latency()", "items come back to 'a'");
    // Who comes back at once finds those who were there when he left: the variability of arrivals does not tell that.
    refused(*loop(lognormal), "avg latency(a)", "at once, in bursts");
    const auto around = [&](const std::string& share, const std::string& rest) {
        return answered("twin: {stages: {a: {reads: [jobs, again], " + lognormal + "}, b: {reads: a, " +
                        lognormal + ", writes: {again: " + share + ", exit: " + rest + "}}}}\n" +
                        "load: {jobs: {arrivals: poisson(0.1/s)}}\n" + run);
    };
    about(*around("20%", "80%"), "avg latency(a)", "come back to it");
    refused(*around("60%", "40%"), "avg latency(a)", "more than once on average");
    const auto again = [&](const std::string& backoff) {
        return answered("twin: {stages: {a: {reads: jobs, " + lognormal +
                        ", failure: 20%, retry: {times: unlimited, backoff: " + backoff +
                        "}}}}\nload: {jobs: {arrivals: poisson(0.4/s)}}\n" + run);
    };
    refused(*again("0s"), "avg wait(a)", "at once");
    about(*again("1min"), "avg wait(a)", "come back to it");
}

TEST_CASE("a latency over all visits is no latency of one") {
    const auto circling = answered(
        "twin: {stages: {a: {reads: [jobs, back], workers: unlimited, service: lognormal(mean 1s cv 1), "
        "writes: "
        "{back: 50%, exit: 50%}}}}\nload: {jobs: {arrivals: poisson(2/s)}}\n" +
        run);
    exactly(*circling, "avg latency()", 2);
    exactly(*circling, "avg latency(a)", 1);
    refused(*circling, "p(95) latency()", "items come back to 'a'");
    refused(
        *answered("twin: {stages: {a: {reads: [jobs, bad], workers: unlimited, service: 2s, failure: 20%, "
                  "dead_letter: bad}}}\nload: {jobs: {arrivals: poisson(2/s)}}\n" +
                  run),
        "p(95) latency()", "items come back to 'a'");
    // One value at two stages: their times are one, and not two that are independent.
    refused(
        *answered(
            "twin: {stages: {a: {reads: jobs, workers: unlimited, service: w}, b: {reads: a, workers: "
            "unlimited, service: w}}}\nload: {jobs: {arrivals: poisson(3/s), fields: {w: exponential(mean "
            "1s)}}}\n" +
            run),
        "p(95) latency()", "at several stages");
}

TEST_CASE("a slowdown is over the work, whatever the speed of workers") {
    const auto fast = answered(
        "twin: {stages: {server: {reads: jobs, workers: 1, speed: 2, service: exponential(mean 2s)}}}\n"
        "load: {jobs: {arrivals: poisson(0.5/s)}}\n" +
        run);
    exactly(*fast, "avg latency(server)", 2);
    exactly(*fast, "avg slowdown(server)", 1);
}

TEST_CASE("arrivals that are not Poisson") {
    const auto every = [&](const std::string& law, const std::string& server) {
        return answered(one(server, "{arrivals: every " + law + "}"));
    };
    // Twice a second of D/M/1: sigma = exp(-2 (1 - sigma)).
    double sigma = 0.2;
    for (int i = 0; i < 200; ++i) sigma = std::exp(-2 * (1 - sigma));
    exactly(*every("2s", ""), "avg wait(server)", sigma / (1 - sigma));
    about(*answered(
              "twin: {stages: {server: {reads: jobs, workers: 1, service: 1s + exponential(mean 200ms)}}}\n"
              "load: {jobs: {arrivals: every erlang(k 2 mean 2s)}}\n" +
              run),
          "avg wait(server)", "arrivals of 'jobs' are not Poisson");
    exactly(*every("2s", ", writes: exit"), "avg utilisation(server)", 0.5);
}

TEST_CASE("bursts and all that is not always the same are flagged, with what lies behind") {
    const auto flagged = [&](const std::string& load, const std::string& why) {
        refused(*answered("profiles: {day: {steps: {0h: 50%, 12h: 100%}, period: 1d}}\n"
                          "twin: {stages: {a: {reads: jobs, " +
                          exponential + "}, b: {reads: a, " + exponential + "}}}\nload: {jobs: " + load +
                          "}\nrun: {length: 40h, warm_up: 1h, start: 2026-03-09T00:00}\n"),
                "avg wait(b)", why);
    };
    flagged(
        "{arrivals: {states: {calm: {rate: 0.1/s, stay: exponential(mean 10s)}, busy: {rate: 0.5/s, stay: "
        "exponential(mean 10s)}}}}",
        "'jobs' comes in bursts");
    flagged("{arrivals: poisson(0.5/s), profile: day}", "'jobs' varies over time");
    flagged("{arrivals: poisson(0.5/s), count: 10}", "'jobs' ends");
    flagged("{arrivals: poisson(0.2/s), items: 2}", "several items at once");
    const auto behind = [&](const std::string& first, const std::string& why) {
        refused(*answered(row(first, exponential)), "avg wait(b)", why);
        refused(*answered(row(first, exponential)), "avg latency()", why);
    };
    behind("batch: {items: 3}, " + exponential, "'a' gathers batches");
    behind(exponential + ", outages: {crash: {up: exponential(mean 1h), for: 1min}}", "outages");
    behind(exponential + ", timeout: 3s", "cuts attempts off");
    behind(exponential + ", take: 2", "take up several");
    refused(*answered(row(exponential, exponential + ", queue: {capacity: 2, full: block}")), "avg wait(a)",
            "blocks");
    refused(*answered(one(", queue: {capacity: 0, full: block}", "{arrivals: saturated}")),
            "rate completed()", "saturated");
    const auto cancelled = answered(
        "twin: {stages: {copy: {reads: jobs, workers: unlimited, service: exponential(mean 1s)}, first: "
        "{reads: "
        "copy, join: {of: parts, needs: 1, rest: cancel}}}}\nload: {jobs: {arrivals: poisson(1/s), items: "
        "3}}\n" +
        run);
    refused(*cancelled, "avg latency(copy)", "cancelled");
    refused(*cancelled, "rate completed(copy)", "cancelled");
    refused(*answered(one("") + "actions: [{at: 1h, set: load, to: 2x}]\n"), "avg wait(server)",
            "actions change");
    refused(*answered("twin: {stages: {server: {reads: jobs, " + exponential +
                      "}}}\nload: {jobs: {arrivals: poisson(0.5/s), count: 5}}\nrun: {until: empty}\n"),
            "avg wait(server)", "ends by itself");
}

TEST_CASE("behind full batches what is in them is counted, as a run does; else it is refused") {
    const auto lines = [&](const std::string& first, const std::string& rest) {
        return answered(
            "twin: {stages: {a: {reads: jobs, " + first + ", writes: x, workers: 2, service: 1s}, " + rest +
            "}}\nload: {jobs: {arrivals: poisson(1.5/s)}, odd: {arrivals: poisson(1/s)}}\n" + run);
    };
    const std::string two = "workers: 2, service: exponential(mean 500ms)";
    const std::string odd = ", odds: {reads: odd, " + two + "}";
    const auto batches = lines("batch: {items: 3}", "b: {reads: x, " + two + "}" + odd);
    for (const char* what : {"rate completed(b)", "rate arrived(b)"}) {
        CHECK((*batches)(what).kind == Answer::Kind::exact);
        CHECK((*batches)(what).value == doctest::Approx(1.5));
    }
    CHECK((*batches)("rate completed(odds)").value == doctest::Approx(1));
    // What is in a batch is of its own load.
    refused(*batches, "rate completed(b) of jobs", "how many items");
    const auto twice = lines("batch: {items: 3}", "b: {reads: x, batch: {items: 2}, " + two +
                                                      "}, c: {reads: b, " + two + "}" + odd);
    CHECK((*twice)("rate completed(c)").value == doctest::Approx(1.5));
    // Batches among single items, parts of batches, and batches that close at so many records.
    refused(*lines("batch: {items: 3}", "b: {reads: [x, odd], " + two + "}"), "rate completed(b)",
            "how many items");
    refused(*lines("batch: {items: 3}",
                   "b: {reads: x, emits: {items: 2}, " + two + "}, c: {reads: b, " + two + "}" + odd),
            "rate completed(c)", "how many items");
    refused(*lines("batch: {items: 3, records: 2}", "b: {reads: x, " + two + "}" + odd), "rate completed(b)",
            "how many items");
}

TEST_CASE("unstable and critical are told apart, before any run") {
    const Answer above = (*answered(one("", "{arrivals: poisson(1.2/s)}")))("avg wait(server)");
    CHECK((above.kind == Answer::Kind::refused && above.unstable && !above.critical));
    const Answer equal = (*answered(one("", "{arrivals: poisson(1/s)}")))("avg latency()");
    CHECK((equal.kind == Answer::Kind::refused && equal.critical && !equal.unstable));
    // What lies behind gets what passes, and no formula says how it comes.
    const Answer behind = (*answered(
        row(exponential, "workers: 1, service: exponential(mean 500ms)", "poisson(1.2/s)")))("avg wait(b)");
    CHECK((behind.kind == Answer::Kind::refused && !behind.unstable));
}

TEST_CASE("measured from an empty start") {
    const auto from_empty = [&](const std::string& length) {
        return answered("twin: {stages: {server: {reads: jobs, " + exponential +
                        "}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\nrun: {length: " + length +
                        ", warm_up: 0s}\n");
    };
    refused(*from_empty("1min"), "avg wait(server)", "empty start");
    exactly(*from_empty("40h"), "avg wait(server)", 1);
}

TEST_CASE("priorities, classes and values that items carry") {
    const std::string two =
        "load: {urgent: {arrivals: poisson(0.2/s), priority: 1}, other: {arrivals: poisson(0.3/s)}}\n";
    const auto head = answered("twin: {stages: {server: {reads: [urgent, other], order: priority, " +
                               exponential + "}}}\n" + two + run);
    // Cobham: 0.5 / ((1 - 0.2) (1 - 0)), and 0.5 / ((1 - 0.2) (1 - 0.5)).
    exactly(*head, "avg wait(server) of urgent", 0.5 / 0.8);
    exactly(*head, "avg wait(server) of other", 0.5 / (0.8 * 0.5));
    exactly(*head, "avg wait(server)", 1);
    refused(*head, "p(95) wait(server)", "no closed form");
    // A value that decides on the work of two stages: the second is not independent of the first.
    const auto twice = answered(
        "twin: {stages: {a: {reads: jobs, workers: 1, service: work}, b: {reads: a, workers: 1, "
        "service: work}}}\nload: {jobs: {arrivals: poisson(0.5/s), fields: {work: "
        "exponential(mean 1s)}}}\n" +
        run);
    exactly(*twice, "avg wait(a)", 1);
    refused(*twice, "avg wait(b)", "values that decided when items get there");
    // A size times a speed, and a constant besides.
    const auto sized = answered(
        "twin: {stages: {a: {reads: jobs, workers: 1, service: 100ms + 1s per GiB}}}\nload: {jobs: "
        "{arrivals: poisson(0.5/s), size: exponential(mean 1GiB)}}\n" +
        run);
    exactly(*sized, "avg wait(a)", 0.5 * (1 + 1.1 * 1.1) / (2 * 0.45));
}

TEST_CASE("copies of an item are exact where they stay apart") {
    const auto copies = answered("twin: {stages: {a: {reads: jobs, " + exponential + "}, b: {reads: jobs, " +
                                 exponential + "}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n" + run);
    exactly(*copies, "avg wait(a)", 1);
    exactly(*copies, "avg wait(b)", 1);
    refused(*copies, "avg latency()", "the last one counts");
    const auto meet =
        answered("twin: {stages: {a: {reads: jobs, " + exponential + "}, b: {reads: jobs, " + exponential +
                 "}, c: {reads: [a, b], " + "workers: 2, service: exponential(mean 1s)" +
                 "}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n" + run);
    exactly(*meet, "avg wait(a)", 1);
    refused(*meet, "avg wait(c)", "copies of an item meet");
}

TEST_CASE("users that come back") {
    const auto closed = answered("twin: {stages: {server: {reads: people, " + exponential +
                                 "}}}\nload: {people: {users: 2, think: lognormal(mean 1s cv 2)}}\n" + run);
    // Of two users 0, 1 and 2 are at the server for shares of 1, 2 and 2 in 5.
    exactly(*closed, "avg utilisation(server)", 4.0 / 5);
    exactly(*closed, "avg present(server)", 6.0 / 5);
    exactly(*closed, "rate completed()", 4.0 / 5);
    refused(*closed, "p(95) latency(server)", "no closed form");
    about(*answered("twin: {stages: {server: {reads: people, " + lognormal +
                    "}}}\nload: {people: {users: 2, think: 1s}}\n" + run),
          "avg latency(server)", "not exponential");
    // Nobody stands in line where work is shared, and what formulas may be off by is what items stay beyond their work.
    const auto before =
        answered("twin: {stages: {a: {reads: people, " + lognormal +
                 "}, b: {reads: a, workers: 1, order: shared, service: exponential(mean 0.9s)}}}\n"
                 "load: {people: {users: 10, think: 1s}}\n" +
                 run);
    refused(*before, "share empty(a)", "");
    const auto milder = answered(
        "twin: {stages: {a: {reads: people, workers: 1, service: lognormal(mean 1s cv 1.2)}, b: {reads: a, "
        "workers: 1, "
        "order: shared, service: exponential(mean 0.9s)}}}\nload: {people: {users: 10, think: 1s}}\n" +
        run);
    CHECK((*milder)("avg latency(b)").error > 0.4);
    CHECK((*milder)("avg latency(b)").error < 1);
    // In a line that is not like a product form all wait alike, whatever they take then.
    const auto line = answered(
        "twin: {stages: {server: {reads: [a, b], workers: 1, service: w}}}\n"
        "load: {a: {users: 4, think: 1s, fields: {w: 1s}}, b: {users: 4, think: 1s, fields: {w: 2s}}}\n" +
        run);
    CHECK((*line)("avg latency(server) of b").value ==
          doctest::Approx((*line)("avg latency(server) of a").value + 1));
    // What a line of a high variability sends on in bursts stays longer where work is shared, nobody knows how much.
    CHECK(std::isinf((*before)("avg latency(b)").error));
    // A few slow users in a line make it as slow for all, which equal services do not tell.
    refused(
        *answered(
            "twin: {stages: {server: {reads: [quick, slow], workers: 1, service: w}}}\n"
            "load: {quick: {users: 20, think: 1s, fields: {w: 10ms}}, slow: {users: 2, think: 1s, fields: "
            "{w: 3s}}}\n" +
            run),
        "avg latency() of quick", "differ too much");
}

TEST_CASE("what would take long is refused or has an answer of its own") {
    // Where nobody waits no queue is ever full.
    const auto endless = answered(
        "twin: {stages: {server: {reads: jobs, workers: unlimited, queue: {capacity: 0, full: "
        "drop}, service: lognormal(mean 1s cv 2)}}}\nload: {jobs: {arrivals: poisson(8/s)}}\n" +
        run);
    exactly(*endless, "avg latency(server)", 1);
    exactly(*endless, "share lost(server)", 0);
    // Rates that are far apart, and none at all.
    exactly(*answered(row(exponential, "workers: 1, service: exponential(mean 0s)")), "avg latency()", 2);
    refused(*answered(row(exponential, "workers: 2, service: exponential(mean 1ns)")), "p(95) latency()",
            "too many");
    const auto long_line = [&](const std::string& queue) {
        return answered(one(", queue: " + queue, "{arrivals: poisson(2/s)}"));
    };
    refused(*long_line("{capacity: 1000000, full: drop}"), "avg wait(server)", "no formula");
    refused(*long_line("{timeout: exponential(mean 1000d)}"), "avg wait(server)", "no formula");
    refused(*long_line("{capacity: 1000000, full: drop}"), "avg utilisation(server)", "more than it can do");
}

TEST_CASE("what it costs") {
    exactly(
        *answered(
            "twin: {pools: {crew: {workers: 3, cost: 2EUR/h}}, stages: {server: {reads: jobs, runs_on: crew, "
            "service: exponential(mean 1s)}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n" +
            run),
        "rate cost()", 6.0 / 3600);
}

TEST_CASE("mechanisms that have a formula each and none together are refused") {
    const auto is_refused = [](const std::string& text, const std::string& measure, const std::string& why) {
        CAPTURE(text);
        refused(*answered(text + run), measure, why);
    };
    // Users whose attempts are made again after a pause: three in ten pauses are as good as think time.
    is_refused(
        "twin: {stages: {a: {reads: j, workers: 1, service: exponential(mean 1s), failure: 30%, "
        "retry: {times: unlimited, backoff: 4s}}}}\nload: {j: {users: 4, think: 5s}}\n",
        "rate completed()", "made again");
    // One pool, last come first served, at two stages: who comes back stands first.
    is_refused(
        "twin: {pools: {p: {workers: 1, order: lifo}}, stages: {a: {reads: j, runs_on: p, service: "
        "exponential(mean 0.5s)}, b: {reads: a, runs_on: p, service: exponential(mean 0.5s)}}}\n"
        "load: {j: {arrivals: poisson(0.8/s)}}\n",
        "avg wait(b)", "has no formula");
    is_refused(
        "twin: {stages: {a: {reads: j, workers: 1, order: lifo, service: exponential(mean 1s), failure: 20%, "
        "retry: {times: unlimited}}}}\nload: {j: {arrivals: poisson(0.5/s)}}\n",
        "var wait(a)", "");
    // Behind a regular stage nobody waits, but for those who come again.
    is_refused(
        "twin: {stages: {a: {reads: j, workers: 1, service: 1s}, b: {reads: a, workers: 1, service: 0.4s, "
        "failure: 50%, retry: {times: 3}}}}\nload: {j: {arrivals: poisson(0.6/s)}}\n",
        "avg wait(b)", "");
    // The latency of a stage is of those that come through, who took fewer attempts.
    is_refused(
        "twin: {stages: {a: {reads: j, workers: 1, service: exponential(mean 1s), failure: 50%, "
        "retry: {times: 1, backoff: 20s}}}}\nload: {j: {arrivals: poisson(0.4/s)}}\n",
        "avg latency(a)", "fewer attempts");
    is_refused(
        "twin: {stages: {a: {reads: j, workers: unlimited, service: exponential(mean 3s)}}}\n"
        "load: {j: {arrivals: poisson(1/s), items: 3}}\n",
        "avg latency()", "several items at once");
    is_refused(
        "twin: {stages: {a: {reads: j, workers: 2, service: exponential(mean 1s), queue: {capacity: 0, full: "
        "drop}}, b: {reads: a, workers: 1, service: exponential(mean 0.5s)}}}\n"
        "load: {j: {arrivals: poisson(1.2/s)}}\n",
        "rate completed(b)", "loses items");
    is_refused(
        "twin: {stages: {a: {reads: j, workers: 1, service: exponential(mean 1s), release: 0.3s}}}\n"
        "load: {j: {arrivals: poisson(0.6/s)}}\n",
        "avg utilisation(a)", "beyond the service");
    is_refused(
        "twin: {stages: {a: {reads: j, workers: 1, service: exponential(mean 1s)}}}\n"
        "load: {j: {arrivals: poisson(0.6/s), from: 30min}}\n",
        "rate completed(a)", "for a time only");
}

TEST_CASE("services that take no longer than the time between regular arrivals: nobody waits") {
    const auto regular = answered(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: 0.8s}}}\n"
        "load: {jobs: {arrivals: every 1s}}\n" +
        run);
    exactly(*regular, "avg wait(server)", 0);
    exactly(*regular, "avg latency(server)", 0.8);
    exactly(*regular, "p(95) latency(server)", 0.8);
    exactly(*regular, "avg utilisation(server)", 0.8);
    const auto several = answered(
        "twin: {stages: {server: {reads: jobs, workers: 3, service: 2.5s}}}\n"
        "load: {jobs: {arrivals: every 1s}}\n" +
        run);
    exactly(*several, "avg wait(server)", 0);
    exactly(*several, "avg present(server)", 2.5);
    // However they vary, as long as none takes longer than that.
    const auto varied = [&](const std::string& service, const std::string& arrivals) {
        return answered("twin: {stages: {server: {reads: jobs, workers: 2, service: " + service +
                        "}}}\nload: {jobs: {arrivals: every " + arrivals + "}}\n" + run);
    };
    const auto within = varied("uniform(0.5s..2s)", "1s");
    exactly(*within, "avg wait(server)", 0);
    exactly(*within, "p(99) wait(server)", 0);
    exactly(*within, "avg latency(server)", 1.25);
    exactly(*within, "p(90) latency(server)", 1.85);
    exactly(*varied("uniform(0.5s..2s)", "uniform(1s..1.5s)"), "avg wait(server)", 0);
    about(*varied("uniform(0.5s..2.1s)", "1s"), "avg wait(server)", "not Poisson");
    about(*varied("lognormal(mean 1s cv 1)", "uniform(1s..1.5s)"), "avg wait(server)", "not Poisson");
    // Two that are regular by themselves are not so together.
    refused(*answered("twin: {stages: {server: {reads: [jobs, others], workers: 1, service: 0.8s}}}\n"
                      "load: {jobs: {arrivals: every 2s}, others: {arrivals: every 3s}}\n" +
                      run),
            "avg wait(server)", "fall together");
}

TEST_CASE("more users of several loads than have an exact answer at once") {
    const auto closed = answered(
        "twin: {stages: {server: {reads: [a, b, c], workers: 2, service: exponential(mean 1s)}}}\n"
        "load: {a: {users: 100, think: 100s}, b: {users: 100, think: 200s}, c: {users: 100, "
        "think: 300s}}\n" +
        run);
    about(*closed, "avg wait(server)", "taken from means");
    about(*closed, "rate completed()", "taken from means");
    refused(*closed, "share empty(server)", "");
}
