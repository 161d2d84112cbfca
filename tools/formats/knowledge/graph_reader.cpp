#include "tools/formats/knowledge/graph_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "tools/formats/knowledge/rdf_reader.h"
#include "tools/formats/knowledge/vocabulary.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

using models::Relation;
using models::Thing;

constexpr std::size_t most_nodes = 2'000'000;
constexpr std::size_t most_links = 20'000'000;
constexpr std::size_t most_terms = 1000;  ///< unknown ones that are told apart
constexpr std::size_t most_terms_shown = 20;

/// A node of the RDF graph, as far as it was read.
struct RdfThing {
    std::string iri;
    std::optional<MappedClass> is;
    std::string identifier, title, label, description;
    std::set<std::string> tags;
    double mean_service = 0;
    std::string time;
};

struct RdfLink {
    std::uint32_t from = 0, to = 0;
    MappedProperty::Meaning meaning = MappedProperty::Meaning::relation;
    Relation relation = Relation::produces;
};

/// A relation whose other end is said by the node `by`.
struct RdfQualified {
    std::uint32_t of = 0, by = 0;
    MappedProperty property;
};

/// Counts of words, of which only so many are kept apart.
class TermCounts {
public:
    void add(std::string_view term) {
        const auto found = counts_.find(term);
        if (found != counts_.end())
            ++found->second;
        else if (counts_.size() < most_terms)
            counts_.emplace(term, 1);
        else
            ++others_;
    }
    /// The most frequent first.
    void tell(std::vector<std::string>& lines, const std::string& one, const std::string& several) const {
        std::vector<std::pair<std::string, std::int64_t>> all(counts_.begin(), counts_.end());
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        std::int64_t rest = others_;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (i < most_terms_shown)
                lines.push_back(
                    fmt::format("{} {} {}", all[i].second, all[i].second == 1 ? one : several, all[i].first));
            else
                rest += all[i].second;
        if (rest > 0) lines.push_back(fmt::format("{} {} other terms", rest, several));
    }

private:
    std::map<std::string, std::int64_t, std::less<>> counts_;
    std::int64_t others_ = 0;
};

bool works_on_data(Thing thing) { return thing == Thing::stage || thing == Thing::task; }

bool fits(Thing from, Relation relation, Thing to) {
    switch (relation) {
        case Relation::produces: return to == Thing::dataset && (works_on_data(from) || from == Thing::load);
        case Relation::consumes: return to == Thing::dataset && works_on_data(from);
        case Relation::triggered_by: return from == Thing::pipeline && to == Thing::dataset;
        case Relation::follows: return from == Thing::task && to == Thing::task;
        case Relation::part_of:
            return (from == Thing::task && to == Thing::pipeline) ||
                   (from == Thing::column && to == Thing::dataset);
        case Relation::derives_from: return from == Thing::column && to == Thing::column;
        case Relation::runs_on: return works_on_data(from) && to == Thing::pool;
        case Relation::spends: return works_on_data(from) && to == Thing::budget;
        case Relation::owned_by: return from != Thing::owner && to == Thing::owner;
        case Relation::governed_by: return from == Thing::dataset && to == Thing::contract;
        case Relation::promised_of: return from == Thing::promise;
        case Relation::version_of: return from == Thing::version && to == Thing::twin;
        case Relation::revision_of: return from == Thing::version && to == Thing::version;
    }
    return false;
}

class GraphOfStatements {
public:
    explicit GraphOfStatements(const GraphMapping& mapping) : mapping_(mapping) {}

    void read(const std::filesystem::path& file, std::vector<std::string>& problems) {
        InputLimits limits;
        limits.bytes = std::int64_t{1} << 40;
        Input input(file, limits);
        if (input.peek(1).empty()) input.refuse_empty();
        ++files_;
        const auto [problem, in_graphs] =
            read_rdf(input, [&](const RdfNode& subject, const RdfNode& predicate, const RdfNode& object) {
                use(subject, predicate, object);
            });
        in_graphs_ += in_graphs;
        if (problem)
            problems.push_back(fmt::format("{}:{}:{}: error: {}", file.string(), problem->line,
                                           problem->column, problem->what));
        else if (input.ended_early())
            problems.push_back(fmt::format("{}: error: the compressed file breaks off", file.string()));
        else if (is_too_large())
            problems.push_back(fmt::format("{}: error: has more than {} things or {} relations",
                                           file.string(), most_nodes, most_links));
    }

