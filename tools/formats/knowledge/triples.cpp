#include "tools/formats/knowledge/triples.h"

#include <fmt/format.h>

#include <boost/range/iterator_range.hpp>
#include <cctype>

namespace understudy::formats {

namespace {

using models::Relation;
using models::Thing;

#define UNDERSTUDY_PROV "http://www.w3.org/ns/prov#"
#define UNDERSTUDY_DCAT "http://www.w3.org/ns/dcat#"
#define UNDERSTUDY_DCT "http://purl.org/dc/terms/"
#define UNDERSTUDY_RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define UNDERSTUDY_RDFS "http://www.w3.org/2000/01/rdf-schema#"
#define UNDERSTUDY_OWN "urn:understudy:vocabulary#"
constexpr const char* prov = UNDERSTUDY_PROV;

std::string own(const std::string& word) { return UNDERSTUDY_OWN + word; }

/// What a kind of thing is called: in our words, and in those of others.
struct Class {
    const char* ours;
    std::vector<std::string> theirs;
};
Class class_of(Thing thing) {
    switch (thing) {
        case Thing::load: return {"Load", {UNDERSTUDY_PROV "Activity"}};
        case Thing::dataset: return {"Dataset", {UNDERSTUDY_DCAT "Dataset", UNDERSTUDY_PROV "Entity"}};
        case Thing::column: return {"Column", {UNDERSTUDY_PROV "Entity"}};
        case Thing::stage: return {"Stage", {UNDERSTUDY_PROV "Activity"}};
        case Thing::pipeline: return {"Pipeline", {UNDERSTUDY_PROV "Activity"}};
        case Thing::task: return {"Task", {UNDERSTUDY_PROV "Activity"}};
        case Thing::pool: return {"Pool", {UNDERSTUDY_PROV "Agent"}};
        case Thing::budget: return {"Budget", {UNDERSTUDY_PROV "Entity"}};
        case Thing::owner: return {"Owner", {UNDERSTUDY_PROV "Agent"}};
        case Thing::contract: return {"Contract", {UNDERSTUDY_DCT "Standard"}};
        case Thing::promise: return {"Promise", {UNDERSTUDY_PROV "Entity"}};
    }
    return {"Thing", {}};
}

bool is_entity(Thing thing) {
    return thing == Thing::dataset || thing == Thing::column || thing == Thing::budget ||
           thing == Thing::promise;
}

/// A path segment of an IRI: all but letters, digits and `-._~` percent-encoded.
std::string encoded(const std::string& text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && (std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~'))
            result += c;
        else
            result += fmt::format("%{:02X}", byte);
    }
    return result;
}

const char* word_of(Relation relation) {
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
    }
    return "";
}

}  // namespace

const std::vector<Prefix>& prefixes() {
    static const std::vector<Prefix> all = {
        {"dcat", UNDERSTUDY_DCAT}, {"dct", UNDERSTUDY_DCT}, {"prov", UNDERSTUDY_PROV},
        {"rdfs", UNDERSTUDY_RDFS}, {"us", UNDERSTUDY_OWN},  {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
    return all;
}

std::string iri_of(const models::KnowledgeVertex& vertex, const std::string& scenario) {
    return fmt::format("urn:understudy:twin:{}/{}/{}", encoded(scenario), models::name_of(vertex.thing),
                       encoded(vertex.name));
}

std::vector<Triple> triples_of(const models::KnowledgeGraph& knowledge, const std::string& scenario) {
    const models::Knowledge& g = knowledge.graph();
    std::vector<Triple> triples;
    const std::string type = UNDERSTUDY_RDF "type";
    for (const auto v : boost::make_iterator_range(boost::vertices(g))) {
        const models::KnowledgeVertex& vertex = g[v];
        const std::string subject = iri_of(vertex, scenario);
        const auto say = [&](const std::string& predicate, const std::string& object) {
            triples.push_back({subject, predicate, object, false, ""});
        };
        const auto text = [&](const std::string& predicate, const std::string& object) {
            triples.push_back({subject, predicate, object, true, ""});
        };
        const Class is = class_of(vertex.thing);
        say(type, own(is.ours));
        for (const std::string& theirs : is.theirs) say(type, theirs);
        text(UNDERSTUDY_DCT "identifier", vertex.name);
        if (!vertex.label.empty()) text(UNDERSTUDY_RDFS "label", vertex.label);
        if (!vertex.description.empty()) text(UNDERSTUDY_DCT "description", vertex.description);
        for (const std::string& tag : vertex.tags) text(UNDERSTUDY_DCAT "keyword", tag);
        if (vertex.mean_service > 0)
            triples.push_back({subject, own("meanServiceSeconds"),
                               fmt::format("{:.17g}", vertex.mean_service), true,
                               "http://www.w3.org/2001/XMLSchema#double"});
        for (const auto e : boost::make_iterator_range(boost::out_edges(v, g))) {
            const models::KnowledgeVertex& other = g[boost::target(e, g)];
            const std::string object = iri_of(other, scenario);
            say(own(word_of(g[e].relation)), object);
            switch (g[e].relation) {
                case Relation::produces:
                    triples.push_back({object, std::string(prov) + "wasGeneratedBy", subject, false, ""});
                    break;
                case Relation::consumes: say(std::string(prov) + "used", object); break;
                case Relation::follows: say(std::string(prov) + "wasInformedBy", object); break;
                case Relation::part_of: say(UNDERSTUDY_DCT "isPartOf", object); break;
                case Relation::derives_from: say(std::string(prov) + "wasDerivedFrom", object); break;
                case Relation::owned_by:
                    say(std::string(prov) +
                            (is_entity(vertex.thing) ? "wasAttributedTo" : "wasAssociatedWith"),
                        object);
                    break;
                case Relation::runs_on: say(std::string(prov) + "wasAssociatedWith", object); break;
                case Relation::governed_by: say(UNDERSTUDY_DCT "conformsTo", object); break;
                case Relation::triggered_by:
                case Relation::spends:
                case Relation::promised_of: break;
            }
        }
    }
    return triples;
}

}  // namespace understudy::formats
