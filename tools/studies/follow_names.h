// Which element of a twin a name in a log of production means (twin_names.h). Internal to follow.h; the twin must outlive it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/twin_names.h"

namespace understudy::studies {

struct FollowedElement {
    enum class Is { nothing, ambiguous, stage, task, pipeline };
    Is is = Is::nothing;
    std::size_t place = 0;  ///< of the stage, or of the pipeline
    std::size_t task = 0;   ///< in its pipeline
    std::string path;       ///< `clean`, `nightly.check`
    std::string why = {};   ///< where it is nothing or ambiguous: "nothing is called so", "may be a or b"
};

class FollowedNames {
public:
    explicit FollowedNames(const models::Scenario& twin);
    /// Of the more particular name and the kind of work; either may be empty. The first name that any element has counts.
    FollowedElement find(const std::string& name, const std::string& process) const;
    /// The one whose label, name or path is just this.
    FollowedElement called(const std::string& name) const;

private:
    std::vector<FollowedElement> elements_;
    TwinNames names_;
};

}  // namespace understudy::studies
