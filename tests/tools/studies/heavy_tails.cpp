// Promised: what waits or stays behind a law without enough moments is known before the run, wherever that law stands:
// in a service, in what a service goes by, in a delay, a pause, an outage, on shared workers, in batches of arrivals, in
// what keeps workers away, in refills and in times between arrivals; and what a cut-off, patience or many spare workers
// make finite is not. Objectives about its means are then left open.
// Shown: scenarios that differ in one thing, by the warnings and the measures concerned; the thresholds are those of
// Pollaczek and Khinchine's formulas and of Scheller-Wolf and Vesilo's theorem.
#include "tools/studies/heavy_tails.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"

using namespace understudy;

namespace {

const char* const usual_load = "{arrivals: poisson(0.5/s)}";

studies::PreparedRun queue(
    const std::string& server, const std::string& load = usual_load,
    const std::string& measures = "avg wait(server), avg latency(server), avg latency()",
    const std::string& twin = "", const std::string& run = "length: 1h, warm_up: 5min") {
    return tests::prepared("twin: {" + twin + "stages: {server: {reads: jobs, " + server +
                           "}}}\nload: {jobs: " + load + "}\nmeasures: [" + measures + "]\nrun: {" + run +
                           "}\n");
}

/// "w" where it says that the measure, or what it goes by, has no variance, "m" no mean, "." neither; one for each measure.
std::string concerned(const studies::PreparedRun& prepared) {
    std::string text;
    for (const models::Measure& measure : prepared.scenario.measures) {
        const std::string why = studies::why_no_variance(measure, prepared.heavy_tails);
        text += why.empty() ? '.' : why.find("no variance") != std::string::npos ? 'w' : 'm';
    }
    return text;
}

std::string warnings(const studies::PreparedRun& prepared) {
    std::string text;
    for (const studies::Warning& warning : prepared.warnings) text += warning.text + "\n";
    return text;
}

bool says(const studies::PreparedRun& prepared, const std::string& part) {
    return warnings(prepared).find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("services: a third moment for one worker, fewer for several, two for what does not wait") {
    const auto of = [](const std::string& workers, const std::string& shape) {
        return concerned(queue("workers: " + workers + ", service: pareto(shape " + shape + " min 0.3s)"));
    };
    CHECK(of("1", "3.1") == "...");
    CHECK(of("1", "3") == "www");
    CHECK(of("1", "2.2") == "www");
    CHECK(of("1", "2") == "mmm");
    // Last come, first served with preemption: a stay is a busy period.
    CHECK(of("1, order: lifo, preempt: true", "2.2") == "...");
    CHECK(of("1, order: lifo, preempt: true", "2") != "...");
    CHECK(of("1, order: lifo", "2.2") == "www");
    CHECK(of("2", "2.2") == "...");
    CHECK(of("2", "1.9") == "www");
    CHECK(of("unlimited", "2.2") == "...");
    CHECK(of("unlimited", "1.9") == ".ww");
    CHECK(concerned(queue("workers: 1, service: pareto(shape 1.9 min 0.3s)", usual_load,
                          "avg wait(server), avg service(server)")) == "mw");
    // All are served at once, and a long service is long for itself alone.
    const std::string shared = "workers: 1, order: shared, service: pareto(min 0.3s shape ";
    CHECK(concerned(queue(shared + "2.2)")) == "...");
    CHECK(concerned(queue(shared + "1.9)")) == ".ww");
    CHECK(concerned(queue("workers: 1, service: lognormal(mean 1s cv 9)")) == "...");
    CHECK(concerned(queue("workers: 1, service: mix(90% 1s or 10% pareto(shape 2.5 min 0.3s))")) == "www");
    CHECK(says(
        queue("workers: 1, service: pareto(shape 2.2 min 0.3s)"),
        "what waits at 'server' has no variance, as its service is pareto with shape 2.2: intervals of its "
        "means hold less often than they say"));
}

TEST_CASE("what a service goes by: sizes, records, fields, also through other stages") {
    const auto of = [](const std::string& service, const std::string& load) {
        return queue("workers: 1, service: " + service, "{arrivals: poisson(0.5/s), " + load + "}");
    };
    const auto by_size = of("1s per GiB", "size: pareto(shape 2.2 min 0.3GiB)");
    CHECK(concerned(by_size) == "www");
    CHECK(says(by_size, "as what its service goes by is pareto with shape 2.2"));
    CHECK(concerned(of("1s per GiB", "size: pareto(shape 3.2 min 0.3GiB)")) == "...");
    CHECK(concerned(of("1s", "size: pareto(shape 2.2 min 0.3GiB)")) == "...");
    CHECK(concerned(of("1s per GiB", "size: pareto(shape 2.2 min 0.3GiB max 9GiB)")) == "...");
    CHECK(concerned(of("0.1s per record", "records: pareto(shape 1.9 min 1)")) == "mmm");
    CHECK(concerned(of("0.1s per x", "fields: {x: pareto(shape 2.5 min 1)}")) == "www");
    CHECK(concerned(of("0.1s per x", "fields: {y: pareto(shape 2.5 min 1), x: 2}")) == "...");

    const auto chain = [](const std::string& emits, const std::string& service) {
        return tests::prepared(
            "twin: {stages: {a: {reads: jobs, workers: unlimited, service: 1s, emits: {" + emits +
            "}}, server: {reads: a, workers: 1, service: " + service +
            "}, o: {reads: other, workers: unlimited, service: 1s}}}\nload: {jobs: {arrivals: "
            "poisson(0.5/s), size: pareto(shape 1.8 min 0.3GiB)}, "
            "other: {arrivals: poisson(0.1/s), fields: {x: pareto(shape 1.5 min 1)}}}\n"
            "measures: [avg wait(server), avg wait(a), avg latency(a), avg latency(a -> server), avg "
            "latency()]\n"
            "run: {length: 1h, warm_up: 5min}\n");
    };
    CHECK(concerned(chain("size: 120%", "1s per GiB")) == "m..mm");
    CHECK(concerned(chain("size: 120%", "1s")) == ".....");
    CHECK(concerned(chain("fields: {x: 1 per GiB}", "0.5s per x")) == "m..mm");
    CHECK(concerned(chain("fields: {x: 3}", "0.5s per x")) == ".....");  // `other` never comes here
}

TEST_CASE("delays, pauses and outages") {
    const std::string measures =
        "avg wait(server), avg latency(server), avg latency(), avg backoff(server), p(90) latency()";
    CHECK(concerned(queue("workers: 1, service: 1s",
                          "{arrivals: poisson(0.5/s), delay: pareto(shape 1.5 min 1s)}", measures)) ==
          "..w..");
    CHECK(concerned(queue("workers: 1, service: 1s",
                          "{arrivals: poisson(0.5/s), delay: pareto(shape 0.9 min 1s)}", measures)) ==
          "..m..");
    const auto paused =
        queue("workers: 1, service: 1s, failure: 10%, retry: {times: 3, backoff: pareto(shape 1.4 min 0.1s)}",
              usual_load, measures);
    CHECK(concerned(paused) == ".www.");
    CHECK(says(paused,
               "how long items stay at 'server' has no variance, as a pause between its attempts is pareto"));
    CHECK(concerned(queue("workers: 1, outages: {down: {up: exponential(mean 1h), for: pareto(shape 2.5 "
                          "min 10s)}}, service: 1s",
                          usual_load, measures)) == "www..");
    CHECK(concerned(queue("workers: 1, service: 0.1s",
                          "{arrivals: poisson(0.5/s), items: pareto(shape 2.5 min 1)}", measures)) ==
          "www..");
}

TEST_CASE("who shares its workers waits as well, who does not comes away free") {
    const auto prepared = tests::prepared(
        "twin: {pools: {crew: {workers: 1}}, stages: {heavy: {reads: jobs, runs_on: crew, service: "
        "pareto(shape 2.5 "
        "min 0.1s)}, light: {reads: more, runs_on: crew, service: 0.1s}, after: {reads: light, workers: 1, "
        "service: "
        "0.1s}}}\nload: {jobs: {arrivals: poisson(0.5/s)}, more: {arrivals: poisson(0.5/s)}}\n"
        "measures: [avg wait(heavy), avg wait(light), avg waiting(crew), avg wait(after), avg latency(light "
        "-> after), "
        "max wait(light), p(99) wait(light), avg utilisation(crew)]\nrun: {length: 1h, warm_up: 5min}\n");
    CHECK(concerned(prepared) == "www.ww..");
    CHECK(
        says(prepared,
             "what waits at 'light' has no variance, as the service of 'heavy', which has the same workers, "
             "is pareto with shape 2.5"));
}

TEST_CASE("who takes the place of heavy work does not wait for it") {
    const auto by_priority = [](const std::string& heavy, const std::string& light,
                                const std::string& preempt) {
        return tests::prepared(
            "twin: {pools: {crew: {workers: 1, order: priority, preempt: " + preempt +
            "}}, stages: {heavy: {reads: jobs, runs_on: crew, priority: " + heavy +
            ", service: pareto(shape 2.5 min 0.1s)}, light: {reads: more, runs_on: crew, priority: " + light +
            ", service: 0.1s}}}\nload: {jobs: {arrivals: poisson(0.5/s)}, more: {arrivals: poisson(0.5/s)}}\n"
            "measures: [avg wait(heavy), avg wait(light), avg waiting(crew)]\n"
            "run: {length: 1h, warm_up: 5min}\n");
    };
    CHECK(concerned(by_priority("1", "2", "true")) == "w.w");
    CHECK(concerned(by_priority("2", "1", "true")) == "www");
    CHECK(concerned(by_priority("1", "1", "true")) == "www");
    CHECK(concerned(by_priority("1", "2", "false")) == "www");
}

TEST_CASE("patience, places and time limits cut tails off") {
    const std::string law = "service: pareto(shape 2.2 min 0.3s)";
    CHECK(concerned(queue("workers: 1, " + law + ", queue: {timeout: 9s}")) == "...");
    CHECK(concerned(queue("workers: 1, " + law + ", queue: {capacity: 5, full: drop}")) == "...");
    CHECK(concerned(queue("workers: 1, " + law + ", timeout: 9s")) == "...");
    CHECK(concerned(queue("workers: 1, service: pareto(shape 1.9 min 0.1s), queue: {timeout: 9s}")) == ".ww");
    // A run that ends by itself has so many items and no more.
    const std::string few = "{arrivals: every 1s, count: 10}";
    CHECK(concerned(queue("workers: 1, " + law, few, "avg wait(server)", "", "until: empty")) == ".");
    CHECK(concerned(queue("workers: 1, service: pareto(shape 1.9 min 0.1s)", few, "avg wait(server)", "",
                          "until: empty")) == "w");
}

TEST_CASE("what keeps workers away is met by who comes meanwhile, and has a moment less") {
    const auto of = [](const std::string& server, const std::string& law) {
        return concerned(queue(server + ": pareto(" + law + " min 0.3s), service: 0.1s"));
    };
    for (const std::string away :
         {"workers: 1, poll", "workers: 1, outages: {down: {up: exponential(mean 1h), for: 9s}}, poll",
          "workers: 1, order: lifo, preempt: true, poll", "workers: 0..1, scale: {waiting: 1}, start_up",
          "workers: 1, order: cyclic, switch"}) {
        CAPTURE(away);
        CHECK(of(away, "shape 3.1") == "...");
        CHECK(of(away, "shape 2.5") == "www");
        CHECK(of(away, "shape 1.8") == "mmm");
        CHECK(of(away, "max 9s shape 1.8") == "...");
    }
    // Both have to be away.
    CHECK(of("workers: 2, poll", "shape 2.1") == "...");
    CHECK(of("workers: 2, poll", "shape 1.9") == "www");
    // Both that are started together have to be late.
    CHECK(of("workers: 0..2, scale: {waiting: 1}, start_up", "shape 1.6") == "...");
    CHECK(of("workers: 0..2, scale: {waiting: 1}, start_up", "shape 1.4") == "www");
    // Those that are there are enough.
    CHECK(of("workers: 1..2, scale: {waiting: 1}, start_up", "shape 1.4") == "...");
    CHECK(concerned(queue(
              "workers: 1..2, scale: {waiting: 1}, service: 3s, start_up: pareto(shape 1.8 min 0.3s)")) ==
          "mmm");
    // Who is impatient does not wait, and of a few places each wait is one pause.
    CHECK(of("workers: 1, queue: {timeout: 9s}, poll", "shape 1.8") == "...");
    CHECK(of("workers: 1, queue: {capacity: 5, full: drop}, poll", "shape 2.5") == "...");
    CHECK(of("workers: 1, queue: {capacity: 5, full: drop}, poll", "shape 1.8") == "www");
    // All are away at once, however many they are.
    const std::string outage =
        "workers: 4, service: 0.1s, outages: {down: {takes: all, up: exponential(mean 1h), for: pareto(min "
        "9s shape ";
    CHECK(concerned(queue(outage + "2.5)}}")) == "www");
    CHECK(concerned(queue(outage + "3.1)}}")) == "...");
    CHECK(says(
        queue("workers: 1, service: 0.1s, poll: pareto(shape 2.5 min 0.3s)"),
        "what waits at 'server' has no variance, as a pause of its workers (poll) is pareto with shape 2.5"));
    const auto cycle = [](const std::string& shape) {
        return concerned(tests::prepared(
            "twin: {pools: {round: {workers: 1, order: cyclic, switch: pareto(min 0.1s shape " + shape +
            ")}}, stages: {server: {reads: jobs, runs_on: round, service: 0.1s}}}\nload: {jobs: {arrivals: "
            "poisson(1/s)}}\n"
            "measures: [avg wait(server), avg cycle(round)]\nrun: {length: 1h, warm_up: 5min}\n"));
    };
    CHECK(cycle("2.5") == "w.");
    CHECK(cycle("1.8") == "mw");
}

TEST_CASE("budgets: single tokens that stay away, and not orders that overtake one another") {
    const auto spends = [](const std::string& budget) {
        return concerned(queue("spends: q", usual_load,
                               "avg wait(server), avg latency(server), avg latency()",
                               "budgets: {q: {" + budget + "}}, "));
    };
    CHECK(spends("capacity: 2, refill: every pareto(shape 3.1 min 0.3s)") == "...");
    CHECK(spends("capacity: 2, refill: every pareto(shape 2.5 min 0.3s)") == "www");
    CHECK(spends("capacity: 2, refill: every pareto(shape 1.8 min 0.3s)") == "mmm");
    CHECK(spends("capacity: unlimited, initial: 5, refill: every pareto(shape 1.8 min 0.3s)") == "...");
    CHECK(spends("capacity: unlimited, initial: 5, refill: {amount: 3, at_most: 4, after: pareto(shape 1.2 "
                 "min 1s)}") == "...");
    CHECK(spends("capacity: unlimited, initial: 5, refill: {amount: 3, at_most: 4, after: pareto(shape 0.9 "
                 "min 1s)}") == "mmm");
}

TEST_CASE("bursts that stay: waits where they bring more than can be done") {
    const auto of = [](const std::string& burst, const std::string& stay, const std::string& more = "") {
        return concerned(queue(
            "workers: 1, service: 0.1s" + more,
            "{arrivals: {states: {calm: {rate: 1/s, stay: exponential(mean 10min)}, burst: {rate: " + burst +
                ", stay: " + stay + "}}}}",
            "avg wait(server), avg latency(), rate completed(server), avg utilisation(server)"));
    };
    CHECK(of("15/s", "pareto(shape 3.1 min 1s)") == "....");
    CHECK(of("15/s", "pareto(shape 2.5 min 1s)") == "ww..");
    CHECK(of("9/s", "pareto(shape 2.5 min 1s)") == "....");
    CHECK(of("15/s", "pareto(shape 1.8 min 1s)") == "mmww");
    CHECK(of("9/s", "pareto(shape 1.8 min 1s)") == "..ww");
    CHECK(of("15/s", "exponential(mean 1s)") == "....");
    CHECK(of("15/s", "pareto(shape 1.8 min 1s)", ", queue: {capacity: 9, full: drop}") == "..ww");
    // What comes through a slower stage first comes no faster than that.
    const auto chain = [](const std::string& second) {
        return concerned(
            tests::prepared("twin: {stages: {first: {reads: jobs, workers: 1, service: 0.1s}, second: "
                            "{reads: first, workers: 1, service: " +
                            second +
                            "}}}\nload: {jobs: {arrivals: {states: {calm: {rate: 1/s, stay: exponential(mean "
                            "10min)}, burst: {rate: 15/s, "
                            "stay: pareto(shape 2.5 min 1s)}}}}}\nmeasures: [avg wait(first), avg "
                            "wait(second)]\nrun: {length: 1h, warm_up: 5min}\n"));
    };
    CHECK(chain("0.08s") == "w.");
    CHECK(chain("0.2s") == "ww");
}

TEST_CASE("times between arrivals: freshness, gatherings, ages and numbers, but no waits in line") {
    const auto of = [](const std::string& shape, const std::string& more = "",
                       const std::string& stage = "workers: 1, service: 10ms") {
        return concerned(tests::prepared(
            "twin: {datasets: {d: {}}, stages: {server: {reads: [jobs" +
            std::string(more.empty() ? "" : ", more") + "], " + stage +
            ", writes: d}}}\nload: {jobs: {arrivals: every pareto(min 1s shape " + shape + ")}" + more +
            "}\nmeasures: [avg freshness(d), rate completed(server), total arrived(), avg "
            "utilisation(server), avg wait(server), "
            "avg latency(), p(90) freshness(d)]\nrun: {length: 1h, warm_up: 5min}\n"));
    };
    CHECK(of("3.1") == ".......");
    CHECK(of("2.5") == "w......");
    CHECK(of("1.8") == "mwww...");
    // All that comes has to stay away.
    CHECK(of("1.8", ", more: {arrivals: poisson(1/h)}") == ".www...");
    CHECK(of("1.4", ", more: {arrivals: every pareto(shape 1.4 min 1s)}") == "mwww...");
    CHECK(of("1.8", ", more: {arrivals: every pareto(shape 2.1 min 1s)}") == "wwww...");
    CHECK(of("1.8", ", more: {arrivals: every pareto(shape 2.5 min 1s)}") == ".www...");

    const auto gathers = [](const std::string& arrivals, const std::string& stage,
                            const std::string& more = "") {
        return concerned(tests::prepared("twin: {stages: {server: {" + stage +
                                         "}}}\nload: {jobs: {arrivals: " + arrivals + "}" + more +
                                         "}\nmeasures: [avg gathering(server), avg latency(server), avg "
                                         "age(server)]\nrun: {length: 1h, warm_up: 5min}\n"));
    };
    CHECK(gathers("every pareto(shape 2.5 min 1s)", "reads: jobs, batch: {items: 5}") == "..w");
    CHECK(gathers("every pareto(shape 1.8 min 1s)", "reads: jobs, batch: {items: 5}") == "wwm");
    CHECK(gathers("every pareto(shape 1.8 min 1s)", "reads: jobs, batch: {items: 5, after: 1min}") == "...");
    CHECK(gathers(
              "{states: {busy: {rate: 1/s, stay: 1min}, calm: {rate: 0/s, stay: pareto(shape 1.8 min 1s)}}}",
              "reads: jobs, batch: {items: 5}") == "wwm");
    const std::string joins = "reads: [jobs, more], join: {of: inputs, by: arrival",
                      more = ", more: {arrivals: poisson(1/min)}";
    CHECK(gathers("every pareto(shape 2.5 min 1s)", joins + "}", more) == "www");
    CHECK(gathers("every pareto(shape 1.8 min 1s)", joins + ", within: 1h}", more) == "...");
    CHECK(gathers("every pareto(shape 3.1 min 1s)", joins + "}", more) == "...");
}
