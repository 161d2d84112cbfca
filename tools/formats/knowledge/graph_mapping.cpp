#include "tools/formats/knowledge/graph_mapping.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "tools/formats/knowledge/vocabulary.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/suggestions.h"

namespace understudy::formats {

namespace {

using models::Relation;
using models::Thing;

MappedClass mapped_thing(Thing thing, int rank) { return {MappedClass::Meaning::thing, thing, rank}; }
/// What these words mean goes by what they stand between.
bool is_between_versions(Relation relation) {
    return relation == Relation::version_of || relation == Relation::revision_of;
}
MappedProperty mapped_relation(Relation relation, bool inverse = false) {
    if (is_between_versions(relation)) return {MappedProperty::Meaning::version_of, relation, inverse};
    return {MappedProperty::Meaning::relation, relation, inverse};
}

struct PropertyWord {
    const char* word;
    MappedProperty::Meaning meaning;
};
const std::vector<PropertyWord>& property_words() {
    using Meaning = MappedProperty::Meaning;
    static const std::vector<PropertyWord> all = {{"agent", Meaning::agent},
                                                  {"serves", Meaning::serves},
                                                  {"version of", Meaning::version_of},
                                                  {"identifier", Meaning::identifier},
                                                  {"title", Meaning::title},
                                                  {"label", Meaning::label},
                                                  {"description", Meaning::description},
                                                  {"tag", Meaning::tag},
                                                  {"mean service", Meaning::mean_service},
                                                  {"none", Meaning::nothing}};
    return all;
}

class MappingReader {
public:
    MappingReader(const Node& root, Diagnostics& out) : root_(root), out_(out), mapping_(default_mapping()) {}

    GraphMapping read() {
        for (const Prefix& prefix : prefixes()) prefixes_[prefix.name] = prefix.iri;
        prefixes_["rdf"] = rdf_terms;
        if (!root_.is_map()) {
            out_.error(root_.place, "a mapping has 'prefixes', 'classes' and 'properties'");
            return mapping_;
        }
        for (const Entry& entry : root_.entries) {
            if (entry.key != "prefixes" && entry.key != "classes" && entry.key != "properties")
                out_.error(entry.place, "unknown key '" + entry.key + "'",
                           did_you_mean(entry.key, {"prefixes", "classes", "properties"}));
            else if (!entry.value.is_map())
                out_.error(entry.value.place, "'" + entry.key + "' is a map");
        }
        each("prefixes", [&](const Entry& entry) { prefixes_[entry.key] = entry.value.text; });
        each("classes", [&](const Entry& entry) {
            const auto iri = iri_of_term(entry);
            const auto meaning = class_named(entry.value);
            if (iri && meaning) mapping_.classes[*iri] = *meaning;
        });
        each("properties", [&](const Entry& entry) {
            const auto iri = iri_of_term(entry);
            const auto meaning = property_named(entry.value);
            if (iri && meaning) mapping_.properties[*iri] = *meaning;
        });
        return mapping_;
    }

private:
    template <class Use>
    void each(std::string_view key, const Use& use) {
        const Entry* section = root_.find(key);
        if (section == nullptr || !section->value.is_map()) return;
        for (const Entry& entry : section->value.entries)
            if (entry.value.is_scalar())
                use(entry);
            else
                out_.error(entry.value.place, "'" + entry.key + "' takes one word");
    }

    std::optional<std::string> iri_of_term(const Entry& entry) {
        std::string_view term = entry.key;
        if (term.starts_with('<') && term.ends_with('>')) return std::string(term.substr(1, term.size() - 2));
        const std::size_t colon = term.find(':');
        if (colon == std::string_view::npos) {
            out_.error(entry.place, "'" + entry.key + "' is no term; write 'prefix:name', or an IRI");
            return std::nullopt;
        }
        const auto prefix = prefixes_.find(std::string(term.substr(0, colon)));
        if (prefix != prefixes_.end()) return prefix->second + std::string(term.substr(colon + 1));
        if (term.substr(colon).starts_with("://") || term.starts_with("urn:")) return entry.key;
        out_.error(entry.place, "the prefix '" + std::string(term.substr(0, colon)) + ":' is not declared",
                   "write it into 'prefixes', with its IRI");
        return std::nullopt;
    }