    SourceGraph take() {
        graph_.statements = statements_;
        graph_.unmapped = unmapped_;
        unfold_lists();
        unfold_influences();
        find_times();
        merge_versions();
        find_twin();
        guess_classes();
        make_tasks_of_derivations();
        look_behind_ports();
        make_tasks_of_products();
        relate();
        unknown_properties_.tell(graph_.not_used, "statement of", "statements of");
        unknown_classes_.tell(graph_.not_used, "thing of the class", "things of the class");
        unfit_.tell(graph_.not_used, "relation:", "relations:");
        if (in_graphs_ > 0)
            graph_.not_used.push_back(fmt::format("the graph{} that {} statement{} in: all are of one",
                                                  in_graphs_ == 1 ? "" : "s", in_graphs_,
                                                  in_graphs_ == 1 ? " is" : "s are"));
        return finished();
    }

private:
    using Index = std::uint32_t;

    bool is_too_large() const {
        return nodes_.size() > most_nodes || links_.size() + qualified_.size() > most_links;
    }

    Index node(const RdfNode& from) {
        std::string key = from.kind == RdfNode::Kind::blank ? fmt::format("_:{}/{}", files_, from.text)
                                                            : std::string(from.text);
        const auto [at, fresh] = by_iri_.try_emplace(std::move(key), static_cast<Index>(nodes_.size()));
        if (fresh) {
            nodes_.emplace_back();
            nodes_.back().iri = at->first;
        }
        return at->second;
    }

    void use(const RdfNode& subject, const RdfNode& predicate, const RdfNode& object) {
        ++statements_;
        if (is_too_large()) return;
        if (predicate.text.size() == rdf_terms.size() + 4 && predicate.text.starts_with(rdf_terms) &&
            predicate.text.ends_with("type")) {
            use_class(subject, object);
            return;
        }
        const auto found = mapping_.properties.find(predicate.text);
        if (found == mapping_.properties.end()) {
            ++unmapped_;
            unknown_properties_.add(compact(predicate.text));
            return;
        }
        const MappedProperty& property = found->second;
        using Meaning = MappedProperty::Meaning;
        switch (property.meaning) {
            case Meaning::nothing: return;
            case Meaning::relation:
            case Meaning::agent:
            case Meaning::serves:
            case Meaning::version_of: {
                if (object.kind == RdfNode::Kind::literal) {
                    unfit_.add(compact(predicate.text) + " has a text where a thing is meant");
                    return;
                }
                const Index from = node(subject), to = node(object);
                links_.push_back({property.inverse ? to : from, property.inverse ? from : to,
                                  property.meaning, property.relation});
                return;
            }
            case Meaning::qualified:
            case Meaning::qualified_agent:
            case Meaning::influencer:
            case Meaning::by_activity:
            case Meaning::first:
            case Meaning::rest: use_structure(subject, predicate, object, property); return;
            case Meaning::started:
            case Meaning::ended:
            case Meaning::instant: use_instant(subject, predicate, object, property.meaning); return;
            default: break;
        }
        if (object.kind == RdfNode::Kind::blank) {
            unfit_.add(compact(predicate.text) + " has a node without a name where a text is meant");
            return;
        }
        RdfThing& thing = nodes_[node(subject)];
        // Of several the first in order, whatever the order of the file.
        const auto keep = [&](std::string& text) {
            if (text.empty() || object.text < text) text = object.text;
        };
        switch (property.meaning) {
            case Meaning::identifier: keep(thing.identifier); break;
            case Meaning::title: keep(thing.title); break;
            case Meaning::label: keep(thing.label); break;
            case Meaning::description: keep(thing.description); break;
            case Meaning::tag: thing.tags.emplace(object.text); break;
            case Meaning::time: keep(thing.time); break;
            case Meaning::mean_service: {
                double value = 0;
                const auto read =
                    std::from_chars(object.text.data(), object.text.data() + object.text.size(), value);
                if (read.ec == std::errc() && std::isfinite(value) && value > 0 && value < 1e9)
                    thing.mean_service = std::max(thing.mean_service, value);
                else
                    unfit_.add("a mean service that is no number of seconds");
                break;
            }
            default: break;
        }
    }

