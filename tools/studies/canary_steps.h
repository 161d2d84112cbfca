// When a rollout goes from step to step, and what its bakes are called in a twin. Values; internal to canary.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "kernel/time.h"
#include "tools/studies/canary.h"

namespace understudy::studies {

/// Stretches of time in the twin: that of a bake (0: before it goes in), and that between two checks. No names that a file can
/// have.
std::string bake_name(std::size_t number);
inline constexpr const char* check_name = "(check)";

/// Whether an increase has nothing beside it within the first bake.
bool needs_bake_before(const Rollout& rollout);
/// When the change goes in; nothing where that goes by a warm-up that is not known yet.
std::optional<kernel::Time> goes_in_at(const Rollout& rollout, std::optional<kernel::Time> warm_up);
/// When its last bake ends, where it goes in at `in` and what is measured is known after as long as on average.
kernel::Time ends_at(const Rollout& rollout, kernel::Time in, kernel::Time end);

}  // namespace understudy::studies
