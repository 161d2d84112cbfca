// Two variants of stages side by side in one twin: what canaries and switches are rehearsed on.
//
//     SideBySide twin = side_by_side(scenario, baseline_stages, candidate_stages, false);
//     // twin.scenario: 'clean' and 'clean (candidate)', and before them what shares out to the two
//
// Before each stage that differs, for each stream that it reads, stands a stage that takes no time and sends an item to one
// of the two: a share of all to the candidate, at first none, set by actions (share_actions). Whether an item is of that
// share is told by its key or, else, by its number, with one draw for all stages, so that an item, or a key, is of the same
// side everywhere; and what a larger share takes holds all that a smaller one took. Both read streams of their own, with the
// partitions and the retention of what they read before, and write where they wrote. The candidate's draws are the
// baseline's, item by item, save where workers fail by themselves: then each side's fail by draws of their own.
//
// What stages bring themselves (workers, lines, partitions) each side has of its own; pools, budgets and all that comes
// before and after are shared. Actions of the scenario upon such a stage are done to both sides.
//
// Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::studies {

/// Not a name that a file can have.
std::string candidate_name(const std::string& stage);

/// A full queue of it keeps who writes to it waiting.
bool holds_back_writers(const models::Stage& stage);

/// Why the items of a stage cannot be shared out between two variants of it; empty: they can. `scenario` has the one.
std::string why_not_shared_out(const models::Scenario& scenario, const models::Stage& baseline,
                               const models::Stage& candidate, bool by_key);

/// Pools and budgets that both sides of these stages use, each once, in the order of the scenario.
std::vector<std::string> shared_by(const models::Scenario& scenario,
                                   const std::vector<models::Stage>& baseline);

/// Workers that a stage brings and that can be counted out to a share: a plain number. Nothing where it brings none, where
/// their number follows the work or the clock, or where they are of several types or without number.
std::optional<std::int64_t> countable_workers(const models::Stage& stage);

struct SideBySide {
    models::Scenario scenario;          ///< its first actions are those of the one it was made of
    std::vector<models::Stage> stages;  ///< the candidate's, as they stand in the scenario
    struct Router {
        std::string name, baseline, candidate;  ///< the stage; the streams of the two sides
    };
    std::vector<Router> routers;
};

/// `stages` and `candidates` are alike in number, names and what they read; `scenario` has stages of those names, which
/// become `stages`. Each can be shared out (above).
SideBySide side_by_side(models::Scenario scenario, const std::vector<models::Stage>& stages,
                        const std::vector<models::Stage>& candidates, bool by_key);

/// Actions without a time of their own after which the candidate is given `share` of the items. `by_share`: its own
/// workers are counted out to that share as well, rounded up; else it has all of them from the start.
std::vector<models::Action> share_actions(const SideBySide& twin, double share, bool by_share);

}  // namespace understudy::studies
