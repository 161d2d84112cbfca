#include "tools/studies/follow_names.h"

#include <algorithm>

#include "tools/studies/log_names.h"

namespace understudy::studies {

FollowedNames::FollowedNames(const models::Scenario& twin) {
    using Is = FollowedElement::Is;
    for (std::size_t i = 0; i < twin.twin.stages.size(); ++i) {
        const models::Stage& stage = twin.twin.stages[i];
        add(stage.description, stage.name, {Is::stage, i, 0, stage.name});
    }
    for (std::size_t i = 0; i < twin.twin.pipelines.size(); ++i) {
        const models::Pipeline& pipeline = twin.twin.pipelines[i];
        add(pipeline.description, pipeline.name, {Is::pipeline, i, 0, pipeline.name});
        for (std::size_t t = 0; t < pipeline.tasks.size(); ++t) {
            const models::Task& task = pipeline.tasks[t];
            const FollowedElement element{Is::task, i, t, pipeline.name + "." + task.name};
            add(task.description, task.name, element);
            elements_[element.path].push_back(element);
            const std::string& label = pipeline.description.label;
            if (!label.empty() && label != pipeline.name)
                elements_[label + "." + task.name].push_back(element);
        }
    }
}

void FollowedNames::add(const models::Description& description, const std::string& name,
                        const FollowedElement& element) {
    if (!description.label.empty() && description.label != name)
        elements_[description.label].push_back(element);
    elements_[name].push_back(element);
}

FollowedElement FollowedNames::find(const std::string& name, const std::string& process) const {
    for (const std::string* text : {&name, &process})
        for (const std::string& way : names_in_a_twin(*text)) {
            const auto known = elements_.find(way);
            if (known == elements_.end()) continue;
            std::vector<const FollowedElement*> work, all;
            for (const FollowedElement& element : known->second) {
                // An element whose label is its path is called so twice.
                const auto same = [&](const FollowedElement* one) { return one->path == element.path; };
                if (std::any_of(all.begin(), all.end(), same)) continue;
                all.push_back(&element);
                if (element.is != FollowedElement::Is::pipeline) work.push_back(&element);
            }
            const auto& those = work.empty() ? all : work;
            if (those.size() == 1) return *those.front();
            FollowedElement several{FollowedElement::Is::ambiguous, 0, 0, ""};
            for (const FollowedElement* element : those)
                several.path += (several.path.empty() ? "" : " or ") + element->path;
            return several;
        }
    return {};
}

}  // namespace understudy::studies
