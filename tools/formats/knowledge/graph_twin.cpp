#include "tools/formats/knowledge/graph_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "models/knowledge/knowledge_graph.h"
#include "models/knowledge/owners.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/task_circles.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/values.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

using models::Relation;
using models::Thing;

Node one_or_list(const std::set<std::string>& texts) {
    return texts.size() == 1 ? Node::scalar(*texts.begin()) : Node::texts(texts);
}

/// Of an export as it is; of others, or where no scenario could hold it, on one line of moderate length.
std::string text_for(const SourceThing& thing, const std::string& text) {
    constexpr std::size_t most = 64 << 10;
    return thing.ours && prints_as_lines(text) && text.size() <= most && text.find("$(") == std::string::npos
               ? text
               : clean_text(text);
}

std::string end_of_iri(const std::string& iri) {
    const std::size_t last = iri.find_last_of("/#:", iri.empty() ? 0 : iri.size() - 2);
    return last == std::string::npos ? iri : iri.substr(last + 1);
}

/// What people call it.
std::string title_for(const SourceThing& thing) {
    for (const std::string* text : {&thing.title, &thing.label, &thing.identifier})
        if (!text->empty()) return clean_text(*text);
    return clean_text(end_of_iri(thing.iri));
}

std::string after_prefix(const std::string& name, const std::string& prefix) {
    if (name.starts_with(prefix + ".")) return name.substr(prefix.size() + 1);
    return name.substr(name.rfind('.') + 1);
}

class TwinOfGraph {
public:
    TwinOfGraph(const SourceGraph& graph, const KnownNames& known) : g_(graph), known_(known) {
        twin_.assumed = graph.assumed;
        twin_.not_used = graph.not_used;
        names_.resize(graph.things.size());
        of_.resize(graph.things.size());
        to_.resize(graph.things.size());
        for (const SourceRelation& relation : graph.relations) {
            of_[relation.from].emplace_back(relation.relation, relation.to);
            to_[relation.to].emplace_back(relation.relation, relation.from);
        }
    }

    CatalogTwin build(const std::string& wanted) {
        choose();
        if (stages_.empty() && pipelines_.empty())
            throw std::invalid_argument("a graph without a stage or task");
        name_ = wanted.empty() ? g_.title : wanted;
        if (!is_name(name_)) {
            ElementNames none;
            name_ = none.name(name_, name_.empty() ? "imported" : name_, "twin");
        }
        name_all();
        break_circles();
        Node root = Node::map();
        root.block = true;
        root.add("understudy", Node::scalar("1"));
        root.add("scenario", Node::scalar(name_));
        root.add("twin", twin());
        if (Node loads = all_loads(); !loads.entries.empty()) root.add("load", std::move(loads));
        Node run = Node::map();
        run.add("until", Node::scalar("empty"));
        if (std::any_of(g_.things.begin(), g_.things.end(),
                        [](const SourceThing& one) { return one.kind == Thing::promise; })) {
            // A promise may be about a time of day.
            run.add("start", Node::scalar("2026-01-05T00:00"));
            twin_.assumed.emplace_back("the run starts at midnight of a Monday, 2026-01-05");
        }
        run.add("replications", Node::scalar("1"));
        root.add("run", std::move(run));
        list_versions();
        say_what_is_not_known();
        read_back(std::move(root));
        return std::move(twin_);
    }

private:
    const SourceThing& thing(std::size_t i) const { return g_.things[i]; }

    std::vector<std::size_t> others(std::size_t i, Relation relation) const {
        std::vector<std::size_t> found;
        for (const auto& [of, to] : of_[i])
            if (of == relation) found.push_back(to);
        return found;
    }
    std::vector<std::size_t> sources(std::size_t i, Relation relation, Thing kind) const {
        std::vector<std::size_t> found;
        for (const auto& [of, from] : to_[i])
            if (of == relation && thing(from).kind == kind) found.push_back(from);
        return found;
    }

