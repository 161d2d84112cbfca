// understudy graph: questions to the knowledge graph of a twin, each a command, and the graph as a file.
#include <fmt/core.h>

#include <optional>

#include "models/knowledge/knowledge_graph.h"
#include "models/knowledge/knowledge_queries.h"
#include "tools/cli/command.h"
#include "tools/cli/graph_import.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/subcommands.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/graph_json.h"
#include "tools/formats/knowledge/graph_writer.h"
#include "tools/formats/knowledge/vocabulary.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/suggestions.h"
#include "tools/reports/graph_report.h"

namespace understudy::cli {

namespace {

constexpr std::size_t most_shown = 10;

models::KnowledgeIndex thing_named(const models::KnowledgeGraph& knowledge, const std::string& name) {
    if (const auto found = knowledge.find(name)) return *found;
    // `dataset:orders`, where a stage is called so as well.
    if (const std::size_t colon = name.find(':'); colon != std::string::npos)
        for (const models::Thing thing : formats::all_things())
            if (models::name_of(thing) == name.substr(0, colon))
                if (const auto found = knowledge.find(thing, name.substr(colon + 1))) return *found;
    const std::string hint = formats::did_you_mean(name, knowledge.names());
    throw UsageError(fmt::format("nothing is called '{}'{}", name, hint.empty() ? "" : "; " + hint));
}

std::string exported(const models::KnowledgeGraph& knowledge, const std::string& scenario,
                     const std::string& as) {
    if (as == "turtle") return formats::write_turtle(knowledge, scenario);
    if (as == "ntriples") return formats::write_ntriples(knowledge, scenario);
    if (as == "jsonld") return formats::write_json_ld(knowledge, scenario);
    if (as == "graphml") return formats::write_graphml(knowledge);
    if (as == "dot") return formats::write_dot(knowledge, scenario);
    throw UsageError("--as is turtle, ntriples, jsonld, graphml or dot, not '" + as + "'");
}

/// A question about a scenario: its options, and what they say.
class Question {
public:
    /// `names`: how many things it is about.
    Question(const char* word, std::size_t names)
        : word_(word), names_(names), options_(graph_command_named(word)) {
        namespace po = boost::program_options;
        options_.positional("scenario", 1, "the scenario file");
        if (names > 0)
            options_.positional("names", -1,
                                names == 1
                                    ? "what is asked about: an element, dataset, column, owner or label"
                                    : "two of them: from what to what");
        options_.add()("set",
                       po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                       "change a value before; may be repeated");
        options_.add()("change", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
                       "apply a change file before; may be repeated");
        look_.width = terminal_width();
        look_.colour = takes_colour();
    }

    Options& options() { return options_; }
    const reports::TextOptions& look() const { return look_; }
    bool json() const { return options_.has("json"); }
    const std::vector<std::string>& names() const { return named_; }
    const models::Scenario& scenario() const { return *whole_->reading.scenario; }
    models::KnowledgeGraph knowledge() const { return models::KnowledgeGraph(scenario(), versions_); }

    /// Whether there is something to answer: else the help was shown, or what is wrong with the scenario (exit_code).
    bool read(const Arguments& arguments) {
        if (!options_.parse(arguments)) return false;
        if (!options_.has("scenario")) throw UsageError(fmt::format("graph {} needs a scenario file", word_));
        const std::vector<std::string> overrides = overrides_from(options_);
        std::vector<std::string> changes;
        if (names_ > 0 && options_.has("names")) named_ = options_.get<std::vector<std::string>>("names");
        if (options_.has("change")) changes = options_.get<std::vector<std::string>>("change");
        if (named_.size() != names_)
            throw UsageError(names_ == 1
                                 ? fmt::format("graph {} takes one name: of what?", word_)
                                 : fmt::format("graph {} takes two names: from what to what?", word_));
        const std::string path = options_.get<std::string>("scenario");
        if (options_.has("out"))
            require_replaceable(options_.get<std::string>("out"), OutputKind::table, {path}, false);
        whole_ = read_effective_input(path, overrides, changes);
        exit_code = whole_ ? exit_met : exit_usage;
        if (whole_ && !whole_->version.empty())
            versions_ = formats::history_of_stored(whole_->version, whole_->folder);
        return whole_.has_value();
    }

