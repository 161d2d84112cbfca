// Labels of a twin that was made from a log, as the reader of scenarios takes them: names in logs hold what they like.
#pragma once

#include "models/scenario.h"
#include "tools/formats/catalogs/element_names.h"

namespace understudy::formats {

/// Each by clean_label, so that what is written of the scenario can be read again.
inline void clean_labels(models::Scenario& scenario) {
    const auto clean = [](models::Description& description) {
        if (!description.label.empty()) description.label = clean_label(description.label);
    };
    for (models::Load& load : scenario.loads) clean(load.description);
    models::Twin& twin = scenario.twin;
    for (models::Pool& pool : twin.pools) clean(pool.description);
    for (models::Stage& stage : twin.stages) clean(stage.description);
    for (models::Pipeline& pipeline : twin.pipelines) {
        clean(pipeline.description);
        for (models::Task& task : pipeline.tasks) clean(task.description);
    }
}

}  // namespace understudy::formats