    /// Of the stored twin that the graph was exported from; each after that which it was made from. No scenario holds them.
    void list_versions() {
        std::vector<std::size_t> open, all;
        for (std::size_t i = 0; i < g_.things.size(); ++i)
            if (thing(i).kind == Thing::version) all.push_back(i);
        for (const std::size_t i : all)
            if (others(i, Relation::revision_of).empty()) open.push_back(i);
        std::set<std::size_t> seen(open.begin(), open.end());
        for (std::size_t next = 0; next < open.size(); ++next)
            for (const std::size_t later : sources(open[next], Relation::revision_of, Thing::version))
                if (seen.insert(later).second) open.push_back(later);
        for (const std::size_t i : all)
            if (seen.insert(i).second) open.push_back(i);  // of a circle
        for (const std::size_t i : open) {
            models::KeptVersion version;
            const auto text_of = [&](const SourceThing& one) {
                return one.ours && !one.identifier.empty() ? text_for(one, one.identifier) : title_for(one);
            };
            for (const std::size_t twin : others(i, Relation::version_of))
                version.twin = text_of(thing(twin));
            for (const std::size_t author : others(i, Relation::owned_by))
                version.author = text_of(thing(author));
            version.name = text_of(thing(i));
            version.time = clean_text(thing(i).time);
            version.reason = text_for(thing(i), thing(i).description);
            twin_.versions.push_back(std::move(version));
        }
    }

    // ---- what can stand in a scenario

    void choose() {
        std::size_t idle = 0, homeless = 0, empty = 0, without_dataset = 0;
        std::map<std::size_t, std::vector<std::size_t>> tasks;
        for (std::size_t i = 0; i < g_.things.size(); ++i) {
            switch (thing(i).kind) {
                case Thing::stage:
                    if (others(i, Relation::consumes).empty())
                        ++idle;
                    else
                        stages_.push_back(i);
                    break;
                case Thing::task: {
                    const auto pipelines = others(i, Relation::part_of);
                    tasks[pipelines.empty() ? no_pipeline : pipelines.front()].push_back(i);
                    homeless += pipelines.empty();
                    break;
                }
                case Thing::column: {
                    const auto datasets = others(i, Relation::part_of);
                    if (datasets.empty())
                        ++without_dataset;
                    else
                        columns_[datasets.front()].push_back(i);
                    break;
                }
                default: break;
            }
        }
        for (std::size_t i = 0; i < g_.things.size(); ++i)
            if (thing(i).kind == Thing::pipeline && !tasks.contains(i)) ++empty;
        pipelines_ = std::move(tasks);
        const auto leave = [&](std::size_t count, const char* one, const char* several) {
            if (count > 0) twin_.not_used.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
        };
        leave(idle, "stage that reads nothing", "stages that read nothing");
        leave(empty, "pipeline without a task", "pipelines without a task");
        leave(without_dataset, "column without a dataset", "columns without a dataset");
        if (homeless > 0)
            twin_.assumed.push_back(fmt::format("{} of no pipeline {} one of {} own",
                                                homeless == 1 ? "1 task" : fmt::format("{} tasks", homeless),
                                                homeless == 1 ? "is in" : "are in",
                                                homeless == 1 ? "its" : "their"));
    }

    // ---- names

