// The import of a later log of a process or a batch system onto the twin of an earlier one: the edits that lead from the one to
// the other.
//
// Such a log says all there is of its process or system: each key that it has is set, keys that an import writes and this one
// does not (service, runs_on, workers, expected, profile) are removed, and so is what an earlier log had and this one lacks,
// which the tag tells, and the profile that its loads went by, unless something still does. What people added stays, and what
// something of theirs still names.
//
// Elements are the same that have the same label; else that were called so before somebody gave them another name
// (`twin.renamed`); else that are called so and are of such a log. They keep their names. Types of workers are the same that
// have the same skills, else at least half of all that either has, the most alike first: what people said of somebody, such as
// a cost, stays with who can do the same. Pure functions, thread-safe.
#pragma once

#include <string>

#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// `earlier` and `now` are documents of scenarios; `tag`: of what such a log made. std::invalid_argument where the earlier twin
/// cannot become this one.
TwinUpdate update_of_log(const Node& earlier, const Node& now, const std::string& tag);

}  // namespace understudy::formats
