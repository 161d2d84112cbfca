// understudy schema: the JSON Schema of scenario files, for editors.
#include "tools/formats/language/schema.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>

#include "tools/cli/command.h"
#include "tools/formats/files/atomic_file.h"

namespace understudy::cli {

int schema_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("schema"));
    options.positional("kind", 1, "scenario (default), change, study, template or policy");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write it there instead of to stdout");
    if (!options.parse(arguments)) return exit_met;
    const std::string kind = options.has("kind") ? options.get<std::string>("kind") : "scenario";
    const auto& kinds = formats::schema_kinds();
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        throw UsageError(fmt::format("there is no schema '{}'; there are {}", kind, fmt::join(kinds, ", ")));
    const std::string text = formats::write_schema(kind);
    if (options.has("out"))
        formats::write_file(options.get<std::string>("out"), text);
    else
        fmt::print("{}", text);
    return exit_met;
}

}  // namespace understudy::cli