    /// What stands between things.
    void use_structure(const RdfNode& subject, const RdfNode& predicate, const RdfNode& object,
                       const MappedProperty& property) {
        using Meaning = MappedProperty::Meaning;
        if (object.kind == RdfNode::Kind::literal) {
            unfit_.add(compact(predicate.text) + " has a text where a thing is meant");
            return;
        }
        const Index from = node(subject), to = node(object);
        switch (property.meaning) {
            case Meaning::influencer: influencers_[from].insert(to); break;
            case Meaning::by_activity: activities_[from].insert(to); break;
            case Meaning::first: lists_[from].first.insert(to); break;
            case Meaning::rest: lists_[from].second.insert(to); break;
            default: qualified_.push_back({from, to, property}); break;
        }
    }

    void use_instant(const RdfNode& subject, const RdfNode& predicate, const RdfNode& object,
                     MappedProperty::Meaning meaning) {
        using Meaning = MappedProperty::Meaning;
        const Index of = node(subject);
        if (object.kind != RdfNode::Kind::literal) {
            if (meaning != Meaning::instant)
                (meaning == Meaning::started ? starts_ : ends_)[of].insert(node(object));
            return;
        }
        const auto instant = date_instant(object.text);
        if (!instant) {
            unfit_.add(compact(predicate.text) + " has a text that is no instant");
            return;
        }
        Times& times = times_[of];
        // Of several the first start and the last end.
        if (meaning != Meaning::ended) times.from = std::min(times.from.value_or(*instant), *instant);
        if (meaning != Meaning::started) times.to = std::max(times.to.value_or(*instant), *instant);
    }

    void use_class(const RdfNode& subject, const RdfNode& object) {
        const auto found = mapping_.classes.find(object.text);
        if (found == mapping_.classes.end()) {
            ++unmapped_;
            unknown_classes_.add(compact(object.text));
            return;
        }
        RdfThing& thing = nodes_[node(subject)];
        const auto order = [](const MappedClass& one) {
            return std::tuple(one.rank, static_cast<int>(one.meaning), static_cast<int>(one.thing));
        };
        if (!thing.is || order(found->second) < order(*thing.is)) thing.is = found->second;
    }

    // ---- from nodes to things

    bool means(Index v, MappedClass::Meaning meaning) const {
        return nodes_[v].is && nodes_[v].is->meaning == meaning;
    }
    bool is_thing(Index v) const { return means(v, MappedClass::Meaning::thing); }
    bool is_thing(Index v, Thing thing) const { return is_thing(v) && nodes_[v].is->thing == thing; }

    /// Who names a list means each thing that is in it.
    void unfold_lists() {
        const auto nil = by_iri_.find(std::string(rdf_terms) + "nil");
        if (lists_.empty() && nil == by_iri_.end()) return;
        const auto is_list = [&](Index v) {
            return lists_.contains(v) || (nil != by_iri_.end() && nil->second == v);
        };
        const auto items = [&](Index list) {
            std::set<Index> found, seen = {list};
            std::vector<Index> open = {list};
            while (!open.empty()) {
                const auto at = lists_.find(open.back());
                open.pop_back();
                if (at == lists_.end()) continue;
                for (const Index item : at->second.first)
                    if (!is_list(item))
                        found.insert(item);
                    else if (seen.insert(item).second)
                        open.push_back(item);
                for (const Index rest : at->second.second)
                    if (seen.insert(rest).second) open.push_back(rest);
            }
            return found;
        };
        std::vector<RdfLink> unfolded;
        for (const RdfLink& link : links_) {
            if (!is_list(link.from) && !is_list(link.to)) {
                unfolded.push_back(link);
                continue;
            }
            const std::set<Index> from = is_list(link.from) ? items(link.from) : std::set<Index>{link.from};
            const std::set<Index> to = is_list(link.to) ? items(link.to) : std::set<Index>{link.to};
            for (const Index a : from)
                for (const Index b : to) unfolded.push_back({a, b, link.meaning, link.relation});
        }
        links_ = std::move(unfolded);
    }

