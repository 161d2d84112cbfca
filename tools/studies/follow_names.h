// Which element of a twin a name in a log of production means (log_names.h). Internal to follow.h.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario.h"

namespace understudy::studies {

struct FollowedElement {
    enum class Is { nothing, ambiguous, stage, task, pipeline };
    Is is = Is::nothing;
    std::size_t place = 0;  ///< of the stage, or of the pipeline
    std::size_t task = 0;   ///< in its pipeline
    std::string path;       ///< `clean`, `nightly.check`; where ambiguous: all that it may be
};

class FollowedNames {
public:
    explicit FollowedNames(const models::Scenario& twin);
    /// Of the more particular name and the kind of work; either may be empty. The first name that any element has counts.
    FollowedElement find(const std::string& name, const std::string& process) const;

private:
    void add(const models::Description& description, const std::string& name, const FollowedElement& element);

    std::map<std::string, std::vector<FollowedElement>> elements_;
};

}  // namespace understudy::studies
