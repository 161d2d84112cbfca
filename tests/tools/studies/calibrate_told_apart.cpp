// Promised: names tell tasks of a process apart where they are the same work in each repeat; ranks where each repeat has the
// same work under other names; where tasks are alike, neither does, however many of them there are. Shown: durations drawn
// from known laws.
#include "tools/studies/calibrate_told_apart.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "kernel/distribution.h"
#include "kernel/random.h"

using namespace understudy;
using studies::ToldApart;

namespace {

/// By task, by repeat: lognormal with cv 0.3 around means of 100 s times `spread` to the power of the work's number.
/// `shuffled`: which task has which work is drawn for each repeat.
std::vector<std::vector<std::optional<double>>> drawn(std::uint64_t seed, std::size_t tasks,
                                                      std::size_t repeats, double spread, bool shuffled,
                                                      double cv = 0.3) {
    kernel::Stream stream(kernel::stream_key(seed, 0, "told apart", kernel::Purpose::check));
    const auto noise = kernel::Distribution::lognormal(1, cv);
    std::vector<std::vector<std::optional<double>>> seconds(tasks,
                                                            std::vector<std::optional<double>>(repeats));
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
        std::vector<double> means;
        double mean = 100;
        for (std::size_t task = 0; task < tasks; ++task, mean *= spread) means.push_back(mean);
        for (std::size_t i = tasks; shuffled && i > 1; --i) std::swap(means[i - 1], means[stream.below(i)]);
        for (std::size_t task = 0; task < tasks; ++task)
            seconds[task][repeat] = means[task] * noise.draw(stream.uniform());
    }
    return seconds;
}

}  // namespace

TEST_CASE("told apart: tasks that are alike are not, however many they are and however often they ran") {
    for (const auto& [tasks, repeats] : {std::pair<std::size_t, std::size_t>{12, 40}, {40, 10}, {200, 10}}) {
        int alike = 0, by_rank = 0;
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            const ToldApart how = studies::how_told_apart("work", drawn(seed, tasks, repeats, 1, false));
            by_rank += how == ToldApart::by_rank ? 1 : 0;
            alike += how == ToldApart::not_at_all ? 1 : 0;
        }
        CAPTURE(tasks);
        // By chance one in twenty is told apart by name, and one in a hundred by rank.
        CHECK(alike >= 34);
        CHECK(by_rank <= 3);
    }
}

TEST_CASE(
    "told apart: by name where a name is the same work, by rank where each repeat has it under others") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CHECK(studies::how_told_apart("work", drawn(seed, 12, 5, 1.3, false)) == ToldApart::by_name);
        CHECK(studies::how_told_apart("work", drawn(seed, 12, 5, 1.3, true, 0.05)) == ToldApart::by_rank);
    }
}

TEST_CASE("told apart: few repeats of many tasks that are alike go by rank") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
        CHECK(studies::how_told_apart("work", drawn(seed, 200, 3, 1, false)) == ToldApart::by_rank);
}

TEST_CASE("told apart: a repeat that lacks tasks counts with those that it has, and too few deny nothing") {
    auto seconds = drawn(3, 12, 10, 1.3, true, 0.05);
    for (std::size_t task = 4; task < 12; ++task) seconds[task][9].reset();
    CHECK(studies::how_told_apart("work", seconds) == ToldApart::by_rank);
    CHECK(studies::how_told_apart("work", drawn(3, 3, 2, 1, false)) == ToldApart::by_name);
    CHECK(studies::how_told_apart("work", drawn(3, 2, 40, 1, false)) == ToldApart::by_name);
}

TEST_CASE("told apart: a slow run hides no ranks") {
    auto seconds = drawn(5, 12, 4, 1.3, true, 0.05);
    for (auto& of_task : seconds) *of_task[2] *= 1.5;
    CHECK(studies::how_told_apart("work", seconds) == ToldApart::by_rank);
}
