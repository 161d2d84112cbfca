// understudy config: its commands.
#include "tools/cli/config.h"

namespace understudy::cli {

namespace {

const Subcommands& config_commands() {
    static const Subcommands all = {
        "config",
        {{"config show", "SCENARIO [PATH...] [options]", "show every value with where it comes from",
          "understudy config show scenario.yaml\n  understudy config show scenario.yaml run spark --set "
          "spark.workers=9",
          config_show},
         {"config files", "FILE... [options]", "list the files that each of these rests on",
          "understudy config files scenario.yaml change.yaml\n  git ls-files -z '*.yaml' | xargs -0 understudy "
          "config files",
          config_files}},
        "Layers, each over those before it: defaults of the language, the file with what it includes, its "
        "changes,\n"
        "UNDERSTUDY_SET, --set."};
    return all;
}

}  // namespace

const Command& config_command_named(std::string_view word) {
    return subcommand_named(config_commands(), word);
}

int config_command(const Arguments& arguments) { return run_subcommand(config_commands(), arguments); }

}  // namespace understudy::cli
