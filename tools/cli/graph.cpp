// understudy graph: questions to the knowledge graph of a twin, and the graph as a file.
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>

#include "models/knowledge/knowledge_graph.h"
#include "models/knowledge/knowledge_queries.h"
#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/graph_json.h"
#include "tools/formats/knowledge/graph_writer.h"
#include "tools/formats/language/suggestions.h"
#include "tools/reports/graph_report.h"

namespace understudy::cli {

namespace {

/// What can be asked, and how many names go with it.
struct Question {
    const char* word;
    std::size_t names;
};
constexpr Question questions[] = {{"impact", 1}, {"lineage", 1},  {"path", 2},  {"owners", 1},
                                  {"cycles", 0}, {"critical", 0}, {"export", 0}};
constexpr std::size_t most_shown = 10;

models::KnowledgeIndex thing_named(const models::KnowledgeGraph& knowledge, const std::string& name) {
    if (const auto found = knowledge.find(name)) return *found;
    // `dataset:orders`, where a stage is called so as well.
    if (const std::size_t colon = name.find(':'); colon != std::string::npos)
        for (int kind = 0; kind <= static_cast<int>(models::Thing::promise); ++kind)
            if (const auto thing = static_cast<models::Thing>(kind);
                models::name_of(thing) == name.substr(0, colon))
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

}  // namespace

int graph_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("graph"));
    options.positional("question", 1, "impact, lineage, path, owners, cycles, critical or export");
    options.positional("scenario", 1, "the scenario file");
    options.positional("names", -1, "what is asked about: an element, dataset, column, owner or label");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value before; may be repeated");
    options.add()("change", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
                  "apply a change file before; may be repeated");
    options.add()("as", po::value<std::string>()->value_name("FORMAT"),
                  "of export: turtle (default), ntriples, jsonld, graphml or dot");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"), "of export: write it there");
    options.add()("json", "print one JSON document instead of the table");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("question"))
        throw UsageError("graph needs a question: impact, lineage, path, owners, cycles, critical or export");
    const std::string word = options.get<std::string>("question");
    const auto* question = std::find_if(std::begin(questions), std::end(questions),
                                        [&](const Question& one) { return word == one.word; });
    if (question == std::end(questions)) {
        std::vector<std::string> words;
        for (const Question& one : questions) words.emplace_back(one.word);
        const std::string hint = formats::did_you_mean(word, words);
        throw UsageError(
            fmt::format("graph does not know '{}'; {}", word,
                        hint.empty() ? fmt::format("there are {}", fmt::join(words, ", ")) : hint));
    }
    if (!options.has("scenario")) throw UsageError(fmt::format("graph {} needs a scenario file", word));
    std::vector<std::string> names, overrides, changes;
    if (options.has("names")) names = options.get<std::vector<std::string>>("names");
    if (options.has("set")) overrides = options.get<std::vector<std::string>>("set");
    if (options.has("change")) changes = options.get<std::vector<std::string>>("change");
    if (names.size() != question->names)
        throw UsageError(question->names == 0 ? fmt::format("graph {} takes no name", word)
                         : question->names == 1
                             ? fmt::format("graph {} takes one name: of what?", word)
                             : fmt::format("graph {} takes two names: from what to what?", word));
    if (word != "export")
        for (const char* of_export : {"as", "out"})
            if (options.has(of_export)) throw UsageError(fmt::format("--{} is of graph export", of_export));
    const std::string path = options.get<std::string>("scenario");
    if (options.has("out"))
        require_replaceable(options.get<std::string>("out"), OutputKind::table, {path}, false);
    const auto scenario = read_scenario_input(path, overrides, changes);
    if (!scenario) return exit_usage;
    const models::KnowledgeGraph knowledge(*scenario);
    reports::TextOptions look;
    look.width = terminal_width();
    look.colour = takes_colour();
    const bool json = options.has("json");
    if (word == "export") {
        const std::string text = exported(knowledge, scenario->name,
                                          options.has("as") ? options.get<std::string>("as") : "turtle");
        if (options.has("out"))
            formats::write_file(options.get<std::string>("out"), text);
        else
            fmt::print("{}", text);
        return exit_met;
    }
    if (word == "cycles") {
        const auto cycles = models::cycles_in(knowledge);
        fmt::print("{}", json ? formats::cycles_as_json(knowledge, cycles)
                              : reports::cycles_report(knowledge, cycles, look));
        return exit_met;
    }
    if (word == "critical") {
        const auto paths = models::critical_paths(knowledge);
        const auto reaches = models::most_depends_on(knowledge, most_shown);
        fmt::print("{}", json ? formats::critical_as_json(knowledge, paths, reaches)
                              : reports::critical_report(knowledge, paths, reaches, look));
        return exit_met;
    }
    const models::KnowledgeIndex start = thing_named(knowledge, names[0]);
    if (word == "path") {
        const models::KnowledgeIndex end = thing_named(knowledge, names[1]);
        const auto way = models::path_between(knowledge, start, end);
        fmt::print("{}", json ? formats::path_as_json(knowledge, start, end, way)
                              : reports::path_report(knowledge, start, end, way, look));
    } else if (word == "lineage") {
        const auto lineage = models::lineage_of(knowledge, start);
        fmt::print("{}", json ? formats::lineage_as_json(knowledge, start, lineage)
                              : reports::lineage_report(knowledge, start, lineage, look));
    } else {
        const models::Impact impact = models::impact_of(knowledge, start);
        fmt::print("{}", json               ? formats::impact_as_json(knowledge, start, impact)
                         : word == "impact" ? reports::impact_report(knowledge, start, impact, look)
                                            : reports::owners_report(knowledge, start, impact, look));
    }
    return exit_met;
}

}  // namespace understudy::cli
