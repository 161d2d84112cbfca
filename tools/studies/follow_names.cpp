#include "tools/studies/follow_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy::studies {

FollowedNames::FollowedNames(const models::Scenario& twin) : names_(twin.twin) {
    using Is = FollowedElement::Is;
    const auto add = [&](FollowedElement element, const auto&... is) {
        names_.add(elements_.size(), is...);
        elements_.push_back(std::move(element));
    };
    for (std::size_t i = 0; i < twin.twin.stages.size(); ++i) {
        const models::Stage& stage = twin.twin.stages[i];
        add({Is::stage, i, 0, stage.name}, stage);
    }
    for (std::size_t i = 0; i < twin.twin.pipelines.size(); ++i) {
        const models::Pipeline& pipeline = twin.twin.pipelines[i];
        add({Is::pipeline, i, 0, pipeline.name}, pipeline);
        for (std::size_t t = 0; t < pipeline.tasks.size(); ++t)
            add({Is::task, i, t, pipeline.name + "." + pipeline.tasks[t].name}, pipeline, pipeline.tasks[t]);
    }
}

FollowedElement FollowedNames::called(const std::string& name) const {
    const TwinNames::Elements those = names_.called(name);
    return those.size() == 1 ? elements_[those.front()] : FollowedElement{};
}

FollowedElement FollowedNames::find(const std::string& name, const std::string& process) const {
    using Is = FollowedElement::Is;
    std::vector<const std::string*> texts = {&name, &process};
    // Without its namespace a name says less than with it.
    if (!name.empty() && process.ends_with("/" + name)) texts.erase(texts.begin());
    for (const std::string* text : texts)
        for (TwinNames::Elements those : names_.meant_by(*text)) {
            const auto is_pipeline = [&](std::size_t one) { return elements_[one].is == Is::pipeline; };
            if (!std::all_of(those.begin(), those.end(), is_pipeline)) std::erase_if(those, is_pipeline);
            if (those.size() == 1) return elements_[those.front()];
            FollowedElement several{Is::ambiguous, 0, 0, ""};
            for (const std::size_t one : those)
                several.why += (several.why.empty() ? "may be " : " or ") + elements_[one].path;
            return several;
        }
    FollowedElement nothing{Is::nothing, 0, 0, "", "nothing is called so"};
    for (const std::string* text : texts)
        if (const std::string label = names_.other_namespace(*text); !label.empty())
            nothing.why = fmt::format("is of another namespace than {}", label);
    return nothing;
}

}  // namespace understudy::studies
