// The commands of `understudy config`; each in a file of its own.
#pragma once

#include "tools/cli/subcommands.h"

namespace understudy::cli {

const Command& config_command_named(std::string_view word);

int config_show(const Arguments& arguments);
int config_files(const Arguments& arguments);

}  // namespace understudy::cli
