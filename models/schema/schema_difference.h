// What differs between the columns of two scenarios, and who can still read what: compatibility by rule.
//
// As schema registries define it (Confluent Schema Registry, "Schema Evolution and Compatibility"; Apache Avro 1.11,
// "Schema Resolution"): a change is backward compatible if readers of the new schema can read all data written with the old
// one, forward compatible if readers of the old schema can read all data written with the new one, full if both. Each
// difference lets a column hold more (backward), less (forward), or something else (neither):
//
//     added          backward if it may be null, for old rows have nothing there; forward: nobody asks for it
//     dropped        backward: nobody asks for it any more. Not forward, also where it might be null: a query that names a
//                    column has no default to take instead, as Avro's readers have
//     renamed        neither: by its name it is dropped and added
//                    So is a dataset, unless its label, which is the table's name then, stays.
//     retyped        neither; widened backward, narrowed forward (models/schema/column_type.h)
//     nullability, enum, min and max, unique: backward where they let in more, forward where they let in less
//     no longer written   backward, as if dropped: a dataset that nothing writes any more, or a column of which all that it is
//                    made of is in datasets that who writes it reads no more (models/dataset_lineage.h)
//     derives_from    forward: its shape stays. Backward if the base named nothing that it is made of; else what was written
//                     before is made of other columns than what is written now
//
// A column of which nobody says whether it may be null may be, as in SQL. Pure, thread-safe; in order of datasets and
// columns of the base, then of the candidate.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

enum class Compatibility { neither, backward, forward, full };
/// "none", "backward", ...: as registries say it.
const char* name_of(Compatibility compatibility);
Compatibility compatibility(bool backward, bool forward);

struct SchemaDifference {
    enum class Kind {
        dataset_dropped,
        dataset_renamed,
        unwritten,
        added,
        dropped,
        renamed,
        retyped,
        widened,
        narrowed,
        nullability,
        enumeration,
        range,
        uniqueness,
        lineage
    };
    Kind kind = Kind::added;
    std::string base_dataset, dataset;  ///< as they are called in the base and in the candidate
    std::string base_column, column;    ///< the same; empty where there is none
    std::string from, to;               ///< what is said of it, for people; may be empty
    std::string
        job;  ///< whose reading or writing makes it so, as the base calls it; empty: what is declared does
    bool backward = true, forward = true;

    /// `orders.email`, by the name that the base has for it, if it has one.
    std::string path() const;
};
/// "dropped", "nullability".
const char* name_of(SchemaDifference::Kind kind);

/// `renamed_columns`: what columns are called now, to what they were (`orders.mail` to `orders.email`; the dataset by its
/// new name in the first). Datasets go by Twin::renamed. Datasets of which the base says no columns are left out, but for
/// those that are gone, have another name or are no longer written.
std::vector<SchemaDifference> schema_differences(
    const Scenario& base, const Scenario& candidate,
    const std::map<std::string, std::string>& renamed_columns = {});

}  // namespace understudy::models
