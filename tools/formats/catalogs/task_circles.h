// Tasks that wait for each other in a circle, which lineage may say and no pipeline can: what is read is also written, or two
// are said to follow each other.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace understudy::formats {

/// How many a task no longer reads, or follows.
struct LeftOut {
    std::size_t reads = 0, orders = 0;
};

using Indices = std::set<std::size_t>;

/// Removes reads and orders until no task waits for itself: as long as some tasks are left and none is ready, the first of
/// them no longer waits for the others. `tasks`: in the order of which the first is; `writers`: of datasets, among them;
/// `reads_of`: datasets of a task; `after_of`: tasks among them that it follows, not itself. A task that reads what it
/// writes does not wait for itself. In the size of what is given.
LeftOut break_circles_of(const std::vector<std::size_t>& tasks,
                         const std::map<std::size_t, std::vector<std::size_t>>& writers,
                         const std::function<Indices&(std::size_t task)>& reads_of,
                         const std::function<Indices&(std::size_t task)>& after_of);

}  // namespace understudy::formats
