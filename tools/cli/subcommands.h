// Verbs that have commands of their own, such as `understudy twin diff`: their table, how a word finds one of them, and the
// help that lists them all. Each command has options and help of its own, as a verb has (command.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/cli/command.h"

namespace understudy::cli {

struct Subcommands {
    const char* verb;          ///< "twin"
    std::vector<Command> all;  ///< in the order of help; names begin with the verb: "twin diff"
    std::string further;       ///< a paragraph of help behind the list, without an end of line; may be empty
};

/// By the word after the verb; UsageError with the nearest where there is none.
const Command& subcommand_named(const Subcommands& subcommands, std::string_view word);

/// What the verb does: finds the command and runs it, or prints the help of them all.
int run_subcommand(const Subcommands& subcommands, const Arguments& arguments);

}  // namespace understudy::cli
