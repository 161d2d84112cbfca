// The replications of a run that count: those that an earlier run had made, then new ones. Internal to tools/studies.
//
// Replications have numbers and depend on them alone, so that going on from n gives what a run of all would have.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "kernel/time.h"
#include "models/simulation/replication.h"
#include "tools/studies/findings.h"
#include "tools/studies/pilots.h"
#include "tools/studies/result.h"

namespace understudy::studies {

class Counting {
public:
    /// `with` must outlive it.
    Counting(const Pilots& with, kernel::Time warm_up)
        : found(with.prepared), with_(with), warm_up_(warm_up) {}

    /// Takes what of `earlier` holds for this run; else says why nothing does.
    std::string reuse(RunResult&& earlier);
    /// Up to `last` of them in all; `ended` is told after each.
    void go_on(std::int64_t last, const std::function<void()>& ended);
    /// The run was stopped before all that were asked for had ended.
    bool given_up() const { return given_up_; }

    Findings found;
    std::int64_t reused = 0;

private:
    std::optional<models::ReplicationOutcome> simulate(std::int64_t index) const;

    const Pilots& with_;
    kernel::Time warm_up_;
    std::optional<Findings> earlier_;
    bool given_up_ = false;
};

}  // namespace understudy::studies