    std::optional<MappedClass> class_named(const Node& value) {
        std::vector<std::string> words = {"port", "none"};
        for (const Thing thing : all_things()) {
            if (value.text == models::name_of(thing)) return mapped_thing(thing, 0);
            words.emplace_back(models::name_of(thing));
        }
        if (value.text == "port") return MappedClass{MappedClass::Meaning::port, {}, 0};
        if (value.text == "none") return MappedClass{MappedClass::Meaning::nothing, {}, 0};
        unknown(value, "a kind of thing", words);
        return std::nullopt;
    }

    std::optional<MappedProperty> property_named(const Node& value) {
        std::vector<std::string> words;
        std::string_view word = value.text;
        const bool inverse = word.starts_with("inverse ");
        if (inverse) word.remove_prefix(std::string_view("inverse ").size());
        for (const Relation relation : all_relations()) {
            if (is_between_versions(relation)) continue;
            if (word == models::name_of(relation)) return mapped_relation(relation, inverse);
            words.emplace_back(models::name_of(relation));
        }
        for (const PropertyWord& one : property_words()) {
            const bool turns = one.meaning == MappedProperty::Meaning::serves;
            if (word == one.word && (!inverse || turns)) return MappedProperty{one.meaning, {}, inverse};
            words.emplace_back(one.word);
        }
        unknown(value, "a relation", words);
        return std::nullopt;
    }

    void unknown(const Node& value, const std::string& what, const std::vector<std::string>& words) {
        std::string hint = did_you_mean(value.text, words);
        if (hint.empty()) {
            hint = "it is one of";
            for (const std::string& word : words) hint += (&word == &words.front() ? " " : ", ") + word;
        }
        out_.error(value.place, "'" + value.text + "' is not " + what, hint);
    }

