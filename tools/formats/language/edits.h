// The edits of a change, applied to a document before anything of it is read: what a change does to a twin.
//
// Each sees what those before it have made. Values are what would stand in the file, and keep their places in the
// change, so that whatever is wrong with them is shown there. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/formats/language/document.h"
#include "tools/formats/language/renames.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/transformations/run_transformation.h"
#include "tools/studies/transformation.h"

namespace understudy::formats {

struct Edit {
    enum class Kind {
        set,  ///< `{set: spark.workers, to: 9}`: a parameter, as after --set, or times what is there, `1.5x`; of an objective its text
        add,  ///< `{add: audit, as: stage, value: {...}}`: an element; a task's name has its pipeline's before it
        remove,  ///< `{remove: audit}`: an element that nobody refers to; `{remove: clean.retry}` a key, `orders.email` a column
        rename,  ///< `{rename: clean, to: cleanse}`: wherever it is named; its random numbers follow (models::Twin::renamed)
        transform,  ///< `{transform: nightly.build, from: a.sql, to: b.sql, samples: DIR}`: run on the sample; what comes out of the task is multiplied by what comes out more or less
    };
    Kind kind = Kind::set;
    bool of_measure =
        false;  ///< of an objective or a measure, which is named by its text and has no part in the twin
    std::string name;           ///< an element, a path, or that text
    std::string as;             ///< of what is added: "stage"
    std::string to;             ///< the new name
    TransformationFiles files;  ///< of a transformation; the folder is that of the change
    Node value;   ///< what is set, or the keys of what is added; of an objective or a measure its text
    Place place;  ///< of the edit's name
    Place where;  ///< of the edit
};

/// In order; reports what cannot be done, each where it stands in the change. Multiples of loads are left to
/// apply_multiples(). What transformations were found to do is added to `transformed`, where that is given.
void apply_edits(Node& root, const std::vector<Edit>& edits, std::vector<LoadMultiple>& multiples,
                 Diagnostics& out, std::vector<studies::Transformation>* transformed = nullptr);

/// Nothing that is simulated goes by it: what is promised and measured, columns and contracts of datasets, and what is said of
/// elements for people and tools (labels, descriptions, owners, tags).
bool is_beside_the_model(const Node& root, const Edit& edit);

/// What columns are called now (`orders.mail`), to what they were before the edits; datasets by their new names in the first,
/// by their old ones in the second.
std::map<std::string, std::string> renamed_columns(const std::vector<Edit>& edits);

Renames renames_in(const std::vector<Edit>& edits);

}  // namespace understudy::formats
