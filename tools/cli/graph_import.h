// understudy graph import: the command of `graph` that writes a scenario instead of asking one.
#pragma once

#include <string_view>

#include "tools/cli/command.h"

namespace understudy::cli {

/// One of the commands of `graph`.
const Command& graph_command_named(std::string_view name);

int graph_import(const Arguments& arguments);

}  // namespace understudy::cli