    const Node& root_;
    Diagnostics& out_;
    GraphMapping mapping_;
    std::map<std::string, std::string> prefixes_;
};

}  // namespace

GraphMapping default_mapping() {
    using Meaning = MappedProperty::Meaning;
    GraphMapping mapping;
    const auto is = [&](std::string_view vocabulary, std::string_view word, const MappedClass& meaning) {
        mapping.classes[std::string(vocabulary) + std::string(word)] = meaning;
    };
    const auto says = [&](std::string_view vocabulary, std::string_view word, const MappedProperty& meaning) {
        mapping.properties[std::string(vocabulary) + std::string(word)] = meaning;
    };
    for (const Thing thing : all_things()) is(own_terms, term_of(thing), mapped_thing(thing, 0));
    is(own_terms, "Twin", {MappedClass::Meaning::twin, {}, 0});
    is(own_terms, "Change", {MappedClass::Meaning::change, {}, 0});
    is(own_terms, "Port", {MappedClass::Meaning::port, {}, 0});
    is(dcat_terms, "Dataset", mapped_thing(Thing::dataset, 1));
    is(dcat_terms, "DataService", {MappedClass::Meaning::port, {}, 1});
    is(dcat_terms, "Distribution", {MappedClass::Meaning::port, {}, 1});
    is(dublin_core_terms, "Standard", mapped_thing(Thing::contract, 1));
    is(prov_terms, "SoftwareAgent", mapped_thing(Thing::pool, 2));
    is(prov_terms, "Person", mapped_thing(Thing::owner, 2));
    is(prov_terms, "Organization", mapped_thing(Thing::owner, 2));
    is(prov_terms, "Activity", mapped_thing(Thing::task, 3));
    is(prov_terms, "Agent", mapped_thing(Thing::owner, 3));
    is(prov_terms, "Entity", mapped_thing(Thing::dataset, 3));
    for (const std::string_view dprod : {dprod_terms, dprod_terms_of_omg}) {
        is(dprod, "DataProduct", mapped_thing(Thing::pipeline, 1));
        says(dprod, "inputPort", mapped_relation(Relation::consumes));
        says(dprod, "inputDataset", mapped_relation(Relation::consumes));
        says(dprod, "outputPort", mapped_relation(Relation::produces));
        says(dprod, "outputDataset", mapped_relation(Relation::produces));
        says(dprod, "dataProductOwner", mapped_relation(Relation::owned_by));
        says(dprod, "isAccessServiceOf", {Meaning::serves, {}, false});
        says(dprod, "isDistributionOf", {Meaning::serves, {}, false});
        says(dprod, "purpose", {Meaning::description, {}, false});
    }
    for (const Relation relation : all_relations())
        says(own_terms, term_of(relation), mapped_relation(relation));
    says(own_terms, "meanServiceSeconds", {Meaning::mean_service, {}, false});
    says(prov_terms, "wasGeneratedBy", mapped_relation(Relation::produces, true));
    says(prov_terms, "generated", mapped_relation(Relation::produces));
    says(prov_terms, "used", mapped_relation(Relation::consumes));
    says(prov_terms, "wasInformedBy", mapped_relation(Relation::follows));
    says(prov_terms, "wasDerivedFrom", mapped_relation(Relation::derives_from));
    says(prov_terms, "wasAttributedTo", mapped_relation(Relation::owned_by));
    says(prov_terms, "wasAssociatedWith", {Meaning::agent, {}, false});
    says(prov_terms, "wasRevisionOf", mapped_relation(Relation::revision_of));
    says(prov_terms, "generatedAtTime", {Meaning::time, {}, false});
    says(prov_terms, "qualifiedUsage", {Meaning::qualified, Relation::consumes, false});
    says(prov_terms, "qualifiedGeneration", {Meaning::qualified, Relation::produces, true});
    says(prov_terms, "qualifiedDerivation", {Meaning::qualified, Relation::derives_from, false});
    says(prov_terms, "qualifiedCommunication", {Meaning::qualified, Relation::follows, false});
    says(prov_terms, "qualifiedAttribution", {Meaning::qualified, Relation::owned_by, false});
    says(prov_terms, "qualifiedAssociation", {Meaning::qualified_agent, {}, false});
    for (const char* word : {"entity", "activity", "agent", "influencer"})
        says(prov_terms, word, {Meaning::influencer, {}, false});
    says(prov_terms, "hadActivity", {Meaning::by_activity, {}, false});
    for (const char* word : {"startedAtTime", "qualifiedStart"})
        says(prov_terms, word, {Meaning::started, {}, false});
    for (const char* word : {"endedAtTime", "qualifiedEnd"})
        says(prov_terms, word, {Meaning::ended, {}, false});
    says(prov_terms, "atTime", {Meaning::instant, {}, false});
    for (const char* word :
         {"Usage", "Generation", "Derivation", "Communication", "Attribution", "Association", "Start", "End"})
        is(prov_terms, word, {MappedClass::Meaning::nothing, {}, 3});
    // What was to be done is an entity of PROV-O and no dataset.
    is(prov_terms, "Plan", {MappedClass::Meaning::nothing, {}, 2});
    says(rdf_terms, "first", {Meaning::first, {}, false});
    says(rdf_terms, "rest", {Meaning::rest, {}, false});
    says(dublin_core_terms, "isPartOf", mapped_relation(Relation::part_of));
    says(dublin_core_terms, "hasPart", mapped_relation(Relation::part_of, true));
    says(dublin_core_terms, "conformsTo", mapped_relation(Relation::governed_by));
    says(dublin_core_terms, "isVersionOf", mapped_relation(Relation::version_of));
    says(dublin_core_terms, "identifier", {Meaning::identifier, {}, false});
    says(dublin_core_terms, "title", {Meaning::title, {}, false});
    says(dublin_core_terms, "description", {Meaning::description, {}, false});
    says(rdfs_terms, "label", {Meaning::label, {}, false});
    says(dcat_terms, "keyword", {Meaning::tag, {}, false});
    says(dcat_terms, "isVersionOf", mapped_relation(Relation::version_of));
    says(dcat_terms, "previousVersion", mapped_relation(Relation::revision_of));
    says(dcat_terms, "servesDataset", {Meaning::serves, {}, false});
    says(dcat_terms, "accessService", {Meaning::serves, {}, true});
    says(dcat_terms, "distribution", {Meaning::serves, {}, true});
    return mapping;
}

GraphMapping read_mapping(std::string_view text, Diagnostics& out) {
    const Node root = read_document(text, out);
    if (out.has_errors()) return {};
    return MappingReader(root, out).read();
}

}  // namespace understudy::formats
