// understudy schema: the JSON Schema of scenario files, for editors, and of what --json prints, for programs.
#include "tools/formats/language/schema.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>

#include "tools/cli/command.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/output_schema.h"

namespace understudy::cli {

namespace {

constexpr const char* output = "output";

std::string schema_of_files(const std::string& kind) {
    const auto& kinds = formats::schema_kinds();
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        throw UsageError(fmt::format("there is no schema '{}'; there are {} and {}", kind,
                                     fmt::join(kinds, ", "), output));
    return formats::write_schema(kind);
}

std::string schema_of_output(const Options& options) {
    if (!options.has("of")) return formats::output_schema();
    const std::string& verb = options.get<std::string>("of");
    const std::vector<std::string> verbs = formats::verbs_of_output();
    if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end())
        throw UsageError(fmt::format("--of: '{}' prints no JSON; {} do", verb, fmt::join(verbs, ", ")));
    return formats::output_schema(verb);
}

}  // namespace

int schema_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("schema"));
    options.positional("kind", 1,
                       "scenario (default), change, study, template or policy; output: what --json prints");
    options.add()("of", po::value<std::string>()->value_name("VERB"),
                  "of output: what that verb prints alone, as 'twin show'");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write it there instead of to stdout");
    if (!options.parse(arguments)) return exit_met;
    const std::string kind = options.has("kind") ? options.get<std::string>("kind") : "scenario";
    if (options.has("of") && kind != output) throw UsageError("--of goes with 'schema output'");
    const std::string text = kind == output ? schema_of_output(options) : schema_of_files(kind);
    if (options.has("out"))
        formats::write_file(options.get<std::string>("out"), text);
    else
        fmt::print("{}", text);
    return exit_met;
}

}  // namespace understudy::cli
