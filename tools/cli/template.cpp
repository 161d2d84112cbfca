// understudy template: the templates of the project and those that come with the program, and what they take.
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/invariant.h"
#include "tools/cli/command.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/template_json.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/templates.h"
#include "tools/formats/language/text_file.h"

namespace understudy::cli {

namespace {

formats::Template shipped(const std::string& name) {
    formats::Diagnostics diagnostics(name);
    auto made = formats::read_template(formats::shipped_template(name), diagnostics);
    kernel::require(made.has_value(), "a template that is shipped is wrong: " + diagnostics.show());
    return std::move(*made);
}

std::string text_of_file(const std::string& file) {
    std::string text;
    if (const auto problem = formats::read_text_file(file, text))
        throw formats::FileError(file, problem->what);
    return text;
}

/// Of a file; nothing where it is no template, or wrong, which is said then.
std::optional<formats::Template> own(const std::string& file) {
    if (kind_of(file) != "template") return std::nullopt;
    const std::string text = text_of_file(file);
    formats::Diagnostics diagnostics(file, text);
    auto made = formats::read_template(text, diagnostics);
    print_problems(diagnostics);
    if (made) made->file = file;
    return made;
}

/// By the names that instances call them by: those of the project in the place of those that are shipped.
std::map<std::string, formats::Template> all_templates() {
    std::map<std::string, formats::Template> all;
    for (const auto& [name, file] : formats::template_files("."))
        if (auto made = own(file)) {
            made->name = name;  // as its file is called, and so by instances
            all.emplace(name, std::move(*made));
        }
    for (const std::string& name : formats::shipped_templates())
        if (!all.contains(name)) all.emplace(name, shipped(name));
    return all;
}

void list(const std::map<std::string, formats::Template>& all) {
    std::size_t width = 0;
    for (const auto& [name, made] : all) width = std::max(width, name.size());
    for (const auto& [name, made] : all)
        fmt::print("  {:<{}}  {}\n", name, width,
                   made.file.empty()          ? made.description
                   : made.description.empty() ? made.file
                                              : fmt::format("{} ({})", made.description, made.file));
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
        const auto all = all_templates();
        if (options.has("json")) {
            std::vector<formats::Template> rows;
            for (const auto& [name, made] : all) rows.push_back(made);
            fmt::print("{}", formats::templates_as_json(rows));
        } else {
            list(all);
        }
        return exit_met;
    }
    const std::string& name = options.get<std::string>("name");
    const auto files = formats::template_files(".");
    const auto file = files.find(name);
    const bool is_own = file != files.end() && kind_of(file->second) == "template";
    if (!is_own && formats::shipped_template(name).empty()) {
        std::vector<std::string> names;
        for (const auto& [one, made] : all_templates()) names.push_back(one);
        const std::string hint = formats::did_you_mean(name, names);
        throw UsageError(fmt::format(
            "there is no template '{}', neither of yours (templates/{}.yaml) nor among those that are "
            "shipped; {}",
            name, name, hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint));
    }
    const std::string text =
        is_own ? text_of_file(file->second) : std::string(formats::shipped_template(name));
    if (options.has("json")) {
        const auto made = is_own ? own(file->second) : std::optional(shipped(name));
        if (!made) return exit_usage;
        fmt::print("{}", formats::templates_as_json({*made}));
    } else if (options.has("out")) {
        formats::write_file(options.get<std::string>("out"), text);
    } else {
        fmt::print("{}", text);
    }
    return exit_met;
}

}  // namespace understudy::cli
