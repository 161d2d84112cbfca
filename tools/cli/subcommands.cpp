#include "tools/cli/subcommands.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "tools/formats/language/suggestions.h"

namespace understudy::cli {

namespace {

std::string_view word_of(const Subcommands& subcommands, const Command& command) {
    return std::string_view(command.name).substr(std::string_view(subcommands.verb).size() + 1);
}

void print_help(const Subcommands& subcommands) {
    const Command& verb = command_named(subcommands.verb);
    std::size_t width = 9;
    for (const Command& command : subcommands.all)
        width = std::max(width, word_of(subcommands, command).size());
    fmt::print("Usage: understudy {} {}\n\nTo {}:\n\n", verb.name, verb.synopsis, verb.summary);
    for (const Command& command : subcommands.all)
        fmt::print("  {:<{}} {}\n", word_of(subcommands, command), width, command.summary);
    if (!subcommands.further.empty()) fmt::print("\n{}\n", subcommands.further);
    fmt::print("\nExample:\n  {}\n", verb.example);
}

}  // namespace

const Command& subcommand_named(const Subcommands& subcommands, std::string_view word) {
    std::vector<std::string> words;
    for (const Command& command : subcommands.all) {
        if (word_of(subcommands, command) == word) return command;
        words.emplace_back(word_of(subcommands, command));
    }
    const std::string near = formats::nearest(word, words);
    throw UsageError(fmt::format("there is no '{} {}'; {}", subcommands.verb, word,
                                 near.empty()
                                     ? fmt::format("see understudy {} --help", subcommands.verb)
                                     : fmt::format("did you mean '{} {}'?", subcommands.verb, near)));
}

int run_subcommand(const Subcommands& subcommands, const Arguments& arguments) {
    const char* verb = subcommands.verb;
    if (arguments.empty())
        throw UsageError(fmt::format("{} needs a command; see understudy {} --help", verb, verb));
    if (arguments[0] == "--help" || arguments[0] == "-h") {
        print_help(subcommands);
        return exit_met;
    }
    if (arguments[0].starts_with('-'))
        throw UsageError(fmt::format("unknown option '{}' before a command of {}; see understudy {} --help",
                                     arguments[0], verb, verb));
    return subcommand_named(subcommands, arguments[0]).run(Arguments(arguments.begin() + 1, arguments.end()));
}

}  // namespace understudy::cli