    void name_all() {
        constexpr const char* kinds[] = {"dataset", "pool", "budget", "stage", "pipeline", "load"};
        const std::map<Thing, std::string> word = {{Thing::dataset, "dataset"},   {Thing::pool, "pool"},
                                                   {Thing::budget, "budget"},     {Thing::stage, "stage"},
                                                   {Thing::pipeline, "pipeline"}, {Thing::load, "load"}};
        std::map<std::string, ElementNames> names;
        for (const char* kind : kinds) {
            const auto found = known_.find(kind);
            names.emplace(kind, found == known_.end() ? ElementNames() : ElementNames(found->second));
        }
        const auto take = [&](const std::string& name) {
            for (auto& [kind, of] : names) of.take(name);
        };
        // Those of an export have their names; a stage and what it writes may share one.
        std::set<std::pair<Thing, std::string>> given;
        for (std::size_t i = 0; i < g_.things.size(); ++i)
            if (word.contains(thing(i).kind) && thing(i).ours && is_name(thing(i).identifier) &&
                given.emplace(thing(i).kind, thing(i).identifier).second)
                names_[i] = thing(i).identifier;
        for (const auto& [kind, name] : given) take(name);
        for (const auto& [kind, of] : known_)
            if (kind != "task" && kind != "source of pipeline")
                for (const auto& [label, name] : of) take(name);
        for (std::size_t i = 0; i < g_.things.size(); ++i) {
            const auto kind = word.find(thing(i).kind);
            if (kind == word.end() || !names_[i].empty()) continue;
            names_[i] = names.at(kind->second)
                            .name(label_for(thing(i)).empty() ? fmt::format("\n{}", i) : label_for(thing(i)),
                                  title_for(thing(i)), kind->second);
            take(names_[i]);
        }
        if (pipelines_.contains(no_pipeline)) {
            own_pipeline_ = names.at("pipeline").name(own_pipeline_label, name_, "pipeline");
            take(own_pipeline_);
        }
        // A stage takes only what something brings.
        for (std::size_t i = 0; i < g_.things.size(); ++i) {
            if (thing(i).kind != Thing::dataset) continue;
            const bool read = !sources(i, Relation::consumes, Thing::stage).empty();
            bool written = false;
            for (const auto& [relation, from] : to_[i]) written = written || relation == Relation::produces;
            if (!read || written) continue;
            const std::string source = names_[i] + "_source";
            outside_[i] = names.at("load").name("\n" + source, source, "load");
            take(outside_[i]);
        }
        name_tasks();
        for (const auto& [dataset, columns] : columns_)
            for (const std::size_t i : columns)
                names_[i] = thing(i).ours && !thing(i).identifier.empty()
                                ? text_for(thing(i), after_prefix_of(thing(i), dataset))
                                : title_for(thing(i));
        for (std::size_t i = 0; i < g_.things.size(); ++i)
            if (const Thing kind = thing(i).kind;
                kind == Thing::owner || kind == Thing::contract || kind == Thing::promise)
                names_[i] = thing(i).ours && !thing(i).identifier.empty()
                                ? text_for(thing(i), thing(i).identifier)
                            : kind == Thing::contract && !thing(i).iri.empty() ? clean_text(thing(i).iri)
                                                                               : title_for(thing(i));
    }

    std::string after_prefix_of(const SourceThing& part, std::size_t whole) const {
        return after_prefix(part.identifier, whole == no_pipeline ? "" : thing(whole).identifier);
    }

    void name_tasks() {
        for (const auto& [pipeline, tasks] : pipelines_) {
            std::map<std::string, std::string> known;
            const std::string begin =
                (pipeline == no_pipeline ? own_pipeline_label : label_for(thing(pipeline))) + "\n";
            if (const auto found = known_.find("task"); found != known_.end())
                for (const auto& [key, name] : found->second)
                    if (key.starts_with(begin)) known.emplace(key.substr(begin.size()), name);
            ElementNames names(std::move(known));
            for (const std::size_t i : tasks) {
                const std::string own = after_prefix_of(thing(i), pipeline);
                if (!thing(i).ours || !is_name(own)) continue;
                names_[i] = own;
                names.take(own);
            }
            for (const std::size_t i : tasks)
                if (names_[i].empty())
                    names_[i] =
                        names.name(label_for(thing(i)).empty() ? fmt::format("\n{}", i) : label_for(thing(i)),
                                   title_for(thing(i)), "task");
        }
    }

    /// Of an export its own; of others what tells them apart at the next import.
    static std::string label_for(const SourceThing& thing) {
        if (thing.ours) return text_for(thing, thing.label);
        return clean_text(thing.iri.empty() ? thing.title : thing.iri);
    }

    // ---- what comes before what

    void break_circles() {
        for (const auto& [pipeline, tasks] : pipelines_) {
            std::map<std::size_t, std::vector<std::size_t>> writers;
            for (const std::size_t i : tasks)
                for (const std::size_t dataset : others(i, Relation::produces)) writers[dataset].push_back(i);
            const std::set<std::size_t> here(tasks.begin(), tasks.end());
            for (const std::size_t i : tasks) {
                for (const std::size_t dataset : others(i, Relation::consumes)) {
                    reads_[i].insert(dataset);
                    for (const std::size_t writer : writers[dataset])
                        if (writer != i) implied_[i].insert(writer);
                }
                for (const std::size_t other : others(i, Relation::follows)) {
                    if (other == i || !here.contains(other))
                        ++order_left_out_;
                    else
                        after_[i].insert(other);
                }
            }
            const LeftOut left_out = break_circles_of(
                tasks, writers, [&](std::size_t i) -> auto& { return reads_[i]; },
                [&](std::size_t i) -> auto& { return after_[i]; });
            circles_ += left_out.reads + left_out.orders;
        }
        if (circles_ > 0)
            twin_.notes.push_back(fmt::format("tasks wait for each other in a circle: {} {} left out",
                                              circles_,
                                              circles_ == 1 ? "read or order is" : "reads and orders are"));
        if (order_left_out_ > 0)
            twin_.not_used.push_back(
                fmt::format("{} of a task that is in no or another pipeline",
                            order_left_out_ == 1 ? std::string("1 order behind another, ")
                                                 : fmt::format("{} orders behind others,", order_left_out_)));
    }