    /// PROV-O says more of a relation by a node of its own: from either end to the other it is the relation.
    void unfold_influences() {
        for (const RdfQualified& one : qualified_) {
            const auto others = influencers_.find(one.by);
            const Relation relation = one.property.relation;
            const bool agent = one.property.meaning == MappedProperty::Meaning::qualified_agent;
            if (others == influencers_.end()) {
                unfit_.add(fmt::format("'{}' that says more of itself than of what",
                                       agent ? "agent" : models::name_of(relation)));
                continue;
            }
            const auto meaning = agent ? MappedProperty::Meaning::agent : MappedProperty::Meaning::relation;
            for (const Index other : others->second) {
                links_.push_back({one.property.inverse ? other : one.of,
                                  one.property.inverse ? one.of : other, meaning, relation});
                if (relation != Relation::derives_from || agent) continue;
                // Whoever made one of the other has used the one and generated the other.
                if (const auto made = activities_.find(one.by); made != activities_.end())
                    for (const Index activity : made->second) {
                        links_.push_back({activity, other, meaning, Relation::consumes});
                        links_.push_back({activity, one.of, meaning, Relation::produces});
                    }
            }
        }
    }

    /// From start to end, in seconds. One that started others has worked as long as they did.
    void find_times() {
        std::set<Index> parents;
        for (const auto& [child, starts] : starts_)
            for (const Index start : starts)
                if (const auto by = activities_.find(start); by != activities_.end())
                    parents.insert(by->second.begin(), by->second.end());
        for (const auto* marks : {&starts_, &ends_})
            for (const auto& [of, nodes] : *marks)
                for (const Index one : nodes) {
                    const auto at = times_.find(one);
                    if (at == times_.end() || !at->second.from) continue;
                    Times& times = times_[of];
                    if (marks == &starts_)
                        times.from = std::min(times.from.value_or(*at->second.from), *at->second.from);
                    else
                        times.to = std::max(times.to.value_or(*at->second.to), *at->second.to);
                }
        std::size_t of_parents = 0;
        for (const auto& [of, times] : times_) {
            if (!times.from || !times.to || *times.from >= *times.to || nodes_[of].mean_service > 0) continue;
            if (parents.contains(of))
                ++of_parents;
            else
                nodes_[of].mean_service = static_cast<double>(*times.to - *times.from) / 1e9;
        }
        if (of_parents > 0)
            graph_.assumed.push_back(
                fmt::format("{} that started others {} no time of {} own",
                            of_parents == 1 ? "1 activity" : fmt::format("{} activities", of_parents),
                            of_parents == 1 ? "takes" : "take", of_parents == 1 ? "its" : "their"));
    }

    /// A dataset that is made of others is made by somebody: by whoever the graph says, or by a task that it does not name.
    void make_tasks_of_derivations() {
        std::map<Index, std::set<Index>> makers, used, origins;
        for (const RdfLink& link : links_) {
            if (link.meaning != MappedProperty::Meaning::relation) continue;
            if (link.relation == Relation::produces) makers[link.to].insert(link.from);
            if (link.relation == Relation::consumes) used[link.from].insert(link.to);
        }
        for (RdfLink& link : links_) {
            if (link.meaning != MappedProperty::Meaning::relation ||
                link.relation != Relation::derives_from || !is_thing(link.from, Thing::dataset) ||
                !is_thing(link.to, Thing::dataset) || link.from == link.to)
                continue;
            link.meaning = MappedProperty::Meaning::nothing;
            if (!comes_from(link.from, link.to, makers, used)) origins[link.from].insert(link.to);
        }
        std::size_t unnamed = 0, added = 0;
        for (const auto& [dataset, from] : origins) {
            const auto made_by = makers.find(dataset);
            std::set<Index> tasks;
            if (made_by == makers.end()) {
                RdfThing task;
                task.iri = nodes_[dataset].iri;
                task.is = {MappedClass::Meaning::thing, Thing::task, 0};
                task.title = nodes_[dataset].title;
                task.label = nodes_[dataset].label;
                tasks.insert(static_cast<Index>(nodes_.size()));
                nodes_.push_back(std::move(task));
                links_.push_back(
                    {*tasks.begin(), dataset, MappedProperty::Meaning::relation, Relation::produces});
                ++unnamed;
            } else {
                tasks = made_by->second;
                added += from.size();
            }
            for (const Index task : tasks)
                for (const Index origin : from)
                    links_.push_back({task, origin, MappedProperty::Meaning::relation, Relation::consumes});
        }
        if (unnamed > 0)
            graph_.assumed.push_back(
                fmt::format("{} made of others by nobody that the graph names: a task stands for who does",
                            unnamed == 1 ? "1 dataset is" : fmt::format("{} datasets are", unnamed)));
        if (added > 0)
            graph_.assumed.push_back(
                fmt::format("{} made of another that its maker is not said to read: it reads it",
                            added == 1 ? "1 dataset is" : fmt::format("{} datasets are", added)));
    }

