#include "tests/tools/studies/sample_overheads.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "tools/studies/calibrate_parts.h"
#include "tools/studies/data_tag.h"
#include "tools/studies/replay_twin.h"

namespace understudy::tests {

using kernel::Distribution;
using models::RecordedRun;
using models::RecordedTask;

RecordedRun layers(std::uint32_t wide, std::uint32_t deep, kernel::Stream& stream) {
    const Distribution work = Distribution::lognormal(60, 0.4), data = Distribution::uniform(0.2, 2);
    RecordedRun run;
    run.source = std::to_string(wide) + " by " + std::to_string(deep);
    run.has_dependencies = true;
    run.nodes.push_back({"n", 16, 0, 1});
    std::vector<std::uint32_t> before;
    for (std::uint32_t layer = 0; layer < deep; ++layer) {
        std::vector<std::uint32_t> these;
        for (std::uint32_t i = 0; i < (layer % 2 == 0 ? wide : std::max(1u, wide / 4)); ++i) {
            RecordedTask task;
            task.id = task.name = "t" + std::to_string(run.tasks.size());
            task.process = "t";
            task.realtime = kernel::from_seconds(work.draw(stream));
            task.read_bytes = static_cast<std::int64_t>(data.draw(stream) * 1e9);
            std::vector<std::uint32_t> open = before;
            while (!open.empty() && task.parents.size() < 8) {
                const auto at = static_cast<std::size_t>(stream.uniform() * static_cast<double>(open.size()));
                task.parents.push_back(open[at]);
                open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
            }
            std::sort(task.parents.begin(), task.parents.end());
            these.push_back(static_cast<std::uint32_t>(run.tasks.size()));
            run.tasks.push_back(std::move(task));
        }
        before = std::move(these);
    }
    return run;
}

models::Scenario twin_on(const RecordedRun& run, const Platform& platform) {
    models::Scenario twin = studies::build_twin(run, studies::Submissions::inferred).scenario;
    const auto constant = [](double seconds) {
        return studies::law_of(Distribution::constant(std::round(seconds * 1e6) / 1e6));
    };
    models::Pool& pool = twin.twin.pools.front();
    pool.workers.launch = constant(platform[0]);
    pool.workers.type.speed /= platform[3];
    for (models::Task& task : twin.twin.pipelines.front().tasks) {
        if (task.delay.empty()) task.delay = constant(platform[2]);
        if (const auto bytes = studies::tagged_bytes(task.description))
            task.work.launch = constant(platform[0] + platform[1] * *bytes * 1e-9);
    }
    return twin;
}

double makespan_on(const RecordedRun& run, const Platform& platform) {
    return studies::simulated_makespan(twin_on(run, platform), 1, nullptr).value_or(0);
}

std::vector<RecordedRun> logs_on(const Platform& platform, double noise, kernel::Stream& stream) {
    constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 8> shapes = {
        {{8, 3}, {16, 5}, {24, 3}, {40, 7}, {12, 9}, {60, 3}, {32, 5}, {10, 11}}};
    std::vector<RecordedRun> runs;
    for (const auto& [wide, deep] : shapes) {
        runs.push_back(layers(wide, deep, stream));
        const double varied = noise > 0 ? Distribution::lognormal(1, noise).draw(stream) : 1;
        runs.back().makespan = kernel::from_seconds(makespan_on(runs.back(), platform) * varied);
    }
    return runs;
}

}  // namespace understudy::tests
