// What the classes and properties of an RDF graph stand for in a twin: our own vocabulary, PROV-O, DCAT, Dublin Core and
// DPROD by default, others as a mapping file says.
//
// A mapping file is YAML: `prefixes` (names with IRIs; those of the vocabularies above are there already), `classes` (a term
// with `load`, `dataset`, `column`, `stage`, `pipeline`, `task`, `pool`, `budget`, `owner`, `contract`, `promise`, `twin`,
// `version`, `port` or `none`) and `properties` (a term with a relation such as `consumes` or `runs on`, `inverse` and a
// relation where the object is what the relation is about, or `identifier`, `title`, `label`, `description`, `tag`, `mean
// service`, `serves`, `version of`, `agent`, `none`). A term is `prefix:name`, or an IRI. What the file says goes before
// the default, class by class and property by property. Errors stand where they are in the file. Values; reading is
// thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "models/knowledge/knowledge_graph.h"
#include "tools/formats/language/diagnostics.h"

namespace understudy::formats {

struct MappedClass {
    enum class Meaning {
        thing,
        port,    ///< stands for the datasets that it serves, or is one itself
        twin,    ///< the whole: its name is that of the scenario
        change,  ///< what made a version, which says the same of itself
        nothing  ///< known, and not taken
    };
    Meaning meaning = Meaning::nothing;
    models::Thing thing = models::Thing::dataset;
    /// Of several classes of one node the one with the least counts: what was said exactly before what all things are.
    int rank = 0;
};

struct MappedProperty {
    enum class Meaning {
        relation,
        agent,   ///< runs on a pool, or is owned by anybody else
        serves,  ///< from a port to what is behind it
        /// Both are one thing, the object; of a twin's version: `version of` that twin, `revision of` another version.
        version_of,
        identifier,
        title,
        label,
        description,
        tag,
        mean_service,
        time,  ///< of a version: when it was made
        // What stands between the two ends of a relation, as PROV-O qualifies it; no word of a mapping file.
        qualified,        ///< to a node that says more of the relation, and the other end
        qualified_agent,  ///< the same of `agent`
        influencer,       ///< from such a node to the other end
        by_activity,      ///< from such a node to the activity that did it
        started,          ///< an instant, or to a node that has one
        ended,
        instant,  ///< of such a node
        // RDF lists: who names a list means all that is in it.
        first,
        rest,
        nothing
    };
    Meaning meaning = Meaning::nothing;
    models::Relation relation = models::Relation::produces;
    bool inverse = false;  ///< the object is the subject
};

struct GraphMapping {
    std::map<std::string, MappedClass, std::less<>> classes;        ///< by IRI
    std::map<std::string, MappedProperty, std::less<>> properties;  ///< by IRI
};

GraphMapping default_mapping();
/// The default with what `text` says before it; errors go to `out`.
GraphMapping read_mapping(std::string_view text, Diagnostics& out);

}  // namespace understudy::formats
