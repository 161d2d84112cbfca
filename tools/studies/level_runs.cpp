#include "tools/studies/level_runs.h"

#include <utility>

namespace understudy::studies {

std::optional<std::vector<LevelRun>> level_runs(const Study& study, const ReadBase& read,
                                                const BreakingPointResult& found, const RunOptions& options) {
    struct Wanted {
        std::string label;
        std::vector<std::string> overrides;
        std::int64_t replications = 0;
    };
    std::vector<Wanted> all;
    for (const Level& level : found.levels)
        if (level.replications > 0)
            all.push_back({override_of(found.factor, level.value),
                           {override_of(found.factor, level.value)},
                           static_cast<std::int64_t>(level.replications)});
    for (std::size_t d = 0; d < found.disturbances.size(); ++d)
        if (found.disturbances[d].replications > 0)
            all.push_back({study.disturbances[d].name,
                           {study.disturbances[d].override},
                           found.disturbances[d].replications});
    std::vector<LevelRun> runs;
    for (const Wanted& wanted : all) {
        models::Scenario scenario = read(wanted.overrides);
        if (!study.all_objectives) scenario.objectives.clear();
        scenario.objectives.insert(scenario.objectives.end(), study.objectives.begin(),
                                   study.objectives.end());
        scenario.run.replications = wanted.replications;
        scenario.run.precision.reset();
        scenario.run.variance_reduction = models::VarianceReduction::off;
        scenario.run.warm_up = kernel::from_seconds(found.warm_up_s.value_or(0));
        models::Problems problems;
        const auto prepared = prepare(std::move(scenario), problems);
        if (!prepared) throw BadSetting(wanted.label + " cannot be run again\n");
        if (options.progress != nullptr) options.progress->name_part("latencies of " + wanted.label);
        RunResult result = run(*prepared, options);
        if (options.progress != nullptr) options.progress->name_part("");
        if (result.interrupted) return std::nullopt;
        runs.push_back({wanted.label, std::move(result)});
    }
    return runs;
}

}  // namespace understudy::studies
