#include "tools/formats/knowledge/triples.h"

#include <fmt/format.h>

#include <boost/range/iterator_range.hpp>
#include <cctype>
#include <set>

#include "tools/formats/knowledge/vocabulary.h"

namespace understudy::formats {

namespace {

using models::Knowledge;
using models::KnowledgeIndex;
using models::Relation;
using models::Thing;

std::string whole_term(std::string_view vocabulary, std::string_view word) {
    return std::string(vocabulary) + std::string(word);
}

/// What a kind of thing is called besides, in the words of others.
std::vector<std::string> other_classes(Thing thing) {
    switch (thing) {
        case Thing::dataset: return {whole_term(dcat_terms, "Dataset"), whole_term(prov_terms, "Entity")};
        case Thing::column:
        case Thing::budget:
        case Thing::promise:
        case Thing::twin:
        case Thing::version: return {whole_term(prov_terms, "Entity")};
        case Thing::pipeline:
            return {whole_term(prov_terms, "Activity"), whole_term(dprod_terms, "DataProduct")};
        case Thing::load:
        case Thing::stage:
        case Thing::task: return {whole_term(prov_terms, "Activity")};
        case Thing::pool:
        case Thing::owner: return {whole_term(prov_terms, "Agent")};
        case Thing::contract: return {whole_term(dublin_core_terms, "Standard")};
    }
    return {};
}

bool is_entity(Thing thing) {
    return thing == Thing::dataset || thing == Thing::column || thing == Thing::budget ||
           thing == Thing::promise || thing == Thing::version;
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

std::string twin_iri(const std::string& scenario) { return std::string(own_things) + encoded(scenario); }

/// Datasets by which a group of jobs is tied to what is around it.
struct Ports {
    std::set<KnowledgeIndex> in;   ///< that they consume, and none of them produces
    std::set<KnowledgeIndex> out;  ///< that they produce, and a contract is about, others consume, or nobody
};

bool is_job_of(const Knowledge& g, KnowledgeIndex v, const std::set<KnowledgeIndex>& jobs, bool all) {
    return all ? g[v].thing == Thing::stage || g[v].thing == Thing::task : jobs.contains(v);
}

/// `all`: of all jobs there are.
Ports ports_of(const Knowledge& g, const std::set<KnowledgeIndex>& jobs, bool all) {
    std::set<KnowledgeIndex> consumed, produced;
    const auto look = [&](KnowledgeIndex job) {
        for (const auto e : boost::make_iterator_range(boost::out_edges(job, g))) {
            if (g[e].relation == Relation::consumes) consumed.insert(boost::target(e, g));
            if (g[e].relation == Relation::produces) produced.insert(boost::target(e, g));
        }
    };
    if (all) {
        for (const auto v : boost::make_iterator_range(boost::vertices(g)))
            if (is_job_of(g, v, jobs, all)) look(v);
    } else {
        for (const KnowledgeIndex job : jobs) look(job);
    }
    Ports ports;
    for (const KnowledgeIndex dataset : consumed)
        if (!produced.contains(dataset)) ports.in.insert(dataset);
    for (const KnowledgeIndex dataset : produced) {
        bool within = false, outside = false, promised = false;
        for (const auto e : boost::make_iterator_range(boost::in_edges(dataset, g)))
            if (g[e].relation == Relation::consumes || g[e].relation == Relation::triggered_by)
                (is_job_of(g, boost::source(e, g), jobs, all) || all ? within : outside) = true;
        for (const auto e : boost::make_iterator_range(boost::out_edges(dataset, g)))
            promised = promised || g[e].relation == Relation::governed_by;
        if (promised || outside || !within) ports.out.insert(dataset);
    }
    return ports;
}

/// Statements of DPROD about the twin as a whole, and each of its pipelines.
class Products {
public:
    Products(const Knowledge& g, const std::string& scenario, std::vector<Triple>& triples)
        : g_(g), scenario_(scenario), triples_(triples) {}

    void say_all() {
        const std::string twin = twin_iri(scenario_);
        say(twin, whole_term(rdf_terms, "type"), whole_term(own_terms, "Twin"));
        say(twin, whole_term(rdf_terms, "type"), whole_term(dprod_terms, "DataProduct"));
        triples_.push_back({twin, whole_term(dublin_core_terms, "identifier"), scenario_, true, ""});
        say_ports(twin, ports_of(g_, {}, true));
        for (const auto v : boost::make_iterator_range(boost::vertices(g_))) {
            if (g_[v].thing != Thing::pipeline) continue;
            std::set<KnowledgeIndex> tasks;
            for (const auto e : boost::make_iterator_range(boost::in_edges(v, g_)))
                if (g_[e].relation == Relation::part_of) tasks.insert(boost::source(e, g_));
            Ports ports = ports_of(g_, tasks, false);
            for (const auto e : boost::make_iterator_range(boost::out_edges(v, g_))) {
                if (g_[e].relation == Relation::triggered_by) ports.in.insert(boost::target(e, g_));
                if (g_[e].relation == Relation::owned_by)
                    say(iri_of(g_[v], scenario_), whole_term(dprod_terms, "dataProductOwner"),
                        iri_of(g_[boost::target(e, g_)], scenario_));
            }
            say_ports(iri_of(g_[v], scenario_), ports);
        }
        for (const KnowledgeIndex dataset : served_) {
            const std::string port = port_iri(dataset);
            say(port, whole_term(rdf_terms, "type"), whole_term(own_terms, "Port"));
            say(port, whole_term(rdf_terms, "type"), whole_term(dcat_terms, "DataService"));
            say(port, whole_term(dcat_terms, "servesDataset"), iri_of(g_[dataset], scenario_));
        }
    }

private:
    void say(const std::string& subject, const std::string& predicate, const std::string& object) {
        triples_.push_back({subject, predicate, object, false, ""});
    }
    std::string port_iri(KnowledgeIndex dataset) const {
        return twin_iri(scenario_) + "/port/" + encoded(g_[dataset].name);
    }
    void say_ports(const std::string& product, const Ports& ports) {
        const auto each = [&](const std::set<KnowledgeIndex>& datasets, const char* set, const char* port) {
            for (const KnowledgeIndex dataset : datasets) {
                say(product, whole_term(dprod_terms, set), iri_of(g_[dataset], scenario_));
                say(product, whole_term(dprod_terms, port), port_iri(dataset));
                served_.insert(dataset);
            }
        };
        each(ports.in, "inputDataset", "inputPort");
        each(ports.out, "outputDataset", "outputPort");
    }

    const Knowledge& g_;
    const std::string& scenario_;
    std::vector<Triple>& triples_;
    std::set<KnowledgeIndex> served_;
};

/// What made a version, as an activity: who, when, why, of which version.
void say_change(const Knowledge& g, KnowledgeIndex version, const std::string& scenario,
                std::vector<Triple>& triples) {
    const std::string change = twin_iri(scenario) + "/change/" + encoded(g[version].name);
    const auto say = [&](std::string_view vocabulary, const char* word, const std::string& object) {
        triples.push_back({change, whole_term(vocabulary, word), object, false, ""});
    };
    say(rdf_terms, "type", whole_term(own_terms, "Change"));
    say(rdf_terms, "type", whole_term(prov_terms, "Activity"));
    if (!g[version].description.empty())
        triples.push_back(
            {change, whole_term(dublin_core_terms, "description"), g[version].description, true, ""});
    triples.push_back({change, whole_term(prov_terms, "endedAtTime"), g[version].time, true,
                       whole_term(xsd_terms, "dateTime")});
    for (const auto e : boost::make_iterator_range(boost::out_edges(version, g))) {
        const std::string other = iri_of(g[boost::target(e, g)], scenario);
        if (g[e].relation == Relation::owned_by) say(prov_terms, "wasAssociatedWith", other);
        if (g[e].relation == Relation::revision_of) say(prov_terms, "used", other);
    }
    triples.push_back(
        {iri_of(g[version], scenario), whole_term(prov_terms, "wasGeneratedBy"), change, false, ""});
}

}  // namespace

std::string iri_of(const models::KnowledgeVertex& vertex, const std::string& scenario) {
    return twin_iri(scenario) + "/" + models::name_of(vertex.thing) + "/" + encoded(vertex.name);
}

std::vector<Triple> triples_of(const models::KnowledgeGraph& knowledge, const std::string& scenario) {
    const Knowledge& g = knowledge.graph();
    std::vector<Triple> triples;
    const auto own = [](const char* word) { return whole_term(own_terms, word); };
    const auto prov = [](const char* word) { return whole_term(prov_terms, word); };
    const auto dct = [](const char* word) { return whole_term(dublin_core_terms, word); };
    const std::string type = whole_term(rdf_terms, "type");
    for (const auto v : boost::make_iterator_range(boost::vertices(g))) {
        const models::KnowledgeVertex& vertex = g[v];
        const std::string subject = iri_of(vertex, scenario);
        const auto say = [&](const std::string& predicate, const std::string& object) {
            triples.push_back({subject, predicate, object, false, ""});
        };
        const auto text = [&](const std::string& predicate, const std::string& object) {
            triples.push_back({subject, predicate, object, true, ""});
        };
        say(type, own(term_of(vertex.thing)));
        for (const std::string& theirs : other_classes(vertex.thing)) say(type, theirs);
        text(dct("identifier"), vertex.name);
        if (!vertex.label.empty()) text(whole_term(rdfs_terms, "label"), vertex.label);
        if (!vertex.description.empty()) text(dct("description"), vertex.description);
        for (const std::string& tag : vertex.tags) text(whole_term(dcat_terms, "keyword"), tag);
        if (!vertex.time.empty())
            triples.push_back(
                {subject, prov("generatedAtTime"), vertex.time, true, whole_term(xsd_terms, "dateTime")});
        if (vertex.mean_service > 0)
            triples.push_back({subject, own("meanServiceSeconds"),
                               fmt::format("{:.17g}", vertex.mean_service), true,
                               whole_term(xsd_terms, "double")});
        for (const auto e : boost::make_iterator_range(boost::out_edges(v, g))) {
            const models::KnowledgeVertex& other = g[boost::target(e, g)];
            const std::string object = iri_of(other, scenario);
            say(own(term_of(g[e].relation)), object);
            switch (g[e].relation) {
                case Relation::produces:
                    triples.push_back({object, prov("wasGeneratedBy"), subject, false, ""});
                    break;
                case Relation::consumes: say(prov("used"), object); break;
                case Relation::follows: say(prov("wasInformedBy"), object); break;
                case Relation::part_of: say(dct("isPartOf"), object); break;
                case Relation::derives_from: say(prov("wasDerivedFrom"), object); break;
                case Relation::owned_by:
                    say(prov(is_entity(vertex.thing) ? "wasAttributedTo" : "wasAssociatedWith"), object);
                    break;
                case Relation::runs_on: say(prov("wasAssociatedWith"), object); break;
                case Relation::governed_by: say(dct("conformsTo"), object); break;
                case Relation::version_of:
                    say(dct("isVersionOf"), object);
                    say(whole_term(dcat_terms, "isVersionOf"), object);
                    break;
                case Relation::revision_of:
                    say(prov("wasRevisionOf"), object);
                    say(whole_term(dcat_terms, "previousVersion"), object);
                    break;
                case Relation::triggered_by:
                case Relation::spends:
                case Relation::promised_of: break;
            }
        }
    }
    Products(g, scenario, triples).say_all();
    if (const auto version = knowledge.version())
        triples.push_back(
            {twin_iri(scenario), prov("wasDerivedFrom"), iri_of(g[*version], scenario), false, ""});
    for (const auto v : boost::make_iterator_range(boost::vertices(g)))
        if (g[v].thing == Thing::version) say_change(g, v, scenario, triples);
    return triples;
}

}  // namespace understudy::formats
