// Promised: a run is sampled 500 times, or less often where the series of a large model would not fit; what is stated
// stays, and what does not fit is refused. Shown: by counting, on models made to be large.
#include "models/series.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "models/check.h"

using namespace understudy;

namespace {

models::Scenario with_stages(std::size_t count) {
    models::Scenario scenario;
    scenario.run.length = 1000 * kernel::second;
    scenario.run.replications = 30;
    for (std::size_t i = 0; i < count; ++i) {
        models::Stage stage;
        stage.name = "s" + std::to_string(i);
        stage.reads = {"jobs"};
        stage.work.workers.emplace();
        stage.work.workers->count = 1;
        scenario.twin.stages.push_back(std::move(stage));
    }
    models::Load load;
    load.name = "jobs";
    load.arrivals.kind = models::Arrivals::Kind::poisson;
    load.arrivals.rate = 1e-6;
    scenario.loads.push_back(std::move(load));
    return scenario;
}

bool is_too_large(const models::Scenario& scenario) {
    const auto problems = models::check(scenario);
    return std::any_of(problems.begin(), problems.end(),
                       [](const auto& one) { return one.message.find("more than fits") != std::string::npos; });
}

}  // namespace

TEST_CASE("series: 500 points, fewer of a large model, and never less than 20") {
    CHECK(models::series_of(with_stages(10)) == 31);
    CHECK(models::sample_of(with_stages(10)) == 2 * kernel::second);
    // 200 million values in 30 replications of 30001 series: 222 points.
    CHECK(models::sample_of(with_stages(10'000)) == 1000 * kernel::second / 222);
    CHECK_FALSE(is_too_large(with_stages(10'000)));
    CHECK(models::sample_of(with_stages(200'000)) == 50 * kernel::second);
    models::Scenario stated = with_stages(10'000);
    stated.run.sample = kernel::second;
    CHECK(models::sample_of(stated) == kernel::second);
    CHECK(is_too_large(stated));
    models::Scenario endless = with_stages(1);
    endless.run.length.reset();
    CHECK(models::sample_of(endless) == 0);
}
