// Whether the tasks of a pipeline were one after the other in what was recorded, though nothing that was read says that they
// have to be: in the twin those that wait for nothing start together, which ends earlier than any of these runs did.
//
// Of any source that tells of runs. Pure, not thread-safe.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/catalog.h"

namespace understudy::formats {

class TasksInTurn {
public:
    /// When tasks of one run of a pipeline were at work, in nanoseconds; `pipeline` is one of the catalog that is told.
    void add_run(std::size_t pipeline, std::vector<std::pair<std::int64_t, std::int64_t>> spans);
    /// Adds to what is assumed: of pipelines in which several tasks wait for nothing and were never at work together, but for
    /// a second that clocks may differ.
    void tell(Catalog& catalog) const;

private:
    struct Seen {
        bool several = false, together = false;
    };
    std::vector<Seen> seen_;
};

}  // namespace understudy::formats
