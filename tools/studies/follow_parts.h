// What following stages and following pipelines have in common. Internal to follow.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/initial_state.h"
#include "models/scenario.h"
#include "tools/studies/follow.h"
#include "tools/studies/follow_names.h"
#include "tools/studies/follow_pieces.h"

namespace understudy::studies {

using ElementStates = std::map<std::string, models::ElementState>;

/// Says that a state does not hold something of an element, in the state and to people.
void leave_out(ElementStates& states, Followed& followed, const std::string& element,
               const std::string& what);

struct FollowParts {
    const models::Scenario& twin;
    const FollowOptions& options;
    const std::vector<Piece>& pieces;
    const std::vector<FollowedElement>& elements;  ///< of each piece

    std::int64_t now() const { return options.now_ns; }
    /// Is what happened at that instant in the state that was known?
    bool known_before(std::int64_t ns) const { return options.base_ns && ns <= *options.base_ns; }
    /// Since the state that was known.
    kernel::Time since_base() const { return options.base_ns ? now() - *options.base_ns : 0; }
};

/// The state of stages, into `into`; what was made of datasets, by when it was born.
void follow_stages(const FollowParts& parts, std::map<std::string, models::ElementState>& states,
                   std::map<std::string, std::int64_t>& newest, Followed& into);
/// The same of pipelines.
void follow_runs(const FollowParts& parts, std::map<std::string, models::ElementState>& states,
                 std::map<std::string, std::int64_t>& newest, Followed& into);

/// How long the pause before a retry lasts in the mean, after so many failures (from 1).
kernel::Time pause_before_retry(const models::Retry& retry, std::int64_t failures);
/// What is known of an earlier instant, so much later.
models::PresentItems later_by(models::PresentItems items, kernel::Time time, const models::Work& work);
/// "3 ends are", "1 end is"
std::string counted(std::int64_t count, const std::string& one, const std::string& many);

}  // namespace understudy::studies