    // ---- the twin

    void describe(Node& node, std::size_t i) {
        node.add_text("label", label_for(thing(i)));
        node.add_text("description", text_for(thing(i), thing(i).description));
        const std::set<std::string> owners = names_of(others(i, Relation::owned_by));
        node.add_text("owner", models::owners_text({owners.begin(), owners.end()}));
        std::set<std::string> tags;
        for (const std::string& tag : thing(i).tags) tags.insert(text_for(thing(i), tag));
        tags.erase("");
        if (!tags.empty()) node.add("tags", Node::texts(tags));
    }

    std::set<std::string> names_of(const std::vector<std::size_t>& things) const {
        std::set<std::string> names;
        for (const std::size_t i : things) names.insert(names_[i]);
        return names;
    }

    /// What a stage or task takes to work.
    void work(Node& node, std::size_t i) {
        const std::set<std::string> pools = names_of(others(i, Relation::runs_on)),
                                    budgets = names_of(others(i, Relation::spends));
        const auto amounts = [&](const char* key, const std::set<std::string>& names) {
            if (names.size() == 1) node.add(key, Node::scalar(*names.begin()));
            if (names.size() < 2) return;
            Node map = Node::map();
            for (const std::string& name : names) map.add(name, Node::scalar("1"));
            node.add(key, std::move(map));
        };
        amounts("runs_on", pools);
        amounts("spends", budgets);
        const double seconds = thing(i).mean_service;
        if (seconds > 0) {
            node.add_text("service",
                          print_duration(std::max<kernel::Time>(1, kernel::from_seconds(seconds))));
            if (pools.empty()) {
                node.add_text("workers", "unlimited");
                ++own_workers_;
            }
            ++means_;
        } else {
            ++without_service_;
        }
    }

    Node twin() {
        Node node = Node::map();
        node.block = true;
        Node pools = Node::map(), budgets = Node::map(), datasets = Node::map(), stages = Node::map(),
             pipelines = Node::map();
        for (Node* section : {&pools, &budgets, &datasets, &stages, &pipelines}) section->block = true;
        for (std::size_t i = 0; i < g_.things.size(); ++i) {
            Node one = Node::map();
            switch (thing(i).kind) {
                case Thing::pool:
                    one.add_text("workers", "unlimited");
                    describe(one, i);
                    pools.add(names_[i], std::move(one));
                    ++pools_;
                    break;
                case Thing::budget:
                    one.add_text("capacity", "unlimited");
                    one.add_text("initial", "1000000000");
                    one.add_text("refill", "1/s");
                    describe(one, i);
                    budgets.add(names_[i], std::move(one));
                    ++budgets_;
                    break;
                case Thing::dataset:
                    if (dataset(one, i)) datasets.add(names_[i], std::move(one));
                    break;
                default: break;
            }
        }
        for (const std::size_t i : stages_) stages.add(names_[i], stage(i));
        for (const auto& [pipeline, tasks] : pipelines_)
            pipelines.add(pipeline == no_pipeline ? own_pipeline_ : names_[pipeline],
                          pipeline_of(pipeline, tasks));
        if (!pools.entries.empty()) node.add("pools", std::move(pools));
        if (!budgets.entries.empty()) node.add("budgets", std::move(budgets));
        if (!datasets.entries.empty()) node.add("datasets", std::move(datasets));
        if (!stages.entries.empty()) node.add("stages", std::move(stages));
        if (!pipelines.entries.empty()) node.add("pipelines", std::move(pipelines));
        return node;
    }