    /// Whether jobs that are known lead from one dataset to the other.
    static bool comes_from(Index dataset, Index origin, const std::map<Index, std::set<Index>>& makers,
                           const std::map<Index, std::set<Index>>& used) {
        std::set<Index> seen = {dataset};
        std::vector<Index> open = {dataset};
        while (!open.empty()) {
            const auto made_by = makers.find(open.back());
            open.pop_back();
            if (made_by == makers.end()) continue;
            for (const Index maker : made_by->second)
                if (const auto reads = used.find(maker); reads != used.end())
                    for (const Index read : reads->second) {
                        if (read == origin) return true;
                        if (seen.insert(read).second) open.push_back(read);
                    }
        }
        return false;
    }

    /// Versions of a thing are the thing, but those of a stored twin.
    void merge_versions() {
        std::vector<Index> of(nodes_.size());
        std::iota(of.begin(), of.end(), Index{0});
        const auto root = [&](Index v) {
            while (of[v] != v) v = of[v] = of[of[v]];
            return v;
        };
        std::size_t merged = 0;
        for (RdfLink& link : links_) {
            if (link.meaning != MappedProperty::Meaning::version_of) continue;
            const Relation relation =
                is_thing(link.to, Thing::version) ? Relation::revision_of : Relation::version_of;
            if (is_thing(link.from, Thing::version) && is_thing(link.to) &&
                fits(Thing::version, relation, nodes_[link.to].is->thing)) {
                link.meaning = MappedProperty::Meaning::relation;
                link.relation = relation;
                continue;
            }
            const Index version = root(link.from), thing = root(link.to);
            if (version == thing) continue;
            of[version] = thing;
            ++merged;
            if (!nodes_[thing].is) nodes_[thing].is = nodes_[version].is;
            nodes_[version].is = MappedClass{};
        }
        std::erase_if(
            links_, [](const RdfLink& link) { return link.meaning == MappedProperty::Meaning::version_of; });
        if (merged == 0) return;
        for (RdfLink& link : links_) {
            link.from = root(link.from);
            link.to = root(link.to);
        }
        graph_.assumed.push_back(merged == 1
                                     ? std::string("1 version of a thing is taken for the thing")
                                     : fmt::format("{} versions of things are taken for the things", merged));
    }

    void find_twin() {
        for (Index v = 0; v < nodes_.size(); ++v)
            if (means(v, MappedClass::Meaning::twin) && !nodes_[v].identifier.empty() &&
                (graph_.title.empty() || nodes_[v].identifier < graph_.title))
                graph_.title = nodes_[v].identifier;
    }

    /// What a relation is from and to, where neither end says what it is.
    static std::optional<Thing> kind_from(Relation relation) {
        if (relation == Relation::produces || relation == Relation::consumes ||
            relation == Relation::runs_on || relation == Relation::spends || relation == Relation::follows)
            return Thing::task;
        if (relation == Relation::governed_by) return Thing::dataset;
        if (relation == Relation::triggered_by) return Thing::pipeline;
        return std::nullopt;
    }
    static std::optional<Thing> kind_to(Relation relation) {
        if (relation == Relation::produces || relation == Relation::consumes ||
            relation == Relation::triggered_by)
            return Thing::dataset;
        if (relation == Relation::follows) return Thing::task;
        if (relation == Relation::runs_on) return Thing::pool;
        if (relation == Relation::spends) return Thing::budget;
        if (relation == Relation::owned_by) return Thing::owner;
        if (relation == Relation::governed_by) return Thing::contract;
        return std::nullopt;
    }

    void guess_classes() {
        std::map<Index, Thing> guesses;
        const auto guess = [&](Index v, std::optional<Thing> thing) {
            if (nodes_[v].is || !thing) return;
            const auto [at, fresh] = guesses.emplace(v, *thing);
            if (!fresh) at->second = std::min(at->second, *thing);
        };
        for (const RdfLink& link : links_) {
            if (link.meaning == MappedProperty::Meaning::agent) {
                guess(link.from, Thing::task);
                guess(link.to, Thing::owner);
            }
            if (link.meaning != MappedProperty::Meaning::relation) continue;
            // Between columns and between datasets it is the same word.
            if (link.relation == Relation::derives_from) {
                if (is_thing(link.to, Thing::dataset)) guess(link.from, Thing::dataset);
                if (is_thing(link.from, Thing::dataset)) guess(link.to, Thing::dataset);
                continue;
            }
            guess(link.from, kind_from(link.relation));
            guess(link.to, kind_to(link.relation));
        }
        for (const auto& [v, thing] : guesses) nodes_[v].is = {MappedClass::Meaning::thing, thing, 0};
        if (!guesses.empty())
            graph_.assumed.push_back(
                fmt::format("{} without a class {} what {} relations make of {}",
                            guesses.size() == 1 ? "1 thing" : fmt::format("{} things", guesses.size()),
                            guesses.size() == 1 ? "is" : "are", guesses.size() == 1 ? "its" : "their",
                            guesses.size() == 1 ? "it" : "them"));
    }

