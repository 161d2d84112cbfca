// A second import onto the twin of the first: the edits that turn the one into the other, as a change file.
//
// Elements are the same that have the same label, so names stay; what is new gets a name that is free. Only keys that an
// import writes are touched, and of these only what this import says something of:
//
// - A key that it does not write stays. It is removed where what was read says that there is nothing: `failure` (and
//   `fails_after`) of a task whose runs were recorded, `reads` and `writes` of a source that says all there is (a manifest
//   of dbt), `after` where the whole order was said.
// - `service`, `emits`, `failure`, `fails_after` and `retry` stay where they are of more recorded runs than this import
//   has, and it has fewer than thirty: one run does not undo two hundred.
// - Workers that are not known ("unlimited") and a schedule that is not ("once") are not set.
// - `reads` and `writes` are what this import has of them where it has whole runs of the task (a `service`), or the source
//   says all there is; else they are added to. Columns are those of this import where it has the whole schema, else they are
//   added to; what stands of a column and is not said anew stays, but for origins in datasets that what writes the column no
//   longer reads: a note names them. Tags are added to.
// - Where the source says all there is and something of the pipeline did not run this time, orders are added to, and the
//   priorities of the earlier import stay.
//
// What is no longer there is removed where the source says all there is and no longer has it, whether or not it ran, and
// only what an import made, which its tag tells; an export of Airflow says all there is of a DAG, and not which DAGs there are;
// lineage events, contracts and knowledge graphs say nothing of what they do
// not mention. A job without a parent whose schedule was moved is moved with it: its pipeline has the schedule, or it becomes
// a task of another and is removed where it was. Objectives, measures and the run are not changed; a schedule that the run
// could not end with is left out, and a note says what to give the run. Orders that stay and would make tasks wait for each other
// in a circle are removed, and a note says so. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/language/change_base.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// The names that the twin of `scenario` has for labels. "other" holds the names of what has no label.
KnownNames names_in(const Node& scenario);

/// A value that somebody set since the last import, and that this one takes from its source again (set_by_hand.h).
struct Overwritten {
    std::string what;  ///< `check.service`; of an element that was removed, its name
    std::string version, author,
        kind;  ///< that set it, and the kind of its change; the last two may be empty
    std::optional<std::string> imported, set,
        now;  ///< as the last import had it, as it was set, as it is now; none: not there
};

struct TwinUpdate {
    std::vector<Node> edits;         ///< as they stand in a change file
    std::vector<std::string> notes;  ///< what is left as it is, and why
    std::size_t added = 0, set = 0, removed = 0;
    std::vector<Overwritten> overwritten = {};
};

/// How much an import says: what is not in its twin may be gone, or just not mentioned.
struct ImportScope {
    std::vector<std::string>
        complete;                 ///< tags of sources that say all there is ("dbt"): what they lack is gone
    std::set<std::string> there;  ///< labels of all that these sources have, in the twin or not
    std::map<std::string, std::string>
        of_whole_pipelines;  ///< by labels of jobs of a pipeline of which all jobs are said: the tag of its source
    std::set<std::string> ordered;           ///< labels of tasks of which all is said that they come after
    std::set<std::string> of_no_parent;      ///< labels of jobs that are in one pipeline, whichever it is
    std::set<std::string> with_all_columns;  ///< labels of datasets of which all columns are said
    bool of_pools = false;                   ///< some source says which pools tasks run on
};

ImportScope scope_of(const Catalog& catalog);

/// `earlier` and `now` are documents of scenarios.
TwinUpdate update_of(const Node& earlier, const Node& now, const ImportScope& scope);

/// A note of the elements that stay although they are "not in what was read", or whatever `why` says; none where there are none.
void note_those_that_stay(TwinUpdate& update, const std::vector<std::string>& names, std::string_view why);

/// Makes the edits; what stands in the way, if anything.
std::string make_edits(Node& twin, const std::vector<Node>& edits);

/// The document with these edits made; they are those of an update of it.
Node updated(Node earlier, const TwinUpdate& update);

/// A change file of kind `import`.
std::string write_import_change(const TwinUpdate& update, const std::string& name, const ChangeBase& base,
                                const std::string& reason);

}  // namespace understudy::formats
