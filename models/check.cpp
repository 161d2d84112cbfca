#include "models/check.h"

#include <algorithm>

#include "models/check/checker.h"

namespace understudy::models {

Problems Checker::run() {
    collect_names();
    collect_streams();
    check_renamed();
    for (const Pool& pool : s_.twin.pools) check_workers(pool.workers, "twin.pools." + pool.name);
    for (const Dataset& dataset : s_.twin.datasets) check_dataset(dataset);
    for (const Dataset& dataset : s_.twin.datasets) check_columns(dataset);
    check_lineage();
    for (const Budget& budget : s_.twin.budgets) check_budget(budget);
    for (const Stage& stage : s_.twin.stages) check_stage(stage);
    for (const Pipeline& pipeline : s_.twin.pipelines) check_pipeline(pipeline);
    for (const Load& load : s_.loads) check_load(load);
    for (const WorkerType& type : s_.twin.types)
        if (!used_types_.contains(type.name))
            warn("twin.types." + type.name, "no worker is of type " + quoted(type.name),
                 "remove it, or write 'type: " + type.name + "' where it belongs");
    check_links();
    for (const Pool& pool : s_.twin.pools)
        if (!used_pools_.contains(pool.name))
            warn("twin.pools." + pool.name, "nothing runs on pool " + quoted(pool.name),
                 "remove it, or write 'runs_on: " + pool.name + "' where it belongs");
    for (const Budget& budget : s_.twin.budgets)
        if (!used_budgets_.contains(budget.name))
            warn("twin.budgets." + budget.name, "nothing spends budget " + quoted(budget.name),
                 "remove it, or write 'spends: " + budget.name + "' where it belongs");
    check_skills();
    check_state();
    if (unread_.empty()) {
        check_reachable();
        check_fields();
        check_rounds_by_value();
        check_classes();
        check_endless_loops();
        check_blocking_loops();
    }
    check_actions();
    for (std::size_t i = 0; i < s_.objectives.size(); ++i)
        check_measure(s_.objectives[i].measure, "objectives." + std::to_string(i));
    for (std::size_t i = 0; i < s_.measures.size(); ++i)
        check_measure(s_.measures[i], "measures." + std::to_string(i));
    check_run();
    const bool errors = std::any_of(problems_.begin(), problems_.end(), [](const Problem& problem) {
        return problem.severity == Problem::Severity::error;
    });
    if (unread_.empty() && !errors) check_torn_copies();
    return std::move(problems_);
}

Problems check(const Scenario& scenario, const Unread& unread) { return Checker(scenario, unread).run(); }

}  // namespace understudy::models
