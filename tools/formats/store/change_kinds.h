// Of which kinds a change is, found from what it does: policies ask more of some kinds than of others, and what its author
// calls it is no evidence.
//
// What each difference between base and candidate is of (version_diff.h), by where it stands:
//
//     schema          a dataset's columns and its contract; a column's name
//     mapping         `derives_from` of columns; what anything is called
//     transformation  SQL; what comes out of work: `emits`, `join`, `window`
//     topology        stages, tasks, pipelines, datasets and loads that come or go; who reads and writes what, routes, and
//                     which tasks come first
//     capacity        pools, worker types and budgets that come or go; workers and what they can do, what work takes of pools
//                     and budgets, places, partitions, runs at once
//     configuration   all else
//
// An element that comes or goes is, besides, of the kinds of its keys, but for topology and configuration; an action of that
// of what it sets, and of capacity where it fails, heals, pauses or resumes. A new name is a mapping and nothing more: what
// it is named in is no difference. Parameters count where they are used. `calibration`, `sync` and `import` say where a
// change comes from, and are never found. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/edits.h"

namespace understudy::formats {

struct FoundKind {
    std::string kind;
    std::string because;  ///< the first that is of it: "pool spark: workers"
};

/// In the order above, each once; empty: nothing changes. `from` and `to`: scenario files that can be read, without and with
/// the edits.
std::vector<FoundKind> kinds_of_change(const std::string& from, const std::string& to,
                                       const std::vector<Edit>& edits);
/// The same before there is a file of the change. Edits that cannot be made count for nothing.
std::vector<FoundKind> kinds_of_edits(const std::string& from, const std::vector<Edit>& edits);

/// A kind that says where a change comes from, which nothing in its edits can show.
bool is_origin(const std::string& kind);

/// What rules go by: the kinds that were found, and the origin that the change says.
std::vector<std::string> kinds_that_count(const std::vector<FoundKind>& found, const std::string& declared);

/// "capacity, topology", with what the change says where that is none of them; for people.
std::string kinds_text(const std::vector<FoundKind>& found, const std::string& declared);

}  // namespace understudy::formats
