// Which of a run's measures an objective is judged by: several may be about one, which is measured once (prepare.cpp).
// Internal to tools/studies.
#pragma once

#include <cstddef>

#include "kernel/invariant.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// Its place in PreparedRun::measures.
inline std::size_t probe_of(const PreparedRun& prepared, const models::Objective& objective) {
    std::size_t probe = 0;
    while (probe < prepared.measures.size() && prepared.measures[probe].text != objective.measure.text)
        ++probe;
    kernel::require(probe < prepared.measures.size(), "what is promised is measured");
    return probe;
}

}  // namespace understudy::studies
