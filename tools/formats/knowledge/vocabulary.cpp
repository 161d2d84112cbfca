#include "tools/formats/knowledge/vocabulary.h"

namespace understudy::formats {

using models::Relation;
using models::Thing;

const std::vector<Thing>& all_things() {
    static const std::vector<Thing> all = {Thing::load,     Thing::dataset,  Thing::column,  Thing::stage,
                                           Thing::pipeline, Thing::task,     Thing::pool,    Thing::budget,
                                           Thing::owner,    Thing::contract, Thing::promise, Thing::twin,
                                           Thing::version};
    return all;
}

const std::vector<Relation>& all_relations() {
    static const std::vector<Relation> all = {
        Relation::produces,   Relation::consumes,     Relation::triggered_by, Relation::follows,
        Relation::part_of,    Relation::derives_from, Relation::runs_on,      Relation::spends,
        Relation::owned_by,   Relation::governed_by,  Relation::promised_of,  Relation::version_of,
        Relation::revision_of};
    return all;
}

const char* term_of(Thing thing) {
    switch (thing) {
        case Thing::load: return "Load";
        case Thing::dataset: return "Dataset";
        case Thing::column: return "Column";
        case Thing::stage: return "Stage";
        case Thing::pipeline: return "Pipeline";
        case Thing::task: return "Task";
        case Thing::pool: return "Pool";
        case Thing::budget: return "Budget";
        case Thing::owner: return "Owner";
        case Thing::contract: return "Contract";
        case Thing::promise: return "Promise";
        // "Twin" is what the graph is of, as it is now.
        case Thing::twin: return "StoredTwin";
        case Thing::version: return "Version";
    }
    return "";
}

const char* term_of(Relation relation) {
    switch (relation) {
        case Relation::produces: return "produces";
        case Relation::consumes: return "consumes";
        case Relation::triggered_by: return "triggeredBy";
        case Relation::follows: return "follows";
        case Relation::part_of: return "partOf";
        case Relation::derives_from: return "derivesFrom";
        case Relation::runs_on: return "runsOn";
        case Relation::spends: return "spends";
        case Relation::owned_by: return "ownedBy";
        case Relation::governed_by: return "governedBy";
        case Relation::promised_of: return "promisedOf";
        case Relation::version_of: return "versionOf";
        case Relation::revision_of: return "revisionOf";
    }
    return "";
}

const std::vector<Prefix>& prefixes() {
    static const std::vector<Prefix> all = {
        {"dcat", dcat_terms}, {"dct", dublin_core_terms}, {"dprod", dprod_terms}, {"prov", prov_terms},
        {"rdfs", rdfs_terms}, {"us", own_terms},          {"xsd", xsd_terms}};
    return all;
}

std::string compact(std::string_view iri) {
    for (const Prefix& prefix : prefixes())
        if (iri.starts_with(prefix.iri))
            return std::string(prefix.name) + ":" + std::string(iri.substr(prefix.iri.size()));
    return std::string(iri);
}

}  // namespace understudy::formats
