// All that a change asks to be rehearsed: its pairs, the same pairs under each stress, its rollout in steps, and its way back.
//
// A stress is an action of the scenario: without it the pairs are run as if no stress happened, then once more for each,
// with that one alone. Whatever is accepted is judged under each, and all intervals together hold at the confidence: with
// S stresses each rehearsal is made at 1 - (1 - c) / (S + 1), by Bonferroni. The rollout is rehearsed without a stress and
// under each as well; its shares hold each by itself, as they do without one. The verdict is of all: violated if one is, or
// if the failure is not detected, or if the rollout is (canary.h), else inconclusive if one is, or if the twin is not well
// again in each replication.
//
// Rollout and way back are rehearsed as if all parameters were known, which is said where they are drawn anew.
//
// Without I/O; the same for any number of threads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/canary.h"
#include "tools/studies/rehearse.h"
#include "tools/studies/rollback.h"

namespace understudy::studies {

/// Of these actions only `happens` does, or none where it is empty; the others can still be named.
models::Scenario under_stress(models::Scenario scenario, const std::vector<std::string>& stresses,
                              const std::string& happens);

struct PreparedChange {
    struct Stressed {
        std::string name;
        PreparedPair pair;
        std::optional<PreparedCanary> canary;
    };
    PreparedPair pair;
    std::vector<Stressed> stresses;
    std::optional<PreparedCanary> canary;
    std::optional<PreparedRollback> rollback;
};

/// The highest level that an interval is made at: what draws of inputs have to reach.
double level_of(const PreparedChange& change, const RehearseOptions& options);

RehearsalResult rehearse_change(PreparedChange change, const RehearseOptions& options);

}  // namespace understudy::studies
