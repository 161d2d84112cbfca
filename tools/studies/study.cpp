#include "tools/studies/study.h"

#include <set>

namespace understudy::studies {

const char* name_of(Study::Method method) {
    constexpr const char* names[] = {"cheapest", "frontier",      "breaking_point", "grid",
                                     "latin",    "one_at_a_time", "morris",         "sobol"};
    return names[static_cast<int>(method)];
}

std::vector<models::Measure> measures_of(const Study& study, const models::Scenario& base) {
    std::vector<models::Measure> measures;
    std::set<std::string> known;
    const auto add = [&](const models::Measure& measure) {
        if (known.insert(measure.text).second) measures.push_back(measure);
    };
    for (const models::Measure& measure : study.measures) add(measure);
    if (!measures.empty()) return measures;
    for (const models::Objective& objective : base.objectives) add(objective.measure);
    for (const models::Measure& measure : base.measures) add(measure);
    return measures;
}

}  // namespace understudy::studies
