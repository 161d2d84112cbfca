// When what is there at the begin of a future is over: runs that are under way, and the items at each stage. Besides, when
// runs are over that will be due.
//
// Listens to the trace of one replication that begins with a state. Runs of the state have the first numbers of their
// pipeline, and items of the state are the first that enter their stage. A batch that some of them go into stands for them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "models/compile/model.h"
#include "models/trace_sink.h"

namespace understudy::studies {

/// What to look at; of a model that begins with a state.
struct PresentThings {
    /// Of each stage, by its element: how many items are there.
    std::map<models::Index, std::int64_t> items;
    std::map<models::Index, std::uint64_t>
        runs;  ///< of each pipeline, by its element: how many are under way
};
/// Stages that join are left out: of what becomes part of another nobody hears again.
PresentThings present_things(const models::Model& model);

class PresentWatch : public models::TraceListener {
public:
    explicit PresentWatch(const PresentThings& things);

    struct RunSeen {
        kernel::Time due = 0;  ///< of one of the state: when it was taken up
        kernel::Time end = kernel::never;
        bool failed = false;
    };
    /// By the pipeline's element, and number.
    const std::map<std::pair<models::Index, std::uint64_t>, RunSeen>& runs() const { return runs_; }
    /// When the last of the items that were there has left, by the stage's element; never: it has not.
    kernel::Time drained(models::Index stage) const;

private:
    void heard(const models::TraceRow& row) override;
    void heard(const models::TraceDraw&) override {}

    struct Items {
        std::int64_t to_come = 0;       ///< of the state, that have not been told of yet
        std::set<std::uint64_t> there;  ///< numbers
        kernel::Time drained = kernel::never;
    };
    std::map<models::Index, Items> items_;
    std::map<std::pair<models::Index, std::uint64_t>, RunSeen> runs_;
};

}  // namespace understudy::studies
