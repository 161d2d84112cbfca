#include "tools/studies/same_part.h"

#include "models/graph.h"
#include "models/reach.h"

namespace understudy::studies {

namespace {

std::string part_of(const models::Scenario& scenario, const models::Measure& measure,
                    const ScenarioWriting& write) {
    models::Scenario part = models::reached_by({measure}, scenario, models::ScenarioGraph(scenario)).scenario;
    // What is said of it, and how many are run.
    part.name.clear();
    part.description.clear();
    part.objectives.clear();
    part.measures.clear();
    const models::Run usual;
    part.run.seed = usual.seed;
    part.run.replications = usual.replications;
    part.run.precision = usual.precision;
    part.run.confidence = usual.confidence;
    return write(part);
}

}  // namespace

bool same_part(const models::Measure& measure, const models::Scenario& one, const models::Scenario& other,
               const ScenarioWriting& write) {
    if (!write || !one.logs.empty() || !other.logs.empty()) return false;
    return part_of(one, measure, write) == part_of(other, measure, write);
}

}  // namespace understudy::studies
