// A second import onto the twin of the first: the edits that turn the one into the other, as a change file.
//
// Elements are the same that have the same label, so names stay; what is new gets a name that is free. Only keys that an
// import writes are set or removed: a retry that somebody has added to an imported task stays. What is no longer there is
// removed where the source says all there is (a manifest of dbt), and only what an import made, which its tag tells;
// lineage events, contracts and knowledge graphs say nothing of what they do not mention. Objectives, measures and the run are not
// changed. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// The names that the twin of `scenario` has for labels. "other" holds the names of what has no label.
KnownNames names_in(const Node& scenario);

struct TwinUpdate {
    std::vector<Node> edits;         ///< as they stand in a change file
    std::vector<std::string> notes;  ///< what is left as it is, and why
    std::size_t added = 0, set = 0, removed = 0;
};

/// `earlier` and `now` are documents of scenarios; `complete` are the tags whose absent elements are gone ("dbt").
TwinUpdate update_of(const Node& earlier, const Node& now, const std::vector<std::string>& complete);

/// The document with these edits made; they are those of an update of it.
Node updated(Node earlier, const TwinUpdate& update);

/// A change file of kind `import`; `base` as it is to be named there.
std::string write_import_change(const TwinUpdate& update, const std::string& name, const std::string& base,
                                const std::string& reason);

}  // namespace understudy::formats
