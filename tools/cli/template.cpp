// understudy template: the templates that come with the program, and what they take.
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/invariant.h"
#include "tools/cli/command.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/template_json.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/templates.h"

namespace understudy::cli {

namespace {

formats::Template shipped(const std::string& name) {
    formats::Diagnostics diagnostics(name);
    auto made = formats::read_template(formats::shipped_template(name), diagnostics);
    kernel::require(made.has_value(), "a template that is shipped is wrong: " + diagnostics.show());
    return std::move(*made);
}

void list() {
    std::size_t width = 0;
    for (const std::string& name : formats::shipped_templates()) width = std::max(width, name.size());
    for (const std::string& name : formats::shipped_templates())
        fmt::print("  {:<{}}  {}\n", name, width, shipped(name).description);
    fmt::print(
        "\nA scenario has instances of them: 'instances: {{orders: {{template: kafka-topic, source: "
        "orders}}}}'.\n"
        "understudy template NAME shows one, which may be saved, and changed, as templates/NAME.yaml.\n");
}

}  // namespace

int template_command(const Arguments& arguments) {
    Options options(command_named("template"));
    options.positional("name", 1, "which template; without one all are listed");
    options.add()("out,o", boost::program_options::value<std::string>()->value_name("FILE"),
                  "write it there instead of to stdout");
    options.add()("json", "print one JSON document: names, descriptions and parameters");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("name")) {
        if (options.has("out")) throw UsageError("--out needs the name of a template");
        if (options.has("json")) {
            std::vector<formats::Template> all;
            for (const std::string& name : formats::shipped_templates()) all.push_back(shipped(name));
            fmt::print("{}", formats::templates_as_json(all));
        } else {
            list();
        }
        return exit_met;
    }
    const std::string& name = options.get<std::string>("name");
    const std::string text(formats::shipped_template(name));
    if (text.empty()) {
        const auto names = formats::shipped_templates();
        const std::string hint = formats::did_you_mean(name, names);
        throw UsageError(
            fmt::format("there is no template '{}' among those that are shipped; {}", name,
                        hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint));
    }
    if (options.has("json"))
        fmt::print("{}", formats::templates_as_json({shipped(name)}));
    else if (options.has("out"))
        formats::write_file(options.get<std::string>("out"), text);
    else
        fmt::print("{}", text);
    return exit_met;
}

}  // namespace understudy::cli
