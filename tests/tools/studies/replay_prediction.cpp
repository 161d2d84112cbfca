// Promised: a prediction is the recorded makespan times what the edit does to the twin; its interval has what is swept, what
// differs from run to run and what is left over; what dominates it is named; linear scaling, no change and Amdahl's law
// stand beside it. Shown: recordings of one kind of task that reads alone, whose times on another platform are known.
#include "tools/studies/replay_prediction.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tools/studies/replay.h"

using namespace understudy;
using models::RecordedRun;
using studies::Storage;

namespace {

/// Tasks one after the other on each of `nodes`: they read for 8 s and work for 2 s, `slower` times as long.
RecordedRun recording(int nodes, double slower = 1) {
    RecordedRun run;
    run.has_dependencies = true;
    for (int i = 0; i < 24; ++i) {
        const double start = 10 * slower * (i / nodes);
        models::RecordedTask task;
        task.id = task.name = "map " + std::to_string(i);
        task.process = "map";
        task.node = "n" + std::to_string(i % nodes);
        task.submitted = 0;
        task.started = kernel::from_seconds(start);
        task.completed = kernel::from_seconds(start + 10 * slower);
        task.realtime = kernel::from_seconds(10 * slower);
        task.cpu_percent = 20;
        run.tasks.push_back(task);
    }
    return run;
}

struct Edit {
    std::int64_t nodes = 1;
    double network = 1;  ///< times
};

studies::Prediction predict(std::vector<const RecordedRun*> runs, Storage storage, Edit edit,
                            const RecordedRun* beside = nullptr) {
    studies::PredictionInput input;
    input.runs = std::move(runs);
    input.beside = beside;
    input.storage = storage;
    input.edit = [&](models::Scenario scenario) -> std::optional<models::Scenario> {
        for (models::Pool& pool : scenario.twin.pools) {
            if (pool.name == studies::replay_pool) {
                pool.workers.count = edit.nodes;
                pool.workers.type.network *= edit.network;
                pool.workers.placement = models::Placement::spread;
            }
            if (pool.name == studies::replay_link && edit.network != 1)
                pool.workers.bandwidth = 125e6 * edit.network;
        }
        return scenario;
    };
    input.prepare = [](models::Scenario scenario) {
        models::Problems problems;
        auto prepared = studies::prepare(std::move(scenario), problems);
        return prepared ? std::optional(std::move(*prepared)) : std::nullopt;
    };
    const auto prediction = studies::predict(input);
    REQUIRE(prediction);
    return *prediction;
}

}  // namespace

TEST_CASE("readers of one server gain what they work, not what they read") {
    const RecordedRun one = recording(1), two = recording(2);
    const auto its = predict({&one}, Storage::server, {4});
    CHECK(its.recorded_s == 240);
    CHECK(std::abs(its.self_replay) < 0.01);
    // Six times four that read together, 32 s, and work together.
    CHECK(its.predicted_s == doctest::Approx(6 * (4 * 8 + 2)));
    CHECK(its.low_s < its.predicted_s);
    CHECK(its.high_s > its.predicted_s);
    REQUIRE(its.swept.size() == 1);
    CHECK(its.dominates == its.swept[0].what);
    CHECK(its.linear_s == 60);
    CHECK(its.no_change_s == 240);
    CHECK(!its.amdahl_s);
    CHECK(!its.within_noise);
    // a + b/N through 240 s with one node and 120 s with two: 60 s with four.
    const auto beside = predict({&one}, Storage::server, {4}, &two);
    REQUIRE(beside.amdahl_s);
    CHECK(*beside.amdahl_s == doctest::Approx(60));
}

TEST_CASE("a network twice as fast helps reading, and distributed storage gains a part of it") {
    const RecordedRun run = recording(1);
    const auto server = predict({&run}, Storage::server, {1, 2});
    CHECK(server.predicted_s == doctest::Approx(24 * 6).epsilon(0.01));
    CHECK(server.linear_s == 120);
    const auto distributed = predict({&run}, Storage::distributed, {1, 2});
    CHECK(distributed.predicted_s == doctest::Approx(24 * (8 / 1.5 + 2)).epsilon(0.01));
    CHECK(distributed.swept.size() == 2);
    CHECK(distributed.swept[1].at_low_s == doctest::Approx(24 * (8 / std::pow(2, 0.26) + 2)).epsilon(0.01));
    CHECK(distributed.swept[1].at_high_s == doctest::Approx(24 * 6).epsilon(0.01));
}