    /// Relations to a port become relations to the datasets behind it; a port with none behind it is one itself.
    void look_behind_ports() {
        std::map<Index, std::vector<Index>> behind;
        for (const RdfLink& link : links_)
            if (link.meaning == MappedProperty::Meaning::serves && !is_thing(link.from))
                behind[link.from].push_back(link.to);
        std::erase_if(links_,
                      [](const RdfLink& link) { return link.meaning == MappedProperty::Meaning::serves; });
        std::vector<RdfLink> more;
        std::map<Index, std::set<Index>> known;
        const auto datasets = [&](Index port) -> const std::set<Index>& {
            const auto [at, fresh] = known.try_emplace(port);
            if (!fresh) return at->second;
            std::set<Index> seen = {port};
            std::vector<Index> waiting = {port};
            while (!waiting.empty()) {
                const Index v = waiting.back();
                waiting.pop_back();
                if (is_thing(v, Thing::dataset)) at->second.insert(v);
                if (const auto found = behind.find(v); found != behind.end())
                    for (const Index next : found->second)
                        if (seen.insert(next).second) waiting.push_back(next);
            }
            return at->second;
        };
        std::set<Index> alone;
        for (RdfLink& link : links_) {
            if (!means(link.to, MappedClass::Meaning::port)) continue;
            const std::set<Index>& served = datasets(link.to);
            if (served.empty()) {
                alone.insert(link.to);
                continue;
            }
            for (const Index dataset : served)
                if (dataset != *served.begin())
                    more.push_back({link.from, dataset, link.meaning, link.relation});
            link.to = *served.begin();
        }
        links_.insert(links_.end(), more.begin(), more.end());
        for (const Index port : alone) nodes_[port].is = {MappedClass::Meaning::thing, Thing::dataset, 0};
        if (!alone.empty())
            graph_.assumed.push_back(fmt::format(
                "{} a dataset, as nothing says what it serves",
                alone.size() == 1 ? "1 port is" : fmt::format("{} ports are each", alone.size())));
    }

    static bool is_of_a_task(Relation relation) {
        return relation == Relation::produces || relation == Relation::consumes ||
               relation == Relation::runs_on || relation == Relation::spends;
    }

    /// What a pipeline reads and writes is what its tasks do; one that has none is a task.
    void make_tasks_of_products() {
        std::set<Index> with_tasks;
        for (const RdfLink& link : links_)
            if (link.meaning == MappedProperty::Meaning::relation && link.relation == Relation::part_of &&
                is_thing(link.from, Thing::task) && is_thing(link.to, Thing::pipeline))
                with_tasks.insert(link.to);
        std::map<Index, Index> task_of;
        std::vector<RdfLink> parts;
        for (RdfLink& link : links_) {
            const bool is =
                link.meaning == MappedProperty::Meaning::agent
                    ? is_thing(link.to, Thing::pool)
                    : link.meaning == MappedProperty::Meaning::relation && is_of_a_task(link.relation);
            if (!is || !is_thing(link.from, Thing::pipeline)) continue;
            if (with_tasks.contains(link.from)) {
                link.meaning = MappedProperty::Meaning::nothing;
                continue;
            }
            const auto [at, fresh] = task_of.try_emplace(link.from, static_cast<Index>(nodes_.size()));
            if (fresh) {
                RdfThing task;
                task.iri = nodes_[link.from].iri;
                task.is = {MappedClass::Meaning::thing, Thing::task, 0};
                for (auto text : {&RdfThing::identifier, &RdfThing::title, &RdfThing::label})
                    task.*text = nodes_[link.from].*text;
                nodes_.push_back(std::move(task));
                parts.push_back(
                    {at->second, link.from, MappedProperty::Meaning::relation, Relation::part_of});
            }
            link.from = at->second;
        }
        links_.insert(links_.end(), parts.begin(), parts.end());
        if (!task_of.empty())
            graph_.assumed.push_back(fmt::format(
                "{} of which nobody says what it does {} one task",
                task_of.size() == 1 ? "1 data product" : fmt::format("{} data products", task_of.size()),
                task_of.size() == 1 ? "is" : "are each"));
    }