    /// False where it needs no keys of its own: it is there by being read and written.
    bool dataset(Node& node, std::size_t i) {
        const auto contracts = others(i, Relation::governed_by);
        if (!contracts.empty()) node.add_text("contract", names_[contracts.front()]);
        if (const auto found = columns_.find(i); found != columns_.end()) {
            std::map<std::string, std::set<std::string>> columns;
            for (const std::size_t column : found->second) {
                auto& origins = columns[names_[column]];
                for (const std::size_t origin : others(column, Relation::derives_from))
                    for (const std::size_t of : others(origin, Relation::part_of))
                        origins.insert(names_[of] + "." + names_[origin]);
            }
            Node all = Node::map();
            for (const auto& [name, origins] : columns) {
                Node one = Node::map();
                if (!origins.empty()) one.add("derives_from", Node::texts(origins));
                all.add(name, std::move(one));
            }
            node.add("columns", std::move(all));
        }
        describe(node, i);
        bool written = false;
        for (const auto& [relation, from] : to_[i]) written = written || relation == Relation::produces;
        return !written || !node.entries.empty();
    }

    Node stage(std::size_t i) {
        Node node = Node::map();
        node.add("reads", one_or_list(names_of(others(i, Relation::consumes))));
        const std::set<std::string> writes = names_of(others(i, Relation::produces));
        node.add("writes", writes.empty() ? Node::scalar("exit") : one_or_list(writes));
        work(node, i);
        describe(node, i);
        return node;
    }

    Node pipeline_of(std::size_t i, const std::vector<std::size_t>& tasks) {
        Node node = Node::map();
        node.block = true;
        std::string schedule = "once";
        if (i != no_pipeline)
            if (const auto triggers = others(i, Relation::triggered_by); !triggers.empty()) {
                // `each` is of items in a stream, `updated` of what tasks write.
                const bool by_tasks = !sources(triggers.front(), Relation::produces, Thing::task).empty();
                schedule = (by_tasks ? "updated " : "each ") + names_[triggers.front()];
            }
        if (schedule == "once") ++once_;
        node.add_text("schedule", schedule);
        if (i == no_pipeline)
            node.add_text("label", own_pipeline_label);
        else
            describe(node, i);
        Node all = Node::map();
        all.block = true;
        for (const std::size_t one : tasks) all.add(names_[one], task(one));
        node.add("tasks", std::move(all));
        return node;
    }

    Node task(std::size_t i) {
        Node node = Node::map();
        std::vector<std::size_t> after;
        std::set<std::size_t> implied;
        for (const std::size_t other : after_[i])
            if (!implied_[i].contains(other)) after.push_back(other);
        if (!after.empty()) node.add("after", Node::texts(names_of(after)));
        if (!reads_[i].empty()) {
            Node inputs = Node::map();
            for (const std::string& name : names_of({reads_[i].begin(), reads_[i].end()}))
                inputs.add(name, Node::scalar("new"));
            node.add("reads", std::move(inputs));
        }
        const std::set<std::string> writes = names_of(others(i, Relation::produces));
        if (!writes.empty()) node.add("writes", one_or_list(writes));
        work(node, i);
        describe(node, i);
        return node;
    }

    Node all_loads() {
        Node all = Node::map();
        all.block = true;
        for (std::size_t i = 0; i < g_.things.size(); ++i) {
            if (thing(i).kind != Thing::load) continue;
            Node node = Node::map();
            node.add_text("arrivals", "every 1h");
            node.add_text("first", "0s");
            node.add_text("count", "1");
            const std::set<std::string> writes = names_of(others(i, Relation::produces));
            node.add("writes", writes.empty() ? Node::scalar("exit") : one_or_list(writes));
            describe(node, i);
            all.add(names_[i], std::move(node));
            ++loads_;
        }
        for (const auto& [dataset, name] : outside_) {
            Node node = Node::map();
            node.add_text("arrivals", "every 1h");
            node.add_text("first", "0s");
            node.add_text("count", "1");
            node.add_text("writes", names_[dataset]);
            all.add(name, std::move(node));
        }
        return all;
    }

    void say_what_is_not_known() {
        const auto say = [](std::vector<std::string>& lines, std::size_t count, const char* one,
                            const char* several) {
            if (count > 0) lines.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
        };
        say(twin_.assumed, pools_, "pool has workers without end", "pools have workers without end");
        say(twin_.assumed, own_workers_, "stage or task has workers of its own without end",
            "stages and tasks have workers of their own without end");
        say(twin_.assumed, budgets_, "budget never runs out", "budgets never run out");
        say(twin_.assumed, once_, "pipeline runs once", "pipelines run once");
        say(twin_.assumed, loads_, "load brings one item", "loads bring one item each");
        say(twin_.assumed, outside_.size(),
            "dataset that a stage reads and nothing writes has a load that brings one item",
            "datasets that stages read and nothing writes have a load each that brings one item");
        say(twin_.assumed, means_, "stage or task takes its mean service each time",
            "stages and tasks take their mean services each time");
        say(twin_.assumed, without_service_, "stage or task takes no time",
            "stages and tasks take no time: the graph has no service of theirs");
    }