TEST_CASE(
    "what is read at work takes as long as its reading, until the network is so fast that the work does") {
    // A task works for 13 s and writes for 20; the next reads that in 20 s, in which it works for 4.
    RecordedRun run;
    run.has_dependencies = true;
    for (const bool reads : {false, true}) {
        models::RecordedTask task;
        task.id = task.name = task.process = reads ? "read" : "write";
        task.node = "n0";
        task.submitted = task.started = kernel::from_seconds(reads ? 33 : 0);
        task.completed = kernel::from_seconds(reads ? 53 : 33);
        task.realtime = kernel::from_seconds(reads ? 20 : 10);
        task.cpu_percent = reads ? 20 : 100;
        if (reads) task.parents = {0};
        run.tasks.push_back(task);
    }
    CHECK(predict({&run}, Storage::server, {1, 2}).predicted_s == doctest::Approx(13 + 10 + 10));
    CHECK(predict({&run}, Storage::server, {1, 4}).predicted_s == doctest::Approx(13 + 5 + 5));
    CHECK(predict({&run}, Storage::server, {1, 10}).predicted_s == doctest::Approx(13 + 2 + 1.6 + 4));
}

TEST_CASE("a bandwidth that is one of those swept over is set all the same") {
    const RecordedRun run = recording(1);
    for (const double times : {0.8, 1.5}) {
        CAPTURE(times);
        const auto at = predict({&run}, Storage::server, {1, times});
        const auto beside = predict({&run}, Storage::server, {1, times * 1.001});
        REQUIRE(at.swept.size() == beside.swept.size());
        for (std::size_t i = 0; i < at.swept.size(); ++i) {
            CHECK(at.swept[i].at_low_s == doctest::Approx(beside.swept[i].at_low_s).epsilon(0.01));
            CHECK(at.swept[i].at_high_s == doctest::Approx(beside.swept[i].at_high_s).epsilon(0.01));
        }
        CHECK(at.linear_s == doctest::Approx(240 / times));
        CHECK(at.dominates == beside.dominates);
    }
}

TEST_CASE("storage that grows with the nodes lets more through") {
    const RecordedRun run = recording(1);
    const auto its = predict({&run}, Storage::distributed, {4});
    // Four nodes have 4 * 3.5 / 6.5 times the bandwidth of one.
    CHECK(its.predicted_s == doctest::Approx(6 * (4 * 8 / (14 / 6.5) + 2)));
    REQUIRE(its.swept.size() == 2);
    CHECK(its.swept[0].at_low_s > its.predicted_s);
    CHECK(its.swept[0].at_high_s < its.predicted_s);
}

TEST_CASE("what a node kept of its own output is read over the network once others wrote it") {
    // One task writes for 40 s, the next reads nothing of it over the network, and works for 10 s.
    RecordedRun run;
    run.has_dependencies = true;
    for (const bool reads : {false, true}) {
        models::RecordedTask task;
        task.id = task.name = task.process = reads ? "read" : "write";
        task.node = "n0";
        task.submitted = task.started = kernel::from_seconds(reads ? 50 : 0);
        task.completed = kernel::from_seconds(reads ? 60 : 50);
        task.realtime = kernel::from_seconds(10);
        task.cpu_percent = 100;
        if (reads) task.parents = {0};
        run.tasks.push_back(task);
    }
    // Less 3 s of start and clean-up it wrote for 37 s; on four nodes three quarters of it are elsewhere. One node's
    // network is the limit, with one task at a time.
    const auto its = predict({&run}, Storage::distributed, {4});
    REQUIRE(its.swept.size() == 2);
    CHECK(its.swept[1].at_low_s == doctest::Approx(60).epsilon(0.01));
    CHECK(its.predicted_s == doctest::Approx(60 + 0.7 * 0.75 * 37).epsilon(0.01));
    CHECK(its.swept[1].at_high_s == doctest::Approx(60 + 0.75 * 37).epsilon(0.01));
    // A faster network on the same nodes moves nothing from where it is.
    CHECK(predict({&run}, Storage::distributed, {1, 2}).swept.size() == 2);
    // A server's clients ask it again.
    CHECK(predict({&run}, Storage::server, {4}).predicted_s == doctest::Approx(60).epsilon(0.01));
}

TEST_CASE("what changes nothing is within the noise, which repeats tell") {
    const RecordedRun a = recording(1), b = recording(1, 1.2), c = recording(1, 0.9);
    const auto alone = predict({&a}, Storage::server, {1});
    CHECK(alone.predicted_s == doctest::Approx(alone.recorded_s));
    CHECK(alone.within_noise);
    CHECK(alone.noise_assumed);
    const auto repeated = predict({&a, &b, &c}, Storage::server, {1});
    CHECK(repeated.recordings == 3);
    CHECK(repeated.recorded_s == 240);
    CHECK(!repeated.noise_assumed);
    CHECK(repeated.noise == doctest::Approx(0.145).epsilon(0.02));
    CHECK(repeated.dominates == "the variation from run to run");
    CHECK(repeated.high_s - repeated.low_s > alone.high_s - alone.low_s);
}