    int exit_code = exit_met;

private:
    const char* word_;
    std::size_t names_;
    Options options_;
    reports::TextOptions look_;
    std::vector<std::string> named_;
    std::optional<formats::EffectiveDocument> whole_;
    std::vector<models::KeptVersion> versions_;
};

/// Those that are answered with a table or a document.
template <class Answer>
int ask(const char* word, std::size_t names, const Arguments& arguments, Answer&& answer) {
    Question question(word, names);
    question.options().add()("json", "print one JSON document instead of the table");
    if (!question.read(arguments)) return question.exit_code;
    const models::KnowledgeGraph knowledge = question.knowledge();
    fmt::print("{}", answer(knowledge, question));
    return exit_met;
}

int graph_impact(const Arguments& arguments) {
    return ask("impact", 1, arguments, [](const models::KnowledgeGraph& knowledge, const Question& question) {
        const models::KnowledgeIndex start = thing_named(knowledge, question.names()[0]);
        const models::Impact impact = models::impact_of(knowledge, start);
        return question.json() ? formats::impact_as_json(knowledge, start, impact)
                               : reports::impact_report(knowledge, start, impact, question.look());
    });
}

int graph_lineage(const Arguments& arguments) {
    return ask(
        "lineage", 1, arguments, [](const models::KnowledgeGraph& knowledge, const Question& question) {
            const models::KnowledgeIndex start = thing_named(knowledge, question.names()[0]);
            const auto lineage = models::lineage_of(knowledge, start);
            return question.json() ? formats::lineage_as_json(knowledge, start, lineage)
                                   : reports::lineage_report(knowledge, start, lineage, question.look());
        });
}

int graph_path(const Arguments& arguments) {
    return ask("path", 2, arguments, [](const models::KnowledgeGraph& knowledge, const Question& question) {
        const models::KnowledgeIndex start = thing_named(knowledge, question.names()[0]);
        const models::KnowledgeIndex end = thing_named(knowledge, question.names()[1]);
        const auto way = models::path_between(knowledge, start, end);
        return question.json() ? formats::path_as_json(knowledge, start, end, way)
                               : reports::path_report(knowledge, start, end, way, question.look());
    });
}

int graph_owners(const Arguments& arguments) {
    return ask("owners", 1, arguments, [](const models::KnowledgeGraph& knowledge, const Question& question) {
        const models::KnowledgeIndex start = thing_named(knowledge, question.names()[0]);
        const models::Impact impact = models::impact_of(knowledge, start);
        return question.json() ? formats::impact_as_json(knowledge, start, impact)
                               : reports::owners_report(knowledge, start, impact, question.look());
    });
}

int graph_cycles(const Arguments& arguments) {
    return ask("cycles", 0, arguments, [](const models::KnowledgeGraph& knowledge, const Question& question) {
        const auto cycles = models::cycles_in(knowledge);
        return question.json() ? formats::cycles_as_json(knowledge, cycles)
                               : reports::cycles_report(knowledge, cycles, question.look());
    });
}

int graph_critical(const Arguments& arguments) {
    return ask(
        "critical", 0, arguments, [](const models::KnowledgeGraph& knowledge, const Question& question) {
            const auto paths = models::critical_paths(knowledge);
            const auto reaches = models::most_depends_on(knowledge, most_shown);
            return question.json() ? formats::critical_as_json(knowledge, paths, reaches)
                                   : reports::critical_report(knowledge, paths, reaches, question.look());
        });
}

int graph_export(const Arguments& arguments) {
    namespace po = boost::program_options;
    Question question("export", 0);
    Options& options = question.options();
    options.add()("as", po::value<std::string>()->value_name("FORMAT"),
                  "turtle (default), ntriples, jsonld, graphml or dot");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"), "write it there");
    if (!question.read(arguments)) return question.exit_code;
    const models::KnowledgeGraph knowledge = question.knowledge();
    const std::string text = exported(knowledge, question.scenario().name,
                                      options.has("as") ? options.get<std::string>("as") : "turtle");
    if (options.has("out"))
        formats::write_file(options.get<std::string>("out"), text);
    else
        fmt::print("{}", text);
    return exit_met;
}

const Subcommands& graph_commands() {
    static const Subcommands all = {
        "graph",
        {
            {"graph impact", "SCENARIO NAME [options]", "show what depends on something, and whom it touches",
             "understudy graph impact scenario.yaml orders_raw", graph_impact},
            {"graph lineage", "SCENARIO NAME [options]", "show what something is made of",
             "understudy graph lineage scenario.yaml daily_revenue", graph_lineage},
            {"graph path", "SCENARIO NAME NAME [options]", "show the way from one thing to another",
             "understudy graph path scenario.yaml orders_raw daily_revenue", graph_path},
            {"graph owners", "SCENARIO NAME [options]", "show whom to ask about something",
             "understudy graph owners scenario.yaml orders_raw", graph_owners},
            {"graph cycles", "SCENARIO [options]", "show what depends on itself",
             "understudy graph cycles scenario.yaml", graph_cycles},
            {"graph critical", "SCENARIO [options]", "show critical paths, and what most depends on",
             "understudy graph critical scenario.yaml", graph_critical},
            {"graph export", "SCENARIO [options]", "write the graph as a file",
             "understudy graph export scenario.yaml --as turtle --out graph.ttl", graph_export},
            {"graph import", "FILE... [options]", "make a twin, or a change to one, of a graph in RDF",
             "understudy graph import graph.ttl --out scenario.yaml", graph_import},
        },
        ""};
    return all;
}

}  // namespace

const Command& graph_command_named(std::string_view name) { return subcommand_named(graph_commands(), name); }

int graph_command(const Arguments& arguments) { return run_subcommand(graph_commands(), arguments); }

}  // namespace understudy::cli