    /// With all promises that can be read.
    void read_back(Node root) {
        std::vector<std::string> promises;
        for (std::size_t i = 0; i < g_.things.size(); ++i)
            if (thing(i).kind == Thing::promise) promises.push_back(names_[i]);
        std::size_t unread = 0;
        for (;;) {
            Node document = root;
            Node list = Node::texts(promises);
            list.block = true;
            if (!promises.empty()) document.add("objectives", std::move(list));
            const std::string text = write_document(document);
            ScenarioReading reading = read_scenario(text, "the imported graph");
            if (reading.scenario && !reading.diagnostics.has_errors()) {
                twin_.scenario = std::move(*reading.scenario);
                twin_.text = write_scenario(twin_.scenario);
                if (unread > 0)
                    twin_.not_used.push_back(
                        fmt::format("{} that cannot be read as {}",
                                    unread == 1 ? "1 promise" : fmt::format("{} promises", unread),
                                    unread == 1 ? "an objective" : "objectives"));
                return;
            }
            // Objectives stand last, each on its line.
            const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
            std::set<std::size_t> wrong;
            for (const Diagnostic& one : reading.diagnostics.all()) {
                const auto line = static_cast<std::size_t>(std::max(one.place.line, 0));
                if (one.severity == Diagnostic::Severity::error && line + promises.size() > lines &&
                    line <= lines)
                    wrong.insert(line + promises.size() - lines - 1);
            }
            if (wrong.empty())
                throw std::logic_error("an imported graph that is no scenario:\n" +
                                       reading.diagnostics.show());
            for (auto at = wrong.rbegin(); at != wrong.rend(); ++at)
                promises.erase(promises.begin() + static_cast<std::ptrdiff_t>(*at));
            unread += wrong.size();
        }
    }

    static constexpr std::size_t no_pipeline = static_cast<std::size_t>(-1);
    static inline const std::string own_pipeline_label = "tasks of no pipeline";

    const SourceGraph& g_;
    const KnownNames& known_;
    CatalogTwin twin_;
    std::string name_, own_pipeline_;
    std::vector<std::string> names_;
    std::vector<std::vector<std::pair<Relation, std::size_t>>> of_, to_;
    std::vector<std::size_t> stages_;
    std::map<std::size_t, std::vector<std::size_t>> pipelines_;             ///< with their tasks
    std::map<std::size_t, std::vector<std::size_t>> columns_;               ///< of datasets
    std::map<std::size_t, std::set<std::size_t>> reads_, after_, implied_;  ///< of tasks
    std::map<std::size_t, std::string> outside_;  ///< loads of datasets that only stages know
    std::size_t circles_ = 0, order_left_out_ = 0, pools_ = 0, own_workers_ = 0, budgets_ = 0, once_ = 0,
                loads_ = 0, means_ = 0, without_service_ = 0;
};

}  // namespace

CatalogTwin scenario_of(const SourceGraph& graph, const std::string& name, const KnownNames& known) {
    return TwinOfGraph(graph, known).build(name);
}

CatalogCounts counts_of(const SourceGraph& graph, std::size_t files) {
    CatalogCounts counts;
    counts.files = static_cast<std::int64_t>(files);
    counts.statements = graph.statements;
    counts.unmapped_statements = graph.unmapped;
    for (const SourceThing& thing : graph.things) {
        counts.jobs += thing.kind == Thing::stage || thing.kind == Thing::task;
        counts.datasets += thing.kind == Thing::dataset;
        counts.columns += thing.kind == Thing::column;
        counts.contracts += thing.kind == Thing::contract;
        counts.promises += thing.kind == Thing::promise;
    }
    for (const SourceRelation& relation : graph.relations) {
        counts.edges += relation.relation == Relation::consumes || relation.relation == Relation::produces;
        counts.column_origins += relation.relation == Relation::derives_from;
    }
    return counts;
}

}  // namespace understudy::formats
