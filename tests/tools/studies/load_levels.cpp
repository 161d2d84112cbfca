// Promised: levels rise, each is there once, and an octave is twice the load. Shown: of open loads and of users, whose
// multiples are whole numbers, by counting them.
#include "tools/studies/load_levels.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "models/users.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using studies::LoadLevels;

namespace {

LoadLevels multiples_of(const std::string& load) {
    const auto read = formats::read_scenario(
        "understudy: 1\nscenario: s\ntwin: {stages: {server: {reads: jobs, workers: 1, service: 1ms}}}\n"
        "load: {jobs: {" +
            load + "}}\nrun: {length: 1h}\n",
        "s.yaml");
    REQUIRE(read.scenario.has_value());
    return {studies::Study{}, *read.scenario};
}

}  // namespace

TEST_CASE("levels of an open load: as many to each octave, and no further than there are") {
    const LoadLevels levels = multiples_of("arrivals: poisson(1/s)");
    CHECK(levels.path() == "load");
    CHECK(levels[levels.now()].text == "1x");
    for (std::size_t i = 1; i < levels.size(); ++i) CHECK(*levels[i].number > *levels[i - 1].number);
    CHECK(levels[levels.shifted(levels.now(), 1)].text == "2x");
    CHECK(levels[levels.shifted(levels.now(), -1)].text == "0.5x");
    CHECK(levels.shifted(levels.now(), LoadLevels::octaves_up) == levels.size() - 1);
    CHECK(levels.shifted(levels.size() - 1, 1) == levels.size() - 1);
    CHECK(levels.shifted(0, -1) == 0);
}

TEST_CASE("levels of users: each number of them once, and called what it means") {
    const LoadLevels levels = multiples_of("users: 5, think: 1s");
    std::set<std::int64_t> users;
    for (std::size_t i = 0; i < levels.size(); ++i)
        CHECK(users.insert(models::multiple_of_users(5, *levels[i].number)).second);
    CHECK(*users.begin() == 1);
    CHECK(levels[levels.now()].text == "1x");
    CHECK(levels[levels.now() - 1].text == "0.8x");
    CHECK(levels[levels.now() + 1].text == "1.2x");
    CHECK(levels[levels.shifted(levels.now(), 1)].text == "2x");
    CHECK(levels.shifted(0, -1) == 0);
}