    void relate() {
        std::set<std::tuple<Index, Relation, Index>> seen;
        for (const RdfLink& link : links_) {
            if (link.meaning == MappedProperty::Meaning::nothing) continue;
            if (!is_thing(link.from) || !is_thing(link.to)) {
                if (!means(link.from, MappedClass::Meaning::twin) &&
                    !means(link.from, MappedClass::Meaning::change) &&
                    !means(link.from, MappedClass::Meaning::port))
                    unfit_.add(fmt::format("'{}' of what has no class that is known", word_of_link(link)));
                continue;
            }
            const Thing from = nodes_[link.from].is->thing, to = nodes_[link.to].is->thing;
            const Relation relation = link.meaning == MappedProperty::Meaning::agent
                                          ? to == Thing::pool ? Relation::runs_on : Relation::owned_by
                                          : link.relation;
            if (!fits(from, relation, to)) {
                unfit_.add(fmt::format("a {} '{}' a {}", models::name_of(from), models::name_of(relation),
                                       models::name_of(to)));
                continue;
            }
            seen.emplace(link.from, relation, link.to);
        }
        related_.assign(seen.begin(), seen.end());
    }

    static std::string word_of_link(const RdfLink& link) {
        return link.meaning == MappedProperty::Meaning::agent ? "agent" : models::name_of(link.relation);
    }

    SourceGraph finished() {
        std::vector<Index> order;
        for (Index v = 0; v < nodes_.size(); ++v)
            if (is_thing(v)) order.push_back(v);
        std::vector<SourceThing> things(nodes_.size());
        for (const Index v : order) {
            RdfThing& from = nodes_[v];
            SourceThing& thing = things[v];
            thing.kind = from.is->thing;
            thing.ours = from.iri.starts_with(own_things);
            if (!from.iri.starts_with("_:")) thing.iri = from.iri;
            thing.identifier = std::move(from.identifier);
            thing.title = std::move(from.title);
            thing.label = std::move(from.label);
            thing.description = std::move(from.description);
            thing.tags.assign(from.tags.begin(), from.tags.end());
            thing.mean_service = from.mean_service;
            thing.time = std::move(from.time);
        }
        std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return things[a] < things[b]; });
        std::vector<std::size_t> place(nodes_.size());
        for (const Index v : order) {
            place[v] = graph_.things.size();
            graph_.things.push_back(std::move(things[v]));
        }
        for (const auto& [from, relation, to] : related_)
            graph_.relations.insert({place[from], relation, place[to]});
        return std::move(graph_);
    }

    struct Times {
        std::optional<std::int64_t> from, to;  ///< nanoseconds since 1970
    };

    const GraphMapping& mapping_;
    std::size_t files_ = 0;
    std::int64_t in_graphs_ = 0;
    std::unordered_map<std::string, Index> by_iri_;
    std::vector<RdfThing> nodes_;
    std::vector<RdfLink> links_;
    std::vector<RdfQualified> qualified_;
    std::map<Index, std::set<Index>> influencers_, activities_;  ///< of nodes that qualify
    std::map<Index, std::set<Index>> starts_, ends_;             ///< of activities: nodes that have instants
    std::map<Index, Times> times_;
    std::map<Index, std::pair<std::set<Index>, std::set<Index>>> lists_;  ///< items and what follows
    std::vector<std::tuple<Index, Relation, Index>> related_;
    TermCounts unknown_properties_, unknown_classes_, unfit_;
    std::int64_t statements_ = 0, unmapped_ = 0;
    SourceGraph graph_;
};

}  // namespace

GraphReading read_graph(const std::vector<std::filesystem::path>& files, const GraphMapping& mapping) {
    GraphReading reading;
    GraphOfStatements statements(mapping);
    for (const std::filesystem::path& file : files) statements.read(file, reading.problems);
    if (reading.problems.empty()) reading.graph = statements.take();
    return reading;
}

}  // namespace understudy::formats
