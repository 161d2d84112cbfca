// understudy change: the table of its commands.
#include "tools/cli/change.h"

#include "tools/cli/subcommands.h"

namespace understudy::cli {

namespace {

const Subcommands& change_commands() {
    static const Subcommands all = {
        "change",
        {
            {"change show", "CHANGE [options]", "show what a change says, and what it does to its base",
             "understudy change show fewer-workers.yaml", change_show},
            {"change validate", "CHANGE [options]", "check a change: its base, its edits, the data, the new twin",
             "understudy change validate drop-email.yaml", change_validate},
            {"change impact", "CHANGE [options]", "say what a change touches, what is expected of it, and its risk",
             "understudy change impact drop-email.yaml", change_impact},
        },
        ""};
    return all;
}

}  // namespace

const Command& change_command_named(std::string_view name) {
    return subcommand_named(change_commands(), name);
}

int change_command(const Arguments& arguments) { return run_subcommand(change_commands(), arguments); }

}  // namespace understudy::cli
